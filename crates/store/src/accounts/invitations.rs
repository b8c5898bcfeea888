//! Invitations: links that let one person make an account.

use sluice_domain::account::{Email, Role};
use sluice_domain::ids::{InvitationId, OwnerId};
use sluice_domain::time::Timestamp;

use super::optional;
use crate::sql::{Row, parse, sql};
use crate::{StoreError, Tx};

/// A link that lets one person make an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRow {
    /// As it is listed.
    pub id: InvitationId,
    /// Who invited.
    pub owner: OwnerId,
    /// Hash of its secret.
    pub hash: String,
    /// The only address that may use it; empty: any.
    pub email: Option<Email>,
    /// The role of the account.
    pub role: Role,
    /// The plan of the account.
    pub plan: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Adds an invitation.
pub async fn insert_invitation(tx: &mut Tx, row: &InvitationRow) -> Result<(), StoreError> {
    sql("INSERT INTO invitations (id, owner, hash, email, role, plan, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(&row.hash)
    .bind(row.email.as_ref().map(Email::as_str))
    .bind(row.role.as_str())
    .bind(&row.plan)
    .bind(row.created_at.as_millis())
    .bind(row.expires_at.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}

/// The invitation of a secret, if it has not ended.
pub async fn invitation(tx: &mut Tx, hash: &str, now: Timestamp) -> Result<Option<InvitationRow>, StoreError> {
    let row = sql("SELECT * FROM invitations WHERE hash = $1 AND expires_at > $2")
        .bind(hash)
        .bind(now.as_millis())
        .optional(tx)
        .await?;
    row.as_ref().map(invitation_row).transpose()
}

/// An invitation for this email address, if there is one that has not ended.
pub async fn invitation_for(tx: &mut Tx, email: &Email, now: Timestamp) -> Result<Option<InvitationRow>, StoreError> {
    let row = sql("SELECT * FROM invitations WHERE email = $1 AND expires_at > $2 ORDER BY id LIMIT 1")
        .bind(email.as_str())
        .bind(now.as_millis())
        .optional(tx)
        .await?;
    row.as_ref().map(invitation_row).transpose()
}

/// The invitations that have not ended, of everybody, the latest first: `limit` at most, of those before `before`.
pub async fn invitations(
    tx: &mut Tx,
    now: Timestamp,
    before: Option<&InvitationId>,
    limit: u32,
) -> Result<Vec<InvitationRow>, StoreError> {
    let rows =
        sql("SELECT * FROM invitations WHERE expires_at > $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3")
            .bind(now.as_millis())
            .bind(before.map_or("", InvitationId::as_str))
            .bind(limit);
    rows.all(tx).await?.iter().map(invitation_row).collect()
}

/// Takes an invitation back, or uses it up; false if it is gone already, so that it makes one account only.
pub async fn end_invitation(tx: &mut Tx, id: &InvitationId) -> Result<bool, StoreError> {
    Ok(sql("DELETE FROM invitations WHERE id = $1").bind(id.as_str()).execute(tx).await? > 0)
}

/// Takes back all invitations of an owner.
pub async fn end_invitations(tx: &mut Tx, owner: &OwnerId) -> Result<u64, StoreError> {
    sql("DELETE FROM invitations WHERE owner = $1").bind(owner.as_str()).execute(tx).await
}
fn invitation_row(row: &Row) -> Result<InvitationRow, StoreError> {
    Ok(InvitationRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        hash: row.get("hash")?,
        email: optional(row, "email")?,
        role: parse(row, "role")?,
        plan: row.get("plan")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        expires_at: Timestamp::from_millis(row.get("expires_at")?),
    })
}
