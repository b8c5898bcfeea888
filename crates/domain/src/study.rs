//! The languages that cards are learned in, and what is known about a phrase. Adding a language is one entry in
//! [`STUDY_LANGUAGES`]; its data is an optional model set, and without it a field says that it needs a provider.

mod analysis;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use analysis::{Analysis, Doubt, Field, Note, Objection, Reason, Source, Word};

/// How a script is written in Latin letters.
#[derive(Debug, PartialEq, Eq)]
pub struct Scheme {
    /// Stable name, stored with what was made by it.
    pub id: &'static str,
    /// Its published name.
    pub title: &'static str,
}

/// What differs from language to language on a card.
#[derive(Debug, PartialEq, Eq)]
pub struct StudyFacts {
    /// ISO 639-1 code.
    pub code: &'static str,
    /// ISO 639-3 code, as `whatlang` reports it.
    pub code3: &'static str,
    /// Its own name.
    pub name: &'static str,
    /// Its English name.
    pub english_name: &'static str,
    /// ISO 15924 code of its script.
    pub script: &'static str,
    /// First and last code point of each block whose letters belong to the script.
    pub ranges: &'static [(char, char)],
    /// Written from right to left.
    pub right_to_left: bool,
    /// Words are divided by spaces.
    pub has_spaces: bool,
    /// Language of the voice, as espeak-ng names it.
    pub voice: &'static str,
    /// Transliteration; none for a language in Latin letters.
    pub scheme: Option<Scheme>,
    /// The model set with its dictionaries.
    pub pack: &'static str,
    /// What a word's root is; none where the language has no such thing.
    pub root: Option<&'static str>,
    /// What a word's gender is; none where the language has none.
    pub gender: Option<&'static str>,
    /// What the field for the form of a word holds; none where words have one form.
    pub declension: Option<&'static str>,
    /// What a note on a word is about.
    pub notes: &'static str,
}

/// The table.
pub static STUDY_LANGUAGES: [StudyFacts; 5] = [
    StudyFacts {
        code: "ru",
        code3: "rus",
        name: "Русский",
        english_name: "Russian",
        script: "Cyrl",
        ranges: &[('\u{0400}', '\u{04ff}')],
        right_to_left: false,
        has_spaces: true,
        voice: "ru",
        scheme: Some(Scheme { id: "bgn-pcgn-1947", title: "BGN/PCGN 1947" }),
        pack: "language-ru",
        root: None,
        gender: Some("masculine, feminine or neuter, of nouns"),
        declension: Some("case and number; of verbs person, number, tense and aspect"),
        notes: "part of speech, stress, what is irregular",
    },
    StudyFacts {
        code: "ar",
        code3: "ara",
        name: "العربية",
        english_name: "Arabic",
        script: "Arab",
        ranges: &[
            ('\u{0600}', '\u{06ff}'),
            ('\u{0750}', '\u{077f}'),
            ('\u{fb50}', '\u{fdff}'),
            ('\u{fe70}', '\u{fefe}'),
        ],
        right_to_left: true,
        has_spaces: true,
        voice: "ar",
        scheme: Some(Scheme { id: "ijmes", title: "International Journal of Middle East Studies" }),
        pack: "language-ar",
        root: Some("the three or four consonants that a word is derived from"),
        gender: Some("masculine or feminine, of nouns"),
        declension: Some("number, definiteness and case; of verbs person and tense"),
        notes: "attached words, part of speech, broken plural",
    },
    StudyFacts {
        code: "zh",
        code3: "cmn",
        name: "中文",
        english_name: "Mandarin",
        script: "Hani",
        ranges: &[
            ('\u{3007}', '\u{3007}'),
            ('\u{3400}', '\u{4dbf}'),
            ('\u{4e00}', '\u{9fff}'),
            ('\u{f900}', '\u{faff}'),
            ('\u{20000}', '\u{323af}'),
        ],
        right_to_left: false,
        has_spaces: false,
        voice: "cmn",
        scheme: Some(Scheme { id: "pinyin", title: "Hanyu Pinyin (ISO 7098), citation tones" }),
        pack: "language-zh",
        root: None,
        gender: None,
        declension: None,
        notes: "measure word, traditional characters",
    },
    StudyFacts {
        code: "es",
        code3: "spa",
        name: "Español",
        english_name: "Spanish",
        script: "Latn",
        ranges: &[
            ('A', 'Z'),
            ('a', 'z'),
            ('ª', 'ª'),
            ('º', 'º'),
            ('\u{00c0}', '\u{00d6}'),
            ('\u{00d8}', '\u{00f6}'),
            ('\u{00f8}', '\u{024f}'),
        ],
        right_to_left: false,
        has_spaces: true,
        voice: "es",
        scheme: None,
        pack: "language-es",
        root: None,
        gender: Some("masculine or feminine, of nouns"),
        declension: Some("number; of verbs person, number, tense and mood"),
        notes: "part of speech, what is irregular",
    },
    StudyFacts {
        code: "ka",
        code3: "kat",
        name: "ქართული",
        english_name: "Georgian",
        script: "Geor",
        ranges: &[('\u{10a0}', '\u{10ff}'), ('\u{1c90}', '\u{1cbf}'), ('\u{2d00}', '\u{2d2f}')],
        right_to_left: false,
        has_spaces: true,
        voice: "ka",
        scheme: Some(Scheme { id: "ka-national-2002", title: "Georgian national system of 2002" }),
        pack: "language-ka",
        root: None,
        gender: None,
        declension: Some("case and number of nouns"),
        notes: "postpositions, what is irregular",
    },
];

/// One of [`STUDY_LANGUAGES`], by its ISO 639-1 code.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StudyLanguage(&'static StudyFacts);

impl StudyLanguage {
    /// Russian.
    pub const RUSSIAN: Self = Self(&STUDY_LANGUAGES[0]);
    /// Arabic.
    pub const ARABIC: Self = Self(&STUDY_LANGUAGES[1]);
    /// Mandarin.
    pub const MANDARIN: Self = Self(&STUDY_LANGUAGES[2]);
    /// Spanish.
    pub const SPANISH: Self = Self(&STUDY_LANGUAGES[3]);
    /// Georgian.
    pub const GEORGIAN: Self = Self(&STUDY_LANGUAGES[4]);

    /// All, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        STUDY_LANGUAGES.iter().map(Self)
    }

    /// By ISO 639-1 or 639-3 code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().find(|language| language.0.code == code || language.0.code3 == code)
    }

    /// The language whose script most letters of a text are in; none if no letter is in any of them. For Latin letters, which
    /// many languages share, it is a guess.
    pub fn by_script(text: &str) -> Option<Self> {
        let count = |language: Self| text.chars().filter(|&letter| language.writes(letter)).count();
        let counted = Self::all().map(|language| (count(language), language));
        counted.filter(|(letters, _)| *letters > 0).max_by_key(|(letters, _)| *letters).map(|(_, language)| language)
    }

    /// Its row in the table.
    pub fn facts(self) -> &'static StudyFacts {
        self.0
    }

    /// ISO 639-1 code.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// `rtl` or `ltr`, as HTML's `dir` wants it.
    pub fn direction(self) -> &'static str {
        if self.0.right_to_left { "rtl" } else { "ltr" }
    }

    /// Whether a character, a mark included, belongs to its script.
    pub fn writes(self, character: char) -> bool {
        let is_in = |&(first, last): &(char, char)| (first..=last).contains(&character);
        !is_shared(character) && self.0.ranges.iter().any(is_in)
    }

    /// Whether a text has a letter of its script.
    pub fn is_in(self, text: &str) -> bool {
        text.chars().any(|character| self.writes(character))
    }
}

/// Punctuation and digits inside the blocks of scripts.
fn is_shared(character: char) -> bool {
    matches!(
        character,
        '،' | '؛' | '؟' | '\u{0660}'..='\u{066d}' | '۔' | '\u{06f0}'..='\u{06f9}' | '\u{0600}'..='\u{060f}' | '჻'
    )
}

impl TryFrom<String> for StudyLanguage {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Self::from_code(&code).ok_or_else(|| {
            let known: Vec<_> = STUDY_LANGUAGES.iter().map(|facts| facts.code).collect();
            format!("no cards are made in \"{code}\"; there are: {}", known.join(", "))
        })
    }
}

impl std::str::FromStr for StudyLanguage {
    type Err = String;

    fn from_str(code: &str) -> Result<Self, String> {
        Self::try_from(code.to_owned())
    }
}

impl From<StudyLanguage> for String {
    fn from(language: StudyLanguage) -> Self {
        language.code().to_owned()
    }
}

impl fmt::Debug for StudyLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for StudyLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_its_codes() {
        assert_eq!(StudyLanguage::from_code("cmn"), Some(StudyLanguage::MANDARIN));
        assert_eq!(StudyLanguage::from_code("ka"), Some(StudyLanguage::GEORGIAN));
        assert_eq!(StudyLanguage::from_code("en"), None);
        let unknown = serde_json::from_str::<StudyLanguage>("\"xx\"").unwrap_err().to_string();
        assert!(unknown.contains("ru, ar, zh, es, ka"), "{unknown}");
        assert_eq!(serde_json::to_string(&StudyLanguage::ARABIC).unwrap(), "\"ar\"");
    }

    #[test]
    fn a_phrase_is_in_the_script_of_most_of_its_letters() {
        let of = |text: &str| StudyLanguage::by_script(text).map(StudyLanguage::code);
        assert_eq!(of("Где находится Wi-Fi?"), Some("ru"));
        assert_eq!(of("أين المكتبة؟"), Some("ar"));
        assert_eq!(of("我喜欢喝茶。"), Some("zh"));
        assert_eq!(of("¿Dónde está la biblioteca?"), Some("es"));
        assert_eq!(of("გამარჯობა"), Some("ka"));
        assert_eq!(of("42 😀 ؟ ١٢"), None);
    }

    #[test]
    fn no_letter_belongs_to_two_scripts() {
        for letter in ('\0'..='\u{323ff}').filter(|letter| letter.is_alphabetic()) {
            let writers = StudyLanguage::all().filter(|language| language.writes(letter)).count();
            assert!(writers <= 1, "{letter:?} is in {writers} scripts");
        }
    }
}
