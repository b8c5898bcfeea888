//! The presenters of providers: who they are, and what a video with one of them costs.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use sluice_capability::{Offered, Present, PresentRequest};
use sluice_domain::ids::OwnerId;
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;
use utoipa::ToSchema;

use super::context::ReelApp;
use super::script::{Estimate, Mode};
use super::storyboard::Scene;

/// Side of the picture that a provider is asked for, in pixels. It is the same for every shape of a video, so that one in another
/// shape has the same films.
const SIDE: u32 = 720;
/// A voice may be slower than its language usually is: for an estimate, by a quarter.
const SLOWEST: (u32, u32) = (5, 4);
/// As little as a presenter can be asked for, in milliseconds.
const A_MOMENT: u32 = 1_000;

/// The most presenters of providers that a document's offer names. Others can be asked for by their id.
const MOST_OFFERED: usize = 200;

/// A presenter of a provider, with what a video with them costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilmedPresenterView {
    /// Its id.
    pub id: String,
    /// Its name at the provider.
    pub name: String,
    /// The provider.
    pub provider: String,
    /// What the provider makes with them, in its own word: D-ID's `talk`, `clip` or `expressive`; null where there is one kind alone.
    pub kind: Option<&'static str>,
    /// Their picture, which this server fetches from the provider for its first viewer; null if there is none.
    pub image_url: Option<String>,
    /// The estimate of a video in each mode.
    pub prices: Vec<FilmPriceView>,
}

/// What a presenter or a voice costs in a video of this mode.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilmPriceView {
    /// `summary` or `explanation`.
    pub mode: Mode,
    /// In millionths of a US dollar, of a presenter for a slow voice; none if the price is not known.
    pub micro_usd: Option<i64>,
}

/// What a provider is asked for, but for the files.
pub(super) fn film_request(presenter: &str, duration_ms: u32) -> PresentRequest {
    PresentRequest {
        presenter: presenter.to_owned(),
        sound: PathBuf::new(),
        duration_ms,
        phonemes: Vec::new(),
        width: SIDE,
        height: SIDE,
        out: PathBuf::new(),
    }
}

impl ReelApp {
    /// The first provider that has a presenter.
    fn filming(&self, presenter: &str) -> Option<&Arc<dyn Present>> {
        let request = film_request(presenter, A_MOMENT);
        let has = |provider: &&Arc<dyn Present>| provider.accepts(&request).is_ok();
        self.presenting.configured().implementations().find(has)
    }

    /// Whether a provider has a presenter.
    pub fn can_film(&self, presenter: &str) -> bool {
        self.filming(presenter).is_some()
    }

    /// Why no provider has a presenter whose name says that he is a provider's.
    pub(super) fn unfilmed(&self, presenter: &str) -> Option<String> {
        let request = film_request(presenter, A_MOMENT);
        let said = self.presenting.configured().implementations().filter_map(|one| one.accepts(&request).err());
        let said: Vec<String> = said.filter(|_| presenter.contains(':')).collect();
        (!said.is_empty()).then(|| said.join("; "))
    }

    /// The presenters that are configured, each once.
    pub(super) fn filmed_presenters(&self) -> Vec<(String, Offered)> {
        let mut offered: Vec<(String, Offered)> = Vec::new();
        for provider in self.presenting.configured().implementations() {
            for one in provider.presenters() {
                if offered.iter().all(|(_, known)| known.id != one.id) {
                    offered.push((provider.profile().provider.clone(), one));
                }
            }
        }
        offered
    }

    /// The presenters that this owner may choose, each once: what the providers list for the owner's key is among them. Where that is
    /// not known, those of the configuration are all.
    pub async fn presenters_of(&self, owner: &OwnerId) -> Vec<(String, Offered)> {
        let mut offered = Vec::new();
        match self.presenting.choosing(owner).await {
            Ok(router) => {
                for provider in router.implementations() {
                    let name = &provider.profile().provider;
                    offered.extend(provider.presenters().into_iter().map(|one| (name.clone(), one)));
                }
            }
            Err(error) => tracing::debug!(%owner, %error, "the configured presenters alone are offered"),
        }
        offered.extend(self.filmed_presenters());
        let mut known = HashSet::new();
        offered.retain(|(_, one)| known.insert(one.id.clone()));
        offered
    }

    /// What films of these lengths cost, in milliseconds; none if the price is not known.
    fn films_price(&self, presenter: &str, lengths: impl IntoIterator<Item = u32>) -> Option<MicroUsd> {
        let provider = self.filming(presenter)?;
        let prices = lengths.into_iter().map(|length| provider.estimate(&film_request(presenter, length)));
        prices.into_iter().try_fold(MicroUsd(0), |total, price| Some(total + price?))
    }

    /// What a presenter costs in these scenes; none if the price is not known, or if there are no scenes yet.
    pub(super) fn scenes_price(&self, presenter: &str, scenes: &[Scene], language: Language) -> Option<MicroUsd> {
        let length = |scene: &Scene| match scene.current() {
            Some(made) => made.duration_ms,
            None => slowly(scene.script.seconds(language)),
        };
        self.films_price(presenter, scenes.iter().map(length)).filter(|_| !scenes.is_empty())
    }

    /// The most that a presenter costs in a video that is only estimated: one film for each scene, each of which may be rounded up to
    /// what the provider counts, so that one long film and many short ones cost the most. None if the price is not known.
    pub fn estimated_price(&self, presenter: &str, estimate: &Estimate) -> Option<MicroUsd> {
        let short = (1..estimate.scenes).map(|_| A_MOMENT);
        self.films_price(presenter, short.chain([slowly(estimate.seconds)]))
    }

    /// These presenters, with what a video of each estimate costs.
    pub(super) fn filmed_offer(
        &self,
        presenters: &[(String, Offered)],
        estimates: &[Estimate],
    ) -> Vec<FilmedPresenterView> {
        let view = |(provider, one): &(String, Offered)| {
            let price = |estimate: &Estimate| {
                let micro_usd = self.estimated_price(&one.id, estimate).map(|price| price.0);
                FilmPriceView { mode: estimate.mode, micro_usd }
            };
            FilmedPresenterView {
                id: one.id.clone(),
                name: one.name.clone(),
                provider: provider.clone(),
                kind: one.kind,
                image_url: one.picture.as_ref().map(|_| picture_url(&one.id)),
                prices: estimates.iter().map(price).collect(),
            }
        };
        presenters.iter().take(MOST_OFFERED).map(view).collect()
    }
}

/// Where this server shows the picture of a presenter.
fn picture_url(id: &str) -> String {
    // The only character of an id that would begin another segment of the path.
    format!("/api/v1/presenters/{}/picture", id.replace('/', "%2F"))
}

/// Milliseconds that a slow voice takes for what usually takes so many seconds.
fn slowly(seconds: u32) -> u32 {
    seconds.saturating_mul(1_000).saturating_mul(SLOWEST.0) / SLOWEST.1
}
