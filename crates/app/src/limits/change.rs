//! What an administrator changes of a person's limits.

use sluice_domain::account::AccountState;
use sluice_domain::ids::OwnerId;
use sluice_domain::limits::{Overrides, Plans};
use sluice_store::accounts::{self, AccountRow};
use sluice_store::{Store, StoreError, Tx, limits};

use super::{Asker, Limiter, Usage, usage};

/// Why limits are not changed or shown.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// No such account.
    #[error("there is no such account")]
    NoSuchAccount,
    /// No such plan.
    #[error("there is no plan \"{plan}\": choose one of {known}")]
    NoSuchPlan {
        /// The name.
        plan: String,
        /// Those that exist.
        known: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Refuses a plan that is not configured.
pub fn check_plan(plans: &Plans, plan: &str) -> Result<(), ChangeError> {
    if plans.has(plan) {
        return Ok(());
    }
    let known = plans.iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
    Err(ChangeError::NoSuchPlan { plan: plan.chars().take(64).collect(), known })
}

/// Gives an account a plan, if one is named, and limits in the place of the plan's. They apply at once: jobs that wait for
/// money are tried again.
pub async fn change(
    store: &Store,
    limiter: &Limiter,
    owner: &OwnerId,
    plan: Option<String>,
    overrides: Overrides,
) -> Result<Usage, ChangeError> {
    if let Some(plan) = &plan {
        check_plan(&limiter.plans, plan)?;
    }
    store
        .write(async |tx| {
            let old = accounts::locked(tx, owner).await?.filter(|account| account.state != AccountState::Deleted);
            let old = old.ok_or(ChangeError::NoSuchAccount)?;
            let now = tx.now().await?;
            let plan = plan.clone().unwrap_or_else(|| old.plan.clone());
            accounts::update(tx, &AccountRow { plan, limits: overrides, updated_at: now, ..old }).await?;
            limits::release_over_budget(tx, owner).await?;
            of(tx, limiter, owner).await
        })
        .await
}

/// What an account uses.
pub async fn show(store: &Store, limiter: &Limiter, owner: &OwnerId) -> Result<Usage, ChangeError> {
    store
        .read(async |tx| {
            let account = accounts::account(tx, owner).await?;
            match account.filter(|account| account.state != AccountState::Deleted) {
                Some(_) => of(tx, limiter, owner).await,
                None => Err(ChangeError::NoSuchAccount),
            }
        })
        .await
}

async fn of(tx: &mut Tx, limiter: &Limiter, owner: &OwnerId) -> Result<Usage, ChangeError> {
    let asker = Asker { owner: owner.clone(), token: None, address: None };
    Ok(usage(tx, limiter, &asker).await?)
}
