//! A long sound in parts, each of which is heard by itself.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::probe::refused;
use super::{AS_TIMED, CONTAINERS, LONGEST, MIB, SAMPLE_RATE, meaning};
use crate::guard::{Guard, GuardError, Limits};
use crate::speech::SpeechError;

const LIMITS: Limits = Limits {
    memory_bytes: 1024 * MIB,
    cpu: Duration::from_hours(1),
    wall: Duration::from_hours(4),
    file_bytes: 1024 * MIB,
    output_bytes: MIB,
    threads: 1,
};

/// Samples of a frame of FLAC at this rate: it is cut between them.
const FRAME: u32 = 4_096;
/// Parts begin at multiples of this time, in milliseconds.
pub const CUT_STEP_MS: u32 = FRAME * 1_000 / SAMPLE_RATE;

/// Writes the first sound of a file as FLAC files into a folder: cut at these milliseconds, which are multiples of
/// [`CUT_STEP_MS`], in order, and none of them 0. As many files as there are cuts, and one more.
pub async fn cut(guard: &Guard, sound: &Path, cuts: &[u64], folder: &Path) -> Result<Vec<PathBuf>, SpeechError> {
    match guard.run(&LIMITS, "ffmpeg", arguments(sound, cuts, folder), None).await {
        Ok(_) => Ok((0..=cuts.len()).map(|number| folder.join(name(number))).collect()),
        Err(GuardError::Missing { .. }) => Err(SpeechError::NoDecoder),
        Err(error) => Err(refused(meaning(error))),
    }
}

fn name(number: usize) -> String {
    format!("part-{number:05}.flac")
}

fn arguments(sound: &Path, cuts: &[u64], folder: &Path) -> Vec<OsString> {
    // "file:", or a name with a colon would be taken for a protocol.
    let mut input = OsString::from("file:");
    input.push(sound);
    // A percent sign begins the number.
    let folder = folder.to_string_lossy().replace('%', "%%");
    // A moment before a frame, so that a rounded time is not behind it.
    let times: Vec<String> = cuts.iter().map(|ms| format!("{}.{:03}", (ms - 1) / 1_000, (ms - 1) % 1_000)).collect();
    let rate = SAMPLE_RATE.to_string();
    let mut arguments: Vec<OsString> = Vec::new();
    let mut add = |more: &[&str]| arguments.extend(more.iter().map(OsString::from));
    add(&["-nostdin", "-v", "error", "-y", "-threads", "1", "-max_error_rate", "1"]);
    add(&["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS, "-i"]);
    arguments.push(input);
    let mut add = |more: &[&str]| arguments.extend(more.iter().map(OsString::from));
    add(&["-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "1", "-ar", &rate, "-af", AS_TIMED, "-t", LONGEST]);
    add(&["-c:a", "flac", "-compression_level", "0", "-frame_size", &FRAME.to_string(), "-map_metadata", "-1"]);
    add(&["-f", "segment", "-segment_format", "flac", "-segment_times", &times.join(",")]);
    arguments.push(format!("file:{folder}/part-%05d.flac").into());
    arguments
}
