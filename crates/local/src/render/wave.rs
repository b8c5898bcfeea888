//! Audio files of the voices: RIFF WAVE with 16-bit PCM, read, mixed down to mono and resampled to 48 kHz.

use std::path::Path;

use super::error::RenderError;

/// Sample rate of a finished video.
pub(crate) const RATE: u32 = 48_000;

/// Reads a WAVE file as mono samples from -1 to 1, at 48 kHz.
pub(crate) fn read(path: &Path) -> Result<Vec<f32>, RenderError> {
    let refused = |detail: String| RenderError::Sound { path: path.to_owned(), detail };
    let bytes = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
    let (rate, samples) = decode(&bytes).map_err(|detail| refused(detail.to_owned()))?;
    Ok(resample(&samples, rate))
}

/// The sample rate and the samples of a WAVE file, mixed down to mono.
fn decode(bytes: &[u8]) -> Result<(u32, Vec<f32>), &'static str> {
    if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err("it is not a WAVE file");
    }
    let short = |at: usize| bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]));
    let long = |at: usize| u32::from(short(at)) | u32::from(short(at + 2)) << 16;
    let (mut at, mut format) = (12usize, None);
    while let Some(kind) = bytes.get(at..at + 4) {
        let length = usize::try_from(long(at + 4)).unwrap_or(usize::MAX);
        let start = at + 8;
        if kind == b"fmt " {
            // 1 is PCM; 0xFFFE means that the format is in the first two bytes of an extension.
            let coding = if short(start) == 0xFFFE { short(start + 24) } else { short(start) };
            if coding != 1 || short(start + 14) != 16 {
                return Err("only PCM of 16 bits can be used");
            }
            format = Some((short(start + 2), long(start + 4)));
        } else if kind == b"data" {
            let Some((channels, rate)) = format else { return Err("its samples come before their format") };
            if channels == 0 || !(4_000..=192_000).contains(&rate) {
                return Err("its number of channels or its rate makes no sense");
            }
            // A program that wrote to a pipe leaves a length that is too large.
            let end = start.saturating_add(length).min(bytes.len());
            return Ok((rate, mono(&bytes[start.min(end)..end], channels)));
        }
        at = start.saturating_add(length).saturating_add(length & 1);
    }
    Err("it has no samples")
}

fn mono(data: &[u8], channels: u16) -> Vec<f32> {
    let channels = usize::from(channels);
    let scale = 1.0 / 32_768.0 / f32::from(u16::try_from(channels).unwrap_or(1));
    data.chunks_exact(2 * channels)
        .map(|frame| {
            let sum: f32 = frame.as_chunks::<2>().0.iter().map(|sample| f32::from(i16::from_le_bytes(*sample))).sum();
            sum * scale
        })
        .collect()
}

/// Half the length of the filter in samples of the slower rate.
const REACH: usize = 16;

/// Resamples to 48 kHz by a windowed sinc (Blackman), one filter per phase of the exact ratio.
fn resample(samples: &[f32], rate: u32) -> Vec<f32> {
    if rate == RATE || samples.is_empty() {
        return samples.to_vec();
    }
    let divisor = gcd(rate, RATE);
    let (up, down) = (RATE / divisor, rate / divisor);
    let filters = filters(up, down);
    let length = samples.len() as u64 * u64::from(up) / u64::from(down);
    let taps = filters.first().map_or(0, Vec::len);
    let before = taps / 2 - 1;
    let mut padded = vec![0.0; before];
    padded.extend_from_slice(samples);
    padded.resize(padded.len() + taps, 0.0);
    (0..length)
        .map(|index| {
            let position = index * u64::from(down);
            let whole = usize::try_from(position / u64::from(up)).unwrap_or(usize::MAX);
            let phase = usize::try_from(position % u64::from(up)).unwrap_or(0);
            let near = padded.get(whole..whole + taps).unwrap_or_default();
            dot(near, &filters[phase])
        })
        .collect()
}

/// Dot product in eight lanes, which the compiler vectorises.
fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    let (ones, others) = (one.as_chunks::<8>().0, other.as_chunks::<8>().0);
    for (a, b) in ones.iter().zip(others) {
        for lane in 0..8 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum()
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small, positive numbers of phases and taps"
)]
fn filters(up: u32, down: u32) -> Vec<Vec<f32>> {
    let cutoff = 0.95 * (f64::from(up) / f64::from(down)).min(1.0);
    // Longer for downsampling, so that the filter covers the same number of output samples; a multiple of eight.
    let taps = ((2.0 * REACH as f64 / cutoff.min(1.0)).ceil() as usize).next_multiple_of(8);
    let half = taps as f64 / 2.0;
    (0..up)
        .map(|phase| {
            let shift = f64::from(phase) / f64::from(up);
            let weights: Vec<f64> = (0..taps)
                .map(|tap| {
                    let x = tap as f64 - (half - 1.0) - shift;
                    let turn = std::f64::consts::PI * x * cutoff;
                    let sinc = if turn.abs() < 1e-9 { 1.0 } else { turn.sin() / turn };
                    let place = (x / half + 1.0) * std::f64::consts::PI;
                    let window = 0.42 - 0.5 * place.cos() + 0.08 * (2.0 * place).cos();
                    sinc * window.max(0.0)
                })
                .collect();
            let sum: f64 = weights.iter().sum();
            weights.into_iter().map(|weight| (weight / sum) as f32).collect()
        })
        .collect()
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "a second of sound")]
mod tests {
    use super::*;

    fn tone(rate: u32, hertz: f32, count: usize) -> Vec<f32> {
        (0..count).map(|at| (at as f32 * hertz * std::f32::consts::TAU / rate as f32).sin() * 0.5).collect()
    }

    #[test]
    fn a_tone_is_the_same_tone_at_another_rate() {
        for rate in [16_000, 22_050, 24_000, 44_100, 96_000] {
            let count = rate as usize / 2;
            let out = resample(&tone(rate, 440.0, count), rate);
            assert!(out.len().abs_diff(24_000) <= 1, "{rate}: {}", out.len());
            let exact = tone(RATE, 440.0, 24_000);
            let worst = (1000..23_000).map(|at| (out[at] - exact[at]).abs()).fold(0.0, f32::max);
            assert!(worst < 0.005, "{rate}: off by {worst}");
        }
    }

    #[test]
    fn files_that_are_not_audio_are_rejected() {
        assert!(decode(b"ID3 nothing").is_err());
        assert!(decode(b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x03\0\x01\0").is_err());
        assert_eq!(decode(b"RIFF\x24\0\0\0WAVE"), Err("it has no samples"));
    }

    #[test]
    fn stereo_is_mixed_and_a_length_from_a_pipe_is_accepted() {
        let mut bytes = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x02\0\x80\xbb\0\0\0\xee\x02\0\x04\0\x10\0data\xff\xff\xff\xff".to_vec();
        bytes.extend_from_slice(&16_384i16.to_le_bytes());
        bytes.extend_from_slice(&0i16.to_le_bytes());
        assert_eq!(decode(&bytes), Ok((48_000, vec![0.25])));
    }
}
