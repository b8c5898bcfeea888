//! Remote providers: which there are, with whose key they are asked, and which of them serves a request.
//!
//! | file | holds |
//! |---|---|
//! | `config` | what the configuration says of providers and routes |
//! | `key` | a provider's secret, as it is used |
//! | `sealing` | its encryption |
//! | `keys` | saving, removing, checking and finding keys |
//! | `open` | what opens clients: this crate knows none of them |
//! | `routes` | the router of a capability, for an owner; what an app holds of it |
//! | `hooks` | notifications of providers |
//! | `lists` | the voices and presenters that providers list, remembered for a while |
//! | `listing` | asking for one of these lists, page by page, in the background |
//! | `pictures` | pictures of presenters that could not be fetched, remembered for a while |
//! | `report` | health, spending, keys and routes, for display |

pub mod config;
mod hooks;
mod key;
mod keys;
mod listing;
mod lists;
pub mod open;
pub mod pictures;
mod report;
mod routes;
pub mod sealing;

use std::sync::Arc;

use sluice_domain::ids::OwnerId;
use sluice_engine::JobError;
use sluice_store::{Store, StoreError};

pub use hooks::{HookEndpoint, HookError};
pub use key::{Key, KeyError};
pub use keys::{KeyView, Reencrypted, Tested, Whose};
pub use report::{ProviderView, RouteView};
pub use routes::{BuiltIn, Routes};

use self::config::{ProviderSettings, ProvidersConfig};
use self::lists::AllLists;
use self::open::{CheckError, Open, OpenError};
use self::sealing::{SecretError, Secrets};

/// What the providers of an installation are made of.
pub struct Setup {
    /// Rows.
    pub store: Store,
    /// Providers and routes; without mistakes.
    pub config: ProvidersConfig,
    /// With which keys are encrypted.
    pub secrets: Secrets,
    /// Opens clients.
    pub open: Arc<dyn Open>,
    /// The engines of this program.
    pub built_in: BuiltIn,
    /// The address under which providers reach this installation, such as `https://sluice.example.org`.
    pub hooks_url: Option<String>,
}

/// The providers of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Providers {
    inner: Arc<Setup>,
    lists: Arc<AllLists>,
}

impl Providers {
    /// From its parts.
    pub fn new(setup: Setup) -> Self {
        Self { inner: Arc::new(setup), lists: Arc::default() }
    }

    /// The same with other clients, for tests.
    #[must_use]
    pub fn with(&self, config: ProvidersConfig, open: Arc<dyn Open>) -> Self {
        let Setup { store, secrets, built_in, hooks_url, .. } = &*self.inner;
        Self::new(Setup {
            store: store.clone(),
            config,
            secrets: secrets.clone(),
            open,
            built_in: built_in.clone(),
            hooks_url: hooks_url.clone(),
        })
    }

    fn settings<'a>(&'a self, name: &str) -> Result<(&'a str, &'a ProviderSettings), ProviderError> {
        let found = self.inner.config.providers.get_key_value(name);
        let (name, settings) = found.ok_or_else(|| ProviderError::Unknown { name: name.chars().take(64).collect() })?;
        Ok((name.as_str(), settings))
    }
}

/// Why something about a provider cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// There is no such provider.
    #[error("there is no provider \"{name}\" in the configuration: add it as [providers.{name}]")]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// What was sent is no key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The provider does not accept the key, or could not be asked. Nothing was saved.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// There is no key.
    #[error("there is no key for {provider}: save one with `sluice providers set-key {provider}`, or in the settings")]
    NoKey {
        /// The provider's name.
        provider: String,
    },
    /// The provider signs no notifications.
    #[error(
        "{provider} signs no notifications, so that a secret for them would never be used: save one only for a provider of a \
         kind that signs, such as a runner"
    )]
    Unsigned {
        /// The provider's name.
        provider: String,
    },
    /// It is no secret of the provider's notifications. Nothing was saved.
    #[error("this is not the secret of the notifications of {provider}, which is {form}: nothing was saved")]
    HookSecret {
        /// The provider's name.
        provider: String,
        /// The form of its secrets.
        form: &'static str,
    },
    /// A saved key cannot be decrypted. No other one is used in its place.
    #[error(
        "the key of {owner} for {provider} cannot be decrypted: the installation's secret is not the one under which it was \
         saved. Bring that secret back (SLUICE_SECRET_KEY, or SLUICE_PREVIOUS_SECRET_KEY), or save the key again"
    )]
    Undecryptable {
        /// Whose key it is.
        owner: OwnerId,
        /// The provider's name.
        provider: String,
    },
    /// Every route of a capability needs a key that nobody has saved.
    #[error("nothing can {capability} here, since there is no key for {}: save one in the settings", providers.join(", "))]
    Keyless {
        /// The capability.
        capability: &'static str,
        /// The providers of its routes.
        providers: Vec<String>,
    },
    /// A route names a provider that cannot serve it.
    #[error(
        "the provider {provider} cannot {capability} in this version: change route.{capability} in the configuration"
    )]
    Unserved {
        /// The capability.
        capability: &'static str,
        /// The provider's name.
        provider: String,
    },
    /// The client of a provider cannot be opened.
    #[error("the provider {provider} cannot be used as it is configured")]
    Unopened {
        /// The provider's name.
        provider: String,
        /// What is wrong.
        source: OpenError,
    },
    /// The installation's secret cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A job fails with what is to be done: no key comes by itself.
impl From<ProviderError> for JobError {
    fn from(error: ProviderError) -> Self {
        let code = match error {
            ProviderError::Store(error) => return error.into(),
            ProviderError::NoKey { .. } | ProviderError::Keyless { .. } => "no_key",
            ProviderError::Undecryptable { .. } => "key_undecryptable",
            ProviderError::Secret(_) => "secret_unusable",
            ProviderError::Unknown { .. }
            | ProviderError::Key(_)
            | ProviderError::Unsigned { .. }
            | ProviderError::HookSecret { .. }
            | ProviderError::Check(_)
            | ProviderError::Unserved { .. }
            | ProviderError::Unopened { .. } => "provider_unusable",
        };
        Self::fail(code, error.to_string()).because(error)
    }
}
