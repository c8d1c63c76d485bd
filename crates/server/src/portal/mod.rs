//! The page's files: inside the program, compressed when it was built.

mod policy;

use std::borrow::Cow;
use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

pub use policy::{inline_scripts, page_policy};

include!(concat!(env!("OUT_DIR"), "/portal.rs"));

/// A file as `build.rs` embeds it.
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    /// Its path below the portal's directory.
    pub name: &'static str,
    /// As it is.
    pub plain: &'static [u8],
    /// Compressed with brotli.
    pub brotli: Option<&'static [u8]>,
    /// Compressed with gzip.
    pub gzip: Option<&'static [u8]>,
}

/// The page's files, ready to be served.
#[derive(Debug)]
pub struct Portal {
    files: BTreeMap<&'static str, File>,
    policy: String,
}

/// One file, ready to be served.
#[derive(Debug)]
pub struct File {
    /// What it is.
    pub content_type: Cow<'static, str>,
    /// Names its content; the encoding is added to it.
    pub tag: String,
    /// The content is named in its path: it can be kept for good.
    pub immutable: bool,
    embedded: Embedded,
}

/// A file's bytes in an encoding that the browser takes.
#[derive(Clone, Copy, Debug)]
pub struct Encoded {
    /// The bytes.
    pub bytes: &'static [u8],
    /// `br`, `gzip`, or none.
    pub encoding: Option<&'static str>,
}

impl Portal {
    /// The files that were embedded when this program was built.
    pub fn embedded() -> Portal {
        Portal::of(FILES)
    }

    /// These files.
    pub fn of(files: &'static [Embedded]) -> Portal {
        let index = files.iter().find(|file| file.name == "index.html");
        let index = index.map_or_else(String::new, |file| String::from_utf8_lossy(file.plain).into_owned());
        let files = files.iter().map(|embedded| {
            let hash: [u8; 32] = Sha256::digest(embedded.plain).into();
            let file = File {
                content_type: content_type(embedded.name).into(),
                tag: hash[..12].iter().map(|byte| format!("{byte:02x}")).collect(),
                immutable: is_named_by_content(embedded.name),
                embedded: *embedded,
            };
            (embedded.name, file)
        });
        Portal { policy: page_policy(&inline_scripts(&index)), files: files.collect() }
    }

    /// Whether the page is inside this program.
    pub fn is_there(&self) -> bool {
        self.files.contains_key("index.html")
    }

    /// A file by its path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// The policy of everything that a page consists of.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// Names and sizes, for `doctor`.
    pub fn summary(&self) -> (usize, usize) {
        (self.files.len(), self.files.values().map(|file| file.embedded.plain.len()).sum())
    }
}

impl File {
    /// The bytes in the best encoding that the browser takes.
    pub fn encoded(&self, accept_encoding: &str) -> Encoded {
        let takes = |name: &str| {
            accept_encoding.split(',').any(|entry| {
                let mut parts = entry.split(';').map(str::trim);
                parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case(name))
                    && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
            })
        };
        match (self.embedded.brotli, self.embedded.gzip) {
            (Some(bytes), _) if takes("br") => Encoded { bytes, encoding: Some("br") },
            (_, Some(bytes)) if takes("gzip") => Encoded { bytes, encoding: Some("gzip") },
            _ => Encoded { bytes: self.embedded.plain, encoding: None },
        }
    }
}

/// Whether a name carries a hash of at least twelve digits, as the bundler gives them: `portal-0f3a….js`.
fn is_named_by_content(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.split(|c: char| !c.is_ascii_alphanumeric()).skip(1).any(|part| {
        part.len() >= 12 && part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "toml" | "ftl" | "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_good() {
        for hashed in
            ["portal-0f3a5b7c9d1e2f3a.js", "portal-0f3a5b7c9d1e2f3a_bg.wasm", "a/portal-0123456789ab.css"]
        {
            assert!(is_named_by_content(hashed), "{hashed}");
        }
        for plain in
            ["index.html", "de.toml", "portal.js", "portal-latest.js", "deadbeefdead.js", "favicon-32.png"]
        {
            assert!(!is_named_by_content(plain), "{plain}");
        }
    }
}
