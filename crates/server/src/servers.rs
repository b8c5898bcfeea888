//! Detects which `sluice serve` processes use a data folder. Each keeps a locked file in `servers/` while it runs; the
//! kernel releases the lock however the process ends, so a file that can be locked belongs to a dead process.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sluice_domain::time::Timestamp;

/// How often to look for other processes.
const EVERY: Duration = Duration::from_secs(5);

/// A process that serves a data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Server {
    pub(crate) pid: u32,
    pub(crate) host: String,
    pub(crate) version: String,
    pub(crate) role: String,
    /// Its address; none for a worker.
    pub(crate) listen: Option<String>,
    /// When it started, in milliseconds since 1970.
    pub(crate) started_at: i64,
}

impl Server {
    pub(crate) fn this_process(role: &str, listen: Option<String>, started_at: Timestamp) -> Self {
        Self {
            pid: std::process::id(),
            host: host(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            role: role.to_owned(),
            listen,
            started_at: started_at.as_millis(),
        }
    }

    /// A description for humans: the process, its machine, and its address.
    pub(crate) fn describe(&self) -> String {
        let listen = self.listen.as_ref().map_or_else(String::new, |at| format!(", at http://{at}"));
        format!("process {} on {} (role {}{listen})", self.pid, self.host, self.role)
    }
}

/// The name of this machine.
pub(crate) fn host() -> String {
    nix::unistd::gethostname().map_or_else(|_| "unknown".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The entry of this process, removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Registration {
    path: PathBuf,
    /// Keeps the lock.
    _file: File,
}

impl Registration {
    /// Registers this process in the data folder.
    pub(crate) fn new(data: &Path, server: &Server) -> io::Result<Self> {
        let folder = folder(data);
        sluice_blobs::private_folder(&folder).map_err(io::Error::other)?;
        // Locked before it is renamed, so that no other process takes it for stale.
        let mut file = tempfile::Builder::new().prefix(".").tempfile_in(&folder)?;
        file.as_file().lock()?;
        file.write_all(&serde_json::to_vec(server)?)?;
        let path = folder.join(format!("{}-{}.json", server.host, server.pid));
        let file = file.persist(&path).map_err(|error| error.error)?;
        Ok(Self { path, _file: file })
    }

    /// The other processes that serve the same data folder.
    pub(crate) fn others(&self) -> io::Result<BTreeMap<PathBuf, Server>> {
        let mut all = running(self.path.parent().unwrap_or(Path::new(".")))?;
        all.remove(&self.path);
        Ok(all)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // A stale file is removed by the next process that looks.
        std::fs::remove_file(&self.path).ok();
    }
}

/// The processes that serve a data folder now.
pub(crate) fn of(data: &Path) -> io::Result<Vec<Server>> {
    Ok(running(&folder(data))?.into_values().collect())
}

fn folder(data: &Path) -> PathBuf {
    data.join("servers")
}

/// The entries of live processes; those of dead processes are removed.
fn running(folder: &Path) -> io::Result<BTreeMap<PathBuf, Server>> {
    let mut found = BTreeMap::new();
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        // Temporary names begin with a dot: such a process is just starting, and is found next time.
        if path.extension().is_none_or(|extension| extension != "json") || !path.is_file() {
            continue;
        }
        let Ok(file) = File::open(&path) else { continue };
        match file.try_lock_shared() {
            Ok(()) => {
                std::fs::remove_file(&path).ok();
            }
            Err(TryLockError::WouldBlock) => {
                if let Ok(server) = serde_json::from_reader(file) {
                    found.insert(path, server);
                }
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(found)
}

/// Logs when other processes start and stop using the same data folder. With `SQLite` that is allowed, but rarely
/// intended.
pub(crate) async fn watch(registration: Registration, sqlite: bool) {
    let mut known = BTreeMap::new();
    let registration = std::sync::Arc::new(registration);
    loop {
        let mine = std::sync::Arc::clone(&registration);
        match tokio::task::spawn_blocking(move || mine.others()).await {
            Ok(Ok(now)) => {
                report(&known, &now, sqlite);
                known = now;
            }
            Ok(Err(error)) => tracing::warn!(%error, "other servers on this data folder cannot be looked for"),
            Err(_) => return,
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn report(before: &BTreeMap<PathBuf, Server>, now: &BTreeMap<PathBuf, Server>, sqlite: bool) {
    for (path, server) in now {
        if before.contains_key(path) {
            continue;
        }
        let other = server.describe();
        if sqlite {
            tracing::warn!(
                other,
                "another server uses this data folder: both share its jobs and wait for each other's writes; stop one \
                 unless that is intended, and use PostgreSQL for several"
            );
        } else {
            tracing::info!(other, "another server uses this data folder");
        }
    }
    for (path, server) in before {
        if !now.contains_key(path) {
            tracing::info!(other = server.describe(), "the other server on this data folder has ended");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_known_while_it_runs() {
        let data = tempfile::tempdir().unwrap();
        let started = Timestamp::from_millis(1);
        let first = Server::this_process("all", Some("127.0.0.1:1".to_owned()), started);
        let second = Server { pid: 2, ..first.clone() };
        assert_eq!(of(data.path()).unwrap(), []);
        let one = Registration::new(data.path(), &first).unwrap();
        assert!(one.others().unwrap().is_empty());
        let two = Registration::new(data.path(), &second).unwrap();
        assert_eq!(one.others().unwrap().into_values().collect::<Vec<_>>(), [second]);
        drop(two);
        assert!(one.others().unwrap().is_empty());
        // As left by a killed process: its file without its lock.
        std::fs::write(data.path().join("servers/dead-7.json"), serde_json::to_vec(&first).unwrap()).unwrap();
        assert_eq!(of(data.path()).unwrap(), [first]);
        assert!(!data.path().join("servers/dead-7.json").exists());
    }
}
