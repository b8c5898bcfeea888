//! Measures River 0.5 on SQLite and on PostgreSQL.
//!
//! Inserts go through the client that works the queue, so that its workers hear of them at once on SQLite too, where there
//! is no notification between processes.

use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use peer_common::{Database, Peer, Report, Settings, handler, measure};
use riverqueue::migrate::{PostgresMigrator, SqliteMigrator};
use riverqueue::sqlx::postgres::PgPoolOptions;
use riverqueue::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use riverqueue::sqlx::{self, PgPool, SqlitePool};
use riverqueue::{
    BoxError, Client, FETCH_COOLDOWN_DEFAULT, FETCH_COOLDOWN_MIN, Job, JobArgs, QueueConfig, RunHandle, WorkContext,
    WorkOutcome, Workers,
};
use serde::{Deserialize, Serialize};

const SQLITE_CONNECTIONS: u32 = 5;
const POSTGRES_CONNECTIONS: u32 = 20;

#[derive(Clone, Debug, Deserialize, JobArgs, Serialize)]
#[river(kind = "noop")]
struct Noop {
    stamp: i64,
}

async fn noop(_context: WorkContext, job: Job<Noop>) -> Result<WorkOutcome, BoxError> {
    handler::handle(job.args.stamp);
    Ok(WorkOutcome::Complete)
}

/// How River is set up.
struct Variant {
    name: &'static str,
    /// How long a producer rests between two fetches.
    cooldown: Duration,
    /// River has no number of its own: its users choose.
    max_workers: usize,
}

const TUNED: Variant = Variant { name: "tuned", cooldown: FETCH_COOLDOWN_MIN, max_workers: 1000 };
const DEFAULT: Variant = Variant { name: "default", cooldown: FETCH_COOLDOWN_DEFAULT, max_workers: 1000 };
/// As many workers as other queues have by themselves.
const DEFAULT_WITH_FEW: Variant =
    Variant { name: "default, 50 workers", cooldown: FETCH_COOLDOWN_DEFAULT, max_workers: 50 };

#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    async fn open_sqlite(settings: &Settings, synchronous: SqliteSynchronous) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(settings.new_sqlite_file(&format!("river-{synchronous:?}.db"))?)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new()
            .max_connections(SQLITE_CONNECTIONS)
            .min_connections(SQLITE_CONNECTIONS)
            .connect_with(options)
            .await?;
        SqliteMigrator::new(pool.clone()).migrate_up().await?;
        Ok(Self::Sqlite(pool))
    }

    async fn open_postgres(settings: &Settings) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .min_connections(POSTGRES_CONNECTIONS)
            .connect(settings.postgres()?)
            .await?;
        PostgresMigrator::new(pool.clone()).migrate_up().await?;
        Ok(Self::Postgres(pool))
    }

    async fn sync(&self) -> Result<String> {
        Ok(match self {
            Self::Sqlite(pool) => match sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await? {
                1 => "NORMAL".to_owned(),
                2 => "FULL".to_owned(),
                other => format!("{other}"),
            },
            Self::Postgres(pool) => sqlx::query_scalar("SHOW synchronous_commit").fetch_one(pool).await?,
        })
    }
}

#[derive(Clone)]
struct River {
    pool: Pool,
    client: Client,
}

impl River {
    fn new(pool: &Pool, variant: &Variant) -> Result<Self> {
        let builder = match pool {
            Pool::Sqlite(pool) => Client::builder(pool.clone()),
            Pool::Postgres(pool) => Client::builder(pool.clone()),
        };
        let mut workers = Workers::new();
        workers.add_fn(noop)?;
        let client = builder
            .workers(workers)
            .fetch_cooldown(variant.cooldown)
            .queue("default", QueueConfig::new(variant.max_workers))
            .build()?;
        Ok(Self { pool: pool.clone(), client })
    }
}

impl Peer for River {
    type Workers = Client;
    type Running = RunHandle;

    async fn enqueue(&self, stamp: i64) -> Result<()> {
        self.client.insert(Noop { stamp }).await?;
        Ok(())
    }

    async fn enqueue_bulk(&self, jobs: u64) -> Result<()> {
        self.client.insert_many((0..jobs).map(|_| Noop { stamp: handler::UNTIMED })).await?;
        Ok(())
    }

    async fn workers(&self) -> Result<Client> {
        Ok(self.client.clone())
    }

    async fn start(&self, client: Client) -> Result<RunHandle> {
        Ok(client.start()?)
    }

    async fn stop(&self, mut running: RunHandle) -> Result<()> {
        Ok(running.stop().await?)
    }

    async fn completed(&self, _enqueued: u64) -> Result<u64> {
        const COUNT: &str = "SELECT count(*) FROM river_job WHERE state = 'completed'";
        let completed: i64 = match &self.pool {
            Pool::Sqlite(pool) => sqlx::query_scalar(COUNT).fetch_one(pool).await?,
            Pool::Postgres(pool) => sqlx::query_scalar(COUNT).fetch_one(pool).await?,
        };
        Ok(u64::try_from(completed)?)
    }

    async fn clear(&self) -> Result<()> {
        match &self.pool {
            Pool::Sqlite(pool) => {
                sqlx::query("DELETE FROM river_job").execute(pool).await?;
            }
            Pool::Postgres(pool) => {
                sqlx::query("TRUNCATE river_job").execute(pool).await?;
            }
        }
        Ok(())
    }
}

async fn measure_variant(pool: &Pool, variant: &Variant, settings: &Settings) -> Result<()> {
    let river = River::new(pool, variant)?;
    let Variant { name, cooldown, max_workers } = variant;
    let cooldown = cooldown.as_millis();
    let connections = match pool {
        Pool::Sqlite(_) => SQLITE_CONNECTIONS,
        Pool::Postgres(_) => POSTGRES_CONNECTIONS,
    };
    let report = Report {
        system: format!("river 0.5 {name}"),
        database: settings.database,
        sync: pool.sync().await?,
        settings: format!("cooldown {cooldown} ms, {max_workers} workers, {connections} connections"),
    };
    measure(&river, settings, &report).await
}

#[tokio::main]
async fn main() -> Result<()> {
    let settings = Settings::parse();
    match settings.database {
        Database::Sqlite => {
            let pool = Pool::open_sqlite(&settings, SqliteSynchronous::Full).await?;
            measure_variant(&pool, &TUNED, &settings).await?;
            measure_variant(&pool, &DEFAULT, &settings).await?;
            measure_variant(&pool, &DEFAULT_WITH_FEW, &settings).await?;
            let pool = Pool::open_sqlite(&settings, SqliteSynchronous::Normal).await?;
            measure_variant(&pool, &TUNED, &settings).await
        }
        Database::Postgres => {
            let pool = Pool::open_postgres(&settings).await?;
            measure_variant(&pool, &TUNED, &settings).await?;
            measure_variant(&pool, &DEFAULT, &settings).await?;
            measure_variant(&pool, &DEFAULT_WITH_FEW, &settings).await
        }
    }
}
