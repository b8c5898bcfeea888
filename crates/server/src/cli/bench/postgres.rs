//! A temporary PostgreSQL server for the benchmark.

use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use sluice_store::{Database, Options, PostgresUrl, Store};
use tempfile::TempDir;

const SCRIPT: &str = include_str!("../../../../../scripts/throwaway-postgres.sh");

/// A running server with default settings except for its memory: every commit is durable.
pub(crate) struct Server {
    folder: TempDir,
    /// Closed when this process ends, which stops the server.
    _pipe: ChildStdin,
    _keeper: Child,
}

impl Server {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut keeper = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .arg(folder.path())
            .args(["-c", "shared_buffers=256MB"])
            .stdin(Stdio::piped())
            .spawn()
            .context("cannot start a shell")?;
        let pipe = keeper.stdin.take().context("no pipe to the server")?;
        Ok(Self { folder, _pipe: pipe, _keeper: keeper })
    }

    /// Its database, once it accepts connections.
    pub(crate) async fn open(&self) -> anyhow::Result<Store> {
        self.open_for(Options::default().answer_timeout).await
    }

    /// The same, for statements that may take so long.
    pub(crate) async fn open_for(&self, answer_timeout: Duration) -> anyhow::Result<Store> {
        const TRIES: u32 = 300;
        let url = format!("postgres://postgres@localhost/postgres?host={}", self.folder.path().display());
        let database = Database::Postgres(PostgresUrl { url, direct: None });
        for _ in 0..TRIES {
            if let Ok(store) = Store::open_with(&database, Options { answer_timeout, ..Options::default() }).await {
                return Ok(store);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let log = std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default();
        bail!("PostgreSQL did not start: {}", log.trim())
    }
}
