//! API tokens.

use std::time::Duration;

use sluice_domain::account::Scopes;
use sluice_domain::ids::{OwnerId, TokenId};
use sluice_store::accounts::{self, TokenRow};
use sluice_store::{StoreError, Tx};

use super::secret::{Purpose, Secret};
use super::sign_in::NOTE;
use super::{AccountError, Accounts, Identity, Proof, name};

/// Most tokens of an account.
const MOST: u32 = 50;

impl Accounts {
    /// Makes a token with no more than what `by` may do; the secret is shown this once.
    pub async fn make_token(
        &self,
        by: &Identity,
        label: &str,
        scopes: Scopes,
        lifetime: Option<Duration>,
    ) -> Result<(TokenRow, Secret), AccountError> {
        let label = name(label, "A token's name")?;
        if scopes.is_empty() {
            return Err(AccountError::Invalid(
                "A token has at least one of the scopes read, write, admin and metrics.".to_owned(),
            ));
        }
        if let Some(scope) = scopes.iter().find(|scope| !by.may(*scope)) {
            return Err(AccountError::Invalid(format!(
                "A token cannot have the scope {scope}, which you do not have."
            )));
        }
        let secret = Secret::new(Purpose::Token);
        let now = self.platform.now().await?;
        let row = TokenRow {
            id: TokenId::new(now, self.platform.randomness.id_bytes()),
            owner: by.owner.clone(),
            name: label,
            hash: secret.hash(),
            shown: secret.shown(),
            scopes,
            created_at: now,
            expires_at: lifetime.map(|lifetime| now + lifetime),
            used_at: None,
        };
        let added = self.platform.store.write(async |tx| {
            // Locked, so that two requests do not pass the limit together.
            if accounts::locked(tx, &by.owner).await?.is_none() {
                return Ok(Err(AccountError::NotFound));
            }
            if accounts::tokens(tx, &by.owner, None, MOST).await?.len() >= MOST as usize {
                return Ok(Err(AccountError::Invalid(format!("An account has at most {MOST} tokens: revoke one."))));
            }
            accounts::insert_token(tx, &row).await?;
            Ok::<_, StoreError>(Ok(()))
        });
        added.await??;
        Ok((row, secret))
    }

    /// Whose a token is, and what it may do; none if it is none, has ended, or its account cannot be used.
    pub async fn of_token(&self, bearer: &str) -> Result<Option<Identity>, StoreError> {
        let Some(secret) = Secret::parse(Purpose::Token, bearer) else { return Ok(None) };
        let now = self.platform.now().await?;
        let found = self.platform.store.read(async |tx| accounts::token(tx, &secret.hash(), now).await).await?;
        let Some((token, account)) = found else { return Ok(None) };
        if token.used_at.is_none_or(|used| now.since(used) >= NOTE) {
            self.platform.store.write(async |tx: &mut Tx| accounts::touch_token(tx, &token.id, now).await).await?;
        }
        Ok(Some(Identity::of(&account, Proof::Token(token.id)).within(&token.scopes)))
    }

    /// The tokens of an owner, the latest first: `limit` at most, of those before `before`.
    pub async fn tokens(
        &self,
        owner: &OwnerId,
        before: Option<&TokenId>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        self.platform.store.read(async |tx| accounts::tokens(tx, owner, before, limit).await).await
    }

    /// Revokes a token of an owner.
    pub async fn revoke(&self, owner: &OwnerId, id: &TokenId) -> Result<(), AccountError> {
        let revoked = self.platform.store.write(async |tx| accounts::revoke_token(tx, owner, id).await).await?;
        revoked.then_some(()).ok_or(AccountError::NotFound)
    }
}
