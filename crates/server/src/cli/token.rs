//! `handcarry token`

use clap::Subcommand;
use handcarry_format::{Id, Instant};
use handcarry_store::Page;

use crate::cli::{Data, Done, Stop, arguments, note, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::random;
use crate::service::vendor::scope::Scope;
use crate::service::vendor::token::{self, NewToken};
use crate::service::vendor::unit::{By, Unit};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a token for the vendor's own systems; prints it, this once
    Create {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// What it is for
        #[arg(long, value_parser = arguments::name)]
        name: String,
        /// What it allows, such as licenses:read; again for more, `all` for everything
        #[arg(long, required = true, value_parser = scope, value_name = "SCOPE")]
        scope: Vec<Scopes>,
        /// Days until it expires; without it, it is taken until it is revoked
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3660))]
        days: Option<u32>,
    },
    /// List tokens
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// After this id
        #[arg(long)]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// End a token, at once and for good
    Revoke {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Its id, as `list` shows it
        #[arg(value_parser = arguments::id)]
        id: Id,
    },
}

/// One scope, or all of them.
#[derive(Clone, Debug)]
pub(super) struct Scopes(Vec<Scope>);

fn scope(text: &str) -> Result<Scopes, String> {
    if text == "all" {
        return Ok(Scopes(Scope::ALL.to_vec()));
    }
    let names = || Scope::ALL.map(Scope::name).join(", ");
    Scope::from_name(text)
        .map(|scope| Scopes(vec![scope]))
        .ok_or_else(|| format!("all, or one of {}", names()))
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    let store = open::for_command(data)?;
    let now = SystemClock.now();
    match command {
        Command::Create { tenant, name, scope, days } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let scopes = scope.into_iter().flat_map(|scopes| scopes.0).collect();
            let expires_at = days.map(|days| now.plus_days(i64::from(days)));
            let new = NewToken { name, scopes, expires_at };
            let (id, secret) = (random::id(), token::secret());
            let text = secret.clone();
            let made = store.write_blocking(move |tx| {
                token::create(&mut Unit { tx, tenant, now, by: &By::Command }, &id, &text, &new)
            });
            let made = made.map_err(Stop::from)?;
            note(&format!("Token {}. It is shown this once; keep it where secrets are kept.", made.id));
            say(&secret);
        }
        Command::List { tenant, after, limit } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let page = Page { after, limit };
            for it in store.read_blocking(move |tx| tx.tokens(tenant, &page))? {
                let at = |at: Option<Instant>| at.map_or("-".to_owned(), |at| at.to_string());
                let state = if token::ended(&it, now).is_some() { "ended" } else { "taken" };
                say(&format!(
                    "{}\t{}\t{state}\tuntil {}\tused {}\t{}",
                    it.id,
                    it.name,
                    at(it.revoked_at.or(it.expires_at)),
                    at(it.used_at),
                    it.scopes.join(" ")
                ));
            }
        }
        Command::Revoke { tenant, id } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let there = store.write_blocking(move |tx| {
                token::revoke(&mut Unit { tx, tenant, now, by: &By::Command }, &id)
            });
            if !there.map_err(Stop::from)? {
                return Err("there is no such token; see `handcarry token list`".into());
            }
        }
    }
    store.close_blocking();
    Ok(())
}
