//! What is known of each provider, for display.

use sluice_domain::ids::OwnerId;
use sluice_domain::money::MicroUsd;
use sluice_store::provider_keys::{self as rows, SpendOf};
use sluice_store::providers::{self, Health};
use sluice_store::{StoreError, Tx};

use super::config::{Kind, ProviderSettings, RouteSettings, Served};
use super::keys::KeyView;
use super::open::{Opening, Price};
use super::{ProviderError, Providers};

/// A route of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteView {
    /// The capability.
    pub served: Served,
    /// Its place among the routes of the capability, from 0.
    pub place: usize,
    /// What the configuration says of it.
    pub settings: RouteSettings,
}

/// A provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderView {
    /// Its name.
    pub name: String,
    /// What the configuration says of it.
    pub settings: ProviderSettings,
    /// Its health; none if it was not called yet, or nothing is wrong.
    pub health: Option<Health>,
    /// What was spent today: by the owner, or by everybody if the installation asks.
    pub today: MicroUsd,
    /// What was spent this month.
    pub this_month: MicroUsd,
    /// Calls of today whose cost is not known: they are in no amount.
    pub unpriced_today: u64,
    /// Why its voices could not be listed when they were last asked for, or not all of them: what is known is offered.
    pub voices_trouble: Option<String>,
    /// The same of its presenters.
    pub presenters_trouble: Option<String>,
    /// The key that the owner's requests are made with.
    pub key: Option<KeyView>,
    /// The routes that lead to it.
    pub routes: Vec<RouteView>,
}

impl Providers {
    /// Every provider of the configuration, as it is for an owner, or for the installation.
    pub async fn list(&self, owner: &OwnerId) -> Result<Vec<ProviderView>, ProviderError> {
        let held = self.held(owner).await?;
        let of = if *owner == OwnerId::system() { SpendOf::All } else { SpendOf::Owner(owner) };
        let read = async |tx: &mut Tx| Ok::<_, StoreError>((providers::all(tx).await?, rows::spent(tx, of).await?));
        let (health, spent) = self.inner.store.read(read).await?;
        let view = |(name, settings): (&String, &ProviderSettings)| {
            let spent = spent.iter().find(|spent| spent.provider == *name);
            let key = held.of(name).map(|(_, row)| self.view(owner, row)).transpose()?;
            Ok(ProviderView {
                name: name.clone(),
                settings: settings.clone(),
                health: health.iter().find(|health| health.name == *name).cloned(),
                today: spent.map_or(MicroUsd(0), |spent| spent.today),
                this_month: spent.map_or(MicroUsd(0), |spent| spent.this_month),
                voices_trouble: self.voices_trouble(&held, name),
                presenters_trouble: self.presenters_trouble(&held, name),
                unpriced_today: spent.map_or(0, |spent| spent.unpriced_today),
                key,
                routes: self.routes_to(name),
            })
        };
        self.inner.config.providers.iter().map(view).collect()
    }

    /// One of them.
    pub async fn show(&self, owner: &OwnerId, name: &str) -> Result<ProviderView, ProviderError> {
        let (name, _) = self.settings(name)?;
        let found = self.list(owner).await?.into_iter().find(|view| view.name == name);
        found.ok_or_else(|| ProviderError::Unknown { name: name.to_owned() })
    }

    fn routes_to(&self, name: &str) -> Vec<RouteView> {
        let of = |served: Served| {
            let routes = self.inner.config.routes.of(served).iter().enumerate();
            let to_it = routes.filter(|(_, route)| route.provider == name);
            to_it.map(move |(place, settings)| RouteView { served, place, settings: settings.clone() })
        };
        Served::ALL.into_iter().flat_map(of).collect()
    }

    /// What a model of a provider costs; empty if that is not known. Where none has this name and it is that of a kind, the table of
    /// prices says it.
    pub fn prices(&self, name: &str, model: &str) -> Result<(Kind, Vec<Price>), ProviderError> {
        match (self.settings(name), Kind::from_name(name)) {
            (Ok((name, settings)), _) => {
                Ok((settings.kind, self.inner.open.prices(&Opening::new(name, settings, Some(model), None))))
            }
            (Err(_), Some(kind)) => Ok((kind, self.inner.open.table(kind, model))),
            (Err(unknown), None) => Err(unknown),
        }
    }
}
