use std::collections::BTreeSet;

use handcarry_format::{Id, Instant, MAX_INSTANT, Model};

use crate::account::{Entitlement, Pooling};
use crate::term::midnight;
use crate::upgrade::{MOST, Upgrade, Upgrades, base_count};

/// An upgrade that started or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The midnight (LMX-14).
    pub at: Instant,
    /// The upgrade.
    pub upgrade: Id,
    /// Which of both.
    pub kind: ChangeKind,
}

/// Whether an upgrade started or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// The count has grown.
    Started,
    /// The count has shrunk; open sessions go on (LMX-15).
    Ended,
}

impl ChangeKind {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::Started => "started",
            ChangeKind::Ended => "ended",
        }
    }
}

impl Upgrades {
    /// LMX-07: the count of the license at an instant, on this server.
    pub fn count_at(&self, base: &Entitlement, at: Instant) -> u32 {
        base_count(base).saturating_add(self.added_at(base, at)).min(MOST)
    }

    /// What the upgrades add to the count at an instant, on this server.
    pub fn added_at(&self, base: &Entitlement, at: Instant) -> u32 {
        let running = self.here(base).filter(|upgrade| {
            starts(upgrade, base).is_none_or(|start| start <= at)
                && ends(upgrade, base).is_none_or(|end| at < end)
        });
        let added: u64 = running.map(|upgrade| u64::from(upgrade.count)).sum();
        let room = u64::from(MOST.saturating_sub(base_count(base)));
        u32::try_from(added.min(room)).unwrap_or(MOST)
    }

    /// LMX-16: what devices and lists see of the license: its model and its seats, with the upgrades in them.
    pub fn raised(&self, base: &Entitlement, at: Instant) -> (Model, u32) {
        let count = self.count_at(base, at);
        match base.model {
            Model::Concurrent(_) => (Model::Concurrent(count), base.seats.total),
            Model::NodeLocked => (Model::NodeLocked, count),
        }
    }

    /// LMX-14: what started or ended on this server after one instant and until another, in order.
    pub fn changes(&self, base: &Entitlement, after: Instant, until: Instant) -> Vec<Change> {
        let mut changes: Vec<Change> = self
            .here(base)
            .flat_map(|upgrade| {
                [
                    starts(upgrade, base).map(|at| (at, ChangeKind::Started)),
                    ends(upgrade, base).map(|at| (at, ChangeKind::Ended)),
                ]
                .into_iter()
                .flatten()
                .map(|(at, kind)| Change { at, upgrade: upgrade.id.clone(), kind })
            })
            .filter(|change| after < change.at && change.at <= until)
            .collect();
        changes.sort_by(|a, b| (a.at, &a.upgrade).cmp(&(b.at, &b.upgrade)));
        changes
    }

    /// The upgrades that work on this server, each once (LMX-02, LMX-12, LMX-13).
    fn here<'a>(&'a self, base: &Entitlement) -> impl Iterator<Item = &'a Upgrade> {
        let exclusive = base.pooling == Pooling::Exclusive;
        let mut seen = BTreeSet::new();
        let fits = |upgrade: &Upgrade| {
            let opens = |lock: &super::HostLock| lock.opens_for(&self.server, upgrade.match_rate);
            upgrade.servers.is_empty() || upgrade.servers.iter().any(opens)
        };
        self.all.iter().filter(move |upgrade| exclusive && fits(upgrade) && seen.insert(&upgrade.id))
    }
}

/// LMX-14: the midnights between which an upgrade adds; none = from ever, for ever.
pub fn span(upgrade: &Upgrade, base: &Entitlement) -> (Option<Instant>, Option<Instant>) {
    (starts(upgrade, base), ends(upgrade, base))
}

/// LMX-14: the midnight of its first day; with none, that of its license.
fn starts(upgrade: &Upgrade, base: &Entitlement) -> Option<Instant> {
    upgrade.start.or(base.start).map(|day| midnight(day, base.zone))
}

/// LMX-14: the midnight that follows its last day.
fn ends(upgrade: &Upgrade, base: &Entitlement) -> Option<Instant> {
    upgrade.end.map(|day| day.succ_opt().map_or(MAX_INSTANT, |next| midnight(next, base.zone)))
}
