//! What a caller says of a license.

use handcarry_format::Id;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::service::vendor::feature::LicensedFeature;
use crate::service::vendor::terms::{Asking, Buyer, Lease, LicenseModel, Pool, Terms};
use crate::service::vendor::value::{Day, Given, Key, Name, Text, given};

/// The members that selling and changing have in common, after those of their own.
macro_rules! body {
    ($(#[$about:meta])* $name:ident as $schema:ident { $($(#[$own_about:meta])* $own:ident: $own_type:ty,)* }) => {
        $(#[$about])*
        #[derive(Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        #[schema(as = $schema)]
        pub(super) struct $name {
            $($(#[$own_about])* $own: $own_type,)*
            /// The version that is sold.
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Name>)]
            version: Given<Name>,
            /// The edition.
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Name>)]
            edition: Given<Name>,
            /// Who bought it, as files name them.
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Buyer>)]
            customer: Given<Buyer>,
            /// Id of the customer's record.
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Key>)]
            customer_id: Given<Key>,
            /// The order that it extends: it activates only on top of that order's license (ICE-02).
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Text>)]
            previous_order: Given<Text>,
            /// Id of the license that it renews and disables (ALT-20).
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Key>)]
            replaces: Given<Key>,
            /// Id of the user whose own it is; whoever has the key alone cannot use it (LSP-03).
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Key>)]
            user: Given<Key>,
            /// A subscription cannot be licensed by file (LSP-04).
            #[serde(default)]
            subscription: Option<bool>,
            /// How its count stands to others of the same feature (LMX-02).
            #[serde(default)]
            pooling: Option<Pool>,
            /// What may be used, all of it.
            #[serde(default)]
            #[schema(max_items = 1000)]
            features: Option<Vec<LicensedFeature>>,
            /// What it is bound to.
            #[serde(default)]
            model: Option<LicenseModel>,
            /// Most activations at a time.
            #[serde(default)]
            #[schema(minimum = 1, maximum = 2_147_483_647)]
            seats: Option<u32>,
            /// Most transfers to another device, ever; `null` = unlimited (LSP-24).
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<u32>, maximum = 4_294_967_295_u32)]
            transfer_limit: Given<u32>,
            /// Repairs of one activation in 365 days (D-09, D-10).
            #[serde(default)]
            #[schema(maximum = 4_294_967_295_u32)]
            repair_limit: Option<u32>,
            /// First day.
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Day>)]
            start: Given<Day>,
            /// Last usable day; `null` = perpetual.
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Day>)]
            end: Given<Day>,
            /// For trying only.
            #[serde(default)]
            evaluation: Option<bool>,
            /// Last day of maintenance.
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Day>)]
            maintenance_end: Given<Day>,
            /// Percent of the fingerprint that must match, 0 = off (LMX-25).
            #[serde(default)]
            #[schema(maximum = 100)]
            match_rate: Option<u32>,
            /// How often a device must refresh; `null` = never.
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Lease>)]
            lease: Given<Lease>,
            /// How often a site's portal asks its authority about it; `null` = only once (ICE-17).
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<Asking>)]
            revalidation: Given<Asking>,
            /// More users than seats get a trial seat each (ICE-07).
            #[serde(default)]
            trial_seats: Option<bool>,
            /// Its own word on offline activation; `null` = the policy's (LSP-17).
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = Option<bool>)]
            allow_offline: Given<bool>,
        }

        impl $name {
            /// The members of its own, and the terms.
            fn parts(self) -> ($($own_type,)* Terms) {
                let terms = Terms {
                    version: self.version,
                    edition: self.edition,
                    customer: self.customer,
                    customer_id: self.customer_id,
                    previous_order: self.previous_order,
                    replaces: self.replaces,
                    user: self.user,
                    subscription: self.subscription,
                    pooling: self.pooling,
                    features: self.features,
                    model: self.model,
                    seats: self.seats,
                    transfer_limit: self.transfer_limit,
                    repair_limit: self.repair_limit,
                    start: self.start,
                    end: self.end,
                    evaluation: self.evaluation,
                    maintenance_end: self.maintenance_end,
                    match_rate: self.match_rate,
                    lease: self.lease,
                    revalidation: self.revalidation,
                    trial_seats: self.trial_seats,
                    allow_offline: self.allow_offline,
                };
                ($(self.$own,)* terms)
            }
        }
    };
}

body! {
    /// A license to sell. What is absent is as the policy says, or as is usual: one seat, node-locked, perpetual.
    New as NewLicense {
        /// Id of the product.
        product: Key,
        /// Id of the policy that it is made under.
        #[serde(default)]
        policy: Option<Key>,
    }
}

body! {
    /// A change of a license. What is absent stays.
    Changed as LicenseChange {
        /// The revision that the caller has read; another one by now is `resource.stale`.
        #[schema(minimum = 1)]
        revision: u32,
    }
}

impl New {
    /// Product, policy and terms.
    pub(super) fn split(self) -> (Id, Option<Id>, Terms) {
        let (product, policy, terms) = self.parts();
        (product.0, policy.map(|policy| policy.0), terms)
    }
}

impl Changed {
    /// Revision and terms.
    pub(super) fn split(self) -> (u32, Terms) {
        self.parts()
    }
}
