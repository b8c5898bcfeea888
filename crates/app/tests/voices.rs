//! The voices that providers list: for each key, for a while, and never none because a provider is down.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt as _};
use serde_json::json;
use sluice_app::providers::config::ProvidersConfig;
use sluice_app::providers::open::{CheckError, Checked, Open, Opened, Opening, Pages};
use sluice_app::providers::sealing::{Given, Secrets};
use sluice_app::providers::{BuiltIn, Providers, Setup};
use sluice_capability::{
    Begun, CapabilityError, Context, Does, Doing, Profile, Speak, SpeakRequest, Speaking, VoiceInfo,
};
use sluice_domain::ids::OwnerId;
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;
use sluice_domain::speech::Speech;
use sluice_testkit::TestStore;

struct Speaker {
    profile: Profile,
    voices: Vec<VoiceInfo>,
}

impl Speak for Speaker {
    fn voices(&self) -> Vec<VoiceInfo> {
        self.voices.clone()
    }
}

impl Does<Speaking> for Speaker {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &SpeakRequest) -> Option<MicroUsd> {
        None
    }

    fn begin<'a>(&'a self, _: &'a SpeakRequest, _: Context<'a>) -> Doing<'a, Begun<Speech>> {
        async { Err(CapabilityError::fail("silent", "nothing is spoken here")) }.boxed()
    }
}

fn voice(name: &str) -> VoiceInfo {
    VoiceInfo {
        id: format!("voices:en:{name}"),
        language: Language::ENGLISH.into(),
        name: name.to_owned(),
        engine: "voices",
        licence: "the provider's terms".to_owned(),
        installed: true,
    }
}

/// A provider that lists a voice that is named like the key, unless it is down.
#[derive(Default)]
struct Lists {
    is_down: Mutex<bool>,
    asked: Mutex<Vec<String>>,
}

#[derive(Clone)]
struct Clients(Arc<Lists>);

impl Open for Clients {
    fn speak(&self, opening: &Opening<'_>) -> Opened<dyn Speak> {
        let profile = Profile { provider: opening.name.to_owned(), is_local: false, languages: Vec::new() };
        Ok(Some(Arc::new(Speaker { profile, voices: opening.voices.to_vec() })))
    }

    fn check<'a>(&'a self, _: Opening<'a>) -> BoxFuture<'a, Result<Checked, CheckError>> {
        async { Ok(Checked::default()) }.boxed()
    }

    fn voices<'a>(&'a self, opening: Opening<'a>) -> Pages<'a, VoiceInfo> {
        let key = opening.key.map_or("", |key| key.reveal()).to_owned();
        self.0.asked.lock().unwrap().push(key.clone());
        let is_down = *self.0.is_down.lock().unwrap();
        let trouble = CheckError::Unreachable { message: "503".to_owned() };
        stream::iter([if is_down { Err(trouble) } else { Ok(vec![voice(&key)]) }]).boxed()
    }
}

struct World {
    test: TestStore,
    _folder: tempfile::TempDir,
    lists: Arc<Lists>,
    providers: Providers,
}

impl World {
    async fn new() -> Self {
        let (test, folder) = (TestStore::open().await, tempfile::tempdir().unwrap());
        let lists = Arc::<Lists>::default();
        let secret = Given("0123456789abcdef0123456789abcdef".to_owned());
        let config = ProvidersConfig {
            providers: serde_json::from_value(json!({ "voices": { "kind": "elevenlabs" } })).unwrap(),
            routes: serde_json::from_value(json!({ "speak": [{ "provider": "voices" }] })).unwrap(),
        };
        let providers = Providers::new(Setup {
            store: test.store().clone(),
            config,
            secrets: Secrets::new(Some(&secret), None, folder.path()).unwrap(),
            open: Arc::new(Clients(Arc::clone(&lists))),
            built_in: BuiltIn::default(),
            hooks_url: None,
        });
        Self { test, _folder: folder, lists, providers }
    }

    async fn set(&self, owner: &OwnerId, key: &str) {
        self.providers.set_key(owner, "voices", key.to_owned()).await.unwrap();
    }

    /// The voices that an owner's client has.
    async fn of(&self, owner: &OwnerId) -> Vec<String> {
        let router = self.providers.speak(owner).await.unwrap();
        router.implementations().flat_map(|speaker| speaker.voices()).map(|voice| voice.name).collect()
    }

    fn asked(&self) -> usize {
        self.lists.asked.lock().unwrap().len()
    }

    async fn trouble(&self, owner: &OwnerId) -> Option<String> {
        self.providers.show(owner, "voices").await.unwrap().voices_trouble
    }
}

#[tokio::test]
async fn each_key_has_its_own_voices_for_a_while() {
    let world = World::new().await;
    let (ada, omar): (OwnerId, OwnerId) = ("ada".parse().unwrap(), "omar".parse().unwrap());
    world.set(&OwnerId::system(), "installation").await;
    world.set(&ada, "of-ada").await;
    assert_eq!(world.of(&ada).await, ["of-ada"]);
    assert_eq!(world.of(&omar).await, ["installation"], "he sees none of hers");
    assert_eq!((world.of(&ada).await, world.asked()), (vec!["of-ada".to_owned()], 2), "it is remembered");
    world.set(&ada, "another-of-ada").await;
    assert_eq!((world.of(&ada).await, world.asked()), (vec!["another-of-ada".to_owned()], 3), "a new key has others");
    world.test.advance(Duration::from_mins(61)).await;
    world.of(&ada).await;
    assert_eq!(world.asked(), 4, "a list gets old");
    world.test.end().await;
}

#[tokio::test]
async fn what_was_known_stays_while_the_provider_cannot_be_asked() {
    let world = World::new().await;
    let ada: OwnerId = "ada".parse().unwrap();
    world.set(&ada, "of-ada").await;
    *world.lists.is_down.lock().unwrap() = true;
    assert!(world.of(&ada).await.is_empty(), "it could not be asked yet, and its client is there nevertheless");
    let trouble = world.trouble(&ada).await.unwrap();
    assert!(trouble.contains("503"), "{trouble}");
    world.of(&ada).await;
    assert_eq!(world.asked(), 1, "it is not asked again at once");
    *world.lists.is_down.lock().unwrap() = false;
    world.test.advance(Duration::from_secs(61)).await;
    assert_eq!((world.of(&ada).await, world.trouble(&ada).await), (vec!["of-ada".to_owned()], None));
    *world.lists.is_down.lock().unwrap() = true;
    world.test.advance(Duration::from_mins(61)).await;
    assert_eq!(world.of(&ada).await, ["of-ada"], "the last list stays");
    assert!(world.trouble(&ada).await.is_some(), "and it is said");
    world.test.end().await;
}
