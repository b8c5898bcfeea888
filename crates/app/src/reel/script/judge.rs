//! Whether a document can become a reel, and what is known about it.

mod garbled;

use serde::{Deserialize, Serialize};
use sluice_domain::document::{Document, LeftOut, Reason};
use sluice_domain::language::{LANGUAGES, Language};

use super::detect::{detect, other_language};
use super::text::{is_garbage, word_count};
use super::{Mode, Prepared, told_words};

/// Fewest characters (without spaces) of a document.
pub const MIN_CHARACTERS: u32 = 50;
/// Least percentage of letters and digits among them.
pub const MIN_PERCENT: u32 = 30;

/// What is known about a document that can become a reel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Pages.
    pub pages: u32,
    /// Its language.
    pub language: Language,
    /// False if the language is a guess: the user may know better.
    pub language_reliable: bool,
    /// Words.
    pub words: u32,
    /// Characters that are not spaces.
    pub characters: u32,
    /// The file's own title, or the largest line of its first page.
    pub title: Option<String>,
    /// The estimated reel of each mode, without a language model. A mode that the text is too short for is missing.
    pub estimates: Vec<Estimate>,
    /// What is in the file and is not told, in the order of the pages.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

/// The estimated length of a reel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// The kind of reel.
    pub mode: Mode,
    /// Seconds of narration at the language's pace.
    pub seconds: u32,
    /// Words of narration.
    pub words: u32,
    /// Scenes, title and question included.
    pub scenes: u32,
    /// Characters that are spoken; 0 of what was judged before they were counted.
    #[serde(default)]
    pub characters: u32,
}

impl Estimate {
    /// Whether the document is too short for the usual length of the mode.
    pub fn is_short(&self) -> bool {
        self.seconds < self.mode.seconds().0
    }
}

/// Why a document cannot become a reel. The texts are for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Hardly any text.
    #[error(
        "The document has only {characters} characters of text; {MIN_CHARACTERS} are needed. \
         If its pages are pictures, read it with text recognition (OCR)."
    )]
    TooShort {
        /// Characters that are not spaces.
        characters: u32,
    },
    /// Symbols instead of text.
    #[error(
        "Only {percent} % of the characters are letters or digits; at least {MIN_PERCENT} % are needed. \
         Export the document again with its text, or read it with text recognition (OCR)."
    )]
    NotText {
        /// Percentage of letters and digits.
        percent: u32,
    },
    /// A language that scripts do not support.
    #[error("The document seems to be in {found}. Reels can be made of documents in {}.", known_languages())]
    OtherLanguage {
        /// Its English name.
        found: &'static str,
    },
    /// Nothing but tables and drawings: what stands in them are no sentences.
    #[error(
        "The document has only tables or drawings: the {words} words in them are no sentences that can be told. \
         Choose a document with text, or add a paragraph that says what they show."
    )]
    TablesOnly {
        /// Words in them.
        words: u32,
    },
    /// No sentence: a list of names, a form, a listing.
    #[error(
        "The document has {words} words, but no sentence that can be told. Choose a document with whole sentences."
    )]
    NoSentences {
        /// Words of the document.
        words: u32,
    },
    /// Fonts without a Unicode map: the stored characters are not the displayed ones.
    #[error(
        "The letters on the pages are not the ones stored in the file: its fonts have no usable map to text. \
         Read it with text recognition (OCR), or export it again with another program."
    )]
    Garbled,
    /// Nobody knows what of the text a reader sees.
    #[error(
        "What the pages paint cannot be taken apart, so that nothing tells what of their text a reader sees. \
         Read the document with text recognition (OCR), or print it to a new PDF."
    )]
    Unexamined,
}

impl Unfit {
    /// A stable code for clients.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "document_too_short",
            Self::NotText { .. } => "document_not_text",
            Self::OtherLanguage { .. } => "document_other_language",
            Self::TablesOnly { .. } => "document_tables_only",
            Self::NoSentences { .. } => "document_no_sentences",
            Self::Garbled => "document_garbled",
            Self::Unexamined => "document_unexamined",
        }
    }
}

/// The names of the languages in the table, in their own language, as a list.
fn known_languages() -> String {
    LANGUAGES.iter().map(|facts| facts.name).collect::<Vec<_>>().join(", ")
}

/// Judges the text of a document: rejects what cannot become a reel, and describes the rest.
pub fn judge(document: &Document) -> Result<Found, Unfit> {
    let text = document.text();
    let (mut characters, mut useful) = (0_u32, 0_u32);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        characters = characters.saturating_add(1);
        useful += u32::from(c.is_alphanumeric() && !is_garbage(c));
    }
    let is_left_out = |reason: Reason| document.left_out.iter().any(|one| one.reason == reason);
    if characters < MIN_CHARACTERS && is_left_out(Reason::Unreadable) {
        return Err(Unfit::Garbled);
    }
    if characters < MIN_CHARACTERS && is_left_out(Reason::Unexamined) {
        return Err(Unfit::Unexamined);
    }
    if characters < MIN_CHARACTERS {
        return Err(Unfit::TooShort { characters });
    }
    let percent = u32::try_from(u64::from(useful) * 100 / u64::from(characters)).unwrap_or(100);
    if percent < MIN_PERCENT {
        return Err(Unfit::NotText { percent });
    }
    if garbled::is_garbled(&text) {
        return Err(Unfit::Garbled);
    }
    if let Some(found) = other_language(&text) {
        return Err(Unfit::OtherLanguage { found });
    }
    let detection = detect(&text);
    let prepared = Prepared::new(document, detection.language);
    let (told, tables) = (told_words(&prepared.candidates), prepared.outline.table_words);
    if tables > told && told < detection.language.facts().min_words {
        return Err(Unfit::TablesOnly { words: tables });
    }
    if told == 0 {
        return Err(Unfit::NoSentences { words: word_count(&text) });
    }
    let estimates = [Mode::Summary, Mode::Explanation]
        .into_iter()
        .filter_map(|mode| {
            let script = prepared.script(mode).ok()?;
            let words = script.words();
            let scenes = u32::try_from(script.scenes.len()).ok()?;
            let characters = script.scenes.iter().map(|scene| scene.text().chars().count()).sum::<usize>();
            let characters = u32::try_from(characters).unwrap_or(u32::MAX);
            Some(Estimate { mode, seconds: script.seconds(), words, scenes, characters })
        })
        .collect();
    Ok(Found {
        pages: u32::try_from(document.pages.len()).unwrap_or(u32::MAX),
        language: detection.language,
        language_reliable: detection.reliable,
        words: word_count(&text),
        characters,
        title: prepared.title().map(str::to_owned),
        estimates,
        left_out: left_out(document, &prepared),
    })
}

/// What reading left out and what the script does not tell, each once per page and reason. What a reader must not see has
/// no sample.
fn left_out(document: &Document, prepared: &Prepared) -> Vec<LeftOut> {
    let mut all: Vec<LeftOut> = Vec::new();
    for part in document.left_out.iter().chain(&prepared.outline.left_out) {
        if !all.iter().any(|known| known.page == part.page && known.reason == part.reason) {
            let hidden = part.reason == Reason::Hidden;
            let sample = if hidden { String::new() } else { part.sample.chars().take(80).collect() };
            all.push(LeftOut { sample, ..part.clone() });
        }
    }
    all.sort_by_key(|part| (part.page, part.reason));
    all
}
