//! Short sounds as MP3, which every browser and every learner's device plays.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use super::{CONTAINERS, MIB};
use crate::guard::{Guard, GuardError, Limits};

const LIMITS: Limits = Limits {
    memory_bytes: 1024 * MIB,
    cpu: Duration::from_mins(1),
    wall: Duration::from_mins(2),
    file_bytes: 64 * MIB,
    output_bytes: MIB,
    threads: 1,
};

/// Why a sound was not encoded.
#[derive(Debug, thiserror::Error)]
#[error("the sound could not be encoded as MP3")]
pub struct EncodeError(#[from] GuardError);

impl EncodeError {
    /// A stable code for clients and logs.
    pub const fn code(&self) -> &'static str {
        "sound_not_encoded"
    }

    /// Whether the same request may succeed later.
    pub const fn is_transient(&self) -> bool {
        matches!(self.0, GuardError::Io(_) | GuardError::TimedOut { .. })
    }
}

/// Encodes the first sound of a file, of any format that is heard, as MP3 of one channel. The same sound makes the same bytes.
pub async fn encode_mp3(guard: &Guard, sound: &Path, out: &Path) -> Result<(), EncodeError> {
    guard.run(&LIMITS, "ffmpeg", arguments(sound, out), None).await?;
    Ok(())
}

fn arguments(sound: &Path, out: &Path) -> Vec<OsString> {
    // "file:", or a name with a colon would be taken for a protocol.
    let named = |path: &Path| {
        let mut name = OsString::from("file:");
        name.push(path);
        name
    };
    let mut arguments: Vec<OsString> = Vec::new();
    let mut add = |more: &[&str]| arguments.extend(more.iter().map(OsString::from));
    add(&["-nostdin", "-v", "error", "-y", "-threads", "1"]);
    add(&["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS, "-i"]);
    arguments.push(named(sound));
    let mut add = |more: &[&str]| arguments.extend(more.iter().map(OsString::from));
    add(&["-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "1", "-map_metadata", "-1"]);
    add(&["-c:a", "libmp3lame", "-b:a", "48k", "-id3v2_version", "0", "-write_xing", "0"]);
    add(&["-flags:a", "+bitexact", "-fflags", "+bitexact", "-f", "mp3"]);
    arguments.push(named(out));
    arguments
}
