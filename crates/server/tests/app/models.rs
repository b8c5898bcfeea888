//! The models of the built-in engines, as administrators manage them over HTTP.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures::StreamExt as _;
use serde_json::{Value, json};
use sluice_local::models::{Content, ModelFile, ModelSet, Source, VOICE_EN};
use sluice_store::Dialect;
use sluice_testkit::SmallDisk;

use crate::access::{PASSWORD, first};
use crate::support::{BOTH, TestApp};

const TWO: &[u8] = b"the second file of a set that is tiny\n";

const FILES: [ModelFile; 2] = [
    ModelFile {
        name: "tiny/one.bin",
        content: Content::Published {
            bytes: 100_000,
            sha256: "5889ab642baa09c41570b8888cbf45f3762152cea2490ea6b150208a99c92b10",
        },
        source: Source::SetUp,
        licence: "CC0",
    },
    ModelFile {
        name: "two.bin",
        content: Content::Published {
            bytes: TWO.len() as u64,
            sha256: "396a1b040faad9dfdad3b019c6d580583b86e371b2fa1055a03a9941143280d8",
        },
        source: Source::SetUp,
        licence: "CC0",
    },
];

static TINY: [ModelSet; 1] = [ModelSet { id: "tiny", is_optional: true, files: &FILES, ..VOICE_EN }];

fn one() -> Vec<u8> {
    (0..100_000_u32).map(|n| u8::try_from((n * 7 + 3) % 251).unwrap()).collect()
}

/// A folder with the files, as a mirror.
fn mirror() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("tiny")).unwrap();
    std::fs::write(folder.path().join("tiny/one.bin"), one()).unwrap();
    std::fs::write(folder.path().join("two.bin"), TWO).unwrap();
    folder
}

/// A server with these models in that folder, from that mirror, and its administrator's cookie.
async fn server(dialect: Dialect, models: &Path, mirror: &str) -> (TestApp, String) {
    let arguments = ["--models", models.to_str().unwrap(), "--models-mirror", mirror];
    let (app, accounts) = TestApp::with_models(dialect, &TINY, &arguments).await;
    let ada = first(&app, &accounts).await;
    (app, ada)
}

async fn tiny(app: &TestApp, cookie: &str) -> Value {
    let (status, view) = app.get("/api/v1/admin/models").cookie(cookie).send().await;
    assert_eq!((status, view["sets"].as_array().map(Vec::len)), (StatusCode::OK, Some(1)), "{view}");
    view["sets"][0].clone()
}

/// Begins something, and runs it.
async fn done(app: &TestApp, cookie: &str, method: Method, rest: &str) -> Value {
    let (status, begun) = app.ask(method, &format!("/api/v1/admin/models/tiny{rest}")).cookie(cookie).send().await;
    assert_eq!(status, StatusCode::ACCEPTED, "{begun}");
    app.run_jobs().await;
    let view = tiny(app, cookie).await;
    assert_eq!(view["job"]["id"], begun["job_id"], "{view}");
    view
}

/// What is in a folder, but for the lock.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: std::path::PathBuf| if path.is_dir() { names(&path) } else { vec![path.display().to_string()] };
    entries.flat_map(below).filter(|name| !name.ends_with("/.lock")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_is_pulled_verified_repaired_and_removed() {
    for dialect in BOTH {
        let (models, mirror) = (tempfile::tempdir().unwrap(), mirror());
        let (app, ada) = server(dialect, models.path(), mirror.path().to_str().unwrap()).await;
        let before = tiny(&app, &ada).await;
        assert_eq!((&before["state"], &before["job"]), (&json!("missing"), &Value::Null), "{before}");
        assert_eq!((&before["bytes"], &before["can_be_pulled"]), (&json!(100_000 + TWO.len()), &json!(true)));
        assert_eq!((&before["capability"], &before["optional"]), (&json!("speak"), &json!(true)));

        let ask = |method, rest: &str| app.ask(method, &format!("/api/v1/admin/models/tiny{rest}")).cookie(&ada);
        let (status, begun) = ask(Method::POST, "/pull").send().await;
        assert_eq!(status, StatusCode::ACCEPTED, "{begun}");
        assert_eq!(ask(Method::POST, "/pull").send().await.1, begun, "the same job");
        for (method, rest) in [(Method::DELETE, ""), (Method::POST, "/verify")] {
            let (status, busy) = ask(method, rest).send().await;
            assert_eq!((status, &busy["code"]), (StatusCode::CONFLICT, &json!("models_busy")), "{busy}");
            assert_eq!(busy["job_id"], begun["job_id"]);
        }
        app.run_jobs().await;
        let pulled = tiny(&app, &ada).await;
        assert_eq!((&pulled["state"], &pulled["job"]["state"]), (&json!("installed"), &json!("succeeded")), "{pulled}");
        assert!(pulled["job"]["machine"].as_str().is_some_and(|name| !name.is_empty()), "{pulled}");
        assert_eq!(std::fs::read(models.path().join("tiny/one.bin")).unwrap(), one());
        let job = app.get(&format!("/api/v1/jobs/{}", begun["job_id"].as_str().unwrap())).cookie(&ada).send().await.1;
        assert_eq!((&job["kind"], &job["steps"][0]["percent"]), (&json!("models.manage"), &json!(100.0)), "{job}");

        std::fs::write(models.path().join("two.bin"), vec![b'x'; TWO.len()]).unwrap();
        assert_eq!(tiny(&app, &ada).await["state"], "installed", "its length is right");
        let found = done(&app, &ada, Method::POST, "/verify").await;
        assert_eq!((&found["state"], &found["files"][1]["state"]), (&json!("damaged"), &json!("damaged")), "{found}");
        let repaired = done(&app, &ada, Method::POST, "/pull").await;
        assert_eq!(repaired["state"], "installed", "{repaired}");
        assert_eq!(done(&app, &ada, Method::POST, "/verify").await["state"], "installed");
        let removed = done(&app, &ada, Method::DELETE, "").await;
        assert_eq!((&removed["state"], names(models.path())), (&json!("missing"), Vec::new()), "{removed}");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_manage_models_and_another_one_may_stop_them() {
    let (models, mirror) = (tempfile::tempdir().unwrap(), mirror());
    let (app, ada) = server(BOTH[0], models.path(), mirror.path().to_str().unwrap()).await;
    let body = json!({ "email": "omar@example.org", "name": "Omar", "password": PASSWORD });
    let omar = app.post("/api/v1/accounts").unknown().json(&body).answer().await.cookie();
    for (method, rest) in [(Method::GET, ""), (Method::POST, "/tiny/pull"), (Method::DELETE, "/tiny")] {
        let path = format!("/api/v1/admin/models{rest}");
        assert_eq!(app.ask(method, &path).cookie(&omar).send().await.0, StatusCode::FORBIDDEN, "{path}");
    }
    let unknown = app.post("/api/v1/admin/models/voice-en/pull").cookie(&ada).send().await;
    assert_eq!((unknown.0, &unknown.1["code"]), (StatusCode::NOT_FOUND, &json!("not_found")), "not of this server");

    let begun = app.post("/api/v1/admin/models/tiny/pull").cookie(&ada).send().await.1;
    let job = begun["job_id"].as_str().unwrap();
    assert_eq!(app.get(&format!("/api/v1/jobs/{job}")).cookie(&omar).send().await.0, StatusCode::NOT_FOUND);
    let listed = app.get("/api/v1/jobs").cookie(&ada).send().await.1;
    assert_eq!(listed["items"], json!([]), "it is no work of hers");

    // The one person of this machine is an administrator, and another owner.
    let cancel = format!("/api/v1/admin/jobs/{job}/cancel");
    assert_eq!(app.post(&cancel).cookie(&omar).send().await.0, StatusCode::FORBIDDEN);
    assert_eq!(app.post(&cancel).send().await.0, StatusCode::ACCEPTED);
    let unknown = "/api/v1/admin/jobs/01890a5d-ac96-774b-bcce-b302099a8057/cancel";
    assert_eq!(app.post(unknown).send().await.0, StatusCode::NOT_FOUND);
    assert_eq!(tiny(&app, &ada).await["job"]["state"], "cancelled");
    assert_eq!(app.run_jobs().await, 0);
    app.end().await;
}

/// A mirror that is lost after half of the first file, until it is back.
#[derive(Clone, Default)]
struct Halting {
    is_back: Arc<AtomicBool>,
    resumed_at: Arc<AtomicUsize>,
}

impl Halting {
    async fn listen(&self) -> String {
        let halting = self.clone();
        let one_bin = get(async move |headers: HeaderMap| halting.one_bin(&headers));
        let router = Router::new().route("/tiny/one.bin", one_bin).route("/two.bin", get(async || TWO));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    fn one_bin(&self, headers: &HeaderMap) -> Response {
        let range = headers.get(header::RANGE).map(|range| range.to_str().unwrap());
        let from = range.map(|range| range.strip_prefix("bytes=").unwrap().trim_end_matches('-').parse().unwrap());
        if self.is_back.load(Ordering::SeqCst) {
            self.resumed_at.store(from.unwrap_or(0), Ordering::SeqCst);
            return (StatusCode::PARTIAL_CONTENT, one()[from.unwrap_or(0)..].to_vec()).into_response();
        }
        if from.is_some() {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let half = futures::stream::iter([Ok(Bytes::from(one()[..50_000].to_vec()))]);
        let lost = futures::stream::once(async {
            // Until the half is on its way.
            tokio::time::sleep(Duration::from_millis(100)).await;
            Err(std::io::Error::other("the connection is lost"))
        });
        Body::from_stream(half.chain(lost)).into_response()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_download_is_continued_by_the_next_attempt() {
    let models = tempfile::tempdir().unwrap();
    let mirror = Halting::default();
    let (app, ada) = server(BOTH[0], models.path(), &mirror.listen().await).await;
    let half = done(&app, &ada, Method::POST, "/pull").await;
    assert_eq!((&half["state"], &half["files"][0]["state"]), (&json!("partial"), &json!("partial")), "{half}");
    assert_eq!(half["job"]["error"]["code"], "models_unreachable", "{half}");
    assert_eq!(half["job"]["state"], "scheduled", "{half}");
    let percent = half["job"]["percent"].as_f64().unwrap();
    assert!((1.0..99.0).contains(&percent), "{percent}");
    mirror.is_back.store(true, Ordering::SeqCst);
    app.advance(Duration::from_mins(5)).await;
    app.run_jobs().await;
    let view = tiny(&app, &ada).await;
    assert_eq!((&view["state"], &view["job"]["state"]), (&json!("installed"), &json!("succeeded")), "{view}");
    assert!(mirror.resumed_at.load(Ordering::SeqCst) > 0, "not from its beginning");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_pulled_is_explained_and_nothing_is_half_installed() {
    let (models, wrong) = (tempfile::tempdir().unwrap(), mirror());
    std::fs::write(wrong.path().join("tiny/one.bin"), vec![0; 100_000]).unwrap();
    let (app, ada) = server(BOTH[0], models.path(), wrong.path().to_str().unwrap()).await;
    let view = done(&app, &ada, Method::POST, "/pull").await;
    let error = |view: &Value| (view["job"]["state"].clone(), view["job"]["error"]["code"].clone());
    assert_eq!(error(&view), (json!("dead"), json!("models_damaged")), "{view}");
    assert_eq!((&view["state"], names(models.path())), (&json!("missing"), Vec::new()), "{view}");
    app.end().await;

    // A mirror without the files.
    let empty = tempfile::tempdir().unwrap();
    let (app, ada) = server(BOTH[0], models.path(), empty.path().to_str().unwrap()).await;
    let view = done(&app, &ada, Method::POST, "/pull").await;
    assert_eq!(error(&view), (json!("dead"), json!("models_not_in_folder")), "{view}");
    app.end().await;

    // A disk without room for them.
    let Some(disk) = SmallDisk::mounted("64k") else { return };
    let right = mirror();
    let (app, ada) = server(BOTH[0], disk.path(), right.path().to_str().unwrap()).await;
    let view = done(&app, &ada, Method::POST, "/pull").await;
    assert_eq!(error(&view), (json!("dead"), json!("disk_full")), "{view}");
    let detail = view["job"]["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("tiny/one.bin (100000 bytes)"), "{detail}");
    assert_eq!((&view["state"], names(disk.path())), (&json!("missing"), Vec::new()), "{view}");
    app.end().await;
}
