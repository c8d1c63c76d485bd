//! Reads the files of a directory as the test kit's vendor would, and prints name, code and digest of each:
//! how another implementation is tested against this one.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::{env, fs};

use handcarry_format::fixtures::trust;
use handcarry_format::{Limits, examine};

fn main() -> ExitCode {
    match env::args().nth(1).ok_or_else(|| io::Error::other("usage: accept DIR")).and_then(|dir| accept(&dir))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing more can be done about a standard error that is closed.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn accept(directory: &str) -> io::Result<()> {
    let mut paths: Vec<_> =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    for path in paths {
        let result = examine(&fs::read(&path)?, &trust(), &Limits::default());
        let code = result.document.map_or_else(|error| error.code(), |_| "ok");
        let digest = result.digest.map(|digest| digest.to_string()).unwrap_or_default();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        writeln!(io::stdout(), "{name}\t{code}\t{digest}")?;
    }
    Ok(())
}
