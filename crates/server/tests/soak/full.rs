//! A disk that is full: everybody is told so, in words of its own, and nothing of it stays.

use crate::device::Device;
use crate::figures::Figures;
use crate::given;
use crate::load::at;
use crate::seen::Said;
use crate::server::{Got, post};
use crate::site::Site;
use crate::volume::Volume;

/// Documents until the disk has no room for one more: there is some left in what the engine has already.
const MOST: usize = 20_000;

impl Site {
    /// Where the store is.
    fn disk(&self) -> &Volume {
        self.cluster.as_ref().map_or(&self.volume, |cluster| cluster.volume())
    }

    fn request(&self, name: &str) -> String {
        let load = &self.load;
        let device = Device::new(name, load.vendor.clone(), load.trust.clone());
        let file = device.request(&load.key, at());
        load.seen.made("activation", &file, 0);
        file
    }
}

/// What a full disk is told as. None: the engine is away, which it is told as then.
fn is_full(got: &Got) -> Option<()> {
    let problem: serde_json::Value = serde_json::from_str(&got.body).unwrap();
    if problem["code"] == "server.busy" {
        return None;
    }
    assert_eq!((got.status, problem["code"].as_str()), (507, Some("server.full")), "{problem}");
    assert_eq!(problem["title"], "The portal has no room left");
    assert_eq!(problem["detail"], "Nothing was booked. Keep the file and bring it again later.");
    assert_eq!(problem["changed"], false);
    assert!(got.head.contains("\r\nretry-after: 60\r\n"), "{}", got.head);
    Some(())
}

fn on(mut site: Site, what: &str) {
    if !site.disk().can_be_full() {
        return;
    }
    let (load, address) = (std::sync::Arc::clone(&site.load), site.servers[0].address);
    let before = site.request("WS-1");
    let first = post(address, &before).unwrap();
    assert!(matches!(load.seen.heard(&before, Some(first), false), Said::Done(_)));

    site.disk().fill();
    let mut refused = Vec::new();
    let mut told = 0;
    for count in 0.. {
        assert!(count < MOST, "the disk is not full after {count} documents");
        let file = site.request("WS-2");
        let got = post(address, &file).unwrap();
        if got.status == 201 {
            load.seen.heard(&file, Some(got), false);
            continue;
        }
        told += i32::from(is_full(&got).is_some());
        load.seen.heard(&file, Some(got), false);
        refused.push(file);
        if told == 3 || refused.len() == 5 {
            break;
        }
    }
    assert!(told > 0, "nobody was told that no room is left");
    // What was answered before is read as before.
    let again = post(address, &before).unwrap();
    assert_eq!(again.status, 200, "{}", again.body);
    assert!(matches!(load.seen.heard(&before, Some(again), false), Said::Done(_)));
    let log = std::fs::read_to_string(site.servers[0].log()).unwrap();
    let line = log.lines().find(|line| line.contains("nothing can be stored"));
    let line = line.unwrap_or_else(|| panic!("the operator is not told: {log}"));
    assert!(line.contains("no room is left") && line.contains(what), "{line}");
    crate::say(line);

    site.disk().empty();
    site.all_up();
    for file in &refused {
        let got = post(address, file).unwrap();
        assert_eq!(got.status, 201, "{}", got.body);
        load.seen.heard(file, Some(got), false);
    }
    let mut figures = Figures::default();
    site.last_look(&mut figures);
    assert_eq!(figures.wrong(), 0, "{figures:?}");
}

#[test]
#[ignore = "`cargo xtask soak` starts it"]
fn a_full_disk_has_a_code_of_its_own_and_leaves_nothing_behind() {
    let engine = given("ENGINE").unwrap_or_else(|| "both".to_owned());
    if engine != "postgres" {
        on(Site::on_a_file(), "handcarry.sqlite: database or disk is full");
    }
    if engine != "sqlite"
        && let Some(site) = Site::on_a_server()
    {
        on(site, "No space left on device");
    }
}
