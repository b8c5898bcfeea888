//! A provider that works while nobody waits for it, and a job that has something made there: for `submitting.rs`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::{JobState, RetryRule};
use sluice_domain::money::MicroUsd;
use sluice_engine::{
    Answer, CallError, CallProgress, Called, Cancelled, Engine, Job, JobError, Need, Next, Notified, Randomness, Run,
    Submit, Submitted, Wake,
};
use sluice_store::Store;
use sluice_store::calls;
use sluice_store::jobs::spend::{self, Over};
use sluice_testkit::TestStore;
use tokio::sync::Notify;

use crate::support::local;

pub(crate) const PRICE: MicroUsd = MicroUsd(1_000);
pub(crate) const RESERVED: MicroUsd = MicroUsd(3_000);
pub(crate) const LOOK_AFTER: Duration = Duration::from_secs(20);
pub(crate) const ATTEMPTS: u32 = 3;

/// How far work is at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Pending,
    Done,
    Failed,
    Rejected,
    Gone,
    Stopped,
}

#[derive(Default)]
pub(crate) struct Books {
    pub(crate) works: Vec<(String, Work)>,
    pub(crate) fetched: u32,
    pub(crate) polls: u32,
    /// What polls do before they look.
    pub(crate) before_poll: Vec<BeforePoll>,
    /// Work is in this state as soon as it is submitted.
    pub(crate) at_once: Option<Work>,
    pub(crate) stops: bool,
    pub(crate) out_of_order: bool,
}

pub(crate) enum BeforePoll {
    Hang,
    /// The work is done, and the webhook comes, just after the poll has looked.
    IsDoneAfter(Store),
}

/// A provider that keeps books, as real ones do. Its id of the n-th work is `w-n`.
#[derive(Clone, Default)]
pub(crate) struct Studio {
    pub(crate) books: Arc<Mutex<Books>>,
    pub(crate) there: Arc<Notify>,
}

impl Studio {
    pub(crate) fn submitted(&self) -> usize {
        self.books.lock().unwrap().works.len()
    }

    pub(crate) fn set(&self, number: usize, work: Work) {
        self.books.lock().unwrap().works[number].1 = work;
    }

    pub(crate) fn works(&self) -> Vec<Work> {
        self.books.lock().unwrap().works.iter().map(|(_, work)| *work).collect()
    }
}

impl Submit<String> for Studio {
    fn provider(&self) -> &'static str {
        "studio"
    }

    async fn submit(&self, key: &str) -> Result<Submitted<String>, CallError> {
        let mut books = self.books.lock().unwrap();
        let work = books.at_once.unwrap_or(Work::Pending);
        books.works.push((key.to_owned(), work));
        Ok(Submitted::Accepted { provider_id: format!("w-{}", books.works.len() - 1), poll_after: LOOK_AFTER })
    }

    async fn poll(&self, key: &str, provider_id: Option<&str>) -> Result<CallProgress, CallError> {
        let (number, work, before) = {
            let mut books = self.books.lock().unwrap();
            books.polls += 1;
            if books.out_of_order {
                return Err(CallError::Trouble { retry_after: None, message: "502".into() });
            }
            let by_key = || books.works.iter().rposition(|(of, _)| of == key);
            let number = provider_id.map_or_else(by_key, |id| id[2..].parse().ok());
            let Some(number) = number else { return Ok(CallProgress::NotFound) };
            let work = books.works[number].1;
            (number, work, books.before_poll.pop())
        };
        match before {
            Some(BeforePoll::Hang) => {
                self.there.notify_one();
                std::future::pending::<()>().await;
            }
            Some(BeforePoll::IsDoneAfter(store)) => {
                self.set(number, Work::Done);
                let id = format!("w-{number}");
                store.write(async |tx| calls::notify(tx, "studio", &id).await).await.unwrap();
            }
            None => {}
        }
        let provider_id = format!("w-{number}");
        Ok(match work {
            Work::Pending => CallProgress::Pending { provider_id, poll_after: LOOK_AFTER },
            Work::Done => CallProgress::Ready { provider_id },
            Work::Failed => CallProgress::Failed { message: "no face was found".into(), cost: MicroUsd(100) },
            Work::Rejected => {
                CallProgress::Rejected { code: "moderated".into(), message: "not this".into(), cost: MicroUsd(0) }
            }
            Work::Gone | Work::Stopped => CallProgress::NotFound,
        })
    }

    async fn fetch(&self, provider_id: &str) -> Result<Answer<String>, CallError> {
        self.books.lock().unwrap().fetched += 1;
        Ok(Answer { value: format!("video of {provider_id}"), provider_id: None, cost: Some(PRICE), quota: None })
    }

    async fn cancel(&self, provider_id: &str) -> Result<Cancelled, CallError> {
        if !self.books.lock().unwrap().stops {
            return Ok(Cancelled::GoesOn);
        }
        self.set(provider_id[2..].parse().unwrap(), Work::Stopped);
        Ok(Cancelled::Stopped { cost: MicroUsd(200) })
    }

    fn timeout(&self) -> Duration {
        Duration::from_mins(10)
    }
}

/// A job that has a video made, after somebody said go.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Film {
    pub(crate) key: String,
    pub(crate) on_word: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Stage {
    Begin,
    Make,
}

impl Job for Film {
    const KIND: &'static str = "test.film";
    type Stage = Stage;
    type Context = Studio;

    fn first_stage() -> Stage {
        Stage::Begin
    }

    fn retry_rule() -> RetryRule {
        RetryRule { attempts: ATTEMPTS, first: Duration::from_secs(1), longest: Duration::from_secs(1) }
    }

    fn need(&self, stage: &Stage) -> Need {
        match stage {
            Stage::Begin => Need::default(),
            Stage::Make => Need { provider: Some("studio".into()), cost: RESERVED, ..Need::default() },
        }
    }

    async fn run(&self, stage: Stage, run: &Run, studio: &Studio) -> Result<Next<Stage>, JobError> {
        if matches!(stage, Stage::Begin) {
            return Ok(if self.on_word {
                let deadline = Duration::from_hours(1);
                Next::Wait { then: Stage::Make, signal: "go".into(), deadline, poll_every: None }
            } else {
                Next::Stage(Stage::Make)
            });
        }
        let word = match run.wake() {
            Some(Wake::Signal(word)) => word.clone(),
            _ => json!(null),
        };
        match run.call_async::<String, _>(&self.key, "film", studio).await? {
            Called::Done(video) => Ok(Next::Done(json!([video, word]))),
            Called::Pending(pending) => Ok(Next::AwaitCall(pending)),
        }
    }
}

pub(crate) struct World {
    pub(crate) test: TestStore,
    pub(crate) engine: Engine,
    pub(crate) studio: Studio,
}

impl World {
    pub(crate) async fn new() -> Self {
        let test = TestStore::open_on(crate::ON).await;
        let studio = Studio::default();
        let engine = engine(test.store().clone(), &studio);
        let world = Self { test, engine, studio };
        world.budget(1_000_000).await;
        world
    }

    pub(crate) async fn film(&self, key: &str) -> JobId {
        let job = Film { key: key.into(), on_word: false };
        self.engine.submit(&job, local()).await.unwrap()
    }

    pub(crate) async fn run(&self) {
        self.engine.run_until_idle().await.unwrap();
    }

    /// Time passes, and what it moves runs.
    pub(crate) async fn pass(&self, seconds: u64) {
        self.test.advance(Duration::from_secs(seconds)).await;
        self.run().await;
    }

    pub(crate) async fn row(&self, job: &JobId) -> sluice_engine::JobRow {
        self.engine.job(&OwnerId::local(), job).await.unwrap().unwrap().job
    }

    /// A job's state, with the code of its error.
    pub(crate) async fn state(&self, job: &JobId) -> (JobState, String) {
        let row = self.row(job).await;
        (row.state, row.error.map(|error| error.code).unwrap_or_default())
    }

    pub(crate) async fn result(&self, job: &JobId) -> Option<String> {
        self.row(job).await.result.map(|result| result[0].as_str().unwrap_or_default().to_owned())
    }

    pub(crate) async fn budget(&self, cap: i64) {
        let set = async |tx: &mut _| spend::set_budget(tx, "owner", "local", MicroUsd(cap), Over::Wait).await;
        self.test.store().write(set).await.unwrap();
    }

    /// Reserved and spent.
    pub(crate) async fn figures(&self) -> (i64, i64) {
        let all = self.test.store().read(async |tx| spend::budgets(tx).await).await.unwrap();
        (all[0].reserved.0, all[0].spent.0)
    }

    pub(crate) async fn webhook(&self, id: &str) -> Notified {
        self.test.store().write(async |tx| self.engine.call_changed(tx, "studio", id).await).await.unwrap()
    }

    pub(crate) async fn calls(&self) -> BTreeMap<&'static str, u64> {
        let calls = self.test.store().read(async |tx| calls::count(tx).await).await.unwrap();
        calls.into_iter().map(|(_, outcome, count)| (outcome.as_str(), count)).collect()
    }

    pub(crate) async fn end(self) {
        let drift = self.test.store().read(async |tx| spend::drift(tx).await).await.unwrap();
        assert!(drift.is_empty(), "the budgets say other than the ledger: {drift:?}");
        self.test.end().await;
    }
}

pub(crate) fn engine(store: Store, studio: &Studio) -> Engine {
    Engine::builder(store).register::<Film>(studio.clone()).randomness(Randomness::seeded(3)).build()
}
