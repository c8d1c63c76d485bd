use chrono::NaiveDate;
use handcarry_format::{Digest, Instant, KeyId};
use handcarry_rules::pool::{Bounds, Hold, Reason, Site, effective};
use handcarry_rules::timeline::Failure;
use handcarry_rules::{Entitlement, PoolStatus};
use handcarry_store::{
    Days, PoolColumn, PoolEntry, PoolFilter, PoolQuery, PoolSite, StoreError, TakenFile, Tx,
};

use crate::world::*;

fn full_entry() -> PoolEntry {
    PoolEntry {
        in_pool: true,
        since: at(1),
        reason: Some(Reason::HeldElsewhere { site: "Plant 2".to_owned(), since: at(2) }),
        site_bound: false,
        held: true,
        releasing: true,
        ask_at: Some(at(3)),
        verified_at: Some(at(4)),
        failure: Some(Failure { first: at(5), last: at(6), attempts: 7 }),
        started_at: Some(at(8)),
        told_until: Some(at(9)),
        notice_at: Some(at(10)),
    }
}

pub(crate) fn alt_19_a_pool_entry_comes_back_as_it_was_written(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        assert_eq!(tx.pooled(ACME, &id("l"))?.unwrap().entry, None);
        let reasons = [
            None,
            Some(Reason::Deactivated),
            Some(Reason::Ended),
            Some(Reason::HeldElsewhere { site: "Plant 2".to_owned(), since: at(2) }),
            Some(Reason::Refused { reason: "over_use".to_owned() }),
            Some(Reason::ReplacedBy { license: id("r") }),
        ];
        for entry in reasons.map(|reason| PoolEntry { reason, ..full_entry() }) {
            tx.put_pool_entry(ACME, &id("l"), &entry)?;
            assert_eq!(tx.pooled(ACME, &id("l"))?.unwrap().entry, Some(entry));
        }
        let bare = PoolEntry::new(at(0));
        tx.put_pool_entry(ACME, &id("l"), &bare)?;
        assert_eq!(tx.pooled(ACME, &id("l"))?.unwrap().entry, Some(bare.clone()));
        assert_eq!(tx.put_pool_entry(ACME, &id("x"), &bare), Err(StoreError::Missing("the license")));
        Ok(())
    });
}

fn hold(site: &str) -> Hold {
    Hold { site: Site { key: key(site).id(), name: format!("Site {site}") }, since: at(20) }
}

pub(crate) fn alt_09_a_license_has_one_holder_at_a_time(world: &World) {
    world.does(|tx| {
        for (name, number) in [("l", 1), ("m", 2)] {
            tx.insert_license(ACME, &license(name, number))?;
            tx.set_hold(ACME, &id(name), Some(&hold("a")))?;
        }
        tx.set_hold(ACME, &id("l"), Some(&hold("b")))?;
        assert_eq!(tx.pooled(ACME, &id("l"))?.unwrap().hold, Some(hold("b")));
        assert_eq!(tx.held_by(ACME, key("a").id(), 9)?, [id("m")]);
        tx.set_hold(ACME, &id("l"), None)?;
        assert_eq!(tx.pooled(ACME, &id("l"))?.unwrap().hold, None);
        Ok(())
    });
}

pub(crate) fn alt_09_files_for_a_site_are_counted(world: &World) {
    let site: KeyId = key("a").id();
    world.does(move |tx| {
        let mut number = |name: &str| tx.next_pool_number(ACME, site, name, "https://a.example/", at(1));
        assert_eq!([number("A")?, number("A")?, number("Plant A")?], [1, 2, 3]);
        assert_eq!(tx.next_pool_number(OTHER, site, "A", "https://a.example/", at(1))?, 1);
        let portal = "https://a.example/".to_owned();
        let known = PoolSite { site, name: "Plant A".to_owned(), portal, number: 3, seen_at: at(1) };
        assert_eq!(tx.pool_sites(ACME)?, [known]);
        Ok(())
    });
}

pub(crate) fn d_15_pool_files_that_were_taken_in_are_known(world: &World) {
    let site = key("a").id();
    let file = move |name: &str, number| TakenFile {
        digest: Digest::of(name.as_bytes()),
        site: (number > 0).then_some(site),
        number,
        at: at(1),
    };
    world.does(move |tx| {
        for file in [file("2", 2), file("10", 10), file("bare", 0), file("2", 2)] {
            tx.note_pool_file(ACME, &file)?;
            assert_eq!(tx.pool_file(ACME, &file.digest)?, Some(file));
        }
        assert_eq!(tx.last_pool_file(ACME, site)?, Some(file("10", 10)));
        assert_eq!(tx.last_pool_file(ACME, key("b").id())?, None);
        assert_eq!(tx.pool_file(OTHER, &Digest::of(b"2"))?, None);
        Ok(())
    });
}

fn ids(list: Vec<handcarry_store::Pooled>) -> Vec<String> {
    list.into_iter().map(|pooled| pooled.license.id.to_string()).collect()
}

fn date(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// A license with a status, first and last day, in Berlin's time.
fn of_days(name: &str, number: u64, status: PoolStatus, start: &str, end: &str) -> Entitlement {
    let day = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
    let mut license = bare_license(name, number);
    (license.status, license.start, license.end) = (status, day(start), day(end));
    license.zone = chrono_tz::Europe::Berlin;
    license
}

pub(crate) fn alt_08_12_what_the_clock_changes_is_found_at_its_instant(world: &World) {
    use PoolStatus::{Active, Blocked, Inactive, Pending};
    world.does(|tx| {
        for license in [
            of_days("ends", 1, Active, "", "2027-01-31"),
            of_days("starts", 2, Pending, "2027-01-15", "2027-06-30"),
            of_days("off", 3, Inactive, "", "2027-03-31"),
            of_days("over", 4, Blocked, "", "2020-01-01"),
            of_days("ever", 5, Active, "", ""),
            of_days("ahead", 6, Pending, "2027-02-15", "2027-02-01"),
        ] {
            tx.insert_license(ACME, &license)?;
        }
        let starts = instant("2027-01-14T23:00:00Z");
        assert_eq!(tx.next_pool_due(ACME)?, Some(starts));
        assert_eq!(ids(tx.pool_due(ACME, starts.plus_seconds(-1), 9)?), [""; 0]);
        assert_eq!(ids(tx.pool_due(ACME, starts, 9)?), ["starts"]);
        let ends = instant("2027-01-31T23:00:00Z");
        assert_eq!(ids(tx.pool_due(ACME, ends, 9)?), ["starts", "ends"]);
        assert_eq!(ids(tx.pool_due(ACME, ends, 1)?), ["starts"]);
        // Written down, it is due no more; its end comes next.
        let mut license = tx.license(ACME, &id("starts"))?.unwrap();
        (license.status, license.revision) = (Active, license.revision + 1);
        tx.update_license(ACME, &license)?;
        assert_eq!(tx.next_pool_due(ACME)?, Some(ends));
        let late = instant("2030-01-01T00:00:00Z");
        assert_eq!(ids(tx.pool_due(ACME, late, 9)?), ["ahead", "ends", "off", "starts"]);
        assert_eq!(tx.next_pool_due(OTHER)?, None);
        Ok(())
    });
}

pub(crate) fn ice_18_19_questions_and_notices_are_found_when_they_are_due(world: &World) {
    world.does(|tx| {
        for (name, number, seconds) in [("late", 1, 50), ("soon", 2, 10), ("never", 3, -1)] {
            tx.insert_license(ACME, &license(name, number))?;
            let when = (seconds >= 0).then(|| at(seconds));
            let entry = PoolEntry {
                ask_at: when,
                notice_at: when.map(|at| at.plus_seconds(1)),
                ..PoolEntry::new(at(0))
            };
            tx.put_pool_entry(ACME, &id(name), &entry)?;
        }
        assert_eq!(tx.next_pool_question(ACME)?, Some(at(10)));
        assert_eq!(ids(tx.pool_questions(ACME, at(49), 9)?), ["soon"]);
        assert_eq!(ids(tx.pool_questions(ACME, at(50), 9)?), ["soon", "late"]);
        assert_eq!(tx.next_pool_notice(ACME)?, Some(at(11)));
        assert_eq!(ids(tx.pool_notices(ACME, at(50), 9)?), ["soon"]);
        assert_eq!((tx.next_pool_question(OTHER)?, tx.next_pool_notice(OTHER)?), (None, None));
        Ok(())
    });
}

pub(crate) fn alt_05_20_renewals_and_failures_are_found(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &bare_license("old", 1))?;
        for (name, number, in_pool) in [("new", 2, true), ("gone", 3, false)] {
            let mut license = bare_license(name, number);
            (license.replaces, license.status) = (Some(id("old")), PoolStatus::FailedVerification);
            tx.insert_license(ACME, &license)?;
            tx.put_pool_entry(ACME, &id(name), &PoolEntry { in_pool, ..PoolEntry::new(at(0)) })?;
        }
        assert_eq!(ids(tx.renewals_of(ACME, &id("old"))?), ["new"]);
        assert_eq!(ids(tx.renewals_of(ACME, &id("new"))?), [""; 0]);
        assert_eq!(ids(tx.pool_failed(ACME, 9)?), ["gone", "new"]);
        Ok(())
    });
}

fn query(now: &str) -> PoolQuery {
    PoolQuery {
        filter: PoolFilter::default(),
        sort: PoolColumn::Id,
        descending: false,
        after: None,
        limit: 100,
        now: instant(now),
    }
}

fn stock(tx: &mut dyn Tx) -> Result<(), StoreError> {
    use PoolStatus::{Active, Inactive, Pending};
    let customer = |name: &str, order: &str| {
        Some(handcarry_format::Customer { name: name.to_owned(), order: Some(order.to_owned()) })
    };
    let mut list = [
        of_days("a", 1, Active, "2026-01-01", "2027-01-31"),
        of_days("b", 2, Pending, "2027-01-15", "2027-06-30"),
        of_days("c", 3, Inactive, "", "2027-03-31"),
        of_days("d", 4, Active, "", ""),
        of_days("e", 5, Active, "", ""),
    ];
    list[0].customer = customer("Zeta 100% GmbH", "PO-1");
    list[1].customer = customer("alpha AG", "PO-2");
    let record = handcarry_rules::holder::CustomerRecord {
        id: id("c-1"),
        name: "Ida Berg".to_owned(),
        company: Some("Nordwind AG".to_owned()),
        email: None,
        address: None,
        references: Vec::new(),
    };
    tx.insert_customer(ACME, &handcarry_store::Customer { record, created_at: at(0), revision: 1 })?;
    list[3].customer_id = Some(id("c-1"));
    list[2].edition = Some("Professional".to_owned());
    list[3].maintenance_end = date("2027-02-01");
    list[3].product.name = "Viewer".to_owned();
    list[4].product.version = Some("9.2".to_owned());
    for license in &list {
        tx.insert_license(ACME, license)?;
    }
    tx.put_pool_entry(ACME, &id("e"), &PoolEntry { in_pool: false, ..PoolEntry::new(at(0)) })
}

pub(crate) fn alt_22_23_the_pool_is_filtered_by_every_column_as_of_now(world: &World) {
    world.does(|tx| {
        stock(tx)?;
        let mut list = |now: &str, set: &dyn Fn(&mut PoolFilter)| {
            let mut query = query(now);
            set(&mut query.filter);
            tx.pool(ACME, &query).map(ids)
        };
        let early = "2027-01-01T00:00:00Z";
        assert_eq!(list(early, &|_| ())?, ["a", "b", "c", "d"], "a deleted one is not in the pool");
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(list(early, &|f| f.customer = text("ALPHA"))?, ["b"]);
        assert_eq!(list(early, &|f| f.company = text("100% g"))?, ["a"]);
        assert_eq!(list(early, &|f| f.company = text("nordwind"))?, ["d"], "by the customer's record");
        assert_eq!(list(early, &|f| f.customer = text("berg"))?, ["d"]);
        assert_eq!(list(early, &|f| f.customer = text("nordwind"))?, [""; 0]);
        assert_eq!(list(early, &|f| f.customer = text("100_"))?, [""; 0], "a part, not a pattern");
        assert_eq!(list(early, &|f| f.product = text("view"))?, ["d"]);
        assert_eq!(list(early, &|f| f.edition = text("prof"))?, ["c"]);
        assert_eq!(list(early, &|f| f.order = text("PO-2"))?, ["b"]);
        let key = license_key(3).as_str().to_lowercase();
        assert_eq!(list(early, &|f| f.key = Some(key.clone()))?, ["c"]);
        assert_eq!(list(early, &|f| f.start = Days { from: date("2027-01-15"), to: None })?, ["b"]);
        let spring = Days { from: date("2027-01-31"), to: date("2027-03-31") };
        assert_eq!(list(early, &|f| f.end = spring)?, ["a", "c"]);
        assert_eq!(list(early, &|f| f.maintenance = spring)?, ["d"]);
        assert_eq!(list(early, &|f| f.version = text("9.2"))?, [""; 0]);
        // By status, as of the instant of the question, whatever is written down.
        use PoolStatus::{Active, Blocked, Pending};
        let by = |statuses: &[PoolStatus]| {
            let statuses = statuses.to_vec();
            move |filter: &mut PoolFilter| filter.statuses.clone_from(&statuses)
        };
        for (now, active, pending, blocked) in [
            ("2027-01-14T22:59:59Z", "a d", "b", ""),
            ("2027-01-14T23:00:00Z", "a b d", "", ""),
            ("2027-01-31T22:59:59Z", "a b d", "", ""),
            ("2027-01-31T23:00:00Z", "b d", "", "a"),
            ("2027-03-31T22:00:00Z", "b d", "", "a c"),
            ("2027-06-30T22:00:00Z", "d", "", "a b c"),
        ] {
            assert_eq!(list(now, &by(&[Active]))?.join(" "), active, "{now}");
            assert_eq!(list(now, &by(&[Pending]))?.join(" "), pending, "{now}");
            assert_eq!(list(now, &by(&[Blocked]))?.join(" "), blocked, "{now}");
        }
        Ok(())
    });
}

pub(crate) fn alt_22_the_status_of_the_listing_is_the_one_of_the_rules(world: &World) {
    world.does(|tx| {
        stock(tx)?;
        for days in 0..220 {
            for seconds in [-1, 0] {
                let now = instant("2026-12-31T23:00:00Z").plus_days(days).plus_seconds(seconds);
                let all = PoolQuery { now, ..query("2027-01-01T00:00:00Z") };
                for pooled in tx.pool(ACME, &all)? {
                    let license = &pooled.license;
                    let bounds = Bounds::of(license.start, license.end, license.zone);
                    let mut of_status = all.clone();
                    of_status.filter.statuses = vec![effective(license.status, &bounds, now)];
                    let found = ids(tx.pool(ACME, &of_status)?);
                    assert!(found.contains(&license.id.to_string()), "{} {now}", license.id);
                }
            }
        }
        Ok(())
    });
}

pub(crate) fn alt_23_the_pool_is_sorted_by_every_column_and_pages_through(world: &World) {
    world.does(|tx| {
        stock(tx)?;
        for (column, expected) in [
            (PoolColumn::Id, "a b c d"),
            (PoolColumn::Status, "a d c b"),
            (PoolColumn::Customer, ""),
            (PoolColumn::Company, ""),
            (PoolColumn::Product, ""),
            (PoolColumn::Edition, "a b d c"),
            (PoolColumn::Version, ""),
            (PoolColumn::Key, "a b c d"),
            (PoolColumn::Start, "c d a b"),
            (PoolColumn::End, "a c b d"),
            (PoolColumn::Maintenance, "d a b c"),
        ] {
            assert_eq!(PoolColumn::from_name(column.name()), Some(column));
            let all = PoolQuery { sort: column, ..query("2027-01-01T00:00:00Z") };
            let mut order = ids(tx.pool(ACME, &all)?);
            // Where no order is given here, any that is the same page by page.
            assert!(expected.is_empty() || order.join(" ") == expected, "{}: {order:?}", column.name());
            for descending in [false, true] {
                let mut paged = Vec::new();
                let mut next = PoolQuery { limit: 1, descending, ..all.clone() };
                while let Some(last) = ids(tx.pool(ACME, &next)?).pop() {
                    next.after = Some(id(&last));
                    paged.push(last);
                }
                assert_eq!(paged, order, "{} {descending}", column.name());
                order.reverse();
            }
        }
        let lost = PoolQuery { after: Some(id("x")), ..query("2027-01-01T00:00:00Z") };
        assert_eq!(tx.pool(ACME, &lost), Err(StoreError::Cursor));
        Ok(())
    });
}
