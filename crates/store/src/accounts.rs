//! Accounts, and what proves that a request is made by one: sessions, API tokens, identities at issuers, invitations.
//!
//! Secrets are given as hashes (SHA-256, in hexadecimal). A session or token whose account is not active proves nothing:
//! the functions that look one up by its hash join the account.

use sluice_domain::account::{AccountState, Email, Role};
use sluice_domain::ids::OwnerId;
use sluice_domain::limits::Overrides;
use sluice_domain::time::Timestamp;

use crate::migrations::{Migration, Module};
use crate::sql::{Row, optional_json, parse, sql};
use crate::{StoreError, Tx, storable};

mod invitations;
mod sessions;
mod tokens;

pub use invitations::{
    InvitationRow, end_invitation, end_invitations, insert_invitation, invitation, invitation_for, invitations,
};
pub use sessions::{
    SessionRow, end_session, end_sessions, insert_session, rotate_session, session, session_lasts, sessions,
    touch_session,
};
pub use tokens::{TokenRow, insert_token, revoke_token, revoke_tokens, token, token_lasts, tokens, touch_token};

/// The tables of this file.
pub const MODULE: Module = Module {
    name: "accounts",
    migrations: &[
        Migration { name: "baseline", sql: include_str!("../migrations/accounts/0001_baseline.sql") },
        Migration { name: "limits", sql: include_str!("../migrations/accounts/0002_limits.sql") },
    ],
};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// The owner of all its rows.
    pub owner: OwnerId,
    /// Empty on a tombstone, and if an issuer vouches for somebody without an address.
    pub email: Option<Email>,
    /// What the person wants to be called.
    pub name: String,
    /// Argon2id, in PHC string format; empty if only an issuer vouches for it.
    pub password: Option<String>,
    /// What it may do.
    pub role: Role,
    /// The plan whose limits apply.
    pub plan: String,
    /// Limits of this account instead of those of the plan.
    pub limits: Overrides,
    /// Whether it can be used.
    pub state: AccountState,
    /// Links signed under an earlier epoch are refused.
    pub link_epoch: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Adds an account; false if there is one with its email address.
pub async fn insert(tx: &mut Tx, row: &AccountRow) -> Result<bool, StoreError> {
    storable::name("an account's name", &row.name)?;
    let added = sql("INSERT INTO accounts
             (owner, email, name, password, role, plan, state, link_epoch, created_at, updated_at, limits)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (email) DO NOTHING")
    .bind(row.owner.as_str())
    .bind(row.email.as_ref().map(Email::as_str))
    .bind(&row.name)
    .bind(row.password.as_deref())
    .bind(row.role.as_str())
    .bind(&row.plan)
    .bind(row.state.as_str())
    .bind(row.link_epoch)
    .bind(row.created_at.as_millis())
    .bind(row.updated_at.as_millis())
    .bind(stored(&row.limits)?)
    .execute(tx)
    .await?;
    Ok(added > 0)
}

/// An account by its owner.
pub async fn account(tx: &mut Tx, owner: &OwnerId) -> Result<Option<AccountRow>, StoreError> {
    let row = sql("SELECT * FROM accounts WHERE owner = $1").bind(owner.as_str()).optional(tx).await?;
    row.as_ref().map(account_row).transpose()
}

/// The same, locked until the transaction ends.
pub async fn locked(tx: &mut Tx, owner: &OwnerId) -> Result<Option<AccountRow>, StoreError> {
    let row = sql("SELECT * FROM accounts WHERE owner = $1 {lock}").bind(owner.as_str()).optional(tx).await?;
    row.as_ref().map(account_row).transpose()
}

/// An account by its email address.
pub async fn by_email(tx: &mut Tx, email: &Email) -> Result<Option<AccountRow>, StoreError> {
    let row = sql("SELECT * FROM accounts WHERE email = $1").bind(email.as_str()).optional(tx).await?;
    row.as_ref().map(account_row).transpose()
}

/// The next `limit` accounts that are not deleted, after an owner, by time of creation.
pub async fn list(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<AccountRow>, StoreError> {
    let rows = sql("SELECT * FROM accounts WHERE owner > $1 AND state <> 'deleted' ORDER BY owner LIMIT $2")
        .bind(after)
        .bind(limit)
        .all(tx)
        .await?;
    rows.iter().map(account_row).collect()
}

/// Whether there is any account that can be used.
pub async fn any(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(sql("SELECT 1 AS one FROM accounts WHERE state = 'active' LIMIT 1").optional(tx).await?.is_some())
}

/// The active administrators, locked, so that two of them cannot demote each other at the same time.
pub async fn administrators(tx: &mut Tx) -> Result<Vec<OwnerId>, StoreError> {
    let rows = sql("SELECT owner FROM accounts WHERE role = 'admin' AND state = 'active' ORDER BY owner {lock}");
    rows.all(tx).await?.iter().map(|row| parse(row, "owner")).collect()
}

/// Writes everything of an account that can change; false if another one has its email address.
pub async fn update(tx: &mut Tx, row: &AccountRow) -> Result<bool, StoreError> {
    storable::name("an account's name", &row.name)?;
    let changed = sql("UPDATE accounts SET email = $2, name = $3, password = $4, role = $5, plan = $6, state = $7,
             link_epoch = $8, updated_at = $9, limits = $10
         WHERE owner = $1 AND NOT EXISTS (SELECT 1 FROM accounts other WHERE other.email = $2 AND other.owner <> $1)")
    .bind(row.owner.as_str())
    .bind(row.email.as_ref().map(Email::as_str))
    .bind(&row.name)
    .bind(row.password.as_deref())
    .bind(row.role.as_str())
    .bind(&row.plan)
    .bind(row.state.as_str())
    .bind(row.link_epoch)
    .bind(row.updated_at.as_millis())
    .bind(stored(&row.limits)?)
    .execute(tx)
    .await?;
    Ok(changed > 0)
}

/// The owners whose account was deleted, and of whom something is left.
pub async fn leaving(tx: &mut Tx) -> Result<Vec<OwnerId>, StoreError> {
    let rows = sql("SELECT owner FROM accounts WHERE state = 'deleted' AND left_at IS NULL ORDER BY owner LIMIT 1000");
    rows.all(tx).await?.iter().map(|row| parse(row, "owner")).collect()
}

/// Notes that nothing is left of what a deleted account owned.
pub async fn left(tx: &mut Tx, owner: &OwnerId) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("UPDATE accounts SET left_at = $2 WHERE owner = $1 AND state = 'deleted'")
        .bind(owner.as_str())
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// Lets an issuer's subject sign in to an account. A subject that is known already stays with its account.
pub async fn link_identity(
    tx: &mut Tx,
    owner: &OwnerId,
    issuer: &str,
    subject: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    storable::name("an issuer", issuer)?;
    storable::name("a subject", subject)?;
    let added = sql("INSERT INTO identities (issuer, subject, owner, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (issuer, subject) DO NOTHING")
    .bind(issuer)
    .bind(subject)
    .bind(owner.as_str())
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(added > 0)
}

/// The account of an issuer's subject.
pub async fn by_identity(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<AccountRow>, StoreError> {
    let row = sql("SELECT accounts.* FROM identities JOIN accounts ON accounts.owner = identities.owner
         WHERE identities.issuer = $1 AND identities.subject = $2")
    .bind(issuer)
    .bind(subject)
    .optional(tx)
    .await?;
    row.as_ref().map(account_row).transpose()
}

/// Deletes up to `limit` each of the sessions, tokens and invitations that have ended; returns how many.
pub async fn delete_ended(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let mut deleted = 0;
    for table in ["sessions", "tokens", "invitations"] {
        let text = format!(
            "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
        );
        deleted += sql(text).bind(now.as_millis()).bind(limit).execute(tx).await?;
    }
    Ok(deleted)
}

/// As it is stored: empty if the plan applies as it is.
fn stored(limits: &Overrides) -> Result<Option<String>, StoreError> {
    let unwritable = |_| StoreError::NotStorable { what: "limits that are no JSON".to_owned() };
    if limits.is_empty() { Ok(None) } else { serde_json::to_string(limits).map(Some).map_err(unwritable) }
}

/// The limits of an account's row instead of those of its plan.
pub(crate) fn overrides(row: &Row) -> Result<Overrides, StoreError> {
    let Some(value) = optional_json(row, "limits")? else { return Ok(Overrides::default()) };
    serde_json::from_value(value)
        .map_err(|error| StoreError::Unreadable { what: format!("the limits of an account ({error})") })
}

fn account_row(row: &Row) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        owner: parse(row, "owner")?,
        email: optional(row, "email")?,
        name: row.get("name")?,
        password: row.get("password")?,
        role: parse(row, "role")?,
        plan: row.get("plan")?,
        limits: overrides(row)?,
        state: parse(row, "state")?,
        link_epoch: row.get("link_epoch")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
    })
}

/// An address in a column that may be empty.
fn optional(row: &Row, column: &str) -> Result<Option<Email>, StoreError> {
    match row.get::<Option<String>>(column)? {
        Some(_) => parse(row, column).map(Some),
        None => Ok(None),
    }
}
