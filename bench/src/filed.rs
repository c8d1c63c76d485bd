//! What is in a store when everybody has gone: nothing that was acknowledged is missing, and nothing is there twice.

use std::collections::HashSet;

use anyhow::{Context as _, Result, ensure};
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

/// Compares. `before`: requests for activation that were there before the first of these.
pub(crate) fn compare(store: &str, requests: &Requests, outcome: &Outcome, before: usize) -> Result<Filed> {
    let there = read(store)?;
    let mut seen = HashSet::new();
    let (mut acknowledged, mut lost, mut again) = (0, 0, 0);
    for number in &outcome.acknowledged {
        let id = requests.id(usize::try_from(*number)?).as_str();
        acknowledged += 1;
        lost += usize::from(!there.documents.contains(id));
        again += usize::from(!seen.insert(id));
    }
    let filed = there.documents.len() - before;
    let effects = there.activations.abs_diff(there.requests);
    let doubled = again + effects + filed.abs_diff(acknowledged - lost - again);
    Ok(Filed { acknowledged, filed, lost, doubled })
}

/// The same, and an error if something is missing or there twice.
pub(crate) fn check(store: &str, requests: &Requests, outcome: &Outcome, before: usize) -> Result<Filed> {
    let filed = compare(store, requests, outcome, before)?;
    ensure!(
        filed.lost + filed.doubled == 0,
        "the store does not hold what was acknowledged, once: {filed:?}"
    );
    Ok(filed)
}

struct There {
    documents: HashSet<String>,
    requests: usize,
    activations: usize,
}

const DOCUMENTS: &str = "SELECT id FROM document";
const COUNTS: [&str; 2] =
    ["SELECT count(*) FROM document WHERE kind = 'activation-request'", "SELECT count(*) FROM activation"];

fn read(store: &str) -> Result<There> {
    if store.starts_with("postgres") {
        let mut client = connect(store)?;
        let rows = client.query(DOCUMENTS, &[])?;
        let documents = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        let mut count = |sql| Ok::<_, anyhow::Error>(client.query_one(sql, &[])?.try_get::<_, i64>(0)?);
        let [requests, activations] = [count(COUNTS[0])?, count(COUNTS[1])?];
        return Ok(There {
            documents,
            requests: usize::try_from(requests)?,
            activations: usize::try_from(activations)?,
        });
    }
    let connection = rusqlite::Connection::open(store)?;
    let documents =
        connection.prepare(DOCUMENTS)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let count = |sql| connection.query_row(sql, [], |row| row.get::<_, u32>(0));
    let [requests, activations] = [count(COUNTS[0])?, count(COUNTS[1])?];
    Ok(There { documents, requests: usize::try_from(requests)?, activations: usize::try_from(activations)? })
}

/// A connection to the schema that a store's address names.
pub(crate) fn connect(store: &str) -> Result<postgres::Client> {
    let (server, schema) = store.split_once("?schema=").context("an address with ?schema=")?;
    let mut client = postgres::Client::connect(server, NoTls)?;
    client.batch_execute(&format!("SET search_path TO \"{schema}\""))?;
    Ok(client)
}
