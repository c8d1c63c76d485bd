//! Numbers, sizes and times as the person writes them. Instants are shown in local time and in UTC (D-07).

use js_sys::{Array, Date, Function, Object};
use wasm_bindgen::{JsCast, JsValue};

use super::{document, member, set};

/// `12,660` or `12.660`.
pub(crate) fn number(value: i64) -> String {
    // Counters stay inside what a JavaScript number holds exactly.
    written(value as f64)
}

/// `2.9 KB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "KB", "MB", "GB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1000.0 && unit < 3 {
        value /= 1000.0;
        unit += 1;
    }
    let rounded = if value < 10.0 { (value * 10.0).round() / 10.0 } else { value.round() };
    [written(rounded).as_str(), "\u{a0}", UNITS[unit]].concat()
}

/// `21 Nov 2026, 14:31 (13:31 UTC)`; with the day in UTC where that is another one.
pub(crate) fn time(instant: &str) -> String {
    let date = Date::new(&JsValue::from_str(instant));
    let local = styled(&date, Some("short"), None);
    if date.get_timezone_offset() == 0.0 {
        return [local.as_str(), " UTC"].concat();
    }
    let same_day = date.get_date() == date.get_utc_date();
    let utc = if same_day { clock(&date) } else { styled(&date, Some("short"), Some("UTC")) };
    [local.as_str(), " (", &utc, " UTC)"].concat()
}

/// `3 Mar 2026`: a day as it stands in the file, in no time zone.
pub(crate) fn day(day: &str) -> String {
    let date = Date::new(&JsValue::from_str(day));
    styled(&date, None, Some("UTC"))
}

fn styled(date: &Date, time: Option<&str>, zone: Option<&str>) -> String {
    let options = Object::new();
    set(&options, "dateStyle", &"medium".into());
    if let Some(time) = time {
        set(&options, "timeStyle", &time.into());
    }
    if let Some(zone) = zone {
        set(&options, "timeZone", &zone.into());
    }
    call(date, "toLocaleString", &options)
}

fn clock(date: &Date) -> String {
    let options = Object::new();
    set(&options, "timeStyle", &"short".into());
    set(&options, "timeZone", &"UTC".into());
    call(date, "toLocaleTimeString", &options)
}

fn written(value: f64) -> String {
    js_sys::Number::from(value).to_locale_string(&locale()).into()
}

/// Calls a `toLocale…` function of a date in the page's language.
fn call(of: &Date, name: &str, options: &JsValue) -> String {
    let arguments = Array::of2(&JsValue::from_str(&locale()), options);
    let called =
        member(of, name).dyn_ref::<Function>().and_then(|function| function.apply(of, &arguments).ok());
    called.and_then(|text| text.as_string()).unwrap_or_default()
}

/// The page's language, with the browser's region where it has one: day first or month first.
fn locale() -> String {
    let tag = document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_default();
    let own = member(&super::window().navigator(), "language").as_string().unwrap_or_default();
    if own.starts_with(&tag) { own } else { tag }
}
