//! The endpoint for notifications of providers: whoever has the token of a provider may wake the job that waits for one of its calls.

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::StatusCode;
use sluice_app::providers::HookError;
use sluice_app::providers::open::Unacceptable;

use super::Api;
use super::extract::{Path, body};
use super::problem::Problem;

/// Most bytes of a notification.
pub(super) const LARGEST: usize = 1024 * 1024;

/// Whether this is the path of a hook. Its token decides alone: a session or another token beside it says nothing, and it comes
/// under whatever name the provider was given.
pub(super) fn is_hook(path: &str) -> bool {
    path.starts_with("/api/v1/hooks/")
}

impl From<HookError> for Problem {
    fn from(error: HookError) -> Self {
        let text = error.to_string();
        let refused =
            |code: &'static str| Self::new(StatusCode::FORBIDDEN, code, "The notification is refused", text.clone());
        match error {
            HookError::Unacceptable(Unacceptable::Unsigned) => refused("invalid_signature"),
            HookError::Unacceptable(Unacceptable::OutOfWindow) => refused("signature_expired"),
            HookError::Unacceptable(Unacceptable::Unreadable) => Self::bad_request(text),
            HookError::Provider(error) => error.into(),
        }
    }
}

/// Receives a notification of a provider. It only wakes the job that waits for the call, which then asks the provider: a repeated or
/// late one, and one of an unknown call, is accepted and changes nothing.
#[utoipa::path(post, path = "/api/v1/hooks/{provider}/{token}", operation_id = "receive_notification", tag = "providers",
    params(("provider" = String, Path), ("token" = String, Path)),
    request_body(content = Object, content_type = "application/json"),
    security(()),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn receive(
    State(api): State<Api>,
    Path((provider, token)): Path<(String, String)>,
    request: Request,
) -> Result<StatusCode, Problem> {
    // Before anything of the body is read.
    let endpoint = api.app.providers.hook_endpoint(&provider, &token)?;
    let endpoint = endpoint.ok_or_else(|| Problem::not_found("address in this API"))?;
    let headers = request.headers().clone();
    let read = Bytes::from_request(request, &()).await;
    let bytes = read.map_err(|rejection| body(rejection.status(), &rejection))?;
    endpoint.receive(&headers, &bytes).await?;
    Ok(StatusCode::NO_CONTENT)
}
