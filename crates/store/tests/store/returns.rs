//! What staff took back, and what they asked for.

use handcarry_format::Id;
use handcarry_rules::{
    Activation, ActivationState, Reason, ReasonCode, Retired, Retirement, SeatRelease, StaffAction,
};
use handcarry_store::{Decided, Page, StaffRecord, StaffState, StoreError};

use crate::world::*;

fn retired(activation: Activation, how: Retired, seat: SeatRelease, seconds: i64) -> Activation {
    let state = ActivationState::Retired(Retirement { at: at(seconds), how, seat, proven: None });
    Activation { state, ..activation }
}

fn proven(activation: Activation, seconds: i64) -> Activation {
    let ActivationState::Retired(retirement) = activation.state else { panic!("not retired") };
    let state = ActivationState::Retired(Retirement { proven: Some(at(seconds)), ..retirement });
    Activation { state, ..activation }
}

fn record(name: &str, activation: &str) -> StaffRecord {
    StaffRecord {
        id: id(name),
        action: StaffAction::DeclareLost,
        license: id("l"),
        activation: id(activation),
        reason: Some(Reason { code: ReasonCode::Stolen, text: "out of the car".to_owned() }),
        by: "cli:mara".to_owned(),
        at: at(10),
        trace: "k/1/2".to_owned(),
        waits: Some("approval.loss".to_owned()),
        due: Some(at(100)),
        state: StaffState::Waiting,
        decided: None,
    }
}

pub(crate) fn hex_06_a_retired_activation_comes_back_as_it_was_written(world: &World) {
    world.does(|tx| tx.insert_license(ACME, &license("l", 1)));
    let seats = [SeatRelease::AtOnce, SeatRelease::WhenProven, SeatRelease::From(at(77))];
    for (n, how) in [Retired::Returned, Retired::Rehosted, Retired::Lost].into_iter().enumerate() {
        for (m, seat) in seats.into_iter().enumerate() {
            let name = format!("a-{n}-{m}");
            let taken = activation(&name, &name, 5);
            let gone = retired(taken.clone(), how, seat, 50);
            let late = proven(gone.clone(), 90);
            // Returned before it was retired: the proof is the older of the two (HEX-10).
            let before = proven(gone.clone(), 40);
            for written in [taken, gone, late, before] {
                world.does(move |tx| {
                    tx.save_activation(ACME, &id("l"), &written)?;
                    let account = tx.account_for_activation(ACME, &written.id, None)?.unwrap();
                    assert_eq!(account.activation, Some(written.clone()));
                    Ok(())
                });
            }
        }
    }
    assert_eq!(world.sees(|tx| tx.seat_differences(ACME)), []);
}

pub(crate) fn d_26_seats_are_counted_as_they_are_released_and_proven(world: &World) {
    let account = |world: &World| world.sees(|tx| tx.account_for_activation(ACME, &id("a-1"), None)).unwrap();
    let save = |world: &World, activation: &Activation| {
        let activation = activation.clone();
        world.does(move |tx| tx.save_activation(ACME, &id("l"), &activation));
        assert_eq!(world.sees(|tx| tx.seat_differences(ACME)), [], "what is kept is what is counted");
    };
    world.does(|tx| tx.insert_license(ACME, &license("l", 1)));
    let a = [1, 2, 3, 4].map(|n| activation(&format!("a-{n}"), &format!("d{n}"), n));
    a.iter().for_each(|activation| save(world, activation));
    assert_eq!((account(world).seats_used, account(world).made), (4, 4));

    let at_once = retired(a[0].clone(), Retired::Rehosted, SeatRelease::AtOnce, 50);
    save(world, &at_once);
    assert_eq!((account(world).seats_used, account(world).made), (3, 3));
    let waiting = retired(a[1].clone(), Retired::Rehosted, SeatRelease::WhenProven, 50);
    save(world, &waiting);
    assert_eq!((account(world).seats_used, account(world).made), (3, 2));
    let timed = retired(a[2].clone(), Retired::Returned, SeatRelease::From(at(80)), 50);
    save(world, &timed);
    let now = account(world);
    assert_eq!((now.seats_used, now.made, now.releases.clone()), (2, 1, vec![at(80)]));
    assert_eq!((now.seats_in_use(at(79)), now.seats_in_use(at(80))), (3, 2));

    for (late, used, releases) in [(at_once, 2, vec![at(80)]), (waiting, 1, vec![at(80)]), (timed, 1, vec![])]
    {
        save(world, &proven(late, 60));
        assert_eq!((account(world).seats_used, account(world).releases), (used, releases));
    }
    assert_eq!(account(world).made, 1);
}

pub(crate) fn hex_06_a_retired_activation_is_found_by_no_request(world: &World) {
    let ask = |world: &World, device: &'static str| {
        let print = fingerprint(device, device);
        world.sees(move |tx| tx.account_for_request(ACME, &license_key(1), key(device).id(), &print)).unwrap()
    };
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.save_activation(ACME, &id("l"), &activation("a-1", "one", 1))?;
        tx.save_activation(ACME, &id("l"), &activation("a-2", "two", 2))
    });
    assert_eq!(ask(world, "one").activation.map(|own| own.id), Some(id("a-1")));
    assert_eq!(ask(world, "one").others.len(), 1);
    let gone = retired(activation("a-1", "one", 1), Retired::Returned, SeatRelease::AtOnce, 50);
    world.does(move |tx| tx.save_activation(ACME, &id("l"), &gone));
    assert_eq!(ask(world, "one").activation, None);
    let of = |account: handcarry_rules::Account| -> Vec<Id> {
        account.others.into_iter().map(|other| other.id).collect()
    };
    assert_eq!(of(ask(world, "one")), [id("a-2")], "nor by its hardware");
    // A new id for the same device, and the old one stays where it is.
    world.does(|tx| tx.save_activation(ACME, &id("l"), &activation("a-3", "one", 3)));
    assert_eq!(ask(world, "one").activation.map(|own| own.id), Some(id("a-3")));
    assert_eq!(world.sees(|tx| tx.activations(ACME, &id("l"), &ALL)).len(), 3);
}

pub(crate) fn hex_rehost_those_of_a_year_are_counted_without_those_that_were_proven(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        let kinds = [Retired::Rehosted, Retired::Lost, Retired::Returned, Retired::Rehosted];
        for (n, how) in kinds.into_iter().enumerate() {
            let name = format!("a-{n}");
            let gone = retired(activation(&name, &name, 1), how, SeatRelease::AtOnce, 50 + n as i64);
            tx.save_activation(ACME, &id("l"), &gone)?;
        }
        let late = retired(activation("late", "late", 1), Retired::Rehosted, SeatRelease::AtOnce, 60);
        tx.save_activation(ACME, &id("l"), &proven(late, 70))?;
        assert_eq!(tx.rehosts_since(ACME, at(0))?, 3);
        assert_eq!(tx.rehosts_since(ACME, at(50))?, 2, "a year ago to the second counts no more");
        assert_eq!(tx.rehosts_since(ACME, at(53))?, 0);
        assert_eq!(tx.rehosts_since(OTHER, at(0))?, 0);
        Ok(())
    });
}

pub(crate) fn d_28_what_staff_ask_for_is_kept_and_decided_once(world: &World) {
    let waiting = record("s-1", "a-1");
    let done = StaffRecord {
        action: StaffAction::Retire,
        reason: None,
        waits: None,
        due: None,
        state: StaffState::Done,
        ..record("s-2", "a-2")
    };
    let (first, second) = (waiting.clone(), done.clone());
    world.does(move |tx| {
        let (waiting, done) = (&first, &second);
        let one = std::slice::from_ref(waiting);
        tx.insert_staff_record(ACME, waiting)?;
        tx.insert_staff_record(ACME, done)?;
        assert_eq!(tx.insert_staff_record(ACME, waiting), Err(StoreError::Taken("the action's id")));
        assert_eq!(tx.staff_record(ACME, &id("s-2"))?, Some(done.clone()));
        assert_eq!(tx.staff_record(OTHER, &id("s-2"))?, None);
        assert_eq!(tx.waiting_for(ACME, &id("a-1"))?, one);
        assert_eq!((tx.waiting_for(ACME, &id("a-2"))?, tx.waiting_for(OTHER, &id("a-1"))?), (vec![], vec![]));
        assert_eq!(tx.due_staff_records(ACME, at(99), 9)?, []);
        assert_eq!(tx.due_staff_records(ACME, at(100), 9)?, one);
        assert_eq!(tx.due_staff_records(OTHER, at(100), 9)?, []);
        assert_eq!((tx.next_staff_due(ACME)?, tx.next_staff_due(OTHER)?), (Some(at(100)), None));
        Ok(())
    });
    let decided = StaffRecord {
        state: StaffState::Refused,
        decided: Some(Decided { by: Some("cli:jon".to_owned()), at: at(55), remark: "found".to_owned() }),
        ..waiting.clone()
    };
    world.does(move |tx| {
        assert_eq!(tx.update_staff_record(OTHER, &decided), Err(StoreError::Missing("the action")));
        tx.update_staff_record(ACME, &decided)?;
        assert_eq!(tx.update_staff_record(ACME, &waiting), Err(StoreError::Stale("action")));
        assert_eq!(tx.staff_record(ACME, &id("s-1"))?, Some(decided.clone()));
        let page = |after: Option<i64>, limit| Page { after: after.map(|seq| seq.to_string()), limit };
        let all = tx.staff_records(ACME, None, &page(None, 10))?;
        assert_eq!(
            all.iter().map(|it| it.record.clone()).collect::<Vec<_>>(),
            [decided.clone(), done.clone()]
        );
        let first = tx.staff_records(ACME, None, &page(None, 1))?;
        let second = tx.staff_records(ACME, None, &page(Some(first[0].seq), 1))?;
        assert_eq!([first, second].concat(), all);
        assert_eq!(tx.staff_records(ACME, Some(StaffState::Done), &page(None, 10))?[0].record, done);
        assert_eq!(tx.staff_records(ACME, Some(StaffState::Waiting), &page(None, 10))?, []);
        assert_eq!(tx.staff_records(OTHER, None, &page(None, 10))?, []);
        assert_eq!(tx.next_staff_due(ACME)?, None);
        Ok(())
    });
}

pub(crate) fn hex_late_proof_closes_the_orphans_cases_and_no_others(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.save_activation(ACME, &id("l"), &activation("a-1", "one", 1))?;
        tx.open_case(ACME, &case("c-1", "orphan", "d-1"))?;
        tx.open_case(ACME, &case("c-2", "zombie", "d-1"))?;
        tx.close_orphan_cases(OTHER, &id("a-1"), at(5))?;
        tx.close_orphan_cases(ACME, &id("a-2"), at(5))?;
        assert_eq!(tx.cases(ACME, &ALL)?.len(), 2);
        tx.close_orphan_cases(ACME, &id("a-1"), at(5))?;
        let left: Vec<_> = tx.cases(ACME, &ALL)?.into_iter().map(|it| it.case.id).collect();
        assert_eq!(left, [id("c-2")]);
        Ok(())
    });
}
