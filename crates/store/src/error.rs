//! The errors of the store, with messages that tell the reader what to do.

use std::error::Error;
use std::path::PathBuf;

use rusqlite::{ErrorCode, ffi};
use sluice_domain::ids::JobId;

/// Largest payload of a job in bytes; what is larger belongs in blobs.
pub const PAYLOAD_LIMIT: usize = 256 * 1024;

/// The error of the database driver.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why a unit of work was rolled back.
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
    #[error(
        "the database is read-only: check the owner and the mount of its folder, or whether the server is a standby"
    )]
    ReadOnly,
    /// The file cannot be opened.
    #[error("cannot open the database {}", path.display())]
    CannotOpen {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        #[source]
        source: Cause,
    },
    /// The database server does not answer.
    #[error("the database server cannot be reached: check its address, and whether it runs")]
    Unreachable(#[source] Cause),
    /// A deadlock, a lock timeout or a serialisation failure.
    #[error("another change of the same rows came first: try again")]
    Contended(#[source] Cause),
    /// Not a valid cron expression.
    #[error("\"{cron}\" is not a schedule: {why}")]
    BadSchedule {
        /// What was given.
        cron: String,
        /// What is wrong with it.
        why: String,
    },
    /// A rate that cannot be enforced.
    #[error("that is not a rate: {why}")]
    BadRate {
        /// What is wrong with it, and what to do.
        why: String,
    },
    /// A job that is to be waited for does not exist.
    #[error("there is no job {job} to depend on")]
    NoSuchDependency {
        /// What was asked for.
        job: JobId,
    },
    /// Registered bytes were garbage-collected, or are being collected, because nothing referenced them for too long.
    #[error("the bytes {hash} were garbage-collected: store them again")]
    BlobGone {
        /// Which.
        hash: String,
    },
    /// The task that wrote a batch was stopped: whether it was committed is unknown.
    #[error("the write was interrupted: check whether it was committed, or try again")]
    Interrupted,
    /// A later version wrote this database.
    #[error(
        "the database's tables of \"{module}\" have version {found} and this sluice knows up to {known}: \
         start the version that wrote it, or a later one"
    )]
    NewerSchema {
        /// Whose tables.
        module: String,
        /// The newest version in the database.
        found: i64,
        /// The newest version that this binary knows.
        known: i64,
    },
    /// A migration is missing before one that was applied.
    #[error("the database's history lacks migration {version} of \"{module}\": restore a backup")]
    SchemaGap {
        /// Whose tables.
        module: &'static str,
        /// Which one is missing.
        version: i64,
    },
    /// A migration was applied with another text.
    #[error(
        "migration {version} of \"{module}\" was applied with another text than this sluice has: \
         start the version that wrote the database, or a released one"
    )]
    SchemaEdited {
        /// Whose tables.
        module: &'static str,
        /// Which one differs.
        version: i64,
    },
    /// Tables of this project without its history.
    #[error(
        "the database was made before the first release of its schema: move it away, or name another data folder or \
         database, and a new one is made"
    )]
    SchemaUnknown,
    /// The file is no database or a broken one.
    #[error("the database file is damaged: restore a backup")]
    Damaged(#[source] Cause),
    /// A row holds what this version cannot read.
    #[error("the database holds {what}, which this version cannot read")]
    Unreadable {
        /// What and where.
        what: String,
    },
    /// A value that a database does not take, or that could not be read again.
    #[error("{what}")]
    NotStorable {
        /// Which, and what the bounds are.
        what: String,
    },
    /// Another row has the same unique key. If another unit of work inserted it first, this one finds it when it runs again.
    #[error("there is a row with the same key already")]
    AlreadyExists(#[source] Cause),
    /// The unit of work was stopped on purpose, by a planned failure of a test.
    #[error("planned failure at \"{point}\"")]
    Planned {
        /// The point's name.
        point: &'static str,
    },
    /// Anything else that the database said.
    #[error("the database failed")]
    Database(#[source] Cause),
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
            Self::BlobGone { .. } => "blob_gone",
            Self::Interrupted => "interrupted",
            Self::BadSchedule { .. } => "bad_schedule",
            Self::BadRate { .. } => "bad_rate",
            Self::NewerSchema { .. } => "newer_schema",
            Self::SchemaGap { .. } => "schema_gap",
            Self::SchemaEdited { .. } => "schema_edited",
            Self::SchemaUnknown => "schema_unknown",
            Self::Damaged(_) => "database_damaged",
            Self::Unreadable { .. } => "unreadable_row",
            Self::NotStorable { .. } => "not_storable",
            Self::AlreadyExists(_) => "already_exists",
            Self::Planned { .. } => "planned_failure",
            Self::Database(_) => "database_failed",
        }
    }

    /// The cause is the database or a concurrent unit of work, so the same may succeed later. Any other error concerns one row
    /// or value, and the rest can go on without it.
    pub const fn is_outage(&self) -> bool {
        matches!(
            self,
            Self::DiskFull
                | Self::ReadOnly
                | Self::CannotOpen { .. }
                | Self::Unreachable(_)
                | Self::Contended(_)
                | Self::Interrupted
                | Self::Planned { .. }
        )
    }

    /// Another unit of work won a race: when this one runs again, it sees what the other one committed.
    pub(crate) const fn is_race(&self) -> bool {
        matches!(self, Self::Contended(_) | Self::AlreadyExists(_))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        const UNIQUE: [i32; 2] = [ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_PRIMARYKEY];
        if error.sqlite_error().is_some_and(|error| UNIQUE.contains(&error.extended_code)) {
            return Self::AlreadyExists(error.into());
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.into()),
            _ => Self::Database(error.into()),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) {
            return Self::Unreachable(error.into());
        }
        // https://www.postgresql.org/docs/current/errcodes-appendix.html
        match error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() {
            Some("53100") => Self::DiskFull,
            Some("25006") => Self::ReadOnly,
            Some("40001" | "40P01" | "55P03") => Self::Contended(error.into()),
            Some("23505") => Self::AlreadyExists(error.into()),
            // The server is shutting down, starting up, or out of connections.
            Some("57P01" | "57P02" | "57P03" | "53300" | "08006" | "08003" | "08000") => {
                Self::Unreachable(error.into())
            }
            _ => Self::Database(error.into()),
        }
    }
}

impl StoreError {
    /// A copy, for another unit of work of the same transaction.
    #[must_use]
    pub fn again(&self) -> Self {
        match self {
            Self::DiskFull => Self::DiskFull,
            Self::ReadOnly => Self::ReadOnly,
            Self::Planned { point } => Self::Planned { point },
            Self::Interrupted => Self::Interrupted,
            Self::Contended(error) => Self::Contended(error.to_string().into()),
            Self::Unreachable(error) => Self::Unreachable(error.to_string().into()),
            other => Self::Database(format!("the shared commit failed: {other}").into()),
        }
    }
}
