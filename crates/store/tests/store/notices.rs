use handcarry_format::{Id, Instant};
use handcarry_store::tx::Progress;
use handcarry_store::{
    Audience, Channel, Claim, DeliveryFilter, DeliveryState, MessageFilter, NewMessage, Page, Settled,
    StoreError, Tx, Webhook,
};

use crate::world::*;

fn at(seconds: i64) -> Instant {
    Instant::from_unix(1_800_000_000 + seconds).unwrap()
}

fn message(name: &str) -> NewMessage {
    NewMessage {
        id: id(name),
        key: format!("license.blocked/{name}"),
        code: "license.blocked".to_owned(),
        license: Some(id("l")),
        activation: None,
        facts: r#"{"reason":"ended"}"#.to_owned(),
        at: at(0),
        audience: vec![Audience::Administrator, Audience::Holder],
    }
}

fn webhook(name: &str) -> Webhook {
    Webhook {
        id: id(name),
        url: "https://hooks.acme.example/".to_owned(),
        secret: "whsec_c2VjcmV0".to_owned(),
        codes: Some(vec!["license.blocked".to_owned(), "renewal.due".to_owned()]),
        created_at: at(0),
    }
}

/// Posts a message and addresses it to some webhooks.
fn addressed(tx: &mut dyn Tx, name: &str, targets: &[&str]) -> Result<(), StoreError> {
    tx.post_message(ACME, &message(name))?;
    let seq = tx.message(ACME, &id(name))?.unwrap().seq;
    let to: Vec<_> = targets.iter().map(|target| (Channel::Webhook, (*target).to_owned())).collect();
    tx.address(ACME, seq, &to, at(0))
}

fn only_due(world: &World, now: Instant) -> Option<i64> {
    let due = world.sees(move |tx| tx.due_deliveries(Channel::Webhook, now));
    assert!(due.len() <= 1, "{due:?}");
    due.first().map(|due| due.seq)
}

fn claim(world: &World, seq: i64, now: i64, until: i64) -> Option<Claim> {
    let claimed = world.write_blocking(move |tx| tx.claim_delivery(ACME, seq, at(now), at(until)));
    claimed.unwrap_or_else(|error: StoreError| panic!("{error}"))
}

fn settle(world: &World, claim: &Claim, settled: Settled, now: i64) {
    let (seq, attempt) = (claim.seq, claim.attempt);
    world.does(move |tx| tx.settle_delivery(ACME, seq, attempt, &settled, at(now)));
}

pub(crate) fn alt_19_a_message_is_posted_once(world: &World) {
    world.does(|tx| {
        assert!(tx.post_message(ACME, &message("one"))?);
        // Whatever else it says: the key tells what it is about.
        let again = NewMessage { id: id("two"), facts: "{}".to_owned(), ..message("one") };
        assert!(!tx.post_message(ACME, &again)?);
        let taken = NewMessage { key: "another".to_owned(), ..message("one") };
        assert_eq!(tx.post_message(ACME, &taken), Err(StoreError::Taken("the message's id")));
        Ok(())
    });
    world.sees(|tx| {
        let all = tx.messages(ACME, &MessageFilter::default(), &ALL)?;
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].message, message("one"));
        assert_eq!(tx.message(ACME, &id("one"))?.as_ref(), all.first());
        assert_eq!(tx.message(ACME, &id("two"))?, None);
        Ok(())
    });
}

pub(crate) fn messages_page_by_place_and_are_filtered(world: &World) {
    world.does(|tx| {
        for name in ["a", "b", "c"] {
            tx.post_message(ACME, &message(name))?;
        }
        let other = NewMessage { license: None, code: "case.opened".to_owned(), ..message("d") };
        tx.post_message(ACME, &other).map(drop)
    });
    let names = |filter: MessageFilter, page: Page| {
        world.sees(move |tx| tx.messages(ACME, &filter, &page)).into_iter().map(|it| it.message.id).collect()
    };
    let all: Vec<Id> = names(MessageFilter::default(), ALL);
    assert_eq!(all, ["a", "b", "c", "d"].map(id));
    let first = world.sees(|tx| tx.messages(ACME, &MessageFilter::default(), &ALL))[0].seq;
    let page = Page { after: Some(first.to_string()), limit: 2 };
    let next: Vec<Id> = names(MessageFilter::default(), page);
    assert_eq!(next, ["b", "c"].map(id));
    let of: Vec<Id> = names(MessageFilter { license: Some(id("l")), code: None }, ALL);
    assert_eq!(of, ["a", "b", "c"].map(id));
    let of: Vec<Id> = names(MessageFilter { license: None, code: Some("case.opened".to_owned()) }, ALL);
    assert_eq!(of, [id("d")]);
    let of: Vec<Id> =
        names(MessageFilter { license: Some(id("l")), code: Some("case.opened".to_owned()) }, ALL);
    assert!(of.is_empty());
}

pub(crate) fn what_a_job_has_done_comes_back_as_it_was_noted(world: &World) {
    let begun = Progress { done_until: at(0), part: None, failures: 0, failed: None };
    let failed = Progress {
        done_until: at(60),
        part: Some((at(120), "l-17".to_owned())),
        failures: 3,
        failed: Some((at(130), "the disk is full".to_owned())),
    };
    let (one, other) = (begun.clone(), failed.clone());
    world.does(move |tx| {
        assert_eq!(tx.progress(ACME, "midnight")?, None);
        tx.note_progress(ACME, "midnight", &one)?;
        tx.note_progress(ACME, "hour", &one)?;
        assert_eq!(tx.progress(ACME, "midnight")?.as_ref(), Some(&one));
        tx.note_progress(ACME, "midnight", &other)
    });
    let all = world.sees(|tx| tx.progresses(ACME));
    assert_eq!(all, [("hour".to_owned(), begun), ("midnight".to_owned(), failed)]);
}

pub(crate) fn webhooks_come_back_and_go(world: &World) {
    let every = Webhook { codes: None, ..webhook("w-2") };
    let expected = [webhook("w-1"), every.clone()];
    world.does(move |tx| {
        tx.insert_webhook(ACME, &webhook("w-1"))?;
        tx.insert_webhook(ACME, &every)?;
        let taken = tx.insert_webhook(ACME, &every);
        assert_eq!(taken, Err(StoreError::Taken("the webhook's id")));
        Ok(())
    });
    assert_eq!(world.sees(|tx| tx.webhooks(ACME)), expected);
    world.does(|tx| {
        assert!(tx.delete_webhook(ACME, &id("w-1"))?);
        assert!(!tx.delete_webhook(ACME, &id("w-1"))?);
        assert_eq!(tx.webhook(ACME, &id("w-1"))?, None);
        assert!(tx.webhook(ACME, &id("w-2"))?.is_some());
        Ok(())
    });
    assert!(!format!("{:?}", webhook("w-1")).contains("c2VjcmV0"), "a secret is not printed");
}

pub(crate) fn a_message_is_addressed_once(world: &World) {
    world.does(|tx| tx.post_message(ACME, &message("one")).map(drop));
    world.does(|tx| {
        assert_eq!(tx.tenants_to_address()?, [ACME]);
        let waiting = tx.messages_to_address(ACME, 10)?;
        assert_eq!(waiting.len(), 1);
        let to = [(Channel::Mail, "a@x.example".to_owned()), (Channel::Webhook, "w-1".to_owned())];
        tx.address(ACME, waiting[0].seq, &to, at(0))?;
        // Somebody who saw it before that.
        tx.address(ACME, waiting[0].seq, &[(Channel::Mail, "b@x.example".to_owned())], at(0))?;
        assert_eq!(tx.messages_to_address(ACME, 10)?, []);
        assert_eq!(tx.tenants_to_address()?, []);
        assert_eq!(tx.count_deliveries(ACME, DeliveryState::Waiting)?, 2);
        Ok(())
    });
}

pub(crate) fn of_many_at_once_exactly_one_claims_a_delivery(world: &World) {
    world.does(|tx| addressed(tx, "one", &["w-1"]));
    let seq = only_due(world, at(0)).unwrap();
    let claimed: usize = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..16).map(|_| scope.spawn(move || usize::from(claim(world, seq, 0, 60).is_some()))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(claimed, 1);
}

pub(crate) fn a_claim_that_ends_is_due_again_and_settles_nothing_but_success(world: &World) {
    world.does(|tx| addressed(tx, "one", &["w-1"]));
    let seq = only_due(world, at(0)).unwrap();
    let first = claim(world, seq, 0, 60).unwrap();
    assert_eq!((first.attempt, first.target.as_str(), &first.message.message), (1, "w-1", &message("one")));
    assert_eq!(only_due(world, at(59)), None);
    assert_eq!(claim(world, seq, 59, 90), None);
    // Its process is gone: the same message is tried again.
    assert_eq!(only_due(world, at(60)), Some(seq));
    let second = claim(world, seq, 60, 120).unwrap();
    assert_eq!((second.attempt, &second.message), (2, &first.message));
    // It was not gone, only slow.
    settle(world, &first, Settled::Dead { error: "slow".to_owned() }, 70);
    settle(world, &first, Settled::Again { at: at(71), error: "slow".to_owned() }, 70);
    assert_eq!(only_due(world, at(71)), None, "the second claim holds");
    settle(world, &second, Settled::Again { at: at(80), error: "503".to_owned() }, 72);
    assert_eq!(only_due(world, at(80)), Some(seq));
    // The other side took it after all.
    settle(world, &first, Settled::Done, 81);
    assert_eq!(only_due(world, at(1_000)), None);
    let third = Claim { attempt: 2, ..second };
    settle(world, &third, Settled::Dead { error: "late".to_owned() }, 90);
    let all = world.sees(|tx| tx.deliveries(ACME, &DeliveryFilter::default(), &ALL));
    assert_eq!((all[0].state, all[0].ended_at, &all[0].error), (DeliveryState::Done, Some(at(81)), &None));
}

pub(crate) fn each_target_has_its_oldest_delivery_due(world: &World) {
    world.does(|tx| {
        addressed(tx, "one", &["w-1", "w-2"])?;
        addressed(tx, "two", &["w-2", "w-3"])
    });
    let due = world.sees(|tx| tx.due_deliveries(Channel::Webhook, at(0)));
    let targets: Vec<&str> = due.iter().map(|due| due.target.as_str()).collect();
    assert_eq!(targets, ["w-1", "w-2", "w-3"]);
    let first = claim(world, due[1].seq, 0, 60).unwrap();
    assert_eq!(first.message.message.id, id("one"));
    let next = world.sees(|tx| tx.due_deliveries(Channel::Webhook, at(0)));
    assert!(next.iter().any(|it| it.target == "w-2" && it.seq > due[1].seq));
    assert_eq!(world.sees(|tx| tx.due_deliveries(Channel::Mail, at(0))), []);
}

pub(crate) fn deliveries_are_listed_and_counted(world: &World) {
    world.does(|tx| addressed(tx, "one", &["w-1", "w-2"]));
    let seq = world.sees(|tx| tx.due_deliveries(Channel::Webhook, at(0)))[0].seq;
    let first = claim(world, seq, 0, 60).unwrap();
    settle(world, &first, Settled::Dead { error: "answered 410".to_owned() }, 5);
    let listed = |state, target: Option<&str>| {
        let filter = DeliveryFilter { state, target: target.map(str::to_owned) };
        world.sees(move |tx| tx.deliveries(ACME, &filter, &ALL))
    };
    let dead = listed(Some(DeliveryState::Dead), None);
    assert_eq!(dead.len(), 1);
    assert_eq!((&dead[0].message, dead[0].code.as_str()), (&id("one"), "license.blocked"));
    assert_eq!((dead[0].attempts, dead[0].error.as_deref()), (1, Some("answered 410")));
    assert_eq!(listed(None, Some("w-2")).len(), 1);
    assert_eq!(listed(None, None).len(), 2);
    assert_eq!(listed(Some(DeliveryState::Done), None), []);
    world.sees(|tx| {
        assert_eq!(tx.count_deliveries(ACME, DeliveryState::Dead)?, 1);
        assert_eq!(tx.count_deliveries(ACME, DeliveryState::Done)?, 0);
        Ok(())
    });
}

pub(crate) fn another_tenant_sees_no_notices(world: &World) {
    let begun = Progress { done_until: at(0), part: None, failures: 0, failed: None };
    let noted = begun.clone();
    world.does(move |tx| {
        addressed(tx, "one", &["w-1"])?;
        tx.insert_webhook(ACME, &webhook("w-1"))?;
        tx.note_progress(ACME, "midnight", &noted)
    });
    let seq = only_due(world, at(0)).unwrap();
    world.does(move |tx| {
        assert_eq!(tx.messages(OTHER, &MessageFilter::default(), &ALL)?, []);
        assert_eq!(tx.message(OTHER, &id("one"))?, None);
        assert_eq!(tx.webhooks(OTHER)?, []);
        assert_eq!(tx.webhook(OTHER, &id("w-1"))?, None);
        assert!(!tx.delete_webhook(OTHER, &id("w-1"))?);
        assert_eq!(tx.deliveries(OTHER, &DeliveryFilter::default(), &ALL)?, []);
        assert_eq!(tx.claim_delivery(OTHER, seq, at(0), at(60))?, None);
        tx.settle_delivery(OTHER, seq, 0, &Settled::Done, at(0))?;
        assert_eq!(tx.progress(OTHER, "midnight")?, None);
        assert_eq!(tx.progresses(OTHER)?, []);
        // Both may say the same.
        assert!(tx.post_message(OTHER, &message("one"))?);
        assert_eq!(tx.count_deliveries(OTHER, DeliveryState::Waiting)?, 0);
        let foreign = tx.message(ACME, &id("one"))?.unwrap().seq;
        tx.address(OTHER, foreign, &[(Channel::Mail, "x".to_owned())], at(0))?;
        assert_eq!(tx.count_deliveries(OTHER, DeliveryState::Waiting)?, 0);
        Ok(())
    });
    assert_eq!(world.sees(|tx| tx.progress(ACME, "midnight")), Some(begun));
    assert_eq!(only_due(world, at(0)), Some(seq), "nothing of the first tenant has changed");
}
