//! A process that dies while it delivers.

use std::path::Path;
use std::process::{Command, Stdio};

use handcarry_server::notice;
use handcarry_server::settings::Given;
use handcarry_store::{Channel, DeliveryState};

use crate::receiver::{Receiver, status};
use crate::world::*;

const PATH: &str = "HANDCARRY_NOTICES_PATH";

/// The child: delivers until it is killed.
#[test]
#[ignore = "the test below starts it"]
fn child() {
    let Ok(path) = std::env::var(PATH) else { return };
    World::open(Path::new(&path), &Given::default()).deliver(Channel::Webhook);
}

#[test]
fn alt_19_what_a_killed_process_was_delivering_goes_out_again_with_the_same_id() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("portal.db");
    // The first request gets no answer: whoever made it is killed in the middle of it.
    let receiver = Receiver::start(|number| if number == 0 { None } else { status("200 OK") });
    let world = World::open(&path, &Given::default()).with_tenant();
    world.webhook("w-1", &receiver.url());
    world.post(&notice::renewal_due(&license("Initech"), 14, world.now()));
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::child", "--ignored", "--nocapture", "--test-threads=1"])
        .env(PATH, &path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let first = receiver.next();
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(world.deliver(Channel::Webhook), 0, "its claim still holds");
    world.later(60);
    assert_eq!(world.deliver(Channel::Webhook), 1);
    let second = receiver.next();
    assert_eq!((second.header("webhook-id"), &second.body), (first.header("webhook-id"), &first.body));
    let done = &world.deliveries()[0];
    assert_eq!((done.state, done.attempts), (DeliveryState::Done, 2));
}

#[test]
fn alt_19_of_two_processes_one_makes_each_delivery() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("portal.db");
    let receiver = Receiver::start(|_| status("200 OK"));
    let one = World::open(&path, &Given::default()).with_tenant();
    let other = World::open(&path, &Given::default());
    for hook in 0..5 {
        one.webhook(&format!("w-{hook}"), &receiver.url());
    }
    for days in 0..8 {
        one.post(&notice::renewal_due(&license("Initech"), days, one.now()));
    }
    let attempts: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = [&one, &other, &one, &other]
            .map(|world| scope.spawn(move || world.deliver(Channel::Webhook)))
            .into_iter()
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!((attempts, receiver.requests().len()), (40, 40));
    assert!(one.deliveries().iter().all(|it| it.state == DeliveryState::Done && it.attempts == 1));
}
