use handcarry_format::Source::{Hardware, System};
use handcarry_format::{Instant, Map};
use handcarry_rules::holder::{
    MISMATCH_VARIABLE, Machine, Mismatch, Registration, machine, registration, reported_mismatch,
};
use rstest::rstest;

use crate::world::{at, parts};

#[rstest]
#[case(false, false, false, Registration::Ok)]
#[case(true, false, false, Registration::Evaluation)]
#[case(false, true, false, Registration::Evaluation)]
#[case(true, true, false, Registration::Evaluation)]
#[case(false, false, true, Registration::ReferenceMismatch)]
#[case(true, false, true, Registration::ReferenceMismatch)]
#[case(false, true, true, Registration::ReferenceMismatch)]
#[case(true, true, true, Registration::ReferenceMismatch)]
fn ice_04_registration_is_ok_an_evaluation_or_a_mismatch(
    #[case] evaluation: bool,
    #[case] emergency: bool,
    #[case] mismatch: bool,
    #[case] expected: Registration,
) {
    assert_eq!(registration(evaluation, emergency, mismatch), expected);
}

#[test]
fn ice_04_every_registration_status_has_its_name() {
    let names = [Registration::Ok, Registration::Evaluation, Registration::ReferenceMismatch];
    assert_eq!(names.map(Registration::name), ["ok", "evaluation", "reference_id_mismatch"]);
}

#[rstest]
#[case::as_said(Some("2026-03-01T00:00:00Z"), Some("2026-03-01T00:00:00Z"))]
#[case::a_clock_that_is_ahead(Some("2027-01-01T00:00:00Z"), Some("2026-03-02T12:00:00Z"))]
#[case::nonsense(Some("yesterday"), Some("2026-03-02T12:00:00Z"))]
#[case::none(None, None)]
fn ice_03_the_portal_learns_of_a_mismatch_from_what_the_device_sends(
    #[case] said: Option<&str>,
    #[case] since: Option<&str>,
) {
    let now = at("2026-03-02T12:00:00Z");
    let said = said.map(|said| (MISMATCH_VARIABLE.to_owned(), said.to_owned()));
    let variables: Map<String, String> = said.into_iter().collect();
    let since = since.map(|since| Mismatch { since: at(since) });
    assert_eq!(reported_mismatch(&variables, now), since);
}

#[test]
fn ice_03_a_mismatch_ends_after_seven_days_to_the_second() {
    let mismatch = Mismatch { since: at("2026-03-02T12:00:00Z") };
    let until: Instant = at("2026-03-09T12:00:00Z");
    assert_eq!(mismatch.until(), until);
    assert!(!mismatch.has_stopped(until.plus_seconds(-1)));
    assert!(mismatch.has_stopped(until));
}

#[rstest]
#[case::all(100, 66, Machine::Same)]
#[case::exactly_the_rate(66, 66, Machine::Same)]
#[case::below_the_rate(65, 66, Machine::Changed)]
#[case::exactly_a_quarter(25, 66, Machine::Changed)]
#[case::below_a_quarter(24, 66, Machine::Another)]
#[case::nothing(0, 66, Machine::Another)]
#[case::off(0, 0, Machine::Same)]
#[case::a_low_rate(20, 20, Machine::Same)]
#[case::below_a_low_rate(19, 20, Machine::Another)]
#[case::all_must_match(99, 100, Machine::Changed)]
fn ice_03_16_a_machine_is_the_same_changed_or_another(
    #[case] percent: u32,
    #[case] rate: u32,
    #[case] expected: Machine,
) {
    let known: Vec<_> = [(Hardware, "board", "a", percent), (System, "system", "b", 100 - percent)]
        .into_iter()
        .filter(|part| part.3 > 0)
        .collect();
    let present = [(Hardware, "board", "a", 1), (System, "system", "other", 1)];
    assert_eq!(machine(&parts(&known), &parts(&present), rate), expected);
}
