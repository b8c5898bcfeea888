//! The connections: how many there may be, and how long a client may take.
//!
//! `axum::serve` has none of these limits, so this drives hyper itself.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// Connections beyond these wait in the kernel's queue. Most systems give a process 1,024 open files.
const CONNECTIONS: usize = 800;
/// Most bytes of a request's head.
const HEAD: usize = 32 * 1024;
/// Smaller than hyper's 400 KiB: so much is buffered for each connection at most.
const BUFFER: usize = 64 * 1024;
/// How long answers under way may still take when the server stops.
const CLOSING: Duration = Duration::from_secs(10);

/// How long a client may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// For a request's head, from the end of the request before: what sends nothing for so long is closed.
    pub(crate) head: Duration,
    /// Between two pieces of a body.
    pub(crate) body: Duration,
}

/// Serves until it is told to stop; then what is under way is finished.
pub(crate) async fn serve(listener: TcpListener, router: Router, timeouts: Timeouts, stopping: CancellationToken) {
    let router = router.layer(RequestBodyTimeoutLayer::new(timeouts.body));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(timeouts.head).max_header_size(HEAD).max_buf_size(BUFFER);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
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
            answer(router.clone(), request.map(axum::body::Body::new))
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

async fn answer(router: Router, request: Request) -> Result<axum::response::Response, Infallible> {
    router.oneshot(request).await
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // Small events must not wait for more.
                stream.set_nodelay(true).ok();
                return (stream, address);
            }
            Err(error) => {
                // Such as too many open files: that passes when some are closed.
                tracing::warn!(%error, "a connection cannot be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}
