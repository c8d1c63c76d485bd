use std::collections::BTreeMap;

use handcarry_rules::{ReasonCode, Refusal, RefusalKind, StaffAction, StaffRefusal};
use serde::{Deserialize, Serialize};

use crate::explain::explain;

/// Something was not done (RFC 9457). Sent as `application/problem+json`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `urn:handcarry:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is, in short English.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do, in short English. The page has words of its own for every code.
    #[serde(default)]
    pub detail: String,
    /// The stable code: one of `format`'s, of `rules`', or of [`crate::code`].
    pub code: String,
    /// A short reference that finds this answer in the server's log: `7QK2-M4XD`.
    pub reference: String,
    /// Whether anything was changed all the same. It never is; said so that nobody has to guess.
    #[serde(default)]
    pub changed: bool,
    /// What exactly was found, by name: `field`, `line`, `got`, `of`, `limit`, `key`, `vendor`, `at` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
    /// Devices that hold the seats (D-40).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holders: Vec<SeatHolder>,
    /// A file that the person can have instead (D-15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<FileOffer>,
    /// The request's id in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// A device that holds a seat.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatHolder {
    /// Its name.
    pub device: String,
    /// Since when.
    pub since: String,
}

/// A file that is offered.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOffer {
    /// A file name: ASCII, with one dot (D-03).
    pub name: String,
    /// The file.
    pub text: String,
}

impl Problem {
    /// A problem with this code; title and detail come with it.
    pub fn new(status: u16, code: &str) -> Problem {
        let words = explain(code);
        Problem {
            kind: ["urn:handcarry:problem:", code].concat(),
            title: words.map_or("Not accepted", |words| words.title).to_owned(),
            status,
            detail: words.map_or("", |words| words.next).to_owned(),
            code: code.to_owned(),
            ..Problem::default()
        }
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Problem {
        self.facts.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<&Refusal> for Problem {
    /// The offered file is not known here; only its digest is in the refusal.
    fn from(refusal: &Refusal) -> Problem {
        let code = refusal.kind.code();
        // Unknown is a matter of the document's content; everything else of the state that it meets.
        let status = match refusal.kind {
            RefusalKind::UnknownActivation => 422,
            RefusalKind::SignIn => 401,
            _ => 409,
        };
        let problem = Problem::new(status, code);
        match &refusal.kind {
            RefusalKind::Inactive
            | RefusalKind::OfflineNotAllowed
            | RefusalKind::Subscription
            | RefusalKind::SignIn
            | RefusalKind::UnknownActivation
            | RefusalKind::Ahead => problem,
            RefusalKind::Expired { end, at, zone } => {
                problem.with("end", end).with("at", at).with("zone", zone)
            }
            RefusalKind::OtherProduct { licensed } => problem.with("licensed", licensed),
            RefusalKind::AlreadyReturned { at } | RefusalKind::Retired { at } => problem.with("at", at),
            RefusalKind::Moved { device } => problem.with("device", device),
            RefusalKind::OutdatedRequest { newer } => problem.with("newer", newer),
            RefusalKind::Blocked { since } => problem.with("since", since),
            RefusalKind::NoSeat { total, holders, free_from } => {
                let holders = holders.iter().map(|holder| SeatHolder {
                    device: holder.device.clone(),
                    since: holder.since.to_string(),
                });
                let problem = Problem { holders: holders.collect(), ..problem.with("total", total) };
                match free_from {
                    Some(from) => problem.with("free_from", from),
                    None => problem,
                }
            }
            RefusalKind::OrderMissing { order } => problem.with("order", order),
            RefusalKind::TransferJustification { limit, days, free_from } => {
                let problem = problem.with("limit", limit).with("days", days);
                match free_from {
                    Some(at) => problem.with("free_again", at),
                    None => problem,
                }
            }
            RefusalKind::RepairLimit { limit } | RefusalKind::TransferLimit { limit } => {
                problem.with("limit", limit)
            }
        }
    }
}

impl From<&StaffRefusal> for Problem {
    fn from(refusal: &StaffRefusal) -> Problem {
        let status = match refusal {
            StaffRefusal::UnknownActivation | StaffRefusal::NotBlocked => 404,
            StaffRefusal::ReasonRequired { .. } | StaffRefusal::ReasonUnfit { .. } => 422,
            StaffRefusal::NotSupport { .. } | StaffRefusal::SamePerson => 403,
            _ => 409,
        };
        let problem = Problem::new(status, refusal.code());
        match refusal {
            StaffRefusal::UnknownActivation
            | StaffRefusal::NodeLocked
            | StaffRefusal::SamePerson
            | StaffRefusal::NotBlocked => problem,
            StaffRefusal::NotHeld { at }
            | StaffRefusal::AlreadyRetired { at }
            | StaffRefusal::Decided { at } => problem.with("at", at),
            StaffRefusal::ReasonRequired { action } => problem.with("reasons", reasons(*action)),
            StaffRefusal::ReasonUnfit { action, reason } => {
                problem.with("reason", reason.name()).with("reasons", reasons(*action))
            }
            StaffRefusal::NotSupport { name } => problem.with("name", name),
            StaffRefusal::BlockListFull { limit } => problem.with("limit", limit),
        }
    }
}

/// The reasons that an action can have.
fn reasons(action: StaffAction) -> String {
    let fitting = ReasonCode::ALL.into_iter().filter(|reason| reason.fits(action));
    fitting.map(ReasonCode::name).collect::<Vec<_>>().join(", ")
}
