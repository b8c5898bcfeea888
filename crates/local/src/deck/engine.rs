//! The child that reads a deck (`sluice __engine deck FILE`).

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::path::Path;
use std::process::ExitCode;

use super::{Answer, FILE_BYTES, Fronts, Refusal, package, text};

/// Name of the engine child.
pub(crate) const SUBCOMMAND: &str = "deck";

/// What a ZIP begins with, an empty one included.
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
/// What an SQLite database begins with.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Reads the file that the argument names, and prints what was found.
pub(crate) fn run_child(args: &[OsString]) -> ExitCode {
    let answered = match args {
        [file] => answer(Path::new(file)),
        _ => Err(io::Error::other("one file is expected")),
    };
    let printed = answered.and_then(|answer| {
        let bytes = serde_json::to_vec(&answer)?;
        io::stdout().write_all(&bytes)
    });
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // When standard error is closed, the exit code is the only report.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn answer(path: &Path) -> io::Result<Answer> {
    Ok(match read(File::open(path)?)? {
        Ok(fronts) => Answer::Fronts(fronts),
        Err(refusal) => Answer::Refused(refusal),
    })
}

fn read(mut file: File) -> io::Result<Result<Fronts, Refusal>> {
    if file.metadata()?.len() > FILE_BYTES {
        return Ok(Err(Refusal::TooLarge { limit: format!("{} MiB", FILE_BYTES / (1024 * 1024)) }));
    }
    let mut start = Vec::new();
    Read::by_ref(&mut file).take(16).read_to_end(&mut start)?;
    file.seek(SeekFrom::Start(0))?;
    if ZIP.iter().any(|magic| start.starts_with(magic)) {
        return Ok(package::fronts(file));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    if start.starts_with(SQLITE) {
        return Ok(package::of_collection(bytes));
    }
    Ok(text::fronts(&bytes))
}
