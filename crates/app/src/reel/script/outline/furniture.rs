//! Furniture of printed web pages: navigation, advertisement, newsletters, cookies, sharing, addresses and dates in the
//! margin.

mod phrases;

use self::phrases::{LABELS, LEGAL, NAVIGATION, PAGE, PHRASES};
use crate::reel::script::placed::Placed;
use crate::reel::script::text::{bare, find_phrase, fold, word_count, words};

/// Whether a block, or a sentence of one, is furniture.
pub(super) fn is_furniture(block: &Placed<'_>) -> bool {
    let text = block.text.as_str();
    is_phrase(text)
        || is_page_of(text)
        || is_navigation(text)
        || is_address_line(text)
        || block.marginal && is_clock(text)
}

/// Whether a sentence is one that only furniture has.
pub(in crate::reel::script) fn is_phrase(text: &str) -> bool {
    let count = word_count(text);
    if count > 40 {
        return false;
    }
    let label = without_count(text.split([':', '：']).next().unwrap_or(text));
    let label = fold(label.trim_matches(|c: char| !c.is_alphanumeric()));
    let labelled = text.len() > label.len() && text.contains(':') && count <= 20 || word_count(text) <= 4;
    if labelled && LABELS.contains(&label.as_str()) {
        return true;
    }
    let folded = fold(text);
    let found: Vec<&&str> =
        PHRASES.iter().filter(|phrase| folded.contains(**phrase) && find_phrase(text, phrase, 0).is_some()).collect();
    found.len() >= 2 || found.iter().any(|phrase| !LEGAL.contains(phrase) || count <= 6)
}

/// "Comments" of "Comments (12)".
fn without_count(label: &str) -> &str {
    match label.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((before, count)) if !count.is_empty() && count.chars().all(char::is_numeric) => before,
        _ => label,
    }
}

/// "Page 1 of 3", "1/2", "Seite 2 von 5", "صفحة ٢ من ٥".
fn is_page_of(text: &str) -> bool {
    let all: Vec<String> =
        text.split_whitespace().map(|word| fold(bare(word))).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| !word.is_empty() && word.chars().count() <= 4 && word.chars().all(char::is_numeric);
    match all.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [fraction] => fraction.split_once('/').is_some_and(|(one, other)| number(one) && number(other)),
        [page, one] => PAGE.contains(page) && (number(one) || is_page_of(one)),
        [page, one, _, other] => PAGE.contains(page) && number(one) && number(other),
        _ => false,
    }
}

/// A bar of links: no sentence, and half of its words are entries of one.
fn is_navigation(text: &str) -> bool {
    let all: Vec<String> = words(text).map(|word| fold(bare(word))).collect();
    let known = all.iter().filter(|word| NAVIGATION.contains(&word.as_str())).count();
    all.len() <= 16 && known >= 3 && known * 5 >= all.len() * 2 && !text.ends_with(['.', '!', '?', '؟'])
}

/// A web address, alone or with the number of the page.
fn is_address_line(text: &str) -> bool {
    let mut all = text.split_whitespace();
    let address = all.next().is_some_and(|word| word.contains("://") || word.starts_with("www."));
    address && all.all(|word| word.chars().all(|c| c.is_numeric() || matches!(c, '/' | '-' | '–')))
}

/// "1/15/24, 3:42 PM", with or without the title of the page.
fn is_clock(text: &str) -> bool {
    let mut all = text.split_whitespace();
    let date = all.next().is_some_and(|word| {
        let core = bare(word);
        let parts: Vec<&str> = core.split(['/', '.', '-']).collect();
        parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.chars().all(char::is_numeric))
    });
    let time = all.next().is_some_and(|word| {
        bare(word).split_once(':').is_some_and(|(one, other)| {
            one.chars().all(char::is_numeric) && other.chars().take(2).all(char::is_numeric)
        })
    });
    date && time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_phrases_of_a_web_page_are_furniture() {
        for text in [
            "Advertisement",
            "Comments (12)",
            "Related: Ten roads that you must walk before you are forty",
            "All rights reserved.",
            "We use cookies to improve this site.",
            "Skip to main content",
            "Privacy policy",
            "Partager cet article",
            "اقرأ أيضا",
        ] {
            assert!(is_phrase(text), "{text}");
        }
        for text in [
            "The terms and conditions of the toll were written in the ledger of the town in 1712.",
            "The comments of the clerk are in the ledger of the lower gate.",
            "Advertisement paid for the guards of the road in those years, and for the repair of the bridge.",
            "Comments (from the clerk)",
        ] {
            assert!(!is_phrase(text), "{text}");
        }
    }

    #[test]
    fn counts_of_pages_are_furniture_in_every_script() {
        for text in ["Page 1 of 3", "1/2", "Seite 2 von 5", "صفحة ٢ من ٥", "p. 12"] {
            assert!(is_page_of(text), "{text}");
        }
        for text in ["Page three", "12 of 30 hives", "1/2 of them", "page", ""] {
            assert!(!is_page_of(text), "{text}");
        }
    }

    #[test]
    fn bars_of_links_addresses_and_times_of_printing_are_furniture() {
        assert!(is_navigation("Home News Sport Weather Sign in"));
        assert!(!is_navigation("Sport, business and culture are in the news."), "a sentence");
        assert!(!is_navigation("Home and hearth"));
        assert!(is_address_line("https://www.example.org/salt-road 2/3"));
        assert!(is_address_line("www.example.org"));
        assert!(!is_address_line("https://example.org is where the ledger is"));
        assert!(!is_address_line("See www.example.org"));
        assert!(is_clock("1/15/24, 3:42 PM") && is_clock("15.01.2024 09:30 The Salt Road"));
        assert!(!is_clock("1/2 of it") && !is_clock("On 1/15/24, 3:42 PM") && !is_clock("1/15/24"));
    }
}
