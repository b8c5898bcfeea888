//! Remote providers: whose key is used, which route is taken, and what a notification does.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_app::providers::config::{Kind, ProvidersConfig};
use sluice_app::providers::open::{CheckError, Checked, Delivery, Hook, Notice, Open, Opened, Opening, Unacceptable};
use sluice_app::providers::sealing::{Given, Secrets};
use sluice_app::providers::{BuiltIn, HookError, ProviderError, Providers, Setup, Whose};
use sluice_app::routing::{self, Made};
use sluice_capability::{
    Answer, Begun, CallProgress, Context, Does, Doing, Profile, Translate, TranslateRequest, Translating, Translation,
    Wish,
};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_engine::{Called, Engine, EnqueueOptions, Job, JobError, Next, Run};
use sluice_store::calls::Notified;
use sluice_store::provider_keys::{self as rows, KeyRow, Purpose};
use sluice_testkit::TestStore;

const ONE: &str = "0123456789abcdef0123456789abcdef";
const TWO: &str = "fedcba9876543210fedcba9876543210";

fn ada() -> OwnerId {
    "ada".parse().unwrap()
}

fn omar() -> OwnerId {
    "omar".parse().unwrap()
}

/// A translator that takes an hour, or until it is asked after a notification.
struct Remote {
    profile: Profile,
    state: Arc<State>,
}

/// What the clients of a test were asked.
#[derive(Default)]
struct State {
    /// Model and key of each client.
    opened: Mutex<Vec<(Option<String>, Option<String>)>>,
    polls: Mutex<u32>,
    is_ready: Mutex<bool>,
}

impl Does<Translating> for Remote {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &TranslateRequest) -> Option<MicroUsd> {
        Some(MicroUsd(10))
    }

    fn begin<'a>(&'a self, _: &'a TranslateRequest, _: Context<'a>) -> Doing<'a, Begun<Translation>> {
        async { Ok(Begun::Accepted { provider_id: "t-1".into(), poll_after: Duration::from_hours(1) }) }.boxed()
    }

    fn look<'a>(&'a self, _: &'a str, _: Option<&'a str>) -> Doing<'a, CallProgress> {
        *self.state.polls.lock().unwrap() += 1;
        let is_ready = *self.state.is_ready.lock().unwrap();
        async move {
            let provider_id = "t-1".to_owned();
            let poll_after = Duration::from_hours(1);
            let pending = CallProgress::Pending { provider_id: provider_id.clone(), poll_after };
            Ok(if is_ready { CallProgress::Ready { provider_id } } else { pending })
        }
        .boxed()
    }

    fn fetch<'a>(&'a self, _: &'a TranslateRequest, _: &'a str) -> Doing<'a, Answer<Translation>> {
        let value = Translation { texts: vec!["مد".to_owned()], from: "en".to_owned() };
        async { Ok(Answer::local(value, "m", "1")) }.boxed()
    }
}

/// Clients whose keys have to begin with `good`.
#[derive(Clone)]
struct Clients(Arc<State>);

impl Open for Clients {
    fn translate(&self, opening: &Opening<'_>) -> Opened<dyn Translate> {
        let Opening { name, model, key, .. } = *opening;
        let key = key.map(|key| key.reveal().to_owned());
        self.0.opened.lock().unwrap().push((model.map(str::to_owned), key));
        let profile = Profile { provider: name.to_owned(), is_local: false, languages: Vec::new() };
        Ok(Some(Arc::new(Remote { profile, state: Arc::clone(&self.0) })))
    }

    fn check<'a>(&'a self, opening: Opening<'a>) -> BoxFuture<'a, Result<Checked, CheckError>> {
        let key = opening.key.map_or("", |key| key.reveal());
        let said = match key {
            key if key.starts_with("good") => Ok(Checked { detail: "7 credits".to_owned() }),
            key if key.starts_with("down") => Err(CheckError::Unreachable { message: "timed out".to_owned() }),
            _ => Err(CheckError::Refused { message: "401".to_owned() }),
        };
        async { said }.boxed()
    }

    fn hook(&self, kind: Kind) -> Option<Arc<dyn Hook>> {
        (kind == Kind::Runner).then(|| Arc::new(Signed) as Arc<dyn Hook>)
    }
}

/// Notifications with the secret itself for a signature, if there is one, and the time in seconds.
struct Signed;

impl Hook for Signed {
    fn read(&self, delivery: &Delivery<'_>) -> Result<Notice, Unacceptable> {
        let header = |name: &str| delivery.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if delivery.secret.is_some_and(|secret| secret.reveal() != header("signature")) {
            return Err(Unacceptable::Unsigned);
        }
        let sent: i64 = header("timestamp").parse().unwrap_or(0);
        if (delivery.now.as_millis() / 1000 - sent).abs() > 300 {
            return Err(Unacceptable::OutOfWindow);
        }
        let body: Value = serde_json::from_slice(delivery.body).map_err(|_| Unacceptable::Unreadable)?;
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        Ok(Notice { ids: text("id").into_iter().collect(), event: text("event") })
    }
}

fn config() -> ProvidersConfig {
    ProvidersConfig {
        providers: serde_json::from_value(json!({
            "words": { "kind": "runner", "url": "https://runner.example.org", "models": { "translate": "large" } },
            "faces": { "kind": "d-id" },
            "letters": { "kind": "openai" },
        }))
        .unwrap(),
        routes: serde_json::from_value(json!({
            "translate": [{ "provider": "words", "languages": ["ar"] }, { "provider": "words", "model": "small" }],
            "present": [{ "provider": "faces" }],
            "complete": [{ "provider": "letters" }],
        }))
        .unwrap(),
    }
}

struct World {
    test: TestStore,
    folder: tempfile::TempDir,
    state: Arc<State>,
    providers: Providers,
}

impl World {
    async fn new() -> Self {
        let test = TestStore::open().await;
        let folder = tempfile::tempdir().unwrap();
        let state = Arc::<State>::default();
        let providers = Self::providers(&test, &folder, &state, (Some(ONE), None));
        Self { test, folder, state, providers }
    }

    /// Those of a process with these secrets: the present one, and the one before it.
    fn with(&self, secrets: (Option<&str>, Option<&str>)) -> Providers {
        Self::providers(&self.test, &self.folder, &self.state, secrets)
    }

    fn providers(
        test: &TestStore,
        folder: &tempfile::TempDir,
        state: &Arc<State>,
        (present, before): (Option<&str>, Option<&str>),
    ) -> Providers {
        let given = |text: &str| Given(text.to_owned());
        let secrets = Secrets::new(present.map(given).as_ref(), before.map(given).as_ref(), folder.path()).unwrap();
        Providers::new(Setup {
            store: test.store().clone(),
            config: config(),
            secrets,
            open: Arc::new(Clients(Arc::clone(state))),
            built_in: BuiltIn::default(),
            hooks_url: Some("https://sluice.example.org/".to_owned()),
        })
    }

    async fn set(&self, owner: &OwnerId, key: &str) {
        self.providers.set_key(owner, "words", key.to_owned()).await.unwrap();
    }

    /// The keys with which the two routes of an owner are opened, and their models.
    async fn opened(&self, owner: &OwnerId) -> Vec<(Option<String>, Option<String>)> {
        self.state.opened.lock().unwrap().clear();
        let router = self.providers.translate(owner).await.unwrap();
        assert_eq!(router.implementations().count(), 2);
        std::mem::take(&mut *self.state.opened.lock().unwrap())
    }

    async fn rows(&self, owner: &OwnerId) -> Vec<KeyRow> {
        self.test.store().read(async |tx| rows::of_owner(tx, owner).await).await.unwrap()
    }
}

#[tokio::test]
async fn an_owners_key_comes_before_that_of_the_installation() {
    let world = World::new().await;
    let pair = |key: Option<&str>| {
        let key = key.map(str::to_owned);
        vec![(Some("large".to_owned()), key.clone()), (Some("small".to_owned()), key)]
    };
    assert_eq!(world.opened(&ada()).await, pair(None), "a runner of one's own may need none");
    world.set(&OwnerId::system(), "good-installation").await;
    assert_eq!(world.opened(&ada()).await, pair(Some("good-installation")));
    world.set(&ada(), "good-of-ada-0000").await;
    assert_eq!(world.opened(&ada()).await, pair(Some("good-of-ada-0000")));
    assert_eq!(world.opened(&omar()).await, pair(Some("good-installation")), "hers is hers alone");
    // Who pays: what is asked with her key is hers, and she is asked for no other if she wants it so.
    let (hers, his) =
        (world.providers.translate(&ada()).await.unwrap(), world.providers.translate(&omar()).await.unwrap());
    assert!(hers.has_own() && hers.is_own("words") && !hers.is_own("faces") && !his.has_own());
    assert_eq!([&hers, &his].map(|router| router.paid_by_asker().implementations().count()), [2, 0]);

    let views = async |owner: &OwnerId| world.providers.list(owner).await.unwrap().pop().unwrap();
    let (hers, his) = (views(&ada()).await, views(&omar()).await);
    let of = |view: &sluice_app::providers::ProviderView| {
        let key = view.key.clone().unwrap();
        (key.whose, key.ending, key.is_readable)
    };
    assert_eq!(of(&hers), (Whose::Own, Some("0000".to_owned()), true));
    assert_eq!(of(&his), (Whose::Installation, None, true), "he sees nothing of the installation's");
    assert_eq!((hers.routes.len(), hers.routes[1].place, hers.settings.kind), (2, 1, Kind::Runner));

    world.providers.remove_key(&ada(), "words", Purpose::Call).await.unwrap();
    assert_eq!(world.opened(&ada()).await, pair(Some("good-installation")));
    let again = world.providers.remove_key(&ada(), "words", Purpose::Call).await;
    assert!(matches!(again, Err(ProviderError::NoKey { .. })), "{again:?}");
    world.test.end().await;
}

#[tokio::test]
async fn a_key_is_saved_only_if_the_provider_accepts_it() {
    let world = World::new().await;
    let set = async |name: &str, key: &str| world.providers.set_key(&ada(), name, key.to_owned()).await.unwrap_err();
    assert!(matches!(set("words", "bad").await, ProviderError::Check(CheckError::Refused { .. })));
    assert!(matches!(set("words", "down").await, ProviderError::Check(CheckError::Unreachable { .. })));
    assert!(matches!(set("words", "good\r\nX-Other: 1").await, ProviderError::Key(_)));
    assert!(matches!(set("other", "good").await, ProviderError::Unknown { .. }));
    assert_eq!(world.rows(&ada()).await, []);
    let saved = world.providers.set_key(&ada(), "words", "good-of-ada-0000".to_owned()).await.unwrap();
    assert!(saved.checked_at.is_some());
    let row = world.rows(&ada()).await.pop().unwrap();
    assert!(!format!("{row:?}").contains("good-of-ada"), "{row:?}");
    let tested = world.providers.test(&ada(), "words").await.unwrap();
    assert_eq!((tested.whose, tested.detail.as_str()), (Some(Whose::Own), "7 credits"));
    world.set(&OwnerId::system(), "good-installation").await;
    let tested = world.providers.test(&omar(), "words").await.unwrap();
    assert_eq!(
        (tested.whose, tested.detail.as_str()),
        (Some(Whose::Installation), ""),
        "its credits are not his to know"
    );
    assert!(matches!(world.providers.test(&ada(), "faces").await, Err(ProviderError::NoKey { .. })));
    world.test.end().await;
}

#[tokio::test]
async fn a_key_that_cannot_be_decrypted_is_an_error_for_its_owner_alone() {
    let world = World::new().await;
    world.set(&OwnerId::system(), "good-installation").await;
    world.set(&ada(), "good-of-ada-0000").await;
    // A row that somebody moved: his is not read as hers.
    let moved = KeyRow { owner: ada(), ..world.rows(&OwnerId::system()).await.pop().unwrap() };
    world.test.store().write(async |tx| rows::set(tx, &moved).await).await.unwrap();
    let hers = world.providers.translate(&ada()).await.map(drop);
    assert!(matches!(&hers, Err(ProviderError::Undecryptable { owner, .. }) if *owner == ada()), "{hers:?}");
    assert!(world.providers.translate(&omar()).await.is_ok());
    let shown = world.providers.show(&ada(), "words").await.unwrap().key.unwrap();
    assert_eq!((shown.whose, shown.is_readable), (Whose::Own, false));
    // Another secret reads none.
    let other = world.with((Some(TWO), None));
    assert!(matches!(other.translate(&omar()).await, Err(ProviderError::Undecryptable { .. })));
    world.test.end().await;
}

#[tokio::test]
async fn keys_are_encrypted_anew_under_the_next_secret() {
    let world = World::new().await;
    world.set(&ada(), "good-of-ada-0000").await;
    world.set(&OwnerId::system(), "good-installation").await;
    let next = world.with((Some(TWO), Some(ONE)));
    assert!(next.translate(&ada()).await.is_ok(), "the one before still decrypts");
    let done = next.reencrypt().await.unwrap();
    assert_eq!((done.changed, done.failed.len()), (2, 0));
    assert_eq!(next.reencrypt().await.unwrap().changed, 0);
    let alone = world.with((Some(TWO), None));
    assert!(alone.translate(&ada()).await.is_ok() && alone.translate(&omar()).await.is_ok());
    let lost = world.with((None, None)).reencrypt().await.unwrap();
    assert_eq!((lost.changed, lost.failed.len()), (0, 2), "what nothing decrypts stays as it is");
    assert!(alone.translate(&ada()).await.is_ok());
    world.test.end().await;
}

#[tokio::test]
async fn routes_without_a_key_are_left_out_or_said() {
    let world = World::new().await;
    let none = world.providers.present(&ada()).await.map(drop).unwrap_err();
    assert!(matches!(&none, ProviderError::Keyless { providers, .. } if *providers == ["faces"]), "{none:?}");
    assert_eq!(world.providers.draw(&ada()).await.unwrap().implementations().count(), 0, "nothing draws here");
    world.providers.set_key(&ada(), "faces", "good-face".to_owned()).await.unwrap();
    let unserved = world.providers.present(&ada()).await.map(drop).unwrap_err();
    assert!(matches!(unserved, ProviderError::Unserved { .. }), "there is no such client: {unserved:?}");
    world.test.end().await;
}

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
    type Context = Providers;

    fn first_stage() -> Only {
        Only::Translate
    }

    async fn run(&self, _: Only, run: &Run, providers: &Providers) -> Result<Next<Only>, JobError> {
        let request = TranslateRequest { texts: vec![self.text.clone()], from: None, to: "ar".to_owned() };
        let router = providers.translate(run.owner()).await;
        let router = router.map_err(|error| JobError::fail("provider", error.to_string()))?;
        let asked = routing::ask(run, &self.text, &router, &request, &Wish::default(), keep).await?;
        Ok(match asked {
            Called::Done(Made { value, .. }) => Next::Done(json!(value)),
            Called::Pending(pending) => Next::AwaitCall(pending),
        })
    }
}

fn keep(translation: Translation) -> Doing<'static, String> {
    Box::pin(async move { Ok(translation.texts.concat()) })
}

/// A world in which a job waits for its call.
struct Waiting {
    world: World,
    engine: Engine,
    job: JobId,
    token: String,
}

impl Waiting {
    async fn new() -> Self {
        let world = World::new().await;
        let engine = Engine::builder(world.test.store().clone()).register::<Put>(world.providers.clone()).build();
        let job = engine.submit(&Put { text: "tide".to_owned() }, EnqueueOptions::of(&ada())).await.unwrap();
        engine.run_until_idle().await.unwrap();
        let address = world.providers.hook_address("words").unwrap().unwrap();
        let (base, token) = address.rsplit_once('/').unwrap();
        assert_eq!(base, "https://sluice.example.org/api/v1/hooks/words");
        let token = token.to_owned();
        Self { world, engine, job, token }
    }

    async fn state(&self) -> JobState {
        self.engine.job(&ada(), &self.job).await.unwrap().unwrap().job.state
    }

    async fn receive(&self, signature: &str, ago: i64, body: &[u8]) -> Result<Notified, HookError> {
        let now = self.world.test.store().now().await.unwrap().as_millis() / 1000;
        let mut headers = HeaderMap::new();
        headers.insert("signature", HeaderValue::from_str(signature).unwrap());
        headers.insert("timestamp", HeaderValue::from(now - ago));
        let endpoint = self.world.providers.hook_endpoint("words", &self.token).unwrap().unwrap();
        let received = endpoint.receive(&headers, body).await;
        self.engine.run_until_idle().await.unwrap();
        received
    }

    async fn notified(&self, body: &Value) -> Notified {
        self.receive("", 0, body.to_string().as_bytes()).await.unwrap()
    }

    fn polls(&self) -> u32 {
        *self.world.state.polls.lock().unwrap()
    }
}

#[tokio::test]
async fn a_notification_wakes_the_call_once_and_says_nothing_more() {
    let waiting = Waiting::new().await;
    assert_eq!((waiting.state().await, waiting.polls()), (JobState::Waiting, 0));
    assert_eq!(waiting.notified(&json!({ "id": "t-2", "event": "a" })).await, Notified::Ignored, "unknown");
    assert_eq!((waiting.state().await, waiting.polls()), (JobState::Waiting, 0));
    // Not even a notification of success is believed.
    let done = json!({ "id": "t-1", "event": "a", "status": "done" });
    assert_eq!(waiting.notified(&done).await, Notified::Noted, "an unknown one is not remembered");
    assert_eq!((waiting.state().await, waiting.polls()), (JobState::Waiting, 1));
    assert_eq!(waiting.notified(&done).await, Notified::Ignored, "a repeated one");
    assert_eq!(waiting.polls(), 1);
    *waiting.world.state.is_ready.lock().unwrap() = true;
    assert_eq!(waiting.notified(&json!({ "id": "t-1", "event": "b" })).await, Notified::Noted);
    assert_eq!((waiting.state().await, waiting.polls()), (JobState::Succeeded, 2));
    assert_eq!(waiting.notified(&json!({ "id": "t-1", "event": "c" })).await, Notified::Ignored, "a late one");
    waiting.world.test.end().await;
}

#[tokio::test]
async fn a_notification_that_is_not_signed_or_too_old_does_nothing() {
    let waiting = Waiting::new().await;
    let body = json!({ "id": "t-1" }).to_string();
    waiting.world.providers.set_hook_secret("words", "whsec-0000".to_owned()).await.unwrap();
    let mute = waiting.world.providers.set_hook_secret("letters", "whsec-0000".to_owned()).await;
    assert!(matches!(mute, Err(ProviderError::Unsigned { provider }) if provider == "letters"), "it sends none");
    let refused =
        async |signature: &str, ago: i64, body: &str| match waiting.receive(signature, ago, body.as_bytes()).await {
            Err(HookError::Unacceptable(why)) => why,
            other => panic!("{other:?}"),
        };
    assert_eq!(refused("whsec-0001", 0, &body).await, Unacceptable::Unsigned);
    assert_eq!(refused("", 0, &body).await, Unacceptable::Unsigned);
    assert_eq!(refused("whsec-0000", 301, &body).await, Unacceptable::OutOfWindow);
    assert_eq!(refused("whsec-0000", -301, &body).await, Unacceptable::OutOfWindow);
    assert_eq!(refused("whsec-0000", 0, "<html>").await, Unacceptable::Unreadable);
    assert_eq!(waiting.polls(), 0);
    *waiting.world.state.is_ready.lock().unwrap() = true;
    assert_eq!(waiting.receive("whsec-0000", 299, body.as_bytes()).await.unwrap(), Notified::Noted);
    assert_eq!(waiting.state().await, JobState::Succeeded);
    waiting.world.test.end().await;
}

#[tokio::test]
async fn a_door_opens_to_its_own_token_alone() {
    let waiting = Waiting::new().await;
    let (providers, token) = (&waiting.world.providers, &waiting.token);
    let opens =
        |providers: &Providers, name: &str, token: &str| providers.hook_endpoint(name, token).unwrap().is_some();
    assert!(opens(providers, "words", token));
    assert!(!opens(providers, "words", &token[1..]) && !opens(providers, "words", ""));
    assert!(!opens(providers, "faces", token), "a provider that sends none has no door");
    assert!(!opens(providers, "other", token));
    assert!(
        opens(&waiting.world.with((Some(TWO), Some(ONE))), "words", token),
        "calls that are under way have the old one"
    );
    assert!(!opens(&waiting.world.with((Some(TWO), None)), "words", token));
    assert!(!opens(&waiting.world.with((None, None)), "words", token), "no secret was needed yet");
    *waiting.world.state.is_ready.lock().unwrap() = true;
    waiting.notified(&json!({ "id": "t-1" })).await;
    waiting.world.test.end().await;
}
