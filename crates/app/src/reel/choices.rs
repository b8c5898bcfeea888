//! What the owner of a reel chooses.

use serde::{Deserialize, Serialize};
use sluice_local::render::Shape;
use utoipa::ToSchema;

use super::script::Mode;

/// Where the captions are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptionsPlace {
    /// Burned into the video, and as separate files.
    #[default]
    Burned,
    /// Only as separate files.
    Beside,
}

/// All choices, with the defaults filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    /// Summary or explanation.
    pub mode: Mode,
    /// The aspect ratio.
    pub shape: Shape,
    /// The voice's id.
    pub voice: String,
    /// The presenter's id; none for a video without.
    pub presenter: Option<String>,
    /// Where the captions are.
    pub captions: CaptionsPlace,
}
