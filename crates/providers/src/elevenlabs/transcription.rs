//! Speech to text, within one call or left with ElevenLabs until it reports.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::json;
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, MadeBy, Profile, Segment, TranscribeRequest,
    Transcribing, Transcript, Usage, Word,
};
use sluice_domain::language::LanguageCode;
use sluice_domain::money::MicroUsd;
use sluice_outbound::{Content, Field};

use super::VERSION;
use super::account::{Account, places, request_id};
use crate::http::{Lost, Operation, Reply};
use crate::webhook::is_id;

/// Each call is charged; long sounds take minutes.
const TRANSCRIBE: Operation = Operation { time: Duration::from_hours(1), body: 64 * 1024 * 1024, lost: Lost::Ask };
const ASK: Operation = Operation { lost: Lost::Repeat, time: Duration::from_mins(2), ..TRANSCRIBE };
/// The largest file.
const LARGEST: u64 = 3_000_000_000;
/// The shortest sound, in milliseconds.
const SHORTEST_MS: u64 = 100;
/// A segment ends after a silence of this length.
const PAUSE_MS: u32 = 1_000;
/// The most words of a segment.
const WORDS: usize = 40;
const POLL_AFTER: Duration = Duration::from_secs(20);

/// How a model transcribes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptionSettings {
    /// The model: `scribe_v1`, `scribe_v2`.
    pub model: String,
    /// Speakers are told apart.
    pub speakers: bool,
    /// The sound is left with ElevenLabs, which reports the end to the webhooks of the account: one must be set up there.
    pub by_webhook: bool,
}

impl Default for TranscriptionSettings {
    fn default() -> Self {
        Self { model: "scribe_v1".to_owned(), speakers: true, by_webhook: false }
    }
}

/// A model that transcribes.
#[derive(Debug, Clone)]
pub struct TranscriptionModel {
    account: Account,
    settings: TranscriptionSettings,
    profile: Profile,
}

/// What was heard, or that it will be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Heard {
    language_code: Option<String>,
    text: Option<String>,
    words: Option<Vec<Token>>,
    transcription_id: Option<String>,
    audio_duration_secs: Option<f64>,
}

/// A word, what stands between two, or a noise.
#[derive(Debug, Deserialize)]
struct Token {
    text: String,
    #[serde(default)]
    start: Option<f64>,
    #[serde(default)]
    end: Option<f64>,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    speaker_id: Option<String>,
    #[serde(default)]
    logprob: Option<f64>,
}

impl TranscriptionModel {
    /// A model of an account.
    pub fn new(account: Account, settings: TranscriptionSettings) -> Self {
        let profile = account.profile(Vec::new());
        Self { account, settings, profile }
    }

    fn cost(&self, media_ms: u64) -> Option<MicroUsd> {
        self.account.prices.cost(&self.account.provider, &self.settings.model, &Usage { media_ms, ..Usage::default() })
    }

    fn form(&self, request: &TranscribeRequest, key: &str) -> Content {
        let extension = request.sound.extension().and_then(|extension| extension.to_str()).unwrap_or("bin");
        let plain: String = extension.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let mut fields = vec![
            Field::text("model_id", self.settings.model.as_str()),
            Field::text("timestamps_granularity", "word"),
            Field::text("tag_audio_events", "false"),
            Field::text("diarize", self.settings.speakers.to_string()),
        ];
        fields.extend(request.language.as_ref().map(|language| Field::text("language_code", language)));
        if self.settings.by_webhook {
            fields.push(Field::text("webhook", "true"));
            fields.push(Field::text("webhook_metadata", json!({ "key": key }).to_string()));
        }
        fields.push(Field::file("file", &request.sound, format!("sound.{plain}"), "application/octet-stream"));
        Content::Form(fields)
    }

    fn answer(&self, request: &TranscribeRequest, reply: Reply<Heard>) -> Answer<Transcript> {
        let Reply { value: heard, headers } = reply;
        let media_ms = heard.audio_duration_secs.map_or(request.duration_ms, |seconds| millis(seconds).into());
        let provider_id = heard.transcription_id.clone().or_else(|| request_id(&headers));
        let (model, version) = (self.settings.model.clone(), VERSION.to_owned());
        Answer {
            value: transcript(heard, request),
            made_by: MadeBy { provider: self.account.provider.clone(), model, version },
            provider_id,
            usage: Usage { media_ms, ..Usage::default() },
            // Without a length it is not known what is charged.
            cost: if media_ms == 0 { None } else { self.cost(media_ms) },
            quota: places(&headers),
        }
    }

    async fn send(&self, request: &TranscribeRequest, key: &str) -> Result<Begun<Transcript>, CapabilityError> {
        check_file(request).await?;
        let form = self.form(request, key);
        let reply = self.account.endpoint.call::<Heard>(TRANSCRIBE, Method::POST, "/v1/speech-to-text", form).await?;
        match &reply.value.transcription_id {
            Some(id) if reply.value.words.is_none() && reply.value.text.is_none() => {
                Ok(Begun::Accepted { provider_id: id.clone(), poll_after: POLL_AFTER })
            }
            // Taken, and it will be paid, but nobody can ask for it.
            None if self.settings.by_webhook && reply.value.words.is_none() && reply.value.text.is_none() => {
                Err(CapabilityError::lost("answer_lost", "the provider took the sound, and did not say by what id"))
            }
            None if reply.value.words.is_none() && reply.value.text.is_none() => Err(CapabilityError::fail(
                "bad_answer",
                "the provider's answer has no transcript in it: check its address",
            )),
            _ => Ok(Begun::Done(self.answer(request, reply))),
        }
    }

    /// A transcript that ElevenLabs keeps; `None` as long as there is none.
    async fn kept(&self, id: &str) -> Result<Option<Reply<Heard>>, CapabilityError> {
        if !is_id(id) {
            return Err(CapabilityError::fail("not_found", "this is no id of a transcript"));
        }
        match self.account.endpoint.get::<Heard>(ASK, &format!("/v1/speech-to-text/transcripts/{id}")).await {
            Ok(reply) => Ok(Some(reply)),
            // It does not exist before it is finished.
            Err(error) if ["not_found", "conflict"].contains(&error.code.as_str()) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

async fn check_file(request: &TranscribeRequest) -> Result<(), CapabilityError> {
    let found = tokio::fs::metadata(&request.sound).await.map_err(|error| {
        CapabilityError::fail("file_unreadable", "the file with the sound cannot be read").because(error)
    })?;
    if found.len() == 0 {
        return Err(CapabilityError::fail("empty_file", "the file with the sound is empty"));
    }
    if found.len() > LARGEST {
        return Err(CapabilityError::fail("sound_too_large", "the sound has more than 3 GB: compress or split it"));
    }
    if (1..SHORTEST_MS).contains(&request.duration_ms) {
        return Err(CapabilityError::fail("sound_too_short", "the sound is shorter than a tenth of a second"));
    }
    Ok(())
}

/// Milliseconds of seconds; what is no time is 0.
fn millis(seconds: f64) -> u32 {
    let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    u32::try_from(time.saturating_add(Duration::from_micros(500)).as_millis()).unwrap_or(u32::MAX)
}

/// What was heard in the words of the capability. Segments end with a sentence, a pause, or another speaker.
fn transcript(heard: Heard, request: &TranscribeRequest) -> Transcript {
    let of = |code: &str| LanguageCode::from_code(&code.to_ascii_lowercase());
    let named = heard.language_code.as_deref().and_then(of).map(|language| language.code().to_owned());
    let language = named.or_else(|| request.language.clone());
    let mut building = Building::default();
    for token in heard.words.unwrap_or_default() {
        building.add(token);
    }
    let mut segments = building.finish();
    let text = heard.text.unwrap_or_default().trim().to_owned();
    if segments.is_empty() && !text.is_empty() {
        let end = heard.audio_duration_secs.map_or(u32::try_from(request.duration_ms).unwrap_or(u32::MAX), millis);
        segments.push(Segment { start_ms: 0, end_ms: end, text, speaker: None, words: Vec::new() });
    }
    if !request.words {
        for segment in &mut segments {
            segment.words.clear();
        }
    }
    Transcript { language: language.unwrap_or_default(), segments, suppressed: Vec::new(), unwritten: Vec::new() }
}

#[derive(Default)]
struct Building {
    done: Vec<Segment>,
    open: Option<Segment>,
    speakers: BTreeMap<String, u32>,
    before: u32,
}

impl Building {
    fn add(&mut self, token: Token) {
        match token.kind.as_str() {
            "spacing" => {
                if let Some(open) = &mut self.open {
                    open.text.push_str(&token.text);
                }
            }
            // Older answers do not say what a word is.
            "word" | "" => self.word(token),
            _ => {}
        }
    }

    fn word(&mut self, token: Token) {
        if token.text.trim().is_empty() {
            return;
        }
        let start_ms = token.start.map_or(self.before, millis).max(self.before);
        let end_ms = token.end.map_or(start_ms, millis).max(start_ms);
        let next = u32::try_from(self.speakers.len()).unwrap_or(u32::MAX);
        let speaker = match token.speaker_id {
            Some(id) => Some(*self.speakers.entry(id).or_insert(next)),
            // It is not known who says this word: whoever spoke before.
            None => self.open.as_ref().and_then(|open| open.speaker),
        };
        let ends = self.open.as_ref().is_some_and(|open| {
            open.speaker != speaker
                || start_ms.saturating_sub(self.before) >= PAUSE_MS
                || open.words.len() >= WORDS
                || open.text.trim_end().ends_with(['.', '?', '!', '؟', '。', '？', '！', '।', '…'])
        });
        if ends {
            self.done.extend(self.open.take());
        }
        #[expect(clippy::cast_possible_truncation, reason = "a confidence needs no more digits")]
        let confidence = token.logprob.map_or(1.0, |log| log.exp().clamp(0.0, 1.0) as f32);
        let open = self.open.get_or_insert_with(|| Segment {
            start_ms,
            end_ms,
            text: String::new(),
            speaker,
            words: Vec::new(),
        });
        open.text.push_str(&token.text);
        open.end_ms = end_ms;
        open.words.push(Word { text: token.text.trim().to_owned(), start_ms, end_ms, confidence });
        self.before = end_ms;
    }

    fn finish(mut self) -> Vec<Segment> {
        self.done.extend(self.open.take());
        for segment in &mut self.done {
            segment.text = segment.text.trim().to_owned();
        }
        self.done
    }
}

impl Does<Transcribing> for TranscriptionModel {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn made_with(&self) -> String {
        self.settings.model.clone()
    }

    fn estimate(&self, request: &TranscribeRequest) -> Option<MicroUsd> {
        if request.duration_ms == 0 { None } else { self.cost(request.duration_ms) }
    }

    fn begin<'a>(&'a self, request: &'a TranscribeRequest, context: Context<'a>) -> Doing<'a, Begun<Transcript>> {
        Box::pin(self.send(request, context.key))
    }

    fn look<'a>(&'a self, _key: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(async move {
            // Transcripts cannot be looked for by what was sent with them.
            let Some(id) = provider_id else { return Ok(CallProgress::CannotTell) };
            let provider_id = id.to_owned();
            Ok(match self.kept(id).await? {
                Some(_) => CallProgress::Ready { provider_id },
                None => CallProgress::Pending { provider_id, poll_after: POLL_AFTER },
            })
        })
    }

    fn fetch<'a>(&'a self, request: &'a TranscribeRequest, provider_id: &'a str) -> Doing<'a, Answer<Transcript>> {
        Box::pin(async move {
            let early = || CapabilityError::retry("not_ready", "the transcript is not ready yet");
            Ok(self.answer(request, self.kept(provider_id).await?.ok_or_else(early)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(words: bool) -> TranscribeRequest {
        TranscribeRequest {
            sound: "a.wav".into(),
            duration_ms: 9_000,
            part_of: None,
            language: None,
            words,
            prompt: None,
        }
    }

    #[test]
    fn words_make_segments_without_spacing_and_noises() {
        let heard = r#"{"language_code":"deu","language_probability":0.98,"text":"…","words":[
            {"text":"Guten","start":0.1,"end":0.4,"type":"word","speaker_id":"speaker_0","logprob":-0.105},
            {"text":" ","start":0.4,"end":0.5,"type":"spacing","speaker_id":"speaker_0"},
            {"text":"Tag.","start":0.5,"end":0.9,"type":"word","speaker_id":"speaker_0"},
            {"text":"(Lachen)","start":0.9,"end":1.5,"type":"audio_event","speaker_id":null},
            {"text":"Ja","start":0.8,"end":1.2,"type":"word","speaker_id":"speaker_7"},
            {"text":" ","start":1.2,"end":1.3,"type":"spacing"},
            {"text":"bitte","start":4.0,"end":4.4,"type":"word","speaker_id":"speaker_7"},
            {"text":" ","type":"spacing"},
            {"text":"sehr","start":4.5,"end":4.8,"type":"word","speaker_id":null}]}"#;
        let found = transcript(serde_json::from_str(heard).unwrap(), &request(true));
        assert_eq!(found.language, "de");
        let segments: Vec<(&str, Option<u32>, u32, u32)> =
            found.segments.iter().map(|s| (s.text.as_str(), s.speaker, s.start_ms, s.end_ms)).collect();
        let expected =
            [("Guten Tag.", Some(0), 100, 900), ("Ja", Some(1), 900, 1_200), ("bitte sehr", Some(1), 4_000, 4_800)];
        assert_eq!(segments, expected);
        assert!((found.segments[0].words[0].confidence - 0.9).abs() < 0.01);
    }

    #[test]
    fn a_text_without_times_is_one_segment() {
        let heard = serde_json::from_str(r#"{"language_code":"eng","text":" Hello. "}"#).unwrap();
        let found = transcript(heard, &request(true));
        assert_eq!((found.segments[0].text.as_str(), found.segments[0].end_ms), ("Hello.", 9_000));
        let silence = transcript(
            serde_json::from_str(r#"{"language_code":"eng","text":"","words":[]}"#).unwrap(),
            &request(true),
        );
        assert!(silence.segments.is_empty());
    }
}
