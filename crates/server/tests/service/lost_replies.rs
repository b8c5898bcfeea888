//! Replies that are lost after the provider has charged for them, with the twin: what can be found is found and paid once;
//! what nobody can tell is kept as unknown, and not asked for again.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_app::routing::{self, Made, Unchanged};
use sluice_capability::{
    CompleteRequest, Completing, Completion, Message, PresentRequest, Presented, Presenting, Role, Router,
    SpeakRequest, Speaking, VoiceInfo, Wish,
};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;
use sluice_domain::speech::Speech;
use sluice_engine::{Called, Engine, EnqueueOptions, Job, JobError, JobRow, Need, Next, Run};
use sluice_outbound::{Client, Rules, Settings as Outbound};
use sluice_providers::did::{self, Presenter};
use sluice_providers::http::Secret;
use sluice_providers::openai::{ChatModel, Delivery, Server as OpenAi, Service, Settings as Served};
use sluice_providers::prices::Prices;
use sluice_providers::runner::{Access, Kind as Task, Runner, Settings as RunnerSettings};
use sluice_store::calls::{self, Outcome};
use sluice_store::jobs::spend::{self, Over};
use sluice_testkit::TestStore;

use crate::remote::Twin;

/// What each job reserves.
const RESERVED: MicroUsd = MicroUsd(900_000);
/// Longer than an unknown call waits before it is looked for again.
const A_WHILE: Duration = Duration::from_secs(31);
/// Longer than an unknown call is looked for.
const TOO_LONG: Duration = Duration::from_hours(7);

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Order {
    Present,
    Speak,
    Complete,
}

/// A call of a provider.
#[derive(Serialize, Deserialize)]
struct Ordered {
    order: Order,
}

#[derive(Serialize, Deserialize)]
enum Only {
    Call,
}

#[derive(Clone)]
struct Providers {
    folder: PathBuf,
    present: Router<Presenting, Presenter>,
    speak: Router<Speaking, Runner>,
    complete: Router<Completing, ChatModel>,
}

impl Providers {
    fn new(twin: &Twin, folder: PathBuf) -> Self {
        let rules = Rules::new(vec!["127.0.0.0/8".parse().unwrap()]);
        let client = Client::new(&Outbound { rules, ..Outbound::new("Sluice/test") }).unwrap();
        let prices = Arc::new(Prices::built_in().unwrap());
        let key = || Secret::new("key-of-a-test-0123456789").unwrap();
        let settings = did::Settings {
            address: Some(twin.url("/d-id")),
            settle: Duration::ZERO,
            ..did::Settings::new(key(), Arc::clone(&prices))
        };
        let account = did::Account::new(client.clone(), settings).unwrap();
        let voice = VoiceInfo {
            id: "gpu:en:ada".to_owned(),
            language: Language::ENGLISH.into(),
            name: "ada".to_owned(),
            engine: "runner",
            licence: "CC0".to_owned(),
            installed: true,
        };
        let runner = RunnerSettings {
            provider: "gpu".to_owned(),
            address: twin.url("/runner"),
            access: Access::of(&key()).unwrap(),
            kinds: [Task::Speak].into(),
            voices: vec![voice],
            webhook: None,
            prices: Arc::clone(&prices),
        };
        let chat = Served {
            address: Some(twin.url("/openai/v1")),
            key: Some(key()),
            ..Served::new(OpenAi::OpenAi, "gpt-5-mini", prices)
        };
        let chat = ChatModel::new(Service::new(client.clone(), chat).unwrap(), Delivery::Whole).unwrap();
        Self {
            folder,
            present: Router::only(Arc::new(Presenter::new(account, did::Kind::Clip))),
            speak: Router::only(Arc::new(Runner::new(client, runner).unwrap())),
            complete: Router::only(Arc::new(chat)),
        }
    }
}

fn next<T: Serialize>(called: Called<Made<T>>) -> Next<Only> {
    match called {
        Called::Done(made) => Next::Done(json!(made.value)),
        Called::Pending(pending) => Next::AwaitCall(pending),
    }
}

impl Job for Ordered {
    const KIND: &'static str = "test.ordered";
    type Stage = Only;
    type Context = Providers;

    fn first_stage() -> Only {
        Only::Call
    }

    fn need(&self, _: &Only) -> Need {
        Need { cost: RESERVED, ..Need::default() }
    }

    async fn run(&self, _: Only, run: &Run, providers: &Providers) -> Result<Next<Only>, JobError> {
        let wish = Wish::default();
        match self.order {
            Order::Present => {
                let request = PresentRequest {
                    presenter: "d-id:clip:v2_public_twin_ada".to_owned(),
                    sound: providers.folder.join("speech.wav"),
                    duration_ms: 1_000,
                    phonemes: Vec::new(),
                    width: 1_280,
                    height: 720,
                    out: providers.folder.join("presenter.mp4"),
                };
                let called: Called<Made<Presented>> =
                    routing::ask(run, "presented", &providers.present, &request, &wish, Unchanged).await?;
                Ok(next(called))
            }
            Order::Speak => {
                let (voice, text) = ("gpu:en:ada".to_owned(), "High tide.".to_owned());
                let request = SpeakRequest { voice, text, out: providers.folder.join("spoken.wav") };
                let called: Called<Made<Speech>> =
                    routing::ask(run, "spoken", &providers.speak, &request, &wish, Unchanged).await?;
                Ok(next(called))
            }
            Order::Complete => {
                let messages = vec![Message { role: Role::User, text: "When is high tide?".to_owned() }];
                let request =
                    CompleteRequest { messages, schema: None, max_output_tokens: 100, temperature: None, once: false };
                let called: Called<Made<Completion>> =
                    routing::ask(run, "completed", &providers.complete, &request, &wish, Unchanged).await?;
                Ok(next(called))
            }
        }
    }
}

/// A second of silence.
fn wave() -> Vec<u8> {
    let samples = vec![0_u8; 2 * 16_000];
    let size = u32::try_from(samples.len()).unwrap();
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((size + 36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // PCM, one channel, samples a second, bytes a second, bytes and bits of a sample.
    file.extend([1_u16.to_le_bytes(), 1_u16.to_le_bytes()].concat());
    file.extend([16_000_u32.to_le_bytes(), 32_000_u32.to_le_bytes()].concat());
    file.extend([2_u16.to_le_bytes(), 16_u16.to_le_bytes()].concat());
    file.extend(b"data");
    file.extend(size.to_le_bytes());
    file.extend(samples);
    file
}

struct World {
    twin: Twin,
    test: TestStore,
    engine: Engine,
    job: JobId,
}

impl World {
    /// One job, whose first request of an operation is done and charged, and whose reply is lost.
    async fn new(order: Order, provider: &str, operation: &str) -> Self {
        let plan = json!({
            "script": [{ "match": { "provider": provider, "operation": operation }, "fault": "reset_after" }],
            "settings": { "job_ms": 1 },
        });
        let twin = Twin::with(serde_json::from_value(plan).unwrap()).await;
        let test = TestStore::open().await;
        std::fs::write(test.folder().join("speech.wav"), wave()).unwrap();
        let cap = MicroUsd(RESERVED.0 * 10);
        let set = test
            .store()
            .write(async |tx| spend::set_budget(tx, "owner", OwnerId::local().as_str(), cap, Over::Fail).await);
        set.await.unwrap();
        let providers = Providers::new(&twin, test.folder().to_owned());
        let engine = Engine::builder(test.store().clone()).register::<Ordered>(providers).build();
        let job = engine.submit(&Ordered { order }, EnqueueOptions::of(&OwnerId::local())).await.unwrap();
        Self { twin, test, engine, job }
    }

    async fn row(&self) -> JobRow {
        self.engine.operator().job(&self.job).await.unwrap().unwrap()
    }

    /// Lets time pass until the job has ended, or so often.
    async fn run(&self, times: u32) -> JobRow {
        for _ in 0..times {
            self.engine.run_until_idle().await.unwrap();
            if self.row().await.state.is_final() {
                break;
            }
            self.test.advance(A_WHILE).await;
        }
        self.row().await
    }

    async fn ledger(&self) -> Vec<(String, Outcome, u64)> {
        self.test.store().read(async |tx| calls::count(tx).await).await.unwrap()
    }

    /// What is reserved and spent.
    async fn figures(&self) -> (i64, i64) {
        let budgets = self.test.store().read(async |tx| spend::budgets(tx).await).await.unwrap();
        let found = budgets.iter().find(|budget| budget.scope == "owner").unwrap();
        (found.reserved.0, found.spent.0)
    }

    async fn end(self) {
        let drift = self.test.store().read(async |tx| spend::drift(tx).await).await.unwrap();
        assert_eq!(drift, [] as [String; 0]);
        self.test.end().await;
    }
}

async fn is_found(order: Order, provider: &str, operation: &str, kind: &str) {
    let world = World::new(order, provider, operation).await;
    world.engine.run_until_idle().await.unwrap();
    assert_eq!(world.twin.bill(provider, operation).await.len(), 1, "it is charged");
    assert_eq!(world.ledger().await, [(kind.to_owned(), Outcome::Unknown, 1)], "and its reply is lost");
    let row = world.run(20).await;
    assert_eq!(row.state, JobState::Succeeded, "{:?}", row.error);
    assert_eq!(world.ledger().await, [(kind.to_owned(), Outcome::Succeeded, 1)], "the same call");
    assert_eq!(world.twin.bill(provider, operation).await.len(), 1, "which was paid once");
    assert_eq!(world.twin.asked(provider, operation).await, 1, "and asked for once");
    assert_eq!(world.figures().await.0, 0);
    world.end().await;
}

#[tokio::test]
async fn a_video_whose_reply_was_lost_is_found_in_the_providers_lists() {
    is_found(Order::Present, "d-id", "clips_create", "present").await;
}

#[tokio::test]
async fn a_runners_job_whose_reply_was_lost_is_found_by_its_key() {
    is_found(Order::Speak, "runner", "submit", "speak").await;
}

#[tokio::test]
async fn a_reply_that_nobody_can_tell_of_is_paid_again_only_if_a_person_says_so() {
    let world = World::new(Order::Complete, "openai", "chat").await;
    let row = world.run(5).await;
    assert_eq!(row.state, JobState::Waiting, "{:?}", row.error);
    assert_eq!(world.ledger().await, [("complete".to_owned(), Outcome::Unknown, 1)]);
    let (reserved, spent) = world.figures().await;
    assert_eq!(reserved, 0);
    // The call's own estimate took the place of what the stage had reserved.
    assert!((1..RESERVED.0).contains(&spent), "it may have cost all that was reserved for it: {spent}");
    world.test.advance(TOO_LONG).await;
    let row = world.run(5).await;
    assert_eq!(row.error.map(|error| error.code), Some("call_lost".to_owned()), "after its deadline a person decides");
    assert_eq!(world.twin.asked("openai", "chat").await, 1);
    assert_eq!(world.engine.operator().retry(&world.job).await.unwrap(), 1);
    let row = world.run(5).await;
    assert_eq!(row.state, JobState::Succeeded, "{:?}", row.error);
    assert_eq!(world.twin.bill("openai", "chat").await.len(), 2);
    let lost_and_done = [("complete".to_owned(), Outcome::Lost, 1), ("complete".to_owned(), Outcome::Succeeded, 1)];
    assert_eq!(world.ledger().await, lost_and_done, "both are in the ledger");
    world.end().await;
}
