//! Lists and maps of an object.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Fields, MANY, NAME, VALUE, Wrong, shown, under};
use crate::document::UsageEntry;
use crate::error::PayloadCause;
use crate::id::Id;
use crate::json::{Json, MAX_SAFE};
use crate::map::Map;

impl<'a> Fields<'a> {
    #[inline(never)]
    fn values(&mut self, name: &str, most: usize) -> Vec<Json<'a>> {
        let cause = match self.need(name) {
            Json::List(values) if values.len() <= most => return values,
            Json::List(_) => PayloadCause::OutOfRange,
            _ => PayloadCause::WrongType,
        };
        self.wrong(cause, name);
        Vec::new()
    }

    /// A list of at most `most` objects; each is read by `read`, which need not call [`Fields::finish`].
    pub(crate) fn list<T>(&mut self, name: &str, most: usize, read: fn(&mut Fields<'a>) -> T) -> Vec<T> {
        let values = self.values(name, most);
        let mut list = Vec::with_capacity(values.len());
        for (index, value) in values.into_iter().enumerate() {
            let Some(mut item) = self.item(value, name, index) else { break };
            list.push(read(&mut item));
            if !self.whole(item, name, index) {
                break;
            }
        }
        list
    }

    /// The usage entries. `read` says what is wrong with the first that is no entry.
    pub(crate) fn ledger(&mut self, name: &str, read: fn(&mut Fields<'a>)) -> Vec<UsageEntry> {
        let Json::Ledger(ledger) = self.need(name) else {
            self.wrong(PayloadCause::WrongType, name);
            return Vec::new();
        };
        let index = ledger.entries.len();
        if let Some(mut item) = ledger.wrong.and_then(|wrong| self.item(wrong, name, index)) {
            read(&mut item);
            self.whole(item, name, index);
        }
        ledger.entries
    }

    /// An item of a list, with no path: one is only made when something is wrong. None if something is wrong already.
    #[inline(never)]
    fn item(&self, value: Json<'a>, name: &str, index: usize) -> Option<Fields<'a>> {
        if self.noted().is_err() {
            return None;
        }
        let Json::Object(members) = value else {
            self.wrong(PayloadCause::WrongType, &under(name, &index.to_string()));
            return None;
        };
        Some(Fields { path: String::new(), members, wrong: Wrong::default() })
    }

    /// Whether an item was read whole; what was wrong with it is noted with its path.
    #[inline(never)]
    fn whole(&self, mut item: Fields<'a>, name: &str, index: usize) -> bool {
        item.finish();
        let Err(error) = item.noted() else { return true };
        let place = [name, ".", &index.to_string(), ".", &error.field].concat();
        self.wrong(error.cause, &place);
        false
    }

    pub(crate) fn texts(&mut self, name: &str, most: usize, longest: usize) -> Vec<String> {
        let values = self.values(name, most);
        let mut texts = Vec::with_capacity(values.len());
        for (index, value) in values.into_iter().enumerate() {
            texts.push(self.text_of(value, &under(name, &index.to_string()), longest));
        }
        texts
    }

    #[cfg(feature = "pool")]
    /// A list of texts that `parse` understands; the others are left out, and noted.
    pub(crate) fn parsed_list<T>(&mut self, name: &str, most: usize, parse: fn(&str) -> Option<T>) -> Vec<T> {
        let values = self.values(name, most);
        let mut list = Vec::with_capacity(values.len());
        for (index, value) in values.into_iter().enumerate() {
            let place = under(name, &index.to_string());
            let text = self.word_of(value, &place);
            match parse(&text) {
                Some(item) => list.push(item),
                None => self.wrong(PayloadCause::Malformed, &place),
            }
        }
        list
    }

    /// A map of ids to integers inside ±(2^53 − 1). Negative ones are readable: the rules hold them (D-38).
    #[inline(never)]
    pub(crate) fn totals(&mut self, name: &str) -> Map<Id, i64> {
        let mut map = Map::new();
        let mut inner = self.map(name);
        for (key, value) in core::mem::take(&mut inner.members) {
            let amount = inner.int_of(value, &shown(&key), -MAX_SAFE, MAX_SAFE);
            match Id::new(&key) {
                Some(id) => drop(map.insert(id, amount)),
                None => inner.wrong(PayloadCause::Malformed, &shown(&key)),
            }
        }
        map
    }

    #[inline(never)]
    pub(crate) fn variables(&mut self, name: &str) -> Map<String, String> {
        let mut map = Map::new();
        let mut inner = self.map(name);
        for (key, value) in core::mem::take(&mut inner.members) {
            let key = inner.text_of(Json::Text(key), "name", NAME);
            let value = inner.text_of(value, &shown(&key), VALUE);
            map.insert(key, value);
        }
        map
    }

    #[inline(never)]
    fn map(&mut self, name: &str) -> Fields<'a> {
        let mut inner = self.object(name);
        if inner.members.len() > MANY {
            self.wrong(PayloadCause::OutOfRange, name);
            inner.members.clear();
        }
        inner
    }
}
