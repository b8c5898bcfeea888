//! Runs external programs, and programs that process untrusted files, in a sandbox: the worst that they can do is fail.
//!
//! A guarded program is started through a child of this binary (`sluice __engine guard …`), which applies limits to
//! itself and then executes the program: bounded memory, CPU time, wall-clock time and file sizes, no network, no way
//! to gain privileges, a minimal environment, and termination together with the server. It needs no privileges, so it
//! works in containers too.
//!
//! The kernel ties the life of a child to the *thread* that started it. Start guarded programs from the runtime's own
//! threads (any `async fn`), never inside `spawn_blocking`, whose threads are short-lived.

mod confine;
mod failure;

use std::ffi::OsStr;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::Stdio;
use std::task::{Context, Poll};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};

pub use confine::run_child;
pub use failure::GuardError;

/// Name of the engine child that confines itself and becomes another program.
pub const SUBCOMMAND: &str = "guard";

/// How many bytes of a program's error output are kept, from its end.
const STDERR_TAIL: usize = 8 * 1024;

const MIB: u64 = 1024 * 1024;

/// A month: longer than any process serves.
const NO_TIME_LIMIT: Duration = Duration::from_hours(30 * 24);

/// What a guarded program may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Address space in bytes (`RLIMIT_AS`).
    pub memory_bytes: u64,
    /// CPU time, rounded up to whole seconds (`RLIMIT_CPU`).
    pub cpu: Duration,
    /// Time from start to end.
    pub wall: Duration,
    /// Largest file that it may write, in bytes (`RLIMIT_FSIZE`).
    pub file_bytes: u64,
    /// Most bytes that are taken from its standard output.
    pub output_bytes: u64,
    /// Most threads of OpenMP (`OMP_THREAD_LIMIT`). For most programs one: parallelism comes from several of them.
    pub threads: u32,
}

impl Limits {
    /// For reading a document: short work on an untrusted file.
    pub const DOCUMENT: Self = Self {
        memory_bytes: 1024 * MIB,
        cpu: Duration::from_secs(5),
        wall: Duration::from_secs(5),
        file_bytes: 64 * MIB,
        output_bytes: 64 * MIB,
        threads: 1,
    };

    /// For producing images, audio and video from our own files: long work, much memory.
    pub const MEDIA: Self = Self {
        memory_bytes: 8 * 1024 * MIB,
        cpu: Duration::from_hours(4),
        wall: Duration::from_hours(2),
        file_bytes: 16 * 1024 * MIB,
        output_bytes: 64 * MIB,
        threads: 1,
    };

    /// For a child that stays warm ([`crate::child::warm::Warm`]), by its memory in MiB: it has no time limit of its own, each
    /// request has one.
    pub(crate) const fn warm(memory_mib: u64, threads: u32) -> Self {
        Self {
            memory_bytes: memory_mib * MIB,
            cpu: NO_TIME_LIMIT,
            wall: NO_TIME_LIMIT,
            file_bytes: 64 * MIB,
            output_bytes: u64::MAX,
            threads,
        }
    }
}

/// Starts guarded programs.
#[derive(Debug, Clone)]
pub struct Guard {
    executable: PathBuf,
}

/// The output of a program that succeeded.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// Its standard output, whole.
    pub stdout: Vec<u8>,
    /// The end of its error output (at most 8 KiB).
    pub stderr: Vec<u8>,
}

impl Guard {
    /// A guard that re-executes `executable`, which must call [`crate::child::dispatch`] first in its `main`.
    pub fn new(executable: PathBuf) -> Self {
        Self { executable }
    }

    /// The executable whose engine children can be guarded programs themselves.
    pub(crate) fn executable(&self) -> &std::path::Path {
        &self.executable
    }

    /// The program as a command, for callers that stream into or out of it. The caller sets the standard streams; the
    /// program leads its own process group and is killed when its handle is dropped. An alarm in the child enforces the
    /// wall limit; the caller enforces the output limit. Translate its exit with [`GuardError::from_exit`].
    pub fn command<I, S>(&self, limits: &Limits, program: impl AsRef<OsStr>, args: I) -> Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = Command::new(&self.executable);
        command
            .arg(crate::child::SUBCOMMAND)
            .arg(SUBCOMMAND)
            .args(confine::arguments(limits))
            .arg(program)
            .args(args)
            .process_group(0)
            .kill_on_drop(true);
        command
    }

    /// Runs a program to its end, with `stdin` as its whole input, and returns its output.
    pub async fn run<I, S>(
        &self,
        limits: &Limits,
        program: impl AsRef<OsStr>,
        args: I,
        stdin: Option<Vec<u8>>,
    ) -> Result<Output, GuardError>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let collect = |mut stdout: CappedStdout| async move {
            let mut bytes = Vec::new();
            stdout.read_to_end(&mut bytes).await.map(|_| bytes)
        };
        let (read, stderr) = self.run_with(limits, program, args, stdin, collect).await?;
        Ok(Output { stdout: read.map_err(GuardError::Io)?, stderr })
    }

    /// Runs a program to its end while `consume` reads its standard output. Returns the result of `consume` and the end
    /// of the error output. `consume` must read to the end, or the program finds its pipe closed. A failure of the
    /// program, including a limit that it reached, takes precedence over the result of `consume`.
    pub async fn run_with<I, S, T, F, Consumed>(
        &self,
        limits: &Limits,
        program: impl AsRef<OsStr>,
        args: I,
        stdin: Option<Vec<u8>>,
        consume: F,
    ) -> Result<(T, Vec<u8>), GuardError>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
        F: FnOnce(CappedStdout) -> Consumed,
        Consumed: Future<Output = T>,
    {
        let program = program.as_ref();
        let name = program.to_string_lossy().into_owned();
        let mut child = self
            .command(limits, program, args)
            .stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(GuardError::Io)?;
        // From here on, dropping this future kills the whole process group.
        let group = GroupKiller::of(&child);
        let (overflow, mut overflowed) = tokio::sync::oneshot::channel();
        let stdout = CappedStdout::new(child.stdout.take(), limits.output_bytes, overflow);
        let talk = async {
            let (value, stderr, ()) = tokio::join!(
                consume(stdout),
                tail(child.stderr.take()),
                feed(child.stdin.take(), stdin.unwrap_or_default())
            );
            (value, stderr)
        };
        let deadline = tokio::time::Instant::now() + limits.wall;
        let timed_out = || GuardError::TimedOut { program: name.clone(), after: limits.wall };
        let too_much = || GuardError::TooMuchOutput { program: name.clone(), limit_bytes: limits.output_bytes };
        let (value, stderr) = tokio::select! {
            talked = talk => talked,
            Ok(()) = &mut overflowed => return Err(too_much()),
            () = tokio::time::sleep_until(deadline) => return Err(timed_out()),
        };
        if overflowed.try_recv().is_ok() {
            return Err(too_much());
        }
        let status = match tokio::time::timeout_at(deadline, child.wait()).await {
            Ok(status) => status.map_err(GuardError::Io)?,
            Err(_) => return Err(timed_out()),
        };
        group.disarm();
        match GuardError::from_exit(&name, limits, status, &stderr) {
            Some(error) => Err(error),
            None => Ok((value, stderr)),
        }
    }
}

#[derive(Debug)]
pub struct CappedStdout {
    inner: Option<ChildStdout>,
    left: u64,
    overflow: Option<tokio::sync::oneshot::Sender<()>>,
}

impl CappedStdout {
    fn new(inner: Option<ChildStdout>, limit: u64, overflow: tokio::sync::oneshot::Sender<()>) -> Self {
        Self { inner, left: limit, overflow: Some(overflow) }
    }
}

impl AsyncRead for CappedStdout {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(inner) = self.inner.as_mut() else { return Poll::Ready(Ok(())) };
        let before = buffer.filled().len();
        let polled = Pin::new(inner).poll_read(context, buffer);
        let read = u64::try_from(buffer.filled().len() - before).unwrap_or(u64::MAX);
        if read > self.left {
            buffer.set_filled(before);
            if let Some(overflow) = self.overflow.take() {
                // Without a receiver the run is already over.
                let _ = overflow.send(());
            }
            return Poll::Ready(Err(io::Error::from(io::ErrorKind::FileTooLarge)));
        }
        self.left -= read;
        polled
    }
}

/// Kills a process group when it is dropped while armed.
struct GroupKiller(Option<Pid>);

impl GroupKiller {
    fn of(child: &tokio::process::Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw))
    }

    /// The group leader has been waited for, so its process id may be reused from now on.
    fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for GroupKiller {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It fails only when no process of the group is left.
            let _ = killpg(group, Signal::SIGKILL);
        }
    }
}

/// Writes the whole input of a program. If it stops reading, its exit status has the reason.
async fn feed(stdin: Option<ChildStdin>, bytes: Vec<u8>) {
    if let Some(mut stdin) = stdin {
        let _ = stdin.write_all(&bytes).await;
    }
}

/// Reads error output to its end and keeps the last [`STDERR_TAIL`] bytes.
async fn tail(stderr: Option<ChildStderr>) -> Vec<u8> {
    let mut kept = Vec::new();
    let Some(mut stderr) = stderr else { return kept };
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stderr.read(&mut buffer).await {
        kept.extend_from_slice(buffer.get(..read).unwrap_or_default());
        if kept.len() > 2 * STDERR_TAIL {
            kept.drain(..kept.len() - STDERR_TAIL);
        }
    }
    kept.drain(..kept.len().saturating_sub(STDERR_TAIL));
    kept
}
