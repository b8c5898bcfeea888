//! Opening a database, and bringing its schema up to date.

use std::fmt;
use std::fs::{File, Permissions};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use crate::checkpoint::Checkpointer;
use crate::connections::{self, ConnectionPool};
use crate::dialect::{Dialect, ddl};
use crate::faults::{Faults, NoFaults};
use crate::group::Group;
use crate::migrations::{self, Applied, MODULES, Module};
use crate::postgres::Notifier;
use crate::{Backend, Hints, Inner, Store, StoreError, sqlite, unit};

/// How long a process that hangs within a transaction can hold its row locks. (A pooler has its own
/// `idle_transaction_timeout`.)
const IDLE_LIMIT: &str = "5s";

/// Where the rows are.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file, made when it is missing.
    Sqlite(PathBuf),
    /// A server.
    Postgres(PostgresUrl),
}

/// How to reach a `PostgreSQL` server. Shown without its password.
#[derive(Clone)]
pub struct PostgresUrl {
    /// `postgres://user:password@host/database`. With `?pgbouncer=true` it may be a pooler in transaction mode: then no
    /// statement stays prepared for longer than its transaction.
    pub url: String,
    /// A direct connection for LISTEN, for when `url` is a pooler. Behind a pooler and without it, jobs of other processes are
    /// found by polling once a second.
    pub direct: Option<String>,
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresUrl(…)")
    }
}

/// How a database is opened.
pub struct Options {
    /// After this long behind another process's lock on a `SQLite` file a warning is logged; the wait itself has no limit.
    pub busy_timeout: Duration,
    /// How many connections read a `SQLite` file.
    pub readers: u32,
    /// The size of the connection pool for a `PostgreSQL` server, without the connections for LISTEN and NOTIFY.
    pub connections: u32,
    /// Timeout for an answer of a `PostgreSQL` server, and for checking out a connection.
    pub answer_timeout: Duration,
    /// A clock in place of `SQLite`'s, as the time since 1970, for simulations, which also skip flushes of the disk.
    pub clock: Option<fn() -> Duration>,
    /// Planned failures.
    pub faults: Arc<dyn Faults>,
    /// The modules whose tables are created.
    pub modules: Vec<Module>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            readers: sqlite::READERS,
            connections: connections::CONNECTIONS,
            answer_timeout: connections::ANSWER_TIMEOUT,
            clock: None,
            faults: Arc::new(NoFaults),
            modules: MODULES.to_vec(),
        }
    }
}

impl Store {
    /// Opens a `SQLite` file, creates it when it is missing, and brings its schema up to date.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(&Database::Sqlite(path.to_owned()), Options::default()).await
    }

    /// Opens either database, with other settings.
    pub async fn open_with(database: &Database, options: Options) -> Result<Self, StoreError> {
        let hints = Hints::default();
        let backend = match database {
            Database::Sqlite(path) => sqlite(path, &options, &hints).await?,
            Database::Postgres(url) => postgres(url, &options, &hints).await?,
        };
        Ok(Self { inner: Arc::new(Inner { backend, hints, counts: Mutex::default(), faults: options.faults }) })
    }
}

async fn sqlite(path: &Path, options: &Options, hints: &Hints) -> Result<Backend, StoreError> {
    let cannot_open = |error: rusqlite::Error| match StoreError::from(error) {
        StoreError::Database(source) => StoreError::CannotOpen { path: path.to_owned(), source },
        other => other,
    };
    make_private(path).map_err(|error| StoreError::CannotOpen { path: path.to_owned(), source: error.into() })?;
    let open = || sqlite::open(path, options);
    let mut writer = sqlite::retry_while_busy(options.busy_timeout, open).await.map_err(cannot_open)?;
    sqlite::migrate(&mut writer, options).await?;
    // 64 MiB, so that claims and settlements under load find their pages in the cache.
    writer.execute_batch("PRAGMA cache_size = -65536")?;
    let readers = sqlite::Readers::open(path, options).await.map_err(cannot_open)?;
    // A simulation is repeatable only with one thread.
    let checkpointer = if options.clock.is_some() {
        None
    } else {
        let own = sqlite::retry_while_busy(options.busy_timeout, open).await.map_err(cannot_open)?;
        Checkpointer::start(own, &writer)
    };
    let group = Group::new(writer, checkpointer, options.busy_timeout, hints.work.clone(), hints.events.clone());
    Ok(Backend::Sqlite { group, readers })
}

/// Only the owner may read the file. `SQLite` creates its companions (`-wal`, `-shm`) with the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    const OWNER_ONLY: u32 = 0o600;
    match File::options().write(true).create_new(true).mode(OWNER_ONLY).open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    for beside in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(beside);
        let Ok(found) = std::fs::metadata(&file) else { continue };
        if found.permissions().mode() & 0o077 != 0
            && let Err(error) = std::fs::set_permissions(&file, Permissions::from_mode(OWNER_ONLY))
        {
            tracing::warn!(%error, file = %file.display(), "others can read the database: its mode cannot be changed");
        }
    }
    Ok(())
}

async fn postgres(url: &PostgresUrl, settings: &Options, hints: &Hints) -> Result<Backend, StoreError> {
    let behind_pooler = url.url.contains("pgbouncer=true");
    let mut options: PgConnectOptions =
        url.url.replace("pgbouncer=true", "").trim_end_matches(['?', '&']).parse().map_err(unreachable)?;
    options = options.application_name("sluice").statement_cache_capacity(500);
    let mut planner = String::new();
    if behind_pooler {
        // A pooler rejects some startup parameters, and prepared statements are lost with the server connection.
        options = options.statement_cache_capacity(0).extra_float_digits(None);
    } else {
        // JIT compilation takes longer than these statements run, and high estimates for busy tables would trigger it.
        options = options.options([("idle_in_transaction_session_timeout", IDLE_LIMIT), ("jit", "off")]);
        // Set after connecting and not as startup parameters, so that a reader can reset them to the server's defaults.
        planner = unit::PLANNER.map(|(name, value)| format!("SET {name} = {value};")).concat();
    }
    let connections = ConnectionPool::new(options.clone(), planner, settings.connections, settings.answer_timeout);
    let mut first = connections.get().await?;
    migrate(first.connection(), &settings.modules).await?;
    first.release();
    let direct = match &url.direct {
        Some(direct) => Some(direct.parse().map_err(unreachable)?),
        None if behind_pooler => None,
        None => Some(options),
    };
    let notifier = Notifier::start(direct, hints);
    Ok(Backend::Postgres { connections, notifier, prepares: !behind_pooler })
}

fn unreachable(error: sqlx::Error) -> StoreError {
    StoreError::Unreachable(error.into())
}

/// Migrates `PostgreSQL`'s schema in one transaction, under an advisory lock against other processes. It needs no session
/// state, so it works through a pooler.
async fn migrate(connection: &mut PgConnection, modules: &[Module]) -> Result<(), StoreError> {
    let mut transaction = connection.begin().await?;
    let history = format!("SELECT pg_advisory_xact_lock(7305805); {}", ddl(Dialect::Postgres, migrations::HISTORY));
    sqlx::raw_sql(AssertSqlSafe(history)).execute(&mut *transaction).await?;
    let rows = sqlx::query("SELECT module, version, checksum FROM schema_migrations")
        .persistent(false)
        .fetch_all(&mut *transaction)
        .await?;
    let mut applied = Vec::with_capacity(rows.len());
    for row in &rows {
        let (module, version, checksum) = (row.try_get("module")?, row.try_get("version")?, row.try_get("checksum")?);
        applied.push(Applied { module, version, checksum });
    }
    let jobs: Option<String> = sqlx::query_scalar("SELECT CAST(to_regclass('jobs') AS TEXT)")
        .persistent(false)
        .fetch_one(&mut *transaction)
        .await?;
    if applied.is_empty() && jobs.is_some() {
        return Err(StoreError::SchemaUnknown);
    }
    for step in migrations::pending(modules, &applied)? {
        let text = AssertSqlSafe(ddl(Dialect::Postgres, step.sql));
        sqlx::raw_sql(text).execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO schema_migrations (module, version, name, checksum) VALUES ($1, $2, $3, $4)")
            .bind(step.module)
            .bind(step.version)
            .bind(step.name)
            .bind(&step.checksum)
            .persistent(false)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}
