//! `handcarry policy`

use clap::{Args, Subcommand};
use handcarry_format::Id;
use handcarry_rules::{PolicyRecord, PolicyTerms};
use handcarry_store::Page;
use serde_json::json;

use crate::cli::{Data, Done, Stop, arguments, open, say};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a policy that licenses can be made under
    Create {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Its id
        #[arg(long, value_parser = arguments::id)]
        id: Id,
        /// Its name
        #[arg(long, value_parser = arguments::name)]
        name: String,
        #[command(flatten)]
        terms: Terms,
    },
    /// Change a policy; what it says of offline activation reaches its licenses at once
    Update {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Its id
        #[arg(value_parser = arguments::id)]
        id: Id,
        #[command(flatten)]
        terms: Terms,
    },
    /// List policies
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
    },
}

/// What a policy says. What is not said stays as it is.
#[derive(Args, Debug)]
pub(super) struct Terms {
    /// Offline activation is refused
    #[arg(long, conflicts_with = "offline")]
    no_offline: bool,
    /// Offline activation is allowed
    #[arg(long)]
    offline: bool,
    /// Devices that may be activated at a time
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=2_147_483_647))]
    seats: Option<u32>,
    /// Transfers to another device, ever
    #[arg(long, value_name = "N")]
    transfers: Option<u32>,
    /// Repairs of one activation in 365 days
    #[arg(long, value_name = "N")]
    repairs: Option<u32>,
    /// Percent of the fingerprint that must match; 0 = off
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    match_rate: Option<u32>,
    /// Days until a device must refresh
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3660))]
    lease_days: Option<u32>,
    /// Days after that in which everything still works
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=366))]
    grace_days: Option<u32>,
}

impl Terms {
    fn apply(&self, policy: &mut PolicyRecord) {
        if self.offline || self.no_offline {
            policy.allow_offline = self.offline;
        }
        let terms = &mut policy.terms;
        terms.seats = self.seats.or(terms.seats);
        terms.transfer_limit = self.transfers.or(terms.transfer_limit);
        terms.repair_limit = self.repairs.or(terms.repair_limit);
        terms.match_rate = self.match_rate.or(terms.match_rate);
        terms.lease_days = self.lease_days.or(terms.lease_days);
        terms.grace_days = self.grace_days.or(terms.grace_days);
    }
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    let store = open::for_command(data)?;
    match command {
        Command::Create { tenant, id, name, terms } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let mut policy =
                PolicyRecord { id, name, allow_offline: true, terms: PolicyTerms::default(), revision: 1 };
            terms.apply(&mut policy);
            say(policy.id.as_str());
            store
                .write_blocking(move |tx| {
                    tx.insert_policy(tenant, &policy)?;
                    open::log(tx, tenant, "policy.created", &facts(&policy))
                })
                .map_err(Stop::from)?;
        }
        Command::Update { tenant, id, terms } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let revision = store.write_blocking(move |tx| {
                let known = tx.policy(tenant, &id)?;
                let before = known.ok_or_else(|| Stop::from("there is no such policy"))?;
                let mut after = before.clone();
                terms.apply(&mut after);
                after.revision += 1;
                tx.update_policy(tenant, &after)?;
                let data = json!({"before": facts(&before), "after": facts(&after)});
                open::log(tx, tenant, "policy.updated", &data)?;
                Ok::<u32, Stop>(after.revision)
            })?;
            say(&format!("revision {revision}"));
        }
        Command::List { tenant } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let page = Page { after: None, limit: 1_000 };
            for policy in store.read_blocking(move |tx| tx.policies(tenant, &page))? {
                let offline = if policy.allow_offline { "offline" } else { "no offline" };
                say(&format!("{}\t{}\t{offline}\trevision {}", policy.id, policy.name, policy.revision));
            }
        }
    }
    store.close_blocking();
    Ok(())
}

fn facts(policy: &PolicyRecord) -> serde_json::Value {
    json!({
        "policy": policy.id,
        "name": policy.name,
        "allow_offline": policy.allow_offline,
        "terms": policy.terms,
        "revision": policy.revision,
    })
}
