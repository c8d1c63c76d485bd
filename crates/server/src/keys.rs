//! Secret keys, each in a file of its own that only its owner can read. Never in the database.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handcarry_format::{Id, SecretKey};

const FIRST_LINE: &str = "Handcarry secret key. Keep it where only its owner can read it. Never send it.";

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It holds no key.
    #[error("{}: this is no key file, or it is damaged", .0.display())]
    Malformed(PathBuf),
    /// Others can read it.
    #[error("{}: others can read this file; make it readable for its owner only (mode 0600)", .0.display())]
    Exposed(PathBuf),
}

/// The directory of all tenants' keys.
#[derive(Clone, Debug)]
pub struct KeyStore {
    directory: PathBuf,
}

impl KeyStore {
    /// The keys below a data directory.
    pub fn of(data: &Path) -> KeyStore {
        KeyStore { directory: data.join("keys") }
    }

    /// Where a tenant's keys are.
    pub fn of_tenant(&self, slug: &Id) -> PathBuf {
        self.directory.join(slug.as_str())
    }

    /// Keeps a new issuing key; returns its file.
    pub fn keep_issuing(&self, slug: &Id, key: &SecretKey) -> Result<PathBuf, KeyFileError> {
        let directory = self.of_tenant(slug);
        make_private_directory(&directory)?;
        let path = directory.join(format!("issuing-{}.key", key.public().id()));
        write(&path, key)?;
        Ok(path)
    }

    /// A tenant's issuing keys, each with its file. A file that cannot be used is an entry of its own.
    pub fn issuing(&self, slug: &Id) -> Vec<Result<(PathBuf, SecretKey), KeyFileError>> {
        let Ok(entries) = fs::read_dir(self.of_tenant(slug)) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("issuing-") && name.ends_with(".key")
        });
        paths.sort();
        paths.into_iter().map(|path| read(&path).map(|key| (path, key))).collect()
    }
}

/// Writes a secret key to a new file that only its owner can read.
pub fn write(path: &Path, key: &SecretKey) -> Result<(), KeyFileError> {
    let failed = |error| KeyFileError::Io { path: path.to_owned(), error };
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    let secret = STANDARD.encode(key.seed());
    let text = format!("{FIRST_LINE}\npublic: {}\nsecret: {secret}\n", key.public());
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

/// Reads a secret key. A file that others can read is refused.
pub fn read(path: &Path) -> Result<SecretKey, KeyFileError> {
    let failed = |error| KeyFileError::Io { path: path.to_owned(), error };
    let malformed = || KeyFileError::Malformed(path.to_owned());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Exposed(path.to_owned()));
        }
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let secret = field("secret:").and_then(|secret| STANDARD.decode(secret).ok()).ok_or_else(malformed)?;
    let seed: [u8; 32] = secret.try_into().map_err(|_| malformed())?;
    let key = SecretKey::from_seed(&seed);
    if field("public:") == Some(key.public().to_string().as_str()) { Ok(key) } else { Err(malformed()) }
}

/// Makes a directory, and those above it, that only their owner can enter.
pub fn make_private_directory(path: &Path) -> Result<(), KeyFileError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| KeyFileError::Io { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_file_and_a_file_that_others_can_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("root.key");
        let key = crate::random::secret_key();
        write(&path, &key).unwrap();
        assert_eq!(read(&path).unwrap().public(), key.public());
        assert!(matches!(write(&path, &key), Err(KeyFileError::Io { .. })), "never written over");
        assert!(!format!("{key:?}").contains(&STANDARD.encode(key.seed())), "redacted");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert!(matches!(read(&path), Err(KeyFileError::Exposed(_))));
        }
    }
}
