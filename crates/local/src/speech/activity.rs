//! Which parts of a sound have a voice in them, by Silero's model: 512 samples at a time.

use std::ops::Range;
use std::path::Path;

use ort::session::Session;
use ort::value::Tensor;

use crate::onnx::Onnx;
use crate::sound::SAMPLE_RATE;

/// Samples of one answer of the model: 32 ms.
pub(super) const STEP: usize = 512;
/// Samples before them that it sees, too.
const CONTEXT: usize = 64;
const STATE: usize = 2 * 128;

/// A voice begins with this probability, and ends below the other one. Both, and the lengths, are faster-whisper's.
pub(super) const BEGINS: f32 = 0.5;
const ENDS: f32 = 0.35;
/// A silence as long as this ends a stretch: two seconds.
const SILENCE: usize = 2 * SAMPLE_RATE as usize;
/// After this time neither of speech nor of clear silence, a stretch ends, too: samples are kept until it is decided.
const UNDECIDED: usize = 30 * SAMPLE_RATE as usize;
/// What is kept before and after a stretch: 0.4 seconds.
pub(super) const AROUND: usize = SAMPLE_RATE as usize * 2 / 5;

/// The model.
pub(super) struct Activity {
    session: Session,
}

/// Where the model is in one sound.
pub(super) struct Ear {
    state: Vec<f32>,
    context: Vec<f32>,
}

impl Default for Ear {
    fn default() -> Self {
        Self { state: vec![0.0; STATE], context: vec![0.0; CONTEXT] }
    }
}

impl Activity {
    pub(super) fn load(onnx: &Onnx, model: &Path) -> Result<Self, String> {
        let model = std::fs::read(model).map_err(|error| format!("{}: {error}", model.display()))?;
        let session = onnx.session(&model).map_err(|error| error.to_string())?;
        Ok(Self { session })
    }

    /// The probability of a voice in the next [`STEP`] samples of a sound. A sound of which this failed is not gone on with.
    pub(super) fn hear(&mut self, ear: &mut Ear, samples: &[f32]) -> Result<f32, String> {
        let mut input = Vec::with_capacity(CONTEXT + STEP);
        input.extend_from_slice(&ear.context);
        input.extend_from_slice(samples);
        input.resize(CONTEXT + STEP, 0.0);
        ear.context.copy_from_slice(&input[STEP..]);
        let said = |error: ort::Error| error.to_string();
        let state = std::mem::take(&mut ear.state);
        let inputs = ort::inputs![
            "input" => Tensor::from_array(([1, CONTEXT + STEP], input)).map_err(said)?,
            "state" => Tensor::from_array(([2, 1, STATE / 2], state)).map_err(said)?,
            "sr" => Tensor::from_array(([1], vec![i64::from(SAMPLE_RATE)])).map_err(said)?,
        ];
        let outputs = self.session.run(inputs).map_err(said)?;
        let (_, state) = outputs["stateN"].try_extract_tensor::<f32>().map_err(said)?;
        ear.state = state.to_vec();
        let (_, probability) = outputs["output"].try_extract_tensor::<f32>().map_err(said)?;
        probability.first().copied().ok_or_else(|| "no probability".to_owned())
    }
}

/// Finds the stretches of speech in a row of probabilities, while they come in.
#[derive(Debug, Default)]
pub(super) struct Stretches {
    /// Samples that were judged.
    at: usize,
    /// Up to where samples were kept.
    kept: usize,
    speaking: bool,
    silent_from: Option<usize>,
}

/// Samples to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) samples: Range<usize>,
    /// They begin a stretch: what is before them was left out.
    pub(super) begins: bool,
}

impl Stretches {
    /// The next [`STEP`] samples have this probability: what is now to be kept.
    pub(super) fn hear(&mut self, probability: f32) -> Option<Kept> {
        let from = self.at;
        self.at += STEP;
        if probability >= BEGINS {
            self.silent_from = None;
            let begins = !self.speaking;
            self.speaking = true;
            let start = if begins { self.kept.max(from.saturating_sub(AROUND)) } else { self.kept };
            return Some(self.keep(start, self.at, begins));
        }
        if !self.speaking {
            return None;
        }
        if probability < ENDS {
            self.silent_from.get_or_insert(from);
        }
        let Some(silent_from) = self.silent_from else { return Some(self.keep(self.kept, self.at, false)) };
        let undecided = probability >= ENDS && from - silent_from < UNDECIDED;
        if undecided || from - silent_from < SILENCE {
            return None;
        }
        (self.speaking, self.silent_from) = (false, None);
        let end = silent_from + AROUND;
        (end > self.kept).then(|| self.keep(self.kept, end, false))
    }

    /// The sound ends after `length` samples: what else is to be kept.
    pub(super) fn end(&mut self, length: usize) -> Option<Kept> {
        (self.speaking && length > self.kept).then(|| self.keep(self.kept, length, false))
    }

    /// The first sample that may still be kept.
    pub(super) fn needed_from(&self) -> usize {
        if self.speaking { self.kept } else { self.kept.max(self.at.saturating_sub(AROUND)) }
    }

    fn keep(&mut self, from: usize, to: usize, begins: bool) -> Kept {
        self.kept = to;
        Kept { samples: from..to, begins }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept of steps with these probabilities.
    fn kept(probabilities: &[(f32, usize)]) -> Vec<Range<usize>> {
        let mut stretches = Stretches::default();
        let mut all: Vec<Range<usize>> = Vec::new();
        let mut add = |kept: Option<Kept>| match (kept, all.last_mut()) {
            (None, _) => (),
            (Some(kept), Some(last)) if !kept.begins => {
                assert_eq!(last.end, kept.samples.start, "a stretch has no hole");
                last.end = kept.samples.end;
            }
            (Some(kept), _) => all.push(kept.samples),
        };
        let mut length = 0;
        for (probability, steps) in probabilities {
            for _ in 0..*steps {
                add(stretches.hear(*probability));
                length += STEP;
            }
        }
        add(stretches.end(length));
        all
    }

    fn one(stretch: Range<usize>) -> Vec<Range<usize>> {
        vec![stretch]
    }

    #[test]
    fn a_short_silence_belongs_to_the_speech_around_it() {
        assert_eq!(kept(&[(0.9, 10), (0.1, 20), (0.9, 10)]), one(0..40 * STEP));
    }

    #[test]
    fn a_long_silence_is_left_out_but_for_what_surrounds_the_speech() {
        let found = kept(&[(0.1, 100), (0.9, 10), (0.1, 100), (0.9, 10), (0.1, 100)]);
        let (first, second) = (100 * STEP, 210 * STEP);
        assert_eq!(found, [first - AROUND..first + 10 * STEP + AROUND, second - AROUND..second + 10 * STEP + AROUND]);
    }

    #[test]
    fn silence_alone_has_nothing_to_keep() {
        assert_eq!(kept(&[(0.2, 500)]), Vec::<Range<usize>>::new());
    }

    #[test]
    fn an_undecided_step_ends_nothing() {
        assert_eq!(kept(&[(0.9, 1), (0.4, 200), (0.9, 1)]), one(0..202 * STEP));
        assert_eq!(kept(&[(0.9, 1), (0.1, 1), (0.4, 200), (0.9, 1)]), one(0..203 * STEP));
    }

    #[test]
    fn what_stays_undecided_ends() {
        let steps = UNDECIDED / STEP + 2;
        assert_eq!(kept(&[(0.9, 1), (0.1, 1), (0.4, steps), (0.1, 10)]), one(0..STEP + AROUND));
    }
}
