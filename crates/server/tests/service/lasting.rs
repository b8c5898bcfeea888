//! What holds over time: keys that order once, limits per address, stopping and going on, expiry.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use sluice_store::{Database, PostgresUrl, Store};
use sluice_testkit::{pdf, postgres};

use crate::support::{Server, problem, program};

#[tokio::test]
async fn a_key_orders_once_and_an_address_has_its_share() {
    let server = Server::with(&[("SLUICE_REELS_PER_TEN_MINUTES", "2")]).await;
    let document = server.document(pdf::fine()).await;
    let order = async |key: &str, shape: &str| {
        let body = json!({"document_id": document["id"], "shape": shape});
        server.post("/api/v1/reels").header("idempotency-key", key).json(&body).send().await.unwrap()
    };
    let first: Value = order("one", "16:9").await.json().await.unwrap();
    let same: Value = order("\"one\"", "16:9").await.json().await.unwrap();
    assert_eq!(first["id"], same["id"], "the same key orders once");
    let (status, code, _) = problem(order("one", "9:16").await).await;
    assert_eq!((status, code.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"));
    assert_eq!(order("two", "16:9").await.status(), StatusCode::ACCEPTED);

    let answer = order("three", "16:9").await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let seconds: u64 = header("retry-after").parse().unwrap();
    assert!((1..=601).contains(&seconds), "{seconds}");
    assert_eq!(header("ratelimit-policy"), "\"address-jobs\";q=2;w=600");
    assert_eq!(header("ratelimit"), format!("\"address-jobs\";r=0;t={seconds}"));
    assert_eq!(problem(answer).await.2["retry_after_seconds"], seconds);
    // The key of an order that was taken works still.
    assert_eq!(order("two", "16:9").await.status(), StatusCode::ACCEPTED);

    // When the window has passed there is room again.
    let store = Store::open(&server.data().join("sluice.db")).await.unwrap();
    store.advance_clock(Duration::from_secs(seconds)).await.unwrap();
    assert_eq!(order("four", "16:9").await.status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_stopped_video_goes_on_from_where_it_was() {
    let server = Server::start().await;
    let document = server.document(pdf::fine()).await;
    let id = server.reel(json!({"document_id": document["id"]})).await;
    let some = |reel: &Value| reel["scenes"].as_array().unwrap().iter().any(|scene| scene["state"] == "done");
    let reel = server.until(&id, some).await;
    let job = reel["job_id"].as_str().unwrap().to_owned();
    let answer = server.post(&format!("/api/v1/jobs/{job}/cancel")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let stopped = server.settled(&id).await;
    assert_eq!(stopped["state"], "cancelled");
    let made: Vec<&Value> = stopped["scenes"].as_array().unwrap().iter().filter(|s| s["state"] == "done").collect();
    assert!(!made.is_empty(), "what was finished stays");

    let answer = server.post(&format!("/api/v1/jobs/{job}/retry")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let done = server.done(&id).await;
    for scene in made {
        let path = |scene: &Value| scene["clip_url"].as_str().unwrap().split('?').next().unwrap().to_owned();
        let now = done["scenes"].as_array().unwrap().iter().find(|other| other["id"] == scene["id"]).unwrap();
        assert_eq!(path(now), path(scene), "and is not made again");
    }
    let view = server.json(&format!("/api/v1/jobs/{job}")).await;
    assert_eq!((&view["state"], &view["subject"]), (&json!("succeeded"), &json!(id)));
    let tree = server.json(&format!("/api/v1/jobs/{job}/progress")).await;
    assert_eq!((&tree["state"], &tree["percent"]), (&json!("succeeded"), &json!(100.0)));
    let children = tree["children"].as_array().unwrap();
    assert!(children.len() >= done["scenes"].as_array().unwrap().len(), "a child job for each scene");
    assert!(children.iter().all(|child| child["kind"] == "reel.scene" && child["percent"] == 100.0), "{tree}");
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_called_so_and_everything_goes_on_afterwards() {
    let database = postgres::Server::shared().database();
    let Database::Postgres(PostgresUrl { url, .. }) = &database else { unreachable!() };
    let server = Server::with(&[("SLUICE_DATABASE_URL", url)]).await;
    postgres::Server::shared().set_read_only(&database, true);
    let (status, code, _) = problem(server.upload(pdf::fine(), &[]).await).await;
    assert_eq!((status, code.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "read_only"));
    assert_eq!(server.json("/api/v1/reels").await["items"], json!([]), "reading goes on");
    postgres::Server::shared().set_read_only(&database, false);
    server.document(pdf::fine()).await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_called_so_and_everything_goes_on_afterwards() {
    let postgres = postgres::Server::shared();
    let database = postgres.database();
    let Database::Postgres(PostgresUrl { url, .. }) = &database else { unreachable!() };
    // A way to its socket of our own, which can be taken away.
    let folder = tempfile::tempdir().unwrap();
    let way = folder.path().join(".s.PGSQL.5432");
    let open = || std::os::unix::fs::symlink(postgres.folder().join(".s.PGSQL.5432"), &way).unwrap();
    open();
    let url = url.replace(&postgres.folder().display().to_string(), &folder.path().display().to_string());
    let server = Server::with(&[("SLUICE_DATABASE_URL", &url)]).await;
    std::fs::remove_file(&way).unwrap();
    postgres.cut(&database);
    for answer in [server.upload(pdf::fine(), &[]).await, server.get("/api/v1/reels").send().await.unwrap()] {
        let (status, code, _) = problem(answer).await;
        assert_eq!((status, code.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "database_unreachable"));
    }
    open();
    server.document(pdf::fine()).await;
}

#[tokio::test]
async fn an_unfinished_video_expires_after_half_an_hour_without_work_and_can_be_asked_for_again() {
    let mut server = Server::start().await;
    let document = server.document(pdf::fine()).await;
    let id = server.reel(json!({"document_id": document["id"]})).await;
    let reel = server.until(&id, |reel| !reel["scenes"].as_array().unwrap().is_empty()).await;
    // Killed while it waits for its scenes: one that was at work itself would simply go on.
    let job = format!("/api/v1/jobs/{}", reel["job_id"].as_str().unwrap());
    let waits = async {
        while server.json(&job).await["state"] != "waiting" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waits).await.expect("it waits for its scenes");
    server.kill();
    let store = Store::open(&server.data().join("sluice.db")).await.unwrap();
    store.advance_clock(Duration::from_mins(31)).await.unwrap();
    store.close().await;
    server.restart().await;
    let reel = server.until(&id, |reel| reel["state"] != "working").await;
    assert_eq!(reel["state"], "expired", "{reel}");
    let job = reel["job_id"].as_str().unwrap();
    let answer = server.post(&format!("/api/v1/jobs/{job}/retry")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    server.done(&id).await;
}

#[tokio::test]
async fn jobs_are_steered_from_the_command_line_while_the_server_runs() {
    let server = Server::start().await;
    let document = server.document(pdf::fine()).await;
    let id = server.reel(json!({"document_id": document["id"]})).await;
    let reel = server.until(&id, |reel| !reel["scenes"].as_array().unwrap().is_empty()).await;
    let job = reel["job_id"].as_str().unwrap();
    let sluice = |arguments: &[&str]| {
        let mut command = std::process::Command::new(program());
        let output = command.arg("jobs").args(arguments).arg("--data").arg(server.data()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = sluice(&["list", "--kind", "reel.make", "--json"]);
    let list: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, list.as_array().unwrap().len(), &list[0]["id"]), (0, 1, &json!(job)));
    assert!(sluice(&["list"]).1.lines().count() > 2);
    assert_eq!(sluice(&["cancel", job]).0, 0);
    assert_eq!(server.settled(&id).await["state"], "cancelled");
    assert_eq!(sluice(&["list", "--state", "cancelled", "--kind", "reel.make"]).1.lines().count(), 2);
    assert_eq!(sluice(&["retry", job]).0, 0);
    server.done(&id).await;
    let (_, text) = sluice(&["show", job, "--json"]);
    let shown: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&shown["state"], shown["children"].as_array().unwrap().is_empty()), (&json!("succeeded"), false));
    assert!(sluice(&["show", job]).1.contains("succeeded"));
    assert_eq!(sluice(&["retry", job]).0, 1, "there is nothing to try again");
    assert_eq!(sluice(&["show", "01890000-0000-7000-8000-000000000000"]).0, 1);
    assert_eq!(sluice(&["show", "x"]).0, 2, "wrong usage");
}
