//! `handcarry webhook`

use clap::Subcommand;
use handcarry_format::Id;

use crate::cli::{Data, Done, Stop, arguments, note, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::failure::Failure;
use crate::notice::webhook::new_secret;
use crate::random;
use crate::service::vendor::unit::{By, Unit};
use crate::service::vendor::webhooks::{self, NewWebhook};
use crate::settings::{Given, Settings};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Tell an address of the vendor's own systems of messages; prints the secret that signs, this once
    Add {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Only messages with this code; again for more
        #[arg(long)]
        code: Vec<String>,
        /// Where requests go: https://…
        url: String,
    },
    /// List webhooks
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
    },
    /// Remove a webhook
    Remove {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Its id
        #[arg(value_parser = arguments::id)]
        id: Id,
    },
    /// Send a test to a webhook, by the server that runs
    Test {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Its id
        #[arg(value_parser = arguments::id)]
        id: Id,
    },
}

pub(super) fn run(data: &Data, given: &Given, command: Command) -> Done {
    match command {
        Command::List { tenant } => {
            let store = open::for_command(data)?;
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            for it in store.read_blocking(move |tx| tx.webhooks(tenant))? {
                let codes = it.codes.map_or_else(|| "all".to_owned(), |codes| codes.join(","));
                say(&format!("{}\t{}\t{codes}\t{}", it.id, it.created_at, it.url));
            }
            Ok(())
        }
        Command::Add { tenant, code, url } => {
            let new = NewWebhook { url, codes: (!code.is_empty()).then_some(code) };
            new.check(Settings::of(given).insecure_webhooks).map_err(told)?;
            let (id, secret) = (random::id(), new_secret());
            let shown = secret.clone();
            let added = change(data, tenant.as_ref(), move |unit| webhooks::add(unit, &id, &secret, &new))?;
            note(&format!("webhook {}; its secret is shown this once", added.id));
            say(&shown);
            Ok(())
        }
        Command::Remove { tenant, id } => {
            change(data, tenant.as_ref(), move |unit| webhooks::remove(unit, &id))
        }
        Command::Test { tenant, id } => {
            let name = random::id();
            let message = change(data, tenant.as_ref(), move |unit| webhooks::test(unit, &id, &name))?;
            say(message.as_str());
            Ok(())
        }
    }
}

fn change<T, F>(data: &Data, tenant: Option<&Id>, work: F) -> Result<T, Stop>
where
    T: Send + 'static,
    F: Fn(&mut Unit<'_>) -> Result<T, Failure> + Send + 'static,
{
    let store = open::for_command(data)?;
    let (tenant, now) = (open::tenant(&store, tenant)?.id, SystemClock.now());
    let done = store.write_blocking(move |tx| work(&mut Unit { tx, tenant, now, by: &By::Command }));
    done.map_err(told)
}

fn told(failure: Failure) -> Stop {
    let problem = failure.into_problem();
    let why: Vec<String> = problem.facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
    format!("{}: {}", problem.code, why.join(", ")).into()
}
