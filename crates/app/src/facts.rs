//! What is known about a document, in terms that every app understands.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sluice_domain::document::LeftOut;
use sluice_domain::language::Language;

/// What a document is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Pages.
    pub pages: u32,
    /// Its language.
    pub language: Language,
    /// False if the language is a guess: the user may know better.
    pub language_reliable: bool,
    /// Words.
    pub words: u32,
    /// Characters that are not spaces.
    pub characters: u32,
    /// The file's own title, or the largest line of its first page.
    pub title: Option<String>,
    /// What is in the file and is not told, in the order of the pages.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

/// What an app says about a document that it can use.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// What it is.
    pub facts: Facts,
    /// What the app can make of it, in the app's own format; stored with the document.
    pub offer: Value,
}

/// Why an app cannot use a document. The texts are for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// A stable code for clients.
    pub code: &'static str,
    /// A short title.
    pub title: &'static str,
    /// What is wrong and what to do about it.
    pub detail: String,
}
