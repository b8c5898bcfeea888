//! The text of one window: a search, and when its result is not plausible, samples at rising temperatures.

use sluice_whisper::{Encoded, Generated, Options};

use super::error::Failure;
use super::gate::{MOST_REPETITIVE, compression_ratio};
use super::tokens::Tokens;

/// The temperatures that are tried, one after the other, until a text is plausible.
pub(super) const PATIENT: &[f32] = &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0];
/// Those that are tried while somebody waits, and will hear the same sound again.
pub(super) const HASTY: &[f32] = &[0.0, 0.4];
/// A text with a lower mean log probability is not plausible.
pub(super) const LEAST_LIKELY: f32 = -1.0;
/// With a higher probability of silence, an implausible text is taken for silence.
const SILENCE: f32 = 0.6;
/// Beams of the search, and candidates at each temperature.
const WIDTH: u32 = 5;
/// Tokens of a window, with its prompt.
const MOST_TOKENS: u32 = 448;
/// A window's first timestamp is within a second.
const FIRST_TIMESTAMP: u32 = 50;

/// A decoded window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decoded {
    pub(super) tokens: Vec<u32>,
    /// Mean log probability of a token.
    pub(super) likelihood: f32,
    pub(super) no_speech: f32,
    pub(super) temperature: f32,
    pub(super) compression: f32,
}

impl Decoded {
    /// Whether nobody speaks, as far as the model can tell.
    pub(super) fn is_silence(&self) -> bool {
        self.no_speech > SILENCE && self.likelihood <= LEAST_LIKELY
    }

    /// Whether the model doubted what it wrote.
    pub(super) fn is_unsure(&self) -> bool {
        self.no_speech > SILENCE || self.likelihood < LEAST_LIKELY
    }

    fn is_repetitive(&self) -> bool {
        self.compression > MOST_REPETITIVE
    }

    fn is_plausible(&self) -> bool {
        !self.is_repetitive() && self.likelihood >= LEAST_LIKELY
    }
}

/// Decodes a window after `prompt`.
pub(super) fn decode(
    encoded: &Encoded<'_>,
    tokens: &Tokens,
    prompt: &[u32],
    temperatures: &[f32],
) -> Result<Decoded, Failure> {
    fall_back(temperatures, |temperature| {
        let sampled = temperature > 0.0;
        let options = Options {
            beam_size: if sampled { 1 } else { WIDTH },
            candidates: if sampled { WIDTH } else { 1 },
            max_length: MOST_TOKENS,
            max_initial_timestamp: FIRST_TIMESTAMP,
            temperature,
        };
        let generated = encoded.generate(prompt, &options).map_err(|error| error.to_string())?;
        let compression = compression_ratio(tokens.text(&generated.tokens).trim());
        Ok(decoded(generated, temperature, compression))
    })
}

fn decoded(generated: Generated, temperature: f32, compression: f32) -> Decoded {
    let Generated { tokens, score, no_speech } = generated;
    // The score is a mean over the tokens; the end of the text counts as one, too.
    let likelihood = score * super::ratio(tokens.len(), tokens.len() + 1);
    Decoded { tokens, likelihood, no_speech, temperature, compression }
}

/// The first plausible result, or one of silence; if there is none, the most likely one of those that do not repeat themselves.
fn fall_back(
    temperatures: &[f32],
    mut attempt: impl FnMut(f32) -> Result<Decoded, Failure>,
) -> Result<Decoded, Failure> {
    let mut implausible: Vec<Decoded> = Vec::new();
    for &temperature in temperatures {
        let decoded = attempt(temperature)?;
        let is_silence = decoded.no_speech > SILENCE && decoded.likelihood < LEAST_LIKELY;
        if decoded.is_plausible() || is_silence {
            return Ok(decoded);
        }
        implausible.push(decoded);
    }
    let order = |a: &Decoded, b: &Decoded| {
        b.is_repetitive().cmp(&a.is_repetitive()).then(a.likelihood.total_cmp(&b.likelihood))
    };
    let best = implausible.into_iter().max_by(order);
    // As if it was found last, so that the next window does not go on from it.
    best.map(|best| Decoded { temperature: 1.0, ..best }).ok_or_else(|| "nothing was generated".to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(likelihood: f32, compression: f32, no_speech: f32) -> Decoded {
        Decoded { tokens: vec![], likelihood, no_speech, temperature: 0.0, compression }
    }

    fn first(results: &[Decoded]) -> (Decoded, usize) {
        let mut asked = 0;
        let best = fall_back(PATIENT, |temperature| {
            asked += 1;
            Ok(Decoded { temperature, ..results[(asked - 1).min(results.len() - 1)].clone() })
        });
        (best.unwrap(), asked)
    }

    #[test]
    fn a_plausible_text_is_taken_at_once() {
        assert_eq!(first(&[found(-0.3, 1.5, 0.1)]).1, 1);
    }

    #[test]
    fn a_repetitive_or_unlikely_text_is_tried_again_at_a_higher_temperature() {
        let (best, asked) = first(&[found(-0.1, 4.0, 0.1), found(-1.4, 1.5, 0.1), found(-0.6, 1.5, 0.1)]);
        assert_eq!((best.temperature, asked), (0.4, 3));
    }

    #[test]
    fn an_unlikely_text_of_silence_is_not_tried_again() {
        let (best, asked) = first(&[found(-1.2, 1.5, 0.9)]);
        assert_eq!(asked, 1);
        assert!(best.is_silence());
    }

    #[test]
    fn when_nothing_is_plausible_the_most_likely_is_taken_that_does_not_repeat_itself() {
        let (best, asked) =
            first(&[found(-0.1, 4.0, 0.1), found(-1.4, 1.5, 0.1), found(-1.2, 1.5, 0.1), found(-2.0, 1.0, 0.1)]);
        assert_eq!((best.likelihood, best.temperature, asked), (-1.2, 1.0, 6));
    }
}
