//! Folding SQLite's write-ahead log into the database, beside the writer.
//!
//! Left to itself, the commit that makes the log long folds it in, two flushes of the disk in which nobody else
//! commits. Here a thread of its own does most of it while others write. The log can begin anew only when all of it is
//! folded in and nobody writes, so the little that came meanwhile is left to the writer. Whatever the load, the log is
//! not longer than [`MOST`] pages and one commit.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::sqlite::{block_in_place, is_busy, run};
use crate::{Options, sqlite};

/// Pages of 4 KiB after which the thread is asked, after which the log may begin anew, and after which the writer does
/// not wait for the thread.
const SOME: u32 = 500;
const MANY: u32 = 1_000;
const MOST: u32 = 1_400;

const FOLD: &str = "PRAGMA wal_checkpoint(PASSIVE)";

thread_local! {
    /// Pages in the log after this thread's last commit: what SQLite calls has no place for state of its own.
    static PAGES: Cell<u32> = const { Cell::new(0) };
}

/// What the writer has to fold its log in. Dropped, the thread ends when it is done.
pub(crate) struct Checkpointer {
    asks: SyncSender<()>,
    thread: JoinHandle<()>,
    /// The thread has folded in what there was when it was asked.
    caught_up: Arc<AtomicBool>,
    /// Pages in the log when it was asked.
    asked_at: u32,
}

impl Checkpointer {
    /// Takes the work over from SQLite. Nothing in a simulation, which repeats only with one thread.
    pub(crate) fn start(path: &Path, writer: &Connection, options: &Options) -> Result<Option<Self>, rusqlite::Error> {
        if options.clock.is_some() {
            return Ok(None);
        }
        let own = sqlite::open(path, options)?;
        let (asks, asked) = sync_channel(1);
        let caught_up = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&caught_up);
        let work = move || {
            while asked.recv().is_ok() {
                fold(&own);
                done.store(true, Ordering::Release);
            }
        };
        let thread = match std::thread::Builder::new().name("sluice-wal".into()).spawn(work) {
            Ok(thread) => thread,
            Err(error) => {
                tracing::warn!(%error, "no thread for the write-ahead log: commits fold it in, and some take longer");
                return Ok(None);
            }
        };
        writer.wal_hook(Some(|_, pages| {
            PAGES.set(pages.unsigned_abs());
            Ok(())
        }));
        Ok(Some(Self { asks, thread, caught_up, asked_at: 0 }))
    }

    /// To be called by whoever has committed, while it still has the writer.
    pub(crate) fn after_commit(&mut self, writer: &Connection) {
        let pages = PAGES.take();
        if pages == 0 {
            // Nothing had changed.
            return;
        }
        if pages < self.asked_at {
            // It began anew.
            self.asked_at = 0;
        }
        if pages > MOST || pages > MANY && self.caught_up.load(Ordering::Acquire) {
            self.caught_up.store(false, Ordering::Release);
            block_in_place(|| fold(writer));
        } else if pages > self.asked_at + SOME {
            self.asked_at = pages;
            self.caught_up.store(false, Ordering::Release);
            // When it is at work already, it will be asked again.
            self.asks.try_send(()).ok();
        }
    }

    /// Waits until the thread has ended.
    pub(crate) fn end(self) {
        drop(self.asks);
        if self.thread.join().is_err() {
            tracing::error!("the thread that folds the write-ahead log in stopped by a fault");
        }
    }
}

fn fold(connection: &Connection) {
    match run(connection, FOLD) {
        Err(error) if !is_busy(&error) => tracing::warn!(%error, "the write-ahead log was not folded in"),
        _ => {}
    }
}
