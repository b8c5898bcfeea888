//! A video from start to end: its events, its files, its links, a changed scene, and its deletion.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sluice_store::Store;
use sluice_store::blobs::GRACE;
use sluice_testkit::pdf;

use crate::support::{Server, probe, problem};

/// Everything that is published of a video opens and fits together. Gives its length in seconds.
pub(crate) async fn check_files(server: &Server, reel: &Value) -> f64 {
    let result = &reel["result"];
    let link = |name: &str| result[name].as_str().unwrap().to_owned();
    let answer = server.get(&link("video_url")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "video/mp4");
    let bytes = answer.bytes().await.unwrap();
    let mut video = tempfile::NamedTempFile::new().unwrap();
    video.write_all(&bytes).unwrap();
    let path = video.path();

    let (width, height) = match reel["shape"].as_str().unwrap() {
        "9:16" => (720, 1280),
        "1:1" => (720, 720),
        _ => (1280, 720),
    };
    assert_eq!(probe(path, "v:0", "stream=codec_name,width,height"), format!("h264,{width},{height}"));
    assert_eq!(probe(path, "a:0", "stream=codec_name"), "aac");
    // Burned captions are in the picture; a track beside them would be shown on top of them.
    let track = if reel["captions"] == "burned" { "" } else { "mov_text" };
    assert_eq!(probe(path, "s:0", "stream=codec_name"), track);
    let at = |name: &[u8]| bytes.windows(4).position(|window| window == name).unwrap();
    assert!(at(b"moov") < at(b"mdat"), "a browser can begin before the end has come");

    let wanted = result["seconds"].as_f64().unwrap();
    for stream in ["v:0", "a:0"] {
        let seconds: f64 = probe(path, stream, "stream=duration").parse().unwrap();
        assert!((seconds - wanted).abs() <= 0.5, "{stream}: {seconds} s of {wanted} s");
    }
    let scenes = reel["scenes"].as_array().unwrap();
    let sum: f64 = scenes.iter().map(|scene| scene["seconds"].as_f64().unwrap()).sum();
    assert!((sum - wanted).abs() < 0.1, "{sum} s of scenes, {wanted} s of video");

    let text = async |name: &str| server.get(&link(name)).send().await.unwrap().text().await.unwrap();
    let mut until = 0.0;
    let vtt = text("vtt_url").await;
    let times: Vec<(f64, f64)> = vtt.lines().filter_map(|line| line.split_once(" --> ")).map(both).collect();
    assert!(vtt.starts_with("WEBVTT") && times.len() > scenes.len(), "{vtt}");
    for (start, end) in &times {
        assert!(*start >= until && end > start && *end <= wanted, "{start} to {end} in {wanted} s");
        until = *end;
    }
    assert!(until > wanted * 0.9, "captions until {until} of {wanted} s");
    assert_eq!(text("srt_url").await.matches(" --> ").count(), times.len());

    let transcript = text("transcript_url").await;
    for scene in scenes {
        for sentence in scene["sentences"].as_array().unwrap() {
            assert!(transcript.contains(sentence["text"].as_str().unwrap()), "{sentence}\n{transcript}");
            // What a person wrote is on no page.
            let cited = sentence["page"].as_u64().is_some_and(|page| page >= 1);
            assert!(cited || scene["kind"] != "page" || scene["edited"] == true, "{sentence}");
        }
    }
    let marks = result["chapters"].as_array().unwrap();
    assert_eq!(text("chapters_url").await.lines().count(), marks.len());
    assert_eq!(probe(path, "v:0", "chapter=id").lines().count(), marks.len());
    let mut edge = 0;
    for mark in marks {
        assert_eq!(mark["start_ms"], edge, "chapters without gaps");
        edge = mark["end_ms"].as_u64().unwrap();
    }
    let poster = server.get(&link("poster_url")).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(poster[..3], [0xff, 0xd8, 0xff], "a JPEG");
    wanted
}

fn both((start, end): (&str, &str)) -> (f64, f64) {
    (seconds(start), seconds(end.split_whitespace().next().unwrap()))
}

fn seconds(clock: &str) -> f64 {
    clock.split(':').fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().unwrap())
}

/// The event stream from a place on, until an event satisfies.
async fn events(server: &Server, last: Option<&str>, enough: impl Fn(&str, &Value) -> bool) -> Vec<(String, String)> {
    let mut request = server.get("/api/v1/events");
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let mut answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let (mut text, mut found) = (String::new(), Vec::new());
    loop {
        let part = answer.chunk().await.unwrap().expect("the stream goes on");
        text.push_str(std::str::from_utf8(&part).unwrap());
        while let Some((block, rest)) = text.split_once("\n\n") {
            let field = |name: &str| {
                let line = block.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap_or_default().trim_start_matches(':').trim().to_owned()
            };
            let (id, kind, data) = (field("id"), field("event"), field("data"));
            text = rest.to_owned();
            if kind.is_empty() {
                continue;
            }
            let value: Value = serde_json::from_str(&data).unwrap();
            let end = enough(&kind, &value);
            found.push((id, format!("{kind} {data}")));
            if end {
                return found;
            }
        }
    }
}

#[tokio::test]
async fn a_video_its_events_its_links_a_changed_scene_and_its_end() {
    let server = Server::start().await;
    let document = server.document(pdf::fine()).await;
    let ended =
        |kind: &str, data: &Value| kind == "job.changed" && data["kind"] == "reel.make" && data["state"] == "succeeded";
    let id = server.reel(json!({"document_id": document["id"], "presenter": "ada"})).await;
    let seen = events(&server, Some("0"), ended).await;
    let reel = server.done(&id).await;
    let length = check_files(&server, &reel).await;
    assert!((20.0..=180.0).contains(&length), "{length} s");

    // A client that comes back with any place in the log gets all that followed, in order, once.
    assert_eq!(seen[0].1, "hello {}");
    let middle = seen.len() / 2;
    let again = events(&server, Some(&seen[middle].0), ended).await;
    assert_eq!(again[1..], seen[middle + 1..]);
    let places: Vec<i64> = seen.iter().map(|(id, _)| id.parse().unwrap()).collect();
    assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
    // A place that this log does not have.
    let reset = events(&server, Some("99999999"), |kind, _| kind == "reset").await;
    assert_eq!(reset.len(), 1);

    links(&server, &reel).await;
    change(&server, &id, &reel).await;
    end(&server, &id).await;
}

/// Ranges, and links that were tampered with.
async fn links(server: &Server, reel: &Value) {
    let id = reel["id"].as_str().unwrap();
    let link = reel["result"]["video_url"].as_str().unwrap();
    let length = reel["result"]["bytes"].as_u64().unwrap();
    let range = async |range: &str| server.get(link).header("range", range).send().await.unwrap();
    let whole = server.get(link).send().await.unwrap().bytes().await.unwrap();
    let part = range("bytes=100-299").await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()["content-range"], format!("bytes 100-299/{length}").as_str());
    assert_eq!(part.bytes().await.unwrap(), whole[100..300]);
    let tail = range("bytes=-10").await.bytes().await.unwrap();
    assert_eq!(tail, whole[whole.len() - 10..]);
    assert_eq!(range(&format!("bytes={length}-")).await.status(), StatusCode::RANGE_NOT_SATISFIABLE);

    let answer = server.get(link).send().await.unwrap();
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let poster = reel["result"]["poster_url"].as_str().unwrap();
    let hash = |link: &str| link.split('/').nth(2).unwrap().to_owned();
    let (path, query) = link.split_once('?').unwrap();
    for wrong in [
        path.to_owned(),
        format!("{path}?{}", query.replace("expires=", "expires=9")),
        format!("{path}?{query}&save=1"),
        link.replace(&hash(link), &hash(poster)),
        link.replace(".mp4", ".html"),
        format!("{link}0"),
    ] {
        let status = server.get(&wrong).send().await.unwrap().status();
        assert!(status == StatusCode::FORBIDDEN || status == StatusCode::BAD_REQUEST, "{status}: {wrong}");
    }
    let result = server.get(&format!("/api/v1/reels/{id}/result")).send().await.unwrap();
    assert!(result.status().is_redirection());
    let target = result.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(server.get(&target).send().await.unwrap().status(), StatusCode::OK);
    for ending in ["srt", "vtt"] {
        let captions = server.get(&format!("/api/v1/reels/{id}/captions.{ending}")).send().await.unwrap();
        assert!(captions.status().is_success() || captions.status().is_redirection(), "{ending}");
    }
}

/// One scene is changed: it alone is made again. Then two change places: nothing is.
async fn change(server: &Server, id: &str, before: &Value) {
    let path = |rest: &str| format!("/api/v1/reels/{id}/scenes/2{rest}");
    let patch = async |body: Value| server.client.patch(server.url(&path(""))).json(&body).send().await.unwrap();
    let long = "word ".repeat(2000);
    for (body, code) in [
        (json!({"text": " "}), "text_empty"),
        (json!({"text": long}), "text_too_long"),
        (json!({"text": "a\u{7}b"}), "text_control_characters"),
        (json!({"heading": ""}), "bad_heading"),
        (json!({"position": 99}), "bad_position"),
    ] {
        let (status, found, _) = problem(patch(body).await).await;
        assert_eq!((status, found.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, code));
    }
    let clips = |reel: &Value| -> Vec<String> {
        let path = |scene: &Value| scene["clip_url"].as_str().unwrap().split('?').next().unwrap().to_owned();
        reel["scenes"].as_array().unwrap().iter().map(path).collect()
    };
    let edited: Value = patch(json!({"text": "By hand, and only this."})).await.json().await.unwrap();
    assert_eq!((&edited["scenes"][1]["state"], &edited["result"]["current"]), (&json!("edited"), &json!(false)));
    let answer = server.post(&path("/render")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let after = server.done(id).await;
    assert_eq!(after["result"]["current"], true);
    check_files(server, &after).await;
    let (old, new) = (clips(before), clips(&after));
    let changed: Vec<usize> = (0..old.len()).filter(|n| old[*n] != new[*n]).collect();
    assert_eq!(changed, [1], "only the second scene has a new clip");

    let moved: Value = patch(json!({"position": 3})).await.json().await.unwrap();
    assert!(moved["scenes"].as_array().unwrap().iter().all(|scene| scene["state"] == "done"));
    let files: HashSet<PathBuf> = server.media().into_iter().collect();
    server.post(&format!("/api/v1/reels/{id}/render")).send().await.unwrap();
    let moved = server.done(id).await;
    check_files(server, &moved).await;
    let mut order = clips(&moved);
    order.swap(1, 2);
    assert_eq!(order, new);
    assert!(server.media().into_iter().filter(|file| !files.contains(file)).count() <= 6, "the joined files alone");

    // Nothing to try again in what is done.
    let job = moved["job_id"].as_str().unwrap();
    let retry = server.post(&format!("/api/v1/jobs/{job}/retry")).send().await.unwrap();
    assert_eq!(problem(retry).await.0, StatusCode::CONFLICT);
}

/// The rows become a tombstone, the files cannot be read from then on, and the bytes go with the next garbage collection.
async fn end(server: &Server, id: &str) {
    let reel = server.json(&format!("/api/v1/reels/{id}")).await;
    let answer = server.client.delete(server.url(&format!("/api/v1/reels/{id}"))).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(server.json("/api/v1/reels").await["items"], json!([]));
    let gone = server.get(reel["result"]["video_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(problem(gone).await.0, StatusCode::GONE);
    for path in ["", "/result", "/captions.srt"] {
        let answer = server.get(&format!("/api/v1/reels/{id}{path}")).send().await.unwrap();
        assert_eq!(problem(answer).await.0, StatusCode::NOT_FOUND);
    }
    let again = server.client.delete(server.url(&format!("/api/v1/reels/{id}"))).send().await.unwrap();
    assert_eq!(problem(again).await.0, StatusCode::NOT_FOUND);
    // The scheduled job removes them once their grace is over.
    let store = Store::open(&server.data().join("sluice.db")).await.unwrap();
    store.advance_clock(GRACE + Duration::from_mins(6)).await.unwrap();
    let began = Instant::now();
    while !server.media().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(30), "still there: {:?}", server.media());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
