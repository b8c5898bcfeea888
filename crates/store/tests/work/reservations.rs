//! Reservations that race for caps, while others settle and release theirs: none is granted beyond its cap, and none is
//! refused that fits. `SLUICE_RESERVATIONS=1000000` makes it a million; without it, it is as many as take seconds.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_store::calls::{self, NewCall, Outcome};
use sluice_store::jobs::spend::{self, Over};
use sluice_store::jobs::{self, Claim, Claimed, LowWaterMarks, Need, NewJob, Settlement};
use sluice_store::{StoreError, Tx};
use tokio::task::JoinSet;

use crate::calls::new_call;
use crate::{Random, World, on_both_databases};

on_both_databases!(reservations_that_race_for_a_cap_get_exactly_what_fits);

/// What each reservation is for.
const PRICE: i64 = 7;
/// Caps, those of a group one after the other, so that often little is left.
const TILLS: u32 = 4 * EACH;
/// Jobs that a worker has at once: as many as a claim checks of an owner.
const BATCH: u32 = 20;
/// Workers that race for the same caps. Those of different groups have nothing in common, so that they need not wait for each
/// other: the jobs of each are of an owner and in a pool of its own.
struct Group {
    name: &'static str,
    /// The kind of jobs of each worker, which so knows of each of its jobs whether it was refused.
    kinds: [&'static str; 2],
}

const GROUPS: [Group; 4] = [
    Group { name: "north", kinds: ["north.one", "north.two"] },
    Group { name: "east", kinds: ["east.one", "east.two"] },
    Group { name: "south", kinds: ["south.one", "south.two"] },
    Group { name: "west", kinds: ["west.one", "west.two"] },
];
/// Caps of each group.
const EACH: u32 = 5;
/// A machine that is busy with something else takes no job away from its worker: that is not what races here.
const LEASE: Duration = Duration::from_hours(1);
/// No job is left by so many claims.
const TRIES: u32 = 10_000;

/// As many as take seconds, unless more are asked for: on `PostgreSQL` each statement is a round trip.
fn reservations(world: &World) -> u32 {
    let usual = if world.is_postgres() { 4_000 } else { 20_000 };
    std::env::var_os("SLUICE_RESERVATIONS").map_or(usual, |count| count.to_str().unwrap().parse().unwrap())
}

/// An independent count: what the workers know of a cap.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    granted: u64,
    refused: u64,
    /// Reservations whose settlement has not begun.
    held: i64,
    /// The cost of what is settled.
    paid: i64,
}

struct Books {
    reservations: u32,
    cap: i64,
    /// The next batch of each group.
    next: [AtomicU32; 4],
    tills: Mutex<Vec<Tally>>,
}

impl Books {
    fn new(reservations: u32) -> Self {
        // An attempt costs 10 / 16 on average, and about half of them fit.
        let cap = i64::from(reservations / TILLS) * 10 / 32;
        let tills = Mutex::new(vec![Tally::default(); TILLS as usize]);
        Self { reservations, cap, next: Default::default(), tills }
    }

    /// Batches of each group.
    fn batches(&self) -> u32 {
        self.reservations / BATCH / (TILLS / EACH)
    }

    /// The till that the next batch of a group is for, until there were enough.
    fn next_till(&self, group: u32) -> Option<u32> {
        let batch = self.next.get(group as usize).unwrap().fetch_add(1, Ordering::Relaxed);
        let place = u64::from(batch) * u64::from(EACH) / u64::from(self.batches());
        (batch < self.batches()).then(|| group * EACH + u32::try_from(place).unwrap())
    }

    /// Changes what is known of a till, and returns it.
    fn change(&self, till: u32, change: impl FnOnce(&mut Tally)) -> Tally {
        let mut tills = self.tills.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = tills.get_mut(till as usize).unwrap();
        change(tally);
        *tally
    }
}

fn name(till: u32) -> String {
    format!("till {till}")
}

fn group_of(till: u32) -> &'static Group {
    GROUPS.get((till / EACH) as usize).unwrap()
}

/// What a claim has decided, and what was reserved and spent then.
struct Decided {
    granted: Vec<Claimed>,
    refused: Vec<JobId>,
    used: i64,
}

/// A claim, with what the database says in the same unit of work: until that ends, nobody else changes the cap's row.
async fn decide(
    world: &World,
    tx: &mut Tx,
    (kind, till): (&'static str, u32),
    undecided: &[JobId],
) -> Result<Decided, StoreError> {
    let (lease, kinds, pool) = (world.lease_id(), [kind], group_of(till).name);
    let claim = Claim { pool, kinds: &kinds, limit: BATCH, worker: kind, lease: &lease, lease_time: LEASE };
    let claims = jobs::claim(tx, &claim, &LowWaterMarks::default()).await?;
    jobs::charge(tx, &claims.charges).await?;
    let granted = claims.jobs;
    let mut refused = Vec::new();
    for id in undecided {
        if granted.iter().any(|claimed| claimed.lease.job == *id) {
            continue;
        }
        let row = jobs::operator::find(tx, id).await?;
        if row.is_some_and(|row| row.state == JobState::Dead) {
            refused.push(id.clone());
        }
    }
    let (reserved, spent) = figures(tx, till).await?;
    Ok(Decided { granted, refused, used: reserved + spent })
}

/// What is reserved and spent of a till.
async fn figures(tx: &mut Tx, till: u32) -> Result<(i64, i64), StoreError> {
    let name = name(till);
    let budgets = spend::budgets(tx).await?;
    let found = budgets.iter().find(|budget| budget.scope == "provider" && budget.name == name).unwrap();
    Ok((found.reserved.0, found.spent.0))
}

async fn enqueue(world: &World, kind: &str, till: u32, count: u32) -> Vec<JobId> {
    let now = world.now().await;
    let need = Need { cost: MicroUsd(PRICE), provider: Some(name(till)), ..Need::default() };
    let group = group_of(till).name;
    let new: Vec<_> = (0..count)
        .map(|_| NewJob {
            kind: kind.to_owned(),
            pool: group.to_owned(),
            owner: group.parse().unwrap(),
            need: need.clone(),
            ..world.new_job_at(now)
        })
        .collect();
    let made = world.store.write(async |tx| jobs::enqueue_many(tx, &new).await).await.unwrap();
    made.into_iter().collect::<Result<_, _>>().unwrap()
}

/// Claims until all of these are decided, checking each decision; returns those that were granted.
async fn claim_all(world: &World, books: &Books, (kind, till): (&'static str, u32), count: u32) -> Vec<Claimed> {
    let mut undecided = enqueue(world, kind, till, count).await;
    let mut all = Vec::new();
    for _ in 0..TRIES {
        if undecided.is_empty() {
            return all;
        }
        let decided = world.store.write(async |tx| decide(world, tx, (kind, till), &undecided).await).await.unwrap();
        let Decided { granted, refused, used } = decided;
        if granted.is_empty() && refused.is_empty() {
            // Another unit of work has locked something: the jobs stay ready.
            tokio::task::yield_now().await;
            continue;
        }
        assert!(used <= books.cap, "{till}: {used} of {}", books.cap);
        assert!(refused.is_empty() || used + PRICE > books.cap, "{till}: refused, with {used} of {}", books.cap);
        undecided.retain(|id| !refused.contains(id) && granted.iter().all(|claimed| claimed.lease.job != *id));
        let tally = books.change(till, |tally| {
            tally.granted += granted.len() as u64;
            tally.refused += refused.len() as u64;
            tally.held += i64::try_from(granted.len()).unwrap();
        });
        let least = tally.held * PRICE + tally.paid;
        assert!(least <= books.cap, "{till}: the workers alone have {least} of {}", books.cap);
        all.extend(granted);
    }
    panic!("some jobs are neither granted nor refused: {undecided:?}");
}

/// An attempt with its call, how that ended, and what it cost in millionths of a dollar.
type End = (Claimed, Option<(NewCall, Outcome, i64)>);

/// Ends attempts, each with the outcome and the cost of its call. Without a call, its reservation is released.
async fn end_all(world: &World, books: &Books, till: u32, ends: Vec<(Claimed, Option<(Outcome, i64)>)>) {
    let paid: i64 = ends.iter().filter_map(|(_, end)| end.map(|(_, cost)| cost)).sum();
    let count = i64::try_from(ends.len()).unwrap();
    books.change(till, |tally| tally.held -= count);
    let ends: Vec<End> = ends
        .into_iter()
        .map(|(claimed, end)| {
            let call = end.map(|(outcome, cost)| (new_call(world, &world.name(), Some("shop")), outcome, cost));
            (claimed, call)
        })
        .collect();
    world.store.write(async |tx| write_ends(tx, &ends).await).await.unwrap();
    books.change(till, |tally| tally.paid += paid);
}

async fn write_ends(tx: &mut Tx, ends: &[End]) -> Result<(), StoreError> {
    for (claimed, call) in ends {
        if let Some((call, outcome, cost)) = call {
            calls::start(tx, &claimed.lease, call).await?;
            calls::end(tx, &call.id, *outcome, None, Some(MicroUsd(*cost))).await?;
        }
        jobs::settle(tx, &claimed.lease, Settlement::Succeed(json!(1))).await?;
    }
    Ok(())
}

/// What an attempt does with its reservation.
fn end_of(random: &mut Random) -> Option<(Outcome, i64)> {
    match random.below(16) {
        0 => Some((Outcome::Succeeded, PRICE)),
        1 => Some((Outcome::Succeeded, 10 - PRICE)),
        2..=4 => Some((Outcome::Failed, 0)),
        _ => None,
    }
}

async fn race(world: World, (group, kind): (u32, &'static str), books: Arc<Books>, seed: u64) {
    let mut random = Random(seed);
    while let Some(till) = books.next_till(group) {
        let granted = claim_all(&world, &books, (kind, till), BATCH).await;
        let ends = granted.into_iter().map(|claimed| (claimed, end_of(&mut random))).collect();
        end_all(&world, &books, till, ends).await;
    }
}

/// Looks at all caps, again and again; returns how often.
async fn watch(world: World, until: Arc<AtomicBool>) -> u32 {
    let mut looks = 0;
    while !until.load(Ordering::Relaxed) {
        for budget in world.budgets().await {
            let used = budget.reserved.0 + budget.spent.0;
            assert!((0..=budget.cap.0).contains(&used), "{budget:?}");
        }
        looks += 1;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    looks
}

#[expect(clippy::print_stdout, reason = "of a long run the counts are wanted")]
async fn reservations_that_race_for_a_cap_get_exactly_what_fits(world: &World) {
    let books = Arc::new(Books::new(reservations(world)));
    for till in 0..TILLS {
        world.set_budget("provider", &name(till), books.cap, Over::Fail).await;
    }
    // Checked with each reservation, and never in the way.
    for group in &GROUPS {
        world.set_budget("owner", group.name, books.cap * i64::from(TILLS) * 2, Over::Fail).await;
    }
    let ended = Arc::new(AtomicBool::new(false));
    let watching = tokio::spawn(watch(world.patient_process().await, Arc::clone(&ended)));
    let mut workers = JoinSet::new();
    for (group, place) in GROUPS.iter().zip(0_u32..) {
        for (kind, number) in group.kinds.into_iter().zip(0_u64..) {
            let seed = u64::from(place) * 2 + number;
            workers.spawn(race(world.patient_process().await, (place, kind), Arc::clone(&books), seed));
        }
    }
    while let Some(worker) = workers.join_next().await {
        worker.unwrap();
    }
    let world = &world.patient_process().await;
    let (mut granted, mut refused) = (0, 0);
    for till in 0..TILLS {
        let [kind, _] = group_of(till).kinds;
        let raced = books.change(till, |_| {});
        granted += raced.granted;
        refused += raced.refused;
        let (reserved, spent) = world.store.read(async |tx| figures(tx, till).await).await.unwrap();
        assert_eq!((reserved, spent, raced.held), (0, raced.paid, 0), "till {till}: what the workers have paid");
        // What is left is granted to the last, and nothing beyond it.
        let fit = (books.cap - spent) / PRICE;
        for place in 0..=fit {
            let last = claim_all(world, &books, (kind, till), 1).await;
            assert_eq!(last.len(), usize::from(place < fit), "till {till}: {place} of {fit}");
            let ends = last.into_iter().map(|claimed| (claimed, Some((Outcome::Succeeded, PRICE)))).collect();
            end_all(world, &books, till, ends).await;
        }
        let paid = books.change(till, |_| {}).paid;
        assert!(paid <= books.cap && paid + PRICE > books.cap, "till {till}: {paid} of {}", books.cap);
    }
    ended.store(true, Ordering::Relaxed);
    let looks = watching.await.unwrap();
    let raced = u64::from(books.batches() * BATCH * (TILLS / EACH));
    assert_eq!(granted + refused, raced, "each was decided once");
    println!("{raced} reservations raced: {granted} granted, {refused} refused; caps were looked at {looks} times");
    assert!(granted > refused / 10 && refused > granted / 10 && looks > 0, "{granted}, {refused}, {looks}: no race");
}
