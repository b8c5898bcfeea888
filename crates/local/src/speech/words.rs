//! When each word is heard: from the alignment of tokens, with the corrections of the reference program.

use sluice_whisper::Alignment;

use super::split::{STEP_SECONDS, Span};
use super::tokens::Piece;

/// Punctuation that belongs to the word after it, and to the word before it.
const BEFORE: &str = "\"'“¿([{-";
const AFTER: &str = "\"'.。,，!！?？:：”)]}、";
const SENTENCE_ENDS: &str = ".。!！?？";
/// A median word is taken to last no longer than this, in seconds.
const LONGEST_MEDIAN: f64 = 0.7;

/// A word, in seconds from the window's start.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Timed {
    pub(super) text: String,
    /// The number of its tokens.
    pub(super) tokens: usize,
    pub(super) start: f64,
    pub(super) end: f64,
    /// From 0 to 1.
    pub(super) confidence: f32,
}

/// The times of words, which `alignment` has for their tokens.
pub(super) fn timed(words: Vec<Piece>, alignment: &Alignment) -> Vec<Timed> {
    let jumps = jump_times(&alignment.path);
    let last = jumps.last().copied().unwrap_or(0.0);
    let time = |token: usize| jumps.get(token).copied().unwrap_or(last);
    let mut from = 0;
    let mut timed: Vec<Timed> = Vec::with_capacity(words.len());
    for word in words {
        let to = from + word.tokens.len();
        let probabilities = alignment.probabilities.get(from..to).unwrap_or_default();
        timed.push(Timed {
            text: word.text,
            tokens: to - from,
            start: time(from),
            end: time(to),
            confidence: mean(probabilities),
        });
        from = to;
    }
    let median = median_duration(&timed);
    shorten_at_sentence_ends(&mut timed, 2.0 * median);
    merge_punctuation(&mut timed);
    timed
}

/// When each token begins: where the path goes on to it.
fn jump_times(path: &[(usize, usize)]) -> Vec<f64> {
    let mut times = Vec::new();
    let mut previous = None;
    for (token, step) in path {
        if previous != Some(*token) {
            #[expect(clippy::cast_precision_loss, reason = "at most 1,500 steps")]
            times.push(*step as f64 * STEP_SECONDS);
        }
        previous = Some(*token);
    }
    times
}

fn mean(values: &[f32]) -> f32 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f32>() / super::ratio(values.len(), 1) }
}

/// Of the words that last at all, in seconds.
pub(super) fn median_duration(words: &[Timed]) -> f64 {
    let mut durations: Vec<f64> = words.iter().map(|word| word.end - word.start).filter(|time| *time != 0.0).collect();
    durations.sort_by(f64::total_cmp);
    let middle = durations.len() / 2;
    let median = match durations.get(middle) {
        None => 0.0,
        Some(upper) if durations.len() % 2 == 1 => *upper,
        Some(upper) => f64::midpoint(durations[middle - 1], *upper),
    };
    median.min(LONGEST_MEDIAN)
}

/// A pause at the end of a sentence is taken for a part of the word before or after it.
fn shorten_at_sentence_ends(words: &mut [Timed], longest: f64) {
    for at in 1..words.len() {
        if words[at].end - words[at].start <= longest {
            continue;
        }
        if ends_sentence(&words[at].text) {
            words[at].end = words[at].start + longest;
        } else if ends_sentence(&words[at - 1].text) {
            words[at].start = words[at].end - longest;
        }
    }
}

fn ends_sentence(text: &str) -> bool {
    SENTENCE_ENDS.contains(text)
}

/// Gives punctuation to the word beside it. What was given away stays as an empty word without tokens, over which the marks
/// after it are given on.
fn merge_punctuation(words: &mut [Timed]) {
    let mut following = words.len().saturating_sub(1);
    for at in (0..following).rev() {
        let mark = words[at].text.trim();
        if words[at].text.starts_with(' ') && BEFORE.contains(mark) {
            let taken = take(&mut words[at]);
            words[following].text.insert_str(0, &taken.text);
            words[following].tokens += taken.tokens;
        } else {
            following = at;
        }
    }
    let mut previous = 0;
    for at in 1..words.len() {
        if !words[previous].text.ends_with(' ') && AFTER.contains(words[at].text.as_str()) {
            let taken = take(&mut words[at]);
            words[previous].text.push_str(&taken.text);
            words[previous].tokens += taken.tokens;
        } else {
            previous = at;
        }
    }
}

fn take(word: &mut Timed) -> Timed {
    let left = Timed { text: String::new(), tokens: 0, ..word.clone() };
    std::mem::replace(word, left)
}

/// Takes the words of a segment, which has `tokens` tokens of text, from the front of `words`; times are corrected at the
/// segment's edges, whose times follow its words. `last_end` is where speech ended before, from the window's start, and `offset`
/// where the window starts.
pub(super) fn of_span(
    span: &mut Span,
    tokens: usize,
    words: &mut std::vec::IntoIter<Timed>,
    median: f64,
    last_end: f64,
    offset: f64,
) -> Vec<Timed> {
    let mut own: Vec<Timed> = Vec::new();
    let mut taken = 0;
    while taken < tokens {
        let Some(word) = words.next() else { break };
        taken += word.tokens;
        if !word.text.is_empty() {
            own.push(word);
        }
    }
    shorten_after_pause(&mut own, median, last_end, offset);
    if let Some(first) = own.first_mut() {
        if span.start < first.end && span.start - 0.5 > first.start {
            first.start = (first.end - median).min(span.start).max(-offset);
        } else {
            span.start = first.start;
        }
    }
    if let Some(last) = own.last_mut() {
        if span.end > last.start && span.end + 0.5 < last.end {
            last.end = (last.start + median).max(span.end);
        } else {
            span.end = last.end;
        }
    }
    own
}

/// The first words after a pause are no longer than twice the median.
fn shorten_after_pause(words: &mut [Timed], median: f64, last_end: f64, offset: f64) {
    let longest = 2.0 * median;
    let [first, rest @ ..] = words else { return };
    let second_end = rest.first().map_or(f64::MIN, |second| second.end);
    let is_long = first.end - first.start > longest || second_end - first.start > 2.0 * longest;
    if first.end - last_end <= 4.0 * median || !is_long {
        return;
    }
    if let Some(second) = rest.first_mut().filter(|second| second.end - second.start > longest) {
        // Half the time since the start of all, not of the window.
        let half = f64::midpoint(second.end, offset) - offset;
        let boundary = half.max(second.end - longest);
        (first.end, second.start) = (boundary, boundary);
    }
    first.start = (first.end - longest).max(-offset);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str) -> Piece {
        Piece { text: text.to_owned(), tokens: vec![0] }
    }

    fn word(text: &str, start: f64, end: f64) -> Timed {
        Timed { text: text.to_owned(), tokens: 1, start, end, confidence: 1.0 }
    }

    #[test]
    fn words_begin_where_the_path_goes_on_to_them() {
        let path = vec![(0, 10), (0, 11), (1, 20), (2, 30), (2, 40), (3, 60)];
        let alignment = Alignment { path, probabilities: vec![0.5, 1.0, 0.8] };
        let words = timed(vec![piece(" one"), piece(" two"), piece(".")], &alignment);
        assert_eq!(words[0], Timed { tokens: 1, confidence: 0.5, ..word(" one", 0.2, 0.4) });
        assert_eq!((words[1].text.as_str(), words[1].tokens), (" two.", 2));
        assert!((words[1].end - 0.6).abs() < 1e-9);
        assert_eq!(words[2].text, "");
    }

    #[test]
    fn punctuation_goes_to_the_word_that_it_belongs_to() {
        let mut words: Vec<_> = [" \"", "Yes", ",", " she", " said", ".\""].map(|text| word(text, 0.0, 1.0)).to_vec();
        merge_punctuation(&mut words);
        let texts: Vec<_> = words.iter().map(|word| word.text.as_str()).filter(|text| !text.is_empty()).collect();
        assert_eq!(texts, [" \"Yes,", " she", " said", ".\""]);
    }

    #[test]
    fn marks_go_over_what_was_given_away() {
        let mut words: Vec<_> = ["Yes", "", "!", " (", " sir"].map(|text| word(text, 0.0, 1.0)).to_vec();
        merge_punctuation(&mut words);
        let texts: Vec<_> = words.iter().map(|word| (word.text.as_str(), word.tokens)).collect();
        assert_eq!(texts, [("Yes!", 3), ("", 0), ("", 0), ("", 0), (" ( sir", 2)]);
    }

    #[test]
    fn the_first_words_after_a_pause_are_short_wherever_the_window_starts() {
        let of = |offset| {
            let mut words = vec![word(" a", 0.0, 1.0), word(" b", 1.0, 3.0)];
            shorten_after_pause(&mut words, 0.2, -9.0, offset);
            [words[0].start, words[0].end, words[1].start].map(|time| format!("{time:.1}"))
        };
        assert_eq!(of(0.0), ["2.2", "2.6", "2.6"]);
        assert_eq!(of(60.0), ["2.2", "2.6", "2.6"]);
        let starts = |offset| {
            let mut words = vec![word(" a", 0.0, 0.1), word(" b", 0.5, 0.9)];
            shorten_after_pause(&mut words, 0.2, -9.0, offset);
            (words[0].start * 10.0).round()
        };
        assert_eq!((starts(0.0), starts(60.0)), (0.0, -3.0), "only the start of all is a limit");
    }

    #[test]
    fn a_word_before_a_pause_is_not_stretched_over_it() {
        let mut words: Vec<_> =
            [(" a", 0.0, 0.2), (" b", 0.2, 0.4), (".", 0.4, 3.0)].map(|(t, s, e)| word(t, s, e)).to_vec();
        shorten_at_sentence_ends(&mut words, 0.4);
        assert!((words[2].end - 0.8).abs() < 1e-9);
    }

    #[test]
    fn a_segment_takes_its_words_and_their_times() {
        let mut span = Span { start: 0.0, end: 5.0, tokens: vec![] };
        let mut words =
            vec![word(" a", 1.0, 1.2), word("", 1.2, 1.2), word(" b", 1.2, 4.9), word(" c", 6.0, 6.2)].into_iter();
        words.as_mut_slice()[1].tokens = 0;
        let own = of_span(&mut span, 2, &mut words, 0.3, 0.9, 0.0);
        assert_eq!(own.len(), 2);
        assert_eq!((span.start, span.end), (1.0, 4.9));
        assert_eq!(words.next().map(|word| word.text).as_deref(), Some(" c"));
    }
}
