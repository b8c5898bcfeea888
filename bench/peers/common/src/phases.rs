//! The phases: enqueue, drain, pickup. Each takes what it needs as closures, so that a bare loop can use it too.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::handler;
use crate::latencies::{Latencies, per_second};

/// How long callers enqueue.
const ENQUEUE_TIME: Duration = Duration::from_millis(2500);
/// Jobs handed over by one call when enqueueing in bulk.
pub const BULK: u64 = 1000;
/// A drain is cut off here: at a few hundred jobs a second the rest says nothing new.
const DRAIN_LIMIT: Duration = Duration::from_secs(90);
/// A drain in which no job ran for so long has lost some.
const DRAIN_STALL: Duration = Duration::from_secs(20);
/// How long a database may take to show what handlers have done.
const SETTLE_LIMIT: Duration = Duration::from_secs(10);
/// No more pickups are tried after this time: a queue that polls each second would take for ever.
const PICKUP_LIMIT: Duration = Duration::from_mins(1);
/// How long one pickup may take; it counts as that long if it takes longer.
const PICKUP_TIMEOUT: Duration = Duration::from_secs(5);

/// What callers reached who enqueued one job after the other.
#[derive(Debug)]
pub struct Enqueued {
    pub per_second: f64,
    latencies: Latencies,
    failures: Vec<String>,
}

impl Enqueued {
    /// Jobs whose enqueueing was acknowledged.
    pub fn count(&self) -> u64 {
        self.latencies.count() as u64
    }
}

impl fmt::Display for Enqueued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = &self.latencies;
        write!(f, "a call took p50 {:.2}, p99 {:.2} ms", calls.percentile_ms(50), calls.percentile_ms(99))?;
        match self.failures.as_slice() {
            [] => Ok(()),
            [first, ..] => write!(f, "; {} calls failed, the first by: {first}", self.failures.len()),
        }
    }
}

/// `callers` tasks call `enqueue`, each again and again, for some seconds.
pub async fn enqueue<F, Fut>(callers: usize, enqueue: F) -> Result<Enqueued>
where
    F: Fn() -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Result<()>> + Send + 'static,
{
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        tasks.spawn(call_until(start + ENQUEUE_TIME, enqueue.clone()));
    }
    let (mut durations, mut failures) = (Vec::new(), Vec::new());
    while let Some(caller) = tasks.join_next().await {
        let (its_durations, its_failures) = caller?;
        durations.extend(its_durations);
        failures.extend(its_failures);
    }
    let elapsed = start.elapsed();
    let latencies = Latencies::new(durations).with_context(|| {
        format!("no job could be enqueued: {}", failures.first().map_or("no reason", String::as_str))
    })?;
    Ok(Enqueued { per_second: per_second(latencies.count() as u64, elapsed), latencies, failures })
}

async fn call_until<F, Fut>(end: Instant, enqueue: F) -> (Vec<Duration>, Vec<String>)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<()>>,
{
    let (mut durations, mut failures) = (Vec::new(), Vec::new());
    while Instant::now() < end {
        let start = Instant::now();
        match enqueue().await {
            Ok(()) => durations.push(start.elapsed()),
            Err(error) => {
                failures.push(format!("{error:#}"));
                sleep(Duration::from_millis(1)).await;
            }
        }
    }
    (durations, failures)
}

/// How far workers came with the jobs that waited for them.
#[derive(Debug)]
pub struct Drained {
    jobs: u64,
    /// Jobs that the database has as completed.
    completed: u64,
    ran: u64,
    elapsed: Duration,
}

impl Drained {
    pub fn per_second(&self) -> f64 {
        per_second(self.completed, self.elapsed)
    }
}

impl fmt::Display for Drained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.completed == self.jobs {
            write!(f, "{} jobs, all completed", self.jobs)
        } else {
            let seconds = self.elapsed.as_secs();
            write!(f, "cut off after {seconds} s: {} of {} jobs ran, {} completed", self.ran, self.jobs, self.completed)
        }
    }
}

/// Waits until `jobs` jobs have run since `start`, at which `ran_before` had run already, and the database says that they
/// are completed.
pub async fn wait_until_drained<F, Fut>(jobs: u64, start: Instant, ran_before: u64, completed: F) -> Result<Drained>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<u64>>,
{
    let all_ran = wait_until_ran(jobs, start, ran_before).await?;
    let last_job = Instant::now();
    let mut done = completed().await?;
    while all_ran && done < jobs {
        ensure!(
            last_job.elapsed() < SETTLE_LIMIT,
            "all {jobs} jobs ran, but only {done} are completed in the database"
        );
        sleep(Duration::from_millis(5)).await;
        done = completed().await?;
    }
    let elapsed = start.elapsed();
    let ran = handler::ran() - ran_before;
    ensure!(ran <= jobs && done <= jobs, "of {jobs} jobs, {ran} ran and {done} were completed: some ran twice");
    Ok(Drained { jobs, completed: done, ran, elapsed })
}

/// Whether all ran within the limit.
async fn wait_until_ran(jobs: u64, start: Instant, ran_before: u64) -> Result<bool> {
    let (mut ran, mut last_progress) = (0, Instant::now());
    while start.elapsed() < DRAIN_LIMIT {
        let ran_now = handler::ran() - ran_before;
        if ran_now >= jobs {
            return Ok(true);
        }
        if ran_now > ran {
            (ran, last_progress) = (ran_now, Instant::now());
        }
        ensure!(last_progress.elapsed() < DRAIN_STALL, "{ran} of {jobs} jobs ran, then no more");
        sleep(Duration::from_millis(2)).await;
    }
    Ok(false)
}

/// How long idle workers took to notice a job.
#[derive(Debug)]
pub struct Pickups {
    /// From before the call that enqueues to the handler.
    pub latencies: Latencies,
    calls: Latencies,
    too_late: usize,
}

impl Pickups {
    pub fn count(&self) -> u64 {
        self.latencies.count() as u64
    }
}

impl fmt::Display for Pickups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (calls, slowest) = (&self.calls, self.latencies.percentile_ms(100));
        write!(f, "{} pickups, the slowest took {slowest:.2} ms; ", self.count())?;
        write!(f, "enqueueing took p50 {:.2}, p99 {:.2} ms", calls.percentile_ms(50), calls.percentile_ms(99))?;
        if self.too_late > 0 {
            write!(f, "; {} took more than {} s", self.too_late, PICKUP_TIMEOUT.as_secs())?;
        }
        Ok(())
    }
}

/// Enqueues one job at a time and waits for it to run, up to `samples` times. Workers are there and idle.
pub async fn pickup<F, Fut>(samples: u64, enqueue: F) -> Result<Pickups>
where
    F: Fn(i64) -> Fut,
    Fut: Future<Output = Result<()>>,
{
    let start = Instant::now();
    let (mut latencies, mut calls, mut too_late) = (Vec::new(), Vec::new(), 0);
    for sample in 0..samples {
        let (stamp, arrival) = handler::expect_job();
        let call = Instant::now();
        enqueue(stamp).await?;
        calls.push(call.elapsed());
        if let Ok(latency) = timeout(PICKUP_TIMEOUT, arrival).await {
            latencies.push(latency?);
        } else {
            latencies.push(PICKUP_TIMEOUT);
            too_late += 1;
        }
        // The pause varies, so that it does not keep in step with anyone's polling.
        sleep(Duration::from_millis(5 + sample * 7 % 6)).await;
        if start.elapsed() > PICKUP_LIMIT {
            break;
        }
    }
    ensure!(too_late < latencies.len(), "no job was picked up within {} s", PICKUP_TIMEOUT.as_secs());
    let latencies = Latencies::new(latencies).context("no pickup was asked for")?;
    let calls = Latencies::new(calls).context("no pickup was asked for")?;
    Ok(Pickups { latencies, calls, too_late })
}

/// Waits until the database has `jobs` jobs as completed.
pub async fn wait_until_completed<F, Fut>(jobs: u64, completed: F) -> Result<()>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<u64>>,
{
    let start = Instant::now();
    loop {
        let done = completed().await?;
        if done == jobs {
            return Ok(());
        }
        ensure!(start.elapsed() < SETTLE_LIMIT, "of {jobs} jobs, {done} are completed in the database");
        sleep(Duration::from_millis(20)).await;
    }
}
