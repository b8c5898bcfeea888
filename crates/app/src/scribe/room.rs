//! Admission control for the bytes of chunks that this process works on: one bound for all sessions, and how owners share it.
//!
//! Bytes are held until their request ends, which a slow client decides. So an owner beyond a fair share never gets the last
//! quarter of the bound, nor more than half of it while another owner holds some: there is always room for the next owner.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_store::scribe::RecordingId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most chunks that are received at the same time, of all sessions: each holds a file open. The bytes of others wait in the
/// buffers of the network, as far as the bound admits them.
pub(super) const AT_ONCE: usize = 256;
/// The same of one owner. The rest of [`AT_ONCE`] is for others.
const OF_OWNER: usize = AT_ONCE / 4 * 3;
/// What a request holds in addition to its chunk: the buffer of its connection.
const BESIDE: u64 = 64 * 1024;
/// The delays of refused clients are spread over this many seconds, so that they do not return all at once.
const SPREAD: u64 = 5;
/// Most sessions that wait for a notification that there is room again; clients of others retry by their own timers.
const MOST_TOLD: usize = 1_024;
/// Most sessions that are notified when a chunk is done: the room that it leaves is enough for their next chunks.
const TOLD_AT_ONCE: usize = 4;

/// The bound, with the bytes that are held. Cheap to clone.
#[derive(Clone)]
pub(super) struct Room {
    most: u64,
    counts: Arc<Mutex<Counts>>,
}

#[derive(Default)]
struct Counts {
    held: u64,
    refused: u64,
    owners: HashMap<OwnerId, Share>,
    /// Sessions whose clients wait for a notification.
    wait: VecDeque<(OwnerId, RecordingId)>,
}

/// The share of an owner.
struct Share {
    bytes: u64,
    chunks: u64,
    receiving: Arc<Semaphore>,
}

impl Share {
    fn new() -> Self {
        Self { bytes: 0, chunks: 0, receiving: Arc::new(Semaphore::new(OF_OWNER)) }
    }
}

impl Room {
    /// With a bound of `most` bytes.
    pub(super) fn new(most: u64) -> Self {
        Self { most, counts: Arc::default() }
    }

    /// Admits the bytes of a chunk until the result is dropped, or returns the delay after which to retry. An owner who holds
    /// nothing, or at most a quarter of the bound with this chunk, may use everything that is free; beyond that three quarters,
    /// or half while other owners hold some. A session with `others` chunks in progress may fill half, so that the other half is
    /// for sessions without any. If nothing is held, a chunk is admitted whatever its size.
    pub(super) fn enter(&self, owner: &OwnerId, bytes: u64, others: u32) -> Result<Held, Duration> {
        let bytes = bytes.saturating_add(BESIDE);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counts.owners.get(owner).map_or(0, |share| share.bytes);
        let after = counts.held.saturating_add(bytes);
        let of_owner = if own == 0 || own.saturating_add(bytes) <= self.most / 4 {
            self.most
        } else if own == counts.held {
            self.most / 4 * 3
        } else {
            self.most / 2
        };
        let of_session = if others == 0 { self.most } else { self.most / 2 };
        if counts.held > 0 && after > of_owner.min(of_session) {
            counts.refused = counts.refused.wrapping_add(1);
            return Err(Duration::from_secs(1 + counts.refused % SPREAD));
        }
        counts.held = after;
        let share = counts.owners.entry(owner.clone()).or_insert_with(Share::new);
        share.bytes = share.bytes.saturating_add(bytes);
        share.chunks += 1;
        let receiving = Arc::clone(&share.receiving);
        Ok(Held { owner: owner.clone(), bytes, receiving, room: self.clone() })
    }

    /// Registers a session whose client waits for a notification.
    pub(super) fn lets_wait(&self, owner: &OwnerId, id: &RecordingId) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let one = (owner.clone(), id.clone());
        if counts.wait.len() < MOST_TOLD && !counts.wait.contains(&one) {
            counts.wait.push_back(one);
        }
    }
}

/// Admitted bytes of a chunk.
pub(super) struct Held {
    owner: OwnerId,
    bytes: u64,
    receiving: Arc<Semaphore>,
    room: Room,
}

impl Held {
    /// Whether the others hold more than 80 % of the bound.
    pub(super) fn is_crowded(&self) -> bool {
        let held = self.room.counts.lock().unwrap_or_else(PoisonError::into_inner).held;
        held.saturating_sub(self.bytes) > self.room.most / 5 * 4
    }

    /// The next waiting sessions to notify once this is dropped, if half of the bound is free then.
    pub(super) fn ends_waits(&self) -> Vec<(OwnerId, RecordingId)> {
        let mut counts = self.room.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.held.saturating_sub(self.bytes) > self.room.most / 2 {
            return Vec::new();
        }
        let count = counts.wait.len().min(TOLD_AT_ONCE);
        counts.wait.drain(..count).collect()
    }

    /// Waits until fewer than [`OF_OWNER`] chunks of this owner are received, and counts this one among them.
    pub(super) async fn receive(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        Arc::clone(&self.receiving).acquire_owned().await.ok()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut counts = self.room.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.held = counts.held.saturating_sub(self.bytes);
        if let Some(share) = counts.owners.get_mut(&self.owner) {
            share.bytes = share.bytes.saturating_sub(self.bytes);
            share.chunks = share.chunks.saturating_sub(1);
            if share.chunks == 0 {
                counts.owners.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNK: u64 = 1_000_000 - BESIDE;

    fn owner(number: u32) -> OwnerId {
        format!("owner-{number}").parse().unwrap()
    }

    #[test]
    fn what_is_above_the_bound_waits_until_there_is_room() {
        let room = Room::new(10_000_000);
        let mut held: Vec<Held> = (0..10).map(|number| room.enter(&owner(number), CHUNK, 0).unwrap()).collect();
        let pauses: Vec<u64> = (0..5).map(|_| room.enter(&owner(99), 0, 0).err().unwrap().as_secs()).collect();
        assert!(pauses.iter().all(|pause| (1..=5).contains(pause)), "{pauses:?}");
        assert_ne!(pauses[0], pauses[1], "they do not all come back at once");
        assert!(held[0].is_crowded());
        held.truncate(9);
        assert!(!held[0].is_crowded(), "the others hold 80 %");
        assert!(room.enter(&owner(99), CHUNK, 0).is_ok());
        drop(held);
        let counts = room.counts.lock().unwrap();
        assert_eq!((counts.held, counts.owners.len()), (0, 0), "who left is forgotten");
    }

    #[test]
    fn who_waits_is_told_once_a_few_at_a_time_when_half_of_it_is_free() {
        let room = Room::new(10_000_000);
        let mut held: Vec<Held> = (0..10).map(|number| room.enter(&owner(number), CHUNK, 0).unwrap()).collect();
        let id = |random| RecordingId::new(sluice_domain::time::Timestamp::from_millis(0), [random; 10]);
        for number in [1, 2, 3, 4, 5, 5] {
            room.lets_wait(&owner(7), &id(number));
        }
        held.truncate(7);
        assert_eq!(held[0].ends_waits(), []);
        held.truncate(6);
        let told: Vec<RecordingId> = held[0].ends_waits().into_iter().map(|(_, id)| id).collect();
        assert_eq!(told, [id(1), id(2), id(3), id(4)]);
        assert_eq!(held[1].ends_waits(), [(owner(7), id(5))]);
        assert_eq!(held[1].ends_waits(), []);
    }

    #[test]
    fn one_session_cannot_take_all_of_it() {
        let room = Room::new(10_000_000);
        let one: Vec<Held> = (0..10).map_while(|others| room.enter(&owner(1), CHUNK, others).ok()).collect();
        assert_eq!(one.len(), 5);
        let rest: Vec<Held> = (2..9).map_while(|number| room.enter(&owner(number), CHUNK, 0).ok()).collect();
        assert_eq!(rest.len(), 5, "there is room for those that have none");
    }

    #[test]
    fn one_owner_cannot_take_all_of_it() {
        let room = Room::new(20_000_000);
        let chunks = |of: u32| -> Vec<Held> {
            let one = |_| room.enter(&owner(of), CHUNK, 0).ok();
            (0..20).map_while(one).collect()
        };
        let mut slow = chunks(1);
        assert_eq!(slow.len(), 15, "a quarter is left, although nobody else is there yet");
        let second = chunks(2);
        assert_eq!(second.len(), 5, "whoever comes has a quarter at once");
        drop(second);
        let second = room.enter(&owner(2), CHUNK, 0).unwrap();
        slow.truncate(9);
        assert!(room.enter(&owner(1), CHUNK, 0).is_err(), "with another one there it is half, of both together");
        slow.truncate(4);
        assert_eq!(chunks(3).len(), 5, "up to half, since others are there");
        drop(second);
        drop(slow);
        assert_eq!(chunks(3).len(), 15);
    }

    #[tokio::test]
    async fn one_owner_cannot_have_all_that_is_received_at_the_same_time() {
        let room = Room::new(u64::MAX);
        let slow = room.enter(&owner(1), 0, 0).unwrap();
        let mut permits = Vec::new();
        for _ in 0..OF_OWNER {
            permits.push(slow.receive().await.unwrap());
        }
        let next = room.enter(&owner(1), 0, 0).unwrap();
        assert!(futures::FutureExt::now_or_never(next.receive()).is_none());
        assert!(room.enter(&owner(2), 0, 0).unwrap().receive().await.is_some());
        permits.pop();
        assert!(next.receive().await.is_some());
    }

    #[test]
    fn a_chunk_that_is_larger_than_the_bound_is_worked_on_alone() {
        let room = Room::new(1_000);
        let one = room.enter(&owner(1), 10_000_000, 0).unwrap();
        assert!(!one.is_crowded());
        assert!(room.enter(&owner(2), 1, 0).is_err());
        drop(one);
        assert!(room.enter(&owner(2), u64::MAX, 3).is_ok());
    }
}
