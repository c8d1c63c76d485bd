//! Reads the members of one object, each once, and refuses what is left over.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::NaiveDate;

use crate::digest::Digest;
use crate::envelope::Envelope;
use crate::error::{PayloadCause, PayloadError};
use crate::id::Id;
use crate::instant::{Instant, parse_date};
use crate::json::{Json, MAX_SAFE};
use crate::keys::{KeyId, PublicKey};

type Result<T> = core::result::Result<T, PayloadError>;

/// Longest name of a thing that people named, in characters.
pub(crate) const NAME: usize = 120;
/// Longest value of a variable or part, in characters.
pub(crate) const VALUE: usize = 400;
/// Most members of a map or list that is no usage ledger.
pub(crate) const MANY: usize = 1000;

/// The members of one object, not yet read.
#[derive(Clone)]
pub struct Fields {
    path: String,
    members: Vec<(String, Json)>,
}

impl Fields {
    /// An object where an object belongs: an array or `null` in its place is refused.
    pub(crate) fn of(value: Json, path: &str) -> Result<Fields> {
        match value {
            Json::Object(members) => Ok(Fields { path: path.to_string(), members }),
            _ => Err(PayloadError::new(
                PayloadCause::WrongType,
                if path.is_empty() { "document" } else { path },
            )),
        }
    }

    pub(crate) fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_string() } else { under(&self.path, name) }
    }

    pub(crate) fn error(&self, cause: PayloadCause, name: &str) -> PayloadError {
        PayloadError::new(cause, self.at(name))
    }

    fn take(&mut self, name: &str) -> Option<Json> {
        let index = self.members.iter().position(|(key, _)| key == name)?;
        Some(self.members.swap_remove(index).1)
    }

    fn need(&mut self, name: &str) -> Result<Json> {
        self.take(name).ok_or_else(|| self.error(PayloadCause::MissingField, name))
    }

    /// An optional member is left out or `null`.
    fn maybe(&mut self, name: &str) -> Option<Json> {
        self.take(name).filter(|value| *value != Json::Null)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(key, value)| key == name && *value != Json::Null)
    }

    fn text_of(&self, value: Json, name: &str, longest: usize) -> Result<String> {
        let Json::Text(text) = value else { return Err(self.error(PayloadCause::WrongType, name)) };
        let plain = text.chars().all(is_plain);
        let length = text.chars().count();
        if plain && (1..=longest).contains(&length) {
            Ok(text)
        } else {
            Err(self.error(PayloadCause::OutOfRange, name))
        }
    }

    pub(crate) fn text(&mut self, name: &str, longest: usize) -> Result<String> {
        let value = self.need(name)?;
        self.text_of(value, name, longest)
    }

    pub(crate) fn text_maybe(&mut self, name: &str, longest: usize) -> Result<Option<String>> {
        self.maybe(name).map(|value| self.text_of(value, name, longest)).transpose()
    }

    /// What is not generic about [`Fields::parsed`].
    #[inline(never)]
    fn word_of(&self, value: Json, name: &str) -> Result<String> {
        match value {
            Json::Text(text) => Ok(text),
            _ => Err(self.error(PayloadCause::WrongType, name)),
        }
    }

    #[inline(never)]
    fn word(&mut self, name: &str) -> Result<String> {
        let value = self.need(name)?;
        self.word_of(value, name)
    }

    #[inline(never)]
    fn malformed(&self, name: &str) -> PayloadError {
        self.error(PayloadCause::Malformed, name)
    }

    fn parsed_of<T>(&self, value: Json, name: &str, parse: fn(&str) -> Option<T>) -> Result<T> {
        let text = self.word_of(value, name)?;
        parse(&text).ok_or_else(|| self.malformed(name))
    }

    pub(crate) fn parsed<T>(&mut self, name: &str, parse: fn(&str) -> Option<T>) -> Result<T> {
        let text = self.word(name)?;
        parse(&text).ok_or_else(|| self.malformed(name))
    }

    pub(crate) fn parsed_maybe<T>(&mut self, name: &str, parse: fn(&str) -> Option<T>) -> Result<Option<T>> {
        self.maybe(name).map(|value| self.parsed_of(value, name, parse)).transpose()
    }

    pub(crate) fn id(&mut self, name: &str) -> Result<Id> {
        self.parsed(name, Id::new)
    }

    pub(crate) fn instant(&mut self, name: &str) -> Result<Instant> {
        self.parsed(name, Instant::parse)
    }

    pub(crate) fn date_maybe(&mut self, name: &str) -> Result<Option<NaiveDate>> {
        self.parsed_maybe(name, parse_date)
    }

    pub(crate) fn digest(&mut self, name: &str) -> Result<Digest> {
        self.parsed(name, Digest::parse)
    }

    pub(crate) fn key(&mut self, name: &str) -> Result<PublicKey> {
        self.parsed(name, PublicKey::parse)
    }

    pub(crate) fn key_id(&mut self, name: &str) -> Result<KeyId> {
        self.parsed(name, KeyId::parse)
    }

    pub(crate) fn flag(&mut self, name: &str) -> Result<bool> {
        match self.need(name)? {
            Json::Bool(value) => Ok(value),
            _ => Err(self.error(PayloadCause::WrongType, name)),
        }
    }

    fn int_of(&self, value: Json, name: &str, least: i64, most: i64) -> Result<i64> {
        match value {
            Json::Int(value) if (least..=most).contains(&value) => Ok(value),
            Json::Int(_) => Err(self.error(PayloadCause::OutOfRange, name)),
            _ => Err(self.error(PayloadCause::WrongType, name)),
        }
    }

    pub(crate) fn int(&mut self, name: &str, least: i64, most: i64) -> Result<i64> {
        let value = self.need(name)?;
        self.int_of(value, name, least, most)
    }

    pub(crate) fn int_maybe(&mut self, name: &str, least: i64, most: i64) -> Result<Option<i64>> {
        self.maybe(name).map(|value| self.int_of(value, name, least, most)).transpose()
    }

    /// An integer of 0 to 2^32 − 1.
    pub(crate) fn count(&mut self, name: &str, least: u32) -> Result<u32> {
        // The bounds are those of u32, so the cast keeps the value.
        self.int(name, i64::from(least), i64::from(u32::MAX)).map(|value| value as u32)
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Fields> {
        let value = self.need(name)?;
        Fields::of(value, &self.at(name))
    }

    pub(crate) fn object_maybe(&mut self, name: &str) -> Result<Option<Fields>> {
        self.maybe(name).map(|value| Fields::of(value, &self.at(name))).transpose()
    }

    /// Either a word or an object: for variants with and without data.
    pub(crate) fn object_or_text(&mut self, name: &str) -> Result<core::result::Result<String, Fields>> {
        match self.need(name)? {
            Json::Text(text) => Ok(Ok(text)),
            value => Fields::of(value, &self.at(name)).map(Err),
        }
    }

    pub(crate) fn envelope(&mut self, name: &str) -> Result<Envelope> {
        let value = self.need(name)?;
        Envelope::from_json(&value).map_err(|_| self.error(PayloadCause::Malformed, name))
    }

    pub(crate) fn envelope_maybe(&mut self, name: &str) -> Result<Option<Envelope>> {
        let envelope = self.maybe(name).map(|value| Envelope::from_json(&value));
        envelope.transpose().map_err(|_| self.error(PayloadCause::Malformed, name))
    }

    fn look(&self, name: &str) -> Result<&Json> {
        match self.members.iter().find(|(key, _)| key == name) {
            Some((_, Json::Null)) => Err(self.error(PayloadCause::WrongType, name)),
            Some((_, value)) => Ok(value),
            None => Err(self.error(PayloadCause::MissingField, name)),
        }
    }

    /// Reads without taking: for what must be known before the whole is trusted enough to decode.
    pub(crate) fn clone_object(&self, name: &str) -> Result<Fields> {
        Fields::of(self.look(name)?.clone(), &self.at(name))
    }

    pub(crate) fn clone_parsed<T>(&self, name: &str, parse: fn(&str) -> Option<T>) -> Result<T> {
        self.parsed_of(self.look(name)?.clone(), name, parse)
    }

    pub(crate) fn clone_envelope(&self, name: &str) -> Result<Envelope> {
        Envelope::from_json(self.look(name)?).map_err(|_| self.error(PayloadCause::Malformed, name))
    }

    pub(crate) fn clone_envelope_maybe(&self, name: &str) -> Result<Option<Envelope>> {
        if self.has(name) { self.clone_envelope(name).map(Some) } else { Ok(None) }
    }

    /// How many usage entries there are, before any is decoded.
    pub(crate) fn entries(&self) -> usize {
        match self.look("usage").ok().and_then(|usage| usage.get("entries")) {
            Some(Json::List(entries)) => entries.len(),
            _ => 0,
        }
    }

    /// A list of at most `most` objects; each is read by `read`, which need not call [`Fields::finish`].
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        most: usize,
        read: fn(&mut Fields) -> Result<T>,
    ) -> Result<Vec<T>> {
        let Json::List(values) = self.need(name)? else {
            return Err(self.error(PayloadCause::WrongType, name));
        };
        if values.len() > most {
            return Err(self.error(PayloadCause::OutOfRange, name));
        }
        let path = self.at(name);
        let mut list = Vec::with_capacity(values.len());
        for (index, value) in values.into_iter().enumerate() {
            // The path is only built when something is wrong: a usage ledger has a million of these.
            let mut item = Fields {
                path: String::new(),
                members: match value {
                    Json::Object(members) => members,
                    _ => {
                        return Err(PayloadError::new(
                            PayloadCause::WrongType,
                            under(&path, &index.to_string()),
                        ));
                    }
                },
            };
            let value = read(&mut item).and_then(|value| item.finish().map(|()| value));
            list.push(value.map_err(|error| {
                PayloadError::new(error.cause, [&path, ".", &index.to_string(), ".", &error.field].concat())
            })?);
        }
        Ok(list)
    }

    pub(crate) fn texts(&mut self, name: &str, most: usize, longest: usize) -> Result<Vec<String>> {
        let Json::List(values) = self.need(name)? else {
            return Err(self.error(PayloadCause::WrongType, name));
        };
        if values.len() > most {
            return Err(self.error(PayloadCause::OutOfRange, name));
        }
        let text = |(index, value): (usize, Json)| match self.text_of(value, name, longest) {
            Ok(text) => Ok(text),
            Err(error) => Err(PayloadError::new(error.cause, under(&error.field, &index.to_string()))),
        };
        values.into_iter().enumerate().map(text).collect()
    }

    /// A map of ids to integers inside ±(2^53 − 1). Negative ones are readable: the rules hold them (D-38).
    pub(crate) fn totals(&mut self, name: &str) -> Result<BTreeMap<Id, i64>> {
        self.map(name, |fields, key, value| {
            let id = Id::new(key).ok_or_else(|| fields.error(PayloadCause::Malformed, &shown(key)))?;
            Ok((id, fields.int_of(value, key, -MAX_SAFE, MAX_SAFE)?))
        })
    }

    pub(crate) fn variables(&mut self, name: &str) -> Result<BTreeMap<String, String>> {
        self.map(name, |fields, key, value| {
            let key = fields.text_of(Json::Text(key.to_string()), "name", NAME)?;
            let value = fields.text_of(value, &key, VALUE)?;
            Ok((key, value))
        })
    }

    fn map<K: Ord, V>(
        &mut self,
        name: &str,
        read: fn(&Fields, &str, Json) -> Result<(K, V)>,
    ) -> Result<BTreeMap<K, V>> {
        let mut inner = self.object(name)?;
        if inner.members.len() > MANY {
            return Err(self.error(PayloadCause::OutOfRange, name));
        }
        let members = core::mem::take(&mut inner.members);
        // One by one: collecting a map brings a sort into the page, for each type of it.
        let mut map = BTreeMap::new();
        for (key, value) in members {
            let (key, value) = read(&inner, &key, value)?;
            map.insert(key, value);
        }
        Ok(map)
    }

    /// Refuses unknown fields; `notes` is the one map that readers ignore (spec §5.1).
    pub(crate) fn finish_document(mut self) -> Result<()> {
        if let Some(notes) = self.maybe("notes") {
            Fields::of(notes, "notes")?;
        }
        self.finish()
    }

    /// Refuses unknown fields.
    pub(crate) fn finish(self) -> Result<()> {
        match self.members.first() {
            None => Ok(()),
            Some((name, _)) => Err(self.error(PayloadCause::UnknownField, &shown(name))),
        }
    }
}

fn under(path: &str, name: &str) -> String {
    [path, ".", name].concat()
}

/// Control and direction-changing characters could make a page or a log say something else.
fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A name from the file, short and plain enough for a message.
pub(crate) fn shown(name: &str) -> String {
    name.chars().take(NAME).map(|c| if is_plain(c) { c } else { '\u{fffd}' }).collect()
}
