//! HTTP. The files mirror the addresses; one endpoint a file.
//!
//! Everything of a tenant is below its base, which is `/` under the tenant's own host name, or where there is one tenant
//! only, and `/t/{slug}/` everywhere.

mod answer;
mod body;
mod events;
pub mod headers;
mod layers;
pub mod openapi;
mod site;

mod api_documents;
mod api_documents_batch;
mod api_documents_digest;
mod api_license_events;
mod api_tenant;
mod files;
mod healthz;
mod logo;
mod metrics;
mod page;
mod readyz;
mod submit;
mod theme_css;
mod vendor;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use handcarry_api::{Problem, code, route};

use crate::app::App;
use crate::http::answer::Fault;
pub use crate::http::layers::Peer;

/// The bases of a tenant.
const BASES: [&str; 2] = ["/", "/t/{slug}/"];

/// Every address of the server.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for base in BASES {
        let at = |path: &str| [base, path].concat();
        router = router
            .route(&at(route::DOCUMENTS), post(api_documents::post))
            .route(&at(route::BATCH), post(api_documents_batch::post))
            .route(&at(route::DOCUMENT), get(api_documents_digest::get))
            .route(&at(route::LICENSE_EVENTS), get(api_license_events::get))
            .route(&at(route::TENANT), get(api_tenant::get))
            .route(&at(route::OPENAPI), get(openapi::get))
            .route(&at(route::STYLESHEET), get(theme_css::get))
            .route(&at(route::LOGO), get(logo::get))
            .route(&at(route::FILE), get(files::get))
            .route(&at(route::SUBMIT), get(submit::get).post(submit::post))
            .route(&at(page::PLAIN_STYLE), get(page::plain_style))
            .route(&at("{*file}"), get(page::file))
            .route(base, get(page::index));
    }
    let vendor = vendor::router();
    router
        .merge(vendor.clone())
        .nest("/t/{slug}", vendor)
        .route("/t/{slug}", get(page::add_slash))
        .route(&format!("/{}", route::HEALTHZ), get(healthz::get))
        .route(&format!("/{}", route::READYZ), get(readyz::get))
        .route(&format!("/{}", route::METRICS), get(metrics::get))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(app.clone(), layers::guard))
        .layer(from_fn_with_state(app.clone(), layers::observe))
        .with_state(app)
}

async fn not_found() -> Fault {
    Problem::new(404, code::NOT_FOUND).into()
}

async fn method_not_allowed() -> Fault {
    Problem::new(405, code::METHOD_NOT_ALLOWED).into()
}
