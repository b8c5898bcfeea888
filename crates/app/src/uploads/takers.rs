//! Which app takes an uploaded file: the library takes documents, and apps the files that they recognise. A client may name the
//! app.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sluice_domain::limits::Limited;
use sluice_local::reading::has_header;

use crate::facts::Refusal;
use crate::intake::{Intake, Said};
use crate::module::Module;

/// The key of `Upload-Metadata` that names an app.
const APP: &str = "app";

/// The code of the refusal of a file that is neither a document nor anything that an app takes.
pub const NO_APP_FOR_FILE: &str = "no_app_for_file";

/// Who takes a file.
pub(super) enum Taker<'a> {
    /// An app, with the most bytes that it takes of such a file.
    App(&'a Arc<dyn Module>, u64),
    /// It is a document.
    Library,
    /// Nobody; with the reason, if an app has given one.
    Nobody(Option<Refusal>),
}

/// Decodes `Upload-Metadata`; values that are not text are left out.
pub(super) fn said(metadata: &str) -> Said {
    let pair = |pair: &str| {
        let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        let value = BASE64_STANDARD.decode(value.trim()).ok()?;
        Some((key.to_owned(), String::from_utf8(value).ok()?))
    };
    metadata.split(',').filter_map(pair).filter(|(key, _)| !key.is_empty()).collect()
}

/// Most bytes of a file of this name; documents may have `documents`. Refuses a file for an app that takes no files, or whose
/// metadata the app refuses.
pub(super) fn most_bytes(apps: &[Arc<dyn Module>], name: &str, said: &Said, documents: u64) -> Result<u64, Refusal> {
    if let Some(app) = said.get(APP) {
        let (_, intake) = named(apps, app).ok_or_else(|| no_such_app(app))?;
        return (intake.refuses_said)(said).map_or(Ok(intake.most_bytes), Err);
    }
    // A file that the only app for its name refuses need not be sent first. Of several apps, the first bytes decide.
    if let Some(refusal) = only_by_name(apps, name).and_then(|intake| (intake.refuses_said)(said)) {
        return Err(refusal);
    }
    Ok(by_name(apps, name).map(|intake| intake.most_bytes).max().unwrap_or(documents).max(documents))
}

/// The limit that a file counts against: that of the app that its metadata names, or of the only app for its name.
pub(super) fn counted(apps: &[Arc<dyn Module>], name: &str, said: &Said) -> Option<Limited> {
    if let Some(app) = said.get(APP) {
        return named(apps, app)?.1.counted;
    }
    only_by_name(apps, name)?.counted
}

/// The limit that a file counts against, found from its bytes because its name and metadata did not tell the app.
pub(super) fn counted_late(
    apps: &[Arc<dyn Module>],
    app: &Arc<dyn Module>,
    name: &str,
    said: &Said,
) -> Option<Limited> {
    if counted(apps, name, said).is_some() { None } else { app.intake()?.counted }
}

/// The apps that take files with this file extension.
fn by_name<'a>(apps: &'a [Arc<dyn Module>], name: &str) -> impl Iterator<Item = Intake> + use<'a> {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    apps.iter().filter_map(|app| app.intake()).filter(move |intake| intake.endings.contains(&ending.as_str()))
}

/// The only such app; none if there are several.
fn only_by_name(apps: &[Arc<dyn Module>], name: &str) -> Option<Intake> {
    let mut takers = by_name(apps, name);
    takers.next().filter(|_| takers.next().is_none())
}

/// Most bytes of any file.
pub fn largest(apps: &[Arc<dyn Module>], documents: u64) -> u64 {
    apps.iter().filter_map(|app| app.intake()).map(|intake| intake.most_bytes).max().unwrap_or(0).max(documents)
}

/// Who takes a file with these first bytes, of which its sender says this.
pub(super) fn taker<'a>(apps: &'a [Arc<dyn Module>], head: &[u8], name: &str, said: &Said) -> Taker<'a> {
    if let Some(meant) = said.get(APP) {
        return match named(apps, meant) {
            Some((app, intake)) if (intake.begins_for_it)(head) => Taker::App(app, intake.most_bytes),
            Some((_, intake)) => Taker::Nobody(Some((intake.refuses)(head).unwrap_or_else(|| unused(meant, &intake)))),
            None => Taker::Nobody(Some(no_such_app(meant))),
        };
    }
    if has_header(head) {
        return Taker::Library;
    }
    let found =
        apps.iter().find_map(|app| app.intake().filter(|intake| (intake.begins)(head)).map(|found| (app, found)));
    if let Some((app, intake)) = found {
        let refused = (intake.refuses_said)(said);
        return refused.map_or(Taker::App(app, intake.most_bytes), |refusal| Taker::Nobody(Some(refusal)));
    }
    let known = apps.iter().find_map(|app| app.intake().and_then(|intake| (intake.refuses)(head)));
    Taker::Nobody(known.or_else(|| untaken(apps, name)))
}

/// The app of this name, if it takes files.
fn named<'a>(apps: &'a [Arc<dyn Module>], name: &str) -> Option<(&'a Arc<dyn Module>, Intake)> {
    let app = apps.iter().find(|app| app.name() == name)?;
    Some((app, app.intake()?))
}

fn unused(app: &str, intake: &Intake) -> Refusal {
    Refusal {
        code: "file_unused",
        title: "This app cannot use such a file",
        detail: format!(
            "\"{app}\" takes no file that begins like this one: choose another file ({}), or leave \"app\" out.",
            intake.endings.join(", ")
        ),
    }
}

/// What is said of a file that nobody takes, and that by its name is no document: what would be taken. None of a document, of which the
/// library says what is wrong.
fn untaken(apps: &[Arc<dyn Module>], name: &str) -> Option<Refusal> {
    let ending = Path::new(name).extension()?.to_str()?.to_lowercase();
    if ending == "pdf" {
        return None;
    }
    let takes = |app: &Arc<dyn Module>| Some(format!("{} for \"{}\"", app.intake()?.endings.join(", "), app.name()));
    let known: Vec<String> = apps.iter().filter_map(takes).collect();
    let meant = by_name(apps, name).next().map(|_| "Its content is not what its name says. ").unwrap_or_default();
    Some(Refusal {
        code: NO_APP_FOR_FILE,
        title: "No app takes such a file",
        detail: format!(
            "{meant}It begins neither like a document (PDF) nor like a file of an app: {}. Choose another file.",
            known.join("; ")
        ),
    })
}

fn no_such_app(app: &str) -> Refusal {
    Refusal {
        code: "no_such_app",
        title: "No such app takes files",
        detail: format!(
            "No app \"{app}\" of this server takes files: leave \"app\" out of Upload-Metadata, or name another one."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_file_is_read_as_it_came() {
        let said = said("filename Y2xpcC5vZ2c=, app Y2FwdHVyZQ==,is_confidential,other /w==");
        let of = |key: &str| said.get(key).map(String::as_str);
        assert_eq!((of("filename"), of("app"), of("is_confidential")), (Some("clip.ogg"), Some("capture"), Some("")));
        assert_eq!((of("other"), super::said("").len()), (None, 0));
    }
}
