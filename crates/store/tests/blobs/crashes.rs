//! Many at once, each of whom may stop between any two steps: what is pointed at is there, always; and in the end
//! nothing is there that nobody points at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_store::blobs::{self, Registered};
use sluice_store::{Store, StoreError};
use sluice_testkit::TestStore;
use tokio::sync::RwLock;

use super::{after_the_grace, hash, on_both, owner, reference, subject};

on_both! {
    nothing_that_is_pointed_at_is_ever_lost
}

const BLOBS: u32 = 4;
const SEEDS: u64 = 8;
const STEPS: usize = 60;

/// Where bytes are, instead of a disk.
type Bytes = Arc<Mutex<BTreeSet<String>>>;

/// Random numbers by xorshift: the same seed, the same run of each actor.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    /// One in eight times, the actor stops here.
    fn crash(&mut self) -> bool {
        self.below(8) == 0
    }

    fn hash(&mut self) -> String {
        hash(u32::try_from(self.below(u64::from(BLOBS))).unwrap())
    }
}

#[derive(Clone)]
struct World {
    store: Store,
    bytes: Bytes,
    /// Held while a collector deletes: the clock passes its deadline only when it has stopped.
    clock: Arc<RwLock<()>>,
}

impl World {
    fn has(&self, hash: &str) -> bool {
        self.bytes.lock().unwrap().contains(hash)
    }

    /// Brings bytes, and lets a subject point at them; says whether it does now.
    async fn put(&self, dice: &mut Dice, owner: &OwnerId, id: &str, hash: &str) -> bool {
        let registered = self.store.write(async |tx| blobs::register(tx, hash, 10).await).await.unwrap();
        let Registered::Ready(registration) = registered else { return false };
        if dice.crash() {
            return false;
        }
        self.bytes.lock().unwrap().insert(hash.to_owned());
        if dice.crash() {
            return false;
        }
        if !self.store.write(async |tx| blobs::confirm(tx, hash, registration).await).await.unwrap() {
            return false;
        }
        if dice.crash() {
            return false;
        }
        self.point(owner, id, hash).await
    }

    async fn point(&self, owner: &OwnerId, id: &str, hash: &str) -> bool {
        match reference(&self.store, &subject(owner, id), &[hash]).await {
            Ok(()) => true,
            Err(StoreError::BlobGone { .. } | StoreError::Contended(_)) => false,
            Err(error) => panic!("{error}"),
        }
    }

    async fn collect(&self, dice: &mut Dice) {
        let _deadline = self.clock.read().await;
        let garbage = self.store.write(async |tx| blobs::begin_collecting(tx, blobs::GRACE, 3).await).await;
        let garbage = match garbage {
            Ok(garbage) => garbage,
            Err(StoreError::Contended(_)) => return,
            Err(error) => panic!("{error}"),
        };
        let mut deleted = Vec::new();
        for hash in &garbage.hashes {
            if dice.crash() {
                return;
            }
            self.bytes.lock().unwrap().remove(hash);
            deleted.push(hash.as_str());
            tokio::task::yield_now().await;
        }
        if dice.crash() {
            return;
        }
        self.store.write(async |tx| blobs::finish_collecting(tx, &deleted, garbage.since).await).await.unwrap();
    }

    async fn move_clock(&self, dice: &mut Dice) {
        let _nobody_deletes = self.clock.write().await;
        let by = Duration::from_secs(dice.below(900));
        self.store.advance_clock(by).await.unwrap();
    }

    /// What the sweep does with bytes that have no row.
    async fn adopt(&self) {
        let found: Vec<String> = self.bytes.lock().unwrap().iter().cloned().collect();
        let found: Vec<(&str, u64)> = found.iter().map(|hash| (hash.as_str(), 10)).collect();
        self.store.write(async |tx| blobs::adopt(tx, &found).await).await.unwrap();
    }
}

/// One of several owners that put, point and let go at the same time. Gives what it points at in the end.
async fn own(world: World, name: String, mut dice: Dice) -> BTreeMap<String, BTreeSet<String>> {
    let me = owner(&name);
    let mut mine: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for _ in 0..STEPS {
        let (id, hash) = (format!("subject {}", dice.below(2)), dice.hash());
        match dice.below(4) {
            0 => {
                let released = world.store.write(async |tx| blobs::release(tx, &subject(&me, &id)).await).await;
                match released {
                    Ok(()) => drop(mine.remove(&id)),
                    Err(StoreError::Contended(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            // Somebody brought it before, perhaps long ago.
            1 if world.point(&me, &id, &hash).await => drop(mine.entry(id).or_default().insert(hash)),
            1 => {}
            _ if world.put(&mut dice, &me, &id, &hash).await => drop(mine.entry(id).or_default().insert(hash)),
            _ => {}
        }
        for hash in mine.values().flatten() {
            assert!(world.has(hash), "{name} points at {hash}, and it is gone");
        }
        tokio::task::yield_now().await;
    }
    mine
}

async fn nothing_that_is_pointed_at_is_ever_lost(test: TestStore) {
    for seed in 1..=SEEDS {
        let world = World { store: test.store().clone(), bytes: Bytes::default(), clock: Arc::new(RwLock::new(())) };
        let owners: Vec<_> = (0..3)
            .map(|n| tokio::spawn(own(world.clone(), format!("{seed}-{n}"), Dice(seed * 1000 + n + 1))))
            .collect();
        let others: Vec<_> = (0..3)
            .map(|n| {
                let (world, mut dice) = (world.clone(), Dice(seed * 7919 + n + 1));
                tokio::spawn(async move {
                    for step in 0..STEPS {
                        match n {
                            0 | 1 => world.collect(&mut dice).await,
                            _ if step % 5 == 0 => world.adopt().await,
                            _ => world.move_clock(&mut dice).await,
                        }
                        tokio::task::yield_now().await;
                    }
                })
            })
            .collect();
        let mut wanted = BTreeSet::new();
        for task in owners {
            wanted.extend(task.await.unwrap().into_values().flatten());
        }
        for task in others {
            task.await.unwrap();
        }
        settle(&world, &wanted).await;
        for n in 0..3 {
            let me = owner(&format!("{seed}-{n}"));
            for id in ["subject 0", "subject 1"] {
                world.store.write(async |tx| blobs::release(tx, &subject(&me, id)).await).await.unwrap();
            }
        }
        settle(&world, &BTreeSet::new()).await;
    }
    test.end().await;
}

/// Once everybody is done and time has passed, what is there is what is wanted.
async fn settle(world: &World, wanted: &BTreeSet<String>) {
    world.adopt().await;
    for _ in 0..4 {
        after_the_grace(&world.store).await;
        let garbage = world.store.write(async |tx| blobs::begin_collecting(tx, blobs::GRACE, 100).await).await.unwrap();
        for hash in &garbage.hashes {
            world.bytes.lock().unwrap().remove(hash);
        }
        let hashes: Vec<&str> = garbage.hashes.iter().map(String::as_str).collect();
        world.store.write(async |tx| blobs::finish_collecting(tx, &hashes, garbage.since).await).await.unwrap();
    }
    assert_eq!(*world.bytes.lock().unwrap(), *wanted);
    let rows = world.store.read(async |tx| blobs::after(tx, "", 100).await).await.unwrap();
    assert_eq!(rows.into_iter().map(|row| row.hash).collect::<BTreeSet<_>>(), *wanted);
}
