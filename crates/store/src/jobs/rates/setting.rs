//! Rates as an operator sets and lists them.

use super::{Rate, RateOf, Rates, Unit, known_scope, read, write};
use crate::jobs::bucket::{Bucket, Terms};
use crate::jobs::unreadable::readable;
use crate::sql::{Row, sql};
use crate::{StoreError, Tx};

/// Sets the rate of an owner, a kind, a key or a provider; `None` removes it. What was used so far counts under the new rate,
/// too.
pub async fn set_rate(tx: &mut Tx, scope: &str, name: &str, unit: Unit, rate: Option<Rate>) -> Result<(), StoreError> {
    let scope = known_scope(scope)?;
    let terms = rate.map(Terms::of).transpose()?;
    if tx.on_postgres() {
        // Waits for claims that use the old rate.
        sql("SELECT CAST(pg_advisory_xact_lock(hashtextextended('rates', 0)) AS TEXT)").execute(tx).await?;
    }
    let before = Rates::as_stored(tx).await?;
    match terms {
        Some(terms) => {
            sql("INSERT INTO rates (scope, name, unit, amount, period_ms, burst) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (scope, name, unit) DO UPDATE SET amount = excluded.amount,
                     period_ms = excluded.period_ms, burst = excluded.burst")
            .bind(scope)
            .bind(name)
            .bind(unit.as_str())
            .bind(terms.amount)
            .bind(terms.period)
            .bind(terms.burst)
        }
        None => sql("DELETE FROM rates WHERE scope = $1 AND name = $2 AND unit = $3")
            .bind(scope)
            .bind(name)
            .bind(unit.as_str()),
    }
    .execute(tx)
    .await?;
    let after = Rates::as_stored(tx).await?;
    convert_buckets(tx, scope, unit, &before, &after).await?;
    tx.notify_workers();
    Ok(())
}

/// Converts the buckets of a scope from the old rates to the new ones.
async fn convert_buckets(
    tx: &mut Tx,
    scope: &'static str,
    unit: Unit,
    before: &Rates,
    after: &Rates,
) -> Result<(), StoreError> {
    let now = tx.now().await?.as_millis();
    let rows = sql("SELECT name, level, filled_at FROM buckets WHERE scope = $1 AND unit = $2 ORDER BY name")
        .bind(scope)
        .bind(unit.as_str())
        .all(tx)
        .await?;
    for row in &rows {
        let name: String = row.get("name")?;
        let terms = |rates: &Rates| rates.of(scope, &name).find(|(of, _)| *of == unit).map(|(_, terms)| terms);
        match (terms(before), terms(after)) {
            (Some(old), Some(new)) if old != new => {
                let mut bucket = Bucket::read(row, unit, old)?;
                bucket.fill(now);
                bucket.change(new);
                write(tx, &[(scope, &name, &bucket)]).await?;
            }
            (Some(_), Some(_)) => {}
            (None, _) | (_, None) => {
                sql("DELETE FROM buckets WHERE scope = $1 AND name = $2 AND unit = $3")
                    .bind(scope)
                    .bind(&name)
                    .bind(unit.as_str())
                    .execute(tx)
                    .await?;
            }
        }
    }
    Ok(())
}

/// Every rate that can be read.
pub async fn rates(tx: &mut Tx) -> Result<Vec<RateOf>, StoreError> {
    let rows = sql("SELECT * FROM rates ORDER BY scope, name, unit").all(tx).await?;
    let rate = |row: &Row| {
        let (scope, name, unit, terms) = read(row)?;
        Ok(RateOf { scope: scope.to_owned(), name, unit, rate: terms.rate() })
    };
    Ok(readable("rates", &rows, rate))
}
