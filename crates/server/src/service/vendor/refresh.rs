//! LSP-08: staff get the current license file of any device, however it was activated.

use std::sync::Arc;

use handcarry_api::{Problem, code};
use handcarry_format::{Id, License, Limits, Verified, open};
use handcarry_rules::{ActivationState, Fresh};
use handcarry_store::StoreError;
use serde_json::json;

use crate::failure::Failure;
use crate::service::book::{Booking, Verdict};
use crate::service::explain::explain;
use crate::service::vendor::done::{Done, Headers};
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::unit::Unit;
use crate::service::verify::Uploaded;
use crate::site::Site;

/// A file that is wanted, with everything that must be drawn before.
pub struct Wanted {
    /// Whose.
    pub site: Arc<Site>,
    /// Of which activation.
    pub activation: Id,
    /// Ids for what may be made.
    pub fresh: Fresh,
    /// For the problem, if it comes to one.
    pub reference: String,
    /// What a file may have.
    pub limits: Limits,
}

/// Shows the portal its own newest file of the activation, as its holder could.
pub fn refresh(unit: &mut Unit<'_>, wanted: &Wanted) -> Result<Done, Failure> {
    let found = unit.tx.listed_activation(unit.tenant, &wanted.activation)?;
    let found = found.ok_or_else(|| unknown("activation", &wanted.activation))?;
    let Some(newest) = found.activation.newest else {
        let problem = Problem::new(409, "activation.returned");
        return Err(match found.activation.state {
            ActivationState::Returned { at } => problem.with("at", at),
            _ => problem,
        }
        .into());
    };
    let issued = unit.tx.issued(unit.tenant, &newest)?.ok_or(StoreError::Missing("license file"))?;
    let file: Verified<License> =
        open(issued.text.as_bytes(), &wanted.site.trust, &wanted.limits).map_err(|error| {
            // A file of our own that cannot be opened: its key was revoked since.
            let problem = explain(&error, None);
            Problem { status: 409, ..problem }
        })?;
    let booking = Booking {
        site: Arc::clone(&wanted.site),
        document: Uploaded::Holder(Box::new(file)),
        user: None,
        fresh: wanted.fresh.clone(),
        reference: wanted.reference.clone(),
        now: unit.now,
    };
    match booking.run(unit.tx)? {
        Verdict::Done { body, done, new, .. } => {
            if new {
                let facts = json!({"activation": wanted.activation, "done": done});
                unit.log("activation.refreshed", facts)?;
            }
            Ok(Done { status: 200, headers: Headers::default(), body, secret: false })
        }
        Verdict::Refused { problem, .. } => Err(Failure::Problem(problem)),
        Verdict::Again { .. } => Err(Failure::problem(500, code::SERVER_ERROR)),
    }
}
