//! Sessions: browsers that are signed in.

use sluice_domain::account::AccountState;
use sluice_domain::ids::{OwnerId, SessionId};
use sluice_domain::time::Timestamp;

use super::{AccountRow, account};
use crate::sql::{Row, parse, sql};
use crate::{StoreError, Tx, storable};

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
