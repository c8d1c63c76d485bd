use alloc::string::String;
use core::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Timelike};

/// A moment in UTC, to the second. Written `2026-11-21T14:02:00Z`, and only so (spec §5.1).
///
/// Years 1 to 9999, so that every instant has exactly twenty characters and sorts as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// The last representable instant, 9999-12-31T23:59:59Z.
pub const MAX_INSTANT: Instant = Instant(253_402_300_799);
const MIN: i64 = -62_135_596_800;

impl Instant {
    /// From seconds since 1970-01-01T00:00:00Z; `None` outside the years 1 to 9999.
    pub fn from_unix(seconds: i64) -> Option<Instant> {
        (MIN..=MAX_INSTANT.0).contains(&seconds).then_some(Instant(seconds))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> i64 {
        self.0
    }

    /// This instant moved by some seconds, held inside the years 1 to 9999.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Instant {
        Instant(self.0.saturating_add(seconds).clamp(MIN, MAX_INSTANT.0))
    }

    /// This instant moved by some days of 86,400 seconds.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Instant {
        self.plus_seconds(days.saturating_mul(86_400))
    }

    /// Seconds from `earlier` to this instant; negative if `earlier` is later.
    pub fn seconds_since(self, earlier: Instant) -> i64 {
        self.0 - earlier.0
    }

    /// Parses exactly `YYYY-MM-DDTHH:MM:SSZ`: no fraction, no offset, no leap second.
    pub fn parse(text: &str) -> Option<Instant> {
        let bytes = text.as_bytes();
        if bytes.len() != 20
            || bytes[10] != b'T'
            || bytes[13] != b':'
            || bytes[16] != b':'
            || bytes[19] != b'Z'
        {
            return None;
        }
        let date = parse_date(text.get(..10)?)?;
        let time = date.and_hms_opt(number(bytes, 11, 2)?, number(bytes, 14, 2)?, number(bytes, 17, 2)?)?;
        Instant::from_unix(time.and_utc().timestamp())
    }
}

/// Parses exactly `YYYY-MM-DD`.
pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = i32::try_from(number(bytes, 0, 4)?).ok().filter(|y| *y >= 1)?;
    NaiveDate::from_ymd_opt(year, number(bytes, 5, 2)?, number(bytes, 8, 2)?)
}

fn number(bytes: &[u8], start: usize, digits: usize) -> Option<u32> {
    bytes
        .get(start..start + digits)?
        .iter()
        .try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

// Written by hand: chrono's formatter costs the page more than the whole verifier's own code.
fn push(out: &mut String, value: u32, digits: u32) {
    for i in (0..digits).rev() {
        out.push(char::from(b'0' + (value / 10_u32.pow(i) % 10) as u8));
    }
}

pub(crate) fn write_date(date: NaiveDate) -> String {
    let mut out = String::with_capacity(10);
    push(&mut out, date.year().unsigned_abs(), 4);
    out.push('-');
    push(&mut out, date.month(), 2);
    out.push('-');
    push(&mut out, date.day(), 2);
    out
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(at) = DateTime::from_timestamp(self.0, 0) else { return Err(fmt::Error) };
        let mut out = write_date(at.date_naive());
        for (sign, value) in [('T', at.hour()), (':', at.minute()), (':', at.second())] {
            out.push(sign);
            push(&mut out, value, 2);
        }
        out.push('Z');
        f.write_str(&out)
    }
}

impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d_07_an_instant_survives_its_text() {
        for text in
            ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2024-02-29T12:00:01Z", "9999-12-31T23:59:59Z"]
        {
            assert_eq!(Instant::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn d_07_other_spellings_of_an_instant_are_refused() {
        for text in [
            "2026-11-21T14:02:00+00:00",
            "2026-11-21t14:02:00z",
            "2026-11-21 14:02:00Z",
            "2026-11-21T14:02:00.0Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T23:59:60Z",
            "2026-02-29T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "+026-11-21T14:02:0Z",
            "２026-11-21T14:02Z",
            "",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
