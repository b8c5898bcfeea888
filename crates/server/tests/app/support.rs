//! The whole server in process: its router, its engine, a database and a clock that the test moves.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use clap::Parser;
use serde_json::Value;
use sluice_app::app::App;
use sluice_domain::ids::OwnerId;
use sluice_server::apps::{APPS, ServerApp};
use sluice_server::config::Config;
use sluice_server::http::{Api, router};
use sluice_server::wiring;
use sluice_store::Dialect;
use sluice_store::migrations::{MODULES, Module};
use sluice_testkit::TestStore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// The program that the tests are about: it runs the built-in engines in children.
const SLUICE: &str = env!("CARGO_BIN_EXE_sluice");

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

/// A server without a network.
pub(crate) struct TestApp {
    pub(crate) app: App,
    store: TestStore,
    router: Router,
    _folder: tempfile::TempDir,
}

/// A request in the making.
pub(crate) struct Ask<'a> {
    app: &'a TestApp,
    request: axum::http::request::Builder,
    owner: OwnerId,
    body: Body,
}

impl TestApp {
    pub(crate) async fn open(dialect: Dialect) -> Self {
        Self::with(dialect, MODULES, APPS, &[]).await
    }

    /// With these tables, apps and arguments.
    pub(crate) async fn with(dialect: Dialect, tables: &[Module], apps: &[&dyn ServerApp], arguments: &[&str]) -> Self {
        let store = TestStore::open_with(dialect, tables).await;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap().to_owned();
        let all = ["test", "--data", &data, "--workers", "2"].into_iter().chain(arguments.iter().copied());
        let config = Arguments::parse_from(all).config;
        let app = wiring::connect(&config, store.store().clone(), SLUICE.into(), apps).unwrap();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        let api = Api::new(app.clone(), examples, CancellationToken::new());
        Self { router: router(api, apps), app, store, _folder: folder }
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        Ask { app: self, request, owner: OwnerId::local(), body: Body::empty() }
    }

    pub(crate) fn get(&self, path: &str) -> Ask<'_> {
        self.ask(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Ask<'_> {
        self.ask(Method::POST, path)
    }

    /// Uploads a document; gives its view.
    pub(crate) async fn document(&self, owner: &OwnerId, name: &str, bytes: &[u8]) -> Value {
        let (status, view) = self.post("/api/v1/documents").of(owner).file(name, bytes).send().await;
        assert_eq!(status, StatusCode::CREATED, "{view}");
        view
    }

    /// Starts a reel of a document; gives its view.
    pub(crate) async fn reel(&self, owner: &OwnerId, document: &Value, choices: Value) -> Value {
        let mut body = choices;
        body["document_id"] = document["id"].clone();
        let (status, view) = self.post("/api/v1/reels").of(owner).json(&body).send().await;
        assert_eq!(status, StatusCode::ACCEPTED, "{view}");
        view
    }

    /// Runs every job that can run now, and what follows from it.
    pub(crate) async fn run_jobs(&self) -> usize {
        self.app.engine.run_until_idle().await.unwrap()
    }

    /// Moves the database's clock forward.
    pub(crate) async fn advance(&self, by: Duration) {
        self.store.advance(by).await;
    }

    /// Ends the test; no job may be left behind.
    pub(crate) async fn end(self) {
        self.store.end().await;
    }
}

impl Ask<'_> {
    /// In the name of another owner than the local one, as accounts will do it.
    pub(crate) fn of(mut self, owner: &OwnerId) -> Self {
        self.owner = owner.clone();
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = Body::from(body.to_string());
        self.header("content-type", "application/json")
    }

    pub(crate) fn text(mut self, body: &str) -> Self {
        self.body = Body::from(body.to_owned());
        self
    }

    /// A form with one file.
    pub(crate) fn file(mut self, name: &str, bytes: &[u8]) -> Self {
        let mut body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/pdf\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        self.body = Body::from(body);
        self.header("content-type", "multipart/form-data; boundary=edge")
    }

    /// The status, and the body as JSON; nothing for a body that is none.
    pub(crate) async fn send(self) -> (StatusCode, Value) {
        let (status, bytes) = self.bytes().await;
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    pub(crate) async fn bytes(self) -> (StatusCode, Vec<u8>) {
        let mut request = self.request.body(self.body).unwrap();
        let address: SocketAddr = "127.0.0.1:9".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(address));
        request.extensions_mut().insert(self.owner);
        let answer = self.app.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        (status, to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
    }
}
