//! Every SQL statement of the project, behind functions that take a unit of work.
//!
//! A unit of work is a closure that runs in one transaction: all of it is kept, or nothing. Nothing that can wait for
//! long (a provider, a file, a sleep) belongs inside.
//!
//! ```no_run
//! # async fn example(store: sluice_store::Store) -> Result<(), sluice_store::StoreError> {
//! use sluice_store::events;
//! store.write(async |tx| events::emit(tx, "owner", "reel.changed", "some id", &serde_json::json!({})).await).await?;
//! let seen = store.read(async |tx| events::after(tx, "owner", 0, 100).await).await?;
//! # Ok(()) }
//! ```
//!
//! On SQLite there is one connection that writes (`BEGIN IMMEDIATE`, WAL, `synchronous=FULL`: what was acknowledged
//! survives a power cut) and a pool that reads. Statements are written so that PostgreSQL can run them too; what must
//! differ is in `dialect.rs`.

mod dialect;
mod error;
pub mod events;
pub mod faults;
pub mod jobs;
pub mod reels;
pub mod results;
pub mod testing;
mod unit;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sluice_domain::time::Timestamp;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::watch;

pub use error::{PAYLOAD_LIMIT, StoreError};
pub use unit::Tx;

use faults::{Fault, Faults, NoFaults};
use unit::Kind;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Longest wait for a connection. The one writer is a queue, and standing in it is no error.
const QUEUE_TIMEOUT: Duration = Duration::from_hours(1);
const READERS: u32 = 4;

/// What a test may set otherwise.
pub struct Options {
    /// How long SQLite itself waits for another connection's lock before it says busy, and is asked again.
    pub busy_timeout: Duration,
    /// Planned failures.
    pub faults: Arc<dyn Faults>,
}

impl Default for Options {
    fn default() -> Self {
        Self { busy_timeout: Duration::from_secs(5), faults: Arc::new(NoFaults) }
    }
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: SqlitePool,
    readers: SqlitePool,
    work: watch::Sender<u64>,
    news: watch::Sender<u64>,
    faults: Arc<dyn Faults>,
}

impl Store {
    /// Opens the database file, creates it when it is missing, and brings its schema up to date.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, Options::default()).await
    }

    /// As [`Store::open`], with other settings.
    pub async fn open_with(path: &Path, settings: Options) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(settings.busy_timeout);
        let pool = || SqlitePoolOptions::new().acquire_timeout(QUEUE_TIMEOUT).test_before_acquire(false);
        let writer = pool()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await
            .map_err(|error| cannot_open(path, error))?;
        migrate(&writer).await?;
        let readers = pool().max_connections(READERS).connect_lazy_with(options.pragma("query_only", "true"));
        let (work, news) = (watch::Sender::new(0), watch::Sender::new(0));
        let inner = Inner { writer, readers, work, news, faults: settings.faults };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs a unit of work that may write. It is kept when the closure gives `Ok`, and undone otherwise; when this
    /// returns `Ok`, it is on the disk. Waits for its turn, also behind other processes.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E>,
        E: From<StoreError>,
    {
        let mut tx = Tx::begin(&self.inner.writer, Kind::Write).await?;
        let value = match work(&mut tx).await {
            Ok(value) => value,
            Err(error) => {
                tx.roll_back().await;
                return Err(error);
            }
        };
        let point = tx.point();
        let fault = self.inner.faults.at(point);
        if fault == Some(Fault::BeforeCommit) {
            tx.roll_back().await;
            return Err(StoreError::Planned { point }.into());
        }
        let hints = tx.commit().await?;
        if hints.work {
            self.inner.work.send_modify(|count| *count = count.wrapping_add(1));
        }
        if hints.news {
            self.inner.news.send_modify(|count| *count = count.wrapping_add(1));
        }
        if fault == Some(Fault::LostReply) {
            return Err(StoreError::Planned { point }.into());
        }
        Ok(value)
    }

    /// Runs a unit of work that only reads, on one snapshot of the database.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E>,
        E: From<StoreError>,
    {
        let mut tx = Tx::begin(&self.inner.readers, Kind::Read).await?;
        let result = work(&mut tx).await;
        tx.roll_back().await;
        result
    }

    /// The database's clock.
    pub async fn now(&self) -> Result<Timestamp, StoreError> {
        self.read(async |tx| tx.now().await).await
    }

    /// Changes after each commit of this process that may have made work: a hint, losing it loses nothing.
    pub fn work_hint(&self) -> watch::Receiver<u64> {
        self.inner.work.subscribe()
    }

    /// Changes after each commit of this process that added events: a hint, losing it loses nothing.
    pub fn news_hint(&self) -> watch::Receiver<u64> {
        self.inner.news.subscribe()
    }

    /// Waits for open units of work and closes the file; its write-ahead log is folded in.
    pub async fn close(&self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
    }
}

fn cannot_open(path: &Path, error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Database(source) => StoreError::CannotOpen { path: path.to_owned(), source },
        other => other,
    }
}

/// Brings the schema up to date; another process that does the same at the same time is waited for.
async fn migrate(writer: &SqlitePool) -> Result<(), StoreError> {
    const TRIES: u32 = 5;
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    let mut tries = 0;
    loop {
        tries += 1;
        return match MIGRATIONS.run(writer).await {
            Ok(()) => Ok(()),
            Err(MigrateError::VersionMissing(found)) => Err(StoreError::NewerSchema { found, known }),
            Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)) if tries < TRIES => continue,
            Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => Err(error.into()),
            Err(error) => Err(StoreError::Database(sqlx::Error::Migrate(Box::new(error)))),
        };
    }
}

/// Reads stored JSON; `what` names it for the error.
pub(crate) fn json<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable { what: format!("{what} ({error})") })
}
