//! Text embeddings (`POST /embeddings`).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, EmbedRequest, Embedding, Embeddings, Profile,
    Usage,
};
use sluice_domain::money::MicroUsd;
use sluice_outbound::Content;

use super::service::{Made, Metered, Service, ServiceError, check_text, refused};
use crate::http::Reply;

const TIME: Duration = Duration::from_mins(5);
const BODY: usize = 256 * 1024 * 1024;
/// The most characters of one text; models read about 8,000 tokens.
const LONGEST: usize = 100_000;
/// The most bytes of all texts: OpenAI takes 300,000 tokens at once, and no token is shorter than a byte.
const LONGEST_SUM: usize = 1_000_000;

/// A model that embeds.
#[derive(Debug, Clone)]
pub struct EmbeddingModel {
    service: Service,
    /// The most texts at once.
    most: usize,
}

#[derive(Debug, Deserialize)]
struct Listed {
    data: Vec<Row>,
    model: Option<String>,
    id: Option<String>,
    usage: Option<Metered>,
}

#[derive(Debug, Deserialize)]
struct Row {
    index: Option<usize>,
    embedding: Numbers,
}

/// Numbers, or their bytes: little-endian, in base64.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Numbers {
    Floats(Vec<f32>),
    Bytes(String),
}

impl Numbers {
    fn vector(self) -> Option<Vec<f32>> {
        match self {
            Self::Floats(floats) => Some(floats),
            Self::Bytes(text) => {
                let bytes = STANDARD.decode(text).ok()?;
                let (numbers, rest) = bytes.as_chunks::<4>();
                rest.is_empty().then(|| numbers.iter().map(|four| f32::from_le_bytes(*four)).collect())
            }
        }
    }
}

impl EmbeddingModel {
    /// The model of a service.
    pub fn new(service: Service) -> Result<Self, ServiceError> {
        let most = service.able("embed", service.quirks().embeds)?;
        Ok(Self { service, most })
    }

    fn check(&self, request: &EmbedRequest) -> Result<(), (&'static str, String)> {
        if request.texts.is_empty() {
            return Err(("empty_text", "there is no text to embed".to_owned()));
        }
        if request.texts.len() > self.most {
            return Err(("too_many_texts", format!("there are more than {} texts: send fewer at once", self.most)));
        }
        if request.texts.iter().map(String::len).sum::<usize>() > LONGEST_SUM {
            return Err(("text_too_long", format!("the texts have more than {LONGEST_SUM} bytes: send fewer at once")));
        }
        request.texts.iter().try_for_each(|text| check_text(text, LONGEST))
    }

    fn answer(&self, texts: usize, reply: Reply<Listed>) -> Result<Answer<Embeddings>, CapabilityError> {
        let Reply { value: listed, headers } = reply;
        let wrong =
            |what: &str| CapabilityError::fail("bad_answer", format!("the provider's vectors cannot be used: {what}"));
        let mut rows: Vec<(usize, Numbers)> =
            listed.data.into_iter().enumerate().map(|(n, row)| (row.index.unwrap_or(n), row.embedding)).collect();
        rows.sort_by_key(|(index, _)| *index);
        if rows.len() != texts || rows.iter().enumerate().any(|(n, (index, _))| n != *index) {
            return Err(wrong("there is not one for each text"));
        }
        let vectors: Option<Vec<Vec<f32>>> = rows.into_iter().map(|(_, numbers)| unit(numbers.vector()?)).collect();
        let vectors = vectors.ok_or_else(|| wrong("one is no direction"))?;
        let dimensions = vectors.first().map_or(0, Vec::len);
        if vectors.iter().any(|vector| vector.len() != dimensions) {
            return Err(wrong("they have different lengths"));
        }
        let tokens = listed.usage.unwrap_or_default();
        // An embedding has no output, whatever a server counts there.
        let usage = Usage { output_tokens: 0, ..tokens.usage() };
        let made = Made { model: listed.model, id: listed.id, usage, cost: tokens.cost(), ..Made::default() };
        Ok(self.service.answer(Reply { value: Embeddings { vectors, truncated: Vec::new() }, headers }, made))
    }
}

/// The vector at length 1; nothing if it has no direction.
fn unit(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if !length.is_normal() {
        return None;
    }
    for x in &mut vector {
        *x /= length;
    }
    Some(vector)
}

impl Does<Embedding> for EmbeddingModel {
    fn profile(&self) -> &Profile {
        &self.service.profile
    }

    fn made_with(&self) -> String {
        self.service.models()
    }

    fn accepts(&self, request: &EmbedRequest) -> Result<(), String> {
        self.check(request).map_err(|(_, message)| message)
    }

    /// No token is shorter than a byte.
    fn estimate(&self, request: &EmbedRequest) -> Option<MicroUsd> {
        let input_tokens = request.texts.iter().map(|text| text.len() as u64 + 1).sum();
        self.service.estimate(&Usage { input_tokens, ..Usage::default() })
    }

    fn begin<'a>(&'a self, request: &'a EmbedRequest, _context: Context<'a>) -> Doing<'a, Begun<Embeddings>> {
        Box::pin(async move {
            self.check(request).map_err(refused)?;
            let body: Value =
                json!({ "model": self.service.model, "input": request.texts, "encoding_format": "float" });
            let operation = self.service.operation(TIME, BODY);
            let endpoint = &self.service.endpoint;
            let body = Content::Bytes(body.to_string().into());
            let incoming = endpoint.open(operation, Method::POST, "/embeddings", body).await?;
            let headers = incoming.headers.clone();
            match endpoint.value::<Listed>(operation, incoming).await {
                Ok(reply) => self.answer(request.texts.len(), reply).map(Begun::Done),
                Err(error) => self.service.lost(&headers, error),
            }
        })
    }

    fn look<'a>(&'a self, _key: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        self.service.look(provider_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_read_in_both_forms_and_have_length_one() {
        let bytes: Vec<u8> = [3.0_f32, 4.0].iter().flat_map(|x| x.to_le_bytes()).collect();
        for json in ["[3.0,4.0]".to_owned(), format!("\"{}\"", STANDARD.encode(bytes))] {
            let numbers: Numbers = serde_json::from_str(&json).unwrap();
            assert_eq!(unit(numbers.vector().unwrap()), Some(vec![0.6, 0.8]), "{json}");
        }
        for bad in ["\"AAAA\"", "\"?\""] {
            assert_eq!(serde_json::from_str::<Numbers>(bad).unwrap().vector(), None, "{bad}");
        }
        for flat in [vec![], vec![0.0, 0.0], vec![f32::NAN], vec![f32::MAX, f32::MAX]] {
            assert_eq!(unit(flat), None);
        }
    }
}
