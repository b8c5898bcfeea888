//! What a text is about: words and phrases that it has more than once.

use std::collections::HashMap;

use super::words::{Piece, fold, is_han, is_katakana, pieces, stem};
use super::{Term, number};

/// Letters of the shortest term.
const SHORTEST: usize = 3;
/// Texts with fewer sentences have terms that occur only once.
const SHORT: usize = 10;
/// A run of Chinese characters up to this long is a term itself; of longer ones, each pair is.
const LONGEST_RUN: usize = 4;
/// A phrase takes the place of a word that occurs outside of it less than this share of its times.
const MOSTLY: f32 = 0.5;

/// How a term occurs.
#[derive(Default)]
struct Found {
    count: usize,
    /// Sentences with it.
    sentences: usize,
    last: Option<usize>,
    forms: HashMap<String, usize>,
}

/// At most `most` terms of a text, the most important first. Of scripts without spaces, only runs of Chinese characters and of
/// Katakana are terms.
pub(super) fn terms<'a>(sentences: impl Iterator<Item = &'a str>, most: usize) -> Vec<Term> {
    let mut found: HashMap<String, Found> = HashMap::new();
    let mut count = 0;
    for (at, sentence) in sentences.enumerate() {
        count = at + 1;
        for (key, form) in occurrences(sentence) {
            let term = found.entry(key).or_default();
            term.count += 1;
            term.sentences += usize::from(term.last != Some(at));
            term.last = Some(at);
            *term.forms.entry(form).or_default() += 1;
        }
    }
    let least = if count < SHORT { 1 } else { 2 };
    // A phrase that occurs once is chance.
    let is_enough = |key: &str, term: &Found| term.count >= if key.contains(' ') { 2 } else { least };
    found.retain(|key, term| is_enough(key, term));
    let in_phrases = in_phrases(&found);
    found.retain(|key, term| {
        let inside = in_phrases.get(key).copied().unwrap_or_default();
        key.contains(' ') || number(term.count.saturating_sub(inside)) > MOSTLY * number(term.count) || inside == 0
    });
    let mut all: Vec<(f32, String, Found)> =
        found.into_iter().map(|(key, term)| (value(&key, &term, count), key, term)).collect();
    all.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    all.into_iter().take(most).map(|(_, _, term)| Term { count: term.count, text: usual(term.forms) }).collect()
}

/// How often each word occurs in phrases that are terms.
fn in_phrases(found: &HashMap<String, Found>) -> HashMap<String, usize> {
    let mut inside: HashMap<String, usize> = HashMap::new();
    for (key, term) in found.iter().filter(|(key, _)| key.contains(' ')) {
        key.split(' ').for_each(|word| *inside.entry(word.to_owned()).or_default() += term.count);
    }
    inside
}

fn value(key: &str, term: &Found, sentences: usize) -> f32 {
    let rarity = (1.0 + number(sentences) / number(term.sentences.max(1))).ln();
    let phrase = if key.contains(' ') { 1.5 } else { 1.0 };
    number(term.count) * rarity * phrase
}

/// The most frequent form, the first in the alphabet of several.
fn usual(forms: HashMap<String, usize>) -> String {
    let order = |one: &(String, usize), other: &(String, usize)| one.1.cmp(&other.1).then_with(|| other.0.cmp(&one.0));
    forms.into_iter().max_by(order).map(|(form, _)| form).unwrap_or_default()
}

/// The words and pairs of words of a sentence that may be terms: what their forms have in common, and the form.
fn occurrences(sentence: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut before: Option<(String, &str)> = None;
    for piece in pieces(sentence) {
        let word = match piece {
            Piece::Word(word) => word,
            Piece::Run(run) => {
                found.extend(of_run(run).into_iter().map(|term| (term.clone(), term)));
                before = None;
                continue;
            }
        };
        let folded = fold(word);
        let is_name = word.chars().nth(SHORTEST - 1).is_some() && word.chars().any(char::is_alphabetic);
        let Some(stem) = stem(&folded).filter(|_| is_name) else {
            before = None;
            continue;
        };
        if let Some((other, form)) = before.take().filter(|(_, form)| is_next(form, word)) {
            found.push((format!("{other} {stem}"), format!("{} {}", lower(form), lower(word))));
        }
        found.push((stem.clone(), lower(word)));
        before = Some((stem, word));
    }
    found
}

/// Whether only a space stands between two words of a text.
fn is_next(word: &str, next: &str) -> bool {
    next.as_ptr().addr() - (word.as_ptr().addr() + word.len()) == 1
}

/// A word without the capital of a sentence or a name; what is in capitals stays.
fn lower(word: &str) -> String {
    let is_acronym = word.chars().filter(|c| c.is_uppercase()).count() > 1;
    if is_acronym { word.to_owned() } else { word.to_lowercase() }
}

/// Terms of a run of a script without spaces.
fn of_run(run: &str) -> Vec<String> {
    let characters: Vec<char> = run.chars().collect();
    let class = |c: &char| if is_han(*c) { 1 } else { 2 * u8::from(is_katakana(*c)) };
    let mut found = Vec::new();
    for part in characters.chunk_by(|one, other| class(one) == class(other)).filter(|part| part.len() > 1) {
        match class(&part[0]) {
            1 if part.len() > LONGEST_RUN => found.extend(part.windows(2).map(|pair| pair.iter().collect())),
            1 | 2 => found.push(part.iter().collect()),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &[&str]) -> Vec<String> {
        terms(text.iter().copied(), 5).into_iter().map(|term| term.text).collect()
    }

    #[test]
    fn what_recurs_is_a_term_and_a_phrase_takes_the_place_of_its_words() {
        let text = [
            "The solar panel stands on the roof.",
            "A solar panel makes power.",
            "Solar panels need the sun.",
            "The roof is flat.",
        ];
        let terms = found(&text);
        assert!(terms[0] == "solar panel" && terms.contains(&"roof".to_owned()), "{terms:?}");
        assert!(!terms.contains(&"solar".to_owned()) && !terms.contains(&"the".to_owned()), "{terms:?}");
    }

    #[test]
    fn other_scripts_have_terms_too() {
        assert!(found(&["東京タワーは東京にある。", "タワーは高い。"]).contains(&"タワー".to_owned()));
        assert!(found(&["تضيء المنارة البحر.", "والمنارة قديمة."])[0].contains("منارة"));
    }
}
