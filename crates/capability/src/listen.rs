//! Speech that is heard while it goes on.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Doing, Word};

/// Hears speech while it goes on: what was heard so far is heard again with what follows, until the words are certain.
///
/// It is no [`crate::Does`]: what it says is of the moment, is not kept for others, and costs nothing.
pub trait Listen: Send + Sync {
    /// Whether it can hear now: its models are there.
    fn can(&self) -> bool;

    /// Hears the next stretch of a sound.
    fn listen<'a>(&'a self, request: &'a ListenRequest) -> Doing<'a, Listened>;
}

/// A stretch of a sound that goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct ListenRequest {
    /// A file with sound, whose end may still be written.
    pub sound: PathBuf,
    /// Where the file begins in the whole sound, in milliseconds: at or before [`Listened::from_ms`].
    pub starts_ms: u32,
    /// Up to where of the whole sound it is to be heard, in milliseconds.
    pub until_ms: u32,
    /// From where on it is heard, leaving out what is before, in milliseconds of the whole; none to go on where it was.
    pub skip_to: Option<u32>,
    /// ISO 639-1 code of what is spoken; found out when it is not given.
    pub language: Option<String>,
    /// What the last answer of the same sound was; none at its beginning.
    pub state: Option<Value>,
}

/// What was heard.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Listened {
    /// What the next request needs.
    pub state: Value,
    /// From where on the sound is needed for the next request, in milliseconds of the whole.
    pub from_ms: u32,
    /// Words that will not change, after those of earlier answers. Times are in milliseconds of the whole sound.
    pub certain: Vec<Word>,
    /// Words after them that may still change: they take the place of those of the last answer.
    pub provisional: Vec<Word>,
    /// Up to where there was sound, in milliseconds of the whole.
    pub until_ms: u32,
    /// ISO 639-1 code of what is spoken, or so far seems to be.
    pub language: Option<String>,
}
