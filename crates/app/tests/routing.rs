//! Capabilities asked through the engine: who does it, who does it next, and that nobody is paid twice.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_app::routing::{self, Made};
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, MadeBy, Profile, Route, Router, Translate,
    TranslateRequest, Translating, Translation, When, Wish,
};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_engine::{Called, Engine, EnqueueOptions, Job, JobError, Next, Run};
use sluice_testkit::TestStore;

/// A remote translator that takes its time, or fails at once.
struct Remote {
    profile: Profile,
    fails: bool,
    begun: Arc<Mutex<Vec<String>>>,
}

impl Remote {
    fn answer(&self, request: &TranslateRequest) -> Answer<Translation> {
        let name = &self.profile.provider;
        let texts = request.texts.iter().map(|text| format!("{name}: {text}")).collect();
        let made_by = MadeBy { provider: name.clone(), model: "m".into(), version: "2".into() };
        Answer {
            made_by,
            cost: Some(MicroUsd(7)),
            ..Answer::local(Translation { texts, from: "en".to_owned() }, "", "")
        }
    }
}

impl Does<Translating> for Remote {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &TranslateRequest) -> Option<MicroUsd> {
        Some(MicroUsd(10))
    }

    fn begin<'a>(&'a self, _: &'a TranslateRequest, _: Context<'a>) -> Doing<'a, Begun<Translation>> {
        Box::pin(async move {
            self.begun.lock().unwrap().push(self.profile.provider.clone());
            if self.fails {
                return Err(CapabilityError::fail("no_credits", "there is no money left there"));
            }
            Ok(Begun::Accepted { provider_id: "t-1".into(), poll_after: Duration::from_secs(20) })
        })
    }

    fn look<'a>(&'a self, _: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(async move {
            Ok(provider_id.map_or(CallProgress::NotFound, |id| CallProgress::Ready { provider_id: id.to_owned() }))
        })
    }

    fn fetch<'a>(&'a self, request: &'a TranslateRequest, _: &'a str) -> Doing<'a, Answer<Translation>> {
        Box::pin(async move { Ok(self.answer(request)) })
    }
}

type Translators = Router<Translating, dyn Translate>;

#[derive(Serialize, Deserialize)]
struct Put {
    text: String,
}

#[derive(Serialize, Deserialize)]
enum Only {
    Translate,
}

impl Job for Put {
    const KIND: &'static str = "test.put";
    type Stage = Only;
    type Context = Translators;

    fn first_stage() -> Only {
        Only::Translate
    }

    async fn run(&self, _: Only, run: &Run, translators: &Translators) -> Result<Next<Only>, JobError> {
        let request = TranslateRequest { texts: vec![self.text.clone()], from: None, to: "ar".to_owned() };
        let asked = routing::ask(run, &self.text, translators, &request, &Wish::default(), keep).await?;
        Ok(match asked {
            Called::Done(Made { value, made_by }) => Next::Done(json!([value, made_by.provider, made_by.version])),
            Called::Pending(pending) => Next::AwaitCall(pending),
        })
    }
}

fn keep(translation: Translation) -> Doing<'static, String> {
    Box::pin(async move { Ok(translation.texts.concat()) })
}

struct World {
    test: TestStore,
    engine: Engine,
    begun: Arc<Mutex<Vec<String>>>,
}

impl World {
    /// Translators by name, in order; those whose name begins with `bad` fail.
    async fn new(names: &[&str]) -> Self {
        let test = TestStore::open().await;
        let begun = Arc::<Mutex<Vec<String>>>::default();
        let routes = names.iter().map(|name| {
            let profile = Profile { provider: (*name).to_owned(), is_local: false, languages: Vec::new() };
            let remote = Remote { profile, fails: name.starts_with("bad"), begun: Arc::clone(&begun) };
            Route { implementation: Arc::new(remote) as Arc<dyn Translate>, when: When::default() }
        });
        let router = Router::new(routes);
        let engine = Engine::builder(test.store().clone()).register::<Put>(router).build();
        Self { test, engine, begun }
    }

    async fn put(&self, text: &str) -> JobId {
        let job = Put { text: text.to_owned() };
        let made = self.engine.submit(&job, EnqueueOptions::of(&OwnerId::local())).await.unwrap();
        self.engine.run_until_idle().await.unwrap();
        made
    }

    async fn row(&self, job: &JobId) -> sluice_engine::JobRow {
        self.engine.job(&OwnerId::local(), job).await.unwrap().unwrap().job
    }

    fn begun(&self) -> Vec<String> {
        self.begun.lock().unwrap().clone()
    }

    async fn open_circuit(&self, provider: &str) {
        let fail = async |tx: &mut _| {
            sluice_store::providers::failed(tx, provider, Some(Duration::from_hours(1)), "503").await
        };
        self.test.store().write(fail).await.unwrap();
    }
}

#[tokio::test]
async fn a_failing_provider_is_followed_by_the_next_which_is_named_on_the_result() {
    let world = World::new(&["bad", "good", "spare"]).await;
    let job = world.put("tide").await;
    assert_eq!(world.row(&job).await.state, JobState::Waiting, "the second is at work on it");
    // What is begun with is gone on with, although its circuit has opened meanwhile.
    world.open_circuit("good").await;
    world.test.advance(Duration::from_secs(20)).await;
    world.engine.run_until_idle().await.unwrap();
    assert_eq!(world.row(&job).await.result, Some(json!(["good: tide", "good", "2"])));
    assert_eq!(world.begun(), ["bad", "good"]);
    let again = world.put("tide").await;
    assert_eq!(world.row(&again).await.state, JobState::Succeeded, "found, and not asked for again");
    assert_eq!(world.begun(), ["bad", "good"]);
    world.test.end().await;
}

#[tokio::test]
async fn open_circuits_are_skipped_and_the_lack_of_a_provider_is_reported() {
    let world = World::new(&["first", "second"]).await;
    world.open_circuit("first").await;
    let begun = world.put("tide").await;
    assert_eq!(world.begun(), ["second"]);
    world.open_circuit("second").await;
    let job = world.put("ebb").await;
    let row = world.row(&job).await;
    let error = row.error.unwrap();
    assert!(error.message.contains("first: it is out of order"), "{error:?}");
    assert_eq!(row.state, JobState::Scheduled, "it is tried again later");
    for job in [&begun, &job] {
        world.engine.operator().cancel(job).await.unwrap();
    }
    // The call that is under way is given up with its job.
    world.engine.run_until_idle().await.unwrap();
    world.test.end().await;
}
