//! The benchmark of the server: its form, not its figures.

use serde_json::Value;

use crate::support::Place;

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
