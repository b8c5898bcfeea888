//! Text in one language to text in another.

use serde::{Deserialize, Serialize};

use crate::{Capability, Does};

/// The capability of [`Translate`].
#[derive(Debug, Clone, Copy)]
pub struct Translating;

impl Capability for Translating {
    const NAME: &'static str = "translate";
    type Request = TranslateRequest;
    type Output = Translation;
}

/// Translates texts.
pub trait Translate: Does<Translating> {}

impl<T: Does<Translating> + ?Sized> Translate for T {}

/// What is to be translated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranslateRequest {
    /// The texts, each by itself.
    pub texts: Vec<String>,
    /// ISO 639-1 code of what they are written in; found out when it is not given. Any language, not only those that are
    /// narrated.
    pub from: Option<String>,
    /// ISO 639-1 code of what they are put in.
    pub to: String,
}

/// The translations, one for each text, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translation {
    /// As many as there were texts.
    pub texts: Vec<String>,
    /// ISO 639-1 code of what they were written in, or taken to be.
    pub from: String,
}
