//! LSP-08, LSP-09: the holder of a license file gets the newest one, at any time.

use handcarry_format::{License, Totals, Verified};

use crate::account::Account;
use crate::book::holder;
use crate::decision::{Accepted, Answer, Context, Done, Refusal, RefusalKind};
use crate::issue::{is_current, issuable, license};

pub(crate) fn refresh(
    account: &Account,
    file: &Verified<License>,
    context: &Context<'_>,
) -> Result<Accepted, Refusal> {
    // A file that was given back lies in many mail boxes: showing it again is no sign of life (D-36).
    let mut activation = holder(account, file)?.clone();
    if file.generation > activation.generation {
        return Err(RefusalKind::Ahead.into());
    }
    let entitlement = &account.entitlement;
    issuable(entitlement, context)?;
    let accepted = |done, activation, answer| Accepted {
        done,
        activation,
        added: Totals::new(),
        transfer: false,
        answer,
        receipt: None,
        cases: Vec::new(),
        notes: Vec::new(),
    };
    if let Some(newest) = activation.newest.filter(|_| is_current(entitlement, &activation, context)) {
        let done = if newest == file.digest() { Done::Current } else { Done::Refreshed };
        return Ok(accepted(done, None, Answer::Newest(newest)));
    }
    let license = license(entitlement, &mut activation, context);
    Ok(accepted(Done::Refreshed, Some(activation), Answer::Issue(license)))
}
