//! Translation, by Mozilla's models in a warm child of this binary.
//!
//! Texts are cut into sentences (`sentences`), which the child (`engine`) translates by one model, or by two by way of English
//! (`route`). Nothing else is known to a model than its sentence: the same word may be translated differently in the next one.
//! A long text is a row of short requests, so that each has a time limit and the caller sees how far it is.

pub(crate) mod engine;
mod error;
mod language;
mod route;
pub(crate) mod sentences;

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use sluice_capability::{TranslateRequest, Translation};

pub use error::TranslateError;

use self::engine::{EngineRequest, EngineResponse, Leg};
use crate::child::SUBCOMMAND;
use crate::child::warm::{Framing, Warm};
use crate::guard::{Guard, Limits};
use crate::models::{Models, Pair};

/// The version of what runs the models.
const VERSION: &str = "0.5.0";

/// Bytes of the sentences of one request to the child: some seconds of work on a busy machine.
const REQUEST_BYTES: usize = 8 * 1024;

/// Time for the engine to start and load its models.
const STARTING: Duration = Duration::from_mins(2);
/// Time for one request, on a busy machine.
const REQUEST: Duration = Duration::from_mins(5);
/// After this time without a request the engine is stopped.
const IDLE: Duration = Duration::from_mins(5);
/// Address space of the engine in MiB.
const MEMORY: u64 = 2 * 1024;
/// More threads make little faster.
const MOST_THREADS: usize = 4;

/// What translation needs to know about its environment.
#[derive(Debug, Clone)]
pub struct TranslateSettings {
    /// This binary, which re-executes itself as the engine child.
    pub executable: PathBuf,
    /// Threads of the models.
    pub threads: u32,
}

impl TranslateSettings {
    /// The defaults for a binary: as many threads as there are cores, at most four.
    pub fn of(executable: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { executable, threads: u32::try_from(cores.min(MOST_THREADS)).unwrap_or(1) }
    }
}

/// Translated texts, and the models that did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translated {
    /// The texts.
    pub translation: Translation,
    /// One model, or two, the first of which translates into English; none for texts that were in the language already.
    pub route: Vec<&'static Pair>,
}

impl Translated {
    /// The models, as they are stored with what they made: "firefox pt-en", "firefox pt-en, en-de@4f1c09aa" by way of English;
    /// "none" if there was nothing to translate.
    pub fn model(&self) -> String {
        if self.route.is_empty() {
            return "none".to_owned();
        }
        let names: Vec<String> = self.route.iter().map(|pair| pair.stamp()).collect();
        format!("firefox {}", names.join(", "))
    }
}

/// The translation engine.
pub struct Translator {
    models: Models,
    engine: Warm,
}

impl Translator {
    /// The engine is started on first use.
    pub fn new(guard: Guard, models: Models, settings: TranslateSettings) -> Self {
        let TranslateSettings { executable, threads } = settings;
        let limits = Limits::warm(MEMORY, threads);
        let folder = models.folder().to_owned();
        let engine = Warm::new(engine::SUBCOMMAND, Framing::Length, limits, move || {
            let mut command = guard.command(&limits, &executable, [SUBCOMMAND, engine::SUBCOMMAND]);
            command.arg(&folder).arg(threads.to_string());
            command
        })
        .evicted_after(IDLE);
        Self { models, engine }
    }

    /// The version of what runs the models.
    pub const fn version() -> &'static str {
        VERSION
    }

    /// The models that are known, installed or not.
    pub fn pairs(&self) -> &'static [Pair] {
        self.models.pairs()
    }

    /// The installed models: "en → pt, pt → en"; "none".
    pub fn installed(&self) -> String {
        route::described(route::installed(&self.models).into_iter())
    }

    /// Whether these languages can be translated, given as ISO 639-1 codes.
    pub fn check(&self, from: &str, to: &str) -> Result<(), TranslateError> {
        route::route(&self.models, from, to).map(|_| ())
    }

    /// Loads the models for these languages, so that the first request need not wait for them.
    pub async fn warm(&self, from: &str, to: &str) -> Result<(), TranslateError> {
        let route = legs(&route::route(&self.models, from, to)?);
        self.ask(&EngineRequest::Warm { route }, STARTING).await.map(|_| ())
    }

    /// The engine's process id, when it runs.
    pub async fn process_id(&self) -> Option<u32> {
        self.engine.process_id().await
    }

    /// Translates texts. `progress` receives the share that is done, from 0 to 1. Texts without a letter stay as they are.
    pub async fn translate(
        &self,
        request: &TranslateRequest,
        progress: &(dyn Fn(f32) + Send + Sync),
    ) -> Result<Translated, TranslateError> {
        let TranslateRequest { texts, from, to } = request;
        if !texts.is_empty() && texts.iter().all(|text| text.trim().is_empty()) {
            return Err(TranslateError::Empty);
        }
        let from = match from {
            Some(from) => from.clone(),
            None => detect(self.pairs(), texts, to)?,
        };
        let route = route::route(&self.models, &from, to)?;
        let texts = if route.is_empty() { texts.clone() } else { self.by(&route, texts, progress).await? };
        Ok(Translated { translation: Translation { texts, from }, route })
    }

    async fn by(
        &self,
        route: &[&'static Pair],
        texts: &[String],
        progress: &(dyn Fn(f32) + Send + Sync),
    ) -> Result<Vec<String>, TranslateError> {
        let ranges: Vec<Vec<Range<usize>>> = texts.iter().map(|text| sentences::sentences(text)).collect();
        let all: Vec<&str> = texts
            .iter()
            .zip(&ranges)
            .flat_map(|(text, ranges)| ranges.iter().map(move |range| &text[range.clone()]))
            .collect();
        let mut translated = Vec::with_capacity(all.len());
        if !all.is_empty() {
            // Starting and loading are not part of the first request's time.
            self.ask(&EngineRequest::Warm { route: legs(route) }, STARTING).await?;
        }
        for group in groups(&all) {
            let sentences = group.iter().map(|&sentence| sentence.to_owned()).collect();
            let question = EngineRequest::Translate { route: legs(route), sentences };
            match self.ask(&question, REQUEST).await? {
                EngineResponse::Translated(found) if found.len() == group.len() => translated.extend(found),
                _ => {
                    let message = "the engine answered another request".to_owned();
                    return Err(TranslateError::Failed { message });
                }
            }
            progress(share(translated.len(), all.len()));
        }
        let to = route.last().map_or("", |pair| pair.to);
        let mut rest = translated.as_slice();
        let back = texts.iter().zip(&ranges).map(|(text, ranges)| {
            let (own, others) = rest.split_at(ranges.len());
            rest = others;
            sentences::joined(text, ranges, own, to)
        });
        Ok(back.collect())
    }

    async fn ask(&self, request: &EngineRequest, wall: Duration) -> Result<EngineResponse, TranslateError> {
        match self.engine.ask(request, wall).await? {
            EngineResponse::NotLoaded { message } => Err(TranslateError::NotLoaded { message }),
            response => Ok(response),
        }
    }
}

fn legs(route: &[&'static Pair]) -> Vec<Leg> {
    route.iter().map(|&pair| Leg::from(pair)).collect()
}

/// The sentences in groups for one request each.
fn groups<'a, 'b>(sentences: &'b [&'a str]) -> Vec<&'b [&'a str]> {
    let mut groups = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, sentence) in sentences.iter().enumerate() {
        if at > start && bytes + sentence.len() > REQUEST_BYTES {
            groups.push(&sentences[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += sentence.len();
    }
    if start < sentences.len() {
        groups.push(&sentences[start..]);
    }
    groups
}

#[expect(clippy::cast_precision_loss, reason = "a share is shown, not counted")]
fn share(done: usize, of: usize) -> f32 {
    done as f32 / of as f32
}

fn detect(pairs: &[Pair], texts: &[String], to: &str) -> Result<String, TranslateError> {
    // Of all pairs: a language whose model is missing is not taken for one whose model is there.
    let likely: Vec<&str> = pairs.iter().map(|pair| pair.from).chain([to]).collect();
    let found = language::detect(texts, &likely).ok_or(TranslateError::UnknownLanguage)?;
    Ok(found.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_sent_in_small_groups_in_their_order() {
        let long = "a".repeat(REQUEST_BYTES + 1);
        let sentences = ["one", &long, "two", "three"];
        assert_eq!(groups(&sentences), [&sentences[..1], &sentences[1..2], &sentences[2..]]);
        assert_eq!(groups(&[]), Vec::<&[&str]>::new());
    }
}
