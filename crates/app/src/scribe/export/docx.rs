//! A Word document.
//!
//! Word takes the direction of a paragraph from `w:bidi`, and that of a run, with the font and the place of its punctuation,
//! from `w:rtl`. So each paragraph is divided into runs by Unicode's bidirectional algorithm, and those with an odd level are
//! marked.

use std::io::Cursor;

use docx_rust::core::{Core, CoreNamespace};
use docx_rust::document::{Paragraph, Run, TextSpace};
use docx_rust::formatting::{
    Bidi, BoldComplex, CharacterProperty, Fonts, KeepNext, Lang, OutlineLvl, ParagraphProperty, RightToLeftText,
    SizeComplex, Spacing,
};
use docx_rust::styles::{DefaultStyle, Style, StyleType, Styles};
use docx_rust::{Docx, DocxError};
use unicode_bidi::BidiInfo;

use super::direction::{Direction, is_isolate, plain, primary_subtag};
use super::turns::{Turn, turns};
use super::{Talk, clock};

/// Sizes are in half points, distances in twentieths of a point.
const SIZE: isize = 22;
const AFTER: isize = 120;

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Plain,
    Strong,
    Quiet,
}

pub(super) fn write(talk: &Talk) -> Result<Vec<u8>, DocxError> {
    let direction = talk.direction();
    let mut docx = Docx { core: Some(core(talk)), styles: styles(talk), ..Docx::default() };
    for (style, pieces) in paragraphs(talk) {
        docx.document.push(paragraph(style, &pieces, direction));
    }
    Ok(docx.write(Cursor::new(Vec::new()))?.into_inner())
}

/// What Word shows as the properties of the document.
fn core(talk: &Talk) -> Core<'static> {
    let facts = talk.facts().into_iter().map(|(label, value)| format!("{label}: {value}"));
    let facts: Vec<String> = facts.collect();
    Core::CoreNamespace(CoreNamespace {
        title: Some(talk.heading().into()),
        description: Some(facts.join("; ").into()),
        language: Some(plain(&talk.language).into()),
        ..CoreNamespace::default()
    })
}

/// The content, before it is marked up: a style and the pieces of each paragraph.
fn paragraphs(talk: &Talk) -> Vec<(&'static str, Vec<(String, Look)>)> {
    let labels = talk.labels();
    let mut all = vec![("Title", vec![(talk.heading(), Look::Plain)])];
    for (label, value) in talk.facts() {
        all.push((
            "Normal",
            vec![(label.to_owned(), Look::Strong), (": ".to_owned(), Look::Strong), (value, Look::Plain)],
        ));
    }
    let summary = talk.summary_lines();
    if !summary.is_empty() {
        all.push(("Heading1", vec![(talk.summary_label(), Look::Plain)]));
        all.extend(summary.into_iter().map(|text| ("Normal", vec![(text, Look::Plain)])));
    }
    all.push(("Heading1", vec![(labels.untitled.to_owned(), Look::Plain)]));
    for turn in turns(talk) {
        let mut pieces = Vec::new();
        match turn {
            Turn::Said { start_ms, speaker, text } => {
                pieces.push((format!("[{}] ", clock(start_ms)), Look::Quiet));
                if let Some(speaker) = speaker {
                    pieces.extend([(talk.name_of(speaker), Look::Strong), (": ".to_owned(), Look::Strong)]);
                }
                pieces.push((text, Look::Plain));
            }
            Turn::Gap(gap) => pieces.push((labels.gap(gap), Look::Quiet)),
        }
        all.push(("Normal", pieces));
    }
    all
}

fn paragraph(style: &'static str, pieces: &[(String, Look)], base: Direction) -> Paragraph<'static> {
    let property = ParagraphProperty {
        style_id: Some(style.into()),
        bidi: (base == Direction::RightToLeft).then(Bidi::default),
        ..ParagraphProperty::default()
    };
    let mut paragraph = Paragraph::default().property(property);
    for (text, look, direction) in runs(pieces, base) {
        let run = Run::default().property(looks(look, direction)).push_text((text, TextSpace::Preserve));
        paragraph = paragraph.push(run);
    }
    paragraph
}

/// Divides a paragraph wherever the look or the direction changes.
fn runs(pieces: &[(String, Look)], base: Direction) -> Vec<(String, Look, Direction)> {
    let whole: String = pieces.iter().map(|(text, _)| base.said(text)).collect();
    let levels = BidiInfo::new(&whole, Some(base.level())).levels;
    let mut runs: Vec<(String, Look, Direction)> = Vec::new();
    let mut at = 0;
    for (text, look) in pieces {
        for letter in base.said(text).chars() {
            let is_right = levels.get(at).is_some_and(unicode_bidi::Level::is_rtl);
            let direction = if is_right { Direction::RightToLeft } else { Direction::LeftToRight };
            at += letter.len_utf8();
            match runs.last_mut() {
                // What the marked runs make superfluous; old versions of Word draw it as a box.
                _ if is_isolate(letter) => {}
                Some(run) if (run.1, run.2) == (*look, direction) => run.0.push(letter),
                _ => runs.push((letter.to_string(), *look, direction)),
            }
        }
    }
    runs
}

fn looks(look: Look, direction: Direction) -> CharacterProperty<'static> {
    let mut property = CharacterProperty {
        rtl: (direction == Direction::RightToLeft).then(RightToLeftText::default),
        ..CharacterProperty::default()
    };
    match look {
        Look::Plain => {}
        Look::Strong => {
            property.bold = Some(true.into());
            // Scripts such as Arabic have a weight of their own.
            property.bold_complex = Some(BoldComplex { value: Some(true) });
        }
        Look::Quiet => property.color = Some("666666".into()),
    }
    property
}

fn styles(talk: &Talk) -> Styles<'static> {
    let language = plain(&talk.language);
    let lang = match (talk.direction(), &*primary_subtag(&language)) {
        (Direction::RightToLeft, _) => Lang::default().bidi(language),
        (_, "ja" | "zh" | "ko" | "yue") => Lang::default().east_asia(language),
        _ => Lang::default().val(language),
    };
    // Fonts that Word and LibreOffice have or replace by one of the same widths.
    let fonts = Fonts::default().ascii("Calibri").h_ansi("Calibri").custom("Arial");
    let text = CharacterProperty { fonts: Some(fonts), lang: Some(lang), ..sized(SIZE) };
    let spaced = ParagraphProperty {
        spacing: Some(Spacing { after: Some(AFTER), ..Spacing::default() }),
        ..ParagraphProperty::default()
    };
    let mut normal = Style::new(StyleType::Paragraph, "Normal").name("Normal");
    normal.default = Some(true);
    let mut styles = Styles {
        default: Some(DefaultStyle::default().character(text).paragraph(spaced)),
        ..<Styles<'_> as Default>::default()
    };
    styles.styles = vec![normal, heading("Title", "Title", 36, None), heading("Heading1", "heading 1", 28, Some(0))];
    styles
}

fn heading(id: &'static str, name: &'static str, size: isize, level: Option<isize>) -> Style<'static> {
    let paragraph = ParagraphProperty {
        keep_next: Some(KeepNext::default()),
        spacing: Some(Spacing { before: Some(AFTER * 2), after: Some(AFTER), ..Spacing::default() }),
        outline_lvl: level.map(|value| OutlineLvl { value }),
        ..ParagraphProperty::default()
    };
    let bold = BoldComplex { value: Some(true) };
    let text = CharacterProperty { bold: Some(true.into()), bold_complex: Some(bold), ..sized(size) };
    Style::new(StyleType::Paragraph, id).name(name).paragraph(paragraph).character(text)
}

fn sized(size: isize) -> CharacterProperty<'static> {
    CharacterProperty {
        size: Some(size.into()),
        size_complex: Some(SizeComplex { value: Some(size) }),
        ..CharacterProperty::default()
    }
}
