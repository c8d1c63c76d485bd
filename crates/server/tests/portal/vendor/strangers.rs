//! What is another tenant's is not there: every address of the API, with real names of things of somebody else.

use std::collections::{BTreeMap, BTreeSet};

use handcarry_format::Vendor;
use handcarry_server::http::openapi::description;
use handcarry_server::random;
use handcarry_server::service::vendor::scope::Scope;
use handcarry_store::{Page, StoreError, TenantId};
use serde_json::{Value, json};

use crate::desk::{Desk, now};
use crate::device::id;

/// Lists of which the first tenant has nothing here.
const EMPTY: [&str; 4] = ["approvals", "deliveries", "messages", "sites"];

/// Two tenants; the first has one of nearly everything.
async fn two() -> (Desk, String, String) {
    let desk = Desk::new().await;
    desk.app.live.close();
    let acme = desk.master().await;
    let concurrent = json!({"kind": "concurrent", "seats": 5});
    for (path, body) in [
        ("customers", json!({"id": "northline", "name": "Northline"})),
        ("policies", json!({"id": "yearly", "name": "Yearly"})),
        ("products", json!({"id": "sim", "name": "Sim"})),
        ("users", json!({"login": "ada@acme.example", "name": "Ada", "password": "correct horse battery"})),
        ("webhooks", json!({"url": "https://hooks.acme.example/"})),
        ("licenses", json!({"product": "sim", "seats": 5, "model": concurrent, "customer_id": "northline"})),
    ] {
        let got = desk.ask(&acme, "POST", path, Some(body)).await;
        assert_eq!(got.status, 201, "{path}: {}", got.text());
    }
    let key = desk.license(2).await;
    let mut device = desk.activated("WS-17", &key).await;
    let file = device.deactivation(3, now());
    assert_eq!(desk.post_to("/t/acme/api/v1/documents", file).await.status, 201);
    // A sign of life after the return is a case.
    desk.post_to("/t/acme/api/v1/documents", device.report(1, now())).await;
    let other = Vendor { id: id("globex"), name: "Globex Tools".into() };
    desk.tenant(2, &other, &random::secret_key(), Some("licenses.globex.example")).await;
    let globex = desk.token_of(2, &Scope::ALL).await;
    (desk, acme, globex)
}

fn operations() -> Vec<(String, String)> {
    let description: Value = serde_json::from_str(&description()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let vendor = paths.iter().filter(|(path, _)| path.starts_with("/api/v1/vendor/"));
    let all = vendor.flat_map(|(path, item)| {
        let methods = ["get", "post", "put", "patch", "delete"].into_iter();
        methods
            .filter(|method| item.get(*method).is_some())
            .map(|method| (method.to_uppercase(), path.clone()))
    });
    all.collect()
}

/// The ids of everything that the first tenant's lists show, by list.
async fn names(desk: &Desk, acme: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (method, path) in operations() {
        if method != "GET" || path.contains('{') || path.ends_with("/events") {
            continue;
        }
        let got = desk.ask(acme, "GET", &format!("/t/acme{path}"), None).await;
        assert_eq!(got.status, 200, "{path}: {}", got.text());
        let Some(items) = got.json()["items"].as_array().cloned() else { continue };
        let list = path.rsplit('/').next().unwrap().to_owned();
        let ids = items.iter().filter_map(|item| Some(item["id"].as_str()?.to_owned()));
        names.entry(list).or_default().extend(ids);
    }
    names
}

async fn heads(desk: &Desk) -> (usize, usize) {
    let page = || Page { after: None, limit: 1_000 };
    let count = async |tenant| {
        let page = page();
        let log = desk.app.store.read(move |tx| tx.log(TenantId(tenant), &page)).await;
        log.unwrap_or_else(|error: StoreError| panic!("{error}")).len()
    };
    (count(1).await, count(2).await)
}

#[tokio::test]
async fn threat_cross_tenant_access_a_name_of_another_tenant_is_as_good_as_none() {
    let (desk, acme, globex) = two().await;
    let names = names(&desk, &acme).await;
    let shared: BTreeSet<&str> = ["cad"].into();
    let (mut asked, mut lists) = (0, BTreeSet::new());
    let before = heads(&desk).await;
    for (method, path) in operations().into_iter().filter(|(_, path)| path.contains('{')) {
        let list = path.trim_start_matches("/api/v1/vendor/").split('/').next().unwrap();
        lists.insert(list.to_owned());
        let own = names.get(list).into_iter().flatten().filter(|name| !shared.contains(name.as_str()));
        let fill = |name: &str| {
            let mut filled = path.replace("{id}", name);
            while let (Some(from), Some(to)) = (filled.find('{'), filled.find('}')) {
                filled.replace_range(from..=to, name);
            }
            format!("/t/globex{filled}")
        };
        for name in own {
            for body in [None, Some(json!({})), Some(json!({"revision": 1}))] {
                let got = desk.ask(&globex, &method, &fill(name), body.clone()).await;
                let none = desk.ask(&globex, &method, &fill("nothing-like-it"), body.clone()).await;
                assert_eq!(got.refused(), none.refused(), "{method} {path} of {name} with {body:?}");
                asked += 1;
            }
        }
    }
    for list in lists {
        let known = names.get(&list).is_some_and(|names| !names.is_empty());
        let made_elsewhere = ["sessions", "upgrades"].contains(&list.as_str());
        assert!(known || made_elsewhere || EMPTY.contains(&list.as_str()), "nothing of {list} to ask for");
    }
    assert!(asked > 100, "{asked}");
    assert_eq!(heads(&desk).await, before, "nobody has changed anything");
}

#[tokio::test]
async fn threat_cross_tenant_access_no_list_shows_what_is_another_tenants() {
    let (desk, acme, globex) = two().await;
    let names = names(&desk, &acme).await;
    for (list, known) in &names {
        assert!(
            !known.is_empty()
                || EMPTY.contains(&list.as_str())
                || ["log", "sessions", "pool"].contains(&list.as_str()),
            "{list}"
        );
    }
    let all: BTreeSet<&String> = names.values().flatten().filter(|name| *name != "cad").collect();
    assert!(all.len() >= 8, "{all:?}");
    for (method, path) in operations() {
        if method != "GET" || path.contains('{') || path.ends_with("/events") {
            continue;
        }
        for base in ["/t/globex", ""] {
            let mut request = axum::http::Request::get(format!("{base}{path}"));
            request = request.header("authorization", format!("Bearer {globex}"));
            request = request.header("host", "licenses.globex.example");
            let got = desk.send(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(got.status, 200, "{path}: {}", got.text());
            for name in &all {
                assert!(!got.text().contains(&format!("\"{name}\"")), "{path} shows {name}");
            }
        }
    }
}

#[tokio::test]
async fn threat_cross_tenant_access_the_host_decides_and_no_header_says_otherwise() {
    let (desk, acme, globex) = two().await;
    let path = "/api/v1/vendor/licenses";
    for (token, host, status) in [
        (&acme, "licenses.globex.example", 401),
        (&globex, "licenses.globex.example", 200),
        (&globex, "elsewhere.example", 404),
    ] {
        let mut request = axum::http::Request::get(path).header("host", host);
        request = request.header("authorization", format!("Bearer {token}"));
        for name in ["x-forwarded-host", "x-host", "x-original-host", "x-tenant", "forwarded"] {
            request = request.header(name, "host=licenses.acme.example");
        }
        let got = desk.send(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(got.status.as_u16(), status, "{host}");
    }
    // The path is the closer word, and a token of the host's tenant is none there.
    let request =
        axum::http::Request::get(format!("/t/acme{path}")).header("host", "licenses.globex.example");
    let request = request.header("authorization", format!("Bearer {globex}"));
    assert_eq!(desk.send(request.body(axum::body::Body::empty()).unwrap()).await.status, 401);
}
