//! Values of settings, as LM-X writes them.

use chrono::NaiveDate;
use handcarry_rules::upgrade::Count;

/// What a day must be.
pub(super) const DAY: &str = "a day such as 2030-12-31";

/// `YYYY-MM-DD`, from the year 1 to 9999.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    shape.then(|| text.parse().ok()).flatten().filter(|_| !text.starts_with("0000"))
}

/// A number from 0 without a sign, or nothing.
pub(super) fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A number in a range.
pub(super) fn within(text: &str, least: u32, most: u32) -> Option<u32> {
    number(text).and_then(|it| u32::try_from(it).ok()).filter(|it| (least..=most).contains(it))
}

/// A number or `UNLIMITED`. A negative number is one, too: the rules say what they think of it.
pub(super) fn count(text: &str) -> Option<Count> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("UNLIMITED") {
        return Some(Count::Unlimited);
    }
    match text.strip_prefix('-') {
        Some(rest) => number(rest).map(|it| Count::Of(-it)),
        None => number(text).map(Count::Of),
    }
}

/// Parts of SHARE, in capitals: `HOST,USER`, `HOST|USER`, `HOST USER`.
pub(super) fn share(text: &str) -> Vec<String> {
    text.split([',', '|', ' ', ';'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_ascii_uppercase)
        .collect()
}
