//! The configuration: each option can also be set by the environment variable that `--help` shows beside it, and by its key
//! in the configuration file. The options are its only description; [`reader`] finds the values.

mod file;
mod mistakes;
mod oidc;
pub(crate) mod problem;
pub(crate) mod reader;
pub(crate) mod schema;
mod words;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use axum::http::Uri;
use bytesize::ByteSize;
use clap::{Args, ValueEnum};
use ipnet::IpNet;
use sluice_app::account::SignUp;
use sluice_app::keeping::{self, MOST_DAYS, Period};
use sluice_app::providers::sealing::{Given, Secret};
use sluice_domain::limits::Plans;
use sluice_local::models::{Mirror, Models};
use sluice_outbound::{Allowed, Rules};
use sluice_store::{Database, PostgresUrl};

use crate::apps::AppSettings;
use crate::blob_settings::BlobSettings;

pub use file::{OWNED, OwnedTable, Tables, readable};
pub use oidc::OidcOptions;

/// Where data is stored, and which limits apply. The same for all commands.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::doc_markdown, reason = "what --help shows, without markup")]
pub struct Config {
    /// Configuration file [default: $XDG_CONFIG_HOME/sluice/sluice.toml, or ~/.config/sluice/sluice.toml, if it is
    /// there].
    #[arg(long, env = "SLUICE_CONFIG", global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Data folder: the database, the media [default: $XDG_DATA_HOME/sluice, or
    /// ~/.local/share/sluice].
    #[arg(long, env = "SLUICE_DATA", global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Address of a PostgreSQL database, postgres://…; add ?pgbouncer=true for PgBouncer in transaction mode
    /// [default: the SQLite file sluice.db in the data folder].
    #[arg(long, env = "SLUICE_DATABASE_URL", global = true, hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Address of the same database that bypasses PgBouncer, for LISTEN; without it, jobs of other machines are
    /// found by polling once a second [default: none].
    #[arg(long, env = "SLUICE_DATABASE_DIRECT_URL", global = true, hide_env_values = true, value_name = "URL")]
    pub database_direct_url: Option<String>,
    /// Connections of this process to a database server at most; two more listen and notify.
    #[arg(long, env = "SLUICE_DATABASE_CONNECTIONS", default_value_t = 10, global = true, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub database_connections: u32,
    /// Seconds to wait for an answer of a database server, or for a free connection to it.
    #[arg(long, env = "SLUICE_DATABASE_TIMEOUT", default_value_t = 10, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub database_timeout: u64,
    #[command(flatten)]
    pub blobs: BlobSettings,
    /// Folder with the models of the built-in engines [default: models in the default data folder].
    #[arg(long, env = "SLUICE_MODELS", global = true, value_name = "FOLDER")]
    pub models: Option<PathBuf>,
    /// Folder or HTTP address that models are pulled from instead of from their publishers, each under its name [default:
    /// none].
    #[arg(long, env = "SLUICE_MODELS_MIRROR", global = true, hide_env_values = true, value_name = "FOLDER|URL")]
    pub models_mirror: Option<Mirror>,
    /// The executable that speaks through espeak-ng [default: beside this one].
    #[arg(long, env = "SLUICE_ESPEAK", global = true, hide = true, value_name = "FILE")]
    pub espeak: Option<PathBuf>,
    /// Jobs of each pool that run at the same time [default: one per processor core].
    #[arg(long, env = "SLUICE_WORKERS", global = true, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,
    /// Largest document, in bytes or with a unit: 1 MiB is 1024 × 1024 bytes, 1 MB a million.
    #[arg(long, env = "SLUICE_UPLOAD_LIMIT", default_value = "20MiB", global = true, value_name = "SIZE", value_parser = size)]
    pub upload_limit: u64,
    /// Most pages of a document.
    #[arg(long, env = "SLUICE_PAGE_LIMIT", default_value_t = 1000, global = true, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub page_limit: u32,
    /// Plans with their limits as JSON, by name, over the built-in ones, visitor and standard; in the configuration file
    /// they are tables, [plans.NAME]. See docs/limits.md [default: the built-in ones].
    #[arg(long, env = "SLUICE_PLANS", global = true, value_name = "JSON", value_parser = plans)]
    pub plans: Option<Plans>,
    #[command(flatten)]
    pub keep: KeepingOptions,
    #[command(flatten)]
    pub outbound: OutboundOptions,
    #[command(flatten)]
    pub providers: ProviderOptions,
    #[command(flatten)]
    pub apps: AppSettings,
    /// Seconds of a worker's lease: a dead worker's job continues elsewhere after at most this long.
    #[arg(long, env = "SLUICE_LEASE_SECONDS", default_value_t = 15, global = true, hide = true, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub lease_seconds: u64,
    /// Days after which a job fails that cannot go on because of a budget, a daily allowance or trouble at a provider.
    #[arg(long, env = "SLUICE_PATIENCE_DAYS", default_value_t = 32, global = true, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3_650))]
    pub patience_days: u16,
    /// What is logged, as levels by module such as info,sluice_engine=debug [default: $RUST_LOG, or info for the
    /// server and error for other commands].
    #[arg(long, env = "SLUICE_LOG", global = true, value_name = "FILTER")]
    pub log: Option<String>,
    /// Form of log lines, which go to standard error; text is coloured on a terminal only [default: text, but json for a
    /// server whose standard error is no terminal].
    #[arg(long, env = "SLUICE_LOG_FORMAT", value_enum, global = true, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Tables of the configuration file that are no options.
    #[arg(skip)]
    pub tables: Tables,
}

/// How long what people record is kept in which tier.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct KeepingOptions {
    /// Days for which what people record stays as it came, or forever; then it is one archive.
    #[arg(long, env = "SLUICE_KEEP_HOT", default_value = "7", global = true, value_name = "DAYS")]
    pub keep_hot: Period,
    /// Days for which that archive stays, or forever; then it is deleted, and what was written of it stays.
    #[arg(long, env = "SLUICE_KEEP_WARM", default_value = "30", global = true, value_name = "DAYS")]
    pub keep_warm: Period,
    /// Fewest days that somebody may set for what they have, or for one thing.
    #[arg(long, env = "SLUICE_KEEP_LEAST", default_value_t = 1, global = true, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_DAYS)))]
    pub keep_least: u32,
    /// Most days that somebody may set, or forever; what the two settings above say is always allowed.
    #[arg(long, env = "SLUICE_KEEP_MOST", default_value = "365", global = true, value_name = "DAYS")]
    pub keep_most: Period,
    /// Hour of the day, in UTC, at which that is done.
    #[arg(long, env = "SLUICE_KEEP_HOUR", default_value_t = 3, global = true, value_name = "HOUR", value_parser = clap::value_parser!(u16).range(0..=23))]
    pub keep_hour: u16,
}

impl KeepingOptions {
    /// The rules.
    pub const fn rules(&self) -> keeping::Rules {
        keeping::Rules {
            hot: self.keep_hot,
            warm: self.keep_warm,
            least: self.keep_least,
            most: self.keep_most,
            hour: self.keep_hour,
        }
    }
}

/// How this server reaches addresses that people name, such as those of their webhooks.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct OutboundOptions {
    /// Networks, addresses and hosts beyond the public Internet that webhooks may reach, also without TLS, separated by
    /// commas, such as 10.1.0.0/16,hooks.internal [default: none].
    #[arg(long, env = "SLUICE_OUTBOUND_ALLOW", global = true, value_delimiter = ',', value_name = "PLACE")]
    pub outbound_allow: Vec<Allowed>,
    /// Proxy through which webhooks are sent. It resolves their hosts, so it has to refuse those that are not public
    /// [default: none; the proxy settings of the environment are not used].
    #[arg(long, env = "SLUICE_OUTBOUND_PROXY", global = true, value_name = "URL", hide_env_values = true)]
    pub outbound_proxy: Option<String>,
}

impl OutboundOptions {
    /// The settings of the client.
    pub fn settings(&self) -> sluice_outbound::Settings {
        let user_agent = concat!("Sluice/", env!("CARGO_PKG_VERSION"));
        sluice_outbound::Settings {
            rules: Rules::new(self.outbound_allow.clone()),
            proxy: self.outbound_proxy.clone(),
            ..sluice_outbound::Settings::new(user_agent)
        }
    }
}

/// Remote providers; which there are is in tables of the configuration file.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct ProviderOptions {
    /// Secret of this installation, from 32 characters on, under which the keys of providers are encrypted [default: the
    /// file secret.key in the data folder, which is made when it is first needed].
    #[arg(long, env = "SLUICE_SECRET_KEY", global = true, hide_env_values = true, value_name = "SECRET", value_parser = secret)]
    pub secret_key: Option<Given>,
    /// The secret before it, until sluice providers reencrypt has run [default: none].
    #[arg(long, env = "SLUICE_PREVIOUS_SECRET_KEY", global = true, hide_env_values = true, value_name = "SECRET", value_parser = secret)]
    pub previous_secret_key: Option<Given>,
    /// The address under which providers reach this server to notify it, scheme and host; without it they are polled
    /// [default: none].
    #[arg(long, env = "SLUICE_HOOKS_URL", global = true, value_name = "URL", value_parser = public_url)]
    pub hooks_url: Option<Uri>,
}

/// Form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

impl Config {
    /// The data folder, which may not exist yet.
    pub fn data(&self) -> anyhow::Result<PathBuf> {
        match &self.data {
            Some(data) => Ok(data.clone()),
            None => Ok(default_data()?),
        }
    }

    /// The same settings with another data folder, and limits high enough for a benchmark.
    #[must_use]
    pub fn for_bench(&self, data: PathBuf) -> Self {
        Self { data: Some(data), apps: self.apps.for_bench(), ..self.clone() }
    }

    /// The folder of the models, which may not exist yet. Without HOME it is expected in the data folder.
    pub fn models(&self) -> anyhow::Result<PathBuf> {
        match self.models.clone().or_else(|| Some(default_data().ok()?.join("models"))) {
            Some(models) => Ok(models),
            None => Ok(self.data()?.join("models")),
        }
    }

    /// That folder, for the models that this binary knows and those that the configuration adds.
    pub fn all_models(&self) -> anyhow::Result<Models> {
        Ok(Models::new(self.models()?).with_pairs(&self.tables.translation()?))
    }

    /// The log filter, if it is set: `--log`, otherwise `RUST_LOG`.
    pub fn log_filter(&self) -> Option<String> {
        let rust_log = || Some(std::env::var_os("RUST_LOG")?.to_string_lossy().into_owned());
        let set = |text: &String| !text.trim().is_empty();
        self.log.clone().filter(set).or_else(|| rust_log().filter(set))
    }

    /// The configured database.
    pub fn database(&self) -> anyhow::Result<Database> {
        match self.database_url.clone() {
            None => Ok(Database::Sqlite(self.data()?.join("sluice.db"))),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Database::Postgres(PostgresUrl { url, direct: self.database_direct_url.clone() }))
            }
            Some(_) => bail!("the database's address does not begin with postgres://; for SQLite leave it out"),
        }
    }

    /// The options with which the database is opened.
    pub fn database_options(&self) -> sluice_store::Options {
        sluice_store::Options {
            connections: self.database_connections,
            answer_timeout: Duration::from_secs(self.database_timeout),
            ..sluice_store::Options::default()
        }
    }

    /// The plans, with the limits that apps have options for.
    pub fn plans(&self) -> Plans {
        self.apps.plans(self.plans.clone().unwrap_or_default())
    }

    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    /// How long a job may be put off.
    pub fn patience(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.patience_days))
    }

    pub fn workers(&self) -> usize {
        match self.workers {
            Some(workers) => workers.into(),
            None => std::thread::available_parallelism().map_or(2, usize::from),
        }
    }
}

/// A description of the database for humans: its location, never its password.
pub fn describe(database: &Database) -> String {
    match database {
        Database::Sqlite(file) => format!("SQLite, {}", file.display()),
        Database::Postgres(url) => {
            // The part before the last @ may contain a password, and so may the parameters.
            let rest = url.url.split_once("://").map_or("", |(_, rest)| rest);
            let place = rest.split('?').next().unwrap_or_default();
            let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
            format!("PostgreSQL, {place}")
        }
    }
}

/// Who may create an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SignUpPolicy {
    /// Everybody.
    Open,
    /// Who was invited by an administrator.
    Invitation,
    /// Nobody: administrators create accounts.
    Closed,
}

impl From<SignUpPolicy> for SignUp {
    fn from(policy: SignUpPolicy) -> Self {
        match policy {
            SignUpPolicy::Open => Self::Open,
            SignUpPolicy::Invitation => Self::Invitation,
            SignUpPolicy::Closed => Self::Closed,
        }
    }
}

/// The address of a server: a scheme and a host, nothing behind it.
pub(crate) fn public_url(text: &str) -> Result<Uri, String> {
    let parsed = text.parse::<Uri>().ok().filter(|url| {
        let plain = url.path() == "/" && url.query().is_none();
        matches!(url.scheme_str(), Some("http" | "https")) && url.authority().is_some() && plain
    });
    parsed.ok_or_else(|| "an address without a path is needed, such as https://sluice.example.org".to_owned())
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let one = || text.parse::<std::net::IpAddr>().ok().map(IpNet::from);
    let parsed = text.parse().ok().or_else(one);
    parsed.ok_or_else(|| "an address or a network is needed, such as 10.0.0.0/8 or 127.0.0.1".to_owned())
}

/// The secret of an installation.
fn secret(text: &str) -> Result<Given, String> {
    Secret::new(text).map(|_| Given(text.to_owned())).map_err(|error| error.to_string())
}

/// Plans as JSON.
fn plans(text: &str) -> Result<Plans, String> {
    serde_json::from_str(text).map_err(|error| format!("plans as JSON are needed, see docs/limits.md: {error}"))
}

/// A size in bytes, with or without a unit.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    match text.parse::<ByteSize>() {
        Ok(size) if size.as_u64() > 0 => Ok(size.as_u64()),
        _ => Err("a size above 0 is needed: bytes, or a number with a unit such as 500kB, 20MiB or 1GiB".to_owned()),
    }
}

/// A size for people, always in binary units: 20 MiB.
pub(crate) fn size_text(bytes: u64) -> String {
    ByteSize(bytes).to_string().replacen(".0 ", " ", 1)
}

/// The size of something that is over a limit, and the limit; in bytes if they would look the same.
pub(crate) fn sizes_over(size: u64, limit: u64) -> [String; 2] {
    let texts = [size, limit].map(size_text);
    if texts[0] == texts[1] { [size, limit].map(|bytes| format!("{bytes} bytes")) } else { texts }
}

/// Why there is no default data folder.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no default data folder, because the variable {variable} is not {wanted}: name one with --data FOLDER or SLUICE_DATA"
)]
pub(crate) struct NoDataFolder {
    variable: &'static str,
    wanted: &'static str,
}

/// `$XDG_DATA_HOME/sluice`, by the XDG base directory specification, which has absolute paths alone: another one would be a
/// different folder wherever the command is typed.
fn default_data() -> Result<PathBuf, NoDataFolder> {
    let set = |variable: &'static str| {
        let value = std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)?;
        Some(if value.is_absolute() { Ok(value) } else { Err(NoDataFolder { variable, wanted: "an absolute path" }) })
    };
    let base = match (set("XDG_DATA_HOME"), set("HOME")) {
        (Some(base), _) => base?,
        (None, Some(home)) => home?.join(".local/share"),
        (None, None) => return Err(NoDataFolder { variable: "HOME", wanted: "set" }),
    };
    Ok(base.join("sluice"))
}

/// The role of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Everything: one machine.
    All,
    /// The API and the page; jobs are for the workers.
    Api,
    /// Jobs, and nothing that listens.
    Worker,
}

impl Role {
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Api => "api",
            Self::Worker => "worker",
        }
    }
}

/// Options of the server.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// What this process does. Roles other than all need PostgreSQL, and a data folder that all processes share.
    #[arg(long, env = "SLUICE_ROLE", value_enum, default_value_t = Role::All)]
    pub role: Role,
    /// The pools that this process works for, separated by commas, such as default,video [default: all].
    #[arg(long, env = "SLUICE_POOLS", value_delimiter = ',', value_name = "POOL")]
    pub pools: Vec<String>,
    /// Seconds that running jobs get to finish after SIGTERM; then they are released.
    #[arg(long, env = "SLUICE_GRACE_SECONDS", default_value_t = 20, value_name = "SECONDS")]
    pub grace_seconds: u64,
    /// Seconds that a client may take for a request's head, and that an idle connection is kept.
    #[arg(long, env = "SLUICE_HEAD_TIMEOUT_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..), hide = true)]
    pub head_timeout_seconds: u64,
    /// Seconds that a client may pause in the middle of a request's body.
    #[arg(long, env = "SLUICE_BODY_TIMEOUT_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..), hide = true)]
    pub body_timeout_seconds: u64,
    /// One person on this machine: no sign-in, and requests for this machine's own names only.
    #[arg(long, env = "SLUICE_SINGLE_USER")]
    pub single_user: bool,
    /// The address under which people reach this server, scheme and host: with https, cookies are
    /// sent by TLS alone, and requests for other names are refused [default: any].
    #[arg(long, env = "SLUICE_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<Uri>,
    /// Who may create an account.
    #[arg(long, env = "SLUICE_SIGN_UP", value_enum, default_value_t = SignUpPolicy::Invitation)]
    pub sign_up: SignUpPolicy,
    /// Networks of proxies in front, separated by commas, whose X-Forwarded-For is believed [default: none].
    #[arg(long, env = "SLUICE_TRUSTED_PROXIES", value_delimiter = ',', value_name = "NETWORK", value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Address and port. An address beyond loopback needs accounts, and TLS in front.
    #[arg(long, env = "SLUICE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,
    /// Folder with example documents that the page offers.
    #[arg(long, env = "SLUICE_EXAMPLES", default_value = "examples", value_name = "FOLDER")]
    pub examples: PathBuf,
    // The last one: what follows would be under its heading.
    #[command(flatten)]
    pub oidc: OidcOptions,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_described_without_its_password() {
        for (url, described) in [
            ("postgres://sluice:secret@db:5432/sluice?password=secret", "PostgreSQL, db:5432/sluice"),
            ("postgres://a:p@ss@db/x", "PostgreSQL, db/x"),
            ("postgresql://db/x", "PostgreSQL, db/x"),
        ] {
            let url = PostgresUrl { url: url.to_owned(), direct: None };
            assert_eq!(describe(&Database::Postgres(url)), described);
        }
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!([20 * 1024 * 1024, 1024, 1500, 7].map(size_text), ["20 MiB", "1 KiB", "1.5 KiB", "7 B"]);
        let limit = 20 * 1024 * 1024;
        assert_eq!(sizes_over(21 * 1024 * 1024, limit), ["21 MiB", "20 MiB"]);
        assert_eq!(sizes_over(limit + 1, limit), ["20971521 bytes", "20971520 bytes"]);
        assert_eq!((size("20MiB"), size("1024")), (Ok(20 * 1024 * 1024), Ok(1024)));
        for bad in ["", "0", "many", "-1", "20 parsecs"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
