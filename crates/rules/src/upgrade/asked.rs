use chrono::NaiveDate;
use handcarry_format::Id;

use crate::upgrade::{HostId, HostLock};

/// An upgrade as it was asked for, right or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedUpgrade {
    /// Id of the document or order that it came with.
    pub id: Id,
    /// FEATURE.
    pub feature: Option<Id>,
    /// COUNT.
    pub count: Option<Count>,
    /// KEYTYPE.
    pub key_type: Option<KeyType>,
    /// START.
    pub start: Option<NaiveDate>,
    /// END.
    pub end: Option<NaiveDate>,
    /// SHARE, in its parts.
    pub share: Vec<String>,
    /// HOSTID_MATCH_RATE; none = 100.
    pub match_rate: Option<u32>,
    /// HAL_SERVERS.
    pub hal_servers: Option<u32>,
    /// Server host ids, one lock a server.
    pub servers: Vec<HostLock>,
    /// Client host ids.
    pub clients: Vec<HostId>,
    /// Names of all other settings.
    pub others: Vec<String>,
}

impl AskedUpgrade {
    /// An upgrade that says what it must: feature, COUNT, KEYTYPE=UPGRADE (LMX-03).
    pub fn new(id: Id, feature: Id, count: Count) -> AskedUpgrade {
        AskedUpgrade {
            id,
            feature: Some(feature),
            count: Some(count),
            key_type: Some(KeyType::Upgrade),
            start: None,
            end: None,
            share: Vec::new(),
            match_rate: None,
            hal_servers: None,
            servers: Vec::new(),
            clients: Vec::new(),
            others: Vec::new(),
        }
    }
}

/// COUNT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// So many; whether that is in range is for the rules to say.
    Of(i64),
    /// Without bound.
    Unlimited,
}

/// KEYTYPE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// The one base of its feature; what a license is that says nothing.
    Exclusive,
    /// A pool of its own.
    Additive,
    /// Raises the exclusive license of its feature.
    Upgrade,
    /// Draws on other licenses.
    Token,
}

impl KeyType {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            KeyType::Exclusive => "EXCLUSIVE",
            KeyType::Additive => "ADDITIVE",
            KeyType::Upgrade => "UPGRADE",
            KeyType::Token => "TOKEN",
        }
    }

    /// As it is written, in any case.
    pub fn from_name(name: &str) -> Option<KeyType> {
        let all = [KeyType::Exclusive, KeyType::Additive, KeyType::Upgrade, KeyType::Token];
        all.into_iter().find(|it| it.name().eq_ignore_ascii_case(name))
    }
}
