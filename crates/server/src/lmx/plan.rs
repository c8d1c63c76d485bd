//! From a template to licenses and upgrades, by the rules. Nothing is planned if anything is refused.

use handcarry_format::{Customer, Id, Instant, LicenseKey, Model, Product, Vendor};
use handcarry_rules::pool::Bounds;
use handcarry_rules::session::SessionTerms;
use handcarry_rules::upgrade::{
    AskedUpgrade, Checked, Count, KeyType, MOST, Upgrade, UpgradeRefusal, Upgrades, base_of,
};
use handcarry_rules::{Entitlement, PoolStatus, Pooling, check_terms};

use crate::lmx::{Fault, FaultKind, Feature, Noted, Template};

/// What a template does not say.
pub struct Choices<'a> {
    /// Who sells.
    pub vendor: Vendor,
    /// What is licensed; a feature's VERSION goes beside it.
    pub product: Product,
    /// Whose midnights the dates mean.
    pub zone: chrono_tz::Tz,
    /// Names the file: the same file again makes the same ids, so that nothing is sold or counted twice (LMX-12).
    pub document: Id,
    /// The license that upgrades raise; none = the one that has the feature.
    pub base: Option<Id>,
    /// Licenses that are there, with their upgrades: those that can be raised, and those that this document has made.
    pub bases: &'a [(Entitlement, Upgrades)],
    /// A fresh license key for each feature.
    pub keys: &'a [LicenseKey],
    /// The portal's clock: what has ended is not sold.
    pub now: Instant,
}

/// What importing a template will do.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Licenses, in order.
    pub licenses: Vec<PlannedLicense>,
    /// Upgrades, in order.
    pub upgrades: Vec<PlannedUpgrade>,
}

/// A license to sell.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedLicense {
    /// The license.
    pub license: Entitlement,
    /// What its sessions may do.
    pub sessions: SessionTerms,
    /// What changes nothing here.
    pub noted: Vec<Noted>,
    /// It was imported before, and stays as it is.
    pub known: bool,
}

/// An upgrade to add.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedUpgrade {
    /// The license that it raises.
    pub license: Id,
    /// The upgrade; none = it is there already.
    pub upgrade: Option<Upgrade>,
    /// As it was asked for.
    pub asked: AskedUpgrade,
}

/// Plans an import. On failure: everything that is refused, by its place.
pub fn plan(template: &Template, choices: &Choices<'_>) -> Result<Plan, Vec<Fault>> {
    let mut planning = Planning { choices, bases: choices.bases.to_vec(), faults: Vec::new() };
    let mut plan = Plan { licenses: Vec::new(), upgrades: Vec::new() };
    let numbered = || (1..).zip(&template.features);
    for (n, feature) in numbered().filter(|(_, it)| it.key_type != KeyType::Upgrade) {
        let planned = planning.license(n, feature);
        let second = feature.key_type == KeyType::Exclusive
            && plan.licenses.iter().any(|it| exclusive(&it.license, &feature.id));
        if second {
            planning.refuse(feature, "KEYTYPE", FaultKind::SecondExclusive(feature.id.to_string()));
        }
        plan.licenses.extend(planned);
    }
    for (n, feature) in numbered().filter(|(_, it)| it.key_type == KeyType::Upgrade) {
        plan.upgrades.extend(planning.upgrade(n, feature, &plan.licenses));
    }
    if planning.faults.is_empty() {
        return Ok(plan);
    }
    planning.faults.sort_by_key(|fault| fault.at);
    Err(planning.faults)
}

/// An exclusive license of this feature.
fn exclusive(license: &Entitlement, feature: &Id) -> bool {
    base_of([license].into_iter(), feature).is_some()
}

struct Planning<'a> {
    choices: &'a Choices<'a>,
    /// What upgrades can raise, as it will be.
    bases: Vec<(Entitlement, Upgrades)>,
    faults: Vec<Fault>,
}

impl Planning<'_> {
    fn refuse(&mut self, feature: &Feature, setting: &str, kind: FaultKind) {
        self.faults.push(Fault { at: feature.place(setting), kind });
    }

    /// The id of the nth feature of the file.
    fn id(&self, n: usize) -> Id {
        let text = format!("{}-{n}", self.choices.document);
        Id::new(&text).unwrap_or_else(|| self.choices.document.clone())
    }

    fn license(&mut self, n: usize, feature: &Feature) -> Option<PlannedLicense> {
        let (id, choices) = (self.id(n), self.choices);
        let (sessions, noted) = (feature.session_terms(), feature.noted.clone());
        if let Some((license, _)) = self.bases.iter().find(|(known, _)| known.id == id) {
            return Some(PlannedLicense { license: license.clone(), sessions, noted, known: true });
        }
        let bounds = Bounds::of(feature.start, feature.end, choices.zone);
        if bounds.has_ended(choices.now) {
            self.refuse(feature, "END", FaultKind::Ended);
        }
        let Some(key) = choices.keys.get(n - 1).cloned() else {
            self.refuse(feature, "KEYTYPE", FaultKind::TooMany);
            return None;
        };
        let product = Product {
            version: feature.version.clone().or_else(|| choices.product.version.clone()),
            ..choices.product.clone()
        };
        let named =
            handcarry_format::Feature { id: feature.id.clone(), name: feature.id.to_string(), counter: None };
        let license = Entitlement {
            customer: feature.licensee.clone().map(|name| Customer { name, order: None }),
            pooling: match feature.key_type {
                KeyType::Additive => Pooling::Additive,
                _ => Pooling::Exclusive,
            },
            features: vec![named],
            model: match feature.count {
                None => Model::NodeLocked,
                Some(Count::Unlimited) => Model::Concurrent(MOST),
                // Its range was looked at where it was read.
                Some(Count::Of(count)) => Model::Concurrent(u32::try_from(count).unwrap_or(1)),
            },
            start: feature.start,
            end: feature.end,
            maintenance_end: feature.maintenance_end,
            match_rate: feature.match_rate.unwrap_or(100),
            // ALT-07: the clock itself makes it active.
            status: if bounds.has_started(choices.now) { PoolStatus::Active } else { PoolStatus::Pending },
            ..Entitlement::new(id, key, choices.vendor.clone(), product, choices.zone)
        };
        if let Err(unsound) = check_terms(&license) {
            self.refuse(feature, setting_of_term(&unsound.field), FaultKind::Unsound(unsound.to_string()));
        }
        self.bases.push((license.clone(), Upgrades::default()));
        Some(PlannedLicense { license, sessions, noted, known: false })
    }

    fn upgrade(&mut self, n: usize, feature: &Feature, own: &[PlannedLicense]) -> Option<PlannedUpgrade> {
        let asked = AskedUpgrade {
            id: self.id(n),
            feature: Some(feature.id.clone()),
            count: feature.count,
            key_type: Some(feature.key_type),
            start: feature.start,
            end: feature.end,
            share: feature.share.clone(),
            match_rate: feature.match_rate,
            hal_servers: feature.hal_servers,
            servers: feature.servers.clone(),
            clients: feature.clients.clone(),
            others: feature.others.clone(),
        };
        let base = match self.base(feature, own) {
            Ok(base) => base,
            Err(kind) => {
                self.refuse(feature, "KEYTYPE", kind);
                return None;
            }
        };
        let (license, upgrades) = &mut self.bases[base];
        let upgrade = match upgrades.check(&asked, license) {
            Ok(Checked::New(upgrade)) => Some(upgrade),
            Ok(Checked::Known) => None,
            Err(refusal) => {
                self.refuse(feature, &setting_of(&refusal, feature), FaultKind::Upgrade(refusal));
                return None;
            }
        };
        upgrades.all.extend(upgrade.clone());
        Some(PlannedUpgrade { license: license.id.clone(), upgrade, asked })
    }

    /// Which license an upgrade raises: the one that was named, else that of the same file, else the only one there is.
    fn base(&self, feature: &Feature, own: &[PlannedLicense]) -> Result<usize, FaultKind> {
        let place = |id: &Id| self.bases.iter().position(|(license, _)| license.id == *id);
        if let Some(base) = &self.choices.base {
            let none = UpgradeRefusal::NoExclusive { feature: feature.id.clone() };
            return place(base).ok_or(FaultKind::Upgrade(none));
        }
        if let Some(own) = own.iter().find(|it| exclusive(&it.license, &feature.id))
            && let Some(place) = place(&own.license.id)
        {
            return Ok(place);
        }
        let mut all = (0..self.bases.len()).filter(|at| exclusive(&self.bases[*at].0, &feature.id));
        match (all.next(), all.next()) {
            (Some(one), None) => Ok(one),
            (None, _) => Err(FaultKind::Upgrade(UpgradeRefusal::NoExclusive { feature: feature.id.clone() })),
            _ => Err(FaultKind::SeveralBases(feature.id.to_string())),
        }
    }
}

/// The setting that a term comes from.
fn setting_of_term(term: &str) -> &'static str {
    match term {
        "customer.name" => "LICENSEE",
        "start" => "START",
        "end" => "END",
        "maintenance_end" => "MAINTENANCE_END",
        _ => "COUNT",
    }
}

/// The setting that a refusal is about.
fn setting_of(refusal: &UpgradeRefusal, feature: &Feature) -> String {
    let name = match refusal {
        UpgradeRefusal::Setting { name } => return name.clone(),
        UpgradeRefusal::Share { .. } => "SHARE",
        UpgradeRefusal::MatchRate { .. } => "HOSTID_MATCH_RATE",
        UpgradeRefusal::NoCount
        | UpgradeRefusal::Count { .. }
        | UpgradeRefusal::Sum { .. }
        | UpgradeRefusal::Unlimited => "COUNT",
        UpgradeRefusal::Outside { day, .. } if feature.start == Some(*day) => "START",
        UpgradeRefusal::Outside { .. }
        | UpgradeRefusal::Reversed { .. }
        | UpgradeRefusal::Perpetual { .. } => "END",
        _ => "KEYTYPE",
    };
    name.to_owned()
}
