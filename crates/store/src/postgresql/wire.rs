//! A connection, and the runtime that its client needs. One thread at a time talks over it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::TryStreamExt as _;
use futures_util::future::try_join_all;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, Error, NoTls, Row, Statement};

use super::encode::Encoded;
use super::errors::full;
use crate::StoreError;

pub(super) struct Wire {
    runtime: Runtime,
    client: Client,
}

/// What is sent.
pub(super) enum Say {
    /// Statements without values, one after the other.
    Text(String),
    Statement(Statement, Encoded),
}

/// What came back.
#[derive(Default)]
pub(super) struct Said {
    pub(super) rows: Vec<Row>,
    pub(super) changed: u64,
}

impl Wire {
    pub(super) fn connect(config: &Config) -> Result<Wire, StoreError> {
        let unusable = |why: String| StoreError::Engine(format!("PostgreSQL cannot be used: {why}"));
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| unusable(error.to_string()))?;
        let connected = runtime.block_on(config.connect(NoTls));
        let (client, connection) =
            connected.map_err(|error| full(&error).unwrap_or_else(|| unusable(words(&error))))?;
        // It ends with the connection, and whoever waits for an answer is told then.
        runtime.spawn(async move { drop(connection.await) });
        Ok(Wire { runtime, client })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(super) fn send(&self, text: &str) -> Result<(), Error> {
        self.runtime.block_on(self.client.batch_execute(text))
    }

    pub(super) fn prepare(&self, text: &str, types: &[Type]) -> Result<Statement, Error> {
        self.runtime.block_on(self.client.prepare_typed(text, types))
    }

    pub(super) fn prepare_all<'a>(
        &self,
        wanted: impl Iterator<Item = (&'a str, &'a [Type])>,
    ) -> Result<Vec<Statement>, Error> {
        let statements = wanted.map(|(text, types)| self.client.prepare_typed(text, types));
        self.runtime.block_on(try_join_all(statements))
    }

    /// The first row of a statement that is not kept.
    pub(super) fn row(&self, text: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Option<Row>, Error> {
        self.runtime.block_on(self.client.query_opt(text, values))
    }

    /// Gives the rows of a statement one after the other, and says how many it changed.
    pub(super) fn each(
        &self,
        statement: &Statement,
        values: &Encoded,
        each: &mut dyn FnMut(&Row),
    ) -> Result<u64, Error> {
        let rows = self.runtime.block_on(self.client.query_raw(statement, values.places()))?;
        let mut rows = pin!(rows);
        // Outside of the runtime: what looks at a row may talk over another connection.
        while let Some(row) = self.runtime.block_on(rows.try_next())? {
            each(&row);
        }
        Ok(rows.rows_affected().unwrap_or(0))
    }

    /// Sends all of it at once and waits for the answers. The error is that of the first that failed; in a
    /// transaction none of those after it did anything.
    pub(super) fn talk(&self, says: Vec<Say>) -> Result<Vec<Said>, (usize, Error)> {
        let mut waiting: Vec<Pin<Box<_>>> =
            says.into_iter().map(|say| Box::pin(answer(&self.client, say))).collect();
        self.runtime.block_on(async {
            let mut early = Vec::with_capacity(waiting.len());
            // Polled once, each is on its way: the client does not wait between them.
            poll_fn(|context| {
                early.extend(waiting.iter_mut().map(|answer| match answer.as_mut().poll(context) {
                    Poll::Ready(answer) => Some(answer),
                    Poll::Pending => None,
                }));
                Poll::Ready(())
            })
            .await;
            let mut answers = Vec::with_capacity(waiting.len());
            for (index, (answer, early)) in waiting.into_iter().zip(early).enumerate() {
                let answer = match early {
                    Some(answer) => answer,
                    None => answer.await,
                };
                answers.push(answer.map_err(|error| (index, error))?);
            }
            Ok(answers)
        })
    }
}

async fn answer(client: &Client, say: Say) -> Result<Said, Error> {
    match say {
        Say::Text(text) => client.batch_execute(&text).await.map(|()| Said::default()),
        Say::Statement(statement, values) => {
            let mut rows = pin!(client.query_raw(&statement, values.places()).await?);
            let mut said = Said::default();
            while let Some(row) = rows.try_next().await? {
                said.rows.push(row);
            }
            said.changed = rows.rows_affected().unwrap_or(0);
            Ok(said)
        }
    }
}

/// The error with its cause, which alone says what it is about.
pub(super) fn words(error: &Error) -> String {
    let cause = std::error::Error::source(error);
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
