//! `sluice twin`: the provider twin, for tests.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use clap::Args;
use sluice_domain::time::{Timestamp, millis};
use sluice_twin::{Options, Plan};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::{Failure, complain};
#[derive(Debug, Args)]
pub(crate) struct TwinOptions {
    /// Where to listen: a loopback address. With port 0 a free one, which is printed.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4010")]
    listen: SocketAddr,
    /// What everything made up is derived from: ids, texts, vectors, and the faults that come at random.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// Faults that are planned from the start: a file of JSON, as docs/twin.md describes it.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

pub(crate) async fn run(options: TwinOptions) -> anyhow::Result<()> {
    let plan = options.faults.as_deref().map(plan).transpose()?.unwrap_or_default();
    if !options.listen.ip().is_loopback() {
        let detail = format!(
            "{} is not a loopback address, and the twin lets anybody in: listen on 127.0.0.1 or [::1].",
            options.listen
        );
        return Err(Failure {
            exit: super::failure::USAGE,
            ..Failure::new("not_loopback", "The twin is for this machine", detail)
        }
        .into());
    }
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen at {}: is another server running there?", options.listen))?;
    complain(&format!("the provider twin listens at http://{}/twin", listener.local_addr()?));
    let stopping = CancellationToken::new();
    let until = stopping.clone();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        until.cancel();
    });
    let started = now();
    sluice_twin::serve(listener, Options { seed: options.seed, started, plan }, stopping).await?;
    Ok(())
}

fn plan(file: &Path) -> anyhow::Result<Plan> {
    let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&text)
        .with_context(|| format!("{} is no list of faults (docs/twin.md says what it may have)", file.display()))
}

#[expect(clippy::disallowed_methods, reason = "providers know nothing of the engine's clock")]
fn now() -> Timestamp {
    Timestamp::from_millis(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis))
}
