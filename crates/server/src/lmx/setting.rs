//! The settings of LM-X, and what becomes of each (`docs/lmx.md`).

/// What becomes of a setting of an exclusive or additive license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It becomes a term of the license.
    Mapped,
    /// It changes nothing here; it is listed and logged.
    Noted,
    /// Leaving it out would sell something else: why it has no equal.
    NoEqual(&'static str),
}

/// A setting of LM-X.
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) used: Use,
    /// It means something with COUNT only.
    pub(super) network: bool,
}

const fn local(name: &'static str, used: Use) -> Known {
    Known { name, used, network: false }
}

const fn network(name: &'static str, used: Use) -> Known {
    Known { name, used, network: true }
}

const SETTINGS: &[Known] = &[
    network("BORROW", Use::Mapped),
    local("COUNT", Use::Mapped),
    local("END", Use::Mapped),
    local("HOSTID_MATCH_RATE", Use::Mapped),
    network("KEYTYPE", Use::Mapped),
    local("LICENSEE", Use::Mapped),
    local("MAINTENANCE_END", Use::Mapped),
    local("MAJOR_VERSION", Use::Mapped),
    local("MINOR_VERSION", Use::Mapped),
    local("SHARE", Use::Mapped),
    local("START", Use::Mapped),
    local("VERSION", Use::Mapped),
    local("COMMENT", Use::Noted),
    local("DATA", Use::Noted),
    network("HAL_SERVERS", Use::Noted),
    local("ISSUED", Use::Noted),
    local("KEY", Use::Noted),
    local("MAINTENANCE_START", Use::Noted),
    local("SN", Use::Noted),
    local("SYSTEMCLOCKCHECK", Use::Noted),
    local("VENDOR", Use::Noted),
    network("GRACE", Use::NoEqual("a session ends when its sign of life fails; let it be borrowed instead")),
    network("HOLD", Use::NoEqual("a place is free as soon as its session is checked in")),
    network("HOSTBASED", Use::NoEqual("places are not kept for named machines")),
    local("OPTIONS", Use::NoEqual("make features of them")),
    local("PLATFORMS", Use::NoEqual("a license is not bound to platforms")),
    local("REPLACES", Use::NoEqual("name the license that is renewed when this one is sold")),
    network("SOFTLIMIT", Use::NoEqual("there are no sessions above the count")),
    local("TIME_ZONES", Use::NoEqual("a license is not bound to time zones")),
    network("TOKEN_DEPENDENCY", Use::NoEqual("there are no token licenses")),
    network("USERBASED", Use::NoEqual("places are not kept for named users")),
];

/// Every setting.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|known| known.name)
}

/// The setting of this name, in capitals.
pub(super) fn known(name: &str) -> Option<&'static Known> {
    SETTINGS.iter().find(|known| known.name == name)
}
