//! A segment of a transcript in pieces.

use sluice_capability::{Segment, Word};

use super::export::speech::is_spaced;

/// A segment cut before these of its words, which are in order: not before the first one.
pub(super) fn before(segment: Segment, cuts: &[usize]) -> Vec<Segment> {
    if cuts.is_empty() {
        return vec![segment];
    }
    let texts = texts(&segment, cuts);
    let bounds: Vec<usize> = [0].into_iter().chain(cuts.iter().copied()).chain([segment.words.len()]).collect();
    let last = texts.len() - 1;
    let piece = |(at, text): (usize, String)| {
        let words = segment.words[bounds[at]..bounds[at + 1]].to_vec();
        Segment {
            start_ms: if at == 0 { segment.start_ms } else { words[0].start_ms },
            end_ms: if at == last { segment.end_ms } else { words[words.len() - 1].end_ms },
            text,
            speaker: segment.speaker,
            words,
        }
    };
    texts.into_iter().enumerate().map(piece).collect()
}

/// The words of a segment before which one of these moments is, in order: not the first one.
pub(super) fn words_after(words: &[Word], moments: &[u64]) -> Vec<usize> {
    let next = |moment: &u64| words.iter().position(|word| u64::from(word.start_ms) >= *moment);
    let mut cuts: Vec<usize> = moments.iter().filter_map(next).filter(|at| *at > 0).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// The text of a segment, cut before these words: as it stands, or joined from the words if they are not found in it.
fn texts(segment: &Segment, cuts: &[usize]) -> Vec<String> {
    if cuts.is_empty() {
        return vec![segment.text.clone()];
    }
    let mut places = Vec::with_capacity(segment.words.len());
    let mut cursor = 0;
    for word in segment.words.iter().map(|word| word.text.trim()) {
        let Some(skipped) = segment.text[cursor..].find(word) else { return joined(&segment.words, cuts) };
        places.push(cursor + skipped);
        cursor += skipped + word.len();
    }
    let bounds = cuts.iter().map(|cut| places[*cut]).chain([segment.text.len()]);
    let mut from = 0;
    let text = |to: usize| segment.text[std::mem::replace(&mut from, to)..to].trim().to_owned();
    bounds.map(text).collect()
}

fn joined(words: &[Word], cuts: &[usize]) -> Vec<String> {
    let mut from = 0;
    let mut text = |to: usize| {
        let mut text = String::new();
        for word in words[std::mem::replace(&mut from, to)..to].iter().map(|word| word.text.trim()) {
            if !text.is_empty() && is_spaced(&text, word) {
                text.push(' ');
            }
            text.push_str(word);
        }
        text
    };
    cuts.iter().copied().chain([words.len()]).map(&mut text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_cut_where_the_gaps_are() {
        let word = |(at, text): (u32, &str)| Word {
            text: text.to_owned(),
            start_ms: at * 1_000,
            end_ms: at * 1_000 + 900,
            confidence: 1.0,
        };
        let text = "One, two three. Four";
        let words: Vec<Word> = (0..).zip(text.split(' ')).map(word).collect();
        let cuts = words_after(&words, &[0, 900, 1_000, 2_500, 9_000]);
        assert_eq!(cuts, [1, 3]);
        let segment = Segment { start_ms: 0, end_ms: 4_200, text: text.to_owned(), speaker: Some(2), words };
        let pieces: Vec<_> = before(segment.clone(), &cuts)
            .into_iter()
            .map(|piece| (piece.text, piece.start_ms, piece.end_ms, piece.words.len()))
            .collect();
        let right = [("One,", 0, 900, 1), ("two three.", 1_000, 2_900, 2), ("Four", 3_000, 4_200, 1)];
        assert_eq!(pieces, right.map(|(text, from, to, words)| (text.to_owned(), from, to, words)));
        assert_eq!(before(segment.clone(), &[]), [segment]);
    }
}
