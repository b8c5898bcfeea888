//! A presenter who speaks a sound.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sluice_domain::speech::PhonemeTiming;

use crate::{Capability, CapabilityError, Does, Doing};

/// The capability of [`Present`].
#[derive(Debug, Clone, Copy)]
pub struct Presenting;

impl Capability for Presenting {
    const NAME: &'static str = "present";
    type Request = PresentRequest;
    type Output = Presented;
}

/// Makes a video of somebody who says what is heard.
pub trait Present: Does<Presenting> {
    /// Those whom it offers. It may accept others too, whom only their id tells.
    fn presenters(&self) -> Vec<Offered>;

    /// Writes the picture of one of them to a file, and returns the ending of its format: `png`, `jpg` or `webp`. On error there is
    /// no file.
    fn picture<'a>(&'a self, presenter: &'a str, _out: &'a Path) -> Doing<'a, &'static str> {
        Box::pin(async move {
            Err(CapabilityError::fail("no_picture", format!("there is no picture of the presenter \"{presenter}\"")))
        })
    }
}

/// Somebody who can present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// As a request names them.
    pub id: String,
    /// For people.
    pub name: String,
    /// What the provider makes with them, in its own word: D-ID's `talk`, `clip` or `expressive`; none where there is one kind alone.
    pub kind: Option<&'static str>,
    /// Where the provider has their picture. It is not for browsers: see [`Present::picture`].
    pub picture: Option<String>,
}

/// What is to be presented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentRequest {
    /// The id of a presenter.
    pub presenter: String,
    /// What is said: a WAV file (one channel, 16 bit).
    pub sound: PathBuf,
    /// Its length in milliseconds.
    pub duration_ms: u32,
    /// When which phoneme is heard, in order; may be empty.
    pub phonemes: Vec<PhonemeTiming>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Where the video is written: MP4, H.264. On error there is no file.
    pub out: PathBuf,
}

/// A video of a presenter: the file that the request named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presented {
    /// Its exact length in milliseconds.
    pub duration_ms: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What is beside the presenter can be seen through.
    pub has_alpha: bool,
}
