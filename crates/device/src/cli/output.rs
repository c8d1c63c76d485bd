use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use handcarry_format::Limits;

use super::Failure;

/// One line, or several, on standard output.
pub(super) fn say(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written =
        out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    written.map_err(|cause| Failure::file("write to", Path::new("standard output"), cause))
}

/// A hint for people on standard error; it is no failure if nobody can read it.
pub(super) fn hint(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Puts a file where the person wants it. A file is there whole or not at all.
pub(super) fn put(text: &str, output: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = output.filter(|path| *path != Path::new("-")) else {
        let mut out = io::stdout().lock();
        return out
            .write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|cause| Failure::file("write to", Path::new("standard output"), cause));
    };
    write_whole(path, text.as_bytes()).map_err(|cause| Failure::file("write", path, cause))
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A device or a pipe cannot be renamed over.
    if path.exists() && !path.is_file() {
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".part");
    let temporary = PathBuf::from(temporary);
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)
}

/// Reads a file that was carried here, and not a byte more than may be in one (D-06).
pub(super) fn take(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |cause| Failure::file("read", path, cause);
    let limits = Limits::default();
    if path == Path::new("-") {
        return read_limited(io::stdin().lock(), &limits).map_err(failed);
    }
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    limits.check_size(size).map_err(|error| Failure::from(handcarry_device::Error::from(error)))?;
    read_limited(file, &limits).map_err(failed)
}

fn read_limited(source: impl io::Read, limits: &Limits) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than the limit: the reader then refuses it by its size.
    source.take(limits.file + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
