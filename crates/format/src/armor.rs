//! The armor: how a document travels as text (spec §3).

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::digest::Digest;
use crate::document::Kind;
use crate::envelope::{Envelope, SignatureLine};
use crate::error::{ArmorError, EnvelopeError, Error};
use crate::foreign;
use crate::keys::KeyId;
use crate::limits::Limits;
use crate::preamble::OPENINGS;
use crate::text::{Compact, PIECE, find};

const BEGIN: &[u8] = b"-----BEGIN";
const END: &[u8] = b"-----END";
const DASHES: &[u8] = b"-----";
const KEY_ID: usize = 16;
const SIGNATURE: usize = 88;

/// Why no document came out, and what the label says it was.
pub(crate) struct Refused {
    pub(crate) kind: Option<Kind>,
    pub(crate) error: Error,
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Refused {
        Refused { kind: None, error: error.into() }
    }
}

/// Reads the one armored document of a text. `source` is the file after [`crate::text::to_ascii_superset`].
pub(crate) fn read(source: &[u8], limits: &Limits) -> Result<(Envelope, Digest), Refused> {
    let compact = Compact::new(source);
    let text = compact.bytes.as_slice();
    let label = label(source, &compact)?;
    document(&compact, label.clone(), limits).map_err(|error| {
        let damaged = matches!(error, Error::Armor(_));
        Refused { kind: kind_of_label(&text[label]).filter(|_| damaged), error }
    })
}

/// Where the label of the one document is.
fn label(source: &[u8], compact: &Compact<'_>) -> Result<Range<usize>, Error> {
    let text = compact.bytes.as_slice();
    let cut = || ArmorError::Truncated { got: 0, of: None, line: compact.last_line() };
    Err(match Begins::find(text) {
        Begins { ours: Some(label), count: 1, .. } => return Ok(label),
        Begins { ours: Some(_), count, .. } => ArmorError::Several(count).into(),
        Begins { other: Some(label), .. } if label.end == text.len() => cut().into(),
        Begins { other: Some(label), .. } => match foreign::of_label(&text[label.clone()]) {
            Some(system) => Error::Foreign(system),
            None => ArmorError::Label { line: compact.line_of(label.start) }.into(),
        },
        _ if foreign::is_spreadsheet(source) => ArmorError::Spreadsheet.into(),
        _ if find(text, b"-----ENDLICENSE", 0).is_some() => ArmorError::Beheaded.into(),
        _ if is_preamble(text) => cut().into(),
        _ => foreign::explain(source),
    })
}

fn document(
    compact: &Compact<'_>,
    label: Range<usize>,
    limits: &Limits,
) -> Result<(Envelope, Digest), Error> {
    let text = compact.bytes.as_slice();
    let cut = || Error::from(ArmorError::Truncated { got: 0, of: None, line: compact.last_line() });
    let inner_at = label.end + DASHES.len();
    let label = &text[label];
    let end = find(text, END, inner_at);
    let inner = &text[inner_at..end.unwrap_or(text.len())];
    let complete = match end {
        None => false,
        Some(end) => {
            let label_at = end + END.len();
            match find(text, DASHES, label_at) {
                None => false,
                Some(stop) if &text[label_at..stop] == label => true,
                Some(_) => return Err(ArmorError::Label { line: compact.line_of(label_at) }.into()),
            }
        }
    };

    let headers = match Headers::read(inner, limits) {
        Ok(headers) => headers,
        Err(Stop::At(_)) if !complete => return Err(cut()),
        Err(Stop::At(place)) => {
            return Err(ArmorError::Header { line: compact.line_of(inner_at + place) }.into());
        }
        Err(Stop::Envelope(error)) => return Err(error.into()),
    };
    let body = &inner[headers.end..];
    // Dashes at the end are what is left of a cut END line, or an END line that a signed mail escaped.
    let body = match find(body, b"-", 0) {
        Some(dash) if !complete || body[dash..].iter().all(|byte| *byte == b'-') => &body[..dash],
        _ => body,
    };
    let alien = || {
        let place = body.iter().position(|byte| !is_base64(*byte))?;
        Some(ArmorError::Character { line: compact.line_of(inner_at + headers.end + place) })
    };
    if headers.length > limits.usage_payload as u64
        || body.len() / 4 * 3 > limits.usage_payload.saturating_add(3)
    {
        return Err(EnvelopeError::PayloadTooLarge.into());
    }
    if !complete {
        if let Some(error) = alien() {
            return Err(error.into());
        }
        let got = (body.len() / 4 * 3) as u64;
        return Err(ArmorError::Truncated { got, of: Some(headers.length), line: compact.last_line() }.into());
    }
    let damaged = |got: usize| ArmorError::Damaged { got: got as u64, of: headers.length };
    let payload = decoded(body).ok_or_else(|| alien().unwrap_or_else(|| damaged(body.len() / 4 * 3)))?;
    if payload.len() as u64 != headers.length || Digest::of(&payload) != headers.digest {
        return Err(damaged(payload.len()).into());
    }
    let envelope = Envelope { media_type: headers.media_type, payload, signatures: headers.signatures };
    Ok((envelope, headers.digest))
}

/// The bytes of a base64 text.
#[inline(never)]
fn decoded(body: &[u8]) -> Option<Vec<u8>> {
    let mut payload = Vec::with_capacity(body.len() / 4 * 3);
    for piece in body.chunks(PIECE) {
        // A piece that ended in padding has made less.
        if payload.len() % (PIECE / 4 * 3) != 0 {
            return None;
        }
        payload.extend(STANDARD.decode(piece).ok()?);
    }
    Some(payload)
}

fn kind_of_label(label: &[u8]) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.label().bytes().filter(|b| *b != b' ').eq(label.iter().copied()))
}

/// The BEGIN lines of a text. Those that are not ours, such as the one around a signed mail, are passed over
/// as long as there is one that is.
struct Begins {
    /// The first label that is ours.
    ours: Option<Range<usize>>,
    /// How many are.
    count: usize,
    /// The first label that is not; it reaches to the end of the text if its line was cut.
    other: Option<Range<usize>>,
}

impl Begins {
    /// The longest label with which a line still counts as one.
    const LABEL: usize = 64;

    fn find(text: &[u8]) -> Begins {
        let mut begins = Begins { ours: None, count: 0, other: None };
        let mut from = 0;
        while let Some(begin) = find(text, BEGIN, from) {
            let at = begin + BEGIN.len();
            let head = &text[..text.len().min(at + Self::LABEL)];
            let label = at..find(head, DASHES, at).unwrap_or(head.len());
            if label.end < head.len() && kind_of_label(&text[label.clone()]).is_some() {
                begins.count += 1;
                begins.ours.get_or_insert(label);
            } else {
                begins.other.get_or_insert(label);
            }
            from = at;
        }
        begins
    }
}

fn is_preamble(text: &[u8]) -> bool {
    // Mails quote at the top; a bounded head is enough.
    let head = &text[..text.len().min(foreign::HEAD)];
    OPENINGS.iter().any(|opening| {
        let compact: Vec<u8> = opening.bytes().filter(|byte| *byte != b' ').collect();
        find(head, &compact, 0).is_some()
    })
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

struct Headers {
    media_type: String,
    digest: Digest,
    length: u64,
    signatures: Vec<SignatureLine>,
    end: usize,
}

enum Stop {
    At(usize),
    Envelope(EnvelopeError),
}

impl Headers {
    /// Type, Digest, Length, then one or more Signature: in this order, so that no white space is needed
    /// to tell where one ends.
    fn read(inner: &[u8], limits: &Limits) -> Result<Headers, Stop> {
        let mut at = 0;
        expect(inner, &mut at, b"Type:")?;
        let digest_at = find(&inner[..inner.len().min(at + 200)], b"Digest:", at).ok_or(Stop::At(at))?;
        let media_type = ascii(&inner[at..digest_at]).ok_or(Stop::At(at))?;
        at = digest_at;
        expect(inner, &mut at, b"Digest:")?;
        let digest =
            take(inner, &mut at, 71).and_then(|text| Digest::parse(&text)).ok_or(Stop::At(digest_at))?;
        let length_at = at;
        expect(inner, &mut at, b"Length:")?;
        let digits = inner[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let length = take(inner, &mut at, digits.min(12))
            .and_then(|text| text.parse().ok())
            .ok_or(Stop::At(length_at))?;
        let mut signatures: Vec<SignatureLine> = Vec::new();
        while signatures.is_empty() || inner[at..].starts_with(b"Signature:") {
            let line_at = at;
            expect(inner, &mut at, b"Signature:")?;
            let key =
                take(inner, &mut at, KEY_ID).and_then(|text| KeyId::parse(&text)).ok_or(Stop::At(line_at))?;
            let base64 = take(inner, &mut at, SIGNATURE).ok_or(Stop::At(line_at))?;
            let bytes = STANDARD
                .decode(base64)
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or(Stop::At(line_at))?;
            if signatures.len() == limits.signatures {
                return Err(Stop::Envelope(EnvelopeError::TooManySignatures));
            }
            if signatures.iter().any(|line| line.key == key) {
                return Err(Stop::Envelope(EnvelopeError::DuplicateSignature));
            }
            signatures.push(SignatureLine { key, bytes });
        }
        Ok(Headers { media_type, digest, length, signatures, end: at })
    }
}

fn expect(inner: &[u8], at: &mut usize, word: &[u8]) -> Result<(), Stop> {
    if inner[*at..].starts_with(word) {
        *at += word.len();
        Ok(())
    } else {
        Err(Stop::At(*at))
    }
}

fn take(inner: &[u8], at: &mut usize, length: usize) -> Option<String> {
    let text = ascii(inner.get(*at..*at + length)?)?;
    *at += length;
    Some(text)
}

fn ascii(bytes: &[u8]) -> Option<String> {
    if bytes.is_ascii() { core::str::from_utf8(bytes).ok().map(String::from) } else { None }
}

/// Writes a document in its armor, after a preamble for people (spec §3.1).
///
/// The preamble is not signed. Characters outside ASCII are written as `?`; its lines never look like armor.
pub fn armor(kind: Kind, envelope: &Envelope, preamble: &str) -> String {
    armor_of(kind, envelope, &Digest::of(&envelope.payload), preamble)
}

/// The same where the payload's digest is known.
pub(crate) fn armor_of(kind: Kind, envelope: &Envelope, digest: &Digest, preamble: &str) -> String {
    let mut out = String::with_capacity(preamble.len() + envelope.payload.len() / 48 * 65 + 2048);
    // A reader sees no white space and no quoting, so dashes are counted across both: four never begin armor.
    let mut dashes = 0;
    for line in preamble.lines() {
        if line.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !line.contains('-') {
            // As far as dashes go, what a reader sees of it is something or nothing.
            if line.bytes().any(|byte| !matches!(byte, b' ' | b'>' | b'|')) {
                dashes = 0;
            }
            out.push_str(line);
        } else {
            line.chars().for_each(|c| {
                dashes = match c {
                    '-' => dashes + 1,
                    ' ' | '>' | '|' => dashes,
                    _ => 0,
                };
                out.push(match c {
                    '-' if dashes > 4 => '=',
                    ' '..='~' => c,
                    _ => '?',
                });
            });
        }
        out.push('\n');
    }
    let mut line = |parts: &[&str]| {
        parts.iter().for_each(|part| out.push_str(part));
        out.push('\n');
    };
    line(&["\n-----BEGIN ", kind.label(), "-----"]);
    line(&["Type: ", &envelope.media_type]);
    line(&["Digest: sha256:", &digest.hex()]);
    line(&["Length: ", &alloc::string::ToString::to_string(&envelope.payload.len())]);
    for signature in &envelope.signatures {
        let key = alloc::string::ToString::to_string(&signature.key);
        line(&["Signature: ", &key, " ", &STANDARD.encode(signature.bytes)]);
    }
    line(&[]);
    // 48 bytes are a line of 64 characters.
    for piece in envelope.payload.chunks(48) {
        STANDARD.encode_string(piece, &mut out);
        out.push('\n');
    }
    ["-----END ", kind.label(), "-----\n"].into_iter().for_each(|part| out.push_str(part));
    out
}
