//! Upgrades and sessions: their refusals as problems, and the words of their codes (LMX).

use handcarry_rules::session::SessionRefusal;
use handcarry_rules::upgrade::UpgradeRefusal;

use crate::Problem;

const CALLER: &str = "Correct the request.";

pub(crate) const WORDS: &[(&str, &str, &str)] = &[
    ("upgrade.keytype", "An upgrade says KEYTYPE=UPGRADE", CALLER),
    ("upgrade.no_feature", "The upgrade names no feature", CALLER),
    ("upgrade.no_count", "The upgrade says no COUNT", CALLER),
    (
        "upgrade.setting",
        "An upgrade has no such setting",
        "Take the setting out; the license itself says it.",
    ),
    ("upgrade.share", "An upgrade is shared as VIRTUAL or not at all", "Take SHARE out of it."),
    ("upgrade.client_host", "An upgrade cannot be locked to a client", "Take the client host ids out of it."),
    ("upgrade.match_rate", "A match rate is 0 to 100 percent", CALLER),
    (
        "upgrade.no_exclusive",
        "No exclusive license has the feature",
        "Name a license that is exclusive and has the feature; an additive one is a pool of its own.",
    ),
    ("upgrade.unlimited", "An upgrade cannot be unlimited", "Say how many it adds."),
    ("upgrade.base_unlimited", "An unlimited license cannot be upgraded", "There is nothing to add to."),
    ("upgrade.count", "An upgrade adds 1 to 2147483647", CALLER),
    ("upgrade.sum", "The license's count would be more than 2147483647", "Add less."),
    ("upgrade.reversed", "The upgrade ends before it starts", CALLER),
    (
        "upgrade.outside",
        "A day of the upgrade is outside of the license's term",
        "Keep both of its days within the license's, or have the license renewed first.",
    ),
    (
        "upgrade.perpetual",
        "The upgrade has no last day, and the license has one",
        "Give it a last day, the license's own at most.",
    ),
    (
        "upgrade.altered",
        "Another upgrade has this id",
        "Send the very same upgrade, or use the id of its own document.",
    ),
    ("session.no_license", "No concurrent license has this feature", "Check product, feature and license."),
    ("session.several_customers", "Licenses of several customers have this feature", "Name the license."),
    ("session.not_active", "The license is not active", "See the license's status."),
    ("session.elsewhere", "The license is for another server", "Ask that server for a session."),
    ("session.no_place", "All places are taken", "Wait until a session is checked in or ends."),
    ("session.no_borrowing", "The license cannot be borrowed", "Use it while the portal is in reach."),
    ("session.borrowed_until", "It cannot be borrowed until then", "Ask for a time until `latest` at most."),
    ("session.over", "The session is over", "Check out a new one."),
];

impl From<&UpgradeRefusal> for Problem {
    fn from(refusal: &UpgradeRefusal) -> Problem {
        let status = match refusal {
            UpgradeRefusal::Altered { .. } | UpgradeRefusal::BaseUnlimited => 409,
            UpgradeRefusal::NoExclusive { .. } | UpgradeRefusal::Sum { .. } => 409,
            _ => 422,
        };
        let problem = Problem::new(status, refusal.code()).with("why", refusal);
        match refusal {
            UpgradeRefusal::Setting { name } => problem.with("setting", name),
            UpgradeRefusal::Sum { sum } => problem.with("sum", sum),
            UpgradeRefusal::Outside { day, .. } => problem.with("day", day),
            UpgradeRefusal::Perpetual { end } => problem.with("end", end),
            UpgradeRefusal::NoExclusive { feature } => problem.with("feature", feature),
            _ => problem,
        }
    }
}

impl From<&SessionRefusal> for Problem {
    fn from(refusal: &SessionRefusal) -> Problem {
        let status = if matches!(refusal, SessionRefusal::BorrowedUntil { .. }) { 422 } else { 409 };
        let problem = Problem::new(status, refusal.code());
        match refusal {
            SessionRefusal::NoPlace { count, taken } => problem.with("count", count).with("taken", taken),
            SessionRefusal::BorrowedUntil { latest } => problem.with("latest", latest),
            SessionRefusal::Over { since } => problem.with("since", since),
            SessionRefusal::NotActive { .. } => problem.with("why", refusal),
            SessionRefusal::NoLicense
            | SessionRefusal::SeveralCustomers
            | SessionRefusal::Elsewhere
            | SessionRefusal::NoBorrowing => problem,
        }
    }
}
