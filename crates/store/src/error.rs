//! What can go wrong with the database, said so that the reader knows what to do.

use std::path::PathBuf;

use sluice_domain::ids::JobId;

/// Largest payload of a job in bytes; what is larger belongs in blobs.
pub const PAYLOAD_LIMIT: usize = 256 * 1024;

/// Why a unit of work was not done. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The attempt that wanted to write no longer holds its job.
    #[error("job {job} is no longer held by this attempt: its lease ran out or it was settled")]
    LeaseLost {
        /// The job.
        job: JobId,
    },
    /// No such job.
    #[error("there is no job {job}")]
    NoSuchJob {
        /// What was asked for.
        job: JobId,
    },
    /// The same idempotency key with another payload.
    #[error("idempotency key \"{key}\" was used before with another request")]
    IdempotencyConflict {
        /// The key.
        key: String,
    },
    /// A job's payload over [`PAYLOAD_LIMIT`].
    #[error(
        "a job's payload may have {PAYLOAD_LIMIT} bytes and this one has {bytes}: store it as a blob, pass its key"
    )]
    PayloadTooLarge {
        /// Its length.
        bytes: usize,
    },
    /// The job is not in a state from which it can be run again.
    #[error("job {job} is {state}: only a job that gave up, was cancelled or expired can be retried")]
    NotRetryable {
        /// The job.
        job: JobId,
        /// Its state.
        state: &'static str,
    },
    /// No space left.
    #[error("the disk is full: nothing was written; free some space and it goes on by itself")]
    DiskFull,
    /// The database file or its folder cannot be written.
    #[error("the database is read-only: check the owner and the mount of its folder")]
    ReadOnly,
    /// The file cannot be opened.
    #[error("cannot open the database {}", path.display())]
    CannotOpen {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        #[source]
        source: sqlx::Error,
    },
    /// The database server does not answer.
    #[error("the database server cannot be reached: check its address, and whether it runs")]
    Unreachable(#[source] sqlx::Error),
    /// Two units of work wanted the same rows; this one gave way.
    #[error("another change of the same rows came first: try again")]
    Contended(#[source] sqlx::Error),
    /// No times of day.
    #[error("\"{cron}\" is not a schedule: {why}")]
    BadSchedule {
        /// What was given.
        cron: String,
        /// What is wrong with it.
        why: String,
    },
    /// A job that is to be waited for does not exist.
    #[error("there is no job {job} to depend on")]
    NoSuchDependency {
        /// What was asked for.
        job: JobId,
    },
    /// Someone who wrote for several was stopped: whether it was kept is not known.
    #[error("the write was interrupted: look whether it was kept, or try again")]
    Interrupted,
    /// A later version wrote this database.
    #[error(
        "the database has schema {found} and this version of sluice knows up to {known}: \
         start the version that wrote it, or a later one"
    )]
    NewerSchema {
        /// The schema's number in the file.
        found: i64,
        /// The last number that this binary knows.
        known: i64,
    },
    /// The file is no database or a broken one.
    #[error("the database file is damaged: restore a backup")]
    Damaged(#[source] sqlx::Error),
    /// A row holds what this version cannot read.
    #[error("the database holds {what}, which this version cannot read")]
    Unreadable {
        /// What and where.
        what: String,
    },
    /// The unit of work was stopped on purpose, by a planned failure of a test.
    #[error("planned failure at \"{point}\"")]
    Planned {
        /// The point's name.
        point: &'static str,
    },
    /// Anything else that the database said.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// A stable code for logs and problem documents.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::LeaseLost { .. } => "lease_lost",
            Self::NoSuchJob { .. } => "no_such_job",
            Self::IdempotencyConflict { .. } => "idempotency_conflict",
            Self::PayloadTooLarge { .. } => "payload_too_large",
            Self::NotRetryable { .. } => "not_retryable",
            Self::DiskFull => "disk_full",
            Self::ReadOnly => "read_only",
            Self::CannotOpen { .. } => "cannot_open",
            Self::Unreachable(_) => "database_unreachable",
            Self::Contended(_) => "contended",
            Self::NoSuchDependency { .. } => "no_such_dependency",
            Self::Interrupted => "interrupted",
            Self::BadSchedule { .. } => "bad_schedule",
            Self::NewerSchema { .. } => "newer_schema",
            Self::Damaged(_) => "database_damaged",
            Self::Unreadable { .. } => "unreadable_row",
            Self::Planned { .. } => "planned_failure",
            Self::Database(_) => "database_failed",
        }
    }
}

/// SQLite's primary result codes (`https://www.sqlite.org/rescode.html`) that are told apart.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READ_ONLY: i32 = 8;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const NOT_A_DATABASE: i32 = 26;

fn database_code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// SQLite's primary code; PostgreSQL's states have five characters.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code = database_code(error)?;
    if code.len() == 5 && !matches!(error.as_database_error(), Some(error) if is_sqlite(error)) {
        return None;
    }
    Some(code.parse::<i32>().ok()? & 0xff)
}

fn is_sqlite(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
}

/// Another connection holds the lock: to be waited for, never to be reported.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(primary_code(error), Some(BUSY | LOCKED))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) {
            return Self::Unreachable(error);
        }
        match primary_code(&error) {
            Some(FULL) => return Self::DiskFull,
            Some(READ_ONLY) => return Self::ReadOnly,
            Some(CORRUPT | NOT_A_DATABASE) => return Self::Damaged(error),
            Some(_) => return Self::Database(error),
            None => {}
        }
        // https://www.postgresql.org/docs/current/errcodes-appendix.html
        match database_code(&error).as_deref() {
            Some("53100") => Self::DiskFull,
            Some("25006") => Self::ReadOnly,
            Some("40001" | "40P01" | "55P03") => Self::Contended(error),
            // The server ends, starts, or has no room for another connection.
            Some("57P01" | "57P02" | "57P03" | "53300" | "08006" | "08003" | "08000") => Self::Unreachable(error),
            _ => Self::Database(error),
        }
    }
}

impl StoreError {
    /// The same for another whose unit of work was in the same transaction.
    #[must_use]
    pub fn again(&self) -> Self {
        match self {
            Self::DiskFull => Self::DiskFull,
            Self::ReadOnly => Self::ReadOnly,
            Self::Planned { point } => Self::Planned { point },
            Self::Interrupted => Self::Interrupted,
            Self::Contended(error) => Self::Contended(sqlx::Error::Protocol(error.to_string())),
            Self::Unreachable(error) => Self::Unreachable(sqlx::Error::Protocol(error.to_string())),
            other => Self::Database(sqlx::Error::Protocol(format!("the shared commit failed: {other}"))),
        }
    }
}
