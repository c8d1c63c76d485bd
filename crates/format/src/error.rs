use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use crate::document::Kind;
use crate::foreign::Foreign;
use crate::keys::KeyId;

/// Why a file was not accepted. Every cause has a stable code ([`Error::code`]); the words are the page's.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The file is larger than the limit; nothing of it was read. Sizes in bytes.
    TooLarge {
        /// The file's size.
        size: u64,
        /// What is allowed.
        limit: u64,
    },
    /// No intact armored document was found.
    Armor(ArmorError),
    /// The file belongs to another licensing system.
    Foreign(Foreign),
    /// The envelope's own fields are wrong.
    Envelope(EnvelopeError),
    /// The document is whole, but not for here.
    WrongDocument(WrongDocument),
    /// The key that signed is not one that may.
    UntrustedKey(KeyError),
    /// The right key is named, but its signature does not fit the bytes (D-18).
    BadSignature {
        /// The key that is named.
        key: KeyId,
    },
    /// The signed content breaks the strict profile or a document's own shape.
    Payload(PayloadError),
    /// The same, in a document that this one carries.
    Embedded {
        /// Which one.
        part: Part,
        /// What is wrong with it.
        error: Box<Error>,
    },
}

/// The stages of reading, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Size alone.
    Size,
    /// Finding and undoing the armor.
    Armor,
    /// Type and signature lines.
    Envelope,
    /// Kind, version, vendor.
    Document,
    /// Which key, and may it.
    Key,
    /// Does the signature fit.
    Signature,
    /// The content.
    Payload,
}

/// A document inside another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The license that a device's document carries.
    License,
    /// The last receipt that a device's document carries.
    Receipt,
    /// The keyring that a license or receipt carries.
    Keyring,
}

/// Causes of the stage *armor*.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArmorError {
    /// The file has no content.
    Empty,
    /// There is text, but no document in it.
    NotFound,
    /// Not text at all; the name of the format if it is known, such as `zip`.
    Binary(Option<&'static str>),
    /// A mail gateway put a notice in place of the attachment (D-03).
    GatewayNotice,
    /// A web page was saved in place of the file.
    WebPage,
    /// A spreadsheet rewrote the file (D-05).
    Spreadsheet,
    /// More than one document in one file.
    Several(usize),
    /// The end is missing (D-06). Bytes of payload; line of the file where it stops.
    Truncated {
        /// Payload bytes that are there.
        got: u64,
        /// Payload bytes that were announced, if the announcement is there.
        of: Option<u64>,
        /// The last line of the file, counted from 1.
        line: usize,
    },
    /// The beginning is missing.
    Beheaded,
    /// The line between BEGIN or END and the data is not one that is known.
    Header {
        /// The line of the file, counted from 1.
        line: usize,
    },
    /// A character that cannot be there.
    Character {
        /// The line of the file, counted from 1.
        line: usize,
    },
    /// BEGIN and END do not name the same kind, or none that is known.
    Label {
        /// The line of the file, counted from 1.
        line: usize,
    },
    /// Whole, but its bytes are not those that were written (D-06).
    Damaged {
        /// Payload bytes that are there.
        got: u64,
        /// Payload bytes that were announced.
        of: u64,
    },
}

/// Causes of the stage *envelope*.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvelopeError {
    /// A JSON file that is no DSSE envelope.
    NotDsse,
    /// The payload or a signature is not base64.
    Base64,
    /// No signature at all.
    Unsigned,
    /// More signatures than the limit.
    TooManySignatures,
    /// Two signatures by one key.
    DuplicateSignature,
    /// A signature that is not 64 bytes long.
    SignatureLength,
    /// The payload is larger than its kind may be.
    PayloadTooLarge,
}

/// Causes of the stage *document*.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongDocument {
    /// Another kind than the one that was asked for.
    Kind {
        /// What it is.
        found: Kind,
        /// What was wanted.
        wanted: Kind,
    },
    /// A type that is not ours.
    UnknownType(String),
    /// A kind of ours in a version that this reader does not know.
    UnknownVersion(Kind),
    /// Issued by or for another vendor (D-16). A claim: it was read before any signature was checked.
    OtherVendor {
        /// The vendor's name as the file gives it.
        name: String,
    },
}

/// Causes of the stage *key*.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// None of the named keys is known here.
    Unknown(KeyId),
    /// The key was revoked before the document was issued.
    Revoked(KeyId),
    /// The document was issued outside the key's validity (D-19).
    NotValidThen(KeyId),
    /// The key may not sign for this product.
    OtherProduct(KeyId),
    /// A device's document that the licensed device did not sign.
    NotTheDevice(KeyId),
}

/// What is wrong with signed content, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadError {
    /// What is wrong.
    pub cause: PayloadCause,
    /// The field as a path (`usage.closing.renders`), or a place in the text.
    pub field: String,
}

/// Causes of the stage *payload*.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadCause {
    /// Not JSON.
    Syntax,
    /// A number that is no integer inside ±(2^53 − 1).
    Number,
    /// One key twice in one object.
    DuplicateKey,
    /// Deeper than the limit.
    TooDeep,
    /// A field that this kind does not have.
    UnknownField,
    /// A field that this kind must have.
    MissingField,
    /// A value of another JSON type.
    WrongType,
    /// A value outside its limits.
    OutOfRange,
    /// A text that is no id, instant, date, digest or key, as the field wants.
    Malformed,
    /// A document that this one carries belongs to another activation or device.
    ChainBroken,
}

/// Every code that this crate can give, for the table and the words.
pub const CODES: &[&str] = &[
    "too_large",
    "armor.empty",
    "armor.not_found",
    "armor.binary",
    "armor.gateway_notice",
    "armor.web_page",
    "armor.spreadsheet",
    "armor.several",
    "armor.truncated",
    "armor.beheaded",
    "armor.header",
    "armor.character",
    "armor.label",
    "armor.damaged",
    "foreign.keygen",
    "foreign.flexnet",
    "foreign.sentinel",
    "foreign.codemeter",
    "foreign.lmx",
    "foreign.rlm",
    "foreign.licensespring",
    "foreign.pem",
    "envelope.not_dsse",
    "envelope.base64",
    "envelope.unsigned",
    "envelope.too_many_signatures",
    "envelope.duplicate_signature",
    "envelope.signature_length",
    "envelope.payload_too_large",
    "document.wrong_kind",
    "document.unknown_type",
    "document.unknown_version",
    "document.other_vendor",
    "key.unknown",
    "key.revoked",
    "key.not_valid_then",
    "key.other_product",
    "key.not_the_device",
    "bad_signature",
    "payload.syntax",
    "payload.number",
    "payload.duplicate_key",
    "payload.too_deep",
    "payload.unknown_field",
    "payload.missing_field",
    "payload.wrong_type",
    "payload.out_of_range",
    "payload.malformed",
    "payload.chain_broken",
];

impl Error {
    /// The stable code. It never changes its meaning; new causes get new codes.
    pub fn code(&self) -> &'static str {
        match self {
            Error::TooLarge { .. } => "too_large",
            Error::Armor(cause) => cause.code(),
            Error::Foreign(system) => system.code(),
            Error::Envelope(cause) => cause.code(),
            Error::WrongDocument(cause) => cause.code(),
            Error::UntrustedKey(cause) => cause.code(),
            Error::BadSignature { .. } => "bad_signature",
            Error::Payload(error) => error.cause.code(),
            Error::Embedded { error, .. } => error.code(),
        }
    }

    /// The stage at which reading stopped.
    pub fn stage(&self) -> Stage {
        match self {
            Error::TooLarge { .. } => Stage::Size,
            Error::Armor(_) | Error::Foreign(_) => Stage::Armor,
            Error::Envelope(_) => Stage::Envelope,
            Error::WrongDocument(_) => Stage::Document,
            Error::UntrustedKey(_) => Stage::Key,
            Error::BadSignature { .. } => Stage::Signature,
            Error::Payload(_) => Stage::Payload,
            Error::Embedded { error, .. } => error.stage(),
        }
    }

    /// The embedded document at fault, if it is one.
    pub fn part(&self) -> Option<Part> {
        match self {
            Error::Embedded { part, .. } => Some(*part),
            _ => None,
        }
    }

    pub(crate) fn in_part(self, part: Part) -> Error {
        match self {
            already @ Error::Embedded { .. } => already,
            error => Error::Embedded { part, error: Box::new(error) },
        }
    }
}

impl ArmorError {
    fn code(&self) -> &'static str {
        match self {
            ArmorError::Empty => "armor.empty",
            ArmorError::NotFound => "armor.not_found",
            ArmorError::Binary(_) => "armor.binary",
            ArmorError::GatewayNotice => "armor.gateway_notice",
            ArmorError::WebPage => "armor.web_page",
            ArmorError::Spreadsheet => "armor.spreadsheet",
            ArmorError::Several(_) => "armor.several",
            ArmorError::Truncated { .. } => "armor.truncated",
            ArmorError::Beheaded => "armor.beheaded",
            ArmorError::Header { .. } => "armor.header",
            ArmorError::Character { .. } => "armor.character",
            ArmorError::Label { .. } => "armor.label",
            ArmorError::Damaged { .. } => "armor.damaged",
        }
    }
}

impl EnvelopeError {
    fn code(&self) -> &'static str {
        match self {
            EnvelopeError::NotDsse => "envelope.not_dsse",
            EnvelopeError::Base64 => "envelope.base64",
            EnvelopeError::Unsigned => "envelope.unsigned",
            EnvelopeError::TooManySignatures => "envelope.too_many_signatures",
            EnvelopeError::DuplicateSignature => "envelope.duplicate_signature",
            EnvelopeError::SignatureLength => "envelope.signature_length",
            EnvelopeError::PayloadTooLarge => "envelope.payload_too_large",
        }
    }
}

impl WrongDocument {
    fn code(&self) -> &'static str {
        match self {
            WrongDocument::Kind { .. } => "document.wrong_kind",
            WrongDocument::UnknownType(_) => "document.unknown_type",
            WrongDocument::UnknownVersion(_) => "document.unknown_version",
            WrongDocument::OtherVendor { .. } => "document.other_vendor",
        }
    }
}

impl KeyError {
    fn code(&self) -> &'static str {
        match self {
            KeyError::Unknown(_) => "key.unknown",
            KeyError::Revoked(_) => "key.revoked",
            KeyError::NotValidThen(_) => "key.not_valid_then",
            KeyError::OtherProduct(_) => "key.other_product",
            KeyError::NotTheDevice(_) => "key.not_the_device",
        }
    }
}

impl PayloadCause {
    fn code(self) -> &'static str {
        match self {
            PayloadCause::Syntax => "payload.syntax",
            PayloadCause::Number => "payload.number",
            PayloadCause::DuplicateKey => "payload.duplicate_key",
            PayloadCause::TooDeep => "payload.too_deep",
            PayloadCause::UnknownField => "payload.unknown_field",
            PayloadCause::MissingField => "payload.missing_field",
            PayloadCause::WrongType => "payload.wrong_type",
            PayloadCause::OutOfRange => "payload.out_of_range",
            PayloadCause::Malformed => "payload.malformed",
            PayloadCause::ChainBroken => "payload.chain_broken",
        }
    }
}

impl PayloadError {
    pub(crate) fn new(cause: PayloadCause, field: impl Into<String>) -> PayloadError {
        PayloadError { cause, field: field.into() }
    }
}

impl From<PayloadError> for Error {
    fn from(error: PayloadError) -> Error {
        Error::Payload(error)
    }
}

impl From<ArmorError> for Error {
    fn from(error: ArmorError) -> Error {
        Error::Armor(error)
    }
}

impl From<EnvelopeError> for Error {
    fn from(error: EnvelopeError) -> Error {
        Error::Envelope(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        match self {
            Error::Payload(error) => write!(f, " at {}", error.field),
            Error::Embedded { part, .. } => write!(f, " in the embedded {part:?}"),
            _ => Ok(()),
        }
    }
}

impl core::error::Error for Error {}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.cause.code(), self.field)
    }
}

impl core::error::Error for PayloadError {}
