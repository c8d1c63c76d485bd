//! The real binary, as people use it.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "vendor/command.rs"]
mod command;
mod vendor;

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use command::{Bench, now};
use handcarry_format::{
    ActivationRequest, CheckState, Claim, Customer, Deactivation, Lease, Limits, UsageReport, examine,
};
use vendor::{id, key};

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn lsp_01_a_license_comes_lives_and_goes_without_a_network() {
    let bench = Bench::new();
    let license = bench.activate(|_| {});
    #[cfg(unix)]
    {
        assert_eq!(mode(&bench.path("home")), 0o700);
        assert_eq!(mode(&bench.path("home/device")), 0o700);
        for entry in std::fs::read_dir(bench.path("home/device")).unwrap() {
            let expected = if entry.as_ref().unwrap().path().is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(&entry.unwrap().path()), expected);
        }
    }
    bench.ok(&["check", "base"]);
    assert_eq!(bench.fails(&["check", "unknown"]), (3, "license.no_feature".into()));
    bench.ok(&["consume", "renders", "7"]);
    assert_eq!(bench.fails(&["consume", "renders", "104"]), (6, "consume.exhausted".into()));
    assert_eq!(bench.fails(&["consume", "renders", "-1"]), (1, "consume.amount".into()));
    bench.ok(&["set", "site", "Bremen"]);

    let report = bench.ok(&["report"]);
    let opened = bench.vendor.open::<UsageReport>(&report);
    assert_eq!((opened.usage.number, opened.usage.closing[&id("renders")], opened.refresh), (1, 7, true));
    assert_eq!(opened.variables["site"], "Bremen");
    bench.write("receipt.txt", &bench.vendor.issue(&bench.vendor.receipt_for(&report, now())));
    assert!(bench.ok(&["load", "receipt.txt"]).contains("booked"));
    let mut refresh = bench.vendor.next(&license, now());
    refresh.usage.report = 1;
    refresh.usage.totals = [(id("renders"), 7)].into();
    bench.write("refresh.tx_", &bench.vendor.issue(&refresh));
    assert!(bench.ok(&["load", "refresh.tx_"]).contains("number 2"));
    assert_eq!(bench.json(&["load", "--json", "refresh.tx_"])["loaded"], "known");
    assert_eq!(bench.fails(&["load", "license.txt"]), (4, "license.outdated".into()));

    bench.ok(&["consume", "renders", "3"]);
    let status = bench.json(&["status", "--json"]);
    assert_eq!((&status["licensed"], &status["code"]), (&true.into(), &"ok".into()));
    assert_eq!((&status["features"][1]["used"], &status["features"][1]["most"]), (&10.into(), &110.into()));
    assert_eq!((&status["unbooked_uses"], &status["booked_report"]), (&1.into(), &1.into()));
    assert!(bench.ok(&["status"]).contains("Renders, 10 of 110 used"));

    let proof = bench.ok(&["deactivate", "--yes"]);
    assert_eq!(bench.fails(&["check", "base"]), (3, "license.none".into()));
    assert_eq!(bench.json(&["check", "--json", "base"])["code"], "license.none");
    bench.ok(&["deactivate", "-o", "again.txt"]);
    assert_eq!(bench.read("again.txt"), proof);
    let examined = examine(proof.as_bytes(), &bench.vendor.trust(), &Limits::default());
    assert!(examined.checks.iter().all(|check| check.state == CheckState::Passed), "{examined:?}");
    let opened = bench.vendor.open::<Deactivation>(&proof);
    assert_eq!((opened.usage.number, opened.usage.opening[&id("renders")]), (2, 7));
    assert_eq!(opened.usage.closing[&id("renders")], 10);

    bench.write("receipt.txt", &bench.vendor.issue(&bench.vendor.receipt_for(&proof, now())));
    assert!(bench.ok(&["load", "receipt.txt"]).contains("returned and confirmed"));
    assert!(bench.ok(&["status"]).contains(", confirmed"));
    assert_eq!(bench.fails(&["load", "license.txt"]), (4, "license.returned".into()));
}

#[test]
fn lsp_03_a_request_by_user_carries_name_values_and_this_machine() {
    let bench = Bench::new();
    let request = bench.ok(&[
        "--vendor",
        "vendor.json",
        "request",
        "--user",
        "jo@acme.example",
        "--name",
        "WS-17",
        "--set",
        "site=Bremen",
    ]);
    let request = bench.vendor.open::<ActivationRequest>(&request);
    assert_eq!(request.claim, Claim::User("jo@acme.example".into()));
    assert_eq!((request.device.name.as_str(), request.variables["site"].as_str()), ("WS-17", "Bremen"));
    assert!(request.fingerprint.parts.len() >= 3);
    assert_eq!(request.platform.os, std::env::consts::OS);
    // The values went with that file only.
    bench.request();
    let next = bench.vendor.open::<ActivationRequest>(&bench.read("request.txt"));
    assert!(next.variables.is_empty());
    assert_eq!(next.device.key, request.device.key);
    assert_ne!(next.id, request.id);
}

#[test]
fn d_17_a_mistyped_license_key_marks_its_group_and_makes_no_file() {
    let bench = Bench::new();
    bench.ok(&["init", "vendor.json"]);
    let right = key().as_str().to_owned();
    let mut wrong: Vec<char> = right.chars().collect();
    wrong[11] = if wrong[11] == '7' { '8' } else { '7' };
    let wrong: String = wrong.into_iter().collect();
    let before = std::fs::read(bench.path("home/device/state")).unwrap();
    let output = bench.run(&["request", "--license-key", &wrong, "-o", "request.txt"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("group 3") && said.contains("[license_key.mistyped]"), "{said}");
    assert!(!bench.path("request.txt").exists());
    assert_eq!(std::fs::read(bench.path("home/device/state")).unwrap(), before);
    // As people type it.
    let typed = right.to_lowercase().replace('-', " ");
    bench.ok(&["request", "--license-key", &typed, "-o", "request.txt"]);
}

#[test]
fn load_and_inspect_read_standard_input() {
    let bench = Bench::new();
    bench.ok(&["init", "vendor.json"]);
    let license = bench.vendor.issue(&bench.vendor.license_for(&bench.request(), now()));
    for args in [["inspect", "-"], ["load", "-"]] {
        let mut child = bench.command(&args).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(license.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    bench.ok(&["check", "base"]);
}

#[test]
fn inspect_shows_every_check_and_the_verdict_and_changes_nothing() {
    let bench = Bench::new();
    bench.activate(|_| {});
    let file = bench.ok(&["report"]);
    bench.write("report.txt", &file);
    let damaged = file.replacen("AAA", "AAB", 1).replacen("ey", "ez", 1);
    bench.write("damaged.txt", &damaged);
    bench.write("cut.txt", &file[..file.len() / 2]);
    bench.write("other.txt", "-----BEGIN MACHINE FILE-----\nabc\n-----END MACHINE FILE-----\n");
    let shown = bench.json(&["inspect", "--json", "report.txt"]);
    assert_eq!((&shown["kind"], &shown["verdict"]), (&"usage-report".into(), &"accepted".into()));
    let checks: Vec<&str> =
        shown["checks"].as_array().unwrap().iter().map(|check| check["check"].as_str().unwrap()).collect();
    assert_eq!(checks, ["undamaged", "licensed", "device_signature", "usage"]);
    for (name, verdict) in
        [("damaged.txt", "armor.damaged"), ("cut.txt", "armor.truncated"), ("other.txt", "foreign.keygen")]
    {
        let output = bench.run(&["inspect", "--json", name]);
        let shown: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&shown["verdict"], output.status.code()), (&verdict.into(), Some(4)), "{name}");
        // In words, too, with what to do next.
        let output = bench.run(&["inspect", name]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(verdict) && said.lines().last().unwrap().ends_with('.'), "{said}");
    }
    // A vendor file alone is enough to look at a file.
    bench.ok(&["inspect", "--vendor", "vendor.json", "report.txt"]);
}

#[test]
fn what_goes_wrong_has_an_exit_code_a_code_and_a_next_step() {
    let bench = Bench::new();
    assert_eq!(bench.fails(&["status"]), (5, "home.not_set_up".into()));
    assert!(!bench.path("home").exists());
    bench.write("wrong.json", "{\"format\":\"handcarry-vendor-1\"}");
    assert_eq!(bench.fails(&["init", "wrong.json"]), (1, "vendor_file.invalid".into()));
    bench.ok(&["init", "vendor.json"]);
    assert_eq!(bench.fails(&["load", "nothing.txt"]), (1, "file.io".into()));
    assert_eq!(bench.fails(&["check", "not an id"]), (3, "license.no_feature".into()));
    assert_eq!(bench.fails(&["set", "site", "two\nlines"]), (1, "value.invalid".into()));
    assert_eq!(bench.run(&["request"]).status.code(), Some(2));
    std::fs::write(bench.path("home/device/mark"), "x").unwrap();
    assert_eq!(bench.fails(&["check", "base"]), (5, "home.corrupt".into()));
    let said = String::from_utf8(bench.run(&["check", "base"]).stderr).unwrap();
    assert_eq!(said.lines().count(), 3, "what, next, code: {said}");
}

#[test]
fn d_13_a_file_that_cannot_be_written_is_made_again() {
    let bench = Bench::new();
    bench.activate(|_| {});
    assert_eq!(bench.fails(&["deactivate", "-o", "missing/proof.txt"]), (1, "file.io".into()));
    assert_eq!(bench.fails(&["check", "base"]), (3, "license.none".into()));
    bench.ok(&["deactivate", "-o", "proof.txt"]);
    assert!(bench.read("proof.txt").contains("BEGIN LICENSE DEACTIVATION"));
}

#[test]
fn ice_21_22_23_status_says_in_words_how_the_lease_stands_and_what_to_do() {
    for (overdue, exit, says) in [
        (-3, 0, "A refresh is due soon"),
        (1, 0, "The refresh is late"),
        (5, 0, "Emergency mode"),
        (20, 3, "carry it to the portal, and load the refresh file"),
    ] {
        let bench = Bench::new();
        bench.activate(|license| {
            license.lease = Some(Lease { refresh_by: now().plus_days(-overdue), grace_days: 2 });
            license.customer = Some(Customer { name: "Berg GmbH".into(), order: Some("PO-1".into()) });
        });
        let status = bench.ok(&["status"]);
        assert!(status.contains(says), "{overdue} days: {status}");
        assert!(status.contains("customer: Berg GmbH") && status.contains("order: PO-1"), "{status}");
        assert!(status.contains("reference id: "), "{status}");
        let registration = if overdue > 2 { "Evaluation" } else { "OK" };
        assert!(status.contains(&format!("registration: {registration}")), "{status}");
        assert_eq!(bench.run(&["check", "base"]).status.code(), Some(exit));
        if exit == 3 {
            assert!(bench.ok(&["start"]).contains("stops at the next midnight"));
            bench.ok(&["check", "base"]);
            assert!(bench.ok(&["status"]).contains("Started by hand"));
        }
    }
}
