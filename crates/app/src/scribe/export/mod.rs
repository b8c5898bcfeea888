//! A transcript as a file: TXT, SRT, VTT, JSON, Markdown, DOCX.
//!
//! ```text
//! Talk ─► speech (timed tokens) ─► turns ─► text, markdown, docx
//!                               └► cues  ─► subtitles (SRT, VTT)
//!      └► json
//! ```
//!
//! Every format has each word once, in order, and marks gaps. Consent and whether the transcript is provisional stand in all
//! but SRT, which has no place for what is not shown.
//!
//! The captions of Reel (`sluice_local::render`) are not used to write them: they are made for a picture, from the few languages
//! of its voices, know neither speakers nor comments, and keep no reading speed. Their parser checks these in the tests.

mod cues;
mod direction;
mod docx;
mod file_name;
mod json;
mod labels;
mod markdown;
pub(in crate::scribe) mod speech;
mod subtitles;
#[cfg(test)]
mod tests;
mod text;
mod turns;

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sluice_capability::Transcript;
use sluice_domain::time::Timestamp;

use direction::Direction;
use labels::Labels;

use super::gap::GapReason;

/// What is exported.
#[derive(Debug, Clone, PartialEq)]
pub struct Talk {
    /// What its owner calls it.
    pub title: String,
    /// ISO 639-1 code or BCP 47 tag of what is spoken.
    pub language: String,
    /// When the recording began.
    pub recorded: Option<Timestamp>,
    /// What was said or written about the consent of those recorded.
    pub consent: Option<String>,
    /// Names of speakers, by the numbers of the segments. Others are called by their number.
    pub speakers: BTreeMap<u32, String>,
    /// What is missing in the recording, or in what was written down of it.
    pub gaps: Vec<Gap>,
    /// The text may still change.
    pub provisional: bool,
    /// Sentences that stand for the whole.
    pub summary: Option<Overview>,
    /// What was said.
    pub transcript: Transcript,
}

/// Sentences that stand for the whole, one on a line, labelled by where they are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The sentences.
    pub text: String,
    /// The models that wrote them; none of an extract, which has sentences of the transcript itself.
    pub written_by: Option<String>,
    /// The transcript was corrected after they were chosen or written.
    pub is_older: bool,
}

/// A stretch of the recording of which nothing was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Start in milliseconds of the sound.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
    /// Why.
    pub reason: GapReason,
    /// Nobody knows exactly when it ends.
    #[serde(default)]
    pub estimated: bool,
}

/// The format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text.
    Txt,
    /// Captions as `SubRip`.
    Srt,
    /// Captions as `WebVTT`.
    Vtt,
    /// All data: the module `json` documents the shape.
    Json,
    /// Markdown as `CommonMark` defines it.
    Md,
    /// A Word document.
    Docx,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Txt, Self::Srt, Self::Vtt, Self::Json, Self::Md, Self::Docx];

    /// The format of this extension, in lower case and without the dot.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }

    /// The end of a file name, without the dot. The format is called by it, too.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Txt => "txt",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Json => "json",
            Self::Md => "md",
            Self::Docx => "docx",
        }
    }

    /// The media type, with the encoding where it is text.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Txt => "text/plain; charset=utf-8",
            // Registered by nobody, but what players and servers use.
            Self::Srt => "application/x-subrip; charset=utf-8",
            Self::Vtt => "text/vtt; charset=utf-8",
            Self::Json => "application/json",
            Self::Md => "text/markdown; charset=utf-8",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }
}

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Its content.
    pub bytes: Vec<u8>,
    /// What `Content-Type` says.
    pub media_type: &'static str,
    /// Its name, made from the title: safe on every common file system.
    pub name: String,
}

/// Why a transcript cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The Word document cannot be written.
    #[error("the Word document cannot be written; export it as text or Markdown instead")]
    Docx(#[from] docx_rust::DocxError),
    /// The JSON cannot be written.
    #[error("the JSON cannot be written; export it as text instead")]
    Json(#[from] serde_json::Error),
}

/// Writes a transcript as a file. It is work for a blocking thread if the recording lasts for hours.
pub fn export(talk: &Talk, format: Format) -> Result<Exported, ExportError> {
    let bytes = match format {
        Format::Txt => text::write(talk).into_bytes(),
        Format::Srt => subtitles::srt(talk).into_bytes(),
        Format::Vtt => subtitles::vtt(talk).into_bytes(),
        Format::Json => json::write(talk)?,
        Format::Md => markdown::write(talk).into_bytes(),
        Format::Docx => docx::write(talk)?,
    };
    let name = file_name::of_title(&talk.title, format.extension());
    Ok(Exported { bytes, media_type: format.media_type(), name })
}

impl Talk {
    fn direction(&self) -> Direction {
        Direction::of_language(&self.language)
    }

    fn labels(&self) -> &'static Labels {
        Labels::of_language(&self.language)
    }

    /// The title on one line; never empty.
    fn heading(&self) -> String {
        let title = direction::plain(&self.title);
        if title.is_empty() { self.labels().untitled.to_owned() } else { title }
    }

    /// What a speaker is called.
    fn name_of(&self, speaker: u32) -> String {
        let name = self.speakers.get(&speaker).map(|name| direction::plain(name)).filter(|name| !name.is_empty());
        name.unwrap_or_else(|| self.labels().speaker(speaker))
    }

    /// When it was recorded, by RFC 3339; none if that is unknown or in no year of four digits.
    fn recorded_at(&self) -> Option<String> {
        const YEAR_10000: u64 = 253_402_300_800_000;
        let millis = u64::try_from(self.recorded?.as_millis()).ok().filter(|millis| *millis < YEAR_10000)?;
        Some(humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_millis(millis)).to_string())
    }

    /// What stands above the text, as labels and values on one line each.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let labels = self.labels();
        let consent = self.consent.as_deref().map(direction::plain).filter(|consent| !consent.is_empty());
        let facts = [
            (labels.recorded, self.recorded_at().map(|time| time.replace('T', " ").replace('Z', " UTC"))),
            (labels.language, Some(direction::plain(&self.language)).filter(|language| !language.is_empty())),
            (labels.consent, consent),
            (labels.status, self.provisional.then(|| labels.provisional.to_owned())),
        ];
        facts.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
    }

    /// What the summary is called: by who wrote it, or an extract; and whether the transcript was corrected since.
    fn summary_label(&self) -> String {
        let labels = self.labels();
        let summary = self.summary.as_ref();
        let label = match summary.and_then(|summary| summary.written_by.as_deref()) {
            Some(models) => format!("{} {}", labels.written, direction::plain(models)),
            None => labels.extract.to_owned(),
        };
        if summary.is_some_and(|summary| summary.is_older) { format!("{label} ({})", labels.older) } else { label }
    }

    /// The paragraphs of the summary.
    fn summary_lines(&self) -> Vec<String> {
        let lines = self.summary.iter().flat_map(|summary| summary.text.lines());
        lines.map(direction::plain).filter(|line| !line.is_empty()).collect()
    }
}

/// `01:02:03`.
fn clock(ms: u32) -> String {
    format!("{:02}:{:02}:{:02}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60)
}
