//! From a block to a feature: what its settings say, and what is wrong with them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use handcarry_format::Id;
use handcarry_rules::session::{SessionTerms, Shared};
use handcarry_rules::upgrade::{Count, HostId, HostLock, KeyType, MOST};

use crate::lmx::setting::{Known, Use, known};
use crate::lmx::values::{self, DAY};
use crate::lmx::xml::{Block, Setting};
use crate::lmx::{Fault, FaultKind, Place};

/// A FEATURE whose settings can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Where it begins.
    pub at: Place,
    /// Its name.
    pub id: Id,
    /// KEYTYPE; EXCLUSIVE where it says nothing.
    pub key_type: KeyType,
    /// COUNT; none = a local license.
    pub count: Option<Count>,
    /// VERSION, or MAJOR_VERSION and MINOR_VERSION.
    pub version: Option<String>,
    /// LICENSEE.
    pub licensee: Option<String>,
    /// START.
    pub start: Option<NaiveDate>,
    /// END.
    pub end: Option<NaiveDate>,
    /// MAINTENANCE_END.
    pub maintenance_end: Option<NaiveDate>,
    /// SHARE, in its parts.
    pub share: Vec<String>,
    /// HOSTID_MATCH_RATE.
    pub match_rate: Option<u32>,
    /// HAL_SERVERS.
    pub hal_servers: Option<u32>,
    /// BORROW, in hours.
    pub borrow_hours: Option<u32>,
    /// CLIENT_HOSTID.
    pub clients: Vec<HostId>,
    /// SERVER_HOSTID, one a server.
    pub servers: Vec<HostLock>,
    /// What changes nothing here.
    pub noted: Vec<Noted>,
    /// Settings that an upgrade cannot have, by name.
    pub others: Vec<String>,
    /// Where its settings are.
    places: BTreeMap<String, Place>,
}

/// A setting that changes nothing here, or was left out knowingly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Feature {
    /// Where a setting is; where the feature begins, if it has none such.
    pub fn place(&self, setting: &str) -> Place {
        self.places.get(setting).copied().unwrap_or(self.at)
    }

    /// What sessions of the license may do.
    pub fn session_terms(&self) -> SessionTerms {
        let has = |name: &str| self.share.iter().any(|part| part == name);
        SessionTerms {
            borrow_hours: self.borrow_hours,
            shared: Shared { host: has("HOST"), user: has("USER"), custom: has("CUSTOM") },
            servers: self.servers.clone(),
            match_rate: self.match_rate.unwrap_or(100),
        }
    }
}

/// What an upgrade may have (LMX-03, LMX-04).
const OF_UPGRADES: [&str; 7] =
    ["COUNT", "KEYTYPE", "START", "END", "SHARE", "HOSTID_MATCH_RATE", "HAL_SERVERS"];

/// The feature of a block. What is wrong with it goes to the list of faults; without a name there is no feature.
pub(super) fn feature(block: Block, ignored: &[String], faults: &mut Vec<Fault>) -> Option<Feature> {
    let mut reading = Reading { settings: BTreeMap::new(), faults: Vec::new() };
    let name = match &block.name {
        Some(name) => match named(&name.value) {
            Some(id) => Some(id),
            None => reading.wrong(name.at, FaultKind::Name(name.value.clone())),
        },
        None => reading.wrong(block.at, FaultKind::NoName),
    };
    for setting in block.settings {
        if reading.settings.contains_key(&setting.name) {
            reading.wrong::<()>(setting.at, FaultKind::Repeated(setting.name));
        } else {
            reading.settings.insert(setting.name.clone(), setting);
        }
    }
    let key_type = reading
        .value("KEYTYPE", "EXCLUSIVE, ADDITIVE, UPGRADE or TOKEN", |text| KeyType::from_name(text.trim()));
    let key_type = key_type.unwrap_or(KeyType::Exclusive);
    let (noted, others) = reading.classes(key_type, ignored);
    let hosts = |ids: Vec<Setting>, reading: &mut Reading| -> Vec<HostId> {
        ids.into_iter().filter_map(|id| reading.host(&id)).collect()
    };
    let clients = hosts(block.clients, &mut reading);
    let mut servers = Vec::new();
    for ids in block.servers {
        match HostLock::new(hosts(ids, &mut reading)) {
            Some(lock) => servers.push(lock),
            None => reading.empty_lock(block.at),
        }
    }
    let feature = name.map(|id| Feature {
        at: block.at,
        id,
        key_type,
        count: reading.value("COUNT", "a number or UNLIMITED", values::count),
        version: reading.version(),
        licensee: reading.value("LICENSEE", "a name of at most 120 characters", |text| {
            let text = text.trim();
            (text.chars().count() <= 120).then(|| text.to_owned())
        }),
        start: reading.value("START", DAY, values::day),
        end: reading.value("END", DAY, values::day),
        maintenance_end: reading.value("MAINTENANCE_END", DAY, values::day),
        share: reading
            .value("SHARE", "HOST, USER, CUSTOM, VIRTUAL", |text| Some(values::share(text)))
            .unwrap_or_default(),
        match_rate: reading.value("HOSTID_MATCH_RATE", "0 to 100", |text| values::within(text, 0, 100)),
        hal_servers: reading.value("HAL_SERVERS", "3", |text| values::within(text, 3, 3)),
        borrow_hours: reading
            .value("BORROW", "1 to 8760 hours", |text| values::within(text, 1, SessionTerms::MOST_HOURS)),
        clients,
        servers,
        noted,
        others,
        places: reading.settings.iter().map(|(name, setting)| (name.clone(), setting.at)).collect(),
    });
    let feature = feature.map(|mut it| {
        it.licensee = it.licensee.filter(|name| !name.is_empty());
        // A device is bound by its activation, not by these.
        let client = |id: &HostId| Noted { name: "CLIENT_HOSTID".to_owned(), value: id.to_string() };
        it.noted.extend(it.clients.iter().map(client));
        it
    });
    if let Some(feature) = &feature {
        reading.dates(feature);
        if feature.key_type != KeyType::Upgrade {
            reading.license(feature, ignored);
        }
    }
    faults.append(&mut reading.faults);
    feature
}

/// A feature's name as LM-X has it. One that begins with `_` or `-` cannot be an id here.
fn named(text: &str) -> Option<Id> {
    text.bytes().all(|byte| byte != b'.').then(|| Id::new(text)).flatten()
}

struct Reading {
    settings: BTreeMap<String, Setting>,
    faults: Vec<Fault>,
}

impl Reading {
    fn wrong<T>(&mut self, at: Place, kind: FaultKind) -> Option<T> {
        self.faults.push(Fault { at, kind });
        None
    }

    /// The value of a setting, if it is there; a fault if it is not what it must be.
    fn value<T>(
        &mut self,
        name: &str,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let setting = self.settings.get(name)?;
        let (at, value) = (setting.at, read(&setting.value));
        value.or_else(|| self.wrong(at, FaultKind::Value { setting: name.to_owned(), expected }))
    }

    fn version(&mut self) -> Option<String> {
        const PART: &str = "0 to 9999";
        let part = |text: &str| values::within(text, 0, 9_999);
        let major = self.value("MAJOR_VERSION", PART, part);
        let minor = self.value("MINOR_VERSION", PART, part);
        let whole = self.value("VERSION", "a version such as 1.4", |text| {
            let (major, minor) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
            Some(format!("{}.{}", part(major)?, part(minor)?))
        });
        match (whole, major, minor) {
            (None, None, None) => None,
            (Some(whole), ..) => Some(whole),
            (None, major, minor) => Some(format!("{}.{}", major.unwrap_or(1), minor.unwrap_or(0))),
        }
    }

    fn host(&mut self, id: &Setting) -> Option<HostId> {
        let expected = "a host id: 1 to 256 bytes, and no * in it";
        let kind = FaultKind::Value { setting: id.name.clone(), expected };
        HostId::new(&id.name, &id.value).or_else(|| self.wrong(id.at, kind))
    }

    fn empty_lock(&mut self, at: Place) {
        // A lock whose host ids are wrong has been told already.
        if self.faults.is_empty() {
            let expected = "one that has 1 to 64 host ids";
            self.wrong::<()>(at, FaultKind::Value { setting: "SERVER_HOSTID".to_owned(), expected });
        }
    }

    /// What is noted, and what an upgrade cannot have. Faults for what has no equal and what nobody knows.
    fn classes(&mut self, key_type: KeyType, ignored: &[String]) -> (Vec<Noted>, Vec<String>) {
        let (mut noted, mut others, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        let counted = self.settings.contains_key("COUNT");
        for (name, setting) in &self.settings {
            let left_out = ignored.iter().any(|it| it.eq_ignore_ascii_case(name));
            let note = || Noted { name: name.clone(), value: setting.value.clone() };
            let mut fault = |kind| faults.push(Fault { at: setting.at, kind });
            if key_type == KeyType::Upgrade {
                if !OF_UPGRADES.contains(&name.as_str()) {
                    others.push(name.clone());
                }
                continue;
            }
            match known(name) {
                _ if left_out => noted.push(note()),
                None => fault(FaultKind::Unknown(name.clone())),
                Some(Known { used: Use::NoEqual(why), .. }) => {
                    fault(FaultKind::NoEqual { setting: name.clone(), why });
                }
                Some(Known { network: true, .. }) if !counted => fault(FaultKind::NeedsCount(name.clone())),
                Some(Known { used: Use::Noted, .. }) => noted.push(note()),
                Some(Known { used: Use::Mapped, .. }) => {}
            }
        }
        self.faults.append(&mut faults);
        (noted, others)
    }

    fn dates(&mut self, feature: &Feature) {
        self.value("ISSUED", "a day such as 2030-12-31, or TODAY", |text| {
            (text.trim().eq_ignore_ascii_case("TODAY") || values::day(text).is_some()).then_some(())
        });
        let from = self.value("MAINTENANCE_START", DAY, values::day);
        let pairs = [("END", feature.start, feature.end), ("MAINTENANCE_END", from, feature.maintenance_end)];
        // The dates of an upgrade are for the rules.
        for (name, first, last) in pairs {
            if feature.key_type != KeyType::Upgrade
                && first.zip(last).is_some_and(|(first, last)| last < first)
            {
                self.wrong::<()>(feature.place(name), FaultKind::Reversed);
            }
        }
    }

    /// What holds of exclusive and additive licenses.
    fn license(&mut self, feature: &Feature, ignored: &[String]) {
        let left_out = |name: &str| ignored.iter().any(|it| it.eq_ignore_ascii_case(name));
        let no_equal = |setting: &str, why| FaultKind::NoEqual { setting: setting.to_owned(), why };
        if feature.key_type == KeyType::Token {
            self.wrong::<()>(feature.place("KEYTYPE"), no_equal("TOKEN", "there are no token licenses"));
        }
        if let Some(Count::Of(count)) = feature.count
            && !(1..=i64::from(MOST)).contains(&count)
        {
            let kind =
                FaultKind::Value { setting: "COUNT".to_owned(), expected: "1 to 2147483647, or UNLIMITED" };
            self.wrong::<()>(feature.place("COUNT"), kind);
        }
        for part in &feature.share {
            let at = feature.place("SHARE");
            match (part.as_str(), feature.count) {
                _ if left_out("SHARE") => {}
                ("VIRTUAL" | "TERMINALSERVER", _) | ("HOST" | "USER" | "CUSTOM", Some(_)) => {}
                ("HOST" | "USER" | "CUSTOM", None) => {
                    self.wrong::<()>(at, FaultKind::NeedsCount(format!("SHARE={part}")));
                }
                ("SINGLE", _) => {
                    self.wrong::<()>(at, no_equal("SHARE", "instances on one device are not counted"));
                }
                _ => {
                    let expected = "HOST, USER, CUSTOM, VIRTUAL or TERMINALSERVER";
                    self.wrong::<()>(at, FaultKind::Value { setting: "SHARE".to_owned(), expected });
                }
            }
        }
        let clock =
            self.settings.get("SYSTEMCLOCKCHECK").map(|it| (it.at, it.value.trim().to_ascii_uppercase()));
        match clock {
            Some((at, value)) if value == "INTERNET" && !left_out("SYSTEMCLOCKCHECK") => {
                self.wrong::<()>(at, no_equal("SYSTEMCLOCKCHECK", "a device asks nobody for the time"));
            }
            _ => {}
        }
        if feature.count.is_some() && !feature.clients.is_empty() && !left_out("CLIENT_HOSTID") {
            let why = "sessions are for any machine that reaches the portal";
            self.wrong::<()>(feature.at, no_equal("CLIENT_HOSTID", why));
        }
        if feature.count.is_none() && !feature.servers.is_empty() {
            self.wrong::<()>(feature.at, FaultKind::NeedsCount("SERVER_HOSTID".to_owned()));
        }
    }
}
