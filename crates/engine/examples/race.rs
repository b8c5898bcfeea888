//! Calls that race for the same money, for `scripts/chaos`: several engines, each with connections of its own, on one
//! database, and a cap that half of the calls fit under. `race --database D --calls N` prints what came of it as one JSON
//! object. Each call costs what was reserved for it, so what must come of it is known: exactly those that fit are made.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clap::Parser;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::money::MicroUsd;
use sluice_engine::{Answer, Ask, CallError, Engine, EnqueueOptions, Found, Job, JobError, Need, Next, Run, Settings};
use sluice_store::jobs::spend::{self, Over};
use sluice_store::{Database, Options, PostgresUrl, Store, StoreError, jobs};
use tokio::time::Instant;

const PRICE: MicroUsd = MicroUsd(7);
const PROVIDER: &str = "till";
/// Jobs that are enqueued in one unit of work.
const BULK: u32 = 5_000;
/// Pause between two looks at what has ended, each of which counts all jobs.
const PAUSE: Duration = Duration::from_secs(2);

#[derive(Parser)]
#[command(about = "Calls that race for the same money, for scripts/chaos")]
struct Args {
    /// A SQLite file, or the address of a PostgreSQL server.
    #[arg(long)]
    database: String,
    /// Jobs with a call each.
    #[arg(long, default_value_t = 1_000_000)]
    calls: u32,
    #[arg(long, default_value_t = 4)]
    engines: u32,
    /// Jobs that each engine runs side by side.
    #[arg(long, default_value_t = 250)]
    slots: usize,
    /// Longest time for all of it.
    #[arg(long, default_value_t = 3_600)]
    wait_seconds: u64,
}

/// Counts what it is asked.
#[derive(Clone, Default)]
struct Till {
    asked: Arc<AtomicU64>,
}

impl Ask<u64> for Till {
    fn provider(&self) -> &'static str {
        PROVIDER
    }

    async fn ask(&self, _key: &str) -> Result<Answer<u64>, CallError> {
        let value = self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(Answer { value, provider_id: None, cost: Some(PRICE), quota: None })
    }

    async fn look(&self, _key: &str, _provider_id: Option<&str>) -> Result<Found<u64>, CallError> {
        Ok(Found::Nothing)
    }
}

#[derive(Serialize, Deserialize)]
struct Buy {
    n: u32,
}

#[derive(Serialize, Deserialize)]
enum Only {
    Buy,
}

impl Job for Buy {
    const KIND: &'static str = "race.buy";
    type Stage = Only;
    type Context = Till;

    fn first_stage() -> Only {
        Only::Buy
    }

    fn need(&self, _: &Only) -> Need {
        Need { provider: Some(PROVIDER.to_owned()), cost: PRICE, ..Need::default() }
    }

    async fn run(&self, _: Only, run: &Run, till: &Till) -> Result<Next<Only>, JobError> {
        let number: u64 = run.call(&self.n.to_string(), "race.bought", till).await?;
        Ok(Next::Done(json!(number)))
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn engine(args: &Args, till: &Till) -> Result<Engine, StoreError> {
    let database = match args.database.strip_prefix("postgres://") {
        Some(_) => Database::Postgres(PostgresUrl { url: args.database.clone(), direct: None }),
        None => Database::Sqlite(PathBuf::from(&args.database)),
    };
    let store = Store::open_with(&database, Options::default()).await?;
    let builder = Engine::builder(store).register::<Buy>(till.clone()).pool("default", args.slots);
    Ok(builder.settings(Settings::default()).build())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args = Args::parse();
    let till = Till::default();
    let first = engine(&args, &till).await?;
    let fits = u64::from(args.calls / 2);
    let cap = MicroUsd(i64::try_from(fits)? * PRICE.0);
    let roomy = MicroUsd(cap.0 * 4);
    first
        .store()
        .write(async |tx| {
            // The others are checked with each call, and never in the way.
            spend::set_budget(tx, "provider", PROVIDER, roomy, Over::Fail).await?;
            spend::set_budget(tx, "day", "*", roomy, Over::Fail).await?;
            spend::set_budget(tx, "owner", OwnerId::local().as_str(), cap, Over::Fail).await
        })
        .await?;
    for begin in (0..args.calls).step_by(BULK as usize) {
        let these: Vec<Buy> = (begin..args.calls.min(begin + BULK)).map(|n| Buy { n }).collect();
        for made in first.submit_many(&these, &EnqueueOptions::of(&OwnerId::local())).await? {
            made?;
        }
    }
    let begun = Instant::now();
    let mut engines = vec![first];
    for _ in 1..args.engines {
        engines.push(engine(&args, &till).await?);
    }
    let workers: Vec<_> = engines.iter().map(Engine::start).collect();
    let store: &Store = engines[0].store();
    let until = begun + Duration::from_secs(args.wait_seconds);
    let (mut bought, mut refused) = (0, 0);
    while bought + refused < u64::from(args.calls) && Instant::now() < until {
        tokio::time::sleep(PAUSE).await;
        let count = async |tx: &mut sluice_store::Tx| {
            Ok::<_, StoreError>((
                jobs::operator::count_in_state(tx, "succeeded").await?,
                jobs::operator::count_in_state(tx, "dead").await?,
            ))
        };
        (bought, refused) = store.read(count).await?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    for worker in workers {
        worker.shutdown(Duration::from_secs(5)).await;
    }
    let (budgets, drift) =
        store.read(async |tx| Ok::<_, StoreError>((spend::budgets(tx).await?, spend::drift(tx).await?))).await?;
    let budgets: Vec<_> = budgets.iter().filter(|budget| budget.name != "*").collect();
    let asked = till.asked.load(Ordering::Relaxed);
    let kept = asked == fits
        && bought == fits
        && refused == u64::from(args.calls) - fits
        && drift.is_empty()
        && budgets.iter().all(|budget| (budget.reserved, budget.spent) == (MicroUsd(0), cap));
    let found = json!({
        "calls": args.calls, "engines": args.engines, "fit": fits, "asked": asked, "succeeded": bought,
        "refused": refused, "cap": cap.0, "kept": kept, "drift": drift, "seconds": seconds,
        "budgets": budgets.iter().map(|it| json!([it.scope, it.reserved.0, it.spent.0])).collect::<Vec<_>>(),
    });
    {
        use std::io::Write as _;
        writeln!(std::io::stdout().lock(), "{found}")?;
    }
    for engine in &engines {
        engine.store().close().await;
    }
    Ok(())
}
