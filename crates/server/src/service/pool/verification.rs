//! Verification: what the authority's word, or its silence, does to a license.

use handcarry_format::Instant;
use handcarry_rules::PoolStatus::{Activating, Active, Blocked, FailedVerification, Inactive, Pending};
use handcarry_rules::pool::{Event, Verdict, outcome};
use handcarry_rules::timeline::{Failure, RETRY_SECONDS, State, Validation, notices};
use handcarry_store::{PoolEntry, Pooled, StoreError};

use super::keeper::{Keeper, bounds, entry, is_in_pool};
use crate::notice;

/// A license that another site got while this one used it.
const LOST: &str = "held_elsewhere";

/// Hours after the first failure at which the first notice is posted: who was told of failures is told of their end.
const FIRST_NOTICE: i64 = 12 * 3_600;

/// Where a license is with its revalidation; none if there is none, or it was never verified.
pub(super) fn validation(pooled: &Pooled) -> Option<Validation> {
    let entry = pooled.entry.as_ref()?;
    Some(Validation {
        validated_at: entry.verified_at?,
        policy: pooled.license.revalidation?,
        failure: entry.failure,
        started_at: entry.started_at,
    })
}

impl Keeper<'_> {
    /// Begins the verification of a license that has just become *activating*. A portal without an authority is its own,
    /// and answers in the same unit of work; another one is asked later.
    pub(super) fn begin(&mut self, pooled: &mut Pooled) -> Result<(), StoreError> {
        if self.is_site() {
            return Ok(());
        }
        self.heard(pooled, &Verdict::Granted { since: self.now }, self.now)
    }

    /// Where a license is with its revalidation, in this tenant's zone; none if there is none.
    pub(super) fn state(&self, pooled: &Pooled) -> Option<State> {
        validation(pooled).map(|validation| validation.state(self.site.zone(), self.now))
    }

    /// The authority's word on a license, issued at that instant.
    pub(super) fn heard(
        &mut self,
        pooled: &mut Pooled,
        verdict: &Verdict,
        issued_at: Instant,
    ) -> Result<(), StoreError> {
        if is_in_pool(pooled) {
            self.settle(pooled)?;
        }
        let granted = matches!(verdict, Verdict::Granted { .. });
        let (now, is_site, in_pool) = (self.now, self.is_site(), is_in_pool(pooled));
        let status = pooled.license.status;
        match status {
            Activating | FailedVerification if in_pool => {
                if status == FailedVerification {
                    // An answer that came late, or in somebody's hand, begins and ends a verification at once (ALT-05).
                    let _ = self.apply(pooled, &Event::Activate, now)?;
                }
                let entry = entry(pooled, now);
                (entry.held, entry.failure, entry.ask_at) = (granted && is_site, None, None);
                entry.verified_at = if granted { Some(issued_at) } else { entry.verified_at };
                let event = outcome(verdict, &bounds(pooled), now);
                let _ = self.apply(pooled, &event, now)?;
                self.schedule(pooled);
            }
            Active | Pending if in_pool => match verdict {
                Verdict::Granted { .. } => self.confirmed(pooled, issued_at)?,
                Verdict::HeldElsewhere { .. } => {
                    // It runs here, and the authority has given it to another: that is no change of mind of ours.
                    let _ = self.apply(pooled, &Event::Refused { reason: LOST.to_owned() }, now)?;
                    entry(pooled, now).held = false;
                }
                Verdict::Refused { .. } | Verdict::Unknown => {
                    let event = outcome(verdict, &bounds(pooled), now);
                    let _ = self.apply(pooled, &event, now)?;
                }
            },
            // Not in use: all that is left to know is whether the authority still counts it as held here.
            Activating | FailedVerification | Active | Pending | Inactive | Blocked => {
                let entry = entry(pooled, now);
                let give_back = granted && is_site && status != Blocked;
                (entry.held, entry.releasing) = (granted && is_site, give_back);
                entry.ask_at = give_back.then_some(now);
            }
        }
        self.keep(pooled)
    }

    /// A license in use was confirmed: counters are cleared (ICE-17).
    fn confirmed(&mut self, pooled: &mut Pooled, issued_at: Instant) -> Result<(), StoreError> {
        let (now, is_site) = (self.now, self.is_site());
        let before = entry(pooled, now).failure;
        let entry = entry(pooled, now);
        (entry.held, entry.failure, entry.started_at, entry.told_until) = (is_site, None, None, None);
        // An older file proves less than what was confirmed since.
        entry.verified_at = entry.verified_at.max(Some(issued_at));
        self.schedule(pooled);
        if let Some(Failure { first, .. }) =
            before.filter(|before| now.seconds_since(before.first) >= FIRST_NOTICE)
        {
            let message = notice::revalidation_ok(&pooled.license, first, now);
            self.tx.post_message(self.site.id(), &message)?;
        }
        Ok(())
    }

    /// The authority could not be asked (ALT-04, ICE-18).
    pub(super) fn unreachable(&mut self, pooled: &mut Pooled) -> Result<(), StoreError> {
        let now = self.now;
        if is_in_pool(pooled) {
            self.settle(pooled)?;
            let _ = self.apply(pooled, &Event::Unreachable, now)?;
        }
        let status = pooled.license.status;
        let known = validation(pooled);
        let entry = entry(pooled, now);
        match status {
            FailedVerification if entry.in_pool => {
                let first = entry.failure.map_or(now, |failure| failure.first);
                let attempts = entry.failure.map_or(0, |failure| failure.attempts).saturating_add(1);
                entry.failure = Some(Failure { first, last: now, attempts });
                entry.ask_at = Some(now.plus_seconds(RETRY_SECONDS));
            }
            Active | Pending if entry.in_pool => {
                let failed = known.filter(|known| known.due_at() <= now).map(|known| known.failed(now));
                entry.failure = failed.and_then(|failed| failed.failure).or(entry.failure);
                if entry.told_until.is_none() {
                    entry.told_until = entry.failure.map(|failure| failure.first);
                }
                self.schedule(pooled);
            }
            _ => entry.ask_at = entry.releasing.then(|| now.plus_seconds(RETRY_SECONDS)),
        }
        self.keep(pooled)
    }

    /// When the authority is asked next about a license in use, and when its next notice is due.
    pub(super) fn schedule(&self, pooled: &mut Pooled) {
        let in_use = self.is_site() && pooled.license.status.is_assignable();
        let validation = validation(pooled).filter(|_| in_use);
        let zone = self.site.zone();
        let Some(entry) = pooled.entry.as_mut() else { return };
        if in_use {
            entry.ask_at = validation.as_ref().map(Validation::next_attempt);
        }
        entry.notice_at = validation.and_then(|validation| next_notice(&validation, entry, zone));
    }
}

fn next_notice(validation: &Validation, entry: &PoolEntry, zone: chrono_tz::Tz) -> Option<Instant> {
    let told = entry.told_until.or(validation.failure.map(|failure| failure.first))?;
    let coming = notices(validation, zone, told, handcarry_format::MAX_INSTANT);
    coming.first().map(|(at, _)| *at)
}
