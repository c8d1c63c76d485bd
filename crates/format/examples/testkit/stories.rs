//! Sequences: what a reader has seen before decides.

use handcarry_format::fixtures::{World, key, keyring, sign};
use handcarry_format::{Envelope, Kind, seal};
use serde_json::json;

use crate::vector::{Kit, Vector, edited, plain, tree};

pub(crate) fn add(kit: &mut Kit, world: &World) {
    rotation(kit, world);
    chain(kit, world);
    same_id(kit, world);
}

fn newest() -> Envelope {
    // Version 4 takes the issuing key back, too.
    let mut newest = keyring(4);
    let mut revoked = newest.revoked[0].clone();
    revoked.key = key("issuing").public().id();
    newest.revoked.push(revoked);
    seal(&newest, &key("root"), None).expect("a keyring keeps its limits").envelope
}

/// Rollback: an older keyring inside a file does not bring a revoked key back.
fn rotation(kit: &mut Kit, world: &World) {
    let newest = newest();
    let vector = Vector::new(
        "stories/keyring-4.txt",
        plain(Kind::Keyring, &newest),
        "Revokes the issuing key from 2026-02-01 on.",
    );
    kit.add(vector.good(Kind::Keyring).digest(&newest));
    kit.trust("keyring-3", "golden/keyring.txt");
    kit.trust("keyring-4", "vectors/stories/keyring-4.txt");
    let license = world.license.sealed.text.as_bytes();
    let vector = Vector::new(
        "stories/license-known-keyring.txt",
        license,
        "The reader already knows the keyring that is inside.",
    );
    kit.add(vector.good(Kind::License).with("trust", json!("keyring-3")));
    let vector = Vector::new(
        "stories/license-rolled-back-keyring.txt",
        license,
        "The reader knows a newer keyring, which revokes the key.",
    );
    kit.add(vector.fails("key.revoked", Kind::License, "PF").with("trust", json!("keyring-4")));
    let text = world.deactivation.sealed.text.as_bytes();
    let vector =
        Vector::new("stories/deactivation-rolled-back-keyring.txt", text, "The same inside a deactivation.");
    let vector = vector.fails("key.revoked", Kind::Deactivation, "PF--").with("part", json!("license"));
    kit.add(vector.with("trust", json!("keyring-4")));
    let fresh = edited(Kind::License, &world.license.sealed.envelope, "issuing", |value| {
        value["keyring"] = tree(&newest)
    });
    let vector = Vector::new(
        "stories/license-newer-keyring.txt",
        plain(Kind::License, &fresh),
        "The file brings a newer keyring than the reader knows.",
    );
    kit.add(vector.fails("key.revoked", Kind::License, "PF").with("trust", json!("keyring-3")));
    kit.story(
        "rotation",
        "A reader keeps the newest keyring that it has seen; older ones change nothing.",
        json!([
            { "examine": "golden/license.txt", "expect": "ok" },
            { "learn": "golden/keyring.txt", "version": 3 },
            { "examine": "golden/license.txt", "expect": "ok" },
            { "learn": "vectors/stories/keyring-4.txt", "version": 4 },
            { "examine": "golden/license.txt", "expect": "key.revoked" },
            { "learn": "golden/keyring.txt", "version": 4 },
            { "examine": "golden/license.txt", "expect": "key.revoked" },
            { "examine": "golden/deactivation.txt", "expect": "key.revoked" }
        ]),
    );
}

/// Usage that continues, and a fork of it.
fn chain(kit: &mut Kit, world: &World) {
    let forked = edited(Kind::UsageReport, &world.report.sealed.envelope, "device", |value| {
        value["id"] = json!("report-1-fork");
        value["usage"]["entries"] =
            json!([{ "at": "2026-03-05T08:00:00Z", "feature": "renders", "amount": 1 }]);
        value["usage"]["closing"] = json!({ "renders": 1 });
        value["license"] = tree(&world.refresh.sealed.envelope);
    });
    let vector = Vector::new(
        "stories/report-fork.txt",
        plain(Kind::UsageReport, &forked),
        "A clone that starts again at zero after report 1 was booked.",
    );
    kit.add(vector.noted(Kind::UsageReport, &["usage.number", "usage.falls", "usage.falls"]));
    kit.story("usage", "Each report opens with the totals that the last receipt or license accepted.", json!([
        { "examine": "golden/activation-request.txt", "expect": "ok" },
        { "examine": "golden/license.txt", "expect": "ok" },
        { "examine": "golden/usage-report.txt", "expect": "ok", "findings": [] },
        { "examine": "golden/receipt.txt", "expect": "ok" },
        { "examine": "golden/license-refresh.txt", "expect": "ok" },
        { "examine": "golden/deactivation.txt", "expect": "ok", "findings": [] },
        { "examine": "golden/receipt-return.txt", "expect": "ok" },
        { "examine": "vectors/stories/report-fork.txt", "expect": "ok", "findings": ["usage.number", "usage.falls", "usage.falls"] }
    ]));
}

/// One id, two contents: whole and signed both times; who books must refuse the second as altered (D-14).
fn same_id(kit: &mut Kit, world: &World) {
    let kind = Kind::Deactivation;
    let again = edited(kind, &world.deactivation.sealed.envelope, "device", |value| {
        value["variables"] = json!({ "reason": "another one" });
    });
    let vector = Vector::new(
        "stories/deactivation-same-id.txt",
        plain(kind, &again),
        "The id of another deactivation, other bytes (D-14).",
    );
    kit.add(vector.good(kind).digest(&again).with("ids", json!(["D-14"])));
    let once_more = sign(&kind.media_type(), &world.deactivation.sealed.envelope.payload, &key("device"));
    let vector = Vector::new(
        "stories/deactivation-again.txt",
        plain(kind, &once_more),
        "The same document printed again: the same digest (D-13).",
    );
    kit.add(vector.good(kind).digest(&world.deactivation.sealed.envelope).with("ids", json!(["D-13"])));
    kit.story("same id", "A document is its digest. The same digest is the same document; another one under the same id is altered.", json!([
        { "examine": "golden/deactivation.txt", "expect": "ok", "same": "a", "id": "deactivation-1" },
        { "examine": "vectors/stories/deactivation-again.txt", "expect": "ok", "same": "a", "id": "deactivation-1" },
        { "examine": "golden/deactivation.json", "expect": "ok", "same": "a", "id": "deactivation-1" },
        { "examine": "vectors/stories/deactivation-same-id.txt", "expect": "ok", "same": "b", "id": "deactivation-1" }
    ]));
}
