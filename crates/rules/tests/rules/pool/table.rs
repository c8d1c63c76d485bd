//! Every cell of the transition table, the empty ones, too.

use handcarry_rules::PoolStatus::{self, Activating, Active, Blocked, FailedVerification, Inactive, Pending};
use handcarry_rules::pool::{
    Effect, Event, EventKind as E, NotAllowed, Reason, TABLE, actions, effect, transition,
};
use rstest::rstest;

use super::event;
use crate::world::{at, id};

/// What the table of the rules says: a status, `removed`, or `-` where it refuses; in the order of the events.
#[rustfmt::skip]
const CELLS: [(PoolStatus, [&str; 12]); 6] = [
    //                     verified  ahead      elsewhere   refused    unreachable            start      end        activate      deactivate  delete     replaced    recheck
    (Activating,         ["active", "pending", "inactive", "blocked", "failed_verification", "-",       "blocked", "-",          "-",        "-",       "-",        "-"]),
    (FailedVerification, ["-",      "-",       "-",        "-",       "failed_verification", "-",       "blocked", "activating", "-",        "removed", "-",        "-"]),
    (Active,             ["-",      "-",       "-",        "blocked", "active",              "-",       "blocked", "-",          "inactive", "-",       "inactive", "-"]),
    (Pending,            ["-",      "-",       "-",        "blocked", "pending",             "active",  "-",       "-",          "inactive", "-",       "inactive", "-"]),
    (Inactive,           ["-",      "-",       "-",        "-",       "-",                   "inactive", "blocked", "activating", "-",        "removed", "-",        "-"]),
    (Blocked,            ["-",      "-",       "-",        "blocked", "blocked",             "-",       "-",       "-",          "-",        "removed", "-",        "activating"]),
];

#[test]
fn alt_03_04_05_06_07_every_cell_of_the_table_is_as_the_rules_say_and_what_is_absent_is_refused() {
    for (from, cells) in CELLS {
        for (kind, cell) in E::ALL.into_iter().zip(cells) {
            let answer = transition(from, &event(kind));
            let said = match &answer {
                Ok(moved) => moved.to.map_or("removed", PoolStatus::name),
                Err(NotAllowed { status, event }) => {
                    assert_eq!((*status, *event), (from, kind), "it names the status and the action");
                    "-"
                }
            };
            assert_eq!(said, cell, "{from} × {kind}");
        }
    }
}

#[test]
fn alt_03_no_cell_is_in_the_table_twice() {
    for (n, (from, kind, _)) in TABLE.iter().enumerate() {
        let again = TABLE[n + 1..].iter().any(|(status, event, _)| (status, event) == (from, kind));
        assert!(!again, "{from} × {kind}");
    }
    assert_eq!(TABLE.len(), 28);
}

#[test]
fn alt_19_every_entry_into_inactive_or_blocked_says_why_exactly_once() {
    for from in PoolStatus::ALL {
        for kind in E::ALL {
            let Ok(moved) = transition(from, &event(kind)) else { continue };
            let entry = moved.to.filter(|to| *to != from).filter(|to| matches!(to, Inactive | Blocked));
            assert_eq!(moved.message.map(|message| message.status), entry, "{from} × {kind}");
        }
    }
}

#[rstest]
#[case::alt_10(Active, E::Deactivate, Inactive, Reason::Deactivated)]
#[case::alt_12(Active, E::EndPassed, Blocked, Reason::Ended)]
#[case::alt_13(Activating, E::Refused, Blocked, Reason::Refused { reason: "over_use".into() })]
#[case::alt_13_later(Active, E::Refused, Blocked, Reason::Refused { reason: "over_use".into() })]
#[case::alt_20(Active, E::Replaced, Inactive, Reason::ReplacedBy { license: id("renewal-1") })]
#[case::alt_20_pending(Pending, E::Replaced, Inactive, Reason::ReplacedBy { license: id("renewal-1") })]
#[case::alt_09(
    Activating,
    E::HeldElsewhere,
    Inactive,
    Reason::HeldElsewhere { site: "Plant 2".into(), since: at("2026-01-01T00:00:00Z") }
)]
fn alt_09_10_12_13_19_20_the_message_has_the_reason(
    #[case] from: PoolStatus,
    #[case] kind: E,
    #[case] to: PoolStatus,
    #[case] reason: Reason,
) {
    let message = transition(from, &event(kind)).unwrap().message.unwrap();
    assert_eq!((message.status, message.reason), (to, reason));
}

#[test]
fn alt_19_reasons_have_stable_names() {
    let names = [
        (Reason::Deactivated, "deactivated"),
        (Reason::HeldElsewhere { site: String::new(), since: at("2026-01-01T00:00:00Z") }, "held_elsewhere"),
        (Reason::Ended, "ended"),
        (Reason::Refused { reason: String::new() }, "refused"),
        (Reason::ReplacedBy { license: id("renewal-1") }, "replaced_by"),
    ];
    for (reason, name) in names {
        assert_eq!(reason.name(), name);
    }
}

#[rstest]
#[case(Activating, &[])]
#[case(FailedVerification, &[E::Activate, E::Delete])]
#[case(Active, &[E::Deactivate])]
#[case(Pending, &[E::Deactivate])]
#[case(Inactive, &[E::Activate, E::Delete])]
#[case(Blocked, &[E::Delete, E::Recheck])]
fn alt_05_11_14_24_an_administrator_has_the_actions_of_the_status(
    #[case] status: PoolStatus,
    #[case] allowed: &[E],
) {
    assert_eq!(actions(status).collect::<Vec<_>>(), allowed);
}

#[test]
fn alt_24_activating_and_active_refuse_delete_and_the_refusal_names_both() {
    for (status, text) in [
        (Activating, "delete is not possible while the license is activating"),
        (Active, "delete is not possible while the license is active"),
    ] {
        let refused = transition(status, &Event::Delete).unwrap_err();
        assert_eq!(refused.to_string(), text);
    }
}

#[test]
fn alt_16_assignable_is_active_or_pending() {
    for status in PoolStatus::ALL {
        assert_eq!(status.is_assignable(), matches!(status, Active | Pending), "{status}");
        assert_eq!(PoolStatus::from_name(status.name()), Some(status));
    }
    assert_eq!(PoolStatus::from_name("Active"), None);
}

#[test]
fn alt_14_out_of_blocked_leads_only_recheck_to_a_new_verification_or_delete() {
    let out: Vec<_> = E::ALL
        .into_iter()
        .filter_map(|kind| Some((kind, effect(Blocked, kind)?)))
        .filter(|(_, effect)| *effect != Effect::Stay && *effect != Effect::Become(Blocked))
        .collect();
    assert_eq!(out, [(E::Delete, Effect::Remove), (E::Recheck, Effect::Become(Activating))]);
}
