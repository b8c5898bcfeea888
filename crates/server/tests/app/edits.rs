//! Changes of a storyboard: what they change, what is made again because of them, and what is not.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_store::Dialect;

use crate::fakes::Fakes;
use crate::person::{about, ada, file_of, omar, path, scenes};
use crate::support::{BOTH, TestApp};

/// What was asked of the engines so far: words spoken, scenes drawn, videos joined.
fn work(fakes: &Fakes) -> [usize; 3] {
    [fakes.voice.asked(), fakes.tools.asked("frames"), fakes.tools.asked("assemble")]
}

fn more(before: [usize; 3], by: [usize; 3]) -> [usize; 3] {
    [before[0] + by[0], before[1] + by[1], before[2] + by[2]]
}

fn clips(view: &Value) -> Vec<String> {
    scenes(view).iter().map(|scene| file_of(&scene["clip_url"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_an_edit_changes_is_made_again() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let made = app.made(&about("tide")).await;
        let last = u32::try_from(scenes(&made).len()).unwrap();
        assert!(last >= 3, "{made}");
        let text = scenes(&made)[1]["text"].clone();

        // Nothing: the same words, the same heading, the same place, and nothing at all.
        let before = work(&fakes);
        for change in [
            json!({}),
            json!({ "text": text }),
            json!({ "text": format!("  {}\n", text.as_str().unwrap()) }),
            json!({ "heading": scenes(&made)[1]["heading"] }),
            json!({ "position": 2 }),
            json!({ "position": 2.0 }),
            json!({ "text": null, "heading": null, "position": null }),
        ] {
            let same = app.edited(&made, 2, change.clone()).await;
            assert_eq!((&same["state"], &same["result"]["current"]), (&json!("done"), &json!(true)), "{change}");
            assert_eq!(same["scenes"], made["scenes"], "{change}");
        }
        app.render(&made).await;
        let same = app.run_to_end(&made).await;
        assert_eq!(
            (file_of(&same["result"]["video_url"]), work(&fakes)),
            (file_of(&made["result"]["video_url"]), before)
        );

        // Words: spoken and drawn anew, and joined.
        let edited = app.edited(&made, 2, json!({ "text": "Water comes. Water goes." })).await;
        let scene = &scenes(&edited)[1];
        assert_eq!((&scene["edited"], &scene["pages"]), (&json!(true), &json!([])), "a person's words cite nothing");
        assert_eq!((&edited["edited"], &edited["script_source"]), (&json!(true), &json!("extract_edited")));
        assert_eq!(edited["made_with"]["script"], "extract", "the video is still the one from before");
        assert_eq!((&scene["state"], &edited["result"]["current"]), (&json!("edited"), &json!(false)), "{edited}");
        assert_eq!(edited["state"], "done", "the old video is there");
        assert_eq!(file_of(&scene["clip_url"]), clips(&made)[1], "and so is the scene's old clip");
        assert_eq!(work(&fakes), before, "nothing is made before it is asked for");
        // Taken back, nothing has changed.
        let back = app.edited(&made, 2, json!({ "text": text })).await;
        assert_eq!((&scenes(&back)[1]["state"], &back["result"]["current"]), (&json!("done"), &json!(true)));
        assert_eq!((&back["scenes"], &back["edited"]), (&made["scenes"], &json!(false)), "its pages are cited again");
        app.edited(&made, 2, json!({ "text": "Water comes. Water goes." })).await;
        app.render(&made).await;
        let spoken = app.run_to_end(&made).await;
        assert_eq!((&spoken["result"]["current"], work(&fakes)), (&json!(true), more(before, [1, 1, 1])));
        let made_with = &spoken["made_with"]["script"];
        assert_eq!((&spoken["result"]["edited"], made_with), (&json!(true), &json!("extract_edited")));
        let own = spoken["result"]["lines"].as_array().unwrap().iter().filter(|line| line["edited"] == true);
        let own: Vec<_> = own.map(|line| (line["text"].as_str().unwrap(), &line["page"])).collect();
        assert_eq!(own, [("Water comes.", &Value::Null), ("Water goes.", &Value::Null)]);
        let text = app.get(spoken["result"]["transcript_url"].as_str().unwrap()).answer().await;
        assert!(text.text().contains("Water comes. (edited)\nWater goes. (edited)\n"), "{}", text.text());
        assert_eq!((clips(&spoken)[0] == clips(&made)[0], clips(&spoken)[1] == clips(&made)[1]), (true, false));

        // A heading: drawn anew, and not spoken.
        let before = work(&fakes);
        app.edited(&made, 2, json!({ "heading": "Coming and going" })).await;
        app.render(&made).await;
        let drawn = app.run_to_end(&made).await;
        assert_eq!(work(&fakes), more(before, [0, 1, 1]));
        assert_eq!(drawn["result"]["chapters"][1]["title"], "Coming and going", "{drawn}");

        // A place: joined anew, and nothing else.
        let before = work(&fakes);
        let moved = app.edited(&made, 2, json!({ "position": last })).await;
        assert!(scenes(&moved).iter().all(|scene| scene["state"] == "done"), "{moved}");
        assert_eq!(moved["result"]["current"], false);
        app.render(&made).await;
        let moved = app.run_to_end(&made).await;
        assert_eq!((&moved["result"]["current"], work(&fakes)), (&json!(true), more(before, [0, 0, 1])));
        let mut order = clips(&drawn);
        let second = order.remove(1);
        order.push(second);
        assert_eq!(clips(&moved), order);
        let lines = moved["result"]["lines"].as_array().unwrap();
        assert_eq!(
            (&lines[lines.len() - 1]["text"], &lines[lines.len() - 1]["scene"]),
            (&json!("Water goes."), &json!(last))
        );
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_cannot_be_is_refused_by_its_name() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let made = app.made(&about("pier")).await;
    let count = scenes(&made).len();
    let words = |count: usize| vec!["word"; count].join(" ");
    for (n, change, status, code, says) in [
        (1, json!({ "text": "" }), 422, "text_empty", "empty"),
        (1, json!({ "text": " \n\t " }), 422, "text_empty", "empty"),
        (1, json!({ "text": "… — !" }), 422, "text_empty", "empty"),
        (1, json!({ "text": words(121) }), 422, "text_too_long", "121 words"),
        (1, json!({ "text": "bell\u{7}" }), 422, "text_control_characters", "control characters"),
        (1, json!({ "text": "nul\u{0}" }), 422, "text_control_characters", "control characters"),
        (1, json!({ "text": "escape\u{1b}[31m" }), 422, "text_control_characters", "control characters"),
        (1, json!({ "heading": "" }), 422, "bad_heading", "1 to 120"),
        (1, json!({ "heading": "a".repeat(121) }), 422, "bad_heading", "1 to 120"),
        (1, json!({ "heading": "nul\u{0}" }), 422, "bad_heading", "1 to 120"),
        (1, json!({ "position": 0 }), 422, "bad_position", "from 1 to"),
        (1, json!({ "position": count + 1 }), 422, "bad_position", "from 1 to"),
        (1, json!({ "position": 4_294_967_295_u32 }), 422, "bad_position", "from 1 to"),
        (1, json!({ "position": 4_294_967_296_u64 }), 400, "bad_request", "whole number"),
        (1, json!({ "position": -1 }), 400, "bad_request", "whole number"),
        (1, json!({ "position": 1.5 }), 400, "bad_request", "whole number"),
        (1, json!({ "position": "1" }), 400, "bad_request", "invalid type"),
        (1, json!({ "text": 7 }), 400, "bad_request", "invalid type"),
        (1, json!({ "colour": "red" }), 400, "bad_request", "colour"),
        (1, json!([]), 400, "bad_request", "JSON object"),
        (0, json!({ "heading": "x" }), 404, "not_found", "scene"),
        (u32::MAX, json!({ "heading": "x" }), 404, "not_found", "scene"),
    ] {
        let address = format!("{}/scenes/{n}", path(&made));
        let answer = app.ask(axum::http::Method::PATCH, &address).of(&ada()).json(&change).answer().await;
        let shown: String = change.to_string().chars().take(60).collect();
        assert_eq!(answer.problem(), (status, code.to_owned()), "{shown}: {}", answer.json());
        assert!(answer.text().contains(says), "{shown}: {}", answer.text());
        let body = answer.json();
        let facts = [&body["scene"], &body["words"], &body["most"], &body["pointer"]];
        match code {
            "text_empty" => assert_eq!(facts, [&json!(1), &json!(0), &Value::Null, &json!("/text")]),
            "text_too_long" => assert_eq!(facts, [&json!(1), &json!(121), &json!(120), &json!("/text")]),
            "bad_heading" => assert_eq!(body["pointer"], "/heading"),
            "bad_position" => assert_eq!(body["pointer"], "/position"),
            _ => {}
        }
    }
    // One wrong part of a change refuses the whole of it.
    let half = app.edit(&made, 1, json!({ "heading": "Taken", "position": 99 })).await;
    assert_eq!((half.0.as_u16(), &half.1["code"]), (422, &json!("bad_position")));
    let post = async |address: String| app.post(&address).of(&ada()).answer().await.problem();
    let lost = (404, "not_found".to_owned());
    assert_eq!(post(format!("{}/scenes/{}/render", path(&made), count + 1)).await, lost);
    assert_eq!(post(format!("{}/scenes/x/render", path(&made))).await, lost);
    assert_eq!(post("/api/v1/reels/x/render".to_owned()).await, lost);
    assert_eq!(post("/api/v1/reels/01890000-0000-7000-8000-000000000000/render".to_owned()).await, lost);
    let after = app.show(&made).await;
    assert_eq!(
        (&after["scenes"], &after["job_id"]),
        (&made["scenes"], &made["job_id"]),
        "nothing of it changed anything"
    );

    // The longest that is allowed is; and words of any script.
    for (change, field) in [
        (json!({ "heading": "é".repeat(120) }), "heading"),
        (json!({ "text": words(120) }), "text"),
        (json!({ "text": "البحر يتنفس مرتين في اليوم." }), "text"),
        (json!({ "heading": "潮の満ち引き" }), "heading"),
    ] {
        let edited = app.edited(&made, 1, change.clone()).await;
        assert_eq!(scenes(&edited)[0][field], change[field]);
    }
    assert_eq!(fakes.voice.asked(), count);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_scene_is_rendered_and_then_the_rest() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let made = app.made(&about("buoy")).await;
    app.edited(&made, 1, json!({ "text": "A new beginning." })).await;
    let before = work(&fakes);
    let answer = app.post(&format!("{}/scenes/1/render", path(&made))).of(&ada()).answer().await;
    let going = answer.json();
    assert_eq!((answer.status, &going["state"]), (StatusCode::ACCEPTED, &json!("working")), "{going}");
    // Asked again while it is under way, by whatever address, it is the same job.
    for address in ["/render", "/scenes/1/render", "/scenes/2/render"] {
        let again = app.post(&format!("{}{address}", path(&made))).of(&ada()).send().await;
        assert_eq!((again.0, &again.1["job_id"]), (StatusCode::ACCEPTED, &going["job_id"]), "{address}");
    }
    // What is edited before its turn comes is in it.
    app.edited(&made, 2, json!({ "text": "And a new middle." })).await;
    let done = app.run_to_end(&made).await;
    assert_eq!((&done["result"]["current"], work(&fakes)), (&json!(true), more(before, [2, 2, 1])));
    let said = done["result"]["lines"].to_string();
    assert!(said.contains("A new beginning.") && said.contains("And a new middle."), "{said}");
    assert_eq!(app.post(&format!("{}/render", path(&made))).of(&omar()).send().await.0, StatusCode::NOT_FOUND);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_edited_while_it_is_spoken_or_drawn_is_in_the_video() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        for (subject, step) in [("ferry", "voice"), ("wharf", "frames"), ("reef", "assemble")] {
            let (voiced, asked) = (fakes.voice.asked(), fakes.tools.asked(step));
            fakes.voice.hold(step == "voice");
            if step != "voice" {
                fakes.tools.hold(step);
            }
            let reel = app.started(&about(subject), json!({ "shape": "1:1" })).await;
            let worker = app.app.engine.start();
            if step == "voice" {
                fakes.voice.until_asked(voiced).await;
            } else {
                fakes.tools.until_asked(step, asked).await;
            }
            let view = app.show(&reel).await;
            assert_eq!((&view["state"], &view["result"]), (&json!("working"), &Value::Null), "{step}: {view}");
            for n in 1..=u32::try_from(scenes(&view).len()).unwrap() {
                app.edited(&reel, n, json!({ "text": format!("{subject} number {n}.") })).await;
            }
            let order = app.edited(&reel, 1, json!({ "position": 2 })).await;
            app.render(&reel).await;
            fakes.voice.hold(false);
            if step != "voice" {
                fakes.tools.mend(step);
            }
            let done = app.until_done(&reel).await;
            assert_eq!((&done["state"], &done["result"]["current"]), (&json!("done"), &json!(true)), "{step}: {done}");
            let said: Vec<&Value> =
                done["result"]["lines"].as_array().unwrap().iter().map(|line| &line["text"]).collect();
            let wanted: Vec<&Value> = scenes(&order).iter().map(|scene| &scene["text"]).collect();
            assert_eq!(said, wanted, "{step}");
            worker.shutdown(std::time::Duration::from_secs(20)).await;
            app.run_jobs().await;
        }
        app.end().await;
    }
}

/// The fault that was: a caption is shown for a second at least, and that of a shorter scene ran into the next one's. No
/// player takes such a file, and so the video was never shown.
#[tokio::test(flavor = "multi_thread")]
async fn a_scene_may_say_one_word() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let made = app.made(&about("surf")).await;
        for n in 1..=u32::try_from(scenes(&made).len()).unwrap() {
            app.edited(&made, n, json!({ "text": "No." })).await;
        }
        app.render(&made).await;
        let done = app.run_to_end(&made).await;
        assert_eq!((&done["state"], &done["error"]), (&json!("done"), &Value::Null), "{done}");
        let srt = app.get(done["result"]["srt_url"].as_str().unwrap()).answer().await;
        let shown = sluice_local::render::parse_srt(srt.text()).unwrap();
        let starts: Vec<u64> = shown.iter().map(|caption| u64::from(caption.start_ms)).collect();
        let wanted: Vec<u64> = scenes(&done).iter().map(|scene| scene["start_ms"].as_u64().unwrap()).collect();
        assert_eq!(starts, wanted);
        assert!(shown.windows(2).all(|pair| pair[0].end_ms <= pair[1].start_ms), "{shown:?}");
        app.end().await;
    }
}
