//! What the engine child has loaded: the tokenizer and the model, and how texts become vectors.
//!
//! The model is multilingual-e5-small (Wang et al., "Multilingual E5 Text Embeddings", 2024): each text begins with the word
//! that says what it is for, and its vector is the mean over its tokens, at length 1. Mean and length are part of the graph.

use std::path::{Path, PathBuf};

use ort::session::Session;
use ort::value::Tensor;
use serde::{Deserialize, Serialize};
use sluice_capability::Purpose;
use tokenizers::Tokenizer;

use super::error::Failure;
use crate::models::{EMBEDDING_MODEL, EMBEDDING_TOKENIZER, checked};
use crate::onnx::Onnx;

/// Numbers of a vector.
pub const DIMENSIONS: usize = 384;
/// Tokens of a text that the model reads, with the few that begin and end each.
pub const MOST_TOKENS: usize = 512;

/// Tokens of a batch, padding included: more need more memory and make nothing faster.
const BATCH_TOKENS: usize = 2 * 1024;

/// The files, and how many threads may work on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Files {
    /// ONNX Runtime.
    pub(super) onnx: PathBuf,
    pub(super) model: PathBuf,
    pub(super) tokenizer: PathBuf,
    pub(super) threads: u32,
}

/// An embedded text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) vector: Vec<f32>,
    /// Tokens that were read, with those that begin and end it.
    pub(super) tokens: u32,
    /// Characters up to where it was read; none if to its end.
    pub(super) read: Option<usize>,
}

/// A text in tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tokenised {
    ids: Vec<i64>,
    read: Option<usize>,
}

/// The loaded model.
pub(super) struct Model {
    tokenizer: Tokenizer,
    begin: u32,
    end: u32,
    /// Tokens that say nothing: the unknown one, and a space.
    empty: [u32; 2],
    session: Session,
}

impl Model {
    /// Loads everything, after comparing the hashes: vectors of another model would go unnoticed, and spoil what they are
    /// compared with. Takes about a second.
    pub(super) fn load(files: &Files) -> Result<Self, Failure> {
        Self::try_load(files).map_err(|message| Failure::NotLoaded { message })
    }

    fn try_load(files: &Files) -> Result<Self, String> {
        let tokenizer = checked(&EMBEDDING_TOKENIZER, &files.tokenizer)?;
        let tokenizer = Tokenizer::from_bytes(tokenizer).map_err(|error| described(&files.tokenizer, &error))?;
        let id = |token: &str| tokenizer.token_to_id(token).ok_or_else(|| format!("the tokenizer has no {token}"));
        let (begin, end, empty) = (id("<s>")?, id("</s>")?, [id("<unk>")?, id("▁")?]);
        let onnx = Onnx::load(&files.onnx, usize::try_from(files.threads).unwrap_or(1))?;
        let model = checked(&EMBEDDING_MODEL, &files.model)?;
        let session = onnx.optimized_session(&model).map_err(|error| described(&files.model, &error))?;
        Ok(Self { tokenizer, begin, end, empty, session })
    }

    /// Embeds texts; the rows are in their order.
    pub(super) fn embed(&mut self, texts: &[String], purpose: Purpose) -> Result<Vec<Row>, Failure> {
        let mut tokenised = Vec::with_capacity(texts.len());
        for (text, content) in texts.iter().enumerate() {
            tokenised.push(self.tokenised(content, purpose)?.ok_or(Failure::Unknown { text })?);
        }
        let mut rows = vec![None; texts.len()];
        for batch in batches(&tokenised) {
            for (&text, vector) in batch.iter().zip(self.run(&batch, &tokenised)?) {
                let Tokenised { ids, read } = &tokenised[text];
                let tokens = u32::try_from(ids.len()).unwrap_or(u32::MAX);
                rows[text] = Some(Row { vector, tokens, read: *read });
            }
        }
        rows.into_iter().map(|row| row.ok_or_else(|| Failure::from("a text was left out".to_owned()))).collect()
    }

    /// The tokens of a text, at most [`MOST_TOKENS`]; none if it has no token with a meaning.
    fn tokenised(&self, text: &str, purpose: Purpose) -> Result<Option<Tokenised>, String> {
        let prefix = match purpose {
            Purpose::Query => "query: ",
            Purpose::Passage => "passage: ",
        };
        let encoding = self
            .tokenizer
            .encode(format!("{prefix}{text}"), false)
            .map_err(|error| format!("the tokenizer: {error}"))?;
        // What ends inside the prefix belongs to it; the first token of the text begins with its last blank.
        let own = |at: &usize| encoding.get_offsets()[*at].1 > prefix.len();
        let ids = encoding.get_ids();
        if !(0..ids.len()).filter(own).any(|at| !self.empty.contains(&ids[at])) {
            return Ok(None);
        }
        let kept = ids.len().min(MOST_TOKENS - 2);
        let read = (kept < ids.len()).then(|| {
            let end = encoding.get_offsets()[kept - 1].1.saturating_sub(prefix.len());
            text.get(..end).map_or(0, |read| read.chars().count())
        });
        let ids = [self.begin].iter().chain(&ids[..kept]).chain([&self.end]).map(|&id| i64::from(id)).collect();
        Ok(Some(Tokenised { ids, read }))
    }

    /// The vectors of a batch, padded to its longest text.
    fn run(&mut self, batch: &[usize], tokenised: &[Tokenised]) -> Result<Vec<Vec<f32>>, String> {
        let longest = batch.iter().map(|&text| tokenised[text].ids.len()).max().unwrap_or_default();
        let (mut ids, mut mask) = (Vec::with_capacity(batch.len() * longest), Vec::new());
        for &text in batch {
            let own = &tokenised[text].ids;
            ids.extend(own);
            // What padding consists of does not matter: it is masked.
            ids.resize(ids.len() + longest - own.len(), i64::from(self.end));
            mask.resize(mask.len() + own.len(), 1_i64);
            mask.resize(ids.len(), 0);
        }
        let said = |error: ort::Error| error.to_string();
        let shape = [batch.len(), longest];
        let inputs = ort::inputs![
            "input_ids" => Tensor::from_array((shape, ids)).map_err(said)?,
            "attention_mask" => Tensor::from_array((shape, mask)).map_err(said)?,
        ];
        let outputs = self.session.run(inputs).map_err(said)?;
        let (_, vectors) = outputs["embedding"].try_extract_tensor::<f32>().map_err(said)?;
        if vectors.len() != batch.len() * DIMENSIONS || vectors.iter().any(|number| !number.is_finite()) {
            return Err("the model's answer is not as many numbers as it should be".to_owned());
        }
        Ok(vectors.chunks_exact(DIMENSIONS).map(<[f32]>::to_vec).collect())
    }
}

fn described(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

/// The texts in batches, the shortest first: what is in a batch has about the same length, so that a third of it at most is
/// padding.
fn batches(tokenised: &[Tokenised]) -> Vec<Vec<usize>> {
    let length = |text: usize| tokenised[text].ids.len();
    let mut order: Vec<usize> = (0..tokenised.len()).collect();
    order.sort_by_key(|&text| length(text));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for text in order {
        let longest = length(text);
        let fits = |batch: &&mut Vec<usize>| {
            (batch.len() + 1) * longest <= BATCH_TOKENS
                && batch.first().is_some_and(|&first| 2 * longest <= 3 * length(first))
        };
        match batches.last_mut().filter(fits) {
            Some(batch) => batch.push(text),
            None => batches.push(vec![text]),
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(tokens: usize) -> Tokenised {
        Tokenised { ids: vec![5; tokens], read: None }
    }

    #[test]
    fn batches_hold_similar_lengths_and_stay_small() {
        let texts: Vec<_> = [512, 8, 512, 300, 9, 512, 512, 512, 7].map(text).into();
        let batches = batches(&texts);
        assert_eq!(batches[..2], [vec![8, 1, 4], vec![3]]);
        let padded = |batch: &Vec<usize>| batch.len() * batch.iter().map(|&one| texts[one].ids.len()).max().unwrap();
        assert!(batches.iter().all(|batch| padded(batch) <= BATCH_TOKENS), "{batches:?}");
        assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), texts.len());
    }
}
