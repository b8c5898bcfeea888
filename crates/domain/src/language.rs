//! The languages that a script can be written and spoken in. Adding one is one line in [`LANGUAGES`].

pub mod abbreviations;
mod codes;
pub mod letters;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use codes::LanguageCode;

/// What differs from language to language in a narrated script.
#[derive(Debug, PartialEq, Eq)]
pub struct LanguageFacts {
    /// ISO 639-1 code.
    pub code: &'static str,
    /// ISO 639-3 code, as `whatlang` reports it.
    pub code3: &'static str,
    /// Its own name.
    pub name: &'static str,
    /// Written from right to left.
    pub right_to_left: bool,
    /// Fewest words of a script.
    pub min_words: u32,
    /// Most words of a script.
    pub max_words: u32,
    /// Words that the built-in voices say in a minute, pauses included, counted as they are said (`spoken_words` of
    /// `sluice-spoken`): measured; the length of speech is estimated by it.
    pub spoken_per_minute: u32,
    /// What a voice says when it is tried.
    pub sample: &'static str,
}

const fn language(
    code: &'static str,
    code3: &'static str,
    name: &'static str,
    spoken_per_minute: u32,
    sample: &'static str,
) -> LanguageFacts {
    let right_to_left = false;
    LanguageFacts { code, code3, name, right_to_left, min_words: 50, max_words: 400, spoken_per_minute, sample }
}

/// The table. The first entry is what an undetected text is taken for.
pub static LANGUAGES: [LanguageFacts; 8] = [
    language(
        "en",
        "eng",
        "English",
        180,
        "Hello, this is my voice. In three minutes I can tell you what matters in your document.",
    ),
    LanguageFacts {
        right_to_left: true,
        min_words: 40,
        max_words: 320,
        ..language("ar", "ara", "العربية", 131, "مرحبا، هذا صوتي. في ثلاث دقائق أخبرك بأهم ما في مستندك.")
    },
    language(
        "fr",
        "fra",
        "Français",
        165,
        "Bonjour, voici ma voix. En trois minutes, je vous dis l’essentiel de votre document.",
    ),
    language(
        "de",
        "deu",
        "Deutsch",
        155,
        "Guten Tag, das ist meine Stimme. In drei Minuten erzähle ich Ihnen, was in Ihrem Dokument wichtig ist.",
    ),
    language(
        "es",
        "spa",
        "Español",
        155,
        "Hola, esta es mi voz. En tres minutos le cuento lo esencial de su documento.",
    ),
    language(
        "it",
        "ita",
        "Italiano",
        170,
        "Buongiorno, questa è la mia voce. In tre minuti le racconto l’essenziale del suo documento.",
    ),
    language(
        "pt",
        "por",
        "Português",
        161,
        "Olá, esta é a minha voz. Em três minutos, conto o essencial do seu documento.",
    ),
    language(
        "nl",
        "nld",
        "Nederlands",
        150,
        "Goedendag, dit is mijn stem. In drie minuten vertel ik u wat belangrijk is in uw document.",
    ),
];

/// One of [`LANGUAGES`], by its ISO 639-1 code.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(&'static LanguageFacts);

impl Language {
    /// English.
    pub const ENGLISH: Self = Self(&LANGUAGES[0]);
    /// Arabic.
    pub const ARABIC: Self = Self(&LANGUAGES[1]);

    /// By ISO 639-1 or 639-3 code.
    pub fn from_code(code: &str) -> Option<Self> {
        LANGUAGES.iter().find(|facts| facts.code == code || facts.code3 == code).map(Self)
    }

    /// Its row in the table.
    pub fn facts(self) -> &'static LanguageFacts {
        self.0
    }

    /// ISO 639-1 code.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// `rtl` or `ltr`, as HTML's `dir` wants it.
    pub fn direction(self) -> &'static str {
        if self.0.right_to_left { "rtl" } else { "ltr" }
    }
}

impl TryFrom<String> for Language {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Self::from_code(&code).ok_or_else(|| codes::unknown(&code))
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.code().to_owned()
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The months in the languages of [`LANGUAGES`], in lower case.
pub const MONTHS: [&str; 98] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
    "januar",
    "februar",
    "märz",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "gennaio",
    "febbraio",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "settembre",
    "ottobre",
    "dicembre",
    "janeiro",
    "fevereiro",
    "março",
    "maio",
    "junho",
    "julho",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
    "januari",
    "februari",
    "maart",
    "mei",
    "augustus",
    "sept",
    "يناير",
    "كانون",
    "فبراير",
    "شباط",
    "مارس",
    "آذار",
    "أبريل",
    "ابريل",
    "نيسان",
    "مايو",
    "أيار",
    "يونيو",
    "حزيران",
    "يوليو",
    "تموز",
    "أغسطس",
    "آب",
    "سبتمبر",
    "أيلول",
    "أكتوبر",
    "تشرين",
    "نوفمبر",
    "ديسمبر",
    "جانفي",
    "فيفري",
    "أفريل",
    "ماي",
    "جوان",
    "جويلية",
    "أوت",
];
