//! A change by the vendor's own people or systems: one unit of work that knows whose it is and who does it.

use std::fmt;

use handcarry_format::{Id, Instant};
use handcarry_store::{NewLogEntry, StoreError, TenantId, Tx};
use serde_json::Value;

/// Who does it, for the log: two of one name are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A system of the vendor's, by its token.
    Token(Id),
    /// Somebody at the command line.
    Command,
    /// A person at the command line, by name: where it counts who it is (D-28).
    Person(String),
    /// Nobody: the time has come.
    Schedule,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            By::Token(id) => write!(f, "token:{id}"),
            By::Command => f.write_str("command"),
            By::Person(name) => write!(f, "person:{name}"),
            By::Schedule => f.write_str("schedule"),
        }
    }
}

/// A change, inside one transaction. It may run more than once: what it makes up is drawn before it begins.
pub struct Unit<'a> {
    /// The transaction.
    pub tx: &'a mut dyn Tx,
    /// Whose.
    pub tenant: TenantId,
    /// The portal's clock, read before it began.
    pub now: Instant,
    /// Who does it.
    pub by: &'a By,
}

impl Unit<'_> {
    /// Appends to the tenant's log (D-28): facts and who did it; no keys, no secrets.
    pub fn log(&mut self, event: &str, mut facts: Value) -> Result<(), StoreError> {
        if let Value::Object(facts) = &mut facts {
            facts.insert("by".to_owned(), self.by.to_string().into());
        }
        let entry = NewLogEntry { at: self.now, event: event.to_owned(), data: facts.to_string() };
        self.tx.append_log(self.tenant, &entry).map(drop)
    }
}
