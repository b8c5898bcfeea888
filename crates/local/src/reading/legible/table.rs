//! The tables of words: which there are in a language, and what they look like when letters are lost.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, OnceLock};

/// How many of a table's first words are those that every text needs.
const FUNCTION_WORDS: usize = 130;

/// The letters that fonts join, by the glyph that is lost with them: the f-ligatures go together.
const LIGATURES: [(usize, &str); 10] =
    [(0, "ffi"), (0, "ffl"), (0, "ff"), (0, "fi"), (0, "fl"), (1, "ti"), (2, "tt"), (3, "ft"), (4, "st"), (5, "ct")];

/// Groups of [`LIGATURES`].
pub(super) const GROUPS: usize = 6;

/// The languages in Latin letters that have a table.
static LANGUAGES: LazyLock<[Language; 7]> = LazyLock::new(|| {
    [
        include_str!("../languages/en.txt"),
        include_str!("../languages/fr.txt"),
        include_str!("../languages/de.txt"),
        include_str!("../languages/es.txt"),
        include_str!("../languages/it.txt"),
        include_str!("../languages/pt.txt"),
        include_str!("../languages/nl.txt"),
    ]
    .map(Language::new)
});

/// The place of German in [`LANGUAGES`].
const GERMAN: usize = 2;

/// The frequent runs of three letters of Arabic.
pub(super) static ARABIC: LazyLock<HashSet<[char; 3]>> = LazyLock::new(|| {
    let runs = entries(include_str!("../languages/ar.txt"));
    runs.filter_map(|run| run.chars().collect::<Vec<_>>().try_into().ok()).collect()
});

fn entries(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

/// The words that every text needs, of all languages in Latin letters.
pub(crate) fn function_words() -> impl Iterator<Item = &'static str> {
    let needed =
        |language: &'static Language| language.words.iter().filter(|(_, needed)| **needed).map(|(word, _)| *word);
    LANGUAGES.iter().flat_map(needed)
}

/// Whether a text ends in a word that every text of its language needs: in an article, say, or in a preposition.
pub(in crate::reading) fn ends_open(text: &str) -> bool {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.last().is_some_and(|last| Language::of(&words).is_some_and(|language| language.needs(last)))
}

/// Whether a text is German, whose nouns have capitals.
pub(in crate::reading) fn is_german(text: &str) -> bool {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Language::of(&words).is_some_and(|language| std::ptr::eq(language, &raw const LANGUAGES[GERMAN]))
}

fn words(text: &str) -> Vec<String> {
    let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    text.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect()
}

/// What is known of a language.
#[derive(Debug)]
pub(super) struct Language {
    /// Its frequent words, and whether each is one that every text needs.
    words: HashMap<&'static str, bool>,
    runs: OnceLock<HashSet<[char; 3]>>,
    lost: OnceLock<HashMap<String, Lost>>,
}

/// A word that lost its ligature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lost {
    pub(super) group: usize,
    /// Where the ligature was, in bytes.
    pub(super) at: usize,
}

impl Language {
    fn new(table: &'static str) -> Self {
        let words = entries(table).enumerate().map(|(rank, word)| (word, rank < FUNCTION_WORDS)).collect();
        Self { words, runs: OnceLock::new(), lost: OnceLock::new() }
    }

    /// The language that knows most of the words, those that every text needs twice; the first of several.
    pub(super) fn of(words: &[&str]) -> Option<&'static Self> {
        let points = |language: &&Self| {
            words
                .iter()
                .map(|word| usize::from(language.knows(word)) + usize::from(language.needs(word)))
                .sum::<usize>()
        };
        LANGUAGES.iter().rev().max_by_key(points)
    }

    pub(super) fn knows(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    pub(super) fn needs(&self, word: &str) -> bool {
        self.words.get(word).copied().unwrap_or_default()
    }

    /// The share of a word's runs of three letters that no frequent word has.
    pub(super) fn strangeness(&self, word: &str) -> f32 {
        let known = self.runs.get_or_init(|| self.words.keys().flat_map(|word| runs(word)).collect());
        let (mut strange, mut all) = (0, 0);
        for run in runs(word) {
            all += 1;
            strange += usize::from(!known.contains(&run));
        }
        share(strange, all)
    }

    /// The frequent word that lost a ligature and became this.
    pub(super) fn lost(&self, rest: &str) -> Option<Lost> {
        self.lost.get_or_init(|| self.losses()).get(rest).copied()
    }

    fn losses(&self) -> HashMap<String, Lost> {
        let mut losses = HashMap::new();
        for word in self.words.keys().filter(|word| word.len() >= 4) {
            for (group, ligature) in LIGATURES {
                for (at, _) in word.match_indices(ligature) {
                    let rest = [&word[..at], &word[at + ligature.len()..]].concat();
                    if rest.len() >= 2 && !self.knows(&rest) {
                        losses.entry(rest).or_insert(Lost { group, at });
                    }
                }
            }
        }
        losses
    }
}

/// The group of each ligature that a word has.
pub(super) fn ligatures(word: &str) -> impl Iterator<Item = usize> {
    LIGATURES.iter().filter(|(_, ligature)| word.contains(ligature)).map(|(group, _)| *group)
}

/// The runs of three letters of a word, with its borders.
fn runs(word: &str) -> Vec<[char; 3]> {
    let letters: Vec<char> = std::iter::once('^').chain(word.chars()).chain(['$']).collect();
    letters.windows(3).map(|run| [run[0], run[1], run[2]]).collect()
}

pub(super) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{6d3}' | '\u{6fa}'..='\u{6ff}')
}

pub(super) fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

#[expect(clippy::cast_precision_loss, reason = "a page has few words")]
pub(super) fn share(part: usize, all: usize) -> f32 {
    part as f32 / all.max(1) as f32
}
