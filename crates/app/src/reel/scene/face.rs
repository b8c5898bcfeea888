//! Who presents a scene: nobody, a drawn presenter, or one of a provider, which films them with the sound of the scene. A film is
//! asked for through the engine of jobs, so that nothing is paid for twice, and found again as long as the sound is the same.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{
    self as capability, CapabilityError, Doing, Present, PresentRequest, Presenting, Router, Wish,
};
use sluice_engine::{Called, JobError};
use sluice_store::{reel, results};

use super::{Spoken, Work};
use crate::asking;
use crate::media::Media;
use crate::reel::choices;
use crate::reel::failure::{OrFail as _, OrRetry as _};
use crate::reel::filming::film_request;
use crate::reel::keys;
use crate::reel::note::{NotFilmed, NotFilmedCode, Presented, Stamp};
use crate::routing::{self, Keep, Made};

/// How long a stage waits that needs a film which is not there after all.
const AGAIN_AFTER: std::time::Duration = std::time::Duration::from_secs(10);

/// Who presents a scene. What is serialised is part of the key of its clip.
#[derive(Debug, Clone, Serialize)]
pub(super) enum Face {
    /// Nobody.
    Nobody,
    /// The drawn presenter with this id.
    Drawn(String),
    /// A provider's, in a film.
    Filmed {
        /// The film: MP4.
        film: BlobHash,
        /// Who made it.
        by: Stamp,
    },
    /// A drawn presenter, because there is no film.
    Instead {
        /// The id of the drawn one.
        drawn: Option<String>,
        /// Why.
        not_filmed: NotFilmed,
    },
}

impl Face {
    /// The id of the drawn presenter, if there is one.
    pub(super) fn drawn(&self) -> Option<&str> {
        match self {
            Self::Nobody | Self::Filmed { .. } => None,
            Self::Drawn(id) => Some(id),
            Self::Instead { drawn, .. } => drawn.as_deref(),
        }
    }

    /// What is said about it, if a provider was to film it.
    pub(super) fn presented(&self) -> Option<Presented> {
        match self {
            Self::Nobody | Self::Drawn(_) => None,
            Self::Filmed { by, .. } => Some(Presented::Filmed(by.clone())),
            Self::Instead { not_filmed, .. } => Some(Presented::Drawn(not_filmed.clone())),
        }
    }
}

/// A film, as its call is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Film {
    film: BlobHash,
}

/// What was tried in vain for a film, as it is stored for a job.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Tried {
    /// The providers that took the work and refused it then.
    refused: Vec<Refused>,
    /// Why there is no film; none while there may be one. Stored under its first name.
    #[serde(rename = "undone")]
    not_filmed: Option<NotFilmed>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Refused {
    provider: String,
    why: String,
}

/// Stores a film.
#[derive(Clone)]
struct KeepFilm {
    media: Media,
    file: PathBuf,
}

impl Keep<capability::Presented, Film> for KeepFilm {
    fn keep(&self, _: capability::Presented) -> Doing<'static, Film> {
        let Self { media, file } = self.clone();
        Box::pin(async move {
            let kept = media.keep_file(file).await;
            let kept = kept.map_err(|error| CapabilityError::retry("media_folder", error.to_string()))?;
            Ok(Film { film: kept.hash })
        })
    }
}

impl Work<'_> {
    /// Who presents the scene. A film is asked for, or found; if nobody can make it, the drawn presenter takes its place as long as
    /// this job lives: another one asks again. What heals is waited for, as long as the job has attempts.
    pub(super) async fn face(&self) -> Result<Called<Face>, JobError> {
        let Some(presenter) = &self.subject.choices.presenter else { return Ok(Called::Done(Face::Nobody)) };
        if choices::is_drawn(presenter) {
            return Ok(Called::Done(Face::Drawn(presenter.clone())));
        }
        let spoken = self.voice().await?;
        let request = film_request(presenter, spoken.speech.duration_ms());
        let (width, height) = (request.width, request.height);
        let key = keys::key("film/1", &(presenter, &spoken.sound, width, height)).or_fail("bad_key")?;
        let tried_key = keys::key("no-film/1", &(&key, self.run.job_id())).or_fail("bad_key")?;
        let stored = self.run.read(async |tx| results::find(tx, &tried_key).await).await?;
        let stored: Option<Tried> = stored.map(serde_json::from_value).transpose().or_fail("bad_film")?;
        let mut tried = stored.unwrap_or_default();
        if let Some(not_filmed) = &tried.not_filmed {
            return Ok(Called::Done(self.instead(not_filmed)));
        }
        // Without a key for any of them it is not the presenter that failed: its owner can give one.
        let configured = self.app.presenting.of(&self.subject.reel.owner).await?;
        loop {
            let refused: Vec<String> = tried.refused.iter().map(|one| one.provider.clone()).collect();
            let router = configured.without(&refused);
            let begun = routing::provider_at_work(self.run, &key, &router).await?;
            let error = match self.filmed(&key, &router, &request, &spoken).await {
                Ok(Called::Done(Made { value, made_by })) => {
                    self.run.progress("presenter", 1.0);
                    return Ok(Called::Done(Face::Filmed { film: value.film, by: made_by.into() }));
                }
                Ok(Called::Pending(pending)) => return Ok(Called::Pending(pending)),
                Err(error) => error,
            };
            if asking::goes_on(self.run, &error) {
                return Err(error);
            }
            self.run.log(format!("There is no film of the presenter: {error}"));
            let may_go_on = router.implementations().count() > 1 && !routing::may_be_paid(&error);
            if let Some(provider) = begun.filter(|_| may_go_on) {
                // It had taken the work, so that nobody after it in the routes was asked.
                tried.refused.push(Refused { provider, why: error.message });
            } else {
                // That nobody else can be asked says less than what the last one said.
                let last = tried.refused.last().filter(|_| error.code == "no_provider");
                let detail = last.map_or(error.message, |one| one.why.clone());
                tried.not_filmed = Some(NotFilmed { code: NotFilmedCode::Failed, detail });
            }
            self.remember(&tried_key, &tried).await?;
            if let Some(not_filmed) = &tried.not_filmed {
                return Ok(Called::Done(self.instead(not_filmed)));
            }
        }
    }

    /// Stores what was tried in vain. It belongs to the reel, and goes with it.
    async fn remember(&self, key: &str, tried: &Tried) -> Result<(), JobError> {
        let (value, reel) = (json!(tried), &self.subject.reel);
        let kept = self.run.write(async |tx| {
            results::store(tx, key, "no_film", &value).await?;
            reel::use_result(tx, &reel.owner, &reel.id, key).await
        });
        Ok(kept.await?)
    }

    /// Who presents the scene, after the stage that waits for the film.
    pub(super) async fn present_face(&self) -> Result<Face, JobError> {
        match Box::pin(self.face()).await? {
            Called::Done(face) => Ok(face),
            Called::Pending(_) => {
                let message = "the film of the presenter has to be ordered again";
                Err(JobError::put_off(AGAIN_AFTER, "film_pending", message))
            }
        }
    }

    fn instead(&self, not_filmed: &NotFilmed) -> Face {
        let drawn = choices::presenter_for(&self.subject.choices.voice).map(|info| info.id.to_owned());
        Face::Instead { drawn, not_filmed: not_filmed.clone() }
    }

    /// The film from a provider: ordered once, and then found.
    async fn filmed(
        &self,
        key: &str,
        router: &Router<Presenting, dyn Present>,
        request: &PresentRequest,
        spoken: &Spoken,
    ) -> Result<Called<Made<Film>>, JobError> {
        let sound = self.app.platform.media.materialise(&spoken.sound).await.or_retry()?;
        let file = self.folder().await?.join("presenter.mp4");
        let keep = KeepFilm { media: self.app.platform.media.clone(), file: file.clone() };
        let length = Some(u64::from(request.duration_ms));
        let wish = Wish { language: Some(self.subject.reel.language.into()), length, ..Wish::default() };
        let phonemes = spoken.speech.phonemes.clone();
        let request = PresentRequest { sound: sound.path().to_owned(), phonemes, out: file, ..request.clone() };
        let keys = routing::keys_of(self.run, key, router).await?;
        for _ in 0..2 {
            match routing::ask(self.run, key, router, &request, &wish, keep.clone()).await? {
                Called::Pending(pending) => return Ok(Called::Pending(pending)),
                Called::Done(made) => {
                    let film = made.value.film.clone();
                    if self.is_still_there(&keys, &film).await? {
                        return Ok(Called::Done(made));
                    }
                }
            }
        }
        Err(JobError::retry("film_lost", "the film was made, and its file is not there"))
    }
}
