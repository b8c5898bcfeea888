//! Changes as server-sent events (WHATWG HTML, 9.2). The id of an event is its position in the stored log, so that a
//! client that reconnects with `Last-Event-ID` misses nothing.

use std::convert::Infallible;
use std::time::Duration;

use async_stream::stream;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use sluice_app::account::Identity;
use sluice_domain::ids::OwnerId;
use sluice_store::{StoreError, events};
use tokio::time::{Instant, MissedTickBehavior};
use utoipa::IntoParams;

use super::Api;
use super::bounds::{COUNTED, Integer};
use super::extract::Query;
use super::feed::{Listener, Next};
use super::identity::Signed;
use super::problem::Problem;
use super::snapshot::PresentState;

/// Proxies close connections that are idle for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often it is asked whether the session or token of a stream still holds.
const CHECK: Duration = Duration::from_secs(10);

#[derive(Deserialize, IntoParams)]
pub(crate) struct EventsQuery {
    /// As the header `Last-Event-ID`, for clients that cannot set it.
    #[param(value_type = Option<i64>, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    last_event_id: Option<Integer<0, COUNTED>>,
}

/// Events as they happen: `job.changed` (`job_id`, `subject`, `state`, `stage`), those of the apps, such as
/// `reel.changed` (`subject` is the id of what changed), and `limit.near` (a soft limit is reached: `limit`, `holder`, `used`,
/// `soft`, `hard`, `until`). Without a last id the stream starts with new events.
///
/// The first event is `hello`, with the position from which the stream continues; or `reset`, if events after the last id are
/// no longer kept or the id is unknown here. The data of `reset` are a `PresentState`: the present state, so that a client
/// replaces what it knows and continues from there. A comment every 15 seconds keeps an idle connection open. The stream ends with
/// the session, token or account that it was opened with, within ten seconds.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "stream_events", tag = "events", params(EventsQuery,
    ("Last-Event-ID" = Option<i64>, Header, description = "Replays the events after this one")),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(crate) async fn stream(
    Signed(identity): Signed,
    State(api): State<Api>,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let owner = identity.owner.clone();
    // A header that is no number is a position that this log has never had.
    let header = headers.get("last-event-id").map(|value| value.to_str().ok().and_then(number).unwrap_or(i64::MAX));
    let asked = header.or(query.last_event_id.map(|id| id.0));
    let (last, first) = api
        .app
        .platform
        .store
        .read(async |tx| Ok::<_, StoreError>((events::last(tx, &owner).await?, events::first(tx, &owner).await?)))
        .await?;
    // A position beyond the end is from another database; one before the beginning has been deleted by retention.
    let missed = asked.is_some_and(|asked| asked > last || first.map_or(asked < last, |first| asked + 1 < first));
    let start = if missed { last } else { asked.unwrap_or(last) };
    let listener = api.feed.listen(owner.clone(), start, last);
    let opening = if missed { reset(&api, &owner, start).await? } else { marker("hello", start).data("{}") };
    let body = Sse::new(follow(api, identity, listener, opening)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    let mut response = body.into_response();
    let fixed = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, fixed);
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

fn number(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

fn marker(name: &str, place: i64) -> Event {
    Event::default().event(name).id(place.to_string())
}

/// The present state, which is at least as new as `place`: what happened after that follows, and may be part of it already.
async fn reset(api: &Api, owner: &OwnerId, place: i64) -> Result<Event, StoreError> {
    let state = PresentState::read(&api.app, owner).await?;
    let data = serde_json::to_string(&state)
        .map_err(|error| StoreError::Unreadable { what: format!("a snapshot ({error})") })?;
    Ok(marker("reset", place).data(data))
}

fn follow(
    api: Api,
    identity: Identity,
    mut listener: Listener,
    opening: Event,
) -> impl futures::Stream<Item = Result<Event, Infallible>> {
    stream! {
        let mut checks = tokio::time::interval_at(Instant::now() + CHECK, CHECK);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Sent at once, so that a client knows that it is connected and its position.
        yield Ok(opening);
        'connected: loop {
            let next = tokio::select! {
                next = listener.next() => next,
                () = api.stopping.cancelled() => break,
                _ = checks.tick() => {
                    if ended(&api, &identity).await {
                        break;
                    }
                    continue;
                }
            };
            let batch = match next {
                Ok(batch) => batch,
                Err(error) => {
                    tracing::warn!(%error, "an event stream ends; its client reconnects");
                    break;
                }
            };
            for next in batch {
                match next {
                    Next::Event(event) => yield Ok(encode(&event)),
                    Next::Reset(place) => match reset(&api, &identity.owner, place).await {
                        Ok(event) => yield Ok(event),
                        // Its client asks again from its position, and is reset then.
                        Err(error) => {
                            tracing::warn!(%error, "an event stream ends, because there is no snapshot");
                            break 'connected;
                        }
                    },
                }
            }
        }
    }
}

/// Whether what proved whose a stream is has ended. A database that cannot be asked ends no stream.
async fn ended(api: &Api, identity: &Identity) -> bool {
    match api.access.accounts.still_holds(identity).await {
        Ok(holds) => !holds,
        Err(error) => {
            tracing::warn!(%error, "whether an event stream may go on is asked again later");
            false
        }
    }
}

fn encode(event: &events::Event) -> Event {
    let mut data = match &event.data {
        Value::Object(fields) => fields.clone(),
        _ => serde_json::Map::new(),
    };
    if event.kind == "job.changed" {
        data.insert("job_id".to_owned(), json!(event.subject));
    } else {
        data.insert("subject".to_owned(), json!(event.subject));
    }
    Event::default().id(event.seq.to_string()).event(event.kind.as_str()).data(Value::Object(data).to_string())
}
