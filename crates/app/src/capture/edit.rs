//! Cards, as a person edits them.

use sluice_domain::ids::OwnerId;
use sluice_domain::study::{Analysis, Doubt, Reason, Source, StudyLanguage, Word};
use sluice_domain::time::Timestamp;
use sluice_engine::Engine;
use sluice_store::capture::{self, PhraseId, PhraseRow, SourceKind, Status};
use sluice_store::{Tx, jobs as stored_jobs};

use super::analyse;
pub use super::card::WordEdit;
use super::card::{self, Origin, edited, edited_notes, edited_words};
use super::context::CaptureApp;
use super::error::PhraseError;
use super::jobs::{self, Order, Work};
use super::notify::changed;
use super::text::{likeness, plain};
use super::view::{PhraseView, etag};
use super::{PHRASE_CHARACTERS, languages, phrases};

/// Most characters of a note, a translation and the like.
const FIELD_CHARACTERS: usize = 2_000;
/// Most words, and most notes, of a card.
const MOST_WORDS: usize = 100;

/// What a person changes of a card; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// The phrase itself.
    pub text: Option<String>,
    /// In Latin letters; empty for none.
    pub transliteration: Option<String>,
    /// Its translation; empty for none.
    pub translation: Option<String>,
    /// Remarks on its grammar: all of them.
    pub grammar: Option<Vec<String>>,
    /// Its words: all of them.
    pub vocabulary: Option<Vec<WordEdit>>,
}

impl Edit {
    fn check(&self) -> Result<(), PhraseError> {
        let texts = [("transliteration", &self.transliteration), ("translation", &self.translation)];
        for (what, text) in texts.into_iter().filter_map(|(what, text)| Some((what, text.as_ref()?))) {
            check_length(what, text, FIELD_CHARACTERS)?;
        }
        let notes = self.grammar.as_deref().unwrap_or_default();
        let words = self.vocabulary.as_deref().unwrap_or_default();
        for (what, found) in [("notes", notes.len()), ("words", words.len())] {
            if found > MOST_WORDS {
                return Err(PhraseError::TooMany { what, found, most: MOST_WORDS });
            }
        }
        for note in notes {
            check_length("note", note, FIELD_CHARACTERS)?;
        }
        for word in words {
            check_length("word", &word.word, PHRASE_CHARACTERS)?;
            let WordEdit { transliteration, lemma, root, meaning, gender, declension, notes, .. } = word;
            for text in [transliteration, lemma, root, meaning, gender, declension, notes].into_iter().flatten() {
                check_length("word", text, FIELD_CHARACTERS)?;
            }
        }
        Ok(())
    }
}

fn check_length(what: &'static str, text: &str, most: usize) -> Result<(), PhraseError> {
    let found = text.chars().count();
    if found > most { Err(PhraseError::TooLong { what, found, most }) } else { Ok(()) }
}

/// Whether a phrase has one of the entity tags that a change was made for; any if there are none.
fn unchanged(row: &PhraseRow, tags: Option<&[String]>) -> Result<(), PhraseError> {
    let now = etag(row.version);
    if tags.is_none_or(|tags| tags.contains(&now)) { Ok(()) } else { Err(PhraseError::Changed { etag: now }) }
}

/// Edits a card. What is written is the person's; a new text is said anew. An exported card is to be exported again, and one of which
/// something became doubtful is to be approved again.
pub async fn edit(
    app: &CaptureApp,
    engine: &Engine,
    owner: &OwnerId,
    id: &PhraseId,
    tags: Option<&[String]>,
    edit: &Edit,
) -> Result<PhraseView, PhraseError> {
    edit.check()?;
    let text = edit.text.as_deref().map(languages::phrase).transpose()?;
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            if text.is_some() {
                capture::lock_texts(tx, owner).await?;
            }
            let mut row = phrases::lock(tx, owner, id).await?;
            unchanged(&row, tags)?;
            if row.status() == Status::Processing {
                return Err(PhraseError::Working);
            }
            let now = tx.now().await?;
            // A field that is being made must not replace what the person has just written.
            let makes_field =
                |row: &PhraseRow| row.open_job().is_some_and(|job| Work::parse(&job.what) == Some(Work::Field));
            if makes_field(&row)
                && let Some(job) = row.job.take()
            {
                stored_jobs::cancel(tx, owner, &job.id).await?;
            }
            let (content_at, likeness) = (row.content_at, likeness(&row.text));
            let written = write(&mut row, edit, text.as_deref(), now)?;
            // Another one that was asked for is another card; one that becomes the same phrase is not.
            if row.likeness != likeness
                && let Some(id) = phrases::same_as(tx, &row, 1).await?.pop()
            {
                return Err(PhraseError::SamePhrase { id });
            }
            if row.stored_status == Status::Exported && row.content_at != content_at {
                row.stored_status = Status::Approved;
            }
            // Nobody has decided about what became doubtful with the new text.
            if row.stored_status == Status::Approved && written.has_new_doubts {
                row.stored_status = Status::PendingReview;
            }
            // It was mended by hand.
            if row.status() == Status::Failed && !row.text.is_empty() {
                row.stored_status = Status::PendingReview;
                row.error = None;
            }
            if written.says_another {
                row.audio = None;
                jobs::start(tx, engine, &mut row, Order::Voice).await?;
            }
            capture::update(tx, &row).await?;
            Ok::<_, PhraseError>(changed(tx, owner, id)?)
        })
        .await?;
    phrases::show(app, owner, id).await
}

/// What an edit has changed.
struct Written {
    /// A voice has to say another text now.
    says_another: bool,
    /// Something is in doubt that was not: only another text does that.
    has_new_doubts: bool,
}

/// Writes an edit into a row.
fn write(row: &mut PhraseRow, edit: &Edit, text: Option<&str>, now: Timestamp) -> Result<Written, PhraseError> {
    let mut fields = card::fields(row)?;
    let mut doubted = None;
    if let Some(text) = text.filter(|text| *text != plain(&row.text)) {
        doubted = Some(card::doubts(row, &fields));
        let chosen = row.language.as_deref().map(languages::parse).transpose()?;
        let (language, sure) = languages::of(text, chosen)?;
        row.language = language.map(|language| language.code().to_owned());
        row.language_sure = sure.min(row.language_sure.max(languages::SURE));
        text.clone_into(&mut row.text);
        card::touch(row, now);
        // It was to say another phrase.
        fields.voice_lost = None;
        doubt(&mut fields.analysis, language, text);
    }
    if edit.text.is_some() {
        fields.origin = Some(Origin { source: Source::Person, doubt: Doubt::Sure });
        fields.passed_over.clear();
    }
    let analysis = &mut fields.analysis;
    analysis.transliteration = edited(analysis.transliteration.take(), edit.transliteration.clone());
    analysis.translation = edited(analysis.translation.take(), edit.translation.clone());
    if let Some(notes) = &edit.grammar {
        analysis.grammar = edited_notes(&analysis.grammar, notes.clone());
    }
    if let Some(words) = &edit.vocabulary {
        analysis.vocabulary = edited_words(&analysis.vocabulary, words.clone());
    }
    card::put(row, &fields, now);
    let Some(doubted) = doubted else { return Ok(Written { says_another: false, has_new_doubts: false }) };
    let is_own = row.source == SourceKind::Audio || row.audio.as_ref().is_some_and(|audio| audio.own);
    let has_new_doubts = card::doubts(row, &fields).iter().any(|doubt| !doubted.contains(doubt));
    Ok(Written { says_another: !is_own, has_new_doubts })
}

/// What was made of another text has to be looked at, but for what is said of words that are still there.
fn doubt(analysis: &mut Analysis, language: Option<StudyLanguage>, text: &str) {
    // It says another phrase.
    analysis.marked = None;
    let is_there = |words: &str| language.is_some_and(|language| analyse::stands_in(language, text, words));
    let Analysis { transliteration, translation, grammar, vocabulary, .. } = analysis;
    let of_all = [transliteration, translation].into_iter().flatten();
    let notes = grammar.iter_mut().filter(|note| !is_there(&note.about)).map(|note| &mut note.text);
    let words =
        vocabulary.iter_mut().filter(|word| !is_there(&word.word)).flat_map(Word::fields_mut).map(|(_, field)| field);
    for field in of_all.chain(notes).chain(words) {
        if field.doubt == Doubt::Sure {
            field.doubt = Doubt::Doubtful { reason: Reason::NotInPhrase };
        }
    }
}

#[cfg(test)]
mod tests {
    use sluice_domain::study::{Field, Note};

    use super::*;

    #[test]
    fn what_is_said_of_words_that_are_not_in_the_new_text_is_doubtful() {
        let sure = |text: &str| Field::sure(text, Source::Person);
        let note = |about: &str| Note { about: about.to_owned(), text: sure("a remark") };
        let word =
            |word: &str| Word { meaning: Some(sure("a meaning")), gender: Some(sure("feminine")), ..Word::of(word) };
        let mut analysis = Analysis {
            transliteration: None,
            marked: None,
            translation: Some(sure("I love tea")),
            grammar: vec![note("чай"), note("люблю"), note("")],
            vocabulary: vec![word("люблю"), word("чай")],
        };
        doubt(&mut analysis, StudyLanguage::from_code("ru"), "Я люблю кофе");
        let open: Vec<String> = analysis.open_fields().map(|(path, _)| path).collect();
        let right = ["translation", "grammar.0", "grammar.2", "vocabulary.1.meaning", "vocabulary.1.gender"];
        assert_eq!(open, right);
    }
}
