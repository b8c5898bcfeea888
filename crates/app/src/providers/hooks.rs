//! The endpoints for notifications of providers. A notification only wakes the job that waits for the call, which then asks the
//! provider: nothing else in it is trusted.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use sluice_store::calls::{self, Notified};
use sluice_store::provider_keys as rows;
use sluice_store::{StoreError, Tx};
use subtle::ConstantTimeEq as _;

use super::open::{Delivery, Hook, Notice, Unacceptable};
use super::{Key, ProviderError, Providers};

/// How long a notification is remembered. A call that lasts longer is given up before.
const REMEMBERED: Duration = Duration::from_hours(24 * 7);
/// Most ids of a notification that are looked for.
const IDS: usize = 8;

/// Why a notification is not acted on.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// It is not acceptable.
    #[error(transparent)]
    Unacceptable(#[from] Unacceptable),
    /// The secret of the hook, or the database, cannot be used.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

/// The endpoint for the notifications of a provider, for a request with its token.
pub struct HookEndpoint<'a> {
    providers: &'a Providers,
    name: &'a str,
    hook: Arc<dyn Hook>,
}

/// Why the transaction of a notification is rolled back.
enum RolledBack {
    /// It changes nothing.
    Ignored,
    Store(StoreError),
}

impl From<StoreError> for RolledBack {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Providers {
    /// The address to which a provider sends its notifications: with a token that nobody else can guess. None if it sends none, or
    /// cannot reach this installation.
    pub fn hook_address(&self, name: &str) -> Result<Option<String>, ProviderError> {
        let (name, settings) = self.settings(name)?;
        let Some(base) = self.inner.hooks_url.as_ref().filter(|_| self.inner.open.hook(settings.kind).is_some()) else {
            return Ok(None);
        };
        let token = self.inner.secrets.present_or_new()?.hook_token(name)?;
        Ok(Some(format!("{}/api/v1/hooks/{name}/{token}", base.trim_end_matches('/'))))
    }

    /// The endpoint for the notifications of a provider, if this is its token.
    pub fn hook_endpoint(&self, name: &str, token: &str) -> Result<Option<HookEndpoint<'_>>, ProviderError> {
        let Ok((name, settings)) = self.settings(name) else { return Ok(None) };
        let Some(hook) = self.inner.open.hook(settings.kind) else { return Ok(None) };
        for secret in self.inner.secrets.all()? {
            if bool::from(secret.hook_token(name)?.as_bytes().ct_eq(token.as_bytes())) {
                return Ok(Some(HookEndpoint { providers: self, name, hook }));
            }
        }
        Ok(None)
    }
}

impl HookEndpoint<'_> {
    /// Receives a notification. A repeated or late one, and one of a call that nobody waits for, changes nothing.
    pub async fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notified, HookError> {
        let store = &self.providers.inner.store;
        let secret: Option<Key> = self.providers.hook_secret(self.name).await?;
        let now = store.now().await.map_err(ProviderError::from)?;
        let Notice { ids, event } = self.hook.read(&Delivery { headers, body, secret: secret.as_ref(), now })?;
        // The id of an event may be any text, so its hash is stored.
        let notice = blake3::hash(event.as_ref().map_or(body, String::as_bytes)).to_hex();
        let receive = async |tx: &mut Tx| {
            if !rows::note_notice(tx, self.name, &notice, now - REMEMBERED).await? {
                return Err(RolledBack::Ignored);
            }
            let mut noted = Notified::Ignored;
            for id in ids.iter().take(IDS) {
                if calls::notify(tx, self.name, id).await? == Notified::Noted {
                    noted = Notified::Noted;
                }
            }
            if noted == Notified::Ignored { Err(RolledBack::Ignored) } else { Ok(noted) }
        };
        match store.write(receive).await {
            Ok(noted) => Ok(noted),
            Err(RolledBack::Ignored) => Ok(Notified::Ignored),
            Err(RolledBack::Store(error)) => Err(ProviderError::from(error).into()),
        }
    }
}
