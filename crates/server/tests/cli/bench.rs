//! The benchmark of the server: its form, not its figures.

use serde_json::Value;

use crate::support::{Place, Ran};

#[test]
fn the_last_line_is_one_object_with_each_figure_and_what_is_wanted_of_it() {
    let place = Place::new();
    let ran = place.run(&["bench", "http", "--only", "start", "--rounds", "1", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let report: Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    let figures = report["figures"].as_array().unwrap();
    assert_eq!((figures.len(), &figures[0]["name"]), (2, &Value::from("start_to_ready")), "{report}");
    assert!(figures[0]["value"].as_f64().unwrap() > 0.0 && figures[0]["ratio"].is_null(), "{report}");
    assert_eq!(figures[0]["target"]["at_most"], 300.0);
    assert!(!place.data().exists(), "the data folder of this machine is left alone");
    let text = place.run(&["bench", "http", "--only", "start", "--rounds", "1"]).stdout;
    assert!(text.contains("start_to_ready") && text.contains("at most 300"), "{text}");
}

#[test]
fn engines_that_are_not_here_are_skipped_with_the_reason() {
    let place = Place::new();
    let mut command = place.command(&["bench", "ai", "--rounds", "1", "--json"]);
    let ran: Ran = command.env("SLUICE_MODELS", place.path("none")).output().unwrap().into();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let report: Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    let skipped: Vec<&str> =
        report["skipped"].as_array().unwrap().iter().filter_map(|one| one["engine"].as_str()).collect();
    assert_eq!(skipped, ["speech", "embeddings", "speakers", "voice", "translation"], "{report}");
    assert!(report["skipped"][0]["reason"].as_str().unwrap().contains("sluice models pull speech"), "{report}");
    assert!(ran.stdout.contains("speech: skipped: "), "{ran:?}");
}

#[test]
fn an_engine_without_its_peer_has_figures_and_no_ratio() {
    let place = Place::new();
    let prose = "The keeper of the lighthouse writes down the weather and the ships every evening.\n".repeat(100);
    place.write("prose.txt", &prose);
    let arguments = ["bench", "ai", "--only", "embeddings", "--rounds", "1", "--text", "prose.txt", "--json"];
    let ran = place.run(&arguments);
    let report: Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    let first = &report["figures"][0];
    assert!(
        first["value"].as_f64().unwrap() > 0.0 && first["ratio"].is_null() && first["reached"].is_null(),
        "{report}"
    );
    assert!(first["note"].as_str().unwrap().contains("no --python is given"), "{report}");
    assert!(ran.stdout.starts_with("embeddings_short "), "{ran:?}");
}
