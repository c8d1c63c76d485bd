//! `handcarry schedule`

use std::sync::Arc;

use clap::Subcommand;
use handcarry_format::{Id, Instant};
use handcarry_store::{Options, StoreError};
use serde_json::json;

use crate::app::App;
use crate::cli::{Data, Done, Stop, arguments, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::keys::KeyStore;
use crate::portal::Portal;
use crate::schedule::{JOBS, pass};
use crate::settings::{Given, Settings};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List what happens by itself, and how far it has come
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
    },
    /// Do what is due, and end: a server does this by itself
    Run {
        /// Only what was due at this instant or before; it cannot be later than now
        #[arg(long, value_parser = arguments::instant)]
        until: Option<Instant>,
    },
    /// Let a job go on from now: after the clock was set far ahead by mistake, and back
    Reset {
        /// Its name
        job: String,
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
    },
}

pub(super) fn run(data: &Data, given: &Given, command: Command) -> Done {
    match command {
        Command::List { tenant } => list(data, tenant.as_ref()),
        Command::Run { until } => until_now(data, given, until),
        Command::Reset { job, tenant } => reset(data, &job, tenant.as_ref()),
    }
}

fn list(data: &Data, tenant: Option<&Id>) -> Done {
    let store = open::for_command(data)?;
    let tenant = open::tenant(&store, tenant)?.id;
    for (job, progress) in store.read_blocking(move |tx| tx.progresses(tenant))? {
        let error = progress.failed.map(|(at, error)| format!("\tfailed {at}: {error}")).unwrap_or_default();
        say(&format!("{job}\tdone until {}\t{} failures{error}", progress.done_until, progress.failures));
    }
    Ok(())
}

fn until_now(data: &Data, given: &Given, until: Option<Instant>) -> Done {
    let now = SystemClock.now();
    let until = until.unwrap_or(now);
    if until > now {
        return Err(format!("{until} is yet to come: it is {now}").into());
    }
    let store = open::store(data, Options::default())?;
    let settings = Settings::of(given);
    let app = App::new(store, Arc::new(SystemClock), KeyStore::of(data), Portal::embedded(), settings);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Stop::from(format!("the runtime does not start: {error}")))?;
    let (mut visits, mut failures) = (0, 0);
    loop {
        let passed = runtime.block_on(pass(&app, JOBS, until))?;
        visits += passed.visits;
        failures += passed.failures;
        if !passed.more {
            break;
        }
    }
    app.store.close_blocking();
    say(&format!("{visits} visits, {failures} failures"));
    if failures == 0 { Ok(()) } else { Err("see `handcarry schedule list`".into()) }
}

fn reset(data: &Data, job: &str, tenant: Option<&Id>) -> Done {
    let store = open::for_command(data)?;
    let (tenant, now, job) = (open::tenant(&store, tenant)?.id, SystemClock.now(), job.to_owned());
    store.write_blocking(move |tx| {
        let progress = tx.progress(tenant, &job)?.ok_or(StoreError::Missing("a job with this name"))?;
        let data = json!({"job": job, "from": progress.done_until, "to": now});
        let next = handcarry_store::tx::Progress { done_until: now, part: None, failures: 0, failed: None };
        tx.note_progress(tenant, &job, &next)?;
        open::log(tx, tenant, "schedule.reset", &data)
    })?;
    Ok(())
}
