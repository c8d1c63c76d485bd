use handcarry_format::Digest;
use handcarry_rules::{Entitlement, PoolStatus};
use handcarry_store::{Filed, NewDocument, StoreError, Tenant};

use crate::world::*;

pub(crate) fn d_14_a_document_is_filed_once(world: &World) {
    world.does(|tx| tx.file(ACME, &document("d-1", None)));
    world.does(|tx| {
        let again = tx.file(ACME, &document("d-1", None));
        assert!(matches!(again, Err(StoreError::Taken(_))), "{again:?}");
        let same = document("d-1", None);
        let altered = NewDocument {
            filed: Filed { digest: Digest::of(b"altered"), answer: Vec::new(), ..same.filed.clone() },
            ..same.clone()
        };
        assert_eq!(tx.file(ACME, &altered), Err(StoreError::Taken("the document's id")));
        let renamed = NewDocument { filed: Filed { id: id("d-2"), ..same.filed.clone() }, ..same };
        assert_eq!(tx.file(ACME, &renamed), Err(StoreError::Taken("the document's digest")));
        Ok(())
    });
    assert_eq!(world.sees(|tx| tx.filed_by_id(ACME, &id("d-1"))), Some(document("d-1", None).filed));
}

pub(crate) fn d_14_of_many_at_once_exactly_one_files_the_document(world: &World) {
    world.does(|tx| tx.insert_license(ACME, &license("l", 1)));
    let results: Vec<Result<(), StoreError>> = std::thread::scope(|scope| {
        let uploads: Vec<_> = (0..32)
            .map(|number| {
                scope.spawn(move || {
                    world.write_blocking(move |tx| {
                        // The effect comes first: it must go with the refusal.
                        tx.add_totals(ACME, &id("l"), &[(id("render"), 7)].into())?;
                        let mut document = document("d-1", None);
                        document.filed.answer = vec![number];
                        tx.file(ACME, &document)
                    })
                })
            })
            .collect();
        uploads.into_iter().map(|upload| upload.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(
        results.iter().flat_map(|result| result.as_ref().err()).all(|e| matches!(e, StoreError::Taken(_)))
    );
    assert_eq!(world.sees(|tx| tx.totals(ACME, &id("l"))), [(id("render"), 7)].into());
    let number = results.iter().position(Result::is_ok).unwrap();
    let filed = world.sees(|tx| tx.filed_by_id(ACME, &id("d-1"))).unwrap();
    assert_eq!(
        filed.answer,
        [u8::try_from(number).unwrap()],
        "the answer is that of the one that took effect"
    );
}

pub(crate) fn names_and_keys_are_taken_once(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.insert_license(ACME, &license("other", 3))?;
        tx.open_case(ACME, &case("c-1", "fork", "one"))?;
        let taken = |what| Err::<(), _>(StoreError::Taken(what));
        let new = tenant(handcarry_store::TenantId(3), "acme");
        assert_eq!(tx.insert_tenant(&Tenant { host: None, ..new.clone() }), taken("the tenant's slug"));
        assert_eq!(tx.insert_tenant(&Tenant { slug: id("new"), ..new.clone() }), taken("the host"));
        let new = tenant(ACME, "new");
        assert_eq!(tx.insert_tenant(&new), taken("the tenant's id"));
        assert!(matches!(tx.update_tenant(&tenant(ACME, "other")), Err(StoreError::Taken(_))));
        assert_eq!(tx.insert_license(ACME, &license("l", 2)), taken("the license's id"));
        assert_eq!(tx.insert_license(ACME, &license("m", 1)), taken("the license key"));
        let moved = Entitlement { revision: 2, ..license("l", 3) };
        assert_eq!(tx.update_license(ACME, &moved), taken("the license key"));
        assert_eq!(tx.open_case(ACME, &case("c-1", "fork", "two")).map(drop), taken("the case's id"));
        Ok(())
    });
}

pub(crate) fn an_activation_stays_with_its_license(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.insert_license(ACME, &license("m", 2))?;
        tx.save_activation(ACME, &id("l"), &activation("a-1", "one", 1))?;
        let moved = tx.save_activation(ACME, &id("m"), &activation("a-1", "one", 1));
        assert_eq!(moved, Err(StoreError::Taken("the activation's id")));
        assert_eq!(tx.activations(ACME, &id("m"), &ALL)?, []);
        Ok(())
    });
}

pub(crate) fn a_stale_license_is_not_written(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        let next = Entitlement { revision: 2, status: PoolStatus::Inactive, ..license("l", 1) };
        tx.update_license(ACME, &next)?;
        let stale = Entitlement { revision: 2, match_rate: 0, ..license("l", 1) };
        assert_eq!(tx.update_license(ACME, &stale), Err(StoreError::Stale("license")));
        assert_eq!(tx.license(ACME, &id("l"))?, Some(next));
        Ok(())
    });
}

pub(crate) fn what_is_missing_is_named(world: &World) {
    let missing = Err(StoreError::Missing("the license"));
    world.does(move |tx| {
        assert_eq!(tx.update_license(ACME, &license("l", 1)), missing);
        assert_eq!(tx.save_activation(ACME, &id("l"), &activation("a-1", "one", 1)), missing);
        assert_eq!(tx.add_transfer(ACME, &id("l")), missing);
        assert_eq!(tx.totals(ACME, &id("l")).map(drop), missing);
        Ok(())
    });
}

pub(crate) fn the_last_seat_is_taken_once(world: &World) {
    world.does(|tx| tx.insert_license(ACME, &license("l", 1)));
    let taken: usize = std::thread::scope(|scope| {
        let devices: Vec<_> = (0..24)
            .map(|number| {
                scope.spawn(move || {
                    let took = world.write_blocking(move |tx| {
                        let name = format!("device-{number}");
                        let print = fingerprint(&name, &name);
                        let account =
                            tx.account_for_request(ACME, &license_key(1), key(&name).id(), &print)?.unwrap();
                        if account.seats_used >= account.entitlement.seats.total {
                            return Ok(false);
                        }
                        tx.save_activation(ACME, &id("l"), &activation(&name, &name, number))?;
                        Ok::<bool, StoreError>(true)
                    });
                    usize::from(took.unwrap())
                })
            })
            .collect();
        devices.into_iter().map(|device| device.join().unwrap()).sum()
    });
    assert_eq!(taken, 5);
    world.sees(|tx| {
        assert_eq!(tx.activations(ACME, &id("l"), &ALL)?.len(), 5);
        assert_eq!(tx.seat_differences(ACME)?, []);
        Ok(())
    });
}
