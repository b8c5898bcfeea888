//! The floor on PostgreSQL.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use futures::stream::{self, StreamExt};
use peer_common::latencies::per_second;
use peer_common::phases::{self, BULK};
use peer_common::{Database, Measure, Report, Settings, handler};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_postgres::types::Json;
use tokio_postgres::{AsyncMessage, Client, NoTls, Statement};

use crate::Noop;

const SCHEMA: &str = "
    DROP TABLE IF EXISTS jobs;
    CREATE TABLE jobs (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        queue text NOT NULL,
        kind text NOT NULL,
        state smallint NOT NULL DEFAULT 0,
        priority smallint NOT NULL DEFAULT 1,
        run_at timestamptz NOT NULL DEFAULT now(),
        attempt int NOT NULL DEFAULT 0,
        max_attempts int NOT NULL DEFAULT 25,
        worker text,
        lease_until timestamptz,
        payload jsonb NOT NULL,
        error text,
        created_at timestamptz NOT NULL DEFAULT now(),
        done_at timestamptz
    ) WITH (fillfactor = 70);
    CREATE INDEX ON jobs (queue, priority, run_at, id) WHERE state = 0;
    CREATE INDEX ON jobs (lease_until) WHERE state = 1;";
const INSERT: &str = "INSERT INTO jobs (queue, kind, payload) VALUES ('default', 'noop', $1)";
const INSERT_AND_NOTIFY: &str = "
    WITH inserted AS (INSERT INTO jobs (queue, kind, payload) VALUES ('default', 'noop', $1) RETURNING id)
    SELECT pg_notify('jobs', '') FROM inserted";
const INSERT_MANY: &str =
    "INSERT INTO jobs (queue, kind, payload) SELECT 'default', 'noop', payload FROM unnest($1::jsonb[]) AS payload";
const CLAIM: &str = "
    WITH picked AS (
        SELECT id FROM jobs WHERE queue = 'default' AND state = 0 AND run_at <= now()
        ORDER BY priority, run_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
    UPDATE jobs SET state = 1, attempt = attempt + 1, worker = 'w1', lease_until = now() + interval '30 s'
    FROM picked WHERE jobs.id = picked.id RETURNING jobs.id, jobs.payload";
const COMPLETE: &str = "
    UPDATE jobs SET state = 2, done_at = now(), worker = NULL, lease_until = NULL
    WHERE id = ANY ($1) AND state = 1 AND worker = 'w1'";

/// Requests that share a commit at most.
const GROUP: usize = 1000;

/// What makes an idle worker look for jobs.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Wake {
    /// NOTIFY in the transaction that inserts.
    Notify,
    /// The process that inserted.
    InProcess,
}

pub(crate) async fn measure(settings: &Settings) -> Result<()> {
    eprintln!("floor on PostgreSQL");
    let client = connect(settings).await?;
    client.batch_execute(SCHEMA).await?;
    let sync = client.query_one("SHOW synchronous_commit", &[]).await?.get(0);
    let floor = Floor { settings, client, sync };
    floor.enqueue("floor", 1, 1, Measure::EnqueueByOneCaller).await?;
    for connections in [10, 20, 50] {
        let system = format!("floor, {connections} connections");
        floor.enqueue(&system, 100, connections, Measure::EnqueueByHundredCallers).await?;
    }
    floor.enqueue_grouped("floor grouped", 1).await?;
    floor.enqueue_grouped("floor grouped, 2 writers", 2).await?;
    floor.enqueue_bulk().await?;
    floor.drain("floor", 1, 200).await?;
    floor.drain("floor, 2 workers", 2, 200).await?;
    floor.drain("floor, 4 workers", 4, 200).await?;
    floor.drain("floor, 2 workers, batches of 1000", 2, 1000).await?;
    floor.pickup("floor", Wake::Notify).await?;
    floor.pickup("floor, woken in process", Wake::InProcess).await
}

async fn connect(settings: &Settings) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(settings.postgres()?, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

struct Floor<'a> {
    settings: &'a Settings,
    client: Client,
    sync: String,
}

impl Floor<'_> {
    fn report(&self, system: &str, in_words: String) -> Report {
        Report { system: system.to_owned(), database: Database::Postgres, sync: self.sync.clone(), settings: in_words }
    }

    async fn empty_table(&self) -> Result<()> {
        Ok(self.client.batch_execute("TRUNCATE jobs").await?)
    }

    async fn insert_bulk(&self) -> Result<()> {
        let insert = self.client.prepare(INSERT_MANY).await?;
        let jobs = self.settings.jobs;
        for inserted in (0..jobs).step_by(usize::try_from(BULK)?) {
            let payloads: Vec<_> = (0..BULK.min(jobs - inserted)).map(|_| untimed()).collect();
            self.client.execute(&insert, &[&payloads]).await?;
        }
        Ok(())
    }

    async fn count(&self, condition: &str) -> Result<u64> {
        let count: i64 =
            self.client.query_one(&format!("SELECT count(*) FROM jobs WHERE {condition}"), &[]).await?.get(0);
        Ok(u64::try_from(count)?)
    }

    /// A commit for each job; callers share connections.
    async fn enqueue(&self, system: &str, callers: usize, connections: usize, measure: Measure) -> Result<()> {
        self.empty_table().await?;
        let pool = Arc::new(Pool::connect(self.settings, connections).await?);
        let enqueued = phases::enqueue(callers, move || {
            let pool = pool.clone();
            async move { pool.insert().await }
        })
        .await?;
        self.check_written(enqueued.count()).await?;
        let in_words = format!("a commit for each job, {connections} connections");
        self.report(system, in_words).print_enqueued(measure, &enqueued)
    }

    /// 100 callers; a writer takes all that wait into one commit, then answers each.
    async fn enqueue_grouped(&self, system: &str, writers: usize) -> Result<()> {
        self.empty_table().await?;
        let (requests, queue) = mpsc::unbounded_channel();
        let queue = Arc::new(tokio::sync::Mutex::new(queue));
        let mut tasks = JoinSet::new();
        for _ in 0..writers {
            tasks.spawn(write_grouped(connect(self.settings).await?, queue.clone()));
        }
        let enqueued = phases::enqueue(100, move || {
            let requests = requests.clone();
            async move {
                let (answer, answered) = oneshot::channel();
                requests.send(answer)?;
                Ok(answered.await?)
            }
        })
        .await?;
        while let Some(writer) = tasks.join_next().await {
            writer??;
        }
        self.check_written(enqueued.count()).await?;
        let in_words = format!("callers share commits, {writers} writers");
        self.report(system, in_words).print_enqueued(Measure::EnqueueByHundredCallers, &enqueued)
    }

    async fn check_written(&self, acknowledged: u64) -> Result<()> {
        let written = self.count("true").await?;
        ensure!(written == acknowledged, "{written} jobs were written, {acknowledged} acknowledged");
        Ok(())
    }

    async fn enqueue_bulk(&self) -> Result<()> {
        self.empty_table().await?;
        let start = Instant::now();
        self.insert_bulk().await?;
        let rate = per_second(self.settings.jobs, start.elapsed());
        self.report("floor", String::new()).print(Measure::EnqueueInBulk, rate, &format!("{BULK} jobs a commit"))
    }

    async fn drain(&self, system: &str, workers: usize, batch: i64) -> Result<()> {
        self.empty_table().await?;
        self.insert_bulk().await?;
        self.client.batch_execute("ANALYZE jobs").await?;
        let mut ready = Vec::new();
        for _ in 0..workers {
            ready.push(Worker::connect(self.settings).await?);
        }
        let start = Instant::now();
        let mut running: JoinSet<Result<()>> = ready.into_iter().map(|worker| worker.drain(batch)).collect();
        while let Some(worker) = running.join_next().await {
            worker??;
        }
        let jobs = self.settings.jobs;
        let rate = per_second(jobs, start.elapsed());
        let completed = self.count("state = 2").await?;
        ensure!(completed == jobs, "{completed} of {jobs} jobs were completed");
        let in_words = format!("{workers} workers, batches of {batch}");
        self.report(system, in_words).print(Measure::Drain, rate, &format!("{jobs} jobs, all completed"))
    }

    async fn pickup(&self, system: &str, wake: Wake) -> Result<()> {
        self.empty_table().await?;
        let (wakes, woken) = mpsc::unbounded_channel();
        let worker = tokio::spawn(Worker::connect(self.settings).await?.work_when_woken(woken));
        let listener = if wake == Wake::Notify { Some(listen(self.settings, wakes.clone()).await?) } else { None };
        let inserts = connect(self.settings).await?;
        let insert = inserts.prepare(if wake == Wake::Notify { INSERT_AND_NOTIFY } else { INSERT }).await?;
        let (inserts, insert, wakes_in_process) = (&inserts, &insert, &wakes);
        let pickups = phases::pickup(self.settings.samples, |stamp| async move {
            inserts.execute(insert, &[&Json(Noop { stamp })]).await?;
            if wake == Wake::InProcess {
                wakes_in_process.send(())?;
            }
            Ok(())
        })
        .await?;
        phases::wait_until_completed(pickups.count(), || self.count("state = 2")).await?;
        // The worker ends when nobody is left who could wake it.
        drop(listener);
        drop(wakes);
        worker.await??;
        let in_words = match wake {
            Wake::Notify => "LISTEN and NOTIFY",
            Wake::InProcess => "woken in process",
        };
        self.report(system, in_words.to_owned()).print_pickups(&pickups)
    }
}

fn untimed() -> Json<Noop> {
    Json(Noop { stamp: handler::UNTIMED })
}

/// Connections that callers borrow, one each at a time.
struct Pool {
    free: Semaphore,
    connections: Mutex<Vec<(Client, Statement)>>,
}

impl Pool {
    async fn connect(settings: &Settings, size: usize) -> Result<Self> {
        let mut connections = Vec::new();
        for _ in 0..size {
            let client = connect(settings).await?;
            let insert = client.prepare(INSERT).await?;
            connections.push((client, insert));
        }
        Ok(Self { free: Semaphore::new(size), connections: Mutex::new(connections) })
    }

    async fn insert(&self) -> Result<()> {
        let _permit = self.free.acquire().await?;
        let borrowed = self.connections.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let (client, insert) = borrowed.context("a permit without a connection")?;
        let inserted = client.execute(&insert, &[&untimed()]).await;
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).push((client, insert));
        inserted?;
        Ok(())
    }
}

type Requests = mpsc::UnboundedReceiver<oneshot::Sender<()>>;

/// Inserts a job for each request until there are no callers any more.
async fn write_grouped(client: Client, requests: Arc<tokio::sync::Mutex<Requests>>) -> Result<()> {
    let insert = client.prepare(INSERT_MANY).await?;
    loop {
        let mut group = Vec::new();
        if requests.lock().await.recv_many(&mut group, GROUP).await == 0 {
            return Ok(());
        }
        let payloads: Vec<_> = group.iter().map(|_| untimed()).collect();
        client.execute(&insert, &[&payloads]).await?;
        for answer in group {
            // A caller that is gone needs no answer.
            let _ = answer.send(());
        }
    }
}

struct Worker {
    client: Client,
    claim: Statement,
    complete: Statement,
}

impl Worker {
    async fn connect(settings: &Settings) -> Result<Self> {
        let client = connect(settings).await?;
        let claim = client.prepare(CLAIM).await?;
        let complete = client.prepare(COMPLETE).await?;
        Ok(Self { client, claim, complete })
    }

    async fn drain(self, batch: i64) -> Result<()> {
        loop {
            let claimed = self.client.query(&self.claim, &[&batch]).await?;
            if claimed.is_empty() {
                return Ok(());
            }
            let ids: Vec<i64> = claimed.iter().map(|row| row.get("id")).collect();
            self.client.execute(&self.complete, &[&ids]).await?;
        }
    }

    async fn work_when_woken(self, mut woken: mpsc::UnboundedReceiver<()>) -> Result<()> {
        while woken.recv().await.is_some() {
            for row in self.client.query(&self.claim, &[&10_i64]).await? {
                let Json(Noop { stamp }) = row.get("payload");
                handler::handle(stamp);
                self.client.execute(&self.complete, &[&vec![row.get::<_, i64>("id")]]).await?;
            }
        }
        Ok(())
    }
}

/// Passes notifications on until the client is dropped.
async fn listen(settings: &Settings, wakes: mpsc::UnboundedSender<()>) -> Result<Client> {
    let (client, mut connection) = tokio_postgres::connect(settings.postgres()?, NoTls).await?;
    tokio::spawn(async move {
        let mut messages = stream::poll_fn(|context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if matches!(message, AsyncMessage::Notification(_)) && wakes.send(()).is_err() {
                return;
            }
        }
    });
    client.batch_execute("LISTEN jobs").await?;
    Ok(client)
}
