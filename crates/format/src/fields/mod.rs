//! Reads the members of one object, each once, and refuses what is left over.

#[cfg(feature = "fast")]
mod last_key;
mod many;

use alloc::borrow::Cow;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;

use chrono::NaiveDate;

use crate::code::LicenseKey;
use crate::digest::Digest;
use crate::envelope::Envelope;
use crate::error::{PayloadCause, PayloadError};
use crate::id::Id;
use crate::instant::{Instant, MAX_INSTANT, parse_date};
use crate::json::{Json, Members};
use crate::keys::{KeyId, PublicKey};

type Result<T> = core::result::Result<T, PayloadError>;

/// Longest name of a thing that people named, in characters.
pub(crate) const NAME: usize = 120;
/// Longest value of a variable or part, in characters.
pub(crate) const VALUE: usize = 400;
/// Most members of a map or list that is no usage ledger.
pub(crate) const MANY: usize = 1000;

/// The members of one object, not yet read.
///
/// What is wrong is noted, the first of it, and a stand-in goes on in its place; [`Fields::finish_document`] tells
/// it. So a document is read in one straight line, which is a third of the code on the page, and no stand-in
/// ever leaves this crate.
#[derive(Clone)]
pub struct Fields<'a> {
    path: String,
    members: Members<'a>,
    wrong: Wrong,
}

/// The first thing that is wrong with a document, known to all the objects in it.
#[derive(Clone, Default)]
struct Wrong(Rc<RefCell<Option<PayloadError>>>, #[cfg(feature = "fast")] Rc<last_key::LastKey>);

impl Wrong {
    #[inline(never)]
    fn note(&self, error: PayloadError) {
        self.0.borrow_mut().get_or_insert(error);
    }
}

impl<'a> Fields<'a> {
    /// An object where an object belongs: an array or `null` in its place is refused.
    pub(crate) fn of(value: Json<'a>, path: &str) -> Result<Fields<'a>> {
        match value {
            Json::Object(members) => Ok(Fields { path: path.to_string(), members, wrong: Wrong::default() }),
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

    /// Notes that a member is wrong.
    #[inline(never)]
    pub(crate) fn wrong(&self, cause: PayloadCause, name: &str) {
        self.wrong.note(self.error(cause, name));
    }

    #[inline(never)]
    fn take(&mut self, name: &str) -> Option<Json<'a>> {
        let index = self.members.iter().position(|(key, _)| key == name)?;
        Some(self.members.swap_remove(index).1)
    }

    #[inline(never)]
    fn need(&mut self, name: &str) -> Json<'a> {
        let value = self.take(name);
        if value.is_none() {
            self.wrong(PayloadCause::MissingField, name);
        }
        value.unwrap_or(Json::Null)
    }

    /// An optional member is left out or `null`.
    #[inline(never)]
    fn maybe(&mut self, name: &str) -> Option<Json<'a>> {
        self.take(name).filter(|value| !matches!(value, Json::Null))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(key, value)| key == name && !matches!(value, Json::Null))
    }

    /// Whether there is such a member, be it `null`.
    #[cfg(feature = "pool")]
    pub(crate) fn names(&self, name: &str) -> bool {
        self.members.iter().any(|(key, _)| key == name)
    }

    /// Leaves members unread, whatever they hold.
    #[cfg(not(feature = "pool"))]
    pub(crate) fn pass_over(&mut self, names: &[&str]) {
        self.members.retain(|(name, _)| !names.contains(&&**name));
    }

    #[inline(never)]
    fn text_of(&self, value: Json<'a>, name: &str, longest: usize) -> String {
        let text = self.word_of(value, name);
        if !is_text(&text, longest) {
            self.wrong(PayloadCause::OutOfRange, name);
        }
        text.into_owned()
    }

    #[inline(never)]
    pub(crate) fn text(&mut self, name: &str, longest: usize) -> String {
        let value = self.need(name);
        self.text_of(value, name, longest)
    }

    #[inline(never)]
    pub(crate) fn text_maybe(&mut self, name: &str, longest: usize) -> Option<String> {
        self.maybe(name).map(|value| self.text_of(value, name, longest))
    }

    #[inline(never)]
    fn word_of(&self, value: Json<'a>, name: &str) -> Cow<'a, str> {
        match value {
            Json::Text(text) => text,
            _ => {
                self.wrong(PayloadCause::WrongType, name);
                Cow::Borrowed("")
            }
        }
    }

    #[inline(never)]
    fn word(&mut self, name: &str) -> Cow<'a, str> {
        let value = self.need(name);
        self.word_of(value, name)
    }

    /// A text that `parse` understands, or else `stand_in`.
    pub(crate) fn parsed<T>(&mut self, name: &str, stand_in: T, parse: fn(&str) -> Option<T>) -> T {
        let text = self.word(name);
        parse(&text).unwrap_or_else(|| {
            self.wrong(PayloadCause::Malformed, name);
            stand_in
        })
    }

    pub(crate) fn parsed_maybe<T>(&mut self, name: &str, parse: fn(&str) -> Option<T>) -> Option<T> {
        let text = self.maybe(name).map(|value| self.word_of(value, name))?;
        let parsed = parse(&text);
        if parsed.is_none() {
            self.wrong(PayloadCause::Malformed, name);
        }
        parsed
    }

    #[inline(never)]
    pub(crate) fn id(&mut self, name: &str) -> Id {
        self.parsed(name, Id::stand_in(), Id::new)
    }

    #[inline(never)]
    pub(crate) fn instant(&mut self, name: &str) -> Instant {
        self.parsed(name, MAX_INSTANT, Instant::parse)
    }

    #[inline(never)]
    pub(crate) fn instant_maybe(&mut self, name: &str) -> Option<Instant> {
        self.parsed_maybe(name, Instant::parse)
    }

    #[inline(never)]
    pub(crate) fn date_maybe(&mut self, name: &str) -> Option<NaiveDate> {
        self.parsed_maybe(name, parse_date)
    }

    #[inline(never)]
    pub(crate) fn digest(&mut self, name: &str) -> Digest {
        self.parsed(name, Digest::from_bytes([0; 32]), Digest::parse)
    }

    #[inline(never)]
    pub(crate) fn digest_maybe(&mut self, name: &str) -> Option<Digest> {
        self.parsed_maybe(name, Digest::parse)
    }

    #[inline(never)]
    pub(crate) fn key(&mut self, name: &str) -> PublicKey {
        #[cfg(feature = "fast")]
        {
            let text = self.word(name);
            self.wrong.1.parse(&text).unwrap_or_else(|| {
                self.wrong(PayloadCause::Malformed, name);
                PublicKey::stand_in()
            })
        }
        #[cfg(not(feature = "fast"))]
        self.parsed(name, PublicKey::stand_in(), PublicKey::parse)
    }

    #[inline(never)]
    pub(crate) fn key_id(&mut self, name: &str) -> KeyId {
        self.parsed(name, KeyId::stand_in(), KeyId::parse)
    }

    #[inline(never)]
    pub(crate) fn license_key(&mut self, name: &str) -> LicenseKey {
        self.parsed(name, LicenseKey::stand_in(), |text| LicenseKey::parse(text).ok())
    }

    pub(crate) fn license_key_maybe(&mut self, name: &str) -> Option<LicenseKey> {
        self.parsed_maybe(name, |text| LicenseKey::parse(text).ok())
    }

    /// The place of a word in a list: for words that stand for variants. The first of them stands in.
    #[inline(never)]
    pub(crate) fn choice(&mut self, name: &str, words: &[&str]) -> usize {
        let word = self.word(name);
        words.iter().position(|known| *known == word).unwrap_or_else(|| {
            self.wrong(PayloadCause::Malformed, name);
            0
        })
    }

    #[inline(never)]
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        match self.need(name) {
            Json::Bool(value) => value,
            _ => {
                self.wrong(PayloadCause::WrongType, name);
                false
            }
        }
    }

    #[inline(never)]
    fn int_of(&self, value: Json<'a>, name: &str, least: i64, most: i64) -> i64 {
        let cause = match value {
            Json::Int(value) if (least..=most).contains(&value) => return value,
            Json::Int(_) => PayloadCause::OutOfRange,
            _ => PayloadCause::WrongType,
        };
        self.wrong(cause, name);
        least
    }

    #[inline(never)]
    pub(crate) fn int(&mut self, name: &str, least: i64, most: i64) -> i64 {
        let value = self.need(name);
        self.int_of(value, name, least, most)
    }

    #[inline(never)]
    pub(crate) fn int_maybe(&mut self, name: &str, least: i64, most: i64) -> Option<i64> {
        self.maybe(name).map(|value| self.int_of(value, name, least, most))
    }

    /// An integer of `least` to 2^32 − 1.
    #[inline(never)]
    pub(crate) fn count(&mut self, name: &str, least: u32) -> u32 {
        // The bounds are those of u32, so the cast keeps the value.
        self.int(name, i64::from(least), i64::from(u32::MAX)) as u32
    }

    #[inline(never)]
    fn inside(&self, value: Json<'a>, name: &str) -> Fields<'a> {
        let members = match value {
            Json::Object(members) => members,
            _ => {
                self.wrong(PayloadCause::WrongType, name);
                Vec::new()
            }
        };
        Fields { path: self.at(name), members, wrong: self.wrong.clone() }
    }

    #[inline(never)]
    pub(crate) fn object(&mut self, name: &str) -> Fields<'a> {
        let value = self.need(name);
        self.inside(value, name)
    }

    #[inline(never)]
    pub(crate) fn object_maybe(&mut self, name: &str) -> Option<Fields<'a>> {
        self.maybe(name).map(|value| self.inside(value, name))
    }

    /// Either a word or an object: for variants with and without data.
    pub(crate) fn object_or_text(&mut self, name: &str) -> core::result::Result<Cow<'a, str>, Fields<'a>> {
        match self.need(name) {
            Json::Text(text) => Ok(text),
            value => Err(self.inside(value, name)),
        }
    }

    #[inline(never)]
    pub(crate) fn envelope_maybe(&mut self, name: &str) -> Option<Envelope> {
        let envelope = Envelope::from_json(&self.maybe(name)?).ok();
        if envelope.is_none() {
            self.wrong(PayloadCause::Malformed, name);
        }
        envelope
    }

    #[inline(never)]
    pub(crate) fn envelope(&mut self, name: &str) -> Envelope {
        let value = self.need(name);
        Envelope::from_json(&value).unwrap_or_else(|_| {
            self.wrong(PayloadCause::Malformed, name);
            Envelope::stand_in()
        })
    }

    fn look(&self, name: &str) -> Result<&Json<'a>> {
        match self.members.iter().find(|(key, _)| key == name) {
            Some((_, Json::Null)) => Err(self.error(PayloadCause::WrongType, name)),
            Some((_, value)) => Ok(value),
            None => Err(self.error(PayloadCause::MissingField, name)),
        }
    }

    /// Reads without taking: for what must be known before the whole is trusted enough to decode.
    fn clone_object(&self, name: &str) -> Result<Fields<'a>> {
        let Json::Object(members) = self.look(name)? else {
            return Err(self.error(PayloadCause::WrongType, name));
        };
        Ok(self.texts_of(self.at(name), members))
    }

    /// A copy with its texts alone, which is all that is read before the whole is.
    #[inline(never)]
    fn texts_of(&self, path: String, members: &Members<'a>) -> Fields<'a> {
        let text = |value: &Json<'a>| match value {
            Json::Text(text) => Json::Text(text.clone()),
            _ => Json::Null,
        };
        let members = members.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        let wrong = Wrong {
            #[cfg(feature = "fast")]
            1: Rc::clone(&self.wrong.1),
            ..Wrong::default()
        };
        Fields { path, members, wrong }
    }

    /// One member of a member object, without taking it.
    pub(crate) fn clone_in<T>(&self, object: &str, read: fn(&mut Fields<'a>) -> T) -> Result<T> {
        let mut fields = self.clone_object(object)?;
        let value = read(&mut fields);
        fields.noted().map(|()| value)
    }

    /// One member, without taking it.
    pub(crate) fn clone_one<T>(&self, name: &str, read: fn(&mut Fields<'a>, &str) -> T) -> Result<T> {
        let mut fields = self.texts_of(self.path.clone(), &self.members);
        let value = read(&mut fields, name);
        fields.noted().map(|()| value)
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
            Some(Json::Ledger(ledger)) => ledger.count,
            _ => 0,
        }
    }

    fn noted(&self) -> Result<()> {
        match &*self.wrong.0.borrow() {
            None => Ok(()),
            Some(error) => Err(error.clone()),
        }
    }

    /// Refuses unknown fields, and tells the first thing that was wrong; `notes` is the one map that readers
    /// ignore (spec §5.1).
    #[inline(never)]
    pub(crate) fn finish_document(mut self) -> Result<()> {
        if let Some(notes) = self.maybe("notes") {
            self.inside(notes, "notes");
        }
        self.finish();
        self.noted()
    }

    /// Refuses unknown fields.
    #[inline(never)]
    pub(crate) fn finish(&mut self) {
        if let Some((name, _)) = self.members.first() {
            self.wrong(PayloadCause::UnknownField, &shown(name));
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

/// Whether a document can hold this text: 1 to `longest` characters, none of them a control or a
/// direction-changing one.
pub fn is_text(text: &str, longest: usize) -> bool {
    text.chars().all(is_plain) && (1..=longest).contains(&text.chars().count())
}

/// A name from the file, short and plain enough for a message.
pub(crate) fn shown(name: &str) -> String {
    name.chars().take(NAME).map(|c| if is_plain(c) { c } else { '\u{fffd}' }).collect()
}
