//! Vowel marks for Arabic text, by the model of libtashkeel 1.5.0 (see `data/tashkeel/README.md`). Its own crate does
//! not build against this version of the ONNX bindings, so its character encoding is reimplemented. Used in the engine
//! child only.

use ort::session::Session;
use ort::value::Tensor;

use super::onnx::Onnx;

/// The model, embedded in the binary: without it Arabic cannot be read aloud.
const MODEL: &[u8] = include_bytes!("../../data/tashkeel/model.onnx");

/// The alphabet of the model; the id of a character is its index. `_` is padding, `#` any digit.
const CHARACTERS: &str = "_ #!\"()-./:[]«»،؛؟ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي";

/// The model's output classes, also its hints, by id: padding, no mark, and the marks, alone and with shadda.
const MARKS: [&str; 16] = [
    "",
    "",
    "\u{64b}",
    "\u{64c}",
    "\u{64d}",
    "\u{64e}",
    "\u{64f}",
    "\u{650}",
    "\u{64b}\u{651}",
    "\u{64c}\u{651}",
    "\u{64d}\u{651}",
    "\u{64e}\u{651}",
    "\u{64f}\u{651}",
    "\u{650}\u{651}",
    "\u{652}",
    "\u{651}",
];

/// The id of "no mark".
const NO_MARK: usize = 1;
/// Marks that can be hints: all but a shadda alone.
const HINTS: usize = 15;

/// Vowel marks: fathatan to sukun.
pub(super) fn is_vowel_mark(character: char) -> bool {
    matches!(character, '\u{64b}'..='\u{652}')
}

/// The characters and the marks that they already carry, as the model takes them, with their positions in the text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Encoded {
    characters: Vec<i64>,
    hints: Vec<i64>,
    /// For each character of the text that is not a mark: its index in `characters`, none for an unknown one.
    places: Vec<(char, Option<usize>, String)>,
}

/// The loaded model.
pub(super) struct Vowels {
    session: Session,
}

impl Vowels {
    /// Loads the model.
    pub(super) fn load(onnx: &Onnx) -> Result<Self, String> {
        Ok(Self { session: onnx.session(MODEL).map_err(|error| error.to_string())? })
    }

    /// Adds vowel marks to the text. Marks that it already has guide the model and are kept. Everything but the marks
    /// is unchanged, so that words keep their number and order.
    pub(super) fn add(&mut self, text: &str) -> Result<String, String> {
        let encoded = encode(text);
        let length = encoded.characters.len();
        if length == 0 {
            return Ok(text.to_owned());
        }
        let count = i64::try_from(length).map_err(|error| error.to_string())?;
        let said = |error: ort::Error| error.to_string();
        let inputs: [ort::session::SessionInputValue<'_>; 3] = [
            Tensor::from_array(([1, length], encoded.characters)).map_err(said)?.into(),
            Tensor::from_array(([1, length], encoded.hints)).map_err(said)?.into(),
            Tensor::from_array(([1], vec![count])).map_err(said)?.into(),
        ];
        let outputs = self.session.run(inputs).map_err(said)?;
        let (_, marks) = outputs[0].try_extract_tensor::<u8>().map_err(said)?;
        if marks.len() != length {
            return Err(format!("{} marks for {length} characters", marks.len()));
        }
        Ok(write(&encoded.places, marks))
    }
}

fn encode(text: &str) -> Encoded {
    let mut encoded = Encoded::default();
    for character in text.chars() {
        if is_vowel_mark(character) {
            if let Some((_, _, marks)) = encoded.places.last_mut() {
                marks.push(character);
            }
            continue;
        }
        let known = if character.is_numeric() { '#' } else { character };
        let id = CHARACTERS.chars().position(|c| c == known).and_then(|id| i64::try_from(id).ok());
        let place = id.map(|id| {
            encoded.characters.push(id);
            encoded.characters.len() - 1
        });
        encoded.places.push((character, place, String::new()));
    }
    encoded.hints =
        encoded.places.iter().filter(|(_, place, _)| place.is_some()).map(|(_, _, marks)| hint(marks)).collect();
    encoded
}

fn hint(marks: &str) -> i64 {
    let id = MARKS[..HINTS].iter().skip(NO_MARK).position(|known| same_marks(known, marks)).unwrap_or(0);
    i64::try_from(id + NO_MARK).unwrap_or(0)
}

/// Whether two sets of marks are equal in any order: a shadda is written before or after its vowel.
fn same_marks(a: &str, b: &str) -> bool {
    a.chars().count() == b.chars().count() && a.chars().all(|mark| b.contains(mark))
}

fn write(places: &[(char, Option<usize>, String)], marks: &[u8]) -> String {
    let mut text = String::new();
    for (character, place, own) in places {
        text.push(*character);
        match place {
            _ if !own.is_empty() => text.push_str(own),
            Some(place) if character.is_alphabetic() => {
                text.push_str(MARKS.get(usize::from(marks[*place])).copied().unwrap_or_default());
            }
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_their_marks_are_encoded() {
        let encoded = encode("بِسمّ 5X");
        assert_eq!(encoded.characters.len(), 5, "three letters, the space and the digit");
        assert_eq!(encoded.characters[4], 2, "a digit is any digit");
        assert_eq!(encoded.hints, [7, 1, 1, 1, 1], "kasra is a hint, a lone shadda is none");
    }

    #[test]
    fn text_keeps_its_characters_and_its_own_marks() {
        let encoded = encode("كتُب X");
        assert_eq!(write(&encoded.places, &[5, 7, 5, 1]), "كَتُبَ X");
    }
}
