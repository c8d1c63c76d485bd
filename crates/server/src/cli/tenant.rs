//! `handcarry tenant`

use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use clap::{Args, Subcommand};
use handcarry_format::{Id, PublicKey, Vendor};
use handcarry_rules::TenantRules;
use handcarry_store::{Tenant, TenantId};
use handcarry_theme::Theme;
use serde_json::json;

use crate::cli::{Data, Done, Stop, arguments, keyring, note, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::keys::{self, KeyStore};
use crate::{random, site};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a vendor. Without --root, a root key, an issuing key and a keyring are made here and it can sell at once
    Create(Box<New>),
    /// List vendors
    List,
    /// Show a vendor's theme, or set it from a file
    Theme {
        /// Which
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Theme as JSON; it is checked
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    match command {
        Command::Create(new) => create(data, &new),
        Command::List => list(data),
        Command::Theme { tenant, file } => theme(data, tenant.as_ref(), file.as_deref()),
    }
}

#[derive(Args, Debug)]
pub(super) struct New {
    /// The vendor's id, which is its place in the path: /t/SLUG/
    #[arg(long, value_parser = arguments::id)]
    slug: Id,
    /// The vendor's name
    #[arg(long, value_parser = arguments::name)]
    name: String,
    /// Host name of its own
    #[arg(long, value_parser = arguments::host)]
    host: Option<String>,
    /// Its portal's address, as files name it
    #[arg(long, value_parser = arguments::portal, value_name = "URL")]
    portal: Option<String>,
    /// Zone whose midnights its dates mean
    #[arg(long, value_parser = arguments::zone, default_value = "UTC")]
    zone: Tz,
    /// Public root key, made by `handcarry key init-root` on a machine that is kept offline
    #[arg(long, value_parser = arguments::public_key, value_name = "BASE64")]
    root: Option<PublicKey>,
    /// The vendor's own portal, which this one asks about its licenses: this one is a site's. Needs --root
    #[arg(long, value_parser = arguments::authority, value_name = "URL", requires = "root")]
    authority: Option<String>,
    /// What the authority calls this site (default: its address)
    #[arg(long, value_parser = arguments::name, value_name = "NAME", requires = "authority")]
    site: Option<String>,
}

fn create(data: &Data, new: &New) -> Done {
    let store = open::for_command(data)?;
    let known = store.read_blocking(|tx| tx.tenants())?;
    if known.iter().any(|tenant| tenant.slug == new.slug) {
        return Err(format!("there is a tenant `{}` already", new.slug).into());
    }
    if new.host.is_some() && known.iter().any(|tenant| tenant.host == new.host) {
        return Err("another tenant has this host name".into());
    }
    let now = SystemClock.now();
    let keys = KeyStore::of(data);
    let (root, keyring) = match new.root {
        Some(root) => (root, None),
        None => {
            let directory = keys.of_tenant(&new.slug);
            keys::make_private_directory(&directory)?;
            let root = random::secret_key();
            let path = directory.join("root.key");
            keys::write(&path, &root)?;
            let issuing = random::secret_key();
            keys.keep_issuing(&new.slug, &issuing)?;
            let vendor = Vendor { id: new.slug.clone(), name: new.name.clone() };
            note(&format!("The root key is in {}.", path.display()));
            note("For real use, move it to a machine that is never online: the portal does not need it.");
            (root.public(), Some(keyring::first(vendor, &root, issuing.public(), now)?))
        }
    };
    let portal = match (&new.portal, &new.host) {
        (Some(portal), _) => portal.clone(),
        (None, Some(host)) => format!("https://{host}/"),
        (None, None) => format!("http://localhost:8080/t/{}/", new.slug),
    };
    let mut tenant = Tenant {
        id: TenantId(0),
        slug: new.slug.clone(),
        name: new.name.clone(),
        host: new.host.clone(),
        portal,
        zone: new.zone.name().to_owned(),
        root,
        keyring,
        theme: "{}".to_owned(),
        rules: TenantRules {
            authority: new.authority.clone(),
            site: new.site.clone(),
            ..TenantRules::default()
        },
        created_at: now,
    };
    store
        .write_blocking(move |tx| {
            let most = tx.tenants()?.iter().map(|tenant| tenant.id.0).max().unwrap_or(0);
            tenant.id = TenantId(most + 1);
            tx.insert_tenant(&tenant)?;
            let data = json!({"slug": tenant.slug, "name": tenant.name, "root": tenant.root.id()});
            open::log(tx, tenant.id, "tenant.created", &data)
        })
        .map_err(Stop::from)?;
    say(&format!("{}\troot key {}", new.slug, root));
    store.close_blocking();
    Ok(())
}

fn list(data: &Data) -> Done {
    let store = open::for_command(data)?;
    let keys = KeyStore::of(data);
    for tenant in store.read_blocking(|tx| tx.tenants())? {
        let site = site::Site::new(tenant, &keys);
        let ready = if site.is_ready(SystemClock.now()) { "ready" } else { "no issuing key in place" };
        let tenant = &site.tenant;
        say(&format!("{}\t{}\t{}\t{}\t{ready}", tenant.slug, tenant.name, tenant.portal, tenant.zone));
    }
    Ok(())
}

fn theme(data: &Data, tenant: Option<&Id>, file: Option<&Path>) -> Done {
    let store = open::for_command(data)?;
    let mut tenant = open::tenant(&store, tenant)?;
    let Some(file) = file else {
        say(&tenant.theme);
        return Ok(());
    };
    let text = String::from_utf8(open::read(file)?).map_err(|_| "the theme is not UTF-8")?;
    let theme = Theme::parse(&mut serde_json::Deserializer::from_str(&text))
        .map_err(|error| Stop::from(format!("{error} ({})", error.code())))?;
    tenant.theme = serde_json::to_string(&theme).map_err(|error| Stop::from(error.to_string()))?;
    store
        .write_blocking(move |tx| {
            tx.update_tenant(&tenant)?;
            open::log(tx, tenant.id, "tenant.theme", &json!({"version": theme.version()}))
        })
        .map_err(Stop::from)?;
    store.close_blocking();
    Ok(())
}
