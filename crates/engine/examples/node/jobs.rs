//! The jobs, and what they pay.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::JobId;
use sluice_domain::job::{JobState, RetryRule};
use sluice_domain::money::MicroUsd;
use sluice_engine::{
    Answer, Ask, CallError, CallProgress, Called, ChildOptions, Found, Job, JobError, Next, Run, Submit, Submitted,
    Wake,
};
use sluice_store::jobs;

/// What the jobs need.
#[derive(Clone)]
pub(crate) struct World {
    /// The file that takes a line for each paid call.
    pub(crate) effects: Arc<PathBuf>,
}

/// Tried again soon, and often: it is killed often.
const RULE: RetryRule =
    RetryRule { attempts: 500, first: Duration::from_millis(20), longest: Duration::from_millis(200) };

async fn pause_up_to(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(rand::random_range(0..=milliseconds))).await;
}

/// A job of one stage that takes a while.
#[derive(Serialize, Deserialize)]
pub(crate) struct Plain {
    pub(crate) n: u32,
    pub(crate) milliseconds: u64,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Only {
    Work,
}

impl Job for Plain {
    const KIND: &'static str = "chaos.plain";
    type Stage = Only;
    type Context = World;

    fn first_stage() -> Only {
        Only::Work
    }

    fn retry_rule() -> RetryRule {
        RULE
    }

    async fn run(&self, _: Only, _: &Run, _: &World) -> Result<Next<Only>, JobError> {
        tokio::time::sleep(Duration::from_millis(self.milliseconds)).await;
        Ok(Next::Done(json!(self.n)))
    }
}

/// A job that does nothing, or sleeps for as long as all others: how many of them end in a second is a rate.
#[derive(Serialize, Deserialize)]
pub(crate) struct Quick {
    pub(crate) n: u32,
    pub(crate) milliseconds: u64,
}

impl Job for Quick {
    const KIND: &'static str = "chaos.quick";
    type Stage = Only;
    type Context = World;

    fn first_stage() -> Only {
        Only::Work
    }

    fn retry_rule() -> RetryRule {
        RULE
    }

    async fn run(&self, _: Only, _: &Run, _: &World) -> Result<Next<Only>, JobError> {
        if self.milliseconds > 0 {
            tokio::time::sleep(Duration::from_millis(self.milliseconds)).await;
        }
        Ok(Next::Done(json!(self.n)))
    }
}

/// A job with a paid call, a part, and a wait: for a signal that its part sends when `n` is even, and for the next
/// poll when it is odd.
#[derive(Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) n: u32,
    /// Paid at a [`Shop`], so never twice; else where nobody can be asked, and perhaps again after a crash.
    pub(crate) bought: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum OrderStage {
    Pay,
    Gather,
    Close,
}

impl Order {
    /// Half of what is bought is made while nobody waits for it.
    async fn pay(&self, run: &Run, world: &World) -> Result<Called<u32>, JobError> {
        let key = format!("paid/{}", run.job_id());
        let shop = Shop { n: self.n, world, run };
        if self.bought && self.n % 4 < 2 {
            return run.call_async(&key, "chaos.ordered", &shop).await;
        }
        if self.bought {
            return run.call(&key, "chaos.bought", &shop).await.map(Called::Done);
        }
        run.result_or(&key, "chaos.paid", async || {
            pause_up_to(4).await;
            spend(world, run).map_err(|error| JobError::fail("no_effect", error.to_string()))?;
            pause_up_to(4).await;
            Ok(self.n)
        })
        .await
        .map(Called::Done)
    }

    fn is_signalled(n: u32) -> bool {
        n.is_multiple_of(2)
    }
}

/// The paid call: a line of its own, in one write, by whoever asks.
fn spend(world: &World, run: &Run) -> std::io::Result<()> {
    let lease = run.lease();
    let line = format!("{} {} {} {}\n", lease.job, "Pay", lease.attempt, lease.id);
    OpenOptions::new().append(true).create(true).open(&*world.effects)?.write_all(line.as_bytes())
}

/// A provider that knows what it was paid for. It knows no idempotency keys: who asks twice pays twice.
struct Shop<'a> {
    n: u32,
    world: &'a World,
    run: &'a Run,
}

impl Shop<'_> {
    fn answer(&self) -> Answer<u32> {
        Answer { value: self.n, provider_id: None, cost: Some(MicroUsd(1)), quota: None }
    }

    /// Whether it was paid for this job; nothing when that cannot be told.
    fn is_paid(&self) -> Option<bool> {
        match std::fs::read_to_string(&*self.world.effects) {
            Ok(paid) => Some(paid.lines().any(|line| line.split(' ').next() == Some(self.run.job_id().as_str()))),
            Err(error) => (error.kind() == ErrorKind::NotFound).then_some(false),
        }
    }
}

impl Submit<u32> for Shop<'_> {
    fn provider(&self) -> &'static str {
        "shop"
    }

    async fn submit(&self, _: &str) -> Result<Submitted<u32>, CallError> {
        pause_up_to(4).await;
        spend(self.world, self.run).map_err(|error| CallError::Unknown { message: error.to_string() })?;
        pause_up_to(4).await;
        Ok(Submitted::Accepted { provider_id: self.run.job_id().to_string(), poll_after: LOOK_AFTER })
    }

    async fn poll(&self, _: &str, _: Option<&str>) -> Result<CallProgress, CallError> {
        let provider_id = self.run.job_id().to_string();
        Ok(match self.is_paid() {
            None => CallProgress::CannotTell,
            Some(false) => CallProgress::NotFound,
            Some(true) if rand::random_bool(0.3) => CallProgress::Pending { provider_id, poll_after: LOOK_AFTER },
            Some(true) => CallProgress::Ready { provider_id },
        })
    }

    async fn fetch(&self, _: &str) -> Result<Answer<u32>, CallError> {
        pause_up_to(4).await;
        Ok(self.answer())
    }
}

/// When a work of the shop is looked at.
const LOOK_AFTER: Duration = Duration::from_millis(30);

impl Ask<u32> for Shop<'_> {
    fn provider(&self) -> &'static str {
        "shop"
    }

    async fn ask(&self, _: &str) -> Result<Answer<u32>, CallError> {
        pause_up_to(4).await;
        spend(self.world, self.run).map_err(|error| CallError::Unknown { message: error.to_string() })?;
        pause_up_to(4).await;
        Ok(self.answer())
    }

    async fn look(&self, _: &str, _: Option<&str>) -> Result<Found<u32>, CallError> {
        Ok(match self.is_paid() {
            None => Found::CannotTell,
            Some(false) => Found::Nothing,
            Some(true) => Found::Done(self.answer()),
        })
    }
}

impl Job for Order {
    const KIND: &'static str = "chaos.order";
    type Stage = OrderStage;
    type Context = World;

    fn first_stage() -> OrderStage {
        OrderStage::Pay
    }

    fn retry_rule() -> RetryRule {
        RULE
    }

    async fn run(&self, stage: OrderStage, run: &Run, world: &World) -> Result<Next<OrderStage>, JobError> {
        // Each stage asks for it; the first one pays.
        let paid = match self.pay(run, world).await? {
            Called::Done(paid) => paid,
            Called::Pending(pending) => return Ok(Next::AwaitCall(pending)),
        };
        match stage {
            OrderStage::Pay => {
                let part = Part { n: self.n, order: run.job_id().clone() };
                let options = ChildOptions { idempotency_key: Some(format!("part/{}", self.n)), ..Default::default() };
                run.write(async |tx| run.enqueue(tx, &part, options.clone()).await).await?;
                Ok(Next::WaitForChildren { then: OrderStage::Gather })
            }
            OrderStage::Gather => {
                let parts = run.children().await?;
                if parts.len() != 1 || parts.iter().any(|part| part.state != JobState::Succeeded) {
                    return Err(JobError::fail("parts", format!("its {} parts did not all succeed", parts.len())));
                }
                Ok(Next::Wait {
                    then: OrderStage::Close,
                    signal: "go".into(),
                    deadline: Duration::from_hours(6),
                    poll_every: (!Self::is_signalled(self.n)).then(|| Duration::from_millis(100)),
                })
            }
            OrderStage::Close if run.wake() == Some(&Wake::Deadline) => {
                Err(JobError::fail("silence", "no signal came"))
            }
            OrderStage::Close => Ok(Next::Done(json!({ "paid": paid }))),
        }
    }
}

/// The part of an order.
#[derive(Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) n: u32,
    pub(crate) order: JobId,
}

impl Job for Part {
    const KIND: &'static str = "chaos.part";
    type Stage = Only;
    type Context = World;

    fn first_stage() -> Only {
        Only::Work
    }

    fn retry_rule() -> RetryRule {
        RULE
    }

    async fn run(&self, _: Only, run: &Run, _: &World) -> Result<Next<Only>, JobError> {
        pause_up_to(5).await;
        run.progress("part", 0.5);
        if Order::is_signalled(self.n) {
            run.write(async |tx| jobs::send_signal(tx, run.owner(), &self.order, "go", &json!(self.n)).await).await?;
        }
        Ok(Next::Done(json!(self.n)))
    }
}
