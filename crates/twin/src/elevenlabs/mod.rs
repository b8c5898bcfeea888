//! `ElevenLabs`: speech with alignment, voices, transcription.

mod account;
mod speech;
mod transcribe;

use axum::Router;
use axum::routing::{get, post};
pub use transcribe::WEBHOOK_SECRET;

use crate::call::Provider;
use crate::gate::Gate;
use crate::state::Twin;

pub(crate) fn routes(twin: &Twin) -> Router {
    let gate = Gate::new(twin, Provider::ElevenLabs);
    Router::new()
        .route("/v1/text-to-speech/{voice}", gate.guard("speech", post(speech::whole)))
        .route("/v1/text-to-speech/{voice}/stream", gate.guard("speech_stream", post(speech::whole)))
        .route("/v1/text-to-speech/{voice}/with-timestamps", gate.guard("speech_timestamps", post(speech::timed)))
        .route(
            "/v1/text-to-speech/{voice}/stream/with-timestamps",
            gate.guard("speech_stream_timestamps", post(speech::timed_stream)),
        )
        .route("/v1/speech-to-text", gate.guard("transcribe", post(transcribe::transcribe)))
        .route("/v1/speech-to-text/transcripts/{id}", gate.guard("transcript", get(transcribe::kept)))
        .route("/v1/voices", gate.guard("voices", get(account::voices)))
        .route("/v2/voices", gate.guard("voices", get(account::voices_paged)))
        .route("/v1/voices/{voice}", gate.guard("voice", get(account::voice)))
        .route("/v1/models", gate.guard("models", get(account::models)))
        .route("/v1/user", gate.guard("user", get(account::user)))
        .route("/v1/user/subscription", gate.guard("subscription", get(account::subscription)))
        .route("/v1/history", gate.guard("history", get(account::history)))
}
