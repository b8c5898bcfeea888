//! Everything that a process does all the time, and what a request may ask for.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::{DocumentId, JobId, LeaseId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::language::Language;
use sluice_domain::limits::{Holder, Limited, Window};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_engine::{Amounts, EnqueueOptions, Job, JobError, Need, Next, Run};
use sluice_store::blobs::{self, Registered};
use sluice_store::calls::{self, NewCall, Outcome};
use sluice_store::capture;
use sluice_store::controls::{self, Rate, Unit};
use sluice_store::documents::{self, DocumentFilter, DocumentRow};
use sluice_store::jobs::spend::{self, Over};
use sluice_store::jobs::{self, Claim, Filter, Lease, LowWaterMarks, Redrive, Task};
use sluice_store::limits::{self, Of, Warning};
use sluice_store::reel::list::{ReelFilter, listed};
use sluice_store::reel::{self, ReelRow, SceneRow};
use sluice_store::reel::{ReelId, SceneId};
use sluice_store::{StoreError, Tx, events, gauges, providers, retention, schedules, uploads, workers};

use crate::support::{Act, Do, World, local};

/// Asks for all that a stage can ask for, and makes something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dear {
    key: String,
    fails: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Part {
    Pay,
}

impl Job for Dear {
    const KIND: &'static str = "test.dear";
    type Stage = Part;
    type Context = ();

    fn first_stage() -> Part {
        Part::Pay
    }

    fn need(&self, _: &Part) -> Need {
        Need {
            provider: Some("loud".into()),
            work: Duration::from_secs(2),
            cost: MicroUsd(7),
            amounts: Amounts { tokens: 4, ..Amounts::default() },
        }
    }

    fn limit_key(&self) -> Option<String> {
        Some("a key".into())
    }

    async fn run(&self, Part::Pay: Part, run: &Run, (): &()) -> Result<Next<Part>, JobError> {
        run.log("at work");
        run.progress("half", 0.5);
        let made: u32 = run.result_or(&self.key, "k", async || Ok(7)).await?;
        run.used(Amounts { tokens: 5, ..Amounts::default() }).await?;
        if self.fails {
            return Err(JobError::fail("broken", "it will not heal"));
        }
        Ok(Next::Done(json!(made)))
    }
}

/// Runs all of it. `most` of a list are asked for at once.
pub(crate) async fn run(world: &World) {
    plain_jobs(world).await;
    jobs_that_need_admission(world).await;
    lapsed_leases(world).await;
    let write = async |work: &'static str| {
        let store = world.test.store();
        store
            .write(async |tx| match work {
                "calls" => open_calls(tx).await,
                "apps" => apps(tx).await,
                "blobs" => garbage(tx).await,
                "maintenance" => maintenance(tx).await,
                _ => old_rows(tx).await,
            })
            .await
            .unwrap();
    };
    for work in ["calls", "apps", "blobs", "maintenance", "old"] {
        write(work).await;
    }
    world.test.store().read(async |tx| pages(tx).await).await.unwrap();
}

fn about() -> EnqueueOptions {
    EnqueueOptions { subject: Some("subject 7".into()), ..local() }
}

/// Jobs without needs: a wait, children, a failure, dependencies, as workers do them.
async fn plain_jobs(world: &World) {
    let (owner, store, engine) = (OwnerId::local(), world.test.store(), &world.engine);
    let wait = Next::Wait {
        then: Act::Second,
        signal: "go".into(),
        deadline: Duration::from_secs(90),
        poll_every: Some(Duration::from_secs(30)),
    };
    world.stage.plan_for("waits", [Do::Progress(0.5), Do::Next(wait)]);
    let signal = "never".into();
    let never = Next::Wait { then: Act::Second, signal, deadline: Duration::from_hours(1), poll_every: None };
    world.stage.plan_for("lapses", [Do::Next(never)]);
    world.stage.plan_for("parent", [Do::Spawn("child"), Do::Next(Next::WaitForChildren { then: Act::Second })]);
    world.stage.plan_for("fails", [Do::Retry, Do::Fail]);
    let waits = world.enqueue_with("waits", EnqueueOptions { ttl: Some(Duration::from_hours(1)), ..about() }).await;
    let parent = world.enqueue_with("parent", EnqueueOptions { idempotency_key: Some("k".into()), ..about() }).await;
    let fails = world.enqueue_with("fails", about()).await;
    let after = world.enqueue_with("after", EnqueueOptions { after: vec![fails.clone()], ..about() }).await;
    let lapses = world.enqueue_with("lapses", EnqueueOptions { ttl: Some(Duration::from_secs(5)), ..about() }).await;
    world.enqueue_with("later", EnqueueOptions { delay: Duration::from_secs(1), ..about() }).await;
    let all = [&waits, &parent, &fails, &after, &lapses];
    for job in all {
        engine.why(&owner, job).await.unwrap();
    }
    let worker = engine.start();
    world.until(&waits, JobState::Waiting).await;
    world.until(&parent, JobState::Succeeded).await;
    worker.shutdown(Duration::from_secs(3)).await;
    world.run().await;
    // A time to live passes, and a retry is due.
    world.advance(20).await;
    world.run().await;
    store.write(async |tx| engine.signal(tx, &owner, &waits, "go", &json!(1)).await).await.unwrap();
    world.run().await;
    for job in all {
        engine.why(&owner, job).await.unwrap();
        engine.job(&owner, job).await.unwrap();
        engine.log(&owner, job, 50).await.unwrap();
        engine.progress(&owner, job).await.unwrap();
    }
    assert_eq!(world.state(&lapses).await, JobState::Expired);
    lists_of_jobs(world, &owner, &fails).await;
    let some = Redrive { kind: Some("test.play".into()), limit: 10, ..Redrive::default() };
    store.write(async |tx| jobs::redrive(tx, &owner, &some).await).await.unwrap();
    store.write(async |tx| engine.cancel(tx, &owner, &fails).await).await.unwrap();
    store.write(async |tx| engine.retry(tx, &owner, &fails).await).await.unwrap();
    world.run().await;
}

async fn lists_of_jobs(world: &World, owner: &OwnerId, before: &JobId) {
    for state in JobState::ALL.map(Some).into_iter().chain([None]) {
        for kind in [None, Some("test.play".to_owned())] {
            for subject in [None, Some("subject 7".to_owned())] {
                let before = Some(before.clone());
                let filter = Filter {
                    state,
                    kind: kind.clone(),
                    subject: subject.clone(),
                    before,
                    limit: 50,
                    ..Filter::default()
                };
                world.engine.list(owner, &filter).await.unwrap();
            }
        }
    }
}

/// Jobs with every need, under limits, rates, pauses and budgets.
async fn jobs_that_need_admission(world: &World) {
    let (owner, store, engine) = (OwnerId::local(), world.test.store(), &world.engine);
    let set = async |tx: &mut Tx| {
        let rate = Rate { amount: 1_000, per: Duration::from_secs(1), burst: 1_000 };
        for (scope, name) in [("owner", "local"), ("kind", "test.dear"), ("key", "a key"), ("provider", "loud")] {
            controls::set_limit(tx, scope, name, Some(5)).await?;
            controls::set_rate(tx, scope, name, Unit::Tokens, Some(rate)).await?;
        }
        for (scope, name) in [("queue", "other"), ("kind", "other"), ("owner", "nobody"), ("provider", "other")] {
            controls::pause(tx, scope, name, "a repair").await?;
        }
        for (scope, name) in [("owner", "*"), ("job", "*"), ("day", "*"), ("provider", "loud")] {
            spend::set_budget(tx, scope, name, MicroUsd(1_000_000_000), Over::Wait).await?;
        }
        providers::failed(tx, "broken", None, "it is away").await?;
        Ok::<_, StoreError>(())
    };
    store.write(set).await.unwrap();
    let mut last = None;
    for (key, fails) in [("made", false), ("made", false), ("key 7", false), ("never", true)] {
        last = Some(engine.submit(&Dear { key: key.into(), fails }, about()).await.unwrap());
    }
    let last = last.unwrap();
    engine.why(&owner, &last).await.unwrap();
    store.read(async |tx| workers::useful_work(tx).await).await.unwrap();
    store.read(async |tx| gauges::read(tx).await).await.unwrap();
    let worker = engine.start();
    world.until(&last, JobState::Dead).await;
    worker.shutdown(Duration::from_secs(3)).await;
    world.run().await;
}

/// A worker that takes jobs and is not heard of again.
async fn lapsed_leases(world: &World) {
    let (owner, store) = (OwnerId::local(), world.test.store());
    let lost = world.enqueue_with("lost", about()).await;
    let stopped = world.enqueue_with("stopped", about()).await;
    let lease = LeaseId::new(Timestamp::from_millis(7), [7; 10]);
    let claim = Claim {
        pool: "default",
        kinds: &["test.play", "test.dear"],
        limit: 50,
        worker: "w",
        lease: &lease,
        lease_time: Duration::from_secs(1),
    };
    let claims = store.write(async |tx| jobs::claim(tx, &claim, &LowWaterMarks::default()).await).await.unwrap();
    assert_eq!(claims.jobs.len(), 2);
    store.write(async |tx| jobs::claim(tx, &claim, &claims.low_water_marks).await).await.unwrap();
    let held: Vec<_> = claims.jobs.iter().map(|job| (job.lease.job.clone(), job.lease.id.clone())).collect();
    store.write(async |tx| jobs::renew(tx, &held, Duration::from_secs(1)).await).await.unwrap();
    store.write(async |tx| world.engine.cancel(tx, &owner, &stopped).await).await.unwrap();
    store.read(async |tx| jobs::cancelling(tx, "w").await).await.unwrap();
    store.read(async |tx| retention::is_leased(tx, &lost, lease.as_str()).await).await.unwrap();
    store.read(async |tx| jobs::next_due(tx).await).await.unwrap();
    world.advance(2).await;
    for task in Task::all(jobs::PATIENCE) {
        store.read(async |tx| jobs::due(tx, task, 50).await).await.unwrap();
    }
    assert!(store.write(async |tx| jobs::perform_all(tx).await).await.unwrap() >= 2);
    world.advance(60).await;
    world.run().await;
    assert_eq!(world.state(&lost).await, JobState::Succeeded);
}

/// A call that is submitted, asked for by another, announced and ended.
async fn open_calls(tx: &mut Tx) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let lease = Lease { job: JobId::new(now, [3; 10]), id: LeaseId::new(now, [3; 10]), attempt: 1 };
    let call = NewCall {
        id: "a call".into(),
        key: "a key of a call".into(),
        kind: "k".into(),
        owner: OwnerId::local(),
        provider: Some("loud".into()),
        timeout: Duration::from_hours(1),
        is_unpriced: true,
        own_key: false,
        account: None,
        reserve: Some(MicroUsd(1)),
    };
    calls::start(tx, &lease, &call).await?;
    calls::mark_unknown(tx, &call.id).await?;
    calls::submitted(tx, &call.id, "theirs").await?;
    calls::open_of_key(tx, &call.key).await?;
    calls::clear_notified(tx, &call.id).await?;
    calls::notify(tx, "loud", "theirs").await?;
    calls::is_awaited(tx, &call.id).await?;
    calls::end(tx, &call.id, Outcome::Succeeded, None, Some(MicroUsd(1))).await
}

fn hash(digit: char) -> String {
    digit.to_string().repeat(64)
}

async fn bring(tx: &mut Tx, hash: &str) -> Result<(), StoreError> {
    let Registered::Ready(registration) = blobs::register(tx, hash, 1).await? else { panic!("nobody collects") };
    assert!(blobs::confirm(tx, hash, registration).await?);
    Ok(())
}

/// What a request, an upload and a job count towards, and what of it is shown.
async fn limits_of(tx: &mut Tx, owner: &OwnerId) -> Result<(), StoreError> {
    let of = Of::new(Holder::User, owner.as_str());
    let window = Window { hard: 9, soft: Some(1), seconds: 60 };
    limits::take(tx, &of, Limited::Jobs, window).await?;
    limits::lease(tx, &of, Limited::Requests, window, 3, None).await?;
    limits::leased(tx, &of, Limited::Requests).await?;
    let until = tx.now().await?;
    let warning = Warning { of, limited: Limited::Jobs, used: 1, soft: 1, hard: 9, until };
    limits::warn(tx, owner, &warning).await?;
    limits::jobs_at_once(tx, owner, &["document.read", "capture.make"]).await?;
    limits::money(tx, owner).await?;
    limits::release_over_budget(tx, owner).await?;
    uploads::announced(tx, owner).await.map(drop)
}

/// A document and a reel of it, from the upload until it is deleted.
async fn apps(tx: &mut Tx) -> Result<(), StoreError> {
    let (owner, now) = (OwnerId::local(), tx.now().await?);
    for digit in ['a', 'b', 'c'] {
        bring(tx, &hash(digit)).await?;
    }
    let document = DocumentRow {
        id: DocumentId::new(now, [1; 10]),
        owner: owner.clone(),
        blob: hash('a'),
        text_blob: hash('b'),
        ocr: false,
        name: "paper.pdf".into(),
        bytes: 1,
        found: json!({}),
        created_at: now,
    };
    documents::insert_document(tx, &document).await?;
    documents::document(tx, &owner, &document.id).await?;
    documents::document_of_blob(tx, &owner, &document.blob, false, "paper.pdf").await?;
    let row = ReelRow {
        id: ReelId::new(now, [1; 10]),
        owner: owner.clone(),
        document_id: document.id.clone(),
        job_id: JobId::new(now, [1; 10]),
        title: "Tides".into(),
        language: Language::ENGLISH,
        choices: json!({}),
        script_source: None,
        script_note: None,
        edited: false,
        result: None,
        address: "127.0.0.1".into(),
        request: Some(("key".into(), "hash".into())),
        created_at: now,
        updated_at: now,
    };
    limits_of(tx, &owner).await?;
    reel::reel_of_request(tx, &owner, "key").await?;
    reel::insert_reel(tx, &row).await?;
    let scene = SceneRow {
        id: SceneId::new(now, [1; 10]),
        owner: owner.clone(),
        reel_id: row.id.clone(),
        position: 1,
        script: json!({}),
        edited: false,
        original: None,
        job_id: None,
        made: None,
    };
    reel::insert_scene(tx, &scene).await?;
    let change = reel::SceneChange { script: json!({}), original: None, edited: true };
    reel::edit_scene(tx, &owner, &scene.id, &change).await?;
    reel::order_scenes(tx, &owner, std::slice::from_ref(&scene.id)).await?;
    reel::set_scene_job(tx, &owner, &scene.id, &row.job_id).await?;
    reel::set_scene_made(tx, &owner, &scene.id, &json!(hash('c'))).await?;
    reel::scenes(tx, &owner, &row.id).await?;
    reel::set_script(tx, &owner, &row.id, "Tides", "extract").await?;
    reel::set_reel_job(tx, &owner, &row.id, &row.job_id).await?;
    reel::use_result(tx, &owner, &row.id, "made").await?;
    reel::set_result(tx, &owner, &row.id, &json!(hash('c'))).await?;
    reel::reel(tx, &owner, &row.id).await?;
    blobs::is_referenced_by(tx, &owner, &hash('c')).await?;
    blobs::pointing_at(tx, &hash('c'), 10).await?;
    reel::delete_reel(tx, &owner, &row.id).await
}

async fn garbage(tx: &mut Tx) -> Result<(), StoreError> {
    let garbage = blobs::begin_collecting(tx, blobs::GRACE, 50).await?;
    assert_eq!(garbage.hashes.len(), 50);
    let hashes: Vec<&str> = garbage.hashes.iter().map(String::as_str).collect();
    assert_eq!(blobs::finish_collecting(tx, &hashes, garbage.since).await?, 50);
    blobs::after(tx, &hash('0'), 200).await?;
    blobs::unknown(tx, &hashes).await?;
    blobs::adopt(tx, &[(&hash('d'), 1)]).await.map(drop)
}

/// What a worker does besides running jobs.
async fn maintenance(tx: &mut Tx) -> Result<(), StoreError> {
    workers::seen(tx, "w", &std::collections::BTreeMap::new()).await?;
    workers::alive(tx).await?;
    workers::left(tx, "w").await?;
    schedules::due(tx, 10).await?;
    schedules::take_due(tx, "none").await?;
    schedules::ticked(tx, "none", None, Timestamp::from_millis(7)).await?;
    retention::set_cursor(tx, "walk", Some("here")).await?;
    retention::cursor(tx, "walk").await.map(drop)
}

/// All that retention removes.
async fn old_rows(tx: &mut Tx) -> Result<(), StoreError> {
    let before = tx.now().await? - Duration::from_hours(24);
    let found = retention::finished_jobs(tx, "", before, 50).await?;
    assert!(!found.single.is_empty() && !found.families.is_empty());
    assert!(retention::forget_jobs(tx, &found.single, before).await? > 0);
    assert!(retention::forget_family(tx, &found.families[0], before, 50).await?.removed > 0);
    for removed in [
        retention::forget_results(tx, before, 50).await?,
        retention::give_up_calls(tx, "", before, 50).await?.removed,
        retention::forget_calls(tx, before, 50).await?,
        retention::forget_events(tx, "", before, 50).await?.removed,
        retention::forget_spend(tx, before, 50).await?,
        tombstones(tx, before).await?,
    ] {
        assert_eq!(removed, 50);
    }
    for table in capture::OTHERS {
        let ids = capture::old_others(tx, table, before, 1, 50).await?;
        assert_eq!(capture::forget_others(tx, table, &ids).await?, 50);
    }
    retention::end_left_reservations(tx, 50).await?;
    retention::forget_day_budgets(tx, before, 50).await?;
    retention::forget_job_budgets(tx, "", 50).await?;
    retention::forget_shares(tx, "", 50).await?;
    retention::forget_buckets(tx, "", 50).await?;
    retention::forget_workers(tx, before, 50).await?;
    let old = documents::old(tx, "", before, 50).await?;
    let used = reel::documents_in_use(tx, &old).await?;
    let unused: Vec<String> = old.into_iter().filter(|document| !used.contains(document)).collect();
    documents::forget(tx, &unused).await.map(drop)
}

async fn tombstones(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    let ids = reel::tombstones(tx, before, 1, 50).await?;
    reel::forget_tombstones(tx, &ids).await
}

/// What administrators list, and what ends with an account.
async fn everybodys_jobs(tx: &mut Tx) -> Result<(), StoreError> {
    let (owner, error) = (Some(OwnerId::local()), Some("broken".to_owned()));
    let ended = [JobState::Succeeded, JobState::Dead, JobState::Cancelled];
    let open = [JobState::Ready, JobState::Running, JobState::Scheduled, JobState::Waiting, JobState::Blocked];
    for state in [None].into_iter().chain(ended.into_iter().chain(open).map(Some)) {
        for (owner, error) in [(&owner, &None), (&None, &error), (&owner, &error)] {
            let (owner, error) = (owner.clone(), error.clone());
            jobs::operator::list(tx, &Filter { state, owner, error, limit: 50, ..Filter::default() }).await?;
        }
    }
    for state in [JobState::Dead, JobState::Ready, JobState::Waiting] {
        jobs::operator::list(tx, &Filter { state: Some(state), limit: 50, ..Filter::default() }).await?;
    }
    let nobody: OwnerId = "nobody".parse().unwrap();
    jobs::unfinished_of(tx, &nobody, 50).await?;
    jobs::cancel_of(tx, &nobody, 50).await.map(drop)
}

/// What the page asks for again and again.
async fn pages(tx: &mut Tx) -> Result<(), StoreError> {
    let (owner, now) = (OwnerId::local(), tx.now().await?);
    events::first(tx, &owner).await?;
    let last = events::last(tx, &owner).await?;
    events::after(tx, &owner, last - 10, 100).await?;
    workers::useful_work(tx).await?;
    for oldest_first in [false, true] {
        let filter = DocumentFilter { oldest_first, ..DocumentFilter::default() };
        documents::listed(tx, &owner, &filter, 30).await?;
    }
    everybodys_jobs(tx).await?;
    for text in [None, Some("tides".to_owned())] {
        for state in [None, Some("working"), Some("done"), Some("failed"), Some("cancelled")] {
            for after in [None, Some((now, ReelId::new(now, [0xff; 10])))] {
                let filter =
                    ReelFilter { text: text.clone(), state: state.map(str::to_owned), after, ..ReelFilter::default() };
                listed(tx, &owner, &filter, 30).await?;
            }
        }
    }
    Ok(())
}
