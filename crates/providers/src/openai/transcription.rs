//! Speech to text (`POST /audio/transcriptions`), with the time of every word where the model knows it.

use std::path::Path;
use std::time::Duration;

use http::Method;
use serde::{Deserialize, Deserializer};
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, Profile, Segment, TranscribeRequest,
    Transcribing, Transcript, Usage, Word,
};
use sluice_domain::money::MicroUsd;
use sluice_outbound::{Content, Field};

use super::languages::code_of;
use super::server::Server;
use super::service::{Made, Metered, Service, ServiceError, refused};
use super::words::with_punctuation;
use crate::http::Reply;

const TIME: Duration = Duration::from_mins(30);
const BODY: usize = 64 * 1024 * 1024;
/// The longest sound that OpenAI's newer models take, in milliseconds.
const LONGEST_OF_GPT: u64 = 1_400_000;

/// Extensions that are taken, with their media types. The extension is what servers go by.
const FORMATS: [(&str, &str); 10] = [
    ("flac", "audio/flac"),
    ("m4a", "audio/mp4"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("mpeg", "audio/mpeg"),
    ("mpga", "audio/mpeg"),
    ("oga", "audio/ogg"),
    ("ogg", "audio/ogg"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
];

/// A model that transcribes.
#[derive(Debug, Clone)]
pub struct TranscriptionModel {
    service: Service,
    /// The largest file, in bytes.
    largest: u64,
}

/// `json` and `verbose_json`, of whichever server.
#[derive(Debug, Deserialize)]
struct Heard {
    text: String,
    language: Option<String>,
    #[serde(default, deserialize_with = "number_or_text")]
    duration: Option<f64>,
    segments: Option<Vec<HeardSegment>>,
    words: Option<Vec<HeardWord>>,
    usage: Option<Metered>,
}

#[derive(Debug, Deserialize)]
struct HeardSegment {
    start: f64,
    end: f64,
    text: String,
}

#[derive(Debug, Deserialize)]
struct HeardWord {
    word: String,
    start: f64,
    end: f64,
}

/// vLLM has sent lengths as texts.
fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(f64),
        Text(String),
    }
    Ok(match Option::<Either>::deserialize(deserializer)? {
        Some(Either::Number(number)) => Some(number),
        Some(Either::Text(text)) => text.trim().parse().ok(),
        None => None,
    })
}

impl TranscriptionModel {
    /// The model of a service.
    pub fn new(service: Service) -> Result<Self, ServiceError> {
        let largest = service.able("transcribe", service.quirks().transcribes)?;
        Ok(Self { service, largest })
    }

    /// OpenAI's newer models give the text alone.
    fn has_times(&self) -> bool {
        !(self.service.server == Server::OpenAi && self.service.model.starts_with("gpt-"))
    }

    fn check(&self, request: &TranscribeRequest) -> Result<&'static str, (&'static str, String)> {
        let extension = request.sound.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let known = FORMATS.iter().find(|(known, _)| extension.eq_ignore_ascii_case(known));
        let Some((_, content_type)) = known else {
            let message = format!("a file \"{extension}\" is not taken: convert it to FLAC, MP3 or WAV");
            return Err(("unsupported_media", message));
        };
        if request.words && !self.has_times() {
            let message = format!("{} does not say when a word is heard: use whisper-1 for it", self.service.model);
            return Err(("no_words", message));
        }
        if !self.has_times() && request.duration_ms > LONGEST_OF_GPT {
            return Err((
                "sound_too_long",
                format!("{} takes at most 1,400 seconds: split the sound", self.service.model),
            ));
        }
        Ok(content_type)
    }

    async fn check_size(&self, sound: &Path) -> Result<(), CapabilityError> {
        let found = tokio::fs::metadata(sound).await.map_err(|error| {
            CapabilityError::fail("file_unreadable", "the file with the sound cannot be read").because(error)
        })?;
        if found.len() == 0 {
            return Err(CapabilityError::fail("empty_file", "the file with the sound is empty"));
        }
        if found.len() > self.largest {
            let message = format!("the sound has more than {} bytes: compress or split it", self.largest);
            return Err(CapabilityError::fail("too_large", message));
        }
        Ok(())
    }

    fn form(&self, request: &TranscribeRequest, content_type: &'static str) -> Content {
        let extension = request.sound.extension().and_then(|extension| extension.to_str()).unwrap_or("wav");
        let name = format!("sound.{}", extension.to_ascii_lowercase());
        let format = if self.has_times() { "verbose_json" } else { "json" };
        let mut fields =
            vec![Field::text("model", self.service.model.as_str()), Field::text("response_format", format)];
        fields.extend(request.language.as_ref().map(|language| Field::text("language", language)));
        // OpenRouter ignores it.
        let prompt = request.prompt.as_ref().filter(|_| self.service.server != Server::OpenRouter);
        fields.extend(prompt.map(|prompt| Field::text("prompt", prompt)));
        if self.has_times() {
            fields.push(Field::text("timestamp_granularities[]", "segment"));
            if request.words {
                fields.push(Field::text("timestamp_granularities[]", "word"));
            }
        }
        fields.push(Field::file("file", &request.sound, name, content_type));
        Content::Form(fields)
    }

    fn answer(&self, request: &TranscribeRequest, reply: Reply<Heard>) -> Answer<Transcript> {
        let Reply { value: heard, headers } = reply;
        let tokens = heard.usage.clone().unwrap_or_default();
        // What is billed, what was heard, what the caller knows: the first of them.
        let length = tokens.seconds.or(heard.duration).map_or(request.duration_ms, |seconds| millis(seconds).into());
        let usage = Usage { media_ms: length, ..tokens.usage() };
        let made = Made { usage, cost: tokens.cost(), ..Made::default() };
        let heard_ms = heard.duration.map_or(request.duration_ms, |seconds| millis(seconds).into());
        self.service.answer(Reply { value: transcript(heard, heard_ms, request), headers }, made)
    }
}

/// What was heard in the words of the capability: in order, without overlaps, each word in its segment.
fn transcript(heard: Heard, length: u64, request: &TranscribeRequest) -> Transcript {
    let named = heard.language.as_deref().and_then(code_of).map(str::to_owned);
    let language = named.or_else(|| request.language.clone()).unwrap_or_default();
    let end = u32::try_from(length).unwrap_or(u32::MAX);
    let mut segments: Vec<Segment> = Vec::new();
    for one in heard.segments.unwrap_or_default() {
        segments.push(segment(millis(one.start), millis(one.end), &one.text));
    }
    let words: Vec<Word> = heard.words.unwrap_or_default().iter().filter_map(word).collect();
    if segments.is_empty() {
        let (first, last) =
            (words.first().map_or(0, |word| word.start_ms), words.last().map_or(end, |word| word.end_ms));
        segments.push(segment(first, last, &heard.text));
    }
    segments.sort_by_key(|segment| segment.start_ms);
    segments.retain(|segment| !segment.text.is_empty());
    in_order(segments.iter_mut().map(|segment| (&mut segment.start_ms, &mut segment.end_ms)));
    if request.words {
        share(&mut segments, words);
    }
    Transcript { language, segments, suppressed: Vec::new(), unwritten: Vec::new() }
}

fn segment(start_ms: u32, end_ms: u32, text: &str) -> Segment {
    Segment { start_ms, end_ms, text: text.trim().to_owned(), speaker: None, words: Vec::new() }
}

fn word(heard: &HeardWord) -> Option<Word> {
    let text = heard.word.trim().to_owned();
    let (start_ms, end_ms) = (millis(heard.start), millis(heard.end));
    (!text.is_empty()).then_some(Word { text, start_ms, end_ms, confidence: 1.0 })
}

/// Each word belongs to the last segment that has begun at its middle.
fn share(segments: &mut [Segment], mut words: Vec<Word>) {
    words.sort_by_key(|word| word.start_ms);
    in_order(words.iter_mut().map(|word| (&mut word.start_ms, &mut word.end_ms)));
    for word in words {
        let middle = word.start_ms.midpoint(word.end_ms);
        let after = segments.partition_point(|segment| segment.start_ms <= middle);
        if let Some(segment) = segments.get_mut(after.saturating_sub(1)) {
            segment.words.push(word);
        }
    }
    for segment in segments {
        let bare: Vec<&str> = segment.words.iter().map(|word| word.text.as_str()).collect();
        let printed = with_punctuation(&segment.text, &bare);
        for (word, text) in segment.words.iter_mut().zip(printed) {
            word.text = text;
        }
    }
}

/// Starts are never before the end of what came before, and ends never before their starts.
fn in_order<'a>(stretches: impl Iterator<Item = (&'a mut u32, &'a mut u32)>) {
    let mut before = 0;
    for (start, end) in stretches {
        *start = (*start).max(before);
        *end = (*end).max(*start);
        before = *end;
    }
}

/// Milliseconds of seconds that a server counted; what is no time is 0.
fn millis(seconds: f64) -> u32 {
    let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    u32::try_from(time.saturating_add(Duration::from_micros(500)).as_millis()).unwrap_or(u32::MAX)
}

impl Does<Transcribing> for TranscriptionModel {
    fn profile(&self) -> &Profile {
        &self.service.profile
    }

    fn made_with(&self) -> String {
        self.service.models()
    }

    fn accepts(&self, request: &TranscribeRequest) -> Result<(), String> {
        self.check(request).map(|_| ()).map_err(|(_, message)| message)
    }

    fn estimate(&self, request: &TranscribeRequest) -> Option<MicroUsd> {
        if request.duration_ms == 0 && self.service.charges() {
            return None;
        }
        // Each started second is billed.
        let media_ms = request.duration_ms.div_ceil(1_000) * 1_000;
        self.service.estimate(&Usage { media_ms, ..Usage::default() })
    }

    fn begin<'a>(&'a self, request: &'a TranscribeRequest, _context: Context<'a>) -> Doing<'a, Begun<Transcript>> {
        Box::pin(async move {
            let content_type = self.check(request).map_err(refused)?;
            self.check_size(&request.sound).await?;
            let operation = self.service.operation(TIME, BODY);
            let endpoint = &self.service.endpoint;
            let form = self.form(request, content_type);
            let incoming = endpoint.open(operation, Method::POST, "/audio/transcriptions", form).await?;
            let headers = incoming.headers.clone();
            match endpoint.value::<Heard>(operation, incoming).await {
                Ok(reply) => Ok(Begun::Done(self.answer(request, reply))),
                Err(error) => self.service.lost(&headers, error),
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

    fn request(words: bool) -> TranscribeRequest {
        TranscribeRequest {
            sound: "a.wav".into(),
            duration_ms: 4_000,
            part_of: None,
            language: None,
            words,
            prompt: None,
        }
    }

    fn of(json: &str, words: bool) -> Transcript {
        transcript(serde_json::from_str(json).unwrap(), 4_000, &request(words))
    }

    #[test]
    fn words_get_their_segment_and_its_punctuation() {
        let heard = of(
            r#"{"task":"transcribe","language":"english","duration":"4.0","text":"Hello, you. Bye!","segments":[
                {"id":0,"start":0.0,"end":1.9,"text":" Hello, you."},{"id":1,"start":1.5,"end":4.0,"text":" Bye!"}],
                "words":[{"word":" Hello","start":0.1,"end":0.6},{"word":"you","start":0.5,"end":1.0},{"word":"Bye","start":2.0,"end":2.5}]}"#,
            true,
        );
        assert_eq!(heard.language, "en");
        let words: Vec<(&str, u32, u32)> =
            heard.segments.iter().flat_map(|s| &s.words).map(|w| (w.text.as_str(), w.start_ms, w.end_ms)).collect();
        assert_eq!(words, [("Hello,", 100, 600), ("you.", 600, 1_000), ("Bye!", 2_000, 2_500)]);
        assert_eq!((heard.segments[0].end_ms, heard.segments[1].start_ms), (1_900, 1_900), "no overlap");
    }

    #[test]
    fn what_servers_leave_out_is_no_error() {
        let bare = of(r#"{"text":"Hello."}"#, false);
        assert_eq!((bare.segments[0].end_ms, bare.segments[0].text.as_str()), (4_000, "Hello."));
        let nulls = of(r#"{"text":"Hi","language":"de","duration":1,"segments":null,"words":null,"usage":null}"#, true);
        assert_eq!((nulls.language.as_str(), nulls.segments.len()), ("de", 1));
        assert!(of(r#"{"text":"","language":"xx"}"#, false).segments.is_empty(), "silence");
        let odd = of(r#"{"text":"x","words":[{"word":"x","start":-3,"end":1e30}]}"#, true);
        assert_eq!(odd.segments[0].words[0].start_ms, 0);
    }
}
