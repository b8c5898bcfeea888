//! `sluice bench sessions`: many recordings at once against one server, and whether every chunk is there exactly once
//! afterwards.
//!
//! The sound is real Opus, other bytes in each recording. The audit reads every recording back, and compares it byte for byte.

mod client;
mod opus;
mod tally;

use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::json;

use self::client::{Api, Audit, Recorder};
use self::opus::Minute;
use self::tally::{Tally, milliseconds};
use super::http::server::{self, Server};
use crate::cli::{Failure, say};

#[derive(Debug, Clone, Args)]
pub(crate) struct SessionsBench {
    /// Recordings at the same time.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    sessions: u32,
    /// Chunks of each.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    chunks: u32,
    /// Seconds of sound in a chunk.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Sends the chunks as fast as they are accepted, instead of at the time when they would be recorded.
    #[arg(long)]
    fast: bool,
    /// Chunks that each recording sends at the same time [default: 12 with --fast, else 1].
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=100))]
    at_once: Option<u32>,
    /// A running server [default: one of this program, on an empty folder that is deleted afterwards].
    #[arg(long, value_name = "ADDRESS")]
    url: Option<String>,
    /// A token with the scopes read and write for that server.
    #[arg(long, env = "SLUICE_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Prints one JSON object as the last line.
    #[arg(long)]
    json: bool,
}

/// Audits that run at the same time.
const AUDITS: usize = 4;

/// The report.
#[derive(Debug, Serialize)]
struct Report {
    sessions: u32,
    chunks: u64,
    lost: u64,
    duplicated: u64,
    ack_mean_ms: f64,
    ack_p50_ms: f64,
    ack_p95_ms: f64,
    ack_p99_ms: f64,
    kb_per_s: f64,
    success_percent: f64,
    /// How often the server told a client to wait.
    told_to_wait: u64,
    /// Of the server; none if it is not a child of this program.
    peak_rss_mb: Option<f64>,
    /// Of the server's data folder, likewise.
    disk_mb: Option<f64>,
    seconds: f64,
}

pub(crate) async fn run(options: SessionsBench) -> anyhow::Result<()> {
    let folder = server::folder()?;
    let own = match &options.url {
        Some(_) => None,
        None => Some(Server::sluice(folder.path(), &["--single-user"]).await?),
    };
    let url = match (&options.url, &own) {
        (Some(url), _) => url.trim_end_matches('/').to_owned(),
        (None, Some(own)) => format!("http://{}", own.address),
        (None, None) => String::new(),
    };
    // Another part of this process may have chosen it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(2)).build()?;
    let api = Api { client, url, token: options.token.clone() };
    let minute = Arc::new(tokio::task::spawn_blocking(Minute::encode).await??);
    let total = u64::from(options.sessions) * u64::from(options.chunks);
    let tally = Arc::new(Tally::new(bar(total)));
    let begun = Instant::now();
    let recorders: Vec<Recorder> =
        (0..options.sessions).map(|serial| recorder(&options, &api, &minute, &tally, serial, begun)).collect();
    let showing = tokio::spawn(show(Arc::clone(&tally)));
    let recorded = futures::stream::iter(&recorders).map(Recorder::record);
    let ids: Vec<anyhow::Result<String>> = recorded.buffered(options.sessions as usize).collect().await;
    let took = begun.elapsed();
    showing.abort();
    tally.end();
    let audits = futures::stream::iter(recorders.iter().zip(&ids)).map(audit).buffer_unordered(AUDITS);
    let (audits, reasons): (Vec<Audit>, Vec<Option<String>>) = audits.unzip().await;
    let report = report(&options, &tally, &audits, took, own.as_ref(), folder.path())?;
    if options.json {
        say(&json!(report).to_string())?;
    } else {
        print_report(&report)?;
    }
    if report.lost == 0 {
        return Ok(());
    }
    // Why a chunk was not taken says more than that its recording could not be ended then.
    let reason = tally.first_failure().or_else(|| reasons.into_iter().flatten().next());
    let reason = reason.unwrap_or_else(|| "the server has other bytes than were sent".to_owned());
    let detail = format!("{} of {} chunks were lost: {reason}", report.lost, report.chunks);
    Err(Failure::new("chunks_lost", "Chunks were lost", detail).into())
}

fn recorder(
    options: &SessionsBench,
    api: &Api,
    minute: &Arc<Minute>,
    tally: &Arc<Tally>,
    serial: u32,
    begun: Instant,
) -> Recorder {
    // In real time they do not all begin at once.
    let apart = Duration::from_secs(u64::from(options.seconds)) * serial / options.sessions;
    let at_once = options.at_once.unwrap_or(if options.fast { 12 } else { 1 });
    Recorder {
        api: api.clone(),
        minute: Arc::clone(minute),
        tally: Arc::clone(tally),
        serial,
        chunks: options.chunks,
        seconds: options.seconds,
        at_once: at_once as usize,
        begin: (!options.fast).then(|| begun + apart),
    }
}

/// What is found of a recording; all of one is lost that failed, with the reason.
async fn audit((recorder, id): (&Recorder, &anyhow::Result<String>)) -> (Audit, Option<String>) {
    let all =
        |error: &anyhow::Error| (Audit { lost: u64::from(recorder.chunks), duplicated: 0 }, Some(format!("{error:#}")));
    match id {
        Ok(id) => recorder.audit(id).await.map_or_else(|error| all(&error), |audit| (audit, None)),
        Err(error) => all(error),
    }
}

fn bar(total: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} chunks, {per_sec}, {msg}");
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

async fn show(tally: Arc<Tally>) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        tally.show();
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(
    options: &SessionsBench,
    tally: &Tally,
    audits: &[Audit],
    took: Duration,
    own: Option<&Server>,
    data: &Path,
) -> anyhow::Result<Report> {
    let times = tally.times();
    let chunks = u64::from(options.sessions) * u64::from(options.chunks);
    let sum: Duration = times.iter().sum();
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    let hundredth = |value: f64| (value * 100.0).round() / 100.0;
    Ok(Report {
        sessions: options.sessions,
        chunks,
        lost: audits.iter().map(|audit| audit.lost).sum(),
        duplicated: audits.iter().map(|audit| audit.duplicated).sum(),
        ack_mean_ms: hundredth(sum.as_secs_f64() * 1_000.0 / times.len().max(1) as f64),
        ack_p50_ms: hundredth(milliseconds(&times, 50)),
        ack_p95_ms: hundredth(milliseconds(&times, 95)),
        ack_p99_ms: hundredth(milliseconds(&times, 99)),
        kb_per_s: tenth(tally.bytes() as f64 / 1_000.0 / took.as_secs_f64()),
        success_percent: hundredth(times.len() as f64 * 100.0 / (times.len() as u64 + tally.failures()).max(1) as f64),
        told_to_wait: tally.waits(),
        peak_rss_mb: own.map(Server::peak_megabytes).transpose()?.map(tenth),
        disk_mb: own.map(|_| folder_bytes(data)).transpose()?.map(|bytes| tenth(bytes as f64 / 1e6)),
        seconds: tenth(took.as_secs_f64()),
    })
}

/// The bytes of all files below a folder.
fn folder_bytes(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        // Temporary files may go while this looks.
        let Ok(found) = entry.metadata() else { continue };
        bytes += if found.is_dir() { folder_bytes(&entry.path())? } else { found.len() };
    }
    Ok(bytes)
}

fn print_report(report: &Report) -> anyhow::Result<()> {
    let of_server = |value: Option<f64>| value.map_or_else(|| "not known".to_owned(), |value| format!("{value} MB"));
    let lines = [
        ("recordings", report.sessions.to_string()),
        ("chunks", format!("{}, lost {}, duplicated {}", report.chunks, report.lost, report.duplicated)),
        (
            "acknowledged in",
            format!(
                "mean {} ms, p50 {} ms, p95 {} ms, p99 {} ms",
                report.ack_mean_ms, report.ack_p50_ms, report.ack_p95_ms, report.ack_p99_ms
            ),
        ),
        ("success", format!("{} %", report.success_percent)),
        ("told to wait", format!("{} times", report.told_to_wait)),
        ("throughput", format!("{} kB/s for {} s", report.kb_per_s, report.seconds)),
        ("peak memory of the server", of_server(report.peak_rss_mb)),
        ("disk", of_server(report.disk_mb)),
    ];
    for (name, value) in lines {
        say(&format!("{name:<26} {value}"))?;
    }
    Ok(())
}
