//! What happens around every endpoint: limits, a request id, headers, figures, one log line.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::extract::{FromRequestParts as _, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use handcarry_api::{Problem, code, route};

use crate::app::App;
use crate::http::answer::{Fault, Told};
use crate::http::headers::{self, DATA_POLICY, OfThePage};
use crate::http::page::told;
use crate::http::site::AtSite;
use crate::limit::{self, Wait, network};
use crate::random;
use crate::site::Site;

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The request that is being answered, for whatever answers it.
#[derive(Debug)]
struct Current {
    id: String,
    /// Its tenant's portal is reached by HTTPS only.
    https_only: AtomicBool,
}

tokio::task_local! {
    static CURRENT: Arc<Current>;
}

/// The id of the request that is being answered.
pub(super) fn request_id() -> Option<String> {
    CURRENT.try_with(|current| current.id.clone()).ok()
}

/// The request turned out to be for this tenant.
pub(super) fn is_for(site: &Site) {
    // Outside of a request there is nobody to tell.
    let _ = CURRENT.try_with(|current| current.https_only.store(site.is_https(), Ordering::Relaxed));
}

/// Around everything: names the request, answers for endpoints that fail, measures and logs.
pub(super) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = named(request.headers()).unwrap_or_else(|| random::id().to_string());
    let (method, route) = (request.method().clone(), route_of(&request));
    app.metrics.begun();
    // A task of its own: what has begun is finished even if the client goes, and a panic ends only this request.
    let current = Arc::new(Current { id: id.clone(), https_only: AtomicBool::new(false) });
    let task = tokio::spawn(CURRENT.scope(Arc::clone(&current), async move { next.run(request).await }));
    let mut response = match task.await {
        Ok(response) => response,
        Err(_) => CURRENT.sync_scope(Arc::clone(&current), || {
            tracing::error!(request_id = id, route, "an endpoint panicked");
            Fault::from(Problem::new(500, code::SERVER_ERROR)).into_response()
        }),
    };
    let of_the_page = response.extensions().get::<OfThePage>().is_some();
    let https_only = current.https_only.load(Ordering::Relaxed);
    let policy = if of_the_page { app.portal.policy() } else { DATA_POLICY };
    headers::apply(response.headers_mut(), policy, https_only);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(route::REQUEST_ID, id);
    }
    let (status, took) = (response.status().as_u16(), began.elapsed());
    app.metrics.answered(&route, status, took);
    let told = response.extensions().get::<Told>();
    let (code, reference) = told.map_or(("", ""), |told| (told.code.as_str(), told.reference.as_str()));
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    // The route, not the address: addresses hold digests, which are as good as a key to an answer.
    tracing::info!(request_id = id, method = %method, route, status, ms, code, reference, "request");
    response
}

/// Around what costs something: so many at a time, and so many from one address.
pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = route_of(&request);
    if [route::HEALTHZ, route::READYZ, route::METRICS].contains(&route.as_str()) {
        return next.run(request).await;
    }
    let Ok(_turn) = Arc::clone(&app.requests).try_acquire_owned() else {
        return told(Fault::from(Problem::new(503, code::BUSY)).after(1), request.headers());
    };
    if !is_limited(&route) {
        return next.run(request).await;
    }
    // The address first: who is refused by its own limit takes nothing from the others of a tenant.
    if let Err(wait) = app.rate.take(network(address(&app, &request)), Instant::now()) {
        return told(later(wait), request.headers());
    }
    let (mut parts, body) = request.into_parts();
    // A vendor's systems have their tokens' limits: customers cannot keep them out, nor they the customers.
    if !route.starts_with(route::VENDOR)
        && let Ok(AtSite(site)) = AtSite::from_request_parts(&mut parts, &app).await
        && let Err(wait) = app.tenant_rate.take(site.id(), Instant::now())
    {
        return told(later(wait), &parts.headers);
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Too many requests: when to come back.
pub(super) fn later(Wait(wait): Wait) -> Fault {
    let seconds = wait.as_secs() + 1;
    Fault::from(Problem::new(429, code::RATE_LIMITED).with("retry_after", seconds)).after(seconds)
}

fn is_limited(route: &str) -> bool {
    route.starts_with(route::VENDOR)
        || [
            route::DOCUMENTS,
            route::DOCUMENT,
            route::BATCH,
            route::SUBMIT,
            route::FILE,
            route::LICENSE_EVENTS,
        ]
        .contains(&route)
}

/// The client's address.
pub(super) fn address(app: &App, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let lines = request.headers().get_all("x-forwarded-for");
    let forwarded = lines.iter().flat_map(|value| value.to_str().unwrap_or_default().split(','));
    if !app.settings.proxies.is_empty() {
        let forwarded: Vec<&str> = forwarded.collect();
        return app.settings.proxies.client(peer, forwarded.into_iter());
    }
    let believed = if app.settings.behind_proxy { forwarded.last().and_then(limit::address) } else { None };
    believed.unwrap_or(peer)
}

/// The pattern of the address, relative to the tenant's base.
fn route_of(request: &Request) -> String {
    let Some(path) = request.extensions().get::<MatchedPath>() else { return "none".to_owned() };
    let path = path.as_str();
    let path = path.strip_prefix("/t/{slug}").unwrap_or(path);
    let path = path.strip_prefix('/').unwrap_or(path);
    if path.is_empty() { "index".to_owned() } else { path.to_owned() }
}

/// A request id that the client or a proxy gave, if it is one that can be logged.
fn named(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(route::REQUEST_ID)?.to_str().ok()?;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (plain && (1..=64).contains(&id.len())).then(|| id.to_owned())
}
