//! Who signed, and may they (D-16, D-18, D-19).

use handcarry_format::fixtures::{self, World, key, sign};
use handcarry_format::{Envelope, Kind, PublicKey, Sealed, armor};
use serde_json::{Value, json};

use crate::vector::{Kit, Vector, edited, plain, tree};

pub(crate) fn add(kit: &mut Kit, world: &World, small: &World) {
    issuing(kit, world);
    vendors(kit, small);
    devices(kit, small);
    signatures(kit, small);
    embedded(kit, small);
}

/// One file of each kind.
fn once(file: &(Kind, &str, &str, &Sealed)) -> bool {
    !matches!(file.1, "license-refresh" | "receipt-return")
}

fn vendors(kit: &mut Kit, world: &World) {
    for (kind, name, signer, sealed) in world.files().into_iter().filter(once) {
        let other = edited(kind, &sealed.envelope, signer, |value| {
            value["vendor"] = json!({ "id": "globex", "name": "Globex GmbH" });
        });
        let vector = Vector::new(
            &format!("document/other-vendor-{name}.txt"),
            plain(kind, &other),
            "Another vendor's file (D-16).",
        );
        let checks = if matches!(kind, Kind::Deactivation | Kind::UsageReport) { "P---" } else { "P-" };
        kit.add(vector.fails("document.other_vendor", kind, checks).with("vendor", json!("Globex GmbH")));
    }
}

fn resigned(envelope: &Envelope, signer: &str) -> Envelope {
    sign(&envelope.media_type, &envelope.payload, &key(signer))
}

/// A license that was issued at another time, by another key.
fn issued(world: &World, signer: &str, at: &str) -> Envelope {
    edited(Kind::License, &world.license.sealed.envelope, signer, |value| value["issued_at"] = json!(at))
}

fn issuing(kit: &mut Kit, world: &World) {
    let kind = Kind::License;
    let license = &world.license.sealed.envelope;
    let good = [
        (
            "retired-key-then",
            issued(world, "retired", "2025-12-31T23:59:59Z"),
            "Signed while the key was valid (D-19).",
        ),
        (
            "revoked-key-before",
            issued(world, "stolen", "2026-01-31T23:59:59Z"),
            "Signed before the key was revoked.",
        ),
        (
            "first-second",
            issued(world, "issuing", "2026-01-01T00:00:00Z"),
            "Signed in the first second of the key.",
        ),
    ];
    for (name, envelope, why) in good {
        kit.add(Vector::new(&format!("keys/{name}.txt"), plain(kind, &envelope), why).good(kind));
    }
    let refused = [
        (
            "unknown-key",
            resigned(license, "other device"),
            "key.unknown",
            "A key that is not in the keyring.",
        ),
        (
            "root-key",
            resigned(license, "root"),
            "key.unknown",
            "The root key signs keyrings, never licenses.",
        ),
        (
            "retired-key",
            issued(world, "retired", "2026-01-01T00:00:00Z"),
            "key.not_valid_then",
            "The first second after the key's end.",
        ),
        (
            "future-key",
            issued(world, "future", "2026-12-31T23:59:59Z"),
            "key.not_valid_then",
            "The last second before the key's beginning.",
        ),
        (
            "before-first-second",
            issued(world, "issuing", "2025-12-31T23:59:59Z"),
            "key.not_valid_then",
            "A license older than its key.",
        ),
        (
            "revoked-key",
            issued(world, "stolen", "2026-02-01T00:00:00Z"),
            "key.revoked",
            "Signed in the second of the cut-off.",
        ),
        ("other-product-key", resigned(license, "viewer"), "key.other_product", "A key of another product."),
        ("device-key", resigned(license, "device"), "key.unknown", "The device signed its own license."),
    ];
    for (name, envelope, code, why) in refused {
        kit.add(
            Vector::new(&format!("keys/{name}.txt"), plain(kind, &envelope), why).fails(code, kind, "PF"),
        );
    }
    let receipt = resigned(&world.report_receipt.sealed.envelope, "viewer");
    let vector = Vector::new(
        "keys/receipt-other-product-key.txt",
        plain(Kind::Receipt, &receipt),
        "The same for a receipt.",
    );
    kit.add(vector.fails("key.other_product", Kind::Receipt, "PF"));
    let keyring = resigned(&world.keyring.sealed.envelope, "issuing");
    let vector = Vector::new(
        "keys/keyring-by-issuing-key.txt",
        plain(Kind::Keyring, &keyring),
        "An issuing key vouches for itself.",
    );
    kit.add(vector.fails("key.unknown", Kind::Keyring, "PF"));
    let keyring = resigned(&world.keyring.sealed.envelope, "other root");
    let vector =
        Vector::new("keys/keyring-by-other-root.txt", plain(Kind::Keyring, &keyring), "Another root key.");
    kit.add(vector.fails("key.unknown", Kind::Keyring, "PF"));
}

fn devices(kit: &mut Kit, world: &World) {
    for (kind, name, _, sealed) in world.files() {
        let (code, checks) = match kind {
            Kind::ActivationRequest => ("key.not_the_device", "PF"),
            Kind::Deactivation | Kind::UsageReport => ("key.not_the_device", "PPF-"),
            _ => continue,
        };
        let other = resigned(&sealed.envelope, "other device");
        let vector = Vector::new(
            &format!("keys/other-device-{name}.txt"),
            plain(kind, &other),
            "Another device signed it.",
        );
        kit.add(vector.fails(code, kind, checks));
    }
    let other = resigned(&world.deactivation.sealed.envelope, "issuing");
    let vector = Vector::new(
        "keys/deactivation-by-vendor.txt",
        plain(Kind::Deactivation, &other),
        "The vendor signed in the device's place.",
    );
    kit.add(vector.fails("key.not_the_device", Kind::Deactivation, "PPF-"));
}

fn signatures(kit: &mut Kit, world: &World) {
    for (kind, name, _, sealed) in world.files().into_iter().filter(once) {
        let checks = if matches!(kind, Kind::Deactivation | Kind::UsageReport) { "PPF-" } else { "PF" };
        let mut other = sealed.envelope.clone();
        let text = fixtures::payload(&other).replace("\"name\":\"Acme", "\"name\":\"Acmf");
        other.payload = text.into_bytes();
        let why = "Content altered, digest and length made to fit, not signed again (D-18).";
        let vector = Vector::new(&format!("signature/altered-{name}.txt"), plain(kind, &other), why);
        kit.add(vector.fails("bad_signature", kind, checks));
    }
    let keyring = &world.keyring.sealed.envelope;
    let mut malleable = keyring.clone();
    add_order(&mut malleable.signatures[0].bytes);
    let mut zero = keyring.clone();
    zero.signatures[0].bytes = [0; 64];
    let mut identity = keyring.clone();
    identity.signatures[0].bytes = [0; 64];
    identity.signatures[0].bytes[0] = 1;
    for (name, envelope, why) in [
        ("s-plus-order", malleable, "S + \u{2113}: the same signature, not canonical."),
        ("zero", zero, "A signature of zeros."),
        ("identity", identity, "R is the identity, S is zero."),
    ] {
        let vector = Vector::new(&format!("signature/{name}.txt"), plain(Kind::Keyring, &envelope), why);
        kit.add(vector.fails("bad_signature", Kind::Keyring, "PF"));
    }
    // The same bytes under another type: what is signed is both (spec §4.1).
    let mut confused = world.license.sealed.envelope.clone();
    confused.media_type = Kind::Receipt.media_type();
    let vector = Vector::new(
        "signature/license-as-receipt.txt",
        plain(Kind::Receipt, &confused),
        "A license's bytes and signature under the type of a receipt.",
    );
    kit.add(vector.fails("bad_signature", Kind::Receipt, "PF"));
    let mut confused = world.report.sealed.envelope.clone();
    confused.media_type = Kind::Deactivation.media_type();
    let vector = Vector::new(
        "signature/report-as-deactivation.txt",
        plain(Kind::Deactivation, &confused),
        "A usage report under the type of a deactivation.",
    );
    kit.add(vector.fails("bad_signature", Kind::Deactivation, "PPF-"));
    // Signed over the payload alone, as one would without DSSE.
    let mut bare = keyring.clone();
    let other = sign("", &keyring.payload, &key("root"));
    bare.signatures = other.signatures;
    let vector =
        Vector::new("signature/without-type.txt", plain(Kind::Keyring, &bare), "Signed without the type.");
    kit.add(vector.fails("bad_signature", Kind::Keyring, "PF"));
}

/// S + ℓ, little end first; ℓ = 2^252 + 27742317777372353535851937790883648493.
fn add_order(signature: &mut [u8; 64]) {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = (sum & 255) as u8;
        carry = sum >> 8;
    }
}

/// Name, file, code, field, part, why.
type Case<'a> = (&'a str, Envelope, &'a str, &'a str, Option<&'a str>, &'a str);

/// Documents inside documents.
fn embedded(kit: &mut Kit, world: &World) {
    let kind = Kind::Deactivation;
    let base = &world.deactivation.sealed.envelope;
    let with = |name: &str, value: Value| edited(kind, base, "device", |tree| tree[name] = value);
    let license = &world.refresh.sealed.envelope;
    let receipt = &world.report_receipt.sealed.envelope;
    let other_device = json!({ "key": public("other device").to_string(), "name": "WS-18" });

    let other_activation =
        edited(Kind::License, license, "issuing", |value| value["activation_id"] = json!("activation-9"));
    let forged = resigned(license, "other device");
    let other_vendor =
        edited(Kind::License, license, "issuing", |value| value["vendor"]["id"] = json!("globex"));
    let other_product =
        edited(Kind::License, license, "issuing", |value| value["product"]["id"] = json!("viewer"));
    let receipt_of_other =
        edited(Kind::Receipt, receipt, "issuing", |value| value["device"] = other_device.clone());
    let receipt_of_activation =
        edited(Kind::Receipt, receipt, "issuing", |value| value["activation_id"] = json!("activation-9"));
    let mut altered = receipt.clone();
    altered.payload = fixtures::payload(receipt).replace("1240", "1000").into_bytes();
    let bad_keyring = edited(Kind::License, license, "issuing", |value| {
        value["keyring"] = tree(&resigned(&world.keyring.sealed.envelope, "other root"));
    });
    let cases: [Case<'_>; 10] = [
        (
            "license-of-other-activation",
            with("license", tree(&other_activation)),
            "payload.chain_broken",
            "activation_id",
            None,
            "A license of another activation.",
        ),
        (
            "license-of-other-product",
            with("license", tree(&other_product)),
            "payload.chain_broken",
            "product.id",
            None,
            "A license of another product.",
        ),
        (
            "forged-license",
            with("license", tree(&forged)),
            "key.unknown",
            "",
            Some("license"),
            "A license that nobody may sign.",
        ),
        (
            "license-of-other-vendor",
            with("license", tree(&other_vendor)),
            "document.other_vendor",
            "",
            Some("license"),
            "Another vendor's license.",
        ),
        (
            "license-is-a-receipt",
            with("license", tree(receipt)),
            "document.wrong_kind",
            "",
            Some("license"),
            "A receipt in the license's place.",
        ),
        (
            "keyring-by-other-root",
            with("license", tree(&bad_keyring)),
            "key.unknown",
            "",
            Some("keyring"),
            "A keyring of another root key, two levels down.",
        ),
        (
            "receipt-of-other-device",
            with("receipt", tree(&receipt_of_other)),
            "payload.chain_broken",
            "receipt.activation_id",
            None,
            "Another device's receipt.",
        ),
        (
            "receipt-of-other-activation",
            with("receipt", tree(&receipt_of_activation)),
            "payload.chain_broken",
            "receipt.activation_id",
            None,
            "Another activation's receipt.",
        ),
        (
            "altered-receipt",
            with("receipt", tree(&altered)),
            "bad_signature",
            "",
            Some("receipt"),
            "A receipt with other totals.",
        ),
        (
            "license-is-text",
            with("license", json!("none")),
            "payload.malformed",
            "license",
            None,
            "A license that is no envelope.",
        ),
    ];
    for (name, envelope, code, field, part, why) in cases {
        let mut vector = Vector::new(&format!("embedded/{name}.txt"), plain(kind, &envelope), why)
            .fails(code, kind, "PF--");
        if !field.is_empty() {
            vector = vector.field(field);
        }
        if let Some(part) = part {
            vector = vector.with("part", json!(part));
        }
        kit.add(vector);
    }
    // A license that names another device's key: the device that signs is not the licensed one (D-35).
    let other = edited(Kind::License, license, "issuing", |value| value["device"] = other_device);
    let envelope = edited(kind, base, "device", |value| {
        value["license"] = tree(&other);
        value["receipt"] = json!(null);
    });
    let vector = Vector::new(
        "embedded/license-of-other-device.txt",
        armor(kind, &envelope, ""),
        "Another device's license (D-35).",
    );
    kit.add(vector.fails("key.not_the_device", kind, "PPF-"));
}

fn public(name: &str) -> PublicKey {
    key(name).public()
}
