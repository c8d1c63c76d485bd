//! Webhooks, to a web server on this machine.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handcarry_server::notice;
use handcarry_server::notice::webhook::signature;
use handcarry_server::settings::Given;
use handcarry_store::{Channel, DeliveryState};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use crate::receiver::{Receiver, status};
use crate::world::*;

fn world() -> World {
    World::new(&Given::default())
}

#[test]
fn alt_19_a_webhook_gets_a_signed_request_by_the_convention() {
    let receiver = Receiver::start(|_| status("204 No Content"));
    let world = world();
    let webhook = world.webhook("w-1", &receiver.url());
    let message = notice::renewal_due(&license("Initech GmbH"), 14, world.now());
    world.post(&message);
    assert_eq!(world.deliver(Channel::Webhook), 1);
    let request = receiver.requests().remove(0);
    assert_eq!(request.line, "POST /hooks?a=b HTTP/1.1");
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("webhook-id"), message.id.as_str());
    assert_eq!(request.header("webhook-timestamp"), world.now().unix().to_string());
    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    let expected = json!({
        "type": "renewal.due",
        "timestamp": "2027-01-01T12:00:00Z",
        "data": {
            "id": message.id,
            "license": "l-1",
            "activation": null,
            "facts": {
                "license": "l-1", "product": "CAD Pro", "customer": "Initech GmbH", "order": "4711",
                "days": 14, "maintenance_end": "2027-01-15",
            },
        },
    });
    assert_eq!(body, expected);
    // As a receiver checks it.
    let key = STANDARD.decode(webhook.secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let signed = [request.header("webhook-id"), request.header("webhook-timestamp"), &request.body].join(".");
    mac.update(signed.as_bytes());
    let given = request.header("webhook-signature").strip_prefix("v1,").unwrap();
    mac.verify_slice(&STANDARD.decode(given).unwrap()).unwrap();
    assert_eq!(world.deliveries()[0].state, DeliveryState::Done);
    assert_eq!(world.deliver(Channel::Webhook), 0);
}

#[test]
fn alt_19_a_receiver_that_fails_gets_the_same_message_with_the_same_id_until_it_takes_it() {
    let receiver = Receiver::start(|number| match number {
        0 => status("500 Oops"),
        1 => status("429 Too Many Requests"),
        // Not followed: the message goes where the vendor said, nowhere else.
        2 => Some("HTTP/1.1 307 Away\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n".to_owned()),
        3 => Some("nonsense\r\n\r\n".to_owned()),
        _ => status("200 OK"),
    });
    let world = world();
    world.webhook("w-1", &receiver.url());
    world.post(&notice::renewal_due(&license("Initech"), 14, world.now()));
    for (pause, error) in [(5, "500"), (300, "429"), (1_800, "307"), (7_200, "")] {
        assert_eq!(world.deliver(Channel::Webhook), 1);
        let waiting = &world.deliveries()[0];
        assert_eq!((waiting.state, waiting.due), (DeliveryState::Waiting, world.now().plus_seconds(pause)));
        assert!(waiting.error.as_ref().is_some_and(|told| told.contains(error)), "{waiting:?}");
        world.later(pause - 1);
        assert_eq!(world.deliver(Channel::Webhook), 0, "not before its time");
        world.later(1);
    }
    assert_eq!(world.deliver(Channel::Webhook), 1);
    let requests = receiver.requests();
    assert_eq!(requests.len(), 5);
    for request in &requests {
        assert_eq!(request.line, "POST /hooks?a=b HTTP/1.1");
        assert_eq!(request.header("webhook-id"), requests[0].header("webhook-id"));
        assert_eq!(request.body, requests[0].body);
    }
    let times: Vec<&str> = requests.iter().map(|request| request.header("webhook-timestamp")).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "each attempt is signed with its own time");
    assert_eq!(world.deliveries()[0].state, DeliveryState::Done);
}

#[test]
fn alt_19_nobody_listens_for_three_days_and_the_message_is_given_up_and_listed() {
    let world = world();
    // A port that nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    world.webhook("w-1", &format!("http://127.0.0.1:{port}/"));
    let begun = world.now();
    world.post(&notice::renewal_due(&license("Initech"), 14, begun));
    while world.deliveries()[0].state == DeliveryState::Waiting {
        world.clock.set(world.deliveries()[0].due);
        assert_eq!(world.deliver(Channel::Webhook), 1);
    }
    let dead = &world.deliveries()[0];
    assert_eq!((dead.state, dead.attempts), (DeliveryState::Dead, 9));
    assert!(dead.error.as_ref().is_some_and(|error| !error.is_empty()));
    let hours = world.now().seconds_since(begun) / 3_600;
    assert!((48..=72).contains(&hours), "{hours}");
    assert!(
        world
            .app
            .metrics
            .text()
            .contains("handcarry_deliveries_total{channel=\"webhook\",outcome=\"dead\"} 1")
    );
}

#[test]
fn alt_19_a_slow_receiver_does_not_keep_the_others_waiting() {
    let (slow, quick) = (Receiver::start(|_| None), Receiver::start(|_| status("200 OK")));
    let world = world();
    world.webhook("w-1", &slow.url());
    world.webhook("w-2", &quick.url());
    for days in [14, 7] {
        world.post(&notice::renewal_due(&license("Initech"), days, world.now()));
    }
    std::thread::scope(|scope| {
        // One that hangs at the slow one, for as long as an attempt may take.
        let hangs = scope.spawn(|| world.deliver(Channel::Webhook));
        slow.next();
        assert_eq!(world.deliver(Channel::Webhook), 2, "only the other receiver's turn");
        assert_eq!(quick.requests().len(), 2);
        assert!(!hangs.is_finished(), "nobody waited for the slow one");
        hangs.join().unwrap();
    });
    let timed_out = world.deliveries().into_iter().filter(|it| it.target == "w-1").collect::<Vec<_>>();
    assert!(timed_out.iter().all(|it| it.state == DeliveryState::Waiting));
    assert!(
        timed_out.iter().any(|it| it.error.as_ref().is_some_and(|error| error.contains("timeout"))),
        "{timed_out:?}"
    );
}

#[test]
fn alt_19_an_endless_answer_is_not_read_to_its_end() {
    let receiver = Receiver::start(|_| {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";
        Some(head.to_owned() + &"x".repeat(1 << 20))
    });
    let world = world();
    world.webhook("w-1", &receiver.url());
    world.post(&notice::renewal_due(&license("Initech"), 14, world.now()));
    let began = std::time::Instant::now();
    world.deliver(Channel::Webhook);
    assert_eq!(world.deliveries()[0].state, DeliveryState::Done);
    assert!(began.elapsed().as_secs() < 10);
}

#[test]
fn alt_19_a_webhook_that_was_removed_or_is_not_https_is_not_called() {
    let receiver = Receiver::start(|_| status("200 OK"));
    let world = world();
    world.webhook("w-1", &receiver.url());
    world.webhook("w-2", "http://192.0.2.1/");
    world.post(&notice::renewal_due(&license("Initech"), 14, world.now()));
    let removed = world.app.store.write_blocking(|tx| tx.delete_webhook(ACME, &id("w-1")));
    assert_eq!(removed, Ok(true));
    assert_eq!(world.deliver(Channel::Webhook), 2);
    let all = world.deliveries();
    assert_eq!(
        (all[0].state, all[0].error.as_deref()),
        (DeliveryState::Dead, Some("the webhook was removed"))
    );
    assert!(all[1].error.as_ref().is_some_and(|error| error.contains("https")), "{all:?}");
    assert!(receiver.requests().is_empty());
    assert!(signature("", "x", world.now(), "").is_none());
}
