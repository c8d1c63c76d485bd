//! One file: booked once, answered the same for ever.

use handcarry_format::{Digest, Sealed, SecretKey, seal};

use crate::desk::{Desk, at, keyring, now};

#[tokio::test]
async fn lsp_07_a_request_is_answered_with_a_license_and_a_receipt() {
    let desk = Desk::new().await;
    let key = desk.license(2).await;
    let mut device = desk.device("WS-17");
    let got = desk.post(device.request(&key, now())).await;
    assert_eq!(got.status, 201);
    assert_eq!(got.header("handcarry-first-processed"), "");
    let outcome = got.outcome();
    assert_eq!(outcome.outcome, "activated");
    let seat = outcome.seat.clone().unwrap();
    assert_eq!((seat.state.as_str(), seat.used, seat.total), ("taken", 1, 2));
    assert_eq!(outcome.license_key, Some(key.short()));
    assert_eq!(outcome.license_status.as_deref(), Some("active"));
    assert_eq!(outcome.usage[0].maximum, Some(100));
    let (license, receipt) = (outcome.license.clone().unwrap(), outcome.receipt.clone().unwrap());
    assert_eq!(license.name, "acme-license-ws-17.txt");
    assert_eq!(receipt.name, "acme-receipt-ws-17.txt");
    assert_eq!(license.generation, 1);
    // The files verify from the root key alone: `load` opens them with nothing else.
    device.load(&outcome);
}

#[tokio::test]
async fn threat_replayed_deactivation_d_14_same_file_twice_gets_the_same_answer() {
    let desk = Desk::new().await;
    let key = desk.license(2).await;
    let mut device = desk.activated("WS-17", &key).await;
    let file = device.deactivation(7, now());
    let first = desk.post(file.clone()).await;
    assert_eq!(first.status, 201);
    desk.clock.set(at("2026-12-24T18:00:00Z"));
    // However the mail has mangled it meanwhile (D-02).
    for again in [file.clone(), file.replace('\n', "\r\n"), file.replace('\n', "\n> ")] {
        let again = desk.post(again).await;
        assert_eq!(again.status, 200);
        assert_eq!(again.body, first.body);
        assert_eq!(again.header("handcarry-first-processed"), "2026-11-21T14:00:00Z");
    }
    let digest = first.outcome().document.digest.replace(':', "-");
    let by_digest = desk.get(&format!("/api/v1/documents/{digest}")).await;
    assert_eq!((by_digest.status.as_u16(), &by_digest.body), (200, &first.body));
    assert_eq!(desk.seats_used(&key).await, 0);
}

#[tokio::test]
async fn d_14_same_id_with_other_content_is_altered() {
    let desk = Desk::new().await;
    let key = desk.license(2).await;
    let device = desk.device("WS-17");
    let mut request = device.request_document(&key, now());
    assert_eq!(desk.post(device.sign(&request).text).await.status, 201);
    request.variables.insert("site".into(), "other".into());
    let got = desk.post(device.sign(&request).text).await;
    assert_eq!(got.status, 409);
    let problem = got.problem();
    assert_eq!(problem.code, "document.altered");
    assert_eq!(problem.facts["at"], "2026-11-21T14:00:00Z");
    assert_eq!(desk.seats_used(&key).await, 1);
    let (event, data) = desk.events().await.pop().unwrap();
    assert_eq!((event.as_str(), data["code"].as_str()), ("document.refused", Some("document.altered")));
    assert_eq!(data["reference"], problem.reference.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threat_replayed_deactivation_d_14_many_at_once_free_one_seat_and_book_once() {
    let desk = std::sync::Arc::new(Desk::new().await);
    let key = desk.license(3).await;
    let mut device = desk.activated("WS-17", &key).await;
    desk.activated("WS-18", &key).await;
    let file = device.deactivation(7, now());
    let tasks: Vec<_> = (0..32)
        .map(|n| {
            // Each by another mail program.
            let file = if n % 2 == 0 { file.clone() } else { file.replace('\n', "\r\n") };
            let desk = desk.clone();
            tokio::spawn(async move { desk.post(file).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|got| got.status == 201).count(), 1);
    assert!(answers.iter().all(|got| got.body == answers[0].body));
    assert_eq!(desk.seats_used(&key).await, 1, "one seat is free, and one only");
    let booked = desk.events().await.iter().filter(|(event, _)| event == "document.accepted").count();
    assert_eq!(booked, 3, "two activations and one return");
    // The license that was given back cannot be given back by a file made anew.
    let again = desk.post(device.deactivation(0, now())).await;
    assert!(again.status.is_client_error() || again.outcome().usage.iter().all(|row| row.added == 0));
    assert_eq!(desk.seats_used(&key).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threat_concurrent_upload_d_14_two_at_once_have_one_effect_and_one_answer() {
    let desk = std::sync::Arc::new(Desk::new().await);
    let key = desk.license(5).await;
    let file = desk.device("WS-17").request(&key, now());
    let tasks: Vec<_> = (0..24)
        .map(|_| {
            let (desk, file) = (desk.clone(), file.clone());
            tokio::spawn(async move { desk.post(file).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|got| got.status == 201).count(), 1);
    assert!(answers.iter().all(|got| got.body == answers[0].body));
    assert_eq!(desk.seats_used(&key).await, 1);
    assert_eq!(desk.events().await.iter().filter(|(event, _)| event == "document.accepted").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threat_concurrent_upload_lsp_24_of_many_devices_at_once_one_gets_the_last_seat() {
    let desk = std::sync::Arc::new(Desk::new().await);
    let key = desk.license(1).await;
    let tasks: Vec<_> = (0..12)
        .map(|n| {
            let file = desk.device(&format!("WS-{n}")).request(&key, now());
            let desk = desk.clone();
            tokio::spawn(async move { desk.post(file).await })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        let got = task.await.unwrap();
        if got.status == 201 {
            won += 1;
        } else {
            assert_eq!(got.problem().code, "seat.none");
        }
    }
    assert_eq!(won, 1);
    assert_eq!(desk.seats_used(&key).await, 1);
}

#[tokio::test]
async fn lsp_12_a_report_is_booked_and_brings_its_refresh() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let mut device = desk.activated("WS-17", &key).await;
    let outcome = desk.post(device.report(7, now())).await.outcome();
    assert_eq!(outcome.outcome, "booked");
    let row = &outcome.usage[0];
    assert_eq!((row.before, row.added, row.after), (0, 7, 7));
    assert_eq!(outcome.license.as_ref().unwrap().generation, 2);
    device.load(&outcome);
    let outcome = desk.post(device.report(10, now())).await.outcome();
    assert_eq!((outcome.usage[0].before, outcome.usage[0].after), (7, 17));
}

#[tokio::test]
async fn d_37_usage_above_the_maximum_is_booked_and_noted() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let mut device = desk.activated("WS-17", &key).await;
    let outcome = desk.post(device.deactivation(170, now())).await.outcome();
    assert_eq!(outcome.outcome, "returned");
    assert_eq!(outcome.usage[0].after, 170);
    assert_eq!(outcome.notes[0].code, "usage.over");
    assert_eq!(outcome.notes[0].names, ["Renders"]);
}

#[tokio::test]
async fn lsp_09_the_holder_of_a_license_file_gets_the_newest_one() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let mut device = desk.activated("WS-17", &key).await;
    let file = device.license.clone().unwrap().to_json();
    let entries = desk.events().await.len();
    let current = desk.post(file.clone()).await;
    assert_eq!((current.status.as_u16(), current.outcome().outcome.as_str()), (200, "current"));
    assert_eq!(desk.events().await.len(), entries, "a question leaves no entry");

    desk.change_license(&key, |license| license.seats.total = 4).await;
    let refreshed = desk.post(file.clone()).await;
    assert_eq!((refreshed.status.as_u16(), refreshed.outcome().outcome.as_str()), (201, "refreshed"));
    assert_eq!(refreshed.outcome().license.unwrap().generation, 2);
    // The old file again: the same newest file, not one more.
    let again = desk.post(file).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.outcome().license, refreshed.outcome().license);
    device.load(&refreshed.outcome());
}

#[tokio::test]
async fn d_12_several_files_of_one_device_are_answered_each_for_itself() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let device = desk.device("WS-17");
    let (first, second) = (device.request(&key, now()), device.request(&key, now().plus_seconds(60)));
    let one = desk.post(first.clone()).await;
    let two = desk.post(second.clone()).await;
    assert_eq!((one.outcome().outcome.as_str(), two.outcome().outcome.as_str()), ("activated", "repaired"));
    assert_eq!(desk.post(first).await.body, one.body);
    assert_eq!(desk.post(second).await.body, two.body);
    assert_eq!(desk.seats_used(&key).await, 1);
}

#[tokio::test]
async fn threat_a_return_that_is_none_d_36_a_sign_of_life_after_a_return_is_refused_and_opens_a_case_once() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let mut device = desk.activated("WS-17", &key).await;
    let back = device.deactivation(0, now());
    let zombie = device.report(3, now());
    assert_eq!(desk.post(back).await.status, 201);
    assert_eq!(desk.suspected(&key).await, 0);
    for _ in 0..2 {
        assert_eq!(desk.post(zombie.clone()).await.problem().code, "activation.returned");
    }
    assert_eq!(desk.cases().await, ["zombie"]);
    assert_eq!(desk.suspected(&key).await, 1, "the clone flag is up");
    assert_eq!(desk.seats_used(&key).await, 0);
}

#[tokio::test]
async fn d_15_an_older_request_is_refused_and_the_newest_file_is_offered() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let device = desk.device("WS-17");
    let (older, newer) = (device.request(&key, now().plus_days(-1)), device.request(&key, now()));
    let newest = desk.post(newer).await.outcome().license.unwrap();
    let problem = desk.post(older).await.problem();
    assert_eq!(problem.code, "request.outdated");
    let offer = problem.offer.unwrap();
    assert_eq!((offer.name, offer.text), (newest.name, newest.text));
}

#[tokio::test]
async fn threat_stolen_signing_key_d_19_a_retired_key_signs_no_more_and_what_it_signed_is_still_accepted() {
    let desk = Desk::new().await;
    let key = desk.license(2).await;
    let mut device = desk.activated("WS-17", &key).await;
    let old = desk.keys.issuing(&desk.vendor.id).remove(0).unwrap().1;
    let new: SecretKey = handcarry_server::random::secret_key();
    desk.keys.keep_issuing(&desk.vendor.id, &new).unwrap();
    let end = now().plus_seconds(60);
    let ring = keyring(&desk.vendor, &desk.root, 2, &[(&old, Some(end)), (&new, None)]);
    desk.change_tenant(move |tenant| tenant.keyring = Some(ring.clone())).await;
    desk.clock.set(now().plus_days(1));
    let outcome = desk.post(device.deactivation(1, now())).await.outcome();
    let receipt = outcome.receipt.unwrap().text;
    assert!(receipt.contains(&format!("Signature: {}", new.public().id())));
}

#[tokio::test]
async fn d_28_the_log_is_whole_and_holds_no_license_key() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let mut device = desk.activated("WS-17", &key).await;
    desk.post(device.report(7, now())).await;
    desk.post(device.deactivation(0, now())).await;
    let check = desk.app.store.read(|tx| handcarry_store::verify_log(tx, handcarry_store::TenantId(1))).await;
    assert!(matches!(check, Ok(handcarry_store::LogCheck::Whole { head: Some(head) }) if head.seq == 3));
    for (event, data) in desk.events().await {
        assert!(!data.to_string().contains(key.as_str()), "{event} holds the key");
        assert!(!data.to_string().contains("BEGIN LICENSE"), "{event} holds a file");
    }
}

#[tokio::test]
async fn a_dsse_envelope_is_taken_like_the_armored_file() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let device = desk.device("WS-17");
    let sealed: Sealed = seal(&device.request_document(&key, now()), &device.key, None).unwrap();
    let one = desk.post(sealed.envelope.to_json()).await;
    assert_eq!(one.status, 201);
    assert_eq!(one.outcome().document.digest, Digest::of(&sealed.envelope.payload).to_string());
    assert_eq!(desk.post(sealed.text).await.body, one.body);
}
