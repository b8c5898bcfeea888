//! What one owner has, another does not see: over every route that takes an id.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;
use sluice_store::{Dialect, StoreError, documents, testing};
use sluice_testkit::pdf;

use crate::support::TestApp;

fn owner(name: &str) -> OwnerId {
    name.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_finds_what_another_owner_has_on_sqlite() {
    no_route_finds_what_another_owner_has(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_finds_what_another_owner_has_on_postgres() {
    no_route_finds_what_another_owner_has(Dialect::Postgres).await;
}

async fn no_route_finds_what_another_owner_has(dialect: Dialect) {
    let app = TestApp::open(dialect).await;
    let (ada, omar) = (owner("ada"), owner("omar"));
    let document = app.document(&ada, "hers.pdf", &pdf::fine()).await;
    let reel = app.reel(&ada, &document, json!({})).await;
    let ask = app.post("/api/v1/uploads").of(&ada).header("tus-resumable", "1.0.0").header("upload-length", "1000");
    let upload = json!(ask.answer().await.header("location").rsplit('/').next());
    let body = json!({ "url": "https://example.org/hooks" });
    let webhook = app.post("/api/v1/webhooks").of(&ada).json(&body).send().await.1["webhook"]["id"].clone();
    let webhook_address = format!("/api/v1/webhooks/{}", webhook.as_str().unwrap());
    let delivery = app.post(&format!("{webhook_address}/ping")).of(&ada).send().await.1["id"].clone();
    let mut walked = 0;
    let description = app.get("/api/v1/openapi.json").send().await.1;
    for (path, operations) in description["paths"].as_object().unwrap() {
        // Voices are everybody's, and administrators see all accounts.
        let shared = ["/api/v1/voices/", "/api/v1/admin/"].iter().any(|start| path.starts_with(start));
        if !path.contains('{') || shared {
            continue;
        }
        let id = match path.split('/').nth(3) {
            Some("jobs") => &reel["job_id"],
            Some("documents") => &document["id"],
            Some("uploads") => &upload,
            Some("webhooks") => &webhook,
            _ => &reel["id"],
        };
        let address = path.replace("{id}", id.as_str().unwrap()).replace("{n}", "1").replace("{page}", "1");
        let address = address.replace("{delivery}", delivery.as_str().unwrap());
        let body = if path.ends_with("{id}/replay") {
            json!({ "since": 0 })
        } else if path.starts_with("/api/v1/webhooks/") {
            json!({})
        } else if path.ends_with("/scenes") {
            json!({ "after": 1, "text": "This is not hers." })
        } else {
            json!({ "heading": "Taken" })
        };
        assert!(!address.contains('{'), "an id that this walk does not know: {path}");
        for method in operations.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            let method: Method = method.to_uppercase().parse().unwrap();
            let ask = app.ask(method.clone(), &address).of(&omar).header("tus-resumable", "1.0.0");
            let ask = match &operations[method.as_str().to_lowercase()]["requestBody"] {
                Value::Null => ask,
                bytes if !bytes["content"]["application/offset+octet-stream"].is_null() => {
                    ask.header("upload-offset", "0").header("content-type", "application/offset+octet-stream")
                }
                _ => ask.json(&body),
            };
            let (status, answer) = ask.send().await;
            assert_eq!((status, &answer["code"]), (StatusCode::NOT_FOUND, &json!("not_found")), "{method} {path}");
            walked += 1;
        }
    }
    assert!(walked >= 26, "only {walked} operations with an id were found");

    let body = json!({ "document_id": document["id"] });
    let (status, answer) = app.post("/api/v1/reels").of(&omar).json(&body).send().await;
    assert_eq!((status, &answer["code"]), (StatusCode::NOT_FOUND, &json!("not_found")), "a reel of her document");
    let listed = app.get("/api/v1/reels").of(&omar).send().await.1.to_string();
    assert!(!listed.contains(reel["id"].as_str().unwrap()), "{listed}");

    // Nothing of it changed anything: to her all of it is there.
    let hers = app.get(&format!("/api/v1/reels/{}", reel["id"].as_str().unwrap())).of(&ada).send().await;
    assert_eq!((hers.0, &hers.1["state"]), (StatusCode::OK, &json!("working")));
    let address = format!("/api/v1/uploads/{}", upload.as_str().unwrap());
    assert_eq!(app.get(&address).of(&ada).send().await.0, StatusCode::OK, "her upload goes on");
    let hook = app.get(&webhook_address).of(&ada).send().await.1;
    assert_eq!((&hook["enabled"], &hook["previous_secret_until"]), (&json!(true), &Value::Null), "{hook}");
    assert_eq!(app.get("/api/v1/webhooks").of(&omar).send().await.1, json!([]));
    assert_eq!(app.ask(Method::DELETE, &webhook_address).of(&ada).send().await.0, StatusCode::NO_CONTENT);
    let cancel = format!("/api/v1/jobs/{}/cancel", reel["job_id"].as_str().unwrap());
    assert_eq!(app.post(&cancel).of(&ada).send().await.0, StatusCode::OK);
    app.end().await;
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
