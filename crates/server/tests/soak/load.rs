//! Devices that activate, report, return, and send each document one to five times at once until they are answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use handcarry_format::{Instant, LicenseKey, Trust, Vendor};

use crate::device::Device;
use crate::seen::{Said, Seen};
use crate::server::post;

/// Numbers that follow from a seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A number below `bound`.
    pub(crate) fn roll(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// What all senders share.
pub(crate) struct Load {
    pub(crate) seen: Seen,
    pub(crate) places: Vec<SocketAddr>,
    pub(crate) key: LicenseKey,
    pub(crate) vendor: Vendor,
    pub(crate) trust: Trust,
    pub(crate) stop: AtomicBool,
}

impl Load {
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Starts senders.
    pub(crate) fn start(self: &Arc<Load>, senders: u64, seed: u64) -> Vec<thread::JoinHandle<()>> {
        (0..senders)
            .map(|sender| {
                let load = Arc::clone(self);
                thread::spawn(move || load.sends(Dice::of(seed ^ (sender + 1).wrapping_mul(0x5851_f42d))))
            })
            .collect()
    }

    fn sends(&self, mut dice: Dice) {
        let mut devices: Vec<Device> = Vec::new();
        let mut before: Vec<String> = Vec::new();
        while !self.stopped() {
            let place = dice.roll(devices.len().max(1) as u64) as usize;
            match dice.roll(10) {
                0..4 => {
                    let device = Device::new("WS-17", self.vendor.clone(), self.trust.clone());
                    let file = device.request(&self.key, at());
                    devices.extend(self.brings(&mut dice, "activation", device, &file, 0));
                    before.push(file);
                }
                4..7 if !devices.is_empty() => {
                    let mut device = devices.swap_remove(place);
                    let amount = 1 + dice.roll(9) as i64;
                    let file = device.report(amount, at());
                    devices.extend(self.brings(&mut dice, "usage report", device, &file, amount));
                    before.push(file);
                }
                7 if !devices.is_empty() => {
                    let mut device = devices.swap_remove(place);
                    let amount = dice.roll(3) as i64;
                    let file = device.deactivation(amount, at());
                    self.brings(&mut dice, "return", device, &file, amount);
                    before.push(file);
                }
                // Somebody brings an old one once more.
                _ if !before.is_empty() => {
                    let old = &before[dice.roll(before.len() as u64) as usize];
                    self.seen.heard(old, post(self.place(&mut dice), old), false);
                }
                _ => {}
            }
        }
    }

    /// Sends a new document at once so often, and then until it is answered; none = the run ended first.
    fn brings(
        &self,
        dice: &mut Dice,
        kind: &'static str,
        mut device: Device,
        file: &str,
        used: i64,
    ) -> Option<Device> {
        self.seen.made(kind, file, used);
        let mut copies = 1 + dice.roll(5);
        loop {
            let places: Vec<SocketAddr> = (0..copies).map(|_| self.place(dice)).collect();
            let said = thread::scope(|scope| {
                let senders: Vec<_> = places
                    .into_iter()
                    .map(|place| scope.spawn(move || self.seen.heard(file, post(place, file), false)))
                    .collect();
                let said: Vec<Said> = senders.into_iter().map(|sender| sender.join().unwrap()).collect();
                said.into_iter().find_map(|said| match said {
                    Said::Done(body) => Some(body),
                    Said::Later => None,
                })
            });
            if let Some(body) = said {
                device.load(&serde_json::from_str(&body).unwrap());
                return Some(device);
            }
            if self.stopped() {
                return None;
            }
            thread::sleep(Duration::from_millis(20 + dice.roll(150)));
            copies = 1;
        }
    }

    fn place(&self, dice: &mut Dice) -> SocketAddr {
        self.places[dice.roll(self.places.len() as u64) as usize]
    }
}

pub(crate) fn at() -> Instant {
    Instant::parse("2026-11-21T14:00:00Z").unwrap()
}
