//! One world: nodes that work, callers that ask, and what goes wrong for them, all out of one seed.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::money::MicroUsd;
use sluice_engine::{Engine, Randomness, Worker};
use sluice_store::jobs::spend::{self, Over};
use sluice_store::{Database, Options, Store, StoreError, controls, jobs as stored};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::task::AbortOnDropHandle;

use crate::callers::Caller;
use crate::faults::Troubles;
use crate::jobs::{Filmed, Listener, One, Outside, PER_KEY, Paid, Plain, Tick, Whole};
use crate::provider::Provider;
use crate::studio::Studio;
use crate::{checks, clock, history, rates, ticks};

/// What is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Every kind of job, and every kind of trouble.
    Mixed,
    /// Very many small jobs, and a few of their neighbours.
    Crowd,
}

/// What a world came to.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) kind: Kind,
    /// Of everything that the event logs tell, in their order.
    pub(crate) fingerprint: u64,
    /// Jobs that have ended.
    pub(crate) ended: u64,
    pub(crate) attempts: u64,
    pub(crate) crashes: u64,
    pub(crate) faults: u64,
    pub(crate) jumps: u64,
    pub(crate) calls: u64,
    /// What must never be.
    pub(crate) wrong: Vec<String>,
}

/// Runs the world of a seed, on a thread's own runtime whose clock stands still until everyone waits.
pub(crate) fn run(seed: u64) -> Summary {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        clock::begin();
        Box::pin(World::new(seed).play()).await
    })
}

/// Owners of jobs; the last is the crowd's.
pub(crate) const OWNERS: [&str; 4] = ["ada", "grace", "edsger", "crowd"];
/// The owner of that name.
pub(crate) fn owner(name: &str) -> OwnerId {
    name.parse().expect("an owner")
}

/// What may run at once of each.
const PER_OWNER: i64 = 9;
/// What each may spend at first, and what is added in the end.
const CAP: MicroUsd = MicroUsd(6_500);
const ENOUGH: MicroUsd = MicroUsd(1_000_000);

/// How much of each there is.
struct Scale {
    nodes: usize,
    slots: usize,
    callers: u32,
    jobs: u32,
    /// Moments at which something may happen.
    steps: u32,
}

struct World {
    kind: Kind,
    random: StdRng,
    scale: Scale,
    path: PathBuf,
    _folder: tempfile::TempDir,
    outside: Arc<Outside>,
    /// Commits that fail, of 10,000.
    trouble: u32,
    jumps: bool,
    nodes: Vec<Node>,
    crashes: u64,
    jumped: u64,
    faults: u64,
    /// What the studio says of its works.
    announced: Option<UnboundedReceiver<String>>,
}

/// A process.
struct Node {
    store: Store,
    engine: Engine,
    troubles: Arc<Troubles>,
    worker: Option<Worker>,
}

/// Where the files are: in memory if there is room for it.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder")
}

/// Of ten worlds, this many are crowds.
const CROWDS: u64 = 2;

impl World {
    fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let kind = if seed % 10 < CROWDS { Kind::Crowd } else { Kind::Mixed };
        let scale = match kind {
            Kind::Mixed => Scale { nodes: random.random_range(1..=3), slots: 8, callers: 4, jobs: 60, steps: 60 },
            Kind::Crowd => Scale { nodes: 2, slots: 200, callers: 1, jobs: 20_000, steps: 40 },
        };
        let calm = random.random_range(0..4) == 0;
        let trouble = if calm { 0 } else { random.random_range(10..400) };
        let jumps = !calm && random.random_range(0..2) == 0;
        // Who was stopped between the intent and the question for longer than its lease asks late: what protects from
        // that is the provider's own knowledge of the key, so where the clock jumps it has it.
        let provider = Provider::new(random.random(), jumps, if calm { 0 } else { 25 });
        let (webhooks, announced) = tokio::sync::mpsc::unbounded_channel();
        let studio = Studio::new(random.random(), jumps, if calm { 0 } else { 15 }, webhooks);
        let outside = Outside {
            random: Mutex::new(StdRng::seed_from_u64(random.random())),
            provider: Arc::new(provider),
            studio: Arc::new(studio),
            neighbours: Mutex::default(),
            rated: kind == Kind::Mixed && seed.is_multiple_of(2),
            begun: Mutex::default(),
            first_tick: Mutex::default(),
            wrong: Mutex::default(),
            calm: calm.into(),
            crowd_is_there: tokio::sync::Notify::new(),
            crowd_began_last: 0.into(),
        };
        let folder = folder();
        Self {
            kind,
            random,
            scale,
            path: folder.path().join("world.db"),
            _folder: folder,
            outside: Arc::new(outside),
            trouble,
            jumps,
            nodes: Vec::new(),
            crashes: 0,
            jumped: 0,
            faults: 0,
            announced: Some(announced),
        }
    }

    async fn node(&mut self, trouble: u32) -> Node {
        let troubles = Arc::new(Troubles::new(self.random.random(), trouble));
        let store = open(&self.path, Arc::clone(&troubles)).await;
        let engine = Engine::builder(store.clone())
            .randomness(Randomness::seeded(self.random.random()))
            .register::<Plain>(Arc::clone(&self.outside))
            .register::<Paid>(Arc::clone(&self.outside))
            .register::<Filmed>(Arc::clone(&self.outside))
            .register::<Listener>(Arc::clone(&self.outside))
            .register::<Whole>(Arc::clone(&self.outside))
            .register::<Tick>(Arc::clone(&self.outside))
            .register::<One>(Arc::clone(&self.outside))
            .pool("default", self.scale.slots)
            .build();
        Node { store, engine, troubles, worker: None }
    }

    async fn start(&mut self) {
        let node = self.node(self.trouble).await;
        let worker = Some(node.engine.start());
        self.nodes.push(Node { worker, ..node });
    }

    /// The process of a node is gone, in the midst of whatever it did.
    fn crash(&mut self, index: usize) {
        let node = self.nodes.remove(index);
        self.faults += node.troubles.happened();
        self.crashes += 1;
        drop(node.worker);
    }

    async fn play(mut self) -> Summary {
        // An engine that only asks, and looks: its own commits fail as those of the others do.
        let caller = self.node(self.trouble).await;
        let watcher = self.node(0).await;
        self.prepare(&watcher).await.expect("a new database");
        let webhooks = self.announced.take().map(|announced| deliver(caller.engine.clone(), announced));
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let mut callers = tokio::task::JoinSet::new();
        for number in 0..self.scale.callers {
            let caller = Caller {
                number,
                jobs: self.scale.jobs,
                kind: self.kind,
                engine: caller.engine.clone(),
                random: StdRng::seed_from_u64(self.random.random()),
                acknowledged: Arc::clone(&acknowledged),
                outside: Arc::clone(&self.outside),
                slow: self.trouble > 0,
            };
            callers.spawn(caller.work());
        }
        if self.kind == Kind::Crowd {
            // Its neighbours are to find it there.
            self.outside.crowd_is_there.notified().await;
        }
        for _ in 0..self.scale.nodes {
            self.start().await;
        }
        for _ in 0..self.scale.steps {
            self.step().await;
            self.look(&watcher).await;
        }
        while let Some(done) = callers.join_next().await {
            done.expect("a caller that does its work");
        }
        self.outside.calm.store(true, Ordering::Relaxed);
        let ticks = self.heal(&caller, &watcher).await;
        self.settle(&watcher).await;
        for node in &self.nodes {
            self.faults += node.troubles.happened();
        }
        drop(webhooks);
        self.sum_up(&watcher, &acknowledged, ticks).await
    }

    async fn prepare(&self, node: &Node) -> Result<(), StoreError> {
        node.store
            .write(async |tx| {
                if self.kind == Kind::Crowd {
                    return Ok(());
                }
                rates::set(tx, &self.outside).await?;
                controls::set_limit(tx, "owner", "*", Some(PER_OWNER)).await?;
                controls::set_limit(tx, "key", "*", Some(PER_KEY)).await?;
                for owner in OWNERS {
                    spend::set_budget(tx, "owner", owner, CAP, Over::Wait).await?;
                }
                ticks::begin(tx, &node.engine, &self.outside).await
            })
            .await
    }

    /// A while passes; then something may happen.
    async fn step(&mut self) {
        let longest = if self.kind == Kind::Crowd { 80 } else { 1_500 };
        let while_ = self.random.random_range(20..longest);
        tokio::time::sleep(Duration::from_millis(while_)).await;
        if self.trouble == 0 {
            return;
        }
        let nodes = self.nodes.len();
        match self.random.random_range(0..100) {
            0..12 if nodes > 0 => {
                let index = self.random.random_range(0..nodes);
                self.crash(index);
            }
            12..40 if nodes < self.scale.nodes => self.start().await,
            // Cut off from the database: it works on, and its leases run out.
            40..44 if nodes > 0 => {
                let index = self.random.random_range(0..nodes);
                self.nodes[index].troubles.cut_off(true);
            }
            44..60 => self.nodes.iter().for_each(|node| node.troubles.cut_off(false)),
            60..63 if self.jumps => {
                self.jumped += 1;
                clock::jump(self.random.random_range(-5_000..40_000));
            }
            _ => {}
        }
    }

    async fn look(&self, watcher: &Node) {
        if self.kind == Kind::Mixed
            && let Err(error) = checks::at_this_moment(&watcher.store, &self.outside, PER_OWNER).await
        {
            self.outside.wrong(format!("the database cannot be read: {error}"));
        }
    }

    /// From now on nothing goes wrong any more, and there is money. Gives the ticks of the schedule, which ends.
    async fn heal(&mut self, caller: &Node, watcher: &Node) -> u64 {
        caller.troubles.cease();
        for node in &self.nodes {
            node.troubles.cease();
        }
        self.trouble = 0;
        while self.nodes.len() < self.scale.nodes {
            self.start().await;
        }
        let raised = watcher.store.write(async |tx| {
            for owner in OWNERS {
                spend::set_budget(tx, "owner", owner, ENOUGH, Over::Wait).await?;
            }
            ticks::end(tx, &self.outside).await
        });
        raised.await.expect("a write that nothing fails")
    }

    /// Whatever is left ends by itself, and soon.
    async fn settle(&mut self, watcher: &Node) {
        const LONGEST: Duration = Duration::from_hours(1);
        let begun = tokio::time::Instant::now();
        loop {
            let left = watcher.store.read(async |tx| stored::operator::unfinished(tx).await).await.expect("a read");
            if left.is_empty() {
                return;
            }
            if begun.elapsed() > LONGEST {
                let of = |job: &stored::JobRow| {
                    format!("{} {} {} attempt {} {:?}", job.id, job.kind, job.state.as_str(), job.attempt, job.error)
                };
                let left: Vec<_> = left.iter().map(of).collect();
                return self.outside.wrong(format!("never ended: {left:?}"));
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.look(watcher).await;
        }
    }

    async fn sum_up(self, watcher: &Node, acknowledged: &Mutex<Vec<(OwnerId, JobId)>>, ticks: u64) -> Summary {
        let acknowledged = std::mem::take(&mut *acknowledged.lock().unwrap_or_else(PoisonError::into_inner));
        let told = history::read(&watcher.store).await.expect("the history");
        let mut wrong = std::mem::take(&mut *self.outside.wrong.lock().unwrap_or_else(PoisonError::into_inner));
        wrong.extend(history::judge(&told, &acknowledged));
        wrong.extend(rates::judge(&self.outside));
        wrong.extend(ticks::judge(&told, ticks));
        let (calls, twice) = self.outside.provider.charged();
        let (films, filmed_twice) = self.outside.studio.charged();
        wrong.extend(twice.into_iter().chain(filmed_twice).map(|key| format!("paid more than once: {key}")));
        wrong.truncate(20);
        Summary {
            kind: self.kind,
            fingerprint: told.fingerprint(),
            ended: told.ended(),
            attempts: told.attempts(),
            crashes: self.crashes,
            faults: self.faults,
            jumps: self.jumped,
            calls: calls + films,
            wrong,
        }
    }
}

/// Brings webhooks, in a task that ends with the world. One whose write fails is lost: the poll finds what it said.
fn deliver(engine: Engine, announced: UnboundedReceiver<String>) -> AbortOnDropHandle<()> {
    let mut announced = announced;
    AbortOnDropHandle::new(tokio::spawn(async move {
        while let Some(id) = announced.recv().await {
            engine.store().write(async |tx| engine.call_changed(tx, "studio", &id).await).await.ok();
        }
    }))
}

async fn open(path: &Path, troubles: Arc<Troubles>) -> Store {
    let options = Options { clock: Some(clock::now), faults: troubles, ..Options::default() };
    Store::open_with(&Database::Sqlite(path.to_owned()), options).await.expect("a database")
}
