//! What was missed while no server ran.

use handcarry_server::schedule::{Job, JobError, Progress, Visit, next_hour};
use handcarry_server::site::Site;
use handcarry_store::{StoreError, Tx};

use crate::world::*;

#[tokio::test]
async fn alt_08_missed_midnights_are_made_up_for_once_each_over_dst_nights_in_three_zones() {
    let directory = tempfile::tempdir().unwrap();
    let app = app(&directory.path().join("portal.db"));
    let begin = at("2027-03-26T12:00:00Z");
    for (number, zone) in [(1, "Europe/Berlin"), (2, "Asia/Beirut"), (3, "America/Havana")] {
        tenant(&app, number, zone, begin).await;
    }
    run(&app, &[&Midnight], begin).await;
    assert!(done(&app, 1).await.is_empty(), "no midnight has passed yet");
    // Stopped from Friday to Tuesday, over the night in which clocks change.
    let passed = run(&app, &[&Midnight], at("2027-03-30T08:00:00Z")).await;
    assert_eq!(passed.failures, 0);
    let berlin =
        ["2027-03-26T23:00:00Z", "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z", "2027-03-29T22:00:00Z"];
    assert_eq!(midnights_done(&app, 1).await, berlin);
    let beirut =
        ["2027-03-26T22:00:00Z", "2027-03-27T22:00:00Z", "2027-03-28T21:00:00Z", "2027-03-29T21:00:00Z"];
    assert_eq!(midnights_done(&app, 2).await, beirut);
    let havana =
        ["2027-03-27T04:00:00Z", "2027-03-28T04:00:00Z", "2027-03-29T04:00:00Z", "2027-03-30T04:00:00Z"];
    assert_eq!(midnights_done(&app, 3).await, havana);
    // And the night that is an hour longer: one midnight, though 00:00 comes twice in Havana.
    run(&app, &[&Midnight], at("2027-11-06T05:00:00Z")).await;
    let before = midnights_done(&app, 3).await.len();
    run(&app, &[&Midnight], at("2027-11-08T05:00:00Z")).await;
    let after = midnights_done(&app, 3).await;
    assert_eq!(after[before..], ["2027-11-07T04:00:00Z", "2027-11-08T05:00:00Z"]);
}

#[tokio::test]
async fn alt_08_at_one_second_before_midnight_nothing_is_done_and_at_midnight_it_is_once() {
    let directory = tempfile::tempdir().unwrap();
    let app = app(&directory.path().join("portal.db"));
    tenant(&app, 1, "Europe/Berlin", at("2027-01-01T12:00:00Z")).await;
    run(&app, &[&Midnight], at("2027-01-01T22:59:59Z")).await;
    assert!(done(&app, 1).await.is_empty());
    for _ in 0..3 {
        run(&app, &[&Midnight], at("2027-01-01T23:00:00Z")).await;
        assert_eq!(midnights_done(&app, 1).await, ["2027-01-01T23:00:00Z"]);
    }
    // A clock that goes back does nothing again.
    run(&app, &[&Midnight], at("2027-01-01T12:00:00Z")).await;
    run(&app, &[&Midnight], at("2027-01-02T22:59:59Z")).await;
    assert_eq!(done(&app, 1).await.len(), 1);
}

struct Hour;

impl Job for Hour {
    fn name(&self) -> &'static str {
        "hour"
    }

    fn next(
        &self,
        _: &mut dyn Tx,
        _: &Site,
        after: handcarry_format::Instant,
    ) -> Result<Option<handcarry_format::Instant>, StoreError> {
        Ok(Some(next_hour(after)))
    }

    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        assert!(visit.after < visit.at && visit.at <= visit.now);
        note(tx, visit, "hour")?;
        Ok(Progress::Done)
    }
}

#[tokio::test]
async fn ice_18_several_jobs_are_made_up_for_in_the_order_of_their_instants() {
    let directory = tempfile::tempdir().unwrap();
    let app = app(&directory.path().join("portal.db"));
    tenant(&app, 1, "UTC", at("2027-01-01T22:30:00Z")).await;
    run(&app, &[&Hour, &Midnight], at("2027-01-02T01:15:00Z")).await;
    let expected = [
        ("hour", "2027-01-01T23:00:00Z"),
        ("hour", "2027-01-02T00:00:00Z"),
        ("midnight", "2027-01-02T00:00:00Z"),
        ("hour", "2027-01-02T01:00:00Z"),
    ];
    assert_eq!(done(&app, 1).await, expected.map(|(event, time)| (event.to_owned(), at(time))));
}

#[tokio::test]
async fn alt_08_a_job_that_is_new_to_an_old_tenant_tells_no_old_news_and_a_year_is_the_most() {
    let directory = tempfile::tempdir().unwrap();
    let app = app(&directory.path().join("portal.db"));
    tenant(&app, 1, "UTC", at("2020-01-01T00:00:00Z")).await;
    run(&app, &[&Midnight], at("2027-01-05T12:00:00Z")).await;
    assert_eq!(midnights_done(&app, 1).await, ["2027-01-05T00:00:00Z"]);
    run(&app, &[&Midnight], at("2030-01-05T12:00:00Z")).await;
    let done = midnights_done(&app, 1).await;
    assert_eq!((done.len(), done[1].as_str()), (1 + 366, "2029-01-05T00:00:00Z"));
}

struct Parts;

impl Job for Parts {
    fn name(&self) -> &'static str {
        "parts"
    }

    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        let part: u32 = visit.cursor.map_or(0, |cursor| cursor.parse().unwrap());
        note(tx, visit, &format!("part {part}"))?;
        Ok(if part < 2 { Progress::More((part + 1).to_string()) } else { Progress::Done })
    }
}

#[tokio::test]
async fn ice_14_a_midnight_of_several_parts_is_done_part_by_part() {
    let directory = tempfile::tempdir().unwrap();
    let app = app(&directory.path().join("portal.db"));
    tenant(&app, 1, "UTC", at("2027-01-01T12:00:00Z")).await;
    run(&app, &[&Parts], at("2027-01-01T12:00:00Z")).await;
    run(&app, &[&Parts], at("2027-01-03T12:00:00Z")).await;
    let done = done(&app, 1).await;
    let parts: Vec<&str> = done.iter().map(|(event, _)| event.as_str()).collect();
    assert_eq!(parts, ["part 0", "part 1", "part 2", "part 0", "part 1", "part 2"]);
}
