//! `sluice bench retention`: what a long history costs requests, and what maintenance costs those who work beside it.
//!
//! On a database full of finished jobs and blobs, requests are answered by the server's own router: the useful work, a
//! page of the list of reels, the end of a reel. Then garbage is collected and finished jobs are forgotten, while another
//! task writes a row again and again: how long it waits at most is how long maintenance, and everything else, held it up.

mod history;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use clap::Args;
use serde_json::{Value, json};
use sluice_app::account::{AccountSettings, Accounts};
use sluice_app::maintenance::{Context, collect, retain};
use sluice_local::models::SETS;
use sluice_store::blobs;
use sluice_store::retention::{self, RetentionPeriods};
use sluice_store::{Store, StoreError};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::postgres::Server;
use crate::apps::APPS;
use crate::cli::say;
use crate::config::Config;
use crate::http::{Access, Serving, router};
use crate::wiring;

#[derive(Debug, Clone, Args)]
pub(crate) struct RetentionBench {
    /// Finished jobs to delete.
    #[arg(long, default_value_t = 1_000_000)]
    jobs: u32,
    /// Blobs without references; as many with references stay.
    #[arg(long = "garbage", default_value_t = 50_000)]
    blobs: u32,
    /// Reels, which point at the blobs that stay.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(100..))]
    reels: u32,
    #[arg(long, help = "On PostgreSQL instead of SQLite")]
    postgres: bool,
    /// Stops each part of maintenance after so many seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// How often each request is made.
const REQUESTS: u32 = 200;
/// Reels that are deleted.
const DELETED: u32 = 50;
/// Reels on a page, as the page asks for them.
const PAGE: u32 = 24;

pub(crate) async fn run(config: &Config, options: RetentionBench) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let server = options.postgres.then(Server::start).transpose()?;
    let store = match &server {
        Some(server) => server.open().await?,
        None => Store::open(&folder.path().join("sluice.db")).await?,
    };
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let data = folder.path().join("data");
    let app = wiring::connect(&config.for_bench(data.clone()), store.clone(), executable, APPS, &SETS)?;
    let begun = Instant::now();
    // A million rows are one statement, which takes longer than a server waits for an answer.
    let patient = match &server {
        Some(server) => server.open_for(Duration::from_mins(30)).await?,
        None => store.clone(),
    };
    history::fill(&patient, &data, &options).await.context("cannot fill the database")?;
    store.vacuum().await?;
    let filling = begun.elapsed();
    let probe = Probe::start(&store);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let quiet = probe.end().await?;
    let stopping = CancellationToken::new();
    let accounts = Accounts::new(app.platform.clone(), AccountSettings::default())?;
    let client =
        Client(router(Serving::new(app.clone(), Access::single_user(accounts), data.clone(), stopping.clone()), APPS));
    let requests = requests(&client).await?;
    stopping.cancel();
    let context = app.maintenance();
    let collecting = collecting(&context, &options).await?;
    let retaining = retaining(&context, &options).await?;
    say(&serde_json::to_string_pretty(&json!({
        "database": if options.postgres { "postgres" } else { "sqlite" },
        "jobs": options.jobs, "blobs": 2 * options.blobs, "reels": options.reels,
        "filling_seconds": filling.as_secs_f64(),
        "requests": requests,
        "writer_without_maintenance_ms": quiet,
        "collect": collecting,
        "retain": retaining,
    }))?)
}

/// What requests cost beside the history.
async fn requests(client: &Client) -> anyhow::Result<Value> {
    let mut work = Vec::new();
    for _ in 0..REQUESTS {
        work.push(client.ask(Method::GET, "/internal/useful-work", "identity").await?.0);
    }
    let list = format!("/api/v1/reels?limit={PAGE}");
    let (mut pages, mut page) = (Vec::new(), Vec::new());
    for _ in 0..REQUESTS {
        let (took, bytes) = client.ask(Method::GET, &list, "identity").await?;
        pages.push(took);
        page = bytes;
    }
    let (_, compressed) = client.ask(Method::GET, &list, "gzip").await?;
    let shown: Value = serde_json::from_slice(&page)?;
    ensure!(shown["items"].as_array().map(Vec::len) == Some(PAGE as usize), "a page of {PAGE} reels");
    let mut deleting = Vec::new();
    for number in 1..=DELETED {
        let reel = format!("/api/v1/reels/{}", history::reel(number));
        deleting.push(client.ask(Method::DELETE, &reel, "identity").await?.0);
    }
    Ok(json!({
        "useful_work_ms": spread(work),
        "page_of_reels_ms": spread(pages),
        "page_of_reels_bytes": page.len(),
        "page_of_reels_gzip_bytes": compressed.len(),
        "delete_reel_ms": spread(deleting),
    }))
}

/// A client of the router, without a network.
struct Client(Router);

impl Client {
    /// How long the answer took until its last byte, and the answer.
    async fn ask(&self, method: Method, path: &str, encoding: &str) -> anyhow::Result<(Duration, Vec<u8>)> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::ACCEPT_ENCODING, encoding)
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9))))
            .body(Body::empty())?;
        let begun = Instant::now();
        let answer = self.0.clone().oneshot(request).await?;
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await?;
        let took = begun.elapsed();
        ensure!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&body));
        Ok((took, body.into()))
    }
}

async fn collecting(context: &Context, options: &RetentionBench) -> anyhow::Result<Value> {
    let probe = Probe::start(&context.platform.store);
    let begun = Instant::now();
    let collected = collect::collect(context, blobs::GRACE, stop(begun, options)).await;
    let (took, waited) = (begun.elapsed(), probe.end().await?);
    let collected = collected.map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(json!({
        "seconds": took.as_secs_f64(), "blobs": collected.blobs, "longest_unit_ms": collected.longest_ms,
        "writer_ms": waited,
    }))
}

async fn retaining(context: &Context, options: &RetentionBench) -> anyhow::Result<Value> {
    let probe = Probe::start(&context.platform.store);
    let begun = Instant::now();
    let retained = retain::retain(context, RetentionPeriods::default(), stop(begun, options)).await;
    let (took, waited) = (begun.elapsed(), probe.end().await?);
    Ok(json!({
        "seconds": took.as_secs_f64(), "removed": retained.removed, "failed": retained.failed,
        "longest_unit_ms": retained.longest_ms, "writer_ms": waited,
    }))
}

fn stop(begun: Instant, options: &RetentionBench) -> impl Fn() -> bool + use<> {
    let most = Duration::from_secs(options.seconds);
    move || begun.elapsed() >= most
}

/// Milliseconds.
fn spread(mut times: Vec<Duration>) -> Value {
    times.sort_unstable();
    let at = |index: usize| times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    json!({
        "median": at(times.len() / 2), "p99": at(times.len() * 99 / 100), "longest": at(times.len().saturating_sub(1)),
        "samples": times.len(),
    })
}

/// A concurrent writer.
struct Probe {
    stop: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<Result<Vec<Duration>, StoreError>>,
}

impl Probe {
    fn start(store: &Store) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (store, stopped) = (store.clone(), Arc::clone(&stop));
        let task = tokio::spawn(async move {
            let mut times = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let begun = Instant::now();
                store.write(async |tx| retention::set_cursor(tx, "bench", None).await).await?;
                times.push(begun.elapsed());
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
            Ok(times)
        });
        Self { stop, task }
    }

    async fn end(self) -> anyhow::Result<Value> {
        self.stop.store(true, Ordering::Relaxed);
        Ok(spread(self.task.await??))
    }
}
