//! What holds after any sequence of what devices, couriers, staff and time can do.

use std::collections::{BTreeMap, BTreeSet};

use handcarry_format::Model;
use handcarry_rules::{SeatFree, StaffAction, StaffDecision};
use proptest::prelude::*;

use crate::world::{Ask, Device, Done, World, entitlement};

#[derive(Clone, Debug)]
enum Step {
    Request {
        device: usize,
    },
    Report {
        device: usize,
        carried: bool,
    },
    Return {
        device: usize,
        carried: bool,
    },
    /// A file that was made before is carried: late, or once more.
    Carry {
        file: usize,
    },
    Staff {
        activation: usize,
        action: StaffAction,
        second: bool,
    },
    Pass {
        hours: i64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let device = 0..5_usize;
    let action =
        prop_oneof![Just(StaffAction::Retire), Just(StaffAction::Rehost), Just(StaffAction::DeclareLost)];
    let step = prop_oneof![
        6 => device.clone().prop_map(|device| Step::Request { device }),
        3 => (device.clone(), any::<bool>()).prop_map(|(device, carried)| Step::Report { device, carried }),
        3 => (device, any::<bool>()).prop_map(|(device, carried)| Step::Return { device, carried }),
        4 => (0..100_usize).prop_map(|file| Step::Carry { file }),
        4 => (0..20_usize, action, any::<bool>())
            .prop_map(|(activation, action, second)| Step::Staff { activation, action, second }),
        2 => (1..1_000_i64).prop_map(|hours| Step::Pass { hours }),
    ];
    prop::collection::vec(step, 1..60)
}

fn policy() -> impl Strategy<Value = SeatFree> {
    prop_oneof![Just(SeatFree::AtOnce), Just(SeatFree::WhenProven), (0..40_u32).prop_map(SeatFree::AfterDays)]
}

struct Run {
    world: World,
    devices: Vec<Device>,
    files: Vec<(usize, String)>,
    generations: BTreeMap<String, u32>,
    retired: BTreeSet<String>,
}

impl Run {
    fn new(policy: SeatFree) -> Run {
        let mut license = entitlement();
        (license.model, license.seats.total) = (Model::Concurrent(4), 2);
        let mut world = World::new(license);
        (world.rules.seat_free, world.rules.rehosts_per_year) = (policy, 2);
        let devices = ["a", "b", "c", "d", "e"].map(|name| Device::new(&world, name)).into();
        Run { world, devices, files: vec![], generations: BTreeMap::new(), retired: BTreeSet::new() }
    }

    fn step(&mut self, step: Step) {
        let now = self.world.now;
        match step {
            Step::Request { device } => {
                let text = self.devices[device].request(now);
                self.made(device, text, true);
            }
            Step::Report { device, carried } | Step::Return { device, carried } => {
                if self.devices[device].license.is_none() {
                    return;
                }
                self.devices[device].use_up(now, 1);
                let text = match step {
                    Step::Report { .. } => self.devices[device].report(now),
                    _ => self.devices[device].deactivate(now),
                };
                self.made(device, text, carried);
            }
            Step::Carry { file } => {
                if !self.files.is_empty() {
                    let (device, text) = self.files[file % self.files.len()].clone();
                    self.carry(device, &text);
                }
            }
            Step::Staff { activation, action, second } => self.staff(activation, action, second),
            Step::Pass { hours } => self.world.pass(hours * 3_600),
        }
        self.world.pass(1);
        self.holds();
    }

    fn made(&mut self, device: usize, text: String, carried: bool) {
        self.files.push((device, text.clone()));
        if carried {
            self.carry(device, &text);
        }
    }

    fn carry(&mut self, device: usize, text: &str) {
        let (filed, seats) = (self.world.filed(), self.world.seats_used());
        let retired = self.world.retirements().filter(|it| it.orphan_on_device()).count();
        let Ok(done) = self.world.send(text) else {
            assert_eq!(self.world.seats_used(), seats, "a refusal changes nothing");
            return;
        };
        if self.world.filed() > filed {
            self.answered(&done);
            let proofs = retired - self.world.retirements().filter(|it| it.orphan_on_device()).count();
            if proofs > 0 && done.notes().contains(&"seat.freed_before") {
                assert_eq!(self.world.seats_used(), seats, "no second seat is freed");
            }
        }
        self.devices[device].load(&done);
    }

    fn answered(&mut self, done: &Done) {
        if let Some(receipt) = &done.accepted.receipt {
            assert_eq!(receipt.seat.used, self.world.seats_used());
        }
        if let handcarry_rules::Answer::Issue(license) = &done.accepted.answer {
            let id = license.activation_id.as_str();
            let before = self.generations.insert(id.to_owned(), license.generation);
            assert!(license.generation > before.unwrap_or(0), "generations strictly rise");
            assert!(!self.retired.contains(id), "a retired id is never licensed again");
            let key = license.device.key.id();
            let blocked = &self.world.store.entitlement.blocked;
            assert!(blocked.iter().all(|block| block.device != key), "a blocked device gets nothing");
            assert_eq!(license.blocked, *blocked, "the newest list goes along");
        }
    }

    fn staff(&mut self, activation: usize, action: StaffAction, second: bool) {
        let activations = &self.world.store.activations;
        if activations.is_empty() {
            return;
        }
        let id = activations[activation % activations.len()].id.clone();
        let (made, seats) = (self.world.made(), self.world.seats_used());
        let revision = self.world.store.entitlement.revision;
        let ask = if second { Ask::to(action).with("jon") } else { Ask::to(action) };
        match self.world.staff(&id, &ask) {
            Ok(StaffDecision::Done(done)) => {
                let alone = !second && action != StaffAction::Retire;
                assert!(!alone || made < 2, "above the quota nobody acts alone");
                assert!(!alone || action == StaffAction::Rehost, "a loss takes time or two people");
                assert_eq!(seats - self.world.seats_used(), u32::from(done.freed));
            }
            Ok(StaffDecision::Waits { .. }) | Err(_) => {
                assert_eq!((self.world.made(), self.world.seats_used()), (made, seats));
                assert_eq!(self.world.store.entitlement.revision, revision);
            }
        }
    }

    fn holds(&mut self) {
        let total = self.world.store.entitlement.seats.total;
        assert!(self.world.seats_used() <= total, "never above what is licensed");
        for activation in &self.world.store.activations {
            if activation.is_retired() {
                self.retired.insert(activation.id.as_str().to_owned());
            } else {
                assert!(!self.retired.contains(activation.id.as_str()), "retired is for good");
            }
        }
        let living = self.world.store.activations.iter().filter(|it| !it.is_retired()).count();
        assert!(living <= total as usize, "living ids are as many as seats");
        let loaded = self.world.load_seats();
        assert_eq!(loaded, self.world.seats_used(), "what is stored and what is asked agree");
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(96)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hex_06_hex_rehost_hex_late_proof_seats_ids_and_generations_hold_after_anything(
        policy in policy(),
        steps in steps(),
    ) {
        let mut run = Run::new(policy);
        for step in steps {
            run.step(step);
        }
        prop_assert!(!run.world.cases().contains(&"restored"));
    }
}
