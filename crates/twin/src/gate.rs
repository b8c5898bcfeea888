//! Where every request comes in: it is counted, its key is checked, and its fault is looked up.

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodRouter;
use futures::StreamExt as _;

use crate::auth;
use crate::call::{Call, Operation, Provider};
use crate::connection::Reset;
use crate::faults::Fault;
use crate::mangle::mangle;
use crate::numbers::long;
use crate::refusal::Refusal;
use crate::state::Twin;

/// The most bytes of a refused request that are read, so that its sender reads the reply instead of losing the connection.
const DRAINED: u64 = 64 * 1024 * 1024;
/// A page of an edge server.
const HTML: &str = "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head>\n<body><h1>Error</h1>\
                    <p>The web server reported an error.</p></body></html>\n";

/// Routes of a provider, each with its operation's name.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    twin: Twin,
    provider: Provider,
}

impl Gate {
    pub(crate) fn new(twin: &Twin, provider: Provider) -> Self {
        Self { twin: twin.clone(), provider }
    }

    /// The handler of an operation, behind the gate.
    pub(crate) fn guard(&self, name: &'static str, handler: MethodRouter) -> MethodRouter {
        let operation = Operation { provider: self.provider, name };
        self.twin.serves(self.provider.name(), name);
        handler.layer(from_fn_with_state((self.twin.clone(), operation), check_and_pass))
    }

    /// [`Gate::guard`] for links that are let in without a key.
    pub(crate) fn guard_link(&self, name: &'static str, handler: MethodRouter) -> MethodRouter {
        let operation = Operation { provider: self.provider, name };
        self.twin.serves(self.provider.name(), name);
        handler.layer(from_fn_with_state((self.twin.clone(), operation), pass))
    }
}

async fn check_and_pass(state: State<(Twin, Operation)>, request: Request, next: Next) -> Response {
    let State((twin, operation)) = &state;
    let provider = operation.provider;
    if let Err(refusal) = auth::check(provider, request.headers(), request.uri()) {
        twin.count(provider.name(), operation.name);
        drain(request).await;
        return refusal.at(provider);
    }
    pass(state, request, next).await
}

async fn pass(State((twin, operation)): State<(Twin, Operation)>, mut request: Request, next: Next) -> Response {
    let provider = operation.provider;
    twin.count(provider.name(), operation.name);
    let fault = twin.fault_of(provider.name(), operation.name);
    let reset = request.extensions().get::<Reset>().cloned().unwrap_or_default();
    if let Some(fault) = &fault
        && let Some(instead) = instead(fault, provider)
    {
        drain(request).await;
        return match instead {
            Instead::Response(response) => response,
            Instead::Reset => match reset.now().await {},
        };
    }
    let idempotency_key =
        request.headers().get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let call = Call { twin: twin.clone(), operation, fault: fault.clone(), idempotency_key };
    request.extensions_mut().insert(call);
    let response = next.run(request).await;
    let response = match fault {
        Some(fault) => mangle(response, &fault, provider, &reset).await,
        None => response,
    };
    with_headers(response, &twin, provider)
}

/// What answers instead of the provider.
enum Instead {
    Response(Response),
    Reset,
}

/// The faults of requests that never begin: nothing is done, nothing is charged.
fn instead(fault: &Fault, provider: Provider) -> Option<Instead> {
    let refusal = match fault {
        Fault::RateLimit { quota: true, .. } => Refusal::Quota,
        Fault::RateLimit { retry_after, .. } => Refusal::RateLimited { retry_after: *retry_after },
        Fault::Status { status } => Refusal::Status(*status),
        Fault::Unauthorized => Refusal::BadKey,
        Fault::Moderation => Refusal::Moderation,
        Fault::NoCredits => Refusal::NoCredits,
        Fault::ResetBefore => return Some(Instead::Reset),
        Fault::Html { status } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            return Some(Instead::Response(
                (status, [(CONTENT_TYPE, "text/html; charset=UTF-8")], HTML).into_response(),
            ));
        }
        Fault::Redirect { to } => {
            let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
            response.headers_mut().insert(LOCATION, HeaderValue::from_str(to).ok()?);
            return Some(Instead::Response(response));
        }
        _ => return None,
    };
    Some(Instead::Response(refusal.at(provider)))
}

async fn drain(request: Request) {
    let mut body = request.into_body().into_data_stream();
    let mut read = 0;
    while read < DRAINED {
        let Some(Ok(bytes)) = body.next().await else { return };
        read += long(bytes.len());
    }
}

/// The headers that the provider adds to every reply.
fn with_headers(mut response: Response, twin: &Twin, provider: Provider) -> Response {
    let mut add = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().entry(name).or_insert(value);
        }
    };
    match provider {
        Provider::OpenAi => {
            add("x-request-id", &twin.id("req_"));
            add("openai-version", "2020-10-01");
            add("openai-processing-ms", "12");
            add("x-ratelimit-limit-requests", "10000");
            add("x-ratelimit-remaining-requests", "9999");
            add("x-ratelimit-reset-requests", "6m0s");
            add("x-ratelimit-limit-tokens", "2000000");
            add("x-ratelimit-remaining-tokens", "1999000");
            add("x-ratelimit-reset-tokens", "7.66s");
        }
        Provider::ElevenLabs => {
            add("request-id", &twin.id(""));
            add("current-concurrent-requests", "1");
            add("maximum-concurrent-requests", "10");
        }
        _ => {}
    }
    response
}
