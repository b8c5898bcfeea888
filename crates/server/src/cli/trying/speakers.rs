//! `sluice try speakers FILE`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use sluice_local::guard::Guard;
use sluice_local::models::Models;
use sluice_local::speakers::{Speakers, Voiced};

use super::clock;
use crate::cli::{Failure, say};
use crate::config::Config;

#[derive(Debug, Args)]
pub(crate) struct SpeakersArguments {
    /// A sound or a video: any format that ffmpeg reads.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How many people speak; found out if it is not given.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=50))]
    count: Option<u8>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct View<'a> {
    model: &'static str,
    #[serde(flatten)]
    voiced: &'a Voiced,
}

pub(crate) async fn run(config: &Config, arguments: SpeakersArguments) -> anyhow::Result<()> {
    let SpeakersArguments { file, count, json } = arguments;
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let speakers = Speakers::new(Guard::new(executable.clone()), Models::new(config.models()?), executable);
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {msg}")?);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar.set_message("loading the models");
    let heard = |until_ms| bar.set_message(format!("heard up to {}", clock(until_ms)));
    let voiced = speakers.tell_apart(&file, count.map(usize::from), &heard).await;
    bar.finish_and_clear();
    let voiced = voiced.map_err(|error| {
        let code = error.code();
        let detail = format!("{}: {:#}", file.display(), anyhow::Error::new(error));
        Failure::new(code, "The speakers cannot be told apart", detail)
    })?;
    if json {
        return say(&serde_json::to_string_pretty(&View { model: Speakers::model(), voiced: &voiced })?);
    }
    say(&match voiced.speakers.len() {
        0 => "nobody speaks in it".to_owned(),
        1 => "one speaker".to_owned(),
        several => format!("{several} speakers"),
    })?;
    voiced.turns.iter().try_for_each(|turn| {
        say(&format!("[{} - {}] speaker {}", clock(turn.start_ms), clock(turn.end_ms), turn.speaker + 1))
    })
}
