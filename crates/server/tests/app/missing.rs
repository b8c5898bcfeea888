//! Sessions of real sound of which something is missing: at the end of a segment, all of one, or between two chunks in which their
//! recorder had nothing. Each is a gap with its time and its reason, in the transcript and in every export.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::damaged::{ended, gaps, open, pieces, recorded, recorded_with};
use crate::person::ada;
use crate::scribe::{Recording, bytes};
use crate::scribe_words::column;
use crate::support::{BOTH, TestApp};

/// Begins a session that is to be transcribed.
async fn begin(app: &TestApp) -> Recording<'_> {
    let (status, view) = app.post("/api/v1/sessions").of(&ada()).json(&json!({ "title": "Tides" })).send().await;
    assert_eq!(status, StatusCode::CREATED, "{view}");
    Recording { app, id: view["id"].as_str().unwrap().to_owned() }
}

/// A segment of chunks of five seconds that began then, with their numbers and starts; its recorder says how many it has.
async fn segment(recording: &Recording<'_>, started_at: u64, chunks: &[(u32, u64, &[u8])], count: u32) {
    let app = recording.app;
    let new = json!({
        "key": format!("at {started_at}"), "source": "microphone", "media_type": "audio/webm;codecs=opus",
        "started_at": started_at,
    });
    let (status, view) = app.post(&recording.path("/segments")).of(&ada()).json(&new).send().await;
    assert_eq!(status, StatusCode::CREATED, "{view}");
    let own = format!("/segments/{}", view["number"]);
    for (number, start_ms, bytes) in chunks {
        let path = format!("{own}/chunks/{number}?start_ms={start_ms}&length_ms=5000");
        let answer = recording.put_at(&recording.path(&path), bytes).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    }
    let close = app.post(&recording.path(&format!("{own}/close"))).of(&ada()).json(&json!({ "chunks": count }));
    assert_eq!(close.answer().await.status, StatusCode::OK);
}

/// The transcript of a session that is ended with whatever it has.
async fn written_down(recording: &Recording<'_>) -> Value {
    assert_eq!(recording.finish(true).await.json()["state"], "finishing");
    assert_eq!(ended(recording).await["state"], "complete");
    recording.read("/transcript").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_which_nothing_arrived_is_one_gap() {
    let (app, _) = open(None).await;
    let recording = begin(&app).await;
    segment(&recording, 0, &[], 3).await;
    let transcript = written_down(&recording).await;
    assert_eq!(gaps(&transcript, "not_received"), [(0, 90_000)], "{transcript}");
    assert_eq!(transcript["passages"], json!([]));
    let text = recording.export("txt").await;
    assert!(text.contains("gap of about 90 s") && text.contains("what was recorded never arrived"), "{text}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_at_the_end_of_a_segment_is_a_gap_everywhere() {
    let (app, _) = open(None).await;
    let recording = begin(&app).await;
    // Of eight chunks two arrived, of the next segment none, and of the one after it all.
    let (first, last) = (pieces(&recorded(40), 8), recorded(5));
    segment(&recording, 0, &[(0, 0, &first[0]), (1, 5_000, &first[1])], 8).await;
    segment(&recording, 40_000, &[], 2).await;
    segment(&recording, 50_000, &[(0, 0, &last)], 1).await;
    let transcript = written_down(&recording).await;
    assert_eq!(gaps(&transcript, "not_received"), [(10_000, 40_000), (40_000, 50_000)], "{transcript}");
    assert_eq!(gaps(&transcript, "not_recorded"), [], "{transcript}");
    let missing: Vec<&Value> =
        transcript["gaps"].as_array().unwrap().iter().filter(|gap| gap["reason"] == "not_received").collect();
    assert!(missing.iter().all(|gap| gap["estimated"] == true), "nobody knows how long it was: {transcript}");
    assert_eq!(column(&transcript["passages"], "start_ms"), json!([100, 50_100]), "{transcript}");
    assert_eq!(transcript["length_ms"], 55_000);
    assert_eq!(recording.read("/waveform?points=11").await["length_ms"], 55_000);
    let segments = recording.show().await["segments"].clone();
    assert_eq!(column(&segments, "length_ms"), json!([10_000, 0, 5_000]), "{segments}");
    assert_eq!(column(&segments, "until_ms"), json!([40_000, 10_000, 5_000]), "{segments}");
    for format in ["txt", "srt", "vtt", "md"] {
        let text = recording.export(format).await;
        for (begins, why) in [
            ("gap of about 30 s, 00:00:10–00:00:40:", "what was recorded never arrived"),
            ("gap of about 10 s, 00:00:40–00:00:50:", "what was recorded never arrived"),
        ] {
            assert!(text.contains(begins) && text.contains(why), "{format}: {text}");
        }
        assert!(!text.contains("nothing was recorded"), "{format}: {text}");
    }
    let exported: Value = serde_json::from_str(&recording.export("json").await).unwrap();
    assert_eq!(exported["gaps"], transcript["gaps"]);
    let docx = app.get(&recording.path("/transcript/docx")).of(&ada()).answer().await;
    assert_eq!(docx.status, StatusCode::OK);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimated_end_is_where_the_next_segment_begins_everywhere() {
    let (app, _) = open(None).await;
    let recording = begin(&app).await;
    // Of eight chunks two arrived; the next segment begins before a whole eighth one would have ended.
    let (first, last) = (pieces(&recorded(40), 8), recorded(1));
    segment(&recording, 0, &[(0, 0, &first[0]), (1, 5_000, &first[1])], 8).await;
    segment(&recording, 37_000, &[(0, 0, &last)], 1).await;
    let transcript = written_down(&recording).await;
    assert_eq!(gaps(&transcript, "not_received"), [(10_000, 37_000)], "{transcript}");
    let segments = recording.show().await["segments"].clone();
    assert_eq!(column(&segments, "until_ms"), json!([37_000, 5_000]), "{segments}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_at_the_end_is_known_to_both_databases() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let recording = Recording::begin(&app).await;
        for number in [0, 1] {
            assert_eq!(recording.put(number, &bytes(number)).await.status, StatusCode::CREATED);
        }
        let until = async || recording.show().await["segments"][0]["until_ms"].clone();
        assert_eq!(until().await, 60_000, "nobody knows of more");
        recording.close(8).await;
        assert_eq!(until().await, 240_000);
        assert_eq!(recording.show().await["segments"][0]["length_ms"], 60_000);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_between_two_successive_chunks_is_a_gap() {
    let (app, _) = open(None).await;
    let recording = begin(&app).await;
    // The machine slept from the fifth to the fifteenth second, and both the recorder and its container know.
    let slept = pieces(&recorded_with(20, &["-af", "aselect=not(between(t\\,5\\,15))"]), 2);
    segment(&recording, 0, &[(0, 0, &slept[0]), (1, 15_000, &slept[1])], 2).await;
    let transcript = written_down(&recording).await;
    let found = gaps(&transcript, "not_recorded");
    let [(from, until)] = found[..] else { panic!("{transcript}") };
    assert!((4_900..=5_100).contains(&from) && (14_900..=15_100).contains(&until), "{from} to {until}");
    assert!(recording.export("txt").await.contains("[gap of 10 s, 00:00:05–00:00:15: nothing was recorded]"));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_in_a_segment_that_cannot_be_read_was_not_recorded() {
    let (app, _) = open(None).await;
    let recording = begin(&app).await;
    let (noise, sound) = (bytes(0), recorded(5));
    segment(&recording, 0, &[(0, 0, &noise), (1, 65_000, &bytes(1))], 2).await;
    segment(&recording, 70_000, &[(0, 0, &sound)], 1).await;
    let transcript = written_down(&recording).await;
    assert_eq!(gaps(&transcript, "unreadable"), [(0, 5_000), (65_000, 70_000)], "{transcript}");
    assert_eq!(gaps(&transcript, "not_recorded"), [(5_000, 65_000)], "{transcript}");
    app.end().await;
}
