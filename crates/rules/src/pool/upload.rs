use std::collections::BTreeSet;

use handcarry_format::Id;

/// What an upload does with one license of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upload {
    /// It is new to the pool, and begins a verification (ALT-01, ALT-15).
    New,
    /// It is in the pool, and stays exactly as it is (ALT-01).
    Kept,
    /// It was deleted once, and begins a verification again (ALT-18).
    Revived,
}

impl Upload {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Upload::New => "new",
            Upload::Kept => "kept",
            Upload::Revived => "revived",
        }
    }
}

/// What becomes of each license of a file, in the file's order. `known` says of a license whether it is in the pool;
/// none if it never was. A file may hold licenses of several products (ALT-02), and one of them twice.
pub fn upload<'a>(
    file: impl IntoIterator<Item = &'a Id>,
    known: impl Fn(&Id) -> Option<bool>,
) -> Vec<(&'a Id, Upload)> {
    let mut seen = BTreeSet::new();
    let one = |license: &'a Id| {
        let what = match known(license) {
            Some(true) => Upload::Kept,
            _ if !seen.insert(license) => Upload::Kept,
            Some(false) => Upload::Revived,
            None => Upload::New,
        };
        (license, what)
    };
    file.into_iter().map(one).collect()
}
