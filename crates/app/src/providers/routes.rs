//! The router of a capability, for an owner: made for each job, so that a changed key counts from then on.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use sluice_capability::{
    Capability, Complete, Completing, Does, Draw, Drawing, Embed, Embedding, Present, Presenting, Read, Reading, Route,
    Router, Speak, Speaking, Transcribe, Transcribing, Translate, Translating, When,
};
use sluice_domain::ids::OwnerId;

use super::config::{LOCAL, RouteSettings, Served};
use super::keys::{Held, Whose};
use super::lists::Listing;
use super::open::{Open, Opened, Opening};
use super::{Key, ProviderError, Providers};

/// The engines of this program, by capability.
#[derive(Clone, Default)]
pub struct BuiltIn {
    /// Texts as vectors.
    pub embed: Option<Arc<dyn Embed>>,
    /// Documents to text.
    pub read: Option<Arc<dyn Read>>,
    /// Text to speech.
    pub speak: Option<Arc<dyn Speak>>,
    /// Speech to text.
    pub transcribe: Option<Arc<dyn Transcribe>>,
    /// Texts in another language.
    pub translate: Option<Arc<dyn Translate>>,
}

/// Opens a client of one capability.
type OpenOne<I> = fn(&dyn Open, &Opening<'_>) -> Opened<I>;

/// Stands for a key where a client is opened to be shown. A provider that is asked with it refuses it.
const NO_KEY: &str = "none";

/// The router of an owner.
type RouterOf<C, I> = Arc<dyn Fn(OwnerId) -> BoxFuture<'static, Result<Router<C, I>, ProviderError>> + Send + Sync>;

/// The routes of a capability, as an app holds them. Cheap to clone.
pub struct Routes<C, I: ?Sized> {
    configured: Router<C, I>,
    of: Option<RouterOf<C, I>>,
    /// With what the providers list, where work does not need that.
    choosing: Option<RouterOf<C, I>>,
}

/// What a router is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// Somebody is to choose: providers are asked for what they list, if that is old.
    Choosing,
    /// A request.
    Work,
}

impl<C, I: ?Sized> Clone for Routes<C, I> {
    fn clone(&self) -> Self {
        Self { configured: self.configured.clone(), of: self.of.clone(), choosing: self.choosing.clone() }
    }
}

impl<C: Capability, I: Does<C> + ?Sized> Routes<C, I> {
    /// The same router for everybody.
    pub fn only(router: Router<C, I>) -> Self {
        Self { configured: router, of: None, choosing: None }
    }

    /// What serves this owner, with their key or that of the installation. A job asks for it anew, so that a changed key counts.
    pub async fn of(&self, owner: &OwnerId) -> Result<Router<C, I>, ProviderError> {
        match &self.of {
            Some(of) => of(owner.clone()).await,
            None => Ok(self.configured.clone()),
        }
    }

    /// The same with what the providers list for this owner, for somebody who is to choose.
    pub async fn choosing(&self, owner: &OwnerId) -> Result<Router<C, I>, ProviderError> {
        match &self.choosing {
            Some(choosing) => choosing(owner.clone()).await,
            None => self.of(owner).await,
        }
    }

    /// What there is for whoever has a key: to be shown and estimated, never to be called.
    pub fn configured(&self) -> &Router<C, I> {
        &self.configured
    }
}

impl Providers {
    /// What completes this owner's conversations.
    pub async fn complete(&self, owner: &OwnerId) -> Result<Router<Completing, dyn Complete>, ProviderError> {
        self.router(owner, Served::Complete, None, |open, opening| open.complete(opening)).await
    }

    /// What draws this owner's pictures.
    pub async fn draw(&self, owner: &OwnerId) -> Result<Router<Drawing, dyn Draw>, ProviderError> {
        self.router(owner, Served::Draw, None, |open, opening| open.draw(opening)).await
    }

    /// What embeds this owner's texts.
    pub async fn embed(&self, owner: &OwnerId) -> Result<Router<Embedding, dyn Embed>, ProviderError> {
        let built_in = self.inner.built_in.embed.clone();
        self.router(owner, Served::Embed, built_in, |open, opening| open.embed(opening)).await
    }

    /// What presents this owner's scripts.
    pub async fn present(&self, owner: &OwnerId) -> Result<Router<Presenting, dyn Present>, ProviderError> {
        self.router(owner, Served::Present, None, |open, opening| open.present(opening)).await
    }

    /// The same with the presenters that the providers list, for somebody who is to choose one.
    pub async fn presenters(&self, owner: &OwnerId) -> Result<Router<Presenting, dyn Present>, ProviderError> {
        self.router_for(For::Choosing, owner, (Served::Present, None), |open, opening| open.present(opening)).await
    }

    /// What reads this owner's documents.
    pub async fn read(&self, owner: &OwnerId) -> Result<Router<Reading, dyn Read>, ProviderError> {
        let built_in = self.inner.built_in.read.clone();
        self.router(owner, Served::Read, built_in, |open, opening| open.read(opening)).await
    }

    /// What speaks this owner's texts.
    pub async fn speak(&self, owner: &OwnerId) -> Result<Router<Speaking, dyn Speak>, ProviderError> {
        let built_in = self.inner.built_in.speak.clone();
        self.router(owner, Served::Speak, built_in, |open, opening| open.speak(opening)).await
    }

    /// What writes down what this owner records.
    pub async fn transcribe(&self, owner: &OwnerId) -> Result<Router<Transcribing, dyn Transcribe>, ProviderError> {
        let built_in = self.inner.built_in.transcribe.clone();
        self.router(owner, Served::Transcribe, built_in, |open, opening| open.transcribe(opening)).await
    }

    /// What translates this owner's texts.
    pub async fn translate(&self, owner: &OwnerId) -> Result<Router<Translating, dyn Translate>, ProviderError> {
        let built_in = self.inner.built_in.translate.clone();
        self.router(owner, Served::Translate, built_in, |open, opening| open.translate(opening)).await
    }

    /// What completes conversations, for an app.
    pub fn completing(&self) -> Routes<Completing, dyn Complete> {
        let providers = self.clone();
        Routes {
            configured: self.configured(Served::Complete, None, |open, opening| open.complete(opening)),
            of: Some(Arc::new(move |owner| {
                let providers = providers.clone();
                async move { providers.complete(&owner).await }.boxed()
            })),
            choosing: None,
        }
    }

    /// What presents, for an app.
    pub fn presenting(&self) -> Routes<Presenting, dyn Present> {
        let (providers, listing) = (self.clone(), self.clone());
        Routes {
            configured: self.configured(Served::Present, None, |open, opening| open.present(opening)),
            of: Some(Arc::new(move |owner| {
                let providers = providers.clone();
                async move { providers.present(&owner).await }.boxed()
            })),
            choosing: Some(Arc::new(move |owner| {
                let providers = listing.clone();
                async move { providers.presenters(&owner).await }.boxed()
            })),
        }
    }

    /// What reads documents and pictures, for an app.
    pub fn reading(&self) -> Routes<Reading, dyn Read> {
        let (providers, built_in) = (self.clone(), self.inner.built_in.read.clone());
        Routes {
            configured: self.configured(Served::Read, built_in, |open, opening| open.read(opening)),
            of: Some(Arc::new(move |owner| {
                let providers = providers.clone();
                async move { providers.read(&owner).await }.boxed()
            })),
            choosing: None,
        }
    }

    /// What speaks texts, for an app.
    pub fn speaking(&self) -> Routes<Speaking, dyn Speak> {
        let (providers, built_in) = (self.clone(), self.inner.built_in.speak.clone());
        Routes {
            configured: self.configured(Served::Speak, built_in, |open, opening| open.speak(opening)),
            of: Some(Arc::new(move |owner| {
                let providers = providers.clone();
                async move { providers.speak(&owner).await }.boxed()
            })),
            choosing: None,
        }
    }

    /// What writes down what is recorded, for an app.
    pub fn transcribing(&self) -> Routes<Transcribing, dyn Transcribe> {
        let (providers, built_in) = (self.clone(), self.inner.built_in.transcribe.clone());
        Routes {
            configured: self.configured(Served::Transcribe, built_in, |open, opening| open.transcribe(opening)),
            of: Some(Arc::new(move |owner| {
                let providers = providers.clone();
                async move { providers.transcribe(&owner).await }.boxed()
            })),
            choosing: None,
        }
    }

    /// The routes of the configuration as if there were a key for each. One that cannot be opened is left out: whoever uses it is
    /// told why.
    fn configured<C, I>(&self, served: Served, built_in: Option<Arc<I>>, open: OpenOne<I>) -> Router<C, I>
    where
        C: Capability,
        I: Does<C> + ?Sized,
    {
        let settings = self.inner.config.routes.of(served);
        if settings.is_empty() {
            return Router::new(built_in.map(|implementation| Route { implementation, when: When::default() }));
        }
        let key = Key::new(NO_KEY.to_owned()).ok();
        let opened = |route: &RouteSettings| {
            if route.provider == LOCAL {
                return built_in.clone();
            }
            let (name, settings) = self.settings(&route.provider).ok()?;
            let key = key.as_ref().filter(|_| settings.needs_key());
            let model = route.model_of(served, settings);
            open(&*self.inner.open, &Opening::new(name, settings, model, key)).ok()?
        };
        let route = |route: &RouteSettings| Some(Route { implementation: opened(route)?, when: route.when() });
        Router::new(settings.iter().filter_map(route))
    }

    /// What serves the requests of an owner. Of the lists only voices are asked for: a client refuses one that it does not know.
    async fn router<C, I>(
        &self,
        owner: &OwnerId,
        served: Served,
        built_in: Option<Arc<I>>,
        open: OpenOne<I>,
    ) -> Result<Router<C, I>, ProviderError>
    where
        C: Capability,
        I: Does<C> + ?Sized,
    {
        let purpose = if served == Served::Speak { For::Choosing } else { For::Work };
        self.router_for(purpose, owner, (served, built_in), open).await
    }

    /// The routes of the configuration, each with the owner's key before that of the installation. A route whose provider has no
    /// key is left out, unless none would be left.
    async fn router_for<C, I>(
        &self,
        purpose: For,
        owner: &OwnerId,
        (served, built_in): (Served, Option<Arc<I>>),
        open: OpenOne<I>,
    ) -> Result<Router<C, I>, ProviderError>
    where
        C: Capability,
        I: Does<C> + ?Sized,
    {
        let settings = self.inner.config.routes.of(served);
        if settings.is_empty() {
            let only = |implementation| Route { implementation, when: When::default() };
            return Ok(Router::new(built_in.map(only)));
        }
        let held = self.held(owner).await?;
        let listings = match purpose {
            For::Choosing => self.listings(&held, served).await?,
            For::Work => Vec::new(),
        };
        let nothing = Listing::default();
        let (mut routes, mut keyless, mut own, mut accounts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, route) in settings.iter().enumerate() {
            if let Some((whose, row)) = held.of(&route.provider) {
                own.extend((whose == Whose::Own).then(|| route.provider.clone()));
                // One that is saved anew may be of another account. The key itself is nowhere but where it is encrypted.
                accounts.push((route.provider.clone(), format!("{} {}", row.owner, row.set_at.as_millis())));
            }
            let found = if route.provider == LOCAL {
                built_in.clone()
            } else {
                self.client(&held, (served, route), listings.get(at).unwrap_or(&nothing), open)?
            };
            match found {
                Some(implementation) => routes.push(Route { implementation, when: route.when() }),
                None => keyless.push(route.provider.clone()),
            }
        }
        if routes.is_empty() {
            return Err(ProviderError::Keyless { capability: served.as_str(), providers: keyless });
        }
        Ok(Router::new(routes).with_own(own).with_accounts(accounts))
    }

    /// The client of a route; none if its provider needs a key, and there is none.
    fn client<I: ?Sized>(
        &self,
        held: &Held,
        (served, route): (Served, &RouteSettings),
        listing: &Listing,
        open: OpenOne<I>,
    ) -> Result<Option<Arc<I>>, ProviderError> {
        let (name, settings) = self.settings(&route.provider)?;
        let key = held.of(name).map(|(_, row)| self.decrypt(row)).transpose()?;
        if key.is_none() && settings.needs_key() {
            return Ok(None);
        }
        let hook = self.hook_address(name)?;
        let model = route.model_of(served, settings);
        let opening = Opening {
            hook: hook.as_deref(),
            voices: &listing.voices,
            has_all_voices: listing.has_all_voices,
            presenters: &listing.presenters,
            ..Opening::new(name, settings, model, key.as_ref())
        };
        let failed = |source| ProviderError::Unopened { provider: name.to_owned(), source };
        let client = open(&*self.inner.open, &opening).map_err(failed)?;
        let unserved = || ProviderError::Unserved { capability: served.as_str(), provider: name.to_owned() };
        client.map(Some).ok_or_else(unserved)
    }
}
