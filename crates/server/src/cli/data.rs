use std::ops::Deref;
use std::path::{Path, PathBuf};

use crate::cli::Stop;
use crate::keys::make_private_directory;

/// Where commands work: a directory with the keys and the settings, and a store, which is a file in that
/// directory unless another was named.
#[derive(Debug)]
pub(crate) struct Data {
    directory: PathBuf,
    store: Option<String>,
}

impl Data {
    /// This directory, with the store of this address.
    pub(crate) fn new(directory: PathBuf, store: Option<String>) -> Data {
        Data { directory, store }
    }

    /// The address of the store; the directory is made if it is not there.
    pub(crate) fn store(&self) -> Result<String, Stop> {
        make_private_directory(&self.directory)?;
        match &self.store {
            Some(store) => Ok(store.clone()),
            None => {
                let path = self.file();
                let path = path.to_str().ok_or("the data directory's name is not Unicode")?;
                Ok(["sqlite:", path].concat())
            }
        }
    }

    /// Whether there is a database: one on a server is said to be there.
    pub(crate) fn has_store(&self) -> bool {
        self.store.is_some() || self.file().exists()
    }

    /// Where the store is, for people: without the password that its address may hold.
    pub(crate) fn store_shown(&self) -> String {
        match &self.store {
            Some(address) => without_password(address),
            None => self.file().display().to_string(),
        }
    }

    fn file(&self) -> PathBuf {
        self.directory.join("handcarry.sqlite")
    }
}

impl Deref for Data {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.directory
    }
}

/// An address of a store without the password in it.
pub(crate) fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    // A password may stand before the last @, or among the parameters.
    let (start, parameters) = rest.split_once('?').map_or((rest, ""), |(start, rest)| (start, rest));
    let shown = match start.rsplit_once('@') {
        Some((who, place)) => format!("{scheme}://{}@{place}", who.split(':').next().unwrap_or_default()),
        None => format!("{scheme}://{start}"),
    };
    let kept: Vec<&str> = parameters
        .split('&')
        .filter(|parameter| !parameter.is_empty() && !parameter.to_ascii_lowercase().starts_with("password"))
        .collect();
    if kept.is_empty() { shown } else { format!("{shown}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_is_not_shown() {
        for (address, shown) in [
            ("handcarry.sqlite", "handcarry.sqlite"),
            ("sqlite:/data/a.db", "sqlite:/data/a.db"),
            ("postgres://db.example/portal", "postgres://db.example/portal"),
            ("postgres://app@db.example/portal", "postgres://app@db.example/portal"),
            ("postgres://app:se@cret@db.example/portal", "postgres://app@db.example/portal"),
            ("postgres://db/portal?user=app&password=secret", "postgres://db/portal?user=app"),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
