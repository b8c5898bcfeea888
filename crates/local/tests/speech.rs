//! The real engine writes down real speech, and says what is wrong with files that have none.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "support/hearing.rs"]
mod hearing;
#[path = "support/linked.rs"]
mod linked;
mod support;

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use hearing::{Clip, clips, convert, transcriber, word_errors};
use sluice_capability::{TranscribeRequest, Transcript};
use sluice_local::models::{
    CTRANSLATE2, CTRANSLATE2_THREADS, Models, ONNX_RUNTIME, SPEECH, VOICE_ACTIVITY, WHISPER_MODEL,
};
use sluice_local::speech::{LANGUAGES, Live, LiveSound, Size, SpeechError, SpeechSettings, Transcriber};

fn request(sound: &Path) -> TranscribeRequest {
    TranscribeRequest {
        sound: sound.to_owned(),
        duration_ms: 0,
        part_of: None,
        language: None,
        words: false,
        prompt: None,
    }
}

async fn heard(transcriber: &Transcriber, request: &TranscribeRequest) -> Transcript {
    let transcript = transcriber.transcribe(request, None, &|_| ()).await.unwrap().transcript;
    let mut at = 0;
    for segment in &transcript.segments {
        assert!(segment.start_ms >= at && segment.end_ms >= segment.start_ms, "they never overlap: {segment:?}");
        at = segment.end_ms;
        let mut word_at = segment.start_ms;
        for word in &segment.words {
            assert!(word.start_ms >= word_at && word.end_ms >= word.start_ms && word.end_ms <= at, "{segment:?}");
            assert!((0.0..=1.0).contains(&word.confidence));
            word_at = word.start_ms;
        }
    }
    transcript
}

fn text(transcript: &Transcript) -> String {
    transcript.segments.iter().map(|segment| segment.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn english_readings_are_written_down_with_few_errors() {
    let transcriber = transcriber();
    let (mut wrong, mut words) = (0, 0);
    for Clip { path, words: said, language } in clips().into_iter().filter(|clip| clip.language == "en") {
        let transcript = heard(&transcriber, &request(&path)).await;
        assert_eq!(transcript.language, language, "{}", path.display());
        wrong += word_errors(&said, &text(&transcript));
        words += said.split_whitespace().count();
    }
    assert!(words > 60);
    assert!(wrong * 100 <= words * 10, "{wrong} of {words} words are wrong");
}

#[tokio::test]
async fn other_languages_are_recognised() {
    let transcriber = transcriber();
    let clips: Vec<_> = clips().into_iter().filter(|clip| clip.language != "en").collect();
    assert!(clips.len() >= 3);
    for Clip { path, words: said, language } in clips {
        let transcript = heard(&transcriber, &request(&path)).await;
        assert_eq!(transcript.language, language, "{}", path.display());
        let wrong = word_errors(&said, &text(&transcript));
        assert!(wrong * 2 <= said.split_whitespace().count(), "{}: {}", path.display(), text(&transcript));
    }
}

#[tokio::test]
async fn a_pause_is_left_out_and_times_are_those_of_the_sound() {
    let folder = tempfile::tempdir().unwrap();
    let clip = clips().into_iter().find(|clip| clip.language == "en").unwrap();
    let paused = folder.path().join("paused.wav");
    // Three seconds of silence, the clip, ten seconds of silence, the clip.
    convert(&clip.path, &["-af", "adelay=3000,apad=pad_dur=7", "-ar", "16000"], &folder.path().join("one.wav"));
    let twice = ["-filter_complex", "[0:a]asplit[a][b];[a][b]concat=n=2:v=0:a=1"];
    convert(&folder.path().join("one.wav"), &twice, &paused);
    let transcript = heard(&transcriber(), &TranscribeRequest { words: true, ..request(&paused) }).await;
    let words: Vec<_> = transcript.segments.iter().flat_map(|segment| &segment.words).collect();
    let said = clip.words.split_whitespace().count();
    assert!(words.len().abs_diff(2 * said) <= said / 4 + 2, "{} of {}", words.len(), 2 * said);
    let first = words.first().unwrap().start_ms;
    assert!((2_500..4_000).contains(&first), "the first word is at {first}");
    let pause = words.windows(2).map(|pair| pair[1].start_ms - pair[0].end_ms).max().unwrap();
    assert!((8_000..11_500).contains(&pause), "the pause lasts {pause} ms");
}

#[tokio::test]
async fn any_sampling_rate_and_number_of_channels_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let clip = clips().into_iter().find(|clip| clip.language == "en").unwrap();
    let transcriber = transcriber();
    for (name, arguments) in [
        ("telephone.wav", ["-ar", "8000", "-ac", "1", "-c:a", "pcm_mulaw"]),
        ("studio.wav", ["-ar", "96000", "-ac", "8", "-c:a", "pcm_s24le"]),
        ("small.m4a", ["-ar", "44100", "-ac", "2", "-c:a", "aac"]),
    ] {
        let file = folder.path().join(name);
        convert(&clip.path, &arguments, &file);
        let transcript = heard(&transcriber, &request(&file)).await;
        let wrong = word_errors(&clip.words, &text(&transcript));
        assert!(wrong * 4 <= clip.words.split_whitespace().count(), "{name}: {}", text(&transcript));
    }
}

#[tokio::test]
async fn nobody_speaks_in_silence_noise_or_three_milliseconds() {
    let folder = tempfile::tempdir().unwrap();
    let transcriber = transcriber();
    for (name, source) in [
        ("silence", "anullsrc=r=16000:d=30"),
        ("noise", "anoisesrc=a=0.3:c=pink:r=16000:d=30:seed=1"),
        ("tone", "sine=f=440:r=16000:d=10"),
        ("short", "sine=f=440:r=16000:d=0.003"),
        (
            "chord",
            "aevalsrc='0.2*(sin(2*PI*220*t)+sin(2*PI*277.2*t)+sin(2*PI*329.6*t))*(0.6+0.4*sin(4*PI*t))':s=16000:d=20",
        ),
        // Eight plucked notes, over and over, with two overtones each.
        (
            "melody",
            "aevalsrc='0.5*exp(-4*mod(2*t,1))*(sin(2*PI*220*pow(2,floor(mod(2*t,8))/12)*t)+\
                    0.5*sin(4*PI*220*pow(2,floor(mod(2*t,8))/12)*t)+0.3*sin(6*PI*220*pow(2,floor(mod(2*t,8))/12)*t))'\
                    :s=16000:d=20",
        ),
    ] {
        let file = folder.path().join(name).with_extension("wav");
        hearing::generate(source, &file);
        let transcript = heard(&transcriber, &request(&file)).await;
        assert_eq!(text(&transcript), "", "{name}");
    }
}

#[tokio::test]
async fn speech_over_music_is_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let clip = clips().into_iter().find(|clip| clip.path.ends_with("austen-0870.wav")).unwrap();
    let sound = folder.path().join("music.wav");
    let music = "aevalsrc='0.15*exp(-4*mod(2*t,1))*(sin(2*PI*220*pow(2,floor(mod(2*t,8))/12)*t)+\
                 0.5*sin(4*PI*220*pow(2,floor(mod(2*t,8))/12)*t))':s=16000:d=30[m];[0:a]aresample=16000[v];\
                 [v][m]amix=inputs=2:duration=first:normalize=0";
    convert(&clip.path, &["-filter_complex", music, "-ac", "1"], &sound);
    let transcript = heard(&transcriber(), &request(&sound)).await;
    let wrong = word_errors(&clip.words, &text(&transcript));
    assert!(wrong * 10 <= clip.words.split_whitespace().count(), "{}", text(&transcript));
}

#[tokio::test]
async fn a_name_of_the_prompt_is_written_in_later_windows_too() {
    let folder = tempfile::tempdir().unwrap();
    // Forty seconds: the name is in the first window and in the second one.
    let order = ["0870", "0880", "0890", "0920", "0930", "0880", "0890", "0870"];
    let sound = sequence(folder.path(), &order.map(|number| format!("austen-{number}.wav")));
    let transcriber = transcriber();
    let said = |transcript: &Transcript| text(transcript).matches("John Dashwoode").count();
    let named = TranscribeRequest { prompt: Some("Mr. John Dashwoode, Mrs. Dashwoode".into()), ..request(&sound) };
    let (plain, named) = (heard(&transcriber, &request(&sound)).await, heard(&transcriber, &named).await);
    assert_eq!((said(&plain), said(&named)), (0, 2), "{}", text(&named));
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("empty.wav"), "").unwrap();
    std::fs::write(path("notes.wav"), "these are notes, whatever the name says").unwrap();
    hearing::generate_video("testsrc=d=1:s=64x64", &path("mute.mp4"));
    let transcriber = transcriber();
    for (name, code) in
        [("empty.wav", "file_empty"), ("notes.wav", "not_media"), ("mute.mp4", "no_sound"), ("none.wav", "not_found")]
    {
        let error = transcriber.transcribe(&request(&path(name)), None, &|_| ()).await.unwrap_err();
        assert_eq!((error.code(), error.is_transient()), (code, false), "{name}: {error}");
    }
    std::fs::copy(&clips()[0].path, path("speech.wav")).unwrap();
    let klingon = TranscribeRequest { language: Some("tlh".to_owned()), ..request(&path("speech.wav")) };
    let error = transcriber.transcribe(&klingon, None, &|_| ()).await.unwrap_err();
    assert_eq!(error.code(), "language_unknown");
}

#[test]
fn the_languages_are_those_of_the_model() {
    let file = hearing::models(&SPEECH).folder().join("faster-whisper-base/tokenizer.json");
    let tokenizer: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let special = tokenizer["added_tokens"].as_array().unwrap().iter().map(|token| token["content"].as_str().unwrap());
    let special: Vec<&str> = special.filter_map(|token| token.strip_prefix("<|")?.strip_suffix("|>")).collect();
    let at = |token: &str| special.iter().position(|known| *known == token).unwrap();
    let mut languages = special[at("startoftranscript") + 1..at("translate")].to_vec();
    languages.sort_unstable();
    assert_eq!(languages, LANGUAGES);
}

#[tokio::test]
async fn missing_and_damaged_models_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let of = |models: Models| Transcriber::new(support::guard(), models, SpeechSettings::of(support::engine_child()));
    let clip = &clips()[0].path;
    let nothing = of(Models::new(folder.path())).transcribe(&request(clip), None, &|_| ()).await.unwrap_err();
    assert!(matches!(&nothing, SpeechError::NotInstalled { files } if files.len() == 9), "{nothing}");
    assert!(nothing.to_string().contains("sluice models pull speech --from FOLDER"), "{nothing}");

    // Cut short, it has the wrong length; with other weights in its middle, the right one.
    let whole = hearing::models(&SPEECH);
    let damaged = linked::linked(&SPEECH, &whole, folder.path());
    let model = damaged.path(&WHISPER_MODEL);
    std::fs::remove_file(&model).unwrap();
    let mut bytes = std::fs::read(whole.path(&WHISPER_MODEL)).unwrap();
    std::fs::write(&model, &bytes[..1_000_000]).unwrap();
    let cut = of(damaged.clone()).transcribe(&request(clip), None, &|_| ()).await.unwrap_err();
    assert!(matches!(&cut, SpeechError::NotInstalled { files } if files == &[WHISPER_MODEL.name]), "{cut}");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&model, &bytes).unwrap();
    let swapped = of(damaged.clone()).transcribe(&request(clip), None, &|_| ()).await.unwrap_err();
    assert_eq!((swapped.code(), swapped.is_transient()), ("speech_not_loaded", false), "{swapped}");
    assert!(swapped.to_string().contains("model.bin is damaged, or another file"), "{swapped}");

    std::fs::remove_file(&model).unwrap();
    std::os::unix::fs::symlink(whole.path(&WHISPER_MODEL), &model).unwrap();
    // No child opens a library that is another one than was installed.
    for library in [&CTRANSLATE2, &CTRANSLATE2_THREADS, &ONNX_RUNTIME] {
        let path = damaged.path(library);
        let mut bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        std::fs::write(&path, &bytes).unwrap();
        let swapped = of(damaged.clone()).transcribe(&request(clip), None, &|_| ()).await.unwrap_err();
        assert_eq!((swapped.code(), swapped.is_transient()), ("speech_not_loaded", false), "{swapped}");
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(swapped.to_string().contains(&format!("{name} is damaged, or another file")), "{swapped}");
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(whole.path(library), &path).unwrap();
    }
    let activity = damaged.path(&VOICE_ACTIVITY);
    let mut bytes = std::fs::read(&activity).unwrap();
    std::fs::remove_file(&activity).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&activity, &bytes).unwrap();
    let swapped = of(damaged).transcribe(&request(clip), None, &|_| ()).await.unwrap_err();
    assert!(swapped.to_string().contains("silero_vad_16k_op15.onnx is damaged, or another file"), "{swapped}");
}

#[tokio::test]
async fn an_engine_that_dies_costs_one_attempt() {
    let transcriber = transcriber();
    transcriber.warm().await.unwrap();
    let engine = transcriber.process_id().await.unwrap();
    let clip = &clips()[0].path;
    let wanted = request(clip);
    let killed = async {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(engine).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
        transcriber.transcribe(&wanted, None, &|_| ()).await
    };
    // It may have been noticed before the request was sent; then a new one was started for it.
    if let Err(error) = killed.await {
        assert!(matches!(&error, SpeechError::Engine(_)) && error.is_transient(), "{error}");
    }
    heard(&transcriber, &wanted).await;
}

#[tokio::test]
async fn an_engine_that_dies_in_the_middle_costs_one_attempt() {
    let transcriber = transcriber();
    transcriber.warm().await.unwrap();
    let engine = nix::unistd::Pid::from_raw(i32::try_from(transcriber.process_id().await.unwrap()).unwrap());
    let wanted = request(&clips()[0].path);
    let kill = |_| {
        // Whoever asks next may have started another one.
        nix::sys::signal::kill(engine, nix::sys::signal::Signal::SIGKILL).ok();
    };
    let error = transcriber.transcribe(&wanted, None, &kill).await.unwrap_err();
    assert_eq!((error.code(), error.is_transient()), ("speech_stopped", true), "{error}");
    heard(&transcriber, &wanted).await;
}

#[tokio::test]
async fn a_playlist_opens_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    convert(&clips()[0].path, &[], &path("speech.wav"));
    convert(&clips()[0].path, &["-f", "mpegts", "-c:a", "aac"], &path("speech.ts"));
    std::fs::write(path("talk.wav"), "ffconcat version 1.0\nfile 'speech.wav'\n").unwrap();
    let playlist =
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nspeech.ts\n";
    std::fs::write(path("live.m3u8"), playlist).unwrap();
    std::fs::write(path("closed.m3u8"), format!("{playlist}#EXT-X-ENDLIST\n")).unwrap();
    let transcriber = transcriber();
    transcriber.warm().await.unwrap();
    for name in ["talk.wav", "live.m3u8", "closed.m3u8"] {
        let wanted = request(&path(name));
        let refused =
            tokio::time::timeout(Duration::from_mins(1), transcriber.transcribe(&wanted, None, &|_| ())).await;
        let error = refused.expect("it is still being read").unwrap_err();
        assert_eq!((error.code(), error.is_transient()), ("not_media", false), "{name}: {error}");
    }
    heard(&transcriber, &request(&path("speech.ts"))).await;
}

#[tokio::test]
async fn a_path_that_is_not_utf8_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join(OsStr::from_bytes(b"caf\xe9.wav"));
    std::fs::copy(&clips()[0].path, &sound).unwrap();
    let error = transcriber().transcribe(&request(&sound), None, &|_| ()).await.unwrap_err();
    assert_eq!((error.code(), error.is_transient()), ("path_not_utf8", false), "{error}");
}

/// These readings, one after the other.
fn sequence(folder: &Path, names: &[String]) -> std::path::PathBuf {
    let clips = clips();
    let list = folder.join("list.txt");
    let mut lines = String::new();
    for (at, name) in names.iter().enumerate() {
        let clip = clips.iter().find(|clip| clip.path.ends_with(name)).unwrap();
        let plain = folder.join(format!("{at}.wav"));
        convert(&clip.path, &["-ar", "16000", "-ac", "1"], &plain);
        writeln!(lines, "file '{}'", plain.display()).unwrap();
    }
    std::fs::write(&list, lines).unwrap();
    let all = folder.join("all.wav");
    hearing::join(&list, &all);
    all
}

/// All English readings, one after the other, and what is said in them.
fn joined(folder: &Path) -> (std::path::PathBuf, String) {
    let clips: Vec<_> = clips().into_iter().filter(|clip| clip.language == "en").collect();
    let name = |clip: &Clip| clip.path.file_name().unwrap().to_str().unwrap().to_owned();
    let all = sequence(folder, &clips.iter().map(name).collect::<Vec<_>>());
    (all, clips.iter().map(|clip| clip.words.as_str()).collect::<Vec<_>>().join(" "))
}

#[tokio::test]
async fn where_somebody_speaks_another_language_and_nothing_is_written_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let clip = |language: &str| clips().into_iter().find(|clip| clip.language == language).unwrap();
    let transcriber = transcriber();
    for (first, second) in [("pt", "it"), ("it", "en"), ("en", "it")] {
        let list = folder.path().join("list.txt");
        let mut lines = String::new();
        for (at, language) in [first, second].into_iter().enumerate() {
            let plain = folder.path().join(format!("{at}.wav"));
            // With half a second of silence after it.
            convert(&clip(language).path, &["-af", "apad=pad_dur=0.5", "-ar", "16000", "-ac", "1"], &plain);
            writeln!(lines, "file '{}'", plain.display()).unwrap();
        }
        std::fs::write(&list, lines).unwrap();
        let both = folder.path().join("both.wav");
        hearing::join(&list, &both);
        let transcript = heard(&transcriber, &TranscribeRequest { words: true, ..request(&both) }).await;
        let left_out: u32 = transcript.unwritten.iter().map(|stretch| stretch.end_ms - stretch.start_ms).sum();
        assert!((1_500..7_000).contains(&left_out), "{first} and {second}: {transcript:?}");
    }
    // Of whoever speaks one language all is written.
    for Clip { path, .. } in clips() {
        let transcript = heard(&transcriber, &TranscribeRequest { words: true, ..request(&path) }).await;
        assert!(transcript.unwritten.is_empty(), "{}: {transcript:?}", path.display());
    }
}

#[tokio::test]
async fn speech_that_goes_on_is_written_down_while_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let (sound, said) = joined(folder.path());
    let transcriber = transcriber();
    let mut live = Live::new(None);
    let (mut certain, mut changed) = (Vec::new(), 0);
    for until_ms in (1..).map(|count: u32| count * 5_000) {
        // As it is stored between two chunks.
        live = serde_json::from_str(&serde_json::to_string(&live).unwrap()).unwrap();
        let chunk = LiveSound { file: sound.clone(), starts_ms: 0, until_ms };
        let growth = transcriber.hear(&mut live, &chunk).await.unwrap().growth;
        assert!(until_ms - live.from_ms() < 30_000, "what is heard again fits into a window");
        certain.extend(growth.certain);
        changed += growth.provisional.len();
        if growth.until_ms + 100 < until_ms {
            break;
        }
    }
    certain.extend(live.finish());
    assert!(changed > 0, "some words are shown before they are certain");
    assert_eq!(live.language(), Some("en"));
    assert!(certain.windows(2).all(|pair| pair[0].start_ms <= pair[1].start_ms), "{certain:?}");
    let text = certain.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    let (wrong, words) = (word_errors(&said, &text), said.split_whitespace().count());
    assert!(wrong * 100 <= words * 15, "{wrong} of {words} words are wrong: {text}");
}

#[tokio::test]
async fn several_sounds_take_turns_in_one_engine_and_one_that_is_given_up_disturbs_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (sound, said) = joined(folder.path());
    let transcriber = transcriber();
    transcriber.warm().await.unwrap();
    let process = transcriber.process_id().await;
    let wanted = TranscribeRequest { language: Some("en".to_owned()), ..request(&sound) };
    let given_up = async {
        let heard_some = tokio::sync::Notify::new();
        let progress = |_| heard_some.notify_one();
        tokio::select! {
            _ = transcriber.transcribe(&wanted, None, &progress) => panic!("it was to be given up"),
            () = heard_some.notified() => {}
        }
    };
    let (one, two, ()) = tokio::join!(heard(&transcriber, &wanted), heard(&transcriber, &wanted), given_up);
    assert_eq!(one, two);
    assert!(word_errors(&said, &text(&one)) * 10 <= said.split_whitespace().count());
    assert_eq!(transcriber.process_id().await, process, "it was not started again");
}

#[tokio::test]
async fn a_model_that_is_not_there_is_named_with_what_brings_it() {
    let clip = clips().remove(0).path;
    let error = transcriber().transcribe(&request(&clip), Some(Size::Small), &|_| ()).await.unwrap_err();
    assert_eq!(error.code(), "speech_not_installed");
    assert!(error.to_string().ends_with("run `sluice models pull speech-small`"), "{error}");
}
