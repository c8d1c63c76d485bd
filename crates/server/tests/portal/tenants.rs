//! Whose portal an address is, and that nobody sees another's.

use handcarry_format::Vendor;
use handcarry_server::random;

use crate::desk::{Desk, now};
use crate::device::id;

async fn two() -> (Desk, Vendor) {
    let desk = Desk::new().await;
    let other = Vendor { id: id("globex"), name: "Globex Tools".into() };
    desk.tenant(2, &other, &random::secret_key(), Some("licenses.globex.example")).await;
    (desk, other)
}

#[tokio::test]
async fn the_only_tenant_is_at_the_root_and_under_its_path() {
    let desk = Desk::new().await;
    let info = desk.info("/api/v1/tenant").await;
    assert_eq!((info.vendor.id.as_str(), info.vendor.name.as_str()), ("acme", "Acme Software"));
    assert_eq!(info.root_key, desk.root.public().to_string());
    assert_eq!(info.zone, "Europe/Berlin");
    assert_eq!(info.now, "2026-11-21T14:00:00Z");
    assert_eq!(info.file_limit, 96 << 20);
    assert_eq!(info.products[0].name, "CAD Pro");
    assert_eq!(info.theme.name, "Acme Software");
    assert_eq!(desk.info("/t/acme/api/v1/tenant").await.vendor, info.vendor);
}

#[tokio::test]
async fn a_tenant_is_found_by_host_or_path_and_unknown_ones_are_not_guessed() {
    let (desk, _) = two().await;
    let by_host = desk.get_from("Licenses.Globex.example:8443", "/api/v1/tenant").await;
    assert!(by_host.text().contains("Globex Tools"));
    // The path is the closer word.
    let by_path = desk.get_from("licenses.globex.example", "/t/acme/api/v1/tenant").await;
    assert!(by_path.text().contains("Acme Software"));
    for path in ["/api/v1/tenant", "/", "/theme.css", "/t/nobody/api/v1/tenant", "/t/ACME/"] {
        let got = desk.get_from("elsewhere.example", path).await;
        assert_eq!((got.status.as_u16(), got.problem().code.as_str()), (404, "tenant.unknown"), "{path}");
    }
    // A person who mistyped the address gets a page.
    let person = axum::http::Request::get("/t/nobody/").header("accept", "text/html,*/*;q=0.8");
    let got = desk.send(person.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!((got.status.as_u16(), got.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(got.text().contains("No portal is at this address") && got.text().contains("tenant.unknown"));
    let got = desk.get_from("elsewhere.example", "/t/acme").await;
    assert_eq!((got.status.as_u16(), got.header("location")), (308, "/t/acme/"));
}

#[tokio::test]
async fn threat_cross_tenant_access_nothing_of_one_is_seen_by_another() {
    let (desk, other) = two().await;
    let key = desk.license(1).await;
    let file = desk.device("WS-17").request(&key, now());
    let outcome = desk.post_to("/t/acme/api/v1/documents", file.clone()).await.outcome();

    // The file at the other's portal.
    let problem = desk.post_to("/t/globex/api/v1/documents", file).await.problem();
    assert_eq!(problem.code, "document.other_vendor");
    // The stored answer and the issued file, by their digests.
    let digest = outcome.document.digest.replace(':', "-");
    let path = |slug: &str| format!("/t/{slug}/api/v1/documents/{digest}");
    assert_eq!(desk.get(&path("acme")).await.status, 200);
    assert_eq!(desk.get(&path("globex")).await.problem().code, "document.unknown");
    let license = outcome.license.unwrap().text;
    let issued = handcarry_format::inspect(license.as_bytes(), &Default::default()).unwrap().digest.hex();
    let path = |slug: &str| format!("/t/{slug}/files/sha256-{issued}");
    assert_eq!(desk.get(&path("acme")).await.text(), license);
    assert_eq!(desk.get(&path("globex")).await.status, 404);
    // The license key in a request to the other vendor.
    let mut device = desk.device("WS-18");
    device.vendor = other;
    let problem = desk.post_to("/t/globex/api/v1/documents", device.request(&key, now())).await.problem();
    assert_eq!(problem.code, "license.unknown");
}

#[tokio::test]
async fn a_change_by_another_process_is_seen() {
    let desk = Desk::new().await;
    desk.change_tenant(|tenant| {
        tenant.name = "Acme GmbH".into();
        tenant.theme =
            r##"{"name":"Acme","light":{"accent":"#0b57d0"},"legal":["Acme GmbH, Berlin"]}"##.into();
    })
    .await;
    let info = desk.info("/api/v1/tenant").await;
    assert_eq!((info.vendor.name.as_str(), info.theme.name.as_str()), ("Acme GmbH", "Acme"));
    assert_eq!(info.theme.legal, ["Acme GmbH, Berlin"]);
    let css = desk.get(&format!("/{}", info.theme.stylesheet)).await;
    assert!(css.text().contains("--accent:#0b57d0;"));
    assert_eq!(css.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(desk.get("/theme.css").await.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn an_address_that_is_no_digest_is_unknown() {
    let desk = Desk::new().await;
    for digest in ["x", "sha256-", "sha256:00", "sha256-zz", &format!("sha256-{}", "A".repeat(64))] {
        let got = desk.get(&format!("/api/v1/documents/{digest}")).await;
        assert_eq!((got.status.as_u16(), got.problem().code.as_str()), (404, "document.unknown"), "{digest}");
    }
}
