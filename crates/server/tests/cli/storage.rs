//! `sluice storage`, on an installation that has nothing yet.

use serde_json::{Value, json};

use crate::support::{Place, Ran};

fn run(place: &Place, arguments: &[&str]) -> Ran {
    place.command(arguments).output().unwrap().into()
}

fn object(place: &Place, arguments: &[&str]) -> Value {
    let ran = run(place, arguments);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}: {ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn what_is_kept_is_reported_swept_and_verified() {
    let place = Place::new();
    let report = object(&place, &["storage", "report", "--json"]);
    assert_eq!((&report["tiers"], &report["bytes"], &report["oldest"]), (&json!([]), &json!(0), &Value::Null));
    assert!(report["disk"]["bytes"].as_u64().unwrap() > report["disk"]["free_bytes"].as_u64().unwrap(), "{report}");
    let swept = object(&place, &["storage", "sweep", "--dry-run", "--json"]);
    assert_eq!((&swept["moved"]["count"], &swept["items"]), (&json!(0), &json!([])));
    assert_eq!(object(&place, &["storage", "verify", "--json"]), json!({ "archives": 0, "wrong": [] }));
    let told = run(&place, &["storage", "report", "--keep-warm", "forever"]).stdout;
    assert!(told.contains("in 0 recordings"), "{told}");
    assert!(told.contains("scribe: hot for 7 days, then warm for ever; 0 with days of their own"), "{told}");
    assert!(run(&place, &["storage", "sweep"]).stdout.contains("0 were moved"));
}

#[test]
fn a_period_that_is_none_is_wrong_usage() {
    let ran = run(&Place::new(), &["storage", "report", "--keep-hot", "0"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("forever"), "{ran:?}");
}
