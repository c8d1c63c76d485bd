//! Who asks, for whom, and whether it is allowed: the first argument of every endpoint of the vendor API.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use chrono_tz::Tz;
use handcarry_api::{Problem, code};
use handcarry_store::{TenantId, Tx};

use crate::app::App;
use crate::failure::Failure;
use crate::http::answer::Fault;
use crate::http::layers;
use crate::http::site::AtSite;
use crate::http::vendor::answered;
use crate::random;
use crate::service::vendor::done::Done;
use crate::service::vendor::once::{Asked, Request};
use crate::service::vendor::scope::{Needs, Scope};
use crate::service::vendor::token::{self, Caller};
use crate::service::vendor::unit::Unit;
use crate::site::Site;

/// A caller whose token is this tenant's, has not ended, and has the scope `N`.
pub(in crate::http) struct Allowed<N> {
    /// The server's shared parts.
    pub(in crate::http) app: App,
    /// The tenant: from path or host, never from the token or a body.
    pub(in crate::http) site: Arc<Site>,
    /// Who asks.
    pub(in crate::http) caller: Caller,
    needs: PhantomData<fn() -> N>,
}

impl<N: Needs> FromRequestParts<App> for Allowed<N> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let AtSite(site) = AtSite::from_request_parts(parts, app).await?;
        let Some(secret) = bearer(&parts.headers) else {
            return Err(Fault::from(Problem::new(401, code::TOKEN_MISSING)).challenge(BARE));
        };
        let caller = token::caller(app, &site, secret).await.map_err(|failure| match failure {
            Failure::Problem(problem) => Fault::from(*problem).challenge(INVALID),
            store => store.into(),
        })?;
        let whose = (site.id(), caller.token.clone());
        app.token_rate.take(whose, Instant::now()).map_err(layers::later)?;
        if !caller.may(N::SCOPE) {
            return Err(lacks(N::SCOPE));
        }
        Ok(Allowed { app: app.clone(), site, caller, needs: PhantomData })
    }
}

const BARE: HeaderValue = HeaderValue::from_static("Bearer");
const INVALID: HeaderValue = HeaderValue::from_static("Bearer error=\"invalid_token\"");

/// The refusal that names the missing scope.
pub(in crate::http) fn lacks(scope: Scope) -> Fault {
    let challenge = ["Bearer error=\"insufficient_scope\", scope=\"", scope.name(), "\""].concat();
    let challenge = HeaderValue::from_str(&challenge).unwrap_or(BARE);
    Fault::from(Problem::new(403, code::SCOPE_MISSING).with("scope", scope.name())).challenge(challenge)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

impl<N: Needs> Allowed<N> {
    /// The tenant's number.
    pub(in crate::http) fn tenant(&self) -> TenantId {
        self.site.id()
    }

    /// The tenant's zone, whose midnights its dates mean.
    pub(in crate::http) fn zone(&self) -> Result<Tz, Fault> {
        // The command line takes no other.
        self.site.tenant.zone.parse().map_err(|_| Problem::new(500, code::SERVER_ERROR).into())
    }

    /// Only who issues licenses sells and changes them: a site's portal gets them from its authority.
    pub(in crate::http) fn is_issuer(&self) -> Result<(), Fault> {
        match self.site.tenant.rules.authority {
            None => Ok(()),
            Some(_) => Err(Problem::new(409, code::FROM_AUTHORITY).into()),
        }
    }

    /// Reads from one state of the store.
    pub(in crate::http) async fn read<T, F>(&self, work: F) -> Result<T, Fault>
    where
        F: FnOnce(&mut dyn Tx, TenantId) -> Result<T, Failure> + Send + 'static,
        T: Send + 'static,
    {
        let tenant = self.tenant();
        Ok(self.app.store.read(move |tx| work(tx, tenant)).await?)
    }

    /// Makes a change in one transaction, with its log entry and its answer; or gives the answer from before, if the
    /// caller's idempotency key was used for the same request.
    pub(in crate::http) async fn change<F>(&self, asked: Asked, mut work: F) -> Result<Response, Fault>
    where
        F: FnMut(&mut Unit<'_>) -> Result<Done, Failure> + Send + 'static,
    {
        let request = Request {
            tenant: self.tenant(),
            caller: self.caller.clone(),
            asked,
            now: self.app.clock.now(),
            nonce: random::id().to_string(),
        };
        let waiting = self.app.metrics.waits();
        let answer = self.app.store.write(move |tx| request.run(tx, &mut work)).await?;
        drop(waiting);
        Ok(answered::response(&self.site, answer))
    }
}
