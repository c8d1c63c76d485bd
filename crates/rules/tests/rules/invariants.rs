//! What holds after any sequence of what devices, couriers, vendors and time can do.

use std::collections::BTreeMap;

use handcarry_format::Totals;
use handcarry_rules::{Answer, LeasePolicy};
use proptest::prelude::*;

use crate::world::{Device, Done, Refused, World, entitlement, id};

/// One step. Devices and files are picked by number, modulo how many there are.
#[derive(Clone, Debug)]
enum Step {
    /// A device asks, and its courier takes the file along or leaves it lying.
    Request {
        device: usize,
        carried: bool,
    },
    Use {
        device: usize,
        amount: i64,
    },
    Report {
        device: usize,
        carried: bool,
    },
    Return {
        device: usize,
        carried: bool,
    },
    /// A file that was made before is carried, once more or late. Its answer may be lost.
    Carry {
        file: usize,
        loaded: bool,
    },
    /// The holder shows the device's license file.
    Refresh {
        device: usize,
        loaded: bool,
    },
    Change,
    Pass {
        hours: i64,
    },
    /// Another network card.
    NewPart {
        device: usize,
    },
    /// A machine is copied with its ledger and key.
    Clone {
        device: usize,
    },
    /// Its system is installed anew: key and ledger are gone.
    Reinstall {
        device: usize,
    },
    /// A report that says something else than it should.
    Doctored {
        device: usize,
        closing: i64,
    },
}

fn steps(hostile: bool) -> impl Strategy<Value = Vec<Step>> {
    let device = 0..4_usize;
    let honest = prop_oneof![
        4 => (device.clone(), prop::bool::weighted(0.8)).prop_map(|(device, carried)| Step::Request { device, carried }),
        5 => (device.clone(), 1..50_i64).prop_map(|(device, amount)| Step::Use { device, amount }),
        5 => (device.clone(), any::<bool>()).prop_map(|(device, carried)| Step::Report { device, carried }),
        2 => (device.clone(), prop::bool::weighted(0.8)).prop_map(|(device, carried)| Step::Return { device, carried }),
        4 => (0..200_usize, any::<bool>()).prop_map(|(file, loaded)| Step::Carry { file, loaded }),
        2 => (device.clone(), any::<bool>()).prop_map(|(device, loaded)| Step::Refresh { device, loaded }),
        1 => Just(Step::Change),
        2 => (1..2_000_i64).prop_map(|hours| Step::Pass { hours }),
        1 => device.clone().prop_map(|device| Step::NewPart { device }),
    ];
    let step = prop_oneof![
        12 => honest,
        u32::from(hostile) => device.clone().prop_map(|device| Step::Clone { device }),
        u32::from(hostile) => device.clone().prop_map(|device| Step::Reinstall { device }),
        u32::from(hostile) => (device, -9_i64..9).prop_map(|(device, closing)| Step::Doctored { device, closing }),
    ];
    prop::collection::vec(step, 1..50)
}

/// A file that was made, and the device that made it.
struct File {
    text: String,
    device: usize,
    activation: Option<String>,
    /// What it says that its activation has used.
    closing: i64,
}

struct Run {
    world: World,
    devices: Vec<Device>,
    files: Vec<File>,
    /// By activation: the most that any accepted honest file said.
    arrived: BTreeMap<String, i64>,
    generations: BTreeMap<String, u32>,
}

impl Run {
    fn new() -> Run {
        let mut license = entitlement();
        license.lease = Some(LeasePolicy { days: 90, grace_days: 7 });
        (license.seats.total, license.seats.repair_limit) = (2, 5);
        let world = World::new(license);
        let devices = ["a", "b", "c", "d"].map(|name| Device::new(&world, name)).into();
        Run { world, devices, files: vec![], arrived: BTreeMap::new(), generations: BTreeMap::new() }
    }

    fn step(&mut self, step: Step) {
        let now = self.world.now;
        let licensed = |device: &Device| device.license.is_some();
        match step {
            Step::Request { device, carried } => {
                let device = device % self.devices.len();
                let text = self.devices[device].request(now);
                self.made(File { text, device, activation: None, closing: 0 }, carried, true);
            }
            Step::Use { device, amount } => {
                let device = device % self.devices.len();
                if licensed(&self.devices[device]) {
                    self.devices[device].use_up(now, amount);
                }
            }
            Step::Report { device, carried } | Step::Return { device, carried } => {
                let device = device % self.devices.len();
                if !licensed(&self.devices[device]) {
                    return;
                }
                let from = &mut self.devices[device];
                let activation = Some(from.held().activation_id.as_str().to_owned());
                let closing = from.consumed();
                let text =
                    if matches!(step, Step::Report { .. }) { from.report(now) } else { from.deactivate(now) };
                self.made(File { text, device, activation, closing }, carried, carried);
            }
            Step::Carry { file, loaded } => {
                if !self.files.is_empty() {
                    self.carry(file % self.files.len(), loaded);
                }
            }
            Step::Refresh { device, loaded } => self.refresh(device, loaded),
            Step::Change => self.world.changed(|license| license.evaluation = !license.evaluation),
            Step::Pass { hours } => self.world.pass(hours * 3_600),
            Step::NewPart { device } => {
                let device = device % self.devices.len();
                self.devices[device].fingerprint.parts[2].hash = format!("{:032x}", now.unix());
            }
            Step::Clone { device } => {
                let mut clone = self.devices[device % self.devices.len()].clone();
                clone.tag = format!("{}x{}", clone.tag, self.devices.len());
                self.devices.push(clone);
            }
            Step::Reinstall { device } => {
                let device = device % self.devices.len();
                self.devices[device] = self.devices[device].reinstalled(&self.world);
            }
            Step::Doctored { device, closing } => {
                let device = device % self.devices.len();
                if licensed(&self.devices[device]) {
                    let mut usage = self.devices[device].usage();
                    *usage.closing.entry(id("renders")).or_default() += closing;
                    let text = self.devices[device].report_of(now, usage);
                    self.made(File { text, device, activation: None, closing: 0 }, true, true);
                }
            }
        }
        // No two requests of one device in one second: which was newer could not be told.
        self.world.pass(1);
    }

    fn made(&mut self, file: File, carried: bool, loaded: bool) {
        self.files.push(file);
        if carried {
            self.carry(self.files.len() - 1, loaded);
        }
    }

    fn refresh(&mut self, device: usize, loaded: bool) {
        let device = device % self.devices.len();
        let Some(held) = &self.devices[device].license else { return };
        let text = self.world.sign(held);
        let before = self.observed();
        let Ok(first) = self.world.send(&text) else {
            assert_eq!(self.observed(), before);
            return;
        };
        self.holds(&first);
        assert_eq!((self.observed().0, self.observed().1), (before.0, before.1), "a refresh books nothing");
        // Idempotent while nothing changes.
        let again = self.world.send(&text).unwrap();
        assert_eq!(again.license, first.license);
        assert_eq!(again.accepted.activation, None);
        if loaded {
            self.devices[device].load(&first);
        }
    }

    fn carry(&mut self, file: usize, loaded: bool) {
        let (before, filed) = (self.observed(), self.world.filed());
        let file = &self.files[file];
        let result = self.world.send(&file.text);
        match &result {
            Ok(done) => {
                if let Some(activation) = &file.activation {
                    let most = self.arrived.entry(activation.clone()).or_default();
                    *most = (*most).max(file.closing);
                }
                let again = self.world.send(&file.text);
                assert_eq!(again.as_ref(), Ok(done), "the same file, the same answer");
                if loaded {
                    let device = file.device;
                    self.devices[device].load(done);
                }
            }
            Err(Refused::Altered) => panic!("no id is given out twice"),
            Err(Refused::Rules(_)) => assert_eq!(self.observed(), before, "a refusal changes nothing"),
        }
        // A stored answer tells of the time when it was made.
        if let Some(done) = result.ok().filter(|_| self.world.filed() > filed) {
            self.holds(&done);
            if done.accepted.done == handcarry_rules::Done::Held {
                assert_eq!(self.observed().0, before.0, "held usage changes no total");
            }
            if ["booked", "held", "outdated"].contains(&done.name()) {
                assert_eq!(self.observed().1, before.1, "only requests and returns move seats");
            }
        }
    }

    fn observed(&self) -> (Totals, u32) {
        (self.world.store.totals.clone(), self.world.seats_used())
    }

    /// What holds after every accepted file.
    fn holds(&mut self, done: &Done) {
        let store = &self.world.store;
        assert!(self.world.seats_used() <= store.entitlement.seats.total);
        assert!(
            store.activations.len() <= store.entitlement.seats.total as usize,
            "ids are as many as seats"
        );
        let mut sum = Totals::new();
        for (counter, total) in store.activations.iter().flat_map(|activation| &activation.usage.totals) {
            *sum.entry(counter.clone()).or_default() += total;
        }
        assert_eq!(store.totals, sum, "the license's totals are those of its activations");
        if let Answer::Issue(license) = &done.accepted.answer {
            let before =
                self.generations.insert(license.activation_id.as_str().to_owned(), license.generation);
            assert_eq!(license.generation, before.unwrap_or(0) + 1, "generations rise one by one");
            let activation = self.world.activation(license.activation_id.as_str());
            assert!(license.usage.totals == activation.usage.totals);
        }
        if let Some(receipt) = &done.accepted.receipt {
            assert_eq!(receipt.seat.used, self.world.seats_used());
        }
    }
}

/// So many sequences, or as many as asked for.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lsp_28_honest_usage_is_never_lost_and_never_counted_twice(steps in steps(false)) {
        let mut run = Run::new();
        for step in steps {
            run.step(step);
            for activation in &run.world.store.activations {
                let booked = activation.usage.totals.get(&id("renders")).copied().unwrap_or(0);
                let arrived = run.arrived.get(activation.id.as_str()).copied().unwrap_or(0);
                prop_assert_eq!(booked, arrived, "what arrived of {} is booked", activation.id);
            }
        }
        let odd: Vec<_> = run.world.cases().into_iter().filter(|case| *case != "gap").collect();
        prop_assert!(odd.is_empty(), "honest devices raise no alarm: {odd:?}");
    }

    #[test]
    fn threat_doctored_consumption_lsp_24_d_36_d_38_clones_and_doctored_files_move_no_seat_and_no_total_they_should_not(steps in steps(true)) {
        let mut run = Run::new();
        for step in steps {
            let before = run.world.store.totals.clone();
            run.step(step);
            for (counter, was) in &before {
                prop_assert!(run.world.store.totals[counter] >= *was, "totals never fall");
            }
        }
    }
}
