//! A scene in its current state: its script, its rendered parts, and whether the two match.

use serde::{Deserialize, Serialize};
use sluice_blobs::BlobHash;
use sluice_domain::speech::{Speech, WordTiming};
use sluice_local::render::Caption;
use sluice_store::StoreError;
use sluice_store::documents::DocumentRow;
use sluice_store::reel::SceneId;
use sluice_store::reel::{ReelRow, SceneRow};
use unicode_segmentation::UnicodeSegmentation as _;

use super::choices::Choices;
use super::keys;
use super::note::Presented;
use super::script::{SceneScript, Sentence};

/// Part of every scene's key: incremented when the way in which scenes are rendered changes.
const SCENE_VERSION: u32 = 4;

/// The rendered parts of a scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// The key of the scene that the parts were rendered from.
    pub key: String,
    /// The video: H.264 without audio.
    pub clip: BlobHash,
    /// The audio: WAV.
    pub voice: BlobHash,
    /// A still image: JPEG.
    pub still: BlobHash,
    /// Length in milliseconds, a whole number of frames.
    pub duration_ms: u32,
    /// The captions, for the caption files.
    pub captions: Vec<Caption>,
    /// Start and end of each sentence in milliseconds of the scene.
    pub sentences: Vec<(u32, u32)>,
    /// The engine and the voice that spoke.
    pub spoken_by: String,
    /// Who presents it, if that was to be a provider's presenter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presented: Option<Presented>,
}

/// A decoded scene.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The row.
    pub row: SceneRow,
    /// Its text and slide.
    pub script: SceneScript,
    /// Its script before a person's first change of it.
    pub original: Option<SceneScript>,
    /// The key that current parts must have.
    pub key: String,
    /// Its parts, current or not.
    pub made: Option<Made>,
}

impl Scene {
    /// Decodes a row.
    pub fn of(row: SceneRow, choices: &Choices, document: &DocumentRow) -> Result<Self, StoreError> {
        let script: SceneScript = decode(&row.script, "a scene's script")?;
        let original = row.original.as_ref().map(|script| decode(script, "a scene's first script")).transpose()?;
        let made = row.made.as_ref().map(|made| decode(made, "a scene's parts")).transpose()?;
        let inputs = (SCENE_VERSION, &script, &choices.shape, &choices.voice, &choices.presenter, choices.captions);
        let key = keys::key("scene", &(inputs, &document.blob, &document.text_blob))
            .map_err(|_| unreadable("a scene's script"))?;
        Ok(Self { row, script, original, key, made })
    }

    /// Its parts, if they match the current script.
    pub fn current(&self) -> Option<&Made> {
        self.made.as_ref().filter(|made| made.key == self.key)
    }

    /// Whether a person wrote a sentence of it: it cites no page, and the first script does not have it.
    pub fn is_own(&self, sentence: &Sentence) -> bool {
        let first = self.original.as_ref().filter(|_| self.row.edited);
        let known = |first: &SceneScript| first.sentences.iter().any(|known| known.text == sentence.text);
        self.row.edited && sentence.page.is_none() && !first.is_some_and(known)
    }

    /// Its entity tag (RFC 9110, 8.8.3): its id, and a hash of what a person can edit of it. Its position is no part of
    /// it: a scene that is moved stays what it is.
    pub fn etag(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        // A separator that no heading has.
        hasher.update(self.script.heading.as_bytes()).update(b"\n").update(self.script.text().as_bytes());
        let hash = hasher.finalize().to_hex();
        format!("\"{}.{}\"", self.row.id, hash.get(..16).unwrap_or_default())
    }

    /// Which scene an entity tag is of.
    pub(crate) fn id_of_etag(etag: &str) -> Option<SceneId> {
        etag.trim_matches('"').split_once('.')?.0.parse().ok()
    }
}

/// Whether a person changed anything of a storyboard.
pub(crate) fn is_edited(reel: &ReelRow, scenes: &[Scene]) -> bool {
    reel.edited || scenes.iter().any(|scene| scene.row.edited)
}

/// The choices of a reel.
pub fn choices(reel: &ReelRow) -> Result<Choices, StoreError> {
    decode(&reel.choices, "a reel's choices")
}

/// The key of the whole video: the keys of its scenes in order, and its title.
pub(crate) fn assembly_key(reel: &ReelRow, scenes: &[Scene]) -> Result<String, StoreError> {
    // The transcript says which sentences are a person's.
    let own = |scene: &Scene| scene.script.sentences.iter().map(|sentence| scene.is_own(sentence)).collect::<Vec<_>>();
    let keys: Vec<_> = scenes.iter().map(|scene| (scene.key.as_str(), own(scene))).collect();
    keys::key("assembly/4", &(keys, &reel.title, reel.language)).map_err(|_| unreadable("a reel's title"))
}

pub(crate) fn decode<T: serde::de::DeserializeOwned>(value: &serde_json::Value, what: &str) -> Result<T, StoreError> {
    serde_json::from_value(value.clone()).map_err(|_| unreadable(what))
}

fn unreadable(what: &str) -> StoreError {
    StoreError::Unreadable { what: what.to_owned() }
}

/// The pages that a scene cites, without duplicates, in order.
pub fn pages(script: &SceneScript) -> Vec<u32> {
    let mut pages: Vec<u32> = script.sentences.iter().filter_map(|sentence| sentence.page).collect();
    pages.sort_unstable();
    pages.dedup();
    pages
}

/// Replaces the text. An unchanged sentence keeps its page and its lines; a new one is a person's own and cites nothing.
pub(crate) fn rewrite(script: &mut SceneScript, text: &str) {
    let mut old = std::mem::take(&mut script.sentences);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        // Known sentences first: a full stop inside one ("Dr. Hale") must not make two of it.
        let kept = old.iter().enumerate().filter(|(_, sentence)| starts_with_sentence(rest, &sentence.text));
        let kept = kept.max_by_key(|(_, sentence)| sentence.text.len()).map(|(index, _)| index);
        let sentence = kept.map_or_else(|| own_sentence(rest), |index| old.remove(index));
        rest = rest.get(sentence.text.len()..).unwrap_or_default().trim_start();
        script.sentences.push(sentence);
    }
}

fn starts_with_sentence(text: &str, sentence: &str) -> bool {
    let rest = text.strip_prefix(sentence).filter(|_| !sentence.is_empty());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// The first sentence of a text, without a citation.
fn own_sentence(text: &str) -> Sentence {
    let first = text.split_sentence_bounds().map(str::trim).find(|sentence| !sentence.is_empty()).unwrap_or(text);
    Sentence { text: first.to_owned(), page: None, lines: Vec::new() }
}

/// The time of each sentence in milliseconds: from its first word to its last.
pub(crate) fn sentence_times(script: &SceneScript, speech: &Speech) -> Vec<(u32, u32)> {
    let mut times = Vec::with_capacity(script.sentences.len());
    let (mut start_byte, mut last_end) = (0, 0);
    for sentence in &script.sentences {
        let end_byte = start_byte + sentence.text.len();
        let inside = |word: &&WordTiming| (start_byte..end_byte).contains(&(word.start_byte as usize));
        let start = speech.words.iter().find(inside).map_or(last_end, |word| word.start_ms);
        last_end = speech.words.iter().rfind(inside).map_or(start, |word| word.end_ms);
        times.push((start, last_end));
        start_byte = end_byte + sentence.gap().len();
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reel::script::{PrintedLine, SlideKind};

    fn scene(sentences: &[(&str, u32)]) -> SceneScript {
        let sentence =
            |(text, page): &(&str, u32)| Sentence { text: (*text).to_owned(), page: Some(*page), lines: Vec::new() };
        SceneScript {
            heading: "Tides".to_owned(),
            slide: SlideKind::Page(2),
            sentences: sentences.iter().map(sentence).collect(),
        }
    }

    #[test]
    fn a_sentence_that_stays_keeps_its_place_and_a_new_one_cites_nothing() {
        let mut script = scene(&[("Water rises.", 2), ("It falls, as Dr. Hale found.", 3)]);
        let lines = vec![PrintedLine { page: 3, bounds: [0.1, 0.2, 0.3, 0.4], column: [0.1, 0.9] }];
        script.sentences[1].lines.clone_from(&lines);
        rewrite(&mut script, "  It falls, as Dr.  Hale found. Then  it waits. Water rises high. ");
        let told: Vec<_> = script.sentences.iter().map(|s| (s.text.as_str(), s.page)).collect();
        let expected =
            [("It falls, as Dr. Hale found.", Some(3)), ("Then it waits.", None), ("Water rises high.", None)];
        assert_eq!(told, expected);
        assert_eq!(script.sentences[0].lines, lines);
        assert_eq!(pages(&script), [3]);
    }

    #[test]
    fn sentences_are_timed_by_their_words() {
        let script = scene(&[("Water rises.", 2), ("It falls.", 3)]);
        let word = |start_byte, end_byte, start_ms, end_ms| WordTiming { start_byte, end_byte, start_ms, end_ms };
        let words = vec![word(0, 5, 0, 300), word(6, 12, 300, 700), word(13, 15, 900, 1000), word(16, 22, 1000, 1400)];
        let speech = Speech { sample_rate: 8000, samples: 0, words, phonemes: Vec::new(), spoken_by: String::new() };
        assert_eq!(sentence_times(&script, &speech), [(0, 700), (900, 1400)]);
    }
}
