//! A twin, and an engine whose jobs call it.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_app::routing::{self, Made, Unchanged};
use sluice_capability::{CompleteRequest, Completing, Completion, Context, Does as _, Message, Role, Router, Wish};
use sluice_domain::ids::OwnerId;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_engine::{Called, Engine, EnqueueOptions, Job, JobError, Need, Next, Run};
use sluice_outbound::{Client, Rules, Settings as Outbound};
use sluice_providers::http::Secret;
use sluice_providers::openai::{ChatModel, Delivery, Server, Service, Settings};
use sluice_providers::prices::Prices;
use sluice_store::Store;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};

const KEY: &str = "key-of-a-benchmark-0123456789";
const CALM_MODEL: &str = "gpt-5-mini";
const STORMY_MODEL: &str = "openai/gpt-5-mini";
const QUESTION: &str = "When is high tide at the lighthouse?";
const TOKENS: u32 = 100;
/// What each call reserves.
const RESERVED: MicroUsd = MicroUsd(10_000);
/// Jobs at the same time.
const SLOTS: usize = 16;
/// No call takes as long.
const PATIENCE: Duration = Duration::from_secs(30);

/// The twin within this process.
pub(super) struct Twin {
    base: String,
    client: reqwest::Client,
    _stopping: DropGuard,
}

impl Twin {
    pub(super) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("cannot listen on this machine")?;
        let base = format!("http://{}", listener.local_addr()?);
        let stopping = CancellationToken::new();
        let started = Timestamp::from_millis(1_795_000_000_000);
        let options = sluice_twin::Options { seed: 1, started, plan: sluice_twin::Plan::default() };
        tokio::spawn(sluice_twin::serve(listener, options, stopping.clone()));
        // Another part of this process may have chosen it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self { base, client, _stopping: stopping.drop_guard() })
    }

    /// Plans faults, instead of those before.
    pub(super) async fn plan(&self, faults: &Value) -> anyhow::Result<()> {
        self.client.post(format!("{}/twin/faults", self.base)).json(faults).send().await?.error_for_status()?;
        Ok(())
    }

    /// How often an operation was asked for.
    pub(super) async fn asked(&self, provider: &str, operation: &str) -> anyhow::Result<u64> {
        let all: Value = self.client.get(format!("{}/twin/requests", self.base)).send().await?.json().await?;
        let count = all.get(provider).and_then(|of| of.get(operation)).and_then(Value::as_u64);
        Ok(count.unwrap_or(0))
    }

    fn model(&self, client: &Client, server: Server, (path, name): (&str, &str)) -> anyhow::Result<Arc<ChatModel>> {
        let settings = Settings {
            address: Some(format!("{}{path}", self.base)),
            key: Some(Secret::new(KEY)?),
            ..Settings::new(server, name, Arc::new(Prices::built_in()?))
        };
        Ok(Arc::new(ChatModel::new(Service::new(client.clone(), settings)?, Delivery::Whole)?))
    }
}

/// Which provider a job calls.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Of {
    /// The one that always answers.
    Calm,
    /// The one that may answer 429.
    Stormy,
}

/// What the jobs work with.
struct Shared {
    calm: Arc<ChatModel>,
    calm_routes: Router<Completing, ChatModel>,
    stormy_routes: Router<Completing, ChatModel>,
    bare: reqwest::Client,
    bare_url: String,
    /// Who waits for which job.
    waiting: Mutex<HashMap<u32, oneshot::Sender<()>>>,
    compared: Mutex<Compared>,
}

/// The times of the same request, in milliseconds.
#[derive(Debug, Clone, Default)]
pub(super) struct Compared {
    pub(super) bare: Vec<f64>,
    pub(super) client: Vec<f64>,
    pub(super) engine: Vec<f64>,
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn request() -> CompleteRequest {
    let messages = vec![Message { role: Role::User, text: QUESTION.to_owned() }];
    CompleteRequest { messages, schema: None, max_output_tokens: TOKENS, temperature: None, once: false }
}

impl Shared {
    /// A request by a plain HTTP client, whose answer is read.
    async fn bare(&self) -> Result<(), reqwest::Error> {
        let body = json!({
            "model": CALM_MODEL,
            "messages": [{ "role": "user", "content": QUESTION }],
            "max_completion_tokens": TOKENS,
        });
        let sent = self.bare.post(&self.bare_url).bearer_auth(KEY).json(&body).send().await?;
        sent.error_for_status()?.json::<Value>().await.map(|_| ())
    }

    fn expect(&self, number: u32) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number, sender);
        receiver
    }

    fn done(&self, number: u32) {
        if let Some(sender) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&number) {
            sender.send(()).ok();
        }
    }

    fn compared(&self) -> Compared {
        self.compared.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Once {
    Only,
}

/// What a job does.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Calls {
    /// One call.
    One { number: u32, of: Of },
    /// The same request bare, by our client alone, and through the engine, again and again in turn.
    Compared { calls: u32 },
}

impl Job for Calls {
    const KIND: &'static str = "bench.provider";
    type Stage = Once;
    type Context = Arc<Shared>;

    fn first_stage() -> Once {
        Once::Only
    }

    fn pool() -> &'static str {
        "bench"
    }

    fn need(&self, _: &Once) -> Need {
        Need { cost: RESERVED, ..Need::default() }
    }

    async fn run(&self, Once::Only: Once, run: &Run, shared: &Arc<Shared>) -> Result<Next<Once>, JobError> {
        match *self {
            Self::One { number, of } => chat(number, of, run, shared).await,
            Self::Compared { calls } => compare(calls, run, shared).await,
        }
    }
}

async fn chat(number: u32, of: Of, run: &Run, shared: &Shared) -> Result<Next<Once>, JobError> {
    let (routes, key) = match of {
        Of::Calm => (&shared.calm_routes, format!("calm {number}")),
        Of::Stormy => (&shared.stormy_routes, format!("stormy {number}")),
    };
    let (request, wish) = (request(), Wish::default());
    let called: Called<Made<Completion>> = routing::ask(run, &key, routes, &request, &wish, Unchanged).await?;
    Ok(match called {
        Called::Done(made) => {
            shared.done(number);
            Next::Done(json!(made.value.text))
        }
        Called::Pending(pending) => Next::AwaitCall(pending),
    })
}

async fn compare(calls: u32, run: &Run, shared: &Shared) -> Result<Next<Once>, JobError> {
    let failed = |error: String| JobError::fail("bench", error);
    let (request, wish) = (request(), Wish::default());
    let mut compared = Compared::default();
    // Connections are opened by the first ones, which are not counted.
    for number in 0..=calls {
        let key = format!("compared {number}");
        let begun = Instant::now();
        shared.bare().await.map_err(|error| failed(error.to_string()))?;
        let bare = begun.elapsed();
        let begun = Instant::now();
        let context = Context { key: &key, progress: &|_| {} };
        shared.calm.begin(&request, context).await.map_err(|error| failed(error.to_string()))?;
        let client = begun.elapsed();
        let begun = Instant::now();
        let called: Called<Made<Completion>> =
            routing::ask(run, &key, &shared.calm_routes, &request, &wish, Unchanged).await?;
        let engine = begun.elapsed();
        if let Called::Pending(_) = called {
            return Err(failed("a synchronous call is pending".to_owned()));
        }
        if number > 0 {
            compared.bare.push(milliseconds(bare));
            compared.client.push(milliseconds(client));
            compared.engine.push(milliseconds(engine));
        }
    }
    *shared.compared.lock().unwrap_or_else(PoisonError::into_inner) = compared;
    shared.done(0);
    Ok(Next::Done(Value::Null))
}

/// An engine on an empty database.
pub(super) struct Bed {
    engine: Engine,
    store: Store,
    shared: Arc<Shared>,
    _folder: TempDir,
}

impl Bed {
    pub(super) async fn open(twin: &Twin) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = Store::open(&folder.path().join("bench.db")).await?;
        let rules = Rules::new(vec!["127.0.0.1".parse()?]);
        let client = Client::new(&Outbound { rules, ..Outbound::new("Sluice/bench") })?;
        let calm = twin.model(&client, Server::OpenAi, ("/openai/v1", CALM_MODEL))?;
        let stormy = twin.model(&client, Server::OpenRouter, ("/openrouter/api/v1", STORMY_MODEL))?;
        let shared = Arc::new(Shared {
            calm: Arc::clone(&calm),
            calm_routes: Router::only(calm),
            stormy_routes: Router::only(stormy),
            bare: twin.client.clone(),
            bare_url: format!("{}/openai/v1/chat/completions", twin.base),
            waiting: Mutex::default(),
            compared: Mutex::default(),
        });
        let engine = Engine::builder(store.clone()).register::<Calls>(Arc::clone(&shared)).pool("bench", SLOTS).build();
        Ok(Self { engine, store, shared, _folder: folder })
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// One job that compares so many calls.
    pub(super) async fn compare(&self, calls: u32) -> anyhow::Result<Compared> {
        let (mut done, begun) = (self.shared.expect(0), Instant::now());
        let job = self.engine.submit(&Calls::Compared { calls }, EnqueueOptions::of(&OwnerId::local())).await?;
        loop {
            if tokio::time::timeout(Duration::from_millis(200), &mut done).await.is_ok() {
                return Ok(self.shared.compared());
            }
            let view = self.engine.job(&OwnerId::local(), &job).await?;
            if let Some(error) = view.and_then(|view| view.job.error) {
                bail!("the calls were not compared: {}", error.message);
            }
            ensure!(begun.elapsed() < PATIENCE * calls, "the calls were not compared in time");
        }
    }

    /// Jobs with a call each of the calm provider, by callers that wait for one before they submit the next: the times from
    /// the submission to the stored result, in milliseconds.
    pub(super) async fn jobs(&self, callers: u32, calls: u32) -> anyhow::Result<Vec<f64>> {
        let mut tasks = JoinSet::new();
        for caller in 0..callers {
            let (engine, shared) = (self.engine.clone(), Arc::clone(&self.shared));
            tasks.spawn(async move {
                let mut took = Vec::new();
                // No number is 0, which is that of the comparison.
                for number in (1..=calls).filter(|number| number % callers == caller) {
                    let done = shared.expect(number);
                    let begun = Instant::now();
                    engine.submit(&Calls::One { number, of: Of::Calm }, EnqueueOptions::of(&OwnerId::local())).await?;
                    tokio::time::timeout(PATIENCE, done).await.context("a call did not end in time")??;
                    took.push(milliseconds(begun.elapsed()));
                }
                Ok::<_, anyhow::Error>(took)
            });
        }
        let mut all = Vec::new();
        while let Some(took) = tasks.join_next().await {
            all.extend(took??);
        }
        Ok(all)
    }

    pub(super) async fn close(self) {
        self.store.close().await;
    }
}

/// Another owner's jobs that call the stormy provider: many at once, and then more until it is stopped; returns how many.
pub(super) async fn storm(engine: Engine, until: CancellationToken) -> anyhow::Result<u32> {
    const AT_ONCE: u32 = 100;
    const EVERY: Duration = Duration::from_millis(5);
    let options = EnqueueOptions::of(&"storm".parse::<OwnerId>()?);
    let first: Vec<Calls> = (0..AT_ONCE).map(|number| Calls::One { number, of: Of::Stormy }).collect();
    for made in engine.submit_many(&first, &options).await? {
        made?;
    }
    let mut number = AT_ONCE;
    loop {
        tokio::select! {
            () = until.cancelled() => return Ok(number),
            () = tokio::time::sleep(EVERY) => {}
        }
        engine.submit(&Calls::One { number, of: Of::Stormy }, options.clone()).await?;
        number += 1;
    }
}
