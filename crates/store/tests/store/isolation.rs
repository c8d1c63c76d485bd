//! Threat: cross-tenant access. Every call, with the wrong tenant.

use handcarry_format::{Digest, Totals};
use handcarry_store::{StoreError, TenantId, Tx};

use crate::world::*;

fn furnish(world: &World) {
    world.does(|tx| {
        tx.put_product(ACME, &product("cad"))?;
        tx.insert_license(ACME, &license("l", 1))?;
        tx.save_activation(ACME, &id("l"), &activation("a-1", "one", 1))?;
        tx.add_totals(ACME, &id("l"), &[(id("render"), 1)].into())?;
        tx.file(ACME, &document("d-1", Some(3)))?;
        tx.keep_issued(ACME, &issued("file"))?;
        tx.open_case(ACME, &case("c-1", "fork", "d-1"))?;
        tx.append_log(ACME, &entry("one")).map(drop)
    });
}

pub(crate) fn threat_cross_tenant_access_another_tenant_sees_nothing(world: &World) {
    furnish(world);
    world.sees(|tx| {
        let digest = document("d-1", None).filed.digest;
        let print = fingerprint("one", "one");
        assert_eq!(tx.products(OTHER)?, []);
        assert_eq!(tx.license(OTHER, &id("l"))?, None);
        assert_eq!(tx.license_by_key(OTHER, &license_key(1))?, None);
        assert_eq!(tx.licenses(OTHER, &ALL)?, []);
        assert_eq!(tx.account_for_request(OTHER, &license_key(1), key("one").id(), &print)?, None);
        assert_eq!(tx.account_for_activation(OTHER, &id("a-1"), Some(3))?, None);
        assert_eq!(tx.activations(OTHER, &id("l"), &ALL)?, []);
        assert_eq!(tx.totals(OTHER, &id("l")), Err(StoreError::Missing("the license")));
        assert_eq!(tx.seat_differences(OTHER)?, []);
        assert_eq!(tx.filed_by_id(OTHER, &id("d-1"))?, None);
        assert_eq!(tx.filed(OTHER, &digest)?, None);
        assert_eq!(tx.issued(OTHER, &Digest::of(b"file"))?, None);
        assert_eq!(tx.cases(OTHER, &ALL)?, []);
        assert_eq!(tx.log(OTHER, &ALL)?, []);
        assert_eq!(tx.log_head(OTHER)?, None);
        Ok(())
    });
}

pub(crate) fn threat_cross_tenant_access_another_tenant_changes_nothing(world: &World) {
    furnish(world);
    let missing = Err(StoreError::Missing("the license"));
    world.does(move |tx| {
        let mut changed = license("l", 1);
        changed.revision = 9;
        assert_eq!(tx.update_license(OTHER, &changed), missing);
        assert_eq!(tx.save_activation(OTHER, &id("l"), &activation("a-1", "two", 1)), missing);
        assert_eq!(tx.add_totals(OTHER, &id("l"), &[(id("render"), 1)].into()), missing);
        assert_eq!(tx.add_totals(OTHER, &id("l"), &Totals::new()), missing);
        assert_eq!(tx.add_transfer(OTHER, &id("l")), missing);
        Ok(())
    });
    world.sees(|tx| {
        let account = tx.account_for_activation(ACME, &id("a-1"), None)?.unwrap();
        assert_eq!(account.entitlement, license("l", 1));
        assert_eq!(account.activation, Some(activation("a-1", "one", 1)));
        assert_eq!(account.totals, [(id("render"), 1)].into());
        Ok(())
    });
}

type Gift = fn(&mut dyn Tx) -> Result<(), StoreError>;

pub(crate) fn threat_cross_tenant_access_an_unknown_tenant_can_be_given_nothing(world: &World) {
    const NOBODY: TenantId = TenantId(77);
    // Each alone: work ends where it was refused for this reason.
    let gifts: [Gift; 7] = [
        |tx| tx.update_tenant(&tenant(NOBODY, "nobody")),
        |tx| tx.put_product(NOBODY, &product("cad")),
        |tx| tx.insert_license(NOBODY, &license("l", 1)),
        |tx| tx.file(NOBODY, &document("d-1", None)),
        |tx| tx.keep_issued(NOBODY, &issued("file")),
        |tx| tx.open_case(NOBODY, &case("c-1", "fork", "d-1")).map(drop),
        |tx| tx.append_log(NOBODY, &entry("one")).map(drop),
    ];
    for gift in gifts {
        assert_eq!(world.write_blocking(gift), Err(StoreError::Missing("the tenant")));
    }
}

pub(crate) fn both_tenants_may_use_the_same_names(world: &World) {
    furnish(world);
    world.does(|tx| {
        tx.put_product(OTHER, &product("cad"))?;
        tx.insert_license(OTHER, &bare_license("l", 1))?;
        tx.save_activation(OTHER, &id("l"), &activation("a-1", "two", 2))?;
        tx.file(OTHER, &document("d-1", None))?;
        tx.keep_issued(OTHER, &issued("file"))?;
        tx.open_case(OTHER, &case("c-1", "fork", "d-1"))?;
        tx.append_log(OTHER, &entry("one")).map(drop)
    });
    world.sees(|tx| {
        let account = tx.account_for_activation(OTHER, &id("a-1"), Some(3))?.unwrap();
        assert_eq!(account.entitlement, bare_license("l", 1));
        assert_eq!(account.activation, Some(activation("a-1", "two", 2)));
        assert_eq!(account.totals, Totals::new());
        assert_eq!(account.same_number, None);
        // The hardware of the first tenant's devices is not this one's.
        let print = fingerprint("one", "anew");
        let account = tx.account_for_request(OTHER, &license_key(1), key("new").id(), &print)?.unwrap();
        assert_eq!(account.others, [activation("a-1", "two", 2)]);
        Ok(())
    });
}
