//! Finished jobs are found by a walk and forgotten with their families, beside a model of random trees.

use std::collections::BTreeSet;
use std::time::Duration;

use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{self, NewJob};
use sluice_store::retention::{self, Finished};
use sluice_store::{Store, testing};
use sluice_testkit::TestStore;

use crate::{Dice, ada, on_both, random, read, write};

on_both! {
    finished_jobs_go_with_all_their_descendants_and_the_others_stay
    what_is_run_again_meanwhile_stays
    an_attempt_holds_its_job_for_as_long_as_it_runs
}

const MINUTE: Duration = Duration::from_mins(1);

#[derive(Debug)]
struct Made {
    id: JobId,
    parent: Option<usize>,
    finished_at: Option<Timestamp>,
}

pub(crate) fn new_job(id: &JobId, parent: Option<&JobId>) -> NewJob {
    NewJob {
        id: id.clone(),
        kind: "test".into(),
        pool: "default".into(),
        stage: "first".into(),
        payload: "{}".into(),
        owner: ada(),
        subject: "a reel".into(),
        parent: parent.cloned(),
        priority: 0,
        delay: Duration::ZERO,
        max_attempts: 3,
        idle_ttl: None,
        idempotency_key: None,
        after: Vec::new(),
        limit_key: None,
        need: jobs::Need::default(),
    }
}

/// Trees of jobs, a minute apart, of which most have ended.
async fn forest(store: &Store, dice: &mut Dice, count: usize, start: Timestamp) -> Vec<Made> {
    let mut made: Vec<Made> = Vec::new();
    for number in 0..count {
        let at = start + MINUTE * u32::try_from(number).unwrap();
        let id = JobId::new(at, random(dice.below(1_000_000)));
        let parent = (number > 0 && dice.below(3) > 0).then(|| dice.below(number));
        let parent_id = parent.map(|parent| made[parent].id.clone());
        let lasted = MINUTE * u32::try_from(dice.below(count)).unwrap();
        let finished_at = (dice.below(8) > 0).then(|| at + lasted);
        write(store, async |tx| jobs::enqueue(tx, &new_job(&id, parent_id.as_ref())).await).await;
        if let Some(finished_at) = finished_at {
            finish(store, &id, finished_at).await;
        }
        made.push(Made { id, parent, finished_at });
    }
    made
}

async fn finish(store: &Store, id: &JobId, at: Timestamp) {
    let at = at.as_millis();
    let text = format!("UPDATE jobs SET state = 'cancelled', finished_at = {at} WHERE id = '{id}'");
    assert_eq!(store.execute(&text).await.unwrap(), 1);
}

async fn left(store: &Store) -> BTreeSet<String> {
    let query = "SELECT id AS value FROM jobs WHERE id <> $1";
    read(store, async |tx| testing::texts(tx, query, &[""]).await).await.into_iter().collect()
}

/// A tree's jobs, its root first.
fn family(made: &[Made], root: usize) -> Vec<usize> {
    let mut family = vec![root];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend((0..made.len()).filter(|child| made[*child].parent == Some(parent)));
        at += 1;
    }
    family
}

/// All pages of a walk.
async fn walk(store: &Store, before: Timestamp, limit: u32) -> Finished {
    let mut all = Finished::default();
    loop {
        let after = all.next.take().unwrap_or_default();
        let page = read(store, async |tx| retention::finished_jobs(tx, &after, before, limit).await).await;
        assert!(page.single.len() + page.families.len() <= limit as usize);
        all.single.extend(page.single);
        all.families.extend(page.families);
        match page.next {
            Some(next) => {
                assert!(next > after, "it comes further");
                all.next = Some(next);
            }
            None => return all,
        }
    }
}

async fn finished_jobs_go_with_all_their_descendants_and_the_others_stay(test: &TestStore) {
    let store = test.store();
    for seed in 1..=4 {
        store.execute("DELETE FROM jobs").await.unwrap();
        let mut dice = Dice::new(seed);
        let start = store.now().await.unwrap();
        let made = forest(store, &mut dice, 36, start).await;
        let before = start + MINUTE * 30;
        let over = |job: &usize| made[*job].finished_at.is_some_and(|at| at < before);
        let roots = (0..made.len()).filter(|job| made[*job].parent.is_none());
        let (mut single, mut families, mut gone) = (Vec::new(), Vec::new(), BTreeSet::new());
        for root in roots {
            let all = family(&made, root);
            if all.iter().all(over) {
                let of_kind = if all.len() == 1 { &mut single } else { &mut families };
                of_kind.push(made[root].id.to_string());
                gone.extend(all.iter().map(|job| made[*job].id.to_string()));
            }
        }
        for limit in [1, 4, 36, 1_000] {
            let found = walk(store, before, limit).await;
            assert_eq!(found, Finished { single: single.clone(), families: families.clone(), next: None }, "{seed}");
        }
        let removed = write(store, async |tx| retention::forget_jobs(tx, &single, before).await).await;
        assert_eq!(removed, single.len() as u64);
        let mut of_families = 0;
        for root in &families {
            loop {
                let limit = u32::try_from(1 + dice.below(3)).unwrap();
                let batch = write(store, async |tx| retention::forget_family(tx, root, before, limit).await).await;
                assert!(batch.removed <= u64::from(limit), "a batch is no larger than it may be");
                of_families += batch.removed;
                let Some(next) = batch.next else { break };
                assert_eq!(&next, root);
            }
        }
        assert_eq!(of_families + removed, gone.len() as u64, "each job went by itself, none with its parent");
        let expected: BTreeSet<String> =
            made.iter().map(|job| job.id.to_string()).filter(|id| !gone.contains(id)).collect();
        assert_eq!(left(store).await, expected, "seed {seed}");
        assert_eq!(walk(store, before, 5).await, Finished::default());
    }
    store.execute("DELETE FROM jobs").await.unwrap();
}

async fn what_is_run_again_meanwhile_stays(test: &TestStore) {
    let store = test.store();
    let start = store.now().await.unwrap();
    let ids: Vec<JobId> = (0..5).map(|number| JobId::new(start + MINUTE, random(number))).collect();
    write(store, async |tx| {
        jobs::enqueue(tx, &new_job(&ids[0], None)).await?;
        jobs::enqueue(tx, &new_job(&ids[1], None)).await?;
        for (child, parent) in [(2, 1), (3, 2), (4, 1)] {
            jobs::enqueue(tx, &new_job(&ids[child], Some(&ids[parent]))).await?;
        }
        Ok(())
    })
    .await;
    for id in &ids {
        finish(store, id, start + MINUTE).await;
    }
    let before = start + MINUTE * 3;
    let found = walk(store, before, 100).await;
    assert_eq!((found.single, found.families), (vec![ids[0].to_string()], vec![ids[1].to_string()]));
    // Between the look and the removal both are tried again: one whole, the other in part.
    let again = format!("UPDATE jobs SET state = 'ready', finished_at = NULL WHERE id IN ('{}', '{}')", ids[0], ids[3]);
    store.execute(&again).await.unwrap();
    let (single, family) = (ids[0].to_string(), ids[1].to_string());
    assert_eq!(write(store, async |tx| retention::forget_jobs(tx, &[single], before).await).await, 0);
    // A job with children is none that goes by itself, whoever names it.
    let parent = [family.clone()];
    assert_eq!(write(store, async |tx| retention::forget_jobs(tx, &parent, before).await).await, 0);
    let batch = write(store, async |tx| retention::forget_family(tx, &family, before, 100).await).await;
    assert_eq!((batch.removed, batch.next), (1, None), "only the branch that is over");
    let expected: BTreeSet<String> = [0, 1, 2, 3].map(|n: usize| ids[n].to_string()).into();
    assert_eq!(left(store).await, expected);
    for id in [&ids[0], &ids[3]] {
        finish(store, id, start + MINUTE * 2).await;
    }
    let batch = write(store, async |tx| retention::forget_family(tx, &family, before, 100).await).await;
    assert_eq!((batch.removed, batch.next), (3, None));
    assert_eq!(left(store).await, [ids[0].to_string()].into());
    let none: [String; 0] = [];
    assert_eq!(write(store, async |tx| retention::forget_jobs(tx, &none, before).await).await, 0);
}

async fn an_attempt_holds_its_job_for_as_long_as_it_runs(test: &TestStore) {
    let store = test.store();
    let id = JobId::new(store.now().await.unwrap(), random(1));
    write(store, async |tx| jobs::enqueue(tx, &new_job(&id, None)).await).await;
    let lease = LeaseId::new(store.now().await.unwrap(), random(2)).to_string();
    let held = async |lease: &str| read(store, async |tx| retention::is_leased(tx, &id, lease).await).await;
    assert!(!held(&lease).await);
    let run = format!(
        "UPDATE jobs SET state = 'running', attempt = 1, lease_id = '{lease}', lease_until = 1, lease_worker = 'w'"
    );
    store.execute(&run).await.unwrap();
    assert!(held(&lease).await, "also when its time is over: nobody has taken it back yet");
    assert!(!held("another").await);
    let end = "UPDATE jobs SET state = 'cancelled', finished_at = 1, lease_id = NULL, lease_until = NULL,
        lease_worker = NULL";
    store.execute(end).await.unwrap();
    assert!(!held(&lease).await);
}
