//! Numbers, sizes and times as the person writes them. Instants are shown in local time and in UTC (D-07).

use js_sys::{Array, Date, Function, Object};
use wasm_bindgen::{JsCast, JsValue};

use super::{document, member, set};

/// `12,660` or `12.660`.
pub(crate) fn number(value: i64) -> String {
    // Counters stay inside what a JavaScript number holds exactly.
    call(&JsValue::from_f64(value as f64), "toLocaleString", &JsValue::UNDEFINED)
}

/// `2.9 KB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "KB", "MB", "GB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1000.0 && unit < 3 {
        value /= 1000.0;
        unit += 1;
    }
    let options = Object::new();
    set(&options, "maximumFractionDigits", &(if value < 10.0 && unit > 0 { 1 } else { 0 }).into());
    let text = call(&JsValue::from_f64(value), "toLocaleString", &options);
    [text.as_str(), "\u{a0}", UNITS[unit]].concat()
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

/// Calls a `toLocale…` function in the page's language.
fn call(of: &JsValue, name: &str, options: &JsValue) -> String {
    let tag = document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_default();
    // The browser's own tag knows the region, which the page's does not: day first or month first.
    let own = member(&super::window().navigator(), "language").as_string().unwrap_or_default();
    let locale = if own.starts_with(&tag) { own } else { tag };
    // A number itself has no members that could be looked up; its type's prototype does.
    let kind = if of.as_f64().is_some() { "Number" } else { "Date" };
    let prototype = member(&member(&js_sys::global(), kind), "prototype");
    let called = member(&prototype, name)
        .dyn_ref::<Function>()
        .and_then(|function| function.apply(of, &Array::of2(&JsValue::from_str(&locale), options)).ok());
    called.and_then(|text| text.as_string()).unwrap_or_default()
}
