//! apalis on PostgreSQL.

use std::time::Duration;

use anyhow::Result;
use apalis::prelude::{BackendExt, Strategy, TaskSink};
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
    /// Workers look for jobs this often when they are not notified of any.
    poll_interval: Duration,
    /// How many jobs run at a time; no limit if `None`.
    concurrency: Option<usize>,
}

impl Apalis {
    fn storage(&self) -> PostgresStorage<Noop> {
        PostgresStorage::new(&self.pool).with_config(self.config.clone())
    }

    /// What all figures have in common.
    async fn report(&self, name: &str, settings: &Settings) -> Result<Report> {
        let limit = self.concurrency.map_or("no limit".to_owned(), |jobs| jobs.to_string());
        let batch = self.config.batch_size;
        let interval = self.poll_interval.as_millis();
        Ok(Report {
            system: format!("apalis 1.0 {name}"),
            database: settings.database,
            sync: sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&self.pool).await?,
            settings: format!(
                "notified, polls each {interval} ms, batches of {batch}, concurrency {limit}, {CONNECTIONS} connections"
            ),
        })
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
        let strategy = Strategy::new().interval(self.poll_interval);
        Ok(worker_future!(self.storage().with_pubsub().poll_with_strategy(strategy), self.concurrency))
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

/// Measures apalis tuned, and with what the library has by itself or shows in its documentation.
pub(crate) async fn measure_all(settings: &Settings) -> Result<()> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .min_connections(CONNECTIONS)
        .connect(settings.postgres()?)
        .await?;
    PostgresStorage::setup(&pool).await?;
    let tuned = Apalis {
        pool: pool.clone(),
        config: Config::default().queue(QUEUE).batch_size(200),
        poll_interval: Duration::from_millis(10),
        concurrency: Some(100),
    };
    measure(&tuned, settings, &tuned.report("tuned", settings).await?).await?;
    let default = Apalis {
        pool,
        config: Config::default().queue(QUEUE),
        poll_interval: Duration::from_secs(5),
        concurrency: None,
    };
    measure(&default, settings, &default.report("default", settings).await?).await
}
