//! What every answer has: its origin, its usage, its cost.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sluice_domain::money::MicroUsd;

/// The origin of a result, which is stored with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MadeBy {
    /// The provider: `openai`, `local`.
    pub provider: String,
    /// The model, voice or engine: `gpt-5-mini`, `piper en_US-joe-medium`, `poppler`.
    pub model: String,
    /// Its version: what the answer says, or else that of the provider's interface; empty if neither has one.
    pub version: String,
}

/// The metered usage; zero for what is not metered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Input tokens.
    pub input_tokens: u64,
    /// Output tokens.
    pub output_tokens: u64,
    /// Spoken or translated characters.
    pub characters: u64,
    /// Milliseconds of sound or video, as input or output.
    pub media_ms: u64,
    /// Generated pictures, or pages read.
    pub pictures: u64,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<T> {
    /// The value.
    pub value: T,
    /// Its origin.
    pub made_by: MadeBy,
    /// The provider's own id of it.
    pub provider_id: Option<String>,
    /// What it used.
    pub usage: Usage,
    /// What it cost; `None` if the price is not known.
    pub cost: Option<MicroUsd>,
    /// The remaining requests of its quota and when that resets, if it reported them.
    pub quota: Option<(u32, Duration)>,
}

impl<T> Answer<T> {
    /// An answer of a built-in engine, which costs nothing.
    pub fn local(value: T, model: impl Into<String>, version: impl Into<String>) -> Self {
        let made_by = MadeBy { provider: "local".to_owned(), model: model.into(), version: version.into() };
        Self { value, made_by, provider_id: None, usage: Usage::default(), cost: Some(MicroUsd(0)), quota: None }
    }

    /// Converts the value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Answer<U> {
        let Self { value, made_by, provider_id, usage, cost, quota } = self;
        Answer { value: convert(value), made_by, provider_id, usage, cost, quota }
    }
}
