//! A request that was let in.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use crate::bill::Charge;
use crate::faults::Fault;
use crate::state::Twin;

/// What a provider does, as it is counted, charged and planned for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) provider: Provider,
    pub(crate) name: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    OpenAi,
    OpenRouter,
    ElevenLabs,
    Did,
    Vision,
    Runner,
}

impl Provider {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::OpenRouter => "openrouter",
            Self::ElevenLabs => "elevenlabs",
            Self::Did => "d-id",
            Self::Vision => "vision",
            Self::Runner => "runner",
        }
    }
}

/// The request's part of the twin: who asked for what, and what goes wrong.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) twin: Twin,
    pub(crate) operation: Operation,
    pub(crate) fault: Option<Fault>,
    pub(crate) idempotency_key: Option<String>,
}

impl Call {
    /// Puts an amount on the bill. `id` is the provider's, `reference` the caller's.
    pub(crate) fn charge(&self, micro_usd: u64, id: &str, reference: Option<String>) {
        let charge = Charge {
            provider: self.operation.provider.name(),
            operation: self.operation.name,
            idempotency_key: self.idempotency_key.clone(),
            reference,
            id: id.to_owned(),
            micro_usd,
            at: self.twin.now().as_millis(),
        };
        self.twin.with(|state| state.bill.push(charge));
    }

    pub(crate) fn fails_with(&self, fault: &Fault) -> bool {
        self.fault.as_ref() == Some(fault)
    }
}

impl<S: Sync> FromRequestParts<S> for Call {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
