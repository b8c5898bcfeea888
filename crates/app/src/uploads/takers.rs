//! Who takes which file: the library takes documents, and apps what they know.

use std::path::Path;
use std::sync::Arc;

use sluice_local::reading::has_header;

use crate::intake::Intake;
use crate::module::Module;

/// Most bytes of a file of this name; documents may have `documents`.
pub(super) fn most_bytes(apps: &[Arc<dyn Module>], name: &str, documents: u64) -> u64 {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    let takes = |intake: &Intake| intake.endings.contains(&ending.as_str());
    let taken = apps.iter().filter_map(|app| app.intake()).filter(takes).map(|intake| intake.most_bytes);
    taken.max().unwrap_or(documents).max(documents)
}

/// Most bytes of any file.
pub fn largest(apps: &[Arc<dyn Module>], documents: u64) -> u64 {
    apps.iter().filter_map(|app| app.intake()).map(|intake| intake.most_bytes).max().unwrap_or(0).max(documents)
}

/// The app that takes a file with these first bytes, and most bytes of it; none if it is a document, or nobody's.
pub(super) fn taker<'a>(apps: &'a [Arc<dyn Module>], head: &[u8]) -> Option<(&'a Arc<dyn Module>, u64)> {
    if has_header(head) {
        return None;
    }
    apps.iter().find_map(|app| app.intake().filter(|intake| (intake.begins)(head)).map(|found| (app, found.most_bytes)))
}
