//! Each limit of the guard, reached by a real program.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use sluice_local::guard::{GuardError, Limits, Output};
use support::guard;
use tokio::sync::oneshot;

/// How long a test waits for what must happen immediately.
const TIMEOUT: Duration = Duration::from_secs(20);

const LIMITS: Limits = Limits {
    memory_bytes: 256 * 1024 * 1024,
    cpu: Duration::from_secs(10),
    wall: Duration::from_secs(20),
    file_bytes: 1024 * 1024,
    output_bytes: 1024 * 1024,
    threads: 1,
};

async fn run(limits: Limits, program: &str, args: &[&str]) -> Result<Output, GuardError> {
    guard().run(&limits, program, args, None).await
}

async fn bash(limits: Limits, script: &str) -> Result<Output, GuardError> {
    run(limits, "bash", &["-c", script]).await
}

#[tokio::test]
async fn input_is_passed_in_and_output_is_returned() {
    let output = guard().run(&LIMITS, "cat", ["-"], Some(b"a line".to_vec())).await.unwrap();
    assert_eq!(output.stdout, b"a line");
}

#[tokio::test]
async fn a_missing_program_is_named() {
    let error = run(LIMITS, "no-such-program", &[]).await.unwrap_err();
    assert!(matches!(error, GuardError::Missing { program } if program == "no-such-program"));
}

#[tokio::test]
async fn a_programs_own_failure_has_the_end_of_its_error_output() {
    let error = bash(LIMITS, "echo lost >&2; exit 127").await.unwrap_err();
    let GuardError::Failed { status, stderr_tail, .. } = error else { panic!("{error:?}") };
    assert_eq!((status.code(), stderr_tail.as_str()), (Some(127), "lost"));
}

#[tokio::test]
async fn wall_time_is_limited() {
    let limits = Limits { wall: Duration::from_millis(100), ..LIMITS };
    let error = run(limits, "sleep", &["60"]).await.unwrap_err();
    assert!(matches!(error, GuardError::TimedOut { after, .. } if after == limits.wall), "{error:?}");
}

#[tokio::test]
async fn processor_time_is_limited() {
    let limits = Limits { cpu: Duration::from_secs(1), ..LIMITS };
    let error = bash(limits, "while :; do :; done").await.unwrap_err();
    assert!(matches!(error, GuardError::TimedOut { after, .. } if after == limits.cpu), "{error:?}");
}

#[tokio::test]
async fn memory_is_limited() {
    let limits = Limits { memory_bytes: 64 * 1024 * 1024, ..LIMITS };
    let error = bash(limits, "head -c 200000000 /dev/zero | tr '\\0' a | exec tail").await.unwrap_err();
    assert!(matches!(error, GuardError::OutOfMemory { .. }), "{error:?}");
}

#[tokio::test]
async fn output_is_limited() {
    let error = run(LIMITS, "yes", &[]).await.unwrap_err();
    assert!(matches!(error, GuardError::TooMuchOutput { limit_bytes, .. } if limit_bytes == LIMITS.output_bytes));
}

#[tokio::test]
async fn error_output_is_cut_from_its_start() {
    let error = bash(LIMITS, "yes | head -c 3000000 >&2; echo the end >&2; exit 1").await.unwrap_err();
    let GuardError::Failed { stderr_tail, .. } = error else { panic!("{error:?}") };
    assert!(stderr_tail.ends_with("the end") && stderr_tail.len() < 10_000, "{}", stderr_tail.len());
}

#[tokio::test]
async fn written_files_are_limited() {
    let folder = tempfile::tempdir().unwrap();
    let of = format!("of={}", folder.path().join("big").display());
    let error = run(LIMITS, "dd", &["if=/dev/zero", &of, "bs=1M", "count=8"]).await.unwrap_err();
    assert!(matches!(error, GuardError::TooMuchOutput { limit_bytes, .. } if limit_bytes == LIMITS.file_bytes));
}

#[tokio::test]
async fn a_full_disk_is_distinguished() {
    let error = run(LIMITS, "dd", &["if=/dev/zero", "of=/dev/full", "count=1"]).await.unwrap_err();
    assert!(matches!(error, GuardError::DiskFull), "{error:?}");
}

#[tokio::test]
async fn there_is_no_network() {
    // A listener that would answer: the filter refuses the connection, not an unused port.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let error = bash(LIMITS, &format!("exec 3<>/dev/tcp/127.0.0.1/{port}")).await.unwrap_err();
    let GuardError::Failed { stderr_tail, .. } = error else { panic!("{error:?}") };
    assert!(stderr_tail.contains("Permission denied"), "{stderr_tail}");
}

#[tokio::test]
async fn privileges_cannot_be_gained_and_cores_are_not_dumped() {
    let output = bash(LIMITS, "grep NoNewPrivs /proc/self/status; ulimit -c").await.unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "NoNewPrivs:\t1\n0\n");
}

#[tokio::test]
async fn what_is_written_is_for_its_owner_alone() {
    assert_eq!(bash(LIMITS, "umask").await.unwrap().stdout, b"0077\n");
}

#[tokio::test]
async fn the_environment_is_not_inherited() {
    let mut command = guard().command(&LIMITS, "env", [""; 0]);
    let output = command.env("AWS_SECRET_ACCESS_KEY", "secret").output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("AWS_SECRET_ACCESS_KEY") && text.contains("LANG=C.UTF-8"), "{text}");
}

#[tokio::test]
async fn a_streaming_caller_has_the_wall_limit_too() {
    let limits = Limits { wall: Duration::ZERO, ..LIMITS };
    let output = guard().command(&limits, "sleep", ["60"]).output().await.unwrap();
    let error = GuardError::from_exit("sleep", &limits, output.status, &output.stderr).unwrap();
    assert!(matches!(error, GuardError::TimedOut { .. }), "{error:?}");
}

#[tokio::test]
async fn a_timeout_kills_the_whole_group() {
    let mut lifeline = Lifeline::new();
    let limits = Limits { wall: Duration::from_secs(2), ..LIMITS };
    assert!(matches!(bash(limits, &lifeline.script()).await, Err(GuardError::TimedOut { .. })));
    lifeline.begins().await;
    lifeline.ends().await;
}

#[tokio::test]
async fn a_cancelled_run_kills_the_whole_group() {
    let mut lifeline = Lifeline::new();
    let script = lifeline.script();
    let run = tokio::spawn(async move { bash(LIMITS, &script).await });
    lifeline.begins().await;
    run.abort();
    lifeline.ends().await;
}

#[tokio::test]
async fn a_child_dies_with_the_server() {
    let mut lifeline = Lifeline::new();
    // Bash in place of the server: it starts the guard child with its own process id, and is killed with SIGKILL.
    let command = guard().command(&LIMITS, "cat", [&lifeline.path]);
    let mut args: Vec<_> = command.as_std().get_args().map(|arg| arg.to_str().unwrap().to_owned()).collect();
    *args.get_mut(2).unwrap() = "$$".to_owned();
    let program = command.as_std().get_program().to_str().unwrap();
    let line = format!("{program} {} <&0 >{} & wait", args.join(" "), lifeline.path.display());
    let mut server = Command::new("bash").args(["-c", &line]).stdin(Stdio::piped()).spawn().unwrap();
    lifeline.begins().await;
    server.kill().unwrap();
    server.wait().unwrap();
    lifeline.ends().await;
}

/// A FIFO that the process under test holds open for writing, and a thread that watches it.
struct Lifeline {
    path: PathBuf,
    begun: oneshot::Receiver<()>,
    ended: oneshot::Receiver<()>,
    _folder: tempfile::TempDir,
}

impl Lifeline {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lifeline");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let (tell_begun, begun) = oneshot::channel();
        let (tell_ended, ended) = oneshot::channel();
        let watched = path.clone();
        // Not a thread of the runtime, which would wait for it if a test fails.
        std::thread::spawn(move || {
            let mut fifo = std::fs::File::open(watched).unwrap();
            tell_begun.send(()).unwrap();
            fifo.read_to_end(&mut Vec::new()).unwrap();
            tell_ended.send(()).unwrap();
        });
        Self { path, begun, ended, _folder: folder }
    }

    /// A script whose background process holds the FIFO open for as long as it lives.
    fn script(&self) -> String {
        format!("sleep 1000 > {} & wait", self.path.display())
    }

    async fn begins(&mut self) {
        tokio::time::timeout(TIMEOUT, &mut self.begun).await.unwrap().unwrap();
    }

    async fn ends(self) {
        let ended = tokio::time::timeout(TIMEOUT, self.ended).await;
        assert!(ended.is_ok(), "a process outlived its group");
    }
}

/// Waits for `found` on a thread of its own, so that nothing but the end of the child can wake the runtime.
fn wait_idly<T>(mut found: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = std::time::Instant::now() + TIMEOUT;
    while std::time::Instant::now() < deadline {
        if let Some(value) = found() {
            return Some(value);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

/// A child that was killed is reaped at once, also when the runtime has nothing else to do: a server that is left
/// alone keeps no zombies.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_killed_child_is_reaped_while_the_runtime_is_idle() {
    for limits in [Limits { wall: Duration::from_millis(500), ..LIMITS }, LIMITS] {
        let folder = tempfile::tempdir().unwrap();
        let noted = folder.path().join("pid");
        let script = format!("echo $$ > {}.new; mv {0}.new {0}; exec sleep 60", noted.display());
        let task = tokio::spawn(async move { bash(limits, &script).await });
        let pid = wait_idly(|| std::fs::read_to_string(&noted).ok()).unwrap();
        let child = PathBuf::from("/proc").join(pid.trim());
        assert!(child.exists(), "{child:?}");
        // The first runs into its limit; whoever waits for the second goes away.
        if limits == LIMITS {
            task.abort();
        }
        assert_eq!(wait_idly(|| (!child.exists()).then_some(())), Some(()), "{child:?} is still there");
    }
}
