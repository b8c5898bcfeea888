//! What a stage asks for before it is begun: which money a redrive reserves, and what a further worker could do.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::money::MicroUsd;
use sluice_engine::{Amounts, Engine, Job, JobError, Need, Next, Randomness, Run};
use sluice_store::controls::{self, Rate, Unit};
use sluice_store::jobs::spend::{self, Over};
use sluice_store::jobs::{self, Redrive};
use sluice_store::workers;
use sluice_testkit::TestStore;

use crate::support::{local, of};

/// Asks for much in its first stage and for nothing in its second, which always fails.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Dear;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    Pay,
    Fail,
}

fn asked() -> Need {
    Need {
        provider: Some("loud".into()),
        work: Duration::from_secs(2),
        cost: MicroUsd(700),
        amounts: Amounts { tokens: 40, ..Amounts::default() },
    }
}

impl Job for Dear {
    const KIND: &'static str = "test.dear";
    type Stage = Part;
    type Context = ();

    fn first_stage() -> Part {
        Part::Pay
    }

    fn need(&self, part: &Part) -> Need {
        if *part == Part::Pay { asked() } else { Need::default() }
    }

    async fn run(&self, part: Part, _: &Run, (): &()) -> Result<Next<Part>, JobError> {
        match part {
            Part::Pay => Ok(Next::Stage(Part::Fail)),
            Part::Fail => Err(JobError::fail("bad", "it cannot be done")),
        }
    }
}

fn engine(test: &TestStore) -> Engine {
    Engine::builder(test.store().clone()).register::<Dear>(()).randomness(Randomness::seeded(4)).build()
}

#[tokio::test]
async fn a_job_that_is_redriven_from_the_start_asks_for_what_its_first_stage_needs() {
    let test = TestStore::open_on(crate::ON).await;
    let engine = engine(&test);
    let job = engine.submit(&Dear, local()).await.unwrap();
    engine.run_until_idle().await.unwrap();
    let row = async || engine.job(&OwnerId::local(), &job).await.unwrap().unwrap().job;
    assert_eq!((row().await.stage.as_str(), row().await.need), ("Fail", Need::default()));
    for (from_start, stage, need) in [(false, "Fail", Need::default()), (true, "Pay", asked())] {
        let filter = Redrive { from_start, limit: 10, ..Redrive::default() };
        assert_eq!(test.store().write(async |tx| jobs::operator::redrive(tx, None, &filter).await).await.unwrap(), 1);
        assert_eq!((row().await.stage.as_str(), row().await.need), (stage, need));
        if !from_start {
            engine.run_until_idle().await.unwrap();
        }
    }
    // So it is not begun without the money.
    let cap = MicroUsd(699);
    test.store().write(async |tx| spend::set_budget(tx, "owner", "local", cap, Over::Fail).await).await.unwrap();
    engine.run_until_idle().await.unwrap();
    assert_eq!(row().await.error.unwrap().code, "over_budget");
    test.end().await;
}

#[tokio::test]
async fn what_waits_for_a_rate_is_no_work_for_a_further_worker() {
    let test = TestStore::open_on(crate::ON).await;
    let engine = engine(&test);
    let store = test.store();
    let useful = async || store.read(async |tx| workers::useful_work(tx).await).await.unwrap();
    for owner in ["ada", "ada", "grace"] {
        let options = of(owner);
        engine.submit(&Dear, options).await.unwrap();
    }
    assert_eq!(json!(useful().await), json!({ "default": 3 }));
    // One may begin, and uses up what there is of tokens.
    let rate = Rate { amount: 40, per: Duration::from_hours(1), burst: 40 };
    store.write(async |tx| controls::set_rate(tx, "owner", "*", Unit::Tokens, Some(rate)).await).await.unwrap();
    assert_eq!(json!(useful().await), json!({ "default": 3 }), "a bucket that is full closes nothing");
    let lease = sluice_domain::ids::LeaseId::new(test.store().now().await.unwrap(), engine.randomness().id_bytes());
    let claim = jobs::Claim {
        pool: "default",
        kinds: &["test.dear"],
        limit: 1,
        worker: "w",
        lease: &lease,
        lease_time: Duration::from_secs(15),
    };
    let claims = store.write(async |tx| jobs::claim(tx, &claim, &jobs::LowWaterMarks::default()).await).await.unwrap();
    assert_eq!(claims.jobs.len(), 1);
    let other = if claims.jobs[0].owner.as_str() == "ada" { 1 + 1 } else { 1 + 2 };
    assert_eq!(json!(useful().await), json!({ "default": other }), "what runs, and the jobs of the other owner");
    test.advance(Duration::from_hours(1)).await;
    assert_eq!(json!(useful().await), json!({ "default": 3 }));
    store.write(async |tx| controls::set_rate(tx, "owner", "*", Unit::Tokens, None).await).await.unwrap();
    engine.run_until_idle().await.unwrap();
    test.end().await;
}
