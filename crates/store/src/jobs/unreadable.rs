//! Unreadable rows of limits, rates and pauses. Each holds back the jobs that it concerns, and nothing else.

use crate::StoreError;
use crate::sql::Row;

/// A row of a limit, a rate or a pause that a claim could not read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unreadable {
    /// Its table.
    pub table: &'static str,
    /// Its scope and name, as `kind reel.scene`, as far as they can be read.
    pub row: String,
    /// What is wrong with it.
    pub error: String,
}

impl Unreadable {
    pub(crate) fn new(table: &'static str, row: &Row, error: &StoreError) -> Self {
        let column = |column| row.get(column).unwrap_or_else(|_| "(unreadable)".to_owned());
        Self::of(table, format!("{} {}", column("scope"), column("name")), error)
    }

    pub(crate) fn of(table: &'static str, row: String, error: &StoreError) -> Self {
        // The message of the database driver.
        let error = if let StoreError::Database(cause) = error { cause.to_string() } else { error.to_string() };
        Self { table, row, error }
    }

    /// Logs it at once, for rare readers. For claims, the worker limits the rate.
    pub(crate) fn log(&self) {
        tracing::error!(table = self.table, row = self.row, error = self.error, "a row cannot be read");
    }
}

/// The rows that can be read; the others are logged and left out.
pub(crate) fn readable<T>(table: &'static str, rows: &[Row], read: impl Fn(&Row) -> Result<T, StoreError>) -> Vec<T> {
    let one = |row| read(row).inspect_err(|error| Unreadable::new(table, row, error).log()).ok();
    rows.iter().filter_map(one).collect()
}
