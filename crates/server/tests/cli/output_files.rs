//! The files that commands write, above all `sluice reel`, and those that they must not touch.

use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sluice_testkit::pdf;

use crate::support::{Place, Ran, program, sluice};

/// Refused before the work: the data folder is not even made.
fn refused(place: &Place, arguments: &[&str], code: &str, words: &str) {
    refuses(place, &[&["reel"], arguments].concat(), code, words);
}

/// The same of any command.
fn refuses(place: &Place, command: &[&str], code: &str, words: &str) {
    let before = place.names();
    let ran = place.run(&[command, &["--json"]].concat());
    let failure = ran.failure();
    let detail = failure["detail"].as_str().unwrap();
    assert_eq!(failure["code"], code, "{failure}");
    assert!(ran.code > 0 && detail.contains(words), "{ran:?}");
    assert_eq!(place.names(), before, "nothing is left behind");
    assert!(!place.data().exists(), "no work was done");
    let ran = place.run(command);
    assert_eq!((ran.stdout.as_str(), ran.stderr), ("", format!("sluice: {detail}\n")));
}

#[test]
fn files_of_the_user_beside_the_document_stay() {
    let place = Place::new();
    place.write("report.pdf", pdf::fine());
    for (name, content) in [("report.txt", "my notes"), ("report.jpg", "my photo"), ("report.srt", "mine")] {
        place.write(name, content);
    }
    refused(&place, &["report.pdf"], "output_exists", "report.srt, report.txt, report.jpg are there already");
    assert_eq!(place.read("report.txt"), b"my notes");
    place.write("paper.pdf", pdf::fine());
    place.write("paper.mp4", "holidays");
    refused(&place, &["paper.pdf"], "output_exists", "--force");
    assert_eq!(place.read("paper.mp4"), b"holidays");
}

#[test]
fn the_document_is_never_replaced() {
    let place = Place::new();
    let original = pdf::fine();
    place.write("report.pdf", &original);
    place.write("film.mp4", &original);
    symlink("report.pdf", place.path("link.mp4")).unwrap();
    std::fs::hard_link(place.path("report.pdf"), place.path("twin.srt")).unwrap();
    for arguments in [
        &["report.pdf", "-o", "report.pdf"][..],
        &["report.pdf", "-o", "../here/report.pdf"],
        &["report.pdf", "-o", "link.mp4"],
        &["report.pdf", "-o", "twin.mp4"],
        // A PDF with a video's name: its default output is itself.
        &["film.mp4"],
    ] {
        refused(&place, arguments, "output_is_source", "the document itself");
        refused(&place, &[arguments, &["--force"]].concat(), "output_is_source", "the document itself");
    }
    assert_eq!((place.read("report.pdf"), place.read("film.mp4")), (original.clone(), original));
}

#[test]
fn no_photo_is_replaced_by_the_deck_of_its_cards() {
    let place = Place::new();
    for name in ["first.jpg", "p.zip"] {
        place.write(name, name);
    }
    std::fs::hard_link(place.path("first.jpg"), place.path("twin.apkg")).unwrap();
    symlink("p.zip", place.path("link.csv")).unwrap();
    for deck in ["p.zip", "./p.zip", "twin.apkg", "link.csv"] {
        let forces: [&[&str]; 2] = [&[], &["--force"]];
        for force in forces {
            let command = [&["capture", "first.jpg", "да", "p.zip", "--deck", deck], force].concat();
            refuses(&place, &command, "output_is_source", "the photo or sound itself");
        }
    }
    assert_eq!((place.read("first.jpg"), place.read("p.zip")), (b"first.jpg".to_vec(), b"p.zip".to_vec()));
}

#[test]
fn what_is_no_regular_file_is_never_replaced() {
    let place = Place::new();
    place.write("a.pdf", pdf::fine());
    std::fs::create_dir(place.path("folder")).unwrap();
    std::fs::create_dir(place.path("b.mp4")).unwrap();
    symlink("elsewhere.mp4", place.path("c.mp4")).unwrap();
    assert!(Command::new("mkfifo").arg(place.path("d.vtt")).status().unwrap().success());
    for (output, kind) in [
        ("folder", "a folder"),
        ("b.mp4", "a folder"),
        ("c.mp4", "a symbolic link"),
        ("d.mp4", "a FIFO"),
        ("/dev/null", "a device"),
    ] {
        refused(&place, &["a.pdf", "-o", output, "--force"], "output_not_a_file", kind);
    }
    assert!(place.path("d.vtt").symlink_metadata().unwrap().file_type().is_fifo());
}

#[test]
fn a_spoken_text_replaces_nothing_either() {
    let place = Place::new();
    let speak = |output: &'static str| ["try", "speak", "hello", "--voice", "espeak:en", "-o", output];
    place.write("notes.txt", "my notes");
    place.write("song.wav", "my song");
    std::fs::create_dir(place.path("b.wav")).unwrap();
    symlink("elsewhere.wav", place.path("c.wav")).unwrap();
    assert!(Command::new("mkfifo").arg(place.path("d.wav")).status().unwrap().success());
    refuses(&place, &speak("notes.txt"), "output_not_wav", ".wav");
    refuses(&place, &speak("song.wav"), "output_exists", "--force");
    refuses(
        &place,
        &speak("no/such/folder/a.wav"),
        "output_folder_missing",
        "the folder no/such/folder does not exist",
    );
    let others = [("b.wav", "a folder"), ("c.wav", "a symbolic link"), ("d.wav", "a FIFO"), ("/dev/null", "a device")];
    for (output, kind) in others {
        refuses(&place, &[&speak(output)[..], &["--force"]].concat(), "output_not_a_file", kind);
    }
    assert_eq!((place.read("notes.txt"), place.read("song.wav")), (b"my notes".to_vec(), b"my song".to_vec()));
    assert!(place.path("d.wav").symlink_metadata().unwrap().file_type().is_fifo());

    // What it made may be made again, with the permissions of the umask; what somebody changed since may not.
    let mut command = Command::new("sh");
    command.args(["-c", "umask 027; exec \"$0\" \"$@\""]).arg(program()).args(speak("said.wav"));
    let ran: Ran = command.env("SLUICE_DATA", place.data()).current_dir(place.path("")).output().unwrap().into();
    assert_eq!((ran.code, place.mode("said.wav")), (0, 0o640), "{ran:?}");
    assert!(ran.stdout.starts_with("said.wav ("), "{ran:?}");
    assert_eq!(place.data().metadata().unwrap().permissions().mode() & 0o777, 0o700, "it is its owner's alone");
    assert_eq!(place.run(&speak("said.wav")).code, 0);
    place.write("said.wav", "my recording");
    let again = place.run(&[&speak("said.wav")[..], &["--json"]].concat());
    assert_eq!(again.failure()["code"], "output_exists");
    assert_eq!(place.read("said.wav"), b"my recording");
    assert_eq!(place.run(&[&speak("said.wav")[..], &["--force"]].concat()).code, 0);
    assert!(place.read("said.wav").starts_with(b"RIFF"));
}

#[test]
fn the_place_is_looked_at_before_the_work() {
    let place = Place::new();
    place.write("a.pdf", pdf::fine());
    refused(&place, &["a.pdf", "-o", "no/such/folder/v.mp4"], "output_folder_missing", "no/such/folder does not exist");
    refused(&place, &["a.pdf", "-o", "a.pdf/v.mp4"], "output_folder_missing", "a.pdf is no folder");
    // The video would be replaced by its own transcript.
    refused(&place, &["a.pdf", "-o", "a.txt"], "output_not_mp4", ".mp4");
    refused(&place, &["a.pdf", "-o", "video"], "output_not_mp4", ".mp4");
    refused(&place, &["a.pdf", "-o", ".MP4"], "output_not_mp4", ".MP4 has no name before its ending: change --output");
    // Nobody can write there, whatever the permissions of who runs the test.
    refused(&place, &["a.pdf", "-o", "/proc/v.mp4"], "output_not_writable", "/proc");
}

#[test]
fn the_document_must_be_a_file() {
    let place = Place::new();
    std::fs::create_dir(place.path("folder.pdf")).unwrap();
    assert!(Command::new("mkfifo").arg(place.path("pipe.pdf")).status().unwrap().success());
    refused(&place, &["missing.pdf"], "not_found", "missing.pdf");
    refused(&place, &["folder.pdf"], "not_a_file", "a folder");
    refused(&place, &["pipe.pdf"], "not_a_file", "a FIFO");
}

/// A small video; the visitor's limit is none of the command line's.
const SMALL: [&str; 4] = ["--presenter", "none", "--no-captions", "--reels-per-ten-minutes=0"];

/// One render, then everything that follows from it.
/// A folder and all that is in it.
fn all_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_in(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn what_sluice_wrote_may_be_replaced_until_somebody_changes_it() {
    let place = Place::new();
    place.write("paper.pdf", pdf::fine());
    // With a stricter umask than usual.
    let mut command = Command::new("sh");
    command.args(["-c", "umask 027; exec \"$0\" \"$@\""]).arg(program());
    command.args(["reel", "paper.pdf"]).args(SMALL).env("SLUICE_DATA", place.data()).current_dir(place.path(""));
    let ran: Ran = command.output().unwrap().into();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.starts_with("paper.mp4 (") && ran.stdout.lines().count() == 1, "{ran:?}");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let (hint, progress) = lines.split_first().unwrap();
    assert!(hint.starts_with("the document is short: "), "{ran:?}");
    assert!(progress.len() > 2 && progress.iter().all(|line| line.starts_with("video: ")), "{ran:?}");
    assert!(!ran.stderr.contains(['\u{1b}', '\r']), "{ran:?}");
    let files = ["paper.chapters.txt", "paper.jpg", "paper.mp4", "paper.srt", "paper.txt", "paper.vtt"];
    let mut expected = vec!["paper.pdf"];
    expected.extend(files);
    expected.sort_unstable();
    assert_eq!(place.names(), expected);
    for file in files {
        assert_eq!(place.mode(file), 0o640, "{file}");
    }
    for path in all_in(&place.data()) {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, wanted, "{}", path.display());
    }

    // Untouched, they are replaced without a question; one that is gone comes back.
    let transcript = place.read("paper.txt");
    std::fs::remove_file(place.path("paper.srt")).unwrap();
    let again = |more: &[&str]| place.run(&[&["reel", "paper.pdf"], &SMALL[..], more].concat());
    assert_eq!(again(&[]).code, 0);
    assert_eq!(place.names(), expected);

    // Corrected by hand, one stays.
    place.write("paper.txt", "my corrections");
    let ran = again(&["--json"]);
    assert_eq!(ran.failure()["code"], "output_exists");
    assert!(ran.stderr.contains("paper.txt is there already"), "{ran:?}");
    assert_eq!(place.read("paper.txt"), b"my corrections");
    let ran = again(&["--json", "--force"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "no progress for programs");
    let result: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(result["state"], "done");
    assert_eq!(place.read("paper.txt"), transcript);

    // The same bytes under another name: what was read is used again, the name is that of this call.
    place.write("Offer.pdf", pdf::fine());
    let ran = place.run(&[&["reel", "Offer.pdf", "--json"], &SMALL[..]].concat());
    let offer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&offer["document"]["name"], &result["document"]["name"]), (&"Offer.pdf".into(), &"paper.pdf".into()));
    assert!(place.path("Offer.mp4").exists());

    // Another data folder knows nothing of them.
    let mut command = sluice(&place.path(""));
    command.args(["reel", "paper.pdf", "--json", "--data"]).arg(place.path("other"));
    let ran: Ran = command.output().unwrap().into();
    assert_eq!(ran.failure()["code"], "output_exists");
}
