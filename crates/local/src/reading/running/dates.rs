//! Dates and times in headers and footers, whose numbers count no pages.

use sluice_domain::language::MONTHS;

/// Fewest letters of an abbreviated month.
const SHORTEST_NAME: usize = 3;

/// The text without its dates and times: `3 May 2024`, `May 3`, `02.06.2024`, `10:07`.
pub(super) fn without(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut is_kept = vec![true; words.len()];
    for (at, word) in words.iter().enumerate() {
        if is_written_in_digits(word) {
            is_kept[at] = false;
        }
        if !is_month(word) {
            continue;
        }
        // The day stands on either side, the year behind it: `3. May 2024`, `May 3, 2024`, `3 de mayo de 2024`.
        let is_part = |word: &&str| is_number(word) || matches!(*word, "de" | "of" | "the");
        let before = words[..at].iter().rev().take(2).take_while(|word| is_part(word)).count();
        let behind = words[at + 1..].iter().take(3).take_while(|word| is_part(word)).count();
        is_kept[at - before..=at + behind].fill(false);
    }
    let kept: Vec<&str> = words.iter().zip(is_kept).filter_map(|(word, is_kept)| is_kept.then_some(*word)).collect();
    kept.join(" ")
}

/// `02.06.2024`, `9/5/24`, `2024-05-09`, `02.06.`, `10:07`.
fn is_written_in_digits(word: &str) -> bool {
    let core = word.trim_matches(|c: char| matches!(c, ',' | ';' | '(' | ')' | '[' | ']'));
    let parts: Vec<&str> = core.split(['.', '/', '-', ':']).collect();
    let is_part = |part: &&str| !part.is_empty() && part.len() <= 8 && part.chars().all(char::is_numeric);
    match parts.as_slice() {
        [one, other, last] => {
            is_part(one) && is_part(other) && (is_part(last) || last.is_empty() && core.ends_with('.'))
        }
        [one, other] => core.contains(':') && is_part(one) && is_part(other),
        _ => false,
    }
}

fn is_month(word: &str) -> bool {
    let core = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    let is_abbreviated = |month: &&str| core.is_ascii() && core.len() >= SHORTEST_NAME && month.starts_with(&core);
    MONTHS.iter().any(|month| *month == core || is_abbreviated(month))
}

/// `3`, `3rd`, `2024,`.
fn is_number(word: &str) -> bool {
    let core = word.trim_matches(|c: char| !c.is_alphanumeric());
    core.starts_with(char::is_numeric)
        && core.chars().all(char::is_alphanumeric)
        && core.chars().filter(|c| !c.is_numeric()).count() <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_are_taken_away() {
        for (text, rest) in [
            ("3 May 2024 - 7", "- 7"),
            ("Page 4, printed 02.06.2024 10:07", "Page 4, printed"),
            ("Rapport du 1er février 2024 3/9", "Rapport du 3/9"),
            ("صفحة 4 - 3 أيار 2024", "صفحة 4 -"),
            ("Chapter 3 Marine life 17", "Chapter 3 Marine life 17"),
            ("Annual report 2024", "Annual report 2024"),
            ("12 of 40", "12 of 40"),
        ] {
            assert_eq!(without(text), rest, "{text}");
        }
    }
}
