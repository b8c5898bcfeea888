//! An engine that is killed while it works costs a single request.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "support/voices.rs"]
mod engines;
mod support;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sluice_local::child::warm::WarmError;
use sluice_local::guard::GuardError;
use sluice_local::voice::VoiceError;

/// The process that runs the models, once it has been executed.
fn engine() -> Option<Pid> {
    let own = format!("\nPPid:\t{}\n", std::process::id());
    std::fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
        let status = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
        let command = std::fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
        let found = status.contains(&own) && command.split('\0').skip(1).take(2).eq(["__engine", "voice"]);
        found.then(|| Pid::from_raw(entry.file_name().to_str().unwrap().parse().unwrap()))
    })
}

/// Kills the engine as soon as it runs; the caller checks what happens to the request.
async fn kill_once_it_runs() {
    let engine = loop {
        match engine() {
            Some(engine) => break engine,
            None => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
        }
    };
    kill(engine, Signal::SIGKILL).unwrap();
    std::future::pending::<()>().await;
}

/// Waits until a dead child has been reaped: until then it is a zombie and keeps its entry in `/proc`.
async fn until_reaped(child: Pid) {
    let reaped = async {
        while std::path::Path::new(&format!("/proc/{child}")).exists() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), reaped).await.expect("it stays a zombie");
}

#[tokio::test]
async fn an_engine_that_dies_is_reaped_at_once_and_fails_one_request() {
    let voices = engines::voices();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("speech.wav");
    let long = "This sentence is here to keep the engine busy for a while. ".repeat(80);
    let spoken = tokio::select! {
        spoken = voices.speak("piper:en_US-joe-medium", &long, &path) => spoken,
        () = kill_once_it_runs() => unreachable!("a killer never ends"),
    };
    let error = spoken.err().unwrap();
    let VoiceError::Engine(WarmError::Died { source: GuardError::Killed { signal, .. }, .. }) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*signal, "SIGKILL");
    assert!(error.is_transient());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left of the failed one");

    voices.speak("piper:en_US-joe-medium", "It lives again.", &path).await.unwrap();

    // Killed while it is idle: it is reaped without a further request, and no request fails.
    let idle = engine().unwrap();
    kill(idle, Signal::SIGKILL).unwrap();
    until_reaped(idle).await;
    voices.warm().await.ok();
    voices.speak("piper:en_US-joe-medium", "And again.", &path).await.unwrap();

    // Cancelled while it works: its answer must not be taken for that of the next request.
    let long = "كتب الطالب الدرس. ".repeat(200);
    tokio::select! {
        biased;
        _ = voices.speak("espeak:ar", &long, &path) => panic!("it cannot be that fast"),
        () = async { for _ in 0..3 { tokio::task::yield_now().await; } } => {}
    }
    let speech = voices.speak("espeak:ar", "نعم", &path).await.unwrap();
    assert_eq!(speech.words.len(), 1);
}
