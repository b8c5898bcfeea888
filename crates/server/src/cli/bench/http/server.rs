//! Programs that are measured: children of this one, which end with it.

use std::ffi::OsStr;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use super::load::{self, Connection};

/// How long a program may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server under measurement.
pub(in crate::cli::bench) struct Server {
    child: Child,
    pub(in crate::cli::bench) address: SocketAddr,
    /// From its start to the first answer that it is ready.
    pub(in crate::cli::bench) ready_after: Duration,
}

impl Server {
    /// `sluice serve` on a data folder, without settings of the environment.
    pub(in crate::cli::bench) async fn sluice(data: &Path, more: &[&str]) -> anyhow::Result<Self> {
        let mut command = this_program(data)?;
        let address = free_address()?;
        command.arg("serve").arg("--listen").arg(address.to_string()).args(more);
        Self::start(command, address, "/health/ready", data).await
    }

    /// A program that listens at this address, once it answers `path` with success. Its log is in `folder`.
    pub(in crate::cli::bench) async fn start(
        mut command: Command,
        address: SocketAddr,
        path: &str,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let log = folder.join("bench.log");
        let output = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let begun = Instant::now();
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        let mut server = Self { child, address, ready_after: Duration::ZERO };
        let request = load::get(path, "connection: close\r\n");
        loop {
            if let Ok(mut connection) = Connection::open(address).await
                && let Ok(answer) = connection.ask(&request).await
                && answer.status == 200
            {
                server.ready_after = begun.elapsed();
                return Ok(server);
            }
            let said = || std::fs::read_to_string(&log).unwrap_or_default();
            if let Some(status) = server.child.try_wait()? {
                bail!("{name} ended ({status}): {}", said().trim());
            }
            if begun.elapsed() > PATIENCE {
                bail!("{name} did not get ready: {}", said().trim());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// The resident memory of its process, in megabytes.
    pub(in crate::cli::bench) fn megabytes(&self) -> anyhow::Result<f64> {
        self.memory("VmRSS:")
    }

    /// The most that it was so far.
    pub(in crate::cli::bench) fn peak_megabytes(&self) -> anyhow::Result<f64> {
        self.memory("VmHWM:")
    }

    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    fn memory(&self, of: &str) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(of)).context("no memory in /proc")?;
        let kib: u64 = line.split_whitespace().next().context("no number in /proc")?.parse()?;
        Ok((kib * 1024) as f64 / 1e6)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// This program on a data folder, without settings of the environment or of a file.
pub(in crate::cli::bench) fn this_program(data: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("cannot find this program's own file")?);
    let ours = |name: &OsStr| name.to_string_lossy().starts_with("SLUICE_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    command.env("SLUICE_DATA", data).env("XDG_CONFIG_HOME", data);
    Ok(command)
}

/// An address on this machine at which nothing listens.
pub(in crate::cli::bench) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// A program of the search path, or why there is none.
pub(in crate::cli::bench) fn program(name: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from));
    let found = folders.map(|folder| folder.join(name)).find(|file| file.is_file());
    found.ok_or_else(|| format!("{name} is not installed"))
}

/// A folder that goes away.
pub(in crate::cli::bench) fn folder() -> anyhow::Result<TempDir> {
    tempfile::Builder::new().prefix("sluice-bench-").tempdir().context("cannot make a temporary folder")
}
