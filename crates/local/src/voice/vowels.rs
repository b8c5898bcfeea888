//! Vowel marks for Arabic text, by the model rawi v3 (see `data/rawi/README.md`), a network with two heads: one decides
//! which letters have a mark, the other which mark it is. The encoding follows its authors' package text2tashkeel. Used
//! in the engine child only.

use std::collections::HashMap;

use ort::session::Session;
use ort::value::Tensor;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, is_combining_mark};

use crate::onnx::Onnx;

/// The model, embedded in the binary: without it Arabic cannot be read aloud.
const MODEL: &[u8] = include_bytes!("../../data/rawi/model.onnx");
const VOCABULARY: &str = include_str!("../../data/rawi/vocabulary.json");

/// The id of a character that is not in the vocabulary.
const UNKNOWN: i64 = 1;

const SHADDA: char = '\u{651}';
/// The superscript alif: a long a that is not written.
const DAGGER: char = '\u{670}';

/// Vowel marks: fathatan to sukun.
pub(super) fn is_vowel_mark(character: char) -> bool {
    matches!(character, '\u{64b}'..='\u{652}')
}

/// A letter that can have a mark.
fn is_letter(character: char) -> bool {
    matches!(character, '\u{621}'..='\u{64a}')
}

/// What the model reads and writes.
#[derive(Debug, Deserialize)]
struct Vocabulary {
    /// Ids of characters. Longer entries are of the model's own use.
    char_to_idx: HashMap<String, i64>,
    /// Ids of sets of marks; hamza and madda count as marks.
    diac_to_idx: HashMap<String, usize>,
}

/// A character of the text, without the marks after it.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    character: char,
    id: i64,
    /// The marks that the text already has.
    own: String,
}

/// The loaded model.
pub(super) struct Vowels {
    session: Session,
    ids: HashMap<char, i64>,
    /// By id.
    marks: Vec<String>,
}

impl Vowels {
    /// Loads the model.
    pub(super) fn load(onnx: &Onnx) -> Result<Self, String> {
        let (ids, marks) = vocabulary()?;
        Ok(Self { session: onnx.session(MODEL).map_err(|error| error.to_string())?, ids, marks })
    }

    /// Adds vowel marks to the text. Marks that it already has are kept. Words keep their number and order, and letters
    /// theirs, but for an alif that was typed without its hamza.
    pub(super) fn add(&mut self, text: &str) -> Result<String, String> {
        let places = places(text, &self.ids);
        if places.is_empty() {
            return Ok(text.to_owned());
        }
        let said = |error: ort::Error| error.to_string();
        let characters: Vec<i64> = places.iter().map(|place| place.id).collect();
        let input = Tensor::from_array(([1, places.len()], characters)).map_err(said)?;
        let outputs = self.session.run(ort::inputs!["input" => input]).map_err(said)?;
        let (_, presence) = outputs["presence"].try_extract_tensor::<f32>().map_err(said)?;
        let (_, values) = outputs["value"].try_extract_tensor::<f32>().map_err(said)?;
        if presence.len() != places.len() || values.len() != places.len() * self.marks.len() {
            return Err(format!("{} marks for {} characters", presence.len(), places.len()));
        }
        // The first head answers with a logit: above 0 is more likely than not.
        let classes = presence.iter().zip(values.chunks_exact(self.marks.len()));
        let marks: Vec<&str> = classes
            .map(|(presence, values)| if *presence > 0.0 { self.marks[highest(values)].as_str() } else { "" })
            .collect();
        Ok(write(&places, &marks))
    }
}

/// The vocabulary: ids of characters, and marks by id.
fn vocabulary() -> Result<(HashMap<char, i64>, Vec<String>), String> {
    let vocabulary: Vocabulary = serde_json::from_str(VOCABULARY).map_err(|error| error.to_string())?;
    let single = |entry: &str| entry.chars().next().filter(|first| first.len_utf8() == entry.len());
    let ids = vocabulary.char_to_idx.iter().filter_map(|(entry, id)| Some((single(entry)?, *id))).collect();
    let mut marks = vec![String::new(); vocabulary.diac_to_idx.len()];
    for (set, id) in vocabulary.diac_to_idx {
        *marks.get_mut(id).ok_or("the ids of the marks have gaps")? = set;
    }
    Ok((ids, marks))
}

fn highest(values: &[f32]) -> usize {
    values.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(0, |(index, _)| index)
}

/// The model takes letters without marks, and without hamza and madda, which count as marks.
fn places(text: &str, ids: &HashMap<char, i64>) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::with_capacity(text.len() / 2);
    for character in text.nfc() {
        if is_combining_mark(character) {
            if let Some(place) = places.last_mut() {
                place.own.push(character);
            }
            continue;
        }
        let base = std::iter::once(character).nfd().next().unwrap_or(character);
        let id = ids.get(&base).copied().unwrap_or(UNKNOWN);
        places.push(Place { character, id, own: String::new() });
    }
    places
}

fn write(places: &[Place], marks: &[&str]) -> String {
    let mut text = String::new();
    for (Place { character, own, .. }, marks) in places.iter().zip(marks) {
        if !own.is_empty() || !is_letter(*character) {
            text.push(*character);
            text.push_str(own);
            continue;
        }
        // Hamza below or above, or madda.
        let sign = marks.chars().find(|mark| matches!(mark, '\u{653}'..='\u{655}')).filter(|_| *character == 'ا');
        text.push(sign.and_then(|sign| compose('ا', sign)).unwrap_or(*character));
        // Classes come from texts as they were typed: in any order, some marks twice.
        text.extend(marks.chars().find(|mark| *mark == SHADDA));
        text.extend(marks.chars().find(|mark| is_vowel_mark(*mark) && *mark != SHADDA));
        text.extend(marks.chars().find(|mark| *mark == DAGGER));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_encoded_without_their_marks() {
        let (ids, marks) = vocabulary().unwrap();
        assert_eq!((marks.len(), marks[24].as_str()), (75, "\u{64e}"));
        let places = places("بِأ 5漢", &ids);
        let found: Vec<i64> = places.iter().map(|place| place.id).collect();
        // b, alif (its hamza is a mark), space, five, unknown
        assert_eq!(found, [150, 149, 3, 24, UNKNOWN]);
        assert_eq!(places[0].own, "\u{650}");
    }

    #[test]
    fn text_keeps_its_characters_and_its_own_marks() {
        let (ids, _) = vocabulary().unwrap();
        let of = |text: &str, marks: &[&str]| write(&places(text, &ids), marks);
        assert_eq!(of("كتُب X", &["\u{64e}", "\u{64e}", "\u{64e}", "", "\u{64e}"]), "كَتُبَ X");
        // A hamza is restored where an alif has none, and never put elsewhere.
        assert_eq!(of("ان", &["\u{64e}\u{654}", "\u{64e}\u{651}"]), "أَنّ\u{64e}");
        assert_eq!(of("إن", &["\u{650}\u{655}", "\u{652}\u{652}"]), "إِنْ");
        assert_eq!(of("هذا", &["\u{64e}\u{670}", "\u{64e}", ""]), "ه\u{64e}\u{670}ذَا");
    }
}
