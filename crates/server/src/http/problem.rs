//! Every error that leaves the server: RFC 9457 problem details, with a stable `code` that clients switch on.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use sluice_store::StoreError;
use utoipa::ToSchema;

/// What happened and what to do, as `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Identifies the kind of problem: `https://sluice.invalid/problems/<code>`; an identifier, not an address.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem in a few words; the same for each occurrence.
    title: &'static str,
    /// The HTTP status, again.
    status: u16,
    /// What happened this time and what to do, for a person.
    detail: String,
    /// The stable code.
    code: &'static str,
    /// Facts beside the text, by code (`limit_bytes`, `ocr_available`, …).
    #[serde(flatten)]
    #[schema(value_type = Object)]
    facts: Map<String, Value>,
    #[serde(skip)]
    #[schema(ignore)]
    headers: Box<HeaderMap>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("https://sluice.invalid/problems/{code}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            code,
            facts: Map::new(),
            headers: Box::default(),
        }
    }

    /// Adds a fact that a program can read.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(crate) fn not_found(what: &str) -> Self {
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

    /// The client learns that it is our fault; the chain of causes goes to the log, once.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        log(error);
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong here",
            "This is not your fault. Nothing was lost; try again, and look into the server's log if it stays.",
        )
    }

    /// The database does not answer, or takes no writes: that may pass.
    pub(crate) fn unavailable(error: &StoreError) -> Self {
        log(error);
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            error.code(),
            "The database cannot be used now",
            "Nothing was kept of this request. Try again in a while; the server's log says what is missing.",
        )
    }

    pub(crate) fn disk_full() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "disk_full",
            "The disk is full",
            "There is no space left to keep this. Free some space on the server, then try again; nothing was lost.",
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
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = HeaderMap::clone(&self.headers);
        let mut response = (status, headers, Json(self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}
