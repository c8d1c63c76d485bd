//! `handcarry key`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use handcarry_format::{Id, Instant, KeyId, Keyring, Limits, Trust, Vendor, open as open_file};
use serde_json::json;

use crate::cli::arguments::{self, NewKey};
use crate::cli::{Data, Done, Stop, keyring, note, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::keys::{self, KeyStore};
use crate::random;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a root key, on a machine that is kept offline; prints the public half
    InitRoot {
        /// New file for the secret half
        #[arg(long)]
        out: PathBuf,
    },
    /// Make an issuing key on the portal; prints the public half for `sign-keyring`
    CreateIssuing {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
    },
    /// Sign a keyring with the root key; works offline, with no data directory
    SignKeyring {
        /// The root key's file
        #[arg(long, value_name = "FILE")]
        root: PathBuf,
        /// The keyring before this one
        #[arg(long, value_name = "FILE")]
        previous: Option<PathBuf>,
        /// Vendor id, for the first keyring
        #[arg(long, value_parser = arguments::id, requires = "vendor_name")]
        vendor_id: Option<Id>,
        /// Vendor name, for the first keyring
        #[arg(long, value_parser = arguments::name, requires = "vendor_id")]
        vendor_name: Option<String>,
        /// Public issuing key to list: KEY[,product=ID][,from=INSTANT][,until=INSTANT]; again for more
        #[arg(long, value_parser = arguments::new_key, value_name = "KEY")]
        issuing: Vec<NewKey>,
        /// Key that shall sign no more, from now or from an instant; what it signed stays good
        #[arg(long, value_parser = arguments::revocation, value_name = "KEYID[=INSTANT]")]
        retire: Vec<(KeyId, Option<Instant>)>,
        /// Key that was stolen: what it signed since then is refused
        #[arg(long, value_parser = arguments::revocation, value_name = "KEYID[=INSTANT]")]
        revoke: Vec<(KeyId, Option<Instant>)>,
        /// File for the keyring (default: standard output)
        #[arg(short, long)]
        out: Option<PathBuf>,
    },
    /// Install a keyring on the portal; it is checked with the tenant's root key
    Install {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// The keyring
        keyring: PathBuf,
    },
    /// List the keyring's keys and those that are held here
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
    },
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    match command {
        Command::InitRoot { out } => {
            let key = random::secret_key();
            keys::write(&out, &key)?;
            note(&format!(
                "The secret root key is in {}. Keep this machine offline, and keep a copy safe.",
                out.display()
            ));
            say(&key.public().to_string());
            Ok(())
        }
        Command::CreateIssuing { tenant } => create_issuing(data, tenant.as_ref()),
        Command::SignKeyring { root, previous, vendor_id, vendor_name, issuing, retire, revoke, out } => {
            let root = keys::read(&root)?;
            let vendor = vendor_id.zip(vendor_name).map(|(id, name)| Vendor { id, name });
            let previous = previous.as_deref().map(open::read).transpose()?;
            let next = keyring::Next { vendor, previous, add: issuing, retire, revoke };
            let (keyring, text) = keyring::next(next, &root, SystemClock.now())?;
            note(&format!("Keyring version {} with {} keys.", keyring.version, keyring.keys.len()));
            open::write(out.as_deref(), &text)
        }
        Command::Install { tenant, keyring } => install(data, tenant.as_ref(), &keyring),
        Command::List { tenant } => list(data, tenant.as_ref()),
    }
}

fn create_issuing(data: &Data, tenant: Option<&Id>) -> Done {
    let store = open::for_command(data)?;
    let tenant = open::tenant(&store, tenant)?;
    let key = random::secret_key();
    let path = KeyStore::of(data).keep_issuing(&tenant.slug, &key)?;
    let id = tenant.id;
    let public = key.public();
    store
        .write_blocking(move |tx| open::log(tx, id, "key.created", &json!({"key": public.id()})))
        .map_err(Stop::from)?;
    note(&format!(
        "Key {} is in {}. It signs nothing until a keyring lists it.",
        public.id(),
        path.display()
    ));
    say(&public.to_string());
    store.close_blocking();
    Ok(())
}

fn install(data: &Data, tenant: Option<&Id>, path: &Path) -> Done {
    let store = open::for_command(data)?;
    let mut tenant = open::tenant(&store, tenant)?;
    let file = open::read(path)?;
    let limits = Limits::default();
    let trust = Trust::new(tenant.slug.clone(), tenant.root);
    let new = open_file::<Keyring>(&file, &trust, &limits)
        .map_err(|error| Stop::from(format!("the keyring is not this tenant's: {error}")))?;
    if let Some(present) = &tenant.keyring {
        let present = open_file::<Keyring>(present.as_bytes(), &trust, &limits);
        if present.is_ok_and(|present| present.version >= new.version) {
            return Err("the installed keyring is the same or newer".into());
        }
    }
    tenant.keyring = Some(String::from_utf8(file).map_err(|_| "the keyring is not UTF-8")?);
    let version = new.version;
    store
        .write_blocking(move |tx| {
            tx.update_tenant(&tenant)?;
            open::log(
                tx,
                tenant.id,
                "keyring.installed",
                &json!({"version": version, "digest": new.digest()}),
            )
        })
        .map_err(Stop::from)?;
    note(&format!("Keyring version {version} is installed."));
    store.close_blocking();
    Ok(())
}

fn list(data: &Data, tenant: Option<&Id>) -> Done {
    let store = open::for_command(data)?;
    let tenant = open::tenant(&store, tenant)?;
    say(&format!("root\t{}\t{}", tenant.root.id(), tenant.root));
    let held: Vec<KeyId> = KeyStore::of(data)
        .issuing(&tenant.slug)
        .into_iter()
        .filter_map(|key| match key {
            Ok((_, key)) => Some(key.public().id()),
            Err(error) => {
                note(&error.to_string());
                None
            }
        })
        .collect();
    let trust = Trust::new(tenant.slug.clone(), tenant.root);
    let keyring =
        tenant.keyring.as_ref().map(|file| open_file::<Keyring>(file.as_bytes(), &trust, &Limits::default()));
    let mut listed = Vec::new();
    match keyring {
        Some(Ok(keyring)) => {
            for entry in &keyring.keys {
                let id = entry.key.id();
                listed.push(id);
                let until = entry.not_after.map_or_else(|| "open".to_owned(), |end| end.to_string());
                let here = if held.contains(&id) { "held here" } else { "not here" };
                let revoked = keyring.revoked.iter().find(|revoked| revoked.key == id);
                let revoked =
                    revoked.map_or_else(String::new, |revoked| format!("\trevoked since {}", revoked.since));
                say(&format!("issuing\t{id}\tfrom {}\tuntil {until}\t{here}{revoked}", entry.not_before));
            }
        }
        Some(Err(error)) => note(&format!("the keyring cannot be used: {error}")),
        None => note("no keyring is installed"),
    }
    for id in held.iter().filter(|id| !listed.contains(id)) {
        say(&format!("issuing\t{id}\theld here, in no keyring"));
    }
    Ok(())
}
