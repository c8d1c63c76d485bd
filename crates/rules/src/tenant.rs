use serde::{Deserialize, Serialize};

use crate::holder::TransferPeriod;
use crate::upgrade::HostId;

/// What a tenant decides for all its licenses. Kept as JSON; a member that is missing has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TenantRules {
    /// Address of the portal that this one asks about its licenses, such as `https://licenses.acme.example/`.
    /// None: this portal is the issuer, and its own authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// What its authority calls this portal, 1 to 120 characters: the name of the site. None: its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Re-hosts of all licenses in 365 days that one person may make alone; above it a second one approves.
    pub rehosts_per_year: u32,
    /// When the seat of a license that staff took back is free (D-26).
    pub seat_free: SeatFree,
    /// Days after which a device that was declared lost is taken for lost without a second person (D-11).
    pub loss_wait_days: u32,
    /// How often a license may move to another device before it needs a justification (ICE-25); none = as often as the
    /// license itself allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfers: Option<TransferPeriod>,
    /// E-mail address of whoever runs the portal (ICE-22).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administrator: Option<String>,
    /// E-mail address of the vendor's own people (ICE-22).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor_contact: Option<String>,
    /// Language of messages: `en` or `de`.
    pub language: String,
    /// What this portal's server is, as `KIND=VALUE`: upgrades and sessions can be locked to it (LMX-13).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub host_ids: Vec<String>,
}

impl TenantRules {
    /// [`TenantRules::host_ids`], without any that is none.
    pub fn server(&self) -> Vec<HostId> {
        self.host_ids.iter().filter_map(|text| HostId::parse(text)).collect()
    }
}

impl Default for TenantRules {
    fn default() -> Self {
        TenantRules {
            authority: None,
            site: None,
            rehosts_per_year: 5,
            seat_free: SeatFree::AtOnce,
            loss_wait_days: 14,
            transfers: None,
            administrator: None,
            vendor_contact: None,
            language: String::from("en"),
            host_ids: Vec::new(),
        }
    }
}

/// When a seat is free that was taken back without the device's proof (D-26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatFree {
    /// At once.
    AtOnce,
    /// When the device's proof has come.
    WhenProven,
    /// So many days later, or when the proof has come.
    AfterDays(u32),
}
