//! The languages that anything can be asked in: those that a provider hears, speaks or reads. A video can be narrated in some of them
//! ([`super::LANGUAGES`]), and cards are made of some ([`crate::study`]); a route, a voice and a request name any.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{LANGUAGES, Language};
use crate::study::{STUDY_LANGUAGES, StudyLanguage};

#[derive(Debug, PartialEq, Eq, Hash)]
struct Codes {
    /// ISO 639-1.
    code: &'static str,
    /// ISO 639-3.
    code3: &'static str,
}

const fn code(code: &'static str, code3: &'static str) -> Codes {
    Codes { code, code3 }
}

/// Those that the models of providers are documented for. Their names are not here: a browser knows them in every language.
static CODES: [Codes; 109] = [
    code("af", "afr"),
    code("am", "amh"),
    code("ar", "ara"),
    code("as", "asm"),
    code("az", "aze"),
    code("ba", "bak"),
    code("be", "bel"),
    code("bg", "bul"),
    code("bn", "ben"),
    code("bo", "bod"),
    code("br", "bre"),
    code("bs", "bos"),
    code("ca", "cat"),
    code("cs", "ces"),
    code("cy", "cym"),
    code("da", "dan"),
    code("de", "deu"),
    code("el", "ell"),
    code("en", "eng"),
    code("es", "spa"),
    code("et", "est"),
    code("eu", "eus"),
    code("fa", "fas"),
    code("ff", "ful"),
    code("fi", "fin"),
    code("fo", "fao"),
    code("fr", "fra"),
    code("ga", "gle"),
    code("gl", "glg"),
    code("gu", "guj"),
    code("ha", "hau"),
    code("he", "heb"),
    code("hi", "hin"),
    code("hr", "hrv"),
    code("ht", "hat"),
    code("hu", "hun"),
    code("hy", "hye"),
    code("id", "ind"),
    code("ig", "ibo"),
    code("is", "isl"),
    code("it", "ita"),
    code("ja", "jpn"),
    code("jv", "jav"),
    code("ka", "kat"),
    code("kk", "kaz"),
    code("km", "khm"),
    code("kn", "kan"),
    code("ko", "kor"),
    code("ku", "kur"),
    code("ky", "kir"),
    code("la", "lat"),
    code("lb", "ltz"),
    code("lg", "lug"),
    code("ln", "lin"),
    code("lo", "lao"),
    code("lt", "lit"),
    code("lv", "lav"),
    code("mg", "mlg"),
    code("mi", "mri"),
    code("mk", "mkd"),
    code("ml", "mal"),
    code("mn", "mon"),
    code("mr", "mar"),
    code("ms", "msa"),
    code("mt", "mlt"),
    code("my", "mya"),
    code("ne", "nep"),
    code("nl", "nld"),
    code("nn", "nno"),
    code("no", "nor"),
    code("ny", "nya"),
    code("oc", "oci"),
    code("or", "ori"),
    code("pa", "pan"),
    code("pl", "pol"),
    code("ps", "pus"),
    code("pt", "por"),
    code("ro", "ron"),
    code("ru", "rus"),
    code("sa", "san"),
    code("sd", "snd"),
    code("si", "sin"),
    code("sk", "slk"),
    code("sl", "slv"),
    code("sn", "sna"),
    code("so", "som"),
    code("sq", "sqi"),
    code("sr", "srp"),
    code("su", "sun"),
    code("sv", "swe"),
    code("sw", "swa"),
    code("ta", "tam"),
    code("te", "tel"),
    code("tg", "tgk"),
    code("th", "tha"),
    code("tk", "tuk"),
    code("tl", "tgl"),
    code("tr", "tur"),
    code("tt", "tat"),
    code("uk", "ukr"),
    code("ur", "urd"),
    code("uz", "uzb"),
    code("vi", "vie"),
    code("wo", "wol"),
    code("xh", "xho"),
    code("yi", "yid"),
    code("yo", "yor"),
    code("zh", "zho"),
    code("zu", "zul"),
];

/// Where a code is in [`CODES`]. It can be asked while this is compiled, hence the loops.
const fn place_of(code: &str) -> Option<usize> {
    let mut place = 0;
    while place < CODES.len() {
        if is_same(CODES[place].code.as_bytes(), code.as_bytes()) {
            return Some(place);
        }
        place += 1;
    }
    None
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut place = 0;
    while place < one.len() {
        if one[place] != other[place] {
            return false;
        }
        place += 1;
    }
    true
}

// A language of the apps without an entry is not compiled.
const _: () = {
    let mut place = 0;
    while place < LANGUAGES.len() {
        assert!(place_of(LANGUAGES[place].code).is_some(), "a language of LANGUAGES is not among CODES");
        place += 1;
    }
    place = 0;
    while place < STUDY_LANGUAGES.len() {
        assert!(place_of(STUDY_LANGUAGES[place].code).is_some(), "a language of STUDY_LANGUAGES is not among CODES");
        place += 1;
    }
};

/// A language, by its ISO 639-1 code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LanguageCode(&'static Codes);

impl LanguageCode {
    /// By ISO 639-1 or 639-3 code.
    pub fn from_code(code: &str) -> Option<Self> {
        // Mandarin is what is meant by Chinese.
        let code = if code == "cmn" { "zh" } else { code };
        CODES.iter().find(|known| known.code == code || known.code3 == code).map(Self)
    }

    /// Those that some app makes something in.
    pub fn of_apps() -> impl Iterator<Item = Self> {
        let narrated = LANGUAGES.iter().map(|facts| facts.code);
        let learned = StudyLanguage::all().map(StudyLanguage::code).filter(|code| Language::from_code(code).is_none());
        narrated.chain(learned).filter_map(Self::from_code)
    }

    /// ISO 639-1 code.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// The same as a language that a video can be narrated in, if it is one.
    pub fn narrated(self) -> Option<Language> {
        Language::from_code(self.code())
    }
}

impl TryFrom<String> for LanguageCode {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Self::from_code(&code).ok_or_else(|| unknown(&code))
    }
}

/// What is said of a code that is none.
pub(super) fn unknown(code: &str) -> String {
    format!("\"{code}\" is no language that is known here: write its code, such as en or ar")
}

impl From<LanguageCode> for String {
    fn from(language: LanguageCode) -> Self {
        language.code().to_owned()
    }
}

impl From<Language> for LanguageCode {
    fn from(language: Language) -> Self {
        known(language.code())
    }
}

impl From<StudyLanguage> for LanguageCode {
    fn from(language: StudyLanguage) -> Self {
        known(language.code())
    }
}

/// The entry of a language of the apps. Each has one, or this would not have been compiled: the first one is never taken for another.
fn known(code: &str) -> LanguageCode {
    LanguageCode(&CODES[place_of(code).unwrap_or_default()])
}

impl PartialEq<Language> for LanguageCode {
    fn eq(&self, other: &Language) -> bool {
        self.code() == other.code()
    }
}

impl fmt::Debug for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_an_app_has_a_code_and_no_code_is_of_two() {
        let apps: Vec<&str> = LanguageCode::of_apps().map(LanguageCode::code).collect();
        assert_eq!(apps, ["en", "ar", "fr", "de", "es", "it", "pt", "nl", "ru", "zh", "ka"]);
        for language in StudyLanguage::all() {
            assert_eq!(LanguageCode::from(language).code(), language.code());
        }
        for facts in &LANGUAGES {
            let narrated = LanguageCode::from_code(facts.code3).and_then(LanguageCode::narrated);
            assert_eq!(narrated.map(Language::code), Some(facts.code));
        }
        for (place, one) in CODES.iter().enumerate() {
            assert_eq!((one.code.len(), one.code3.len()), (2, 3), "{one:?}");
            assert!(CODES[place + 1..].iter().all(|two| two.code != one.code && two.code3 != one.code3), "{one:?}");
        }
    }

    #[test]
    fn what_is_compiled_has_an_entry_for_each_language_of_the_apps() {
        assert_eq!(place_of("af"), Some(0));
        assert_eq!(place_of("zu"), Some(CODES.len() - 1));
        for none in ["", "a", "xx", "afr"] {
            assert_eq!(place_of(none), None, "{none}");
        }
        for facts in &LANGUAGES {
            let language = Language::from_code(facts.code).unwrap();
            assert_eq!(LanguageCode::from(language).code(), facts.code);
        }
    }

    #[test]
    fn a_code_that_is_none_is_refused_with_words() {
        for (given, code) in [("uk", "uk"), ("cmn", "zh"), ("kat", "ka")] {
            assert_eq!(LanguageCode::try_from(given.to_owned()).unwrap().code(), code);
        }
        for odd in ["", "xx", "EN", "e", "en-us", "english"] {
            let error = LanguageCode::try_from(odd.to_owned()).unwrap_err();
            assert!(error.contains(odd) && error.contains("write its code"), "{error}");
        }
        assert_eq!(LanguageCode::from_code("uk").unwrap().narrated(), None);
    }
}
