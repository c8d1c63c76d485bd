//! The vendor API: who may do what, once, strictly.

mod claims;
mod customers;
mod desk;
mod every;
mod licenses;
mod naughty;
mod notices;
mod once;
mod pool;
mod portal;
mod products;
mod returns;
mod seats;
mod sessions;
mod strangers;
mod tokens;
mod upgrades;

use axum::body::Body;
use axum::http::Request;
use handcarry_server::random;
use handcarry_server::service::vendor::scope::Scope;
use handcarry_server::service::vendor::token::{self, NewToken};
use handcarry_server::service::vendor::unit::{By, Unit};
use handcarry_store::{StoreError, TenantId};
use serde_json::Value;

use crate::desk::{Desk, Got};

impl Got {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// Status and code of a problem.
    #[track_caller]
    pub(crate) fn refused(&self) -> (u16, String) {
        (self.status.as_u16(), self.problem().code)
    }
}

impl Desk {
    /// A token of the first tenant with these scopes.
    pub(crate) async fn token(&self, scopes: &[Scope]) -> String {
        self.token_of(1, scopes).await
    }

    /// A token of a tenant.
    pub(crate) async fn token_of(&self, tenant: i64, scopes: &[Scope]) -> String {
        let (id, secret) = (random::id(), token::secret());
        let new = NewToken { name: "test".to_owned(), scopes: scopes.to_vec(), expires_at: None };
        let (text, now) = (secret.clone(), crate::desk::now());
        let made = self.app.store.write(move |tx| {
            let mut unit = Unit { tx, tenant: TenantId(tenant), now, by: &By::Command };
            token::create(&mut unit, &id, &text, &new).map(drop)
        });
        made.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
        secret
    }

    /// A token that may do everything.
    pub(crate) async fn master(&self) -> String {
        self.token(&Scope::ALL).await
    }

    /// Asks the vendor API.
    pub(crate) async fn ask(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Got {
        self.ask_once(token, method, path, body, None).await
    }

    /// Asks the vendor API with an idempotency key.
    pub(crate) async fn ask_once(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
        key: Option<&str>,
    ) -> Got {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/api/v1/vendor/{path}") };
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = match body {
            Some(value) => {
                request = request.header("content-type", "application/json");
                Body::from(value.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }
}
