//! Deterministic simulation: the real engine over a real SQLite file, with a clock that stands still until everything
//! waits, nodes that die and restart, a store that fails at its commits, and a provider that misbehaves.
//!
//! A seed decides everything: `simulate --seed 17` does exactly what it did before, also on another machine. Without
//! a seed it goes on from `--from` until `--runs` jobs have ended. Each seed is one world; `history.rs` reads its
//! event log and ledger afterwards and looks for what must never be: a job lost or finished twice, a call paid twice,
//! a limit, a rate or a budget exceeded, an owner starved. (Ticks of a schedule are played, and not yet counted.)

mod callers;
mod checks;
mod clock;
mod faults;
mod history;
mod jobs;
mod provider;
mod rates;
mod studio;
mod ticks;
mod world;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Parser;

use crate::world::{Kind, Summary};

#[derive(Parser)]
#[command(about = "Simulates the engine; a seed decides everything")]
struct Args {
    /// Only this world, twice, and whether both are the same.
    #[arg(long)]
    seed: Option<u64>,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Ends when so many jobs have ended.
    #[arg(long, default_value_t = 1_000_000)]
    runs: u64,
    /// Worlds that are simulated at once.
    #[arg(long, default_value_t = 2)]
    threads: u64,
}

/// Each so many worlds, one is run twice and compared with itself.
const COMPARED: u64 = 50;

fn main() -> ExitCode {
    // A stage that panics is part of the play; everything else says what went wrong by itself.
    std::panic::set_hook(Box::new(|panic| {
        if !panic.to_string().contains(jobs::PLANNED_PANIC) {
            eprintln!("{panic}");
        }
    }));
    let args = Args::parse();
    match args.seed {
        Some(seed) => replay(seed),
        None => many(&args),
    }
}

fn say(line: &str) {
    // Whoever reads no more needs no line.
    writeln!(std::io::stdout(), "{line}").ok();
}

fn replay(seed: u64) -> ExitCode {
    let (first, second) = (world::run(seed), world::run(seed));
    say(&format!("{first:#?}"));
    if first.fingerprint != second.fingerprint {
        say(&format!("seed {seed}: the second time it went differently"));
        return ExitCode::FAILURE;
    }
    report(seed, &first)
}

fn report(seed: u64, summary: &Summary) -> ExitCode {
    for wrong in &summary.wrong {
        say(&format!("seed {seed} ({:?}): {wrong}", summary.kind));
    }
    if summary.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn many(args: &Args) -> ExitCode {
    let begun = Instant::now();
    let (next, runs) = (AtomicU64::new(args.from), AtomicU64::new(0));
    let total = Mutex::new(Total::default());
    std::thread::scope(|scope| {
        for _ in 0..args.threads {
            scope.spawn(|| {
                while runs.load(Ordering::Relaxed) < args.runs && !failed(&total) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let mut summary = world::run(seed);
                    if seed % COMPARED == 0 && summary.fingerprint != world::run(seed).fingerprint {
                        summary.wrong.push("the second time it went differently".to_owned());
                    }
                    runs.fetch_add(summary.ended, Ordering::Relaxed);
                    report(seed, &summary);
                    if let Ok(mut total) = total.lock() {
                        total.add(&summary);
                    }
                }
            });
        }
    });
    let total = total.into_inner().unwrap_or_default();
    say(&total.line(args.from, next.load(Ordering::Relaxed) - 1, begun.elapsed().as_secs_f64()));
    if total.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn failed(total: &Mutex<Total>) -> bool {
    total.lock().map_or(true, |total| total.wrong > 0)
}

/// What all worlds together did.
#[derive(Default)]
struct Total {
    worlds: u64,
    crowds: u64,
    ended: u64,
    attempts: u64,
    crashes: u64,
    faults: u64,
    jumps: u64,
    calls: u64,
    wrong: u64,
}

impl Total {
    fn add(&mut self, one: &Summary) {
        self.worlds += 1;
        self.crowds += if one.kind == Kind::Crowd { one.ended } else { 0 };
        self.ended += one.ended;
        self.attempts += one.attempts;
        self.crashes += one.crashes;
        self.faults += one.faults;
        self.jumps += one.jumps;
        self.calls += one.calls;
        self.wrong += one.wrong.len() as u64;
    }

    fn line(&self, from: u64, to: u64, seconds: f64) -> String {
        format!(
            "simulated {} jobs ({} of them in crowds) in {} worlds, seeds {from} to {to}, {seconds:.0} s: {} attempts, \
             {} crashes of nodes, {} failed or unanswered writes, {} jumps of the clock, {} paid calls, {} violations",
            self.ended,
            self.crowds,
            self.worlds,
            self.attempts,
            self.crashes,
            self.faults,
            self.jumps,
            self.calls,
            self.wrong
        )
    }
}
