//! Replies that arrive otherwise than they were sent: everything is done and charged by then.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use serde_json::json;

use crate::call::Provider;
use crate::connection::Reset;
use crate::faults::Fault;
use crate::numbers::long;
use crate::refusal::Refusal;

/// The most bytes of a reply: long videos and sounds.
const REPLY: usize = 512 * 1024 * 1024;
/// A piece of a huge body.
const PIECE: usize = 64 * 1024;

/// The reply with its fault; as it is for faults that the operation itself sees to.
pub(crate) async fn mangle(response: Response, fault: &Fault, provider: Provider, reset: &Reset) -> Response {
    match fault {
        Fault::ResetAfter => match reset.now().await {},
        Fault::Delay { ms } => {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
            response
        }
        Fault::SlowDrip { ms, bytes } => drip(response, Duration::from_millis(*ms), (*bytes).max(1)).await,
        Fault::EmptyBody => with_body(response, Bytes::new()).await,
        Fault::TruncatedBody => truncated(response).await,
        Fault::MalformedJson => half(response).await,
        Fault::ErrorInside => error_inside(provider),
        Fault::HugeBody { bytes } => huge(response, *bytes),
        _ => response,
    }
}

async fn whole(response: Response) -> (axum::http::response::Parts, Bytes) {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    (parts, to_bytes(body, REPLY).await.unwrap_or_default())
}

async fn with_body(response: Response, body: Bytes) -> Response {
    let (parts, _) = whole(response).await;
    Response::from_parts(parts, Body::from(body))
}

async fn drip(response: Response, every: Duration, size: usize) -> Response {
    let (parts, bytes) = whole(response).await;
    let drops = stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(every).await;
        let drop = rest.split_to(size.min(rest.len()));
        Some((Ok::<_, Infallible>(drop), rest))
    });
    Response::from_parts(parts, Body::from_stream(drops))
}

/// Half of the body, though its length was announced; of a stream, half of its events.
async fn truncated(response: Response) -> Response {
    let (mut parts, bytes) = whole(response).await;
    let streamed =
        parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if !streamed {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    }
    let part = bytes.slice(..bytes.len() / 2);
    let cut = stream::iter([Ok(part)]).chain(stream::once(async {
        // The half has to be on its way before the connection ends.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::other("cut"))
    }));
    Response::from_parts(parts, Body::from_stream(cut))
}

async fn half(response: Response) -> Response {
    let (parts, bytes) = whole(response).await;
    let part = bytes.slice(..bytes.len() / 2);
    Response::from_parts(parts, Body::from(part))
}

/// As providers in front of others answer: their own request succeeded.
fn error_inside(provider: Provider) -> Response {
    let body = match provider {
        Provider::OpenRouter => json!({ "error": {
            "code": 502, "message": "Provider returned error",
            "metadata": { "raw": "{\"error\":\"overloaded\"}", "provider_name": "Twin", "is_byok": false },
        } }),
        // Each image of a batch has its own outcome.
        Provider::Vision => {
            json!({ "responses": [{ "error": { "code": 14, "message": "The service is currently unavailable." } }] })
        }
        _ => Refusal::Status(500).form(provider).1,
    };
    (StatusCode::OK, axum::Json(body)).into_response()
}

fn huge(response: Response, bytes: u64) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    let spaces = Bytes::from(vec![b' '; PIECE]);
    let pieces = stream::unfold(bytes, move |left| {
        let spaces = spaces.clone();
        async move {
            let size = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
            (size > 0).then(|| (Ok::<_, Infallible>(spaces.slice(..size)), left - long(size)))
        }
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}
