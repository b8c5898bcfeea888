//! Routing: an ordered list of implementations per capability, each with conditions. The first match is called, and the next
//! one if it fails. Each request is routed anew.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use sluice_domain::language::LanguageCode;
use sluice_domain::money::MicroUsd;

use crate::{Capability, Does, Profile};

/// The conditions of a route. By default it matches all requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct When {
    /// Only these languages, and not an unknown one; empty means any.
    pub languages: Vec<LanguageCode>,
    /// The greatest length.
    pub longest: Option<u64>,
    /// The least length.
    pub shortest: Option<u64>,
    /// The greatest cost.
    pub cost_cap: Option<MicroUsd>,
}

/// An implementation, and its conditions.
#[derive(Debug)]
pub struct Route<I: ?Sized> {
    /// The implementation.
    pub implementation: Arc<I>,
    /// Its conditions.
    pub when: When,
}

impl<I: ?Sized> Clone for Route<I> {
    fn clone(&self) -> Self {
        Self { implementation: Arc::clone(&self.implementation), when: self.when.clone() }
    }
}

/// The properties and wishes of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// The language of the request, if that is known.
    pub language: Option<LanguageCode>,
    /// Its length, in the capability's unit: milliseconds of sound, characters of text, pages, texts.
    pub length: Option<u64>,
    /// The length of what is asked for now, where that is a part of it: it is the cost of the whole that is capped.
    pub part: Option<u64>,
    /// The most that it may cost. Implementations without a known price are then skipped.
    pub cost_cap: Option<MicroUsd>,
    /// Nothing may leave this machine.
    pub local_only: bool,
}

impl Wish {
    /// What all of it costs, if what is asked for now costs this.
    fn whole(&self, cost: MicroUsd) -> MicroUsd {
        let (Some(length), Some(part @ 1..)) = (self.length, self.part) else { return cost };
        let whole = i128::from(cost.0) * i128::from(length.max(part)) / i128::from(part);
        MicroUsd(i64::try_from(whole).unwrap_or(i64::MAX))
    }
}

/// The present health of providers.
pub trait Health: Sync {
    /// Whether its circuit is open, so that it is not called now.
    fn is_open(&self, provider: &str) -> bool;
}

/// All providers are healthy.
impl Health for () {
    fn is_open(&self, _provider: &str) -> bool {
        false
    }
}

/// The providers whose circuits are open.
impl Health for [String] {
    fn is_open(&self, provider: &str) -> bool {
        self.iter().any(|open| open == provider)
    }
}

/// Why a route was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// It is not for this language.
    Language,
    /// It is for some languages alone, and that of the request is not known.
    UnknownLanguage,
    /// The request is too long or too short for it.
    Length,
    /// It may cost more than is allowed.
    Cost,
    /// Its price is not known, and there is a cap.
    UnknownPrice,
    /// It sends requests to another machine.
    NotLocal,
    /// Its provider's circuit is open.
    Unwell,
    /// It cannot serve this request.
    Unable(String),
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Language => "not for this language",
            Self::UnknownLanguage => "it is for some languages alone, and the language is not known",
            Self::Length => "not for this length",
            Self::Cost => "it may cost too much",
            Self::UnknownPrice => "its price is not known, and there is a cap",
            Self::NotLocal => "it is not on this machine",
            Self::Unwell => "it is out of order at the moment",
            Self::Unable(why) => why,
        })
    }
}

/// How a call of a route failed.
#[derive(Debug)]
pub enum Attempt<E> {
    /// The next route is tried.
    Next(E),
    /// No other route is tried: the work may have been done and paid for, or is in progress.
    Stop(E),
}

/// No implementation succeeded.
#[derive(Debug, PartialEq, Eq)]
pub struct NoRoute<E> {
    /// The capability's name.
    pub capability: &'static str,
    /// The skipped implementations, and why.
    pub skipped: Vec<(String, Skip)>,
    /// The error of the last implementation that was called, if any.
    pub error: Option<E>,
}

impl<E> fmt::Display for NoRoute<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.skipped.is_empty() {
            return write!(f, "nothing here can {}: configure a provider, or install an engine", self.capability);
        }
        write!(f, "no provider can {} this", self.capability)?;
        for (place, (provider, why)) in self.skipped.iter().enumerate() {
            write!(f, "{} {provider}: {why}", if place == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl<E: fmt::Debug> std::error::Error for NoRoute<E> {}

/// The routes of a capability, in the order in which they are tried. Cheap to clone.
#[derive(Debug)]
pub struct Router<C, I: ?Sized> {
    routes: Arc<[Route<I>]>,
    /// The providers that are asked with a key of whoever asks.
    own: Arc<[String]>,
    /// Which saved key each provider is asked with.
    accounts: Arc<[(String, String)]>,
    capability: PhantomData<fn() -> C>,
}

impl<C, I: ?Sized> Clone for Router<C, I> {
    fn clone(&self) -> Self {
        Self {
            routes: Arc::clone(&self.routes),
            own: Arc::clone(&self.own),
            accounts: Arc::clone(&self.accounts),
            capability: PhantomData,
        }
    }
}

impl<C: Capability, I: Does<C> + ?Sized> Router<C, I> {
    /// From routes in their order.
    pub fn new(routes: impl IntoIterator<Item = Route<I>>) -> Self {
        Self {
            routes: routes.into_iter().collect(),
            own: Arc::default(),
            accounts: Arc::default(),
            capability: PhantomData,
        }
    }

    /// The same, where these providers are asked with a key of whoever asks, who pays them.
    #[must_use]
    pub fn with_own(self, providers: impl IntoIterator<Item = String>) -> Self {
        Self { own: providers.into_iter().collect(), ..self }
    }

    /// The same, where each of these providers is asked with a saved key, which has a name that no other has.
    #[must_use]
    pub fn with_accounts(self, accounts: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { accounts: accounts.into_iter().collect(), ..self }
    }

    /// The name of the saved key with which a provider is asked; none if there is none.
    pub fn account(&self, provider: &str) -> Option<&str> {
        self.accounts.iter().find(|(name, _)| name == provider).map(|(_, account)| account.as_str())
    }

    /// Whether a provider is asked with a key of whoever asks.
    pub fn is_own(&self, provider: &str) -> bool {
        self.own.iter().any(|own| own == provider)
    }

    /// Whether a route leads to a provider that is asked with a key of whoever asks.
    pub fn has_own(&self) -> bool {
        self.implementations().any(|implementation| self.is_own(&implementation.profile().provider))
    }

    /// Only the routes that whoever asks pays, or that are on this machine.
    #[must_use]
    pub fn paid_by_asker(&self) -> Self {
        let is_theirs = |profile: &Profile| profile.is_local || self.is_own(&profile.provider);
        let routes = self.routes.iter().filter(|route| is_theirs(route.implementation.profile()));
        Self { routes: routes.cloned().collect(), ..self.clone() }
    }

    /// Only the routes to other providers than these.
    #[must_use]
    pub fn without(&self, providers: &[String]) -> Self {
        let is_other = |route: &&Route<I>| !providers.contains(&route.implementation.profile().provider);
        let mut rest = self.clone();
        rest.routes = self.routes.iter().filter(is_other).cloned().collect();
        rest
    }

    /// One implementation, for everything.
    pub fn only(implementation: Arc<I>) -> Self {
        Self::new([Route { implementation, when: When::default() }])
    }

    /// The same routes, with those of this provider last: whoever asks for a second opinion asks another one, if there is one.
    #[must_use]
    pub fn others_first(&self, provider: &str) -> Self {
        let is_it = |route: &Route<I>| route.implementation.profile().provider == provider;
        let (last, first): (Vec<_>, Vec<_>) = self.routes.iter().cloned().partition(is_it);
        Self { routes: first.into_iter().chain(last).collect(), ..self.clone() }
    }

    /// Every implementation, in order, whatever its conditions.
    pub fn implementations(&self) -> impl Iterator<Item = &Arc<I>> {
        self.routes.iter().map(|route| &route.implementation)
    }

    /// The same with their conditions.
    pub fn routes(&self) -> impl Iterator<Item = &Route<I>> {
        self.routes.iter()
    }

    /// The matching implementations, in order; and why the others were skipped.
    pub fn choose(
        &self,
        request: &C::Request,
        wish: &Wish,
        health: &(impl Health + ?Sized),
    ) -> (Vec<Arc<I>>, Vec<(String, Skip)>) {
        let (mut chosen, mut skipped) = (Vec::new(), Vec::new());
        for route in self.routes.iter() {
            match fits(route, request, wish, health) {
                Ok(()) => chosen.push(Arc::clone(&route.implementation)),
                Err(why) => skipped.push((route.implementation.profile().provider.clone(), why)),
            }
        }
        (chosen, skipped)
    }

    /// Calls the first match, and the next ones if it fails. `attempt` calls one of them, through the engine if it costs
    /// something, and decides whether another may be called after its failure.
    pub async fn first<T, E, F>(
        &self,
        request: &C::Request,
        wish: &Wish,
        health: &(impl Health + ?Sized),
        mut attempt: impl FnMut(Arc<I>) -> F,
    ) -> Result<T, NoRoute<E>>
    where
        F: Future<Output = Result<T, Attempt<E>>>,
    {
        let (chosen, skipped) = self.choose(request, wish, health);
        let mut error = None;
        for implementation in chosen {
            match attempt(implementation).await {
                Ok(value) => return Ok(value),
                Err(Attempt::Next(failed)) => error = Some(failed),
                Err(Attempt::Stop(failed)) => {
                    error = Some(failed);
                    break;
                }
            }
        }
        Err(NoRoute { capability: C::NAME, skipped, error })
    }
}

fn fits<C: Capability, I: Does<C> + ?Sized>(
    route: &Route<I>,
    request: &C::Request,
    wish: &Wish,
    health: &(impl Health + ?Sized),
) -> Result<(), Skip> {
    let (when, profile) = (&route.when, route.implementation.profile());
    if let Some(language) = &wish.language
        && [&when.languages, &profile.languages].iter().any(|known| !known.is_empty() && !known.contains(language))
    {
        return Err(Skip::Language);
    }
    // What an implementation can do says nothing against an unknown language; what it may be asked does.
    if wish.language.is_none() && !when.languages.is_empty() {
        return Err(Skip::UnknownLanguage);
    }
    if let Some(length) = wish.length
        && (when.longest.is_some_and(|longest| length > longest) || when.shortest.is_some_and(|least| length < least))
    {
        return Err(Skip::Length);
    }
    if wish.local_only && !profile.is_local {
        return Err(Skip::NotLocal);
    }
    route.implementation.accepts(request).map_err(Skip::Unable)?;
    if let Some(cap) = [when.cost_cap, wish.cost_cap].into_iter().flatten().min() {
        match route.implementation.estimate(request) {
            None => return Err(Skip::UnknownPrice),
            Some(cost) if wish.whole(cost) > cap => return Err(Skip::Cost),
            Some(_) => {}
        }
    }
    if health.is_open(&profile.provider) { Err(Skip::Unwell) } else { Ok(()) }
}
