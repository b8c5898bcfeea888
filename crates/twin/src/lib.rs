//! The provider twin: the contracts of remote providers, served on this machine. It answers with small real media and
//! keeps a bill, so that tests can assert what was paid; it fails as providers do, by script or by seed.
//!
//! Everything is deterministic by the seed and the order of requests. The twin calls nobody but the webhooks that it is
//! given, and those on loopback addresses only.

mod auth;
mod bill;
mod call;
mod connection;
mod control;
mod did;
mod elevenlabs;
pub mod faults;
mod gate;
mod mangle;
mod media;
mod numbers;
mod openai;
mod openrouter;
mod phrases;
mod refusal;
mod runner;
mod schema;
mod settings;
mod source;
mod state;
mod text;
mod vision;
mod webhooks;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use sluice_domain::time::Timestamp;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use bill::Charge;
pub use elevenlabs::WEBHOOK_SECRET as ELEVENLABS_WEBHOOK_SECRET;
pub use faults::Plan;
pub use runner::WEBHOOK_SECRET as RUNNER_WEBHOOK_SECRET;
pub use settings::Settings;
use state::Twin;

/// The most bytes of a request's body; uploads of sound and images are the largest.
const BODY: usize = 64 * 1024 * 1024;

/// How a twin starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// What everything made up is derived from: ids, texts, vectors, and the faults that come at random.
    pub seed: u64,
    /// The time at the start; it goes on by the clock of the process.
    pub started: Timestamp,
    /// The faults that are planned from the start; `POST /twin/reset` returns to them.
    pub plan: Plan,
}

/// Why the twin cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address can be reached by others.
    #[error("{0} is not a loopback address, and the twin lets anybody in: listen on 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    /// The listener has no address.
    #[error("the address of the listener cannot be read")]
    Listener(#[source] std::io::Error),
}

/// Serves every provider until `stopping` is cancelled.
pub async fn serve(listener: TcpListener, options: Options, stopping: CancellationToken) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Listener)?;
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    let twin = Twin::new(address, options);
    connection::serve(listener, router(&twin), stopping).await;
    Ok(())
}

fn router(twin: &Twin) -> Router {
    Router::new()
        .nest("/twin", control::routes(twin))
        .nest("/openai/v1", openai::routes(twin))
        .nest("/v1", openai::routes(twin))
        .nest("/openrouter/api/v1", openrouter::routes(twin))
        .nest("/elevenlabs", elevenlabs::routes(twin))
        .nest("/d-id", did::routes(twin))
        .nest("/vision", vision::routes(twin))
        .nest("/runner", runner::routes(twin))
        .layer(DefaultBodyLimit::max(BODY))
}
