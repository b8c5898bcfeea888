//! Captions from word timings: at most two lines, displayed for one to six seconds, ending where a phrase ends.

use serde::{Deserialize, Serialize};
use sluice_domain::language::Language;
use sluice_domain::speech::WordTiming;

use super::layout::Shape;
use super::text::drawable;

/// Text that is displayed for a while. Its lines are separated by a line feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caption {
    /// Start in milliseconds.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
    /// One or two lines.
    pub text: String,
}

/// Least display time of a caption, unless the next one comes earlier.
const SHORTEST_MS: u32 = 1000;
/// Greatest display time of a caption, unless a single word takes longer.
const LONGEST_MS: u32 = 6000;
/// A pause after which a new caption begins.
const SILENCE_MS: u32 = 900;
/// How long a caption stays after its last word.
const LINGER_MS: u32 = 450;
/// Between two captions there are two empty frames, or none.
const GAP_MS: u32 = 80;

/// A word with its time.
struct Word {
    text: String,
    start_ms: u32,
    end_ms: u32,
    /// An empty line follows: it ends a title or a clause that has no full stop.
    ends_paragraph: bool,
}

impl Word {
    fn ends_sentence(&self) -> bool {
        self.ends_paragraph || ends_sentence(&self.text)
    }
}

/// Breaks spoken text into captions. `words` index into `text`; words without visible characters are left out. No caption goes
/// over an empty line, where nothing printed would part what stands before it from what follows.
pub fn captions(text: &str, words: &[WordTiming], language: Language, shape: Shape) -> Vec<Caption> {
    let words: Vec<Word> = words.iter().filter_map(|timing| word(text, timing)).collect();
    let letters = shape.caption_letters();
    let mut shown: Vec<Caption> = Vec::new();
    for (from, to) in break_into_ranges(&words, language, letters) {
        let group = &words[from..to];
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let all: Vec<&str> = group.iter().map(|word| word.text.as_str()).collect();
        shown.push(Caption { start_ms: first.start_ms, end_ms: last.end_ms, text: two_lines(&all, letters, language) });
    }
    extend(&mut shown);
    shown
}

fn word(text: &str, timing: &WordTiming) -> Option<Word> {
    let start = usize::try_from(timing.start_byte).ok()?;
    let end = usize::try_from(timing.end_byte).ok()?;
    let drawn = drawable(text.get(start..end)?);
    let behind = text.get(end..)?;
    // Up to the next word: an emoji or a star beside the empty line is no word.
    let gap = &behind[..behind.find(char::is_alphanumeric).unwrap_or(behind.len())];
    let ends_paragraph = gap.matches('\n').count() > 1;
    let end_ms = timing.end_ms.max(timing.start_ms);
    (!drawn.is_empty()).then_some(Word { text: drawn, start_ms: timing.start_ms, end_ms, ends_paragraph })
}

/// The number of visible letters: combining marks take no space.
fn letters_in(text: &str) -> usize {
    text.chars().filter(|c| !matches!(c, '\u{300}'..='\u{36F}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}')).count()
}

/// Chooses the breaks with the lowest total cost.
fn break_into_ranges(words: &[Word], language: Language, letters: usize) -> Vec<(usize, usize)> {
    let mut best: Vec<(f32, usize)> = vec![(0.0, 0)];
    for end in 1..=words.len() {
        let mut cheapest = (f32::INFINITY, end - 1);
        for start in (0..end).rev() {
            let Some(cost) = cost(words, start, end, language, letters) else { break };
            let total = best[start].0 + cost;
            if total < cheapest.0 {
                cheapest = (total, start);
            }
        }
        best.push(cheapest);
    }
    let mut cuts = Vec::new();
    let mut end = words.len();
    while end > 0 {
        let start = best[end].1;
        cuts.push((start, end));
        end = start;
    }
    cuts.reverse();
    cuts
}

/// The reading cost of a caption with these words; none if it is not allowed (a single word always is).
fn cost(words: &[Word], start: usize, end: usize, language: Language, letters: usize) -> Option<f32> {
    let group = &words[start..end];
    let (first, last) = (group.first()?, group.last()?);
    let lasts = last.end_ms.saturating_sub(first.start_ms);
    let silence = group.windows(2).any(|pair| pair[1].start_ms.saturating_sub(pair[0].end_ms) > SILENCE_MS);
    let all: Vec<&str> = group.iter().map(|word| word.text.as_str()).collect();
    let is_broken = group[..group.len() - 1].iter().any(|word| word.ends_paragraph);
    if group.len() > 1 && (is_broken || lasts > LONGEST_MS || silence || line_break(&all, letters, language).is_none())
    {
        return None;
    }
    let sentences_inside = group[..group.len() - 1].iter().filter(|word| word.ends_sentence()).count();
    let next = words.get(end);
    let at_end = match next {
        None => 0.0,
        Some(next) => {
            let pause = next.start_ms.saturating_sub(last.end_ms);
            let rested = if pause > 220 { 12.0 } else { 0.0 };
            match break_quality(&last.text, &next.text, language) {
                _ if last.ends_paragraph => 0.0,
                Quality::Sentence => 0.0,
                Quality::Phrase => 16.0 - rested,
                Quality::BeforeLink => 34.0 - rested,
                Quality::Inside => 58.0 - rested,
                Quality::AfterLink => 92.0 - rested,
            }
        }
    };
    let used = letters_in(&all.join(" "));
    let half = letters.saturating_sub(used);
    #[expect(clippy::cast_precision_loss, reason = "a few letters, a few seconds")]
    let thin = {
        let few = (half as f32 / letters as f32).powi(2) * 38.0;
        let short = (SHORTEST_MS.saturating_sub(lasts) as f32 / 1000.0) * 40.0;
        let lonely = if group.len() == 1 && !(last.ends_sentence() && start == 0) { 30.0 } else { 0.0 };
        few + short + lonely
    };
    #[expect(clippy::cast_precision_loss, reason = "few sentences")]
    let mixed = sentences_inside as f32 * 46.0;
    Some(14.0 + at_end + thin + mixed)
}

enum Quality {
    Sentence,
    Phrase,
    BeforeLink,
    Inside,
    AfterLink,
}

fn break_quality(last: &str, next: &str, language: Language) -> Quality {
    let end = last.trim_end_matches(['"', '”', '»', ')', '\'', '’']);
    if ends_sentence(last) {
        Quality::Sentence
    } else if end.ends_with([',', ';', ':', '،', '؛', '–', '—']) {
        Quality::Phrase
    } else if is_link(last, language) {
        Quality::AfterLink
    } else if is_link(next, language) || (language == Language::ARABIC && next.starts_with('و') && letters_in(next) > 3)
    {
        Quality::BeforeLink
    } else {
        Quality::Inside
    }
}

fn ends_sentence(word: &str) -> bool {
    word.trim_end_matches(['"', '”', '»', ')', '\'', '’']).ends_with(['.', '!', '?', '؟', '…', '۔'])
}

/// Words that belong to what follows: articles, prepositions, conjunctions.
fn is_link(word: &str, language: Language) -> bool {
    let links: &[&str] = match language.code() {
        "en" => &[
            "a", "an", "the", "of", "in", "on", "at", "to", "for", "with", "by", "from", "and", "or", "but", "that",
            "which", "who", "as", "into", "than", "because", "if", "when", "while", "is", "are", "was", "were", "be",
            "not", "its", "their", "this",
        ],
        "ar" => &[
            "من", "إلى", "على", "في", "عن", "مع", "أن", "إن", "أو", "ثم", "لكن", "التي", "الذي", "ما", "لا", "لم", "قد",
            "هذا", "هذه", "كل", "بين", "حتى", "إذا", "بعد", "قبل", "كان", "هو", "هي", "و",
        ],
        "fr" => &[
            "le", "la", "les", "un", "une", "de", "du", "des", "et", "ou", "à", "en", "dans", "pour", "par", "sur",
            "que", "qui",
        ],
        "de" => &[
            "der", "die", "das", "ein", "eine", "und", "oder", "von", "zu", "in", "mit", "für", "auf", "dass", "im",
            "den", "dem",
        ],
        "es" => &["el", "la", "los", "las", "un", "una", "de", "del", "y", "o", "en", "con", "por", "para", "que", "a"],
        "it" => {
            &["il", "lo", "la", "i", "gli", "le", "un", "una", "di", "del", "e", "o", "in", "con", "per", "che", "a"]
        }
        "pt" => &["o", "a", "os", "as", "um", "uma", "de", "do", "da", "e", "ou", "em", "com", "por", "para", "que"],
        "nl" => &["de", "het", "een", "en", "of", "van", "in", "op", "met", "voor", "te", "dat", "die", "aan"],
        _ => &[],
    };
    let lower = word.to_lowercase();
    links.contains(&lower.as_str())
}

/// After how many words the second line begins (all of them: a single line); none if two lines are not enough.
fn line_break(words: &[&str], letters: usize, language: Language) -> Option<usize> {
    let whole = letters_in(&words.join(" "));
    if whole <= letters {
        return Some(words.len());
    }
    let mut best: Option<(usize, usize)> = None;
    for at in 1..words.len() {
        let (upper, lower) = (letters_in(&words[..at].join(" ")), letters_in(&words[at..].join(" ")));
        if upper > letters || lower > letters {
            continue;
        }
        let quality = match break_quality(words[at - 1], words[at], language) {
            Quality::Sentence => 0,
            Quality::Phrase => 3,
            Quality::BeforeLink => 8,
            Quality::Inside => 14,
            Quality::AfterLink => 26,
        };
        let cost = quality + upper.abs_diff(lower);
        if best.is_none_or(|(known, _)| cost < known) {
            best = Some((cost, at));
        }
    }
    best.map(|(_, at)| at)
}

fn two_lines(words: &[&str], letters: usize, language: Language) -> String {
    match line_break(words, letters, language) {
        Some(at) if at < words.len() => format!("{}\n{}", words[..at].join(" "), words[at..].join(" ")),
        _ => words.join(" "),
    }
}

/// Extends the display time of each caption without overlaps.
fn extend(captions: &mut [Caption]) {
    for index in 0..captions.len() {
        let next = captions.get(index + 1).map_or(u32::MAX, |next| next.start_ms);
        let Some(caption) = captions.get_mut(index) else { return };
        let wanted = (caption.end_ms + LINGER_MS).max(caption.start_ms + SHORTEST_MS);
        // A gap that is too short would only flicker.
        let end = if next <= wanted.saturating_add(GAP_MS * 3) { next.saturating_sub(GAP_MS) } else { wanted };
        caption.end_ms = end.max(caption.start_ms + 1).min(next.max(caption.start_ms + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of `text`, each lasting in proportion to its letters.
    fn timings(text: &str) -> Vec<WordTiming> {
        let mut found = Vec::new();
        let (mut at, mut time) = (0usize, 0u32);
        for word in text.split(' ') {
            let lasts = 90 + 55 * u32::try_from(word.chars().count()).unwrap();
            found.push(WordTiming {
                start_byte: u32::try_from(at).unwrap(),
                end_byte: u32::try_from(at + word.len()).unwrap(),
                start_ms: time,
                end_ms: time + lasts,
            });
            at += word.len() + 1;
            time += lasts + if word.ends_with(['.', '؟']) { 350 } else { 20 };
        }
        found
    }

    const ENGLISH: &str = "The ocean takes up about a quarter of the carbon dioxide that people release each year. \
        This slows the warming of the air, but it makes the water more acidic, and shells grow thinner. What could be done about it?";
    const ARABIC: &str = "تمتص المحيطات نحو 25% من ثاني أكسيد الكربون الذي يطلقه البشر كل عام. \
        وهذا يبطئ احترار الهواء، لكنه يجعل المياه أكثر حموضة وفق تقرير IPCC لعام 2021.";

    #[test]
    fn an_empty_line_ends_a_caption() {
        let text = "Rain for the Garden 🌧\n\n🌧 Tap water is dear\n\nPlants prefer soft water\n\nIt is free.";
        let mut at = 0;
        let words: Vec<WordTiming> = text
            .split_whitespace()
            .filter(|word| word.contains(char::is_alphanumeric))
            .zip(0_u32..)
            .map(|(word, place)| {
                let start = at + text[at..].find(word).unwrap();
                at = start + word.len();
                let [start_byte, end_byte] = [start, at].map(|byte| u32::try_from(byte).unwrap());
                WordTiming { start_byte, end_byte, start_ms: place * 300, end_ms: place * 300 + 290 }
            })
            .collect();
        let made: Vec<String> = captions(text, &words, Language::ENGLISH, Shape::Landscape)
            .into_iter()
            .map(|caption| caption.text.replace('\n', " "))
            .collect();
        assert_eq!(made, ["Rain for the Garden", "Tap water is dear", "Plants prefer soft water", "It is free."]);
    }

    #[test]
    fn captions_are_readable_in_every_shape_and_language() {
        for shape in [Shape::Landscape, Shape::Portrait, Shape::Square] {
            for (text, language) in [(ENGLISH, Language::ENGLISH), (ARABIC, Language::ARABIC)] {
                let made = captions(text, &timings(text), language, shape);
                assert!(made.len() >= 2, "{made:?}");
                for pair in made.windows(2) {
                    assert!(pair[0].end_ms <= pair[1].start_ms, "{pair:?} overlap");
                }
                for caption in &made {
                    let lines: Vec<&str> = caption.text.lines().collect();
                    assert!(lines.len() <= 2, "{caption:?}");
                    assert!(lines.iter().all(|line| letters_in(line) <= shape.caption_letters()), "{caption:?}");
                    assert!((700..=6500).contains(&(caption.end_ms - caption.start_ms)), "{caption:?}");
                }
                let joined: Vec<&str> = made.iter().flat_map(|caption| caption.text.split_whitespace()).collect();
                assert_eq!(joined.join(" "), text.split_whitespace().collect::<Vec<_>>().join(" "), "no word is lost");
            }
        }
    }

    #[test]
    fn captions_end_where_sentences_end() {
        let made = captions(ENGLISH, &timings(ENGLISH), Language::ENGLISH, Shape::Landscape);
        assert!(made.iter().any(|caption| caption.text.ends_with("year.")), "{made:?}");
        assert!(!made.iter().any(|caption| caption.text.contains("year. ") || caption.text.contains("year.\n")));
        assert!(!made.iter().any(|caption| caption.text.ends_with(" the") || caption.text.ends_with(" a")), "{made:?}");
    }

    #[test]
    fn a_pause_ends_a_caption_and_no_text_gives_none() {
        let text = "Wait for it";
        let mut words = timings(text);
        words[2].start_ms += 3000;
        words[2].end_ms += 3000;
        let made = captions(text, &words, Language::ENGLISH, Shape::Landscape);
        assert_eq!(made.len(), 2);
        assert!(made[0].end_ms < 2000);
        assert!(captions("", &[], Language::ENGLISH, Shape::Landscape).is_empty());
    }

    #[test]
    fn overlong_words_and_wrong_timings_are_harmless() {
        let long = "x".repeat(500);
        let text = format!("see {long} there");
        assert_eq!(captions(&text, &timings(&text), Language::ENGLISH, Shape::Square).len(), 3);
        let wrong = WordTiming { start_byte: 2, end_byte: 9000, start_ms: 5, end_ms: 1 };
        assert!(captions("abc", &[wrong], Language::ENGLISH, Shape::Square).is_empty());
    }
}
