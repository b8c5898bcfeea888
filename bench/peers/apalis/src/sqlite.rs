//! apalis on SQLite. Workers hear of inserts by a hook of the connection that inserts, so the pool comes from the library.

use std::time::Duration;

use anyhow::Result;
use apalis::prelude::{BackendExt, Strategy, TaskSink};
use apalis_sqlite::callback::HookCallbackListener;
use apalis_sqlite::{Config, SqliteStorage};
use futures::StreamExt;
use peer_common::{Peer, Report, Settings, handler, measure};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tokio::task::JoinHandle;

use crate::{Noop, QUEUE, WorkerFuture, worker_future};

#[derive(Clone)]
struct Apalis {
    pool: SqlitePool,
    inserts: HookCallbackListener,
    config: Config,
    /// Workers look for jobs this often when they hear of none.
    poll_interval: Duration,
    /// How many jobs run at a time; no limit if `None`.
    concurrency: Option<usize>,
}

impl Apalis {
    fn storage(&self) -> SqliteStorage<Noop> {
        SqliteStorage::new(&self.pool).with_config(self.config.clone())
    }

    /// What all figures have in common.
    async fn report(&self, name: &str, settings: &Settings) -> Result<Report> {
        let limit = self.concurrency.map_or("no limit".to_owned(), |jobs| jobs.to_string());
        let batch = self.config.batch_size;
        let interval = self.poll_interval.as_millis();
        let connections = self.pool.options().get_max_connections();
        Ok(Report {
            system: format!("apalis 1.0 {name}"),
            database: settings.database,
            sync: sync(&self.pool).await?,
            settings: format!(
                "woken by inserts, polls each {interval} ms, batches of {batch}, concurrency {limit}, \
                 {connections} connections"
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
        let inserts = self.inserts.clone().ready_chunks(self.config.batch_size);
        let strategy = Strategy::new().stream(inserts).interval(self.poll_interval);
        Ok(worker_future!(self.storage().poll_with_strategy(strategy), self.concurrency))
    }

    async fn start(&self, worker: WorkerFuture) -> Result<JoinHandle<()>> {
        Ok(crate::start(worker))
    }

    async fn stop(&self, worker: JoinHandle<()>) -> Result<()> {
        crate::stop(worker).await
    }

    async fn completed(&self, _enqueued: u64) -> Result<u64> {
        let completed: i64 =
            sqlx::query_scalar("SELECT count(*) FROM Jobs WHERE status = 'Done'").fetch_one(&self.pool).await?;
        Ok(u64::try_from(completed)?)
    }

    async fn clear(&self) -> Result<()> {
        sqlx::query("DELETE FROM Jobs").execute(&self.pool).await?;
        Ok(())
    }
}

/// SQLite's `synchronous` of the pool's connections: one word if they agree, such as `FULL`, else how many have which.
async fn sync(pool: &SqlitePool) -> Result<String> {
    let mut connections = Vec::new();
    let mut levels = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        let mut connection = pool.acquire().await?;
        let level: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await?;
        levels.push(match level {
            0 => "OFF",
            1 => "NORMAL",
            _ => "FULL",
        });
        connections.push(connection);
    }
    levels.sort_unstable();
    let counts: Vec<String> =
        levels.chunk_by(|one, other| one == other).map(|same| format!("{} {}", same.len(), same[0])).collect();
    Ok(if counts.len() == 1 { levels[0].to_owned() } else { counts.join(", ") })
}

/// The settings of this program: claims many jobs at a time.
async fn measure_tuned(synchronous: SqliteSynchronous, settings: &Settings) -> Result<()> {
    let file = settings.new_sqlite_file(&format!("apalis-{synchronous:?}.db"))?;
    let (pool, inserts) = SqliteStorage::connect_with_callback(&format!("sqlite://{}", file.display()))?;
    // The pool has not connected yet.
    pool.set_connect_options(
        SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .busy_timeout(Duration::from_secs(10)),
    );
    // The library's own setup() would turn synchronous off on one of the connections.
    SqliteStorage::migrations().run(&pool).await?;
    let apalis = Apalis {
        pool,
        inserts,
        config: Config::default().queue(QUEUE).batch_size(200),
        poll_interval: Duration::from_millis(10),
        concurrency: Some(100),
    };
    measure(&apalis, settings, &apalis.report("tuned", settings).await?).await
}

/// What the library's documentation shows: its `setup()`, a poll twice a second, no limit.
async fn measure_default(settings: &Settings) -> Result<()> {
    let file = settings.new_sqlite_file("apalis-default.db")?;
    let (pool, inserts) = SqliteStorage::connect_with_callback(&format!("sqlite://{}?mode=rwc", file.display()))?;
    SqliteStorage::setup(&pool).await?;
    let apalis = Apalis {
        pool,
        inserts,
        config: Config::default().queue(QUEUE),
        poll_interval: Duration::from_millis(500),
        concurrency: None,
    };
    measure(&apalis, settings, &apalis.report("default", settings).await?).await
}

pub(crate) async fn measure_all(settings: &Settings) -> Result<()> {
    measure_tuned(SqliteSynchronous::Full, settings).await?;
    measure_default(settings).await?;
    measure_tuned(SqliteSynchronous::Normal, settings).await
}
