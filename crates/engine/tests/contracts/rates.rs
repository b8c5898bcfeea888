//! Rates: never passed, used to the full, and exact whatever else stands in a job's way.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_engine::{Amounts, Counter, Engine, Job, JobError, Need, Next, Randomness, Reason, Run, Settings};
use sluice_store::controls::{self, Rate, Unit};
use sluice_store::jobs::spend::{self, Over};
use sluice_store::jobs::{self, Claim, Claims};
use sluice_store::retention;
use sluice_testkit::TestStore;

use crate::support::{self, is_kept};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// A job that asks for what the test says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Chew {
    tokens: u64,
    provider: Option<String>,
    key: Option<String>,
    cost: i64,
    /// What it says in the end that it used.
    used: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Bite {
    Chew,
    Swallow,
}

type Begun = Arc<Mutex<Vec<Timestamp>>>;

impl Job for Chew {
    const KIND: &'static str = "test.chew";
    type Stage = Bite;
    type Context = Begun;

    fn first_stage() -> Bite {
        Bite::Chew
    }

    fn limit_key(&self) -> Option<String> {
        self.key.clone()
    }

    fn need(&self, _: &Bite) -> Need {
        let amounts = Amounts { tokens: self.tokens, ..Amounts::default() };
        Need { provider: self.provider.clone(), cost: MicroUsd(self.cost), amounts, ..Need::default() }
    }

    async fn run(&self, bite: Bite, run: &Run, begun: &Begun) -> Result<Next<Bite>, JobError> {
        begun.lock().unwrap().push(run.now());
        if let Some(tokens) = self.used {
            // Said twice, as after a crash: it counts once.
            for _ in 0..2 {
                run.used(Amounts { tokens, ..Amounts::default() }).await?;
            }
        }
        Ok(if bite == Bite::Chew { Next::Stage(Bite::Swallow) } else { Next::Done(json!(null)) })
    }
}

fn tokens(tokens: u64) -> Chew {
    Chew { tokens, ..Chew::default() }
}

fn of(provider: &str) -> Chew {
    Chew { provider: Some(provider.to_owned()), ..Chew::default() }
}

struct World {
    test: TestStore,
    engine: Engine,
    begun: Begun,
}

impl World {
    async fn new() -> Self {
        let test = TestStore::open_on(crate::ON).await;
        let begun = Begun::default();
        let engine = engine(test.store().clone(), &begun);
        Self { test, engine, begun }
    }

    async fn rate(&self, scope: &str, name: &str, unit: Unit, rate: impl Into<Option<Rate>>) {
        let rate = rate.into();
        self.test.store().write(async |tx| controls::set_rate(tx, scope, name, unit, rate).await).await.unwrap();
    }

    async fn enqueue(&self, owner: &str, chew: Chew) -> JobId {
        let options = support::of(owner);
        self.engine.submit(&chew, options).await.unwrap()
    }

    async fn enqueue_many(&self, owner: &str, count: usize) {
        let options = support::of(owner);
        self.engine.submit_many(&vec![Chew::default(); count], &options).await.unwrap();
    }

    async fn claims(&self, limit: u32) -> Claims {
        let claims = self.test.store().write(async |tx| claim(tx, &self.engine, limit).await).await.unwrap();
        self.test.store().write(async |tx| jobs::charge(tx, &claims.charges).await).await.unwrap();
        claims
    }

    async fn claim(&self, limit: u32) -> usize {
        self.claims(limit).await.jobs.len()
    }

    async fn advance(&self, by: Duration) {
        self.test.advance(by).await;
    }

    async fn now(&self) -> Timestamp {
        self.test.store().now().await.unwrap()
    }

    /// The rates that a job waits for: what for, how much, how long.
    async fn waits(&self, job: &JobId) -> Vec<(String, Unit, u64, Duration)> {
        let now = self.now().await;
        let reasons = self.engine.operator().why(job).await.unwrap().reasons;
        let rate = |reason| match reason {
            Reason::Rate { scope, name, unit, needs, until } => {
                Some((format!("{scope} {name}"), unit, needs, until.since(now)))
            }
            _ => None,
        };
        reasons.into_iter().filter_map(rate).collect()
    }

    /// Ends what is left, without any rates.
    async fn end(self) {
        let store = self.test.store();
        store
            .write(async |tx| {
                for it in controls::rates(tx).await? {
                    controls::set_rate(tx, &it.scope, &it.name, it.unit, None).await?;
                }
                for job in jobs::operator::unfinished(tx).await? {
                    self.engine.cancel(tx, &job.owner, &job.id).await?;
                }
                Ok::<_, sluice_store::StoreError>(())
            })
            .await
            .unwrap();
        self.advance(Duration::from_secs(16)).await;
        self.engine.run_until_idle().await.unwrap();
        self.test.end().await;
    }
}

fn engine(store: sluice_store::Store, begun: &Begun) -> Engine {
    // What no test waits for: whatever begins in time was woken for it.
    let settings = Settings { poll: Duration::from_secs(20), lease: MINUTE, ..Settings::default() };
    let builder = Engine::builder(store).register::<Chew>(Arc::clone(begun)).randomness(Randomness::seeded(5));
    builder.settings(settings).build()
}

async fn claim(tx: &mut sluice_store::Tx, engine: &Engine, limit: u32) -> Result<Claims, sluice_store::StoreError> {
    let lease = LeaseId::new(tx.now().await?, engine.randomness().id_bytes());
    let (kinds, lease_time) = (&["test.chew"], Duration::from_secs(15));
    jobs::claim(
        tx,
        &Claim { pool: "default", kinds, limit, worker: "w", lease: &lease, lease_time },
        &jobs::LowWaterMarks::default(),
    )
    .await
}

const fn rate(amount: u64, per: Duration, burst: u64) -> Rate {
    Rate { amount, per, burst }
}

/// Soon after what was reckoned: the clock goes on while a test runs.
fn about(found: Duration, reckoned: Duration) -> bool {
    found <= reckoned && found + Duration::from_secs(20) > reckoned
}

#[tokio::test]
async fn a_rate_is_never_passed_and_nothing_of_it_is_lost() {
    // The first is taken by the quick way, the other by the one that looks at each job.
    for (scope, name) in [("owner", "ada"), ("kind", "test.chew")] {
        let world = World::new().await;
        let kept = Rate { amount: 60, per: HOUR, burst: 5 };
        world.rate(scope, name, Unit::Requests, Some(kept)).await;
        world.enqueue_many("ada", 90).await;
        let mut begun = Vec::new();
        let mut seconds = 0;
        for step in 0..40 {
            let claims = world.claims(50).await;
            begun.extend(claims.jobs.iter().map(|job| job.claimed_at));
            assert!(claims.next.is_some(), "it says when to look again");
            let rest = (step * 7_919) % 120;
            seconds += rest;
            world.advance(Duration::from_secs(rest)).await;
        }
        begun.extend(world.claims(50).await.jobs.iter().map(|job| job.claimed_at));
        assert!(is_kept(kept, &begun), "{scope}");
        let came = 5 + seconds / 60;
        assert!((came..=came + 1).contains(&(begun.len() as u64)), "{scope}: {} of {came}", begun.len());
        world.end().await;
    }
}

#[tokio::test]
async fn a_bucket_that_is_full_holds_no_more_than_a_burst() {
    let world = World::new().await;
    world.rate("owner", "*", Unit::Requests, rate(60, HOUR, 3)).await;
    world.enqueue_many("ada", 10).await;
    assert_eq!(world.claim(10).await, 3);
    world.advance(HOUR * 5).await;
    assert_eq!(world.claim(10).await, 3);
    world.end().await;
}

#[tokio::test]
async fn a_job_larger_than_the_burst_runs_and_its_debt_is_paid_first() {
    let world = World::new().await;
    world.rate("owner", "*", Unit::Tokens, rate(60, HOUR, 10)).await;
    world.enqueue("ada", tokens(30)).await;
    let next = world.enqueue("ada", tokens(1)).await;
    assert_eq!(world.claim(10).await, 1, "there is a whole burst for the large one, and it takes more");
    let waits = world.waits(&next).await;
    assert!(
        matches!(&waits[..], [(of, Unit::Tokens, 1, left)] if of == "owner ada" && about(*left, MINUTE * 21)),
        "{waits:?}"
    );
    world.advance(MINUTE * 20).await;
    assert_eq!(world.claim(10).await, 0, "the debt is paid, and nothing is there yet");
    world.advance(MINUTE).await;
    assert_eq!(world.claim(10).await, 1);
    world.end().await;
}

#[tokio::test]
async fn each_has_a_bucket_of_its_own_and_its_own_rate_comes_first() {
    let world = World::new().await;
    world.rate("owner", "*", Unit::Requests, rate(60, HOUR, 2)).await;
    world.rate("owner", "grace", Unit::Requests, rate(60, HOUR, 4)).await;
    for owner in ["ada", "grace", "edsger"] {
        world.enqueue_many(owner, 5).await;
    }
    let mut owners: Vec<_> = world.claims(20).await.jobs.into_iter().map(|job| job.owner.to_string()).collect();
    owners.sort();
    assert_eq!(owners, ["ada", "ada", "edsger", "edsger", "grace", "grace", "grace", "grace"]);
    world.end().await;
}

#[tokio::test]
async fn what_something_else_refuses_takes_nothing() {
    let world = World::new().await;
    let store = world.test.store();
    store.write(async |tx| controls::set_limit(tx, "key", "*", Some(1)).await).await.unwrap();
    store.write(async |tx| spend::set_budget(tx, "owner", "poor", MicroUsd(1), Over::Wait).await).await.unwrap();
    world.rate("provider", "*", Unit::Requests, rate(1, HOUR, 3)).await;
    world.rate("kind", "*", Unit::Tokens, rate(1, HOUR, 100)).await;
    for key in ["a", "a", "a", "b"] {
        world.enqueue("ada", Chew { key: Some(key.to_owned()), tokens: 20, ..of("loud") }).await;
    }
    world.enqueue("poor", Chew { cost: 5, tokens: 20, ..of("loud") }).await;
    assert_eq!(world.claim(10).await, 2, "one of each key, none without money");
    world.enqueue("ada", Chew { tokens: 60, ..of("loud") }).await;
    world.enqueue("ada", of("loud")).await;
    assert_eq!(world.claim(10).await, 1, "the third request and all tokens were still there");
    world.end().await;
}

#[tokio::test]
async fn requests_and_tokens_of_a_provider_count_together_and_nothing_small_overtakes() {
    let world = World::new().await;
    world.rate("provider", "loud", Unit::Requests, rate(60, HOUR, 4)).await;
    world.rate("provider", "loud", Unit::Tokens, rate(600, HOUR, 1_000)).await;
    for size in [400, 400, 400, 100, 100] {
        world.enqueue("ada", Chew { tokens: size, ..of("loud") }).await;
    }
    world.enqueue("ada", of("quiet")).await;
    assert_eq!(world.claim(10).await, 3, "two large ones, and what another provider does");
    assert_eq!(world.claim(10).await, 0, "200 tokens are left, and kept for the third large one");
    world.advance(MINUTE * 21).await;
    assert_eq!(world.claim(10).await, 1);
    world.advance(MINUTE * 10).await;
    assert_eq!(world.claim(10).await, 1);
    assert_eq!(world.test.store().read(async |tx| controls::rates(tx).await).await.unwrap().len(), 2);
    world.end().await;
}

#[tokio::test]
async fn why_and_a_claim_tell_when_the_next_one_is_let_through() {
    let world = World::new().await;
    world.rate("provider", "loud", Unit::Requests, rate(1, MINUTE * 10, 1)).await;
    world.enqueue("ada", of("loud")).await;
    let second = world.enqueue("ada", of("loud")).await;
    let claims = world.claims(1).await;
    let until = claims.next.unwrap();
    assert_eq!(until.since(claims.jobs[0].claimed_at), MINUTE * 10);
    assert_eq!(world.claims(1).await.next, Some(until), "the same for whoever asks");
    let waits = world.waits(&second).await;
    let told =
        matches!(&waits[..], [(of, Unit::Requests, 1, left)] if of == "provider loud" && about(*left, MINUTE * 10));
    assert!(told, "{waits:?}");
    world.advance(until.since(world.now().await)).await;
    assert!(world.waits(&second).await.is_empty());
    let claims = world.claims(1).await;
    assert_eq!(claims.jobs.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_worker_begins_a_job_as_soon_as_its_rate_lets_it_through() {
    let world = World::new().await;
    let kept = Rate { amount: 10, per: Duration::from_secs(1), burst: 1 };
    world.rate("owner", "*", Unit::Requests, Some(kept)).await;
    // Only once the hints of these have passed.
    world.enqueue_many("ada", 6).await;
    let worker = world.engine.start();
    let mut news = world.test.store().events_hint();
    while !world.test.store().read(async |tx| jobs::operator::unfinished(tx).await).await.unwrap().is_empty() {
        // It looks by itself every 20 seconds only.
        tokio::time::timeout(Duration::from_secs(10), news.changed()).await.expect("it is woken in time").unwrap();
    }
    worker.shutdown(Duration::ZERO).await;
    let begun: Vec<_> = {
        let all = world.begun.lock().unwrap();
        all.iter().step_by(2).copied().collect()
    };
    assert_eq!(begun.len(), 6);
    assert!(begun[5].since(begun[0]) < Duration::from_secs(5), "{begun:?}");
    world.end().await;
}

#[tokio::test]
async fn a_stage_that_asks_for_tokens_is_claimed_and_not_just_gone_on_with() {
    let world = World::new().await;
    world.rate("kind", "test.chew", Unit::Tokens, rate(60, HOUR, 60)).await;
    let job = world.enqueue("ada", tokens(40)).await;
    assert_eq!(world.engine.run_until_idle().await.unwrap(), 1, "its second stage waits for 40 more");
    let row = world.engine.operator().job(&job).await.unwrap().unwrap();
    assert_eq!((row.state, row.stage.as_str(), row.need.amounts.tokens), (JobState::Ready, "Swallow", 40));
    world.advance(MINUTE * 20).await;
    assert_eq!(world.engine.run_until_idle().await.unwrap(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_rate_that_is_changed_goes_on_from_where_it_was() {
    let world = World::new().await;
    world.rate("kind", "*", Unit::Tokens, rate(10, HOUR, 10)).await;
    let job = async |size| world.enqueue("ada", tokens(size)).await;
    job(5).await;
    assert_eq!(world.claim(10).await, 1);
    // Half of it is left: also of a burst that is ten times as large, and of another period.
    world.rate("kind", "*", Unit::Tokens, rate(10, MINUTE * 600, 100)).await;
    job(51).await;
    assert_eq!(world.claim(10).await, 0);
    world.rate("kind", "test.chew", Unit::Tokens, rate(1, HOUR, 102)).await;
    assert_eq!(world.claim(10).await, 1, "and of a rate of its own");
    // Never more than the burst.
    world.advance(HOUR * 1_000).await;
    world.rate("kind", "test.chew", Unit::Tokens, rate(1, HOUR, 4)).await;
    for size in [4, 1] {
        job(size).await;
    }
    assert_eq!(world.claim(10).await, 1);
    world.rate("kind", "test.chew", Unit::Tokens, None).await;
    assert_eq!(world.claim(10).await, 0, "then that of each holds again");
    world.rate("kind", "*", Unit::Tokens, None).await;
    assert_eq!(world.claim(10).await, 1);
    world.rate("kind", "*", Unit::Tokens, rate(1, HOUR, 4)).await;
    job(4).await;
    assert_eq!(world.claim(10).await, 1, "what was before is forgotten");
    world.end().await;
}

#[tokio::test]
async fn what_a_stage_really_used_is_put_right_once() {
    let world = World::new().await;
    world.rate("owner", "*", Unit::Tokens, rate(60, HOUR, 100)).await;
    // Estimated too high: 100 were taken, of which each stage gives 90 back.
    world.enqueue("ada", Chew { used: Some(10), ..tokens(100) }).await;
    assert_eq!(world.engine.run_until_idle().await.unwrap(), 1);
    let left = world.enqueue("ada", tokens(91)).await;
    assert!(matches!(&world.waits(&left).await[..], [(_, _, 91, wait)] if about(*wait, MINUTE)));
    world.advance(MINUTE * 11).await;
    assert_eq!(world.engine.run_until_idle().await.unwrap(), 1, "its second stage, which came first");
    // Estimated too low: it becomes a debt of 1,000.
    world.enqueue("grace", Chew { used: Some(1_100), ..Chew::default() }).await;
    world.engine.run_until_idle().await.unwrap();
    let late = world.enqueue("grace", tokens(1)).await;
    let waits = world.waits(&late).await;
    assert!(matches!(&waits[..], [(_, _, 1, wait)] if *wait > HOUR * 16), "{waits:?}");
    world.end().await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_gives_and_takes_nothing() {
    let world = World::new().await;
    world.rate("owner", "*", Unit::Requests, rate(60, HOUR, 2)).await;
    world.enqueue_many("ada", 9).await;
    assert_eq!(world.claim(10).await, 2);
    let set_back = "UPDATE clock SET offset_ms = offset_ms - 60000";
    world.test.store().execute(set_back).await.unwrap();
    assert_eq!(world.claim(10).await, 0);
    world.advance(MINUTE).await;
    assert_eq!(world.claim(10).await, 0, "the same minute gives nothing again");
    world.advance(MINUTE).await;
    assert_eq!(world.claim(10).await, 1);
    // One that was wrong by a year holds nothing up for longer than a bucket takes to fill.
    world.test.store().execute("UPDATE clock SET offset_ms = offset_ms - 31536000000").await.unwrap();
    assert_eq!(world.claim(10).await, 0);
    world.advance(MINUTE * 3).await;
    assert_eq!(world.claim(10).await, 1);
    world.advance(HOUR * 24 * 366).await;
    world.end().await;
}

#[tokio::test]
async fn what_cannot_be_a_rate_is_refused_with_what_to_do() {
    let world = World::new().await;
    for (scope, rate) in [("queue", rate(1, HOUR, 1)), ("owner", rate(0, HOUR, 1)), ("owner", rate(1, HOUR, u64::MAX))]
    {
        let store = world.test.store();
        let refused = store.write(async |tx| controls::set_rate(tx, scope, "x", Unit::Tokens, Some(rate)).await).await;
        assert_eq!(refused.unwrap_err().code(), "bad_rate");
    }
    world.end().await;
}

#[tokio::test]
async fn buckets_that_are_full_again_are_forgotten() {
    let world = World::new().await;
    world.rate("owner", "*", Unit::Requests, rate(60, HOUR, 2)).await;
    world.enqueue_many("ada", 3).await;
    assert_eq!(world.claim(10).await, 2);
    let forget = async || {
        let store = world.test.store();
        store.write(async |tx| retention::forget_buckets(tx, "", 10).await).await.unwrap();
        store.execute("DELETE FROM buckets WHERE name = 'nobody'").await.unwrap();
        store.execute("UPDATE buckets SET level = level").await.unwrap()
    };
    assert_eq!(forget().await, 1);
    world.advance(MINUTE * 2).await;
    assert_eq!(forget().await, 0);
    assert_eq!(world.claim(10).await, 1);
    world.end().await;
}

#[tokio::test]
async fn a_rate_that_cannot_be_read_holds_back_its_own_key_and_is_counted_once_for_many_claims() {
    let world = World::new().await;
    world.rate("key", "gpu", Unit::Requests, rate(60, HOUR, 5)).await;
    world.test.store().execute("UPDATE rates SET burst = 9223372036854775807").await.unwrap();
    let held = world.enqueue("ada", Chew { key: Some("gpu".into()), ..Chew::default() }).await;
    for _ in 0..3 {
        world.enqueue("ada", Chew::default()).await;
    }
    assert_eq!(world.engine.run_until_idle().await.unwrap(), 3, "the others");
    let counters = world.engine.counters();
    assert_eq!(counters, [(Counter::UnreadableRows, "rates".to_owned(), 1)]);
    world.rate("key", "gpu", Unit::Requests, rate(60, HOUR, 5)).await;
    assert_eq!(world.engine.run_until_idle().await.unwrap(), 1);
    let row = world.test.store().read(async |tx| jobs::operator::find(tx, &held).await).await.unwrap().unwrap();
    assert_eq!(row.state, JobState::Succeeded);
    world.end().await;
}
