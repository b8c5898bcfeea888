//! What the simulated jobs do: everything that a job can.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::job::{JobState, RetryRule};
use sluice_domain::time::Timestamp;
use sluice_engine::{Amounts, Called, ChildOptions, Job, JobError, Need, Next, Run, Wake};

use crate::provider::{Asking, PRICE, Provider};
use crate::rates;
use crate::studio::{Filming, Studio};

/// What panics on purpose say.
pub(crate) const PLANNED_PANIC: &str = "a panic that was planned";

/// Jobs with the same key that may run at once.
pub(crate) const PER_KEY: i64 = 2;

/// What all nodes share: the world outside.
pub(crate) struct Outside {
    pub(crate) random: Mutex<StdRng>,
    pub(crate) provider: Arc<Provider>,
    pub(crate) studio: Arc<Studio>,
    /// When jobs of the crowd's neighbours began, by their number.
    pub(crate) neighbours: Mutex<BTreeMap<u32, u64>>,
    /// The provider has rates, and when calls began, with their tokens.
    pub(crate) rated: bool,
    pub(crate) begun: Mutex<Vec<(Timestamp, u64)>>,
    /// When the schedule's first tick was to be, in milliseconds.
    pub(crate) first_tick: Mutex<Option<i64>>,
    /// What must never be.
    pub(crate) wrong: Mutex<Vec<String>>,
    /// Nothing goes wrong by itself any more.
    pub(crate) calm: std::sync::atomic::AtomicBool,
    /// All of the crowd has been made, and when the last of it began.
    pub(crate) crowd_is_there: tokio::sync::Notify,
    pub(crate) crowd_began_last: std::sync::atomic::AtomicU64,
}

impl Outside {
    pub(crate) fn roll(&self, to: u64) -> u64 {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).random_range(0..to)
    }

    async fn pause(&self, longest: u64) {
        let milliseconds = self.roll(longest);
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }

    pub(crate) fn wrong(&self, what: String) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    fn is_calm(&self) -> bool {
        self.calm.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// What may happen in the midst of any stage.
    async fn misfortune(&self, run: &Run) -> Result<(), JobError> {
        run.progress("work", 0.5);
        if self.is_calm() {
            return Ok(());
        }
        match self.roll(100) {
            0..5 => Err(JobError::retry("flaky", "it may heal")),
            5 => Err(JobError::fail("hopeless", "it will not heal")),
            6..8 => panic!("{PLANNED_PANIC}"),
            8..10 => Err(JobError::put_off(Duration::from_secs(2), "busy", "somebody else's fault")),
            10..12 => {
                run.log("a long one");
                self.pause(20_000).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

type Scene = Arc<Outside>;

const RULE: RetryRule = RetryRule { attempts: 8, first: Duration::from_millis(200), longest: Duration::from_secs(5) };

/// Stages of all kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Act {
    First,
    Second,
    Third,
}

/// One to three stages of some work, at most [`PER_KEY`] of the same key at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Plain {
    pub(crate) n: u32,
    pub(crate) key: Option<String>,
}

impl Job for Plain {
    const KIND: &'static str = "sim.plain";
    type Stage = Act;
    type Context = Scene;

    fn first_stage() -> Act {
        Act::First
    }

    fn retry_rule() -> RetryRule {
        RULE
    }

    fn limit_key(&self) -> Option<String> {
        self.key.clone()
    }

    async fn run(&self, act: Act, run: &Run, scene: &Scene) -> Result<Next<Act>, JobError> {
        scene.pause(400).await;
        scene.misfortune(run).await?;
        Ok(match (act, scene.roll(3)) {
            (Act::First, 0) => Next::Stage(Act::Second),
            (Act::Second, 0) => Next::Stage(Act::Third),
            (_, 1) if scene.roll(10) == 0 => Next::Snooze(Duration::from_millis(700)),
            _ => Next::Done(json!(self.n)),
        })
    }
}

/// Asks a paid provider once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Paid {
    pub(crate) n: u32,
}

impl Job for Paid {
    const KIND: &'static str = "sim.paid";
    type Stage = Act;
    type Context = Scene;

    fn first_stage() -> Act {
        Act::First
    }

    fn retry_rule() -> RetryRule {
        RULE
    }

    fn need(&self, act: &Act) -> Need {
        match act {
            Act::Second => Need {
                provider: Some("acme".to_owned()),
                work: Duration::from_millis(300),
                cost: PRICE,
                amounts: Amounts { tokens: rates::tokens(self.n), ..Amounts::default() },
            },
            Act::First | Act::Third => Need::default(),
        }
    }

    async fn run(&self, act: Act, run: &Run, scene: &Scene) -> Result<Next<Act>, JobError> {
        if act == Act::First {
            return Ok(Next::Stage(Act::Second));
        }
        if run.awaited_call().is_none() {
            rates::note(scene, run.now(), self.n);
        }
        scene.misfortune(run).await?;
        let key = format!("question {}", self.n);
        let answer: serde_json::Value = run.call(&key, "acme/v1", &Asking(&scene.provider)).await?;
        scene.misfortune(run).await?;
        if scene.provider.charges_of(&key) != 1 {
            scene.wrong(format!("{key} has an answer and was charged {} times", scene.provider.charges_of(&key)));
        }
        Ok(Next::Done(answer))
    }
}

/// Has something made by a provider that takes its time. Several of all owners want the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Filmed {
    pub(crate) what: u32,
}

impl Job for Filmed {
    const KIND: &'static str = "sim.filmed";
    type Stage = Act;
    type Context = Scene;

    fn first_stage() -> Act {
        Act::First
    }

    fn retry_rule() -> RetryRule {
        RULE
    }

    fn need(&self, act: &Act) -> Need {
        match act {
            Act::Second => Need { provider: Some("studio".to_owned()), cost: PRICE, ..Need::default() },
            Act::First | Act::Third => Need::default(),
        }
    }

    async fn run(&self, act: Act, run: &Run, scene: &Scene) -> Result<Next<Act>, JobError> {
        if act == Act::First {
            return Ok(Next::Stage(Act::Second));
        }
        scene.misfortune(run).await?;
        let key = format!("film {}", self.what);
        match run.call_async::<serde_json::Value, _>(&key, "studio/v1", &Filming(&scene.studio)).await? {
            Called::Pending(pending) => {
                scene.misfortune(run).await?;
                Ok(Next::AwaitCall(pending))
            }
            Called::Done(film) => {
                scene.misfortune(run).await?;
                if scene.studio.charges_of(&key) != 1 {
                    scene.wrong(format!("{key} is there and was charged {} times", scene.studio.charges_of(&key)));
                }
                Ok(Next::Done(film))
            }
        }
    }
}

/// Waits for a word, looks for itself now and then, and gives up after a while.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Listener {
    pub(crate) n: u32,
}

impl Job for Listener {
    const KIND: &'static str = "sim.listener";
    type Stage = Act;
    type Context = Scene;

    fn first_stage() -> Act {
        Act::First
    }

    fn retry_rule() -> RetryRule {
        RULE
    }

    async fn run(&self, act: Act, run: &Run, scene: &Scene) -> Result<Next<Act>, JobError> {
        let wait = Next::Wait {
            then: Act::Second,
            signal: "word".to_owned(),
            deadline: Duration::from_secs(30),
            poll_every: Some(Duration::from_secs(7)),
        };
        if act == Act::First {
            return Ok(wait);
        }
        scene.misfortune(run).await?;
        Ok(match run.wake() {
            Some(Wake::Poll) => wait,
            Some(Wake::Signal(word)) => Next::Done(word.clone()),
            Some(Wake::Deadline) => Next::Done(json!("nothing came")),
            other => {
                scene.wrong(format!("a listener was woken by {other:?}"));
                Next::Done(json!(null))
            }
        })
    }
}

/// Makes parts, and waits until all have ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Whole {
    pub(crate) n: u32,
    pub(crate) parts: u32,
}

impl Job for Whole {
    const KIND: &'static str = "sim.whole";
    type Stage = Act;
    type Context = Scene;

    fn first_stage() -> Act {
        Act::First
    }

    fn retry_rule() -> RetryRule {
        RULE
    }

    async fn run(&self, act: Act, run: &Run, scene: &Scene) -> Result<Next<Act>, JobError> {
        scene.misfortune(run).await?;
        if act == Act::First {
            run.write::<_, JobError, _>(async |tx| {
                for part in 0..self.parts {
                    let options = ChildOptions {
                        idempotency_key: Some(format!("part {part} of {}", self.n)),
                        ..ChildOptions::default()
                    };
                    run.enqueue(tx, &Plain { n: part, key: None }, options).await?;
                }
                Ok(())
            })
            .await?;
            return Ok(Next::WaitForChildren { then: Act::Second });
        }
        let parts = run.children().await?;
        let ended = parts.iter().filter(|part| part.state.is_final()).count();
        if parts.len() != self.parts as usize || ended != parts.len() {
            scene.wrong(format!("a whole went on with {ended} of {} parts, {} were made", self.parts, parts.len()));
        }
        let good = parts.iter().filter(|part| part.state == JobState::Succeeded).count();
        Ok(Next::Done(json!(good)))
    }
}

/// What a schedule makes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Tick {}

impl Job for Tick {
    const KIND: &'static str = "sim.tick";
    type Stage = Act;
    type Context = Scene;

    fn first_stage() -> Act {
        Act::First
    }

    fn retry_rule() -> RetryRule {
        RULE
    }

    async fn run(&self, _: Act, _: &Run, _: &Scene) -> Result<Next<Act>, JobError> {
        Ok(Next::Done(json!(null)))
    }
}

/// What a job of a crowd takes, in milliseconds.
pub(crate) const CROWD_WORK: u64 = 10;

/// One of very many; or, with a number, its neighbour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct One {
    pub(crate) neighbour: Option<u32>,
}

impl Job for One {
    const KIND: &'static str = "sim.one";
    type Stage = Act;
    type Context = Scene;

    fn first_stage() -> Act {
        Act::First
    }

    fn retry_rule() -> RetryRule {
        RULE
    }

    async fn run(&self, _: Act, _: &Run, scene: &Scene) -> Result<Next<Act>, JobError> {
        if let Some(n) = self.neighbour {
            let mut neighbours = scene.neighbours.lock().unwrap_or_else(PoisonError::into_inner);
            neighbours.entry(n).or_insert_with(crate::clock::passed);
        } else {
            scene.crowd_began_last.store(crate::clock::passed(), std::sync::atomic::Ordering::Relaxed);
        }
        tokio::time::sleep(Duration::from_millis(CROWD_WORK)).await;
        Ok(Next::Done(json!(null)))
    }
}
