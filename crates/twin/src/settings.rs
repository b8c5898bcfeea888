//! How the twin behaves when nothing fails.

use serde::{Deserialize, Serialize};

/// What can be set with `POST /twin/settings` and in the file of faults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long jobs take, in milliseconds; a third of it they wait.
    pub job_ms: u64,
    /// How long the links to results are valid, in seconds.
    pub link_seconds: u64,
    /// Where webhooks to other hosts are sent instead, such as `http://127.0.0.1:8080`. Their path and query stay. Without it
    /// only webhooks to loopback addresses are sent.
    pub webhook_base: Option<String>,
    /// How long a webhook that was not accepted waits before each repetition, in milliseconds.
    pub webhook_retry_ms: Vec<u64>,
    /// How many presenters of clips an account of D-ID has beside the named ones.
    pub did_presenters: usize,
    /// What an account of D-ID has, in credits.
    pub did_credits: u64,
    /// What an account of `OpenRouter` has, in micro-USD.
    pub openrouter_micro_usd: u64,
    /// How many characters an account of `ElevenLabs` has.
    pub elevenlabs_characters: u64,
    /// The webhook that is set up in the account of `ElevenLabs`.
    pub elevenlabs_webhook: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            job_ms: 300,
            link_seconds: 86_400,
            webhook_base: None,
            webhook_retry_ms: vec![100, 400, 1_600],
            did_presenters: 0,
            did_credits: 1_000_000,
            openrouter_micro_usd: 1_000_000_000,
            elevenlabs_characters: 1_000_000_000,
            elevenlabs_webhook: None,
        }
    }
}
