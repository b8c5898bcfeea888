//! `sluice models`: sets of files, from a folder or from nowhere.

use serde_json::Value;

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
    assert_eq!(ids, [&all[..], &["translate-en-pt", "translate-pt-en"]].concat());
    let optional = |set: &&Value| set["optional"] == true;
    let optional: Vec<_> = listed["sets"].as_array().unwrap().iter().filter(optional).map(|set| &set["id"]).collect();
    assert_eq!(optional, ["speech-small"]);
    assert_eq!(listed["sets"][2]["installed"], false);
    let whisper = &listed["sets"][2]["files"][0];
    assert_eq!(
        (whisper["name"].as_str(), whisper["bytes"].as_u64()),
        (Some("whisper-base/model.bin"), Some(145_217_607))
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
    assert_eq!(std::fs::read_dir(place.path("models")).unwrap().count(), 0);
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
