//! API tokens.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sluice_app::view::first_page;
use sluice_domain::account::Scope;
use sluice_domain::time::Timestamp;
use sluice_store::accounts::TokenRow;
use utoipa::ToSchema;

use crate::http::Api;
use crate::http::errors::invalid;
use crate::http::extract::{Json, Path, Query};
use crate::http::identity::Person;
use crate::http::paging::PageQuery;
use crate::http::problem::Problem;

/// An API token, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenView {
    #[schema(format = "uuid")]
    id: String,
    /// What it is for, in its owner's words.
    name: String,
    /// Its first characters, to recognise it by.
    shown: String,
    #[schema(value_type = Vec<String>, max_items = 4)]
    scopes: Vec<Scope>,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    /// None: until it is revoked.
    #[schema(value_type = Option<i64>)]
    expires_at: Option<Timestamp>,
    /// When it was last used, within a minute.
    #[schema(value_type = Option<i64>)]
    used_at: Option<Timestamp>,
}

impl From<TokenRow> for TokenView {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            shown: row.shown,
            scopes: row.scopes.iter().collect(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            used_at: row.used_at,
        }
    }
}

/// A new token, with its secret: it is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewToken {
    token: TokenView,
    /// For the header `Authorization: Bearer …`.
    secret: String,
}

/// What a token is for and may do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRequest {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// One or more of `read`, `write`, `admin` and `metrics`.
    #[schema(value_type = Vec<ScopeName>, inline, min_items = 1, max_items = 4)]
    scopes: Vec<String>,
    /// Days until it expires; without it, never.
    #[schema(minimum = 1, maximum = 3_650)]
    expires_in_days: Option<u32>,
}

/// The name of a scope.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes the values of a scope")]
enum ScopeName {
    Read,
    Write,
    Admin,
    Metrics,
}

/// Most days of a token.
const DAYS: u32 = 3_650;

/// A page of tokens, the latest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenPage {
    #[schema(max_items = 100)]
    items: Vec<TokenView>,
    /// The cursor of the next page; none on the last page.
    next_cursor: Option<String>,
}

/// The tokens of this account, the latest first.
#[utoipa::path(get, path = "/api/v1/tokens", operation_id = "list_tokens", tag = "accounts", params(PageQuery),
    responses((status = 200, body = TokenPage)))]
pub(crate) async fn list(
    State(api): State<Api>,
    Person(identity): Person,
    Query(query): Query<PageQuery>,
) -> Result<Json<TokenPage>, Problem> {
    let (limit, before) = query.place()?;
    let rows = api.access.accounts.tokens(&identity.owner, before.as_ref(), limit + 1).await?;
    let (rows, next_cursor) = first_page(rows, limit, |row| row.id.to_string());
    Ok(Json(TokenPage { items: rows.into_iter().map(TokenView::from).collect(), next_cursor }))
}

/// Makes a token. Its secret is in this response and nowhere else.
#[utoipa::path(post, path = "/api/v1/tokens", operation_id = "create_token", tag = "accounts", request_body = TokenRequest,
    responses((status = 201, body = NewToken), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    Person(identity): Person,
    Json(request): Json<TokenRequest>,
) -> Result<(StatusCode, Json<NewToken>), Problem> {
    let scopes = request.scopes.join(" ").parse();
    let scopes = scopes.map_err(|error| invalid("invalid_scope", format!("A scope {error}.")))?;
    let lifetime = match request.expires_in_days {
        None => None,
        Some(days @ 1..=DAYS) => Some(Duration::from_hours(24 * u64::from(days))),
        Some(_) => return Err(invalid("invalid_expiry", format!("A token lasts from 1 to {DAYS} days, or for ever."))),
    };
    let (row, secret) = api.access.accounts.make_token(&identity, &request.name, scopes, lifetime).await?;
    Ok((StatusCode::CREATED, Json(NewToken { token: row.into(), secret: secret.reveal().to_owned() })))
}

/// Revokes a token.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", operation_id = "revoke_token", tag = "accounts", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn revoke(
    State(api): State<Api>,
    Person(identity): Person,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found("token"))?;
    api.access.accounts.revoke(&identity.owner, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
