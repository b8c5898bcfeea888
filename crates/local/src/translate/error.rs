//! Why texts were not translated.

use crate::child::warm::WarmError;
use crate::models::{ModelSet, incomplete};

/// Why texts were not translated, for the user. Languages are ISO 639-1 codes.
#[derive(Debug, thiserror::Error)]
pub enum TranslateError {
    /// A file of a model is missing.
    #[error("translation from {from} to {to} is not installed: {}", incomplete(set, files))]
    NotInstalled {
        /// What the model reads.
        from: &'static str,
        /// What it writes.
        to: &'static str,
        /// Its files.
        set: &'static ModelSet,
        /// The names of those that are not there, or not as they should be.
        files: Vec<&'static str>,
    },
    /// There is no model for these languages, nor a pair of models by way of English.
    #[error(
        "there is no model that translates {from} to {to}, neither directly nor by English; there are: {known} (the configuration can add others: [translation.FROM-TO])"
    )]
    NoPair {
        /// What the text is written in.
        from: String,
        /// What was asked for.
        to: String,
        /// What there is: "en → pt, pt → en".
        known: String,
    },
    /// It could not be found out what the text is written in.
    #[error("it is not clear what language the text is in: say it (`--from`, an ISO 639-1 code)")]
    UnknownLanguage,
    /// There is nothing but blanks.
    #[error("the text is empty")]
    Empty,
    /// The engine is there but cannot load a model.
    #[error("the model cannot be loaded: {message}; `sluice models verify` finds damaged files")]
    NotLoaded {
        /// What the engine says.
        message: String,
    },
    /// The engine crashed, hung or could not be started. The next request restarts it.
    #[error("the translation engine stopped")]
    Engine(#[from] WarmError),
    /// The engine works but could not fulfil the request.
    #[error("the text could not be translated: {message}")]
    Failed {
        /// Its message.
        message: String,
    },
}

impl TranslateError {
    /// A stable code for clients and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInstalled { .. } => "translate_not_installed",
            Self::NoPair { .. } => "translate_no_pair",
            Self::UnknownLanguage => "language_unknown",
            Self::Empty => "text_empty",
            Self::NotLoaded { .. } => "translate_not_loaded",
            Self::Engine(_) => "translate_stopped",
            Self::Failed { .. } => "translate_failed",
        }
    }

    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Engine(_) | Self::Failed { .. })
    }
}
