//! What happens to a file on its way and must not matter (D-02, D-03, D-04). All of these verify.

use handcarry_format::fixtures::{World, key, sign};
use handcarry_format::{Envelope, Kind, armor};
use serde_json::json;

use crate::vector::{Kit, Vector, edited, plain, tree};

pub(crate) fn add(kit: &mut Kit, world: &World) {
    let sealed = &world.request.sealed;
    let text = sealed.text.as_str();
    let lines = |change: &dyn Fn(&str) -> String| text.lines().map(change).collect::<String>();
    let armor_only = &text[text.find("-----BEGIN").unwrap_or(0)..];
    let body = rewrapped(armor_only, 40);

    let as_text: [(&str, String, &str); 24] = [
        ("crlf.txt", text.replace('\n', "\r\n"), "Windows line ends."),
        ("cr.txt", text.replace('\n', "\r"), "Carriage returns only."),
        ("stray-cr.txt", text.replace('\n', "\r\r\n"), "Line ends converted twice."),
        ("quoted.txt", lines(&|l| format!("> {l}\n")), "Quoted by a mail program."),
        ("quoted-twice.txt", lines(&|l| format!(">> {l}\n")), "Quoted twice."),
        ("quoted-bar.txt", lines(&|l| format!("| {l}\n")), "Quoted with bars."),
        ("indented.txt", lines(&|l| format!("    {l}\n")), "Indented by spaces."),
        ("tabs.txt", lines(&|l| format!("\t{l}\t\n")), "Tabs before and after each line."),
        ("trailing-spaces.txt", lines(&|l| format!("{l}  \n")), "Spaces at the ends of lines."),
        (
            "no-break-spaces.txt",
            lines(&|l| format!("\u{a0}{}\n", l.replace(' ', "\u{a0}"))),
            "No-break spaces.",
        ),
        (
            "zero-width.txt",
            lines(&|l| format!("\u{200b}{l}\u{200b}\n")),
            "Zero-width spaces, as web mail adds.",
        ),
        ("double-spaced.txt", text.replace('\n', "\n\n"), "An empty line after each line."),
        ("one-line.txt", text.replace('\n', " "), "All in one line."),
        ("no-white-space.txt", armor_only.split_whitespace().collect(), "No white space at all."),
        ("no-final-newline.txt", text.trim_end().to_string(), "No line end at the end."),
        ("width-40.txt", body, "Wrapped at 40 columns, within header lines too."),
        ("width-76.txt", rewrapped(&armor_only.replace('\n', " "), 76), "Joined and wrapped at 76 columns."),
        ("bom.txt", format!("\u{feff}{text}"), "A byte order mark."),
        ("no-preamble.txt", armor_only.to_string(), "The text above was cut away."),
        (
            "other-preamble.txt",
            armor(Kind::ActivationRequest, &sealed.envelope, "Nothing above is signed."),
            "Other text above: it is not signed.",
        ),
        (
            "mail-around.txt",
            format!(
                "From: kim@northline.example\nSubject: license\n\nHello,\n\n{text}\n-- \nKim, caf\u{e9} Z\u{fc}rich\n"
            ),
            "A mail around it.",
        ),
        ("signed-mail.txt", pgp(text), "A signed mail around it, its dashes escaped."),
        ("license-request.tx_", text.to_string(), "Renamed by a mail gateway: names mean nothing."),
        ("dashes-in-names.txt", dashes(world), "A device whose name looks like armor."),
    ];
    for (name, text, why) in as_text {
        let vector = Vector::new(&format!("outside/{name}"), text, why).good(Kind::ActivationRequest);
        kit.add(if name == "dashes-in-names.txt" { vector } else { vector.digest(&sealed.envelope) });
    }
    let wide = |mark: &[u8], little: bool| {
        let unit = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        let text = text.replace("    ", "\u{a0}   ");
        mark.iter().copied().chain(text.encode_utf16().flat_map(unit)).collect::<Vec<u8>>()
    };
    let as_bytes: [(&str, Vec<u8>, &str); 5] = [
        ("utf-16le-bom.txt", wide(&[0xff, 0xfe], true), "UTF-16, little end first, with its mark."),
        ("utf-16be-bom.txt", wide(&[0xfe, 0xff], false), "UTF-16, big end first, with its mark."),
        ("utf-16le.txt", wide(&[], true), "UTF-16, little end first, no mark."),
        ("utf-16be.txt", wide(&[], false), "UTF-16, big end first, no mark."),
        (
            "latin-1-spaces.txt",
            text.bytes().map(|b| if b == b' ' { 0xa0 } else { b }).collect(),
            "No-break spaces of Latin-1.",
        ),
    ];
    for (name, bytes, why) in as_bytes {
        let vector = Vector::new(&format!("outside/{name}"), bytes, why);
        kit.add(vector.good(Kind::ActivationRequest).digest(&sealed.envelope));
    }
    json_forms(kit, world);
    signed_forms(kit, world);
}

fn json_forms(kit: &mut Kit, world: &World) {
    let sealed = &world.request.sealed;
    let url_safe = |text: &str| text.replace('+', "-").replace('/', "_");
    let mut forms = Vec::new();
    let mut value = tree(&sealed.envelope);
    forms.push((
        "pretty.json",
        serde_json::to_string_pretty(&value).unwrap_or_default(),
        "Printed over many lines.",
    ));
    value["payload"] = json!(url_safe(value["payload"].as_str().unwrap_or_default()));
    let signature = url_safe(value["signatures"][0]["sig"].as_str().unwrap_or_default());
    value["signatures"][0]["sig"] = json!(signature);
    forms.push(("url-safe.json", value.to_string(), "The other base64 alphabet."));
    let mut value = tree(&sealed.envelope);
    value["comment"] = json!("not ours");
    forms.push(("more-members.json", value.to_string(), "Members of the envelope that DSSE does not have."));
    let mut value = tree(&sealed.envelope);
    if let Some(list) = value["signatures"].as_array_mut() {
        list.insert(0, json!({ "keyid": "SHA256:other-scheme", "sig": "AAAA" }));
    }
    forms.push(("other-key-id.json", value.to_string(), "A signature with a key id of another scheme."));
    for (name, text, why) in forms {
        let vector = Vector::new(&format!("outside/{name}"), text, why);
        kit.add(vector.good(Kind::ActivationRequest).digest(&sealed.envelope));
    }
}

/// Signed freedom: what a writer may do.
fn signed_forms(kit: &mut Kit, world: &World) {
    let request = &world.request.sealed.envelope;
    let kind = Kind::ActivationRequest;
    let notes = edited(kind, request, "device", |value| {
        value["notes"] = json!({ "x": [1, { "deep": null }], "grease": "any value" });
    });
    let mut spaced: Vec<u8> = b" \n".to_vec();
    spaced.extend_from_slice(&request.payload);
    spaced.extend_from_slice(b"\t\n ");
    let spaced = sign(&kind.media_type(), &spaced, &key("device"));
    let nulls = edited(kind, request, "device", |value| {
        value["user"] = json!(null);
        value["product"]["version"] = json!(null);
    });
    let license = &world.license.sealed.envelope;
    let mut two = license.clone();
    let other = sign(&license.media_type, &license.payload, &key("other device"));
    two.signatures.insert(0, other.signatures[0].clone());
    let mut rolled = license.clone();
    let other = sign(&license.media_type, &license.payload, &key("retired"));
    rolled.signatures.insert(0, other.signatures[0].clone());
    let forms: [(&str, Kind, Envelope, &str); 5] = [
        ("notes.txt", kind, notes, "Notes, which readers ignore."),
        ("spaced-payload.txt", kind, spaced, "White space around the payload's JSON: signed as it is."),
        ("null-for-optional.txt", kind, nulls, "Optional fields that are null."),
        ("two-signatures.txt", Kind::License, two, "A second signature by a key that is not known."),
        (
            "two-keys.txt",
            Kind::License,
            rolled,
            "A second signature by a key that was not valid then (D-19).",
        ),
    ];
    for (name, kind, envelope, why) in forms {
        let vector = Vector::new(&format!("outside/{name}"), plain(kind, &envelope), why);
        kit.add(vector.good(kind).digest(&envelope));
    }
}

fn rewrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut rest = line;
        while !rest.is_empty() {
            let (head, tail) = rest.split_at(rest.len().min(width));
            out.push_str(head);
            out.push('\n');
            rest = tail;
        }
    }
    out
}

fn pgp(text: &str) -> String {
    let escaped: String = text
        .lines()
        .map(|l| if l.starts_with('-') { format!("- {l}\n") } else { format!("{l}\n") })
        .collect();
    format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{escaped}-----BEGIN PGP SIGNATURE-----\n\niHUEARYKAB0WIQ==\n-----END PGP SIGNATURE-----\n"
    )
}

fn dashes(world: &World) -> String {
    let mut request = world.request.document.clone();
    request.device.name = "---------- BEGIN LICENSE - ----".to_string();
    request.variables.insert("-----BEGIN LICENSE-----".to_string(), "-----END LICENSE-----".to_string());
    let sealed = handcarry_format::seal(&request, &key("device"), None);
    sealed.expect("names may hold dashes").text
}
