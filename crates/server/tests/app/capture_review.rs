//! Cards are reviewed, and go out as decks: each once, as a whole, and for ever the same card.

use axum::http::{Method, StatusCode};
use futures::StreamExt as _;
use serde_json::{Value, json};
use sluice_store::Dialect;

use crate::capture::path;
use crate::person::{ada, omar};
use crate::support::{Answer, BOTH, TestApp};

const EXPORTS: &str = "/api/v1/phrase-exports";

impl TestApp {
    async fn approved(&self, text: &str) -> Value {
        let card = self.card(text, "ru").await;
        let answer = self.on_phrase(&card, "/approve", &json!({})).await;
        assert_eq!((answer.status, &answer.json()["phrase"]["status"]), (StatusCode::OK, &json!("approved")));
        answer.json()["phrase"].clone()
    }

    async fn batch(&self, action: &str, ids: &[&Value]) -> Value {
        let body = json!({ "action": action, "ids": ids });
        let (status, acted) = self.post("/api/v1/phrases/batch").of(&ada()).json(&body).send().await;
        assert_eq!(status, StatusCode::OK, "{acted}");
        acted
    }

    async fn undo(&self, acted: &Value) -> Answer {
        self.post("/api/v1/phrases/undo").of(&ada()).json(&json!({ "undo": acted["undo"] })).answer().await
    }

    async fn edit_card(&self, card: &Value, etag: &Value, body: &Value) -> Answer {
        let ask = self.ask(Method::PATCH, &path(card, "")).of(&ada());
        ask.header("if-match", etag.as_str().unwrap()).json(body).answer().await
    }

    async fn begin_export(&self, body: &Value) -> Answer {
        self.post(EXPORTS).of(&ada()).json(body).answer().await
    }

    async fn download(&self, export: &Value) -> Answer {
        self.get(export["href"].as_str().unwrap()).of(&ada()).answer().await
    }

    async fn export_now(&self, export: &Value) -> Value {
        self.get(&format!("{EXPORTS}/{}", export["id"].as_str().unwrap())).of(&ada()).send().await.1
    }

    async fn status_of(&self, card: &Value) -> String {
        self.phrase_now(card).await["status"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_edited_and_approved_as_it_was_seen() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let card = app.card("Где мой чай?", "ru").await;
        let words = json!([{ "word": "чай", "meaning": "black tea", "gender": "masculine" }]);
        let edit = json!({ "translation": "Where is my tea?", "grammar": ["мой agrees"], "vocabulary": words });
        let edited = app.edit_card(&card, &card["etag"], &edit).await;
        assert_eq!(edited.status, StatusCode::OK, "{}", edited.text());
        let view = edited.json();
        assert_eq!(edited.header("etag"), view["etag"].as_str().unwrap());
        assert_eq!(view["vocabulary"][0]["meaning"]["source"]["kind"], "person");
        assert_eq!(
            (&view["translation"]["state"], &view["grammar"][0]["text"]["text"]),
            (&json!("sure"), &json!("мой agrees"))
        );
        assert!(!view["doubts"].as_array().unwrap().contains(&json!("translation")), "{view}");
        // What was seen before is not what is changed or approved.
        let late = app.edit_card(&card, &card["etag"], &json!({ "translation": "Lost" })).await;
        assert_eq!(late.problem(), (412, "phrase_changed".to_owned()));
        assert_eq!(late.json()["etag"], view["etag"]);
        let approve = |etag: &str| app.post(&path(&card, "/approve")).of(&ada()).header("if-match", etag);
        let late = approve(card["etag"].as_str().unwrap()).answer().await;
        assert_eq!(late.problem(), (412, "phrase_changed".to_owned()));
        let approved = approve(view["etag"].as_str().unwrap()).send().await.1;
        assert_eq!(approved["phrase"]["status"], "approved", "{approved}");
        let twice = app.on_phrase(&card, "/approve", &json!({})).await;
        assert_eq!(twice.problem(), (409, "wrong_status".to_owned()));
        // Another text is said anew, and what was made of the old one is a doubt.
        let audio = &view["audio"]["href"];
        let edited =
            app.edit_card(&card, &approved["phrase"]["etag"], &json!({ "text": "Где мой кофе?" })).await.json();
        assert_eq!((&edited["audio"], &edited["work"]["what"]), (&Value::Null, &json!("voice")), "{edited}");
        assert!(edited["doubts"].as_array().unwrap().contains(&json!("translation")), "{edited}");
        app.run_jobs().await;
        let spoken = app.phrase_now(&card).await;
        assert!(spoken["audio"]["href"].is_string() && spoken["audio"]["href"] != *audio, "{spoken}");
        assert_eq!(spoken["status"], "pending_review", "nobody has seen those doubts");
        let unknown = app.ask(Method::PATCH, &path(&card, "")).of(&omar()).json(&edit).answer().await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_edited_at_that_moment_is_not_approved_unseen() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let card = app.card("Где мой чай?", "ru").await;
        for round in 0..12 {
            let seen = app.phrase_now(&card).await["etag"].clone();
            let approve = app.post(&path(&card, "/approve")).of(&ada()).header("if-match", seen.as_str().unwrap());
            let change = json!({ "translation": format!("Where is my tea? {round}") });
            let (approved, edited) = tokio::join!(approve.answer(), app.edit_card(&card, &seen, &change));
            let mut both = [approved.status, edited.status];
            both.sort_unstable();
            assert_eq!(both, [StatusCode::OK, StatusCode::PRECONDITION_FAILED], "only one of them saw it as it was");
            if approved.status == StatusCode::OK {
                assert_eq!(app.on_phrase(&card, "/send-back", &json!({})).await.status, StatusCode::OK);
            }
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_acted_on_at_once_and_it_is_undone() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let (one, two) = (app.card("Один", "ru").await, app.approved("Два").await);
        let acted = app.batch("approve", &[&one["id"], &two["id"]]).await;
        assert_eq!((&acted["count"], &acted["skipped"][0]["code"]), (&json!(1), &json!("wrong_status")), "{acted}");
        assert_eq!(app.undo(&acted).await.status, StatusCode::OK);
        assert_eq!(app.status_of(&one).await, "pending_review");
        assert_eq!(app.undo(&acted).await.problem(), (404, "not_found".to_owned()), "it is undone once");

        let deleted = app.batch("delete", &[&one["id"], &two["id"]]).await;
        assert_eq!((&deleted["count"], &deleted["changed"]), (&json!(2), &json!([])));
        assert_eq!(app.get(&path(&one, "")).of(&ada()).send().await.0, StatusCode::NOT_FOUND);
        let back = app.undo(&deleted).await.json();
        assert_eq!(back["count"], 2, "{back}");
        assert_eq!(
            (app.status_of(&one).await.as_str(), app.status_of(&two).await.as_str()),
            ("pending_review", "approved")
        );

        // What was changed since stays as it is, and does not come back later.
        let excluded = app.batch("exclude", &[&one["id"], &two["id"]]).await;
        let now = app.phrase_now(&one).await;
        app.edit_card(&one, &now["etag"], &json!({ "translation": "One" })).await;
        let back = app.undo(&excluded).await.json();
        assert_eq!((&back["count"], &back["skipped"][0]["code"]), (&json!(1), &json!("changed")), "{back}");
        assert_eq!((&back["left"], &back["undo"]), (&json!(0), &Value::Null), "{back}");
        assert_eq!(app.undo(&excluded).await.problem(), (404, "not_found".to_owned()));
        let excluded = app.batch("exclude", &[&two["id"]]).await;
        let now = app.phrase_now(&two).await;
        app.edit_card(&two, &now["etag"], &json!({ "translation": "Two" })).await;
        assert_eq!(app.undo(&excluded).await.problem(), (409, "nothing_to_undo".to_owned()));
        let acted = app.on_phrase(&two, "/include", &json!({})).await.json();
        assert_eq!(acted["phrase"]["excluded"], false);
        let back = app.on_phrase(&two, "/send-back", &json!({})).await.json();
        assert_eq!(back["phrase"]["status"], "pending_review");
        assert_eq!(app.ask(Method::DELETE, &path(&two, "")).of(&ada()).send().await.0, StatusCode::NO_CONTENT);
        let gone = app.batch("approve", &[&two["id"]]).await;
        assert_eq!(gone["skipped"][0]["code"], "not_found");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_are_exported_once_their_file_was_whole() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        assert_eq!(app.begin_export(&json!({})).await.problem(), (409, "no_cards".to_owned()));
        let card = app.approved("Где мой чай?").await;
        let waiting = app.card("Не готово", "ru").await;
        let begun = app.begin_export(&json!({ "form": "archive", "deck": "Чай" })).await;
        assert_eq!((begun.status, &begun.json()["state"]), (StatusCode::CREATED, &json!("pending")));
        let export = begun.json();
        // A reader that leaves has no file.
        let response = app.get(export["href"].as_str().unwrap()).of(&ada()).response().await;
        let mut body = response.into_body().into_data_stream();
        assert!(body.next().await.unwrap().is_ok());
        drop(body);
        assert_eq!(
            (app.status_of(&card).await.as_str(), &app.export_now(&export).await["state"]),
            ("approved", &json!("pending"))
        );

        let file = app.download(&export).await;
        assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "application/zip"));
        assert!(file.header("content-disposition").starts_with("attachment"), "{}", file.header("content-disposition"));
        assert!(file.bytes.starts_with(b"PK"));
        assert_eq!(app.status_of(&card).await, "exported");
        assert_eq!(app.status_of(&waiting).await, "pending_review");
        let done = app.export_now(&export).await;
        assert_eq!((&done["state"], &done["cards"]), (&json!("done"), &json!(1)), "{done}");
        // There is nothing new, until the card changes; all of it can be had again.
        assert_eq!(app.begin_export(&json!({})).await.problem(), (409, "no_cards".to_owned()));
        let all = app.begin_export(&json!({ "all": true, "form": "csv" })).await.json();
        let csv = app.download(&all).await;
        assert!(csv.text().contains("#guid column") && csv.text().contains("Где мой чай?"), "{}", csv.text());
        let before = app.phrase_now(&card).await;
        app.edit_card(&card, &before["etag"], &json!({ "translation": "Where is my tea?" })).await;
        let edited = app.phrase_now(&card).await;
        assert_eq!(edited["status"], "approved");
        let seconds = |view: &Value| view["changed_at"].as_i64().unwrap() / 1_000;
        assert!(seconds(&edited) > seconds(&before), "Anki tells two states of a card apart by seconds");
        let updated = app.begin_export(&json!({ "form": "csv" })).await.json();
        let again = app.download(&updated).await;
        let guid = |csv: &Answer| csv.text().lines().last().unwrap().split(',').next().unwrap().to_owned();
        assert_eq!(
            (guid(&again), again.text().contains("Where is my tea?")),
            (guid(&csv), true),
            "it is the same card"
        );
        let foreign = app.get(export["href"].as_str().unwrap()).of(&omar()).answer().await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_that_arrived_in_a_running_anki_are_exported() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let (one, two) = (app.approved("Где мой чай?").await, app.approved("Доброе утро").await);
        let export = app.begin_export(&json!({ "deck": "Чай" })).await.json();
        let path = format!("{EXPORTS}/{}", export["id"].as_str().unwrap());
        let page = app.get(&format!("{path}/notes")).of(&ada()).send().await.1;
        assert_eq!((&page["deck"], &page["next_after"]), (&json!("Чай"), &Value::Null), "{page}");
        let notes = page["notes"].as_array().unwrap();
        assert_eq!((notes.len(), &notes[0]["id"]), (2, &one["id"]), "{page}");
        assert!(notes[0]["audio_href"].as_str().unwrap().starts_with("/media/"), "{page}");
        // A package for it has the notes that it is asked for, and exports nothing.
        let ids = json!({ "ids": [notes[0]["id"], notes[1]["id"]] });
        let package = app.post(&format!("{path}/package")).of(&ada()).json(&ids).answer().await;
        assert_eq!(package.status, StatusCode::OK);
        assert!(package.bytes.starts_with(b"PK"), "{} bytes", package.bytes.len());
        let fewer = app.post(&format!("{path}/package")).of(&ada()).json(&json!({ "ids": [notes[0]["id"]] })).answer();
        let fewer = fewer.await.bytes.len();
        assert!(fewer > 1_000 && fewer < package.bytes.len(), "without the recording of the other");
        assert_eq!((app.status_of(&one).await.as_str(), app.status_of(&two).await.as_str()), ("approved", "approved"));
        let nothing = app.post(&format!("{path}/package")).of(&ada()).json(&json!({ "ids": [] })).answer().await;
        assert_eq!(nothing.problem(), (409, "no_cards".to_owned()));
        let foreign = app.post(&format!("{path}/package")).of(&omar()).json(&ids).answer().await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        // The second changes before it has arrived.
        let now = app.phrase_now(&two).await;
        app.edit_card(&two, &now["etag"], &json!({ "text": "Добрый вечер" })).await;
        app.advance(std::time::Duration::from_secs(1)).await;
        app.run_jobs().await;
        let arrived: Vec<Value> =
            notes.iter().map(|note| json!({ "id": note["id"], "changed_at": note["changed_at"] })).collect();
        let body = json!({ "notes": arrived });
        let marked = app.post(&format!("{path}/arrived")).of(&ada()).json(&body).send().await.1;
        assert_eq!(marked["count"], 1, "{marked}");
        assert_eq!(
            (app.status_of(&one).await.as_str(), app.status_of(&two).await.as_str()),
            ("exported", "pending_review")
        );
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn phrases_on_a_theme_need_a_provider_and_say_so() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let wanted = json!({ "theme": "tea", "language": "ru", "count": 5 });
    let ask = async |body: &Value| app.post("/api/v1/phrase-drafts").of(&ada()).json(body).answer().await;
    assert_eq!(ask(&wanted).await.problem(), (409, "needs_provider".to_owned()));
    let many = json!({ "theme": "tea", "language": "ru", "count": 51 });
    assert_eq!(ask(&many).await.problem(), (422, "bad_theme".to_owned()));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deck_to_avoid_is_a_list_or_a_package_and_says_what_else_it_is() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let fronts = async |name: &str, bytes: &[u8]| {
        app.post("/api/v1/phrases/fronts").of(&ada()).form(&[("file", Some(name), bytes)]).answer().await
    };
    let list = fronts("list.txt", "Чай\nКофе\n".as_bytes()).await;
    assert_eq!((list.status, list.json()["texts"].clone()), (StatusCode::OK, json!(["Чай", "Кофе"])));
    for (name, bytes, reason) in [
        ("deck.apkg", b"this is no deck".as_slice(), "not_a_deck"),
        ("Deck.COLPKG", b"P", "not_a_deck"),
        ("list.txt", b"", "empty"),
        ("deck.apkg", b"PK\x03\x04 cut off", "damaged"),
    ] {
        let refused = fronts(name, bytes).await;
        assert_eq!(refused.problem(), (422, "deck_unreadable".to_owned()), "{name}: {}", refused.text());
        assert_eq!(refused.json()["reason"], reason, "{name}: {}", refused.text());
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("export") || detail.contains("empty"), "{detail}");
    }
    app.end().await;
}
