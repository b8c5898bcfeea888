//! A finished reel as its owner and a player see it: one is made on each database, and everything is read of it.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_app::reel::artefacts::{ChapterMark, Line, chapter_list, transcript};
use sluice_domain::language::Language;
use sluice_local::render::{Caption, parse_srt, parse_vtt, validate_captions};

use crate::fakes::Fakes;
use crate::person::{about, ada, job_path, omar, path, scenes};
use crate::support::{BOTH, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_reel_is_all_there() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let reel = app.made(&about("tide")).await;
        told_in_full(&reel, &fakes);
        listed(&app, &reel).await;
        jobs(&app, &reel).await;
        events(&app, &reel).await;
        captions(&app, &reel).await;
        texts(&app, &reel).await;
        redirects(&app, &reel).await;
        ranges(&app, &reel).await;
        links(&app, &reel).await;
        missing_bytes(&app, &reel).await;
        app.end().await;
    }
}

/// Seconds as milliseconds.
fn ms(seconds: &Value) -> u32 {
    u32::try_from(Duration::from_secs_f64(seconds.as_f64().unwrap()).as_millis()).unwrap()
}

fn number(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap()).unwrap()
}

fn told_in_full(reel: &Value, fakes: &Fakes) {
    let (result, all) = (&reel["result"], scenes(reel));
    assert_eq!((&reel["percent"], &reel["eta_ms"], &reel["error"]), (&json!(100.0), &Value::Null, &Value::Null));
    assert_eq!(reel["cost"], Value::Null, "nothing here can cost");
    assert_eq!((&reel["edited"], &reel["result"]["edited"]), (&json!(false), &json!(false)));
    assert_eq!((&reel["script_source"], &reel["made_with"]["script"]), (&json!("extract"), &json!("extract")));
    assert_eq!(reel["made_with"]["voice"], "test voice 1");
    assert!(reel["made_with"]["reading"].as_str().unwrap().starts_with("poppler "), "{reel}");
    assert!(!reel["made_with"]["video"].as_str().unwrap().is_empty());
    assert_eq!((&result["width"], &result["height"], &result["current"]), (&json!(720), &json!(720), &json!(true)));
    assert_eq!((&reel["document"]["pages"], &reel["document"]["name"]), (&json!(1), &json!("tides.pdf")));

    let kinds: Vec<&str> = all.iter().map(|scene| scene["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds[0], kinds[kinds.len() - 1]), ("title", "question"));
    assert!(kinds[1..kinds.len() - 1].iter().all(|kind| *kind == "page"), "{kinds:?}");
    let mut start = 0;
    for (scene, n) in all.iter().zip(1..) {
        assert_eq!((&scene["n"], &scene["state"], &scene["percent"]), (&json!(n), &json!("done"), &json!(100.0)));
        assert_eq!((&scene["start_ms"], &scene["step"], &scene["error"]), (&json!(start), &Value::Null, &Value::Null));
        let sentences: Vec<&str> =
            scene["sentences"].as_array().unwrap().iter().map(|sentence| sentence["text"].as_str().unwrap()).collect();
        assert_eq!(scene["text"], sentences.join(" "));
        // A word takes 60 ms, a scene a pause beside, and a clip a whole number of frames of 40 ms.
        let words = u32::try_from(scene["text"].as_str().unwrap().split_whitespace().count()).unwrap();
        let seconds = scene["seconds"].as_f64().unwrap();
        assert!((seconds - f64::from(words) * 0.06 - 0.45).abs() <= 0.04, "{seconds} s for {words} words");
        start += ms(&scene["seconds"]);
    }
    assert_eq!(ms(&result["seconds"]), start);
    assert_eq!(fakes.tools.asked("frames"), all.len());
}

async fn listed(app: &TestApp, reel: &Value) {
    let list = async |query: &str| app.get(&format!("/api/v1/reels{query}")).of(&ada()).send().await.1["items"].clone();
    let item = &list("").await[0];
    for field in ["id", "title", "mode", "shape", "state", "percent", "job_id", "error", "created_at", "updated_at"] {
        assert_eq!(item[field], reel[field], "{field}");
    }
    assert_eq!((&item["document_name"], &item["seconds"]), (&json!("tides.pdf"), &reel["result"]["seconds"]));
    for field in ["poster_url", "thumbnail_url"] {
        assert_eq!(item[field], reel["result"][field], "{field}");
    }
    for (query, found) in [
        ("?state=done", 1),
        ("?state=working", 0),
        ("?state=failed", 0),
        ("?q=TIDES.pdf", 1),
        ("?q=ebb", 0),
        ("?q=tides&state=done&limit=1", 1),
    ] {
        assert_eq!(list(query).await.as_array().unwrap().len(), found, "{query}");
    }
    let theirs = app.get("/api/v1/reels").of(&omar()).send().await.1;
    assert_eq!(theirs, json!({ "items": [], "next_cursor": null }));
}

async fn jobs(app: &TestApp, reel: &Value) {
    let job = app.job(reel).await;
    let expected = json!({ "id": reel["job_id"], "kind": "reel.make", "state": "succeeded", "stage": "publish",
        "error": null, "subject": reel["id"], "parent_id": null });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&job[field], value, "{field} of {job}");
    }
    assert!(job["log"][0]["line"].as_str().unwrap().starts_with("1 pages, read by poppler "), "{job}");
    assert!(job["steps"].as_array().unwrap().iter().all(|step| step["percent"] == 100.0), "{job}");
    let tree = app.get(&job_path(reel, "/progress")).of(&ada()).send().await.1;
    let parts = tree["children"].as_array().unwrap();
    assert_eq!((&tree["percent"], parts.len()), (&json!(100.0), scenes(reel).len()), "{tree}");
    assert!(parts.iter().all(|part| part["kind"] == "reel.scene" && part["state"] == "succeeded"), "{tree}");
    let list = app.get("/api/v1/jobs?kind=reel.scene&state=succeeded").of(&ada()).send().await.1;
    let parents = list["items"].as_array().unwrap().iter().map(|item| &item["parent_id"]);
    assert_eq!(parents.filter(|parent| **parent == reel["job_id"]).count(), scenes(reel).len());
    assert_eq!(app.get("/api/v1/jobs").of(&omar()).send().await.1["items"], json!([]));
    let why = app.get(&job_path(reel, "/why")).of(&ada()).send().await.1;
    assert_eq!((&why["state"], &why["reasons"][0]["reason"]), (&json!("succeeded"), &json!("ended")));
}

async fn events(app: &TestApp, reel: &Value) {
    let events = app.app.engine.events_after(&ada(), 0, 1000).await.unwrap();
    let of = |kind: &str, subject: &Value| {
        events.iter().filter(|event| event.kind == kind && json!(event.subject) == *subject).count()
    };
    // Once when its storyboard was written, once for each scene, once when it was published.
    assert_eq!(of("reel.changed", &reel["id"]), scenes(reel).len() + 2);
    assert!(of("job.changed", &reel["job_id"]) >= 2, "when it was asked for, and when it ended");
    let last = events.iter().rfind(|event| event.kind == "job.changed").unwrap();
    assert_eq!((json!(last.subject), &last.data["state"]), (reel["job_id"].clone(), &json!("succeeded")));
    assert!(app.app.engine.events_after(&omar(), 0, 1000).await.unwrap().is_empty());
}

async fn captions(app: &TestApp, reel: &Value) {
    let file = async |name: &str| app.get(reel["result"][name].as_str().unwrap()).answer().await;
    let (srt, vtt) = (file("srt_url").await, file("vtt_url").await);
    assert_eq!(srt.header("content-type"), "application/x-subrip; charset=utf-8");
    assert_eq!(vtt.header("content-type"), "text/vtt; charset=utf-8");
    assert!(vtt.text().starts_with("WEBVTT\n") && srt.text().starts_with("1\n00:00:00,"), "{}", srt.text());
    let shown: Vec<Caption> = parse_srt(srt.text()).unwrap();
    assert_eq!(parse_vtt(vtt.text()).unwrap(), shown, "both say the same");
    validate_captions(&shown).unwrap();
    assert!(shown.last().unwrap().end_ms <= ms(&reel["result"]["seconds"]));
    let said: Vec<&str> = shown.iter().flat_map(|caption| caption.text.split_whitespace()).collect();
    let wanted: Vec<&str> =
        scenes(reel).iter().flat_map(|scene| scene["text"].as_str().unwrap().split_whitespace()).collect();
    assert_eq!(said, wanted, "no word is lost");
    for scene in scenes(reel) {
        let start = number(&scene["start_ms"]);
        assert!(shown.iter().any(|caption| caption.start_ms == start), "a scene's first words are shown at its start");
    }
}

async fn texts(app: &TestApp, reel: &Value) {
    let result = &reel["result"];
    let lines: Vec<Line> = serde_json::from_value(result["lines"].clone()).unwrap();
    let marks: Vec<ChapterMark> = serde_json::from_value(result["chapters"].clone()).unwrap();
    let mut edge = 0;
    for mark in &marks {
        assert_eq!(mark.start_ms, edge, "no gap before {}", mark.title);
        edge = mark.end_ms;
    }
    assert_eq!(edge, ms(&result["seconds"]));
    assert_eq!(
        lines.len(),
        scenes(reel).iter().map(|scene| scene["sentences"].as_array().unwrap().len()).sum::<usize>()
    );
    for line in &lines {
        let scene = &scenes(reel)[line.scene as usize - 1];
        let sentences = scene["sentences"].as_array().unwrap();
        let own = sentences.iter().find(|sentence| sentence["text"] == line.text.as_str()).unwrap();
        assert_eq!(own["page"], json!(line.page), "{line:?}");
        assert!(line.page == Some(1) || scene["kind"] != "page", "{line:?}");
        assert!(line.start_ms < line.end_ms && line.start_ms >= number(&scene["start_ms"]), "{line:?}");
    }
    assert!(lines.windows(2).all(|pair| pair[0].end_ms <= pair[1].start_ms), "{lines:?}");
    let file = async |name: &str| app.get(result[name].as_str().unwrap()).answer().await;
    let title = reel["title"].as_str().unwrap();
    let own = if title == "tides.pdf" { "" } else { title };
    let told = file("transcript_url").await;
    assert_eq!(told.text(), transcript(own, &marks, &lines, Language::ENGLISH));
    assert!(told.text().contains(" (p. 1)\n"), "{}", told.text());
    let list = file("chapters_url").await;
    assert_eq!(list.text(), chapter_list(&marks));
    assert!(list.text().starts_with("0:00 ") && list.text().lines().count() == marks.len(), "{}", list.text());
    for (name, magic, kind) in [
        ("poster_url", &b"\xff\xd8\xff"[..], "image/jpeg"),
        ("thumbnail_url", b"\xff\xd8\xff", "image/jpeg"),
        ("waveform_url", b"{\"peaks\":[", "application/json"),
        ("video_url", b"\0\0\0", "video/mp4"),
    ] {
        let answer = file(name).await;
        assert_eq!((answer.header("content-type"), answer.bytes.starts_with(magic)), (kind, true), "{name}");
    }
    for (name, kind) in [("image_url", "image/jpeg"), ("clip_url", "video/mp4"), ("voice_url", "audio/wav")] {
        let answer = app.get(scenes(reel)[0][name].as_str().unwrap()).answer().await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, kind), "{name}");
    }
}

async fn redirects(app: &TestApp, reel: &Value) {
    for (rest, field) in [("/result", "video_url"), ("/captions.srt", "srt_url"), ("/captions.vtt", "vtt_url")] {
        let answer = app.get(&format!("{}{rest}", path(reel))).of(&ada()).answer().await;
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::FOUND, "no-store"), "{rest}");
        assert_eq!(answer.header("location"), reel["result"][field], "{rest}");
        assert_eq!(app.get(&format!("{}{rest}", path(reel))).of(&omar()).answer().await.problem().0, 404, "{rest}");
    }
    let name = reel["result"]["download_name"].as_str().unwrap();
    let save = app.get(reel["result"]["download_url"].as_str().unwrap()).answer().await;
    assert!(save.header("content-disposition").starts_with(&format!("attachment; filename=\"{name}\"")), "{name}");
    let show = app.get(reel["result"]["video_url"].as_str().unwrap()).answer().await;
    assert!(show.header("content-disposition").starts_with("inline; "));
    assert_eq!(show.bytes, save.bytes);
}

async fn ranges(app: &TestApp, reel: &Value) {
    let link = reel["result"]["video_url"].as_str().unwrap();
    let whole = app.get(link).answer().await;
    let size = whole.bytes.len();
    assert_eq!((size as u64, whole.header("accept-ranges")), (reel["result"]["bytes"].as_u64().unwrap(), "bytes"));
    let etag = whole.header("etag").to_owned();
    let weak = format!("W/{etag}");
    let last = size - 1;
    let ask = async |range: &str, more: &[(&str, &str)]| {
        let ask = more.iter().fold(app.get(link), |ask, (name, value)| ask.header(name, value));
        ask.header("range", range).answer().await
    };
    for (range, from, to) in [
        ("bytes=0-0".to_owned(), 0, 0),
        ("bytes=100-299".to_owned(), 100, 299),
        ("BYTES=100-299".to_owned(), 100, 299),
        (format!("bytes={last}-"), last, last),
        (format!("bytes=5-{}", size * 2), 5, last),
        ("bytes=-10".to_owned(), size - 10, last),
        (format!("bytes=-{}", size * 2), 0, last),
    ] {
        for more in [vec![], vec![("if-range", etag.as_str())]] {
            let part = ask(&range, &more).await;
            assert_eq!(part.status, StatusCode::PARTIAL_CONTENT, "{range}");
            assert_eq!(part.header("content-range"), format!("bytes {from}-{to}/{size}"), "{range}");
            assert_eq!(part.bytes, whole.bytes[from..=to], "{range}");
        }
    }
    // What is no range of these bytes as they are now is the whole of them.
    for (range, more) in [
        ("bytes=0-9", ("if-range", "\"another\"")),
        ("bytes=0-9", ("if-range", weak.as_str())),
        ("bytes=0-9", ("if-range", "Sat, 29 Oct 1994 19:43:31 GMT")),
        ("bytes=9-0", ("accept", "*/*")),
        ("bytes=x", ("accept", "*/*")),
        ("lines=0-9", ("accept", "*/*")),
    ] {
        let answer = ask(range, &[more]).await;
        assert_eq!((answer.status, answer.bytes.len()), (StatusCode::OK, size), "{range} {more:?}");
    }
    for range in [format!("bytes={size}-"), format!("bytes={}-{}", size * 2, size * 3), "bytes=-0".to_owned()] {
        let answer = ask(&range, &[]).await;
        assert_eq!(answer.problem(), (416, "range_not_satisfiable".to_owned()), "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes */{size}"), "{range}");
    }
    let several = ask("bytes=0-1,10-12", &[]).await;
    assert_eq!(several.status, StatusCode::PARTIAL_CONTENT);
    assert!(several.header("content-type").starts_with("multipart/byteranges; boundary="));
    assert_eq!(several.header("content-length"), several.bytes.len().to_string());
    let known = app.get(link).header("if-none-match", &etag).answer().await;
    assert_eq!((known.status, known.bytes.len(), known.header("etag")), (StatusCode::NOT_MODIFIED, 0, etag.as_str()));
    let head = app.ask(Method::HEAD, link).header("range", "bytes=0-9").answer().await;
    assert_eq!((head.status, head.bytes.len(), head.header("content-length")), (StatusCode::OK, 0, &*size.to_string()));
}

async fn links(app: &TestApp, reel: &Value) {
    let link = reel["result"]["video_url"].as_str().unwrap();
    let hash = link.split('/').nth(2).unwrap();
    let poster = reel["result"]["poster_url"].as_str().unwrap().split('/').nth(2).unwrap();
    let (bare, query) = link.split_once('?').unwrap();
    let refused = (403, "link_refused".to_owned());
    for (forged, expected) in [
        (link.replace(hash, poster), refused.clone()),
        (link.replace(".mp4", ".html"), refused.clone()),
        (link.replace("expires=", "expires=9"), refused.clone()),
        (format!("{link}&save=1"), refused.clone()),
        (format!("{link}0"), refused.clone()),
        (bare.to_owned(), (400, "bad_request".to_owned())),
        (format!("{bare}?{}", query.replace("expires=", "expires=x")), (400, "bad_request".to_owned())),
        (link.replace(hash, "no-hash"), (404, "not_found".to_owned())),
    ] {
        assert_eq!(app.get(&forged).answer().await.problem(), expected, "{forged}");
    }
    // A link ends, and the reel has another one then.
    app.advance(Duration::from_hours(13)).await;
    assert_eq!(app.get(link).answer().await.problem(), refused);
    let later = app.show(reel).await;
    assert_ne!(later["result"]["video_url"], reel["result"]["video_url"]);
    assert_eq!(app.get(later["result"]["video_url"].as_str().unwrap()).bytes().await.0, StatusCode::OK);
}

async fn missing_bytes(app: &TestApp, reel: &Value) {
    let now = app.show(reel).await;
    let link = &now["result"]["video_url"];
    std::fs::remove_file(app.file_behind(link)).unwrap();
    for method in [Method::GET, Method::HEAD] {
        let answer = app.ask(method.clone(), link.as_str().unwrap()).answer().await;
        assert_eq!(answer.status, StatusCode::GONE, "{method}");
    }
    assert_eq!(app.code_of(link.as_str().unwrap()).await, (410, "media_gone".to_owned()));
    assert_eq!(app.show(reel).await["state"], "done", "what else there is of it is still shown");
    // Rendered again, what is lost is made again, and nothing else.
    app.render(reel).await;
    let mended = app.run_to_end(reel).await;
    let (status, bytes) = app.get(mended["result"]["video_url"].as_str().unwrap()).bytes().await;
    assert_eq!((status, bytes.len() as u64), (StatusCode::OK, mended["result"]["bytes"].as_u64().unwrap()));
}
