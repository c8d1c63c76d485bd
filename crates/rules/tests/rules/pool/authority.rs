//! The authority's side: who holds a license.

use std::collections::BTreeMap;

use handcarry_format::KeyId;
use handcarry_rules::PoolStatus;
use handcarry_rules::pool::{Hold, Issued, Site, Verdict, answer, release};
use proptest::prelude::*;
use rstest::rstest;

use crate::world::{at, key};

fn site(name: &str) -> Site {
    Site { key: key(name).public().id(), name: name.to_owned() }
}

fn held_by(name: &str) -> Hold {
    Hold { site: site(name), since: at("2026-01-01T00:00:00Z") }
}

fn issued() -> Issued {
    Issued { status: PoolStatus::Active, reason: None, site_bound: true, used_here: None }
}

const NOW: &str = "2026-06-01T00:00:00Z";

#[test]
fn alt_03_a_free_license_is_granted_and_held_from_now_on() {
    let (verdict, hold) = answer(Some(&issued()), None, &site("a"), at(NOW));
    assert_eq!(verdict, Verdict::Granted { since: at(NOW) });
    assert_eq!(hold, Some(Hold { site: site("a"), since: at(NOW) }));
}

#[test]
fn alt_03_the_same_site_is_granted_what_it_holds_again_with_the_same_date() {
    let (verdict, hold) = answer(Some(&issued()), Some(&held_by("a")), &site("a"), at(NOW));
    assert_eq!((verdict, hold), (Verdict::Granted { since: at("2026-01-01T00:00:00Z") }, None));
}

#[test]
fn alt_09_another_site_is_told_who_holds_it_and_since_when() {
    let (verdict, hold) = answer(Some(&issued()), Some(&held_by("a")), &site("b"), at(NOW));
    let since = at("2026-01-01T00:00:00Z");
    assert_eq!((verdict, hold), (Verdict::HeldElsewhere { site: "a".to_owned(), since }, None));
}

#[test]
fn alt_09_a_license_in_use_at_the_authority_itself_is_held_there() {
    let used = Issued { used_here: Some(held_by("home")), ..issued() };
    let (verdict, _) = answer(Some(&used), None, &site("b"), at(NOW));
    assert!(matches!(verdict, Verdict::HeldElsewhere { site, .. } if site == "home"));
}

#[test]
fn alt_09_the_name_of_a_site_is_not_its_identity() {
    let liar = Site { name: "a".to_owned(), ..site("b") };
    let (verdict, _) = answer(Some(&issued()), Some(&held_by("a")), &liar, at(NOW));
    assert!(matches!(verdict, Verdict::HeldElsewhere { .. }));
    assert!(!release(Some(&held_by("a")), &liar));
}

#[test]
fn alt_09_a_license_for_all_sites_is_held_by_none() {
    let license = Issued { site_bound: false, ..issued() };
    for holder in [None, Some(&held_by("a"))] {
        let (verdict, hold) = answer(Some(&license), holder, &site("b"), at(NOW));
        assert_eq!((verdict, hold), (Verdict::Granted { since: at(NOW) }, None));
    }
}

#[rstest]
#[case(PoolStatus::Active, None)]
#[case(PoolStatus::Pending, None)]
#[case(PoolStatus::Inactive, Some("deactivated"))]
#[case(PoolStatus::Blocked, Some("ended"))]
#[case(PoolStatus::Activating, Some("activating"))]
#[case(PoolStatus::FailedVerification, Some("failed_verification"))]
fn alt_13_the_authority_refuses_what_is_not_assignable_with_its_reason(
    #[case] status: PoolStatus,
    #[case] reason: Option<&str>,
) {
    let named = reason.filter(|_| matches!(status, PoolStatus::Inactive | PoolStatus::Blocked));
    let license = Issued { status, reason: named.map(str::to_owned), ..issued() };
    // The holder, too.
    let (verdict, hold) = answer(Some(&license), Some(&held_by("a")), &site("a"), at(NOW));
    let refused = match verdict {
        Verdict::Refused { reason } => Some(reason),
        _ => None,
    };
    assert_eq!((refused.as_deref(), hold), (reason, None));
}

#[test]
fn alt_13_an_authority_does_not_know_what_it_never_issued() {
    assert_eq!(answer(None, None, &site("a"), at(NOW)), (Verdict::Unknown, None));
}

#[rstest]
#[case(Some("a"), "a", true)]
#[case(Some("a"), "b", false)]
#[case(None, "a", false)]
fn alt_11_only_the_holder_can_release(#[case] holder: Option<&str>, #[case] by: &str, #[case] takes: bool) {
    assert_eq!(release(holder.map(held_by).as_ref(), &site(by)), takes);
}

proptest! {
    #[test]
    fn alt_09_a_license_never_has_two_holders(
        steps in prop::collection::vec((any::<bool>(), 0..4_usize), 1..100)
    ) {
        let names = ["a", "b", "c", "d"];
        let mut holder: Option<Hold> = None;
        // What each site was told last.
        let mut believes: BTreeMap<KeyId, bool> = BTreeMap::new();
        let mut now = at(NOW);
        for (asks, who) in steps {
            now = now.plus_seconds(60);
            let site = site(names[who]);
            if asks {
                let (verdict, hold) = answer(Some(&issued()), holder.as_ref(), &site, now);
                holder = hold.or(holder);
                believes.insert(site.key, matches!(verdict, Verdict::Granted { .. }));
            } else {
                if release(holder.as_ref(), &site) {
                    holder = None;
                }
                believes.insert(site.key, false);
            }
            let believers: Vec<_> = believes.iter().filter(|(_, holds)| **holds).map(|(key, _)| *key).collect();
            prop_assert_eq!(believers, holder.iter().map(|hold| hold.site.key).collect::<Vec<_>>());
        }
    }
}
