//! Test access to what is otherwise private: the clock, the size of the disk, query plans.

use std::time::Duration;

use sluice_domain::time::millis;

use sqlx::{AssertSqlSafe, Row as _};

use crate::sql::sql;
use crate::unit::Connection;
use crate::{Backend, Dialect, Store, StoreError, Tx, dialect};

impl Store {
    /// Moves the database's clock forward, which affects leases, delays and deadlines at once.
    pub async fn advance_clock(&self, by: Duration) -> Result<(), StoreError> {
        self.write(async |tx| {
            sql("UPDATE clock SET offset_ms = offset_ms + $1").bind(millis(by)).execute(tx).await?;
            tx.forget_now();
            tx.notify_workers();
            Ok(())
        })
        .await
    }

    /// Simulates a full disk (`SQLite` alone): the file may grow by at most `more` pages, until the next call.
    pub async fn limit_free_pages(&self, more: u32) -> Result<(), StoreError> {
        self.write(async |tx| {
            let pages: i64 = sql("PRAGMA page_count").one(tx).await?.get("page_count")?;
            sql(format!("PRAGMA max_page_count = {}", pages + i64::from(more))).one(tx).await?;
            Ok(())
        })
        .await
    }

    /// Makes the database read-only, or writable again. Fails on `PostgreSQL`, where that is set on the server.
    pub async fn set_read_only(&self, yes: bool) -> Result<(), StoreError> {
        match &self.inner.backend {
            Backend::Sqlite { group, .. } => group.set_read_only(yes).await,
            Backend::Postgres { .. } => Err(StoreError::ReadOnly),
        }
    }

    /// Runs a statement that both databases understand.
    pub async fn execute(&self, statement: &str) -> Result<u64, StoreError> {
        self.write(async |tx| sql(statement.to_owned()).execute(tx).await).await
    }

    /// How much write-ahead log `PostgreSQL` has written so far, in bytes; `None` on `SQLite`.
    pub async fn wal_bytes(&self) -> Result<Option<i64>, StoreError> {
        if self.dialect() == Dialect::Sqlite {
            return Ok(None);
        }
        let text = "SELECT CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS BIGINT) AS bytes";
        self.read(async |tx| sql(text).one(tx).await?.get("bytes")).await.map(Some)
    }

    /// Runs `VACUUM ANALYZE` on `PostgreSQL`, between two runs of a benchmark; nothing on `SQLite`.
    pub async fn vacuum(&self) -> Result<(), StoreError> {
        if let Backend::Postgres { connections, .. } = &self.inner.backend {
            let mut pooled = connections.get().await?;
            sqlx::raw_sql("VACUUM ANALYZE").execute(pooled.connection()).await?;
            pooled.release();
        }
        Ok(())
    }

    /// The statements that this process has run so far, in the open database's dialect.
    pub fn statements(&self) -> Vec<String> {
        dialect::known(self.dialect()).iter().map(ToString::to_string).collect()
    }

    /// The query plan of a statement, line by line, as a unit of work has it that writes or only reads: on `PostgreSQL` the
    /// planner's settings differ. The plan is generic, without values.
    pub async fn plan(&self, statement: &str, writes: bool) -> Result<Vec<String>, StoreError> {
        let read = async |tx: &mut Tx| plan(tx, statement).await;
        if writes { self.write(read).await } else { self.read(read).await }
    }
}

async fn plan(tx: &mut Tx, statement: &str) -> Result<Vec<String>, StoreError> {
    let Connection::Postgres { open, .. } = tx.connection() else {
        let rows = sql(format!("EXPLAIN QUERY PLAN {statement}")).all(tx).await?;
        return rows.iter().map(|row| row.get("detail")).collect();
    };
    let values = (1..1_000).take_while(|n| statement.contains(&format!("${n}"))).map(|_| "NULL").collect::<Vec<_>>();
    let values = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    let text = format!(
        "SET LOCAL plan_cache_mode = force_generic_plan; PREPARE explained AS {statement};
         EXPLAIN EXECUTE explained{values}"
    );
    let rows = sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(&mut *open).await;
    sqlx::raw_sql("DEALLOCATE explained").execute(open).await.ok();
    rows?.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Runs a statement with text values, for the tables that a test brings itself. (What is shipped has its SQL in this
/// crate.)
pub async fn run(tx: &mut Tx, statement: &'static str, values: &[&str]) -> Result<u64, StoreError> {
    sql(statement).bind_all(values.iter().copied()).execute(tx).await
}

/// The texts that a query gives in its column `value`, for the tables that a test brings itself.
pub async fn texts(tx: &mut Tx, query: &'static str, values: &[&str]) -> Result<Vec<String>, StoreError> {
    let rows = sql(query).bind_all(values.iter().copied()).all(tx).await?;
    rows.iter().map(|row| row.get("value")).collect()
}
