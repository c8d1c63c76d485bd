//! Files that are larger than a kit should be: a part of them stands there once, with how often it comes.

use handcarry_format::fixtures::{World, key, sign};
use handcarry_format::{Envelope, Kind, json::MOST_VALUES};
use serde_json::{Value, json};

use crate::vector::{Kit, Vector, edited};

/// Three values. Their bytes are as many characters of base64, and no others.
const UNIT: &str = "0,0,0,";

pub(crate) fn add(kit: &mut Kit, world: &World) {
    let report = edited(Kind::UsageReport, &world.report.sealed.envelope, "device", |_| {});
    let others = values(&serde_json::from_slice(&report.payload).expect("golden payloads are JSON"));
    // The list is a value too.
    let zeros = MOST_VALUES - others - 1;
    let (fits, repeat) = with_zeros(&report, zeros);
    let why = "As many values as a payload may have: it is refused for what they are, and not for how many.";
    let vector = Vector::new("limits/values-fit.json", fits, why);
    let vector = vector.with("repeat", repeat).with("ids", json!(["D-06"]));
    kit.add(vector.fails("payload.unknown_field", Kind::UsageReport, "PPP-"));
    let (more, repeat) = with_zeros(&report, zeros + 1);
    let vector = Vector::new("limits/values-too-many.json", more, "One value above the limit of a payload.");
    let vector = vector.with("repeat", repeat).with("ids", json!(["D-06"]));
    kit.add(vector.fails("payload.out_of_range", Kind::UsageReport, "P---"));
}

/// Every item of an array and every member of an object, those of the usage entries aside.
fn values(payload: &Value) -> usize {
    fn below(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(|item| 1 + below(item)).sum(),
            Value::Object(members) => members.values().map(|member| 1 + below(member)).sum(),
            _ => 0,
        }
    }
    below(payload) - below(&payload["usage"]["entries"])
}

/// The file with a member of so many zeros, in its short form; and what is repeated in it.
fn with_zeros(envelope: &Envelope, zeros: usize) -> (Vec<u8>, Value) {
    let (times, rest) = ((zeros - 1) / 3, (zeros - 1) % 3 + 1);
    let start = &envelope.payload[..envelope.payload.len() - 1];
    let mut name = "zeros".to_owned();
    // Each unit begins where a group of three bytes does.
    while !(start.len() + name.len() + 5).is_multiple_of(3) {
        name.push('_');
    }
    let before = [start, format!(",\"{name}\":[").as_bytes()].concat();
    let after = [&"0,".repeat(rest)[..2 * rest - 1], "]}"].concat();
    let payload = [&before[..], UNIT.repeat(times).as_bytes(), after.as_bytes()].concat();
    let whole = sign(&Kind::UsageReport.media_type(), &payload, &key("device")).to_json();
    let (head, _) = whole.split_once("\"payload\":\"").expect("an envelope has a payload");
    let at = head.len() + "\"payload\":\"".len() + before.len() / 3 * 4;
    let length = UNIT.len() / 3 * 4;
    let short = [&whole[..at + length], &whole[at + length * times..]].concat();
    let unit = &whole[at..at + length];
    assert_eq!([&short[..at], &unit.repeat(times), &short[at + length..]].concat(), whole);
    (short.into_bytes(), json!({ "at": at, "length": length, "times": times }))
}
