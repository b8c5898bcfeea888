//! Measures awa 0.6 on PostgreSQL, with its default storage engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use awa::model::insert::params_with;
use awa::{Client, InsertOpts, JobArgs, JobResult, QueueConfig, QueueStorage, QueueStorageConfig};
use clap::Parser;
use peer_common::{Database, Peer, Report, Settings, handler, measure};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::time::sleep;

const QUEUE: &str = "bench";
const CONNECTIONS: u32 = 20;
/// How long workers may take to finish what they have begun.
const GRACE: Duration = Duration::from_secs(5);
/// How long the workers that clear the queue may take.
const CLEAR_LIMIT: Duration = Duration::from_mins(2);

/// The facts of completion themselves: to count by the view `awa.jobs` takes seconds with a few thousand jobs.
const COUNT_COMPLETED: &str = "
    SELECT (coalesce((SELECT sum(completed_count) FROM awa.receipt_completion_batches WHERE queue = $1), 0)
          + (SELECT count(*) FROM awa.done_entries WHERE queue = $1 AND state = 'completed')
          + coalesce((SELECT sum(pruned_completed_count) FROM awa.queue_terminal_rollups WHERE queue = $1), 0))::bigint";

#[derive(Debug, Deserialize, JobArgs, Serialize)]
struct Noop {
    stamp: i64,
}

/// How awa is set up.
struct Variant {
    name: &'static str,
    max_workers: u32,
}

impl Variant {
    fn tuned() -> Self {
        Self { name: "tuned", max_workers: 256 }
    }

    fn default() -> Self {
        Self { name: "default", max_workers: QueueConfig::default().max_workers }
    }
}

#[derive(Clone)]
struct Awa {
    pool: PgPool,
    max_workers: u32,
    /// All jobs that were ever enqueued.
    enqueued: Arc<AtomicU64>,
    /// Of those, the ones completed when the queue was cleared last.
    cleared: Arc<AtomicU64>,
}

impl Awa {
    async fn new(pool: &PgPool, variant: &Variant) -> Result<Self> {
        let completed = count_completed(pool).await?;
        Ok(Self {
            pool: pool.clone(),
            max_workers: variant.max_workers,
            enqueued: Arc::new(AtomicU64::new(completed)),
            cleared: Arc::new(AtomicU64::new(completed)),
        })
    }
}

fn options() -> InsertOpts {
    InsertOpts { queue: QUEUE.to_owned(), ..InsertOpts::default() }
}

async fn count_completed(pool: &PgPool) -> Result<u64> {
    let completed: i64 = sqlx::query_scalar(COUNT_COMPLETED).bind(QUEUE).fetch_one(pool).await?;
    Ok(u64::try_from(completed)?)
}

impl Peer for Awa {
    type Workers = Client;
    type Running = Client;

    async fn enqueue(&self, stamp: i64) -> Result<()> {
        awa::insert_with(&self.pool, &Noop { stamp }, options()).await?;
        self.enqueued.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn enqueue_bulk(&self, jobs: u64) -> Result<()> {
        let noop = Noop { stamp: handler::UNTIMED };
        let params = (0..jobs).map(|_| params_with(&noop, options())).collect::<Result<Vec<_>, _>>()?;
        let storage = QueueStorage::new(QueueStorageConfig::default())?;
        storage.enqueue_params_copy(&self.pool, &params).await?;
        self.enqueued.fetch_add(jobs, Ordering::SeqCst);
        Ok(())
    }

    async fn workers(&self) -> Result<Client> {
        let config = QueueConfig { max_workers: self.max_workers, ..QueueConfig::default() };
        let client = Client::builder(self.pool.clone())
            .queue(QUEUE, config)
            .register::<Noop, _, _>(|noop: Noop, _context| async move {
                handler::handle(noop.stamp);
                Ok(JobResult::Completed)
            })
            .leader_election_interval(Duration::from_millis(500))
            .build()?;
        Ok(client)
    }

    async fn start(&self, client: Client) -> Result<Client> {
        client.start().await?;
        Ok(client)
    }

    async fn stop(&self, client: Client) -> Result<()> {
        client.shutdown(GRACE).await;
        Ok(())
    }

    async fn completed(&self, _enqueued: u64) -> Result<u64> {
        Ok(count_completed(&self.pool).await? - self.cleared.load(Ordering::SeqCst))
    }

    /// Jobs live in many tables, so workers take what is left.
    async fn clear(&self) -> Result<()> {
        let enqueued = self.enqueued.load(Ordering::SeqCst);
        if count_completed(&self.pool).await? < enqueued {
            let running = self.start(self.workers().await?).await?;
            let start = Instant::now();
            while count_completed(&self.pool).await? < enqueued {
                ensure!(start.elapsed() < CLEAR_LIMIT, "the jobs that were left do not end");
                sleep(Duration::from_millis(100)).await;
            }
            self.stop(running).await?;
        }
        self.cleared.store(enqueued, Ordering::SeqCst);
        Ok(())
    }
}

/// The storage engine is chosen when workers start for the first time.
async fn choose_engine(awa: &Awa) -> Result<()> {
    let running = awa.start(awa.workers().await?).await?;
    sleep(Duration::from_millis(1500)).await;
    awa.stop(running).await?;
    let (engine, state): (String, String) =
        sqlx::query_as("SELECT current_engine, state FROM awa.storage_transition_state").fetch_one(&awa.pool).await?;
    eprintln!("awa's storage engine is {engine} ({state})");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let settings = Settings::parse();
    if settings.database == Database::Sqlite {
        bail!("awa has no SQLite");
    }
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .min_connections(CONNECTIONS)
        .connect(settings.postgres()?)
        .await?;
    awa::migrations::run(&pool).await?;
    for variant in [Variant::tuned(), Variant::default()] {
        let awa = Awa::new(&pool, &variant).await?;
        choose_engine(&awa).await?;
        let claim_batch = QueueConfig::default().claim_batch_size;
        let report = Report {
            system: format!("awa 0.6 {}", variant.name),
            database: settings.database,
            sync: sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&pool).await?,
            settings: format!("{} workers, claims of {claim_batch}, {CONNECTIONS} connections", variant.max_workers),
        };
        measure(&awa, &settings, &report).await?;
    }
    Ok(())
}
