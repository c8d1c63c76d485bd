//! New documents over HTTP, beside the same server without a store, and beside raw group commits of the same rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;

use super::{Bench, CONNECTIONS, Engine};
use crate::documents::usage_reports;
use crate::filed;
use crate::load::{self, Load, Outcome};
use crate::raw;
use crate::report::{Beside, Report};
use crate::rows::{self, Rows};

/// Documents whose rows the raw commits write: they lie in memory meanwhile.
const RAW: usize = 12_000;

const WITHOUT_STORE: &str = "the same server with its store switched off";
const RAW_COMMITS: &str = "raw group commits of the same rows";

/// What is the same for both engines.
pub(super) struct Limits {
    /// The server with its store switched off, by the number of connections.
    without_store: BTreeMap<usize, Outcome>,
    /// What documents leave in a store, as the server has left it in this run.
    rows: Rows,
}

pub(super) fn limits(bench: &Bench) -> Result<Limits> {
    let mut without_store = BTreeMap::new();
    for connections in CONNECTIONS {
        without_store.insert(connections, bench.without_store(connections)?);
    }
    let filled = bench.furnished("rows", Engine::Sqlite)?;
    let outcome = bench.ingest(&filled, 256, 0)?;
    filed::check(&filled.store(), &bench.requests, &outcome, 0)?;
    let rows = rows::read(&filled.store(), RAW)?;
    filled.remove()?;
    Ok(Limits { without_store, rows })
}

/// How many documents were filed.
pub(super) fn engine(bench: &Bench, engine: Engine, limits: &Limits, report: &mut Report) -> Result<usize> {
    let group = format!("New documents over HTTP on {}", engine.name());
    let mut filed = 0;
    for connections in CONNECTIONS {
        let raw = bench.furnished(&format!("raw-{engine:?}-{connections}").to_lowercase(), engine)?;
        let bare = raw::run(&raw.store(), &limits.rows, connections, bench.time / 2)?;
        raw.remove()?;
        let data = bench.furnished(&format!("http-{engine:?}-{connections}").to_lowercase(), engine)?;
        let outcome = bench.ingest(&data, connections, 0)?;
        filed += filed::check(&data.store(), &bench.requests, &outcome, 0)?.filed;
        data.remove()?;
        let without = &limits.without_store[&connections];
        let (rate, p50, p99) = figures(&outcome);
        let (most, p50_without, p99_without) = figures(without);
        let many = connections == 256;
        let of_sqlite = many && engine == Engine::Sqlite;
        let s = if connections == 1 { "" } else { "s" };
        report.aimed(
            &group,
            &format!("{connections} connection{s}"),
            rate,
            "documents/s",
            &Beside { name: RAW_COMMITS, peer: bare },
            of_sqlite
                .then_some(("8,000 a second, or 0.6 of raw commits", rate >= 8000.0 || rate >= 0.6 * bare)),
        );
        let beside = |peer| Beside { name: WITHOUT_STORE, peer };
        report.row(&group, &format!("{connections} connection{s}"), rate, "documents/s", &beside(most));
        report.row(&group, &format!("{connections} connection{s}, p50"), p50, "ms", &beside(p50_without));
        report.aimed(
            &group,
            &format!("{connections} connection{s}, p99"),
            p99,
            "ms",
            &beside(p99_without),
            of_sqlite.then_some(("under 50 ms", p99 < 50.0)),
        );
    }
    if engine == Engine::Sqlite {
        report.note(format!(
            "Raw group commits: one thread with prepared statements writes all the rows that booked documents left in a \
             store of this run, {:.0} rows and {:.1} KiB a document, with the same indexes and settings, as many documents \
             in each transaction as there are connections; it looks up, decides, signs, hashes and answers nothing, and \
             changes seats and the log's end once a transaction. On PostgreSQL no row waits for the answer to the one before.",
            limits.rows.each(),
            limits.rows.size() / 1024.0,
        ));
        report.note(
            "The store switched off: a build of the same server whose units of work verify, read the license, decide, sign \
             and answer on the store's reading threads, and whose writes are dropped. The load generator takes its part of \
             the same cores in every figure."
                .to_owned(),
        );
    }
    Ok(filed)
}

fn figures(outcome: &Outcome) -> (f64, f64, f64) {
    (outcome.rate(), outcome.percentile(0.5), outcome.percentile(0.99))
}

/// Usage reports of devices that were activated in this run, beside their requests for activation.
pub(super) fn reports(bench: &Bench, report: &mut Report) -> Result<usize> {
    const GROUP: &str = "Usage reports over HTTP, each of a device of its own";
    let mut filed = 0;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let data = bench.furnished(&format!("reports-{engine:?}").to_lowercase(), engine)?;
        let server = data.serve("info")?;
        let load = Load { keep: 1, ..bench.load(256) };
        let asked = load::run(server.address, &bench.requests, 0, load)?;
        let requests = Arc::new(usage_reports(&bench.wanted, &bench.shop.trust, &asked.kept)?);
        let reported = load::run(server.address, &requests, 0, bench.load(256))?;
        server.stop()?;
        let before = asked.acknowledged.len();
        filed += before + filed::check(&data.store(), &requests, &reported, before)?.filed;
        data.remove()?;
        let what = format!("256 connections, {}", engine.name());
        let beside = |peer| Beside { name: "new activations, the same connections and server", peer };
        report.row(GROUP, &what, reported.rate(), "documents/s", &beside(asked.rate()));
        let what = format!("256 connections, {}, p99", engine.name());
        report.row(GROUP, &what, reported.percentile(0.99), "ms", &beside(asked.percentile(0.99)));
    }
    Ok(filed)
}
