//! Two machines whose clocks are a minute apart, on one database and one folder: the database's clock decides.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use futures::stream;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use reqwest::{Body, Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{self, Filter};
use sluice_store::{Database, Options, PostgresUrl, Store, StoreError};
use sluice_testkit::{pdf, postgres};

use crate::support::{Server, problem};

/// How far each clock is from that of the database.
const APART: [&str; 2] = ["-30", "30"];
/// Close enough to an end that a clock of either machine would say something else than the database's.
const CLOSE: Duration = Duration::from_secs(15);
const JUST_AFTER: Duration = Duration::from_secs(5);
const DAY: Duration = Duration::from_hours(24);
/// A session that is not used ends after so long.
const SESSION: Duration = Duration::from_hours(14 * 24);
/// By how much a link outlives the time in it.
const TOLERANCE: Duration = Duration::from_mins(1);
const PASSWORD: &str = "correct horse battery";

/// Both machines: the first one is behind, the second one ahead.
struct Machines {
    servers: [Server; 2],
    store: Store,
    _folder: tempfile::TempDir,
}

/// The library that moves a program's clock.
fn library(folder: &Path) -> PathBuf {
    let library = folder.join("clocks.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/service/clocks.c");
    let done =
        Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").status();
    assert!(done.expect("a C compiler: scripts/setup.sh installs it").success());
    library
}

impl Machines {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let database = postgres::Server::shared().database();
        let store = Store::open_with(&database, Options::default()).await.unwrap();
        let Database::Postgres(PostgresUrl { url, .. }) = &database else { unreachable!() };
        let start = async |offset: &str| {
            let settings = [
                ("SLUICE_DATABASE_URL", url.as_str()),
                ("SLUICE_SINGLE_USER", "false"),
                ("SLUICE_SIGN_UP", "open"),
                ("SLUICE_LEASE_SECONDS", "5"),
                ("LD_PRELOAD", library.to_str().unwrap()),
                ("CLOCK_OFFSET_SECONDS", offset),
            ];
            let server = Server::at(&data, &settings).await;
            // The log of the next one has the same name.
            std::fs::rename(data.join("server.log"), data.join(format!("{offset}.log"))).unwrap();
            server
        };
        let servers = [start(APART[0]).await, start(APART[1]).await];
        let [behind, ahead] = [clock(&servers[0]).await, clock(&servers[1]).await];
        let apart = ahead.duration_since(behind).unwrap().as_secs();
        assert!((58..=65).contains(&apart), "the clocks are {apart} seconds apart");
        Self { servers, store, _folder: folder }
    }

    async fn now(&self) -> Timestamp {
        self.store.now().await.unwrap()
    }

    /// Moves the database's clock.
    async fn advance_to(&self, at: Timestamp) {
        self.store.advance_clock(at.since(self.now().await)).await.unwrap();
    }

    /// An account, signed in at the first machine: the cookie of its session.
    async fn sign_up(&self) -> HeaderValue {
        let account = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
        cookie(&self.servers[0].post("/api/v1/accounts").json(&account).send().await.unwrap())
    }

    async fn sign_in(&self, at: usize) -> HeaderValue {
        let credentials = json!({ "email": "ada@example.org", "password": PASSWORD });
        cookie(&self.servers[at].post("/api/v1/session").json(&credentials).send().await.unwrap())
    }

    /// A token that is made at a machine and lasts for a day, as the header that shows it.
    async fn token(&self, at: usize, session: &HeaderValue) -> HeaderValue {
        let token = json!({ "name": "a program", "scopes": ["read", "write"], "expires_in_days": 1 });
        let request = self.servers[at].post("/api/v1/tokens").header(COOKIE, session).json(&token);
        let made: Value = request.send().await.unwrap().json().await.unwrap();
        HeaderValue::from_str(&format!("Bearer {}", made["secret"].as_str().unwrap())).unwrap()
    }

    /// What each machine says to who shows this.
    async fn say(&self, name: &reqwest::header::HeaderName, value: &HeaderValue) -> [StatusCode; 2] {
        let ask =
            async |server: &Server| server.get("/api/v1/account").header(name, value).send().await.unwrap().status();
        [ask(&self.servers[0]).await, ask(&self.servers[1]).await]
    }

    /// From now on every request is Ada's.
    async fn enter(&mut self) {
        let token = self.token(0, &self.sign_up().await).await;
        for server in &mut self.servers {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, token.clone())]);
            server.client = Client::builder().default_headers(headers).build().unwrap();
        }
    }
}

/// The time of day of a machine.
async fn clock(server: &Server) -> SystemTime {
    let answer = server.get("/api/v1/health").send().await.unwrap();
    httpdate::parse_http_date(answer.headers()["date"].to_str().unwrap()).unwrap()
}

fn cookie(answer: &Response) -> HeaderValue {
    assert!(answer.status().is_success(), "{answer:?}");
    let set = answer.headers()[SET_COOKIE].to_str().unwrap();
    HeaderValue::from_str(set.split(';').next().unwrap()).unwrap()
}

const ACCEPTED: [StatusCode; 2] = [StatusCode::OK; 2];
const REFUSED: [StatusCode; 2] = [StatusCode::UNAUTHORIZED; 2];

#[tokio::test]
async fn sessions_and_tokens_that_one_machine_makes_last_as_long_at_the_other() {
    let machines = Machines::start().await;
    let first = machines.now().await;
    let sessions = [machines.sign_up().await, machines.sign_in(1).await];
    let unused = [machines.sign_in(0).await, machines.sign_in(1).await];
    let tokens = [machines.token(0, &sessions[0]).await, machines.token(1, &sessions[1]).await];
    let last = machines.now().await;

    machines.advance_to(first + DAY.saturating_sub(CLOSE)).await;
    for token in &tokens {
        assert_eq!(machines.say(&AUTHORIZATION, token).await, ACCEPTED);
    }
    machines.advance_to(last + DAY + JUST_AFTER).await;
    for token in &tokens {
        assert_eq!(machines.say(&AUTHORIZATION, token).await, REFUSED);
    }

    machines.advance_to(first + SESSION.saturating_sub(CLOSE)).await;
    for session in &sessions {
        assert_eq!(machines.say(&COOKIE, session).await, ACCEPTED);
    }
    machines.advance_to(last + SESSION + JUST_AFTER).await;
    for session in &unused {
        assert_eq!(machines.say(&COOKIE, session).await, REFUSED);
    }
}

#[tokio::test]
async fn an_upload_that_one_machine_holds_is_the_others_when_its_lease_is_over() {
    const LEASE: Duration = Duration::from_secs(15);
    let mut machines = Machines::start().await;
    machines.enter().await;
    for (holder, other) in [(0, 1), (1, 0)] {
        let made = tus(&machines.servers[holder], Method::POST, "/api/v1/uploads").header("upload-length", 9_000_000);
        let made = made.send().await.unwrap();
        let upload = made.headers()["location"].to_str().unwrap().to_owned();
        // Some bytes every tenth of a second, for as long as anybody takes them.
        let slow = stream::unfold(0_u32, async |n| {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let piece = if n == 0 { b"%PDF-1.7\n".to_vec() } else { vec![b' '; 4_096] };
            (n < 1_000).then_some((Ok::<_, std::io::Error>(piece), n + 1))
        });
        let sending = tokio::spawn(append(&machines.servers[holder], &upload, 0).body(Body::wrap_stream(slow)).send());
        for _ in 0..4 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(locked(&machines.servers[other], &upload).await, Some("upload_locked".to_owned()));
        }
        machines.servers[holder].kill();
        let _ = sending.await.unwrap();
        assert_eq!(locked(&machines.servers[other], &upload).await, Some("upload_locked".to_owned()), "for now");
        machines.store.advance_clock(LEASE).await.unwrap();
        assert_eq!(locked(&machines.servers[other], &upload).await, None);
        machines.servers[holder].restart().await;
    }
}

fn tus(server: &Server, method: Method, path: &str) -> RequestBuilder {
    server.client.request(method, server.url(path)).header("tus-resumable", "1.0.0")
}

fn append(server: &Server, upload: &str, offset: u64) -> RequestBuilder {
    let request = tus(server, Method::PATCH, upload).header("upload-offset", offset);
    request.header("content-type", "application/offset+octet-stream")
}

/// Why a machine takes no more bytes of an upload; none if it does.
async fn locked(server: &Server, upload: &str) -> Option<String> {
    let head = tus(server, Method::HEAD, upload).send().await.unwrap();
    let offset = head.headers()["upload-offset"].to_str().unwrap().parse().unwrap();
    let answer = append(server, upload, offset).body(vec![b' '; 10]).send().await.unwrap();
    if answer.status() == StatusCode::NO_CONTENT { None } else { Some(problem(answer).await.1) }
}

#[tokio::test]
async fn a_video_is_made_once_by_both_and_its_links_last_as_long_at_each() {
    let mut machines = Machines::start().await;
    machines.enter().await;
    let [behind, ahead] = &machines.servers;
    let document = behind.document(pdf::fine()).await;
    let made = behind.done(&behind.reel(json!({ "document_id": document["id"], "shape": "1:1" })).await).await;
    // No job was taken from whoever was running it.
    let all = machines.store.read::<_, StoreError, _>(async |tx| {
        jobs::operator::list(tx, &Filter { limit: 1_000, ..Filter::default() }).await
    });
    for job in all.await.unwrap() {
        assert!(job.attempt <= 1, "{} {} in {} attempts", job.kind, job.id, job.attempt);
    }
    let seen = ahead.json(&format!("/api/v1/reels/{}", made["id"].as_str().unwrap())).await;
    let links = [&made, &seen].map(|reel| reel["result"]["video_url"].as_str().unwrap().to_owned());
    let opened = async |link: &str| {
        let open = async |server: &Server| reqwest::get(server.url(link)).await.unwrap().status();
        [open(behind).await, open(ahead).await]
    };
    let expires = |link: &String| {
        let seconds: i64 = link.split("expires=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap();
        Timestamp::from_millis(seconds * 1_000)
    };
    machines.advance_to(links.iter().map(expires).min().unwrap() + TOLERANCE.saturating_sub(CLOSE)).await;
    for link in &links {
        assert_eq!(opened(link).await, ACCEPTED);
    }
    machines.advance_to(links.iter().map(expires).max().unwrap() + TOLERANCE + JUST_AFTER).await;
    for link in &links {
        assert_eq!(opened(link).await, [StatusCode::FORBIDDEN; 2]);
    }
}
