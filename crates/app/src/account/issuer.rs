//! People whom an OpenID Connect issuer vouches for.

use sluice_domain::account::{AccountState, Email, Role};
use sluice_domain::ids::AccountId;
use sluice_domain::limits::Overrides;
use sluice_domain::time::Timestamp;
use sluice_store::accounts::{self, AccountRow};
use sluice_store::{StoreError, Tx};

use super::{AccountError, Accounts, Identity, Proof, SignUp};

/// What an issuer says of a person, after its token was checked.
#[derive(Debug, Clone)]
pub struct Vouched<'a> {
    /// The issuer's address.
    pub issuer: &'a str,
    /// Who it is, for the issuer.
    pub subject: &'a str,
    /// The email address that it has verified.
    pub email: Option<Email>,
    /// What the person is called there.
    pub name: Option<&'a str>,
}

impl Accounts {
    /// The account of a person whom an issuer vouches for. A person who comes for the first time gets the account with the
    /// email address that the issuer has verified; or a new one, with an invitation for that address, or where sign-up is open.
    pub async fn of_issuer(&self, vouched: &Vouched<'_>) -> Result<AccountRow, AccountError> {
        let (issuer, subject) = (vouched.issuer, vouched.subject);
        let known = self.platform.store.read(async |tx| accounts::by_identity(tx, issuer, subject).await).await?;
        if let Some(account) = known {
            return active(account);
        }
        let new = self.account_of(vouched).await?;
        let now = self.platform.now().await?;
        let is_open = self.settings.sign_up == SignUp::Open;
        let entered = self.platform.store.write(async |tx| {
            if let Some(account) = same_address(tx, vouched.email.as_ref()).await? {
                accounts::link_identity(tx, &account.owner, issuer, subject, now).await?;
                return Ok(Some(account));
            }
            let invitation = match &vouched.email {
                Some(email) => accounts::invitation_for(tx, email, now).await?,
                None => None,
            };
            let row = match &invitation {
                Some(invitation) => {
                    accounts::end_invitation(tx, &invitation.id).await?;
                    AccountRow { role: invitation.role, plan: invitation.plan.clone(), ..new.clone() }
                }
                None if is_open => new.clone(),
                None => return Ok(None),
            };
            accounts::insert(tx, &row).await?;
            // Another request of the same person may have been first.
            accounts::link_identity(tx, &row.owner, issuer, subject, now).await?;
            accounts::by_identity(tx, issuer, subject).await
        });
        let account = entered.await?.ok_or(AccountError::SignUpClosed)?;
        tracing::info!(owner = %account.owner, issuer, "a person of the issuer has an account");
        active(account)
    }

    /// The same for a token that came with a request, and that expires. Who acts in somebody's place administrates nothing.
    pub async fn of_bearer(
        &self,
        vouched: &Vouched<'_>,
        is_impersonated: bool,
        expires_at: Timestamp,
    ) -> Result<Identity, AccountError> {
        let account = self.of_issuer(vouched).await?;
        let role = if is_impersonated { Role::Member } else { account.role };
        Ok(Identity::of(&AccountRow { role, ..account }, Proof::Issuer(expires_at)))
    }

    async fn account_of(&self, vouched: &Vouched<'_>) -> Result<AccountRow, StoreError> {
        let now = self.platform.now().await?;
        let given = vouched.name.or(vouched.email.as_ref().map(Email::as_str)).unwrap_or(vouched.subject);
        let name: String = given.trim().chars().filter(|c| !c.is_control()).take(100).collect();
        Ok(AccountRow {
            owner: AccountId::new(now, self.platform.randomness.id_bytes()).owner(),
            email: vouched.email.clone(),
            name,
            password: None,
            role: Role::Member,
            plan: self.settings.plan.clone(),
            limits: Overrides::default(),
            state: AccountState::Active,
            link_epoch: 0,
            created_at: now,
            updated_at: now,
        })
    }
}

async fn same_address(tx: &mut Tx, email: Option<&Email>) -> Result<Option<AccountRow>, StoreError> {
    match email {
        Some(email) => accounts::by_email(tx, email).await,
        None => Ok(None),
    }
}

fn active(account: AccountRow) -> Result<AccountRow, AccountError> {
    if account.state == AccountState::Active { Ok(account) } else { Err(AccountError::SignUpClosed) }
}
