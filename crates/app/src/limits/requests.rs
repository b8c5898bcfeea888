//! Counts requests in memory. A process leases a few requests of a window at a time, and leased requests count as used, so that
//! all processes together never exceed the limit. The rest of a lease is returned after a while, by the next request of its
//! holder in that process; until then, or until the window ends, another process may refuse a request although a leased one will
//! not be used: at most a fiftieth of the limit for each process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_domain::limits::{Limited, Window};
use sluice_domain::time::Timestamp;
use sluice_store::limits::{self, Leased, Of};
use sluice_store::{Store, StoreError, Tx};

use super::admit::warn;
use super::terms::Terms;
use super::{Asker, Exceeded, LimitError, Standing};

/// How long a lease is held, so that others get the unused rest of it.
const HELD: Duration = Duration::from_secs(10);
/// After a refusal the database is not asked again for this long.
const REFUSED: Duration = Duration::from_millis(500);
/// The divisor of the limit that is the size of a lease,
const PART: u64 = 50;
/// and the largest lease.
const MOST: u64 = 100;
/// The most holders in memory; beyond it, those with expired leases are removed.
const HOLDERS: usize = 20_000;

/// The leases of a process.
#[derive(Debug, Default)]
pub struct Requests {
    held: Mutex<HashMap<Of, Held>>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    window: Window,
    leased: Leased,
    left: u64,
    /// When the lease is to be returned, or until when no new one is requested after a refusal.
    until: Timestamp,
}

impl Held {
    fn is_of(&self, window: Window, now: Timestamp) -> bool {
        self.window == window && now < self.until && now < self.leased.ends_at
    }

    /// The time until the window ends, which may have begun after the request arrived.
    fn rest(&self, now: Timestamp) -> Duration {
        self.leased.ends_at.since(now).min(Duration::from_secs(self.window.seconds.into()))
    }

    fn standing(&self, of: &Of, now: Timestamp) -> Standing {
        Standing {
            holder: of.holder,
            limited: Limited::Requests,
            hard: self.window.hard,
            seconds: Some(self.window.seconds),
            left: self.window.hard.saturating_sub(self.leased.used) + self.left,
            more_in: Some(self.rest(now)),
        }
    }
}

impl Requests {
    /// Counts a request in every window that applies to it; returns the standing of each. Without such windows nothing is read or
    /// written, and otherwise usually nothing but the time.
    pub async fn count(&self, store: &Store, terms: &Terms, asker: &Asker) -> Result<Vec<Standing>, LimitError> {
        let windows = terms.windows(asker, Limited::Requests);
        if windows.is_empty() {
            return Ok(Vec::new());
        }
        let now = store.now().await?;
        let mut counted: Vec<(Of, Standing)> = Vec::new();
        for (of, window) in windows {
            match self.take(store, &asker.owner, &of, window, now).await {
                Ok(standing) => counted.push((of, standing)),
                Err(error) => {
                    self.give_back(counted.iter().map(|(of, _)| of));
                    return Err(error);
                }
            }
        }
        Ok(counted.into_iter().map(|(_, standing)| standing).collect())
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Of, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what was counted for a request that another limit refused.
    fn give_back<'a>(&self, counted: impl Iterator<Item = &'a Of>) {
        let mut held = self.held();
        for of in counted {
            if let Some(held) = held.get_mut(of) {
                held.left += 1;
            }
        }
    }

    async fn take(
        &self,
        store: &Store,
        owner: &OwnerId,
        of: &Of,
        window: Window,
        now: Timestamp,
    ) -> Result<Standing, LimitError> {
        let back = {
            let mut held = self.held();
            match held.get_mut(of) {
                Some(known) if known.is_of(window, now) && known.left > 0 => {
                    known.left -= 1;
                    return Ok(known.standing(of, now));
                }
                Some(known) if known.is_of(window, now) && known.leased.granted == 0 => {
                    return Err(refused(of, *known, now).into());
                }
                // The request that renews a lease returns the rest of the last one, so that it is returned once.
                Some(known) => Some((known.leased.began_at, std::mem::take(&mut known.left))),
                None => None,
            }
        };
        let wanted = (window.hard / PART).clamp(1, MOST);
        let lease = async |tx: &mut Tx| {
            let leased = limits::lease(tx, of, Limited::Requests, window, wanted, back).await?;
            let figures = (leased.used, window.soft, window.hard);
            warn(tx, owner, of, Limited::Requests, figures, leased.ends_at).await?;
            Ok::<_, StoreError>(leased)
        };
        let leased = match store.write(lease).await {
            Ok(leased) => leased,
            Err(error) => {
                // The rest was not returned either.
                if let (Some((began_at, unused)), Some(known)) = (back, self.held().get_mut(of))
                    && known.leased.began_at == began_at
                {
                    known.left += unused;
                }
                return Err(error.into());
            }
        };
        let mut held = self.held();
        if held.len() >= HOLDERS {
            held.retain(|_, held| now < held.leased.ends_at && now < held.until);
        }
        // A concurrent request may have leased some.
        let others = held.get(of).filter(|known| known.is_of(window, now) && known.leased.began_at == leased.began_at);
        let others = others.map_or(0, |known| known.left);
        let total = others + leased.granted;
        let until = now + if total == 0 { REFUSED } else { HELD };
        let new = Held { window, leased, left: total.saturating_sub(1), until };
        held.insert(of.clone(), new);
        if total == 0 { Err(refused(of, new, now).into()) } else { Ok(new.standing(of, now)) }
    }
}

fn refused(of: &Of, held: Held, now: Timestamp) -> Exceeded {
    let ends_at = held.leased.ends_at;
    Exceeded {
        holder: of.holder,
        limited: Limited::Requests,
        hard: held.window.hard,
        used: held.leased.used,
        asked: None,
        seconds: Some(held.window.seconds),
        frees_at: Some(ends_at),
        retry_after: Some(held.rest(now) + Duration::from_secs(1)),
    }
}
