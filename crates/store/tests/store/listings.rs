use handcarry_store::StoreError;

use crate::world::*;

pub(crate) fn licenses_page_by_id(world: &World) {
    world.does(|tx| {
        for (number, name) in ["c", "a", "e", "b", "d"].into_iter().enumerate() {
            tx.insert_license(ACME, &license(name, number as u64))?;
        }
        Ok(())
    });
    let mut seen = Vec::new();
    let mut next = handcarry_store::Page { limit: 2, ..ALL };
    loop {
        let asked = next.clone();
        let some = world.sees(move |tx| tx.licenses(ACME, &asked));
        let Some(last) = some.last() else { break };
        next = page(last.id.as_str(), 2);
        assert!(some.len() <= 2);
        seen.extend(some.into_iter().map(|license| license.id));
    }
    assert_eq!(seen, ["a", "b", "c", "d", "e"].map(id));
}

pub(crate) fn activations_page_newest_first(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        // Two at the same second: the one that came later is newer.
        for (name, seconds) in [("old", 1), ("new", 9), ("same-1", 5), ("same-2", 5)] {
            tx.save_activation(ACME, &id("l"), &activation(name, name, seconds))?;
        }
        let names = |list: Vec<handcarry_rules::Activation>| -> Vec<String> {
            list.into_iter().map(|activation| activation.id.to_string()).collect()
        };
        assert_eq!(names(tx.activations(ACME, &id("l"), &ALL)?), ["new", "same-2", "same-1", "old"]);
        assert_eq!(names(tx.activations(ACME, &id("l"), &page("new", 2))?), ["same-2", "same-1"]);
        assert_eq!(names(tx.activations(ACME, &id("l"), &page("same-2", 9))?), ["same-1", "old"]);
        assert_eq!(names(tx.activations(ACME, &id("l"), &page("old", 9))?), [""; 0]);
        Ok(())
    });
}

pub(crate) fn cases_and_log_page_by_place(world: &World) {
    world.does(|tx| {
        for number in 0..5 {
            tx.open_case(ACME, &case(&format!("c-{number}"), "gap", &format!("d-{number}")))?;
            // The other tenant's are in between.
            tx.open_case(OTHER, &case(&format!("c-{number}"), "gap", &format!("d-{number}")))?;
            tx.append_log(ACME, &entry(&format!("e-{number}")))?;
            tx.append_log(OTHER, &entry("other"))?;
        }
        let first = tx.cases(ACME, &handcarry_store::Page { limit: 3, ..ALL })?;
        let rest = tx.cases(ACME, &page(&first[2].seq.to_string(), 9))?;
        let names: Vec<_> = first.iter().chain(&rest).map(|case| case.case.id.to_string()).collect();
        assert_eq!(names, ["c-0", "c-1", "c-2", "c-3", "c-4"]);
        let places =
            |list: &[handcarry_store::LogEntry]| -> Vec<i64> { list.iter().map(|entry| entry.seq).collect() };
        assert_eq!(places(&tx.log(ACME, &handcarry_store::Page { limit: 3, ..ALL })?), [1, 2, 3]);
        assert_eq!(places(&tx.log(ACME, &page("3", 9))?), [4, 5]);
        assert_eq!(places(&tx.log(ACME, &page("5", 9))?), [0; 0]);
        Ok(())
    });
}

pub(crate) fn a_foreign_cursor_is_refused(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.insert_license(ACME, &license("m", 2))?;
        tx.insert_license(OTHER, &license("l", 1))?;
        tx.save_activation(ACME, &id("m"), &activation("a-m", "m", 1))?;
        tx.save_activation(OTHER, &id("l"), &activation("a-other", "other", 1))?;
        for cursor in ["", "nobody", "a-m", "a-other", "'; --"] {
            let list = tx.activations(ACME, &id("l"), &page(cursor, 9));
            assert_eq!(list, Err(StoreError::Cursor), "{cursor}");
        }
        for cursor in ["", "x", "1.5", "99999999999999999999"] {
            assert_eq!(tx.cases(ACME, &page(cursor, 9)), Err(StoreError::Cursor), "{cursor}");
            assert_eq!(tx.log(ACME, &page(cursor, 9)), Err(StoreError::Cursor), "{cursor}");
        }
        Ok(())
    });
}
