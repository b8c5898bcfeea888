//! Text embeddings.

use serde::{Deserialize, Serialize};

use crate::{Capability, Does};

/// The capability of [`Embed`].
#[derive(Debug, Clone, Copy)]
pub struct Embedding;

impl Capability for Embedding {
    const NAME: &'static str = "embed";
    type Request = EmbedRequest;
    type Output = Embeddings;
}

/// Embeds each text as a vector. Only vectors of the same model can be compared: see [`crate::MadeBy`].
pub trait Embed: Does<Embedding> {}

impl<T: Does<Embedding> + ?Sized> Embed for T {}

/// What the vectors are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A query.
    Query,
    /// A document.
    Passage,
}

/// The texts to embed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedRequest {
    /// The texts.
    pub texts: Vec<String>,
    /// What the vectors are for.
    pub purpose: Purpose,
}

/// Vectors of length 1, one for each text, in their order, all of the same number of dimensions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embeddings {
    /// `texts.len()` rows of the model's number of dimensions.
    pub vectors: Vec<Vec<f32>>,
    /// Texts that are longer than the model reads, in their order: their vectors are those of their beginnings.
    #[serde(default)]
    pub truncated: Vec<Truncated>,
}

/// A text that was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truncated {
    /// Its index.
    pub text: usize,
    /// Characters up to where it was read.
    pub characters: usize,
}
