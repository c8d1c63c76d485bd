//! Whole files: of each kind, with everything in it and with the least; in armor and as DSSE JSON.

use handcarry_format::fixtures::{self, World};
use handcarry_format::{Envelope, Kind};
use serde_json::{Map, Value, json};

use crate::vector::{Kit, Vector, edited, plain};

pub(crate) fn add(kit: &mut Kit, world: &World) {
    for (kind, name, signer, sealed) in world.files() {
        let why = format!("A {name} with every field.");
        kit.add(signed(
            Vector::golden(&format!("{name}.txt"), sealed.text.as_bytes(), &why),
            kind,
            signer,
            &sealed.envelope,
        ));
        let json = sealed.envelope.to_json();
        let why = format!("The same {name} as a DSSE envelope.");
        kit.add(signed(Vector::golden(&format!("{name}.json"), json, &why), kind, signer, &sealed.envelope));
    }
    for (kind, name, signer, sealed) in world.files() {
        if matches!(name, "license-refresh" | "receipt-return") {
            continue;
        }
        let least = edited(kind, &sealed.envelope, signer, |value| least(kind, value));
        let why = format!("A {name} with the fields that it must have and no other.");
        let vector = Vector::golden(&format!("{name}-least.txt"), plain(kind, &least), &why);
        kit.add(signed(vector, kind, signer, &least));
    }
    let bare = edited(Kind::Pool, &world.pool.sealed.envelope, "issuing", |value| {
        least(Kind::Pool, value);
        value["licenses"] =
            serde_json::to_value([fixtures::least_grant("license-1")]).expect("a grant is JSON");
        members(&mut value["licenses"][0]["product"]).remove("version");
    });
    let vector = Vector::golden(
        "pool-bare.txt",
        plain(Kind::Pool, &bare),
        "A pool file for every site, with the least that a license must have.",
    );
    kit.add(signed(vector, Kind::Pool, "issuing", &bare));
    let user = edited(Kind::ActivationRequest, &world.request.sealed.envelope, "device", |value| {
        members(value).remove("license_key");
        value["user"] = json!("kim@northline.example");
    });
    let vector = Vector::golden(
        "activation-request-user.txt",
        plain(Kind::ActivationRequest, &user),
        "A request that stands on a user.",
    );
    kit.add(signed(vector, Kind::ActivationRequest, "device", &user));
}

fn signed(vector: Vector, kind: Kind, signer: &str, envelope: &Envelope) -> Vector {
    let payload: Value = serde_json::from_slice(&envelope.payload).expect("golden payloads are JSON");
    vector.good(kind).digest(envelope).with("signer", json!(signer)).with("id", payload["id"].clone())
}

pub(crate) fn members(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().expect("an object")
}

fn least(kind: Kind, value: &mut Value) {
    for name in ["supersedes", "customer", "maintenance_end", "lease", "receipt"] {
        members(value).remove(name);
    }
    if let Some(product) = value.get_mut("product").and_then(Value::as_object_mut) {
        product.remove("version");
    }
    match kind {
        Kind::ActivationRequest => value["variables"] = json!({}),
        Kind::License => {
            value["features"] = json!([]);
            value["blocked"] = json!([]);
            value["model"] = json!({ "kind": "node_locked" });
            value["match_rate"] = json!(0);
            for name in ["start", "end", "not_after"] {
                members(&mut value["term"]).remove(name);
            }
            value["usage"] = json!({ "report": 0, "totals": {} });
        }
        Kind::UsageReport | Kind::Deactivation => {
            value["variables"] = json!({});
            // Without the receipt, the license alone says what was accepted.
            value["usage"]["entries"] = json!([]);
            value["usage"]["closing"] = value["usage"]["opening"].clone();
            members(&mut value["usage"]).remove("previous");
        }
        Kind::Receipt => {
            value["usage"] = json!({ "report": 0, "added": {}, "totals": {}, "over": [], "held": false });
        }
        Kind::Keyring => {
            value["keys"] = json!([]);
            value["revoked"] = json!([]);
        }
        Kind::PoolRequest => {
            value["licenses"] = json!([value["licenses"][0]]);
            members(value).remove("applied");
        }
        Kind::Pool => {
            for name in ["answers", "site"] {
                members(value).remove(name);
            }
            value["number"] = json!(0);
            value["licenses"] = json!([]);
            value["unknown"] = json!([]);
        }
    }
}
