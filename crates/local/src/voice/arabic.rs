//! Respells vowelled Arabic so that espeak-ng pronounces it correctly.
//!
//! Its rules work letter by letter: they lose the vowel after a doubled letter ("yatawazzʕu" for "yatawazzaʕu"),
//! pronounce the article's l before sun letters, and do not know the vowels that are pronounced but not written, nor
//! the endings that are written but not pronounced before a pause. All of these can be corrected in the spelling.

use unicode_normalization::UnicodeNormalization;

const SHADDA: char = '\u{651}';
const SUKUN: char = '\u{652}';
const FATHATAN: char = '\u{64b}';
const FATHA: char = '\u{64e}';
/// The superscript alif.
const DAGGER: char = '\u{670}';

/// Words with a long a that is not written: the start of the vowelled word (after prefixes), and its pronunciation.
const UNWRITTEN: [(&str, &str); 11] = [
    ("هَذ", "هَاذ"),
    ("هَؤُل", "هَاؤُل"),
    ("ذَلِك", "ذَالِك"),
    ("لَكِن", "لَاكِن"),
    ("أُولَئِك", "أُلَائِك"),
    ("إِلَه", "إِلَاه"),
    ("اللَّه", "اللَّاه"),
    ("للَّه", "للَّاه"),
    ("لِلَّه", "لِلَّاه"),
    ("الرَّحْمَن", "الرَّحْمَان"),
    ("طَه", "طَاهَا"),
];

/// Common words that the vowel model gets wrong: without marks, and as they are pronounced.
const CORRECTED: [(&str, &str); 3] = [("شكرا", "شُكْرًا"), ("جدا", "جِدًّا"), ("مثلا", "مَثَلًا")];

/// A letter with its vowel marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Letter {
    base: char,
    doubled: bool,
    vowel: Option<char>,
}

impl Letter {
    fn bare(letter: char) -> Self {
        Self { base: letter, doubled: false, vowel: None }
    }

    fn with(letter: char, vowel: char) -> Self {
        Self { vowel: Some(vowel), ..Self::bare(letter) }
    }

    /// No mark at all: a long vowel, or a silent letter.
    fn is_bare(self, letter: char) -> bool {
        self == Self::bare(letter)
    }
}

/// The words of a clause in their new spelling, one for one.
pub(super) fn respell(words: &[String]) -> Vec<String> {
    let last = words.len().saturating_sub(1);
    let mut after_vowel = false;
    words
        .iter()
        .enumerate()
        .map(|(index, word)| {
            let mut letters = letters(&corrected(word));
            if index == last {
                pause(&mut letters);
            }
            let joins = std::mem::replace(&mut after_vowel, ends_in_vowel(&letters));
            spell(&joined(&letters, joins))
        })
        .collect()
}

fn corrected(word: &str) -> String {
    let bare: String = word.chars().filter(|c| !super::vowels::is_vowel_mark(*c)).collect();
    if let Some((_, said)) = CORRECTED.iter().find(|(written, _)| *written == bare) {
        return (*said).to_owned();
    }
    // Marks in canonical order, in whatever order they were typed.
    let word: String = word.nfc().collect();
    for (written, said) in UNWRITTEN {
        let (written, said): (String, String) = (written.nfc().collect(), said.nfc().collect());
        for prefix in ["", "وَ", "فَ", "بِ", "كَ", "لِ"] {
            if let Some(rest) = word.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(written.as_str())) {
                return format!("{prefix}{said}{rest}");
            }
        }
    }
    word
}

fn letters(word: &str) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::with_capacity(word.len() / 2);
    for character in word.chars() {
        match (character, letters.last_mut()) {
            (SHADDA, Some(last)) => last.doubled = true,
            // On an alif it only says that the alif is pronounced.
            (DAGGER, Some(last)) if matches!(last.base, 'ا' | 'ى') => {}
            (DAGGER, _) => letters.push(Letter::bare('ا')),
            (mark, Some(last)) if super::vowels::is_vowel_mark(mark) => last.vowel = Some(mark),
            (mark, None) if super::vowels::is_vowel_mark(mark) => {}
            (letter, _) => letters.push(Letter::bare(letter)),
        }
    }
    letters
}

/// The form before a pause: the short final vowel is dropped, the feminine ending is pronounced as h, and tanwin on
/// alif becomes a long vowel.
fn pause(letters: &mut [Letter]) {
    if let [.., before, last] = letters
        && matches!(last.base, 'ا' | 'ى')
        && (before.vowel == Some(FATHATAN) || last.vowel == Some(FATHATAN))
    {
        before.vowel = Some(FATHA);
        last.vowel = None;
        return;
    }
    if let Some(last) = letters.last_mut() {
        last.vowel = None;
        if last.base == 'ة' {
            last.base = 'ه';
        }
        // The nisba ending is pronounced as a long i.
        last.doubled &= !matches!(last.base, 'ي' | 'و');
    }
}

fn ends_in_vowel(letters: &[Letter]) -> bool {
    letters.last().is_some_and(|last| match last.vowel {
        Some(mark) => matches!(mark, '\u{64e}'..='\u{650}'),
        None => matches!(last.base, 'ا' | 'ى' | 'ي' | 'و'),
    })
}

/// Joins the start of a word to the preceding sound: the alif of the article and of verbs like "istaxdama" is
/// pronounced only after a pause, and the article's l is assimilated to a following sun letter.
fn joined(letters: &[Letter], joins: bool) -> Vec<Letter> {
    let prefixes = letters
        .iter()
        .take_while(|letter| matches!(letter.base, 'و' | 'ف' | 'ب' | 'ك') && letter.vowel.is_some() && !letter.doubled)
        .count();
    let (prefix, word) = letters.split_at(prefixes.min(2));
    let silent_alif = joins || !prefix.is_empty();
    let mut spoken = prefix.to_vec();
    match word {
        [alif, lam, rest @ ..] if alif.is_bare('ا') && lam.base == 'ل' && lam.vowel.is_none_or(|v| v == SUKUN) => {
            if !silent_alif {
                spoken.push(Letter::with('أ', FATHA));
            }
            if !rest.first().is_some_and(|letter| letter.doubled) {
                spoken.push(*lam);
            }
            spoken.extend_from_slice(rest);
        }
        [alif, second, rest @ ..] if alif.is_bare('ا') && second.vowel == Some(SUKUN) => {
            if !silent_alif {
                spoken.push(Letter::with('إ', '\u{650}'));
            }
            spoken.push(*second);
            spoken.extend_from_slice(rest);
        }
        // "li-l-": here the alif is not written either.
        [first, lam, rest @ ..]
            if first.base == 'ل'
                && first.vowel.is_some()
                && lam.is_bare('ل')
                && rest.first().is_some_and(|r| r.doubled) =>
        {
            spoken.push(*first);
            spoken.extend_from_slice(rest);
        }
        _ => spoken.extend_from_slice(word),
    }
    // The alif after the plural's u is silent.
    if let [.., waw, alif] = spoken.as_slice()
        && alif.is_bare('ا')
        && waw.base == 'و'
        && waw.vowel.is_none_or(|vowel| vowel == SUKUN)
    {
        spoken.pop();
    }
    spoken
}

/// Writes the letters out; a doubled letter twice.
fn spell(letters: &[Letter]) -> String {
    let mut word = String::new();
    for (index, Letter { base: letter, doubled, vowel }) in letters.iter().copied().enumerate() {
        word.push(letter);
        if doubled && (vowel.is_some() || index > 0) {
            word.push(SUKUN);
            word.push(letter);
        }
        word.extend(vowel);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(clause: &str) -> String {
        let words: Vec<String> = clause.split(' ').map(ToOwned::to_owned).collect();
        respell(&words).join(" ")
    }

    #[test]
    fn words_are_spelled_as_they_are_said() {
        for (written, spoken) in [
            // doubled letters keep their vowel
            ("يَتَوَزَّعُ هُنَا", "يَتَوَزْزَعُ هُنَا"),
            // the article: first, joined, before sun letters, after a prefix
            ("الشَّمْسُ هُنَا", "أَشْشَمْسُ هُنَا"),
            ("فِي الْبَيْتِ هُنَا", "فِي لْبَيْتِ هُنَا"),
            ("بِالْقَلَمِ وَالشَّمْسِ هُنَا", "بِلْقَلَمِ وَشْشَمْسِ هُنَا"),
            ("لِلشَّمْسِ هُنَا", "لِشْشَمْسِ هُنَا"),
            ("مِنْ الْبَيْتِ هُنَا", "مِنْ أَلْبَيْتِ هُنَا"),
            // the alif that is said at the start only
            ("اسْتَخْدَمَ وَاسْتَخْدَمَ هُنَا", "إِسْتَخْدَمَ وَسْتَخْدَمَ هُنَا"),
            // silent letters, and vowels that are not written
            ("كَتَبُوا هَذَا هُنَا", "كَتَبُو هَاذَا هُنَا"),
            ("بِسْمِ اللَّهِ الرَّحْمَنِ الرَّحِيمِ", "بِسْمِ لْلَاهِ رْرَحْمَانِ رْرَحِيم"),
            // the superscript alif
            ("ه\u{64e}\u{670}ذَا إِلَى\u{670} هُنَا", "هَاذَا إِلَى هُنَا"),
        ] {
            assert_eq!(said(written), spoken, "{written}");
        }
    }

    #[test]
    fn endings_are_dropped_before_a_pause() {
        for (word, spoken) in [
            ("كِتَابُ", "كِتَاب"),
            ("مَدِينَةٍ", "مَدِينَه"),
            ("مَرْحَبًا", "مَرْحَبَا"),
            ("قَوِيٌّ", "قَوِي"),
            ("حَقٌّ", "حَقْق"),
            ("عَلَى", "عَلَى"),
            ("PDF", "PDF"),
            ("", ""),
        ] {
            assert_eq!(said(word), spoken, "{word}");
        }
    }
}
