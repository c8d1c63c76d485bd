//! The tenant that a request is for: from its path, or its host name, never from its body.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header;
use axum::http::request::Parts;
use handcarry_api::{Problem, code};

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::layers;
use crate::site::Site;

/// The tenant that a request is for.
pub(super) struct AtSite(pub(super) Arc<Site>);

impl FromRequestParts<App> for AtSite {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<AtSite, Fault> {
        // Whoever counts requests has looked already.
        if let Some(site) = parts.extensions.get::<Arc<Site>>() {
            return Ok(AtSite(Arc::clone(site)));
        }
        let params = RawPathParams::from_request_parts(parts, app).await.ok();
        let slug = params.as_ref().and_then(|all| all.iter().find(|(name, _)| *name == "slug"));
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = parts.uri.host().or(host);
        let found = app.tenants.find(&app.store, slug.map(|(_, slug)| slug), host).await?;
        let site = found.ok_or_else(|| Fault::from(Problem::new(404, code::TENANT_UNKNOWN)))?;
        layers::is_for(&site);
        parts.extensions.insert(Arc::clone(&site));
        Ok(AtSite(site))
    }
}
