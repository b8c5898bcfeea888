//! Reel: a document becomes a narrated, captioned video.
//!
//! The storyboard is the source of truth: a reel has scenes, each scene has a script, and every rendered part is keyed
//! by what went into it. Editing a scene changes its key; making the reel again renders what has no current part.

pub mod artefacts;
pub mod assemble;
pub mod choices;
pub mod delete;
pub mod edit;
mod failure;
mod keys;
pub mod make;
pub mod scene;
pub mod script;
pub mod start;
pub mod storyboard;
pub mod view;
