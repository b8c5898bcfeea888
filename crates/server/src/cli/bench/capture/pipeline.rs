//! A phrase through the local pipeline, as `sluice capture` does it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use sluice_app::app::App;
use sluice_app::capture::originals::{self, NewFile};
use sluice_app::capture::phrases::{self, Adding, NewText};
use sluice_app::capture::view::{PhraseStatus, PhraseView};
use sluice_app::capture::{CaptureApp, PhraseId};
use sluice_app::limits::Asker;
use sluice_app::maintenance::work;
use sluice_domain::ids::OwnerId;

/// A card, and how long it took until it could be reviewed, with its sound.
pub(super) struct Made {
    pub(super) view: PhraseView,
    pub(super) seconds: f64,
}

pub(super) struct Pipeline<'a> {
    pub(super) app: &'a App,
    pub(super) capture: &'a CaptureApp,
}

impl Pipeline<'_> {
    /// A phrase that is typed: its language is found out.
    pub(super) async fn text(&self, text: &str) -> anyhow::Result<Made> {
        let begun = Instant::now();
        let asker = Asker { owner: OwnerId::local(), token: None, address: None };
        let texts = [NewText::alone(text)];
        let adding = Adding { again: true, ..adding(None) };
        let added = phrases::add_texts(self.capture, &self.app.engine, &asker, &texts, &adding).await?;
        let id = added.phrases.into_iter().next().context("a phrase that was added is not there")?.id;
        let id: PhraseId = id.parse()?;
        self.made(&id, begun).await
    }

    /// A photo or a clip, whose language is chosen.
    pub(super) async fn file(&self, file: &Path, language: &str) -> anyhow::Result<Made> {
        let begun = Instant::now();
        let folder = work::hold(&self.app.platform).await?;
        let copy = folder.path().join("upload");
        tokio::fs::copy(file, &copy).await.with_context(|| format!("cannot copy {}", file.display()))?;
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let new = NewFile { file: copy, name };
        let owner = OwnerId::local();
        let id = originals::take(self.capture, &self.app.engine, &owner, new, &adding(Some(language)), None).await;
        folder.clear().await?;
        self.made(&id?, begun).await
    }

    async fn made(&self, id: &PhraseId, begun: Instant) -> anyhow::Result<Made> {
        let mut changed = self.app.engine.changed();
        loop {
            changed.mark_unchanged();
            let view = phrases::show(self.capture, &OwnerId::local(), id).await?;
            if view.status != PhraseStatus::Processing && view.work.is_none() {
                return Ok(Made { view, seconds: begun.elapsed().as_secs_f64() });
            }
            tokio::select! {
                _ = changed.changed() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
        }
    }
}

fn adding(language: Option<&str>) -> Adding {
    Adding { language: language.map(str::to_owned), ..Adding::default() }
}
