use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use tokio_postgres::types::Type;
use tokio_postgres::{Config, Statement};

use super::address::Address;
use super::encode::Encoded;
use super::errors::{Trouble, trouble};
use super::placeholders::{Place, rewrite};
use super::seen::Effect;
use super::turn::Turn;
use super::wire::Wire;
use crate::StoreError;
use crate::sql::Value;

/// A transaction that writes. Whoever has the lock is alone: no unit of any process fails for another. The
/// transaction sees nothing before its first statement that reads, so it sees all that was committed before it.
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE writing IN EXCLUSIVE MODE";

/// A transaction that reads.
pub(super) const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Statements that are kept prepared; more are only made by listings with many filters.
const KEPT: usize = 256;

/// After so many statements, and each time they have doubled, the server plans anew. It keeps a plan until it has
/// analyzed the tables, which takes it a minute at best; and while they are empty one index is as good as another.
const REPLAN: usize = 256;

/// A connection, made anew when it was lost.
pub(crate) struct Session {
    config: Config,
    live: Option<Live>,
    /// What was prepared on the connection before.
    before: Statements,
    /// What a transaction that writes has on its way. It is nothing without that transaction.
    pub(super) turn: Turn,
}

type Statements = HashMap<String, Arc<Prepared>>;

struct Live {
    wire: Wire,
    statements: Statements,
    made: usize,
    /// Statements that were run, and how many there are when plans are made anew.
    run: usize,
    replan: usize,
}

pub(super) struct Prepared {
    /// Its own among those of its connection.
    pub(super) number: usize,
    pub(super) statement: Statement,
    /// What each place takes.
    places: Vec<Place>,
    pub(super) effect: Effect,
}

impl Prepared {
    pub(super) fn encode(&self, values: &[Value<'_>]) -> Result<Encoded, Trouble> {
        Encoded::of(&self.places, self.statement.params(), values).map_err(|problem| {
            Trouble::Failed(StoreError::Engine(format!("a value cannot be sent: {problem}")))
        })
    }
}

/// What every session is set to. A server that does not synchronize its commits is told to; one that waits
/// for its standbys, too, is left to. Whoever sits in a transaction and does nothing gives way to the others.
const SETTINGS: &str = "SELECT set_config('synchronous_commit', 'on', false)
      WHERE current_setting('synchronous_commit') = 'off';
    SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';
    SET client_min_messages = 'warning'; SET default_transaction_isolation = 'serializable';";

impl Session {
    pub(crate) fn connect(address: &Address) -> Result<Session, StoreError> {
        let live = Some(Live::connect(&address.config, &Statements::new())?);
        let (config, before) = (address.config.clone(), Statements::new());
        Ok(Session { config, live, before, turn: Turn::default() })
    }

    /// The connection, if it is there.
    pub(super) fn wire(&self) -> Result<&Wire, Trouble> {
        self.live.as_ref().map(|live| &live.wire).ok_or(Trouble::Lost)
    }

    /// Begins a transaction outside of any queue: one that writes has its turn, one that reads sees one state.
    pub(crate) fn begin(&mut self, write: bool) -> Result<(), StoreError> {
        self.send(if write { BEGIN } else { BEGIN_READ })
    }

    pub(crate) fn send(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.tell(sql)?)
    }

    pub(super) fn tell(&mut self, sql: &str) -> Result<(), Trouble> {
        self.wire()?.send(sql).map_err(|error| trouble(&error))
    }

    /// Ends whatever transaction is open, or gives the connection up.
    pub(super) fn roll_back(&mut self) {
        self.turn.forget();
        if self.tell("ROLLBACK").is_err() {
            self.hang_up();
        }
    }

    /// Forgets the connection, which is of no use any more.
    pub(super) fn hang_up(&mut self) {
        self.turn.forget();
        if let Some(live) = self.live.take() {
            self.before = live.statements;
        }
    }

    /// Sees to it that there is a connection: tries again until `until`.
    pub(super) fn ready(&mut self, until: Clock) -> Result<(), StoreError> {
        if self.live.as_ref().is_some_and(|live| live.wire.is_closed()) {
            self.hang_up();
        }
        let mut pause = Duration::from_millis(20);
        while self.live.is_none() {
            match Live::connect(&self.config, &self.before) {
                Ok(live) => self.live = Some(live),
                Err(_) if Clock::now() < until => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(500));
                }
                Err(error @ StoreError::Full(_)) => return Err(error),
                Err(_) => return Err(StoreError::Busy),
            }
        }
        Ok(())
    }

    /// Before so many statements are run.
    pub(super) fn plan_anew(&mut self, statements: usize) -> Result<(), Trouble> {
        let live = self.live.as_mut().ok_or(Trouble::Lost)?;
        live.run += statements;
        if live.run >= live.replan {
            live.replan = live.run * 2;
            live.wire.send("DISCARD PLANS").map_err(|error| trouble(&error))?;
        }
        Ok(())
    }

    /// The statement, prepared once a connection.
    /// A value gives its place its type; where there is none the statement must.
    pub(super) fn prepared(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Arc<Prepared>, Trouble> {
        let live = self.live.as_mut().ok_or(Trouble::Lost)?;
        if let Some(known) = live.statements.get(sql) {
            return Ok(Arc::clone(known));
        }
        if live.statements.len() >= KEPT {
            live.statements.clear();
        }
        let (text, places) = rewrite(sql);
        let types: Vec<Type> = places.iter().map(|place| type_of(*place, values)).collect();
        let statement = live.wire.prepare(&text, &types).map_err(|error| trouble(&error))?;
        Ok(live.add(sql, statement, places))
    }
}

impl Live {
    /// Connects, and prepares again what was prepared `before`, all at once: a transaction that is run again does
    /// not stop for it with the lock in hand.
    fn connect(config: &Config, before: &Statements) -> Result<Live, StoreError> {
        let wire = Wire::connect(config)?;
        wire.send(SETTINGS).map_err(|error| StoreError::from(trouble(&error)))?;
        let mut live = Live { wire, statements: HashMap::new(), made: 0, run: 0, replan: REPLAN };
        let texts: Vec<_> = before.iter().map(|(sql, known)| (sql, rewrite(sql), known)).collect();
        let wanted = texts.iter().map(|(_, (text, _), known)| (text.as_str(), known.statement.params()));
        // One that cannot be prepared any more says so to whoever needs it.
        let statements = live.wire.prepare_all(wanted).unwrap_or_default();
        for ((sql, (_, places), _), statement) in texts.into_iter().zip(statements) {
            live.add(sql, statement, places);
        }
        Ok(live)
    }

    fn add(&mut self, sql: &str, statement: Statement, places: Vec<Place>) -> Arc<Prepared> {
        self.made += 1;
        let prepared = Arc::new(Prepared { number: self.made, statement, places, effect: Effect::of(sql) });
        self.statements.insert(sql.to_owned(), Arc::clone(&prepared));
        prepared
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
