//! The built-in engines behind the traits of `sluice-capability`.
//!
//! Drawing and presenting are not among them: the renderer composes slide, presenter and captions frame by frame in one
//! pass, with the timings of the scene. So it is a step of its own ([`crate::render`]), not an image or a video that
//! another provider could make.

use std::sync::LazyLock;

use sluice_capability::{
    Answer, Begun, CapabilityError, Context, Does, Doing, EmbedRequest, Embedding, Embeddings, Listen, ListenRequest,
    Listened, Profile, ReadRequest, Reading, Speak, SpeakRequest, Speaking, TellApartRequest, TellingApart,
    TranscribeRequest, Transcribing, Transcript, TranslateRequest, Translating, Translation, VoiceInfo, VoiceTurn,
    Voices as ToldApart,
};
use sluice_domain::document::Document;
use sluice_domain::money::MicroUsd;
use sluice_domain::speech::Speech;

use crate::embed::{EmbedError, Embedder};
use crate::photo::{PhotoError, PhotoReader};
use crate::reading::{ReadError, Reader};
use crate::speakers::{Speakers, SpeakersError, Turn};
use crate::speech::{Live, LiveSound, Size, SpeechError, Transcriber, Transcription};
use crate::translate::{TranslateError, Translator};
use crate::voice::{VoiceError, Voices};

static LOCAL: LazyLock<Profile> =
    LazyLock::new(|| Profile { provider: "local".to_owned(), is_local: true, languages: Vec::new() });

/// "piper en_US-joe-medium" as a model, "poppler 22.12.0" as one with its version.
fn model_and_version(made_by: &str) -> (&str, &str) {
    match made_by.rsplit_once(' ') {
        Some((model, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => (model, version),
        _ => (made_by, ""),
    }
}

impl Does<Reading> for Reader {
    fn profile(&self) -> &Profile {
        &LOCAL
    }

    fn estimate(&self, _: &ReadRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a ReadRequest, _: Context<'a>) -> Doing<'a, Begun<Document>> {
        Box::pin(async move {
            let read = if request.as_pictures {
                // By others nobody can narrow what tesseract looks for: then it looks for all that it knows.
                let known: Vec<_> = request.languages.iter().filter_map(|language| language.narrated()).collect();
                self.read_by_ocr(&request.file, &known).await
            } else {
                self.read(&request.file).await
            };
            let document = read?;
            let read_by = document.read_by.clone();
            let (model, version) = model_and_version(&read_by);
            let mut answer = Answer::local(document, model, version);
            answer.usage.pictures = answer.value.pages.len() as u64;
            Ok(Begun::Done(answer))
        })
    }
}

impl Does<Reading> for PhotoReader {
    fn profile(&self) -> &Profile {
        &LOCAL
    }

    fn estimate(&self, _: &ReadRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a ReadRequest, _: Context<'a>) -> Doing<'a, Begun<Document>> {
        Box::pin(async move {
            // With more than one language, what was read decides.
            let language = match request.languages.as_slice() {
                [one] => Some(one.code()),
                _ => None,
            };
            let (document, read_by) = self.read_document(&request.file, language).await?;
            let mut answer = Answer::local(document, read_by.model, read_by.version);
            answer.usage.pictures = 1;
            Ok(Begun::Done(answer))
        })
    }
}

impl Does<Speaking> for Voices {
    fn profile(&self) -> &Profile {
        &LOCAL
    }

    fn accepts(&self, request: &SpeakRequest) -> Result<(), String> {
        if self.knows(&request.voice) { Ok(()) } else { Err(VoiceError::unknown(&request.voice).to_string()) }
    }

    fn estimate(&self, _: &SpeakRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a SpeakRequest, _: Context<'a>) -> Doing<'a, Begun<Speech>> {
        Box::pin(async move {
            let speech = self.speak(&request.voice, &request.text, &request.out).await?;
            let spoken_by = speech.spoken_by.clone();
            let (model, version) = model_and_version(&spoken_by);
            let mut answer = Answer::local(speech, model, version);
            answer.usage.characters = request.text.chars().count() as u64;
            answer.usage.media_ms = answer.value.duration_ms().into();
            Ok(Begun::Done(answer))
        })
    }
}

impl Speak for Voices {
    fn voices(&self) -> Vec<VoiceInfo> {
        self.list()
    }
}

impl Does<Transcribing> for Transcriber {
    fn profile(&self) -> &Profile {
        &LOCAL
    }

    fn made_with(&self) -> String {
        // Which size hears a sound follows from the request and from which are installed.
        let largest = if self.has(Size::Small) { Size::Small } else { Size::Base };
        format!("{} {}", largest.name(), Self::version())
    }

    fn accepts(&self, _: &TranscribeRequest) -> Result<(), String> {
        self.check_installed().map_err(|error| error.to_string())
    }

    fn estimate(&self, _: &TranscribeRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a TranscribeRequest, context: Context<'a>) -> Doing<'a, Begun<Transcript>> {
        Box::pin(async move {
            let part = request.part_of.as_ref();
            let (starts_ms, whole_ms) = part.map_or((0, request.duration_ms), |part| (part.starts_ms, part.whole_ms));
            let progress = |until_ms: u32| (context.progress)(share(starts_ms + u64::from(until_ms), whole_ms));
            let Transcription { transcript, size } = self.transcribe(request, None, &progress).await?;
            let mut answer = Answer::local(transcript, size.name(), Self::version());
            answer.usage.media_ms = request.duration_ms;
            Ok(Begun::Done(answer))
        })
    }
}

impl Does<TellingApart> for Speakers {
    fn profile(&self) -> &Profile {
        &LOCAL
    }

    fn made_with(&self) -> String {
        Self::model().to_owned()
    }

    fn accepts(&self, _: &TellApartRequest) -> Result<(), String> {
        self.check_installed().map_err(|error| error.to_string())
    }

    fn estimate(&self, _: &TellApartRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a TellApartRequest, context: Context<'a>) -> Doing<'a, Begun<ToldApart>> {
        Box::pin(async move {
            let progress = |until_ms: u32| (context.progress)(share(until_ms.into(), request.duration_ms));
            let people = request.people.and_then(|people| usize::try_from(people).ok());
            let voiced = self.tell_apart(&request.sound, people, &progress).await?;
            let turn = |turn: Turn| VoiceTurn { start_ms: turn.start_ms, end_ms: turn.end_ms, speaker: turn.speaker };
            let turns = voiced.turns.into_iter().map(turn).collect();
            let mut answer = Answer::local(ToldApart { turns, speakers: voiced.speakers }, Self::model(), "");
            answer.usage.media_ms = request.duration_ms;
            Ok(Begun::Done(answer))
        })
    }
}

impl Listen for Transcriber {
    fn can(&self) -> bool {
        self.check_installed().is_ok()
    }

    fn listen<'a>(&'a self, request: &'a ListenRequest) -> Doing<'a, Listened> {
        Box::pin(async move {
            let unknown =
                |error: serde_json::Error| CapabilityError::fail("bad_live_state", error.to_string()).because(error);
            let state = request.state.clone().map(serde_json::from_value::<Live>).transpose().map_err(unknown)?;
            let mut live = state.unwrap_or_else(|| Live::new(request.language.clone()));
            let mut certain = request.skip_to.map(|ms| live.skip_to(ms)).unwrap_or_default();
            let sound =
                LiveSound { file: request.sound.clone(), starts_ms: request.starts_ms, until_ms: request.until_ms };
            let growth = self.hear(&mut live, &sound).await?.growth;
            certain.extend(growth.certain);
            Ok(Listened {
                from_ms: live.from_ms(),
                certain,
                provisional: growth.provisional,
                until_ms: growth.until_ms,
                language: live.language().map(str::to_owned),
                state: serde_json::to_value(&live).map_err(unknown)?,
            })
        })
    }
}

impl Does<Embedding> for Embedder {
    fn profile(&self) -> &Profile {
        &LOCAL
    }

    fn made_with(&self) -> String {
        let (model, version) = Self::model();
        format!("{model} {version}")
    }

    fn accepts(&self, _: &EmbedRequest) -> Result<(), String> {
        self.check_installed().map_err(|error| error.to_string())
    }

    fn estimate(&self, _: &EmbedRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a EmbedRequest, context: Context<'a>) -> Doing<'a, Begun<Embeddings>> {
        Box::pin(async move {
            let embedded = self.embed(request, context.progress).await?;
            let (model, version) = Self::model();
            let mut answer = Answer::local(embedded.embeddings, model, version);
            answer.usage.input_tokens = embedded.tokens;
            Ok(Begun::Done(answer))
        })
    }
}

impl Does<Translating> for Translator {
    fn profile(&self) -> &Profile {
        &LOCAL
    }

    fn made_with(&self) -> String {
        Self::version().to_owned()
    }

    fn accepts(&self, request: &TranslateRequest) -> Result<(), String> {
        match &request.from {
            Some(from) => self.check(from, &request.to).map_err(|error| error.to_string()),
            None if self.pairs().iter().any(|pair| self.check(pair.from, &request.to).is_ok()) => Ok(()),
            None => Err(format!("nothing is translated into \"{}\" on this machine", request.to)),
        }
    }

    fn estimate(&self, _: &TranslateRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a TranslateRequest, context: Context<'a>) -> Doing<'a, Begun<Translation>> {
        Box::pin(async move {
            let translated = self.translate(request, context.progress).await?;
            let model = translated.model();
            let mut answer = Answer::local(translated.translation, model, Self::version());
            answer.usage.characters = request.texts.iter().map(|text| text.chars().count() as u64).sum();
            Ok(Begun::Done(answer))
        })
    }
}

/// How much of a sound is done, from 0 to 1; 0 if its length is not known.
#[expect(clippy::cast_precision_loss, reason = "a share is shown, not counted")]
fn share(until_ms: u64, duration_ms: u64) -> f32 {
    if duration_ms == 0 { 0.0 } else { (until_ms as f32 / duration_ms as f32).min(1.0) }
}

impl From<ReadError> for CapabilityError {
    fn from(error: ReadError) -> Self {
        let transient = matches!(error, ReadError::Io(_) | ReadError::DiskFull);
        made(error.code(), transient, error)
    }
}

impl From<PhotoError> for CapabilityError {
    fn from(error: PhotoError) -> Self {
        made(error.code(), error.is_transient(), error)
    }
}

impl From<VoiceError> for CapabilityError {
    fn from(error: VoiceError) -> Self {
        made(error.code(), error.is_transient(), error)
    }
}

impl From<EmbedError> for CapabilityError {
    fn from(error: EmbedError) -> Self {
        made(error.code(), error.is_transient(), error)
    }
}

impl From<TranslateError> for CapabilityError {
    fn from(error: TranslateError) -> Self {
        made(error.code(), error.is_transient(), error)
    }
}

impl From<SpeakersError> for CapabilityError {
    fn from(error: SpeakersError) -> Self {
        made(error.code(), error.is_transient(), error)
    }
}

impl From<SpeechError> for CapabilityError {
    fn from(error: SpeechError) -> Self {
        made(error.code(), error.is_transient(), error)
    }
}

/// The text is the error's own; its cause is passed on as the source.
fn made(code: &str, transient: bool, error: impl std::error::Error + Send + Sync + 'static) -> CapabilityError {
    let text = error.to_string();
    let made = if transient { CapabilityError::retry(code, text) } else { CapabilityError::fail(code, text) };
    made.because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_and_version_are_separated() {
        assert_eq!(model_and_version("poppler 22.12.0"), ("poppler", "22.12.0"));
        assert_eq!(model_and_version("piper en_US-joe-medium"), ("piper en_US-joe-medium", ""));
        assert_eq!(model_and_version(""), ("", ""));
    }
}
