//! What is kept in tiers, of any app: holds, which keep something from being moved or deleted, the days that owners set for
//! what they have, and tombstones, which say what was moved, when and by which rule. What is due is in the tables of each app.

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

/// Days of a period without an end: longer than time lasts here.
pub const FOREVER: u32 = 10_000_000;

const DAY_MS: i64 = 86_400_000;

/// How many days something stays in a tier: what the installation says, and between which bounds owners say something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The days of who has set none.
    pub days: u32,
    /// The fewest that hold, whatever is set.
    pub least: u32,
    /// The most that hold, whatever is set.
    pub most: u32,
}

impl Terms {
    /// The days that hold where these are set.
    pub fn hold(self, set: Option<u32>) -> u32 {
        set.unwrap_or(self.days).min(self.most).max(self.least)
    }

    /// What [`stayed`] is bound to at a time: before when something came that is due with the fewest days, and with the most;
    /// the time; and the days of who has set none.
    pub(crate) fn bounds(self, now: Timestamp) -> [i64; 4] {
        let ago = |days: u32| now.as_millis() - i64::from(days) * DAY_MS;
        [ago(self.least), ago(self.most), now.as_millis(), i64::from(self.days)]
    }
}

/// The days that are set for a row of `{app}` and `{subject}` in `tier`: its own, else those of its owner.
pub(crate) fn days_set(holder: &str, app: &str, subject: &str, tier: &str) -> String {
    let of = |subject: &str| {
        format!(
            "(SELECT {tier} FROM keeping_periods WHERE keeping_periods.owner = {holder}.owner AND app = '{app}'
             AND subject = {subject})"
        )
    };
    format!("COALESCE({}, {})", of(subject), of("''"))
}

/// Whether a row of `{app}` and `{subject}` has been in `tier`, where it is since `{since}`, for the days that hold for it. The
/// four parameters from `$1` are the [bounds](Terms::bounds).
pub(crate) fn stayed(holder: &str, app: &str, subject: &str, tier: &str, since: &str) -> String {
    let set = days_set(holder, app, subject, tier);
    format!("{since} < $1 AND ({since} < $2 OR {since} < $3 - {DAY_MS} * COALESCE({set}, $4))")
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

/// How many days somebody keeps something in each tier; none where that is left to what is above: the owner, the installation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// In the first tier.
    pub hot: Option<u32>,
    /// In the second.
    pub warm: Option<u32>,
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

/// Sets the days of one thing of an app, or with an empty subject of all that the owner has of it; without any nothing is set
/// any more.
pub async fn set_days(tx: &mut Tx, owner: &OwnerId, app: &str, subject: &str, days: Days) -> Result<(), StoreError> {
    if days == Days::default() {
        sql("DELETE FROM keeping_periods WHERE owner = $1 AND app = $2 AND subject = $3")
            .bind(owner.as_str())
            .bind(app)
            .bind(subject)
            .execute(tx)
            .await?;
        return Ok(());
    }
    sql("INSERT INTO keeping_periods (owner, app, subject, hot, warm) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (owner, app, subject) DO UPDATE SET hot = excluded.hot, warm = excluded.warm")
    .bind(owner.as_str())
    .bind(app)
    .bind(subject)
    .bind(days.hot.map(i64::from))
    .bind(days.warm.map(i64::from))
    .execute(tx)
    .await?;
    Ok(())
}

/// The days that are set for exactly this; an empty subject is all that the owner has of the app.
pub async fn days(tx: &mut Tx, owner: &OwnerId, app: &str, subject: &str) -> Result<Days, StoreError> {
    let row = sql("SELECT hot, warm FROM keeping_periods WHERE owner = $1 AND app = $2 AND subject = $3")
        .bind(owner.as_str())
        .bind(app)
        .bind(subject)
        .optional(tx)
        .await?;
    let Some(row) = row else { return Ok(Days::default()) };
    let days =
        |tier: &str| Ok::<_, StoreError>(row.get::<Option<i64>>(tier)?.and_then(|days| u32::try_from(days).ok()));
    Ok(Days { hot: days("hot")?, warm: days("warm")? })
}

/// How many things of an app have days of their own; of one owner, or of all.
pub async fn count_of_own(tx: &mut Tx, owner: Option<&OwnerId>, app: &str) -> Result<u64, StoreError> {
    let whose = if owner.is_some() { "owner = $2" } else { "$2 = ''" };
    let row =
        sql(format!("SELECT COUNT(*) AS count FROM keeping_periods WHERE app = $1 AND subject <> '' AND {whose}"))
            .bind(app)
            .bind(owner.map_or("", OwnerId::as_str))
            .one(tx)
            .await?;
    Ok(row.get::<i64>("count")?.unsigned_abs())
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

/// Deletes at most `limit` holds, days and tombstones each of a deleted account; returns how many.
pub async fn leave(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<u64, StoreError> {
    let holds = sql("DELETE FROM keeping_holds WHERE owner = $1 AND (app, subject) IN
             (SELECT app, subject FROM keeping_holds WHERE owner = $1 LIMIT $2)")
    .bind(owner.as_str())
    .bind(limit)
    .execute(tx)
    .await?;
    let periods = sql("DELETE FROM keeping_periods WHERE owner = $1 AND (app, subject) IN
             (SELECT app, subject FROM keeping_periods WHERE owner = $1 LIMIT $2)")
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
    Ok(holds + periods + stones)
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
