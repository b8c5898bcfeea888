//! Capture: a phrase becomes a card worth learning, and stays one card for ever.
//!
//! A photo, a clip, a line or a list comes in; a job extracts the phrase, analyses it and speaks it; a person reviews the card; a
//! deck goes out. A phrase has one current job: what any other job makes of it is ignored, at every step.
//!
//! | module | holds |
//! |---|---|
//! | `card` | the fields of a card, with their origin and doubt, as they are stored |
//! | `text` | how a text is kept and compared |
//! | `languages` | which language a phrase is in, and what cannot be a phrase |
//! | `current` | the guard of every step: whether this job is the current one |
//! | `extract`, `analyse`, `speak` | the steps; `analyse` also has what a language model is asked |
//! | `jobs` | the kinds of jobs, each of which makes some of the steps |
//! | `phrases`, `originals`, `edit`, `redo`, `actions`, `drafts`, `exporting`, `pushing` | what a person does |
//! | `purge`, `liken` | the jobs that nobody asks for: what was deleted goes, and old rows get what newer ones have |
//! | `deck` | the files that go out |

mod actions;
mod analyse;
mod card;
mod clip;
mod context;
mod current;
pub mod deck;
pub mod drafts;
pub mod edit;
mod error;
pub mod exporting;
mod extract;
mod jobs;
mod languages;
mod liken;
mod module;
mod notify;
pub mod originals;
pub mod phrases;
mod purge;
pub mod pushing;
pub mod redo;
mod speak;
mod text;
pub mod view;

use sluice_capability::{Complete, CompleteRequest, Completing, Router, Wish};
use sluice_domain::study::StudyLanguage;

pub use actions::{Acted, Action, BATCH, Skipped, act, act_on_seen, undo};
pub use context::CaptureApp;
pub use error::PhraseError;
pub use module::{AskedModel, CaptureChoices, CaptureSnapshot};
pub use sluice_store::capture::{ActionId, DraftId, ExportId, Filter, PhraseId, Sort, SourceKind, Status};

/// The name of the app in addresses and in what is stored.
const NAME: &str = "capture";
/// Most characters of a phrase.
pub const PHRASE_CHARACTERS: usize = 500;
/// Most phrases of a pasted list.
pub const LIST_LINES: usize = 50;
/// Most bytes of a picture or a sound.
pub const FILE_BYTES: u64 = 20 * 1024 * 1024;
/// The longest sound, in milliseconds.
pub const SOUND_MS: u64 = 30_000;

/// Of a request about a phrase in this language.
fn wish_of(language: StudyLanguage) -> Wish {
    Wish { language: Some(language.into()), ..Wish::default() }
}

/// Of an example, of which it does not matter in which language it is: the first one for which there is a route.
fn example_wish(router: &Router<Completing, dyn Complete>, request: &CompleteRequest) -> Wish {
    let has_route = |wish: &Wish| !router.choose(request, wish, &()).0.is_empty();
    StudyLanguage::all().map(wish_of).find(has_route).unwrap_or_default()
}
