//! Spoken text: a tone per word and silence between words, in the format that was asked for.

use std::f64::consts::TAU;

use bytes::Bytes;

use super::{mp3, opus};
use crate::numbers::{ceil_len, float};

/// How long a character takes.
const CHARACTER_SECONDS: f64 = 0.06;
/// The longest sound. What has more text is spoken faster.
const LONGEST_SECONDS: f64 = 600.0;
/// The shortest sound.
const SHORTEST_SECONDS: f64 = 0.3;

/// A format of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Mp3,
    Opus,
    Wav(u32),
    Pcm(u32),
    Ulaw(u32),
    /// A fixed second of sound.
    Flac,
    /// A fixed second of sound.
    Aac,
}

impl Format {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Opus => "audio/ogg",
            Self::Wav(_) => "audio/wav",
            Self::Pcm(_) => "audio/pcm",
            Self::Ulaw(_) => "audio/basic",
            Self::Flac => "audio/flac",
            Self::Aac => "audio/aac",
        }
    }
}

/// How long a character of a text takes at a speed, in seconds.
pub(crate) fn character_seconds(text: &str, speed: f64) -> f64 {
    let count = float(text.chars().count().max(1));
    let speed = if speed.is_finite() { speed.clamp(0.25, 4.0) } else { 1.0 };
    (CHARACTER_SECONDS / speed).min(LONGEST_SECONDS / count)
}

/// How long a text takes at a speed, in seconds.
pub(crate) fn seconds(text: &str, speed: f64) -> f64 {
    (float(text.chars().count()) * character_seconds(text, speed)).max(SHORTEST_SECONDS)
}

/// A spoken text.
pub(crate) fn speak(text: &str, speed: f64, format: Format) -> Bytes {
    match format {
        Format::Mp3 => mp3::tone(seconds(text, speed)),
        Format::Opus => opus::silence(seconds(text, speed)),
        Format::Wav(rate) => wav(&samples(text, speed, rate), rate),
        Format::Pcm(rate) => samples(text, speed, rate).iter().flat_map(|sample| sample.to_le_bytes()).collect(),
        Format::Ulaw(rate) => samples(text, speed, rate).iter().map(|sample| ulaw(*sample)).collect(),
        Format::Flac => Bytes::from_static(include_bytes!("../../assets/silence.flac")),
        Format::Aac => Bytes::from_static(include_bytes!("../../assets/tone.aac")),
    }
}

fn samples(text: &str, speed: f64, rate: u32) -> Vec<i16> {
    let length = ceil_len(seconds(text, speed) * f64::from(rate));
    let each = character_seconds(text, speed) * f64::from(rate);
    let mut sound = Vec::with_capacity(length);
    let mut pitch = 180.0;
    let mut end = 0.0;
    for character in text.chars() {
        end += each;
        if character.is_whitespace() {
            // Words differ in pitch.
            pitch = 140.0 + f64::from(u32::from(character) % 7) * 10.0 + f64::from(pitch < 180.0) * 60.0;
        }
        while sound.len() < ceil_len(end).min(length) {
            let at = float(sound.len()) / f64::from(rate);
            sound.push(if character.is_alphanumeric() { wave(at * pitch) } else { 0 });
        }
    }
    sound.resize(length, 0);
    sound
}

/// A sine at a fifth of the full scale.
#[expect(clippy::cast_possible_truncation, reason = "between -6,553 and 6,553")]
fn wave(turns: f64) -> i16 {
    (6_553.0 * (turns * TAU).sin()) as i16
}

/// 16-bit mono WAV.
fn wav(samples: &[i16], rate: u32) -> Bytes {
    let size = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX - 36);
    let mut file = Vec::with_capacity(samples.len() * 2 + 44);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(size + 36).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&rate.to_le_bytes());
    file.extend_from_slice(&(rate * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&size.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file.into()
}

/// µ-law as in ITU-T G.711.
fn ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = sample.unsigned_abs().min(32_635) + 132;
    let exponent = (magnitude >> 7).checked_ilog2().unwrap_or(0).min(7);
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    let code = sign | (exponent << 4) | u32::from(mantissa);
    u8::try_from(!code & 0xff).unwrap_or(0xff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::length;

    #[test]
    fn every_format_lasts_as_long_as_its_text() {
        let text = "The tower was built in 1811, on a rock that the tide covers twice a day.";
        let expected = seconds(text, 1.0);
        for format in [Format::Mp3, Format::Opus, Format::Wav(24_000)] {
            let found = length::seconds(&speak(text, 1.0, format)).unwrap();
            assert!((found - expected).abs() < 0.06, "{format:?}: {found} s instead of {expected} s");
        }
        assert_eq!(speak(text, 1.0, Format::Pcm(8_000)).len(), 2 * ceil_len(expected * 8_000.0));
        assert_eq!(speak(text, 1.0, Format::Ulaw(8_000)).len(), ceil_len(expected * 8_000.0));
    }

    #[test]
    fn the_codes_of_g711() {
        assert_eq!([ulaw(0), ulaw(i16::MAX), ulaw(i16::MIN)], [0xff, 0x80, 0x00]);
    }
}
