use serde::{Deserialize, Serialize};

/// What a license's page says (ICE-01), as of the answer that it came with.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenseFacts {
    /// Who bought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The organization, if the name is a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Where notices go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Postal address, in lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The device's fingerprint in short: `3F2A-91BC-0D44-7E18`. None where it is not about one device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    /// The order that bought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The order that it extends (ICE-02).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_order: Option<String>,
    /// `ok`, `evaluation` or `reference_id_mismatch` (ICE-04).
    pub registration: String,
    /// Until when the license runs on a machine that is not the licensed one (ICE-03).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_until: Option<String>,
    /// Days of maintenance left (ICE-11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal_days: Option<i64>,
    /// What is licensed and used.
    #[serde(default)]
    pub lines: Vec<UsedLine>,
    /// `add_users`, `renew_license`, both or none (ICE-09).
    #[serde(default)]
    pub recommended: Vec<String>,
}

/// One line of what is licensed and used.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedLine {
    /// `devices`, `users`, `reported` by devices, or `remote`.
    pub name: String,
    /// Used.
    pub used: u64,
    /// Licensed.
    pub seats: u64,
    /// The red mark: more used than licensed (ICE-08).
    pub over: bool,
}
