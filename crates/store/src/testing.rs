//! Handles for tests on what they cannot reach otherwise: the clock and the size of the disk.

use std::time::Duration;

use sluice_domain::time::millis;

use crate::{Store, StoreError};

impl Store {
    /// Moves the database's clock forward. Leases, delays and deadlines see it at once.
    pub async fn advance_clock(&self, by: Duration) -> Result<(), StoreError> {
        self.write(async |tx| {
            sqlx::query("UPDATE clock SET offset_ms = offset_ms + $1")
                .bind(millis(by))
                .execute(tx.connection())
                .await?;
            tx.forget_now();
            tx.tell_workers();
            Ok(())
        })
        .await
    }

    /// Fills the disk: the file may not grow beyond its present pages and `more`, until the next call.
    pub async fn leave_pages(&self, more: u32) -> Result<(), StoreError> {
        self.write(async |tx| {
            let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(tx.connection()).await?;
            let statement = format!("PRAGMA max_page_count = {}", pages + i64::from(more));
            sqlx::query(sqlx::AssertSqlSafe(statement)).fetch_one(tx.connection()).await?;
            Ok(())
        })
        .await
    }
}
