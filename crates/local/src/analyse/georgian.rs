//! Georgian words: simplemma's lemmas, and the case of nouns by their endings. There is no free Georgian–English dictionary.

use sluice_domain::study::{Field, Reason, Source, StudyLanguage, Word};

use super::frontcode::Lemmas;
use super::{Files, Found, Pack, field, tokens, transliterate};
use crate::models::KA_LEMMAS;

/// What follows the stem of a noun, the longest first: the case, and what a postposition that is attached to it means.
const ENDINGS: [(&str, &str, &str); 26] = [
    ("ისთვის", "genitive", "-თვის: for"),
    ("სთვის", "genitive", "-თვის: for"),
    ("ისკენ", "genitive", "-კენ: towards"),
    ("სკენ", "genitive", "-კენ: towards"),
    ("ისგან", "genitive", "-გან: from, of"),
    ("სგან", "genitive", "-გან: from, of"),
    ("იდან", "instrumental", "-დან: from"),
    ("დან", "instrumental", "-დან: from"),
    ("ამდე", "adverbial", "-მდე: until"),
    ("მდე", "adverbial", "-მდე: until"),
    ("სთან", "dative", "-თან: at, with"),
    ("თან", "dative", "-თან: at, with"),
    ("ში", "dative", "-ში: in"),
    ("ზე", "dative", "-ზე: on, about"),
    ("ისა", "genitive", ""),
    ("ის", "genitive", ""),
    ("ით", "instrumental", ""),
    ("თი", "instrumental", ""),
    ("მა", "ergative", ""),
    ("ად", "adverbial", ""),
    ("მ", "ergative", ""),
    ("ს", "dative", ""),
    ("დ", "adverbial", ""),
    ("ო", "vocative", ""),
    ("ვ", "vocative", ""),
    ("ი", "nominative", ""),
];

/// The data of Georgian.
pub(super) struct Georgian {
    lemmas: Lemmas,
}

impl Georgian {
    pub(super) fn read(files: Files<'_>) -> Result<Self, String> {
        let packed = files.member(&KA_LEMMAS, "data/ka.plzma")?;
        let lemmas = Lemmas::read(&packed).map_err(|error| format!("{}: {error}", KA_LEMMAS.name))?;
        Ok(Self { lemmas })
    }

    fn word(&self, word: &str) -> Word {
        let plain = word.to_lowercase();
        let latin = transliterate::by_rules(StudyLanguage::GEORGIAN, word);
        let lemma = self.lemmas.lemma(&plain);
        let form = lemma.as_deref().and_then(|lemma| form(&plain, lemma));
        // "He comes" (მოდის) is written as the genitive of "fashion".
        let rivalled = self.lemmas.is_rivalled(&plain).then_some(Reason::SeveralAnalyses);
        let doubt = rivalled.or_else(|| {
            lemma.as_deref().and_then(|lemma| doubt(&plain, lemma, form.as_ref().map(|(form, _)| form.as_str())))
        });
        let rules = || Source::Rules { name: "suffixes".to_owned() };
        let by_rules = |text: &str| Field::doubtful(text, rules(), Reason::SeveralAnalyses);
        let (declension, notes) = form.unzip();
        Word {
            transliteration: latin.map(|latin| latin.field(StudyLanguage::GEORGIAN)),
            lemma: Some(match lemma {
                Some(lemma) => field(lemma, simplemma(), doubt),
                None => Field::needs_provider(Reason::UnknownWord),
            }),
            meaning: Some(Field::needs_provider(Reason::NoLocalSource)),
            // Whether a word is a noun is not known.
            declension: Some(match declension {
                Some(declension) => by_rules(&declension),
                None => Field::needs_provider(Reason::NoLocalSource),
            }),
            notes: notes.filter(|notes| !notes.is_empty()).map(by_rules),
            ..Word::of(word)
        }
    }
}

fn simplemma() -> Source {
    Source::Pack { name: "simplemma".to_owned(), version: "2.0.0".to_owned() }
}

/// The list has forms of which it knows a rare use alone: a lemma that is no noun's by its ending may be that of another word. So may
/// one that is explained by the vocative, which verbs of the past end like.
fn doubt(word: &str, lemma: &str, form: Option<&str>) -> Option<Reason> {
    let is_explained = form.is_some_and(|form| !form.starts_with("vocative"));
    (word != lemma && !is_explained).then_some(Reason::SeveralAnalyses)
}

/// "dative, plural" and "-ში: in" for a form of a noun; none if the form is the lemma itself, or no form of a noun.
fn form(word: &str, lemma: &str) -> Option<(String, &'static str)> {
    if word == lemma {
        return None;
    }
    let (rest, is_shortened) = after_stem(word, lemma)?;
    let (rest, number) = match rest.strip_prefix("ებ") {
        Some(rest) => (rest, "plural"),
        // A stem that ends in a keeps it before the endings, or loses it.
        None => (rest, "singular"),
    };
    if is_shortened && number == "singular" && !matches!(rest, "ის" | "ით" | "იდან" | "ისთვის" | "ისკენ" | "ისგან")
    {
        return None;
    }
    let (_, case, postposition) = ENDINGS.iter().find(|(ending, _, _)| *ending == rest)?;
    Some((format!("{case}, {number}"), postposition))
}

/// What follows the stem in a form: that of the lemma, or that without its last vowel, and whether one was lost.
fn after_stem<'a>(word: &'a str, lemma: &str) -> Option<(&'a str, bool)> {
    // The nominative of a stem in a consonant ends in i, which is none of its own.
    if let Some(stem) = lemma.strip_suffix('ი') {
        return word.strip_prefix(stem).map(|rest| (rest, false)).or_else(|| {
            // ქალაქი, but წყალი: წყლის – a vowel in the last syllable is lost.
            let mut letters: Vec<char> = stem.chars().collect();
            let at = letters.len().checked_sub(2).filter(|&at| "აეო".contains(letters[at]))?;
            letters.remove(at);
            let short: String = letters.into_iter().collect();
            word.strip_prefix(short.as_str()).map(|rest| (rest, false))
        });
    }
    // In the plural, a final vowel is lost; in the singular, before the i of an ending.
    let short = lemma.strip_suffix(['ა', 'ე']);
    let shortened =
        short.and_then(|stem| word.strip_prefix(stem)).filter(|rest| rest.starts_with("ებ") || rest.starts_with('ი'));
    shortened.map(|rest| (rest, true)).or_else(|| word.strip_prefix(lemma).map(|rest| (rest, false)))
}

impl Pack for Georgian {
    fn look_up(&self, text: &str) -> Found {
        let ranges = tokens::words(StudyLanguage::GEORGIAN, text);
        Found { transliteration: None, words: ranges.into_iter().map(|range| self.word(&text[range])).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_of_a_noun_is_known_by_its_ending() {
        let forms = [
            ("სახლში", "სახლი", "dative, singular"),
            ("სახლის", "სახლი", "genitive, singular"),
            ("სახლები", "სახლი", "nominative, plural"),
            ("სახლებიდან", "სახლი", "instrumental, plural"),
            ("კაცმა", "კაცი", "ergative, singular"),
            ("ბავშვს", "ბავშვი", "dative, singular"),
            ("წყლის", "წყალი", "genitive, singular"),
            ("დედის", "დედა", "genitive, singular"),
            ("დედამ", "დედა", "ergative, singular"),
            ("დედები", "დედა", "nominative, plural"),
            ("მაგიდაზე", "მაგიდა", "dative, singular"),
            ("წიგნით", "წიგნი", "instrumental, singular"),
            ("მეგობრისთვის", "მეგობარი", "genitive, singular"),
        ];
        for (word, lemma, expected) in forms {
            assert_eq!(form(word, lemma).map(|(form, _)| form).as_deref(), Some(expected), "{word}");
        }
        assert_eq!(form("სახლში", "სახლი").unwrap().1, "-ში: in");
    }

    #[test]
    fn a_lemma_that_no_ending_explains_is_doubtful() {
        let of =
            |word: &str, lemma: &str| doubt(word, lemma, form(word, lemma).as_ref().map(|(form, _)| form.as_str()));
        assert_eq!(of("სახლი", "სახლი"), None);
        assert_eq!(of("სახლში", "სახლი"), None);
        assert_eq!(of("სწავლა", "სწავლობს"), Some(Reason::SeveralAnalyses), "learning is not he learns");
        assert_eq!(of("გვიან", "გვიანი"), Some(Reason::SeveralAnalyses));
        assert_eq!(of("დარგო", "დარგი"), Some(Reason::SeveralAnalyses), "he planted is no branch that is called");
    }

    #[test]
    fn what_is_no_form_of_a_noun_has_no_case() {
        for (word, lemma) in [("ვარ", "ყოფნა"), ("სახლი", "სახლი"), ("ლაპარაკობს", "ლაპარაკი"), ("", "ა")]
        {
            assert_eq!(form(word, lemma), None, "{word}");
        }
    }
}
