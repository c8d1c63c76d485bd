//! What a license allows, as arguments: the same ones make it and change it.

use chrono::NaiveDate;
use clap::Args;
use handcarry_format::{Customer, Feature, Model};
use handcarry_rules::pool::EventKind;
use handcarry_rules::{Entitlement, LeasePolicy, PoolStatus, Pooling, Revalidation};

use crate::cli::Stop;
use crate::cli::arguments::{self, Counted};

/// What a license allows. What is not said stays as it is.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Terms {
    /// Devices that may be activated at a time
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=2_147_483_647))]
    seats: Option<u32>,
    /// Who bought it
    #[arg(long, value_parser = arguments::name)]
    customer: Option<String>,
    /// Id of the customer's record; see `handcarry customer list`
    #[arg(long, value_parser = arguments::id, value_name = "ID")]
    customer_id: Option<handcarry_format::Id>,
    /// The vendor's order id
    #[arg(long, value_parser = arguments::name, requires = "customer")]
    order: Option<String>,
    /// The order that it extends: it activates only on top of that order's license
    #[arg(long, value_parser = arguments::name, value_name = "ORDER")]
    previous_order: Option<String>,
    /// The edition
    #[arg(long, value_parser = arguments::name)]
    edition: Option<String>,
    /// A subscription: it cannot be licensed by file
    #[arg(long)]
    subscription: bool,
    /// A pool of its own, which no upgrade raises
    #[arg(long)]
    additive: bool,
    /// More users than seats get a trial seat each, for 14 days
    #[arg(long)]
    trial_seats: bool,
    /// Days from one question to the authority to the next; 0 = only once
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=3660))]
    revalidate_days: Option<u32>,
    /// Days from the first failure in which everything still works
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(2..=7), requires = "revalidate_days")]
    revalidate_grace: Option<u32>,
    /// A feature, ID or ID=NAME; again for more
    #[arg(long, value_parser = arguments::feature, value_name = "ID[=NAME]")]
    feature: Vec<Feature>,
    /// How a feature is counted: ID=MAXIMUM[:OVERAGE[:RESET]]; again for more
    #[arg(long, value_parser = arguments::counter, value_name = "ID=MAXIMUM")]
    counter: Vec<Counted>,
    /// Takes a feature away
    #[arg(long, value_parser = arguments::id, value_name = "ID")]
    no_feature: Vec<handcarry_format::Id>,
    /// First day
    #[arg(long, value_parser = arguments::day, value_name = "DAY")]
    start: Option<NaiveDate>,
    /// Last usable day
    #[arg(long, value_parser = arguments::day, value_name = "DAY")]
    end: Option<NaiveDate>,
    /// No last day
    #[arg(long, conflicts_with = "end")]
    perpetual: bool,
    /// Last day of maintenance
    #[arg(long, value_parser = arguments::day, value_name = "DAY")]
    maintenance_end: Option<NaiveDate>,
    /// Sessions at a time on one device; 0 = node-locked
    #[arg(long, value_name = "N")]
    concurrent: Option<u32>,
    /// Days until a device must refresh; 0 = never
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=3660))]
    lease_days: Option<u32>,
    /// Days after that in which everything still works
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=366))]
    grace_days: Option<u32>,
    /// Percent of the fingerprint that must match; 0 = off
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    match_rate: Option<u32>,
    /// Repairs of one activation in 365 days
    #[arg(long, value_name = "N")]
    repairs: Option<u32>,
    /// Transfers to another device, ever; 0 = none
    #[arg(long, value_name = "N")]
    transfers: Option<u32>,
    /// Offline activation is refused
    #[arg(long, conflicts_with = "offline")]
    no_offline: bool,
    /// Offline activation is allowed
    #[arg(long)]
    offline: bool,
    /// For trying only
    #[arg(long)]
    evaluation: bool,
    /// Switch it off
    #[arg(long, conflicts_with = "enable")]
    disable: bool,
    /// Switch it on
    #[arg(long)]
    enable: bool,
}

impl Terms {
    /// What else is done with a license of this status: it is switched off or on (ALT-10, ALT-11).
    pub(super) fn switch(&self, status: PoolStatus) -> Option<EventKind> {
        match status {
            PoolStatus::Inactive => self.enable.then_some(EventKind::Activate),
            status if status.is_assignable() => self.disable.then_some(EventKind::Deactivate),
            // Whatever it is, it cannot be switched: that is said, and not passed over.
            _ if self.enable => Some(EventKind::Activate),
            _ => self.disable.then_some(EventKind::Deactivate),
        }
    }

    /// Changes an entitlement to what was said.
    pub(super) fn apply(&self, to: &mut Entitlement) -> Result<(), Stop> {
        set(&mut to.seats.total, self.seats);
        set(&mut to.seats.repair_limit, self.repairs);
        set(&mut to.match_rate, self.match_rate);
        to.start = self.start.or(to.start);
        to.end = if self.perpetual { None } else { self.end.or(to.end) };
        to.maintenance_end = self.maintenance_end.or(to.maintenance_end);
        to.seats.transfer_limit = self.transfers.or(to.seats.transfer_limit);
        to.evaluation |= self.evaluation;
        if let Some(name) = &self.customer {
            let order = self.order.clone().or_else(|| to.customer.as_ref()?.order.clone());
            to.customer = Some(Customer { name: name.clone(), order });
        }
        if let Some(sessions) = self.concurrent {
            to.model = if sessions == 0 { Model::NodeLocked } else { Model::Concurrent(sessions) };
        }
        if self.no_offline || self.offline {
            to.allow_offline = Some(self.offline);
        }
        to.edition = self.edition.clone().or(to.edition.take());
        to.customer_id = self.customer_id.clone().or(to.customer_id.take());
        to.previous_order = self.previous_order.clone().or(to.previous_order.take());
        to.subscription |= self.subscription;
        to.trial_seats |= self.trial_seats;
        if self.additive {
            to.pooling = Pooling::Additive;
        }
        if let Some(period_days) = self.revalidate_days {
            let grace_days = self.revalidate_grace.unwrap_or(7);
            to.revalidation = (period_days > 0).then_some(Revalidation { period_days, grace_days });
        }
        self.lease(to)?;
        self.features(to)?;
        handcarry_rules::check_terms(to).map_err(|wrong| Stop::from(wrong.to_string()))
    }

    fn lease(&self, to: &mut Entitlement) -> Result<(), Stop> {
        let days = self.lease_days.or(to.lease.map(|lease| lease.days)).filter(|days| *days > 0);
        let grace_days = self.grace_days.or(to.lease.map(|lease| lease.grace_days));
        if days.is_none() && self.grace_days.is_some() {
            return Err("--grace-days needs --lease-days".into());
        }
        to.lease = days.map(|days| LeasePolicy { days, grace_days: grace_days.unwrap_or(7) });
        Ok(())
    }

    fn features(&self, to: &mut Entitlement) -> Result<(), Stop> {
        for id in &self.no_feature {
            to.features.retain(|feature| feature.id != *id);
        }
        for new in &self.feature {
            match to.features.iter_mut().find(|feature| feature.id == new.id) {
                Some(known) => known.name.clone_from(&new.name),
                None => to.features.push(new.clone()),
            }
        }
        for Counted { feature: id, counter } in &self.counter {
            let feature = to.features.iter_mut().find(|feature| feature.id == *id);
            let feature =
                feature.ok_or_else(|| Stop::from(format!("there is no feature `{id}` to count")))?;
            feature.counter.clone_from(counter);
        }
        Ok(())
    }
}

fn set<T>(place: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *place = said;
    }
}
