//! One's own account: who one is, one's name and password, one's sessions.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use sluice_app::account::{Identity, Proof, people};
use sluice_app::view::first_page;
use sluice_domain::account::Scope;
use sluice_domain::ids::SessionId;
use sluice_domain::time::Timestamp;
use sluice_store::accounts::SessionRow;
use utoipa::ToSchema;

use super::AccountView;
use crate::http::Api;
use crate::http::cookies;
use crate::http::extract::{Json, Path, Query};
use crate::http::identity::{Person, Signed};
use crate::http::paging::PageQuery;
use crate::http::problem::Problem;

/// Whose a request is, and what it may do.
#[derive(Serialize, ToSchema)]
pub(crate) struct IdentityView {
    /// The owner of what it makes and sees.
    owner: String,
    /// None in single-user mode.
    account: Option<AccountView>,
    /// `read`, `write`, `admin`, `metrics`.
    #[schema(value_type = Vec<String>, max_items = 4)]
    scopes: Vec<Scope>,
    /// What proved it: `local`, `session`, `token` or `issuer`.
    proof: &'static str,
}

/// Who is signed in, and what this session or token may do.
#[utoipa::path(get, path = "/api/v1/account", operation_id = "show_account", tag = "accounts",
    responses((status = 200, body = IdentityView)))]
pub(crate) async fn show(State(api): State<Api>, Signed(identity): Signed) -> Result<Json<IdentityView>, Problem> {
    let account = match identity.proof {
        Proof::Local => None,
        _ => Some(api.access.accounts.account(&identity.owner).await?.into()),
    };
    Ok(Json(view(&identity, account)))
}

fn view(identity: &Identity, account: Option<AccountView>) -> IdentityView {
    let proof = match identity.proof {
        Proof::Local => "local",
        Proof::Session(_) => "session",
        Proof::Token(_) => "token",
        Proof::Issuer(_) => "issuer",
    };
    IdentityView { owner: identity.owner.to_string(), account, scopes: identity.scopes.iter().collect(), proof }
}

/// What a person changes of their own account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnChange {
    /// What the person wants to be called.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// Changes one's own name.
#[utoipa::path(patch, path = "/api/v1/account", operation_id = "change_account", tag = "accounts", request_body = OwnChange,
    responses((status = 200, body = AccountView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    State(api): State<Api>,
    Person(identity): Person,
    Json(change): Json<OwnChange>,
) -> Result<Json<AccountView>, Problem> {
    let change = people::Change { name: Some(change.name), ..people::Change::default() };
    Ok(Json(api.access.accounts.change(&identity.owner, change).await?.into()))
}

/// What deletes one's own account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leaving {
    /// The password of the account; none for one without a password, of somebody who signs in at an issuer.
    #[schema(max_length = 256)]
    password: Option<String>,
}

/// Deletes one's own account: its sessions and tokens end at once, its jobs stop, and what it owns is removed.
#[utoipa::path(delete, path = "/api/v1/account", operation_id = "leave", tag = "accounts", request_body = Leaving,
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn leave(
    State(api): State<Api>,
    Person(identity): Person,
    Json(leaving): Json<Leaving>,
) -> Result<Response, Problem> {
    api.access.accounts.leave(&identity.owner, leaving.password).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookies::none(&api.access))]).into_response())
}

/// A new password, which the present one allows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    #[schema(max_length = 256)]
    present: String,
    #[schema(min_length = 10, max_length = 256)]
    new: String,
}

/// Changes one's own password; all other sessions end.
#[utoipa::path(post, path = "/api/v1/account/password", operation_id = "change_password", tag = "accounts", request_body = PasswordChange,
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn change_password(
    State(api): State<Api>,
    person: Person,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let PasswordChange { present, new } = change;
    api.access.accounts.change_password(&person.0.owner, present, new, person.session()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A signed-in browser.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    #[schema(format = "uuid")]
    id: String,
    /// Whether it is the one that asks.
    current: bool,
    /// What the browser calls itself.
    user_agent: String,
    /// Where it signed in from.
    address: String,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    /// When it was last used, within a minute.
    #[schema(value_type = i64)]
    seen_at: Timestamp,
    /// When it ends unless it is used.
    #[schema(value_type = i64)]
    expires_at: Timestamp,
}

impl SessionView {
    fn of(row: SessionRow, current: Option<&SessionId>) -> Self {
        Self {
            current: current == Some(&row.id),
            id: row.id.to_string(),
            user_agent: row.user_agent,
            address: row.address,
            created_at: row.created_at,
            seen_at: row.seen_at,
            expires_at: row.expires_at,
        }
    }
}

/// A page of signed-in browsers, the latest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionPage {
    #[schema(max_items = 100)]
    items: Vec<SessionView>,
    /// The cursor of the next page; none on the last page.
    next_cursor: Option<String>,
}

/// The signed-in browsers of this account, the latest first.
#[utoipa::path(get, path = "/api/v1/account/sessions", operation_id = "list_sessions", tag = "accounts", params(PageQuery),
    responses((status = 200, body = SessionPage)))]
pub(crate) async fn sessions(
    State(api): State<Api>,
    person: Person,
    Query(query): Query<PageQuery>,
) -> Result<Json<SessionPage>, Problem> {
    let (limit, before) = query.place()?;
    let rows = api.access.accounts.sessions(&person.0.owner, before.as_ref(), limit + 1).await?;
    let (rows, next_cursor) = first_page(rows, limit, |row| row.id.to_string());
    let items = rows.into_iter().map(|row| SessionView::of(row, person.session())).collect();
    Ok(Json(SessionPage { items, next_cursor }))
}

/// Signs out one browser.
#[utoipa::path(delete, path = "/api/v1/account/sessions/{id}", operation_id = "end_session", tag = "accounts", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn end_session(
    State(api): State<Api>,
    Person(identity): Person,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found("session"))?;
    api.access.accounts.sign_out(&identity.owner, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many sessions ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ended {
    ended: u64,
}

/// Signs out everywhere else, and makes links that were signed before useless.
#[utoipa::path(delete, path = "/api/v1/account/sessions", operation_id = "end_sessions", tag = "accounts",
    responses((status = 200, body = Ended)))]
pub(crate) async fn end_sessions(State(api): State<Api>, person: Person) -> Result<Json<Ended>, Problem> {
    let ended = api.access.accounts.sign_out_everywhere(&person.0.owner, person.session()).await?;
    Ok(Json(Ended { ended }))
}
