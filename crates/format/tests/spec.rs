//! The specification is true: sections that the code refers to, codes, fields, examples.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use handcarry_format::fixtures::world;
use handcarry_format::{CODES, Kind};
use serde_json::Value;

#[path = "../examples/spec/examples.rs"]
mod examples;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join("docs/spec").join(name)).expect("a page of the specification")
}

fn rust_files(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn every_section_that_the_code_names_exists() {
    let pages: Vec<String> =
        ["README.md", "3-armor.md", "4-signing.md", "5-documents.md", "6-reading.md", "7-examples.md"]
            .map(page)
            .into();
    let headings: BTreeSet<&str> = pages
        .iter()
        .flat_map(|page| page.lines())
        .filter(|line| line.starts_with('#'))
        .filter_map(|line| line.trim_start_matches('#').trim().strip_prefix('\u{a7}'))
        .filter_map(|heading| heading.split(' ').next())
        .collect();
    let mut files = Vec::new();
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut named = 0;
    for path in files {
        let text = fs::read_to_string(&path).expect("a source file");
        for rest in text.split("spec \u{a7}").skip(1) {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let section = rest[..end].trim_end_matches('.');
            assert!(headings.contains(section), "{}: no section {section}", path.display());
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}

#[test]
fn every_code_is_described_with_its_stage_and_no_other_is() {
    let text = page("6-reading.md");
    let table = &text[text.find("## \u{a7}6.4").expect("the section")..];
    let rows: Vec<(&str, &str)> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|row| row.split_once("` | ").expect("a code"))
        .map(|(code, rest)| (code, rest.split(' ').next().expect("a stage")))
        .collect();
    let expected: Vec<(&str, &str)> = CODES
        .iter()
        .map(|code| match code.split('.').next().expect("a code has a first part") {
            "too_large" => (*code, "size"),
            "foreign" => (*code, "armor"),
            "bad_signature" => (*code, "signature"),
            stage => (*code, stage),
        })
        .collect();
    assert_eq!(rows, expected);
}

/// The names in the first column of a section's tables.
fn described(text: &str, section: &str) -> BTreeSet<String> {
    let start = text.find(&format!("## \u{a7}{section} ")).expect("the section");
    let rest = &text[start + 3..];
    let end = rest.find("\n## ").unwrap_or(rest.len());
    let rows = rest[..end].lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| row.split(" | ").next().unwrap_or_default().split('`').skip(1).step_by(2))
        .map(str::to_string)
        .collect()
}

fn members(value: &Value, at: &str, out: &mut BTreeSet<String>) {
    let open = matches!(at, "variables")
        || ["totals", "opening", "closing", "added"].iter().any(|n| at.ends_with(n));
    match value {
        Value::Object(object) if object.get("payloadType").is_none() && !open => {
            for (name, value) in object {
                members(value, &if at.is_empty() { name.clone() } else { format!("{at}.{name}") }, out);
            }
        }
        Value::Array(items) => {
            out.insert(at.to_string());
            items.iter().for_each(|item| members(item, at, out));
        }
        _ => drop(out.insert(at.to_string())),
    }
}

#[test]
fn every_member_of_every_golden_document_is_described() {
    let text = page("5-documents.md");
    let common = described(&text, "5.1");
    for (kind, name, _, sealed) in world().files() {
        let mut here = described(
            &text,
            match kind {
                Kind::ActivationRequest => "5.2",
                Kind::License => "5.3",
                Kind::Deactivation => "5.4",
                Kind::UsageReport => "5.5",
                Kind::Receipt => "5.6",
                Kind::Keyring => "5.7",
                Kind::PoolRequest => "5.8",
                Kind::Pool => "5.9",
            },
        );
        if kind == Kind::Deactivation {
            here.extend(described(&text, "5.5").into_iter().filter(|name| name.starts_with("usage.")));
        }
        let mut found = BTreeSet::new();
        let payload: Value = serde_json::from_slice(&sealed.envelope.payload).expect("JSON");
        members(&payload, "", &mut found);
        for member in found {
            let known = here.contains(&member) || common.contains(&member);
            // The one variant with an object in it.
            assert!(
                known || member.ends_with("features.counter.overage.up_to"),
                "{name}: {member} is not described"
            );
        }
    }
}

#[test]
fn the_examples_are_those_of_the_golden_files() {
    let command = "cargo run -p handcarry-format --example spec > docs/spec/7-examples.md";
    assert!(page("7-examples.md") == examples::page(), "out of date: {command}");
}
