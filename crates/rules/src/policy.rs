use handcarry_format::Id;
use serde::{Deserialize, Serialize};

use crate::account::{Entitlement, LeasePolicy, Policy};

/// A policy as the vendor keeps it: a flag that its licenses follow as it is now, and terms that they begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRecord {
    /// Its id.
    pub id: Id,
    /// The name that people know.
    pub name: String,
    /// LSP-17: licenses that say nothing of their own may be activated offline.
    pub allow_offline: bool,
    /// What a license begins with.
    pub terms: PolicyTerms,
    /// Rises with every change.
    pub revision: u32,
}

/// What a license that is made under a policy begins with; none = what is usual. Later changes of the policy do not
/// reach it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyTerms {
    /// Most activations at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// Most transfers, ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer_limit: Option<u32>,
    /// Repairs of one activation in 365 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair_limit: Option<u32>,
    /// Percent of the fingerprint that must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_rate: Option<u32>,
    /// Days from issue until a refresh is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_days: Option<u32>,
    /// Days after that in which everything still works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_days: Option<u32>,
}

impl PolicyRecord {
    /// Puts a new license under this policy.
    pub fn begin(&self, license: &mut Entitlement) {
        license.policy = Policy { id: Some(self.id.clone()), allow_offline: self.allow_offline };
        let terms = &self.terms;
        license.seats.total = terms.seats.unwrap_or(license.seats.total);
        license.seats.transfer_limit = terms.transfer_limit.or(license.seats.transfer_limit);
        license.seats.repair_limit = terms.repair_limit.unwrap_or(license.seats.repair_limit);
        license.match_rate = terms.match_rate.unwrap_or(license.match_rate);
        if let Some(days) = terms.lease_days {
            license.lease = Some(LeasePolicy { days, grace_days: terms.grace_days.unwrap_or(7) });
        }
    }
}

#[cfg(test)]
mod tests {
    use handcarry_format::{LicenseKey, Product, Vendor};

    use super::*;

    #[test]
    fn lsp_17_a_license_begins_with_what_its_policy_says_and_keeps_the_rest() {
        let id = |text: &str| Id::new(text).unwrap();
        let vendor = Vendor { id: id("acme"), name: "Acme".to_owned() };
        let product = Product { id: id("cad"), name: "CAD".to_owned(), version: None };
        let key = LicenseKey::from_random([7; 10]);
        let usual = Entitlement::new(id("l-1"), key, vendor, product, chrono_tz::UTC);
        let terms = PolicyTerms { seats: Some(12), lease_days: Some(30), ..PolicyTerms::default() };
        let name = "Plan".to_owned();
        let policy = PolicyRecord { id: id("plan"), name, allow_offline: false, terms, revision: 1 };
        let mut license = usual.clone();
        policy.begin(&mut license);
        assert_eq!(license.policy, Policy { id: Some(id("plan")), allow_offline: false });
        assert_eq!(license.seats.total, 12);
        assert_eq!(license.lease, Some(LeasePolicy { days: 30, grace_days: 7 }));
        assert_eq!(
            (license.seats.repair_limit, license.match_rate),
            (usual.seats.repair_limit, usual.match_rate)
        );
    }
}
