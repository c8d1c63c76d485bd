//! The instants at which things happen.

use chrono_tz::Tz;
use handcarry_format::Instant;
use handcarry_rules::next_midnight;

const HOUR: i64 = 3_600;

/// The first full hour, in UTC, later than this.
pub fn next_hour(after: Instant) -> Instant {
    after.plus_seconds(HOUR - after.unix().rem_euclid(HOUR))
}

/// The midnights of a zone later than `from` and not later than `to`, in order.
pub fn midnights(from: Instant, to: Instant, zone: Tz) -> impl Iterator<Item = Instant> {
    each(from, to, move |after| next_midnight(after, zone))
}

/// The full hours, in UTC, later than `from` and not later than `to`, in order.
pub fn hours(from: Instant, to: Instant) -> impl Iterator<Item = Instant> {
    each(from, to, next_hour)
}

fn each(from: Instant, to: Instant, next: impl Fn(Instant) -> Instant) -> impl Iterator<Item = Instant> {
    let mut last = from;
    std::iter::from_fn(move || {
        let at = next(last);
        (last < at && at <= to).then(|| {
            last = at;
            at
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn of(zone: &str, from: &str, to: &str) -> Vec<String> {
        midnights(at(from), at(to), zone.parse().unwrap()).map(|at| at.to_string()).collect()
    }

    #[test]
    fn d_07_each_midnight_is_listed_once_over_clock_changes_in_three_zones() {
        // 23 and 25 hours apart.
        assert_eq!(
            of("Europe/Berlin", "2027-03-26T23:00:00Z", "2027-03-28T22:00:00Z"),
            ["2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z"]
        );
        assert_eq!(
            of("Europe/Berlin", "2027-10-29T22:00:00Z", "2027-10-31T23:00:00Z"),
            ["2027-10-30T22:00:00Z", "2027-10-31T23:00:00Z"]
        );
        // 00:00 is skipped: the day begins at 01:00.
        assert_eq!(
            of("Asia/Beirut", "2027-03-26T22:00:00Z", "2027-03-28T21:00:00Z"),
            ["2027-03-27T22:00:00Z", "2027-03-28T21:00:00Z"]
        );
        // 00:00 comes twice: the first one counts, and once.
        assert_eq!(
            of("America/Havana", "2027-11-06T04:00:00Z", "2027-11-08T05:00:00Z"),
            ["2027-11-07T04:00:00Z", "2027-11-08T05:00:00Z"]
        );
        // A day that never was: Samoa went from the 29th to the 31st.
        assert_eq!(
            of("Pacific/Apia", "2011-12-28T10:00:00Z", "2011-12-31T10:00:00Z"),
            ["2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"]
        );
    }

    #[test]
    fn alt_08_the_list_begins_after_its_start_and_ends_with_its_end() {
        let list = |from, to| of("Europe/Berlin", from, to);
        assert_eq!(list("2027-01-01T22:59:59Z", "2027-01-01T23:00:00Z"), ["2027-01-01T23:00:00Z"]);
        assert!(list("2027-01-01T23:00:00Z", "2027-01-02T22:59:59Z").is_empty());
        assert!(list("2027-01-05T00:00:00Z", "2027-01-01T00:00:00Z").is_empty());
        // A leap day has its midnight.
        assert_eq!(list("2028-02-28T00:00:00Z", "2028-03-01T00:00:00Z").len(), 2);
        let end = handcarry_format::MAX_INSTANT;
        assert!(midnights(end, end, Tz::UTC).next().is_none() && hours(end, end).next().is_none());
    }

    #[test]
    fn ice_18_hours_are_listed_to_the_second() {
        let list: Vec<_> = hours(at("2027-01-01T00:00:00Z"), at("2027-01-01T03:00:00Z")).collect();
        assert_eq!(list, ["01", "02", "03"].map(|hour| at(&format!("2027-01-01T{hour}:00:00Z"))));
        assert_eq!(hours(at("2027-01-01T00:59:59Z"), at("2027-01-01T01:00:00Z")).count(), 1);
    }
}
