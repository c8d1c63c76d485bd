//! What staff do without the device, over the vendor API, and what the device's files then get.

use handcarry_format::{Instant, LicenseKey, Model, Receipt, SeatState, open};
use handcarry_rules::SeatFree;
use handcarry_server::schedule;
use handcarry_server::service::vendor::returns::Losses;
use handcarry_server::service::vendor::scope::Scope;
use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::{Desk, Got, now};
use crate::device::Device;

/// One device on a license of so many seats.
async fn one(seats: u32, model: Model) -> (Desk, LicenseKey, Device) {
    let desk = Desk::new().await;
    let key = desk.license(seats).await;
    desk.change_license(&key, move |license| license.model = model).await;
    let device = desk.activated("WS-17", &key).await;
    (desk, key, device)
}

impl Desk {
    async fn act(&self, token: &str, device: &Device, what: &str, body: Value) -> Got {
        let path = format!("activations/{}/{what}", device.activation.as_ref().unwrap());
        self.ask(token, "POST", &path, Some(body)).await
    }

    /// The facts of the last log entry of this event.
    async fn logged(&self, event: &str) -> Value {
        let events = self.events().await;
        let found = events.into_iter().rev().find(|(name, _)| name == event);
        found.unwrap_or_else(|| panic!("no {event}")).1
    }

    async fn messages(&self, code: &'static str) -> usize {
        let all = self.app.store.read(move |tx| {
            let page = handcarry_store::Page { after: None, limit: 100 };
            tx.messages(handcarry_store::TenantId(1), &handcarry_store::MessageFilter::default(), &page)
        });
        let all = all.await.unwrap_or_else(|error: handcarry_store::StoreError| panic!("{error}"));
        all.iter().filter(|it| it.message.code == code).count()
    }
}

#[tokio::test]
async fn hex_04_hex_05_r2_is_refused_for_a_node_locked_license() {
    let (desk, key, device) = one(1, Model::NodeLocked).await;
    let token = desk.token(&[Scope::Support]).await;
    let got = desk.act(&token, &device, "retire", json!({"reason": "out_of_reach"})).await;
    assert_eq!(got.refused(), (409, "activation.node_locked".to_owned()));
    assert_eq!(desk.seats_used(&key).await, 1);
}

#[tokio::test]
async fn hex_06_hex_07_hex_10_r2_warns_needs_a_reason_and_retires_the_id() {
    let (desk, key, device) = one(1, Model::Concurrent(5)).await;
    let token = desk.token(&[Scope::Support]).await;
    let got = desk.act(&token, &device, "retire", json!({})).await;
    assert_eq!(got.refused(), (422, "reason.required".to_owned()));
    assert_eq!(got.problem().facts["reasons"], "change_seats, out_of_reach, r1_failed");
    let got = desk.act(&token, &device, "retire", json!({"reason": "stolen"})).await;
    assert_eq!(got.refused(), (422, "reason.unfit".to_owned()));
    let got = desk.act(&token, &device, "retire", json!({"reason": "r1_failed", "text": "disk full"})).await;
    assert_eq!(got.status, 200, "{}", got.text());
    assert_eq!(got.json()["state"], "done");
    assert_eq!(got.json()["warnings"], json!(["return.not_seen", "orphan.on_device"]));
    assert_eq!(got.json()["seat_freed"], true);
    let other = desk.activated("WS-18", &key).await;
    assert_ne!(other.activation, device.activation, "a new id");
    let again = desk.act(&token, &device, "retire", json!({"reason": "r1_failed"})).await;
    assert_eq!(again.refused(), (409, "activation.retired".to_owned()));
}

#[tokio::test]
async fn d_28_a_re_host_is_logged_with_reason_actor_before_and_after_and_told() {
    let (desk, key, device) = one(1, Model::NodeLocked).await;
    let token = desk.token(&[Scope::Support]).await;
    let got = desk.act(&token, &device, "rehost", json!({"reason": "broken", "text": "burned"})).await;
    assert_eq!(got.status, 200, "{}", got.text());
    let facts = desk.logged("activation.rehosted").await;
    assert_eq!(facts["reason"], json!({"code": "broken", "text": "burned"}));
    assert!(facts["by"].as_str().unwrap().starts_with("token:"));
    assert_eq!(
        (&facts["before"]["state"]["state"], &facts["after"]["state"]["how"]),
        (&json!("taken"), &json!("rehosted"))
    );
    assert_eq!((&facts["before"]["seats_used"], &facts["after"]["seats_used"]), (&json!(1), &json!(0)));
    assert_eq!((&facts["before"]["blocked"], &facts["after"]["blocked"]), (&json!(0), &json!(1)));
    assert!(!facts.to_string().contains(key.as_str()), "no key in the log");
    assert_eq!(desk.messages("rehost.done").await, 1);
    let shown = desk
        .ask(&desk.master().await, "GET", &format!("approvals/{}", got.json()["id"].as_str().unwrap()), None)
        .await;
    assert_eq!((&shown.json()["state"], &shown.json()["text"]), (&json!("done"), &json!("burned")));
}

#[tokio::test]
async fn hex_rehost_the_device_gets_nothing_more_and_says_so_and_its_replacement_works() {
    let (desk, key, mut device) = one(1, Model::NodeLocked).await;
    let token = desk.token(&[Scope::Support]).await;
    desk.act(&token, &device, "rehost", json!({"reason": "out_of_reach"})).await;
    let replacement = desk.activated("WS-18", &key).await;
    assert_eq!(desk.seats_used(&key).await, 1);
    let report = device.report(3, now());
    for _ in 0..2 {
        let got = desk.post(report.clone()).await;
        assert_eq!(got.refused(), (409, "activation.retired".to_owned()));
        assert_eq!(got.problem().facts["at"], now().to_string());
    }
    assert_eq!(desk.cases().await, ["orphan"], "one case");
    assert_eq!(desk.suspected(&key).await, 0, "an orphan is no clone");
    let later = device.request(&key, now().plus_seconds(60));
    assert_eq!(desk.post(later).await.refused(), (409, "device.blocked".to_owned()));
    let license = replacement.license.clone().unwrap();
    let opened = handcarry_format::inspect(license.to_json().as_bytes(), &Default::default()).unwrap();
    let content = opened.content();
    let blocked = content.get("blocked").unwrap();
    assert!(format!("{blocked:?}").contains(&device.key.public().id().to_string()), "later files carry it");
}

#[rstest]
#[case::at_once(SeatFree::AtOnce, 0)]
#[case::when_proven(SeatFree::WhenProven, 1)]
#[case::after_days(SeatFree::AfterDays(3), 1)]
#[tokio::test]
async fn hex_late_proof_is_accepted_with_its_usage_and_frees_no_second_seat(
    #[case] policy: SeatFree,
    #[case] waiting: usize,
) {
    let (desk, key, mut device) = one(1, Model::NodeLocked).await;
    desk.change_tenant(move |tenant| tenant.rules.seat_free = policy).await;
    let token = desk.token(&[Scope::Support]).await;
    desk.act(&token, &device, "rehost", json!({"reason": "out_of_reach"})).await;
    desk.post(device.report(2, now())).await;
    let other = desk.device("WS-18").request(&key, now());
    let got = desk.post(other).await;
    assert_eq!(got.status == 409, waiting == 1, "D-26: {}", got.text());
    if policy == SeatFree::AfterDays(3) {
        assert_eq!(got.problem().facts["free_from"], now().plus_days(3).to_string());
    }
    desk.clock.set(now().plus_days(1));
    let back = device.deactivation(5, now().plus_days(1));
    let got = desk.post(back.clone()).await;
    assert_eq!(got.status, 201, "{}", got.text());
    let outcome = got.outcome();
    let seat = outcome.seat.clone().unwrap();
    assert_eq!((outcome.outcome.as_str(), seat.state.as_str()), ("returned", "free"));
    assert_eq!((seat.used as usize, outcome.usage[0].added), (1 - waiting, 7));
    let notes: Vec<(&str, Option<&str>)> =
        outcome.notes.iter().map(|note| (note.code.as_str(), note.now.as_deref())).collect();
    let freed = now().to_string();
    let said = [("seat.freed_before", Some(freed.as_str()))];
    assert_eq!(notes, said[waiting..], "only what was free before was freed before");
    let receipt = outcome.receipt.unwrap().text;
    let receipt: handcarry_format::Verified<Receipt> =
        open(receipt.as_bytes(), &desk.trust(), &Default::default()).unwrap();
    assert_eq!((receipt.seat.state, receipt.seat.used as usize), (SeatState::Free, 1 - waiting));
    assert!(desk.cases().await.is_empty(), "the proof answers the case");
    let facts = desk.logged("activation.proven").await;
    assert_eq!((&facts["how"], &facts["seat_freed"]), (&json!("rehosted"), &json!(waiting == 1)));
    assert_eq!(desk.post(back).await.body, got.body);
    assert!(desk.seats_used(&key).await <= 1);
}

/// A tenant on whose quota one re-host more is one too many, and a device to re-host.
async fn above_the_quota() -> (Desk, LicenseKey, Device) {
    let (desk, key, device) = one(3, Model::NodeLocked).await;
    desk.change_tenant(|tenant| tenant.rules.rehosts_per_year = 1).await;
    let token = desk.token(&[Scope::Support]).await;
    let got = desk.act(&token, &device, "rehost", json!({"reason": "broken"})).await;
    assert_eq!(got.status, 200);
    let device = desk.activated("WS-18", &key).await;
    (desk, key, device)
}

#[tokio::test]
async fn hex_rehost_d_28_above_the_quota_a_second_token_must_agree() {
    let (desk, key, device) = above_the_quota().await;
    let token = desk.token(&[Scope::Support, Scope::Approve, Scope::ActivationsRead]).await;
    let got = desk.act(&token, &device, "rehost", json!({"reason": "broken"})).await;
    assert_eq!((got.status.as_u16(), &got.json()["waits"]), (202, &json!("approval.quota")));
    let approval = got.json()["id"].as_str().unwrap().to_owned();
    let twice = desk.act(&token, &device, "rehost", json!({"reason": "broken"})).await;
    assert_eq!(twice.json()["id"], approval.as_str(), "it waits once");
    assert_eq!(desk.seats_used(&key).await, 1);
    assert_eq!(desk.messages("rehost.waits").await, 1);
    let listed = desk.ask(&token, "GET", "approvals?state=waiting", None).await;
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 1);
    let path = format!("approvals/{approval}/approve");
    let same = desk.ask(&token, "POST", &path, Some(json!({}))).await;
    assert_eq!(same.refused(), (403, "approval.same_person".to_owned()));
    let second = desk.token(&[Scope::Approve]).await;
    let got = desk.ask(&second, "POST", &path, Some(json!({"text": "seen the photo"}))).await;
    assert_eq!((got.status.as_u16(), &got.json()["state"]), (200, &json!("done")), "{}", got.text());
    assert_eq!(got.json()["remark"], "seen the photo");
    let facts = desk.logged("activation.rehosted").await;
    assert_ne!(facts["asked_by"], facts["approved_by"]);
    assert_eq!(facts["approved_by"], facts["by"]);
    assert_eq!(desk.seats_used(&key).await, 0);
    let again = desk.ask(&second, "POST", &path, Some(json!({}))).await;
    assert_eq!(again.refused(), (409, "approval.decided".to_owned()));
}

#[tokio::test]
async fn d_28_what_is_refused_or_withdrawn_changes_nothing() {
    let (desk, key, device) = above_the_quota().await;
    let master = desk.master().await;
    for how in ["refuse", "withdraw"] {
        let got = desk.act(&master, &device, "rehost", json!({"reason": "broken"})).await;
        let path = format!("approvals/{}", got.json()["id"].as_str().unwrap());
        let got = desk.ask(&master, "POST", &format!("{path}/{how}"), Some(json!({"text": "no"}))).await;
        assert_eq!((got.status.as_u16(), &got.json()["state"]), (200, &json!("refused")));
        let late = desk.ask(&desk.master().await, "POST", &format!("{path}/approve"), Some(json!({}))).await;
        assert_eq!(late.refused(), (409, "approval.decided".to_owned()));
    }
    assert_eq!(desk.seats_used(&key).await, 1);
    assert_eq!(desk.logged("approval.refused").await["remark"], "no");
}

#[tokio::test]
async fn d_28_an_approval_of_what_has_become_wrong_is_refused() {
    let (desk, _, mut device) = above_the_quota().await;
    let got = desk.act(&desk.master().await, &device, "rehost", json!({"reason": "broken"})).await;
    let path = format!("approvals/{}/approve", got.json()["id"].as_str().unwrap());
    assert_eq!(desk.post(device.deactivation(0, now())).await.status, 201);
    let got = desk.ask(&desk.master().await, "POST", &path, Some(json!({}))).await;
    assert_eq!(got.refused(), (409, "activation.not_held".to_owned()));
}

async fn passes(desk: &Desk, at: Instant) {
    desk.clock.set(at);
    schedule::pass(&desk.app, &[&Losses], at).await.unwrap();
}

#[tokio::test]
async fn d_11_a_loss_takes_effect_by_itself_when_its_days_are_over() {
    let (desk, key, device) = one(1, Model::NodeLocked).await;
    let token = desk.token(&[Scope::Support]).await;
    let got = desk.act(&token, &device, "declare-lost", json!({"reason": "stolen"})).await;
    let due = now().plus_days(14);
    assert_eq!((got.status.as_u16(), &got.json()["waits"]), (202, &json!("approval.loss")));
    assert_eq!(got.json()["due_at"], due.to_string());
    passes(&desk, due.plus_seconds(-1)).await;
    assert_eq!(desk.seats_used(&key).await, 1);
    for _ in 0..2 {
        passes(&desk, due).await;
    }
    assert_eq!(desk.seats_used(&key).await, 0);
    let facts = desk.logged("activation.lost").await;
    assert_eq!((&facts["by"], &facts["approved_by"]), (&json!("schedule"), &Value::Null));
    let lost = desk.events().await.iter().filter(|(event, _)| event == "activation.lost").count();
    assert_eq!((lost, desk.messages("rehost.done").await), (1, 1), "once");
    let later = device.request(&key, due);
    assert_eq!(desk.post(later).await.refused(), (409, "device.blocked".to_owned()));
}

#[tokio::test]
async fn d_11_a_device_that_reports_in_the_meantime_waits_for_a_person() {
    let (desk, key, mut device) = one(1, Model::NodeLocked).await;
    let got = desk.act(&desk.master().await, &device, "declare-lost", json!({"reason": "lost"})).await;
    let path = format!("approvals/{}", got.json()["id"].as_str().unwrap());
    assert_eq!(desk.post(device.report(1, now())).await.status, 201);
    passes(&desk, now().plus_days(15)).await;
    let master = desk.master().await;
    let shown = desk.ask(&master, "GET", &path, None).await.json();
    assert_eq!((&shown["state"], &shown["waits"]), (&json!("waiting"), &json!("approval.heard_from")));
    assert_eq!(desk.seats_used(&key).await, 1);
    let got = desk.ask(&master, "POST", &format!("{path}/approve"), Some(json!({}))).await;
    assert_eq!((got.status.as_u16(), desk.seats_used(&key).await), (200, 0));
}

#[tokio::test]
async fn d_11_a_device_that_came_back_in_the_meantime_leaves_nothing_to_do() {
    let (desk, _, mut device) = one(1, Model::NodeLocked).await;
    let master = desk.master().await;
    let got = desk.act(&master, &device, "declare-lost", json!({"reason": "lost"})).await;
    assert_eq!(desk.post(device.deactivation(0, now())).await.status, 201);
    passes(&desk, now().plus_days(15)).await;
    let path = format!("approvals/{}", got.json()["id"].as_str().unwrap());
    let shown = desk.ask(&master, "GET", &path, None).await.json();
    assert_eq!((&shown["state"], &shown["remark"]), (&json!("void"), &json!("activation.not_held")));
}

#[tokio::test]
async fn hex_rehost_a_device_that_was_found_is_unblocked_and_works_again() {
    let (desk, key, mut device) = one(1, Model::NodeLocked).await;
    let master = desk.master().await;
    let got = desk.act(&master, &device, "rehost", json!({"reason": "out_of_reach"})).await;
    let license = got.json()["license"].as_str().unwrap().to_owned();
    desk.post(device.deactivation(0, now())).await;
    let request = device.request(&key, now().plus_seconds(60));
    assert_eq!(desk.post(request.clone()).await.refused(), (409, "device.blocked".to_owned()));
    let path = format!("licenses/{license}/unblock");
    let body = json!({"device": device.key.public().id().to_string(), "text": "it was in the cellar"});
    let got = desk.ask(&master, "POST", &path, Some(body.clone())).await;
    assert_eq!((got.status.as_u16(), &got.json()["blocked"]), (200, &json!([])), "{}", got.text());
    assert_eq!(desk.logged("device.unblocked").await["reason"], "it was in the cellar");
    let again = desk.ask(&master, "POST", &path, Some(body)).await;
    assert_eq!(again.refused(), (404, "device.not_blocked".to_owned()));
    assert_eq!(desk.post(request).await.status, 201);
}

#[tokio::test]
async fn hex_rehost_the_last_seat_is_freed_once_however_many_ask() {
    let (desk, key, device) = one(1, Model::NodeLocked).await;
    let token = desk.token(&[Scope::Support]).await;
    let asks = (0..8).map(|_| desk.act(&token, &device, "rehost", json!({"reason": "broken"})));
    let mut done = 0;
    for got in futures_util::future::join_all(asks).await {
        done += usize::from(got.status == 200);
        assert!(got.status == 200 || got.refused().1 == "activation.retired");
    }
    assert_eq!((done, desk.seats_used(&key).await), (1, 0));
}
