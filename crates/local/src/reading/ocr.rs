//! Recognises the text of pages that are images: `pdftoppm` renders each page, `tesseract` reads it.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

use sluice_domain::language::{LANGUAGES, Language};

use super::layout::{Line, RawBlock, RawPage, united};
use super::{ReadError, bidi, letters};
use crate::guard::{Guard, Limits};

/// Longer edge of the image in pixels: some 200 dots per inch on A4, whatever the page size says.
const LONGER_EDGE: u32 = 2400;

/// Words with a lower confidence (0 to 100) are specks and frames.
const LEAST_CONFIDENCE: f32 = 20.0;

/// For one page.
const LIMITS: Limits = Limits { cpu: Duration::from_mins(1), wall: Duration::from_mins(3), ..Limits::DOCUMENT };

/// Those of `wanted` that tesseract can read, by its own names; if `wanted` is empty, of all that Sluice knows.
pub(super) async fn usable_languages(guard: &Guard, wanted: &[Language]) -> Result<Vec<&'static str>, ReadError> {
    let output = guard.run(&LIMITS, "tesseract", ["--list-langs"], None).await?;
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let installed: Vec<&str> = listed.lines().map(str::trim).collect();
    let known = LANGUAGES.iter().filter(|facts| wanted.is_empty() || wanted.iter().any(|one| one.code() == facts.code));
    let usable: Vec<&'static str> =
        known.clone().map(|facts| facts.code3).filter(|code| installed.contains(code)).collect();
    if usable.is_empty() {
        let code = known.clone().next().map_or("eng", |facts| facts.code3);
        return Err(ReadError::ToolMissing { tool: "tesseract".to_owned(), package: format!("tesseract-ocr-{code}") });
    }
    Ok(usable)
}

/// Keeps the languages of the script found on the first page. Given Arabic and Latin languages together, tesseract
/// finds Latin words in blurred Arabic ones and takes twice as long.
pub(super) async fn of_one_script<'a>(
    guard: &Guard,
    pdf: &Path,
    languages: &[&'a str],
) -> Result<Vec<&'a str>, ReadError> {
    let arabic = Language::ARABIC.facts().code3;
    if languages.len() < 2 || !languages.contains(&arabic) {
        return Ok(languages.to_vec());
    }
    let first = read_page(guard, pdf, 1, languages).await?;
    let lines = first.blocks.iter().flat_map(|block| &block.lines).map(|line| line.text.as_str());
    let is_arabic = bidi::is_right_to_left(lines);
    Ok(languages.iter().copied().filter(|code| (*code == arabic) == is_arabic).collect())
}

/// Reads one page.
pub(super) async fn read_page(guard: &Guard, pdf: &Path, page: u32, languages: &[&str]) -> Result<RawPage, ReadError> {
    let number = page.to_string();
    let edge = LONGER_EDGE.to_string();
    let mut args: Vec<OsString> =
        ["-q", "-gray", "-scale-to", &edge, "-f", &number, "-l", &number].map(OsString::from).into();
    args.push(pdf.as_os_str().to_owned());
    let image = guard.run(&LIMITS, "pdftoppm", args, None).await?.stdout;
    let languages = languages.join("+");
    let args = ["stdin", "stdout", "-l", &languages, "--psm", "3", "tsv"].map(OsStr::new);
    let table = guard.run(&LIMITS, "tesseract", args, Some(image)).await?.stdout;
    Ok(parse(&String::from_utf8_lossy(&table), page))
}

/// `tesseract 5.3.0`.
pub(super) async fn name(guard: &Guard) -> String {
    let version = crate::tools::version_of(guard, "tesseract", [OsString::from("--version")]).await;
    version.map_or_else(|| "tesseract".to_owned(), |version| format!("tesseract {version}"))
}

/// Rows of `level page block paragraph line word left top width height confidence text`. Level 1 is the page, 5 a word.
/// Words come in logical order. The page size is in pixels, of which [`LONGER_EDGE`] are the length of A4 in points.
fn parse(table: &str, number: u32) -> RawPage {
    let mut page = RawPage { number, ..RawPage::default() };
    let (mut block, mut line) = (("", ""), "");
    for row in table.lines() {
        let columns: Vec<&str> = row.splitn(12, '\t').collect();
        let &[level, _, block_number, paragraph, line_number, _, left, top, width, height, confidence, text] =
            columns.as_slice()
        else {
            continue;
        };
        let [left, top, width, height, confidence] =
            [left, top, width, height, confidence].map(|value| value.parse::<f32>().unwrap_or_default());
        let bounds = [left, top, left + width, top + height].map(to_points);
        if level == "1" {
            (page.width, page.height) = (bounds[2], bounds[3]);
        }
        let text = letters::composed(&letters::visible(text));
        if level != "5" || confidence < LEAST_CONFIDENCE || text.is_empty() {
            continue;
        }
        if block != (block_number, paragraph) {
            block = (block_number, paragraph);
            line = "";
            page.blocks.push(RawBlock::default());
        }
        let Some(lines) = page.blocks.last_mut().map(|block| &mut block.lines) else { continue };
        if line != line_number {
            line = line_number;
            lines.push(Line { bounds, height: bounds[3] - bounds[1], ..Line::default() });
        }
        if let Some(line) = lines.last_mut() {
            join(line, &text, bounds);
        }
    }
    page
}

fn join(line: &mut Line, word: &str, bounds: [f32; 4]) {
    if !line.text.is_empty() {
        line.text.push(' ');
    }
    line.words.push((u32::try_from(line.text.len()).unwrap_or(u32::MAX), bounds));
    line.text.push_str(word);
    line.bounds = united(&line.bounds, &bounds);
    line.height = line.bounds[3] - line.bounds[1];
    line.right_to_left = bidi::is_right_to_left([line.text.as_str()].into_iter());
}

/// Converts pixels to points: A4 is 842 points long.
fn to_points(pixels: f32) -> f32 {
    pixels * 842.0 / 2400.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_lines() {
        let table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
                     1\t1\t0\t0\t0\t0\t0\t0\t1697\t2400\t-1\t\n\
                     5\t1\t1\t1\t1\t1\t100\t200\t50\t24\t96.1\tOld\n\
                     5\t1\t1\t1\t1\t2\t160\t200\t50\t24\t95.0\tpaper\n\
                     5\t1\t1\t1\t2\t1\t100\t230\t50\t24\t5.0\t|\n\
                     5\t1\t1\t1\t2\t2\t100\t230\t50\t24\t90.0\tburns\n\
                     5\t1\t2\t1\t1\t1\t100\t300\t50\t24\t90.0\tFin\n";
        let page = parse(table, 3);
        let texts: Vec<Vec<&str>> =
            page.blocks.iter().map(|block| block.lines.iter().map(|line| line.text.as_str()).collect()).collect();
        assert_eq!(texts, [vec!["Old paper", "burns"], vec!["Fin"]]);
        assert!((page.height - 842.0).abs() < 0.1 && page.number == 3);
    }
}
