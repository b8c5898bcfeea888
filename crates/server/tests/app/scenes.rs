//! Scenes added and deleted, and two people who change the same ones.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_store::Dialect;

use crate::person::{about, ada, omar, path, scenes};
use crate::support::{Answer, BOTH, TestApp};

impl TestApp {
    async fn change(&self, method: Method, address: &str, tag: Option<&Value>, body: &Value) -> Answer {
        let ask = self.ask(method, address).of(&ada());
        let ask = match tag {
            Some(tag) => ask.header("if-match", tag.as_str().unwrap()),
            None => ask,
        };
        ask.json(body).answer().await
    }

    async fn add(&self, reel: &Value, body: &Value) -> Answer {
        self.change(Method::POST, &format!("{}/scenes", path(reel)), None, body).await
    }
}

fn texts(view: &Value) -> Vec<String> {
    scenes(view).iter().map(|scene| scene["text"].as_str().unwrap().to_owned()).collect()
}

fn positions(view: &Value) -> Vec<u64> {
    scenes(view).iter().map(|scene| scene["n"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_who_edit_a_scene_the_second_is_told() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let made = app.made(&about("gulf")).await;
        let scene = |n: usize| format!("{}/scenes/{n}", path(&made));
        let tag = scenes(&made)[1]["etag"].clone();
        let shown = app.get(&scene(2)).of(&ada()).answer().await;
        assert_eq!((shown.header("etag"), shown.json()), (tag.as_str().unwrap(), scenes(&made)[1].clone()));

        let first = app.change(Method::PATCH, &scene(2), Some(&tag), &json!({ "text": "Hers." })).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.json());
        let now = scenes(&first.json())[1].clone();
        assert_ne!(now["etag"], tag);
        // Each kind of change is refused, shows the present text, and changes nothing.
        for (method, rest) in [(Method::PATCH, ""), (Method::DELETE, ""), (Method::POST, "/render")] {
            let body = if rest.is_empty() { json!({ "text": "His." }) } else { json!({}) };
            let address = format!("{}{rest}", scene(2));
            let second = app.change(method.clone(), &address, Some(&tag), &body).await;
            assert_eq!(second.problem(), (412, "scene_changed".to_owned()), "{method}");
            assert_eq!(second.json()["scene"]["text"], "Hers.", "{}", second.json());
            assert_eq!(second.json()["scene"]["etag"], now["etag"]);
        }
        assert_eq!(app.show(&made).await["scenes"], first.json()["scenes"]);

        // A scene that moved stays what it was, and is found where it is now.
        app.edited(&made, 2, json!({ "position": 1 })).await;
        let moved = app.change(Method::PATCH, &scene(2), Some(&now["etag"]), &json!({ "text": "His." })).await;
        assert_eq!(moved.problem(), (412, "scene_changed".to_owned()));
        assert_eq!((&moved.json()["scene"]["n"], &moved.json()["scene"]["etag"]), (&json!(1), &now["etag"]));
        let there = app.change(Method::PATCH, &scene(1), Some(&now["etag"]), &json!({ "text": "His." })).await;
        assert_eq!(there.status, StatusCode::OK, "{}", there.json());

        // Without a tag, with any and with several, it works as it did.
        let any = format!("\"other\", {}", scenes(&there.json())[0]["etag"].as_str().unwrap());
        for tag in [None, Some(json!("*")), Some(json!(any))] {
            let taken = app.change(Method::PATCH, &scene(1), tag.as_ref(), &json!({ "heading": "Gulf" })).await;
            assert_eq!(taken.status, StatusCode::OK, "{tag:?}: {}", taken.json());
        }
        let bare = app.change(Method::PATCH, &scene(1), Some(&json!("bare")), &json!({ "heading": "X" })).await;
        assert_eq!(bare.problem(), (400, "bad_request".to_owned()));

        // A scene that was deleted is shown as nothing.
        let last = scenes(&made).len();
        let tag = scenes(&app.show(&made).await)[last - 1]["etag"].clone();
        let gone = app.change(Method::DELETE, &scene(last), Some(&tag), &Value::Null).await;
        assert_eq!(gone.status, StatusCode::OK, "{}", gone.json());
        let late = app.change(Method::PATCH, &scene(last), Some(&tag), &json!({ "text": "Late." })).await;
        assert_eq!((late.problem(), &late.json()["scene"]), ((412, "scene_changed".to_owned()), &Value::Null));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scenes_are_added_and_deleted_and_the_video_follows_on_request() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let made = app.made(&about("reef")).await;
        let count = scenes(&made).len();
        let before = fakes.voice.asked();

        let added =
            app.add(&made, &json!({ "after": 1, "text": "I saw it myself. Twice.", "heading": "My own" })).await;
        let scene = added.json();
        assert_eq!(added.status, StatusCode::CREATED, "{scene}");
        assert_eq!(added.header("location"), format!("{}/scenes/2", path(&made)));
        assert_eq!(added.header("etag"), scene["etag"].as_str().unwrap());
        assert_eq!((&scene["n"], &scene["heading"], &scene["state"]), (&json!(2), &json!("My own"), &json!("pending")));
        assert_eq!(
            (&scene["edited"], &scene["pages"], &scene["page_image_url"]),
            (&json!(true), &json!([]), &Value::Null)
        );
        let view = app.show(&made).await;
        assert_eq!(
            (&view["state"], &view["result"]["current"]),
            (&json!("done"), &json!(false)),
            "the old video is there"
        );
        assert_eq!(positions(&view), (1..=count as u64 + 1).collect::<Vec<_>>());
        assert_eq!(fakes.voice.asked(), before, "nothing is made before it is asked for");

        // Both ends; without a heading it belongs to the chapter before it.
        let first = app.add(&made, &json!({ "after": 0, "text": "At first." })).await.json();
        let last = app.add(&made, &json!({ "after": count + 2, "text": "At last." })).await.json();
        assert_eq!((&first["n"], &last["n"]), (&json!(1), &json!(count + 3)));
        assert_eq!(last["heading"], scenes(&made)[count - 1]["heading"]);
        app.render(&made).await;
        let done = app.run_to_end(&made).await;
        assert_eq!((&done["state"], &done["result"]["current"]), (&json!("done"), &json!(true)), "{done}");
        assert_eq!(fakes.voice.asked(), before + 3, "only what is new is spoken");
        let own = done["result"]["lines"].as_array().unwrap().iter().filter(|line| line["edited"] == true);
        let own: Vec<_> = own.map(|line| line["text"].as_str().unwrap()).collect();
        assert_eq!(own, ["At first.", "I saw it myself.", "Twice.", "At last."]);

        // Deleted again, in any order, what is left is the storyboard from before; but a person did change it.
        for n in [count + 3, 3, 1] {
            let address = format!("{}/scenes/{n}", path(&made));
            let left = app.change(Method::DELETE, &address, None, &Value::Null).await;
            assert_eq!(left.status, StatusCode::OK, "{}", left.json());
            assert_eq!(positions(&left.json()), (1..=scenes(&left.json()).len() as u64).collect::<Vec<_>>());
        }
        let left = app.show(&made).await;
        assert_eq!((texts(&left), &left["edited"]), (texts(&made), &json!(true)));
        app.render(&made).await;
        let same = app.run_to_end(&made).await;
        assert_eq!((&same["result"]["current"], fakes.voice.asked()), (&json!(true), before + 3));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scene_that_cannot_be_added_or_deleted_is_refused_by_its_name() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let waiting = app.started(&about("cove"), json!({ "shape": "1:1" })).await;
    let early = app.add(&waiting, &json!({ "after": 0, "text": "Too early." })).await;
    assert_eq!(early.problem(), (409, "no_storyboard".to_owned()));
    let made = app.run_to_end(&waiting).await;
    let count = scenes(&made).len();
    for (body, status, code) in [
        (json!({ "after": count + 1, "text": "x" }), 422, "bad_position"),
        (json!({ "after": 0, "text": " " }), 422, "text_empty"),
        (json!({ "after": 0, "text": vec!["word"; 121].join(" ") }), 422, "text_too_long"),
        (json!({ "after": 0, "text": "a".repeat(5_001) }), 422, "text_too_long"),
        (json!({ "after": 0, "text": "x", "heading": "" }), 422, "bad_heading"),
        (json!({ "after": -1, "text": "x" }), 400, "bad_request"),
        (json!({ "text": "x" }), 400, "bad_request"),
        (json!({ "after": null, "text": "x" }), 400, "bad_request"),
        (json!({ "after": 0 }), 400, "bad_request"),
        (json!({ "after": 0, "text": "x", "colour": "red" }), 400, "bad_request"),
    ] {
        let answer = app.add(&made, &body).await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{body}: {}", answer.json());
    }
    let theirs = app.post(&format!("{}/scenes", path(&made))).of(&omar());
    assert_eq!(
        theirs.json(&json!({ "after": 0, "text": "Mine." })).answer().await.problem(),
        (404, "not_found".to_owned())
    );
    assert_eq!(app.show(&made).await["scenes"], made["scenes"], "nothing of it changed anything");

    for left in (1..count).rev() {
        let answer = app.change(Method::DELETE, &format!("{}/scenes/1", path(&made)), None, &Value::Null).await;
        assert_eq!((answer.status, scenes(&answer.json()).len()), (StatusCode::OK, left));
    }
    let last = app.change(Method::DELETE, &format!("{}/scenes/1", path(&made)), None, &Value::Null).await;
    assert_eq!(last.problem(), (409, "last_scene".to_owned()));
    let none = app.change(Method::DELETE, &format!("{}/scenes/2", path(&made)), None, &Value::Null).await;
    assert_eq!(none.problem(), (404, "not_found".to_owned()));
    // A storyboard has room for a hundred.
    for _ in 1..100 {
        assert_eq!(app.add(&made, &json!({ "after": 0, "text": "More." })).await.status, StatusCode::CREATED);
    }
    assert_eq!(
        app.add(&made, &json!({ "after": 0, "text": "More." })).await.problem(),
        (409, "too_many_scenes".to_owned())
    );
    assert_eq!(fakes.voice.asked(), count);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_change_a_storyboard_at_once_do_so_one_after_the_other() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let made = app.made(&about("fjord")).await;
        let count = scenes(&made).len();
        let tag = scenes(&made)[1]["etag"].clone();
        let address = format!("{}/scenes/2", path(&made));
        let (one, two) = (json!({ "text": "One." }), json!({ "text": "Two." }));
        let (first, second) = tokio::join!(
            app.change(Method::PATCH, &address, Some(&tag), &one),
            app.change(Method::PATCH, &address, Some(&tag), &two)
        );
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "one of them is told");
        let new = json!({ "after": 1, "text": "New." });
        let gone = format!("{}/scenes/3", path(&made));
        let answers = tokio::join!(
            app.add(&made, &new),
            app.add(&made, &new),
            app.change(Method::DELETE, &gone, None, &Value::Null),
            app.edit(&made, 1, json!({ "position": 2 })),
            app.add(&made, &new)
        );
        assert_eq!(
            [answers.0.status, answers.1.status, answers.2.status, answers.3.0, answers.4.status].map(|it| it.as_u16()),
            [201, 201, 200, 200, 201]
        );
        let view = app.show(&made).await;
        assert_eq!(positions(&view), (1..=count as u64 + 2).collect::<Vec<_>>(), "{view}");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scene_is_deleted_while_it_is_rendered_and_the_others_are_joined() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let reel = app.started(&about("lagoon"), json!({ "shape": "1:1" })).await;
    fakes.voice.hold(true);
    let worker = app.app.engine.start();
    fakes.voice.until_asked(0).await;
    let going = app.show(&reel).await;
    let deleted = app.change(Method::DELETE, &format!("{}/scenes/1", path(&reel)), None, &Value::Null).await;
    assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.json());
    fakes.voice.hold(false);
    let done = app.until_done(&reel).await;
    assert_eq!((&done["state"], &done["result"]["current"]), (&json!("done"), &json!(true)), "{done}");
    assert_eq!(texts(&done), texts(&going)[1..].to_vec());
    worker.shutdown(std::time::Duration::from_secs(20)).await;
    app.run_jobs().await;
    app.end().await;
}
