//! `api/v1/vendor/users`: people who sign in at the portal to claim licenses.

use axum::response::Response;
use handcarry_store::Claimant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, Change, List, Listing, Paging, needs, shown_at};
use crate::service::vendor::done::Done;
use crate::service::vendor::refuse::{field, unknown};
use crate::service::vendor::users::{self, Changes};
use crate::service::vendor::value::Name;
use crate::{password, random};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update))
}

/// Somebody to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    /// What they sign in with: a name or an e-mail address; theirs alone, without regard to case.
    login: Name,
    /// Their name for people.
    name: Name,
    /// Their password, 10 characters at least; kept as an Argon2id hash.
    #[schema(min_length = 10, max_length = 512, format = Password)]
    password: String,
}

/// A change. What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserChange {
    /// The revision that the caller has read; another one by now is `resource.stale`.
    #[schema(minimum = 1)]
    revision: u32,
    /// What they sign in with.
    #[serde(default)]
    login: Option<Name>,
    /// Their name for people.
    #[serde(default)]
    name: Option<Name>,
    /// Their new password.
    #[serde(default)]
    #[schema(min_length = 10, max_length = 512, format = Password)]
    password: Option<String>,
    /// They may not sign in; devices that are licensed keep what they have.
    #[serde(default)]
    disabled: Option<bool>,
}

/// Somebody who signs in to claim licenses.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
struct View {
    /// The id that licenses name.
    id: String,
    /// What they sign in with.
    login: String,
    /// Their name for people.
    name: String,
    /// They may not sign in.
    disabled: bool,
    /// When they were added.
    #[schema(format = DateTime)]
    created_at: String,
    /// Rises with every change.
    #[schema(minimum = 1)]
    revision: u32,
}

impl From<Claimant> for View {
    fn from(user: Claimant) -> View {
        View {
            id: user.id.to_string(),
            login: user.login,
            name: user.name,
            disabled: user.disabled,
            created_at: user.created_at.to_string(),
            revision: user.revision,
        }
    }
}

/// Hashes a password that may be used, away from the runtime's threads.
async fn hashed(app: &App, password: String) -> Result<String, Fault> {
    if !password::is_acceptable(&password) {
        let why = format!("{} characters at least, {} bytes at most", password::SHORTEST, password::LONGEST);
        return Err(field("password", why).into());
    }
    let _turn = app.passwords.acquire().await;
    let hash = tokio::task::spawn_blocking(move || password::hash(&password)).await;
    Ok(hash.map_err(|_| crate::failure::Failure::Store(handcarry_store::StoreError::Panicked))?)
}

/// Lists who signs in, by id.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/users",
    tag = "users",
    security(("token" = ["customers:read"])),
    params(Paging),
    responses((status = 200, description = "A page of users", body = Listing<View>)),
)]
async fn list(allowed: Allowed<needs::CustomersRead>, list: List) -> Result<Response, Fault> {
    let page = list.page();
    let rows = allowed.read(move |tx, tenant| Ok(tx.claimants(tenant, &page)?)).await?;
    Ok(list.answer(rows, |row| row.id.to_string(), View::from))
}

/// Adds somebody.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/users",
    tag = "users",
    security(("token" = ["customers:write"])),
    request_body = NewUser,
    responses((status = 201, description = "They were added", body = View)),
)]
async fn create(
    allowed: Allowed<needs::CustomersWrite>,
    Change { body, asked }: Change<NewUser>,
) -> Result<Response, Fault> {
    let new = Claimant {
        id: random::id(),
        login: body.login.0,
        name: body.name.0,
        password: hashed(&allowed.app, body.password).await?,
        disabled: false,
        created_at: allowed.app.clock.now(),
        revision: 1,
    };
    let change = allowed.change(asked, move |unit| {
        let made = users::create(unit, &new)?;
        let place = format!("api/v1/vendor/users/{}", made.id);
        Ok(Done::created(place, &View::from(made)).at_revision(1))
    });
    change.await
}

/// Shows somebody.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/users/{id}",
    tag = "users",
    security(("token" = ["customers:read"])),
    params(("id" = crate::service::vendor::value::Key, Path, description = "The user's id")),
    responses((status = 200, description = "The user", body = View)),
)]
async fn get(allowed: Allowed<needs::CustomersRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let read = allowed.read(move |tx, tenant| tx.claimant(tenant, &id)?.ok_or_else(|| unknown("user", &id)));
    let user = read.await?;
    Ok(shown_at(user.revision, &View::from(user)))
}

/// Changes somebody, or gives them a new password.
#[utoipa::path(
    patch,
    path = "/api/v1/vendor/users/{id}",
    tag = "users",
    security(("token" = ["customers:write"])),
    params(("id" = crate::service::vendor::value::Key, Path, description = "The user's id")),
    request_body = UserChange,
    responses((status = 200, description = "The user as they are now", body = View)),
)]
async fn update(
    allowed: Allowed<needs::CustomersWrite>,
    AtId(id): AtId,
    Change { body, asked }: Change<UserChange>,
) -> Result<Response, Fault> {
    let password = match body.password {
        Some(password) => Some(hashed(&allowed.app, password).await?),
        None => None,
    };
    let changes = Changes {
        login: body.login.map(|login| login.0),
        name: body.name.map(|name| name.0),
        password,
        disabled: body.disabled,
    };
    let change = allowed.change(asked, move |unit| {
        let now = users::update(unit, &id, body.revision, &changes)?;
        let revision = now.revision;
        Ok(Done::ok(&View::from(now)).at_revision(revision))
    });
    change.await
}
