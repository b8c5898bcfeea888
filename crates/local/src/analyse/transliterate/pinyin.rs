//! Pinyin with tone marks, from syllables with numbers as CC-CEDICT writes them: "ni3 hao3" is "nǐhǎo" as one word.

/// Syllables of one word, joined (ISO 7098): a syllable that begins with a, e or o is divided by an apostrophe.
pub(in crate::analyse) fn word(numbered: &str) -> String {
    let mut out = String::new();
    for syllable in numbered.split_whitespace() {
        let syllable = marked(syllable);
        let begins_open = syllable.chars().next().is_some_and(is_open);
        if begins_open && out.chars().last().is_some_and(char::is_alphabetic) {
            out.push('’');
        } else if syllable.chars().next().is_some_and(char::is_uppercase) && !out.is_empty() {
            // A name of several words: "Zhong1 guo2 Yin2 hang2".
            out.push(' ');
        }
        out.push_str(&syllable);
    }
    out
}

fn is_open(letter: char) -> bool {
    "aeoāēōáéóǎěǒàèò".contains(letter)
}

/// "hao3" with its mark; "lu:4" and "lv4" have ü; the neutral tone (5) has none. What is no syllable stays as it is.
fn marked(syllable: &str) -> String {
    let Some((tone, letters)) = split(syllable) else { return syllable.to_owned() };
    let letters: Vec<char> = letters.replace("u:", "ü").replace("U:", "Ü").replace('v', "ü").chars().collect();
    let at = bearer(&letters);
    let mark = |(place, &letter): (usize, &char)| if Some(place) == at { with_tone(letter, tone) } else { letter };
    letters.iter().enumerate().map(mark).collect()
}

/// The tone, from 1 to 5, and the letters.
fn split(syllable: &str) -> Option<(usize, &str)> {
    let (at, last) = syllable.char_indices().next_back()?;
    let tone = last.to_digit(10).filter(|tone| (1..=5).contains(tone))?;
    let letters = &syllable[..at];
    let is_letters = !letters.is_empty() && letters.chars().all(|letter| letter.is_ascii_alphabetic() || letter == ':');
    is_letters.then_some((usize::try_from(tone).ok()?, letters))
}

/// Which letter has the mark: a or e; the o of "ou"; else the last vowel.
fn bearer(letters: &[char]) -> Option<usize> {
    let lower: Vec<char> = letters.iter().flat_map(|letter| letter.to_lowercase()).collect();
    let strong = lower.iter().position(|letter| matches!(letter, 'a' | 'e'));
    let of_ou = || lower.windows(2).position(|pair| pair == ['o', 'u']);
    let last = || lower.iter().rposition(|letter| "iouü".contains(*letter));
    // "m2", "ng4" and "n2" have no vowel.
    let nasal = || lower.iter().position(|letter| matches!(letter, 'm' | 'n'));
    strong.or_else(of_ou).or_else(last).or_else(nasal)
}

fn with_tone(letter: char, tone: usize) -> char {
    const MARKED: [(char, &str); 13] = [
        ('a', "āáǎà"),
        ('e', "ēéěè"),
        ('i', "īíǐì"),
        ('o', "ōóǒò"),
        ('u', "ūúǔù"),
        ('ü', "ǖǘǚǜ"),
        ('A', "ĀÁǍÀ"),
        ('E', "ĒÉĚÈ"),
        ('I', "ĪÍǏÌ"),
        ('O', "ŌÓǑÒ"),
        ('U', "ŪÚǓÙ"),
        ('Ü', "ǕǗǙǛ"),
        ('n', "nńňǹ"),
    ];
    let row = MARKED.iter().find(|(plain, _)| *plain == letter);
    row.and_then(|(_, marked)| marked.chars().nth(tone.saturating_sub(1))).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [(&str, &str); 26] = [
        ("ni3 hao3", "nǐhǎo"),
        ("xie4 xie5", "xièxie"),
        ("zai4 jian4", "zàijiàn"),
        ("peng2 you5", "péngyou"),
        ("lao3 shi1", "lǎoshī"),
        ("xue2 sheng5", "xuésheng"),
        ("tu2 shu1 guan3", "túshūguǎn"),
        ("Bei3 jing1", "Běijīng"),
        ("Xi1 an1", "Xī’ān"),
        ("nu:3 er2", "nǚ’ér"),
        ("lu:4 se4", "lǜsè"),
        ("liu4", "liù"),
        ("gui4", "guì"),
        ("dou1", "dōu"),
        ("shui3", "shuǐ"),
        ("xiao3", "xiǎo"),
        ("jiu3", "jiǔ"),
        ("lüe4", "lüe4"),
        ("lu:e4", "lüè"),
        ("er2 zi5", "érzi"),
        ("hua1 r5", "huār"),
        ("zhong1 guo2", "zhōngguó"),
        ("shen2 me5", "shénme"),
        ("huo3 che1 zhan4", "huǒchēzhàn"),
        ("qiong2", "qióng"),
        ("Zhong1 guo2 Yin2 hang2", "Zhōngguó Yínháng"),
    ];

    #[test]
    fn syllables_have_their_marks() {
        for (numbered, expected) in WORDS {
            assert_eq!(word(numbered), expected, "{numbered}");
        }
    }

    #[test]
    fn what_is_no_syllable_stays() {
        assert_eq!(word("san1 C"), "sān C");
        assert_eq!(word("·"), "·");
        assert_eq!(word("xx5"), "xx");
        assert_eq!(word(""), "");
    }
}
