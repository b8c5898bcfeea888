//! Connections that can be reset.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Resets the connection of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reset(CancellationToken);

impl Reset {
    /// Resets it, and never returns: there is nobody to answer any more.
    pub(crate) async fn now(&self) -> Infallible {
        self.0.cancel();
        std::future::pending().await
    }
}

/// Serves until it is told to stop; open connections are closed.
pub(crate) async fn serve(listener: TcpListener, router: Router, stopping: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                stream.set_nodelay(true).ok();
                tokio::spawn(stopping.clone().run_until_cancelled_owned(connection(stream, router.clone())));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::task::yield_now().await;
            }
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let reset = Reset::default();
    let given = reset.clone();
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(given.clone());
        router.clone().oneshot(request.map(Body::new))
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        ended = &mut connection => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended");
            }
        }
        () = reset.0.cancelled() => {
            // Without lingering, closing sends a reset.
            connection.into_parts().io.into_inner().set_zero_linger().ok();
        }
    }
}
