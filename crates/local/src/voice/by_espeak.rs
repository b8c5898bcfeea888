//! The parent's side of `sluice-espeak`: phonemes for the voice model, and complete speech for the other languages.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::align::Heard;
use super::arabic::respell;
use super::plan::{Clause, ClauseText, Plan, Sentence};
use super::sound::Piece;

/// A request to `sluice-espeak`.
#[derive(Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Request<'a> {
    Version,
    Phonemes { voice: &'a str, clauses: Vec<String> },
    Speak { voice: &'a str, sentences: Vec<String>, words_per_minute: u32, pitch: u32, pcm: PathBuf },
}

/// The response of `sluice-espeak`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Response {
    Phonemes { clauses: Vec<Pronounced> },
    Spoken { sample_rate: u32, sentences: Vec<Said> },
    Version { version: String },
    Error { code: String, message: String },
}

/// How a clause is pronounced.
#[derive(Debug, Deserialize)]
pub(super) struct Pronounced {
    pub(super) ipa: String,
    pub(super) heard: Vec<Heard>,
}

/// A spoken sentence. Times are in milliseconds from its start; positions are characters counted from 0.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    samples: u64,
    words: Vec<WordEvent>,
    phonemes: Vec<PhonemeEvent>,
}

#[derive(Debug, Deserialize)]
struct WordEvent {
    character: u32,
    ms: u32,
}

#[derive(Debug, Deserialize)]
struct PhonemeEvent {
    ipa: String,
    ms: u32,
}

/// A sentence as it is sent to the synthesiser, and the word that each of its characters belongs to.
#[derive(Debug, Default)]
pub(super) struct SentenceText {
    text: ClauseText,
    /// For each entry of `text.starts`: the word of the plan.
    words: Vec<usize>,
}

/// The sentences of a plan as text with punctuation. `spoken` gives each word's spoken form.
pub(super) fn sentence_texts(plan: &Plan, spoken: &[String]) -> Vec<SentenceText> {
    plan.sentences.iter().map(|sentence| sentence_text(sentence, spoken)).collect()
}

fn sentence_text(sentence: &Sentence, spoken: &[String]) -> SentenceText {
    let words: Vec<usize> = sentence.clauses.iter().flat_map(|clause| clause.words.clone()).collect();
    let marks = |word: usize| sentence.clauses.iter().find(|clause| clause.words.end == word + 1).map(|c| c.mark);
    let with_marks: Vec<String> = words
        .iter()
        .map(|word| match marks(*word) {
            Some(mark) => format!("{}{mark}", spoken[*word]),
            None => spoken[*word].clone(),
        })
        .collect();
    SentenceText { text: ClauseText::join(with_marks.iter().map(String::as_str)), words }
}

impl SentenceText {
    pub(super) fn text(&self) -> &str {
        &self.text.text
    }
}

/// Takes the words out of vowelled clauses and respells them for the synthesiser. A clause whose words cannot be
/// matched stays as it was.
pub(super) fn vowelled_words(plan: &Plan, vowelled: &[String]) -> Vec<String> {
    let mut spoken: Vec<String> = plan.words.iter().map(|word| word.spoken.clone()).collect();
    let clauses: Vec<&Clause> = plan.sentences.iter().flat_map(|sentence| &sentence.clauses).collect();
    for (clause, vowelled) in clauses.into_iter().zip(vowelled) {
        let mut rest = vowelled.split(' ');
        // A word may be spoken as several; they count as one word.
        let words: Vec<String> = clause
            .words
            .clone()
            .map(|word| {
                let parts = plan.words[word].spoken.split(' ').count();
                rest.by_ref().take(parts).collect::<Vec<_>>().join(" ")
            })
            .collect();
        if rest.next().is_some() || words.iter().any(String::is_empty) {
            continue;
        }
        for (word, respelled) in clause.words.clone().zip(respell(&words)) {
            spoken[word] = respelled;
        }
    }
    spoken
}

/// Turns events into timings. `samples` has the audio of all sentences, one after the other.
pub(super) fn pieces(said: Vec<Said>, texts: &[SentenceText], samples: &[i16], sample_rate: u32) -> Vec<Piece> {
    let mut rest = samples;
    let mut pieces = Vec::with_capacity(said.len());
    for (said, text) in said.into_iter().zip(texts) {
        let count = usize::try_from(said.samples).unwrap_or(usize::MAX).min(rest.len());
        let (own, after) = rest.split_at(count);
        rest = after;
        pieces.push(piece(&said, text, own, sample_rate));
    }
    pieces
}

fn piece(said: &Said, text: &SentenceText, samples: &[i16], sample_rate: u32) -> Piece {
    let place = |ms: u32| {
        let sample = u64::from(ms) * u64::from(sample_rate) / 1000;
        usize::try_from(sample).unwrap_or(usize::MAX).min(samples.len())
    };
    let mut piece = Piece { samples: samples.to_vec(), ends: true, ..Piece::default() };
    for (index, phoneme) in said.phonemes.iter().enumerate() {
        let end = said.phonemes.get(index + 1).map_or(samples.len(), |next| place(next.ms));
        let start = place(phoneme.ms);
        // "(en)" and the like mark a change of language.
        if !phoneme.ipa.is_empty() && !phoneme.ipa.starts_with('(') && end > start {
            piece.phonemes.push((phoneme.ipa.nfc().collect(), start..end));
        }
    }
    let mut starts: Vec<(usize, usize)> = Vec::new();
    for event in &said.words {
        let entry = text.text.word_at(usize::try_from(event.character).unwrap_or(0));
        let word = text.words.get(entry).copied().unwrap_or(0);
        // One written word may cause several events; and positions must increase.
        if starts.last().is_none_or(|(last, _)| *last < word) {
            starts.push((word, place(event.ms)));
        }
    }
    for (index, (word, start)) in starts.iter().enumerate() {
        let limit = starts.get(index + 1).map_or(samples.len(), |(_, next)| *next);
        // A word ends with its last phoneme, before any pause.
        let own = piece.phonemes.iter().filter(|(_, time)| time.end > *start && time.start < limit);
        let end = own.map(|(_, time)| time.end.min(limit)).max();
        piece.words.push((*word, *start..end.unwrap_or(limit)));
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_domain::language::Language;

    #[test]
    fn vowelled_words_are_matched_to_their_positions() {
        let plan = Plan::new("كتب الولد، نعم¦لا مدينة", Language::ARABIC);
        let vowelled = ["كَتَبَ الوَلَدُ".to_owned(), "نعم لا مَدِينَةٌ".to_owned()];
        assert_eq!(vowelled_words(&plan, &vowelled), ["كَتَبَ", "لوَلَد", "نعم لا", "مَدِينَه"]);
        assert_eq!(vowelled_words(&plan, &["كَتَبَ".to_owned()])[1], "الولد", "a lost word leaves the clause as it was");
    }

    #[test]
    fn events_become_timings_of_written_words() {
        let plan = Plan::new("Ninety two is here", Language::ENGLISH);
        let spoken: Vec<String> = plan.words.iter().map(|word| word.spoken.clone()).collect();
        let texts = sentence_texts(&plan, &spoken);
        assert_eq!(texts[0].text(), "Ninety two is here.");
        let word = |character, ms| WordEvent { character, ms };
        let phoneme = |ipa: &str, ms| PhonemeEvent { ipa: ipa.to_owned(), ms };
        let said = Said {
            samples: 1000,
            words: vec![word(0, 0), word(7, 200), word(8, 300), word(14, 600)],
            phonemes: vec![phoneme("n", 0), phoneme("", 150), phoneme("f", 200), phoneme("h", 600), phoneme("", 900)],
        };
        let pieces = pieces(vec![said], &texts, &[0; 1000], 1000);
        assert_eq!(pieces[0].words, [(0, 0..150), (1, 200..600), (3, 600..900)]);
    }
}
