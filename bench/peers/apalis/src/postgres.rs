//! apalis on PostgreSQL.

use anyhow::Result;
use apalis::prelude::TaskSink;
use apalis_postgres::{Config, PostgresStorage};
use peer_common::{Peer, Report, Settings, handler, measure};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::task::JoinHandle;

use crate::{Noop, QUEUE, WorkerFuture, worker_future};

const CONNECTIONS: u32 = 20;

#[derive(Clone)]
struct Apalis {
    pool: PgPool,
    config: Config,
    concurrency: Option<usize>,
}

impl Apalis {
    fn storage(&self) -> PostgresStorage<Noop> {
        PostgresStorage::new(&self.pool).with_config(self.config.clone())
    }
}

impl Peer for Apalis {
    type Workers = WorkerFuture;
    type Running = JoinHandle<()>;

    async fn enqueue(&self, stamp: i64) -> Result<()> {
        Ok(self.storage().push(Noop { stamp }).await?)
    }

    async fn enqueue_bulk(&self, jobs: u64) -> Result<()> {
        let jobs = (0..jobs).map(|_| Noop { stamp: handler::UNTIMED }).collect();
        Ok(self.storage().push_bulk(jobs).await?)
    }

    async fn workers(&self) -> Result<WorkerFuture> {
        Ok(worker_future!(self.storage().with_pubsub(), self.concurrency))
    }

    async fn start(&self, worker: WorkerFuture) -> Result<JoinHandle<()>> {
        Ok(crate::start(worker))
    }

    async fn stop(&self, worker: JoinHandle<()>) -> Result<()> {
        crate::stop(worker).await
    }

    async fn completed(&self, _enqueued: u64) -> Result<u64> {
        let completed: i64 =
            sqlx::query_scalar("SELECT count(*) FROM apalis.jobs WHERE status = 'Done'").fetch_one(&self.pool).await?;
        Ok(u64::try_from(completed)?)
    }

    async fn clear(&self) -> Result<()> {
        sqlx::query("TRUNCATE apalis.jobs").execute(&self.pool).await?;
        Ok(())
    }
}

/// Measures apalis tuned, and with the settings that it has by itself; woken by notifications both times.
pub(crate) async fn measure_all(settings: &Settings) -> Result<()> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .min_connections(CONNECTIONS)
        .connect(settings.postgres()?)
        .await?;
    PostgresStorage::setup(&pool).await?;
    let variants = [("tuned", Config::default().batch_size(200), Some(100)), ("default", Config::default(), None)];
    for (name, config, concurrency) in variants {
        let config = config.queue(QUEUE);
        let limit = concurrency.map_or("no limit".to_owned(), |jobs: usize| jobs.to_string());
        let batch = config.batch_size;
        let report = Report {
            system: format!("apalis 1.0 {name}"),
            database: settings.database,
            sync: sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&pool).await?,
            settings: format!("notified, batches of {batch}, concurrency {limit}, {CONNECTIONS} connections"),
        };
        measure(&Apalis { pool: pool.clone(), config, concurrency }, settings, &report).await?;
    }
    Ok(())
}
