use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sluice_local::render::{Caption, parse_srt, parse_vtt, validate_captions};
use unicode_width::UnicodeWidthStr as _;

use super::super::cues::{Cue, LINE, SHORTEST_MS, cues};
use super::*;

/// The captions of speech, as a text.
fn shown(talk: &Talk, cues: &[Cue]) -> String {
    let gaps: Vec<String> = talk.gaps.iter().map(|gap| talk.labels().gap(*gap)).collect();
    let spoken = cues.iter().filter(|cue| !gaps.contains(&cue.lines.join(" ")));
    letters(&spoken.flat_map(|cue| cue.lines.clone()).collect::<String>())
}

pub(super) fn assert_readable(talk: &Talk, cues: &[Cue]) {
    assert_eq!(shown(talk, cues), spoken(talk), "every word once, in order");
    for pair in cues.windows(2) {
        assert!(pair[0].end_ms <= pair[1].start_ms, "{pair:?} overlap");
    }
    for cue in cues {
        assert!((1..=2).contains(&cue.lines.len()), "{cue:?}");
        assert!(cue.lines.iter().all(|line| line.width() <= LINE && !line.trim().is_empty()), "{cue:?}");
        assert!(cue.end_ms - cue.start_ms >= SHORTEST_MS, "{cue:?}");
    }
}

fn speed(cue: &Cue) -> u64 {
    let columns: usize = cue.lines.iter().map(|line| line.width()).sum::<usize>() + cue.lines.len() - 1;
    columns as u64 * 1000 / u64::from(cue.end_ms - cue.start_ms)
}

#[test]
fn captions_are_readable_in_every_script() {
    for talk in [english(), arabic(), japanese()] {
        let cues = cues(&talk);
        assert_readable(&talk, &cues);
        // A gap of 300 ms is announced for half a second.
        let fast: Vec<_> = cues.iter().filter(|cue| speed(cue) > 20 && cue.speaker.is_some()).collect();
        // Japanese is said here at twice the speed at which anybody speaks it.
        assert!(fast.is_empty() || talk.language == "ja", "{fast:#?}");
        assert!(cues.iter().all(|cue| cue.end_ms - cue.start_ms <= 7500), "{cues:#?}");
    }
}

#[test]
fn captions_end_where_sentences_end_and_speakers_change() {
    let talk = english();
    let cues = cues(&talk);
    let texts: Vec<String> = cues.iter().map(|cue| cue.lines.join(" ")).collect();
    assert!(texts.iter().any(|text| text.ends_with("short notice.")), "{texts:#?}");
    assert!(texts.iter().any(|text| text.ends_with("at the earliest.")), "{texts:#?}");
    let short = [" the", " of", " in", " to", " at", " by"];
    let bad: Vec<_> = texts.iter().filter(|text| short.iter().any(|short| text.ends_with(short))).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    let gap = texts.iter().find(|text| text.starts_with("[gap of 12 s, 00:00:1"));
    assert!(gap.is_some_and(|gap| gap.ends_with(": what was recorded never arrived]")), "{texts:#?}");
    let japanese = super::japanese();
    for line in super::super::cues::cues(&japanese).iter().flat_map(|cue| &cue.lines) {
        assert!(!line.starts_with(['、', '。', '」', 'ー']) && !line.ends_with('「'), "{line}");
    }
}

#[test]
fn a_pause_ends_a_caption_and_a_fast_speaker_is_shown_into_the_pause() {
    let mut segments = said(&[(None, "This was said at a breathtaking speed by somebody.")], by_spaces);
    for (place, word) in (0_u32..).zip(&mut segments[0].words) {
        (word.start_ms, word.end_ms) = (place * 120, place * 120 + 110);
    }
    let last = segments[0].words.last_mut().unwrap();
    (last.start_ms, last.end_ms) = (9000, 9400);
    segments[0].end_ms = 9400;
    let cues = cues(&talk("en", segments));
    assert_eq!(cues.len(), 2, "{cues:#?}");
    assert!(speed(&cues[0]) <= 17 && cues[0].end_ms < 5000, "{cues:#?}");
}

/// Whether what was read is what was written, but for names of speakers and marks of direction.
fn assert_same(read: &[Caption], made: &[Cue]) {
    assert_eq!(read.len(), made.len());
    for (read, made) in read.iter().zip(made) {
        assert_eq!((read.start_ms, read.end_ms), (made.start_ms, made.end_ms));
        let said = if read.text.starts_with("<v ") { read.text.split_once('>').unwrap().1 } else { &read.text };
        assert_eq!(letters(said), letters(&made.lines.join("")));
    }
}

#[test]
fn subtitles_are_read_back_by_our_parser() {
    for talk in [english(), arabic(), japanese()] {
        let (srt, vtt) = (text_of(&talk, Format::Srt), text_of(&talk, Format::Vtt));
        let (srt, vtt) = (parse_srt(&srt).unwrap(), parse_vtt(&vtt).unwrap());
        for read in [srt, vtt] {
            validate_captions(&read).unwrap();
            assert_same(&read, &cues(&talk));
        }
    }
}

#[test]
fn subtitles_have_the_direction_of_their_words() {
    let (srt, vtt) = (text_of(&arabic(), Format::Srt), text_of(&arabic(), Format::Vtt));
    assert!(srt.contains("\nThank you, that is all for today.\n"), "{srt}");
    assert!(srt.contains("\u{202B}iPhone الجديد وصل أمس، هل جربته؟\u{202C}\n"), "{srt}");
    assert!(vtt.contains("<v Dr. Smith>Thank you, that is all for today.\n"), "{vtt}");
    assert!(vtt.contains("<v أمل>\u{200F}iPhone الجديد"), "{vtt}");
    assert!(vtt.contains("\n[انقطاع مدته 0.3 ث، 00:00:00.0–00:00:00.3:\nلم يُسجَّل شيء]\n"), "{vtt}");
}

#[test]
fn comments_hold_what_captions_cannot() {
    let vtt = text_of(&english(), Format::Vtt);
    let head = vtt.split("\n1\n").next().unwrap();
    assert!(
        head.starts_with("WEBVTT\n\nNOTE\nBoard meeting: <May> & June\nRecorded: 2026-05-12 09:00:00 UTC\n"),
        "{head}"
    );
    assert!(head.contains("\nConsent: All agreed at the start → for minutes only.\nStatus: provisional"), "{head}");
    assert!(
        head.contains("\n\nNOTE\nExtract (sentences of the transcript, unchanged)\nWe open on Monday.\n"),
        "{head}"
    );
    assert!(vtt.contains("<v Amal ＆ Co>Good morning") && vtt.contains("<v Speaker 2>Yes."), "{vtt}");
}

#[test]
fn ffmpeg_reads_the_same_captions() {
    for talk in [english(), arabic(), japanese()] {
        for format in [Format::Srt, Format::Vtt] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(format!("a.{}", format.extension()));
            std::fs::write(&file, export(&talk, format).unwrap().bytes).unwrap();
            let ffmpeg = Command::new("ffmpeg")
                .args(["-v", "error", "-i"])
                .arg(&file)
                .args(["-f", "srt", "-"])
                .stdin(Stdio::null())
                .output()
                .unwrap();
            assert!(ffmpeg.status.success() && ffmpeg.stderr.is_empty(), "{}", String::from_utf8_lossy(&ffmpeg.stderr));
            let read = parse_srt(&String::from_utf8(ffmpeg.stdout).unwrap()).unwrap();
            assert_same(&read, &cues(&talk));
        }
    }
}

#[test]
fn two_hours_take_no_noticeable_time() {
    let talk = two_hours();
    let began = Instant::now();
    let made = cues(&talk);
    assert_readable(&talk, &made);
    assert!(made.len() > 1000, "{}", made.len());
    for format in Format::ALL {
        let bytes = export(&talk, format).unwrap().bytes.len();
        assert!((2_000..6_000_000).contains(&bytes), "{format:?}: {bytes}");
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
