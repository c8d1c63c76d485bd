//! The pool documents: who may sign them, and values outside their limits.

use handcarry_format::fixtures::{World, key, sign};
use handcarry_format::{Envelope, Kind};
use serde_json::{Value, json};

use crate::golden::members;
use crate::vector::{Kit, Vector, edited, plain};

pub(crate) fn add(kit: &mut Kit, world: &World) {
    signers(kit, world);
    requests(kit, world);
    files(kit, world);
    grants(kit, world);
}

fn resigned(envelope: &Envelope, signer: &str) -> Envelope {
    sign(&envelope.media_type, &envelope.payload, &key(signer))
}

fn signers(kit: &mut Kit, world: &World) {
    let (request, file) = (&world.pool_request.sealed.envelope, &world.pool.sealed.envelope);
    let other = |kind, name: &str, envelope: &Envelope, why: &str| {
        Vector::new(&format!("pool/{name}.txt"), plain(kind, envelope), why)
    };
    let by = |name: &str, signer: &str, code: &str, why: &str| {
        other(Kind::PoolRequest, name, &resigned(request, signer), why).fails(code, Kind::PoolRequest, "PF")
    };
    kit.add(by("request-unknown-key", "other device", "key.unknown", "A site that no keyring lists."));
    kit.add(by("request-root-key", "root", "key.unknown", "The root key signs keyrings only."));
    let early = edited(Kind::PoolRequest, request, "site", |value| {
        value["created_at"] = json!("2025-12-31T23:59:59Z");
    });
    let vector = other(Kind::PoolRequest, "request-before-key", &early, "Older than the site's key.");
    kit.add(vector.fails("key.not_valid_then", Kind::PoolRequest, "PF"));
    let stolen = edited(Kind::PoolRequest, request, "stolen", |value| {
        value["created_at"] = json!("2026-02-01T00:00:00Z");
    });
    let vector = other(Kind::PoolRequest, "request-revoked-key", &stolen, "A site that was closed.");
    kit.add(vector.fails("key.revoked", Kind::PoolRequest, "PF"));
    let viewer = resigned(request, "viewer");
    let vector =
        other(Kind::PoolRequest, "request-any-product", &viewer, "A site may ask about any license.");
    kit.add(vector.good(Kind::PoolRequest).with("signer", json!("viewer")));
    let one = resigned(file, "site");
    let vector =
        other(Kind::Pool, "one-product-key", &one, "A key of one product: a pool file is of every product.");
    kit.add(vector.fails("key.other_product", Kind::Pool, "PF"));
    let vector = other(Kind::Pool, "unknown-key", &resigned(file, "device"), "A key that no keyring lists.");
    kit.add(vector.fails("key.unknown", Kind::Pool, "PF"));
    let mut confused = request.clone();
    confused.media_type = Kind::Pool.media_type();
    let edited = edited(Kind::PoolRequest, request, "issuing", |value| {
        value["issued_at"] = value["created_at"].clone();
    });
    confused.payload = edited.payload;
    confused.signatures = edited.signatures;
    let why = "A request's bytes and signature under the type of a pool file.";
    kit.add(other(Kind::Pool, "request-as-pool", &confused, why).fails("bad_signature", Kind::Pool, "PF"));
}

const OUT: &str = "payload.out_of_range";
const MALFORMED: &str = "payload.malformed";

/// Name, code, field, why, and what is changed.
type Case<'a> = (&'a str, &'a str, &'a str, &'a str, &'a dyn Fn(&mut Value));

fn cases(kit: &mut Kit, kind: Kind, base: &Envelope, signer: &str, cases: &[Case<'_>]) {
    for (name, code, field, why, edit) in cases {
        let envelope = edited(kind, base, signer, edit);
        let vector = Vector::new(&format!("pool/{name}.txt"), plain(kind, &envelope), why);
        kit.add(vector.fails(code, kind, "PP").field(field));
    }
}

fn requests(kit: &mut Kit, world: &World) {
    let list: [Case<'_>; 6] = [
        ("request-nothing", OUT, "licenses", "It asks about nothing.", &|v| v["licenses"] = json!([])),
        ("request-license-twice", OUT, "licenses", "One license twice.", &|v| {
            v["licenses"][1] = v["licenses"][0].clone();
        }),
        ("request-too-many", OUT, "licenses", "It asks about 1,001 licenses.", &|v| {
            let one = v["licenses"][0].clone();
            let many = (0..1_001).map(|number| {
                let mut one = one.clone();
                one["license_id"] = json!(format!("l{number}"));
                one
            });
            v["licenses"] = many.collect();
        }),
        ("request-ask", MALFORMED, "licenses.0.ask", "A question that is none.", &|v| {
            v["licenses"][0]["ask"] = json!("keep");
        }),
        ("request-status", MALFORMED, "licenses.0.status", "A status that is none.", &|v| {
            v["licenses"][0]["status"] = json!("Active");
        }),
        ("request-negative", OUT, "licenses.0.seats_used", "Less than no seat.", &|v| {
            v["licenses"][0]["seats_used"] = json!(-1);
        }),
    ];
    cases(kit, Kind::PoolRequest, &world.pool_request.sealed.envelope, "site", &list);
}

fn files(kit: &mut Kit, world: &World) {
    let list: [Case<'_>; 7] = [
        ("no-site", "payload.missing_field", "site", "An answer that is for no site.", &|v| {
            members(v).remove("site");
        }),
        ("number-0", OUT, "number", "Files for one site count from 1.", &|v| v["number"] = json!(0)),
        ("number-without-site", OUT, "number", "A number that no site counts.", &|v| {
            members(v).remove("site");
            members(v).remove("answers");
        }),
        ("site", MALFORMED, "site", "A site that is no key id.", &|v| v["site"] = json!("linz")),
        ("license-twice", OUT, "licenses", "One license twice.", &|v| {
            v["licenses"][1]["license_id"] = json!("license-1");
        }),
        ("known-and-unknown", OUT, "licenses", "A license that is known and is not.", &|v| {
            v["unknown"] = json!(["license-1"]);
        }),
        ("unknown-id", MALFORMED, "unknown.1", "An id with a space.", &|v| {
            v["unknown"] = json!(["a", "b c"])
        }),
    ];
    cases(kit, Kind::Pool, &world.pool.sealed.envelope, "issuing", &list);
}

fn grants(kit: &mut Kit, world: &World) {
    let base = edited(Kind::Pool, &world.pool.sealed.envelope, "issuing", |value| {
        value["licenses"] = json!([value["licenses"][0]]);
    });
    let list: [Case<'_>; 17] = [
        ("seats-0", OUT, "licenses.0.seats", "No seat at all.", &|v| v["licenses"][0]["seats"] = json!(0)),
        ("revision-0", OUT, "licenses.0.revision", "Revisions count from 1.", &|v| {
            v["licenses"][0]["revision"] = json!(0);
        }),
        ("end-before-start", OUT, "licenses.0.end", "It ends the day before it begins.", &|v| {
            v["licenses"][0]["end"] = json!("2026-02-28");
        }),
        ("grace-1", OUT, "licenses.0.revalidation.grace_days", "Less than two days of grace.", &|v| {
            v["licenses"][0]["revalidation"]["grace_days"] = json!(1);
        }),
        ("grace-8", OUT, "licenses.0.revalidation.grace_days", "More than seven days of grace.", &|v| {
            v["licenses"][0]["revalidation"]["grace_days"] = json!(8);
        }),
        ("period-0", OUT, "licenses.0.revalidation.period_days", "No day between two questions.", &|v| {
            v["licenses"][0]["revalidation"]["period_days"] = json!(0);
        }),
        ("lease-0", OUT, "licenses.0.lease.days", "No day between two refreshes.", &|v| {
            v["licenses"][0]["lease"]["days"] = json!(0);
        }),
        ("upgrade-0", OUT, "licenses.0.upgrades.0.add", "An upgrade of nothing.", &|v| {
            v["licenses"][0]["upgrades"][0]["add"] = json!(0);
        }),
        ("upgrade-big", OUT, "licenses.0.upgrades.0.add", "An upgrade of 2^31.", &|v| {
            v["licenses"][0]["upgrades"][0]["add"] = json!(2_147_483_648_u64);
        }),
        ("upgrade-twice", OUT, "licenses.0.upgrades", "One upgrade twice.", &|v| {
            v["licenses"][0]["upgrades"][1] = v["licenses"][0]["upgrades"][0].clone();
        }),
        ("upgrade-backwards", OUT, "licenses.0.upgrades.0.end", "It ends before it begins.", &|v| {
            v["licenses"][0]["upgrades"][0]["end"] = json!("2026-08-31");
        }),
        ("host", MALFORMED, "licenses.0.upgrades.0.hosts.0", "A host that is no key id.", &|v| {
            v["licenses"][0]["upgrades"][0]["hosts"] = json!(["linz"]);
        }),
        ("host-twice", OUT, "licenses.0.upgrades.0.hosts", "One host twice.", &|v| {
            let host = v["licenses"][0]["upgrades"][0]["hosts"][0].clone();
            v["licenses"][0]["upgrades"][0]["hosts"] = json!([host, host]);
        }),
        ("pooling", MALFORMED, "licenses.0.pooling", "A pooling that is none.", &|v| {
            v["licenses"][0]["pooling"] = json!("shared");
        }),
        ("claim", MALFORMED, "licenses.0.claim", "A claim that is none.", &|v| {
            v["licenses"][0]["claim"] = json!("password");
        }),
        ("verdict", MALFORMED, "licenses.0.verdict", "A verdict that is none.", &|v| {
            v["licenses"][0]["verdict"] = json!("revoked");
        }),
        ("two-verdicts", "payload.unknown_field", "licenses.0.verdict.held", "Held and refused.", &|v| {
            v["licenses"][0]["verdict"] = json!({
                "held": { "site": "Graz", "since": "2026-05-04T06:00:00Z" },
                "refused": { "reason": "agreement" },
            });
        }),
    ];
    cases(kit, Kind::Pool, &base, "issuing", &list);
}
