//! What is known of a document, in words that every app understands.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sluice_domain::language::Language;

/// What a document is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Pages.
    pub pages: u32,
    /// Its language.
    pub language: Language,
    /// False when the language is a guess: the person may know better.
    pub language_reliable: bool,
    /// Words.
    pub words: u32,
    /// Characters that are not spaces.
    pub characters: u32,
    /// The file's own title, or the largest line of its first page.
    pub title: Option<String>,
}

/// What an app says of a document that it can work with.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// What it is.
    pub facts: Facts,
    /// What the app can make of it, in the app's own form; stored with the document.
    pub offer: Value,
}

/// Why an app can make nothing of a document. The texts are for the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// Stable, for programs.
    pub code: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// What is wrong and what to do.
    pub detail: String,
}
