//! Deliveries: claimed, made, settled. A process that dies in between leaves a claim that ends; then the same message
//! goes out again with the same id.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use handcarry_format::{Id, Instant};
use handcarry_store::{Channel, Claim, Settled, Tenant, TenantId, Tx};
use serde_json::{Map, Value};

use crate::app::App;
use crate::notice::mail::{self, Letter};
use crate::notice::words::{Sender, Text, text};
use crate::notice::{plan, webhook};
use crate::schedule::{Errand, JobError};

/// Makes the deliveries of one channel.
#[derive(Debug)]
pub struct Delivering(pub Channel);

type Target = (TenantId, Channel, String);

/// Targets that this process is sending something to: one that is slow must not take every thread.
#[derive(Debug, Default)]
pub struct InFlight(Mutex<HashSet<Target>>);

struct Turn<'a>(&'a InFlight, Target);

impl InFlight {
    fn take(&self, target: Target) -> Option<Turn<'_>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(target.clone()).then(|| Turn(self, target))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

impl Errand for Delivering {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn threads(&self) -> usize {
        match self.0 {
            Channel::Mail => 1,
            Channel::Webhook => 8,
        }
    }

    fn round(&self, app: &App) -> Result<usize, JobError> {
        let (channel, now) = (self.0, app.clock.now());
        // Without a mail server here, another process may have one.
        if channel == Channel::Mail && app.settings.mail.is_none() {
            return Ok(0);
        }
        for due in app.store.read_blocking(move |tx| tx.due_deliveries(channel, now))? {
            let (tenant, seq) = (due.tenant, due.seq);
            let Some(_turn) = app.in_flight.take((tenant, channel, due.target)) else { continue };
            let until = now.plus_seconds(plan::claim(channel));
            let claimed = app.store.write_blocking(move |tx| tx.claim_delivery(tenant, seq, now, until))?;
            // Another process was here first.
            let Some(claim) = claimed else { continue };
            self.deliver(app, tenant, &claim)?;
            return Ok(1);
        }
        Ok(0)
    }
}

impl Delivering {
    fn deliver(&self, app: &App, tenant: TenantId, claim: &Claim) -> Result<(), JobError> {
        let made = match self.0 {
            Channel::Mail => write_to(app, tenant, claim),
            Channel::Webhook => call(app, tenant, claim),
        };
        let now = app.clock.now();
        let settled = match made? {
            Ok(()) => Settled::Done,
            Err(Refused::Again(error)) => plan::failed(claim.attempt, claim.made_at, now, error),
            Err(Refused::Forever(error)) => Settled::Dead { error },
        };
        let outcome = match &settled {
            Settled::Done => "done",
            Settled::Again { .. } => "failed",
            Settled::Dead { .. } => "dead",
        };
        app.metrics.delivered(self.0.name(), outcome);
        if let Settled::Again { error, .. } | Settled::Dead { error } = &settled {
            // The message, not the target: an e-mail address does not belong into a log.
            let (message, channel) = (claim.message.message.id.as_str(), self.0.name());
            tracing::warn!(channel, message, attempt = claim.attempt, error, outcome, "a delivery failed");
        }
        let (seq, attempt) = (claim.seq, claim.attempt);
        let settle = move |tx: &mut dyn Tx| tx.settle_delivery(tenant, seq, attempt, &settled, now);
        Ok(app.store.write_blocking(settle)?)
    }
}

enum Refused {
    Again(String),
    Forever(String),
}

type Made = Result<Result<(), Refused>, JobError>;

fn write_to(app: &App, tenant: TenantId, claim: &Claim) -> Made {
    let Some(mail) = &app.settings.mail else { return Ok(Err(Refused::Again("no mail server".to_owned()))) };
    let tenants = app.store.read_blocking(|tx| tx.tenants())?;
    let Some(tenant) = tenants.into_iter().find(|it| it.id == tenant) else {
        return Ok(Err(Refused::Forever("the tenant is gone".to_owned())));
    };
    if let Err(error) = mail::address(&claim.target) {
        return Ok(Err(Refused::Forever(error)));
    }
    let id = format!("{}-{}", claim.message.message.id, claim.seq);
    let text = words(&tenant, claim);
    let letter = Letter { vendor: &tenant.name, to: &claim.target, id: &id, text: &text };
    Ok(mail::send(mail, &letter, app.clock.now()).map_err(Refused::Again))
}

/// A message in the tenant's words.
fn words(tenant: &Tenant, claim: &Claim) -> Text {
    let message = &claim.message.message;
    let facts: Map<String, Value> = serde_json::from_str(&message.facts).unwrap_or_default();
    text(&message.code, &facts, message.at, &Sender::of(tenant))
}

fn call(app: &App, tenant: TenantId, claim: &Claim) -> Made {
    let id = Id::new(&claim.target);
    let found = match id {
        Some(id) => app.store.read_blocking(move |tx| tx.webhook(tenant, &id))?,
        None => None,
    };
    let Some(webhook) = found else {
        return Ok(Err(Refused::Forever("the webhook was removed".to_owned())));
    };
    let now: Instant = app.clock.now();
    Ok(webhook::send(&webhook, &claim.message.message, now, &app.settings).map_err(Refused::Again))
}
