//! Why a deck was not written.

use std::io;

/// Why a deck was not written. Nothing of it counts as exported then.
#[derive(Debug, thiserror::Error)]
pub enum DeckError {
    /// There is nothing to write.
    #[error("there are no cards to export: approve some first")]
    NoCards,
    /// All that there is was written before.
    #[error(
        "every approved card was exported before, and none has changed since: export them again with `sluice capture export \
         --all` (in the API with \"all\": true), or approve others first"
    )]
    AllExported,
    /// All that there is, is left out.
    #[error(
        "every approved card is left out of decks: take some in again on the page of all cards (in the API with the action \
         \"include\", in a command with --include)"
    )]
    AllExcluded,
    /// A card has no front.
    #[error("the card {card} has no source text: enter one, or exclude the card")]
    EmptySource {
        /// Its id.
        card: String,
    },
    /// Two cards have the same id.
    #[error("the card {card} is there twice: export each card once")]
    Repeated {
        /// Their id.
        card: String,
    },
    /// The name of a recording is no name of a file that every system has.
    #[error("a recording cannot be named \"{name}\": use letters, digits, hyphens and one extension")]
    RecordingName {
        /// The name.
        name: String,
    },
    /// Two recordings have the same name.
    #[error("two recordings are named {name}: name recordings by their content")]
    Clash {
        /// Their name.
        name: String,
    },
    /// A recording could not be read.
    #[error("the recording {name} cannot be read: make the card's audio again, then export again")]
    Recording {
        /// Its name.
        name: String,
        /// What happened.
        #[source]
        source: io::Error,
    },
    /// The collection inside of the package could not be made.
    #[error("the deck's collection could not be made: check the space for temporary files and try again")]
    Collection(#[source] rusqlite::Error),
    /// What reads the deck is gone, or the disk is full.
    #[error("the deck could not be written to its end: try again")]
    Output(#[source] io::Error),
    /// The thread that wrote it ended early.
    #[error("the export was interrupted: try again")]
    Interrupted,
}

impl From<io::Error> for DeckError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<rusqlite::Error> for DeckError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Collection(error)
    }
}

impl From<zip::result::ZipError> for DeckError {
    fn from(error: zip::result::ZipError) -> Self {
        Self::Output(error.into())
    }
}
