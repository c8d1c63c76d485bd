//! Tokens: `hc_` and 52 characters. Only their SHA-256 is kept, so that nobody who reads the database can use one.

use handcarry_api::{Problem, code};
use handcarry_format::{Digest, Id, Instant};
use handcarry_store::{ApiToken, StoreError};
use serde_json::json;

use crate::app::App;
use crate::failure::Failure;
use crate::random;
use crate::service::vendor::scope::Scope;
use crate::service::vendor::unit::Unit;
use crate::service::vendor::veil::Veil;
use crate::site::Site;

/// What every token begins with: scanners for leaked secrets can look for it.
pub const PREFIX: &str = "hc_";

/// Seconds between two notes of a token's use.
const COARSE: i64 = 3600;

/// Whoever sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token's id.
    pub token: Id,
    /// The token's name.
    pub name: String,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// What answers with secrets are kept under.
    pub veil: Veil,
}

impl Caller {
    /// Whether it allows this.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// A token to make.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Its name.
    pub name: String,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// Until when; none = until it is revoked.
    pub expires_at: Option<Instant>,
}

/// Adds a token; its text is shown once, by whoever drew it.
pub fn create(unit: &mut Unit<'_>, id: &Id, secret: &str, new: &NewToken) -> Result<ApiToken, StoreError> {
    let mut scopes = new.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    let token = ApiToken {
        id: id.clone(),
        name: new.name.clone(),
        hash: hash(secret),
        scopes: scopes.iter().map(|scope| scope.name().to_owned()).collect(),
        created_at: unit.now,
        expires_at: new.expires_at,
        used_at: None,
        revoked_at: None,
    };
    unit.tx.insert_token(unit.tenant, &token)?;
    let until = token.expires_at.map(|at| at.to_string());
    let facts = json!({"token": token.id, "name": token.name, "scopes": token.scopes, "expires_at": until});
    unit.log("token.created", facts)?;
    Ok(token)
}

/// Ends a token; one that has ended stays as it is. `false`: there is none.
pub fn revoke(unit: &mut Unit<'_>, id: &Id) -> Result<bool, StoreError> {
    let Some(token) = unit.tx.token(unit.tenant, id)? else { return Ok(false) };
    if token.revoked_at.is_none() {
        unit.tx.revoke_token(unit.tenant, id, unit.now)?;
        unit.log("token.revoked", json!({"token": id, "name": token.name}))?;
    }
    Ok(true)
}

/// Who a token's text stands for. Only a token of this tenant is known here.
pub async fn caller(app: &App, site: &Site, secret: &str) -> Result<Caller, Failure> {
    let (tenant, now) = (site.id(), app.clock.now());
    let hash = hash(secret);
    let found = match is_token(secret) {
        true => app.store.read(move |tx| tx.token_by_hash(tenant, &hash)).await?,
        false => None,
    };
    let token = found.ok_or_else(|| Failure::problem(401, code::TOKEN_UNKNOWN))?;
    if let Some(at) = ended(&token, now) {
        return Err(Problem::new(401, code::TOKEN_ENDED).with("at", at).into());
    }
    if token.used_at.is_none_or(|used| now.seconds_since(used) >= COARSE) {
        let id = token.id.clone();
        app.store.write(move |tx| tx.use_token(tenant, &id, now)).await?;
    }
    let scopes = token.scopes.iter().filter_map(|name| Scope::from_name(name)).collect();
    Ok(Caller { token: token.id, name: token.name, scopes, veil: Veil::of(secret) })
}

/// When a token ended, if it has.
pub fn ended(token: &ApiToken, now: Instant) -> Option<Instant> {
    let expired = token.expires_at.filter(|at| *at <= now);
    token.revoked_at.into_iter().chain(expired).min()
}

/// A fresh token's text.
pub fn secret() -> String {
    let ids = [random::id(), random::id()];
    [PREFIX, &ids[0].as_str().to_ascii_lowercase(), &ids[1].as_str().to_ascii_lowercase()].concat()
}

fn is_token(text: &str) -> bool {
    text.strip_prefix(PREFIX)
        .is_some_and(|rest| rest.len() == 52 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn hash(secret: &str) -> Digest {
    Digest::of(secret.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_256_bits_and_one_shape() {
        let (one, other) = (secret(), secret());
        assert!(is_token(&one) && is_token(&other) && one != other);
        assert_eq!(one.len(), 55);
        for wrong in ["", "hc_", "hc_x", &one[1..], &format!("{one}0"), &one.replace("hc_", "HC_")] {
            assert!(!is_token(wrong), "{wrong}");
        }
    }
}
