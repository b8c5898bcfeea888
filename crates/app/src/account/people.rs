//! What an administrator does with accounts, and a person with their own.

use sluice_domain::account::{AccountState, Email, Role};
use sluice_domain::ids::{OwnerId, SessionId};
use sluice_store::accounts::{self, AccountRow};
use sluice_store::{StoreError, Tx, controls, jobs, limits, webhooks};

use super::password::Passwords;
use super::sign_in::{OF_EMAIL, key_of};
use super::{AccountError, Accounts, name};
use crate::limits::change::{ChangeError, check_plan};

/// Jobs that are cancelled with the account itself.
const AT_ONCE: u32 = 100;

/// What is to be changed of an account; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What the person wants to be called.
    pub name: Option<String>,
    /// What it may do.
    pub role: Option<Role>,
    /// Whether it can be used: active or suspended.
    pub state: Option<AccountState>,
    /// The plan whose limits apply.
    pub plan: Option<String>,
}

impl Accounts {
    /// An account.
    pub async fn account(&self, owner: &OwnerId) -> Result<AccountRow, AccountError> {
        let found = self.platform.store.read(async |tx| accounts::account(tx, owner).await).await?;
        found.filter(|account| account.state != AccountState::Deleted).ok_or(AccountError::NotFound)
    }

    /// An account by its email address.
    pub async fn by_email(&self, email: &Email) -> Result<AccountRow, AccountError> {
        let found = self.platform.store.read(async |tx| accounts::by_email(tx, email).await).await?;
        found.ok_or(AccountError::NotFound)
    }

    /// The next `limit` accounts after an owner, by time of creation.
    pub async fn people(&self, after: &str, limit: u32) -> Result<Vec<AccountRow>, StoreError> {
        self.platform.store.read(async |tx| accounts::list(tx, after, limit).await).await
    }

    /// Changes an account. A suspended one is signed out everywhere at once, and its links end.
    pub async fn change(&self, owner: &OwnerId, change: Change) -> Result<AccountRow, AccountError> {
        let new_name = change.name.as_deref().map(|text| name(text, "A name")).transpose()?;
        if change.state == Some(AccountState::Deleted) {
            return Err(AccountError::Invalid("An account is deleted by deleting it.".to_owned()));
        }
        if let Some(plan) = &change.plan {
            check_plan(&self.platform.limits.plans, plan)?;
        }
        let now = self.platform.now().await?;
        let changed = self.platform.store.write(async |tx| {
            let administrators = accounts::administrators(tx).await?;
            let Some(old) = present(tx, owner).await? else { return Ok(Err(AccountError::NotFound)) };
            let new = AccountRow {
                name: new_name.clone().unwrap_or(old.name),
                role: change.role.unwrap_or(old.role),
                state: change.state.unwrap_or(old.state),
                plan: change.plan.clone().unwrap_or(old.plan),
                updated_at: now,
                ..old
            };
            let suspends = new.state != AccountState::Active;
            let new = AccountRow { link_epoch: new.link_epoch + i64::from(suspends), ..new };
            let stays = new.role == Role::Admin && new.state == AccountState::Active;
            if !stays && administrators == [owner.clone()] {
                return Ok(Err(AccountError::LastAdministrator));
            }
            accounts::update(tx, &new).await?;
            limits::release_over_budget(tx, owner).await?;
            if suspends {
                accounts::end_sessions(tx, owner, None).await?;
            }
            Ok::<_, StoreError>(Ok(new))
        });
        changed.await?
    }

    /// Changes a password, which the present one allows, and signs out everywhere else.
    pub async fn change_password(
        &self,
        owner: &OwnerId,
        present_password: String,
        new: String,
        except: Option<&SessionId>,
    ) -> Result<(), AccountError> {
        let account = self.account(owner).await?;
        let email = account.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default();
        Passwords::check(&new, &email)?;
        let keys = account.email.iter().map(|email| (key_of(email), OF_EMAIL)).collect::<Vec<_>>();
        self.refuse_while_throttled(&keys).await?;
        if !self.passwords.matches(present_password, account.password).await? {
            self.note_failure(&keys).await?;
            return Err(AccountError::WrongPassword);
        }
        self.set_password(owner, new, except).await
    }

    /// Deletes a person's own account. Who has a password shows it: a browser that was left open is not enough.
    pub async fn leave(&self, owner: &OwnerId, password: Option<String>) -> Result<(), AccountError> {
        let account = self.account(owner).await?;
        if account.password.is_some() {
            let keys = account.email.iter().map(|email| (key_of(email), OF_EMAIL)).collect::<Vec<_>>();
            self.refuse_while_throttled(&keys).await?;
            if !self.passwords.matches(password.unwrap_or_default(), account.password).await? {
                self.note_failure(&keys).await?;
                return Err(AccountError::WrongPassword);
            }
        }
        self.delete(owner).await
    }

    /// Sets a password, as an administrator does for somebody who forgot it.
    pub async fn set_password(
        &self,
        owner: &OwnerId,
        new: String,
        except: Option<&SessionId>,
    ) -> Result<(), AccountError> {
        let account = self.account(owner).await?;
        Passwords::check(&new, account.email.as_ref().map_or("", |email| email.as_str()))?;
        let hash = self.passwords.hash(new).await?;
        let now = self.platform.now().await?;
        let set = self.platform.store.write(async |tx| {
            let Some(old) = present(tx, owner).await? else { return Ok(Err(AccountError::NotFound)) };
            let link_epoch = old.link_epoch + 1;
            accounts::update(tx, &AccountRow { password: Some(hash.clone()), link_epoch, updated_at: now, ..old })
                .await?;
            accounts::end_sessions(tx, owner, except).await?;
            Ok::<_, StoreError>(Ok(()))
        });
        set.await?
    }

    /// Makes a tombstone of an account: nobody can sign in, and its address is free. What it owns is removed by maintenance.
    pub async fn delete(&self, owner: &OwnerId) -> Result<(), AccountError> {
        let now = self.platform.now().await?;
        let deleted = self.platform.store.write(async |tx| {
            let administrators = accounts::administrators(tx).await?;
            let Some(old) = present(tx, owner).await? else { return Ok(Err(AccountError::NotFound)) };
            if administrators == [owner.clone()] {
                return Ok(Err(AccountError::LastAdministrator));
            }
            let gone = AccountRow {
                email: None,
                name: String::new(),
                password: None,
                state: AccountState::Deleted,
                link_epoch: old.link_epoch + 1,
                updated_at: now,
                ..old
            };
            accounts::update(tx, &gone).await?;
            // No job of theirs starts any more; maintenance cancels all and removes what they own.
            controls::pause(tx, "owner", owner.as_str(), "the account was deleted").await?;
            jobs::cancel_of(tx, owner, AT_ONCE).await?;
            accounts::end_sessions(tx, owner, None).await?;
            accounts::end_invitations(tx, owner).await?;
            webhooks::delete_all(tx, owner).await?;
            accounts::revoke_tokens(tx, owner).await?;
            Ok::<_, StoreError>(Ok(()))
        });
        deleted.await?
    }
}

/// An account that is not deleted, locked.
async fn present(tx: &mut Tx, owner: &OwnerId) -> Result<Option<AccountRow>, StoreError> {
    let found = accounts::locked(tx, owner).await?;
    Ok(found.filter(|account| account.state != AccountState::Deleted))
}

impl From<ChangeError> for AccountError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NoSuchAccount => Self::NotFound,
            ChangeError::NoSuchPlan { plan, known } => Self::NoSuchPlan { plan, known },
            ChangeError::Store(error) => error.into(),
        }
    }
}
