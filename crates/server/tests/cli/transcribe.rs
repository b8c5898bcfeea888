//! `sluice transcribe`: a transcript of a sound, and what is refused before the work.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use sluice_testkit::{corpus, pdf};

use crate::support::{Place, Ran};

fn place_with_sound() -> Place {
    let place = Place::new();
    place.write("talk.wav", std::fs::read(corpus::sounds().remove(0).path()).unwrap());
    place
}

#[test]
fn a_sound_becomes_a_transcript_in_each_format() {
    let place = place_with_sound();
    let command = ["transcribe", "talk.wav", "-o", "talk.srt", "-o", "talk.docx", "-o", "Talk.TXT", "--json"];
    let ran = place.run(&command);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let made: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&made["language"], made["files"].as_array().unwrap().len()), (&Value::from("en"), 3), "{made}");
    let said = corpus::sounds().remove(0).words.split_whitespace().count();
    let words = usize::try_from(made["words"].as_u64().unwrap()).unwrap();
    assert!(words.abs_diff(said) <= 3, "{words} of {said}");
    assert!(place.read("talk.srt").starts_with(b"1\n00:00:0"));
    assert!(place.read("talk.docx").starts_with(b"PK"));

    // The same command again is the same session, which is not heard again; what it wrote, it may replace.
    let again: Value = serde_json::from_str(&place.run(&command).stdout).unwrap();
    assert_eq!(again, made);
    let people = place.run(&["transcribe", "talk.wav", "-o", "talk.md"]);
    assert_eq!(people.code, 0, "{people:?}");
    assert!(
        people.stdout.starts_with("talk.md (0:00:") && people.stderr.ends_with("transcript: 100 %\n"),
        "{people:?}"
    );
}

/// One sound of several.
fn join(clips: &[corpus::Sound], file: &Path) {
    let mut join = Command::new("ffmpeg");
    join.args(["-nostdin", "-v", "error"]);
    for clip in clips {
        join.arg("-i").arg(clip.path());
    }
    let filter = format!("concat=n={}:v=0:a=1", clips.len());
    assert!(join.args(["-filter_complex", &filter]).arg(file).status().unwrap().success());
}

#[test]
fn progress_never_goes_back() {
    let place = Place::new();
    let is_novel = |clip: &corpus::Sound| clip.name.starts_with("austen");
    let clips: Vec<corpus::Sound> = corpus::sounds().into_iter().filter(is_novel).collect();
    join(&clips, &place.path("talk.wav"));
    let ran = place.run(&["transcribe", "talk.wav"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let percent = |line: &str| line.strip_prefix("transcript: ")?.strip_suffix(" %")?.parse::<u32>().ok();
    let shown: Vec<u32> = ran.stderr.lines().filter_map(percent).collect();
    assert!(shown.len() >= 3 && shown.is_sorted_by(|one, next| one < next), "{shown:?}");
    assert_eq!(shown.last(), Some(&100));
    // What is recorded of the job adds up: no step was there only after others were done.
    let jobs = place.run(&["jobs", "list", "--kind", "scribe.transcribe", "--json"]);
    let jobs: Value = serde_json::from_str(&jobs.stdout).unwrap();
    let job = place.run(&["jobs", "show", jobs[0]["id"].as_str().unwrap()]);
    for step in ["transcribe", "tell_apart", "summarise", "draw"] {
        assert!(job.stdout.contains(step), "{job:?}");
    }
}

/// Refused before the work: the data folder is not even made.
fn refused(place: &Place, arguments: &[&str], code: &str, words: &str) {
    let before = place.names();
    let ran = place.run(&[&["transcribe"], arguments, &["--json"]].concat());
    let failure = ran.failure();
    assert_eq!(failure["code"], code, "{failure}");
    assert!(ran.code > 0 && failure["detail"].as_str().unwrap().contains(words), "{ran:?}");
    assert_eq!(place.names(), before, "nothing is left behind");
    assert!(!place.data().exists(), "no work was done");
}

#[test]
fn a_wrong_command_does_no_work() {
    let place = place_with_sound();
    place.write("mine.txt", "my notes");
    refused(&place, &["talk.wav", "-o", "talk.exe"], "output_unknown_format", ".srt");
    refused(&place, &["talk.wav", "-o", "talk.wav"], "output_is_source", "the recording itself");
    refused(&place, &["talk.wav", "-o", "mine.txt"], "output_exists", "--force");
    refused(&place, &["talk.wav", "-o", "none/talk.txt"], "output_folder_missing", "none");
    refused(&place, &["talk.wav", "-o", "a.txt", "-o", "./a.txt"], "output_repeated", "a.txt");
    refused(&place, &["talk.wav", "--language", "English"], "no_such_language", "English");
    refused(&place, &["talk.wav", "--language", "xx"], "no_such_language", "ar, as, az");
    refused(&place, &["missing.wav"], "not_found", "missing.wav");
    refused(&place, &["."], "not_a_file", "a sound or a video");
    assert_eq!(place.read("mine.txt"), b"my notes");
}

#[test]
fn what_is_no_sound_is_refused_before_it_is_stored() {
    let place = place_with_sound();
    place.write("notes.mp3", "these are notes");
    place.write("empty.wav", "");
    place.write("paper.pdf", pdf::fine());
    for (file, code) in [("notes.mp3", "not_media"), ("empty.wav", "file_empty"), ("paper.pdf", "not_media")] {
        let failure = place.run(&["transcribe", file, "--json"]).failure();
        assert_eq!(failure["code"], code, "{failure}");
        assert!(failure["detail"].as_str().unwrap().starts_with(file), "{failure}");
    }
    let mut command = place.command(&["transcribe", "talk.wav", "--json"]);
    let ran: Ran = command.env("SLUICE_MODELS", place.path("none")).output().unwrap().into();
    let failure = ran.failure();
    assert_eq!(failure["code"], "speech_not_installed", "{failure}");
    assert!(failure["detail"].as_str().unwrap().contains("sluice models pull speech"), "{failure}");
}

#[test]
fn an_hour_of_silence_has_a_transcript_without_words() {
    let place = Place::new();
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono:d=3600", "-c:a", "flac"])
        .arg(place.path("night.flac"))
        .status()
        .unwrap();
    assert!(made.success());
    let ran = place.run(&["transcribe", "night.flac", "-o", "night.srt", "-o", "night.txt"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "night.srt, night.txt (1:00:00, nobody speaks, 0 words)\n"),
        "{ran:?}"
    );
    assert_eq!(place.read("night.srt"), b"");
}

#[test]
fn a_command_that_was_killed_goes_on_with_the_same_session() {
    let place = Place::new();
    let is_novel = |clip: &corpus::Sound| clip.name.starts_with("austen");
    let clips: Vec<corpus::Sound> = corpus::sounds().into_iter().filter(is_novel).collect();
    let said: usize = clips.iter().map(|clip| clip.words.split_whitespace().count()).sum();
    join(&clips, &place.path("talk.wav"));

    let command = ["transcribe", "talk.wav", "-o", "talk.txt", "--json"];
    let mut first = place.command(&command[..4]);
    let mut first = first.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(first.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("transcript: ")), "it has begun");
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(!place.path("talk.txt").exists());

    let ran = place.run(&command);
    assert_eq!(ran.code, 0, "{ran:?}");
    let made: Value = serde_json::from_str(&ran.stdout).unwrap();
    let words = usize::try_from(made["words"].as_u64().unwrap()).unwrap();
    assert!(words.abs_diff(said) * 10 <= said, "{words} of {said}");
    let jobs = place.run(&["jobs", "list", "--kind", "scribe.transcribe", "--json"]);
    let jobs: Value = serde_json::from_str(&jobs.stdout).unwrap();
    assert_eq!(jobs.as_array().unwrap().len(), 1, "{jobs}");
    assert_eq!((&jobs[0]["subject"], &jobs[0]["state"]), (&made["session_id"], &Value::from("succeeded")), "{jobs}");
}
