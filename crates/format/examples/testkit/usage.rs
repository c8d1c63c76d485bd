//! Usage that verifies and is odd: nothing is refused, a person looks at it (D-37, D-38). And extreme values.

use handcarry_format::Kind;
use handcarry_format::fixtures::World;
use serde_json::{Value, json};

use crate::vector::{Kit, Vector, edited, plain, tree, without_receipt};

pub(crate) fn add(kit: &mut Kit, world: &World) {
    odd(kit, world);
    extreme(kit, world);
}

fn odd(kit: &mut Kit, world: &World) {
    let kind = Kind::Deactivation;
    let base = &without_receipt(world);
    let mut add = |name: &str, findings: &[&str], why: &str, edit: &dyn Fn(&mut Value)| {
        let envelope = edited(kind, base, "device", edit);
        let vector = Vector::new(&format!("usage/{name}.txt"), plain(kind, &envelope), why);
        kit.add(vector.noted(kind, findings).with("ids", json!(["D-38"])));
    };
    add(
        "number-again",
        &["usage.number"],
        "The number of the report that is booked: sequence \u{2212} 1.",
        &|v| {
            v["usage"]["number"] = json!(1);
        },
    );
    add("opening-lower", &["usage.opening"], "It opens below what was accepted.", &|v| {
        v["usage"]["opening"]["renders"] = json!(1000);
        v["usage"]["entries"][0]["amount"] = json!(300);
    });
    add("sum", &["usage.sum"], "Entries that do not make the closing total.", &|v| {
        v["usage"]["entries"][0]["amount"] = json!(61);
    });
    add("entry-dropped", &["usage.sum"], "An entry was left out.", &|v| v["usage"]["entries"] = json!([]));
    add("falls", &["usage.falls"], "A counter that falls.", &|v| {
        v["usage"]["closing"]["renders"] = json!(1239)
    });
    add("feature-gone", &["usage.falls"], "A counter that is gone from the closing totals.", &|v| {
        v["usage"]["closing"] = json!({ "renders": 1300 });
    });
    add("negative-total", &["usage.negative"], "A closing total below zero.", &|v| {
        v["usage"]["closing"]["renders"] = json!(-1);
    });
    add("negative-entry", &["usage.negative"], "An entry below zero.", &|v| {
        v["usage"]["entries"] = json!([
            { "at": "2026-06-01T07:00:00Z", "feature": "renders", "amount": 90 },
            { "at": "2026-06-02T07:00:00Z", "feature": "renders", "amount": -30 }
        ]);
    });
    add("two-counters", &["usage.falls", "usage.sum"], "Both counters are odd, one each.", &|v| {
        v["usage"]["closing"] = json!({ "renders": 1301, "exports": 2 });
    });
}

fn extreme(kit: &mut Kit, world: &World) {
    let mut add = |name: &str, kind: Kind, envelope, why: &str| {
        kit.add(Vector::new(&format!("values/{name}.txt"), plain(kind, &envelope), why).good(kind));
    };
    let report =
        |edit: &dyn Fn(&mut Value)| edited(Kind::UsageReport, &world.report.sealed.envelope, "device", edit);
    let entry = |at: &'static str, amount: i64| {
        move |value: &mut Value| {
            value["usage"]["entries"] = json!([{ "at": at, "feature": "renders", "amount": amount }]);
            value["usage"]["closing"] = json!({ "renders": amount });
        }
    };
    add(
        "count-2147483647",
        Kind::UsageReport,
        report(&entry("2026-05-01T00:00:00Z", 2_147_483_647)),
        "2^31 \u{2212} 1 units.",
    );
    add(
        "count-2147483648",
        Kind::UsageReport,
        report(&entry("2026-05-01T00:00:00Z", 2_147_483_648)),
        "2^31 units.",
    );
    add(
        "count-largest",
        Kind::UsageReport,
        report(&entry("2026-05-01T00:00:00Z", 9_007_199_254_740_991)),
        "2^53 \u{2212} 1 units.",
    );
    add("leap-day", Kind::UsageReport, report(&entry("2028-02-29T23:59:59Z", 1)), "Used on a leap day.");
    add(
        "dst-night",
        Kind::UsageReport,
        report(&entry("2026-10-25T01:30:00Z", 1)),
        "Used in the hour that Vienna has twice.",
    );
    let license =
        |edit: &dyn Fn(&mut Value)| edited(Kind::License, &world.license.sealed.envelope, "issuing", edit);
    add(
        "end-9999",
        Kind::License,
        license(&|value| {
            value["term"]["end"] = json!("9999-12-31");
            value["term"]["not_after"] = json!("9999-12-31T23:59:59Z");
        }),
        "An end in the year 9999.",
    );
    add(
        "end-dst-night",
        Kind::License,
        license(&|value| {
            value["term"]["end"] = json!("2026-10-24");
            value["term"]["not_after"] = json!("2026-10-24T22:00:00Z");
        }),
        "It ends at the midnight before the clocks change.",
    );
    add(
        "name-longest",
        Kind::License,
        license(&|value| value["device"]["name"] = json!("\u{1f5a5}".repeat(120))),
        "A name of 120 characters, 480 bytes.",
    );
    let request = |at: &'static str| {
        edited(Kind::ActivationRequest, &world.request.sealed.envelope, "device", move |value| {
            value["created_at"] = json!(at)
        })
    };
    // Against a receiver whose clock says 2026-03-03T16:20:00Z. The format takes all; the rules tell them apart.
    add(
        "clock-plus-25-hours",
        Kind::ActivationRequest,
        request("2026-03-04T17:20:00Z"),
        "Made 25 hours ahead of 2026-03-03T16:20:00Z (D-08).",
    );
    add(
        "clock-minus-25-hours",
        Kind::ActivationRequest,
        request("2026-03-02T15:20:00Z"),
        "Made 25 hours behind it.",
    );
    add(
        "clock-plus-8-days",
        Kind::ActivationRequest,
        request("2026-03-11T16:20:00Z"),
        "Made 8 days ahead of it.",
    );
    add(
        "clock-minus-8-days",
        Kind::ActivationRequest,
        request("2026-02-23T16:20:00Z"),
        "Made 8 days behind it.",
    );
    let without = edited(Kind::Deactivation, &world.deactivation.sealed.envelope, "device", |value| {
        value["receipt"] = json!(null);
        value["license"] = tree(&world.refresh.sealed.envelope);
    });
    add(
        "receipt-not-loaded",
        Kind::Deactivation,
        without,
        "No receipt: the refreshed license carries the same totals.",
    );
}
