//! Real speech, and the engine that hears it.

#[path = "models.rs"]
mod folder;
#[path = "sounds.rs"]
mod sounds;

use std::path::PathBuf;

pub(crate) use folder::models;
pub(crate) use sounds::{convert, generate, generate_video, join};

use sluice_local::models::SPEECH;
use sluice_local::speech::{SpeechSettings, Transcriber};
use sluice_testkit::corpus;

/// A recording, and what is said in it.
pub(crate) struct Clip {
    pub(crate) path: PathBuf,
    pub(crate) language: String,
    pub(crate) words: String,
}

pub(crate) fn clips() -> Vec<Clip> {
    let clip = |row: corpus::Sound| Clip { path: row.path(), language: row.language, words: row.words };
    corpus::sounds().into_iter().map(clip).collect()
}

pub(crate) fn transcriber() -> Transcriber {
    Transcriber::new(crate::support::guard(), models(&SPEECH), SpeechSettings::of(crate::support::engine_child()))
}

fn words(text: &str) -> Vec<String> {
    let is_kept = |c: &char| c.is_alphanumeric() || c.is_whitespace() || *c == '-';
    let plain: String = text.to_lowercase().replace("mr.", "mister").chars().filter(is_kept).collect();
    plain.split([' ', '-']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Words to change, add or leave out, to come from one text to the other.
pub(crate) fn word_errors(said: &str, heard: &str) -> usize {
    let (said, heard) = (words(said), words(heard));
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (at, word) in said.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (other, found) in heard.iter().enumerate() {
            let changed = diagonal + usize::from(word != found);
            diagonal = row[other + 1];
            row[other + 1] = changed.min(row[other] + 1).min(diagonal + 1);
        }
    }
    row[heard.len()]
}
