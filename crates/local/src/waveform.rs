//! How loud a sound is when: its peaks, for a picture of it. ffmpeg decodes it in a guarded child; what it sends is counted as it
//! comes, so that a day of sound needs no more memory than a minute.

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::guard::{Guard, GuardError};
use crate::sound::{self, Part, SAMPLE_RATE, SoundError, Unhearable};

/// Time for the longest sound.
const WALL: Duration = Duration::from_hours(2);

/// Why a sound has no peaks.
#[derive(Debug, thiserror::Error)]
pub enum WaveformError {
    /// There is no sound in it.
    #[error("there is no sound in the file that ffmpeg can read; it may be damaged")]
    NoSound,
    /// ffmpeg is missing.
    #[error("ffmpeg is not installed: run `make setup`, or install the package ffmpeg")]
    NoDecoder,
    /// ffmpeg failed otherwise.
    #[error("the sound could not be read")]
    Failed(#[source] GuardError),
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
}

impl WaveformError {
    /// A stable code for logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSound => "no_sound",
            Self::NoDecoder => "ffmpeg_missing",
            Self::Failed(_) => "waveform_failed",
            Self::Io(_) => "not_readable",
        }
    }

    /// Whether the same request may succeed later.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Io(_))
    }
}

impl From<SoundError> for WaveformError {
    fn from(error: SoundError) -> Self {
        match error {
            SoundError::Unhearable(Unhearable::Empty | Unhearable::NoSound | Unhearable::NotMedia) => Self::NoSound,
            SoundError::Failed(GuardError::Missing { .. }) => Self::NoDecoder,
            SoundError::Failed(error) => Self::Failed(error),
            SoundError::Io(error) => Self::Io(error),
        }
    }
}

/// The greatest amplitude of each step of a sound, from 0 to 255. A step is some milliseconds, at least one.
pub async fn peaks(guard: &Guard, file: &Path, step_ms: u32) -> Result<Vec<u8>, WaveformError> {
    Ok(amplitudes(guard, file, step_ms).await?.into_iter().map(level).collect())
}

/// The same as [`peaks`], from 0 to 32,768.
pub async fn amplitudes(guard: &Guard, file: &Path, step_ms: u32) -> Result<Vec<u16>, WaveformError> {
    let limits = sound::limits(WALL);
    let step = u64::from(step_ms.max(1)) * u64::from(SAMPLE_RATE) / 1_000;
    let arguments = sound::arguments(file, Part::default());
    let counted = guard.run_with(&limits, "ffmpeg", arguments, None, |stdout| count(stdout, step)).await;
    let (peaks, _) = counted.map_err(|error| WaveformError::from(sound::meaning(error)))?;
    let peaks = peaks?;
    if peaks.is_empty() { Err(WaveformError::NoSound) } else { Ok(peaks) }
}

/// Reads samples to their end. `step` is a number of samples.
async fn count(mut samples: impl AsyncRead + Unpin, step: u64) -> io::Result<Vec<u16>> {
    let (mut peaks, mut peak, mut counted) = (Vec::new(), 0_u16, 0);
    let mut buffer = vec![0; 64 * 1024];
    let mut rest = 0;
    loop {
        let read = samples.read(&mut buffer[rest..]).await?;
        if read == 0 {
            break;
        }
        let all = rest + read;
        let (whole, half) = buffer[..all].as_chunks::<2>();
        for sample in whole {
            peak = peak.max(i16::from_le_bytes(*sample).unsigned_abs());
            counted += 1;
            if counted == step {
                peaks.push(peak);
                (peak, counted) = (0, 0);
            }
        }
        // The first byte of a sample whose second one has not come.
        rest = half.len();
        buffer.copy_within(all - rest..all, 0);
    }
    if counted > 0 {
        peaks.push(peak);
    }
    Ok(peaks)
}

/// 32,768 is 255.
fn level(peak: u16) -> u8 {
    u8::try_from(u32::from(peak) * 255 / 32_768).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes in pieces of this length.
    struct Pieces<'a>(&'a [u8], usize);

    impl AsyncRead for Pieces<'_> {
        fn poll_read(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
            buffer: &mut tokio::io::ReadBuf<'_>,
        ) -> std::task::Poll<io::Result<()>> {
            let (piece, rest) = self.0.split_at(self.1.min(self.0.len()));
            buffer.put_slice(piece);
            self.0 = rest;
            std::task::Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn each_step_has_its_greatest_amplitude_however_the_bytes_come() {
        let samples: [i16; 7] = [0, 100, -32_768, 5, 16_384, 0, -129];
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        for length in [1, 3, 5, 100] {
            let peaks = count(Pieces(&bytes, length), 2).await.unwrap();
            assert_eq!(peaks, [100, 32_768, 16_384, 129], "{length}");
            assert_eq!(peaks.into_iter().map(level).collect::<Vec<_>>(), [0, 255, 127, 1], "{length}");
        }
        assert_eq!(count(Pieces(&[], 1), 2).await.unwrap(), [] as [u16; 0]);
    }
}
