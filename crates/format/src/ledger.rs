//! The entries of a usage report, read as they come: a million of them are never a tree.

use alloc::vec::Vec;

use crate::document::UsageEntry;
use crate::id::Id;
use crate::instant::Instant;
use crate::json::{Json, Members};

/// Different features that are remembered, so that all entries of one share its name in memory.
const SHARED: usize = 64;

/// Usage entries up to the first that is wrong, and how many there are in all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger<'a> {
    /// The entries before the one that is wrong.
    pub(crate) entries: Vec<UsageEntry>,
    /// The first item that is no entry: what is wrong with it is for [`crate::fields::Fields`] to say.
    pub(crate) wrong: Option<Json<'a>>,
    /// How many items there are, whatever they are.
    pub(crate) count: usize,
    features: Vec<Id>,
}

impl<'a> Ledger<'a> {
    /// Reads one more item of the list; gives back the object that it was, emptied.
    pub(crate) fn push(&mut self, item: Json<'a>) -> Members<'a> {
        self.count += 1;
        if self.wrong.is_none() {
            match self.entry(&item) {
                Some(entry) => self.entries.push(entry),
                None => {
                    self.wrong = Some(item);
                    return Vec::new();
                }
            }
        }
        let Json::Object(mut members) = item else { return Vec::new() };
        members.clear();
        members
    }

    fn entry(&mut self, item: &Json<'_>) -> Option<UsageEntry> {
        let Json::Object(members) = item else { return None };
        let (mut at, mut feature, mut amount) = (None, None, None);
        for (name, value) in members {
            match (&**name, value) {
                ("at", Json::Text(text)) => at = Instant::parse(text),
                ("feature", Json::Text(text)) => feature = self.feature(text),
                ("amount", Json::Int(value)) => amount = Some(*value),
                _ => return None,
            }
        }
        Some(UsageEntry { at: at?, feature: feature?, amount: amount? })
    }

    fn feature(&mut self, text: &str) -> Option<Id> {
        if let Some(id) = self.features.iter().find(|id| id.as_str() == text) {
            return Some(id.clone());
        }
        let id = Id::new(text)?;
        if self.features.len() < SHARED {
            self.features.push(id.clone());
        }
        Some(id)
    }
}
