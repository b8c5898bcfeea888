//! The present state of what an owner's page shows, for clients that missed events. It knows no app: each adds its part.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use sluice_app::app::App;
use sluice_domain::ids::OwnerId;
use sluice_domain::job::JobState;
use sluice_engine::Filter;
use sluice_store::StoreError;
use utoipa::ToSchema;

use super::jobs::JobSummary;

/// The most unfinished jobs of each state.
const JOBS: u32 = 50;

/// The data of the event `reset`: the present state of what the page shows.
#[derive(Serialize, ToSchema)]
pub(crate) struct PresentState {
    /// Unfinished jobs, newest first: at most 50 of each state.
    jobs: Vec<JobSummary>,
    /// What each app shows, by its name.
    #[schema(value_type = Object)]
    apps: BTreeMap<&'static str, Value>,
}

impl PresentState {
    pub(super) async fn read(app: &App, owner: &OwnerId) -> Result<Self, StoreError> {
        let mut jobs = Vec::new();
        for state in JobState::ALL.into_iter().filter(|state| !state.is_final()) {
            let filter = Filter { state: Some(state), limit: JOBS, ..Filter::default() };
            jobs.extend(app.engine.list(owner, &filter).await?);
        }
        jobs.sort_by(|one, other| other.id.cmp(&one.id));
        // A job that changed its state between two lists is in both.
        jobs.dedup_by(|one, other| one.id == other.id);
        let mut apps = BTreeMap::new();
        for module in app.modules.iter() {
            apps.insert(module.name(), module.snapshot(owner).await?);
        }
        Ok(Self { jobs: jobs.into_iter().map(JobSummary::from).collect(), apps })
    }
}
