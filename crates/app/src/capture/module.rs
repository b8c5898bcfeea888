//! Capture as a module of the process.

use std::collections::BTreeMap;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;
use sluice_domain::study::StudyLanguage;
use sluice_domain::time::Timestamp;
use sluice_engine::{Builder, Engine};
use sluice_store::capture::{self, Filter, Sort};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::analyse::{self, CardPrice};
use super::context::CaptureApp;
use super::drafts::{self, DraftPhrases, MOST_DRAFTS, MOST_WORDS};
use super::error::PhraseError;
use super::liken::{self, LikenPhrases};
use super::originals::{self, NewFile};
use super::phrases;
use super::purge::{self, PurgePhrases};
use super::speak;
use super::view::{PhraseView, StudyLanguageView};
use super::{FILE_BYTES, LIST_LINES, PHRASE_CHARACTERS, SOUND_MS, jobs, notify};
use crate::intake::{Incoming, Intake, Taking};
use crate::module::Module;

/// The most phrases of a snapshot.
const LATEST: u32 = 12;

/// The languages, and the limits of what is captured.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaptureChoices {
    /// The languages that cards are made in.
    pub languages: Vec<StudyLanguageView>,
    /// Most characters of a phrase.
    pub phrase_characters: usize,
    /// Most phrases of a list.
    pub list_lines: usize,
    /// Most bytes of a picture or a sound.
    pub file_bytes: u64,
    /// How the names of pictures and sounds end.
    pub file_endings: Vec<&'static str>,
    /// The longest sound, in milliseconds.
    pub sound_ms: u64,
    /// Whether phrases on a theme can be asked for: whether there is a language model.
    pub drafts: bool,
    /// Most phrases on a theme.
    pub most_drafts: u32,
    /// Most words of each of them.
    pub most_draft_words: u32,
    /// The language model that is asked for each card; null if there is none.
    pub model: Option<AskedModel>,
    /// The provider's voice that speaks cards, in one of the languages at least; null if they are spoken for nothing.
    pub voice: Option<AskedVoice>,
}

/// A voice that cards are spoken with, and that costs something.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedVoice {
    /// The provider that is asked first, of those that cost.
    pub provider: String,
    /// The most that it costs to speak a card of ten words, in millionths of a US dollar; null if the price is not known.
    pub most_micro_usd: Option<i64>,
}

/// A language model that is asked for each card.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedModel {
    /// The provider that is asked first.
    pub provider: String,
    /// The most that a card of ten words costs, with its repair and its second check, in millionths of a US dollar; null if the
    /// price is not known.
    pub most_micro_usd: Option<i64>,
    /// About what ten phrases on a theme cost; null if the price is not known.
    pub ten_drafts_micro_usd: Option<i64>,
}

/// Capture's part of a snapshot.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaptureSnapshot {
    /// The newest phrases; at most 12.
    #[schema(max_items = 12)]
    pub latest: Vec<PhraseView>,
    /// How many phrases there are with each status.
    pub counts: BTreeMap<String, u64>,
}

impl CaptureApp {
    /// The model that is asked first, and what it costs before anything is asked.
    fn asked_model(&self) -> Option<AskedModel> {
        let router = self.completing.configured();
        let CardPrice { provider, most } = analyse::of_card(router)?;
        let ten_drafts = drafts::price_of_ten(router);
        Some(AskedModel {
            provider,
            most_micro_usd: most.map(|most| most.0),
            ten_drafts_micro_usd: ten_drafts.map(|price| price.0),
        })
    }

    /// The voice that costs, and what, before anything is spoken.
    fn asked_voice(&self) -> Option<AskedVoice> {
        let (provider, most) = speak::price_of_card(self.speaking.configured())?;
        Some(AskedVoice { provider, most_micro_usd: most.map(|most| most.0) })
    }
}

impl Module for CaptureApp {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn events(&self) -> &'static [&'static str] {
        &notify::EVENTS
    }

    fn intake(&self) -> Option<Intake> {
        Some(originals::INTAKE)
    }

    fn take<'a>(&'a self, incoming: Incoming<'a>) -> Taking<'a> {
        let Incoming { owner, file, name, engine, resumed, said } = incoming;
        let new = NewFile { file, name };
        async move {
            let adding = originals::adding(&said)?;
            Ok(originals::take(self, engine, owner, new, &adding, resumed).await?.to_string())
        }
        .boxed()
    }

    fn register(&self, engine: Builder) -> Builder {
        jobs::register(engine, self)
            .register::<DraftPhrases>(self.clone())
            .register::<PurgePhrases>(())
            .register::<LikenPhrases>(())
    }

    fn uncounted(&self) -> &'static [&'static str] {
        &jobs::OF_PHRASES
    }

    fn schedule<'a>(&'a self, engine: &'a Engine) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            purge::schedule(engine).await?;
            liken::begin(engine).await
        }
        .boxed()
    }

    /// Phrases stay until somebody deletes them; drafts that nobody kept, and notes of exports, do not.
    fn expiring(&self) -> &'static [&'static str] {
        &capture::OTHERS
    }

    fn expired<'a>(
        &'a self,
        tx: &'a mut Tx,
        table: &'static str,
        before: Timestamp,
        skip: u32,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        capture::old_others(tx, table, before, skip, limit).boxed()
    }

    fn forget<'a>(
        &'a self,
        tx: &'a mut Tx,
        table: &'static str,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        capture::forget_others(tx, table, ids).boxed()
    }

    fn leave<'a>(&'a self, tx: &'a mut Tx, owner: &'a OwnerId, limit: u32) -> BoxFuture<'a, Result<u64, StoreError>> {
        async move {
            let ids = capture::of_owner(tx, owner, limit).await?;
            let others = capture::forget_others_of(tx, owner, limit).await?;
            Ok(capture::forget(tx, owner, &ids).await? + others)
        }
        .boxed()
    }

    fn choices(&self) -> Value {
        json!(CaptureChoices {
            languages: StudyLanguage::all().map(StudyLanguageView::from).collect(),
            phrase_characters: PHRASE_CHARACTERS,
            list_lines: LIST_LINES,
            file_bytes: FILE_BYTES,
            file_endings: originals::endings().to_vec(),
            sound_ms: SOUND_MS,
            drafts: self.completing.configured().implementations().next().is_some(),
            most_drafts: MOST_DRAFTS,
            most_draft_words: MOST_WORDS,
            model: self.asked_model(),
            voice: self.asked_voice(),
        })
    }

    fn snapshot<'a>(&'a self, owner: &'a OwnerId) -> BoxFuture<'a, Result<Value, StoreError>> {
        async move {
            let filter = Filter { sort: Sort::Newest, ..Filter::default() };
            match phrases::page(self, owner, filter, None, LATEST).await {
                Ok(page) => Ok(json!(CaptureSnapshot { latest: page.items, counts: page.counts })),
                Err(PhraseError::Store(error)) => Err(error),
                Err(error) => Err(StoreError::Unreadable { what: error.to_string() }),
            }
        }
        .boxed()
    }
}
