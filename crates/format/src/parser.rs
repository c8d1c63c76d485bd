//! Reads the strict profile of JSON (spec §5.1) in one pass, in which a usage report's entries never become a tree.
//!
//! A general reader brings a table of powers of ten and the reading of fractions along, to hand over what is refused then:
//! a twentieth of all the page's code.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::mem;

use crate::error::{PayloadCause, PayloadError};
use crate::json::{Json, MAX_SAFE, MOST_ITEMS, MOST_VALUES, Members, has_twice};
use crate::ledger::Ledger;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

type Result<T> = core::result::Result<T, PayloadCause>;

/// The way from here to the usage entries; `None` if they are not below here.
pub(crate) type Path = Option<&'static [&'static str]>;

/// Arrays and objects nest no deeper than this, whatever the caller allows: the stack is not endless.
const DEEPEST: usize = 127;

pub(crate) struct Parser<'de> {
    text: &'de [u8],
    at: usize,
    /// The text has ended where more was needed.
    cut: bool,
    /// Values that may still come.
    left: usize,
    /// Items of an array that are kept.
    items: usize,
    /// An emptied object of before: a ledger has a million small ones, and needs no memory for each.
    spare: Members<'de>,
}

impl<'de> Parser<'de> {
    pub(crate) fn new(text: &'de [u8], items: usize) -> Parser<'de> {
        Parser { text, at: 0, cut: false, left: MOST_VALUES, items, spare: Vec::new() }
    }

    /// The one value of the text. Beside the error, whether the text just ends too early.
    #[inline(never)]
    pub(crate) fn parse(
        mut self,
        depth: usize,
        ledger: Path,
    ) -> core::result::Result<Json<'de>, (PayloadError, bool)> {
        let value = self.value(depth.min(DEEPEST), ledger);
        let value = match value {
            Ok(_) if self.peek().is_some() => Err(PayloadCause::Syntax),
            value => value,
        };
        value.map_err(|cause| (PayloadError { cause, field: self.place() }, self.cut))
    }

    /// The last character that was looked at.
    fn place(&self) -> String {
        let seen = &self.text[..self.at];
        let line = seen.split(|byte| *byte == b'\n').count();
        let column = seen.iter().rev().take_while(|byte| **byte != b'\n').count();
        ["line ", &line.to_string(), ", column ", &column.to_string()].concat()
    }

    /// The next character after white space; it is still to be taken.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.text.get(self.at) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    /// Takes the next character, whatever it is.
    #[inline(never)]
    fn take(&mut self) -> Result<u8> {
        match self.text.get(self.at) {
            Some(byte) => {
                self.at += 1;
                Ok(*byte)
            }
            None => {
                self.cut = true;
                Err(PayloadCause::Syntax)
            }
        }
    }

    /// Takes the next character after white space.
    fn token(&mut self) -> Result<u8> {
        self.peek();
        self.take()
    }

    /// Takes the comma before the next member or item; `false` if that was the end.
    fn goes_on(&mut self, end: u8) -> Result<bool> {
        match self.token()? {
            b',' => Ok(true),
            byte if byte == end => Ok(false),
            _ => Err(PayloadCause::Syntax),
        }
    }

    /// Whether there is nothing before the end, which is taken then.
    fn is_empty(&mut self, end: u8) -> bool {
        let empty = self.peek() == Some(end);
        self.at += usize::from(empty);
        empty
    }

    /// Counts one value of those that may still come.
    fn one(&mut self) -> Result<()> {
        self.left = self.left.checked_sub(1).ok_or(PayloadCause::OutOfRange)?;
        Ok(())
    }

    fn value(&mut self, depth: usize, ledger: Path) -> Result<Json<'de>> {
        match self.token()? {
            b'"' => self.string().map(Json::Text),
            b'{' => self.object(inside(depth)?, ledger),
            b'[' => self.list(inside(depth)?, ledger),
            b'n' => self.word(b"ull", Json::Null),
            b't' => self.word(b"rue", Json::Bool(true)),
            b'f' => self.word(b"alse", Json::Bool(false)),
            first => self.number(first),
        }
    }

    fn word(&mut self, rest: &[u8], value: Json<'de>) -> Result<Json<'de>> {
        for byte in rest {
            if self.take()? != *byte {
                return Err(PayloadCause::Syntax);
            }
        }
        Ok(value)
    }

    fn list(&mut self, depth: usize, ledger: Path) -> Result<Json<'de>> {
        let mut ledger = ledger.filter(|path| path.is_empty()).map(|_| Box::<Ledger<'de>>::default());
        let (mut list, mut more) = (Vec::new(), 0);
        let mut goes_on = !self.is_empty(b']');
        while goes_on {
            let left = self.left;
            let value = self.value(depth, None)?;
            match &mut ledger {
                None if list.len() < self.items => {
                    self.one()?;
                    list.push(value);
                }
                other => {
                    match other {
                        None => more += 1,
                        Some(ledger) if ledger.count < MOST_ITEMS => self.spare = ledger.push(value),
                        Some(_) => return Err(PayloadCause::OutOfRange),
                    }
                    // What is not kept takes no memory.
                    self.left = left;
                }
            }
            goes_on = self.goes_on(b']')?;
        }
        if more > 0 {
            list.push(Json::More(more));
        }
        Ok(ledger.map_or(Json::List(list), Json::Ledger))
    }

    fn object(&mut self, depth: usize, ledger: Path) -> Result<Json<'de>> {
        let mut members = mem::take(&mut self.spare);
        let mut goes_on = !self.is_empty(b'}');
        while goes_on {
            if self.token()? != b'"' {
                return Err(PayloadCause::Syntax);
            }
            let key = self.string()?;
            self.one()?;
            let below = ledger.and_then(|path| path.split_first());
            let below = below.filter(|(name, _)| key == **name).map(|(_, rest)| rest);
            if self.token()? != b':' {
                return Err(PayloadCause::Syntax);
            }
            members.push((key, self.value(depth, below)?));
            goes_on = self.goes_on(b'}')?;
        }
        if has_twice(&members) { Err(PayloadCause::DuplicateKey) } else { Ok(Json::Object(members)) }
    }

    /// The rest of a string whose first quotation mark is taken.
    #[inline(never)]
    fn string(&mut self) -> Result<Cow<'de, str>> {
        let text = self.text;
        let mut start = self.at;
        let mut before = Vec::new();
        loop {
            self.at += run(&text[self.at..]);
            let piece = &text[start..self.at];
            match self.take()? {
                b'"' if before.is_empty() => {
                    let text = core::str::from_utf8(piece);
                    return text.map(Cow::Borrowed).map_err(|_| PayloadCause::Syntax);
                }
                b'"' => {
                    before.extend_from_slice(piece);
                    let text = String::from_utf8(before);
                    return text.map(Cow::Owned).map_err(|_| PayloadCause::Syntax);
                }
                b'\\' => {
                    before.extend_from_slice(piece);
                    let escaped = self.escape()?;
                    before.extend_from_slice(escaped.encode_utf8(&mut [0; 4]).as_bytes());
                    start = self.at;
                }
                _ => return Err(PayloadCause::Syntax),
            }
        }
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Result<char> {
        let code = match self.take()? {
            byte @ (b'"' | b'\\' | b'/') => byte.into(),
            b'b' => 0x8,
            b'f' => 0xc,
            b'n' => 0xa,
            b'r' => 0xd,
            b't' => 0x9,
            b'u' => match self.hex()? {
                high @ 0xd800..0xdc00 => {
                    self.word(b"\\u", Json::Null)?;
                    // What is no second half makes no character, as does one without a first.
                    let low = self.hex()?.wrapping_sub(0xdc00);
                    if low < 0x400 { 0x1_0000 + ((high - 0xd800) << 10 | low) } else { high }
                }
                code => code,
            },
            _ => return Err(PayloadCause::Syntax),
        };
        char::from_u32(code).ok_or(PayloadCause::Syntax)
    }

    fn hex(&mut self) -> Result<u32> {
        // Where the text ends in the midst of them it is cut, whatever the last ones are.
        self.cut = self.text.len() - self.at < 4;
        let mut code = 0;
        for _ in 0..4 {
            code = code << 4 | char::from(self.take()?).to_digit(16).ok_or(PayloadCause::Syntax)?;
        }
        Ok(code)
    }

    /// Takes the digits that follow, of which there is one at least.
    fn digits(&mut self) -> Result<i64> {
        let mut value = 0_i64;
        let mut byte = self.take()?;
        loop {
            if !byte.is_ascii_digit() {
                return Err(PayloadCause::Syntax);
            }
            // Too large it is refused anyway.
            value = value.saturating_mul(10).saturating_add((byte - b'0').into());
            match self.text.get(self.at) {
                Some(next) if next.is_ascii_digit() => byte = *next,
                _ => return Ok(value),
            }
            self.at += 1;
        }
    }

    /// Takes the next character if it is one of these.
    fn takes(&mut self, either: u8, or: u8) -> bool {
        let takes = self.text.get(self.at).is_some_and(|byte| *byte == either || *byte == or);
        self.at += usize::from(takes);
        takes
    }

    fn number(&mut self, first: u8) -> Result<Json<'de>> {
        let negative = first == b'-';
        if !negative {
            self.at -= 1;
        }
        let zero = self.text.get(self.at) == Some(&b'0');
        let start = self.at;
        let value = self.digits()?;
        if zero && self.at > start + 1 {
            return Err(PayloadCause::Syntax);
        }
        let mut whole = value <= MAX_SAFE && !(negative && zero);
        if self.takes(b'.', b'.') {
            self.digits()?;
            whole = false;
        }
        if self.takes(b'e', b'E') {
            self.takes(b'+', b'-');
            self.digits()?;
            whole = false;
        }
        if whole { Ok(Json::Int(if negative { -value } else { value })) } else { Err(PayloadCause::Number) }
    }
}

fn inside(depth: usize) -> Result<usize> {
    depth.checked_sub(1).ok_or(PayloadCause::TooDeep)
}

/// How many bytes at the front of a string's rest stand for themselves.
#[inline(never)]
fn run(rest: &[u8]) -> usize {
    let ends = |byte: &u8| matches!(*byte, 0..b' ' | b'"' | b'\\');
    rest.iter().position(ends).unwrap_or(rest.len())
}
