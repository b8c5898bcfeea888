//! The secrets of remote providers, as they are encrypted by the caller, and what is spent at providers.

use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_domain::limits::Limited;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use crate::jobs::spend;
use crate::limits::{end_of, month_of};
use crate::sql::{Row, parse, sql};
use crate::{StoreError, Tx, storable};

const DAY: Duration = Duration::from_hours(24);

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To call the provider.
    Call,
    /// To verify what the provider sends.
    Hook,
}

impl Purpose {
    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Hook => "hook",
        }
    }
}

/// A secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its owner; [`OwnerId::system`] for the installation's.
    pub owner: OwnerId,
    /// The provider's name in the configuration.
    pub provider: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Which secret of the installation it is encrypted under.
    pub sealed_by: String,
    /// It, encrypted.
    pub sealed: String,
    /// Its last characters; may be empty.
    pub ending: String,
    /// When it was set.
    pub set_at: Timestamp,
    /// When the provider last accepted it.
    pub checked_at: Option<Timestamp>,
}

impl KeyRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let purpose: String = row.get("purpose")?;
        Ok(Self {
            owner: parse(row, "owner")?,
            provider: row.get("provider")?,
            purpose: if purpose == Purpose::Hook.as_str() { Purpose::Hook } else { Purpose::Call },
            sealed_by: row.get("sealed_by")?,
            sealed: row.get("sealed")?,
            ending: row.get("ending")?,
            set_at: Timestamp::from_millis(row.get("set_at")?),
            checked_at: row.get::<Option<i64>>("checked_at")?.map(Timestamp::from_millis),
        })
    }
}

/// Writes a secret, in the place of the one before.
pub async fn set(tx: &mut Tx, row: &KeyRow) -> Result<(), StoreError> {
    storable::name("a provider's name", &row.provider)?;
    sql("INSERT INTO provider_keys (owner, provider, purpose, sealed_by, sealed, ending, set_at, checked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (owner, provider, purpose) DO UPDATE SET sealed_by = excluded.sealed_by, sealed = excluded.sealed,
             ending = excluded.ending, set_at = excluded.set_at, checked_at = excluded.checked_at")
    .bind(row.owner.as_str())
    .bind(&row.provider)
    .bind(row.purpose.as_str())
    .bind(&row.sealed_by)
    .bind(&row.sealed)
    .bind(&row.ending)
    .bind(row.set_at.as_millis())
    .bind(row.checked_at.map(Timestamp::as_millis))
    .execute(tx)
    .await?;
    Ok(())
}

/// An owner's secret.
pub async fn find(
    tx: &mut Tx,
    owner: &OwnerId,
    provider: &str,
    purpose: Purpose,
) -> Result<Option<KeyRow>, StoreError> {
    let row = sql("SELECT * FROM provider_keys WHERE owner = $1 AND provider = $2 AND purpose = $3")
        .bind(owner.as_str())
        .bind(provider)
        .bind(purpose.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(KeyRow::read).transpose()
}

/// Every secret of an owner.
pub async fn of_owner(tx: &mut Tx, owner: &OwnerId) -> Result<Vec<KeyRow>, StoreError> {
    let rows = sql("SELECT * FROM provider_keys WHERE owner = $1 ORDER BY provider, purpose").bind(owner.as_str());
    rows.all(tx).await?.iter().map(KeyRow::read).collect()
}

/// Removes an owner's secret; false if there was none.
pub async fn remove(tx: &mut Tx, owner: &OwnerId, provider: &str, purpose: Purpose) -> Result<bool, StoreError> {
    let removed = sql("DELETE FROM provider_keys WHERE owner = $1 AND provider = $2 AND purpose = $3")
        .bind(owner.as_str())
        .bind(provider)
        .bind(purpose.as_str())
        .execute(tx)
        .await?;
    Ok(removed > 0)
}

/// Notes that the provider accepted a secret, unless it was replaced since.
pub async fn checked(tx: &mut Tx, row: &KeyRow, at: Timestamp) -> Result<bool, StoreError> {
    let noted = sql("UPDATE provider_keys SET checked_at = $5
         WHERE owner = $1 AND provider = $2 AND purpose = $3 AND sealed = $4")
    .bind(row.owner.as_str())
    .bind(&row.provider)
    .bind(row.purpose.as_str())
    .bind(&row.sealed)
    .bind(at.as_millis())
    .execute(tx)
    .await?;
    Ok(noted > 0)
}

/// The next `limit` secrets that are encrypted under another secret of the installation than this one, after an owner, a
/// provider and a purpose.
pub async fn sealed_otherwise(
    tx: &mut Tx,
    sealed_by: &str,
    after: Option<&KeyRow>,
    limit: u32,
) -> Result<Vec<KeyRow>, StoreError> {
    let (owner, provider, purpose) =
        after.map_or(("", "", ""), |row| (row.owner.as_str(), row.provider.as_str(), row.purpose.as_str()));
    let rows = sql("SELECT * FROM provider_keys
         WHERE sealed_by <> $1 AND (owner > $2 OR (owner = $2 AND (provider > $3 OR (provider = $3 AND purpose > $4))))
         ORDER BY owner, provider, purpose LIMIT $5")
    .bind(sealed_by)
    .bind(owner)
    .bind(provider)
    .bind(purpose)
    .bind(limit);
    rows.all(tx).await?.iter().map(KeyRow::read).collect()
}

/// Writes a secret that is encrypted anew, unless it was replaced since it was read.
pub async fn reseal(tx: &mut Tx, old: &KeyRow, sealed_by: &str, sealed: &str) -> Result<bool, StoreError> {
    let changed = sql("UPDATE provider_keys SET sealed_by = $5, sealed = $6
         WHERE owner = $1 AND provider = $2 AND purpose = $3 AND sealed = $4")
    .bind(old.owner.as_str())
    .bind(&old.provider)
    .bind(old.purpose.as_str())
    .bind(&old.sealed)
    .bind(sealed_by)
    .bind(sealed)
    .execute(tx)
    .await?;
    Ok(changed > 0)
}

/// Removes at most `limit` secrets of an owner whose account was deleted, and returns how many.
pub async fn leave(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<u64, StoreError> {
    sql("DELETE FROM provider_keys WHERE owner = $1 AND (provider, purpose) IN (
             SELECT provider, purpose FROM provider_keys WHERE owner = $1 LIMIT $2)")
    .bind(owner.as_str())
    .bind(limit)
    .execute(tx)
    .await
}

/// Notes a notification of a provider; false if it was noted before. Those before `since` are forgotten, up to a number.
pub async fn note_notice(tx: &mut Tx, provider: &str, notice: &str, since: Timestamp) -> Result<bool, StoreError> {
    storable::name("a notification's id", notice)?;
    let now = tx.now().await?;
    sql("DELETE FROM provider_notices WHERE (provider, notice) IN (
             SELECT provider, notice FROM provider_notices WHERE at < $1 ORDER BY at LIMIT 100)")
    .bind(since.as_millis())
    .execute(tx)
    .await?;
    let noted = sql("INSERT INTO provider_notices (provider, notice, at) VALUES ($1, $2, $3)
         ON CONFLICT (provider, notice) DO NOTHING")
    .bind(provider)
    .bind(notice)
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(noted > 0)
}

/// Whose spending is added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendOf<'a> {
    /// One owner's.
    Owner(&'a OwnerId),
    /// Everybody's.
    All,
}

/// What was spent at a provider, by days in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// Its name.
    pub provider: String,
    /// Today.
    pub today: MicroUsd,
    /// This month.
    pub this_month: MicroUsd,
    /// Calls of today whose price is not known, and whose cost still is not: they are in no amount.
    pub unpriced_today: u64,
}

/// What was spent this month, by provider: as the ledger has it, with what owners paid with keys of their own.
pub async fn spent(tx: &mut Tx, of: SpendOf<'_>) -> Result<Vec<Spent>, StoreError> {
    let today = spend::day(tx.now().await?);
    let first = format!("{}-01", month_of(&today));
    let (owned, owner) = match of {
        SpendOf::Owner(owner) => ("owner = $3 AND", Some(owner)),
        SpendOf::All => ("", None),
    };
    let query = format!(
        "SELECT provider, CAST(SUM(CASE WHEN day = $1 THEN spent ELSE 0 END) AS BIGINT) AS today,
             CAST(SUM(spent) AS BIGINT) AS this_month
         FROM spend WHERE {owned} day >= $2 AND provider IS NOT NULL AND state = 'settled'
         GROUP BY provider ORDER BY provider"
    );
    let query = sql(query).bind(&today).bind(&first).bind_all(owner.map(OwnerId::as_str));
    let read = |row: &Row| {
        Ok(Spent {
            provider: row.get("provider")?,
            today: MicroUsd(row.get("today")?),
            this_month: MicroUsd(row.get("this_month")?),
            unpriced_today: 0,
        })
    };
    let mut found: Vec<Spent> = query.all(tx).await?.iter().map(read).collect::<Result<_, StoreError>>()?;
    for more in of_calls(tx, of).await? {
        match found.iter_mut().find(|spent| spent.provider == more.provider) {
            Some(spent) => {
                spent.today += more.today;
                spent.this_month += more.this_month;
                spent.unpriced_today += more.unpriced_today;
            }
            None => found.push(more),
        }
    }
    found.sort_by(|a, b| a.provider.cmp(&b.provider));
    Ok(found)
}

/// What is not in the ledger: calls that owners paid with keys of their own, and how many have no known price.
async fn of_calls(tx: &mut Tx, of: SpendOf<'_>) -> Result<Vec<Spent>, StoreError> {
    let now = tx.now().await?;
    let today = end_of(Limited::MoneyPerDay, now) - DAY;
    let day_of_month: u64 = spend::day(now).get(8..).and_then(|day| day.parse().ok()).unwrap_or(1);
    let first = today - DAY * u32::try_from(day_of_month.saturating_sub(1)).unwrap_or(0);
    let (owned, owner) = match of {
        SpendOf::Owner(owner) => ("owner = $3 AND", Some(owner)),
        SpendOf::All => ("", None),
    };
    let query = format!(
        "SELECT provider, CAST(SUM(CASE WHEN own_key = 1 AND started_at >= $1 THEN COALESCE(cost, 0) ELSE 0 END) AS BIGINT) AS today,
             CAST(SUM(CASE WHEN own_key = 1 THEN COALESCE(cost, 0) ELSE 0 END) AS BIGINT) AS this_month,
             COUNT(CASE WHEN unpriced = 1 AND started_at >= $1 AND cost IS NULL THEN 1 END) AS unpriced_today
         FROM calls WHERE {owned} started_at >= $2 AND provider IS NOT NULL AND (own_key = 1 OR unpriced = 1)
         GROUP BY provider ORDER BY provider"
    );
    let query = sql(query).bind(today.as_millis()).bind(first.as_millis()).bind_all(owner.map(OwnerId::as_str));
    let read = |row: &Row| {
        Ok(Spent {
            provider: row.get("provider")?,
            today: MicroUsd(row.get("today")?),
            this_month: MicroUsd(row.get("this_month")?),
            unpriced_today: row.get::<i64>("unpriced_today")?.unsigned_abs(),
        })
    };
    query.all(tx).await?.iter().map(read).collect()
}
