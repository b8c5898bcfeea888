//! A recorder as `docs/recording.md` has it: it keeps a chunk until it is acknowledged, and waits when it is told to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::opus::Minute;
use super::tally::Tally;

/// How often a chunk is sent again when the connection fails.
const TRIES: u32 = 20;
/// A pause before that, and where the server names none.
const PAUSE: Duration = Duration::from_millis(200);

/// A server with its recordings.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) client: Client,
    /// Its address, without a slash at its end.
    pub(super) url: String,
    pub(super) token: Option<String>,
}

impl Api {
    fn with_token(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.client.post(format!("{}/api/v1/sessions{path}", self.url)).json(body);
        let answer = self.with_token(request).send().await.with_context(|| format!("{} does not answer", self.url))?;
        let (status, view) = (answer.status(), answer.json::<Value>().await.unwrap_or_default());
        ensure!(status.is_success(), "POST {path}: {status}: {}", view["detail"].as_str().unwrap_or_default());
        Ok(view)
    }

    async fn get(&self, path: &str) -> anyhow::Result<reqwest::Response> {
        let request = self.client.get(format!("{}/api/v1/sessions{path}", self.url));
        Ok(self.with_token(request).send().await?.error_for_status()?)
    }
}

/// A recording that is made.
pub(super) struct Recorder {
    pub(super) api: Api,
    pub(super) minute: Arc<Minute>,
    pub(super) tally: Arc<Tally>,
    pub(super) serial: u32,
    pub(super) chunks: u32,
    pub(super) seconds: u32,
    /// Chunks that are sent at the same time.
    pub(super) at_once: usize,
    /// When each chunk is there to be sent; none if all are at once.
    pub(super) begin: Option<Instant>,
}

/// What the audit found.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Audit {
    /// Chunks that are not where they belong, byte for byte.
    pub(super) lost: u64,
    /// Bytes beyond those that were sent, in chunks.
    pub(super) duplicated: u64,
}

impl Recorder {
    /// Begins a recording, sends its chunks, and ends it; returns its id.
    pub(super) async fn record(&self) -> anyhow::Result<String> {
        if let Some(begin) = self.begin {
            tokio::time::sleep_until(begin.into()).await;
        }
        let new = json!({ "title": format!("bench {}", self.serial), "transcribe": false });
        let session = self.api.post("", &new).await?;
        let id = session["id"].as_str().context("a session without an id")?.to_owned();
        let segment = json!({ "key": "bench", "source": "file", "media_type": "audio/ogg;codecs=opus" });
        self.api.post(&format!("/{id}/segments"), &segment).await?;
        let path = &format!("{}/api/v1/sessions/{id}/segments/0/chunks", self.api.url);
        let sent = futures::stream::iter(0..self.chunks).map(|number| self.send(path, number));
        let failed = sent.buffer_unordered(self.at_once).filter(|sent| std::future::ready(!sent)).count().await;
        self.api.post(&format!("/{id}/segments/0/close"), &json!({ "chunks": self.chunks })).await?;
        let body = json!({ "accept_gaps": failed > 0 });
        self.api.post(&format!("/{id}/finish"), &body).await?;
        Ok(id)
    }

    fn bytes(&self, number: u32) -> Vec<u8> {
        self.minute.chunk(self.serial, number, self.seconds, number + 1 == self.chunks)
    }

    /// Sends a chunk until it is acknowledged; false if it never is.
    async fn send(&self, path: &str, number: u32) -> bool {
        if let Some(begin) = self.begin {
            let due = begin + Duration::from_secs(u64::from(self.seconds)) * (number + 1);
            tokio::time::sleep_until(due.into()).await;
        }
        let bytes = bytes::Bytes::from(self.bytes(number));
        let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&bytes)));
        let length = u64::from(self.seconds) * 1_000;
        let url = format!("{path}/{number}?start_ms={}&length_ms={length}", u64::from(number) * length);
        let (mut tries, mut reason) = (0, String::new());
        while tries < TRIES {
            let request = self.api.client.put(&url).header("content-digest", &digest).body(bytes.clone());
            let begun = Instant::now();
            let answer = match self.api.with_token(request).send().await {
                Ok(answer) => answer,
                Err(error) => {
                    reason = format!("{error:#}");
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            let status = answer.status();
            let pause = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            let pause = pause.map(Duration::from_secs);
            if status.is_success() {
                self.tally.acknowledged(begun.elapsed(), bytes.len(), pause.is_some());
                if let Some(pause) = pause {
                    tokio::time::sleep(pause).await;
                }
                return true;
            }
            if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
                // It is not dropped: it waits here.
                self.tally.told_to_wait();
            } else {
                reason = format!("{status}: {}", answer.text().await.unwrap_or_default());
                // The rest of the chunk came too late: nothing is wrong with it.
                if !status.is_server_error() && status != StatusCode::REQUEST_TIMEOUT {
                    break;
                }
                tries += 1;
            }
            tokio::time::sleep(pause.unwrap_or(PAUSE)).await;
        }
        self.tally.failed(&format!("chunk {number} of recording {}: {reason}", self.serial));
        false
    }

    /// Compares what the server has with what was sent, byte for byte.
    pub(super) async fn audit(&self, id: &str) -> anyhow::Result<Audit> {
        let mut body = self.api.get(&format!("/{id}/segments/0/audio")).await?.bytes_stream();
        let (mut audit, mut rest) = (Audit::default(), Vec::new());
        for number in 0..self.chunks {
            let expected = self.bytes(number);
            while rest.len() < expected.len()
                && let Some(piece) = body.next().await
            {
                rest.extend_from_slice(&piece?);
            }
            if rest.starts_with(&expected) {
                rest.drain(..expected.len());
            } else {
                audit.lost += 1;
            }
        }
        let mut beyond = rest.len() as u64;
        while let Some(piece) = body.next().await {
            beyond += piece?.len() as u64;
        }
        audit.duplicated = beyond.div_ceil(self.bytes(1).len().max(1) as u64);
        Ok(audit)
    }
}
