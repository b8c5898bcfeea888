//! The stages of making a reel.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_engine::{JobRow, Next};
use utoipa::ToSchema;

/// The named stages of the job that makes a reel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReelStage)]
pub enum Stage {
    /// The text of the document is read.
    Read,
    /// Sentences are selected.
    Outline,
    /// The script is checked, repaired, and split into scenes.
    Script,
    /// Every scene has current parts.
    Scenes,
    /// The parts are joined into one file.
    Assemble,
    /// The file is checked and published.
    Publish,
}

impl Stage {
    /// In their order.
    pub const ALL: [Self; 6] = [Self::Read, Self::Outline, Self::Script, Self::Scenes, Self::Assemble, Self::Publish];

    /// As it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Outline => "outline",
            Self::Script => "script",
            Self::Scenes => "scenes",
            Self::Assemble => "assemble",
            Self::Publish => "publish",
        }
    }
}

/// Ends a job because a newer one has taken over the reel.
pub(crate) fn superseded() -> Next<Stage> {
    Next::Done(json!({ "superseded": true }))
}

/// Whether a reel's job will read the storyboard again. One that is publishing has read it, and its result may be
/// committed after a change; one that ended does nothing more.
pub(crate) fn will_read_again(job: &JobRow) -> bool {
    !job.state.is_final() && job.stage != Stage::Publish.name()
}
