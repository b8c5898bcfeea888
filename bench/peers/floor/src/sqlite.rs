//! The floor on SQLite.

use std::path::{Path, PathBuf};
use std::sync::mpsc as blocking;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Result, anyhow, ensure};
use peer_common::latencies::per_second;
use peer_common::phases::{self, BULK};
use peer_common::{Database, Measure, Report, Settings, handler};
use rusqlite::{Connection, Transaction, params};
use tokio::sync::{mpsc, oneshot};

use crate::Noop;

const SCHEMA: &str = "
    CREATE TABLE jobs (
        id INTEGER PRIMARY KEY,
        queue TEXT NOT NULL,
        kind TEXT NOT NULL,
        state INTEGER NOT NULL DEFAULT 0,
        priority INTEGER NOT NULL DEFAULT 1,
        run_at INTEGER NOT NULL,
        attempt INTEGER NOT NULL DEFAULT 0,
        max_attempts INTEGER NOT NULL DEFAULT 25,
        worker TEXT,
        lease_until INTEGER,
        payload TEXT NOT NULL,
        error TEXT,
        created_at INTEGER NOT NULL,
        done_at INTEGER
    ) STRICT;
    CREATE INDEX jobs_ready ON jobs (queue, priority, run_at, id) WHERE state = 0;
    CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 1;";
const INSERT: &str =
    "INSERT INTO jobs (queue, kind, run_at, payload, created_at) VALUES ('default', 'noop', ?1, ?2, ?1)";
const CLAIM: &str = "
    UPDATE jobs SET state = 1, attempt = attempt + 1, worker = 'w1', lease_until = ?2 + 30000
    WHERE id IN (SELECT id FROM jobs WHERE queue = 'default' AND state = 0 AND run_at <= ?2
                 ORDER BY priority, run_at, id LIMIT ?1)
    RETURNING id, payload";
const COMPLETE: &str = "
    UPDATE jobs SET state = 2, done_at = ?2, worker = NULL, lease_until = NULL
    WHERE id IN (SELECT value FROM json_each(?1)) AND state = 1 AND worker = 'w1'";

/// Requests that share a commit at most.
const GROUP: usize = 1000;
/// Jobs that go through the database before pickups with a worn log are timed.
const WEAR: u64 = 30_000;

struct Claimed {
    id: i64,
    payload: String,
}

fn open(file: &Path, synchronous: &str) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA busy_timeout = 10000;
         PRAGMA cache_size = -65536;"
    ))?;
    Ok(connection)
}

#[expect(clippy::disallowed_methods, reason = "nothing here is tested with another clock")]
fn now_ms() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}

fn insert(connection: &Connection, stamp: i64) -> Result<()> {
    let payload = serde_json::to_string(&Noop { stamp })?;
    connection.prepare_cached(INSERT)?.execute(params![now_ms()?, payload])?;
    Ok(())
}

fn insert_bulk(connection: &mut Connection, jobs: u64) -> Result<()> {
    for inserted in (0..jobs).step_by(usize::try_from(BULK)?) {
        let transaction = connection.transaction()?;
        for _ in 0..BULK.min(jobs - inserted) {
            insert(&transaction, handler::UNTIMED)?;
        }
        transaction.commit()?;
    }
    Ok(())
}

fn claim(connection: &Connection, limit: u64) -> Result<Vec<Claimed>> {
    let mut statement = connection.prepare_cached(CLAIM)?;
    let rows = statement.query_map(params![i64::try_from(limit)?, now_ms()?], |row| {
        Ok(Claimed { id: row.get(0)?, payload: row.get(1)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn complete(connection: &Connection, jobs: &[Claimed]) -> Result<()> {
    let ids: Vec<i64> = jobs.iter().map(|job| job.id).collect();
    let completed = connection.prepare_cached(COMPLETE)?.execute(params![serde_json::to_string(&ids)?, now_ms()?])?;
    ensure!(completed == jobs.len(), "{completed} of {} jobs were completed", jobs.len());
    Ok(())
}

fn count(connection: &Connection, condition: &str) -> Result<u64> {
    let query = format!("SELECT count(*) FROM jobs WHERE {condition}");
    Ok(u64::try_from(connection.query_row(&query, [], |row| row.get::<_, i64>(0))?)?)
}

/// The floor at one setting of `synchronous`.
struct Floor<'a> {
    synchronous: &'static str,
    settings: &'a Settings,
}

pub(crate) async fn measure(synchronous: &'static str, settings: &Settings) -> Result<()> {
    eprintln!("floor on SQLite, sync {synchronous}");
    let floor = Floor { synchronous, settings };
    floor.enqueue_alone().await?;
    floor.enqueue_grouped(1, Measure::EnqueueByOneCaller).await?;
    floor.enqueue_grouped(100, Measure::EnqueueByHundredCallers).await?;
    floor.enqueue_bulk()?;
    floor.drain("floor", 200, Commits::ClaimAndCompletion)?;
    floor.drain("floor grouped", 200, Commits::Both)?;
    floor.drain("floor grouped, batches of 1000", 1000, Commits::Both)?;
    floor.pickup("floor", 0).await?;
    floor.pickup("floor, worn log", WEAR).await
}

/// What a commit makes durable while draining.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Commits {
    /// A claim; or the completion of what was claimed.
    ClaimAndCompletion,
    /// The completion of what was claimed before, and the next claim.
    Both,
}

impl Floor<'_> {
    fn report(&self, system: &str, in_words: &str) -> Report {
        Report {
            system: system.to_owned(),
            database: Database::Sqlite,
            sync: self.synchronous.to_owned(),
            settings: in_words.to_owned(),
        }
    }

    fn new_file(&self) -> Result<PathBuf> {
        self.settings.new_sqlite_file("floor.db")
    }

    /// A database with an empty table.
    fn create(&self) -> Result<Connection> {
        let connection = open(&self.new_file()?, self.synchronous)?;
        connection.execute_batch(SCHEMA)?;
        Ok(connection)
    }

    /// One caller, and a commit for each insert.
    async fn enqueue_alone(&self) -> Result<()> {
        let connection = Arc::new(Mutex::new(self.create()?));
        let enqueued = phases::enqueue(1, move || {
            let inserted = insert(&connection.lock().unwrap_or_else(PoisonError::into_inner), handler::UNTIMED);
            async { inserted }
        })
        .await?;
        self.report("floor", "a commit for each job").print_enqueued(Measure::EnqueueByOneCaller, &enqueued)
    }

    /// A thread that writes takes all that wait into one commit, then answers each.
    async fn enqueue_grouped(&self, callers: usize, measure: Measure) -> Result<()> {
        let (requests, queue) = mpsc::unbounded_channel();
        let connection = self.create()?;
        let writer = thread::spawn(move || write_grouped(connection, queue));
        let enqueued = phases::enqueue(callers, move || {
            let requests = requests.clone();
            async move {
                let (answer, answered) = oneshot::channel();
                requests.send(answer)?;
                Ok(answered.await?)
            }
        })
        .await?;
        let written = writer.join().map_err(|_| anyhow!("the writer panicked"))??;
        ensure!(
            written.rows == enqueued.count(),
            "{} jobs were written, {} acknowledged",
            written.rows,
            enqueued.count()
        );
        let note = format!("{enqueued}; {} commits for {} jobs", written.commits, written.rows);
        self.report("floor grouped", "callers share commits").print(measure, enqueued.per_second, &note)
    }

    fn enqueue_bulk(&self) -> Result<()> {
        let (mut connection, jobs) = (self.create()?, self.settings.jobs);
        let start = Instant::now();
        insert_bulk(&mut connection, jobs)?;
        let rate = per_second(jobs, start.elapsed());
        self.report("floor", "").print(Measure::EnqueueInBulk, rate, &format!("{BULK} jobs a commit"))
    }

    fn drain(&self, system: &str, batch: u64, commits: Commits) -> Result<()> {
        let (mut connection, jobs) = (self.create()?, self.settings.jobs);
        insert_bulk(&mut connection, jobs)?;
        let start = Instant::now();
        match commits {
            Commits::ClaimAndCompletion => drain_in_two_commits(&connection, batch)?,
            Commits::Both => drain_in_one_commit(&mut connection, batch)?,
        }
        let rate = per_second(jobs, start.elapsed());
        let completed = count(&connection, "state = 2")?;
        ensure!(completed == jobs, "{completed} of {jobs} jobs were completed");
        let in_words = match commits {
            Commits::ClaimAndCompletion => "a commit for the claim, a commit for the completion",
            Commits::Both => "a commit for a completion and the next claim",
        };
        let note = format!("batches of {batch}; {jobs} jobs, all completed");
        self.report(system, in_words).print(Measure::Drain, rate, &note)
    }

    /// A caller commits the insert and wakes the worker's thread, which commits the claim and runs the job. `wear` jobs have
    /// been written before: then the log's file need not grow any more.
    async fn pickup(&self, system: &str, wear: u64) -> Result<()> {
        let file = self.new_file()?;
        let mut connection = open(&file, self.synchronous)?;
        connection.execute_batch(SCHEMA)?;
        insert_bulk(&mut connection, wear)?;
        connection.execute("DELETE FROM jobs", [])?;
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;

        let (wakes, woken) = blocking::channel();
        let worker = open(&file, self.synchronous)?;
        let worker = thread::spawn(move || work_when_woken(&worker, &woken));
        let inserts = open(&file, self.synchronous)?;
        let pickups = phases::pickup(self.settings.samples, |stamp| {
            let sent = insert(&inserts, stamp).and_then(|()| Ok(wakes.send(())?));
            async { sent }
        })
        .await?;
        drop(wakes);
        worker.join().map_err(|_| anyhow!("the worker panicked"))??;
        let completed = count(&connection, "state = 2")?;
        ensure!(completed == pickups.count(), "{completed} of {} jobs were completed", pickups.count());
        self.report(system, "woken in process").print_pickups(&pickups)
    }
}

struct Written {
    commits: u64,
    rows: u64,
}

/// Inserts a job for each request until there are no callers any more.
fn write_grouped(
    mut connection: Connection,
    mut requests: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
) -> Result<Written> {
    let mut commits = 0;
    let mut group = Vec::new();
    while requests.blocking_recv_many(&mut group, GROUP) > 0 {
        let transaction = connection.transaction()?;
        for _ in &group {
            insert(&transaction, handler::UNTIMED)?;
        }
        transaction.commit()?;
        commits += 1;
        for answer in group.drain(..) {
            // A caller that is gone needs no answer.
            let _ = answer.send(());
        }
    }
    Ok(Written { commits, rows: count(&connection, "true")? })
}

fn drain_in_two_commits(connection: &Connection, batch: u64) -> Result<()> {
    loop {
        let claimed = claim(connection, batch)?;
        if claimed.is_empty() {
            return Ok(());
        }
        complete(connection, &claimed)?;
    }
}

fn drain_in_one_commit(connection: &mut Connection, batch: u64) -> Result<()> {
    let mut previous = Vec::new();
    loop {
        let transaction = Transaction::new(connection, rusqlite::TransactionBehavior::Immediate)?;
        if !previous.is_empty() {
            complete(&transaction, &previous)?;
        }
        let claimed = claim(&transaction, batch)?;
        transaction.commit()?;
        if claimed.is_empty() {
            return Ok(());
        }
        previous = claimed;
    }
}

fn work_when_woken(connection: &Connection, woken: &blocking::Receiver<()>) -> Result<()> {
    while woken.recv().is_ok() {
        for job in claim(connection, 10)? {
            let Noop { stamp } = serde_json::from_str(&job.payload)?;
            handler::handle(stamp);
            complete(connection, &[job])?;
        }
    }
    Ok(())
}
