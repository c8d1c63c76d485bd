use chrono::NaiveDate;
use handcarry_format::Id;

use crate::account::{Entitlement, Pooling};
use crate::upgrade::{AskedUpgrade, Count, KeyType, MOST, Upgrade, UpgradeRefusal, Upgrades, base_count};

/// What a right question for an upgrade is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// A further upgrade.
    New(Upgrade),
    /// LMX-12: one that is there already; it counts once.
    Known,
}

impl Upgrades {
    /// LMX-03 to LMX-12: whether an upgrade can be added to the license.
    pub fn check(&self, asked: &AskedUpgrade, base: &Entitlement) -> Result<Checked, UpgradeRefusal> {
        let upgrade = accepted(asked, base)?;
        if let Some(known) = self.all.iter().find(|known| known.id == upgrade.id) {
            return if *known == upgrade {
                Ok(Checked::Known)
            } else {
                Err(UpgradeRefusal::Altered { id: upgrade.id })
            };
        }
        sum(base, self.all.iter().chain([&upgrade]))?;
        Ok(Checked::New(upgrade))
    }

    /// Whether the upgrades still fit a license that is about to change (LMX-02, LMX-08 to LMX-11). On a refusal: of
    /// which upgrade.
    pub fn still_fit(&self, base: &Entitlement) -> Result<(), (Id, UpgradeRefusal)> {
        for upgrade in &self.all {
            fits(base, &upgrade.feature, upgrade.start, upgrade.end)
                .map_err(|no| (upgrade.id.clone(), no))?;
        }
        match (sum(base, self.all.iter()), self.all.last()) {
            (Err(refusal), Some(last)) => Err((last.id.clone(), refusal)),
            _ => Ok(()),
        }
    }
}

/// Whether upgrades of this feature raise the license (LMX-02). The case of a feature's name means nothing.
pub(super) fn raises(base: &Entitlement, feature: &Id) -> bool {
    base.pooling == Pooling::Exclusive && named(base, feature).is_some()
}

/// The feature as the license writes it.
fn named<'a>(base: &'a Entitlement, feature: &Id) -> Option<&'a Id> {
    let same = |own: &&Id| own.as_str().eq_ignore_ascii_case(feature.as_str());
    base.features.iter().map(|own| &own.id).find(same)
}

/// What holds of an upgrade by itself and beside its base.
fn accepted(asked: &AskedUpgrade, base: &Entitlement) -> Result<Upgrade, UpgradeRefusal> {
    if asked.key_type != Some(KeyType::Upgrade) {
        return Err(UpgradeRefusal::KeyType);
    }
    let feature = asked.feature.as_ref().ok_or(UpgradeRefusal::NoFeature)?;
    let count = match asked.count {
        None => return Err(UpgradeRefusal::NoCount),
        Some(Count::Unlimited) => return Err(UpgradeRefusal::Unlimited),
        Some(Count::Of(count)) => u32::try_from(count)
            .ok()
            .filter(|count| (1..=MOST).contains(count))
            .ok_or(UpgradeRefusal::Count { count })?,
    };
    if let Some(name) = asked.others.first() {
        return Err(UpgradeRefusal::Setting { name: name.clone() });
    }
    if !asked.clients.is_empty() {
        return Err(UpgradeRefusal::ClientHost);
    }
    if let Some(share) = asked.share.iter().find(|share| !share.eq_ignore_ascii_case("VIRTUAL")) {
        return Err(UpgradeRefusal::Share { share: share.clone() });
    }
    let match_rate = asked.match_rate.unwrap_or(100);
    if match_rate > 100 {
        return Err(UpgradeRefusal::MatchRate { rate: match_rate });
    }
    fits(base, feature, asked.start, asked.end)?;
    Ok(Upgrade {
        id: asked.id.clone(),
        feature: named(base, feature).unwrap_or(feature).clone(),
        count,
        start: asked.start,
        end: asked.end,
        on_virtual: !asked.share.is_empty(),
        match_rate,
        hal_servers: asked.hal_servers,
        servers: asked.servers.clone(),
    })
}

/// LMX-02, LMX-09 to LMX-11: the base can be raised, and the upgrade's days are within its own.
fn fits(
    base: &Entitlement,
    feature: &Id,
    start: Option<NaiveDate>,
    end: Option<NaiveDate>,
) -> Result<(), UpgradeRefusal> {
    if !raises(base, feature) {
        return Err(UpgradeRefusal::NoExclusive { feature: feature.clone() });
    }
    if base_count(base) == MOST {
        return Err(UpgradeRefusal::BaseUnlimited);
    }
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        return Err(UpgradeRefusal::Reversed { start, end });
    }
    if let (None, Some(last)) = (end, base.end) {
        return Err(UpgradeRefusal::Perpetual { end: last });
    }
    let within = |day: &NaiveDate| {
        base.start.is_none_or(|first| *day >= first) && base.end.is_none_or(|last| *day <= last)
    };
    match [start, end].into_iter().flatten().find(|day| !within(day)) {
        Some(day) => Err(UpgradeRefusal::Outside { day, start: base.start, end: base.end }),
        None => Ok(()),
    }
}

/// LMX-08: the count is greatest on the first day of some upgrade. Locks are not looked at: one server might fit all.
fn sum<'a>(
    base: &Entitlement,
    upgrades: impl Iterator<Item = &'a Upgrade> + Clone,
) -> Result<(), UpgradeRefusal> {
    // `None` is the day before all days: what has no first day runs then.
    let on = |day: Option<NaiveDate>| {
        let runs = |it: &&Upgrade| {
            it.start.is_none_or(|start| day >= Some(start)) && it.end.is_none_or(|end| day <= Some(end))
        };
        let added: u64 = upgrades.clone().filter(runs).map(|it| u64::from(it.count)).sum();
        added + u64::from(base_count(base))
    };
    let greatest = upgrades.clone().map(|it| on(it.start)).max().unwrap_or_else(|| on(None));
    if greatest > u64::from(MOST) { Err(UpgradeRefusal::Sum { sum: greatest }) } else { Ok(()) }
}
