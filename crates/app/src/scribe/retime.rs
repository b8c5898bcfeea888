//! Retimes the words of a corrected passage.
//!
//! Both texts are compared as tokens: words, and single letters in scripts without spaces. Tokens that both have, in the same
//! order (a longest common subsequence), keep their times; differences in punctuation and capitals are ignored. The tokens
//! between them share the time of those that they replace, in proportion to their letters.

use sluice_store::scribe::EditRow;
use unicode_segmentation::UnicodeSegmentation as _;

use super::export::speech::is_unspaced;
use super::transcript::{Passage, SpokenWord};

impl Passage {
    /// Applies an edit: unchanged words keep their times.
    pub(super) fn change(&mut self, edit: &EditRow) {
        self.edited = true;
        self.speaker = edit.speaker.or(self.speaker);
        if let Some(text) = &edit.text {
            self.words = retimed(self, text);
            self.text.clone_from(text);
        }
    }
}

/// A unit of comparison.
struct Token<'a> {
    text: &'a str,
    /// The key for the comparison.
    key: String,
    /// The index of its word.
    word: usize,
    /// Whether it is the first of its word.
    begins: bool,
}

/// The words of a corrected text, with times from the original passage. Without words there are no times to keep.
fn retimed(heard: &Passage, text: &str) -> Vec<SpokenWord> {
    if heard.words.is_empty() {
        return Vec::new();
    }
    let old = tokens(heard.words.iter().map(|word| word.text.as_str()));
    let new = tokens(text.split_whitespace());
    let kept = common(&old, &new);
    let mut words = Words { heard, old: &old, made: Vec::new(), last: None };
    let (mut old_at, mut new_at) = (0, 0);
    for (in_old, in_new) in kept.into_iter().chain([(old.len(), new.len())]) {
        words.replace(old_at..in_old, &new[new_at..in_new]);
        if let Some(token) = new.get(in_new) {
            words.keep(in_old, token);
        }
        (old_at, new_at) = (in_old + 1, in_new + 1);
    }
    words.made
}

struct Words<'a> {
    heard: &'a Passage,
    old: &'a [Token<'a>],
    made: Vec<SpokenWord>,
    /// The original word of the last kept one, and the token at which it ends.
    last: Option<(usize, usize)>,
}

impl Words<'_> {
    /// Keeps a token. Consecutive tokens of one word become that word again.
    fn keep(&mut self, at: usize, token: &Token<'_>) {
        let word = self.old[at].word;
        let (start_ms, end_ms) = (self.start_of(at), self.end_of(at));
        let follows = self.last == Some((word, at.wrapping_sub(1))) && !token.begins;
        if let Some(made) = self.made.last_mut().filter(|_| follows) {
            made.text.push_str(token.text);
            made.end_ms = end_ms;
        } else {
            let confidence = self.heard.words[word].confidence;
            self.made.push(SpokenWord { text: token.text.to_owned(), start_ms, end_ms, confidence });
        }
        self.last = Some((word, at));
    }

    /// Puts new tokens in place of some old ones.
    fn replace(&mut self, old: std::ops::Range<usize>, new: &[Token<'_>]) {
        let before = self.made.last().map_or(self.heard.start_ms, |word| word.end_ms);
        let (start_ms, end_ms) = if old.is_empty() {
            let after = if old.end < self.old.len() { self.start_of(old.end) } else { self.heard.end_ms };
            (before, after)
        } else {
            (self.start_of(old.start).max(before), self.end_of(old.end - 1))
        };
        let letters = |text: &str| text.chars().count() as u64;
        let all = new.iter().map(|token| letters(token.text)).sum::<u64>().max(1);
        let span = end_ms.saturating_sub(start_ms);
        let mut passed = 0;
        for token in new {
            let start = start_ms + span * passed / all;
            passed += letters(token.text);
            let end = start_ms + span * passed / all;
            self.made.push(SpokenWord {
                text: token.text.to_owned(),
                start_ms: start,
                end_ms: end,
                // Corrections are certain.
                confidence: 1.0,
            });
            self.last = None;
        }
    }

    fn start_of(&self, at: usize) -> u64 {
        let (before, _, all) = self.letters(at);
        self.within(at, before, all)
    }

    fn end_of(&self, at: usize) -> u64 {
        let (before, own, all) = self.letters(at);
        self.within(at, before + own, all)
    }

    /// The letters before a token in its word, its own, and all of the word's.
    fn letters(&self, at: usize) -> (u64, u64, u64) {
        let word = self.old[at].word;
        let count = |token: &Token<'_>| token.text.chars().count() as u64;
        let first = self.old[..at].iter().rposition(|token| token.word != word).map_or(0, |last| last + 1);
        let before = self.old[first..at].iter().map(count).sum();
        let rest: u64 = self.old[at..].iter().take_while(|token| token.word == word).map(count).sum();
        (before, count(&self.old[at]), before + rest)
    }

    fn within(&self, at: usize, letters: u64, all: u64) -> u64 {
        let word = &self.heard.words[self.old[at].word];
        word.start_ms + word.end_ms.saturating_sub(word.start_ms) * letters / all.max(1)
    }
}

fn tokens<'a>(words: impl Iterator<Item = &'a str>) -> Vec<Token<'a>> {
    let mut tokens = Vec::new();
    for (word, text) in words.map(str::trim).enumerate() {
        let mut from = 0;
        for (at, letter) in text.grapheme_indices(true) {
            let end = at + letter.len();
            let is_cut = letter.starts_with(is_unspaced) || text[end..].starts_with(is_unspaced);
            if is_cut || end == text.len() {
                let piece = &text[from..end];
                tokens.push(Token { text: piece, key: key(piece), word, begins: from == 0 });
                from = end;
            }
        }
    }
    tokens
}

/// A word without punctuation and capitals. Of punctuation alone, all of it.
fn key(text: &str) -> String {
    let letters: String = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
    if letters.is_empty() { text.to_owned() } else { letters.to_lowercase() }
}

/// The indexes of the longest common subsequence.
fn common(old: &[Token<'_>], new: &[Token<'_>]) -> Vec<(usize, usize)> {
    let same = |(one, other): &(&Token<'_>, &Token<'_>)| one.key == other.key;
    let start = old.iter().zip(new).take_while(same).count();
    let end = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(same).count();
    let (rows, columns) = (old.len() - start - end, new.len() - start - end);
    let mut kept: Vec<(usize, usize)> = (0..start).map(|at| (at, at)).collect();
    // The table has the length of the longest common subsequence from each pair of indexes on.
    let width = columns + 1;
    let mut lengths = vec![0_u32; (rows + 1) * width];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            lengths[row * width + column] = if old[start + row].key == new[start + column].key {
                lengths[(row + 1) * width + column + 1] + 1
            } else {
                lengths[(row + 1) * width + column].max(lengths[row * width + column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    while row < rows && column < columns {
        if old[start + row].key == new[start + column].key {
            kept.push((start + row, start + column));
            (row, column) = (row + 1, column + 1);
        } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    kept.extend((0..end).map(|at| (old.len() - end + at, new.len() - end + at)));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A passage from 0 to 10 s, with these words at these times.
    fn passage(words: &[(&str, u64, u64)]) -> Passage {
        let word = |(text, start_ms, end_ms): &(&str, u64, u64)| SpokenWord {
            text: (*text).to_owned(),
            start_ms: *start_ms,
            end_ms: *end_ms,
            confidence: 0.5,
        };
        Passage {
            number: 0,
            segment: 0,
            start_ms: 0,
            end_ms: 10_000,
            text: String::new(),
            words: words.iter().map(word).collect(),
            speaker: None,
            edited: false,
        }
    }

    fn times(words: &[(&str, u64, u64)], text: &str) -> Vec<(String, u64, u64, bool)> {
        let made = retimed(&passage(words), text).into_iter();
        made.map(|word| (word.text, word.start_ms, word.end_ms, word.confidence < 1.0)).collect()
    }

    fn right(words: &[(&str, u64, u64, bool)]) -> Vec<(String, u64, u64, bool)> {
        words.iter().map(|(text, start, end, heard)| ((*text).to_owned(), *start, *end, *heard)).collect()
    }

    const TIDE: &[(&str, u64, u64)] =
        &[("the", 100, 300), ("tied", 400, 800), ("comes", 900, 1_500), ("in.", 1_600, 1_800)];

    #[test]
    fn a_word_in_the_place_of_another_has_its_time() {
        let made = times(TIDE, "The tide comes in!");
        let all = [
            ("The", 100, 300, true),
            ("tide", 400, 800, false),
            ("comes", 900, 1_500, true),
            ("in!", 1_600, 1_800, true),
        ];
        assert_eq!(made, right(&all));
    }

    #[test]
    fn several_words_share_the_span_of_what_they_replace_by_their_letters() {
        let made = times(TIDE, "the high tide in.");
        // "high tide" stands where "tied comes" was heard, from 400 to 1,500.
        let all = [
            ("the", 100, 300, true),
            ("high", 400, 950, false),
            ("tide", 950, 1_500, false),
            ("in.", 1_600, 1_800, true),
        ];
        assert_eq!(made, right(&all));
    }

    #[test]
    fn what_is_added_gets_the_pause_and_what_is_deleted_leaves_one() {
        let made = times(TIDE, "the tied comes right in.");
        assert_eq!(made[3], ("right".to_owned(), 1_500, 1_600, false));
        assert_eq!(made[4], ("in.".to_owned(), 1_600, 1_800, true));
        assert_eq!(
            times(TIDE, "the comes in."),
            right(&[("the", 100, 300, true), ("comes", 900, 1_500, true), ("in.", 1_600, 1_800, true)])
        );
        let made = times(TIDE, "Now the tied comes in. Good.");
        assert_eq!(
            (&made[0], &made[5]),
            (&("Now".to_owned(), 0, 100, false), &("Good.".to_owned(), 1_800, 10_000, false))
        );
        assert_eq!(times(TIDE, ""), []);
    }

    #[test]
    fn a_word_of_a_script_without_spaces_stays_one_and_is_divided_where_it_changes() {
        let heard = &[("灯台は", 0, 300), ("高い。", 300, 900)];
        assert_eq!(times(heard, "灯台は高い。"), right(&[("灯台は", 0, 300, true), ("高い。", 300, 900, true)]));
        let made = times(heard, "灯台は低い。");
        assert_eq!(made, right(&[("灯台は", 0, 300, true), ("低", 300, 500, false), ("い。", 500, 900, true)]));
    }

    #[test]
    fn times_never_go_back() {
        let heard = passage(TIDE);
        for text in ["in comes the tied", "the the tied tied comes comes in in", "x y z", "in. in. in.", "the"] {
            let words = retimed(&heard, text);
            assert_eq!(words.len(), text.split_whitespace().count(), "{text}");
            let mut now = 0;
            for word in words {
                assert!(word.start_ms >= now && word.end_ms >= word.start_ms, "{text}: {word:?}");
                now = word.end_ms;
            }
        }
    }
}
