//! API tokens.

use sluice_domain::account::{AccountState, Scopes};
use sluice_domain::ids::{OwnerId, TokenId};
use sluice_domain::time::Timestamp;

use super::{AccountRow, account};
use crate::sql::{Row, parse, sql};
use crate::{StoreError, Tx, storable};

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
