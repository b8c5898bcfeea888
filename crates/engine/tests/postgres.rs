//! What only PostgreSQL has: several writers at once, connections that are cut, a pooler between.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::job::JobState;
use sluice_engine::{Engine, EnqueueOptions, Next, Settings};
use sluice_store::controls::{Rate, Unit};
use sluice_store::jobs::{self, Claim, Claims, Filter, Floors};
use sluice_store::{Database, Dialect, Options, PostgresUrl, Store, StoreError, Tx, controls};
use sluice_testkit::postgres::{PgBouncer, Server};
use sluice_testkit::{SmallDisk, TestStore};
use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Barrier, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use crate::support::{Do, Play, Stage, World, engine_on, is_kept};

/// The database that this suite runs on.
const ON: Dialect = Dialect::Postgres;

#[path = "contracts/support.rs"]
#[expect(dead_code, reason = "the contracts use the rest")]
mod support;

/// Nothing here takes as long, unless it waits for what it should pass by.
const SOON: Duration = Duration::from_secs(3);

async fn claim(tx: &mut Tx, lease: [u8; 10], limit: u32) -> Result<Claims, StoreError> {
    claim_beginning(tx, lease, limit, &Floors::default()).await
}

async fn claim_beginning(tx: &mut Tx, lease: [u8; 10], limit: u32, floors: &Floors) -> Result<Claims, StoreError> {
    let lease = LeaseId::new(tx.now().await?, lease);
    let (kinds, lease_time) = (&["test.play"], Duration::from_secs(15));
    let claim = Claim { pool: "default", kinds, limit, worker: "w", lease: &lease, lease_time };
    jobs::claim(tx, &claim, floors).await
}

fn names(claims: &Claims) -> Vec<JobId> {
    claims.jobs.iter().map(|job| job.lease.job.clone()).collect()
}

/// Two claims at once: the second begins and ends while the first one's transaction is still open.
async fn two_at_once(world: &World, limit: u32) -> (Vec<JobId>, Claims) {
    let (other, store) = (world.test.open_again().await, world.test.store().clone());
    let (claimed, is_claimed) = oneshot::channel();
    let (go, may_go) = oneshot::channel::<()>();
    let first = tokio::spawn(async move {
        store
            .write(async |tx| {
                let claims = claim(tx, [1; 10], limit).await?;
                claimed.send(()).unwrap();
                may_go.await.unwrap();
                Ok::<_, StoreError>(claims)
            })
            .await
            .unwrap()
    });
    is_claimed.await.unwrap();
    let second = tokio::time::timeout(SOON, other.write(async |tx| claim(tx, [2; 10], limit).await));
    let second = second.await.expect("a claim that waits for nobody").unwrap();
    go.send(()).unwrap();
    (names(&first.await.unwrap()), second)
}

async fn finish_all(world: &World) {
    world.advance(16).await;
    world.run().await;
}

#[tokio::test]
async fn claims_pass_by_rows_that_another_claim_holds() {
    let world = World::new([]).await;
    for n in 0..6 {
        world.enqueue(&n.to_string()).await;
    }
    let (first, second) = two_at_once(&world, 3).await;
    let second = names(&second);
    assert_eq!((first.len(), second.len()), (3, 3));
    assert!(first.iter().all(|job| !second.contains(job)), "no job is claimed twice");
    finish_all(&world).await;
    world.test.end().await;
}

#[tokio::test]
async fn processes_that_claim_at_once_never_count_the_same_slot_of_a_limit() {
    let world = World::new([]).await;
    world.test.store().write(async |tx| controls::set_limit(tx, "owner", "*", Some(3)).await).await.unwrap();
    for n in 0..6 {
        world.enqueue(&n.to_string()).await;
    }
    let (first, second) = two_at_once(&world, 3).await;
    assert_eq!((first.len(), second.jobs.len()), (3, 0), "three may run");
    assert!(second.contended, "and the second looks again soon");
    finish_all(&world).await;
    world.test.end().await;
}

#[tokio::test]
async fn processes_that_claim_at_once_never_take_the_same_token() {
    let world = World::new([]).await;
    let few = Some(Rate { amount: 1, per: Duration::from_hours(1), burst: 2 });
    for scope in ["owner", "kind"] {
        world
            .test
            .store()
            .write(async |tx| controls::set_rate(tx, scope, "*", Unit::Requests, few).await)
            .await
            .unwrap();
    }
    for n in 0..6 {
        world.enqueue(&n.to_string()).await;
    }
    let (first, second) = two_at_once(&world, 3).await;
    assert_eq!((first.len(), second.jobs.len()), (2, 0), "two may begin");
    assert!(second.contended, "and the second looks again soon");
    for scope in ["owner", "kind"] {
        world
            .test
            .store()
            .write(async |tx| controls::set_rate(tx, scope, "*", Unit::Requests, None).await)
            .await
            .unwrap();
    }
    finish_all(&world).await;
    world.test.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_together_never_pass_a_rate_and_use_it_up() {
    const JOBS: usize = 80;
    for scope in ["owner", "kind"] {
        let test = TestStore::open_on(ON).await;
        let kept = Rate { amount: 40, per: Duration::from_secs(1), burst: 10 };
        let set = test.store().write(async |tx| controls::set_rate(tx, scope, "*", Unit::Requests, Some(kept)).await);
        set.await.unwrap();
        let stage = Stage::new([]);
        let maker = engine_on(test.store().clone(), &stage);
        let mut workers = Vec::new();
        for _ in 0..3 {
            workers.push(engine_on(test.open_again().await, &stage).start());
        }
        for n in 0..JOBS {
            make(&maker, n).await;
        }
        all_succeed(test.store(), JOBS).await;
        for worker in workers {
            worker.shutdown(SOON).await;
        }
        let filter = Filter { limit: 1_000, ..Filter::default() };
        let rows = test.store().read(async |tx| jobs::list(tx, &filter).await).await.unwrap();
        let mut begun: Vec<_> = rows.iter().map(|row| row.started_at.unwrap()).collect();
        begun.sort_unstable();
        assert!(is_kept(kept, &begun), "{scope}: {begun:?}");
        // 70 came at 40 per second; who looks only once a second would have lost half of them.
        let took = begun[JOBS - 1].since(begun[0]);
        assert!(took < Duration::from_secs(4), "{scope}: {took:?}");
        test.end().await;
    }
}

async fn all_succeed(store: &Store, count: usize) {
    let done = async {
        loop {
            let filter = Filter { state: Some(JobState::Succeeded), limit: 10_000, ..Filter::default() };
            match store.read(async |tx| jobs::list(tx, &filter).await).await {
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
    let options = EnqueueOptions { idempotency_key: Some(n.to_string()), ..EnqueueOptions::default() };
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
    let mut readers = tokio::task::JoinSet::new();
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

/// What a walk over the ready jobs gives when it begins at these floors.
async fn claim_from(world: &World, floors: &Floors) -> (Vec<String>, Floors) {
    let claims = world.test.store().write(async |tx| claim_beginning(tx, [9; 10], 10, floors).await).await.unwrap();
    let mut owners: Vec<_> = claims.jobs.into_iter().map(|job| job.owner).collect();
    owners.sort();
    (owners, claims.floors)
}

#[tokio::test]
async fn a_claim_begins_where_the_last_one_ended_for_each_owner() {
    let world = World::new([]).await;
    let make = async |owner: &str, early: bool| {
        let job = Play { name: "x".to_owned() };
        let id =
            world.engine.submit(&job, EnqueueOptions { owner: Some(owner.to_owned()), ..EnqueueOptions::default() });
        let id = id.await.unwrap();
        if early {
            let text = format!("UPDATE jobs SET place = place - 3600000 WHERE id = '{id}'");
            world.test.store().execute(&text).await.unwrap();
        }
    };
    // An owner's name may have whatever JSON has a mark for.
    for owner in ["b", "b", "d\"}", "f"] {
        make(owner, false).await;
    }
    let (owners, floors) = claim_from(&world, &Floors::default()).await;
    assert_eq!(owners, ["b", "b", "d\"}", "f"]);
    // Before, between and after those that it knows, and one of them.
    for owner in ["a", "c", "d", "e", "e", "g", "d\"}"] {
        make(owner, false).await;
    }
    let (owners, floors) = claim_from(&world, &floors).await;
    assert_eq!(owners, ["a", "c", "d", "d\"}", "e", "e", "g"]);
    // Below what was passed by nothing is looked for, but where nothing was passed by.
    make("b", true).await;
    make("c", true).await;
    make("h", true).await;
    let (owners, mut floors) = claim_from(&world, &floors).await;
    assert_eq!(owners, ["h"]);
    // Until it begins at the start.
    floors.forget();
    let (owners, floors) = claim_from(&world, &floors).await;
    assert_eq!(owners, ["b", "c"]);
    // A clock that was set back gives places that are below all of them.
    world.test.store().execute("UPDATE clock SET offset_ms = -3600000").await.unwrap();
    make("b", false).await;
    let (owners, _) = claim_from(&world, &floors).await;
    assert_eq!(owners, ["b"]);
    world.test.store().execute("UPDATE clock SET offset_ms = 0").await.unwrap();
    finish_all(&world).await;
    world.test.end().await;
}

/// An engine whose jobs begin in time only if it is told of them, or looks of its own accord as often as that.
fn engine_that_looks_every(poll: Duration, store: Store, stage: &Stage) -> Engine {
    let settings = Settings { poll, lease: Duration::from_mins(1), ..Settings::default() };
    Engine::builder(store).register::<Play>(stage.clone()).settings(settings).build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_urgent_job_is_begun_at_once_though_claims_have_passed_its_place() {
    let test = TestStore::open_on(ON).await;
    let stage = Stage::new([]);
    let engine = engine_that_looks_every(Duration::from_secs(20), test.store().clone(), &stage);
    let worker = engine.start();
    let elsewhere = test.open_again().await;
    let others = engine_on(elsewhere.clone(), &stage);
    // As if it had become ready a minute ago, made by this process and by another one.
    let urgent = EnqueueOptions { priority: -1, ..EnqueueOptions::default() };
    let mut made = 0;
    for (maker, options) in [
        (&engine, EnqueueOptions::default()),
        (&engine, urgent.clone()),
        (&others, EnqueueOptions::default()),
        (&others, urgent),
    ] {
        maker.submit(&Play { name: made.to_string() }, options).await.unwrap();
        made += 1;
        tokio::time::timeout(SOON, all_succeed(test.store(), made)).await.expect("it is begun at once");
    }
    worker.shutdown(SOON).await;
    elsewhere.close().await;
    test.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_nobody_told_of_is_found_below_the_place_that_claims_have_passed() {
    let test = TestStore::open_on(ON).await;
    let stage = Stage::new([]);
    let engine = engine_that_looks_every(Duration::from_millis(100), test.store().clone(), &stage);
    let worker = engine.start();
    let job = Play { name: "x".to_owned() };
    engine.submit(&job, EnqueueOptions::default()).await.unwrap();
    let later = EnqueueOptions { delay: Duration::from_hours(1), ..EnqueueOptions::default() };
    let late = engine.submit(&job, later).await.unwrap();
    all_succeed(test.store(), 1).await;
    // As a transaction that took long and whose process ended before it told of it.
    let text = format!("UPDATE jobs SET state = 'ready', place = place - 7200000 WHERE id = '{late}'");
    test.store().execute(&text).await.unwrap();
    tokio::time::timeout(SOON, all_succeed(test.store(), 2)).await.expect("it is found");
    worker.shutdown(SOON).await;
    test.end().await;
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
    let submit = async |n: usize| engine.submit(&play(n), EnqueueOptions::default()).await;
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
    fn fall_silent(&self) {
        self.silence.send_replace(());
    }
}

/// Three connections are dead and do not say so: whoever comes waits for one of them, once, and not for each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_one_silence_all_connections_of_that_time_are_replaced() {
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

    wire.fall_silent();
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
        wire.fall_silent();
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
