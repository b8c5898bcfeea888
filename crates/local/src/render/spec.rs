//! What to render, as data: it is sent to the rendering process as JSON, and its hash identifies the clip.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sluice_domain::language::Language;
use sluice_domain::speech::PhonemeTiming;

use super::captions::Caption;
use super::layout::Shape;

/// Frames per second. At 25 a frame lasts 40 ms, so that lips sampled at its middle are within 20 ms of the audio, and
/// every frame is a whole number of samples at 48 kHz (1,920) and of ticks of the video's time base.
pub const FRAMES_PER_SECOND: u32 = 25;
/// Milliseconds of a frame.
pub const FRAME_MS: u32 = 1000 / FRAMES_PER_SECOND;
/// Changes whenever the same spec would give other pixels: part of the input of a clip's hash.
pub const RENDERER: &str = "sluice-render 3";

/// What is behind the presenter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Slide {
    /// A page of the document.
    Page {
        /// Its image, a PNG; about 1,800 pixels wide is enough.
        image: PathBuf,
        /// A short mark such as "p. 3".
        label: Option<String>,
        /// The text above it.
        heading: Option<String>,
        /// What is read out, in the order of time; empty: the camera pans down the page.
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

/// A slide and when it appears: until the next one, which replaces it by a cross-fade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Start in milliseconds of the clip; that of the first is 0.
    pub from_ms: u32,
    /// The slide.
    pub slide: Slide,
}

/// A part of the page that is read out: the camera has it in the frame, and it is marked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Focus {
    /// Start in milliseconds of the clip.
    pub from_ms: u32,
    /// End in milliseconds of the clip.
    pub until_ms: u32,
    /// Its lines in the order of reading: left, top, right, bottom in fractions of the page. At least one.
    pub lines: Vec<[f32; 4]>,
    /// Left and right edge of the column that they stand in, in fractions of the page: the camera shows its whole width.
    pub column: [f32; 2],
}

/// The person who speaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presenter {
    /// Drawn, and animated by the sound.
    Drawn {
        /// One of [`super::presenters`].
        id: String,
        /// Seed of blinks and small movements.
        seed: u64,
        /// Phonemes for lip sync, in milliseconds of the clip.
        phonemes: Vec<PhonemeTiming>,
    },
    /// Filmed: an MP4 of somebody who says the same. Its middle is shown from its beginning on, and its last frame stays if it is
    /// shorter than the clip. Its sound is not used.
    Filmed(PathBuf),
}

/// One clip: the video of a scene, without its audio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClipSpec {
    /// Aspect ratio.
    pub shape: Shape,
    /// Its direction mirrors the layout.
    pub language: Language,
    /// Selects colour and motif; the same for all clips of a video.
    pub look: u64,
    /// What is behind the presenter: at least one slide, in the order of time.
    pub slides: Vec<Shown>,
    /// The person who speaks; none: nobody is visible.
    pub presenter: Option<Presenter>,
    /// Captions to burn in; empty: none.
    #[serde(default)]
    pub captions: Vec<Caption>,
    /// Length; rounded up to a whole frame.
    pub duration_ms: u32,
}

impl ClipSpec {
    /// Its length in frames.
    pub fn frames(&self) -> u32 {
        frames(self.duration_ms)
    }
}

impl From<Slide> for Vec<Shown> {
    /// One slide for the whole clip.
    fn from(slide: Slide) -> Self {
        vec![Shown { from_ms: 0, slide }]
    }
}

/// The number of frames of so many milliseconds: rounded up, at least one.
pub fn frames(duration_ms: u32) -> u32 {
    duration_ms.div_ceil(FRAME_MS).max(1)
}
