//! From the bytes of a carried file to the characters that mean something (spec §3.2, D-02).

use alloc::borrow::Cow;
use alloc::vec::Vec;

/// Undoes UTF-16, which some editors save as; everything else stays as it is.
///
/// Outside ASCII, invisible UTF-16 units become spaces, and all others `?`, which no armor contains.
pub(crate) fn to_ascii_superset(bytes: &[u8]) -> Cow<'_, [u8]> {
    let little = match bytes {
        [0xff, 0xfe, ..] => true,
        [0xfe, 0xff, ..] => false,
        // Without a mark: the armor is ASCII, so every other byte of it is zero.
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => true,
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => false,
        _ => return Cow::Borrowed(bytes),
    };
    let narrow = |pair: &[u8]| {
        let unit = if little { [pair[1], pair[0]] } else { [pair[0], pair[1]] };
        match u16::from_be_bytes(unit) {
            0..=0x7f => unit[1],
            0xa0 | 0xad | 0x2000..=0x200f | 0x2028 | 0x2029 | 0x202f | 0x2060 | 0x3000 | 0xfeff => b' ',
            _ => b'?',
        }
    };
    Cow::Owned(bytes.chunks_exact(2).map(narrow).collect())
}

/// The text without what carries no meaning: white space, quoting marks and invisible characters.
///
/// None of these occurs inside an armored document, so a file that was quoted, indented or wrapped anew,
/// even in the middle of a word, reads the same.
pub(crate) struct Compact<'a> {
    source: &'a [u8],
    /// What is left.
    pub(crate) bytes: Vec<u8>,
}

impl<'a> Compact<'a> {
    #[inline(never)]
    pub(crate) fn new(source: &'a [u8]) -> Compact<'a> {
        let mut bytes = Vec::with_capacity(source.len());
        let mut rest = source;
        // Whole runs are copied: most of a file is base64.
        loop {
            let odd = run(rest);
            if odd == rest.len() {
                break;
            }
            let skip = meaningless(&rest[odd..]);
            bytes.extend_from_slice(&rest[..odd + usize::from(skip == 0)]);
            rest = &rest[odd + skip.max(1)..];
        }
        bytes.extend_from_slice(rest);
        Compact { source, bytes }
    }

    /// The line of the last character that means something.
    pub(crate) fn last_line(&self) -> usize {
        self.line_of(self.bytes.len().saturating_sub(1))
    }

    /// The line of the source, counted from 1, that holds the character at this place of `bytes`.
    pub(crate) fn line_of(&self, place: usize) -> usize {
        let (mut line, mut seen, mut at) = (1, 0, 0);
        while at < self.source.len() {
            let skip = meaningless(&self.source[at..]);
            if skip == 0 {
                if seen == place {
                    break;
                }
                seen += 1;
                at += 1;
                continue;
            }
            let ends_line = match self.source[at] {
                b'\n' => true,
                b'\r' => self.source.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            line += usize::from(ends_line);
            at += skip;
        }
        line
    }
}

/// How many bytes at the front can begin nothing that is dropped.
#[inline(never)]
fn run(rest: &[u8]) -> usize {
    rest.iter().position(|byte| !is_plain(*byte)).unwrap_or(rest.len())
}

/// Cannot begin anything that is dropped.
fn is_plain(byte: u8) -> bool {
    PLAIN[usize::from(byte)]
}

/// As a table: every byte of a file is asked.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        plain[byte as usize] = byte != b'>' && byte != b'|';
        byte += 1;
    }
    plain
};

/// How many bytes at the front of `rest` carry no meaning.
fn meaningless(rest: &[u8]) -> usize {
    match rest {
        [0..=b' ' | 0x7f | b'>' | b'|', ..] => 1,
        // The no-break space as Latin-1 has it.
        [0xa0, ..] => 1,
        // No-break space, soft hyphen.
        [0xc2, 0xa0 | 0xad, ..] => 2,
        // Wide and narrow spaces, zero-width characters and separators, word joiner, byte order mark.
        [0xe2, 0x80, 0x80..=0x8f | 0xa8 | 0xa9 | 0xaf, ..]
        | [0xe2, 0x81, 0xa0, ..]
        | [0xe3, 0x80, 0x80, ..]
        | [0xef, 0xbb, 0xbf, ..] => 3,
        _ => 0,
    }
}

/// Large inputs are gone through in pieces of so many bytes: a browser starts with quick and slow code for each function,
/// and takes the better code from the function's next call on, not in the middle of one that lasts a second.
pub(crate) const PIECE: usize = 1 << 16;

/// Where a byte first is; the length if it is not there.
#[inline(never)]
fn position_in(piece: &[u8], byte: u8) -> usize {
    piece.iter().position(|other| *other == byte).unwrap_or(piece.len())
}

/// Where `needle` first occurs in `hay`, at or after `from`.
pub(crate) fn find(hay: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = from;
    while at < hay.len() {
        // Where a piece ends without it, the next byte is looked at once too often.
        at += position_in(&hay[at..hay.len().min(at + PIECE)], first);
        if hay[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
    None
}
