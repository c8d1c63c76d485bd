//! What is not accepted: each cause has its code, and nothing changes.

use handcarry_format::Vendor;
use handcarry_rules::PoolStatus;

use crate::desk::{Desk, now};
use crate::device::{Device, id};

#[tokio::test]
async fn d_06_d_16_every_kind_of_wrong_file_is_named_for_what_it_is() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let good = desk.device("WS-17").request(&key, now());
    let marker = good.find("-----BEGIN").unwrap();
    let cut = &good[..good.len() - 200];
    let (head, tail) = good.split_at(good.rfind("\n\n").unwrap() + 40);
    let damaged = format!("{head}{}{}", if tail.starts_with('A') { 'B' } else { 'A' }, &tail[1..]);
    let twice = [good.as_str(), &good].concat();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("armor.empty", Vec::new()),
        ("armor.not_found", b"hello".to_vec()),
        ("armor.binary", b"PK\x03\x04\0\0\0\0\0\0".to_vec()),
        ("armor.web_page", b"<!doctype html><html><body>Sign in</body></html>".to_vec()),
        ("armor.truncated", cut.into()),
        ("armor.damaged", damaged.into()),
        ("armor.several", twice.into()),
        ("armor.beheaded", good[marker + 60..].into()),
        ("envelope.not_dsse", b"{\"a\":1}".to_vec()),
        ("foreign.pem", b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQ==\n-----END PRIVATE KEY-----\n".to_vec()),
    ];
    for (code, file) in cases {
        let got = desk.post(file).await;
        assert_eq!(got.status, 422, "{code}");
        let problem = got.problem();
        assert_eq!(problem.code, code, "{problem:?}");
        assert_eq!(problem.kind, format!("urn:handcarry:problem:{code}"));
        assert!(!problem.title.is_empty() && !problem.detail.is_empty());
        assert_eq!(problem.request_id.as_deref(), Some(got.header("x-request-id")));
    }
    assert_eq!(desk.seats_used(&key).await, 0);
    assert!(desk.events().await.is_empty(), "damage is no security event");
}

#[tokio::test]
async fn threat_forged_license_d_18_a_forged_file_is_a_security_event_and_changes_nothing() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let mut device = desk.activated("WS-17", &key).await;
    let entries = desk.events().await.len();
    // Signed by another key than the one that the license names.
    let genuine = device.key.clone();
    device.key = handcarry_server::random::secret_key();
    let forged = device.deactivation(0, now());
    device.key = genuine;
    let problem = desk.post(forged).await.problem();
    assert_eq!(problem.code, "key.not_the_device");

    // The right key, and a payload that it did not sign.
    let sealed = device.sign(&device.request_document(&key, now()));
    let mut envelope = sealed.envelope.clone();
    let place = envelope.payload.windows(5).position(|bytes| bytes == b"WS-17").unwrap();
    envelope.payload[place + 4] = b'8';
    let got = desk.post(envelope.to_json()).await;
    assert_eq!(got.problem().code, "bad_signature");

    let events = desk.events().await;
    let new: Vec<_> =
        events[entries..].iter().map(|(event, data)| (event.as_str(), data["code"].clone())).collect();
    assert_eq!(
        new,
        [("security.untrusted", "key.not_the_device".into()), ("security.untrusted", "bad_signature".into())]
    );
    assert_eq!(events[entries].1["reference"], problem.reference.as_str());
    assert_eq!(desk.seats_used(&key).await, 1);
}

#[tokio::test]
async fn d_16_what_belongs_on_the_device_is_sent_back_there() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let device = desk.device("WS-17");
    let receipt = desk.post(device.request(&key, now())).await.outcome().receipt.unwrap();
    let problem = desk.post(receipt.text).await.problem();
    assert_eq!(
        (problem.code.as_str(), problem.facts["kind"].as_str()),
        ("document.not_for_upload", "receipt")
    );
    assert_eq!(problem.facts["device"], "WS-17");
    let keyring = desk.info("/api/v1/tenant").await.keyring.unwrap();
    let problem = desk.post(keyring).await.problem();
    assert_eq!(
        (problem.code.as_str(), problem.facts["kind"].as_str()),
        ("document.not_for_upload", "keyring")
    );
}

#[tokio::test]
async fn d_16_another_vendors_file_is_named_for_its_vendor() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let vendor = Vendor { id: id("globex"), name: "Globex Tools".into() };
    let file = Device::new("WS-17", vendor, desk.trust()).request(&key, now());
    let problem = desk.post(file).await.problem();
    assert_eq!(
        (problem.code.as_str(), problem.facts["vendor"].as_str()),
        ("document.other_vendor", "Globex Tools")
    );
}

#[tokio::test]
async fn d_17_an_unknown_license_key_is_refused() {
    let desk = Desk::new().await;
    let problem =
        desk.post(desk.device("WS-17").request(&handcarry_server::random::license_key(), now())).await;
    assert_eq!(problem.problem().code, "license.unknown");
}

#[tokio::test]
async fn d_40_no_seat_left_lists_who_has_one() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    desk.activated("WS-17", &key).await;
    let got = desk.post(desk.device("WS-18").request(&key, now())).await;
    assert_eq!(got.status, 409);
    let problem = got.problem();
    assert_eq!(problem.code, "seat.none");
    assert_eq!(problem.holders[0].device, "WS-17");
    assert_eq!(problem.holders[0].since, "2026-11-21T14:00:00Z");
}

#[tokio::test]
async fn alt_10_lsp_15_d_07_states_of_a_license_refuse_with_their_facts() {
    let desk = Desk::new().await;
    let key = desk.license(3).await;
    let ask = || async { desk.post(desk.device("WS-17").request(&key, now())).await.problem() };
    desk.change_license(&key, |license| license.status = PoolStatus::Inactive).await;
    assert_eq!(ask().await.code, "license.inactive");
    desk.change_license(&key, |license| {
        license.status = PoolStatus::Active;
        license.end = chrono::NaiveDate::from_ymd_opt(2026, 11, 20);
    })
    .await;
    let problem = ask().await;
    assert_eq!(problem.code, "license.expired");
    assert_eq!(
        (problem.facts["end"].as_str(), problem.facts["at"].as_str(), problem.facts["zone"].as_str()),
        ("2026-11-20", "2026-11-20T23:00:00Z", "Europe/Berlin")
    );
    desk.change_license(&key, |license| {
        license.end = None;
        license.allow_offline = Some(false);
    })
    .await;
    assert_eq!(ask().await.code, "license.offline_not_allowed");
    assert_eq!(desk.seats_used(&key).await, 0);
}

#[tokio::test]
async fn nothing_is_issued_before_the_vendors_keys_are_in_place() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    desk.change_tenant(|tenant| tenant.keyring = None).await;
    let got = desk.post(desk.device("WS-17").request(&key, now())).await;
    assert_eq!(got.status, 503);
    assert_eq!(got.problem().code, "tenant.not_ready");
    assert!(!got.header("retry-after").is_empty());
    assert!(desk.info("/api/v1/tenant").await.keyring.is_none());
}
