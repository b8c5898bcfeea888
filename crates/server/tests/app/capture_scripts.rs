//! Photos whose words are in another script than the chosen language, in two of them, or in letters that two have: by the real engines.

use std::process::Command;

use serde_json::{Value, json};
use sluice_store::Dialect;

use crate::support::TestApp;

/// A sign that says this.
fn sign(text: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (said, out) = (folder.path().join("text"), folder.path().join("sign.png"));
    std::fs::write(&said, text).unwrap();
    let script = match text.chars().next() {
        Some('\u{600}'..='\u{6ff}') => "Arabic",
        Some('\u{10a0}'..='\u{10ff}') => "Georgian",
        _ => "",
    };
    let font = format!("/usr/share/fonts/truetype/noto/NotoSans{script}-Regular.ttf");
    let draw = format!("drawtext=fontfile={font}:textfile={}:fontsize=72:x=80:y=110", said.display());
    let source = ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=0xf0ece0:s=1200x300", "-vf", &draw];
    let done = Command::new("ffmpeg").args(source).args(["-frames:v", "1"]).arg(&out).status();
    assert!(done.unwrap().success());
    std::fs::read(out).unwrap()
}

async fn read(app: &TestApp, text: &str, language: Option<&str>) -> Value {
    app.made_of("sign.png", &sign(text), language).await
}

fn doubts(card: &Value, path: &str) -> bool {
    card["doubts"].as_array().unwrap().contains(&json!(path))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_in_another_script_than_the_chosen_language_says_so() {
    let app = TestApp::open(Dialect::Sqlite).await;
    for (text, chosen, word) in [
        ("Доброе утро друзья", "es", "утро"),
        ("Доброе утро друзья", "ka", "утро"),
        ("La casa es muy grande", "ru", "casa"),
        ("La casa es muy grande", "zh", "casa"),
        ("La casa es muy grande", "ar", "casa"),
        ("صباح الخير يا أصدقاء", "es", "الخير"),
        ("დილა მშვიდობისა", "ru", "დილა"),
    ] {
        let card = read(&app, text, Some(chosen)).await;
        assert_eq!(card["error"]["code"], "text_wrong_script", "{text} as {chosen}: {card}");
        let detail = card["error"]["detail"].as_str().unwrap();
        assert!(detail.contains(word) && detail.contains("choose the language"), "{text} as {chosen}: {detail}");
    }
    for (text, chosen) in [("Доброе утро друзья", "ru"), ("صباح الخير يا أصدقاء", "ar"), ("დილა მშვიდობისა", "ka")]
    {
        let card = read(&app, text, Some(chosen)).await;
        assert_eq!((&card["status"], &card["text"]["text"]), (&json!("pending_review"), &json!(text)), "{card}");
    }
    // Who does not know its letters is sure of the spaces between the words.
    let found = read(&app, "Доброе утро друзья", None).await;
    assert_eq!(
        (&found["text"]["text"], &found["language"]["code"]),
        (&json!("Доброе утро друзья"), &json!("ru")),
        "{found}"
    );
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_are_lost_or_belong_to_two_scripts_are_in_doubt() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let mixed = read(&app, "Привет hello мир", Some("es")).await;
    assert!(mixed["status"] == "failed" || doubts(&mixed, "text"), "its other words are lost: {mixed}");
    let russian = read(&app, "МОСКВА", None).await;
    assert_eq!((&russian["text"]["text"], &russian["language"]["code"]), (&json!("МОСКВА"), &json!("ru")), "{russian}");
    assert!(doubts(&russian, "language") && doubts(&russian, "text"), "{russian}");
    let spanish = read(&app, "COMO", None).await;
    assert_eq!((&spanish["text"]["text"], &spanish["language"]["code"]), (&json!("COMO"), &json!("es")), "{spanish}");
    assert!(doubts(&spanish, "language"), "{spanish}");
    app.end().await;
}
