//! Upgrades on their way from the authority to a site (LMX).

use handcarry_format::{Grant, GrantUpgrade, KeyId};
use handcarry_rules::Entitlement;
use handcarry_rules::upgrade::{HostLock, Upgrade};
use handcarry_store::{Pooled, StoreError, TenantId, Tx};
use serde_json::json;

use super::keeper::Keeper;

/// The kind of a host id that names a site by its key. No other kind is known at both ends.
const SITE: &str = "SITE";

/// The upgrades of a license as a document carries them. One that is locked to a server's own host ids stays at the
/// authority: a document cannot say what it is locked to.
pub(super) fn granted(
    tx: &mut dyn Tx,
    tenant: TenantId,
    license: &Entitlement,
) -> Result<Vec<GrantUpgrade>, StoreError> {
    let upgrades = tx.upgrades_of(tenant, &license.id)?.all;
    Ok(upgrades.into_iter().filter_map(carried).collect())
}

fn carried(upgrade: Upgrade) -> Option<GrantUpgrade> {
    let site = |lock: &HostLock| match lock.ids() {
        [one] if one.kind() == SITE => KeyId::parse(one.value()),
        _ => None,
    };
    let mut hosts: Vec<KeyId> = upgrade.servers.iter().filter_map(site).collect();
    hosts.sort();
    hosts.dedup();
    let lost = hosts.is_empty() && !upgrade.servers.is_empty();
    let Upgrade { id, count, start, end, .. } = upgrade;
    (!lost).then_some(GrantUpgrade { id, add: count, start, end, hosts })
}

impl Keeper<'_> {
    /// Takes the upgrades of a grant over, in place of those that were known of the license: what is for another site adds
    /// nothing here (LMX-13). A count that is another now makes the license's files due for a refresh.
    pub(super) fn take_upgrades(&mut self, pooled: &mut Pooled, grant: &Grant) -> Result<(), StoreError> {
        let tenant = self.site.id();
        let id = pooled.license.id.clone();
        let Some(mut license) = self.tx.license(tenant, &id)? else { return Ok(()) };
        let feature = license.features.first().map_or_else(|| id.clone(), |feature| feature.id.clone());
        let ours = |it: &&GrantUpgrade| {
            it.hosts.is_empty() || it.hosts.iter().any(|host| self.site.holds_key(*host))
        };
        let wanted: Vec<Upgrade> = grant.upgrades.iter().filter(ours).map(|it| taken(it, &feature)).collect();
        let before = self.tx.upgrades_of(tenant, &id)?;
        if before.all == wanted {
            return Ok(());
        }
        self.tx.replace_upgrades(tenant, &id, &wanted, self.now)?;
        let after = self.tx.upgrades_of(tenant, &id)?;
        if before.raised(&license, self.now) != after.raised(&license, self.now) {
            license.revision = license.revision.saturating_add(1);
            self.tx.update_license(tenant, &license)?;
            pooled.license.revision = license.revision;
        }
        let facts = json!({
            "license": id,
            "upgrades": wanted.iter().map(|it| &it.id).collect::<Vec<_>>(),
            "count": after.count_at(&license, self.now),
            "by": self.by,
        });
        self.log("pool.upgrades", &facts, self.now)
    }
}

fn taken(upgrade: &GrantUpgrade, feature: &handcarry_format::Id) -> Upgrade {
    Upgrade {
        id: upgrade.id.clone(),
        feature: feature.clone(),
        count: upgrade.add,
        start: upgrade.start,
        end: upgrade.end,
        on_virtual: false,
        match_rate: 100,
        hal_servers: None,
        servers: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use handcarry_format::Id;
    use handcarry_rules::upgrade::HostId;

    use super::*;

    fn lock(site: KeyId) -> Option<HostLock> {
        HostLock::new(HostId::new(SITE, &site.to_string()).into_iter().collect())
    }

    fn upgrade(servers: Vec<HostLock>) -> Upgrade {
        let id = Id::new("u").unwrap();
        let made = GrantUpgrade { id: id.clone(), add: 5, start: None, end: None, hosts: Vec::new() };
        Upgrade { servers, ..taken(&made, &id) }
    }

    #[test]
    fn lmx_13_an_upgrade_that_is_locked_to_sites_is_carried_with_their_keys() {
        let keys = [
            handcarry_format::SecretKey::from_seed(&[1; 32]),
            handcarry_format::SecretKey::from_seed(&[2; 32]),
        ];
        let sites = keys.map(|key| key.public().id());
        let locks = sites.iter().filter_map(|site| lock(*site)).collect();
        let mut hosts = carried(upgrade(locks)).unwrap().hosts;
        hosts.sort();
        let mut expected = sites.to_vec();
        expected.sort();
        assert_eq!(hosts, expected);
        assert_eq!(carried(upgrade(Vec::new())).unwrap().hosts, []);
        let own = HostLock::new(vec![HostId::new("HOSTNAME", "alpha1").unwrap()]).unwrap();
        assert_eq!(carried(upgrade(vec![own])), None);
    }
}
