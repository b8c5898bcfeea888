//! Recorders whose clock jumps: every byte is kept, and what is said is where the sound has it.

use axum::http::StatusCode;
use serde_json::json;

use crate::damaged::{ended, gaps, open, pieces, recorded};
use crate::person::ada;
use crate::scribe::{Recording, bytes};
use crate::scribe_words::column;
use crate::support::{BOTH, TestApp};

/// Puts a chunk with the times that a recorder states.
async fn put(recording: &Recording<'_>, number: usize, start_ms: u64, length_ms: u64, bytes: &[u8]) {
    let path = format!("/segments/0/chunks/{number}?start_ms={start_ms}&length_ms={length_ms}");
    let answer = recording.put_at(&recording.path(&path), bytes).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{number}: {}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_within_a_segment_is_taken_with_its_sound_and_not_believed() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let recording = Recording::begin(&app).await;
        // Ahead, far ahead, back, and right again.
        let stated =
            [(0, 30_000), (8_000_000_000, 30_000), (60_000, 99_999_999_999_999), (0, 30_000), (30_000, 30_000)];
        for (number, (start_ms, length_ms)) in stated.into_iter().enumerate() {
            put(&recording, number, start_ms, length_ms, &bytes(u32::try_from(number).unwrap())).await;
        }
        let view = recording.show().await;
        let segment = &view["segments"][0];
        let length = segment["length_ms"].as_u64().unwrap();
        assert!((145_000..155_000).contains(&length), "five chunks of half a minute: {view}");
        assert_eq!(view["length_ms"], length, "{view}");
        assert_eq!(segment["clock_jumps"], 3, "it is said: {view}");
        recording.close(5).await;
        assert_eq!(recording.finish(false).await.json()["state"], "complete");
        assert_eq!(recording.audio().await, (0..5).flat_map(bytes).collect::<Vec<u8>>(), "nothing is lost");
        // To another epoch, and on from there: decades, by which each further chunk is as far from the first.
        let recording = Recording::begin(&app).await;
        for number in 0..5_usize {
            let start_ms = number as u64 * 30_000 + if number > 1 { 1_700_000_000_000 } else { 0 };
            put(&recording, number, start_ms, 30_000, &bytes(u32::try_from(number).unwrap())).await;
        }
        let segment = recording.show().await["segments"][0].clone();
        assert_eq!((&segment["clock_jumps"], &segment["length_ms"]), (&json!(1), &json!(150_000)), "{segment}");
        let (_, fine) = app.get(&Recording::begin(&app).await.path("")).of(&ada()).send().await;
        assert_eq!(fine["segments"][0]["clock_jumps"], 0, "{fine}");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_after_a_jump_is_where_the_sound_has_it() {
    let (app, _) = open(None).await;
    let new = json!({ "title": "Tides", "transcribe": true });
    let recording = Recording::begin_with(&app, &new, "audio/webm;codecs=opus").await;
    let sound = recorded(20);
    // The third one is missing, and the clock jumps back and ahead around it.
    for (number, start_ms) in [(0, 0), (1, 8_000_000_000), (3, 1_000)] {
        put(&recording, number, start_ms, 5_000, &pieces(&sound, 4)[number]).await;
    }
    recording.close(4).await;
    assert_eq!(recording.finish(true).await.json()["state"], "finishing");
    assert_eq!(ended(&recording).await["state"], "complete");
    let transcript = recording.read("/transcript").await;
    assert_eq!(transcript["length_ms"], 20_000, "{transcript}");
    assert_eq!(column(&transcript["passages"], "text"), json!(["20000 ms from 0."]));
    assert_eq!(gaps(&transcript, "not_received"), [(10_000, 15_000)], "what is missing is marked: {transcript}");
    assert_eq!(recording.read("/waveform?points=20").await["length_ms"], 20_000);
    app.end().await;
}
