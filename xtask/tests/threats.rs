//! `xtask/threats.txt` holds every threat of the product's list, once, and every test of a threat is of one of them.

use std::{collections::BTreeSet, fs, path::Path};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Slug and threat.
fn ours() -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join("threats.txt")).expect("the threats are there");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let threat = |line: &str| {
        let mut parts = line.split(" | ");
        Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
    };
    lines.filter_map(threat).collect()
}

#[test]
fn no_threat_is_told_twice_and_its_slug_is_its_name() {
    let slugs: BTreeSet<String> = ours().into_iter().map(|(slug, _)| slug).collect();
    assert_eq!(slugs.len(), ours().len());
    for (slug, threat) in ours() {
        let name = threat.to_lowercase().replace(['-', ' '], "_");
        assert!(name.starts_with(&slug), "{slug} is not how {threat:?} begins");
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn every_failure_case_of_the_list_is_told() {
    let Ok(list) = fs::read_to_string(root().join("../../shared/failures.md")) else {
        eprintln!("SKIPPED: the list of failure cases is not beside this checkout");
        return;
    };
    let ids = |text: &str, begins: &str| -> BTreeSet<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(begins)?.split(" | ").next());
        lines.filter(|id| id.starts_with("D-")).map(str::to_owned).collect()
    };
    let ours = fs::read_to_string(root().join("cases.txt")).expect("the cases are there");
    let listed = ids(&list, "| ");
    assert!(listed.len() >= 30, "{listed:?}");
    assert_eq!(listed, ids(&ours, ""));
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn every_threat_of_the_list_is_told() {
    let Ok(list) = fs::read_to_string(root().join("../../shared/failures.md")) else {
        eprintln!("SKIPPED: the list of threats is not beside this checkout");
        return;
    };
    let ours: BTreeSet<String> = ours().into_iter().map(|(_, threat)| threat).collect();
    let table = list.split("| threat | answer | test |").nth(1).expect("a table of threats");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with("| "));
    let listed: BTreeSet<String> =
        rows.filter_map(|line| Some(line.strip_prefix("| ")?.split(" | ").next()?.to_owned())).collect();
    assert!(listed.len() >= 10, "{listed:?}");
    assert_eq!(listed, ours);
}
