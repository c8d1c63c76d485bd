//! A portal whose store was restored from a backup meets files that it signed and has forgotten.

use handcarry_format::License;
use handcarry_rules::MOST_FORGOTTEN;

use crate::world::{World, entitlement, id, licensed};

#[test]
fn lsp_28_usage_that_a_restored_portal_has_forgotten_is_booked_once_and_is_a_case() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let backup = world.store.clone();
    let mut files = vec![];
    for _ in 0..2 {
        a.use_up(world.now, 10);
        files.push(a.report(world.now));
        let done = world.send(files.last().unwrap()).unwrap();
        a.load(&done);
    }
    assert_eq!((world.total("renders"), a.held().generation), (20, 3));

    world.store = backup;
    a.use_up(world.now, 5);
    let report = a.report(world.now);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("booked", vec!["restored"], 25));
    assert_eq!(done.issued().generation, 4, "above what the device has");
    a.load(&done);
    assert_eq!(a.held().generation, 4);
    // What was uploaded before the backup is uploaded again: in the total already.
    for file in &files {
        let done = world.send(file).unwrap();
        assert_eq!((done.name(), world.total("renders")), ("outdated", 25));
    }
    a.use_up(world.now, 1);
    let report = a.report(world.now);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("booked", vec![], 26));
}

#[test]
fn lsp_11_a_return_to_a_restored_portal_books_everything_and_frees_the_seat() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let backup = world.store.clone();
    a.use_up(world.now, 10);
    let report = a.report(world.now);
    let done = world.send(&report).unwrap();
    a.load(&done);
    world.store = backup;
    let gone = a.deactivate(world.now);
    let done = world.send(&gone).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("returned", vec!["restored"], 10));
    assert_eq!(world.seats_used(), 0);
}

#[test]
fn lsp_09_a_refresh_from_a_restored_portal_is_numbered_above_what_it_has_forgotten() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let (backup, first) = (world.store.clone(), world.sign(a.held()));
    for _ in 0..3 {
        world.changed(|_| ());
        let done = world.send(&first).unwrap();
        a.load_license(&done.license.unwrap());
    }
    world.store = backup;
    let newest = world.sign(a.held());
    let done = world.send(&newest).unwrap();
    assert_eq!((done.cases(), done.issued().generation), (vec!["restored"], 5));
    assert!(a.load_license(&done.license.unwrap()));
    assert!(world.send(&newest).unwrap().cases().is_empty(), "once");
}

#[test]
fn threat_fast_forwarded_generation_lsp_09_a_generation_that_was_given_out_twice_is_overtaken() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let (backup, first) = (world.store.clone(), world.sign(a.held()));
    world.changed(|license| license.evaluation = true);
    let done = world.send(&first).unwrap();
    a.load_license(&done.license.unwrap());
    // The restored portal gives out generation 2 again, and it is lost on the way.
    world.store = backup;
    world.changed(|_| ());
    assert_eq!(world.send(&first).unwrap().issued().generation, 2);
    let held = world.sign(a.held());
    let done = world.send(&held).unwrap();
    assert_eq!((done.cases(), done.issued().generation), (vec!["restored"], 3));
    assert!(a.load_license(&done.license.unwrap()));
}

#[test]
fn threat_fast_forwarded_generation_a_generation_absurdly_ahead_is_not_taken_over() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    for (ahead, taken) in [(u32::MAX - 1, false), (MOST_FORGOTTEN + 1, false), (MOST_FORGOTTEN, true)] {
        let generation = 1 + ahead;
        let license = License { generation, id: id(&format!("forged-{ahead}")), ..(**a.held()).clone() };
        let file = world.sign(&license);
        let before = world.store.activations.clone();
        match world.send(&file) {
            Ok(done) => assert!(taken && done.issued().generation == generation + 1),
            Err(refused) => {
                let refusal = refused.rules();
                assert_eq!((refusal.kind.code(), refusal.cases.len(), taken), ("activation.ahead", 1, false));
                assert_eq!(world.store.activations, before);
            }
        }
    }
    // A device that has such a file still reports and returns; it gets no file that it could not load.
    let mut world = World::new(entitlement());
    a = licensed(&mut world, "a");
    let license = License { generation: u32::MAX, ..(**a.held()).clone() };
    assert!(a.load_license(&world.sign(&license)));
    a.use_up(world.now, 2);
    let report = a.report(world.now);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), done.license), ("booked", vec!["restored"], None));
    assert_eq!((world.total("renders"), world.store.activations[0].generation), (2, 1));
}
