//! Phrases become cards, with the real engines of this machine: text, pictures, sounds; and what is no phrase.

use std::process::Command;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_app::account::SignUp;
use sluice_store::Dialect;
use sluice_testkit::{corpus, pdf};

use crate::access::with_ada;
use crate::person::{ada, omar};
use crate::support::{Answer, BOTH, TestApp};

const PHRASES: &str = "/api/v1/phrases";

/// A phrase for each language.
const EACH: [(&str, &str); 5] = [
    ("ru", "Где находится вокзал?"),
    ("ar", "أين المكتبة؟"),
    ("zh", "我喜欢喝茶。"),
    ("es", "¿Dónde está la biblioteca?"),
    ("ka", "სად არის სადგური?"),
];

pub(crate) fn path(phrase: &Value, rest: &str) -> String {
    format!("{PHRASES}/{}{rest}", phrase["id"].as_str().unwrap())
}

impl TestApp {
    /// Adds a phrase, without its card.
    pub(crate) async fn phrase(&self, text: &str, language: &str) -> Value {
        let new = json!({ "text": text, "language": language });
        let (status, added) = self.post(PHRASES).of(&ada()).json(&new).send().await;
        assert_eq!((status, added["items"].as_array().map(Vec::len)), (StatusCode::CREATED, Some(1)), "{added}");
        added["items"][0].clone()
    }

    pub(crate) async fn phrase_now(&self, phrase: &Value) -> Value {
        let (status, view) = self.get(&path(phrase, "")).of(&ada()).send().await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    }

    /// A phrase with its card, which is to be reviewed.
    pub(crate) async fn card(&self, text: &str, language: &str) -> Value {
        let phrase = self.phrase(text, language).await;
        assert_eq!((&phrase["status"], &phrase["work"]["what"]), (&json!("processing"), &json!("make")), "{phrase}");
        self.run_jobs().await;
        let card = self.phrase_now(&phrase).await;
        assert_eq!((&card["status"], &card["work"]), (&json!("pending_review"), &Value::Null), "{card}");
        card
    }

    pub(crate) async fn on_phrase(&self, phrase: &Value, rest: &str, body: &Value) -> Answer {
        self.post(&path(phrase, rest)).of(&ada()).json(body).answer().await
    }

    async fn upload_phrase(&self, name: &str, bytes: &[u8], language: Option<&str>) -> Answer {
        let mut fields = vec![("file", Some(name), bytes)];
        fields.extend(language.map(|language| ("language", None, language.as_bytes())));
        self.post("/api/v1/phrases/files").of(&ada()).form(&fields).answer().await
    }

    /// Uploads a file, and makes its card; gives the phrase as it is then.
    pub(crate) async fn made_of(&self, name: &str, bytes: &[u8], language: Option<&str>) -> Value {
        let answer = self.upload_phrase(name, bytes, language).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        self.run_jobs().await;
        self.phrase_now(&answer.json()).await
    }

    async fn bytes_behind(&self, link: &Value) -> (String, Vec<u8>) {
        let answer = self.get(link.as_str().unwrap()).unknown().answer().await;
        assert_eq!(answer.status, StatusCode::OK, "{link}");
        (answer.header("content-type").to_owned(), answer.bytes)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_becomes_a_card_in_each_language() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        for (language, text) in EACH {
            let card = app.card(text, language).await;
            assert_eq!((&card["text"]["text"], &card["text"]["source"]["kind"]), (&json!(text), &json!("person")));
            assert_eq!((&card["language"]["code"], &card["language_confidence"]), (&json!(language), &json!(1.0)));
            let rtl = if language == "ar" { "rtl" } else { "ltr" };
            assert_eq!(card["language"]["dir"], rtl);
            // Where letters are not Latin there is a transliteration, or it says what is missing; it is never made up.
            let latin = &card["transliteration"];
            assert_eq!(latin.is_null(), language == "es", "{card}");
            let is_there = latin["text"].as_str().is_some_and(|text| !text.is_empty());
            assert!(latin.is_null() || is_there || latin["state"] == "needs_provider", "{card}");
            let translation = &card["translation"];
            let is_empty = translation["text"] == "";
            assert_eq!(is_empty, translation["state"] == "needs_provider", "{card}");
            assert!(!is_empty || card["doubts"].as_array().unwrap().contains(&json!("translation")), "{card}");
            // Of a voice that is not installed it says so.
            match card["audio"]["href"].as_str() {
                Some(_) => {
                    let (kind, sound) = app.bytes_behind(&card["audio"]["href"]).await;
                    assert_eq!((kind.as_str(), card["audio"]["own"].as_bool()), ("audio/mpeg", Some(false)));
                    assert!(sound.len() > 2_000, "{}", sound.len());
                }
                None => assert!(card["error"]["detail"].as_str().unwrap().contains("missing"), "{card}"),
            }
        }
        let page = app.get(&format!("{PHRASES}?sort=oldest&limit=2")).of(&ada()).send().await.1;
        assert_eq!(page["counts"]["pending_review"], 5, "{page}");
        assert_eq!(page["items"][1]["language"]["code"], "ar");
        let next = page["next_cursor"].as_str().unwrap();
        let page = app.get(&format!("{PHRASES}?sort=oldest&limit=100&cursor={next}")).of(&ada()).send().await.1;
        assert_eq!((page["items"].as_array().unwrap().len(), &page["next_cursor"]), (3, &Value::Null));
        let found = app.get(&format!("{PHRASES}?q=%D0%B2%D0%BE%D0%BA%D0%B7%D0%B0%D0%BB")).of(&ada()).send().await.1;
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
        assert_eq!(app.get(PHRASES).of(&omar()).send().await.1["items"], json!([]));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_are_said_once_for_everybody() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let card = app.card("Доброе утро", "ru").await;
    let calls = async || app.texts("SELECT CAST(COUNT(*) AS TEXT) AS value FROM calls WHERE kind = 'speak'", &[]).await;
    let before = calls().await;
    let new = json!({ "text": "Доброе утро", "language": "ru" });
    let his = app.post(PHRASES).of(&omar()).json(&new).send().await.1["items"][0].clone();
    app.run_jobs().await;
    let his = app.get(&path(&his, "")).of(&omar()).send().await.1;
    assert_eq!(calls().await, before, "nobody said it again");
    let file = |card: &Value| card["audio"]["href"].as_str().unwrap().split('/').nth(2).unwrap().to_owned();
    assert_eq!(file(&his), file(&card));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_a_phrase_on_each_line_and_the_same_key_is_the_same_list() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let new = json!({ "text": "1.\nДоброе утро\n\n  Спокойной ночи  \n---\nПока\n😀", "each_line": true });
    let ask = |body: &Value| app.post(PHRASES).of(&ada()).header("idempotency-key", "list").json(body);
    let added = ask(&new).send().await.1;
    let texts: Vec<&str> =
        added["items"].as_array().unwrap().iter().map(|item| item["text"]["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Доброе утро", "Спокойной ночи", "Пока"]);
    let again = ask(&new).send().await.1;
    assert_eq!(again["items"][2]["id"], added["items"][2]["id"]);
    let other = ask(&json!({ "text": "Пока" })).answer().await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused".to_owned()));
    app.run_jobs().await;
    let page = app.get(&format!("{PHRASES}?status=pending_review")).of(&ada()).send().await.1;
    assert_eq!(page["items"].as_array().unwrap().len(), 3);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_line_is_one_card_however_often_it_is_sent() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let add = async |body: Value| app.post(PHRASES).of(&ada()).json(&body).answer().await;
        let first = add(json!({ "text": "Доброе утро", "language": "ru" })).await;
        assert_eq!((first.status, first.json()["known"].clone()), (StatusCode::CREATED, json!([])));
        let id = first.json()["items"][0]["id"].clone();
        for same in [
            json!({ "text": "Доброе утро", "language": "ru" }),
            json!({ "text": "  Доброе   утро ", "translate_to": "en" }),
            json!({ "text": "Доброе утро\nДоброе утро", "each_line": true }),
        ] {
            let again = add(same).await;
            let body = again.json();
            assert_eq!((again.status, &body["known"]), (StatusCode::OK, &json!([id])), "{body}");
            assert_eq!((body["items"].as_array().unwrap().len(), &body["items"][0]["id"]), (1, &id), "{body}");
        }
        // Another one in a list is new, and twice in it the same.
        let list = add(json!({ "text": "Доброе утро\nПока\nПока", "each_line": true })).await;
        let body = list.json();
        assert_eq!((list.status, body["items"].as_array().unwrap().len()), (StatusCode::CREATED, 2), "{body}");
        assert_eq!(body["known"], json!([id]), "{body}");
        // In another language, of somebody else, or asked for, it is another card.
        for (of, body) in [
            (ada(), json!({ "text": "Доброе утро", "translate_to": "de" })),
            (omar(), json!({ "text": "Доброе утро" })),
            (ada(), json!({ "text": "Доброе утро", "again": true })),
        ] {
            let other = app.post(PHRASES).of(&of).json(&body).answer().await;
            assert_eq!((other.status, other.json()["known"].clone()), (StatusCode::CREATED, json!([])), "{body}");
            assert_ne!(other.json()["items"][0]["id"], id, "{body}");
        }
        // A request that is repeated finds what it made, beside what was there.
        let keyed = async |text: &str| {
            let body = json!({ "text": text, "each_line": true });
            app.post(PHRASES).of(&ada()).header("idempotency-key", "k").json(&body).answer().await
        };
        let made = keyed("Доброе утро\nЧай").await;
        let repeated = keyed("Доброе утро\nЧай").await;
        assert_eq!((made.status, repeated.status), (StatusCode::CREATED, StatusCode::CREATED));
        assert_eq!(made.json()["known"], repeated.json()["known"], "the other one is its own");
        assert_eq!(made.json()["items"][1]["id"], repeated.json()["items"][1]["id"]);
        assert_eq!(keyed("Доброе утро\nКофе").await.problem(), (422, "idempotency_key_reused".to_owned()));
        // What was deleted is not there.
        let delete = app.ask(Method::DELETE, &path(&first.json()["items"][0], "")).of(&ada()).answer().await;
        assert_eq!(delete.status, StatusCode::NO_CONTENT);
        let other = "SELECT id AS value FROM capture_phrases WHERE text = 'Доброе утро' AND translate_to = 'en'
            AND deleted_at IS NULL AND owner = $1";
        let left = app.texts(other, &[ada().as_str()]).await;
        assert_eq!(add(json!({ "text": "Доброе утро" })).await.json()["known"], json!(left));
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_that_words_do_not_tell_is_in_doubt() {
    let app = TestApp::open(Dialect::Sqlite).await;
    for (text, is_told) in [
        ("Где находится вокзал?", true),
        ("Добър ден", false),
        ("Дуже добре", false),
        ("سلام دوست من", false),
        ("أين المكتبة؟", true),
        ("სად არის სადგური?", true),
    ] {
        let added = app.post(PHRASES).of(&ada()).json(&json!({ "text": text })).send().await.1["items"][0].clone();
        app.run_jobs().await;
        let card = app.phrase_now(&added).await;
        assert!(card["language_confidence"].as_f64().unwrap() < 1.0, "nobody chose it: {card}");
        let is_in_doubt = card["doubts"].as_array().unwrap().contains(&json!("language"));
        assert_eq!(is_in_doubt, !is_told, "{text}: {card}");
    }
    let chosen = app.card("Добро утро", "ru").await;
    assert_eq!(chosen["language_confidence"], 1.0, "a person knows: {chosen}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_phrase_is_refused_with_its_reason() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let long = "а".repeat(10_000);
    let lines = "да\n".repeat(51);
    for (body, code) in [
        (json!({ "text": "😀🎉 42 !" }), "no_words"),
        (json!({ "text": " \n " }), "no_words"),
        (json!({ "text": long }), "text_too_long"),
        (json!({ "text": lines, "each_line": true }), "too_many"),
        (json!({ "text": "Hola", "language": "ar" }), "text_wrong_script"),
        (json!({ "text": "zzzz 1234" }), "text_no_language"),
        (json!({ "text": "Hello", "language": "en" }), "no_such_language"),
        (json!({ "text": "Привет", "translate_to": "English" }), "no_such_language"),
    ] {
        let answer = app.post(PHRASES).of(&ada()).json(&body).answer().await;
        assert_eq!(answer.problem(), (422, code.to_owned()), "{}", answer.text());
    }
    for (name, bytes, code) in [
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), "picture_heic"),
        ("a.gif", b"GIF89a\x01\0\x01\0\0\0\0;".as_slice(), "picture_gif"),
        ("a.txt", b"no picture".as_slice(), "file_unknown"),
        ("a.jpg", b"".as_slice(), "file_empty"),
        ("long.wav", wave(31).as_slice(), "sound_too_long"),
    ] {
        let answer = app.upload_phrase(name, bytes, Some("ru")).await;
        assert_eq!(answer.problem(), (422, code.to_owned()), "{}", answer.text());
    }
    let mut large = vec![0; 21 * 1024 * 1024];
    large[..3].copy_from_slice(&[0xff, 0xd8, 0xff]);
    let large = app.upload_phrase("a.jpg", &large, None).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let counts = &app.get(PHRASES).of(&ada()).send().await.1["counts"];
    assert_eq!(counts, &json!({}), "nothing of it was kept");
    // Letters of two scripts are a doubt, and markup is text.
    let mixed = app.card("Где мой charger", "ru").await;
    assert_eq!(mixed["language_confidence"], 1.0);
    let html = app.card("<script>alert('я')</script> {{c1::да}}\t&", "ru").await;
    let sides = app.get(&path(&html, "/preview")).of(&ada()).send().await.1;
    let front = sides["front"].as_str().unwrap();
    assert!(!front.contains("<script") && front.contains("&lt;script"), "{front}");
    app.end().await;
}

/// Silence of so many seconds, as a WAVE file.
pub(crate) fn wave(seconds: u32) -> Vec<u8> {
    let samples = 8_000 * seconds;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + 2 * samples).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(8_000_u32.to_le_bytes());
    file.extend(16_000_u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend((2 * samples).to_le_bytes());
    file.resize(file.len() + 2 * samples as usize, 0);
    file
}

/// A picture of a page with this text.
pub(crate) fn picture(text: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.pdf");
    std::fs::write(&page, pdf::text(&[text])).unwrap();
    let out = folder.path().join("page");
    let drawn = Command::new("pdftoppm").args(["-png", "-r", "150", "-singlefile"]).arg(&page).arg(&out).status();
    assert!(drawn.unwrap().success());
    std::fs::read(out.with_extension("png")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_becomes_a_card_with_the_places_of_its_lines() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let bytes = picture("La casa de mi abuela es muy grande.");
    let card = app.made_of("sign.png", &bytes, Some("es")).await;
    assert_eq!(card["status"], "pending_review", "{card}");
    assert_eq!(card["text"]["text"], "La casa de mi abuela es muy grande.", "{card}");
    assert_eq!((&card["source"], &card["text"]["source"]["kind"]), (&json!("image"), &json!("engine")));
    let line = &card["picture"]["lines"][0];
    let [left, top, right, bottom] = ["left", "top", "right", "bottom"].map(|edge| line[edge].as_f64().unwrap());
    assert!(0.0 < left && left < right && right < 1.0 && 0.0 < top && top < bottom && bottom < 0.5, "{line}");
    let (kind, shown) = app.bytes_behind(&card["picture"]["href"]).await;
    assert_eq!((kind.as_str(), shown), ("image/png", bytes));

    // A picture without text is there, says why there is no card, and can be tried again.
    let failed = app.made_of("white.png", &picture(" "), Some("es")).await;
    assert_eq!((&failed["status"], &failed["error"]["code"]), (&json!("failed"), &json!("no_text")), "{failed}");
    let page = app.get(&format!("{PHRASES}?status=failed")).of(&ada()).send().await.1;
    assert_eq!(page["items"][0]["id"], failed["id"]);
    let again = app.on_phrase(&failed, "/retry", &json!({})).await;
    assert_eq!((again.status, &again.json()["status"]), (StatusCode::ACCEPTED, &json!("processing")));
    app.run_jobs().await;
    let failed = app.phrase_now(&failed).await;
    assert_eq!((&failed["status"], &failed["attempts"]), (&json!("failed"), &json!(2)));
    assert_eq!(app.on_phrase(&card, "/retry", &json!({})).await.problem(), (409, "wrong_status".to_owned()));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_becomes_a_card_that_keeps_the_speakers_own_sound() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let sound = corpus::sounds().into_iter().find(|sound| sound.language == "pt").unwrap();
    let bytes = std::fs::read(sound.path()).unwrap();
    let card = app.made_of("said.wav", &bytes, Some("es")).await;
    assert_eq!((&card["status"], &card["source"]), (&json!("pending_review"), &json!("audio")), "{card}");
    assert!(card["text"]["text"].as_str().unwrap().chars().any(char::is_alphabetic), "{card}");
    assert_eq!((&card["audio"]["own"], &card["audio"]["made_by"]), (&json!(true), &json!("")));
    let (kind, own) = app.bytes_behind(&card["audio"]["href"]).await;
    assert_eq!((kind.as_str(), own.starts_with(&[0xff])), ("audio/mpeg", true));
    assert_eq!(app.bytes_behind(&card["recording"]).await, ("audio/wav".to_owned(), bytes));
    // Another text is not said by a voice over it.
    let edit = app.ask(Method::PATCH, &path(&card, "")).of(&ada()).json(&json!({ "text": "Otra cosa" }));
    let edited = edit.send().await.1;
    assert_eq!((&edited["audio"]["own"], &edited["work"]), (&json!(true), &Value::Null), "{edited}");

    let silent = app.made_of("silence.wav", &wave(3), Some("es")).await;
    assert_eq!((&silent["status"], &silent["error"]["code"]), (&json!("failed"), &json!("no_speech")), "{silent}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_job_made_is_ignored_at_every_step() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        // The job of the phrase is another one: what this one makes is nobody's.
        let phrase = app.phrase("Где мой чай?", "ru").await;
        let other = "UPDATE capture_phrases SET job_id = '01890a5d-ac96-774b-bcce-b302099a8057'";
        assert_eq!(app.execute(other).await.unwrap(), 1);
        app.run_jobs().await;
        let now = app.phrase_now(&phrase).await;
        assert_eq!((&now["status"], &now["vocabulary"], &now["audio"]), (&json!("failed"), &json!([]), &Value::Null));
        assert_eq!(now["error"]["code"], "stopped", "a job that is gone");
        // Tried again, it is made by the new one.
        assert_eq!(app.on_phrase(&phrase, "/retry", &json!({})).await.status, StatusCode::ACCEPTED);
        app.run_jobs().await;
        assert_eq!(app.phrase_now(&phrase).await["status"], "pending_review");

        // A job that is replaced is stopped, and there is one left.
        let phrase = app.phrase("Дом", "ru").await;
        let redo = json!({ "what": "language", "language": "ru" });
        let again = app.on_phrase(&phrase, "/redo", &redo).await.json();
        assert_eq!((&again["work"]["what"], &again["attempts"]), (&json!("language"), &json!(2)), "{again}");
        let id = phrase["id"].as_str().unwrap();
        let open = "SELECT id AS value FROM jobs WHERE subject = $1 AND finished_at IS NULL";
        assert_eq!(app.texts(open, &[id]).await, [again["work"]["job_id"].as_str().unwrap()]);
        app.run_jobs().await;
        assert_eq!(app.phrase_now(&phrase).await["status"], "pending_review");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_made_again_and_nothing_else_changes() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let card = app.card("Где мой чай?", "ru").await;
    let edit = json!({ "translation": "Where is my tea?", "transliteration": "by hand" });
    let edited = app.ask(Method::PATCH, &path(&card, "")).of(&ada()).json(&edit).send().await.1;
    assert_eq!(edited["translation"]["source"]["kind"], "person", "{edited}");
    let redo = async |body: Value| {
        let answer = app.on_phrase(&card, "/redo", &body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
        app.run_jobs().await;
        app.phrase_now(&card).await
    };
    let now = redo(json!({ "what": "field", "field": "transliteration" })).await;
    assert_eq!((&now["transliteration"], &now["translation"]), (&card["transliteration"], &edited["translation"]));
    assert_eq!((&now["audio"]["made_by"], &now["vocabulary"]), (&card["audio"]["made_by"], &card["vocabulary"]));
    let again = redo(json!({ "what": "voice" })).await;
    let without = |mut view: Value| {
        for field in ["etag", "updated_at", "attempts", "audio"] {
            view[field] = Value::Null;
        }
        view
    };
    assert_eq!(without(again), without(now));
    // The same in Spanish is no Russian.
    let wrong = app.on_phrase(&card, "/redo", &json!({ "what": "language", "language": "es" })).await;
    assert_eq!(wrong.problem(), (422, "text_wrong_script".to_owned()));
    let wrong = app.on_phrase(&card, "/redo", &json!({ "what": "field", "field": "text" })).await;
    assert_eq!(wrong.problem(), (422, "no_such_field".to_owned()));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sound_leaves_the_card_as_it_was() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let card = app.card("Доброе утро", "ru").await;
    // A language that nothing speaks, and that a row cannot have otherwise.
    app.execute("UPDATE capture_phrases SET language = NULL, status = 'approved'").await.unwrap();
    assert_eq!(app.on_phrase(&card, "/redo", &json!({ "what": "voice" })).await.status, StatusCode::ACCEPTED);
    app.run_jobs().await;
    let now = app.phrase_now(&card).await;
    assert_eq!((&now["status"], &now["error"]["code"]), (&json!("approved"), &json!("language_unknown")), "{now}");
    assert_eq!(
        (&now["audio"]["made_by"], &now["changed_at"], &now["text"]),
        (&card["audio"]["made_by"], &card["changed_at"], &card["text"])
    );
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_may_capture_so_many_a_minute() {
    let (app, cookie) = with_ada(Dialect::Sqlite, SignUp::Closed).await;
    let add =
        async |n: u32| app.post(PHRASES).cookie(&cookie).json(&json!({ "text": format!("Фраза {n}") })).answer().await;
    for n in 0..10 {
        let answer = add(n).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        assert!(answer.header("ratelimit-policy").contains("\"user-entries\";q=10;w=60"));
    }
    assert_eq!(add(10).await.problem(), (429, "limit_entries".to_owned()));
    let usage = app.get("/api/v1/usage").cookie(&cookie).send().await.1;
    let entries = usage["limits"].as_array().unwrap().iter().find(|limit| limit["limit"] == "entries").unwrap();
    assert_eq!(
        (&entries["used"], &entries["state"], &usage["jobs_at_once"]),
        (&json!(10), &json!("reached"), &json!(0))
    );
    app.advance(Duration::from_secs(61)).await;
    assert_eq!(add(11).await.status, StatusCode::CREATED);
    app.run_jobs().await;
    app.end().await;
}
