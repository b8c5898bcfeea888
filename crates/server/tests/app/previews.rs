//! What is seen and heard before there is a video: why it waits, pages, voices.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_store::Dialect;

use crate::fakes::{Trouble, ends_with};
use crate::person::{about, ada, omar, path, scenes};
use crate::support::{BOTH, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn waiting_is_told_with_its_reason() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let reel = app.started(&about("strait"), json!({ "shape": "1:1" })).await;
        // Nobody works: no worker of the pool has started.
        assert_eq!(reel["waiting"]["state"], "ready", "{reel}");
        let reasons = reel["waiting"]["reasons"].as_array().unwrap();
        assert_eq!(reasons[0]["reason"], "no_worker", "{reel}");
        let why = app.get(&crate::person::job_path(&reel, "/why")).of(&ada()).answer().await.json();
        assert_eq!(reel["waiting"]["reasons"], why["reasons"], "as the job endpoints give it");
        let listed = app.get("/api/v1/reels").of(&ada()).answer().await.json();
        assert_eq!(listed["items"][0]["waiting"], reel["waiting"], "and the list gives the same");
        let begun = |reel: &Value| reel["steps"].as_array().unwrap().iter().any(|step| step["state"] != "pending");
        assert!(!begun(&reel), "no step has begun: {reel}");

        fakes.voice.hold(true);
        let worker = app.app.engine.start();
        fakes.voice.until_asked(1).await;
        let going = app.show(&reel).await;
        assert_eq!(going["waiting"], Value::Null, "something goes on: {going}");
        let listed = app.get("/api/v1/reels").of(&ada()).answer().await.json();
        assert_eq!(listed["items"][0]["waiting"], Value::Null, "{listed}");
        assert_eq!((&going["steps"][3]["name"], &going["steps"][3]["state"]), (&json!("scenes"), &json!("running")));
        let states: Vec<_> = scenes(&going).iter().map(|scene| scene["state"].as_str().unwrap()).collect();
        assert_eq!(states.iter().filter(|state| **state == "working").count(), 2, "two at a time: {states:?}");
        let mut positions = Vec::new();
        for scene in scenes(&going) {
            if scene["state"] == "working" {
                assert_eq!(scene["waiting"], Value::Null, "{scene}");
            } else {
                assert_eq!(
                    (&scene["state"], &scene["waiting"]["state"]),
                    (&json!("pending"), &json!("ready")),
                    "{scene}"
                );
                positions.push(scene["waiting"]["position"].as_u64().unwrap());
            }
        }
        assert_eq!(positions, (1..=positions.len() as u64).collect::<Vec<_>>(), "one after the other");
        fakes.voice.hold(false);
        let done = app.until_done(&reel).await;
        assert_eq!((&done["state"], &done["waiting"]), (&json!("done"), &Value::Null));
        assert!(scenes(&done).iter().all(|scene| scene["waiting"] == Value::Null), "{done}");
        worker.shutdown(std::time::Duration::from_secs(20)).await;
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_stand_in_for_scenes_until_they_are_made() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let reel = app.started(&about("delta"), json!({ "shape": "1:1" })).await;
        assert_eq!(
            app.code_of(&format!("{}/pages/1", path(&reel))).await,
            (404, "not_found".to_owned()),
            "no scene yet"
        );
        fakes.voice.hold(true);
        let worker = app.app.engine.start();
        fakes.voice.until_asked(0).await;
        let going = app.show(&reel).await;
        let urls: Vec<_> = scenes(&going).iter().filter_map(|scene| scene["page_image_url"].as_str()).collect();
        assert_eq!(urls, vec![format!("{}/pages/1", path(&reel)); scenes(&going).len() - 1], "all but the question");
        let drawn = fakes.tools.asked("page");
        for _ in 0..2 {
            let answer = app.get(urls[0]).of(&ada()).answer().await;
            assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.json());
            let picture = app.get(answer.header("location")).answer().await;
            assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/png"));
            let width = u32::from_be_bytes(picture.bytes[16..20].try_into().unwrap());
            assert_eq!(width, 640);
        }
        assert_eq!(fakes.tools.asked("page"), drawn + 1, "it is drawn once");
        for (owner, page) in [(omar(), 1), (ada(), 2), (ada(), 0)] {
            let answer = app.get(&format!("{}/pages/{page}", path(&reel))).of(&owner).answer().await;
            assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{page}");
        }
        fakes.voice.hold(false);
        let done = app.until_done(&reel).await;
        assert!(scenes(&done).iter().all(|scene| scene["page_image_url"] == Value::Null), "{done}");
        worker.shutdown(std::time::Duration::from_secs(20)).await;
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_is_heard_before_it_is_chosen() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let document = app.document(&ada(), "tides.pdf", &about("bay")).await;
    let offer = &document["apps"]["reel"];
    let of = |id: &str| offer["voices"].as_array().unwrap().iter().find(|voice| voice["id"] == id).unwrap();
    assert_eq!(of("test:absent")["sample_url"], Value::Null);
    let url = of("test:en")["sample_url"].as_str().unwrap();
    assert_eq!((url, &of("test:en")["presenter"]), ("/api/v1/voices/test:en/sample", &json!("ada")));
    assert_eq!(offer["voice_of_presenter"]["omar"], "test:en", "{offer}");
    let ask = async || {
        let answer = app.get(url).of(&ada()).answer().await;
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.json());
        answer.header("location").to_owned()
    };
    let (one, two) = tokio::join!(ask(), ask());
    let (one, two) = (app.get(&one).answer().await, app.get(&two).answer().await);
    assert_eq!((one.status, one.header("content-type")), (StatusCode::OK, "audio/wav"));
    assert!(one.bytes.starts_with(b"RIFF") && one.bytes == two.bytes);
    ask().await;
    assert_eq!(fakes.voice.asked(), 1, "it is spoken once");
    for (id, status, code) in [("nobody", 404, "not_found"), ("test:absent", 409, "voice_not_installed")] {
        let answer = app.get(&format!("/api/v1/voices/{id}/sample")).of(&ada()).answer().await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{}", answer.json());
    }
    fakes.voice.plan([Trouble::Fail("planned")]);
    let failed = app.get("/api/v1/voices/test:ar/sample").of(&ada()).answer().await;
    assert_eq!(failed.problem(), (503, "voice_failed".to_owned()));
    let healed = app.get("/api/v1/voices/test:ar/sample").of(&ada()).answer().await;
    assert_eq!(healed.status, StatusCode::FOUND, "a failure is not kept");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_deleted_meanwhile_is_no_error_of_the_server() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let reel = app.started(&about("sound"), json!({ "shape": "1:1" })).await;
        let id = reel["document"]["id"].clone();
        let body = json!({ "document_id": id, "shape": "9:16" });
        let start = async || app.post("/api/v1/reels").of(&ada()).json(&body).answer().await;
        let (deleted, started) = tokio::join!(app.ask(Method::DELETE, &path(&reel)).of(&ada()).answer(), start());
        assert_eq!(deleted.status, StatusCode::NO_CONTENT);
        match started.status {
            // It was started before: then its document stays.
            StatusCode::ACCEPTED => {
                let view = app.show(&started.json()).await;
                assert_eq!(view["document"]["id"], id);
                app.stop(&started.json()).await;
            }
            _ => assert_eq!(started.problem(), (404, "not_found".to_owned())),
        }
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_page_that_cannot_be_drawn_in_small_stops_nothing() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    fakes.tools.always("cover", &ends_with("Syntax Error: no such object"));
    let done = app.made(&about("reef")).await;
    let log = app.job(&done).await["log"].to_string();
    assert!(log.contains("There is no picture of the first page"), "{log}");
    fakes.tools.mend("cover");
    app.end().await;
}
