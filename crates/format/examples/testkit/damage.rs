//! What happens on the way and does matter: cut, altered, doubled, replaced (D-03, D-05, D-06, D-18).

use handcarry_format::Kind;
use handcarry_format::fixtures::World;
use serde_json::json;

use crate::vector::{Kit, Vector};

const KIND: Kind = Kind::Keyring;

pub(crate) fn add(kit: &mut Kit, world: &World) {
    flips(kit, world);
    lines(kit, world);
    cuts(kit, world);
    replaced(kit, world);
}

/// One byte altered in each part of the armor.
fn flips(kit: &mut Kit, world: &World) {
    let text = world.keyring.sealed.text.as_str();
    let mut flip = |name: &str, after: &str, offset: usize, why: &str, finish: &dyn Fn(Vector) -> Vector| {
        let place = text.find(after).expect("the part is there") + after.len() + offset;
        let mut bytes = text.as_bytes().to_vec();
        // Digits, letters and base64 stay inside their own alphabet, so that only the value changes.
        bytes[place] = match bytes[place] {
            b'a' => b'b',
            b'A' => b'B',
            b'1' => b'2',
            byte if byte.is_ascii_alphabetic() => byte - 1,
            byte if byte.is_ascii_digit() => b'1',
            byte => byte ^ 1,
        };
        let vector = Vector::new(&format!("damage/flip-{name}.txt"), bytes, why);
        kit.add(finish(vector).with("ids", json!(["D-18"])));
    };
    let begin = "-----BEGIN LICENSE KEYRING-----\n";
    let end = "-----END";
    let armor = |code: &'static str| move |vector: Vector| vector.fails(code, KIND, "F-");
    flip("begin", "-----BEG", 0, "In the word BEGIN.", &|v| v.refused("armor.beheaded"));
    flip("label", "-----BEGIN LICENSE ", 2, "In the label.", &|v| v.refused("armor.label"));
    flip("end-label", "-----END LICENSE ", 2, "In the label of END.", &armor("armor.label"));
    flip("end", end, 0, "After the word END: no label that fits.", &|v| v.fails("armor.label", KIND, "F-"));
    flip("header", begin, 0, "In the name of a header line.", &armor("armor.header"));
    flip("type", "Type: application/vnd.handcarry.k", 0, "In the type.", &|v| {
        v.refused("document.unknown_type")
    });
    flip("digest", "Digest: sha256:", 5, "In the digest.", &armor("armor.damaged"));
    flip("length", "Length: ", 2, "In the length.", &armor("armor.damaged"));
    flip("key-id", "Signature: ", 3, "In the key id.", &|v| v.fails("key.unknown", KIND, "PF"));
    flip("signature", "Signature: ", 30, "In the signature.", &|v| v.fails("bad_signature", KIND, "PF"));
    let last_header = text.lines().find(|line| line.starts_with("Signature: ")).unwrap_or_default();
    flip("body", last_header, 100, "In the payload.", &armor("armor.damaged"));
}

/// Whole lines lost, moved, added.
fn lines(kit: &mut Kit, world: &World) {
    let text = world.keyring.sealed.text.as_str();
    let all: Vec<&str> = text.lines().collect();
    let begin = all.iter().position(|line| line.starts_with("-----BEGIN")).unwrap_or(0);
    // BEGIN, Type, Digest, Length, Signature, empty, then the payload.
    let body = begin + 6;
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    let without = |at: usize| {
        let mut lines = all.clone();
        lines.remove(at);
        joined(&lines)
    };
    let with = |at: usize, line: &str| {
        let mut lines = all.clone();
        lines.insert(at, line);
        joined(&lines)
    };
    let mut swapped = all.clone();
    swapped.swap(body + 1, body + 2);
    let armor: [(&str, String, &str, &str); 12] = [
        ("lost-line.txt", without(body + 2), "armor.damaged", "A line of the payload is lost."),
        ("swapped-lines.txt", joined(&swapped), "armor.damaged", "Two lines of the payload changed places."),
        (
            "doubled-line.txt",
            with(body + 2, all[body + 2]),
            "armor.damaged",
            "A line of the payload is there twice.",
        ),
        (
            "foreign-line.txt",
            with(body + 2, "-- scanned by a mail gateway --"),
            "armor.character",
            "A line that is no payload.",
        ),
        ("lost-type.txt", without(begin + 1), "armor.header", "The Type line is lost."),
        ("lost-digest.txt", without(begin + 2), "armor.header", "The Digest line is lost."),
        ("lost-length.txt", without(begin + 3), "armor.header", "The Length line is lost."),
        ("lost-signature.txt", without(begin + 4), "armor.header", "The Signature line is lost."),
        (
            "more-header.txt",
            with(begin + 4, "Comment: none"),
            "armor.header",
            "A header line that is not known.",
        ),
        ("lost-end.txt", without(all.len() - 1), "armor.truncated", "The END line is lost."),
        (
            "empty-body.txt",
            joined(&[&all[..body], &all[all.len() - 1..]].concat()),
            "armor.damaged",
            "No payload at all.",
        ),
        ("long-signature.txt", long_signature(text), "armor.header", "A signature of 72 bytes."),
    ];
    for (name, text, code, why) in armor {
        let vector = Vector::new(&format!("damage/{name}"), text, why);
        kit.add(vector.fails(code, KIND, "F-").with("ids", json!(["D-06"])));
    }
    kit.add(
        Vector::new("damage/beheaded.txt", joined(&all[body..]), "All above the payload is lost.")
            .refused("armor.beheaded"),
    );
    let twice = format!("{text}\n{}", world.request.sealed.text);
    kit.add(Vector::new("damage/two-files.txt", twice, "Two files in one.").refused("armor.several"));
    let other_end = text.replace("-----END LICENSE KEYRING", "-----END LICENSE RECEIPT");
    kit.add(Vector::new("damage/other-end.txt", other_end, "BEGIN and END of two kinds.").fails(
        "armor.label",
        KIND,
        "F-",
    ));
}

fn long_signature(text: &str) -> String {
    let line = text.lines().find(|line| line.starts_with("Signature: ")).unwrap_or_default();
    // Seven bytes of nothing, then the 64 with one more: 72 bytes are 96 characters without padding.
    text.replace(line, &format!("{}{}", &line[..28], "A".repeat(96)))
}

/// Truncation at every 64 bytes (D-06).
fn cuts(kit: &mut Kit, world: &World) {
    let text = world.keyring.sealed.text.as_str();
    let begin = text.find("-----BEGIN").unwrap_or(0);
    let label = text.find("-----\nType").unwrap_or(0) + "-----".len();
    let end = text.rfind("-----END").unwrap_or(text.len());
    for at in (0..text.len() - 1).step_by(64) {
        let vector = Vector::cut("golden/keyring.txt", at, "Cut.").with("ids", json!(["D-06"]));
        kit.add(if at == 0 {
            vector.refused("armor.empty")
        } else if at < label {
            vector.refused("armor.truncated").with("before_begin", json!(at <= begin))
        } else {
            vector.fails("armor.truncated", KIND, "F-").with("in_end", json!(at > end))
        });
    }
}

/// Something else in place of the file.
fn replaced(kit: &mut Kit, world: &World) {
    let text = world.keyring.sealed.text.as_str();
    let notices = [
        (
            "notice-en.txt",
            "The attachment license.txt was removed by the mail gateway because it violates the policy of your organization.\n",
        ),
        (
            "notice-en-2.txt",
            "WARNING: This e-mail contained an attachment that has been blocked.\nFile: deactivation.txt\nContact your administrator to release it from quarantine.\n",
        ),
        (
            "notice-de.txt",
            "Die Anlage \"Lizenz.txt\" wurde aus Sicherheitsgr\u{fc}nden entfernt. Bitte wenden Sie sich an Ihren Administrator.\n",
        ),
        ("notice-de-2.txt", "Der Anhang dieser Nachricht wurde in die Quarant\u{e4}ne verschoben.\n"),
    ];
    for (name, notice) in notices {
        let vector = Vector::new(&format!("damage/{name}"), notice, "A mail gateway's notice (D-03).");
        kit.add(vector.refused("armor.gateway_notice").with("ids", json!(["D-03"])));
    }
    let cells = text
        .replace("-----BEGIN LICENSE KEYRING-----", "#NAME?")
        .replace("-----END LICENSE KEYRING-----", "#NAME?");
    let rest: [(&str, &[u8], &str, &str); 9] = [
        ("empty.txt", b"", "armor.empty", "No content."),
        ("white.txt", b" \r\n\t\n", "armor.empty", "White space only."),
        ("utf-16-empty.txt", b"\xff\xfe", "armor.empty", "A byte order mark and nothing more."),
        (
            "prose.txt",
            b"Please find the license below.\n\nFeature requests are welcome. Kim\n",
            "armor.not_found",
            "Text without a document.",
        ),
        (
            "saved-page.html",
            b"<!DOCTYPE html>\n<html><head><title>License portal</title></head><body>Sign in</body></html>\n",
            "armor.web_page",
            "A page saved in place of the file.",
        ),
        (
            "spreadsheet.csv",
            cells.as_bytes(),
            "armor.spreadsheet",
            "Opened and saved by a spreadsheet (D-05).",
        ),
        ("archive.zip", b"PK\x03\x04\x14\x00\x00\x00\x08\x00license.txt", "armor.binary", "A zip archive."),
        ("scan.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "armor.binary", "A PDF."),
        (
            "zeros.bin",
            b"\x07\x01\x00\x00\x00\x99license",
            "armor.binary",
            "Bytes of no format that is known.",
        ),
    ];
    for (name, bytes, code, why) in rest {
        kit.add(Vector::new(&format!("damage/{name}"), bytes, why).refused(code));
    }
}
