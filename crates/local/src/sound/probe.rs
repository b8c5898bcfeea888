//! What a file with sound is, before anybody works on it: how long it lasts, and whether it has a picture, too.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::{CONTAINERS, SoundError, Unhearable, meaning};
use crate::guard::{Guard, GuardError, Limits};
use crate::speech::SpeechError;

const MIB: u64 = 1024 * 1024;

/// Its headers are read, of some containers all of it once.
const LIMITS: Limits = Limits {
    memory_bytes: 512 * MIB,
    cpu: Duration::from_mins(2),
    wall: Duration::from_mins(5),
    file_bytes: MIB,
    output_bytes: 64 * MIB,
    threads: 1,
};

/// What a file with sound is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundFile {
    /// How long it lasts, in milliseconds.
    pub duration_ms: u64,
    /// Whether it has moving pictures, too.
    pub is_video: bool,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    codec_type: String,
    #[serde(default)]
    duration: String,
    #[serde(default)]
    disposition: Disposition,
}

#[derive(Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Default, Deserialize)]
struct Format {
    #[serde(default)]
    duration: String,
}

/// Says what a file is that ffmpeg can hear; refuses one without sound, and what is no sound at all.
pub async fn sound_file(guard: &Guard, file: &Path) -> Result<SoundFile, SpeechError> {
    let length = tokio::fs::metadata(file).await.map_err(|source| SpeechError::NoFile { source })?.len();
    if length == 0 {
        return Err(SpeechError::Empty);
    }
    let said = ask(guard, file, &["-show_streams", "-show_format", "-of", "json"]).await?;
    let found: Found = serde_json::from_slice(&said)
        .map_err(|error| SpeechError::Failed { message: format!("ffprobe said something unexpected: {error}") })?;
    let mut found = of(&found)?;
    if found.duration_ms == 0 {
        let asked = ["-select_streams", "a:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0"];
        let packets = ask(guard, file, &asked).await?;
        // A recorder that was stopped at once writes a header, and no sound after it.
        if packets.trim_ascii().is_empty() {
            return Err(SpeechError::NoSound);
        }
        found.duration_ms = latest(&packets);
    }
    Ok(found)
}

async fn ask(guard: &Guard, file: &Path, asked: &[&str]) -> Result<Vec<u8>, SpeechError> {
    let mut input = OsString::from("file:");
    input.push(file);
    let fixed = ["-v", "error", "-protocol_whitelist", "file", "-format_whitelist", CONTAINERS];
    let arguments = fixed.iter().chain(asked).map(OsString::from).chain([input]);
    match guard.run(&LIMITS, "ffprobe", arguments, None).await {
        Err(GuardError::Missing { .. }) => Err(SpeechError::NoDecoder),
        Err(error) => Err(refused(meaning(error))),
        Ok(output) => Ok(output.stdout),
    }
}

/// The time of the last packet, for a file that does not say how long it is.
fn latest(packets: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(packets);
    text.lines().filter_map(|line| milliseconds(line.trim_end_matches(','))).max().unwrap_or(0)
}

fn of(found: &Found) -> Result<SoundFile, SpeechError> {
    let Some(sound) = found.streams.iter().find(|stream| stream.codec_type == "audio") else {
        return Err(SpeechError::NoSound);
    };
    // The cover of an album is a picture, too.
    let is_video =
        found.streams.iter().any(|stream| stream.codec_type == "video" && stream.disposition.attached_pic == 0);
    let duration_ms = milliseconds(&sound.duration).or_else(|| milliseconds(&found.format.duration)).unwrap_or(0);
    Ok(SoundFile { duration_ms, is_video })
}

pub(super) fn refused(error: SoundError) -> SpeechError {
    match error {
        SoundError::Unhearable(Unhearable::Empty) => SpeechError::Empty,
        SoundError::Unhearable(Unhearable::NoSound) => SpeechError::NoSound,
        SoundError::Unhearable(Unhearable::NotMedia) => SpeechError::NotMedia,
        SoundError::Failed(error) => SpeechError::Failed { message: error.to_string() },
        SoundError::Io(error) => SpeechError::Failed { message: error.to_string() },
    }
}

/// Milliseconds of ffprobe's seconds; none if it does not know them.
fn milliseconds(seconds: &str) -> Option<u64> {
    let seconds: f64 = seconds.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, less than a year")]
    (seconds > 0.0 && seconds < 31_536_000.0).then_some((seconds * 1_000.0).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Result<SoundFile, SpeechError> {
        of(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn a_cover_makes_no_video_and_a_picture_no_sound() {
        let song = r#"{"streams":[{"codec_type":"audio","duration":"12.5"},
                       {"codec_type":"video","disposition":{"attached_pic":1}}],"format":{"duration":"12.6"}}"#;
        assert_eq!(said(song).unwrap(), SoundFile { duration_ms: 12_500, is_video: false });
        let film = r#"{"streams":[{"codec_type":"video"},{"codec_type":"audio"}],"format":{"duration":"3.1"}}"#;
        assert_eq!(said(film).unwrap(), SoundFile { duration_ms: 3_100, is_video: true });
        let recording = r#"{"streams":[{"codec_type":"audio","duration":"N/A"}],"format":{}}"#;
        assert_eq!(said(recording).unwrap().duration_ms, 0);
        assert_eq!(latest(b"0.000000\n12.480000\n12.460000,\nN/A\n"), 12_480);
        assert!(matches!(said(r#"{"streams":[{"codec_type":"video"}]}"#), Err(SpeechError::NoSound)));
    }
}
