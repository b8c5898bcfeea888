//! What a runner does, as capabilities.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, MadeBy, Offered, Present, PresentRequest,
    Presented, Presenting, Profile, Segment, Speak, SpeakRequest, Speaking, TranscribeRequest, Transcribing,
    Transcript, Usage, VoiceInfo, Word,
};
use sluice_domain::money::MicroUsd;
use sluice_domain::speech::Speech;
use sluice_outbound::Field;

use super::job::Job;
use super::{Kind, Runner};
use crate::mp4;
use crate::openai::service::{check_spoken, refused};
use crate::openai::speech::{Stamp, Temporary, estimated, stamped};
use crate::openai::wave;
use crate::webhook::is_id;

/// The most characters of a text to speak.
const LONGEST_TEXT: usize = 100_000;
/// The most characters of a presenter's name, as in the configuration.
const LONGEST_NAME: usize = 150;
/// What one character takes at most, for an estimate.
const LONGEST_CHARACTER_MS: u64 = 200;
/// Samples a second of a sound without a head.
const RATE: u32 = 24_000;

/// Times in seconds.
#[derive(Debug, Deserialize)]
struct Timed {
    text: String,
    start: f64,
    end: f64,
    confidence: Option<f32>,
}

#[derive(Debug, Default, Deserialize)]
struct Spoken {
    words: Option<Vec<Timed>>,
}

#[derive(Debug, Deserialize)]
struct Heard {
    language: Option<String>,
    segments: Vec<HeardSegment>,
    duration: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct HeardSegment {
    text: String,
    start: f64,
    end: f64,
    speaker: Option<u32>,
    words: Option<Vec<Timed>>,
}

fn millis(seconds: f64) -> u32 {
    let time = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

impl Runner {
    fn result<T: DeserializeOwned>(job: &mut Job) -> Result<T, CapabilityError> {
        let result = job.result.take().unwrap_or_default();
        serde_json::from_value(result).map_err(|error| {
            let message = "the runner's result is not of the form that docs/gpu-runner.md describes";
            CapabilityError::fail("bad_answer", message).because(error)
        })
    }

    fn answered<T>(&self, kind: Kind, job: Job, value: T, usage: Usage) -> Answer<T> {
        let cost = job.cost().or_else(|| self.cost(kind, &usage));
        let made_by = MadeBy {
            provider: self.settings.provider.clone(),
            model: job.model.unwrap_or_else(|| kind.name().to_owned()),
            version: job.version.unwrap_or_default(),
        };
        Answer { value, made_by, provider_id: Some(job.id), usage, cost, quota: None }
    }

    fn check_speech(&self, request: &SpeakRequest) -> Result<(), (&'static str, String)> {
        self.able(Kind::Speak).map_err(|message| ("unsupported", message))?;
        check_spoken(&request.text, LONGEST_TEXT)?;
        if self.settings.voices.iter().any(|voice| voice.id == request.voice) {
            return Ok(());
        }
        Err(("no_such_voice", format!("{} has no voice \"{}\"", self.settings.provider, request.voice)))
    }

    async fn speech(&self, request: &SpeakRequest, id: &str) -> Result<Answer<Speech>, CapabilityError> {
        let mut job = self.finished(id).await?;
        let spoken: Spoken = if job.result.is_some() { Self::result(&mut job)? } else { Spoken::default() };
        let raw = Temporary(request.out.with_extension("pcm"));
        self.file(id, &raw.0).await?;
        let samples = wave::from_raw(&raw.0, RATE, &request.out).await.map_err(|error| {
            CapabilityError::retry("bad_answer", "the runner's sound is no WAV file with one channel of 16 bit")
                .because(error)
        })?;
        let model = job.model.as_deref().unwrap_or(&request.voice);
        let version = job.version.as_deref().unwrap_or_default();
        let spoken_by = [&self.settings.provider, model, version].join(" ").trim_end().to_owned();
        let mut speech = Speech {
            sample_rate: samples.rate,
            samples: samples.count,
            words: Vec::new(),
            phonemes: Vec::new(),
            spoken_by,
        };
        let length = speech.duration_ms();
        let stamps: Vec<Stamp> = spoken.words.into_iter().flatten().map(Timed::stamp).collect();
        speech.words =
            if stamps.is_empty() { estimated(&request.text, length) } else { stamped(&request.text, &stamps, length) };
        let usage =
            Usage { characters: request.text.chars().count() as u64, media_ms: length.into(), ..Usage::default() };
        Ok(self.answered(Kind::Speak, job, speech, usage))
    }

    async fn transcript(&self, request: &TranscribeRequest, id: &str) -> Result<Answer<Transcript>, CapabilityError> {
        let mut job = self.finished(id).await?;
        let heard: Heard = Self::result(&mut job)?;
        let media_ms = heard.duration.map_or(request.duration_ms, |seconds| millis(seconds).into());
        let mut before = 0;
        let segments = heard.segments.into_iter().map(|segment| segment.read(&mut before, request.words)).collect();
        let language = heard.language.or_else(|| request.language.clone()).unwrap_or_default();
        let transcript = Transcript { language, segments, suppressed: Vec::new(), unwritten: Vec::new() };
        Ok(self.answered(Kind::Transcribe, job, transcript, Usage { media_ms, ..Usage::default() }))
    }

    async fn video(&self, request: &PresentRequest, id: &str) -> Result<Answer<Presented>, CapabilityError> {
        let job = self.finished(id).await?;
        self.file(id, &request.out).await?;
        let video = match mp4::describe(&request.out).await {
            Ok(video) => video,
            Err(error) => {
                let _ = tokio::fs::remove_file(&request.out).await;
                return Err(
                    CapabilityError::retry("bad_answer", "what the runner sent is no complete video").because(error)
                );
            }
        };
        let mp4::Video { duration_ms, width, height } = video;
        let usage = Usage { media_ms: duration_ms.into(), ..Usage::default() };
        let value = Presented { duration_ms, width, height, has_alpha: false };
        Ok(self.answered(Kind::Present, job, value, usage))
    }
}

impl Timed {
    fn stamp(self) -> Stamp {
        Stamp { word: self.text, start_time: self.start, end_time: self.end }
    }

    fn word(self, before: &mut u32) -> Word {
        let start_ms = millis(self.start).max(*before);
        let end_ms = millis(self.end).max(start_ms);
        *before = end_ms;
        let confidence = self.confidence.unwrap_or(1.0).clamp(0.0, 1.0);
        Word { text: self.text.trim().to_owned(), start_ms, end_ms, confidence }
    }
}

impl HeardSegment {
    /// In the words of the capability: never before the end of what came before.
    fn read(self, before: &mut u32, words: bool) -> Segment {
        let start_ms = millis(self.start).max(*before);
        let end_ms = millis(self.end).max(start_ms);
        let mut word_before = *before;
        *before = end_ms;
        let words =
            self.words.filter(|_| words).into_iter().flatten().map(|word| word.word(&mut word_before)).collect();
        Segment { start_ms, end_ms, text: self.text.trim().to_owned(), speaker: self.speaker, words }
    }
}

impl Speak for Runner {
    fn voices(&self) -> Vec<VoiceInfo> {
        self.settings.voices.clone()
    }
}

impl Does<Speaking> for Runner {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn accepts(&self, request: &SpeakRequest) -> Result<(), String> {
        self.check_speech(request).map_err(|(_, message)| message)
    }

    fn estimate(&self, request: &SpeakRequest) -> Option<MicroUsd> {
        let characters = request.text.chars().count() as u64;
        let media_ms = characters.saturating_mul(LONGEST_CHARACTER_MS);
        self.cost(Kind::Speak, &Usage { characters, media_ms, ..Usage::default() })
    }

    fn begin<'a>(&'a self, request: &'a SpeakRequest, context: Context<'a>) -> Doing<'a, Begun<Speech>> {
        Box::pin(async move {
            self.check_speech(request).map_err(refused)?;
            let body = json!({ "voice": request.voice, "text": request.text });
            self.submit(Kind::Speak, context.key, body, Vec::new()).await
        })
    }

    fn look<'a>(&'a self, key: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(self.progress(key, provider_id))
    }

    fn fetch<'a>(&'a self, request: &'a SpeakRequest, provider_id: &'a str) -> Doing<'a, Answer<Speech>> {
        Box::pin(self.speech(request, provider_id))
    }

    fn cancel<'a>(&'a self, provider_id: &'a str) -> Doing<'a, Option<MicroUsd>> {
        Box::pin(self.stop(provider_id))
    }
}

impl Does<Transcribing> for Runner {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn accepts(&self, _request: &TranscribeRequest) -> Result<(), String> {
        self.able(Kind::Transcribe)
    }

    fn estimate(&self, request: &TranscribeRequest) -> Option<MicroUsd> {
        let usage = Usage { media_ms: request.duration_ms, ..Usage::default() };
        self.cost(Kind::Transcribe, &usage).filter(|_| request.duration_ms > 0)
    }

    fn begin<'a>(&'a self, request: &'a TranscribeRequest, context: Context<'a>) -> Doing<'a, Begun<Transcript>> {
        Box::pin(async move {
            let body = json!({
                "duration_ms": request.duration_ms,
                "language": request.language,
                "words": request.words,
                "prompt": request.prompt,
            });
            let sound = Field::file("sound", &request.sound, "sound", "application/octet-stream");
            self.submit(Kind::Transcribe, context.key, body, vec![sound]).await
        })
    }

    fn look<'a>(&'a self, key: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(self.progress(key, provider_id))
    }

    fn fetch<'a>(&'a self, request: &'a TranscribeRequest, provider_id: &'a str) -> Doing<'a, Answer<Transcript>> {
        Box::pin(self.transcript(request, provider_id))
    }

    fn cancel<'a>(&'a self, provider_id: &'a str) -> Doing<'a, Option<MicroUsd>> {
        Box::pin(self.stop(provider_id))
    }
}

impl Present for Runner {
    fn presenters(&self) -> Vec<Offered> {
        self.presenters.to_vec()
    }
}

impl Does<Presenting> for Runner {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn accepts(&self, request: &PresentRequest) -> Result<(), String> {
        self.able(Kind::Present)?;
        let provider = &self.settings.provider;
        let named = request.presenter.strip_prefix(provider.as_str()).and_then(|rest| rest.strip_prefix(':'));
        // Whoever asks for a video writes it.
        let is_plain = |name: &str| name.len() <= LONGEST_NAME && name.split('/').all(is_id);
        if named.is_some_and(is_plain) {
            Ok(())
        } else {
            Err(format!("\"{}\" is no presenter of {provider}", request.presenter))
        }
    }

    fn estimate(&self, request: &PresentRequest) -> Option<MicroUsd> {
        self.cost(Kind::Present, &Usage { media_ms: request.duration_ms.into(), ..Usage::default() })
    }

    fn begin<'a>(&'a self, request: &'a PresentRequest, context: Context<'a>) -> Doing<'a, Begun<Presented>> {
        Box::pin(async move {
            let body = json!({
                "presenter": request.presenter,
                "duration_ms": request.duration_ms,
                "phonemes": request.phonemes,
                "width": request.width,
                "height": request.height,
            });
            let sound = Field::file("sound", &request.sound, "speech.wav", "audio/wav");
            self.submit(Kind::Present, context.key, body, vec![sound]).await
        })
    }

    fn look<'a>(&'a self, key: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(self.progress(key, provider_id))
    }

    fn fetch<'a>(&'a self, request: &'a PresentRequest, provider_id: &'a str) -> Doing<'a, Answer<Presented>> {
        Box::pin(self.video(request, provider_id))
    }

    fn cancel<'a>(&'a self, provider_id: &'a str) -> Doing<'a, Option<MicroUsd>> {
        Box::pin(self.stop(provider_id))
    }
}
