//! Speech to text beside faster-whisper: the same model files, settings and number of threads.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::json;
use sluice_capability::TranscribeRequest;
use sluice_local::models::WHISPER_MODEL;
use sluice_local::speech::{Live, LiveSound, Size, SpeechSettings, Transcriber};

use super::python::Peer;
use super::sounds::{self, Sound, UNSAID, WHOLE};
use super::{Bench, Measured, memory, number, words};
use crate::cli::bench::figures::{Figure, Target, median};

const PEER: &str = "faster-whisper";
/// Milliseconds of sound between two hearings of live speech.
const EVERY: u32 = 5_000;

#[derive(Deserialize)]
struct Answer {
    seconds: f64,
    text: String,
}

/// What one of the two did.
#[derive(Default)]
struct Done {
    load_seconds: f64,
    /// From the start of its process to the text of the first recording.
    first_seconds: f64,
    /// Of the long sound, a round each.
    long: Vec<f64>,
    /// Of all recordings one by one.
    each: Vec<f64>,
    /// What it wrote of the long sound, and of each recording, in the last round.
    long_text: String,
    texts: Vec<String>,
    peak_mb: f64,
}

/// What both hear.
struct Hearing<'a> {
    sounds: &'a [Sound],
    /// The English ones in a row.
    long: PathBuf,
    long_seconds: f64,
    /// Length of all recordings.
    all_seconds: f64,
    long_words: String,
}

pub(super) async fn run(bench: &Bench) -> anyhow::Result<Measured> {
    let settings = SpeechSettings { threads: bench.threads, ..SpeechSettings::of(bench.executable.clone()) };
    let transcriber = Transcriber::new(bench.guard(), bench.models.clone(), settings);
    if let Err(error) = transcriber.check_installed() {
        return Ok(Measured::Skipped(error.to_string()));
    }
    let mut sounds = sounds::in_folder(&bench.sounds);
    sounds.retain(|sound| sound.words != UNSAID);
    if !sounds.iter().any(|sound| sound.language == "en") {
        return Ok(Measured::Skipped(sounds::missing(&bench.sounds)));
    }
    let hearing = Hearing::new(&sounds, bench.folder.path()).await?;
    let mut ours = Done::default();
    let begun = Instant::now();
    transcriber.warm().await?;
    ours.load_seconds = begun.elapsed().as_secs_f64();
    hear(&transcriber, &sounds[0].path, sounds[0].language).await?;
    ours.first_seconds = begun.elapsed().as_secs_f64();
    let model = bench.models.path(&WHISPER_MODEL);
    let folder = model.parent().context("the model is in no folder")?;
    let threads = bench.threads.to_string();
    let mut peer = Peer::start(&bench.python, "speech", &[folder.as_os_str(), OsStr::new(&threads)]).await;
    let mut theirs = Done::default();
    if let Ok(peer) = &mut peer {
        theirs.load_seconds = peer.load_seconds;
        theirs.first_seconds = peer.load_seconds + ask(peer, &sounds[0].path, sounds[0].language).await?.seconds;
    }
    for round in 0..bench.rounds {
        // Whoever is first, is so every other time.
        let is_first = round % 2 == 0;
        if is_first {
            hearing.by_us(&transcriber, &mut ours).await?;
        }
        if let Ok(peer) = &mut peer {
            hearing.by_python(peer, &mut theirs).await?;
        }
        if !is_first {
            hearing.by_us(&transcriber, &mut ours).await?;
        }
    }
    ours.peak_mb = memory::peak_mb(transcriber.process_id().await);
    let live = live(&transcriber, &hearing).await?;
    let theirs = match peer {
        Ok(peer) => {
            theirs.peak_mb = peer.peak_mb();
            Ok((theirs, peer.version.clone()))
        }
        Err(why) => Err(why),
    };
    let mut figures = hearing.figures(&ours, theirs.as_ref().map(|(done, _)| done).map_err(String::as_str));
    if let (Some(figure), Ok((_, version))) = (figures.first_mut(), &theirs) {
        figure.note = Some(format!("{}, {version}", figure.note.take().unwrap_or_default()));
    }
    figures.extend(live);
    Ok(Measured::Figures(figures))
}

/// What we write of a sound, and in what time.
async fn hear(transcriber: &Transcriber, sound: &Path, language: &str) -> anyhow::Result<Answer> {
    let language = Some(language.to_owned());
    let request = TranscribeRequest {
        sound: sound.to_owned(),
        duration_ms: 0,
        part_of: None,
        language,
        words: false,
        prompt: None,
    };
    let begun = Instant::now();
    let heard = transcriber.transcribe(&request, Some(Size::Base), &|_| ()).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let texts: Vec<&str> = heard.transcript.segments.iter().map(|segment| segment.text.as_str()).collect();
    Ok(Answer { seconds, text: texts.join(" ") })
}

async fn ask(peer: &mut Peer, sound: &Path, language: &str) -> anyhow::Result<Answer> {
    peer.ask(&json!({ "sound": sound, "language": language })).await
}

impl<'a> Hearing<'a> {
    async fn new(sounds: &'a [Sound], folder: &Path) -> anyhow::Result<Self> {
        let english: Vec<&Sound> = sounds.iter().filter(|sound| sound.language == "en").collect();
        let (long, ends) = sounds::join(&english, folder, "english", WHOLE).await?;
        let all: Vec<&Sound> = sounds.iter().collect();
        let (_, all_ends) = sounds::join(&all, folder, "all", WHOLE).await?;
        let long_words = english.iter().map(|sound| sound.words).collect::<Vec<_>>().join(" ");
        let last = |ends: &[f64]| ends.last().copied().unwrap_or_default();
        Ok(Self { sounds, long, long_seconds: last(&ends), all_seconds: last(&all_ends), long_words })
    }

    async fn by_us(&self, transcriber: &Transcriber, done: &mut Done) -> anyhow::Result<()> {
        let long = hear(transcriber, &self.long, "en").await?;
        let mut each = Vec::with_capacity(self.sounds.len());
        for sound in self.sounds {
            each.push(hear(transcriber, &sound.path, sound.language).await?);
        }
        done.add(long, each);
        Ok(())
    }

    async fn by_python(&self, peer: &mut Peer, done: &mut Done) -> anyhow::Result<()> {
        let long = ask(peer, &self.long, "en").await?;
        let mut each = Vec::with_capacity(self.sounds.len());
        for sound in self.sounds {
            each.push(ask(peer, &sound.path, sound.language).await?);
        }
        done.add(long, each);
        Ok(())
    }

    fn figures(&self, ours: &Done, theirs: Result<&Done, &str>) -> Vec<Figure> {
        let beside = |name, unit, figure: fn(&Self, &Done) -> Vec<f64>| {
            let peer = theirs.map(|done| figure(self, done));
            let peer = peer.as_ref().map(Vec::as_slice).map_err(|why| *why);
            Figure::beside(name, unit, &figure(self, ours), PEER, peer)
        };
        let speed = Target::AtLeast(1.0);
        let long =
            beside("speech_long", "× real", |hearing, done| rates(hearing.long_seconds, &done.long)).target(speed);
        let each =
            beside("speech_short", "× real", |hearing, done| rates(hearing.all_seconds, &done.each)).target(speed);
        let english = |sound: &Sound| sound.language == "en";
        let (count, others) = (self.sounds.iter().filter(|sound| english(sound)).count(), self.sounds.len());
        let (long_seconds, all_seconds) = (self.long_seconds, self.all_seconds);
        vec![
            long.note(format!("one sound of {long_seconds:.0} s, whisper base int8")),
            each.note(format!("{others} recordings one by one, {all_seconds:.0} s in all")),
            beside("speech_memory", "MB", |_, done| vec![done.peak_mb]).target(Target::AtMost(1.0)),
            beside("speech_errors_long", "%", |hearing, done| vec![hearing.long_errors(done)]).no_more_errors(),
            beside("speech_errors_en", "%", |hearing, done| vec![hearing.errors(done, |sound| sound.language == "en")])
                .no_more_errors()
                .note(format!("{count} recordings")),
            beside("speech_errors_others", "%", |hearing, done| {
                vec![hearing.errors(done, |sound| sound.language != "en")]
            })
            .no_more_errors()
            .note(format!("{} recordings; characters in ja and zh", others - count)),
            beside("speech_load", "s", |_, done| vec![done.load_seconds]),
            beside("speech_first", "s", |_, done| vec![done.first_seconds]).note("from the start of the process"),
        ]
    }

    /// Percent of the words of the long sound.
    fn long_errors(&self, done: &Done) -> f64 {
        let (wrong, said) = words::errors(&self.long_words, &done.long_text, "en");
        100.0 * number(wrong) / number(said.max(1))
    }

    /// Percent of the words of some recordings.
    fn errors(&self, done: &Done, is_wanted: fn(&Sound) -> bool) -> f64 {
        let wanted = self.sounds.iter().zip(&done.texts).filter(|(sound, _)| is_wanted(sound));
        let counted = wanted.map(|(sound, heard)| words::errors(sound.words, heard, sound.language));
        let (wrong, said) = counted.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        100.0 * number(wrong) / number(said.max(1))
    }
}

impl Done {
    fn add(&mut self, long: Answer, each: Vec<Answer>) {
        self.long.push(long.seconds);
        self.long_text = long.text;
        self.each.push(each.iter().map(|answer| answer.seconds).sum());
        self.texts = each.into_iter().map(|answer| answer.text).collect();
    }
}

/// How many times as fast as real time.
fn rates(length: f64, seconds: &[f64]) -> Vec<f64> {
    seconds.iter().map(|seconds| length / seconds).collect()
}

/// Speech that goes on: how long a hearing takes, and when the first words are there.
async fn live(transcriber: &Transcriber, hearing: &Hearing<'_>) -> anyhow::Result<Vec<Figure>> {
    let mut live = Live::new(None);
    let (mut took, mut first) = (Vec::new(), None);
    for until_ms in
        (1..).map(|count: u32| count * EVERY).take_while(|until| f64::from(*until) / 1_000.0 <= hearing.long_seconds)
    {
        let sound = LiveSound { file: hearing.long.clone(), starts_ms: 0, until_ms };
        let begun = Instant::now();
        let growth = transcriber.hear(&mut live, &sound).await?.growth;
        let seconds = begun.elapsed().as_secs_f64();
        took.push(seconds);
        if first.is_none() && !(growth.certain.is_empty() && growth.provisional.is_empty()) {
            first = Some(seconds);
        }
    }
    let longest = took.iter().copied().fold(0.0, f64::max);
    Ok(vec![
        Figure::alone("speech_live_first", first.unwrap_or_default(), "s").note("first words, after 5 s of sound"),
        Figure::alone("speech_live", median(&took), "s")
            .note(format!("a hearing, every 5 s of sound; the longest {longest:.2} s")),
    ])
}
