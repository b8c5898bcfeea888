//! The real engine tells real readers apart.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "support/models.rs"]
mod folder;
#[path = "support/linked.rs"]
mod linked;
#[path = "support/sounds.rs"]
mod sounds;
mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use folder::models;
use sluice_local::models::{Models, SPEAKER_TURNS, SPEAKER_WEIGHTS, SPEAKERS};
use sluice_local::speakers::{Speakers, SpeakersError, Voiced, cosine};
use sluice_testkit::corpus;
use sounds::{convert, generate, generate_video, join};

fn of(models: Models) -> Speakers {
    Speakers::new(support::guard(), models, support::engine_child())
}

fn speakers() -> Speakers {
    of(models(&SPEAKERS))
}

async fn told(sound: &Path, count: Option<usize>) -> Voiced {
    let voiced = speakers().tell_apart(sound, count, &|_| ()).await.unwrap();
    for turn in &voiced.turns {
        assert!(turn.start_ms < turn.end_ms && (turn.speaker as usize) < voiced.speakers.len(), "{turn:?}");
    }
    assert!(voiced.turns.is_sorted_by_key(|turn| turn.start_ms));
    for voice in &voiced.speakers {
        assert!((cosine(voice, voice) - 1.0).abs() < 1e-4);
    }
    voiced
}

/// A reading in English by the reader of the novel, and readings of others in their languages.
fn readers() -> (Vec<PathBuf>, Vec<PathBuf>) {
    let is_novel = |path: &Path| path.file_name().unwrap().to_str().unwrap().starts_with("austen");
    corpus::sounds().into_iter().map(|sound| sound.path()).partition(|path| is_novel(path))
}

/// A sound of these turns, and who speaks in each and until when, in milliseconds.
fn conversation(folder: &Path, turns: &[(u32, &Path)]) -> (PathBuf, Vec<(u32, u32)>) {
    let (mut list, mut reference, mut until) = (String::new(), Vec::new(), 0);
    for (at, (who, path)) in turns.iter().enumerate() {
        let plain = folder.join(format!("{at}.wav"));
        convert(path, &["-ar", "16000", "-ac", "1"], &plain);
        // 16,000 samples of two bytes a second, after a header.
        until += u32::try_from(std::fs::metadata(&plain).unwrap().len()).unwrap() / 32;
        reference.push((*who, until));
        writeln!(list, "file '{}'", plain.display()).unwrap();
    }
    std::fs::write(folder.join("list.txt"), list).unwrap();
    let all = folder.join("all.wav");
    join(&folder.join("list.txt"), &all);
    (all, reference)
}

/// The share of the time of all turns in which the speaker of the turn is the one who speaks most often then.
fn purity(voiced: &Voiced, reference: &[(u32, u32)]) -> f64 {
    let mut times = std::collections::BTreeMap::<(u32, u32), u64>::new();
    for turn in &voiced.turns {
        for ms in (turn.start_ms..turn.end_ms).step_by(10) {
            let who = reference.iter().find(|(_, until)| ms < *until).unwrap_or(reference.last().unwrap()).0;
            *times.entry((turn.speaker, who)).or_default() += 10;
        }
    }
    let all: u64 = times.values().sum();
    let speakers = 0..u32::try_from(voiced.speakers.len()).unwrap();
    let of = |speaker: u32| times.iter().filter(move |((own, _), _)| *own == speaker).map(|(_, ms)| *ms).max();
    let right: u64 = speakers.filter_map(of).sum();
    #[expect(clippy::cast_precision_loss, reason = "less than an hour")]
    let share = right as f64 / all as f64;
    share
}

#[tokio::test]
async fn readers_who_take_turns_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (novel, others) = readers();
    let (one, two) = (&others[0], &others[1]);
    let turns: Vec<(u32, &Path)> =
        vec![(0, &novel[0]), (1, one), (0, &novel[1]), (2, two), (1, one), (0, &novel[2]), (2, two), (0, &novel[3])];
    let (sound, reference) = conversation(folder.path(), &turns);
    let voiced = told(&sound, None).await;
    assert_eq!(voiced.speakers.len(), 3, "{:?} {reference:?}", voiced.turns);
    let purity_found = purity(&voiced, &reference);
    assert!(purity_found >= 0.95, "{purity_found} {:?} {reference:?}", voiced.turns);
    assert_eq!(told(&sound, Some(2)).await.speakers.len(), 2, "as many as are asked for");
}

#[tokio::test]
async fn one_reader_is_one_speaker_and_recognised_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let (novel, others) = readers();
    let turns: Vec<(u32, &Path)> = novel.iter().map(|path| (0, path.as_path())).collect();
    let (sound, _) = conversation(folder.path(), &turns);
    let one = told(&sound, None).await;
    assert_eq!(one.speakers.len(), 1, "{:?}", one.turns);
    let again = told(&novel[0], None).await;
    let other = told(&others[0], None).await;
    let (same, different) =
        (cosine(&one.speakers[0], &again.speakers[0]), cosine(&one.speakers[0], &other.speakers[0]));
    assert!(same > 0.5 && different < 0.3, "{same} {different}");
}

#[tokio::test]
async fn what_has_no_voice_has_no_speaker() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    generate("anullsrc=r=16000:cl=mono:d=25", &path("silence.wav"));
    generate("anoisesrc=d=25:c=pink:a=0.1", &path("noise.wav"));
    generate("sine=d=0.003", &path("moment.wav"));
    for name in ["silence.wav", "noise.wav", "moment.wav"] {
        assert_eq!(told(&path(name), None).await, Voiced::default(), "{name}");
    }
    generate_video("color=d=2", &path("video.mp4"));
    std::fs::write(path("notes.txt"), "these are notes").unwrap();
    std::fs::write(path("empty.wav"), "").unwrap();
    for (name, code) in
        [("video.mp4", "no_sound"), ("notes.txt", "not_media"), ("empty.wav", "file_empty"), ("none.wav", "not_found")]
    {
        let error = speakers().tell_apart(&path(name), None, &|_| ()).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
}

#[tokio::test]
async fn missing_and_damaged_models_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let sound = readers().0.remove(0);
    let refused = async |models: Models| of(models).tell_apart(&sound, None, &|_| ()).await.unwrap_err();
    let nothing = refused(Models::new(folder.path())).await;
    assert!(matches!(&nothing, SpeakersError::NotInstalled { files } if files.len() == 3), "{nothing}");
    assert!(nothing.to_string().contains("sluice models pull speakers --from FOLDER"), "{nothing}");

    // Cut short, it has the wrong length; with other weights in its middle, the right one.
    let whole = models(&SPEAKERS);
    let damaged = linked::linked(&SPEAKERS, &whole, folder.path());
    let model = damaged.path(&SPEAKER_TURNS);
    let bytes = std::fs::read(whole.path(&SPEAKER_TURNS)).unwrap();
    std::fs::remove_file(&model).unwrap();
    std::fs::write(&model, &bytes[..100_000]).unwrap();
    let cut = refused(damaged.clone()).await;
    assert!(matches!(&cut, SpeakersError::NotInstalled { files } if files == &[SPEAKER_TURNS.name]), "{cut}");
    assert_eq!((cut.code(), cut.is_transient()), ("speakers_not_installed", false));
    for file in [&SPEAKER_TURNS, &SPEAKER_WEIGHTS] {
        let model = damaged.path(file);
        let mut bytes = std::fs::read(whole.path(file)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        std::fs::remove_file(&model).unwrap();
        std::fs::write(&model, &bytes).unwrap();
        let swapped = refused(damaged.clone()).await;
        assert_eq!((swapped.code(), swapped.is_transient()), ("speakers_not_loaded", false), "{swapped}");
        assert!(swapped.to_string().contains("is damaged, or another file"), "{swapped}");
        assert!(swapped.to_string().contains("sluice models verify"), "{swapped}");
        std::fs::remove_file(&model).unwrap();
        std::os::unix::fs::symlink(whole.path(file), &model).unwrap();
    }
}

#[tokio::test]
async fn a_death_in_mid_work_costs_this_one_sound() {
    let folder = tempfile::tempdir().unwrap();
    let (novel, _) = readers();
    let turns: Vec<(u32, &Path)> = novel.iter().chain(&novel).chain(&novel).map(|path| (0, path.as_path())).collect();
    let (sound, _) = conversation(folder.path(), &turns);
    let speakers = speakers();
    speakers.warm().await.unwrap();
    let process = speakers.process_id().await.unwrap();
    let kill = move |_| {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(i32::try_from(process).unwrap()), nix::sys::signal::SIGKILL)
            .ok();
    };
    let error = speakers.tell_apart(&sound, None, &kill).await.unwrap_err();
    assert!(matches!(error, SpeakersError::Engine(_)) && error.is_transient(), "{error}");
    assert_eq!(speakers.tell_apart(&sound, None, &|_| ()).await.unwrap().speakers.len(), 1);
}
