//! The fields of a card as clients see them, and the languages.

use serde::Serialize;
use serde_json::json;
use sluice_domain::study::{self, Doubt, StudyLanguage};
use utoipa::ToSchema;

/// A language that cards are made in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StudyLanguageView {
    /// ISO 639-1.
    pub code: &'static str,
    /// The name of the language in the language itself.
    pub name: &'static str,
    /// Its English name.
    pub english_name: &'static str,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// ISO 15924 code of its script.
    pub script: &'static str,
    /// The scheme by which it is written in Latin letters; null if it is.
    pub transliteration: Option<&'static str>,
    /// What a word's root is; null where there is none.
    pub root: Option<&'static str>,
    /// What a word's gender is; null where there is none.
    pub gender: Option<&'static str>,
    /// What the form of a word is; null where words have one form.
    pub declension: Option<&'static str>,
    /// What a note on a word is about.
    pub notes: &'static str,
}

impl From<StudyLanguage> for StudyLanguageView {
    fn from(language: StudyLanguage) -> Self {
        let facts = language.facts();
        Self {
            code: facts.code,
            name: facts.name,
            english_name: facts.english_name,
            dir: language.direction(),
            script: facts.script,
            transliteration: facts.scheme.as_ref().map(|scheme| scheme.title),
            root: facts.root,
            gender: facts.gender,
            declension: facts.declension,
            notes: facts.notes,
        }
    }
}

/// Whether a field can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DoubtState {
    /// Nothing speaks against it.
    Sure,
    /// A person must look at it.
    Doubtful,
    /// It is not there: this machine cannot know it.
    NeedsProvider,
}

/// What made a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldSource {
    /// `rules`, `pack` (a dictionary), `engine`, `model` or `person`.
    #[schema(pattern = "^(rules|pack|engine|model|person)$")]
    pub kind: &'static str,
    /// Its name and version, or the provider and its model; empty of a person.
    pub name: String,
    /// Of a model: its version, as its answer says, or that of the provider's interface; null if neither has one, and of all
    /// others.
    pub version: Option<String>,
}

impl From<&study::Source> for FieldSource {
    fn from(source: &study::Source) -> Self {
        let joined = |first: &str, second: &str| [first, second].join(" ").trim().to_owned();
        let (kind, name) = match source {
            study::Source::Rules { name } => ("rules", name.clone()),
            study::Source::Pack { name, version } => ("pack", joined(name, version)),
            study::Source::Engine { name, version } => ("engine", joined(name, version)),
            study::Source::Model { provider, name, .. } => ("model", joined(provider, name)),
            study::Source::Person => ("person", String::new()),
        };
        let version = match source {
            study::Source::Model { version, .. } => Some(version.clone()).filter(|version| !version.is_empty()),
            _ => None,
        };
        Self { kind, name, version }
    }
}

/// What speaks against a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FieldObjection)]
pub struct ObjectionView {
    /// Who says so: a source that has another text, or the model of a second check.
    pub by: FieldSource,
    /// What it has in its place; empty of a check.
    pub text: String,
    /// Why, in its words; empty of a source that only has another text.
    pub why: String,
}

/// A field of a card.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldView {
    /// Its text; empty if it needs a provider.
    pub text: String,
    /// Other texts that it could be, the best first.
    pub alternatives: Vec<String>,
    /// What made it; null if it needs a provider.
    pub source: Option<FieldSource>,
    /// Whether it can be relied on.
    pub state: DoubtState,
    /// Why it is doubtful or missing: `vowels_guessed`, `several_readings`, `several_analyses`, `several_senses`, `unknown_word`,
    /// `marks_do_not_match`, `foreign_letters`, `reversed_dictionary`, `machine_translation`, `pack_missing`, `pack_broken`,
    /// `no_translation_pair`, `no_local_source`, `disagreement`, `not_in_phrase`, `wrong_script`, `low_confidence`, `second_check`,
    /// `not_checked`, `model_failed`, `allowance_used` or `answer_lost`.
    pub reason: Option<String>,
    /// What speaks against it: another source's text, or what a second check says.
    pub against: Vec<ObjectionView>,
    /// The model of a second check that held it to be right; null if there was none. It may be the one that made it.
    pub checked_by: Option<FieldSource>,
}

pub(super) fn state_of(doubt: Doubt) -> (DoubtState, Option<String>) {
    let named = |reason| json!(reason).as_str().map(str::to_owned);
    match doubt {
        Doubt::Sure => (DoubtState::Sure, None),
        Doubt::Doubtful { reason } => (DoubtState::Doubtful, named(reason)),
        Doubt::NeedsProvider { reason } => (DoubtState::NeedsProvider, named(reason)),
    }
}

impl From<&study::Objection> for ObjectionView {
    fn from(objection: &study::Objection) -> Self {
        let study::Objection { by, text, why } = objection;
        Self { by: FieldSource::from(by), text: text.clone(), why: why.clone() }
    }
}

impl From<&study::Field> for FieldView {
    fn from(field: &study::Field) -> Self {
        let (state, reason) = state_of(field.doubt);
        Self {
            text: field.text.clone(),
            alternatives: field.alternatives.clone(),
            source: field.source.as_ref().map(FieldSource::from),
            state,
            reason,
            against: field.against.iter().map(ObjectionView::from).collect(),
            checked_by: field.checked_by.as_ref().map(FieldSource::from),
        }
    }
}

/// A remark on the grammar of a phrase.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NoteView {
    /// The words that it is about; empty for the phrase.
    pub about: String,
    /// The remark.
    pub text: FieldView,
}

/// A word of a phrase. A field is null where the language has no such thing, or it is not known.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WordView {
    /// As it stands in the phrase.
    pub word: String,
    /// In Latin letters.
    pub transliteration: Option<FieldView>,
    /// The form that dictionaries list.
    pub lemma: Option<FieldView>,
    /// What it is derived from.
    pub root: Option<FieldView>,
    /// Its meaning.
    pub meaning: Option<FieldView>,
    /// Its gender.
    pub gender: Option<FieldView>,
    /// The form that it has here.
    pub declension: Option<FieldView>,
    /// What else there is to know.
    pub notes: Option<FieldView>,
    /// How often it occurs, by the Zipf scale: "Zipf 5.2". Nobody edits it, and decks do not have it.
    pub frequency: Option<FieldView>,
    /// At which level of the Chinese examination HSK it is learned: "HSK 2". Nobody edits it, and decks do not have it.
    pub level: Option<FieldView>,
}

impl From<&study::Word> for WordView {
    fn from(word: &study::Word) -> Self {
        let of = |field: &Option<study::Field>| field.as_ref().map(FieldView::from);
        Self {
            word: word.word.clone(),
            transliteration: of(&word.transliteration),
            lemma: of(&word.lemma),
            root: of(&word.root),
            meaning: of(&word.meaning),
            gender: of(&word.gender),
            declension: of(&word.declension),
            notes: of(&word.notes),
            frequency: of(&word.frequency),
            level: of(&word.level),
        }
    }
}
