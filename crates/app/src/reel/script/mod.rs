//! Extracts a script from a document without a language model: sentences are selected by centrality and position,
//! shortened by rules, and narrated in document order, each with its page. It is an extract and is labelled as one
//! ([`ScriptSource::Extract`]).
//!
//! The pipeline: blocks become sections and paragraphs (`outline`), paragraphs sentences (`sentences`) that can be
//! told as they are printed (`told`); these are ranked (`rank`), some are selected (`select`) and grouped into scenes (`scenes`).
//! `written` is a script of a language model instead. `check` has the rules for any script, including one that a person or a model wrote. Everything that depends on the
//! language is in `lexicon`.
//!
//! Everything here is a pure function of the document: the same document gives the same script.

mod candidates;
mod check;
mod detect;
mod judge;
mod outline;
mod placed;
mod rank;
mod scenes;
mod select;
mod terms;
mod title;
mod told;
pub mod written;

use serde::{Deserialize, Serialize};
use sluice_domain::document::Document;
use sluice_domain::language::Language;
use utoipa::ToSchema;

pub use self::check::{check_text, repair, scene_words, validate};
pub use self::detect::{Detection, detect, language};
pub use self::judge::{Estimate, Found, MIN_CHARACTERS, MIN_PERCENT, Unfit, judge};
pub use self::text::{spoken_count, spoken_length, word_count};

use self::candidates::{Candidates, candidates};
use self::lexicon::Lexicon;
use self::outline::{Outline, outline};
use self::rank::{Ranking, rank};
use self::select::{Room, select};
use self::terms::Terms;
use crate::grounding::{lexicon, sentences, stem, text};

/// Shortest script, in seconds.
pub const MIN_SECONDS: u32 = 20;
/// Longest script, in seconds.
pub const MAX_SECONDS: u32 = 180;

/// The kind of a reel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 60 to 90 seconds.
    Summary,
    /// 90 to 150 seconds.
    Explanation,
}

impl Mode {
    /// Shortest, desired and longest duration in seconds, if the document has enough text.
    pub const fn seconds(self) -> (u32, u32, u32) {
        match self {
            Self::Summary => (60, 76, 90),
            Self::Explanation => (90, 126, 150),
        }
    }
}

/// Where a script's sentences come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScriptSource {
    /// Sentences of the document itself, chosen and shortened by rules.
    Extract,
    /// Sentences of a language model, each checked against its page.
    Written,
}

/// The narration, scene by scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Script {
    /// The document's title, or a substitute.
    pub title: String,
    /// The language of the document.
    pub language: Language,
    /// The requested kind.
    pub mode: Mode,
    /// Where its sentences come from.
    pub source: ScriptSource,
    /// Title card first, question last.
    pub scenes: Vec<SceneScript>,
}

/// One scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneScript {
    /// At most 60 characters.
    pub heading: String,
    /// The slide.
    pub slide: SlideKind,
    /// The sentences of the narration, in order.
    pub sentences: Vec<Sentence>,
}

/// The slide of a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlideKind {
    /// A card with the title.
    Title,
    /// The page of the document with this number (from 1).
    Page(u32),
    /// A card with the closing question.
    Question,
}

/// One sentence of the narration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sentence {
    /// As it is printed: the voice makes words of its numbers and signs. A clause of a list has no full stop.
    pub text: String,
    /// The page that it comes from, counted from 1; none for the closing question, and for what a person wrote.
    pub page: Option<u32>,
    /// Where it stands on that page; empty if it has no page, or is not found there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(ignore)]
    pub lines: Vec<PrintedLine>,
}

impl Sentence {
    /// The white space between it and the next sentence of its scene: an empty line after a title or a clause without a
    /// full stop, where the voice makes the same pause as after one.
    pub fn gap(&self) -> &'static str {
        if sentences::is_finished(&self.text) { " " } else { "\n\n" }
    }
}

/// A sentence, or a part of one, on one line of a page.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PrintedLine {
    /// Counted from 1.
    pub page: u32,
    /// Left, top, right and bottom edge in fractions of the page.
    pub bounds: [f32; 4],
    /// Left and right edge of its column in fractions of the page.
    pub column: [f32; 2],
}

/// Why there is no script, or why one is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// Too few sentences that can be narrated.
    #[error(
        "The document has only {words} words that can be told in whole sentences; {needed} are needed. \
         Add text to it, or choose another document."
    )]
    TooLittleToSay {
        /// Words that can be narrated.
        words: u32,
        /// Words that are needed.
        needed: u32,
    },
    /// The length is out of range.
    #[error(
        "The script has {words} words ({seconds} s); {fewest} to {most} words and {MIN_SECONDS} to {MAX_SECONDS} s are allowed."
    )]
    Length {
        /// Words of the script.
        words: u32,
        /// Its length in seconds.
        seconds: u32,
        /// Fewest words in its language.
        fewest: u32,
        /// Most words in its language.
        most: u32,
    },
    /// The last scene has no question.
    #[error("The script does not close with a question.")]
    NoQuestion,
    /// A sentence without a page.
    #[error("A sentence of scene {scene} names no page of the document.")]
    NoPage {
        /// Counted from 1.
        scene: u32,
    },
    /// Not plain spoken text.
    #[error("Scene {scene} is not plain text: \"{found}\" cannot be spoken.")]
    Markup {
        /// Counted from 1.
        scene: u32,
        /// What was found.
        found: String,
    },
    /// Another language than the document's.
    #[error("The script is in another language ({found}) than the document ({expected}).")]
    Language {
        /// The document's.
        expected: Language,
        /// The script's.
        found: Language,
    },
    /// A scene's text breaks a rule.
    #[error("Scene {scene} cannot be spoken")]
    Text {
        /// Counted from 1.
        scene: u32,
        /// What is wrong.
        #[source]
        problem: TextProblem,
    },
}

impl ScriptError {
    /// A stable code for clients.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLittleToSay { .. } => "script_too_little_to_say",
            Self::Length { .. } => "script_length",
            Self::NoQuestion => "script_no_question",
            Self::NoPage { .. } => "script_no_page",
            Self::Markup { .. } => "script_markup",
            Self::Language { .. } => "script_language",
            Self::Text { .. } => "script_text",
        }
    }
}

/// What is wrong with the text of one scene.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextProblem {
    /// No text.
    #[error("The text is empty: write what the narrator says, or delete the scene.")]
    Empty,
    /// Too long for one scene.
    #[error("The text has {words} words; a scene has room for {most}. Shorten it, or move a part to another scene.")]
    TooLong {
        /// Words of the text.
        words: u32,
        /// Most words of a scene.
        most: u32,
    },
    /// Too long for one scene, although it has few words.
    #[error("The text has {characters} characters; a scene has room for {most}. Shorten it.")]
    TooManyCharacters {
        /// Characters of the text.
        characters: usize,
        /// Most characters of a scene.
        most: usize,
    },
    /// Invisible characters.
    #[error("The text has control characters that cannot be spoken: type it again, or paste it as plain text.")]
    ControlCharacters,
}

impl TextProblem {
    /// A stable code for clients.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "text_empty",
            Self::TooLong { .. } | Self::TooManyCharacters { .. } => "text_too_long",
            Self::ControlCharacters => "text_control_characters",
        }
    }
}

impl Script {
    /// The number of spoken words.
    pub fn words(&self) -> u32 {
        self.scenes.iter().map(|scene| scene.words(self.language)).sum()
    }

    /// Seconds of narration at the language's pace.
    pub fn seconds(&self) -> u32 {
        let sentences = self.scenes.iter().flat_map(|scene| &scene.sentences);
        let code = self.language.code();
        seconds(sentences.map(|sentence| spoken_length(&sentence.text, code)).sum(), self.language)
    }

    /// The narration, scene by scene, one per line.
    pub fn narration(&self) -> String {
        self.scenes.iter().map(SceneScript::text).collect::<Vec<_>>().join("\n")
    }
}

impl SceneScript {
    /// The number of spoken words.
    pub fn words(&self, language: Language) -> u32 {
        self.sentences.iter().map(|sentence| spoken_count(&sentence.text, language.code())).sum()
    }

    /// Seconds of narration at the language's pace.
    pub fn seconds(&self, language: Language) -> u32 {
        let code = language.code();
        seconds(self.sentences.iter().map(|sentence| spoken_length(&sentence.text, code)).sum(), language)
    }

    /// The narration as one text: each sentence with its [`Sentence::gap`], but for the last.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for sentence in &self.sentences {
            out.push_str(&sentence.text);
            out.push_str(sentence.gap());
        }
        out.trim_end().to_owned()
    }
}

/// The seconds that a narrator needs for a number of words of usual length, rounded.
fn seconds(words: u32, language: Language) -> u32 {
    let pace = language.facts().spoken_per_minute.max(1);
    (words.saturating_mul(60).saturating_add(pace / 2)) / pace
}

/// Extracts the script of a document: selected, shortened, checked, and repaired once if necessary.
pub fn extract(document: &Document, language: Language, mode: Mode) -> Result<Script, ScriptError> {
    let prepared = Prepared::new(document, language);
    let script = prepared.script(mode)?;
    let pages = u32::try_from(document.pages.len()).unwrap_or(u32::MAX);
    if validate(&script, pages).is_ok() {
        return Ok(script);
    }
    let repaired = repair(&script, document);
    validate(&repaired, pages).map(|()| repaired)
}

/// A document with its ranked sentences, from which scripts of both modes are made.
struct Prepared {
    language: Language,
    lexicon: &'static Lexicon,
    outline: Outline,
    candidates: Candidates,
    ranking: Ranking,
    terms: Terms,
    first_page: u32,
}

impl Prepared {
    fn new(document: &Document, language: Language) -> Self {
        let lexicon = Lexicon::of(language);
        let outline = outline(document, lexicon);
        let mut found = candidates(&outline, lexicon, false);
        let enough = language.facts().min_words * 2;
        if told_words(&found) < enough {
            // Slides, lists, forms: a line without a full stop is better than nothing.
            let more = candidates(&outline, lexicon, true);
            if told_words(&more) > told_words(&found) {
                found = more;
            }
        }
        let ranking = rank(&found, &outline, lexicon);
        let terms = Terms::new(&found, lexicon);
        let first_page = document.pages.iter().find(|page| !page.blocks.is_empty()).map_or(1, |page| page.number);
        Self { language, lexicon, outline, candidates: found, ranking, terms, first_page }
    }

    fn title(&self) -> Option<&str> {
        self.outline.title.as_deref()
    }

    fn script(&self, mode: Mode) -> Result<Script, ScriptError> {
        let facts = self.language.facts();
        let title = self.title().unwrap_or_default();
        // The question has about fifteen words.
        let frame = spoken_length(title, self.language.code()) + 15;
        let words_in = |seconds: u32| seconds * facts.spoken_per_minute / 60;
        let (_, wished, longest) = mode.seconds();
        let room = Room {
            target: words_in(wished).min(facts.max_words).saturating_sub(frame),
            most: words_in(longest).min(facts.max_words).saturating_sub(frame + 5),
            words: facts.max_words.saturating_sub(spoken_count(title, self.language.code()) + 20),
        };
        let choice = select(&self.candidates, &self.ranking, &room);
        let opening = choice.opening.map(|index| {
            let candidate = &self.candidates.all[index];
            Sentence { text: candidate.told.bare.clone(), page: Some(candidate.page), lines: Vec::new() }
        });
        let told: Vec<usize> = choice.opening.iter().chain(&choice.told).copied().collect();
        let terms = self.terms.key(&self.candidates, &told, self.lexicon, 2);
        let title = title.to_owned();
        let mut all = Vec::new();
        if !title.is_empty() {
            all.push(scenes::title_scene(&title, self.first_page, opening));
        } else if let Some(opening) = opening {
            let heading = text::cut(&opening.text, scenes::LONGEST_HEADING);
            all.push(SceneScript { heading, slide: SlideKind::Title, sentences: vec![opening] });
        }
        all.extend(scenes::scenes(&choice, &self.candidates, &self.outline, &self.terms, self.language));
        all.push(scenes::question_scene(&terms, self.title(), self.lexicon));
        let script = Script { title, language: self.language, mode, source: ScriptSource::Extract, scenes: all };
        let told = script.words();
        if told < facts.min_words || choice.told.is_empty() {
            let words = choice.opening.iter().chain(&choice.told).map(|at| self.candidates.all[*at].words).sum();
            return Err(ScriptError::TooLittleToSay { words, needed: facts.min_words });
        }
        Ok(script)
    }
}

fn told_words(candidates: &Candidates) -> u32 {
    candidates.all.iter().map(|candidate| candidate.words).sum()
}
