//! Text to speech, with the time of each character, from which those of the words follow.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, MadeBy, Profile, Speak, SpeakRequest, Speaking,
    Usage, VoiceInfo,
};
use sluice_domain::money::MicroUsd;
use sluice_domain::speech::{Speech, WordTiming};

use super::account::{Account, places, request_id};
use super::voices::named;
use super::{NAME, VERSION};
use crate::http::{Lost, Operation, Reply, header, lost};
use crate::openai::service::{check_spoken, refused};
use crate::openai::speech::{Stamp, Temporary, estimated, stamped};
use crate::openai::wave;

/// Twelve minutes of sound in Base64: what the longest text takes.
const SPEAK: Operation = Operation { time: Duration::from_mins(10), body: 80 * 1024 * 1024, lost: Lost::Ask };
/// The most characters of any model that are sent at once: the answer is held in memory.
const LONGEST: usize = 10_000;

/// How a model speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeechSettings {
    /// The model: `eleven_multilingual_v2`, `eleven_flash_v2_5`, `eleven_v3`.
    pub model: String,
    /// Samples a second: 8000, 16000, 22050, 24000, 32000, 44100 or 48000. From 44100 on a dearer plan is needed.
    pub sample_rate: u32,
    /// Nothing is kept in the account's history: with an enterprise's plan alone.
    pub zero_retention: bool,
}

impl Default for SpeechSettings {
    fn default() -> Self {
        Self { model: "eleven_multilingual_v2".to_owned(), sample_rate: 24_000, zero_retention: false }
    }
}

/// A model that speaks.
#[derive(Debug, Clone)]
pub struct SpeechModel {
    account: Account,
    settings: SpeechSettings,
    voices: Vec<VoiceInfo>,
    /// Its voices are not all known: those that ElevenLabs may have are taken, too.
    has_others: bool,
    profile: Profile,
}

#[derive(Debug, Deserialize)]
struct Timed {
    audio_base64: String,
    /// By the characters of the text that was sent.
    alignment: Option<Alignment>,
    /// By those that were said: numbers are words there.
    normalized_alignment: Option<Alignment>,
}

#[derive(Debug, Deserialize)]
struct Alignment {
    characters: Vec<String>,
    character_start_times_seconds: Vec<f64>,
    character_end_times_seconds: Vec<f64>,
}

impl Alignment {
    /// The characters with their times, if they are those of the text.
    fn of(self, text: &str) -> Option<Vec<Stamp>> {
        let Self { characters, character_start_times_seconds: starts, character_end_times_seconds: ends } = self;
        let same = characters.len() == starts.len() && characters.len() == ends.len();
        let letters = |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
        if !same || letters(&characters.concat()) != letters(text) {
            return None;
        }
        let times = starts.into_iter().zip(ends);
        let stamp = |(word, (start_time, end_time))| Stamp { word, start_time, end_time };
        Some(characters.into_iter().zip(times).map(stamp).collect())
    }
}

impl Timed {
    fn words(&mut self, text: &str, length_ms: u32) -> Vec<WordTiming> {
        let known = self.alignment.take().and_then(|alignment| alignment.of(text));
        let known = known.or_else(|| self.normalized_alignment.take()?.of(text));
        known.map_or_else(|| estimated(text, length_ms), |stamps| stamped(text, &stamps, length_ms))
    }
}

impl SpeechModel {
    /// A model with the voices of its account: see [`Account::voices`].
    pub fn new(account: Account, settings: SpeechSettings, voices: Vec<VoiceInfo>) -> Self {
        let mut languages = Vec::new();
        for voice in &voices {
            if !languages.contains(&voice.language) {
                languages.push(voice.language);
            }
        }
        let profile = account.profile(languages);
        Self { account, settings, voices, has_others: false, profile }
    }

    /// The same where the account's voices could not be listed yet: any that it may have is taken.
    #[must_use]
    pub fn with_others(self) -> Self {
        let profile = Profile { languages: Vec::new(), ..self.profile };
        Self { has_others: true, profile, ..self }
    }

    /// The most characters of a request.
    fn longest(&self) -> usize {
        if self.settings.model.starts_with("eleven_v3") { 3_000 } else { LONGEST }
    }

    /// Whether the language can be demanded; of the others a demand is an error.
    fn takes_language(&self) -> bool {
        self.settings.model.ends_with("_v2_5") || self.settings.model.starts_with("eleven_v3")
    }

    fn check(&self, request: &SpeakRequest) -> Result<(), (&'static str, String)> {
        check_spoken(&request.text, self.longest())?;
        let is_known = || self.has_others || self.voices.iter().any(|voice| voice.id == request.voice);
        if named(&request.voice).is_none() || !is_known() {
            return Err(("no_such_voice", format!("the account has no voice \"{}\"", request.voice)));
        }
        Ok(())
    }

    fn cost(&self, credits: u64) -> Option<MicroUsd> {
        self.account.prices.cost(
            &self.account.provider,
            &self.settings.model,
            &Usage { characters: credits, ..Usage::default() },
        )
    }

    async fn speak(&self, request: &SpeakRequest) -> Result<Begun<Speech>, CapabilityError> {
        self.check(request).map_err(refused)?;
        let Some((language, voice)) = named(&request.voice) else {
            return Err(CapabilityError::fail("no_such_voice", "this is no voice of ElevenLabs"));
        };
        let SpeechSettings { model, sample_rate, zero_retention } = &self.settings;
        let mut path = format!("/{VERSION}/text-to-speech/{voice}/with-timestamps?output_format=pcm_{sample_rate}");
        if *zero_retention {
            path.push_str("&enable_logging=false");
        }
        let mut body = json!({ "text": request.text, "model_id": model });
        if let Some(fields) = body.as_object_mut().filter(|_| self.takes_language()) {
            fields.insert("language_code".to_owned(), language.code().into());
        }
        let reply = self.account.endpoint.post::<Timed>(SPEAK, &path, &body).await?;
        self.keep(request, reply).await.map(Begun::Done)
    }

    /// Writes what was said. It is paid for: what cannot be used is not asked for again without a person's word.
    async fn keep(&self, request: &SpeakRequest, reply: Reply<Timed>) -> Result<Answer<Speech>, CapabilityError> {
        let Reply { mut value, headers } = reply;
        let bad = || lost(SPEAK, "bad_answer", "ElevenLabs' sound cannot be used: it is cut off, or in another format");
        let raw = Temporary(request.out.with_extension("pcm"));
        let sound = std::mem::take(&mut value.audio_base64);
        let sound = STANDARD.decode(sound.trim()).map_err(|error| bad().because(error))?;
        tokio::fs::write(&raw.0, sound).await.map_err(|error| bad().because(error))?;
        let written = wave::from_raw(&raw.0, self.settings.sample_rate, &request.out).await;
        let samples = written.map_err(|error| bad().because(error))?;
        let characters = request.text.chars().count() as u64;
        let credits = header(&headers, "character-cost").and_then(|credits| credits.parse().ok());
        let mut speech = Speech {
            sample_rate: samples.rate,
            samples: samples.count,
            words: Vec::new(),
            phonemes: Vec::new(),
            spoken_by: format!("{NAME} {} {VERSION} {}", self.settings.model, request.voice),
        };
        speech.words = value.words(&request.text, speech.duration_ms());
        let usage = Usage { characters, media_ms: speech.duration_ms().into(), ..Usage::default() };
        let model = self.settings.model.clone();
        Ok(Answer {
            value: speech,
            made_by: MadeBy { provider: self.account.provider.clone(), model, version: VERSION.to_owned() },
            provider_id: request_id(&headers),
            usage,
            cost: self.cost(credits.unwrap_or(characters)),
            quota: places(&headers),
        })
    }
}

impl Speak for SpeechModel {
    fn voices(&self) -> Vec<VoiceInfo> {
        self.voices.clone()
    }
}

impl Does<Speaking> for SpeechModel {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn made_with(&self) -> String {
        self.settings.model.clone()
    }

    fn accepts(&self, request: &SpeakRequest) -> Result<(), String> {
        self.check(request).map_err(|(_, message)| message)
    }

    /// Each character is a credit; fast models take less.
    fn estimate(&self, request: &SpeakRequest) -> Option<MicroUsd> {
        self.cost(request.text.chars().count() as u64)
    }

    fn begin<'a>(&'a self, request: &'a SpeakRequest, _context: Context<'a>) -> Doing<'a, Begun<Speech>> {
        Box::pin(self.speak(request))
    }

    /// The account's history has no place for our key.
    fn look<'a>(&'a self, _key: &'a str, _provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(async { Ok(CallProgress::CannotTell) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alignment(text: &str) -> Alignment {
        let characters: Vec<String> = text.chars().map(String::from).collect();
        let mut at = -0.1;
        let starts: Vec<f64> = characters
            .iter()
            .map(|_| {
                at += 0.1;
                at
            })
            .collect();
        let ends = starts.iter().map(|start| start + 0.1).collect();
        Alignment { characters, character_start_times_seconds: starts, character_end_times_seconds: ends }
    }

    fn words(text: &str, alignment: Option<Alignment>, normalized: Option<Alignment>) -> Vec<(String, u32, u32)> {
        let mut timed = Timed { audio_base64: String::new(), alignment, normalized_alignment: normalized };
        let words = timed.words(text, 10_000);
        words
            .iter()
            .map(|w| (text[w.start_byte as usize..w.end_byte as usize].to_owned(), w.start_ms, w.end_ms))
            .collect()
    }

    #[test]
    fn words_have_the_times_of_their_characters() {
        let text = "Ça va, né? 🎉 مرحبا";
        let found = words(text, Some(alignment(text)), None);
        let said: Vec<&str> = found.iter().map(|(word, ..)| word.as_str()).collect();
        assert_eq!(said, ["Ça", "va,", "né?", "🎉", "مرحبا"]);
        let near = |ms: u32, expected: u32| ms.abs_diff(expected) <= 1;
        assert!(near(found[0].1, 0) && near(found[0].2, 200) && near(found[1].1, 300), "{found:?}");
        assert!(near(found[4].1, 1_300) && near(found[4].2, 1_800), "{found:?}");
    }

    #[test]
    fn times_of_another_text_are_not_taken() {
        let text = "It costs 5 euros";
        let spoken = "It costs five euros";
        let estimate = words(text, None, None);
        assert_eq!(words(text, None, Some(alignment(spoken))), estimate);
        assert_ne!(words(text, Some(alignment(text)), Some(alignment(spoken))), estimate);
        let mut short = alignment(text);
        short.character_end_times_seconds.pop();
        assert_eq!(words(text, Some(short), None), estimate, "arrays of different lengths");
        assert_ne!(words(text, None, Some(alignment(text))), estimate, "only the normalised one came");
    }
}
