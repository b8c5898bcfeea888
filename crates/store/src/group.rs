//! Group commit on SQLite: units of work that wait for the one writer share a transaction and its commit.
//!
//! A unit of work has the writer to itself while it runs. If others wait when it is done, it leaves the transaction open and
//! waits for the commit; each further unit runs behind a savepoint of its own, and the last one commits for all. So a unit
//! that fails is rolled back alone, what was acknowledged is on the disk (`synchronous=FULL`), and under load one flush of
//! the disk serves hundreds of callers. A unit that is alone pays nothing for this: it is one plain transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use sluice_domain::time::Timestamp;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot, watch};
use tokio::time::Instant;

use crate::checkpoint::Checkpointer;
use crate::error::StoreError;
use crate::sqlite::{block_in_place, retry_while_busy, run};
use crate::unit::{Link, Notifications, Tx};

/// The most units that share a commit, and the longest time that the first of them waits for the others.
const MOST_UNITS: usize = 1_000;
const LONGEST_WAIT: Duration = Duration::from_millis(10);

/// SQLite's plain `BEGIN` takes the write lock at the first write, which fails if the snapshot is stale by then. `IMMEDIATE`
/// takes it at the start, before anything has been read.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// The one writer, and the units of work that wait for it.
pub(crate) struct Group {
    writer: Arc<Mutex<Writer>>,
    waiting: AtomicUsize,
    /// Workers that are idle.
    idle: AtomicUsize,
    /// After this long behind another process's lock, a warning is logged.
    warn_after: Duration,
    work: watch::Sender<u64>,
    events: watch::Sender<u64>,
}

/// The writing connection and the transaction that is open on it.
struct Writer {
    connection: Connection,
    checkpointer: Option<Checkpointer>,
    begun_at: Option<Instant>,
    /// The unit that is running, if any. The next unit rolls back one that was abandoned.
    unit: Option<Unit>,
    /// Units that are done, and wait for the commit.
    waiters: Vec<oneshot::Sender<Result<(), StoreError>>>,
    pending: Notifications,
    now: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// The first of its transaction, which is rolled back with it.
    Transaction,
    /// Behind a savepoint of its own.
    Savepoint,
}

/// Marks a worker as idle until it is dropped.
pub struct Idle {
    group: Arc<Group>,
}

impl Drop for Idle {
    fn drop(&mut self) {
        self.group.idle.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The exclusive use of the writer by one unit of work.
pub(crate) struct Turn {
    writer: OwnedMutexGuard<Writer>,
    group: Arc<Group>,
}

/// A unit of work that waits for the writer.
struct Waiting {
    group: Arc<Group>,
    acquired: bool,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let left = self.group.waiting.fetch_sub(1, Ordering::SeqCst) - 1;
        // Other units may depend on this one to commit for them.
        if !self.acquired && left == 0 {
            self.group.finish_soon();
        }
    }
}

impl Writer {
    /// Rolls back the unit that is running, and no other.
    fn roll_back(&mut self) {
        let rolled_back = match self.unit.take() {
            None => return,
            Some(Unit::Transaction) => {
                self.begun_at = None;
                run(&self.connection, "ROLLBACK")
            }
            Some(Unit::Savepoint) => {
                run(&self.connection, "ROLLBACK TO unit").and_then(|()| run(&self.connection, "RELEASE unit"))
            }
        };
        if let Err(error) = rolled_back {
            // On a full disk SQLite rolls back the transaction by itself, and then there is none to roll back.
            self.begun_at = None;
            self.fail(&error.into());
        }
    }

    /// Reports the failure to all units of the transaction.
    fn fail(&mut self, error: &StoreError) {
        self.pending = Notifications::default();
        self.now = None;
        for waiter in self.waiters.drain(..) {
            waiter.send(Err(error.again())).ok();
        }
    }
}

impl Group {
    pub(crate) fn new(
        connection: Connection,
        checkpointer: Option<Checkpointer>,
        warn_after: Duration,
        work: watch::Sender<u64>,
        events: watch::Sender<u64>,
    ) -> Arc<Self> {
        let writer = Writer {
            connection,
            checkpointer,
            begun_at: None,
            unit: None,
            waiters: Vec::new(),
            pending: Notifications::default(),
            now: None,
        };
        Arc::new(Self {
            writer: Arc::new(Mutex::new(writer)),
            waiting: AtomicUsize::new(0),
            idle: AtomicUsize::new(0),
            warn_after,
            work,
            events,
        })
    }

    /// Waits for the writer, and begins a unit on it. While another process has the file locked, it retries for as long as
    /// that takes.
    pub(crate) async fn turn(self: &Arc<Self>) -> Result<Turn, StoreError> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut waiting = Waiting { group: Arc::clone(self), acquired: false };
        let writer = Arc::clone(&self.writer).lock_owned().await;
        waiting.acquired = true;
        drop(waiting);
        let mut turn = Turn { writer, group: Arc::clone(self) };
        turn.begin().await?;
        Ok(turn)
    }

    pub(crate) fn idle(self: &Arc<Self>) -> Idle {
        self.idle.fetch_add(1, Ordering::SeqCst);
        Idle { group: Arc::clone(self) }
    }

    fn has_no_waiters(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) == 0
    }

    /// Commits finished units for which no later unit will.
    fn finish_soon(self: &Arc<Self>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let group = Arc::clone(self);
        runtime.spawn(async move {
            let writer = Arc::clone(&group.writer).lock_owned().await;
            let mut turn = Turn { writer, group };
            turn.writer.roll_back();
            turn.hand_over().await;
        });
    }

    /// For tests: makes the database read-only, as on a read-only file system, or writable again.
    pub(crate) async fn set_read_only(&self, yes: bool) -> Result<(), StoreError> {
        Ok(self.writer.lock().await.connection.pragma_update(None, "query_only", yes)?)
    }

    /// Gives back what the writer's cache holds of pages that are written. They are read again when they are wanted.
    pub(crate) async fn release_cache(&self) {
        let writer = self.writer.lock().await;
        if let Err(error) = block_in_place(|| run(&writer.connection, "PRAGMA shrink_memory")) {
            tracing::warn!(%error, "the cache of the database was not given back");
        }
    }

    /// Waits for the running unit, checkpoints the write-ahead log, and closes the connection.
    pub(crate) async fn close(&self) {
        let mut writer = self.writer.lock().await;
        writer.roll_back();
        if let Some(checkpointer) = writer.checkpointer.take() {
            block_in_place(|| checkpointer.join());
        }
        if let Err(error) = block_in_place(|| run(&writer.connection, "PRAGMA wal_checkpoint(TRUNCATE)")) {
            tracing::warn!(%error, "the write-ahead log was not checkpointed");
        }
    }
}

impl Turn {
    async fn begin(&mut self) -> Result<(), StoreError> {
        let writer = &mut *self.writer;
        writer.roll_back();
        if writer.begun_at.is_some() {
            run(&writer.connection, "SAVEPOINT unit")?;
            writer.unit = Some(Unit::Savepoint);
            return Ok(());
        }
        writer.now = None;
        let connection = &mut writer.connection;
        retry_while_busy(self.group.warn_after, move || run(connection, BEGIN)).await?;
        writer.unit = Some(Unit::Transaction);
        writer.begun_at = Some(Instant::now());
        Ok(())
    }

    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.writer.connection
    }

    pub(crate) fn now(&self) -> Option<Timestamp> {
        self.writer.now
    }

    pub(crate) fn set_now(&mut self, now: Option<Timestamp>) {
        self.writer.now = now;
    }

    /// Rolls the unit back.
    pub(crate) async fn roll_back(mut self) {
        self.writer.roll_back();
        self.hand_over().await;
    }

    /// Commits the unit; returns when it is on the disk.
    pub(crate) async fn commit(mut self, pending: Notifications) -> Result<(), StoreError> {
        let writer = &mut *self.writer;
        if writer.unit == Some(Unit::Savepoint)
            && let Err(error) = run(&writer.connection, "RELEASE unit")
        {
            self.roll_back().await;
            return Err(error.into());
        }
        writer.unit = None;
        let work = pending.work;
        writer.pending.join(pending);
        let (waiter, committed) = oneshot::channel();
        writer.waiters.push(waiter);
        if work {
            self.wake_idle_workers().await;
        }
        self.hand_over().await;
        // The unit that commits for all answers, even if this caller is gone.
        committed.await.unwrap_or_else(|_| Err(StoreError::Interrupted))
    }

    /// Wakes idle workers before the commit, so that their claim joins the transaction, and one flush of the disk serves both.
    /// They start no job before the commit.
    async fn wake_idle_workers(&mut self) {
        // The woken task runs next on this thread, or at once on a free one.
        const TURNS: usize = 20;
        notify(&self.group.work, true);
        for _ in 0..TURNS {
            if self.group.idle.load(Ordering::SeqCst) == 0 || !self.group.has_no_waiters() {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Passes the writer on: the next unit joins the transaction, or the transaction is committed.
    async fn hand_over(self) {
        let Some(begun_at) = self.writer.begun_at else { return };
        let full = self.writer.waiters.len() >= MOST_UNITS || begun_at.elapsed() > LONGEST_WAIT;
        if !full && !self.group.has_no_waiters() {
            return;
        }
        self.commit_group().await;
    }

    /// Nothing in here yields, so cancelling the caller cannot interrupt it.
    async fn commit_group(mut self) {
        let pending = std::mem::take(&mut self.writer.pending);
        let events = !pending.events.is_empty();
        let group = Arc::clone(&self.group);
        let mut tx = Tx::new(Link::Writer(self));
        tx.pending = pending;
        let written = tx.write_events().await;
        let Link::Writer(mut turn) = tx.link else { return };
        let writer = &mut *turn.writer;
        writer.begun_at = None;
        match written.and_then(|()| Ok(block_in_place(|| run(&writer.connection, "COMMIT"))?)) {
            Ok(()) => {
                for waiter in writer.waiters.drain(..) {
                    waiter.send(Ok(())).ok();
                }
                notify(&group.events, events);
                if let Some(checkpointer) = &mut writer.checkpointer {
                    checkpointer.after_commit(&writer.connection);
                }
            }
            Err(error) => {
                // A failed commit may still hold the lock. If SQLite has rolled it back by itself, this fails, which is harmless.
                run(&writer.connection, "ROLLBACK").ok();
                writer.fail(&error);
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // The unit's task was cancelled. The next unit rolls it back and commits the finished ones; without a next unit, that
        // is done now.
        if (self.writer.unit.is_some() || self.writer.begun_at.is_some()) && self.group.has_no_waiters() {
            self.group.finish_soon();
        }
    }
}

pub(crate) fn notify(hint: &watch::Sender<u64>, yes: bool) {
    if yes {
        hint.send_modify(|count| *count = count.wrapping_add(1));
    }
}
