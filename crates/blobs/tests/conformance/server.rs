//! An S3 server that a test starts, with a connection to it that can be cut and whose bytes can be changed.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use sluice_blobs::{BlobHash, S3Settings};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

const BUCKET: &str = "media";

pub(crate) struct Server {
    address: String,
    root: TempDir,
    faults: Arc<Faults>,
}

/// What happens to bytes on their way to the server.
struct Faults {
    received: AtomicU64,
    requests: AtomicU64,
    /// Connections are cut once so many bytes have been received in all.
    cut_at: AtomicU64,
    once: AtomicBool,
    flip_at: AtomicU64,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).unwrap());
        service.set_auth(SimpleAuth::from_single("test", "a secret of the test"));
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let never = || AtomicU64::new(u64::MAX);
        let faults = Arc::new(Faults {
            received: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            cut_at: never(),
            once: AtomicBool::new(false),
            flip_at: never(),
        });
        let inside = Arc::clone(&faults);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (service, faults) = (service.clone(), Arc::clone(&inside));
                tokio::spawn(async move {
                    let counter = Arc::clone(&faults);
                    let counted = hyper::service::service_fn(move |request| {
                        counter.requests.fetch_add(1, Ordering::SeqCst);
                        hyper::service::Service::call(&service, request)
                    });
                    let io = TokioIo::new(Line { socket, faults });
                    // A connection that was cut ends with an error.
                    let _ = hyper::server::conn::http1::Builder::new().serve_connection(io, counted).await;
                });
            }
        });
        Self { address, root, faults }
    }

    pub(crate) fn settings(&self) -> S3Settings {
        S3Settings {
            endpoint: Some(self.address.clone()),
            region: Some("us-east-1".to_owned()),
            key: Some(("test".to_owned(), "a secret of the test".to_owned())),
            retry: Duration::from_secs(2),
            ..S3Settings::from_url("s3://media/some/prefix").unwrap()
        }
    }

    /// The file in which the server keeps an object.
    pub(crate) fn object(&self, hash: &BlobHash) -> PathBuf {
        self.root.path().join(BUCKET).join("some/prefix").join(&hash.as_str()[..2]).join(hash.as_str())
    }

    pub(crate) fn requests(&self) -> u64 {
        self.faults.requests.load(Ordering::SeqCst)
    }

    /// Cuts every connection once this many more bytes have come.
    pub(crate) fn cut_after(&self, bytes: u64) {
        self.faults.cut_at.store(self.faults.received.load(Ordering::SeqCst) + bytes, Ordering::SeqCst);
    }

    pub(crate) fn cut_once_after(&self, bytes: u64) {
        self.faults.once.store(true, Ordering::SeqCst);
        self.cut_after(bytes);
    }

    /// Changes one byte, this many after now.
    pub(crate) fn flip_at(&self, bytes: u64) {
        self.faults.flip_at.store(self.faults.received.load(Ordering::SeqCst) + bytes, Ordering::SeqCst);
    }

    pub(crate) fn mend(&self) {
        self.faults.cut_at.store(u64::MAX, Ordering::SeqCst);
    }
}

struct Line {
    socket: TcpStream,
    faults: Arc<Faults>,
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        std::task::ready!(Pin::new(&mut self.socket).poll_read(cx, buffer))?;
        let read = buffer.filled().len() - before;
        let faults = &self.faults;
        let start = faults.received.fetch_add(read as u64, Ordering::SeqCst);
        let end = start + read as u64;
        let flip = faults.flip_at.load(Ordering::SeqCst);
        if (start..end).contains(&flip) {
            let at = before + usize::try_from(flip - start).unwrap();
            buffer.filled_mut()[at] ^= 1;
        }
        if end >= faults.cut_at.load(Ordering::SeqCst) {
            if faults.once.load(Ordering::SeqCst) {
                faults.cut_at.store(u64::MAX, Ordering::SeqCst);
            }
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
