//! Makes the sound of a card: the owner's own recording, or speech by a voice. Speech of a text is made once and shared by all
//! owners.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{CapabilityError, Doing, Router, Speak, SpeakRequest, Speaking, VoiceInfo, Wish};
use sluice_domain::money::MicroUsd;
use sluice_domain::speech::Speech;
use sluice_domain::study::StudyLanguage;
use sluice_engine::{Called, JobError, Run};
use sluice_local::guard::Guard;
use sluice_local::sound::{EncodeError, encode_mp3};
use sluice_store::capture::{Original, PhraseAudio, PhraseRow, SourceKind};

use super::analyse::PHRASE;
use super::card::VoiceLost;
use super::context::CaptureApp;
use super::extract::{hash_of, lost};
use super::{card, current, wish_of};
use crate::media::Media;
use crate::routing::{self, Asking, Keep, Made};

/// The version of speech, a part of its key: changed when the same text gets another sound.
const SPOKEN: &str = "capture.speak/2";
/// The same of encoded recordings.
const ENCODED: &str = "capture.encode/1";
/// The file extension of sounds.
const ENDING: &str = "mp3";

/// Makes the sound of a phrase; false if this is no longer its current job.
pub(super) async fn speak(run: &Run, app: &CaptureApp, row: &PhraseRow) -> Result<Called<bool>, JobError> {
    let made = match (&row.original, row.source) {
        (Some(original), SourceKind::Audio) => Called::Done((own(run, app, original).await?, None)),
        _ => by_voice(run, app, row).await?,
    };
    let (audio, lost) = match made {
        Called::Done(spoken) => spoken,
        Called::Pending(pending) => return Ok(Called::Pending(pending)),
    };
    let written = current::change(run, &row.id, |row, now| {
        if row.audio.as_ref() != Some(&audio) {
            row.audio = Some(audio.clone());
            card::touch(row, now);
        }
        card::put_voice_lost(row, lost.as_ref())
    });
    written.await.map(Called::Done)
}

/// The owner's own recording, encoded.
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

/// The id of the built-in voice of a language.
pub(super) fn voice_of(language: StudyLanguage) -> String {
    format!("espeak:{}", language.facts().voice)
}

/// The voices for a text, in the order of the routes, each once: of a route the built-in voice if the route has it, otherwise its
/// first voice of the language. If no route has one, it is the built-in voice, whose error then says why nothing is spoken.
fn voices_for(
    router: &Router<Speaking, dyn Speak>,
    language: StudyLanguage,
    text: &str,
    wish: &Wish,
) -> Vec<SpeakRequest> {
    let asked = |voice: String| SpeakRequest { voice, text: text.to_owned(), out: PathBuf::new() };
    let of_language = |voice: &VoiceInfo| voice.installed && voice.language.code() == language.code();
    let mut found = Vec::<SpeakRequest>::new();
    for speaker in router.implementations() {
        let is_spoken = |request: &SpeakRequest| {
            let (chosen, _) = router.choose(request, wish, &());
            chosen.iter().any(|one| Arc::ptr_eq(one, speaker))
        };
        let first = speaker.voices().into_iter().find(of_language).map(|voice| voice.id);
        let voice = [Some(voice_of(language)), first].into_iter().flatten().map(asked).find(is_spoken);
        found.extend(voice.filter(|voice| !found.contains(voice)));
    }
    if found.is_empty() {
        found.push(asked(voice_of(language)));
    }
    found
}

/// The wish for speech of a text in this language.
fn wish_for(language: StudyLanguage, text: &str) -> Wish {
    Wish { length: u64::try_from(text.chars().count()).ok(), ..wish_of(language) }
}

/// The upper bound of the cost of speech for a card of ten words, and the provider of the first voice that costs something; none
/// where every language is free. No price if that of one voice is unknown.
pub(super) fn price_of_card(router: &Router<Speaking, dyn Speak>) -> Option<(String, Option<MicroUsd>)> {
    let mut price: Option<(String, Option<MicroUsd>)> = None;
    for language in StudyLanguage::all() {
        // With a vowel mark on each letter.
        let text = PHRASE.repeat(if language == StudyLanguage::ARABIC { 2 } else { 1 });
        let wish = wish_for(language, &text);
        for request in voices_for(router, language, &text, &wish) {
            for speaker in router.choose(&request, &wish, &()).0 {
                let estimate = speaker.estimate(&request);
                if estimate == Some(MicroUsd(0)) {
                    continue;
                }
                let (_, most) = price.get_or_insert_with(|| (speaker.profile().provider.clone(), Some(MicroUsd(0))));
                *most = most.zip(estimate).map(|(most, one)| most.max(one));
            }
        }
    }
    price
}

/// The text to speak: the phrase with its vowel marks, if they are known.
fn said(row: &PhraseRow) -> Result<String, JobError> {
    let marked = card::fields(row)?.analysis.marked.map(|marked| marked.text);
    Ok(marked.filter(|marked| !marked.is_empty()).unwrap_or_else(|| row.text.clone()))
}

/// Speech of a phrase, and the provider whose answer was lost before.
async fn by_voice(
    run: &Run,
    app: &CaptureApp,
    row: &PhraseRow,
) -> Result<Called<(PhraseAudio, Option<VoiceLost>)>, JobError> {
    let unknown = || JobError::fail("language_unknown", "it is not known which language this is in: choose it");
    let language = row.language.as_deref().and_then(StudyLanguage::from_code).ok_or_else(unknown)?;
    let folder = app.platform.media.work_folder(&run.lease().name()).await?;
    let router = app.speaking.of(run.owner()).await?;
    let text = said(row)?;
    let wish = wish_for(language, &text);
    let mut voices = voices_for(&router, language, &text, &wish);
    let keep =
        KeepEncoded { media: app.platform.media.clone(), guard: app.guard.clone(), wav: folder.join("voice.wav") };
    first_begun(run, &router, (language, &wish), &mut voices).await?;
    let (mut failed, mut lost) = (None::<JobError>, None::<VoiceLost>);
    for request in voices {
        // A request that may have been paid, or is charged, is not paid a second time: only this machine's voices are tried then.
        if lost.is_some() && router.choose(&request, &wish, &()).0.iter().any(|one| !one.profile().is_local) {
            continue;
        }
        let (key, request) = (key_of(language, &request), SpeakRequest { out: keep.wav.clone(), ..request });
        match routing::ask(run, &key, &router, &request, &wish, keep.clone()).await {
            Ok(Called::Done(made)) => return Ok(Called::Done((audio_of(&made), lost))),
            Ok(Called::Pending(pending)) => return Ok(Called::Pending(pending)),
            Err(error) if routing::is_lost(&error) => {
                run.log(format!("The voice {} is not waited for: {error}", request.voice));
                lost = Some(note_lost(run, row, &key, &router, &error).await?);
                failed = Some(JobError::fail(error.code, error.message));
            }
            Err(error) if routing::may_be_paid(&error) || error.code == "stopped" => return Err(error),
            Err(error) => {
                run.log(format!("The voice {} says nothing: {error}", request.voice));
                // A transient error is kept over a final one, so that the job is retried.
                failed = Some(failed.filter(|before| lost.is_some() || before.retry && !error.retry).unwrap_or(error));
            }
        }
    }
    Err(failed.unwrap_or_else(|| JobError::fail("no_voice", "no voice speaks this")))
}

/// Records the lost answer in the card before another voice is tried, so that a card without a sound has it, too.
async fn note_lost(
    run: &Run,
    row: &PhraseRow,
    key: &str,
    router: &Router<Speaking, dyn Speak>,
    error: &JobError,
) -> Result<VoiceLost, JobError> {
    let provider = lost::provider_of(run, key, router, error).await?;
    let lost = VoiceLost { provider, is_charged: routing::is_charged(error) };
    if card::fields(row)?.voice_lost.as_ref() != Some(&lost) {
        current::change(run, &row.id, |row, _| card::put_voice_lost(row, Some(&lost))).await?;
    }
    Ok(lost)
}

/// The hash of a text, its language and its voice.
fn key_of(language: StudyLanguage, request: &SpeakRequest) -> String {
    let of = json!([SPOKEN, request.text, language.code(), request.voice]);
    BlobHash::of(of.to_string().as_bytes()).to_string()
}

/// Moves the first provider's voice that has spoken the text, or has an open call for it, to the front: no other one is paid for
/// the same text. Voices of this machine are free, and stay in their places.
async fn first_begun(
    run: &Run,
    router: &Router<Speaking, dyn Speak>,
    (language, wish): (StudyLanguage, &Wish),
    voices: &mut [SpeakRequest],
) -> Result<(), JobError> {
    if voices.len() < 2 {
        return Ok(());
    }
    for place in 0..voices.len() {
        if router.choose(&voices[place], wish, &()).0.iter().all(|one| one.profile().is_local) {
            continue;
        }
        let key = key_of(language, &voices[place]);
        if let Asking::Free = routing::asking::<_, _, BlobHash>(run, &key, router).await? {
            voices[..=place].rotate_right(1);
            break;
        }
    }
    Ok(())
}

fn audio_of(made: &Made<BlobHash>) -> PhraseAudio {
    PhraseAudio {
        blob: made.value.to_string(),
        ending: ENDING.to_owned(),
        made_by: [made.made_by.model.as_str(), made.made_by.version.as_str()].join(" ").trim().to_owned(),
        own: false,
    }
}

/// Encodes speech, and stores it.
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
    use sluice_domain::language::LanguageCode;

    use super::*;

    /// Voices of which a character costs so much.
    struct Voices {
        profile: Profile,
        ids: Vec<(String, LanguageCode)>,
        micro_usd: Option<i64>,
    }

    impl Voices {
        fn of(provider: &str, is_local: bool, ids: &[(&str, &str)], micro_usd: Option<i64>) -> Arc<dyn Speak> {
            let id = |(id, code): &(&str, &str)| ((*id).to_owned(), LanguageCode::from_code(code).unwrap());
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
            let voice = |(id, language): &(String, LanguageCode)| VoiceInfo {
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
        assert!(price_at(vec![here(), mouth(Some(3))]).is_some(), "whoever is asked after the first one may be paid");
        let spanish = Voices::of("mouth", false, &[("mouth:es", "es")], Some(3));
        let (_, most) = price_at(vec![spanish, here()]).unwrap();
        assert_eq!(most, Some(MicroUsd(3 * letters)));
    }
}
