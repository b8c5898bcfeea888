//! What only a single reel shows, and a list of reels does not: why it waits, and what it cost.

use std::collections::{BTreeMap, HashMap};

use sluice_store::jobs::Why;
use sluice_store::reel::SceneId;

use super::cost::Spent;

/// Why a reel and its scenes wait, and what was spent.
pub(super) struct Details {
    /// Why nothing of the reel goes on; none while something does.
    pub(super) waiting: Option<Why>,
    /// Why a scene has not begun, or does not go on.
    pub(super) scenes: HashMap<SceneId, Why>,
    /// By the kinds of calls.
    pub(super) spent: BTreeMap<String, Spent>,
}
