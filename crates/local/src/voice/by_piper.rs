//! The parent's side of the voice model: sentences as phoneme strings, and durations as timings.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::align::{Symbol, symbols};
use super::by_espeak::Pronounced;
use super::engine::Utterance;
use super::plan::Plan;
use super::sound::Piece;

/// A sentence as it is sent to the voice model.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    /// Phonemes, spaces and punctuation; `word` is an index into the plan.
    symbols: Vec<Symbol>,
    /// It ends with a full stop or the like.
    ends: bool,
}

impl Sentence {
    pub(super) fn phonemes(&self) -> String {
        self.symbols.iter().map(|symbol| symbol.character).collect()
    }
}

/// The clauses of a plan, in order, without punctuation, as they are pronounced.
pub(super) fn clauses(plan: &Plan) -> Vec<String> {
    plan.sentences.iter().flat_map(|sentence| &sentence.clauses).map(|clause| plan.clause_text(clause).text).collect()
}

/// Combines pronounced clauses into sentences.
pub(super) fn sentences(plan: &Plan, pronounced: &[Pronounced]) -> Vec<Sentence> {
    let mut pronounced = pronounced.iter();
    let mut sentences = Vec::with_capacity(plan.sentences.len());
    for sentence in &plan.sentences {
        let mut whole = Sentence::default();
        for (clause, pronounced) in sentence.clauses.iter().zip(pronounced.by_ref()) {
            let separator = |character| Symbol { character, word: None };
            if !whole.symbols.is_empty() {
                whole.symbols.push(separator(' '));
            }
            let first = clause.words.start;
            let own = symbols(&pronounced.ipa, &pronounced.heard, &plan.clause_text(clause));
            whole
                .symbols
                .extend(own.into_iter().map(|symbol| Symbol { word: symbol.word.map(|word| word + first), ..symbol }));
            whole.symbols.push(separator(clause.mark));
            whole.ends = matches!(clause.mark, '.' | '?' | '!');
        }
        sentences.push(whole);
    }
    sentences
}

/// Turns durations into timings. `samples` has the audio of all sentences, one after the other.
pub(super) fn pieces(sentences: &[Sentence], spoken: &[Utterance], samples: &[i16]) -> Vec<Piece> {
    let mut rest = samples;
    let mut pieces = Vec::with_capacity(sentences.len());
    for (sentence, spoken) in sentences.iter().zip(spoken) {
        let (own, after) = rest.split_at(spoken.samples.min(rest.len()));
        rest = after;
        pieces.push(Piece {
            samples: own.to_vec(),
            words: words(sentence, &spoken.times),
            phonemes: phonemes(sentence, &spoken.times),
            ends: sentence.ends,
        });
    }
    pieces
}

fn words(sentence: &Sentence, times: &[(usize, usize)]) -> Vec<(usize, Range<usize>)> {
    let mut words: Vec<(usize, Range<usize>)> = Vec::new();
    for (symbol, (start, end)) in sentence.symbols.iter().zip(times) {
        let Some(word) = symbol.word.filter(|_| end > start) else { continue };
        match words.last_mut() {
            Some((last, time)) if *last == word => time.end = *end,
            _ => words.push((word, *start..*end)),
        }
    }
    words
}

/// Phonemes with their length marks and accents; a stress mark before a phoneme counts towards its duration.
fn phonemes(sentence: &Sentence, times: &[(usize, usize)]) -> Vec<(String, Range<usize>)> {
    let mut phonemes: Vec<(String, Range<usize>)> = Vec::new();
    let mut stressed = None;
    for (symbol, (start, end)) in sentence.symbols.iter().zip(times) {
        let character = symbol.character;
        if symbol.word.is_none() || end <= start {
            continue;
        }
        match (character, phonemes.last_mut()) {
            ('ˈ' | 'ˌ', _) => stressed = stressed.or(Some(*start)),
            (modifier, Some((ipa, time))) if is_modifier(modifier) && time.end == *start => {
                ipa.push(modifier);
                time.end = *end;
            }
            (modifier, _) if is_modifier(modifier) => {}
            _ => phonemes.push((character.to_string(), stressed.take().unwrap_or(*start)..*end)),
        }
    }
    for (ipa, _) in &mut phonemes {
        *ipa = ipa.nfc().collect();
    }
    phonemes
}

/// Whether a character modifies the preceding phoneme.
fn is_modifier(character: char) -> bool {
    matches!(character, 'ː' | 'ˑ' | 'ʰ' | 'ʲ' | 'ˤ' | '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::super::align::Heard;
    use super::*;
    use sluice_domain::language::Language;

    #[test]
    fn clauses_are_joined_and_durations_belong_to_their_words() {
        let plan = Plan::new("Oh, car!", Language::ENGLISH);
        let heard = |sounds: &str| sounds.chars().map(|c| Heard { ipa: c.to_string(), character: 0 }).collect();
        let pronounced = [
            Pronounced { ipa: "ˈoʊ".to_owned(), heard: heard("oʊ") },
            Pronounced { ipa: "kˈɑːɹ".to_owned(), heard: heard("kɑːɹ") },
        ];
        let sentences = sentences(&plan, &pronounced);
        assert_eq!(sentences[0].phonemes(), "ˈoʊ, kˈɑːɹ!");
        // Each symbol lasts ten samples.
        let times = (0..11).map(|n| (n * 10, n * 10 + 10)).collect();
        let pieces = pieces(&sentences, &[Utterance { samples: 110, times }], &[0; 110]);
        assert_eq!(pieces[0].words, [(0, 0..30), (1, 50..100)]);
        let said: Vec<(&str, usize, usize)> =
            pieces[0].phonemes.iter().map(|(ipa, time)| (ipa.as_str(), time.start, time.end)).collect();
        assert_eq!(said, [("o", 0, 20), ("ʊ", 20, 30), ("k", 50, 60), ("ɑː", 60, 90), ("ɹ", 90, 100)]);
    }
}
