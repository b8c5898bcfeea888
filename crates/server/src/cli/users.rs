//! `sluice user` and `sluice token`: accounts from the command line, for who has the machine.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::http::Uri;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use sluice_app::account::entry::NewAccount;
use sluice_app::account::people::Change;
use sluice_app::account::{AccountSettings, Accounts, Identity, Proof};
use sluice_domain::account::{AccountState, Email, Role, Scope};
use sluice_domain::ids::{OwnerId, TokenId};
use sluice_store::accounts::{AccountRow, TokenRow};

mod limits;

use super::say;
use crate::config::{Config, public_url};
use crate::http::join_path;
use crate::wiring;

/// Rows that are read at a time for a list.
const PAGE: u32 = 100;

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Creates an account with the password in a file, or prints a link with which the person chooses one. The first
    /// account is an administrator's.
    Add {
        /// The email address.
        email: Email,
        /// What the person wants to be called [default: the part before the @].
        #[arg(long)]
        name: Option<String>,
        /// An administrator.
        #[arg(long)]
        admin: bool,
        /// File that contains the password, or - for standard input.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        #[command(flatten)]
        output: LinkOutput,
    },
    /// Prints a link with which one person creates an account.
    Invite {
        /// The only address that may use it [default: any].
        #[arg(long)]
        email: Option<Email>,
        /// As an administrator.
        #[arg(long)]
        admin: bool,
        #[command(flatten)]
        output: LinkOutput,
    },
    /// Lists the accounts.
    List {
        /// Prints one JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Changes an account.
    Set(SetUser),
    /// Shows the limits of an account and what is used of them, after changing them if that is asked for.
    Limits(Box<limits::UserLimits>),
    /// Deletes an account: nobody can sign in, its jobs stop, and what it owns is removed.
    Delete {
        /// The email address.
        email: Email,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct LinkOutput {
    /// The address of the server, for the link.
    #[arg(long, env = "SLUICE_PUBLIC_URL", default_value = "http://127.0.0.1:8080", value_parser = public_url)]
    url: Uri,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SetUser {
    /// The email address.
    email: Email,
    /// What the person wants to be called.
    #[arg(long)]
    name: Option<String>,
    /// admin or member.
    #[arg(long)]
    role: Option<Role>,
    /// The plan whose limits apply.
    #[arg(long)]
    plan: Option<String>,
    /// active or suspended, which signs out everywhere.
    #[arg(long)]
    state: Option<AccountState>,
    /// File that contains a new password, or - for standard input; it signs out everywhere.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Makes an API token and prints it, this once.
    Add {
        /// The email address of its account.
        email: Email,
        /// What it is for.
        name: String,
        /// What it may do, separated by commas: read, write, admin, metrics.
        #[arg(long, value_delimiter = ',', default_value = "read,write")]
        scopes: Vec<Scope>,
        /// Days until it expires [default: never].
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_650))]
        days: Option<u32>,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Lists the tokens of an account, without their secrets.
    List {
        /// The email address of the account.
        email: Email,
        /// Prints one JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Revokes a token.
    Revoke {
        /// The email address of its account.
        email: Email,
        /// Its id, as listed.
        id: TokenId,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
}

async fn open(config: &Config) -> anyhow::Result<Accounts> {
    let app = wiring::open(config).await?;
    Ok(Accounts::new(app.platform, AccountSettings::default())?)
}

pub(crate) async fn run_user(config: &Config, command: UserCommand) -> anyhow::Result<()> {
    let accounts = open(config).await?;
    match command {
        UserCommand::Add { email, name, admin, password_file: Some(file), output } => {
            let name = name.unwrap_or_else(|| email.as_str().split('@').next().unwrap_or_default().to_owned());
            let new = NewAccount { email, name, password: password(&file)? };
            let row = accounts.add(new, role(admin)).await?;
            print_account("created", &row, output.json)
        }
        UserCommand::Add { email, admin, output, .. } => invite(&accounts, Some(email), admin, &output).await,
        UserCommand::Invite { email, admin, output } => invite(&accounts, email, admin, &output).await,
        UserCommand::List { json } => list(&accounts, json).await,
        UserCommand::Set(set) => set_user(&accounts, set).await,
        UserCommand::Limits(asked) => limits::run(config, &accounts, *asked).await,
        UserCommand::Delete { email, json } => {
            let row = accounts.by_email(&email).await?;
            accounts.delete(&row.owner).await?;
            print_account("deleted", &row, json)
        }
    }
}

const fn role(admin: bool) -> Role {
    if admin { Role::Admin } else { Role::Member }
}

/// The first line of a file, or of standard input.
fn password(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).context("cannot read the password from standard input")?;
    } else {
        text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => bail!("there is no password in the first line of {}", file.display()),
    }
}

async fn invite(accounts: &Accounts, email: Option<Email>, admin: bool, output: &LinkOutput) -> anyhow::Result<()> {
    // The first account is the administrator's, however it comes to be.
    let (expires_at, secret) = if accounts.is_new().await? {
        accounts.first_invitation_of(email).await?.context("somebody else created the first account just now")?
    } else {
        let (row, secret) = accounts.invite(&OwnerId::local(), email, role(admin)).await?;
        (row.expires_at, secret)
    };
    let link = format!("{}{}", output.url.to_string().trim_end_matches('/'), join_path(&secret));
    if output.json {
        return say(&json!({ "link": link, "expires_at": expires_at }).to_string());
    }
    say(&link)
}

async fn list(accounts: &Accounts, json: bool) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    loop {
        let after = rows.last().map_or_else(String::new, |row: &AccountRow| row.owner.to_string());
        let page = accounts.people(&after, PAGE).await?;
        let last = page.len() < PAGE as usize;
        rows.extend(page);
        if last {
            break;
        }
    }
    if json {
        return say(&rows.iter().map(account_json).collect::<Value>().to_string());
    }
    say(&format!("{:<36} {:<8} {:<10} {:<12} name", "email", "role", "state", "plan"))?;
    for row in &rows {
        let email = row.email.as_ref().map_or("", |email| email.as_str());
        say(&format!("{email:<36} {:<8} {:<10} {:<12} {}", row.role, row.state, row.plan, row.name))?;
    }
    Ok(())
}

async fn set_user(accounts: &Accounts, set: SetUser) -> anyhow::Result<()> {
    let owner = accounts.by_email(&set.email).await?.owner;
    let new = set.password_file.as_deref().map(password).transpose()?;
    let change = Change { name: set.name, role: set.role, state: set.state, plan: set.plan };
    let row = accounts.change(&owner, change).await?;
    if let Some(new) = new {
        accounts.set_password(&owner, new, None).await?;
    }
    print_account("changed", &row, set.json)
}

fn account_json(row: &AccountRow) -> Value {
    json!({
        "id": row.owner, "email": row.email, "name": row.name, "role": row.role, "plan": row.plan, "state": row.state,
        "created_at": row.created_at,
    })
}

fn print_account(done: &str, row: &AccountRow, json: bool) -> anyhow::Result<()> {
    if json {
        return say(&account_json(row).to_string());
    }
    let email = row.email.as_ref().map_or("", |email| email.as_str());
    say(&format!("{done}: {email} ({}, owner {})", row.role, row.owner))
}

pub(crate) async fn run_token(config: &Config, command: TokenCommand) -> anyhow::Result<()> {
    let accounts = open(config).await?;
    match command {
        TokenCommand::Add { email, name, scopes, days, json } => {
            let identity = Identity::of(&accounts.by_email(&email).await?, Proof::Local);
            let lifetime = days.map(|days| Duration::from_hours(24 * u64::from(days)));
            let (row, secret) = accounts.make_token(&identity, &name, scopes.into_iter().collect(), lifetime).await?;
            if json {
                return say(&json!({ "token": token_json(&row), "secret": secret.reveal() }).to_string());
            }
            say(secret.reveal())
        }
        TokenCommand::List { email, json } => {
            let owner = accounts.by_email(&email).await?.owner;
            let mut rows: Vec<TokenRow> = Vec::new();
            loop {
                let more = accounts.tokens(&owner, rows.last().map(|row| &row.id), PAGE).await?;
                if more.is_empty() {
                    break;
                }
                rows.extend(more);
            }
            if json {
                return say(&rows.iter().map(token_json).collect::<Value>().to_string());
            }
            say(&format!("{:<36} {:<10} {:<24} name", "id", "begins", "scopes"))?;
            for row in rows {
                say(&format!("{:<36} {:<10} {:<24} {}", row.id, row.shown, row.scopes, row.name))?;
            }
            Ok(())
        }
        TokenCommand::Revoke { email, id, json } => {
            accounts.revoke(&accounts.by_email(&email).await?.owner, &id).await?;
            if json { say(&json!({ "revoked": id }).to_string()) } else { say(&format!("revoked: {id}")) }
        }
    }
}

fn token_json(row: &TokenRow) -> Value {
    json!({
        "id": row.id, "name": row.name, "shown": row.shown, "scopes": row.scopes.iter().collect::<Vec<_>>(),
        "created_at": row.created_at, "expires_at": row.expires_at, "used_at": row.used_at,
    })
}
