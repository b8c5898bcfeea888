//! Keys: saved only after the provider accepted them, encrypted, one per owner and one for the installation.

use std::sync::Arc;

use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::provider_keys::{self as rows, KeyRow, Purpose};
use sluice_store::{StoreError, Tx};

use super::open::Opening;
use super::sealing::{Place, Secret};
use super::{Key, ProviderError, Providers};

/// How many are encrypted anew at a time.
const PAGE: u32 = 100;

/// Whose key is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The owner's own.
    Own,
    /// The installation's.
    Installation,
}

/// A key, for display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyView {
    /// Its owner.
    pub whose: Whose,
    /// Its last characters, which may be none; not of another's.
    pub ending: Option<String>,
    /// When it was saved.
    pub set_at: Timestamp,
    /// When the provider last accepted it.
    pub checked_at: Option<Timestamp>,
    /// Whether it can be decrypted.
    pub is_readable: bool,
}

/// What a test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// Whose key was used; none of a server that needs none.
    pub whose: Option<Whose>,
    /// What the provider said of the account behind it, for whose key it is.
    pub detail: String,
}

/// What was encrypted anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reencrypted {
    /// How many keys.
    pub changed: u64,
    /// Those that no known secret decrypts: owner and provider.
    pub failed: Vec<(OwnerId, String)>,
}

/// The keys that an owner may use.
pub(super) struct Held {
    own: Vec<KeyRow>,
    installation: Vec<KeyRow>,
}

impl Held {
    /// The owner's key before that of the installation.
    pub(super) fn of(&self, provider: &str) -> Option<(Whose, &KeyRow)> {
        let is_it = |row: &&KeyRow| row.provider == provider && row.purpose == Purpose::Call;
        let own = self.own.iter().find(is_it).map(|row| (Whose::Own, row));
        own.or_else(|| Some((Whose::Installation, self.installation.iter().find(is_it)?)))
    }
}

impl Providers {
    /// Saves the key with which an owner, or the installation, calls a provider, after the provider accepted it.
    pub async fn set_key(&self, owner: &OwnerId, name: &str, text: String) -> Result<KeyView, ProviderError> {
        let (name, settings) = self.settings(name)?;
        let key = Key::new(text)?;
        let opening = Opening::new(name, settings, None, Some(&key));
        self.inner.open.check(opening).await?;
        let now = self.inner.store.now().await?;
        let row = self.save(owner, name, Purpose::Call, &key, Some(now)).await?;
        tracing::info!(%owner, provider = name, "a key was saved");
        self.view(owner, &row)
    }

    /// Saves the secret with which a provider signs its notifications to the installation.
    pub async fn set_hook_secret(&self, name: &str, text: String) -> Result<(), ProviderError> {
        let (name, settings) = self.settings(name)?;
        let hook = self.inner.open.hook(settings.kind).filter(|hook| hook.is_signed());
        let hook = hook.ok_or_else(|| ProviderError::Unsigned { provider: name.to_owned() })?;
        let key = Key::new(text)?;
        // One of another form would replace a good one, and every notification would be refused from then on.
        hook.check_secret(&key).map_err(|form| ProviderError::HookSecret { provider: name.to_owned(), form })?;
        self.save(&OwnerId::system(), name, Purpose::Hook, &key, None).await?;
        tracing::info!(provider = name, "the secret of a hook was saved");
        Ok(())
    }

    async fn save(
        &self,
        owner: &OwnerId,
        name: &str,
        purpose: Purpose,
        key: &Key,
        checked_at: Option<Timestamp>,
    ) -> Result<KeyRow, ProviderError> {
        let secret = self.inner.secrets.present_or_new()?;
        let row = KeyRow {
            owner: owner.clone(),
            provider: name.to_owned(),
            purpose,
            sealed_by: secret.id().to_owned(),
            sealed: secret.seal(&Place { owner, provider: name, purpose }, key)?,
            ending: key.ending().to_owned(),
            set_at: self.inner.store.now().await?,
            checked_at,
        };
        self.inner.store.write(async |tx| rows::set(tx, &row).await).await?;
        Ok(row)
    }

    /// Removes an owner's key, or the installation's.
    pub async fn remove_key(&self, owner: &OwnerId, name: &str, purpose: Purpose) -> Result<(), ProviderError> {
        // One of a provider that is not configured any more can still be removed.
        let removed = self.inner.store.write(async |tx| rows::remove(tx, owner, name, purpose).await).await?;
        if !removed {
            return Err(ProviderError::NoKey { provider: name.chars().take(64).collect() });
        }
        tracing::info!(%owner, provider = name, "a key was removed");
        Ok(())
    }

    /// Asks a provider whether it accepts the key that this owner's requests are made with.
    pub async fn test(&self, owner: &OwnerId, name: &str) -> Result<Tested, ProviderError> {
        let (name, settings) = self.settings(name)?;
        let held = self.held(owner).await?;
        let found = held.of(name);
        let key = found.map(|(_, row)| self.decrypt(row)).transpose()?;
        if key.is_none() && settings.needs_key() {
            return Err(ProviderError::NoKey { provider: name.to_owned() });
        }
        let opening = Opening::new(name, settings, None, key.as_ref());
        let checked = self.inner.open.check(opening).await?;
        let whose = found.map(|(whose, _)| whose);
        if let Some((_, row)) = found {
            let now = self.inner.store.now().await?;
            self.inner.store.write(async |tx| rows::checked(tx, row, now).await).await?;
        }
        // What the installation has left is its administrators' to know.
        let hidden = whose == Some(Whose::Installation) && *owner != OwnerId::system();
        Ok(Tested { whose, detail: if hidden { String::new() } else { checked.detail } })
    }

    /// The keys that an owner may use.
    pub(super) async fn held(&self, owner: &OwnerId) -> Result<Held, StoreError> {
        let system = OwnerId::system();
        let read = async |tx: &mut Tx| {
            let installation = rows::of_owner(tx, &system).await?;
            let own = if *owner == system { Vec::new() } else { rows::of_owner(tx, owner).await? };
            Ok(Held { own, installation })
        };
        self.inner.store.read(read).await
    }

    /// Decrypts a key. One that cannot be is an error, and not as if it were not there: its owner would be served, and
    /// charged, by the installation's.
    pub(super) fn decrypt(&self, row: &KeyRow) -> Result<Key, ProviderError> {
        self.try_to_decrypt(row)?
            .ok_or_else(|| ProviderError::Undecryptable { owner: row.owner.clone(), provider: row.provider.clone() })
    }

    fn try_to_decrypt(&self, row: &KeyRow) -> Result<Option<Key>, ProviderError> {
        let secrets = self.inner.secrets.all()?;
        let secret: Option<&Arc<Secret>> = secrets.iter().find(|secret| secret.id() == row.sealed_by);
        let place = Place { owner: &row.owner, provider: &row.provider, purpose: row.purpose };
        Ok(secret.and_then(|secret| secret.open(&place, &row.sealed)))
    }

    pub(super) fn view(&self, owner: &OwnerId, row: &KeyRow) -> Result<KeyView, ProviderError> {
        Ok(KeyView {
            whose: if row.owner == OwnerId::system() { Whose::Installation } else { Whose::Own },
            ending: (row.owner == *owner).then(|| row.ending.clone()),
            set_at: row.set_at,
            checked_at: row.checked_at,
            is_readable: self.try_to_decrypt(row)?.is_some(),
        })
    }

    /// The secret of a provider's hook, if one was set.
    pub(super) async fn hook_secret(&self, name: &str) -> Result<Option<Key>, ProviderError> {
        let find = async |tx: &mut Tx| rows::find(tx, &OwnerId::system(), name, Purpose::Hook).await;
        let row = self.inner.store.read(find).await?;
        row.as_ref().map(|row| self.decrypt(row)).transpose()
    }

    /// Encrypts every key under the present secret that is encrypted under another one. Those that cannot be decrypted stay.
    pub async fn reencrypt(&self) -> Result<Reencrypted, ProviderError> {
        let secret = self.inner.secrets.present_or_new()?;
        let (mut done, mut last) = (Reencrypted::default(), None::<KeyRow>);
        loop {
            let next = async |tx: &mut Tx| rows::sealed_otherwise(tx, secret.id(), last.as_ref(), PAGE).await;
            let page = self.inner.store.read(next).await?;
            let Some(end) = page.last().cloned() else { return Ok(done) };
            for row in &page {
                let Some(key) = self.try_to_decrypt(row)? else {
                    done.failed.push((row.owner.clone(), row.provider.clone()));
                    continue;
                };
                let place = Place { owner: &row.owner, provider: &row.provider, purpose: row.purpose };
                let sealed = secret.seal(&place, &key)?;
                let write = async |tx: &mut Tx| rows::reseal(tx, row, secret.id(), &sealed).await;
                done.changed += u64::from(self.inner.store.write(write).await?);
            }
            last = Some(end);
        }
    }
}
