//! Running headers and footers: text that is repeated from page to page at the same position, and page numbers.

use std::collections::HashMap;

use super::layout::{Line, RawPage};

/// The fraction of the page height, at the top and at the bottom, in which headers and footers are found.
const BAND: f32 = 0.15;

/// A line must appear on this many pages to be a header or a footer.
const PAGES: usize = 3;

/// How far a line may move from page to page, in points.
const SLOT: f32 = 4.0;

/// Removes headers, footers and page numbers.
pub(super) fn remove(pages: &mut [RawPage]) {
    let mut seen: HashMap<(String, i32), usize> = HashMap::new();
    for page in &*pages {
        let mut keys: Vec<_> = candidates(page).map(key).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            *seen.entry(key).or_default() += 1;
        }
    }
    // Headers change with the chapter: where most lines at a height are repeated, the others are headers too.
    let mut slots: HashMap<i32, (usize, usize)> = HashMap::new();
    for ((_, slot), count) in &seen {
        let (repeated, all) = slots.entry(*slot).or_default();
        *all += count;
        if *count >= PAGES {
            *repeated += count;
        }
    }
    let is_running = |line: &Line| {
        let key = key(line);
        let (repeated, all) = slots.get(&key.1).copied().unwrap_or_default();
        let needed = if is_page_number(&line.text) { PAGES - 1 } else { PAGES };
        seen.get(&key).is_some_and(|count| *count >= needed) || repeated * 2 > all && repeated * 4 > all * 3
    };
    for page in pages {
        let height = page.height;
        for block in &mut page.blocks {
            block.lines.retain(|line| !(in_band(line, height) && is_running(line)));
        }
        page.blocks.retain(|block| !block.lines.is_empty());
    }
}

fn candidates(page: &RawPage) -> impl Iterator<Item = &Line> {
    let height = page.height;
    page.blocks.iter().flat_map(|block| &block.lines).filter(move |line| in_band(line, height))
}

fn in_band(line: &Line, height: f32) -> bool {
    let middle = f32::midpoint(line.bounds[1], line.bounds[3]);
    middle < height * BAND || middle > height * (1.0 - BAND)
}

/// The text with all numbers replaced by one placeholder, and the height on the page.
fn key(line: &Line) -> (String, i32) {
    let mut text = String::with_capacity(line.text.len());
    if is_page_number(&line.text) {
        text.push('#');
    } else {
        for c in line.text.chars() {
            let c = if c.is_numeric() { '#' } else { c };
            if c != '#' || !text.ends_with('#') {
                text.push(c);
            }
        }
    }
    (text, slot(line))
}

#[expect(clippy::cast_possible_truncation, reason = "a position on a page is far below the limits of i32")]
fn slot(line: &Line) -> i32 {
    (line.bounds[3] / SLOT).round() as i32
}

/// `12`, `- 12 -`, `xii`, `١٢`, `[3]`: a number and no words.
fn is_page_number(text: &str) -> bool {
    let core = text.trim_matches(|c: char| !c.is_alphanumeric());
    let is_roman = core.chars().all(|c| "ivxlcIVXLC".contains(c));
    let is_abjad = core.chars().count() == 1 && core.chars().all(super::letters::runs_left);
    !core.is_empty() && core.chars().count() <= 6 && (core.chars().all(char::is_numeric) || is_roman || is_abjad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::layout::RawBlock;

    fn page(number: u32, lines: &[(&str, f32)]) -> RawPage {
        let line = |(text, y): &(&str, f32)| Line {
            text: (*text).to_owned(),
            bounds: [50.0, *y, 300.0, *y + 10.0],
            ..Line::default()
        };
        let blocks = lines.iter().map(|text| RawBlock { lines: vec![line(text)] }).collect();
        RawPage { number, width: 500.0, height: 800.0, blocks }
    }

    fn texts(pages: &[RawPage]) -> Vec<&str> {
        pages
            .iter()
            .flat_map(|page| &page.blocks)
            .flat_map(|block| &block.lines)
            .map(|line| line.text.as_str())
            .collect()
    }

    #[test]
    fn repeated_headers_and_page_numbers_are_removed() {
        let names = ["one", "two", "three", "four"];
        let mut pages: Vec<RawPage> = (1..)
            .zip(names)
            .map(|(number, name)| {
                let foot = format!("- {number} -");
                page(
                    number,
                    &[("Annual report 2024", 30.0), (name, 60.0), ("Annual report 2024", 400.0), (&foot, 770.0)],
                )
            })
            .collect();
        remove(&mut pages);
        let left: Vec<&str> = names.iter().flat_map(|name| [*name, "Annual report 2024"]).collect();
        assert_eq!(texts(&pages), left, "what is repeated in the middle of the page is text");
    }

    #[test]
    fn a_short_document_keeps_its_first_lines() {
        let mut pages = vec![page(1, &[("A title", 30.0)]), page(2, &[("A title", 30.0)])];
        remove(&mut pages);
        assert_eq!(texts(&pages).len(), 2);
    }

    #[test]
    fn a_header_that_changes_is_removed_with_the_others() {
        let heads = ["Salt", "Salt", "Salt", "Salt", "Salt", "Salt", "Pepper"];
        let mut pages: Vec<RawPage> = (1..).zip(heads).map(|(number, head)| page(number, &[(head, 30.0)])).collect();
        remove(&mut pages);
        assert!(texts(&pages).is_empty());
    }
}
