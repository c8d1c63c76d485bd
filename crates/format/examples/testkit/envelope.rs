//! Limits, type and signature lines.

use handcarry_format::fixtures::{World, key, sign};
use handcarry_format::{Envelope, Kind};
use serde_json::{Value, json};

use crate::vector::{Kit, Vector, plain, tree};

const KIND: Kind = Kind::Keyring;

pub(crate) fn add(kit: &mut Kit, world: &World) {
    limits(kit, world);
    lines(kit, world);
    dsse(kit, world);
    types(kit, world);
}

fn limits(kit: &mut Kit, world: &World) {
    let keyring = &world.keyring.sealed;
    let file = keyring.text.as_bytes();
    let at = |limits: Value| move |vector: Vector| vector.with("limits", limits).with("ids", json!(["D-06"]));
    let size = file.len();
    let vector = Vector::new("limits/file-fits.txt", file, "As large as the limit.");
    kit.add(at(json!({ "file": size }))(vector).good(KIND));
    let vector = Vector::new("limits/file-too-large.txt", file, "One byte above the limit of a file.");
    kit.add(at(json!({ "file": size - 1 }))(vector).refused("too_large"));
    let size = keyring.envelope.payload.len();
    let vector = Vector::new("limits/payload-fits.txt", file, "As large as the limit of a payload.");
    kit.add(at(json!({ "payload": size }))(vector).good(KIND));
    let vector = Vector::new("limits/payload-too-large.txt", file, "One byte above the limit of a payload.");
    kit.add(at(json!({ "payload": size - 1 }))(vector).refused("envelope.payload_too_large"));
    let report = world.report.sealed.text.as_bytes();
    let size = world.report.sealed.envelope.payload.len();
    let vector =
        Vector::new("limits/usage-payload-too-large.txt", report, "One byte above the limit of usage.");
    kit.add(at(json!({ "usage_payload": size - 1 }))(vector).refused("envelope.payload_too_large"));
    let vector = Vector::new("limits/entries-fit.txt", report, "As many entries as the limit.");
    kit.add(at(json!({ "entries": 3 }))(vector).good(Kind::UsageReport));
    let vector = Vector::new("limits/entries-too-many.txt", report, "One entry above the limit.");
    let vector = at(json!({ "entries": 2 }))(vector).field("usage.entries");
    kit.add(vector.fails("payload.out_of_range", Kind::UsageReport, "PPPF"));
    // Keys are two deep: document, list, object.
    let vector = Vector::new("limits/depth-fits.txt", file, "As deep as the limit.");
    kit.add(at(json!({ "depth": 3 }))(vector).good(KIND));
    let vector = Vector::new("limits/too-deep.txt", file, "One level above the limit.");
    kit.add(at(json!({ "depth": 2 }))(vector).fails("payload.too_deep", KIND, "P-"));
    let deep = format!("{{\"notes\":{}1{}}}", "[".repeat(12), "]".repeat(12));
    let deep = sign(&KIND.media_type(), deep.as_bytes(), &key("root"));
    let vector = Vector::new("limits/too-deep-by-default.txt", plain(KIND, &deep), "Thirteen levels.");
    kit.add(vector.fails("payload.too_deep", KIND, "P-"));
}

fn signed_by(world: &World, names: &[&str]) -> Envelope {
    let mut envelope = world.keyring.sealed.envelope.clone();
    envelope.signatures.clear();
    for name in names {
        let other = sign(&envelope.media_type, &envelope.payload, &key(name));
        envelope.signatures.push(other.signatures[0].clone());
    }
    envelope
}

fn lines(kit: &mut Kit, world: &World) {
    let four = signed_by(world, &["issuing", "retired", "device", "root"]);
    let vector =
        Vector::new("envelope/four-signatures.txt", plain(KIND, &four), "As many signatures as the limit.");
    kit.add(vector.good(KIND));
    let five = signed_by(world, &["issuing", "retired", "device", "viewer", "root"]);
    let why = "One signature above the limit.";
    kit.add(
        Vector::new("envelope/five-signatures.txt", plain(KIND, &five), why)
            .refused("envelope.too_many_signatures"),
    );
    kit.add(
        Vector::new("envelope/five-signatures.json", five.to_json(), why)
            .refused("envelope.too_many_signatures"),
    );
    let twice = signed_by(world, &["root", "root"]);
    let why = "Two signatures by one key.";
    kit.add(
        Vector::new("envelope/same-key-twice.txt", plain(KIND, &twice), why)
            .refused("envelope.duplicate_signature"),
    );
    kit.add(
        Vector::new("envelope/same-key-twice.json", twice.to_json(), why)
            .refused("envelope.duplicate_signature"),
    );
}

fn dsse(kit: &mut Kit, world: &World) {
    let good = tree(&world.keyring.sealed.envelope);
    let mut add = |name: &str, value: &Value, code: &str, why: &str| {
        kit.add(Vector::new(&format!("envelope/{name}.json"), value.to_string(), why).refused(code));
    };
    let changed = |name: &str, value: Value| {
        let mut tree = good.clone();
        tree[name] = value;
        tree
    };
    let signature = |name: &str, value: Value| {
        let mut tree = good.clone();
        tree["signatures"][0][name] = value;
        tree
    };
    add("not-dsse", &json!({ "license": "abc" }), "envelope.not_dsse", "JSON of another kind.");
    add("payload-number", &changed("payload", json!(1)), "envelope.not_dsse", "A payload that is no text.");
    add(
        "signatures-object",
        &changed("signatures", json!({})),
        "envelope.not_dsse",
        "No list of signatures.",
    );
    add("no-sig", &signature("sig", json!(null)), "envelope.not_dsse", "A signature without its bytes.");
    add("unsigned", &changed("signatures", json!([])), "envelope.unsigned", "No signature.");
    add("unnamed", &signature("keyid", json!(null)), "envelope.unsigned", "No signature that names its key.");
    add(
        "payload-base64",
        &changed("payload", json!("***")),
        "envelope.base64",
        "A payload that is not base64.",
    );
    add(
        "signature-base64",
        &signature("sig", json!("***")),
        "envelope.base64",
        "A signature that is not base64.",
    );
    let long = "A".repeat(96);
    add(
        "long-signature",
        &signature("sig", json!(long)),
        "envelope.signature_length",
        "A signature of 72 bytes.",
    );
    let short = "A".repeat(84);
    add(
        "short-signature",
        &signature("sig", json!(short)),
        "envelope.signature_length",
        "A signature of 63 bytes.",
    );
    let text = world.keyring.sealed.envelope.to_json();
    kit.add(
        Vector::new("envelope/cut.json", &text.as_bytes()[..900], "A DSSE envelope that was cut.")
            .refused("armor.truncated"),
    );
    let garbled = text.replacen("\"payload\":", "\"payload\";", 1);
    kit.add(Vector::new("envelope/garbled.json", garbled, "No JSON any more.").refused("envelope.not_dsse"));
    let twice = text.replacen('{', "{\"payloadType\":\"text/plain\",", 1);
    kit.add(Vector::new("envelope/member-twice.json", twice, "A member twice.").refused("envelope.not_dsse"));
}

fn types(kit: &mut Kit, world: &World) {
    let payload = &world.keyring.sealed.envelope.payload;
    let mut add = |name: &str, media_type: &str, code: &str, why: &str| {
        let envelope = sign(media_type, payload, &key("root"));
        kit.add(Vector::new(&format!("document/{name}.txt"), plain(KIND, &envelope), why).refused(code));
    };
    add(
        "version-2",
        "application/vnd.handcarry.keyring.v2+json",
        "document.unknown_version",
        "A later version of a kind that is known.",
    );
    add(
        "unknown-kind",
        "application/vnd.handcarry.voucher.v1+json",
        "document.unknown_type",
        "A kind that is not known.",
    );
    add("in-toto", "application/vnd.in-toto+json", "document.unknown_type", "Another system's DSSE type.");
    add(
        "no-version",
        "application/vnd.handcarry.keyring+json",
        "document.unknown_type",
        "A type without its version.",
    );
    add(
        "case",
        "application/vnd.handcarry.Keyring.v1+json",
        "document.unknown_type",
        "Capital letters in the type.",
    );

    let vector = Vector::new(
        "document/wrong-kind.txt",
        world.license.sealed.text.as_bytes(),
        "A license where a receipt is wanted (D-16).",
    );
    kit.add(
        vector
            .good(Kind::License)
            .with("open_as", json!({ "kind": "receipt", "expect": "document.wrong_kind" })),
    );
    // The label is for people: the type decides.
    let receipt = plain(Kind::License, &world.report_receipt.sealed.envelope);
    let vector = Vector::new(
        "document/other-label.txt",
        receipt,
        "A receipt under the label of a license: the type decides.",
    );
    kit.add(vector.good(Kind::Receipt));
}
