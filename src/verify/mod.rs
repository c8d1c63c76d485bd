//! From a file's bytes to what the page shows, and from the portal's answer to what it shows then.
//!
//! What is shown as proven was proven by `handcarry-format`, here, with the vendor's root key alone (D-01).

mod answer;
mod checks;
mod content;
mod facts;
mod refusal;

pub use answer::{AnswerFiles, prove_answer};
pub use refusal::{page_refusal, reference, refuse, unread};

use handcarry_format::{Examination, Limits, Trust, UsageFinding, examine};

use crate::card::{FileCard, Phrase, Refusal};
use crate::words::W;

/// Whom this page believes: the vendor's root key and newest keyring, and the vendor's name for words.
#[derive(Clone, Debug)]
pub struct TenantTrust {
    /// Root key and keyring.
    pub trust: Trust,
    /// What is read at most.
    pub limits: Limits,
    /// The vendor's name.
    pub vendor: String,
}

/// Files above this many bytes are read off the main thread.
pub const SMALL: usize = 256 << 10;

/// Reads one file and says what it is, or why it is not accepted. With `content` the card has all that was signed.
pub fn examine_file(
    bytes: &[u8],
    tenant: &TenantTrust,
    content: bool,
) -> Result<Box<FileCard>, Box<Refusal>> {
    let found = examine(bytes, &tenant.trust, &tenant.limits);
    let checks = checks::lines(&found, tenant);
    let notes = notes(&found);
    match found.document {
        Err(error) => Err(Box::new(Refusal { checks, ..refuse(&error, reference(bytes)) })),
        Ok(document) => {
            let mut card = facts::card(&document);
            card.checks = checks;
            card.notes = notes;
            if content {
                card.content = content::text(&document.envelope().payload, &tenant.limits);
            }
            card.digest = found.digest.map_or_else(String::new, |digest| digest.to_string());
            Ok(card)
        }
    }
}

fn notes(found: &Examination) -> Vec<Phrase> {
    let mut notes = Vec::new();
    for finding in &found.findings {
        notes.push(match finding {
            UsageFinding::Number { number, accepted } => {
                Phrase::plain(W::NoteNumber).number((*number).into()).number((*accepted).into())
            }
            UsageFinding::Opening { feature, opening, accepted } => {
                Phrase::plain(W::NoteOpening).text(feature.as_str()).number(*opening).number(*accepted)
            }
            UsageFinding::Sum { feature, closing, sum } => {
                Phrase::plain(W::NoteSum).text(feature.as_str()).number(*closing).number(*sum)
            }
            UsageFinding::Falls { feature, closing, accepted } => {
                Phrase::plain(W::NoteFalls).text(feature.as_str()).number(*accepted).number(*closing)
            }
            UsageFinding::Negative { feature } => Phrase::plain(W::NoteNegative).text(feature.as_str()),
            _ => continue,
        });
    }
    if !found.findings.is_empty() {
        notes.push(Phrase::plain(W::NoteDesk));
    }
    notes
}
