//! A picture that this machine reads.

use std::path::Path;

use sluice_capability::CapabilityError;
use sluice_domain::study::StudyLanguage;
use sluice_engine::JobError;
use sluice_local::analyse::UNLISTED;
use sluice_local::photo::{PhotoError, PhotoLine, PhotoReader, PhotoText};

use super::{Line, Reading, has_all_letters, wrong_script};
use crate::capture::context::CaptureApp;
use crate::routing;

/// Letters of Latin that look like those of Russian, small ones as capitals do.
const ALIKE: &str = "abcehkmoptxy";

/// So clearly, and so many letters, are words in another script read that they are there.
const READ_CLEARLY: f32 = 0.75;
const FEWEST_LETTERS: usize = 3;
/// So sure, and so much surer than of those in the chosen language is whoever reads them.
const SURE: f32 = 0.85;
const SURER: f32 = 0.05;

/// What is read on a picture in this language, or in whichever it is in.
pub(super) async fn read(app: &CaptureApp, file: &Path, language: Option<StudyLanguage>) -> Result<Reading, JobError> {
    let text = app.photos.read(file, language.map(StudyLanguage::code)).await.map_err(failed)?;
    // Not kept: once the package is there, the picture is read again.
    tried_in_all(&text)?;
    let reading = reading_of(text);
    if language.is_none()
        && may_be_russian(&reading)
        && let Some(russian) = in_russian(app, file, &reading).await?
    {
        return Ok(russian);
    }
    Ok(reading)
}

/// Whether what was read in a chosen language may be words in another script: each engine makes some letters of its own of those.
pub(super) async fn may_be_in_another_script(app: &CaptureApp, reading: &Reading, chosen: StudyLanguage) -> bool {
    let (all, own) =
        letters(reading).fold((0, 0), |(all, own), letter| (all + 1, own + usize::from(chosen.writes(letter))));
    if 2 * own < all || (reading.engine == PhotoReader::model().engine && reading.confidence < READ_CLEARLY) {
        return true;
    }
    // tesseract is nearly as sure of them.
    let usual = app.analyser.usual(chosen, &joined(reading)).await.ok().flatten();
    reading.engine != PhotoReader::model().engine && usual.is_some_and(|usual| usual <= UNLISTED)
}

/// The error for a picture on which something is read in another script than the chosen one, and more surely than what was read in
/// that; none if nothing is, or it cannot be looked for.
pub(super) async fn in_another_script(
    app: &CaptureApp,
    file: &Path,
    chosen: StudyLanguage,
    than: Option<f32>,
) -> Option<JobError> {
    let reading = reading_of(app.photos.read(file, None).await.ok()?);
    let is_clear = |line: &&Line| line.confidence >= READ_CLEARLY && has_all_letters(line) && !chosen.is_in(&line.text);
    let read: Vec<&str> = reading.lines.iter().filter(is_clear).map(|line| line.text.as_str()).collect();
    let read = read.join(" ");
    let is_there = read.chars().filter(|letter| letter.is_alphabetic()).count() >= FEWEST_LETTERS;
    let is_surer = than.is_none_or(|than| reading.confidence >= SURE.max(than + SURER));
    (is_there && is_surer).then(|| wrong_script(&read, chosen))
}

fn failed(error: PhotoError) -> JobError {
    routing::failed(CapabilityError::from(error))
}

/// An error if there are no words on a picture, and it was not read in every language that it may be in.
fn tried_in_all(text: &PhotoText) -> Result<(), JobError> {
    let has_words = text.lines.iter().any(|line| line.text.chars().any(char::is_alphabetic));
    if has_words || text.not_tried.is_empty() {
        return Ok(());
    }
    Err(JobError::fail(
        "tool_missing",
        format!(
            "no text was found on the picture, and it was not looked for in all scripts: install {} on the server, or choose the \
             language of the picture",
            text.not_tried.join(" and ")
        ),
    ))
}

fn reading_of(text: PhotoText) -> Reading {
    let line = |line: PhotoLine| Line { text: line.text, confidence: line.confidence, corners: line.corners };
    Reading {
        width: text.width,
        height: text.height,
        quarter_turns: text.quarter_turns,
        confidence: text.confidence,
        lines: text.lines.into_iter().map(line).collect(),
        alike: false,
        engine: text.read_by.engine.to_owned(),
        version: format!("{} {}", text.read_by.model, text.read_by.version),
    }
}

/// Whether each letter looks like one of Russian, as in "MOCKBA": whoever knows Latin letters alone reads those, and is sure.
fn may_be_russian(reading: &Reading) -> bool {
    let mut letters = letters(reading).flat_map(char::to_lowercase).peekable();
    letters.peek().is_some() && letters.all(|letter| ALIKE.contains(letter))
}

fn letters(reading: &Reading) -> impl Iterator<Item = char> {
    reading.lines.iter().flat_map(|line| line.text.chars()).filter(|letter| letter.is_alphabetic())
}

fn joined(reading: &Reading) -> String {
    reading.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The same picture read as Russian, if its words are more usual there than those of `latin` are in Spanish.
async fn in_russian(app: &CaptureApp, file: &Path, latin: &Reading) -> Result<Option<Reading>, JobError> {
    let russian = match app.photos.read(file, Some(StudyLanguage::RUSSIAN.code())).await {
        Ok(text) => Reading { alike: true, ..reading_of(text) },
        Err(PhotoError::TesseractMissing { .. }) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if !letters(&russian).all(|letter| StudyLanguage::RUSSIAN.writes(letter)) {
        return Ok(None);
    }
    let usual = async |reading: &Reading, language| {
        // A list that cannot be read is said where the card is analysed.
        app.analyser.usual(language, &joined(reading)).await.ok().flatten()
    };
    let (here, there) = (usual(&russian, StudyLanguage::RUSSIAN).await, usual(latin, StudyLanguage::SPANISH).await);
    Ok((here > there).then_some(russian))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(line: &str, not_tried: &[&str]) -> PhotoText {
        PhotoText {
            read_by: PhotoReader::model(),
            width: 10,
            height: 10,
            quarter_turns: 0,
            confidence: 0.3,
            lines: vec![PhotoLine { text: line.to_owned(), confidence: 0.6, corners: [[0.0; 2]; 4] }],
            not_tried: not_tried.iter().map(|package| (*package).to_owned()).collect(),
        }
    }

    #[test]
    fn a_picture_that_was_not_read_in_all_scripts_names_the_packages() {
        let error = tried_in_all(&photo("12", &["tesseract-ocr-rus", "tesseract-ocr-kat"])).err().unwrap();
        assert_eq!((error.code.as_str(), error.retry), ("tool_missing", false));
        assert!(error.message.contains("install tesseract-ocr-rus and tesseract-ocr-kat"), "{}", error.message);
        assert!(tried_in_all(&photo("Hola", &["tesseract-ocr-rus"])).is_ok());
        assert!(tried_in_all(&photo("12", &[])).is_ok());
    }

    #[test]
    fn letters_of_both_scripts_may_be_russian() {
        let may_be = |text: &str| may_be_russian(&reading_of(photo(text, &[])));
        assert!(may_be("MOCKBA") && may_be("MocKBa 2") && may_be("COMO"));
        assert!(!may_be("CASA") && !may_be("OTKPITO") && !may_be("12") && !may_be("Москва"));
    }
}
