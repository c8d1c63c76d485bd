//! Upgrades and sessions.

use handcarry_format::{Id, Model};
use handcarry_rules::session::{Session, SessionTerms, Shared};
use handcarry_rules::upgrade::{HostId, HostLock, Upgrade};
use handcarry_rules::{Entitlement, Pooling, TenantRules};
use handcarry_store::tx::{SessionFilter, StoredUpgrade};
use handcarry_store::{Page, StoreError, Tenant};

use crate::world::*;

fn lock(list: &[&str]) -> HostLock {
    HostLock::new(list.iter().map(|text| HostId::parse(text).unwrap()).collect()).unwrap()
}

fn upgrade(name: &str) -> Upgrade {
    Upgrade {
        id: id(name),
        feature: id("f1"),
        count: 5,
        start: Some("2029-01-01".parse().unwrap()),
        end: Some("2029-06-30".parse().unwrap()),
        on_virtual: true,
        match_rate: 66,
        hal_servers: Some(3),
        servers: vec![lock(&["HOSTNAME=alpha1", "ETHERNET=001122334455"]), lock(&["HOSTNAME=beta1"])],
    }
}

/// Without any of what it may have.
fn plain(name: &str) -> Upgrade {
    Upgrade {
        start: None,
        end: None,
        on_virtual: false,
        match_rate: 100,
        hal_servers: None,
        servers: vec![],
        ..upgrade(name)
    }
}

fn concurrent(name: &str, number: u64) -> Entitlement {
    Entitlement {
        model: Model::Concurrent(10),
        pooling: Pooling::Exclusive,
        zone: chrono_tz::UTC,
        start: None,
        ..license(name, number)
    }
}

fn session(name: &str, license: &str, place: &str, expires_at: i64) -> Session {
    Session {
        id: id(name),
        license: id(license),
        feature: id("f1"),
        user: "Ann".to_owned(),
        host: "ws-1".to_owned(),
        place: place.to_owned(),
        since: at(1),
        renewed_at: at(2),
        expires_at: at(expires_at),
        borrowed: false,
    }
}

pub(crate) fn lmx_07_an_upgrade_comes_back_as_it_was_written(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &concurrent("l", 1))?;
        tx.insert_upgrade(ACME, &id("l"), &upgrade("u-2"), at(7))?;
        tx.insert_upgrade(ACME, &id("l"), &plain("u-1"), at(8))
    });
    let stored = |upgrade: Upgrade, added: i64| StoredUpgrade {
        license: id("l"),
        upgrade,
        added_at: at(added),
        withdrawn_at: None,
    };
    let (first, second) = (stored(plain("u-1"), 8), stored(upgrade("u-2"), 7));
    let found = world.sees(|tx| tx.upgrades(ACME, &id("l"), &ALL));
    assert_eq!(found, [first.clone(), second.clone()]);
    let after = Page { after: Some("u-1".to_owned()), limit: 1 };
    assert_eq!(world.sees(move |tx| tx.upgrades(ACME, &id("l"), &after)), [second]);
    assert_eq!(world.sees(|tx| tx.upgrade(ACME, &id("u-1"))), Some(first));
    assert_eq!(world.sees(|tx| tx.upgrade(OTHER, &id("u-1"))), None);
    assert_eq!(world.sees(|tx| tx.upgrades(OTHER, &id("l"), &ALL)), []);
    let none = world.store.write_blocking(|tx| tx.insert_upgrade(OTHER, &id("l"), &plain("u"), at(1)));
    assert_eq!(none, Err(StoreError::Missing("the license")));
}

pub(crate) fn lmx_12_an_upgrades_id_is_taken_once_even_when_it_was_withdrawn(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &concurrent("l", 1))?;
        tx.insert_license(ACME, &concurrent("m", 2))?;
        tx.insert_upgrade(ACME, &id("l"), &plain("u"), at(7))?;
        let taken = Err(StoreError::Taken("the upgrade's id"));
        assert_eq!(tx.insert_upgrade(ACME, &id("l"), &plain("u"), at(8)), taken);
        assert_eq!(tx.insert_upgrade(ACME, &id("m"), &plain("u"), at(8)), taken, "of another license, too");
        assert!(tx.withdraw_upgrade(ACME, &id("u"), at(9))?);
        assert!(!tx.withdraw_upgrade(ACME, &id("u"), at(10))?);
        assert_eq!(tx.upgrade(ACME, &id("u"))?.unwrap().withdrawn_at, Some(at(9)));
        assert_eq!(tx.upgrades_of(ACME, &id("l"))?.all, []);
        assert_eq!(tx.insert_upgrade(ACME, &id("l"), &plain("u"), at(11)), taken);
        tx.replace_upgrades(ACME, &id("l"), &[plain("v"), plain("u")], at(12))?;
        assert_eq!(tx.upgrades_of(ACME, &id("l"))?.all, [plain("v"), plain("u")], "the authority's word");
        assert_eq!(tx.replace_upgrades(ACME, &id("m"), &[plain("u")], at(12)), taken);
        assert_eq!(tx.withdraw_upgrade(OTHER, &id("u"), at(9)), Err(StoreError::Missing("the upgrade")));
        Ok(())
    });
}

pub(crate) fn lmx_13_what_this_server_is_comes_with_the_upgrades(world: &World) {
    let host_ids = vec!["HOSTNAME=alpha1".to_owned()];
    let rules = TenantRules { host_ids, ..TenantRules::default() };
    world.does(move |tx| {
        tx.update_tenant(&Tenant { rules: rules.clone(), ..tenant(ACME, "acme") })?;
        tx.insert_license(ACME, &concurrent("l", 1))?;
        tx.insert_upgrade(ACME, &id("l"), &plain("u-1"), at(7))?;
        assert_eq!(tx.upgrades_of(ACME, &id("l"))?.server, [], "nothing is locked");
        assert_eq!(tx.upgrades_here(ACME, &id("l"))?.server.len(), 1);
        tx.insert_upgrade(ACME, &id("l"), &upgrade("u-2"), at(7))?;
        let upgrades = tx.upgrades_of(ACME, &id("l"))?;
        assert_eq!(upgrades.all, [plain("u-1"), upgrade("u-2")]);
        assert_eq!(upgrades.server, [HostId::new("HOSTNAME", "alpha1").unwrap()]);
        Ok(())
    });
}

pub(crate) fn lmx_14_changes_of_counts_are_found_at_their_midnights(world: &World) {
    let of = |text: &str| handcarry_format::Instant::parse(text).unwrap();
    let (starts, ends) = (of("2029-01-01T00:00:00Z"), of("2029-07-01T00:00:00Z"));
    world.does(move |tx| {
        tx.insert_license(ACME, &concurrent("l", 1))?;
        tx.insert_license(ACME, &concurrent("m", 2))?;
        tx.insert_upgrade(ACME, &id("l"), &upgrade("u-1"), at(7))?;
        tx.insert_upgrade(ACME, &id("m"), &upgrade("u-2"), at(7))?;
        tx.insert_upgrade(ACME, &id("m"), &plain("u-3"), at(7))?;
        assert_eq!(tx.next_upgrade_change(ACME, at(0))?, Some(starts));
        assert_eq!(tx.next_upgrade_change(ACME, starts)?, Some(ends));
        assert_eq!(tx.next_upgrade_change(ACME, ends)?, None);
        assert_eq!(tx.next_upgrade_change(OTHER, at(0))?, None);
        assert_eq!(tx.licenses_changing_at(ACME, starts, &ALL)?, [id("l"), id("m")]);
        assert_eq!(
            tx.licenses_changing_at(ACME, ends, &Page { after: Some("l".to_owned()), limit: 9 })?,
            [id("m")]
        );
        assert_eq!(tx.licenses_changing_at(ACME, at(0), &ALL)?, Vec::<Id>::new());
        assert_eq!(tx.licenses_changing_at(OTHER, starts, &ALL)?, Vec::<Id>::new());
        tx.withdraw_upgrade(ACME, &id("u-1"), at(9))?;
        assert_eq!(tx.licenses_changing_at(ACME, starts, &ALL)?, [id("m")]);
        Ok(())
    });
}

pub(crate) fn lmx_16_an_account_has_the_upgrades_of_its_license(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &concurrent("l", 1))?;
        tx.insert_license(ACME, &concurrent("m", 2))?;
        tx.insert_upgrade(ACME, &id("l"), &plain("u-1"), at(7))?;
        tx.insert_upgrade(ACME, &id("m"), &plain("u-2"), at(7))?;
        tx.save_activation(ACME, &id("l"), &activation("a", "d", 1))?;
        let account = tx.account_for_activation(ACME, &id("a"), None)?.unwrap();
        assert_eq!(account.upgrades.all, [plain("u-1")]);
        assert_eq!(account.raised(at(9)), (Model::Concurrent(15), account.entitlement.seats.total));
        assert_eq!(account.entitlement.model, Model::Concurrent(10), "the license itself is as it was sold");
        Ok(())
    });
}

pub(crate) fn lmx_15_places_are_counted_once_each_while_their_sessions_are_open(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &concurrent("l", 1))?;
        tx.insert_license(ACME, &concurrent("m", 2))?;
        let of = |tx: &mut dyn handcarry_store::Tx, place: &str, now: i64| {
            tx.places(ACME, &id("l"), place, at(now))
        };
        assert_eq!(of(tx, "p", 0)?, (0, false));
        for (name, license, place, until) in
            [("s-1", "l", "p", 10), ("s-2", "l", "p", 20), ("s-3", "l", "q", 30), ("s-4", "m", "r", 30)]
        {
            tx.insert_session(ACME, &session(name, license, place, until))?;
        }
        assert_eq!(of(tx, "p", 9)?, (2, true));
        assert_eq!(of(tx, "r", 9)?, (2, false));
        assert_eq!(of(tx, "p", 19)?, (2, true));
        assert_eq!(of(tx, "p", 20)?, (1, false), "over from its instant on");
        assert_eq!(of(tx, "q", 30)?, (0, false));
        assert_eq!(tx.places(OTHER, &id("l"), "p", at(0)), Err(StoreError::Missing("the license")));
        Ok(())
    });
}

pub(crate) fn lmx_15_a_session_comes_back_as_it_was_written(world: &World) {
    let terms = SessionTerms {
        borrow_hours: Some(48),
        shared: Shared { host: true, user: false, custom: true },
        servers: vec![lock(&["HOSTNAME=alpha1"])],
        match_rate: 50,
    };
    world.does(move |tx| {
        tx.insert_license(ACME, &concurrent("l", 1))?;
        assert_eq!(tx.session_terms(ACME, &id("l"))?, SessionTerms::default());
        tx.set_session_terms(ACME, &id("l"), &SessionTerms::default())?;
        tx.set_session_terms(ACME, &id("l"), &terms)?;
        assert_eq!(tx.session_terms(ACME, &id("l"))?, terms);
        assert_eq!(tx.session_terms(OTHER, &id("l")), Err(StoreError::Missing("the license")));

        let mut written = session("s", "l", "p", 10);
        tx.insert_session(ACME, &written)?;
        assert_eq!(tx.insert_session(ACME, &written), Err(StoreError::Taken("the session's id")));
        assert_eq!(tx.session(ACME, &id("s"))?.as_ref(), Some(&written));
        assert_eq!(tx.session(OTHER, &id("s"))?, None);
        (written.renewed_at, written.expires_at, written.borrowed) = (at(5), at(50), true);
        tx.update_session(ACME, &written)?;
        assert_eq!(tx.session(ACME, &id("s"))?.as_ref(), Some(&written));
        assert_eq!(tx.update_session(OTHER, &written), Err(StoreError::Missing("the session")));
        assert!(!tx.delete_session(OTHER, &id("s"))?);
        assert!(tx.delete_session(ACME, &id("s"))?);
        assert!(!tx.delete_session(ACME, &id("s"))?);
        Ok(())
    });
}

pub(crate) fn lmx_15_open_sessions_are_listed_and_ended_ones_cleared(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &concurrent("l", 1))?;
        tx.insert_license(ACME, &concurrent("m", 2))?;
        assert_eq!(tx.first_session_end(ACME)?, None);
        for (name, license, until) in [("s-1", "l", 10), ("s-2", "m", 20), ("s-3", "l", 30)] {
            tx.insert_session(ACME, &session(name, license, name, until))?;
        }
        let of_l = SessionFilter { license: Some(id("l")), feature: None };
        let other = SessionFilter { license: None, feature: Some(id("f2")) };
        let listed = |tx: &mut dyn handcarry_store::Tx, filter: &SessionFilter, now: i64, page: &Page| {
            let found = tx.sessions(ACME, filter, at(now), page)?;
            Ok::<_, StoreError>(found.into_iter().map(|it| it.id.to_string()).collect::<Vec<_>>())
        };
        assert_eq!(listed(tx, &SessionFilter::default(), 0, &ALL)?, ["s-1", "s-2", "s-3"]);
        assert_eq!(listed(tx, &SessionFilter::default(), 10, &ALL)?, ["s-2", "s-3"]);
        assert_eq!(listed(tx, &of_l, 0, &ALL)?, ["s-1", "s-3"]);
        assert_eq!(listed(tx, &other, 0, &ALL)?, Vec::<String>::new());
        let page = Page { after: Some("s-1".to_owned()), limit: 1 };
        assert_eq!(listed(tx, &SessionFilter::default(), 0, &page)?, ["s-2"]);

        assert_eq!(tx.first_session_end(ACME)?, Some(at(10)));
        assert_eq!(tx.first_session_end(OTHER)?, None);
        assert_eq!(tx.delete_sessions_over(OTHER, at(99), 9)?, 0);
        assert_eq!(tx.delete_sessions_over(ACME, at(20), 1)?, 1);
        assert_eq!(tx.delete_sessions_over(ACME, at(20), 9)?, 1);
        assert_eq!(listed(tx, &SessionFilter::default(), 0, &ALL)?, ["s-3"]);
        Ok(())
    });
}

pub(crate) fn lmx_15_concurrent_licenses_of_a_product_come_in_their_order(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &concurrent("z", 1))?;
        tx.insert_license(ACME, &Entitlement { model: Model::NodeLocked, ..license("n", 2) })?;
        tx.insert_license(ACME, &concurrent("a", 3))?;
        let product = license("n", 2).product.id;
        let names =
            |found: Vec<Entitlement>| found.into_iter().map(|it| it.id.to_string()).collect::<Vec<_>>();
        assert_eq!(names(tx.concurrent_licenses(ACME, &product, 9)?), ["z", "a"]);
        assert_eq!(names(tx.concurrent_licenses(ACME, &product, 1)?), ["z"]);
        assert_eq!(names(tx.concurrent_licenses(ACME, &id("another"), 9)?), Vec::<String>::new());
        assert_eq!(names(tx.concurrent_licenses(OTHER, &product, 9)?), Vec::<String>::new());
        Ok(())
    });
}
