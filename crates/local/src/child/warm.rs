//! An engine that stays warm: a child process that answers one message at a time over its pipes.
//!
//! A child that dies, hangs or answers nonsense fails the request that it was working on; the next one starts a new
//! child.

use std::collections::VecDeque;
use std::io;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::frames::{LONGEST, checked_length};
use crate::guard::{GuardError, Limits};

/// How much of a child's error output is kept for the message about its death.
const STDERR_LINES: usize = 20;

/// How messages are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// A length as four little-endian bytes, then that much JSON.
    Length,
    /// JSON on a line of its own.
    Lines,
}

/// Why a request to a warm child failed.
#[derive(Debug, thiserror::Error)]
pub enum WarmError {
    /// It ended, before or in the middle of its answer.
    #[error("the engine \"{name}\" ended in the middle of its work; it is started again for the next request")]
    Died {
        /// Its name.
        name: &'static str,
        /// How, as far as that is known.
        source: GuardError,
    },
    /// It did not answer in time, and was stopped.
    #[error("the engine \"{name}\" gave no answer within {} seconds and was stopped", after.as_secs())]
    TimedOut {
        /// Its name.
        name: &'static str,
        /// How long it was given.
        after: Duration,
    },
    /// It could not be started.
    #[error("the engine \"{name}\" cannot be started")]
    NotStarted {
        /// Its name.
        name: &'static str,
        /// What went wrong.
        source: io::Error,
    },
    /// It answered with something else than what was asked for.
    #[error("the engine \"{name}\" gave an answer that makes no sense: {detail}")]
    Nonsense {
        /// Its name.
        name: &'static str,
        /// What the parser says.
        detail: String,
    },
}

/// A warm child. Requests wait for each other.
pub struct Warm {
    name: &'static str,
    framing: Framing,
    limits: Limits,
    start: Box<dyn Fn() -> Command + Send + Sync>,
    running: tokio::sync::Mutex<Option<Running>>,
}

struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    said: Arc<Mutex<VecDeque<String>>>,
    listener: tokio::task::JoinHandle<()>,
}

impl Warm {
    /// A child that `start` makes (by [`crate::guard::Guard::command`], with `limits`); it is started by the first
    /// request. `name` is for messages.
    pub fn new(
        name: &'static str,
        framing: Framing,
        limits: Limits,
        start: impl Fn() -> Command + Send + Sync + 'static,
    ) -> Self {
        Self { name, framing, limits, start: Box::new(start), running: tokio::sync::Mutex::new(None) }
    }

    /// Asks and waits for the answer, at most `wall` from when the child is free. When this future is dropped, the
    /// child is stopped: its answer would be taken for that of the next request.
    pub async fn ask<Question, Answer>(&self, question: &Question, wall: Duration) -> Result<Answer, WarmError>
    where
        Question: Serialize + Sync,
        Answer: DeserializeOwned,
    {
        let nonsense = |error: serde_json::Error| WarmError::Nonsense { name: self.name, detail: error.to_string() };
        let message = serde_json::to_vec(question).map_err(nonsense)?;
        let mut slot = self.running.lock().await;
        // Taken out while it works: only an answer brings it back.
        let mut running = match slot.take().and_then(Running::if_alive) {
            Some(running) => running,
            None => self.start()?,
        };
        let exchange = async {
            running.send(&message, self.framing).await?;
            running.receive(self.framing).await
        };
        match timeout(wall, exchange).await {
            Err(_) => Err(WarmError::TimedOut { name: self.name, after: wall }),
            Ok(Err(error)) => Err(self.obituary(running, error).await),
            Ok(Ok(answer)) => {
                let answer = serde_json::from_slice(&answer).map_err(nonsense)?;
                *slot = Some(running);
                Ok(answer)
            }
        }
    }

    /// Its process id, when it runs.
    pub async fn process_id(&self) -> Option<u32> {
        self.running.lock().await.as_ref().and_then(|running| running.child.id())
    }

    fn start(&self) -> Result<Running, WarmError> {
        let failed = |source| WarmError::NotStarted { name: self.name, source };
        let mut command = (self.start)();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(failed)?;
        let (Some(input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed(io::Error::other("no pipes")));
        };
        let said = Arc::new(Mutex::new(VecDeque::new()));
        let listener = tokio::spawn(listen(errors, Arc::clone(&said)));
        Ok(Running { child, input, output: BufReader::new(output), said, listener })
    }

    /// What a broken pipe means: waits for the end of the child to learn why.
    async fn obituary(&self, mut running: Running, error: io::Error) -> WarmError {
        let name = self.name;
        let wait = async {
            let status = running.child.wait().await;
            let _ = (&mut running.listener).await;
            status
        };
        let source = match timeout(Duration::from_secs(2), wait).await {
            Ok(Ok(status)) => {
                let said = running.said.lock().unwrap_or_else(PoisonError::into_inner);
                let said = said.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
                GuardError::from_exit(name, &self.limits, status, said.as_bytes()).unwrap_or(GuardError::Io(error))
            }
            _ => GuardError::Io(error),
        };
        WarmError::Died { name, source }
    }
}

impl Running {
    fn if_alive(mut self) -> Option<Self> {
        matches!(self.child.try_wait(), Ok(None)).then_some(self)
    }

    async fn send(&mut self, message: &[u8], framing: Framing) -> io::Result<()> {
        match framing {
            Framing::Length => {
                self.input.write_all(&checked_length(message.len())?).await?;
                self.input.write_all(message).await?;
            }
            Framing::Lines => {
                self.input.write_all(message).await?;
                self.input.write_all(b"\n").await?;
            }
        }
        self.input.flush().await
    }

    async fn receive(&mut self, framing: Framing) -> io::Result<Vec<u8>> {
        let mut message = Vec::new();
        match framing {
            Framing::Length => {
                let length = self.output.read_u32_le().await?;
                checked_length(usize::try_from(length).unwrap_or(usize::MAX))?;
                (&mut self.output).take(u64::from(length)).read_to_end(&mut message).await?;
                if message.len() as u64 != u64::from(length) {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Framing::Lines => {
                (&mut self.output).take(LONGEST as u64).read_until(b'\n', &mut message).await?;
                if message.last() != Some(&b'\n') {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
        Ok(message)
    }
}

/// Keeps the last lines of a child's error output.
async fn listen(errors: ChildStderr, said: Arc<Mutex<VecDeque<String>>>) {
    let mut lines = BufReader::new(errors).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() == STDERR_LINES {
            said.pop_front();
        }
        said.push_back(line);
    }
}
