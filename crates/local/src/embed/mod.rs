//! Text embeddings, by multilingual-e5-small in a warm child of this binary.
//!
//! The child (`engine`) turns texts into tokens, sorts them by length so that little padding is computed, and runs the model
//! over batches (`model`). The model was trained on short passages: a text has one vector, of its first [`MOST_TOKENS`] tokens.
//! A longer one is not an error, and not averaged either, which would blur it: the answer says up to where it was read, and the
//! caller embeds it in parts.
//!
//! Many texts are a row of short requests, so that a query that comes in between waits for one of them, not for all.

pub(crate) mod engine;
mod error;
mod model;

use std::path::PathBuf;
use std::time::Duration;

use sluice_capability::{EmbedRequest, Embeddings, Truncated};

pub use error::EmbedError;
pub use model::{DIMENSIONS, MOST_TOKENS};

use self::engine::{EngineRequest, EngineResponse};
use self::model::Files;
use crate::child::SUBCOMMAND;
use crate::child::warm::{Framing, Warm};
use crate::guard::{Guard, Limits};
use crate::models::{EMBEDDING_MODEL, EMBEDDING_TOKENIZER, MEANING, Models, ONNX_RUNTIME};

/// Most characters of a text that are looked at: more than [`MOST_TOKENS`] tokens of any language. What has fewer tokens in
/// that many characters is mostly blank, or in no language.
const MOST_CHARACTERS: usize = 32 * 1024;
/// Characters of the texts of one request to the child: some seconds of work on a busy machine.
const REQUEST_CHARACTERS: usize = 16 * 1024;
/// Texts of one request to the child.
const REQUEST_TEXTS: usize = 64;

/// Time for the engine to start and load its model.
const STARTING: Duration = Duration::from_mins(2);
/// Time for one request, on a busy machine.
const REQUEST: Duration = Duration::from_mins(3);
/// The engine holds a third of a gigabyte; after this time without a request it is stopped.
const IDLE: Duration = Duration::from_mins(5);
/// Address space of the engine in MiB.
const MEMORY: u64 = 2 * 1024;
/// More threads make short texts hardly faster.
const MOST_THREADS: usize = 4;

/// What embedding needs to know about its environment.
#[derive(Debug, Clone)]
pub struct EmbedSettings {
    /// This binary, which re-executes itself as the engine child.
    pub executable: PathBuf,
    /// Threads of the model.
    pub threads: u32,
}

impl EmbedSettings {
    /// The defaults for a binary: as many threads as there are cores, at most four.
    pub fn of(executable: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { executable, threads: u32::try_from(cores.min(MOST_THREADS)).unwrap_or(1) }
    }
}

/// Vectors, and the tokens that they were made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedded {
    /// One of [`DIMENSIONS`] numbers for each text.
    pub embeddings: Embeddings,
    /// The tokens of all texts that the model read, with those that it adds to each.
    pub tokens: u64,
}

/// The embedding engine.
pub struct Embedder {
    models: Models,
    engine: Warm,
}

impl Embedder {
    /// The engine is started on first use.
    pub fn new(guard: Guard, models: Models, settings: EmbedSettings) -> Self {
        let EmbedSettings { executable, threads } = settings;
        let arguments = engine::arguments(Files {
            onnx: models.path(&ONNX_RUNTIME),
            model: models.path(&EMBEDDING_MODEL),
            tokenizer: models.path(&EMBEDDING_TOKENIZER),
            threads,
        });
        let limits = Limits::warm(MEMORY, threads);
        let engine = Warm::new(engine::SUBCOMMAND, Framing::Length, limits, move || {
            let fixed = [SUBCOMMAND.into(), engine::SUBCOMMAND.into()];
            guard.command(&limits, &executable, fixed.iter().chain(&arguments))
        })
        .evicted_after(IDLE);
        Self { models, engine }
    }

    /// The model and what runs it, as it is stored with what it made. Vectors of different models cannot be compared.
    pub fn model() -> (&'static str, &'static str) {
        let version = ONNX_RUNTIME.name.rsplit(".so.").next().unwrap_or_default();
        ("multilingual-e5-small 4-bit", version)
    }

    /// Whether all files are present.
    pub fn check_installed(&self) -> Result<(), EmbedError> {
        let files: Vec<&str> = self.models.missing(&[&MEANING]).iter().map(|file| file.name).collect();
        if files.is_empty() { Ok(()) } else { Err(EmbedError::NotInstalled { files }) }
    }

    /// Loads the model, so that the first request need not wait for it.
    pub async fn warm(&self) -> Result<(), EmbedError> {
        self.check_installed()?;
        self.ask(&EngineRequest::Warm, STARTING).await.map(|_| ())
    }

    /// The engine's process id, when it runs.
    pub async fn process_id(&self) -> Option<u32> {
        self.engine.process_id().await
    }

    /// Embeds texts. `progress` receives the share that is done, from 0 to 1. One text that cannot be embedded fails all: the
    /// error says which.
    pub async fn embed(
        &self,
        request: &EmbedRequest,
        progress: &(dyn Fn(f32) + Send + Sync),
    ) -> Result<Embedded, EmbedError> {
        self.check_installed()?;
        let texts: Vec<Cut> = request.texts.iter().map(|text| Cut::new(text)).collect();
        let of = texts.len();
        if let Some(text) = texts.iter().position(|cut| cut.text.is_empty()) {
            return Err(EmbedError::Empty { text, of });
        }
        let mut vectors = vec![Vec::new(); of];
        let mut truncated = Vec::new();
        let (mut tokens, mut done) = (0, 0);
        // Starting and loading are not part of the first request's time.
        self.ask(&EngineRequest::Warm, STARTING).await?;
        for group in groups(&texts) {
            let wanted = group.iter().map(|&text| texts[text].text.to_owned()).collect();
            let question = EngineRequest::Embed { texts: wanted, purpose: request.purpose };
            let rows = match self.ask(&question, REQUEST).await {
                Ok(EngineResponse::Embedded(rows)) if rows.len() == group.len() => rows,
                Ok(_) => return Err(EmbedError::Failed { message: "the engine answered another request".to_owned() }),
                Err(error) => return Err(error.in_all(&group, of)),
            };
            for (&text, row) in group.iter().zip(rows) {
                tokens += u64::from(row.tokens);
                truncated.extend(texts[text].truncated(text, row.read));
                vectors[text] = row.vector;
            }
            done += group.len();
            progress(share(done, of));
        }
        truncated.sort_unstable_by_key(|one| one.text);
        Ok(Embedded { embeddings: Embeddings { vectors, truncated }, tokens })
    }

    async fn ask(&self, request: &EngineRequest, wall: Duration) -> Result<EngineResponse, EmbedError> {
        match self.engine.ask(request, wall).await? {
            EngineResponse::Failed(failure) => Err(failure.into()),
            response => Ok(response),
        }
    }
}

/// What is sent of a text.
struct Cut<'a> {
    /// Without the blanks around it, and not longer than [`MOST_CHARACTERS`].
    text: &'a str,
    /// Characters of it.
    characters: usize,
    /// Blank characters before it.
    before: usize,
    /// There is more of it.
    goes_on: bool,
}

impl<'a> Cut<'a> {
    fn new(whole: &'a str) -> Self {
        let begun = whole.trim_start();
        let before = whole[..whole.len() - begun.len()].chars().count();
        let trimmed = begun.trim_end();
        let end = trimmed.char_indices().nth(MOST_CHARACTERS).map(|(at, _)| at);
        let text = &trimmed[..end.unwrap_or(trimmed.len())];
        Self { text, characters: text.chars().count(), before, goes_on: end.is_some() }
    }

    /// Up to where the whole text was read, if not to its end. `read` is up to where the model read what was sent; none if to
    /// its end.
    fn truncated(&self, text: usize, read: Option<usize>) -> Option<Truncated> {
        let read = read.or(self.goes_on.then_some(self.characters))?;
        Some(Truncated { text, characters: self.before + read })
    }
}

/// The texts in groups for one request each: similar lengths are together.
fn groups(texts: &[Cut]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&text| texts[text].characters);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut room = 0;
    for text in order {
        let needed = texts[text].characters;
        if let Some(group) = groups.last_mut().filter(|group| group.len() < REQUEST_TEXTS && needed <= room) {
            group.push(text);
            room -= needed;
        } else {
            groups.push(vec![text]);
            room = REQUEST_CHARACTERS.saturating_sub(needed);
        }
    }
    groups
}

#[expect(clippy::cast_precision_loss, reason = "a share is shown, not counted")]
fn share(done: usize, of: usize) -> f32 {
    done as f32 / of as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_similar_length_are_together_and_none_is_lost() {
        let long = "word ".repeat(3_000);
        let texts: Vec<String> =
            (0..200).map(|n| if n % 50 == 0 { long.clone() } else { format!("text {n}") }).collect();
        let cuts: Vec<Cut> = texts.iter().map(|text| Cut::new(text)).collect();
        let groups = groups(&cuts);
        let mut all: Vec<usize> = groups.iter().flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..200).collect::<Vec<_>>());
        assert!(groups.iter().all(|group| group.len() <= REQUEST_TEXTS));
        let with_long = groups.iter().filter(|group| group.iter().any(|text| text % 50 == 0));
        assert_eq!(with_long.clone().count(), 4);
        assert!(with_long.clone().skip(1).all(|group| group.len() == 1), "{groups:?}");
    }

    #[test]
    fn a_text_is_counted_from_its_own_beginning() {
        let cut = Cut::new(" \n بيت ");
        assert_eq!((cut.text, cut.characters, cut.before, cut.goes_on), ("بيت", 3, 3, false));
        assert_eq!(cut.truncated(7, None), None);
        assert_eq!(cut.truncated(7, Some(2)), Some(Truncated { text: 7, characters: 5 }));
        let endless = "é".repeat(MOST_CHARACTERS + 1);
        let cut = Cut::new(&endless);
        assert_eq!(cut.characters, MOST_CHARACTERS);
        assert_eq!(cut.truncated(0, None), Some(Truncated { text: 0, characters: MOST_CHARACTERS }));
    }
}
