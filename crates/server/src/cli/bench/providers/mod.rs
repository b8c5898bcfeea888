//! `sluice bench providers`: what the engine adds to a call of a provider, and whether a storm of 429 at one provider slows
//! the calls of another one. The provider is the twin, in this process and on this machine: what is measured is our own work.

mod bed;

use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use self::bed::{Bed, Twin, storm};
use super::engine::quantile;
use super::figures::{Figure, Target};
use crate::cli::say;

#[derive(Debug, Clone, Args)]
pub(crate) struct ProvidersBench {
    /// Calls of each kind.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    calls: u32,
    /// How often the storm is measured, each time beside the same without it; the medians are reported.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Prints one JSON object as the last line.
    #[arg(long)]
    json: bool,
}

/// Who waits for a job before they submit the next, during the storm.
const CALLERS: u32 = 4;
/// How long the calm provider takes for an answer, during the storm and without it.
const ANSWER_MS: u64 = 20;
/// What is wanted of the median in a storm, beside that without one.
const SLOWER_AT_MOST: f64 = 1.2;
const GRACE: Duration = Duration::from_secs(5);
/// A storm begins sooner.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn run(options: ProvidersBench) -> anyhow::Result<()> {
    let twin = Twin::start().await?;
    let mut figures = overhead(&twin, options.calls).await?;
    figures.extend(storms(&twin, &options).await?);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if options.json {
        let report = json!({ "calls": options.calls, "rounds": options.rounds, "cores": cores, "figures": figures });
        return say(&report.to_string());
    }
    for figure in &figures {
        say(&figure.to_string())?;
    }
    Ok(())
}

/// The value that a part of all does not exceed.
fn quantile_of(values: &[f64], part: f64) -> f64 {
    quantile(&mut values.to_vec(), part)
}

/// A call through the engine with its ledger, by our client alone, and bare.
async fn overhead(twin: &Twin, calls: u32) -> anyhow::Result<Vec<Figure>> {
    let bed = Bed::open(twin).await?;
    let worker = bed.engine().start();
    let measured = async {
        let compared = bed.compare(calls).await?;
        Ok::<_, anyhow::Error>((compared, bed.jobs(1, calls).await?))
    }
    .await;
    worker.shutdown(GRACE).await;
    bed.close().await;
    let (compared, jobs) = measured?;
    let mut figures = Vec::new();
    for (names, ours) in [
        (("client_p50", "client_p95"), &compared.client),
        (("call_by_engine_p50", "call_by_engine_p95"), &compared.engine),
        (("job_with_call_p50", "job_with_call_p95"), &jobs),
    ] {
        for (name, part) in [(names.0, 0.5), (names.1, 0.95)] {
            let (value, bare) = (quantile_of(ours, part), quantile_of(&compared.bare, part));
            let figure = Figure::beside(name, "ms", &[value], "a bare call", Ok(&[bare]));
            figures.push(figure.note(format!("{:.2} ms more", value - bare)));
        }
    }
    Ok(figures)
}

/// Calls of one provider while another one answers 429 to everything, and the same without that.
async fn storms(twin: &Twin, options: &ProvidersBench) -> anyhow::Result<Vec<Figure>> {
    let slow = json!({
        "match": { "provider": "openai", "operation": "chat", "count": 0 },
        "fault": { "kind": "delay", "ms": ANSWER_MS },
    });
    let storm = json!({
        "match": { "provider": "openrouter", "operation": "chat", "count": 0 },
        "fault": { "kind": "rate_limit" },
    });
    twin.plan(&json!([slow, storm])).await?;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let (mut refused, mut jobs) = (0, 0);
    for round in 0..options.rounds {
        // Whatever changes on the machine meanwhile, it meets both alike.
        for stormy in [round.is_multiple_of(2), !round.is_multiple_of(2)] {
            if stormy {
                let before = refusals(twin).await?;
                let (times, started) = in_storm(twin, options.calls).await?;
                refused += refusals(twin).await? - before;
                jobs += started;
                with.push(times);
            } else {
                without.push(in_calm(twin, options.calls).await?);
            }
        }
    }
    let of = |all: &[Vec<f64>], part: f64| all.iter().map(|times| quantile_of(times, part)).collect::<Vec<_>>();
    let beside = |name, part| Figure::beside(name, "ms", &of(&with, part), "without a storm", Ok(&of(&without, part)));
    let note = format!("{jobs} jobs of the other provider, {refused} answers 429");
    Ok(vec![
        beside("job_in_a_storm_p50", 0.5).target(Target::AtMost(SLOWER_AT_MOST)).note(note),
        beside("job_in_a_storm_p95", 0.95),
    ])
}

/// How often the stormy provider was asked, and answered 429.
async fn refusals(twin: &Twin) -> anyhow::Result<u64> {
    twin.asked("openrouter", "chat").await
}

/// Waits for the first answer of the storm.
async fn has_begun(twin: &Twin, before: u64) -> anyhow::Result<()> {
    let begun = Instant::now();
    while refusals(twin).await? == before {
        ensure!(begun.elapsed() < PATIENCE, "there was no storm");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

async fn in_calm(twin: &Twin, calls: u32) -> anyhow::Result<Vec<f64>> {
    let bed = Bed::open(twin).await?;
    let worker = bed.engine().start();
    let times = bed.jobs(CALLERS, calls).await;
    worker.shutdown(GRACE).await;
    bed.close().await;
    times
}

/// The times of the calm provider's jobs, and how many jobs the storm had.
async fn in_storm(twin: &Twin, calls: u32) -> anyhow::Result<(Vec<f64>, u32)> {
    let bed = Bed::open(twin).await?;
    let worker = bed.engine().start();
    let (until, before) = (CancellationToken::new(), refusals(twin).await?);
    let storming = tokio::spawn(storm(bed.engine().clone(), until.clone()));
    let times = async {
        has_begun(twin, before).await?;
        bed.jobs(CALLERS, calls).await
    }
    .await;
    until.cancel();
    let started = storming.await?;
    worker.shutdown(GRACE).await;
    bed.close().await;
    Ok((times?, started?))
}
