//! What was said, as timed tokens: the pieces that a line may be broken between. A token is a word in most scripts; in those
//! without spaces it is what the engine timed, or what Unicode's rules take for a word.
//!
//! The segment's text decides what was said, its words only when: a text that a person corrected has no word lost or repeated
//! because the words are those of before.

use sluice_capability::{Segment, Word};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

pub(in crate::scribe) use super::direction::plain;
use super::{Gap, Talk};

/// A piece of text with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) start_ms: u32,
    pub(super) end_ms: u32,
    /// A space separates it from the one before.
    pub(super) spaced: bool,
    /// It is the last one of a segment.
    pub(super) ends_segment: bool,
}

/// A stretch of the recording.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// One person speaks, without a gap.
    Speech { speaker: Option<u32>, tokens: Vec<Token> },
    /// Something is missing.
    Gap(Gap),
}

/// The widest token, in columns: as much as fits on a line of a caption.
pub(super) const WIDEST: usize = 42;
/// How far a word is searched for in a segment's text. Another word of the same form is often further away.
const SEARCHED_BYTES: usize = 60;

/// The whole recording, in order.
pub(super) fn passages(talk: &Talk) -> Vec<Passage> {
    let mut gaps = talk.gaps.clone();
    gaps.sort_by_key(|gap| (gap.start_ms, gap.end_ms));
    let mut gaps = gaps.into_iter().peekable();
    let mut passages = Vec::new();
    let mut now = 0;
    for segment in &talk.transcript.segments {
        for mut token in tokens(segment) {
            now = now.max(token.start_ms);
            token.start_ms = now;
            token.end_ms = token.end_ms.max(now);
            while let Some(gap) = gaps.next_if(|gap| gap.start_ms <= token.start_ms) {
                passages.push(Passage::Gap(gap));
            }
            append(&mut passages, segment.speaker, token);
        }
    }
    passages.extend(gaps.map(Passage::Gap));
    passages
}

fn append(passages: &mut Vec<Passage>, speaker: Option<u32>, mut token: Token) {
    if let Some(Passage::Speech { speaker: known, tokens }) = passages.last_mut()
        && *known == speaker
    {
        if let Some(last) = tokens.last() {
            token.spaced |= last.ends_segment && is_spaced(&last.text, &token.text);
        }
        tokens.push(token);
    } else {
        passages.push(Passage::Speech { speaker, tokens: vec![token] });
    }
}

/// Tokens as a text.
pub(super) fn joined(tokens: &[Token]) -> String {
    let mut text = String::new();
    for (index, token) in tokens.iter().enumerate() {
        if index > 0 && token.spaced {
            text.push(' ');
        }
        text.push_str(&token.text);
    }
    text
}

/// Whether the last word of a sentence, with any closing marks behind the full stop.
pub(in crate::scribe) fn ends_sentence(word: &str) -> bool {
    const ENDS: &[char] = &['.', '!', '?', '…', '؟', '۔', '।', '。', '！', '？', '．', '｡', '።', '។'];
    without_closing(word).ends_with(ENDS)
}

/// Whether a clause ends with the word.
pub(super) fn ends_clause(word: &str) -> bool {
    without_closing(word).ends_with([',', ';', ':', '،', '؛', '–', '—', '、', '，', '；', '：'])
}

fn without_closing(word: &str) -> &str {
    word.trim_end_matches(['"', '”', '’', '\'', '»', ')', ']', '」', '』', '）'])
}

/// Scripts that put no spaces between words, and the punctuation that they use.
pub(in crate::scribe) fn is_unspaced(letter: char) -> bool {
    matches!(u32::from(letter),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3000..=0x30FF | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0xFF00..=0xFFEF | 0x20000..=0x3FFFF)
}

/// Whether a space belongs between two texts.
pub(in crate::scribe) fn is_spaced(before: &str, after: &str) -> bool {
    !(before.ends_with(is_unspaced) && after.starts_with(is_unspaced))
}

fn tokens(segment: &Segment) -> Vec<Token> {
    let text = text_of(segment);
    let timing = Timing::new(segment, &text);
    let mut tokens = Vec::new();
    let mut at = 0;
    for chunk in text.split(' ') {
        let mut from = 0;
        for to in cuts(chunk, at, &timing.words).into_iter().chain([chunk.len()]) {
            let begun = std::mem::replace(&mut from, to);
            // A no-break space behind a word as wide as a line would be a line of its own.
            let Some(piece) = chunk.get(begun..to).filter(|piece| !piece.trim().is_empty()) else { continue };
            let (start_ms, end_ms) = (timing.start_of(at + begun), timing.end_of(at + to));
            let spaced = begun == 0 && at > 0;
            tokens.push(Token { text: piece.to_owned(), start_ms, end_ms, spaced, ends_segment: false });
        }
        at += chunk.len() + 1;
    }
    if let Some(last) = tokens.last_mut() {
        last.ends_segment = true;
    }
    tokens
}

/// The segment's text; that of its words if it has none.
fn text_of(segment: &Segment) -> String {
    let text = plain(&segment.text);
    if !text.is_empty() {
        return text;
    }
    let mut text = String::new();
    for word in segment.words.iter().map(|word| plain(&word.text)).filter(|word| !word.is_empty()) {
        if !text.is_empty() && is_spaced(&text, &word) {
            text.push(' ');
        }
        text.push_str(&word);
    }
    text
}

/// Where a piece of text without spaces may be divided, in bytes of it. `at` is its place in the segment's text.
fn cuts(chunk: &str, at: usize, words: &[Placed]) -> Vec<usize> {
    let mut cuts: Vec<usize> = Vec::new();
    if chunk.contains(is_unspaced) {
        let timed = words.iter().filter(|word| word.from > at && word.from < at + chunk.len());
        cuts = timed.map(|word| word.from - at).collect();
        if cuts.is_empty() {
            cuts = chunk.split_word_bound_indices().map(|(from, _)| from).filter(|from| *from > 0).collect();
        }
        cuts.retain(|cut| may_divide(chunk, *cut));
    }
    // A word that is still too wide for a line, such as an address, is divided between letters.
    let mut fitting = Vec::new();
    let mut from = 0;
    for to in cuts.into_iter().chain([chunk.len()]) {
        let mut columns = 0;
        for (offset, letter) in chunk.get(from..to).unwrap_or_default().grapheme_indices(true) {
            if columns > 0 && columns + letter.width() > WIDEST {
                fitting.push(from + offset);
                columns = 0;
            }
            columns += letter.width();
        }
        if to < chunk.len() {
            fitting.push(to);
        }
        from = to;
    }
    fitting
}

/// Between letters of scripts without spaces; never before what closes or lengthens, nor after what opens.
fn may_divide(text: &str, at: usize) -> bool {
    const NOT_FIRST: &str = "、。，．・：；？！ー」』）】〉》”’)]}!?,.:;%…‥ゝゞ々ぁぃぅぇぉっゃゅょァィゥェォッャュョ";
    const NOT_LAST: &str = "「『（【〈《“‘([{";
    let Some((before, after)) = text.split_at_checked(at) else { return false };
    let (Some(last), Some(first)) = (before.chars().next_back(), after.chars().next()) else { return false };
    (is_unspaced(last) || is_unspaced(first))
        && !NOT_FIRST.contains(first)
        && !NOT_LAST.contains(last)
        && after.graphemes(true).next().is_some_and(|letter| letter.width() > 0)
}

/// A word found in the segment's text.
#[derive(Debug)]
struct Placed {
    from: usize,
    to: usize,
    start_ms: u32,
    end_ms: u32,
}

/// When each byte of a segment's text is said: exact at the words that were found in it, in proportion elsewhere.
struct Timing<'a> {
    text: &'a str,
    words: Vec<Placed>,
    start_ms: u32,
    end_ms: u32,
}

impl<'a> Timing<'a> {
    fn new(segment: &Segment, text: &'a str) -> Self {
        let (mut cursor, mut now) = (0, segment.start_ms);
        let mut words = Vec::new();
        for word in &segment.words {
            if let Some(mut placed) = place(text, cursor, word) {
                placed.start_ms = placed.start_ms.max(now);
                placed.end_ms = placed.end_ms.max(placed.start_ms);
                (cursor, now) = (placed.to, placed.end_ms);
                words.push(placed);
            }
        }
        Self { text, words, start_ms: segment.start_ms, end_ms: segment.end_ms.max(now) }
    }

    fn start_of(&self, at: usize) -> u32 {
        let next = self.words.partition_point(|word| word.to <= at);
        match self.words.get(next) {
            Some(word) if word.from <= at => between(at, (word.from, word.start_ms), (word.to, word.end_ms)),
            // A mark before a word is said with it.
            Some(word) if self.is_silent(at, word.from) => word.start_ms,
            _ => self.outside(at, next),
        }
    }

    fn end_of(&self, at: usize) -> u32 {
        let next = self.words.partition_point(|word| word.to < at);
        if let Some(word) = self.words.get(next).filter(|word| word.from < at) {
            return between(at, (word.from, word.start_ms), (word.to, word.end_ms));
        }
        match next.checked_sub(1).and_then(|last| self.words.get(last)) {
            // A mark behind a word takes no time.
            Some(word) if self.is_silent(word.to, at) => word.end_ms,
            _ => self.outside(at, next),
        }
    }

    /// Between two words that were found, or before the first, or after the last.
    fn outside(&self, at: usize, next: usize) -> u32 {
        let before = next.checked_sub(1).and_then(|last| self.words.get(last));
        let from = before.map_or((0, self.start_ms), |word| (word.to, word.end_ms));
        let to = self.words.get(next).map_or((self.text.len(), self.end_ms), |word| (word.from, word.start_ms));
        between(at, from, to)
    }

    fn is_silent(&self, from: usize, to: usize) -> bool {
        self.text.get(from..to).is_some_and(|text| !text.contains(char::is_alphanumeric))
    }
}

fn place(text: &str, cursor: usize, word: &Word) -> Option<Placed> {
    let spoken = plain(&word.text);
    let skipped =
        text.get(cursor..)?.find(&spoken).filter(|skipped| *skipped <= SEARCHED_BYTES && !spoken.is_empty())?;
    let from = cursor + skipped;
    Some(Placed { from, to: from + spoken.len(), start_ms: word.start_ms, end_ms: word.end_ms })
}

/// The time at a place between two, in proportion.
fn between(at: usize, (from, start_ms): (usize, u32), (to, end_ms): (usize, u32)) -> u32 {
    let (offset, length) = (at.saturating_sub(from) as u64, to.saturating_sub(from).max(1) as u64);
    let passed = u64::from(end_ms.saturating_sub(start_ms)) * offset.min(length) / length;
    start_ms.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX))
}
