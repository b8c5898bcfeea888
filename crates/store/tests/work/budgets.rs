//! Budgets: never overspent, nothing refused that fits, and right whatever is set, changed or removed meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::limits::{Cap, Plans};
use sluice_domain::money::MicroUsd;
use sluice_store::calls::{self, Outcome};
use sluice_store::jobs::spend::{self, Budget, Over};
use sluice_store::jobs::{self, Claimed, Need, NewJob, Reason, Settlement};
use sluice_store::limits::{self, Money};
use sluice_store::{StoreError, events, retention};

use crate::calls::{end, new_call, start};
use crate::world::LEASE;
use crate::{Random, World, ada, error, omar, on_both_databases, seconds};

on_both_databases!(
    whatever_is_done_the_budgets_say_what_a_model_of_the_ledger_says,
    budgets_that_change_while_others_claim_and_settle_are_right_at_every_moment,
    a_cap_counts_what_was_reserved_and_spent_before_it_was_set,
    a_job_that_does_not_fit_waits_or_fails_and_says_why,
    budgets_of_what_is_not_known_are_refused,
    a_cap_is_reached_to_the_last_coin_by_claims_at_once,
    an_owner_spends_no_more_on_a_day_and_in_a_month_than_the_plan_says,
);

const SCOPES: [&str; 4] = ["day", "job", "owner", "provider"];

/// An attempt that cost may come of.
struct Attempt {
    names: BTreeMap<&'static str, String>,
    reserved: i64,
    /// What is known to be spent for each call.
    calls: Vec<(calls::NewCall, Option<i64>)>,
    has_ended: bool,
}

impl Attempt {
    /// What it has reserved and spent. While a call's outcome is not known, all may have been spent.
    fn figures(&self) -> (i64, i64) {
        let known: i64 = self.calls.iter().filter_map(|(_, cost)| *cost).sum();
        match (self.has_ended, self.calls.iter().any(|(_, cost)| cost.is_none())) {
            (false, _) => (self.reserved, 0),
            (true, true) => (0, known.max(self.reserved)),
            (true, false) => (0, known),
        }
    }
}

/// What should be true, beside the database that is asked.
struct Model<'a> {
    world: &'a World,
    random: Random,
    jobs: Vec<JobId>,
    held: Vec<Claimed>,
    attempts: Vec<Attempt>,
    /// By lease and job: which of the attempts it is.
    of: BTreeMap<(String, String), usize>,
    caps: BTreeMap<(&'static str, String), i64>,
}

impl Model<'_> {
    fn name(&mut self, scope: &str, today: &str) -> String {
        if self.random.yes() {
            return "*".to_owned();
        }
        match scope {
            "day" => today.to_owned(),
            "job" => self.random.pick(&self.jobs).map_or_else(|| "none".to_owned(), ToString::to_string),
            "owner" => "ada".to_owned(),
            _ => "loud".to_owned(),
        }
    }

    async fn enqueue(&mut self) {
        let owner = if self.random.yes() { ada() } else { omar() };
        let provider = self.random.yes().then(|| "loud".to_owned());
        let cost = MicroUsd(i64::try_from(self.random.below(60)).unwrap());
        let need = Need { provider, cost, ..Need::default() };
        let job = self.world.enqueue(NewJob { owner, need, ..self.world.new_job().await }).await;
        self.jobs.push(job);
    }

    async fn claim(&mut self) {
        let ready = self.world.store.read(async |tx| jobs::operator::unfinished(tx).await).await.unwrap();
        let ready: Vec<_> = ready.into_iter().filter(|job| job.state == JobState::Ready).collect();
        let claimed = self.world.claim(u32::try_from(1 + self.random.below(4)).unwrap()).await;
        for claimed in &claimed {
            if claimed.need.cost == MicroUsd(0) {
                continue;
            }
            let mut names = BTreeMap::from([
                ("day", spend::day(claimed.claimed_at)),
                ("job", claimed.lease.job.to_string()),
                ("owner", claimed.owner.to_string()),
            ]);
            names.extend(claimed.need.provider.clone().map(|provider| ("provider", provider)));
            let key = (claimed.lease.id.to_string(), claimed.lease.job.to_string());
            self.of.insert(key, self.attempts.len());
            let reserved = claimed.need.cost.0;
            self.attempts.push(Attempt { names, reserved, calls: Vec::new(), has_ended: false });
        }
        let budgets = self.world.budgets().await;
        let today = spend::day(self.world.now().await);
        for job in ready {
            let row = self.world.row(&job.id).await;
            let concerned = |budget: &&Budget| match &*budget.scope {
                "day" => budget.name == today,
                "job" => budget.name == row.id.as_str(),
                "owner" => budget.name == row.owner.as_str(),
                _ => Some(&budget.name) == row.need.provider.as_ref(),
            };
            let left = budgets.iter().filter(concerned).map(|it| it.cap.0 - it.reserved.0 - it.spent.0).min();
            match row.state {
                JobState::Running if row.need.cost.0 > 0 => assert!(left.is_none_or(|left| left >= 0), "overspent"),
                JobState::Running | JobState::Ready => {}
                // Put off, or dead: something must have been too small for it.
                _ => assert!(left.is_some_and(|left| left < row.need.cost.0), "{left:?} was enough: {row:?}"),
            }
        }
        self.held.extend(claimed);
    }

    fn attempt(&mut self, claimed: &Claimed) -> Option<&mut Attempt> {
        let key = (claimed.lease.id.to_string(), claimed.lease.job.to_string());
        self.of.get(&key).and_then(|at| self.attempts.get_mut(*at))
    }

    async fn call(&mut self) {
        let Some(held) = self.random.pick(&self.held).cloned() else { return };
        let call = new_call(self.world, &self.world.name(), Some("shop"));
        start(self.world, &held, &call).await;
        if let Some(attempt) = self.attempt(&held) {
            attempt.calls.push((call, None));
        }
    }

    /// What became of a call is heard, in time or long after its attempt.
    async fn hear(&mut self) {
        let cost = i64::try_from(self.random.below(60)).unwrap();
        let at = self.random.below(4);
        let open = self.attempts.iter_mut().flat_map(|it| &mut it.calls).filter(|(_, known)| known.is_none());
        let Some((call, known)) = open.take(usize::try_from(at).unwrap() + 1).last() else { return };
        *known = Some(cost);
        end(self.world, call, Outcome::Succeeded, cost).await;
    }

    async fn settle(&mut self) {
        let count = u64::try_from(self.held.len()).unwrap();
        if count == 0 {
            return;
        }
        let held = self.held.swap_remove(usize::try_from(self.random.below(count)).unwrap());
        let ending = match self.random.below(3) {
            0 => Settlement::Succeed("done".into()),
            1 => Settlement::Fail { error: error("rain"), delay: Duration::ZERO },
            _ => Settlement::Snooze { delay: Duration::ZERO, error: None },
        };
        self.world.settle(&held, ending).await.unwrap();
        if let Some(attempt) = self.attempt(&held) {
            attempt.has_ended = true;
        }
    }

    /// Workers die, and what they held is taken back.
    async fn wait(&mut self, time: Duration) {
        self.world.advance(time).await;
        self.world.maintain().await;
        for held in std::mem::take(&mut self.held) {
            if let Some(attempt) = self.attempt(&held) {
                attempt.has_ended = true;
            }
        }
    }

    async fn step(&mut self) {
        let today = spend::day(self.world.now().await);
        let scope = *self.random.pick(&SCOPES).unwrap();
        match self.random.below(22) {
            0..5 => self.enqueue().await,
            5..9 => self.claim().await,
            9..12 => self.call().await,
            12..14 => self.hear().await,
            14..17 => self.settle().await,
            17 => self.wait(LEASE * 3).await,
            18 => self.wait(Duration::from_hours(12)).await,
            19..21 => {
                let name = self.name(scope, &today);
                let cap = *self.random.pick(&[0, 100, 2_000, 2_000]).unwrap();
                let over = if self.random.below(4) > 0 { Over::Wait } else { Over::Fail };
                self.world.set_budget(scope, &name, cap, over).await;
                self.caps.insert((scope, name), cap);
            }
            _ => {
                let name = self.name(scope, &today);
                let remove = async |tx: &mut sluice_store::Tx| spend::remove_budget(tx, scope, &name).await;
                self.world.store.write::<_, StoreError, _>(remove).await.unwrap();
                self.caps.remove(&(scope, name));
            }
        }
    }

    async fn check(&self, at: &str) {
        for budget in self.world.budgets().await {
            let scope = *SCOPES.iter().find(|scope| **scope == budget.scope).unwrap();
            let under = self.attempts.iter().filter(|it| it.names.get(scope) == Some(&budget.name));
            let sums = under.map(Attempt::figures).fold((0, 0), |sums, it| (sums.0 + it.0, sums.1 + it.1));
            assert_eq!((budget.reserved.0, budget.spent.0), sums, "{at}: {scope} {}", budget.name);
            let own = self.caps.get(&(scope, budget.name.clone()));
            let cap = own.or_else(|| self.caps.get(&(scope, "*".to_owned())));
            assert_eq!(Some(&budget.cap.0), cap, "{at}: the cap of {scope} {}", budget.name);
        }
    }
}

async fn whatever_is_done_the_budgets_say_what_a_model_of_the_ledger_says(world: &World) {
    let mut claimed = 0;
    for seed in 0..4 {
        for (scope, name) in world.budgets().await.into_iter().map(|budget| (budget.scope, budget.name)) {
            world.store.write(async |tx| spend::remove_budget(tx, &scope, &name).await).await.unwrap();
        }
        world.store.execute("DELETE FROM spend").await.unwrap();
        // Those of owners' days and months are no caps that could be removed.
        world.store.execute("DELETE FROM budgets").await.unwrap();
        world.store.execute("DELETE FROM jobs").await.unwrap();
        let (jobs, held, attempts) = (Vec::new(), Vec::new(), Vec::new());
        let (of, caps) = (BTreeMap::new(), BTreeMap::new());
        let mut model = Model { world, random: Random(seed), jobs, held, attempts, of, caps };
        for step in 0..120 {
            model.step().await;
            model.check(&format!("seed {seed}, step {step}")).await;
        }
        claimed += model.attempts.len();
    }
    assert!(claimed > 40, "hardly anything was claimed: {claimed}");
}

/// A worker that makes, claims and ends work that costs; gives what it spent of Ada's money.
async fn work(world: World, seed: u64) -> i64 {
    let mut random = Random(seed);
    let mut spent = 0;
    for _ in 0..30 {
        for _ in 0..2 {
            let owner = if random.yes() { ada() } else { omar() };
            let provider = random.yes().then(|| "loud".to_owned());
            let cost = MicroUsd(i64::try_from(1 + random.below(50)).unwrap());
            let need = Need { provider, cost, ..Need::default() };
            world.enqueue(NewJob { owner, need, ..world.new_job().await }).await;
        }
        for claimed in world.claim(3).await {
            let cost = i64::try_from(random.below(claimed.need.cost.0.unsigned_abs() + 1)).unwrap();
            if random.below(4) > 0 {
                let call = new_call(&world, &world.name(), Some("shop"));
                start(&world, &claimed, &call).await;
                end(&world, &call, Outcome::Succeeded, cost).await;
                spent += if claimed.owner == ada() { cost } else { 0 };
            }
            let ending = match random.below(3) {
                0 => Settlement::Fail { error: error("rain"), delay: Duration::ZERO },
                1 => Settlement::Snooze { delay: seconds(600), error: None },
                _ => Settlement::Succeed("done".into()),
            };
            world.settle(&claimed, ending).await.unwrap();
        }
    }
    spent
}

/// An operator who sets, raises, lowers and removes every kind of cap but Ada's.
async fn change(world: World, seed: u64) {
    let mut random = Random(seed);
    let today = spend::day(world.now().await);
    let caps = [("day", "*"), ("day", &*today), ("job", "*"), ("provider", "*"), ("provider", "loud"), ("owner", "*")];
    for _ in 0..60 {
        let (scope, name) = *random.pick(&caps).unwrap();
        if random.below(3) == 0 {
            // Ada's own cap is not derived from that of each, and stays.
            world.store.write(async |tx| spend::remove_budget(tx, scope, name).await).await.unwrap();
        } else {
            let over = if random.below(4) > 0 { Over::Wait } else { Over::Fail };
            let cap = *random.pick(&[0, 100, 1_000, 100_000]).unwrap();
            world.set_budget(scope, name, cap, over).await;
        }
    }
}

async fn budgets_that_change_while_others_claim_and_settle_are_right_at_every_moment(world: &World) {
    const CAP: i64 = 600;
    world.set_budget("owner", "ada", CAP, Over::Wait).await;
    let of_ada = |budgets: Vec<Budget>| {
        let found = budgets.into_iter().find(|it| it.scope == "owner" && it.name == "ada").unwrap();
        (found.reserved.0, found.spent.0)
    };
    let (mut workers, mut changers) = (tokio::task::JoinSet::new(), tokio::task::JoinSet::new());
    for seed in 0..3 {
        workers.spawn(work(world.another_process().await, seed));
    }
    for seed in 10..12 {
        changers.spawn(change(world.another_process().await, seed));
    }
    let mut spent = 0;
    while let Some(done) = tokio::select! {
        done = workers.join_next() => done,
        () = tokio::time::sleep(Duration::from_millis(5)) => Some(Ok(0)),
    } {
        spent += done.unwrap();
        // Each unit of work is kept as a whole: the books are right in every snapshot.
        let (drift, budgets) = world
            .store
            .read(async |tx| Ok::<_, StoreError>((spend::drift(tx).await?, spend::budgets(tx).await?)))
            .await
            .unwrap();
        assert_eq!(drift, [] as [String; 0]);
        let (reserved, spent) = of_ada(budgets);
        assert!(reserved + spent <= CAP, "{reserved} + {spent}");
    }
    changers.join_all().await;
    assert_eq!(of_ada(world.budgets().await), (0, spent), "what the workers spent, and nothing else");
    assert!(spent > CAP / 4, "hardly anything was spent: {spent}");
}

async fn a_cap_counts_what_was_reserved_and_spent_before_it_was_set(world: &World) {
    let costs = |cost| Need { cost: MicroUsd(cost), provider: Some("loud".to_owned()), ..Need::default() };
    for cost in [10, 20] {
        world.enqueue(NewJob { need: costs(cost), ..world.new_job().await }).await;
    }
    let claimed = world.claim(2).await;
    let call = new_call(world, "key", None);
    start(world, &claimed[0], &call).await;
    end(world, &call, Outcome::Succeeded, 7).await;
    world.succeed(&claimed[0]).await;
    let today = spend::day(world.now().await);
    let job = claimed[1].lease.job.to_string();
    for (scope, name, figures) in [
        ("owner", "ada", (20, 7)),
        ("day", &*today, (20, 7)),
        ("provider", "loud", (20, 7)),
        ("job", &*job, (20, 0)),
        ("owner", "nobody", (0, 0)),
    ] {
        world.set_budget(scope, name, 1_000, Over::Wait).await;
        let found = world.budgets().await.into_iter().find(|it| it.scope == scope && it.name == name).unwrap();
        assert_eq!((found.reserved.0, found.spent.0), figures, "{scope} {name}");
    }
    world.set_budget("owner", "ada", 5, Over::Wait).await;
    world.succeed(&claimed[1]).await;
    let removed =
        async |name: &str| world.store.write(async |tx| spend::remove_budget(tx, "owner", name).await).await.unwrap();
    assert_eq!((removed("ada").await, removed("ada").await), (true, false));
    world.set_budget("owner", "*", 40, Over::Wait).await;
    world.enqueue(NewJob { need: costs(30), ..world.new_job().await }).await;
    world.claim_one().await;
    let derived = world.budgets().await.into_iter().find(|it| it.name == "ada").unwrap();
    assert_eq!((derived.cap.0, derived.reserved.0, derived.spent.0), (40, 30, 7), "what was spent is not forgotten");
    world.set_budget("owner", "*", 50, Over::Fail).await;
    let derived = world.budgets().await.into_iter().find(|it| it.name == "ada").unwrap();
    assert_eq!((derived.cap.0, derived.over), (50, Over::Fail), "it follows");
    assert!(removed("*").await);
    assert!(world.budgets().await.iter().all(|it| it.name != "ada"), "and goes with it");
}

async fn a_job_that_does_not_fit_waits_or_fails_and_says_why(world: &World) {
    world.set_budget("owner", "ada", 50, Over::Wait).await;
    world.set_budget("owner", "omar", 50, Over::Fail).await;
    let costs = async |owner: OwnerId, cost| {
        let need = Need { cost: MicroUsd(cost), ..Need::default() };
        world.enqueue(NewJob { owner, need, ..world.new_job().await }).await
    };
    let waits = costs(ada(), 51).await;
    let fits = costs(ada(), 50).await;
    let fails = costs(omar(), 51).await;
    assert_eq!(world.claimed_ids(9).await, [fits], "nothing that fits waits for what does not");
    assert_eq!(world.states([&waits, &fails]).await, [JobState::Scheduled, JobState::Dead]);
    let error = world.row(&fails).await.error.unwrap();
    assert_eq!(error.code, "over_budget");
    assert!(error.message.contains("owner omar"), "{}", error.message);
    let why = world.store.read(async |tx| jobs::why(tx, &ada(), &waits).await).await.unwrap();
    let (scope, name) = ("owner".to_owned(), "ada".to_owned());
    assert_eq!(why.reasons[0], Reason::Budget { scope, name, cost: MicroUsd(51), left: MicroUsd(0) });
    world.set_budget("owner", "ada", 101, Over::Wait).await;
    world.advance(seconds(30)).await;
    world.maintain().await;
    let claimed = world.claimed_ids(9).await;
    assert!(claimed.contains(&waits), "{claimed:?}");
    assert_eq!(world.row(&waits).await.attempt, 1, "it cost no attempt to wait");
}

async fn budgets_of_what_is_not_known_are_refused(world: &World) {
    let set = async |scope: &str, name: &str, cap| {
        world.store.write(async |tx| spend::set_budget(tx, scope, name, MicroUsd(cap), Over::Wait).await).await
    };
    assert_eq!(set("month", "*", 1).await.unwrap_err().code(), "not_storable");
    assert_eq!(set("owner", &"n".repeat(513), 1).await.unwrap_err().code(), "not_storable");
    set("owner", "ada", -5).await.unwrap();
    set("owner", "omar", i64::MAX).await.unwrap();
    let caps: Vec<_> = world.budgets().await.into_iter().map(|budget| budget.cap.0).collect();
    assert_eq!(caps, [0, 1_000_000_000_000_000], "sums of them fit into 64 bits");
}

async fn a_cap_is_reached_to_the_last_coin_by_claims_at_once(world: &World) {
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    world.set_budget("day", "*", 1_000, Over::Wait).await;
    let now = world.now().await;
    let need = Need { cost: MicroUsd(10), ..Need::default() };
    let new: Vec<_> = (0..40).map(|_| NewJob { need: need.clone(), ..world.new_job_at(now) }).collect();
    world.store.write(async |tx| jobs::enqueue_many(tx, &new).await).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let world = world.another_process().await;
        tasks.spawn(async move {
            let mut claimed = 0;
            for _ in 0..12 {
                claimed += world.claim(1).await.len();
            }
            claimed
        });
    }
    let claimed: usize = tasks.join_all().await.into_iter().sum();
    assert_eq!(claimed, 10, "ten fit, and no eleventh");
    let of_day = world.budgets().await.into_iter().find(|it| it.scope == "day" && it.name != "*").unwrap();
    assert_eq!(of_day.reserved, MicroUsd(100), "what one cap refused is not booked under another");
}

fn plans(day: u64, soft: u64, month: u64) -> Plans {
    let cap = |hard, soft| Some(Cap { hard, soft });
    let text = json!({ "visitor": { "user": { "micro_usd_per_day": cap(day, Some(soft)), "micro_usd_per_month": cap(month, None) } } });
    serde_json::from_value(text).unwrap()
}

async fn an_owner_spends_no_more_on_a_day_and_in_a_month_than_the_plan_says(world: &World) {
    let set = async |plans: Plans| world.store.write(async |tx| limits::set_plans(tx, &plans).await).await.unwrap();
    let costs = async |owner: OwnerId, cost| {
        let need = Need { cost: MicroUsd(cost), ..Need::default() };
        world.enqueue(NewJob { owner, need, ..world.new_job().await }).await
    };
    let spent = async || world.store.read(async |tx| limits::money(tx, &ada()).await).await.unwrap();
    let spend = async |cost: i64| {
        let id = costs(ada(), cost).await;
        let claimed = world.claim_one().await;
        assert_eq!(claimed.lease.job, id);
        let call = new_call(world, &world.name(), None);
        start(world, &claimed, &call).await;
        end(world, &call, Outcome::Succeeded, cost).await;
        world.succeed(&claimed).await;
    };
    // Before there is a cap, too.
    spend(30).await;
    assert!(set(plans(100, 80, 150)).await);
    spend(40).await;
    assert_eq!(spent().await, Money { today: MicroUsd(70), this_month: MicroUsd(70) });
    let waits = costs(ada(), 40).await;
    let others = costs(omar(), 40).await;
    let claimed = world.claim_one().await;
    assert_eq!(claimed.lease.job, others, "another one has their own");
    world.succeed(&claimed).await;
    assert_eq!(world.claimed_ids(9).await, []);
    assert_eq!(world.state(&waits).await, JobState::Scheduled);
    let why = world.store.read(async |tx| jobs::why(tx, &ada(), &waits).await).await.unwrap();
    let (scope, today) = ("owner_day".to_owned(), spend::day(world.now().await));
    let name = format!("ada {today}");
    assert_eq!(why.reasons[0], Reason::Budget { scope, name, cost: MicroUsd(40), left: MicroUsd(30) });
    // Raised, it goes on at once.
    assert!(set(plans(110, 80, 150)).await);
    assert_eq!(world.state(&waits).await, JobState::Ready);
    let claimed = world.claim_one().await;
    assert_eq!(claimed.lease.job, waits);
    let warned = world.store.read(async |tx| events::after(tx, &ada(), 0, 100).await).await.unwrap();
    let warned: Vec<_> = warned.iter().filter(|event| event.kind == "limit.near").collect();
    assert_eq!((warned.len(), &warned[0].data["limit"]), (1, &json!("money_per_day")));
    assert_eq!((&warned[0].data["used"], &warned[0].data["hard"]), (&json!(110), &json!(110)));
    world.succeed(&claimed).await;
    assert_eq!(spent().await.today, MicroUsd(70), "without a call nothing is spent");
    assert_eq!(world.drift().await, [] as [String; 0]);

    // The month is shared by its days; its end is far.
    let waits = costs(ada(), 90).await;
    assert_eq!(world.claimed_ids(9).await, []);
    let released = async || world.store.write(async |tx| limits::release_over_budget(tx, &ada()).await).await.unwrap();
    assert_eq!((released().await, released().await), (1, 0));
    assert_eq!(world.claimed_ids(9).await, [], "there is no more than before");
    assert!(set(plans(200, 80, 150)).await);
    assert_eq!(world.claimed_ids(9).await, []);
    let why = world.store.read(async |tx| jobs::why(tx, &ada(), &waits).await).await.unwrap();
    let (scope, month) = ("owner_month".to_owned(), today.get(..7).unwrap().to_owned());
    let name = format!("ada {month}");
    assert_eq!(why.reasons[0], Reason::Budget { scope, name, cost: MicroUsd(90), left: MicroUsd(80) });
    assert!(set(Plans::default()).await);
    assert_eq!(world.claimed_ids(9).await, [waits], "and without a cap all of it goes");
    assert_eq!(world.budgets().await, [], "what owners spend is no cap of the operator's");
    let before = world.now().await + seconds(40 * 24 * 3_600);
    let forget = async |scope: &'static str| {
        world.store.write(async |tx| retention::forget_owner_budgets(tx, scope, "", before, 10).await).await.unwrap()
    };
    assert_eq!(forget("owner_day").await.removed, 1, "of Ada something is reserved");
    assert_eq!(forget("owner_month").await.removed, 1);
}
