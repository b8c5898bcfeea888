//! The unit of work: one transaction, and what the world should hear once it is kept.

use sluice_domain::time::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Row, Sqlite};

use crate::dialect::{BEGIN_WRITE, now_ms};
use crate::error::{StoreError, is_busy};

/// An open unit of work. Dropped in mid-way (its task was stopped), it is undone.
pub struct Tx {
    connection: PoolConnection<Sqlite>,
    open: bool,
    now: Option<Timestamp>,
    point: &'static str,
    hints: Hints,
}

/// Whom to wake after the commit.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hints {
    pub(crate) work: bool,
    pub(crate) news: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Write,
}

impl Tx {
    /// Waits for a connection and for the lock: busy is asked again for as long as it takes.
    pub(crate) async fn begin(pool: &SqlitePool, kind: Kind) -> Result<Self, StoreError> {
        loop {
            match Self::try_begin(pool, kind).await {
                Err(error) if is_busy(&error) => {
                    tracing::warn!("another connection keeps the database locked; still waiting");
                }
                result => return Ok(result?),
            }
        }
    }

    async fn try_begin(pool: &SqlitePool, kind: Kind) -> Result<Self, sqlx::Error> {
        let connection = pool.acquire().await?;
        let mut tx = Self { connection, open: true, now: None, point: "", hints: Hints::default() };
        if let Err(error) = tx.start(kind).await {
            tx.roll_back().await;
            return Err(error);
        }
        Ok(tx)
    }

    async fn start(&mut self, kind: Kind) -> Result<(), sqlx::Error> {
        match kind {
            Kind::Write => sqlx::query(BEGIN_WRITE).execute(&mut *self.connection).await.map(drop),
            Kind::Read => {
                sqlx::query("BEGIN").execute(&mut *self.connection).await?;
                // The snapshot is taken by the first read: take it here, where busy is waited for.
                sqlx::query("SELECT id FROM clock").fetch_one(&mut *self.connection).await.map(drop)
            }
        }
    }

    /// The database's clock, read once per unit of work: all times that it writes are the same.
    pub async fn now(&mut self) -> Result<Timestamp, StoreError> {
        if let Some(now) = self.now {
            return Ok(now);
        }
        let row = sqlx::query(concat!("SELECT ", now_ms!())).fetch_one(self.connection()).await?;
        let now = Timestamp::from_millis(row.try_get(0)?);
        self.now = Some(now);
        Ok(now)
    }

    /// Names this unit of work, for planned failures and for what is logged about it.
    pub fn at(&mut self, point: &'static str) {
        self.point = point;
    }

    pub(crate) fn point(&self) -> &'static str {
        self.point
    }

    /// Wakes workers once this is kept.
    pub fn tell_workers(&mut self) {
        self.hints.work = true;
    }

    /// Wakes readers of the event log once this is kept.
    pub fn tell_readers(&mut self) {
        self.hints.news = true;
    }

    pub(crate) fn forget_now(&mut self) {
        self.now = None;
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    pub(crate) async fn commit(mut self) -> Result<Hints, StoreError> {
        match self.end("COMMIT").await {
            Ok(()) => Ok(self.hints),
            Err(error) => {
                // A commit that failed may still hold its lock.
                self.roll_back().await;
                Err(error.into())
            }
        }
    }

    pub(crate) async fn roll_back(mut self) {
        if let Err(error) = self.end("ROLLBACK").await {
            // SQLite itself undoes a transaction that finds the disk full, and then there is none to undo.
            self.open = !error.to_string().contains("no transaction is active");
        }
    }

    async fn end(&mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(statement).execute(&mut *self.connection).await?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if self.open {
            // Closing rolls back, and leaves no doubt about the state of the next connection.
            self.connection.close_on_drop();
        }
    }
}
