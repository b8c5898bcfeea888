//! Sign-in, sign-up and sign-out for the page and for programs.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use sluice_app::account::entry::NewAccount;
use sluice_app::account::sign_in::From as Origin;
use sluice_domain::account::Email;
use utoipa::ToSchema;

use super::AccountView;
use crate::http::Api;
use crate::http::cookies;
use crate::http::errors::invalid;
use crate::http::extract::Json;
use crate::http::identity::{Client, Person};
use crate::http::problem::Problem;

/// An email address and its password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    #[schema(max_length = 254)]
    email: String,
    #[schema(max_length = 256)]
    password: String,
}

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUpRequest {
    #[schema(max_length = 254)]
    pub(super) email: String,
    /// What the person wants to be called.
    #[schema(max_length = 100)]
    pub(super) name: String,
    #[schema(min_length = 10, max_length = 256)]
    pub(super) password: String,
    /// The secret of an invitation, if one is needed.
    #[schema(max_length = 100)]
    pub(super) invitation: Option<String>,
}

impl SignUpRequest {
    pub(super) fn account(self) -> Result<(NewAccount, Option<String>), Problem> {
        let new = NewAccount { email: email(&self.email)?, name: self.name, password: self.password };
        Ok((new, self.invitation))
    }
}

pub(super) fn email(text: &str) -> Result<Email, Problem> {
    text.parse().map_err(|_| invalid("invalid_email", "An email address looks like ada@example.org.".to_owned()))
}

/// Where a request comes from, as a session remembers it.
pub(super) fn origin(client: Client, headers: &HeaderMap) -> Origin {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Origin { address: client.0, user_agent: agent.to_owned() }
}

/// Signs in: the response sets the cookie of a session, which a browser sends by itself. Programs use tokens instead.
#[utoipa::path(post, path = "/api/v1/session", operation_id = "sign_in", tag = "accounts", security(()), request_body = Credentials,
    responses((status = 200, body = AccountView), (status = 401, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    client: Client,
    headers: HeaderMap,
    Json(credentials): Json<Credentials>,
) -> Result<Response, Problem> {
    let email = email(&credentials.email)?;
    let from = origin(client, &headers);
    let (account, secret) = api.access.accounts.sign_in(&email, credentials.password, &from).await?;
    let cookie = [(header::SET_COOKIE, cookies::session(&api.access, &secret))];
    Ok((cookie, Json(AccountView::from(account))).into_response())
}

/// Signs out, on this browser.
#[utoipa::path(delete, path = "/api/v1/session", operation_id = "sign_out", tag = "accounts", responses((status = 204)))]
pub(crate) async fn end(State(api): State<Api>, person: Person) -> Result<Response, Problem> {
    if let Some(session) = person.session() {
        api.access.accounts.sign_out(&person.0.owner, session).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookies::none(&api.access))]).into_response())
}

/// Makes an account, with an invitation or without one where sign-up is open, and signs in.
#[utoipa::path(post, path = "/api/v1/accounts", operation_id = "sign_up", tag = "accounts", security(()), request_body = SignUpRequest,
    responses((status = 201, body = AccountView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn sign_up(
    State(api): State<Api>,
    client: Client,
    headers: HeaderMap,
    Json(request): Json<SignUpRequest>,
) -> Result<Response, Problem> {
    let (new, invitation) = request.account()?;
    let from = origin(client, &headers);
    let account = api.access.accounts.sign_up(new, invitation.as_deref(), &from).await?;
    let secret = api.access.accounts.open_session(&account.owner, &from).await?;
    let cookie = [(header::SET_COOKIE, cookies::session(&api.access, &secret))];
    Ok((StatusCode::CREATED, cookie, Json(AccountView::from(account))).into_response())
}
