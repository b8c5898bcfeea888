//! An extract: the sentences of a text that say most of what it says, without a language model.
//!
//! The text is cut into sentences (`passages`). Each is a vector: of its words, weighed by how rare they are (`words`), and where
//! the model of embeddings is installed, of its meaning. The text is taken in parts of equal length, and each part gives its
//! share, so that the end of a long one counts as much as its beginning. In a part, sentences are ranked by a random walk over
//! those that are similar (`LexRank`; Erkan and Radev, 2004), and taken in turn, less what was said already (maximal marginal
//! relevance; Carbonell and Goldstein, 1998). It knows no grammar: any language that is written in words or in characters will do.
//!
//! Time and memory are bounded: of a long part, only the sentences nearest to its centroid are compared with each other.

mod cues;
mod passages;
mod rank;
mod terms;
mod words;

use serde::Serialize;
use sluice_capability::{EmbedRequest, Purpose, Transcript};

pub use cues::{Cue, Cued, cued};
pub use passages::{Passage, passages};

use self::passages::Sentence;
use self::rank::{Chosen, Meanings, Parts};
use self::words::Lexicon;
use crate::embed::{EmbedError, Embedder};

/// Sentences of all parts that are compared with each other by their words.
const COMPARED: usize = 1_500;
/// Those that are embedded: some seconds of work.
const EMBEDDED: usize = 480;
/// Most key terms.
const TERMS: usize = 10;

/// A sentence of an extract.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Extracted {
    /// Its number among all sentences, from 0.
    pub index: usize,
    /// The passage that it begins in, from 0.
    pub passage: usize,
    /// What it says, as it stands in the text.
    pub text: String,
    /// How central it is in its part of the text: 1 for the most central.
    pub score: f32,
    /// Where it begins in a sound, in milliseconds: where its passage does.
    pub start_ms: Option<u32>,
    /// Where it ends in a sound, in milliseconds: where its last passage does.
    pub end_ms: Option<u32>,
    /// Who says it.
    pub speaker: Option<u32>,
}

/// A word or a phrase that a text is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// As it stands in the text most often.
    pub text: String,
    /// How often it occurs, in all its forms.
    pub count: usize,
}

/// What a summary is: its sentences are quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Sentences of the text itself.
    Extract,
}

/// Sentences of a text, and what it is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Extract {
    /// That it is one.
    pub kind: Kind,
    /// What the sentences were compared by.
    pub made_by: String,
    /// Sentences of the whole text.
    pub of: usize,
    /// The parts of the text, of which each gave its share.
    pub parts: usize,
    /// The chosen ones, in the order of the text. Fewer than were asked for if the text has no more that differ.
    pub sentences: Vec<Extracted>,
    /// The most important first.
    pub terms: Vec<Term>,
}

/// The passages of a transcript.
pub fn of_transcript(transcript: &Transcript) -> Vec<Passage> {
    let passage = |segment: &sluice_capability::Segment| Passage {
        text: segment.text.clone(),
        start_ms: Some(segment.start_ms),
        end_ms: Some(segment.end_ms),
        speaker: segment.speaker,
    };
    transcript.segments.iter().map(passage).collect()
}

/// At most `count` sentences of a text: compared by their meaning if there is an embedder and it is installed, or else by their
/// words.
pub async fn extract(passages: &[Passage], count: usize, embedder: Option<&Embedder>) -> Result<Extract, EmbedError> {
    let embedder = embedder.filter(|embedder| embedder.check_installed().is_ok());
    let sentences = passages::sentences(passages);
    let lexicon = Lexicon::new(sentences.iter().map(|sentence| sentence.text.as_str()));
    let most = if embedder.is_some() { EMBEDDED } else { COMPARED };
    let parts = Parts::new(&sentences, &lexicon, count, most);
    let meanings = match embedder {
        Some(embedder) if parts.candidates().count() > 1 => meanings(embedder, &sentences, &parts).await?,
        _ => None,
    };
    let made_by = match meanings {
        Some(_) => Embedder::model().0.to_owned(),
        None => "words (TF-IDF)".to_owned(),
    };
    let chosen = rank::choose(&parts, &lexicon, meanings.as_ref(), count);
    Ok(Extract {
        kind: Kind::Extract,
        made_by,
        of: sentences.len(),
        parts: parts.count(),
        sentences: chosen.into_iter().map(|chosen| extracted(&sentences, chosen)).collect(),
        terms: terms::terms(sentences.iter().map(|sentence| sentence.text.as_str()), TERMS),
    })
}

/// The meanings of all candidates; none if one is written in signs that the model does not know.
async fn meanings(embedder: &Embedder, sentences: &[Sentence], parts: &Parts) -> Result<Option<Meanings>, EmbedError> {
    let candidates: Vec<usize> = parts.candidates().collect();
    let texts = candidates.iter().map(|&at| sentences[at].text.clone()).collect();
    // A query is compared with another one; passages are for what is looked up by one.
    match embedder.embed(&EmbedRequest { texts, purpose: Purpose::Query }, &|_| ()).await {
        Ok(embedded) => Ok(Some(Meanings::new(candidates, embedded.embeddings.vectors))),
        Err(EmbedError::Unknown { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn extracted(sentences: &[Sentence], chosen: Chosen) -> Extracted {
    let Chosen { index, score } = chosen;
    let sentence = &sentences[index];
    Extracted {
        index,
        passage: sentence.passage,
        text: sentence.text.clone(),
        score: (score * 1_000.0).round() / 1_000.0,
        start_ms: sentence.start_ms,
        end_ms: sentence.end_ms,
        speaker: sentence.speaker,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of sentences and words")]
fn number(count: usize) -> f32 {
    count as f32
}
