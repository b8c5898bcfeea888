//! Rates of the paid provider, in some worlds, and whether they were kept: every start is counted again here, in the
//! order in which they were, against buckets of the database's clock.

use std::sync::PoisonError;

use sluice_domain::time::Timestamp;
use sluice_store::controls::{self, Rate, Unit};
use sluice_store::{StoreError, Tx};

use crate::jobs::Outside;

/// Each takes twelve seconds to fill a bucket: more than a jump of the clock goes back.
const REQUESTS: Rate = Rate { amount: 2, per: std::time::Duration::from_secs(3), burst: 8 };
const TOKENS: Rate = Rate { amount: 25, per: std::time::Duration::from_secs(1), burst: 300 };

/// What a call asks for: one in eight asks for more than the burst.
pub(crate) fn tokens(n: u32) -> u64 {
    if n.is_multiple_of(8) { 400 } else { 10 }
}

pub(crate) async fn set(tx: &mut Tx, outside: &Outside) -> Result<(), StoreError> {
    if outside.rated {
        controls::set_rate(tx, "provider", "acme", Unit::Requests, Some(REQUESTS)).await?;
        controls::set_rate(tx, "provider", "*", Unit::Tokens, Some(TOKENS)).await?;
    }
    Ok(())
}

/// What was begun that no rate let through.
pub(crate) fn judge(outside: &Outside) -> Vec<String> {
    let begun = std::mem::take(&mut *outside.begun.lock().unwrap_or_else(PoisonError::into_inner));
    if !outside.rated {
        return Vec::new();
    }
    let passed = |rate: Rate, needs: &dyn Fn(u64) -> u64| {
        let (amount, period) = (i128::from(rate.amount), rate.per.as_millis().cast_signed());
        let full = i128::from(rate.burst) * period;
        let (mut level, mut filled) = (full, 0);
        for (at, tokens) in &begun {
            let (at, cost) = (i128::from(at.as_millis()), i128::from(needs(*tokens)) * period);
            level = (level + (at - filled).max(0) * amount).min(full);
            filled = filled.max(at);
            if level < cost.min(full) {
                return Some(format!("{rate:?} was passed at {at}: {:?}", &begun));
            }
            level -= cost;
        }
        None
    };
    [passed(REQUESTS, &|_| 1), passed(TOKENS, &|tokens| tokens)].into_iter().flatten().collect()
}

/// A call's stage begins.
pub(crate) fn note(outside: &Outside, at: Timestamp, n: u32) {
    outside.begun.lock().unwrap_or_else(PoisonError::into_inner).push((at, tokens(n)));
}
