//! Rates and limits: exact whatever comes, in whatever order and from however many processes.

use std::time::Duration;

use sluice_domain::ids::JobId;
use sluice_domain::time::Timestamp;
use sluice_store::StoreError;
use sluice_store::controls::{self, Rate, Unit};
use sluice_store::jobs::{self, Amounts, Claimed, Need, NewJob, Reason};

use crate::world::KINDS;
use crate::{Random, World, ada, omar, on_both_databases, seconds};

on_both_databases!(
    buckets_let_through_what_a_model_of_them_does,
    a_rate_that_changes_keeps_its_part_of_the_burst_and_its_debt,
    claims_at_once_never_take_more_than_a_rate_gives,
    claims_at_once_never_pass_a_limit_and_each_slot_comes_back_once,
    a_limit_of_its_own_comes_before_that_of_each,
);

/// The same arithmetic, done plainly: units times the period's milliseconds.
struct Bucket {
    rate: Rate,
    level: i128,
    filled_at: i64,
}

impl Bucket {
    fn new(rate: Rate, now: Timestamp) -> Self {
        let mut bucket = Self { rate, level: 0, filled_at: now.as_millis() };
        bucket.level = bucket.full();
        bucket
    }

    fn price(&self, units: u64) -> i128 {
        i128::from(units) * i128::try_from(self.rate.per.as_millis()).unwrap()
    }

    fn full(&self) -> i128 {
        self.price(self.rate.burst)
    }

    fn fill(&mut self, now: Timestamp) {
        let more = i128::from(now.as_millis() - self.filled_at) * i128::from(self.rate.amount);
        self.level = (self.level + more).min(self.full());
        self.filled_at = now.as_millis();
    }

    fn lacks(&self, units: u64) -> i128 {
        (self.price(units).min(self.full()) - self.level).max(0)
    }

    /// When there will be so much.
    fn lets_through_at(&self, units: u64) -> i64 {
        let amount = i128::from(self.rate.amount);
        self.filled_at + i64::try_from((self.lacks(units) + amount - 1) / amount).unwrap()
    }
}

async fn set_rate(world: &World, scope: &str, name: &str, unit: Unit, rate: Option<Rate>) {
    world.store.write(async |tx| controls::set_rate(tx, scope, name, unit, rate).await).await.unwrap();
}

async fn limit(world: &World, scope: &str, name: &str, most: Option<i64>) {
    world.store.write(async |tx| controls::set_limit(tx, scope, name, most).await).await.unwrap();
}

fn tokens(tokens: u64) -> Amounts {
    Amounts { tokens, ..Amounts::default() }
}

async fn buckets_let_through_what_a_model_of_them_does(world: &World) {
    for seed in 0..4 {
        world.store.execute("DELETE FROM jobs").await.unwrap();
        world.store.execute("DELETE FROM buckets").await.unwrap();
        let mut random = Random(seed);
        let per = Duration::from_millis(1 + random.below(100_000));
        let requests = Rate { amount: 1 + random.below(500), per, burst: 1 + random.below(12) };
        let per = Duration::from_millis(1 + random.below(100_000));
        let of_tokens = Rate { amount: 1 + random.below(5_000), per, burst: 1 + random.below(300) };
        set_rate(world, "owner", "*", Unit::Requests, Some(requests)).await;
        set_rate(world, "provider", "loud", Unit::Tokens, Some(of_tokens)).await;
        let now = world.now().await;
        let mut amounts = Vec::new();
        let mut new = Vec::new();
        for _ in 0..150 {
            // Some are larger than the burst.
            let asks = random.below(of_tokens.burst * 3 / 2);
            let need = Need { provider: Some("loud".to_owned()), amounts: tokens(asks), ..Need::default() };
            new.push(NewJob { need, ..world.new_job_at(now) });
            amounts.push(asks);
        }
        world.store.write(async |tx| jobs::enqueue_many(tx, &new).await).await.unwrap();
        let (mut first, mut second) = (Bucket::new(requests, now), Bucket::new(of_tokens, now));
        let mut held: Vec<Claimed> = Vec::new();
        let mut waiting = amounts.into_iter().peekable();
        for step in 0..60 {
            let pause = random.below(u64::try_from(per.as_millis()).unwrap() / 2 + 2);
            world.advance(Duration::from_millis(pause)).await;
            let most = u32::try_from(1 + random.below(5)).unwrap();
            let (now, claims) = world
                .store
                .write(async |tx| Ok::<_, StoreError>((tx.now().await?, world.claim_in(tx, most, KINDS).await?)))
                .await
                .unwrap();
            first.fill(now);
            second.fill(now);
            let (mut through, mut refused) = (0, None);
            while through < most && waiting.peek().is_some() && first.lacks(1) == 0 {
                let asks = *waiting.peek().unwrap();
                if second.lacks(asks) > 0 {
                    refused = Some(second.lets_through_at(asks));
                    break;
                }
                waiting.next();
                first.level -= first.price(1);
                second.level -= second.price(asks);
                through += 1;
            }
            assert_eq!(u32::try_from(claims.jobs.len()).unwrap(), through, "seed {seed}, step {step}");
            if waiting.peek().is_some() {
                let empty = (first.lacks(1) > 0).then(|| first.lets_through_at(1));
                let next = [empty, refused].into_iter().flatten().min();
                assert_eq!(claims.next.map(Timestamp::as_millis), next, "seed {seed}, step {step}");
            }
            held.extend(claims.jobs);
            if random.yes() && !held.is_empty() {
                let claimed = held.remove(0);
                let used = random.below(of_tokens.burst * 2);
                let correct = world.store.write(async |tx| {
                    jobs::correct_amounts(tx, &claimed.lease, tokens(used)).await?;
                    tx.now().await
                });
                match correct.await {
                    Err(StoreError::LeaseLost { .. }) => {}
                    now => {
                        second.fill(now.unwrap());
                        second.level += second.price(claimed.need.amounts.tokens) - second.price(used);
                        second.level = second.level.min(second.full());
                    }
                }
            }
        }
    }
}

async fn a_rate_that_changes_keeps_its_part_of_the_burst_and_its_debt(world: &World) {
    let hourly = |amount, burst| Some(Rate { amount, per: Duration::from_hours(1), burst });
    let of = async |count| {
        world.add_of(ada(), count).await;
    };
    set_rate(world, "owner", "ada", Unit::Requests, hourly(1, 8)).await;
    of(40).await;
    assert_eq!(world.claim(4).await.len(), 4);
    // Half of the burst is there, also of another one.
    set_rate(world, "owner", "ada", Unit::Requests, hourly(1, 20)).await;
    assert_eq!(world.claim(40).await.len(), 10);
    set_rate(world, "owner", "ada", Unit::Requests, None).await;
    set_rate(world, "owner", "ada", Unit::Requests, hourly(1, 2)).await;
    assert_eq!(world.claim(40).await.len(), 2, "one that was taken away begins anew");
    set_rate(world, "owner", "*", Unit::Requests, hourly(1, 3)).await;
    assert_eq!(world.claim(40).await.len(), 0, "its own rate still holds");
    set_rate(world, "owner", "ada", Unit::Requests, None).await;
    assert_eq!(world.claim(40).await.len(), 0, "and goes over into that of each, as empty as it was");
    world.advance(Duration::from_hours(2)).await;
    assert_eq!(world.claim(40).await.len(), 2);
    let listed = world.store.read(async |tx| controls::rates(tx).await).await.unwrap();
    assert_eq!(listed.iter().map(|it| (&*it.name, it.rate.burst)).collect::<Vec<_>>(), [("*", 3)]);
}

async fn claims_at_once_never_take_more_than_a_rate_gives(world: &World) {
    let rate = Rate { amount: 1, per: Duration::from_hours(1), burst: 13 };
    set_rate(world, "kind", "test.work", Unit::Requests, Some(rate)).await;
    world.add_of(ada(), 40).await;
    world.add_of(omar(), 40).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let world = world.another_process().await;
        tasks.spawn(async move {
            let mut claimed = 0;
            for _ in 0..10 {
                claimed += world.claim(2).await.len();
            }
            claimed
        });
    }
    let together: usize = tasks.join_all().await.into_iter().sum();
    // A claim that meets another one's lock comes away with nothing, and looks again.
    assert!(together <= 13, "{together}");
    assert_eq!(together + world.claim(40).await.len(), 13);
    let job = world.add().await;
    let why = world.store.read(async |tx| jobs::why(tx, &ada(), &job).await).await.unwrap();
    let is_rate = |reason: &&Reason| matches!(reason, Reason::Rate { scope, needs: 1, .. } if scope == "kind");
    assert!(why.reasons.iter().any(|reason| is_rate(&reason)), "{why:?}");
}

async fn claims_at_once_never_pass_a_limit_and_each_slot_comes_back_once(world: &World) {
    limit(world, "key", "gpu", Some(3)).await;
    let now = world.now().await;
    let keyed = || NewJob { limit_key: Some("gpu".to_owned()), ..world.new_job_at(now) };
    let new: Vec<_> = (0..60).map(|_| keyed()).collect();
    world.store.write(async |tx| jobs::enqueue_many(tx, &new).await).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let world = world.another_process().await;
        tasks.spawn(async move {
            let mut done: Vec<JobId> = Vec::new();
            for _ in 0..40 {
                let claimed = world.claim(2).await;
                let running = world.store.read(async |tx| jobs::operator::count_in_state(tx, "running").await).await;
                assert!(running.unwrap() <= 3);
                for claimed in claimed {
                    world.succeed(&claimed).await;
                    done.push(claimed.lease.job);
                }
            }
            done
        });
    }
    let mut done: Vec<JobId> = tasks.join_all().await.into_iter().flatten().collect();
    while done.len() < 60 {
        let claimed = world.claim(9).await;
        assert_eq!(claimed.len(), 3.min(60 - done.len()), "all slots came back, and no more");
        for claimed in claimed {
            world.succeed(&claimed).await;
            done.push(claimed.lease.job);
        }
    }
    done.sort();
    done.dedup();
    assert_eq!(done.len(), 60);
}

async fn a_limit_of_its_own_comes_before_that_of_each(world: &World) {
    limit(world, "owner", "*", Some(1)).await;
    limit(world, "owner", "omar", Some(3)).await;
    world.add_of(ada(), 5).await;
    world.add_of(omar(), 5).await;
    let claimed = world.claim(10).await;
    let of = |owner| claimed.iter().filter(|job| job.owner == owner).count();
    assert_eq!((of(ada()), of(omar())), (1, 3));
    limit(world, "kind", "test.work", Some(4)).await;
    limit(world, "owner", "omar", Some(9)).await;
    assert_eq!(world.claim(10).await.len(), 0, "four of the kind run");
    let job = world.add().await;
    let why = world.store.read(async |tx| jobs::why(tx, &ada(), &job).await).await.unwrap();
    let limits: Vec<_> = why
        .reasons
        .iter()
        .filter_map(|reason| match reason {
            Reason::Limit { scope, most, running, .. } => Some((&**scope, *most, *running)),
            _ => None,
        })
        .collect();
    assert_eq!(limits, [("owner", 1, 1), ("kind", 4, 4)]);
    limit(world, "kind", "test.work", None).await;
    assert_eq!(world.claim(10).await.len(), 2, "all that is left of Omar's");
    limit(world, "owner", "*", Some(0)).await;
    for claimed in claimed {
        world.succeed(&claimed).await;
    }
    assert_eq!(world.claim(10).await.len(), 0, "none is a limit, too");
    world.advance(seconds(15)).await;
}
