//! What is in a store when everybody has gone: nothing that was acknowledged is missing, and nothing is there twice.

use std::collections::HashSet;

use anyhow::{Context as _, Result};
use postgres::NoTls;

use crate::documents::Requests;
use crate::load::Outcome;

/// Acknowledged documents beside those in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Filed {
    pub(crate) acknowledged: usize,
    pub(crate) filed: usize,
    /// Acknowledged, and not there.
    pub(crate) lost: usize,
    /// Effects without a document of their own, answers to the same document, documents that nobody acknowledged.
    pub(crate) doubled: usize,
}

/// Compares. `before`: documents that were there before the first request.
pub(crate) fn compare(
    store: &str,
    requests: &Requests,
    outcomes: &[&Outcome],
    before: usize,
) -> Result<Filed> {
    let there = read(store)?;
    let mut seen = HashSet::new();
    let (mut acknowledged, mut lost, mut again) = (0, 0, 0);
    for number in outcomes.iter().flat_map(|outcome| &outcome.acknowledged) {
        let id = requests.id(usize::try_from(*number)?).as_str();
        acknowledged += 1;
        lost += usize::from(!there.documents.contains(id));
        again += usize::from(!seen.insert(id));
    }
    let filed = there.documents.len() - before;
    let effects = there.activations.abs_diff(there.documents.len());
    let doubled = again + effects + filed.abs_diff(acknowledged - lost - again);
    Ok(Filed { acknowledged, filed, lost, doubled })
}

struct There {
    documents: HashSet<String>,
    activations: usize,
}

const REQUESTS: &str = "SELECT id FROM document WHERE kind = 'activation-request'";
const ACTIVATIONS: &str = "SELECT count(*) FROM activation";

fn read(store: &str) -> Result<There> {
    if store.starts_with("postgres") {
        let mut client = connect(store)?;
        let rows = client.query(REQUESTS, &[])?;
        let documents = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        let count: i64 = client.query_one(ACTIVATIONS, &[])?.try_get(0)?;
        return Ok(There { documents, activations: usize::try_from(count)? });
    }
    let connection = rusqlite::Connection::open(store)?;
    let documents =
        connection.prepare(REQUESTS)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let count: i64 = connection.query_row(ACTIVATIONS, [], |row| row.get(0))?;
    Ok(There { documents, activations: usize::try_from(count)? })
}

/// A connection to the schema that a store's address names.
pub(crate) fn connect(store: &str) -> Result<postgres::Client> {
    let (server, schema) = store.split_once("?schema=").context("an address with ?schema=")?;
    let mut client = postgres::Client::connect(server, NoTls)?;
    client.batch_execute(&format!("SET search_path TO \"{schema}\""))?;
    Ok(client)
}
