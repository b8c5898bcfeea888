//! What ends with a full stop but ends no sentence: one list for all that splits a text, whether it knows the language or not.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The abbreviations of a language: lists of words and phrases with their full stops, separated by `|`, in lower case.
#[derive(Debug)]
pub struct Abbreviations {
    /// ISO 639-1 code.
    code: &'static str,
    /// Those whose full stop never ends a sentence.
    open: &'static str,
    /// Those whose full stop also ends the sentence if a capital follows.
    closing: &'static str,
}

static LANGUAGES: [Abbreviations; 8] = [
    Abbreviations {
        code: "en",
        open: "e.g.|i.e.|cf.|vs.|viz.|mr.|mrs.|ms.|dr.|prof.|st.|rev.|gen.|col.|capt.|lt.|sen.|rep.|gov.|hon.|\
        fig.|figs.|eq.|eqs.|sec.|sect.|ch.|chap.|no.|nos.|vol.|vols.|p.|pp.|ed.|eds.|ref.|refs.|approx.|ca.|al.|\
        resp.|incl.|dept.|univ.|tab.|def.|thm.|prop.|jan.|feb.|mar.|apr.|jun.|jul.|aug.|sep.|sept.|oct.|nov.|dec.|\
        max.|min.|mt.|ft.|art.|op.|cit.|w.r.t.|a.k.a.|u.s.c.",
        closing: "etc.|inc.|ltd.|co.|corp.|jr.|sr.|a.m.|p.m.|u.s.|u.k.|u.s.a.|e.u.|u.n.|ph.d.|b.c.|a.d.|d.c.|bros.",
    },
    Abbreviations {
        code: "ar", open: "د.|أ.|م.|ص.|ج.|ط.|هـ.|ق.م.|أ.د.|تح.|ت.", closing: "إلخ.|الخ."
    },
    Abbreviations {
        code: "fr",
        open: "p. ex.|par ex.|ex.|m.|mm.|mme.|mlle.|dr.|pr.|prof.|st.|ste.|fig.|tab.|éq.|chap.|sect.|art.|no.|n°.|vol.|\
        p.|pp.|éd.|cf.|env.|c.-à-d.|c.à.d.|i.e.|e.g.|resp.|av.|apr.|j.-c.|janv.|févr.|juil.|sept.|oct.|nov.|déc.|al.|\
        réf.|max.|min.|not.|vs.",
        closing: "etc.|s.a.|cie.",
    },
    Abbreviations {
        code: "de",
        open: "z. b.|z.b.|d. h.|d.h.|u. a.|u.a.|u. u.|u.u.|i. a.|i.a.|o. ä.|o.ä.|s. o.|s. u.|s.o.|s.u.|z. t.|z.t.|\
        bzw.|ca.|vgl.|dr.|prof.|hr.|fr.|nr.|abb.|tab.|kap.|abs.|art.|s.|bd.|hrsg.|aufl.|evtl.|ggf.|inkl.|exkl.|max.|\
        min.|mio.|mrd.|st.|str.|tel.|sog.|v. a.|v.a.|i. d. r.|i.d.r.|jan.|feb.|apr.|jun.|jul.|aug.|sep.|sept.|okt.|nov.|\
        dez.|resp.|engl.|lat.|geb.|allg.|bspw.|e.g.|i.e.|vs.|gem.|lt.|ff.|f.|al.|dipl.|ing.|phil.|v. chr.|n. chr.|zzgl.",
        closing: "usw.|etc.|u. ä.|u.ä.|usf.|o. g.|u. v. m.|u.v.m.",
    },
    Abbreviations {
        code: "es",
        open: "p. ej.|p.ej.|ej.|sr.|sra.|srta.|dr.|dra.|prof.|d.|dña.|ing.|lic.|fig.|figs.|tab.|cap.|caps.|sec.|\
        secc.|art.|arts.|núm.|nº.|n.º|no.|vol.|p.|pp.|pág.|págs.|ed.|eds.|cf.|cfr.|aprox.|i.e.|e.g.|vs.|av.|avda.|ud.|\
        uds.|máx.|mín.|ref.|al.|ene.|feb.|abr.|jun.|jul.|ago.|sept.|oct.|nov.|dic.|a. c.|d. c.|ee. uu.|ss.",
        closing: "etc.|s.a.|s.l.|cía.",
    },
    Abbreviations {
        code: "it",
        open: "ad es.|es.|p. es.|sig.|sig.ra|dott.|dr.|prof.|ing.|avv.|fig.|figg.|tab.|cap.|capp.|sez.|art.|artt.|n.|\
        nr.|vol.|p.|pp.|pag.|ed.|cfr.|cf.|ca.|i.e.|e.g.|vs.|max.|min.|rif.|al.|gen.|feb.|mar.|apr.|giu.|lug.|ago.|set.|\
        ott.|nov.|dic.|a.c.|d.c.|s.",
        closing: "ecc.|etc.|s.p.a.|s.r.l.",
    },
    Abbreviations {
        code: "pt",
        open: "p. ex.|p.ex.|ex.|sr.|sra.|dr.|dra.|prof.|profa.|eng.|fig.|figs.|tab.|cap.|caps.|sec.|seç.|art.|arts.|\
        núm.|nº.|n.º|no.|vol.|p.|pp.|pág.|págs.|ed.|eds.|cf.|aprox.|i.e.|e.g.|vs.|av.|máx.|mín.|ref.|al.|jan.|fev.|mar.|\
        abr.|jun.|jul.|ago.|set.|out.|nov.|dez.|a.c.|d.c.",
        closing: "etc.|ltda.|s.a.|cia.",
    },
    Abbreviations {
        code: "nl",
        open: "bijv.|bv.|d.w.z.|o.a.|m.b.t.|t.o.v.|i.p.v.|z.g.|zgn.|dhr.|mevr.|mw.|dr.|prof.|ir.|ing.|drs.|mr.|fig.|\
        tab.|hfst.|par.|art.|nr.|vol.|blz.|p.|pp.|red.|vgl.|ca.|i.e.|e.g.|vs.|max.|min.|resp.|incl.|excl.|al.|jan.|feb.|\
        apr.|jun.|jul.|aug.|sept.|okt.|nov.|dec.|v.chr.|n.chr.|evt.|m.n.|t/m|i.v.m.|n.a.v.|e.d.",
        closing: "enz.|etc.|e.a.|b.v.|n.v.",
    },
];

/// Those that are hardly ever the last word of a sentence in any language, without the full stop.
const USUAL: [&str; 20] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "mme", "mlle", "sra", "dra", "nr", "no", "vs", "vol", "fig",
    "bzw", "rev", "gen",
];

/// Those that are too rare, or too much like a word, for the list of their language, without the full stop.
const FURTHER: [&str; 17] = [
    "abt", "adm", "anm", "asst", "atty", "det", "dir", "esq", "fa", "gebr", "insp", "maj", "messrs", "mons", "pres",
    "supt", "zit",
];

/// Longest abbreviation without a vowel.
const WITHOUT_VOWELS: usize = 5;

/// Most digits of a number that may be an ordinal. Years have more.
const ORDINAL: usize = 3;

impl Abbreviations {
    /// Those of a language; of English for one that has no list.
    pub fn of(code: &str) -> &'static Self {
        LANGUAGES.iter().find(|one| one.code == code).unwrap_or(&LANGUAGES[0])
    }

    /// Those whose full stop never ends a sentence.
    pub fn open(&self) -> impl Iterator<Item = &'static str> {
        self.open.split('|')
    }

    /// Those whose full stop also ends the sentence if a capital follows.
    pub fn closing(&self) -> impl Iterator<Item = &'static str> {
        self.closing.split('|')
    }
}

/// The words of all languages that end with a full stop, without it.
static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let phrases = LANGUAGES.iter().flat_map(|one| one.open().chain(one.closing()));
    let listed = phrases.flat_map(|phrase| phrase.split(' ')).filter_map(|word| word.strip_suffix('.'));
    listed.chain(USUAL).chain(FURTHER).collect()
});

/// Whether a word before a full stop probably ends no sentence, whatever the language.
pub fn is_likely(word: &str) -> bool {
    let is_initial = word.chars().all(char::is_uppercase) && word.chars().count() == 1;
    is_initial || USUAL.contains(&word.to_lowercase().as_str())
}

/// Whether a word before a full stop, which may have others inside, perhaps ends no sentence: for where too much is better
/// than too little.
pub fn is_possible(word: &str) -> bool {
    let count = word.chars().count();
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let has_no_vowel = || word.chars().all(|c| c.is_ascii_alphabetic() && !is_vowel(c.to_ascii_lowercase()));
    match count {
        0 => false,
        1 => true,
        _ if word.contains('.') || word.ends_with(['º', 'ª', '°']) => true,
        2..=ORDINAL if word.chars().all(char::is_numeric) => true,
        2..=WITHOUT_VOWELS if has_no_vowel() => true,
        _ => WORDS.contains(word.to_lowercase().as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_an_abbreviation_is_one_if_in_doubt() {
        for word in
            ["Dr", "J", "j", "z.B", "U.S", "Inc", "Sgt", "bzw", "3", "24", "n.º", "nº", "د", "ق.م", "إلخ", "Insp"]
        {
            assert!(is_possible(word), "{word}");
        }
        for word in ["", "cold", "it", "2024", "company", "النحل"] {
            assert!(!is_possible(word), "{word}");
        }
        assert!(is_likely("Mr") && is_likely("J") && !is_likely("j") && !is_likely("Inc"));
    }

    /// Whoever splits a text without knowing its language knows no fewer.
    #[test]
    fn every_abbreviation_of_a_language_is_possible() {
        for language in &LANGUAGES {
            for phrase in language.open().chain(language.closing()).filter(|phrase| phrase.ends_with('.')) {
                let word = phrase.trim_end_matches('.').rsplit(' ').next().unwrap();
                assert!(is_possible(word), "{phrase} ({})", language.code);
            }
        }
        assert_eq!(Abbreviations::of("fi").code, "en");
    }
}
