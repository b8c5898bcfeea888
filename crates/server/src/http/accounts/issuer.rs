//! Signing in at the issuer, and coming back from it.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;

use super::pages::{Next, safe, see, signed_in};
use super::sign_in::origin;
use crate::http::identity::{Client, issuer_unavailable, vouched};
use crate::http::problem::Problem;
use crate::http::{Api, cookies};
use crate::oidc::{Attempt, FlowError, Oidc};

fn issuer(api: &Api) -> Result<&Oidc, Problem> {
    api.access.oidc.as_deref().ok_or_else(|| Problem::not_found("issuer on this server"))
}

/// Where the issuer sends people back to: under the public address, or under the one that they use now.
fn back(api: &Api, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let base = api.access.public_url.as_ref().map_or_else(|| format!("http://{host}"), ToString::to_string);
    format!("{}/auth/callback", base.trim_end_matches('/'))
}

/// Sends a person to the issuer.
pub(crate) async fn begin(
    State(api): State<Api>,
    Query(Next { next, .. }): Query<Next>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let oidc = issuer(&api)?;
    let attempt = Attempt::new();
    match oidc.begin(&attempt, &back(&api, &headers)).await {
        Ok(url) => {
            let mut response = see(&url);
            response.headers_mut().append(header::SET_COOKIE, cookies::attempt(&api.access, &attempt, safe(&next)));
            Ok(response)
        }
        Err(FlowError::NoClient) => Err(Problem::not_found("issuer on this server")),
        Err(FlowError::Issuer(error)) => Err(issuer_unavailable(&error)),
        Err(_) => Ok(failed(&api)),
    }
}

/// What the issuer sends back.
#[derive(Deserialize, Default)]
pub(crate) struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    /// Such as `access_denied`, when the person went away.
    #[serde(default)]
    error: String,
}

/// Signs in who comes back from the issuer.
pub(crate) async fn finish(
    State(api): State<Api>,
    client: Client,
    Query(answer): Query<Answer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let oidc = issuer(&api)?;
    let Some((attempt, next)) = cookies::read_attempt(&api.access, &headers) else { return Ok(failed(&api)) };
    if !answer.error.is_empty() {
        tracing::info!(error = %answer.error.escape_debug(), "the issuer signed nobody in");
        return Ok(failed(&api));
    }
    let claims = match oidc.finish(&attempt, &answer.code, &answer.state, &back(&api, &headers)).await {
        Ok(claims) => claims,
        Err(error) => {
            tracing::warn!(error = %error, "a sign-in at the issuer failed");
            return Ok(failed(&api));
        }
    };
    let accounts = &api.access.accounts;
    let Ok(account) = accounts.of_issuer(&vouched(&claims)).await else {
        return Ok(ended(&api, "/sign-in?problem=no_account_here"));
    };
    let secret = accounts.open_session(&account.owner, &origin(client, &headers)).await?;
    let mut response = signed_in(&api, &secret, safe(&next));
    response.headers_mut().append(header::SET_COOKIE, cookies::no_attempt(&api.access));
    Ok(response)
}

fn failed(api: &Api) -> Response {
    ended(api, "/sign-in?problem=sign_in_failed")
}

/// The attempt is over, however it ended: its cookie is of no more use.
fn ended(api: &Api, path: &str) -> Response {
    let mut response = see(path);
    let none: HeaderValue = cookies::no_attempt(&api.access);
    response.headers_mut().append(header::SET_COOKIE, none);
    response
}
