//! Messages: what people are told about licenses, once each.

use handcarry_format::{Id, Instant};

/// Who a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Whoever runs the portal.
    Administrator,
    /// The license's customer.
    Holder,
    /// The vendor's own people.
    Vendor,
}

impl Audience {
    /// All.
    pub const ALL: [Audience; 3] = [Audience::Administrator, Audience::Holder, Audience::Vendor];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Audience::Administrator => "administrator",
            Audience::Holder => "holder",
            Audience::Vendor => "vendor",
        }
    }

    /// By its stable name.
    pub fn from_name(name: &str) -> Option<Audience> {
        Audience::ALL.into_iter().find(|audience| audience.name() == name)
    }
}

/// A message to post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id, which follows from the key.
    pub id: Id,
    /// What it is about, precisely: a message with a key that is there already is not posted again.
    pub key: String,
    /// What it says, as a stable name such as `license.blocked`.
    pub code: String,
    /// The license that it is about.
    pub license: Option<Id>,
    /// The activation that it is about.
    pub activation: Option<Id>,
    /// The facts, as a JSON object. No secrets: a license key is one.
    pub facts: String,
    /// When it came to be so.
    pub at: Instant,
    /// Who is told.
    pub audience: Vec<Audience>,
}

/// A message that was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its place in the order of posting: the cursor for the next page.
    pub seq: i64,
    /// The message.
    pub message: NewMessage,
}

/// Which messages are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// Only those about this license.
    pub license: Option<Id>,
    /// Only those with this code.
    pub code: Option<String>,
}
