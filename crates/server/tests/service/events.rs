//! The event stream: replay, what is no longer kept, and many clients at once.

use std::time::Duration;

use futures::StreamExt as _;
use reqwest::Response;
use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_store::{Database, Options, PostgresUrl, Store, StoreError, events, retention};
use sluice_testkit::postgres;

use crate::support::Server;

/// An event as it came over the wire.
#[derive(Debug, PartialEq)]
struct Received {
    name: String,
    id: i64,
    data: String,
}

/// A client of the stream.
struct Client {
    answer: futures::stream::BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    text: String,
}

impl Client {
    fn of(answer: Response) -> Self {
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(answer.headers()["x-accel-buffering"], "no");
        Self { answer: answer.bytes_stream().boxed(), text: String::new() }
    }

    async fn connect(server: &Server, query: &str, header: Option<&str>) -> Self {
        let request = server.get(&format!("/api/v1/events{query}"));
        let request = header.map_or(request.try_clone().unwrap(), |id| request.header("last-event-id", id));
        Self::of(request.send().await.unwrap())
    }

    async fn next(&mut self) -> Received {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let prefix = format!("{name}: ");
                    block.lines().find_map(|line| line.strip_prefix(&prefix)).map(str::to_owned)
                };
                if let (Some(name), Some(id), Some(data)) = (field("event"), field("id"), field("data")) {
                    return Received { name, id: id.parse().unwrap(), data };
                }
                continue;
            }
            let piece = tokio::time::timeout(Duration::from_secs(20), self.answer.next()).await.unwrap();
            self.text.push_str(&String::from_utf8_lossy(&piece.unwrap().unwrap()));
        }
    }

    async fn numbers(&mut self, count: usize) -> Vec<i64> {
        let mut found = Vec::new();
        for _ in 0..count {
            found.push(self.next().await.id);
        }
        found
    }
}

async fn store(server: &Server) -> Store {
    Store::open(&server.data().join("sluice.db")).await.unwrap()
}

async fn emit(store: &Store, count: i64) {
    store
        .write(async |tx| {
            for n in 0..count {
                events::emit(tx, &OwnerId::local(), "reel.changed", "a-reel", &json!({ "n": n }))?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_client_that_reconnects_misses_nothing_and_is_told_when_it_did() {
    let server = Server::start().await;
    let store = store(&server).await;
    let mut live = Client::connect(&server, "", None).await;
    assert_eq!(live.next().await, Received { name: "hello".to_owned(), id: 0, data: "{}".to_owned() });
    emit(&store, 600).await;
    assert!(live.numbers(600).await.into_iter().eq(1..=600), "more than any buffer holds");

    let mut by_header = Client::connect(&server, "", Some("590")).await;
    assert_eq!(by_header.next().await.name, "hello");
    assert!(by_header.numbers(10).await.into_iter().eq(591..=600));
    let mut by_query = Client::connect(&server, "?last_event_id=300", None).await;
    assert_eq!((by_query.next().await.id, by_query.next().await.id), (300, 301));
    emit(&store, 2).await;
    for client in [&mut live, &mut by_header] {
        assert_eq!(client.numbers(2).await, [601, 602]);
    }

    // What another database would have written.
    let mut ahead = Client::connect(&server, "", Some("9000")).await;
    let reset = ahead.next().await;
    assert_eq!((reset.name.as_str(), reset.id), ("reset", 602));
    let mut of_another_server = Client::connect(&server, "", Some("not-a-number")).await;
    assert_eq!(
        of_another_server.next().await,
        reset,
        "what is no position here is not one from which nothing was missed"
    );
    // What was forgotten meanwhile.
    store
        .write(async |tx| {
            let now = tx.now().await?;
            retention::forget_events(tx, "", now + Duration::from_mins(1), 1_000).await
        })
        .await
        .unwrap();
    emit(&store, 1).await;
    let mut behind = Client::connect(&server, "", Some("300")).await;
    let reset = behind.next().await;
    assert_eq!((reset.name.as_str(), reset.id), ("reset", 603));
    emit(&store, 1).await;
    assert_eq!(behind.next().await.id, 604);
}

#[tokio::test]
async fn a_client_goes_on_at_another_process_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let database = postgres::Server::shared().database();
    let Database::Postgres(PostgresUrl { url, .. }) = &database else { unreachable!() };
    for settings in [vec![], vec![("SLUICE_DATABASE_URL", url.as_str())]] {
        let data = folder.path().join(if settings.is_empty() { "sqlite" } else { "postgres" });
        std::fs::create_dir(&data).unwrap();
        let mut one = Server::at(&data, &settings).await;
        let other = Server::at(&data, &settings).await;
        let store = if settings.is_empty() {
            store(&one).await
        } else {
            Store::open_with(&database, Options::default()).await.unwrap()
        };
        let mut clients = [Client::connect(&one, "", None).await, Client::connect(&other, "", None).await];
        for client in &mut clients {
            assert_eq!(client.next().await.name, "hello");
        }
        emit(&store, 300).await;
        for client in &mut clients {
            assert!(client.numbers(300).await.into_iter().eq(1..=300), "both processes tell all");
        }
        // The rest is read at the other process, from the place that the first one gave.
        let mut moved = Client::connect(&other, "", Some("250")).await;
        assert!(moved.numbers(51).await.into_iter().eq(250..=300));
        one.kill();
        emit(&store, 5).await;
        one.restart().await;
        let mut again = Client::connect(&one, "", Some("300")).await;
        assert!(again.numbers(6).await.into_iter().eq(300..=305));
        assert!(moved.numbers(5).await.into_iter().eq(301..=305));
    }
}

#[tokio::test]
async fn an_idle_stream_is_kept_open_by_comments() {
    let server = Server::start().await;
    let mut client = Client::connect(&server, "", None).await;
    client.next().await;
    let until = tokio::time::Instant::now() + Duration::from_secs(30);
    while !client.text.contains(":\n\n") {
        let piece = tokio::time::timeout_at(until, client.answer.next()).await.unwrap();
        client.text.push_str(&String::from_utf8_lossy(&piece.unwrap().unwrap()));
    }
}

async fn two_hundred(server: &Server) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..200 {
        let mut client = Client::connect(server, "", None).await;
        assert_eq!(client.next().await.name, "hello");
        clients.push(client);
    }
    clients
}

#[tokio::test]
async fn two_hundred_idle_clients_cost_little_memory_and_no_threads() {
    let server = Server::start().await;
    let store = store(&server).await;
    // What the first requests fill, such as the caches of the database connections, is no cost of a client: as many
    // clients connect before, and stay, so that the measured ones find no memory that is already there.
    let mut clients = two_hundred(&server).await;
    let (memory, threads) = (server.megabytes("VmRSS"), server.threads());
    clients.extend(two_hundred(&server).await);
    // Long enough for what each does by the second to show.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let grown = server.megabytes("VmRSS").saturating_sub(memory);
    let started = server.threads().saturating_sub(threads);
    println!("200 clients: {grown} MB and {started} threads more than {memory} MB and {threads} threads");
    emit(&store, 3).await;
    for client in &mut clients {
        assert_eq!(client.numbers(3).await, [1, 2, 3]);
    }
    assert!(grown <= 20, "{grown} MB");
    assert!(started <= 8, "{started} threads");
}
