//! LMX: upgrades. An upgrade adds to the count of an exclusive license for some time, unseen by its holders.
//!
//! What was asked for is an [`AskedUpgrade`], with whatever it says; [`Upgrades::check`] makes an [`Upgrade`] of it or
//! refuses. The count of a license is [`Upgrades::count_at`] an instant.

mod asked;
mod check;
mod count;
mod host;
mod refusal;

use chrono::NaiveDate;
use handcarry_format::{Id, Model};

pub use asked::{AskedUpgrade, Count, KeyType};
pub use check::Checked;
pub use count::{Change, ChangeKind, span};
pub use host::{HostId, HostLock};
pub use refusal::{UPGRADE_CODES, UpgradeRefusal};

use crate::account::Entitlement;

/// The largest count that there is (LMX-08). A license of this count is unlimited: it cannot be upgraded (LMX-11).
pub const MOST: u32 = 2_147_483_647;

/// An upgrade as it was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// Id of the document or order that it came with: the same id counts once (LMX-12).
    pub id: Id,
    /// The feature that it was sold for, as the license writes it.
    pub feature: Id,
    /// What it adds, 1 to [`MOST`].
    pub count: u32,
    /// First day; none = from the license's own first day.
    pub start: Option<NaiveDate>,
    /// Last day; none = perpetual.
    pub end: Option<NaiveDate>,
    /// It may be used on virtual machines (LMX-05).
    pub on_virtual: bool,
    /// Percent of the host ids of a lock that the server must have; 0 = off (LMX-25).
    pub match_rate: u32,
    /// How many redundant servers it was made for.
    pub hal_servers: Option<u32>,
    /// The servers that it works on; none = on any (LMX-13).
    pub servers: Vec<HostLock>,
}

/// The upgrades of one license, and the server that they are asked on.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Upgrades {
    /// All that were accepted and not withdrawn, in any order.
    pub all: Vec<Upgrade>,
    /// What this server is (LMX-13).
    pub server: Vec<HostId>,
}

/// COUNT of a license without upgrades: the sessions of a concurrent one, else its seats.
pub fn base_count(base: &Entitlement) -> u32 {
    match base.model {
        Model::Concurrent(sessions) => sessions,
        Model::NodeLocked => base.seats.total,
    }
}

/// The license that an upgrade of this feature raises: the first exclusive one that has it (LMX-02).
pub fn base_of<'a>(
    mut licenses: impl Iterator<Item = &'a Entitlement>,
    feature: &Id,
) -> Option<&'a Entitlement> {
    licenses.find(|license| check::raises(license, feature))
}
