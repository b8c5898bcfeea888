//! Georgian by the national system of 2002. It has no capitals.

use sluice_domain::study::{Reason, StudyLanguage};

use super::Latin;

/// A phrase in Latin letters.
pub(super) fn latin(text: &str) -> Latin {
    let mut out = String::with_capacity(text.len());
    let mut foreign = false;
    for letter in text.chars() {
        // Headlines have capitals of their own (Mtavruli), which are the same letters.
        let lower = letter.to_lowercase().next().unwrap_or(letter);
        if let Some(latin) = of(lower) {
            out.push_str(latin);
        } else {
            foreign |= StudyLanguage::GEORGIAN.writes(letter);
            out.push(letter);
        }
    }
    Latin { text: out, doubt: foreign.then_some(Reason::ForeignLetters) }
}

fn of(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ა' => "a",
        'ბ' => "b",
        'გ' => "g",
        'დ' => "d",
        'ე' => "e",
        'ვ' => "v",
        'ზ' => "z",
        'თ' => "t",
        'ი' => "i",
        'კ' => "k’",
        'ლ' => "l",
        'მ' => "m",
        'ნ' => "n",
        'ო' => "o",
        'პ' => "p’",
        'ჟ' => "zh",
        'რ' => "r",
        'ს' => "s",
        'ტ' => "t’",
        'უ' => "u",
        'ფ' => "p",
        'ქ' => "k",
        'ღ' => "gh",
        'ყ' => "q’",
        'შ' => "sh",
        'ჩ' => "ch",
        'ც' => "ts",
        'ძ' => "dz",
        'წ' => "ts’",
        'ჭ' => "ch’",
        'ხ' => "kh",
        'ჯ' => "j",
        'ჰ' => "h",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [(&str, &str); 24] = [
        ("გამარჯობა", "gamarjoba"),
        ("მადლობა", "madloba"),
        ("საქართველო", "sakartvelo"),
        ("თბილისი", "tbilisi"),
        ("წყალი", "ts’q’ali"),
        ("პური", "p’uri"),
        ("ყველი", "q’veli"),
        ("ღვინო", "ghvino"),
        ("ჭიქა", "ch’ika"),
        ("ძაღლი", "dzaghli"),
        ("კატა", "k’at’a"),
        ("ჩემი", "chemi"),
        ("ცხენი", "tskheni"),
        ("ჟურნალი", "zhurnali"),
        ("შვილი", "shvili"),
        ("ხე", "khe"),
        ("ჰაერი", "haeri"),
        ("ფული", "puli"),
        ("დედა", "deda"),
        ("მამა", "mama"),
        ("ზღვა", "zghva"),
        ("ბათუმი", "batumi"),
        ("ნახვამდის", "nakhvamdis"),
        ("ᲥᲐᲠᲗᲣᲚᲘ", "kartuli"),
    ];

    #[test]
    fn words_are_written_by_the_table() {
        for (word, expected) in WORDS {
            assert_eq!(latin(word), Latin { text: expected.to_owned(), doubt: None }, "{word}");
        }
    }

    #[test]
    fn letters_that_are_no_longer_used_are_doubtful() {
        assert_eq!(latin("როგორ ხარ?").text, "rogor khar?");
        assert_eq!(latin("ჴევი").doubt, Some(Reason::ForeignLetters));
    }
}
