//! `sluice models`: sets of files, from a folder or from nowhere.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::support::Place;

fn run(place: &Place, arguments: &[&str]) -> crate::support::Ran {
    place.command(arguments).env("SLUICE_MODELS", place.path("models")).output().unwrap().into()
}

fn json(place: &Place, arguments: &[&str]) -> Value {
    let ran = run(place, arguments);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}: {ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn sets_are_listed_with_their_files() {
    let place = Place::new();
    let listed = json(&place, &["models", "list", "--json"]);
    let ids: Vec<_> = listed["sets"].as_array().unwrap().iter().map(|set| set["id"].as_str().unwrap()).collect();
    let all = ["voice-en", "voice-ar", "speech", "speech-small", "speakers", "meaning", "photo-reading"];
    let packs = ["language-ru", "language-ar", "language-zh", "language-es", "language-ka"];
    let languages = [&packs[..], &["language-ka-words", "language-frequency"]].concat();
    assert_eq!(ids, [&all[..], &["translate-en-pt", "translate-pt-en"], &languages].concat());
    let optional = |set: &&Value| set["optional"] == true;
    let optional: Vec<_> = listed["sets"].as_array().unwrap().iter().filter(optional).map(|set| &set["id"]).collect();
    assert_eq!(optional, [&["speech-small"][..], &languages].concat());
    assert_eq!(listed["sets"][2]["installed"], false);
    let whisper = &listed["sets"][2]["files"][0];
    assert_eq!(
        (whisper["name"].as_str(), whisper["bytes"].as_u64()),
        (Some("faster-whisper-base/model.bin"), Some(145_217_532))
    );
    let people = run(&place, &["models", "list"]);
    assert!(people.stdout.contains("speech (speech to text): incomplete"), "{people:?}");
}

#[test]
fn a_folder_without_the_files_and_an_unknown_set_are_named() {
    let place = Place::new();
    std::fs::create_dir(place.path("usb")).unwrap();
    let ran = run(&place, &["models", "pull", "voice-en", "--from", "usb", "--json"]);
    let failure = ran.failure();
    assert_eq!(failure["code"], "models_not_in_folder");
    assert!(failure["detail"].as_str().unwrap().contains("en_US-joe-medium.onnx"), "{failure}");
    let unknown = run(&place, &["models", "pull", "everything"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("voice-en, voice-ar, speech"), "{unknown:?}");
}

#[test]
fn a_wrong_file_is_not_installed() {
    let place = Place::new();
    std::fs::create_dir(place.path("usb")).unwrap();
    place.write("usb/libonnxruntime.so.1.31.1", "no library");
    let failure = run(&place, &["models", "pull", "voice-ar", "--from", "usb", "--json"]).failure();
    assert_eq!(failure["code"], "models_damaged");
    let left = std::fs::read_dir(place.path("models")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), [".lock"]);
}

#[test]
fn what_cannot_be_downloaded_leads_to_the_set_up() {
    let place = Place::new();
    // The old name of the command still works.
    let failure = run(&place, &["models", "fetch", "voice-ar", "--json"]).failure();
    assert_eq!(failure["code"], "models_need_setup");
    assert!(failure["detail"].as_str().unwrap().contains("make setup"), "{failure}");
}

#[test]
fn a_set_is_removed_without_what_others_share() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("models")).unwrap();
    place.write("models/silero_vad_16k_op15.onnx", "half of it");
    place.write("models/libonnxruntime.so.1.31.1", "shared");
    let damaged = run(&place, &["models", "verify", "--json"]).failure();
    assert_eq!(damaged["code"], "models_damaged");
    let detail = damaged["detail"].as_str().unwrap();
    assert!(detail.contains("libonnxruntime") && detail.contains("make setup"), "{damaged}");
    let removed = json(&place, &["models", "remove", "speech", "--json"]);
    assert_eq!(removed["changed"], serde_json::json!(["silero_vad_16k_op15.onnx"]));
    assert!(place.path("models/libonnxruntime.so.1.31.1").exists());
}

const MODEL: &str = "what a model would be";
pub(crate) const MODEL_HASH: &str = "9bb8171dd8d3170dc71a6e728bde53ec61204a36fdd15d3cb613f22845bc17f0";
const PIECES: &str = "what its pieces would be";
const PIECES_HASH: &str = "efd84ab6103fea5a3911ff60b30b054b87653879fd87fe012f89d2fd122dd621";

/// An address with the files of two pairs, but for the vocabulary of the second one.
fn base() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut request, mut line) = (String::new(), String::new());
            stream.read_line(&mut request).unwrap();
            while stream.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            let (status, body) = match request.split(' ').nth(1).unwrap() {
                "/en-de/model.bin" | "/de-en/model.bin" => ("200 OK", MODEL),
                "/en-de/vocab.spm" => ("200 OK", PIECES),
                _ => ("404 Not Found", ""),
            };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.get_mut().write_all((head + body).as_bytes()).unwrap();
        }
    });
    address
}

/// The table of a pair.
pub(crate) fn pair(name: &str, base: &str, model_hash: &str) -> String {
    format!(
        "[translation.{name}]\nbase = \"{base}/{name}/\"\n\
         model = {{ file = \"model.bin\", bytes = {}, sha256 = \"{model_hash}\" }}\n\
         vocabulary = {{ file = \"vocab.spm\", bytes = {}, sha256 = \"{PIECES_HASH}\" }}\n",
        MODEL.len(),
        PIECES.len()
    )
}

fn configured(place: &Place, arguments: &[&str]) -> crate::support::Ran {
    let mut command = place.command(arguments);
    command.env("SLUICE_CONFIG", "sluice.toml").env("SLUICE_MODELS", place.path("models")).output().unwrap().into()
}

fn set(place: &Place, id: &str) -> Value {
    let listed = configured(place, &["models", "list", "--json"]);
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap_or_else(|error| panic!("{error}: {listed:?}"));
    listed["sets"].as_array().unwrap().iter().find(|set| set["id"] == id).unwrap().clone()
}

#[test]
fn a_pair_of_the_configuration_is_pulled_from_its_base_or_a_folder() {
    let place = Place::new();
    let base = base();
    place.write("sluice.toml", pair("en-de", &base, MODEL_HASH) + &pair("de-en", &base, MODEL_HASH));
    let listed = set(&place, "translate-en-de");
    assert_eq!((&listed["installed"], &listed["optional"]), (&json!(false), &json!(true)), "{listed}");
    assert_eq!(
        (&listed["capability"], &listed["purpose"]),
        (&json!("translate"), &json!("translation from en into de"))
    );

    let pull = |set: &str, more: &[&str]| configured(&place, &[&["models", "pull", set, "--json"], more].concat());
    let pulled = pull("translate-en-de", &[]);
    assert_eq!((pulled.code, pulled.stderr.as_str()), (0, ""), "{pulled:?}");
    assert_eq!(place.read("models/translate/en-de/model.bin"), MODEL.as_bytes());
    assert_eq!(set(&place, "translate-en-de")["installed"], true);
    assert_eq!(configured(&place, &["models", "verify"]).code, 0);

    // The address lacks a file of the other pair. The folder has both.
    let failure = pull("translate-de-en", &[]).failure();
    assert_eq!(failure["code"], "models_unreachable");
    assert!(failure["detail"].as_str().unwrap().contains("/de-en/vocab.spm responded with status 404"), "{failure}");
    assert_eq!(set(&place, "translate-de-en")["installed"], false);
    std::fs::create_dir_all(place.path("usb/translate/de-en")).unwrap();
    place.write("usb/translate/de-en/vocab.spm", PIECES);
    assert_eq!(pull("translate-de-en", &["--from", "usb"]).code, 0);
    assert_eq!(set(&place, "translate-de-en")["installed"], true);

    place.write("models/translate/en-de/model.bin", MODEL.to_uppercase());
    let damaged = configured(&place, &["models", "verify", "--json"]).failure();
    assert!(
        damaged["detail"].as_str().unwrap().contains("`sluice models pull translate-en-de` downloads again"),
        "{damaged}"
    );
    let removed = configured(&place, &["models", "remove", "translate-en-de", "--json"]);
    let removed: Value = serde_json::from_str(&removed.stdout).unwrap();
    assert_eq!(removed["changed"], json!(["translate/en-de/model.bin", "translate/en-de/vocab.spm"]));

    let unknown = configured(&place, &["models", "pull", "translate-en-ka", "--json"]);
    assert_eq!((unknown.code, &unknown.failure()["code"]), (2, &json!("usage")));
    assert!(unknown.stderr.contains("translate-en-de"), "{unknown:?}");
    let no_pair =
        configured(&place, &["try", "translate", "Good morning.", "--from", "en", "--to", "ka", "--json"]).failure();
    assert_eq!(no_pair["code"], "translate_no_pair");
    assert!(no_pair["detail"].as_str().unwrap().contains("en → de"), "{no_pair}");
}

#[test]
fn a_file_of_another_hash_than_the_configuration_says_is_not_installed() {
    let place = Place::new();
    place.write("sluice.toml", pair("en-de", &base(), PIECES_HASH));
    let failure = configured(&place, &["models", "pull", "translate-en-de", "--json"]).failure();
    assert_eq!(failure["code"], "models_damaged");
    assert!(failure["detail"].as_str().unwrap().contains(MODEL_HASH), "what was found: {failure}");
    assert!(!place.path("models/translate/en-de/model.bin").exists());

    // Without a hash nothing is asked for.
    let none = pair("en-de", "http://127.0.0.1:9", MODEL_HASH).replace(&format!(", sha256 = \"{MODEL_HASH}\""), "");
    place.write("sluice.toml", none);
    let refused = configured(&place, &["models", "pull", "translate-en-de", "--json"]).failure();
    assert_eq!(refused["code"], "configuration_invalid");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("sluice.toml:3:9: translation: sha256 is missing"), "{detail}");
    assert_eq!(configured(&place, &["config", "check"]).code, 2);
}
