//! The floor: what this machine allows a plain job table to do, with no library between the loop and the database.
//!
//! It enqueues, claims and completes like a job queue, with a lease and an index, and does nothing else: no retries, no
//! events, no history. Figures of job queues are best read as a share of it.

mod disk;
mod postgres;
mod sqlite;

use anyhow::Result;
use clap::Parser;
use peer_common::{Database, Settings};
use serde::{Deserialize, Serialize};

/// A job's payload.
#[derive(Debug, Deserialize, Serialize)]
struct Noop {
    stamp: i64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let settings = Settings::parse();
    match settings.database {
        Database::Sqlite => {
            disk::measure(&settings)?;
            sqlite::measure("FULL", &settings).await?;
            sqlite::measure("NORMAL", &settings).await
        }
        Database::Postgres => postgres::measure(&settings).await,
    }
}
