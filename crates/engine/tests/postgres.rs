//! What only PostgreSQL has: several writers at once, connections that are cut, a pooler between.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use sluice_domain::job::JobState;
use sluice_engine::{Engine, EnqueueOptions, Next};
use sluice_store::jobs::{self, Filter};
use sluice_store::{Database, Dialect, Options, PostgresUrl, Store, StoreError, controls};
use sluice_testkit::postgres::{PgBouncer, Server};
use sluice_testkit::{SmallDisk, TestStore};
use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Barrier, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use crate::support::{Do, Play, Stage, World, engine_on, local};

/// The database that this suite runs on.
const ON: Dialect = Dialect::Postgres;

#[path = "postgres/claims.rs"]
mod claims;
#[path = "postgres/families.rs"]
mod families;
#[path = "postgres/races.rs"]
mod races;
#[path = "contracts/support.rs"]
#[expect(dead_code, reason = "the contracts use the rest")]
mod support;

/// Nothing here takes as long, unless it waits for what it should pass by.
const SOON: Duration = Duration::from_secs(3);

async fn all_succeed(store: &Store, count: usize) {
    let done = async {
        loop {
            let filter = Filter { state: Some(JobState::Succeeded), limit: 10_000, ..Filter::default() };
            match store.read(async |tx| jobs::operator::list(tx, &filter).await).await {
                Ok(jobs) if jobs.len() == count => return,
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), done).await.expect("all jobs succeed");
}

/// Makes a job, however often the connection is lost meanwhile: the key makes it one.
async fn make(engine: &Engine, n: usize) {
    let job = Play { name: n.to_string() };
    let options = EnqueueOptions { idempotency_key: Some(n.to_string()), ..local() };
    while engine.submit(&job, options.clone()).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_again_and_again_lose_nothing() {
    const JOBS: usize = 200;
    let test = TestStore::open_on(ON).await;
    let stage = Stage::new([]);
    let engine = engine_on(test.store().clone(), &stage);
    let worker = engine.start();
    for n in 0..JOBS {
        make(&engine, n).await;
        if n % 40 == 20 {
            Server::shared().cut(test.database());
        }
    }
    all_succeed(test.store(), JOBS).await;
    let ran = stage.seen().len();
    assert!(ran < JOBS * 2, "{ran} runs of {JOBS} jobs");
    worker.shutdown(SOON).await;
    test.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exhausted_pool_of_connections_is_waited_for() {
    let test = TestStore::open_on(ON).await;
    let stage = Stage::new([]);
    let engine = engine_on(test.store().clone(), &stage);
    let worker = engine.start();
    let (stop, _) = tokio::sync::broadcast::channel::<()>(1);
    let mut readers = JoinSet::new();
    for _ in 0..20 {
        let (store, mut stopped) = (test.store().clone(), stop.subscribe());
        readers.spawn(async move {
            store
                .read(async |_| {
                    tokio::time::timeout(Duration::from_secs(2), stopped.recv()).await.ok();
                    Ok::<_, StoreError>(())
                })
                .await
        });
    }
    for n in 0..20 {
        make(&engine, n).await;
    }
    stop.send(()).ok();
    while let Some(read) = readers.join_next().await {
        read.unwrap().unwrap();
    }
    all_succeed(test.store(), 20).await;
    worker.shutdown(SOON).await;
    test.end().await;
}

/// The size of the pool and the time that a connection is waited for are those of the options.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_has_the_size_and_the_patience_of_its_options() {
    const SIZE: u32 = 3;
    let test = TestStore::open_on(ON).await;
    let options = Options { connections: SIZE, answer_timeout: Duration::from_millis(300), ..Options::default() };
    let store = Store::open_with(test.database(), options).await.unwrap();
    let (inside, leave) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let mut holders = JoinSet::new();
    for _ in 0..SIZE {
        let (store, inside, leave) = (store.clone(), Arc::clone(&inside), Arc::clone(&leave));
        holders.spawn(async move {
            store
                .read(async |_| {
                    inside.add_permits(1);
                    leave.acquire().await.unwrap().forget();
                    Ok::<_, StoreError>(())
                })
                .await
        });
    }
    // All of them have a connection at the same time, and one more has none.
    tokio::time::timeout(SOON, inside.acquire_many(SIZE)).await.unwrap().unwrap().forget();
    let refused = store.read(async |_| Ok::<_, StoreError>(())).await.unwrap_err();
    assert!(format!("{refused:?}").contains("all connections of this process were in use"), "{refused:?}");
    leave.add_permits(SIZE as usize);
    while let Some(held) = holders.join_next().await {
        held.unwrap().unwrap();
    }
    store.read(async |_| Ok::<_, StoreError>(())).await.unwrap();
    store.close().await;
    test.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_pgbouncer_in_transaction_mode_everything_works() {
    const JOBS: usize = 60;
    let server = Server::shared();
    let Database::Postgres(direct) = server.database() else { unreachable!("this is PostgreSQL") };
    let bouncer = PgBouncer::start(server);
    let pooled = bouncer.url(&direct.url);
    // With a direct connection for LISTEN beside it, and without one.
    for direct in [Some(direct.url.clone()), None] {
        let has_direct = direct.is_some();
        let database = Database::Postgres(PostgresUrl { url: format!("{pooled}&pgbouncer=true"), direct });
        let (here, there) = (open(&database).await, open(&database).await);
        let stage = Stage::new([Do::Progress(0.5), Do::Retry, Do::Next(Next::Done(serde_json::json!(1)))]);
        let maker = engine_on(here.clone(), &stage);
        // Two processes share few server connections, so each statement may meet another one.
        let workers = [engine_on(here.clone(), &stage).start(), engine_on(there.clone(), &stage).start()];
        for n in 0..JOBS {
            make(&maker, n + if has_direct { 0 } else { JOBS }).await;
        }
        all_succeed(&there, if has_direct { JOBS } else { 2 * JOBS }).await;
        for worker in workers {
            worker.shutdown(SOON).await;
        }
        here.close().await;
        there.close().await;
    }
}

async fn open(database: &Database) -> Store {
    Store::open_with(database, sluice_store::Options::default()).await.unwrap()
}

/// Contract 16. Only its tables are on the full disk: a server whose log finds no space ends, and is started again.
#[tokio::test]
async fn a_full_disk_is_said_and_work_goes_on_when_there_is_space_again() {
    let Some(disk) = SmallDisk::mounted("32m") else { return };
    let database = Server::shared().database_in(disk.path());
    let store = open(&database).await;
    let stage = Stage::new([Do::Pause]);
    let engine = engine_on(store.clone(), &stage);
    // Nothing that the server could compress.
    let play = |n: usize| {
        let mut random = StdRng::seed_from_u64(n as u64);
        Play { name: (0..200_000).map(|_| char::from(random.random_range(b'a'..=b'z'))).collect() }
    };
    let submit = async |n: usize| engine.submit(&play(n), local()).await;
    submit(0).await.unwrap();
    let worker = engine.start();
    stage.arrival().await;
    let filler = disk.path().join("filler");
    fs::write(&filler, vec![0; 32 << 20]).expect_err("more than there is room for");
    let mut made = 1;
    let error = loop {
        match submit(made).await {
            Ok(_) => made += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "disk_full");
    assert!(error.to_string().contains("free some space"));
    fs::remove_file(&filler).unwrap();
    stage.go.notify_one();
    submit(made).await.unwrap();
    all_succeed(&store, made + 1).await;
    worker.shutdown(SOON).await;
    store.close().await;
    Server::shared().drop_database_in(&database);
}

/// Between a process and its server; connections through it can fall silent, for ever, as when a machine is gone.
struct Wire {
    folder: tempfile::TempDir,
    silence: watch::Sender<()>,
    _task: AbortOnDropHandle<()>,
}

impl Wire {
    const SOCKET: &str = ".s.PGSQL.5432";

    fn new(server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(Self::SOCKET)).unwrap();
        let (target, silence) = (server.folder().join(Self::SOCKET), watch::Sender::new(()));
        let told = silence.clone();
        let task = tokio::spawn(async move {
            let mut wires = JoinSet::new();
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let (target, mut told) = (target.clone(), told.subscribe());
                wires.spawn(async move {
                    let mut far = UnixStream::connect(target).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        Ok(()) = told.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { folder, silence, _task: AbortOnDropHandle::new(task) }
    }

    /// The connections that there are; later ones are not concerned.
    fn stop_answering(&self) {
        self.silence.send_replace(());
    }
}

/// Three connections are dead and do not say so: whoever comes waits for one of them, once, and not for each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_one_timeout_all_older_connections_are_replaced() {
    const LIMIT: Duration = Duration::from_secs(2);
    let test = TestStore::open_on(ON).await;
    let Database::Postgres(PostgresUrl { url, .. }) = test.database() else { unreachable!() };
    let server = Server::shared();
    let wire = Wire::new(server);
    let path = |folder: &std::path::Path| folder.display().to_string();
    let url = url.replace(&path(server.folder()), &path(wire.folder.path()));
    let options = Options { answer_timeout: LIMIT, ..Options::default() };
    let store = Store::open_with(&Database::Postgres(PostgresUrl { url, direct: None }), options).await.unwrap();
    let write = async || store.write(async |tx| controls::pause(tx, "kind", "test.play", "").await).await;
    // In use at once, so that there are three.
    let meet = Barrier::new(3);
    let use_one = async || {
        let used = store.read(async |_| Ok::<_, StoreError>(meet.wait().await));
        used.await.unwrap();
    };
    tokio::join!(use_one(), use_one(), use_one());

    wire.stop_answering();
    let begun = Instant::now();
    write().await.unwrap();
    let (waited, begun) = (begun.elapsed(), Instant::now());
    assert!((LIMIT..LIMIT * 2).contains(&waited), "one of them was waited for: {waited:?}");
    let seen = store.read(async |tx| controls::pauses(tx).await).await.unwrap();
    assert_eq!(seen.len(), 1);
    assert!(begun.elapsed() < LIMIT, "and nobody else waits");

    // Silent in the midst of a unit of work: it fails once, and is not waited for once more in order to undo it.
    let begun = Instant::now();
    let broken = store.write(async |tx| {
        wire.stop_answering();
        controls::resume(tx, "kind", "test.play").await
    });
    let error = broken.await.unwrap_err();
    let waited = begun.elapsed();
    assert_eq!(error.code(), "database_unreachable");
    assert!((LIMIT..LIMIT * 2).contains(&waited), "{waited:?}");
    store.write(async |tx| controls::resume(tx, "kind", "test.play").await).await.unwrap();
    assert_eq!(store.read(async |tx| controls::pauses(tx).await).await.unwrap().len(), 0);
    drop(wire);
    test.end().await;
}

/// Contract 15. `PostgreSQL` keeps each version of a row that a snapshot may still see: two for a job of one stage, its
/// claim and its end, and nothing that grows faster. When the snapshot ends they go.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_a_held_snapshot_dead_rows_are_two_for_a_job_and_go_when_it_ends() {
    const JOBS: usize = 200;
    const HOLD: &str = "SELECT pg_sleep(600) AS a_snapshot_is_held";
    let world = World::new([]).await;
    let database = world.test.database().clone();
    let accepts = |statement: &str| Server::shared().accepts(&database, statement);
    let holds = |condition: &str| accepts(&format!("DO $$ BEGIN ASSERT {condition}; END $$"));
    let dead = |of: &str| {
        assert!(accepts("VACUUM jobs"));
        holds(&format!("(SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'jobs') {of}"))
    };
    let holder = database.clone();
    let held = std::thread::spawn(move || Server::shared().accepts(&holder, HOLD));
    let is_held = format!(
        "EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query = '{HOLD}' AND backend_xmin IS NOT NULL)"
    );
    until(|| holds(&is_held)).await;
    let worker = world.engine.start();
    for n in 0..JOBS {
        make(&world.engine, n).await;
    }
    all_succeed(world.test.store(), JOBS).await;
    worker.shutdown(SOON).await;
    assert!(holds(&is_held), "the snapshot is there all the time");
    assert!(dead(&format!("BETWEEN {} AND {}", JOBS, JOBS * 3)), "two for a job, and few for what was renewed");
    assert!(accepts(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query = '{HOLD}'"
    )));
    held.join().unwrap();
    until(|| dead("= 0")).await;
    world.test.end().await;
}

#[tokio::test]
async fn a_throw_away_server_ends_with_its_owner_and_leaves_nothing() {
    let server = Server::start(&[]);
    let folder = server.folder().to_owned();
    assert!(folder.exists());
    drop(server);
    // Its keeper removes the folder when the server has ended.
    until(|| !folder.exists()).await;
}

/// Waits until what is asked is so, which takes no longer than a moment.
async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..200 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came");
}
