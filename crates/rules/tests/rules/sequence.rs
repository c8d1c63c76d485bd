//! Any bytes as a sequence of what devices, couriers, clones, forgers, staff and time can do, and what holds after each
//! step of it. The fuzz target `decide` goes through here, and so does what is kept in `fuzz/kept/decide`.

use std::collections::BTreeMap;

use handcarry_format::{Id, Model, Overage, Reset, Totals};
use handcarry_rules::{
    Activation, ActivationState, Answer, LeasePolicy, ReasonCode, SeatFree, StaffAction, StaffDecision,
};

use crate::world::{Ask, Device, Done, Refused, World, counter, entitlement, id};

/// Steps that are taken: each costs some signatures.
const MOST_STEPS: usize = 64;
/// Devices, clones and reinstalled ones among them.
const MOST_DEVICES: usize = 8;
/// What is added to a closing total that is not true: a little, or as much as a file can say.
const LIES: [i64; 8] = [-1, 1, -9, 9, 1_000_000, -1_000_000, 9_007_199_254_740_000, -9_007_199_254_740_000];

/// Takes the steps that the bytes tell, three bytes a step after the first three, which tell the license.
pub(crate) fn run(bytes: &[u8]) {
    let Some((first, steps)) = bytes.split_first_chunk::<3>() else { return };
    let mut run = Run::new(*first);
    for [what, who, how] in steps.as_chunks::<3>().0.iter().take(MOST_STEPS) {
        run.step(*what, usize::from(*who), *how);
    }
}

/// A file that was made.
struct File {
    text: String,
    /// Who made it.
    device: usize,
}

struct Run {
    world: World,
    devices: Vec<Device>,
    files: Vec<File>,
    /// Most seats that were ever licensed.
    licensed: u32,
    generations: BTreeMap<String, u32>,
    /// The activations as the step before left them.
    before: Vec<Activation>,
}

impl Run {
    fn new([seats, policy, model]: [u8; 3]) -> Run {
        let mut license = entitlement();
        license.lease = (policy & 8 != 0).then_some(LeasePolicy { days: 30, grace_days: 7 });
        (license.seats.total, license.seats.repair_limit) = (u32::from(seats % 4), u32::from(seats / 64));
        license.seats.transfer_limit = (seats & 32 != 0).then_some(3);
        license.model = if model & 1 == 0 { Model::NodeLocked } else { Model::Concurrent(4) };
        let overage = [Overage::None, Overage::UpTo(20), Overage::Unlimited][usize::from(model / 2 % 3)];
        license.features = vec![counter("renders", Some(100), overage, Reset::Never)];
        let licensed = license.seats.total;
        let mut world = World::new(license);
        world.rules.seat_free = match policy % 3 {
            0 => SeatFree::AtOnce,
            1 => SeatFree::WhenProven,
            _ => SeatFree::AfterDays(u32::from(policy / 16)),
        };
        world.rules.rehosts_per_year = 2;
        let devices = ["a", "b", "c", "d"].map(|name| Device::new(&world, name)).into();
        Run { world, devices, files: vec![], licensed, generations: BTreeMap::new(), before: vec![] }
    }

    fn step(&mut self, what: u8, who: usize, how: u8) {
        let device = who % self.devices.len();
        match what % 16 {
            0..=2 => {
                let text = self.devices[device].request(self.world.now);
                self.made(text, device, how);
            }
            3 | 4 => self.use_up(device, i64::from(how)),
            5 | 6 => self.tell(device, how, Device::report),
            7 => self.tell(device, how, Device::deactivate),
            8 | 9 if !self.files.is_empty() => self.carry(who % self.files.len(), how & 1 == 0),
            10 => self.refresh(device, how),
            11 => self.staff(who, how),
            12 => self.world.pass(i64::from(how) * 3_600 * 8),
            13 => self.change(how),
            14 => self.meddle(device, how),
            _ => self.lie(device, how),
        }
        // No two requests of one device in one second: which was newer could not be told.
        self.world.pass(1);
        self.holds();
    }

    fn use_up(&mut self, device: usize, amount: i64) {
        if self.devices[device].license.is_some() {
            self.devices[device].use_up(self.world.now, amount);
        }
    }

    fn tell(&mut self, device: usize, how: u8, tell: fn(&mut Device, handcarry_format::Instant) -> String) {
        if self.devices[device].license.is_some() {
            let text = tell(&mut self.devices[device], self.world.now);
            self.made(text, device, how);
        }
    }

    /// A closing total that is not what was used.
    fn lie(&mut self, device: usize, how: u8) {
        if self.devices[device].license.is_none() {
            return;
        }
        let mut usage = self.devices[device].usage();
        let lie = LIES[usize::from(how / 2) % LIES.len()];
        let most = 9_007_199_254_740_991;
        let total = usage.closing.entry(id("renders")).or_default();
        *total = total.saturating_add(lie).clamp(-most, most);
        let (now, device_) = (self.world.now, &mut self.devices[device]);
        let text =
            if how & 64 == 0 { device_.report_of(now, usage) } else { device_.deactivate_with(now, usage) };
        self.made(text, device, how);
    }

    /// A clone, a new system on the same machine, a new disk.
    fn meddle(&mut self, device: usize, how: u8) {
        match how % 3 {
            0 if self.devices.len() < MOST_DEVICES => {
                let mut clone = self.devices[device].clone();
                clone.tag = format!("{}x{}", clone.tag, self.devices.len());
                self.devices.push(clone);
            }
            1 => {
                // A name of its own, which stays short however often that happens.
                let before = &mut self.devices[device];
                (before.name, before.tag) = (format!("n{}", self.world.now.unix()), String::new());
                self.devices[device] = self.devices[device].reinstalled(&self.world);
            }
            _ => {
                let hash = format!("{:032x}", self.world.now.unix());
                self.devices[device].fingerprint.parts[usize::from(how) % 3].hash = hash;
            }
        }
    }

    fn change(&mut self, how: u8) {
        self.licensed = self.licensed.max(u32::from(how % 5));
        self.world.changed(|license| {
            license.seats.total = u32::from(how % 5);
            license.evaluation = how & 128 != 0;
        });
    }

    fn made(&mut self, text: String, device: usize, how: u8) {
        self.files.push(File { text, device });
        // Some files lie about, and some answers are lost.
        if how % 4 != 3 {
            self.carry(self.files.len() - 1, how & 4 == 0);
        }
    }

    fn carry(&mut self, file: usize, loaded: bool) {
        let (before, filed) = (self.observed(), self.world.filed());
        let File { text, device } = &self.files[file];
        match self.world.send(text) {
            Ok(done) => {
                let after = self.observed();
                assert_eq!(self.world.send(text).as_ref(), Ok(&done), "the same file, the same answer");
                assert_eq!(self.observed(), after, "and nothing is done twice");
                if loaded {
                    self.devices[*device].load(&done);
                }
                if self.world.filed() > filed {
                    self.answered(&done, &before);
                }
            }
            // Clones number their documents alike.
            Err(Refused::Altered) => assert_eq!(self.observed(), before),
            Err(Refused::Rules(_)) => assert_eq!(self.observed(), before, "a refusal changes nothing"),
        }
    }

    fn refresh(&mut self, device: usize, how: u8) {
        let Some(held) = &self.devices[device].license else { return };
        let text = self.world.sign(held);
        let before = self.observed();
        let Ok(done) = self.world.send(&text) else {
            return assert_eq!(self.observed(), before, "a refusal changes nothing");
        };
        assert_eq!((&self.observed().0, self.observed().1), (&before.0, before.1), "a refresh books nothing");
        self.answered(&done, &before);
        if how & 1 == 0 {
            self.devices[device].load(&done);
        }
    }

    fn staff(&mut self, who: usize, how: u8) {
        if self.world.store.activations.is_empty() {
            return;
        }
        let activation = &self.world.store.activations[who % self.world.store.activations.len()];
        let activation = activation.id.clone();
        let actions = [StaffAction::Retire, StaffAction::Rehost, StaffAction::DeclareLost];
        let mut ask = Ask::to(actions[usize::from(how) % 3]);
        if how & 32 != 0 {
            ask = ask.with(if how & 64 != 0 { "jon" } else { "mara" });
        }
        if how & 128 != 0 {
            ask.reason = ReasonCode::ALL.get(usize::from(how / 4) % 8).copied();
        }
        let before = self.observed();
        match self.world.staff(&activation, &ask) {
            Ok(StaffDecision::Done(done)) => {
                assert_eq!(before.1 - self.world.seats_used(), u32::from(done.freed));
            }
            Ok(StaffDecision::Waits { .. }) | Err(_) => assert_eq!(self.observed(), before),
        }
        assert_eq!(self.observed().0, before.0, "staff book no usage");
    }

    fn observed(&self) -> (Totals, u32, Vec<(Id, ActivationState)>) {
        let states = self.world.store.activations.iter().map(|it| (it.id.clone(), it.state));
        (self.world.store.totals.clone(), self.world.seats_used(), states.collect())
    }

    /// What holds of every new answer.
    fn answered(&mut self, done: &Done, before: &(Totals, u32, Vec<(Id, ActivationState)>)) {
        let used = self.world.seats_used();
        let total = self.world.store.entitlement.seats.total;
        assert!(used <= before.1 || used <= total, "a seat is given out only where there is one");
        if let Some(receipt) = &done.accepted.receipt {
            assert_eq!(receipt.seat.used, used, "the receipt says how many seats are used");
        }
        if let Answer::Issue(license) = &done.accepted.answer {
            let known = self.generations.insert(license.activation_id.to_string(), license.generation);
            assert!(license.generation > known.unwrap_or(0), "generations strictly rise");
            let activation = self.world.activation(license.activation_id.as_str());
            assert!(activation.is_taken(), "what is not taken is not licensed");
            assert_eq!(license.usage.totals, activation.usage.totals);
        }
    }

    /// What holds after every step.
    fn holds(&mut self) {
        let store = &self.world.store;
        let mut sum = Totals::new();
        for activation in &store.activations {
            let earlier = self.before.iter().find(|it| it.id == activation.id);
            legal(earlier, activation);
            for (counter, total) in &activation.usage.totals {
                assert!(*total >= 0, "no total below zero");
                let was = earlier.and_then(|it| it.usage.totals.get(counter)).copied().unwrap_or(0);
                assert!(*total >= was, "totals never fall");
                *sum.entry(counter.clone()).or_default() += total;
            }
        }
        assert_eq!(store.totals, sum, "the license's totals are those of its activations");
        assert!(self.world.seats_used() <= self.licensed, "never above what was ever licensed");
        assert_eq!(
            self.world.load_seats(),
            self.world.seats_used(),
            "what is stored and what is asked agree"
        );
        let living = store.activations.iter().filter(|it| !it.is_retired()).count();
        assert!(living <= self.licensed as usize, "living ids are as many as seats");
        for known in &self.before {
            assert!(store.activations.iter().any(|it| it.id == known.id), "no activation disappears");
        }
        self.before.clone_from(&store.activations);
    }
}

/// From one state of an activation to the next.
fn legal(before: Option<&Activation>, after: &Activation) {
    use ActivationState::{Retired, Returned, Taken};
    let is_legal = match (before.map(|it| &it.state), &after.state) {
        (None, Taken) => true,
        (None, _) => false,
        (Some(Taken | Returned { .. }), Taken | Returned { .. } | Retired(_)) => true,
        (Some(Retired(_)), Taken | Returned { .. }) => false,
        // A late proof is the one thing that still comes.
        (Some(Retired(one)), Retired(other)) => one.at == other.at && one.how == other.how,
    };
    assert!(is_legal, "{:?} after {:?}", after.state, before.map(|it| &it.state));
}
