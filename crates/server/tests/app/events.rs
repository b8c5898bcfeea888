//! What a client of the event stream gets that has missed events.

use axum::http::StatusCode;
use futures::StreamExt as _;
use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;

use crate::person::{about, ada};
use crate::support::{BOTH, TestApp};

/// The first event of the stream: its name, its id and its data.
async fn first(app: &TestApp, owner: &OwnerId, last: &str) -> (String, i64, Value) {
    let answer = app.get("/api/v1/events").of(owner).header("last-event-id", last).response().await;
    assert_eq!(answer.status(), StatusCode::OK);
    let mut pieces = answer.into_body().into_data_stream();
    let mut text = String::new();
    while !text.contains("\n\n") {
        text.push_str(&String::from_utf8_lossy(&pieces.next().await.unwrap().unwrap()));
    }
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    (field("event:"), field("id:").parse().unwrap(), serde_json::from_str(&field("data:")).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_has_what_the_page_shows_of_its_owner() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let done = app.started(&about("harbour"), json!({ "shape": "1:1" })).await;
        assert_eq!(app.run_to_end(&done).await["state"], "done");
        let working = app.started(&about("river"), json!({ "shape": "1:1" })).await;
        let last = app.app.engine.events_after(&ada(), 0, 1_000).await.unwrap().last().unwrap().seq;

        let (name, id, state) = first(&app, &ada(), "999999").await;
        assert_eq!((name.as_str(), id), ("reset", last));
        let reels = &state["apps"]["reel"];
        let ids = |part: &str| {
            reels[part].as_array().unwrap().iter().map(|reel| reel["id"].as_str().unwrap()).collect::<Vec<_>>()
        };
        let name_of = |reel: &Value| reel["id"].as_str().unwrap().to_owned();
        assert_eq!(ids("unfinished"), [name_of(&working)]);
        assert_eq!(ids("latest"), [name_of(&working), name_of(&done)]);
        // As the list of the API has them, with links that work.
        assert_eq!(reels["latest"], app.get("/api/v1/reels").of(&ada()).send().await.1["items"]);
        let jobs = state["jobs"].as_array().unwrap();
        assert_eq!(jobs.iter().map(|job| job["subject"].clone()).collect::<Vec<_>>(), [working["id"].clone()]);
        assert_eq!(jobs[0]["kind"], "reel.make");

        // Nothing was missed.
        assert_eq!(first(&app, &ada(), &last.to_string()).await, ("hello".to_owned(), last, json!({})));
        // And nothing of it is shown to others.
        let (name, _, state) = first(&app, &"omar".parse().unwrap(), "999999").await;
        assert_eq!((name.as_str(), &state["jobs"]), ("reset", &json!([])));
        assert_eq!(state["apps"]["reel"], json!({ "unfinished": [], "latest": [] }));
        app.run_to_end(&working).await;
        app.end().await;
    }
}
