use std::collections::HashMap;
use std::time::{Duration, Instant as Clock};

use postgres::types::Type;
use postgres::{Client, Config, NoTls, Statement};

use super::address::Address;
use super::engine::RunError;
use super::errors::trouble;
use super::placeholders::{Place, rewrite};
use crate::StoreError;
use crate::sql::Value;

/// A transaction that writes. Whoever has the lock is alone: no unit of any process fails for another. The
/// transaction sees nothing before its first statement that reads, so it sees all that was committed before it.
pub(super) const BEGIN: &str =
    "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE writing IN EXCLUSIVE MODE; SAVEPOINT work";

/// A transaction that reads.
pub(super) const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Statements that are kept prepared; more are only made by listings with many filters.
const KEPT: usize = 256;

/// A connection, made anew when it was lost.
pub(crate) struct Session {
    config: Config,
    live: Option<Live>,
}

struct Live {
    client: Client,
    statements: HashMap<String, Prepared>,
}

pub(super) struct Prepared {
    pub(super) statement: Statement,
    /// What each place takes.
    pub(super) places: Vec<Place>,
}

/// What every session is set to. A server that does not synchronize its commits is told to; one that waits
/// for its standbys, too, is left to. Whoever sits in a transaction and does nothing gives way to the others.
const SETTINGS: &str = "SELECT set_config('synchronous_commit', 'on', false)
      WHERE current_setting('synchronous_commit') = 'off';
    SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';
    SET client_min_messages = 'warning'; SET default_transaction_isolation = 'serializable';";

impl Session {
    pub(crate) fn connect(address: &Address) -> Result<Session, postgres::Error> {
        let live = Some(Live::connect(&address.config)?);
        Ok(Session { config: address.config.clone(), live })
    }

    /// The connection, if it is there.
    pub(super) fn client(&mut self) -> Option<&mut Client> {
        self.live.as_mut().map(|live| &mut live.client)
    }

    /// Begins a transaction outside of any queue: one that writes has its turn, one that reads sees one state.
    pub(crate) fn begin(&mut self, write: bool) -> Result<(), StoreError> {
        self.send(if write { BEGIN } else { BEGIN_READ })
    }

    pub(crate) fn send(&mut self, sql: &str) -> Result<(), StoreError> {
        let client = self.client().ok_or(StoreError::Busy)?;
        client.batch_execute(sql).map_err(|error| trouble(&error).into())
    }

    /// Forgets the connection, which is of no use any more.
    pub(super) fn hang_up(&mut self) {
        self.live = None;
    }

    /// Sees to it that there is a connection: tries again until `until`.
    pub(super) fn ready(&mut self, until: Clock) -> Result<(), StoreError> {
        if self.live.as_ref().is_some_and(|live| live.client.is_closed()) {
            self.live = None;
        }
        let mut pause = Duration::from_millis(20);
        while self.live.is_none() {
            match Live::connect(&self.config) {
                Ok(live) => self.live = Some(live),
                Err(_) if Clock::now() < until => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(500));
                }
                Err(_) => return Err(StoreError::Busy),
            }
        }
        Ok(())
    }

    /// The statement, prepared once a connection.
    /// A value gives its place its type; where there is none the statement must.
    pub(super) fn prepared(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<(&mut Client, &Prepared), RunError> {
        let live = self.live.as_mut().ok_or(RunError::Lost)?;
        if !live.statements.contains_key(sql) {
            if live.statements.len() >= KEPT {
                live.statements.clear();
            }
            let (text, places) = rewrite(sql);
            let types: Vec<Type> = places.iter().map(|place| type_of(*place, values)).collect();
            let statement = live.client.prepare_typed(&text, &types)?;
            live.statements.insert(sql.to_owned(), Prepared { statement, places });
        }
        match live.statements.get(sql) {
            Some(prepared) => Ok((&mut live.client, prepared)),
            None => Err(RunError::Lost),
        }
    }
}

impl Live {
    fn connect(config: &Config) -> Result<Live, postgres::Error> {
        let mut client = config.connect(NoTls)?;
        client.batch_execute(SETTINGS)?;
        Ok(Live { client, statements: HashMap::new() })
    }
}

fn type_of(place: Place, values: &[Value<'_>]) -> Type {
    match place {
        Place::IsNull(_) => Type::INT8,
        Place::Value(value) => match values.get(value) {
            Some(Value::Integer(_)) => Type::INT8,
            Some(Value::Text(_)) => Type::TEXT,
            Some(Value::Bytes(_)) => Type::BYTEA,
            Some(Value::Null) | None => Type::UNKNOWN,
        },
    }
}
