//! The text files that accompany a video: transcript with page numbers, and chapters.

use serde::{Deserialize, Serialize};
use sluice_domain::language::Language;
use utoipa::ToSchema;

/// One sentence of the finished video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// Start in milliseconds of the video.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
    /// The number of its scene, from 1.
    pub scene: u32,
    /// The page of the document that it comes from.
    pub page: Option<u32>,
    /// Whether a person wrote it.
    #[serde(default)]
    pub edited: bool,
    /// The sentence.
    pub text: String,
}

/// A named part of the video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Chapter)]
pub struct ChapterMark {
    /// Start in milliseconds of the video.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
    /// Its name.
    pub title: String,
}

/// The transcript as plain text: a paragraph per chapter, preceded by its time, with the page after each sentence, or
/// that a person wrote it.
pub fn transcript(title: &str, chapters: &[ChapterMark], lines: &[Line], language: Language) -> String {
    let mut parts = if title.is_empty() { Vec::new() } else { vec![format!("{title}\n")] };
    for chapter in chapters {
        parts.push(format!("\n[{}] {}\n", clock(chapter.start_ms), chapter.title));
        let span = chapter.start_ms..chapter.end_ms;
        for line in lines.iter().filter(|line| span.contains(&line.start_ms)) {
            let source = match line.page {
                Some(page) => format!(" ({})", page_label(page, language)),
                None if line.edited => format!(" ({})", edited_label(language)),
                None => String::new(),
            };
            parts.push(format!("{}{source}\n", line.text));
        }
    }
    parts.concat()
}

/// Chapters, one per line, in the format that video sites parse from a description: `0:00 Title`.
pub fn chapter_list(chapters: &[ChapterMark]) -> String {
    let lines: Vec<String> =
        chapters.iter().map(|chapter| format!("{} {}\n", clock(chapter.start_ms), chapter.title)).collect();
    lines.concat()
}

/// "p. 3", in the given language.
pub fn page_label(page: u32, language: Language) -> String {
    match language.code() {
        "ar" => format!("ص {page}"),
        "de" => format!("S. {page}"),
        "nl" => format!("blz. {page}"),
        "es" | "pt" => format!("pág. {page}"),
        "it" => format!("pag. {page}"),
        _ => format!("p. {page}"),
    }
}

/// Instead of a page, after a sentence that a person wrote.
fn edited_label(language: Language) -> &'static str {
    match language.code() {
        "ar" => "معدّل",
        "fr" => "modifié",
        "de" => "bearbeitet",
        "es" | "pt" => "editado",
        "it" => "modificato",
        "nl" => "bewerkt",
        _ => "edited",
    }
}

fn clock(millis: u32) -> String {
    let seconds = millis / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_names_its_pages() {
        let chapters = [
            ChapterMark { start_ms: 0, end_ms: 61_000, title: "Tides".to_owned() },
            ChapterMark { start_ms: 61_000, end_ms: 70_000, title: "Moon".to_owned() },
        ];
        let line = |start_ms, scene, page, text: &str| {
            let end_ms = start_ms + 900;
            Line { start_ms, end_ms, scene, page, edited: text == "Never.", text: text.to_owned() }
        };
        let lines =
            [line(0, 1, Some(3), "Water rises."), line(61_000, 2, None, "Why?"), line(62_000, 2, None, "Never.")];
        assert_eq!(
            transcript("The sea", &chapters, &lines, Language::ENGLISH),
            "The sea\n\n[0:00] Tides\nWater rises. (p. 3)\n\n[1:01] Moon\nWhy?\nNever. (edited)\n"
        );
        assert_eq!(chapter_list(&chapters), "0:00 Tides\n1:01 Moon\n");
        assert_eq!(page_label(3, Language::ARABIC), "ص 3");
    }
}
