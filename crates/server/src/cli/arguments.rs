//! Arguments as values: what parses is right.

use chrono::NaiveDate;
use chrono_tz::Tz;
use handcarry_format::{Counter, Feature, Id, Instant, KeyId, LicenseKey, Overage, PublicKey, Reset};

/// An id.
pub(crate) fn id(text: &str) -> Result<Id, String> {
    Id::new(text).ok_or_else(|| "1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit".to_owned())
}

/// A name for people, as documents allow it.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let plain = !text.trim().is_empty() && text.chars().count() <= 120 && !text.chars().any(char::is_control);
    plain
        .then(|| text.trim().to_owned())
        .ok_or_else(|| "1 to 120 characters, no control characters".to_owned())
}

/// A web address that ends with a slash.
pub(crate) fn portal(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let good = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && text.len() <= 300
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}?#".contains(&byte));
    if !good {
        return Err("an address such as https://offline.example.com/".to_owned());
    }
    Ok(if text.ends_with('/') { text.to_owned() } else { [text, "/"].concat() })
}

/// The address of an authority: what goes there names licenses, so it is hidden from others on the way.
pub(crate) fn authority(text: &str) -> Result<String, String> {
    let url = portal(text)?;
    let host = url.strip_prefix("http://").map(|rest| rest.split(['/', ':']).next().unwrap_or_default());
    match host {
        None | Some("localhost" | "127.0.0.1") => Ok(url),
        Some(_) => Err("an address that begins with https://".to_owned()),
    }
}

/// A host name.
pub(crate) fn host(text: &str) -> Result<String, String> {
    let good = !text.is_empty()
        && text.len() <= 253
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    good.then(|| text.to_ascii_lowercase())
        .ok_or_else(|| "a host name such as offline.example.com".to_owned())
}

/// An IANA time zone.
pub(crate) fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| "an IANA name such as Europe/Berlin".to_owned())
}

/// A day.
pub(crate) fn day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "a day such as 2027-12-31".to_owned())
}

/// An instant.
pub(crate) fn instant(text: &str) -> Result<Instant, String> {
    Instant::parse(text).ok_or_else(|| "an instant such as 2027-12-31T23:59:59Z".to_owned())
}

/// A public key.
pub(crate) fn public_key(text: &str) -> Result<PublicKey, String> {
    PublicKey::parse(text).ok_or_else(|| "a public key: 44 characters of base64".to_owned())
}

/// A license key, as people type it.
pub(crate) fn license_key(text: &str) -> Result<LicenseKey, String> {
    LicenseKey::parse(text).map_err(|error| format!("no license key: {error:?}"))
}

/// `ID` or `ID=NAME`.
pub(crate) fn feature(text: &str) -> Result<Feature, String> {
    let (id_text, name_text) = text.split_once('=').unwrap_or((text, text));
    Ok(Feature { id: id(id_text)?, name: name(name_text)?, counter: None })
}

/// How a feature is counted.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub(crate) feature: Id,
    pub(crate) counter: Option<Counter>,
}

/// `ID=MAXIMUM[:OVERAGE[:RESET]]`, or `ID=off`.
pub(crate) fn counter(text: &str) -> Result<Counted, String> {
    const SHAPE: &str = "ID=MAXIMUM[:OVERAGE[:RESET]]; MAXIMUM a number or `unlimited`; OVERAGE a number, `none` or \
                         `unlimited`; RESET never, daily, weekly, monthly or yearly; or ID=off";
    let wrong = || SHAPE.to_owned();
    let (feature, rest) = text.split_once('=').ok_or_else(wrong)?;
    let feature = id(feature)?;
    if rest == "off" {
        return Ok(Counted { feature, counter: None });
    }
    let units = |text: &str| text.parse::<i64>().ok().filter(|n| (0..1 << 53).contains(n)).ok_or_else(wrong);
    let mut parts = rest.split(':');
    let maximum = match parts.next() {
        Some("unlimited") => None,
        Some(number) => Some(units(number)?),
        None => return Err(wrong()),
    };
    let overage = match parts.next() {
        None | Some("none") => Overage::None,
        Some("unlimited") => Overage::Unlimited,
        Some(number) => Overage::UpTo(units(number)?),
    };
    let reset = match parts.next() {
        None | Some("never") => Reset::Never,
        Some("daily") => Reset::Daily,
        Some("weekly") => Reset::Weekly,
        Some("monthly") => Reset::Monthly,
        Some("yearly") => Reset::Yearly,
        Some(_) => return Err(wrong()),
    };
    if parts.next().is_some() {
        return Err(wrong());
    }
    Ok(Counted { feature, counter: Some(Counter { maximum, overage, reset }) })
}

/// `BASE64[,product=ID][,from=INSTANT][,until=INSTANT]`: an issuing key for a keyring.
#[derive(Clone, Debug)]
pub(crate) struct NewKey {
    pub(crate) key: PublicKey,
    pub(crate) product: Option<Id>,
    pub(crate) from: Option<Instant>,
    pub(crate) until: Option<Instant>,
}

/// See [`NewKey`].
pub(crate) fn new_key(text: &str) -> Result<NewKey, String> {
    let mut parts = text.split(',');
    let key = public_key(parts.next().unwrap_or_default())?;
    let mut new = NewKey { key, product: None, from: None, until: None };
    for part in parts {
        match part.split_once('=') {
            Some(("product", value)) => new.product = Some(id(value)?),
            Some(("from", value)) => new.from = Some(instant(value)?),
            Some(("until", value)) => new.until = Some(instant(value)?),
            _ => return Err("KEY[,product=ID][,from=INSTANT][,until=INSTANT]".to_owned()),
        }
    }
    Ok(new)
}

/// `KEYID` or `KEYID=INSTANT`: a key that is revoked, and since when.
pub(crate) fn revocation(text: &str) -> Result<(KeyId, Option<Instant>), String> {
    let (key, since) = text.split_once('=').map_or((text, None), |(key, since)| (key, Some(since)));
    let key = KeyId::parse(key).ok_or_else(|| "a key id: 16 hexadecimal digits".to_owned())?;
    Ok((key, since.map(instant).transpose()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_read_in_all_its_shapes() {
        let counted = |text| counter(text).unwrap().counter.unwrap();
        assert_eq!(counted("renders=1000").maximum, Some(1000));
        assert_eq!(counted("renders=unlimited").maximum, None);
        assert_eq!(
            counted("renders=10:5:monthly"),
            Counter { maximum: Some(10), overage: Overage::UpTo(5), reset: Reset::Monthly }
        );
        assert_eq!(counted("renders=10:unlimited").overage, Overage::Unlimited);
        assert!(counter("renders=off").unwrap().counter.is_none());
        for wrong in ["renders", "renders=", "renders=-1", "renders=1:2:hourly", "renders=1:2:never:x", "=1"]
        {
            assert!(counter(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_made_a_base() {
        assert_eq!(portal("https://offline.acme.example").unwrap(), "https://offline.acme.example/");
        for wrong in
            ["offline.acme.example", "javascript:alert(1)", "https://", "https://a.example/?x", "http:///x"]
        {
            assert!(portal(wrong).is_err(), "{wrong}");
        }
    }
}
