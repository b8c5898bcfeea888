//! Making a video again, in every order, beside another of the same document.

use serde_json::Value;
use sluice_testkit::pdf;

use super::support::Place;

const SMALL: [&str; 5] = ["--presenter", "none", "--no-captions", "--reels-per-ten-minutes=0", "--json"];

/// What `sluice reel paper.pdf …` made, and its video.
fn made(place: &Place, more: &[&str]) -> (Value, Vec<u8>) {
    let ran = place.run(&[&["reel", "paper.pdf"], &SMALL[..], more].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{more:?}");
    let reel: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(reel["state"], "done", "{more:?}: {reel}");
    let file = more.iter().position(|argument| *argument == "-o").map_or("paper.mp4", |at| more[at + 1]);
    (reel, place.read(file))
}

/// `sluice reel a.pdf`, then another mode, then the first with `--again`: each gives its video, and whichever is asked
/// for afterwards is the newest of its kind.
#[test]
fn each_choice_of_a_document_is_made_again_without_the_other() {
    let place = Place::new();
    place.write("paper.pdf", pdf::fine());
    let (summary, _) = made(&place, &[]);
    let explanation = ["--mode", "explanation", "-o", "explained.mp4"];
    let (explained, explained_video) = made(&place, &explanation);
    assert_ne!(explained["id"], summary["id"]);

    let (again, video) = made(&place, &["--again"]);
    assert_eq!(made(&place, &[]), (again.clone(), video), "what was made again is what there is");
    assert_eq!(made(&place, &explanation), (explained, explained_video), "the other one stayed as it was");

    // And again, so that nothing of the first time is in the way of the second.
    let (third, _) = made(&place, &["--again"]);
    assert_eq!(third["document"], again["document"]);
}
