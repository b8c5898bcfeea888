//! Pictures from words.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{Capability, Does};

/// The capability of [`Draw`].
#[derive(Debug, Clone, Copy)]
pub struct Drawing;

impl Capability for Drawing {
    const NAME: &'static str = "draw";
    type Request = DrawRequest;
    type Output = Drawn;
}

/// Draws what is described.
pub trait Draw: Does<Drawing> {}

impl<T: Does<Drawing> + ?Sized> Draw for T {}

/// What is to be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawRequest {
    /// What is to be seen.
    pub prompt: String,
    /// Width in pixels. An implementation may give the nearest that it can.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The same again gives the same picture, where that is possible.
    pub seed: u64,
    /// Where the picture is written, as PNG.
    pub out: PathBuf,
}

/// A picture: the file that the request named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}
