//! What a server needs that does nothing: time to start, memory, and memory for those who only listen.

use std::time::Duration;

use anyhow::ensure;

use super::load::{self, Connection};
use super::server::{Server, folder};
use crate::cli::bench::figures::{Figure, Target, median};

/// How long a server has to come to rest.
const REST: Duration = Duration::from_secs(3);
/// Idle event streams.
const STREAMS: u32 = 1_000;

pub(super) async fn start(rounds: u32) -> anyhow::Result<Vec<Figure>> {
    let (mut empty, mut again) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let folder = folder()?;
        for times in [&mut empty, &mut again] {
            let server = Server::sluice(folder.path(), &["--single-user"]).await?;
            times.push(server.ready_after.as_secs_f64() * 1000.0);
        }
    }
    Ok(vec![
        Figure::alone("start_to_ready", median(&again), "ms").target(Target::AtMost(300.0)),
        Figure::alone("first_start_to_ready", median(&empty), "ms").note("with an empty data folder"),
    ])
}

pub(super) async fn idle() -> anyhow::Result<Vec<Figure>> {
    let folder = folder()?;
    let server = Server::sluice(folder.path(), &["--single-user"]).await?;
    tokio::time::sleep(REST).await;
    Ok(vec![Figure::alone("idle_memory", server.megabytes()?, "MB").target(Target::AtMost(60.0))])
}

pub(super) async fn streams() -> anyhow::Result<Vec<Figure>> {
    let folder = folder()?;
    let server = Server::sluice(folder.path(), &["--single-user"]).await?;
    tokio::time::sleep(REST).await;
    let before = server.megabytes()?;
    let request = load::get("/api/v1/events", "accept: text/event-stream\r\n");
    let mut open = Vec::new();
    for number in 0..STREAMS {
        let mut connection = Connection::small(server.address).await?;
        connection.send(&request).await?;
        let (answer, _) = tokio::time::timeout(Duration::from_secs(10), connection.head())
            .await
            .map_err(|_| anyhow::anyhow!("stream {number} got no answer within 10 seconds"))??;
        ensure!(answer.status == 200, "stream {number}: {}", answer.head);
        open.push(connection);
    }
    tokio::time::sleep(REST).await;
    let more = server.megabytes()? - before;
    drop(open);
    Ok(vec![Figure::alone("memory_of_1000_streams", more, "MB").target(Target::AtMost(60.0))])
}
