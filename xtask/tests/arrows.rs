//! The arrows between the packages are those of `ARCHITECTURE.md`, and what speaks SQL, HTTP or draws the
//! page stays in the one package that may.

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package};
use std::{collections::BTreeMap, fs, path::Path};

/// Ends of the graph: nothing uses them, not even a test.
const ENDS: [&str; 4] = ["handcarry-bench", "handcarry-portal", "handcarry-server", "xtask"];

/// Crates that these packages alone may use directly. A name that ends with `*` stands for all that begin so.
const WRAPPERS: &[(&str, &[&str])] = &[
    ("rusqlite", &["handcarry-bench", "handcarry-store"]),
    ("libsqlite3-sys", &["handcarry-store"]),
    ("postgres*", &["handcarry-bench", "handcarry-store"]),
    ("tokio-postgres", &["handcarry-bench", "handcarry-store"]),
    ("sqlx*", &["handcarry-store"]),
    ("axum*", &["handcarry-server"]),
    ("tower-http", &["handcarry-server"]),
    ("hyper*", &["handcarry-server"]),
    ("tokio", &["handcarry-bench", "handcarry-server", "handcarry-store"]),
    ("leptos*", &["handcarry-portal"]),
    ("gloo*", &["handcarry-portal"]),
    ("web-sys", &["handcarry-portal"]),
    ("js-sys", &["handcarry-portal"]),
    ("wasm-bindgen", &["handcarry-bare", "handcarry-portal"]),
    ("wasm-bindgen-futures", &["handcarry-portal"]),
];

/// What the pure packages may not use: clocks, randomness, files, other machines.
const IMPURE: [&str; 7] = ["rand", "getrandom", "tokio", "reqwest", "ureq", "tempfile", "sysinfo"];
const PURE: [&str; 4] = ["handcarry-format", "handcarry-rules", "handcarry-theme", "handcarry-api"];

fn workspace() -> Metadata {
    MetadataCommand::new().no_deps().exec().expect("cargo describes the workspace")
}

fn packages(metadata: &Metadata) -> BTreeMap<&str, &Package> {
    metadata.workspace_packages().into_iter().map(|package| (package.name.as_str(), package)).collect()
}

/// Dependencies that end up in what is built. Those of tests are held to less.
fn built(package: &Package) -> impl Iterator<Item = &Dependency> {
    package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development)
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(name == pattern, |start| name.starts_with(start))
}

/// What each package may use of this workspace, as `ARCHITECTURE.md` says it: arrows stand two blanks or more
/// apart, `-` is nothing. xtask is about the project, not of it, and uses none.
fn arrows() -> BTreeMap<String, Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md");
    let text = fs::read_to_string(path).expect("ARCHITECTURE.md is there");
    let (_, section) = text.split_once("## Who may know whom").expect("it has that section");
    let block = section.split("```").nth(1).expect("with a block of arrows");
    let arrows = block
        .lines()
        .filter(|line| !line.starts_with("never"))
        .flat_map(|line| line.split("  "))
        .filter_map(|arrow| arrow.split_once("->"))
        .map(|(from, to)| {
            (full(from), to.split(',').map(full).filter(|name| name != "handcarry--").collect())
        });
    arrows.chain([("xtask".to_owned(), Vec::new())]).collect()
}

fn full(name: &str) -> String {
    format!("handcarry-{}", name.trim())
}

#[test]
fn the_arrows_speak_of_every_package_and_of_no_other() {
    let metadata = workspace();
    let listed: Vec<String> = arrows().into_keys().collect();
    let found: Vec<&str> = packages(&metadata).into_keys().collect();
    assert_eq!(found, listed);
}

#[test]
fn packages_use_each_other_only_along_the_arrows() {
    let metadata = workspace();
    let packages = packages(&metadata);
    let mut wrong = Vec::new();
    for (name, allowed) in arrows() {
        for dependency in built(packages[name.as_str()]) {
            let own = packages.contains_key(dependency.name.as_str());
            if own && !allowed.contains(&dependency.name) {
                wrong.push(format!("{name} -> {}", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "not in the list of arrows: {wrong:?}");
}

#[test]
fn nothing_uses_the_portal_or_the_server_not_even_a_test() {
    let metadata = workspace();
    let mut wrong = Vec::new();
    for (name, package) in packages(&metadata) {
        for dependency in &package.dependencies {
            if ENDS.contains(&dependency.name.as_str()) {
                wrong.push(format!("{name} -> {}", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn sql_http_and_the_page_stay_in_the_one_package_that_may() {
    let metadata = workspace();
    let mut wrong = Vec::new();
    for (name, package) in packages(&metadata) {
        for dependency in built(package) {
            for (pattern, only) in WRAPPERS {
                if matches(pattern, &dependency.name) && !only.contains(&name) {
                    wrong.push(format!("{name} -> {} (only {only:?} may)", dependency.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn pure_packages_have_no_clock_no_randomness_and_no_io() {
    let metadata = workspace();
    let packages = packages(&metadata);
    let mut wrong = Vec::new();
    for name in PURE {
        for dependency in built(packages[name]) {
            let clock = dependency.name == "chrono"
                && (dependency.uses_default_features
                    || dependency.features.iter().any(|feature| feature == "clock" || feature == "now"));
            if clock || IMPURE.contains(&dependency.name.as_str()) {
                wrong.push(format!("{name} -> {}", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Packages that speak to other machines.
const NETWORK: [&str; 9] =
    ["ureq", "reqwest", "hyper*", "tokio*", "lettre", "native-tls", "rustls*", "curl", "socket2"];

#[test]
fn d_30_the_device_speaks_to_no_other_machine() {
    let metadata = workspace();
    let device = packages(&metadata)["handcarry-device"];
    let wrong: Vec<&str> = built(device).map(|dependency| dependency.name.as_str()).collect();
    let wrong: Vec<_> = wrong.iter().filter(|name| NETWORK.iter().any(|it| matches(it, name))).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/device/src")];
    let mut read = 0;
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for word in ["std::net", "TcpStream", "UdpSocket", "UnixStream", "ToSocketAddrs"] {
            assert!(!text.contains(word), "{word} in {}", path.display());
        }
        read += 1;
    }
    assert!(read > 20, "{read}");
}

#[test]
fn every_package_takes_the_lints_of_the_workspace() {
    let metadata = workspace();
    for (name, package) in packages(&metadata) {
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{name} sets its own lints, or none");
        assert_eq!(package.license.as_deref(), Some("MIT OR Apache-2.0"), "{name}");
    }
}
