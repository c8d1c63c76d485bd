use chrono::{DateTime, Days, NaiveDate};
use chrono_tz::Tz;
use handcarry_format::Instant;

use crate::term::midnight;

/// Days of maintenance left from which a renewal is recommended (ICE-09).
pub const RENEW_WITHIN: i64 = 30;

/// How many days ahead a holder is told (ICE-10).
pub const RENEWAL_NOTICES: [u32; 2] = [14, 7];

/// A renewal notice that is due (ICE-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenewalNotice {
    /// Days ahead: 14 or 7.
    pub days: u32,
    /// When it is due.
    pub at: Instant,
}

/// *Renewal expires* (ICE-11): the days that are left until a last usable day is over, the present one counted. 1 on that
/// last day itself, 0 from then on.
pub fn days_left(last: NaiveDate, zone: Tz, now: Instant) -> i64 {
    let today = DateTime::from_timestamp(now.unix(), 0).map(|now| now.with_timezone(&zone).date_naive());
    // Instants are in the years 1 to 9999: there is a date for each.
    today.map_or(0, |today| (last - today).num_days().saturating_add(1).max(0))
}

/// ICE-10: the notices that are due in `(after, until]`, at the midnights on which 14 and 7 days are left, earliest
/// first.
pub fn renewal_notices(last: NaiveDate, zone: Tz, after: Instant, until: Instant) -> Vec<RenewalNotice> {
    let notice = |days: u32| {
        let day = last.succ_opt()?.checked_sub_days(Days::new(days.into()))?;
        Some(RenewalNotice { days, at: midnight(day, zone) })
    };
    RENEWAL_NOTICES
        .into_iter()
        .filter_map(notice)
        .filter(|notice| after < notice.at && notice.at <= until)
        .collect()
}
