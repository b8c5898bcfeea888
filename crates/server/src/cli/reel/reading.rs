//! Waits until a job has read those pages of a document that need OCR, and shows how far it is; gives what was found.

use std::io::{self, Write as _};
use std::time::Duration;

use anyhow::{Context as _, bail};
use sluice_app::app::App;
use sluice_app::library::{self, Judged, ReadingState};
use sluice_domain::ids::{DocumentId, OwnerId};

use crate::cli::Failure;

pub(super) async fn wait(app: &App, document: &DocumentId, silent: bool) -> anyhow::Result<Judged> {
    let mut changed = app.engine.changed();
    let mut shown = None;
    loop {
        changed.mark_unchanged();
        let row = library::document(&app.platform, &OwnerId::local(), document).await?;
        let row = row.context("the document was deleted meanwhile")?;
        match library::reading_state(&app.engine, &row).await? {
            ReadingState::Done => return Ok(library::judged(&row)?),
            ReadingState::Refused(refused) => {
                bail!(Failure::new(refused.code, "No video can be made of this document", refused.detail))
            }
            ReadingState::Going { percent, .. } => {
                if !silent && shown != Some(percent) {
                    shown = Some(percent);
                    // The document is read whether or not its progress can be displayed.
                    writeln!(io::stderr().lock(), "{:>10} {percent:>3} %", "reading").ok();
                }
            }
        }
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}
