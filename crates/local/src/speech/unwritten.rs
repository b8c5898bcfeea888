//! Where somebody speaks and nothing was written. Whisper writes one language, and often leaves out what is said in another.

use std::ops::Range;

use sluice_capability::Unwritten;

use super::activity::{BEGINS, STEP};
use super::{milliseconds, seconds};

/// A voice for less than this, in milliseconds, may be a breath, a laugh or a cough.
const LEAST: u32 = 1_000;
/// How exactly it is known when a word is heard.
const AROUND: u32 = 250;
/// A pause as short as this is within speech.
const PAUSE: u32 = 500;

/// When what was written is heard.
#[derive(Debug, Default)]
pub(super) struct Writing {
    written: Vec<Range<u32>>,
}

impl Writing {
    /// Something was written that is heard in these milliseconds, which is after all before.
    pub(super) fn wrote(&mut self, heard: Range<u32>) {
        self.written.push(heard);
    }

    /// The stretches in which nothing was written, of a sound with these probabilities of a voice in each step.
    pub(super) fn unwritten(&self, probabilities: &[f32]) -> Vec<Unwritten> {
        let mut written = self.written.iter().peekable();
        let mut found = Vec::<(Unwritten, u32)>::new();
        for (step, _) in probabilities.iter().enumerate().filter(|(_, probability)| **probability >= BEGINS) {
            let (start_ms, end_ms) = (milliseconds(seconds(step * STEP)), milliseconds(seconds((step + 1) * STEP)));
            while written.next_if(|word| word.end + AROUND <= start_ms).is_some() {}
            if written.peek().is_some_and(|word| word.start < end_ms + AROUND) {
                continue;
            }
            let voiced = end_ms - start_ms;
            match found.last_mut().filter(|(last, _)| start_ms <= last.end_ms + PAUSE) {
                Some((last, so_far)) => {
                    last.end_ms = end_ms;
                    *so_far += voiced;
                }
                None => found.push((Unwritten { start_ms, end_ms }, voiced)),
            }
        }
        found.into_iter().filter(|(_, voiced)| *voiced >= LEAST).map(|(stretch, _)| stretch).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From and to, in milliseconds.
    type Times = (u32, u32);

    /// Of a sound of eight seconds in which these words are written, and a voice is heard at these times.
    fn unwritten(words: &[Times], voices: &[Times]) -> Vec<Times> {
        let writing = Writing { written: words.iter().map(|&(from, to)| from..to).collect() };
        let is_heard = |ms: u32| voices.iter().any(|&(from, to)| (from..to).contains(&ms));
        let probabilities: Vec<f32> = (0..250).map(|step| if is_heard(step * 32) { 0.9 } else { 0.1 }).collect();
        writing.unwritten(&probabilities).into_iter().map(|stretch| (stretch.start_ms, stretch.end_ms)).collect()
    }

    #[test]
    fn a_voice_without_words_is_found_before_them_between_them_and_behind_them() {
        let words = [(2_000, 2_500), (2_500, 3_000)];
        assert_eq!(unwritten(&words, &[(0, 1_500), (2_000, 3_000)]), vec![(0, 1_504)]);
        assert_eq!(unwritten(&words, &[(2_000, 3_000), (4_000, 6_000)]), vec![(4_000, 6_016)]);
        assert_eq!(unwritten(&[(0, 900), (4_000, 4_500)], &[(0, 4_500)]), vec![(1_152, 3_744)]);
        assert_eq!(unwritten(&[], &[(1_000, 2_100)]), vec![(1_024, 2_112)]);
    }

    #[test]
    fn words_cover_the_voice_around_them_and_a_breath_is_no_speech() {
        let none = Vec::<Times>::new();
        assert_eq!(unwritten(&[(500, 1_000), (1_300, 2_000)], &[(300, 2_200)]), none);
        assert_eq!(unwritten(&[(500, 1_000)], &[(500, 1_000), (2_000, 2_900)]), none);
        assert_eq!(unwritten(&[(500, 1_000)], &[]), none);
    }

    #[test]
    fn short_pauses_are_within_speech_and_long_ones_are_not() {
        assert_eq!(unwritten(&[], &[(0, 640), (1_024, 1_664)]), vec![(0, 1_664)]);
        assert_eq!(unwritten(&[], &[(0, 640), (2_048, 2_688)]), Vec::<Times>::new());
    }
}
