//! The compressed siblings of the page's files: `.br` and `.gz` beside each, made once, at build time.

use crate::{files, paths};
use anyhow::{Context as _, Result};
use flate2::{Compression, GzBuilder};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// A file's size as it is and compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) raw: usize,
    pub(crate) gzip: usize,
    pub(crate) brotli: usize,
}

impl Weight {
    /// Weighs some bytes.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self> {
        Ok(Self { raw: bytes.len(), gzip: gzip(bytes)?.len(), brotli: brotli(bytes)?.len() })
    }
}

impl std::ops::AddAssign for Weight {
    fn add_assign(&mut self, other: Self) {
        self.raw += other.raw;
        self.gzip += other.gzip;
        self.brotli += other.brotli;
    }
}

/// Writes the siblings of every file below `directory`; returns how many files were compressed.
pub(crate) fn compress(directory: &Path) -> Result<usize> {
    let originals = files::below(directory)?;
    for file in &originals {
        let bytes = fs::read(file)?;
        fs::write(sibling(file, "br"), brotli(&bytes)?).with_context(|| paths::shown(file))?;
        fs::write(sibling(file, "gz"), gzip(&bytes)?).with_context(|| paths::shown(file))?;
    }
    Ok(originals.len())
}

/// `name.ext` to `name.ext.br`.
pub(crate) fn sibling(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

/// Brotli at its strongest.
fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters).context("brotli")?;
    Ok(packed)
}

/// Gzip at its strongest, with no time and no name inside: the same bytes on every build.
fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    packer.write_all(bytes)?;
    packer.finish().context("gzip")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn both_siblings_unpack_to_the_file() {
        let directory = std::env::temp_dir().join(format!("xtask-bundle-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let page = "<p>nothing has left this browser</p>".repeat(40);
        fs::write(directory.join("index.html"), &page).unwrap();
        assert_eq!(compress(&directory).unwrap(), 1);

        let packed = fs::read(directory.join("index.html.br")).unwrap();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &packed[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, page.as_bytes());

        let packed = fs::read(directory.join("index.html.gz")).unwrap();
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, page);
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn compression_is_the_same_every_time() {
        let bytes = b"the same page, the same bytes".repeat(30);
        assert_eq!(gzip(&bytes).unwrap(), gzip(&bytes).unwrap());
        assert_eq!(brotli(&bytes).unwrap(), brotli(&bytes).unwrap());
    }
}
