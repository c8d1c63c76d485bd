use handcarry_format::{ArmorError, Digest, Error, KeyError, KeyId, Kind, Part, WrongDocument};

use crate::card::{Arg, Fact, Phrase, Refusal};
use crate::words::W;

/// Why a file was not accepted, as facts; the words for its code are in `locales/`.
pub fn refuse(error: &Error, reference: String) -> Refusal {
    let mut facts = Vec::new();
    explain(error, &mut facts);
    page_refusal(error.code(), reference, facts)
}

/// A refusal by the page itself, for a reason that no file format knows.
pub fn page_refusal(code: &str, reference: String, facts: Vec<Fact>) -> Refusal {
    Refusal { code: code.to_owned(), reference, facts, checks: Vec::new(), offer: None, raw: String::new() }
}

/// A refusal of a file that could not be read, of which only the size is known.
pub fn unread(code: &str, size: u64) -> Box<Refusal> {
    let facts = vec![Fact::new(W::FactSize, Arg::Size(size))];
    Box::new(page_refusal(code, reference(&size.to_le_bytes()), facts))
}

/// A short reference that support gets again from the same file: eight characters of its SHA-256.
pub fn reference(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let digest = Digest::of(bytes);
    let mut out = String::new();
    for (at, byte) in digest.as_bytes().iter().take(8).enumerate() {
        if at == 4 {
            out.push('-');
        }
        out.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    out
}

fn explain(error: &Error, facts: &mut Vec<Fact>) {
    let bytes = |value: &u64| i64::try_from(*value).unwrap_or(i64::MAX);
    let at = |word, line: &usize| Fact::phrase(W::FactWhere, Phrase::plain(word).number(*line as i64));
    match error {
        Error::TooLarge { size, limit } => {
            facts.push(Fact::new(W::FactSize, Arg::Size(*size)));
            facts.push(Fact::new(W::FactLimit, Arg::Size(*limit)));
        }
        Error::Armor(ArmorError::Binary(Some(name))) => facts.push(Fact::text(W::FactLooksLike, name)),
        Error::Armor(ArmorError::Several(count)) => facts.push(Fact::number(W::FactDocuments, *count as i64)),
        Error::Armor(ArmorError::Truncated { got, of, line }) => {
            let value = match of {
                Some(of) => Phrase::plain(W::FactGotOf).number(bytes(got)).number(bytes(of)),
                None => Phrase::plain(W::FactGotSome).number(bytes(got)),
            };
            facts.push(Fact::phrase(W::FactGot, value));
            facts.push(at(W::FactLineAfter, line));
        }
        Error::Armor(ArmorError::Damaged { got, of }) => {
            let value = Phrase::plain(W::FactGotOther).number(bytes(got)).number(bytes(of));
            facts.push(Fact::phrase(W::FactGot, value));
        }
        Error::Armor(
            ArmorError::Header { line } | ArmorError::Character { line } | ArmorError::Label { line },
        ) => {
            facts.push(at(W::FactLine, line));
        }
        Error::WrongDocument(cause) => facts.extend(wrong(cause)),
        Error::UntrustedKey(cause) => facts.extend(key(cause)),
        Error::BadSignature { key } => facts.push(named(*key)),
        Error::Payload(error) => facts.push(Fact::code(W::FactField, &error.field)),
        Error::Embedded { part, error } => {
            let part = match part {
                Part::License => W::FactPartLicense,
                Part::Receipt => W::FactPartReceipt,
                Part::Keyring => W::FactPartKeyring,
            };
            facts.push(Fact::phrase(W::FactPart, Phrase::plain(part)));
            explain(error, facts);
        }
        _ => {}
    }
}

fn wrong(cause: &WrongDocument) -> Option<Fact> {
    Some(match cause {
        WrongDocument::Kind { found, .. } | WrongDocument::UnknownVersion(found) => {
            Fact::phrase(W::FactKind, Phrase::plain(kind(*found)))
        }
        WrongDocument::UnknownType(name) => Fact::code(W::FactType, name),
        WrongDocument::OtherVendor { name } => Fact::text(W::FactVendor, name),
        _ => return None,
    })
}

fn key(cause: &KeyError) -> Option<Fact> {
    Some(named(match cause {
        KeyError::Unknown(key)
        | KeyError::Revoked(key)
        | KeyError::NotValidThen(key)
        | KeyError::OtherProduct(key)
        | KeyError::NotTheDevice(key) => *key,
        _ => return None,
    }))
}

fn named(key: KeyId) -> Fact {
    Fact::code(W::FactKey, &key.to_string())
}

fn kind(kind: Kind) -> W {
    match kind {
        Kind::ActivationRequest => W::KindRequest,
        Kind::License => W::KindLicense,
        Kind::Deactivation => W::KindDeactivation,
        Kind::UsageReport => W::KindUsage,
        Kind::Receipt => W::KindReceipt,
        Kind::Keyring => W::KindKeyring,
        Kind::PoolRequest => W::KindPoolRequest,
        Kind::Pool => W::KindPool,
    }
}
