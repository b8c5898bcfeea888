//! Arabic whose letters are wrong.

use super::table::{ARABIC, is_arabic, share};
use crate::reading::letters::is_arabic_mark;

/// Least words of a page that can be judged.
const LEAST_WORDS: usize = 40;

/// The share of frequent runs of three letters: at least 0.84 in intact prose, and 0.7 in lists of names. Below this the
/// letters are wrong.
const WRONG: f32 = 0.6;

/// The same for prose in which hardly a word has the article, which every fourth has otherwise.
const WRONG_WITHOUT_ARTICLE: f32 = 0.79;

/// The share of words with the article, below which it is missing.
const FEW_ARTICLES: f32 = 0.12;

/// The share of [`PARTICLES`], from which on a text is prose.
const PROSE: f32 = 0.06;

/// Words that all prose has, and lists of names do not.
const PARTICLES: [&str; 24] = [
    "في", "من", "على", "عن", "مع", "أن", "إن", "أو", "ثم", "قد", "لا", "ما", "لم", "هذا", "هذه", "هو", "هي", "كل",
    "منذ", "بعد", "قبل", "نحو", "حتى", "كما",
];

/// The share of words with letters of other languages (Persian, Urdu, Kurdish, Uyghur) that borrow the script.
const FOREIGN: f32 = 0.05;

/// Whether the letters of an Arabic text are wrong, apart, or in reverse.
pub(super) fn is_wrong(text: &str) -> bool {
    let words: Vec<(Vec<char>, bool)> =
        text.split(|c: char| !c.is_alphanumeric() && !is_arabic_mark(c)).filter_map(word).collect();
    if words.len() < LEAST_WORDS {
        return false;
    }
    let count = |holds: &dyn Fn(&[char]) -> bool| words.iter().filter(|(letters, _)| holds(letters)).count();
    let share_of = |holds: &dyn Fn(&[char]) -> bool| share(count(holds), words.len());
    let foreign = share_of(&|letters| letters.iter().any(|c| !is_of_arabic(*c)));
    let mixed = share(words.iter().filter(|(_, latin)| *latin).count(), words.len());
    if foreign > FOREIGN {
        return false;
    }
    let single = share_of(&|letters| letters.len() == 1);
    let backward = count(&|letters| matches!(letters.first(), Some('ة' | 'ى')));
    let forward = count(&|letters| matches!(letters.last(), Some('ة' | 'ى')) || letters.starts_with(&['ا', 'ل']));
    mixed > 0.25
        || single > 0.25
        || backward * 20 > words.len() && backward > 2 * forward
        || has_strange_runs(&words, share_of(&is_particle) > PROSE && share_of(&has_article) < FEW_ARTICLES)
}

fn has_strange_runs(words: &[(Vec<char>, bool)], misses_articles: bool) -> bool {
    let (mut frequent, mut all) = (0, 0);
    for run in words.iter().flat_map(|(letters, _)| letters.windows(3)) {
        all += 1;
        frequent += usize::from(ARABIC.contains(&[run[0], run[1], run[2]]));
    }
    let frequent = share(frequent, all);
    all >= 2 * LEAST_WORDS && (frequent < WRONG || misses_articles && frequent < WRONG_WITHOUT_ARTICLE)
}

/// The Arabic letters of a word without its marks, and whether it has Latin ones, too.
fn word(word: &str) -> Option<(Vec<char>, bool)> {
    let letters: Vec<char> = word.chars().filter(|c| is_arabic(*c) && !is_arabic_mark(*c)).collect();
    (!letters.is_empty()).then(|| (letters, word.chars().any(|c| c.is_ascii_alphabetic())))
}

/// A letter of the Arabic language.
fn is_of_arabic(c: char) -> bool {
    matches!(c, '\u{621}'..='\u{63a}' | '\u{640}'..='\u{64a}' | '\u{671}')
}

fn is_particle(letters: &[char]) -> bool {
    PARTICLES.iter().any(|particle| particle.chars().eq(letters.iter().copied()))
}

/// Whether a word begins with the article, or with a particle before it.
fn has_article(letters: &[char]) -> bool {
    match letters {
        ['ا' | 'ل', 'ل', ..] => true,
        ['و' | 'ف' | 'ب' | 'ك', rest @ ..] => matches!(rest, ['ا' | 'ل', 'ل', ..]),
        _ => false,
    }
}
