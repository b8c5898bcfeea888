//! Why a guarded program failed.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::Limits;

/// Exit code of the guard child if there is no such program (as in a shell).
pub(super) const EXIT_MISSING: u8 = 127;
/// Exit code of the guard child when it could not confine itself or start the program.
pub(super) const EXIT_NOT_CONFINED: u8 = 126;
/// Prefix of the guard child's own error output, to distinguish it from the program's.
pub(super) const REPORT_PREFIX: &str = "sluice guard: ";

/// What programs print when they cannot allocate memory: poppler, the C++, C, Python and Rust runtimes, coreutils.
const OUT_OF_MEMORY: [&str; 7] = [
    "out of memory",
    "bad_alloc",
    "cannot allocate",
    "memoryerror",
    "memory exhausted",
    "memory allocation of",
    "failed to allocate",
];

/// Why a guarded program failed.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// There is no such program.
    #[error("the program \"{program}\" is not installed")]
    Missing {
        /// Its name.
        program: String,
    },
    /// It reached its limit of wall-clock or CPU time.
    #[error("\"{program}\" was stopped after {} seconds", after.as_secs_f32())]
    TimedOut {
        /// Its name.
        program: String,
        /// The limit that it reached.
        after: Duration,
    },
    /// It needed more memory than its limit.
    #[error("\"{program}\" needed more than {} MiB of memory", limit_bytes / (1024 * 1024))]
    OutOfMemory {
        /// Its name.
        program: String,
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// It printed or wrote more than its limit.
    #[error("\"{program}\" wrote more than {} MiB", limit_bytes / (1024 * 1024))]
    TooMuchOutput {
        /// Its name.
        program: String,
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// The disk was full.
    #[error("no space was left on the disk")]
    DiskFull,
    /// It was killed from outside: by an operator, or by the kernel when the whole machine ran out of memory.
    #[error("\"{program}\" was killed by {signal}")]
    Killed {
        /// Its name.
        program: String,
        /// The signal's name.
        signal: &'static str,
    },
    /// It ended with an error of its own.
    #[error("\"{program}\" failed ({status}): {stderr_tail}")]
    Failed {
        /// Its name.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of its error output.
        stderr_tail: String,
    },
    /// It could not be started or confined, or a pipe to it failed.
    #[error("a guarded program could not be run")]
    Io(#[source] io::Error),
}

/// What a program said, with the names of files alone: what people read of it must not say where this machine keeps them.
fn without_folders(said: &str) -> String {
    let mut kept = String::with_capacity(said.len());
    // Where the name of a file begins, whose folders may go on in the next word.
    let mut name = None;
    for word in said.split_inclusive(char::is_whitespace) {
        let begins = |(at, _): &(usize, &str)| {
            let before = word[..*at].chars().next_back();
            let is_first = before.is_none_or(|before| ":'\"`(=[<,".contains(before));
            is_first && !word[at + 1..].starts_with('/')
        };
        let to = word.rfind('/').map_or(0, |last| last + 1);
        match (word.match_indices('/').find(begins), name) {
            (Some((from, _)), _) => {
                kept.push_str(&word[..from]);
                name = Some(kept.len());
                kept.push_str(&word[to..]);
            }
            (None, Some(start)) if to > 0 && !word.contains("://") => {
                kept.truncate(start);
                kept.push_str(&word[to..]);
            }
            _ => kept.push_str(word),
        }
        let plain = word.trim_end();
        if word.ends_with('\n') || plain.ends_with([':', ';', ',', '\'', '"', '`', ')', ']', '>']) || has_ending(plain)
        {
            name = None;
        }
    }
    kept
}

/// Whether a word ends as the name of a file does (`.wav`), which then goes on in no other word.
fn has_ending(word: &str) -> bool {
    let is_ending = |ending: &str| {
        (1..=5).contains(&ending.len())
            && ending.chars().all(|c| c.is_ascii_alphanumeric())
            && ending.contains(|c: char| c.is_ascii_alphabetic())
    };
    word.rsplit_once('.').is_some_and(|(_, ending)| is_ending(ending))
}

impl GuardError {
    /// What the exit of `program` means; none when it succeeded. `stderr` is the end of its error output.
    pub fn from_exit(program: &str, limits: &Limits, status: ExitStatus, stderr: &[u8]) -> Option<Self> {
        if status.success() {
            return None;
        }
        let program = program.to_owned();
        let stderr_tail = without_folders(String::from_utf8_lossy(stderr).trim());
        Some(match (status.code(), signal(status)) {
            (Some(code), _) if code == i32::from(EXIT_MISSING) && stderr_tail.starts_with(REPORT_PREFIX) => {
                Self::Missing { program }
            }
            (Some(code), _) if code == i32::from(EXIT_NOT_CONFINED) && stderr_tail.starts_with(REPORT_PREFIX) => {
                Self::Io(io::Error::other(stderr_tail))
            }
            (_, Some(Signal::SIGXCPU)) => Self::TimedOut { program, after: limits.cpu },
            (_, Some(Signal::SIGALRM)) => Self::TimedOut { program, after: limits.wall },
            (_, Some(Signal::SIGXFSZ)) => Self::TooMuchOutput { program, limit_bytes: limits.file_bytes },
            (_, Some(signal @ (Signal::SIGKILL | Signal::SIGTERM | Signal::SIGINT | Signal::SIGHUP))) => {
                Self::Killed { program, signal: signal.as_str() }
            }
            _ => Self::from_words(program, limits, status, stderr_tail),
        })
    }

    fn from_words(program: String, limits: &Limits, status: ExitStatus, stderr_tail: String) -> Self {
        let words = stderr_tail.to_lowercase();
        if OUT_OF_MEMORY.iter().any(|phrase| words.contains(phrase)) {
            Self::OutOfMemory { program, limit_bytes: limits.memory_bytes }
        } else if words.contains("no space left on device") {
            Self::DiskFull
        } else if words.contains("file too large") {
            Self::TooMuchOutput { program, limit_bytes: limits.file_bytes }
        } else {
            Self::Failed { program, status, stderr_tail }
        }
    }
}

fn signal(status: ExitStatus) -> Option<Signal> {
    status.signal().and_then(|number| Signal::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_said_does_not_tell_where_this_machine_keeps_files() {
        for (said, kept) in [
            ("file:/srv/sluice/work/a b.mp3: End of file", "file:a b.mp3: End of file"),
            ("cannot open '/srv/sluice/x.pdf'", "cannot open 'x.pdf'"),
            ("/srv/my data/x.wav: End of file", "x.wav: End of file"),
            ("open '/srv/my own data/y/x.wav' or a/b", "open 'x.wav' or a/b"),
            ("/srv/my data/x.wav /srv/y.wav, see https://ffmpeg.org/x", "x.wav y.wav, see https://ffmpeg.org/x"),
            ("/srv/sluice/x.wav\n/srv/y.wav: Input/output error", "x.wav\ny.wav: Input/output error"),
            ("cannot open /srv/x.wav and I/O failed", "cannot open x.wav and I/O failed"),
            ("cannot open /srv/my data 1.5/x.wav: I/O", "cannot open x.wav: I/O"),
            ("see https://ffmpeg.org/x and 1/2", "see https://ffmpeg.org/x and 1/2"),
            ("sluice guard: no such program", "sluice guard: no such program"),
            ("", ""),
        ] {
            assert_eq!(without_folders(said), kept);
        }
    }
}
