//! What every job does.

use serde_json::json;
use sluice_domain::job::JobState;
use sluice_engine::Next;

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
