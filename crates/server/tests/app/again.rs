//! Making a reel again, and what is used again of what was made before: of the same document, in every order.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_app::reel::edit::EditError;
use sluice_store::Dialect;

use crate::fakes::{Trouble, ends_with};
use crate::person::{about, ada, file_of, omar, path, scenes};
use crate::support::{BOTH, TestApp};

impl TestApp {
    async fn plays(&self, view: &Value) -> bool {
        let (status, bytes) = self.get(view["result"]["video_url"].as_str().unwrap()).bytes().await;
        status == StatusCode::OK && bytes.len() as u64 == view["result"]["bytes"].as_u64().unwrap()
    }
}

/// Long enough for both modes.
fn story() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/lighthouses.pdf")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn reels_of_one_document_are_made_again_in_every_order_and_none_is_lost() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let document = app.document(&ada(), "tides.pdf", &story()).await;
        let mut reels = Vec::new();
        for mode in ["summary", "explanation"] {
            let reel = app.reel(&ada(), &document, json!({ "shape": "1:1", "mode": mode })).await;
            let made = app.run_to_end(&reel).await;
            assert_eq!((&made["state"], &made["mode"]), (&json!("done"), &json!(mode)), "{made}");
            reels.push(made);
        }
        assert_ne!(scenes(&reels[0]).len(), scenes(&reels[1]).len(), "an explanation says more");
        let (spoken, drawn) = (fakes.voice.asked(), fakes.tools.asked("frames"));
        let query = "SELECT id AS value FROM scenes WHERE owner = $1 ORDER BY id";
        let rows = app.texts(query, &["ada"]).await.len();
        for which in [0, 1, 0, 0, 1, 1, 0] {
            app.again(&ada(), &reels[which]).await.unwrap();
            let meanwhile = app.show(&reels[which]).await;
            assert_eq!((&meanwhile["state"], &meanwhile["scenes"]), (&json!("working"), &json!([])), "{meanwhile}");
            assert!(app.plays(&meanwhile).await, "the old video is there until there is a new one");
            // Once more before it is over changes nothing.
            app.again(&ada(), &reels[which]).await.unwrap();
            assert_eq!(app.show(&reels[which]).await["job_id"], meanwhile["job_id"]);
            app.run_to_end(&reels[which]).await;
            for old in &reels {
                let now = app.show(old).await;
                assert_eq!(
                    (&now["state"], &now["result"]["current"]),
                    (&json!("done"), &json!(true)),
                    "{which}: {now}"
                );
                assert_eq!(file_of(&now["result"]["video_url"]), file_of(&old["result"]["video_url"]), "{which}");
                let texts = |view: &Value| scenes(view).iter().map(|scene| scene["text"].clone()).collect::<Vec<_>>();
                assert_eq!(texts(&now), texts(old), "{which}");
                assert!(app.plays(&now).await, "{which}");
            }
        }
        assert_eq!((fakes.voice.asked(), fakes.tools.asked("frames")), (spoken, drawn), "nothing was made twice");
        assert_eq!(app.texts(query, &["ada"]).await.len(), rows, "no scene is left over");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_made_again_keeps_the_video_that_there_is() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let made = app.made(&about("jetty")).await;
        let edited = app.edited(&made, 2, json!({ "text": "By hand." })).await;
        app.render(&edited).await;
        let by_hand = app.run_to_end(&made).await;
        assert!(by_hand["result"]["lines"].to_string().contains("By hand."));

        // A new script, of whose video the joining fails, again and again.
        fakes.tools.always("decode", &ends_with("corrupt"));
        fakes.tools.always("assemble", &ends_with("no room for the index"));
        std::fs::remove_file(app.file_behind(&made["result"]["video_url"])).unwrap();
        app.again(&ada(), &made).await.unwrap();
        let failed = app.run_to_end(&made).await;
        assert_eq!(
            (&failed["state"], &failed["error"]["code"]),
            (&json!("failed"), &json!("encoder_failed")),
            "{failed}"
        );
        assert!(failed["result"]["lines"].to_string().contains("By hand."), "the one made by hand is still shown");
        assert_eq!(failed["result"]["current"], false);
        assert!(app.plays(&failed).await);

        fakes.tools.mend("decode");
        fakes.tools.mend("assemble");
        assert_eq!(app.retry(&made).await.0, StatusCode::ACCEPTED);
        let done = app.run_to_end(&made).await;
        assert_eq!((&done["state"], &done["result"]["current"]), (&json!("done"), &json!(true)), "{done}");
        assert!(!done["result"]["lines"].to_string().contains("By hand."), "it is the document's script again");
        assert!(app.plays(&done).await, "what was lost of it was made again");

        assert!(matches!(app.again(&omar(), &made).await, Err(EditError::NoSuchReel)));
        assert_eq!(app.delete(&made).await, StatusCode::NO_CONTENT);
        assert!(matches!(app.again(&ada(), &made).await, Err(EditError::NoSuchReel)));
        assert_eq!(app.run_jobs().await, 0);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_same_document_only_what_differs_is_made() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let document = app.document(&ada(), "tides.pdf", &about("tide")).await;
    let asked =
        || [fakes.voice.asked(), fakes.tools.asked("page"), fakes.tools.asked("frames"), fakes.tools.asked("assemble")];
    let first = app.made(&about("tide")).await;
    let count = scenes(&first).len();
    assert_eq!(asked(), [count, 1, count, 1], "the one page is drawn once for all scenes");
    let mut before = asked();
    for (name, choices, more) in [
        ("the same", json!({ "shape": "1:1" }), [0, 0, 0, 0]),
        ("another shape", json!({ "shape": "9:16" }), [0, 0, count, 1]),
        ("captions beside", json!({ "shape": "1:1", "captions": "beside" }), [0, 0, count, 1]),
        ("another voice", json!({ "shape": "1:1", "voice": "test:other" }), [count, 0, count, 1]),
        ("another presenter", json!({ "shape": "1:1", "presenter": "omar" }), [0, 0, count, 1]),
    ] {
        let reel = app.reel(&ada(), &document, choices).await;
        assert_ne!(reel["id"], first["id"], "{name}");
        let done = app.run_to_end(&reel).await;
        assert_eq!(done["state"], "done", "{name}: {done}");
        let texts = |view: &Value| scenes(view).iter().map(|scene| scene["sentences"].clone()).collect::<Vec<_>>();
        assert_eq!(texts(&done), texts(&first), "{name}: one script for all");
        let wanted: Vec<usize> = before.iter().zip(more).map(|(before, more)| before + more).collect();
        assert_eq!(asked().to_vec(), wanted, "{name}");
        before = asked();
        let same = file_of(&done["result"]["video_url"]) == file_of(&first["result"]["video_url"]);
        assert_eq!(same, name == "the same", "{name}");
    }
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_owner_uses_the_same_bytes_and_neither_takes_them_from_the_other() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let hers = app.made(&about("tide")).await;
        let work = (fakes.voice.asked(), fakes.tools.asked("frames"), fakes.tools.asked("assemble"));
        let document = app.document(&omar(), "his own.pdf", &about("tide")).await;
        let his = app.reel(&omar(), &document, json!({ "shape": "1:1" })).await;
        app.run_jobs().await;
        let address = path(&his);
        let his = app.get(&address).of(&omar()).send().await.1;
        assert_eq!((&his["state"], &his["document"]["name"]), (&json!("done"), &json!("his own.pdf")), "{his}");
        assert_eq!((fakes.voice.asked(), fakes.tools.asked("frames"), fakes.tools.asked("assemble")), work);
        let hash = |view: &Value| view["result"]["video_url"].as_str().unwrap().split('/').nth(2).unwrap().to_owned();
        assert_eq!(hash(&his), hash(&hers), "one blob");
        assert_ne!((&his["id"], &his["scenes"][0]["id"]), (&hers["id"], &hers["scenes"][0]["id"]));

        // An edit of one changes nothing of the other, nor does its end.
        app.edited(&hers, 2, json!({ "text": "Hers alone." })).await;
        app.render(&hers).await;
        let edited = app.run_to_end(&hers).await;
        assert_ne!(hash(&edited), hash(&his));
        assert_eq!(app.delete(&hers).await, StatusCode::NO_CONTENT);
        let after = app.get(&address).of(&omar()).send().await.1;
        assert_eq!((&after["state"], &after["scenes"]), (&json!("done"), &his["scenes"]), "{after}");
        assert!(app.plays(&after).await);
        assert_eq!(app.code_of(edited["result"]["video_url"].as_str().unwrap()).await, (410, "media_gone".to_owned()));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_of_the_same_document_do_its_work_once() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let document = app.document(&ada(), "tides.pdf", &about("tide")).await;
        let one = app.reel(&ada(), &document, json!({ "shape": "1:1" })).await;
        let two = app.reel(&ada(), &document, json!({ "shape": "1:1" })).await;
        fakes.voice.plan([Trouble::Retry("voice_stopped")]);
        for reel in [&one, &two] {
            assert_eq!(app.run_to_end(reel).await["state"], "done");
        }
        let count = scenes(&app.show(&one).await).len();
        assert_eq!(fakes.tools.asked("frames"), count, "each scene is drawn once for both");
        assert_eq!(fakes.voice.asked(), count + 1, "and spoken once, beside the one that failed");
        assert_eq!(fakes.tools.asked("assemble"), 1);
        app.end().await;
    }
}
