//! Fetching the pictures of presenters: one at a time of each, and one that could not be fetched is left alone for a while, so that
//! not every viewer has the provider asked again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use sluice_capability::{CapabilityError, Remedy};
use sluice_domain::time::Timestamp;
use tokio::sync::Semaphore;

/// How many are fetched at the same time.
const AT_ONCE: usize = 8;
/// How long one is left alone that may be there later,
const AWAY: Duration = Duration::from_mins(1);
/// and one that is none, or is not there. No provider can ask for longer.
const GONE: Duration = Duration::from_mins(10);
/// The most failures that are remembered.
const MOST: usize = 1_000;

/// A picture that cannot be fetched now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}. It is not fetched again for {} seconds", .again_in.as_secs())]
pub struct Unavailable {
    /// Stable, for programs.
    pub code: String,
    /// What happened.
    pub why: String,
    /// How long it is not fetched again.
    pub again_in: Duration,
}

#[derive(Debug)]
struct Failed {
    code: String,
    why: String,
    until: Timestamp,
}

impl Failed {
    fn seen(&self, now: Timestamp) -> Unavailable {
        // Not "in 0 seconds".
        let again_in = self.until.since(now).max(Duration::from_secs(1));
        Unavailable { code: self.code.clone(), why: self.why.clone(), again_in }
    }
}

/// Whose turn it is, and what could not be fetched. Each process knows its own.
#[derive(Debug)]
pub struct Pictures {
    pub(crate) turns: Semaphore,
    failed: Mutex<HashMap<String, Failed>>,
    alone: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { turns: Semaphore::new(AT_ONCE), failed: Mutex::default(), alone: Mutex::default() }
    }
}

fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pictures {
    /// What everybody holds who fetches a picture, one after the other.
    pub(crate) fn alone(&self, picture: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut all = locked(&self.alone);
        all.retain(|_, one| one.strong_count() > 0);
        if let Some(one) = all.get(picture).and_then(Weak::upgrade) {
            return one;
        }
        let one = Arc::<tokio::sync::Mutex<()>>::default();
        all.insert(picture.to_owned(), Arc::downgrade(&one));
        one
    }

    /// Whether a picture may be fetched; not for a while after that failed.
    pub(crate) fn check(&self, picture: &str, now: Timestamp) -> Result<(), Unavailable> {
        match locked(&self.failed).get(picture).filter(|failed| failed.until > now) {
            Some(failed) => Err(failed.seen(now)),
            None => Ok(()),
        }
    }

    /// Remembers that a picture could not be fetched.
    pub(crate) fn failed(&self, picture: &str, now: Timestamp, error: CapabilityError) -> Unavailable {
        let after = match error.remedy {
            Remedy::Fail => GONE,
            Remedy::PutOff(Some(after)) => after.clamp(AWAY, GONE),
            Remedy::PutOff(None) | Remedy::Retry | Remedy::Look => AWAY,
        };
        tracing::warn!(code = error.code, %error, after = after.as_secs(), "the picture of a presenter could not be fetched");
        let CapabilityError { code, message: why, .. } = error;
        let failed = Failed { code, why, until: now + after };
        let seen = failed.seen(now);
        let mut all = locked(&self.failed);
        if all.len() >= MOST {
            all.retain(|_, failed| failed.until > now);
        }
        if all.len() >= MOST {
            // They are fetched once more.
            all.clear();
        }
        all.insert(picture.to_owned(), failed);
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn after(pictures: &Pictures, picture: &str, later: Duration) -> Option<Duration> {
        pictures.check(picture, NOW + later).err().map(|unavailable| unavailable.again_in)
    }

    #[test]
    fn a_failure_is_remembered_for_minutes_by_what_it_is() {
        let minutes = Duration::from_mins;
        for (error, until) in [
            (CapabilityError::retry("connection_broken", "cut"), minutes(1)),
            (CapabilityError::put_off(None, "provider_unavailable", "503"), minutes(1)),
            (CapabilityError::put_off(Some(Duration::from_secs(3)), "rate_limited", "429"), minutes(1)),
            (CapabilityError::put_off(Some(minutes(4)), "rate_limited", "429"), minutes(4)),
            (CapabilityError::put_off(Some(minutes(600)), "rate_limited", "429"), minutes(10)),
            (CapabilityError::fail("not_found", "404"), minutes(10)),
        ] {
            let pictures = Pictures::default();
            let (code, why) = (error.code.clone(), error.message.clone());
            assert_eq!(pictures.failed("ada", NOW, error), Unavailable { code, why, again_in: until });
            assert_eq!(after(&pictures, "ada", until / 2), Some(until / 2));
            assert_eq!(after(&pictures, "ada", until), None);
            assert_eq!(after(&pictures, "alan", Duration::ZERO), None, "another one is not concerned");
        }
    }

    #[test]
    fn failures_take_so_much_room_and_no_more() {
        let pictures = Pictures::default();
        let fail = |picture: usize, now: Timestamp| {
            pictures.failed(&picture.to_string(), now, CapabilityError::retry("cut", "cut"));
        };
        for picture in 0..MOST {
            fail(picture, NOW);
        }
        fail(MOST, NOW + Duration::from_mins(1));
        assert_eq!(locked(&pictures.failed).len(), 1, "those that are over make room");
        for picture in 0..3 * MOST {
            fail(picture, NOW);
        }
        assert!(locked(&pictures.failed).len() <= MOST);
        drop(pictures.alone("a"));
        drop(pictures.alone("b"));
        assert_eq!(locked(&pictures.alone).len(), 1, "nobody waits for the first one any more");
    }
}
