//! Who wants work done in a world.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::json;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_engine::{Engine, EnqueueOptions};
use sluice_store::StoreError;

use crate::clock;
use crate::jobs::{CROWD_WORK, Filmed, Listener, One, Outside, Paid, Plain, Whole};
use crate::world::{Kind, OWNERS, owner};

/// Somebody who wants work done.
pub(crate) struct Caller {
    pub(crate) number: u32,
    pub(crate) jobs: u32,
    pub(crate) kind: Kind,
    pub(crate) engine: Engine,
    pub(crate) random: StdRng,
    pub(crate) acknowledged: Arc<Mutex<Vec<(OwnerId, JobId)>>>,
    pub(crate) outside: Arc<Outside>,
    pub(crate) slow: bool,
}

impl Caller {
    pub(crate) async fn work(mut self) {
        match self.kind {
            Kind::Mixed => self.many_things().await,
            Kind::Crowd => self.crowd().await,
        }
    }

    fn owner(&self) -> OwnerId {
        owner(OWNERS[self.number as usize % OWNERS.len()])
    }

    /// Asks until there is an answer, as a patient caller does: the key makes it one job.
    async fn make(&mut self, n: u32) -> JobId {
        let mut options = EnqueueOptions {
            idempotency_key: Some(n.to_string()),
            priority: self.random.random_range(-1..=1),
            ..EnqueueOptions::of(&self.owner())
        };
        if self.random.random_range(0..8) == 0 {
            options.delay = Duration::from_millis(self.random.random_range(1..9_000));
        }
        if self.random.random_range(0..8) == 0 {
            let made = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
            let own: Vec<_> = made.iter().filter(|(owner, _)| *owner == options.owner).collect();
            if !own.is_empty() {
                options.after = vec![own[self.random.random_range(0..own.len())].1.clone()];
            }
        }
        let which = self.random.random_range(0..12);
        let key = (which < 3).then(|| format!("key {}", n % 4));
        let parts = self.random.random_range(1..5);
        loop {
            let made = match which {
                0..5 => self.engine.submit(&Plain { n, key: key.clone() }, options.clone()).await,
                5..7 => self.engine.submit(&Paid { n: n + 1_000 * self.number }, options.clone()).await,
                7 => self.engine.submit(&Listener { n }, options.clone()).await,
                8 => self.engine.submit(&Whole { n, parts }, options.clone()).await,
                9..11 => self.engine.submit(&Filmed { what: n % 40 }, options.clone()).await,
                _ => {
                    let (engine, options) = (&self.engine, options.clone());
                    let plain = Plain { n, key: None };
                    engine.store().write(async |tx| engine.enqueue(tx, &plain, options).await).await
                }
            };
            match made {
                Ok(job) => return job,
                Err(StoreError::Planned { .. } | StoreError::Interrupted) => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => self.outside.wrong(format!("a job was refused: {error}")),
            }
        }
    }

    async fn many_things(&mut self) {
        for n in 0..self.jobs {
            let job = self.make(n).await;
            self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).push((self.owner(), job));
            let pause = self.random.random_range(0..1_200);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let (owner, some) = {
                let made = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
                made[self.random.random_range(0..made.len())].clone()
            };
            let (engine, store) = (&self.engine, self.engine.store());
            // What fails here was only a wish.
            match self.random.random_range(0..20) {
                0 => drop(store.write(async |tx| engine.cancel(tx, &owner, &some).await).await),
                1..5 => {
                    drop(store.write(async |tx| engine.signal(tx, &owner, &some, "word", &json!(n)).await).await);
                }
                _ => {}
            }
        }
    }

    /// Very many jobs of one owner, and now and then the first one of another.
    async fn crowd(&mut self) {
        const BATCH: u32 = 500;
        let mut batches = self.jobs / BATCH;
        while batches > 0 {
            let options = EnqueueOptions::of(&owner("crowd"));
            let jobs = vec![One { neighbour: None }; BATCH as usize];
            match self.engine.submit_many(&jobs, &options).await {
                Ok(made) => {
                    let made = made.into_iter().map(|job| (owner("crowd"), job.expect("a job that is not refused")));
                    self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).extend(made);
                    batches -= 1;
                }
                // It may have been kept, or not: then there are some more.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        self.outside.crowd_is_there.notify_one();
        tokio::time::sleep(Duration::from_millis(5)).await;
        let mut asked = BTreeMap::new();
        for neighbour in 0..15 {
            let options = EnqueueOptions {
                idempotency_key: Some("the only one".to_owned()),
                ..EnqueueOptions::of(&owner(&format!("neighbour-{neighbour}")))
            };
            let one = One { neighbour: Some(neighbour) };
            let job = loop {
                match self.engine.submit(&one, options.clone()).await {
                    Ok(job) => break job,
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            };
            self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).push((options.owner, job));
            asked.insert(neighbour, clock::passed());
            let pause = self.random.random_range(5..40);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        if !self.slow {
            self.were_not_starved(&asked).await;
        }
    }

    /// Where nothing fails, another owner's first job waits for a slot's work and for the gathering of slots.
    async fn were_not_starved(&self, asked: &BTreeMap<u32, u64>) {
        const GATHERING: u64 = 2;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let begun = self.outside.neighbours.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let crowd_ended = self.outside.crowd_began_last.load(Ordering::Relaxed);
        let mut beside = 0;
        // Once the crowd is through, what another process asks for is found by looking once a second.
        for (neighbour, at) in asked.iter().filter(|(_, at)| **at + CROWD_WORK + GATHERING < crowd_ended) {
            beside += 1;
            let waited = begun.get(neighbour).map(|then| then.saturating_sub(*at));
            if waited.is_none_or(|waited| waited > CROWD_WORK + GATHERING) {
                self.outside.wrong(format!("a neighbour of a crowd waited for {waited:?} ms"));
            }
        }
        if beside < asked.len() / 2 {
            self.outside.wrong(format!("only {beside} neighbours came while the crowd was there"));
        }
    }
}
