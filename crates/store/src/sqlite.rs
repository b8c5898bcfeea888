//! SQLite by its own interface, used in the task that asks.
//!
//! A statement on cached pages takes microseconds: handing it to a thread and waiting for the answer takes longer than
//! doing it. What can take longer, a flush of the disk or a reader's walk over a whole table, tells the runtime
//! ([`block_in_place`]), so that other tasks go on elsewhere. Everything being done on the spot has a second use: on a runtime
//! with one thread and a stopped clock, a simulation of the engine over a real database is deterministic.

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

/// Statements that stay prepared, per connection.
const PREPARED: usize = 500;

/// Longest wait for another process that opens the same file.
const OPENING: Duration = Duration::from_secs(5);

/// Opens the file, made when it is missing.
pub(crate) fn open(path: &Path, options: &Options) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // While it is opened; afterwards busy is waited for without holding a thread.
    connection.busy_timeout(OPENING)?;
    let synchronous = if options.clock.is_some() { "OFF" } else { "FULL" };
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON;"
    ))?;
    // A plan is made once for a statement. Compiled with STAT4, SQLite otherwise plans again for each new value that it
    // could have asked the statistics about: half a millisecond for each claim.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if let Some(clock) = options.clock {
        // Its own function of that name is what `{now}` asks.
        connection
            .create_scalar_function("unixepoch", 1, FunctionFlags::SQLITE_UTF8, move |_| Ok(clock().as_secs_f64()))?;
    }
    Ok(connection)
}

/// Runs what may take a while. Of a runtime with several threads, the others take over this one's tasks.
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

/// Another connection holds the lock: to be waited for, never to be reported.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Waits until `work` does not find the database busy, for as long as it takes; says so now and then.
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
    /// Where to look first: columns are mostly read in their order.
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

/// Runs a statement; gives the number of rows that changed.
pub(crate) fn execute(connection: &Connection, statement: &Statement, values: &[Value]) -> Result<u64, StoreError> {
    with(connection, statement, values, |prepared| {
        let mut rows = prepared.raw_query();
        while rows.next()?.is_some() {}
        Ok(())
    })?;
    Ok(connection.changes())
}

/// Runs a statement; gives all rows.
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

/// Connections that read.
pub(crate) struct Readers {
    all: Mutex<Vec<Arc<tokio::sync::Mutex<Connection>>>>,
    free: Arc<Semaphore>,
    size: u32,
    warn_after: Duration,
}

/// Connections that read at once, when nothing else is set.
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
            // The snapshot is taken by the first read: take it here, where busy is waited for.
            run(&begun.connection, "SELECT id FROM clock").inspect_err(|_| begun.end())
        };
        retry_while_busy(self.warn_after, begin).await?;
        Ok(snapshot)
    }

    fn idle(&self) -> Option<OwnedMutexGuard<Connection>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find_map(|one| Arc::clone(one).try_lock_owned().ok())
    }

    /// Waits for those that are in use, and closes all.
    pub(crate) async fn close(&self) {
        let everyone = self.free.acquire_many(self.size).await;
        self.free.close();
        self.all.lock().unwrap_or_else(PoisonError::into_inner).clear();
        drop(everyone);
    }
}

/// A read-only transaction; it ends when this is dropped.
pub(crate) struct Snapshot {
    // Given back before the right to take one.
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

/// Brings the schema up to date, all in one transaction; another process that does the same at the same time is waited
/// for.
pub(crate) fn migrate(connection: &Connection, modules: &[Module]) -> Result<(), StoreError> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let done = apply(connection, modules);
    connection.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

fn apply(connection: &Connection, modules: &[Module]) -> Result<(), StoreError> {
    connection.execute_batch(&ddl(Dialect::Sqlite, migrations::HISTORY))?;
    let mut statement = connection.prepare("SELECT module, version, checksum FROM schema_migrations")?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Applied { module: row.get("module")?, version: row.get("version")?, checksum: row.get("checksum")? })
    };
    let applied = statement.query_map([], read)?.collect::<Result<Vec<_>, _>>()?;
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
