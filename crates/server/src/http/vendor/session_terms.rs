//! `api/v1/vendor/licenses/{id}/session-terms`: what a concurrent license says about its sessions.

use axum::response::Response;
use handcarry_rules::session::{SessionTerms, Shared};
use handcarry_rules::upgrade::HostId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::upgrades::locks;
use crate::http::vendor::{Allowed, AtId, Change, needs, shown};
use crate::service::vendor::done::Done;
use crate::service::vendor::refuse::{field, unknown};
use crate::service::vendor::sessions;
use crate::service::vendor::value::{Key, Text};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, put))
}

/// Sessions that are equal in all of these share one place.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Share {
    /// The machine.
    Host,
    /// The user.
    User,
    /// What the application says.
    Custom,
}

/// What a license says about its sessions.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SessionTerms)]
struct Terms {
    /// Most hours that a session may be borrowed; absent = never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 8760)]
    borrow_hours: Option<u32>,
    /// Sessions that are equal in all of these share one place; none = no session shares one.
    #[serde(default)]
    #[schema(max_items = 3)]
    share: Vec<Share>,
    /// The servers that give sessions, each with its host ids such as `HOSTNAME=alpha1`; none = any.
    #[serde(default)]
    #[schema(max_items = 64)]
    servers: Vec<Vec<Text>>,
    /// Percent of the host ids of a server that must match; 0 = off.
    #[serde(default = "all")]
    #[schema(minimum = 0, maximum = 100, default = 100)]
    match_rate: u32,
}

fn all() -> u32 {
    100
}

impl From<SessionTerms> for Terms {
    fn from(terms: SessionTerms) -> Terms {
        let Shared { host, user, custom } = terms.shared;
        let share = [(host, Share::Host), (user, Share::User), (custom, Share::Custom)];
        let text = |id: &HostId| Text(id.to_string());
        Terms {
            borrow_hours: terms.borrow_hours,
            share: share.into_iter().filter(|(set, _)| *set).map(|(_, share)| share).collect(),
            servers: terms.servers.iter().map(|lock| lock.ids().iter().map(text).collect()).collect(),
            match_rate: terms.match_rate,
        }
    }
}

/// Shows what a license says about its sessions.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/licenses/{id}/session-terms",
    tag = "sessions",
    security(("token" = ["licenses:read"])),
    params(("id" = Key, Path, description = "The license's id")),
    responses((status = 200, description = "Its terms", body = Terms)),
)]
async fn get(allowed: Allowed<needs::LicensesRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let read = allowed.read(move |tx, tenant| {
        tx.license(tenant, &id)?.ok_or_else(|| unknown("license", &id))?;
        Ok(tx.session_terms(tenant, &id)?)
    });
    Ok(shown(&Terms::from(read.await?)))
}

/// Sets what a license says about its sessions. Those that are open go on as they are.
#[utoipa::path(
    put,
    path = "/api/v1/vendor/licenses/{id}/session-terms",
    tag = "sessions",
    security(("token" = ["licenses:write"])),
    params(("id" = Key, Path, description = "The license's id")),
    request_body = Terms,
    responses((status = 200, description = "Its terms as they are now", body = Terms)),
)]
async fn put(
    allowed: Allowed<needs::LicensesWrite>,
    AtId(id): AtId,
    Change { body, asked }: Change<Terms>,
) -> Result<Response, Fault> {
    if body.borrow_hours.is_some_and(|hours| !(1..=SessionTerms::MOST_HOURS).contains(&hours)) {
        return Err(field("borrow_hours", "1 to 8760").into());
    }
    if body.match_rate > 100 {
        return Err(field("match_rate", "0 to 100").into());
    }
    let has = |share: Share| body.share.contains(&share);
    let shared = Shared { host: has(Share::Host), user: has(Share::User), custom: has(Share::Custom) };
    let terms = SessionTerms {
        borrow_hours: body.borrow_hours,
        shared,
        servers: locks(&body.servers)?,
        match_rate: body.match_rate,
    };
    let site = allowed.site.clone();
    let change = allowed.change(asked, move |unit| {
        sessions::set_terms(unit, &site, &id, &terms)?;
        Ok(Done::ok(&Terms::from(terms.clone())))
    });
    change.await
}
