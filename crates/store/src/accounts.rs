//! Accounts, and what proves that a request is made by one: sessions, API tokens, identities at issuers, invitations.
//!
//! Secrets are given as hashes (SHA-256, in hexadecimal). A session or token whose account is not active proves nothing:
//! the functions that look one up by its hash join the account.

use sluice_domain::account::{AccountState, Email, Role, Scopes};
use sluice_domain::ids::{OwnerId, SessionId, TokenId};
use sluice_domain::limits::Overrides;
use sluice_domain::time::Timestamp;

use crate::migrations::{Migration, Module};
use crate::sql::{Row, optional_json, parse, sql};
use crate::{StoreError, Tx, storable};

mod invitations;

pub use invitations::{
    InvitationRow, end_invitation, end_invitations, insert_invitation, invitation, invitation_for, invitations,
};

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

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// As it is listed.
    pub id: SessionId,
    /// Its owner.
    pub owner: OwnerId,
    /// Hash of its secret.
    pub hash: String,
    /// Hash of the secret before the last rotation.
    pub previous_hash: Option<String>,
    /// When the secret last changed.
    pub rotated_at: Timestamp,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Where it signed in from.
    pub address: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last used, within a minute.
    pub seen_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
}

/// Adds a session.
pub async fn insert_session(tx: &mut Tx, row: &SessionRow) -> Result<(), StoreError> {
    sql("INSERT INTO sessions
             (id, owner, hash, previous_hash, rotated_at, user_agent, address, created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(&row.hash)
    .bind(row.previous_hash.as_deref())
    .bind(row.rotated_at.as_millis())
    .bind(storable::cut(&row.user_agent, storable::NAME_LIMIT))
    .bind(storable::cut(&row.address, storable::NAME_LIMIT))
    .bind(row.created_at.as_millis())
    .bind(row.seen_at.as_millis())
    .bind(row.expires_at.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}

/// The session of a secret, and its account, if both can be used at `now`. The secret before the last rotation is accepted
/// if that happened after `rotated_after`.
pub async fn session(
    tx: &mut Tx,
    hash: &str,
    now: Timestamp,
    rotated_after: Timestamp,
) -> Result<Option<(SessionRow, AccountRow)>, StoreError> {
    let found = sql("SELECT * FROM sessions WHERE expires_at > $2
         AND (hash = $1 OR (previous_hash = $1 AND rotated_at > $3))")
    .bind(hash)
    .bind(now.as_millis())
    .bind(rotated_after.as_millis())
    .optional(tx)
    .await?;
    let Some(session) = found.as_ref().map(session_row).transpose()? else { return Ok(None) };
    let account = account(tx, &session.owner).await?.filter(|account| account.state == AccountState::Active);
    Ok(account.map(|account| (session, account)))
}

/// Gives a session a new secret, once: false if it has another one by now.
pub async fn rotate_session(
    tx: &mut Tx,
    id: &SessionId,
    old: &str,
    new: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let changed = sql(
        "UPDATE sessions
         SET hash = $3, previous_hash = $2, rotated_at = $4, seen_at = $4, expires_at = $5 WHERE id = $1 AND hash = $2",
    )
    .bind(id.as_str())
    .bind(old)
    .bind(new)
    .bind(now.as_millis())
    .bind(expires_at.as_millis())
    .execute(tx)
    .await?;
    Ok(changed > 0)
}

/// Notes that a session is in use.
pub async fn touch_session(
    tx: &mut Tx,
    id: &SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    sql("UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE id = $1 AND seen_at < $2")
        .bind(id.as_str())
        .bind(now.as_millis())
        .bind(expires_at.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// The sessions of an owner that have not ended, the latest sign-in first: `limit` at most, of those before `before`.
pub async fn sessions(
    tx: &mut Tx,
    owner: &OwnerId,
    now: Timestamp,
    before: Option<&SessionId>,
    limit: u32,
) -> Result<Vec<SessionRow>, StoreError> {
    let rows = sql("SELECT * FROM sessions WHERE owner = $1 AND expires_at > $2 AND ($3 = '' OR id < $3)
         ORDER BY id DESC LIMIT $4")
    .bind(owner.as_str())
    .bind(now.as_millis())
    .bind(before.map_or("", SessionId::as_str))
    .bind(limit)
    .all(tx)
    .await?;
    rows.iter().map(session_row).collect()
}

/// Whether an owner has this session, and it has not ended.
pub async fn session_lasts(tx: &mut Tx, owner: &OwnerId, id: &SessionId, now: Timestamp) -> Result<bool, StoreError> {
    let row = sql("SELECT 1 AS one FROM sessions WHERE id = $1 AND owner = $2 AND expires_at > $3")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(now.as_millis());
    Ok(row.optional(tx).await?.is_some())
}

/// Ends a session of an owner; false if there is none.
pub async fn end_session(tx: &mut Tx, owner: &OwnerId, id: &SessionId) -> Result<bool, StoreError> {
    let ended = sql("DELETE FROM sessions WHERE id = $1 AND owner = $2").bind(id.as_str()).bind(owner.as_str());
    Ok(ended.execute(tx).await? > 0)
}

/// Ends all sessions of an owner, but for one; returns how many.
pub async fn end_sessions(tx: &mut Tx, owner: &OwnerId, except: Option<&SessionId>) -> Result<u64, StoreError> {
    sql("DELETE FROM sessions WHERE owner = $1 AND id <> $2")
        .bind(owner.as_str())
        .bind(except.map_or("", SessionId::as_str))
        .execute(tx)
        .await
}

/// An API token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// As it is listed.
    pub id: TokenId,
    /// Its owner.
    pub owner: OwnerId,
    /// What it is for, in its owner's words.
    pub name: String,
    /// Hash of its secret.
    pub hash: String,
    /// Its first characters.
    pub shown: String,
    /// What its bearer may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// Empty: until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, within a minute.
    pub used_at: Option<Timestamp>,
}

/// Adds a token.
pub async fn insert_token(tx: &mut Tx, row: &TokenRow) -> Result<(), StoreError> {
    storable::name("a token's name", &row.name)?;
    sql("INSERT INTO tokens (id, owner, name, hash, shown, scopes, created_at, expires_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(&row.name)
    .bind(&row.hash)
    .bind(&row.shown)
    .bind(row.scopes.to_string())
    .bind(row.created_at.as_millis())
    .bind(row.expires_at.map(Timestamp::as_millis))
    .bind(row.used_at.map(Timestamp::as_millis))
    .execute(tx)
    .await?;
    Ok(())
}

/// The token of a secret, and its account, if both can be used at `now`.
pub async fn token(tx: &mut Tx, hash: &str, now: Timestamp) -> Result<Option<(TokenRow, AccountRow)>, StoreError> {
    let found = sql("SELECT * FROM tokens WHERE hash = $1 AND (expires_at IS NULL OR expires_at > $2)")
        .bind(hash)
        .bind(now.as_millis())
        .optional(tx)
        .await?;
    let Some(token) = found.as_ref().map(token_row).transpose()? else { return Ok(None) };
    let account = account(tx, &token.owner).await?.filter(|account| account.state == AccountState::Active);
    Ok(account.map(|account| (token, account)))
}

/// Notes that a token is in use.
pub async fn touch_token(tx: &mut Tx, id: &TokenId, now: Timestamp) -> Result<(), StoreError> {
    sql("UPDATE tokens SET used_at = $2 WHERE id = $1 AND (used_at IS NULL OR used_at < $2)")
        .bind(id.as_str())
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// The tokens of an owner, the latest first: `limit` at most, of those before `before`; expired ones too, until maintenance
/// deletes them.
pub async fn tokens(
    tx: &mut Tx,
    owner: &OwnerId,
    before: Option<&TokenId>,
    limit: u32,
) -> Result<Vec<TokenRow>, StoreError> {
    let rows = sql("SELECT * FROM tokens WHERE owner = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3")
        .bind(owner.as_str())
        .bind(before.map_or("", TokenId::as_str))
        .bind(limit)
        .all(tx)
        .await?;
    rows.iter().map(token_row).collect()
}

/// Whether an owner has this token, and it has not ended.
pub async fn token_lasts(tx: &mut Tx, owner: &OwnerId, id: &TokenId, now: Timestamp) -> Result<bool, StoreError> {
    let row =
        sql("SELECT 1 AS one FROM tokens WHERE id = $1 AND owner = $2 AND (expires_at IS NULL OR expires_at > $3)")
            .bind(id.as_str())
            .bind(owner.as_str())
            .bind(now.as_millis());
    Ok(row.optional(tx).await?.is_some())
}

/// Revokes all tokens of an owner; returns how many.
pub async fn revoke_tokens(tx: &mut Tx, owner: &OwnerId) -> Result<u64, StoreError> {
    sql("DELETE FROM tokens WHERE owner = $1").bind(owner.as_str()).execute(tx).await
}

/// Revokes a token of an owner; false if there is none.
pub async fn revoke_token(tx: &mut Tx, owner: &OwnerId, id: &TokenId) -> Result<bool, StoreError> {
    let revoked = sql("DELETE FROM tokens WHERE id = $1 AND owner = $2").bind(id.as_str()).bind(owner.as_str());
    Ok(revoked.execute(tx).await? > 0)
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

fn session_row(row: &Row) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        hash: row.get("hash")?,
        previous_hash: row.get("previous_hash")?,
        rotated_at: Timestamp::from_millis(row.get("rotated_at")?),
        user_agent: row.get("user_agent")?,
        address: row.get("address")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        seen_at: Timestamp::from_millis(row.get("seen_at")?),
        expires_at: Timestamp::from_millis(row.get("expires_at")?),
    })
}

fn token_row(row: &Row) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        name: row.get("name")?,
        hash: row.get("hash")?,
        shown: row.get("shown")?,
        scopes: parse(row, "scopes")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        expires_at: row.get::<Option<i64>>("expires_at")?.map(Timestamp::from_millis),
        used_at: row.get::<Option<i64>>("used_at")?.map(Timestamp::from_millis),
    })
}

/// An address in a column that may be empty.
fn optional(row: &Row, column: &str) -> Result<Option<Email>, StoreError> {
    match row.get::<Option<String>>(column)? {
        Some(_) => parse(row, column).map(Some),
        None => Ok(None),
    }
}
