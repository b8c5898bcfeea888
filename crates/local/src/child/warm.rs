//! An engine that stays warm: a child process that answers one message at a time over its pipes.
//!
//! A child that dies, hangs or sends an invalid answer fails the current request; the next one starts a new child. A
//! task waits for each child, so that one that dies while idle does not remain a zombie.

use std::collections::VecDeque;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::frames::{LONGEST, checked_length};
use crate::guard::{GuardError, Limits};

/// Lines of a child's error output that are kept to explain its death.
const STDERR_LINES: usize = 20;

/// How messages are separated.
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
    #[error("the engine \"{name}\" stopped during a request; it will be restarted for the next one")]
    Died {
        /// Its name.
        name: &'static str,
        /// How, as far as that is known.
        source: GuardError,
    },
    /// It did not answer in time, and was stopped.
    #[error("the engine \"{name}\" did not answer within {} seconds and was stopped", after.as_secs())]
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
    /// Its answer is not what was asked for.
    #[error("the engine \"{name}\" sent an invalid answer: {detail}")]
    InvalidAnswer {
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
    running: Arc<tokio::sync::Mutex<Option<Running>>>,
    idle: Option<Duration>,
    /// Stops the child when it has been idle for that long; replaced after each request.
    eviction: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Warm {
    fn drop(&mut self) {
        let eviction = self.eviction.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(eviction) = eviction.take() {
            eviction.abort();
        }
    }
}

struct Running {
    process_id: Option<u32>,
    /// Waits for the child's end. It owns the child: aborting it kills the child.
    exit: JoinHandle<io::Result<ExitStatus>>,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    stderr_tail: Arc<Mutex<VecDeque<String>>>,
    stderr_reader: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.exit.abort();
    }
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
        Self {
            name,
            framing,
            limits,
            start: Box::new(start),
            running: Arc::default(),
            idle: None,
            eviction: Mutex::default(),
        }
    }

    /// Stops the child after this time without a request, to free its memory; the next request starts it again.
    #[must_use]
    pub fn evicted_after(mut self, idle: Duration) -> Self {
        self.idle = Some(idle);
        self
    }

    /// Sends a request and waits for the answer, at most `wall` from when the child is free. If this future is dropped,
    /// the child is stopped: its answer would be taken for that of the next request.
    pub async fn ask<Request, Response>(&self, question: &Request, wall: Duration) -> Result<Response, WarmError>
    where
        Request: Serialize + Sync,
        Response: DeserializeOwned,
    {
        let invalid =
            |error: serde_json::Error| WarmError::InvalidAnswer { name: self.name, detail: error.to_string() };
        let message = serde_json::to_vec(question).map_err(invalid)?;
        let mut slot = self.running.lock().await;
        self.keep_awake();
        // Taken out while it works, and put back only after an answer.
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
            Ok(Err(error)) => Err(self.cause_of_death(running, error).await),
            Ok(Ok(answer)) => {
                let answer = serde_json::from_slice(&answer).map_err(invalid)?;
                *slot = Some(running);
                self.evict_when_idle();
                Ok(answer)
            }
        }
    }

    /// A request has come: the child is not idle.
    fn keep_awake(&self) {
        if let Some(last) = self.eviction.lock().unwrap_or_else(PoisonError::into_inner).take() {
            last.abort();
        }
    }

    /// Begins to wait for the child to be idle long enough.
    fn evict_when_idle(&self) {
        let Some(idle) = self.idle else { return };
        let running = Arc::clone(&self.running);
        let eviction = tokio::spawn(async move {
            tokio::time::sleep(idle).await;
            running.lock().await.take();
        });
        *self.eviction.lock().unwrap_or_else(PoisonError::into_inner) = Some(eviction);
    }

    /// Its process id, when it runs.
    pub async fn process_id(&self) -> Option<u32> {
        self.running.lock().await.as_ref().and_then(|running| running.process_id)
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
        let stderr_tail = Arc::new(Mutex::new(VecDeque::new()));
        let stderr_reader = tokio::spawn(keep_tail(errors, Arc::clone(&stderr_tail)));
        let process_id = child.id();
        let exit = tokio::spawn(async move { child.wait().await });
        Ok(Running { process_id, exit, input, output: BufReader::new(output), stderr_tail, stderr_reader })
    }

    /// Why a pipe is broken: waits for the end of the child, and takes its exit status and error output.
    async fn cause_of_death(&self, mut running: Running, error: io::Error) -> WarmError {
        let name = self.name;
        let wait = async {
            let status = (&mut running.exit).await;
            (&mut running.stderr_reader).await.ok();
            status
        };
        let source = match timeout(Duration::from_secs(2), wait).await {
            Ok(Ok(Ok(status))) => {
                let tail = running.stderr_tail.lock().unwrap_or_else(PoisonError::into_inner);
                let tail = tail.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
                GuardError::from_exit(name, &self.limits, status, tail.as_bytes()).unwrap_or(GuardError::Io(error))
            }
            _ => GuardError::Io(error),
        };
        WarmError::Died { name, source }
    }
}

impl Running {
    fn if_alive(self) -> Option<Self> {
        (!self.exit.is_finished()).then_some(self)
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
async fn keep_tail(errors: ChildStderr, tail: Arc<Mutex<VecDeque<String>>>) {
    let mut lines = BufReader::new(errors).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.len() == STDERR_LINES {
            tail.pop_front();
        }
        tail.push_back(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that answers each line with itself.
    fn echo() -> Warm {
        Warm::new("cat", Framing::Lines, Limits::DOCUMENT, || Command::new("cat"))
    }

    #[tokio::test]
    async fn an_idle_child_is_stopped_and_started_again_by_the_next_request() {
        let wall = Duration::from_secs(20);
        let warm = echo().evicted_after(Duration::from_millis(30));
        assert_eq!(warm.ask::<_, u32>(&7, wall).await.unwrap(), 7);
        let stopped = async {
            while warm.process_id().await.is_some() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(wall, stopped).await.expect("it keeps running");
        assert_eq!(warm.ask::<_, u32>(&8, wall).await.unwrap(), 8);
    }

    #[tokio::test]
    async fn without_that_it_stays() {
        let warm = echo();
        assert_eq!(warm.ask::<_, u32>(&7, Duration::from_secs(20)).await.unwrap(), 7);
        assert!(warm.process_id().await.is_some());
        assert!(warm.eviction.lock().unwrap().is_none());
    }
}
