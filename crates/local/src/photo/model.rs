//! What the engine child has loaded: the detector and the recogniser of PP-OCRv6 (PaddleOCR), and how a picture becomes lines.

use std::path::{Path, PathBuf};

use super::decode::Loaded;
use super::detect::{LONGER_EDGE, SMALL_EDGE, detect};
use super::engine::Found;
use super::error::Failure;
use super::order::in_order;
use super::picture::Picture;
use super::recognise::{Recognised, Recogniser};
use super::rect::Rect;
use crate::models::{PHOTO_DETECTOR, PHOTO_RECOGNISER, checked};
use crate::onnx::Onnx;
use crate::reading::{PhotoLine, turned_place};

/// A line that is less confident is left out: a pattern, a logo, a script that the model does not know.
const CONFIDENT: f32 = 0.5;
/// With a lower mean the text may stand on its head, and is read so, too.
const SURE: f32 = 0.9;

/// The files, and how many threads may work on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Files {
    /// ONNX Runtime.
    pub(super) onnx: PathBuf,
    pub(super) detector: PathBuf,
    pub(super) recogniser: PathBuf,
    pub(super) threads: u32,
}

/// The loaded models.
pub(super) struct Model {
    detector: ort::session::Session,
    recogniser: Recogniser,
}

impl Model {
    /// Loads everything, after comparing the hashes: another recogniser would read other characters unnoticed.
    pub(super) fn load(files: &Files) -> Result<Self, Failure> {
        Self::try_load(files).map_err(|message| Failure::NotLoaded { message })
    }

    fn try_load(files: &Files) -> Result<Self, String> {
        let detector = checked(&PHOTO_DETECTOR, &files.detector)?;
        let recogniser = checked(&PHOTO_RECOGNISER, &files.recogniser)?;
        let onnx = Onnx::load(&files.onnx, usize::try_from(files.threads).unwrap_or(1))?;
        let session =
            |model: &[u8], path: &Path| onnx.session(model).map_err(|error| format!("{}: {error}", path.display()));
        let detector = session(&detector, &files.detector)?;
        let recogniser = Recogniser::new(session(&recogniser, &files.recogniser)?)?;
        Ok(Self { detector, recogniser })
    }

    /// Reads a picture, whichever way up its text is.
    pub(super) fn read(&mut self, loaded: &Loaded) -> Result<Found, String> {
        let Loaded { picture, size } = loaded;
        // The small copy first: the runtime keeps the memory of the larger one, and asks for as much again for any other.
        let in_small = self.in_small_copy(picture)?;
        let boxes = detect(&mut self.detector, picture, LONGER_EDGE)?;
        let is_blank = boxes.is_empty() && in_small.is_empty();
        let mut found = self.read_boxes(picture, &boxes)?;
        let read: Vec<Rect> = found.lines.iter().filter_map(|line| Rect::around(line.corners.to_vec())).collect();
        let is_read = |one: &Rect| read.iter().any(|line| one.contains(line.centre) || line.contains(one.centre));
        let missed: Vec<Rect> = in_small.into_iter().filter(|one| !is_read(one)).collect();
        if !missed.is_empty() {
            let is_part = |one: &Rect| missed.iter().any(|large| large.contains(one.centre));
            let boxes: Vec<Rect> =
                boxes.into_iter().filter(|one| !is_part(one)).chain(missed.iter().copied()).collect();
            let again = self.read_boxes(picture, &boxes)?;
            if again.lines.len() > found.lines.len() {
                found = again;
            }
        }
        found.size = *size;
        found.is_blank = is_blank;
        let factors = [(size[0], picture.width), (size[1], picture.height)].map(|(whole, kept)| ratio(whole, kept));
        for corner in found.lines.iter_mut().flat_map(|line| &mut line.corners) {
            *corner = [corner[0] * factors[0], corner[1] * factors[1]];
        }
        Ok(found)
    }

    /// Boxes of a small copy of a large picture: letters that fill it are found there alone.
    fn in_small_copy(&mut self, picture: &Picture) -> Result<Vec<Rect>, String> {
        let [width, height] = pixels(picture);
        if width.max(height) < 1.5 * SMALL_EDGE {
            return Ok(Vec::new());
        }
        detect(&mut self.detector, picture, SMALL_EDGE)
    }

    /// Reads what is in these boxes, whichever way up it is.
    fn read_boxes(&mut self, picture: &Picture, boxes: &[Rect]) -> Result<Found, String> {
        let area = |tall: bool| boxes.iter().filter(|one| one.is_tall() == tall).map(Rect::area).sum::<f32>();
        // A column of Chinese or Japanese is read from the side, too.
        let turns = if area(true) > area(false) { 3 } else { 0 };
        let found = self.read_turned(picture, boxes, turns)?;
        if !boxes.is_empty() && found.confidence < SURE {
            let on_its_head = self.read_turned(picture, boxes, (turns + 2) % 4)?;
            if on_its_head.confidence > found.confidence {
                return Ok(on_its_head);
            }
        }
        Ok(found)
    }

    /// Reads what is in these boxes after clockwise quarter turns of the picture.
    fn read_turned(&mut self, picture: &Picture, boxes: &[Rect], quarter_turns: u8) -> Result<Found, String> {
        let size = pixels(picture);
        let upright = picture.turned(quarter_turns);
        let boxes: Vec<Rect> = boxes.iter().map(|one| one.turned(size, quarter_turns)).collect();
        let lines: Vec<Picture> = boxes.iter().map(|one| line_of(&upright, one)).collect();
        let read = self.recogniser.recognise(&lines)?;
        let weight = |one: &Rect| one.size[0].max(one.size[1]);
        let total: f32 = boxes.iter().map(weight).sum();
        let confidence: f32 = boxes.iter().zip(&read).map(|(one, read)| weight(one) * read.confidence).sum();
        let kept: Vec<(Rect, Recognised)> = boxes
            .into_iter()
            .zip(read)
            .filter(|(_, read)| read.confidence >= CONFIDENT && !read.text.trim().is_empty())
            .collect();
        let level = leveled(&kept);
        let turned_size = pixels(&upright);
        let line = |at: usize| {
            let (rect, Recognised { text, confidence }) = &kept[at];
            let corners = rect.corners().map(|corner| turned_place(corner, turned_size, (4 - quarter_turns) % 4));
            PhotoLine { text: text.trim().to_owned(), confidence: *confidence, corners }
        };
        let lines = in_order(&level).into_iter().map(line).collect();
        Ok(Found { quarter_turns, confidence: confidence / total.max(1.0), lines, ..Found::default() })
    }
}

/// The picture of a line. One that runs down is laid on its side.
fn line_of(picture: &Picture, rect: &Rect) -> Picture {
    let cut = picture.cut(rect);
    if rect.is_tall() { cut.turned(3) } else { cut }
}

/// The bounds of lines after turning all of them by their mean angle.
fn leveled(lines: &[(Rect, Recognised)]) -> Vec<[f32; 4]> {
    let sum = lines.iter().filter(|(rect, _)| !rect.is_tall()).fold([0.0, 0.0], |sum: [f32; 2], (rect, _)| {
        [sum[0] + rect.size[0] * rect.axis[0], sum[1] + rect.size[0] * rect.axis[1]]
    });
    let length = sum[0].hypot(sum[1]);
    let [x, y] = if length > 0.0 { sum.map(|part| part / length) } else { [1.0, 0.0] };
    let bounds = |(Rect { centre, size, .. }, _): &(Rect, Recognised)| {
        let (u, v) = (centre[0] * x + centre[1] * y, centre[1] * x - centre[0] * y);
        [u - size[0] / 2.0, v - size[1] / 2.0, u + size[0] / 2.0, v + size[1] / 2.0]
    };
    lines.iter().map(bounds).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a picture has fewer than 2^23 rows and columns")]
fn pixels(picture: &Picture) -> [f32; 2] {
    [picture.width as f32, picture.height as f32]
}

#[expect(clippy::cast_precision_loss, reason = "a picture has fewer than 2^23 rows and columns")]
fn ratio(whole: u32, kept: usize) -> f32 {
    whole as f32 / kept.max(1) as f32
}
