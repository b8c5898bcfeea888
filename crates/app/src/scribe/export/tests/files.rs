use std::io::Cursor;

use docx_rust::DocxFile;
use docx_rust::document::{BodyContent, Paragraph, ParagraphContent};
use serde_json::{Value, json};

use super::*;

#[test]
fn plain_text_has_everything_on_lines_of_their_own() {
    let text = text_of(&english(), Format::Txt);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        &lines[..5],
        [
            "Board meeting: <May> & June",
            "Recorded: 2026-05-12 09:00:00 UTC",
            "Language: en",
            "Consent: All agreed at the start --> for minutes only.",
            "Status: provisional: the text may still change",
        ]
    );
    assert_eq!(
        &lines[6..9],
        ["Extract (sentences of the transcript, unchanged):", "We open on Monday.", "1. It is *not* decided."]
    );
    assert!(lines[10].starts_with("[00:00:00] Amal & Co: Good morning, everybody,"), "{text}");
    let gap = english().labels().gap(english().gaps[0]);
    assert!(gap.starts_with("[gap of 12 s, 00:00:1") && gap.ends_with("what was recorded never arrived]"), "{gap}");
    assert!(text.contains(&format!("\n\n{gap}\n\n[00:00:30] Speaker 2: Yes. That")), "{text}");
    let spoken_lines = lines[10..].iter().filter(|line| !line.is_empty() && !line.starts_with("[gap"));
    let said: String = spoken_lines.map(|line| line.split_once(": ").unwrap().1).collect();
    assert_eq!(letters(&said), spoken(&english()));
}

#[test]
fn a_summary_that_models_wrote_has_their_names_and_is_no_extract() {
    let mut talk = english();
    let (text, written_by) = ("They open on Monday.".to_owned(), Some("letters quill_7".to_owned()));
    talk.summary = Some(Overview { text, written_by, is_older: false });
    assert!(text_of(&talk, Format::Txt).contains("\nSummary, written by letters quill_7:\nThey open on Monday.\n"));
    assert!(text_of(&talk, Format::Md).contains("\n## Summary, written by letters quill\\_7\n"));
    assert!(text_of(&talk, Format::Vtt).contains("\nNOTE\nSummary, written by letters quill_7\n"));
    let read: Value = serde_json::from_slice(&export(&talk, Format::Json).unwrap().bytes).unwrap();
    let summary =
        json!({ "kind": "written", "made_by": "letters quill_7", "text": "They open on Monday.", "older": false });
    assert_eq!(read["summary"], summary);
    talk.summary.as_mut().unwrap().is_older = true;
    let older = "Summary, written by letters quill_7 (older than the corrections of the transcript)";
    assert!(text_of(&talk, Format::Txt).contains(&format!("\n{older}:\nThey open on Monday.\n")));
    assert!(text_of(&talk, Format::Vtt).contains(&format!("\nNOTE\n{older}\n")));
    let read: Value = serde_json::from_slice(&export(&talk, Format::Json).unwrap().bytes).unwrap();
    assert_eq!(read["summary"]["older"], true);
    for format in [Format::Txt, Format::Md, Format::Vtt] {
        assert!(!text_of(&talk, format).contains("Extract"));
    }
}

#[test]
fn plain_text_in_arabic_isolates_what_runs_the_other_way() {
    let text = text_of(&arabic(), Format::Txt);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "\u{2067}اجتماع المجلس (Board)\u{2069}");
    assert_eq!(lines[2], "اللغة: \u{2066}ar\u{2069}");
    assert!(text.contains(" \u{2066}Dr. Smith\u{2069}: تمتص"), "{text}");
    assert!(text.contains("[انقطاع مدته 0.3 ث، 00:00:00.0–00:00:00.3: لم يُسجَّل شيء]"), "{text}");
    assert!(
        lines.iter().all(|line| super::super::direction::Direction::of_first_letter(line)
            != Some(super::super::direction::Direction::LeftToRight)),
        "{text}"
    );
}

#[test]
fn markdown_escapes_what_was_said() {
    let mut talk = english();
    talk.transcript.segments[0].text = "# 1. *Really* <b>[x](y)</b> `code` $5".to_owned();
    talk.transcript.segments[0].words.clear();
    let text = text_of(&talk, Format::Md);
    assert!(text.starts_with("# Board meeting: \\<May\\> \\& June\n\n- **Recorded:** 2026-05-12"), "{text}");
    assert!(text.contains("- **Consent:** All agreed at the start --\\> for minutes only.\n"), "{text}");
    assert!(text.contains("\n> 1\\. It is \\*not\\* decided.\n"), "{text}");
    assert!(text.contains("\\# 1. \\*Really\\* \\<b\\>\\[x\\](y)\\</b\\> \\`code\\` \\$5"), "{text}");
    assert!(text.contains("\n**\\[00:00:00\\] Amal \\& Co:** "), "{text}");
    assert!(text.contains("\n*\\[gap of 12 s, 00:00:1"), "{text}");
    assert!(text.contains(": what was recorded never arrived\\]*\n"), "{text}");
    let arabic = text_of(&arabic(), Format::Md);
    assert!(arabic.starts_with("<div dir=\"rtl\" lang=\"ar\">\n\n# ") && arabic.ends_with("\n</div>\n"), "{arabic}");
}

#[test]
fn json_has_the_documented_shape() {
    let mut talk = english();
    talk.transcript.segments.truncate(1);
    talk.transcript.segments[0].text = "Good morning.".to_owned();
    talk.transcript.segments[0].words.truncate(1);
    (talk.transcript.segments[0].end_ms, talk.transcript.segments[0].words[0].confidence) = (900, 0.5);
    let read: Value = serde_json::from_slice(&export(&talk, Format::Json).unwrap().bytes).unwrap();
    let expected = json!({
        "version": 1,
        "title": "Board meeting: <May> & June",
        "language": "en",
        "direction": "ltr",
        "recorded_at": "2026-05-12T09:00:00Z",
        "consent": "All agreed at the start --> for minutes only.",
        "provisional": true,
        "summary": { "kind": "extract", "text": "We open on Monday.\n\n1. It is *not* decided.", "older": false },
        "speakers": [{ "number": 0, "name": "Amal & Co" }],
        "gaps": [{ "start_ms": talk.gaps[0].start_ms, "end_ms": talk.gaps[0].end_ms, "reason": "not_received", "estimated": false }],
        "segments": [{
            "start_ms": 300, "end_ms": 900, "speaker": 0, "text": "Good morning.",
            "words": [{ "text": "Good", "start_ms": 300, "end_ms": 540, "confidence": 0.5 }],
        }],
    });
    assert_eq!(read, expected);
}

/// Each paragraph: its text, whether it is right-to-left, and its right-to-left runs.
fn unpacked(talk: &Talk) -> Vec<(String, bool, Vec<String>)> {
    let file = DocxFile::from_reader(Cursor::new(export(talk, Format::Docx).unwrap().bytes)).unwrap();
    let docx = file.parse().unwrap();
    let paragraphs = docx.document.body.content.iter().filter_map(|content| match content {
        BodyContent::Paragraph(paragraph) => Some(paragraph),
        _ => None,
    });
    let runs = |paragraph: &Paragraph<'_>| {
        let runs = paragraph.content.iter().filter_map(|content| match content {
            ParagraphContent::Run(run) if run.property.as_ref()?.rtl.is_some() => Some(run.text()),
            _ => None,
        });
        runs.collect()
    };
    let is_right = |paragraph: &Paragraph<'_>| paragraph.property.as_ref().unwrap().bidi.is_some();
    paragraphs.map(|paragraph| (paragraph.text(), is_right(paragraph), runs(paragraph))).collect()
}

#[test]
fn documents_have_every_word_and_the_consent() {
    for talk in [english(), arabic(), japanese()] {
        let texts: Vec<String> = unpacked(&talk).into_iter().map(|(text, ..)| text).collect();
        assert_eq!(texts[0], talk.title);
        assert!(texts.iter().any(|text| text.ends_with(talk.consent.as_deref().unwrap())), "{texts:#?}");
        for gap in &talk.gaps {
            assert!(texts.contains(&talk.labels().gap(*gap)), "{texts:#?}");
        }
        let said = texts.iter().filter_map(|text| text.strip_prefix("[00:")?.split_once("] "));
        let names = [0, 1].map(|speaker| format!("{}: ", talk.name_of(speaker)));
        let said = said.map(|(_, text)| names.iter().find_map(|name| text.strip_prefix(name)).unwrap_or(text));
        assert_eq!(letters(&said.collect::<String>()), spoken(&talk));
    }
}

#[test]
fn documents_mark_what_is_right_to_left() {
    assert!(unpacked(&english()).iter().all(|(_, is_right, runs)| !is_right && runs.is_empty()));
    let arabic = unpacked(&arabic());
    assert!(arabic.iter().all(|(_, is_right, _)| *is_right));
    let (_, _, runs) = arabic.iter().find(|(text, ..)| text.contains("تمتص")).unwrap();
    assert!(!runs.iter().any(|run| run.contains(|letter: char| letter.is_ascii_alphanumeric())), "{runs:?}");
    assert!(runs.iter().any(|run| run.ends_with("وفق تقرير ")), "{runs:?}");
    assert!(runs.iter().any(|run| run.ends_with("حموضة.")), "the full stop goes with the sentence: {runs:?}");
    let (_, _, runs) = arabic.iter().find(|(text, ..)| text.contains("Thank you")).unwrap();
    assert!(!runs.contains(&".".to_owned()), "and here with the English one: {runs:?}");
}

#[test]
fn names_and_types_are_those_of_the_format() {
    for format in Format::ALL {
        let made = export(&english(), format).unwrap();
        assert_eq!(made.name, format!("Board meeting May & June.{}", format.extension()));
        assert_eq!(serde_json::to_value(format).unwrap(), json!(format.extension()));
        assert!(!made.bytes.is_empty() && made.media_type.contains('/'));
    }
    let mut nothing = talk("", Vec::new());
    (nothing.title, nothing.consent, nothing.summary, nothing.recorded) = (String::new(), None, None, None);
    for format in Format::ALL {
        let made = export(&nothing, format).unwrap();
        assert_eq!(made.name, format!("transcript.{}", format.extension()));
    }
}
