//! Piper's voice model (VITS): phonemes in, sound and the length of each phoneme out. Used in the engine child only.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use ort::session::Session;
use ort::value::Tensor;
use serde::Deserialize;

use super::onnx::Onnx;

/// The tensor inside the model that holds how many frames each phoneme lasts.
const DURATIONS: &str = "/Ceil_output_0";
/// Samples in a frame: the hop of the spectrogram that the voice was trained on.
const FRAME: usize = 256;
/// Signs of the phoneme alphabet with a meaning of their own: padding, start and end.
const PAD: char = '_';
const START: char = '^';
const END: char = '$';

/// The voice's own description (`.onnx.json`), as far as it matters here.
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
    /// For each character of the string, when it is heard, in samples; empty for a character that the voice lacks.
    pub(super) times: Vec<Range<usize>>,
}

/// The voice, loaded.
pub(super) struct Piper {
    session: Session,
    config: Config,
}

impl Piper {
    /// Loads model and description. Takes about a second.
    pub(super) fn load(onnx: &Onnx, model: &Path, config: &Path) -> Result<Self, String> {
        let read = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
        let config = serde_json::from_slice(&read(config)?).map_err(|error| format!("the voice's .json: {error}"))?;
        let mut model = read(model)?;
        add_output(&mut model, DURATIONS);
        let session = onnx.session(&model).map_err(|error| error.to_string())?;
        Ok(Self { session, config })
    }

    pub(super) fn sample_rate(&self) -> u32 {
        self.config.audio.sample_rate
    }

    /// Speaks a phoneme string. `pace` above 1 is slower than the voice's own.
    pub(super) fn speak(&mut self, phonemes: &str, pace: f32) -> Result<Utterance, String> {
        let (ids, owners) = self.encode(phonemes);
        let length = ids.len();
        let count = i64::try_from(length).map_err(|error| error.to_string())?;
        let settings = &self.config.inference;
        let scales = vec![settings.noise_scale, settings.length_scale * pace, settings.noise_w];
        let said = |error: ort::Error| error.to_string();
        let inputs = ort::inputs![
            "input" => Tensor::from_array(([1, length], ids)).map_err(said)?,
            "input_lengths" => Tensor::from_array(([1], vec![count])).map_err(said)?,
            "scales" => Tensor::from_array(([3], scales)).map_err(said)?,
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

    /// The ids of a phoneme string as the voice was trained (`^`, then each sign with padding, then `$`), and for each
    /// id the character that it belongs to.
    fn encode(&self, phonemes: &str) -> (Vec<i64>, Vec<Option<usize>>) {
        let map = &self.config.phoneme_id_map;
        let ids_of = |sign: char| map.get(&sign).map(Vec::as_slice).unwrap_or_default();
        let mut ids = Vec::with_capacity(phonemes.len() * 2 + 3);
        let mut owners = Vec::with_capacity(ids.capacity());
        let mut push = |sign: char, owner: Option<usize>| {
            ids.extend_from_slice(ids_of(sign));
            owners.resize(ids.len(), owner);
        };
        push(START, None);
        push(PAD, None);
        for (index, sign) in phonemes.chars().enumerate() {
            let special = matches!(sign, PAD | START | END);
            if !special && map.contains_key(&sign) {
                push(sign, Some(index));
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

/// Makes an inner tensor of a model one of its outputs. A message field that comes twice in a protobuf is merged, so
/// a second `graph` (field 7 of `ModelProto`) with nothing but one more `output` (field 12 of `GraphProto`, a
/// `ValueInfoProto` whose field 1 is the name) is put at the end of the file.
fn add_output(model: &mut Vec<u8>, name: &str) {
    /// Wire type of a field with a length.
    const WITH_LENGTH: u8 = 2;
    let field = |number: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap_or(0);
        debug_assert!(length < 128, "a length of one byte");
        let mut field = vec![number << 3 | WITH_LENGTH, length];
        field.extend_from_slice(content);
        field
    };
    model.extend(field(7, &field(12, &field(1, name.as_bytes()))));
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
    fn an_output_is_added_at_the_end() {
        let mut model = Vec::new();
        add_output(&mut model, "x");
        assert_eq!(model, [0x3a, 5, 0x62, 3, 0x0a, 1, b'x']);
    }
}
