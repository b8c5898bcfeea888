//! A single reader of the event log for all clients of this process: it polls once, and passes the entries of each
//! owner to the subscribers. What a client missed, because it connected later or was too slow, it reads from the log
//! itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_engine::Engine;
use sluice_store::StoreError;
use sluice_store::events::Event;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

/// Another process may have written without notifying this one, so the log is polled at this interval in any case.
const POLL: Duration = Duration::from_secs(1);
/// Every commit causes a notification; the log is read at most this often.
const PAUSE: Duration = Duration::from_millis(20);
/// Entries that are read at a time.
const BATCH: u32 = 200;
/// Entries that are buffered for a slow client; a slower one reads the log.
const BUFFER: usize = 256;

/// The entries of all owners with subscribers.
pub(crate) struct Feed {
    engine: Engine,
    channels: Mutex<HashMap<OwnerId, Channel>>,
    /// Signals the first subscriber.
    listened: Notify,
}

struct Channel {
    sender: broadcast::Sender<Arc<Event>>,
    /// The position up to which everything was sent.
    place: i64,
}

/// A subscription to one owner's entries: those after a position in the log, in order, without gaps.
pub(crate) struct Listener {
    feed: Arc<Feed>,
    owner: OwnerId,
    receiver: broadcast::Receiver<Arc<Event>>,
    place: i64,
    /// The position up to which the log has to be read.
    behind: i64,
}

/// What a subscriber receives.
pub(crate) enum Next {
    Event(Arc<Event>),
    /// Entries after its position have been deleted: it has to reload everything, and continues from here.
    Reset(i64),
}

impl Feed {
    /// Reads for all subscribers, until it is told to stop.
    pub(crate) fn start(engine: Engine, stopping: CancellationToken) -> Arc<Self> {
        let feed = Arc::new(Self { engine, channels: Mutex::default(), listened: Notify::new() });
        tokio::spawn(Arc::clone(&feed).run(stopping));
        feed
    }

    /// Subscribes from `place` on. `last` is the current end of the log.
    pub(crate) fn listen(self: &Arc<Self>, owner: OwnerId, place: i64, last: i64) -> Listener {
        let mut channels = self.channels();
        let channel = channels
            .entry(owner.clone())
            .or_insert_with(|| Channel { sender: broadcast::channel(BUFFER).0, place: last });
        let (receiver, behind) = (channel.sender.subscribe(), channel.place);
        drop(channels);
        self.listened.notify_one();
        Listener { feed: Arc::clone(self), owner, receiver, place, behind }
    }

    async fn run(self: Arc<Self>, stopping: CancellationToken) {
        let mut changed = self.engine.changed();
        loop {
            changed.mark_unchanged();
            let owners = self.listened_to();
            if owners.is_empty() {
                tokio::select! {
                    () = self.listened.notified() => continue,
                    () = stopping.cancelled() => return,
                }
            }
            for (owner, place) in owners {
                if let Err(error) = self.forward(&owner, place).await {
                    tracing::warn!(%error, "the event log cannot be read; trying again");
                }
            }
            tokio::time::sleep(PAUSE).await;
            tokio::select! {
                _ = changed.changed() => {}
                () = self.listened.notified() => {}
                () = tokio::time::sleep(POLL) => {}
                () = stopping.cancelled() => return,
            }
        }
    }

    /// Owners with subscribers, and the position of each; the others are removed.
    fn listened_to(&self) -> Vec<(OwnerId, i64)> {
        let mut channels = self.channels();
        channels.retain(|_, channel| channel.sender.receiver_count() > 0);
        channels.iter().map(|(owner, channel)| (owner.clone(), channel.place)).collect()
    }

    async fn forward(&self, owner: &OwnerId, mut place: i64) -> Result<(), StoreError> {
        loop {
            let page = self.engine.event_page(owner, place, BATCH).await?;
            if page.read_to <= place {
                return Ok(());
            }
            place = page.read_to;
            let mut channels = self.channels();
            let Some(channel) = channels.get_mut(owner) else { return Ok(()) };
            for event in page.events {
                // No subscribers are left: the next round removes the channel.
                channel.sender.send(Arc::new(event)).ok();
            }
            channel.place = place;
        }
    }

    fn channels(&self) -> MutexGuard<'_, HashMap<OwnerId, Channel>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Waits for the next entries.
    pub(crate) async fn next(&mut self) -> Result<Vec<Next>, StoreError> {
        loop {
            if self.place < self.behind {
                let read = self.read_log().await?;
                if !read.is_empty() {
                    return Ok(read);
                }
            }
            match self.receiver.recv().await {
                Ok(event) if event.seq <= self.place => {}
                Ok(event) if event.seq == self.place + 1 => {
                    self.place = event.seq;
                    return Ok(vec![Next::Event(event)]);
                }
                // Skipped, because it was too slow: they are in the log.
                Ok(event) => self.behind = event.seq,
                Err(broadcast::error::RecvError::Lagged(_)) => self.behind = i64::MAX,
                // The feed keeps the other end for as long as there are subscribers.
                Err(broadcast::error::RecvError::Closed) => return std::future::pending().await,
            }
        }
    }

    async fn read_log(&mut self) -> Result<Vec<Next>, StoreError> {
        let batch = self.feed.engine.events_after(&self.owner, self.place, BATCH).await?;
        let Some(last) = batch.last().map(|event| event.seq) else {
            self.behind = self.place;
            return Ok(Vec::new());
        };
        // Positions have no gaps: missing ones have been deleted meanwhile.
        let missed = batch.first().is_some_and(|event| event.seq > self.place + 1);
        self.place = last;
        if missed {
            return Ok(vec![Next::Reset(last)]);
        }
        Ok(batch.into_iter().map(|event| Next::Event(Arc::new(event))).collect())
    }
}
