//! What can be set: by flag, or by the environment variable that `--help` names beside it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use sluice_store::{Database, PostgresUrl};

/// Where things are kept and which limits hold.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Folder for everything that is kept: the database, the media, the secret for links.
    #[arg(long, env = "SLUICE_DATA", default_value_os_t = default_folder(""), global = true)]
    pub data: PathBuf,
    /// Where the rows are: a `postgres://` address; without it a file in the data folder. Behind `PgBouncer` in
    /// transaction mode add `?pgbouncer=true`.
    #[arg(long, env = "SLUICE_DATABASE_URL", global = true, hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// A file with that address, so that it is in no process list.
    #[arg(long, env = "SLUICE_DATABASE_URL_FILE", global = true, conflicts_with = "database_url", value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,
    /// An address of the same database past the pooler, for LISTEN. Without it, other machines' work is found by
    /// looking once a second.
    #[arg(long, env = "SLUICE_DATABASE_DIRECT_URL", global = true, hide_env_values = true, value_name = "URL")]
    pub database_direct_url: Option<String>,
    /// Folder with the models of the built-in engines.
    #[arg(long, env = "SLUICE_MODELS", default_value_os_t = default_folder("models"), global = true)]
    pub models: PathBuf,
    /// The executable that speaks through espeak-ng; by default beside this one.
    #[arg(long, env = "SLUICE_ESPEAK", global = true, hide = true)]
    pub espeak: Option<PathBuf>,
    /// Jobs that run at the same time; by default one per processor core.
    #[arg(long, env = "SLUICE_WORKERS", global = true)]
    pub workers: Option<usize>,
    /// Most bytes of an uploaded document.
    #[arg(long, env = "SLUICE_UPLOAD_LIMIT", default_value_t = 20 * 1024 * 1024, global = true)]
    pub upload_limit: u64,
    /// Most pages of a document.
    #[arg(long, env = "SLUICE_PAGE_LIMIT", default_value_t = 1000, global = true)]
    pub page_limit: u32,
    /// Videos that one address may start within ten minutes.
    #[arg(long, env = "SLUICE_REELS_PER_TEN_MINUTES", default_value_t = 5, global = true)]
    pub reels_per_ten_minutes: u32,
    /// Minutes without any work after which an unfinished video expires.
    #[arg(long, env = "SLUICE_EXPIRE_MINUTES", default_value_t = 30, global = true)]
    pub expire_minutes: u64,
    /// Seconds of a worker's lease: a dead worker's job goes on elsewhere after at most this long.
    #[arg(long, env = "SLUICE_LEASE_SECONDS", default_value_t = 15, global = true, hide = true)]
    pub lease_seconds: u64,
}

impl Config {
    /// The database that is configured.
    pub fn database(&self) -> anyhow::Result<Database> {
        let from_file =
            |file: &PathBuf| std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()));
        let url = match &self.database_url_file {
            Some(file) => Some(from_file(file)?.trim().to_owned()),
            None => self.database_url.clone(),
        };
        match url {
            None => Ok(Database::Sqlite(self.data.join("sluice.db"))),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Database::Postgres(PostgresUrl { url, direct: self.database_direct_url.clone() }))
            }
            Some(_) => bail!("the database's address does not begin with postgres://; for SQLite leave it out"),
        }
    }

    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    pub fn workers(&self) -> usize {
        self.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from)).max(1)
    }
}

/// `$XDG_DATA_HOME/sluice`, by the XDG base directory specification.
fn default_folder(below: &str) -> PathBuf {
    let base = match (std::env::var_os("XDG_DATA_HOME"), std::env::var_os("HOME")) {
        (Some(data), _) if !data.is_empty() => PathBuf::from(data),
        (_, Some(home)) if !home.is_empty() => PathBuf::from(home).join(".local/share"),
        _ => PathBuf::from("."),
    };
    let folder = base.join("sluice");
    if below.is_empty() { folder } else { folder.join(below) }
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Everything: one machine.
    All,
    /// The API and the page; work is for the workers.
    Api,
    /// Work, and nothing that listens.
    Worker,
}

/// How the server is reached.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// What this process does. Other roles than all need PostgreSQL, and a data folder that all of them share.
    #[arg(long, env = "SLUICE_ROLE", value_enum, default_value_t = Role::All)]
    pub role: Role,
    /// The pools that this process works for, such as default; all of them by default.
    #[arg(long, env = "SLUICE_POOLS", value_delimiter = ',')]
    pub pools: Vec<String>,
    /// Seconds that work may take to finish after SIGTERM; then it is handed back.
    #[arg(long, env = "SLUICE_GRACE_SECONDS", default_value_t = 20)]
    pub grace_seconds: u64,
    /// Address and port. Only loopback addresses are accepted until accounts exist.
    #[arg(long, env = "SLUICE_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Folder with example documents that the page offers.
    #[arg(long, env = "SLUICE_EXAMPLES", default_value = "examples")]
    pub examples: PathBuf,
}
