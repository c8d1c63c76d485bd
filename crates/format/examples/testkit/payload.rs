//! Signed content that breaks the strict profile or its own document's shape. All of it is signed rightly.

use handcarry_format::Kind;
use handcarry_format::fixtures::{self, World, key, sign};
use serde_json::{Value, json};

use crate::golden::members;
use crate::vector::{Kit, Vector, edited, plain, without_receipt};

pub(crate) fn add(kit: &mut Kit, world: &World) {
    profile(kit, world);
    shape(kit, world);
    values(kit, world);
    usage(kit, world);
}

/// The JSON text itself.
fn profile(kit: &mut Kit, world: &World) {
    let kind = Kind::Keyring;
    let text = fixtures::payload(&world.keyring.sealed.envelope);
    let cases: [(&str, Vec<u8>, &str, &str); 21] = [
        ("syntax", text.replacen(':', ";", 1).into(), "payload.syntax", "Not JSON."),
        ("nothing", Vec::new(), "payload.syntax", "No payload at all."),
        ("trailing", format!("{text}{{}}").into(), "payload.syntax", "Something after the end."),
        ("trailing-comma", text.replacen("}]", "},]", 1).into(), "payload.syntax", "A comma too many."),
        ("comment", format!("/* */{text}").into(), "payload.syntax", "A comment."),
        ("single-quotes", text.replace('"', "'").into(), "payload.syntax", "The wrong quotes."),
        ("bom", format!("\u{feff}{text}").into(), "payload.syntax", "A byte order mark inside the payload."),
        ("not-utf-8", latin(&text), "payload.syntax", "Bytes that are not UTF-8."),
        (
            "lone-surrogate",
            text.replacen("Acme S", "\\ud800 S", 1).into(),
            "payload.syntax",
            "Half of a surrogate pair.",
        ),
        (
            "raw-newline",
            text.replacen("Acme S", "Acme\nS", 1).into(),
            "payload.syntax",
            "A line end inside a string.",
        ),
        ("nan", text.replacen("\"version\":3", "\"version\":NaN", 1).into(), "payload.syntax", "NaN."),
        (
            "leading-zero",
            text.replacen("\"version\":3", "\"version\":03", 1).into(),
            "payload.syntax",
            "A number with a leading zero.",
        ),
        (
            "float",
            text.replacen("\"version\":3", "\"version\":3.0", 1).into(),
            "payload.number",
            "A fraction.",
        ),
        (
            "exponent",
            text.replacen("\"version\":3", "\"version\":3e0", 1).into(),
            "payload.number",
            "An exponent.",
        ),
        (
            "minus-zero",
            text.replacen("\"version\":3", "\"version\":-0", 1).into(),
            "payload.number",
            "Minus zero.",
        ),
        (
            "big",
            text.replacen("\"version\":3", "\"version\":9007199254740992", 1).into(),
            "payload.number",
            "2^53.",
        ),
        (
            "huge",
            text.replacen("\"version\":3", "\"version\":123456789012345678901234567890", 1).into(),
            "payload.number",
            "A number of thirty digits.",
        ),
        (
            "duplicate-key",
            text.replacen("\"version\":3", "\"version\":3,\"version\":3", 1).into(),
            "payload.duplicate_key",
            "One key twice, the same value.",
        ),
        (
            "duplicate-key-escaped",
            text.replacen("\"version\":3", "\"version\":3,\"\\u0076ersion\":4", 1).into(),
            "payload.duplicate_key",
            "One key twice, spelled another way.",
        ),
        (
            "duplicate-key-inside",
            text.replacen("\"name\":", "\"name\":\"x\",\"name\":", 1).into(),
            "payload.duplicate_key",
            "One key twice, in an object inside.",
        ),
        (
            "deep",
            format!("{}1{}", "[".repeat(13), "]".repeat(13)).into(),
            "payload.too_deep",
            "Thirteen lists.",
        ),
    ];
    for (name, payload, code, why) in cases {
        let envelope = sign(&kind.media_type(), &payload, &key("root"));
        let vector = Vector::new(&format!("payload/{name}.txt"), plain(kind, &envelope), why);
        kit.add(vector.fails(code, kind, "P-").with("ids", json!(["strict inside"])));
    }
    for (name, payload) in [("null", "null"), ("array", "[]"), ("text", "\"keyring\""), ("number", "1")] {
        let envelope = sign(&kind.media_type(), payload.as_bytes(), &key("root"));
        let vector = Vector::new(&format!("payload/is-{name}.txt"), plain(kind, &envelope), "No object.");
        kit.add(vector.fails("payload.wrong_type", kind, "P-").field("document"));
    }
    let array = text_as_array(&text);
    let envelope = sign(&kind.media_type(), array.as_bytes(), &key("root"));
    let vector =
        Vector::new("payload/array-for-object.txt", plain(kind, &envelope), "The values as an array.");
    kit.add(vector.fails("payload.wrong_type", kind, "P-").field("document"));
}

fn latin(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| if byte == b'-' { 0xe9 } else { byte }).collect()
}

fn text_as_array(text: &str) -> String {
    let value: Value = serde_json::from_str(text).expect("golden payloads are JSON");
    let values: Vec<&Value> = value.as_object().map(|object| object.values().collect()).unwrap_or_default();
    json!(values).to_string()
}

/// Fields that are missing, unknown, of another type: where the field stands decides what was checked before.
fn shape(kit: &mut Kit, world: &World) {
    for (kind, name, signer, sealed) in world.files() {
        if matches!(name, "license-refresh" | "receipt-return") {
            continue;
        }
        let shorter = (kind == Kind::Deactivation).then(|| without_receipt(world));
        let base = shorter.as_ref().unwrap_or(&sealed.envelope);
        let passed = if matches!(kind, Kind::Deactivation | Kind::UsageReport) { "PPP-" } else { "PP" };
        let mut add = |case: &str, code: &str, field: &str, why: &str, edit: &dyn Fn(&mut Value)| {
            let envelope = edited(kind, base, signer, edit);
            let vector = Vector::new(&format!("payload/{name}-{case}.txt"), plain(kind, &envelope), why);
            kit.add(vector.fails(code, kind, passed).field(field));
        };
        add(
            "unknown-field",
            "payload.unknown_field",
            "color",
            "A field that this kind does not have.",
            &|value| {
                value["color"] = json!("red");
            },
        );
        add("missing-id", "payload.missing_field", "id", "The id is missing.", &|value| {
            members(value).remove("id");
        });
        add("null-id", "payload.wrong_type", "id", "The id is null.", &|value| value["id"] = json!(null));
        add(
            "array-vendor-name",
            "payload.wrong_type",
            "vendor.name",
            "A list where a text belongs.",
            &|value| {
                value["vendor"]["name"] = json!(["Acme Software"]);
            },
        );
        add(
            "unknown-in-vendor",
            "payload.unknown_field",
            "vendor.url",
            "An unknown field one level down.",
            &|value| {
                value["vendor"]["url"] = json!("x");
            },
        );
        add("notes-text", "payload.wrong_type", "notes", "Notes that are no map.", &|value| {
            value["notes"] = json!("x")
        });
    }
}

/// Values outside their limits.
fn values(kit: &mut Kit, world: &World) {
    let kind = Kind::License;
    let license = &world.license.sealed.envelope;
    let mut add = |case: &str, code: &str, field: &str, why: &str, edit: &dyn Fn(&mut Value)| {
        let envelope = edited(kind, license, "issuing", edit);
        let vector = Vector::new(&format!("payload/license-{case}.txt"), plain(kind, &envelope), why);
        kit.add(vector.fails(code, kind, "PP").field(field));
    };
    let out = "payload.out_of_range";
    let malformed = "payload.malformed";
    let device = |name: String| move |value: &mut Value| value["device"]["name"] = json!(name);
    add("long-name", out, "device.name", "A name of 121 characters.", &device("x".repeat(121)));
    add("empty-name", out, "device.name", "An empty name.", &device(String::new()));
    add(
        "control-name",
        out,
        "device.name",
        "A control character in a name.",
        &device("WS\u{7}17".to_string()),
    );
    add(
        "bidi-name",
        out,
        "device.name",
        "A name that turns the direction of writing.",
        &device("WS\u{202e}71".to_string()),
    );
    add("match-rate", out, "match_rate", "A match rate of 101 percent.", &|v| v["match_rate"] = json!(101));
    add("generation-0", out, "generation", "Generations count from 1.", &|v| v["generation"] = json!(0));
    add("generation-big", out, "generation", "A generation of 2^32.", &|v| {
        v["generation"] = json!(4_294_967_296_u64)
    });
    add("seats-0", out, "model.seats", "No seat at all.", &|v| v["model"]["seats"] = json!(0));
    add("grace-367", out, "lease.grace_days", "More than a year of grace.", &|v| {
        v["lease"]["grace_days"] = json!(367)
    });
    add("maximum", out, "features.1.counter.maximum", "A negative maximum.", &|v| {
        v["features"][1]["counter"]["maximum"] = json!(-1);
    });
    add("feature-twice", out, "features", "One feature twice.", &|v| {
        v["features"][2] = v["features"][1].clone()
    });
    add("part-twice", out, "fingerprint.parts", "One part twice.", &|v| {
        v["fingerprint"]["parts"][1] = v["fingerprint"]["parts"][0].clone();
    });
    add("no-parts", out, "fingerprint.parts", "No part.", &|v| v["fingerprint"]["parts"] = json!([]));
    add("long-id", malformed, "license_id", "An id of 65 characters.", &|v| {
        v["license_id"] = json!("x".repeat(65))
    });
    add("id-space", malformed, "license_id", "A space in an id.", &|v| v["license_id"] = json!("license 1"));
    add("license-key", malformed, "license_key", "A license key that was mistyped (D-17).", &|v| {
        v["license_key"] = json!("0000-0000-0000-0000-0000");
    });
    add("day-0", malformed, "maintenance_end", "A day that no month has.", &|v| {
        v["maintenance_end"] = json!("2027-02-30")
    });
    add("hash", malformed, "fingerprint.parts.0.hash", "A hash that is too short.", &|v| {
        v["fingerprint"]["parts"][0]["hash"] = json!("00ff");
    });
    add("weak-key", malformed, "device.key", "A key of small order, which any signature fits.", &|v| {
        v["device"]["key"] = json!("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    });
    add("end-alone", "payload.missing_field", "term.not_after", "A last day without its instant.", &|v| {
        members(&mut v["term"]).remove("not_after");
    });
}

fn usage(kit: &mut Kit, world: &World) {
    let kind = Kind::Deactivation;
    let base = &without_receipt(world);
    let mut add = |case: &str, code: &str, field: &str, why: &str, edit: &dyn Fn(&mut Value)| {
        let envelope = edited(kind, base, "device", edit);
        let vector = Vector::new(&format!("payload/usage-{case}.txt"), plain(kind, &envelope), why);
        kit.add(vector.fails(code, kind, "PPPF").field(field));
    };
    add("number-0", "payload.out_of_range", "usage.number", "Reports count from 1.", &|v| {
        v["usage"]["number"] = json!(0)
    });
    add("entry-list", "payload.wrong_type", "usage.entries.0", "A list where an object belongs.", &|v| {
        v["usage"]["entries"][0] = json!(["2026-06-01T07:00:00Z", "renders", 60]);
    });
    add("entry-time", "payload.malformed", "usage.entries.0.at", "A time with an offset.", &|v| {
        v["usage"]["entries"][0]["at"] = json!("2026-06-01T07:00:00+00:00");
    });
    add(
        "entry-leap-day",
        "payload.malformed",
        "usage.entries.0.at",
        "A day that 2027 does not have.",
        &|v| {
            v["usage"]["entries"][0]["at"] = json!("2027-02-29T07:00:00Z");
        },
    );
    add(
        "entry-unknown",
        "payload.unknown_field",
        "usage.entries.0.by",
        "An unknown field in an entry.",
        &|v| {
            v["usage"]["entries"][0]["by"] = json!("kim");
        },
    );
    add("totals-list", "payload.wrong_type", "usage.closing", "A list of totals.", &|v| {
        v["usage"]["closing"] = json!([1300, 3])
    });
    add("total-text", "payload.wrong_type", "usage.closing.renders", "A total that is a text.", &|v| {
        v["usage"]["closing"]["renders"] = json!("1300");
    });
}
