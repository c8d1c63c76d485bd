//! `handcarry pool`

mod carry;
mod list;

use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use handcarry_api::{Problem, explain};
use handcarry_format::{Id, KeyId, LicenseKey};
use handcarry_rules::pool::EventKind;
use handcarry_store::{Pooled, Store, Tx};

use crate::cli::{Data, Done, Stop, arguments, note, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::failure::Failure;
use crate::service::pool::{Keeper, ask_now, row};
use crate::site::Site;

/// Who it is, in the log.
const BY: &str = "command";

/// `handcarry pool`
#[derive(Args, Debug)]
pub(super) struct Pool {
    /// At a site: seconds for the authority to answer; 0 = leave the question to the server that runs
    #[arg(
        long,
        global = true,
        env = "HANDCARRY_AUTHORITY_SECONDS",
        value_name = "SECONDS",
        default_value_t = 20
    )]
    authority_seconds: u64,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Upload a file of licenses, or load the authority's answer
    #[command(visible_alias = "load")]
    Import(carry::Import),
    /// List the licenses of the pool
    List(Box<list::Arguments>),
    /// Begin a verification of a license that is inactive or failed one
    Activate(Which),
    /// Switch a license off: no new activation or refresh
    Deactivate(Which),
    /// Take an inactive, blocked or failed license out of the pool
    Delete(Which),
    /// Begin a verification of a blocked license; or of every license of an order
    Recheck(Recheck),
    /// Start services that have stopped, until the next midnight
    Start(Which),
    /// Make the question for the authority, to be carried there
    Request(carry::Request),
    /// At an authority: make a file of licenses for a site, or for every site
    Export(carry::Export),
    /// At an authority: the sites that have asked
    Sites {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
    },
    /// At an authority: take a license from the site that holds it
    TakeBack(Which),
    /// At an authority: whether only one site may hold a license at a time
    SiteBound {
        #[command(flatten)]
        which: Which,
        /// `true` (as it is by itself) or `false`
        #[arg(long, action = clap::ArgAction::Set)]
        bound: bool,
    },
}

/// A license.
#[derive(Args, Debug)]
pub(super) struct Which {
    /// Whose
    #[arg(long, value_parser = arguments::id)]
    tenant: Option<Id>,
    /// Its id or key
    license: String,
}

/// A license, or an order.
#[derive(Args, Debug)]
pub(super) struct Recheck {
    /// Whose
    #[arg(long, value_parser = arguments::id)]
    tenant: Option<Id>,
    /// Its id or key
    #[arg(required_unless_present = "order", conflicts_with = "order")]
    license: Option<String>,
    /// Every license of this order, whatever its status
    #[arg(long)]
    order: Option<String>,
}

pub(super) fn run(data: &Data, Pool { authority_seconds, command }: Pool) -> Done {
    let patience = Duration::from_secs(authority_seconds);
    let portal = |tenant: Option<&Id>| Portal::open(data, tenant, patience);
    match command {
        Command::Import(import) => carry::import(&portal(import.tenant.as_ref())?, &import),
        Command::Request(request) => carry::request(&portal(request.tenant.as_ref())?, &request),
        Command::Export(export) => carry::export(&portal(export.tenant.as_ref())?, &export),
        Command::List(arguments) => list::run(&portal(arguments.tenant.as_ref())?, *arguments),
        Command::Activate(which) => act(&portal(which.tenant.as_ref())?, &which.license, EventKind::Activate),
        Command::Deactivate(which) => {
            act(&portal(which.tenant.as_ref())?, &which.license, EventKind::Deactivate)
        }
        Command::Delete(which) => act(&portal(which.tenant.as_ref())?, &which.license, EventKind::Delete),
        Command::Recheck(Recheck { tenant, license: Some(license), .. }) => {
            act(&portal(tenant.as_ref())?, &license, EventKind::Recheck)
        }
        Command::Recheck(Recheck { tenant, order, .. }) => {
            let portal = portal(tenant.as_ref())?;
            let order = order.unwrap_or_default();
            let ids = portal.write(move |keeper| keeper.by_order(&order))?;
            portal.ask()?;
            for id in ids {
                portal.show(&id)?;
            }
            Ok(())
        }
        Command::Start(which) => {
            let portal = portal(which.tenant.as_ref())?;
            let id = portal.license(&which.license)?;
            let license = id.clone();
            portal.write(move |keeper| keeper.start(&license).map(drop))?;
            portal.show(&id)?;
            Ok(())
        }
        Command::Sites { tenant } => {
            let portal = portal(tenant.as_ref())?;
            let tenant = portal.site.id();
            for site in portal.store.read_blocking(move |tx| tx.pool_sites(tenant)).map_err(Stop::from)? {
                say(&format!("{}\t{}\t{}\t{}", site.site, site.name, site.portal, site.seen_at));
            }
            Ok(())
        }
        Command::TakeBack(which) => {
            let portal = portal(which.tenant.as_ref())?;
            let id = portal.license(&which.license)?;
            if !portal.write(move |keeper| keeper.take_back(&id))? {
                note("No site holds this license.");
            }
            Ok(())
        }
        Command::SiteBound { which, bound } => {
            let portal = portal(which.tenant.as_ref())?;
            let id = portal.license(&which.license)?;
            portal.write(move |keeper| keeper.bind_to_site(&id, bound))?;
            Ok(())
        }
    }
}

/// What an administrator does with one license. At a site, the authority is asked at once.
fn act(portal: &Portal, license: &str, action: EventKind) -> Done {
    let id = portal.license(license)?;
    let license = id.clone();
    portal.write(move |keeper| keeper.act(&license, action).map(drop))?;
    portal.ask()?;
    if action == EventKind::Delete {
        say("deleted");
    } else {
        portal.show(&id)?;
    }
    Ok(())
}

/// The store and one tenant of it, for one command.
struct Portal {
    store: Store,
    site: Arc<Site>,
    /// How long the authority may take; zero: it is not asked by this command.
    patience: Duration,
}

impl Drop for Portal {
    fn drop(&mut self) {
        self.store.close_blocking();
    }
}

impl Portal {
    fn open(data: &Data, tenant: Option<&Id>, patience: Duration) -> Result<Portal, Stop> {
        let store = open::for_command(data)?;
        let site = Arc::new(open::site(data, &store, tenant)?);
        Ok(Portal { store, site, patience })
    }

    /// A unit of work on the pool.
    fn write<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Keeper<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Stop> {
        let (site, now) = (Arc::clone(&self.site), SystemClock.now());
        let work = move |tx: &mut dyn Tx| work(&mut Keeper { tx, site: &site, now, by: BY });
        self.store.write_blocking(work).map_err(Stop::from)
    }

    /// The license with this id or key.
    fn license(&self, text: &str) -> Result<Id, Stop> {
        let tenant = self.site.id();
        let (id, key) = (Id::new(text), LicenseKey::parse(text).ok());
        let found = self.store.read_blocking(move |tx| {
            if let Some(license) = key.map(|key| tx.license_by_key(tenant, &key)).transpose()?.flatten() {
                return Ok(Some(license.id));
            }
            let license = id.map(|id| tx.license(tenant, &id)).transpose()?.flatten();
            Ok::<_, Stop>(license.map(|license| license.id))
        })?;
        found.ok_or_else(|| "no license has this id or key".into())
    }

    /// At a site: asks the authority what is due now.
    fn ask(&self) -> Done {
        if self.patience.is_zero() {
            return Ok(());
        }
        ask_now(&self.store, &SystemClock, &self.site, BY, self.patience).map(drop).map_err(Stop::from)
    }

    fn pooled(&self, id: &Id) -> Result<Option<Pooled>, Stop> {
        let (tenant, id) = (self.site.id(), id.clone());
        self.store.read_blocking(move |tx| tx.pooled(tenant, &id)).map_err(Stop::from)
    }

    fn show(&self, id: &Id) -> Done {
        if let Some(pooled) = self.pooled(id)? {
            list::say_row(&row(&self.site, &pooled, SystemClock.now()));
        }
        Ok(())
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        match failure {
            Failure::Store(error) => Stop::from(error),
            Failure::Problem(problem) => refused(&problem),
        }
    }
}

/// What a problem says at the command line.
fn refused(problem: &Problem) -> Stop {
    let words = explain(&problem.code);
    let facts: Vec<String> = problem.facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let title = words.map_or(problem.code.as_str(), |words| words.title);
    let next = words.map_or("", |words| words.next);
    let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
    Stop::from(format!("{title}{facts}. {next} [{}]", problem.code))
}

/// The id of a site's key.
fn key_id(text: &str) -> Result<KeyId, String> {
    KeyId::parse(text).ok_or_else(|| "the id of a key: sixteen hexadecimal digits".to_owned())
}
