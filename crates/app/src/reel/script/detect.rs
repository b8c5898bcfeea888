//! Detects the language of a text, among those in which a script can be spoken.

use serde::{Deserialize, Serialize};
use sluice_domain::language::{LANGUAGES, Language};

use super::lexicon::Lexicon;
use super::text::{bare, fold, is_arabic, share, words};

/// Characters that are examined: enough for any document, whatever its length.
const SAMPLE: usize = 20_000;
/// The number of places that they come from.
const PIECES: usize = 20;

/// Prose has the end of a sentence in so many words in lower case.
const LONGEST_SENTENCE: usize = 60;
/// What may follow the end of a sentence.
const CLOSING: [char; 6] = ['"', '”', '»', ')', '\'', '’'];

/// The language of a text, and whether it is more than a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detection {
    /// One of the table; English if nothing else is known.
    pub language: Language,
    /// False if the text is too short, mixed, or in a language that is not in the table.
    pub reliable: bool,
}

/// The language of a text: [`detect`] without its reliability.
pub fn language(text: &str) -> Language {
    detect(text).language
}

/// By script first (Arabic if more than 30 % of the letters are Arabic), then by stop words, then by letter patterns
/// (`whatlang`), limited to the languages of the table.
pub fn detect(text: &str) -> Detection {
    let sample = sample(text, SAMPLE);
    let (mut letters, mut arabic, mut persian) = (0_u32, 0_u32, 0_u32);
    for c in sample.chars().filter(|c| c.is_alphabetic()) {
        letters += 1;
        arabic += u32::from(is_arabic(c));
        persian += u32::from(matches!(c, 'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی' | 'ٹ' | 'ڈ' | 'ے'));
    }
    if share(arabic, letters) > 0.3 {
        // Persian and Urdu share the script, but have letters of their own.
        return Detection { language: Language::ARABIC, reliable: arabic >= 20 && share(persian, arabic) < 0.02 };
    }
    by_words(&sample)
        .or_else(|| by_patterns(&sample))
        .unwrap_or(Detection { language: Language::ENGLISH, reliable: false })
}

/// The English name of the language of a text if it is certainly not in the table: a long text in another script or
/// with unambiguous letter patterns, and with hardly any stop words of the table's languages.
pub(super) fn other_language(text: &str) -> Option<&'static str> {
    let sample = sample(text, SAMPLE);
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    let known = sample.chars().filter(|c| c.is_alphabetic() && (is_latin(*c) || is_arabic(*c))).count();
    if letters >= 50 && known * 2 < letters {
        let foreign: String = sample.chars().filter(|c| !is_latin(*c)).collect();
        return Some(whatlang::detect(&foreign).map_or("another language", |found| found.lang().eng_name()));
    }
    if let Some(name) = in_arabic_letters(&sample) {
        return Some(name);
    }
    let found = whatlang::detect(&sample)?;
    if is_prose_without_english(&sample) && !detect(&sample).reliable {
        let in_table = LANGUAGES.iter().any(|facts| facts.code3 == found.lang().code());
        return Some(if in_table { "another language" } else { found.lang().eng_name() });
    }
    let in_table = LANGUAGES.iter().any(|facts| facts.code3 == found.lang().code());
    if letters < 300 || in_table || !found.is_reliable() || found.confidence() < 0.9 {
        return None;
    }
    let tokens: Vec<String> = words(&sample).map(|word| fold(bare(word))).collect();
    let all = u32::try_from(tokens.len()).ok()?;
    let small = Lexicon::all()
        .iter()
        .map(|lexicon| tokens.iter().filter(|word| lexicon.stop_words.contains(word.as_str())).count())
        .max()
        .and_then(|count| u32::try_from(count).ok())?;
    (share(small, all) < 0.2).then(|| found.lang().eng_name())
}

/// The language of a text in Arabic letters that has letters which Arabic has not, other than in names: `whatlang` takes
/// what it does not know for Arabic. The Persian kaf and yeh do not count: fonts write Arabic with them.
fn in_arabic_letters(sample: &str) -> Option<&'static str> {
    let count = |letters: &str| sample.chars().filter(|c| letters.contains(*c)).count();
    let (kurdish, pashto) = (count("ێۆڕڵەڤ"), count("ټډړږښڼېۍځڅ"));
    let (urdu, persian) = (count("ٹڈڑےںہھ"), count("پچژگ"));
    let arabic = sample.chars().filter(|c| is_arabic(*c)).count();
    let foreign = kurdish + pashto + urdu + persian;
    if arabic < 100 || foreign * 25 < arabic {
        return None;
    }
    let most = [(kurdish, "Kurdish"), (pashto, "Pashto"), (urdu, "Urdu"), (persian, "Persian")];
    most.into_iter().max_by_key(|(count, _)| *count).map(|(_, name)| name)
}

/// Whether a text of sentences has many words that begin in lower case, and hardly any of them is a stop word of English:
/// whatever it is, it is not the language that an unknown text is taken for. A list of words is in any language.
fn is_prose_without_english(sample: &str) -> bool {
    let english = Lexicon::of(Language::ENGLISH);
    let lower: Vec<&str> = words(sample).filter(|word| word.starts_with(char::is_lowercase)).collect();
    let small = lower.iter().filter(|word| english.stop_words.contains(fold(bare(word)).as_str())).count();
    let ends = words(sample).filter(|word| word.trim_end_matches(CLOSING).ends_with(['.', '!', '?', '…'])).count();
    lower.len() >= 60 && small * 10 < lower.len() && ends * LONGEST_SENTENCE >= lower.len()
}

fn is_latin(c: char) -> bool {
    c.is_alphabetic() && (c < '\u{250}' || ('\u{1E00}'..='\u{1EFF}').contains(&c))
}

/// The language whose stop words make up at least a fifth of the text, well ahead of the others.
fn by_words(sample: &str) -> Option<Detection> {
    let tokens: Vec<String> = words(sample).map(|word| fold(bare(word))).filter(|word| !word.is_empty()).collect();
    if tokens.len() < 30 {
        return None;
    }
    let total = u32::try_from(tokens.len()).ok()?;
    let mut shares: Vec<(f32, Language)> = LANGUAGES
        .iter()
        .zip(Lexicon::all())
        .filter_map(|(facts, lexicon)| {
            let found = tokens.iter().filter(|word| lexicon.stop_words.contains(word.as_str())).count();
            Some((share(u32::try_from(found).ok()?, total), Language::from_code(facts.code)?))
        })
        .collect();
    shares.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (best, language) = *shares.first()?;
    let second = shares.get(1).map_or(0.0, |found| found.0);
    (best >= 0.2 && best > second * 1.3).then_some(Detection { language, reliable: true })
}

fn by_patterns(sample: &str) -> Option<Detection> {
    let allowed: Vec<whatlang::Lang> =
        LANGUAGES.iter().filter_map(|facts| whatlang::Lang::from_code(facts.code3)).collect();
    let any = whatlang::detect(sample)?;
    if any.is_reliable() && !allowed.contains(&any.lang()) {
        return Some(Detection { language: Language::ENGLISH, reliable: false });
    }
    let found = whatlang::Detector::with_allowlist(allowed).detect(sample)?;
    if !found.is_reliable() {
        return None;
    }
    let reliable = any.lang() == found.lang() && any.is_reliable();
    Language::from_code(found.lang().code()).map(|language| Detection { language, reliable })
}

/// At most about `longest` characters of a text, spread evenly over it.
pub(super) fn sample(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let piece = longest / PIECES;
    let mut out = String::with_capacity(longest * 2);
    for n in 0..PIECES {
        let start = text.ceil_char_boundary(text.len() / PIECES * n);
        out.extend(text[start..].chars().skip_while(|c| !c.is_whitespace()).take(piece));
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_of_the_table_is_found() {
        for (code, text) in [
            (
                "en",
                "The people of the town had never seen such a storm, and they were not ready for what it would bring to them in the following days.",
            ),
            (
                "fr",
                "Les habitants de la ville n'avaient jamais vu une telle tempête, et ils n'étaient pas prêts pour ce qu'elle allait leur apporter dans les jours suivants.",
            ),
            (
                "de",
                "Die Einwohner der Stadt hatten noch nie einen solchen Sturm gesehen, und sie waren nicht auf das vorbereitet, was er ihnen in den folgenden Tagen bringen würde.",
            ),
            (
                "es",
                "Los habitantes de la ciudad nunca habían visto una tormenta así, y no estaban preparados para lo que les traería en los días siguientes.",
            ),
            (
                "it",
                "Gli abitanti della città non avevano mai visto una tempesta simile, e non erano pronti a quello che avrebbe portato loro nei giorni seguenti.",
            ),
            (
                "pt",
                "Os habitantes da cidade nunca tinham visto uma tempestade assim, e não estavam preparados para o que ela lhes traria nos dias seguintes.",
            ),
            (
                "nl",
                "De inwoners van de stad hadden nog nooit zo'n storm gezien, en ze waren niet voorbereid op wat hij hun in de volgende dagen zou brengen.",
            ),
            (
                "ar",
                "لم يكن سكان المدينة قد رأوا عاصفة مثلها من قبل، ولم يكونوا مستعدين لما ستحمله إليهم في الأيام التالية.",
            ),
        ] {
            let found = detect(text);
            assert_eq!((found.language.code(), found.reliable), (code, true), "{text}");
        }
    }

    #[test]
    fn arabic_starts_at_thirty_percent_of_the_letters() {
        assert_eq!(language("abcdefg هوز"), Language::ENGLISH);
        assert_eq!(language("abcdef هوزحطي"), Language::ARABIC);
    }

    #[test]
    fn a_long_text_in_another_language_is_named() {
        let polish =
            "Mieszkańcy miasta nigdy nie widzieli takiej burzy i nie byli przygotowani na to, co miała im przynieść. ";
        let chinese = "城市的居民从未见过这样的风暴，他们没有为接下来的日子做好准备。PDF file. ";
        assert_eq!(other_language(&polish.repeat(5)), Some("Polish"));
        assert_eq!(other_language(&chinese.repeat(5)), Some("Mandarin"));
        assert_eq!(other_language(&"The storm was the worst that the people had ever seen. ".repeat(9)), None);
        assert_eq!(other_language(polish), None, "too short to be sure");
    }

    #[test]
    fn languages_that_share_letters_with_those_of_the_table_are_named() {
        let kurdish = "ڕووباری دیجلە یەکێکە لە گەورەترین ڕووبارەکانی ناوچەکە و بە چەندین شاردا تێدەپەڕێت. ";
        let pashto = "د هلمند سیند د افغانستان تر ټولو اوږد سیند دی چې له غرونو څخه سرچینه اخلي. ";
        let swahili =
            "Mto Rufiji ni mto mrefu zaidi nchini Tanzania na unatiririka hadi Bahari ya Hindi kando ya mto. ";
        let arabic = "أطلقت شركة گوگل خدمة جديدة في المدينة، وقال السكان إنها تساعدهم في الوصول إلى أعمالهم كل صباح. ";
        assert_eq!(other_language(&kurdish.repeat(4)), Some("Kurdish"));
        assert_eq!(other_language(&pashto.repeat(4)), Some("Pashto"));
        assert!(other_language(&swahili.repeat(8)).is_some());
        assert_eq!(other_language(&"salt\nmule\npass\ntoll\nbridge\nclerk\n".repeat(12)), None, "a list of words");
        assert_eq!(other_language(&arabic.repeat(4)), None, "a name may have such a letter");
    }

    #[test]
    fn other_languages_are_taken_for_english_and_reported_as_a_guess() {
        let polish = "Mieszkańcy miasta nigdy nie widzieli takiej burzy i nie byli przygotowani na to, co miała im przynieść w następnych dniach.";
        assert_eq!(detect(polish), Detection { language: Language::ENGLISH, reliable: false });
        let persian =
            "مردم شهر هرگز چنین توفانی ندیده بودند و برای آنچه که در روزهای بعد پیش می‌آمد آماده نبودند و گریه کردند.";
        assert_eq!(detect(persian), Detection { language: Language::ARABIC, reliable: false });
        assert!(!detect("12 34").reliable);
    }
}
