//! SQLite through its synchronous API, called directly from async tasks.
//!
//! A statement on cached pages takes microseconds, less than handing it to another thread and waiting for the result. What
//! can take longer, a flush of the disk or a reader's scan of a whole table, tells the runtime
//! ([`block_in_place`]), so that other tasks move to another thread. Because no other thread is involved, a simulation of the
//! engine over a real database is deterministic on a single-threaded runtime with a paused clock.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::dialect::{Dialect, Statement, ddl};
use crate::migrations::{self, Applied, Module};
use crate::sql::Value;
use crate::{Options, StoreError};

/// The size of the cache of prepared statements, per connection.
const PREPARED: usize = 500;

/// Busy timeout while the file is opened, which another process may be doing as well.
const OPENING: Duration = Duration::from_secs(5);

/// Opens the file; creates it if it is missing.
pub(crate) fn open(path: &Path, options: &Options) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // Only while it is opened: later, busy is retried without blocking a thread.
    connection.busy_timeout(OPENING)?;
    let synchronous = if options.clock.is_some() { "OFF" } else { "FULL" };
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON;"
    ))?;
    // Query plans do not depend on bound values. Otherwise SQLite, compiled with STAT4, plans a statement again for values
    // on which it has statistics: half a millisecond for each claim.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if let Some(clock) = options.clock {
        // This overrides the built-in function that `{now}` calls.
        connection
            .create_scalar_function("unixepoch", 1, FunctionFlags::SQLITE_UTF8, move |_| Ok(clock().as_secs_f64()))?;
    }
    Ok(connection)
}

/// Runs something that may block for a while, as tokio's function of that name does, on any kind of runtime.
pub(crate) fn block_in_place<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Runs a statement without values.
pub(crate) fn run(connection: &Connection, statement: &str) -> Result<(), rusqlite::Error> {
    let mut statement = connection.prepare_cached(statement)?;
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

/// Whether another connection holds the lock. Such an error is retried, and never reaches a caller.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Retries `work` for as long as it finds the database busy, and logs a warning every `warn_after`.
pub(crate) async fn retry_while_busy<T>(
    warn_after: Duration,
    mut work: impl FnMut() -> Result<T, rusqlite::Error>,
) -> Result<T, rusqlite::Error> {
    const LONGEST_PAUSE: Duration = Duration::from_millis(5);
    let mut pause = Duration::from_millis(1);
    let mut since = Instant::now();
    loop {
        match work() {
            Err(error) if is_busy(&error) => {}
            result => return result,
        }
        if since.elapsed() > warn_after {
            tracing::warn!("another process keeps the database locked; still waiting");
            since = Instant::now();
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>, rusqlite::Error> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(Some(n)) => ValueRef::Integer(*n),
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Real(x) => ValueRef::Real(*x),
            Self::Int(None) | Self::Text(None) | Self::Null | Self::Unreadable(_) => ValueRef::Null,
        }))
    }
}

/// A row that was read.
pub(crate) struct SqliteRow {
    names: Arc<[Box<str>]>,
    cells: Vec<Value>,
    /// Where the search for a column starts: columns are mostly read in order.
    next: AtomicUsize,
}

impl SqliteRow {
    pub(crate) fn cell(&self, column: &str) -> Result<&Value, StoreError> {
        let next = self.next.load(Ordering::Relaxed);
        let named = |index: &usize| self.names.get(*index).is_some_and(|name| **name == *column);
        let found = (next..self.names.len()).chain(0..next).find(named);
        let cell = found.and_then(|index| {
            self.next.store(index + 1, Ordering::Relaxed);
            self.cells.get(index)
        });
        match cell {
            Some(Value::Unreadable(why)) => Err(StoreError::Unreadable { what: format!("{why} as {column}") }),
            Some(cell) => Ok(cell),
            None => Err(StoreError::Unreadable { what: format!("no column {column}") }),
        }
    }
}

fn cell(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(Some(n)),
        ValueRef::Real(x) => Value::Real(x),
        ValueRef::Text(text) => match str::from_utf8(text) {
            Ok(text) => Value::Text(Some(text.to_owned())),
            Err(_) => Value::Unreadable("text that is no UTF-8"),
        },
        ValueRef::Blob(_) => Value::Unreadable("bytes where text belongs"),
    }
}

/// Runs a statement; returns the number of changed rows.
pub(crate) fn execute(connection: &Connection, statement: &Statement, values: &[Value]) -> Result<u64, StoreError> {
    with(connection, statement, values, |prepared| {
        let mut rows = prepared.raw_query();
        while rows.next()?.is_some() {}
        Ok(())
    })?;
    Ok(connection.changes())
}

/// Runs a statement; returns all rows.
pub(crate) fn all(
    connection: &Connection,
    statement: &Statement,
    values: &[Value],
) -> Result<Vec<SqliteRow>, StoreError> {
    with(connection, statement, values, |prepared| {
        let names: Arc<[Box<str>]> = prepared.column_names().into_iter().map(Box::from).collect();
        let mut rows = prepared.raw_query();
        let mut read = Vec::new();
        while let Some(row) = rows.next()? {
            let cells =
                (0..names.len()).map(|index| Ok(cell(row.get_ref(index)?))).collect::<Result<_, StoreError>>()?;
            read.push(SqliteRow { names: Arc::clone(&names), cells, next: AtomicUsize::new(0) });
        }
        Ok(read)
    })
}

fn with<T>(
    connection: &Connection,
    statement: &Statement,
    values: &[Value],
    work: impl FnOnce(&mut rusqlite::CachedStatement<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut prepared = connection.prepare_cached(&statement.text)?;
    for (at, index) in statement.order.iter().enumerate() {
        let value = values
            .get(*index)
            .ok_or_else(|| StoreError::Unreadable { what: format!("a statement without its value ${}", index + 1) })?;
        prepared.raw_bind_parameter(at + 1, value)?;
    }
    work(&mut prepared)
}

/// The pool of reading connections.
pub(crate) struct Readers {
    all: Mutex<Vec<Arc<tokio::sync::Mutex<Connection>>>>,
    free: Arc<Semaphore>,
    size: u32,
    warn_after: Duration,
}

/// The default size of the pool of reading connections.
pub(crate) const READERS: u32 = 4;

impl Readers {
    pub(crate) async fn open(path: &Path, options: &Options) -> Result<Self, rusqlite::Error> {
        let mut all = Vec::new();
        let size = options.readers.max(1);
        for _ in 0..size {
            let connection = retry_while_busy(OPENING, || open(path, options)).await?;
            connection.execute_batch("PRAGMA query_only = ON")?;
            connection.busy_timeout(Duration::ZERO)?;
            all.push(Arc::new(tokio::sync::Mutex::new(connection)));
        }
        let free = Arc::new(Semaphore::new(size as usize));
        Ok(Self { all: Mutex::new(all), free, size, warn_after: options.busy_timeout })
    }

    /// A snapshot of the database.
    pub(crate) async fn begin(&self) -> Result<Snapshot, StoreError> {
        let closed = || StoreError::Database("it was closed".into());
        let free = Arc::clone(&self.free).acquire_owned().await.map_err(|_| closed())?;
        let connection = self.idle().ok_or_else(closed)?;
        let mut snapshot = Snapshot { connection, _free: free };
        let begun = &mut snapshot;
        let begin = move || {
            run(&begun.connection, "BEGIN")?;
            // SQLite takes the snapshot at the first read: do it here, where busy is retried.
            run(&begun.connection, "SELECT id FROM clock").inspect_err(|_| begun.end())
        };
        retry_while_busy(self.warn_after, begin).await?;
        Ok(snapshot)
    }

    fn idle(&self) -> Option<OwnedMutexGuard<Connection>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find_map(|one| Arc::clone(one).try_lock_owned().ok())
    }

    /// Waits for the connections that are in use, and closes all.
    pub(crate) async fn close(&self) {
        let everyone = self.free.acquire_many(self.size).await;
        self.free.close();
        self.all.lock().unwrap_or_else(PoisonError::into_inner).clear();
        drop(everyone);
    }
}

/// A read-only transaction; it ends when this is dropped.
pub(crate) struct Snapshot {
    // Declared first, so that it is released before its permit.
    connection: OwnedMutexGuard<Connection>,
    _free: OwnedSemaphorePermit,
}

impl Snapshot {
    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    fn end(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = run(&self.connection, "ROLLBACK")
        {
            tracing::error!(%error, "a snapshot could not be ended");
        }
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        self.end();
    }
}

/// Migrates the schema in one transaction, which waits for another process that does the same. A schema that is up to date is
/// only read: others may write all the time, and whoever waits for the lock of a file is not served in turn.
pub(crate) async fn migrate(connection: &mut Connection, options: &Options) -> Result<(), StoreError> {
    connection.busy_timeout(Duration::ZERO)?;
    // Each attempt has the connection for itself, which threads may hand over but not share.
    let reader = &mut *connection;
    if let Some(applied) = retry_while_busy(options.busy_timeout, move || applied(reader)).await?
        && migrations::pending(&options.modules, &applied)?.is_empty()
    {
        return Ok(());
    }
    let writer = &mut *connection;
    retry_while_busy(options.busy_timeout, move || run(writer, "BEGIN IMMEDIATE")).await?;
    let done = apply(connection, &options.modules);
    connection.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

/// The migrations that were applied; `None` without a history.
fn applied(connection: &Connection) -> Result<Option<Vec<Applied>>, rusqlite::Error> {
    if !connection.table_exists(None, "schema_migrations")? {
        return Ok(None);
    }
    let mut statement = connection.prepare("SELECT module, version, checksum FROM schema_migrations")?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Applied { module: row.get("module")?, version: row.get("version")?, checksum: row.get("checksum")? })
    };
    statement.query_map([], read)?.collect::<Result<Vec<_>, _>>().map(Some)
}

fn apply(connection: &Connection, modules: &[Module]) -> Result<(), StoreError> {
    connection.execute_batch(&ddl(Dialect::Sqlite, migrations::HISTORY))?;
    let applied = applied(connection)?.unwrap_or_default();
    if applied.is_empty() && connection.table_exists(None, "jobs")? {
        return Err(StoreError::SchemaUnknown);
    }
    for step in migrations::pending(modules, &applied)? {
        connection.execute_batch(&ddl(Dialect::Sqlite, step.sql))?;
        connection.execute(
            "INSERT INTO schema_migrations (module, version, name, checksum) VALUES (?, ?, ?, ?)",
            (step.module, step.version, step.name, &step.checksum),
        )?;
    }
    Ok(())
}
