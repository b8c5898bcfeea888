//! Measures apalis 1.0 on SQLite and on PostgreSQL.

mod postgres;
mod sqlite;

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Error, Result};
use apalis::prelude::BoxDynError;
use clap::Parser;
use futures::future::LocalBoxFuture;
use peer_common::{Database, Settings, handler};
use serde::{Deserialize, Serialize};
use tokio::task::{JoinHandle, LocalSet, spawn_local};

const QUEUE: &str = "bench";

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Noop {
    stamp: i64,
}

async fn noop(job: Noop) -> Result<(), BoxDynError> {
    handler::handle(job.stamp);
    Ok(())
}

/// A worker that runs until it is dropped. Its future may not move between threads.
type WorkerFuture = LocalBoxFuture<'static, Result<(), BoxDynError>>;

/// Runs workers that were built on a backend: with at most `$concurrency` jobs at a time if that is `Some`. The builder's
/// type names every layer and the backend, so a function would need all of their bounds.
macro_rules! worker_future {
    ($backend:expr, $concurrency:expr) => {{
        use apalis::prelude::WorkerBuilderExt;
        let builder = apalis::prelude::WorkerBuilder::new($crate::new_worker_name().as_str()).backend($backend);
        let worker: $crate::WorkerFuture = match $concurrency {
            Some(jobs) => Box::pin(async move { Ok(builder.concurrency(jobs).build($crate::noop).run().await?) }),
            None => Box::pin(async move { Ok(builder.build($crate::noop).run().await?) }),
        };
        worker
    }};
}
pub(crate) use worker_future;

/// A name registered before is refused.
fn new_worker_name() -> String {
    static WORKERS: AtomicU32 = AtomicU32::new(0);
    format!("worker-{}", WORKERS.fetch_add(1, Ordering::SeqCst))
}

fn start(worker: WorkerFuture) -> JoinHandle<()> {
    spawn_local(async move {
        match worker.await {
            Ok(()) => eprintln!("apalis: the worker ended by itself"),
            Err(error) => eprintln!("apalis: the worker ended: {error}"),
        }
    })
}

async fn stop(worker: JoinHandle<()>) -> Result<()> {
    worker.abort();
    match worker.await {
        Err(error) if error.is_panic() => Err(Error::new(error).context("the worker panicked")),
        _ => Ok(()),
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let settings = Settings::parse();
    let measured = async {
        match settings.database {
            Database::Sqlite => sqlite::measure_all(&settings).await,
            Database::Postgres => postgres::measure_all(&settings).await,
        }
    };
    LocalSet::new().run_until(Box::pin(measured)).await
}
