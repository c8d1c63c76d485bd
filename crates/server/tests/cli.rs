//! The real binary, from an offline root key to a verdict.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
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

#[test]
fn the_root_key_can_live_on_another_machine() {
    let (vault, portal) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (vault, portal) = (vault.path(), portal.path());
    let root = must(vault, &["key", "init-root", "--out", "root.key"]);
    assert_eq!(fs::metadata(vault.join("root.key")).unwrap().permissions().mode() & 0o777, 0o600);
    must(portal, &["tenant", "create", "--slug", "acme", "--name", "Acme", "--root", &root]);
    assert!(must(portal, &["tenant", "list"]).ends_with("no issuing key in place"));
    assert_eq!(run(portal, &["doctor"]).status.code(), Some(1));
    let issuing = must(portal, &["key", "create-issuing"]);

    let vendor = ["--vendor-id", "acme", "--vendor-name", "Acme"];
    let sign = ["key", "sign-keyring", "--root", "root.key", "-o", "k1.txt", "--issuing", &issuing];
    must(vault, &[&sign[..], &vendor].concat());
    fs::copy(vault.join("k1.txt"), portal.join("k1.txt")).unwrap();
    must(portal, &["key", "install", "k1.txt"]);
    assert!(must(portal, &["tenant", "list"]).ends_with("ready"));
    assert!(refused(portal, &["key", "install", "k1.txt"]).contains("same or newer"));

    // The next keyring retires the first key and lists another.
    let second = must(portal, &["key", "create-issuing"]);
    let listed = must(portal, &["key", "list"]);
    let first_id = listed.lines().nth(1).unwrap().split('\t').nth(1).unwrap();
    let next = ["key", "sign-keyring", "--root", "root.key", "--previous", "k1.txt", "-o", "k2.txt"];
    must(vault, &[&next[..], &["--issuing", &second, "--retire", first_id]].concat());
    fs::copy(vault.join("k2.txt"), portal.join("k2.txt")).unwrap();
    must(portal, &["key", "install", "k2.txt"]);
    assert!(must(portal, &["doctor"]).contains("0 wrong, 0 to look at"), "{}", must(portal, &["doctor"]));
    assert!(must(portal, &["inspect", "k2.txt"]).contains("Verdict:  accepted"));

    // A keyring by another root key is refused, and nothing changes.
    must(vault, &["key", "init-root", "--out", "other.key"]);
    let other = ["key", "sign-keyring", "--root", "other.key", "-o", "evil.txt", "--issuing", &issuing];
    must(vault, &[&other[..], &vendor].concat());
    fs::copy(vault.join("evil.txt"), portal.join("evil.txt")).unwrap();
    assert!(refused(portal, &["key", "install", "evil.txt"]).contains("key.unknown"));
    assert!(must(portal, &["log", "verify"]).starts_with("whole: "));
    let events = must(portal, &["log", "list"]);
    assert_eq!(events.matches("keyring.installed").count(), 2);
    assert!(!events.contains("secret"));
}

#[test]
fn a_vendor_sells_and_changes_a_license() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    must(at, &["tenant", "create", "--slug", "acme", "--name", "Acme Software", "--zone", "Europe/Berlin"]);
    assert!(refused(at, &["tenant", "create", "--slug", "acme", "--name", "Again"]).contains("already"));
    must(at, &["product", "create", "--id", "cad", "--name", "CAD Pro"]);
    let terms = [
        "--seats",
        "3",
        "--customer",
        "Northline",
        "--feature",
        "renders=Renders",
        "--counter",
        "renders=1000",
    ];
    let key =
        must(at, &[&["license", "create", "--product", "cad", "--end", "2027-12-31"][..], &terms].concat());
    assert_eq!(must(at, &["license", "update", &key, "--counter", "renders=5000:100:monthly"]), "revision 2");
    assert_eq!(
        must(at, &["license", "update", &key, "--seats", "3"]),
        "revision 2",
        "no change, no revision"
    );
    // As people type it (D-17).
    let spoken = key.to_lowercase().replace('-', " ");
    let shown: serde_json::Value = serde_json::from_str(&must(at, &["license", "show", &spoken])).unwrap();
    assert_eq!(shown["terms"]["features"][0]["counter"]["maximum"], 5000);
    assert_eq!(shown["terms"]["features"][0]["counter"]["overage"]["up_to"], 100);
    assert_eq!(shown["status"], "active");
    assert!(must(at, &["license", "list"]).contains("Northline"));
    for wrong in [
        &["license", "update", &key, "--counter", "exports=1"][..],
        &["license", "update", &key, "--start", "2028-01-01"],
        &["license", "create", "--product", "cam", "--seats", "1"],
        &["license", "create", "--product", "cad", "--seats", "0"],
        &["license", "show", "K7QF-0012-0000-0000-0000"],
    ] {
        refused(at, wrong);
    }
    let log = must(at, &["log", "list"]);
    assert!(log.contains("license.updated") && !log.contains(&key));

    must(at, &["vendor-file", "-o", "vendor.json"]);
    let vendor: serde_json::Value =
        serde_json::from_slice(&fs::read(at.join("vendor.json")).unwrap()).unwrap();
    assert_eq!(vendor["format"], "handcarry-vendor-1");
    fs::write(at.join("x.txt"), "hello").unwrap();
    let output = run(at, &["inspect", "--json", "--vendor-file", "vendor.json", "x.txt"]);
    assert_eq!(output.status.code(), Some(2));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((said["verdict"].as_str(), said["kind"].as_str()), (Some("armor.not_found"), None));

    fs::write(at.join("theme.json"), r##"{"name":"Acme","light":{"accent":"#0b57d0"}}"##).unwrap();
    must(at, &["tenant", "theme", "--file", "theme.json"]);
    fs::write(at.join("bad.json"), r##"{"light":{"accent":"url(//evil.example)"}}"##).unwrap();
    assert!(refused(at, &["tenant", "theme", "--file", "bad.json"]).contains("theme.color"));
    assert!(must(at, &["doctor"]).contains("0 wrong"));
}

#[test]
fn inspect_says_what_a_site_asks_and_what_it_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testkit");
    let index: serde_json::Value =
        serde_json::from_slice(&fs::read(kit.join("index.json")).unwrap()).unwrap();
    let vendor = serde_json::json!({
        "format": "handcarry-vendor-1",
        "vendor": { "id": "acme", "name": "Acme Software" },
        "root_key": index["trusts"]["root"]["root"],
    });
    fs::write(at.join("vendor.json"), vendor.to_string()).unwrap();
    let inspected = |name: &str| {
        fs::copy(kit.join("golden").join(name), at.join(name)).unwrap();
        let text = must(at, &["inspect", "--vendor-file", "vendor.json", name]);
        let json = must(at, &["inspect", "--json", "--vendor-file", "vendor.json", name]);
        (text, serde_json::from_str::<serde_json::Value>(&json).unwrap())
    };
    let (text, json) = inspected("pool-request.txt");
    assert!(
        text.contains("signed by a site of the vendor's") && text.contains("  license-4: release\n"),
        "{text}"
    );
    assert_eq!(json["licenses"]["license-2"], "hold");
    // The site is its key.
    assert_eq!(json["signer"], index["keys"]["site"]["id"]);
    let (text, json) = inspected("pool.txt");
    assert!(text.contains("  license-1: granted\n") && text.contains("  license-9: unknown\n"), "{text}");
    assert_eq!(json["licenses"]["license-2"]["held"]["site"], "Northline, Graz");
    assert_eq!(json["licenses"]["license-3"]["refused"]["reason"], "agreement");
}

#[test]
fn doctor_says_what_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let say = |at: &Path| String::from_utf8(run(at, &["doctor"]).stdout).unwrap();
    assert!(say(at).contains("there is no database yet"));
    must(at, &["tenant", "create", "--slug", "acme", "--name", "Acme", "--portal", "http://acme.example"]);
    let good = say(at);
    assert!(good.contains("0 wrong") && good.contains("the root key is on this machine"), "{good}");
    assert!(good.contains("is not HTTPS"));
    let keys = at.join("data/keys/acme");
    let issuing = fs::read_dir(&keys).unwrap().flatten().map(|it| it.path());
    let issuing = issuing.into_iter().find(|path| path.to_string_lossy().contains("issuing")).unwrap();
    fs::set_permissions(&issuing, fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = say(at);
    assert!(
        exposed.contains("others can read this file") && exposed.contains("nothing can be signed"),
        "{exposed}"
    );
    assert_eq!(run(at, &["doctor"]).status.code(), Some(1));
    fs::write(at.join("data/handcarry.toml"), "ratee = 1\n").unwrap();
    assert!(refused(at, &["doctor"]).contains("ratee"));
}

#[test]
fn a_token_is_shown_once_and_ends_when_it_is_revoked() {
    let portal = tempfile::tempdir().unwrap();
    let portal = portal.path();
    must(portal, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    assert!(
        refused(portal, &["token", "create", "--name", "CI", "--scope", "licenses"])
            .contains("licenses:read")
    );
    let scopes = ["--scope", "licenses:read", "--scope", "products:read"];
    let secret = must(portal, &[&["token", "create", "--name", "CI", "--days", "30"][..], &scopes].concat());
    assert!(secret.starts_with("hc_"));
    let listed = must(portal, &["token", "list"]);
    assert!(listed.contains("CI") && listed.ends_with("products:read licenses:read"), "{listed}");
    assert!(!listed.contains(&secret) && !must(portal, &["log", "list"]).contains(&secret));
    let id = listed.split('\t').next().unwrap();
    must(portal, &["token", "revoke", id]);
    assert!(must(portal, &["token", "list"]).contains("\tended\t"));
    assert!(refused(portal, &["token", "revoke", "nothing"]).contains("no such token"));
}

#[test]
fn lsp_03_lsp_17_licenses_are_sold_to_users_and_under_policies() {
    let portal = tempfile::tempdir().unwrap();
    let portal = portal.path();
    must(portal, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    must(portal, &["product", "create", "--id", "cad", "--name", "CAD"]);
    let user = must(portal, &["user", "create", "--login", "ada@acme.example"]);
    assert!(
        refused(portal, &["user", "create", "--login", "ADA@acme.example"]).contains("the login is taken")
    );
    must(portal, &["user", "disable", "ada@acme.example"]);
    assert_eq!(
        must(portal, &["user", "list"]),
        format!("{user}\tada@acme.example\tada@acme.example\tdisabled")
    );
    assert!(refused(portal, &["user", "enable", "bob"]).contains("nobody has this login"));

    must(portal, &["policy", "create", "--id", "strict", "--name", "Strict", "--no-offline", "--seats", "3"]);
    let sold = ["license", "create", "--product", "cad", "--policy", "strict", "--user", "ada@acme.example"];
    let key = must(portal, &sold);
    let shown =
        || -> serde_json::Value { serde_json::from_str(&must(portal, &["license", "show", &key])).unwrap() };
    let terms = shown()["terms"].clone();
    assert_eq!((&terms["seats"], &terms["offline"]), (&3.into(), &false.into()));
    assert_eq!(terms["claimed_by"], user.as_str());
    must(portal, &["policy", "update", "strict", "--offline", "--seats", "9"]);
    let terms = shown()["terms"].clone();
    assert_eq!(
        (&terms["seats"], &terms["offline"]),
        (&3.into(), &true.into()),
        "the flag follows, terms stay"
    );
    let renewal = must(portal, &["license", "create", "--product", "cad", "--replaces", &key, "--additive"]);
    assert_ne!(renewal, key);
    let log = must(portal, &["log", "list"]);
    assert!(
        log.contains("user.created") && log.contains("policy.updated") && !log.contains("argon2"),
        "{log}"
    );
}

/// A schema on the server that the environment names. It stays behind: servers of tests do not.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn on_a_server(name: &str) -> Option<String> {
    let address = std::env::var("HANDCARRY_TEST_POSTGRES").ok().filter(|address| !address.is_empty());
    if address.is_none() {
        eprintln!("SKIPPED: HANDCARRY_TEST_POSTGRES names no database");
    }
    address.map(|address| format!("{address}?schema=cli_{name}_{}", std::process::id()))
}

#[test]
fn every_command_works_on_a_database_server_and_the_store_moves_there_and_back() {
    let directory = tempfile::tempdir().unwrap();
    let (at, file) = (directory.path(), "data/handcarry.sqlite");
    must(at, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    must(at, &["product", "create", "--id", "cad", "--name", "Acme CAD"]);
    must(at, &["license", "create", "--product", "cad"]);
    let before = must(at, &["store", "contents"]);
    assert!(before.contains("license\t1\tsha256:"), "{before}");
    must(at, &["store", "copy", file, "backup.db"]);
    assert_eq!(must(at, &["store", "contents", "backup.db"]), before);
    assert!(refused(at, &["store", "copy", file, "backup.db"]).contains("not empty"));
    assert!(refused(at, &["store", "copy", "nowhere.db", "other.db"]).contains("no such file"));

    let Some(server) = on_a_server("store") else { return };
    assert!(must(at, &["store", "copy", file, &server]).ends_with("copied, and compared"));
    let on_server = |arguments: &[&str]| must(at, &[&["--store", &server], arguments].concat());
    assert_eq!(on_server(&["store", "contents"]), before);
    assert!(on_server(&["tenant", "list"]).contains("acme"));
    assert!(on_server(&["log", "verify"]).starts_with("whole: "));
    on_server(&["license", "create", "--product", "cad"]);
    assert_eq!(on_server(&["license", "list"]).lines().count(), 2);
    assert_eq!(must(at, &["license", "list"]).lines().count(), 1, "the file is as it was");
    let doctor = run(at, &["doctor", "--store", &server]);
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("can be read and written"));
    // The settings file names it for all commands.
    fs::write(at.join("data/handcarry.toml"), format!("store = \"{}\"\n", server)).unwrap();
    assert_eq!(must(at, &["license", "list"]).lines().count(), 2);
    fs::remove_file(at.join("data/handcarry.toml")).unwrap();
    must(at, &["store", "copy", &server, "back.db"]);
    assert_eq!(must(at, &["store", "contents", "back.db"]), on_server(&["store", "contents"]));
}

#[test]
fn ice_01_customers_are_kept_and_a_license_shows_its_holder_marks_and_recommendations() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    must(at, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    must(at, &["product", "create", "--id", "cad", "--name", "CAD Pro"]);
    let create =
        ["customer", "create", "--id", "globex", "--name", "Jo Berg", "--email", "jo@globex.example"];
    assert_eq!(must(at, &[&create[..], &["--reference", "ERP 4711"]].concat()), "globex");
    assert!(refused(at, &create).contains("resource.exists"));
    assert!(refused(at, &["customer", "create", "--name", "X", "--email", "x"]).contains("email"));
    assert_eq!(must(at, &["customer", "update", "globex", "--company", "Globex Corp."]), "revision 2");
    assert!(
        must(at, &["customer", "list", "--search", "ERP 4711"]).starts_with("globex\tJo Berg\tGlobex Corp.")
    );
    assert_eq!(must(at, &["customer", "list", "--search", "nobody"]), "");

    let sell = ["license", "create", "--product", "cad", "--customer", "Globex Corp.", "--order", "PO-2"];
    assert!(refused(at, &[&sell[..], &["--customer-id", "nobody"]].concat()).contains("no customer"));
    let more = ["--customer-id", "globex", "--previous-order", "PO-1", "--maintenance-end", "2020-12-31"];
    let key = must(at, &[&sell[..], &more, &["--evaluation"]].concat());
    let shown: serde_json::Value = serde_json::from_str(&must(at, &["license", "show", &key])).unwrap();
    let holder = &shown["holder"];
    for (member, said) in [
        ("name", "Jo Berg"),
        ("company", "Globex Corp."),
        ("email", "jo@globex.example"),
        ("order", "PO-2"),
        ("previous_order", "PO-1"),
        ("registration", "evaluation"),
    ] {
        assert_eq!(holder[member], said, "{shown}");
    }
    assert_eq!((&holder["renewal_days"], &holder["recommended"][0]), (&0.into(), &"renew_license".into()));
    assert_eq!(
        (&holder["lines"][0]["name"], &holder["lines"][0]["over"]),
        (&"devices".into(), &false.into())
    );
    let customer: serde_json::Value =
        serde_json::from_str(&must(at, &["customer", "show", "globex"])).unwrap();
    assert_eq!((&customer["licenses"][0], &customer["references"][0]), (&shown["id"], &"ERP 4711".into()));
    assert_eq!(must(at, &["customer", "update", "globex", "--email", "", "--reference", ""]), "revision 3");
    let customer: serde_json::Value =
        serde_json::from_str(&must(at, &["customer", "show", "globex"])).unwrap();
    assert_eq!((customer["email"].is_null(), &customer["references"]), (true, &serde_json::json!([])));
}
