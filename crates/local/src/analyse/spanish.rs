//! Spanish words: Apertium's analyser and its dictionary, and FreeDict's.

use std::collections::HashMap;

use sluice_domain::study::{Field, Reason, Source, StudyLanguage, Word};

use super::apertium::{Tagged, Transducer};
use super::archive::unzipped;
use super::{Files, Found, Pack, field, meaning, tokens};
use crate::models::{ES_APERTIUM, ES_FREEDICT};

/// Tags of a form, in the order in which they are shown.
const FORMS: [(&str, &str); 28] = [
    ("inf", "infinitive"),
    ("ger", "gerund"),
    ("pp", "participle"),
    ("imp", "imperative"),
    ("pri", "present"),
    ("ifi", "preterite"),
    ("pii", "imperfect"),
    ("fti", "future"),
    ("cni", "conditional"),
    ("prs", "present subjunctive"),
    ("pis", "imperfect subjunctive"),
    ("fts", "future subjunctive"),
    ("p1", "first person"),
    ("p2", "second person"),
    ("p3", "third person"),
    ("sg", "singular"),
    ("pl", "plural"),
    ("sp", "singular or plural"),
    ("sup", "superlative"),
    ("nom", "nominative"),
    ("acc", "accusative"),
    ("dat", "dative"),
    ("def", "definite"),
    ("ind", "indefinite"),
    ("pos", "possessive"),
    ("dem", "demonstrative"),
    ("itg", "interrogative"),
    ("rel", "relative"),
];
const GENDERS: [(&str, &str); 4] = [("m", "masculine"), ("f", "feminine"), ("mf", "common"), ("nt", "neuter")];

/// Parts of speech, and how likely one is where a form has several: the first is the likeliest.
const PARTS: [(&str, &str, u8); 19] = [
    ("det", "determiner", 0),
    ("predet", "determiner", 0),
    ("pr", "preposition", 0),
    ("cnjcoo", "conjunction", 0),
    ("cnjsub", "conjunction", 0),
    ("cnjadv", "conjunction", 0),
    ("rel", "relative", 0),
    ("vbser", "verb", 1),
    ("vbhaver", "verb", 1),
    ("vbmod", "verb", 1),
    ("prn", "pronoun", 2),
    ("adv", "adverb", 2),
    ("preadv", "adverb", 2),
    ("n", "noun", 3),
    ("adj", "adjective", 3),
    ("num", "numeral", 3),
    ("vblex", "verb", 4),
    ("ij", "interjection", 5),
    ("np", "name", 6),
];

/// Words of the closed classes that Apertium has as one thing alone and that are another one, too: nouns ("el ante", "el sobre", "un
/// pero", "el sino", "la contra", the note "si"), forms of verbs ("sobre", "excepto"), or of another of these classes.
const ALSO_OTHERS: [&str; 16] = [
    "ante", "aun", "contra", "cuando", "donde", "excepto", "hasta", "incluso", "luego", "mas", "mientras", "pero",
    "si", "sino", "so", "sobre",
];
/// What stands behind an article though it is no noun: "la de Juan", "lo que digo".
const AFTER_ARTICLES: [&str; 2] = ["de", "que"];

/// What Apertium has instead of the lemma of a personal pronoun.
const PERSONAL: &str = "prpers";

/// The data of Spanish.
pub(super) struct Spanish {
    analyser: Transducer,
    dictionary: Transducer,
    freedict: HashMap<String, Vec<String>>,
}

impl Spanish {
    pub(super) fn read(files: Files<'_>) -> Result<Self, String> {
        let mut found = files.members(&ES_APERTIUM, &["spa-eng.automorf.bin", "spa-eng.autobil.bin"])?.into_iter();
        let mut next = || {
            let broken = |error| format!("{}: {error}", ES_APERTIUM.name);
            Transducer::read(&found.next().unwrap_or_default()).map_err(broken)
        };
        let (analyser, dictionary) = (next()?, next()?);
        let text = files.member(&ES_FREEDICT, "freedict-spa-eng.dict.dz")?;
        let freedict = freedict(&text).map_err(|error| format!("{}: {error}", ES_FREEDICT.name))?;
        Ok(Self { analyser, dictionary, freedict })
    }

    /// All that a word can be, the likeliest first. A contraction is what its first part is.
    fn analyses(&self, word: &str, before: Option<&Tagged>) -> Vec<Tagged> {
        let lower = word.to_lowercase();
        let mut found = self.analyser.analyses(&lower);
        if found.is_empty() || lower != word {
            found.extend(self.analyser.analyses(word));
        }
        let mut found: Vec<Tagged> = found.into_iter().filter_map(|parts| parts.into_iter().next()).collect();
        for analysis in found.iter_mut().filter(|analysis| analysis.lemma == PERSONAL) {
            analysis.lemma.clone_from(&lower);
        }
        found.sort_by_key(|analysis| rank(analysis, before));
        found.dedup();
        found
    }

    fn word(&self, word: &str, analyses: &[Tagged], before: Option<&Tagged>) -> Word {
        let Some(best) = analyses.first() else {
            return Word {
                lemma: Some(Field::needs_provider(Reason::UnknownWord)),
                meaning: Some(self.meaning(word, None)),
                ..Word::of(word)
            };
        };
        let rivals =
            |differs: &dyn Fn(&Tagged) -> bool| analyses.iter().any(differs).then_some(Reason::SeveralAnalyses);
        let lemma_doubt = rivals(&|other| other.lemma != best.lemma || part(other) != part(best))
            .or_else(|| (is_odd(best) || may_be_other(best, before)).then_some(Reason::SeveralAnalyses));
        let form_doubt = rivals(&|other| other.tags != best.tags);
        let form = form(best);
        let is_noun = best.has("n") || best.has("np");
        let gender = GENDERS.iter().find(|(tag, _)| is_noun && best.has(tag));
        Word {
            lemma: Some(field(best.lemma.clone(), apertium(), lemma_doubt)),
            meaning: Some(self.meaning(word, Some((best, lemma_doubt)))),
            gender: gender.map(|(_, gender)| field(*gender, apertium(), lemma_doubt)),
            declension: (!form.is_empty()).then(|| field(form, apertium(), form_doubt)),
            notes: part(best).map(|(part, _)| field(part, apertium(), lemma_doubt)),
            ..Word::of(word)
        }
    }

    /// Of Apertium's dictionary; of FreeDict's, if that has none. What a word means in its phrase was looked at by nobody: it is sure
    /// only where both dictionaries have this one sense.
    fn meaning(&self, word: &str, best: Option<(&Tagged, Option<Reason>)>) -> Field {
        let is_verb = best.is_some_and(|(best, _)| part(best).is_some_and(|(part, _)| part == "verb"));
        let lemma = best.map_or(word, |(best, _)| best.lemma.as_str()).to_lowercase();
        let senses = best.map(|(best, _)| self.dictionary.translations(best)).unwrap_or_default();
        let others = self.freedict.get(&lemma).cloned().unwrap_or_default();
        let (senses, others) = (readable(senses, is_verb), readable(others, is_verb));
        let doubt = best.and_then(|(_, doubt)| doubt).or_else(|| doubt(&senses, &others));
        if !senses.is_empty() {
            return meaning(senses, apertium(), doubt);
        }
        let source = Source::Pack { name: "freedict-spa-eng".to_owned(), version: "2022.04.21".to_owned() };
        meaning(others, source, doubt)
    }
}

/// Two dictionaries that know one and the same sense leave none.
fn doubt(senses: &[String], others: &[String]) -> Option<Reason> {
    let is_agreed = senses.len() == 1 && senses == others;
    (!is_agreed).then_some(Reason::SeveralSenses)
}

/// A verb whose lemma is no infinitive: the dictionary has that form as a word of its own ("hay").
fn is_odd(analysis: &Tagged) -> bool {
    let is_verb = part(analysis).is_some_and(|(part, _)| part == "verb");
    let infinitive = ["ar", "er", "ir", "ír", "arse", "erse", "irse", "írse"];
    is_verb && !infinitive.iter().any(|ending| analysis.lemma.ends_with(ending))
}

/// Whether a word of a closed class is one of another class, too, or stands where only a noun does: the dictionary does not have all of
/// these.
fn may_be_other(analysis: &Tagged, before: Option<&Tagged>) -> bool {
    let is = |one: &Tagged, parts: &[&str]| part(one).is_some_and(|(part, _)| parts.contains(&part));
    let lemma = analysis.lemma.as_str();
    let is_behind_article = before.is_some_and(|before| is(before, &["determiner"]));
    let needs_noun = is(analysis, &["preposition", "conjunction"]) && !AFTER_ARTICLES.contains(&lemma);
    ALSO_OTHERS.contains(&lemma) || (is_behind_article && needs_noun)
}

/// Senses, each once; verbs with "to".
fn readable(senses: Vec<String>, is_verb: bool) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for sense in senses {
        let sense = if is_verb && !sense.starts_with("to ") { format!("to {sense}") } else { sense };
        if !seen.contains(&sense) {
            seen.push(sense);
        }
    }
    seen
}

fn apertium() -> Source {
    Source::Pack { name: "apertium-eng-spa".to_owned(), version: "0.8.1".to_owned() }
}

/// The English name of a part of speech, and its rank.
fn part(analysis: &Tagged) -> Option<(&'static str, u8)> {
    let tag = analysis.tags.first()?;
    PARTS.iter().find(|(known, _, _)| known == tag).map(|(_, name, rank)| (*name, *rank))
}

/// Less is likelier, by what stands before: after a determiner a noun, after a pronoun a verb.
fn rank(analysis: &Tagged, before: Option<&Tagged>) -> (u8, u8) {
    let is = |known: &str| part(analysis).is_some_and(|(part, _)| part == known);
    let follows = |known: &str| before.and_then(part).is_some_and(|(part, _)| part == known);
    let is_nominal = is("noun") || is("adjective");
    let context = match () {
        () if follows("determiner") && (is_nominal || is("numeral")) => 0,
        () if follows("determiner") => 2,
        () if follows("pronoun") && is("verb") => 0,
        () => 1,
    };
    // "vos" and commands are rarer than the indicative; so are verbs that are always reflexive.
    let rare = [("imp", 3), ("p2", 1), ("pron", 2), ("prs", 1)];
    let rare: u8 = rare.iter().filter(|(tag, _)| analysis.has(tag)).map(|(_, weight)| weight).sum();
    (context, part(analysis).map_or(9, |(_, rank)| rank).saturating_mul(4).saturating_add(rare))
}

fn form(analysis: &Tagged) -> String {
    let is_noun = analysis.has("n") || analysis.has("np");
    let gender = GENDERS.iter().find(|(tag, _)| !is_noun && analysis.has(tag)).map(|(_, gender)| *gender);
    let rest = analysis.tags.get(1..).unwrap_or_default();
    let known = |(tag, name): &(&str, &'static str)| rest.iter().any(|known| known == tag).then_some(*name);
    FORMS.iter().filter_map(known).chain(gender).collect::<Vec<_>>().join(", ")
}

/// The entries of a dictionary of dictd: a line "agua /ˈaɣwa/", then one or more with translations.
fn freedict(packed: &[u8]) -> Result<HashMap<String, Vec<String>>, String> {
    let text = unzipped(packed)?;
    let text = std::str::from_utf8(&text).map_err(|error| format!("the dictionary is not UTF-8: {error}"))?;
    let mut entries: HashMap<String, Vec<String>> = HashMap::new();
    let mut head = None;
    for line in text.lines() {
        if let Some((word, _)) = line.split_once(" /").filter(|_| line.ends_with('/')) {
            head = Some(word.to_lowercase());
        } else if let Some(head) = head.as_ref().filter(|_| !line.trim().is_empty()) {
            // "1. at, to": senses that belong together are numbered.
            let line = line.trim().trim_start_matches(|sign: char| sign.is_ascii_digit());
            let senses = line.trim_start_matches('.').split([',', ';']).map(|sense| sense.trim().replace('‐', "-"));
            entries.entry(head.clone()).or_default().extend(senses.filter(|sense| !sense.is_empty()));
        }
    }
    if entries.is_empty() { Err("the dictionary has no entry".to_owned()) } else { Ok(entries) }
}

impl Pack for Spanish {
    fn look_up(&self, text: &str) -> Found {
        let mut found = Found::default();
        let mut before: Option<Tagged> = None;
        for range in tokens::words(StudyLanguage::SPANISH, text) {
            let word = &text[range];
            let analyses = self.analyses(word, before.as_ref());
            found.words.push(self.word(word, &analyses, before.as_ref()));
            before = analyses.into_iter().next();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(lemma: &str, tags: &str) -> Tagged {
        Tagged { lemma: lemma.to_owned(), tags: tags.split(' ').map(str::to_owned).collect() }
    }

    #[test]
    fn what_stands_before_decides_among_analyses() {
        let (noun, verb) = (tagged("vino", "n m sg"), tagged("venir", "vblex ifi p3 sg"));
        let (determiner, pronoun) = (tagged("el", "det def m sg"), tagged("él", "prn tn p3 m sg"));
        assert!(rank(&noun, Some(&determiner)) < rank(&verb, Some(&determiner)));
        assert!(rank(&verb, Some(&pronoun)) < rank(&noun, Some(&pronoun)));
    }

    #[test]
    fn a_verb_without_an_infinitive_is_odd() {
        assert!(is_odd(&tagged("hay", "vblex pri p3 sg")));
        assert!(!is_odd(&tagged("reír", "vblex inf")) && !is_odd(&tagged("haber", "vbhaver pri p3 sg")));
        assert!(!is_odd(&tagged("casa", "n f sg")));
    }

    #[test]
    fn a_closed_word_that_is_another_one_too_or_stands_for_a_noun_is_in_doubt() {
        let (article, preposition) = (tagged("el", "det def m sg"), tagged("en", "pr"));
        assert!(may_be_other(&tagged("sobre", "pr"), None) && may_be_other(&tagged("ante", "pr"), Some(&article)));
        assert!(may_be_other(&preposition, Some(&article)), "nothing like it stands there");
        assert!(!may_be_other(&preposition, None) && !may_be_other(&tagged("de", "pr"), Some(&article)));
        assert!(!may_be_other(&tagged("que", "rel an mf sp"), Some(&article)));
        assert!(!may_be_other(&tagged("casa", "n f sg"), Some(&article)));
    }

    #[test]
    fn one_sense_is_sure_where_both_dictionaries_have_no_other() {
        let of = |senses: &[&str], others: &[&str]| {
            let owned = |senses: &[&str]| senses.iter().map(|sense| (*sense).to_owned()).collect::<Vec<_>>();
            doubt(&owned(senses), &owned(others))
        };
        assert_eq!(of(&["table"], &["table"]), None);
        assert_eq!(of(&["to do"], &["to do", "to make"]), Some(Reason::SeveralSenses));
        assert_eq!(of(&["prisoner"], &[]), Some(Reason::SeveralSenses));
        assert_eq!(of(&[], &["exile"]), Some(Reason::SeveralSenses));
    }

    #[test]
    fn forms_are_named() {
        assert_eq!(form(&tagged("venir", "vblex ifi p3 sg")), "preterite, third person, singular");
        assert_eq!(form(&tagged("casa", "n f pl")), "plural");
        assert_eq!(form(&tagged("bonito", "adj f pl")), "plural, feminine");
    }
}
