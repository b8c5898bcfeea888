//! Recognises the text of pages that are images: `pdftoppm` renders each page, `tesseract` tells which way up it is, and
//! reads it once it is upright and straight.

mod counted;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sluice_domain::language::{LANGUAGES, Language};

use super::info::PageSize;
use super::picture::{Picture, Straightened};
use super::{ReadError, bidi, letters};
use crate::guard::{Guard, GuardError, Limits};

/// Edges of the image in pixels: some 200 dots per inch on A4, whatever the page size says. On a long page the shorter
/// edge decides.
const LONGER_EDGE: f32 = 2400.0;
const SHORTER_EDGE: f32 = 1400.0;
/// Most pixels of the image of a long page, and its longest edge, which is tesseract's.
const MOST_PIXELS: f32 = 16_000_000.0;
const LONGEST_EDGE: f32 = 30_000.0;

/// What has a lower confidence (0 to 100) and fewer letters than a word is a speck or a frame. A word that has is kept and not
/// sure: without it its sentence would say something else.
pub(super) const SPECK: f32 = 20.0;
const FEWEST_LETTERS: f32 = 2.0;

/// Words with a lower confidence are probably misread.
const CONFIDENT: f32 = 60.0;

/// Numbers of an Arabic page with a lower confidence may be Latin letters.
const SURE_NUMBER: f32 = 85.0;

/// With a lower confidence in the orientation both are read, and the better one is taken.
const SURE_ORIENTATION: f32 = 10.0;

/// With a lower confidence in the script it is found by reading.
const SURE_SCRIPT: f32 = 1.0;

/// For one page.
const LIMITS: Limits = Limits { cpu: Duration::from_mins(1), wall: Duration::from_mins(3), ..Limits::DOCUMENT };

/// A page as it was recognised: its words by block and line. It can be stored, and made a page of a document later.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RecognisedPage {
    pub(super) number: u32,
    /// In points, of the turned page.
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) quarter_turns: u8,
    /// Blocks of lines of words.
    pub(super) blocks: Vec<Vec<Vec<Recognised>>>,
}

/// A word in logical order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Recognised {
    pub(super) text: String,
    /// Left, top, right and bottom edge in points, on the straightened page.
    pub(super) level: [f32; 4],
    /// The same on the page itself.
    pub(super) bounds: [f32; 4],
    /// Whether tesseract is sure of it.
    pub(super) sure: bool,
    /// How sure, from 0 to 100. Not stored, since only the first reading of a page uses it.
    #[serde(skip)]
    pub(super) confidence: f32,
}

/// Those of `wanted` that tesseract can read, by its own names; if `wanted` is empty, of all that Sluice knows.
pub(super) async fn usable_languages(guard: &Guard, wanted: &[Language]) -> Result<Vec<&'static str>, ReadError> {
    let listed = listed_languages(guard).await?;
    let installed: Vec<&str> = listed.lines().map(str::trim).collect();
    let known = LANGUAGES.iter().filter(|facts| wanted.is_empty() || wanted.iter().any(|one| one.code() == facts.code));
    let usable: Vec<&'static str> =
        known.clone().map(|facts| facts.code3).filter(|code| installed.contains(code)).collect();
    if usable.is_empty() {
        let code = known.clone().next().map_or("eng", |facts| facts.code3);
        return Err(language_missing(code));
    }
    Ok(usable)
}

/// These languages, if tesseract has all of them.
pub(super) async fn installed(guard: &Guard, wanted: &[&'static str]) -> Result<Vec<&'static str>, ReadError> {
    let listed = listed_languages(guard).await?;
    match wanted.iter().find(|code| !listed.lines().any(|line| line.trim() == **code)) {
        None => Ok(wanted.to_vec()),
        Some(code) => Err(language_missing(code)),
    }
}

/// Debian names the packages by tesseract's own codes, with other dashes: `chi_sim` is in `tesseract-ocr-chi-sim`.
fn language_missing(code: &str) -> ReadError {
    let package = format!("tesseract-ocr-{}", code.replace('_', "-"));
    ReadError::ToolMissing { tool: "tesseract".to_owned(), package }
}

/// One a line.
async fn listed_languages(guard: &Guard) -> Result<String, ReadError> {
    let output = guard.run(&LIMITS, "tesseract", ["--list-langs"], None).await?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What tesseract says about a page before it is read.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Orientation {
    quarter_turns: u8,
    confidence: f32,
    is_arabic: Option<bool>,
}

/// One reading of a page, to be compared with another.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    pub(super) page: RecognisedPage,
    /// Mean over its letters, from 0 to 100.
    pub(super) confidence: f32,
    /// In which it was read, by tesseract's names: `ara+eng`.
    pub(super) languages: String,
}

/// Reads one page.
pub(super) async fn read_page(
    guard: &Guard,
    pdf: &Path,
    size: &PageSize,
    languages: &[&str],
) -> Result<RecognisedPage, ReadError> {
    let picture = picture(guard, pdf, size).await?;
    Ok(read_upright(guard, &picture, size, languages).await?.page)
}

/// Reads the picture of a page, whichever way up it is.
async fn read_upright(
    guard: &Guard,
    picture: &Picture,
    size: &PageSize,
    languages: &[&str],
) -> Result<Attempt, ReadError> {
    read_oriented(guard, picture, size, orientation(guard, picture).await?, languages).await
}

/// The same, of one of which it is known which way up it is.
pub(super) async fn read_oriented(
    guard: &Guard,
    picture: &Picture,
    size: &PageSize,
    orientation: Orientation,
    languages: &[&str],
) -> Result<Attempt, ReadError> {
    let mut turns = vec![orientation.quarter_turns];
    if orientation.confidence < SURE_ORIENTATION && orientation.quarter_turns != 0 {
        turns.push(0);
    }
    let mut best: Option<Attempt> = None;
    for turns in turns {
        let attempt = read_turned(guard, picture, size, turns, orientation.is_arabic, languages).await?;
        if best.as_ref().is_none_or(|best| attempt.confidence > best.confidence) {
            best = Some(attempt);
        }
    }
    Ok(best.unwrap_or_default())
}

async fn picture(guard: &Guard, pdf: &Path, size: &PageSize) -> Result<Picture, ReadError> {
    let (width, height) = (size.width.max(1.0), size.height.max(1.0));
    let (longer, shorter) = (width.max(height), width.min(height));
    let scale = (LONGER_EDGE / longer)
        .max(SHORTER_EDGE / shorter)
        .min((MOST_PIXELS / (longer * shorter)).sqrt())
        .min(LONGEST_EDGE / longer);
    let [across, down] = [width, height].map(|edge| format!("{:.0}", (edge * scale).max(1.0)));
    let number = size.number.to_string();
    let mut args: Vec<OsString> =
        ["-q", "-cropbox", "-gray", "-scale-to-x", &across, "-scale-to-y", &down, "-f", &number, "-l", &number]
            .map(OsString::from)
            .into();
    args.push(pdf.as_os_str().to_owned());
    let image = guard.run(&LIMITS, "pdftoppm", args, None).await?.stdout;
    let undrawable = || ReadError::Damaged { detail: format!("page {number} cannot be drawn") };
    Picture::parse(&image).ok_or_else(undrawable)
}

/// Which way up it is. A page with too little text for that is taken as it is.
pub(super) async fn orientation(guard: &Guard, picture: &Picture) -> Result<Orientation, ReadError> {
    let args = ["stdin", "stdout", "--psm", "0"].map(OsStr::new);
    match guard.run(&LIMITS, "tesseract", args, Some(picture.to_pgm())).await {
        Ok(output) => Ok(parse_orientation(&String::from_utf8_lossy(&output.stdout))),
        Err(GuardError::Failed { stderr_tail, .. }) => {
            tracing::debug!(stderr_tail, "tesseract cannot tell which way up a page is");
            Ok(Orientation::default())
        }
        Err(error) => Err(error.into()),
    }
}

/// Lines such as `Rotate: 180`: degrees by which the image is to be rotated clockwise.
fn parse_orientation(text: &str) -> Orientation {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::trim);
    let number = |name: &str| field(name).and_then(|value| value.parse::<f32>().ok()).unwrap_or_default();
    let quarter_turns = match field("Rotate") {
        Some("90") => 1,
        Some("180") => 2,
        Some("270") => 3,
        _ => 0,
    };
    let is_sure = number("Script confidence") >= SURE_SCRIPT;
    let is_arabic = field("Script").filter(|_| is_sure).map(|script| script == "Arabic");
    Orientation { quarter_turns, confidence: number("Orientation confidence"), is_arabic }
}

async fn read_turned(
    guard: &Guard,
    picture: &Picture,
    size: &PageSize,
    quarter_turns: u8,
    is_arabic: Option<bool>,
    languages: &[&str],
) -> Result<Attempt, ReadError> {
    let copy = picture.clone();
    let upright = tokio::task::spawn_blocking(move || copy.turned(quarter_turns).straightened());
    let (upright, straightened) = upright.await.map_err(|error| ReadError::Io(error.into()))?;
    let turned = if quarter_turns.is_multiple_of(2) { (size.width, size.height) } else { (size.height, size.width) };
    let empty = RecognisedPage {
        number: size.number,
        width: turned.0,
        height: turned.1,
        quarter_turns,
        ..RecognisedPage::default()
    };
    let across = if quarter_turns.is_multiple_of(2) { picture.width } else { picture.height };
    #[expect(clippy::cast_precision_loss, reason = "an image has fewer than 2^23 columns")]
    let scale = turned.0 / across.max(1) as f32;
    let pgm = upright.to_pgm();
    let chosen = of_script(languages, is_arabic);
    let read = |table: &str, languages: &[&str]| {
        let mut attempt = parse(table, &empty, &straightened, scale);
        attempt.languages = languages.join("+");
        doubt_numbers(&mut attempt.page);
        attempt
    };
    let attempt = read(&recognise(guard, &pgm, &chosen).await?, &chosen);
    // The script was not known, and what was read tells it.
    let text = attempt.page.blocks.iter().flatten().flatten().map(|word| word.text.as_str());
    let of_found_script = of_script(languages, Some(bidi::is_right_to_left(text)));
    if of_found_script == chosen {
        return Ok(attempt);
    }
    let second = read(&recognise(guard, &pgm, &of_found_script).await?, &of_found_script);
    Ok(if second.confidence >= attempt.confidence { second } else { attempt })
}

/// Those languages that are written in this script. Given Arabic and Latin languages together, tesseract finds Latin words
/// in blurred Arabic ones and takes twice as long.
fn of_script<'a>(languages: &[&'a str], is_arabic: Option<bool>) -> Vec<&'a str> {
    let arabic = Language::ARABIC.facts().code3;
    let Some(is_arabic) = is_arabic else { return languages.to_vec() };
    let some: Vec<&str> = languages.iter().copied().filter(|code| (*code == arabic) == is_arabic).collect();
    if some.is_empty() { languages.to_vec() } else { some }
}

async fn recognise(guard: &Guard, pgm: &[u8], languages: &[&str]) -> Result<String, ReadError> {
    let languages = languages.join("+");
    let args = ["stdin", "stdout", "-l", &languages, "--psm", "3", "tsv"].map(OsStr::new);
    let table = guard.run(&LIMITS, "tesseract", args, Some(pgm.to_vec())).await?.stdout;
    Ok(String::from_utf8_lossy(&table).into_owned())
}

/// `tesseract 5.3.0`.
pub(super) async fn name(guard: &Guard) -> String {
    let version = crate::tools::version_of(guard, "tesseract", [OsString::from("--version")]).await;
    version.map_or_else(|| "tesseract".to_owned(), |version| format!("tesseract {version}"))
}

/// Rows of `level page block paragraph line word left top width height confidence text`; level 5 is a word. Words come
/// in logical order. `scale` is points per pixel.
fn parse(table: &str, empty: &RecognisedPage, straightened: &Straightened, scale: f32) -> Attempt {
    let mut page = empty.clone();
    let (mut block, mut line) = (("", ""), "");
    let (mut sum, mut letters_read) = (0.0, 0.0);
    for row in table.lines() {
        let columns: Vec<&str> = row.splitn(12, '\t').collect();
        let &["5", _, block_number, paragraph, line_number, _, left, top, width, height, confidence, text] =
            columns.as_slice()
        else {
            continue;
        };
        let [left, top, width, height, confidence] =
            [left, top, width, height, confidence].map(|value| value.parse::<f32>().unwrap_or_default());
        let text = counted::with_comma(letters::composed(&letters::visible(text)));
        #[expect(clippy::cast_precision_loss, reason = "a word has few letters")]
        let length = text.chars().filter(|c| c.is_alphanumeric()).count() as f32;
        sum += confidence * length;
        letters_read += length;
        if text.is_empty() || confidence < SPECK && length < FEWEST_LETTERS {
            continue;
        }
        if block != (block_number, paragraph) {
            block = (block_number, paragraph);
            line = "";
            page.blocks.push(Vec::new());
        }
        let Some(lines) = page.blocks.last_mut() else { continue };
        if line != line_number {
            line = line_number;
            lines.push(Vec::new());
        }
        let level = [left, top, left + width, top + height];
        let bounds = straightened.box_back(level).map(|edge| edge * scale);
        let sure = confidence >= CONFIDENT || length == 0.0;
        if let Some(line) = lines.last_mut() {
            line.push(Recognised { text, level: level.map(|edge| edge * scale), bounds, sure, confidence });
        }
    }
    let confidence = if letters_read > 0.0 { sum / letters_read } else { 0.0 };
    Attempt { page, confidence, languages: String::new() }
}

/// On an Arabic page tesseract takes the sign before a number, as in `%37.5`, for the digits 90, and is sure of it; and it takes
/// Latin letters for digits, `GPS` for 6285, and is less sure. What may be such a number is not.
fn doubt_numbers(page: &mut RecognisedPage) {
    let texts = page.blocks.iter().flatten().flatten().map(|word| word.text.as_str());
    if !bidi::is_right_to_left(texts) {
        return;
    }
    for word in page.blocks.iter_mut().flatten().flatten() {
        let number = word.text.trim_matches(|c: char| !c.is_alphanumeric());
        let rest = number.strip_prefix("90").unwrap_or_default();
        let is_percentage = |rest: &str| rest.parse::<f32>().is_ok_and(|value| value <= 100.0);
        word.sure &= !(rest.starts_with(|c: char| c.is_ascii_digit()) && is_percentage(rest));
        word.sure &= !number.starts_with(|c: char| c.is_ascii_digit()) || word.confidence >= SURE_NUMBER;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level() -> Straightened {
        Picture { width: 1, height: 1, pixels: vec![255] }.straightened().1
    }

    #[test]
    fn rows_become_lines() {
        let table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
                     1\t1\t0\t0\t0\t0\t0\t0\t1697\t2400\t-1\t\n\
                     5\t1\t1\t1\t1\t1\t100\t200\t50\t24\t96.1\tOld\n\
                     5\t1\t1\t1\t1\t2\t160\t200\t50\t24\t55.0\tpaper\n\
                     5\t1\t1\t1\t1\t3\t220\t200\t50\t24\t5.0\tncvcr\n\
                     5\t1\t1\t1\t2\t1\t100\t230\t50\t24\t5.0\t|\n\
                     5\t1\t1\t1\t2\t2\t100\t230\t50\t24\t90.0\tburns\n\
                     5\t1\t2\t1\t1\t1\t100\t300\t50\t24\t90.0\tFin\n";
        let page = parse(table, &RecognisedPage::default(), &level(), 0.5).page;
        let texts: Vec<Vec<Vec<(&str, bool)>>> = page
            .blocks
            .iter()
            .map(|block| block.iter().map(|line| line.iter().map(|w| (w.text.as_str(), w.sure)).collect()).collect())
            .collect();
        assert_eq!(
            texts,
            [
                vec![vec![("Old", true), ("paper", false), ("ncvcr", false)], vec![("burns", true)]],
                vec![vec![("Fin", true)]]
            ]
        );
        assert_eq!(format!("{:?}", page.blocks[0][0][1].bounds), "[80.0, 100.0, 105.0, 112.0]");
    }

    #[test]
    fn a_number_that_may_be_a_percentage_or_a_name_is_doubted_in_arabic() {
        let read = |texts: &[&str], confidence: f32| -> Vec<bool> {
            let word =
                |text: &&str| Recognised { text: (*text).to_owned(), sure: true, confidence, ..Recognised::default() };
            let blocks = vec![vec![texts.iter().map(word).collect()]];
            let mut page = RecognisedPage { blocks, ..RecognisedPage::default() };
            doubt_numbers(&mut page);
            page.blocks.iter().flatten().flatten().map(|word| word.sure).collect()
        };
        let sure = |texts: &[&str]| read(texts, 96.0);
        assert_eq!(sure(&["بنسبة", "9012", "9037.5،", "90", "1998", "10,000"]), [true, false, false, true, true, true]);
        assert_eq!(sure(&["part", "9012"]), [true, true]);
        assert_eq!(read(&["نظام", "6285", "(5115)"], 78.0), [true, false, false]);
        assert_eq!(read(&["the", "6285"], 78.0), [true, true]);
    }

    #[test]
    fn the_way_up_is_understood() {
        let text = "Page number: 0\nOrientation in degrees: 180\nRotate: 180\nOrientation confidence: 25.70\n\
                    Script: Latin\nScript confidence: 3.33\n";
        let expected = Orientation { quarter_turns: 2, confidence: 25.7, is_arabic: Some(false) };
        assert_eq!(parse_orientation(text), expected);
        assert_eq!(parse_orientation("Too few characters."), Orientation::default());
    }

    #[test]
    fn a_missing_language_is_named_by_its_package() {
        let package = |code| match language_missing(code) {
            ReadError::ToolMissing { package, .. } => package,
            other => other.to_string(),
        };
        assert_eq!([package("rus"), package("chi_sim")], ["tesseract-ocr-rus", "tesseract-ocr-chi-sim"]);
    }

    #[test]
    fn languages_are_those_of_the_script() {
        assert_eq!(of_script(&["eng", "ara", "fra"], Some(true)), ["ara"]);
        assert_eq!(of_script(&["eng", "ara", "fra"], Some(false)), ["eng", "fra"]);
        assert_eq!(of_script(&["eng"], Some(true)), ["eng"]);
        assert_eq!(of_script(&["eng", "ara"], None), ["eng", "ara"]);
    }
}
