//! What to render, as data: it crosses to the rendering process as JSON, and its hash names the clip.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sluice_domain::language::Language;
use sluice_domain::speech::PhonemeTiming;

use super::captions::Caption;
use super::layout::Shape;

/// Frames per second. At 25 a frame lasts 40 ms, so that lips sampled at its middle are within 20 ms of the sound, and every
/// frame is a whole number of samples at 48 kHz (1,920) and of ticks of the video's clock.
pub const FRAMES_PER_SECOND: u32 = 25;
/// Milliseconds of a frame.
pub const FRAME_MS: u32 = 1000 / FRAMES_PER_SECOND;
/// Changes whenever the same order would give another picture: part of what a clip's hash is made of.
pub const RENDERER: &str = "sluice-render 2";

/// What is behind the presenter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Slide {
    /// A page of the document.
    Page {
        /// Its image, a PNG; about 1,800 pixels wide is enough.
        image: PathBuf,
        /// What stands above it.
        heading: Option<String>,
        /// What is spoken of, and when; empty: the camera wanders down the page.
        #[serde(default)]
        focus: Vec<Focus>,
    },
    /// A title card. Empty parts are left out.
    Title {
        /// A few words above the title.
        kicker: String,
        /// The title.
        title: String,
        /// A line below it.
        subtitle: String,
    },
    /// The closing question.
    Question {
        /// A few words above it.
        kicker: String,
        /// The question.
        text: String,
    },
}

/// A part of the page that is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Focus {
    /// From when on, in milliseconds of the clip.
    pub at_ms: u32,
    /// Left, top, right, bottom in fractions of the page.
    pub bounds: [f32; 4],
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Presenter {
    /// One of [`super::presenters`].
    pub id: String,
    /// Where blinks and small movements come from.
    pub seed: u64,
    /// What the lips follow, in milliseconds of the clip.
    pub phonemes: Vec<PhonemeTiming>,
}

/// One clip: a scene's picture, without its sound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClipSpec {
    /// Outer form.
    pub shape: Shape,
    /// Its direction mirrors the layout.
    pub language: Language,
    /// Chooses colour and motif; the same for all clips of a video.
    pub look: u64,
    /// What is behind the presenter.
    pub slide: Slide,
    /// Who speaks; none: nobody is seen.
    pub presenter: Option<Presenter>,
    /// Captions to burn in; empty: none.
    #[serde(default)]
    pub captions: Vec<Caption>,
    /// Length; rounded up to a whole frame.
    pub duration_ms: u32,
    /// A short mark such as "p. 3".
    pub label: Option<String>,
}

impl ClipSpec {
    /// Its length in frames.
    pub fn frames(&self) -> u32 {
        frames(self.duration_ms)
    }
}

/// Frames that a clip of so many milliseconds has: rounded up, at least one.
pub fn frames(duration_ms: u32) -> u32 {
    duration_ms.div_ceil(FRAME_MS).max(1)
}
