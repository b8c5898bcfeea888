//! What is kept in tiers, of any app: holds, which keep something from being moved or deleted, and tombstones, which say what
//! was moved, when and by which rule. What is due is in the tables of each app.

use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;

use crate::sql::{Row, parse, sql};
use crate::{StoreError, Tx, storable};

/// Leaves out rows of `{app}` and `{subject}` that are held. `holder` is the alias of the table with the owner.
pub(crate) fn not_held(holder: &str, app: &str, subject: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM keeping_holds WHERE keeping_holds.owner = {holder}.owner AND app = '' AND subject = '')
         AND NOT EXISTS (SELECT 1 FROM keeping_holds WHERE keeping_holds.owner = {holder}.owner AND app = '{app}'
             AND subject = {subject})"
    )
}

/// What a hold is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held<'a> {
    /// Everything that the owner has.
    Everything,
    /// One thing of an app.
    One {
        /// The app.
        app: &'a str,
        /// The id of the thing.
        subject: &'a str,
    },
}

impl<'a> Held<'a> {
    const fn names(self) -> (&'a str, &'a str) {
        match self {
            Self::Everything => ("", ""),
            Self::One { app, subject } => (app, subject),
        }
    }
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRow {
    /// Why.
    pub reason: String,
    /// Since when.
    pub placed_at: Timestamp,
}

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// Its owner.
    pub owner: OwnerId,
    /// The app.
    pub app: String,
    /// The id of the thing.
    pub subject: String,
    /// When; [`add_tombstone`] sets it.
    pub moved_at: Timestamp,
    /// Which rule moved it.
    pub rule: String,
    /// `hot`, `warm` or `cold`: where it is since.
    pub tier: String,
    /// What is no longer there.
    pub what: String,
    /// Its bytes before.
    pub bytes_before: u64,
    /// Its bytes after.
    pub bytes_after: u64,
}

/// Places a hold; a later one replaces its reason and keeps its time.
pub async fn hold(tx: &mut Tx, owner: &OwnerId, held: Held<'_>, reason: &str) -> Result<HoldRow, StoreError> {
    storable::name("the reason of a hold", reason)?;
    let now = tx.now().await?;
    let (app, subject) = held.names();
    sql("INSERT INTO keeping_holds (owner, app, subject, reason, placed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (owner, app, subject) DO UPDATE SET reason = excluded.reason RETURNING reason, placed_at")
    .bind(owner.as_str())
    .bind(app)
    .bind(subject)
    .bind(reason)
    .bind(now.as_millis())
    .one(tx)
    .await
    .and_then(|row| hold_row(&row))
}

/// Ends a hold; returns whether there was one.
pub async fn lift(tx: &mut Tx, owner: &OwnerId, held: Held<'_>) -> Result<bool, StoreError> {
    let (app, subject) = held.names();
    let lifted = sql("DELETE FROM keeping_holds WHERE owner = $1 AND app = $2 AND subject = $3")
        .bind(owner.as_str())
        .bind(app)
        .bind(subject)
        .execute(tx)
        .await?;
    Ok(lifted == 1)
}

/// The hold on exactly this.
pub async fn held_by(tx: &mut Tx, owner: &OwnerId, held: Held<'_>) -> Result<Option<HoldRow>, StoreError> {
    let (app, subject) = held.names();
    let row = sql("SELECT reason, placed_at FROM keeping_holds WHERE owner = $1 AND app = $2 AND subject = $3")
        .bind(owner.as_str())
        .bind(app)
        .bind(subject)
        .optional(tx)
        .await?;
    row.as_ref().map(hold_row).transpose()
}

/// Whether one thing is held, by itself or with everything of its owner.
pub async fn is_held(tx: &mut Tx, owner: &OwnerId, app: &str, subject: &str) -> Result<bool, StoreError> {
    let one = held_by(tx, owner, Held::One { app, subject }).await?;
    Ok(one.is_some() || held_by(tx, owner, Held::Everything).await?.is_some())
}

/// Records what was moved, in the unit of work that moves it.
pub async fn add_tombstone(tx: &mut Tx, stone: &Tombstone) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("INSERT INTO keeping_tombstones (owner, app, subject, moved_at, rule, tier, what, bytes_before, bytes_after)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(stone.owner.as_str())
    .bind(&stone.app)
    .bind(&stone.subject)
    .bind(now.as_millis())
    .bind(&stone.rule)
    .bind(&stone.tier)
    .bind(&stone.what)
    .bind(stone.bytes_before)
    .bind(stone.bytes_after)
    .execute(tx)
    .await?;
    Ok(())
}

/// What was moved of one thing, the earliest first.
pub async fn tombstones(tx: &mut Tx, owner: &OwnerId, app: &str, subject: &str) -> Result<Vec<Tombstone>, StoreError> {
    let rows =
        sql("SELECT * FROM keeping_tombstones WHERE owner = $1 AND app = $2 AND subject = $3 ORDER BY moved_at, tier")
            .bind(owner.as_str())
            .bind(app)
            .bind(subject)
            .all(tx)
            .await?;
    rows.iter().map(tombstone).collect()
}

/// Deletes at most `limit` holds and tombstones of a deleted account; returns how many.
pub async fn leave(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<u64, StoreError> {
    let holds = sql("DELETE FROM keeping_holds WHERE owner = $1 AND (app, subject) IN
             (SELECT app, subject FROM keeping_holds WHERE owner = $1 LIMIT $2)")
    .bind(owner.as_str())
    .bind(limit)
    .execute(tx)
    .await?;
    let stones = sql("DELETE FROM keeping_tombstones WHERE owner = $1 AND (app, subject, moved_at, tier) IN
             (SELECT app, subject, moved_at, tier FROM keeping_tombstones WHERE owner = $1 LIMIT $2)")
    .bind(owner.as_str())
    .bind(limit)
    .execute(tx)
    .await?;
    Ok(holds + stones)
}

fn hold_row(row: &Row) -> Result<HoldRow, StoreError> {
    Ok(HoldRow { reason: row.get("reason")?, placed_at: Timestamp::from_millis(row.get("placed_at")?) })
}

fn tombstone(row: &Row) -> Result<Tombstone, StoreError> {
    Ok(Tombstone {
        owner: parse(row, "owner")?,
        app: row.get("app")?,
        subject: row.get("subject")?,
        moved_at: Timestamp::from_millis(row.get("moved_at")?),
        rule: row.get("rule")?,
        tier: row.get("tier")?,
        what: row.get("what")?,
        bytes_before: row.get::<i64>("bytes_before")?.unsigned_abs(),
        bytes_after: row.get::<i64>("bytes_after")?.unsigned_abs(),
    })
}
