//! Counts the chunks in progress of each session.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sluice_domain::ids::OwnerId;
use sluice_store::scribe::RecordingId;

use super::MOST_WAITING;

/// With the owner: a chunk is counted before it is known whether this owner has the session.
type Session = (OwnerId, RecordingId);
type Counts = Arc<Mutex<HashMap<Session, Count>>>;

/// The chunks of a session.
#[derive(Default)]
struct Count {
    turns: u32,
    /// Whether its client waits for a notification.
    waits: bool,
}

/// The counts of all sessions. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Waiting(Counts);

impl Waiting {
    /// Counts a chunk until the turn is dropped; none if its session has too many in progress.
    pub(super) fn enter(&self, owner: &OwnerId, id: &RecordingId) -> Option<Turn> {
        let session = (owner.clone(), id.clone());
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(session.clone()).or_default();
        if count.turns >= MOST_WAITING {
            count.waits = true;
            return None;
        }
        count.turns += 1;
        Some(Turn { counts: Arc::clone(&self.0), session })
    }
}

/// A counted chunk.
pub(super) struct Turn {
    counts: Counts,
    session: Session,
}

impl Turn {
    /// The number of other chunks of its session in progress.
    pub(super) fn others(&self) -> u32 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&self.session).map_or(0, |count| count.turns.saturating_sub(1))
    }

    /// Notes that its client waits for a notification.
    pub(super) fn lets_wait(&self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.session) {
            count.waits = true;
        }
    }

    /// Whether to notify a waiting client once this turn is dropped: at most half of the allowed chunks are in progress then.
    /// Returns true once for each wait.
    pub(super) fn ends_wait(&self) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get_mut(&self.session).filter(|count| count.turns <= MOST_WAITING / 2 + 1);
        count.is_some_and(|count| std::mem::take(&mut count.waits))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.session) {
            count.turns -= 1;
            if count.turns == 0 {
                counts.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sluice_domain::time::Timestamp;

    use super::*;

    #[test]
    fn a_session_has_its_own_turns_and_gets_them_back() {
        let waiting = Waiting::default();
        let id = |random| RecordingId::new(Timestamp::from_millis(0), [random; 10]);
        let (one, other) = (OwnerId::local(), OwnerId::system());
        let turns: Vec<Turn> = (0..MOST_WAITING).map(|_| waiting.enter(&one, &id(1)).unwrap()).collect();
        assert_eq!(turns[0].others(), MOST_WAITING - 1);
        assert!(!turns[0].ends_wait(), "nobody waits");
        assert!(waiting.enter(&one, &id(1)).is_none());
        assert!(!turns[0].ends_wait(), "there is no room yet");
        assert_eq!(waiting.enter(&one, &id(2)).unwrap().others(), 0);
        assert_eq!(waiting.enter(&other, &id(1)).unwrap().others(), 0, "nobody else takes its turns");
        let mut turns = turns;
        turns.truncate(6);
        assert_eq!((turns[0].ends_wait(), turns[0].ends_wait()), (true, false), "it is said once");
        turns[0].lets_wait();
        assert!(turns[0].ends_wait());
        drop(turns);
        assert_eq!(waiting.enter(&one, &id(1)).unwrap().others(), 0);
        assert!(waiting.0.lock().unwrap().is_empty(), "what ended is forgotten");
    }
}
