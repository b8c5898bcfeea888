//! GET of a job.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_engine::Randomness;
use sluice_store::jobs::{self, Need, NewJob};
use sluice_store::{Store, StoreError};

use super::load::{self, load};
use super::server::{Server, folder, free_address, this_program};
use crate::cli::bench::figures::{Figure, Target, median};

/// Jobs that are asked for in turn.
const JOBS: usize = 1_000;
/// Connections that ask at the same time.
pub(super) const CONNECTIONS: usize = 16;
/// How long each is asked in one round.
const TIME: Duration = Duration::from_secs(3);

pub(super) async fn run(rounds: u32) -> anyhow::Result<Vec<Figure>> {
    let data = folder()?;
    let ids = fill(data.path(), &OwnerId::local()).await?;
    let server = Server::sluice(data.path(), &["--single-user"]).await?;
    let address = free_address()?;
    let mut peer = this_program(data.path())?;
    peer.args(["bench", "http-peer", "--listen", &address.to_string()]);
    let place = folder()?;
    let peer = Server::start(peer, address, "/ready", place.path()).await?;
    let (ours, theirs) = (requests("/api/v1/jobs/", &ids, ""), requests("/jobs/", &ids, ""));
    let (mut rates, mut waits, mut peers) = (Vec::new(), Vec::new(), Vec::new());
    // Both fill their caches first.
    load(server.address, &ours, CONNECTIONS, TIME / 6).await?;
    load(peer.address, &theirs, CONNECTIONS, TIME / 6).await?;
    for _ in 0..rounds {
        let done = load(server.address, &ours, CONNECTIONS, TIME).await?;
        rates.push(done.per_second());
        waits.push(done.p99_ms());
        peers.push(load(peer.address, &theirs, CONNECTIONS, TIME).await?.per_second());
    }
    Ok(vec![
        Figure::beside("get_job", "per s", &rates, "a bare axum route", Ok(&peers)).target(Target::AtLeast(0.5)),
        Figure::alone("get_job_p99", median(&waits), "ms").target(Target::AtMost(10.0)),
    ])
}

/// Requests for these jobs.
pub(super) fn requests(path: &str, ids: &[JobId], headers: &str) -> Arc<Vec<Vec<u8>>> {
    Arc::new(ids.iter().map(|id| load::get(&format!("{path}{id}"), headers)).collect())
}

/// Jobs of a kind that no worker knows, so that they stay as they are.
pub(super) async fn fill(data: &Path, owner: &OwnerId) -> anyhow::Result<Vec<JobId>> {
    sluice_blobs::private_folder(data)?;
    let store = Store::open(&data.join("sluice.db")).await?;
    let (now, randomness) = (store.now().await?, Randomness::from_entropy());
    let new = |_| NewJob {
        id: JobId::new(now, randomness.id_bytes()),
        kind: "bench.none".to_owned(),
        pool: "bench".to_owned(),
        stage: "first".to_owned(),
        payload: "{}".to_owned(),
        owner: owner.clone(),
        subject: "bench".to_owned(),
        parent: None,
        priority: 0,
        delay: Duration::ZERO,
        max_attempts: 1,
        idle_ttl: None,
        idempotency_key: None,
        after: Vec::new(),
        limit_key: None,
        need: Need::default(),
    };
    let new: Vec<NewJob> = (0..JOBS).map(new).collect();
    let made = store.write::<_, StoreError, _>(async |tx| jobs::enqueue_many(tx, &new).await).await?;
    store.close().await;
    Ok(made.into_iter().collect::<Result<_, _>>()?)
}
