//! Sessions that are ended although something is missing: by who was told of it.

use axum::http::StatusCode;
use serde_json::json;

use crate::scribe::{Recording, bytes};
use crate::support::{BOTH, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn only_the_gaps_that_a_person_was_told_of_are_accepted() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let recording = Recording::begin(&app).await;
        for number in [0, 2] {
            assert_eq!(recording.put(number, &bytes(number)).await.status, StatusCode::CREATED);
        }
        let told = recording.gaps().await;
        assert_eq!((&told["missing"], &told["open"]), (&json!([[0, [1]]]), &json!([0])), "{told}");
        let accept = json!({ "accept_gaps": true, "missing": told["missing"], "open": told["open"] });
        // Meanwhile a later chunk arrives before the one that is before it.
        assert_eq!(recording.put(4, &bytes(4)).await.status, StatusCode::CREATED);
        let refused = recording.finish_with(&accept).await;
        assert_eq!(refused.problem(), (409, "session_has_gaps".to_owned()));
        assert_eq!(refused.json()["gaps"]["missing"], json!([[0, [1, 3]]]), "it says what is missing now");
        // And another device begins to record.
        let told = recording.gaps().await;
        assert_eq!(recording.segment("b").await.0, StatusCode::CREATED);
        let accept = json!({ "accept_gaps": true, "missing": told["missing"], "open": told["open"] });
        let refused = recording.finish_with(&accept).await;
        assert_eq!(refused.problem(), (409, "session_has_gaps".to_owned()));
        assert_eq!(refused.json()["gaps"]["open"], json!([0, 1]));
        assert_eq!(recording.show().await["state"], "recording");
        // What arrives after all is no reason to ask again.
        let told = recording.gaps().await;
        assert_eq!(recording.put(1, &bytes(1)).await.status, StatusCode::CREATED);
        let named = json!({ "missing": told["missing"], "open": told["open"] });
        assert_eq!(recording.finish_with(&named).await.problem().0, 409, "it is named, and not accepted");
        let open = json!({ "accept_gaps": true, "open": told["open"] });
        assert_eq!(recording.finish_with(&open).await.problem().0, 409, "no missing chunk is named");
        let accept = json!({ "accept_gaps": true, "missing": told["missing"], "open": told["open"] });
        let view = recording.finish_with(&accept).await.json();
        assert_eq!([&view["state"], &view["gaps_accepted"]], [&json!("complete"), &json!(true)], "{view}");
        app.end().await;
    }
}
