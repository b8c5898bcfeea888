//! What two owners have in common, and what not. That no route finds what another owner has, is in `walk`.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;
use sluice_store::{Dialect, StoreError, documents, testing};
use sluice_testkit::pdf;

use crate::support::TestApp;

fn owner(name: &str) -> OwnerId {
    name.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_bytes_of_two_owners_are_one_blob_and_two_documents() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let (ada, omar) = (owner("ada"), owner("omar"));
    let hers = app.document(&ada, "ada-secret.pdf", &pdf::fine()).await;
    let his = app.document(&omar, "omar.pdf", &pdf::fine()).await;
    assert_ne!(hers["id"], his["id"]);
    assert_eq!((&hers["name"], &his["name"]), (&json!("ada-secret.pdf"), &json!("omar.pdf")));
    let again = app.document(&ada, "another name.pdf", &pdf::fine()).await;
    assert_eq!(again["name"], "another name.pdf", "a document has the name of its own upload");
    let same = app.document(&ada, "ada-secret.pdf", &pdf::fine()).await;
    assert_eq!(same["id"], hers["id"], "an owner's same upload is one document");
    let blob = async |owner: &OwnerId, view: &Value| {
        let id = view["id"].as_str().unwrap().parse().unwrap();
        let store = app.app.platform.store.clone();
        let row = store.read(async |tx| documents::document(tx, owner, &id).await).await.unwrap();
        row.ok_or(StoreError::ReadOnly).unwrap().blob
    };
    assert_eq!(blob(&ada, &hers).await, blob(&omar, &his).await);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_owner_made_is_used_again_and_carries_no_name() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let (ada, omar) = (owner("ada"), owner("omar"));
    let mut videos = Vec::new();
    let mut calls = Vec::new();
    for (who, name) in [(&ada, "ada-secret.pdf"), (&omar, "omar.pdf")] {
        let document = app.document(who, name, &pdf::fine()).await;
        let reel = app.reel(who, &document, json!({ "shape": "1:1" })).await;
        app.run_jobs().await;
        let path = format!("/api/v1/reels/{}", reel["id"].as_str().unwrap());
        let made = app.get(&path).of(who).send().await.1;
        assert_eq!(made["state"], "done", "{made}");
        let store = &app.app.platform.store;
        let rows = store.read(async |tx| sluice_store::calls::count(tx).await).await.unwrap();
        calls.push(rows.into_iter().map(|(_, _, count)| count).sum::<u64>());
        videos.push(made);
    }
    assert_eq!(calls[0], calls[1], "nothing was made twice");
    assert!(!videos[1].to_string().contains("ada-secret"), "{}", videos[1]);
    let stored = app
        .app
        .platform
        .store
        .read(async |tx| testing::texts(tx, "SELECT value FROM stage_results", &[]).await)
        .await
        .unwrap();
    let stored = format!("{stored:?}");
    for name in ["ada-secret", "omar"] {
        assert!(!stored.contains(name), "a shared result has the name {name}");
    }
    let mut files = 0;
    for url in ["video_url", "transcript_url", "srt_url", "vtt_url", "chapters_url"] {
        let (status, bytes) = app.get(videos[1]["result"][url].as_str().unwrap()).bytes().await;
        assert_eq!(status, StatusCode::OK);
        let name = b"ada-secret";
        assert!(!bytes.windows(name.len()).any(|window| window == name), "{url} has the name of her file");
        files += 1;
    }
    assert_eq!(files, 5);
    app.end().await;
}
