//! Many files: who reads which, what is shown of thousands, and what happens to those of a worker that is stuck.
#![cfg(not(target_arch = "wasm32"))]

use handcarry_portal::card::{CardKind, FileCard, Refusal};
use handcarry_portal::flow::{Effect, Event, Flow, Incoming, PhaseKind, Place};
use handcarry_portal::verify::unread;
use handcarry_portal::worker::plan::Plan;

fn files(slots: std::ops::Range<u32>) -> Vec<Incoming> {
    slots.map(|slot| Incoming { name: format!("{slot}.txt"), size: 3, slot }).collect()
}

fn found(id: u32, outcome: Result<Box<FileCard>, Box<Refusal>>) -> Event {
    Event::Examined { id, bytes: [1].into(), outcome }
}

fn accepted(id: u32) -> Event {
    found(id, Ok(FileCard::new(CardKind::Deactivation, "CAD".into(), "WS-17")))
}

fn refused(id: u32) -> Event {
    found(id, Err(unread("page.too_slow", 3)))
}

fn ids(flow: &Flow) -> Vec<u32> {
    flow.rows().0.iter().map(|item| item.id).collect()
}

#[test]
fn files_that_come_in_parts_are_one_batch_whatever_is_looked_at_meanwhile() {
    let mut flow = Flow::new("7".into());
    flow.apply(Event::Brought(files(0..100)));
    flow.apply(accepted(3));
    flow.apply(Event::Opened(3));
    let todo = flow.apply(Event::Joined(files(100..150)));
    assert_eq!(todo.len(), 50);
    assert_eq!(todo[0], Effect::Read { id: 100, slot: 100 });
    assert_eq!(flow.place(), Place::Item(3, PhaseKind::Review), "the person stays where they are");
    flow.apply(Event::ListOpened);
    assert_eq!((flow.place(), flow.tally().all), (Place::Batch, 150));
    assert_eq!((flow.tally().reading, flow.tally().ready), (149, 1));
}

#[test]
fn a_long_list_is_shown_in_parts() {
    let mut flow = Flow::new("7".into());
    flow.apply(Event::Brought(files(0..150)));
    assert_eq!((ids(&flow).len(), flow.rows().1), (150, None), "this many need no parts");
    flow.apply(Event::Joined(files(150..10_000)));
    let part = flow.rows().1.expect("a part");
    assert_eq!((part.number, part.last, part.places, part.of), (0, 66, (1, 150), 10_000));
    flow.apply(Event::Turned(66));
    let part = flow.rows().1.expect("a part");
    assert_eq!((part.number, part.places), (66, (9_901, 10_000)));
    assert_eq!(ids(&flow), (9_900..10_000).collect::<Vec<u32>>());
    flow.apply(Event::Turned(900));
    assert_eq!(flow.rows().1.expect("a part").number, 66, "there is none after the last");
}

#[test]
fn among_thousands_the_refused_come_first_and_among_few_all_stay_in_their_order() {
    let mut flow = Flow::new("7".into());
    flow.apply(Event::Brought(files(0..150)));
    flow.apply(refused(77));
    assert_eq!(ids(&flow)[0], 0);
    flow.apply(Event::Joined(files(150..10_000)));
    flow.apply(refused(9_000));
    assert_eq!(ids(&flow)[..4], [77, 9_000, 0, 1]);
}

#[test]
fn rows_look_the_same_until_one_of_them_changes() {
    let mut flow = Flow::new("7".into());
    flow.apply(Event::Brought(files(0..10_000)));
    let before = flow.seen();
    flow.apply(accepted(5_000));
    assert_eq!(flow.seen(), before, "nobody sees this one now");
    flow.apply(accepted(5));
    assert_ne!(flow.seen(), before);
}

#[test]
fn the_first_page_shows_the_newest_transfers_in_parts_too() {
    let mut flow = Flow::new("7".into());
    flow.apply(Event::Brought(files(0..200)));
    for id in 0..200 {
        flow.apply(accepted(id));
    }
    flow.apply(Event::Turned(1));
    flow.apply(Event::Left);
    assert_eq!(flow.rows().1.expect("a part").number, 0, "another list begins at its beginning");
    assert_eq!(ids(&flow)[..2], [199, 198]);
}

/// A plan with so many workers, and files from 0 up.
fn plan(workers: usize, count: u32) -> Plan<u32> {
    let mut plan = Plan::default();
    (0..workers).for_each(|_| plan.hire());
    (0..count).for_each(|file| plan.bring(file, false));
    plan
}

#[test]
fn every_file_is_read_once_and_each_worker_has_one_job_in_hand() {
    let mut plan = plan(3, 10_000);
    let mut read = vec![0; 10_000];
    let mut jobs: Vec<(usize, u32)> = Vec::new();
    for turn in 0.. {
        for worker in 0..3 {
            while let Some(job) = plan.next(worker) {
                assert!((1..=16).contains(&job.files.len()));
                jobs.push((worker, job.number));
            }
            assert!(jobs.iter().filter(|job| job.0 == worker).count() <= 2);
        }
        if jobs.is_empty() {
            break;
        }
        // In whatever order they answer.
        let (worker, number) = jobs.swap_remove(turn % jobs.len());
        plan.answered(worker, number).into_iter().for_each(|file| read[file as usize] += 1);
    }
    assert!(plan.is_idle() && read.iter().all(|times| *times == 1));
}

#[test]
fn towards_the_end_jobs_get_smaller() {
    let mut plan = plan(2, 6);
    let sizes: Vec<usize> = [0, 1, 0, 1].map(|at| plan.next(at).map_or(0, |job| job.files.len())).into();
    assert_eq!(sizes, [1; 4]);
}

#[test]
fn a_large_file_has_a_worker_to_itself() {
    let mut plan = plan(1, 0);
    plan.bring(7, true);
    plan.bring(8, false);
    let job = plan.next(0).expect("a job");
    assert_eq!(job.files, [7]);
    assert_eq!(plan.next(0), None, "whatever is stuck with it would wait with it");
    assert_eq!(plan.heard(0, job.number), Some(&7), "whose progress it is");
    assert_eq!(plan.answered(0, job.number), [7]);
    assert_eq!(plan.next(0).map(|job| job.files), Some(vec![8]));
}

/// Beats until some worker is given up.
fn silence(plan: &mut Plan<u32>) -> (u32, Vec<usize>) {
    for beat in 1.. {
        let stuck = plan.beat();
        if !stuck.is_empty() {
            return (beat, stuck);
        }
    }
    unreachable!("it beats until one is stuck")
}

#[test]
fn a_stuck_worker_takes_one_file_with_it_and_no_other() {
    let mut plan = plan(2, 64);
    let hostile = 3;
    let mut read = Vec::new();
    let mut refused = Vec::new();
    let mut hands: [Vec<(u32, Vec<u32>)>; 2] = Default::default();
    while refused.is_empty() {
        let mut moved = true;
        while moved {
            moved = false;
            for (worker, hand) in hands.iter_mut().enumerate() {
                while let Some(job) = plan.next(worker) {
                    hand.push((job.number, job.files));
                }
                // A worker does its jobs in order and answers none that the hostile file is in, nor one after it.
                if hand.first().is_some_and(|(_, files)| !files.contains(&hostile)) {
                    let (number, _) = hand.remove(0);
                    read.extend(plan.answered(worker, number));
                    moved = true;
                }
            }
        }
        for worker in silence(&mut plan).1 {
            hands[worker].clear();
            refused.extend(plan.replaced(worker));
        }
    }
    read.sort_unstable();
    assert_eq!(refused, [hostile]);
    assert_eq!(read, (0..64).filter(|file| *file != hostile).collect::<Vec<u32>>());
}

#[test]
fn a_worker_that_says_something_is_not_stuck() {
    let mut plan = plan(1, 0);
    plan.bring(7, true);
    let number = plan.next(0).expect("a job").number;
    assert_eq!(silence(&mut plan), (31, vec![0]));
    plan.heard(0, number);
    assert_eq!(silence(&mut plan), (31, vec![0]), "its patience begins anew");
    plan.answered(0, number);
    assert!((0..99).all(|_| plan.beat().is_empty()), "nothing to do is no silence");
}

#[test]
fn what_workers_leave_is_all_there() {
    let mut plan = plan(2, 40);
    plan.next(0);
    plan.next(1);
    let mut left: Vec<u32> = std::iter::from_fn(|| plan.take_back()).collect();
    left.sort_unstable();
    assert_eq!(left, (0..40).collect::<Vec<u32>>());
    assert!(plan.is_idle() && plan.next(0).is_none());
}
