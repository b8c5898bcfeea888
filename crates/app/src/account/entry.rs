//! How an account comes to be: the first administrator, sign-up, invitations.

use sluice_domain::account::{AccountState, Email, Role};
use sluice_domain::ids::{AccountId, InvitationId, OwnerId};
use sluice_domain::limits::Overrides;
use sluice_domain::time::Timestamp;
use sluice_store::StoreError;
use sluice_store::accounts::{self, AccountRow, InvitationRow};

use super::password::Passwords;
use super::secret::{Purpose, Secret};
use super::sign_in::{From, attempts};
use super::{AccountError, Accounts, SignUp, name};

/// What a person enters.
#[derive(Debug)]
pub struct NewAccount {
    /// Its address.
    pub email: Email,
    /// What the person wants to be called.
    pub name: String,
    /// Its password.
    pub password: String,
}

impl Accounts {
    /// Whether nobody can sign in yet.
    pub async fn is_new(&self) -> Result<bool, StoreError> {
        Ok(!self.platform.store.read(async |tx| accounts::any(tx).await).await?)
    }

    /// An invitation for the first administrator, in place of any earlier one; none if there is an account. It is printed
    /// once, when the server starts.
    pub async fn first_invitation(&self) -> Result<Option<Secret>, StoreError> {
        Ok(self.first_invitation_of(None).await?.map(|(_, secret)| secret))
    }

    /// The same for one email address, with its end.
    pub async fn first_invitation_of(&self, email: Option<Email>) -> Result<Option<(Timestamp, Secret)>, StoreError> {
        let secret = Secret::new(Purpose::Invitation);
        let row = self.invitation(&OwnerId::system(), email, Role::Admin, &secret).await?;
        let made = self.platform.store.write(async |tx| {
            if accounts::any(tx).await? {
                return Ok::<_, StoreError>(false);
            }
            accounts::end_invitations(tx, &OwnerId::system()).await?;
            accounts::insert_invitation(tx, &row).await?;
            Ok(true)
        });
        Ok(made.await?.then_some((row.expires_at, secret)))
    }

    /// Invites somebody; the secret is in the link that is sent.
    pub async fn invite(
        &self,
        by: &OwnerId,
        email: Option<Email>,
        role: Role,
    ) -> Result<(InvitationRow, Secret), AccountError> {
        let secret = Secret::new(Purpose::Invitation);
        let row = self.invitation(by, email, role, &secret).await?;
        self.platform.store.write(async |tx| accounts::insert_invitation(tx, &row).await).await?;
        Ok((row, secret))
    }

    async fn invitation(
        &self,
        by: &OwnerId,
        email: Option<Email>,
        role: Role,
        secret: &Secret,
    ) -> Result<InvitationRow, StoreError> {
        let now = self.platform.now().await?;
        Ok(InvitationRow {
            id: InvitationId::new(now, self.platform.randomness.id_bytes()),
            owner: by.clone(),
            hash: secret.hash(),
            email,
            role,
            plan: self.settings.plan.clone(),
            created_at: now,
            expires_at: now + self.settings.invitation,
        })
    }

    /// The invitations that can be used, the latest first: `limit` at most, of those before `before`.
    pub async fn invitations(
        &self,
        before: Option<&InvitationId>,
        limit: u32,
    ) -> Result<Vec<InvitationRow>, StoreError> {
        let now = self.platform.now().await?;
        self.platform.store.read(async |tx| accounts::invitations(tx, now, before, limit).await).await
    }

    /// Takes an invitation back.
    pub async fn uninvite(&self, id: &InvitationId) -> Result<(), AccountError> {
        let gone = self.platform.store.write(async |tx| accounts::end_invitation(tx, id).await).await?;
        gone.then_some(()).ok_or(AccountError::NotFound)
    }

    /// What an invitation is for, so that its page can say so before anything is entered.
    pub async fn invited(&self, secret: &str) -> Result<InvitationRow, AccountError> {
        let secret = Secret::parse(Purpose::Invitation, secret).ok_or(AccountError::NoInvitation)?;
        let now = self.platform.now().await?;
        let found = self.platform.store.read(async |tx| accounts::invitation(tx, &secret.hash(), now).await).await?;
        found.ok_or(AccountError::NoInvitation)
    }

    /// Makes an account, with an invitation, or without one where everybody may. The invitation is used up with it.
    pub async fn sign_up(
        &self,
        new: NewAccount,
        invitation: Option<&str>,
        from: &From,
    ) -> Result<AccountRow, AccountError> {
        let keys = attempts(None, from);
        self.refuse_while_throttled(&keys).await?;
        let made = self.try_sign_up(new, invitation).await;
        // Guessing invitations and finding out addresses is slowed down like guessing passwords.
        if matches!(made, Err(AccountError::NoInvitation | AccountError::AddressTaken)) {
            self.note_failure(&keys).await?;
        }
        made
    }

    async fn try_sign_up(&self, new: NewAccount, invitation: Option<&str>) -> Result<AccountRow, AccountError> {
        let invitation = match invitation {
            Some(secret) => Some(self.invited(secret).await?),
            None if self.settings.sign_up == SignUp::Open => None,
            None => return Err(AccountError::SignUpClosed),
        };
        let bound = invitation.as_ref().and_then(|invitation| invitation.email.as_ref());
        if bound.is_some_and(|email| *email != new.email) {
            return Err(AccountError::NoInvitation);
        }
        let role = invitation.as_ref().map_or(Role::Member, |invitation| invitation.role);
        let plan = invitation.as_ref().map_or_else(|| self.settings.plan.clone(), |invitation| invitation.plan.clone());
        let mut row = self.new_account(new, role, plan).await?;
        if invitation.as_ref().is_some_and(|invitation| invitation.owner == OwnerId::system()) {
            // The first administrator takes over what was made on this machine before there were accounts.
            row.owner = OwnerId::local();
        }
        let added = self.platform.store.write(async |tx| {
            if let Some(invitation) = &invitation
                && !accounts::end_invitation(tx, &invitation.id).await?
            {
                return Ok(Err(AccountError::NoInvitation));
            }
            if !accounts::insert(tx, &row).await? {
                // The invitation was ended above: it is not used up by an address that is taken.
                if let Some(invitation) = &invitation {
                    accounts::insert_invitation(tx, invitation).await?;
                }
                return Ok(Err(AccountError::AddressTaken));
            }
            Ok::<_, StoreError>(Ok(()))
        });
        added.await??;
        tracing::info!(owner = %row.owner, role = %row.role, "an account was made");
        Ok(row)
    }

    /// Makes an account without an invitation, as an administrator does. The first account is an administrator's, and takes
    /// over what was made on this machine before there were accounts.
    pub async fn add(&self, new: NewAccount, role: Role) -> Result<AccountRow, AccountError> {
        let member = self.new_account(new, role, self.settings.plan.clone()).await?;
        let first = AccountRow { owner: OwnerId::local(), role: Role::Admin, ..member.clone() };
        let added = self.platform.store.write(async |tx| {
            let row = if accounts::any(tx).await? { &member } else { &first };
            accounts::end_invitations(tx, &OwnerId::system()).await?;
            Ok::<_, StoreError>(accounts::insert(tx, row).await?.then(|| row.clone()))
        });
        added.await?.ok_or(AccountError::AddressTaken)
    }

    async fn new_account(&self, new: NewAccount, role: Role, plan: String) -> Result<AccountRow, AccountError> {
        let name = name(&new.name, "A name")?;
        Passwords::check(&new.password, new.email.as_str())?;
        let password = self.passwords.hash(new.password).await?;
        let now: Timestamp = self.platform.now().await?;
        Ok(AccountRow {
            owner: AccountId::new(now, self.platform.randomness.id_bytes()).owner(),
            email: Some(new.email),
            name,
            password: Some(password),
            role,
            plan,
            limits: Overrides::default(),
            state: AccountState::Active,
            link_epoch: 0,
            created_at: now,
            updated_at: now,
        })
    }
}
