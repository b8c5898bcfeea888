//! Lists of literature: their headings, and their entries where there is no heading.

use crate::reel::script::lexicon::Lexicon;
use crate::reel::script::text::{bare, fold, words};

/// Words of which one makes a heading that of a list of literature.
const CORE: &[&str] = &[
    "references",
    "reference",
    "bibliography",
    "literature",
    "sources",
    "citations",
    "works",
    "endnotes",
    "المراجع",
    "المصادر",
    "مراجع",
    "مصادر",
    "والمراجع",
    "والمصادر",
    "références",
    "bibliographie",
    "sources",
    "literatur",
    "literaturverzeichnis",
    "literaturhinweise",
    "quellen",
    "quellenverzeichnis",
    "referenzen",
    "quellenangaben",
    "referencias",
    "bibliografía",
    "fuentes",
    "bibliográficas",
    "riferimenti",
    "bibliografia",
    "fonti",
    "bibliografici",
    "referências",
    "fontes",
    "referenties",
    "bibliografie",
    "literatuur",
    "literatuurlijst",
    "bronnen",
    "bronvermelding",
];

/// Words that may stand beside them.
const BESIDE: &[&str] = &[
    "cited",
    "and",
    "further",
    "reading",
    "notes",
    "list",
    "of",
    "selected",
    "quoted",
    "consulted",
    "the",
    "used",
    "for",
    "قائمة",
    "و",
    "والهوامش",
    "الهوامش",
    "العربية",
    "الأجنبية",
    "et",
    "citées",
    "notes",
    "und",
    "anmerkungen",
    "weiterführende",
    "verwendete",
    "y",
    "notas",
    "citadas",
    "obras",
    "consultada",
    "e",
    "note",
    "opere",
    "citate",
    "citados",
    "consultadas",
    "en",
    "noten",
    "geraadpleegde",
    "lijst",
    "van",
    "bibliographical",
    "bibliographic",
    "bibliographiques",
];

/// Whether a heading opens a list of literature: "References", "LITERATURE CITED", "Sources and Notes".
pub(super) fn is_heading(text: &str) -> bool {
    let all: Vec<String> = words(text).map(|word| fold(bare(word))).collect();
    // "Works" alone is a title like any other.
    let core = |word: &String| CORE.contains(&word.as_str());
    (1..=5).contains(&all.len())
        && all.iter().any(core)
        && all.iter().all(|word| core(word) || BESIDE.contains(&word.as_str()))
        && all != ["works"]
}

/// "[12] A. Author, ...", "Author, A. (2010). Title. Journal 3(2), 1–10.", "Ford T. Wild bees. Nature Notes 2017;5:33-41."
pub(super) fn is_entry(text: &str, lexicon: &Lexicon) -> bool {
    if let Some((inside, _)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return inside.len() <= 12 && inside.chars().any(char::is_alphanumeric) && !inside.contains(' ');
    }
    let all: Vec<&str> = text.split_whitespace().collect();
    if all.len() >= 80 {
        return false;
    }
    has_volume(&all) && opens_with_author(&all, lexicon)
        || has_year(text) && (opens_with_author(&all, lexicon) && opens_with_initials(&all) || has_marks(text, &all))
}

/// "2017;5:33-41", "12(3):45–67", "12(3), 45-67": the place in a journal.
fn has_volume(all: &[&str]) -> bool {
    let place = |word: &&str| {
        let core = word.trim_end_matches(['.', ',']);
        let marks = core.matches([';', ':', '(']).count();
        core.starts_with(|c: char| c.is_ascii_digit())
            && marks >= 1
            && core.contains(['-', '–', ':'])
            && core.len() >= 7
            && core.chars().all(|c| c.is_ascii_digit() || matches!(c, ';' | ':' | '(' | ')' | '-' | '–'))
    };
    all.iter().any(place)
}

/// "Ford T.", "Evans, R.", "Baker, M., and": a name and its initials at the start.
fn opens_with_author(all: &[&str], lexicon: &Lexicon) -> bool {
    let Some((first, second)) = all.first().zip(all.get(1)) else { return false };
    let name = first.starts_with(char::is_uppercase) && !lexicon.stop_words.contains(fold(bare(first)).as_str());
    name && is_initials(second)
}

fn opens_with_initials(all: &[&str]) -> bool {
    all.first().is_some_and(|first| first.ends_with(',')) && all.get(1).is_some_and(|second| is_initials(second))
}

/// "R.", "KL", "K.L.,".
fn is_initials(word: &str) -> bool {
    let core = word.trim_end_matches([',', ';', '.', ':']);
    let letters = core.chars().filter(|c| c.is_alphabetic()).count();
    (1..=3).contains(&letters)
        && core.chars().all(|c| c.is_uppercase() || matches!(c, '.' | '-'))
        && word != "A"
        && word != "I"
}

/// A year in brackets or between marks.
fn has_year(text: &str) -> bool {
    text.as_bytes().windows(6).any(|window| {
        (window[0] == b'(' || window[0] == b' ')
            && (window[1] == b'1' || window[1] == b'2')
            && window[2..5].iter().all(u8::is_ascii_digit)
            && matches!(window[5], b')' | b'.' | b',' | b';')
    })
}

fn has_marks(text: &str, all: &[&str]) -> bool {
    let lower = text.to_lowercase();
    let marks =
        ["doi:", "https://doi", "et al.", " pp. ", ", vol.", "proc. ", "in proceedings", " journal of ", "isbn"]
            .iter()
            .filter(|mark| lower.contains(**mark))
            .count();
    let initials = all
        .iter()
        .filter(|word| {
            word.len() <= 3
                && word.starts_with(|c: char| c.is_uppercase())
                && word.trim_end_matches([',', ';']).ends_with('.')
        })
        .count();
    marks >= 2 || initials >= 3 || (marks >= 1 && initials >= 1)
}

#[cfg(test)]
mod tests {
    use sluice_domain::language::Language;

    use super::*;

    #[test]
    fn lists_of_literature_are_known_by_their_heading_in_every_language() {
        for heading in [
            "References",
            "LITERATURE CITED",
            "Sources and Notes",
            "Works Cited",
            "المصادر والمراجع",
            "قائمة المراجع",
            "Références bibliographiques",
            "Quellen- und Literaturverzeichnis",
            "Weiterführende Literatur",
            "Literaturhinweise",
            "Referencias bibliográficas",
            "Riferimenti bibliografici",
            "Referências",
            "Geraadpleegde bronnen",
        ] {
            assert!(is_heading(heading), "{heading}");
        }
        for heading in ["Works", "Further Reading Room", "The sources of the river", "Notes", "Sources of the Nile", ""]
        {
            assert!(!is_heading(heading), "{heading}");
        }
    }

    #[test]
    fn entries_are_known_without_a_heading_and_sentences_with_a_year_are_none() {
        let lexicon = Lexicon::of(Language::ENGLISH);
        for entry in [
            "[12] A. Author, The salt tolls of the valley.",
            "Baker, M. (2010). The losses of bees in winter. Example Press.",
            "Ford T. Wild bees. Nature Notes 2017;5:33-41.",
            "The salt tolls, in: Proc. of the Toll Conference, vol. 3, pp. 7-19, 2011, doi: 10.1000/1.",
        ] {
            assert!(is_entry(entry, lexicon), "{entry}");
        }
        for sentence in [
            "In 1998, the clerk moved to the coast and wrote his last letter there.",
            "A colony of honey bees is a single living thing made of many thousand bodies.",
            "[see the map of the valley] The road has two passes.",
            "The railway of 1889 took the whole trade away within three winters.",
        ] {
            assert!(!is_entry(sentence, lexicon), "{sentence}");
        }
    }
}
