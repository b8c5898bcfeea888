//! A worker process for `scripts/chaos`, which kills it, freezes it, and takes its database away.
//!
//! `node --database D --effects F` works until SIGTERM. `node --database D --owner O --enqueue N` makes N jobs with the
//! keys 0 to N-1, and goes on through failures as a patient caller does. `node --database D --owner O --check N` waits
//! until all of them have ended and prints what the event log tells of them, as one JSON object.
//!
//! What happens outside of the database, a paid call, is a line in the effects file: whoever compares these with the
//! ledger sees each call that was asked twice.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use serde_json::json;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_engine::{Engine, EnqueueOptions, Settings};
use sluice_store::{Database, Options, PostgresUrl, Store, StoreError, calls, events};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;

mod jobs;

use crate::jobs::{Order, Part, Plain, Quick, World};

/// Longest that work in hand may take at SIGTERM.
const GRACE: Duration = Duration::from_secs(5);
/// Pause of a caller after a failure.
const PAUSE: Duration = Duration::from_millis(100);
/// Jobs that are enqueued in one unit of work, with keys and without.
const BATCH: u32 = 25;
const BULK: u32 = 5_000;
/// Entries of the event log that are read at once.
const PAGE: u32 = 200_000;

#[derive(Parser)]
#[command(about = "A worker process for scripts/chaos")]
struct Args {
    /// A SQLite file, or the address of a PostgreSQL server.
    #[arg(long)]
    database: String,
    /// The file that takes a line for each paid call.
    #[arg(long, default_value = "/dev/null")]
    effects: PathBuf,
    /// How long a claim holds without a sign of life.
    #[arg(long, default_value_t = 1.0)]
    lease_seconds: f64,
    /// Jobs that run side by side.
    #[arg(long, default_value_t = 8)]
    slots: usize,
    /// Whose jobs are made or checked.
    #[arg(long, default_value = "chaos")]
    owner: OwnerId,
    /// Makes so many jobs, and ends.
    #[arg(long)]
    enqueue: Option<u32>,
    /// Jobs that are made in a second; as many as can be when it is 0.
    #[arg(long, default_value_t = 0)]
    per_second: u32,
    /// Each job of this number lasts for `--long-ms`; none when it is 0.
    #[arg(long, default_value_t = 0)]
    long_every: u32,
    #[arg(long, default_value_t = 1_500)]
    long_ms: u64,
    /// The jobs are of the kind that does nothing, and have no keys.
    #[arg(long)]
    quick: bool,
    /// How long these last.
    #[arg(long, default_value_t = 0)]
    quick_ms: u64,
    /// Waits until so many jobs have ended, tells what became of them, and ends.
    #[arg(long)]
    check: Option<u32>,
    /// Their orders are paid at a shop that can be asked what it did.
    #[arg(long)]
    bought: bool,
    /// Longest wait of `--check`.
    #[arg(long, default_value_t = 60)]
    wait_seconds: u64,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args = Args::parse();
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_ansi(false).with_writer(std::io::stderr).init();
    let database = match args.database.strip_prefix("postgres://") {
        Some(_) => Database::Postgres(PostgresUrl { url: args.database.clone(), direct: None }),
        None => Database::Sqlite(PathBuf::from(&args.database)),
    };
    let store = Store::open_with(&database, Options::default()).await?;
    let world = World { effects: Arc::new(args.effects.clone()) };
    let settings = Settings { lease: Duration::from_secs_f64(args.lease_seconds), ..Settings::default() };
    let engine = Engine::builder(store.clone())
        .register::<Plain>(world.clone())
        .register::<Quick>(world.clone())
        .register::<Order>(world.clone())
        .register::<Part>(world)
        .pool("default", args.slots)
        .settings(settings)
        .build();
    match (args.enqueue, args.check) {
        (Some(count), _) => enqueue(&engine, &args, count).await?,
        (None, Some(count)) => check(&engine, &args, count).await?,
        (None, None) => work(&engine).await?,
    }
    store.close().await;
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

async fn work(engine: &Engine) -> Result<(), Failure> {
    let mut end = signal(SignalKind::terminate())?;
    let worker = engine.start();
    say("ready")?;
    end.recv().await;
    worker.shutdown(GRACE).await;
    Ok(())
}

/// Makes jobs number 0 to `count`, evenly over time when there is a rate. A batch whose fate is not known is sent
/// again: the keys make it once.
async fn enqueue(engine: &Engine, args: &Args, count: u32) -> Result<(), Failure> {
    let begun = Instant::now();
    let batch = if args.quick { BULK } else { BATCH };
    let mut next = 0;
    while next < count {
        let end = count.min(next + batch);
        match submit(engine, args, next..end).await {
            Ok(()) => next = end,
            Err(error @ (StoreError::IdempotencyConflict { .. } | StoreError::PayloadTooLarge { .. })) => {
                return Err(error.into());
            }
            // Without a key nobody can know whether it was kept.
            Err(error) if args.quick => return Err(error.into()),
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "not enqueued; once more");
                tokio::time::sleep(PAUSE).await;
            }
        }
        if args.per_second > 0 {
            tokio::time::sleep_until(begun + Duration::from_secs(next.into()) / args.per_second).await;
        }
    }
    Ok(())
}

async fn submit(engine: &Engine, args: &Args, numbers: std::ops::Range<u32>) -> Result<(), StoreError> {
    if args.quick {
        let quick: Vec<Quick> = numbers.map(|n| Quick { n, milliseconds: args.quick_ms }).collect();
        let options = EnqueueOptions::of(&args.owner);
        return engine.submit_many(&quick, &options).await?.into_iter().try_for_each(|made| made.map(drop));
    }
    engine
        .store()
        .write(async |tx| {
            for n in numbers.clone() {
                make(engine, args, tx, n).await?;
            }
            Ok(())
        })
        .await
}

/// Makes job number `n`, or finds it.
async fn make(engine: &Engine, args: &Args, tx: &mut sluice_store::Tx, n: u32) -> Result<JobId, StoreError> {
    let options = EnqueueOptions { idempotency_key: Some(n.to_string()), ..EnqueueOptions::of(&args.owner) };
    if n.is_multiple_of(3) {
        // Numbered by themselves, so that half of them are even.
        return engine.enqueue(tx, &Order { n: n / 3, bought: args.bought }, options).await;
    }
    let is_long = args.long_every > 0 && n % args.long_every == 1;
    let milliseconds = if is_long { args.long_ms } else { u64::from(n * 7 % 20) };
    engine.enqueue(tx, &Plain { n, milliseconds }, options).await
}

/// What the event log tells of one job.
#[derive(Default)]
struct History {
    state: String,
    /// How often it was claimed, or went on to its next stage.
    begun: u64,
    finished: u64,
}

/// What the event log tells of an owner's jobs.
#[derive(Default)]
struct Histories {
    jobs: BTreeMap<String, History>,
    seq: i64,
    gaps: u64,
}

impl Histories {
    /// Reads what is new.
    async fn read_on(&mut self, engine: &Engine, owner: &OwnerId) -> Result<(), StoreError> {
        loop {
            let events = engine.store().read(async |tx| events::after(tx, owner, self.seq, PAGE).await).await?;
            if events.is_empty() {
                return Ok(());
            }
            for event in events {
                self.gaps += u64::from(event.seq != self.seq + 1);
                self.seq = event.seq;
                if event.kind != "job.changed" {
                    continue;
                }
                let state = event.data["state"].as_str().unwrap_or_default();
                let history = self.jobs.entry(event.subject).or_default();
                history.begun += u64::from(state == JobState::Running.as_str());
                history.finished += u64::from(state == JobState::Succeeded.as_str());
                state.clone_into(&mut history.state);
            }
        }
    }

    fn unfinished(&self) -> usize {
        let is_final = |history: &History| JobState::parse(&history.state).is_some_and(JobState::is_final);
        self.jobs.values().filter(|history| !is_final(history)).count()
    }

    fn states(&self) -> BTreeMap<&str, u64> {
        let mut states = BTreeMap::new();
        for history in self.jobs.values() {
            *states.entry(history.state.as_str()).or_default() += 1;
        }
        states
    }
}

/// Waits until every job of the owner has ended, and prints the history.
async fn check(engine: &Engine, args: &Args, count: u32) -> Result<(), Failure> {
    let until = Instant::now() + Duration::from_secs(args.wait_seconds);
    let mut histories = Histories::default();
    loop {
        histories.read_on(engine, &args.owner).await?;
        if histories.unfinished() == 0 && histories.jobs.len() >= count as usize || Instant::now() >= until {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let lost = lost(engine, args, count, &histories).await?;
    let mut calls = BTreeMap::new();
    for (kind, outcome, number) in engine.store().read(async |tx| calls::count(tx).await).await? {
        calls.insert(format!("{kind} {outcome:?}").to_lowercase(), number);
    }
    let found = json!({
        "jobs": histories.jobs.len(),
        "states": histories.states(),
        "unfinished": histories.unfinished(),
        "lost": lost,
        "finished_twice": histories.jobs.values().filter(|history| history.finished > 1).count(),
        "begun": histories.jobs.values().map(|history| history.begun).sum::<u64>(),
        "most_begun": histories.jobs.values().map(|history| history.begun).max(),
        "gaps_in_the_log": histories.gaps,
        "calls": calls,
    });
    say(&found.to_string())?;
    Ok(())
}

/// How many jobs are missing: a key that was enqueued gives its job, which the log knows. Looked up in a unit of work
/// that is undone, so that what was lost is not made again.
async fn lost(engine: &Engine, args: &Args, count: u32, histories: &Histories) -> Result<u64, Failure> {
    if args.quick {
        return Ok(u64::from(count).saturating_sub(histories.jobs.len() as u64));
    }
    let mut lost = 0;
    let undone = engine
        .store()
        .write_once(async |tx| {
            for n in 0..count {
                let id = make(engine, args, tx, n).await?;
                lost += u64::from(!histories.jobs.contains_key(id.as_str()));
            }
            Err::<(), _>(StoreError::Interrupted)
        })
        .await;
    match undone {
        Err(StoreError::Interrupted) | Ok(()) => Ok(lost),
        Err(error) => Err(error.into()),
    }
}
