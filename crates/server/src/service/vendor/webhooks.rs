//! Webhooks: the vendor's own systems that are told of messages.

use handcarry_api::Problem;
use handcarry_format::Id;
use handcarry_store::{Channel, StoreError, Webhook};
use serde_json::json;

use crate::failure::Failure;
use crate::notice::{self, code};
use crate::outbound::check_address;
use crate::service::vendor::refuse::{field, unknown};
use crate::service::vendor::unit::Unit;

/// Webhooks of one tenant.
const MOST: usize = 50;

/// A webhook to add.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// Where requests go.
    pub url: String,
    /// Codes of the messages that it is told of; none = all.
    pub codes: Option<Vec<String>>,
}

impl NewWebhook {
    /// Whether it can be added; `insecure` allows plain HTTP to other machines.
    pub fn check(&self, insecure: bool) -> Result<(), Failure> {
        check_address(&self.url, insecure).map_err(|error| field("url", error))?;
        let Some(codes) = &self.codes else { return Ok(()) };
        if codes.is_empty() {
            return Err(field("codes", "at least one, or absent"));
        }
        match codes.iter().position(|name| code::by_name(name).is_none()) {
            Some(place) => Err(field(&format!("codes[{place}]"), "no message has this code")),
            None => Ok(()),
        }
    }
}

/// Adds a webhook that was checked.
pub fn add(unit: &mut Unit<'_>, id: &Id, secret: &str, new: &NewWebhook) -> Result<Webhook, Failure> {
    if unit.tx.webhooks(unit.tenant)?.len() >= MOST {
        return Err(Problem::new(409, handcarry_api::code::RESOURCE_EXISTS)
            .with("kind", "webhook")
            .with("limit", MOST)
            .into());
    }
    let webhook = Webhook {
        id: id.clone(),
        url: new.url.clone(),
        secret: secret.to_owned(),
        codes: new.codes.clone(),
        created_at: unit.now,
    };
    unit.tx.insert_webhook(unit.tenant, &webhook)?;
    // The address without its query, which may hold a secret of the other side's.
    let place = webhook.url.split('?').next().unwrap_or_default();
    unit.log("webhook.added", json!({"webhook": id, "url": place, "codes": webhook.codes}))?;
    Ok(webhook)
}

/// Removes a webhook, with its secret.
pub fn remove(unit: &mut Unit<'_>, id: &Id) -> Result<(), Failure> {
    if !unit.tx.delete_webhook(unit.tenant, id)? {
        return Err(unknown("webhook", id));
    }
    Ok(unit.log("webhook.removed", json!({"webhook": id}))?)
}

/// Sends a message to one webhook, to see whether it arrives; `name` tells this test from others. Gives the message's id.
pub fn test(unit: &mut Unit<'_>, id: &Id, name: &Id) -> Result<Id, Failure> {
    if unit.tx.webhook(unit.tenant, id)?.is_none() {
        return Err(unknown("webhook", id));
    }
    let message = notice::webhook_test(id, name, unit.now);
    unit.tx.post_message(unit.tenant, &message)?;
    let posted = unit.tx.message(unit.tenant, &message.id)?.ok_or(StoreError::Missing("the message"))?;
    unit.tx.address(unit.tenant, posted.seq, &[(Channel::Webhook, id.to_string())], unit.now)?;
    unit.log("webhook.tested", json!({"webhook": id, "message": message.id}))?;
    Ok(message.id)
}
