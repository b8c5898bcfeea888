//! Python as a peer: a process that loads one model and answers one line of JSON with another.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::memory;

const SCRIPT: &str = include_str!("peer.py");
/// Time to import its packages and load a model.
const STARTING: Duration = Duration::from_mins(3);
/// Time for one request.
const REQUEST: Duration = Duration::from_mins(10);

/// A running peer.
pub(super) struct Peer {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// What it runs, with its version.
    pub(super) version: String,
    /// From its start until the model is loaded.
    pub(super) load_seconds: f64,
}

/// The first line.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ready {
    Version(String),
    Error(String),
}

impl Peer {
    /// Starts it for an engine, `speech` or `embed`; or why it cannot be.
    pub(super) async fn start(
        python: &Result<std::path::PathBuf, String>,
        engine: &str,
        arguments: &[&OsStr],
    ) -> Result<Self, String> {
        let python = python.as_ref().map_err(Clone::clone)?;
        Self::try_start(python, engine, arguments).await.map_err(|error| format!("{error:#}"))
    }

    async fn try_start(python: &Path, engine: &str, arguments: &[&OsStr]) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let mut command = Command::new(python);
        command.arg("-c").arg(SCRIPT).arg(engine).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("{} cannot be started", python.display()))?;
        let input = child.stdin.take().context("no standard input")?;
        let mut output = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let version = match answer(&mut output, STARTING).await? {
            Ready::Version(version) => version,
            Ready::Error(error) => bail!("{error}"),
        };
        Ok(Self { child, input, output, version, load_seconds: begun.elapsed().as_secs_f64() })
    }

    /// Its answer to a request.
    pub(super) async fn ask<T: DeserializeOwned>(&mut self, request: &Value) -> anyhow::Result<T> {
        self.input.write_all(format!("{request}\n").as_bytes()).await?;
        answer(&mut self.output, REQUEST).await
    }

    /// The most memory that it ever held, in MB.
    pub(super) fn peak_mb(&self) -> f64 {
        memory::peak_mb(self.child.id())
    }
}

async fn answer<T: DeserializeOwned>(output: &mut Lines<BufReader<ChildStdout>>, wall: Duration) -> anyhow::Result<T> {
    let line = tokio::time::timeout(wall, output.next_line()).await.context("Python does not answer")??;
    let line = line.context("Python ended")?;
    serde_json::from_str(&line)
        .with_context(|| format!("Python answered \"{}\"", line.chars().take(200).collect::<String>()))
}
