//! What a model answers, decoded strictly: nothing that the schema does not have is accepted.

use std::fmt;

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::{Value, json};

use super::super::text::clean;

/// Most bytes of an answer: far more than the longest script.
const MOST_BYTES: usize = 128 * 1024;
/// Most scenes of an answer.
const MOST_SCENES: usize = 40;

/// A script as a model wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    pub(super) title: String,
    pub(super) scenes: Vec<DraftScene>,
    pub(super) question: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftScene {
    pub(super) heading: String,
    pub(super) sentences: Vec<DraftSentence>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftSentence {
    pub(super) text: String,
    pub(super) page: u32,
}

/// New texts for parts that were refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mended {
    parts: Vec<MendedPart>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct MendedPart {
    id: String,
    text: String,
    page: u32,
}

/// The place of a text in a draft; scenes and sentences are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Title,
    Heading(usize),
    Sentence(usize, usize),
    Question,
}

impl Place {
    pub(super) const fn is_heading(self) -> bool {
        matches!(self, Self::Title | Self::Heading(_))
    }
}

/// As it is called in a prompt: `title`, `scene 2`, `scene 2 sentence 1`, `question`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Title => f.write_str("title"),
            Self::Heading(scene) => write!(f, "scene {} heading", scene + 1),
            Self::Sentence(scene, sentence) => write!(f, "scene {} sentence {}", scene + 1, sentence + 1),
            Self::Question => f.write_str("question"),
        }
    }
}

/// A text of a draft.
pub(super) struct Part<'a> {
    pub(super) place: Place,
    pub(super) text: &'a str,
    pub(super) page: Option<u32>,
}

impl Draft {
    /// From an answer; the reason if it is none.
    pub(super) fn of(answer: &str) -> Result<Self, String> {
        let mut draft: Self = decode(answer)?;
        draft.tidy();
        if draft.scenes.is_empty() || draft.scenes.len() > MOST_SCENES {
            return Err(format!("it has {} scenes", draft.scenes.len()));
        }
        Ok(draft)
    }

    /// The same text everywhere: composed, without invisible characters; no scenes without sentences.
    fn tidy(&mut self) {
        self.title = clean(&self.title);
        self.question = clean(&self.question);
        for scene in &mut self.scenes {
            scene.heading = clean(&scene.heading);
            for sentence in &mut scene.sentences {
                sentence.text = clean(&sentence.text);
            }
            scene.sentences.retain(|sentence| !sentence.text.is_empty());
        }
        self.scenes.retain(|scene| !scene.sentences.is_empty());
    }

    /// Every text, in order.
    pub(super) fn parts(&self) -> Vec<Part<'_>> {
        let mut parts = vec![Part { place: Place::Title, text: &self.title, page: None }];
        for (at, scene) in self.scenes.iter().enumerate() {
            parts.push(Part { place: Place::Heading(at), text: &scene.heading, page: None });
            for (index, sentence) in scene.sentences.iter().enumerate() {
                parts.push(Part { place: Place::Sentence(at, index), text: &sentence.text, page: Some(sentence.page) });
            }
        }
        parts.push(Part { place: Place::Question, text: &self.question, page: None });
        parts
    }

    /// With new texts for these places, and for no others; an empty text deletes a sentence.
    pub(super) fn mended(&self, answer: &str, places: &[Place]) -> Result<Self, String> {
        let mended: Mended = decode(answer)?;
        let mut draft = self.clone();
        for part in mended.parts {
            let place = places.iter().find(|place| place.to_string() == part.id);
            let place = place.ok_or_else(|| format!("nobody asked for \"{}\"", part.id))?;
            draft.put(*place, part.text, part.page);
        }
        draft.tidy();
        if draft.scenes.is_empty() { Err("no sentence is left".to_owned()) } else { Ok(draft) }
    }

    fn put(&mut self, place: Place, text: String, page: u32) {
        match place {
            Place::Title => self.title = text,
            Place::Question => self.question = text,
            Place::Heading(scene) => {
                if let Some(scene) = self.scenes.get_mut(scene) {
                    scene.heading = text;
                }
            }
            Place::Sentence(scene, sentence) => {
                let scene = self.scenes.get_mut(scene);
                if let Some(sentence) = scene.and_then(|scene| scene.sentences.get_mut(sentence)) {
                    *sentence = DraftSentence { text, page };
                }
            }
        }
    }
}

fn decode<T: serde::de::DeserializeOwned>(answer: &str) -> Result<T, String> {
    if answer.len() > MOST_BYTES {
        return Err(format!("it has {} bytes", answer.len()));
    }
    // The error's own text would quote the answer, which goes into the next prompt.
    serde_json::from_str(answer.trim()).map_err(|error| {
        let what = match error.classify() {
            Category::Eof => "it ends in the middle",
            Category::Data => "its fields are not those of the schema",
            Category::Io | Category::Syntax => "it is not JSON, or there is something beside it",
        };
        format!("{what} (line {}, column {})", error.line(), error.column())
    })
}

/// The JSON schema of a script. Each property is required and no other is allowed, as strict structured output demands.
pub(super) fn schema() -> Value {
    let sentence = object(&[("text", json!({ "type": "string" })), ("page", json!({ "type": "integer" }))]);
    let scene = object(&[("heading", json!({ "type": "string" })), ("sentences", list(&sentence))]);
    object(&[
        ("title", json!({ "type": "string" })),
        ("scenes", list(&scene)),
        ("question", json!({ "type": "string" })),
    ])
}

/// The JSON schema of new texts for parts.
pub(super) fn mending_schema() -> Value {
    let part = object(&[
        ("id", json!({ "type": "string" })),
        ("text", json!({ "type": "string" })),
        ("page", json!({ "type": "integer" })),
    ]);
    object(&[("parts", list(&part))])
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn object(properties: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<String, Value> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
