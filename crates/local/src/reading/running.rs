//! Running headers and footers: text that is repeated from page to page at the same position, and page numbers.

mod dates;

use std::collections::{HashMap, HashSet};

use sluice_domain::document::{LeftOut, Reason};

use super::assemble::left_out;
use super::layout::{Line, RawPage};
use super::margins::value;

/// The fraction of the page height, at the top and at the bottom, in which headers and footers are found.
const BAND: f32 = 0.15;

/// A line must appear on this many pages to be a header or a footer.
const PAGES: usize = 3;

/// How far a line may move from page to page, in points.
const SLOT: f32 = 4.0;

/// A line taller than most of the document by this factor is a title, unless most pages have it.
const TITLE: f32 = 1.15;

/// A line smaller than most of the document by this factor is small print.
const SMALL: f32 = 0.9;

/// Numbers that count slides are at least this many.
const SLIDES: usize = 3;

/// The fraction of the page height at the very edge in which a lone number is that of the page.
const EDGE: f32 = 0.09;

/// Removes headers, footers and page numbers, and gives the printed number of each page that differs from its own.
/// Earlier builds of a slide count for what is at the foot, and not for titles.
pub(super) fn remove(pages: &mut [RawPage], earlier: &[bool], report: &mut Vec<LeftOut>) -> Vec<Option<String>> {
    let is_running = Running::of(pages, earlier);
    let mut candidates: Vec<Vec<String>> = Vec::with_capacity(pages.len());
    let mut named: HashSet<String> = HashSet::new();
    for page in pages.iter_mut() {
        let (number, height) = (page.number, page.height);
        let mut others: Vec<f32> = page.blocks.iter().flat_map(|block| &block.lines).map(Line::middle).collect();
        others.sort_by(f32::total_cmp);
        let mut numbers = Vec::new();
        for block in &mut page.blocks {
            block.lines.retain(|line| {
                let alone = is_at_edge(line, height) && is_alone(line, &others);
                if !(in_band(line, height) && is_running.has(line) || is_page_number(&line.text) && alone) {
                    return true;
                }
                numbers.extend(numbers_of(&line.text));
                if named.insert(key(line).0) {
                    report.push(left_out(number, Reason::Running, &line.text));
                }
                false
            });
        }
        page.blocks.retain(|block| !block.lines.is_empty());
        candidates.push(numbers);
    }
    printed(pages, &candidates)
}

/// What is repeated.
struct Running {
    seen: HashMap<(String, i32), usize>,
    slots: HashMap<i32, (usize, usize)>,
    pages: usize,
    page_height: f32,
    text_height: f32,
}

impl Running {
    fn of(pages: &[RawPage], earlier: &[bool]) -> Self {
        let mut seen: HashMap<(String, i32), usize> = HashMap::new();
        for (page, earlier) in pages.iter().zip(earlier) {
            let at_foot = |line: &&Line| line.middle() > page.height / 2.0;
            let mut keys: Vec<_> = candidates(page).filter(|line| !earlier || at_foot(line)).map(key).collect();
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
        let pages_left = earlier.iter().filter(|earlier| !**earlier).count();
        Self {
            seen,
            slots,
            pages: pages_left,
            page_height: pages.first().map_or(0.0, |page| page.height),
            text_height: usual_height(pages),
        }
    }

    fn has(&self, line: &Line) -> bool {
        let key = key(line);
        let count = self.seen.get(&key).copied().unwrap_or_default();
        // The title of several slides stands at the same place, larger than their text.
        if line.height > TITLE * self.text_height && self.text_height > 0.0 && !is_page_number(&line.text) {
            return count >= PAGES && count * 2 > self.pages;
        }
        let (repeated, all) = self.slots.get(&key.1).copied().unwrap_or_default();
        // Of two pages that is chance, unless it is small and at the very edge of both.
        let is_small = line.height < SMALL * self.text_height;
        if self.pages == 2 && count == 2 && is_small && is_at_edge(line, self.page_height) {
            return true;
        }
        let needed = if is_page_number(&line.text) { PAGES - 1 } else { PAGES };
        count >= needed || repeated * 2 > all && repeated * 4 > all * 3
    }
}

/// The height of most letters of the document.
fn usual_height(pages: &[RawPage]) -> f32 {
    let lines = pages.iter().flat_map(|page| &page.blocks).flat_map(|block| &block.lines);
    let mut heights: Vec<(f32, usize)> = lines.map(|line| (line.height, line.text.len())).collect();
    heights.sort_by(|one, other| one.0.total_cmp(&other.0));
    let all: usize = heights.iter().map(|(_, letters)| letters).sum();
    let mut sum = 0;
    let at_half = |(_, letters): &&(f32, usize)| {
        sum += letters;
        sum * 2 >= all
    };
    heights.iter().find(at_half).map_or(0.0, |(height, _)| *height)
}

fn is_at_edge(line: &Line, height: f32) -> bool {
    line.turns == 0 && (line.middle() < height * EDGE || line.middle() > height * (1.0 - EDGE))
}

/// Whether nothing else stands at the height of a line: a number beside others is that of a table. `all` are the heights of
/// all lines, from the top.
fn is_alone(line: &Line, all: &[f32]) -> bool {
    let near = 0.5 * line.height.max(4.0);
    let first = all.partition_point(|middle| *middle <= line.middle() - near);
    all.get(first + 1).is_none_or(|second| *second >= line.middle() + near)
}

/// The numbers in a header or footer that can be that of the page: the first and the last, and what is nothing but a
/// number. Of `2 / 5` and `Page 3 of 10` the second is the number of pages.
fn numbers_of(text: &str) -> Vec<String> {
    let mut numbers: Vec<String> = Vec::new();
    let text = &dates::without(text);
    let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let is_number = |part: &str| part.chars().count() <= 4 && value(part).is_some();
    if let [one] = parts.as_slice()
        && (is_number(one) || roman(one).is_some())
    {
        numbers.push((*one).to_owned());
        return numbers;
    }
    let found: Vec<&str> = parts.iter().copied().filter(|part| is_number(part)).collect();
    let is_of_all = text.contains('/') || parts.iter().any(|part| matches!(*part, "of" | "von" | "sur" | "de" | "من"));
    numbers.extend(found.first().map(|part| (*part).to_owned()));
    numbers.extend(
        found.last().filter(|_| found.len() > 1 && !(found.len() == 2 && is_of_all)).map(|part| (*part).to_owned()),
    );
    numbers.extend(parts.iter().filter(|part| roman(part).is_some() && part.len() > 1).map(|part| (*part).to_owned()));
    numbers
}

/// The value of a roman number of up to six letters, all of one case.
fn roman(text: &str) -> Option<u32> {
    let is_one_case = text.chars().all(char::is_lowercase) || text.chars().all(char::is_uppercase);
    if text.is_empty() || text.len() > 6 || !is_one_case {
        return None;
    }
    let digit = |c: char| match c.to_ascii_lowercase() {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        'l' => Some(50),
        'c' => Some(100),
        _ => None,
    };
    let digits: Vec<u32> = text.chars().map(digit).collect::<Option<_>>()?;
    let next = digits.iter().skip(1).map(Some).chain([None]);
    let (mut plus, mut minus) = (0, 0);
    for (digit, next) in digits.iter().zip(next) {
        if next.is_some_and(|next| next > digit) { minus += digit } else { plus += digit }
    }
    u32::checked_sub(plus, minus)
}

/// The numbers that count the pages: those whose distance to the page's own number is that of other pages as well.
fn printed(pages: &[RawPage], candidates: &[Vec<String>]) -> Vec<Option<String>> {
    let distance = |page: &RawPage, text: &str| {
        let (number, is_roman) =
            value(text).map(|number| (number, false)).or_else(|| roman(text).map(|number| (number, true)))?;
        Some((i64::from(number) - i64::from(page.number), is_roman))
    };
    let mut distances: HashMap<(i64, bool), usize> = HashMap::new();
    for (page, texts) in pages.iter().zip(candidates) {
        let mut found: Vec<_> = texts.iter().filter_map(|text| distance(page, text)).collect();
        found.sort_unstable();
        found.dedup();
        for distance in found {
            *distances.entry(distance).or_default() += 1;
        }
    }
    let mut same: HashMap<&str, usize> = HashMap::new();
    for texts in candidates {
        let texts: HashSet<&str> = texts.iter().map(String::as_str).collect();
        for text in texts {
            *same.entry(text).or_default() += 1;
        }
    }
    let counts_slides = counts_slides(pages, candidates);
    let best = |(page, texts): (&RawPage, &Vec<String>)| {
        let count = |text: &&String| {
            distance(page, text).and_then(|distance| distances.get(&distance)).copied().unwrap_or_default()
        };
        let is_slide = || counts_slides && texts.len() == 1;
        // What more pages have unchanged, as a year or the number of a version, counts nothing.
        let stays = |text: &str| same.get(text).copied().unwrap_or_default();
        let counts = |text: &&String| count(text) > 1 && count(text) >= stays(text);
        let text = texts.iter().filter(|text| counts(text) || is_slide()).max_by_key(count)?;
        (value(text) != Some(page.number)).then(|| text.clone())
    };
    pages.iter().zip(candidates).map(best).collect()
}

/// Whether the numbers are those of slides in builds: the builds of a slide have one number, so that the distance to the
/// page's own grows from slide to slide. A number that stays, as in "Draft 2", counts nothing.
fn counts_slides(pages: &[RawPage], candidates: &[Vec<String>]) -> bool {
    let single = pages.iter().zip(candidates).filter_map(|(page, texts)| match texts.as_slice() {
        [text] => value(text).map(|value| (page.number, value)),
        _ => None,
    });
    let found: Vec<(u32, u32)> = single.collect();
    let is_count = |pair: &[(u32, u32)]| {
        let [(page, value), (next_page, next)] = pair else { return false };
        (*value..=value + (next_page - page)).contains(next)
    };
    let mut distinct: Vec<u32> = found.iter().map(|(_, value)| *value).collect();
    distinct.dedup();
    distinct.len() >= SLIDES && found.iter().all(|(page, value)| value <= page) && found.windows(2).all(is_count)
}

fn candidates(page: &RawPage) -> impl Iterator<Item = &Line> {
    let height = page.height;
    page.blocks.iter().flat_map(|block| &block.lines).filter(move |line| in_band(line, height))
}

fn in_band(line: &Line, height: f32) -> bool {
    let middle = line.middle();
    line.turns == 0 && (middle < height * BAND || middle > height * (1.0 - BAND))
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
        RawPage { number, width: 500.0, height: 800.0, blocks, ..RawPage::default() }
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
        let earlier = vec![false; pages.len()];
        remove(&mut pages, &earlier, &mut Vec::new());
        let left: Vec<&str> = names.iter().flat_map(|name| [*name, "Annual report 2024"]).collect();
        assert_eq!(texts(&pages), left, "what is repeated in the middle of the page is text");
    }

    fn printed_numbers(feet: &[&str]) -> Vec<Option<String>> {
        let mut pages: Vec<RawPage> = (1..).zip(feet).map(|(number, foot)| page(number, &[(foot, 770.0)])).collect();
        let earlier = vec![false; pages.len()];
        remove(&mut pages, &earlier, &mut Vec::new())
    }

    fn some(numbers: &[&str]) -> Vec<Option<String>> {
        numbers.iter().map(|number| (!number.is_empty()).then(|| (*number).to_owned())).collect()
    }

    #[test]
    fn the_printed_number_is_the_one_that_counts_the_pages() {
        assert_eq!(printed_numbers(&["Report 17", "Report 18", "Report 19"]), some(&["17", "18", "19"]));
        assert_eq!(
            printed_numbers(&["3 May 2024 - 7", "3 May 2024 - 8", "3 May 2024 - 9"]),
            some(&["7", "8", "9"]),
            "beside a date"
        );
        assert_eq!(printed_numbers(&["Slide 1", "Slide 1", "Slide 2", "Slide 3"]), some(&["", "1", "2", "3"]));
    }

    #[test]
    fn a_date_is_no_page_number() {
        for feet in [
            ["Seen: 11 March 2023", "Seen: 12 March 2023", "Seen: 13 March 2023", "Seen: 14 March 2023"],
            ["Log, May 3", "Log, May 4", "Log, May 5", "Log, May 6"],
            ["Stand 02.06.", "Stand 03.06.", "Stand 04.06.", "Stand 05.06."],
            ["في 3 أيار", "في 4 أيار", "في 5 أيار", "في 6 أيار"],
            [
                "Print of 9/5/2024, 10:07",
                "Print of 9/5/2024, 10:08",
                "Print of 9/5/2024, 10:09",
                "Print of 9/5/2024, 10:10",
            ],
            ["Draft 2", "Draft 2", "Draft 2", "Draft 2"],
            ["Version 2.2020", "Version 2.2020 of 2021", "Version 2.2020", "Version 2.2020"],
        ] {
            assert_eq!(printed_numbers(&feet), some(&["", "", "", ""]), "{feet:?}");
        }
    }

    #[test]
    fn a_short_document_keeps_its_first_lines() {
        let mut pages = vec![page(1, &[("A title", 30.0)]), page(2, &[("A title", 30.0)])];
        let earlier = vec![false; pages.len()];
        remove(&mut pages, &earlier, &mut Vec::new());
        assert_eq!(texts(&pages).len(), 2);
    }

    #[test]
    fn a_header_that_changes_is_removed_with_the_others() {
        let heads = ["Salt", "Salt", "Salt", "Salt", "Salt", "Salt", "Pepper"];
        let mut pages: Vec<RawPage> = (1..).zip(heads).map(|(number, head)| page(number, &[(head, 30.0)])).collect();
        let earlier = vec![false; pages.len()];
        remove(&mut pages, &earlier, &mut Vec::new());
        assert!(texts(&pages).is_empty());
    }
}
