//! Policies, users who claim licenses, and usage by period.

use handcarry_format::Id;
use handcarry_rules::{ClaimedBy, Entitlement, Period, PeriodTotals, Policy, PolicyRecord, PolicyTerms};
use handcarry_store::{Claimant, StoreError};

use crate::world::*;

fn policy(name: &str) -> PolicyRecord {
    PolicyRecord {
        id: id(name),
        name: format!("Policy {name}"),
        allow_offline: false,
        terms: PolicyTerms { seats: Some(3), lease_days: Some(30), ..PolicyTerms::default() },
        revision: 1,
    }
}

fn claimant(name: &str) -> Claimant {
    Claimant {
        id: id(name),
        login: format!("{name}@Example.org"),
        name: name.to_owned(),
        password: "$argon2id$".to_owned(),
        disabled: false,
        created_at: at(5),
        revision: 1,
    }
}

pub(crate) fn lsp_17_a_license_follows_its_policys_flag_as_it_is_now(world: &World) {
    world.does(|tx| {
        tx.insert_policy(ACME, &policy("strict"))?;
        assert_eq!(tx.insert_policy(ACME, &policy("strict")), Err(StoreError::Taken("the policy's id")));
        let under = Policy { id: Some(id("strict")), allow_offline: true };
        tx.insert_license(ACME, &Entitlement { policy: under, ..license("l", 1) })
    });
    let offline = || world.sees(|tx| tx.license(ACME, &id("l"))).unwrap().policy.allow_offline;
    assert!(!offline(), "what the policy says counts, not what was known when the license was saved");
    world.does(|tx| {
        let changed = PolicyRecord { allow_offline: true, revision: 2, ..policy("strict") };
        tx.update_policy(ACME, &changed)?;
        assert_eq!(tx.update_policy(ACME, &changed), Err(StoreError::Stale("policy")));
        assert_eq!(tx.update_policy(OTHER, &changed), Err(StoreError::Missing("the policy")));
        assert_eq!(tx.policy(ACME, &id("strict"))?, Some(changed.clone()));
        assert_eq!(tx.policies(ACME, &ALL)?, [changed]);
        assert_eq!((tx.policy(OTHER, &id("strict"))?, tx.policies(OTHER, &ALL)?), (None, vec![]));
        Ok(())
    });
    assert!(offline());
}

pub(crate) fn lsp_03_a_login_is_one_persons_without_regard_to_case(world: &World) {
    world.does(|tx| {
        tx.insert_claimant(ACME, &claimant("ada"))?;
        tx.insert_claimant(OTHER, &claimant("ada"))?;
        let same = Claimant { login: "ADA@example.ORG".to_owned(), ..claimant("bob") };
        assert_eq!(tx.insert_claimant(ACME, &same), Err(StoreError::Taken("the login")));
        let again = Claimant { login: "else".to_owned(), ..claimant("ada") };
        assert_eq!(tx.insert_claimant(ACME, &again), Err(StoreError::Taken("the user's id")));
        tx.insert_claimant(ACME, &claimant("bob"))?;
        let taken = Claimant { login: "ada@example.org".to_owned(), revision: 2, ..claimant("bob") };
        assert_eq!(tx.update_claimant(ACME, &taken), Err(StoreError::Taken("the login")));
        let moved = Claimant { login: "Bob".to_owned(), disabled: true, revision: 2, ..claimant("bob") };
        tx.update_claimant(ACME, &moved)?;
        assert_eq!(tx.update_claimant(ACME, &moved), Err(StoreError::Stale("user")));
        assert_eq!(tx.claimant_by_login(ACME, " bOB ")?, Some(moved.clone()));
        assert_eq!(tx.claimant_by_login(OTHER, "bob")?, None);
        assert_eq!(tx.claimants(ACME, &ALL)?, [claimant("ada"), moved]);
        Ok(())
    });
}

pub(crate) fn lsp_03_a_users_licenses_are_found_by_product(world: &World) {
    world.does(|tx| {
        let of = |user: &str| ClaimedBy::User(id(user));
        for (name, number, user) in [("l-1", 1, "ada"), ("l-2", 2, "bob"), ("l-3", 3, "ada")] {
            tx.insert_license(ACME, &Entitlement { claim: of(user), ..license(name, number) })?;
        }
        let product: Id = license("l-1", 1).product.id;
        let found = tx.licenses_of_claimant(ACME, &id("ada"), &product, 10)?;
        assert_eq!(found, [license_key(1), license_key(3)]);
        assert_eq!(tx.licenses_of_claimant(ACME, &id("ada"), &product, 1)?, [license_key(1)]);
        assert_eq!(tx.licenses_of_claimant(ACME, &id("ada"), &id("another"), 10)?, []);
        assert_eq!(tx.licenses_of_claimant(OTHER, &id("ada"), &product, 10)?, []);
        Ok(())
    });
}

pub(crate) fn lsp_27_usage_adds_up_by_period(world: &World) {
    let period = |first: &str| Period { counter: id("renders"), first: first.parse().unwrap() };
    let (march, april) = (period("2026-03-01"), period("2026-04-01"));
    let added = PeriodTotals::from([(march.clone(), 7), (april.clone(), i64::MAX)]);
    world.does(move |tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.add_periods(ACME, &id("l"), &added)?;
        tx.add_periods(ACME, &id("l"), &added)?;
        assert_eq!(tx.add_periods(OTHER, &id("l"), &added), Err(StoreError::Missing("the license")));
        let asked = [march.clone(), april.clone(), period("2026-05-01")];
        let known = PeriodTotals::from([(march.clone(), 14), (april.clone(), i64::MAX)]);
        assert_eq!(tx.period_totals(ACME, &id("l"), &asked)?, known);
        assert_eq!(tx.period_totals(ACME, &id("l"), &[])?, PeriodTotals::new());
        Ok(())
    });
}

pub(crate) fn lsp_24_activations_that_there_ever_were_are_counted(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        for number in 1..4 {
            tx.save_activation(
                ACME,
                &id("l"),
                &activation(&format!("a-{number}"), &format!("d{number}"), number),
            )?;
        }
        tx.save_activation(ACME, &id("l"), &activation("a-1", "d1", 9))?;
        let account = tx.account_for_activation(ACME, &id("a-1"), None)?.unwrap();
        assert_eq!(account.made, 3);
        Ok(())
    });
}
