//! The outermost layer: gives each request an id, turns every error into a problem with that id, and logs one line when
//! the response has been sent completely.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use sluice_domain::ids::OwnerId;

use super::identity;
use super::problem::Problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Runs the request, and logs it.
pub(crate) async fn record(request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let method = request.method().clone();
    // The route template instead of the path: it keeps ids out of the log, and lets lines be grouped by route.
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let started = Instant::now();
    let mut response = as_problem(next.run(request).await, &id);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let owner = identity::of(response.extensions());
    let code = response.extensions().get::<Problem>().map_or("", Problem::code);
    let answered = started.elapsed();
    let line = Line { id, owner, method, route, status: response.status().as_u16(), code, started, answered };
    let expected = length(response.headers());
    response.map(|body| Body::new(Recorded { body, bytes: 0, expected, ended: false, line }))
}

/// The client's id, if it is safe to log; otherwise a new one.
fn request_id(headers: &HeaderMap) -> String {
    let sane = |text: &&str| {
        (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
    };
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(sane);
    given.map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}

/// How many bytes the response says that its body has.
fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Every error as a problem with the request id, including bare statuses from libraries.
fn as_problem(mut response: Response, id: &str) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    // An HTML page describes the error itself.
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return response;
    }
    let owner = response.extensions_mut().remove::<OwnerId>();
    let problem = response.extensions_mut().remove::<Problem>().unwrap_or_else(|| Problem::of_status(status));
    let mut answer = problem.of_request(id).into_response();
    // For example Allow, Content-Range, and the headers of the security layer.
    for (name, value) in response.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING].contains(name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    if let Some(owner) = owner {
        answer.extensions_mut().insert(owner);
    }
    answer
}

/// The fields of a log line.
struct Line {
    id: String,
    /// Empty if nobody is signed in.
    owner: String,
    method: axum::http::Method,
    route: String,
    status: u16,
    code: &'static str,
    started: Instant,
    /// Until the head of the response was there.
    answered: Duration,
}

impl Line {
    fn write(&self, bytes: u64, whole: bool) {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    target: "sluice::request",
                    request_id = %self.id,
                    owner = %self.owner,
                    method = %self.method,
                    route = %self.route,
                    status = self.status,
                    code = self.code,
                    answered_ms = millis(self.answered),
                    milliseconds = millis(self.started.elapsed()),
                    bytes,
                    whole,
                    "request"
                )
            };
        }
        // Probes and scrapes come every few seconds, and are logged only if they fail.
        let is_probe = self.route.starts_with("/health/") || self.route == "/metrics";
        if is_probe && self.status < 400 { line!(debug) } else { line!(info) }
    }
}

/// A body that counts its bytes, and logs the line when it ends or is dropped early.
struct Recorded {
    body: Body,
    bytes: u64,
    /// How many there are, if the head says so.
    expected: Option<u64>,
    ended: bool,
    line: Line,
}

impl Drop for Recorded {
    fn drop(&mut self) {
        // An empty body is never polled, and one of known length not beyond its last byte, where a stream does not know that it ends.
        let whole = self.ended || self.body.is_end_stream() || self.expected == Some(self.bytes);
        self.line.write(self.bytes, whole);
    }
}

impl HttpBody for Recorded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let frame = std::task::ready!(Pin::new(&mut this.body).poll_frame(context));
        match &frame {
            None => this.ended = true,
            Some(Ok(frame)) => this.bytes += frame.data_ref().map_or(0, |data| data.len() as u64),
            Some(Err(_)) => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_forge_a_line_is_replaced() {
        let of = |text: &'static str| {
            let headers = HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_static(text))]);
            request_id(&headers)
        };
        assert_eq!(of("trace-1.2:A_b"), "trace-1.2:A_b");
        for bad in ["", "two words", "a=b", "x\"y"] {
            assert_ne!(of(bad), bad);
        }
        let long: &'static str = "a".repeat(129).leak();
        assert_ne!(of(long), long);
    }
}
