//! What an operator limits of everybody's work: how many jobs run at once, how often, and whose share is how large.

use sluice_store::controls::{self, Limit, Rate, RateOf, Unit};
use sluice_store::{Store, StoreError, Tx};

/// Everything that is limited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limited {
    /// Concurrency, and the weights of owners.
    pub limits: Vec<Limit>,
    /// Amounts per time.
    pub rates: Vec<RateOf>,
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// `owner`, `kind`, `key` or `provider`.
    pub scope: &'a str,
    /// The name within the scope; `*` stands for each one without a limit of its own.
    pub name: &'a str,
}

/// What is set of a target; what is left out stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Setting {
    /// Most jobs that run at the same time.
    pub concurrency: Option<u32>,
    /// An owner's share of each pool: twice the weight, twice the jobs.
    pub weight: Option<u32>,
    /// An amount per time.
    pub rate: Option<(Unit, Rate)>,
}

/// What is taken away from a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lifted {
    /// The concurrency limit.
    pub concurrency: bool,
    /// The weight.
    pub weight: bool,
    /// Rates.
    pub rate: bool,
    /// Only the rate of this unit.
    pub unit: Option<Unit>,
}

impl Lifted {
    /// All that there is.
    pub const ALL: Self = Self { concurrency: true, weight: true, rate: true, unit: None };
}

/// Everything that is limited now.
pub async fn list(store: &Store) -> Result<Limited, StoreError> {
    let read = async |tx: &mut Tx| {
        Ok::<_, StoreError>(Limited { limits: controls::limits(tx).await?, rates: controls::rates(tx).await? })
    };
    store.read(read).await
}

/// Limits a target.
pub async fn set(store: &Store, Target { scope, name }: Target<'_>, setting: Setting) -> Result<(), StoreError> {
    let set = async |tx: &mut Tx| {
        if let Some(concurrency) = setting.concurrency {
            controls::set_limit(tx, scope, name, Some(concurrency.into())).await?;
        }
        if let Some(weight) = setting.weight {
            controls::set_weight(tx, name, weight).await?;
        }
        if let Some((unit, rate)) = setting.rate {
            controls::set_rate(tx, scope, name, unit, Some(rate)).await?;
        }
        Ok::<_, StoreError>(())
    };
    store.write(set).await
}

/// Takes limits away from a target; returns whether there were any.
pub async fn unset(store: &Store, Target { scope, name }: Target<'_>, lifted: Lifted) -> Result<bool, StoreError> {
    let unset = async |tx: &mut Tx| {
        let mut removed = false;
        for limit in controls::limits(tx).await?.iter().filter(|it| it.scope == scope && it.name == name) {
            if lifted.concurrency && limit.concurrency.is_some() {
                controls::set_limit(tx, scope, name, None).await?;
                removed = true;
            }
            if lifted.weight && limit.weight != 1 {
                controls::set_weight(tx, name, 1).await?;
                removed = true;
            }
        }
        for it in controls::rates(tx).await?.iter().filter(|it| it.scope == scope && it.name == name) {
            if lifted.rate && lifted.unit.is_none_or(|unit| unit == it.unit) {
                controls::set_rate(tx, scope, name, it.unit, None).await?;
                removed = true;
            }
        }
        Ok::<_, StoreError>(removed)
    };
    store.write(unset).await
}
