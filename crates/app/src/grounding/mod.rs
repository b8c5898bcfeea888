//! What a model wrote is compared with the text that it is about: numbers, names and quotations stand there.
//!
//! | file | holds |
//! |---|---|
//! | `ground` | a text, in a form in which a sentence is compared with it |
//! | `normal` | words and digits in the one form in which they are compared |
//! | `numbers` | numbers in figures and in words |
//! | `names` | names and quotations |
//! | `lexicon`, `sentences`, `stem`, `text` | what is known of each language, its sentences and its words |

pub(crate) mod ground;
pub(crate) mod lexicon;
pub(crate) mod names;
mod normal;
pub(crate) mod numbers;
pub(crate) mod sentences;
pub(crate) mod stem;
pub(crate) mod text;

use std::collections::HashSet;

use self::ground::Ground;
use self::normal::normal;

/// The first number, in figures or in words, that does not stand on the page.
pub(crate) fn unknown_number(text: &str, page: &Ground, code: &str, number_words: &HashSet<String>) -> Option<String> {
    let figures = numbers::numbers(text, code).into_iter().find(|number| !page.has_number(number));
    if let Some(number) = figures {
        return Some(number.printed);
    }
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
    let mut words = words.filter(|word| {
        numbers::number_form(word).next().is_some_and(|form| {
            let bare = number_words.contains(&form);
            // The Arabic "and" is a part of the word.
            let joined = code == "ar" && form.strip_prefix('و').is_some_and(|rest| number_words.contains(rest));
            let stands = page.has_number_word(&form)
                || form.strip_prefix('و').is_some_and(|rest| code == "ar" && page.has_number_word(rest))
                || page.has_phrase(&normal(word));
            (bare || joined) && !stands
        })
    });
    words.next().map(str::to_owned)
}
