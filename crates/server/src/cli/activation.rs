//! `handcarry activation`

use clap::{Args, Subcommand};
use handcarry_format::{Id, KeyId};
use handcarry_rules::{Activation, ActivationState, Reason, ReasonCode, StaffAction};
use handcarry_store::{ActivationFilter, Page, StaffRecord, StaffState, Store, TenantId};

use crate::cli::{Data, Done, Stop, arguments, note, open, say};
use crate::clock::{Clock as _, SystemClock};
use crate::failure::Failure;
use crate::random;
use crate::service::vendor::returns::{self, Ask, Came};
use crate::service::vendor::unit::{By, Unit};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the devices that hold or held a license, newest first
    List {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Of this license only, by its id
        #[arg(long, value_parser = arguments::id)]
        license: Option<Id>,
        /// After this number
        #[arg(long)]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Retire an activation of a concurrent license without its device (R2)
    Retire(Staff),
    /// Free the seat of a device that is out of reach, and block the device
    Rehost(Staff),
    /// Declare a device lost; it takes effect after the waiting period, or when a second person agrees
    DeclareLost(Staff),
    /// List what was asked for; what waits for a second person or for time, unless all are asked for
    Approvals {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// What was decided, too
        #[arg(long)]
        all: bool,
        /// After this number
        #[arg(long)]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Agree, as a second person, to what waits
    Approve(Decision),
    /// Refuse what waits, or take it back
    Refuse(Decision),
    /// Let a device be licensed again that was blocked
    Unblock {
        /// Whose
        #[arg(long, value_parser = arguments::id)]
        tenant: Option<Id>,
        /// Of which license, by its id
        #[arg(long, value_parser = arguments::id)]
        license: Id,
        /// The id of the device's key
        #[arg(value_parser = key_id)]
        device: KeyId,
        /// Why, in words
        #[arg(long, value_parser = arguments::name)]
        text: String,
        #[command(flatten)]
        person: Person,
    },
}

/// What staff ask for.
#[derive(Args, Debug)]
pub(super) struct Staff {
    /// Whose
    #[arg(long, value_parser = arguments::id)]
    tenant: Option<Id>,
    /// Why: change_seats, out_of_reach, r1_failed, broken, lost or stolen; each command takes some of them
    #[arg(long, value_parser = reason)]
    reason: Option<ReasonCode>,
    /// Why, in words
    #[arg(long, value_parser = arguments::name)]
    text: Option<String>,
    #[command(flatten)]
    person: Person,
    /// The activation
    #[arg(value_parser = arguments::id)]
    activation: Id,
}

/// A second person's word.
#[derive(Args, Debug)]
pub(super) struct Decision {
    /// Whose
    #[arg(long, value_parser = arguments::id)]
    tenant: Option<Id>,
    /// A remark for the log
    #[arg(long, value_parser = arguments::name)]
    text: Option<String>,
    #[command(flatten)]
    person: Person,
    /// What waits, as `activation approvals` shows it
    #[arg(value_parser = arguments::id)]
    id: Id,
}

/// Who acts: the log keeps it, and nobody approves what they asked for.
#[derive(Args, Debug)]
pub(super) struct Person {
    /// Who does this
    #[arg(long = "as", env = "USER", value_name = "NAME", value_parser = arguments::name)]
    name: String,
}

fn reason(text: &str) -> Result<ReasonCode, String> {
    let names = || ReasonCode::ALL.map(ReasonCode::name).join(", ");
    ReasonCode::from_name(text).ok_or_else(|| format!("one of {}", names()))
}

fn key_id(text: &str) -> Result<KeyId, String> {
    KeyId::parse(text).ok_or_else(|| "16 hexadecimal digits".to_owned())
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    let store = open::for_command(data)?;
    match command {
        Command::List { tenant, license, after, limit } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let filter = ActivationFilter { license, ..ActivationFilter::default() };
            let page = Page { after, limit };
            for it in store.read_blocking(move |tx| tx.list_activations(tenant, &filter, &page))? {
                let (of, state) = (&it.activation, state(&it.activation));
                say(&format!(
                    "{}\t{}\t{}\t{}\t{}\t{state}",
                    it.seq,
                    of.id,
                    it.license,
                    of.device.name,
                    of.device.key.id()
                ));
            }
        }
        Command::Retire(staff) => act(&store, staff, StaffAction::Retire)?,
        Command::Rehost(staff) => act(&store, staff, StaffAction::Rehost)?,
        Command::DeclareLost(staff) => act(&store, staff, StaffAction::DeclareLost)?,
        Command::Approvals { tenant, all, after, limit } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let state = (!all).then_some(StaffState::Waiting);
            let page = Page { after, limit };
            for it in store.read_blocking(move |tx| tx.staff_records(tenant, state, &page))? {
                say(&format!("{}\t{}", it.seq, line(&it.record)));
            }
        }
        Command::Approve(decision) => decide(&store, decision, returns::approve)?,
        Command::Refuse(decision) => decide(&store, decision, returns::refuse)?,
        Command::Unblock { tenant, license, device, text, person } => {
            let tenant = open::tenant(&store, tenant.as_ref())?.id;
            let left = change(&store, tenant, person, move |unit| {
                returns::unblock(unit, &license, device, &text).map(|now| now.blocked.len())
            })?;
            note(&format!("The device can be licensed again; {left} others are blocked."));
        }
    }
    store.close_blocking();
    Ok(())
}

fn act(store: &Store, staff: Staff, action: StaffAction) -> Done {
    let Staff { tenant, reason, text, person, activation } = staff;
    let tenant = open::tenant(store, tenant.as_ref())?.id;
    let reason = reason.map(|code| Reason { code, text: text.unwrap_or_default() });
    let ask = Ask { id: random::id(), action, activation, reason, support: true };
    tell(&change(store, tenant, person, move |unit| returns::ask(unit, &ask))?);
    Ok(())
}

type Decide = fn(&mut Unit<'_>, &Id, &str) -> Result<Came, Failure>;

fn decide(store: &Store, decision: Decision, how: Decide) -> Done {
    let Decision { tenant, text, person, id } = decision;
    let tenant = open::tenant(store, tenant.as_ref())?.id;
    let text = text.unwrap_or_default();
    tell(&change(store, tenant, person, move |unit| how(unit, &id, &text))?);
    Ok(())
}

fn change<T: Send + 'static>(
    store: &Store,
    tenant: TenantId,
    person: Person,
    work: impl Fn(&mut Unit<'_>) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Stop> {
    let (now, by) = (SystemClock.now(), By::Person(person.name));
    let done = store.write_blocking(move |tx| work(&mut Unit { tx, tenant, now, by: &by }));
    done.map_err(|failure| {
        let problem = failure.into_problem();
        let facts = problem.facts.iter().map(|(name, value)| format!("; {name}: {value}"));
        let facts: String = facts.collect();
        Stop::from(format!("{} ({}{facts}). {}", problem.title, problem.code, problem.detail))
    })
}

/// What came of it: the record on standard output, what to know about it on standard error.
fn tell(came: &Came) {
    for warning in &came.warnings {
        note(match warning.code() {
            "return.not_seen" => {
                "The device has not given the license back itself. If it can be reached, that comes first."
            }
            _ => {
                "The device keeps a license that is not counted any more. Its deactivation file is still accepted."
            }
        });
    }
    if came.record.state == StaffState::Waiting {
        note("Nothing has changed yet: it waits. See `handcarry activation approvals`.");
    }
    say(&line(&came.record));
}

fn line(record: &StaffRecord) -> String {
    let due = record.due.map_or("-".to_owned(), |at| at.to_string());
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{due}",
        record.id,
        record.action.name(),
        record.state.name(),
        record.activation,
        record.by,
        record.waits.as_deref().unwrap_or("-"),
    )
}

fn state(activation: &Activation) -> String {
    match activation.state {
        ActivationState::Taken => "taken".to_owned(),
        ActivationState::Returned { at } => format!("returned {at}"),
        ActivationState::Retired(it) => {
            let orphan = if it.orphan_on_device() { ", orphan on device" } else { "" };
            format!("retired {} ({}{orphan})", it.at, it.how.name())
        }
    }
}
