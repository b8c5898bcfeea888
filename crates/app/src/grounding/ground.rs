//! What stands on a page, in a form in which a sentence is compared with it.

use std::collections::HashSet;

use super::lexicon::Lexicon;
use super::normal::normal;
use super::numbers;
use super::stem::stem;
use super::text::bare;

/// Shortest part of a compound, in characters.
const SHORTEST_PART: usize = 3;
/// How often a compound is divided.
const DIVISIONS: u32 = 2;

/// What stands on a page.
#[derive(Debug)]
pub(crate) struct Ground {
    code: &'static str,
    /// Its words, in order.
    words: Vec<String>,
    known: HashSet<String>,
    /// Stems of its words.
    stems: HashSet<String>,
    /// Stems of those that are printed in lower case.
    pub(crate) common: HashSet<String>,
    numbers: HashSet<String>,
    /// Its words as they are said, numbers among them.
    said: HashSet<String>,
    /// Its words with a space around each.
    flat: String,
}

/// The words of a text, normalised, without anything between them.
pub(crate) fn flat_words(text: &str) -> Vec<String> {
    let plain = normal(text);
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

impl Ground {
    pub(crate) fn new(text: &str, lexicon: &Lexicon) -> Self {
        let code = lexicon.words.code;
        let words = flat_words(text);
        let printed: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’')).collect();
        let lower = printed.iter().filter(|word| word.starts_with(|c: char| c.is_lowercase()));
        let mut figures = HashSet::new();
        for number in numbers::numbers(text, code) {
            figures.extend(number.meanings);
            figures.extend(number.parts);
        }
        let stems = printed.iter().map(|word| stem(bare(&normal(word)), code)).filter(|stem| !stem.is_empty());
        Self {
            code,
            flat: format!(" {} ", words.join(" ")),
            known: words.iter().cloned().collect(),
            stems: stems.collect(),
            common: lower.map(|word| stem(bare(&normal(word)), code)).filter(|stem| !stem.is_empty()).collect(),
            numbers: figures,
            said: numbers::said(text, code),
            words,
        }
    }

    /// Whether a number stands here, in figures or in words.
    pub(crate) fn has_number(&self, number: &numbers::Number) -> bool {
        let here = |value: &String| self.numbers.contains(value);
        let parts = !number.parts.is_empty() && number.parts.iter().all(here);
        number.meanings.iter().any(here) || parts || self.has_in_words(number)
    }

    fn has_in_words(&self, number: &numbers::Number) -> bool {
        number.meanings.iter().filter(|meaning| !meaning.contains('.')).any(|meaning| {
            let said = sluice_spoken::normalise(self.code, meaning).text;
            said.chars().any(char::is_alphabetic) && self.has_phrase(&said)
        })
    }

    /// Whether a word of a number stands here, or a number that is said with it.
    pub(crate) fn has_number_word(&self, word: &str) -> bool {
        self.said.contains(word)
    }

    /// Whether these words stand here, one after the other.
    pub(crate) fn has_phrase(&self, text: &str) -> bool {
        let words = flat_words(text);
        words.is_empty() || self.flat.contains(&format!(" {} ", words.join(" ")))
    }

    /// Whether a word stands here, in this or in another form of it.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        let word = normal(word);
        let word = word.strip_suffix("'s").or_else(|| word.strip_suffix('\'')).unwrap_or(&word);
        let parts: Vec<&str> = word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        parts.iter().all(|part| self.has_part(part))
    }

    fn has_part(&self, word: &str) -> bool {
        self.known.contains(word)
            || self.is_inflected(word)
            // A stem of a name is too short to tell names apart: "Mars" and "Mare".
            || self.code == "ar" && self.stems.contains(&stem(word, self.code))
    }

    /// Whether this and a word of the page differ only in a usual ending: a genitive, a plural.
    fn is_inflected(&self, word: &str) -> bool {
        let endings = match self.code {
            "de" => &["s", "es", "n", "en", "e", "er", "ern"][..],
            "nl" => &["s", "en"],
            "ar" => &[],
            _ => &["s", "es"],
        };
        let stems = |longer: &str, shorter: &str| {
            shorter.chars().count() >= 3 && longer.strip_prefix(shorter).is_some_and(|rest| endings.contains(&rest))
        };
        let shorter = endings.iter().filter_map(|ending| word.strip_suffix(ending));
        shorter.into_iter().any(|short| short.chars().count() >= 3 && self.known.contains(short))
            || self.known.iter().any(|known| stems(known, word))
    }

    /// Whether a noun stands here in any form: German writes all of them with a capital, inflects them and builds
    /// compounds of them.
    pub(crate) fn has_noun(&self, word: &str) -> bool {
        let word = normal(word);
        self.has_part(&word)
            || self.stems.contains(&stem(&word, self.code))
            || self.code == "de" && (self.is_compound(&word, DIVISIONS) || self.is_umlauted(&word))
    }

    /// "Häfen" where "Hafen" stands, and the other way round.
    fn is_umlauted(&self, word: &str) -> bool {
        let plain = |word: &str| stem(&word.replace('ä', "a").replace('ö', "o").replace('ü', "u"), self.code);
        let wanted = plain(word);
        self.words.iter().any(|known| plain(known) == wanted)
    }

    /// Whether it is put together from words that stand here, or from parts of them: "Turmwärter" where there are a
    /// "Leuchtturm" and a "Wärter".
    fn is_compound(&self, word: &str, divisions: u32) -> bool {
        let chars = word.chars().count();
        if chars > SHORTEST_PART && self.is_part(word) {
            return true;
        }
        if divisions == 0 || chars < 2 * SHORTEST_PART {
            return false;
        }
        let cuts = word.char_indices().map(|(at, _)| at).skip(SHORTEST_PART).take(chars - 2 * SHORTEST_PART + 1);
        cuts.into_iter().any(|at| {
            let (left, right) = word.split_at(at);
            let joints = ["", "s", "es", "n", "en", "e", "er"];
            let lefts = joints.iter().filter_map(|joint| left.strip_suffix(joint));
            let lefts: Vec<&str> = lefts.filter(|left| left.chars().count() >= SHORTEST_PART).collect();
            let first = lefts.iter().any(|left| self.has_part(left) || self.is_part(left));
            first && (self.has_part(right) || self.is_compound(right, divisions - 1))
        })
    }

    /// Whether a compound that stands here begins or ends with it.
    fn is_part(&self, word: &str) -> bool {
        let longer = |known: &&String| known.len() >= word.len() + SHORTEST_PART;
        word.chars().count() > SHORTEST_PART
            && self.words.iter().filter(longer).any(|known| known.starts_with(word) || known.ends_with(word))
    }

    /// Whether two words that follow each other do so here, too, with at most two words between them.
    pub(crate) fn has_pair(&self, one: &str, other: &str) -> bool {
        let (one, other) = (last_of(one), first_of(other));
        let near = |at: usize| self.words.iter().skip(at + 1).take(3).any(|word| same(word, &other));
        self.words.iter().enumerate().any(|(at, word)| same(word, &one) && near(at))
    }
}

fn same(word: &str, other: &str) -> bool {
    word == other || word.strip_suffix('s') == Some(other) || other.strip_suffix('s') == Some(word)
}

fn first_of(word: &str) -> String {
    flat_words(word).into_iter().next().unwrap_or_default()
}

/// The last part of a word, without the "s" of a genitive.
fn last_of(word: &str) -> String {
    let plain = normal(word);
    flat_words(plain.strip_suffix("'s").unwrap_or(&plain)).pop().unwrap_or_default()
}
