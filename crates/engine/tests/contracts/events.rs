//! The ordered log, progress, and a job's own log.

use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_domain::job::JobState;
use sluice_engine::Next;
use sluice_store::{StoreError, events};

use crate::support::{Act, Do, World, of};

#[tokio::test]
async fn the_log_has_every_change_in_order_and_replays_from_any_number() {
    let world = World::new([Do::Next(Next::Stage(Act::Second)), Do::Retry]).await;
    let job = world.enqueue("a").await;
    world.run().await;
    world.advance(2).await;
    world.run().await;
    let all = world.engine.events_after(&OwnerId::local(), 0, 100).await.unwrap();
    let story: Vec<_> = all
        .iter()
        .filter(|event| event.data.get("steps").is_none())
        .map(|event| (event.data["state"].as_str().unwrap(), event.data["stage"].as_str().unwrap()))
        .collect();
    assert_eq!(
        story,
        [
            ("ready", "first"),
            ("running", "first"),
            ("running", "second"),
            ("scheduled", "second"),
            ("ready", "second"),
            ("running", "second"),
            ("succeeded", "second"),
        ]
    );
    assert!(all.iter().all(|event| event.subject == job.as_str() && event.kind == "job.changed"));
    assert!((1..).zip(&all).all(|(place, event)| event.seq == place), "counted from 1, without gaps");
    let middle = all[3].seq;
    assert_eq!(world.engine.events_after(&OwnerId::local(), middle, 100).await.unwrap(), all[4..]);
    assert_eq!(world.engine.events_after(&OwnerId::local(), 0, 2).await.unwrap(), all[..2]);
    world.test.end().await;
}

#[tokio::test]
async fn each_owner_has_a_log_of_their_own() {
    let world = World::new([]).await;
    world.enqueue_with("a", of("amal")).await;
    world.enqueue_with("b", of("bodil")).await;
    world.run().await;
    for owner in ["amal", "bodil"] {
        let events = world.engine.events_after(&of(owner).owner, 0, 100).await.unwrap();
        assert_eq!(events.len(), 3);
        assert!(events.iter().all(|event| event.owner.as_str() == owner));
    }
    world.test.end().await;
}

#[tokio::test]
async fn whatever_a_kind_and_data_are_called_is_logged_as_it_is() {
    let world = World::new([]).await;
    let odd = ["o'; ROLLBACK; --", r"a\\', 0); --", r#"\'"{now}$1\u0027"#, "ö\n\u{1f980}'"];
    let data = serde_json::json!({ "all": odd });
    let owners = ["ada@example.org", "org:7", "a-b_c.d"].map(|owner| of(owner).owner);
    // More than a row holds, so that there are several.
    let subjects: Vec<_> = (0..1_200).map(|n| format!("{} {n}", odd[n % odd.len()])).collect();
    let write = world.test.store().write(async |tx| {
        for owner in &owners {
            for subject in &subjects {
                events::emit(tx, owner, "it's", subject, &data)?;
            }
        }
        Ok::<_, StoreError>(())
    });
    write.await.unwrap();
    for owner in &owners {
        let logged = world.engine.events_after(owner, 0, 2_000).await.unwrap();
        let found: Vec<_> = logged.iter().map(|event| event.subject.as_str()).collect();
        assert_eq!(found, subjects, "{owner}");
        assert!(logged.iter().all(|event| event.kind == "it's" && event.owner == *owner && event.data == data));
        assert!((1..).zip(&logged).all(|(place, event)| event.seq == place), "counted from 1, without gaps");
    }
    world.test.end().await;
}

#[tokio::test]
async fn progress_is_written_seldom_and_in_the_end_exactly() {
    let mut plan: Vec<_> = (0..5000).map(|n| Do::Progress(f64::from(n) / 5000.0)).collect();
    plan.push(Do::Progress(0.75));
    let world = World::new(plan).await;
    let job = world.enqueue("a").await;
    world.run().await;
    let view = world.view(&job).await;
    assert_eq!(view.job.state, JobState::Succeeded);
    let step = &view.steps[0];
    assert!((step.fraction - 0.75).abs() < f64::EPSILON && step.finished_at.is_none());
    let events = world.engine.events_after(&OwnerId::local(), 0, 1000).await.unwrap();
    let written = events.iter().filter(|event| event.data.get("steps").is_some()).count();
    assert!((1..=20).contains(&written), "{written} writes for 5,001 reports");
    world.test.end().await;
}

#[tokio::test]
async fn progress_of_a_stage_that_was_stopped_is_kept() {
    let world = World::new([Do::Progress(0.5), Do::Hang]).await;
    let job = world.enqueue("a").await;
    let worker = world.engine.start();
    let run = world.stage.arrival().await;
    run.log("half way");
    worker.shutdown(Duration::ZERO).await;
    assert_eq!(world.view(&job).await.steps[0].name, "half");
    let log = world.engine.log(&OwnerId::local(), &job, 10).await.unwrap();
    assert_eq!(log.iter().map(|line| line.line.as_str()).collect::<Vec<_>>(), ["half way"]);
    world.run().await;
    world.test.end().await;
}
