//! The pool: uploads, verification, and what administrators do with a license (ALT), revalidation (ICE-17 to ICE-23).
//!
//! `keeper` changes a license's status, and nothing else does: by the table of `handcarry_rules::pool`, with the one
//! message of an entry into *inactive* or *blocked*, a log entry, and what follows from it, in one unit of work.
//!
//! A portal without an authority verifies at once. A site's portal asks: `question` makes the signed question, which goes
//! by HTTPS (`errand`, `client`) or in somebody's hand; `load` takes in the signed answer, whichever way it came. At the
//! authority, `answer` says who holds what.

mod answer;
mod client;
mod errand;
mod export;
mod gate;
mod grant;
mod jobs;
mod keeper;
mod list;
mod load;
mod question;
mod upgrades;
mod verification;
mod way_out;

pub(in crate::service) use answer::answer;
pub use errand::{VERIFY, ask_now, start_up};
pub use gate::{may_change_settings, serving, state_of};
pub use jobs::{CLOCK, NOTICES};
pub use keeper::{Keeper, not_allowed};
pub use list::{PoolRow, row};
pub use load::{Loaded, LoadedLicense};
pub use question::Carried;
