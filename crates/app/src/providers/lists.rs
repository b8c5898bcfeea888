//! What providers list for a key: voices, and presenters. They are asked when somebody is to choose, and what they say is remembered
//! for a while, by each process. What was known stays when a provider cannot be asked.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use sluice_blobs::BlobHash;
use sluice_capability::{Offered, VoiceInfo};
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;

use super::config::{LOCAL, RouteSettings, Served};
use super::keys::Held;
use super::listing::{Known, Lists, Of, PATIENCE, TO_THE_END, Taking};
use super::open::{Open, Opening, Pages};
use super::{Key, ProviderError, Providers};

/// The most voices and presenters of all lists: an account may have thousands, and there may be any number of keys.
const MOST_VOICES: usize = 100_000;
const MOST_PRESENTERS: usize = 20_000;

/// What is known of the lists of providers.
#[derive(Debug)]
pub(super) struct AllLists {
    voices: Arc<Lists<VoiceInfo>>,
    presenters: Arc<Lists<Offered>>,
}

impl Default for AllLists {
    fn default() -> Self {
        Self { voices: Lists::new("voices", MOST_VOICES), presenters: Lists::new("presenters", MOST_PRESENTERS) }
    }
}

/// What the provider of a route listed; empty while that is not known, and of what has no list.
#[derive(Debug, Clone, Default)]
pub(super) struct Listing {
    pub(super) voices: Vec<VoiceInfo>,
    pub(super) has_all_voices: bool,
    pub(super) presenters: Vec<Offered>,
}

/// Asks a provider for one of its lists.
type Ask<T> = for<'a> fn(&'a dyn Open, Opening<'a>) -> Pages<'a, T>;

/// With what a provider is asked for its list.
struct Question {
    name: String,
    model: Option<String>,
    key: Option<Key>,
}

fn of(served: Served, provider: &str, model: Option<&str>, key: Option<&Key>) -> Of {
    let (served, model, key) = (served.as_str(), model.unwrap_or_default(), key.map_or("", Key::reveal));
    let hash = BlobHash::of(format!("list\n{served}\n{provider}\n{model}\n{key}").as_bytes());
    (provider.to_owned(), hash.to_string())
}

impl Providers {
    /// What the providers of a capability's routes listed for an owner, route by route. Those whose list is old are asked.
    pub(super) async fn listings(&self, held: &Held, served: Served) -> Result<Vec<Listing>, ProviderError> {
        self.listings_within(PATIENCE, held, served).await
    }

    async fn listings_within(
        &self,
        patience: Duration,
        held: &Held,
        served: Served,
    ) -> Result<Vec<Listing>, ProviderError> {
        let now = self.inner.store.now().await?;
        let mut listings = Vec::new();
        for route in self.inner.config.routes.of(served) {
            listings.push(self.listing(held, (served, route), (now, patience)).await?);
        }
        Ok(listings)
    }

    /// Asks for the voices and the presenters that an owner may choose, where what is known is old, and waits until all of them have
    /// come: see [`Providers::list`] for why some did not.
    pub async fn ask_for_lists(&self, owner: &OwnerId) -> Result<(), ProviderError> {
        let held = self.held(owner).await?;
        self.listings_within(TO_THE_END, &held, Served::Speak).await?;
        self.ask_for_presenters(owner).await
    }

    /// The same of the presenters alone.
    pub async fn ask_for_presenters(&self, owner: &OwnerId) -> Result<(), ProviderError> {
        let held = self.held(owner).await?;
        self.listings_within(TO_THE_END, &held, Served::Present).await?;
        Ok(())
    }

    async fn listing(
        &self,
        held: &Held,
        (served, route): (Served, &RouteSettings),
        when: (Timestamp, Duration),
    ) -> Result<Listing, ProviderError> {
        if route.provider == LOCAL {
            return Ok(Listing::default());
        }
        let (name, settings) = self.settings(&route.provider)?;
        let key = held.of(name).map(|(_, row)| self.decrypt(row)).transpose()?;
        if key.is_none() && settings.needs_key() {
            return Ok(Listing::default());
        }
        let model = route.model_of(served, settings);
        let of = of(served, name, model, key.as_ref());
        let question = Question { name: name.to_owned(), model: model.map(str::to_owned), key };
        Ok(match served {
            Served::Speak => {
                let ask: Ask<VoiceInfo> = |open, opening| open.voices(opening);
                let known = self.listed(&self.lists.voices, &of, question, when, ask).await;
                Listing { voices: known.items, has_all_voices: known.is_whole, ..Listing::default() }
            }
            Served::Present => {
                let ask: Ask<Offered> = |open, opening| open.presenters(opening);
                let known = self.listed(&self.lists.presenters, &of, question, when, ask).await;
                Listing { presenters: known.items, ..Listing::default() }
            }
            _ => Listing::default(),
        })
    }

    async fn listed<T: Clone + Send + 'static>(
        &self,
        lists: &Arc<Lists<T>>,
        of: &Of,
        question: Question,
        (now, patience): (Timestamp, Duration),
        ask: Ask<T>,
    ) -> Known<T> {
        let providers = self.clone();
        let ask = move |taking: Taking<T>| {
            let asked = async move {
                let Question { name, model, key } = question;
                // It was found by this name.
                let Ok((name, settings)) = providers.settings(&name) else { return };
                let opening = Opening::new(name, settings, model.as_deref(), key.as_ref());
                taking.all(ask(&*providers.inner.open, opening)).await;
            };
            asked.boxed()
        };
        lists.fetch(of, now, patience, ask).await
    }

    /// Why the voices of a provider could not be listed for this owner when they were last asked for, or not all of them; none if
    /// they could.
    pub(super) fn voices_trouble(&self, held: &Held, provider: &str) -> Option<String> {
        self.trouble(held, (Served::Speak, provider), &self.lists.voices)
    }

    /// The same of its presenters.
    pub(super) fn presenters_trouble(&self, held: &Held, provider: &str) -> Option<String> {
        self.trouble(held, (Served::Present, provider), &self.lists.presenters)
    }

    fn trouble<T: Clone + Send + 'static>(
        &self,
        held: &Held,
        (served, provider): (Served, &str),
        lists: &Lists<T>,
    ) -> Option<String> {
        let (name, settings) = self.settings(provider).ok()?;
        // A key that cannot be read is shown as such.
        let key = held.of(name).map(|(_, row)| self.decrypt(row)).transpose().ok()?;
        let mut routes = self.inner.config.routes.of(served).iter().filter(|route| route.provider == name);
        routes.find_map(|route| lists.trouble(&of(served, name, route.model_of(served, settings), key.as_ref())))
    }
}
