//! An authority and two sites, each a process of its own: by the network, without it, and while it fails.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../portal/device.rs"]
#[expect(dead_code, reason = "these tests report no usage")]
mod device;
mod world;

use handcarry_format::Instant;

use crate::world::{Server, Silence, World, becomes, handcarry, logged, outcome, post, refused, run, status};

fn now() -> Instant {
    handcarry_server::clock::Clock::now(&handcarry_server::clock::SystemClock)
}

fn said(status: &str, reason: &str) -> (String, String) {
    (status.to_owned(), reason.to_owned())
}

#[test]
fn alt_09_two_sites_and_one_license_the_second_finds_it_held_until_the_first_lets_it_go() {
    let world = World::new();
    let key = world.sell(&[]);
    let file = world.file("licenses.txt", &[&key]);
    let (one, two) = (world.site(1), world.site(2));
    let (portal, _other) = (Server::start(&one), Server::start(&two));

    // ALT-01, ALT-03, ALT-06: uploaded, and verified by the authority.
    let uploaded = handcarry(&one, &["pool", "import", &file]);
    assert!(uploaded.contains("\tnew\t"), "{uploaded}");
    becomes(&one, &key, "active");
    handcarry(&two, &["pool", "import", &file]);
    becomes(&two, &key, "inactive");
    assert_eq!(status(&two, &key), said("inactive", "held_elsewhere"));
    let list = handcarry(&world.authority, &["pool", "list", "--json"]);
    assert!(list.contains("\"held_by\":\"Plant 1\""), "{list}");

    // ALT-16: what is not active or pending is not assigned; and the authority does not serve what a site holds.
    let mut device = world.device("WS-17");
    let request = device.request(&key, now());
    assert_eq!(refused(_other.address, &request), "license.inactive");
    assert_eq!(refused(world.authority_address(), &request), "license.held_elsewhere");
    let activated = outcome(portal.address, &request);
    // The chain holds with nothing but the vendor's root key.
    device.load(&activated);
    assert!(device.license.is_some());

    // ALT-10: no new activation; what runs goes on, and is given back whenever it comes (D-39).
    handcarry(&one, &["pool", "deactivate", key.as_str()]);
    assert_eq!(status(&one, &key), said("inactive", "deactivated"));
    assert_eq!(refused(portal.address, &world.device("WS-18").request(&key, now())), "license.inactive");
    // A license of which a device holds a seat is not let go.
    let still = handcarry(&two, &["pool", "activate", key.as_str()]);
    assert!(still.contains("held_elsewhere"), "{still}");
    let back = outcome(portal.address, &device.deactivation(0, now()));
    assert_eq!(back.outcome, "returned");
    handcarry(&one, &["pool", "activate", key.as_str()]);
    becomes(&one, &key, "active");
    handcarry(&one, &["pool", "deactivate", key.as_str()]);

    // ALT-11: released by the first, it is the second's.
    handcarry(&two, &["pool", "activate", key.as_str()]);
    becomes(&two, &key, "active");
    handcarry(&one, &["pool", "activate", key.as_str()]);
    becomes(&one, &key, "inactive");
    assert_eq!(status(&one, &key), said("inactive", "held_elsewhere"));
    let activated = outcome(_other.address, &world.device("WS-19").request(&key, now()));
    assert_eq!(activated.outcome, "activated");

    // ALT-24, ALT-18.
    let refused = run(&two, &["pool", "delete", key.as_str()]).unwrap_err();
    assert!(refused.contains("pool.not_allowed") && refused.contains("active"), "{refused}");
    handcarry(&one, &["pool", "delete", key.as_str()]);
    assert_eq!(handcarry(&one, &["pool", "list"]), "");
    let again = handcarry(&one, &["pool", "import", &file]);
    assert!(again.contains("\trevived\t"), "{again}");
    for data in [&world.authority, &one, &two] {
        assert!(handcarry(data, &["log", "verify"]).starts_with("whole: "));
        assert!(handcarry(data, &["doctor"]).contains("0 wrong"));
    }
}

#[test]
fn alt_04_05_an_authority_that_is_down_or_silent_fails_verification_and_one_that_is_back_ends_it() {
    let mut world = World::new();
    let (key, later) = (world.sell(&[]), world.sell(&["--revalidate-days", "30"]));
    let file = world.file("licenses.txt", &[&key]);
    let more = world.file("more.txt", &[&later]);
    let site = world.site(1);

    // Down.
    let address = world.stop_authority();
    let server = Server::start(&site);
    handcarry(&site, &["pool", "--authority-seconds", "0", "import", &file]);
    becomes(&site, &key, "failed_verification");
    assert_eq!(refused(server.address, &world.device("a").request(&key, now())), "license.inactive");

    // Slow: it accepts, and does not answer.
    let silence = Silence::at(address);
    handcarry(&site, &["pool", "--authority-seconds", "0", "activate", key.as_str()]);
    assert!(matches!(status(&site, &key).0.as_str(), "activating" | "failed_verification"));
    becomes(&site, &key, "failed_verification");
    assert!(silence.was_asked());
    let slow = std::time::Instant::now();
    handcarry(&site, &["pool", "--authority-seconds", "1", "import", &more]);
    assert!(slow.elapsed().as_secs() < 15, "a silent authority does not keep anybody for long");
    assert_eq!(status(&site, &later), said("failed_verification", ""));
    drop(silence);

    // Coming back. ALT-05: a restart of the service, or Activate.
    world.start_authority();
    drop(server);
    let _server = Server::start(&site);
    becomes(&site, &key, "active");
    becomes(&site, &later, "active");
    assert!(logged(&site, "pool.unreachable") >= 3);

    // ALT-04: once verified, an authority that is down changes nothing.
    world.stop_authority();
    handcarry(&site, &["pool", "import", &file]);
    assert_eq!(status(&site, &key), said("active", ""));
}

#[test]
fn alt_03_a_carried_question_and_its_carried_answer_verify_with_the_network_never_used() {
    let world = World::new();
    let (key, second) = (world.sell(&["--end", "2099-12-31"]), world.sell(&[]));
    let file = world.file("licenses.txt", &[&key, &second]);
    let (one, two) = (world.site(1), world.site(2));
    let carry = |data: &std::path::Path, arguments: &[&str]| {
        handcarry(data, &[&["pool", "--authority-seconds", "0"], arguments].concat())
    };
    // ALT-02: several licenses in one file. No server runs at the site: nobody asks.
    let uploaded = carry(&one, &["import", &file]);
    assert_eq!(uploaded.matches("\tnew\tactivating").count(), 2, "{uploaded}");
    let question = carry(&one, &["request"]);
    assert!(!question.contains(key.as_str()), "a question names no license key");

    // The authority's portal answers as it answers any document: the same bytes for the same bytes.
    let (first, answer) = post(world.authority_address(), &question);
    let (again, same) = post(world.authority_address(), &question);
    assert_eq!((first, again), (201, 200));
    assert_eq!(answer, same);
    let answered: handcarry_api::Outcome = serde_json::from_str(&answer).unwrap();
    assert_eq!((answered.outcome.as_str(), answered.device.as_str()), ("answered", "Plant 1"));
    let pool = answered.pool.unwrap();
    let path = world.path("answer.txt");
    std::fs::write(&path, &pool.text).unwrap();

    // For this site only.
    let other = run(&two, &["pool", "--authority-seconds", "0", "import", &path]).unwrap_err();
    assert!(other.contains("pool.other_site"), "{other}");
    let loaded = carry(&one, &["load", &path]);
    assert_eq!(loaded.matches("\tkept\tactive").count(), 2, "{loaded}");
    assert_eq!(carry(&one, &["load", &path]).matches("\tkept\tactive").count(), 2, "again changes nothing");
    assert_eq!(logged(&one, "pool.status"), 2);

    // ALT-01: the bare file once more changes nothing.
    assert_eq!(carry(&one, &["import", &file]).matches("\tkept\tactive").count(), 2);

    // A file that the authority makes without being asked; an older one than what was loaded is outdated (D-15).
    let site_key = handcarry(&world.authority, &["pool", "sites"]).split('\t').next().unwrap().to_owned();
    let paths = [world.path("older.txt"), world.path("newer.txt")];
    for path in &paths {
        let export = ["pool", "export", "--site", &site_key, "--out", path, key.as_str()];
        handcarry(&world.authority, &export);
    }
    carry(&one, &["load", &paths[1]]);
    let outdated = run(&one, &["pool", "load", &paths[0]]).unwrap_err();
    assert!(outdated.contains("pool.outdated"), "{outdated}");

    // Given back by hand, too.
    carry(&one, &["deactivate", key.as_str()]);
    let release = carry(&one, &["request"]);
    let answered = outcome(world.authority_address(), &release);
    std::fs::write(&path, &answered.pool.unwrap().text).unwrap();
    carry(&one, &["load", &path]);
    assert_eq!(status(&one, &key), said("inactive", "deactivated"));
    carry(&two, &["import", &file]);
    let answered = outcome(world.authority_address(), &carry(&two, &["request"]));
    std::fs::write(&path, &answered.pool.unwrap().text).unwrap();
    carry(&two, &["load", &path]);
    assert_eq!(status(&two, &key), said("active", ""));
    assert_eq!(status(&two, &second), said("inactive", "held_elsewhere"));
    for data in [&one, &two] {
        assert_eq!(logged(data, "pool.unreachable"), 0, "nobody used the network");
    }
    // A site is no authority.
    let site = Server::start(&one);
    assert_eq!(refused(site.address, &question), "pool.not_authority");
}

#[test]
fn lmx_13_16_a_site_has_the_upgrades_of_its_authority_and_no_others() {
    let world = World::new();
    let key = world.sell(&["--feature", "f1", "--concurrent", "10", "--end", "2099-12-31"]);
    let add = |id: &str, count: &str, more: &[&str]| {
        let upgrade = ["license", "upgrade", "add", key.as_str(), "--feature", "f1", "--end", "2099-12-31"];
        handcarry(&world.authority, &[&upgrade[..], &["--id", id, "--count", count], more].concat())
    };
    add("u1", "5", &[]);
    let (one, two) = (world.site(1), world.site(2));
    let count = |data: &std::path::Path| {
        let listed = handcarry(data, &["license", "upgrade", "list", key.as_str()]);
        listed.lines().next().unwrap().to_owned()
    };
    let carry = |data: &std::path::Path, arguments: &[&str]| {
        handcarry(data, &[&["pool", "--authority-seconds", "0"], arguments].concat())
    };
    let ask = |data: &std::path::Path, name: &str| {
        let question = carry(data, &["request"]);
        let (_, answer) = post(world.authority_address(), &question);
        let answered: handcarry_api::Outcome = serde_json::from_str(&answer).unwrap();
        let path = world.path(name);
        std::fs::write(&path, &answered.pool.unwrap().text).unwrap();
        carry(data, &["load", &path]);
    };
    carry(&one, &["import", &world.file("license.txt", &[&key])]);
    assert_eq!(count(&one), "count 15 = 10 + 5", "they come with the license");

    // One for the first site, by its key; one for the second.
    ask(&one, "first.txt");
    let site_of = |name: &str| {
        let sites = handcarry(&world.authority, &["pool", "sites"]);
        sites.lines().find(|line| line.contains(name)).unwrap().split('\t').next().unwrap().to_owned()
    };
    add("u2", "3", &["--server", &["SITE=", &site_of("Plant 1")].concat()]);
    add("u3", "7", &["--server", "SITE=0000000000000000"]);
    add("u4", "9", &["--server", "HOSTNAME=alpha1"]);
    let newer = world.path("newer.txt");
    let export = ["pool", "export", "--site", &site_of("Plant 1"), "--out", &newer, key.as_str()];
    handcarry(&world.authority, &export);
    carry(&one, &["load", &newer]);
    assert_eq!(count(&one), "count 18 = 10 + 8");
    assert_eq!(carry(&one, &["load", &newer]).matches("active").count(), 1);
    assert_eq!(logged(&one, "pool.upgrades"), 2, "the same file again changes nothing");

    let sold = run(
        &one,
        &["license", "upgrade", "add", key.as_str(), "--feature", "f1", "--id", "x", "--count", "1"],
    );
    assert!(sold.unwrap_err().contains("its authority sells"));
    handcarry(&world.authority, &["license", "upgrade", "withdraw", "u1"]);
    handcarry(&world.authority, &["license", "upgrade", "withdraw", "u2"]);
    handcarry(&world.authority, &export);
    carry(&one, &["load", &newer]);
    assert_eq!(count(&one), "count 10 = 10 + 0");
    assert!(run(&two, &["license", "upgrade", "list", key.as_str()]).is_err(), "it never had the license");
}
