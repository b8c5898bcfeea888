//! Why a deck could not be read.

use serde::{Deserialize, Serialize};

use crate::guard::GuardError;

/// What is wrong with a file that should be a deck.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It has no bytes, or no text.
    #[error("the file is empty: choose another one, or export the deck again")]
    Empty,
    /// It is something else.
    #[error(
        "the file is no deck ({found}): export the deck from Anki as .apkg, .txt or .csv, or use a list with a phrase on each line"
    )]
    NotADeck {
        /// What it is instead.
        found: String,
    },
    /// It was written by a program that is newer than what is known here.
    #[error(
        "the package has a newer form ({form}) than is known here: in Anki, export it again with \"Support older Anki \
         versions\", or as text"
    )]
    NewerForm {
        /// Which.
        form: String,
    },
    /// It is cut short or broken.
    #[error("the deck is damaged ({detail}): download it or export it again")]
    Damaged {
        /// What is wrong with it.
        detail: String,
    },
    /// It has more notes or bytes than are read.
    #[error("the deck is too large ({limit} at most): export a part of it")]
    TooLarge {
        /// What is allowed.
        limit: String,
    },
}

impl Refusal {
    /// A stable name for programs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotADeck { .. } => "not_a_deck",
            Self::NewerForm { .. } => "newer_form",
            Self::Damaged { .. } => "damaged",
            Self::TooLarge { .. } => "too_large",
        }
    }
}

/// Why a deck could not be read, for the user.
#[derive(Debug, thiserror::Error)]
pub enum DeckReadError {
    /// Because of the file.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Reading took longer than any real deck needs.
    #[error("the deck takes too long to read: export it from Anki again, as text")]
    TooSlow,
    /// The child could not be run.
    #[error("decks cannot be read on this machine at the moment: try again")]
    Guard(#[source] GuardError),
}

impl DeckReadError {
    /// A stable name for programs of what is wrong with the deck; none if it is not its fault.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Refused(refusal) => Some(refusal.reason()),
            Self::TooSlow => Some("too_slow"),
            Self::Guard(_) => None,
        }
    }
}

impl From<GuardError> for DeckReadError {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::TimedOut { .. } => Self::TooSlow,
            GuardError::OutOfMemory { .. } | GuardError::TooMuchOutput { .. } => {
                Refusal::TooLarge { limit: "256 MiB when it is unpacked".to_owned() }.into()
            }
            GuardError::Failed { stderr_tail, .. } => Refusal::Damaged { detail: stderr_tail }.into(),
            other => Self::Guard(other),
        }
    }
}
