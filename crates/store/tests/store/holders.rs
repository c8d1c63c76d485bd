//! Customers, users' seats, transfers, what devices and sources say.

use std::sync::Arc;

use handcarry_format::Model;
use handcarry_rules::Entitlement;
use handcarry_rules::holder::{Connected, CustomerRecord, UserSeat, UserSeats, connect};
use handcarry_rules::pool::Reason;
use handcarry_store::{
    Customer, CustomerFilter, DeviceWord, Page, PoolEntry, ReadingState, SeatCounts, SeatReading, SeatUser,
    StoreError, Transfer,
};

use crate::world::*;

fn customer(name: &str) -> Customer {
    let record = CustomerRecord {
        id: id(name),
        name: format!("Jo {name}"),
        company: Some("50 % Söhne_GmbH".to_owned()),
        email: Some(format!("{name}@Berg.example")),
        address: Some("Hafenstraße 4\n28195 Bremen".to_owned()),
        references: vec![format!("ERP {name}"), "D-104".to_owned()],
    };
    Customer { record, created_at: at(5), revision: 1 }
}

pub(crate) fn ice_01_a_customer_comes_back_as_it_was_written(world: &World) {
    world.does(|tx| {
        tx.insert_customer(ACME, &customer("berg"))?;
        assert_eq!(tx.insert_customer(ACME, &customer("berg")), Err(StoreError::Taken("the customer's id")));
        tx.insert_customer(OTHER, &customer("berg"))?;
        let record = CustomerRecord {
            email: None,
            company: None,
            address: None,
            references: vec![],
            ..customer("berg").record
        };
        let changed = Customer { record, revision: 2, ..customer("berg") };
        tx.update_customer(ACME, &changed)?;
        assert_eq!(tx.update_customer(ACME, &changed), Err(StoreError::Stale("customer")));
        let nobody = Customer { revision: 9, ..customer("nobody") };
        assert_eq!(tx.update_customer(ACME, &nobody), Err(StoreError::Missing("the customer")));
        assert_eq!(tx.customer(ACME, &id("berg"))?, Some(changed));
        assert_eq!(tx.customer(OTHER, &id("berg"))?, Some(customer("berg")));
        Ok(())
    });
}

pub(crate) fn ice_01_customers_are_found_by_any_part_of_them(world: &World) {
    world.does(|tx| {
        for name in ["ada", "bob", "carl"] {
            tx.insert_customer(ACME, &customer(name))?;
        }
        tx.insert_customer(OTHER, &customer("ada"))
    });
    let found = |filter: CustomerFilter| {
        let all = world.sees(move |tx| tx.customers(ACME, &filter, &ALL));
        all.into_iter().map(|it| it.record.id.to_string()).collect::<Vec<_>>()
    };
    let search = |text: &str| found(CustomerFilter { search: Some(text.into()), ..Default::default() });
    assert_eq!(found(CustomerFilter::default()), ["ada", "bob", "carl"]);
    assert_eq!(search("JO B"), ["bob"]);
    assert_eq!(search("28195"), ["ada", "bob", "carl"]);
    assert_eq!(search("söhne"), ["ada", "bob", "carl"]);
    assert_eq!(search("50 % S"), ["ada", "bob", "carl"], "no pattern");
    assert_eq!(search("e_g"), ["ada", "bob", "carl"]);
    for nothing in ["%x", "5_ %", "e!g", "smith"] {
        assert!(search(nothing).is_empty(), "{nothing}");
    }
    let email = |text: &str| found(CustomerFilter { email: Some(text.into()), ..Default::default() });
    assert_eq!(email("BOB@berg.example"), ["bob"]);
    assert!(email("bob@berg").is_empty() && email("ob@berg.example").is_empty(), "the whole of it");
    let reference = |text: &str| found(CustomerFilter { reference: Some(text.into()), ..Default::default() });
    assert_eq!((reference("erp carl"), reference("D-104").len()), (vec!["carl".to_owned()], 3));
    let both = CustomerFilter {
        search: Some("jo".into()),
        email: Some("ada@berg.example".into()),
        reference: Some("ERP bob".into()),
    };
    assert!(found(both).is_empty(), "all of it must fit");
    let second = world.sees(|tx| tx.customers(ACME, &CustomerFilter::default(), &page("ada", 1)));
    assert_eq!(second, [customer("bob")]);
}

pub(crate) fn ice_01_a_customer_whom_a_license_names_is_not_deleted(world: &World) {
    world.does(|tx| {
        tx.insert_customer(ACME, &customer("berg"))?;
        tx.insert_customer(ACME, &customer("free"))?;
        tx.insert_license(ACME, &Entitlement { customer_id: Some(id("berg")), ..license("l", 1) })?;
        assert!(
            tx.customer_has_licenses(ACME, &id("berg"))? && !tx.customer_has_licenses(ACME, &id("free"))?
        );
        assert!(!tx.customer_has_licenses(OTHER, &id("berg"))?);
        assert_eq!(tx.licenses_of_customer(ACME, &id("berg"), 9)?, [id("l")]);
        assert!(tx.licenses_of_customer(OTHER, &id("berg"), 9)?.is_empty());
        assert!(!tx.delete_customer(ACME, &id("berg"))? && !tx.delete_customer(OTHER, &id("free"))?);
        assert!(tx.delete_customer(ACME, &id("free"))? && !tx.delete_customer(ACME, &id("free"))?);
        assert!(tx.customer(ACME, &id("berg"))?.is_some());
        Ok(())
    });
}

pub(crate) fn ice_02_licenses_of_an_order_are_found_with_what_became_of_them(world: &World) {
    let sold = |name, number, order: &str| {
        let customer = handcarry_format::Customer { name: "Berg".into(), order: Some(order.into()) };
        Entitlement { customer: Some(customer), customer_id: Some(id("berg")), ..license(name, number) }
    };
    let entry = |in_pool, reason| PoolEntry { in_pool, reason, ..PoolEntry::new(at(1)) };
    let licenses = [sold("a", 1, "PO-1"), sold("b", 2, "PO-1"), sold("c", 3, "PO-1"), sold("d", 4, "PO-10")];
    let found = world.does(move |tx| {
        for license in &licenses {
            tx.insert_license(ACME, license)?;
        }
        tx.put_pool_entry(ACME, &id("b"), &entry(false, None))?;
        tx.put_pool_entry(ACME, &id("c"), &entry(true, Some(Reason::Refused { reason: "over_use".into() })))?;
        assert!(tx.licenses_of_order(OTHER, "PO-1", 9)?.is_empty());
        assert_eq!(tx.licenses_of_order(ACME, "PO-1", 2)?.len(), 2);
        tx.licenses_of_order(ACME, "PO-1", 9)
    });
    let said: Vec<_> = found.iter().map(|it| (it.in_pool, it.refused)).collect();
    assert_eq!(said, [(true, false), (false, false), (true, true)]);
    assert_eq!((&found[0].customer_id, found[0].customer.as_deref()), (&Some(id("berg")), Some("Berg")));
}

fn user(name: &str, full: bool, trial: Option<i64>) -> SeatUser {
    let seat = UserSeat { user: name.into(), first_access: at(10), full, trial_since: trial.map(at) };
    SeatUser { seat, last_access: at(20) }
}

pub(crate) fn ice_12_13_users_of_a_license_come_back_and_are_counted(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.insert_license(ACME, &license("m", 2))?;
        let day = 86_400;
        for it in
            [user("anna", true, None), user("bert", false, Some(100)), user("carl", false, Some(5 * day))]
        {
            tx.save_seat_user(ACME, &id("l"), &it)?;
        }
        // Its seat was freed; it has had no trial.
        tx.save_seat_user(ACME, &id("l"), &user("dora", false, None))?;
        tx.save_seat_user(ACME, &id("m"), &user("anna", true, None))?;
        let counts = |tx: &mut dyn handcarry_store::Tx, seconds| tx.seat_counts(ACME, &id("l"), at(seconds));
        let end = 100 + 14 * day;
        assert_eq!(counts(tx, end - 1)?, SeatCounts { full: 1, trial: 2, ended: 0 });
        assert_eq!(counts(tx, end)?, SeatCounts { full: 1, trial: 1, ended: 1 });
        assert_eq!(tx.seat_figures(ACME, &id("l"), at(end))?.unwrap().users, counts(tx, end)?);
        assert_eq!(tx.seat_user(ACME, &id("l"), "bert")?, Some(user("bert", false, Some(100))));
        assert_eq!(tx.seat_user(ACME, &id("m"), "bert")?, None);
        assert_eq!(tx.seat_users(ACME, &id("l"), &page("anna", 1))?, [user("bert", false, Some(100))]);
        // The first access stays what it was.
        let mut later = user("anna", false, Some(50));
        (later.seat.first_access, later.last_access) = (at(40), at(50));
        tx.save_seat_user(ACME, &id("l"), &later)?;
        later.seat.first_access = at(10);
        assert_eq!(tx.seat_user(ACME, &id("l"), "anna")?, Some(later));
        let foreign = tx.save_seat_user(OTHER, &id("l"), &user("anna", true, None));
        assert_eq!(foreign, Err(StoreError::Missing("the license")));
        Ok(())
    });
}

pub(crate) fn ice_12_of_many_users_at_once_one_gets_the_last_seat(world: &World) {
    world.does(|tx| tx.insert_license(ACME, &license("l", 1)));
    let store = Arc::new(world.store.clone());
    let threads: Vec<_> = (0..8)
        .map(|n| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                let name = format!("user {n}");
                store.write_blocking::<_, StoreError, _>(move |tx| {
                    let taken = tx.seat_counts(ACME, &id("l"), at(5))?.full;
                    let terms = UserSeats { seats: 3, trials: false };
                    let (connected, seat) = connect(terms, taken, None, &name, at(5));
                    if let Some(seat) = seat {
                        tx.save_seat_user(ACME, &id("l"), &SeatUser { seat, last_access: at(5) })?;
                    }
                    Ok(connected)
                })
            })
        })
        .collect();
    let got: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect();
    assert_eq!(got.iter().filter(|it| **it == Connected::Full).count(), 3);
    assert_eq!(world.sees(|tx| tx.seat_counts(ACME, &id("l"), at(5))).full, 3);
}

pub(crate) fn ice_14_licenses_that_may_be_over_the_limit_are_found(world: &World) {
    world.does(|tx| {
        for (name, number) in [("all-full", 1), ("beyond", 2), ("freed", 3), ("trial", 4), ("unused", 5)] {
            let one_seat = Entitlement { model: Model::Concurrent(1), ..license(name, number) };
            tx.insert_license(ACME, &one_seat)?;
        }
        tx.save_seat_user(ACME, &id("all-full"), &user("anna", true, None))?;
        for name in ["anna", "bert"] {
            tx.save_seat_user(ACME, &id("beyond"), &user(name, true, None))?;
        }
        tx.save_seat_user(ACME, &id("freed"), &user("anna", false, None))?;
        tx.save_seat_user(ACME, &id("trial"), &user("anna", false, Some(1)))?;
        assert_eq!(tx.licenses_to_compare(ACME, "", 9)?, [id("beyond"), id("trial")]);
        assert_eq!(tx.licenses_to_compare(ACME, "beyond", 9)?, [id("trial")]);
        assert_eq!(tx.licenses_to_compare(ACME, "", 1)?, [id("beyond")]);
        assert!(tx.licenses_to_compare(OTHER, "", 9)?.is_empty());
        Ok(())
    });
}

pub(crate) fn ice_10_licenses_whose_maintenance_ends_in_some_days_are_found(world: &World) {
    let day = |text: &str| text.parse().unwrap();
    world.does(move |tx| {
        for (name, number, end) in
            [("a", 1, Some("2026-12-30")), ("b", 2, Some("2026-12-31")), ("c", 3, None)]
        {
            tx.insert_license(ACME, &Entitlement { maintenance_end: end.map(day), ..license(name, number) })?;
        }
        let mut found =
            |first, last, page: &Page| tx.licenses_by_maintenance(ACME, day(first), day(last), page);
        assert_eq!(found("2026-12-30", "2026-12-31", &ALL)?, [id("a"), id("b")]);
        assert_eq!(found("2026-12-31", "2027-01-31", &ALL)?, [id("b")]);
        assert_eq!(found("2026-12-30", "2026-12-31", &page("a", 5))?, [id("b")]);
        assert!(found("2027-01-01", "2027-01-31", &ALL)?.is_empty());
        Ok(())
    });
}

pub(crate) fn ice_25_transfers_come_back_with_what_was_said_for_them(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        let transfer = |seconds, said: Option<&str>| Transfer {
            activation: id("a"),
            at: at(seconds),
            justification: said.map(str::to_owned),
        };
        for it in [transfer(30, Some("it burned")), transfer(10, None), transfer(20, None)] {
            tx.note_transfer(ACME, &id("l"), &it)?;
        }
        let found = tx.transfers(ACME, &id("l"), at(10))?;
        assert_eq!(found, [transfer(20, None), transfer(30, Some("it burned"))]);
        assert_eq!(tx.transfers(OTHER, &id("l"), at(0)), Err(StoreError::Missing("the license")));
        Ok(())
    });
}

pub(crate) fn ice_03_05_what_devices_say_is_kept_and_added_up_while_they_hold_a_seat(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        let word = |seats, since: Option<i64>| DeviceWord {
            at: at(50),
            mismatch_since: since.map(at),
            seats_used: seats,
        };
        for (name, seconds) in [("a", 1), ("b", 2), ("c", 3)] {
            tx.save_activation(ACME, &id("l"), &activation(name, name, seconds))?;
        }
        let figures = |tx: &mut dyn handcarry_store::Tx| {
            let found = tx.seat_figures(ACME, &id("l"), at(50))?.unwrap();
            Ok::<_, StoreError>((found.reported, found.mismatch_since))
        };
        assert_eq!(figures(tx)?, (None, None));
        assert_eq!(tx.seat_figures(OTHER, &id("l"), at(50))?, None);
        tx.set_device_word(ACME, &id("a"), Some(&word(Some(7), Some(40))))?;
        tx.set_device_word(ACME, &id("b"), Some(&word(Some(1), Some(99))))?;
        tx.set_device_word(ACME, &id("b"), Some(&word(Some(5), Some(30))))?;
        tx.set_device_word(ACME, &id("c"), Some(&word(None, None)))?;
        assert_eq!(tx.device_word(ACME, &id("b"))?, Some(word(Some(5), Some(30))));
        assert_eq!(tx.device_word(OTHER, &id("b"))?, None);
        assert_eq!(figures(tx)?, (Some(12), Some(at(30))));
        tx.save_activation(ACME, &id("l"), &returned(activation("b", "b", 2), 60))?;
        assert_eq!(figures(tx)?, (Some(7), Some(at(40))));
        tx.set_device_word(ACME, &id("a"), None)?;
        assert_eq!((tx.device_word(ACME, &id("a"))?, figures(tx)?), (None, (None, None)));
        let missing = tx.set_device_word(OTHER, &id("a"), None);
        assert_eq!(missing, Err(StoreError::Missing("the activation")));
        Ok(())
    });
}

fn reading(name: &str, seconds: i64) -> SeatReading {
    SeatReading {
        id: id(name),
        license: id("l"),
        url: "https://seats.example/used".into(),
        state: ReadingState::Waiting,
        pages: 0,
        used: 0,
        failure: None,
        asked_at: at(seconds),
        seen_at: at(seconds),
    }
}

pub(crate) fn ice_05_a_reading_is_claimed_once_goes_on_and_sets_the_source(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        assert_eq!(tx.seat_source(ACME, &id("l"))?, None);
        tx.set_seat_source(ACME, &id("l"), Some("https://seats.example/used"))?;
        tx.insert_seat_reading(ACME, &reading("r", 10))?;
        let taken = StoreError::Taken("the reading's id");
        assert_eq!(tx.insert_seat_reading(ACME, &reading("r", 10)), Err(taken));
        assert_eq!(tx.open_seat_reading(ACME, &id("l"))?, Some(reading("r", 10)));
        assert!(tx.seat_readings_wait(at(0))?);
        let claimed = SeatReading { state: ReadingState::Reading, seen_at: at(11), ..reading("r", 10) };
        assert_eq!(tx.claim_seat_reading(at(11), at(0))?, Some((ACME, claimed.clone())));
        assert_eq!(tx.claim_seat_reading(at(12), at(10))?, None, "somebody reads");
        assert!(!tx.seat_readings_wait(at(10))? && tx.seat_readings_wait(at(11))?);
        let further = SeatReading { pages: 2, used: 40, seen_at: at(13), ..claimed.clone() };
        assert!(tx.keep_seat_reading(ACME, at(11), &further)?);
        assert!(!tx.keep_seat_reading(ACME, at(11), &further)?, "by whoever saw it last");
        // Whoever read it has gone: the next one begins anew.
        let again = SeatReading { seen_at: at(99), ..claimed };
        assert_eq!(tx.claim_seat_reading(at(99), at(13))?, Some((ACME, again.clone())));
        assert!(!tx.keep_seat_reading(ACME, at(13), &further)?);
        let done = SeatReading { state: ReadingState::Done, pages: 3, used: 61, seen_at: at(100), ..again };
        assert!(tx.keep_seat_reading(ACME, at(99), &done)?);
        assert_eq!(tx.seat_source(ACME, &id("l"))?.unwrap().last, Some((61, at(100))));
        assert_eq!(
            tx.seat_figures(ACME, &id("l"), at(100))?.unwrap().source,
            tx.seat_source(ACME, &id("l"))?
        );
        assert_eq!(tx.seat_reading(ACME, &id("r"))?, Some(done));
        assert_eq!(tx.seat_reading(OTHER, &id("r"))?, None);
        assert_eq!(tx.open_seat_reading(ACME, &id("l"))?, None);
        // The same address keeps what was read, another one forgets it.
        tx.set_seat_source(ACME, &id("l"), Some("https://seats.example/used"))?;
        assert!(tx.seat_source(ACME, &id("l"))?.unwrap().last.is_some());
        tx.set_seat_source(ACME, &id("l"), Some("https://seats.example/other"))?;
        assert!(tx.seat_source(ACME, &id("l"))?.unwrap().last.is_none());
        tx.set_seat_source(ACME, &id("l"), None)?;
        assert_eq!(tx.seat_source(ACME, &id("l"))?, None);
        Ok(())
    });
}

pub(crate) fn ice_05_a_reading_that_was_called_off_changes_nothing(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.set_seat_source(ACME, &id("l"), Some("https://seats.example/used"))?;
        tx.insert_seat_reading(ACME, &reading("r", 10))?;
        let (_, claimed) = tx.claim_seat_reading(at(11), at(0))?.unwrap();
        assert!(!tx.cancel_seat_reading(OTHER, &id("r"), at(12))?);
        assert!(tx.cancel_seat_reading(ACME, &id("r"), at(12))?);
        assert!(!tx.cancel_seat_reading(ACME, &id("r"), at(13))?);
        let done = SeatReading { state: ReadingState::Done, used: 5, seen_at: at(14), ..claimed };
        assert!(!tx.keep_seat_reading(ACME, at(11), &done)?);
        assert_eq!(tx.seat_reading(ACME, &id("r"))?.unwrap().state, ReadingState::Cancelled);
        assert_eq!(tx.seat_source(ACME, &id("l"))?.unwrap().last, None);
        assert_eq!(tx.claim_seat_reading(at(99), at(98))?, None);
        Ok(())
    });
}
