//! Group commit on SQLite: units of work that wait for the one writer share a transaction and its commit.
//!
//! A unit has the writer to itself while it runs. When it is done and others wait, it leaves the transaction open, each
//! unit behind a savepoint of its own, and waits for its acknowledgement; the last one commits for all. So a unit that
//! fails is undone alone, what was acknowledged is on the disk (`synchronous=FULL`), and under load one flush of the
//! disk serves hundreds of callers. A unit that is alone pays nothing for this: it is one transaction.

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

/// Most units that share a commit, and the longest that the first of them waits for others to end.
const MOST_UNITS: usize = 1_000;
const LONGEST_WAIT: Duration = Duration::from_millis(10);

/// SQLite's plain `BEGIN` takes the write lock at the first write, where waiting for it can fail with a stale snapshot;
/// `IMMEDIATE` waits at the start, where nothing has been read yet.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// The one writer and those who wait for it.
pub(crate) struct Group {
    writer: Arc<Mutex<Writer>>,
    waiting: AtomicUsize,
    /// Workers that have nothing to do but to wait for work.
    idle: AtomicUsize,
    /// When the log tells of another process's lock.
    warn_after: Duration,
    work: watch::Sender<u64>,
    events: watch::Sender<u64>,
}

/// The writing connection and the transaction that is open on it.
struct Writer {
    connection: Connection,
    checkpointer: Option<Checkpointer>,
    begun_at: Option<Instant>,
    /// The unit that runs, if any: whatever finds one here that is not its own undoes it first.
    unit: Option<Unit>,
    /// Units that are done and wait for the commit.
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

/// Someone waits for work, for as long as this is kept.
pub struct Idle {
    group: Arc<Group>,
}

impl Drop for Idle {
    fn drop(&mut self) {
        self.group.idle.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A unit's turn: the writer is its own.
pub(crate) struct Turn {
    writer: OwnedMutexGuard<Writer>,
    group: Arc<Group>,
}

/// Someone who waits for the writer.
struct Waiting {
    group: Arc<Group>,
    acquired: bool,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let left = self.group.waiting.fetch_sub(1, Ordering::SeqCst) - 1;
        // Others may count on it to commit for them.
        if !self.acquired && left == 0 {
            self.group.finish_soon();
        }
    }
}

impl Writer {
    /// Undoes the unit that is under way, and nothing else.
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
            // SQLite itself undoes a transaction that finds the disk full, and then there is none to undo.
            self.begun_at = None;
            self.fail(&error.into());
        }
    }

    /// Tells everyone whose unit was in this transaction that it was not kept.
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

    /// Waits for the writer, and begins a unit on it. Waits also behind other processes: busy is asked again for as
    /// long as it takes.
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

    /// Commits what nobody is left to commit.
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

    /// For tests: it takes no writes any more, as when its file system takes none; or it takes them again.
    pub(crate) async fn set_read_only(&self, yes: bool) -> Result<(), StoreError> {
        Ok(self.writer.lock().await.connection.pragma_update(None, "query_only", yes)?)
    }

    /// Waits until nothing is under way, and closes the connection; its write-ahead log is folded in.
    pub(crate) async fn close(&self) {
        let mut writer = self.writer.lock().await;
        writer.roll_back();
        if let Some(checkpointer) = writer.checkpointer.take() {
            block_in_place(|| checkpointer.join());
        }
        if let Err(error) = block_in_place(|| run(&writer.connection, "PRAGMA wal_checkpoint(TRUNCATE)")) {
            tracing::warn!(%error, "the write-ahead log was not folded in");
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

    /// Undoes the unit.
    pub(crate) async fn roll_back(mut self) {
        self.writer.roll_back();
        self.hand_over().await;
    }

    /// Keeps the unit: returns when it is on the disk.
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
        // Whoever commits answers, also when the caller is gone.
        committed.await.unwrap_or_else(|_| Err(StoreError::Interrupted))
    }

    /// Wakes those who wait for work, before the commit: whoever is idle takes the work in the same transaction, so
    /// that one flush of the disk serves both. Nothing comes of it before that.
    async fn wake_idle_workers(&mut self) {
        // The woken task is next on this thread, or at once on another that is free.
        const TURNS: usize = 20;
        notify(&self.group.work, true);
        for _ in 0..TURNS {
            if self.group.idle.load(Ordering::SeqCst) == 0 || !self.group.has_no_waiters() {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Goes on: the next unit joins the transaction, or all of it is committed.
    async fn hand_over(self) {
        let Some(begun_at) = self.writer.begun_at else { return };
        let full = self.writer.waiters.len() >= MOST_UNITS || begun_at.elapsed() > LONGEST_WAIT;
        if !full && !self.group.has_no_waiters() {
            return;
        }
        self.commit_group().await;
    }

    /// Nothing in here waits, so no caller is stopped in mid-way.
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
                // A commit that failed may still hold its lock; when SQLite undid it by itself, there is nothing to undo.
                run(&writer.connection, "ROLLBACK").ok();
                writer.fail(&error);
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // The unit's task was stopped in mid-way. Whoever comes next undoes it, or commits what it had kept; if nobody
        // comes, that is done now.
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
