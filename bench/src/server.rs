//! The part `server`: ingest on both engines, the same with many activations, memory, size and start.

mod ingest;
mod many;
mod process;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;

use crate::documents::{Requests, Wanted, activation_requests};
use crate::ingest::{program, scratch, verify, wanted};
use crate::load::{self, Load, Outcome};
use crate::portal::{Data, Shop};
use crate::report::Report;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Where the figures go
    #[arg(long)]
    out: PathBuf,
    /// Address of a PostgreSQL database; schemas are made in it, and stay
    #[arg(long)]
    postgres: String,
    /// The server's program, built with the feature `bench-no-store`
    #[arg(long)]
    without_store: PathBuf,
    /// The server's program (default: `handcarry` beside this one)
    #[arg(long)]
    handcarry: Option<PathBuf>,
    /// Shorter, and with fewer activations
    #[arg(long)]
    quick: bool,
    /// Only these groups; `cargo xtask bench --only server --taken` keeps what they wrote
    #[arg(long, value_delimiter = ',', default_values = ["sqlite", "postgres", "reports", "many", "process"])]
    only: Vec<String>,
}

/// Licenses that are sold: neighbors in a batch are of different ones.
const LICENSES: usize = 8;
/// Connections, from one customer to a Monday morning.
const CONNECTIONS: [usize; 3] = [1, 64, 256];

/// What all measurements begin with.
struct Bench {
    directory: PathBuf,
    program: PathBuf,
    without_store: PathBuf,
    postgres: String,
    /// A furnished data directory without documents.
    template: Data,
    shop: Shop,
    wanted: Wanted,
    requests: Arc<Requests>,
    /// How long a load runs.
    time: Duration,
    quick: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let program = program(arguments.handcarry.as_deref())?;
    let directory = scratch("server")?;
    let template = Data::new(&program, directory.join("template"), None)?;
    let shop = template.furnish(LICENSES)?;
    let wanted = wanted(&shop)?;
    let (documents, seconds) = if arguments.quick { (16_000, 2) } else { (64_000, 5) };
    let requests = Arc::new(activation_requests(&wanted, 0, documents)?);
    println!("   {} activation requests of {} bytes on the wire", requests.len(), requests.size());
    let bench = Bench {
        directory,
        program,
        without_store: arguments.without_store.clone(),
        postgres: arguments.postgres.clone(),
        template,
        shop,
        wanted,
        requests,
        time: Duration::from_secs(seconds),
        quick: arguments.quick,
    };
    let mut report = Report::default();
    let done = bench.measure(&arguments.only, &mut report);
    fs::remove_dir_all(&bench.directory)?;
    done?;
    report.write(&arguments.out)
}

/// An engine that the server's store may be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "SQLite (synchronous=FULL)",
            Engine::Postgres => "PostgreSQL (its own settings)",
        }
    }
}

impl Bench {
    fn measure(&self, only: &[String], report: &mut Report) -> Result<()> {
        let wanted = |name: &str| only.iter().any(|only| only == name);
        let mut filed = 0;
        if wanted("sqlite") || wanted("postgres") {
            let limits = ingest::limits(self)?;
            let engines = [(Engine::Sqlite, "sqlite"), (Engine::Postgres, "postgres")];
            for (engine, _) in engines.into_iter().filter(|(_, name)| wanted(name)) {
                filed += ingest::engine(self, engine, &limits, report)?;
            }
        }
        if wanted("reports") {
            filed += ingest::reports(self, report)?;
        }
        if wanted("many") {
            filed += many::measure(self, report)?;
        }
        if wanted("process") {
            process::measure(self, report)?;
        }
        report.note(format!(
            "{filed} documents were acknowledged in this run, and as many are filed: 0 lost, 0 doubled. One answer \
             of 97 was opened and verified."
        ));
        Ok(())
    }

    /// A copy of the furnished store, in a directory and, on PostgreSQL, a schema of its own.
    fn furnished(&self, name: &str, engine: Engine) -> Result<Data> {
        self.copy(&self.template, name, engine)
    }

    fn copy(&self, of: &Data, name: &str, engine: Engine) -> Result<Data> {
        let schema =
            || format!("{}?schema=bench_{}_{name}", self.postgres, std::process::id()).replace('-', "_");
        let store = (engine == Engine::Postgres).then(schema);
        of.copy_to(self.directory.join(name), None, store.as_deref())
    }

    fn load(&self, connections: usize) -> Load {
        // The first connections find caches and the writer's thread cold.
        Load { connections, time: self.time, warm_up: self.time / 10, keep: 97 }
    }

    /// One server, one load; the answers are verified, and none is missing in the store.
    fn ingest(&self, data: &Data, connections: usize, first: usize) -> Result<Outcome> {
        let server = data.serve("info")?;
        let outcome = load::run(server.address, &self.requests, first, self.load(connections))?;
        server.stop()?;
        verify(&self.shop, &outcome)?;
        ensure!(!outcome.latencies.is_empty(), "nothing was answered");
        Ok(outcome)
    }

    /// The same with the store switched off: nothing is there afterwards.
    fn without_store(&self, connections: usize) -> Result<Outcome> {
        let place = self.directory.join(format!("without-store-{connections}"));
        let data = self.template.copy_to(place, Some(&self.without_store), None)?;
        let outcome = self.ingest(&data, connections, 0)?;
        data.remove()?;
        Ok(outcome)
    }

    fn program(&self) -> &Path {
        &self.program
    }
}
