//! Arabic by the system of the International Journal of Middle East Studies, in pausal form: "al-" is not assimilated, a final ة is
//! "a", tanwin of nominative and genitive and the case of definite nouns are silent.

use sluice_domain::study::{Reason, StudyLanguage};
use unicode_normalization::UnicodeNormalization;

use super::Latin;

const FATHA: char = '\u{064e}';
const DAMMA: char = '\u{064f}';
const KASRA: char = '\u{0650}';
const SHADDA: char = '\u{0651}';
const SUKUN: char = '\u{0652}';
const DAGGER: char = '\u{0670}';
const TATWEEL: char = '\u{0640}';

/// Words that are not spoken as they are written, without their marks.
const IRREGULAR: [(&str, &str); 12] = [
    ("الله", "Allāh"),
    ("هذا", "hādhā"),
    ("هذه", "hādhihi"),
    ("ذلك", "dhālika"),
    ("هؤلاء", "hāʾulāʾi"),
    ("أولئك", "ulāʾika"),
    ("لكن", "lākin"),
    ("الذي", "alladhī"),
    ("التي", "allatī"),
    ("الذين", "alladhīna"),
    ("في", "fī"),
    ("إلى", "ilā"),
];

/// Whether a character is a vowel mark, or lengthens a line.
pub(in crate::analyse) fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{064b}'..='\u{0655}' | DAGGER | TATWEEL)
}

/// A letter with the marks above and below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Letter {
    base: char,
    vowel: Option<char>,
    is_double: bool,
}

impl Letter {
    fn is_bare(self) -> bool {
        self.vowel.is_none() && !self.is_double
    }
}

/// A phrase in Latin letters; doubtful where vowel marks are missing.
pub(super) fn latin(text: &str) -> Latin {
    let text: String = text.nfkc().collect();
    let mut out = String::new();
    let (mut guessed, mut foreign) = (false, false);
    let mut word = String::new();
    // The end closes the last word.
    for letter in text.chars().chain(['\n']) {
        if StudyLanguage::ARABIC.writes(letter) {
            word.push(letter);
            continue;
        }
        if !word.is_empty() {
            let (spoken, is_guessed, is_foreign) = spoken(&word);
            out.push_str(&spoken);
            guessed |= is_guessed;
            foreign |= is_foreign;
            word.clear();
        }
        out.push(sign(letter));
    }
    out.pop();
    let doubt = foreign.then_some(Reason::ForeignLetters).or(guessed.then_some(Reason::VowelsGuessed));
    Latin { text: out, doubt }
}

fn sign(sign: char) -> char {
    match sign {
        '،' => ',',
        '؛' => ';',
        '؟' => '?',
        '٪' => '%',
        '٠'..='٩' => char::from_digit(u32::from(sign) - u32::from('٠'), 10).unwrap_or(sign),
        _ => sign,
    }
}

/// A word in Latin letters, whether vowels are missing, and whether letters are.
fn spoken(word: &str) -> (String, bool, bool) {
    let plain: String = word.chars().filter(|&letter| !is_mark(letter)).collect();
    if let Some((_, spoken)) = IRREGULAR.iter().find(|(written, _)| *written == plain) {
        return ((*spoken).to_owned(), false, false);
    }
    let letters = letters(word);
    let (article, rest) = article(&letters);
    let mut stem = Stem { letters: rest, is_definite: !article.is_empty(), ..Stem::default() };
    stem.speak();
    // One attached letter is not "al-": its vowel is unknown without a mark.
    let is_guessed = stem.is_guessed || (letters.len() > rest.len() && article.starts_with('-'));
    (format!("{}{}", article.trim_start_matches('-'), stem.out), is_guessed, stem.is_foreign)
}

fn letters(word: &str) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    for letter in word.chars().filter(|&letter| letter != TATWEEL) {
        match (letters.last_mut(), letter) {
            (Some(last), SHADDA) => last.is_double = true,
            (Some(last), mark) if is_mark(mark) => last.vowel = Some(mark),
            (None, mark) if is_mark(mark) => (),
            _ => letters.push(Letter { base: letter, vowel: None, is_double: false }),
        }
    }
    letters
}

/// The article of a word, with a particle that is attached to it, and what follows. A leading "-" says that the particle has no mark.
fn article(letters: &[Letter]) -> (String, &[Letter]) {
    let is_article = |letters: &[Letter]| match letters {
        [alif, lam, _, _, ..] => {
            matches!(alif.base, 'ا' | 'ٱ')
                && matches!(alif.vowel, None | Some(FATHA))
                && lam.base == 'ل'
                && matches!(lam.vowel, None | Some(SUKUN))
                && !lam.is_double
        }
        _ => false,
    };
    if is_article(letters) {
        return ("al-".to_owned(), letters.get(2..).unwrap_or_default());
    }
    let particle = |letter: &Letter| match (letter.base, letter.vowel) {
        ('و', None | Some(FATHA)) => Some("wa"),
        ('ف', None | Some(FATHA)) => Some("fa"),
        ('ب', None | Some(KASRA)) => Some("bi"),
        ('ك', None | Some(FATHA)) => Some("ka"),
        _ => None,
    };
    let Some((first, rest)) = letters.split_first() else { return (String::new(), letters) };
    let unmarked = if first.vowel.is_none() { "-" } else { "" };
    if let Some(particle) = particle(first).filter(|_| is_article(rest)) {
        return (format!("{unmarked}{particle}-l-"), rest.get(2..).unwrap_or_default());
    }
    match rest.split_first() {
        // "li" and the article are written without its alif.
        Some((lam, after)) if first.base == 'ل' && lam.base == 'ل' && lam.is_bare() && after.len() > 1 => {
            (format!("{unmarked}li-l-"), after)
        }
        _ => (String::new(), letters),
    }
}

#[derive(Default)]
struct Stem<'a> {
    letters: &'a [Letter],
    is_definite: bool,
    out: String,
    is_guessed: bool,
    is_foreign: bool,
}

impl Stem<'_> {
    fn speak(&mut self) {
        for at in 0..self.letters.len() {
            if let Some(&letter) = self.letters.get(at) {
                self.letter(at, letter);
            }
        }
    }

    fn letter(&mut self, at: usize, letter: Letter) {
        let before = at.checked_sub(1).and_then(|at| self.letters.get(at)).copied();
        let next = self.letters.get(at + 1).copied();
        let is_first = at == 0;
        match letter.base {
            'ا' | 'ٱ' if is_first && !self.is_definite => {
                self.vowel(letter, next);
                // Without a mark it is most often an i, which only serves to begin.
                if letter.vowel.is_none() {
                    self.out.push('i');
                    self.is_guessed = true;
                }
            }
            // "an" may be written on the alif that carries it.
            'ا' if letter.vowel == Some('\u{064b}') => self.out.push_str("an"),
            'ا' => match before.and_then(|before| before.vowel) {
                // The alif that carries "an", and the silent one after the plural of verbs.
                Some('\u{064b}') => (),
                Some(DAMMA) if next.is_none() => (),
                _ if before.is_some_and(|before| before.base == 'و' && before.is_bare()) && next.is_none() => (),
                _ => self.long('ā', letter, next),
            },
            'ى' if before.is_some_and(|before| before.vowel == Some('\u{064b}')) => (),
            'ى' => self.long('ā', letter, next),
            'آ' => self.out.push_str(if is_first { "ā" } else { "ʾā" }),
            'ة' => self.feminine(letter, before, next),
            'و' if !is_first && is_long(letter, before, DAMMA, next) => self.glide('ū', 'w', letter, before, next),
            'ي' if !is_first && is_long(letter, before, KASRA, next) => self.glide('ī', 'y', letter, before, next),
            'ي' if letter.is_double && next.is_none() && before.is_some_and(|before| before.vowel == Some(KASRA)) => {
                // The ending of relation: ʿarabī.
                self.out.pop();
                self.out.push('ī');
            }
            'أ' | 'إ' if is_first => {
                self.vowel(letter, next);
                if letter.vowel.is_none() {
                    self.out.push(if letter.base == 'إ' { 'i' } else { 'a' });
                    // Above the alif it may be an u: mother and or are written alike.
                    self.is_guessed |= letter.base == 'أ';
                }
            }
            base => self.consonant(base, is_first, letter, next),
        }
    }

    fn consonant(&mut self, base: char, is_first: bool, letter: Letter, next: Option<Letter>) {
        let Some(latin) = consonant(base) else {
            self.out.push(base);
            self.is_foreign = true;
            return;
        };
        // A sun letter is doubled by the article alone.
        let is_double = letter.is_double && !(is_first && self.is_definite);
        self.out.push_str(latin);
        if is_double {
            self.out.push_str(latin);
        }
        self.vowel(letter, next);
        let is_silent_end = next.is_none();
        let is_before_alif = next.is_some_and(|next| matches!(next.base, 'ا' | 'ى' | 'ة'));
        if letter.vowel.is_none() && !is_silent_end && !is_before_alif {
            self.is_guessed = true;
        }
    }

    /// A long vowel, instead of the short one that is written before it.
    fn long(&mut self, long: char, letter: Letter, next: Option<Letter>) {
        let short = match long {
            'ā' => 'a',
            'ū' => 'u',
            _ => 'i',
        };
        if self.out.ends_with(short) {
            self.out.pop();
        }
        self.out.push(long);
        if letter.vowel.is_some_and(|vowel| vowel != DAGGER) {
            self.vowel(letter, next);
        }
    }

    /// و or ي as a long vowel, or as the end of a diphthong.
    fn glide(&mut self, long: char, short: char, letter: Letter, before: Option<Letter>, next: Option<Letter>) {
        if before.and_then(|before| before.vowel) == Some(FATHA) {
            self.out.push(short);
        } else {
            self.is_guessed |= before.is_none_or(|before| before.vowel.is_none());
            self.long(long, letter, next);
        }
    }

    fn feminine(&mut self, letter: Letter, before: Option<Letter>, next: Option<Letter>) {
        let is_after_alif = before.is_some_and(|before| before.base == 'ا');
        if !self.out.ends_with('a') && !is_after_alif {
            self.out.push('a');
        }
        // "ʿādatan"; and in the midst of a word, before a pronoun, which only typing errors have.
        if letter.vowel == Some('\u{064b}') || next.is_some() {
            self.out.push('t');
            self.vowel(letter, next);
        } else if is_after_alif {
            self.out.push('h');
        }
    }

    fn vowel(&mut self, letter: Letter, next: Option<Letter>) {
        let is_last = next.is_none();
        let vowel = match letter.vowel {
            Some(FATHA | DAMMA | KASRA) if is_last && self.is_definite => "",
            Some(FATHA) => "a",
            Some(DAMMA) => "u",
            Some(KASRA) => "i",
            Some(DAGGER) => "ā",
            Some('\u{064b}') => "an",
            _ => "",
        };
        self.out.push_str(vowel);
    }
}

/// Whether و or ي is a vowel here.
fn is_long(letter: Letter, before: Option<Letter>, vowel: char, next: Option<Letter>) -> bool {
    let is_sounded = letter.is_double || letter.vowel.is_some_and(|vowel| vowel != SUKUN);
    let is_before_vowel = next.is_some_and(|next| matches!(next.base, 'ا' | 'ة' | 'ى'));
    match before.and_then(|before| before.vowel) {
        // The plural of verbs ends in a silent alif.
        Some(known) if known == vowel => !is_sounded,
        Some(FATHA) => !is_sounded && !is_before_vowel,
        Some(_) => false,
        // Without a mark before it, a letter between consonants is most often long.
        None => !is_sounded && !is_before_vowel && before.is_some_and(|before| !matches!(before.base, 'ا' | 'آ')),
    }
}

fn consonant(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ء' | 'أ' | 'إ' | 'ؤ' | 'ئ' => "ʾ",
        'ب' => "b",
        'ت' => "t",
        'ث' => "th",
        'ج' => "j",
        'ح' => "ḥ",
        'خ' => "kh",
        'د' => "d",
        'ذ' => "dh",
        'ر' => "r",
        'ز' => "z",
        'س' => "s",
        'ش' => "sh",
        'ص' => "ṣ",
        'ض' => "ḍ",
        'ط' => "ṭ",
        'ظ' => "ẓ",
        'ع' => "ʿ",
        'غ' => "gh",
        'ف' => "f",
        'ق' => "q",
        'ك' => "k",
        'ل' => "l",
        'م' => "m",
        'ن' => "n",
        'ه' => "h",
        'و' => "w",
        'ي' => "y",
        // Letters of foreign names.
        'پ' => "p",
        'چ' => "ch",
        'ژ' => "zh",
        'ڤ' => "v",
        'گ' => "g",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKED: [(&str, &str); 31] = [
        ("كِتَاب", "kitāb"),
        ("مَدْرَسَة", "madrasa"),
        ("مَكْتَبَةٌ", "maktaba"),
        ("مُعَلِّم", "muʿallim"),
        ("بَيْت", "bayt"),
        ("يَوْم", "yawm"),
        ("نُور", "nūr"),
        ("كَبِير", "kabīr"),
        ("الشَّمْسُ", "al-shams"),
        ("القَمَر", "al-qamar"),
        ("وَالبَيْتِ", "wa-l-bayt"),
        ("لِلطَّالِبِ", "li-l-ṭālib"),
        ("شُكْرًا", "shukran"),
        ("أَهْلًا", "ahlan"),
        ("جِدّاً", "jiddan"),
        ("أَنَا", "anā"),
        ("هُوَ", "huwa"),
        ("كَتَبَ", "kataba"),
        ("كَتَبُوا", "katabū"),
        ("قُرْآن", "qurʾān"),
        ("آسِف", "āsif"),
        ("سُؤَال", "suʾāl"),
        ("مُسْتَشْفَى", "mustashfā"),
        ("عَرَبِيّ", "ʿarabī"),
        ("عَرَبِيَّة", "ʿarabiyya"),
        ("هٰذَا", "hādhā"),
        ("اللّٰه", "Allāh"),
        ("اِسْم", "ism"),
        ("إِسْلَام", "islām"),
        ("ثَلَاثَة", "thalātha"),
        ("عَادَةً", "ʿādatan"),
    ];

    #[test]
    fn marked_words_are_sure() {
        for (word, expected) in MARKED {
            assert_eq!(latin(word), Latin { text: expected.to_owned(), doubt: None }, "{word}");
        }
    }

    #[test]
    fn what_has_no_marks_is_doubtful() {
        let words = [("كتاب", "ktāb"), ("المدرسة", "al-mdrsa"), ("بيت", "bīt"), ("والبيت", "wa-l-bīt"), ("أم", "am")];
        for (word, expected) in words {
            assert_eq!(latin(word), Latin { text: expected.to_owned(), doubt: Some(Reason::VowelsGuessed) }, "{word}");
        }
    }

    #[test]
    fn phrases_keep_their_signs() {
        assert_eq!(latin("أَيْنَ المَكْتَبَة؟").text, "ayna al-maktaba?");
        assert_eq!(latin("صَفْحَة ٤٢، شُكْرًا!").text, "ṣafḥa 42, shukran!");
        assert_eq!(latin("ٿ").doubt, Some(Reason::ForeignLetters));
        assert_eq!(latin(""), Latin { text: String::new(), doubt: None });
    }
}
