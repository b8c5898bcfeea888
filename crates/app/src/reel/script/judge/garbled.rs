//! Detects fonts with a wrong encoding: the page shows other letters than the file stores. Uses only patterns that
//! occur in no language, so that listings, tables and languages outside the table pass.

use sluice_domain::language::letters;

use crate::reel::script::detect::sample;
use crate::reel::script::lexicon::Lexicon;
use crate::reel::script::text::{bare, clean, fold, is_arabic, is_arabic_mark, is_garbage, share, words};

/// Whether the stored text differs from the displayed text.
pub(super) fn is_garbled(text: &str) -> bool {
    let sample = sample(text, 40_000);
    let (mut garbage, mut all) = (0_u32, 0_u32);
    for c in sample.chars().filter(|c| !c.is_whitespace()) {
        all += 1;
        garbage += u32::from(is_garbage(c));
    }
    if share(garbage, all) > 0.2 {
        return true;
    }
    let cleaned = clean(&sample);
    let tokens: Vec<&str> = words(&cleaned).collect();
    has_mixed_arabic(&tokens)
        || has_scattered_arabic(&tokens)
        || has_backward_arabic(&tokens)
        || is_letter_salad(&tokens, &cleaned)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Arabic and Latin letters within one word, throughout an Arabic text: half of the glyphs have no map.
fn has_mixed_arabic(tokens: &[&str]) -> bool {
    let arabic: Vec<&&str> = tokens.iter().filter(|word| word.chars().any(is_arabic)).collect();
    let mixed = arabic.iter().filter(|word| word.chars().any(|c| c.is_ascii_alphabetic())).count();
    arabic.len() >= 30 && arabic.len() * 2 > tokens.len() && share(count(mixed), count(arabic.len())) > 0.25
}

/// Arabic split into single letters by separately positioned marks or glyphs. Intact texts have at most 6 % one-letter
/// words and an average word length of at least 4 letters; broken ones have 20 % and more, and fewer than 3.
fn has_scattered_arabic(tokens: &[&str]) -> bool {
    let lengths: Vec<u32> = tokens
        .iter()
        .map(|word| count(word.chars().filter(|c| is_arabic(*c) && c.is_alphabetic() && !is_arabic_mark(*c)).count()))
        .filter(|letters| *letters > 0)
        .collect();
    let words = count(lengths.len());
    let single = count(lengths.iter().filter(|letters| **letters == 1).count());
    words >= 30
        && lengths.len() * 2 > tokens.len()
        && (share(single, words) > 0.2 || lengths.iter().sum::<u32>() < words * 3)
}

/// Arabic stored in visual order: words begin with letters that only occur at the end.
fn has_backward_arabic(tokens: &[&str]) -> bool {
    let arabic: Vec<&str> = tokens
        .iter()
        .map(|word| bare(word))
        .filter(|word| word.chars().count() > 2 && word.chars().all(is_arabic))
        .collect();
    if arabic.len() < 30 || arabic.len() * 3 < tokens.len() {
        return false;
    }
    let backward = arabic.iter().filter(|word| word.starts_with(['ة', 'ى']) || word.ends_with("لا")).count();
    let forward = arabic.iter().filter(|word| word.ends_with(['ة', 'ى']) || word.starts_with("ال")).count();
    backward * 20 > arabic.len() && backward > forward * 2
}

/// Latin letters in an order of no language: hardly any stop words, no language by its letter patterns, and most words
/// unpronounceable.
fn is_letter_salad(tokens: &[&str], cleaned: &str) -> bool {
    let latin: Vec<String> = tokens
        .iter()
        .map(|word| bare(word))
        .filter(|word| word.chars().count() >= 2 && word.chars().any(|c| c.is_ascii_alphabetic()))
        .map(str::to_owned)
        .collect();
    if latin.len() < 40 || latin.len() * 2 < tokens.len() {
        return false;
    }
    let small = Lexicon::all()
        .iter()
        .map(|lexicon| latin.iter().filter(|word| lexicon.stop_words.contains(fold(word).as_str())).count())
        .max()
        .unwrap_or(0);
    if share(count(small), count(latin.len())) > 0.06 {
        return false;
    }
    if letters::similarity(cleaned).is_some_and(|similarity| similarity < 0.67) {
        return true;
    }
    let long: Vec<&String> = latin.iter().filter(|word| word.chars().count() >= 4).collect();
    let impossible = long.iter().filter(|word| is_impossible(word)).count();
    let known = whatlang::detect(cleaned).is_some_and(|found| found.is_reliable() && found.confidence() > 0.9);
    let limit = if known { 0.6 } else { 0.35 };
    long.len() >= 20 && share(count(impossible), count(long.len())) > limit
}

/// An unpronounceable word: no vowel, six consonants in a row, or repeated capitals after small letters inside it.
fn is_impossible(word: &str) -> bool {
    let is_vowel = |c: char| "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœąęěůőűıāēīōūășț".contains(c);
    let (mut row, mut longest, mut vowels) = (0, 0, 0);
    for c in word.chars().flat_map(char::to_lowercase) {
        if is_vowel(c) {
            vowels += 1;
            row = 0;
        } else if c.is_alphabetic() {
            row += 1;
            longest = longest.max(row);
        }
    }
    let all: Vec<char> = word.chars().collect();
    let humps = all.windows(2).filter(|pair| pair[0].is_lowercase() && pair[1].is_uppercase()).count();
    let acronym = all.len() <= 5 && all.iter().all(|c| c.is_uppercase() || c.is_numeric());
    !acronym && (vowels == 0 || longest >= 6 || humps >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "The quick brown fox jumps over the lazy dog while the other animals of the farm look on and wonder what \
        it is that makes a fox so fast and a dog so slow, and whether there is anything that could be done about it in time. ";

    /// Replaces each letter by the one `by` positions further, like a font that numbers its glyphs from another start.
    fn shifted(text: &str, by: i32) -> String {
        text.chars()
            .map(|c| {
                if c == ' ' {
                    c
                } else {
                    u32::try_from(i32::try_from(c as u32).unwrap() + by).ok().and_then(char::from_u32).unwrap_or(c)
                }
            })
            .collect()
    }

    #[test]
    fn shifted_letters_are_garbled() {
        for by in [-29, -28, -3, -1, 1, 2, 3, 13] {
            assert!(is_garbled(&shifted(&ENGLISH.repeat(3), by)), "shifted by {by}: {}", shifted(ENGLISH, by));
        }
    }

    #[test]
    fn private_characters_are_garbled() {
        assert!(is_garbled(&"\u{F041}\u{F042}\u{F043} ab ".repeat(40)));
    }

    #[test]
    fn arabic_with_holes_or_backwards_is_garbled() {
        assert!(is_garbled(&"اﻟCAhn ﺗwﻓyﻖ اﻟﺤyk ﻛAﻧwن اﻷول ".repeat(20)));
        assert!(is_garbled(&"ال م وال كت اب ت ص ف حا ت ".repeat(20)));
        assert!(is_garbled(&"ةيبرع ةرقف نيميلا ىلإ ةاذاحم ".repeat(20)));
    }

    #[test]
    fn intact_texts_of_all_kinds_pass() {
        let polish =
            "Mieszkańcy miasta nigdy nie widzieli takiej burzy i nie byli przygotowani na to, co miała im przynieść. ";
        let finnish =
            "Kaupungin asukkaat eivät olleet koskaan nähneet sellaista myrskyä eivätkä he olleet valmiita siihen. ";
        let czech = "Obyvatelé města nikdy neviděli takovou bouři a nebyli připraveni na to, co jim měla přinést, strč prst skrz krk. ";
        let vietnamese =
            "Người dân trong thành phố chưa bao giờ thấy một cơn bão như vậy và họ đã không chuẩn bị trước. ";
        let code = "fn main() { let mut buf = Vec::new(); std::io::stdin().read_to_end(&mut buf).unwrap(); println!(\"{}\", buf.len()); } ";
        let c = "static int xfs_btree_init_cur(struct xfs_mount *mp, struct xfs_trans *tp, int nlevels) { return strncmp(str, ptr, sz); } ";
        let table = "2019 12.4 EUR 33 kg 2020 13.9 EUR 35 kg 2021 14.2 EUR 36 kg total avg min max ";
        let arabic = "لم يكن سكان المدينة قد رأوا عاصفة مثلها من قبل، ولم يكونوا مستعدين لما ستحمله إليهم ملفات الـPDF والـHTML. ";
        let chinese = "城市的居民从未见过这样的风暴，他们没有为接下来的日子做好准备。";
        let russian = "Жители города никогда не видели такой бури и не были готовы к тому, что она принесёт. ";
        let protein = "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDGTQDNLSGAEKAVQVKVKALPDAQFEVVHSLAKWKRQTLGQHDFSAGEGLYTHMKALRPDEDRLSPLHSVYVDQWDWE the protein of a cell is what it does in the body. ";
        for text in [ENGLISH, polish, finnish, czech, vietnamese, code, c, table, arabic, chinese, russian, protein] {
            assert!(!is_garbled(&text.repeat(20)), "{text}");
        }
    }
}
