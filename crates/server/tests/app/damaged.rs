//! Sessions of real sound, of which bytes are broken: what cannot be read is a gap, and the rest is written down. And long sounds,
//! of which the parts are heard one after the other.

use std::any::Any;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_app::module::Module;
use sluice_app::providers::Routes;
use sluice_app::scribe::ScribeApp;
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, Profile, Router, Segment, Transcribe,
    TranscribeRequest, Transcribing, Transcript, Unwritten,
};
use sluice_domain::language::LanguageCode;
use sluice_domain::money::MicroUsd;
use sluice_local::guard::Guard;
use sluice_local::sound::sound_file;
use sluice_server::apps::{APPS, Common, ServerApp};
use sluice_server::http::Api;
use sluice_store::Dialect;
use sluice_store::migrations::MODULES;
use utoipa_axum::router::OpenApiRouter;

use crate::person::ada;
use crate::scribe::{EBML, Recording};
use crate::scribe_words::column;
use crate::support::{TestApp, sluice};

/// Writes down how long a sound is, if ffmpeg can read it.
pub(crate) struct Ears {
    profile: Profile,
    guard: Guard,
    /// From, length and the language that is guessed of what it was asked.
    asked: Mutex<Vec<(u64, u64, Option<String>)>>,
    trouble: Mutex<Option<(usize, CapabilityError)>>,
    /// It answers later: the answers, and which of them was looked for.
    later: Option<Mutex<(Vec<Transcript>, Vec<usize>)>>,
}

impl Ears {
    fn new() -> Arc<Self> {
        let profile = Profile { provider: "test".to_owned(), is_local: true, languages: Vec::new() };
        let (asked, trouble) = (Mutex::default(), Mutex::default());
        Arc::new(Self { profile, guard: Guard::new(sluice()), asked, trouble, later: None })
    }

    fn asked(&self) -> Vec<(u64, u64, Option<String>)> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl Does<Transcribing> for Ears {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &TranscribeRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn look<'a>(&'a self, _: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(async move { Ok(provider_id.map_or(CallProgress::NotFound, |id| self.look_for(id))) })
    }

    fn fetch<'a>(&'a self, _: &'a TranscribeRequest, provider_id: &'a str) -> Doing<'a, Answer<Transcript>> {
        Box::pin(async move {
            let number: usize = provider_id.parse().unwrap();
            let answer = self.later.as_ref().unwrap().lock().unwrap().0[number].clone();
            Ok(Answer::local(answer, "test ears", "1"))
        })
    }

    fn begin<'a>(&'a self, request: &'a TranscribeRequest, _: Context<'a>) -> Doing<'a, Begun<Transcript>> {
        Box::pin(async move {
            assert_eq!(request.language, None, "nobody chose one");
            let part = request.part_of.as_ref();
            let starts_ms = part.map_or(0, |part| part.starts_ms);
            let count = {
                let mut asked = self.asked.lock().unwrap();
                asked.push((starts_ms, request.duration_ms, part.and_then(|part| part.language.clone())));
                asked.len()
            };
            let trouble = self.trouble.lock().unwrap().take_if(|(at, _)| *at == count);
            if let Some((_, error)) = trouble {
                return Err(error);
            }
            sound_file(&self.guard, &request.sound).await?;
            let text = format!("{} ms from {starts_ms}.", request.duration_ms);
            let segment = Segment { start_ms: 100, end_ms: 900, text, speaker: None, words: Vec::new() };
            let unwritten = vec![Unwritten { start_ms: 1_000, end_ms: 2_500 }];
            let transcript =
                Transcript { language: "de".to_owned(), segments: vec![segment], suppressed: Vec::new(), unwritten };
            if let Some(later) = &self.later {
                let (answers, _) = &mut *later.lock().unwrap();
                answers.push(transcript);
                let provider_id = (answers.len() - 1).to_string();
                return Ok(Begun::Accepted { provider_id, poll_after: Duration::from_secs(20) });
            }
            Ok(Begun::Done(Answer::local(transcript, "test ears", "1")))
        })
    }
}

/// Each answer is ready when it is looked for the third time.
impl Ears {
    fn look_for(&self, provider_id: &str) -> CallProgress {
        let (_, looked) = &mut *self.later.as_ref().unwrap().lock().unwrap();
        let number: usize = provider_id.parse().unwrap();
        looked.push(number);
        let provider_id = provider_id.to_owned();
        if looked.iter().filter(|one| **one == number).count() < 3 {
            return CallProgress::Pending { provider_id, poll_after: Duration::from_secs(20) };
        }
        CallProgress::Ready { provider_id }
    }
}

struct WithEars {
    ears: Arc<Ears>,
    part_ms: Option<u64>,
}

impl ServerApp for WithEars {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let real = APPS[1].open(common)?;
        let real: &dyn Any = &*real;
        let mut scribe = real.downcast_ref::<ScribeApp>().unwrap().clone();
        scribe.hearing = Routes::only(Router::only(Arc::clone(&self.ears) as Arc<dyn Transcribe>));
        scribe.part_ms = self.part_ms.unwrap_or(scribe.part_ms);
        Ok(Arc::new(scribe))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        APPS[1].routes()
    }
}

pub(crate) async fn open(part_ms: Option<u64>) -> (TestApp, Arc<Ears>) {
    open_with(Ears::new(), part_ms).await
}

/// With ears that know these languages alone.
pub(crate) async fn open_for(codes: &[&str]) -> TestApp {
    let languages = codes.iter().map(|code| LanguageCode::from_code(code).unwrap()).collect();
    let mut ears = Arc::into_inner(Ears::new()).unwrap();
    ears.profile.languages = languages;
    open_with(Arc::new(ears), None).await.0
}

async fn open_with(ears: Arc<Ears>, part_ms: Option<u64>) -> (TestApp, Arc<Ears>) {
    let with = WithEars { ears: Arc::clone(&ears), part_ms };
    (TestApp::with(Dialect::Sqlite, MODULES, &[&with], &[]).await, ears)
}

/// Opus in `WebM` as a browser's recorder writes it, with a cluster a second: a tone that pauses for the last
/// second of each ten.
pub(crate) fn recorded(seconds: u32) -> Vec<u8> {
    recorded_with(seconds, &[])
}

/// The same with more options of ffmpeg.
pub(crate) fn recorded_with(seconds: u32, more: &[&str]) -> Vec<u8> {
    sounding("not(between(mod(t\\,10)\\,9\\,10))", seconds, more)
}

/// A tone that sounds whenever this is true.
pub(crate) fn sounding(when: &str, seconds: u32, more: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sound.webm");
    let tone = format!("aevalsrc=0.4*sin(2*PI*330*t)*{when}:s=48000:d={seconds}");
    let options = ["-c:a", "libopus", "-b:a", "32k", "-f", "webm", "-live", "1", "-cluster_time_limit", "1000"];
    let mut make = Command::new("ffmpeg");
    make.args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", &tone]).args(more).args(options).arg(&file);
    assert!(make.status().unwrap().success());
    std::fs::read(&file).unwrap()
}

/// Bytes that are no sound: the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

/// A session of these segments, each of chunks of five seconds that begin one after the other. One without bytes never arrives.
async fn session<'a>(app: &'a TestApp, segments: &[Vec<Vec<u8>>]) -> Recording<'a> {
    let new = json!({ "title": "Tides", "transcribe": true });
    let (status, view) = app.post("/api/v1/sessions").of(&ada()).json(&new).send().await;
    assert_eq!(status, StatusCode::CREATED, "{view}");
    let recording = Recording { app, id: view["id"].as_str().unwrap().to_owned() };
    let mut started_at = 0;
    for (number, chunks) in segments.iter().enumerate() {
        let key = format!("segment {number}");
        let new = json!({
            "key": key, "source": "microphone", "media_type": "audio/webm;codecs=opus", "started_at": started_at,
        });
        let (status, view) = app.post(&recording.path("/segments")).of(&ada()).json(&new).send().await;
        assert_eq!(status, StatusCode::CREATED, "{view}");
        for (chunk, bytes) in chunks.iter().enumerate() {
            if bytes.is_empty() {
                continue;
            }
            let at = chunk * 5_000;
            let path = format!("/segments/{number}/chunks/{chunk}?start_ms={at}&length_ms=5000");
            let answer = recording.put_at(&recording.path(&path), bytes).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        }
        let close = json!({ "chunks": chunks.len() });
        let path = recording.path(&format!("/segments/{number}/close"));
        assert_eq!(app.post(&path).of(&ada()).json(&close).answer().await.status, StatusCode::OK);
        started_at += chunks.len() * 5_000;
    }
    assert_eq!(recording.finish(true).await.json()["state"], "finishing");
    recording
}

/// A sound in as many equal pieces.
pub(crate) fn pieces(sound: &[u8], count: usize) -> Vec<Vec<u8>> {
    sound.chunks(sound.len().div_ceil(count)).map(<[u8]>::to_vec).collect()
}

/// Runs its jobs until it is neither recorded nor worked on.
pub(crate) async fn ended(recording: &Recording<'_>) -> Value {
    for _ in 0..20 {
        recording.app.run_jobs().await;
        let view = recording.show().await;
        if view["state"] != "finishing" {
            return view;
        }
        recording.app.advance(Duration::from_hours(1)).await;
    }
    panic!("it never ends: {}", recording.show().await)
}

pub(crate) fn gaps(transcript: &Value, reason: &str) -> Vec<(u64, u64)> {
    let all = transcript["gaps"].as_array().unwrap().iter().filter(|gap| gap["reason"] == reason);
    all.map(|gap| (gap["start_ms"].as_u64().unwrap(), gap["end_ms"].as_u64().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_that_cannot_be_read_is_a_gap_and_costs_the_others_nothing() {
    let (app, _) = open(None).await;
    let sound = recorded(20);
    let no_sound = [&EBML[..], &noise(20_000)].concat();
    let mut broken = pieces(&sound, 4);
    broken[1] = noise(broken[1].len());
    let recording = session(&app, &[pieces(&sound, 4), pieces(&no_sound, 2), broken]).await;
    let view = ended(&recording).await;
    assert_eq!((&view["state"], &view["has_transcript"]), (&json!("complete"), &json!(true)), "{view}");
    let transcript = recording.read("/transcript").await;
    assert_eq!(column(&transcript["passages"], "text"), json!(["20000 ms from 0.", "20000 ms from 0."]));
    assert_eq!(column(&transcript["passages"], "start_ms"), json!([100, 30_100]));
    let unreadable = gaps(&transcript, "unreadable");
    let [whole, (from, until)] = unreadable[..] else { panic!("{unreadable:?}") };
    assert_eq!(whole, (20_000, 30_000));
    // The second chunk, and up to the next cluster.
    assert!((34_500..=36_000).contains(&from) && (40_000..=41_500).contains(&until), "{from} to {until}");
    assert_eq!(gaps(&transcript, "not_written"), [(1_000, 2_500), (31_000, 32_500)]);
    let text = recording.export("txt").await;
    assert!(text.contains("[gap of 10 s, 00:00:20–00:00:30: the sound cannot be read]"), "{text}");
    assert!(text.contains("what is said was not written down]"), "{text}");
    // What can be drawn of it is drawn.
    let points = recording.read("/waveform?points=50").await["points"].clone();
    let points: Vec<u64> = points.as_array().unwrap().iter().map(|point| point.as_u64().unwrap()).collect();
    assert!(points[5] > 50 && points[48] > 50 && points[25] == 0, "{points:?}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_which_nothing_can_be_read_fails_and_says_so() {
    let (app, _) = open(None).await;
    let no_sound = [&EBML[..], &noise(20_000)].concat();
    let recording = session(&app, &[pieces(&no_sound, 2), pieces(&no_sound, 1)]).await;
    let view = ended(&recording).await;
    assert_eq!((&view["state"], &view["error"]["code"]), (&json!("failed"), &json!("not_media")), "{view}");
    let data = app.data().to_str().unwrap();
    assert!(!view.to_string().contains(data), "{view}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_sound_is_heard_in_parts_and_an_interruption_costs_the_one_under_way() {
    let (app, ears) = open(Some(10_000)).await;
    *ears.trouble.lock().unwrap() = Some((2, CapabilityError::retry("speech_stopped", "the engine stopped")));
    let recording = session(&app, &[pieces(&recorded(40), 8)]).await;
    let view = ended(&recording).await;
    assert_eq!(view["state"], "complete", "{view}");
    let asked = ears.asked();
    let german = Some("de".to_owned());
    // Each is cut in a pause, and in the language that the first one is in.
    let starts: Vec<u64> = asked.iter().map(|(from, ..)| *from).collect();
    let [0, second, again, third, ..] = starts[..] else { panic!("{starts:?}") };
    assert_eq!((second, asked.len()), (again, 5), "the first part is not heard again: {starts:?}");
    assert!((9_200..=10_000).contains(&second) && (19_200..=20_000).contains(&third), "{starts:?}");
    assert_eq!((&asked[0].2, &asked[1].2, &asked[4].2), (&None, &german, &german));
    assert_eq!(asked[4].0 + asked[4].1, 40_000);
    let transcript = recording.read("/transcript").await;
    let begin = column(&transcript["passages"], "start_ms");
    assert_eq!(begin, json!([100, second + 100, third + 100, asked[4].0 + 100]), "{transcript}");
    assert_eq!(gaps(&transcript, "unreadable"), []);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_in_parts_that_is_broken_in_the_middle_keeps_its_times() {
    let (app, ears) = open(Some(10_000)).await;
    let mut broken = pieces(&recorded(40), 8);
    for chunk in &mut broken[3..5] {
        *chunk = noise(chunk.len());
    }
    let recording = session(&app, &[broken]).await;
    let view = ended(&recording).await;
    assert_eq!(view["state"], "complete", "{view}");
    let transcript = recording.read("/transcript").await;
    let unreadable = gaps(&transcript, "unreadable");
    let [(from, until)] = unreadable[..] else { panic!("{unreadable:?}") };
    assert!((14_500..=16_000).contains(&from) && (24_500..=26_500).contains(&until), "{from} to {until}");
    let asked = ears.asked();
    assert_eq!(asked.last().map(|(from, length, _)| from + length), Some(40_000));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_gives_up_is_no_gap_and_what_it_heard_is_not_lost() {
    let (app, ears) = open(None).await;
    *ears.trouble.lock().unwrap() = Some((2, CapabilityError::fail("speech_failed", "no space left on device")));
    let recording = session(&app, &[pieces(&recorded(10), 2), pieces(&recorded(15), 3)]).await;
    let view = ended(&recording).await;
    assert_eq!((&view["state"], &view["error"]["code"]), (&json!("failed"), &json!("speech_failed")), "{view}");
    let answer = app.post(&recording.path("/transcribe")).of(&ada()).answer().await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    assert_eq!(ended(&recording).await["state"], "complete");
    let transcript = recording.read("/transcript").await;
    assert_eq!(column(&transcript["passages"], "text"), json!(["10000 ms from 0.", "15000 ms from 0."]));
    assert_eq!(gaps(&transcript, "unreadable"), []);
    assert_eq!(ears.asked().len(), 3, "the first segment is not heard again");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_without_sound_is_not_asked_for_and_the_last_one_ends_with_the_recording() {
    let (app, ears) = open(Some(10_000)).await;
    let mut lost = pieces(&recorded(60), 12);
    lost[2..9].fill(Vec::new());
    let recording = session(&app, &[lost]).await;
    let view = ended(&recording).await;
    assert_eq!(view["state"], "complete", "{view}");
    let asked = ears.asked();
    let is_silent = |from: u64, length: u64| from < 38_000 && from + length > 22_000;
    assert!(!asked.iter().any(|(from, length, _)| is_silent(*from, *length)), "{asked:?}");
    assert!(asked.len() >= 3 && asked.iter().all(|(_, length, _)| *length > 0), "{asked:?}");
    assert_eq!(asked.last().map(|(from, length, _)| from + length), Some(60_000));
    app.end().await;
}

/// The files below a folder that are part of a sound.
fn sounds_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(sounds_in(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "flac" || extension == "webm") {
            found.push(entry);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_provider_hears_a_part_nothing_is_joined_or_cut() {
    let ears = Ears { later: Some(Mutex::default()), ..Arc::into_inner(Ears::new()).unwrap() };
    let (app, ears) = open_with(Arc::new(ears), Some(10_000)).await;
    let recording = session(&app, &[pieces(&recorded(40), 8)]).await;
    let mut view = recording.show().await;
    for _ in 0..60 {
        app.run_jobs().await;
        assert_eq!(sounds_in(app.data()), [] as [PathBuf; 0], "nothing is left between two looks");
        view = recording.show().await;
        if view["state"] != "finishing" {
            break;
        }
        app.advance(Duration::from_secs(30)).await;
    }
    assert_eq!(view["state"], "complete", "{view}");
    assert_eq!(ears.asked().len(), 4);
    assert_eq!(ears.later.as_ref().unwrap().lock().unwrap().1, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
    let transcript = recording.read("/transcript").await;
    assert_eq!(transcript["passages"].as_array().unwrap().len(), 4, "{transcript}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_only_claims_to_be_sound_is_refused_at_once_in_words_for_people() {
    let (app, _) = open(None).await;
    let webm = recorded(5);
    let with = |head: &[u8]| [head, &noise(3_000)].concat();
    let files: [(&str, Vec<u8>); 14] = [
        ("page.mp3", b"<!doctype html><html><body>Tides</body></html>".to_vec()),
        ("paper.mp3", sluice_testkit::pdf::fine()),
        ("album.m4a", with(b"PK\x03\x04")),
        ("noise.mp3", with(b"\x01\x02")),
        ("tag.mp3", with(b"ID3")),
        ("frame.mp3", with(&[0xff, 0xfb])),
        ("one.mp3", vec![0xff]),
        ("head.webm", webm[..300].to_vec()),
        ("noise.webm", with(&EBML)),
        ("head.ogg", b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0".to_vec()),
        ("noise.flac", with(b"fLaC")),
        ("head.flac", b"fLaC".to_vec()),
        ("noise.m4a", with(b"\0\0\0\x20ftypM4A ")),
        ("noise.wav", with(b"RIFF\0\0\0\0WAVE")),
    ];
    let data = app.data().to_str().unwrap();
    for (name, bytes) in &files {
        let answer = app.post("/api/v1/sessions/files").of(&ada()).file(name, bytes).answer().await;
        assert_eq!(answer.problem(), (422, "not_media".to_owned()), "{name}: {}", answer.text());
        let said = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(said.contains("not a sound") && !said.contains(data) && !said.contains('/'), "{name}: {said}");
    }
    let sessions = app.get("/api/v1/sessions").of(&ada()).send().await.1;
    assert_eq!(sessions["items"], json!([]), "nothing is kept of them");
    app.end().await;
}
