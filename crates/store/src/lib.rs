//! Every SQL statement of the project, behind functions that take a unit of work.
//!
//! A unit of work is a closure that runs in one transaction, and is committed or rolled back as a whole. Nothing slow (a
//! call of a provider, a file, a sleep) belongs inside.
//!
//! ```no_run
//! # async fn example(store: sluice_store::Store) -> Result<(), sluice_store::StoreError> {
//! use sluice_domain::ids::OwnerId;
//! use sluice_store::events;
//! let owner = OwnerId::local();
//! store.write(async |tx| events::emit(tx, &owner, "reel.changed", "some id", &serde_json::json!({}))).await?;
//! let seen = store.read(async |tx| events::after(tx, &owner, 0, 100).await).await?;
//! # Ok(()) }
//! ```
//!
//! Each statement is one text for both databases ([`sql`]); the differences are in `dialect.rs`. On `SQLite` there is one
//! writing connection (`BEGIN IMMEDIATE`, WAL, `synchronous=FULL`: what was acknowledged survives a power cut), whose
//! transaction concurrent units share (`group.rs`), and a pool of reading connections. On `PostgreSQL` each unit is a
//! transaction of its own (`synchronous_commit` as configured on the server, which is `on` by default).

pub mod accounts;
pub mod blobs;
pub mod calls;
pub mod capture;
mod checkpoint;
mod connections;
pub mod controls;
mod counts;
mod dialect;
pub mod documents;
mod error;
pub mod events;
pub mod faults;
pub mod gauges;
mod group;
pub mod jobs;
pub mod keeping;
pub mod limits;
pub mod links;
pub mod migrations;
pub mod models;
mod open;
mod postgres;
pub mod provider_keys;
pub mod providers;
pub mod reel;
pub mod results;
pub mod retention;
mod retry;
pub mod schedules;
pub mod scribe;
mod sql;
mod sqlite;
pub mod storable;
pub mod testing;
pub mod throttles;
mod unit;
pub mod uploads;
pub mod webhooks;
pub mod workers;

use std::sync::{Arc, Mutex, PoisonError};

use sluice_domain::time::Timestamp;
use tokio::sync::watch;

pub use counts::Counts;
pub use dialect::Dialect;
pub use error::{Cause, PAYLOAD_LIMIT, StoreError};
pub use group::Idle;
pub use open::{Database, Options, PostgresUrl};
pub use unit::Tx;

use connections::ConnectionPool;
use faults::{Fault, Faults};
use group::{Group, notify};
use postgres::Notifier;
use sqlite::Readers;
use unit::Link;

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Backend,
    hints: Hints,
    counts: Mutex<Counts>,
    faults: Arc<dyn Faults>,
}

/// Wakes the tasks of this process after a commit.
#[derive(Clone, Default)]
struct Hints {
    work: watch::Sender<u64>,
    events: watch::Sender<u64>,
    rescan: watch::Sender<u64>,
}

/// What a commit may have changed.
#[derive(Debug, Clone, Copy, Default)]
struct Hint {
    work: bool,
    events: bool,
    /// A job became ready below the workers' low-water marks.
    rescan: bool,
}

impl Hint {
    fn is_any(self) -> bool {
        self.work || self.events || self.rescan
    }

    fn union(self, other: Self) -> Self {
        Self { work: self.work | other.work, events: self.events | other.events, rescan: self.rescan | other.rescan }
    }
}

impl Hints {
    fn notify(&self, hint: Hint) {
        // First, so that a worker that wakes for work sees it.
        notify(&self.rescan, hint.rescan);
        notify(&self.work, hint.work);
        notify(&self.events, hint.events);
    }
}

/// How often a unit of work is run at most, if it loses races.
const MOST_RUNS: u32 = 6;

/// A unit of work that was rolled back.
struct Failed<E> {
    error: E,
    /// It lost a race with another one.
    raced: bool,
}

impl<E: From<StoreError>> From<StoreError> for Failed<E> {
    fn from(error: StoreError) -> Self {
        Self { raced: error.is_race(), error: error.into() }
    }
}

enum Backend {
    Sqlite { group: Arc<Group>, readers: Readers },
    Postgres { connections: Arc<ConnectionPool>, notifier: Notifier, prepares: bool },
}

impl Store {
    /// Runs a unit of work that may write. It is committed if the closure returns `Ok`, and rolled back otherwise; when this
    /// returns `Ok`, it is on the disk. On `SQLite` it waits for the writer, also behind other processes.
    ///
    /// On `PostgreSQL` a unit of work may lose a race: a deadlock, a serialisation failure, or a unique key that another
    /// transaction inserted first. Then it is run again, a few times at most, and sees what the other one committed.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
        E: From<StoreError>,
    {
        for run in 1..MOST_RUNS {
            match Box::pin(self.try_to_write(work.clone())).await {
                Err(Failed { raced: true, .. }) => tokio::time::sleep(retry::pause(run)).await,
                done => return done.map_err(|failed| failed.error),
            }
        }
        self.write_once(work).await
    }

    /// The same for a unit of work that cannot be run again because it consumes or changes what it entries: a lost race is
    /// its error.
    pub async fn write_once<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E>,
        E: From<StoreError>,
    {
        Box::pin(self.try_to_write(work)).await.map_err(|failed| failed.error)
    }

    async fn try_to_write<T, E, F>(&self, work: F) -> Result<T, Failed<E>>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E>,
        E: From<StoreError>,
    {
        let mut tx = Box::pin(self.begin_writing()).await?;
        // Boxed, to keep the callers' futures small.
        let done = match Box::pin(work(&mut tx)).await {
            Ok(value) => Box::pin(jobs::spend::write_bookings(&mut tx)).await.map(|()| value).map_err(E::from),
            Err(error) => Err(error),
        };
        let value = match done {
            Ok(value) => value,
            Err(error) => {
                let raced = tx.has_raced();
                Box::pin(roll_back(tx)).await;
                return Err(Failed { error, raced });
            }
        };
        let counts = std::mem::take(&mut tx.pending.counts);
        let point = tx.point();
        let fault = self.inner.faults.at(point);
        if let Some(Fault::BeforeCommit | Fault::LostRace) = fault {
            Box::pin(roll_back(tx)).await;
            let raced = fault == Some(Fault::LostRace);
            let error = if raced { StoreError::Contended("planned".into()) } else { StoreError::Planned { point } };
            return Err(error.into());
        }
        Box::pin(self.commit(tx)).await?;
        if counts != Counts::default() {
            self.inner.counts.lock().unwrap_or_else(PoisonError::into_inner).add(counts);
        }
        if fault == Some(Fault::LostReply) {
            return Err(StoreError::Planned { point }.into());
        }
        Ok(value)
    }

    async fn begin_writing(&self) -> Result<Tx, StoreError> {
        match &self.inner.backend {
            Backend::Sqlite { group, .. } => Ok(Tx::new(Link::Writer(group.turn().await?))),
            Backend::Postgres { connections, prepares, .. } => Tx::on_server(connections, true, *prepares).await,
        }
    }

    async fn begin_reading(&self) -> Result<Tx, StoreError> {
        match &self.inner.backend {
            Backend::Sqlite { readers, .. } => Ok(Tx::new(Link::Reader(readers.begin().await?))),
            Backend::Postgres { connections, prepares, .. } => Tx::on_server(connections, false, *prepares).await,
        }
    }

    async fn commit(&self, mut tx: Tx) -> Result<(), StoreError> {
        let mut hint = Hint { work: tx.pending.work, events: !tx.pending.events.is_empty(), rescan: tx.pending.rescan };
        let now = if tx.on_postgres() { Some(tx.now().await?) } else { None };
        match (tx.link, now) {
            (Link::Writer(turn), _) => turn.commit(tx.pending).await,
            (Link::Postgres(transaction), Some(now)) => {
                let log = match events::statements(tx.pending.events, now) {
                    Ok(log) => log,
                    Err(error) => {
                        transaction.roll_back().await;
                        return Err(error);
                    }
                };
                let took = transaction.commit(log).await?;
                hint.rescan |= hint.work && took > jobs::ALLOWED_LATENESS / 2;
                self.inner.hints.notify(hint);
                if let Backend::Postgres { notifier, .. } = &self.inner.backend {
                    notifier.notify(hint);
                }
                Ok(())
            }
            _ => Err(StoreError::ReadOnly),
        }
    }

    /// Runs a read-only unit of work, on one snapshot of the database.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E>,
        E: From<StoreError>,
    {
        let mut tx = Box::pin(self.begin_reading()).await?;
        let result = Box::pin(work(&mut tx)).await;
        Box::pin(tx.end_reading()).await;
        result
    }

    /// What units of work of this process have committed so far.
    pub fn counts(&self) -> Counts {
        self.inner.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The database's clock.
    pub async fn now(&self) -> Result<Timestamp, StoreError> {
        self.read(async |tx| tx.now().await).await
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match self.inner.backend {
            Backend::Sqlite { .. } => Dialect::Sqlite,
            Backend::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// How many units of work are worth running concurrently: on `SQLite` they share one writer.
    pub fn writers(&self) -> usize {
        match self.inner.backend {
            Backend::Sqlite { .. } => 1,
            Backend::Postgres { .. } => 2,
        }
    }

    /// Changes when a unit of work of this process or, on `PostgreSQL`, of another one may have made jobs ready. It is a hint:
    /// polling finds what a lost one announced. On `SQLite` it comes before the commit, which a claim can then join.
    pub fn work_hint(&self) -> watch::Receiver<u64> {
        self.inner.hints.work.subscribe()
    }

    /// Changes when a unit of work of any process may have made a job ready below the workers' low-water marks: the next claim
    /// then scans from the start. On `PostgreSQL` alone; a lost one delays the job by a second.
    pub fn rescan_hint(&self) -> watch::Receiver<u64> {
        self.inner.hints.rescan.subscribe()
    }

    /// Marks the caller as idle until the returned guard is dropped: on `SQLite` a unit that makes jobs ready lets idle workers
    /// join its commit.
    pub fn idle(&self) -> Option<Idle> {
        match &self.inner.backend {
            Backend::Sqlite { group, .. } => Some(group.idle()),
            Backend::Postgres { .. } => None,
        }
    }

    /// Changes after each commit that added events. A hint, too: polling finds what a lost one announced.
    pub fn events_hint(&self) -> watch::Receiver<u64> {
        self.inner.hints.events.subscribe()
    }

    /// Gives back the memory of `SQLite`'s largest cache (64 MiB when it is full), before work that needs much itself, and after work
    /// that has filled it with what nobody else wants.
    pub async fn release_cache(&self) {
        if let Backend::Sqlite { group, .. } = &self.inner.backend {
            group.release_cache().await;
        }
    }

    /// Waits for open units of work and closes the database.
    pub async fn close(&self) {
        match &self.inner.backend {
            Backend::Sqlite { group, readers } => {
                readers.close().await;
                group.close().await;
            }
            Backend::Postgres { connections, notifier, .. } => {
                notifier.close();
                connections.close().await;
            }
        }
    }
}

async fn roll_back(tx: Tx) {
    match tx.link {
        Link::Writer(turn) => turn.roll_back().await,
        Link::Postgres(transaction) => transaction.roll_back().await,
        Link::Reader(_) => {}
    }
}

/// Reads stored JSON; `what` names it for the error.
pub(crate) fn json<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable { what: format!("{what} ({error})") })
}
