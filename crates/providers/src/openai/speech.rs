//! Text to speech (`POST /audio/speech`), as WAV. Only Kokoro says when each word is heard; for the others that is estimated by
//! the lengths of the words.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method};
use serde::Deserialize;
use serde_json::{Value, json};
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, Profile, Speak, SpeakRequest, Speaking, Usage,
    VoiceInfo,
};
use sluice_domain::language::LanguageCode;
use sluice_domain::money::MicroUsd;
use sluice_domain::speech::{Speech, WordTiming};
use sluice_outbound::Content;

use super::server::Server;
use super::service::{Made, Service, ServiceError, check_spoken, refused};
use super::voices;
use super::wave::{self, Samples};
use super::words::places;
use crate::http::{Operation, Reply, header, lost};
use crate::pages::Pages;

const TIME: Duration = Duration::from_mins(10);
/// An hour of samples.
const BODY: usize = 180 * 1024 * 1024;
/// Samples a second of `pcm`, of every server that does not say otherwise.
const RATE: u32 = 24_000;
/// What one character takes at most, for an estimate.
const LONGEST_CHARACTER_MS: u64 = 200;

/// A model that speaks.
#[derive(Debug, Clone)]
pub struct SpeechModel {
    service: Service,
    voices: Vec<VoiceInfo>,
    /// Its voices are not all known: those that the server may have are taken, too.
    has_others: bool,
    /// The most characters of a text.
    longest: usize,
}

/// What Kokoro answers with captions.
#[derive(Debug, Deserialize)]
struct Captioned {
    audio: String,
    timestamps: Option<Vec<Stamp>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) word: String,
    pub(crate) start_time: f64,
    pub(crate) end_time: f64,
}

/// A file that goes away, whatever happens.
pub(crate) struct Temporary(pub(crate) PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl SpeechModel {
    /// The model of a service, with its voices by language and name: see [`voices()`](super::voices()).
    pub fn new(service: Service, voices: Vec<(LanguageCode, String)>) -> Result<Self, ServiceError> {
        let longest = service.able("speak", service.quirks().speaks)?;
        let voices = voices.into_iter().map(|voice| voices::info(&service, voice)).collect();
        Ok(Self { service, voices, has_others: false, longest })
    }

    /// The same with these voices as well, as the server listed them; without any, each that it may have is taken.
    #[must_use]
    pub fn with_listed(mut self, listed: &[VoiceInfo]) -> Self {
        self.has_others = listed.is_empty() && self.service.server.lists_voices();
        let new: Vec<_> = listed.iter().filter(|voice| self.voices.iter().all(|known| known.id != voice.id)).collect();
        self.voices.extend(new.into_iter().cloned());
        self
    }

    /// The voices that the server lists; none if it has no list.
    pub fn listed(&self) -> Pages<VoiceInfo> {
        voices::listed(&self.service)
    }

    /// The name of the voice that is asked for.
    fn check<'a>(&self, request: &'a SpeakRequest) -> Result<&'a str, (&'static str, String)> {
        check_spoken(&request.text, self.longest)?;
        let provider = &self.service.profile.provider;
        let of_provider = request.voice.strip_prefix(provider.as_str()).and_then(|rest| rest.strip_prefix(':'));
        let named =
            of_provider.and_then(|rest| rest.split_once(':')).map(|(_, name)| name).filter(|name| !name.is_empty());
        let is_known = || self.has_others || self.voices.iter().any(|voice| voice.id == request.voice);
        let missing = || ("no_such_voice", format!("{provider} has no voice \"{}\"", request.voice));
        named.filter(|_| is_known()).ok_or_else(missing)
    }

    fn body(&self, request: &SpeakRequest, voice: &str) -> Value {
        let mut body = json!({
            "model": self.service.model,
            "input": request.text,
            "voice": voice,
            "response_format": "pcm",
        });
        let mut set = |name: &str, value: Value| {
            if let Some(fields) = body.as_object_mut() {
                fields.insert(name.to_owned(), value);
            }
        };
        match self.service.server {
            Server::Kokoro => set("stream", json!(false)),
            Server::Speaches => set("sample_rate", json!(RATE)),
            _ => {}
        }
        body
    }

    fn operation(&self) -> Operation {
        self.service.operation(TIME, BODY)
    }

    /// Asks for sound alone.
    async fn plain(&self, request: &SpeakRequest, voice: &str) -> Result<Begun<Speech>, CapabilityError> {
        let operation = self.operation();
        let raw = Temporary(request.out.with_extension("pcm"));
        let body = Content::Bytes(self.body(request, voice).to_string().into());
        let endpoint = &self.service.endpoint;
        let incoming = endpoint.open(operation, Method::POST, "/audio/speech", body).await?;
        let headers = incoming.headers.clone();
        if let Err(error) = endpoint.save(operation, incoming, &raw.0).await {
            return self.service.lost(&headers, error);
        }
        let samples = self.samples(&raw.0, rate(&headers), &request.out).await?;
        let words = estimated(&request.text, duration_ms(samples));
        Ok(Begun::Done(self.answer(request, voice, samples, words, headers).await))
    }

    /// Asks Kokoro for sound and the time of each word. Its path is beside `/v1`.
    async fn captioned(&self, request: &SpeakRequest, voice: &str) -> Result<Begun<Speech>, CapabilityError> {
        let operation = self.operation();
        let body = self.body(request, voice);
        let reply = self.service.endpoint.post::<Captioned>(operation, "/../dev/captioned_speech", &body).await?;
        let raw = Temporary(request.out.with_extension("pcm"));
        let bad = || lost(operation, "bad_answer", "the provider's sound cannot be read");
        let sound = STANDARD.decode(reply.value.audio.trim()).map_err(|error| bad().because(error))?;
        tokio::fs::write(&raw.0, sound).await.map_err(|error| bad().because(error))?;
        let samples = self.samples(&raw.0, RATE, &request.out).await?;
        let length = duration_ms(samples);
        let words = match reply.value.timestamps {
            Some(stamps) if !stamps.is_empty() => stamped(&request.text, &stamps, length),
            _ => estimated(&request.text, length),
        };
        Ok(Begun::Done(self.answer(request, voice, samples, words, reply.headers).await))
    }

    async fn samples(&self, raw: &Path, rate: u32, out: &Path) -> Result<Samples, CapabilityError> {
        wave::from_raw(raw, rate, out).await.map_err(|error| {
            let message =
                "the provider's sound cannot be used: it is cut off, or no WAV file with one channel of 16 bit";
            lost(self.operation(), "bad_answer", message).because(error)
        })
    }

    async fn answer(
        &self,
        request: &SpeakRequest,
        voice: &str,
        samples: Samples,
        words: Vec<WordTiming>,
        headers: HeaderMap,
    ) -> Answer<Speech> {
        let usage = usage_of(&request.text, duration_ms(samples).into());
        let cost = self.service.cost_later(&headers).await;
        let version = self.service.version(&headers);
        let speech = Speech {
            sample_rate: samples.rate,
            samples: samples.count,
            words,
            phonemes: Vec::new(),
            spoken_by: [self.service.endpoint.provider(), self.service.model.as_str(), version.as_str(), voice]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
        };
        self.service.answer(Reply { value: speech, headers }, Made { usage, cost, ..Made::default() })
    }
}

fn usage_of(text: &str, media_ms: u64) -> Usage {
    Usage { characters: text.chars().count() as u64, media_ms, ..Usage::default() }
}

fn duration_ms(samples: Samples) -> u32 {
    u32::try_from(samples.count.saturating_mul(1_000) / u64::from(samples.rate.max(1))).unwrap_or(u32::MAX)
}

/// The rate that a media type names: `audio/pcm;rate=24000`.
fn rate(headers: &HeaderMap) -> u32 {
    let kind = header(headers, "content-type").unwrap_or_default();
    let named = kind.split(';').find_map(|part| part.trim().strip_prefix("rate=")?.parse().ok());
    named.filter(|rate| (8_000..=192_000).contains(rate)).unwrap_or(RATE)
}

/// The words of a text, as bytes: what stands between blanks.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.split_whitespace().map(move |word| {
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        start..start + word.len()
    })
}

/// The times of the words if every character took equally long, and the end of a clause and of a sentence longer.
pub(crate) fn estimated(text: &str, length: u32) -> Vec<WordTiming> {
    let weight = |word: &str| {
        let pause = match word.chars().next_back() {
            Some('.' | '!' | '?' | '؟' | ':') => 6,
            Some(',' | ';' | '،' | '؛') => 3,
            _ => 0,
        };
        (word.chars().count() as u64 + 1, pause)
    };
    let words: Vec<_> = words(text).collect();
    let weights: Vec<_> = words.iter().map(|place| weight(text.get(place.clone()).unwrap_or_default())).collect();
    let all: u64 = weights.iter().map(|(said, pause)| said + pause).sum::<u64>().max(1);
    let at = |sum: u64| u32::try_from(u64::from(length) * sum / all).unwrap_or(length);
    let mut sum = 0;
    let timed = words.into_iter().zip(weights).map(|(place, (said, pause))| {
        let timing = timing(&place, at(sum), at(sum + said));
        sum += said + pause;
        timing
    });
    timed.collect()
}

/// The times of the words by those that the server named, which has a word for each sign as well: a word that it did not
/// name is heard between its neighbours.
pub(crate) fn stamped(text: &str, stamps: &[Stamp], length: u32) -> Vec<WordTiming> {
    let named: Vec<&str> = stamps.iter().map(|stamp| stamp.word.as_str()).collect();
    let found: Vec<(Range<usize>, &Stamp)> =
        places(text, &named).into_iter().zip(stamps).filter_map(|(place, stamp)| Some((place?, stamp))).collect();
    let mut timings: Vec<WordTiming> = Vec::new();
    let mut before = 0;
    for word in words(text) {
        let inside = found.iter().filter(|(place, _)| word.start <= place.start && place.end <= word.end);
        let times: Vec<(u32, u32)> =
            inside.map(|(_, stamp)| (millis(stamp.start_time), millis(stamp.end_time))).collect();
        let (start, end) = match (times.first(), times.last()) {
            (Some((start, _)), Some((_, end))) => (*start, *end),
            _ => (before, before),
        };
        let start = start.clamp(before, length.max(before));
        let end = end.clamp(start, length.max(start));
        timings.push(timing(&word, start, end));
        before = end;
    }
    timings
}

fn timing(place: &Range<usize>, start_ms: u32, end_ms: u32) -> WordTiming {
    let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    WordTiming { start_byte: byte(place.start), end_byte: byte(place.end), start_ms, end_ms }
}

fn millis(seconds: f64) -> u32 {
    u32::try_from(Duration::try_from_secs_f64(seconds).unwrap_or_default().as_millis()).unwrap_or(u32::MAX)
}

impl Speak for SpeechModel {
    fn voices(&self) -> Vec<VoiceInfo> {
        self.voices.clone()
    }
}

impl Does<Speaking> for SpeechModel {
    fn profile(&self) -> &Profile {
        &self.service.profile
    }

    fn made_with(&self) -> String {
        self.service.models()
    }

    fn accepts(&self, request: &SpeakRequest) -> Result<(), String> {
        self.check(request).map(|_| ()).map_err(|(_, message)| message)
    }

    fn estimate(&self, request: &SpeakRequest) -> Option<MicroUsd> {
        let characters = request.text.chars().count() as u64;
        self.service.estimate(&usage_of(&request.text, characters * LONGEST_CHARACTER_MS))
    }

    fn begin<'a>(&'a self, request: &'a SpeakRequest, _context: Context<'a>) -> Doing<'a, Begun<Speech>> {
        Box::pin(async move {
            let voice = self.check(request).map_err(refused)?;
            match self.service.server {
                Server::Kokoro => self.captioned(request, voice).await,
                _ => self.plain(request, voice).await,
            }
        })
    }

    fn look<'a>(&'a self, _key: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        self.service.look(provider_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimated_times_cover_the_sound_in_order() {
        let text = "Hello,  brave new world. Bye";
        let timings = estimated(text, 3_000);
        let said: Vec<&str> = timings.iter().map(|t| &text[t.start_byte as usize..t.end_byte as usize]).collect();
        assert_eq!(said, ["Hello,", "brave", "new", "world.", "Bye"]);
        assert!(timings.windows(2).all(|pair| pair[0].end_ms <= pair[1].start_ms), "{timings:?}");
        assert_eq!((timings[0].start_ms, timings[4].end_ms), (0, 3_000));
        assert!(timings[1].start_ms > timings[0].end_ms, "a comma is a pause");
        assert!(estimated("", 100).is_empty());
    }

    #[test]
    fn named_times_are_taken_and_gaps_are_closed() {
        let stamp = |word: &str, start_time: f64, end_time: f64| Stamp { word: word.to_owned(), start_time, end_time };
        let stamps = [
            stamp("Hello", 0.1, 0.5),
            stamp(",", 0.5, 0.6),
            stamp("it", 0.6, 0.7),
            stamp("'s", 0.7, 0.8),
            stamp("me", 0.9, 9.0),
        ];
        let timings = stamped("Hello, it's 🎉 me.", &stamps, 1_000);
        let times: Vec<(u32, u32)> = timings.iter().map(|t| (t.start_ms, t.end_ms)).collect();
        assert_eq!(times, [(100, 500), (600, 800), (800, 800), (900, 1_000)]);
    }
}
