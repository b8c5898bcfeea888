//! Which language a text is in, where nobody said so.

use whatlang::{Detector, Lang};

/// Characters that are looked at.
const SAMPLE: usize = 4_000;

/// ISO 639-3 codes, as `whatlang` reports them, and those of ISO 639-1.
const CODES: [(&str, &str); 46] = [
    ("afr", "af"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("ind", "id"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kor", "ko"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("nld", "nl"),
    ("nob", "nb"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("vie", "vi"),
];

/// ISO 639-1 code of the language of some texts. Where that is in doubt, as it is in a few words, it is one of `likely`.
pub(super) fn detect(texts: &[String], likely: &[&str]) -> Option<&'static str> {
    let sample: String = texts.iter().flat_map(|text| text.chars().chain([' '])).take(SAMPLE).collect();
    let code = |lang: Lang| CODES.iter().find(|(three, _)| *three == lang.code()).map(|(_, two)| *two);
    if let Some(sure) = whatlang::detect(&sample).filter(whatlang::Info::is_reliable) {
        return code(sure.lang());
    }
    let is_likely = |(_, two): &&(&str, &str)| likely.contains(two);
    let allowed = CODES.iter().filter(is_likely).filter_map(|(three, _)| Lang::from_code(*three)).collect();
    Detector::with_allowlist(allowed).detect(&sample).and_then(|found| code(found.lang()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_words_are_in_a_likely_language() {
        let of = |text: &str| detect(&[text.to_owned()], &["en", "pt"]);
        assert_eq!(of("Good morning, how are you?"), Some("en"));
        assert_eq!(of("Bom dia, como você está?"), Some("pt"));
        assert_eq!(
            of("Les plantes transforment la lumière du soleil en énergie, qu’elles gardent sous forme de sucre."),
            Some("fr")
        );
        assert_eq!(of("今日はいい天気です。"), Some("ja"));
        assert_eq!(of("42 😀"), None);
    }

    #[test]
    fn every_code_is_one_that_is_reported() {
        assert!(CODES.iter().all(|(three, two)| Lang::from_code(*three).is_some() && two.len() == 2));
    }
}
