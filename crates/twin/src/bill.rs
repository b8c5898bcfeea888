//! What was charged.

use serde::Serialize;

/// One operation that a provider would have charged for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Charge {
    /// The provider, such as `d-id`.
    pub provider: &'static str,
    /// The operation, such as `talks_create`.
    pub operation: &'static str,
    /// The caller's `Idempotency-Key`, whether the provider knows that header or not.
    pub idempotency_key: Option<String>,
    /// What the caller calls it: `user_data`, `metadata.reference`, `user` and the like.
    pub reference: Option<String>,
    /// The provider's own id of the reply or the job.
    pub id: String,
    /// The amount in micro-USD.
    pub micro_usd: u64,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// Amounts in micro-USD: round numbers, said in `docs/twin.md`. The project's own table of prices is another thing.
pub(crate) mod prices {
    /// A hundred tokens of a prompt.
    pub(crate) const PROMPT_100: u64 = 15;
    /// A hundred tokens of a completion.
    pub(crate) const COMPLETION_100: u64 = 60;
    /// A hundred tokens to embed.
    pub(crate) const EMBEDDING_100: u64 = 2;
    /// A character to speak, at `OpenAI` and `OpenRouter`.
    pub(crate) const SPOKEN_CHARACTER: u64 = 15;
    /// A character to speak, at `ElevenLabs`.
    pub(crate) const ELEVENLABS_CHARACTER: u64 = 220;
    /// A second of sound to transcribe.
    pub(crate) const HEARD_SECOND: u64 = 100;
    /// An image to draw.
    pub(crate) const IMAGE: u64 = 40_000;
    /// A credit of D-ID: up to 15 seconds of video.
    pub(crate) const DID_CREDIT: u64 = 200_000;
    /// An image to read.
    pub(crate) const READ_IMAGE: u64 = 1_500;
    /// A job of the runner.
    pub(crate) const RUN: u64 = 5_000;

    /// A chat by its tokens.
    pub(crate) fn chat(prompt: u64, completion: u64) -> u64 {
        (prompt * PROMPT_100 + completion * COMPLETION_100).div_ceil(100)
    }
}
