//! `handcarry license import`

use std::path::PathBuf;

use clap::Subcommand;
use handcarry_format::{Id, LicenseKey, Model};

use crate::cli::{Data, Done, Stop, arguments, note, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::lmx::{self, Fault, Plan};
use crate::random;
use crate::service::vendor::lmx::{Import, document_of, import, planned};
use crate::service::vendor::unit::{By, Unit};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Take in an LM-X template (XML): its licenses and upgrades, all or none; see docs/lmx.md
    Lmx {
        /// The template
        file: PathBuf,
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Of which product (default: the only one there is)
        #[arg(long, value_parser = arguments::id)]
        product: Option<Id>,
        /// Key of the license that upgrades raise (default: the one of this file, or the only one that has the feature)
        #[arg(long, value_parser = arguments::license_key, value_name = "KEY")]
        base: Option<LicenseKey>,
        /// Name of the document or order; the same one again sells and counts nothing twice (default: made of the bytes)
        #[arg(long, value_parser = document, value_name = "ID")]
        document: Option<Id>,
        /// Leave a setting out that has no equal here; again for more
        #[arg(long, value_name = "SETTING")]
        ignore: Vec<String>,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// A document's name leaves room for the number of a feature.
fn document(text: &str) -> Result<Id, String> {
    arguments::id(text)
        .and_then(|id| if id.as_str().len() <= 58 { Ok(id) } else { Err("58 characters at most".to_owned()) })
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    let Command::Lmx { file, tenant, product, base, document, ignore, dry_run } = command;
    let bytes = open::read(&file)?;
    let told = |faults: &[Fault]| {
        for fault in faults {
            note(&format!("{}:{fault}", file.display()));
        }
        Stop::from("nothing was imported")
    };
    let template = lmx::read(&bytes, &ignore).map_err(|faults| told(&faults))?;
    let store = open::for_command(data)?;
    let site = open::site(data, &store, tenant.as_ref())?;
    if site.tenant.rules.authority.is_some() {
        return Err("this portal is a site's: its authority sells".into());
    }
    let id = site.id();
    let mut products = store.read_blocking(move |tx| tx.products(id))?;
    if let Some(wanted) = &product {
        products.retain(|known| known.id == *wanted);
    }
    let product = match (products.pop(), products.is_empty()) {
        (Some(one), true) => one,
        (None, _) => return Err("there is no such product; see `handcarry product list`".into()),
        _ => return Err("there are several products: say which one with --product".into()),
    };
    let base = match base {
        Some(key) => {
            let found = store.read_blocking(move |tx| tx.license_by_key(id, &key))?;
            Some(found.ok_or("no license has the key of the base")?.id)
        }
        None => None,
    };
    let keys = template.features.iter().map(|_| random::license_key()).collect();
    let document = document.unwrap_or_else(|| document_of(&bytes));
    let what = Import { vendor: site.vendor(), product, zone: site.zone(), document, base, keys, template };
    let now = SystemClock.now();
    let done = if dry_run {
        store.read_blocking(move |tx| planned(tx, id, &what, now))?
    } else {
        store.write_blocking(move |tx| {
            let mut unit = Unit { tx, tenant: id, now, by: &By::Command };
            import(&mut unit, &site, &what).map_err(Stop::from)
        })?
    };
    let plan = done.map_err(|faults| told(&faults))?;
    show(&plan, dry_run);
    store.close_blocking();
    Ok(())
}

/// One line a license and upgrade: what it is, and its key or the license that it raises.
fn show(plan: &Plan, dry_run: bool) {
    for planned in &plan.licenses {
        let license = &planned.license;
        let count = match license.model {
            Model::NodeLocked => "node-locked".to_owned(),
            Model::Concurrent(handcarry_rules::upgrade::MOST) => "unlimited sessions".to_owned(),
            Model::Concurrent(sessions) => format!("{sessions} sessions"),
        };
        let feature = license.features.first().map_or("-", |feature| feature.name.as_str());
        let end = license.end.map_or("perpetual".to_owned(), |end| format!("until {end}"));
        let key = if dry_run && !planned.known { "-" } else { license.key.as_str() };
        let state = if planned.known { "known" } else { "license" };
        say(&format!(
            "{state}\t{}\t{key}\t{feature}\t{}\t{count}\t{end}",
            license.id,
            license.pooling.name()
        ));
        for noted in &planned.noted {
            note(&format!("{feature}: {}={} changes nothing here", noted.name, noted.value));
        }
    }
    for planned in &plan.upgrades {
        let state = if planned.upgrade.is_some() { "upgrade" } else { "known" };
        let added = planned.upgrade.as_ref().map_or_else(String::new, |it| format!("\t+{}", it.count));
        say(&format!("{state}\t{}\tof {}{added}", planned.asked.id, planned.license));
    }
}
