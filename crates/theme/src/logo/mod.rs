//! The logo: a small raster image, taken apart and put together again.
//!
//! A logo is a still PNG or WebP of at most 64 KiB and 16 to 1024 pixels a side. The container is read strictly: magic
//! number, lengths, checksums, dimensions, nothing appended. Only the parts that make up the picture are kept, so text,
//! positions, thumbnails and profiles do not travel with it. The compressed pixels are not decoded here; the server sends
//! the bytes under [`Media::content_type`] with `X-Content-Type-Options: nosniff`.
//!
//! SVG is deliberately not accepted yet: it is a document that can hold scripts, styles and addresses, and would need a
//! sanitizer that writes only what it knows.

mod png;
mod webp;

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::base64;
use crate::error::ThemeError;
use crate::stylesheet::fingerprint;

/// Why a logo was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoFault {
    /// Not `image/png` or `image/webp`.
    Media,
    /// Not base64 with padding.
    Encoding,
    /// More than 64 KiB.
    TooLarge,
    /// The bytes are not of the kind that they claim to be.
    Magic,
    /// Cut off, altered, with a wrong checksum, or with something appended.
    Damaged,
    /// A side of less than 16 or more than 1024 pixels.
    Dimensions,
    /// It moves.
    Animated,
}

impl fmt::Display for LogoFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Media => "a logo is image/png or image/webp",
            Self::Encoding => "the logo's bytes are not base64 with padding",
            Self::TooLarge => "a logo has at most 64 KiB",
            Self::Magic => "the logo's bytes are not of the kind that it claims",
            Self::Damaged => "the logo is damaged",
            Self::Dimensions => "a logo's sides have 16 to 1024 pixels",
            Self::Animated => "a logo does not move",
        })
    }
}

/// The kind of image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

impl Media {
    /// The value of `Content-Type`.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// What stands beside the name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Logo {
    /// No image: the name's initial on the accent color ([`Name::initial`](crate::Name::initial)).
    #[default]
    Initial,
    /// An image.
    Raster(Raster),
}

/// A checked image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    media: Media,
    bytes: Vec<u8>,
    width: u16,
    height: u16,
}

/// A logo as it is written in a theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogoDraft {
    /// `image/png` or `image/webp`.
    pub media: String,
    /// The file as base64 with padding.
    pub bytes: String,
}

impl Logo {
    /// Reads a logo.
    ///
    /// # Errors
    /// [`ThemeError::Logo`] with the reason.
    pub fn parse(draft: &LogoDraft) -> Result<Self, ThemeError> {
        let media = match draft.media.as_str() {
            "image/png" => Media::Png,
            "image/webp" => Media::Webp,
            _ => return Err(ThemeError::Logo(LogoFault::Media)),
        };
        if draft.bytes.len() > Raster::MAX_BYTES.div_ceil(3) * 4 {
            return Err(ThemeError::Logo(LogoFault::TooLarge));
        }
        let bytes = base64::decode(&draft.bytes).ok_or(ThemeError::Logo(LogoFault::Encoding))?;
        Raster::read(media, &bytes).map(Self::Raster)
    }

    pub(crate) fn to_draft(&self) -> Option<LogoDraft> {
        match self {
            Self::Initial => None,
            Self::Raster(raster) => Some(LogoDraft {
                media: raster.media.content_type().to_owned(),
                bytes: base64::encode(&raster.bytes),
            }),
        }
    }
}

impl Raster {
    /// The most bytes of a logo.
    pub const MAX_BYTES: usize = 64 * 1024;
    /// The pixels that a side may have.
    pub const SIDE: RangeInclusive<u16> = 16..=1024;

    /// Reads an image file and keeps what makes up the picture.
    ///
    /// # Errors
    /// [`ThemeError::Logo`] with the reason.
    pub fn read(media: Media, bytes: &[u8]) -> Result<Self, ThemeError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(ThemeError::Logo(LogoFault::TooLarge));
        }
        let Picture { bytes, width, height } = match media {
            Media::Png => png::read(bytes),
            Media::Webp => webp::read(bytes),
        }
        .map_err(ThemeError::Logo)?;
        Ok(Self { media, bytes, width, height })
    }

    /// The kind of image.
    #[must_use]
    pub fn media(&self) -> Media {
        self.media
    }

    /// The file to serve.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> u16 {
        self.height
    }

    /// A short name of the content, for `?v=`.
    #[must_use]
    pub fn version(&self) -> String {
        fingerprint(&self.bytes)
    }
}

/// What a reader hands back: the file put together again, and its size.
#[derive(Debug)]
struct Picture {
    bytes: Vec<u8>,
    width: u16,
    height: u16,
}

/// A side in range, or the fault.
fn side(pixels: u32) -> Result<u16, LogoFault> {
    u16::try_from(pixels).ok().filter(|side| Raster::SIDE.contains(side)).ok_or(LogoFault::Dimensions)
}
