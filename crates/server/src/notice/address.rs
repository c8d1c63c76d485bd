//! Who gets a message: decided once, in the unit of work that makes the deliveries.

use handcarry_format::Instant;
use handcarry_store::{Audience, Channel, Message, StoreError, Tenant, TenantId, Tx, Webhook};

use crate::app::App;
use crate::notice::webhook;
use crate::schedule::{Errand, JobError};

/// Messages in one unit of work.
const AT_ONCE: u32 = 100;

/// Makes the deliveries of messages that were posted.
#[derive(Debug)]
pub struct Addressing;

impl Errand for Addressing {
    fn name(&self) -> &'static str {
        "addressing"
    }

    fn round(&self, app: &App) -> Result<usize, JobError> {
        let tenants = app.store.read_blocking(|tx| tx.tenants_to_address())?;
        let (mails, now) = (app.settings.mail.is_some(), app.clock.now());
        let mut addressed = 0;
        for tenant in tenants {
            let work = move |tx: &mut dyn Tx| address(tx, tenant, mails, now);
            addressed += app.store.write_blocking::<_, StoreError, _>(work)?;
        }
        Ok(addressed)
    }
}

fn address(tx: &mut dyn Tx, tenant: TenantId, mails: bool, now: Instant) -> Result<usize, StoreError> {
    let messages = tx.messages_to_address(tenant, AT_ONCE)?;
    if messages.is_empty() {
        return Ok(0);
    }
    let about = tx.tenants()?.into_iter().find(|it| it.id == tenant);
    let about = about.ok_or(StoreError::Missing("the tenant"))?;
    let webhooks = tx.webhooks(tenant)?;
    for message in &messages {
        let to = targets(tx, &about, &webhooks, message, mails)?;
        tx.address(tenant, message.seq, &to, now)?;
    }
    Ok(messages.len())
}

fn targets(
    tx: &mut dyn Tx,
    tenant: &Tenant,
    webhooks: &[Webhook],
    message: &Message,
    mails: bool,
) -> Result<Vec<(Channel, String)>, StoreError> {
    let wanted = webhooks.iter().filter(|it| webhook::wants(it, &message.message.code));
    let mut to: Vec<(Channel, String)> =
        wanted.map(|webhook| (Channel::Webhook, webhook.id.to_string())).collect();
    for audience in message.message.audience.iter().filter(|_| mails) {
        let address = match audience {
            Audience::Administrator => tenant.rules.administrator.clone(),
            Audience::Vendor => tenant.rules.vendor_contact.clone(),
            Audience::Holder => holder(tx, tenant.id, message)?,
        };
        // Whoever is two of them gets one.
        let known = |to: &[(Channel, String)], address: &str| {
            to.iter().any(|(channel, it)| *channel == Channel::Mail && it.eq_ignore_ascii_case(address))
        };
        to.extend(address.filter(|it| !known(&to, it)).map(|it| (Channel::Mail, it)));
    }
    Ok(to)
}

/// The e-mail address of the license's customer.
fn holder(tx: &mut dyn Tx, tenant: TenantId, message: &Message) -> Result<Option<String>, StoreError> {
    let Some(license) = &message.message.license else { return Ok(None) };
    let customer = tx.license(tenant, license)?.and_then(|license| license.customer_id);
    match customer {
        Some(id) => Ok(tx.customer(tenant, &id)?.and_then(|customer| customer.record.email)),
        None => Ok(None),
    }
}
