//! 10,000 deliveries to hosts that do not answer, beside what everybody else does.

use std::net::SocketAddr;

use sluice_app::maintenance::leave::Leave;
use sluice_engine::EnqueueOptions;
use sluice_store::jobs;
use tokio::time::Instant;

use super::*;

const OWNERS: usize = 32;
const EACH: usize = 20;
const EVENTS: usize = 16;
const ALL: usize = OWNERS * EACH * EVENTS;

/// How much later than on an idle server a delivery arrives, or another job ends.
const LATER: Duration = Duration::from_secs(3);
/// How long the hosts are dead while the others are watched: longer than a request to one that is silent lasts.
const WATCHED: Duration = Duration::from_secs(25);
/// How often endpoints may look at a dead host in a second: each of two hosts is asked 100 times, or 20 times once it is
/// known. Beside that each endpoint looks once at the beginning.
const LOOKS: usize = 2 * 100;
/// Requests to one host at a time.
const TO_ONE: usize = 8;
/// What all of it may add to the memory of the process, in KiB.
const MEMORY: u64 = 128 * 1024;

const BY_STATE: &str = "SELECT state || ' ' || COUNT(*) AS value FROM deliveries WHERE owner <> 'zoe' GROUP BY state";
const TRIED: &str = "SELECT CAST(COUNT(*) AS TEXT) AS value FROM delivery_attempts";
const RESTING: &str = "SELECT CAST(COUNT(*) AS TEXT) AS value FROM webhooks WHERE owner <> 'zoe' AND state = 'enabled'
     AND job IN (SELECT id FROM jobs WHERE finished_at IS NULL)";
const DISABLED: &str = "SELECT reason || ' ' || COUNT(*) AS value FROM webhooks
     WHERE owner <> 'zoe' AND state = 'disabled' GROUP BY reason";

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_deliveries_to_dead_hosts_delay_nobody_and_none_is_lost_on_sqlite() {
    dead_hosts(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_deliveries_to_dead_hosts_delay_nobody_and_none_is_lost_on_postgres() {
    dead_hosts(Dialect::Postgres).await;
}

async fn dead_hosts(dialect: Dialect) {
    let (app, receiver) = (open(dialect).await, Receiver::start().await);
    let zoe: OwnerId = "zoe".parse().unwrap();
    create(&app, &zoe, &receiver.url, &["reel.*"]).await;
    // One never accepts, the other one is not there.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hosts = [silent.local_addr().unwrap(), gone.local_addr().unwrap()];
    drop(gone);
    let owners: Vec<OwnerId> = (0..OWNERS).map(|n| format!("a{n:03}").parse().unwrap()).collect();

    let stop = tokio_util::sync::CancellationToken::new();
    let dispatching = tokio::spawn(app.app.webhooks.clone().run(stop.clone()));
    let worker = app.app.engine.start();
    let mut idle = Duration::ZERO;
    for _ in 0..3 {
        idle = idle.max(delivered(&app, &zoe, &receiver).await).max(other_job(&app).await);
    }
    let memory = resident();
    for owner in &owners {
        endpoints(&app, owner, hosts).await;
    }
    let begun = Instant::now();
    let (mut slowest, mut sockets, mut grown) = (Duration::ZERO, 0, 0);
    while begun.elapsed() < WATCHED {
        slowest = slowest.max(delivered(&app, &zoe, &receiver).await).max(other_job(&app).await);
        sockets = sockets.max(hosts.into_iter().map(connections).max().unwrap());
        grown = grown.max(resident().saturating_sub(memory));
    }
    let looks = runs(&app).await;
    let by_state = app.texts(BY_STATE, &[]).await;
    eprintln!(
        "{dialect:?}: idle {idle:?}, {slowest:?} beside it; {sockets} sockets, {grown} KiB, {looks} looks, {by_state:?}"
    );
    assert!(slowest < idle + LATER, "{slowest:?}, and {idle:?} without the others");
    assert!((1..=TO_ONE).contains(&sockets), "{sockets} connections to one host");
    assert!(grown < MEMORY, "{grown} KiB more");
    let most = OWNERS * EACH + receiver.count() + LOOKS * usize::try_from(begun.elapsed().as_secs() + 1).unwrap();
    assert!(looks <= most, "{looks} attempts of jobs: {most} at most");
    // All are there, and each endpoint has a job that will try again.
    assert_eq!(by_state, [format!("pending {ALL}")]);
    assert_eq!(app.texts(RESTING, &[]).await, [(OWNERS * EACH).to_string()]);
    let tried: usize = app.texts(TRIED, &[]).await[0].parse().unwrap();
    assert!(tried > receiver.count(), "the dead were tried, too");

    // After four days the endpoints are given up with what was never tried. One that was tried is tried with one delivery at a time: it is
    // given up with the first of them, and keeps the others for the day on which its owner enables it again.
    app.advance(Duration::from_hours(97)).await;
    let (begun, all) = (Instant::now(), [format!("failing {}", OWNERS * EACH)]);
    while app.texts(DISABLED, &[]).await != all {
        assert!(begun.elapsed() < Duration::from_mins(3), "{:?}", app.texts(DISABLED, &[]).await);
        delivered(&app, &zoe, &receiver).await;
    }
    let states: std::collections::BTreeMap<String, usize> =
        app.texts(BY_STATE, &[]).await.iter().map(|text| named(text)).collect();
    assert_eq!(states.values().sum::<usize>(), ALL, "{states:?}");
    let tried: usize = app.texts(TRIED, &[]).await[0].parse().unwrap();
    let kept = (tried - receiver.count()) * (EVENTS - 1) + 2 * TO_ONE;
    assert!(states["failed"] >= ALL - kept, "{kept} may be left: {states:?}");
    stop.cancel();
    dispatching.await.unwrap();
    worker.shutdown(Duration::from_secs(5)).await;
    app.run_jobs().await;
    app.end().await;
}

/// A state and how many have it.
fn named(text: &str) -> (String, usize) {
    let (state, count) = text.split_once(' ').unwrap();
    (state.to_owned(), count.parse().unwrap())
}

/// Half of an owner's endpoints are at each of these hosts; all are to be told of all events.
async fn endpoints(app: &TestApp, owner: &OwnerId, hosts: [SocketAddr; 2]) {
    let store = &app.app.platform.store;
    let now = store.now().await.unwrap();
    let insert = async |tx: &mut Tx| {
        for n in 0..EACH {
            let (id, url) =
                (WebhookId::new(now, app.app.platform.randomness.id_bytes()), format!("http://{}/", hosts[n % 2]));
            let row = WebhookRow {
                kinds: vec!["reel.*".to_owned()],
                ..WebhookRow::new(id, owner.clone(), url, "whsec_c2VjcmV0".to_owned(), now)
            };
            assert!(rows::insert(tx, &row, 20).await?);
        }
        for _ in 0..EVENTS {
            events::emit(tx, owner, "reel.changed", "x", &json!({}))?;
        }
        Ok::<_, StoreError>(())
    };
    store.write::<_, StoreError, _>(insert).await.unwrap();
}

/// How long it takes until somebody with an endpoint that answers is told of an event.
async fn delivered(app: &TestApp, owner: &OwnerId, receiver: &Receiver) -> Duration {
    let (before, begun) = (receiver.count(), Instant::now());
    emit(app, owner, "reel.changed").await;
    while receiver.count() == before {
        assert!(begun.elapsed() < Duration::from_mins(1), "it never arrived");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    begun.elapsed()
}

/// How long it takes until another job is done.
async fn other_job(app: &TestApp) -> Duration {
    let (begun, owner) = (Instant::now(), OwnerId::system());
    let job = app.app.engine.submit(&Leave {}, EnqueueOptions::of(&owner)).await.unwrap();
    let state = async || {
        let find = async |tx: &mut Tx| jobs::find(tx, &owner, &job).await;
        app.app.platform.store.read(find).await.unwrap().unwrap().state
    };
    while !state().await.is_final() {
        assert!(begun.elapsed() < Duration::from_mins(1), "it never ended");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    begun.elapsed()
}

/// How often a job looked for what is to be sent.
async fn runs(app: &TestApp) -> usize {
    let answer = app.get("/metrics").answer().await;
    let name = "sluice_job_run_seconds_count{kind=\"webhook.deliver\"} ";
    answer.text().lines().find_map(|line| line.strip_prefix(name)).unwrap().parse().unwrap()
}

/// The connections of this process to a host that are open or being opened, as the kernel has them.
fn connections(host: SocketAddr) -> usize {
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    let port = format!(":{:04X}", host.port());
    let is_open = |line: &&str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        fields[2].ends_with(&port) && ["01", "02"].contains(&fields[3])
    };
    table.lines().skip(1).filter(is_open).count()
}

/// The memory of this process, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
