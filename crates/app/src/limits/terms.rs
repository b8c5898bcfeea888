//! Which limits apply to an owner.

use sluice_domain::ids::OwnerId;
use sluice_domain::limits::{Holder, Limited, Limits, Overrides, Plan, Plans, Window};
use sluice_store::limits::Of;
use sluice_store::{StoreError, Tx, accounts};

use super::Asker;

/// The limits of an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The name of the plan.
    pub plan_name: String,
    /// The plan whose shared limits it counts against: the standard one, if its own is no longer configured.
    counted_as: String,
    /// The plan; the standard one, if its own is no longer configured.
    pub plan: Plan,
    /// Limits that replace those of the plan for this owner.
    pub overrides: Overrides,
    /// The effective limits: those of the plan, with the replaced ones.
    pub user: Limits,
}

impl Terms {
    /// The limits of an owner with this plan and these overrides.
    pub fn of(plans: &Plans, plan_name: &str, overrides: Overrides) -> Self {
        let plan = plans.of(plan_name);
        let counted_as = if plans.has(plan_name) { plan_name } else { Plans::STANDARD }.to_owned();
        Self { plan_name: plan_name.to_owned(), counted_as, user: overrides.over(&plan.user), plan, overrides }
    }

    /// Every window that a request counts in, in the order in which they are locked.
    pub fn windows(&self, asker: &Asker, limited: Limited) -> Vec<(Of, Window)> {
        let address = asker.address.as_ref().map(|address| (Of::new(Holder::Address, address), self.plan.address));
        let user = (Of::new(Holder::User, asker.owner.as_str()), self.user.windows());
        let token = asker.token.as_ref().map(|token| (Of::new(Holder::Token, token.as_str()), self.plan.token));
        let plan = (Of::new(Holder::Plan, &self.counted_as), self.plan.together);
        let all = [address, Some(user), token, Some(plan)].into_iter().flatten();
        all.filter_map(|(of, windows)| Some((of, windows.of(limited)?))).collect()
    }
}

/// The present limits of an owner. Without an account the plan is [`Plans::VISITOR`].
pub async fn terms(tx: &mut Tx, plans: &Plans, owner: &OwnerId) -> Result<Terms, StoreError> {
    Ok(match accounts::account(tx, owner).await? {
        Some(account) => Terms::of(plans, &account.plan, account.limits),
        None => Terms::of(plans, Plans::VISITOR, Overrides::default()),
    })
}
