//! What a document's booking needs to know of a license's holder, and what it leaves to be known.

use handcarry_format::{Instant, Map};
use handcarry_rules::holder::{
    Holding, JUSTIFICATION_VARIABLE, Mismatch, reported_mismatch, reported_seats, transfer,
};
use handcarry_rules::{Accepted, Account, Activation, Done, holder::TransferTerms};
use handcarry_store::{DeviceWord, StoreError, Transfer, Tx};

use crate::notice;
use crate::service::verify::Uploaded;
use crate::site::Site;

/// Licenses of one order that are looked at.
const ORDERS: u32 = 100;

/// Fills in what an activation must know: the order that it stands on (ICE-02), and how often it has moved (ICE-25).
pub(in crate::service) fn load(
    tx: &mut dyn Tx,
    site: &Site,
    account: &mut Account,
    document: &Uploaded,
    now: Instant,
) -> Result<(), StoreError> {
    if !matches!(document, Uploaded::Request(_)) {
        return Ok(());
    }
    let license = &account.entitlement;
    let orders = match &license.previous_order {
        Some(order) => tx.licenses_of_order(site.id(), order, ORDERS)?,
        None => Vec::new(),
    };
    let period = site.tenant.rules.transfers;
    let moved = match period {
        Some(period) => tx.transfers(site.id(), &license.id, now.plus_days(-i64::from(period.days)))?,
        None => Vec::new(),
    };
    let moved = moved.into_iter().map(|transfer| transfer.at).collect();
    account.holding = Holding { orders, period, moved };
    Ok(())
}

/// Writes down a transfer, and what the device says of itself; gives what it said last.
pub(in crate::service) fn note(
    tx: &mut dyn Tx,
    site: &Site,
    account: &Account,
    accepted: &Accepted,
    activation: &Activation,
    document: &Uploaded,
    now: Instant,
) -> Result<Option<DeviceWord>, StoreError> {
    if accepted.transfer
        && let Uploaded::Request(file) = document
    {
        let said = file.variables.get(JUSTIFICATION_VARIABLE);
        let Holding { period, moved, .. } = &account.holding;
        let terms = transfer(*period, moved, said.map(String::as_str), now);
        let justification = said.filter(|_| terms == Ok(TransferTerms::Justified)).cloned();
        let transfer = Transfer { activation: activation.id.clone(), at: now, justification };
        tx.note_transfer(site.id(), &account.entitlement.id, &transfer)?;
    }
    let word = match document {
        Uploaded::Report(file) if matches!(accepted.done, Done::Booked | Done::Held) => {
            Some(word(&file.variables, now))
        }
        // A new license is for the machine as it is now, and a device that is gone says nothing.
        Uploaded::Request(_) => None,
        Uploaded::Return(_) if accepted.done == Done::Returned => None,
        _ => return tx.device_word(site.id(), &activation.id),
    };
    keep(tx, site, account, activation, word)
}

fn word(variables: &Map<String, String>, now: Instant) -> DeviceWord {
    let mismatch_since = reported_mismatch(variables, now).map(|mismatch| mismatch.since);
    DeviceWord { at: now, mismatch_since, seats_used: reported_seats(variables) }
}

fn keep(
    tx: &mut dyn Tx,
    site: &Site,
    account: &Account,
    activation: &Activation,
    word: Option<DeviceWord>,
) -> Result<Option<DeviceWord>, StoreError> {
    let is_new = account.activation.is_none() && !account.others.iter().any(|it| it.id == activation.id);
    let before = if is_new { None } else { tx.device_word(site.id(), &activation.id)? };
    let says_something = |it: &DeviceWord| it.mismatch_since.is_some() || it.seats_used.is_some();
    let word = word.filter(says_something);
    if before.is_none() && word.is_none() {
        return Ok(None);
    }
    tx.set_device_word(site.id(), &activation.id, word.as_ref())?;
    let since = word.as_ref().and_then(|word| word.mismatch_since);
    if let Some(since) = since.filter(|_| before.is_none_or(|before| before.mismatch_since != since)) {
        let mismatch = Mismatch { since };
        let (license, device) = (&account.entitlement, &activation.device.name);
        let message = notice::reference_mismatch(license, &activation.id, device, since, mismatch.until());
        tx.post_message(site.id(), &message)?;
    }
    Ok(word)
}
