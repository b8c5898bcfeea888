//! How long a document is read beside `pdftotext -bbox-layout` alone, in turn on the same machine, and with how much memory.
//! `cargo build --release -p sluice-local --examples`, then `read_bench FILE.pdf [ROUNDS]`. What is asked: 300 dense pages within
//! the time of `pdftotext`, with at most 200 MB in any process.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a tool for developers: it prints, and stops where it fails"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use sluice_local::guard::Guard;
use sluice_local::reading::{Reader, ReadingLimits};

/// Poppler alone, on all pages.
fn poppler(pdf: &Path) -> Duration {
    let began = Instant::now();
    let mut command = Command::new("pdftotext");
    command.args(["-q", "-cropbox", "-bbox-layout", "-enc", "UTF-8"]).arg(pdf).arg("-").stdout(Stdio::null());
    assert!(command.status().unwrap().success(), "pdftotext cannot read {}", pdf.display());
    began.elapsed()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

fn megabytes(who: UsageWho) -> std::ffi::c_long {
    getrusage(who).unwrap().max_rss() / 1024
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let file = arguments.next().expect("read_bench FILE.pdf [ROUNDS]");
    let rounds = arguments.next().map_or(5, |rounds| rounds.to_str().unwrap().parse::<usize>().unwrap()).max(1);
    let (pdf, child) = (Path::new(&file), std::env::current_exe().unwrap().with_file_name("engine_child"));
    let reader = Reader::new(Guard::new(child), ReadingLimits::DEFAULT);
    // Once before, so that the file is in memory for both.
    let pages = reader.read(pdf).await.unwrap().pages.len();
    let (mut alone, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        alone.push(poppler(pdf));
        let began = Instant::now();
        reader.read(pdf).await.unwrap();
        whole.push(began.elapsed());
    }
    let (alone, whole) = (median(alone), median(whole));
    println!("{pages} pages, medians of {rounds}");
    println!("pdftotext -bbox-layout alone  {alone:.2} s");
    println!("read                          {whole:.2} s, {:.2} of it (to reach: 1.00)", whole / alone);
    let (own, children) = (megabytes(UsageWho::RUSAGE_SELF), megabytes(UsageWho::RUSAGE_CHILDREN));
    println!("memory at most                {own} MB here, {children} MB in a child (to reach: 200)");
}
