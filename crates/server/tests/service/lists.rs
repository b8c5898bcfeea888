//! Lists of a thousand reels: pages that are small and quick, a cursor that new reels do not move, search and filter, on
//! both databases.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sluice_app::reel::ReelId;
use sluice_domain::ids::{DocumentId, JobId, OwnerId};
use sluice_domain::language::Language;
use sluice_domain::time::Timestamp;
use sluice_store::blobs;
use sluice_store::documents::{DocumentRow, insert_document};
use sluice_store::jobs::{self, NewJob};
use sluice_store::reel::{ReelRow, insert_reel, set_result};
use sluice_store::{Database, Options, Store, StoreError, Tx};
use sluice_testkit::postgres;

use crate::support::{Server, problem};

/// A reel number `n` of the owner: published but for every tenth, which waits for a pool that nobody works for.
async fn add(tx: &mut Tx, owner: &OwnerId, n: u32) -> Result<(), StoreError> {
    let at = Timestamp::from_millis(1_700_000_000_000 + i64::from(n) / 3);
    let mut random = [0; 10];
    random[..4].copy_from_slice(&n.to_be_bytes());
    random[4] = owner.as_str().len().try_into().unwrap_or(0);
    let blob = format!("{n:064x}");
    let document = DocumentRow {
        id: DocumentId::new(at, random),
        owner: owner.clone(),
        blob: blob.clone(),
        text_blob: blob.clone(),
        ocr: false,
        name: format!("Übersicht {n}.pdf"),
        bytes: 1,
        found: found(),
        created_at: at,
    };
    if let blobs::Registered::Ready(registration) = blobs::register(tx, &blob, 1).await? {
        blobs::confirm(tx, &blob, registration).await?;
    }
    insert_document(tx, &document).await?;
    let job = JobId::new(at, random);
    if n.is_multiple_of(10) {
        jobs::enqueue(tx, &waiting(job.clone(), owner.clone())).await?;
    }
    let choices = json!({ "mode": "summary", "shape": "16:9", "voice": "v", "presenter": null, "captions": "burned" });
    let reel = ReelRow {
        id: ReelId::new(at, random),
        owner: owner.clone(),
        document_id: document.id,
        job_id: job,
        title: format!("Tides and 100% of lighthouses, part {n}"),
        language: Language::ENGLISH,
        choices,
        script_source: None,
        script_note: None,
        edited: false,
        result: None,
        address: "127.0.0.1".to_owned(),
        request: None,
        created_at: at,
        updated_at: at,
    };
    insert_reel(tx, &reel).await?;
    if !n.is_multiple_of(10) {
        let line = json!({ "start_ms": 0, "end_ms": 1000, "text": "A line of the transcript. ".repeat(8), "page": 1 });
        let published = json!({ "poster": blob, "duration_ms": 61_000, "lines": vec![line; 40] });
        set_result(tx, owner, &reel.id, &published).await?;
    }
    Ok(())
}

fn found() -> Value {
    json!({ "read_by": "test", "offers": {}, "facts": { "pages": 3, "words": 900, "characters": 4000, "title": null, "language": "en",
        "language_reliable": true } })
}

fn waiting(id: JobId, owner: OwnerId) -> NewJob {
    NewJob {
        id,
        kind: "reel.make".into(),
        pool: "nobody".into(),
        stage: "read".into(),
        payload: "{}".into(),
        owner,
        subject: "a reel".to_owned(),
        parent: None,
        priority: 0,
        delay: Duration::ZERO,
        max_attempts: 3,
        idle_ttl: None,
        idempotency_key: None,
        after: Vec::new(),
        limit_key: None,
        need: jobs::Need::default(),
    }
}

async fn fill(store: &Store, owner: &OwnerId, numbers: std::ops::Range<u32>) {
    let added = store.write(async |tx| {
        for n in numbers.clone() {
            add(tx, owner, n).await?;
        }
        Ok::<_, StoreError>(())
    });
    added.await.unwrap();
}

async fn page(server: &Server, query: &str) -> Value {
    server.json(&format!("/api/v1/reels?{query}")).await
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn a_thousand(server: &Server, store: &Store, database: &str) {
    let owner = OwnerId::local();
    fill(store, &owner, 0..1000).await;
    fill(store, &"somebody".parse().unwrap(), 0..50).await;

    // A page is small and quick: the second look, because the first one reads the database's file.
    page(server, "limit=24").await;
    let began = Instant::now();
    let answer = server.get("/api/v1/reels?limit=24").send().await.unwrap();
    let text = answer.text().await.unwrap();
    let took = began.elapsed();
    println!("{database}: a page of 24 of 1,000 reels: {} bytes in {took:?}", text.len());
    assert!(text.len() <= 30_000, "{} bytes", text.len());
    assert!(took <= Duration::from_millis(200), "{took:?}: the figure is 50 ms on an idle machine");

    // Every reel comes once, in order, though others are added meanwhile.
    let (mut seen, mut cursor, mut added) = (Vec::new(), String::new(), 1000);
    loop {
        let page = page(server, &format!("limit=100{cursor}")).await;
        seen.extend(ids(&page));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
        fill(store, &owner, added..added + 1).await;
        added += 1;
    }
    assert_eq!(seen.len(), 1000, "those that were there, and none of anybody else");
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 1000);
    assert!(seen.is_sorted_by(|one, two| one > two), "newest first");

    let count = async |query: &str| ids(&page(server, &format!("limit=100&{query}")).await).len();
    assert_eq!(count("q=PART%2099").await, 11, "in any case: 99 and 990 to 999");
    assert_eq!(count("q=%C3%BCbersicht%20123.pdf").await, 1, "by the document's name, in letters of any script");
    assert_eq!(count("q=100%25%20of").await, 100, "what is searched for is no pattern");
    assert_eq!(count("q=100%25_of").await, 0);
    assert_eq!(count("q=%00").await, 100, "of nothing there is everything");
    assert_eq!(count("state=working&q=part%2010").await, 3, "10, 100 and 1000");
    assert_eq!(count("state=failed").await, 0);
    let working = page(server, "state=working&limit=1").await;
    assert_eq!((&working["items"][0]["state"], &working["items"][0]["poster_url"]), (&json!("working"), &Value::Null));
    let done = page(server, "state=done&limit=1").await;
    assert_eq!((&done["items"][0]["percent"], &done["items"][0]["seconds"]), (&json!(100.0), &json!(61.0)));
    assert!(done["items"][0].get("scenes").is_none(), "no storyboard");

    for wrong in ["limit=0", "limit=101", "cursor=x", "cursor=00", "state=lost", "colour=red"] {
        let answer = server.get(&format!("/api/v1/reels?{wrong}")).send().await.unwrap();
        assert_eq!(problem(answer).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }

    // The jobs, too.
    let jobs = server.json("/api/v1/jobs?limit=60&state=ready&kind=reel.make").await;
    let next = jobs["next_cursor"].as_str().unwrap();
    let rest = server.json(&format!("/api/v1/jobs?limit=60&state=ready&cursor={next}")).await;
    assert_eq!((ids(&jobs).len(), ids(&rest).len() + 60, &rest["next_cursor"]), (60, 101, &Value::Null));
    assert_eq!(ids(&server.json("/api/v1/jobs?kind=other").await), Vec::<String>::new());
}

#[tokio::test]
async fn a_thousand_reels_are_listed_page_by_page_on_sqlite() {
    let server = Server::start().await;
    let store = Store::open(&server.data().join("sluice.db")).await.unwrap();
    a_thousand(&server, &store, "SQLite").await;
}

#[tokio::test]
async fn a_thousand_reels_are_listed_page_by_page_on_postgresql() {
    let database = postgres::Server::shared().database();
    let Database::Postgres(address) = &database else { unreachable!() };
    let server = Server::with(&[("SLUICE_DATABASE_URL", &address.url)]).await;
    let store = Store::open_with(&database, Options::default()).await.unwrap();
    a_thousand(&server, &store, "PostgreSQL").await;
}
