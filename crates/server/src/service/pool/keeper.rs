//! A change of a license's status: the table's word, with its message, its log entry and what follows from it.

use handcarry_api::{Problem, code};
use handcarry_format::{Id, Instant};
use handcarry_rules::PoolStatus;
use handcarry_rules::pool::{
    Bounds, Event, EventKind, NotAllowed, Reason, due, effective, replaced_by_now, transition,
};
use handcarry_store::{NewLogEntry, PoolEntry, Pooled, StoreError, Tx};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::notice::{self, Blocked, Inactive};
use crate::site::Site;

/// The pool of one tenant, inside one unit of work.
pub struct Keeper<'a> {
    /// The unit of work.
    pub tx: &'a mut dyn Tx,
    /// The tenant.
    pub site: &'a Site,
    /// The clock.
    pub now: Instant,
    /// Who does it, for the log: `command`, `scheduler`, `authority`, or a token's id.
    pub by: &'a str,
}

/// The refusal of an action that the status does not allow (ALT-24).
pub fn not_allowed(refused: NotAllowed) -> Problem {
    Problem::new(409, code::POOL_NOT_ALLOWED)
        .with("status", refused.status.name())
        .with("action", refused.event.name())
}

impl Keeper<'_> {
    /// This portal is a site's: it asks an authority.
    pub(super) fn is_site(&self) -> bool {
        self.site.tenant.rules.authority.is_some()
    }

    /// A license in the pool, with everything written down that the clock alone has changed.
    pub fn find(&mut self, license: &Id) -> Result<Pooled, Failure> {
        let found = self.tx.pooled(self.site.id(), license)?.filter(is_in_pool);
        let mut pooled = found.ok_or_else(|| Failure::problem(404, code::RESOURCE_UNKNOWN))?;
        self.settle(&mut pooled)?;
        Ok(pooled)
    }

    /// What an administrator does with a license (ALT-05, ALT-10, ALT-11, ALT-14, ALT-24). What begins a verification
    /// is verified at once where this portal is its own authority.
    pub fn act(&mut self, license: &Id, action: EventKind) -> Result<Pooled, Failure> {
        let event = match action {
            EventKind::Activate => Event::Activate,
            EventKind::Deactivate => Event::Deactivate,
            EventKind::Delete => Event::Delete,
            EventKind::Recheck => Event::Recheck,
            _ => return Err(Failure::problem(422, code::FIELD)),
        };
        let mut pooled = self.find(license)?;
        self.apply(&mut pooled, &event, self.now)?.map_err(not_allowed)?;
        if pooled.license.status == PoolStatus::Activating {
            self.begin(&mut pooled)?;
        }
        Ok(pooled)
    }

    /// ALT-15: a license that was just written is verified. Also after its dates or what it renews were changed.
    pub fn written(&mut self, license: &Id) -> Result<(), Failure> {
        let Some(mut pooled) = self.tx.pooled(self.site.id(), license)?.filter(is_in_pool) else {
            return Ok(());
        };
        let bounds = bounds(&pooled);
        let dated = match pooled.license.status {
            PoolStatus::Active if !bounds.has_started(self.now) => Some(PoolStatus::Pending),
            _ => None,
        };
        if pooled.entry.is_none() && self.is_site() && pooled.license.status.is_assignable() {
            pooled.license.status = PoolStatus::Activating;
            self.enter(&mut pooled, None, self.now)?;
            self.begin(&mut pooled)?;
        } else if let Some(status) = dated {
            pooled.license.status = status;
            self.enter(&mut pooled, None, self.now)?;
        }
        self.settle(&mut pooled)?;
        self.renewed(&mut pooled)?;
        Ok(())
    }

    /// Writes down what the clock alone has changed until now (ALT-08, ALT-12), in its order.
    pub(super) fn settle(&mut self, pooled: &mut Pooled) -> Result<(), StoreError> {
        for due in due(pooled.license.status, &bounds(pooled), self.now) {
            // The table allows what falls due.
            let _ = self.apply(pooled, &due.event, due.at)?;
        }
        Ok(())
    }

    /// Moves a license by the table. An event that leaves the status as it is leaves no trace.
    pub(super) fn apply(
        &mut self,
        pooled: &mut Pooled,
        event: &Event,
        at: Instant,
    ) -> Result<Result<(), NotAllowed>, StoreError> {
        let from = pooled.license.status;
        let moved = match transition(from, event) {
            Ok(moved) => moved,
            Err(refused) => return Ok(Err(refused)),
        };
        let Some(to) = moved.to else {
            self.leave(pooled, at)?;
            return Ok(Ok(()));
        };
        if to == from {
            return Ok(Ok(()));
        }
        pooled.license.status = to;
        let reason = moved.message.map(|message| message.reason);
        self.enter(pooled, reason.clone(), at)?;
        let facts = json!({
            "license": pooled.license.id,
            "event": event.kind().name(),
            "from": from.name(),
            "to": to.name(),
            "reason": reason.as_ref().map(told),
            "by": self.by,
        });
        self.log("pool.status", &facts, at)?;
        if let Some(reason) = reason {
            self.post(pooled, &reason, at)?;
        }
        self.renewed(pooled)?;
        Ok(Ok(()))
    }

    /// The license leaves the pool; it stays as evidence, and can be uploaded again (ALT-18).
    fn leave(&mut self, pooled: &mut Pooled, at: Instant) -> Result<(), StoreError> {
        let status = pooled.license.status.name();
        let entry = entry(pooled, at);
        (entry.in_pool, entry.since, entry.notice_at, entry.failure) = (false, at, None, None);
        entry.releasing |= entry.held;
        entry.ask_at = entry.releasing.then_some(at);
        self.keep(pooled)?;
        let facts = json!({"license": pooled.license.id, "from": status, "by": self.by});
        self.log("pool.deleted", &facts, at)
    }

    /// Writes a status that the license has just got, and what begins with it.
    pub(super) fn enter(
        &mut self,
        pooled: &mut Pooled,
        reason: Option<Reason>,
        at: Instant,
    ) -> Result<(), StoreError> {
        pooled.license.revision = pooled.license.revision.saturating_add(1);
        self.tx.update_license(self.site.id(), &pooled.license)?;
        let (status, now, is_site) = (pooled.license.status, self.now, self.is_site());
        let entry = entry(pooled, at);
        (entry.in_pool, entry.since) = (true, at);
        match status {
            PoolStatus::Activating => {
                (entry.releasing, entry.ask_at) = (false, is_site.then_some(now));
            }
            PoolStatus::FailedVerification | PoolStatus::Active | PoolStatus::Pending => {}
            PoolStatus::Inactive | PoolStatus::Blocked => {
                (entry.failure, entry.started_at, entry.told_until) = (None, None, None);
                (entry.notice_at, entry.ask_at) = (None, None);
                match reason {
                    Some(Reason::HeldElsewhere { .. }) => entry.held = false,
                    Some(Reason::Deactivated | Reason::Ended | Reason::ReplacedBy { .. }) => {
                        // A site that no longer uses a license lets others have it.
                        entry.releasing = entry.held;
                        entry.ask_at = entry.held.then_some(now);
                    }
                    Some(Reason::Refused { .. }) | None => {}
                }
            }
        }
        entry.reason = reason;
        self.keep(pooled)
    }

    /// Keeps what is known of a license beside its terms.
    pub(super) fn keep(&mut self, pooled: &Pooled) -> Result<(), StoreError> {
        match &pooled.entry {
            Some(entry) => self.tx.put_pool_entry(self.site.id(), &pooled.license.id, entry),
            None => Ok(()),
        }
    }

    /// ALT-20: a renewal that is active disables what it renews, whichever of the two became active last.
    fn renewed(&mut self, pooled: &mut Pooled) -> Result<(), StoreError> {
        let (tenant, now) = (self.site.id(), self.now);
        // Its days may have been changed a moment ago.
        let runs = |pooled: &Pooled| {
            let bounds = bounds(pooled);
            effective(pooled.license.status, &bounds, now) == PoolStatus::Active && bounds.has_started(now)
        };
        if !runs(pooled) {
            return Ok(());
        }
        if let Some(id) = pooled.license.replaces.clone()
            && let Some(mut replaced) = self.tx.pooled(tenant, &id)?.filter(is_in_pool)
        {
            self.settle(&mut replaced)?;
            let status = replaced.license.status;
            if let Some(event) = replaced_by_now(&pooled.license.id, PoolStatus::Active, status) {
                let _ = self.apply(&mut replaced, &event, now)?;
            }
        }
        let renewals = self.tx.renewals_of(tenant, &pooled.license.id)?;
        let active = renewals.into_iter().find(|renewal| runs(renewal));
        if let Some(renewal) = active {
            let event = Event::Replaced { by: renewal.license.id };
            let _ = self.apply(pooled, &event, now)?;
        }
        Ok(())
    }

    /// ALT-19: the one message of an entry into *inactive* or *blocked*.
    fn post(&mut self, pooled: &Pooled, reason: &Reason, at: Instant) -> Result<(), StoreError> {
        let license = &pooled.license;
        let message = match reason {
            Reason::Deactivated => notice::inactive(license, &Inactive::Deactivated, at),
            Reason::HeldElsewhere { .. } => notice::inactive(license, &Inactive::HeldElsewhere, at),
            Reason::ReplacedBy { license: by } => {
                notice::inactive(license, &Inactive::ReplacedBy(by.clone()), at)
            }
            Reason::Ended => notice::blocked(license, &Blocked::Ended, at),
            Reason::Refused { reason } => notice::blocked(license, &Blocked::Refused(reason.clone()), at),
        };
        self.tx.post_message(self.site.id(), &message).map(drop)
    }

    pub(super) fn log(&mut self, event: &str, facts: &Value, at: Instant) -> Result<(), StoreError> {
        let entry = NewLogEntry { at, event: event.to_owned(), data: facts.to_string() };
        self.tx.append_log(self.site.id(), &entry).map(drop)
    }
}

/// A reason, as it is told.
pub(super) fn told(reason: &Reason) -> Value {
    let name = reason.name();
    match reason {
        Reason::Deactivated | Reason::Ended => json!({"code": name}),
        Reason::HeldElsewhere { site, since } => json!({"code": name, "site": site, "since": since}),
        Reason::Refused { reason } => json!({"code": name, "refusal": reason}),
        Reason::ReplacedBy { license } => json!({"code": name, "license": license}),
    }
}

/// What is known of a license; it begins here if nothing was.
pub(super) fn entry(pooled: &mut Pooled, at: Instant) -> &mut PoolEntry {
    pooled.entry.get_or_insert_with(|| PoolEntry::new(at))
}

pub(super) fn is_in_pool(pooled: &Pooled) -> bool {
    pooled.entry.as_ref().is_none_or(|entry| entry.in_pool)
}

pub(super) fn bounds(pooled: &Pooled) -> Bounds {
    let license = &pooled.license;
    Bounds::of(license.start, license.end, license.zone)
}
