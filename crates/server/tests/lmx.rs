//! LM-X templates and upgrades by the real command line.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn run(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handcarry"));
    command
        .current_dir(directory)
        .env("HANDCARRY_DATA", directory.join("data"))
        .args(arguments)
        .output()
        .unwrap()
}

#[track_caller]
fn must(directory: &Path, arguments: &[&str]) -> String {
    let output = run(directory, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[track_caller]
fn refused(directory: &Path, arguments: &[&str]) -> String {
    let output = run(directory, arguments);
    assert!(!output.status.success(), "{arguments:?} went through");
    String::from_utf8(output.stderr).unwrap()
}

fn portal() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    must(directory.path(), &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    must(directory.path(), &["product", "create", "--id", "cad", "--name", "CAD Pro"]);
    directory
}

const TEMPLATE: &str = r#"<LICENSEFILE>
  <FEATURE NAME="f1">
    <SETTING COUNT="10"/>
    <SETTING END="9030-12-31"/>
    <SETTING LICENSEE="Globex"/>
    <SETTING COMMENT="sold at the fair"/>
    <SETTING BORROW="48"/>
  </FEATURE>
  <FEATURE="f2"><SETTING COUNT="UNLIMITED"/><SETTING KEYTYPE="ADDITIVE"/></FEATURE>
  <FEATURE NAME="F1"><SETTING KEYTYPE="UPGRADE"/><SETTING COUNT="3"/><SETTING END="9030-12-31"/></FEATURE>
</LICENSEFILE>
"#;

#[test]
fn lmx_22_a_template_is_imported_once_and_as_a_whole() {
    let directory = portal();
    let at = directory.path();
    fs::write(at.join("t.xml"), TEMPLATE).unwrap();
    let planned = must(at, &["license", "import", "lmx", "t.xml", "--dry-run"]);
    assert_eq!(planned.lines().count(), 3);
    assert_eq!(must(at, &["license", "list"]), "", "a dry run does nothing");

    let imported = must(at, &["license", "import", "lmx", "t.xml"]);
    let lines: Vec<Vec<&str>> = imported.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines[0][3..], ["f1", "exclusive", "10 sessions", "until 9030-12-31"]);
    assert_eq!(lines[1][3..], ["f2", "additive", "unlimited sessions", "perpetual"]);
    assert_eq!((lines[2][0], lines[2][3]), ("upgrade", "+3"));
    let key = lines[0][2];
    let shown = must(at, &["license", "show", key]);
    assert!(shown.contains("Globex"), "{shown}");
    assert!(must(at, &["license", "upgrade", "list", key]).starts_with("count 13 = 10 + 3"));
    let log = must(at, &["log", "list"]);
    assert!(
        log.contains("sold at the fair") && log.contains("upgrade.added") && log.contains("license.sessions")
    );
    assert!(!log.contains(key), "no key in the log");

    let again = must(at, &["license", "import", "lmx", "t.xml"]);
    assert!(again.lines().all(|line| line.starts_with("known\t")), "{again}");
    assert_eq!(must(at, &["license", "list"]).lines().count(), 2);
    assert!(must(at, &["license", "upgrade", "list", key]).starts_with("count 13 = 10 + 3"));
}

#[test]
fn lmx_22_a_template_with_any_fault_changes_nothing() {
    let directory = portal();
    let at = directory.path();
    let wrong = TEMPLATE.replace("COUNT=\"3\"", "COUNT=\"2147483640\"").replace("BORROW", "OPTIONS");
    fs::write(at.join("t.xml"), wrong).unwrap();
    let told = refused(at, &["license", "import", "lmx", "t.xml"]);
    assert!(told.contains("t.xml:7:14: OPTIONS has no equal here"), "{told}");
    assert!(told.contains("(lmx.no_equal)") && told.contains("nothing was imported"), "{told}");
    let told = refused(at, &["license", "import", "lmx", "t.xml", "--ignore", "OPTIONS"]);
    assert!(told.contains("t.xml:10:") && told.contains("(upgrade.sum)"), "{told}");
    assert_eq!(must(at, &["license", "list"]), "");
    fs::write(at.join("t.xml"), "<!DOCTYPE x [<!ENTITY a \"b\">]>\n<FEATURE NAME=\"&a;\"/>").unwrap();
    assert!(refused(at, &["license", "import", "lmx", "t.xml"]).contains("t.xml:1:1: a document type"));
}

#[test]
fn lmx_07_09_upgrades_are_sold_and_taken_back_by_the_command_line() {
    let directory = portal();
    let at = directory.path();
    let key = must(
        at,
        &["license", "create", "--product", "cad", "--feature", "f1", "--seats", "10", "--end", "9030-12-31"],
    );
    let add = |id: &str, more: &[&str]| {
        let arguments = ["license", "upgrade", "add", &key, "--feature", "f1", "--id", id];
        [&arguments[..], more].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let call = |arguments: Vec<String>| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run(at, &arguments)
    };
    let done = call(add("u1", &["--count", "5", "--end", "9030-12-31"]));
    assert_eq!(String::from_utf8(done.stdout).unwrap().trim(), "added; the count is 15");
    let done = call(add("u1", &["--count", "5", "--end", "9030-12-31"]));
    assert_eq!(String::from_utf8(done.stdout).unwrap().trim(), "there before; the count is 15");
    let done = call(add("u2", &["--count", "5"]));
    assert!(String::from_utf8(done.stderr).unwrap().contains("(upgrade.perpetual)"));
    let done = call(add("u2", &["--count", "5", "--end", "9030-12-31", "--server", "HOSTNAME=a,BIOS=1"]));
    assert_eq!(
        String::from_utf8(done.stdout).unwrap().trim(),
        "added; the count is 15",
        "it is for another server"
    );
    assert!(refused(at, &["license", "update", &key, "--end", "9030-12-30"]).contains("upgrade.outside"));
    must(at, &["license", "upgrade", "withdraw", "u1"]);
    let listed = must(at, &["license", "upgrade", "list", &key]);
    assert_eq!(listed.lines().next().unwrap(), "count 10 = 10 + 0");
    assert!(listed.contains("u1\tf1\t+5\t… to 9030-12-31\twithdrawn"), "{listed}");
}
