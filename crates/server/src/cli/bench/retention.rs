//! `sluice bench retention`: how much maintenance delays concurrent writers, on a database full of history.
//!
//! While garbage is collected and finished jobs are deleted, another task writes a row repeatedly: its longest wait is
//! the longest time that maintenance, or anything else, blocked it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use sluice_app::maintenance::{Context, collect, retain};
use sluice_app::media::Media;
use sluice_app::platform::Platform;
use sluice_blobs::{Blobs, Links, Place};
use sluice_domain::ids::OwnerId;
use sluice_engine::Randomness;
use sluice_store::blobs::{self, Subject};
use sluice_store::retention::{self, RetentionPeriods};
use sluice_store::{Store, StoreError};

use super::postgres::Server;
use crate::cli::say;

#[derive(Debug, Clone, Args)]
pub(crate) struct RetentionBench {
    /// Finished jobs to delete.
    #[arg(long, default_value_t = 1_000_000)]
    jobs: u32,
    /// Blobs without references; as many with references stay.
    #[arg(long = "garbage", default_value_t = 50_000)]
    blobs: u32,
    #[arg(long, help = "On PostgreSQL instead of SQLite")]
    postgres: bool,
    /// Stops after this many seconds of maintenance.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

pub(crate) async fn run(options: RetentionBench) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let server = options.postgres.then(Server::start).transpose()?;
    let store = match &server {
        Some(server) => server.open().await?,
        None => Store::open(&folder.path().join("sluice.db")).await?,
    };
    let media = Media::new(store.clone(), Blobs::open(&folder.path().join("data"), &Place::Folder)?);
    let platform =
        Platform { store: store.clone(), media, links: Links::new([0; 32]), randomness: Randomness::from_entropy() };
    let context = Context { platform, modules: Arc::new([]) };
    fill(&store, folder.path(), &options).await.context("cannot fill the database")?;
    store.vacuum().await?;
    let quiet = Probe::start(&store);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let quiet = quiet.end().await?;
    let deleting = delete_subjects(&store).await?;
    let stop = |begun: Instant| move || begun.elapsed() >= Duration::from_secs(options.seconds);
    let probe = Probe::start(&store);
    let begun = Instant::now();
    let collected = collect::collect(&context, blobs::GRACE, stop(begun)).await;
    let collected = collected.map_err(|error| anyhow::anyhow!("{error}"))?;
    let (collecting, waited_collecting) = (begun.elapsed(), probe.end().await?);
    let probe = Probe::start(&store);
    let begun = Instant::now();
    let retained = retain::retain(&context, RetentionPeriods::default(), stop(begun)).await;
    let (retaining, waited_retaining) = (begun.elapsed(), probe.end().await?);
    say(&serde_json::to_string_pretty(&json!({
        "database": if options.postgres { "postgres" } else { "sqlite" },
        "jobs": options.jobs,
        "blobs": options.blobs,
        "writer_without_maintenance_ms": quiet,
        "delete_ms": deleting,
        "collect": {
            "seconds": collecting.as_secs_f64(), "blobs": collected.blobs,
            "longest_unit_ms": collected.longest_ms, "writer_ms": waited_collecting,
        },
        "retain": {
            "seconds": retaining.as_secs_f64(), "removed": retained.removed, "failed": retained.failed,
            "longest_unit_ms": retained.longest_ms, "writer_ms": waited_retaining,
        },
    }))?)
}

/// Subjects that reference as many blobs as a one-minute reel and its scenes do.
const SUBJECTS: u32 = 50;
const BLOBS_OF_SUBJECT: u32 = 60;

fn series(count: u32) -> String {
    format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})")
}

async fn fill(store: &Store, folder: &Path, options: &RetentionBench) -> anyhow::Result<()> {
    let jobs = format!(
        "INSERT INTO jobs (id, kind, pool, state, stage, first_stage, payload, owner, subject, priority, sort_key, run_at,
             attempt, max_attempts, result, created_at, updated_at, finished_at)
         {} SELECT '01900000-0000-7000-8000-' || CAST(100000000000 + i AS TEXT), 'bench.done', 'default', 'succeeded',
             'first', 'first', '{{}}', 'local', '', 0, 0, 0, 1, 3, 'null', 0, 0, 0 FROM n",
        series(options.jobs)
    );
    store.execute(&jobs).await?;
    let steps = "INSERT INTO job_steps (job, name, position, fraction, state, started_at, finished_at)
        SELECT id, 'first', 0, 1.0, 'done', 0, 0 FROM jobs";
    store.execute(steps).await?;
    let zeros = "0".repeat(52);
    for (first, since) in [("1", "0"), ("2", "NULL")] {
        let rows = format!(
            "INSERT INTO blobs (hash, bytes, created_at, present, unreferenced_since)
             {} SELECT '{zeros}' || CAST({first}00000000000 + i AS TEXT), 10, 0, 1, {since} FROM n",
            series(options.blobs.max(SUBJECTS * BLOBS_OF_SUBJECT))
        );
        store.execute(&rows).await?;
    }
    let refs = format!(
        "INSERT INTO blob_refs (owner, app, subject, blob, bytes, created_at)
         {} SELECT 'local', 'bench', CAST(i / {BLOBS_OF_SUBJECT} AS TEXT), '{zeros}' || CAST(200000000000 + i AS TEXT), 10, 0
         FROM n",
        series(options.blobs.max(SUBJECTS * BLOBS_OF_SUBJECT))
    );
    store.execute(&refs).await?;
    let media = folder.join("data/media/00");
    let count = options.blobs;
    let write = move || {
        for number in 1..=u64::from(count) {
            std::fs::write(media.join(format!("{zeros}{}", 100_000_000_000 + number)), b"0123456789")?;
        }
        Ok::<_, std::io::Error>(())
    };
    tokio::task::spawn_blocking(write).await??;
    Ok(())
}

/// The blob operations of deleting a reel, as the server performs them: median and maximum in milliseconds.
async fn delete_subjects(store: &Store) -> anyhow::Result<serde_json::Value> {
    let owner = OwnerId::local();
    let mut times = Vec::new();
    for subject in 1..SUBJECTS {
        let id = subject.to_string();
        let subject = Subject { owner: &owner, app: "bench", id: &id };
        let begun = Instant::now();
        store.write(async |tx| blobs::release(tx, &subject).await).await?;
        times.push(begun.elapsed());
    }
    Ok(spread(times))
}

fn spread(mut times: Vec<Duration>) -> serde_json::Value {
    times.sort_unstable();
    let at = |index: usize| times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    json!({
        "median": at(times.len() / 2), "p99": at(times.len() * 99 / 100), "longest": at(times.len().saturating_sub(1)),
        "samples": times.len(),
    })
}

/// A concurrent writer.
struct Probe {
    stop: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<Result<Vec<Duration>, StoreError>>,
}

impl Probe {
    fn start(store: &Store) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (store, stopped) = (store.clone(), Arc::clone(&stop));
        let task = tokio::spawn(async move {
            let mut times = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let begun = Instant::now();
                store.write(async |tx| retention::set_cursor(tx, "bench", None).await).await?;
                times.push(begun.elapsed());
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
            Ok(times)
        });
        Self { stop, task }
    }

    async fn end(self) -> anyhow::Result<serde_json::Value> {
        self.stop.store(true, Ordering::Relaxed);
        Ok(spread(self.task.await??))
    }
}
