//! What is wrong with a request about phrases.

use sluice_store::StoreError;
use sluice_store::capture::PhraseId;

use super::deck::DeckError;
use crate::limits::{Exceeded, LimitError};
use crate::media::MediaError;

/// Why something is not done with a phrase.
#[derive(Debug, thiserror::Error)]
pub enum PhraseError {
    /// This owner has no such phrase, draft, action or export.
    #[error("there is no such {what}")]
    Unknown {
        /// `phrase`, `draft`, `action` or `export`.
        what: &'static str,
    },
    /// There is no word in a text.
    #[error("there is no word in the text: nothing can be learned from it")]
    NoWords,
    /// A text is too long.
    #[error("the {what} has {found} characters, and may have {most}: shorten it, or make several of it")]
    TooLong {
        /// `text`, `translation` and so on.
        what: &'static str,
        /// How many it has.
        found: usize,
        /// How many it may have.
        most: usize,
    },
    /// A list is too long.
    #[error("{found} {what} are too many: at most {most} are taken at once")]
    TooMany {
        /// `phrases`.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// No cards are made in this language.
    #[error("{0}")]
    Language(String),
    /// Nothing can be translated into this language.
    #[error(
        "\"{code}\" is no code of a language that it could be translated into: give one of ISO 639-1, such as en or ar"
    )]
    Target {
        /// As it was given.
        code: String,
    },
    /// The text has letters, and no word of any language.
    #[error("the text has no word of any language: write words, or choose the language that it is in")]
    NoLanguage,
    /// The text is not written in the script of the language.
    #[error("the text has no letter of {language}: choose the language that it is in")]
    WrongScript {
        /// The English name of the language.
        language: &'static str,
    },
    /// Something is wrong with a line of a list.
    #[error("line {line} (\"{beginning}\"): {error}")]
    Line {
        /// Which it is, from 1.
        line: usize,
        /// How it begins.
        beginning: String,
        /// What is wrong with it.
        error: Box<Self>,
    },
    /// A field has no such name.
    #[error("there is no field \"{name}\" that is made: choose transliteration, translation, grammar or vocabulary")]
    Field {
        /// The name.
        name: String,
    },
    /// Somebody else changed it first.
    #[error("somebody else changed this phrase first: look at it as it is now, then change it again")]
    Changed {
        /// The entity tag of the phrase as it is now.
        etag: String,
    },
    /// It would be the same phrase as another one.
    #[error(
        "there is another card of this phrase, and a phrase stays one card (the other is {id}): open that one and edit it, or \
         delete the one that is not needed"
    )]
    SamePhrase {
        /// The other one.
        id: PhraseId,
    },
    /// It is being worked on.
    #[error("this phrase is being worked on: wait until that is done")]
    Working,
    /// It does not have the status that this is possible in.
    #[error("a phrase that is {status} cannot be {action}")]
    Status {
        /// Its status.
        status: &'static str,
        /// What was to be done.
        action: &'static str,
    },
    /// The cards were changed since.
    #[error("nothing is left to be undone: all of these phrases were changed since")]
    NothingToUndo,
    /// Only a model can do it.
    #[error("phrases on a theme need a provider: configure a language model, or add a key of your own")]
    NeedsProvider,
    /// The theme is not one, or the numbers do not fit.
    #[error("{0}")]
    Theme(String),
    /// There are no such drafts.
    #[error("there is no draft at place {place}: there are {count}, and their places count from 0")]
    NoSuchDraft {
        /// Where it was to be.
        place: usize,
        /// How many there are.
        count: usize,
    },
    /// Nothing is chosen.
    #[error("no draft is chosen: name the places of those to keep")]
    NothingKept,
    /// It is not done yet.
    #[error("these phrases are not there yet: wait for them")]
    NotDrafted,
    /// The deck was not written.
    #[error(transparent)]
    Deck(#[from] DeckError),
    /// The key was used for a different request.
    #[error("this Idempotency-Key was used before for another request: make a new one")]
    KeyReused,
    /// The cursor is invalid.
    #[error("the cursor is not one that this server gave for this list: begin again without it")]
    Cursor,
    /// A limit is reached.
    #[error(transparent)]
    Limit(Exceeded),
    /// Its bytes cannot be read.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LimitError> for PhraseError {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Exceeded(exceeded) => Self::Limit(exceeded),
            LimitError::Store(error) => error.into(),
        }
    }
}
