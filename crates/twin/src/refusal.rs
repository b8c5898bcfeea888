//! Errors, in the form of each provider.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::call::{Call, Provider};

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    NoKey,
    BadKey,
    /// A value is not allowed.
    Invalid {
        message: String,
        param: Option<String>,
        code: Option<&'static str>,
    },
    /// A field is missing or of the wrong kind.
    Unprocessable {
        field: &'static str,
        message: String,
    },
    NotFound(String),
    NoModel(String),
    TooLarge {
        limit: usize,
        found: usize,
    },
    UnsupportedType(String),
    NoCredits,
    Quota,
    RateLimited {
        retry_after: Option<u64>,
    },
    Moderation,
    Conflict(&'static str),
    Status(u16),
}

impl Refusal {
    /// An invalid value of no certain field.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid { message: message.into(), param: None, code: None }
    }

    /// An invalid value of a field.
    pub(crate) fn field(param: &str, message: impl Into<String>) -> Self {
        Self::Invalid { message: message.into(), param: Some(param.to_owned()), code: None }
    }

    fn status(&self) -> u16 {
        match self {
            Self::NoKey | Self::BadKey => 401,
            Self::Invalid { .. } => 400,
            Self::Unprocessable { .. } => 422,
            Self::NotFound(_) | Self::NoModel(_) => 404,
            Self::TooLarge { .. } => 413,
            Self::UnsupportedType(_) => 415,
            Self::NoCredits => 402,
            Self::Quota | Self::RateLimited { .. } => 429,
            Self::Moderation => 403,
            Self::Conflict(_) => 409,
            Self::Status(status) => *status,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoKey => "No key was given.".to_owned(),
            Self::BadKey => "Incorrect API key provided.".to_owned(),
            Self::Invalid { message, .. } | Self::Unprocessable { message, .. } | Self::NotFound(message) => {
                message.clone()
            }
            Self::NoModel(model) => format!("The model `{model}` does not exist or you do not have access to it."),
            Self::TooLarge { limit, found } => {
                format!("(413: )Maximum content size limit ({limit}) exceeded ({found} bytes read)")
            }
            Self::UnsupportedType(received) => format!("unsupported mime type {received}"),
            Self::NoCredits => "not enough credits".to_owned(),
            Self::Quota => "You exceeded your current quota, please check your plan and billing details.".to_owned(),
            Self::RateLimited { .. } => "Rate limit reached. Please try again later.".to_owned(),
            Self::Moderation => "Your request was rejected by the safety system.".to_owned(),
            Self::Conflict(message) => (*message).to_owned(),
            Self::Status(_) => "The server had an error while processing your request.".to_owned(),
        }
    }

    /// The error's status and body.
    pub(crate) fn form(&self, provider: Provider) -> (StatusCode, Value) {
        let (status, body) = match provider {
            Provider::OpenAi => openai(self),
            Provider::OpenRouter => openrouter(self),
            Provider::ElevenLabs => elevenlabs(self),
            Provider::Did => did(self),
            Provider::Vision => vision(self),
            Provider::Runner => (self.status(), json!({ "detail": self.message() })),
        };
        (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
    }

    pub(crate) fn at(&self, provider: Provider) -> Response {
        let (status, body) = self.form(provider);
        let mut response = match (provider, self) {
            (Provider::Runner, Self::NoKey | Self::BadKey) => {
                (status, [(CONTENT_TYPE, "text/plain")], "modal-http: missing credentials for proxy authorization")
                    .into_response()
            }
            // Observed: the gateway's own refusals are text.
            (Provider::Did, Self::RateLimited { .. }) => {
                (status, [(CONTENT_TYPE, "text/plain")], "Too Many Requests").into_response()
            }
            _ => (status, Json(body)).into_response(),
        };
        if let Self::RateLimited { retry_after: Some(seconds) } = self {
            response.headers_mut().insert(RETRY_AFTER, (*seconds).into());
        }
        response
    }
}

/// A refusal that a handler returns.
#[derive(Debug)]
pub(crate) struct Refused(Provider, Refusal);

impl Call {
    pub(crate) fn refuse(&self, refusal: Refusal) -> Refused {
        Refused(self.operation.provider, refusal)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.1.at(self.0)
    }
}

fn openai(refusal: &Refusal) -> (u16, Value) {
    let (status, kind, param, code) = match refusal {
        Refusal::NoKey => (401, "invalid_request_error", None, None),
        Refusal::BadKey => (401, "invalid_request_error", None, Some("invalid_api_key")),
        Refusal::Invalid { param, code, .. } => (400, "invalid_request_error", param.as_deref(), *code),
        Refusal::Unprocessable { field, .. } => (400, "invalid_request_error", Some(*field), None),
        Refusal::NoModel(_) => (404, "invalid_request_error", None, Some("model_not_found")),
        Refusal::NoCredits | Refusal::Quota => (429, "insufficient_quota", None, Some("insufficient_quota")),
        Refusal::RateLimited { .. } => (429, "requests", None, Some("rate_limit_exceeded")),
        Refusal::Moderation => (400, "image_generation_user_error", None, Some("moderation_blocked")),
        Refusal::TooLarge { .. } => (413, "server_error", None, None),
        other if other.status() >= 500 => (other.status(), "server_error", None, None),
        other => (other.status(), "invalid_request_error", None, None),
    };
    let mut body = json!({ "error": { "message": refusal.message(), "type": kind, "param": param, "code": code } });
    if let (Refusal::TooLarge { .. }, Some(body)) = (refusal, body.as_object_mut()) {
        body.insert("usage".to_owned(), json!({ "type": "duration", "seconds": 0 }));
    }
    (status, body)
}

fn openrouter(refusal: &Refusal) -> (u16, Value) {
    let (status, kind) = match refusal {
        Refusal::NoKey | Refusal::BadKey => (401, "authentication"),
        Refusal::Invalid { .. } | Refusal::Unprocessable { .. } => (400, "invalid_request"),
        Refusal::NoCredits | Refusal::Quota => (402, "payment_required"),
        Refusal::RateLimited { .. } => (429, "rate_limit_exceeded"),
        Refusal::Moderation => (403, "content_policy_violation"),
        Refusal::NotFound(_) | Refusal::NoModel(_) => (404, "not_found"),
        Refusal::TooLarge { .. } => (413, "payload_too_large"),
        other if other.status() == 503 || other.status() == 529 => (other.status(), "provider_overloaded"),
        other if other.status() == 502 => (502, "provider_unavailable"),
        other => (other.status(), "server"),
    };
    let mut metadata = json!({ "error_type": kind });
    if let (Refusal::Moderation, Some(metadata)) = (refusal, metadata.as_object_mut()) {
        metadata.insert("reasons".to_owned(), json!(["violence"]));
        metadata.insert("flagged_input".to_owned(), json!("…"));
        metadata.insert("provider_name".to_owned(), json!("Twin"));
        metadata.insert("model_slug".to_owned(), json!("twin/model"));
    }
    (status, json!({ "error": { "code": status, "message": refusal.message(), "metadata": metadata } }))
}

fn elevenlabs(refusal: &Refusal) -> (u16, Value) {
    let (status, code) = match refusal {
        Refusal::NoKey => (401, "needs_authorization"),
        Refusal::BadKey => (401, "invalid_api_key"),
        Refusal::Invalid { code, .. } => (400, code.unwrap_or("invalid_parameters")),
        Refusal::Unprocessable { field, message } => {
            let list = json!([{ "loc": ["body", field], "msg": message, "type": "missing" }]);
            return (422, json!({ "detail": list }));
        }
        Refusal::NotFound(_) => (404, "voice_not_found"),
        Refusal::NoModel(_) => (400, "model_not_found"),
        Refusal::NoCredits => (402, "payment_required"),
        Refusal::Quota => (401, "quota_exceeded"),
        Refusal::RateLimited { .. } => (429, "too_many_concurrent_requests"),
        Refusal::Moderation => (403, "content_against_policy"),
        other => (other.status(), "server_error"),
    };
    (status, json!({ "detail": { "status": code, "message": refusal.message() } }))
}

fn did(refusal: &Refusal) -> (u16, Value) {
    let (status, kind) = match refusal {
        Refusal::NoKey => return (401, json!({ "message": "Unauthorized" })),
        Refusal::BadKey => {
            return (401, json!({ "kind": "AuthorizationError", "description": "user unauthenticated" }));
        }
        Refusal::Invalid { code, .. } => (400, code.unwrap_or("ValidationError")),
        Refusal::Unprocessable { .. } => (400, "ValidationError"),
        Refusal::NotFound(_) | Refusal::NoModel(_) => (404, "NotFoundError"),
        Refusal::TooLarge { .. } => (400, "InvalidFileSizeError"),
        Refusal::UnsupportedType(received) => {
            let details =
                json!({ "received": received, "supported": ["image/jpeg", "image/png", "audio/*", "video/*"] });
            return (
                415,
                json!({ "kind": "UnsupportedMimeTypeError", "description": refusal.message(), "details": details }),
            );
        }
        Refusal::NoCredits | Refusal::Quota => (402, "InsufficientCreditsError"),
        Refusal::RateLimited { .. } => (429, "TooManyRequests"),
        Refusal::Moderation => (451, "TextModerationError"),
        Refusal::Conflict(_) => (409, "ConflictError"),
        Refusal::Status(status) => (*status, "InternalServerError"),
    };
    (status, json!({ "kind": kind, "description": refusal.message() }))
}

fn vision(refusal: &Refusal) -> (u16, Value) {
    let (code, status) = match refusal {
        Refusal::NoKey => (401, "UNAUTHENTICATED"),
        // As Google does: a wrong key is an invalid argument.
        Refusal::BadKey => {
            let message = "API key not valid. Please pass a valid API key.";
            let details = json!([{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID",
                                   "domain": "googleapis.com" }]);
            return (
                400,
                json!({ "error": { "code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": details } }),
            );
        }
        Refusal::Invalid { .. } | Refusal::Unprocessable { .. } | Refusal::TooLarge { .. } => (400, "INVALID_ARGUMENT"),
        Refusal::NoCredits | Refusal::Moderation => (403, "PERMISSION_DENIED"),
        Refusal::Quota | Refusal::RateLimited { .. } => (429, "RESOURCE_EXHAUSTED"),
        Refusal::NotFound(_) | Refusal::NoModel(_) => (404, "NOT_FOUND"),
        other if other.status() == 503 => (503, "UNAVAILABLE"),
        other => (other.status(), "INTERNAL"),
    };
    (code, json!({ "error": { "code": code, "message": refusal.message(), "status": status } }))
}
