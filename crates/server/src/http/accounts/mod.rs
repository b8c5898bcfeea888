//! Accounts over HTTP: sign-in, one's own account, tokens and sessions, and what administrators do.

pub(super) mod admin;
pub(super) mod errors;
pub(super) mod issuer;
pub(super) mod own;
pub(super) mod pages;
pub(super) mod sign_in;
pub(super) mod tokens;
mod words;

use serde::Serialize;
use sluice_domain::account::{AccountState, Role};
use sluice_domain::time::Timestamp;
use sluice_store::accounts::AccountRow;
use utoipa::ToSchema;

/// An account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountView {
    /// The owner of everything that it has.
    id: String,
    email: Option<String>,
    /// What the person wants to be called.
    name: String,
    /// `admin` or `member`.
    #[schema(value_type = String)]
    role: Role,
    /// The plan whose limits apply.
    plan: String,
    /// `active` or `suspended`.
    #[schema(value_type = String)]
    state: AccountState,
    #[schema(value_type = i64)]
    created_at: Timestamp,
}

impl From<AccountRow> for AccountView {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.owner.to_string(),
            email: row.email.map(String::from),
            name: row.name,
            role: row.role,
            plan: row.plan,
            state: row.state,
            created_at: row.created_at,
        }
    }
}
