//! All error responses of the server: RFC 9457 problem details, with a stable `code` that clients switch on.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use sluice_store::StoreError;
use utoipa::ToSchema;

/// What happened and what to do, as `application/problem+json`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Identifies the kind of problem: `https://sluice.invalid/problems/<code>`; an identifier, not an address.
    #[serde(rename = "type")]
    #[schema(format = "uri")]
    kind: String,
    /// A short title; the same for each occurrence of this problem.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What happened in this case and what to do about it, for humans.
    detail: String,
    /// The stable code.
    #[schema(pattern = "^[a-z][a-z0-9_]*$")]
    code: &'static str,
    /// The request id, as in the header `X-Request-Id` and in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    request_id: Option<Box<str>>,
    /// Machine-readable details, by code (`limit_bytes`, `ocr_available`, …).
    #[serde(flatten)]
    #[schema(value_type = Object)]
    facts: Box<Map<String, Value>>,
    #[serde(skip)]
    #[schema(ignore)]
    headers: Box<HeaderMap>,
}

const INTERNAL: &str = "This is an error of the server. Try again; if the error persists, see the server's log.";

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("https://sluice.invalid/problems/{code}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            code,
            request_id: None,
            facts: Box::default(),
            headers: Box::default(),
        }
    }

    /// The same problem, with what happened in this case.
    pub(crate) fn because(mut self, detail: String) -> Self {
        self.detail = detail;
        self
    }

    /// Adds a machine-readable member.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The text for the log.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Adds its headers to those of a page that tells of it.
    pub(crate) fn copy_headers(&self, headers: &mut HeaderMap) {
        headers.extend(HeaderMap::clone(&self.headers));
    }

    pub(crate) fn of_request(mut self, id: &str) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// A problem of which only the status is known.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found("address here"),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(
                status,
                "method_not_allowed",
                "Method not allowed",
                "This address does not support that method. The Allow header lists the supported ones.",
            ),
            StatusCode::REQUEST_TIMEOUT => Self::timeout(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large("The request is larger than this address accepts."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Self::unsupported_media_type("This address does not accept a body of that type.")
            }
            status if status.is_client_error() => {
                Self { status: status.as_u16(), ..Self::bad_request("The request is invalid.") }
            }
            status => {
                Self { status: status.as_u16(), ..Self::new(status, "internal", "Internal server error", INTERNAL) }
            }
        }
    }

    pub(crate) fn timeout() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "request_timeout",
            "The request timed out",
            "The rest of the request was not received in time. Nothing was stored; send it again.",
        )
    }

    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "request_too_large", "The request is too large", detail)
    }

    pub(crate) fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Unsupported media type", detail)
    }

    /// The resource does not exist, or belongs to another owner.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "Not found",
            format!("There is no such {what}. It may have been deleted."),
        )
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", "The request cannot be understood", detail)
    }

    /// An internal error: the client learns only that; the chain of causes is logged, once.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        log(error);
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal server error", INTERNAL)
    }

    /// Others changed the same rows at the same time, each time that it was tried.
    pub(crate) fn contended(error: &StoreError) -> Self {
        log(error);
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            error.code(),
            "Too many changes of the same at once",
            "Others changed the same at the same time. Nothing was stored; try again in a moment.",
        )
        .header(header::RETRY_AFTER, HeaderValue::from_static("2"))
    }

    /// The database does not respond, or accepts no writes: a transient error.
    pub(crate) fn unavailable(error: &StoreError) -> Self {
        log(error);
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            error.code(),
            "The database is unavailable",
            "Nothing was stored. Try again later; the server's log has the cause.",
        )
        .header(header::RETRY_AFTER, HeaderValue::from_static("2"))
    }

    pub(crate) fn disk_full() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "disk_full",
            "The disk is full",
            "There is not enough space to store this. Free some space on the server, then try again; no data was lost.",
        )
    }
}

fn log(error: &dyn std::error::Error) {
    let mut chain = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        chain.push_str(": ");
        chain.push_str(&next.to_string());
        cause = next.source();
    }
    tracing::error!(error = %chain, "a request failed");
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let headers = HeaderMap::clone(&self.headers);
        let mut response = (status, headers, Json(&self)).into_response();
        // The request id is added by an outer layer: see request_log.rs.
        response.extensions_mut().insert(self);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}
