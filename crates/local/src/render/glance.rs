//! What is seen of a video before it plays: a frame of it, the same in small for lists, and the outline of its sound.

use std::ffi::OsString;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Renderer;
use super::error::RenderError;
use super::file::Partial;

/// The longer edge of a thumbnail in pixels: sharp on a card of 240 pixels on a dense screen.
const THUMBNAIL: u32 = 480;
/// Samples a second that the outline of the sound is taken from: enough for the loudness of speech.
const OUTLINE_RATE: u32 = 8_000;
/// The most bars of an outline.
const BARS: usize = 400;

/// The outline of a sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waveform {
    /// Its peaks in equal spans of time, from 0 to 100; the loudest is 100, unless all is silence.
    pub peaks: Vec<u8>,
}

impl Renderer {
    /// Writes a frame of the video into `out` as JPEG, which appears when it is complete.
    pub async fn poster(&self, video: &Path, at_ms: u32, out: &Path) -> Result<(), RenderError> {
        let at = format!("{}.{:03}", at_ms / 1000, at_ms % 1000);
        self.picture(&["-ss", &at], video, &["-q:v", "3"], out).await
    }

    /// Writes a picture, such as a poster, into `out` in small, as JPEG.
    pub async fn thumbnail(&self, picture: &Path, out: &Path) -> Result<(), RenderError> {
        let scale = format!("scale={THUMBNAIL}:{THUMBNAIL}:force_original_aspect_ratio=decrease:force_divisible_by=2");
        self.picture(&[], picture, &["-vf", &scale, "-q:v", "4"], out).await
    }

    /// One picture of `source`, with these arguments for what is read and for what is written.
    async fn picture(&self, input: &[&str], source: &Path, output: &[&str], out: &Path) -> Result<(), RenderError> {
        let partial = Partial::beside(out)?;
        let mut arguments: Vec<OsString> = ["-hide_banner", "-v", "error"].map(Into::into).to_vec();
        arguments.extend(input.iter().map(OsString::from));
        arguments.extend(["-i".into(), source.into(), "-frames:v".into(), "1".into()]);
        arguments.extend(output.iter().map(OsString::from));
        arguments.extend(["-f", "mjpeg", "-y"].map(OsString::from));
        arguments.push(partial.path().into());
        self.run("ffmpeg", arguments, None).await?;
        let written = std::fs::metadata(partial.path()).is_ok_and(|file| file.len() > 0);
        if !written {
            return Err(RenderError::NotPlayable(format!("there is no picture: {}", input.join(" "))));
        }
        partial.publish(out).await
    }

    /// The outline of the sound of a video.
    pub async fn waveform(&self, video: &Path) -> Result<Waveform, RenderError> {
        let rate = OUTLINE_RATE.to_string();
        let mut arguments: Vec<OsString> = ["-hide_banner", "-v", "error", "-i"].map(Into::into).to_vec();
        arguments.push(video.into());
        arguments.extend(["-map", "0:a:0", "-ac", "1", "-ar", &rate, "-f", "s16le", "-"].map(OsString::from));
        Ok(outline(&self.run("ffmpeg", arguments, None).await?))
    }
}

/// From samples of 16 bits, little-endian.
fn outline(bytes: &[u8]) -> Waveform {
    let samples: Vec<u16> =
        bytes.as_chunks::<2>().0.iter().map(|two| i16::from_le_bytes(*two).unsigned_abs()).collect();
    let span = samples.len().div_ceil(BARS).max(1);
    let peaks: Vec<u16> = samples.chunks(span).map(|chunk| chunk.iter().copied().max().unwrap_or(0)).collect();
    let loudest = u32::from(peaks.iter().copied().max().unwrap_or(0).max(1));
    let percent = |peak: u16| u8::try_from(u32::from(peak) * 100 / loudest).unwrap_or(100);
    Waveform { peaks: peaks.into_iter().map(percent).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_has_the_loudest_of_each_span() {
        let bytes = |samples: &[i16]| samples.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<u8>>();
        let quiet_then_loud: Vec<i16> = (0..800).map(|at| if at < 400 { 1_000 } else { -4_000 }).collect();
        let waveform = outline(&bytes(&quiet_then_loud));
        assert_eq!(waveform.peaks.len(), BARS);
        assert!(waveform.peaks[..200].iter().all(|peak| *peak == 25));
        assert!(waveform.peaks[200..].iter().all(|peak| *peak == 100));
        assert_eq!(outline(&bytes(&[i16::MIN, 0, i16::MAX])).peaks, [100, 0, 99]);
        assert_eq!(outline(&bytes(&[0; 3])).peaks, [0, 0, 0], "silence stays flat");
        assert_eq!(outline(&[]).peaks, Vec::<u8>::new());
    }
}
