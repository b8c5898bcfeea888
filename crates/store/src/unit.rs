//! The unit of work: one transaction, and the notifications that follow its commit.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row as _};
use tokio::time::Instant;

use crate::connections::{ConnectionPool, PooledConnection};
use crate::counts::Counts;
use crate::dialect::{Dialect, translated};
use crate::error::StoreError;
use crate::events::{self, Entries};
use crate::group::Turn;
use crate::jobs::spend::{Bookings, LedgerLocks};
use crate::sql::sql;
use crate::sqlite::Snapshot;

/// An open unit of work. If it is dropped before its end, because its task was cancelled, it is rolled back.
pub struct Tx {
    pub(crate) link: Link,
    now: Option<Timestamp>,
    point: &'static str,
    pub(crate) pending: Notifications,
    /// It lost a race against another unit of work.
    raced: bool,
    pub(crate) ledger: LedgerLocks,
}

/// The connection that a unit of work runs on.
pub(crate) enum Link {
    /// SQLite's one writer.
    Writer(Turn),
    /// A snapshot of SQLite.
    Reader(Snapshot),
    /// A transaction of PostgreSQL.
    Postgres(Transaction),
}

/// A connection of either database.
pub(crate) enum Connection<'a> {
    Sqlite {
        open: &'a mut rusqlite::Connection,
        /// It is a reader, which may scan a whole table.
        reads: bool,
    },
    Postgres {
        open: &'a mut PgConnection,
        /// Statements stay prepared. Not behind a pooler, where the next one may run on another server connection.
        prepares: bool,
        pool: &'a ConnectionPool,
    },
}

/// What a unit of work still has to write at its end, and the notifications that it sends once it has committed.
#[derive(Debug, Default)]
pub(crate) struct Notifications {
    /// There may be jobs to claim.
    pub(crate) work: bool,
    /// A job may have become ready below the low-water marks of workers: claims scan from the start.
    pub(crate) rescan: bool,
    /// New entries of the event log, by owner.
    pub(crate) events: BTreeMap<OwnerId, Entries>,
    /// What this process counts, for `/metrics`.
    pub(crate) counts: Counts,
    /// What is written to budgets at the end of the unit.
    pub(crate) bookings: Bookings,
}

impl Notifications {
    pub(crate) fn join(&mut self, other: Self) {
        self.work |= other.work;
        self.rescan |= other.rescan;
        for (owner, entries) in other.events {
            self.events.entry(owner).or_default().append(entries);
        }
        self.counts.add(other.counts);
        self.bookings.join(other.bookings);
    }
}

/// A transaction on PostgreSQL. If it is dropped before its end, its connection is closed, and the server rolls it back.
pub(crate) struct Transaction {
    connection: PooledConnection,
    pub(crate) writes: bool,
    prepares: bool,
    begun_at: Instant,
}

/// The planner's settings in units of work that write: index scans only. The planner's statistics lag behind rows that live
/// for milliseconds, so it may take a full table for an empty one and scan all of it, even with parallel workers. Writes
/// find their rows by keys.
///
/// Plans are generic, made once per connection: planning a claim takes as long as running it, and its values do not change
/// the plan.
pub(crate) const PLANNER: [(&str, &str); 6] = [
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("plan_cache_mode", "force_generic_plan"),
];

impl Transaction {
    /// Readers see one snapshot, as on SQLite; writers run under READ COMMITTED and lock the rows that they change. The
    /// database's clock is read in the same round trip.
    pub(crate) async fn begin(
        connections: &Arc<ConnectionPool>,
        writes: bool,
        prepares: bool,
    ) -> Result<(Self, Timestamp), StoreError> {
        const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT {now} AS now";
        const WRITE: &str = "BEGIN; SELECT {now} AS now, current_setting('transaction_read_only') AS read_only";
        let mut text = if writes { WRITE } else { READ }.to_owned();
        // A connection is set up for writing, and NULL restores the server's defaults. Behind a pooler, connections keep no
        // settings, so they are set for each transaction.
        if writes != prepares {
            for (name, value) in PLANNER {
                let value = if writes { format!("'{value}'") } else { "NULL".to_owned() };
                // Writing to a String does not fail.
                let _ = write!(text, ", set_config('{name}', {value}, true)");
            }
        }
        let begin = translated(Dialect::Postgres, text.into());
        loop {
            let mut pooled = connections.get().await?;
            let begun_at = Instant::now();
            let begin = sqlx::raw_sql(AssertSqlSafe(Arc::clone(&begin.text)));
            match connections.answer(begin.fetch_one(pooled.connection())).await {
                Ok(row) if writes && row.try_get::<&str, _>("read_only")? == "on" => {
                    // A standby, such as the former primary after a failover: try another connection, which may reach the new one.
                    if !pooled.is_reused {
                        return Err(StoreError::ReadOnly);
                    }
                    tracing::info!("a connection whose server takes no writes is replaced");
                }
                Ok(row) => {
                    let now = Timestamp::from_millis(row.try_get("now")?);
                    return Ok((Self { connection: pooled, writes, prepares, begun_at }, now));
                }
                // The server closed it while it was idle, and nothing has been done yet: try another one, in the end a new one.
                Err(error) if pooled.is_reused => tracing::debug!(%error, "a connection that was idle is replaced"),
                Err(error) => return Err(error),
            }
        }
    }

    /// Runs these last statements and commits; returns how long the transaction took.
    pub(crate) async fn commit(mut self, mut last: String) -> Result<Duration, StoreError> {
        last.push_str("COMMIT");
        if let Err(error) = self.end(last).await {
            self.roll_back().await;
            return Err(error);
        }
        self.connection.release();
        Ok(self.begun_at.elapsed())
    }

    pub(crate) async fn roll_back(mut self) {
        // After a timeout, ROLLBACK would time out, too: the connection is closed, and the server rolls back.
        if !self.connection.pool().timed_out_since(self.begun_at) && self.end("ROLLBACK".to_owned()).await.is_ok() {
            self.connection.release();
        }
    }

    async fn end(&mut self, statements: String) -> Result<(), StoreError> {
        let (connection, pool) = self.connection.split();
        pool.answer(sqlx::raw_sql(AssertSqlSafe(statements)).execute(connection)).await?;
        Ok(())
    }
}

impl Tx {
    pub(crate) fn new(link: Link) -> Self {
        Self {
            link,
            now: None,
            point: "",
            pending: Notifications::default(),
            raced: false,
            ledger: LedgerLocks::default(),
        }
    }

    pub(crate) async fn on_server(
        connections: &Arc<ConnectionPool>,
        writes: bool,
        prepares: bool,
    ) -> Result<Self, StoreError> {
        let (transaction, now) = Transaction::begin(connections, writes, prepares).await?;
        Ok(Self { now: Some(now), ..Self::new(Link::Postgres(transaction)) })
    }

    /// The database's clock, read once per unit of work, so that all times that it writes are equal. Units that share a commit
    /// share it, too.
    pub async fn now(&mut self) -> Result<Timestamp, StoreError> {
        let known = match &self.link {
            Link::Writer(turn) => turn.now(),
            _ => self.now,
        };
        if let Some(now) = known {
            return Ok(now);
        }
        let row = sql("SELECT {now} AS now").one(self).await?;
        let now = Timestamp::from_millis(row.get("now")?);
        self.set_now(Some(now));
        Ok(now)
    }

    fn set_now(&mut self, now: Option<Timestamp>) {
        match &mut self.link {
            Link::Writer(turn) => turn.set_now(now),
            _ => self.now = now,
        }
    }

    pub(crate) fn forget_now(&mut self) {
        self.set_now(None);
    }

    /// Names this unit of work, for planned failures and for what is logged about it.
    pub fn at(&mut self, point: &'static str) {
        self.point = point;
    }

    pub(crate) fn point(&self) -> &'static str {
        self.point
    }

    /// Records a lost race, even if the caller handles the error.
    pub(crate) fn noting_races<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        self.raced |= result.as_ref().is_err_and(StoreError::is_race);
        result
    }

    pub(crate) fn has_raced(&self) -> bool {
        self.raced
    }

    /// Runs a step of this unit of work behind a savepoint: when it fails, it alone is rolled back.
    pub(crate) async fn savepoint<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        sql("SAVEPOINT step").execute(self).await?;
        let before = std::mem::take(&mut self.pending);
        let locked = self.ledger.clone();
        let result = work(self).await;
        let added = std::mem::replace(&mut self.pending, before);
        if result.is_ok() {
            self.pending.join(added);
        } else {
            sql("ROLLBACK TO step").execute(self).await?;
            // PostgreSQL has released what was locked since.
            self.ledger = locked;
        }
        sql("RELEASE step").execute(self).await?;
        result
    }

    /// Wakes idle workers after the commit.
    pub fn notify_workers(&mut self) {
        self.pending.work = true;
    }

    /// Makes the next claim of each worker ignore its low-water marks.
    pub(crate) fn request_rescan(&mut self) {
        self.pending.rescan = true;
    }

    pub(crate) fn may_write(&self) -> bool {
        match &self.link {
            Link::Writer(_) => true,
            Link::Reader(_) => false,
            Link::Postgres(transaction) => transaction.writes,
        }
    }

    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match &mut self.link {
            Link::Writer(turn) => Connection::Sqlite { open: turn.connection(), reads: false },
            Link::Reader(snapshot) => Connection::Sqlite { open: snapshot.connection(), reads: true },
            Link::Postgres(transaction) => {
                let prepares = transaction.prepares;
                let (open, pool) = transaction.connection.split();
                Connection::Postgres { open, prepares, pool }
            }
        }
    }

    pub(crate) fn on_postgres(&self) -> bool {
        matches!(self.link, Link::Postgres(_))
    }

    /// Writes the event log on SQLite, once for all units of a group.
    pub(crate) async fn write_events(&mut self) -> Result<(), StoreError> {
        let entries = std::mem::take(&mut self.pending.events);
        events::write(self, entries).await
    }

    /// Ends a read-only unit.
    pub(crate) async fn end_reading(self) {
        // SQLite's snapshots end when they are dropped.
        if let Link::Postgres(transaction) = self.link {
            transaction.roll_back().await;
        }
    }
}
