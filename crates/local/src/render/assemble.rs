//! Joins clips and audio into a video: the clips are concatenated without re-encoding, the audio as samples, exactly as
//! long as the clips; then chapters, title, language and optional captions are added.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sluice_domain::language::Language;

use super::error::{RenderError, from_io};
use super::file::Partial;
use super::spec::{FRAME_MS, FRAMES_PER_SECOND, frames};
use super::wave::RATE;
use super::{Renderer, loudness, wave};

/// A scene's clip and its audio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// From [`Renderer::clip`].
    pub clip: PathBuf,
    /// WAVE, 16-bit PCM, any rate; none: silence.
    pub wav: Option<PathBuf>,
    /// The duration that was requested for the clip.
    pub duration_ms: u32,
}

/// A chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// What players show.
    pub title: String,
    /// Start in milliseconds of the video.
    pub start_ms: u32,
    /// End, exclusive.
    pub end_ms: u32,
}

/// A video to be joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssembleSpec {
    /// Its scenes in order, all of one shape.
    pub parts: Vec<Part>,
    /// Its chapters in order.
    pub chapters: Vec<Chapter>,
    /// Its title.
    pub title: String,
    /// The spoken language.
    pub language: Language,
    /// Captions to embed, which the player can switch on; none if they are burned in.
    pub srt: Option<PathBuf>,
}

/// A joined video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assembled {
    /// Its exact length in milliseconds.
    pub ms: u32,
    /// When each part begins, in milliseconds.
    pub starts_ms: Vec<u32>,
    /// Its size in bytes.
    pub bytes: u64,
}

impl Renderer {
    /// Joins clips and audio into `out` (MP4, H.264, AAC, fast start), which appears only when it is complete.
    pub async fn assemble(&self, spec: &AssembleSpec, out: &Path) -> Result<Assembled, RenderError> {
        if spec.parts.is_empty() {
            return Err(RenderError::Empty("there are no clips to join"));
        }
        let partial = Partial::beside(out)?;
        let folder = tempfile::tempdir().map_err(|error| from_io(Path::new("the temporary folder"), error))?;
        let order = spec.clone();
        let place = folder.path().to_owned();
        let sound = tokio::task::spawn_blocking(move || prepare(&order, &place))
            .await
            .unwrap_or_else(|error| Err(RenderError::Died(error.to_string())))?;
        let arguments = arguments(spec, folder.path(), partial.path());
        self.run("ffmpeg", arguments, Some(sound)).await?;
        let bytes = std::fs::metadata(partial.path()).map_err(|error| from_io(out, error))?.len();
        partial.publish(out).await?;
        let mut starts_ms = Vec::new();
        let mut ms = 0;
        for part in &spec.parts {
            starts_ms.push(ms);
            ms += frames(part.duration_ms) * FRAME_MS;
        }
        Ok(Assembled { ms, starts_ms, bytes })
    }
}

/// Writes the list of clips and the chapters, and returns all the audio as 16-bit samples.
fn prepare(spec: &AssembleSpec, folder: &Path) -> Result<Vec<u8>, RenderError> {
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| from_io(&path, error))
    };
    let mut list = String::from("ffconcat version 1.0\n");
    for part in &spec.parts {
        let clip = std::path::absolute(&part.clip).map_err(|error| from_io(&part.clip, error))?;
        if !clip.is_file() {
            return Err(from_io(&clip, std::io::ErrorKind::NotFound.into()));
        }
        let _ = writeln!(list, "file '{}'", clip.to_string_lossy().replace('\'', "'\\''"));
        let _ = writeln!(list, "duration {}ms", frames(part.duration_ms) * FRAME_MS);
    }
    write("clips", list)?;
    write("chapters", chapters(spec))?;
    let per_frame = (RATE / FRAMES_PER_SECOND) as usize;
    let mut samples: Vec<f32> = Vec::new();
    for part in &spec.parts {
        let until = samples.len() + frames(part.duration_ms) as usize * per_frame;
        if let Some(wav) = &part.wav {
            samples.extend(wave::read(wav)?);
        }
        samples.resize(until, 0.0);
    }
    loudness::normalise(&mut samples);
    #[expect(clippy::cast_possible_truncation, reason = "clamped to 16 bits")]
    let bytes = samples.iter().flat_map(|sample| ((sample * 32_767.0).clamp(-32_768.0, 32_767.0) as i16).to_le_bytes());
    Ok(bytes.collect())
}

/// Title, language and chapters in ffmpeg's metadata format.
fn chapters(spec: &AssembleSpec) -> String {
    let mut text = format!(";FFMETADATA1\ntitle={}\nlanguage={}\n", escape(&spec.title), spec.language.facts().code3);
    for chapter in &spec.chapters {
        let _ = write!(
            text,
            "[CHAPTER]\nTIMEBASE=1/1000\nSTART={}\nEND={}\ntitle={}\n",
            chapter.start_ms,
            chapter.end_ms.max(chapter.start_ms + 1),
            escape(&chapter.title)
        );
    }
    text
}

/// Escapes the five special characters of that format; control characters and line ends become spaces.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for character in super::text::drawable(text).chars().take(300) {
        if matches!(character, '=' | ';' | '#' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

fn arguments(spec: &AssembleSpec, folder: &Path, out: &Path) -> Vec<OsString> {
    let code = spec.language.facts().code3;
    let rate = RATE.to_string();
    let clock = (FRAMES_PER_SECOND * 512).to_string();
    let mut arguments: Vec<OsString> = Vec::new();
    let mut add = |words: &[&str]| arguments.extend(words.iter().map(OsString::from));
    add(&["-hide_banner", "-loglevel", "error", "-f", "concat", "-safe", "0", "-i"]);
    add(&[&folder.join("clips").to_string_lossy()]);
    add(&["-f", "s16le", "-ar", &rate, "-ac", "1", "-i", "pipe:0", "-f", "ffmetadata", "-i"]);
    add(&[&folder.join("chapters").to_string_lossy()]);
    if let Some(srt) = &spec.srt {
        add(&["-f", "srt", "-i", &srt.to_string_lossy()]);
    }
    add(&["-map", "0:v:0", "-map", "1:a:0"]);
    if spec.srt.is_some() {
        add(&["-map", "3:s:0", "-c:s", "mov_text", "-metadata:s:s:0", &format!("language={code}")]);
    }
    add(&["-map_metadata", "2", "-map_chapters", "2", "-c:v", "copy", "-c:a", "aac"]);
    // A single voice is mono. At this bit rate its noise needs no modelling, and an edited scene waits for this
    // encoding.
    add(&[
        "-ac",
        "1",
        "-b:a",
        "96k",
        "-aac_coder",
        "fast",
        "-aac_tns",
        "0",
        "-aac_pns",
        "0",
        "-metadata:s:v:0",
        &format!("language={code}"),
    ]);
    add(&["-metadata:s:a:0", &format!("language={code}"), "-video_track_timescale", &clock]);
    add(&["-movflags", "+faststart", "-fflags", "+bitexact", "-f", "mp4", "-y"]);
    arguments.push(out.into());
    arguments
}
