//! A database that goes away with the test.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sluice_store::migrations::{MODULES, Module};
use sluice_store::{Database, Dialect, Options, Store, jobs};
use tempfile::TempDir;

use crate::faults::PlannedFaults;
use crate::postgres::Server;

/// A database that goes away with the test. End the test with [`TestStore::end`]: a job that is left behind fails it.
pub struct TestStore {
    store: Store,
    faults: PlannedFaults,
    database: Database,
    folder: TempDir,
    ended: bool,
}

impl TestStore {
    /// A new, empty `SQLite` database.
    pub async fn open() -> Self {
        Self::open_on(Dialect::Sqlite).await
    }

    /// A new, empty database of either kind.
    pub async fn open_on(dialect: Dialect) -> Self {
        Self::open_with(dialect, MODULES).await
    }

    /// A new, empty database of either kind, with the tables of these modules.
    pub async fn open_with(dialect: Dialect, modules: &[Module]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let faults = PlannedFaults::default();
        let database = match dialect {
            Dialect::Sqlite => Database::Sqlite(folder.path().join("sluice.db")),
            Dialect::Postgres => Server::shared().database(),
        };
        let store = open(&database, faults.clone(), modules).await;
        Self { store, faults, database, folder, ended: false }
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The same database opened once more, as another process has it.
    pub async fn open_again(&self) -> Store {
        open(&self.database, PlannedFaults::default(), MODULES).await
    }

    /// Where the database is.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The database's file, on `SQLite`.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("sluice.db")
    }

    /// The temporary folder, for other files of the test.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The failures of this database.
    pub fn faults(&self) -> &PlannedFaults {
        &self.faults
    }

    /// Moves the database's clock forward.
    pub async fn advance(&self, by: Duration) {
        self.store.advance_clock(by).await.expect("the clock moves");
    }

    /// From now on the database takes no writes, or takes them again. On `PostgreSQL` that is as with a failover: a
    /// connection from the time in which it took none is of no use later.
    pub async fn set_read_only(&self, yes: bool) {
        match &self.database {
            Database::Sqlite(_) => self.store.set_read_only(yes).await.expect("a pragma"),
            Database::Postgres(_) => Server::shared().set_read_only(&self.database, yes),
        }
    }

    /// Ends the test of a database that is closed, so that nobody can look for jobs.
    pub fn end_closed(mut self) {
        self.ended = true;
    }

    /// Ends the test: no unfinished job may be left, and every planned failure must have happened.
    pub async fn end(mut self) {
        self.ended = true;
        let left = self.store.read(async |tx| jobs::operator::unfinished(tx).await).await.expect("the jobs");
        let left: Vec<_> = left.iter().map(|job| format!("{} is {}", job.kind, job.state.as_str())).collect();
        assert!(left.is_empty(), "the test left jobs behind: {left:?}");
        assert!(self.faults.all_happened(), "a planned failure never happened");
        self.store.close().await;
    }
}

/// Impatient, so that tests see what happens when SQLite says busy.
const BUSY_TIMEOUT: Duration = Duration::from_millis(5);

async fn open(database: &Database, faults: PlannedFaults, modules: &[Module]) -> Store {
    let options = Options {
        busy_timeout: BUSY_TIMEOUT,
        faults: Arc::new(faults),
        modules: modules.to_vec(),
        ..Options::default()
    };
    Store::open_with(database, options).await.expect("a new database")
}

impl Drop for TestStore {
    fn drop(&mut self) {
        let fine = self.ended || std::thread::panicking();
        assert!(fine, "end the test with TestStore::end, which looks for jobs that are left behind");
    }
}
