//! A PostgreSQL server for the tests: `HANDCARRY_TEST_POSTGRES` names a database of it, such as
//! `postgres://app@127.0.0.1:54329/portal`. Every test has a schema of its own there.

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::{Client, NoTls};

const VARIABLE: &str = "HANDCARRY_TEST_POSTGRES";

/// The database. None is said, not passed over: a test that did not run is no test.
pub(crate) fn address() -> Option<String> {
    let address = std::env::var(VARIABLE).ok().filter(|address| !address.is_empty());
    if address.is_none() {
        let said = writeln!(std::io::stderr(), "SKIPPED: {VARIABLE} names no PostgreSQL database");
        said.unwrap();
    }
    address
}

/// A schema that goes with the test.
pub(crate) struct Schema {
    pub(crate) name: String,
    pub(crate) address: String,
}

impl Schema {
    pub(crate) fn new() -> Schema {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let schema = Schema { name, address: address().unwrap() };
        let make = format!("DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0}", schema.name);
        schema.connect().batch_execute(&make).unwrap();
        schema
    }

    /// The address at which a store finds this schema.
    pub(crate) fn uri(&self) -> String {
        format!("{}?schema={}", self.address, self.name)
    }

    /// A connection beside the store.
    pub(crate) fn connect(&self) -> Client {
        let uri = format!("{}?options=-csearch_path%3D{}", self.address, self.name);
        Client::connect(&uri, NoTls).unwrap()
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let drop = format!("SET client_min_messages = warning; DROP SCHEMA {} CASCADE", self.name);
        let _ = self.connect().batch_execute(&drop);
    }
}
