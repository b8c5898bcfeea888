//! What is used of limits, for display.

use sluice_domain::limits::{Cap, Holder, Limited};
use sluice_domain::time::Timestamp;
use sluice_store::limits::{self, Money};
use sluice_store::{StoreError, Tx, blobs, uploads};

use super::terms::{Terms, terms};
use super::{Asker, Limiter};

/// How far a limit is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There is room.
    Fine,
    /// The soft limit is reached.
    Near,
    /// The hard limit is reached.
    Reached,
}

/// A limit, and what is used of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageEntry {
    /// Who is limited.
    pub holder: Holder,
    /// What.
    pub limited: Limited,
    /// What is used.
    pub used: u64,
    /// The limit.
    pub hard: u64,
    /// From so much on there is a warning.
    pub soft: Option<u64>,
    /// The length of its window.
    pub seconds: Option<u32>,
    /// When there is more.
    pub resets_at: Option<Timestamp>,
}

impl UsageEntry {
    /// How far it is used.
    pub fn state(&self) -> State {
        match self.soft {
            _ if self.used >= self.hard => State::Reached,
            Some(soft) if self.used >= soft => State::Near,
            _ => State::Fine,
        }
    }
}

/// What an owner uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The plan and the limits.
    pub terms: Terms,
    /// Every limit that applies.
    pub limits: Vec<UsageEntry>,
    /// Bytes that are kept, limited or not.
    pub bytes_kept: u64,
    /// Bytes that were announced and are still being received.
    pub bytes_announced: u64,
    /// Jobs that have not ended.
    pub jobs_at_once: u64,
    /// Money, limited or not.
    pub money: Money,
    /// When it was looked at.
    pub now: Timestamp,
}

/// What somebody uses.
pub async fn usage(tx: &mut Tx, limiter: &Limiter, asker: &Asker) -> Result<Usage, StoreError> {
    let (owner, now) = (&asker.owner, tx.now().await?);
    let terms = terms(tx, &limiter.plans, owner).await?;
    let mut found = Vec::new();
    for limited in [Limited::Requests, Limited::Uploads, Limited::Jobs] {
        windows(tx, &terms, asker, limited, &mut found).await?;
    }
    let bytes_kept = blobs::usage(tx, owner).await?;
    let bytes_announced = uploads::announced(tx, owner).await?;
    let jobs_at_once = limits::jobs_at_once(tx, owner, &limiter.uncounted()).await?;
    let money = limits::money(tx, owner).await?;
    let end = |limited| Some(limits::end_of(limited, now));
    let (day, month) = (Limited::MoneyPerDay, Limited::MoneyPerMonth);
    let caps = [
        (Limited::JobsAtOnce, terms.user.jobs_at_once, jobs_at_once, None),
        (Limited::BytesKept, terms.user.bytes_kept, bytes_kept, None),
        (day, terms.user.micro_usd_per_day, money.today.0.unsigned_abs(), end(day)),
        (month, terms.user.micro_usd_per_month, money.this_month.0.unsigned_abs(), end(month)),
    ];
    let capped = |(limited, cap, used, resets_at): (_, Option<Cap>, _, _)| {
        let Cap { hard, soft } = cap?;
        Some(UsageEntry { holder: Holder::User, limited, used, hard, soft, seconds: None, resets_at })
    };
    found.extend(caps.into_iter().filter_map(capped));
    let unpriced = limits::unpriced_calls(tx, owner).await?;
    // Where it is not set and there are none, nobody has to know of it.
    if unpriced > 0 || terms.user.unpriced_calls_per_day.is_some() {
        let (limited, cap) =
            (Limited::UnpricedCalls, terms.overrides.unpriced_cap(terms.plan.user.unpriced_calls_per_day));
        found.extend(capped((limited, cap, unpriced, end(limited))));
    }
    for limited in Limited::COUNTED.into_iter().filter(|it| !matches!(it, Limited::Uploads | Limited::Jobs)) {
        windows(tx, &terms, asker, limited, &mut found).await?;
    }
    Ok(Usage { terms, limits: found, bytes_kept, bytes_announced, jobs_at_once, money, now })
}

/// Adds every window of a limit that applies.
async fn windows(
    tx: &mut Tx,
    terms: &Terms,
    asker: &Asker,
    limited: Limited,
    found: &mut Vec<UsageEntry>,
) -> Result<(), StoreError> {
    for (of, window) in terms.windows(asker, limited) {
        let used = match limited {
            Limited::Requests => limits::leased(tx, &of, limited).await?,
            _ => limits::used(tx, &of, limited, window).await?,
        };
        found.push(UsageEntry {
            holder: of.holder,
            limited,
            used: used.used,
            hard: window.hard,
            soft: window.soft,
            seconds: Some(window.seconds),
            resets_at: used.frees_at,
        });
    }
    Ok(())
}
