//! Connections: how many there may be, and their timeouts.
//!
//! `axum::serve` has none of these limits, so this uses hyper directly.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tower_http::timeout::RequestBodyTimeoutLayer;

use super::pace::paced;

/// Most connections; further ones wait in the kernel's backlog.
const CONNECTIONS: u64 = 10_000;
/// Open files that are for everything else: the database, media, child processes, and 256 chunks of recordings.
const OTHER_FILES: u64 = 480;
/// The fewest connections.
const FEWEST: u64 = 224;
/// Most bytes of the request line and headers.
const HEAD: usize = 32 * 1024;
/// Less than hyper's 400 KiB: the largest buffer of each connection.
const BUFFER: usize = 64 * 1024;
/// How long active requests may take to finish when the server stops.
const CLOSING: Duration = Duration::from_secs(10);

/// Timeouts of a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// For the request headers, from the end of the previous request: an idle connection is closed after it.
    pub(crate) head: Duration,
    /// Between two chunks of a body.
    pub(crate) body: Duration,
}

/// Serves until it is told to stop; then active requests are finished.
pub(crate) async fn serve(listener: TcpListener, router: Router, timeouts: Timeouts, stopping: CancellationToken) {
    let router = router.layer(RequestBodyTimeoutLayer::new(timeouts.body));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(timeouts.head).max_header_size(HEAD).max_buf_size(BUFFER);
    let places = Arc::new(Semaphore::new(connections()));
    let graceful = GracefulShutdown::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((accept(&listener).await, place))
        };
        let Some(((stream, address), place)) = (tokio::select! {
            next = next => next,
            () = stopping.cancelled() => None,
        }) else {
            break;
        };
        let router = router.clone();
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(address));
            answer(router.clone(), request.map(|body| paced(Body::new(body))))
        });
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(CLOSING, graceful.shutdown()).await.is_err() {
        tracing::warn!("some answers were cut off: their clients were too slow");
    }
}

/// How many connections there may be: as many as the process may open files, which most systems limit to 1,024 unless it asks
/// for more.
fn connections() -> usize {
    let wanted = CONNECTIONS + OTHER_FILES;
    let files = getrlimit(Resource::RLIMIT_NOFILE).map(|(soft, hard)| {
        let more = wanted.min(hard);
        let raised = more > soft && setrlimit(Resource::RLIMIT_NOFILE, more, hard).is_ok();
        if raised { more } else { soft.min(wanted) }
    });
    let files = files.unwrap_or(1_024);
    usize::try_from(files.saturating_sub(OTHER_FILES).max(FEWEST)).unwrap_or(1)
}

async fn answer(router: Router, request: Request) -> Result<axum::response::Response, Infallible> {
    router.oneshot(request).await
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // Small events must be sent without delay.
                stream.set_nodelay(true).ok();
                return (stream, address);
            }
            Err(error) => {
                // Such as too many open files: a transient error.
                tracing::warn!(%error, "a connection cannot be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}
