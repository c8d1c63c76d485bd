//! `xtask/rules.txt` holds every rule of the product's list, once.

use std::{collections::BTreeSet, fs, path::Path};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn ours() -> Vec<String> {
    let text = fs::read_to_string(root().join("rules.txt")).expect("the rules are there");
    let rules = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    rules.filter_map(|line| Some(line.split_once(" | ")?.0.to_owned())).collect()
}

#[test]
fn no_rule_is_told_twice() {
    let (all, once) = (ours(), ours().into_iter().collect::<BTreeSet<_>>());
    assert_eq!(all.len(), once.len());
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn every_rule_of_the_list_is_told() {
    let Ok(list) = fs::read_to_string(root().join("../../shared/rules.md")) else {
        eprintln!("SKIPPED: the list of rules is not beside this checkout");
        return;
    };
    let ours: BTreeSet<String> = ours().into_iter().collect();
    let mut missing = Vec::new();
    for cell in list.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()) {
        let cell = cell.trim_end_matches('+');
        let named = match cell.split_once('-') {
            Some((family @ ("ALT" | "HEX" | "ICE" | "LMX" | "LSP"), numbers)) => {
                numbers.split('/').map(|number| format!("{family}-{number}")).collect()
            }
            _ if cell == "re-host" || cell == "late proof" => vec![cell.to_owned()],
            _ => continue,
        };
        missing.extend(named.into_iter().filter(|id| !ours.contains(id)));
    }
    assert_eq!(missing, Vec::<String>::new());
}
