//! Limits under real load: a real server, many connections, many addresses (all of 127.0.0.0/8 is this machine on Linux).
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "limits/client.rs"]
mod client;
#[path = "process/mod.rs"]
mod process;

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::client::{Client, Counted, Target};
use crate::process::{Server, handcarry};

/// How long each flood lasts.
const FLOOD: Duration = Duration::from_secs(3);

fn tenants(data: &std::path::Path) {
    for (slug, name) in [("acme", "Acme Software"), ("globex", "Globex Tools")] {
        handcarry(data, &["tenant", "create", "--slug", slug, "--name", name]);
    }
}

/// Sends as fast as it can, over so many connections from each address, until the time is up.
async fn flood(target: &Target, from: &[Ipv4Addr], connections: usize) -> Counted {
    let (began, mut tasks) = (Instant::now(), JoinSet::new());
    for address in from {
        for _ in 0..connections {
            let (target, address) = (target.clone(), *address);
            tasks.spawn(async move {
                let mut client = Client::connect(target, address).await;
                let mut counted = Counted::default();
                while began.elapsed() < FLOOD {
                    let answer = client.send().await;
                    counted.add(&answer);
                    if answer.status == 429 {
                        // Not worth the machine's time to be refused more often than this.
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                }
                counted
            });
        }
    }
    let mut all = Counted::default();
    while let Some(counted) = tasks.join_next().await {
        all.merge(&counted.unwrap());
    }
    all.seconds = began.elapsed().as_secs_f64();
    all
}

/// Sends now and then, as a customer does.
async fn now_and_then(target: &Target, from: &[Ipv4Addr]) -> Counted {
    let (began, mut tasks) = (Instant::now(), JoinSet::new());
    for address in from {
        let (target, address) = (target.clone(), *address);
        tasks.spawn(async move {
            let mut client = Client::connect(target, address).await;
            let mut counted = Counted::default();
            while began.elapsed() < FLOOD {
                counted.add(&client.send().await);
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
            counted
        });
    }
    let mut all = Counted::default();
    while let Some(counted) = tasks.join_next().await {
        all.merge(&counted.unwrap());
    }
    all
}

/// Never more than was saved up and what came in meanwhile; and that much at least was there to take.
fn held(counted: &Counted, rate: f64, burst: f64, what: &str) {
    let most = burst + rate * counted.seconds;
    let taken = f64::from(counted.taken);
    assert!(taken <= most, "{what}: {taken} were taken, {most} are allowed");
    assert!(taken >= burst, "{what}: {taken} were taken, {burst} were saved up");
    assert!(counted.refused > 0, "{what}: no flood");
}

/// Whoever comes back when told to is served.
async fn is_served_when_told(target: &Target, from: Ipv4Addr) {
    let mut client = Client::connect(target.clone(), from).await;
    let refused = loop {
        let answer = client.send().await;
        if answer.status == 429 {
            break answer;
        }
    };
    assert!(refused.body.contains("\"code\":\"rate.limited\""), "{}", refused.body);
    let wait = refused.retry_after.expect("it says when to come back");
    assert!((1..=3).contains(&wait), "{wait}");
    assert!(refused.body.contains(&format!("\"retry_after\":\"{wait}\"")), "{}", refused.body);
    tokio::time::sleep(Duration::from_secs(wait)).await;
    let mut client = Client::connect(target.clone(), from).await;
    assert_ne!(client.send().await.status, 429, "served when it came back");
}

fn addresses(net: u8, count: u8) -> Vec<Ipv4Addr> {
    (1..=count).map(|n| Ipv4Addr::new(127, 0, net, n)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threat_denial_of_service_one_address_gets_its_share_and_the_others_are_not_concerned() {
    let directory = tempfile::tempdir().unwrap();
    tenants(directory.path());
    let server =
        Server::start_with(directory.path(), &["--rate", "20", "--burst", "40", "--tenant-rate", "0"]);
    let acme = Target::upload(server.address, "acme");
    let (one, others) = (addresses(2, 1), addresses(3, 20));
    let (flooded, calm) = tokio::join!(flood(&acme, &one, 16), now_and_then(&acme, &others));
    held(&flooded, 20.0, 40.0, "one address");
    assert_eq!(calm.refused, 0, "others are not concerned");
    assert!(calm.taken >= 20 * 5, "{}", calm.taken);
    is_served_when_told(&acme, Ipv4Addr::new(127, 0, 4, 1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threat_denial_of_service_a_flood_of_one_tenant_from_everywhere_leaves_the_other_alone() {
    let directory = tempfile::tempdir().unwrap();
    tenants(directory.path());
    let limits = ["--rate", "1000", "--burst", "1000", "--tenant-rate", "50", "--tenant-burst", "100"];
    let server = Server::start_with(directory.path(), &limits);
    let (acme, globex) = (Target::upload(server.address, "acme"), Target::upload(server.address, "globex"));
    let (many, others) = (addresses(5, 120), addresses(6, 8));
    let (flooded, calm) = tokio::join!(flood(&acme, &many, 1), now_and_then(&globex, &others));
    held(&flooded, 50.0, 100.0, "one tenant");
    assert_eq!(calm.refused, 0, "the other tenant is not concerned");
    is_served_when_told(&acme, Ipv4Addr::new(127, 0, 7, 1)).await;
    // What is not an upload is not counted.
    let page = Target::get(server.address, "/t/acme/api/v1/tenant", None);
    assert_eq!(now_and_then(&page, &addresses(8, 4)).await.refused, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threat_denial_of_service_a_token_gets_its_share_from_wherever_it_comes() {
    let directory = tempfile::tempdir().unwrap();
    tenants(directory.path());
    let token = |name| {
        let data = directory.path();
        let made = handcarry(
            data,
            &["token", "create", "--tenant", "acme", "--name", name, "--scope", "licenses:read"],
        );
        made.split_whitespace().find(|word| word.starts_with("hc_")).unwrap().to_owned()
    };
    let (busy, calm) = (token("busy"), token("calm"));
    let limits = [
        "--rate",
        "1000",
        "--burst",
        "1000",
        "--token-rate",
        "20",
        "--token-burst",
        "40",
        "--tenant-rate",
        "30",
    ];
    let server = Server::start_with(directory.path(), &limits);
    let path = "/t/acme/api/v1/vendor/licenses";
    let busy = Target::get(server.address, path, Some(&busy));
    let calm = Target::get(server.address, path, Some(&calm));
    let (from, few) = (addresses(9, 40), addresses(10, 2));
    let (flooded, other) = tokio::join!(flood(&busy, &from, 1), now_and_then(&calm, &few));
    held(&flooded, 20.0, 40.0, "one token");
    assert_eq!(other.refused, 0, "the other token is not concerned");
    assert_eq!(flooded.other, 0, "taken or refused, nothing else");
    is_served_when_told(&busy, Ipv4Addr::new(127, 0, 11, 1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threat_denial_of_service_only_a_proxy_that_is_named_says_where_a_request_comes_from() {
    let directory = tempfile::tempdir().unwrap();
    tenants(directory.path());
    let limits = ["--rate", "1", "--burst", "3", "--proxies", "127.0.12.0/24"];
    let server = Server::start_with(directory.path(), &limits);
    let refused = async |from: Ipv4Addr, said: &str| {
        let target = Target::upload(server.address, "acme").forwarded(said);
        let mut client = Client::connect(target, from).await;
        client.send().await.status == 429
    };
    let (proxy, stranger) = (Ipv4Addr::new(127, 0, 12, 1), Ipv4Addr::new(127, 0, 13, 1));
    // Whoever says to be somebody else each time is the same one; behind a proxy each is one of its own.
    let mut strangers = 0;
    for n in 0..12 {
        strangers += u32::from(refused(stranger, &format!("198.51.100.{n}")).await);
        assert!(!refused(proxy, &format!("203.0.113.{n}")).await, "a customer behind the proxy");
    }
    assert!(strangers >= 6, "{strangers} of 12 were refused");
    // A network of 64 bits is one customer.
    let mut same = 0;
    for n in 0..12 {
        same += u32::from(refused(proxy, &format!("2001:db8:1:2::{n:x}")).await);
        assert!(!refused(proxy, &format!("2001:db8:1:{:x}::1", n + 16)).await, "another network");
    }
    assert!(same >= 6, "{same} of 12 were refused");
    // What a customer has put before the proxy's own word counts for nothing.
    assert!(refused(proxy, "192.0.2.1, 2001:db8:1:2::1").await);
}
