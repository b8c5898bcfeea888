//! How many chunks of each session this process works on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sluice_domain::ids::OwnerId;
use sluice_store::scribe::RecordingId;

use super::MOST_WAITING;

/// By the owner, too: a chunk is counted before it is known whether this owner has the session.
type Session = (OwnerId, RecordingId);
type Counts = Arc<Mutex<HashMap<Session, u32>>>;

/// The counts of all sessions. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Waiting(Counts);

impl Waiting {
    /// Counts a chunk until the turn is dropped; none if its session has too many already.
    pub(super) fn enter(&self, owner: &OwnerId, id: &RecordingId) -> Option<Turn> {
        let session = (owner.clone(), id.clone());
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(session.clone()).or_default();
        if *count >= MOST_WAITING {
            return None;
        }
        *count += 1;
        Some(Turn { counts: Arc::clone(&self.0), session })
    }
}

/// A chunk that is counted.
pub(super) struct Turn {
    counts: Counts,
    session: Session,
}

impl Turn {
    /// How many others of its session there are.
    pub(super) fn others(&self) -> u32 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&self.session).map_or(0, |count| count.saturating_sub(1))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
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
        assert!(waiting.enter(&one, &id(1)).is_none());
        assert_eq!(waiting.enter(&one, &id(2)).unwrap().others(), 0);
        assert_eq!(waiting.enter(&other, &id(1)).unwrap().others(), 0, "nobody else takes its turns");
        drop(turns);
        assert_eq!(waiting.enter(&one, &id(1)).unwrap().others(), 0);
        assert!(waiting.0.lock().unwrap().is_empty(), "what ended is forgotten");
    }
}
