//! Which language a phrase is in, and what cannot be a phrase.

use sluice_domain::language::LanguageCode;
use sluice_domain::study::StudyLanguage;

use super::PHRASE_CHARACTERS;
use super::error::PhraseError;
use super::text::plain;

/// A language that is less sure, in thousandths, is doubtful.
pub(super) const SURE: u32 = 800;
/// A person chose it.
pub(super) const CHOSEN: u32 = 1000;
/// The most that letters say.
const FOUND: u32 = 990;
/// Its letters are those of other languages, too, and its words do not tell which it is.
pub(super) const UNTOLD: u32 = 500;
/// Latin letters that could be of many languages.
const GUESSED: u32 = 300;
/// By fewer letters a language is not told from others of its script.
const TELLING_LETTERS: usize = 20;

/// A language with how sure it is, in thousandths.
pub(super) type Found = (Option<StudyLanguage>, u32);

/// The language of this code.
pub(super) fn parse(code: &str) -> Result<StudyLanguage, PhraseError> {
    let short: String = code.chars().take(20).collect();
    StudyLanguage::try_from(short).map_err(PhraseError::Language)
}

/// The codes of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en \
     eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj \
     kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc \
     oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to \
     tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Three letters for languages that have two, beside those of [`LanguageCode`]: of ISO 639-3, then those of libraries alone (639-2/B).
const LONGER: &str = "aar abk ave aka arg ava aym bih bis bam che cha cos cre chu chv div dzo ewe epo fij fry gla grn glv hmo her ina \
     ile iii ipk ido iku kon kik kua kal kau kas kom cor lim lub mah nau nob nde ndo nbl nav oji orm oss pli que roh run kin srd sme \
     sag smo ssw sot tir tsn ton tso twi tah uig ven vol wln zha alb arm baq bur chi cze dut fre geo ger gre ice mac mao may per rum \
     slo tib wel";

/// Whether something can be translated into the language of this code: one of ISO 639-1, or three letters for one that has none there:
/// by two codes of one language there would be two cards of one phrase.
pub(super) fn is_code(code: &str) -> bool {
    match code.len() {
        2 => CODES.split_ascii_whitespace().any(|known| known == code),
        3 => {
            let has_two = || LONGER.split_ascii_whitespace().any(|known| known == code);
            code.bytes().all(|byte| byte.is_ascii_lowercase()) && LanguageCode::from_code(code).is_none() && !has_two()
        }
        _ => false,
    }
}

/// A text without what is around it, with single spaces; refused if it can be no phrase.
pub(super) fn phrase(text: &str) -> Result<String, PhraseError> {
    let text = plain(text);
    let found = text.chars().count();
    if found > PHRASE_CHARACTERS {
        return Err(PhraseError::TooLong { what: "text", found, most: PHRASE_CHARACTERS });
    }
    if !text.chars().any(char::is_alphabetic) {
        return Err(PhraseError::NoWords);
    }
    Ok(text)
}

/// The language of a phrase: the one that was chosen, which must be able to have written it, or that of its letters.
pub(super) fn of(text: &str, chosen: Option<StudyLanguage>) -> Result<Found, PhraseError> {
    match chosen {
        Some(language) if language.is_in(text) => Ok((chosen, CHOSEN)),
        Some(language) => Err(PhraseError::WrongScript { language: language.facts().english_name }),
        None if is_in_no_language(text) => Err(PhraseError::NoLanguage),
        None => Ok(by_letters(text)),
    }
}

/// Whether a text has Latin letters, and no word that anybody would pronounce: "zzzz 1234". Abbreviations have three letters at most
/// here, and what has other letters than those of English is left to whoever wrote it.
fn is_in_no_language(text: &str) -> bool {
    let is_plain = |text: &str| text.chars().all(|c| c.is_ascii() || !c.is_alphabetic());
    let is_word = |word: &str| {
        let letters = word.chars().filter(char::is_ascii_alphabetic).count();
        letters <= 3 || word.contains(['a', 'e', 'i', 'o', 'u', 'y', 'A', 'E', 'I', 'O', 'U', 'Y'])
    };
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && is_plain(text) && !words.any(is_word)
}

/// The language that most letters are of; how sure it is says which part of the letters that is. Of Latin letters it is a guess, for
/// which what the words look like speaks, too. A letter that the language does not have is one of another language in its script.
pub(super) fn by_letters(text: &str) -> Found {
    let Some(language) = StudyLanguage::by_script(text) else { return (None, 0) };
    let part = own_part(text, language);
    if text.chars().any(|letter| is_foreign(letter, language)) {
        return (Some(language), part.min(GUESSED));
    }
    let part = part.min(FOUND);
    if language.facts().script != "Latn" {
        return (Some(language), part);
    }
    let detected = whatlang::detect(text).filter(|found| found.lang().code() == language.facts().code3);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
    let alike = detected.map_or(0, |found| (found.confidence().clamp(0.0, 1.0) * 1000.0) as u32);
    (Some(language), part.min(alike.max(GUESSED)))
}

/// How sure the language of a text is once its words were looked up, which was so sure by its letters. `tells` is whether the words tell
/// it from others in its letters, as Ukrainian and Bulgarian, or Persian; none if nothing knows those.
pub(super) fn by_words(text: &str, language: StudyLanguage, sure: u32, tells: Option<bool>) -> u32 {
    let own_letters = match language.code() {
        // None of the others has all of them; Belarusian has the first two, and sounds that Russian does not have.
        "ru" => {
            let lower = text.to_lowercase();
            lower.contains(['ы', 'э', 'ё']) && !["дз", "ць", "шч"].iter().any(|sound| lower.contains(sound))
        }
        "ar" => text.contains('ة'),
        _ => return sure,
    };
    let looks_like_it = || whatlang::detect(text).is_some_and(|found| found.lang().code() == language.facts().code3);
    if sure == CHOSEN || tells.unwrap_or_else(|| own_letters || looks_like_it()) { sure } else { sure.min(UNTOLD) }
}

/// Which part of the letters of a text is of the script of a language, in thousandths.
fn own_part(text: &str, language: StudyLanguage) -> u32 {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count().max(1);
    let own = text.chars().filter(|c| c.is_alphabetic() && language.writes(*c)).count();
    u32::try_from(1000 * own / letters).unwrap_or(0)
}

/// Whether a letter is of the script of a language, but none of its alphabet: Ukrainian "і", Serbian "љ", Persian "گ".
fn is_foreign(letter: char, language: StudyLanguage) -> bool {
    if !letter.is_alphabetic() || !language.writes(letter) {
        return false;
    }
    match language.code() {
        "ru" => !matches!(letter, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё'),
        // Beside the alphabet, what is written in the Quran, and the shapes of its letters in old files.
        "ar" => {
            !matches!(letter, '\u{0610}'..='\u{065f}' | '\u{0670}' | '\u{0671}' | '\u{06d6}'..='\u{06ed}' | '\u{fdf2}' | '\u{fe70}'..='\u{feff}')
        }
        _ => false,
    }
}

/// Whether nothing says that a text is, in part, in another language: by its letters, and where these are Latin, which many languages
/// share, by its words.
pub(super) fn is_all_in(text: &str, language: StudyLanguage) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let is_foreign = |letter| is_foreign(letter, language);
    if letters > 0 && (own_part(text, language) < SURE || text.chars().any(is_foreign)) {
        return false;
    }
    if letters < TELLING_LETTERS || language.facts().script != "Latn" {
        return true;
    }
    let detected = whatlang::detect(text).filter(whatlang::Info::is_reliable);
    detected.is_none_or(|found| found.lang().code() == language.facts().code3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_word_or_too_many_is_no_phrase() {
        assert_eq!(phrase("  Привет,\t мир!\u{0} \n").unwrap(), "Привет, мир!");
        assert!(matches!(phrase("😀😀 42 !"), Err(PhraseError::NoWords)));
        assert!(matches!(phrase(" \n "), Err(PhraseError::NoWords)));
        assert!(matches!(phrase(&"а".repeat(10_000)), Err(PhraseError::TooLong { found: 10_000, .. })));
    }

    #[test]
    fn letters_that_are_in_no_language_are_asked_about() {
        for text in ["zzzz 1234", "Zzzzzz!", "qwrt xkcd-zxcv 7"] {
            assert!(matches!(of(text, None), Err(PhraseError::NoLanguage)), "{text}");
            assert!(of(text, Some(StudyLanguage::try_from("es".to_owned()).unwrap())).is_ok(), "{text}: it was chosen");
        }
        for text in ["Hola", "TV 5", "el BBVA", "čtvrt", "дддд", "rhythm", "A1"] {
            assert!(of(text, None).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_language_is_as_sure_as_its_letters() {
        let of = |text| by_letters(text);
        assert_eq!(of("Где находится вокзал?"), (Some(StudyLanguage::RUSSIAN), FOUND), "only a person is surer");
        let (mixed, sure) = of("Где мой новый wifi");
        assert_eq!((mixed, sure < SURE), (Some(StudyLanguage::RUSSIAN), true), "{sure}");
        let (spanish, sure) = of("¿Dónde está la biblioteca? No la encuentro por ninguna parte de esta ciudad.");
        assert_eq!((spanish, sure > GUESSED), (Some(StudyLanguage::SPANISH), true), "{sure}");
        let (english, sure) = of("Where is the library? I cannot find it anywhere in this town.");
        assert_eq!((english, sure), (Some(StudyLanguage::SPANISH), GUESSED));
    }

    #[test]
    fn letters_of_another_language_in_the_same_script_make_it_unsure() {
        let sure = |text: &str| by_letters(text).1;
        for text in [
            "Привіт",
            "Де її сестра?",
            "Ґанок",
            "Прывітанне, як ў вас?",
            "Љубав",
            "Ноћ",
            "Ђак",
            "پدر",
            "گل",
            "من کتاب می‌خوانم",
            "چای",
            "ژاله",
        ] {
            assert!(sure(text) < SURE, "{text}");
        }
        for text in
            ["Ёлка, съешь щи!", "за\u{301}мок", "بِسْمِ ٱللَّهِ", "رأى القطة إلى آخره", "مؤمن شيء ئ", "გამარჯობა", "你好"]
        {
            assert_eq!(sure(text), FOUND, "{text}");
        }
        assert!(!is_all_in("Привіт", StudyLanguage::RUSSIAN) && is_all_in("Привет", StudyLanguage::RUSSIAN));
    }

    #[test]
    fn words_that_are_those_of_another_language_too_make_it_unsure() {
        let russian = |text, tells| by_words(text, StudyLanguage::RUSSIAN, FOUND, tells);
        assert_eq!((russian("Где мой чай?", Some(true)), russian("Чай", Some(false))), (FOUND, UNTOLD));
        // Where nothing knows the words of the others, letters that they do not have tell, or what it looks like.
        assert_eq!((russian("Добрый день", None), russian("Добры дзень", None)), (FOUND, UNTOLD));
        assert_eq!(russian("Добър ден, какво правиш", None), UNTOLD);
        assert_eq!(by_words("Чай", StudyLanguage::RUSSIAN, CHOSEN, Some(false)), CHOSEN, "a person knows");
        assert_eq!(by_words("მზე", StudyLanguage::GEORGIAN, FOUND, Some(false)), FOUND, "nobody else has its letters");
    }

    #[test]
    fn a_second_language_shows_in_the_letters_or_in_the_words() {
        let russian = |text| is_all_in(text, StudyLanguage::RUSSIAN);
        assert!(russian("Где находится вокзал?") && russian("42!") && russian(""));
        assert!(!russian("Где находится вокзал в этом городе? Thank you!"));
        let spanish = |text| is_all_in(text, StudyLanguage::SPANISH);
        assert!(spanish("¿Dónde está la biblioteca? No la encuentro por ninguna parte de esta ciudad."));
        assert!(spanish("Hello"), "a word is not told from one of Spanish");
        assert!(!spanish(ENGLISH));
    }

    /// Longer than a phrase, because by a few words no language is surely told from others.
    const ENGLISH: &str = "There was nothing that they could have done about it, and the weather was getting worse with every hour \
                           that they were waiting there for their friends and the others.";

    #[test]
    fn a_code_of_two_letters_is_that_of_a_language() {
        for code in ["en", "ar", "nb", "zu", "fil"] {
            assert!(is_code(code), "{code}");
        }
        for code in ["xx", "e", "EN", "e n", "English", "", "12", "a12", "FIL"] {
            assert!(!is_code(code), "{code}");
        }
        for code in ["eng", "ara", "cmn", "zho", "nob", "cor", "ger", "tib"] {
            assert!(!is_code(code), "{code} has two letters");
        }
        let all: Vec<&str> = CODES.split_ascii_whitespace().collect();
        let known = all.iter().filter(|code| LanguageCode::from_code(code).is_some()).count();
        let of_libraries = 20;
        assert_eq!((all.len(), known + LONGER.split_ascii_whitespace().count() - of_libraries), (184, 184));
    }

    #[test]
    fn a_chosen_language_must_be_able_to_write_it() {
        assert_eq!(super::of("Hola", Some(StudyLanguage::SPANISH)).unwrap(), (Some(StudyLanguage::SPANISH), CHOSEN));
        let refused = super::of("Hola", Some(StudyLanguage::ARABIC)).unwrap_err().to_string();
        assert!(refused.contains("Arabic"), "{refused}");
        assert!(parse("tlh").unwrap_err().to_string().contains("ru, ar, zh, es, ka"));
    }
}
