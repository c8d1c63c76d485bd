//! The run: load all the time, and one fault after the other, as the dice say.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use crate::figures::Figures;
use crate::load::Dice;
use crate::say;
use crate::site::{NOW, Site};
use crate::slow;

/// Senders: enough to have something in every commit, on two cores that also do the servers' work.
const SENDERS: u64 = 6;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    ServerKilled,
    DatabaseStopped,
    DatabaseCut,
    FailOver,
    DiskFull,
    ClockJumps,
    SlowClients,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::ServerKilled => "kill -9 of a server",
            Kind::DatabaseStopped => "database stopped fast",
            Kind::DatabaseCut => "database stopped at once",
            Kind::FailOver => "fail-over",
            Kind::DiskFull => "disk full",
            Kind::ClockJumps => "clock jumps",
            Kind::SlowClients => "slow clients",
        }
    }

    /// How long others may get no answer, at most: their database is away, or there is no room.
    fn may_pause(self) -> bool {
        !matches!(self, Kind::ClockJumps | Kind::SlowClients)
    }
}

fn kinds(site: &Site) -> Vec<Kind> {
    let mut kinds = vec![Kind::ServerKilled, Kind::ServerKilled, Kind::ClockJumps, Kind::SlowClients];
    let volume = match &site.cluster {
        Some(cluster) => {
            kinds.extend([Kind::DatabaseStopped, Kind::DatabaseCut, Kind::FailOver]);
            cluster.volume()
        }
        None => &site.volume,
    };
    if volume.can_be_full() {
        kinds.push(Kind::DiskFull);
    }
    kinds
}

pub(crate) fn run(mut site: Site, length: Duration, seed: u64) -> Figures {
    let (mut figures, mut dice) = (Figures::default(), Dice::of(seed));
    let began = Instant::now();
    let senders = site.load.start(SENDERS, seed);
    let all = kinds(&site);
    // Each at least once, if there is time: in an order that the seed says.
    let mut next: Vec<Kind> = Vec::new();
    while began.elapsed() < length {
        thread::sleep(Duration::from_millis(100 + dice.roll(900)));
        if next.is_empty() {
            next.clone_from(&all);
        }
        let kind = next.swap_remove(dice.roll(next.len() as u64) as usize);
        let at = began.elapsed();
        let before = site.load.seen.lock().acknowledged;
        inject(&mut site, kind, &mut dice, &mut figures);
        *figures.faults.entry(kind.name()).or_default() += 1;
        let took = began.elapsed().saturating_sub(at);
        let during = site.load.seen.lock().acknowledged - before;
        say(format!(
            "{:>6.1} s  {:<24} {:>4.1} s, {during} acknowledged meanwhile",
            at.as_secs_f64(),
            kind.name(),
            took.as_secs_f64()
        ));
        if during == 0 && !kind.may_pause() {
            say("STARVED: nobody else was answered");
            figures.starved += 1;
        }
        goes_on(&mut site, &mut figures);
    }
    site.load.stop.store(true, Ordering::Relaxed);
    site.all_up();
    for sender in senders {
        if sender.join().is_err() {
            say("LOST: a sender got something that it cannot use");
            figures.losses += 1;
        }
    }
    figures.took = began.elapsed();
    site.last_look(&mut figures);
    figures
}

fn inject(site: &mut Site, kind: Kind, dice: &mut Dice, figures: &mut Figures) {
    let mut pause = |most: u64| thread::sleep(Duration::from_millis(20 + dice.roll(most)));
    match kind {
        Kind::ServerKilled => {
            let one = figures.kills as usize % site.servers.len();
            site.servers[one].kill();
            figures.kills += 1;
            pause(300);
            site.servers[one].start();
        }
        Kind::DatabaseStopped | Kind::DatabaseCut => {
            let mode = if kind == Kind::DatabaseCut { "immediate" } else { "fast" };
            let cluster = site.cluster.as_ref().unwrap();
            cluster.stop(mode);
            pause(1_500);
            cluster.start_again();
        }
        Kind::FailOver => {
            let cluster = site.cluster.as_mut().unwrap();
            if !cluster.has_standby {
                cluster.follow();
            }
            cluster.fail_over();
            figures.kills += 1;
            pause(500);
            cluster.follow();
        }
        Kind::DiskFull => {
            let volume = site.cluster.as_ref().map_or(&site.volume, |cluster| cluster.volume());
            volume.fill();
            pause(2_000);
            volume.empty();
            site.all_up();
        }
        Kind::ClockJumps => {
            for now in [
                "2026-11-21T20:00:00Z",
                "2027-07-01T00:00:00Z",
                "2026-11-21T09:30:00Z",
                "2028-03-01T12:00:00Z",
            ] {
                site.set_clock(now);
                pause(400);
            }
            site.set_clock(NOW);
        }
        Kind::SlowClients => {
            let one = figures.faults.len() % site.servers.len();
            for problem in slow::clients(site.servers[one].address) {
                say(format!("STARVED: a slow client was answered otherwise: {problem}"));
                figures.starved += 1;
            }
        }
    }
}

/// It has to go on by itself, in a while.
fn goes_on(site: &mut Site, figures: &mut Figures) {
    let before = site.load.seen.lock().acknowledged;
    let until = Instant::now() + Duration::from_secs(60);
    while site.load.seen.lock().acknowledged < before + 5 {
        if Instant::now() > until {
            say("LOST: nobody is answered any more");
            figures.losses += 1;
            site.all_up();
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
}
