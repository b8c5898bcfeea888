//! Cards of which a model's answer was lost: nobody can tell whether it was paid, or it is charged.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use crate::capture_model::Capture;
use crate::support::BOTH;

#[tokio::test(flavor = "multi_thread")]
async fn a_card_whose_answer_was_lost_is_reviewed_without_it_and_says_what_to_do() {
    for (dialect, is_charged) in BOTH.into_iter().flat_map(|dialect| [(dialect, false), (dialect, true)]) {
        let capture = Capture::two();
        let app = capture.app(dialect, &[]).await;
        let model = capture.model();
        if is_charged {
            model.lose_and_charge();
        } else {
            model.lose();
        }
        let phrase = app.phrase("Где мой чай?", "ru").await;
        app.run_jobs().await;
        app.advance(Duration::from_mins(1)).await;
        app.run_jobs().await;
        let made = app.phrase_now(&phrase).await;
        assert_eq!((&made["status"], &made["work"]), (&json!("pending_review"), &serde_json::Value::Null), "{made}");
        let note = &made["grammar"][0]["text"];
        assert_eq!((&note["state"], &note["reason"]), (&json!("needs_provider"), &json!("answer_lost")), "{made}");
        assert_eq!(made["transliteration"]["state"], "sure", "what needs no model is there");
        assert_eq!((model.asked().len(), capture.other().asked().len()), (1, 0), "nobody is paid beside it");
        let unpriced = &made["cost"]["unpriced_calls"];
        assert!(is_charged || *unpriced == json!(1), "it may have been paid: {}", made["cost"]);
        // Whoever wants it all the same asks once more.
        model.answer(&json!({ "translation": "Where is my tea?" }));
        let redo = app.on_phrase(&made, "/redo", &json!({ "what": "field", "field": "translation" })).await;
        assert_eq!(redo.status, StatusCode::ACCEPTED, "{}", redo.text());
        app.run_jobs().await;
        assert_eq!(app.phrase_now(&made).await["translation"]["text"], "Where is my tea?");
        app.end().await;
    }
}
