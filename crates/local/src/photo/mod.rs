//! Text on photographs and other pictures, by PP-OCRv6 in a warm child of this binary, or by tesseract.
//!
//! The child (`engine`) decodes the picture (`decode`), finds where text is (`detect`), reads each line (`recognise`), and puts
//! the lines in order (`order`). PP-OCRv6 reads Latin, Chinese and Japanese, also askew, blurred and on a coloured ground, and
//! knows no other script. Those are read by tesseract, which wants a clean page. Which of them reads is decided by the language
//! (`languages`); if that is not given, by how confident they are.

mod decode;
mod detect;
pub(crate) mod engine;
mod error;
mod header;
mod languages;
mod model;
mod order;
mod picture;
mod recognise;
mod rect;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use sluice_domain::document::Document;

pub use error::PhotoError;
pub use header::check_size;

pub use crate::reading::PhotoLine;

use self::engine::{EngineRequest, EngineResponse, Found};
use self::languages::{ReadWith, engine_for};
use self::model::Files;
use crate::child::SUBCOMMAND;
use crate::child::warm::{Framing, Warm};
use crate::guard::{Guard, Limits};
use crate::models::{Models, ONNX_RUNTIME, PHOTO_DETECTOR, PHOTO_READING, PHOTO_RECOGNISER};
use crate::reading::{GreyPicture, PhotoPage, read_picture};

/// Time for the engine to start and load its models.
const STARTING: Duration = Duration::from_mins(1);
/// Time for a picture full of small print on a busy machine.
const REQUEST: Duration = Duration::from_mins(5);
/// After this time without a request the engine is stopped.
const IDLE: Duration = Duration::from_mins(5);
/// Address space of the engine in MiB: the largest photograph takes a quarter of it while it is decoded.
const MEMORY: u64 = 4 * 1024;
const MOST_THREADS: usize = 4;

/// PP-OCRv6 is believed if it is at least so confident. It is more than that of nearly all that it can read.
const SURE: f32 = 0.85;
/// Letters and digits of a line at least, for each time that it is as long as high. Print has one to three.
const LETTERS: f32 = 0.25;
/// Lines of tesseract that are less confident are left out, as those of PP-OCRv6 are.
const CONFIDENT: f32 = 0.5;

/// What tesseract tries of a picture whose language is not known, one after the other: all languages of documents, and those of cards
/// that are in other scripts. Given many scripts at once it mixes their letters.
const TRIED: [&[&str]; 3] = [&[], &["rus"], &["kat"]];

/// What a picture says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhotoText {
    /// What read it.
    #[serde(flatten)]
    pub read_by: ReadBy,
    /// Pixels across, upright as the camera was held.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Clockwise quarter turns, 0 to 3, after which the text is upright.
    pub quarter_turns: u8,
    /// Mean confidence in all that looks like text, from 0 to 1; 0 if nothing does.
    pub confidence: f32,
    /// In reading order; none on a picture without text.
    pub lines: Vec<PhotoLine>,
    /// Debian packages of languages that were not tried, because tesseract does not have them. None if the language was known, or
    /// what was read is sure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_tried: Vec<String>,
}

/// What read a picture, as it is stored with the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadBy {
    /// `pp-ocr` or `tesseract`.
    pub engine: &'static str,
    /// The model, or tesseract's languages.
    pub model: String,
    /// The version of what runs it.
    pub version: String,
}

impl fmt::Display for ReadBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.model, self.version)
    }
}

/// A picture that was read, and the page that it makes.
struct Read {
    text: PhotoText,
    page: PhotoPage,
    /// Nothing on it looks like text.
    is_blank: bool,
}

impl Read {
    fn is_sure(&self) -> bool {
        self.confidence() >= SURE && !self.text.lines.is_empty()
    }

    /// That of the reading, or 0 if most letters were passed over: a recogniser that does not know a script is sure of the
    /// full stops and of the spaces between its words.
    fn confidence(&self) -> f32 {
        let long: f32 = self.text.lines.iter().map(|line| shape(&line.corners)).sum();
        let letters: usize =
            self.text.lines.iter().map(|line| line.text.chars().filter(|c| c.is_alphanumeric()).count()).sum();
        #[expect(clippy::cast_precision_loss, reason = "a count of letters")]
        let are_enough = letters > 0 && letters as f32 >= long * LETTERS;
        if are_enough { self.text.confidence } else { 0.0 }
    }
}

/// How many times as long as high a line with these corners is.
pub fn shape(corners: &[[f32; 2]; 4]) -> f32 {
    let [begin, end, below, _] = *corners;
    let length = |[ax, ay]: [f32; 2], [bx, by]: [f32; 2]| (ax - bx).hypot(ay - by);
    length(begin, end) / length(end, below).max(1.0)
}

/// A picture in shades of grey, for tesseract.
struct Grey {
    picture: GreyPicture,
    /// Of the picture, not of its copy.
    size: [u32; 2],
}

/// Reads photographs and other pictures.
pub struct PhotoReader {
    guard: Guard,
    models: Models,
    engine: Warm,
}

impl PhotoReader {
    /// The engine is started on first use. `executable` is this binary, which re-executes itself as the engine child.
    pub fn new(guard: Guard, models: Models, executable: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = u32::try_from(cores.min(MOST_THREADS)).unwrap_or(1);
        let arguments = engine::arguments(Files {
            onnx: models.path(&ONNX_RUNTIME),
            detector: models.path(&PHOTO_DETECTOR),
            recogniser: models.path(&PHOTO_RECOGNISER),
            threads,
        });
        let limits = Limits::warm(MEMORY, threads);
        let outer = guard.clone();
        let engine = Warm::new(engine::SUBCOMMAND, Framing::Length, limits, move || {
            let fixed = [SUBCOMMAND.into(), engine::SUBCOMMAND.into()];
            outer.command(&limits, &executable, fixed.iter().chain(&arguments))
        })
        .evicted_after(IDLE);
        Self { guard, models, engine }
    }

    /// The model and what runs it, as they are stored with what they read.
    pub fn model() -> ReadBy {
        let version = ONNX_RUNTIME.name.rsplit(".so.").next().unwrap_or_default();
        let version = format!("ONNX Runtime {version}");
        ReadBy { engine: "pp-ocr", model: "PP-OCRv6 small".to_owned(), version }
    }

    /// Whether all files are present.
    pub fn check_installed(&self) -> Result<(), PhotoError> {
        let files: Vec<&str> = self.models.missing(&[&PHOTO_READING]).iter().map(|file| file.name).collect();
        if files.is_empty() { Ok(()) } else { Err(PhotoError::NotInstalled { files }) }
    }

    /// Loads the models, so that the first request need not wait for them.
    pub async fn warm(&self) -> Result<(), PhotoError> {
        self.check_installed()?;
        self.ask(&EngineRequest::Warm, STARTING).await.map(|_| ())
    }

    /// The engine's process id, when it runs.
    pub async fn process_id(&self) -> Option<u32> {
        self.engine.process_id().await
    }

    /// Reads a PNG, JPEG or WebP picture. `language` is the ISO 639-1 code of what it is written in, if that is known: it
    /// chooses the engine.
    pub async fn read(&self, picture: &Path, language: Option<&str>) -> Result<PhotoText, PhotoError> {
        Ok(self.read_page(picture, language).await?.text)
    }

    /// The same as a document of one page, whose blocks are paragraphs. Its points are pixels.
    pub async fn read_document(
        &self,
        picture: &Path,
        language: Option<&str>,
    ) -> Result<(Document, ReadBy), PhotoError> {
        let Read { text, page, .. } = self.read_page(picture, language).await?;
        Ok((page.into_document(&text.read_by.to_string()), text.read_by))
    }

    async fn read_page(&self, picture: &Path, language: Option<&str>) -> Result<Read, PhotoError> {
        let no_file = |error: std::io::Error| PhotoError::NoFile { message: error.to_string() };
        let picture = tokio::fs::canonicalize(picture).await.map_err(no_file)?;
        if picture.to_str().is_none() {
            return Err(PhotoError::PathNotUtf8);
        }
        if let Some(ReadWith::Tesseract(name)) = language.map(engine_for).transpose()? {
            return self.by_tesseract(&self.grey(&picture).await?, &[name]).await;
        }
        self.warm().await?;
        let read = self.by_pp_ocr(&picture).await?;
        // Where nothing looks like text, tesseract would look for it in one script after the other, for long.
        if language.is_some() || read.is_sure() || read.is_blank {
            return Ok(read);
        }
        self.in_another_script(&picture, read).await
    }

    /// What tesseract reads better than `read`, which may be of another script.
    async fn in_another_script(&self, picture: &Path, read: Read) -> Result<Read, PhotoError> {
        let grey = self.grey(picture).await?;
        let mut best = read;
        let mut not_tried: Vec<String> = Vec::new();
        for languages in TRIED {
            let other = match self.by_tesseract(&grey, languages).await {
                Ok(other) => other,
                Err(PhotoError::TesseractMissing { package }) => {
                    not_tried.push(package);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if !other.text.lines.is_empty() && other.confidence() > best.confidence() {
                best = other;
            }
            if best.is_sure() {
                return Ok(best);
            }
        }
        // Without tesseract itself each of them is missing for the same reason.
        not_tried.dedup();
        best.text.not_tried = not_tried;
        Ok(best)
    }

    async fn by_pp_ocr(&self, picture: &Path) -> Result<Read, PhotoError> {
        let request = EngineRequest::Read { picture: picture.to_owned() };
        let EngineResponse::Read(Found { size, quarter_turns, confidence, lines, is_blank }) =
            self.ask(&request, REQUEST).await?
        else {
            return Err(another_answer());
        };
        let page = PhotoPage::of_lines(size, quarter_turns, &lines);
        let [width, height] = size;
        let not_tried = Vec::new();
        let text = PhotoText { read_by: Self::model(), width, height, quarter_turns, confidence, lines, not_tried };
        Ok(Read { text, page, is_blank })
    }

    /// As tesseract takes it.
    async fn grey(&self, picture: &Path) -> Result<Grey, PhotoError> {
        let copy = tempfile::NamedTempFile::new().map_err(PhotoError::Io)?;
        let request = EngineRequest::Grey { picture: picture.to_owned(), into: copy.path().to_owned() };
        let EngineResponse::Grey { size } = self.ask(&request, REQUEST).await? else { return Err(another_answer()) };
        let pgm = tokio::fs::read(copy.path()).await.map_err(PhotoError::Io)?;
        Ok(Grey { picture: GreyPicture::of(&pgm, size).await?, size })
    }

    /// Reads with tesseract in these languages of its own, or in those of all documents if there are none.
    async fn by_tesseract(
        &self,
        Grey { picture, size }: &Grey,
        languages: &[&'static str],
    ) -> Result<Read, PhotoError> {
        let read = read_picture(&self.guard, picture, languages).await?;
        let lines = read.page.lines().into_iter().filter(|line| line.confidence >= CONFIDENT);
        let read_by = ReadBy { engine: "tesseract", model: read.languages, version: read.name };
        let [width, height] = *size;
        let text = PhotoText {
            read_by,
            width,
            height,
            quarter_turns: read.page.quarter_turns(),
            confidence: read.confidence,
            lines: lines.collect(),
            not_tried: Vec::new(),
        };
        Ok(Read { text, page: read.page, is_blank: false })
    }

    async fn ask(&self, request: &EngineRequest, wall: Duration) -> Result<EngineResponse, PhotoError> {
        match self.engine.ask(request, wall).await? {
            EngineResponse::Failed(failure) => Err(failure.into()),
            response => Ok(response),
        }
    }
}

fn another_answer() -> PhotoError {
    PhotoError::Failed { message: "the engine answered another request".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_no_letter_is_sure_of_nothing() {
        let read = |texts: &[&str]| {
            let corners = [[0.0, 0.0], [100.0, 0.0], [100.0, 10.0], [0.0, 10.0]];
            let line = |text: &&str| PhotoLine { text: (*text).to_owned(), confidence: 0.97, corners };
            let lines: Vec<PhotoLine> = texts.iter().map(line).collect();
            let page = PhotoPage::of_lines([100, 10], 0, &lines);
            let (width, height, not_tried) = (100, 10, Vec::new());
            let read_by = PhotoReader::model();
            let text = PhotoText { read_by, width, height, quarter_turns: 0, confidence: 0.97, lines, not_tried };
            Read { text, page, is_blank: false }.confidence()
        };
        // Of Russian words it read the spaces, which are in no line.
        assert_eq!((read(&[]), read(&["."]), read(&["l"])), (0.0, 0.0, 0.0));
        assert!(read(&["La casa"]) > 0.9);
    }
}
