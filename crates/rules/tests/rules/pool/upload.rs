//! Uploads and renewals.

use std::collections::BTreeMap;

use handcarry_format::Id;
use handcarry_rules::PoolStatus::{self, Activating, Active, Blocked, FailedVerification, Inactive, Pending};
use handcarry_rules::pool::{Event, Upload, in_order, replaced_by_now, upload};
use proptest::prelude::*;
use rstest::rstest;

use crate::world::id;

/// A pool: each license that it ever had, and its status while it is in.
type Pool = BTreeMap<Id, Option<PoolStatus>>;

fn put(pool: &mut Pool, file: &[Id]) -> Vec<Upload> {
    let known = |license: &Id| pool.get(license).map(Option::is_some);
    let said: Vec<(Id, Upload)> =
        upload(file, known).into_iter().map(|(license, what)| (license.clone(), what)).collect();
    for (license, what) in &said {
        if *what != Upload::Kept {
            pool.insert(license.clone(), Some(Activating));
        }
    }
    said.into_iter().map(|(_, what)| what).collect()
}

#[test]
fn alt_01_02_15_18_each_license_of_a_file_is_new_kept_or_revived() {
    let mut pool = Pool::from([(id("kept"), Some(Blocked)), (id("deleted"), None)]);
    let file = [id("new"), id("kept"), id("deleted"), id("new")];
    assert_eq!(put(&mut pool, &file), [Upload::New, Upload::Kept, Upload::Revived, Upload::Kept]);
    let now: Vec<_> = pool.iter().map(|(license, status)| (license.as_str(), *status)).collect();
    assert_eq!(now, [("deleted", Some(Activating)), ("kept", Some(Blocked)), ("new", Some(Activating))]);
}

fn pool() -> impl Strategy<Value = Pool> {
    let status = prop::option::of(prop::sample::select(PoolStatus::ALL.to_vec()));
    prop::collection::btree_map((0..12_u8).prop_map(|n| id(&format!("license-{n}"))), status, 0..12)
}

proptest! {
    #[test]
    fn alt_01_an_upload_is_idempotent_and_keeps_what_is_there(
        mut pool in pool(),
        file in prop::collection::vec((0..12_u8).prop_map(|n| id(&format!("license-{n}"))), 0..20),
    ) {
        let before = pool.clone();
        let said = put(&mut pool, &file);
        prop_assert_eq!(said.len(), file.len());
        for (license, status) in &before {
            prop_assert!(status.is_none() || pool[license] == *status, "no status change");
        }
        for license in &file {
            let fresh = before.get(license).copied().flatten().is_none();
            prop_assert!(!fresh || pool[license] == Some(Activating), "ALT-15");
        }
        let after = pool.clone();
        prop_assert!(put(&mut pool, &file).iter().all(|what| *what == Upload::Kept));
        prop_assert_eq!(pool, after);
    }
}

#[rstest]
#[case::change_over(Active, Active, true)]
#[case::of_a_pending_one(Active, Pending, true)]
#[case::not_before_it_begins(Pending, Active, false)]
#[case::not_before_it_is_verified(Activating, Active, false)]
#[case::not_by_a_failed_one(FailedVerification, Active, false)]
#[case::not_by_an_inactive_one(Inactive, Active, false)]
#[case::not_by_a_blocked_one(Blocked, Active, false)]
#[case::already_inactive(Active, Inactive, false)]
#[case::already_blocked(Active, Blocked, false)]
#[case::not_verified_yet(Active, Activating, false)]
fn alt_17_20_a_renewal_takes_over_when_it_is_active_itself(
    #[case] renewal: PoolStatus,
    #[case] replaced: PoolStatus,
    #[case] happens: bool,
) {
    let event = replaced_by_now(&id("renewal-1"), renewal, replaced);
    assert_eq!(event, happens.then(|| Event::Replaced { by: id("renewal-1") }));
}

#[test]
fn ice_23_an_order_id_entered_by_hand_finds_its_licenses() {
    let pool = [("PO-77", 1), ("po-77 ", 2), ("PO-78", 3), ("", 4)];
    assert_eq!(in_order(" po-77", pool), [1, 2]);
    assert_eq!(in_order("PO-79", pool), [0; 0]);
    assert_eq!(in_order(" ", pool), [0; 0], "nothing is no order");
}
