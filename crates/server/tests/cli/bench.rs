//! The benchmarks: their form, not their figures.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

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
    assert_eq!(skipped, ["speech", "embeddings", "speakers", "voice", "translation", "photo"], "{report}");
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

#[test]
fn calls_of_providers_are_measured_beside_bare_ones_and_in_a_storm() {
    let place = Place::new();
    let ran = place.run(&["bench", "providers", "--calls", "20", "--rounds", "1", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let report: Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    let figures = report["figures"].as_array().unwrap();
    let names: Vec<&str> = figures.iter().filter_map(|figure| figure["name"].as_str()).collect();
    let expected = [
        "client_p50",
        "client_p95",
        "call_by_engine_p50",
        "call_by_engine_p95",
        "job_with_call_p50",
        "job_with_call_p95",
        "job_in_a_storm_p50",
        "job_in_a_storm_p95",
    ];
    assert_eq!(names, expected, "{report}");
    for figure in figures {
        assert!(figure["value"].as_f64().unwrap() > 0.0 && figure["ratio"].as_f64().unwrap() > 0.0, "{figure}");
    }
    assert!(figures[6]["note"].as_str().unwrap().contains("answers 429"), "{report}");
    assert!(!place.data().exists(), "the data folder of this machine is left alone");
}

#[test]
fn many_sessions_are_told_to_wait_and_every_chunk_is_there_once() {
    let place = Place::new();
    let arguments = ["bench", "sessions", "--sessions", "3", "--chunks", "40", "--fast", "--json"];
    let ran = place.run(&arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    let report: Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    let counts = ["sessions", "chunks", "lost", "duplicated"].map(|name| report[name].as_u64());
    assert_eq!(counts, [Some(3), Some(120), Some(0), Some(0)], "{report}");
    assert!((report["success_percent"].as_f64().unwrap() - 100.0).abs() < f64::EPSILON, "{report}");
    // Each sends twelve at a time, and ten may be in work.
    assert!(report["told_to_wait"].as_u64().unwrap() > 0, "{report}");
    for name in ["ack_p50_ms", "ack_p95_ms", "ack_p99_ms", "kb_per_s", "peak_rss_mb", "disk_mb"] {
        assert!(report[name].as_f64().unwrap() > 0.0, "{name}: {report}");
    }
    assert!(!place.data().exists(), "the data folder of this machine is left alone");
}

/// Answers every request as one that nobody may make, and tells which key it had.
fn door() -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let key = head.iter().find_map(|line| line.strip_prefix("authorization: ")).unwrap_or("none");
            tell.send(key.to_owned()).ok();
            let body = r#"{"detail":"this token is not known"}"#;
            let length = body.len();
            let head =
                format!("HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n");
            write!(stream, "{head}connection: close\r\n\r\n{body}").ok();
        }
    });
    (url, told)
}

#[test]
fn why_chunks_are_lost_is_said_and_the_token_may_be_a_variable() {
    let place = Place::new();
    let (url, told) = door();
    let arguments = ["bench", "sessions", "--sessions", "1", "--chunks", "2", "--fast", "--url", &url];
    let ran: Ran = place.command(&arguments).env("SLUICE_TOKEN", "of-the-variable").output().unwrap().into();
    assert_eq!(told.recv().unwrap(), "Bearer of-the-variable");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("2, lost 2"), "{ran:?}");
    assert!(
        ran.stderr.contains("2 of 2 chunks were lost") && ran.stderr.contains("this token is not known"),
        "{ran:?}"
    );
    assert!(!ran.stderr.contains("SLUICE_TOKEN") && !ran.stderr.contains("of-the-variable"), "{ran:?}");
    let given: Ran = place
        .command(&[&arguments[..], &["--token", "given"]].concat())
        .env("SLUICE_TOKEN", "of-the-variable")
        .output()
        .unwrap()
        .into();
    assert_eq!((told.recv().unwrap().as_str(), given.code), ("Bearer given", 1), "{given:?}");

    // Nothing listens at a port that was given back.
    let closed = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let ran =
        place.run(&["bench", "sessions", "--sessions", "1", "--chunks", "2", "--fast", "--json", "--url", &closed]);
    let failure: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!((ran.code, &failure["code"]), (1, &Value::from("chunks_lost")), "{ran:?}");
    assert!(failure["detail"].as_str().unwrap().contains("does not answer"), "{ran:?}");
}

#[test]
fn a_deck_is_exported_in_every_form_as_the_server_does_it() {
    let place = Place::new();
    let ran = place.run(&["bench", "deck", "--cards", "30", "--recording", "2000", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let figures = report["figures"].as_array().unwrap();
    let forms = ["package", "older package", "text and recordings", "csv"];
    let names: Vec<String> = forms.iter().flat_map(|form| [(*form).to_owned(), format!("{form}, memory")]).collect();
    assert_eq!(figures.iter().map(|figure| figure["name"].as_str().unwrap()).collect::<Vec<_>>(), names, "{report}");
    for (figure, most) in figures.iter().zip([20.0, 200.0].into_iter().cycle()) {
        assert_eq!(
            (&figure["target"]["at_most"], &figure["reached"]),
            (&Value::from(most), &Value::from(true)),
            "{figure}"
        );
    }
    assert!(!place.data().exists(), "the data folder of this machine is left alone");
}

/// The gate: about 25 phrases of all languages as texts, and a third of them as photos.
#[test]
fn no_wrong_card_is_exported_without_having_been_flagged() {
    let place = Place::new();
    let ran = place.run(&["bench", "capture", "--only", "text,photo", "--phrases", "25", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let report: Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(report["not_flagged"], serde_json::json!([]), "{}", ran.stdout);
    let rows = report["rows"].as_array().unwrap();
    let sum = |source: &str, field: &str| {
        let own = rows.iter().filter(|row| row["source"] == source);
        own.map(|row| row[field].as_u64().unwrap()).sum::<u64>()
    };
    assert!(sum("text", "cards") >= 20 && sum("text", "failed") == 0, "{}", ran.stdout);
    assert_eq!(sum("text", "errors"), 0, "what is typed stays as it is: {}", ran.stdout);
    assert!(sum("text", "fields") > 50, "{}", ran.stdout);
    // Of at least Spanish, which needs no more than the models, most is read.
    assert!(sum("photo", "cards") >= 1 && sum("photo", "errors") * 5 <= sum("photo", "characters"), "{}", ran.stdout);
    assert!(!place.data().exists(), "the data folder of this machine is left alone");
}
