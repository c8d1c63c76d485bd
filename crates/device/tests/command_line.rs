//! The real binary, as people use it.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod vendor;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use handcarry_format::{CheckState, Deactivation, Instant, Limits, UsageReport, examine};
use vendor::{TestVendor, id, key};

struct Bench {
    dir: tempfile::TempDir,
    vendor: TestVendor,
}

impl Bench {
    fn new() -> Bench {
        let bench = Bench { dir: vendor::directory(), vendor: TestVendor::new("acme") };
        bench.write("vendor.json", &bench.vendor.file().to_json());
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_handcarry-device"));
        command.current_dir(self.dir.path()).args(["--home", "home"]).args(args);
        command.stdin(std::process::Stdio::null()).output().unwrap()
    }

    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Exit code and code of a command that fails.
    fn fails(&self, args: &[&str]) -> (i32, String) {
        let output = self.run(args);
        let text = String::from_utf8(output.stderr).unwrap();
        let code = text.rsplit_once('[').and_then(|(_, code)| code.split_once(']')).map(|(code, _)| code);
        (output.status.code().unwrap(), code.unwrap_or(&text).to_owned())
    }

    fn activate(&self) -> handcarry_format::License {
        self.ok(&["init", "vendor.json"]);
        self.ok(&["request", "--license-key", key().as_str(), "--name", "WS-17", "-o", "request.txt"]);
        let request = std::fs::read_to_string(self.path("request.txt")).unwrap();
        let license = self.vendor.license_for(&request, now());
        self.write("license.txt", &self.vendor.issue(&license));
        self.ok(&["load", "license.txt"]);
        license
    }
}

fn now() -> Instant {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    Instant::from_unix(since.as_secs() as i64).unwrap()
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn lsp_01_a_license_comes_lives_and_goes_without_a_network() {
    let bench = Bench::new();
    let license = bench.activate();
    assert_eq!(mode(&bench.path("home/device")), 0o700);
    assert_eq!(mode(&bench.path("home/device/key")), 0o600);

    bench.ok(&["check", "base"]);
    assert_eq!(bench.fails(&["check", "unknown"]), (3, "license.no_feature".into()));
    bench.ok(&["consume", "renders", "7"]);
    bench.ok(&["set", "site", "Bremen"]);

    let report = bench.ok(&["report"]);
    let opened = bench.vendor.open::<UsageReport>(&report);
    assert_eq!((opened.usage.number, opened.usage.closing[&id("renders")]), (1, 7));
    assert_eq!(opened.variables["site"], "Bremen");
    let receipt = bench.vendor.receipt_for(&report, now());
    bench.write("receipt.txt", &bench.vendor.issue(&receipt));
    assert!(bench.ok(&["load", "receipt.txt"]).contains("booked"));
    let mut refresh = bench.vendor.next(&license, now());
    refresh.usage.report = 1;
    refresh.usage.totals = [(id("renders"), 7)].into();
    bench.write("refresh", &bench.vendor.issue(&refresh));
    assert!(bench.ok(&["load", "refresh"]).contains("number 2"));

    bench.ok(&["consume", "renders", "3"]);
    let status: serde_json::Value = serde_json::from_str(&bench.ok(&["status", "--json"])).unwrap();
    assert_eq!(status["licensed"], true);
    assert_eq!(status["features"][1]["used"], 10);
    assert_eq!(status["unbooked_uses"], 1);

    let proof = bench.ok(&["deactivate", "--yes"]);
    assert_eq!(bench.fails(&["check", "base"]), (3, "license.none".into()));
    assert_eq!(bench.ok(&["deactivate"]), proof);
    let examined = examine(proof.as_bytes(), &bench.vendor.trust(), &Limits::default());
    assert!(examined.checks.iter().all(|check| check.state == CheckState::Passed), "{examined:?}");
    let opened = bench.vendor.open::<Deactivation>(&proof);
    assert_eq!((opened.usage.number, opened.usage.opening[&id("renders")]), (2, 7));
    assert_eq!(opened.usage.closing[&id("renders")], 10);

    let inspected = bench.write("proof.txt", &proof);
    let shown: serde_json::Value =
        serde_json::from_str(&bench.ok(&["inspect", "--json", inspected.to_str().unwrap()])).unwrap();
    assert_eq!((&shown["verdict"], &shown["kind"]), (&"accepted".into(), &"deactivation".into()));

    let receipt = bench.vendor.receipt_for(&proof, now());
    bench.write("receipt.txt", &bench.vendor.issue(&receipt));
    assert!(bench.ok(&["load", "receipt.txt"]).contains("returned and confirmed"));
    assert_eq!(bench.fails(&["load", "license.txt"]), (4, "license.returned".into()));
}
