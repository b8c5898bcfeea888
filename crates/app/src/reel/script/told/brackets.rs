//! Brackets: a citation in them carries nothing and is left out; everything else is a part of the sentence.

use crate::reel::script::lexicon::Lexicon;
use crate::reel::script::text::{bare, fold, words};

/// The sentence without its citations ("[12]", "(Smith, 2004)", "(see Figure 3)"); none if its brackets do not pair, if
/// all of it is in brackets, or if one is a part of a formula or of a word that nobody can say ("f(x)", "[w]aits").
pub(super) fn without_citations(text: &str, lexicon: &Lexicon) -> Option<String> {
    let pairs = pairs(text)?;
    let whole = |(open, close): &(usize, usize)| *open == 0 && text[*close + 1..].chars().all(|c| !c.is_alphanumeric());
    if pairs.iter().any(whole) || pairs.iter().any(|pair| is_formula(text, *pair)) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut dropped = false;
    for (open, close) in pairs {
        if open < at || !is_citation(text, open, close, lexicon) {
            continue;
        }
        let before = text[at..open].trim_end();
        let after = &text[close + 1..];
        out.push_str(before);
        // In the middle of a word, or before a mark, no space is missing.
        if before.is_empty() && out.is_empty() {
            at = close + 1 + (after.len() - after.trim_start().len());
        } else {
            at = close + 1;
        }
        dropped = true;
    }
    out.push_str(&text[at..]);
    let holes = [",,", ", ,", ",.", ";.", "،،", "،.", "; ;", ",;"];
    let hole = dropped && holes.iter().any(|hole| out.contains(hole) && !text.contains(hole));
    (!hole).then_some(out)
}

/// The outermost bracket pairs in bytes; none if a bracket has no partner. The "1)" of a list inside a sentence has none
/// and needs none.
fn pairs(text: &str) -> Option<Vec<(usize, usize)>> {
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut found = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => open.push((c, at)),
            ')' | ']' => {
                let partner = if c == ')' { '(' } else { '[' };
                match open.pop() {
                    Some((kind, start)) if kind == partner => {
                        if open.is_empty() {
                            found.push((start, at));
                        }
                    }
                    None if c == ')' && closes_a_number(&text[..at]) => {}
                    _ => return None,
                }
            }
            _ => {}
        }
    }
    open.is_empty().then_some(found)
}

/// Whether the text ends with " a" or " 12", the number of an item.
fn closes_a_number(text: &str) -> bool {
    let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let number = last.chars().all(char::is_numeric) && last.chars().count() <= 2;
    !last.is_empty() && (number || last.chars().count() == 1 && last.chars().all(char::is_alphabetic))
}

/// A bracket directly after a single letter or a function's name ("f(x)", "O(n log n)", "sin(t)"), or a square one inside
/// a word ("[w]aits").
fn is_formula(text: &str, (open, close): (usize, usize)) -> bool {
    let inside = &text[open + 1..close];
    let follows = text[close + 1..].chars().next();
    if text[open..].starts_with('[') {
        let letter = inside.chars().count() <= 2 && inside.chars().all(char::is_alphabetic);
        return letter && !inside.is_empty() && follows.is_some_and(char::is_alphabetic);
    }
    let word: String = text[..open].chars().rev().take_while(|c| c.is_alphanumeric()).collect();
    let starts_alone = !text[..open - word.len()].ends_with([')', ']', '-', '§']);
    let name = ["sin", "cos", "tan", "log", "ln", "exp", "max", "min", "lim", "det"]
        .contains(&word.chars().rev().collect::<String>().as_str());
    let letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    (letter || name) && starts_alone
}

/// Whether what is in brackets refers to literature, or to another place of the document.
fn is_citation(text: &str, open: usize, close: usize, lexicon: &Lexicon) -> bool {
    let inside = text[open + 1..close].trim();
    if text[open..].starts_with('[') {
        return is_list_of_numbers(inside) || is_label(inside) || names_a_year(inside) || has_pages(inside);
    }
    names_a_year(inside) || has_pages(inside) && has_year(inside) || points_to_a_place(inside, lexicon)
}

/// "12", "3,5-7", "3; 4".
fn is_list_of_numbers(inside: &str) -> bool {
    !inside.is_empty()
        && inside.chars().all(|c| c.is_numeric() || c.is_whitespace() || matches!(c, ',' | ';' | '-' | '–' | '،'))
        && inside.contains(char::is_numeric)
}

/// "Smi04", "KR78, Abc12": keys of a bibliography.
fn is_label(inside: &str) -> bool {
    !inside.is_empty()
        && inside.split([',', ';']).map(str::trim).all(|key| {
            !key.contains(' ')
                && key.chars().count() <= 12
                && key.starts_with(char::is_alphabetic)
                && key.ends_with(|c: char| c.is_ascii_digit() || (key.len() > 4 && c.is_ascii_lowercase()))
                && key.contains(|c: char| c.is_ascii_digit())
        })
}

/// "3, p. 16", "2021, pp. 12–14".
fn has_pages(inside: &str) -> bool {
    let lower = inside.to_lowercase();
    let mut parts = lower.split_whitespace();
    let starts = inside.starts_with(char::is_numeric);
    starts && parts.any(|part| matches!(part, "p." | "pp." | "s." | "ص" | "ص." | "pág." | "págs." | "blz." | "pag."))
}

fn is_year(word: &str) -> bool {
    let core = bare(word);
    let digits = core.trim_end_matches(|c: char| c.is_ascii_lowercase());
    digits.chars().count() == 4
        && core.len() <= digits.len() + 1
        && digits.chars().all(char::is_numeric)
        && digits.starts_with(['1', '2', '١', '٢'])
}

fn has_year(inside: &str) -> bool {
    words(inside).any(is_year)
}

/// "Smith, 2004", "Smith et al., 2010; Doe and Roe 2011", "see e.g. Smith 2004, p. 3": every part names somebody and
/// ends with a year. A month or a lower-case word other than "and" is prose.
fn names_a_year(inside: &str) -> bool {
    let joins = |word: &str| {
        matches!(
            fold(bare(word)).as_str(),
            "and"
                | "et"
                | "al"
                | "see"
                | "eg"
                | "e.g"
                | "cf"
                | "also"
                | "und"
                | "y"
                | "e"
                | "en"
                | "siehe"
                | "vgl"
                | "voir"
                | "véase"
                | "vedi"
                | "ver"
                | "zie"
                | "van"
                | "von"
                | "de"
                | "der"
                | "den"
                | "la"
                | "le"
                | "di"
                | "da"
                | "dos"
                | "p"
                | "pp"
                | "s"
                | "u"
                | "a"
                | "in"
                | "انظر"
                | "وآخرون"
        )
    };
    let months = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "januar",
        "februar",
        "märz",
        "mai",
        "juni",
        "juli",
        "oktober",
        "dezember",
    ];
    inside.split(';').all(|part| {
        let all: Vec<&str> = words(part).collect();
        let year = all.iter().position(|word| is_year(word));
        let Some(year) = year else { return false };
        let name = |word: &&&str| word.starts_with(|c: char| c.is_uppercase()) || is_arabic_name(word);
        let names = all[..year].iter().filter(name).count();
        let month = all[..year].iter().any(|word| months.contains(&fold(bare(word)).as_str()));
        let numbered = |word: &str| word.chars().any(char::is_numeric);
        names >= 1
            && !month
            && all[..year].iter().all(|word| name(&word) || joins(word) || *word == "&")
            && all[year + 1..].iter().all(|word| joins(word) || numbered(word))
            && (part.contains([',', '،', '&']) || part.contains("al.") || all[..year].iter().any(|word| joins(word)))
    })
}

/// An Arabic word has no capitals: any of three letters and more may be a name.
fn is_arabic_name(word: &str) -> bool {
    word.starts_with(crate::reel::script::text::is_arabic) && bare(word).chars().count() >= 3
}

/// "see Section 3.1", "Figure 2", "cf. Tables 2 and 3".
fn points_to_a_place(inside: &str, lexicon: &Lexicon) -> bool {
    let see = lexicon
        .see
        .iter()
        .chain(&lexicon.pointers)
        .any(|see| super::find_phrase(inside, see, 0).is_some_and(|(start, _)| start == 0));
    let first = inside.split_whitespace().next().map(fold).unwrap_or_default();
    let named = [
        "figure",
        "figures",
        "fig.",
        "figs.",
        "fig",
        "table",
        "tables",
        "tab.",
        "abb.",
        "abbildung",
        "tabelle",
        "tableau",
        "figura",
        "tabla",
        "tabella",
        "tabela",
        "afbeelding",
        "tabel",
        "الشكل",
        "شكل",
        "الجدول",
        "جدول",
    ]
    .contains(&first.as_str());
    let all: Vec<&str> = words(inside).collect();
    see && all.len() <= 8 || named && all.len() <= 5 && all.iter().any(|word| word.starts_with(char::is_numeric))
}
