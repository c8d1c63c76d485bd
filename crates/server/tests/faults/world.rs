//! The real router over a store with faults in its way, and a second look at what is in that store.

use std::sync::Mutex;

use axum::body::Body;
use axum::http::Request;
use handcarry_format::LicenseKey;
use handcarry_rules::Entitlement;
use handcarry_server::random;
use handcarry_server::service::vendor::scope::Scope;
use handcarry_server::service::vendor::token::{self, NewToken};
use handcarry_server::service::vendor::unit::{By, Unit};
use handcarry_server::settings::Given;
use handcarry_store::{
    Faults, LogCheck, Look, Options, Page, Store, StoreError, TableContents, TenantId, Tx, verify_log,
};
use serde_json::Value;

use crate::desk::{Desk, PAGE};

pub(crate) const ACME: TenantId = TenantId(1);

const ALL: Page = Page { after: None, limit: 100_000 };

#[derive(Clone, Copy, Debug)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) faults: Faults,
    pub(crate) token: String,
    look: Mutex<Option<Look>>,
    _file: tempfile::TempDir,
}

impl World {
    /// None where there is no PostgreSQL server, which is said.
    pub(crate) async fn open(engine: Engine) -> Option<World> {
        let file = tempfile::tempdir().unwrap();
        let address = match engine {
            Engine::Sqlite => file.path().join("portal.db").to_str().unwrap().to_owned(),
            Engine::Postgres => {
                let database = std::env::var("HANDCARRY_TEST_POSTGRES").ok().filter(|it| !it.is_empty());
                let Some(database) = database else {
                    let said = "SKIPPED: HANDCARRY_TEST_POSTGRES names no PostgreSQL database";
                    std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes()).unwrap();
                    return None;
                };
                format!("{database}?schema=faults_{}", &random::id().to_string().to_lowercase())
            }
        };
        let faults = Faults::default();
        let store =
            Store::open(&address, Options { readers: 2, faults: faults.clone(), ..Options::default() });
        let desk = Desk::over(store.unwrap(), PAGE, Given::default()).await;
        let token = token(&desk).await;
        let look = std::thread::spawn(move || Look::at(&address)).join().unwrap().unwrap();
        Some(World { desk, faults, token, look: Mutex::new(Some(look)), _file: file })
    }

    /// What is in the store, table by table.
    pub(crate) fn contents(&self) -> Vec<TableContents> {
        let mut look = self.look.lock().unwrap();
        // A thread without a runtime.
        let look = look.as_mut().unwrap();
        std::thread::scope(|scope| scope.spawn(move || look.contents().unwrap()).join().unwrap())
    }

    /// What holds at any time: the log is whole, and seats are counted as they are taken.
    pub(crate) async fn check(&self) {
        let (log, seats) = self.sees(|tx| Ok((verify_log(tx, ACME)?, tx.seat_differences(ACME)?))).await;
        assert!(matches!(log, LogCheck::Whole { head: Some(_) }), "{log:?}");
        assert_eq!(seats, []);
    }

    pub(crate) async fn sees<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.desk.app.store.read(work).await.unwrap()
    }

    /// What was ever used, of all licenses.
    pub(crate) async fn used(&self) -> i64 {
        self.sum(|tx, license| Ok(tx.totals(ACME, &license.id)?.values().sum())).await
    }

    /// Seats that are taken, of all licenses.
    pub(crate) async fn taken(&self) -> i64 {
        let taken = |tx: &mut dyn Tx, license: &Entitlement| {
            let all = tx.activations(ACME, &license.id, &ALL)?;
            Ok(i64::try_from(all.iter().filter(|it| it.is_taken()).count()).unwrap())
        };
        self.sum(taken).await
    }

    async fn sum(&self, of: fn(&mut dyn Tx, &Entitlement) -> Result<i64, StoreError>) -> i64 {
        self.sees(move |tx| tx.licenses(ACME, &ALL)?.iter().map(|license| of(tx, license)).sum()).await
    }

    /// A license by the API's name for it.
    pub(crate) async fn license_id(&self, key: &LicenseKey) -> String {
        let key = key.clone();
        self.sees(move |tx| Ok(tx.license_by_key(ACME, &key)?.map(|it| it.id.to_string()))).await.unwrap()
    }
}

impl Drop for World {
    /// Its connection ends outside of a runtime, too.
    fn drop(&mut self) {
        let look = self.look.get_mut().ok().and_then(Option::take);
        let _ = std::thread::spawn(move || drop(look)).join();
    }
}

/// A token that may do everything.
async fn token(desk: &Desk) -> String {
    let (id, secret) = (random::id(), token::secret());
    let new = NewToken { name: "test".to_owned(), scopes: Scope::ALL.to_vec(), expires_at: None };
    let (text, now) = (secret.clone(), crate::desk::now());
    let made = desk.app.store.write(move |tx| {
        let mut unit = Unit { tx, tenant: ACME, now, by: &By::Command };
        token::create(&mut unit, &id, &text, &new).map(drop)
    });
    made.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
    secret
}

/// A request that can be sent again.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: &'static str,
    path: String,
    token: Option<String>,
    key: Option<String>,
    kind: Option<&'static str>,
    body: String,
}

impl Ask {
    /// A file that somebody carried.
    pub(crate) fn file(text: String) -> Ask {
        let path = "/api/v1/documents".to_owned();
        Ask { method: "POST", path, token: None, key: None, kind: None, body: text }
    }

    pub(crate) fn batch(files: &[String]) -> Ask {
        let named =
            files.iter().enumerate().map(|(n, it)| serde_json::json!({"name": n.to_string(), "content": it}));
        let body = serde_json::json!({"documents": named.collect::<Vec<_>>()}).to_string();
        let path = "/api/v1/documents/batch".to_owned();
        Ask { method: "POST", path, token: None, key: None, kind: Some("application/json"), body }
    }

    /// A change by the vendor's own systems, which name it by a key.
    pub(crate) fn change(world: &World, method: &'static str, path: &str, body: &Value) -> Ask {
        Ask {
            method,
            path: format!("/api/v1/vendor/{path}"),
            token: Some(world.token.clone()),
            key: Some(random::id().to_string()),
            kind: Some("application/json"),
            body: body.to_string(),
        }
    }

    /// A pool file for this portal.
    pub(crate) fn pool_file(world: &World, text: &str) -> Ask {
        let ask = Ask::change(world, "POST", "pool", &Value::Null);
        Ask { kind: Some("text/plain"), body: text.to_owned(), ..ask }
    }

    fn request(&self) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(kind) = self.kind {
            request = request.header("content-type", kind);
        }
        request.body(Body::from(self.body.clone())).unwrap()
    }
}

/// What a try came to.
#[derive(Debug)]
pub(crate) struct Tried {
    pub(crate) done: bool,
    pub(crate) said: String,
}

impl World {
    /// Sends it; whoever cannot be served is told so by a code.
    pub(crate) async fn send(&self, ask: &Ask) -> Tried {
        let got = self.desk.send(ask.request()).await;
        if got.status.is_server_error() {
            let code = got.problem().code;
            assert!(["server.busy", "server.error"].contains(&code.as_str()), "{code}");
        } else {
            assert!(got.status.is_success(), "{}", got.text());
        }
        Tried { done: got.status.is_success(), said: got.text() }
    }
}
