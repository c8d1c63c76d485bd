//! `api/v1/vendor/sessions`: places of concurrent licenses, for applications that reach the portal (LMX-15).

use axum::response::Response;
use handcarry_format::Id;
use handcarry_rules::session::{AskedSession, Session};
use handcarry_store::tx::SessionFilter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, Change, List, Listing, NoBody, Paging, needs, shown};
use crate::random;
use crate::service::vendor::done::Done;
use crate::service::vendor::refuse::{field, unknown};
use crate::service::vendor::sessions::{self, From as Origin};
use crate::service::vendor::value::{Key, Moment, Name};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, check_out))
        .routes(routes!(get, check_in))
        .routes(routes!(renew))
}

/// A question for a session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSession {
    /// The license. Without it one of the product's is taken, which must all be one customer's: the exclusive one first,
    /// then additive ones.
    #[serde(default)]
    license: Option<Key>,
    /// The product; needed where no license is named.
    #[serde(default)]
    product: Option<Key>,
    /// The feature.
    feature: Key,
    /// Who will use it.
    user: Name,
    /// On which machine.
    host: Name,
    /// What the application says beside, for licenses whose sessions are shared by it.
    #[serde(default)]
    custom: Option<Name>,
    /// Borrowed until then: it stays valid with no connection. Absent = it lasts ten minutes, and as long as it is renewed.
    #[serde(default)]
    until: Option<Moment>,
}

/// A sign of life.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Renewal {
    /// Borrowed until then. Absent = a borrowed session keeps its instant, another lasts ten minutes more.
    #[serde(default)]
    until: Option<Moment>,
}

/// A session.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct View {
    /// Its id.
    id: String,
    /// The license whose place it takes.
    license: String,
    /// The feature.
    feature: String,
    /// Who uses it.
    user: String,
    /// On which machine.
    host: String,
    /// When it was checked out.
    #[schema(format = DateTime)]
    since: String,
    /// When it was renewed last.
    #[schema(format = DateTime)]
    renewed_at: String,
    /// From this instant on it is over, unless renewed before.
    #[schema(format = DateTime)]
    expires_at: String,
    /// It stays valid with no connection until it expires.
    borrowed: bool,
}

impl From<Session> for View {
    fn from(session: Session) -> View {
        View {
            id: session.id.to_string(),
            license: session.license.to_string(),
            feature: session.feature.to_string(),
            user: session.user,
            host: session.host,
            since: session.since.to_string(),
            renewed_at: session.renewed_at.to_string(),
            expires_at: session.expires_at.to_string(),
            borrowed: session.borrowed,
        }
    }
}

/// Which sessions.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Of this license.
    #[serde(default)]
    #[param(value_type = Option<Key>)]
    license: Option<Key>,
    /// Of this feature.
    #[serde(default)]
    #[param(value_type = Option<Key>)]
    feature: Option<Key>,
}

/// Lists open sessions, by id.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/sessions",
    tag = "sessions",
    security(("token" = ["sessions"])),
    params(Paging, Filter),
    responses((status = 200, description = "A page of sessions", body = Listing<View>)),
)]
async fn list(allowed: Allowed<needs::Sessions>, list: List<Filter>) -> Result<Response, Fault> {
    let (page, now) = (list.page(), allowed.app.clock.now());
    let id = |key: &Option<Key>| -> Option<Id> { key.as_ref().map(|key| key.0.clone()) };
    let filter = SessionFilter { license: id(&list.filter.license), feature: id(&list.filter.feature) };
    let rows = allowed.read(move |tx, tenant| Ok(tx.sessions(tenant, &filter, now, &page)?)).await?;
    Ok(list.answer(rows, |row| row.id.to_string(), View::from))
}

/// Checks a session out.
///
/// `session.no_place` says that all places are taken. With an idempotency key a question that is sent again after its
/// answer was lost takes no second place.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/sessions",
    tag = "sessions",
    security(("token" = ["sessions"])),
    request_body = NewSession,
    responses((status = 201, description = "The session", body = View)),
)]
async fn check_out(
    allowed: Allowed<needs::Sessions>,
    Change { body, asked }: Change<NewSession>,
) -> Result<Response, Fault> {
    let origin = match (body.license, body.product) {
        (Some(license), None) => Origin::License(license.0),
        (None, Some(product)) => Origin::Product(product.0),
        _ => return Err(field("license", "this or `product`, and one of them only").into()),
    };
    let question = AskedSession {
        id: random::id(),
        feature: body.feature.0,
        user: body.user.0,
        host: body.host.0,
        custom: body.custom.map(|custom| custom.0),
        until: body.until.map(|until| until.0),
    };
    let site = allowed.site.clone();
    let change = allowed.change(asked, move |unit| {
        let session = sessions::check_out(unit, &site, &origin, &question)?;
        let place = format!("api/v1/vendor/sessions/{}", session.id);
        Ok(Done::created(place, &View::from(session)))
    });
    change.await
}

/// Shows a session that is open.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/sessions/{id}",
    tag = "sessions",
    security(("token" = ["sessions"])),
    params(("id" = Key, Path, description = "The session's id")),
    responses((status = 200, description = "The session", body = View)),
)]
async fn get(allowed: Allowed<needs::Sessions>, AtId(id): AtId) -> Result<Response, Fault> {
    let now = allowed.app.clock.now();
    let read = allowed.read(move |tx, tenant| {
        let open = tx.session(tenant, &id)?.filter(|session| session.is_open(now));
        open.ok_or_else(|| unknown("session", &id))
    });
    Ok(shown(&View::from(read.await?)))
}

/// Renews a session, which takes no further place, whatever the count is by now.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/sessions/{id}/renew",
    tag = "sessions",
    security(("token" = ["sessions"])),
    params(("id" = Key, Path, description = "The session's id")),
    request_body = Renewal,
    responses((status = 200, description = "The session as it is now", body = View)),
)]
async fn renew(
    allowed: Allowed<needs::Sessions>,
    AtId(id): AtId,
    Change { body, asked }: Change<Renewal>,
) -> Result<Response, Fault> {
    let (site, until) = (allowed.site.clone(), body.until.map(|until| until.0));
    let change = allowed
        .change(asked, move |unit| Ok(Done::ok(&View::from(sessions::renew(unit, &site, &id, until)?))));
    change.await
}

/// Checks a session in, a borrowed one too. Its place is free at once.
#[utoipa::path(
    delete,
    path = "/api/v1/vendor/sessions/{id}",
    tag = "sessions",
    security(("token" = ["sessions"])),
    params(("id" = Key, Path, description = "The session's id")),
    responses((status = 204, description = "It is over")),
)]
async fn check_in(
    allowed: Allowed<needs::Sessions>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    let change = allowed.change(asked, move |unit| {
        sessions::check_in(unit, &id)?;
        Ok(Done::nothing())
    });
    change.await
}
