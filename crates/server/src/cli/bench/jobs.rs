//! The jobs of the benchmark.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sluice_domain::money::MicroUsd;
use sluice_engine::{Answer, Ask, CallError, Found, Job, JobError, Next, Run};
use tokio::sync::oneshot;

/// What the jobs report.
#[derive(Default)]
pub(super) struct Probe {
    pub(super) ran: AtomicU64,
    seen: Mutex<Option<oneshot::Sender<Instant>>>,
    /// The duration of calls.
    pub(super) took: Mutex<Vec<Duration>>,
}

impl Probe {
    pub(super) fn expect(&self) -> oneshot::Receiver<Instant> {
        let (sender, receiver) = oneshot::channel();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        receiver
    }

    pub(super) fn notify(&self) {
        if let Some(sender) = self.seen.lock().unwrap_or_else(PoisonError::into_inner).take() {
            sender.send(Instant::now()).ok();
        }
    }
}

/// Does nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Noop {
    /// Reports when it starts.
    pub(super) notify: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Once {
    Only,
}

impl Job for Noop {
    const KIND: &'static str = "bench.noop";
    type Stage = Once;
    type Context = Arc<Probe>;

    fn first_stage() -> Once {
        Once::Only
    }

    fn pool() -> &'static str {
        "bench"
    }

    async fn run(&self, Once::Only: Once, _run: &Run, probe: &Arc<Probe>) -> Result<Next<Once>, JobError> {
        if self.notify {
            probe.notify();
        }
        probe.ran.fetch_add(1, Ordering::Relaxed);
        Ok(Next::Done(Value::Null))
    }
}

/// Goes through three stages, each of which is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ThreeStages;

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Stage {
    One,
    Two,
    Three,
}

impl Job for ThreeStages {
    const KIND: &'static str = "bench.three";
    type Stage = Stage;
    type Context = Arc<Probe>;

    fn first_stage() -> Stage {
        Stage::One
    }

    fn pool() -> &'static str {
        "bench"
    }

    async fn run(&self, stage: Stage, _run: &Run, _probe: &Arc<Probe>) -> Result<Next<Stage>, JobError> {
        Ok(match stage {
            Stage::One => Next::Stage(Stage::Two),
            Stage::Two => Next::Stage(Stage::Three),
            Stage::Three => Next::Done(Value::Null),
        })
    }
}

/// Calls a provider that answers immediately, repeatedly.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Calls {
    pub(super) count: u32,
}

struct AtOnce;

impl Ask<u32> for AtOnce {
    fn provider(&self) -> &'static str {
        "bench"
    }

    async fn ask(&self, _key: &str) -> Result<Answer<u32>, CallError> {
        Ok(Answer { value: 1, provider_id: None, cost: Some(MicroUsd(0)), quota: None })
    }

    async fn look(&self, _key: &str, _provider_id: Option<&str>) -> Result<Found<u32>, CallError> {
        Ok(Found::Nothing)
    }
}

impl Job for Calls {
    const KIND: &'static str = "bench.calls";
    type Stage = Once;
    type Context = Arc<Probe>;

    fn first_stage() -> Once {
        Once::Only
    }

    fn pool() -> &'static str {
        "bench"
    }

    async fn run(&self, Once::Only: Once, run: &Run, probe: &Arc<Probe>) -> Result<Next<Once>, JobError> {
        let mut took = Vec::new();
        for call in 0..self.count {
            let begun = Instant::now();
            run.call::<u32, _>(&format!("{} {call}", run.job_id()), "bench", &AtOnce).await?;
            took.push(begun.elapsed());
        }
        probe.took.lock().unwrap_or_else(PoisonError::into_inner).extend(took);
        Ok(Next::Done(Value::Null))
    }
}

/// Takes a while, in a pool with one slot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Slow {
    pub(super) notify: bool,
}

pub(super) const SLOW: Duration = Duration::from_millis(5);

impl Job for Slow {
    const KIND: &'static str = "bench.slow";
    type Stage = Once;
    type Context = Arc<Probe>;

    fn first_stage() -> Once {
        Once::Only
    }

    fn pool() -> &'static str {
        "bench.slow"
    }

    async fn run(&self, Once::Only: Once, _run: &Run, probe: &Arc<Probe>) -> Result<Next<Once>, JobError> {
        probe.ran.fetch_add(1, Ordering::SeqCst);
        if self.notify {
            probe.notify();
        }
        tokio::time::sleep(SLOW).await;
        Ok(Next::Done(Value::Null))
    }
}
