//! The blocks of a document, each with its context on the page.

use sluice_domain::document::{Block, Document, Role};

use super::text::{clean, fold, word_count};

/// A block with its context on the page.
pub(super) struct Placed<'a> {
    pub(super) block: &'a Block,
    pub(super) text: String,
    /// Words of the text.
    pub(super) words: u32,
    pub(super) page: u32,
    /// Index of the page in the document.
    pub(super) page_index: usize,
    /// At the very top or bottom of its page.
    pub(super) marginal: bool,
    /// In the lower half of its page.
    pub(super) low: bool,
    /// An item of a list: by its role, its bullet, or as a line of a slide below its title.
    pub(super) item: bool,
}

/// The blocks of a document that have text, without the cells of tables, in their order.
pub(super) fn place(document: &Document) -> Vec<Placed<'_>> {
    let mut out = Vec::new();
    for (page_index, page) in document.pages.iter().enumerate() {
        let last = page.blocks.len().saturating_sub(1);
        for (index, block) in page.blocks.iter().enumerate() {
            let text = clean(&block.text);
            if text.is_empty() || block.role == Role::Cell {
                continue;
            }
            let [_, top, _, bottom] = block.bounds;
            let known = page.height > 0.0 && bottom > 0.0;
            let marginal = if known {
                bottom < page.height * 0.13 || top > page.height * 0.87
            } else {
                index <= 1 || index + 1 >= last
            };
            let low = known && top > page.height * 0.5;
            out.push(Placed {
                block,
                words: word_count(&text),
                text,
                page: page.number,
                page_index,
                marginal,
                low,
                item: false,
            });
        }
    }
    out
}

/// The most common line height, in points; 0 if unknown.
pub(super) fn body_height(placed: &[Placed<'_>]) -> f32 {
    let mut heights: Vec<(f32, usize)> =
        placed.iter().map(|block| (block.block.line_height, block.text.len())).collect();
    heights.sort_by(|one, other| one.0.total_cmp(&other.0));
    let total: usize = heights.iter().map(|(_, length)| length).sum();
    let mut seen = 0;
    for (height, length) in heights {
        seen += length;
        if seen * 2 >= total {
            return height;
        }
    }
    0.0
}

/// A line without its numbers, which change from page to page.
pub(super) fn line_key(text: &str) -> String {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphabetic()).filter(|part| part.len() > 1).collect::<Vec<_>>().join(" ")
}
