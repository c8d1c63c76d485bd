//! The worked examples of the specification.

use std::fmt::Write as _;

use handcarry_format::fixtures::{World, world};
use handcarry_format::{Kind, Sealed, pae};
use serde_json::Value;

/// The whole page. The test `spec` compares it with the one in the tree.
pub(crate) fn page() -> String {
    let world: World = world();
    let mut page = String::from(
        "# \u{a7}7 Examples\n\n\
         Generated from the golden files: `cargo run -p handcarry-format --example spec > docs/spec/7-examples.md`.\n\
         They tell one story of one device, and one of a site. All keys come from published names (`testkit/README.md`).\n",
    );
    let sections = [
        ("activation-request", "\u{a7}5.2 Activation request"),
        ("license", "\u{a7}5.3 License"),
        ("deactivation", "\u{a7}5.4 Deactivation"),
        ("usage-report", "\u{a7}5.5 Usage report"),
        ("receipt", "\u{a7}5.6 Receipt"),
        ("keyring", "\u{a7}5.7 Keyring"),
        ("pool-request", "\u{a7}5.8 Pool request"),
        ("pool", "\u{a7}5.9 Pool file"),
    ];
    for (wanted, title) in sections {
        let files = world.files();
        let file = files.iter().find(|(_, name, _, _)| *name == wanted);
        let (kind, name, signer, sealed) = file.expect("every kind has a golden file");
        section(&mut page, title, *kind, name, signer, sealed);
    }
    page
}

fn section(page: &mut String, title: &str, kind: Kind, name: &str, signer: &str, sealed: &Sealed) {
    let envelope = &sealed.envelope;
    let media_type = kind.media_type();
    let signed = pae(&media_type, &envelope.payload);
    let head: String = signed.iter().take(media_type.len() + 40).map(|byte| char::from(*byte)).collect();
    let content: Value = serde_json::from_slice(&envelope.payload).expect("golden payloads are JSON");
    let content = serde_json::to_string_pretty(&shortened(content)).expect("a tree serializes");
    // Writing to a string cannot fail.
    let _ = write!(
        page,
        "\n## {title}\n\n\
         [`testkit/golden/{name}.txt`](../../testkit/golden/{name}.txt), and the same as a DSSE envelope in\n\
         [`{name}.json`](../../testkit/golden/{name}.json). The file:\n\n\
         ```text\n{}\n```\n\n\
         The payload, members in alphabetical order here, embedded documents shortened:\n\n\
         ```json\n{content}\n```\n\n\
         What is signed begins with `{head}`: {} bytes of type, {} bytes of payload.\n\
         The signature is by `{}`, the key that the kit calls *{signer}*. The document's identity is\n\
         `{}`.\n",
        file(&sealed.text),
        media_type.len(),
        envelope.payload.len(),
        envelope.signatures[0].key,
        sealed.digest,
    );
}

/// The file with its middle left out.
fn file(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let body = lines.iter().position(|line| line.starts_with("Signature: ")).unwrap_or(0) + 2;
    let last = lines.len() - 1;
    if last - body <= 6 {
        return lines.join("\n");
    }
    let left_out = format!("\u{2026} {} more lines \u{2026}", last - body - 4);
    [&lines[..body + 2], &[left_out.as_str()], &lines[last - 2..]].concat().join("\n")
}

/// Embedded documents by what they are.
fn shortened(value: Value) -> Value {
    match value {
        Value::Object(members) => match members.get("payloadType").and_then(Value::as_str) {
            Some(media_type) => Value::from(format!("\u{2026} an envelope of {media_type} \u{2026}")),
            None => {
                Value::Object(members.into_iter().map(|(name, value)| (name, shortened(value))).collect())
            }
        },
        Value::Array(items) => items.into_iter().map(shortened).collect(),
        other => other,
    }
}
