//! A client that costs little: it writes requests that were made before over connections that stay open, and reads no more of
//! an answer than its status and its length.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Most bytes of an answer's head.
const HEAD: usize = 16 * 1024;

/// An open connection.
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Status line and headers.
    pub(super) head: String,
    /// Bytes of the body.
    pub(super) bytes: u64,
    /// Its beginning, as far as it came with the head.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then(|| value.trim()))
    }
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        Self::with_buffer(address, 256 * 1024).await
    }

    /// One of many.
    pub(super) async fn small(address: SocketAddr) -> anyhow::Result<Self> {
        Self::with_buffer(address, HEAD).await
    }

    async fn with_buffer(address: SocketAddr, bytes: usize) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; bytes] })
    }

    /// Sends bytes, without waiting for an answer.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// Sends a request, and reads its whole answer.
    pub(super) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.send(request).await?;
        let (mut answer, more) = self.head().await?;
        let mut rest = more;
        while rest > 0 {
            let most = usize::try_from(rest).unwrap_or(usize::MAX).min(self.buffer.len());
            let room = self.buffer.get_mut(..most).context("no room")?;
            let read = self.stream.read(room).await?;
            ensure!(read > 0, "the server closed the connection in mid-answer");
            if answer.body.len() < HEAD {
                answer.body.extend_from_slice(room.get(..read).unwrap_or_default());
            }
            rest -= read as u64;
        }
        Ok(answer)
    }

    /// Reads the head of an answer; returns it with how many bytes of the body are still to come.
    pub(super) async fn head(&mut self) -> anyhow::Result<(Answer, u64)> {
        let mut filled = 0;
        loop {
            let room = self.buffer.get_mut(filled..).filter(|room| !room.is_empty()).context("the head is too long")?;
            let read = self.stream.read(room).await?;
            ensure!(read > 0, "the server closed the connection");
            filled += read;
            let known = self.buffer.get(..filled).unwrap_or_default();
            let Some(end) = known.windows(4).position(|four| four == b"\r\n\r\n") else {
                ensure!(filled < HEAD, "the head of an answer is too long");
                continue;
            };
            let (head, body) = (known.get(..end).unwrap_or_default(), known.get(end + 4..).unwrap_or_default());
            let head = String::from_utf8_lossy(head).into_owned();
            let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
            let mut answer = Answer { status, head, bytes: 0, body: body.to_vec() };
            answer.bytes = match answer.header("content-length") {
                Some(length) => length.parse()?,
                None => 0,
            };
            let more = answer.bytes.saturating_sub(answer.body.len() as u64);
            return Ok((answer, more));
        }
    }
}

/// What a load did.
#[derive(Debug, Default)]
pub(super) struct Load {
    /// How long each request took, sorted.
    times: Vec<Duration>,
    /// Bytes of all bodies.
    bytes: u64,
    took: Duration,
}

impl Load {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub(super) fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.took.as_secs_f64().max(1e-9)
    }

    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub(super) fn megabytes_per_second(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.took.as_secs_f64().max(1e-9)
    }

    /// Milliseconds below which 99 of 100 requests were answered.
    pub(super) fn p99_ms(&self) -> f64 {
        let at = self.times.len().saturating_sub(1) * 99 / 100;
        self.times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }
}

/// Sends `requests` one after the other, again and again, over each of so many connections.
pub(super) async fn load(
    address: SocketAddr,
    requests: &Arc<Vec<Vec<u8>>>,
    connections: usize,
    time: Duration,
) -> anyhow::Result<Load> {
    let mut tasks = tokio::task::JoinSet::new();
    let begun = Instant::now();
    for first in 0..connections {
        let (requests, until) = (Arc::clone(requests), begun + time);
        // Each begins elsewhere, so that they do not ask for the same.
        let first = first * requests.len() / connections.max(1);
        tasks.spawn(async move {
            let (mut connection, mut done) = (Connection::open(address).await?, Load::default());
            for request in requests.iter().cycle().skip(first) {
                let begun = Instant::now();
                if begun >= until {
                    break;
                }
                let answer = connection.ask(request).await?;
                if !matches!(answer.status, 200 | 206) {
                    bail!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
                }
                done.times.push(begun.elapsed());
                done.bytes += answer.bytes;
            }
            anyhow::Ok(done)
        });
    }
    let mut all = Load::default();
    while let Some(done) = tasks.join_next().await {
        let done: Load = done??;
        all.times.extend(done.times);
        all.bytes += done.bytes;
    }
    all.took = begun.elapsed();
    all.times.sort_unstable();
    Ok(all)
}

/// A request without a body.
pub(super) fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n").into_bytes()
}
