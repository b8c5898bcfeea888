//! The fields of a card, with their origin and doubt, as they are stored; and what a person changes of them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_domain::study::{Analysis, Doubt, Field, Note, Source, Word};
use sluice_domain::time::Timestamp;
use sluice_store::StoreError;
use sluice_store::capture::PhraseRow;

use super::languages::SURE;
use super::text::{composed, folded, likeness, plain};
use crate::routing::PassedOver;

/// Two changes of a card that was exported are at least so far apart, in milliseconds: a deck tells them apart by seconds.
const APART: i64 = 1_000;

/// Where the phrase itself is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    /// What made it.
    pub(super) source: Source,
    /// Whether it can be relied on.
    pub(super) doubt: Doubt,
}

/// A provider whose answer was lost when its voice was to say the phrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct VoiceLost {
    /// The provider.
    pub(super) provider: String,
    /// Whether it says that the answer is charged; otherwise nobody can tell.
    pub(super) is_charged: bool,
}

/// What is stored of a card beside the phrase.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CardFields {
    /// Of the phrase; none until it is extracted.
    pub(super) origin: Option<Origin>,
    /// Who was to read or hear the phrase before whoever did, and did not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) passed_over: Vec<PassedOver>,
    /// Whose voice was lost, so that no other provider was asked for the sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) voice_lost: Option<VoiceLost>,
    /// The fields that are made of it.
    #[serde(default)]
    pub(super) analysis: Analysis,
}

/// A field that is made on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Made {
    Transliteration,
    Translation,
    Grammar,
    Vocabulary,
}

impl Made {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Transliteration, Self::Translation, Self::Grammar, Self::Vocabulary];

    /// That of this name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        serde_json::from_value(Value::from(name)).ok()
    }

    /// Takes this field, and no other, from another analysis.
    pub(super) fn take(self, from: Analysis, to: &mut Analysis) {
        match self {
            // Both say which vowels there are.
            Self::Transliteration => {
                to.transliteration = from.transliteration;
                to.marked = from.marked;
            }
            Self::Translation => to.translation = from.translation,
            Self::Grammar => to.grammar = from.grammar,
            Self::Vocabulary => to.vocabulary = from.vocabulary,
        }
    }
}

/// The fields of a phrase.
pub(super) fn fields(row: &PhraseRow) -> Result<CardFields, StoreError> {
    CardFields::deserialize(&row.card)
        .map_err(|error| StoreError::Unreadable { what: format!("the card of phrase {} ({error})", row.id) })
}

/// Writes the fields of a phrase into its row, with what follows from them: its doubts, what it is found by, and, if its card is
/// another one now, when that was.
pub(super) fn put(row: &mut PhraseRow, fields: &CardFields, now: Timestamp) {
    let card = json!(fields);
    let is_other = row.card != card;
    row.card = card;
    // As it would be written today: of a phrase that was stored by other rules nothing has changed.
    let before = (folded(&row.search), std::mem::replace(&mut row.likeness, likeness(&row.text)));
    row.doubts = u32::try_from(doubts(row, fields).len()).unwrap_or(u32::MAX);
    let found_by = |field: &Option<Field>| field.as_ref().map_or_else(String::new, |field| field.text.clone());
    let analysis = &fields.analysis;
    row.search =
        folded(&[row.text.clone(), found_by(&analysis.translation), found_by(&analysis.transliteration)].join("\n"));
    let is_another_phrase = !before.1.is_empty() && before.1 != row.likeness;
    if is_other || before.0 != row.search || is_another_phrase {
        touch(row, now);
    }
}

/// Writes whose voice was lost, or that none was. Nothing that is learned changes: a card that was exported is no other one for it.
pub(super) fn put_voice_lost(row: &mut PhraseRow, lost: Option<&VoiceLost>) -> Result<(), StoreError> {
    let fields = fields(row)?;
    if fields.voice_lost.as_ref() != lost {
        row.card = json!(CardFields { voice_lost: lost.cloned(), ..fields });
    }
    Ok(())
}

/// The card is another one from now on.
pub(super) fn touch(row: &mut PhraseRow, now: Timestamp) {
    let exported = row.exported_at.is_some_and(|at| row.content_at <= at);
    let least = if exported { row.content_at.as_millis() + APART } else { row.content_at.as_millis() };
    row.content_at = Timestamp::from_millis(now.as_millis().max(least));
}

/// The paths of the fields that are doubtful or missing: `text`, `language`, `translation`, `vocabulary.2.meaning`.
pub(super) fn doubts(row: &PhraseRow, fields: &CardFields) -> Vec<String> {
    let text = fields.origin.as_ref().is_some_and(|origin| origin.doubt.is_open()).then(|| "text".to_owned());
    let unsure = row.language.is_none() || row.language_sure < SURE;
    let language = (fields.origin.is_some() && unsure).then(|| "language".to_owned());
    text.into_iter().chain(language).chain(fields.analysis.open_fields().map(|(path, _)| path)).collect()
}

/// What a person writes into a word; what is none stays, and what is empty goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordEdit {
    /// As it stands in the phrase.
    pub word: String,
    /// In Latin letters.
    pub transliteration: Option<String>,
    /// The form that dictionaries list.
    pub lemma: Option<String>,
    /// What it is derived from.
    pub root: Option<String>,
    /// Its meaning.
    pub meaning: Option<String>,
    /// Its gender.
    pub gender: Option<String>,
    /// The form that it has here.
    pub declension: Option<String>,
    /// What else there is to know.
    pub notes: Option<String>,
}

/// A field as a person wants it. What they left as it was keeps its origin.
pub(super) fn edited(before: Option<Field>, text: Option<String>) -> Option<Field> {
    let Some(text) = text.map(|text| composed(&text)) else { return before };
    match before {
        Some(before) if before.text == text => Some(before),
        Some(_) | None if text.is_empty() => None,
        _ => Some(Field::sure(text, Source::Person)),
    }
}

/// The notes as a person wants them. One that was there before keeps its origin.
pub(super) fn edited_notes(before: &[Note], texts: Vec<String>) -> Vec<Note> {
    let note = |text: String| {
        let known = before.iter().find(|note| note.text.text == text).cloned();
        known.unwrap_or_else(|| Note { about: String::new(), text: Field::sure(text, Source::Person) })
    };
    texts.into_iter().map(|text| composed(&text)).filter(|text| !text.is_empty()).map(note).collect()
}

/// The words as a person wants them, in their order. A word that was there before keeps what is not changed of it.
pub(super) fn edited_words(before: &[Word], words: Vec<WordEdit>) -> Vec<Word> {
    let word = |edit: WordEdit| {
        let known = before.iter().find(|known| plain(&known.word) == plain(&edit.word)).cloned();
        let known = known.unwrap_or_else(|| Word::of(plain(&edit.word)));
        Word {
            transliteration: edited(known.transliteration, edit.transliteration),
            lemma: edited(known.lemma, edit.lemma),
            root: edited(known.root, edit.root),
            meaning: edited(known.meaning, edit.meaning),
            gender: edited(known.gender, edit.gender),
            declension: edited(known.declension, edit.declension),
            notes: edited(known.notes, edit.notes),
            // Nobody types these.
            frequency: known.frequency,
            level: known.level,
            word: known.word,
        }
    };
    words.into_iter().filter(|edit| !edit.word.is_empty()).map(word).collect()
}

#[cfg(test)]
mod tests {
    use sluice_domain::study::Reason;

    use super::*;

    fn machine(text: &str) -> Field {
        Field::doubtful(text, Source::Rules { name: "pinyin".to_owned() }, Reason::SeveralReadings)
    }

    #[test]
    fn what_a_person_leaves_keeps_its_origin_and_what_they_write_is_theirs() {
        assert_eq!(edited(Some(machine("cha")), None), Some(machine("cha")));
        assert_eq!(edited(Some(machine("cha")), Some("cha".to_owned())), Some(machine("cha")));
        assert_eq!(edited(Some(machine("cha")), Some("chá".to_owned())), Some(Field::sure("chá", Source::Person)));
        assert_eq!(edited(Some(machine("cha")), Some(String::new())), None);
        assert_eq!(edited(None, Some(String::new())), None);
    }

    #[test]
    fn words_follow_the_persons_order() {
        let before = [Word { meaning: Some(machine("tea")), ..Word::of("茶") }, Word::of("喝")];
        let edits = vec![
            WordEdit { word: "喝".to_owned(), meaning: Some("to drink".to_owned()), ..WordEdit::default() },
            WordEdit { word: "茶".to_owned(), ..WordEdit::default() },
            WordEdit::default(),
        ];
        let words = edited_words(&before, edits);
        assert_eq!(words.len(), 2);
        assert_eq!(words[0].meaning, Some(Field::sure("to drink", Source::Person)));
        assert_eq!(words[1], before[0]);
    }

    #[test]
    fn one_field_is_taken_and_no_other() {
        let mut kept = Analysis { translation: Some(machine("old")), ..Analysis::default() };
        let new = Analysis {
            translation: Some(machine("new")),
            transliteration: Some(machine("new")),
            ..Analysis::default()
        };
        Made::parse("translation").unwrap().take(new, &mut kept);
        assert_eq!((kept.translation, kept.transliteration), (Some(machine("new")), None));
        assert_eq!(Made::parse("text"), None);
    }
}
