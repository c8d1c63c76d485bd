use core::fmt;

use chrono::NaiveDate;
use handcarry_format::Id;

/// Why an upgrade was not accepted. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpgradeRefusal {
    /// LMX-03: its KEYTYPE is not UPGRADE.
    KeyType,
    /// LMX-03: it names no feature.
    NoFeature,
    /// LMX-03: it has no COUNT.
    NoCount,
    /// LMX-04: an upgrade has no such setting.
    Setting {
        /// The setting's name.
        name: String,
    },
    /// LMX-05: it is shared otherwise than VIRTUAL.
    Share {
        /// How.
        share: String,
    },
    /// LMX-06: it is locked to a client.
    ClientHost,
    /// LMX-25: a match rate above 100.
    MatchRate {
        /// The rate.
        rate: u32,
    },
    /// LMX-02: no exclusive license has the feature.
    NoExclusive {
        /// The feature.
        feature: Id,
    },
    /// LMX-11: its COUNT is UNLIMITED.
    Unlimited,
    /// LMX-11: the license's is.
    BaseUnlimited,
    /// LMX-08: it adds nothing, less, or more than any count can be.
    Count {
        /// What it adds.
        count: i64,
    },
    /// LMX-08: with it the count of the license would be too large.
    Sum {
        /// The greatest count that there would be.
        sum: u64,
    },
    /// Its last day is before its first.
    Reversed {
        /// First day.
        start: NaiveDate,
        /// Last day.
        end: NaiveDate,
    },
    /// LMX-09: a day of it is not within the license's term.
    Outside {
        /// The day that is not.
        day: NaiveDate,
        /// The license's first day.
        start: Option<NaiveDate>,
        /// The license's last day.
        end: Option<NaiveDate>,
    },
    /// LMX-10: it is perpetual and the license is not.
    Perpetual {
        /// The license's last day.
        end: NaiveDate,
    },
    /// LMX-12: another upgrade has the same id.
    Altered {
        /// The id.
        id: Id,
    },
}

/// Every code that a refusal can have.
pub const UPGRADE_CODES: &[&str] = &[
    "upgrade.keytype",
    "upgrade.no_feature",
    "upgrade.no_count",
    "upgrade.setting",
    "upgrade.share",
    "upgrade.client_host",
    "upgrade.match_rate",
    "upgrade.no_exclusive",
    "upgrade.unlimited",
    "upgrade.base_unlimited",
    "upgrade.count",
    "upgrade.sum",
    "upgrade.reversed",
    "upgrade.outside",
    "upgrade.perpetual",
    "upgrade.altered",
];

impl UpgradeRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            UpgradeRefusal::KeyType => "upgrade.keytype",
            UpgradeRefusal::NoFeature => "upgrade.no_feature",
            UpgradeRefusal::NoCount => "upgrade.no_count",
            UpgradeRefusal::Setting { .. } => "upgrade.setting",
            UpgradeRefusal::Share { .. } => "upgrade.share",
            UpgradeRefusal::ClientHost => "upgrade.client_host",
            UpgradeRefusal::MatchRate { .. } => "upgrade.match_rate",
            UpgradeRefusal::NoExclusive { .. } => "upgrade.no_exclusive",
            UpgradeRefusal::Unlimited => "upgrade.unlimited",
            UpgradeRefusal::BaseUnlimited => "upgrade.base_unlimited",
            UpgradeRefusal::Count { .. } => "upgrade.count",
            UpgradeRefusal::Sum { .. } => "upgrade.sum",
            UpgradeRefusal::Reversed { .. } => "upgrade.reversed",
            UpgradeRefusal::Outside { .. } => "upgrade.outside",
            UpgradeRefusal::Perpetual { .. } => "upgrade.perpetual",
            UpgradeRefusal::Altered { .. } => "upgrade.altered",
        }
    }
}

impl fmt::Display for UpgradeRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UpgradeRefusal::KeyType => f.write_str("an upgrade says KEYTYPE=UPGRADE"),
            UpgradeRefusal::NoFeature => f.write_str("an upgrade names its feature"),
            UpgradeRefusal::NoCount => f.write_str("an upgrade says with COUNT what it adds"),
            UpgradeRefusal::Setting { name } => write!(f, "an upgrade has no {name}"),
            UpgradeRefusal::Share { share } => {
                write!(f, "SHARE={share}: an upgrade is shared as VIRTUAL or not at all")
            }
            UpgradeRefusal::ClientHost => f.write_str("an upgrade cannot be locked to a client"),
            UpgradeRefusal::MatchRate { rate } => write!(f, "{rate} is no percentage from 0 to 100"),
            UpgradeRefusal::NoExclusive { feature } => {
                write!(f, "there is no exclusive license of the feature {feature} that it could raise")
            }
            UpgradeRefusal::Unlimited => f.write_str("an upgrade cannot be UNLIMITED"),
            UpgradeRefusal::BaseUnlimited => f.write_str("an unlimited license cannot be upgraded"),
            UpgradeRefusal::Count { count } => write!(f, "it adds {count}, and not 1 to 2147483647"),
            UpgradeRefusal::Sum { sum } => {
                write!(f, "the license's count would be {sum}, and 2147483647 is the most")
            }
            UpgradeRefusal::Reversed { start, end } => {
                write!(f, "it ends on {end}, before it starts on {start}")
            }
            UpgradeRefusal::Outside { day, start, end } => {
                let side =
                    |day: &Option<NaiveDate>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
                write!(f, "{day} is outside of the license's term, {} to {}", side(start), side(end))
            }
            UpgradeRefusal::Perpetual { end } => {
                write!(f, "it has no last day, and the license ends on {end}")
            }
            UpgradeRefusal::Altered { id } => write!(f, "another upgrade has the id {id}"),
        }
    }
}
