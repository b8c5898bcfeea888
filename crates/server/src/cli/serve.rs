//! `sluice serve`: the API, the page, and the workers in one process.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::sys::prctl;
use sluice_app::account::{AccountSettings, Accounts};
use sluice_app::app::App;
use sluice_app::links::Signer;
use sluice_app::maintenance;
use sluice_domain::ids::OwnerId;
use sluice_store::{Database, limits};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::failure::{Failure, USAGE};
use crate::apps::APPS;
use crate::config::{self, Config, Role, Serve};
use crate::oidc::Oidc;
use crate::servers::{self, Registration, Server};
use crate::{http, wiring};

pub(crate) async fn serve(config: &Config, options: &Serve) -> anyhow::Result<()> {
    check_listen(options)?;
    check_role(config, options)?;
    warn_of_passwords(options);
    without_huge_pages();
    let app = wiring::open(config).await?;
    let pools = pools_of(&app, &options.pools)?;
    app.schedule().await?;
    // Creates the key that signs links before the database might become read-only.
    Signer::of(&app.platform, &OwnerId::system()).await?;
    if options.role != Role::Worker {
        let plans = config.plans();
        app.platform.store.write(async |tx| limits::set_plans(tx, &plans).await).await?;
    }
    if options.role == Role::Worker {
        return work(app, config, &pools, options).await;
    }
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen at {}: is another server running there?", options.listen))?;
    let address = listener.local_addr()?;
    let others = register(&app, config, options.role, Some(address)).await?;
    let worker = (options.role == Role::All).then(|| app.engine.start_pools(&pools));
    let stopping = CancellationToken::new();
    let access = access(&app, options)?;
    invite_first(&access, address).await?;
    let mut serving = http::Serving::new(app.clone(), access, options.examples.clone(), stopping.clone());
    serving.runs_jobs = worker.is_some();
    log_start(config, options.role, Some(address), &pools)?;
    if !http::page_is_built() {
        tracing::warn!("this binary was built without its page");
    }
    let clearing = tokio::spawn(maintenance::work::clear_periodically(app.platform.clone()));
    if options.role == Role::All {
        tokio::spawn(app.webhooks.clone().run(stopping.clone()));
    }
    let until = stopping.clone();
    tokio::spawn(async move {
        stop_signal().await;
        until.cancel();
    });
    let timeouts = http::Timeouts {
        head: Duration::from_secs(options.head_timeout_seconds),
        body: Duration::from_secs(options.body_timeout_seconds),
    };
    http::serve(listener, http::router(serving, APPS), timeouts, stopping.clone()).await;
    tracing::info!("stopping: running jobs finish or are released");
    clearing.abort();
    if let Some(worker) = worker {
        worker.shutdown(Duration::from_secs(options.grace_seconds)).await;
    }
    others.stop().await;
    app.platform.store.close().await;
    Ok(())
}

/// Disables transparent huge pages of 2 MiB for the allocator, which cost an idle server 10 MB (`bench/HTTP.md`). Guarded child
/// processes may use them again.
fn without_huge_pages() {
    if let Err(error) = prctl::set_thp_disable(true) {
        tracing::debug!(%error, "the system does not let huge pages be refused");
    }
}

/// Refuses to listen beyond this machine without sign-in.
pub(super) fn check_listen(options: &Serve) -> anyhow::Result<()> {
    if !options.listen.ip().is_loopback() && options.single_user {
        let detail = format!(
            "{} is not a loopback address, and single-user mode asks nobody who they are: leave out --single-user, and \
             sign in",
            options.listen
        );
        return Err(Failure {
            exit: USAGE,
            ..Failure::new("not_loopback", "Single-user mode is for this machine", detail)
        }
        .into());
    }
    Ok(())
}

/// Refuses roles other than all on SQLite, which supports one process only.
pub(super) fn check_role(config: &Config, options: &Serve) -> anyhow::Result<()> {
    if options.role != Role::All && matches!(config.database()?, Database::Sqlite(_)) {
        bail!("a role of its own is for several processes on one PostgreSQL: give its address with --database-url");
    }
    Ok(())
}

/// Warns of passwords that would be sent without TLS.
fn warn_of_passwords(options: &Serve) {
    let tls = options.public_url.as_ref().is_some_and(|url| url.scheme_str() == Some("https"));
    if !options.listen.ip().is_loopback() && !tls && options.role != Role::Worker {
        tracing::warn!(
            listen = %options.listen,
            "passwords travel unencrypted: put a proxy with TLS in front, and give its address with --public-url https://…"
        );
    }
}

/// The access rules of the options.
fn access(app: &App, options: &Serve) -> anyhow::Result<http::Access> {
    let settings = AccountSettings { sign_up: options.sign_up.into(), ..AccountSettings::default() };
    Ok(http::Access {
        accounts: Accounts::new(app.platform.clone(), settings)?,
        oidc: options.oidc.settings()?.map(Oidc::new).transpose()?.map(Arc::new),
        single_user: options.single_user,
        public_url: options.public_url.clone(),
        proxies: options.trusted_proxies.clone().into(),
    })
}

/// Prints the link with which the first administrator's account is created, while there is none. To standard error and not
/// to the log, which may be kept and read by others.
async fn invite_first(access: &http::Access, address: SocketAddr) -> anyhow::Result<()> {
    if access.single_user {
        return Ok(());
    }
    if let Some(secret) = access.accounts.first_invitation().await? {
        let base = access.public_url.as_ref().map_or_else(|| reached_at(address), ToString::to_string);
        let link = format!("{}{}", base.trim_end_matches('/'), http::join_path(&secret));
        writeln!(
            std::io::stderr().lock(),
            "\nNobody can sign in yet. Create the administrator's account (the link works once):\n\n    {link}\n"
        )?;
    }
    Ok(())
}

/// The URL at which this machine reaches a listener; for an unspecified address (`0.0.0.0`, `::`) that of localhost.
fn reached_at(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://localhost:{}/", address.port())
    } else {
        format!("http://{address}/")
    }
}

/// Runs jobs until it is told to stop; then finishes what it can and releases the rest.
async fn work(app: App, config: &Config, pools: &[String], options: &Serve) -> anyhow::Result<()> {
    let others = register(&app, config, options.role, None).await?;
    let worker = app.engine.start_pools(pools);
    log_start(config, options.role, None, pools)?;
    let clearing = tokio::spawn(maintenance::work::clear_periodically(app.platform.clone()));
    let stopping = CancellationToken::new();
    tokio::spawn(app.webhooks.clone().run(stopping.clone()));
    stop_signal().await;
    stopping.cancel();
    clearing.abort();
    tracing::info!("stopping: running jobs finish or are released");
    worker.shutdown(Duration::from_secs(options.grace_seconds)).await;
    others.stop().await;
    app.platform.store.close().await;
    Ok(())
}

/// Logs what an operator looks for first: version, address, database and media.
fn log_start(config: &Config, role: Role, listen: Option<SocketAddr>, pools: &[String]) -> anyhow::Result<()> {
    // An API without a worker runs no pool.
    let pools = if role == Role::Api { "none".to_owned() } else { pools.join(", ") };
    let workers = config.workers();
    let (data, database) = (config.data()?, config::describe(&config.database()?));
    let version = env!("CARGO_PKG_VERSION");
    let (data, role) = (data.display(), role.name());
    let listen = listen.map_or_else(|| "nowhere".to_owned(), |at| format!("http://{at}"));
    tracing::info!(version, role, listen, %data, database, pools, workers, "started");
    Ok(())
}

/// The task that watches for other servers on the data folder.
struct Watch(tokio::task::JoinHandle<()>);

impl Watch {
    async fn stop(self) {
        self.0.abort();
        // Awaited, because the entry of this process is removed with the task.
        self.0.await.ok();
    }
}

/// Registers this process in the data folder, and looks for others there.
async fn register(app: &App, config: &Config, role: Role, listen: Option<SocketAddr>) -> anyhow::Result<Watch> {
    let data = config.data()?;
    let started = app.platform.now().await?;
    let server = Server::this_process(role.name(), listen.map(|at| at.to_string()), started);
    let registration = Registration::new(&data, &server)
        .with_context(|| format!("cannot enter this server into the data folder {}", data.display()))?;
    let sqlite = matches!(config.database()?, Database::Sqlite(_));
    Ok(Watch(tokio::spawn(servers::watch(registration, sqlite))))
}

/// The pools to work for: the named ones, or all.
fn pools_of(app: &App, named: &[String]) -> anyhow::Result<Vec<String>> {
    let known = app.engine.pools();
    if let Some(unknown) = named.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no pool \"{unknown}\": there are {}", known.join(", "));
    }
    let all = || known.iter().map(|pool| (*pool).to_owned()).collect();
    Ok(if named.is_empty() { all() } else { named.to_vec() })
}

/// SIGTERM from a supervisor, SIGINT from a terminal.
pub(crate) async fn stop_signal() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be received: stop the server by killing it, nothing is lost");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
