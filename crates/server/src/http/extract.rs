//! axum's extractors, with rejections as problems. Handlers use these instead of axum's own.

use std::error::Error as StdError;

use axum::body::Bytes;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::IntoParams;

use super::bounds::NAME;
use super::pace::TooSlow;
use super::problem::Problem;

/// A JSON body, of a request or a response.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    /// Serde accepts an array in place of an object, with the fields in order, and refuses `5.0` as an integer, which it is in
    /// JSON.
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let axum::Json(mut value) = axum::Json::<Value>::from_request(request, state).await?;
        if value.is_array() {
            return Err(Problem::bad_request("Send a JSON object, with the names of its fields."));
        }
        write_integers(&mut value);
        serde_json::from_value(value).map(Self).map_err(|error| Problem::bad_request(error.to_string()))
    }
}

/// Gives numbers without a fraction the form of integers.
fn write_integers(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(write_integers),
        Value::Object(fields) => fields.values_mut().for_each(write_integers),
        Value::Number(number) if number.is_f64() => {
            // Beyond 2^53 a float is no exact integer.
            let whole = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0);
            if let Some(integer) = whole.and_then(|float| format!("{float:.0}").parse::<i64>().ok()) {
                *value = integer.into();
            }
        }
        _ => {}
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Requires a request without a body, since its content would be ignored silently. `{}`, which some clients send with every
/// request, is accepted.
pub(crate) struct NoBody;

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    /// A body that is too long or breaks off is refused like any other.
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Bytes::from_request(request, state).await {
            Ok(body) if says_nothing(&body) => Ok(Self),
            Err(rejection) if timed_out(&rejection) => Err(Problem::timeout()),
            _ => Err(Problem::bad_request(
                "This address takes no body: what it says would be ignored. Nothing was done; send the request without it.",
            )),
        }
    }
}

fn says_nothing(body: &[u8]) -> bool {
    let is_empty_object = |value: Value| matches!(value, Value::Object(fields) if fields.is_empty());
    body.trim_ascii().is_empty() || serde_json::from_slice(body).is_ok_and(is_empty_object)
}

/// The key of draft-ietf-httpapi-idempotency-key-header; the quotes are optional.
#[derive(Debug, Clone, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct IdempotencyKey {
    /// A repeated key returns what its first request made. From 1 to 255 visible ASCII characters, with or without quotes.
    #[param(
        rename = "Idempotency-Key",
        nullable = false,
        min_length = 1,
        max_length = 257,
        pattern = r#"^"?[!#-~]{1,255}"?$"#
    )]
    pub(crate) key: Option<String>,
}

impl IdempotencyKey {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let Some(value) = headers.get("idempotency-key") else { return Ok(Self { key: None }) };
        let text = value.to_str().unwrap_or_default();
        let key = text.strip_prefix('"').unwrap_or(text);
        let key = key.strip_suffix('"').unwrap_or(key);
        if !(1..=255).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"') {
            return Err(Problem::bad_request("Idempotency-Key must have 1 to 255 visible characters of ASCII."));
        }
        Ok(Self { key: Some(key.to_owned()) })
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.headers)
    }
}

/// The path parameters. An overlong one is not found.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let nothing = || Problem::not_found("address in this API");
        let names = RawPathParams::from_request_parts(parts, state).await.map_err(|_| nothing())?;
        if names.iter().any(|(_, name)| name.chars().count() > NAME) {
            return Err(nothing());
        }
        Ok(Self(axum::extract::Path::from_request_parts(parts, state).await?.0))
    }
}

/// The query parameters.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(crate) struct Query<T>(pub(crate) T);

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::MissingJsonContentType(_) => {
                Self::unsupported_media_type("Send the body as application/json.")
            }
            JsonRejection::JsonDataError(error) => Self::bad_request(innermost(&error)),
            JsonRejection::JsonSyntaxError(error) => Self::bad_request(innermost(&error)),
            JsonRejection::BytesRejection(error) => body(error.status(), &error),
            other => Self::of_status(other.status()),
        }
    }
}

impl From<PathRejection> for Problem {
    /// A path that does not parse is not found.
    fn from(rejection: PathRejection) -> Self {
        match rejection {
            PathRejection::FailedToDeserializePathParams(_) => Self::not_found("address in this API"),
            other => Self::of_status(other.status()),
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(innermost(&rejection))
    }
}

/// Why a body could not be read completely.
pub(crate) fn body(status: StatusCode, error: &(dyn StdError + 'static)) -> Problem {
    if timed_out(error) {
        return Problem::timeout();
    }
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::too_large("The request's body is longer than this address accepts. Send less.")
        }
        _ => Problem::bad_request("The request body is incomplete. Nothing was stored; send it again."),
    }
}

/// Whether a body paused for too long or was sent too slowly, which is said somewhere in the chain of causes.
pub(crate) fn timed_out(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| cause.is::<tower_http::timeout::TimeoutError>() || cause.is::<TooSlow>())
}

/// An error followed by its chain of causes.
pub(crate) fn causes<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error: &&'e (dyn StdError + 'static)| error.source())
}

/// The cause that names the invalid field.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    causes(error).last().map_or_else(String::new, ToString::to_string)
}
