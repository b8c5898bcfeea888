//! `sluice links`: the keys that sign links to media.

use clap::Subcommand;
use serde_json::json;
use sluice_app::links;

use super::say;
use crate::config::Config;
use crate::wiring;

#[derive(Debug, Subcommand)]
pub(crate) enum LinksCommand {
    /// Replaces the key that signs, as happens every day by itself. Links that were given work until they expire.
    Rotate {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Ends every link to media that was given so far, whoever has it. Open pages get new ones.
    Revoke {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(config: &Config, command: LinksCommand) -> anyhow::Result<()> {
    let app = wiring::open(config).await?;
    let (json, done, text) = match command {
        LinksCommand::Rotate { json } => {
            links::rotate(&app.platform).await?;
            (json, json!({ "rotated": true }), "a new key signs links from now on; older links work until they expire")
        }
        LinksCommand::Revoke { json } => {
            let keys = links::revoke(&app.platform).await?;
            (json, json!({ "revoked_keys": keys }), "every link that was given so far has ended")
        }
    };
    app.platform.store.close().await;
    if json { say(&done.to_string()) } else { say(text) }
}
