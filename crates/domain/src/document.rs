//! What reading a document gives: its pages, and on each its blocks of text in reading order.

use serde::{Deserialize, Serialize};

/// A document that was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The title from the file's own metadata, if it has a usable one.
    pub title: Option<String>,
    /// Its pages, in order.
    pub pages: Vec<Page>,
    /// What read it, with version (`poppler 22.12.0`, `tesseract 5.3.0`).
    pub read_by: String,
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
}

impl Document {
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
