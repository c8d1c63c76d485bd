//! `api/v1/vendor/policies`: what licenses are made under.

use axum::response::Response;
use handcarry_rules::{PolicyRecord, PolicyTerms};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, Change, List, Listing, Paging, needs, shown_at};
use crate::service::vendor::done::Done;
use crate::service::vendor::policies::{self, Changes};
use crate::service::vendor::refuse::{field, unknown};
use crate::service::vendor::value::{Key, Name};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update))
}

/// What a license that is made under the policy begins with; what is absent is as usual.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = PolicyTerms)]
struct Terms {
    /// Most activations at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    seats: Option<u32>,
    /// Most transfers to another device, ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    transfer_limit: Option<u32>,
    /// Repairs of one activation in 365 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    repair_limit: Option<u32>,
    /// Percent of the fingerprint that must match; 0 = off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100)]
    match_rate: Option<u32>,
    /// Days from issue until a refresh is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3_660)]
    lease_days: Option<u32>,
    /// Days after that in which everything still works; only with `lease_days`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 366)]
    grace_days: Option<u32>,
}

impl Terms {
    fn checked(self) -> Result<PolicyTerms, Fault> {
        let within = |name: &str, value: Option<u32>, least: u32, most: u32| match value {
            Some(value) if !(least..=most).contains(&value) => {
                Err(Fault::from(field(&["terms.", name].concat(), format!("{least} to {most}"))))
            }
            _ => Ok(()),
        };
        const MOST: u32 = 2_147_483_647;
        within("seats", self.seats, 1, MOST)?;
        within("transfer_limit", self.transfer_limit, 0, MOST)?;
        within("repair_limit", self.repair_limit, 0, MOST)?;
        within("match_rate", self.match_rate, 0, 100)?;
        within("lease_days", self.lease_days, 1, 3_660)?;
        within("grace_days", self.grace_days, 0, 366)?;
        if self.grace_days.is_some() && self.lease_days.is_none() {
            return Err(field("terms.grace_days", "only with lease_days").into());
        }
        Ok(PolicyTerms {
            seats: self.seats,
            transfer_limit: self.transfer_limit,
            repair_limit: self.repair_limit,
            match_rate: self.match_rate,
            lease_days: self.lease_days,
            grace_days: self.grace_days,
        })
    }
}

impl From<PolicyTerms> for Terms {
    fn from(terms: PolicyTerms) -> Terms {
        Terms {
            seats: terms.seats,
            transfer_limit: terms.transfer_limit,
            repair_limit: terms.repair_limit,
            match_rate: terms.match_rate,
            lease_days: terms.lease_days,
            grace_days: terms.grace_days,
        }
    }
}

/// A policy to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPolicy {
    /// Its id.
    id: Key,
    /// Its name for people.
    name: Name,
    /// Licenses that say nothing of their own may be activated offline (default: they may).
    #[serde(default = "yes")]
    #[schema(default = true)]
    allow_offline: bool,
    /// What a license begins with.
    #[serde(default)]
    terms: Terms,
}

fn yes() -> bool {
    true
}

/// A change of a policy. What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PolicyChange {
    /// The revision that the caller has read; another one by now is `resource.stale`.
    #[schema(minimum = 1)]
    revision: u32,
    /// Its name for people.
    #[serde(default)]
    name: Option<Name>,
    /// Licenses that say nothing of their own may be activated offline; reaches them at once.
    #[serde(default)]
    allow_offline: Option<bool>,
    /// What a license begins with, all of it; reaches those that are made from now on.
    #[serde(default)]
    terms: Option<Terms>,
}

/// A policy.
#[derive(Serialize, ToSchema)]
#[schema(as = Policy)]
struct View {
    /// Its id.
    id: String,
    /// Its name for people.
    name: String,
    /// Licenses that say nothing of their own may be activated offline.
    allow_offline: bool,
    /// What a license begins with.
    terms: Terms,
    /// Rises with every change.
    #[schema(minimum = 1)]
    revision: u32,
}

impl From<PolicyRecord> for View {
    fn from(policy: PolicyRecord) -> View {
        View {
            id: policy.id.to_string(),
            name: policy.name,
            allow_offline: policy.allow_offline,
            terms: policy.terms.into(),
            revision: policy.revision,
        }
    }
}

/// Lists policies, by id.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/policies",
    tag = "policies",
    security(("token" = ["policies:read"])),
    params(Paging),
    responses((status = 200, description = "A page of policies", body = Listing<View>)),
)]
async fn list(allowed: Allowed<needs::PoliciesRead>, list: List) -> Result<Response, Fault> {
    let page = list.page();
    let rows = allowed.read(move |tx, tenant| Ok(tx.policies(tenant, &page)?)).await?;
    Ok(list.answer(rows, |row| row.id.to_string(), View::from))
}

/// Adds a policy.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/policies",
    tag = "policies",
    security(("token" = ["policies:write"])),
    request_body = NewPolicy,
    responses((status = 201, description = "It was added", body = View)),
)]
async fn create(
    allowed: Allowed<needs::PoliciesWrite>,
    Change { body, asked }: Change<NewPolicy>,
) -> Result<Response, Fault> {
    let terms = body.terms.checked()?;
    let (id, name, allow_offline) = (body.id.0, body.name.0, body.allow_offline);
    let new = PolicyRecord { id, name, allow_offline, terms, revision: 1 };
    let change = allowed.change(asked, move |unit| {
        let made = policies::create(unit, &new)?;
        let place = format!("api/v1/vendor/policies/{}", made.id);
        Ok(Done::created(place, &View::from(made)).at_revision(1))
    });
    change.await
}

/// Shows a policy.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/policies/{id}",
    tag = "policies",
    security(("token" = ["policies:read"])),
    params(("id" = Key, Path, description = "The policy's id")),
    responses((status = 200, description = "The policy", body = View)),
)]
async fn get(allowed: Allowed<needs::PoliciesRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let read = allowed.read(move |tx, tenant| tx.policy(tenant, &id)?.ok_or_else(|| unknown("policy", &id)));
    let policy = read.await?;
    Ok(shown_at(policy.revision, &View::from(policy)))
}

/// Changes a policy.
#[utoipa::path(
    patch,
    path = "/api/v1/vendor/policies/{id}",
    tag = "policies",
    security(("token" = ["policies:write"])),
    params(("id" = Key, Path, description = "The policy's id")),
    request_body = PolicyChange,
    responses((status = 200, description = "The policy as it is now", body = View)),
)]
async fn update(
    allowed: Allowed<needs::PoliciesWrite>,
    AtId(id): AtId,
    Change { body, asked }: Change<PolicyChange>,
) -> Result<Response, Fault> {
    let changes = Changes {
        name: body.name.map(|name| name.0),
        allow_offline: body.allow_offline,
        terms: body.terms.map(Terms::checked).transpose()?,
    };
    let change = allowed.change(asked, move |unit| {
        let now = policies::update(unit, &id, body.revision, &changes)?;
        let revision = now.revision;
        Ok(Done::ok(&View::from(now)).at_revision(revision))
    });
    change.await
}
