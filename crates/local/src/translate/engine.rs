//! The warm child that translates (`sluice __engine translate …`), and its messages.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use fxtranslate::engine::Engine as Loaded;
use fxtranslate::segment::MAX_SOURCE_TOKENS;
use serde::{Deserialize, Serialize};

use super::sentences::parts;
use crate::child::serve::{serve, wrong_arguments};
use crate::models::{ModelFile, Pair, content_of};

/// Name of the engine child that translates.
pub(crate) const SUBCOMMAND: &str = "translate";

/// Sentences that are computed together: more make nothing faster.
const BATCH: usize = 16;
/// Models that are kept loaded, of 60 to 100 MB each: a pair and its way back, both by way of English.
const KEPT: usize = 4;

/// A model by its files: the child has no configuration that it could look for a pair in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Leg {
    model: LegFile,
    source: LegFile,
    target: LegFile,
    shortlist: Option<LegFile>,
}

/// A file by its path in the models folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct LegFile {
    name: String,
    sha256: String,
}

impl From<&Pair> for Leg {
    fn from(pair: &Pair) -> Self {
        let Pair { model, source, target, shortlist, .. } = pair;
        Self {
            model: model.into(),
            source: source.into(),
            target: target.into(),
            shortlist: shortlist.as_ref().map(LegFile::from),
        }
    }
}

impl From<&ModelFile> for LegFile {
    fn from(file: &ModelFile) -> Self {
        // What has no hash matches none.
        Self { name: file.name.to_owned(), sha256: file.sha256().unwrap_or_default().to_owned() }
    }
}

/// A request to the child. Models are used one after the other.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineRequest {
    /// Load models.
    Warm { route: Vec<Leg> },
    /// Translate sentences.
    Translate { route: Vec<Leg>, sentences: Vec<String> },
}

/// The child's response.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineResponse {
    Warm,
    /// In the order of the sentences.
    Translated(Vec<String>),
    NotLoaded {
        message: String,
    },
}

/// Answers requests on standard input until it is closed. The arguments after `__engine translate`: the models folder, threads.
pub(crate) fn run_child(args: &[OsString]) -> ExitCode {
    let [folder, threads] = args else {
        return wrong_arguments(SUBCOMMAND, 2);
    };
    let threads = threads.to_str().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut engine = Engine { folder: folder.into(), threads, loaded: Vec::new() };
    serve(SUBCOMMAND, |request| engine.respond(request))
}

struct Engine {
    /// The models folder.
    folder: PathBuf,
    threads: usize,
    /// The one that was used last is at the end.
    loaded: Vec<(Leg, Loaded)>,
}

impl Engine {
    fn respond(&mut self, request: EngineRequest) -> EngineResponse {
        let done = match request {
            EngineRequest::Warm { route } => {
                route.into_iter().try_for_each(|leg| self.model(leg).map(|_| ())).map(|()| EngineResponse::Warm)
            }
            EngineRequest::Translate { route, sentences } => {
                let by_leg = |sentences: Vec<String>, leg| self.model(leg).map(|model| translated(model, &sentences));
                route.into_iter().try_fold(sentences, by_leg).map(EngineResponse::Translated)
            }
        };
        done.unwrap_or_else(|message| EngineResponse::NotLoaded { message })
    }

    fn model(&mut self, leg: Leg) -> Result<&Loaded, String> {
        let loaded = if let Some(at) = self.loaded.iter().position(|(known, _)| *known == leg) {
            self.loaded.remove(at)
        } else {
            if self.loaded.len() == KEPT {
                self.loaded.remove(0);
            }
            let model = self.load(&leg)?;
            (leg, model)
        };
        self.loaded.push(loaded);
        self.loaded.last().map(|(_, model)| model).ok_or_else(|| "no model is loaded".to_owned())
    }

    /// Loads a model after comparing the hashes of its files: the library trusts them, and would read beyond their ends.
    fn load(&self, leg: &Leg) -> Result<Loaded, String> {
        let content = |file: &LegFile| content_of(&self.folder.join(&file.name), &file.sha256);
        let (model, source, target) = (content(&leg.model)?, content(&leg.source)?, content(&leg.target)?);
        let loaded = Loaded::from_bytes(&model, &source, &target)?;
        let loaded = match &leg.shortlist {
            Some(shortlist) => loaded.with_shortlist_bytes(&content(shortlist)?),
            None => loaded,
        };
        Ok(loaded.with_threads(self.threads))
    }
}

/// Translates sentences, similar lengths together. What is longer than the model reads is translated in parts.
fn translated(model: &Loaded, sentences: &[String]) -> Vec<String> {
    // One token is the end.
    let mut fit = |part: &str| model.src_ids(part).len() <= MAX_SOURCE_TOKENS + 1;
    let parts: Vec<(usize, &str)> = sentences
        .iter()
        .enumerate()
        .flat_map(|(at, sentence)| parts(sentence, &mut fit).into_iter().map(move |part| (at, part)))
        .collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&part| parts[part].1.len());
    let mut done = vec![String::new(); parts.len()];
    for batch in order.chunks(BATCH) {
        let texts: Vec<&str> = batch.iter().map(|&part| parts[part].1).collect();
        for (&part, text) in batch.iter().zip(model.translate_batch(&texts)) {
            done[part] = text;
        }
    }
    let mut out = vec![String::new(); sentences.len()];
    for ((at, _), text) in parts.iter().zip(done) {
        if !out[*at].is_empty() {
            out[*at].push(' ');
        }
        out[*at].push_str(text.trim());
    }
    out
}
