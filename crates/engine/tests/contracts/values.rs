//! Whatever a job or a caller hands over, the databases take it, or it is refused by name.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;
use sluice_domain::job::JobState;
use sluice_engine::{Engine, EnqueueOptions, Job, JobError, JobView, Next, Run};
use sluice_store::StoreError;
use sluice_store::calls::{self, NewCall};
use sluice_store::jobs::Lease;
use sluice_testkit::TestStore;

use crate::support::local;

/// What the job ends with.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum End {
    Done,
    Fails,
    Deep,
    LongSignal,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wild(End);

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Only {
    Stage,
}

impl Job for Wild {
    const KIND: &'static str = "test.wild";
    type Stage = Only;
    type Context = ();

    fn first_stage() -> Only {
        Only::Stage
    }

    async fn run(&self, Only::Stage: Only, run: &Run, (): &()) -> Result<Next<Only>, JobError> {
        run.progress("no\0number", f64::NAN);
        run.progress("too much", f64::INFINITY);
        run.progress(&"long ".repeat(2_000), 0.5);
        run.log("a line with \0 in it");
        let deep = (0..200).fold(Value::Null, |inner, _| json!([inner]));
        match self.0 {
            End::Done => Ok(Next::Done(json!({ "nul": "\0" }))),
            End::Fails => Err(JobError::fail("co\0de", "mess\0age".repeat(2_000))),
            End::Deep => Ok(Next::Done(deep)),
            End::LongSignal => Ok(Next::Wait {
                then: Only::Stage,
                signal: "s".repeat(3_000),
                deadline: std::time::Duration::MAX,
                poll_every: None,
            }),
        }
    }
}

async fn run(test: &TestStore, end: End) -> (JobView, Vec<String>) {
    let engine = Engine::builder(test.store().clone()).register::<Wild>(()).build();
    let job = engine.submit(&Wild(end), local()).await.unwrap();
    engine.run_until_idle().await.unwrap();
    let lines = engine.log(&OwnerId::local(), &job, 10).await.unwrap();
    let view = engine.job(&OwnerId::local(), &job).await.unwrap().unwrap();
    (view, lines.into_iter().map(|line| line.line).collect())
}

#[tokio::test]
async fn whatever_a_job_reports_is_stored_with_its_ending() {
    let test = TestStore::open_on(crate::ON).await;
    let (view, lines) = run(&test, End::Done).await;
    assert_eq!((view.job.state, view.job.result), (JobState::Succeeded, Some(json!({ "nul": "\0" }))));
    assert_eq!(lines, ["a line with \u{fffd} in it"]);
    let steps: Vec<_> = view.steps.iter().map(|step| (step.name.len(), step.fraction)).collect();
    assert_eq!(steps, [(11, 0.0), (8, 1.0), (512, 0.5)]);
    let (view, _) = run(&test, End::Fails).await;
    let error = view.job.error.unwrap();
    assert_eq!((view.job.state, error.code.as_str()), (JobState::Dead, "co\u{fffd}de"));
    assert!(error.message.starts_with("mess\u{fffd}age") && error.message.len() <= 4_096);
    test.end().await;
}

#[tokio::test]
async fn an_ending_that_could_not_be_read_again_is_refused_by_name() {
    let test = TestStore::open_on(crate::ON).await;
    for end in [End::Deep, End::LongSignal] {
        let (view, _) = run(&test, end).await;
        let error = view.job.error.unwrap();
        assert_eq!((view.job.state, error.code.as_str()), (JobState::Dead, "unwritable_ending"), "{error:?}");
    }
    test.end().await;
}

#[tokio::test]
async fn of_jobs_that_are_submitted_together_one_that_cannot_be_stored_is_refused_alone() {
    let test = TestStore::open_on(crate::ON).await;
    let engine = Engine::builder(test.store().clone()).register::<Wild>(()).build();
    let submits = (0..20).map(|n| {
        let subject = if n == 7 { "s".repeat(3_000) } else { format!("s\0{n}") };
        let options = EnqueueOptions { subject: Some(subject), ttl: Some(std::time::Duration::MAX), ..local() };
        let engine = &engine;
        async move { engine.submit(&Wild(End::Done), options).await }
    });
    for (n, made) in futures::future::join_all(submits).await.into_iter().enumerate() {
        match made {
            Ok(_) => assert_ne!(n, 7),
            Err(error) => assert_eq!((n, error.code()), (7, "not_storable")),
        }
    }
    engine.run_until_idle().await.unwrap();
    test.end().await;
}

#[tokio::test]
async fn a_key_that_is_there_already_is_an_error_with_a_name() {
    let test = TestStore::open_on(crate::ON).await;
    let engine = Engine::builder(test.store().clone()).register::<Wild>(()).build();
    let job = engine.submit(&Wild(End::Done), local()).await.unwrap();
    let lease = Lease { id: run_id(&engine, &test).await, job, attempt: 1 };
    let call = |key: &str| NewCall {
        id: "c".into(),
        key: key.into(),
        kind: "voice".into(),
        owner: OwnerId::local(),
        provider: None,
        timeout: std::time::Duration::from_mins(1),
        is_unpriced: false,
        own_key: false,
        account: None,
        reserve: None,
    };
    let start = async |call: NewCall| test.store().write(async |tx| calls::start(tx, &lease, &call).await).await;
    assert_eq!(start(call("one")).await.unwrap(), calls::Started::Yes);
    assert!(matches!(start(call("another")).await, Err(StoreError::AlreadyExists(_))));
    engine.run_until_idle().await.unwrap();
    test.end().await;
}

async fn run_id(engine: &Engine, test: &TestStore) -> sluice_domain::ids::LeaseId {
    sluice_domain::ids::LeaseId::new(test.store().now().await.unwrap(), engine.randomness().id_bytes())
}
