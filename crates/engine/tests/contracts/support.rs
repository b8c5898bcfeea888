//! A job whose stages do what the test tells them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::{JobState, RetryRule};
use sluice_domain::time::Timestamp;
use sluice_engine::{ChildOptions, Engine, EnqueueOptions, Job, JobError, JobView, Next, Randomness, Run, Wake};
use sluice_store::controls::Rate;
use sluice_testkit::TestStore;
use tokio::sync::{Notify, mpsc};

/// A job for tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Play {
    pub(crate) name: String,
}

/// Its stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Act {
    First,
    Second,
    Third,
}

/// What a run of a stage does.
#[derive(Debug, Clone)]
pub(crate) enum Do {
    Next(Next<Act>),
    Retry,
    Fail,
    Panic,
    /// Says that it is there, waits for the go, then does the next thing that is planned.
    Pause,
    /// Says that it is there and never returns.
    Hang,
    /// Waits until it is told to stop, then says that it is done.
    HeedStop,
    /// Enqueues a job that is part of it, once per name.
    Spawn(&'static str),
    /// Reports that far with the step "half".
    Progress(f64),
}

/// What a run saw.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) act: Act,
    pub(crate) attempt: u32,
    pub(crate) wake: Option<Wake>,
}

/// What takes this long will not come: the test fails instead of hanging.
const TOO_LONG: Duration = Duration::from_secs(20);

/// Shared by the test and the jobs.
#[derive(Clone)]
pub(crate) struct Stage {
    plan: Arc<Mutex<VecDeque<Do>>>,
    plans: Arc<Mutex<HashMap<String, VecDeque<Do>>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    there: mpsc::UnboundedSender<Run>,
    arrivals: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<Run>>>,
    pub(crate) go: Arc<Notify>,
}

impl Stage {
    pub(crate) fn new(plan: impl IntoIterator<Item = Do>) -> Self {
        let (there, arrivals) = mpsc::unbounded_channel();
        Self {
            plan: Arc::new(Mutex::new(plan.into_iter().collect())),
            plans: Arc::default(),
            seen: Arc::default(),
            there,
            arrivals: Arc::new(tokio::sync::Mutex::new(arrivals)),
            go: Arc::default(),
        }
    }

    pub(crate) fn plan(&self, more: impl IntoIterator<Item = Do>) {
        self.plan.lock().unwrap().extend(more);
    }

    /// What the job of that name does, where several run side by side.
    pub(crate) fn plan_for(&self, name: &str, plan: impl IntoIterator<Item = Do>) {
        self.plans.lock().unwrap().entry(name.to_owned()).or_default().extend(plan);
    }

    fn take(&self, name: &str) -> Do {
        let own = self.plans.lock().unwrap().get_mut(name).map(VecDeque::pop_front);
        let done = || self.plan.lock().unwrap().pop_front();
        own.unwrap_or_else(done).unwrap_or(Do::Next(Next::Done(json!("done"))))
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The acts and attempts that were run.
    pub(crate) fn acts(&self) -> Vec<(Act, u32)> {
        self.seen().iter().map(|seen| (seen.act, seen.attempt)).collect()
    }

    /// Waits for a stage that pauses or hangs.
    pub(crate) async fn arrival(&self) -> Run {
        let arrival = async { self.arrivals.lock().await.recv().await.unwrap() };
        tokio::time::timeout(TOO_LONG, arrival).await.expect("a stage that pauses")
    }
}

impl Job for Play {
    const KIND: &'static str = "test.play";
    type Stage = Act;
    type Context = Stage;

    fn first_stage() -> Act {
        Act::First
    }

    fn retry_rule() -> RetryRule {
        RetryRule { attempts: 3, first: Duration::from_secs(2), longest: Duration::from_secs(8) }
    }

    async fn run(&self, act: Act, run: &Run, stage: &Stage) -> Result<Next<Act>, JobError> {
        let seen = Seen { name: self.name.clone(), act, attempt: run.attempt(), wake: run.wake().cloned() };
        stage.seen.lock().unwrap().push(seen);
        loop {
            match stage.take(&self.name) {
                Do::Next(next) => return Ok(next),
                Do::Retry => return Err(JobError::retry("weather", "it rained")),
                Do::Fail => return Err(JobError::fail("broken", "it will not heal")),
                Do::Panic => panic!("a planned panic"),
                Do::Pause => {
                    stage.there.send(run.clone()).unwrap();
                    stage.go.notified().await;
                }
                Do::Hang => {
                    stage.there.send(run.clone()).unwrap();
                    std::future::pending::<()>().await;
                }
                Do::HeedStop => {
                    stage.there.send(run.clone()).unwrap();
                    run.cancelled().cancelled().await;
                    return Ok(Next::Done(Value::Null));
                }
                Do::Spawn(name) => {
                    let job = Play { name: name.to_owned() };
                    let options = ChildOptions { idempotency_key: Some(name.to_owned()), ..ChildOptions::default() };
                    run.write(async |tx| run.enqueue(tx, &job, options).await).await?;
                }
                Do::Progress(fraction) => run.progress("half", fraction),
            }
        }
    }
}

/// A job of the local owner, and nothing else said.
pub(crate) fn local() -> EnqueueOptions {
    EnqueueOptions::of(&OwnerId::local())
}

/// A job of this owner.
pub(crate) fn of(owner: &str) -> EnqueueOptions {
    EnqueueOptions::of(&owner.parse().unwrap())
}

/// A database, an engine on it, and the jobs' stage.
pub(crate) struct World {
    pub(crate) test: TestStore,
    pub(crate) engine: Engine,
    pub(crate) stage: Stage,
}

impl World {
    pub(crate) async fn new(plan: impl IntoIterator<Item = Do>) -> Self {
        Self::new_on(crate::ON, plan).await
    }

    pub(crate) async fn new_on(dialect: sluice_store::Dialect, plan: impl IntoIterator<Item = Do>) -> Self {
        let test = TestStore::open_on(dialect).await;
        let stage = Stage::new(plan);
        let engine = engine_on(test.store().clone(), &stage);
        Self { test, engine, stage }
    }

    pub(crate) async fn enqueue(&self, name: &str) -> JobId {
        self.enqueue_with(name, local()).await
    }

    pub(crate) async fn enqueue_with(&self, name: &str, options: EnqueueOptions) -> JobId {
        let job = Play { name: name.to_owned() };
        self.test.store().write(async |tx| self.engine.enqueue(tx, &job, options).await).await.unwrap()
    }

    pub(crate) async fn run(&self) -> usize {
        self.engine.run_until_idle().await.unwrap()
    }

    pub(crate) async fn view(&self, job: &JobId) -> JobView {
        self.engine.job(&OwnerId::local(), job).await.unwrap().unwrap()
    }

    pub(crate) async fn state(&self, job: &JobId) -> JobState {
        self.view(job).await.job.state
    }

    pub(crate) async fn cancel(&self, job: &JobId) -> usize {
        self.test.store().write(async |tx| self.engine.cancel(tx, &OwnerId::local(), job).await).await.unwrap()
    }

    /// Waits until the job is in `state`; hints of commits wake it.
    pub(crate) async fn until(&self, job: &JobId, state: JobState) {
        let mut news = self.test.store().events_hint();
        while self.state(job).await != state {
            let told = tokio::time::timeout(TOO_LONG, news.changed()).await;
            told.expect("a change of the job").unwrap();
        }
    }

    pub(crate) async fn advance(&self, seconds: u64) {
        self.test.advance(Duration::from_secs(seconds)).await;
    }
}

pub(crate) fn engine_on(store: sluice_store::Store, stage: &Stage) -> Engine {
    Engine::builder(store).register::<Play>(stage.clone()).randomness(Randomness::seeded(7)).build()
}

/// In no span of time did more begin than a burst and what came meanwhile.
pub(crate) fn is_kept(rate: Rate, begun: &[Timestamp]) -> bool {
    let mut begun: Vec<_> = begun.iter().map(|at| at.as_millis()).collect();
    begun.sort_unstable();
    (0..begun.len()).all(|first| {
        (first..begun.len()).all(|last| {
            let (count, span) = ((last - first + 1) as i128, i128::from(begun[last] - begun[first]));
            let per = rate.per.as_millis().cast_signed();
            (count - i128::from(rate.burst)) * per <= i128::from(rate.amount) * span
        })
    })
}
