//! `handcarry license upgrade`

use chrono::NaiveDate;
use clap::Subcommand;
use handcarry_format::{Id, LicenseKey};
use handcarry_rules::upgrade::{AskedUpgrade, Count, HostId, HostLock};
use handcarry_store::{Page, Store, TenantId};

use crate::cli::{Data, Done, Stop, arguments, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::service::vendor::unit::{By, Unit};
use crate::service::vendor::upgrades;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add to the count of an exclusive license for some time; its holders see the count only
    Add {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// The license's key
        #[arg(value_parser = arguments::license_key)]
        key: LicenseKey,
        /// Id of the document or order that it came with: the same id counts once
        #[arg(long, value_parser = arguments::id)]
        id: Id,
        /// The feature that it was sold for
        #[arg(long, value_parser = arguments::id)]
        feature: Id,
        /// What it adds
        #[arg(long)]
        count: i64,
        /// First day (default: the license's)
        #[arg(long, value_parser = arguments::day, value_name = "DAY")]
        start: Option<NaiveDate>,
        /// Last day (default: perpetual, on a perpetual license)
        #[arg(long, value_parser = arguments::day, value_name = "DAY")]
        end: Option<NaiveDate>,
        /// Works on this server only: KIND=VALUE, several ids of one server joined by commas; again for more servers
        #[arg(long, value_parser = lock, value_name = "KIND=VALUE")]
        server: Vec<HostLock>,
        /// Percent of the ids of a server that must match; 0 = off
        #[arg(long, value_name = "PERCENT")]
        match_rate: Option<u32>,
    },
    /// List the upgrades of a license, and its count now
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// The license's key
        #[arg(value_parser = arguments::license_key)]
        key: LicenseKey,
        /// After this upgrade
        #[arg(long)]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Take an upgrade back, for good; sessions and seats that it gave go on
    Withdraw {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// The upgrade's id
        #[arg(value_parser = arguments::id)]
        id: Id,
    },
}

fn lock(text: &str) -> Result<HostLock, String> {
    let ids: Option<Vec<HostId>> = text.split(',').map(HostId::parse).collect();
    ids.and_then(HostLock::new)
        .ok_or_else(|| "host ids such as HOSTNAME=alpha1,ETHERNET=001122334455".to_owned())
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    let store = open::for_command(data)?;
    match command {
        Command::Add { tenant, key, id, feature, count, start, end, server, match_rate } => {
            let asked = AskedUpgrade {
                start,
                end,
                match_rate,
                servers: server,
                ..AskedUpgrade::new(id, feature, Count::Of(count))
            };
            add(&store, authority(&store, tenant.as_ref())?, key, asked)?;
        }
        Command::List { tenant, key, after, limit } => {
            list(&store, open::tenant(&store, tenant.as_ref())?.id, key, Page { after, limit })?;
        }
        Command::Withdraw { tenant, id } => {
            let tenant = authority(&store, tenant.as_ref())?;
            let now = SystemClock.now();
            store.write_blocking(move |tx| {
                upgrades::withdraw(&mut Unit { tx, tenant, now, by: &By::Command }, &id).map_err(Stop::from)
            })?;
        }
    }
    store.close_blocking();
    Ok(())
}

/// A site has the upgrades that its authority has given.
fn authority(store: &Store, tenant: Option<&Id>) -> Result<TenantId, Stop> {
    let tenant = open::tenant(store, tenant)?;
    match tenant.rules.authority {
        Some(_) => Err("this portal is a site's: its authority sells".into()),
        None => Ok(tenant.id),
    }
}

fn add(store: &Store, tenant: TenantId, key: LicenseKey, asked: AskedUpgrade) -> Done {
    let now = SystemClock.now();
    let (new, count) = store.write_blocking(move |tx| {
        let license =
            tx.license_by_key(tenant, &key)?.ok_or_else(|| Stop::from("no license has this key"))?;
        // The reason in words; the service tells the code.
        tx.upgrades_of(tenant, &license.id)?
            .check(&asked, &license)
            .map_err(|refusal| Stop::from(format!("{refusal} ({})", refusal.code())))?;
        let mut unit = Unit { tx, tenant, now, by: &By::Command };
        let (_, new) = upgrades::add(&mut unit, &license.id, &asked)?;
        let after = unit.tx.upgrades_of(tenant, &license.id)?;
        Ok::<_, Stop>((new, after.count_at(&license, now)))
    })?;
    say(&format!("{}; the count is {count}", if new { "added" } else { "there before" }));
    Ok(())
}

fn list(store: &Store, tenant: TenantId, key: LicenseKey, page: Page) -> Done {
    let now = SystemClock.now();
    let (count, all) = store.read_blocking(move |tx| {
        let license =
            tx.license_by_key(tenant, &key)?.ok_or_else(|| Stop::from("no license has this key"))?;
        let count = upgrades::count_at(&tx.upgrades_of(tenant, &license.id)?, &license, now);
        Ok::<_, Stop>((count, tx.upgrades(tenant, &license.id, &page)?))
    })?;
    say(&format!("count {} = {} + {}", count.count, count.base, count.added));
    for it in all {
        let day = |day: Option<NaiveDate>| day.map_or("…".to_owned(), |day| day.to_string());
        let state = if it.withdrawn_at.is_some() { "withdrawn" } else { "counts" };
        let upgrade = it.upgrade;
        say(&format!(
            "{}\t{}\t+{}\t{} to {}\t{state}",
            upgrade.id,
            upgrade.feature,
            upgrade.count,
            day(upgrade.start),
            day(upgrade.end)
        ));
    }
    Ok(())
}
