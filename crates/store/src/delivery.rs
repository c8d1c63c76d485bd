//! Messages on their way.

use handcarry_format::{Id, Instant};

use crate::{Message, TenantId};

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// By e-mail.
    Mail,
    /// By a request to a webhook.
    Webhook,
}

impl Channel {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Mail => "mail",
            Channel::Webhook => "webhook",
        }
    }

    /// By its stable name.
    pub fn from_name(name: &str) -> Option<Channel> {
        [Channel::Mail, Channel::Webhook].into_iter().find(|channel| channel.name() == name)
    }
}

/// What has become of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is tried, or tried again.
    Waiting,
    /// The other side took it.
    Done,
    /// It was given up.
    Dead,
}

impl DeliveryState {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Done => "done",
            DeliveryState::Dead => "dead",
        }
    }

    /// By its stable name.
    pub fn from_name(name: &str) -> Option<DeliveryState> {
        let all = [DeliveryState::Waiting, DeliveryState::Done, DeliveryState::Dead];
        all.into_iter().find(|state| state.name() == name)
    }
}

/// An address of the vendor's own systems.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: Id,
    /// Where requests go.
    pub url: String,
    /// What signs them: `whsec_` and base64. Kept as it is, because it signs.
    pub secret: String,
    /// Codes of the messages that it is told of; none = all.
    pub codes: Option<Vec<String>>,
    /// When it was made.
    pub created_at: Instant,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id).field("url", &self.url).finish_non_exhaustive()
    }
}

/// The oldest delivery that is due for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueDelivery {
    /// Whose.
    pub tenant: TenantId,
    /// E-mail address, or id of a webhook.
    pub target: String,
    /// The delivery.
    pub seq: i64,
}

/// A delivery that was claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The delivery.
    pub seq: i64,
    /// E-mail address, or id of a webhook.
    pub target: String,
    /// When the message was addressed.
    pub made_at: Instant,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// What is delivered.
    pub message: Message,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The other side took it.
    Done,
    /// It did not; another attempt is made then.
    Again {
        /// When.
        at: Instant,
        /// Why this one failed.
        error: String,
    },
    /// It did not, and no other attempt is made.
    Dead {
        /// Why.
        error: String,
    },
}

/// Which deliveries are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// Only those to this e-mail address or webhook.
    pub target: Option<String>,
}

/// A delivery, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its place: the cursor for the next page.
    pub seq: i64,
    /// The message.
    pub message: Id,
    /// The message's code.
    pub code: String,
    /// How it travels.
    pub channel: Channel,
    /// E-mail address, or id of a webhook.
    pub target: String,
    /// What has become of it.
    pub state: DeliveryState,
    /// When the message was addressed.
    pub made_at: Instant,
    /// When the next attempt is due; of one that is being tried, when the claim ends.
    pub due: Instant,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was done or given up.
    pub ended_at: Option<Instant>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}
