//! Pictures that are no page of a PDF file: read by tesseract as a scanned page is, or by another engine, whose lines become a
//! page here. Their points are pixels.

use serde::{Deserialize, Serialize};
use sluice_domain::document::Document;
use tokio::sync::OnceCell;

use super::info::PageSize;
use super::layout::united;
use super::ocr::{self, Attempt, Orientation, Recognised, RecognisedPage};
use super::picture::Picture;
use super::{ReadError, lines, scans};
use crate::guard::Guard;

/// Words of a line that is less confident are probably misread.
const SURE: f32 = 0.7;

/// A line on a picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PhotoLine {
    /// In logical order.
    pub text: String,
    /// Mean over its characters, from 0 to 1.
    pub confidence: f32,
    /// In pixels of the picture: upper left, upper right, lower right and lower left corner of the upright line.
    pub corners: [[f32; 2]; 4],
}

/// A picture that was recognised.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PhotoPage(RecognisedPage);

/// What tesseract read on a picture.
pub(crate) struct ByTesseract {
    pub(crate) page: PhotoPage,
    /// Mean over all letters, from 0 to 1.
    pub(crate) confidence: f32,
    /// In which it was read, by its own names: `ara+eng`.
    pub(crate) languages: String,
    /// `tesseract 5.3.0`.
    pub(crate) name: String,
}

/// A grey picture that tesseract is to read, in one language after the other.
pub(crate) struct GreyPicture {
    picture: Picture,
    size: PageSize,
    /// Which way up it is does not depend on the language.
    orientation: OnceCell<Orientation>,
}

impl GreyPicture {
    /// Of a grey picture, which may be a smaller copy of one of the given size.
    pub(crate) async fn of(pgm: &[u8], size: [u32; 2]) -> Result<Self, ReadError> {
        let undecodable = || ReadError::Damaged { detail: "the picture cannot be passed on".to_owned() };
        let picture = Picture::parse(pgm).ok_or_else(undecodable)?;
        let even = tokio::task::spawn_blocking(move || picture.evenly_lit());
        let picture = even.await.map_err(|error| ReadError::Io(error.into()))?;
        let [width, height] = pixels(size);
        Ok(Self { picture, size: PageSize { number: 1, width, height }, orientation: OnceCell::new() })
    }
}

/// Reads a grey picture with tesseract: in the given languages, which are its own names, or in those of all documents if there are
/// none.
pub(crate) async fn read_picture(
    guard: &Guard,
    grey: &GreyPicture,
    languages: &[&'static str],
) -> Result<ByTesseract, ReadError> {
    let languages = match languages {
        [] => ocr::usable_languages(guard, &[]).await?,
        wanted => ocr::installed(guard, wanted).await?,
    };
    let GreyPicture { picture, size, orientation } = grey;
    let orientation = orientation.get_or_try_init(|| ocr::orientation(guard, picture)).await?;
    let read = ocr::read_oriented(guard, picture, size, *orientation, &languages).await?;
    let Attempt { page, confidence, languages } = read;
    let name = ocr::name(guard).await;
    Ok(ByTesseract { page: PhotoPage(page), confidence: confidence / 100.0, languages, name })
}

impl PhotoPage {
    /// A page of lines in reading order, on a picture of this size whose text is upright after clockwise quarter turns.
    pub(crate) fn of_lines(size: [u32; 2], quarter_turns: u8, lines: &[PhotoLine]) -> Self {
        let size = pixels(size);
        let upright: Vec<[[f32; 2]; 4]> =
            lines.iter().map(|line| line.corners.map(|corner| turned(corner, size, quarter_turns))).collect();
        let across = upright.iter().fold([0.0, 0.0], |sum: [f32; 2], [left, right, ..]| {
            [sum[0] + right[0] - left[0], sum[1] + right[1] - left[1]]
        });
        let length = across[0].hypot(across[1]);
        let axis = if length > 0.0 { across.map(|part| part / length) } else { [1.0, 0.0] };
        let words = lines.iter().zip(&upright).map(|(line, corners)| words(line, *corners, axis)).collect();
        let [width, height] = if quarter_turns.is_multiple_of(2) { size } else { [size[1], size[0]] };
        Self(RecognisedPage { number: 1, width, height, quarter_turns, blocks: vec![words] })
    }

    /// The lines on the picture as it is.
    pub(crate) fn lines(&self) -> Vec<PhotoLine> {
        let Self(RecognisedPage { width, height, quarter_turns, blocks, .. }) = self;
        let back = (4 - quarter_turns % 4) % 4;
        let line = |words: &Vec<Recognised>| {
            let words: Vec<&Recognised> = words.iter().filter(|word| word.confidence >= ocr::SPECK).collect();
            let bounds = words.iter().map(|word| word.bounds).reduce(|one, other| united(&one, &other))?;
            let [left, top, right, bottom] = lines::turn(bounds, [*width, *height], back);
            let mut corners = [[left, top], [right, top], [right, bottom], [left, bottom]];
            corners.rotate_right(usize::from(quarter_turns % 4));
            let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            Some(PhotoLine { text: texts.join(" "), confidence: mean_confidence(&words), corners })
        };
        blocks.iter().flatten().filter_map(line).collect()
    }

    /// Clockwise quarter turns after which the text is upright.
    pub(crate) fn quarter_turns(&self) -> u8 {
        self.0.quarter_turns
    }

    /// The document that has only this page. `by` is what read it, with its version.
    pub(crate) fn into_document(self, by: &str) -> Document {
        scans::document_of(self.0, by)
    }
}

/// The words of a line, each as wide as its share of the characters. `axis` is the direction of all lines.
fn words(line: &PhotoLine, [left, right, _, down]: [[f32; 2]; 4], axis: [f32; 2]) -> Vec<Recognised> {
    let step = |to: [f32; 2], share: f32| [0, 1].map(|part| (to[part] - left[part]) * share);
    let count = line.text.chars().count();
    let mut start = 0;
    let mut words = Vec::new();
    for word in line.text.split(' ') {
        let end = start + word.chars().count();
        if end > start {
            let [from, to] = [start, end].map(|at| step(right, share(at, count)));
            let [upper, lower] = [[0.0, 0.0], step(down, 1.0)];
            let corner = |along: [f32; 2], across: [f32; 2]| [0, 1].map(|part| left[part] + along[part] + across[part]);
            let corners = [corner(from, upper), corner(to, upper), corner(to, lower), corner(from, lower)];
            let leveled = corners.map(|[x, y]| [x * axis[0] + y * axis[1], y * axis[0] - x * axis[1]]);
            words.push(Recognised {
                text: word.to_owned(),
                level: around(leveled),
                bounds: around(corners),
                sure: line.confidence >= SURE,
                confidence: 100.0 * line.confidence,
            });
        }
        start = end + 1;
    }
    words
}

fn around(corners: [[f32; 2]; 4]) -> [f32; 4] {
    corners.iter().fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |all, [x, y]| {
        [all[0].min(*x), all[1].min(*y), all[2].max(*x), all[3].max(*y)]
    })
}

#[expect(clippy::cast_precision_loss, reason = "a line has few letters")]
fn mean_confidence(words: &[&Recognised]) -> f32 {
    let letters = |word: &&Recognised| word.text.chars().count() as f32;
    let sum: f32 = words.iter().map(|word| word.confidence * letters(word)).sum();
    sum / words.iter().map(letters).sum::<f32>().max(1.0) / 100.0
}

#[expect(clippy::cast_precision_loss, reason = "a line has few letters")]
fn share(at: usize, of: usize) -> f32 {
    at as f32 / of.max(1) as f32
}

#[expect(clippy::cast_precision_loss, reason = "a picture has fewer than 2^23 rows and columns")]
fn pixels(size: [u32; 2]) -> [f32; 2] {
    size.map(|edge| edge as f32)
}

/// A place on a picture of this size, after clockwise quarter turns of it.
pub(crate) fn turned([x, y]: [f32; 2], [width, height]: [f32; 2], turns: u8) -> [f32; 2] {
    match turns % 4 {
        0 => [x, y],
        1 => [height - y, x],
        2 => [width - x, height - y],
        _ => [y, width - x],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, top: f32, confidence: f32) -> PhotoLine {
        let corners = [[10.0, top], [110.0, top], [110.0, top + 10.0], [10.0, top + 10.0]];
        PhotoLine { text: text.to_owned(), confidence, corners }
    }

    #[test]
    fn lines_become_words_that_share_their_width_and_come_back() {
        let lines = [line("Old paper", 20.0, 0.9), line("burns well", 34.0, 0.5)];
        let page = PhotoPage::of_lines([200, 100], 0, &lines);
        let words = &page.0.blocks[0][0];
        assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["Old", "paper"]);
        assert_eq!(words[1].bounds.map(|value| format!("{value:.0}")), ["54", "20", "110", "30"]);
        assert!(words[0].sure && !page.0.blocks[0][1][0].sure);
        let back = page.lines();
        assert_eq!(back[1].text, "burns well");
        assert_eq!(format!("{:?}", back[1].corners), format!("{:?}", lines[1].corners));
        assert!((back[1].confidence - 0.5).abs() < 1e-6);
    }

    #[test]
    fn a_line_on_its_side_begins_where_it_is_read_from() {
        // Upwards on the left of the picture: upright after a clockwise quarter turn.
        let corners = [[10.0, 90.0], [10.0, 20.0], [20.0, 20.0], [20.0, 90.0]];
        let sideways = PhotoLine { text: "Up".to_owned(), confidence: 1.0, corners };
        let page = PhotoPage::of_lines([200, 100], 1, std::slice::from_ref(&sideways));
        assert_eq!((page.0.width, page.0.height), (100.0, 200.0));
        assert_eq!(page.0.blocks[0][0][0].bounds.map(|value| format!("{value:.0}")), ["10", "10", "80", "20"]);
        assert_eq!(format!("{:?}", page.lines()[0].corners), format!("{:?}", sideways.corners));
    }

    #[test]
    fn a_page_of_lines_is_a_document_of_paragraphs() {
        let texts = ["Old paper burns better than", "new paper, which is heavier", "and needs more air to burn."];
        let lines: Vec<PhotoLine> =
            texts.iter().zip([20.0, 32.0, 44.0]).map(|(text, top)| line(text, top, 0.95)).collect();
        let document = PhotoPage::of_lines([200, 100], 0, &lines).into_document("PP-OCRv6 small by ONNX Runtime 1");
        assert_eq!(document.pages.len(), 1);
        assert_eq!(document.text(), texts.join(" "));
        assert_eq!((document.read_by.as_str(), document.left_out.len()), ("PP-OCRv6 small by ONNX Runtime 1", 0));
    }
}
