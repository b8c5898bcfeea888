//! What a person chooses for a reel: all that there is, and each wrong choice by its name; and the key under which a
//! reel is asked for.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_domain::ids::DocumentId;
use sluice_store::Dialect;
use sluice_testkit::pdf;

use crate::person::{about, ada, omar, path};
use crate::support::{Answer, BOTH, TestApp};

impl TestApp {
    async fn ask_for(&self, document: &Value, choices: &Value) -> Answer {
        let mut body = choices.clone();
        body["document_id"] = document["id"].clone();
        self.post("/api/v1/reels").of(&ada()).json(&body).answer().await
    }

    async fn reels(&self) -> usize {
        self.get("/api/v1/reels?limit=100").of(&ada()).send().await.1["items"].as_array().unwrap().len()
    }

    /// Asks for a reel with a form, of a document that is fine.
    async fn ask_by_form(&self, key: Option<&str>, choices: &[(&str, &str)]) -> Answer {
        let bytes = pdf::fine();
        let mut fields = vec![("file", Some("tides.pdf"), bytes.as_slice())];
        fields.extend(choices.iter().map(|(name, value)| (*name, None, value.as_bytes())));
        let ask = self.post("/api/v1/reels").of(&ada()).form(&fields);
        match key {
            Some(key) => ask.header("idempotency-key", key).answer().await,
            None => ask.answer().await,
        }
    }
}

/// A choice, the status and the code of its refusal, and what its words say.
const WRONG: [(&str, &str, u16, &str, &str); 9] = [
    ("mode", "epic", 400, "bad_request", "epic"),
    ("mode", "", 400, "bad_request", "unknown variant"),
    ("shape", "4:3", 400, "bad_request", "4:3"),
    ("captions", "sung", 400, "bad_request", "sung"),
    ("voice", "nobody", 422, "no_such_voice", "test:en, test:other"),
    ("voice", "test:ar", 422, "no_such_voice", "for English"),
    ("voice", "test:absent", 422, "voice_not_installed", "make setup"),
    ("presenter", "nobody", 422, "no_such_presenter", "nobody"),
    ("presenter", "", 422, "no_such_presenter", "no presenter"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_choice_is_refused_by_its_name_and_starts_nothing() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let document = app.document(&ada(), "tides.pdf", &pdf::fine()).await;
        for (field, value, status, code, words) in WRONG {
            let answer = app.ask_for(&document, &json!({ field: value })).await;
            assert_eq!(answer.problem(), (status, code.to_owned()), "{field} {value}");
            assert!(answer.text().contains(words), "{field} {value}: {}", answer.text());
        }
        let body = |body: Value| app.post("/api/v1/reels").of(&ada()).json(&body).answer();
        let id = &document["id"];
        let stranger = app.document(&omar(), "his.pdf", &pdf::fine()).await;
        for (wrong, status, code) in [
            (json!({}), 400, "bad_request"),
            (json!([]), 400, "bad_request"),
            (json!({ "document_id": 7 }), 400, "bad_request"),
            (json!({ "document_id": id, "mode": 1 }), 400, "bad_request"),
            (json!({ "document_id": id, "colour": "red" }), 400, "bad_request"),
            (json!({ "document_id": id, "voice": ["test:en"] }), 400, "bad_request"),
            (json!({ "document_id": "x" }), 404, "not_found"),
            (json!({ "document_id": "" }), 404, "not_found"),
            (json!({ "document_id": "01890000-0000-7000-8000-000000000000" }), 404, "not_found"),
            (json!({ "document_id": stranger["id"] }), 404, "not_found"),
            (json!({ "document_id": id, "voice": "v".repeat(300_000) }), 413, "request_too_large"),
        ] {
            let answer = body(wrong.clone()).await;
            let shown: String = wrong.to_string().chars().take(80).collect();
            assert_eq!(answer.problem(), (status, code.to_owned()), "{shown}");
        }
        let ask = || app.post("/api/v1/reels").of(&ada());
        let no_json = ask().header("content-type", "application/json").text("{").answer().await;
        assert_eq!(no_json.problem(), (400, "bad_request".to_owned()));
        let other = ask().header("content-type", "text/plain").text("hello").answer().await;
        assert_eq!(other.problem(), (415, "unsupported_media_type".to_owned()));
        let none = ask().answer().await;
        assert_eq!(none.problem(), (415, "unsupported_media_type".to_owned()));

        assert_eq!((app.reels().await, app.run_jobs().await, fakes.voice.asked()), (0, 0, 0));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_a_wrong_word_is_refused_before_its_document_is_read() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    for (field, value, status, code, _) in WRONG.into_iter().filter(|wrong| wrong.2 == 400) {
        let answer = app.ask_by_form(None, &[(field, value)]).await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{field} {value}");
    }
    let answer = app.ask_by_form(None, &[("document_id", "01890000-0000-7000-8000-000000000000")]).await;
    assert_eq!(answer.problem(), (400, "bad_request".to_owned()), "a form brings its document");
    assert_eq!(fakes.reader.asked(), Vec::<bool>::new());
    // What only the document can tell is told once it was read.
    let answer = app.ask_by_form(None, &[("voice", "test:ar")]).await;
    assert_eq!(answer.problem(), (422, "no_such_voice".to_owned()));
    assert_eq!((fakes.reader.asked().len(), app.reels().await), (1, 0));
    let answer = app.ask_by_form(None, &[("shape", "9:16"), ("captions", "beside")]).await;
    let reel = answer.json();
    assert_eq!((answer.status, &reel["shape"]), (StatusCode::ACCEPTED, &json!("9:16")), "{reel}");
    assert_eq!(answer.header("location"), path(&reel));
    assert_eq!(fakes.reader.asked().len(), 1, "the same bytes are not read again");
    app.stop(&reel).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_the_server_offers_can_be_chosen() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let document = app.document(&ada(), "tides.pdf", &pdf::fine()).await;
        let plain = app.ask_for(&document, &json!({})).await.json();
        let defaults = json!({ "mode": "summary", "shape": "16:9", "voice": "test:en", "presenter": "ada",
            "captions": "burned", "state": "working", "percent": 0.0, "scenes": [], "result": null, "error": null });
        for (field, value) in defaults.as_object().unwrap() {
            assert_eq!(&plain[field], value, "{field} of {plain}");
        }
        let nulls = json!({ "mode": null, "shape": null, "voice": null, "presenter": null, "captions": null });
        let of_nulls = app.ask_for(&document, &nulls).await.json();
        assert_eq!((&of_nulls["mode"], &of_nulls["voice"]), (&plain["mode"], &plain["voice"]), "{of_nulls}");
        assert_eq!(of_nulls["presenter"], Value::Null, "null is nobody");
        let nobody = app.ask_for(&document, &json!({ "presenter": "none" })).await.json();
        assert_eq!(nobody["presenter"], Value::Null, "so is none: {nobody}");

        let config = app.get("/api/v1/config").send().await.1;
        let offered = &config["apps"]["reel"];
        let shown = ["mode", "shape", "captions"].map(|name| (name, plain[name].clone()));
        assert_eq!(
            offered["defaults"],
            json!(std::collections::BTreeMap::from(shown)),
            "the defaults are those of config"
        );
        assert_eq!(offered["scene_words"]["ar"], json!({ "least": 1, "most": 120 }), "{offered}");
        let mut asked = vec![plain, of_nulls, nobody];
        let mut choose = async |field: &str, value: &Value| {
            let answer = app.ask_for(&document, &json!({ field: value })).await;
            let view = answer.json();
            assert_eq!((answer.status, &view[field]), (StatusCode::ACCEPTED, value), "{view}");
            asked.push(view);
        };
        for (field, list) in [("mode", "modes"), ("shape", "shapes")] {
            for value in offered[list].as_array().unwrap() {
                choose(field, value).await;
            }
        }
        let presenters = offered["presenters"].as_array().unwrap();
        assert!(presenters.len() >= 3, "{offered}");
        for presenter in presenters {
            choose("presenter", &presenter["id"]).await;
            let picture = app.get(presenter["image_url"].as_str().unwrap()).answer().await;
            assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/png"));
            assert!(picture.bytes.starts_with(b"\x89PNG"));
        }
        for captions in ["burned", "beside"] {
            choose("captions", &json!(captions)).await;
        }
        choose("voice", &json!("test:other")).await;
        assert_eq!(app.code_of("/presenters/nobody.png").await, (404, "not_found".to_owned()));
        assert_eq!(app.reels().await, asked.len());
        for reel in &asked {
            app.stop(reel).await;
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_of_a_document_decides_who_can_speak() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let upload = async |text: &str, name: &str| {
        fakes.reader.give(serde_json::from_str(text).unwrap());
        app.document(&ada(), name, &about(name)).await
    };
    let arabic = upload(include_str!("../../../app/tests/documents/declaration-ar.json"), "ar.pdf").await;
    let german = upload(include_str!("../../../app/tests/documents/declaration-de.json"), "de.pdf").await;
    let reel = app.ask_for(&arabic, &json!({})).await.json();
    assert_eq!((&reel["language"]["dir"], &reel["voice"]), (&json!("rtl"), &json!("test:ar")), "{reel}");
    app.stop(&reel).await;
    let english = app.ask_for(&arabic, &json!({ "voice": "test:en" })).await;
    assert_eq!(english.problem(), (422, "no_such_voice".to_owned()));
    // The one voice that there is for it is not installed; and there is none at all, which is said before any work.
    assert_eq!(app.ask_for(&german, &json!({})).await.problem(), (422, "voice_not_installed".to_owned()));
    fakes.reader.give(serde_json::from_str(include_str!("../../../app/tests/documents/declaration-fr.json")).unwrap());
    let french = app.post("/api/v1/documents").of(&ada()).file("fr.pdf", &about("fr.pdf")).answer().await;
    assert_eq!(french.problem(), (422, "document_other_language".to_owned()));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_holds_for_its_owner_and_for_what_was_asked_for_first() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let hers = app.document(&ada(), "tides.pdf", &pdf::fine()).await;
        let his = app.document(&omar(), "tides.pdf", &pdf::fine()).await;
        let ask = async |document: &Value, key: &str, choices: Value| {
            let owner = if document["id"] == his["id"] { omar() } else { ada() };
            let mut body = choices;
            body["document_id"] = document["id"].clone();
            app.post("/api/v1/reels").of(&owner).header("idempotency-key", key).json(&body).answer().await
        };
        let long = "k".repeat(256);
        for key in ["", "\"\"", "with space", &long, "a\"b"] {
            let answer = ask(&hers, key, json!({})).await;
            assert_eq!(answer.problem(), (400, "bad_request".to_owned()), "{key}");
        }
        let first = ask(&hers, "one", json!({})).await.json();
        // What is left open and what is said are the same request, in whichever order it is written.
        for same in [json!({ "mode": "summary", "shape": "16:9" }), json!({ "voice": "test:en", "captions": "burned" })]
        {
            assert_eq!(ask(&hers, "one", same.clone()).await.json()["id"], first["id"], "{same}");
        }
        for other in [json!({ "shape": "1:1" }), json!({ "presenter": null }), json!({ "captions": "beside" })] {
            let answer = ask(&hers, "one", other.clone()).await;
            assert_eq!(answer.problem(), (422, "idempotency_key_reused".to_owned()), "{other}");
        }
        let theirs = ask(&his, "one", json!({ "shape": "1:1" })).await.json();
        assert_ne!(theirs["id"], first["id"], "another owner's key is another key");
        let form = app.ask_by_form(Some("one"), &[]).await;
        assert_eq!(form.json()["id"], first["id"], "the same bytes in a form are the same request");
        assert_eq!(ask(&hers, &"k".repeat(255), json!({})).await.status, StatusCode::ACCEPTED);

        // Two different requests at once under one key: one of them is taken, the other refused.
        let (one, two) = tokio::join!(ask(&hers, "two", json!({})), ask(&hers, "two", json!({ "shape": "1:1" })));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 422], "{} {}", one.json(), two.json());

        // It gives the reel as it is now, and stopping it does not free the key.
        app.stop(&first).await;
        let stopped = ask(&hers, "one", json!({})).await.json();
        assert_eq!((&stopped["id"], &stopped["state"]), (&first["id"], &json!("cancelled")));
        let unknown = json!({ "id": DocumentId::new(app.app.platform.now().await.unwrap(), [0; 10]) });
        assert_eq!(ask(&unknown, "three", json!({})).await.problem(), (404, "not_found".to_owned()));
        assert_eq!(ask(&hers, "three", json!({})).await.status, StatusCode::ACCEPTED, "a refusal uses up no key");
        for job in app.texts("SELECT job_id AS value FROM reels WHERE owner IN ('ada', 'omar') ", &[]).await {
            for owner in [ada(), omar()] {
                app.post(&format!("/api/v1/jobs/{job}/cancel")).of(&owner).send().await;
            }
        }
        app.end().await;
    }
}
