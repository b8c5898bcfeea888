//! Which engine reads which language.

use super::PhotoError;

/// What PP-OCRv6 reads, by ISO 639-1 codes: all that its publisher lists and that have one.
const BY_PP_OCR: [&str; 48] = [
    "af", "az", "bs", "ca", "cs", "cy", "da", "de", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr", "hu", "id",
    "is", "it", "ja", "ku", "la", "lb", "lt", "lv", "mi", "ms", "mt", "nl", "no", "oc", "pl", "pt", "qu", "rm", "ro",
    "sk", "sl", "sq", "sv", "sw", "tl", "tr", "uz", "vi", "zh",
];

/// Other scripts, which tesseract reads: ISO 639-1 codes, and its own names.
const BY_TESSERACT: [(&str, &str); 22] = [
    ("ar", "ara"),
    ("be", "bel"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("el", "ell"),
    ("fa", "fas"),
    ("he", "heb"),
    ("hi", "hin"),
    ("hy", "hye"),
    ("ka", "kat"),
    ("ko", "kor"),
    ("mk", "mkd"),
    ("mr", "mar"),
    ("ne", "nep"),
    ("ru", "rus"),
    ("sr", "srp"),
    ("ta", "tam"),
    ("te", "tel"),
    ("th", "tha"),
    ("uk", "ukr"),
    ("ur", "urd"),
    ("yi", "yid"),
];

/// What reads a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadWith {
    PpOcr,
    /// By its own name of the language.
    Tesseract(&'static str),
}

/// What reads the language with this code.
pub(super) fn engine_for(code: &str) -> Result<ReadWith, PhotoError> {
    if BY_PP_OCR.contains(&code) {
        return Ok(ReadWith::PpOcr);
    }
    let found = BY_TESSERACT.iter().find(|(known, _)| *known == code);
    found
        .map(|(_, name)| ReadWith::Tesseract(name))
        .ok_or_else(|| PhotoError::UnknownLanguage { code: code.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_chooses_the_engine() {
        for code in ["en", "fr", "ja", "zh", "vi"] {
            assert_eq!(engine_for(code).unwrap(), ReadWith::PpOcr, "{code}");
        }
        assert_eq!(engine_for("ar").unwrap(), ReadWith::Tesseract("ara"));
        assert_eq!(engine_for("xx").unwrap_err().code(), "language_unknown");
    }
}
