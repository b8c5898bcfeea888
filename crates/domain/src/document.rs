//! What reading a document gives: its pages, and on each its blocks of text in reading order.

use serde::{Deserialize, Serialize};

/// A document that was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The title from the file's own metadata, if it has a usable one.
    pub title: Option<String>,
    /// Its pages, in order.
    pub pages: Vec<Page>,
    /// What read it, with version (`poppler 22.12.0`, `tesseract 5.3.0`), in one sentence for a log.
    pub read_by: String,
    /// The OCR that read some of its pages or all of them.
    #[serde(default)]
    pub ocr: Option<OcrPages>,
    /// What is in the file and was not read, in the order of the pages.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

/// What OCR read of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OcrPages {
    /// What read the text layer of the other pages, with version; none if OCR read all.
    pub text_layer: Option<String>,
    /// The OCR, with version.
    pub by: String,
    /// The pages that it read, in order.
    pub pages: Vec<u32>,
}

/// What read a document: its text layer, OCR, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadWith {
    /// What read the text layer, with version; none if OCR read every page.
    pub text_layer: Option<String>,
    /// The OCR that read pages, with version; none if none did.
    pub ocr: Option<String>,
    /// The pages that OCR read.
    pub ocr_pages: Vec<u32>,
}

/// Something that is in the file and not in its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The page, counted from 1.
    pub page: u32,
    /// Why.
    pub reason: Reason,
    /// The beginning of the text, at most 80 characters; empty if it must not be shown (a redacted passage), or if there
    /// is none.
    #[serde(default)]
    pub sample: String,
}

/// Why a part of a page was left out. The names are permanent: clients translate them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A reader does not see it: under a box, in the colour of the paper, outside the page, too small, transparent.
    Hidden,
    /// Its letters are lost or wrong, and no OCR mended them.
    Unreadable,
    /// Nobody knows what a reader sees of it: what the page paints cannot be taken apart.
    Unexamined,
    /// The page is an image, and there is no OCR.
    Scanned,
    /// A header or footer that pages repeat, a page number.
    Running,
    /// Numbers of lines in the margin.
    LineNumbers,
    /// A stamp or mark behind or across the text.
    Watermark,
    /// An earlier build of the same slide.
    EarlierBuild,
    /// A list of literature.
    References,
    /// Navigation, advertisement and the like of a printed web page.
    Furniture,
    /// Cells of a table, which are no sentences.
    Table,
    /// What stands in a drawing, such as a diagram of boxes and lines.
    Drawing,
}

/// One page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Counted from 1.
    pub number: u32,
    /// Width in points (1/72 inch).
    pub width: f32,
    /// Height in points.
    pub height: f32,
    /// Clockwise quarter turns, 0 to 3, after which the text is upright: sizes and positions are those of the turned page.
    #[serde(default)]
    pub quarter_turns: u8,
    /// Its number as it is printed on it (`iv`, `27`), if that differs from [`Self::number`].
    #[serde(default)]
    pub printed_number: Option<String>,
    /// Its text in reading order; empty for a page without any.
    pub blocks: Vec<Block>,
}

/// A run of lines that belong together: a paragraph, a heading, a table cell, a page number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its text in logical order: lines joined with a space, end-of-line hyphens removed, NFC.
    pub text: String,
    /// Left, top, right and bottom edge in points from the page's top left corner.
    pub bounds: [f32; 4],
    /// Median height of its lines in points, which distinguishes headings from paragraphs.
    pub line_height: f32,
    /// Number of lines.
    pub lines: u32,
    /// What it is, as far as its place on the page tells.
    #[serde(default)]
    pub role: Role,
    /// Where its words are, in the order of [`Self::text`]; none if that is not known.
    #[serde(default)]
    pub words: Vec<WordBox>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A paragraph, a heading.
    #[default]
    Text,
    /// One item of a list: a clause of its own, whether it ends with a full stop or not. Its bullet is not in the text.
    Item,
    /// A cell of a table, or a line of a drawing: never told as a sentence.
    Cell,
}

/// A word, or the part of one that stands on a line of its own, on the page: the offset in bytes of its first character in
/// the text of its block, and its left, top, right and bottom edge in points. As an array, because a long document has a
/// hundred thousand of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WordBox(pub u32, pub [f32; 4]);

impl Document {
    /// What read its text layer, and what read which pages by OCR.
    pub fn read_with(&self) -> ReadWith {
        match &self.ocr {
            Some(OcrPages { text_layer, by, pages }) => {
                ReadWith { text_layer: text_layer.clone(), ocr: Some(by.clone()), ocr_pages: pages.clone() }
            }
            None => ReadWith { text_layer: Some(self.read_by.clone()), ..ReadWith::default() },
        }
    }

    /// All text, pages separated by a form feed and blocks by an empty line.
    pub fn text(&self) -> String {
        let pages: Vec<String> = self.pages.iter().map(Page::text).collect();
        pages.join("\u{c}")
    }
}

impl Page {
    /// Its text, blocks separated by an empty line.
    pub fn text(&self) -> String {
        let blocks: Vec<&str> = self.blocks.iter().map(|block| block.text.as_str()).collect();
        blocks.join("\n\n")
    }
}
