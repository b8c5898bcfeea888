//! What is known about a phrase: each field with where it comes from and whether it can be relied on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What made a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// Rules of this program.
    Rules {
        /// Which: the id of a scheme, or "suffixes".
        name: String,
    },
    /// A dictionary or morphology of a language pack.
    Pack {
        /// Its name, without the version: "cc-cedict".
        name: String,
        /// Its version.
        version: String,
    },
    /// A built-in engine: of translation, of reading.
    Engine {
        /// Its name.
        name: String,
        /// Its version; empty if it has none.
        version: String,
    },
    /// A language model of a provider.
    Model {
        /// The provider.
        provider: String,
        /// The model.
        name: String,
        /// Its version: what its answer says, or that of the provider's interface; empty if neither has one.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        version: String,
    },
    /// A person typed it.
    Person,
}

/// Why a field is doubtful or missing: a code that the page has words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Arabic without vowel marks: they were chosen, or are left out.
    VowelsGuessed,
    /// A word or character has several readings.
    SeveralReadings,
    /// A form has several analyses.
    SeveralAnalyses,
    /// A word has several senses, and nothing chose among them.
    SeveralSenses,
    /// A word is not in the dictionaries: the form was guessed by its ending, or there is none.
    UnknownWord,
    /// The vowel marks of the text fit no entry.
    MarksDoNotMatch,
    /// Letters stayed as they are, because the scheme has none for them.
    ForeignLetters,
    /// The dictionary is read backwards: its words were translated into the language, not out of it.
    ReversedDictionary,
    /// A small translation model made it, sentence by sentence.
    MachineTranslation,
    /// The language pack is not installed.
    PackMissing,
    /// The language pack is installed but cannot be read.
    PackBroken,
    /// There is no translation model for these languages on this machine.
    NoTranslationPair,
    /// No free source has it.
    NoLocalSource,
    /// Two sources disagree.
    Disagreement,
    /// A model named a word that is not in the phrase.
    NotInPhrase,
    /// A text is in another script than its language.
    WrongScript,
    /// Reading or hearing was not certain.
    LowConfidence,
    /// A second check holds it to be wrong, or cannot tell.
    SecondCheck,
    /// No second check was made of what a model said.
    NotChecked,
    /// A model was asked, and what it answered could not be used.
    ModelFailed,
    /// The calls of models that are allowed for a day are used up.
    AllowanceUsed,
    /// A model was asked, its answer was lost, and nobody can tell whether it was paid.
    AnswerLost,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::VowelsGuessed => "vowels guessed",
            Self::SeveralReadings => "several readings",
            Self::SeveralAnalyses => "several analyses",
            Self::SeveralSenses => "several senses",
            Self::UnknownWord => "unknown word",
            Self::MarksDoNotMatch => "marks do not match",
            Self::ForeignLetters => "foreign letters",
            Self::ReversedDictionary => "reversed dictionary",
            Self::MachineTranslation => "machine translation",
            Self::PackMissing => "pack missing",
            Self::PackBroken => "pack broken",
            Self::NoTranslationPair => "no translation pair",
            Self::NoLocalSource => "no local source",
            Self::Disagreement => "disagreement",
            Self::NotInPhrase => "not in the phrase",
            Self::WrongScript => "wrong script",
            Self::LowConfidence => "low confidence",
            Self::SecondCheck => "a second check disagrees",
            Self::NotChecked => "not checked a second time",
            Self::ModelFailed => "the model gave no usable answer",
            Self::AllowanceUsed => "allowance used up",
            Self::AnswerLost => "the model's answer was lost",
        })
    }
}

/// Whether a field can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Doubt {
    /// Nothing speaks against it.
    Sure,
    /// A person must look at it.
    Doubtful {
        /// Why.
        reason: Reason,
    },
    /// It is not there: this machine cannot know it.
    NeedsProvider {
        /// Why.
        reason: Reason,
    },
}

impl Doubt {
    /// Whether a person must look at it, or fill it.
    pub fn is_open(self) -> bool {
        self != Self::Sure
    }
}

/// What speaks against a field: another source's text, or what a check said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// Who says so.
    pub by: Source,
    /// What it has in its place; empty of a check.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Why, in its words; empty of a source that only has another text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// A text on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The text; empty if it needs a provider.
    pub text: String,
    /// Other texts that it could be, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<String>,
    /// What made it; none if it needs a provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Whether it can be relied on.
    pub doubt: Doubt,
    /// What speaks against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<Objection>,
    /// What looked at it a second time and held it to be right; none if nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_by: Option<Source>,
}

impl Field {
    /// One that nothing speaks against.
    pub fn sure(text: impl Into<String>, source: Source) -> Self {
        let (text, doubt) = (text.into(), Doubt::Sure);
        Self { text, alternatives: Vec::new(), source: Some(source), doubt, against: Vec::new(), checked_by: None }
    }

    /// One that a person must look at.
    pub fn doubtful(text: impl Into<String>, source: Source, reason: Reason) -> Self {
        Self { doubt: Doubt::Doubtful { reason }, ..Self::sure(text, source) }
    }

    /// One that this machine cannot fill.
    pub fn needs_provider(reason: Reason) -> Self {
        let (text, doubt) = (String::new(), Doubt::NeedsProvider { reason });
        Self { text, alternatives: Vec::new(), source: None, doubt, against: Vec::new(), checked_by: None }
    }

    /// With other texts that it could be.
    #[must_use]
    pub fn or(mut self, alternatives: Vec<String>) -> Self {
        self.alternatives = alternatives;
        self
    }

    /// With something that speaks against it. What was sure is doubtful for this reason from now on; another doubt stays.
    pub fn object(&mut self, reason: Reason, objection: Objection) {
        if self.doubt == Doubt::Sure {
            self.doubt = Doubt::Doubtful { reason };
        }
        self.against.push(objection);
    }
}

/// A remark on the grammar of a phrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The words that it is about; empty for the phrase.
    pub about: String,
    /// The remark.
    pub text: Field,
}

/// A word of a phrase. A field is absent where the language has no such thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// As it stands in the phrase.
    pub word: String,
    /// In Latin letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transliteration: Option<Field>,
    /// The form that dictionaries list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lemma: Option<Field>,
    /// What it is derived from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Field>,
    /// Its meaning, in the language of the learner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<Field>,
    /// "masculine", "feminine", "neuter" or "common"; of a noun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Field>,
    /// The form that it has here: case, number, person, tense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declension: Option<Field>,
    /// What else there is to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Field>,
    /// How often it occurs: "Zipf 5.2".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Field>,
    /// At which level of an examination it is learned: "HSK 2".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Field>,
}

impl Word {
    /// A word of which nothing is known.
    pub fn of(word: impl Into<String>) -> Self {
        Self {
            word: word.into(),
            transliteration: None,
            lemma: None,
            root: None,
            meaning: None,
            gender: None,
            declension: None,
            notes: None,
            frequency: None,
            level: None,
        }
    }

    /// Its fields, with their stable names.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &Field)> {
        let Self { word: _, transliteration, lemma, root, meaning, gender, declension, notes, frequency, level } = self;
        let named = [
            ("transliteration", transliteration),
            ("lemma", lemma),
            ("root", root),
            ("meaning", meaning),
            ("gender", gender),
            ("declension", declension),
            ("notes", notes),
            ("frequency", frequency),
            ("level", level),
        ];
        named.into_iter().filter_map(|(name, field)| field.as_ref().map(|field| (name, field)))
    }

    /// The same, to be changed.
    pub fn fields_mut(&mut self) -> impl Iterator<Item = (&'static str, &mut Field)> {
        let Self { word: _, transliteration, lemma, root, meaning, gender, declension, notes, frequency, level } = self;
        let named = [
            ("transliteration", transliteration),
            ("lemma", lemma),
            ("root", root),
            ("meaning", meaning),
            ("gender", gender),
            ("declension", declension),
            ("notes", notes),
            ("frequency", frequency),
            ("level", level),
        ];
        named.into_iter().filter_map(|(name, field)| field.as_mut().map(|field| (name, field)))
    }
}

/// What is known about a phrase.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Analysis {
    /// In Latin letters; none for a language in Latin letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transliteration: Option<Field>,
    /// The phrase with all its vowel marks, where a model set them; none for a language without such marks, and for a phrase that
    /// has them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<Field>,
    /// In the language of the learner; none if it was not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation: Option<Field>,
    /// Remarks on its grammar.
    #[serde(default)]
    pub grammar: Vec<Note>,
    /// Its words, in the order of the phrase, each once.
    #[serde(default)]
    pub vocabulary: Vec<Word>,
}

impl Analysis {
    /// All fields, by their path: "translation", "grammar.0", "vocabulary.2.meaning".
    pub fn fields(&self) -> impl Iterator<Item = (String, &Field)> {
        let own =
            [("transliteration", &self.transliteration), ("marked", &self.marked), ("translation", &self.translation)];
        let own = own.into_iter().filter_map(|(name, field)| Some((name.to_owned(), field.as_ref()?)));
        let notes = self.grammar.iter().enumerate().map(|(at, note)| (format!("grammar.{at}"), &note.text));
        let words = self.vocabulary.iter().enumerate();
        let words = words
            .flat_map(|(at, word)| word.fields().map(move |(name, field)| (format!("vocabulary.{at}.{name}"), field)));
        own.chain(notes).chain(words)
    }

    /// The same, to be changed.
    pub fn fields_mut(&mut self) -> impl Iterator<Item = (String, &mut Field)> {
        let Self { transliteration, marked, translation, grammar, vocabulary } = self;
        let own = [("transliteration", transliteration), ("marked", marked), ("translation", translation)];
        let own = own.into_iter().filter_map(|(name, field)| Some((name.to_owned(), field.as_mut()?)));
        let notes = grammar.iter_mut().enumerate().map(|(at, note)| (format!("grammar.{at}"), &mut note.text));
        let words = vocabulary.iter_mut().enumerate().flat_map(|(at, word)| {
            word.fields_mut().map(move |(name, field)| (format!("vocabulary.{at}.{name}"), field))
        });
        own.chain(notes).chain(words)
    }

    /// The fields that a person must look at or fill.
    pub fn open_fields(&self) -> impl Iterator<Item = (String, &Field)> {
        self.fields().filter(|(_, field)| field.doubt.is_open())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn analysis() -> Analysis {
        let pack = Source::Pack { name: "cc-cedict".to_owned(), version: "2025.10.2".to_owned() };
        let meaning = Field::doubtful("tea", pack, Reason::SeveralSenses).or(vec!["tea plant".to_owned()]);
        let rules = Source::Rules { name: "pinyin".to_owned() };
        Analysis {
            transliteration: Some(Field::sure("chá", rules)),
            marked: None,
            translation: Some(Field::needs_provider(Reason::NoTranslationPair)),
            grammar: Vec::new(),
            vocabulary: vec![Word { meaning: Some(meaning), ..Word::of("茶") }],
        }
    }

    #[test]
    fn stored_names_are_stable() {
        let stored = json!({
            "transliteration": { "text": "chá", "source": { "kind": "rules", "name": "pinyin" }, "doubt": { "state": "sure" } },
            "translation": { "text": "", "doubt": { "state": "needs_provider", "reason": "no_translation_pair" } },
            "grammar": [],
            "vocabulary": [{
                "word": "茶",
                "meaning": {
                    "text": "tea",
                    "alternatives": ["tea plant"],
                    "source": { "kind": "pack", "name": "cc-cedict", "version": "2025.10.2" },
                    "doubt": { "state": "doubtful", "reason": "several_senses" },
                },
            }],
        });
        assert_eq!(serde_json::to_value(analysis()).unwrap(), stored);
        assert_eq!(serde_json::from_value::<Analysis>(stored).unwrap(), analysis());
    }

    #[test]
    fn what_is_doubtful_or_missing_is_open() {
        let analysis = analysis();
        let open: Vec<String> = analysis.open_fields().map(|(path, _)| path).collect();
        assert_eq!(open, ["translation", "vocabulary.0.meaning"]);
    }

    #[test]
    fn what_speaks_against_a_field_makes_it_doubtful_and_changes_no_other_doubt() {
        let mut analysis = analysis();
        let by = Source::Model { provider: "letters".to_owned(), name: "quill".to_owned(), version: "7".to_owned() };
        for (_, field) in analysis.fields_mut() {
            let objection = Objection { by: by.clone(), text: String::new(), why: "no".to_owned() };
            field.object(Reason::SecondCheck, objection);
        }
        let doubts: Vec<_> = analysis.fields().map(|(path, field)| (path, field.doubt)).collect();
        let of = |path: &str, doubt| (path.to_owned(), doubt);
        let expected = [
            of("transliteration", Doubt::Doubtful { reason: Reason::SecondCheck }),
            of("translation", Doubt::NeedsProvider { reason: Reason::NoTranslationPair }),
            of("vocabulary.0.meaning", Doubt::Doubtful { reason: Reason::SeveralSenses }),
        ];
        assert_eq!(doubts, expected);
        assert_eq!(analysis.transliteration.unwrap().against.len(), 1);
    }
}
