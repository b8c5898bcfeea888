//! `sluice bench engine`: the overhead of the engine, measured with jobs that do nothing.
//!
//! Every figure is the median of several runs in one session, in one process with its own worker and default settings.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use sluice_domain::ids::OwnerId;
use sluice_engine::{Engine, EnqueueOptions};
use sluice_store::{Store, StoreError, controls, jobs};

use super::jobs::{Calls, Noop, Probe, Slow, ThreeStages};
use super::postgres::Server;
use crate::cli::say;

#[derive(Debug, Clone, Args)]
pub(crate) struct EngineBench {
    /// Which database.
    #[arg(long, value_enum, default_value_t = Kind::Sqlite)]
    database: Kind,
    /// Jobs per drain.
    #[arg(long, default_value_t = 20_000)]
    jobs: u32,
    /// Samples of each latency.
    #[arg(long, default_value_t = 300)]
    samples: u32,
    /// Runs of each measurement; the median is reported.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Only the measurements whose names start with one of these.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Measures other queues in the same session (needs the source tree: bench/peers), and prints ratios.
    #[arg(long)]
    peers: bool,
    /// Prints one JSON object as the last line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    const fn sync(self) -> &'static str {
        match self {
            Self::Sqlite => "WAL, synchronous=FULL",
            Self::Postgres => "synchronous_commit=on, fsync=on",
        }
    }
}

/// A job of the local owner.
fn local() -> EnqueueOptions {
    EnqueueOptions::of(&OwnerId::local())
}

/// A database, an engine and the channel on which its jobs report.
struct Bench {
    options: EngineBench,
    store: Store,
    engine: Engine,
    probe: Arc<Probe>,
    figures: Map<String, Value>,
}

/// Slots of the pool, and so the most jobs per claim.
const SLOTS: usize = 1_000;

pub(super) async fn run(options: EngineBench) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let server = if options.database == Kind::Postgres { Some(Server::start()?) } else { None };
    let store = match &server {
        Some(server) => server.open().await?,
        None => Store::open(&folder.path().join("bench.db")).await?,
    };
    let probe = Arc::new(Probe::default());
    let engine = Engine::builder(store.clone())
        .register::<Noop>(Arc::clone(&probe))
        .register::<ThreeStages>(Arc::clone(&probe))
        .register::<Slow>(Arc::clone(&probe))
        .register::<Calls>(Arc::clone(&probe))
        .pool("bench", SLOTS)
        .pool("bench.slow", 1)
        .build();
    let mut bench = Bench { options, store, engine, probe, figures: Map::new() };
    bench.measure().await?;
    bench.print()?;
    if bench.options.peers {
        bench.peers()?;
    }
    if bench.options.json {
        say(&serde_json::to_string(&bench.figures)?)?;
    }
    bench.store.close().await;
    Ok(())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The value that a part of all does not exceed.
pub(super) fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let index = (values.len() as f64 * part) as usize;
    values.get(index.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

fn per_second(count: u64, since: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of jobs")]
    let count = count as f64;
    count / since.elapsed().as_secs_f64()
}

impl Bench {
    fn wants(&self, name: &str) -> bool {
        self.options.only.is_empty() || self.options.only.iter().any(|only| name.starts_with(only.as_str()))
    }

    fn note(&mut self, name: &str, value: f64) {
        self.figures.insert(name.to_owned(), json!((value * 1_000.0).round() / 1_000.0));
    }

    async fn measure(&mut self) -> anyhow::Result<()> {
        for (name, callers) in [("enqueue_1_caller_per_s", 1), ("enqueue_100_callers_per_s", 100)] {
            if self.wants(name) {
                let mut rates = Vec::new();
                for _ in 0..self.options.runs {
                    rates.push(self.enqueue(callers).await?);
                    self.clear().await?;
                }
                self.note(name, middle(rates));
            }
        }
        if self.wants("enqueue_bulk_per_s") || self.wants("drain_per_s") || self.wants("wal_kib_per_job") {
            self.drains().await?;
        }
        if self.wants("limit_cost_percent") {
            self.limits().await?;
        }
        if self.wants("pickup") {
            self.pickup().await?;
        }
        if self.wants("three_stage") {
            self.three_stages().await?;
        }
        if self.wants("call_overhead") {
            self.calls().await?;
        }
        if self.wants("fairness_worst_wait_slots") {
            self.fairness().await?;
        }
        Ok(())
    }

    async fn clear(&self) -> anyhow::Result<()> {
        for table in ["jobs", "event_log", "streams", "shares", "calls", "stage_results"] {
            self.store.execute(&format!("DELETE FROM {table}")).await?;
        }
        if self.options.database == Kind::Postgres {
            self.store.vacuum().await?;
        }
        Ok(())
    }

    async fn enqueue(&self, callers: usize) -> anyhow::Result<f64> {
        const TIME: Duration = Duration::from_millis(2_500);
        let begun = Instant::now();
        let mut tasks = Vec::new();
        for _ in 0..callers {
            let engine = self.engine.clone();
            tasks.push(tokio::spawn(async move {
                let mut made = 0_u64;
                while begun.elapsed() < TIME {
                    engine.submit(&Noop { notify: false }, local()).await?;
                    made += 1;
                }
                Ok::<_, StoreError>(made)
            }));
        }
        let mut made = 0;
        for task in tasks {
            made += task.await??;
        }
        let rate = per_second(made, begun);
        let stored = self.count("ready").await?;
        if stored != made {
            bail!("{made} jobs were acknowledged and {stored} are there");
        }
        Ok(rate)
    }

    async fn count(&self, state: &str) -> anyhow::Result<u64> {
        Ok(self.store.read(async |tx| jobs::operator::count_in_state(tx, state).await).await?)
    }

    async fn fill(&self, count: u32) -> anyhow::Result<f64> {
        const BATCH: u32 = 1_000;
        let begun = Instant::now();
        let options = local();
        let batch = vec![Noop { notify: false }; BATCH as usize];
        for _ in 0..count.div_ceil(BATCH) {
            for made in self.engine.submit_many(&batch, &options).await? {
                made?;
            }
        }
        Ok(per_second(u64::from(count.div_ceil(BATCH) * BATCH), begun))
    }

    /// Drains the queue; returns jobs per second until everything is durable.
    async fn drain(&self) -> anyhow::Result<f64> {
        let count = self.count("ready").await?;
        let before = self.probe.ran.load(Ordering::Relaxed);
        let begun = Instant::now();
        let worker = self.engine.start();
        while self.probe.ran.load(Ordering::Relaxed) < before + count {
            if begun.elapsed() > Duration::from_mins(2) {
                bail!("the drain did not end");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        while self.count("succeeded").await? < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let rate = per_second(count, begun);
        worker.shutdown(Duration::from_secs(5)).await;
        Ok(rate)
    }

    async fn drains(&mut self) -> anyhow::Result<()> {
        let (mut bulk, mut drain, mut wal) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.options.runs {
            let before = self.store.wal_bytes().await?;
            bulk.push(self.fill(self.options.jobs).await?);
            drain.push(self.drain().await?);
            if let (Some(before), Some(after)) = (before, self.store.wal_bytes().await?) {
                #[expect(clippy::cast_precision_loss, reason = "bytes of a short run")]
                wal.push((after - before) as f64 / f64::from(self.options.jobs) / 1024.0);
            }
            self.clear().await?;
        }
        self.note("enqueue_bulk_per_s", middle(bulk));
        self.note("drain_per_s", middle(drain));
        if !wal.is_empty() {
            self.note("wal_kib_per_job", middle(wal));
        }
        Ok(())
    }

    /// The cost of a limit per owner that is not reached: measured with and without it, alternately.
    async fn limits(&mut self) -> anyhow::Result<()> {
        let mut ratios = Vec::new();
        for _ in 0..self.options.runs.max(5) {
            self.fill(self.options.jobs).await?;
            let free = self.drain().await?;
            self.clear().await?;
            let slots = i64::try_from(SLOTS)?;
            self.store.write(async |tx| controls::set_limit(tx, "owner", "*", Some(slots)).await).await?;
            self.fill(self.options.jobs).await?;
            let limited = self.drain().await?;
            self.store.write(async |tx| controls::set_limit(tx, "owner", "*", None).await).await?;
            self.clear().await?;
            ratios.push((1.0 - limited / free) * 100.0);
        }
        self.note("limit_cost_percent", middle(ratios));
        Ok(())
    }

    async fn pickup(&mut self) -> anyhow::Result<()> {
        let worker = self.engine.start();
        let mut waits = Vec::new();
        for sample in 0..self.options.samples {
            let seen = self.probe.expect();
            let begun = Instant::now();
            self.engine.submit(&Noop { notify: true }, local()).await?;
            let at = tokio::time::timeout(Duration::from_secs(5), seen).await.context("a job was not picked up")??;
            waits.push(at.duration_since(begun).as_secs_f64() * 1_000.0);
            tokio::time::sleep(Duration::from_millis(5 + u64::from(sample * 7 % 6))).await;
        }
        worker.shutdown(Duration::from_secs(5)).await;
        self.clear().await?;
        self.note("pickup_p50_ms", quantile(&mut waits, 0.5));
        self.note("pickup_p99_ms", quantile(&mut waits, 0.99));
        Ok(())
    }

    async fn three_stages(&mut self) -> anyhow::Result<()> {
        let worker = self.engine.start();
        let mut waits = Vec::new();
        for sample in 0..self.options.samples {
            let mut news = self.store.events_hint();
            let begun = Instant::now();
            let job = self.engine.submit(&ThreeStages, local()).await?;
            loop {
                news.mark_unchanged();
                if self.engine.job(&OwnerId::local(), &job).await?.is_some_and(|view| view.job.state.is_final()) {
                    break;
                }
                tokio::time::timeout(Duration::from_secs(5), news.changed()).await.context("a job did not end")??;
            }
            waits.push(begun.elapsed().as_secs_f64() * 1_000.0);
            tokio::time::sleep(Duration::from_millis(5 + u64::from(sample * 7 % 6))).await;
        }
        worker.shutdown(Duration::from_secs(5)).await;
        self.clear().await?;
        self.note("three_stage_p50_ms", quantile(&mut waits, 0.5));
        self.note("three_stage_p99_ms", quantile(&mut waits, 0.99));
        Ok(())
    }

    /// The overhead of the ledger for a provider call: first a single job, then eight concurrent ones, which share
    /// commits.
    async fn calls(&mut self) -> anyhow::Result<()> {
        for (name, jobs) in [("call_overhead", 1), ("call_overhead_8_jobs", 8)] {
            let worker = self.engine.start();
            let calls = vec![Calls { count: self.options.samples }; jobs];
            for made in self.engine.submit_many(&calls, &local()).await? {
                made?;
            }
            let begun = Instant::now();
            while self.count("succeeded").await? < jobs as u64 {
                if begun.elapsed() > Duration::from_mins(1) {
                    bail!("the calls did not end");
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            worker.shutdown(Duration::from_secs(5)).await;
            self.clear().await?;
            let took = std::mem::take(&mut *self.probe.took.lock().unwrap_or_else(PoisonError::into_inner));
            let mut took: Vec<f64> = took.iter().map(|took| took.as_secs_f64() * 1_000.0).collect();
            self.note(&format!("{name}_p50_ms"), quantile(&mut took, 0.5));
            self.note(&format!("{name}_p99_ms"), quantile(&mut took, 0.99));
        }
        Ok(())
    }

    /// Fairness with one slot and one owner with very many jobs: how many of these start before another owner's first
    /// job.
    async fn fairness(&mut self) -> anyhow::Result<()> {
        const CROWD: u32 = 100_000;
        let crowd = EnqueueOptions::of(&"crowd".parse()?);
        let batch = vec![Slow { notify: false }; 1_000];
        for _ in 0..CROWD / 1_000 {
            for made in self.engine.submit_many(&batch, &crowd).await? {
                made?;
            }
        }
        let worker = self.engine.start();
        let mut worst = 0;
        for sample in 0..self.options.samples.min(50) {
            tokio::time::sleep(Duration::from_millis(11)).await;
            let seen = self.probe.expect();
            let newcomer = EnqueueOptions::of(&format!("newcomer-{sample}").parse()?);
            self.engine.submit(&Slow { notify: true }, newcomer).await?;
            let before = self.probe.ran.load(Ordering::SeqCst);
            tokio::time::timeout(Duration::from_secs(30), seen).await.context("a newcomer was starved")??;
            // One of them is its own start.
            worst = worst.max((self.probe.ran.load(Ordering::SeqCst) - before).saturating_sub(1));
        }
        worker.shutdown(Duration::from_secs(1)).await;
        self.clear().await?;
        #[expect(clippy::cast_precision_loss, reason = "a small count")]
        self.note("fairness_worst_wait_slots", worst as f64);
        Ok(())
    }

    /// The target values, from the engine's own guarantees.
    fn target(&self, name: &str) -> &'static str {
        let sqlite = self.options.database == Kind::Sqlite;
        match name {
            "drain_per_s" | "enqueue_100_callers_per_s" if sqlite => ">= 50000",
            "drain_per_s" => ">= 45000",
            "pickup_p50_ms" if sqlite => "<= 1.2",
            "pickup_p99_ms" if sqlite => "<= 4",
            "three_stage_p50_ms" => "<= 8",
            "three_stage_p99_ms" => "<= 30",
            "pickup_p99_ms" | "limit_cost_percent" => "<= 5",
            "fairness_worst_wait_slots" => "<= 1",
            "call_overhead_p99_ms" => "<= 0.3",
            "pickup_p50_ms" | "wal_kib_per_job" => "<= 2",
            _ => "",
        }
    }

    fn print(&self) -> anyhow::Result<()> {
        let kind = self.options.database;
        say(&format!(
            "{} ({}), {} jobs, {SLOTS} slots, medians of {}",
            kind.name(),
            kind.sync(),
            self.options.jobs,
            self.options.runs
        ))?;
        say(&format!("{:<28} {:>12}   to reach", "what", "measured"))?;
        for (name, value) in &self.figures {
            say(&format!("{name:<28} {:>12.2}   {}", value.as_f64().unwrap_or(f64::NAN), self.target(name)))?;
        }
        Ok(())
    }

    /// Other queues, measured by the programs in `bench/peers`, as ratios to ours.
    fn peers(&self) -> anyhow::Result<()> {
        let script = std::path::Path::new("bench/peers/run");
        if !script.exists() {
            bail!("{} is not here: run this from the source tree", script.display());
        }
        let done = std::process::Command::new(script)
            .args(["--database", self.options.database.name()])
            .args(["--jobs", &self.options.jobs.to_string(), "--samples", &self.options.samples.to_string()])
            .stderr(std::process::Stdio::inherit())
            .output()
            .context("bench/peers/run did not start")?;
        if !done.status.success() {
            bail!("bench/peers/run failed");
        }
        say(&format!("{:<44} {:<26} {:>12} {:>14}", "other queues", "what", "measured", "ours / theirs"))?;
        for line in String::from_utf8_lossy(&done.stdout).lines() {
            let peer: Value = serde_json::from_str(line).with_context(|| format!("bench/peers/run said: {line}"))?;
            let name = peer["measure"].as_str().unwrap_or_default();
            let theirs = peer["value"].as_f64().unwrap_or(f64::NAN);
            let ours = self.figures.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
            let of = |field: &str| peer[field].as_str().unwrap_or_default();
            let system = format!("{}, {}", of("system"), of("sync"));
            say(&format!("{system:<44} {name:<26} {theirs:>12.2} {:>14.2}", ours / theirs))?;
        }
        Ok(())
    }
}
