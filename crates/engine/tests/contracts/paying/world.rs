//! A provider whose answers a test plans, a job that pays it, and an engine with both.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::{JobState, RetryRule};
use sluice_domain::money::MicroUsd;
use sluice_engine::{Answer, Ask, CallError, Engine, Found, Job, JobError, Need, Next, Quota, Randomness, Run};
use sluice_store::jobs::spend::{self, Over};
use sluice_testkit::TestStore;
use tokio::sync::Notify;

use crate::support::local;

pub(super) const PRICE: MicroUsd = MicroUsd(1_000);

/// What the provider does with the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Answers,
    Busy(u64),
    Breaks,
    Refuses,
    /// Does it, and the answer is lost.
    LosesTheAnswer,
    /// Says that it was asked, and answers when the test says so.
    TakesItsTime,
}

/// What the provider says of a call when it is asked what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Look {
    #[default]
    Remembers,
    /// Nobody answers.
    Breaks,
    CannotTell,
}

/// A provider that remembers what it did, as real ones do.
#[derive(Clone, Default)]
pub(super) struct Provider {
    acts: Arc<Mutex<Vec<Act>>>,
    done: Arc<Mutex<Vec<String>>>,
    asked: Arc<Mutex<u32>>,
    /// What it says of its quota with each answer.
    pub(super) quota: Arc<Mutex<Option<Quota>>>,
    pub(super) look: Arc<Mutex<Look>>,
    stumbled: Arc<Mutex<bool>>,
    pub(super) there: Arc<Notify>,
    pub(super) go: Arc<Notify>,
}

impl Provider {
    fn plan(&self, acts: &[Act]) {
        self.acts.lock().unwrap().extend(acts.iter().rev());
    }

    /// The first time.
    fn stumbles(&self) -> bool {
        !std::mem::replace(&mut *self.stumbled.lock().unwrap(), true)
    }

    pub(super) fn done(&self) -> usize {
        self.done.lock().unwrap().len()
    }

    pub(super) fn asked(&self) -> u32 {
        *self.asked.lock().unwrap()
    }

    /// One less each time.
    fn next_quota(&self) -> Option<Quota> {
        let mut quota = self.quota.lock().unwrap();
        let said = quota.map(|quota| Quota { left: quota.left.saturating_sub(1), ..quota });
        *quota = said;
        said
    }
}

fn answer(quota: Option<Quota>) -> Answer<String> {
    Answer { value: "spoken".into(), provider_id: Some("p-1".into()), cost: Some(PRICE), quota }
}

impl Ask<String> for Provider {
    fn provider(&self) -> &'static str {
        "loud"
    }

    async fn ask(&self, key: &str) -> Result<Answer<String>, CallError> {
        *self.asked.lock().unwrap() += 1;
        let act = self.acts.lock().unwrap().pop().unwrap_or(Act::Answers);
        let message = "overloaded".to_owned();
        match act {
            Act::Answers => {
                self.done.lock().unwrap().push(key.to_owned());
                Ok(answer(self.next_quota()))
            }
            Act::TakesItsTime => {
                self.there.notify_one();
                self.go.notified().await;
                self.done.lock().unwrap().push(key.to_owned());
                Ok(answer(None))
            }
            Act::Busy(seconds) => Err(CallError::Trouble { retry_after: Some(Duration::from_secs(seconds)), message }),
            Act::Breaks => Err(CallError::Trouble { retry_after: None, message }),
            Act::Refuses => Err(CallError::Refused { code: "bad_text".into(), message: "no".into() }),
            Act::LosesTheAnswer => {
                self.done.lock().unwrap().push(key.to_owned());
                Err(CallError::Unknown { message: "the connection was reset".into() })
            }
        }
    }

    async fn look(&self, key: &str, _provider_id: Option<&str>) -> Result<Found<String>, CallError> {
        let known = self.done.lock().unwrap().iter().any(|done| done == key);
        match *self.look.lock().unwrap() {
            Look::Breaks => Err(CallError::Trouble { retry_after: None, message: "overloaded".to_owned() }),
            Look::CannotTell => Ok(Found::CannotTell),
            Look::Remembers => Ok(if known { Found::Done(answer(None)) } else { Found::Nothing }),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Speak {
    pub(super) text: String,
    pub(super) cost: i64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Only {
    Speak,
}

impl Job for Speak {
    const KIND: &'static str = "test.speak";
    type Stage = Only;
    type Context = Provider;

    fn first_stage() -> Only {
        Only::Speak
    }

    /// Late enough that no attempt follows another in one run, however slow the machine is.
    fn retry_rule() -> RetryRule {
        RetryRule { first: Duration::from_secs(20), ..RetryRule::DEFAULT }
    }

    fn need(&self, _stage: &Only) -> Need {
        Need {
            provider: Some("loud".into()),
            work: Duration::from_secs(1),
            cost: MicroUsd(self.cost),
            ..Need::default()
        }
    }

    async fn run(&self, Only::Speak: Only, run: &Run, provider: &Provider) -> Result<Next<Only>, JobError> {
        let said: String = match run.call(&self.text, "speech", provider).await {
            Err(error) if self.text == "impatient" && error.is_untold() => return Ok(Next::Done(json!("nothing"))),
            said => said?,
        };
        match self.text.as_str() {
            "stumbles" if provider.stumbles() => Err(JobError::retry("stumbled", "after the call")),
            "hangs" if run.attempt() == 1 => {
                provider.there.notify_one();
                std::future::pending().await
            }
            _ => Ok(Next::Done(json!(said))),
        }
    }
}

pub(super) struct World {
    pub(super) test: TestStore,
    pub(super) engine: Engine,
    pub(super) provider: Provider,
}

impl World {
    pub(super) async fn new(acts: &[Act]) -> Self {
        let test = TestStore::open_on(crate::ON).await;
        let provider = Provider::default();
        provider.plan(acts);
        let engine = Engine::builder(test.store().clone())
            .register::<Speak>(provider.clone())
            .randomness(Randomness::seeded(3))
            .build();
        Self { test, engine, provider }
    }

    pub(super) async fn enqueue(&self, text: &str, cost: i64) -> JobId {
        self.engine.submit(&Speak { text: text.into(), cost }, local()).await.unwrap()
    }

    pub(super) async fn run(&self) -> usize {
        self.engine.run_until_idle().await.unwrap()
    }

    /// Requests to providers that were counted.
    pub(super) fn requests(&self) -> Vec<(&'static str, &'static str, u64)> {
        let counted = self.engine.tallies().requests;
        let only = |name: String| if name == "loud" { "loud" } else { panic!("no provider {name}") };
        counted.into_iter().map(|((name, status), count)| (only(name), status, count)).collect()
    }

    pub(super) async fn state(&self, job: &JobId) -> JobState {
        self.engine.job(&OwnerId::local(), job).await.unwrap().unwrap().job.state
    }

    pub(super) async fn budget(&self, scope: &str, name: &str, cap: i64, over: Over) {
        let store = self.test.store();
        store.write(async |tx| spend::set_budget(tx, scope, name, MicroUsd(cap), over).await).await.unwrap();
    }

    /// Reserved and spent of a budget.
    pub(super) async fn figures(&self, scope: &str, name: &str) -> (i64, i64) {
        let all = self.test.store().read(async |tx| spend::budgets(tx).await).await.unwrap();
        let found = all.into_iter().find(|it| it.scope == scope && it.name == name).unwrap();
        (found.reserved.0, found.spent.0)
    }

    pub(super) async fn end(self) {
        let drift = self.test.store().read(async |tx| spend::drift(tx).await).await.unwrap();
        assert!(drift.is_empty(), "the budgets say other than the ledger: {drift:?}");
        self.test.end().await;
    }
}
