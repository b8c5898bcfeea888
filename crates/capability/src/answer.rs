//! What every answer has: who made it, what it used, what it cost.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sluice_domain::money::MicroUsd;

/// Who made something: stamped on what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MadeBy {
    /// The provider: `openai`, `local`.
    pub provider: String,
    /// The model, voice or engine: `gpt-5-mini`, `piper en_US-joe-medium`, `poppler`.
    pub model: String,
    /// Its version, as far as it says one; may be empty.
    pub version: String,
}

/// How much of what is metered was used. Zero where it is not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens that were read.
    pub input_tokens: u64,
    /// Tokens that were written.
    pub output_tokens: u64,
    /// Characters that were spoken or translated.
    pub characters: u64,
    /// Milliseconds of sound or video that were heard or made.
    pub media_ms: u64,
    /// Pictures that were drawn, or pages that were read.
    pub pictures: u64,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<T> {
    /// What was asked for.
    pub value: T,
    /// Who made it.
    pub made_by: MadeBy,
    /// The provider's own id of it.
    pub provider_id: Option<String>,
    /// What it used.
    pub usage: Usage,
    /// What it cost; nothing when the price is not known.
    pub cost: Option<MicroUsd>,
    /// How many more requests it takes, and for how long that holds, if it said so.
    pub quota: Option<(u32, Duration)>,
}

impl<T> Answer<T> {
    /// Of an engine of this program, which costs nothing.
    pub fn local(value: T, model: impl Into<String>, version: impl Into<String>) -> Self {
        let made_by = MadeBy { provider: "local".to_owned(), model: model.into(), version: version.into() };
        Self { value, made_by, provider_id: None, usage: Usage::default(), cost: Some(MicroUsd(0)), quota: None }
    }

    /// The same with the value put in another form, such as a file that was moved to where it is kept.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Answer<U> {
        let Self { value, made_by, provider_id, usage, cost, quota } = self;
        Answer { value: convert(value), made_by, provider_id, usage, cost, quota }
    }
}
