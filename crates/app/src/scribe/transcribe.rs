//! The job that writes down what was said in a session, segment by segment, and by whom; then makes a summary of it, and draws
//! it. Every call's result is kept, so that an interruption costs at most one of them, and the same sound is not heard twice.
//! A transcript is published once there is one: what fails afterwards does not take it back.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{TranscribeRequest, Transcript, Wish};
use sluice_domain::ids::OwnerId;
use sluice_domain::language::Language;
use sluice_engine::{Called, EnqueueOptions, Job, JobError, Next, Run};
use sluice_store::scribe::{RecordingId, RecordingRow};

use super::audio::{self, Joined};
use super::context::ScribeApp;
use super::keeping::restore;
use super::people::People;
use super::sounds::{TRANSCRIPT_BYTES, deleted, join, keeping, load};
use super::tell_apart::{self, Told};
use super::transcript::{Heard, ToldApart, Transcription};
use super::{publish, summary, waveform};
use crate::asking::goes_on;
use crate::routing::{self, Made};
use crate::tiers::MoveError;

/// Changes with what is made of the same sound.
const VERSION: &str = "transcribe/1";

/// Writes down a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscribeSession {
    /// The session.
    pub session: RecordingId,
}

/// What is made, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Hears the segments, tells their speakers apart, and publishes the transcript.
    Hear,
    /// Makes a summary, or an extract.
    Summarise,
    /// Draws how loud it is.
    Draw,
}

impl Job for TranscribeSession {
    const KIND: &'static str = "scribe.transcribe";
    type Stage = Stage;
    type Context = ScribeApp;

    fn first_stage() -> Stage {
        Stage::Hear
    }

    /// Hears: for machines with enough cores.
    fn pool() -> &'static str {
        "speech"
    }

    async fn run(&self, stage: Stage, run: &Run, app: &ScribeApp) -> Result<Next<Stage>, JobError> {
        match stage {
            Stage::Hear => self.hear(run, app).await,
            Stage::Summarise => {
                let made = match summary::make(run, app, &self.session).await {
                    Ok(Called::Pending(pending)) => return Ok(Next::AwaitCall(pending)),
                    Ok(Called::Done(())) => Ok(()),
                    Err(error) => Err(error),
                };
                or_without("a summary", made, run)?;
                Ok(Next::Stage(Stage::Draw))
            }
            Stage::Draw => {
                or_without("a waveform", waveform::make(run, app, &self.session).await, run)?;
                publish::result(run, app, &self.session).await.map(Next::Done)
            }
        }
    }
}

/// The transcript is there: what else is made of it is done without, once trying again does not help.
fn or_without(what: &str, made: Result<(), JobError>, run: &Run) -> Result<(), JobError> {
    match made {
        Err(error) if goes_on(run, &error) => Err(error),
        Err(error) => {
            tracing::warn!(job = %run.job_id(), %error, "a recording stays without {what}");
            run.log(format!("it stays without {what}: {error}"));
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

impl TranscribeSession {
    async fn hear(&self, run: &Run, app: &ScribeApp) -> Result<Next<Stage>, JobError> {
        restored(run, app, &self.session).await?;
        let (row, sounds) = load(run, &self.session).await?;
        let (mut heard, mut people, mut told) = (Vec::with_capacity(sounds.len()), People::default(), ToldApart::Yes);
        for (segment, chunks) in sounds {
            let sound = audio::of(&segment, &chunks)?;
            let length_ms = chunks.iter().map(|chunk| chunk.length_ms).sum();
            let file = join(run, app, &sound).await?;
            let made = match hear(run, app, &row, &sound, (&file, length_ms)).await? {
                Called::Done(made) => made,
                Called::Pending(pending) => return Ok(Next::AwaitCall(pending)),
            };
            let bytes = app.platform.media.read(&made.value, TRANSCRIPT_BYTES).await?;
            let mut transcript: Transcript =
                serde_json::from_slice(&bytes).map_err(|error| JobError::fail("bad_transcript", error.to_string()))?;
            match tell_apart::ask(run, app, &sound, (&file, length_ms), &transcript).await? {
                Called::Done(Told::Voices { voices, model }) => people.hear(&mut transcript, &voices, &model),
                Called::Done(Told::Nobody) => {}
                Called::Done(Told::Not(why)) => told = why,
                Called::Pending(pending) => return Ok(Next::AwaitCall(pending)),
            }
            // A session may be as long as a day, and there is no use for the copy of a segment any more.
            tokio::fs::remove_file(&file).await.ok();
            heard.push(Heard { segment, chunks, transcript, made_by: made.made_by });
        }
        let mut whole = Transcription::of(&heard);
        whole.told_apart = told;
        let order = whole.renumber_speakers();
        publish::transcript(run, app, &self.session, &whole, &people.in_order(&order)).await?;
        Ok(Next::Stage(Stage::Summarise))
    }
}

/// Takes the sound of a session out of its archive, if it is there.
async fn restored(run: &Run, app: &ScribeApp, id: &RecordingId) -> Result<(), JobError> {
    match restore(app, run.owner(), id).await {
        Ok(_) => Ok(()),
        Err(MoveError::Deleted) => Err(JobError::fail("audio_deleted", MoveError::Deleted.to_string())),
        Err(MoveError::Unknown) => Err(deleted()),
        Err(MoveError::Media(error)) => Err(error.into()),
        Err(MoveError::Store(error)) => Err(error.into()),
        Err(error) => Err(JobError::fail("bad_archive", error.to_string())),
    }
}

/// What is said in a segment: the stored transcript.
async fn hear(
    run: &Run,
    app: &ScribeApp,
    row: &RecordingRow,
    sound: &Joined,
    (file, length_ms): (&Path, u64),
) -> Result<Called<Made<BlobHash>>, JobError> {
    let names: Vec<&str> = sound.parts.iter().map(|(hash, _)| hash.as_str()).collect();
    let of = json!([VERSION, row.language, sound.media_type, names]);
    let key = BlobHash::of(of.to_string().as_bytes()).to_string();
    let request = TranscribeRequest {
        sound: file.to_owned(),
        duration_ms: length_ms,
        language: row.language.clone(),
        words: true,
        prompt: None,
    };
    let language = row.language.as_deref().and_then(Language::from_code);
    let wish = Wish { language, length: Some(length_ms), ..Wish::default() };
    let keep = keeping::<Transcript>(app.platform.media.clone());
    let router = app.hearing.of(run.owner()).await?;
    routing::ask(run, &key, &router, &request, &wish, keep).await
}

/// The job of a session that has ended, and how it is enqueued. [`scribe::set_job`] follows.
pub(super) fn job_of(owner: &OwnerId, id: &RecordingId) -> (TranscribeSession, EnqueueOptions) {
    let options = EnqueueOptions { subject: Some(id.to_string()), ..EnqueueOptions::of(owner) };
    (TranscribeSession { session: id.clone() }, options)
}
