use serde::{Deserialize, Serialize};

use crate::license_facts::LicenseFacts;

/// A document was accepted. The answer to `POST documents`, and the same bytes again to the same file.
///
/// The signed receipt and license say the same with proof; this is for showing it without parsing them.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What was done: a name of `handcarry_rules::Done`, such as `activated`; `answered` for a pool request.
    pub outcome: String,
    /// The document that was brought.
    pub document: DocumentFacts,
    /// When it was processed, by the portal's clock.
    pub at: String,
    /// The product. This and the facts down to `seat` are of one activation: a pool request has none of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Named>,
    /// The device's name; the site's name for a pool request.
    pub device: String,
    /// The activation's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation: Option<String>,
    /// The license key, shortened: `K7QF-…-9M2A`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license_key: Option<String>,
    /// `active`, `pending`, `expired` or `inactive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license_status: Option<String>,
    /// The seat after this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<Seat>,
    /// Usage by counter; empty where none is counted.
    #[serde(default)]
    pub usage: Vec<UsageRow>,
    /// The usage waits for a person.
    #[serde(default)]
    pub held: bool,
    /// What the person who brought the file should know.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// What the license's page says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license_facts: Option<LicenseFacts>,
    /// The signed receipt, to carry back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptFile>,
    /// The license file, to carry back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<LicenseFile>,
    /// The pool file that answers a pool request, to carry back to the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<PoolFileOffer>,
}

/// The document that was brought.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// Its kind: `activation-request`, `deactivation`, `usage-report`, `license` or `pool-request`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its digest: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}

/// Something with an id and a name.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The name that people know.
    pub name: String,
}

/// The seat that an activation takes.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// `taken` or `free`.
    pub state: String,
    /// Seats of the license that are taken.
    pub used: u32,
    /// Seats of the license.
    pub total: u32,
}

/// A counter of the license, over all its activations.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRow {
    /// The feature's id.
    pub id: String,
    /// The feature's name.
    pub name: String,
    /// Booked before this document, whoever used it.
    pub before: i64,
    /// Booked by it.
    pub added: i64,
    /// Booked after it.
    pub after: i64,
    /// The most that is licensed; none = unlimited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<i64>,
}

/// Something to know that changes nothing. Which fields are there depends on the code.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// `clock.away`, `clock.implausible`, `fingerprint.differs`, `usage.over` or `seat.freed_before`.
    pub code: String,
    /// When the document was made, by the device's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<String>,
    /// The portal's clock; for `seat.freed_before` since when the seat was free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// Fingerprint parts that differ, or names of counters above their maximum.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// A signed receipt.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptFile {
    /// A file name: ASCII, with one dot (D-03).
    pub name: String,
    /// The file.
    pub text: String,
    /// The number for people: `R-8M2K-4XTP`.
    pub number: String,
}

/// A signed license file.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenseFile {
    /// A file name: ASCII, with one dot (D-03).
    pub name: String,
    /// The file.
    pub text: String,
    /// Counts the files of this activation.
    pub generation: u32,
}

/// A signed pool file.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolFileOffer {
    /// A file name: ASCII, with one dot (D-03).
    pub name: String,
    /// The file.
    pub text: String,
    /// Counts the files for this site.
    pub number: u32,
}

impl From<&handcarry_rules::Note> for Note {
    fn from(note: &handcarry_rules::Note) -> Note {
        use handcarry_rules::Note as Said;
        let code = note.code().to_owned();
        match note {
            Said::ClockAway { made_at, now } | Said::ClockImplausible { made_at, now } => Note {
                code,
                made_at: Some(made_at.to_string()),
                now: Some(now.to_string()),
                names: Vec::new(),
            },
            Said::FingerprintDiffers { parts } => {
                Note { code, names: parts.iter().map(ToString::to_string).collect(), ..Note::default() }
            }
            Said::FreedBefore { at } => Note { code, now: Some(at.to_string()), ..Note::default() },
            Said::OverUse { features } => Note { code, names: features.clone(), ..Note::default() },
        }
    }
}
