//! Webhooks: a message as a signed request to the vendor's own systems, as the Standard Webhooks convention has it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handcarry_format::Instant;
use handcarry_store::{NewMessage, Webhook};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::outbound::{agent, check_address};
use crate::random;
use crate::settings::Settings;

const PREFIX: &str = "whsec_";

/// Bytes of an answer that are read. They are thrown away: only the status counts.
const ANSWER: u64 = 64 << 10;

/// A new secret, as both sides keep it.
pub fn new_secret() -> String {
    [PREFIX, &STANDARD.encode(random::secret())].concat()
}

/// The body of a request.
pub fn body(message: &NewMessage) -> String {
    let facts: Value = serde_json::from_str(&message.facts).unwrap_or_default();
    let data = json!({
        "id": message.id,
        "license": message.license,
        "activation": message.activation,
        "facts": facts,
    });
    json!({"type": message.code, "timestamp": message.at, "data": data}).to_string()
}

/// The value of `webhook-signature`; none where the secret is damaged.
pub fn signature(secret: &str, id: &str, sent_at: Instant, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{}.{body}", sent_at.unix()).as_bytes());
    Some(["v1,", &STANDARD.encode(mac.finalize().into_bytes())].concat())
}

/// Whether a webhook is told of a message.
pub fn wants(webhook: &Webhook, code: &str) -> bool {
    webhook.codes.as_ref().is_none_or(|codes| codes.iter().any(|known| known == code))
}

/// Makes the request. Only an answer from 200 to 299 means that the other side took it. Blocks.
pub(super) fn send(
    webhook: &Webhook,
    message: &NewMessage,
    now: Instant,
    settings: &Settings,
) -> Result<(), String> {
    check_address(&webhook.url, settings.insecure_webhooks).map_err(|error| error.to_string())?;
    let (id, body) = (message.id.as_str(), body(message));
    let signature = signature(&webhook.secret, id, now, &body).ok_or("the secret is damaged")?;
    let answer = agent(settings.call)
        .post(&webhook.url)
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", now.unix().to_string())
        .header("webhook-signature", signature)
        .send(&body);
    // The error's words tell no more than what failed: a name, a connection, a time.
    let mut answer = answer.map_err(|error| error.to_string())?;
    let status = answer.status();
    if !status.is_success() {
        return Err(format!("answered {}", status.as_u16()));
    }
    // Read to its end so that the other side is not cut off; what it says, and whether it breaks off, changes nothing.
    let _ = answer.body_mut().with_config().limit(ANSWER).read_to_vec();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_convention() {
        // The example of the convention's own reference libraries.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let at = Instant::from_unix(1_614_265_330).unwrap();
        let signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, "{\"test\": 2432232314}");
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        assert_eq!(signature("whsec_!", "x", at, ""), None);
        assert_ne!(new_secret(), new_secret());
        assert!(signature(&new_secret(), "x", at, "").is_some());
    }
}
