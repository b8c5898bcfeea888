//! The schema: the states that its `CHECK`s hold, and one that is newer than the binary.

use sluice_domain::job::JobState;
use sluice_store::{Options, Store, StoreError};

use crate::support::World;

#[tokio::test]
async fn the_table_refuses_states_that_the_machine_does_not_have() {
    let world = World::new([]).await;
    let job = world.enqueue("a").await;
    let set = async |to: &str| world.test.store().execute(&format!("UPDATE jobs SET {to}")).await;
    let leased = "lease_id = id, lease_until = 1, lease_worker = 'w'";
    for wrong in [
        "state = 'paused'",
        "state = 'running'",
        &format!("state = 'running', {leased}"),
        "state = 'waiting'",
        "state = 'succeeded', finished_at = 1",
        "state = 'succeeded', result = '1'",
        "state = 'dead', finished_at = 1",
        "state = 'cancelled'",
        "finished_at = 1",
        "lease_id = 'l'",
        "result = '1'",
        "attempt = 4",
        "attempt = -1",
        "error_code = 'x'",
        "idle_ttl_ms = 5",
        "run_at = 'tomorrow'",
    ] {
        let error = set(wrong).await.expect_err(wrong);
        let said = format!("{error:?}").to_lowercase();
        assert!(
            ["constraint", "cannot store", "invalid input syntax"].iter().any(|why| said.contains(why)),
            "{wrong}: {said}"
        );
    }
    assert_eq!(set(&format!("state = 'running', attempt = 1, {leased}")).await.unwrap(), 1);
    assert_eq!(world.state(&job).await, JobState::Running);
    world.advance(16).await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn a_schema_newer_than_the_binary_refuses_to_start_and_says_what_to_do() {
    let world = World::new([]).await;
    let future =
        "INSERT INTO schema_migrations (module, version, name, checksum) VALUES ('core', 9999, 'of the future', '')";
    world.test.store().execute(future).await.unwrap();
    let error = Store::open_with(world.test.database(), Options::default()).await.err().unwrap();
    assert!(matches!(error, StoreError::NewerSchema { found: 9999, .. }));
    assert!(error.to_string().contains("a later one"), "{error}");
    world.test.end().await;
}
