//! How far each segment of a session is heard, and how its words become passages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sluice_capability::{Listened, Word};

use super::LivePassage;
use crate::scribe::export::speech::is_spaced;
use crate::scribe::transcript::SpokenWord;

/// Words of a passage at the most: it is closed after so many, whatever they say.
const MOST_WORDS: usize = 60;
/// A pause before a word that ends the passage before it, in milliseconds.
const PAUSE_MS: u32 = 1_500;

const SENTENCE_ENDS: [char; 8] = ['.', '?', '!', '…', '。', '？', '！', '؟'];

/// How far the segments of a session are heard.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Ears {
    /// ISO 639-1 code of what is spoken, or so far seems to be.
    pub(super) language: Option<String>,
    /// By the number of the segment.
    pub(super) segments: BTreeMap<u32, Ear>,
}

/// How far a segment is heard. Times of words, and all but the offset, are in milliseconds of the segment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Ear {
    /// Where the segment begins, in milliseconds of the session.
    pub(super) offset_ms: u64,
    /// The engine's own state.
    pub(super) state: Option<Value>,
    /// From where on its sound is needed.
    pub(super) from_ms: u32,
    /// Up to where it was heard, or skipped.
    pub(super) heard_ms: u32,
    /// Words that are certain, of the passage that goes on.
    pub(super) open: Vec<Word>,
    /// Words after them that may still change.
    pub(super) provisional: Vec<Word>,
    /// It has ended, and was heard to its end.
    pub(super) is_done: bool,
}

impl Ears {
    /// Of a stored state; at the beginning there is none. What an earlier version stored otherwise is heard anew.
    pub(super) fn of(state: &Value) -> Self {
        serde_json::from_value(state.clone()).unwrap_or_default()
    }

    /// What may still change: the passages that are not closed.
    pub(super) fn open(&self) -> Vec<LivePassage> {
        let open = self.segments.iter().flat_map(|(number, ear)| {
            let certain = ear.passage(*number, &ear.open, true);
            certain.into_iter().chain(ear.passage(*number, &ear.provisional, false))
        });
        open.collect()
    }

    /// Up to where the session was heard, in milliseconds of it.
    pub(super) fn heard_until_ms(&self) -> u64 {
        self.segments.values().map(|ear| ear.offset_ms + u64::from(ear.heard_ms)).max().unwrap_or(0)
    }

    /// How much of the segments, whose ends these are, was not heard.
    pub(super) fn behind_ms(&self, ends: &BTreeMap<u32, u64>) -> u64 {
        let behind = |(number, end): (&u32, &u64)| match self.segments.get(number) {
            Some(ear) if ear.is_done => 0,
            Some(ear) => end.saturating_sub(ear.heard_ms.into()),
            None => *end,
        };
        ends.iter().map(behind).max().unwrap_or(0)
    }
}

impl Ear {
    /// Takes in what was heard; returns the passages of this segment that are closed by it.
    pub(super) fn take(&mut self, number: u32, heard: Listened) -> Vec<LivePassage> {
        self.state = Some(heard.state);
        self.from_ms = heard.from_ms;
        self.heard_ms = self.heard_ms.max(heard.until_ms);
        self.provisional = heard.provisional;
        self.add(number, heard.certain)
    }

    /// The segment has ended: what was not certain stays as it is.
    pub(super) fn finish(&mut self, number: u32) -> Vec<LivePassage> {
        self.is_done = true;
        self.state = None;
        let rest = std::mem::take(&mut self.provisional);
        let mut closed = self.add(number, rest);
        closed.extend(self.close(number));
        closed
    }

    /// A passage ends here.
    fn close(&mut self, number: u32) -> Option<LivePassage> {
        let words = std::mem::take(&mut self.open);
        self.passage(number, &words, true)
    }

    fn add(&mut self, number: u32, words: Vec<Word>) -> Vec<LivePassage> {
        let mut closed = Vec::new();
        for word in words {
            if self.open.last().is_some_and(|last| word.start_ms.saturating_sub(last.end_ms) >= PAUSE_MS) {
                closed.extend(self.close(number));
            }
            let is_end = word.text.ends_with(SENTENCE_ENDS);
            self.open.push(word);
            if is_end || self.open.len() >= MOST_WORDS {
                closed.extend(self.close(number));
            }
        }
        closed
    }

    fn passage(&self, number: u32, words: &[Word], certain: bool) -> Option<LivePassage> {
        let (first, last) = (words.first()?, words.last()?);
        let at = |ms: u32| self.offset_ms + u64::from(ms);
        let mut text = String::new();
        for word in words {
            if !text.is_empty() && is_spaced(&text, &word.text) {
                text.push(' ');
            }
            text.push_str(&word.text);
        }
        let word = |word: &Word| SpokenWord {
            text: word.text.clone(),
            start_ms: at(word.start_ms),
            end_ms: at(word.end_ms),
            confidence: word.confidence,
        };
        Some(LivePassage {
            segment: number,
            start_ms: at(first.start_ms),
            end_ms: at(last.end_ms.max(first.start_ms)),
            text,
            words: words.iter().map(word).collect(),
            speaker: None,
            certain,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Words of 400 ms, one after the other.
    fn words(text: &str, from_ms: u32) -> Vec<Word> {
        let word = |(at, text): (u32, &str)| {
            let start_ms = from_ms + at * 400;
            Word { text: text.to_owned(), start_ms, end_ms: start_ms + 400, confidence: 1.0 }
        };
        (0..).zip(text.split(' ')).map(word).collect()
    }

    fn heard(certain: &[Word], provisional: &[Word], until_ms: u32) -> Listened {
        let (certain, provisional) = (certain.to_vec(), provisional.to_vec());
        Listened { certain, provisional, until_ms, state: json!({ "engine": 1 }), ..Listened::default() }
    }

    fn texts(passages: &[LivePassage]) -> Vec<&str> {
        passages.iter().map(|passage| passage.text.as_str()).collect()
    }

    #[test]
    fn a_passage_is_closed_by_a_sentence_a_pause_or_its_length() {
        let mut ear = Ear { offset_ms: 10_000, ..Ear::default() };
        let closed = ear.take(3, heard(&words("We sail at dawn. Then", 0), &words("we rest", 2_000), 3_000));
        assert_eq!(texts(&closed), ["We sail at dawn."]);
        assert_eq!((closed[0].start_ms, closed[0].end_ms, closed[0].segment), (10_000, 11_600, 3));
        let closed = ear.take(3, heard(&words("after a pause", 5_000), &[], 8_000));
        assert_eq!(texts(&closed), ["Then"]);
        let closed = ear.take(3, heard(&words(&["la"; 70].join(" "), 6_200), &[], 40_000));
        assert_eq!(closed.len(), 1);
        assert_eq!(closed[0].words.len(), MOST_WORDS);
    }

    #[test]
    fn what_may_still_change_is_shown_apart_and_stays_at_the_end() {
        let mut ears = Ears::default();
        let mut ear = Ear::default();
        ear.take(0, heard(&words("We sail", 0), &words("at dorn", 800), 2_000));
        ears.segments.insert(0, ear);
        let open = ears.open();
        assert_eq!(texts(&open), ["We sail", "at dorn"]);
        assert_eq!(open.iter().map(|passage| passage.certain).collect::<Vec<_>>(), [true, false]);
        let stored = serde_json::to_value(&ears).unwrap();
        assert_eq!(Ears::of(&stored), ears);
        assert_eq!(Ears::of(&Value::Null), Ears::default());
        let ends = BTreeMap::from([(0, 7_000), (1, 3_000)]);
        assert_eq!((ears.heard_until_ms(), ears.behind_ms(&ends)), (2_000, 5_000));
        let closed = ears.segments.get_mut(&0).unwrap().finish(0);
        assert_eq!(texts(&closed), ["We sail at dorn"]);
        assert_eq!((ears.open(), ears.behind_ms(&ends)), (vec![], 3_000));
    }
}
