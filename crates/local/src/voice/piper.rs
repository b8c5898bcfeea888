//! Piper's voice model (VITS): turns phonemes into audio and the duration of each phoneme. Used in the engine child
//! only.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use ort::session::Session;
use ort::value::Tensor;
use serde::Deserialize;

use super::onnx_patch;
use crate::models::{PIPER_CONFIG, PIPER_MODEL, checked};
use crate::onnx::Onnx;

/// The tensor inside the model that holds the number of frames of each phoneme.
const DURATIONS: &str = "/Ceil_output_0";
/// Samples in a frame: the hop length of the spectrogram that the voice was trained on.
const FRAME: usize = 256;
/// Room for this many frames per symbol, averaged over an utterance; the mean of the voice is about four.
const FRAMES_PER_SYMBOL: usize = 24;
/// Symbols of the phoneme alphabet with a special meaning: padding, start and end.
const PAD: char = '_';
const START: char = '^';
const END: char = '$';

/// The part of the voice's description (`.onnx.json`) that is used here.
#[derive(Debug, Clone, Deserialize)]
struct Config {
    audio: Audio,
    inference: Inference,
    phoneme_id_map: HashMap<char, Vec<i64>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Audio {
    sample_rate: u32,
}

#[derive(Debug, Clone, Deserialize)]
struct Inference {
    noise_scale: f32,
    length_scale: f32,
    noise_w: f32,
}

/// A spoken phoneme string.
#[derive(Debug, Clone, Default)]
pub(super) struct Utterance {
    pub(super) samples: Vec<i16>,
    /// For each character of the string, its samples; empty for a character that the voice does not have.
    pub(super) times: Vec<Range<usize>>,
}

/// The loaded voice.
pub(super) struct Piper {
    session: Session,
    config: Config,
}

impl Piper {
    /// Loads the model and its description. Takes about a second.
    pub(super) fn load(onnx: &Onnx, model: &Path, config: &Path) -> Result<Self, String> {
        let config = checked(&PIPER_CONFIG, config)?;
        let config = serde_json::from_slice(&config).map_err(|error| format!("the voice's .json: {error}"))?;
        let mut model = checked(&PIPER_MODEL, model)?;
        onnx_patch::add_output(&mut model, DURATIONS);
        onnx_patch::make_noise_an_input(&mut model)?;
        let session = onnx.session(&model).map_err(|error| error.to_string())?;
        Ok(Self { session, config })
    }

    pub(super) fn sample_rate(&self) -> u32 {
        self.config.audio.sample_rate
    }

    /// Speaks a phoneme string. `pace` above 1 is slower than the voice's default.
    pub(super) fn speak(&mut self, phonemes: &str, pace: f32) -> Result<Utterance, String> {
        let (ids, owners) = self.encode(phonemes);
        let length = ids.len();
        let count = i64::try_from(length).map_err(|error| error.to_string())?;
        let settings = &self.config.inference;
        let scales = vec![settings.noise_scale, settings.length_scale * pace, settings.noise_w];
        let said = |error: ort::Error| error.to_string();
        let mut noise = Noise::of(phonemes);
        let duration_noise = noise.fill(2 * length);
        let frames = length * FRAMES_PER_SYMBOL;
        let timbre = noise.fill(onnx_patch::CHANNELS * frames);
        let inputs = ort::inputs![
            "input" => Tensor::from_array(([1, length], ids)).map_err(said)?,
            "input_lengths" => Tensor::from_array(([1], vec![count])).map_err(said)?,
            "scales" => Tensor::from_array(([3], scales)).map_err(said)?,
            onnx_patch::DURATION_NOISE => Tensor::from_array(([1, 2, length], duration_noise)).map_err(said)?,
            onnx_patch::TIMBRE_NOISE => Tensor::from_array(([1, onnx_patch::CHANNELS, frames], timbre)).map_err(said)?,
            onnx_patch::SLICE_START => Tensor::from_array(([3], vec![0_i64; 3])).map_err(said)?,
        ];
        let outputs = self.session.run(inputs).map_err(said)?;
        let (_, sound) = outputs["output"].try_extract_tensor::<f32>().map_err(said)?;
        let (_, frames) = outputs[DURATIONS].try_extract_tensor::<f32>().map_err(said)?;
        if frames.len() != length {
            return Err(format!("{} durations for {length} phonemes", frames.len()));
        }
        let samples: Vec<i16> = sound.iter().map(|sample| to_i16(*sample)).collect();
        let times = times(frames, &owners, phonemes.chars().count());
        Ok(Utterance { samples, times })
    }

    /// The ids of a phoneme string as the voice was trained (`^`, then each symbol with padding, then `$`), and for
    /// each id the character that it belongs to.
    fn encode(&self, phonemes: &str) -> (Vec<i64>, Vec<Option<usize>>) {
        let map = &self.config.phoneme_id_map;
        let ids_of = |symbol: char| map.get(&symbol).map(Vec::as_slice).unwrap_or_default();
        let mut ids = Vec::with_capacity(phonemes.len() * 2 + 3);
        let mut owners = Vec::with_capacity(ids.capacity());
        let mut push = |symbol: char, owner: Option<usize>| {
            ids.extend_from_slice(ids_of(symbol));
            owners.resize(ids.len(), owner);
        };
        push(START, None);
        push(PAD, None);
        for (index, symbol) in phonemes.chars().enumerate() {
            let special = matches!(symbol, PAD | START | END);
            if !special && map.contains_key(&symbol) {
                push(symbol, Some(index));
                push(PAD, Some(index));
            }
        }
        push(END, None);
        (ids, owners)
    }
}

/// The samples of each character, from the frames of each id.
fn times(frames: &[f32], owners: &[Option<usize>], count: usize) -> Vec<Range<usize>> {
    let mut times = vec![0..0; count];
    let mut at = 0;
    for (frames, owner) in frames.iter().zip(owners) {
        let end = at + whole(*frames) * FRAME;
        if let Some(time) = owner.and_then(|owner| times.get_mut(owner)) {
            if time.end == 0 {
                *time = at..end;
            }
            time.end = end;
        }
        at = end;
    }
    times
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number by the model's ceil")]
fn whole(frames: f32) -> usize {
    frames.clamp(0.0, 100_000.0) as usize
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i16")]
fn to_i16(sample: f32) -> i16 {
    (sample * 32_767.0).clamp(-32_768.0, 32_767.0) as i16
}

/// The random input of an utterance, from which the voice draws its durations and its timbre. Seeded by the text, so
/// that the same words always sound the same. Approximately normal, as the sum of four uniform numbers (Irwin-Hall):
/// the tails end at 3.5 standard deviations, which is enough here.
struct Noise(u64);

impl Noise {
    fn of(phonemes: &str) -> Self {
        // FNV-1a: spreads short texts well, and is the same in every version.
        let hash = phonemes
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(hash)
    }

    fn fill(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.next()).collect()
    }

    /// One step of `SplitMix64` gives the four numbers.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        let sum: f32 = (0..4).map(|part| f32::from(u16::try_from((bits >> (16 * part)) & 0xffff).unwrap_or(0))).sum();
        // Four uniform numbers below 65,536 have a mean of 131,070 and a standard deviation of 65,536 / sqrt(3).
        (sum - 131_070.0) / 37_837.2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_become_times_of_characters() {
        // ^ _ a _ b _ $
        let owners = [None, None, Some(0), Some(0), Some(2), Some(2), None];
        let times = times(&[1.0, 2.0, 3.0, 1.0, 2.0, 0.0, 1.0], &owners, 3);
        assert_eq!(times, [3 * FRAME..7 * FRAME, 0..0, 7 * FRAME..9 * FRAME]);
    }

    #[test]
    fn noise_is_normal_and_repeats() {
        let numbers = Noise::of("həlˈoʊ").fill(100_000);
        let mean = numbers.iter().sum::<f32>() / 100_000.0;
        let variance = numbers.iter().map(|number| number * number).sum::<f32>() / 100_000.0;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
        assert_eq!(numbers, Noise::of("həlˈoʊ").fill(100_000));
        assert_ne!(Noise::of("a").fill(4), Noise::of("b").fill(4));
    }
}
