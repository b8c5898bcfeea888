//! What Reel's use cases and jobs need.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sluice_capability::{
    Complete, CompleteRequest, Completing, Present, Presenting, Route, Router, Speak, SpeakRequest, Speaking,
    VoiceInfo, Wish,
};
use sluice_domain::ids::OwnerId;
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;
use sluice_local::reading::Reader;
use sluice_local::render::Renderer;
use tokio::sync::Semaphore;

use crate::asking::most_with_repair;
use crate::platform::Platform;
use crate::providers::Routes;
use crate::providers::pictures::Pictures;

/// How many pages are drawn on request at the same time. Of samples, one is made at a time.
const PAGES_AT_ONCE: usize = 2;

/// What Reel's use cases and jobs need. Cheap to clone.
#[derive(Clone)]
pub struct ReelApp {
    /// Rows and bytes.
    pub platform: Platform,
    /// Renders the pages of a document.
    pub reader: Reader,
    /// The implementations that speak.
    pub speaking: Routes<Speaking, dyn Speak>,
    /// The language models that write scripts; may be none.
    pub completing: Routes<Completing, dyn Complete>,
    /// The providers whose presenters can take the place of the drawn ones; may be none.
    pub presenting: Routes<Presenting, dyn Present>,
    /// Draws and encodes.
    pub renderer: Renderer,
    /// The limits of the configuration.
    pub limits: Limits,
    /// How many pictures and samples are made on request at the same time.
    pub previews: Previews,
}

/// As little as a voice can be asked for.
fn a_letter(voice: &str) -> SpeakRequest {
    SpeakRequest { voice: voice.to_owned(), text: "a".to_owned(), out: PathBuf::new() }
}

/// What is wished of a model that writes a script: its length is that of what it is given.
pub(super) fn script_wish(request: &CompleteRequest, language: Language) -> Wish {
    let length = request.messages.iter().map(|message| message.text.chars().count()).sum::<usize>();
    Wish { language: Some(language.into()), length: u64::try_from(length).ok(), ..Wish::default() }
}

/// The turns of those who make a picture or a sample on request. Cheap to clone.
#[derive(Clone)]
pub struct Previews {
    pub(super) pages: Arc<Semaphore>,
    pub(super) samples: Arc<Semaphore>,
    pub(super) faces: Arc<Pictures>,
}

impl Default for Previews {
    fn default() -> Self {
        let turns = |count| Arc::new(Semaphore::new(count));
        Self { pages: turns(PAGES_AT_ONCE), samples: turns(1), faces: Arc::default() }
    }
}

/// Limits from the configuration.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long an unfinished reel lives without progress.
    pub idle: Duration,
}

impl ReelApp {
    /// Every voice in a language of videos, the best of a language first, installed or not.
    pub fn voices(&self) -> Vec<VoiceInfo> {
        let all = self.speaking.configured().implementations().flat_map(|speaker| speaker.voices());
        all.filter(can_narrate).collect()
    }

    /// The voices that this owner may choose: what the providers listed for the owner's key, and those of every route. They are in
    /// the order of the routes that would be asked now, so that the first of a language is its default; a voice whose route is not
    /// for its language, or has no key, comes after them.
    pub async fn voices_of(&self, owner: &OwnerId) -> Vec<VoiceInfo> {
        let (mut voices, later) = match self.speaking.of(owner).await {
            Ok(router) => in_order(&router),
            Err(error) => {
                tracing::debug!(%owner, %error, "the voices of the routes alone are offered");
                (Vec::new(), Vec::new())
            }
        };
        let (configured, unfit) = in_order(self.speaking.configured());
        for voice in configured.into_iter().chain(later).chain(unfit) {
            if voices.iter().all(|known| known.id != voice.id) {
                voices.push(voice);
            }
        }
        voices
    }

    /// The model that would write a script of this size now, if any: its provider, and the most that it costs, the repair
    /// included, also where one that follows has to be asked; none if the price of one of them is not known.
    pub fn writer(&self, request: &CompleteRequest, language: Language) -> Option<(String, Option<MicroUsd>)> {
        let (chosen, _) = self.completing.configured().choose(request, &script_wish(request, language), &());
        let model = chosen.first()?;
        Some((model.profile().provider.clone(), most_with_repair(&chosen, request)))
    }

    /// Whether speaking with a voice can cost money: it is not spoken on this machine, or not known to be free.
    pub fn can_cost(&self, voice: &str) -> bool {
        let request = a_letter(voice);
        let costs = |speaker: &Arc<dyn Speak>| {
            !speaker.profile().is_local || speaker.estimate(&request).is_none_or(|cost| cost > MicroUsd(0))
        };
        self.speaker(voice).is_some_and(costs)
    }

    /// What a voice costs that speaks so many characters in so many scenes; none if the price is not known.
    pub(super) fn spoken_price(&self, voice: &str, characters: usize, scenes: u32) -> Option<MicroUsd> {
        let text = "a".repeat(characters);
        let all =
            self.speaker(voice)?.estimate(&SpeakRequest { voice: voice.to_owned(), text, out: PathBuf::new() })?;
        // Each scene is a call of its own, whose cost is rounded up.
        Some(if all == MicroUsd(0) { all } else { all + MicroUsd(scenes.into()) })
    }

    /// The implementation that has a voice.
    pub(super) fn speaker(&self, voice: &str) -> Option<&Arc<dyn Speak>> {
        // Cheaper than its list of voices, which may be long.
        let request = a_letter(voice);
        let speaks = |speaker: &&Arc<dyn Speak>| speaker.accepts(&request).is_ok();
        self.speaking.configured().implementations().find(speaks)
    }
}

/// Whether a voice speaks a language that a video can be in: routes may have voices of others, for cards.
fn can_narrate(voice: &VoiceInfo) -> bool {
    voice.language.narrated().is_some()
}

/// The voices of routes, in their order: those that their route may be asked for, and those in a language that it is not for.
fn in_order(router: &Router<Speaking, dyn Speak>) -> (Vec<VoiceInfo>, Vec<VoiceInfo>) {
    let of = |route: &Route<dyn Speak>| {
        let languages = route.when.languages.clone();
        let is_asked = move |voice: &VoiceInfo| languages.is_empty() || languages.contains(&voice.language);
        route
            .implementation
            .voices()
            .into_iter()
            .filter(can_narrate)
            .map(move |voice| (is_asked(&voice), voice))
            .collect::<Vec<_>>()
    };
    let (asked, others): (Vec<_>, Vec<_>) = router.routes().flat_map(of).partition(|(is_asked, _)| *is_asked);
    let bare = |voices: Vec<(bool, VoiceInfo)>| voices.into_iter().map(|(_, voice)| voice).collect();
    (bare(asked), bare(others))
}
