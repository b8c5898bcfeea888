//! Handles for tests on what they cannot reach otherwise: the clock and the size of the disk.

use std::time::Duration;

use sluice_domain::time::millis;

use crate::sql::sql;
use crate::{Backend, Dialect, Store, StoreError};

impl Store {
    /// Moves the database's clock forward. Leases, delays and deadlines see it at once.
    pub async fn advance_clock(&self, by: Duration) -> Result<(), StoreError> {
        self.write(async |tx| {
            sql("UPDATE clock SET offset_ms = offset_ms + $1").bind(millis(by)).execute(tx).await?;
            tx.forget_now();
            tx.tell_workers();
            Ok(())
        })
        .await
    }

    /// Fills the disk (`SQLite` alone): the file may not grow beyond its present pages and `more`, until the next call.
    pub async fn leave_pages(&self, more: u32) -> Result<(), StoreError> {
        self.write(async |tx| {
            let pages: i64 = sql("PRAGMA page_count").one(tx).await?.get("page_count")?;
            sql(format!("PRAGMA max_page_count = {}", pages + i64::from(more))).one(tx).await?;
            Ok(())
        })
        .await
    }

    /// Takes no writes any more, or takes them again. (`PostgreSQL` is told so by its server, and refuses this.)
    pub async fn set_read_only(&self, yes: bool) -> Result<(), StoreError> {
        match &self.inner.backend {
            Backend::Sqlite { group, .. } => group.set_read_only(yes).await,
            Backend::Postgres { .. } => Err(StoreError::ReadOnly),
        }
    }

    /// Runs a statement as it stands, in both databases' words.
    pub async fn execute(&self, statement: &str) -> Result<u64, StoreError> {
        self.write(async |tx| sql(statement.to_owned()).execute(tx).await).await
    }

    /// How much write-ahead log `PostgreSQL` has written so far, in bytes; nothing on `SQLite`.
    pub async fn wal_bytes(&self) -> Result<Option<i64>, StoreError> {
        if self.dialect() == Dialect::Sqlite {
            return Ok(None);
        }
        let text = "SELECT CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS BIGINT) AS bytes";
        self.read(async |tx| sql(text).one(tx).await?.get("bytes")).await.map(Some)
    }

    /// What autovacuum does on `PostgreSQL` when it has time: between two runs of a benchmark.
    pub async fn maintain(&self) -> Result<(), StoreError> {
        if let Backend::Postgres { connections, .. } = &self.inner.backend {
            let mut lent = connections.get().await?;
            sqlx::raw_sql("VACUUM ANALYZE").execute(lent.connection()).await?;
            lent.give_back();
        }
        Ok(())
    }
}
