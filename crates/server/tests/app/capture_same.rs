//! A phrase stays one card: whatever is done to others, and however it is written.

use std::fmt::Write as _;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_store::Dialect;

use crate::capture::path;
use crate::person::ada;
use crate::support::{Answer, BOTH, TestApp};

const PHRASES: &str = "/api/v1/phrases";

impl TestApp {
    async fn line(&self, body: &Value) -> Answer {
        self.post(PHRASES).of(&ada()).json(body).answer().await
    }

    async fn retype(&self, card: &Value, text: &str) -> Answer {
        self.ask(Method::PATCH, &path(card, "")).of(&ada()).json(&json!({ "text": text })).answer().await
    }

    async fn act(&self, action: &str, cards: &[&Value]) -> Value {
        let ids: Vec<&Value> = cards.iter().map(|card| &card["id"]).collect();
        let body = json!({ "action": action, "ids": ids });
        self.post(&format!("{PHRASES}/batch")).of(&ada()).json(&body).send().await.1
    }

    async fn take_back(&self, acted: &Value) -> Answer {
        let body = json!({ "undo": acted["undo"] });
        self.post(&format!("{PHRASES}/undo")).of(&ada()).json(&body).answer().await
    }

    async fn found(&self, words: &str) -> Vec<Value> {
        let mut path = format!("{PHRASES}?q=");
        for byte in words.bytes() {
            write!(path, "%{byte:02X}").unwrap();
        }
        let found = self.get(&path).of(&ada()).send().await.1;
        found["items"].as_array().unwrap().iter().map(|card| card["id"].clone()).collect()
    }
}

/// That this was refused, since that is the other card of the same phrase.
fn is_refused_for(refused: &Answer, other: &Value) {
    assert_eq!(refused.problem(), (409, "same_phrase".to_owned()), "{}", refused.text());
    let problem = refused.json();
    assert_eq!(problem["phrase"], other["id"], "{problem}");
    let detail = problem["detail"].as_str().unwrap();
    for said in [other["id"].as_str().unwrap(), "open that one", "delete"] {
        assert!(detail.contains(said), "{said}: {detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_does_not_become_the_phrase_of_another_one() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let (tea, house) = (app.card("Мой чай", "ru").await, app.card("Мой дом", "ru").await);
        is_refused_for(&app.retype(&house, " Мой ча\u{438}\u{306} ").await, &tea);
        let now = app.phrase_now(&house).await;
        assert_eq!((&now["text"]["text"], &now["etag"]), (&json!("Мой дом"), &house["etag"]), "nothing has changed");
        // In another language it is another phrase.
        let both = json!({ "text": "Hola мир", "language": "es" });
        let spanish = app.line(&both).await.json()["items"][0].clone();
        let russian = app.phrase("Hola мир", "ru").await;
        app.run_jobs().await;
        let redo = json!({ "what": "language", "language": "ru" });
        is_refused_for(&app.on_phrase(&spanish, "/redo", &redo).await, &russian);
        assert_eq!(app.on_phrase(&russian, "/redo", &redo).await.status, StatusCode::ACCEPTED, "it is in it already");
        app.run_jobs().await;
        // What was deleted is in nobody's way.
        app.act("delete", &[&tea]).await;
        assert_eq!(app.retype(&house, "Мой чай").await.status, StatusCode::OK);
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_and_typed_again_does_not_come_back_beside_it() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let (tea, house) = (app.card("Мой чай", "ru").await, app.card("Мой дом", "ru").await);
        let deleted = app.act("delete", &[&tea]).await;
        let again = app.card("Мой чай", "ru").await;
        is_refused_for(&app.take_back(&deleted).await, &again);
        // One of several is skipped, and the others are back.
        let both = app.act("delete", &[&again, &house]).await;
        assert_eq!(
            app.take_back(&deleted).await.status,
            StatusCode::OK,
            "an undo that was refused can be asked for again"
        );
        let back = app.take_back(&both).await.json();
        assert_eq!((&back["count"], &back["changed"][0]["id"]), (&json!(1), &house["id"]), "{back}");
        let skipped = &back["skipped"][0];
        assert_eq!(
            (&skipped["id"], &skipped["code"], &skipped["other"]),
            (&again["id"], &json!("same_phrase"), &tea["id"]),
            "{back}"
        );
        // It is left, and comes back once nothing is in its place.
        assert_eq!((&back["left"], &back["undo"]), (&json!(1), &both["undo"]), "{back}");
        is_refused_for(&app.take_back(&back).await, &tea);
        app.act("delete", &[&tea]).await;
        let rest = app.take_back(&back).await.json();
        assert_eq!((&rest["count"], &rest["changed"][0]["id"]), (&json!(1), &again["id"]), "{rest}");
        assert_eq!((&rest["left"], &rest["undo"]), (&json!(0), &Value::Null), "{rest}");
        assert_eq!(app.take_back(&back).await.problem(), (404, "not_found".to_owned()), "it is undone once");
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_card_that_was_asked_for_is_a_card_like_any_other() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let first = app.card("Мой чай", "ru").await;
        app.act("exclude", &[&first]).await;
        let again = json!({ "text": "Мой чай", "language": "ru", "again": true });
        let second = app.line(&again).await.json()["items"][0].clone();
        app.run_jobs().await;
        assert_ne!(first["id"], second["id"]);
        // The one that is in decks answers for both.
        let typed = app.line(&json!({ "text": "Мой чай" })).await.json();
        assert_eq!((&typed["known"], &typed["held_back"]), (&json!([second["id"]]), &json!([])), "{typed}");
        // They were two before they were deleted, and they are afterwards: together, and one by one.
        let deleted = app.act("delete", &[&first, &second]).await;
        assert_eq!(app.take_back(&deleted).await.json()["count"], 2);
        let deleted = app.act("delete", &[&second]).await;
        assert_eq!(app.take_back(&deleted).await.json()["count"], 1);
        // One after the other, they come back in either order.
        for undone_first in [0, 1] {
            let undos = [app.act("delete", &[&first]).await, app.act("delete", &[&second]).await];
            for undo in [&undos[undone_first], &undos[1 - undone_first]] {
                let back = app.take_back(undo).await;
                assert_eq!(back.status, StatusCode::OK, "{undone_first}: {}", back.text());
            }
        }
        let edit = json!({ "text": "Мой чай", "translation": "My tea" });
        let edited = app.ask(Method::PATCH, &path(&second, "")).of(&ada()).json(&edit).answer().await;
        assert_eq!(edited.status, StatusCode::OK, "it stays what it is: {}", edited.text());
        app.end().await;
    }
}

/// What has come back of an action does not keep the rest of it from doing so.
#[tokio::test(flavor = "multi_thread")]
async fn cards_of_one_phrase_that_were_deleted_together_come_back_one_after_the_other() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let again = json!({ "text": "Мой чай", "language": "ru", "again": true });
        let oldest = app.card("Мой чай", "ru").await;
        let first = app.line(&again).await.json()["items"][0].clone();
        app.run_jobs().await;
        let oldest_deleted = app.act("delete", &[&oldest]).await;
        let second = app.line(&again).await.json()["items"][0].clone();
        app.run_jobs().await;
        let deleted = app.act("delete", &[&first, &second]).await;
        assert_eq!(app.take_back(&oldest_deleted).await.json()["count"], 1);
        // The first one was there beside the oldest, and the second was not.
        let back = app.take_back(&deleted).await.json();
        assert_eq!((&back["changed"][0]["id"], &back["left"]), (&first["id"], &json!(1)), "{back}");
        app.act("delete", &[&oldest]).await;
        let rest = app.take_back(&back).await;
        assert_eq!(rest.status, StatusCode::OK, "{}", rest.text());
        assert_eq!(rest.json()["changed"][0]["id"], second["id"]);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_whose_text_an_earlier_version_changed_does_not_answer_for_its_old_one() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let (tea, house) = (app.card("Мой чай", "ru").await, app.card("Мой дом", "ru").await);
        // A process of the version before there was a likeness runs beside this one, and leaves it as it is.
        let edit = "UPDATE capture_phrases SET text = 'Мой сад', search = 'Мой сад', version = version + 1";
        let edit = format!("{edit} WHERE id = '{}'", tea["id"].as_str().unwrap());
        assert_eq!(app.execute(&edit).await.unwrap(), 1);
        let typed = app.line(&json!({ "text": "Мой чай", "language": "ru" })).await;
        assert_eq!((typed.status, &typed.json()["known"]), (StatusCode::CREATED, &json!([])), "{}", typed.text());
        let garden = app.line(&json!({ "text": "Мой сад", "language": "ru" })).await.json();
        assert_eq!(garden["known"], json!([tea["id"]]), "it is what it says now: {garden}");
        assert_eq!(app.found("мой САД").await, [tea["id"].clone()]);
        app.run_jobs().await;
        // Nor is it in the way of an edit.
        assert_eq!(app.execute(&edit.replace("сад", "лес")).await.unwrap(), 1);
        let edited = app.retype(&house, "Мой сад").await;
        assert_eq!(edited.status, StatusCode::OK, "{}", edited.text());
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phrase_is_the_same_and_is_found_however_it_is_written() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let (tea, heart) = (app.card("Мой чай, 1 café", "ru").await, app.card("Люблю ❤\u{fe0f}", "ru").await);
        assert_eq!(heart["text"]["text"], "Люблю ❤\u{fe0f}", "it is kept as it was written");
        let same = app.line(&json!({ "text": "Люблю ❤" })).await.json();
        assert_eq!(same["known"], json!([heart["id"]]), "{same}");
        for words in ["cafe", "CAFÉ", "cafe\u{301}", "мо\u{438}\u{306} ЧАЙ", "moy"] {
            assert_eq!(app.found(words).await, [tea["id"].clone()], "{words}");
        }
        assert!(app.found("чаи").await.is_empty(), "another letter");
        for words in ["\u{640}", "\u{64e}\u{651}", " \u{301} "] {
            assert!(app.found(words).await.is_empty(), "marks alone: {words:?}");
        }
        assert_eq!(app.found(" \u{200f}").await.len(), 2, "nothing is searched for");
        // As it was stored before texts were composed and had a likeness.
        let old = "UPDATE capture_phrases SET text = 'Мо\u{438}\u{306} ча\u{438}\u{306}, 1 cafe\u{301}', likeness = '',
                       search = 'мо\u{438}\u{306} ча\u{438}\u{306}, 1 cafe\u{301}'";
        let old = format!("{old} WHERE id = '{}'", tea["id"].as_str().unwrap());
        assert_eq!(app.execute(&old).await.unwrap(), 1);
        let typed = json!({ "text": "Мой чай, 1 café" });
        assert_eq!(app.line(&typed).await.json()["known"], json!([tea["id"]]), "before the job");
        assert!(app.found("чай").await.is_empty(), "it is found by its letters after the job");
        app.schedule().await;
        app.run_jobs().await;
        assert_eq!(app.line(&typed).await.json()["known"], json!([tea["id"]]), "after it");
        assert_eq!(app.found("Чай, 1 cafe").await, [tea["id"].clone()]);
        assert_eq!(app.phrase_now(&tea).await["etag"], tea["etag"], "nobody has changed it");
        app.end().await;
    }
}

/// The database approves the second of these phrases when the first one is given its likeness, before the second one is.
async fn approve_meanwhile(app: &TestApp, dialect: Dialect, [first, second]: [&str; 2]) {
    let approve = format!("UPDATE capture_phrases SET version = version + 1 WHERE id = '{second}'");
    let trigger = "CREATE TRIGGER approve AFTER UPDATE OF likeness ON capture_phrases FOR EACH ROW";
    if dialect == Dialect::Sqlite {
        let trigger = format!("{trigger} WHEN NEW.id = '{first}' BEGIN {approve}; END");
        app.execute(&trigger).await.unwrap();
        return;
    }
    let quoted = approve.replace('\'', "''");
    let function =
        format!("CREATE FUNCTION approve() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN {quoted}; RETURN NULL; END'");
    app.execute(&function).await.unwrap();
    app.execute(&format!("{trigger} WHEN (NEW.id = '{first}') EXECUTE FUNCTION approve()")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_approved_meanwhile_has_its_likeness_and_one_that_can_have_none_is_left() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let mut ids = Vec::new();
        for text in ["Мой чай", "Мой дом", "Мой сад"] {
            ids.push(app.card(text, "ru").await["id"].as_str().unwrap().to_owned());
        }
        ids.sort_unstable();
        app.execute("UPDATE capture_phrases SET likeness = ''").await.unwrap();
        let unseen = format!("UPDATE capture_phrases SET text = '\u{200b}' WHERE id = '{}'", ids[2]);
        assert_eq!(app.execute(&unseen).await.unwrap(), 1);
        approve_meanwhile(&app, dialect, [&ids[0], &ids[1]]).await;
        app.schedule().await;
        app.run_jobs().await;
        let left = "SELECT id AS value FROM capture_phrases WHERE likeness = ''";
        assert_eq!(app.texts(left, &[]).await, ids[2..]);
        // There is nothing to do for it at the next start.
        app.schedule().await;
        let jobs = "SELECT id AS value FROM jobs WHERE kind = 'capture.liken'";
        assert_eq!(app.texts(jobs, &[]).await.len(), 1);
        app.run_jobs().await;
        app.end().await;
    }
}
