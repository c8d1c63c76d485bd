use handcarry_format::{License, LicenseStatus, Outcome as Said, PoolFile, Receipt, Verified, open};

use super::{TenantTrust, facts, page_refusal};
use crate::card::{Answer, Arg, Fact, FileCard, OutFile, Outcome, Phrase, Refusal};
use crate::words::W;

/// The files of an answer, as they came; nothing of them is proven yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerFiles {
    /// The receipt.
    pub receipt: Option<OutFile>,
    /// The license file, or the pool file.
    pub license: Option<OutFile>,
    /// It is a pool file.
    pub is_pool: bool,
    /// It says that what was brought is the newest license already.
    pub current: bool,
    /// What else to know.
    pub notes: Vec<Phrase>,
    /// What the portal says of the license's holder.
    pub holder: Vec<Fact>,
    /// When the same file was processed before.
    pub first: Option<String>,
    /// The whole answer.
    pub raw: String,
}

/// Proves an answer: its files are the vendor's, and the receipt is for the file that was sent (D-01).
///
/// Of a file of an earlier visit only the answer is left, and no card to compare it with.
pub fn prove_answer(
    mut files: AnswerFiles,
    card: Option<&FileCard>,
    tenant: &TenantTrust,
) -> Result<Box<Answer>, Box<Refusal>> {
    let refused =
        |code: &str, facts| Box::new(page_refusal(code, super::reference(files.raw.as_bytes()), facts));
    let not_ours = |error: handcarry_format::Error| {
        refused("page.answer_not_genuine", vec![Fact::code(W::FactDetail, error.code())])
    };
    let proven_receipt: Option<Verified<Receipt>> = match &files.receipt {
        Some(file) => Some(open(file.text.as_bytes(), &tenant.trust, &tenant.limits).map_err(not_ours)?),
        None => None,
    };
    let mut proven_license: Option<Verified<License>> = None;
    let mut proven_pool: Option<Verified<PoolFile>> = None;
    match &files.license {
        Some(file) if files.is_pool => {
            proven_pool = Some(open(file.text.as_bytes(), &tenant.trust, &tenant.limits).map_err(not_ours)?);
        }
        Some(file) => {
            proven_license =
                Some(open(file.text.as_bytes(), &tenant.trust, &tenant.limits).map_err(not_ours)?);
        }
        None => {}
    }
    if let (Some(pool), Some(card)) = (&proven_pool, card)
        && pool.answers.is_none_or(|digest| digest.to_string() != card.digest)
    {
        return Err(refused("page.answer_not_genuine", Vec::new()));
    }
    if let (Some(receipt), Some(card)) = (&proven_receipt, card)
        && receipt.acknowledges.digest.to_string() != card.digest
    {
        return Err(refused("page.answer_not_genuine", Vec::new()));
    }
    let mut answer = match (&proven_receipt, &proven_license, &proven_pool) {
        (_, _, Some(pool)) => of_pool(pool, card),
        (Some(receipt), _, _) => of_receipt(receipt, card),
        (None, Some(license), _) => {
            of_license(license, if files.current { Outcome::Current } else { Outcome::Refreshed })
        }
        (None, None, None) => return Err(refused("page.answer_unreadable", Vec::new())),
    };
    if let Some(license) = &proven_license {
        answer.followed = license.digest().to_string();
    }
    answer.notes.append(&mut files.notes);
    answer.holder = std::mem::take(&mut files.holder);
    answer.receipt = files.receipt.take();
    answer.license = files.license.take();
    answer.first = files.first.take();
    answer.raw = std::mem::take(&mut files.raw);
    Ok(answer)
}

fn of_receipt(receipt: &Receipt, card: Option<&FileCard>) -> Box<Answer> {
    let outcome = match receipt.outcome {
        Said::Activated => Outcome::Activated,
        Said::Repaired => Outcome::Repaired,
        Said::Returned => Outcome::Returned,
        Said::Booked => Outcome::Booked,
        Said::Held => Outcome::Held,
        Said::Outdated => Outcome::Outdated,
    };
    let named = |id: &handcarry_format::Id| {
        let row = card.and_then(|card| card.usage.iter().find(|row| row.id == id.as_str()));
        row.map_or_else(|| id.to_string(), |row| row.name.clone())
    };
    let mut answer = empty(outcome, facts::product(&receipt.product), &receipt.device.name);
    let mut note = |note| answer.notes.push(note);
    if receipt.usage.held && outcome != Outcome::Held {
        note(Phrase::plain(W::NoteHeld));
    }
    if !receipt.usage.over.is_empty() {
        note(Phrase::plain(W::NoteOver).text(&receipt.usage.over.join(", ")));
    }
    if receipt.license_status != LicenseStatus::Active {
        let status = Phrase::plain(match receipt.license_status {
            LicenseStatus::Active => W::StatusActive,
            LicenseStatus::Pending => W::StatusPending,
            LicenseStatus::Expired => W::StatusExpired,
            LicenseStatus::Inactive => W::StatusInactive,
        });
        note(Phrase::with(W::NoteStatus, Arg::Phrase(status)));
    }
    facts::receipt(receipt, &mut answer.facts);
    for (id, units) in &receipt.usage.added {
        if *units != 0 {
            answer.booked.push((named(id), *units));
        }
    }
    answer
}

fn of_license(license: &License, outcome: Outcome) -> Box<Answer> {
    let mut answer = empty(outcome, facts::product(&license.product), &license.device.name);
    answer.facts.push(facts::time(W::FactIssued, license.issued_at));
    answer.facts.push(Fact::number(W::FactGeneration, license.generation.into()));
    answer
}

/// Of whose site it is only the request says the name.
fn of_pool(pool: &PoolFile, card: Option<&FileCard>) -> Box<Answer> {
    let site = card.map_or(&pool.vendor.name, |card| &card.product);
    let mut answer = empty(Outcome::Answered, site.clone(), "");
    answer.facts.push(facts::time(W::FactIssued, pool.issued_at));
    answer
}

#[inline(never)]
fn empty(outcome: Outcome, product: String, device: &str) -> Box<Answer> {
    Box::new(Answer {
        outcome,
        product,
        device: device.to_owned(),
        facts: Vec::new(),
        booked: Vec::new(),
        notes: Vec::new(),
        holder: Vec::new(),
        receipt: None,
        license: None,
        followed: String::new(),
        first: None,
        raw: String::new(),
    })
}
