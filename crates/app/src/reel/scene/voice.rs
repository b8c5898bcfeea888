//! The voice of a scene. An engine of this program is simply called; a provider is asked through the engine of jobs, so that
//! nothing is paid for twice.

use std::path::{Path, PathBuf};

use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{Attempt, Begun, CapabilityError, Context, Doing, SpeakRequest, Wish};
use sluice_domain::speech::Speech;
use sluice_engine::{Called, JobError, Pending};
use sluice_store::reel;

use super::{Spoken, Work, one_sentence_a_line};
use crate::media::Media;
use crate::reel::failure::{OrFail as _, OrRetry as _, unless_cancelled};
use crate::reel::keys;
use crate::routing::{self, Keep, Made};

/// How long a stage waits that needs a voice which is not there after all.
const AGAIN_AFTER: std::time::Duration = std::time::Duration::from_secs(10);

/// Stores the sound of a voice.
#[derive(Clone)]
struct KeepVoice {
    media: Media,
    file: PathBuf,
}

impl Keep<Speech, Spoken> for KeepVoice {
    fn keep(&self, speech: Speech) -> Doing<'static, Spoken> {
        let Self { media, file } = self.clone();
        Box::pin(async move {
            let kept = media.keep_file(file).await;
            let kept = kept.map_err(|error| CapabilityError::retry("media_folder", error.to_string()))?;
            Ok(Spoken { sound: kept.hash, speech })
        })
    }
}

impl Work<'_> {
    /// Orders the voice from its provider, if it has one; none once it is there, or if nothing is to be ordered.
    pub(super) async fn order_voice(&self) -> Result<Option<Pending>, JobError> {
        let (key, text) = self.voice_key()?;
        if !self.app.can_cost(&self.subject.choices.voice) {
            return Ok(None);
        }
        match self.ordered(&key, &text).await? {
            Called::Done(_) => Ok(None),
            Called::Pending(pending) => Ok(Some(pending)),
        }
    }

    pub(super) async fn voice(&self) -> Result<Spoken, JobError> {
        let voice = &self.subject.choices.voice;
        let (key, text) = self.voice_key()?;
        let value = self
            .result(&key, "voice", async || {
                if self.app.can_cost(voice) {
                    return match self.ordered(&key, &text).await? {
                        Called::Done(spoken) => Ok(json!(spoken)),
                        Called::Pending(_) => {
                            let message = "the voice has to be ordered again";
                            Err(JobError::put_off(AGAIN_AFTER, "voice_pending", message))
                        }
                    };
                }
                let file = self.folder().await?.join("voice.wav");
                let speech = self.speak(voice, &text, &file).await?;
                let sound = self.app.platform.media.keep_file(file).await.or_retry()?;
                Ok(json!(Spoken { sound: sound.hash, speech }))
            })
            .await?;
        self.run.progress("voice", 1.0);
        serde_json::from_value(value).or_fail("bad_voice")
    }

    /// The key of the voice, and the text that is spoken.
    fn voice_key(&self) -> Result<(String, String), JobError> {
        let text = one_sentence_a_line(&self.scene.script);
        let key = keys::key("voice/4", &(&self.subject.choices.voice, &text)).or_fail("bad_key")?;
        Ok((key, text))
    }

    fn voice_wish(&self, text: &str) -> Wish {
        let length = u64::try_from(text.chars().count()).ok();
        Wish { language: Some(self.subject.reel.language.into()), length, ..Wish::default() }
    }

    /// Speaks with the first implementation that has the voice.
    async fn speak(&self, voice: &str, text: &str, file: &Path) -> Result<Speech, JobError> {
        let run = self.run;
        let request = &SpeakRequest { voice: voice.to_owned(), text: text.to_owned(), out: file.to_owned() };
        let wish = self.voice_wish(text);
        let router = self.app.speaking.of(&self.subject.reel.owner).await?;
        let speaking = router.first(request, &wish, &(), |speaker| async move {
            let context = Context { key: "", progress: &|_| {} };
            match unless_cancelled(run, speaker.begin(request, context)).await.map_err(Attempt::Stop)? {
                Ok(Begun::Done(answer)) => Ok(answer.value),
                Ok(Begun::Accepted { .. }) => {
                    let message = "this voice is asynchronous, and the voice of a scene must be synchronous";
                    Err(Attempt::Next(JobError::fail("voice_too_slow", message)))
                }
                Err(error) => Err(Attempt::Next(routing::failed(error))),
            }
        });
        speaking.await.map_err(routing::no_route)
    }

    /// The voice from a provider: ordered once, and then found.
    async fn ordered(&self, key: &str, text: &str) -> Result<Called<Spoken>, JobError> {
        let (run, app, reel) = (self.run, self.app, &self.subject.reel);
        let file = self.folder().await?.join("ordered.wav");
        let voice = self.subject.choices.voice.clone();
        let request = SpeakRequest { voice, text: text.to_owned(), out: file.clone() };
        let keep = KeepVoice { media: app.platform.media.clone(), file };
        let wish = self.voice_wish(text);
        let router = app.speaking.of(&reel.owner).await?;
        let keys = routing::keys_of(run, key, &router).await?;
        for _ in 0..2 {
            match routing::ask(run, key, &router, &request, &wish, keep.clone()).await? {
                Called::Pending(pending) => return Ok(Called::Pending(pending)),
                Called::Done(Made { value, .. }) => {
                    if self.is_still_there(&keys, &value.sound).await? {
                        return Ok(Called::Done(value));
                    }
                }
            }
        }
        Err(JobError::retry("voice_lost", "the voice was made, and its sound is not there"))
    }

    /// Whether a file that a provider made is there. It is stored under one of these keys, and belongs to the reel. If its bytes are
    /// lost, nobody has them but the provider: it is made again.
    pub(super) async fn is_still_there(&self, keys: &[String], file: &BlobHash) -> Result<bool, JobError> {
        let (run, app, reel) = (self.run, self.app, &self.subject.reel);
        for key in keys {
            run.write(async |tx| reel::use_result(tx, &reel.owner, &reel.id, key).await).await?;
        }
        let is_there = app.platform.media.has_all(std::slice::from_ref(file)).await.or_retry()?;
        if !is_there {
            for key in keys {
                run.forget_result(key).await?;
            }
        }
        Ok(is_there)
    }
}
