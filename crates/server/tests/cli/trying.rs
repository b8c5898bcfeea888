//! `sluice try`: an engine on a file or a text.

use serde_json::Value;

use crate::models::{MODEL_HASH, pair};
use crate::support::{Place, Ran};

#[test]
fn speech_is_transcribed_with_words() {
    let place = Place::new();
    let sound = sluice_testkit::corpus::sounds().remove(0);
    let file = sound.path();
    let file = file.to_str().unwrap();
    let ran = place.run(&["try", "transcribe", file, "--language", "en", "--words", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let heard: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((heard["language"].as_str(), heard["model"].as_str()), (Some("en"), Some("whisper base int8")));
    let words: Vec<&Value> =
        heard["segments"].as_array().unwrap().iter().flat_map(|segment| segment["words"].as_array().unwrap()).collect();
    let said = sound.words.split_whitespace().count();
    assert!(words.len().abs_diff(said) <= 3, "{} of {said}", words.len());
    let people = place.run(&["try", "transcribe", file]);
    assert!(people.stdout.starts_with("language: en\n[0:00:00."), "{people:?}");
}

#[test]
fn a_file_without_speech_or_sound_is_explained() {
    let place = Place::new();
    place.write("notes.wav", "these are notes");
    let failure = place.run(&["try", "transcribe", "notes.wav", "--json"]).failure();
    assert_eq!(failure["code"], "not_media");
    place.write("empty.wav", "");
    assert_eq!(place.run(&["try", "transcribe", "empty.wav", "--json"]).failure()["code"], "file_empty");
}

#[test]
fn missing_models_are_named_with_the_command_that_brings_them() {
    let place = Place::new();
    place.write("sound.wav", "RIFF");
    let mut command = place.command(&["try", "transcribe", "sound.wav", "--json"]);
    let ran: Ran = command.env("SLUICE_MODELS", place.path("none")).output().unwrap().into();
    let failure = ran.failure();
    assert_eq!(failure["code"], "speech_not_installed");
    assert!(failure["detail"].as_str().unwrap().contains("sluice models pull speech --from FOLDER"), "{failure}");
}

/// Runs a command with its standard input.
fn with_input(place: &Place, arguments: &[&str], input: &[u8]) -> Ran {
    place.write("input", input);
    let input = std::fs::File::open(place.path("input")).unwrap();
    place.command(arguments).stdin(input).output().unwrap().into()
}

#[test]
fn a_text_is_spoken_into_a_file_and_understood_again() {
    let place = Place::new();
    let spoken = place.run(&["try", "speak", "The harbour has a lighthouse.", "-o", "said.wav", "--json"]);
    let made: Value = serde_json::from_str(&spoken.stdout).unwrap();
    assert!((1_000..4_000).contains(&made["duration_ms"].as_u64().unwrap()), "{made}");
    let heard = place.run(&["try", "transcribe", "said.wav"]);
    assert!(heard.stdout.replace(' ', "").contains("harbourhasalighthouse"), "{heard:?}");
    let code =
        |arguments: &[&str]| place.run(&[&["try", "speak", "--json"], arguments].concat()).failure()["code"].clone();
    assert_eq!(code(&["hello", "-o", "x.wav", "--language", "tlh"]), "no_such_language");
    assert_eq!(code(&["…", "-o", "x.wav"]), "nothing_to_say");
    assert!(!place.path("x.wav").exists());
}

#[test]
fn a_text_is_embedded_and_compared() {
    let place = Place::new();
    let question = ["try", "embed", "how do plants make their food?", "--query", "--json"];
    let ran = place.run(&question);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["model"], "multilingual-e5-small 4-bit");
    assert_eq!((found["dimensions"].as_u64(), found["tokens"].as_u64()), (Some(384), Some(13)));
    assert_eq!(found["vector"].as_array().unwrap().len(), 384);
    assert!(found["seconds"].as_f64().unwrap() > 0.0 && found["truncated_at"].is_null(), "{found}");
    assert_eq!(found.get("against"), None);

    let against = ["--against", "النباتات تصنع غذاءها من ضوء الشمس", "--against", "The court rejected the appeal."];
    let people = place.run(&[&question[..4], &against].concat());
    let lines: Vec<&str> = people.stdout.lines().collect();
    assert!(lines[0].contains("384 dimensions, 13 tokens"), "{people:?}");
    assert!(lines[2].ends_with(against[1]) && lines[3].ends_with(against[3]), "{people:?}");
}

#[test]
fn a_megabyte_is_embedded_as_far_as_the_model_reads() {
    let place = Place::new();
    let text = "Plants turn sunlight into sugar. ".repeat(32_000);
    let ran = with_input(&place, &["try", "embed", "-", "--json"], text.as_bytes());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["tokens"], 512);
    let read = found["truncated_at"].as_u64().unwrap();
    assert!((1_000..4_000).contains(&read), "{read}");
    let people = with_input(&place, &["try", "embed", "-"], text.as_bytes());
    assert!(people.stdout.contains(&format!("only its first {read} characters were read")), "{people:?}");
}

#[test]
fn a_text_that_cannot_be_embedded_is_explained() {
    let place = Place::new();
    let code = |text: &str| place.run(&["try", "embed", text, "--json"]).failure()["code"].clone();
    assert_eq!(code("  "), "text_empty");
    assert_eq!(code("𓀀𓁀"), "text_unknown");
    let failure = with_input(&place, &["try", "embed", "-", "--json"], b"caf\xe9").failure();
    assert_eq!(failure["code"], "text_not_utf8");
    let mut command = place.command(&["try", "embed", "a text", "--json"]);
    let ran: Ran = command.env("SLUICE_MODELS", place.path("none")).output().unwrap().into();
    let failure = ran.failure();
    assert_eq!(failure["code"], "embed_not_installed");
    assert!(failure["detail"].as_str().unwrap().contains("sluice models pull meaning --from FOLDER"), "{failure}");
}

#[test]
fn a_text_is_translated() {
    let place = Place::new();
    let ran = place.run(&["try", "translate", "Where is the nearest hospital?", "--to", "pt", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((found["from"].as_str(), found["to"].as_str()), (Some("en"), Some("pt")));
    assert_eq!((found["model"].as_str(), found["version"].as_str()), (Some("firefox en-pt"), Some("0.5.0")));
    assert!(found["text"].as_str().unwrap().starts_with("Onde") && found["via"].is_null(), "{found}");

    let long = "Bom dia, como você está? ".repeat(100);
    let people = with_input(&place, &["try", "translate", "-", "--from", "pt", "--to", "en"], long.as_bytes());
    assert_eq!((people.code, people.stdout.matches("Good morning").count()), (0, 100), "{people:?}");
}

#[test]
fn a_text_that_cannot_be_translated_is_explained() {
    let place = Place::new();
    let failure = |text: &str, to: &str| place.run(&["try", "translate", text, "--to", to, "--json"]).failure();
    assert_eq!(failure(" ", "pt")["code"], "text_empty");
    let unknown = failure("Where is the nearest hospital?", "ja");
    assert_eq!(unknown["code"], "translate_no_pair");
    assert!(unknown["detail"].as_str().unwrap().contains("there are: en → pt, pt → en"), "{unknown}");
    let mut command = place.command(&["try", "translate", "Good morning.", "--from", "en", "--to", "pt", "--json"]);
    let ran: Ran = command.env("SLUICE_MODELS", place.path("none")).output().unwrap().into();
    let failure = ran.failure();
    assert_eq!(failure["code"], "translate_not_installed");
    let detail = failure["detail"].as_str().unwrap();
    assert!(detail.contains("sluice models pull translate-en-pt --from FOLDER"), "{failure}");
}

#[test]
fn the_doctor_says_which_engines_work_and_with_what() {
    let place = Place::new();
    place.write("sluice.toml", pair("en-de", "http://127.0.0.1:9", MODEL_HASH));
    let ran: Ran = place.command(&["doctor", "--json"]).env("SLUICE_CONFIG", "sluice.toml").output().unwrap().into();
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let version = |name: &str| {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["name"] == name).unwrap()["version"].clone()
    };
    assert_eq!(version("speech to text"), "whisper base int8 by CTranslate2 4.8.4");
    assert_eq!(version("embeddings"), "multilingual-e5-small 4-bit by ONNX Runtime 1.31.1");
    assert_eq!(version("photographs"), "PP-OCRv6 small by ONNX Runtime 1.31.1");
    assert_eq!(
        version("translation"),
        "en → pt, pt → en by fxtranslate 0.5.0; not installed: sluice models pull translate-en-de"
    );
}

#[test]
fn speech_is_heard_as_if_it_were_being_recorded() {
    let place = Place::new();
    let sound = sluice_testkit::corpus::sounds().remove(0).path();
    let ran = place.run(&["try", "transcribe", sound.to_str().unwrap(), "--live", "--every", "2s", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let heard: Value = serde_json::from_str(&ran.stdout).unwrap();
    let stretches = heard["stretches"].as_array().unwrap();
    assert!(
        stretches.len() >= 2 && stretches.iter().any(|stretch| stretch["certain"][0]["text"].is_string()),
        "{heard}"
    );
    assert_eq!(heard["language"], "en");
    let short = place.run(&["try", "transcribe", "x.wav", "--live", "--every", "30s"]);
    assert_eq!(short.code, 2, "{short:?}");
}

#[test]
fn speakers_are_told_apart_by_hand() {
    let place = Place::new();
    let sound = sluice_testkit::corpus::sounds().remove(0).path();
    let ran = place.run(&["try", "speakers", sound.to_str().unwrap(), "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["speakers"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told["turns"][0]["speaker"], 0, "{told}");
    place.write("empty.wav", "");
    assert_eq!(place.run(&["try", "speakers", "empty.wav", "--json"]).failure()["code"], "file_empty");
}

#[test]
fn a_text_and_a_transcript_are_summarised_by_quotations() {
    let place = Place::new();
    let sentences: Vec<String> = (1..=30)
        .map(|n| {
            format!("Keeper number {n} of the lighthouse writes down the weather of day {n} and the ships of week {n}.")
        })
        .collect();
    place.write("diary.txt", sentences.join(" "));
    let ran = place.run(&["try", "summary", "diary.txt", "--sentences", "4", "--words", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&found["kind"], &found["of"]), (&Value::from("extract"), &Value::from(30)));
    assert!(!found["sentences"].as_array().unwrap().is_empty() && found["made_by"] == "words (TF-IDF)", "{found}");
    let people = place.run(&["try", "summary", "diary.txt", "--sentences", "4"]).stdout;
    assert!(people.starts_with("extract, quoted: ") && people.contains("multilingual-e5-small"), "{people}");
    assert!(people.contains("key terms: "), "{people}");
    let segment = |at: usize| serde_json::json!({ "start_ms": at * 1_000, "end_ms": at * 1_000 + 900, "text": sentences[at], "speaker": at / 15, "words": [] });
    let transcript = serde_json::json!({ "language": "en", "segments": (0..30).map(segment).collect::<Vec<_>>() });
    place.write("talk.json", transcript.to_string());
    let talk = place.run(&["try", "summary", "talk.json", "--words"]).stdout;
    assert!(talk.contains("\n[0:00:") && talk.contains("] speaker 1: Keeper"), "{talk}");
}

#[test]
fn what_cannot_be_summarised_is_explained() {
    let place = Place::new();
    let code = |file: &str| place.run(&["try", "summary", file, "--json"]).failure()["code"].clone();
    place.write("numbers.txt", "12 34 — 56");
    place.write("other.json", "{\"name\": 1}");
    assert_eq!(code("numbers.txt"), "text_empty");
    assert_eq!(code("other.json"), "not_transcript");
    assert_eq!(code("none.txt"), "not_found");
}

#[test]
fn a_photograph_is_read() {
    let place = Place::new();
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/../local/tests/fixtures/photo-ja.jpg");
    let ran = place.run(&["try", "read", picture, "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let read: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((read["engine"].as_str(), read["model"].as_str()), (Some("pp-ocr"), Some("PP-OCRv6 small")), "{read}");
    assert_eq!(read["lines"][0]["text"], "図書館は火曜日から土曜日まで");
    assert_eq!(read["lines"][0]["corners"].as_array().unwrap().len(), 4, "{read}");
    assert!(read["seconds"].as_f64().unwrap() > 0.0 && read["engine_memory_mib"].as_u64().unwrap() > 30, "{read}");
    let people = place.run(&["try", "read", picture, "--language", "ja"]);
    assert!(people.stdout.starts_with("PP-OCRv6 small by ONNX Runtime"), "{people:?}");
    place.write("notes.png", "these are notes");
    assert_eq!(place.run(&["try", "read", "notes.png", "--json"]).failure()["code"], "not_a_picture");
}
