//! Values of the vendor API: what parses is what a document can hold.

use chrono::NaiveDate;
use handcarry_format::{Id, Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text without control and direction-changing characters, of so many characters.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $longest:tt) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "String")]
        #[schema(
            min_length = 1, max_length = $longest, examples("Acme"),
            pattern = r"^[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028-\u202f\u205f\u2066-\u2069\u3000][^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$",
        )]
        pub struct $name(pub String);

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let plain = handcarry_format::is_text(&text, $longest) && !text.trim().is_empty();
                plain.then_some($name(text)).ok_or(concat!("1 to ", $longest, " characters, none of them a control character"))
            }
        }
    };
}

/// Units of a counter: whole numbers that JSON carries exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "i64")]
#[schema(value_type = i64, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
pub struct Units(pub i64);

impl TryFrom<i64> for Units {
    type Error = &'static str;

    fn try_from(units: i64) -> Result<Units, Self::Error> {
        (0..1 << 53).contains(&units).then_some(Units(units)).ok_or("0 to 9007199254740991")
    }
}

/// Whole numbers up to a most.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $most:tt) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "u32")]
        #[schema(value_type = u32, minimum = 0, maximum = $most)]
        pub struct $name(pub u32);

        impl TryFrom<u32> for $name {
            type Error = String;

            fn try_from(number: u32) -> Result<Self, Self::Error> {
                (number <= $most).then_some($name(number)).ok_or_else(|| format!("0 to {}", $most))
            }
        }
    };
}

number!(
    /// Days that are left.
    DaysLeft, 1_000_000
);
number!(
    /// Days to wait for something.
    WaitDays, 3_660
);
number!(
    /// How often something may happen.
    Times, 1_000_000
);

text!(
    /// A name for people.
    Name, 120
);
text!(
    /// A longer text: an order id, an address, a reason.
    Text, 400
);

/// 1 to 64 characters of `A-Z a-z 0-9 . _ -`, beginning with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", examples("acme-cad-pro"))]
pub struct Key(pub Id);

impl TryFrom<String> for Key {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Key, Self::Error> {
        Id::new(&text).map(Key).ok_or("1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit")
    }
}

/// A day of the tenant's zone: `2027-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Date, examples("2027-12-31"))]
pub struct Day(pub NaiveDate);

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Day, Self::Error> {
        let shaped = text.len() == 10
            && text.as_bytes()[..4].iter().all(u8::is_ascii_digit)
            && !text.starts_with("0000");
        let day = if shaped { NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok() } else { None };
        day.map(Day).ok_or("a day such as 2027-12-31")
    }
}

/// An instant in UTC, to the second: `2027-12-31T23:59:59Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = DateTime, pattern = "Z$", examples("2027-12-31T23:59:59Z"))]
pub struct Moment(pub Instant);

impl TryFrom<String> for Moment {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Moment, Self::Error> {
        Instant::parse(&text).map(Moment).ok_or("an instant such as 2027-12-31T23:59:59Z")
    }
}

/// An e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(
    value_type = String, max_length = 254, examples("desk@acme.example"),
    pattern = r"^[A-Za-z0-9][A-Za-z0-9_+-]{0,63}@([a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\.){1,4}[a-z]{2,20}$",
)]
pub struct Email(pub String);

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Email, Self::Error> {
        let good = text.len() <= 254 && text.parse::<lettre::Address>().is_ok();
        good.then_some(Email(text)).ok_or("an address such as desk@acme.example")
    }
}

/// A member of a change: absent = stays, `null` = taken away, a value = set. With
/// `#[serde(default, deserialize_with = "value::given")]`.
pub type Given<T> = Option<Option<T>>;

/// Tells `null` from absence.
pub fn given<'de, T, D>(reader: D) -> Result<Given<T>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Option::deserialize(reader).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> bool {
        Name::try_from(text.to_owned()).is_ok()
    }

    #[test]
    fn what_parses_is_what_a_document_can_hold() {
        assert!(name("Büro Süd ") && name(&"x".repeat(120)) && name("工作站"));
        for wrong in ["", " ", "\u{a0}", "a\nb", "a\0", "\u{202e}txt", "a\u{85}", &"x".repeat(121)] {
            assert!(!name(wrong), "{wrong:?}");
        }
        let day = |text: &str| Day::try_from(text.to_owned()).is_ok();
        assert!(day("2028-02-29") && day("9999-12-31") && day("0001-01-01"));
        for wrong in
            ["2027-02-29", "2027-2-9", "+12345-01-01", "0000-01-01", "2027-12-31T", "20271231xx", "日本日"]
        {
            assert!(!day(wrong), "{wrong}");
        }
    }
}
