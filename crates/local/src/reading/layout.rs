//! Parses the output of `pdftotext -bbox-layout` as a stream.
//!
//! The output only looks like XHTML: it is written by `printf` and may contain invalid UTF-8 and characters that XML
//! forbids. So it is parsed line by line, each line with one tag.

use std::borrow::Cow;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use super::hidden::Hidden;
use super::{ReadError, bidi, letters};

/// Most words of one page. A dense newspaper page has 5,000.
const WORDS_PER_PAGE: usize = 100_000;

/// A page as it was parsed, before clean-up.
#[derive(Debug, Default)]
pub(super) struct RawPage {
    pub(super) number: u32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) blocks: Vec<RawBlock>,
}

/// Lines that poppler took for one paragraph.
#[derive(Debug, Default)]
pub(super) struct RawBlock {
    pub(super) lines: Vec<Line>,
}

/// A line in logical order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Line {
    pub(super) text: String,
    /// Left, top, right, bottom.
    pub(super) bounds: [f32; 4],
    /// Height of a typical word: a superscript number makes the bounds taller, not the letters.
    pub(super) height: f32,
    /// The direction of its paragraph.
    pub(super) right_to_left: bool,
}

impl Line {
    /// Set at a right angle: a margin note, a stamp.
    fn is_rotated(&self) -> bool {
        self.text.chars().count() > 3 && self.bounds[3] - self.bounds[1] > 3.0 * (self.bounds[2] - self.bounds[0])
    }
}

/// A word in visual order.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) bounds: [f32; 4],
}

/// Reads all pages, the first of which has the number `first`, without the words that are hidden.
pub(super) async fn parse(
    input: impl AsyncRead + Unpin,
    first: u32,
    hidden: &Hidden,
) -> Result<Vec<RawPage>, ReadError> {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let mut parser = Parser::new(first, hidden);
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).await.map_err(ReadError::from_io)? == 0 {
            return Ok(parser.pages);
        }
        parser.line(&String::from_utf8_lossy(&line))?;
    }
}

struct Parser<'a> {
    hidden: &'a Hidden,
    next: u32,
    pages: Vec<RawPage>,
    page: RawPage,
    block: Vec<(Vec<Word>, [f32; 4])>,
    words: Vec<Word>,
    words_on_page: usize,
    bounds: [f32; 4],
    /// The start of a word whose text contains a line break.
    unfinished: Option<String>,
}

impl<'a> Parser<'a> {
    fn new(next: u32, hidden: &'a Hidden) -> Self {
        Self {
            hidden,
            next,
            pages: Vec::new(),
            page: RawPage::default(),
            block: Vec::new(),
            words: Vec::new(),
            words_on_page: 0,
            bounds: [0.0; 4],
            unfinished: None,
        }
    }

    fn line(&mut self, line: &str) -> Result<(), ReadError> {
        if let Some(start) = self.unfinished.take() {
            return self.word(&(start + line));
        }
        let line = line.trim_start();
        if line.starts_with("<word ") {
            return self.word(line);
        }
        if line.starts_with("<line ") {
            self.bounds = bounds(line);
            self.words = Vec::new();
        } else if line.starts_with("</line>") {
            self.block.push((std::mem::take(&mut self.words), self.bounds));
        } else if line.starts_with("</block>") {
            let block = raw_block(std::mem::take(&mut self.block));
            if !block.lines.is_empty() {
                self.page.blocks.push(block);
            }
        } else if line.starts_with("<page ") {
            let size = |name| attribute(line, name).unwrap_or(0.0);
            self.page = RawPage { number: self.next, width: size("width"), height: size("height"), blocks: Vec::new() };
            self.next += 1;
            self.words_on_page = 0;
        } else if line.starts_with("</page>") {
            let mut page = std::mem::take(&mut self.page);
            drop_rotated_lines(&mut page);
            self.pages.push(page);
        }
        Ok(())
    }

    fn word(&mut self, line: &str) -> Result<(), ReadError> {
        let Some((tag, rest)) = line.split_once('>') else { return Ok(()) };
        let Some((text, _)) = rest.rsplit_once("</word>") else {
            self.unfinished = Some(line.to_owned());
            return Ok(());
        };
        self.words_on_page += 1;
        if self.words_on_page > WORDS_PER_PAGE {
            return Err(ReadError::TooMuchMemory);
        }
        let text = letters::visible(&unescape(text));
        let bounds = bounds(tag);
        if !text.is_empty() && !self.hidden.hides(self.page.number, bounds) {
            self.words.push(Word { text, bounds });
        }
        Ok(())
    }
}

/// Puts the lines of a block into logical order; the block as a whole decides the direction.
fn raw_block(mut lines: Vec<(Vec<Word>, [f32; 4])>) -> RawBlock {
    let texts = lines.iter().flat_map(|(words, _)| words).map(|word| word.text.as_str());
    let right_to_left = bidi::is_right_to_left(texts);
    if right_to_left {
        join_pieces(&mut lines);
    }
    let line = |(mut words, bounds): (Vec<Word>, [f32; 4])| {
        let height = median_height(&words);
        drop_note_marks(&mut words, height, right_to_left);
        let text = letters::composed(&bidi::line(&words, right_to_left));
        (!text.is_empty()).then_some(Line { text, bounds, height, right_to_left })
    };
    RawBlock { lines: lines.into_iter().filter_map(line).collect() }
}

/// Poppler splits a line at a superscript and sorts the pieces from left to right. Pieces at the same height are joined
/// again.
fn join_pieces(lines: &mut Vec<(Vec<Word>, [f32; 4])>) {
    let mut joined: Vec<(Vec<Word>, [f32; 4])> = Vec::with_capacity(lines.len());
    for (words, bounds) in lines.drain(..) {
        match joined.last_mut() {
            Some((last_words, last)) if share_height(last, &bounds) => {
                last_words.extend(words);
                last_words.sort_by(|one, other| one.bounds[0].total_cmp(&other.bounds[0]));
                *last = united(last, &bounds);
            }
            _ => joined.push((words, bounds)),
        }
    }
    *lines = joined;
}

/// Whether the two are at the same height by more than the overlap of adjacent lines.
fn share_height(one: &[f32; 4], other: &[f32; 4]) -> bool {
    let overlap = one[3].min(other[3]) - one[1].max(other[1]);
    let smaller = (one[3] - one[1]).min(other[3] - other[1]);
    let shared_width = one[2].min(other[2]) - one[0].max(other[0]);
    let beside = shared_width < 0.3 * (one[2] - one[0]).min(other[2] - other[0]);
    beside && overlap > 0.6 * smaller
}

/// The smallest bounds that contain both.
pub(super) fn united(one: &[f32; 4], other: &[f32; 4]) -> [f32; 4] {
    [one[0].min(other[0]), one[1].min(other[1]), one[2].max(other[2]), one[3].max(other[3])]
}

fn median_height(words: &[Word]) -> f32 {
    let mut heights: Vec<f32> = words.iter().map(|word| word.bounds[3] - word.bounds[1]).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied().unwrap_or_default()
}

/// Drops the small superscript numbers of footnote references, which are not read out. An exponent stays: it follows a
/// number or the abbreviation of a unit.
fn drop_note_marks(words: &mut Vec<Word>, height: f32, right_to_left: bool) {
    let line_bottom = words.iter().map(|word| word.bounds[3]).fold(f32::MIN, f32::max);
    let is_mark = |index: usize, word: &Word| {
        let is_number = word.text.chars().count() <= 2 && word.text.chars().all(char::is_numeric);
        let is_raised = word.bounds[3] - word.bounds[1] < 0.8 * height && word.bounds[3] < line_bottom - 0.15 * height;
        let before = if right_to_left { Some(index + 1) } else { index.checked_sub(1) };
        let before = before.and_then(|index| words.get(index)).map_or("", |word| word.text.as_str());
        let follows_word = before.chars().count() > 2 && !before.ends_with(char::is_numeric);
        is_number && is_raised && follows_word
    };
    let marks: Vec<bool> = words.iter().enumerate().map(|(index, word)| is_mark(index, word)).collect();
    let mut marks = marks.into_iter();
    words.retain(|_| !marks.next().unwrap_or_default());
}

/// Drops rotated lines, unless the whole page is rotated.
fn drop_rotated_lines(page: &mut RawPage) {
    let lines = || page.blocks.iter().flat_map(|block| &block.lines);
    let rotated = lines().filter(|line| line.is_rotated()).count();
    if rotated == 0 || rotated * 2 > lines().count() {
        return;
    }
    for block in &mut page.blocks {
        block.lines.retain(|line| !line.is_rotated());
    }
    page.blocks.retain(|block| !block.lines.is_empty());
}

fn bounds(tag: &str) -> [f32; 4] {
    ["xMin", "yMin", "xMax", "yMax"].map(|name| attribute(tag, name).unwrap_or(0.0))
}

fn attribute(tag: &str, name: &str) -> Option<f32> {
    let (_, rest) = tag.split_once(name)?;
    let (value, _) = rest.strip_prefix("=\"")?.split_once('"')?;
    value.parse().ok().filter(|value: &f32| value.is_finite())
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    // The ampersand last, so that its result is not unescaped again.
    let replaced = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    Cow::Owned(replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!DOCTYPE html>
  <page width="595.000000" height="842.000000">
    <flow>
      <block xMin="10" yMin="20" xMax="100" yMax="44">
        <line xMin="10" yMin="20" xMax="100" yMax="32">
          <word xMin="10" yMin="20" xMax="40" yMax="32">Salt</word>
          <word xMin="45" yMin="20" xMax="100" yMax="32">&amp;lt; pep
per</word>
        </line>
        <line xMin="10" yMin="32" xMax="50" yMax="44">
          <word xMin="10" yMin="32" xMax="50" yMax="44">&lt;end&gt;</word>
        </line>
      </block>
    </flow>
  </page>
  <page width="1" height="nan">
  </page>
"#;

    #[tokio::test]
    async fn words_become_lines_blocks_and_pages() {
        let pages = parse(PAGE.as_bytes(), 7, &Hidden::default()).await.unwrap();
        let [first, second] = pages.as_slice() else { panic!("{pages:?}") };
        assert_eq!((first.number, second.number, second.height), (7, 8, 0.0));
        let lines: Vec<&str> =
            first.blocks.iter().flat_map(|block| &block.lines).map(|line| line.text.as_str()).collect();
        assert_eq!(lines, ["Salt &lt; pep per", "<end>"]);
    }

    #[tokio::test]
    async fn bytes_that_are_not_text_are_harmless() {
        let pages = parse(
            &b"<page \xff>\n<word >\xed\xa0\x80</word>\n<line \n</line>\n</block>\n</page>\n"[..],
            1,
            &Hidden::default(),
        )
        .await;
        assert_eq!(pages.unwrap().len(), 1);
    }
}
