//! Limits over HTTP: whom a request counts for, the layer that counts requests, and the fields `RateLimit` and
//! `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers (2025-09).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sluice_app::account::{Identity, Proof};
use sluice_app::limits::{Asker, Exceeded, LimitError, Standing, Terms, admit};
use sluice_domain::ids::OwnerId;
use sluice_domain::limits::{Holder, Limited, Limits, Overrides, Plans};

use super::Api;
use super::forms;
use super::hooks::is_hook;
use super::identity::Signed;
use super::problem::Problem;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// The account, token and address that a limited request counts against.
pub(crate) struct Asking(pub(crate) Asker);

impl FromRequestParts<Api> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let Signed(identity) = Signed::from_request_parts(parts, api).await?;
        let address = address(api, parts.extensions.get::<ConnectInfo<SocketAddr>>(), &parts.headers);
        Ok(Self(asker(&identity, address)))
    }
}

fn asker(identity: &Identity, address: Option<String>) -> Asker {
    let (token, address) = match &identity.proof {
        Proof::Local => (None, address),
        Proof::Token(token) => (Some(token.clone()), None),
        Proof::Session(_) | Proof::Issuer(_) => (None, None),
    };
    Asker { owner: identity.owner.clone(), token, address }
}

/// The client's address that limits count against. An IPv6 client is counted by its network of 64 bits, all of which it may use.
fn address(api: &Api, peer: Option<&ConnectInfo<SocketAddr>>, headers: &HeaderMap) -> Option<String> {
    let address = api.access.client(peer.map(|peer| peer.0), headers)?;
    Some(match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    })
}

/// Whether a request counts. Those for the page's files, for media and for probes do not, nor do notifications of providers, of
/// which there are as many as there are calls.
fn counts(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with("/api/") && path != "/api/v1/health" && !is_hook(path)
}

/// The asker of a request without an identity, which counts against its address alone.
fn nobody(api: &Api, address: Option<String>) -> (Asker, Terms) {
    let mut terms = Terms::of(&api.app.platform.limits.plans, Plans::VISITOR, Overrides::default());
    terms.user = Limits::default();
    (Asker { owner: OwnerId::system(), token: None, address }, terms)
}

/// Counts a request with invalid credentials, since verifying them is work; returns their refusal, or that of the limit.
pub(crate) async fn count_refused(api: &Api, request: Request, problem: Problem) -> Response {
    if !counts(&request) {
        return problem.into_response();
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let (asker, terms) = nobody(api, address(api, peer, request.headers()));
    let platform = &api.app.platform;
    match platform.limits.requests.count(&platform.store, &terms, &asker).await {
        Ok(standings) => with(&standings, problem),
        Err(error) => {
            discard(api, request);
            Problem::from(error).into_response()
        }
    }
}

/// Counts each request to the API, and refuses it if a limit is reached.
pub(crate) async fn count(State(api): State<Api>, request: Request, next: Next) -> Response {
    if !counts(&request) {
        return next.run(request).await;
    }
    let identity = request.extensions().get::<Identity>();
    let has_account = identity.is_some_and(|identity| identity.proof != Proof::Local);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let address = if has_account { None } else { address(&api, peer, request.headers()) };
    let limiter = &api.app.platform.limits;
    let (asker, terms) = if let Some(identity) = identity {
        (asker(identity, address), Terms::of(&limiter.plans, &identity.plan, identity.limits))
    } else {
        nobody(&api, address)
    };
    match limiter.requests.count(&api.app.platform.store, &terms, &asker).await {
        Ok(standings) if standings.is_empty() => next.run(request).await,
        Ok(standings) => {
            let mut response = next.run(request).await;
            append_headers(response.headers_mut(), &standings);
            response
        }
        Err(error) => {
            discard(&api, request);
            Problem::from(error).into_response()
        }
    }
}

/// Discards the body of a refused request: a client that is still sending it would otherwise lose the response.
fn discard(api: &Api, request: Request) {
    forms::discard_later(request.into_body().into_data_stream(), api.app.library.upload_bytes);
}

/// Counts an upload by a form, before any of it is received, and returns its request.
pub(crate) async fn begin_upload(
    api: &Api,
    asker: &Asker,
    request: Request,
) -> Result<(Vec<Standing>, Request), Problem> {
    // With the form around the file, which is small.
    let bytes = request.headers().get(header::CONTENT_LENGTH);
    let bytes = bytes.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let bytes = bytes.map(|bytes| bytes.saturating_sub(forms::AROUND));
    let platform = &api.app.platform;
    let count = platform.store.write(async |tx| admit::upload(tx, &platform.limits, asker, bytes).await);
    match count.await {
        Ok(standings) => Ok((standings, request)),
        Err(error) => {
            discard(api, request);
            Err(error.into())
        }
    }
}

/// A response that tells how far limits are used.
pub(crate) fn with(standings: &[Standing], response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    append_headers(response.headers_mut(), standings);
    response
}

/// Adds the policies and what is left. Each is a list (RFC 9651), which several lines continue.
fn append_headers(headers: &mut HeaderMap, standings: &[Standing]) {
    if standings.is_empty() {
        return;
    }
    let list = |item: fn(&Standing) -> String| standings.iter().map(item).collect::<Vec<_>>().join(", ");
    for (name, text) in [(POLICY, list(policy)), (LEFT, list(left))] {
        // Policies are named by words of ours, and the rest are numbers.
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.append(name, value);
        }
    }
}

fn policy(standing: &Standing) -> String {
    let unit = match standing.limited {
        Limited::JobsAtOnce => ";qu=\"concurrent-requests\"",
        Limited::BytesKept => ";qu=\"content-bytes\"",
        _ => "",
    };
    let window = standing.seconds.map_or_else(String::new, |seconds| format!(";w={seconds}"));
    format!("\"{}\";q={}{window}{unit}", standing.policy(), standing.hard)
}

fn left(standing: &Standing) -> String {
    let time = standing.more_in.map_or_else(String::new, |time| format!(";t={}", whole_seconds(time)));
    format!("\"{}\";r={}{time}", standing.policy(), standing.left)
}

/// Rounded up, so that a client that waits this long is not too early.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl From<Exceeded> for Problem {
    fn from(exceeded: Exceeded) -> Self {
        let (code, title) = match exceeded.limited {
            Limited::Requests => ("limit_requests", "Too many requests in a short time"),
            Limited::Uploads => ("limit_uploads", "Too many files in a short time"),
            Limited::Jobs => ("limit_jobs", "Too many jobs in a short time"),
            Limited::Entries => ("limit_entries", "Too many pictures, sounds and texts in a short time"),
            Limited::Regenerations => ("limit_regenerations", "Too much is made again in a short time"),
            Limited::Retries => ("limit_retries", "Too many retries in a short time"),
            Limited::Approvals => ("limit_approvals", "Too many approvals in a short time"),
            Limited::Generations => ("limit_generations", "Too much is asked for in a short time"),
            Limited::ModelCalls => ("limit_model_calls", "The model calls of this day are used"),
            Limited::UnpricedCalls => ("limit_unpriced_calls", "The calls of unknown price of this day are used"),
            Limited::JobsAtOnce => ("limit_jobs_at_once", "Too many jobs at once"),
            Limited::BytesKept => ("limit_bytes_kept", "There is no room for more"),
            Limited::MoneyPerDay => ("limit_money_per_day", "The money of this day is spent"),
            Limited::MoneyPerMonth => ("limit_money_per_month", "The money of this month is spent"),
        };
        // A request for more than the whole quota does not fit later either: 413, not 429.
        let status = match exceeded.asked {
            Some(_) => StatusCode::PAYLOAD_TOO_LARGE,
            None => StatusCode::TOO_MANY_REQUESTS,
        };
        let standing = exceeded.standing();
        let mut problem = Self::new(status, code, title, exceeded.to_string())
            .with("limit", exceeded.limited.as_str())
            .with("holder", exceeded.holder.as_str())
            .with("hard", exceeded.hard)
            .with("used", exceeded.used)
            .with("violated-policies", vec![standing.policy()]);
        if let Some(asked) = exceeded.asked {
            problem = problem.with("asked", asked);
        }
        if let Some(at) = exceeded.frees_at {
            problem = problem.with("frees_at", at.as_millis());
        }
        if let Some(after) = exceeded.retry_after {
            let seconds = whole_seconds(after);
            problem = problem.with("retry_after_seconds", seconds).header(header::RETRY_AFTER, seconds.into());
        }
        let mut headers = HeaderMap::new();
        // Stored bytes are not shown: the number would be stale when the next job ends.
        if exceeded.holder != Holder::User || exceeded.limited != Limited::BytesKept {
            append_headers(&mut headers, &[standing]);
        }
        headers.into_iter().fold(problem, |problem, (name, value)| match name {
            Some(name) => problem.header(name, value),
            None => problem,
        })
    }
}

impl From<LimitError> for Problem {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Exceeded(exceeded) => exceeded.into(),
            LimitError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_lists_of_structured_items() {
        let requests = Standing {
            holder: Holder::User,
            limited: Limited::Requests,
            hard: 600,
            seconds: Some(60),
            left: 599,
            more_in: Some(Duration::from_millis(59_001)),
        };
        let at_once =
            Standing { limited: Limited::JobsAtOnce, hard: 2, seconds: None, left: 1, more_in: None, ..requests };
        let headers = with(&[requests, at_once], StatusCode::OK);
        let of = |name: &HeaderName| headers.headers()[name].to_str().unwrap_or_default().to_owned();
        assert_eq!(of(&POLICY), "\"user-requests\";q=600;w=60, \"user-jobs-at-once\";q=2;qu=\"concurrent-requests\"");
        assert_eq!(of(&LEFT), "\"user-requests\";r=599;t=60, \"user-jobs-at-once\";r=1");
        assert!(with(&[], StatusCode::OK).headers().is_empty());
    }
}
