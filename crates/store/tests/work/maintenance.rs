//! What time does to jobs, each by itself: a row that cannot be read stops nothing but its own job.

use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_store::calls::Outcome;
use sluice_store::jobs::spend::Over;
use sluice_store::jobs::{self, Need, NewJob, PATIENCE, Settlement, Task};
use sluice_store::{StoreError, calls};

use crate::calls::{end, new_call, start};
use crate::world::LEASE;
use crate::{World, ada, error, on_both_databases, seconds, then};

on_both_databases!(
    delays_waits_leases_and_lives_end_when_it_is_time_and_not_before,
    an_unreadable_row_stops_its_own_job_alone,
    what_is_due_is_done_once_by_whoever_comes_first,
    a_worker_that_dies_again_and_again_costs_the_job_its_attempts,
    work_on_a_descendant_keeps_its_ancestors_alive,
    a_rescue_says_what_became_of_calls_that_were_open,
    the_next_thing_that_time_will_do_is_known,
    a_job_that_is_put_off_again_and_again_is_given_up,
    a_job_that_is_put_off_and_goes_on_between_is_not_given_up,
    a_job_over_a_budget_is_given_up,
);

async fn due(world: &World, task: Task) -> Vec<String> {
    world.store.read(async |tx| jobs::due(tx, task, 100).await).await.unwrap()
}

async fn perform(world: &World, task: Task, job: &str) -> Result<bool, StoreError> {
    world.store.write(async |tx| jobs::perform(tx, task, job).await).await
}

/// Two jobs for which each task is due in a hundred seconds.
async fn two_of_each(world: &World) -> Vec<(Task, [JobId; 2])> {
    let mut all = Vec::new();
    let mut pair = Vec::new();
    for _ in 0..2 {
        world.add().await;
        let claimed = world.claim_one().await;
        let (deadline, signal) = (seconds(100), "go".to_owned());
        let wait = Settlement::Wait { then: then("woken"), signal, deadline, poll_every: None };
        world.settle(&claimed, wait).await.unwrap();
        pair.push(claimed.lease.job);
    }
    all.push((Task::Wake, pair.try_into().unwrap()));
    let later = async || world.enqueue(NewJob { delay: seconds(100), ..world.new_job().await }).await;
    all.push((Task::Promote, [later().await, later().await]));
    let mortal = async || {
        let new = NewJob { idle_ttl: Some(seconds(100)), kind: "test.unknown".to_owned(), ..world.new_job().await };
        world.enqueue(new).await
    };
    all.push((Task::Expire, [mortal().await, mortal().await]));
    let running = [world.add().await, world.add().await];
    world.advance(seconds(85)).await;
    // Leases of fifteen seconds.
    assert_eq!(world.claimed_ids(9).await, running);
    all.push((Task::Rescue, running));
    all
}

async fn delays_waits_leases_and_lives_end_when_it_is_time_and_not_before(world: &World) {
    let all = two_of_each(world).await;
    for (task, [job, _]) in &all {
        assert_eq!(due(world, *task).await, [] as [&str; 0], "{task:?}");
        assert!(!perform(world, *task, job.as_str()).await.unwrap(), "{task:?} is not due");
    }
    world.advance(seconds(20)).await;
    for (task, jobs) in &all {
        assert_eq!(due(world, *task).await, jobs.each_ref().map(JobId::as_str), "{task:?}");
        let first = world.store.read(async |tx| jobs::due(tx, *task, 1).await).await.unwrap();
        assert_eq!(first.len(), 1);
        for job in jobs {
            assert!(perform(world, *task, job.as_str()).await.unwrap());
            assert!(!perform(world, *task, job.as_str()).await.unwrap(), "once");
        }
        let state = if *task == Task::Expire { JobState::Expired } else { JobState::Ready };
        assert_eq!(world.states([&jobs[0], &jobs[1]]).await, [state; 2], "{task:?}");
    }
}

async fn an_unreadable_row_stops_its_own_job_alone(world: &World) {
    let all = two_of_each(world).await;
    world.advance(seconds(20)).await;
    for (_, [bad, _]) in &all {
        world.set_readable(bad, false).await;
    }
    for (task, [bad, good]) in &all {
        assert_eq!(due(world, *task).await.len(), 2, "what is due is found without its row: {task:?}");
        assert_eq!(perform(world, *task, bad.as_str()).await.unwrap_err().code(), "unreadable_row");
        assert!(perform(world, *task, good.as_str()).await.unwrap(), "{task:?}");
    }
    let all_at_once = world.store.write(async |tx| jobs::perform_all(tx).await).await;
    assert_eq!(all_at_once.unwrap_err().code(), "unreadable_row", "for those who can do without the rest");
    for (_, [bad, _]) in &all {
        world.set_readable(bad, true).await;
    }
    assert_eq!(world.maintain().await, all.len(), "each is done once it can be read");
    let gone = world.job_id(world.now().await);
    assert_eq!(perform(world, Task::Wake, gone.as_str()).await.unwrap_err().code(), "no_such_job");
    assert_eq!(perform(world, Task::Wake, "no id").await.unwrap_err().code(), "unreadable_row");
}

async fn what_is_due_is_done_once_by_whoever_comes_first(world: &World) {
    let now = world.now().await;
    let new: Vec<_> = (0..60).map(|_| NewJob { delay: seconds(10), ..world.new_job_at(now) }).collect();
    world.store.write(async |tx| jobs::enqueue_many(tx, &new).await).await.unwrap();
    world.advance(seconds(10)).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let world = world.another_process().await;
        tasks.spawn(async move {
            let mut moved = 0;
            for job in due(&world, Task::Promote).await {
                moved += usize::from(perform(&world, Task::Promote, &job).await.unwrap());
            }
            moved
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 60);
    assert_eq!(world.claim(100).await.len(), 60);
}

async fn a_worker_that_dies_again_and_again_costs_the_job_its_attempts(world: &World) {
    let job = world.add().await;
    for attempt in 1..=3 {
        assert_eq!(world.claim_one().await.lease.attempt, attempt);
        world.advance(LEASE).await;
        assert_eq!(world.maintain().await, 1);
    }
    let row = world.row(&job).await;
    let error = row.error.unwrap();
    assert_eq!((row.state, &*error.code), (JobState::Dead, "worker_died"));
    assert!(error.message.contains("attempt 3 of 3"), "{}", error.message);
    let other = world.add().await;
    world.claim_one().await;
    world.cancel(&other).await;
    world.advance(LEASE).await;
    world.maintain().await;
    assert_eq!(world.state(&other).await, JobState::Cancelled, "it was asked to stop, and is not run again");
}

async fn work_on_a_descendant_keeps_its_ancestors_alive(world: &World) {
    let root = world.enqueue(NewJob { idle_ttl: Some(seconds(60)), ..world.new_job().await }).await;
    let claimed = world.claim_one().await;
    let middle = world.add_child(&root).await;
    world.settle(&claimed, Settlement::WaitForChildren { then: then("join") }).await.unwrap();
    let claimed = world.claim_one().await;
    let leaf = world.add_child(&middle).await;
    world.settle(&claimed, Settlement::WaitForChildren { then: then("join") }).await.unwrap();
    let claimed = world.claim_one().await;
    let lease = [(leaf.clone(), claimed.lease.id.clone())];
    for _ in 0..12 {
        world.advance(seconds(10)).await;
        world.store.write(async |tx| jobs::renew(tx, &lease, LEASE).await).await.unwrap();
        world.maintain().await;
    }
    assert_eq!(world.states([&root, &middle]).await, [JobState::Waiting; 2], "two minutes with a life of one");
    world.settle(&claimed, Settlement::Snooze { delay: seconds(3600), error: None }).await.unwrap();
    world.advance(seconds(61)).await;
    world.maintain().await;
    assert_eq!(world.state(&root).await, JobState::Expired, "a minute after the last of it");
    assert_eq!(world.states([&middle, &leaf]).await, [JobState::Cancelled; 2], "with all that was part of it");
}

async fn a_rescue_says_what_became_of_calls_that_were_open(world: &World) {
    let job = world.add().await;
    let claimed = world.claim_one().await;
    let (asked, alone) = (new_call(world, "asked", Some("studio")), new_call(world, "alone", None));
    for call in [&asked, &alone] {
        world.store.write(async |tx| calls::start(tx, &claimed.lease, call).await).await.unwrap();
    }
    world.advance(LEASE).await;
    world.maintain().await;
    let open = async |key| world.store.read(async |tx| calls::open_of_key(tx, key).await).await.unwrap();
    let left = open("asked").await.expect("it stays open, since its provider can be asked");
    assert_eq!((left.outcome, left.job_is_unfinished), (calls::Outcome::Unknown, true));
    assert_eq!(open("alone").await, None, "nobody can tell what became of it");
    let row = world.row(&job).await;
    assert_eq!((row.state, row.call), (JobState::Ready, Some(asked.id)), "the next attempt looks after it first");
}

async fn the_next_thing_that_time_will_do_is_known(world: &World) {
    let next = async || world.store.read(async |tx| jobs::next_due(tx).await).await.unwrap();
    assert_eq!(next().await, None);
    let late = world.enqueue(NewJob { delay: seconds(500), ..world.new_job().await }).await;
    assert_eq!(next().await, Some(world.row(&late).await.run_at));
    let mortal = world.enqueue(NewJob { idle_ttl: Some(seconds(300)), ..world.new_job().await }).await;
    assert_eq!(next().await, world.row(&mortal).await.expires_at);
    let claimed = world.claim_one().await;
    assert_eq!(next().await, world.row(&mortal).await.lease_until, "what runs does not expire");
    let (deadline, signal) = (seconds(200), "go".to_owned());
    let wait = Settlement::Wait { then: then("woken"), signal, deadline, poll_every: Some(seconds(7)) };
    world.settle(&claimed, wait).await.unwrap();
    assert_eq!(next().await, world.row(&mortal).await.next_poll);
    world.advance(seconds(7)).await;
    assert_eq!(next().await, world.row(&mortal).await.wait_deadline, "what is due already does not count");
    world.cancel(&mortal).await;
    assert_eq!(next().await, Some(world.row(&late).await.run_at));
    let listed = world.store.read(async |tx| jobs::list(tx, &ada(), &jobs::Filter::default()).await).await.unwrap();
    assert_eq!(listed, [], "a page of none");
}

/// Puts off the job that is ready for a while, which passes.
async fn put_off(world: &World, why: Option<&str>, seconds_off: u64) {
    let claimed = world.claim_one().await;
    let snooze = Settlement::Snooze { delay: seconds(seconds_off), error: why.map(error) };
    world.settle(&claimed, snooze).await.unwrap();
    world.advance(seconds(seconds_off)).await;
    assert_eq!(world.maintain().await, 1);
}

async fn a_job_that_is_put_off_again_and_again_is_given_up(world: &World) {
    // Six of them are almost all the patience that there is, and eight are more.
    const FIVE_DAYS: u64 = 5 * 86_400;
    let job = world.add().await;
    for _ in 0..6 {
        put_off(world, Some("rain"), FIVE_DAYS).await;
    }
    // Whatever is done on purpose begins anew, and so does the next stage.
    put_off(world, None, 60).await;
    for _ in 0..6 {
        put_off(world, Some("rain"), FIVE_DAYS).await;
    }
    let claimed = world.claim_one().await;
    world.settle(&claimed, Settlement::Queue { then: then("second") }).await.unwrap();
    for _ in 0..6 {
        put_off(world, Some("rain"), FIVE_DAYS).await;
        // A process that stops takes nothing back from that.
        let claimed = world.claim_one().await;
        world.settle(&claimed, Settlement::Snooze { delay: seconds(0), error: None }).await.unwrap();
    }
    let patient = Task::GiveUp { after: PATIENCE * 2 };
    assert_eq!(world.state(&job).await, JobState::Ready);
    // Nobody has tried since the patience ended.
    put_off(world, Some("rain"), 2 * FIVE_DAYS).await;
    let claimed = world.claim_one().await;
    world.settle(&claimed, Settlement::Snooze { delay: seconds(60), error: Some(error("hail")) }).await.unwrap();
    world.advance(seconds(60)).await;
    assert_eq!(due(world, patient).await, [] as [&str; 0], "others have more patience");
    world.maintain().await;
    let row = world.row(&job).await;
    let given_up = row.error.unwrap();
    assert_eq!((row.state, given_up.code.as_str()), (JobState::Dead, "waited_too_long"));
    assert!(given_up.message.contains("40 days") && given_up.message.contains("hail"), "{}", given_up.message);

    world.retry(&job).await.unwrap();
    put_off(world, Some("rain"), FIVE_DAYS).await;
    assert_eq!(world.state(&job).await, JobState::Ready, "whoever retries it has all the patience again");
}

async fn a_job_that_is_put_off_and_goes_on_between_is_not_given_up(world: &World) {
    const FIVE_DAYS: u64 = 5 * 86_400;
    let job = world.add().await;
    let once = async |outcome: Outcome| {
        let claimed = world.claim_one().await;
        let call = new_call(world, &world.name(), None);
        start(world, &claimed, &call).await;
        end(world, &call, outcome, 0).await;
        let snooze = Settlement::Snooze { delay: seconds(FIVE_DAYS), error: Some(error("no more today")) };
        world.settle(&claimed, snooze).await.unwrap();
        world.advance(seconds(FIVE_DAYS)).await;
        world.maintain().await;
        world.state(&job).await
    };
    for _ in 0..15 {
        assert_eq!(once(Outcome::Succeeded).await, JobState::Ready, "it has made something since");
    }
    // From the last success on it only fails: the seventh time is after thirty-five days.
    for _ in 0..6 {
        assert_eq!(once(Outcome::Failed).await, JobState::Ready);
    }
    assert_eq!(once(Outcome::Failed).await, JobState::Dead);
    let given_up = world.row(&job).await.error.unwrap();
    assert_eq!(given_up.code, "waited_too_long");
    assert!(given_up.message.contains("40 days"), "{}", given_up.message);
}

async fn a_job_over_a_budget_is_given_up(world: &World) {
    let need = Need { cost: MicroUsd(40), ..Need::default() };
    // It failed before there was so little, which is not why it waits.
    let job = world.enqueue(NewJob { need, ..world.new_job().await }).await;
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    let claimed = world.claim_one().await;
    world.settle(&claimed, Settlement::Fail { error: error("hail"), delay: seconds(1) }).await.unwrap();
    world.set_budget("owner", "ada", 10, Over::Wait).await;
    world.advance(seconds(1)).await;
    world.maintain().await;
    assert!(world.claim(1).await.is_empty());
    assert_eq!(world.state(&job).await, JobState::Scheduled);
    world.advance(PATIENCE.saturating_sub(seconds(3600))).await;
    world.maintain().await;
    assert!(world.claim(1).await.is_empty());
    assert_eq!(world.state(&job).await, JobState::Scheduled, "it may still wait");
    world.advance(seconds(7200)).await;
    world.maintain().await;
    assert!(world.claim(1).await.is_empty());
    assert_eq!(world.state(&job).await, JobState::Scheduled, "it was tried once more");
    world.advance(seconds(60)).await;
    world.maintain().await;
    let row = world.row(&job).await;
    let given_up = row.error.unwrap();
    assert_eq!((row.state, given_up.code.as_str()), (JobState::Dead, "waited_too_long"));
    assert!(given_up.message.contains("budget") && !given_up.message.contains("hail"), "{}", given_up.message);
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    world.retry(&job).await.unwrap();
    let claimed = world.claim_one().await;
    world.succeed(&claimed).await;
}
