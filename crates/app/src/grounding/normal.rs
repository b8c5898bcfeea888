//! Words and digits in the one form in which they are compared.

use unicode_normalization::UnicodeNormalization as _;

use super::sentences::is_superscript;
use super::text::fold;

/// The digit zero of the scripts whose digits are in documents, besides the full-width and mathematical ones.
const ZEROS: [char; 14] = [
    '0', '\u{660}', '\u{6F0}', '\u{966}', '\u{9E6}', '\u{A66}', '\u{AE6}', '\u{BE6}', '\u{C66}', '\u{CE6}', '\u{D66}',
    '\u{E50}', '\u{1040}', '\u{FF10}',
];

/// The digit as an ASCII digit.
pub(crate) fn ascii_digit(c: char) -> Option<char> {
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero)).filter(|value| *value < 10)?;
        char::from_digit(value, 10)
    })
}

/// A word for comparison: compatibility forms and digits of other scripts as plain ones, lower case, without marks, with
/// one spelling of the Arabic letters that are written in several ways.
pub(crate) fn normal(word: &str) -> String {
    let plain: String = word.chars().filter(|c| !is_superscript(*c)).nfkc().collect();
    let letter = |c: char| match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ة' => 'ه',
        'ک' => 'ك',
        c => ascii_digit(c).unwrap_or(c),
    };
    fold(&plain).chars().map(letter).collect()
}
