//! A throw-away PostgreSQL of this process's own: one server, a database for each test.

use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sluice_store::{Database, PostgresUrl};

/// Starts the server, and ends it when the pipe to it closes, however this process ends.
const SCRIPT: &str = include_str!("../../../scripts/throwaway-postgres.sh");

/// A running server.
pub struct Server {
    folder: PathBuf,
    databases: AtomicU32,
    /// Closed with this process, which ends the server.
    _pipe: ChildStdin,
    _keeper: Child,
}

impl Server {
    /// Starts one. `settings` are more of the server's own arguments, as `-c`, `name=value`.
    pub fn start(settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("sluice-pg-").tempdir().expect("a temporary folder").keep();
        let mut keeper = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .arg(&folder)
            .args(settings)
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell");
        let pipe = keeper.stdin.take().expect("a pipe");
        let server = Self { folder, databases: AtomicU32::new(0), _pipe: pipe, _keeper: keeper };
        server.wait();
        server
    }

    /// The server that the tests of this process share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&["-c", "fsync=off", "-c", "max_connections=500"]))
    }

    fn tool(&self, name: &str, arguments: &[&str]) -> bool {
        let done = Command::new(name)
            .arg("-h")
            .arg(&self.folder)
            .args(["-U", "postgres"])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        done.expect("PostgreSQL's client programs (Debian: postgresql)").success()
    }

    fn wait(&self) {
        for _ in 0..600 {
            if self.tool("psql", &["-d", "postgres", "-c", "SELECT 1"]) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
        panic!("PostgreSQL did not start; is Debian's package postgresql installed? {log}");
    }

    /// The folder of the server's socket.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.display())
    }

    /// A new, empty database.
    pub fn database(&self) -> Database {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        assert!(self.tool("createdb", &[&name]), "createdb {name}");
        Database::Postgres(PostgresUrl { url: self.url(&name), direct: None })
    }

    /// A new, empty database whose tables are in this folder.
    pub fn database_in(&self, folder: &std::path::Path) -> Database {
        // The server runs as another user when this is root.
        let _ = Command::new("chown").arg("postgres").arg(folder).status();
        let database = self.database();
        let name = name(&database);
        self.run(&format!("CREATE TABLESPACE {name} LOCATION '{}'", folder.display()));
        self.run(&format!("ALTER DATABASE {name} SET TABLESPACE {name}"));
        database
    }

    /// Ends such a database, so that the folder is free.
    pub fn drop_database_in(&self, database: &Database) {
        let name = name(database);
        self.run(&format!("DROP DATABASE {name} WITH (FORCE)"));
        self.run(&format!("DROP TABLESPACE {name}"));
    }

    /// Ends all connections to a database.
    pub fn cut(&self, database: &Database) {
        let name = name(database);
        self.run(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
    }

    /// New connections to a database cannot write, and those that there are end; or new ones can write again.
    pub fn set_read_only(&self, database: &Database, yes: bool) {
        let name = name(database);
        if yes {
            self.run(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
            self.cut(database);
        } else {
            self.run(&format!("ALTER DATABASE {name} RESET default_transaction_read_only"));
        }
    }

    /// Runs a statement in the server's own database.
    pub fn run(&self, statement: &str) {
        assert!(self.tool("psql", &["-d", "postgres", "-c", statement]), "{statement}");
    }

    /// Whether the server does what a statement asks in this database.
    pub fn accepts(&self, database: &Database, statement: &str) -> bool {
        let Database::Postgres(PostgresUrl { url, .. }) = database else { return false };
        self.tool("psql", &["-d", url, "-c", statement])
    }
}

/// Its name on the server.
fn name(database: &Database) -> &str {
    let Database::Postgres(PostgresUrl { url, .. }) = database else { panic!("no database of PostgreSQL") };
    let path = url.split('?').next().and_then(|url| url.rsplit('/').next());
    path.expect("an address with a database")
}

/// Starts the pooler, and ends it when the pipe to it closes. It does not run as root, either.
const POOLER: &str = "if [ \"$(id -u)\" = 0 ]; then chown -R postgres \"$1\"; as='setpriv --reuid=postgres --regid=postgres --clear-groups'; fi
    ${as:-} pgbouncer \"$1/pgbouncer.ini\" >\"$1/pgbouncer.log\" 2>&1 & pooler=$!; cat >/dev/null; kill $pooler; rm -rf \"$1\"";

/// A `PgBouncer` in transaction mode before a server.
pub struct PgBouncer {
    folder: PathBuf,
    _pipe: ChildStdin,
    _keeper: Child,
}

impl PgBouncer {
    /// Server connections per database: fewer than its clients want, so that they are shared.
    const CONNECTIONS: u32 = 4;

    /// Starts one.
    pub fn start(server: &Server) -> Self {
        let folder = tempfile::Builder::new().prefix("sluice-pooler-").tempdir().expect("a temporary folder").keep();
        let settings = format!(
            "[databases]\n* = host={} user=postgres\n[pgbouncer]\npool_mode = transaction\ndefault_pool_size = {}\n\
             auth_type = any\nunix_socket_dir = {}\nlisten_port = 6432\nmax_client_conn = 200\n",
            server.folder().display(),
            Self::CONNECTIONS,
            folder.display()
        );
        std::fs::write(folder.join("pgbouncer.ini"), settings).expect("its settings");
        let mut keeper =
            Command::new("sh").args(["-c", POOLER, "sh"]).arg(&folder).stdin(Stdio::piped()).spawn().expect("a shell");
        let pipe = keeper.stdin.take().expect("a pipe");
        let this = Self { folder, _pipe: pipe, _keeper: keeper };
        this.wait();
        this
    }

    fn wait(&self) {
        for _ in 0..200 {
            if self.folder.join(".s.PGSQL.6432").exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self.folder.join("pgbouncer.log")).unwrap_or_default();
        panic!("PgBouncer did not start; is Debian's package pgbouncer installed? {log}");
    }

    /// The address, through the pooler, of a database that has this address.
    pub fn url(&self, direct: &str) -> String {
        let (base, _) = direct.split_once('?').expect("an address with a folder");
        format!("{}?host={}", base.replace("@localhost", "@localhost:6432"), self.folder.display())
    }
}
