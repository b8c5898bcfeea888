//! Schedules: one tick is one piece of work, whatever the number of processes.

use sluice_domain::time::Timestamp;
use sluice_store::schedules::{self, CatchUp, Schedule};
use sluice_store::{StoreError, storable};

use crate::{World, on_both_databases, seconds};

on_both_databases!(
    a_schedule_keeps_its_place_in_time_unless_its_times_change,
    a_tick_is_taken_by_one_process_alone,
    schedules_are_due_from_old_to_new_and_removed_once,
);

async fn set(world: &World, name: &str, cron: &str, next_at: Timestamp, catch_up: CatchUp) {
    let (name, cron, job) = (name.to_owned(), cron.to_owned(), format!("{catch_up:?}"));
    let schedule = Schedule { name, cron, job, catch_up, next_at, last_at: None };
    world.store.write(async |tx| schedules::set(tx, &schedule).await).await.unwrap();
}

async fn all(world: &World) -> Vec<Schedule> {
    world.store.read(async |tx| schedules::all(tx).await).await.unwrap()
}

async fn due(world: &World) -> Vec<String> {
    world.store.read(async |tx| schedules::due(tx, 10).await).await.unwrap()
}

async fn a_schedule_keeps_its_place_in_time_unless_its_times_change(world: &World) {
    let at = |hour: i64| Timestamp::from_millis(1_900_000_000_000 + hour * 3_600_000);
    set(world, "nightly", "0 3 * * *", at(1), CatchUp::Latest).await;
    set(world, "nightly", "0 3 * * *", at(2), CatchUp::All).await;
    let stored = all(world).await.remove(0);
    assert_eq!((stored.next_at, stored.catch_up, &*stored.job), (at(1), CatchUp::All, "All"));
    set(world, "nightly", "0 4 * * *", at(3), CatchUp::None).await;
    let stored = all(world).await.remove(0);
    assert_eq!((stored.next_at, stored.catch_up, &*stored.cron), (at(3), CatchUp::None, "0 4 * * *"));
    world.store.write(async |tx| schedules::ticked(tx, "nightly", Some(at(3)), at(4)).await).await.unwrap();
    world.store.write(async |tx| schedules::ticked(tx, "nightly", None, at(5)).await).await.unwrap();
    let stored = all(world).await.remove(0);
    assert_eq!((stored.last_at, stored.next_at), (Some(at(3)), at(5)), "a tick that made nothing is not the last");
    let name = "n".repeat(storable::NAME_LIMIT + 1);
    let long = Schedule { name, ..stored };
    let refused = world.store.write(async |tx| schedules::set(tx, &long).await).await;
    assert_eq!(refused.unwrap_err().code(), "not_storable");
}

async fn a_tick_is_taken_by_one_process_alone(world: &World) {
    let mut ticks = 0;
    for round in 0..5_u64 {
        let now = world.now().await;
        if round == 0 {
            set(world, "often", "* * * * *", now, CatchUp::Latest).await;
        }
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..3 {
            let world = world.another_process().await;
            tasks.spawn(async move {
                let tick = async |tx: &mut sluice_store::Tx| {
                    let Some(schedule) = schedules::take_due(tx, "often").await? else { return Ok(0) };
                    schedules::ticked(tx, "often", Some(schedule.next_at), schedule.next_at + seconds(60)).await?;
                    Ok::<_, StoreError>(1)
                };
                world.store.write(tick).await.unwrap()
            });
        }
        ticks += tasks.join_all().await.into_iter().sum::<u64>();
        assert_eq!(ticks, round + 1);
        assert_eq!(due(world).await, [] as [&str; 0]);
        world.advance(seconds(60)).await;
    }
    let known = world.store.write(async |tx| schedules::take_due(tx, "unknown").await).await.unwrap();
    assert_eq!(known, None);
}

async fn schedules_are_due_from_old_to_new_and_removed_once(world: &World) {
    let now = world.now().await;
    set(world, "b", "* * * * *", now + seconds(1), CatchUp::Latest).await;
    set(world, "a", "* * * * *", now + seconds(2), CatchUp::Latest).await;
    set(world, "later", "* * * * *", now + seconds(600), CatchUp::Latest).await;
    assert_eq!(due(world).await, [] as [&str; 0]);
    world.advance(seconds(60)).await;
    assert_eq!(due(world).await, ["b", "a"]);
    let first = world.store.read(async |tx| schedules::due(tx, 1).await).await.unwrap();
    assert_eq!(first, ["b"]);
    let remove = async || world.store.write(async |tx| schedules::remove(tx, "b").await).await.unwrap();
    assert_eq!((remove().await, remove().await), (true, false));
    assert_eq!(all(world).await.into_iter().map(|it| it.name).collect::<Vec<_>>(), ["a", "later"]);
}
