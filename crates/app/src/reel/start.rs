//! Starts a reel: completes and checks the choices, enforces the limits, and stores the row together with its job.

use serde_json::json;
use sluice_capability::VoiceInfo;
use sluice_domain::ids::{DocumentId, JobId, OwnerId};
use sluice_domain::language::Language;
use sluice_engine::Engine;
use sluice_local::render::{Shape, presenters};
use sluice_store::documents;
use sluice_store::reel::ReelId;
use sluice_store::reel::{self, ReelRow};
use sluice_store::{StoreError, Tx};

use super::choices::{self, CaptionsPlace, Choices, PresenterChoice, ScriptChoice};
use super::context::ReelApp;
use super::keys;
use super::make::MakeReel;
use super::script::{Mode, written};
use super::subject;
use crate::facts::Facts;
use crate::library::{self, ReadingState, Refused};
use crate::limits::{Asker, Exceeded, LimitError, Standing, admit};

/// A request for a reel.
#[derive(Debug, Clone)]
pub struct StartReel {
    /// The document.
    pub document: DocumentId,
    /// Summary or explanation.
    pub mode: Mode,
    /// The aspect ratio.
    pub shape: Shape,
    /// The voice's id; none for the best one of the document's language that fits the presenter.
    pub voice: Option<String>,
    /// The presenter.
    pub presenter: PresenterChoice,
    /// Where the captions are.
    pub captions: CaptionsPlace,
    /// How the script is written.
    pub script: ScriptChoice,
    /// Who asks, and is limited; none for the command line, which is not.
    pub asker: Option<Asker>,
    /// The caller's idempotency key.
    pub request_key: Option<String>,
}

/// Why a reel is not started.
#[derive(Debug, thiserror::Error)]
pub enum StartReelError {
    /// No such document.
    #[error("there is no such document: upload it first")]
    NoSuchDocument,
    /// Its pages are still read by OCR.
    #[error("the document is still being read: wait until that is done")]
    BeingRead {
        /// The document.
        document: DocumentId,
        /// The job that reads it.
        job: JobId,
    },
    /// It was read, and no video can be made of it.
    #[error("{}", .0.detail)]
    Refused(Refused),
    /// A limit is reached.
    #[error(transparent)]
    Limit(Exceeded),
    /// No such voice for this language.
    #[error("there is no voice \"{voice}\" for {language}: choose one of {known}")]
    NoSuchVoice {
        /// The requested voice.
        voice: String,
        /// The document's language.
        language: &'static str,
        /// The ids that exist.
        known: String,
    },
    /// The voice's model is not installed.
    #[error("the voice \"{voice}\" is not installed: run `make setup`, or choose another one")]
    VoiceNotInstalled {
        /// The requested voice.
        voice: String,
    },
    /// No such presenter.
    #[error(
        "there is no presenter \"{presenter}\"{}: choose one of {known}, or \"{}\" for a video without",
        .why.as_ref().map_or_else(String::new, |why| format!(" ({why})")),
        choices::NO_PRESENTER
    )]
    NoSuchPresenter {
        /// The requested presenter.
        presenter: String,
        /// What the providers say that film others.
        why: Option<String>,
        /// The ids that exist.
        known: String,
    },
    /// No model can write the script.
    #[error(
        "no language model can write the script in {language}: choose the script \"extract\", or configure a provider of models"
    )]
    NoModel {
        /// The document's language.
        language: &'static str,
    },
    /// The key was used for a different request.
    #[error("this Idempotency-Key was used before for another request: make a new one")]
    KeyReused,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LimitError> for StartReelError {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Exceeded(exceeded) => Self::Limit(exceeded),
            LimitError::Store(error) => error.into(),
        }
    }
}

/// A reel that was started, now or earlier with the same key.
#[derive(Debug, Clone)]
pub struct Started {
    /// Its row.
    pub reel: ReelRow,
    /// How far the limits of who asked are used; nothing if it was started earlier.
    pub standings: Vec<Standing>,
}

/// Starts a reel, or returns the one that was started with the same key.
pub async fn start(owner: &OwnerId, app: &ReelApp, engine: &Engine, ask: StartReel) -> Result<Started, StartReelError> {
    let document = app.platform.store.read(async |tx| documents::document(tx, owner, &ask.document).await).await?;
    let document = document.ok_or(StartReelError::NoSuchDocument)?;
    match library::reading_state(engine, &document).await? {
        ReadingState::Done => {}
        ReadingState::Going { job_id, .. } => {
            return Err(StartReelError::BeingRead { document: document.id, job: job_id });
        }
        ReadingState::Refused(refused) => return Err(StartReelError::Refused(refused)),
    }
    let found = library::judged(&document)?.facts;
    let choices = complete(app, &app.voices_of(owner).await, &ask, &found)?;
    let hash = keys::key("request", &(&document.blob, &choices)).unwrap_or_default();
    let now = app.platform.now().await?;
    let reel = ReelRow {
        id: app.platform.new_id(ReelId::new).await?,
        owner: owner.clone(),
        document_id: document.id.clone(),
        job_id: app.platform.new_id(JobId::new).await?,
        title: found.title.clone().unwrap_or_default(),
        language: found.language,
        choices: json!(choices),
        script_source: None,
        script_note: None,
        edited: false,
        result: None,
        address: ask.asker.as_ref().and_then(|asker| asker.address.clone()).unwrap_or_default(),
        request: ask.request_key.clone().map(|key| (key, hash)),
        created_at: now,
        updated_at: now,
    };
    let (engine, limiter, idle) = (engine.clone(), app.platform.limits.clone(), app.limits.idle);
    let insert = async move |tx: &mut Tx| -> Result<Started, StartReelError> {
        if let Some(reel) = earlier(tx, &reel).await? {
            return Ok(Started { reel, standings: Vec::new() });
        }
        let standings = match &ask.asker {
            Some(asker) => admit::job(tx, &limiter, asker).await?,
            None => Vec::new(),
        };
        let mut reel = reel;
        // It may have been deleted since it was looked up, together with the last reel that used it.
        if !documents::lock(tx, owner, &reel.document_id).await? {
            return Err(StartReelError::NoSuchDocument);
        }
        let options = subject::options(&reel.owner, &reel.id, idle);
        reel.job_id = engine.enqueue(tx, &MakeReel { reel: reel.id.clone() }, options).await?;
        reel::insert_reel(tx, &reel).await?;
        Ok(Started { reel, standings })
    };
    app.platform.store.write(insert).await
}

fn complete(app: &ReelApp, voices: &[VoiceInfo], ask: &StartReel, found: &Facts) -> Result<Choices, StartReelError> {
    let language = found.language;
    let named = match &ask.presenter {
        PresenterChoice::Named(id) => Some(id.as_str()),
        PresenterChoice::Default | PresenterChoice::Nobody => None,
    };
    if let Some(presenter) = named
        && !choices::is_drawn(presenter)
        && !app.can_film(presenter)
    {
        let drawn = presenters().iter().map(|known| known.id.to_owned());
        let filmed = app.filmed_presenters().into_iter().map(|(_, offered)| offered.id);
        let known = drawn.chain(filmed).collect::<Vec<_>>().join(", ");
        let (presenter, why) = (presenter.to_owned(), app.unfilmed(presenter));
        return Err(StartReelError::NoSuchPresenter { presenter, why, known });
    }
    let voice = voice(voices, ask.voice.as_deref(), language, named)?;
    let presenter = match &ask.presenter {
        PresenterChoice::Named(id) => Some(id.clone()),
        PresenterChoice::Default => choices::presenter_for(&voice).map(|presenter| presenter.id.to_owned()),
        PresenterChoice::Nobody => None,
    };
    if ask.script == ScriptChoice::Written {
        let request = written::likely_request(language, ask.mode, found.characters);
        app.writer(&request, language).ok_or(StartReelError::NoModel { language: language.facts().name })?;
    }
    let (mode, shape, captions, script) = (ask.mode, ask.shape, ask.captions, ask.script);
    Ok(Choices { mode, shape, voice, presenter, captions, script })
}

/// The id of the voice: the requested one, or the default for the presenter.
fn voice(
    voices: &[VoiceInfo],
    asked: Option<&str>,
    language: Language,
    presenter: Option<&str>,
) -> Result<String, StartReelError> {
    let known: Vec<_> = voices.iter().filter(|voice| voice.language == language).collect();
    let voice = match asked {
        Some(id) => known.iter().find(|voice| voice.id == id).map(|voice| (*voice).clone()),
        None => choices::voice_for(voices, language, presenter),
    };
    let Some(voice) = voice else {
        return Err(StartReelError::NoSuchVoice {
            voice: asked.unwrap_or_default().to_owned(),
            language: language.facts().name,
            known: known.iter().map(|voice| voice.id.as_str()).collect::<Vec<_>>().join(", "),
        });
    };
    if voice.installed { Ok(voice.id) } else { Err(StartReelError::VoiceNotInstalled { voice: voice.id }) }
}

async fn earlier(tx: &mut Tx, reel: &ReelRow) -> Result<Option<ReelRow>, StartReelError> {
    let Some((key, hash)) = &reel.request else { return Ok(None) };
    match reel::reel_of_request(tx, &reel.owner, key).await? {
        Some(earlier) if earlier.request.as_ref().is_some_and(|(_, before)| before == hash) => Ok(Some(earlier)),
        Some(_) => Err(StartReelError::KeyReused),
        None => Ok(None),
    }
}
