//! The guard child itself: reads its limits from its arguments, applies them to itself, and executes the program.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::os::unix::process::{CommandExt, parent_id};
use std::process::{Command, ExitCode};
use std::time::Duration;

use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, umask};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use super::Limits;
use super::failure::{EXIT_MISSING, EXIT_NOT_CONFINED, REPORT_PREFIX};

/// Open files of a guarded program.
const OPEN_FILES: u64 = 256;

/// Variables that a guarded program inherits. All others are removed: they may hold secrets.
const KEPT_VARIABLES: [&str; 5] = ["PATH", "HOME", "TMPDIR", "TESSDATA_PREFIX", "FONTCONFIG_FILE"];

/// How much later than the wall limit the child's own alarm fires: the parent enforces the limit first, and can report
/// the reason.
const ALARM_GRACE: Duration = Duration::from_secs(1);

/// The limits as the first arguments of the guard child: the parent's process id, then memory, CPU seconds, wall-clock
/// seconds, file size and threads.
pub(super) fn arguments(limits: &Limits) -> [OsString; 6] {
    let wall = limits.wall.saturating_add(ALARM_GRACE);
    [
        std::process::id().to_string().into(),
        limits.memory_bytes.to_string().into(),
        whole_seconds(limits.cpu).to_string().into(),
        whole_seconds(wall).to_string().into(),
        limits.file_bytes.to_string().into(),
        limits.threads.to_string().into(),
    ]
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Confines this process and executes the program in `args` in its place. Returns only when that failed. The process
/// must have one thread: the filter and the parent's signal apply to the calling thread.
pub fn run_child(args: &[OsString]) -> ExitCode {
    let Some(([parent, memory, cpu, wall, file, threads], [program, rest @ ..])) = args.split_first_chunk() else {
        return report(EXIT_NOT_CONFINED, "too few arguments");
    };
    let numbers = (number(parent), number(memory), number(cpu), number(wall), number(file));
    let (Some(parent), Some(memory), Some(cpu), Some(wall), Some(file)) = numbers else {
        return report(EXIT_NOT_CONFINED, "a limit is not a number");
    };
    if let Err(error) = confine(parent, memory, cpu, wall, file) {
        return report(EXIT_NOT_CONFINED, &error.to_string());
    }
    let error = become_program(program, rest, threads);
    match error.kind() {
        io::ErrorKind::NotFound => report(EXIT_MISSING, &error.to_string()),
        _ => report(EXIT_NOT_CONFINED, &error.to_string()),
    }
}

fn number(text: &OsStr) -> Option<u64> {
    text.to_str()?.parse().ok()
}

fn report(code: u8, message: &str) -> ExitCode {
    // When standard error is closed, the exit code is the only report.
    let _ = writeln!(io::stderr(), "{REPORT_PREFIX}{message}");
    ExitCode::from(code)
}

fn confine(parent: u64, memory: u64, cpu: u64, wall: u64, file: u64) -> io::Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    if u64::from(parent_id()) != parent {
        // It died before the line above, too early for its death to be signalled.
        return Err(io::Error::other("the parent is gone"));
    }
    // The setting is inherited, and the server refuses huge pages for itself: a program has what the system gives it. Our own
    // binary refuses them again (`become_program`).
    prctl::set_thp_disable(false)?;
    // What it writes is for the owner of the data folder alone, also before we take it over.
    umask(Mode::S_IRWXG | Mode::S_IRWXO);
    limit(Resource::RLIMIT_CORE, 0, 0)?;
    limit(Resource::RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES)?;
    limit(Resource::RLIMIT_FSIZE, file, file)?;
    // One second between SIGXCPU, at the soft limit, and SIGKILL, at the hard one.
    limit(Resource::RLIMIT_CPU, cpu, cpu.saturating_add(1))?;
    nix::unistd::alarm::set(u32::try_from(wall).unwrap_or(u32::MAX));
    prctl::set_no_new_privs()?;
    let filter = without_network().map_err(io::Error::other)?;
    seccompiler::apply_filter(&filter).map_err(io::Error::other)?;
    // Last, because the calls before it allocate memory.
    limit(Resource::RLIMIT_AS, memory, memory)
}

/// Sets a limit, or leaves a lower one that was there already.
fn limit(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    let (_, highest) = getrlimit(resource)?;
    setrlimit(resource, soft.min(highest), hard.min(highest))?;
    Ok(())
}

/// A seccomp filter that denies, with `EACCES`, all sockets but Unix ones (no network), and the system calls by which a
/// program could circumvent the filter or access other processes.
fn without_network() -> Result<BpfProgram, seccompiler::BackendError> {
    let family = u64::from(libc::AF_UNIX.unsigned_abs());
    let not_unix = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, family)?;
    let mut rules = BTreeMap::from([(libc::SYS_socket, vec![SeccompRule::new(vec![not_unix])?])]);
    for call in [
        libc::SYS_io_uring_setup, // makes sockets without socket()
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_bpf,
        libc::SYS_userfaultfd,
        libc::SYS_add_key,
        libc::SYS_keyctl,
    ] {
        rules.insert(call, Vec::new());
    }
    let refuse = SeccompAction::Errno(libc::EACCES.unsigned_abs());
    SeccompFilter::new(rules, SeccompAction::Allow, refuse, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// Replaces this process by the program. Returns only the reason why that failed.
fn become_program(program: &OsStr, args: &[OsString], threads: &OsStr) -> io::Error {
    let mut command = Command::new(program);
    command.args(args).env_clear().env("LANG", "C.UTF-8");
    // OpenMP's threads would spin while they wait, and occupy the cores.
    command.env("OMP_WAIT_POLICY", "passive").env("GOMP_SPINCOUNT", "0").env("OMP_THREAD_LIMIT", threads);
    // The allocator of our own binary asks for huge pages wherever it can, of which most is never used: speech to text took
    // twice the memory for a tenth of the time. Other programs do not know this variable.
    command.env("MIMALLOC_ALLOW_THP", "0");
    for name in KEPT_VARIABLES {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.exec()
}
