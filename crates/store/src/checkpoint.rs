//! Checkpoints of SQLite's write-ahead log, concurrent with the writer.
//!
//! By default, the commit that makes the log long also checkpoints it: two flushes of the disk during which nobody else
//! commits. Here a separate thread does most of that while others write. SQLite can restart the log only when all of it is
//! checkpointed and nobody writes, so the few pages that were written meanwhile are left to the writer, which waits for a
//! checkpoint that is under way. Under any load of one process the log is at most [`FORCE_PAGES`] and one commit long.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::sqlite::{block_in_place, is_busy, run};

/// New pages (of 4 KiB) in the log after which the thread is asked for a checkpoint.
const BACKGROUND_PAGES: u32 = 500;
/// Pages in the log from which the writer checkpoints the rest, so that the log restarts, if the thread has caught up.
const RESTART_PAGES: u32 = 1_000;
/// Pages in the log from which the writer does so in any case.
const FORCE_PAGES: u32 = 1_400;

const CHECKPOINT: &str = "PRAGMA wal_checkpoint(PASSIVE)";

thread_local! {
    /// Pages in the log after this thread's last commit. SQLite's hook is a plain function and cannot hold state.
    static PAGES: Cell<u32> = const { Cell::new(0) };
}

/// The writer's handle on the checkpoint thread. When it is dropped, the thread ends after its present checkpoint.
pub(crate) struct Checkpointer {
    requests: SyncSender<()>,
    thread: JoinHandle<()>,
    /// The thread has finished the checkpoint that was last requested.
    caught_up: Arc<AtomicBool>,
    /// Held during a checkpoint: SQLite refuses a second one, instead of waiting for the first.
    turn: Arc<Mutex<()>>,
    /// Pages in the log at the last request.
    requested_at: u32,
}

impl Checkpointer {
    /// Replaces the automatic checkpoints of `writer`, by a thread with a connection of its own.
    pub(crate) fn start(own: Connection, writer: &Connection) -> Option<Self> {
        let (requests, requested) = sync_channel(1);
        let caught_up = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&caught_up);
        let turn = Arc::new(Mutex::new(()));
        let of_thread = Arc::clone(&turn);
        let work = move || {
            while requested.recv().is_ok() {
                checkpoint(&own, &of_thread);
                done.store(true, Ordering::Release);
            }
        };
        let thread = match std::thread::Builder::new().name("sluice-wal".into()).spawn(work) {
            Ok(thread) => thread,
            Err(error) => {
                tracing::warn!(%error, "no checkpoint thread could be started: commits checkpoint, and some take longer");
                return None;
            }
        };
        writer.wal_hook(Some(|_, pages| {
            PAGES.set(pages.unsigned_abs());
            Ok(())
        }));
        Some(Self { requests, thread, caught_up, turn, requested_at: 0 })
    }

    /// Must be called after each commit, while the caller still has the writer.
    pub(crate) fn after_commit(&mut self, writer: &Connection) {
        let pages = PAGES.take();
        if pages == 0 {
            // The commit wrote nothing.
            return;
        }
        if pages < self.requested_at {
            // The log was restarted.
            self.requested_at = 0;
        }
        if pages > FORCE_PAGES || pages > RESTART_PAGES && self.caught_up.load(Ordering::Acquire) {
            self.caught_up.store(false, Ordering::Release);
            block_in_place(|| checkpoint(writer, &self.turn));
        } else if pages > self.requested_at + BACKGROUND_PAGES {
            self.requested_at = pages;
            self.caught_up.store(false, Ordering::Release);
            // A full channel means that a request is pending already.
            self.requests.try_send(()).ok();
        }
    }

    /// Waits until the thread has ended.
    pub(crate) fn join(self) {
        drop(self.requests);
        if self.thread.join().is_err() {
            tracing::error!("the checkpoint thread panicked");
        }
    }
}

/// Waits for one that another thread has begun.
fn checkpoint(connection: &Connection, turn: &Mutex<()>) {
    let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
    match run(connection, CHECKPOINT) {
        Err(error) if !is_busy(&error) => tracing::warn!(%error, "the write-ahead log was not checkpointed"),
        _ => {}
    }
}
