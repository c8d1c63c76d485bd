//! A vendor with real keys, an account kept in memory as a server would keep it, and simulated devices. Every
//! file is sealed, carried as text, and opened again: no document is ever taken on trust.

mod build;
mod device;
mod staff;

pub(crate) use build::{at, counter, day, entitlement, id, key, parts, totals};
pub(crate) use device::{Device, licensed};
pub(crate) use staff::{Ask, supporter};

use std::collections::BTreeMap;

use handcarry_format::{
    AnyVerified, Digest, Envelope, Id, Instant, IssuingKey, Keyring, Kind, License, Limits, Receipt,
    SecretKey, Totals, Trust, open_any, seal,
};
use handcarry_rules::holder::Holding;
use handcarry_rules::upgrade::Upgrades;
use handcarry_rules::{
    Accepted, Account, Activation, Answer, Case, Command, Context, Entitlement, Fresh, Period, PeriodTotals,
    Refusal, TenantRules, decide, periods,
};

/// The answer to a file: the same for the same file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Done {
    pub(crate) accepted: Accepted,
    /// The license file that answers.
    pub(crate) license: Option<String>,
    pub(crate) receipt: Option<String>,
}

/// A file that was accepted.
#[derive(Clone)]
struct Filed {
    id: Id,
    digest: Digest,
    activation: Id,
    report: Option<u32>,
    done: Done,
}

/// Why a file had no effect.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refused {
    /// The same document id with other bytes (D-14).
    Altered,
    /// By the rules.
    Rules(Refusal),
}

impl Refused {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Refused::Altered => "altered",
            Refused::Rules(refusal) => refusal.kind.code(),
        }
    }

    pub(crate) fn rules(self) -> Refusal {
        match self {
            Refused::Altered => panic!("altered"),
            Refused::Rules(refusal) => refusal,
        }
    }
}

/// What a server stores of one license, and nothing else.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) entitlement: Entitlement,
    pub(crate) totals: Totals,
    pub(crate) periods: PeriodTotals,
    pub(crate) activations: Vec<Activation>,
    pub(crate) cases: Vec<Case>,
    pub(crate) holding: Holding,
    pub(crate) upgrades: Upgrades,
    files: BTreeMap<String, String>,
    filed: Vec<Filed>,
}

pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) store: Store,
    pub(crate) trust: Trust,
    /// The user who is signed in at the portal.
    pub(crate) user: Option<Id>,
    pub(crate) rules: TenantRules,
    issuing: SecretKey,
    keyring: Envelope,
    serial: u32,
}

impl World {
    pub(crate) fn new(entitlement: Entitlement) -> World {
        let (root, issuing) = (key("root"), key("issuing"));
        let vendor = entitlement.vendor.clone();
        let keyring = Keyring {
            id: id("keyring-1"),
            vendor: vendor.clone(),
            version: 1,
            issued_at: at("2018-01-01T00:00:00Z"),
            keys: vec![IssuingKey {
                key: issuing.public(),
                product: None,
                not_before: at("2018-01-01T00:00:00Z"),
                not_after: None,
            }],
            revoked: vec![],
        };
        let sealed = seal(&keyring, &root, None).unwrap();
        let trust = Trust::new(vendor.id, root.public());
        let trust = trust.with_keyring(sealed.text.as_bytes(), &Limits::default()).unwrap();
        let store = Store {
            entitlement,
            totals: Totals::new(),
            periods: PeriodTotals::new(),
            activations: vec![],
            cases: vec![],
            holding: Holding::default(),
            upgrades: Upgrades::default(),
            files: BTreeMap::new(),
            filed: vec![],
        };
        let now = at("2026-03-02T12:00:00Z");
        let rules = TenantRules::default();
        World { now, store, trust, user: None, rules, issuing, keyring: sealed.envelope, serial: 0 }
    }

    /// How many files were accepted.
    pub(crate) fn filed(&self) -> usize {
        self.store.filed.len()
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
    }

    /// Seats that are not free for another.
    pub(crate) fn seats_used(&self) -> u32 {
        self.store.activations.iter().filter(|activation| activation.holds_seat(self.now)).count() as u32
    }

    pub(crate) fn activation(&self, wanted: &str) -> &Activation {
        self.store.activations.iter().find(|activation| activation.id.as_str() == wanted).unwrap()
    }

    pub(crate) fn total(&self, counter: &str) -> i64 {
        self.store.totals.get(&id(counter)).copied().unwrap_or(0)
    }

    pub(crate) fn changed(&mut self, change: impl FnOnce(&mut Entitlement)) {
        change(&mut self.store.entitlement);
        self.store.entitlement.revision += 1;
    }

    /// Carries a file to the portal, as a server takes it: verified, looked up, decided, booked, answered.
    pub(crate) fn send(&mut self, file: &str) -> Result<Done, Refused> {
        let file = open_any(file.as_bytes(), &self.trust, &Limits::default()).expect("genuine files only");
        // A license is no message: showing it again asks again.
        if file.kind() != Kind::License {
            if let Some(filed) = self.store.filed.iter().find(|filed| filed.digest == file.digest()) {
                return Ok(filed.done.clone());
            }
            if self.store.filed.iter().any(|filed| filed.id == *file.id()) {
                return Err(Refused::Altered);
            }
        }
        let account = self.account(&file);
        let fresh = self.fresh();
        let context =
            Context { now: self.now, fresh: &fresh, keyring: &self.keyring, user: self.user.as_ref() };
        let command = match &file {
            AnyVerified::ActivationRequest(request) => Command::Activate(request),
            AnyVerified::Deactivation(file) => Command::Return(file),
            AnyVerified::UsageReport(file) => Command::Report(file),
            AnyVerified::License(file) => Command::Refresh(file),
            _ => panic!("no command"),
        };
        let decision = decide(&account, command, &context);
        assert_eq!(decision, decide(&account, command, &context), "pure: the same twice");
        match decision {
            Ok(accepted) => Ok(self.apply(&file, accepted)),
            Err(refusal) => {
                self.keep(&refusal.cases);
                Err(Refused::Rules(refusal))
            }
        }
    }

    /// What the store loads for a file.
    fn account(&self, file: &AnyVerified) -> Account {
        let own = |activation: &Activation| match file {
            AnyVerified::ActivationRequest(request) => activation.device.key == request.device.key,
            AnyVerified::Deactivation(file) => activation.id == file.holder.activation_id,
            AnyVerified::UsageReport(file) => activation.id == file.holder.activation_id,
            AnyVerified::License(file) => activation.id == file.activation_id,
            _ => false,
        };
        let asks = file.kind() == Kind::ActivationRequest;
        let all = || self.store.activations.iter().filter(|activation| !asks || !activation.is_retired());
        let found = all().filter(|activation| own(activation));
        let activation = found.max_by_key(|activation| activation.is_taken()).cloned();
        let others = all().rev().filter(|other| activation.as_ref().is_none_or(|own| own.id != other.id));
        let others = others.cloned().collect();
        let number = report_number(file);
        let same_number = self.store.filed.iter().find(|filed| {
            number.is_some()
                && filed.report == number
                && activation.as_ref().is_some_and(|own| own.id == filed.activation)
        });
        let periods = touched(&self.store.entitlement, file)
            .into_iter()
            .filter_map(|period| Some((period.clone(), *self.store.periods.get(&period)?)));
        let same_number = same_number.map(|filed| filed.digest);
        Account { same_number, periods: periods.collect(), ..self.load(activation, others) }
    }

    fn fresh(&mut self) -> Fresh {
        self.serial += 1;
        let n = self.serial;
        Fresh {
            activation: id(&format!("activation-{n}")),
            license: id(&format!("license-file-{n}")),
            receipt: id(&format!("receipt-{n}")),
            receipt_number: format!("R-{n:04}"),
        }
    }

    fn apply(&mut self, file: &AnyVerified, accepted: Accepted) -> Done {
        let mut activation = accepted.activation.clone();
        let license = match &accepted.answer {
            Answer::None => None,
            Answer::Issue(license) => {
                let sealed = seal(license, &self.issuing, None).expect("what is decided can be written");
                self.store.files.insert(sealed.digest.hex(), sealed.text.clone());
                activation.as_mut().expect("an issued file changes its activation").newest =
                    Some(sealed.digest);
                Some(sealed.text)
            }
            Answer::Newest(digest) => Some(self.store.files[&digest.hex()].clone()),
        };
        let receipt = accepted.receipt.as_ref();
        let receipt = receipt.map(|receipt| seal(receipt, &self.issuing, None).expect("can be written").text);
        for (counter, amount) in &accepted.added {
            *self.store.totals.entry(counter.clone()).or_default() += amount;
        }
        for (period, amount) in &accepted.periods {
            *self.store.periods.entry(period.clone()).or_default() += amount;
        }
        self.store.entitlement.seats.transfers += u32::from(accepted.transfer);
        if accepted.transfer {
            self.store.holding.moved.push(self.now);
        }
        let about = activation.as_ref().map(|activation| activation.id.clone());
        if let Some(activation) = activation {
            match self.store.activations.iter_mut().find(|known| known.id == activation.id) {
                Some(known) => *known = activation,
                None => self.store.activations.push(activation),
            }
        }
        self.keep(&accepted.cases);
        let done = Done { accepted, license, receipt };
        if let (Some(activation), true) = (about, file.kind() != Kind::License) {
            let (id, digest, report) = (file.id().clone(), file.digest(), report_number(file));
            self.store.filed.push(Filed { id, digest, activation, report, done: done.clone() });
        }
        done
    }

    /// Cases are stored, and those that suspect a clone flag the activation.
    fn keep(&mut self, cases: &[Case]) {
        for case in cases {
            self.store.cases.push(case.clone());
            let flagged =
                self.store.activations.iter_mut().find(|activation| activation.id == case.activation);
            if let Some(activation) = flagged.filter(|_| case.kind.suspects_clone()) {
                activation.clone_suspected = true;
            }
        }
    }

    pub(crate) fn cases(&self) -> Vec<&'static str> {
        self.store.cases.iter().map(|case| case.kind.name()).collect()
    }

    /// Signs a license as the portal does, for files that this portal no longer knows.
    pub(crate) fn sign(&self, license: &License) -> String {
        seal(license, &self.issuing, None).unwrap().text
    }
}

fn touched(entitlement: &Entitlement, file: &AnyVerified) -> Vec<Period> {
    match file {
        AnyVerified::Deactivation(file) => periods(entitlement, &file.usage),
        AnyVerified::UsageReport(file) => periods(entitlement, &file.usage),
        _ => Vec::new(),
    }
}

fn report_number(file: &AnyVerified) -> Option<u32> {
    match file {
        AnyVerified::Deactivation(file) => Some(file.usage.number),
        AnyVerified::UsageReport(file) => Some(file.usage.number),
        _ => None,
    }
}

impl Done {
    pub(crate) fn name(&self) -> &'static str {
        self.accepted.done.name()
    }

    pub(crate) fn cases(&self) -> Vec<&'static str> {
        self.accepted.cases.iter().map(|case| case.kind.name()).collect()
    }

    pub(crate) fn notes(&self) -> Vec<&'static str> {
        self.accepted.notes.iter().map(|note| note.code()).collect()
    }

    pub(crate) fn said(&self) -> &Receipt {
        self.accepted.receipt.as_ref().expect("a receipt")
    }

    pub(crate) fn issued(&self) -> &License {
        match &self.accepted.answer {
            Answer::Issue(license) => license,
            other => panic!("no new license: {other:?}"),
        }
    }

    pub(crate) fn added(&self, counter: &str) -> i64 {
        self.accepted.added.get(&id(counter)).copied().unwrap_or(0)
    }
}
