//! A twin on a free port, a client, and a receiver of webhooks.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use sluice_domain::time::Timestamp;
use sluice_twin::{Options, Plan};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

/// 2026-01-02T03:04:05Z
const STARTED: i64 = 1_767_323_045_000;
/// The most time that a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Twin {
    base: String,
    client: Client,
    _stop: DropGuard,
}

impl Twin {
    pub(crate) async fn start() -> Self {
        Self::with_seed(7).await
    }

    pub(crate) async fn with_seed(seed: u64) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let plan =
            serde_json::from_value::<Plan>(json!({ "settings": { "job_ms": 60, "webhook_retry_ms": [5, 5, 5] } }))
                .unwrap();
        let options = Options { seed, started: Timestamp::from_millis(STARTED), plan };
        tokio::spawn(sluice_twin::serve(listener, options, stop.clone()));
        let client =
            Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE).no_proxy().build().unwrap();
        Self { base: format!("http://{address}"), client, _stop: stop.drop_guard() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// With every provider's key.
    fn keyed(request: reqwest::RequestBuilder, path: &str) -> reqwest::RequestBuilder {
        let request = request.header("xi-api-key", "key").header("modal-key", "wk-1").header("modal-secret", "ws-1");
        let scheme = if path.starts_with("/d-id") { "Basic" } else { "Bearer" };
        request.header("authorization", format!("{scheme} user:key"))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        Self::keyed(self.client.get(self.url(path)), path).send().await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        Self::keyed(self.client.delete(self.url(path)), path).send().await.unwrap()
    }

    pub(crate) async fn try_post(&self, path: &str, body: &Value) -> reqwest::Result<Response> {
        Self::keyed(self.client.post(self.url(path)), path).json(body).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.try_post(path, body).await.unwrap()
    }

    pub(crate) async fn form(&self, path: &str, form: reqwest::multipart::Form) -> Response {
        Self::keyed(self.client.post(self.url(path)), path).multipart(form).send().await.unwrap()
    }

    /// Has the runner speak, with more in the job's object.
    pub(crate) async fn run(&self, more: &Value) -> Response {
        let mut job = json!({ "kind": "speak", "request": { "voice": "ada", "text": "The lamp was lit." } });
        job.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.form("/runner/jobs", reqwest::multipart::Form::new().text("job", job.to_string())).await
    }

    /// Without a key.
    pub(crate) async fn bare(&self, url: &str) -> Response {
        self.client.get(url).send().await.unwrap()
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    /// Plans faults, instead of those before.
    pub(crate) async fn plan(&self, plan: Value) {
        let answer = self.post("/twin/faults", &plan).await;
        assert_eq!(answer.status(), 204, "{}", answer.text().await.unwrap());
    }

    /// One fault for the next request of an operation.
    pub(crate) async fn fail(&self, provider: &str, operation: &str, fault: Value) {
        self.plan(json!([{ "match": { "provider": provider, "operation": operation }, "fault": fault }])).await;
    }

    /// How many operations were charged.
    pub(crate) async fn charged(&self) -> u64 {
        self.json("/twin/bill").await["count"].as_u64().unwrap()
    }

    pub(crate) async fn chat(&self) -> reqwest::Result<Response> {
        self.try_post("/openai/v1/chat/completions", &chat()).await
    }

    /// Asks until a job is no longer on its way.
    pub(crate) async fn finished(&self, path: &str) -> Value {
        tokio::time::timeout(PATIENCE, async {
            loop {
                let job = self.json(path).await;
                let state = job["status"].as_str().or_else(|| job["state"].as_str()).unwrap().to_owned();
                if !["created", "started", "queued", "running"].contains(&state.as_str()) {
                    return job;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap()
    }
}

pub(crate) fn chat() -> Value {
    json!({ "model": "gpt-4o-mini", "messages": [{ "role": "user", "content": "The lamp was lit before dusk." }] })
}

/// A webhook that arrived.
pub(crate) struct Arrived {
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Arrived {
    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

/// Receives webhooks, and refuses the first `refusals`.
pub(crate) struct Receiver {
    pub(crate) url: String,
    arrived: mpsc::UnboundedReceiver<Arrived>,
}

#[derive(Clone)]
struct Door {
    arrived: mpsc::UnboundedSender<Arrived>,
    refusals: std::sync::Arc<std::sync::atomic::AtomicI64>,
}

impl Receiver {
    pub(crate) async fn start(refusals: i64) -> Self {
        let (sender, arrived) = mpsc::unbounded_channel();
        let door = Door { arrived: sender, refusals: std::sync::Arc::new(refusals.into()) };
        let router = Router::new().route("/hook", post(receive)).with_state(door);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url: format!("http://{address}/hook"), arrived }
    }

    pub(crate) async fn next(&mut self) -> Arrived {
        tokio::time::timeout(PATIENCE, self.arrived.recv()).await.expect("no webhook came").unwrap()
    }

    /// What has arrived by now.
    pub(crate) fn try_next(&mut self) -> Option<Arrived> {
        self.arrived.try_recv().ok()
    }
}

async fn receive(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let refused = door.refusals.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) > 0;
    let text = String::from_utf8(body.to_vec()).unwrap();
    door.arrived.send(Arrived { headers, text }).ok();
    if refused { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::NO_CONTENT }
}
