//! `api/v1/vendor/licenses/{id}/seats` and `…/users`: how a license is used.

mod source;
mod users;

use axum::response::Response;
use handcarry_api::LicenseFacts;
use handcarry_format::Id;
use handcarry_store::{SeatSource, Transfer};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, needs, shown};
use crate::service::holder::facts_of;
use crate::service::vendor::seats::in_pool;
use crate::service::vendor::value::Key;
use source::Reading;

/// Their addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get)).merge(users::routes()).merge(source::routes())
}

/// How a license is used, and what its page says.
#[derive(Serialize, ToSchema)]
#[schema(as = LicenseSeats)]
struct Seats {
    /// What its page says: holder, registration, used seats with their marks, recommendations.
    facts: LicenseFacts,
    /// Where used seats are counted elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    /// The reading of the source that goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    reading: Option<Reading>,
    /// Transfers to another device in 365 days, oldest first.
    transfers: Vec<Moved>,
}

/// A remote source.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatSource)]
struct Source {
    /// Its address.
    url: String,
    /// Used seats when it was read last.
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<u64>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    read_at: Option<String>,
}

/// A transfer to another device.
#[derive(Serialize, ToSchema)]
#[schema(as = Transfer)]
struct Moved {
    /// The activation that moved.
    activation: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What was said for it, if it was beyond the limit (ICE-25).
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<String>,
}

impl From<SeatSource> for Source {
    fn from(source: SeatSource) -> Source {
        let (used, read_at) = source.last.map(|(used, at)| (used, at.to_string())).unzip();
        Source { url: source.url, used, read_at }
    }
}

impl From<Transfer> for Moved {
    fn from(transfer: Transfer) -> Moved {
        Moved {
            activation: transfer.activation.to_string(),
            at: transfer.at.to_string(),
            justification: transfer.justification,
        }
    }
}

/// Shows how a license is used.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/licenses/{id}/seats",
    tag = "seats",
    security(("token" = ["licenses:read"])),
    params(("id" = Key, Path, description = "The license's id")),
    responses((status = 200, description = "Its seats", body = Seats)),
)]
async fn get(allowed: Allowed<needs::LicensesRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let (now, site) = (allowed.app.clock.now(), allowed.site.clone());
    let read = allowed.read(move |tx, tenant| {
        let license: Id = in_pool(tx, &site, &id)?.id;
        Ok(Seats {
            facts: facts_of(tx, &site, &license, now)?,
            source: tx.seat_source(tenant, &license)?.map(Source::from),
            reading: tx.open_seat_reading(tenant, &license)?.map(Reading::from),
            transfers: tx
                .transfers(tenant, &license, now.plus_days(-365))?
                .into_iter()
                .map(Moved::from)
                .collect(),
        })
    });
    Ok(shown(&read.await?))
}
