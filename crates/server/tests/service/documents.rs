//! Real documents that nobody here wrote, from upload to a file that plays: `tests/corpus.tsv` says what each must give.

use futures::{StreamExt as _, stream};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sluice_testkit::corpus::{self, Row};

use crate::support::{Server, problem};
use crate::video::check_files;

/// What came of a document.
#[derive(Default)]
struct Outcome {
    videos: usize,
    arabic: usize,
    refused: usize,
}

#[tokio::test]
async fn every_document_becomes_a_video_that_plays_or_is_refused_with_its_reason() {
    let server = Server::with(&[("SLUICE_REELS_PER_TEN_MINUTES", "1000")]).await;
    let rows = corpus::table();
    // Two at a time: while one is assembled, the scenes of the other are drawn.
    let outcomes: Vec<Outcome> = stream::iter(rows.iter().enumerate())
        .map(|(number, row)| outcome(&server, number, row))
        .buffer_unordered(2)
        .collect()
        .await;
    let sum = |of: fn(&Outcome) -> usize| outcomes.iter().map(of).sum::<usize>();
    let (videos, arabic, refused) = (sum(|one| one.videos), sum(|one| one.arabic), sum(|one| one.refused));
    assert!(videos >= 12 && arabic >= 2 && refused >= 5, "{videos} videos, {arabic} Arabic ones, {refused} refused");
    server.work_is_cleared().await;
    assert!(server.data().join("sluice.db").exists());
}

async fn outcome(server: &Server, number: usize, row: &Row) -> Outcome {
    // Each in another form, so that all of them are met.
    let shapes = ["16:9", "9:16", "1:1"];
    let presenters = [Some("ada"), None, Some("omar"), Some("noor")];
    let refused = Outcome { refused: 1, ..Outcome::default() };
    let answer = server.upload(row.bytes(), &[]).await;
    if row.outcome != "ok" {
        let (_, code, body) = problem(answer).await;
        assert_eq!(code, row.outcome, "{}: {body}", row.name);
        return refused;
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
        return refused;
    }
    assert_eq!(status, StatusCode::CREATED, "{}: {found}", row.name);
    assert_eq!(found["pages"].as_u64(), row.pages.map(u64::from), "{}", row.name);
    assert!(row.language == "-" || found["language"]["code"] == row.language.as_str(), "{}: {found}", row.name);
    let choices = json!({
        "document_id": found["id"],
        "shape": shapes[number % shapes.len()],
        "presenter": presenters[number % presenters.len()],
        "captions": if number.is_multiple_of(2) { "burned" } else { "beside" },
    });
    let reel = server.done(&server.reel(choices).await).await;
    let seconds = check_files(server, &reel).await;
    println!("{}: {seconds:.1} s of video, {} scenes", row.name, reel["scenes"].as_array().unwrap().len());
    Outcome { videos: 1, arabic: usize::from(row.language == "ar"), refused: 0 }
}
