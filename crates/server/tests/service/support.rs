//! A server of a test's own, and a client for it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;

/// Longest that any video of these tests may take. They are made side by side.
const LONGEST: Duration = Duration::from_mins(10);

/// A running server with its data folder.
pub(crate) struct Server {
    child: Child,
    url: String,
    settings: Vec<(&'static str, String)>,
    data: PathBuf,
    folder: Option<tempfile::TempDir>,
    pub(crate) client: Client,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With more variables in its environment.
    pub(crate) async fn with(settings: &[(&'static str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Self::at(folder.path(), settings).await;
        server.folder = Some(folder);
        server
    }

    /// On a data folder that outlives it.
    pub(crate) async fn at(data: &Path, settings: &[(&'static str, &str)]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let settings = [vec![("SLUICE_SINGLE_USER", "true".to_owned())], settings].concat();
        let (child, url) = launch(data, &settings).await;
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { child, url, settings, data: data.to_owned(), folder: None, client }
    }

    /// As a crash ends it.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) async fn restart(&mut self) {
        let (child, url) = launch(&self.data, &self.settings).await;
        (self.child, self.url) = (child, url);
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn url(&self, path: &str) -> String {
        if path.starts_with('/') { format!("{}{path}", self.url) } else { path.to_owned() }
    }

    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path))
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    pub(crate) async fn upload(&self, bytes: Vec<u8>, fields: &[(&'static str, &'static str)]) -> Response {
        let mut form = Form::new().part("file", Part::bytes(bytes).file_name("a paper.pdf"));
        for (name, value) in fields {
            form = form.text(*name, *value);
        }
        self.post("/api/v1/documents").multipart(form).send().await.unwrap()
    }

    /// A document that is ingested.
    pub(crate) async fn document(&self, bytes: Vec<u8>) -> Value {
        let answer = self.upload(bytes, &[]).await;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        if status == StatusCode::ACCEPTED {
            let body = self.read(body["id"].as_str().unwrap()).await;
            assert_eq!(body["refused"], Value::Null, "{body}");
            return body;
        }
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body
    }

    /// Waits until a document is no longer being read.
    pub(crate) async fn read(&self, document: &str) -> Value {
        let began = Instant::now();
        loop {
            let body = self.json(&format!("/api/v1/documents/{document}")).await;
            if body["reading"].is_null() {
                return body;
            }
            assert!(began.elapsed() < LONGEST, "{body}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until a job runs no more: its last stage is stored before the job itself has ended.
    pub(crate) async fn ended(&self, job: &str) -> Value {
        let began = Instant::now();
        loop {
            let body = self.json(&format!("/api/v1/jobs/{job}")).await;
            if body["state"] != "running" {
                return body;
            }
            assert!(began.elapsed() < LONGEST, "{body}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Starts a video; gives its id.
    pub(crate) async fn reel(&self, choices: Value) -> String {
        let answer = self.post("/api/v1/reels").json(&choices).send().await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::ACCEPTED, "{body}");
        body["id"].as_str().unwrap().to_owned()
    }

    /// Waits until a video is no longer worked on.
    pub(crate) async fn settled(&self, reel: &str) -> Value {
        self.until(reel, |reel| reel["state"] != "working").await
    }

    /// Waits until a video is finished.
    pub(crate) async fn done(&self, reel: &str) -> Value {
        let reel = self.settled(reel).await;
        assert_eq!(reel["state"], "done", "{}", reel["error"]);
        reel
    }

    pub(crate) async fn until(&self, reel: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.until_at(&format!("/api/v1/reels/{reel}"), wanted).await
    }

    /// Waits until what is at an address is as it is wanted.
    pub(crate) async fn until_at(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let body = self.json(path).await;
            if wanted(&body) {
                return body;
            }
            assert!(began.elapsed() < LONGEST, "{body}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The line of the log that has this in it, once it is there.
    pub(crate) async fn logged(&self, what: &str) -> String {
        let began = Instant::now();
        loop {
            if let Some(line) = said(&self.data).lines().find(|line| line.contains(what)) {
                return line.to_owned();
            }
            assert!(began.elapsed() < Duration::from_secs(10), "{what} in {}", said(&self.data));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Its threads.
    pub(crate) fn threads(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap().count()
    }

    /// A number of `/proc/…/status` in megabytes: `VmRSS` now, `VmHWM` at most.
    pub(crate) fn megabytes(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }

    /// Every file below the folder of the media.
    pub(crate) fn media(&self) -> Vec<PathBuf> {
        files(&self.data.join("media"))
    }

    /// Every file below the folder of what is being worked on.
    /// Waits until nothing is left of what was received: it is removed after the response, off the request's path.
    pub(crate) async fn work_is_cleared(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let left = files(&self.data.join("work"));
            if left.is_empty() {
                return;
            }
            assert!(Instant::now() < until, "left in the work folder: {left:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn program() -> PathBuf {
    sluice_testkit::program(env!("CARGO_BIN_EXE_sluice"))
}

async fn launch(data: &Path, settings: &[(&'static str, String)]) -> (Child, String) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let log = std::fs::File::create(data.join("server.log")).unwrap();
    let mut command = Command::new(program());
    command.args(["serve", "--listen", &address, "--data"]).arg(data).stdin(Stdio::null());
    command.stdout(log.try_clone().unwrap()).stderr(log);
    command.envs(settings.iter().map(|(name, value)| (*name, value.as_str())));
    let mut child = command.spawn().unwrap();
    let (url, began) = (format!("http://{address}"), Instant::now());
    while !reqwest::get(format!("{url}/api/v1/health")).await.is_ok_and(|answer| answer.status().is_success()) {
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none() && began.elapsed() < Duration::from_mins(1), "{}", said(data));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    (child, url)
}

fn said(data: &Path) -> String {
    std::fs::read_to_string(data.join("server.log")).unwrap_or_default()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// A problem by RFC 9457: the status, the stable code, and the rest.
pub(crate) async fn problem(answer: Response) -> (StatusCode, String, Value) {
    let status = answer.status();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(kind, "application/problem+json", "{body}");
    assert_eq!(body["status"], status.as_u16(), "{body}");
    for field in ["title", "detail", "type"] {
        assert!(!body[field].as_str().unwrap().is_empty(), "{field} of {body}");
    }
    (status, body["code"].as_str().unwrap().to_owned(), body)
}

/// A file of this repository.
pub(crate) fn file(path: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read(root.join(path)).unwrap()
}

/// What ffprobe says of a file: `probe(path, "v:0", "stream=codec_name,width")`.
pub(crate) fn probe(path: &Path, stream: &str, entries: &str) -> String {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-select_streams", stream, "-show_entries", entries, "-of", "csv=p=0:nk=1"]).arg(path);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
