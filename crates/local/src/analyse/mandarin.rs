//! Mandarin words: CC-CEDICT, cut by jieba's frequencies; pinyin with the tones of single words.

use sluice_domain::study::{Field, Reason, Source, StudyLanguage, Word};

use super::cedict::{Cedict, Entry};
use super::transliterate::{Latin, pinyin};
use super::{Files, Found, Pack, field, meaning, tokens};
use crate::models::{ZH_CEDICT, ZH_FREQUENCIES};

/// Particles that nearly always have the neutral tone, although the dictionary has other readings.
const NEUTRAL: [&str; 6] = ["的", "了", "吗", "呢", "吧", "着"];

/// The data of Mandarin.
pub(super) struct Mandarin {
    cedict: Cedict,
}

/// What the dictionary says of a word.
struct Reading<'a> {
    entry: Entry<'a>,
    has_others: bool,
}

impl Mandarin {
    pub(super) fn read(files: Files<'_>) -> Result<Self, String> {
        let dictionary = files.member(&ZH_CEDICT, "cc-cedict.txt")?;
        let frequencies = files.member(&ZH_FREQUENCIES, "src/data/dict.txt")?;
        Ok(Self { cedict: Cedict::read(dictionary, &frequencies)? })
    }

    /// The entry of a word; of several readings, the one with the most senses.
    fn reading(&self, word: &str) -> Option<Reading<'_>> {
        let entries = self.cedict.entries(word);
        let usual: Vec<Entry<'_>> = entries.iter().copied().filter(|entry| !entry.is_aside()).collect();
        let candidates = if usual.is_empty() { entries } else { usual };
        let neutral = |entry: &&Entry<'_>| NEUTRAL.contains(&word) && entry.pinyin.ends_with('5');
        // The first of those with the most senses.
        let most = || candidates.iter().rev().max_by_key(|entry| entry.senses().count());
        let entry = *candidates.iter().find(neutral).or_else(most)?;
        let has_others = candidates.iter().any(|other| !other.pinyin.eq_ignore_ascii_case(entry.pinyin));
        Some(Reading { entry, has_others })
    }

    fn word(&self, word: &str) -> Word {
        let Some(Reading { entry, has_others }) = self.reading(word) else {
            let unknown = || Some(Field::needs_provider(Reason::UnknownWord));
            return Word { transliteration: unknown(), lemma: unknown(), meaning: unknown(), ..Word::of(word) };
        };
        let doubt = has_others.then_some(Reason::SeveralReadings);
        // Where other words may stand, it means something else.
        let cut = self.cedict.is_rivalled(word).then_some(Reason::SeveralAnalyses);
        let (measures, senses): (Vec<&str>, Vec<&str>) = entry.senses().partition(|sense| sense.starts_with("CL:"));
        let senses = senses.into_iter().map(readable).collect();
        let notes = notes(entry, &measures);
        Word {
            transliteration: Some(field(pinyin::word(entry.pinyin), cedict(), doubt)),
            lemma: Some(field(word, cedict(), cut)),
            meaning: Some(meaning(senses, cedict(), doubt.or(cut))),
            notes: (!notes.is_empty()).then(|| field(notes, cedict(), doubt.or(cut))),
            ..Word::of(word)
        }
    }
}

fn cedict() -> Source {
    Source::Pack { name: "cc-cedict".to_owned(), version: "2025-10-02".to_owned() }
}

/// "measure word 家 (jiā), 个 (gè); traditional 銀行".
fn notes(entry: Entry<'_>, measures: &[&str]) -> String {
    let measures = measures.iter().filter_map(|sense| sense.strip_prefix("CL:")).flat_map(|list| list.split(','));
    let measures: Vec<String> = measures.map(readable).collect();
    let measures = (!measures.is_empty()).then(|| format!("measure word {}", measures.join(", ")));
    let traditional = (entry.traditional != entry.simplified).then(|| format!("traditional {}", entry.traditional));
    measures.into_iter().chain(traditional).collect::<Vec<_>>().join("; ")
}

/// References in a sense, "個|个[ge4]", as "个 (gè)".
fn readable(sense: &str) -> String {
    let mut out = String::with_capacity(sense.len());
    let mut rest = sense;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((numbered, after)) = after.split_once(']') else { break };
        out.push_str(&simplified(before));
        out.push_str(&format_pinyin(numbered));
        rest = after;
    }
    out.push_str(&simplified(rest));
    out
}

fn format_pinyin(numbered: &str) -> String {
    format!(" ({})", pinyin::word(numbered))
}

/// What stands after the bar of "個|个", in a text that ends with it.
fn simplified(text: &str) -> String {
    let Some((before, after)) = text.split_once('|') else { return text.to_owned() };
    let is_character = |letter: char| StudyLanguage::MANDARIN.writes(letter);
    format!("{}{}", before.trim_end_matches(is_character), simplified(after))
}

/// Signs of Mandarin, as they are written between Latin letters.
fn sign(sign: char) -> char {
    match sign {
        '。' => '.',
        '，' | '、' => ',',
        '？' => '?',
        '！' => '!',
        '：' => ':',
        '；' => ';',
        '（' => '(',
        '）' => ')',
        '“' | '”' | '「' | '」' => '"',
        _ => sign,
    }
}

impl Pack for Mandarin {
    fn look_up(&self, text: &str) -> Found {
        let language = StudyLanguage::MANDARIN;
        let mut found = Found::default();
        let mut latin = Latin { text: String::new(), doubt: None };
        let mut done = 0;
        for run in tokens::words(language, text) {
            between(&text[done..run.start], &mut latin.text);
            done = run.end;
            for word in self.cedict.cut(&text[run]) {
                let word = self.word(word);
                let known = word.transliteration.as_ref().filter(|field| !field.text.is_empty());
                latin.doubt = latin.doubt.or(match known {
                    Some(field) if field.doubt.is_open() => Some(Reason::SeveralReadings),
                    Some(_) => None,
                    None => Some(Reason::UnknownWord),
                });
                let spoken = known.map_or(word.word.as_str(), |field| field.text.as_str());
                if latin.text.ends_with(|last: char| last.is_alphanumeric() || ",.?!:;)".contains(last)) {
                    latin.text.push(' ');
                }
                latin.text.push_str(spoken);
                found.words.push(word);
            }
        }
        between(&text[done..], &mut latin.text);
        found.transliteration = Some(field(latin.text, cedict(), latin.doubt));
        found
    }
}

fn between(text: &str, out: &mut String) {
    for letter in text.chars() {
        // A word of another script stands by itself.
        let is_first = letter.is_alphanumeric() && out.ends_with(char::is_alphabetic) && text.starts_with(letter);
        if is_first {
            out.push(' ');
        }
        out.push(sign(letter));
    }
}

#[cfg(test)]
mod tests {
    use super::super::cedict::tests::{COUNTS, WORDS};
    use super::*;
    use sluice_domain::study::Doubt;

    fn mandarin() -> Mandarin {
        Mandarin { cedict: Cedict::read(WORDS.as_bytes().to_vec(), COUNTS.as_bytes()).unwrap() }
    }

    #[test]
    fn a_phrase_has_pinyin_word_by_word() {
        let found = mandarin().look_up("研究生命，起源。");
        let latin = found.transliteration.unwrap();
        assert_eq!((latin.text.as_str(), latin.doubt), ("yánjiū shēngmìng, qǐyuán.", Doubt::Sure));
        assert_eq!(found.words.len(), 3);
    }

    #[test]
    fn several_readings_and_senses_are_doubtful() {
        let found = mandarin().look_up("行龘");
        let latin = found.transliteration.unwrap();
        assert_eq!(latin.text, "xíng 龘");
        assert_eq!(latin.doubt, Doubt::Doubtful { reason: Reason::SeveralReadings });
        assert_eq!(found.words[1].meaning, Some(Field::needs_provider(Reason::UnknownWord)));
        let meaning = found.words[0].meaning.clone().unwrap();
        assert_eq!((meaning.text.as_str(), meaning.alternatives.len()), ("to walk", 2));
    }

    #[test]
    fn measure_words_are_notes() {
        let bank = mandarin().look_up("银行").words.remove(0);
        assert_eq!(bank.notes.unwrap().text, "measure word 家 (jiā), 个 (gè); traditional 銀行");
        assert_eq!(bank.meaning, Some(Field::sure("bank", cedict())));
        assert_eq!(readable("see 香港|香港[Xiang1 gang3], the city"), "see 香港 (Xiānggǎng), the city");
    }
}
