//! What holds on every path through the table.

use handcarry_rules::PoolStatus::{self, Activating, Active, Blocked, Inactive, Pending};
use handcarry_rules::pool::{Event, EventKind, transition};
use proptest::prelude::*;

use super::event;

fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(prop::sample::select(EventKind::ALL.to_vec()).prop_map(event), 0..200)
}

fn any_status() -> impl Strategy<Value = PoolStatus> {
    prop::sample::select(PoolStatus::ALL.to_vec())
}

proptest! {
    #[test]
    fn alt_13_14_no_path_leads_from_blocked_to_assignable_without_a_fresh_verification(list in events()) {
        let (mut status, mut verified, mut begun) = (Blocked, false, false);
        for event in list {
            let Ok(moved) = transition(status, &event) else { continue };
            begun |= event.kind() == EventKind::Recheck || event.kind() == EventKind::Activate;
            verified |= begun && matches!(event.kind(), EventKind::Verified | EventKind::VerifiedAhead);
            // Deleted and uploaded again: ALT-15 begins a verification.
            status = moved.to.unwrap_or(Activating);
            begun |= moved.to.is_none();
            prop_assert!(!status.is_assignable() || verified);
            if status == Blocked {
                (verified, begun) = (false, false);
            }
        }
    }

    #[test]
    fn alt_19_there_is_one_message_for_each_entry_into_inactive_or_blocked(from in any_status(), list in events()) {
        let (mut status, mut entries, mut messages) = (from, 0, 0);
        for event in list {
            let before = status;
            let Ok(moved) = transition(status, &event) else { continue };
            messages += usize::from(moved.message.is_some());
            status = moved.to.unwrap_or(Activating);
            entries += usize::from(status != before && matches!(status, Inactive | Blocked));
        }
        prop_assert_eq!(messages, entries);
    }

    #[test]
    fn alt_04_an_authority_that_cannot_be_reached_never_blocks(from in any_status()) {
        let to = transition(from, &Event::Unreachable).ok().and_then(|moved| moved.to);
        prop_assert!(from == Blocked || to != Some(Blocked));
        prop_assert!(!matches!(from, Active | Pending) || to == Some(from), "what runs is not interrupted");
    }
}
