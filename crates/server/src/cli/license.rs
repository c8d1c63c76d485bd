//! `handcarry license`

use clap::Subcommand;
use handcarry_format::{Id, LicenseKey};
use handcarry_rules::holder::reference_id;
use handcarry_rules::{ClaimedBy, Entitlement, status};
use handcarry_store::{Page, Store, TenantId, Tx};
use serde_json::{Value, json};

use crate::cli::entitlement::Terms;
use crate::cli::{Data, Done, Stop, arguments, license_import, open, say, upgrade};
use crate::clock::{Clock as _, SystemClock};
use crate::failure::Failure;
use crate::random;
use crate::service::holder::facts_of;
use crate::service::pool::{Keeper, may_change_settings};
use crate::service::vendor::licenses::facts;
use crate::site::Site;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Sell a license; prints its key
    Create {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Of which product
        #[arg(long, value_parser = arguments::id)]
        product: Id,
        /// Under which policy
        #[arg(long, value_parser = arguments::id)]
        policy: Option<Id>,
        /// Login of the user whose own it is; who has the key alone cannot use it
        #[arg(long)]
        user: Option<String>,
        /// Key of the license that it renews and disables
        #[arg(long, value_parser = arguments::license_key)]
        replaces: Option<LicenseKey>,
        #[command(flatten)]
        terms: Box<Terms>,
    },
    /// Change what a license allows; the next refresh file carries it
    Update {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Its key
        #[arg(value_parser = arguments::license_key)]
        key: LicenseKey,
        #[command(flatten)]
        terms: Box<Terms>,
    },
    /// Show a license and its devices
    Show {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Its key
        #[arg(value_parser = arguments::license_key)]
        key: LicenseKey,
    },
    /// Take licenses of another system in
    #[command(subcommand)]
    Import(license_import::Command),
    /// What adds to the count of a license
    #[command(subcommand)]
    Upgrade(upgrade::Command),
    /// List licenses
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// After this license id
        #[arg(long)]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    let command = match command {
        Command::Import(command) => return license_import::run(data, command),
        Command::Upgrade(command) => return upgrade::run(data, command),
        other => other,
    };
    let store = open::for_command(data)?;
    match command {
        Command::Create { tenant, product, policy, user, replaces, terms } => {
            let new = New { product, policy, user, replaces, terms };
            create(&store, open::site(data, &store, tenant.as_ref())?, new)?;
        }
        Command::Update { tenant, key, terms } => {
            update(&store, open::site(data, &store, tenant.as_ref())?, key, *terms)?;
        }
        Command::Show { tenant, key } => show(&store, open::site(data, &store, tenant.as_ref())?, key)?,
        Command::List { tenant, after, limit } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            for it in store.read_blocking(move |tx| tx.licenses(tenant, &Page { after, limit }))? {
                let customer = it.customer.as_ref().map_or("-", |customer| customer.name.as_str());
                say(&format!(
                    "{}\t{}\t{}\t{customer}\t{} seats",
                    it.id, it.key, it.product.id, it.seats.total
                ));
            }
        }
        // They open the store by themselves.
        Command::Import(_) | Command::Upgrade(_) => {}
    }
    store.close_blocking();
    Ok(())
}

/// What a new license is of.
struct New {
    product: Id,
    policy: Option<Id>,
    user: Option<String>,
    replaces: Option<LicenseKey>,
    terms: Box<Terms>,
}

fn create(store: &Store, site: Site, new: New) -> Done {
    let (id, vendor, zone) = (site.id(), site.vendor(), site.zone());
    let (license_id, key) = (random::id(), random::license_key());
    let printed = key.clone();
    store.write_blocking(move |tx| {
        let product = tx.products(id)?.into_iter().find(|known| known.id == new.product);
        let product = product.ok_or_else(|| {
            Stop::from(format!("there is no product `{}`; see `handcarry product list`", new.product))
        })?;
        let mut license = Entitlement::new(license_id.clone(), key.clone(), vendor.clone(), product, zone);
        if let Some(policy) = &new.policy {
            let policy = tx.policy(id, policy)?;
            policy.ok_or_else(|| Stop::from("there is no such policy"))?.begin(&mut license);
        }
        if let Some(login) = &new.user {
            let user = tx.claimant_by_login(id, login)?;
            license.claim = ClaimedBy::User(user.ok_or_else(|| Stop::from("nobody has this login"))?.id);
        }
        if let Some(replaced) = &new.replaces {
            let replaced = tx.license_by_key(id, replaced)?;
            let replaced = replaced.ok_or_else(|| Stop::from("no license has the key that is replaced"))?;
            license.replaces = Some(replaced.id);
        }
        new.terms.apply(&mut license)?;
        has_customer(tx, id, &license)?;
        tx.insert_license(id, &license)?;
        let data = json!({"license": license.id, "terms": facts(&license)});
        open::log(tx, id, "license.created", &data)?;
        written(tx, &site, &license.id, &new.terms)
    })?;
    say(printed.as_str());
    Ok(())
}

/// The customer's record that a license names is there.
fn has_customer(tx: &mut dyn Tx, tenant: TenantId, license: &Entitlement) -> Done {
    match &license.customer_id {
        Some(id) if tx.customer(tenant, id)?.is_none() => {
            Err(Stop::from(format!("there is no customer `{id}`; see `handcarry customer list`")))
        }
        _ => Ok(()),
    }
}

/// ALT-15: what was written is verified, and switched off or on.
fn written(tx: &mut dyn Tx, site: &Site, license: &Id, terms: &Terms) -> Done {
    let mut keeper = Keeper { tx, site, now: SystemClock.now(), by: "command" };
    keeper.written(license)?;
    let status = keeper.find(license)?.license.status;
    if let Some(action) = terms.switch(status) {
        keeper.act(license, action)?;
    }
    Ok(())
}

fn update(store: &Store, site: Site, key: LicenseKey, terms: Terms) -> Done {
    let id = site.id();
    let revision = store.write_blocking(move |tx| {
        let known = tx.license_by_key(id, &key)?;
        let before = known.ok_or_else(|| Stop::from("no license has this key"))?;
        let mut after = before.clone();
        terms.apply(&mut after)?;
        if after != before {
            has_customer(tx, id, &after)?;
            may_change_settings(tx, &site, &before.id, SystemClock.now())?.map_err(Failure::from)?;
            tx.upgrades_of(id, &after.id)?.still_fit(&after).map_err(|(upgrade, refusal)| {
                Stop::from(format!("upgrade {upgrade}: {refusal} ({})", refusal.code()))
            })?;
            after.revision += 1;
            tx.update_license(id, &after)?;
            let data = json!({"license": after.id, "before": facts(&before), "after": facts(&after)});
            open::log(tx, id, "license.updated", &data)?;
        }
        written(tx, &site, &after.id, &terms)?;
        let written = tx.license(id, &after.id)?;
        Ok::<u32, Stop>(written.map_or(after.revision, |license| license.revision))
    })?;
    say(&format!("revision {revision}"));
    Ok(())
}

fn show(store: &Store, site: Site, key: LicenseKey) -> Done {
    let (id, now) = (site.id(), SystemClock.now());
    let (license, activations, totals, holder) = store.read_blocking(move |tx| {
        let license = tx.license_by_key(id, &key)?.ok_or_else(|| Stop::from("no license has this key"))?;
        let activations = tx.activations(id, &license.id, &Page { after: None, limit: 1_000 })?;
        let totals = tx.totals(id, &license.id)?;
        let holder = facts_of(tx, &site, &license.id, now)?;
        Ok::<_, Stop>((license, activations, totals, holder))
    })?;
    let devices = activations.iter().map(|it| {
        json!({
            "activation": it.id,
            "device": it.device.name,
            "device_key": it.device.key.id(),
            "reference_id": reference_id(&it.fingerprint),
            "taken": it.is_taken(),
            "since": it.activated_at,
            "generation": it.generation,
            "booked_report": it.usage.booked,
            "totals": totals_of(&it.usage.totals),
            "clone_suspected": it.clone_suspected,
        })
    });
    let shown = json!({
        "id": license.id,
        "key": license.key,
        "status": format!("{:?}", status(&license, now)).to_lowercase(),
        "product": license.product,
        "revision": license.revision,
        "holder": holder,
        "terms": facts(&license),
        "totals": totals_of(&totals),
        "devices": devices.collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&shown).map_err(|error| Stop::from(error.to_string()))?;
    say(&text);
    Ok(())
}

fn totals_of(totals: &handcarry_format::Totals) -> Value {
    totals
        .iter()
        .map(|(id, amount)| (id.to_string(), json!(amount)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
