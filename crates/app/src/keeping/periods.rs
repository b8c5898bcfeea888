//! How long things are kept: their own days win over those of their owner, and these over those of the installation.

use serde::Serialize;
use sluice_domain::ids::OwnerId;
use sluice_store::keeping::{self, Days, FOREVER};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::Keeper;
use super::rules::{MOST_DAYS, Rules};
use crate::tiers::{Tier, Tiers};

/// How long something is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StoragePeriods)]
pub struct Periods {
    /// The app.
    #[schema(value_type = String)]
    pub app: &'static str,
    /// Of which thing; none if of all that somebody has of the app.
    pub subject: Option<String>,
    /// In the first tier.
    pub hot: TierPeriod,
    /// Then in the second.
    pub warm: TierPeriod,
    /// How many things have days of their own; of one thing none.
    pub exceptions: u64,
}

/// How long something stays in a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StoragePeriod)]
pub struct TierPeriod {
    /// The days that hold; none if for ever.
    pub days: Option<u32>,
    /// Who set them.
    pub set_by: Whose,
    /// The fewest days that may be set.
    pub shortest: u32,
    /// The most.
    pub longest: u32,
}

/// Who set how long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = StoragePeriodSetBy)]
pub enum Whose {
    /// Whoever runs the installation.
    Installation,
    /// The owner, for all that they have of the app.
    Owner,
    /// The owner, for this alone.
    Subject,
}

/// Why days were not set.
#[derive(Debug, thiserror::Error)]
pub enum PeriodError {
    /// No app of this name keeps things in tiers.
    #[error("there is no such app")]
    NoApp,
    /// The owner has no such thing.
    #[error("there is no such thing")]
    Unknown,
    /// This installation does not allow so many, or so few.
    #[error("here something stays {} from {shortest} to {longest} days", .tier.as_str())]
    OutOfBounds {
        /// The tier.
        tier: Tier,
        /// The fewest.
        shortest: u32,
        /// The most.
        longest: u32,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn find<'k>(keeper: &'k Keeper, app: &str) -> Result<(&'static str, &'k dyn Tiers), PeriodError> {
    keeper.apps().find(|(name, _)| *name == app).ok_or(PeriodError::NoApp)
}

/// How long a tier is kept, by what is set for one thing and by its owner.
fn period(rules: &Rules, tier: Tier, own: Option<u32>, owners: Option<u32>) -> TierPeriod {
    let terms = rules.terms(tier);
    let days = terms.hold(own.or(owners));
    let set_by = match (own, owners) {
        (Some(_), _) => Whose::Subject,
        (None, Some(_)) => Whose::Owner,
        (None, None) => Whose::Installation,
    };
    let days = Some(days).filter(|days| *days != FOREVER);
    TierPeriod { days, set_by, shortest: terms.least.min(MOST_DAYS), longest: terms.most.min(MOST_DAYS) }
}

fn holding(rules: &Rules, app: &'static str, own: Days, owners: Days) -> Periods {
    let hot = period(rules, Tier::Hot, own.hot, owners.hot);
    let warm = period(rules, Tier::Warm, own.warm, owners.warm);
    Periods { app, subject: None, hot, warm, exceptions: 0 }
}

/// How long what an owner has of an app is kept, or without an owner what everybody has who has set nothing.
pub(super) async fn of_owner(
    tx: &mut Tx,
    rules: &Rules,
    app: &'static str,
    owner: Option<&OwnerId>,
) -> Result<Periods, StoreError> {
    let owners = match owner {
        Some(owner) => keeping::days(tx, owner, app, "").await?,
        None => Days::default(),
    };
    let exceptions = keeping::count_of_own(tx, owner, app).await?;
    Ok(Periods { exceptions, ..holding(rules, app, Days::default(), owners) })
}

async fn of_subject(
    tx: &mut Tx,
    rules: &Rules,
    app: &'static str,
    owner: &OwnerId,
    subject: &str,
) -> Result<Periods, StoreError> {
    let own = keeping::days(tx, owner, app, subject).await?;
    let owners = keeping::days(tx, owner, app, "").await?;
    Ok(Periods { subject: Some(subject.to_owned()), ..holding(rules, app, own, owners) })
}

/// How long what an owner has of an app is kept, or one thing of it.
pub async fn periods(
    keeper: &Keeper,
    owner: &OwnerId,
    app: &str,
    subject: Option<&str>,
) -> Result<Periods, PeriodError> {
    let (app, tiers) = find(keeper, app)?;
    keeper
        .platform
        .store
        .read(async |tx: &mut Tx| match subject {
            Some(subject) if tiers.has(tx, owner, subject).await? => {
                Ok(of_subject(tx, &keeper.rules, app, owner, subject).await?)
            }
            Some(_) => Err(PeriodError::Unknown),
            None => Ok(of_owner(tx, &keeper.rules, app, Some(owner)).await?),
        })
        .await
}

/// Sets the days of what an owner has of an app, or of one thing of it; what is none is left to what is above.
pub async fn set_periods(
    keeper: &Keeper,
    owner: &OwnerId,
    app: &str,
    subject: Option<&str>,
    days: Days,
) -> Result<Periods, PeriodError> {
    let (app, tiers) = find(keeper, app)?;
    let rules = &keeper.rules;
    for (tier, days) in [(Tier::Hot, days.hot), (Tier::Warm, days.warm)] {
        let TierPeriod { shortest, longest, .. } = period(rules, tier, None, None);
        if days.is_some_and(|days| !(shortest..=longest).contains(&days)) {
            return Err(PeriodError::OutOfBounds { tier, shortest, longest });
        }
    }
    keeper
        .platform
        .store
        .write(async |tx: &mut Tx| {
            let Some(subject) = subject else {
                keeping::set_days(tx, owner, app, "", days).await?;
                return Ok(of_owner(tx, rules, app, Some(owner)).await?);
            };
            if !tiers.lock(tx, owner, subject).await? {
                return Err(PeriodError::Unknown);
            }
            keeping::set_days(tx, owner, app, subject, days).await?;
            Ok(of_subject(tx, rules, app, owner, subject).await?)
        })
        .await
}
