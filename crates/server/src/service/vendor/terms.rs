//! The terms of a license on the wire: what both selling one and changing one can say.

use handcarry_format::{self as format, Customer, Model};
use handcarry_rules::{ClaimedBy, Entitlement, LeasePolicy, Pooling, Revalidation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::failure::Failure;
use crate::service::vendor::feature::{LicensedFeature, licensed};
use crate::service::vendor::value::{Day, Given, Key, Name, Text};

/// What a license is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum LicenseModel {
    /// One device a seat.
    NodeLocked,
    /// So many sessions at a time.
    Concurrent {
        /// Sessions.
        #[schema(minimum = 1, maximum = 2_147_483_647)]
        seats: u32,
    },
}

/// Who bought a license, as files name them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Buyer {
    /// Name of the person or organization.
    pub name: Name,
    /// The vendor's order id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Text>,
}

/// How often a device must refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// Days from issue until a refresh is due.
    #[schema(minimum = 1, maximum = 3660)]
    pub days: u32,
    /// Days after that in which everything still works.
    #[schema(maximum = 366)]
    pub grace_days: u32,
}

/// How often a site's portal asks its authority about the license (ICE-17, ICE-20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Revalidation)]
pub struct Asking {
    /// Days from one success to the next question.
    #[schema(minimum = 1, maximum = 3660)]
    pub period_days: u32,
    /// Days from the first failure in which everything still works.
    #[schema(minimum = 2, maximum = 7)]
    pub grace_days: u32,
}

/// How the count of a license stands to others of the same feature (LMX-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Pooling)]
pub enum Pool {
    /// The one base of its feature: upgrades raise its count.
    Exclusive,
    /// A pool of its own beside others; no upgrade applies.
    Additive,
}

/// What is said of a license's terms. What is not said stays; `Some(None)` takes away.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// The version that is sold.
    pub version: Given<Name>,
    /// The edition.
    pub edition: Given<Name>,
    /// Who bought it, as files name them.
    pub customer: Given<Buyer>,
    /// The customer's record.
    pub customer_id: Given<Key>,
    /// The order that it extends (ICE-02).
    pub previous_order: Given<Text>,
    /// The license that it renews and disables (ALT-20).
    pub replaces: Given<Key>,
    /// Whose own it is (LSP-03).
    pub user: Given<Key>,
    /// A subscription cannot be licensed by file (LSP-04).
    pub subscription: Option<bool>,
    /// How its count stands to others.
    pub pooling: Option<Pool>,
    /// What may be used, all of it.
    pub features: Option<Vec<LicensedFeature>>,
    /// What it is bound to.
    pub model: Option<LicenseModel>,
    /// Most activations at a time.
    pub seats: Option<u32>,
    /// Most transfers to another device, ever.
    pub transfer_limit: Given<u32>,
    /// Repairs of one activation in 365 days.
    pub repair_limit: Option<u32>,
    /// First day.
    pub start: Given<Day>,
    /// Last usable day.
    pub end: Given<Day>,
    /// For trying only.
    pub evaluation: Option<bool>,
    /// Last day of maintenance.
    pub maintenance_end: Given<Day>,
    /// Percent of the fingerprint that must match.
    pub match_rate: Option<u32>,
    /// How often a device must refresh.
    pub lease: Given<Lease>,
    /// How often a site's portal asks about it.
    pub revalidation: Given<Asking>,
    /// More users than seats get a trial seat each.
    pub trial_seats: Option<bool>,
    /// Its own word on offline activation.
    pub allow_offline: Given<bool>,
}

impl Terms {
    /// Changes a license to what is said. `catalog` are the product's features: what a feature does not say is taken
    /// from there. Whether the terms can stand is for `handcarry_rules::check_terms`.
    pub fn apply(&self, to: &mut Entitlement, catalog: &[format::Feature]) -> Result<(), Failure> {
        set(&mut to.product.version, self.version.clone().map(|it| it.map(|it| it.0)));
        set(&mut to.edition, self.edition.clone().map(|it| it.map(|it| it.0)));
        let buyer = |it: Buyer| Customer { name: it.name.0, order: it.order.map(|order| order.0) };
        set(&mut to.customer, self.customer.clone().map(|it| it.map(buyer)));
        set(&mut to.customer_id, self.customer_id.clone().map(|it| it.map(|it| it.0)));
        set(&mut to.previous_order, self.previous_order.clone().map(|it| it.map(|it| it.0)));
        set(&mut to.replaces, self.replaces.clone().map(|it| it.map(|it| it.0)));
        set(&mut to.claim, self.user.clone().map(|it| it.map_or(ClaimedBy::Key, |it| ClaimedBy::User(it.0))));
        set(&mut to.subscription, self.subscription);
        set(&mut to.pooling, self.pooling.map(Pooling::from));
        set(&mut to.model, self.model.map(Model::from));
        set(&mut to.seats.total, self.seats);
        set(&mut to.seats.transfer_limit, self.transfer_limit);
        set(&mut to.seats.repair_limit, self.repair_limit);
        set(&mut to.start, self.start.map(|it| it.map(|it| it.0)));
        set(&mut to.end, self.end.map(|it| it.map(|it| it.0)));
        set(&mut to.evaluation, self.evaluation);
        set(&mut to.maintenance_end, self.maintenance_end.map(|it| it.map(|it| it.0)));
        set(&mut to.match_rate, self.match_rate);
        set(&mut to.lease, self.lease.map(|it| it.map(LeasePolicy::from)));
        set(&mut to.revalidation, self.revalidation.map(|it| it.map(Revalidation::from)));
        set(&mut to.trial_seats, self.trial_seats);
        set(&mut to.allow_offline, self.allow_offline);
        if let Some(features) = &self.features {
            to.features = licensed("features", features, catalog)?;
        }
        Ok(())
    }
}

fn set<T>(place: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *place = said;
    }
}

impl From<LicenseModel> for Model {
    fn from(model: LicenseModel) -> Model {
        match model {
            LicenseModel::NodeLocked => Model::NodeLocked,
            LicenseModel::Concurrent { seats } => Model::Concurrent(seats),
        }
    }
}

impl From<Model> for LicenseModel {
    fn from(model: Model) -> LicenseModel {
        match model {
            Model::NodeLocked => LicenseModel::NodeLocked,
            Model::Concurrent(seats) => LicenseModel::Concurrent { seats },
        }
    }
}

impl From<Pool> for Pooling {
    fn from(pool: Pool) -> Pooling {
        match pool {
            Pool::Exclusive => Pooling::Exclusive,
            Pool::Additive => Pooling::Additive,
        }
    }
}

impl From<Pooling> for Pool {
    fn from(pooling: Pooling) -> Pool {
        match pooling {
            Pooling::Exclusive => Pool::Exclusive,
            Pooling::Additive => Pool::Additive,
        }
    }
}

impl From<Lease> for LeasePolicy {
    fn from(Lease { days, grace_days }: Lease) -> LeasePolicy {
        LeasePolicy { days, grace_days }
    }
}

impl From<LeasePolicy> for Lease {
    fn from(LeasePolicy { days, grace_days }: LeasePolicy) -> Lease {
        Lease { days, grace_days }
    }
}

impl From<Asking> for Revalidation {
    fn from(Asking { period_days, grace_days }: Asking) -> Revalidation {
        Revalidation { period_days, grace_days }
    }
}

impl From<Revalidation> for Asking {
    fn from(Revalidation { period_days, grace_days }: Revalidation) -> Asking {
        Asking { period_days, grace_days }
    }
}
