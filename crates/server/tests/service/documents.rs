//! Real documents that nobody here wrote, from upload to a file that plays: `tests/corpus.tsv` says what each must give.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sluice_testkit::corpus;

use crate::support::{Server, problem};
use crate::video::check_files;

#[tokio::test]
async fn every_document_becomes_a_video_that_plays_or_is_refused_with_its_reason() {
    let server = Server::with(&[("SLUICE_REELS_PER_TEN_MINUTES", "1000")]).await;
    let (mut videos, mut arabic, mut refused) = (0, 0, 0);
    // Each in another form, so that all of them are met.
    let shapes = ["16:9", "9:16", "1:1"];
    let presenters = [Some("ada"), None, Some("omar"), Some("noor")];
    for row in corpus::table() {
        let answer = server.upload(row.bytes(), &[]).await;
        if row.outcome != "ok" {
            let (_, code, body) = problem(answer).await;
            assert_eq!(code, row.outcome, "{}: {body}", row.name);
            refused += 1;
            continue;
        }
        let mut status = answer.status();
        let mut found: Value = answer.json().await.unwrap();
        if status == StatusCode::ACCEPTED {
            // Some of its pages are images.
            found = server.read(found["id"].as_str().unwrap()).await;
            assert_eq!(found["refused"], Value::Null, "{}: {found}", row.name);
            status = StatusCode::CREATED;
        }
        if row.language == "-" && status != StatusCode::CREATED {
            // Words of no language: refused for that, and for nothing else.
            assert_eq!(found["code"], "document_other_language", "{}: {found}", row.name);
            refused += 1;
            continue;
        }
        assert_eq!(status, StatusCode::CREATED, "{}: {found}", row.name);
        assert_eq!(found["pages"].as_u64(), row.pages.map(u64::from), "{}", row.name);
        assert!(row.language == "-" || found["language"]["code"] == row.language.as_str(), "{}: {found}", row.name);
        let choices = json!({
            "document_id": found["id"],
            "shape": shapes[videos % shapes.len()],
            "presenter": presenters[videos % presenters.len()],
            "captions": if videos % 2 == 0 { "burned" } else { "beside" },
        });
        let reel = server.done(&server.reel(choices).await).await;
        let seconds = check_files(&server, &reel).await;
        println!("{}: {seconds:.1} s of video, {} scenes", row.name, reel["scenes"].as_array().unwrap().len());
        videos += 1;
        arabic += usize::from(row.language == "ar");
    }
    assert!(videos >= 12 && arabic >= 2 && refused >= 5, "{videos} videos, {arabic} Arabic ones, {refused} refused");
    server.work_is_cleared().await;
    assert!(server.data().join("sluice.db").exists());
}
