//! Russian words: rumorph's analyses in context, and meanings from Müller's dictionary read backwards.

use rumorph::{Analysis, Dictionary, Source as Origin, UdTag};
use sluice_domain::study::{Field, Reason, Source, StudyLanguage, Word};
use unicode_normalization::UnicodeNormalization;

use super::mueller::Mueller;
use super::{Files, Found, Pack, field, meaning, tokens, transliterate};
use crate::models::{RU_MORPHOLOGY, RU_MUELLER};

/// An analysis that is less likely than this is doubtful.
const SURE: f64 = 0.9;
/// So is a form, of which a short phrase often does not tell the case.
const SURE_FORM: f64 = 0.99;
/// A word that is written alike is in doubt if its sentence leaves as much to it,
const RIVAL_HERE: f64 = 0.002;
/// and as much of what is written so anywhere: "в" is hardly ever short for "век".
const RIVAL_ANYWHERE: f64 = 0.02;
/// Nouns to the dictionary that are said of somebody without being nouns, too: "пора домой", "мне лень".
const ALSO_PREDICATIVES: [&str; 5] = ["пора", "лень", "охота", "неохота", "грех"];
/// Words with a meaning of their own; particles and pronouns are told apart by how they are used.
const OPEN: [&str; 5] = ["NOUN", "PROPN", "VERB", "ADJ", "ADV"];

const CASES: [(&str, &str); 8] = [
    ("Nom", "nominative"),
    ("Gen", "genitive"),
    ("Dat", "dative"),
    ("Acc", "accusative"),
    ("Ins", "instrumental"),
    ("Loc", "prepositional"),
    ("Par", "partitive"),
    ("Voc", "vocative"),
];
const NUMBERS: [(&str, &str); 2] = [("Sing", "singular"), ("Plur", "plural")];
const GENDERS: [(&str, &str); 3] = [("Masc", "masculine"), ("Fem", "feminine"), ("Neut", "neuter")];
const PERSONS: [(&str, &str); 3] = [("1", "first person"), ("2", "second person"), ("3", "third person")];
const TENSES: [(&str, &str); 3] = [("Past", "past"), ("Pres", "present"), ("Fut", "future")];
const ASPECTS: [(&str, &str); 2] = [("Imp", "imperfective"), ("Perf", "perfective")];
const FORMS: [(&str, &str); 3] = [("Inf", "infinitive"), ("Part", "participle"), ("Conv", "adverbial participle")];
const MOODS: [(&str, &str); 1] = [("Imp", "imperative")];
const DEGREES: [(&str, &str); 2] = [("Cmp", "comparative"), ("Sup", "superlative")];
const VARIANTS: [(&str, &str); 1] = [("Short", "short form")];

/// Parts of speech, of Universal Dependencies.
const PARTS: [(&str, &str); 14] = [
    ("NOUN", "noun"),
    ("PROPN", "name"),
    ("VERB", "verb"),
    ("AUX", "verb"),
    ("ADJ", "adjective"),
    ("ADV", "adverb"),
    ("PRON", "pronoun"),
    ("DET", "pronoun"),
    ("NUM", "numeral"),
    ("ADP", "preposition"),
    ("CCONJ", "conjunction"),
    ("SCONJ", "conjunction"),
    ("PART", "particle"),
    ("INTJ", "interjection"),
];

/// The data of Russian.
pub(super) struct Russian {
    morphology: Dictionary,
    mueller: Mueller,
}

impl Russian {
    pub(super) fn read(files: Files<'_>) -> Result<Self, String> {
        let data = files.member(&RU_MORPHOLOGY, "ru.dict")?;
        let broken = |error| format!("{}: {error}", RU_MORPHOLOGY.name);
        let morphology = Dictionary::from_bytes(&data).map_err(broken)?;
        let dictionary = files.member(&RU_MUELLER, "usr/share/dictd/mueller7accent.dict.dz")?;
        let mueller = Mueller::read(&dictionary).map_err(|error| format!("{}: {error}", RU_MUELLER.name))?;
        Ok(Self { morphology, mueller })
    }

    fn word(&self, word: &str, analyses: &[Analysis], beside: &Beside<'_>) -> Word {
        let latin = transliterate::by_rules(StudyLanguage::RUSSIAN, word);
        let transliteration = latin.map(|latin| latin.field(StudyLanguage::RUSSIAN));
        let known = analyses.first().and_then(|best| Some((best, self.morphology.ud_tag(best.ud)?)));
        let Some((best, tag)) = known.filter(|(_, tag)| tag.pos() != "X") else {
            let unknown = || Some(Field::needs_provider(Reason::UnknownWord));
            return Word { transliteration, lemma: unknown(), meaning: unknown(), ..Word::of(word) };
        };
        let guessed = (best.source != Origin::Dictionary).then_some(Reason::UnknownWord);
        // Other analyses with the same lemma do not make the lemma doubtful.
        let rivals = |sure: f64, differs: &dyn Fn(&Analysis) -> bool| {
            guessed.or((share(analyses, differs) > 1.0 - sure).then_some(Reason::SeveralAnalyses))
        };
        let is_homograph =
            self.is_rivalled(word, best, analyses) || self.does_not_agree(best, tag, analyses, beside.next);
        let homograph = is_homograph.then_some(Reason::SeveralAnalyses);
        let lemma_doubt = rivals(SURE, &|other| other.lemma != best.lemma).or(homograph);
        let odd = is_odd(best, tag).then_some(Reason::SeveralAnalyses);
        let other_part = self.is_another_part(word, tag, analyses).then_some(Reason::SeveralAnalyses);
        let part_doubt = lemma_doubt.or(odd).or(other_part);
        let part_doubt = part_doubt.or_else(|| rivals(SURE, &|other| self.part(other) != tag.pos()));
        let is_other_form = analyses.iter().any(|other| other.lemma != best.lemma && other.ud != best.ud);
        let as_participle = (!beside.is_ours && may_be_participle(tag)).then_some(Reason::SeveralAnalyses);
        let form_doubt = rivals(SURE_FORM, &|other| other.ud != best.ud).or(as_participle);
        let form_doubt = form_doubt.or(lemma_doubt.filter(|_| is_other_form));
        let form_doubt = form_doubt.or(odd);
        let gender = matches!(tag.pos(), "NOUN" | "PROPN").then(|| self.gender(best, tag, lemma_doubt.or(odd)));
        let form = form(tag);
        let part = named(&PARTS, Some(tag.pos()));
        Word {
            transliteration,
            lemma: Some(field(best.lemma.clone(), rumorph(), lemma_doubt)),
            meaning: Some(self.meaning(&best.lemma)),
            gender,
            declension: (!form.is_empty()).then(|| field(form, rumorph(), form_doubt)),
            notes: part.map(|part| field(part, rumorph(), part_doubt)),
            ..Word::of(word)
        }
    }

    fn part(&self, analysis: &Analysis) -> &str {
        self.morphology.ud_tag(analysis.ud).map_or("", |tag| tag.pos())
    }

    /// Whether the form is also one of another word, which neither its sentence nor its frequency rules out: "лечу" is "I fly" and "I
    /// heal".
    fn is_rivalled(&self, word: &str, best: &Analysis, analyses: &[Analysis]) -> bool {
        self.is_likely(word, analyses, &|other| other.lemma != best.lemma && OPEN.contains(&self.part(other)))
    }

    /// Whether the word is also another part of speech, which neither its sentence nor its frequency rules out: "что" is a pronoun and a
    /// conjunction.
    fn is_another_part(&self, word: &str, tag: UdTag<'_>, analyses: &[Analysis]) -> bool {
        let of = |pos: &str| named(&PARTS, Some(pos));
        self.is_likely(word, analyses, &|other| of(self.part(other)) != of(tag.pos()))
    }

    fn is_likely(&self, word: &str, analyses: &[Analysis], is_rival: &dyn Fn(&Analysis) -> bool) -> bool {
        share(analyses, is_rival) > RIVAL_HERE && share(&self.morphology.analyze(word), is_rival) > RIVAL_ANYWHERE
    }

    /// Whether what is taken for a pronoun or an adjective does not go with the noun behind it, and may be a verb: "Мой руки!" is no "my".
    fn does_not_agree(&self, best: &Analysis, tag: UdTag<'_>, analyses: &[Analysis], next: Option<&Analysis>) -> bool {
        let may_be_verb = |other: &Analysis| other.lemma != best.lemma && self.part(other) == "VERB";
        let noun = next.and_then(|next| self.morphology.ud_tag(next.ud)).filter(|next| next.pos() == "NOUN");
        let goes = |noun: UdTag<'_>| ["Number", "Case"].iter().all(|name| tag.feat(name) == noun.feat(name));
        matches!(tag.pos(), "DET" | "ADJ") && analyses.iter().any(may_be_verb) && noun.is_some_and(|noun| !goes(noun))
    }

    fn meaning(&self, lemma: &str) -> Field {
        let (name, version) = ("mueller7accent".to_owned(), "2002.02.27".to_owned());
        meaning(self.mueller.english(lemma), Source::Pack { name, version }, Some(Reason::ReversedDictionary))
    }

    /// Of the form, or, in the plural, of the lemma.
    fn gender(&self, best: &Analysis, tag: UdTag<'_>, doubt: Option<Reason>) -> Field {
        let of_lemma = || {
            let analyses = self.morphology.analyze(&best.lemma);
            let tags = analyses.iter().filter_map(|analysis| self.morphology.ud_tag(analysis.ud));
            let nouns = tags.filter(|lemma| lemma.pos() == tag.pos());
            nouns.into_iter().find_map(|lemma| named(&GENDERS, lemma.feat("Gender")))
        };
        match named(&GENDERS, tag.feat("Gender")).or_else(of_lemma) {
            Some(gender) => field(gender, rumorph(), doubt),
            None => Field::needs_provider(Reason::NoLocalSource),
        }
    }
}

/// What stands beside a word in its phrase.
struct Beside<'a> {
    /// What the next word most likely is.
    next: Option<&'a Analysis>,
    /// Whether "мы" is in the phrase.
    is_ours: bool,
}

/// How likely it is that an analysis is one of these.
fn share(analyses: &[Analysis], is_one: &dyn Fn(&Analysis) -> bool) -> f64 {
    analyses.iter().filter(|analysis| is_one(analysis)).map(|analysis| analysis.prob).sum()
}

/// "We force" and "forced" are written alike (принуждаем), and the dictionary has the verb alone. Only "we" decides.
fn may_be_participle(tag: UdTag<'_>) -> bool {
    let is = |feature: &str, value: &str| tag.feat(feature) == Some(value);
    tag.pos() == "VERB" && is("Tense", "Pres") && is("Person", "1") && is("Number", "Plur")
}

/// A verb whose lemma is no infinitive: what is said of somebody without being a verb ("надо", "жаль", "нет") is one to this
/// dictionary.
fn is_odd(best: &Analysis, tag: UdTag<'_>) -> bool {
    if tag.pos() == "NOUN" && tag.feat("Case") == Some("Nom") && ALSO_PREDICATIVES.contains(&best.lemma.as_str()) {
        return true;
    }
    let infinitive = ["ть", "ти", "чь", "ться", "тись", "чься"];
    matches!(tag.pos(), "VERB" | "AUX") && !infinitive.iter().any(|ending| best.lemma.ends_with(ending))
}

fn rumorph() -> Source {
    Source::Pack { name: "rumorph-dict-ru".to_owned(), version: "0.5.0".to_owned() }
}

fn named(names: &[(&str, &'static str)], value: Option<&str>) -> Option<&'static str> {
    let value = value?;
    names.iter().find(|(tag, _)| *tag == value).map(|(_, name)| *name)
}

/// "genitive, plural"; "past, singular, feminine, perfective".
fn form(tag: UdTag<'_>) -> String {
    let is_verb = matches!(tag.pos(), "VERB" | "AUX");
    let is_noun = matches!(tag.pos(), "NOUN" | "PROPN");
    let parts = [
        named(&FORMS, tag.feat("VerbForm")),
        named(&MOODS, tag.feat("Mood")),
        named(&TENSES, tag.feat("Tense")),
        named(&CASES, tag.feat("Case")),
        named(&PERSONS, tag.feat("Person")).filter(|_| is_verb),
        named(&NUMBERS, tag.feat("Number")),
        // That of nouns is a field of its own.
        named(&GENDERS, tag.feat("Gender")).filter(|_| !is_noun),
        named(&ASPECTS, tag.feat("Aspect")),
        named(&DEGREES, tag.feat("Degree")),
        named(&VARIANTS, tag.feat("Variant")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl Pack for Russian {
    fn look_up(&self, text: &str) -> Found {
        let words: Vec<&str> =
            tokens::words(StudyLanguage::RUSSIAN, text).into_iter().map(|range| &text[range]).collect();
        let composed: Vec<String> = words.iter().map(|word| word.nfc().collect()).collect();
        let one_by_one = |_| composed.iter().map(|word| self.morphology.analyze(word)).collect();
        let analyses: Vec<Vec<Analysis>> = self.morphology.analyze_sentence(&composed).unwrap_or_else(one_by_one);
        let is_ours = composed.iter().any(|word| word.to_lowercase() == "мы");
        let found = words.iter().zip(&analyses).enumerate().map(|(at, (word, found))| {
            let next = analyses.get(at + 1).and_then(|next| next.first());
            self.word(word, found, &Beside { next, is_ours })
        });
        Found { transliteration: None, words: found.collect() }
    }
}
