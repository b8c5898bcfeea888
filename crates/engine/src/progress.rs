//! How far a job has come: the tree of its child jobs and their named steps.

use std::collections::BTreeMap;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{self, JobRow, Step};
use sluice_store::{StoreError, Tx, calls, workers};

use crate::registry::{Phases, Registry};

/// A job, its steps and its child jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The job.
    pub job: JobRow,
    /// Its steps, in the order in which they began.
    pub steps: Vec<Step>,
    /// Its child jobs, in the order in which they were created.
    pub children: Vec<Progress>,
    /// How much of it is done, from 0 to 1: its phases by their shares ([`crate::Job::phases`]); without phases the mean of its steps and
    /// child jobs, as far as they are known by now.
    pub fraction: f64,
    /// What its own calls have cost, by their kind, as far as that is known.
    pub costs: BTreeMap<String, MicroUsd>,
    /// How many of its own calls ended without a known cost, by their kind: what they cost is in none of the sums.
    pub unpriced: BTreeMap<String, u64>,
    /// When it should be done (earliest, latest), judging by earlier jobs of its kind. `None` while that is not known,
    /// before it has started and after it has ended.
    pub done_by: Option<(Timestamp, Timestamp)>,
}

impl Progress {
    /// What it and all its child jobs have cost, as far as that is known.
    pub fn spent(&self) -> MicroUsd {
        let own = self.costs.values().map(|cost| cost.0);
        let children = self.children.iter().map(|child| child.spent().0);
        MicroUsd(own.chain(children).fold(0, i64::saturating_add))
    }

    /// How many of its calls and those of its child jobs ended without a known cost.
    pub fn unpriced_calls(&self) -> u64 {
        let children: u64 = self.children.iter().map(Self::unpriced_calls).sum();
        self.unpriced.values().sum::<u64>() + children
    }
}

/// The tree under a job, on one snapshot of the database.
pub(crate) async fn progress(
    tx: &mut Tx,
    registry: &Registry,
    owner: &OwnerId,
    id: &JobId,
) -> Result<Option<Progress>, StoreError> {
    match jobs::find(tx, owner, id).await? {
        Some(job) => tree(tx, registry, job).await.map(Some),
        None => Ok(None),
    }
}

pub(crate) async fn tree(tx: &mut Tx, registry: &Registry, job: JobRow) -> Result<Progress, StoreError> {
    let steps = jobs::steps_of(tx, &job.owner, &job.id).await?;
    let mut children = Vec::new();
    for child in jobs::children(tx, &job.owner, &job.id).await? {
        children.push(Box::pin(tree(tx, registry, child)).await?);
    }
    let fraction =
        if job.state == JobState::Succeeded { 1.0 } else { done(registry.phases(&job.kind), &steps, &children) };
    let costs = calls::costs(tx, &job.owner, &job.id).await?;
    let unpriced = calls::unpriced(tx, &job.owner, &job.id).await?;
    let done_by = done_by(tx, &job).await?;
    Ok(Progress { job, steps, children, fraction, costs, unpriced, done_by })
}

fn done(phases: Phases, steps: &[Step], children: &[Progress]) -> f64 {
    if phases.is_empty() {
        return mean(steps, children);
    }
    let of = |name: &str| steps.iter().find(|step| step.name == name).map_or(0.0, |step| step.fraction);
    let (sum, all) = phases.iter().fold((0.0, 0.0), |(sum, all), (name, share)| (sum + share * of(name), all + share));
    if all > 0.0 { sum / all } else { 0.0 }
}

fn mean(steps: &[Step], children: &[Progress]) -> f64 {
    let done = steps.iter().map(|step| step.fraction).chain(children.iter().map(|child| child.fraction));
    let (sum, count) = done.fold((0.0, 0.0), |(sum, count), fraction| (sum + fraction, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// When a job that has started should be done (earliest, latest), judging by earlier jobs of its kind.
pub(crate) async fn done_by(tx: &mut Tx, job: &JobRow) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
    let Some(began) = job.started_at.filter(|_| !job.state.is_final()) else { return Ok(None) };
    let usual = workers::usual(tx, &job.kind, "").await?;
    Ok(usual.map(|usual| (began + usual.mean.saturating_sub(usual.spread), began + usual.mean + usual.spread)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, fraction: f64) -> Step {
        Step { name: name.to_owned(), fraction, started_at: Timestamp::from_millis(0), finished_at: None }
    }

    #[test]
    fn a_step_that_begins_takes_nothing_from_what_is_done() {
        const PHASES: Phases = &[("hear", 0.75), ("tell", 0.2), ("draw", 0.05)];
        let percent = |steps: &[Step]| (done(PHASES, steps, &[]) * 100.0).round();
        let all = [
            (vec![], 0.0),
            (vec![step("hear", 0.4)], 30.0),
            (vec![step("hear", 1.0)], 75.0),
            (vec![step("hear", 1.0), step("tell", 0.0)], 75.0),
            // What is no phase is a part of one.
            (vec![step("hear", 1.0), step("tell", 0.5), step("other", 0.0)], 85.0),
            (vec![step("hear", 1.0), step("tell", 1.0), step("draw", 1.0)], 100.0),
        ];
        for (steps, right) in all {
            assert!((percent(&steps) - right).abs() < f64::EPSILON, "{steps:?}: {}", percent(&steps));
        }
        let mean = done(&[], &[step("hear", 1.0), step("tell", 0.0)], &[]);
        assert!((mean - 0.5).abs() < f64::EPSILON, "without phases: {mean}");
    }
}
