//! The flow of files, told as stories: what happened, what is to be done, what is shown.
#![cfg(not(target_arch = "wasm32"))]

use std::sync::Arc;

use handcarry_portal::card::{Answer, CardKind, FileCard, Outcome, Refusal};
use handcarry_portal::flow::{
    Effect, Event, Flow, Incoming, Phase, PhaseKind, Place, Restored, Saved, Stage, Why,
};

fn card(kind: CardKind) -> Box<FileCard> {
    FileCard::new(kind, "Acme CAD Pro".into(), "WS-17")
}

fn answer() -> Box<Answer> {
    Box::new(Answer {
        outcome: Outcome::Returned,
        product: String::new(),
        device: String::new(),
        facts: Vec::new(),
        booked: Vec::new(),
        notes: Vec::new(),
        holder: Vec::new(),
        receipt: None,
        license: None,
        followed: String::new(),
        first: None,
        raw: "{\"raw\":1}".into(),
    })
}

#[test]
fn alt_22_only_an_answer_with_a_license_is_followed_and_only_with_a_network() {
    let (mut flow, ids) = ready(1);
    assert_eq!(flow.followed(), None, "nothing of a dropped file has left this browser");
    flow.apply(Event::Confirmed(ids[0]));
    assert_eq!(flow.followed(), None);
    let followed = Answer { followed: "sha256:0".into(), ..*answer() };
    flow.apply(Event::Answered { id: ids[0], answer: Box::new(followed) });
    assert_eq!(flow.followed(), Some("sha256:0"));
    flow.apply(Event::Offline);
    assert_eq!(flow.followed(), None);
    flow.apply(Event::Online);
    assert_eq!(flow.followed(), Some("sha256:0"));
    flow.apply(Event::Left);
    assert_eq!(flow.followed(), None);
    let (mut flow, ids) = ready(1);
    flow.apply(Event::Confirmed(ids[0]));
    flow.apply(Event::Answered { id: ids[0], answer: answer() });
    assert_eq!(flow.followed(), None, "a receipt alone has no license to follow");
}

fn refusal(raw: &str) -> Box<Refusal> {
    Box::new(Refusal {
        code: "seat.none".into(),
        reference: String::new(),
        facts: Vec::new(),
        checks: Vec::new(),
        offer: None,
        raw: raw.into(),
    })
}

fn files(count: u32) -> Vec<Incoming> {
    (0..count).map(|slot| Incoming { name: format!("{slot}.txt"), size: 3, slot }).collect()
}

fn bytes() -> Arc<[u8]> {
    Arc::from(*b"abc")
}

/// A page with so many files, all of them proven.
fn ready(count: u32) -> (Flow, Vec<u32>) {
    let mut flow = Flow::new("7".into());
    let todo = flow.apply(Event::Brought(files(count)));
    let ids: Vec<u32> = todo
        .iter()
        .map(|effect| match effect {
            Effect::Read { id, .. } => *id,
            other => panic!("{other:?}"),
        })
        .collect();
    for id in &ids {
        examined(&mut flow, *id, CardKind::Deactivation);
    }
    (flow, ids)
}

fn examined(flow: &mut Flow, id: u32, kind: CardKind) -> Vec<Effect> {
    flow.apply(Event::Examined { id, bytes: bytes(), outcome: Ok(card(kind)) })
}

fn kind(flow: &Flow, id: u32) -> PhaseKind {
    flow.item(id).map(|item| item.kind()).expect("the file is there")
}

fn sends(todo: &[Effect]) -> usize {
    todo.iter().filter(|effect| matches!(effect, Effect::Send { .. })).count()
}

#[test]
fn nothing_is_sent_before_the_person_says_so() {
    let mut flow = Flow::new("7".into());
    let mut todo = flow.apply(Event::Brought(files(1)));
    todo.extend(examined(&mut flow, 0, CardKind::Request));
    todo.extend(flow.apply(Event::Online));
    todo.extend(flow.apply(Event::TryNow(0)));
    todo.extend(flow.apply(Event::Due { id: 0, tries: 0 }));
    assert_eq!(sends(&todo), 0);
    assert_eq!(flow.place(), Place::Item(0, PhaseKind::Review));
    assert_eq!(flow.apply(Event::Confirmed(0)).last(), Some(&Effect::Send { id: 0, bytes: bytes() }));
    assert_eq!(sends(&flow.apply(Event::Confirmed(0))), 0, "pressing twice sends once");
}

#[test]
fn d_01_done_comes_with_the_answer_and_not_before() {
    let (mut flow, _) = ready(1);
    flow.apply(Event::Answered { id: 0, answer: answer() });
    assert_eq!(kind(&flow, 0), PhaseKind::Review, "an answer to a file that was not sent");
    flow.apply(Event::Confirmed(0));
    assert_eq!(kind(&flow, 0), PhaseKind::Working);
    let todo = flow.apply(Event::Answered { id: 0, answer: answer() });
    assert_eq!(kind(&flow, 0), PhaseKind::Done);
    assert!(matches!(
        &todo[..],
        [Effect::Save(Saved { stage: Stage::Answered, bytes: None, raw: Some(_), .. })]
    ));
}

#[test]
fn a_receipt_is_explained_and_never_sent() {
    let mut flow = Flow::new("7".into());
    flow.apply(Event::Brought(files(1)));
    assert_eq!(examined(&mut flow, 0, CardKind::Receipt), [], "nothing to keep");
    assert_eq!(flow.apply(Event::Confirmed(0)), []);
    assert_eq!(kind(&flow, 0), PhaseKind::Review);
}

#[test]
fn what_was_proven_is_kept_and_what_is_cancelled_is_not() {
    let mut flow = Flow::new("7".into());
    flow.apply(Event::Brought(files(1)));
    let todo = examined(&mut flow, 0, CardKind::Usage);
    assert!(matches!(&todo[..], [Effect::Save(Saved { stage: Stage::Ready, bytes: Some(_), .. })]));
    assert_eq!(flow.apply(Event::Removed(0)), [Effect::Forget("7-100000".into())]);
    assert_eq!(flow.place(), Place::Choose);
}

#[test]
fn without_a_network_a_file_waits_and_goes_by_itself() {
    let (mut flow, _) = ready(1);
    flow.apply(Event::Offline);
    let todo = flow.apply(Event::Confirmed(0));
    assert_eq!(sends(&todo), 0);
    assert!(todo.iter().any(|effect| matches!(effect, Effect::Save(Saved { stage: Stage::Sending, .. }))));
    assert!(matches!(flow.item(0).unwrap().phase, Phase::Waiting { why: Why::Offline, seconds: None, .. }));
    assert_eq!(sends(&flow.apply(Event::TryNow(0))), 0, "there is still none");
    assert_eq!(sends(&flow.apply(Event::Online)), 1);
}

#[test]
fn a_network_that_goes_while_sending_is_waited_for() {
    let (mut flow, _) = ready(1);
    flow.apply(Event::Confirmed(0));
    flow.apply(Event::Offline);
    let todo = flow.apply(Event::NotSent { id: 0, why: Why::Unreachable, after: None });
    assert_eq!(todo, [], "no clock: the network itself says when");
    assert_eq!(sends(&flow.apply(Event::Online)), 1);
}

#[test]
fn a_portal_that_does_not_answer_is_asked_again_ever_more_slowly() {
    let (mut flow, _) = ready(1);
    flow.apply(Event::Confirmed(0));
    for (tries, wait) in [(1, 2), (2, 4), (3, 8)] {
        let todo = flow.apply(Event::NotSent { id: 0, why: Why::Unreachable, after: None });
        assert_eq!(todo, [Effect::Wait { id: 0, tries, seconds: wait }]);
        assert_eq!(sends(&flow.apply(Event::Due { id: 0, tries })), 1);
        assert_eq!(sends(&flow.apply(Event::Due { id: 0, tries })), 0, "a wait ends once");
    }
    let todo = flow.apply(Event::NotSent { id: 0, why: Why::Busy, after: Some(90) });
    assert_eq!(todo, [Effect::Wait { id: 0, tries: 4, seconds: 90 }]);
    assert_eq!(sends(&flow.apply(Event::TryNow(0))), 1);
    assert_eq!(sends(&flow.apply(Event::Due { id: 0, tries: 4 })), 0, "the person was faster than the clock");
}

#[test]
fn d_32_each_file_has_its_own_result() {
    let (mut flow, ids) = ready(3);
    assert_eq!(flow.place(), Place::Batch);
    assert_eq!(sends(&flow.apply(Event::ConfirmedAll)), 3);
    flow.apply(Event::Answered { id: ids[0], answer: answer() });
    flow.apply(Event::Rejected { id: ids[1], refusal: refusal("{}") });
    flow.apply(Event::NotSent { id: ids[2], why: Why::Faulty, after: None });
    let kinds: Vec<PhaseKind> = flow.batch().map(|item| item.kind()).collect();
    assert_eq!(kinds, [PhaseKind::Done, PhaseKind::Refused, PhaseKind::Waiting]);
    assert_eq!(flow.place(), Place::Batch);
}

#[test]
fn many_files_go_a_few_at_a_time() {
    let (mut flow, ids) = ready(9);
    let mut sent = sends(&flow.apply(Event::ConfirmedAll));
    assert_eq!(sent, 4);
    for id in ids {
        sent += sends(&flow.apply(Event::Answered { id, answer: answer() }));
    }
    assert_eq!(sent, 9);
    assert!(flow.batch().all(|item| item.kind() == PhaseKind::Done));
}

fn saved(key: &str, stage: Stage) -> Saved {
    Saved {
        key: key.into(),
        name: "a.txt".into(),
        size: 3,
        stage,
        bytes: Some(bytes()),
        raw: None,
        first: None,
    }
}

#[test]
fn a_reload_returns_to_the_review() {
    let mut flow = Flow::new("8".into());
    let todo =
        flow.apply(Event::Restored(vec![Restored { saved: saved("7-0", Stage::Ready), answer: None }]));
    assert_eq!(todo, [Effect::Examine { id: 0, bytes: bytes() }]);
    assert_eq!(sends(&examined(&mut flow, 0, CardKind::Deactivation)), 0, "it was not agreed to");
    assert_eq!(flow.place(), Place::Item(0, PhaseKind::Review));
    assert_eq!(flow.apply(Event::Removed(0)), [Effect::Forget("7-0".into())], "under its first name");
}

#[test]
fn a_reload_while_sending_sends_the_same_again() {
    let mut flow = Flow::new("8".into());
    let restored = vec![Restored { saved: saved("7-0", Stage::Sending), answer: None }];
    flow.apply(Event::Restored(restored));
    let todo = examined(&mut flow, 0, CardKind::Deactivation);
    assert!(todo.contains(&Effect::Send { id: 0, bytes: bytes() }));
}

#[test]
fn answers_of_earlier_visits_are_listed_and_do_not_push_themselves_forward() {
    let mut flow = Flow::new("8".into());
    let old = Saved { bytes: None, ..saved("7-0", Stage::Answered) };
    let gone = Saved { bytes: None, ..saved("7-1", Stage::Ready) };
    let todo = flow.apply(Event::Restored(vec![
        Restored { saved: old, answer: Some(Ok(answer())) },
        Restored { saved: gone, answer: None },
    ]));
    assert_eq!(todo, [Effect::Forget("7-1".into())], "a record without its file is no use");
    assert_eq!(flow.place(), Place::Choose);
    assert_eq!(flow.newest_first().filter(|item| item.is_listed()).count(), 1);
    flow.apply(Event::Opened(0));
    assert_eq!(flow.place(), Place::Item(0, PhaseKind::Done));
    flow.apply(Event::Left);
    assert_eq!(flow.apply(Event::Cleared), [Effect::Forget("7-0".into())]);
    assert_eq!(flow.newest_first().count(), 0);
}

#[test]
fn clearing_the_list_leaves_what_is_on_its_way() {
    let (mut flow, ids) = ready(2);
    flow.apply(Event::Confirmed(ids[0]));
    flow.apply(Event::Cleared);
    let left: Vec<u32> = flow.newest_first().map(|item| item.id).collect();
    assert_eq!(left, [ids[0]]);
}

#[test]
fn a_refused_file_makes_room_for_the_next() {
    let mut flow = Flow::new("7".into());
    flow.apply(Event::Brought(files(1)));
    flow.apply(Event::Examined { id: 0, bytes: bytes(), outcome: Err(refusal("")) });
    assert_eq!(flow.place(), Place::Item(0, PhaseKind::Refused));
    assert!(!flow.item(0).unwrap().is_listed(), "it never reached the portal");
    flow.apply(Event::Brought(files(1)));
    assert!(flow.item(0).is_none());
    assert_eq!(flow.place(), Place::Item(1, PhaseKind::Reading));
}

#[test]
fn events_of_files_that_are_gone_change_nothing() {
    let (mut flow, _) = ready(1);
    flow.apply(Event::Confirmed(0));
    flow.apply(Event::Removed(0));
    for event in [
        Event::Answered { id: 0, answer: answer() },
        Event::Rejected { id: 0, refusal: refusal("{}") },
        Event::NotSent { id: 0, why: Why::Busy, after: None },
        Event::Progress { id: 0, done: 1 },
        Event::Examined { id: 0, bytes: bytes(), outcome: Ok(card(CardKind::Usage)) },
    ] {
        assert_eq!(flow.apply(event), []);
    }
    assert_eq!(flow.place(), Place::Choose);
}

#[test]
fn an_empty_drop_says_so_until_the_person_goes_on() {
    let mut flow = Flow::new("7".into());
    flow.apply(Event::BroughtNothing);
    assert!(flow.brought_nothing());
    flow.apply(Event::Brought(files(1)));
    assert!(!flow.brought_nothing());
}
