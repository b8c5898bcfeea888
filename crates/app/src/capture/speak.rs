//! Makes the sound of a card: what somebody said themselves, or a voice. A voice says the same text once, for everybody.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{CapabilityError, Doing, Router, Speak, SpeakRequest, Speaking, VoiceInfo, Wish};
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;
use sluice_domain::speech::Speech;
use sluice_domain::study::StudyLanguage;
use sluice_engine::{Called, JobError, Run};
use sluice_local::guard::Guard;
use sluice_local::sound::{EncodeError, encode_mp3};
use sluice_store::capture::{Original, PhraseAudio, PhraseRow, SourceKind};

use super::analyse::PHRASE;
use super::context::CaptureApp;
use super::extract::hash_of;
use super::{card, current};
use crate::media::Media;
use crate::routing::{self, Keep};

/// Changes with the sound that the same text gets.
const SPOKEN: &str = "capture.speak/2";
/// Changes with the sound that the same recording gets.
const ENCODED: &str = "capture.encode/1";
/// What a sound's name ends with.
const ENDING: &str = "mp3";

/// Makes the sound of a phrase; false if this is no longer its current job.
pub(super) async fn speak(run: &Run, app: &CaptureApp, row: &PhraseRow) -> Result<Called<bool>, JobError> {
    let made = match (&row.original, row.source) {
        (Some(original), SourceKind::Audio) => Called::Done(own(run, app, original).await?),
        _ => by_voice(run, app, row).await?,
    };
    let audio = match made {
        Called::Done(audio) => audio,
        Called::Pending(pending) => return Ok(Called::Pending(pending)),
    };
    let written = current::change(run, &row.id, |row, now| {
        if row.audio.as_ref() != Some(&audio) {
            row.audio = Some(audio.clone());
            card::touch(row, now);
        }
        Ok(())
    });
    written.await.map(Called::Done)
}

/// The speaker's own recording.
async fn own(run: &Run, app: &CaptureApp, original: &Original) -> Result<PhraseAudio, JobError> {
    let hash = hash_of(original)?;
    let key = BlobHash::of(json!([ENCODED, hash]).to_string().as_bytes()).to_string();
    let blob: BlobHash = run
        .result_or(&key, "encode", async || {
            let file = app.platform.media.materialise(&hash).await?;
            let out = app.platform.media.work_folder(&run.lease().name()).await?.join("own.mp3");
            encode_mp3(&app.guard, file.path(), &out).await.map_err(not_encoded)?;
            Ok(app.platform.media.keep_file(out).await?.hash)
        })
        .await?;
    Ok(PhraseAudio { blob: blob.to_string(), ending: ENDING.to_owned(), made_by: String::new(), own: true })
}

/// The built-in voice of a language, as the voices name it.
pub(super) fn voice_of(language: StudyLanguage) -> String {
    format!("espeak:{}", language.facts().voice)
}

/// The voice of the first route that has one for this text: the built-in one, where that is spoken, or else the first of the
/// language.
fn chosen_voice(router: &Router<Speaking, dyn Speak>, language: StudyLanguage, text: &str, wish: &Wish) -> String {
    let built_in = voice_of(language);
    let of_language = |voice: &VoiceInfo| voice.installed && voice.language.code() == language.code();
    let voices_of = |speaker: &Arc<dyn Speak>| {
        let first = speaker.voices().into_iter().find(of_language).map(|voice| voice.id);
        [Some(built_in.clone()), first].into_iter().flatten()
    };
    let is_spoken = |voice: &String| {
        let request = SpeakRequest { voice: voice.clone(), text: text.to_owned(), out: PathBuf::new() };
        move |speaker: &Arc<dyn Speak>| {
            let (chosen, _) = router.choose(&request, wish, &());
            chosen.iter().any(|one| Arc::ptr_eq(one, speaker))
        }
    };
    let found = router.implementations().find_map(|speaker| voices_of(speaker).find(|voice| is_spoken(voice)(speaker)));
    found.unwrap_or(built_in)
}

/// The most that a voice costs for a card of ten words, and the provider of the first one that may be asked and costs something;
/// none where every language is spoken for nothing. No price if one of them is not known.
pub(super) fn price_of_card(router: &Router<Speaking, dyn Speak>) -> Option<(String, Option<MicroUsd>)> {
    let mut price: Option<(String, Option<MicroUsd>)> = None;
    for language in StudyLanguage::all() {
        // A vowel mark on each letter.
        let text = PHRASE.repeat(if language == StudyLanguage::ARABIC { 2 } else { 1 });
        let length = u64::try_from(text.chars().count()).ok();
        let wish = Wish { language: Language::from_code(language.code()), length, ..Wish::default() };
        let voice = chosen_voice(router, language, &text, &wish);
        let request = SpeakRequest { voice, text, out: PathBuf::new() };
        for speaker in router.choose(&request, &wish, &()).0 {
            let estimate = speaker.estimate(&request);
            if estimate == Some(MicroUsd(0)) {
                continue;
            }
            let (_, most) = price.get_or_insert_with(|| (speaker.profile().provider.clone(), Some(MicroUsd(0))));
            *most = most.zip(estimate).map(|(most, one)| most.max(one));
        }
    }
    price
}

/// What a voice says: the phrase with its vowel marks, where they are known.
fn said(row: &PhraseRow) -> Result<String, JobError> {
    let marked = card::fields(row)?.analysis.marked.map(|marked| marked.text);
    Ok(marked.filter(|marked| !marked.is_empty()).unwrap_or_else(|| row.text.clone()))
}

async fn by_voice(run: &Run, app: &CaptureApp, row: &PhraseRow) -> Result<Called<PhraseAudio>, JobError> {
    let unknown = || JobError::fail("language_unknown", "it is not known which language this is in: choose it");
    let language = row.language.as_deref().and_then(StudyLanguage::from_code).ok_or_else(unknown)?;
    let folder = app.platform.media.work_folder(&run.lease().name()).await?;
    let router = app.speaking.of(run.owner()).await?;
    let text = said(row)?;
    let length = u64::try_from(text.chars().count()).ok();
    let wish = Wish { language: Language::from_code(language.code()), length, ..Wish::default() };
    let voice = chosen_voice(&router, language, &text, &wish);
    let request = SpeakRequest { voice, text, out: folder.join("voice.wav") };
    let of = json!([SPOKEN, request.text, language.code(), request.voice]);
    let key = BlobHash::of(of.to_string().as_bytes()).to_string();
    let keep = KeepEncoded { media: app.platform.media.clone(), guard: app.guard.clone(), wav: request.out.clone() };
    Ok(match routing::ask(run, &key, &router, &request, &wish, keep).await? {
        Called::Done(made) => Called::Done(PhraseAudio {
            blob: made.value.to_string(),
            ending: ENDING.to_owned(),
            made_by: [made.made_by.model.as_str(), made.made_by.version.as_str()].join(" ").trim().to_owned(),
            own: false,
        }),
        Called::Pending(pending) => Called::Pending(pending),
    })
}

/// Encodes what a voice said, and stores it.
#[derive(Clone)]
struct KeepEncoded {
    media: Media,
    guard: Guard,
    wav: PathBuf,
}

impl Keep<Speech, BlobHash> for KeepEncoded {
    fn keep(&self, _: Speech) -> Doing<'static, BlobHash> {
        let Self { media, guard, wav } = self.clone();
        Box::pin(async move {
            let out = wav.with_extension(ENDING);
            let made = |error: EncodeError| CapabilityError::retry(error.code(), error.to_string()).because(error);
            encode_mp3(&guard, &wav, &out).await.map_err(made)?;
            let stored = media.keep_file(out).await;
            Ok(stored.map_err(|error| CapabilityError::retry("not_stored", error.to_string()))?.hash)
        })
    }
}

fn not_encoded(error: EncodeError) -> JobError {
    let (code, text) = (error.code(), error.to_string());
    let made = if error.is_transient() { JobError::retry(code, text) } else { JobError::fail(code, text) };
    made.because(error)
}

#[cfg(test)]
mod tests {
    use sluice_capability::{Begun, Context, Does, Profile, Route, When};

    use super::*;

    /// Voices of which a character costs so much.
    struct Voices {
        profile: Profile,
        ids: Vec<(String, Language)>,
        micro_usd: Option<i64>,
    }

    impl Voices {
        fn of(provider: &str, is_local: bool, ids: &[(&str, &str)], micro_usd: Option<i64>) -> Arc<dyn Speak> {
            let id = |(id, code): &(&str, &str)| ((*id).to_owned(), Language::from_code(code).unwrap());
            let profile = Profile { provider: provider.to_owned(), is_local, languages: Vec::new() };
            Arc::new(Self { profile, ids: ids.iter().map(id).collect(), micro_usd })
        }
    }

    impl Does<Speaking> for Voices {
        fn profile(&self) -> &Profile {
            &self.profile
        }

        fn accepts(&self, request: &SpeakRequest) -> Result<(), String> {
            self.ids.iter().any(|(id, _)| *id == request.voice).then_some(()).ok_or_else(String::new)
        }

        fn estimate(&self, request: &SpeakRequest) -> Option<MicroUsd> {
            let characters = i64::try_from(request.text.chars().count()).unwrap();
            self.micro_usd.map(|each| MicroUsd(each * characters))
        }

        fn begin<'a>(&'a self, _: &'a SpeakRequest, _: Context<'a>) -> Doing<'a, Begun<Speech>> {
            unreachable!("nothing is spoken")
        }
    }

    impl Speak for Voices {
        fn voices(&self) -> Vec<VoiceInfo> {
            let voice = |(id, language): &(String, Language)| VoiceInfo {
                id: id.clone(),
                language: *language,
                name: id.clone(),
                engine: "test",
                licence: String::new(),
                installed: true,
            };
            self.ids.iter().map(voice).collect()
        }
    }

    #[test]
    fn a_voice_that_costs_says_what_a_card_costs_before_it_speaks() {
        let letters = i64::try_from(PHRASE.chars().count()).unwrap();
        let price_at = |voices: Vec<Arc<dyn Speak>>| {
            let route = |implementation| Route { implementation, when: When::default() };
            price_of_card(&Router::new(voices.into_iter().map(route)))
        };
        let here = || Voices::of("local", true, &[("espeak:es", "es"), ("espeak:ar", "ar")], Some(0));
        let mouth = |each| Voices::of("mouth", false, &[("mouth:es", "es"), ("mouth:ar", "ar")], each);
        assert_eq!(price_at(vec![here()]), None);
        let price = |each| price_at(vec![mouth(each), here()]);
        assert_eq!(price(Some(3)), Some(("mouth".to_owned(), Some(MicroUsd(6 * letters)))), "Arabic with its marks");
        assert_eq!(price(None), Some(("mouth".to_owned(), None)));
        let spanish = Voices::of("mouth", false, &[("mouth:es", "es")], Some(3));
        let (_, most) = price_at(vec![spanish, here()]).unwrap();
        assert_eq!(most, Some(MicroUsd(3 * letters)));
    }
}
