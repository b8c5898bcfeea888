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
use sluice_domain::language::LanguageCode;
use sluice_domain::limits::Plans;
use sluice_domain::money::MicroUsd;
use sluice_engine::{Called, Engine, EnqueueOptions, Job, JobError, Next, Run};
use sluice_store::{Tx, limits, testing};
use sluice_testkit::TestStore;

/// A remote translator that takes its time, or fails at once.
struct Remote {
    profile: Profile,
    model: String,
    fails: bool,
    begun: Arc<Mutex<Vec<String>>>,
}

impl Remote {
    fn is_priced(&self) -> bool {
        !self.profile.provider.starts_with("unpriced")
    }

    fn answer(&self, request: &TranslateRequest) -> Answer<Translation> {
        let name = &self.profile.provider;
        let texts = request.texts.iter().map(|text| format!("{name}: {text}")).collect();
        let made_by = MadeBy { provider: name.clone(), model: "m".into(), version: "2".into() };
        Answer {
            made_by,
            cost: self.is_priced().then_some(MicroUsd(7)),
            ..Answer::local(Translation { texts, from: "en".to_owned() }, "", "")
        }
    }
}

impl Does<Translating> for Remote {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn made_with(&self) -> String {
        self.model.clone()
    }

    fn estimate(&self, _: &TranslateRequest) -> Option<MicroUsd> {
        self.is_priced().then_some(MicroUsd(10))
    }

    fn begin<'a>(&'a self, _: &'a TranslateRequest, _: Context<'a>) -> Doing<'a, Begun<Translation>> {
        Box::pin(async move {
            let asked = [self.profile.provider.as_str(), self.model.as_str()];
            self.begun.lock().unwrap().push(asked.join(":").trim_end_matches(':').to_owned());
            if self.profile.provider.starts_with("lost") {
                return Err(CapabilityError::lost("answer_lost", "nobody heard what it said"));
            }
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
    /// Translators by name, in order; those whose name begins with `bad` fail, and of those with `unpriced` nobody knows what
    /// they charge; the answers of those with `lost` get lost; those with `german` are for German alone. After a `:` stands the model, after an `@` the key with which
    /// it is asked; a `+` before the name says that this is a key of whoever asks.
    async fn new(names: &[&str]) -> Self {
        let test = TestStore::open().await;
        let begun = Arc::<Mutex<Vec<String>>>::default();
        let engine = Self::engine(&test, &begun, names);
        Self { test, engine, begun }
    }

    fn engine(test: &TestStore, begun: &Arc<Mutex<Vec<String>>>, names: &[&str]) -> Engine {
        let mut routes = Vec::new();
        let (mut accounts, mut own) = (Vec::<(String, String)>::new(), Vec::<String>::new());
        for name in names {
            let (name, is_own) = name.strip_prefix('+').map_or((*name, false), |name| (name, true));
            let (name, account) = name.split_once('@').map_or((name, None), |(name, account)| (name, Some(account)));
            let (name, model) = name.split_once(':').unwrap_or((name, ""));
            accounts.extend(account.map(|account| (name.to_owned(), account.to_owned())));
            own.extend(is_own.then(|| name.to_owned()));
            let profile = Profile { provider: name.to_owned(), is_local: false, languages: Vec::new() };
            let (model, fails) = (model.to_owned(), name.starts_with("bad"));
            let remote = Remote { profile, model, fails, begun: Arc::clone(begun) };
            let german = name.starts_with("german").then(|| LanguageCode::from_code("de").unwrap());
            let when = When { languages: german.into_iter().collect(), ..When::default() };
            routes.push(Route { implementation: Arc::new(remote) as Arc<dyn Translate>, when });
        }
        let router = Router::new(routes).with_accounts(accounts).with_own(own);
        Engine::builder(test.store().clone()).register::<Put>(router).build()
    }

    /// As after a restart with other routes, when so much time has gone by.
    async fn reroute(&mut self, names: &[&str], after: Duration) {
        self.engine = Self::engine(&self.test, &self.begun, names);
        self.test.advance(after).await;
        self.engine.run_until_idle().await.unwrap();
    }

    async fn put(&self, text: &str) -> JobId {
        self.put_of(&OwnerId::local(), text).await
    }

    async fn put_of(&self, owner: &OwnerId, text: &str) -> JobId {
        let job = Put { text: text.to_owned() };
        let made = self.engine.submit(&job, EnqueueOptions::of(owner)).await.unwrap();
        self.engine.run_until_idle().await.unwrap();
        made
    }

    async fn row(&self, job: &JobId) -> sluice_engine::JobRow {
        self.engine.job(&OwnerId::local(), job).await.unwrap().unwrap().job
    }

    /// Whether an owner finds the result of this text, or it is asked for now, and there a little later.
    async fn is_found(&self, owner: &OwnerId, text: &str) -> bool {
        let job = self.put_of(owner, text).await;
        let state = async || self.engine.job(owner, &job).await.unwrap().unwrap().job.state;
        let first = state().await;
        self.test.advance(Duration::from_secs(20)).await;
        self.engine.run_until_idle().await.unwrap();
        assert_eq!(state().await, JobState::Succeeded);
        first == JobState::Succeeded
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

#[tokio::test]
async fn a_job_whose_provider_stays_out_of_order_for_more_than_a_month_is_given_up() {
    let world = World::new(&["first"]).await;
    world.open_circuit("first").await;
    let job = world.put("tide").await;
    for day in (0..=32).step_by(4) {
        world.open_circuit("first").await;
        world.engine.run_until_idle().await.unwrap();
        let row = world.row(&job).await;
        assert_eq!(
            (row.state, row.error.unwrap().code.as_str()),
            (JobState::Scheduled, "provider_unavailable"),
            "{day}"
        );
        world.test.advance(Duration::from_hours(4 * 24)).await;
    }
    world.engine.run_until_idle().await.unwrap();
    let row = world.row(&job).await;
    let error = row.error.unwrap();
    assert_eq!((row.state, error.code.as_str()), (JobState::Dead, "waited_too_long"));
    assert!(error.message.contains("36 days") && error.message.contains("out of order"), "{}", error.message);
    assert!(world.begun().is_empty());
    world.test.end().await;
}

#[tokio::test]
async fn a_call_whose_route_is_gone_is_waited_for_and_nobody_else_is_paid() {
    let minute = Duration::from_mins(1);
    let mut world = World::new(&["good", "spare"]).await;
    let job = world.put("tide").await;
    world.reroute(&["spare"], minute).await;
    world.reroute(&["spare"], minute).await;
    let other = world.put("tide").await;
    for job in [&job, &other] {
        assert_eq!(world.row(job).await.state, JobState::Waiting);
    }
    assert_eq!(world.begun(), ["good"]);

    world.reroute(&["spare", "good"], minute).await;
    for job in [&job, &other] {
        assert_eq!(world.row(job).await.result, Some(json!(["good: tide", "good", "2"])), "it is gone on with");
    }
    assert_eq!(world.begun(), ["good"]);

    world.reroute(&["good"], minute).await;
    let lost = world.put("ebb").await;
    world.reroute(&["spare"], Duration::from_hours(7)).await;
    let row = world.row(&lost).await;
    assert_eq!((row.state, row.error.unwrap().code.as_str()), (JobState::Dead, "call_lost"), "a person decides");
    assert_eq!(world.begun(), ["good", "good"]);
    // The person looked at the bill.
    world.engine.operator().retry(&lost).await.unwrap();
    world.engine.run_until_idle().await.unwrap();
    assert_eq!(world.begun(), ["good", "good", "spare"]);
    world.reroute(&["spare"], minute).await;
    assert_eq!(world.row(&lost).await.state, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn the_result_of_one_model_is_not_taken_for_that_of_another() {
    let mut world = World::new(&["good:small"]).await;
    let owner = OwnerId::local();
    assert!(!world.is_found(&owner, "tide").await);
    world.reroute(&["good:large"], Duration::ZERO).await;
    assert!(!world.is_found(&owner, "tide").await, "the new model is asked");
    assert!(world.is_found(&owner, "tide").await);
    world.reroute(&["good:small"], Duration::ZERO).await;
    assert!(world.is_found(&owner, "tide").await, "what the first one said is kept");
    assert_eq!(world.begun(), ["good:small", "good:large"]);
    world.test.end().await;
}

#[tokio::test]
async fn a_call_that_is_open_when_the_model_changes_is_fetched_and_not_made_again() {
    let minute = Duration::from_mins(1);
    let mut world = World::new(&["good:small"]).await;
    let (first, second) = (world.put("tide").await, world.put("tide").await);
    world.reroute(&["spare", "good:large"], minute).await;
    for job in [&first, &second] {
        assert_eq!(world.row(job).await.result, Some(json!(["good: tide", "good", "2"])));
    }
    assert_eq!(world.begun(), ["good:small"]);
    world.reroute(&["good:large"], minute).await;
    assert!(!world.is_found(&OwnerId::local(), "tide").await, "whoever asks now asks the new one");
    assert_eq!(world.begun(), ["good:small", "good:large"]);
    world.test.end().await;
}

#[tokio::test]
async fn a_text_of_an_unknown_language_is_not_sent_where_only_some_languages_may_go() {
    let world = World::new(&["german", "good"]).await;
    world.put("tide").await;
    assert_eq!(world.begun(), ["good"]);
    world.test.advance(Duration::from_secs(20)).await;
    world.engine.run_until_idle().await.unwrap();
    world.test.end().await;

    let world = World::new(&["german"]).await;
    let row = world.row(&world.put("tide").await).await;
    let error = row.error.unwrap();
    assert!(error.message.contains("the language is not known"), "{}", error.message);
    assert!(world.begun().is_empty());
    world.test.end().await;
}

#[tokio::test]
async fn a_call_that_never_arrived_is_made_with_the_model_of_now() {
    let mut world = World::new(&["lost:small"]).await;
    let job = world.put("tide").await;
    world.reroute(&["lost:large"], Duration::from_mins(1)).await;
    assert_eq!(world.begun(), ["lost:small", "lost:large"]);
    world.engine.operator().cancel(&job).await.unwrap();
    world.engine.run_until_idle().await.unwrap();
    world.test.end().await;
}

#[tokio::test]
async fn what_an_owner_paid_with_their_own_key_is_theirs() {
    let [ada, omar, eve, zoe] = ["ada", "omar", "eve", "zoe"].map(|name| name.parse::<OwnerId>().unwrap());
    let mut world = World::new(&["+good"]).await;
    assert!(!world.is_found(&ada, "tide").await);
    assert!(world.is_found(&ada, "tide").await);
    assert!(!world.is_found(&omar, "tide").await, "it is ada's");
    // The keys are taken back, and the installation pays.
    world.reroute(&["good"], Duration::ZERO).await;
    assert!(!world.is_found(&eve, "tide").await, "it is ada's and omar's");
    assert!(world.is_found(&ada, "tide").await, "what she paid for she keeps");
    world.reroute(&["+good"], Duration::ZERO).await;
    assert!(world.is_found(&zoe, "tide").await, "what the installation paid is everybody's");
    assert_eq!(world.begun().len(), 3);
    world.test.end().await;
}

#[tokio::test]
async fn what_an_owner_pays_because_everybodys_cannot_be_read_is_theirs() {
    let [ada, omar] = ["ada", "omar"].map(|name| name.parse::<OwnerId>().unwrap());
    let mut world = World::new(&["good"]).await;
    assert!(!world.is_found(&ada, "tide").await);
    // An older version stored it, in another format.
    let age = async |tx: &mut Tx| {
        testing::run(tx, "UPDATE stage_results SET value = '[]' WHERE key LIKE 'tide/%'", &[]).await
    };
    assert_eq!(world.test.store().write(age).await.unwrap(), 1);
    world.reroute(&["+good"], Duration::ZERO).await;
    assert!(!world.is_found(&ada, "tide").await);
    assert!(world.is_found(&ada, "tide").await);
    world.reroute(&["good"], Duration::ZERO).await;
    assert!(!world.is_found(&omar, "tide").await, "it is ada's");
    assert_eq!(world.begun().len(), 3);
    world.test.end().await;
}

#[tokio::test]
async fn what_has_no_known_price_is_not_free_and_is_capped_by_the_day() {
    let world = World::new(&["unpriced", "good"]).await;
    let plans: Plans =
        serde_json::from_value(json!({ "visitor": { "user": { "unpriced_calls_per_day": { "hard": 1 } } } })).unwrap();
    world.test.store().write(async |tx| limits::set_plans(tx, &plans).await).await.unwrap();
    let first = world.put("tide").await;
    let second = world.put("ebb").await;
    assert_eq!(world.begun(), ["unpriced", "good"], "where there may be no more, the next one is asked");
    world.test.advance(Duration::from_secs(20)).await;
    world.engine.run_until_idle().await.unwrap();
    let progress = async |job: &JobId| world.engine.progress(&OwnerId::local(), job).await.unwrap().unwrap();
    let (unknown, known) = (progress(&first).await, progress(&second).await);
    assert_eq!((unknown.spent(), unknown.unpriced_calls(), unknown.costs.len()), (MicroUsd(0), 1, 0));
    assert_eq!((known.spent(), known.unpriced_calls()), (MicroUsd(7), 0));
    world.test.end().await;

    let world = World::new(&["unpriced"]).await;
    world.test.store().write(async |tx| limits::set_plans(tx, &plans).await).await.unwrap();
    world.put("tide").await;
    let waits = world.put("ebb").await;
    let row = world.row(&waits).await;
    let error = row.error.unwrap();
    assert_eq!((row.state, error.code.as_str()), (JobState::Scheduled, "unpriced_calls_used"));
    assert!(error.message.contains("providers.unpriced.prices"), "{}", error.message);
    world.test.advance(Duration::from_hours(24)).await;
    world.engine.run_until_idle().await.unwrap();
    assert_eq!(world.begun().len(), 2, "on the next day it goes on");
    world.test.advance(Duration::from_secs(20)).await;
    world.engine.run_until_idle().await.unwrap();
    assert_eq!(world.row(&waits).await.state, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn what_was_asked_with_a_key_that_was_replaced_is_not_asked_for_again_with_another() {
    let minute = Duration::from_mins(1);
    let mut world = World::new(&["lost@one"]).await;
    let job = world.put("tide").await;
    assert_eq!(world.begun(), ["lost"]);
    // The account of the new key does not know it, which says nothing of the one before.
    world.reroute(&["lost@two"], minute).await;
    world.reroute(&["lost@two"], minute).await;
    assert_eq!((world.row(&job).await.state, world.begun().len()), (JobState::Waiting, 1));
    world.reroute(&["lost@two"], Duration::from_hours(7)).await;
    let row = world.row(&job).await;
    let error = row.error.unwrap();
    assert_eq!((row.state, error.code.as_str()), (JobState::Dead, "call_lost"));
    assert!(error.message.contains("replaced"), "{}", error.message);
    assert_eq!(world.begun().len(), 1, "a person decides");

    // With the same key the provider's word counts: it never arrived, and is made again.
    let other = world.put("ebb").await;
    assert_eq!(world.begun().len(), 2);
    world.reroute(&["lost@two"], minute).await;
    assert_eq!(world.begun().len(), 3);
    for job in [&job, &other] {
        world.engine.operator().cancel(job).await.ok();
    }
    world.engine.run_until_idle().await.unwrap();
    world.test.end().await;
}
