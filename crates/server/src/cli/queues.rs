//! `sluice queues`: pausing and resuming jobs.

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;
use sluice_store::{StoreError, controls, workers};

use super::{jobs, say};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum QueuesCommand {
    /// Lists the runnable jobs of each pool, and what is paused.
    List {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Starts no more jobs of the target; running ones continue.
    Pause {
        #[command(flatten)]
        target: Target,
        /// The reason, as "sluice jobs why" shows it.
        #[arg(long, default_value = controls::BY_HAND)]
        reason: String,
    },
    /// Starts jobs of the target again.
    Resume {
        #[command(flatten)]
        target: Target,
    },
}

/// What is paused: a pool by its name, or something else by its option.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Target {
    /// A pool, such as default.
    queue: Option<String>,
    /// A kind of job, such as reel.scene.
    #[arg(long)]
    kind: Option<String>,
    /// An owner.
    #[arg(long)]
    owner: Option<String>,
    /// A provider.
    #[arg(long)]
    provider: Option<String>,
}

impl Target {
    fn scope(&self) -> anyhow::Result<(&'static str, &str)> {
        let of = [("queue", &self.queue), ("kind", &self.kind), ("owner", &self.owner), ("provider", &self.provider)];
        match of.iter().find_map(|(scope, name)| Some((*scope, name.as_deref()?))) {
            Some(found) => Ok(found),
            None => bail!("name what is meant: a pool, --kind, --owner or --provider"),
        }
    }
}

pub(crate) async fn run(config: &Config, command: QueuesCommand) -> anyhow::Result<()> {
    let engine = jobs::open(config).await?;
    let store = engine.store();
    match command {
        QueuesCommand::List { json } => {
            let (work, pauses) = store
                .read(async |tx| Ok::<_, StoreError>((workers::useful_work(tx).await?, controls::pauses(tx).await?)))
                .await?;
            if json {
                let pauses: Vec<_> = pauses
                    .iter()
                    .map(|it| json!({ "scope": it.scope, "name": it.name, "reason": it.reason, "since": it.since }))
                    .collect();
                return say(&json!({ "useful_work": work, "paused": pauses }).to_string());
            }
            say(&format!("{:<20} {:>8}", "pool", "runnable"))?;
            for pool in engine.pools() {
                say(&format!("{pool:<20} {:>8}", work.get(pool).copied().unwrap_or(0)))?;
            }
            for pause in pauses {
                say(&format!("paused: {} {} ({})", pause.scope, pause.name, pause.reason))?;
            }
            Ok(())
        }
        QueuesCommand::Pause { target, reason } => {
            let (scope, name) = target.scope()?;
            if scope == "queue" && !engine.pools().contains(&name) {
                bail!("there is no pool \"{name}\": there are {}", engine.pools().join(", "));
            }
            store.write(async |tx| controls::pause(tx, scope, name, &reason).await).await?;
            say(&format!("{scope} {name} is paused"))
        }
        QueuesCommand::Resume { target } => {
            let (scope, name) = target.scope()?;
            if !store.write(async |tx| controls::resume(tx, scope, name).await).await? {
                bail!("{scope} {name} was not paused");
            }
            say(&format!("{scope} {name} is resumed"))
        }
    }
}
