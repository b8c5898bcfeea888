//! What stands in a document, as a person says it: "In 1905, CO₂ cost £4.99" is "In nineteen oh five, C O two cost four
//! pounds and ninety-nine pence".
//!
//! [`normalise`] walks over a text word by word. A language (see `Tongue`) is asked at each place where something could
//! begin that is not said as it is printed; what no rule takes is left as it stands. English and Arabic are whole, French,
//! German and Spanish have the plain cases, and a text in any other language comes back unchanged, its digits left to the
//! voice.
//!
//! [`spoken_words`] counts what is said, for an estimate of how long that takes.
//!
//! - `scan`, `number`, `shape`, `units`, `currency`, `address` know how things are printed, in any language;
//! - `west` says them in the European languages, from the tables in `english`, `french`, `german` and `spanish`;
//! - `arabic` says them in Arabic, where a number agrees with what it counts.
//!
//! The numerals are our own. The crate `num2words` has two of the five languages and neither years nor agreement; the
//! rule-based number formats of ICU4X are in a crate that calls itself unstable, and hold no Arabic agreement either. The
//! tables here are small, and their cardinals were compared with those of Python's `num2words`.

mod address;
mod arabic;
mod currency;
mod english;
mod french;
mod german;
mod number;
mod scan;
mod shape;
mod spanish;
mod spoken;
mod units;
mod west;

pub use spoken::Spoken;

/// What is said for a stretch of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// Where the stretch ends, in bytes.
    pub(crate) end: usize,
    /// What is said; empty where nothing is.
    pub(crate) text: String,
}

impl Said {
    pub(crate) fn new(end: usize, text: impl Into<String>) -> Self {
        Self { end, text: text.into() }
    }
}

/// A language.
pub(crate) trait Tongue {
    /// What is said for that which begins at `at`; nothing when it is said as it is printed. Asked only where a word, a
    /// number or a sign begins.
    fn say(&self, text: &str, at: usize) -> Option<Said>;
}

/// How many words are said for `printed` in `language`, an IETF tag: what its length in time is estimated from. "$4.99" is
/// one word in print and six in speech. The time taken is proportional to the length of the text.
///
/// In languages without tables each digit counts as a word, since their numbers are about that long.
pub fn spoken_words(language: &str, printed: &str) -> usize {
    let spoken = normalise(language, printed);
    let mut more = 0;
    let mut run: usize = 0;
    for character in spoken.text.chars().chain([' ']) {
        if character.is_numeric() {
            run += 1;
        } else {
            more += std::mem::take(&mut run).saturating_sub(1);
        }
    }
    spoken.words() + more
}

/// The same in words of usual length: what time the text takes. A text of long words has the same number of words in more
/// time; in English, syllables take about the same time whatever their words are.
pub fn spoken_length(language: &str, printed: &str) -> usize {
    match language.split(['-', '_']).next() {
        Some("en" | "eng") => {
            let spoken = normalise(language, printed);
            let words = spoken.text.split(|c: char| !c.is_alphanumeric() && c != '\'');
            let syllables: usize = words.filter(|word| !word.is_empty()).map(english::syllables).sum();
            (syllables * 100).div_ceil(SYLLABLES_OF_100_WORDS)
        }
        _ => spoken_words(language, printed),
    }
}

/// Syllables of a hundred usual English words, by [`english::syllables`].
const SYLLABLES_OF_100_WORDS: usize = 144;

/// How `printed` is said in `language`, an IETF tag such as `en`, `en-GB` or `ar`.
///
/// The region decides which number of `03/04/2024` is the day, where nothing in the text does.
pub fn normalise(language: &str, printed: &str) -> Spoken {
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    match primary.as_str() {
        "en" | "eng" => spoken::run(&english::English::new(language, printed), printed),
        "ar" | "ara" => spoken::run(&arabic::Arabic, printed),
        "fr" | "fra" => spoken::run(&west::West(&french::French), printed),
        "de" | "deu" => spoken::run(&west::West(&german::German), printed),
        "es" | "spa" => spoken::run(&west::West(&spanish::Spanish), printed),
        _ => spoken::unchanged(printed),
    }
}
