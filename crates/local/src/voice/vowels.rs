//! Vowel marks for Arabic text, by the model of libtashkeel 1.5.0 (see `data/tashkeel/README.md`). Its own crate does
//! not build against the version of the ONNX binding used here, so its coding of characters is written anew. Used in
//! the engine child only.

use ort::session::Session;
use ort::value::Tensor;

use super::onnx::Onnx;

/// The model, inside the binary: without it Arabic cannot be read aloud.
const MODEL: &[u8] = include_bytes!("../../data/tashkeel/model.onnx");

/// What the model knows; the id of a character is its place here. `_` is padding, `#` any digit.
const CHARACTERS: &str = "_ #!\"()-./:[]«»،؛؟ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي";

/// What the model answers and takes as hints, by id: padding, nothing, and the marks, alone and with shadda.
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
/// Marks that may be hints: all but a shadda alone.
const HINTS: usize = 15;

/// Vowel marks: fathatan to sukun.
pub(super) fn is_vowel_mark(character: char) -> bool {
    matches!(character, '\u{64b}'..='\u{652}')
}

/// Characters, and the mark that each carries already, as the model takes them; with where each stands in the text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Coded {
    characters: Vec<i64>,
    hints: Vec<i64>,
    /// For each character of the text that is not a mark: its place in `characters`, none for an unknown one.
    places: Vec<(char, Option<usize>, String)>,
}

/// The model, loaded.
pub(super) struct Vowels {
    session: Session,
}

impl Vowels {
    /// Loads the model.
    pub(super) fn load(onnx: &Onnx) -> Result<Self, String> {
        Ok(Self { session: onnx.session(MODEL).map_err(|error| error.to_string())? })
    }

    /// The text with its vowel marks. Marks that it has already guide the model and stay. Everything but the marks
    /// stays as it was, so that words keep their number and order.
    pub(super) fn add(&mut self, text: &str) -> Result<String, String> {
        let coded = code(text);
        let length = coded.characters.len();
        if length == 0 {
            return Ok(text.to_owned());
        }
        let count = i64::try_from(length).map_err(|error| error.to_string())?;
        let said = |error: ort::Error| error.to_string();
        let inputs: [ort::session::SessionInputValue<'_>; 3] = [
            Tensor::from_array(([1, length], coded.characters)).map_err(said)?.into(),
            Tensor::from_array(([1, length], coded.hints)).map_err(said)?.into(),
            Tensor::from_array(([1], vec![count])).map_err(said)?.into(),
        ];
        let outputs = self.session.run(inputs).map_err(said)?;
        let (_, marks) = outputs[0].try_extract_tensor::<u8>().map_err(said)?;
        if marks.len() != length {
            return Err(format!("{} marks for {length} characters", marks.len()));
        }
        Ok(write(&coded.places, marks))
    }
}

fn code(text: &str) -> Coded {
    let mut coded = Coded::default();
    for character in text.chars() {
        if is_vowel_mark(character) {
            if let Some((_, _, marks)) = coded.places.last_mut() {
                marks.push(character);
            }
            continue;
        }
        let known = if character.is_numeric() { '#' } else { character };
        let id = CHARACTERS.chars().position(|c| c == known).and_then(|id| i64::try_from(id).ok());
        let place = id.map(|id| {
            coded.characters.push(id);
            coded.characters.len() - 1
        });
        coded.places.push((character, place, String::new()));
    }
    coded.hints =
        coded.places.iter().filter(|(_, place, _)| place.is_some()).map(|(_, _, marks)| hint(marks)).collect();
    coded
}

fn hint(marks: &str) -> i64 {
    let id = MARKS[..HINTS].iter().skip(NO_MARK).position(|known| same_marks(known, marks)).unwrap_or(0);
    i64::try_from(id + NO_MARK).unwrap_or(0)
}

/// Equal in any order: a shadda is written before or after its vowel.
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
    fn characters_and_their_marks_are_coded() {
        let coded = code("بِسمّ 5X");
        assert_eq!(coded.characters.len(), 5, "three letters, the space and the digit");
        assert_eq!(coded.characters[4], 2, "a digit is any digit");
        assert_eq!(coded.hints, [7, 1, 1, 1, 1], "kasra is a hint, a lone shadda is none");
    }

    #[test]
    fn text_keeps_its_characters_and_its_own_marks() {
        let coded = code("كتُب X");
        assert_eq!(write(&coded.places, &[5, 7, 5, 1]), "كَتُبَ X");
    }
}
