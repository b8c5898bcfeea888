//! The words of sentences, and sentences as vectors of them.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use super::number;
use crate::reading::function_words;

/// Letters of a word that are compared: what follows is its ending, in most languages.
const STEM: usize = 6;

/// What stands in every Arabic text; prefixes of one letter are taken off before.
const ARABIC: &str = "في من الى على عن مع او ثم ام بل لا لم لن ما ليس ليست ان انه انها انهم لان كان كانت كانوا يكون تكون قد لقد سوف \
    هو هي هم هن هما انا نحن انت هذا هذه هذان ذلك تلك الذي التي الذين كل بعض اي غير عند عندما حين بعد قبل بين تحت فوق خلال حول \
    دون حتى منذ اذ اذا لو كما مثل كيف متى اين لماذا ماذا هل حيث بينما لكن الا فقط ايضا جدا نحو لدى له لها لهم لنا به بها بهم فيه \
    فيها منه منها منهم عليه عليها اليه اليها عنه عنها معه معها ذات اكثر احد احدى اخر اخرى هناك هنا يتم تم يمكن كذلك";

static STOP_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let latin = function_words().map(fold);
    latin.chain(ARABIC.split_whitespace().map(str::to_owned)).collect()
});

/// Whether a character belongs to a script that is written without spaces between words.
pub(super) fn is_unspaced(c: char) -> bool {
    is_han(c)
        || is_katakana(c)
        || matches!(c, '\u{3041}'..='\u{309f}' // Hiragana
            | '\u{0e00}'..='\u{0eff}' // Thai, Lao
            | '\u{1000}'..='\u{109f}' // Burmese
            | '\u{1780}'..='\u{17ff}') // Khmer
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '々')
}

pub(super) fn is_katakana(c: char) -> bool {
    matches!(c, '\u{30a1}'..='\u{30fa}' | 'ー')
}

/// A word of a text, or a run of characters of a script without spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Word(&'a str),
    Run(&'a str),
}

/// The words and runs of a text, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    // A run that has not ended, as a range of bytes.
    let mut run: Option<(usize, usize)> = None;
    for (at, word) in text.unicode_word_indices() {
        let end = at + word.len();
        if word.starts_with(is_unspaced) {
            run = match run {
                Some((start, until)) if until == at => Some((start, end)),
                other => {
                    found.extend(other.map(|(start, until)| Piece::Run(&text[start..until])));
                    Some((at, end))
                }
            };
        } else {
            found.extend(run.take().map(|(start, until)| Piece::Run(&text[start..until])));
            found.push(Piece::Word(word));
        }
    }
    found.extend(run.map(|(start, until)| Piece::Run(&text[start..until])));
    found
}

/// A word without case, accents, vowel marks and variants of letters.
pub(super) fn fold(word: &str) -> String {
    let is_mark =
        |c: &char| matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' | '\'' | '’');
    let plain = word.nfkd().filter(|c| !is_mark(c)).flat_map(char::to_lowercase);
    plain.map(|c| if c == 'ى' { 'ي' } else { c }).collect()
}

/// What the forms of a word have in common: its beginning, without the "s" of plurals; none for a word that every text needs.
pub(super) fn stem(folded: &str) -> Option<String> {
    let bare = without_arabic_article(folded);
    if STOP_WORDS.contains(folded) || STOP_WORDS.contains(bare) || !folded.chars().any(char::is_alphanumeric) {
        return None;
    }
    let singular = bare.strip_suffix('s').filter(|rest| rest.chars().nth(2).is_some() && !rest.ends_with('s'));
    Some(singular.unwrap_or(bare).chars().take(STEM).collect())
}

/// An Arabic word without its conjunction, preposition and article: "والبيت" is "بيت".
fn without_arabic_article(word: &str) -> &str {
    let is_long = |rest: &&str| rest.chars().nth(2).is_some();
    let rest = word.strip_prefix(['و', 'ف']).filter(is_long).unwrap_or(word);
    let article = ["ال", "بال", "كال", "لل"].iter().find_map(|article| rest.strip_prefix(article));
    article.filter(is_long).unwrap_or(rest)
}

/// What sentences are compared by: stems, and of scripts without spaces, pairs of neighbouring characters.
fn features(text: &str) -> (Vec<String>, f32) {
    let mut found = Vec::new();
    let mut words = 0.0;
    for piece in pieces(text) {
        match piece {
            Piece::Word(word) => {
                words += 1.0;
                found.extend(stem(&fold(word)));
            }
            Piece::Run(run) => {
                let characters: Vec<char> = run.chars().collect();
                words += number(characters.len()) / 2.0;
                match characters.as_slice() {
                    [only] => found.push(only.to_string()),
                    several => found.extend(several.windows(2).map(|pair| pair.iter().collect::<String>())),
                }
            }
        }
    }
    (found, words)
}

/// Weights by feature, in ascending order of features; of length 1 unless there are none.
pub(super) type Sparse = Vec<(u32, f32)>;

/// All sentences as vectors of their words, weighed by how rare these are.
pub(super) struct Lexicon {
    pub(super) vectors: Vec<Sparse>,
    /// Words of each sentence; of scripts without spaces, half of the characters.
    pub(super) words: Vec<f32>,
    /// Different features of the text.
    pub(super) features: usize,
}

impl Lexicon {
    pub(super) fn new<'a>(sentences: impl Iterator<Item = &'a str>) -> Self {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut documents: Vec<u32> = Vec::new();
        let (mut vectors, mut words) = (Vec::new(), Vec::new());
        for sentence in sentences {
            let (features, length) = features(sentence);
            words.push(length);
            let mut counts: HashMap<u32, f32> = HashMap::new();
            for feature in features {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *counts.entry(*numbers.entry(feature).or_insert(next)).or_default() += 1.0;
            }
            documents.resize(numbers.len(), 0);
            for feature in counts.keys() {
                documents[*feature as usize] += 1;
            }
            let mut vector: Sparse = counts.into_iter().collect();
            vector.sort_unstable_by_key(|(feature, _)| *feature);
            vectors.push(vector);
        }
        let all = number(vectors.len());
        for vector in &mut vectors {
            for (feature, weight) in vector.iter_mut() {
                *weight *= ((all + 1.0) / (number(documents[*feature as usize] as usize) + 0.5)).ln().max(0.1);
            }
            normalise(vector);
        }
        Self { vectors, words, features: documents.len() }
    }

    /// Cosine of two sentences.
    pub(super) fn cosine(&self, one: usize, other: usize) -> f32 {
        let (one, other) = (&self.vectors[one], &self.vectors[other]);
        let (mut i, mut j, mut sum) = (0, 0, 0.0);
        while let (Some(left), Some(right)) = (one.get(i), other.get(j)) {
            match left.0.cmp(&right.0) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    sum += left.1 * right.1;
                    (i, j) = (i + 1, j + 1);
                }
            }
        }
        sum
    }
}

fn normalise(vector: &mut Sparse) {
    let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    for (_, weight) in vector {
        *weight /= length.max(f32::EPSILON);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_the_same_stem_and_words_of_every_text_have_none() {
        let stems = |text: &str| -> Vec<String> { features(text).0 };
        assert_eq!(stems("the Lighthouses, jobs"), stems("of lighthouse job"));
        assert_eq!(stems("والمنارة"), stems("مَنارة"));
        assert_eq!(stems("dans le bâtiment"), stems("batiment"));
        assert_eq!(stems("of the and 'في'"), Vec::<String>::new());
    }

    #[test]
    fn scripts_without_spaces_are_compared_by_pairs_of_characters() {
        let (features, words) = features("東京タワー is 高い");
        assert_eq!(features, ["東京", "京タ", "タワ", "ワー", "高い"]);
        assert!((words - 4.5).abs() < 0.01, "{words}");
        assert_eq!(pieces("日本, x"), [Piece::Run("日本"), Piece::Word("x")]);
    }

    #[test]
    fn sentences_with_the_same_rare_words_are_near() {
        let lexicon =
            Lexicon::new(["The keeper lights the lamp.", "A lamp for a keeper.", "Bees make honey."].into_iter());
        assert!(lexicon.cosine(0, 1) > 0.5 && lexicon.cosine(0, 2) == 0.0, "{:?}", lexicon.vectors);
    }
}
