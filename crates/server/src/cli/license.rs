//! `handcarry license`

use std::path::Path;

use clap::Subcommand;
use handcarry_format::{Id, LicenseKey};
use handcarry_rules::{Entitlement, status};
use handcarry_store::{Page, Store, Tenant};
use serde_json::{Value, json};

use crate::cli::entitlement::Terms;
use crate::cli::{Done, Stop, arguments, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::random;

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

pub(super) fn run(data: &Path, command: Command) -> Done {
    let store = open::for_command(data)?;
    match command {
        Command::Create { tenant, product, terms } => {
            create(&store, &open::tenant(&store, tenant.as_ref())?, &product, &terms)?;
        }
        Command::Update { tenant, key, terms } => {
            update(&store, &open::tenant(&store, tenant.as_ref())?, key, *terms)?;
        }
        Command::Show { tenant, key } => show(&store, &open::tenant(&store, tenant.as_ref())?, key)?,
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
    }
    store.close_blocking();
    Ok(())
}

fn create(store: &Store, tenant: &Tenant, product: &Id, terms: &Terms) -> Done {
    let id = tenant.id;
    let products = store.read_blocking(move |tx| tx.products(id))?;
    let product = products.into_iter().find(|known| known.id == *product).ok_or_else(|| {
        Stop::from(format!("there is no product `{product}`; see `handcarry product list`"))
    })?;
    let vendor = handcarry_format::Vendor { id: tenant.slug.clone(), name: tenant.name.clone() };
    let zone = arguments::zone(&tenant.zone)?;
    let mut license = Entitlement::new(random::id(), random::license_key(), vendor, product, zone);
    terms.apply(&mut license)?;
    let key = license.key.clone();
    store
        .write_blocking(move |tx| {
            tx.insert_license(id, &license)?;
            open::log(tx, id, "license.created", &json!({"license": license.id, "terms": facts(&license)}))
        })
        .map_err(Stop::from)?;
    say(key.as_str());
    Ok(())
}

fn update(store: &Store, tenant: &Tenant, key: LicenseKey, terms: Terms) -> Done {
    let id = tenant.id;
    let revision = store.write_blocking(move |tx| {
        let known = tx.license_by_key(id, &key)?;
        let before = known.ok_or_else(|| Stop::from("no license has this key"))?;
        let mut after = before.clone();
        terms.apply(&mut after)?;
        if after == before {
            return Ok(before.revision);
        }
        after.revision += 1;
        tx.update_license(id, &after)?;
        let data = json!({"license": after.id, "before": facts(&before), "after": facts(&after)});
        open::log(tx, id, "license.updated", &data)?;
        Ok::<u32, Stop>(after.revision)
    })?;
    say(&format!("revision {revision}"));
    Ok(())
}

fn show(store: &Store, tenant: &Tenant, key: LicenseKey) -> Done {
    let id = tenant.id;
    let (license, activations, totals) = store.read_blocking(move |tx| {
        let license = tx.license_by_key(id, &key)?.ok_or_else(|| Stop::from("no license has this key"))?;
        let activations = tx.activations(id, &license.id, &Page { after: None, limit: 1_000 })?;
        let totals = tx.totals(id, &license.id)?;
        Ok::<_, Stop>((license, activations, totals))
    })?;
    let devices = activations.iter().map(|it| {
        json!({
            "activation": it.id,
            "device": it.device.name,
            "device_key": it.device.key.id(),
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
        "status": format!("{:?}", status(&license, SystemClock.now())).to_lowercase(),
        "product": license.product,
        "revision": license.revision,
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

/// What a license allows, for people and for the log. No license key: the log is read by many.
fn facts(license: &Entitlement) -> Value {
    json!({
        "customer": license.customer,
        "seats": license.seats.total,
        "features": license.features,
        "model": license.model,
        "start": license.start.map(|day| day.to_string()),
        "end": license.end.map(|day| day.to_string()),
        "zone": license.zone.name(),
        "maintenance_end": license.maintenance_end.map(|day| day.to_string()),
        "evaluation": license.evaluation,
        "match_rate": license.match_rate,
        "repair_limit": license.seats.repair_limit,
        "transfer_limit": license.seats.transfer_limit,
        "lease_days": license.lease.map(|lease| lease.days),
        "grace_days": license.lease.map(|lease| lease.grace_days),
        "offline": license.offline_allowed(),
        "pool_status": license.status.name(),
    })
}
