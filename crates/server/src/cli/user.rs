//! `handcarry user`

use std::io::BufRead as _;

use clap::Subcommand;
use handcarry_format::Id;
use handcarry_store::{Claimant, Page, Store, TenantId};
use serde_json::json;

use crate::cli::{Data, Done, Stop, arguments, note, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::{password, random};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add somebody who signs in to claim licenses; the password is read from standard input, or made and printed
    Create {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Name or e-mail address to sign in with
        #[arg(long, value_parser = arguments::name)]
        login: String,
        /// The name that people know (default: the login)
        #[arg(long, value_parser = arguments::name)]
        name: Option<String>,
        /// Read the password from standard input instead of making one
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give somebody a new password
    Password {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// The login
        login: String,
        /// Read the password from standard input instead of making one
        #[arg(long)]
        password_stdin: bool,
    },
    /// Let somebody sign in no more; their devices keep what they have
    Disable {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// The login
        login: String,
    },
    /// Let somebody sign in again
    Enable {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// The login
        login: String,
    },
    /// List who signs in
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// After this id
        #[arg(long)]
        after: Option<String>,
    },
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    let store = open::for_command(data)?;
    match command {
        Command::Create { tenant, login, name, password_stdin } => {
            create(&store, open::tenant(&store, tenant.as_ref())?.id, login, name, password_stdin)?;
        }
        Command::Password { tenant, login, password_stdin } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let password = chosen(password_stdin)?;
            let hash = password::hash(&password);
            change(&store, tenant, login, "user.password", move |user| user.password.clone_from(&hash))?;
        }
        Command::Disable { tenant, login } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            change(&store, tenant, login, "user.disabled", |user| user.disabled = true)?;
        }
        Command::Enable { tenant, login } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            change(&store, tenant, login, "user.enabled", |user| user.disabled = false)?;
        }
        Command::List { tenant, after } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            for user in store.read_blocking(move |tx| tx.claimants(tenant, &Page { after, limit: 1_000 }))? {
                let state = if user.disabled { "disabled" } else { "enabled" };
                say(&format!("{}\t{}\t{}\t{state}", user.id, user.login, user.name));
            }
        }
    }
    store.close_blocking();
    Ok(())
}

fn create(store: &Store, tenant: TenantId, login: String, name: Option<String>, stdin: bool) -> Done {
    let password = chosen(stdin)?;
    let user = Claimant {
        id: random::id(),
        name: name.unwrap_or_else(|| login.clone()),
        login,
        password: password::hash(&password),
        disabled: false,
        created_at: SystemClock.now(),
        revision: 1,
    };
    let id = user.id.clone();
    store
        .write_blocking(move |tx| {
            tx.insert_claimant(tenant, &user)?;
            open::log(tx, tenant, "user.created", &json!({"user": user.id, "login": user.login}))
        })
        .map_err(Stop::from)?;
    say(id.as_str());
    Ok(())
}

fn change(
    store: &Store,
    tenant: TenantId,
    login: String,
    event: &'static str,
    change: impl Fn(&mut Claimant) + Send + 'static,
) -> Done {
    store.write_blocking(move |tx| {
        let known = tx.claimant_by_login(tenant, &login)?;
        let mut user = known.ok_or_else(|| Stop::from("nobody has this login"))?;
        change(&mut user);
        user.revision += 1;
        tx.update_claimant(tenant, &user)?;
        open::log(tx, tenant, event, &json!({"user": user.id})).map_err(Stop::from)
    })
}

/// The password from standard input, or one that is made and told.
fn chosen(stdin: bool) -> Result<String, Stop> {
    if !stdin {
        let made = format!("{}-{}-{}", random::reference(), random::reference(), random::reference());
        note(&format!("The password is {made}; it is not shown again."));
        return Ok(made);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| Stop::from(error.to_string()))?;
    let given = line.trim_end_matches(['\r', '\n']).to_owned();
    if password::is_acceptable(&given) {
        Ok(given)
    } else {
        Err(format!(
            "a password has {} characters at least, and {} bytes at most",
            password::SHORTEST,
            password::LONGEST
        )
        .into())
    }
}
