use handcarry_format::Id;
use handcarry_rules::{Actor, Asked, StaffCommand, StaffDecision, StaffRefusal};
use handcarry_store::{Decided, StaffRecord, StaffState};

use super::{
    Came, Voices, account, apply, close, decide, decided_meanwhile, due_at, facts, refused, void_others,
};
use crate::failure::Failure;
use crate::service::vendor::refuse;
use crate::service::vendor::unit::Unit;

/// A second person agrees: what waited takes effect, if the rules allow it as things are now.
pub fn approve(unit: &mut Unit<'_>, id: &Id, remark: &str) -> Result<Came, Failure> {
    let record = waiting(unit, id)?;
    let second = Actor { name: unit.by.to_string(), support: true };
    let account = account(unit, &record.activation)?;
    let device = account.activation.as_ref().map(|it| it.device.name.clone()).unwrap_or_default();
    match again(unit, &record, Some(&second))? {
        StaffDecision::Done(done) => {
            let decided = Decided { by: Some(second.name.clone()), at: unit.now, remark: remark.to_owned() };
            let record = StaffRecord { state: StaffState::Done, due: None, decided: Some(decided), ..record };
            unit.tx
                .update_staff_record(unit.tenant, &record)
                .map_err(|error| decided_meanwhile(error, &record))?;
            apply(unit, &account, &done, &record, Some(&second.name))?;
            void_others(unit, &record)?;
            Ok(Came { record, device, warnings: done.warnings, freed: done.freed })
        }
        // A second person's word stands for all that there is to wait for.
        StaffDecision::Waits { warnings, .. } => Ok(Came { record, device, warnings, freed: false }),
    }
}

/// Somebody says no, or takes back what was asked for.
pub fn refuse(unit: &mut Unit<'_>, id: &Id, remark: &str) -> Result<Came, Failure> {
    let record = waiting(unit, id)?;
    let account = account(unit, &record.activation)?;
    let device = account.activation.as_ref().map(|it| it.device.name.clone()).unwrap_or_default();
    let by = Some(unit.by.to_string());
    let record = close(unit, record, StaffState::Refused, by, remark)?;
    Ok(Came { record, device, warnings: Vec::new(), freed: false })
}

/// Time has come for what waited (D-11): it takes effect, goes on waiting for a second person, or has become void.
pub fn due(unit: &mut Unit<'_>, record: StaffRecord) -> Result<(), Failure> {
    let account = account(unit, &record.activation)?;
    match again(unit, &record, None) {
        Ok(StaffDecision::Done(done)) => {
            let decided = Decided { by: None, at: unit.now, remark: String::new() };
            let record = StaffRecord { state: StaffState::Done, due: None, decided: Some(decided), ..record };
            unit.tx.update_staff_record(unit.tenant, &record)?;
            apply(unit, &account, &done, &record, None)?;
            void_others(unit, &record)
        }
        Ok(StaffDecision::Waits { waits, .. }) => {
            let due = due_at(waits).filter(|due| *due > unit.now);
            let record = StaffRecord { waits: Some(waits.code().to_owned()), due, ..record };
            unit.tx.update_staff_record(unit.tenant, &record)?;
            let device = account.activation.as_ref().map_or("", |it| it.device.name.as_str());
            Ok(unit.log("approval.waits", facts::asked(&record, device))?)
        }
        Err(Failure::Problem(problem)) => {
            close(unit, record, StaffState::Void, None, &problem.code).map(drop)
        }
        Err(failure) => Err(failure),
    }
}

/// Decides what waits once more, with the present account.
fn again(
    unit: &mut Unit<'_>,
    record: &StaffRecord,
    second: Option<&Actor>,
) -> Result<StaffDecision, Failure> {
    let account = account(unit, &record.activation)?;
    // Who asked had the support role then.
    let by = Actor { name: record.by.clone(), support: true };
    let asked = Asked { at: record.at, trace: record.trace.clone() };
    let command = StaffCommand { action: record.action, reason: record.reason.clone() };
    decide(unit, &account, &command, Voices { by: &by, second, asked: Some(&asked) })
}

fn waiting(unit: &mut Unit<'_>, id: &Id) -> Result<StaffRecord, Failure> {
    let record = unit.tx.staff_record(unit.tenant, id)?.ok_or_else(|| refuse::unknown("approval", id))?;
    if record.state == StaffState::Waiting {
        return Ok(record);
    }
    let at = record.decided.as_ref().map_or(record.at, |decided| decided.at);
    Err(refused(&StaffRefusal::Decided { at }))
}
