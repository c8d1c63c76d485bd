//! What holds for every tracked file: its words, its length, and that it names no machine and no foreign
//! origin.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Lines a source file may have: one thing a file.
const LONGEST: usize = 450;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").to_owned()
}

/// Tracked files, and those about to be, that hold text.
fn files() -> Vec<(String, String)> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files of the repository");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    String::from_utf8(listed.stdout)
        .expect("file names are UTF-8")
        .split('\0')
        .filter(|name| !name.is_empty())
        .filter_map(|name| Some((name.to_owned(), fs::read_to_string(root().join(name)).ok()?)))
        .collect()
}

/// Test data of other projects, kept as it was published.
fn is_foreign(name: &str) -> bool {
    name.starts_with("testkit/foreign/")
}

/// Nobody reads what a program wrote from end to end.
fn is_generated(text: &str) -> bool {
    text.starts_with("// Generated: ")
}

fn is_lock(name: &str) -> bool {
    name.ends_with("Cargo.lock") || name == "package-lock.json"
}

fn extension(name: &str) -> &str {
    Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// Each line of each file that is ours and for which `wrong` says why not, as `file:line: reason`.
fn findings(wrong: impl Fn(&str, &str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in files() {
        if is_foreign(&name) || is_lock(&name) {
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(reason) = wrong(&name, line) {
                found.push(format!("{name}:{number}: {reason}"));
            }
        }
    }
    found
}

#[test]
fn license_is_spelled_one_way() {
    let other = concat!("licen", "ce");
    let found = findings(|_, line| line.to_lowercase().contains(other).then(|| line.trim().to_owned()));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_file_names_a_directory_of_some_machine() {
    let places = ["work", "root", "home", "Users"].map(|name| format!("/{name}/"));
    let found = findings(|_, line| {
        places.iter().find(|place| starts_a_path(line, place)).map(|_| line.trim().to_owned())
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Whether `place` stands in the line at the start of a path, not inside one.
fn starts_a_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|sign| sign.is_alphanumeric() || "._-}~*/".contains(sign))
    })
}

#[test]
fn d_20_no_file_names_a_foreign_origin() {
    // Comments and documentation may point elsewhere; nothing that is built, served or run may.
    let checked = ["rs", "ts", "js", "mjs", "css", "html", "json", "toml", "ftl", "py", "svg", "webmanifest"];
    let found = findings(|name, line| {
        let code = line.trim_start();
        if !checked.contains(&extension(name)) || code.starts_with("//") || code.starts_with('#') {
            return None;
        }
        hosts(code).into_iter().find(|host| !is_ours(host)).map(|host| format!("{host} in {code}"))
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The hosts of all addresses in a line.
fn hosts(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for scheme in ["http://", "https://", "wss://", "ws://"] {
        for (at, _) in line.match_indices(scheme) {
            let rest = &line[at + scheme.len()..];
            let end = rest.find(|sign: char| !(sign.is_alphanumeric() || ".-[]".contains(sign)));
            found.push(rest[..end.unwrap_or(rest.len())].trim_end_matches(['.', '[', ']']).to_lowercase());
        }
    }
    found
}

/// Names that lead nowhere: what is no full name, and those kept for examples. Namespaces are names, not
/// addresses.
fn is_ours(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let top = labels[labels.len() - 1];
    let full = labels.len() > 1 && labels.iter().all(|label| !label.is_empty());
    let numeric = top.parse::<u8>().is_ok();
    let examples = ["example.com", "example.org", "example.net"];
    !full
        || (numeric && ["127", "10", "192", "0"].contains(&labels[0]))
        || ["localhost", "example", "test", "invalid"].contains(&top)
        || host == "www.w3.org"
        || examples.iter().any(|example| host == *example || host.ends_with(&format!(".{example}")))
}

#[test]
fn threat_insider_no_statement_changes_or_removes_what_is_for_good() {
    let found = findings(|name, line| {
        let line = line.to_lowercase();
        let in_store = name.starts_with("crates/store/src/") || name.starts_with("crates/store/migrations/");
        // What reads statements is tested with such ones.
        let sql = in_store && !line.trim_start().starts_with("assert");
        let changes = ["log", "document", "issued"].into_iter().any(|table| {
            ["update", "delete from", "truncate", "drop table", "replace into"].into_iter().any(|verb| {
                let statement = format!("{verb} {table}");
                let rest = line.split_once(&statement).map(|(_, rest)| rest.chars().next());
                rest.is_some_and(|next| next.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_'))
            })
        });
        let drops = line.contains("drop trigger");
        (sql && (changes || drops)).then(|| line.trim().to_owned())
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn lock_files_name_no_place_to_load_from() {
    let lock = fs::read_to_string(root().join("package-lock.json")).unwrap();
    assert!(!lock.contains("\"resolved\""), "package-lock.json names a registry host");
    assert!(!lock.contains("://"), "package-lock.json holds an address");
}

#[test]
fn source_files_stay_short() {
    let long: Vec<String> = files()
        .into_iter()
        .filter(|(name, text)| !is_foreign(name) && !is_generated(text))
        .filter(|(name, _)| ["rs", "ts", "js", "mjs", "css"].contains(&extension(name)))
        .map(|(name, text)| (text.lines().count(), name))
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, name)| format!("{name}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "longer than {LONGEST} lines:\n{}", long.join("\n"));
}

#[test]
fn no_unfinished_work_is_left_in_the_sources() {
    let words = ["TO", "FIX", "XX"].map(|start| match start {
        "TO" => format!("{start}DO"),
        "FIX" => format!("{start}ME"),
        _ => format!("{start}X:"),
    });
    let found = findings(|name, line| {
        let source = ["rs", "ts", "js", "mjs", "css", "html", "py", "toml"].contains(&extension(name));
        (source && words.iter().any(|word| line.contains(word.as_str()))).then(|| line.trim().to_owned())
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_guards_tell_right_from_wrong() {
    let machine = format!("/{}/", "root");
    assert!(starts_a_path(&format!("let p = \"{machine}x\""), &machine));
    assert!(!starts_a_path(&format!("src{machine}x"), &machine));
    let foreign = ["cdn", "foreign", "dev"].join(".");
    assert_eq!(hosts(&format!("fetch('https://{foreign}/x.js')")), [foreign.as_str()]);
    assert!(!is_ours(&foreign) && !is_ours("8.8.8.8"));
    for ours in ["localhost", "127.0.0.1", "offline.acme.example", "example.com", "www.w3.org", "a..b", ""] {
        assert!(is_ours(ours), "{ours}");
    }
}
