//! The file of a deck.

use std::io::{Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use futures::StreamExt as _;
use serde::Serialize;
use sluice_app::capture::deck::Form;
use sluice_app::capture::{CaptureApp, exporting};
use sluice_domain::ids::OwnerId;

use super::{DeckOptions, failure, form_of};
use crate::cli::outputs::{Outputs, Product};
use crate::config::Config;

/// A deck in one of its forms.
const DECK: Product = Product {
    source: "photo or sound",
    wanted: "a photo or a sound",
    endings: &["apkg", "csv", "zip"],
    code: "output_unknown_format",
    reason: ".apkg, .csv or .zip",
    option: "--deck",
    beside: &[],
};

/// Where a deck is written, checked before the work.
pub(super) struct DeckFile {
    outputs: Outputs,
    form: Form,
    name: String,
}

/// A deck that was written.
#[derive(Serialize)]
pub(super) struct Exported {
    file: PathBuf,
    cards: u32,
    name: String,
}

impl Exported {
    pub(super) fn told(&self) -> String {
        format!("{} ({} cards)", self.file.display(), self.cards)
    }
}

impl DeckFile {
    /// `sources` are the files that cards are made of.
    pub(super) fn check(
        config: &Config,
        sources: Vec<PathBuf>,
        path: &Path,
        options: &DeckOptions,
    ) -> anyhow::Result<Self> {
        let outputs = Outputs::check_alone(DECK, sources, path, options.force, &config.data()?)?;
        let extension = path.extension().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
        Ok(Self { outputs, form: form_of(&extension, options.legacy), name: options.name.clone() })
    }

    /// Writes the approved cards. They are exported once the file is in its place.
    pub(super) async fn write(self, capture: &CaptureApp, all: bool) -> anyhow::Result<Exported> {
        let owner = OwnerId::local();
        let view = exporting::begin(capture, &owner, self.form, &self.name, all).await.map_err(failure)?;
        let id = view.id.parse()?;
        let file = exporting::file(capture, &owner, &id).await.map_err(failure)?;
        let exporting::File { mut body, ending, .. } = file;
        let mut spool = tempfile::tempfile().context("cannot make a temporary file")?;
        while let Some(piece) = body.next().await {
            spool.write_all(&piece.context("the deck could not be written to its end")?)?;
        }
        spool.rewind()?;
        let main = self.outputs.main();
        let content: Vec<Box<dyn Read + Send>> = vec![Box::new(spool) as Box<dyn Read + Send>];
        let outputs = self.outputs;
        tokio::task::spawn_blocking(move || outputs.write(content)).await??;
        ending.finish().await.map_err(failure)?;
        let cards = exporting::show(capture, &owner, &id).await.map_err(failure)?.cards.unwrap_or(0);
        Ok(Exported { file: main, cards, name: self.name })
    }
}
