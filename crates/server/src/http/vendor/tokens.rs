//! `api/v1/vendor/tokens`: who may use this API.

use axum::response::Response;
use handcarry_store::ApiToken;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, Change, List, Listing, NoBody, Paging, lacks, needs, shown};
use crate::random;
use crate::service::vendor::done::Done;
use crate::service::vendor::refuse::{field, unknown};
use crate::service::vendor::scope::Scope;
use crate::service::vendor::token::{self, NewToken};
use crate::service::vendor::value::{Moment, Name};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, revoke))
}

/// A token to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewToken)]
struct New {
    /// What it is for.
    name: Name,
    /// What it allows: nothing that its maker's token does not.
    #[schema(min_items = 1, max_items = 100)]
    scopes: Vec<Scope>,
    /// Until when; absent = until it is revoked.
    #[serde(default)]
    expires_at: Option<Moment>,
}

/// A token, without its text: nobody can see that again.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
struct View {
    /// Its id, which is no secret.
    id: String,
    /// What it is for.
    name: String,
    /// What it allows.
    scopes: Vec<Scope>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// When it was used last, to the hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    used_at: Option<String>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeToken)]
struct Made {
    #[serde(flatten)]
    token: View,
    /// Its text: `hc_` and 52 characters. It is shown this once.
    #[schema(min_length = 55, max_length = 55)]
    secret: String,
}

impl From<ApiToken> for View {
    fn from(token: ApiToken) -> View {
        View {
            id: token.id.to_string(),
            name: token.name,
            scopes: token.scopes.iter().filter_map(|name| Scope::from_name(name)).collect(),
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.map(|at| at.to_string()),
            used_at: token.used_at.map(|at| at.to_string()),
            revoked_at: token.revoked_at.map(|at| at.to_string()),
        }
    }
}

/// Lists tokens, ended ones too, by id.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/tokens",
    tag = "tokens",
    security(("token" = ["tokens"])),
    params(Paging),
    responses((status = 200, description = "A page of tokens", body = Listing<View>)),
)]
async fn list(allowed: Allowed<needs::Tokens>, list: List) -> Result<Response, Fault> {
    let page = list.page();
    let rows = allowed.read(move |tx, tenant| Ok(tx.tokens(tenant, &page)?)).await?;
    Ok(list.answer(rows, |row| row.id.to_string(), View::from))
}

/// Makes a token.
///
/// Its text is in the answer, and nowhere else: the store has a hash of it. With an idempotency key the same caller gets
/// the same answer again for a while, which only its own token can open.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/tokens",
    tag = "tokens",
    security(("token" = ["tokens"])),
    request_body = New,
    responses((status = 201, description = "It was made", body = Made)),
)]
async fn create(
    allowed: Allowed<needs::Tokens>,
    Change { body, asked }: Change<New>,
) -> Result<Response, Fault> {
    if let Some(scope) = body.scopes.iter().find(|scope| !allowed.caller.may(**scope)) {
        return Err(lacks(*scope));
    }
    if body.scopes.is_empty() {
        return Err(field("scopes", "at least one").into());
    }
    let now = allowed.app.clock.now();
    let expires_at = body.expires_at.map(|at| at.0);
    if expires_at.is_some_and(|at| at <= now) {
        return Err(field("expires_at", "in the past").into());
    }
    let new = NewToken { name: body.name.0, scopes: body.scopes, expires_at };
    let (id, secret) = (random::id(), token::secret());
    let change = allowed.change(asked, move |unit| {
        let made = token::create(unit, &id, &secret, &new)?;
        let place = format!("api/v1/vendor/tokens/{id}");
        Ok(Done::created(place, &Made { token: View::from(made), secret: secret.clone() }).with_secret())
    });
    change.await
}

/// Shows a token.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/tokens/{id}",
    tag = "tokens",
    security(("token" = ["tokens"])),
    params(("id" = String, Path, description = "The token's id")),
    responses((status = 200, description = "The token", body = View)),
)]
async fn get(allowed: Allowed<needs::Tokens>, AtId(id): AtId) -> Result<Response, Fault> {
    let read = allowed.read(move |tx, tenant| tx.token(tenant, &id)?.ok_or_else(|| unknown("token", &id)));
    Ok(shown(&View::from(read.await?)))
}

/// Revokes a token, at once and for good. It stays in the list.
#[utoipa::path(
    delete,
    path = "/api/v1/vendor/tokens/{id}",
    tag = "tokens",
    security(("token" = ["tokens"])),
    params(("id" = String, Path, description = "The token's id")),
    responses((status = 204, description = "It has ended")),
)]
async fn revoke(
    allowed: Allowed<needs::Tokens>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    let change = allowed.change(asked, move |unit| match token::revoke(unit, &id)? {
        true => Ok(Done::nothing()),
        false => Err(unknown("token", &id)),
    });
    change.await
}
