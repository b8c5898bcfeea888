//! Calls of providers: what is known of each, who is woken by it, and what it costs.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_store::calls::{self, NewCall, Notified, OpenCall, Outcome, Started};
use sluice_store::jobs::spend::{self, Over};
use sluice_store::jobs::{self, Claimed, Ended, Need, NewJob, Reason, Settlement};
use sluice_store::{StoreError, results};

use crate::world::LEASE;
use crate::{World, ada, error, on_both_databases, seconds};

on_both_databases!(
    what_is_submitted_when_its_job_ends_counts_as_spent,
    submitted_work_is_waited_for_without_a_worker_and_ended_once,
    why_a_job_waits_says_that_an_answer_was_lost,
    a_notice_that_comes_before_the_wait_is_not_lost,
    a_notice_of_what_is_not_open_changes_nothing,
    a_wait_for_a_call_ends_by_poll_and_costs_no_attempt,
    an_answer_that_was_lost_leaves_the_call_open_and_its_money_booked,
    a_call_that_ended_stays_ended_but_for_a_result,
    work_whose_job_has_ended_is_left_to_whoever_wants_the_same,
    a_call_that_was_given_up_before_its_provider_took_it_on_may_be_charged,
    a_call_is_submitted_before_its_job_needs_money_again,
    an_open_call_of_a_request_is_found_at_a_provider_that_is_no_longer_asked,
);

/// A call that nobody else makes, unless the key says so.
pub(crate) fn new_call(world: &World, key: &str, provider: Option<&str>) -> NewCall {
    let (id, key, kind) = (world.name(), key.to_owned(), "voice".to_owned());
    let provider = provider.map(str::to_owned);
    let (owner, timeout) = (ada(), Duration::from_hours(1));
    NewCall {
        id,
        key,
        kind,
        owner,
        provider,
        timeout,
        is_unpriced: false,
        account: None,
        own_key: false,
        reserve: None,
    }
}

pub(crate) async fn start(world: &World, claimed: &Claimed, call: &NewCall) -> Started {
    world.store.write(async |tx| calls::start(tx, &claimed.lease, call).await).await.unwrap()
}

async fn submit(world: &World, call: &NewCall, provider_id: &str) {
    world.store.write(async |tx| calls::submitted(tx, &call.id, provider_id).await).await.unwrap();
}

pub(crate) async fn end(world: &World, call: &NewCall, outcome: Outcome, cost: i64) {
    let cost = Some(MicroUsd(cost));
    world.store.write(async |tx| calls::end(tx, &call.id, outcome, None, cost).await).await.unwrap();
}

async fn open(world: &World, key: &str) -> Option<OpenCall> {
    world.store.read(async |tx| calls::open_of_key(tx, key).await).await.unwrap()
}

async fn notify(world: &World, id: &str) -> Notified {
    world.store.write(async |tx| calls::notify(tx, "studio", id).await).await.unwrap()
}

async fn await_call(world: &World, claimed: &Claimed, call: &NewCall) -> JobState {
    let (deadline, poll_after) = (Duration::from_hours(1), seconds(60));
    let wait = Settlement::AwaitCall { call: call.id.clone(), deadline, poll_after };
    let Ended::Released(state) = world.settle(claimed, wait).await.unwrap() else { panic!("it lets go") };
    state
}

/// A job that may cost 40, claimed.
async fn costly(world: &World) -> Claimed {
    let need = Need { cost: MicroUsd(40), provider: Some("studio".to_owned()), ..Need::default() };
    world.enqueue(NewJob { need, ..world.new_job().await }).await;
    world.claim_one().await
}

/// Reserved and spent of Ada's budget.
async fn booked(world: &World) -> (i64, i64) {
    let budgets = world.budgets().await;
    let of_ada = budgets.iter().find(|budget| budget.scope == "owner").unwrap();
    (of_ada.reserved.0, of_ada.spent.0)
}

async fn what_is_submitted_when_its_job_ends_counts_as_spent(world: &World) {
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    let claimed = costly(world).await;
    let call = new_call(world, "key", Some("studio"));
    assert_eq!(start(world, &claimed, &call).await, Started::Yes);
    submit(world, &call, "studio-7").await;
    world.cancel(&claimed.lease.job).await;
    assert_eq!(await_call(world, &claimed, &call).await, JobState::Cancelled);
    assert_eq!(booked(world).await, (0, 40), "in full, since nobody knows what it costs");
    end(world, &call, Outcome::Succeeded, 25).await;
    assert_eq!(booked(world).await, (0, 25), "and it is corrected when somebody does");
}

async fn submitted_work_is_waited_for_without_a_worker_and_ended_once(world: &World) {
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    let claimed = costly(world).await;
    let call = new_call(world, "key", Some("studio"));
    assert_eq!(start(world, &claimed, &call).await, Started::Yes);
    submit(world, &call, "studio-7").await;
    let found = open(world, "key").await.unwrap();
    assert_eq!((found.outcome, found.provider_id.as_deref()), (Outcome::Submitted, Some("studio-7")));
    assert_eq!((found.job.clone(), found.job_is_unfinished), (claimed.lease.job.clone(), true));
    assert_eq!(await_call(world, &claimed, &call).await, JobState::Waiting);
    assert_eq!(booked(world).await, (40, 0), "all stays reserved while the provider is at work");
    let why = world.store.read(async |tx| jobs::why(tx, &ada(), &found.job).await).await.unwrap();
    let Reason::Call { provider, job, .. } = &why.reasons[0] else { panic!("{why:?}") };
    assert_eq!((provider.as_deref(), job.as_ref()), (Some("studio"), Some(&found.job)));
    assert_eq!(notify(world, "studio-7").await, Notified::Noted);
    let again = world.claim_one().await;
    assert_eq!((&again.lease.job, again.lease.attempt, &again.call), (&found.job, 1, &Some(call.id.clone())));
    assert_eq!(again.stage, "first", "the same stage goes on");
    end(world, &call, Outcome::Succeeded, 25).await;
    end(world, &call, Outcome::Succeeded, 99).await;
    world.succeed(&again).await;
    assert_eq!((open(world, "key").await, booked(world).await), (None, (0, 25)), "paid once");
}

async fn why_a_job_waits_says_that_an_answer_was_lost(world: &World) {
    for is_lost in [false, true] {
        let claimed = costly(world).await;
        let call = new_call(world, &world.name(), Some("studio"));
        assert_eq!(start(world, &claimed, &call).await, Started::Yes);
        if !is_lost {
            submit(world, &call, "studio-7").await;
        }
        assert_eq!(await_call(world, &claimed, &call).await, JobState::Waiting);
        let why = world.store.read(async |tx| jobs::why(tx, &ada(), &claimed.lease.job).await).await.unwrap();
        let Reason::Call { unknown, deadline, .. } = why.reasons[0] else { panic!("{why:?}") };
        assert_eq!((unknown, deadline.is_some()), (is_lost, true));
    }
}

async fn a_notice_that_comes_before_the_wait_is_not_lost(world: &World) {
    let claimed = costly(world).await;
    let call = new_call(world, "key", Some("studio"));
    start(world, &claimed, &call).await;
    submit(world, &call, "studio-7").await;
    assert_eq!(notify(world, "studio-7").await, Notified::Noted);
    assert_eq!(await_call(world, &claimed, &call).await, JobState::Ready, "something is known already");
    let claimed = world.claim_one().await;
    assert!(open(world, "key").await.unwrap().notified);
    world.store.write(async |tx| calls::clear_notified(tx, &call.id).await).await.unwrap();
    assert!(!open(world, "key").await.unwrap().notified);
    assert_eq!(await_call(world, &claimed, &call).await, JobState::Waiting, "until there is news");
    assert_eq!(notify(world, &call.id).await, Notified::Noted, "by our own id, too");
    assert_eq!(world.state(&claimed.lease.job).await, JobState::Ready);
}

async fn a_notice_of_what_is_not_open_changes_nothing(world: &World) {
    let claimed = costly(world).await;
    let call = new_call(world, "key", Some("studio"));
    start(world, &claimed, &call).await;
    submit(world, &call, "studio-7").await;
    await_call(world, &claimed, &call).await;
    let other = world.store.write(async |tx| calls::notify(tx, "another", "studio-7").await).await.unwrap();
    assert_eq!([notify(world, "studio-8").await, other], [Notified::Ignored; 2]);
    assert_eq!(world.state(&claimed.lease.job).await, JobState::Waiting);
    end(world, &call, Outcome::Failed, 0).await;
    assert_eq!(notify(world, "studio-7").await, Notified::Ignored);
    let woken = world.claim_one().await;
    assert_eq!(woken.lease.job, claimed.lease.job, "its end has woken the job");
    world.succeed(&woken).await;
}

async fn a_wait_for_a_call_ends_by_poll_and_costs_no_attempt(world: &World) {
    let mut claimed = costly(world).await;
    let call = new_call(world, "key", Some("studio"));
    start(world, &claimed, &call).await;
    submit(world, &call, "studio-7").await;
    for _ in 0..5 {
        assert_eq!(await_call(world, &claimed, &call).await, JobState::Waiting);
        world.advance(seconds(59)).await;
        assert_eq!(world.maintain().await, 0);
        world.advance(seconds(1)).await;
        assert_eq!(world.maintain().await, 1);
        claimed = world.claim_one().await;
        assert_eq!((claimed.lease.attempt, claimed.wake.as_ref()), (1, None));
    }
    let need = Need { provider: Some("studio".to_owned()), cost: MicroUsd(40), ..Need::default() };
    end(world, &call, Outcome::Failed, 0).await;
    world.settle(&claimed, Settlement::Readmit { need: need.clone() }).await.unwrap();
    let anew = world.claim_one().await;
    assert_eq!((anew.lease.attempt, &anew.call, &anew.need), (1, &None, &need), "it asks anew, for all that it needs");
}

async fn an_answer_that_was_lost_leaves_the_call_open_and_its_money_booked(world: &World) {
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    let claimed = costly(world).await;
    let call = new_call(world, "key", Some("studio"));
    start(world, &claimed, &call).await;
    world.store.write(async |tx| calls::mark_unknown(tx, &call.id).await).await.unwrap();
    assert_eq!(open(world, "key").await.unwrap().outcome, Outcome::Unknown);
    let ending = Settlement::Fail { error: error("lost"), delay: Duration::ZERO };
    world.settle(&claimed, ending).await.unwrap();
    assert_eq!(booked(world).await, (0, 40), "all counts as spent until somebody asks");
    let again = world.claim_one().await;
    assert_eq!(again.call, Some(call.id.clone()), "which is what the next attempt does");
    assert_eq!(again.need.cost, MicroUsd(0), "and needs no money for");
    end(world, &call, Outcome::Succeeded, 15).await;
    assert_eq!(booked(world).await, (0, 15));
    world.succeed(&again).await;
    let counts = world.store.read(async |tx| calls::count(tx).await).await.unwrap();
    assert_eq!(counts, [("voice".to_owned(), Outcome::Succeeded, 1)]);
    let finished = world.store.read(async |tx| calls::finished(tx).await).await.unwrap();
    assert!(finished.len() == 1 && finished[0].1 <= finished[0].2, "{finished:?}");
}

async fn a_call_that_ended_stays_ended_but_for_a_result(world: &World) {
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    let claimed = costly(world).await;
    let call = new_call(world, "key", None);
    start(world, &claimed, &call).await;
    end(world, &call, Outcome::Failed, 5).await;
    end(world, &call, Outcome::Rejected, 30).await;
    world.succeed(&claimed).await;
    assert_eq!(booked(world).await, (0, 5));
    end(world, &call, Outcome::Succeeded, 20).await;
    assert_eq!(booked(world).await, (0, 20), "it came after all, and is paid for");
    end(world, &call, Outcome::Lost, 1).await;
    assert_eq!(booked(world).await, (0, 20));
    let unknown = new_call(world, "other", None);
    end(world, &unknown, Outcome::Succeeded, 20).await;
    assert_eq!(world.store.read(async |tx| calls::count(tx).await).await.unwrap().len(), 1);
}

async fn work_whose_job_has_ended_is_left_to_whoever_wants_the_same(world: &World) {
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    let first = costly(world).await;
    let call = new_call(world, "key", Some("studio"));
    start(world, &first, &call).await;
    submit(world, &call, "studio-7").await;
    await_call(world, &first, &call).await;
    let second = costly(world).await;
    assert_eq!(start(world, &second, &new_call(world, "key", Some("studio"))).await, Started::AlreadyOpen);
    await_call(world, &second, &call).await;
    let awaited = async || world.store.read(async |tx| calls::is_awaited(tx, &call.id).await).await.unwrap();
    assert!(awaited().await);
    assert_eq!(world.cancel(&first.lease.job).await, 1);
    // It is asked once more, so that it can cancel the work at its provider; it leaves it to the other.
    let last = world.claim_one().await;
    assert_eq!(last.lease.job, first.lease.job);
    assert_eq!(world.settle(&last, Settlement::Succeed(json!(1))).await.unwrap(), Ended::Released(JobState::Cancelled));
    let left = open(world, "key").await.unwrap();
    assert_eq!((left.outcome, left.job_is_unfinished), (Outcome::Unknown, false));
    let heir = world.claim_one().await;
    assert_eq!((&heir.lease.job, &heir.call), (&second.lease.job, &Some(call.id.clone())), "it hears of it");
    end(world, &call, Outcome::Succeeded, 33).await;
    world.succeed(&heir).await;
    assert_eq!(booked(world).await, (0, 33), "booked for whoever asked");
}

async fn a_call_that_was_given_up_before_its_provider_took_it_on_may_be_charged(world: &World) {
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    let claimed = costly(world).await;
    let call = new_call(world, "key", Some("studio"));
    start(world, &claimed, &call).await;
    end(world, &call, Outcome::Failed, 0).await;
    world.succeed(&claimed).await;
    assert_eq!(booked(world).await, (0, 0));
    submit(world, &call, "studio-7").await;
    assert_eq!(booked(world).await, (0, 40), "nobody can tell: all of it counts");
    let counts = world.store.read(async |tx| calls::count(tx).await).await.unwrap();
    assert_eq!(counts, [("voice".to_owned(), Outcome::Lost, 1)]);
    submit(world, &new_call(world, "other", None), "studio-8").await;
}

async fn a_call_is_submitted_before_its_job_needs_money_again(world: &World) {
    world.set_budget("owner", "ada", 40, Over::Wait).await;
    let claimed = costly(world).await;
    let call = new_call(world, "key", Some("studio"));
    start(world, &claimed, &call).await;
    submit(world, &call, "studio-7").await;
    world.advance(LEASE).await;
    world.maintain().await;
    world.store.write(async |tx| spend::set_budget(tx, "owner", "ada", MicroUsd(0), Over::Fail).await).await.unwrap();
    let again = world.claim_one().await;
    assert_eq!((again.lease.attempt, again.call), (2, Some(call.id.clone())), "what is paid for is fetched");
    let value = json!({ "audio": "…" });
    world
        .store
        .write(async |tx| {
            results::store(tx, "key", "voice", &value).await?;
            calls::end(tx, &call.id, Outcome::Succeeded, Some("studio-7"), Some(MicroUsd(40))).await?;
            jobs::settle(tx, &again.lease, Settlement::Succeed(json!(1))).await
        })
        .await
        .unwrap();
    assert_eq!(booked(world).await, (0, 40));
    let other: JobId = world.add().await;
    let wants_the_same = world.claim_one().await;
    assert_eq!(wants_the_same.lease.job, other);
    assert_eq!(start(world, &wants_the_same, &new_call(world, "key", None)).await, Started::AlreadyStored);
    let found = world.store.read(async |tx| results::find(tx, "key").await).await;
    assert_eq!(found.map_err(|error: StoreError| error.code()), Ok(Some(value)));
}

async fn an_open_call_of_a_request_is_found_at_a_provider_that_is_no_longer_asked(world: &World) {
    let claimed = costly(world).await;
    let request = "0a1b2c3d4e5f";
    let call = new_call(world, &format!("{request}/zebra-9"), Some("zebra-9"));
    assert_eq!(start(world, &claimed, &call).await, Started::Yes);
    let other = new_call(world, &format!("{request}0/studio"), Some("studio"));
    assert_eq!(start(world, &claimed, &other).await, Started::Yes, "of another request");
    let elsewhere = async |owner: OwnerId, request: &str, known: &[&str]| {
        let known: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
        let found =
            world.store.read(async |tx| calls::open_elsewhere(tx, &owner, request, &known).await).await.unwrap();
        found.map(|(provider, open)| (provider, open.id))
    };
    let found = Some(("zebra-9".to_owned(), call.id.clone()));
    let studio = format!("{request}/studio");
    assert_eq!(elsewhere(ada(), request, &[studio.as_str()]).await, found);
    assert_eq!(elsewhere(ada(), request, &[]).await, found);
    assert_eq!(elsewhere(ada(), request, &[studio.as_str(), call.key.as_str()]).await, None, "it is still asked");
    assert_eq!(elsewhere(OwnerId::system(), request, &[]).await, None, "it is another's");
    assert_eq!(elsewhere(ada(), "0a1b", &[]).await, None);
    let small = new_call(world, &format!("{request}/studio/small"), Some("studio"));
    assert_eq!(start(world, &claimed, &small).await, Started::Yes);
    let of_model = Some(("studio".to_owned(), small.id.clone()));
    assert_eq!(
        elsewhere(ada(), request, &[call.key.as_str(), studio.as_str()]).await,
        of_model,
        "another model is asked now"
    );
    let succeeded = async || world.store.read(async |tx| calls::key_of_succeeded(tx, &small.id).await).await.unwrap();
    assert_eq!(succeeded().await, None, "it is open");
    end(world, &small, Outcome::Succeeded, 0).await;
    assert_eq!(succeeded().await, Some(small.key.clone()));
    end(world, &call, Outcome::Failed, 0).await;
    assert_eq!(elsewhere(ada(), request, &[]).await, None, "it has ended");
}
