//! A job queue, and the phases that it goes through.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::time::sleep;

use crate::handler;
use crate::latencies::per_second;
use crate::phases::{self, BULK};
use crate::report::{Measure, Report};
use crate::settings::Settings;

/// A job queue with one queue, in which one kind of job runs [`handler::handle`] with the stamp that it was enqueued with.
pub trait Peer: Clone + Send + Sync + 'static {
    /// Workers that are set up and do not run yet.
    type Workers;
    /// Workers that run.
    type Running;

    /// Enqueues one job.
    fn enqueue(&self, stamp: i64) -> impl Future<Output = Result<()>> + Send;

    /// Enqueues `jobs` jobs in the fastest way that there is.
    fn enqueue_bulk(&self, jobs: u64) -> impl Future<Output = Result<()>>;

    /// Sets up workers; not part of what is measured.
    fn workers(&self) -> impl Future<Output = Result<Self::Workers>>;

    fn start(&self, workers: Self::Workers) -> impl Future<Output = Result<Self::Running>>;

    fn stop(&self, workers: Self::Running) -> impl Future<Output = Result<()>>;

    /// How many of the `enqueued` jobs that were enqueued since [`Peer::clear`] the database has as completed.
    fn completed(&self, enqueued: u64) -> impl Future<Output = Result<u64>>;

    /// Leaves no job that could run. No worker runs.
    fn clear(&self) -> impl Future<Output = Result<()>>;
}

/// Takes a peer through all phases and prints the figures.
pub async fn measure<P: Peer>(peer: &P, settings: &Settings, report: &Report) -> Result<()> {
    eprintln!("{} on {:?}, sync {}", report.system, report.database, report.sync);
    peer.clear().await.context("cannot clear the queue")?;
    enqueue(peer, report).await.context("enqueueing")?;
    peer.clear().await.context("cannot clear the queue")?;
    drain(peer, settings.jobs, report).await.context("draining")?;
    peer.clear().await.context("cannot clear the queue")?;
    pickup(peer, settings.samples, report).await.context("picking up")?;
    peer.clear().await.context("cannot clear the queue")
}

async fn enqueue<P: Peer>(peer: &P, report: &Report) -> Result<()> {
    for (callers, measure) in [(1, Measure::EnqueueByOneCaller), (100, Measure::EnqueueByHundredCallers)] {
        let peer = peer.clone();
        let enqueued = phases::enqueue(callers, move || {
            let peer = peer.clone();
            async move { peer.enqueue(handler::UNTIMED).await }
        })
        .await?;
        report.print_enqueued(measure, &enqueued)?;
    }
    Ok(())
}

async fn drain<P: Peer>(peer: &P, jobs: u64, report: &Report) -> Result<()> {
    let start = Instant::now();
    for enqueued in (0..jobs).step_by(usize::try_from(BULK)?) {
        peer.enqueue_bulk(BULK.min(jobs - enqueued)).await?;
    }
    report.print(Measure::EnqueueInBulk, per_second(jobs, start.elapsed()), &format!("{BULK} jobs a call"))?;

    let workers = peer.workers().await?;
    let ran_before = handler::ran();
    let start = Instant::now();
    let running = peer.start(workers).await?;
    let drained = phases::wait_until_drained(jobs, start, ran_before, || peer.completed(jobs)).await?;
    peer.stop(running).await?;
    report.print_drained(&drained)
}

async fn pickup<P: Peer>(peer: &P, samples: u64, report: &Report) -> Result<()> {
    let running = peer.start(peer.workers().await?).await?;
    // Workers come to rest before they are woken.
    sleep(Duration::from_millis(1500)).await;
    let pickups = phases::pickup(samples, |stamp| peer.enqueue(stamp)).await?;
    phases::wait_until_completed(pickups.count(), || peer.completed(pickups.count())).await?;
    peer.stop(running).await?;
    report.print_pickups(&pickups)
}
