//! `api/v1/vendor/…`: for the vendor's own systems, by token.
//!
//! # To add a resource
//!
//! One file named as its address, and one line in [`routes`]. `products.rs` is the one to copy. An endpoint is a function
//! with three kinds of arguments, which make all the checks:
//!
//! - [`Allowed`]`<needs::SomeScope>`, first and always: the tenant is the one of host or path, the token is that tenant's
//!   and has the scope. `allowed.read(|tx, tenant| …)` reads; `allowed.change(asked, |unit| …)` changes.
//! - [`List`]`<Filter>` for a list, [`AtId`] for an address with `{id}` ([`OfId`] beside a [`List`] or [`Parameters`]), [`NoParameters`] for one without: a parameter that
//!   is not known is refused. A list fetches `list.page()` from the store and gives the rows to `list.answer(…)`.
//! - [`Change`]`<Body>`, last, on everything that writes: reads the body strictly and the `Idempotency-Key`. `Body` is a
//!   struct with `deny_unknown_fields`, made of the types in [`crate::service::vendor::value`]; or [`NoBody`]; or a type of
//!   its own that implements [`Taken`](strict::Taken) (an uploaded file).
//!
//! Everything of `allowed.change` is one transaction: the effect, its log entry (`unit.log(event, facts)`, once at least), the
//! answer that is kept for the key. Its closure may run more than once: ids and secrets are drawn before. It returns a
//! [`Done`](crate::service::vendor::done::Done), or a refusal, of which nothing stays. What it does belongs into
//! `service/vendor/`, where the command line finds it too.
//!
//! The `#[utoipa::path]` of a function names only what is its own: the success, the parameters, `tag`, and
//! `security(("token" = ["the:scope"]))`. The problems that any endpoint may answer with are added here (`describe`).
//! Tests go over the whole description: each address answers 401 without a token, 401 with another tenant's, 403 with a
//! token that lacks just the scope that it declares.

mod allowed;
mod answered;
mod describe;
mod list;
mod objects;
mod place;
mod strict;

mod activations;
mod approvals;
mod cases;
mod customers;
mod events;
mod licenses;
mod log;
mod messages;
mod policies;
mod pool;
mod portal;
mod products;
mod returns;
mod rules;
mod seats;
mod session_terms;
mod sessions;
mod tokens;
mod upgrades;
mod users;
mod webhooks;

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(in crate::http) use allowed::{Allowed, lacks};
pub(in crate::http) use answered::{shown, shown_at};
pub(in crate::http) use list::{List, Listing, Paging};
pub(in crate::http) use strict::{AtId, Change, IfMatch, NoBody, NoParameters, OfId, Parameters};

pub(in crate::http) use crate::service::vendor::scope::needs;

/// Every resource; one line each.
fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(activations::routes())
        .merge(approvals::routes())
        .merge(cases::routes())
        .merge(events::routes())
        .merge(customers::routes())
        .merge(messages::routes())
        .merge(webhooks::routes())
        .merge(licenses::routes())
        .merge(log::routes())
        .merge(policies::routes())
        .merge(pool::routes())
        .merge(portal::routes())
        .merge(products::routes())
        .merge(returns::routes())
        .merge(rules::routes())
        .merge(session_terms::routes())
        .merge(sessions::routes())
        .merge(seats::routes())
        .merge(tokens::routes())
        .merge(upgrades::routes())
        .merge(users::routes())
}

/// All addresses, relative to a tenant's base.
pub(super) fn router() -> Router<App> {
    routes().split_for_parts().0
}

/// Their description.
pub(super) fn description() -> OpenApi {
    describe::complete(routes().into_openapi())
}
