//! What is transcribed: the stretches of speech, one after the other, with where they were in the sound.

use std::collections::VecDeque;

use super::activity::{AROUND, Kept, STEP, Stretches};
use super::mel::{HALF, HOP};

/// Where a stretch begins, in samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    /// Among what is transcribed.
    at: usize,
    /// In the sound.
    original: usize,
}

/// Speech without the silence between it. Positions are samples of what is transcribed, unless they are called original.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Samples from `dropped` on.
    samples: VecDeque<f32>,
    dropped: usize,
    stretches: Vec<Stretch>,
    /// The probability of a voice in each step of the sound.
    probabilities: Vec<f32>,
    /// Samples of the sound that may still be kept, from `pending_from` on.
    pending: VecDeque<f32>,
    pending_from: usize,
    judge: Stretches,
    ended: bool,
}

impl Heard {
    /// Takes in samples of the sound; `probability` judges one step of them.
    pub(super) fn push<E>(
        &mut self,
        samples: &[f32],
        mut probability: impl FnMut(&[f32]) -> Result<f32, E>,
    ) -> Result<(), E> {
        self.pending.extend(samples);
        while self.original_length() >= (self.probabilities.len() + 1) * STEP {
            let from = self.probabilities.len() * STEP - self.pending_from;
            let step: Vec<f32> = self.pending.range(from..from + STEP).copied().collect();
            let found = probability(&step)?;
            self.judge(found);
        }
        Ok(())
    }

    /// The sound has ended. The last step may be shorter than the others.
    pub(super) fn end<E>(&mut self, mut probability: impl FnMut(&[f32]) -> Result<f32, E>) -> Result<(), E> {
        let length = self.original_length();
        let from = self.probabilities.len() * STEP - self.pending_from;
        let rest: Vec<f32> = self.pending.range(from..).copied().collect();
        if !rest.is_empty() {
            let found = probability(&rest)?;
            self.judge(found);
        }
        if let Some(kept) = self.judge.end(length) {
            self.keep(&kept);
        }
        self.ended = true;
        self.pending.clear();
        self.pending_from = length;
        Ok(())
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Samples of the sound so far.
    pub(super) fn original_length(&self) -> usize {
        self.pending_from + self.pending.len()
    }

    /// Whole frames of 10 ms that can be transcribed.
    pub(super) fn frames(&self) -> usize {
        (self.dropped + self.samples.len()) / HOP
    }

    /// Whether all samples of `count` frames from `frame` on are there, with those after them that the last one needs.
    pub(super) fn has_window(&self, frame: usize, count: usize) -> bool {
        self.ended || self.dropped + self.samples.len() >= (frame + count) * HOP + HALF
    }

    /// The samples of `count` frames from `frame` on, which begin [`HALF`] samples before the middle of the first one. Before the
    /// beginning they are mirrored.
    pub(super) fn window(&self, frame: usize, count: usize) -> Vec<f32> {
        let sample = |at: usize| at.checked_sub(self.dropped).and_then(|at| self.samples.get(at)).copied();
        let (first, last) = (frame * HOP, (frame + count) * HOP + HALF);
        let mirrored = (1..=HALF.saturating_sub(first)).rev();
        mirrored.chain(first.saturating_sub(HALF)..last).map(|at| sample(at).unwrap_or(0.0)).collect()
    }

    /// Forgets the samples that no frame from `frame` on needs.
    pub(super) fn forget_before(&mut self, frame: usize) {
        let needed = (frame * HOP).saturating_sub(HALF);
        let count = needed.saturating_sub(self.dropped).min(self.samples.len());
        self.samples.drain(..count);
        self.dropped += count;
    }

    /// Start and end in the sound of a time of what is transcribed, in seconds. Around a cut there is silence, so a text that
    /// seems to begin just before it, or to end just after it, is all on its other side.
    pub(super) fn original_span(&self, start: f64, end: f64) -> (f64, f64) {
        let first = self.index_at(samples(start) + AROUND);
        let last = self.index_at(samples(end).saturating_sub(AROUND)).max(first);
        let begin = self.stretches.get(first).map_or(0.0, |stretch| super::seconds(stretch.original));
        (self.in_stretch(start, first).max(begin), self.in_stretch(end, last).min(self.end_of(last)))
    }

    /// Start and end of a word in the sound, both in the stretch of its middle.
    pub(super) fn original_times(&self, start: f64, end: f64) -> (f64, f64) {
        let index = self.index_at(samples(f64::midpoint(start, end)));
        (self.in_stretch(start, index), self.in_stretch(end, index))
    }

    /// The stretch that this sample belongs to.
    fn index_at(&self, at: usize) -> usize {
        self.stretches.partition_point(|stretch| stretch.at <= at).saturating_sub(1)
    }

    fn in_stretch(&self, seconds: f64, index: usize) -> f64 {
        let Some(stretch) = self.stretches.get(index) else { return seconds };
        (seconds - super::seconds(stretch.at) + super::seconds(stretch.original)).max(0.0)
    }

    /// Where a stretch ends in the sound, as far as it is known, in seconds.
    fn end_of(&self, index: usize) -> f64 {
        let end = self.stretches.get(index + 1).map_or(self.dropped + self.samples.len(), |next| next.at);
        self.in_stretch(super::seconds(end), index)
    }

    /// The probability of a voice in each step of the sound so far.
    pub(super) fn probabilities(&self) -> &[f32] {
        &self.probabilities
    }

    /// The share of a time of the sound, in seconds, in which there is a voice.
    pub(super) fn voiced(&self, start: f64, end: f64) -> f32 {
        let steps = samples(start) / STEP..samples(end).div_ceil(STEP).min(self.probabilities.len());
        let steps = self.probabilities.get(steps).unwrap_or_default();
        let voiced = steps.iter().filter(|probability| **probability >= super::activity::BEGINS).count();
        if steps.is_empty() { 0.0 } else { super::ratio(voiced, steps.len()) }
    }

    fn judge(&mut self, probability: f32) {
        self.probabilities.push(probability);
        if let Some(kept) = self.judge.hear(probability) {
            self.keep(&kept);
        }
        let unneeded = self.judge.needed_from().saturating_sub(self.pending_from);
        self.pending.drain(..unneeded.min(self.pending.len()));
        self.pending_from += unneeded;
    }

    fn keep(&mut self, kept: &Kept) {
        if kept.begins {
            let at = self.dropped + self.samples.len();
            self.stretches.push(Stretch { at, original: kept.samples.start });
        }
        let range =
            kept.samples.start - self.pending_from..kept.samples.end.min(self.original_length()) - self.pending_from;
        self.samples.extend(self.pending.range(range));
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and less than a year")]
fn samples(seconds: f64) -> usize {
    (seconds.max(0.0) * f64::from(crate::sound::SAMPLE_RATE)).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half a second of speech at 4 s and at 12 s, in 20 s; the samples count up.
    fn heard() -> Heard {
        let mut heard = Heard::default();
        let sound: Vec<f32> = (0..32_000_u16).map(f32::from).collect();
        let sound: Vec<f32> = sound.iter().flat_map(|sample| [*sample; 10]).collect();
        let mut step = 0;
        let mut probability = |_: &[f32]| {
            let at = super::super::seconds(step * STEP);
            step += 1;
            let speaks = (4.0..4.5).contains(&at) || (12.0..12.5).contains(&at);
            Ok::<_, ()>(if speaks { 0.9 } else { 0.05 })
        };
        for part in sound.chunks(7_777) {
            heard.push(part, &mut probability).unwrap();
        }
        heard.end(&mut probability).unwrap();
        heard
    }

    #[test]
    fn speech_is_joined_and_its_times_lead_back_to_the_sound() {
        let heard = heard();
        assert!((120..280).contains(&heard.frames()), "{} frames", heard.frames());
        assert_eq!(heard.stretches.len(), 2);
        assert_eq!(heard.original_length(), 320_000);
        let cut = super::super::seconds(heard.stretches[1].at);
        let (start, end) = heard.original_span(0.0, cut + 0.2);
        assert!((start - 3.6).abs() < 0.1 && (end - 4.9).abs() < 0.1, "{start} to {end} is the first stretch");
        let (start, end) = heard.original_span(cut - 0.2, cut + 1.0);
        assert!((start - 11.6).abs() < 0.1 && (end - 12.6).abs() < 0.1, "{start} to {end} is the second stretch");
        let (start, end) = heard.original_span(0.2, cut + 1.0);
        assert!(start < 4.0 && end > 12.5, "{start} to {end} is both");
        let (start, end) = heard.original_times(cut - 0.01, cut + 0.3);
        assert!(end > start && start > 11.5, "a word is in one stretch");
    }

    #[test]
    fn samples_are_those_of_the_sound_and_mirrored_before_it() {
        let heard = heard();
        let window = heard.window(0, 10);
        assert_eq!(window.len(), HALF + 10 * HOP + HALF);
        assert!((window[HALF - 1] - window[HALF + 1]).abs() < 1e-6);
        let first = heard.stretches[0].original;
        assert!((window[HALF] - super::super::ratio(first / 10, 1)).abs() < 1.5);
    }

    #[test]
    fn what_was_transcribed_is_forgotten() {
        let mut heard = heard();
        let before = heard.window(50, 10);
        heard.forget_before(50);
        assert_eq!(heard.window(50, 10), before);
        assert_eq!(heard.dropped, 50 * HOP - HALF);
    }

    #[test]
    fn the_share_of_voice_is_that_of_the_time() {
        let heard = heard();
        assert!(heard.voiced(4.05, 4.45) > 0.9);
        assert!(heard.voiced(6.0, 8.0) < 0.01);
    }
}
