//! What a transaction that writes has on its way: statements whose answer nobody waits for go out together with
//! the next one that is waited for, in their order.

use std::sync::Arc;

use tokio_postgres::Row;
use tokio_postgres::error::SqlState;

use super::encode::Encoded;
use super::errors::{Trouble, trouble};
use super::seen::{Effect, Seen};
use super::session::{Prepared, Session};
use super::wire::{Said, Say};
use crate::StoreError;
use crate::sql::Told;

/// Bytes and statements that wait at most.
const BYTES: usize = 1 << 20;
const STEPS: usize = 128;

/// What a unit of work has written so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wrote {
    #[default]
    Nothing,
    /// Nothing that was sent.
    Waits,
    Sent,
}

#[derive(Default)]
pub(super) struct Turn {
    steps: Vec<Step>,
    bytes: usize,
    seen: Seen,
    /// Which unit of the transaction is at work.
    unit: usize,
    wrote: Wrote,
    /// Each unit that writes has a savepoint before it, so that it can be taken back alone. They cost: every row
    /// that was written since then belongs to another transaction inside of this one.
    marks: bool,
    /// The server has heard of the transaction.
    pub(super) begun: bool,
}

struct Step {
    say: Say,
    /// Whose it is; none = the transaction's own.
    unit: Option<usize>,
    told: Option<Told>,
}

/// Why something on its way failed. The transaction can only be rolled back, up to the unit's mark at least.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) trouble: Trouble,
    /// Whose it is; none = the transaction's own.
    pub(super) unit: Option<usize>,
    /// A row that the statement that was waited for refers to is not there.
    pub(super) parent: bool,
}

impl Turn {
    /// Begins a transaction, of units that can be taken back alone or only with all others.
    pub(super) fn begin(&mut self, text: &str, marks: bool) {
        self.forget();
        self.marks = marks;
        self.say(text);
    }

    /// Whatever was on its way is gone with its transaction.
    pub(super) fn forget(&mut self) {
        *self = Turn::default();
    }

    /// A unit of work begins.
    pub(super) fn unit(&mut self, unit: usize) {
        (self.unit, self.wrote) = (unit, Wrote::Nothing);
    }

    fn say(&mut self, text: &str) {
        self.steps.push(Step { say: Say::Text(text.to_owned()), unit: None, told: None });
    }

    /// Before a statement of the unit that writes.
    fn writes(&mut self, effect: &Effect) {
        if self.wrote == Wrote::Nothing {
            self.wrote = Wrote::Waits;
            if self.marks {
                self.say("SAVEPOINT work");
            }
        }
        self.seen.affected(effect);
    }

    /// The unit is done: what it did stays.
    pub(super) fn keep(&mut self) {
        if self.marks && self.wrote != Wrote::Nothing {
            self.say("RELEASE work");
        }
    }

    /// The unit is to leave nothing behind. False: that takes the whole transaction. `ended`: an error of the
    /// server's has ended it up to the last mark.
    pub(super) fn take_back(&mut self, ended: bool) -> bool {
        match self.wrote {
            Wrote::Nothing => return !ended,
            // Whatever it was that failed, it was outside of the order.
            Wrote::Waits if ended => return false,
            // The server has not heard of it.
            Wrote::Waits => {
                let first = self.steps.iter().position(|step| step.unit == Some(self.unit));
                let first = first.map_or(self.steps.len(), |first| first - usize::from(self.marks));
                self.steps.truncate(first);
            }
            Wrote::Sent if self.marks => {
                self.steps.retain(|step| step.unit != Some(self.unit));
                self.say("ROLLBACK TO work; RELEASE work");
            }
            Wrote::Sent => return false,
        }
        self.seen.forget();
        true
    }
}

impl Session {
    /// Runs a statement of the unit, after everything that waits.
    pub(super) fn ask(&mut self, prepared: &Prepared, values: Encoded) -> Result<Said, Fault> {
        if prepared.effect.writes() {
            self.turn.writes(&prepared.effect);
        }
        let last = Say::Statement(prepared.statement.clone(), values);
        self.flush(Some(last), Some(self.turn.unit)).map(Option::unwrap_or_default)
    }

    /// The rows of a statement that only reads.
    pub(super) fn look(&mut self, prepared: &Prepared, values: Encoded) -> Result<Arc<[Row]>, Fault> {
        if let Some(known) = self.turn.seen.find(prepared.number, &values) {
            return Ok(known);
        }
        let rows: Arc<[Row]> = self.ask(prepared, values.clone())?.rows.into();
        self.turn.seen.keep(prepared.number, &prepared.effect, values, &rows);
        Ok(rows)
    }

    /// Runs a statement of the unit later.
    pub(super) fn put(&mut self, prepared: &Prepared, values: Encoded, told: Told) -> Result<(), Fault> {
        let turn = &mut self.turn;
        turn.writes(&prepared.effect);
        turn.bytes += values.size();
        let say = Say::Statement(prepared.statement.clone(), values);
        turn.steps.push(Step { say, unit: Some(turn.unit), told: Some(told) });
        if turn.bytes > BYTES || turn.steps.len() > STEPS {
            return self.flush(None, None).map(drop);
        }
        Ok(())
    }

    /// Ends the transaction, after everything that waits.
    pub(super) fn end_turn(&mut self, text: &str) -> Result<(), Fault> {
        self.flush(Some(Say::Text(text.to_owned())), None).map(drop)
    }

    /// Sends everything that waits, and `last` after it.
    fn flush(&mut self, last: Option<Say>, owner: Option<usize>) -> Result<Option<Said>, Fault> {
        let turn = &mut self.turn;
        if turn.wrote == Wrote::Waits {
            turn.wrote = Wrote::Sent;
        }
        turn.bytes = 0;
        turn.begun = true;
        let waited = last.is_some();
        let (mut says, mut owners) = (Vec::with_capacity(turn.steps.len() + 1), Vec::new());
        for step in turn.steps.drain(..) {
            says.push(step.say);
            owners.push((step.unit, step.told));
        }
        says.extend(last);
        self.plan_anew(says.len()).map_err(|trouble| Fault { trouble, unit: None, parent: false })?;
        let wire = self.wire().map_err(|trouble| Fault { trouble, unit: None, parent: false })?;
        match wire.talk(says) {
            Ok(mut said) => Ok(if waited { said.pop() } else { None }),
            Err((index, error)) => {
                let (unit, told) = owners.get(index).copied().unwrap_or((owner, None));
                let parent = error.code() == Some(&SqlState::FOREIGN_KEY_VIOLATION);
                let taken = error.code() == Some(&SqlState::UNIQUE_VIOLATION);
                let trouble = match told {
                    Some(told) if parent => Trouble::Failed(StoreError::Missing(told.parent)),
                    Some(Told { missed: Some(what), .. }) if taken => {
                        Trouble::Failed(StoreError::Taken(what))
                    }
                    _ => trouble(&error),
                };
                Err(Fault { trouble, unit, parent: parent && told.is_none() })
            }
        }
    }
}
