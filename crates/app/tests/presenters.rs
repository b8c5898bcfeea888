//! The presenters that providers list: for each key and each kind, for somebody who is to choose, and never none because a provider
//! is down.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, join_all};
use futures::stream::{self, StreamExt as _};
use serde_json::json;
use sluice_app::providers::config::ProvidersConfig;
use sluice_app::providers::open::{CheckError, Checked, Open, Opened, Opening, Pages};
use sluice_app::providers::sealing::{Given, Secrets};
use sluice_app::providers::{BuiltIn, Providers, Setup};
use sluice_capability::{
    Begun, CapabilityError, Context, Does, Doing, Offered, Present, PresentRequest, Presented, Presenting, Profile,
};
use sluice_domain::ids::OwnerId;
use sluice_domain::money::MicroUsd;
use sluice_testkit::TestStore;

struct Studio {
    profile: Profile,
    presenters: Vec<Offered>,
}

impl Present for Studio {
    fn presenters(&self) -> Vec<Offered> {
        self.presenters.clone()
    }
}

impl Does<Presenting> for Studio {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &PresentRequest) -> Option<MicroUsd> {
        None
    }

    fn begin<'a>(&'a self, _: &'a PresentRequest, _: Context<'a>) -> Doing<'a, Begun<Presented>> {
        async { Err(CapabilityError::fail("closed", "nothing is filmed here")) }.boxed()
    }
}

fn offered(name: &str) -> Offered {
    Offered { id: name.to_owned(), name: name.to_owned(), kind: None, picture: None }
}

/// A provider that lists a presenter who is named like the kind and the key, unless it is down; and perhaps fails after that.
#[derive(Default)]
struct Lists {
    is_down: Mutex<bool>,
    is_cut: Mutex<bool>,
    asked: Mutex<usize>,
}

#[derive(Clone)]
struct Clients(Arc<Lists>);

impl Open for Clients {
    fn present(&self, opening: &Opening<'_>) -> Opened<dyn Present> {
        let profile = Profile { provider: opening.name.to_owned(), is_local: false, languages: Vec::new() };
        let configured = opening.settings.presenters.iter().map(|name| offered(name));
        Ok(Some(Arc::new(Studio {
            profile,
            presenters: configured.chain(opening.presenters.iter().cloned()).collect(),
        })))
    }

    fn check<'a>(&'a self, _: Opening<'a>) -> BoxFuture<'a, Result<Checked, CheckError>> {
        async { Ok(Checked::default()) }.boxed()
    }

    fn presenters<'a>(&'a self, opening: Opening<'a>) -> Pages<'a, Offered> {
        let listed = async move {
            *self.0.asked.lock().unwrap() += 1;
            let name = format!("{} of {}", opening.model.unwrap_or("clip"), opening.key.map_or("", |key| key.reveal()));
            let is_down = *self.0.is_down.lock().unwrap();
            let trouble = CheckError::Unreachable { message: "429".to_owned() };
            if is_down { Err(trouble) } else { Ok(vec![offered(&name)]) }
        };
        let is_cut = *self.0.is_cut.lock().unwrap();
        let trouble = CheckError::Unreachable { message: "504".to_owned() };
        stream::once(listed).chain(stream::iter(is_cut.then_some(Err(trouble)))).boxed()
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
            providers: serde_json::from_value(json!({ "faces": { "kind": "d-id", "presenters": ["amy"] } })).unwrap(),
            routes: serde_json::from_value(
                json!({ "present": [{ "provider": "faces" }, { "provider": "faces", "model": "expressive" }] }),
            )
            .unwrap(),
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

    /// Those whom an owner may choose.
    async fn of(&self, owner: &OwnerId) -> Vec<String> {
        let router = self.providers.presenting().choosing(owner).await.unwrap();
        router.implementations().flat_map(|studio| studio.presenters()).map(|one| one.name).collect()
    }

    fn asked(&self) -> usize {
        *self.lists.asked.lock().unwrap()
    }

    async fn trouble(&self, owner: &OwnerId) -> Option<String> {
        self.providers.show(owner, "faces").await.unwrap().presenters_trouble
    }
}

#[tokio::test]
async fn each_key_and_each_kind_has_its_own_presenters() {
    let world = World::new().await;
    let (ada, omar): (OwnerId, OwnerId) = ("ada".parse().unwrap(), "omar".parse().unwrap());
    world.providers.set_key(&OwnerId::system(), "faces", "installation".to_owned()).await.unwrap();
    world.providers.set_key(&ada, "faces", "of-ada".to_owned()).await.unwrap();
    assert_eq!(world.of(&ada).await, ["amy", "clip of of-ada", "amy", "expressive of of-ada"]);
    assert_eq!(world.of(&omar).await, ["amy", "clip of installation", "amy", "expressive of installation"]);
    assert_eq!((world.of(&ada).await.len(), world.asked()), (4, 4), "they are remembered");
    // Work needs no list.
    world.test.advance(Duration::from_mins(61)).await;
    let router = world.providers.presenting().of(&ada).await.unwrap();
    let known: Vec<String> =
        router.implementations().flat_map(|studio| studio.presenters()).map(|one| one.name).collect();
    assert_eq!((known, world.asked()), (vec!["amy".to_owned(), "amy".to_owned()], 4));
    world.of(&ada).await;
    assert_eq!(world.asked(), 6, "a list gets old");
    world.test.end().await;
}

#[tokio::test]
async fn the_configured_ones_stay_while_the_provider_cannot_be_asked() {
    let world = World::new().await;
    let ada: OwnerId = "ada".parse().unwrap();
    assert!(world.providers.presenting().choosing(&ada).await.is_err(), "nobody has a key");
    world.providers.set_key(&ada, "faces", "of-ada".to_owned()).await.unwrap();
    *world.lists.is_down.lock().unwrap() = true;
    assert_eq!(world.of(&ada).await, ["amy", "amy"]);
    let trouble = world.trouble(&ada).await.unwrap();
    assert!(trouble.contains("429"), "{trouble}");
    world.of(&ada).await;
    assert_eq!(world.asked(), 2, "it is not asked again at once");
    *world.lists.is_down.lock().unwrap() = false;
    world.test.advance(Duration::from_secs(61)).await;
    world.providers.ask_for_lists(&ada).await.unwrap();
    assert_eq!((world.asked(), world.trouble(&ada).await), (4, None));
    *world.lists.is_down.lock().unwrap() = true;
    world.test.advance(Duration::from_mins(61)).await;
    assert_eq!(world.of(&ada).await.len(), 4, "the last list stays");
    assert!(world.trouble(&ada).await.is_some(), "and it is said");
    world.test.end().await;
}

#[tokio::test]
async fn many_at_once_ask_once() {
    let world = World::new().await;
    let ada: OwnerId = "ada".parse().unwrap();
    world.providers.set_key(&ada, "faces", "of-ada".to_owned()).await.unwrap();
    let found = join_all((0..20).map(|_| world.of(&ada))).await;
    assert!(found.iter().all(|names| names.len() == 4), "{found:?}");
    assert_eq!(world.asked(), 2, "once for each kind");
    world.test.end().await;
}

#[tokio::test]
async fn a_list_that_breaks_off_is_offered_as_far_as_it_came_and_says_so() {
    let world = World::new().await;
    let ada: OwnerId = "ada".parse().unwrap();
    world.providers.set_key(&ada, "faces", "of-ada".to_owned()).await.unwrap();
    *world.lists.is_cut.lock().unwrap() = true;
    assert_eq!(world.of(&ada).await, ["amy", "clip of of-ada", "amy", "expressive of of-ada"]);
    assert_eq!(world.trouble(&ada).await.as_deref(), Some("1 of them came, and not all: 504"));
    world.test.advance(Duration::from_secs(61)).await;
    assert_eq!((world.of(&ada).await.len(), world.asked()), (4, 2), "what came is kept for a while");
    *world.lists.is_cut.lock().unwrap() = false;
    world.test.advance(Duration::from_mins(10)).await;
    assert_eq!((world.of(&ada).await.len(), world.trouble(&ada).await), (4, None));
    world.test.end().await;
}
