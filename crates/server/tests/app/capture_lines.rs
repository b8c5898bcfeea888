//! Lines and lists: what looks the same is one card, what is there says how it is, and what is refused says which line it is.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_store::Dialect;

use crate::capture::path;
use crate::capture_model::Capture;
use crate::person::ada;
use crate::support::{Answer, BOTH, TestApp};

const PHRASES: &str = "/api/v1/phrases";

impl TestApp {
    async fn lines(&self, body: &Value) -> Answer {
        self.post(PHRASES).of(&ada()).json(body).answer().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_looks_the_same_is_the_same_card_with_the_same_dictionary() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let card = app.card("Мой чёрный чай", "ru").await;
        // Decomposed, and with spaces that have no width.
        for same in ["Мо\u{438}\u{306} че\u{308}рный ча\u{438}\u{306}", "Мо\u{200b}й чёрный\u{feff} ча\u{2060}й"]
        {
            let again = app.lines(&json!({ "text": same })).await;
            let body = again.json();
            assert_eq!((again.status, &body["known"]), (StatusCode::OK, &json!([card["id"]])), "{same:?}: {body}");
        }
        let new = app.card("Ча\u{438}\u{306}", "ru").await;
        assert_eq!((&new["text"]["text"], &new["vocabulary"][0]["word"]), (&json!("Чай"), &json!("Чай")));
        assert_eq!(new["vocabulary"][0]["lemma"]["text"], "чай", "{new}");
        let edit = json!({ "text": "Мо\u{438}\u{306} ча\u{438}\u{306}\u{200b}",
                           "vocabulary": [{ "word": "ча\u{438}\u{306}", "meaning": "tea" }] });
        let edited = app.ask(Method::PATCH, &path(&card, "")).of(&ada()).json(&edit).send().await.1;
        assert_eq!((&edited["text"]["text"], &edited["vocabulary"][0]["word"]), (&json!("Мой чай"), &json!("чай")));
        assert_eq!(edited["vocabulary"][0]["lemma"], card["vocabulary"][2]["lemma"], "the word is the one of before");
        let found = app.get(&format!("{PHRASES}?q=%D0%BC%D0%BE%D0%B8%CC%86")).of(&ada()).send().await.1;
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_whose_card_is_in_no_deck_says_so_and_what_to_do() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let (excluded, fine) = (app.card("Мой чай", "ru").await, app.card("Мой дом", "ru").await);
        let body = json!({ "action": "exclude", "ids": [excluded["id"]] });
        app.post(&format!("{PHRASES}/batch")).of(&ada()).json(&body).send().await;
        let failed = app.phrase("Мой город", "ru").await;
        let fail = format!(
            "UPDATE capture_phrases SET status = 'failed', error_code = 'stopped', error_message = 'it was stopped' WHERE id = '{}'",
            failed["id"].as_str().unwrap()
        );
        assert_eq!(app.execute(&fail).await.unwrap(), 1);
        let again = app.lines(&json!({ "text": "Мой чай\nМой дом\nМой город", "each_line": true })).await;
        let body = again.json();
        assert_eq!(
            (again.status, &body["known"]),
            (StatusCode::OK, &json!([excluded["id"], fine["id"], failed["id"]]))
        );
        let held = body["held_back"].as_array().unwrap();
        let codes: Vec<_> = held.iter().map(|one| (&one["id"], one["code"].as_str().unwrap())).collect();
        assert_eq!(codes, [(&excluded["id"], "excluded"), (&failed["id"], "failed")], "{body}");
        for (one, advice) in held.iter().zip(["\"include\"", "(it was stopped): retry it"]) {
            assert!(one["detail"].as_str().unwrap().contains(advice), "{one}");
        }
        let new = app.lines(&json!({ "text": "Мой кот" })).await.json();
        assert_eq!(new["held_back"], json!([]));
        // A deck of cards that are all left out says that, and not that they were exported.
        app.on_phrase(&excluded, "/approve", &json!({})).await;
        let export = app.post("/api/v1/phrase-exports").of(&ada()).json(&json!({ "form": "csv" })).answer().await;
        assert_eq!(export.problem(), (409, "no_cards".to_owned()));
        assert!(export.json()["detail"].as_str().unwrap().contains("left out of decks"), "{}", export.text());
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_refused_names_the_line() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let long = format!("Да\n{}", "я".repeat(501));
    for (body, code, line, beginning) in [
        (json!({ "text": "Да\n\n---\nzzzz 1234\nНет", "each_line": true }), "text_no_language", 4, "zzzz 1234"),
        (json!({ "text": long, "each_line": true }), "text_too_long", 2, "яяяя"),
        (json!({ "text": "Да\nHola", "each_line": true, "language": "ru" }), "text_wrong_script", 2, "Hola"),
        (json!({ "text": "42\n43", "each_line": true }), "no_words", 1, "42"),
    ] {
        let refused = app.lines(&body).await;
        assert_eq!(refused.problem(), (422, code.to_owned()), "{}", refused.text());
        let problem = refused.json();
        assert_eq!(problem["line"], line, "{problem}");
        assert!(problem["beginning"].as_str().unwrap().starts_with(beginning), "{problem}");
        assert!(problem["detail"].as_str().unwrap().starts_with(&format!("line {line} (\"{beginning}")), "{problem}");
    }
    for whole in [json!({ "text": "zzzz 1234" }), json!({ "text": "Да", "each_line": true, "language": "en" })] {
        assert_eq!(app.lines(&whole).await.json()["line"], Value::Null, "no line is at fault");
    }
    assert_eq!(app.get(PHRASES).of(&ada()).send().await.1["items"], json!([]), "all of a list, or none");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_becomes_no_phrase_is_told() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let added = app.lines(&json!({ "text": "Да\n\n---\n42\nНет", "each_line": true })).await;
    let body = added.json();
    assert_eq!((added.status, body["items"].as_array().unwrap().len()), (StatusCode::CREATED, 2), "{body}");
    let told = body["left_out"].as_array().unwrap().iter();
    let told: Vec<_> = told.map(|line| json!([line["line"], line["beginning"], line["code"]])).collect();
    assert_eq!(told, [json!([3, "---", "no_words"]), json!([4, "42", "no_words"])], "{body}");
    assert_eq!(body["left_out"][0]["detail"], "line 3 (\"---\") has no letter, and was left out");
    assert_eq!(app.lines(&json!({ "text": "Да" })).await.json()["left_out"], json!([]));
    app.run_jobs().await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_that_is_none_is_named_where_it_was_given() {
    let app = TestApp::open(Dialect::Sqlite).await;
    for (body, pointer) in [
        (json!({ "text": "Да", "translate_to": "xx" }), "/translate_to"),
        (json!({ "text": "Да", "translate_to": "eng" }), "/translate_to"),
        (json!({ "text": "Да\nНет", "each_line": true, "translate_to": "EN" }), "/translate_to"),
        (json!({ "text": "Да", "language": "xx" }), "/language"),
    ] {
        let refused = app.lines(&body).await;
        assert_eq!(refused.problem(), (422, "no_such_language".to_owned()), "{}", refused.text());
        assert_eq!((&refused.json()["pointer"], &refused.json()["line"]), (&json!(pointer), &Value::Null));
    }
    // What is not known of a text is to be chosen, and no option of a command.
    let unknown = app.lines(&json!({ "text": "こんにちは" })).await.json()["items"][0].clone();
    app.run_jobs().await;
    let error = app.phrase_now(&unknown).await["error"].clone();
    assert_eq!(error["code"], "language_unknown", "{error}");
    let detail = error["detail"].as_str().unwrap();
    assert!(detail.contains("choose it; there are: ru, ar") && !detail.contains("--"), "{detail}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_that_is_chosen_later_settles_the_doubt_about_it() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let guessed = app.lines(&json!({ "text": "Добър ден" })).await.json()["items"][0].clone();
        app.run_jobs().await;
        let guessed = app.phrase_now(&guessed).await;
        let is_in_doubt = |card: &Value| card["doubts"].as_array().unwrap().contains(&json!("language"));
        assert!(is_in_doubt(&guessed), "{guessed}");
        let chosen = app.lines(&json!({ "text": "Добър ден", "language": "ru" })).await;
        let card = chosen.json()["items"][0].clone();
        assert_eq!((chosen.status, &card["id"]), (StatusCode::OK, &guessed["id"]));
        assert_eq!((&card["language_confidence"], is_in_doubt(&card)), (&json!(1.0), false), "{card}");
        let others = |card: &Value| card["doubts"].as_array().unwrap().len() + usize::from(!is_in_doubt(card));
        assert_eq!(others(&card), others(&guessed), "nothing else is settled");
        // Who chooses none takes nothing back.
        let again = app.lines(&json!({ "text": "Добър ден" })).await.json()["items"][0].clone();
        assert_eq!((&again["language_confidence"], &again["etag"]), (&json!(1.0), &card["etag"]));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_that_are_not_there_are_not_kept() {
    let capture = Capture::one();
    let app = capture.app(Dialect::Sqlite, &[]).await;
    let wanted = json!({ "theme": "tea", "language": "ru", "count": 2 });
    let asked = app.post("/api/v1/phrase-drafts").of(&ada()).json(&wanted).send().await.1;
    capture.model().answer(&json!({ "phrases": ["Я пью зелёный чай", "Он любит горячий чай"] }));
    app.run_jobs().await;
    let keep = async |places: Value| {
        let path = format!("/api/v1/phrase-drafts/{}/keep", asked["id"].as_str().unwrap());
        app.post(&path).of(&ada()).json(&json!({ "places": places })).answer().await
    };
    for (places, code, said) in [
        (json!([7]), "no_such_draft", "place 7: there are 2"),
        (json!([0, 2]), "no_such_draft", "place 2: there are 2"),
        (json!([]), "nothing_kept", "no draft is chosen"),
    ] {
        let refused = keep(places.clone()).await;
        assert_eq!(refused.problem(), (422, code.to_owned()), "{places}: {}", refused.text());
        assert!(refused.json()["detail"].as_str().unwrap().contains(said), "{}", refused.text());
    }
    assert_eq!(app.get(PHRASES).of(&ada()).send().await.1["items"], json!([]), "none of them was kept");
    assert_eq!(keep(json!([1, 1])).await.status, StatusCode::CREATED);
    app.run_jobs().await;
    app.end().await;
}
