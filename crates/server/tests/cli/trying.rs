//! `sluice try`: an engine on a file.

use serde_json::Value;

use crate::support::Place;

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
    let ran: crate::support::Ran = command.env("SLUICE_MODELS", place.path("none")).output().unwrap().into();
    let failure = ran.failure();
    assert_eq!(failure["code"], "speech_not_installed");
    assert!(failure["detail"].as_str().unwrap().contains("sluice models pull speech --from FOLDER"), "{failure}");
}
