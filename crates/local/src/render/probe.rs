//! Checks a finished video: does it open, do video and audio have the right length, can both ends be decoded?

use std::ffi::OsString;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Renderer;
use super::error::RenderError;

/// Properties of a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Length of the video stream in milliseconds.
    pub video_ms: u32,
    /// Length of the audio stream in milliseconds.
    pub audio_ms: u32,
    /// Codec of the video stream.
    pub video_codec: String,
    /// Codec of the audio stream.
    pub audio_codec: String,
    /// Number of frames.
    pub frames: u32,
    /// Number of chapters.
    pub chapters: u32,
    /// Size in bytes.
    pub bytes: u64,
}

/// How far the length may differ from what was expected.
const TOLERANCE_MS: u32 = 500;
/// How much is decoded at each end, in seconds.
const END: u32 = 2;

impl Renderer {
    /// Checks a finished video: H.264 and AAC, both as long as expected within half a second, and decodable at both
    /// ends.
    pub async fn check(&self, video: &Path, expected_ms: u32) -> Result<Probe, RenderError> {
        let probe = self.probe(video).await?;
        if probe.video_codec != "h264" || probe.audio_codec != "aac" {
            let found = format!("it has {} and {} instead of h264 and aac", probe.video_codec, probe.audio_codec);
            return Err(RenderError::NotPlayable(found));
        }
        for (name, found) in [("picture", probe.video_ms), ("sound", probe.audio_ms)] {
            if found.abs_diff(expected_ms) > TOLERANCE_MS {
                let text = format!("its {name} lasts {found} ms instead of {expected_ms} ms");
                return Err(RenderError::NotPlayable(text));
            }
        }
        let late = (expected_ms / 1000).saturating_sub(END);
        tokio::try_join!(self.decode(video, 0), self.decode(video, late))?;
        Ok(probe)
    }

    /// Decodes two seconds; any message of the decoder is an error.
    async fn decode(&self, video: &Path, from: u32) -> Result<(), RenderError> {
        let (from, length) = (from.to_string(), END.to_string());
        let mut arguments: Vec<OsString> =
            ["-hide_banner", "-v", "error", "-xerror", "-ss", &from, "-i"].map(Into::into).to_vec();
        arguments.push(video.into());
        arguments.extend(["-t", &length, "-map", "0:v", "-map", "0:a", "-f", "null", "-"].map(OsString::from));
        match self.run("ffmpeg", arguments, None).await {
            Ok(_) => Ok(()),
            Err(RenderError::Encoder { detail }) => {
                Err(RenderError::NotPlayable(format!("it cannot be decoded from {from} s on: {detail}")))
            }
            Err(other) => Err(other),
        }
    }

    /// The properties of a video, from ffprobe.
    pub async fn probe(&self, video: &Path) -> Result<Probe, RenderError> {
        let mut arguments: Vec<OsString> =
            ["-v", "error", "-show_streams", "-show_format", "-show_chapters", "-of", "json"].map(Into::into).to_vec();
        arguments.push(video.into());
        let output = match self.run("ffprobe", arguments, None).await {
            Err(RenderError::Encoder { detail }) => {
                return Err(RenderError::NotPlayable(format!("it does not open: {detail}")));
            }
            other => other?,
        };
        let found: Found = serde_json::from_slice(&output)
            .map_err(|error| RenderError::NotPlayable(format!("ffprobe said something unexpected: {error}")))?;
        let stream = |kind: &str| found.streams.iter().find(|stream| stream.codec_type == kind);
        let video = stream("video").ok_or_else(|| RenderError::NotPlayable("it has no picture".to_owned()))?;
        let audio = stream("audio");
        Ok(Probe {
            width: video.width,
            height: video.height,
            video_ms: milliseconds(&video.duration),
            audio_ms: audio.map_or(0, |audio| milliseconds(&audio.duration)),
            video_codec: video.codec_name.clone(),
            audio_codec: audio.map(|audio| audio.codec_name.clone()).unwrap_or_default(),
            frames: video.nb_frames.parse().unwrap_or(0),
            chapters: u32::try_from(found.chapters.len()).unwrap_or(u32::MAX),
            bytes: found.format.size.parse().unwrap_or(0),
        })
    }
}

/// The part of ffprobe's output that is used here.
#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    chapters: Vec<serde_json::Value>,
    format: Format,
}

#[derive(Deserialize)]
struct Format {
    #[serde(default)]
    size: String,
}

#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    codec_type: String,
    #[serde(default)]
    codec_name: String,
    #[serde(default)]
    width: u32,
    #[serde(default)]
    height: u32,
    #[serde(default)]
    duration: String,
    #[serde(default)]
    nb_frames: String,
}

/// Converts `12.345000` seconds to milliseconds; 0 for what is not a number.
fn milliseconds(seconds: &str) -> u32 {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let whole: u32 = whole.parse().unwrap_or(0);
    whole.saturating_mul(1000).saturating_add(part.parse().unwrap_or(0))
}
