//! LSP-08, LSP-09: the holder of a license file gets the newest one, at any time.

use handcarry_format::{License, Totals, Verified};

use crate::account::Account;
use crate::decision::{Accepted, Answer, Case, CaseKind, Context, Done, Refusal, RefusalKind};
use crate::issue::{is_current, issuable, license, not_blocked};
use crate::period::PeriodTotals;
use crate::report::holder;
use crate::restored::{Forgotten, catch_up};

pub(crate) fn refresh(
    account: &Account,
    file: &Verified<License>,
    context: &Context<'_>,
) -> Result<Accepted, Refusal> {
    // A file that was given back lies in many mail boxes: showing it again is no sign of life (D-36).
    let mut activation = holder(account, file)?.clone();
    let entitlement = &account.entitlement;
    issuable(entitlement, context)?;
    not_blocked(entitlement, &activation.device)?;
    let forgotten = catch_up(&mut activation, file);
    let restored = Case { kind: CaseKind::Restored, activation: activation.id.clone(), findings: Vec::new() };
    if forgotten == Some(Forgotten::TooMany) {
        return Err(Refusal { cases: vec![restored], ..RefusalKind::Ahead.into() });
    }
    let cases: Vec<Case> = forgotten.map(|_| restored).into_iter().collect();
    let accepted = |done, activation, answer| Accepted {
        done,
        activation,
        added: Totals::new(),
        periods: PeriodTotals::new(),
        transfer: false,
        answer,
        receipt: None,
        cases: cases.clone(),
        notes: Vec::new(),
    };
    if let Some(newest) = activation.newest.filter(|_| is_current(account, &activation, context)) {
        let done = if newest == file.digest() { Done::Current } else { Done::Refreshed };
        return Ok(accepted(done, None, Answer::Newest(newest)));
    }
    let license = license(account, &mut activation, context);
    Ok(accepted(Done::Refreshed, Some(activation), Answer::Issue(license)))
}
