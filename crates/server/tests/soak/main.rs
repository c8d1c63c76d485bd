//! Load and faults against the real program, for as long as it is let: `cargo xtask soak`. `docs/faults.md` says what is
//! injected and what must hold.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../portal/device.rs"]
mod device;

mod cluster;
mod figures;
mod full;
mod large;
mod load;
mod plan;
mod seen;
mod server;
mod site;
mod slow;
mod volume;

use std::io::Write as _;
use std::time::Duration;

use crate::site::Site;

/// Says it at once, whoever holds the output.
fn say(line: impl AsRef<str>) {
    std::io::stdout().write_all(format!("   {}\n", line.as_ref()).as_bytes()).unwrap();
}

fn given(name: &str) -> Option<String> {
    std::env::var(format!("HANDCARRY_SOAK_{name}")).ok().filter(|it| !it.is_empty())
}

#[test]
#[ignore = "`cargo xtask soak` starts it, and `cargo xtask test` for half a minute"]
fn nothing_is_lost_and_nothing_doubled_whatever_fails() {
    let seconds = given("SECONDS").map_or(25, |it| it.parse().unwrap());
    let seed = given("SEED").map_or_else(
        || u64::from_le_bytes(handcarry_server::random::secret_key().seed()[..8].try_into().unwrap()),
        |it| it.parse().unwrap(),
    );
    let engine = given("ENGINE").unwrap_or_else(|| "both".to_owned());
    let engines: Vec<&str> = match engine.as_str() {
        "both" => vec!["sqlite", "postgres"],
        one => vec![one],
    };
    say(format!("seed {seed}, {seconds} s, engine {engine}"));
    let share = Duration::from_secs(seconds) / u32::try_from(engines.len()).unwrap();
    let mut wrong = 0;
    for engine in engines {
        let site = match engine {
            "sqlite" => Some(Site::on_a_file()),
            "postgres" => Site::on_a_server(),
            other => panic!("HANDCARRY_SOAK_ENGINE: {other} is none of sqlite, postgres, both"),
        };
        if let Some(site) = site {
            let figures = plan::run(site, share, seed);
            figures.print(engine);
            wrong += figures.wrong();
        }
    }
    assert_eq!(wrong, 0, "something was lost, doubled, unequal or starved: the lines above say what");
}
