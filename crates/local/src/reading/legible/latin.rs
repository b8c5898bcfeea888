//! Latin letters that are lost or wrong.

use sluice_domain::language::letters;

use super::table::{self, GROUPS, Language, share};

/// Least words of a page that can be judged.
const LEAST_WORDS: usize = 20;

/// Least words that look as if a ligature was lost from them.
const LEAST_LOST: usize = 3;

/// The share of words that become frequent ones when usual errors of OCR are undone; below 0.04 in intact texts.
const MENDABLE: f32 = 0.08;

/// The share of frequent words below which it is tried to undo such errors, and of words with digits inside above which.
const FEW_KNOWN: f32 = 0.5;
const DIGITS_INSIDE: f32 = 0.05;

/// The share of the words that every text needs, above which it is certain which language a text is in.
const CERTAIN: f32 = 0.15;

/// The share of strange words in a text whose language is certain; below 0.12 in intact texts.
const STRANGE: f32 = 0.22;

/// The share of strange words among the long ones of a text of which that is not known, and least words of it.
const STRANGE_IN_NO_LANGUAGE: f32 = 0.6;
const LEAST_WORDS_IN_NO_LANGUAGE: usize = 40;

/// Letters of a word that is long enough to be strange.
const LONG: usize = 4;

/// A word is strange if so many of its runs of three letters are.
const STRANGE_RUNS: f32 = 0.34;

/// The similarity of the letters' frequencies to those of the languages, below which a text is in none. Intact texts, in
/// other languages too, have 0.79 and more.
const DISSIMILAR: f64 = 0.67;

/// What OCR takes for what.
const ERRORS: [(&str, &str); 9] = [
    ("rn", "m"),
    ("vv", "w"),
    ("tb", "th"),
    ("c", "e"),
    ("b", "h"),
    ("cl", "d"),
    ("ii", "u"),
    ("li", "h"),
    ("ni", "m"),
];

/// Whether letters are lost or wrong in a text.
pub(super) fn is_wrong(text: &str) -> bool {
    // Words in capitals are names, codes and sequences.
    let is_code = |word: &&str| !word.chars().any(char::is_lowercase) && word.chars().count() > 1;
    let lower: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !is_code(word))
        .map(str::to_lowercase)
        .collect();
    let tokens: Vec<&str> = lower.iter().map(String::as_str).collect();
    let words: Vec<&str> = tokens
        .iter()
        .copied()
        .filter(|word| word.chars().count() > 1 && word.chars().all(char::is_alphabetic))
        .collect();
    if tokens.len() < LEAST_WORDS {
        return false;
    }
    let Some(language) = Language::of(&words) else { return false };
    has_lost_ligatures(&tokens, language)
        || has_mendable_words(&tokens, &words, language)
        || has_strange_words(&words, language)
        || is_in_no_language(text, &words, language)
}

/// Whether more words lost a ligature than kept one.
fn has_lost_ligatures(tokens: &[&str], language: &Language) -> bool {
    let mut lost = [const { Vec::new() }; GROUPS];
    let mut kept = [0_usize; GROUPS];
    let mut joined = String::new();
    for (at, token) in tokens.iter().enumerate() {
        table::ligatures(token).for_each(|group| kept[group] += 1);
        if language.knows(token) && tokens.get(at + 1).is_none_or(|next| language.knows(next)) {
            continue;
        }
        if token.len() > 2
            && let Some(loss) = language.lost(token)
        {
            lost[loss.group].push((*token).to_owned());
        } else if let Some(next) = tokens.get(at + 1) {
            joined.clear();
            joined.push_str(token);
            joined.push_str(next);
            if let Some(loss) = language.lost(&joined).filter(|loss| loss.at == token.len()) {
                lost[loss.group].push(joined.clone());
            }
        }
    }
    lost.iter_mut().zip(kept).any(|(lost, kept)| {
        let all = lost.len();
        lost.sort_unstable();
        lost.dedup();
        lost.len() >= LEAST_LOST && all > kept && all * 150 > tokens.len()
    })
}

/// Whether many words are frequent ones with the usual errors of OCR.
fn has_mendable_words(tokens: &[&str], words: &[&str], language: &Language) -> bool {
    let known = words.iter().filter(|word| language.knows(word)).count();
    let has_digit_inside = |word: &&&str| {
        word.chars().any(|c| matches!(c, '0' | '1' | '5' | '8' | '9')) && word.chars().any(char::is_alphabetic)
    };
    let with_digits = tokens.iter().filter(has_digit_inside).count();
    if share(known, words.len()) > FEW_KNOWN && share(with_digits, tokens.len()) < DIGITS_INSIDE {
        return false;
    }
    let is_mendable = |token: &&&str| {
        token.len() > 1
            && !language.knows(token)
            && token.chars().any(char::is_alphabetic)
            && mended(token).iter().any(|mended| mended.len() > 1 && language.knows(mended))
    };
    let mendable: Vec<&&str> = tokens.iter().filter(is_mendable).collect();
    let mut distinct = mendable.clone();
    distinct.sort_unstable();
    distinct.dedup();
    share(mendable.len(), tokens.len()) > MENDABLE && distinct.len() >= 5
}

/// What a word may have been before OCR.
fn mended(word: &str) -> Vec<String> {
    let with = |one: &str| -> String {
        word.chars()
            .map(|c| match c {
                '0' => "o",
                '1' => one,
                '5' => "s",
                '8' => "b",
                '9' => "g",
                _ => "",
            })
            .zip(word.chars())
            .map(|(letter, c)| letter.chars().next().unwrap_or(c))
            .collect()
    };
    let mut all = vec![with("l"), with("i")];
    for (wrong, right) in ERRORS {
        let more: Vec<String> =
            all.iter().filter(|word| word.contains(wrong)).map(|word| word.replace(wrong, right)).collect();
        all.extend(more);
        if wrong == "c" {
            let ends: Vec<String> =
                all.iter().filter_map(|word| Some(format!("{}e", word.strip_suffix('c')?))).collect();
            all.extend(ends);
        }
    }
    all
}

/// Whether a text that is certainly in a language has many words that cannot be of it.
fn has_strange_words(words: &[&str], language: &Language) -> bool {
    let needed = words.iter().filter(|word| language.needs(word)).count();
    share(needed, words.len()) > CERTAIN && share(strange(words, language), words.len()) > STRANGE
}

fn strange(words: &[&str], language: &Language) -> usize {
    let is_strange = |word: &&&str| {
        word.chars().count() >= LONG && !language.knows(word) && language.strangeness(word) > STRANGE_RUNS
    };
    words.iter().filter(is_strange).count()
}

/// Whether a text has the letters of no language.
fn is_in_no_language(text: &str, words: &[&str], language: &Language) -> bool {
    let needed = words.iter().filter(|word| language.needs(word)).count();
    let long = words.iter().filter(|word| word.chars().count() >= LONG).count();
    words.len() >= LEAST_WORDS_IN_NO_LANGUAGE
        && share(needed, words.len()) < CERTAIN / 2.0
        && letters::similarity(text).is_some_and(|similarity| similarity < DISSIMILAR)
        && share(strange(words, language), long) > STRANGE_IN_NO_LANGUAGE
}
