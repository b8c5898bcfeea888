//! A presenter who speaks a sound.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sluice_domain::speech::PhonemeTiming;

use crate::{Capability, Does};

/// The capability of [`Present`].
#[derive(Debug, Clone, Copy)]
pub struct Presenting;

impl Capability for Presenting {
    const NAME: &'static str = "present";
    type Request = PresentRequest;
    type Output = Presented;
}

/// Makes a video of somebody who says what is heard.
pub trait Present: Does<Presenting> {}

impl<T: Does<Presenting> + ?Sized> Present for T {}

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
