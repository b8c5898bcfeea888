//! Whether a Georgian word is one, by a dictionary of Hunspell: stems, and the rules by which affixes of one level are put to them. The
//! list has gaps, above all among verbs, so that a word which it does not have is no mistake.

use std::collections::HashMap;

use sluice_domain::study::{Doubt, Field, Reason, StudyLanguage, Word};

use super::{Addition, Files};
use crate::models::KA_SPELLING;

/// The flag of a stem that is no word without an affix, as the dictionary names it.
const NEEDS_AFFIX: &str = "&v";

/// The words of a language.
pub(super) struct Spelling {
    /// Each stem with its flags, two letters each.
    stems: HashMap<String, String>,
    /// By the letters that they put before or behind a stem.
    prefixes: HashMap<String, Vec<Affix>>,
    suffixes: HashMap<String, Vec<Affix>>,
}

/// How an affix is put to a stem.
struct Affix {
    flag: String,
    /// What of the stem it takes the place of.
    strip: String,
    /// What the stem ends in, or begins with; nothing if that does not matter.
    condition: Vec<Letters>,
}

/// One of these letters, or one that is none of them.
struct Letters {
    letters: String,
    is_not: bool,
}

impl Spelling {
    /// Of another language there is none.
    pub(super) fn read(files: Files<'_>, language: StudyLanguage) -> Result<Option<Self>, String> {
        if language != StudyLanguage::GEORGIAN {
            return Ok(None);
        }
        let found = files.members(&KA_SPELLING, &["index.aff", "index.dic"])?;
        let [rules, words] = found.as_slice() else { return Err("two files were to be found".to_owned()) };
        let text = |file: &[u8]| String::from_utf8(file.to_vec()).map_err(|error| error.to_string());
        Self::of(&text(rules)?, &text(words)?).map(Some)
    }

    fn of(rules: &str, words: &str) -> Result<Self, String> {
        if !rules.lines().any(|line| line.trim() == "FLAG long") {
            return Err("the rules of spelling are in another format".to_owned());
        }
        let lines = words.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut stems: HashMap<String, String> = HashMap::new();
        for line in lines {
            let (stem, flags) = line.split_once('/').unwrap_or((line, ""));
            stems.entry(stem.to_owned()).or_default().push_str(flags);
        }
        Ok(Self { stems, prefixes: affixes(rules, "PFX"), suffixes: affixes(rules, "SFX") })
    }

    fn knows(&self, word: &str) -> bool {
        if let Some(flags) = self.stems.get(word) {
            return !has(flags, NEEDS_AFFIX);
        }
        self.stems_behind(word).any(|(affix, stem)| self.has_stem(&stem, &[&affix.flag]))
            || self.stems_after(word).any(|(prefix, stem)| {
                self.has_stem(&stem, &[&prefix.flag])
                    || self
                        .stems_behind(&stem)
                        .any(|(suffix, stem)| self.has_stem(&stem, &[&prefix.flag, &suffix.flag]))
            })
    }

    fn has_stem(&self, stem: &str, wanted: &[&str]) -> bool {
        self.stems.get(stem).is_some_and(|flags| wanted.iter().all(|flag| has(flags, flag)))
    }

    /// The stems that a word could be of, without a suffix.
    fn stems_behind(&self, word: &str) -> impl Iterator<Item = (&Affix, String)> {
        let cuts = word.char_indices().map(|(at, _)| at).chain([word.len()]);
        cuts.flat_map(move |at| {
            let (before, ending) = word.split_at(at);
            let affixes = self.suffixes.get(ending).into_iter().flatten();
            affixes.map(move |affix| (affix, format!("{before}{}", affix.strip)))
        })
        .filter(|(affix, stem)| {
            let count = affix.condition.len();
            let last: Vec<char> = stem.chars().rev().take(count).collect();
            last.len() == count && affix.condition.iter().zip(last.iter().rev()).all(|(one, letter)| one.has(*letter))
        })
    }

    /// The same without a prefix.
    fn stems_after(&self, word: &str) -> impl Iterator<Item = (&Affix, String)> {
        let cuts = word.char_indices().map(|(at, _)| at).chain([word.len()]);
        cuts.flat_map(move |at| {
            let (beginning, rest) = word.split_at(at);
            let affixes = self.prefixes.get(beginning).into_iter().flatten();
            affixes.map(move |affix| (affix, format!("{}{rest}", affix.strip)))
        })
        .filter(|(affix, stem)| {
            let first: Vec<char> = stem.chars().take(affix.condition.len()).collect();
            first.len() == affix.condition.len()
                && affix.condition.iter().zip(&first).all(|(one, letter)| one.has(*letter))
        })
    }
}

impl Letters {
    fn has(&self, letter: char) -> bool {
        self.letters.contains(letter) != self.is_not
    }
}

fn has(flags: &str, flag: &str) -> bool {
    flags.as_bytes().chunks(2).any(|one| one == flag.as_bytes())
}

/// The rules of a kind: "SFX NS ა ის ა" (flag, what goes, what comes, what the stem ends in); "0" is nothing.
fn affixes(rules: &str, kind: &str) -> HashMap<String, Vec<Affix>> {
    let mut affixes: HashMap<String, Vec<Affix>> = HashMap::new();
    for line in rules.lines() {
        let parts: Vec<&str> = line.split_whitespace().collect();
        // The line before the rules of a flag has their number in the place of a condition.
        let &[found, flag, strip, text, condition, ..] = parts.as_slice() else { continue };
        if found == kind {
            let or_nothing = |text: &str| if text == "0" { String::new() } else { text.to_owned() };
            let (flag, strip, condition) = (flag.to_owned(), or_nothing(strip), conditions(condition));
            affixes.entry(or_nothing(text)).or_default().push(Affix { flag, strip, condition });
        }
    }
    affixes
}

/// "[იოუ]", "[^ა]", "ა", "." or several of them.
fn conditions(text: &str) -> Vec<Letters> {
    let mut conditions = Vec::new();
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        let mut letters = String::from(letter);
        if letter == '[' {
            letters = rest.by_ref().take_while(|letter| *letter != ']').collect();
        }
        let is_not = letter == '.' || letters.starts_with('^');
        let letters = letters.trim_start_matches(['^', '.']).to_owned();
        conditions.push(Letters { letters, is_not });
    }
    // A single "." is no condition.
    if text == "." { Vec::new() } else { conditions }
}

impl Addition for Spelling {
    /// A word that has no lemma here and is in this list is not unknown.
    fn add(&self, word: &mut Word) {
        let unknown = Doubt::NeedsProvider { reason: Reason::UnknownWord };
        if word.lemma.as_ref().is_some_and(|lemma| lemma.doubt == unknown) && self.knows(&word.word.to_lowercase()) {
            word.lemma = Some(Field::needs_provider(Reason::NoLocalSource));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "FLAG long\n\nSFX NS Y 3\nSFX NS   0   ს   [იოუ]\nSFX NS   ა   ის   ა\nSFX NS   0   ში   [^იე]\n\n\
                         PFX VP Y 1\nPFX VP   0   ა   .\n";
    const WORDS: &str = "5\n\n    # Whose it is.\nდედა/NS\nსახლი/NPNS\nშენ\nკეთი/VPNS\nძირ/&vNS\n";

    #[test]
    fn a_stem_with_an_affix_that_fits_it_is_a_word() {
        let spelling = Spelling::of(RULES, WORDS).unwrap();
        for word in ["დედა", "დედის", "დედაში", "სახლი", "სახლის", "შენ", "აკეთი", "აკეთის", "ძირში"]
        {
            assert!(spelling.knows(word), "{word}");
        }
        for word in ["დედას", "სახლიში", "შენს", "ძირ", "ადედა", "ხე", ""]
        {
            assert!(!spelling.knows(word), "{word}");
        }
    }

    #[test]
    fn only_a_word_in_no_list_is_unknown() {
        let spelling = Spelling::of(RULES, WORDS).unwrap();
        let of = |text: &str| {
            let mut word = Word { lemma: Some(Field::needs_provider(Reason::UnknownWord)), ..Word::of(text) };
            spelling.add(&mut word);
            word.lemma.unwrap().doubt
        };
        assert_eq!(of("დედის"), Doubt::NeedsProvider { reason: Reason::NoLocalSource });
        assert_eq!(of("ჭჭჭჭ"), Doubt::NeedsProvider { reason: Reason::UnknownWord });
        assert!(Spelling::of("FLAG num\n", WORDS).is_err());
    }
}
