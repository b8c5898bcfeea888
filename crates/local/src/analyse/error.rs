//! Why a phrase was not analysed.

use crate::models::{ModelSet, pull_command};
use crate::translate::TranslateError;

/// Why a phrase was not analysed, for the user. A pack that is not there is no error: its fields need a provider.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    /// There is no letter in it.
    #[error("there is no word in the text: nothing can be learned from it")]
    Empty,
    /// It is no phrase.
    #[error("the text has {characters} characters; a phrase has at most {most}: divide it")]
    TooLong {
        /// Its length.
        characters: usize,
        /// The longest.
        most: usize,
    },
    /// No letter is in the script of the language.
    #[error("the text has no letter of {language}: choose the language that it is in")]
    WrongScript {
        /// The English name of the language.
        language: &'static str,
    },
    /// It could not be found out what the text is written in.
    #[error("it is not clear what language the text is in: choose it; there are: {known}")]
    UnknownLanguage {
        /// The codes of the languages.
        known: String,
    },
    /// A file of a pack is there but cannot be read.
    #[error("the pack {} cannot be read: {message}; `{}` repairs it", set.id, pull_command(set, set.files))]
    BrokenPack {
        /// The pack.
        set: &'static ModelSet,
        /// What is wrong with which file.
        message: String,
    },
    /// The built-in translation failed, although it has the languages.
    #[error("the phrase could not be translated")]
    Translation(#[from] TranslateError),
    /// The lookup did not end.
    #[error("the dictionaries could not be looked up")]
    Stopped(#[from] tokio::task::JoinError),
}

impl AnalyseError {
    /// A stable code for clients and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "text_empty",
            Self::TooLong { .. } => "text_too_long",
            Self::WrongScript { .. } => "text_wrong_script",
            Self::UnknownLanguage { .. } => "language_unknown",
            Self::BrokenPack { .. } => "language_pack_broken",
            Self::Translation(error) => error.code(),
            Self::Stopped(_) => "analysis_stopped",
        }
    }

    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Translation(error) => error.is_transient(),
            Self::Stopped(_) => true,
            _ => false,
        }
    }
}
