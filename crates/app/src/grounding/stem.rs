//! Light stemming: enough to match the forms of a word, but never so much that different words are merged. Arabic
//! follows the idea of light10 (Larkey, Ballesteros, Connell: Light stemming for Arabic information retrieval, 2007):
//! one spelling for alef, ya and ta marbuta, then prefixes and suffixes are removed. The European stemmers remove
//! plural, gender and the most common endings, after Savoy's light stemmers (2006).

use super::text::fold;

/// The stem of a word (without punctuation around it) in a language, by its ISO 639-1 code.
pub(crate) fn stem(word: &str, code: &str) -> String {
    let folded = fold(word);
    if code == "ar" {
        return arabic(&folded);
    }
    let plain = unaccented(after_elision(&folded, code));
    let suffixes: &[&str] = match code {
        "en" => return english(&plain),
        "fr" => &[
            "issements",
            "issement",
            "atrices",
            "ations",
            "ation",
            "ements",
            "ement",
            "euses",
            "euse",
            "ables",
            "able",
            "ites",
            "ite",
            "ives",
            "ive",
            "eaux",
            "aux",
            "ees",
            "ee",
            "ent",
            "ers",
            "er",
            "es",
            "s",
            "x",
            "e",
        ],
        "de" => &[
            "ungen", "ung", "heiten", "heit", "keiten", "keit", "lichen", "liche", "lich", "ischen", "ische", "isch",
            "innen", "ern", "ers", "est", "en", "er", "em", "es", "st", "e", "n", "s",
        ],
        "nl" => &[
            "heden", "heid", "ingen", "ing", "elijke", "elijk", "tjes", "tje", "eren", "en", "er", "es", "e", "s", "t",
        ],
        "es" => &[
            "aciones", "acion", "amientos", "amiento", "imientos", "imiento", "mente", "idades", "idad", "adores",
            "adoras", "ador", "adora", "ibles", "ible", "ables", "able", "ando", "iendo", "ados", "adas", "ado", "ada",
            "idos", "idas", "ido", "ida", "es", "os", "as", "s", "o", "a", "e",
        ],
        "it" => &[
            "azioni", "azione", "amenti", "amento", "imenti", "imento", "mente", "abili", "abile", "ando", "endo",
            "ati", "ate", "ato", "ata", "iti", "ite", "ito", "ita", "o", "a", "i", "e",
        ],
        "pt" => &[
            "acoes", "acao", "amentos", "amento", "imentos", "imento", "mente", "idades", "idade", "adores", "ador",
            "iveis", "ivel", "aveis", "avel", "ando", "endo", "indo", "ados", "adas", "ado", "ada", "idos", "idas",
            "ido", "ida", "oes", "ao", "es", "os", "as", "s", "o", "a", "e",
        ],
        _ => &["s"],
    };
    without_suffix(&plain, suffixes, 4)
}

/// In French and Italian an elided article is attached to the word: "l'eau", "dell'acqua".
fn after_elision<'a>(word: &'a str, code: &str) -> &'a str {
    match (code, word.split_once('\'')) {
        ("fr" | "it", Some((_, rest))) if !rest.is_empty() => rest,
        ("en", Some((start, "s" | ""))) => start,
        _ => word,
    }
}

fn unaccented(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            c => c,
        })
        .collect()
}

/// The word without the first of `suffixes` (longest first) that leaves at least `shortest` characters.
fn without_suffix(word: &str, suffixes: &[&str], shortest: usize) -> String {
    for suffix in suffixes {
        if let Some(start) = word.strip_suffix(suffix)
            && start.chars().count() >= shortest
        {
            return start.to_owned();
        }
    }
    word.to_owned()
}

fn english(word: &str) -> String {
    let singular = if let Some(start) = word.strip_suffix("ies").filter(|start| start.len() > 2) {
        format!("{start}y")
    } else if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        word.to_owned()
    } else if let Some(start) = word.strip_suffix("es").filter(|start| {
        start.len() > 2
            && (start.ends_with("sh") || start.ends_with("ch") || start.ends_with('x') || start.ends_with("ss"))
    }) {
        start.to_owned()
    } else if word.len() > 3 {
        word.strip_suffix('s').unwrap_or(word).to_owned()
    } else {
        word.to_owned()
    };
    let base = without_suffix(
        &singular,
        &["ization", "isation", "ational", "ation", "ments", "ment", "ness", "ingly", "edly", "ing", "ied", "ed", "ly"],
        3,
    );
    // "running" and "stopped" double their consonant, "used" and "use" differ by an e.
    let mut letters: Vec<char> = base.chars().collect();
    if base != singular
        && letters.len() > 3
        && letters[letters.len() - 1] == letters[letters.len() - 2]
        && !base.ends_with("ll")
        && !base.ends_with("ss")
    {
        letters.pop();
    }
    if letters.len() > 4 && letters.last() == Some(&'e') {
        letters.pop();
    }
    letters.into_iter().collect()
}

fn arabic(word: &str) -> String {
    let mut letters: String = word
        .chars()
        .map(|c| match c {
            'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
            'ى' | 'ی' => 'ي',
            'ة' => 'ه',
            'ک' => 'ك',
            c => c,
        })
        .collect();
    for prefix in ["وال", "بال", "كال", "فال", "ال", "لل", "و"] {
        if let Some(rest) = letters.strip_prefix(prefix)
            && rest.chars().count() >= if prefix == "و" { 3 } else { 2 }
        {
            letters = rest.to_owned();
            break;
        }
    }
    for suffix in ["ها", "ان", "ات", "ون", "ين", "يه", "يا", "ه", "ي"] {
        if let Some(rest) = letters.strip_suffix(suffix)
            && rest.chars().count() >= 3
        {
            letters = rest.to_owned();
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (code, one, other) in [
            ("en", "packages", "package"),
            ("en", "installing", "installed"),
            ("en", "policies", "policy"),
            ("en", "running", "runs"),
            ("fr", "l'installation", "installations"),
            ("fr", "logicielles", "logicielle"),
            ("de", "Häuser", "Hauser"),
            ("de", "Verteilungen", "Verteilung"),
            ("es", "sistemas", "sistema"),
            ("it", "dell'installazione", "installazioni"),
            ("pt", "informações", "informação"),
            ("nl", "boeken", "boek"),
            ("ar", "والكتاب", "كتاب"),
            ("ar", "المكتبات", "مَكْتَبَة"),
            ("ar", "الإدارة", "اداره"),
        ] {
            assert_eq!(stem(one, code), stem(other, code), "{code}: {one} and {other}");
        }
    }

    #[test]
    fn different_words_stay_different() {
        for (code, one, other) in [("en", "notes", "not"), ("en", "university", "universe"), ("ar", "ولد", "لد")] {
            assert_ne!(stem(one, code), stem(other, code), "{code}: {one} and {other}");
        }
    }
}
