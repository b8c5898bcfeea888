//! A scene in its current state: its script, its rendered parts, and whether the two match.

use serde::{Deserialize, Serialize};
use sluice_blobs::BlobHash;
use sluice_domain::speech::{Speech, WordTiming};
use sluice_local::render::Caption;
use sluice_store::StoreError;
use sluice_store::documents::DocumentRow;
use sluice_store::reel::{ReelRow, SceneRow};
use unicode_segmentation::UnicodeSegmentation as _;

use super::choices::Choices;
use super::keys;
use super::script::{SceneScript, Sentence};

/// Part of every scene's key: incremented when the way in which scenes are rendered changes.
const SCENE_VERSION: u32 = 3;

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
}

/// A decoded scene.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The row.
    pub row: SceneRow,
    /// Its text and slide.
    pub script: SceneScript,
    /// The key that current parts must have.
    pub key: String,
    /// Its parts, current or not.
    pub made: Option<Made>,
}

impl Scene {
    /// Decodes a row.
    pub fn of(row: SceneRow, choices: &Choices, document: &DocumentRow) -> Result<Self, StoreError> {
        let script: SceneScript = decode(&row.script, "a scene's script")?;
        let made = row.made.as_ref().map(|made| decode(made, "a scene's parts")).transpose()?;
        let inputs = (SCENE_VERSION, &script, &choices.shape, &choices.voice, &choices.presenter, choices.captions);
        let key = keys::key("scene", &(inputs, &document.blob)).map_err(|_| unreadable("a scene's script"))?;
        Ok(Self { row, script, key, made })
    }

    /// Its parts, if they match the current script.
    pub fn current(&self) -> Option<&Made> {
        self.made.as_ref().filter(|made| made.key == self.key)
    }
}

/// The choices of a reel.
pub fn choices(reel: &ReelRow) -> Result<Choices, StoreError> {
    decode(&reel.choices, "a reel's choices")
}

/// The key of the whole video: the keys of its scenes in order, and its title.
pub(crate) fn assembly_key(reel: &ReelRow, scenes: &[Scene]) -> Result<String, StoreError> {
    let keys: Vec<&str> = scenes.iter().map(|scene| scene.key.as_str()).collect();
    keys::key("assembly/3", &(keys, &reel.title, reel.language)).map_err(|_| unreadable("a reel's title"))
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

/// Replaces the text. An unchanged sentence keeps its page; a new one gets the page of the scene.
pub(crate) fn rewrite(script: &mut SceneScript, text: &str) {
    let page_of_scene = script.sentences.iter().find_map(|sentence| sentence.page);
    let old = std::mem::take(&mut script.sentences);
    script.sentences = text
        .split_sentence_bounds()
        .map(|sentence| sentence.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|sentence| !sentence.is_empty())
        .map(|text| {
            let same = old.iter().find(|sentence| sentence.text == text);
            Sentence { page: same.map_or(page_of_scene, |sentence| sentence.page), text, lines: Vec::new() }
        })
        .collect();
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
    use crate::reel::script::SlideKind;

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
    fn a_sentence_that_stays_keeps_its_page() {
        let mut script = scene(&[("Water rises.", 2), ("It falls.", 3)]);
        rewrite(&mut script, "  It falls. Then  it waits. ");
        let told: Vec<_> = script.sentences.iter().map(|s| (s.text.as_str(), s.page)).collect();
        assert_eq!(told, [("It falls.", Some(3)), ("Then it waits.", Some(2))]);
        assert_eq!(pages(&script), [2, 3]);
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
