//! Why texts were not embedded.

use serde::{Deserialize, Serialize};

use crate::child::warm::WarmError;
use crate::models::{MEANING, incomplete};

/// Why texts were not embedded, for the user. Texts are counted from 0 here and from 1 in messages.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// A file of the engine or of its model is missing.
    #[error("embedding is not installed: {}", incomplete(&MEANING, files))]
    NotInstalled {
        /// The names of the files that are not there, or not as they should be.
        files: Vec<&'static str>,
    },
    /// The engine is there but cannot be loaded.
    #[error("embedding cannot be loaded: {message}; `sluice models verify` finds damaged files")]
    NotLoaded {
        /// What the engine says.
        message: String,
    },
    /// A text has no characters but blanks.
    #[error("{} is empty", the_text(*text, *of))]
    Empty {
        /// Which.
        text: usize,
        /// How many there were.
        of: usize,
    },
    /// A text has no word and no sign that the model knows. Its vector would be that of all such texts.
    #[error("{} has no word and no sign that the model knows: it cannot be compared with others", the_text(*text, *of))]
    Unknown {
        /// Which.
        text: usize,
        /// How many there were.
        of: usize,
    },
    /// The engine crashed, hung or could not be started. The next request restarts it.
    #[error("the embedding engine stopped")]
    Engine(#[from] WarmError),
    /// The engine works but could not fulfil the request.
    #[error("the texts could not be embedded: {message}")]
    Failed {
        /// Its message.
        message: String,
    },
}

fn the_text(text: usize, of: usize) -> String {
    if of == 1 { "the text".to_owned() } else { format!("text {} of {of}", text + 1) }
}

/// A failure as the engine child reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Failure {
    NotLoaded {
        message: String,
    },
    /// The index of a text in the request.
    Unknown {
        text: usize,
    },
    Failed {
        message: String,
    },
}

impl From<Failure> for EmbedError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotLoaded { message } => Self::NotLoaded { message },
            Failure::Unknown { text } => Self::Unknown { text, of: 1 },
            Failure::Failed { message } => Self::Failed { message },
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Failed { message }
    }
}

impl EmbedError {
    /// The error of a request for some of the texts, as one about all of them.
    pub(super) fn in_all(self, group: &[usize], of: usize) -> Self {
        match self {
            Self::Unknown { text, .. } => Self::Unknown { text: group.get(text).copied().unwrap_or(text), of },
            other => other,
        }
    }

    /// A stable code for clients and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInstalled { .. } => "embed_not_installed",
            Self::NotLoaded { .. } => "embed_not_loaded",
            Self::Empty { .. } => "text_empty",
            Self::Unknown { .. } => "text_unknown",
            Self::Engine(_) => "embed_stopped",
            Self::Failed { .. } => "embed_failed",
        }
    }

    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Engine(_) | Self::Failed { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_that_is_wrong_is_named_among_several() {
        assert_eq!(EmbedError::Empty { text: 0, of: 1 }.to_string(), "the text is empty");
        let error = EmbedError::from(Failure::Unknown { text: 1 }).in_all(&[4, 2], 9);
        assert!(error.to_string().starts_with("text 3 of 9 has no word"), "{error}");
        assert!(!error.is_transient());
    }
}
