//! LSP-03: a user signs in to claim a license. Once, with the file: there is no session and no cookie.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handcarry_api::{Problem, code};
use handcarry_format::Id;
use handcarry_store::StoreError;

use crate::app::App;
use crate::failure::Failure;
use crate::limit::Wait;
use crate::password;
use crate::site::Site;

/// What somebody gave to sign in.
pub struct Credentials {
    login: String,
    password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl Credentials {
    /// Of a form; none where nothing was given.
    pub fn new(login: &str, password: &str) -> Option<Credentials> {
        let given = !login.is_empty() || !password.is_empty();
        given.then(|| Credentials { login: login.to_owned(), password: password.to_owned() })
    }

    /// Of an `Authorization: Basic …` header (RFC 7617), in UTF-8.
    pub fn basic(header: &str) -> Option<Credentials> {
        let (scheme, encoded) = header.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (login, password) = text.split_once(':')?;
        Credentials::new(login, password)
    }
}

/// Who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The user.
    pub id: Id,
    /// The login that the password was given for.
    pub login: String,
}

/// Checks a password. A login that is nobody's is answered like a wrong password, and as slowly; each login has so many
/// tries, from wherever they come.
pub async fn sign_in(app: &App, site: &Site, given: Credentials) -> Result<SignedIn, Failure> {
    let tenant = site.id();
    let wrong = || Failure::problem(401, code::SIGN_IN_FAILED);
    if given.password.len() > password::LONGEST || given.login.len() > password::LONGEST {
        return Err(wrong());
    }
    let tries = (tenant, given.login.trim().to_lowercase());
    if let Err(Wait(wait)) = app.sign_ins.take(tries, Instant::now()) {
        let problem = Problem::new(429, code::RATE_LIMITED).with("retry_after", wait.as_secs() + 1);
        return Err(problem.into());
    }
    let login = given.login.clone();
    let known = app.store.read(move |tx| tx.claimant_by_login(tenant, &login)).await?;
    // Each takes memory and time, by intention: a few at once.
    let turn = app.passwords.acquire().await.map_err(|_| StoreError::Closed)?;
    let checked = tokio::task::spawn_blocking(move || match known {
        Some(known) => password::verify(&given.password, &known.password).then_some(known),
        None => {
            password::verify_nobody(&given.password);
            None
        }
    })
    .await
    .map_err(|_| StoreError::Panicked)?;
    drop(turn);
    match checked {
        Some(known) if !known.disabled => Ok(SignedIn { id: known.id, login: known.login }),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lsp_03_credentials_are_read_from_the_standard_header() {
        let header = format!("Basic {}", STANDARD.encode("ada@example.org:pass:wörd"));
        let given = Credentials::basic(&header).unwrap();
        assert_eq!((given.login.as_str(), given.password.as_str()), ("ada@example.org", "pass:wörd"));
        for wrong in ["", "Basic", "Basic !!!", "Bearer YTpi", "Basic YWRh"] {
            assert!(Credentials::basic(wrong).is_none(), "{wrong}");
        }
        assert!(!format!("{given:?}").contains("pass"));
    }
}
