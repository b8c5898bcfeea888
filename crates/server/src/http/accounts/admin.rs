//! What administrators do: accounts and invitations.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sluice_app::account::people;
use sluice_app::view::first_page;
use sluice_domain::account::{AccountState, Role};
use sluice_domain::ids::{InvitationId, OwnerId};
use sluice_domain::time::Timestamp;
use sluice_store::accounts::InvitationRow;
use utoipa::{IntoParams, ToSchema};

use super::AccountView;
use super::sign_in::{SignUpRequest, email};
use crate::http::Api;
use crate::http::errors::invalid;
use crate::http::extract::{Json, Path, Query};
use crate::http::identity::Admin;
use crate::http::paging::{Limit, PageQuery, Text};
use crate::http::problem::Problem;

/// A page of accounts, the oldest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountPage {
    #[schema(max_items = 100)]
    items: Vec<AccountView>,
    /// The cursor of the next page; none on the last page.
    next_cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountsQuery {
    /// Page size.
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `next_cursor` of the previous page.
    #[param(value_type = Option<String>, max_length = 200)]
    cursor: Option<Text<200>>,
}

/// The accounts of this installation.
#[utoipa::path(get, path = "/api/v1/admin/accounts", operation_id = "list_accounts", tag = "administration", params(AccountsQuery),
    responses((status = 200, body = AccountPage)))]
pub(crate) async fn list(
    State(api): State<Api>,
    _: Admin,
    Query(query): Query<AccountsQuery>,
) -> Result<Json<AccountPage>, Problem> {
    let after = query.cursor.map_or_else(String::new, |cursor| cursor.0);
    let limit = query.limit.get();
    let mut rows = api.access.accounts.people(&after, limit + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next_cursor = rows.last().filter(|_| more).map(|row| row.owner.to_string());
    Ok(Json(AccountPage { items: rows.into_iter().map(AccountView::from).collect(), next_cursor }))
}

/// Makes an account, without an invitation.
#[utoipa::path(post, path = "/api/v1/admin/accounts", operation_id = "add_account", tag = "administration", request_body = AddRequest,
    responses((status = 201, body = AccountView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add(
    State(api): State<Api>,
    _: Admin,
    Json(request): Json<AddRequest>,
) -> Result<(StatusCode, Json<AccountView>), Problem> {
    let role = role(request.role.as_deref())?;
    let (email, name, password) = (request.email, request.name, request.password);
    let (new, _) = SignUpRequest { email, name, password, invitation: None }.account()?;
    Ok((StatusCode::CREATED, Json(api.access.accounts.add(new, role).await?.into())))
}

/// An account that an administrator makes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddRequest {
    #[schema(max_length = 254)]
    email: String,
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[schema(min_length = 10, max_length = 256)]
    password: String,
    /// `admin` or `member`, which is the default.
    #[schema(pattern = "^(admin|member)$")]
    role: Option<String>,
}

fn role(text: Option<&str>) -> Result<Role, Problem> {
    let Some(text) = text else { return Ok(Role::Member) };
    text.parse().map_err(|error| invalid("invalid_role", format!("A role {error}.")))
}

/// An account's id: of another form it names nothing.
fn owner(text: &str) -> Result<OwnerId, Problem> {
    text.parse().map_err(|_| Problem::not_found("account"))
}

/// An account.
#[utoipa::path(get, path = "/api/v1/admin/accounts/{owner}", operation_id = "show_any_account", tag = "administration", params(("owner" = String, Path)),
    responses((status = 200, body = AccountView), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(api): State<Api>,
    _: Admin,
    Path(id): Path<String>,
) -> Result<Json<AccountView>, Problem> {
    Ok(Json(api.access.accounts.account(&owner(&id)?).await?.into()))
}

/// What is to be changed of an account; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountChange {
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// `admin` or `member`.
    #[schema(pattern = "^(admin|member)$")]
    role: Option<String>,
    /// `active` or `suspended`, which signs out everywhere at once.
    #[schema(pattern = "^(active|suspended)$")]
    state: Option<String>,
    /// The plan whose limits apply.
    #[schema(min_length = 1, max_length = 100)]
    plan: Option<String>,
    /// A new password, for somebody who forgot it; it signs out everywhere.
    #[schema(min_length = 10, max_length = 256)]
    password: Option<String>,
}

/// Changes an account.
#[utoipa::path(patch, path = "/api/v1/admin/accounts/{owner}", operation_id = "change_any_account", tag = "administration", params(("owner" = String, Path)),
    request_body = AccountChange,
    responses((status = 200, body = AccountView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    State(api): State<Api>,
    _: Admin,
    Path(id): Path<String>,
    Json(change): Json<AccountChange>,
) -> Result<Json<AccountView>, Problem> {
    let id = owner(&id)?;
    let accounts = &api.access.accounts;
    let state = change.state.as_deref().map(str::parse::<AccountState>).transpose();
    let state = state.map_err(|error| invalid("invalid_state", format!("A state {error}.")))?;
    let role = change.role.as_deref().map(|text| role(Some(text))).transpose()?;
    let wanted = people::Change { name: change.name, role, state, plan: change.plan };
    let row = accounts.change(&id, wanted).await?;
    if let Some(password) = change.password {
        accounts.set_password(&id, password, None).await?;
    }
    Ok(Json(row.into()))
}

/// Deletes an account: nobody can sign in, its jobs stop, and what it owns is removed.
#[utoipa::path(delete, path = "/api/v1/admin/accounts/{owner}", operation_id = "delete_account", tag = "administration", params(("owner" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn delete(State(api): State<Api>, _: Admin, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    api.access.accounts.delete(&owner(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An invitation, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationView {
    #[schema(format = "uuid")]
    id: String,
    /// The only address that may use it; none: any.
    email: Option<String>,
    /// `admin` or `member`.
    #[schema(value_type = String)]
    role: Role,
    plan: String,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    #[schema(value_type = i64)]
    expires_at: Timestamp,
}

impl From<InvitationRow> for InvitationView {
    fn from(row: InvitationRow) -> Self {
        Self {
            id: row.id.to_string(),
            email: row.email.map(String::from),
            role: row.role,
            plan: row.plan,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// A new invitation, with its link: it is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewInvitation {
    invitation: InvitationView,
    /// The path of the page where it is used, under this server's address.
    link: String,
}

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationRequest {
    /// The only address that may use it.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// `admin` or `member`, which is the default.
    #[schema(pattern = "^(admin|member)$")]
    role: Option<String>,
}

/// A page of invitations, the latest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationPage {
    #[schema(max_items = 100)]
    items: Vec<InvitationView>,
    /// The cursor of the next page; none on the last page.
    next_cursor: Option<String>,
}

/// The invitations that can be used, the latest first.
#[utoipa::path(get, path = "/api/v1/admin/invitations", operation_id = "list_invitations", tag = "administration", params(PageQuery),
    responses((status = 200, body = InvitationPage)))]
pub(crate) async fn invitations(
    State(api): State<Api>,
    _: Admin,
    Query(query): Query<PageQuery>,
) -> Result<Json<InvitationPage>, Problem> {
    let (limit, before) = query.place()?;
    let rows = api.access.accounts.invitations(before.as_ref(), limit + 1).await?;
    let (rows, next_cursor) = first_page(rows, limit, |row| row.id.to_string());
    Ok(Json(InvitationPage { items: rows.into_iter().map(InvitationView::from).collect(), next_cursor }))
}

/// Invites somebody: give them the link.
#[utoipa::path(post, path = "/api/v1/admin/invitations", operation_id = "invite", tag = "administration", request_body = InvitationRequest,
    responses((status = 201, body = NewInvitation), (status = 422, body = Problem)))]
pub(crate) async fn invite(
    State(api): State<Api>,
    Admin(identity): Admin,
    Json(request): Json<InvitationRequest>,
) -> Result<(StatusCode, Json<NewInvitation>), Problem> {
    let email = request.email.as_deref().map(email).transpose()?;
    let role = role(request.role.as_deref())?;
    let (row, secret) = api.access.accounts.invite(&identity.owner, email, role).await?;
    let link = super::pages::join_path(&secret);
    Ok((StatusCode::CREATED, Json(NewInvitation { invitation: row.into(), link })))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/api/v1/admin/invitations/{id}", operation_id = "uninvite", tag = "administration", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn uninvite(State(api): State<Api>, _: Admin, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let id: InvitationId = id.parse().map_err(|_| Problem::not_found("invitation"))?;
    api.access.accounts.uninvite(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}
