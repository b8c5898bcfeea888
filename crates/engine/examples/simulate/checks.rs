//! What must hold at every moment, read from the database while the world goes on.

use sluice_domain::job::JobState;
use sluice_store::jobs::{self, Filter, spend};
use sluice_store::{Store, StoreError};

use crate::jobs::{Outside, PER_KEY};

/// No more running than a limit says, and no more reserved and spent than a cap.
pub(crate) async fn at_this_moment(store: &Store, outside: &Outside, per_owner: i64) -> Result<(), StoreError> {
    store
        .read(async |tx| {
            let running = jobs::operator::list(
                tx,
                &Filter { state: Some(JobState::Running), limit: 10_000, ..Filter::default() },
            )
            .await?;
            let mut by_owner = std::collections::BTreeMap::<_, i64>::new();
            let mut by_key = std::collections::BTreeMap::<_, i64>::new();
            for job in &running {
                *by_owner.entry(job.owner.clone()).or_default() += 1;
                if let Some(key) = &job.limit_key {
                    *by_key.entry(key.clone()).or_default() += 1;
                }
            }
            for (owner, count) in by_owner.into_iter().filter(|(_, count)| *count > per_owner) {
                outside.wrong(format!("{count} jobs of {owner} run, and {per_owner} may"));
            }
            for (key, count) in by_key.into_iter().filter(|(_, count)| *count > PER_KEY) {
                outside.wrong(format!("{count} jobs with key {key} run, and {PER_KEY} may"));
            }
            for budget in spend::budgets(tx).await? {
                if budget.reserved.0 + budget.spent.0 > budget.cap.0 {
                    outside.wrong(format!("over budget: {budget:?}"));
                }
            }
            for drift in spend::drift(tx).await? {
                outside.wrong(format!("a budget's sums differ from its ledger: {drift}"));
            }
            Ok(())
        })
        .await
}
