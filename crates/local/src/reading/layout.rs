//! Parses the output of `pdftotext -bbox-layout` as a stream.
//!
//! The output only looks like XHTML: it is written by `printf` and may contain invalid UTF-8 and characters that XML
//! forbids. So it is parsed line by line, each line with one tag.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use super::hidden::{Hidden, Seen};
use super::{ReadError, gaps, letters, lines};

/// Most words of one page. A dense newspaper page has 5,000.
const WORDS_PER_PAGE: usize = 100_000;

/// Where the drawings of each page are that has any: left, top, right, bottom.
pub(super) type Drawings = BTreeMap<u32, Vec<[f32; 4]>>;

/// A page as it was parsed, before clean-up.
#[derive(Debug, Default)]
pub(super) struct RawPage {
    pub(super) number: u32,
    pub(super) width: f32,
    pub(super) height: f32,
    /// Clockwise quarter turns after which most of the text is upright: sizes and positions are those of the turned page.
    pub(super) quarter_turns: u8,
    /// Whether most of it is set at a slant, so that its words are not to be relied on.
    pub(super) slanted: bool,
    pub(super) blocks: Vec<RawBlock>,
    /// The lines that stand in a drawing.
    pub(super) drawn: Vec<Line>,
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
    /// The lower edge of a typical word, if that is known: marks and fractions move the edges of the bounds.
    pub(super) foot: f32,
    /// The direction of its paragraph.
    pub(super) right_to_left: bool,
    /// The offsets in the text of words whose place is known, and their bounds.
    pub(super) words: Vec<(u32, [f32; 4])>,
    /// Whether poppler begins a block with it.
    pub(super) begins_block: bool,
    /// Clockwise quarter turns after which it is upright on a page that as a whole is not turned so: its bounds are those
    /// on the page turned like this.
    pub(super) turns: u8,
}

impl Line {
    /// The height at which it stands.
    pub(super) fn middle(&self) -> f32 {
        f32::midpoint(self.bounds[1], self.bounds[3])
    }

    /// The lower edge of most of its words.
    pub(super) fn foot(&self) -> f32 {
        if self.foot > 0.0 { self.foot } else { self.bounds[3] }
    }

    /// Appends what stands on the same line, after a space.
    pub(super) fn append(&mut self, next: &Line) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let start = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.text.push_str(&next.text);
        self.words.extend(next.words.iter().map(|(offset, bounds)| (start.saturating_add(*offset), *bounds)));
        self.bounds = united(&self.bounds, &next.bounds);
        self.height = self.height.max(next.height);
    }
}

/// A word in visual order.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) bounds: [f32; 4],
}

/// Reads all pages, the first of which has the number `first`, with gaps where words are hidden among others. `drawings` are
/// the places of those on each page.
pub(super) async fn parse(
    input: impl AsyncRead + Unpin,
    first: u32,
    hidden: &Hidden,
    drawings: &Drawings,
) -> Result<Vec<RawPage>, ReadError> {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let mut parser = Parser::new(first, hidden, drawings);
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
    drawings: &'a Drawings,
    next: u32,
    pages: Vec<RawPage>,
    page: RawPage,
    blocks: Vec<Looked>,
    block: Looked,
    words: Vec<(Word, Seen)>,
    words_on_page: usize,
    /// The start of a word whose text contains a line break.
    unfinished: Option<String>,
}

impl<'a> Parser<'a> {
    fn new(next: u32, hidden: &'a Hidden, drawings: &'a Drawings) -> Self {
        Self {
            hidden,
            drawings,
            next,
            pages: Vec::new(),
            page: RawPage::default(),
            blocks: Vec::new(),
            block: Vec::new(),
            words: Vec::new(),
            words_on_page: 0,
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
            self.words = Vec::new();
        } else if line.starts_with("</line>") {
            if !self.words.is_empty() {
                self.block.push(std::mem::take(&mut self.words));
            }
        } else if line.starts_with("</block>") {
            self.blocks.push(std::mem::take(&mut self.block));
        } else if line.starts_with("<page ") {
            let size = |name| attribute(line, name).unwrap_or(0.0);
            self.page =
                RawPage { number: self.next, width: size("width"), height: size("height"), ..RawPage::default() };
            self.next += 1;
            self.words_on_page = 0;
        } else if line.starts_with("</page>") {
            let page = std::mem::take(&mut self.page);
            let mut blocks = readable(std::mem::take(&mut self.blocks), self.hidden, page.number);
            let areas = self.drawings.get(&page.number).map(Vec::as_slice).unwrap_or_default();
            let drawn = taken_from(&mut blocks, areas);
            self.pages.push(lines::page(page, blocks, drawn));
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
        if text.is_empty() {
            return Ok(());
        }
        if self.hidden.is_unexamined(self.page.number) {
            self.hidden.note(self.page.number);
            return Ok(());
        }
        let seen = self.hidden.seen(self.page.number, bounds);
        self.words.push((Word { text, bounds }, seen));
        Ok(())
    }
}

/// A block of poppler's: the lines of its words, and how they look.
type Looked = Vec<Vec<(Word, Seen)>>;

fn count(block: &[Vec<(Word, Seen)>], looks: Seen) -> usize {
    block.iter().flatten().filter(|(_, seen)| *seen == looks).count()
}

/// The words of a page's blocks that are to be read.
fn readable(blocks: Vec<Looked>, hidden: &Hidden, page: u32) -> Vec<Vec<Vec<Word>>> {
    let count_of_page = |looks: Seen| blocks.iter().map(|block| count(block, looks)).sum::<usize>();
    // Most pages hide nothing, and are many.
    let words: usize = blocks.iter().flatten().map(Vec::len).sum();
    let seen = count_of_page(Seen::Yes);
    let is_scanned = words > seen && (hidden.is_scan(page) || count_of_page(Seen::InScan) > seen);
    let blocks = blocks.into_iter().map(|block| readable_of(block, hidden, page, is_scanned));
    blocks.filter(|block| !block.is_empty()).collect()
}

/// The words of a block that are to be read, with gaps for those that are hidden among them. `is_scanned` tells whether most
/// words of its page are what OCR found.
fn readable_of(block: Looked, hidden: &Hidden, page: u32, is_scanned: bool) -> Vec<Vec<Word>> {
    let seen = count(&block, Seen::Yes);
    // Beside words that are shown, those below a box are no work of OCR, though the page has a picture.
    let is_scan = hidden.is_scan(page) || count(&block, Seen::InScan) > seen;
    // Nothing is missing of the sentences of a scan where a text in its colour stands beside them, nor where OCR took
    // something for words.
    let is_whole = is_scan || is_scanned && seen == 0;
    let read = |(word, seen): (Word, Seen)| {
        if seen == Seen::Yes || seen == Seen::InScan && is_scan {
            return Some(word);
        }
        hidden.note(page);
        // What is painted over words leaves a gap.
        let is_whole = is_whole && seen != Seen::Covered;
        let leaves_gap = !is_whole && word.text.contains(char::is_alphanumeric) && hidden.leaves_gap(page, word.bounds);
        leaves_gap.then(|| Word { text: gaps::gap(&word.text), bounds: word.bounds })
    };
    let lines = block.into_iter().map(|words| words.into_iter().filter_map(read).collect::<Vec<Word>>());
    lines.filter(|words| !words.is_empty()).collect()
}

/// Takes the lines out of blocks most of whose words stand in one of those areas.
fn taken_from(blocks: &mut Vec<Vec<Vec<Word>>>, areas: &[[f32; 4]]) -> Vec<Vec<Vec<Word>>> {
    if areas.is_empty() {
        return Vec::new();
    }
    let is_inside = |word: &&Word| {
        let [left, top, right, bottom] = word.bounds;
        let (x, y) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
        areas.iter().any(|area| area[0] <= x && x <= area[2] && area[1] <= y && y <= area[3])
    };
    let is_drawn = |words: &mut Vec<Word>| words.iter().filter(is_inside).count() * 2 > words.len();
    let drawn = blocks.iter_mut().map(|lines| lines.extract_if(.., is_drawn).collect::<Vec<_>>());
    let drawn = drawn.filter(|lines| !lines.is_empty()).collect();
    blocks.retain(|lines| !lines.is_empty());
    drawn
}

/// The smallest bounds that contain both.
pub(super) fn united(one: &[f32; 4], other: &[f32; 4]) -> [f32; 4] {
    [one[0].min(other[0]), one[1].min(other[1]), one[2].max(other[2]), one[3].max(other[3])]
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
        let pages = parse(PAGE.as_bytes(), 7, &Hidden::default(), &Drawings::new()).await.unwrap();
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
            &Drawings::new(),
        )
        .await;
        assert_eq!(pages.unwrap().len(), 1);
    }
}
