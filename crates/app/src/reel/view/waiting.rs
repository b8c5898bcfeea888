//! Finds why a reel and its scenes wait, and what was spent.

use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_store::jobs::{self, JobRow, Reason, Why};
use sluice_store::reel::SceneId;
use sluice_store::{StoreError, Tx, calls};
use std::collections::{BTreeMap, HashMap};

use super::cost::Spent;
use super::details::Details;
use super::rows::{Rows, has_begun};

impl Details {
    pub(super) async fn read(tx: &mut Tx, rows: &Rows) -> Result<Self, StoreError> {
        let reel = &rows.reel;
        // Of all its jobs: also of those that were replaced since, and of scenes that were deleted, something was paid.
        let subjects = calls::of_subjects(tx, &reel.owner, &[reel.id.as_str()]).await?;
        let mut spent: BTreeMap<String, Spent> = BTreeMap::new();
        for paid in subjects.into_values().flat_map(|subject| subject.paid) {
            let of_kind = spent.entry(paid.kind).or_default();
            of_kind.known += paid.known;
            of_kind.unpriced_calls += paid.unpriced;
        }
        let (waiting, scenes) = waits(tx, rows).await?;
        Ok(Self { waiting, scenes, spent })
    }
}

/// Why nothing of a reel goes on; none while something does. The second: why each of its scenes does not.
pub(super) async fn waits(tx: &mut Tx, rows: &Rows) -> Result<(Option<Why>, HashMap<SceneId, Why>), StoreError> {
    let Some(job) = rows.job.as_ref().map(|job| &job.row).filter(|job| !job.state.is_final()) else {
        return Ok((None, HashMap::new()));
    };
    let open = rows.scenes.iter().filter_map(|(scene, job)| Some((&scene.row.id, &job.as_ref()?.row)));
    let open: Vec<(&SceneId, &JobRow)> = open.filter(|(_, job)| !job.state.is_final()).collect();
    let is_running = job.state == JobState::Running || open.iter().any(|(_, job)| job.state == JobState::Running);
    let (scenes, first) = scenes(tx, rows, &open).await?;
    let waiting = match first {
        _ if is_running => None,
        // It waits for its scenes: what they wait for is what it waits for.
        Some(first) => scenes.get(&first).cloned(),
        None => Some(jobs::why(tx, &rows.reel.owner, &job.id).await?),
    };
    Ok((waiting, scenes))
}

/// Why the scenes wait, and which of them is the first. Those that have not begun wait for the same reasons, one after the
/// other, so that these are looked up once.
async fn scenes(
    tx: &mut Tx,
    rows: &Rows,
    open: &[(&SceneId, &JobRow)],
) -> Result<(HashMap<SceneId, Why>, Option<SceneId>), StoreError> {
    let mut found = HashMap::new();
    let mut waiting: Vec<_> = open.iter().filter(|(_, job)| job.state != JobState::Running).collect();
    waiting.sort_by_key(|(_, job)| (job.run_at, JobId::as_str(&job.id)));
    let mut queued: Option<(Why, u64)> = None;
    for (scene, job) in &waiting {
        let why = match &mut queued {
            Some((first, behind)) if !has_begun(job) && job.state == JobState::Ready => {
                *behind += 1;
                after(first, *behind)
            }
            _ => {
                let why = jobs::why(tx, &rows.reel.owner, &job.id).await?;
                if !has_begun(job) && job.state == JobState::Ready {
                    queued = Some((why.clone(), 0));
                }
                why
            }
        };
        found.insert((*scene).clone(), why);
    }
    Ok((found, waiting.first().map(|(scene, _)| (*scene).clone())))
}

/// Why a job waits that is so far behind another of the same queue. When it starts is not estimated.
fn after(first: &Why, behind: u64) -> Why {
    let mut why = Why { eta: None, position: first.position.map(|position| position + behind), ..first.clone() };
    for reason in &mut why.reasons {
        if let Reason::Share { ahead, .. } = reason {
            *ahead += behind;
        }
    }
    why
}
