//! The whole server in process: its router, its engine, a database and a clock that the test moves.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use clap::Parser;
use serde_json::Value;
use sluice_app::account::{AccountSettings, Accounts, Identity, SignUp};
use sluice_app::app::App;
use sluice_blobs::LinkKey;
use sluice_domain::ids::OwnerId;
use sluice_local::models::{ModelSet, SETS};
use sluice_server::apps::{APPS, ServerApp};
use sluice_server::config::Config;
use sluice_server::http::{Access, Serving, router};
use sluice_server::oidc::{Oidc, OidcSettings};
use sluice_server::wiring;
use sluice_store::migrations::{MODULES, Module};
use sluice_store::{Dialect, StoreError, testing};
use sluice_testkit::{PlannedFaults, TestStore};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::fakes::Fakes;

pub(crate) const BOTH: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

/// The program that the tests are about: it runs the built-in engines in children.
pub(crate) fn sluice() -> PathBuf {
    sluice_testkit::program(env!("CARGO_BIN_EXE_sluice"))
}

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
    folder: tempfile::TempDir,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// A header's value; nothing when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The name and the value of the cookie that it sets.
    pub(crate) fn cookie(&self) -> String {
        let cookie = self.header("set-cookie");
        assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie:?} {}", self.text());
        cookie.split(';').next().unwrap().to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    /// A problem by RFC 9457: its status and its stable code.
    pub(crate) fn problem(&self) -> (u16, String) {
        let body = self.json();
        assert_eq!(self.header("content-type"), "application/problem+json", "{body}");
        assert_eq!(body["status"], self.status.as_u16(), "{body}");
        assert_eq!(body["request_id"], self.header("x-request-id"), "{body}");
        for field in ["title", "detail"] {
            assert!(!body[field].as_str().unwrap().is_empty(), "{field} of {body}");
        }
        let code = body["code"].as_str().unwrap().to_owned();
        assert_eq!(body["type"], format!("https://sluice.invalid/problems/{code}"));
        (self.status.as_u16(), code)
    }
}

/// A request in the making.
pub(crate) struct Ask<'a> {
    app: &'a TestApp,
    request: axum::http::request::Builder,
    identity: Option<Identity>,
    body: Body,
    router: Option<Router>,
    peer: SocketAddr,
}

impl TestApp {
    pub(crate) async fn open(dialect: Dialect) -> Self {
        Self::with(dialect, MODULES, APPS, &[]).await
    }

    /// With these arguments.
    pub(crate) async fn open_with(dialect: Dialect, arguments: &[&str]) -> Self {
        Self::with(dialect, MODULES, APPS, arguments).await
    }

    /// With engines that do what the test says.
    pub(crate) async fn faked(dialect: Dialect) -> (Self, Fakes) {
        Self::faked_with(dialect, &[]).await
    }

    /// The same with these arguments. An address may start as many reels as it likes.
    pub(crate) async fn faked_with(dialect: Dialect, arguments: &[&str]) -> (Self, Fakes) {
        let fakes = Fakes::new();
        let arguments = [&["--reels-per-ten-minutes", "1000"], arguments].concat();
        let app = Self::build(dialect, MODULES, &[&fakes], &SETS, &arguments, |app| fakes.install(app)).await;
        // Links are the same within a window: at its beginning, they are throughout a test.
        let window = i64::try_from(LinkKey::WINDOW.as_millis()).unwrap();
        let rest = window - app.store.store().now().await.unwrap().as_millis() % window;
        app.advance(Duration::from_millis(rest.unsigned_abs())).await;
        (app, fakes)
    }

    /// With these tables, apps and arguments.
    pub(crate) async fn with(dialect: Dialect, tables: &[Module], apps: &[&dyn ServerApp], arguments: &[&str]) -> Self {
        Self::build(dialect, tables, apps, &SETS, arguments, |_| {}).await
    }

    /// With accounts, which everybody may create or not.
    pub(crate) async fn with_accounts(dialect: Dialect, sign_up: SignUp) -> (Self, Accounts) {
        Self::with_accounts_and(dialect, sign_up, &[]).await
    }

    /// The same with these arguments.
    pub(crate) async fn with_accounts_and(dialect: Dialect, sign_up: SignUp, arguments: &[&str]) -> (Self, Accounts) {
        let app = Self::build(dialect, MODULES, APPS, &SETS, arguments, |_| {}).await;
        app.for_accounts(sign_up)
    }

    /// For people with accounts, with these sets of models.
    pub(crate) async fn with_models(
        dialect: Dialect,
        sets: &'static [ModelSet],
        arguments: &[&str],
    ) -> (Self, Accounts) {
        Self::build(dialect, MODULES, APPS, sets, arguments, |_| {}).await.for_accounts(SignUp::Open)
    }

    /// The same, changed before it serves.
    pub(crate) async fn with_accounts_changed(dialect: Dialect, change: impl FnOnce(&mut App)) -> (Self, Accounts) {
        Self::build(dialect, MODULES, APPS, &SETS, &[], change).await.for_accounts(SignUp::Open)
    }

    fn for_accounts(mut self, sign_up: SignUp) -> (Self, Accounts) {
        let settings = AccountSettings { sign_up, ..AccountSettings::default() };
        let accounts = Accounts::new(self.app.platform.clone(), settings).unwrap();
        let access = Access { single_user: false, ..Access::single_user(accounts.clone()) };
        self.router = router(Serving::new(self.app.clone(), access, PathBuf::new(), CancellationToken::new()), APPS);
        (self, accounts)
    }

    /// With an issuer, whose people all get an account.
    pub(crate) async fn with_issuer(dialect: Dialect, issuer: OidcSettings) -> (Self, Accounts) {
        let (mut app, accounts) = Self::with_accounts(dialect, SignUp::Open).await;
        let oidc = Some(Arc::new(Oidc::new(issuer).unwrap()));
        let access = Access { oidc, single_user: false, ..Access::single_user(accounts.clone()) };
        app.router = router(Serving::new(app.app.clone(), access, PathBuf::new(), CancellationToken::new()), APPS);
        (app, accounts)
    }

    async fn build(
        dialect: Dialect,
        tables: &[Module],
        apps: &[&dyn ServerApp],
        sets: &'static [ModelSet],
        arguments: &[&str],
        change: impl FnOnce(&mut App),
    ) -> Self {
        let store = TestStore::open_with(dialect, tables).await;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap().to_owned();
        // Nobody renews a lease between two steps of a test, and on a busy machine a step may take long.
        let always = ["test", "--data", &data, "--workers", "2", "--lease-seconds", "3600"];
        let all = always.into_iter().chain(arguments.iter().copied());
        let config = Arguments::parse_from(all).config;
        let mut app = wiring::connect(&config, store.store().clone(), sluice(), apps, sets).unwrap();
        change(&mut app);
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        let accounts = Accounts::new(app.platform.clone(), AccountSettings::default()).unwrap();
        let serving = Serving::new(app.clone(), Access::single_user(accounts), examples, CancellationToken::new());
        Self { router: router(serving, apps), app, store, folder }
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        let peer = "127.0.0.1:9".parse().unwrap();
        let identity = Some(Identity::local());
        Ask { app: self, request, identity, body: Body::empty(), router: None, peer }
    }

    pub(crate) fn get(&self, path: &str) -> Ask<'_> {
        self.ask(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Ask<'_> {
        self.ask(Method::POST, path)
    }

    /// As a process that also runs jobs.
    pub(crate) fn runs_jobs(&mut self) {
        let accounts = Accounts::new(self.app.platform.clone(), AccountSettings::default()).unwrap();
        let access = Access::single_user(accounts);
        let mut serving = Serving::new(self.app.clone(), access, PathBuf::new(), CancellationToken::new());
        serving.runs_jobs = true;
        self.router = router(serving, APPS);
    }

    /// Another process on the same database and the same media, with these arguments, for people with accounts.
    pub(crate) async fn beside(&self, arguments: &[&str]) -> Router {
        self.beside_for(arguments, false).await
    }

    /// The same for the one person of this machine.
    pub(crate) async fn beside_alone(&self, arguments: &[&str]) -> Router {
        self.beside_for(arguments, true).await
    }

    async fn beside_for(&self, arguments: &[&str], single_user: bool) -> Router {
        let data = self.folder.path().to_str().unwrap().to_owned();
        let always = ["test", "--data", &data, "--workers", "2", "--lease-seconds", "3600"];
        let config = Arguments::parse_from(always.into_iter().chain(arguments.iter().copied())).config;
        let app = wiring::connect(&config, self.store.open_again().await, sluice(), APPS, &SETS).unwrap();
        let accounts = Accounts::new(app.platform.clone(), AccountSettings::default()).unwrap();
        let access = Access { single_user, ..Access::single_user(accounts) };
        router(Serving::new(app, access, PathBuf::new(), CancellationToken::new()), APPS)
    }

    /// Another process takes the place of this one, on the same database and the same media, with the same engines.
    pub(crate) async fn restart(&mut self, fakes: &Fakes) {
        let data = self.folder.path().to_str().unwrap().to_owned();
        let config =
            Arguments::parse_from(["test", "--data", &data, "--workers", "2", "--lease-seconds", "3600"]).config;
        let mut app = wiring::connect(&config, self.store.open_again().await, sluice(), &[fakes], &SETS).unwrap();
        fakes.install(&mut app);
        let access = Access::single_user(Accounts::new(app.platform.clone(), AccountSettings::default()).unwrap());
        self.router = router(Serving::new(app.clone(), access, PathBuf::new(), CancellationToken::new()), &[fakes]);
        self.app = app;
    }

    /// Behind proxies in these networks.
    pub(crate) fn behind(&mut self, proxies: &[&str]) {
        let accounts = Accounts::new(self.app.platform.clone(), AccountSettings::default()).unwrap();
        let proxies = proxies.iter().map(|network| network.parse().unwrap()).collect();
        let access = Access { proxies, ..Access::single_user(accounts) };
        self.router = router(Serving::new(self.app.clone(), access, PathBuf::new(), CancellationToken::new()), APPS);
    }

    /// A request under another host name.
    pub(crate) async fn get_at(&self, host: &str, path: &str) -> Answer {
        let request = Request::builder().uri(path).header(header::HOST, host);
        let peer = "127.0.0.1:9".parse().unwrap();
        Ask { app: self, request, identity: None, body: Body::empty(), router: None, peer }.answer().await
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

    /// What a server does when it starts: sets the schedules, and begins what is to be done once.
    pub(crate) async fn schedule(&self) {
        self.app.schedule().await.unwrap();
    }

    /// Moves the database's clock forward.
    pub(crate) async fn advance(&self, by: Duration) {
        self.store.advance(by).await;
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Every file of the media, by its name, which is the hash of its bytes.
    pub(crate) fn media(&self) -> BTreeMap<String, PathBuf> {
        fn all(folder: &Path) -> Vec<PathBuf> {
            let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            entries.flat_map(|path| if path.is_dir() { all(&path) } else { vec![path] }).collect()
        }
        let named = |path: PathBuf| (path.file_name().unwrap().to_str().unwrap().to_owned(), path);
        all(&self.folder.path().join("media")).into_iter().map(named).collect()
    }

    /// The file that a link opens.
    pub(crate) fn file_behind(&self, link: &Value) -> PathBuf {
        self.media()[link.as_str().unwrap().split('/').nth(2).unwrap()].clone()
    }

    /// What a query gives in its column `value`.
    pub(crate) async fn texts(&self, query: &'static str, values: &[&str]) -> Vec<String> {
        let read = async |tx: &mut sluice_store::Tx| testing::texts(tx, query, values).await;
        self.store.store().read::<_, StoreError, _>(read).await.unwrap()
    }

    /// Runs a raw statement, as an operator's mistake would.
    pub(crate) async fn execute(&self, statement: &str) -> Result<u64, StoreError> {
        self.store.store().execute(statement).await
    }

    /// Failures of its units of work.
    pub(crate) fn faults(&self) -> &PlannedFaults {
        self.store.faults()
    }

    /// Ends the test of an app whose database is closed.
    pub(crate) fn end_closed(self) {
        self.store.end_closed();
    }

    /// Ends the test; no job may be left behind.
    pub(crate) async fn end(self) {
        self.store.end().await;
    }
}

impl Ask<'_> {
    /// In the name of another owner than the local one, as accounts will do it.
    pub(crate) fn of(mut self, owner: &OwnerId) -> Self {
        self.identity = Some(Identity { owner: owner.clone(), ..Identity::local() });
        self
    }

    /// Without anything that says whose it is, other than its headers.
    pub(crate) fn unknown(mut self) -> Self {
        self.identity = None;
        self
    }

    /// To another process.
    pub(crate) fn to(mut self, router: &Router) -> Self {
        self.router = Some(router.clone());
        self
    }

    /// From another address.
    pub(crate) fn from(mut self, address: &str) -> Self {
        self.peer = SocketAddr::new(address.parse().unwrap(), 9);
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

    pub(crate) fn raw(mut self, body: &[u8]) -> Self {
        self.body = Body::from(body.to_vec());
        self
    }

    /// A body that arrives piece by piece.
    pub(crate) fn streamed<S>(mut self, body: S) -> Self
    where
        S: futures::Stream<Item = Result<axum::body::Bytes, std::io::Error>> + Send + 'static,
    {
        self.body = Body::from_stream(body);
        self
    }

    /// A form with one file.
    pub(crate) fn file(self, name: &str, bytes: &[u8]) -> Self {
        self.form(&[("file", Some(name), bytes)])
    }

    /// A form: of each field its name, the name of its file if it is one, and its bytes.
    pub(crate) fn form(mut self, fields: &[(&str, Option<&str>, &[u8])]) -> Self {
        let mut body = Vec::new();
        for (name, file, bytes) in fields {
            let head = match file {
                Some(file) => format!("name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/pdf"),
                None => format!("name=\"{name}\""),
            };
            body.extend(format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n").into_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        self.body = Body::from(body);
        self.header("content-type", "multipart/form-data; boundary=edge")
    }

    /// The status, and the body as JSON; nothing for a body that is none.
    pub(crate) async fn send(self) -> (StatusCode, Value) {
        let answer = self.answer().await;
        (answer.status, answer.json())
    }

    pub(crate) async fn bytes(self) -> (StatusCode, Vec<u8>) {
        let answer = self.answer().await;
        (answer.status, answer.bytes)
    }

    pub(crate) async fn answer(self) -> Answer {
        let (parts, body) = self.response().await.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// Without waiting for the end of its body.
    pub(crate) async fn response(self) -> Response {
        let mut request = self.request.body(self.body).unwrap();
        request.extensions_mut().insert(ConnectInfo(self.peer));
        if let Some(identity) = self.identity {
            request.extensions_mut().insert(identity);
        }
        self.router.unwrap_or_else(|| self.app.router.clone()).oneshot(request).await.unwrap()
    }
}
