//! Reel: a document becomes a narrated, captioned video.
//!
//! The storyboard is the source of truth: a reel has scenes, each scene has a script, and every rendered part is keyed
//! by its inputs. Editing a scene changes its key; making the reel again renders what has no current part.

pub mod artefacts;
pub mod assemble;
pub mod choices;
mod context;
pub mod delete;
pub mod document;
pub mod edit;
mod failure;
mod filming;
mod keys;
mod locate;
pub mod make;
mod module;
pub mod note;
pub mod previews;
pub mod scene;
pub mod script;
mod shots;
pub mod stage;
pub mod start;
pub mod storyboard;
mod subject;
pub mod view;
mod write;

pub use context::{Limits, Previews, ReelApp};
pub use filming::{FilmPriceView, FilmedPresenterView};
pub use module::{DefaultsView, PresenterView, ReelChoices, ReelSnapshot, SceneWords};
pub use sluice_store::reel::{ReelId, SceneId};

/// The name of the app in addresses and in what is stored.
const NAME: &str = "reel";
