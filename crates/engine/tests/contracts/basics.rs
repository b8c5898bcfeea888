//! What every job does.

use std::time::Duration;

use serde_json::json;
use sluice_domain::job::JobState;
use sluice_engine::Next;

use tokio::time::Instant;

use crate::support::{Act, Do, World};

#[tokio::test]
async fn a_job_runs_its_stages_in_order_and_keeps_its_result() {
    let world = World::new([
        Do::Next(Next::Stage(Act::Second)),
        Do::Progress(1.0),
        Do::Next(Next::Stage(Act::Third)),
        Do::Next(Next::Done(json!({ "made": 3 }))),
    ])
    .await;
    let job = world.enqueue("a").await;
    assert_eq!(world.run().await, 1, "one claim carries a job through its stages");
    let view = world.view(&job).await;
    assert_eq!(view.job.state, JobState::Succeeded);
    assert_eq!(view.job.result, Some(json!({ "made": 3 })));
    assert_eq!(
        view.steps.iter().map(|step| (step.name.as_str(), step.finished_at.is_some())).collect::<Vec<_>>(),
        [("half", true)]
    );
    assert_eq!(world.stage.acts(), [(Act::First, 1), (Act::Second, 1), (Act::Third, 1)]);
    world.test.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_worker_is_woken_by_a_commit_and_not_by_its_poll() {
    let world = World::new([]).await;
    let worker = world.engine.start();
    let mut delays = Vec::new();
    for _ in 0..50 {
        world.stage.plan([Do::Pause]);
        let began = Instant::now();
        let job = world.enqueue("a").await;
        world.stage.arrival().await;
        delays.push(began.elapsed());
        world.stage.go.notify_one();
        world.until(&job, JobState::Succeeded).await;
    }
    delays.sort();
    let (median, worst) = (delays[25], delays[49]);
    eprintln!("from the call of enqueue to the start of the stage: p50 {median:?}, worst of 50 {worst:?}");
    assert!(median < Duration::from_millis(200), "the poll is a second: {median:?}");
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}
