//! What ends with a full stop but ends no sentence.

/// Such words that are hardly ever the last of a sentence, in lower case and without the full stop; any single capital is one,
/// too.
const USUAL: [&str; 20] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "mme", "mlle", "sra", "dra", "nr", "no", "vs", "vol", "fig",
    "bzw", "rev", "gen",
];

/// Those that may be its last, of all languages that videos have.
const OTHERS: [&str; 160] = [
    "abb", "abr", "abs", "abt", "adm", "ago", "al", "allg", "anm", "approx", "apr", "aprox", "art", "arts", "artt",
    "asst", "atty", "aufl", "aug", "av", "avda", "avv", "bijv", "bros", "ca", "cap", "capp", "caps", "capt", "chap",
    "cia", "cie", "cit", "co", "col", "corp", "cía", "dec", "def", "dept", "det", "dez", "dic", "dipl", "dir", "dott",
    "déc", "dña", "ecc", "ed", "eds", "ee", "ej", "ene", "eng", "engl", "env", "enz", "eq", "eqs", "es", "esq", "etc",
    "evt", "evtl", "ex", "excl", "exkl", "fa", "feb", "fev", "figg", "figs", "févr", "geb", "gebr", "gem", "giu",
    "gov", "hon", "inc", "incl", "ing", "inkl", "insp", "ir", "jan", "janv", "juil", "jul", "jun", "kap", "lat", "lic",
    "ltda", "lug", "maj", "mar", "max", "messrs", "mevr", "min", "mio", "mons", "máx", "mín", "nos", "not", "nov",
    "núm", "oct", "okt", "op", "ott", "out", "pag", "par", "phil", "pres", "profa", "prop", "pág", "págs", "red",
    "ref", "refs", "rep", "resp", "rif", "réf", "sec", "secc", "sect", "sen", "sep", "sept", "set", "sez", "seç",
    "sig", "sog", "srta", "ste", "supt", "tab", "tel", "ud", "uds", "univ", "usf", "usw", "uu", "viz", "vols", "zit",
    "éd", "éq", "إلخ", "الخ", "تح",
];

/// Longest abbreviation without a vowel.
const WITHOUT_VOWELS: usize = 5;

/// Most digits of a number that may be an ordinal. Years have more.
const ORDINAL: usize = 3;

/// Whether a word before a full stop probably ends no sentence.
pub(crate) fn is_likely(word: &str) -> bool {
    let is_initial = word.chars().all(char::is_uppercase) && word.chars().count() == 1;
    is_initial || USUAL.contains(&word.to_lowercase().as_str())
}

/// Whether a word before a full stop, which may have others inside, perhaps ends no sentence: for where too much is better
/// than too little.
pub(crate) fn is_possible(word: &str) -> bool {
    let count = word.chars().count();
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let has_no_vowel = || word.chars().all(|c| c.is_ascii_alphabetic() && !is_vowel(c.to_ascii_lowercase()));
    match count {
        0 => false,
        1 => true,
        _ if word.contains('.') || word.ends_with(['º', 'ª', '°']) => true,
        2..=ORDINAL if word.chars().all(char::is_numeric) => true,
        2..=WITHOUT_VOWELS if has_no_vowel() => true,
        _ => is_likely(word) || OTHERS.contains(&word.to_lowercase().as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_an_abbreviation_is_one_if_in_doubt() {
        for word in ["Dr", "J", "j", "z.B", "U.S", "Inc", "Sgt", "bzw", "3", "24", "n.º", "nº", "د", "ق.م", "إلخ"]
        {
            assert!(is_possible(word), "{word}");
        }
        for word in ["", "cold", "it", "2024", "company", "النحل"] {
            assert!(!is_possible(word), "{word}");
        }
        assert!(is_likely("Mr") && is_likely("J") && !is_likely("j") && !is_likely("Inc"));
    }
}
