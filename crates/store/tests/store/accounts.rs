use handcarry_format::{Digest, Fingerprint, Source};
use handcarry_rules::{Account, Activation};

use crate::world::*;

fn account(world: &World, device: &'static str, fingerprint: Fingerprint) -> Account {
    let found =
        world.sees(move |tx| tx.account_for_request(ACME, &license_key(1), key(device).id(), &fingerprint));
    found.unwrap()
}

/// Saves so many activations of license `l`, each newer than the one before.
fn crowd(world: &World, count: i64, fingerprint: impl Fn(i64) -> Fingerprint + Send + 'static) {
    world.does(move |tx| {
        for number in 0..count {
            let mut other = activation(&format!("crowd-{number}"), &format!("crowd {number}"), 1000 + number);
            other.fingerprint = fingerprint(number);
            tx.save_activation(ACME, &id("l"), &other)?;
        }
        Ok(())
    });
}

fn own_hardware(number: i64) -> Fingerprint {
    fingerprint(&format!("crowd {number}"), &format!("crowd {number}"))
}

fn names(others: &[Activation]) -> Vec<&str> {
    others.iter().map(|other| other.id.as_str()).collect()
}

pub(crate) fn lsp_24_seats_are_counted_as_they_are_taken_and_given_back(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        let used = |tx: &mut dyn handcarry_store::Tx| {
            let account = tx.account_for_activation(ACME, &id("a-1"), None)?;
            Ok::<_, handcarry_store::StoreError>(account.unwrap().seats_used)
        };
        let (one, two) = (activation("a-1", "one", 1), activation("a-2", "two", 2));
        tx.save_activation(ACME, &id("l"), &one)?;
        assert_eq!(used(tx)?, 1);
        tx.save_activation(ACME, &id("l"), &one)?;
        assert_eq!(used(tx)?, 1, "saved again");
        tx.save_activation(ACME, &id("l"), &two)?;
        assert_eq!(used(tx)?, 2);
        tx.save_activation(ACME, &id("l"), &returned(one.clone(), 3))?;
        assert_eq!(used(tx)?, 1);
        tx.save_activation(ACME, &id("l"), &returned(one.clone(), 4))?;
        assert_eq!(used(tx)?, 1, "given back once");
        tx.save_activation(ACME, &id("l"), &one)?;
        assert_eq!(used(tx)?, 2);
        tx.save_activation(ACME, &id("l"), &returned(activation("a-3", "three", 5), 5))?;
        assert_eq!(used(tx)?, 2, "new, and given back already");
        let made = tx.account_for_activation(ACME, &id("a-1"), None)?.map(|account| account.made);
        assert_eq!(made, Some(3), "each device once");
        assert_eq!(tx.seat_differences(ACME)?, []);
        Ok(())
    });
}

pub(crate) fn hex_03_a_returned_activation_is_found_however_many_came_after(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.save_activation(ACME, &id("l"), &returned(activation("old", "old", 1), 2))
    });
    crowd(world, 150, own_hardware);
    let account = account(world, "new", fingerprint("new", "new"));
    assert_eq!(account.activation, None);
    assert_eq!(account.others.len(), 100);
    let found: Vec<_> = account.others.iter().filter(|other| !other.is_taken()).collect();
    assert_eq!(found, [&returned(activation("old", "old", 1), 2)]);
}

pub(crate) fn d_10_the_same_hardware_is_found_however_many_came_after(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.save_activation(ACME, &id("l"), &activation("old", "machine", 1))?;
        tx.save_activation(ACME, &id("l"), &returned(activation("older", "gone", 0), 2))
    });
    crowd(world, 150, own_hardware);
    for (hardware, expected) in [("machine", "old"), ("gone", "older")] {
        let account = account(world, "new", fingerprint(hardware, "installed anew"));
        assert!(names(&account.others).contains(&expected), "{hardware}");
        assert_eq!(account.others.len(), 100);
    }
    // What the device has now counts, not what it had.
    world.does(|tx| tx.save_activation(ACME, &id("l"), &activation("old", "repaired", 1)));
    let named = |hardware| names(&account(world, "new", fingerprint(hardware, "x")).others).contains(&"old");
    assert!(named("repaired"));
    assert!(!named("machine"));
}

pub(crate) fn d_10_a_part_that_all_share_does_not_crowd_out_the_machine(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.save_activation(ACME, &id("l"), &activation("old", "machine", 1))
    });
    // Two of three parts are those of the machine's whole model.
    crowd(world, 150, |number| Fingerprint {
        parts: vec![
            part("cpu", Source::Hardware, "the same in all"),
            part("board", Source::Hardware, &format!("crowd {number}")),
        ],
    });
    let account = account(world, "new", fingerprint("machine", "installed anew"));
    assert!(names(&account.others).contains(&"old"));
}

pub(crate) fn d_40_the_newest_fill_up_a_hundred(world: &World) {
    world.does(|tx| tx.insert_license(ACME, &license("l", 1)));
    crowd(world, 100, own_hardware);
    let others = account(world, "new", fingerprint("new", "new")).others;
    assert_eq!(others.len(), 100, "all of a hundred");
    assert!(others.is_sorted_by_key(|other| std::cmp::Reverse(other.activated_at)));
    let account = account(world, "crowd 99", fingerprint("crowd 99", "crowd 99"));
    assert_eq!(account.activation.unwrap().id, id("crowd-99"));
    assert_eq!(account.others.len(), 99, "its own is not among the others");
}

/// A license of so many seats: one machine that holds one, one that gave it back, and a crowd of 150.
fn large(world: &World, seats: u32) -> Vec<Activation> {
    world.does(move |tx| {
        let mut large = license("l", 1);
        large.seats.total = seats;
        tx.insert_license(ACME, &large)?;
        tx.save_activation(ACME, &id("l"), &activation("old", "machine", 1))?;
        tx.save_activation(ACME, &id("l"), &returned(activation("back", "back", 2), 3))
    });
    crowd(world, 150, own_hardware);
    account(world, "new", fingerprint("machine", "installed anew")).others
}

pub(crate) fn d_40_of_a_license_with_many_seats_enough_are_found(world: &World) {
    let others = large(world, 151);
    assert!(names(&others).contains(&"old"));
    assert!(names(&others).contains(&"back"));
    assert!(others.iter().filter(|other| other.is_taken()).count() > 20, "more than a refusal names");
    assert!(others.len() <= 100);
}

pub(crate) fn d_10_with_seats_left_only_those_are_found_that_a_decision_needs(world: &World) {
    assert_eq!(names(&large(world, 152)), ["back", "old"]);
}

pub(crate) fn the_devices_own_activation_is_the_taken_one(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.save_activation(ACME, &id("l"), &activation("taken", "one", 1))?;
        tx.save_activation(ACME, &id("l"), &returned(activation("back", "one", 5), 6))
    });
    let account = account(world, "one", fingerprint("one", "one"));
    assert_eq!(account.activation.unwrap().id, id("taken"));
    assert_eq!(names(&account.others), ["back"]);
}

pub(crate) fn lsp_28_the_first_document_with_a_number_is_found(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.save_activation(ACME, &id("l"), &activation("a-1", "one", 1))?;
        tx.file(ACME, &document("first", Some(3)))?;
        tx.file(ACME, &document("second", Some(3)))?;
        tx.file(ACME, &document("third", None))
    });
    let number = |report| {
        world.sees(move |tx| tx.account_for_activation(ACME, &id("a-1"), report)).unwrap().same_number
    };
    assert_eq!(number(Some(3)), Some(Digest::of(b"first")));
    assert_eq!(number(Some(4)), None);
    assert_eq!(number(None), None);
}

pub(crate) fn an_account_that_is_not_there_is_none(world: &World) {
    world.sees(|tx| {
        assert_eq!(tx.account_for_activation(ACME, &id("a-1"), Some(1))?, None);
        let print = fingerprint("one", "one");
        assert_eq!(tx.account_for_request(ACME, &license_key(1), key("one").id(), &print)?, None);
        Ok(())
    });
}
