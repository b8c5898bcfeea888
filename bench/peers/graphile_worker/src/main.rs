//! Measures `graphile_worker` 0.14, the one written in Rust, on PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Parser;
use graphile_worker::{
    IntoTaskHandlerResult, JobSpec, LocalQueueConfig, TaskHandler, Worker, WorkerContext, WorkerOptions, WorkerUtils,
};
use peer_common::{Database, Peer, Report, Settings, handler, measure};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const SCHEMA: &str = "graphile_worker";
const CONNECTIONS: u32 = 20;
const CONCURRENCY: usize = 24;
/// How long workers may take to stop.
const GRACE: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Noop {
    stamp: i64,
}

impl TaskHandler for Noop {
    const IDENTIFIER: &'static str = "noop";

    async fn run(self, _context: WorkerContext) -> impl IntoTaskHandlerResult {
        handler::handle(self.stamp);
        Ok::<(), String>(())
    }
}

/// Jobs fetched ahead, and completions that share a statement.
#[derive(Clone, Copy)]
struct Batching {
    local_queue: usize,
    completion_delay: Duration,
}

/// How `graphile_worker` is set up.
struct Variant {
    name: &'static str,
    /// If `None`, each slot runs one job when it is notified, and one at each poll.
    batching: Option<Batching>,
}

const TUNED: Variant = Variant {
    name: "tuned",
    batching: Some(Batching { local_queue: 500, completion_delay: Duration::from_millis(1) }),
};
const DEFAULT: Variant = Variant { name: "default", batching: None };

impl Variant {
    fn in_words(&self) -> String {
        let batching = self.batching.map_or("no local queue".to_owned(), |batching| {
            let delay = batching.completion_delay.as_millis();
            format!("local queue of {}, completions batched for {delay} ms", batching.local_queue)
        });
        format!("{batching}, concurrency {CONCURRENCY}, {CONNECTIONS} connections")
    }
}

async fn new_worker(pool: &PgPool, batching: Option<Batching>) -> Result<Worker> {
    let mut options = WorkerOptions::default()
        .pg_pool(pool.clone())
        .schema(SCHEMA)
        .concurrency(CONCURRENCY)
        .listen_os_shutdown_signals(false)
        .define_job::<Noop>();
    if let Some(batching) = batching {
        options = options
            .local_queue(LocalQueueConfig::default().with_size(batching.local_queue))
            .complete_job_batch_delay(batching.completion_delay);
    }
    Ok(Box::pin(options.init()).await?)
}

#[derive(Clone)]
struct GraphileWorker {
    pool: PgPool,
    batching: Option<Batching>,
    utils: Arc<WorkerUtils>,
}

struct Running {
    worker: Arc<Worker>,
    task: JoinHandle<Result<()>>,
}

impl Peer for GraphileWorker {
    type Workers = Worker;
    type Running = Running;

    async fn enqueue(&self, stamp: i64) -> Result<()> {
        self.utils.add_job(Noop { stamp }, JobSpec::default()).await?;
        Ok(())
    }

    async fn enqueue_bulk(&self, jobs: u64) -> Result<()> {
        let spec = JobSpec::default();
        let jobs: Vec<_> = (0..jobs).map(|_| (Noop { stamp: handler::UNTIMED }, &spec)).collect();
        self.utils.add_jobs::<Noop>(&jobs).await?;
        Ok(())
    }

    async fn workers(&self) -> Result<Worker> {
        new_worker(&self.pool, self.batching).await
    }

    async fn start(&self, worker: Worker) -> Result<Running> {
        let worker = Arc::new(worker);
        let runner = worker.clone();
        let task = tokio::spawn(async move { Ok(runner.run().await?) });
        Ok(Running { worker, task })
    }

    async fn stop(&self, running: Running) -> Result<()> {
        running.worker.request_shutdown();
        timeout(GRACE, running.task).await??
    }

    /// Completed jobs are deleted.
    async fn completed(&self, enqueued: u64) -> Result<u64> {
        let left: i64 =
            sqlx::query_scalar("SELECT count(*) FROM graphile_worker._private_jobs").fetch_one(&self.pool).await?;
        Ok(enqueued - u64::try_from(left)?)
    }

    async fn clear(&self) -> Result<()> {
        sqlx::query("TRUNCATE graphile_worker._private_jobs CASCADE").execute(&self.pool).await?;
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let settings = Settings::parse();
    if settings.database == Database::Sqlite {
        bail!("graphile_worker has no SQLite");
    }
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .min_connections(CONNECTIONS)
        .connect(settings.postgres()?)
        .await?;
    for variant in [TUNED, DEFAULT] {
        let utils = Arc::new(new_worker(&pool, variant.batching).await?.create_utils());
        let peer = GraphileWorker { pool: pool.clone(), batching: variant.batching, utils };
        let report = Report {
            system: format!("graphile_worker (Rust) 0.14 {}", variant.name),
            database: settings.database,
            sync: sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&pool).await?,
            settings: variant.in_words(),
        };
        measure(&peer, &settings, &report).await?;
    }
    Ok(())
}
