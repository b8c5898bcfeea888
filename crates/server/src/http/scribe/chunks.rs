//! Chunks: stored once, whatever the network does.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt as _;
use serde::Deserialize;
use sluice_app::scribe::chunk::{self, Acknowledged, Place};
use sluice_app::scribe::{CHUNK_BYTES, RecordingId, ScribeApp, live};
use sluice_domain::ids::OwnerId;
use utoipa::IntoParams;

use super::sessions::id_of;
use crate::http::extract::{Json, Path, Query};
use crate::http::identity::Owner;
use crate::http::problem::Problem;
use crate::http::{Api, Opened, forms};

/// A chunk that is longer than a hundred days was measured by a clock that jumped: the bytes are stored all the same.
const LONGEST_MS: u64 = 100 * 24 * 3_600 * 1_000;
/// The greatest number of a browser. A clock that jumps to 1970 has chunks begin decades late, one after the other all the same, so
/// that it is seen to have jumped once.
const LATEST_MS: u64 = 9_007_199_254_740_991;

/// Room for the digest of each algorithm.
const DIGESTS: usize = 1000;

/// The time that a chunk covers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Times {
    /// Where it begins, in milliseconds of its segment.
    #[param(maximum = 9_007_199_254_740_991_u64)]
    start_ms: u64,
    /// How long it is, in milliseconds.
    #[param(minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    length_ms: u64,
}

/// Stores a chunk. It is acknowledged when it is durable; the same bytes again are a duplicate, which changes nothing. Any
/// order is right.
#[utoipa::path(put, path = "/api/v1/sessions/{id}/segments/{segment}/chunks/{chunk}", operation_id = "put_chunk", tag = "sessions",
    params(("id" = String, Path), ("segment" = u32, Path), ("chunk" = u32, Path), Times,
           ("Content-Digest" = String, Header, max_length = 1000, description = "`sha-256=:…:` with the SHA-256 of the bytes in Base64 (RFC 9530).")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "At most 10,000,000 bytes."),
    responses((status = 200, description = "It was stored before.", body = Acknowledged), (status = 201, body = Acknowledged),
              (status = 404, body = Problem), (status = 408, body = Problem), (status = 409, body = Problem),
              (status = 413, body = Problem), (status = 422, body = Problem),
              (status = 429, description = "The server works on enough chunks of this session, the chunk was repeated too often, or a limit is reached: Retry-After says when the next request is accepted.", body = Problem),
              (status = 503, description = "The server works on as many chunks as its memory allows (`server_busy`, with `can_accept`), or its database is overloaded or unavailable: Retry-After says when to send the chunk again.", body = Problem),
              (status = 507, body = Problem)))]
pub(crate) async fn put(
    State(api): State<Api>,
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path((id, segment, number)): Path<(String, u32, u32)>,
    Query(times): Query<Times>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let sha256 = digest(&headers)?;
    let mut body = body.into_data_stream();
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let outcome = if announced.is_some_and(|bytes| bytes > CHUNK_BYTES) {
        Err(chunk::ChunkError::TooLarge { most: CHUNK_BYTES })
    } else {
        let (start_ms, length_ms) = (times.start_ms.min(LATEST_MS), times.length_ms.min(LONGEST_MS));
        let place = Place { segment, number, start_ms, length_ms };
        let metrics = api.metrics.clone();
        let counted = (&mut body).inspect_ok(|bytes| metrics.received(bytes.len()));
        chunk::take(&app, &owner, &id, place, sha256, announced, counted).await
    };
    match outcome {
        Ok(acknowledged) => {
            if !acknowledged.duplicate {
                wake(&api, &app, owner, id);
            }
            Ok(answer(acknowledged))
        }
        Err(error) => {
            // Closing the connection while the client is still sending would lose the answer.
            forms::discard_later(body, CHUNK_BYTES);
            Err(error.into())
        }
    }
}

/// Tells those who hear the session, without keeping the answer waiting. If this is lost, the next chunk does it.
fn wake(api: &Api, app: &ScribeApp, owner: OwnerId, id: RecordingId) {
    let (app, engine) = (app.clone(), api.app.engine.clone());
    tokio::spawn(async move {
        if let Err(error) = live::wake(&app, &engine, &owner, &id).await {
            tracing::warn!(%owner, session = %id, %error, "those who hear a session were not told of a chunk");
        }
    });
}

fn answer(acknowledged: Acknowledged) -> Response {
    let status = if acknowledged.duplicate { StatusCode::OK } else { StatusCode::CREATED };
    let mut response = (status, Json(acknowledged)).into_response();
    if !acknowledged.can_accept {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// The SHA-256 of `Content-Digest` (RFC 9530), which may name others beside it.
fn digest(headers: &HeaderMap) -> Result<[u8; 32], Problem> {
    let length: usize = headers.get_all("content-digest").iter().map(HeaderValue::len).sum();
    if length > DIGESTS {
        return Err(Problem::bad_request(format!(
            "Content-Digest has at most {DIGESTS} characters: send sha-256 alone."
        )));
    }
    let named = headers.get_all("content-digest").iter().filter_map(|value| value.to_str().ok());
    let found = named.flat_map(|value| value.split(',')).find_map(|one| {
        let encoded = one.trim().strip_prefix("sha-256=:")?.strip_suffix(':')?;
        STANDARD.decode(encoded).ok()?.try_into().ok()
    });
    found.ok_or_else(|| {
        Problem::bad_request(
            "Content-Digest is missing, or has no SHA-256: send sha-256=:…: with the digest of the bytes in Base64.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_beside_others() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("content-digest", HeaderValue::from_static(text));
            digest(&headers).ok()
        };
        let zeros = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";
        assert_eq!(read(zeros), Some([0; 32]));
        assert_eq!(read("sha-512=:AAAA:, sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"), Some([0; 32]));
        assert_eq!(read("sha-256=:AAAA:"), None);
        assert_eq!(read("sha-256=AAAA"), None);
    }
}
