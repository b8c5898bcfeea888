//! The job that writes down what was said in a session, segment by segment, and by whom; then makes a summary of it, and draws
//! it. Every call's result is kept, so that an interruption costs at most one of them, and the same sound is not heard twice.
//! A transcript is published once there is one: what fails afterwards does not take it back.

use serde::{Deserialize, Serialize};
use sluice_capability::{Capability as _, TellingApart, Transcribing};
use sluice_domain::ids::OwnerId;
use sluice_engine::{Called, EnqueueOptions, Job, JobError, Next, Pending, Run};
use sluice_store::scribe::{RecordingId, RecordingRow};

use super::audio;
use super::clock::end_of;
use super::context::ScribeApp;
use super::hearing::{self, Listened, Sounding};
use super::holes::{self, Lost};
use super::keeping::restore;
use super::people::People;
use super::sounds::{Recorded, deleted, load};
use super::tell_apart::{self, Told};
use super::transcript::{Heard, ToldApart, Transcription};
use super::{publish, summary, waveform};
use crate::asking::goes_on;
use crate::tiers::MoveError;

/// Writes down a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscribeSession {
    /// The session.
    pub session: RecordingId,
}

/// The steps: two are called as the capabilities that report them.
const HEARD: &str = Transcribing::NAME;
const TOLD: &str = TellingApart::NAME;
const SUMMARISED: &str = "summarise";
const DRAWN: &str = "draw";

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

    /// By how long they usually take: most of it is hearing.
    fn phases() -> &'static [(&'static str, f64)] {
        &[(HEARD, 0.75), (TOLD, 0.2), (SUMMARISED, 0.03), (DRAWN, 0.02)]
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
                run.progress(SUMMARISED, 1.0);
                Ok(Next::Stage(Stage::Draw))
            }
            Stage::Draw => {
                or_without("a waveform", waveform::make(run, app, &self.session).await, run)?;
                run.progress(DRAWN, 1.0);
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
        let mut all = Made::default();
        let whole_ms = sounds.iter().map(|one| end_of(&one.chunks)).sum();
        let mut done_ms = 0;
        for one in sounds {
            if one.chunks.is_empty() {
                all.add(one, Listened::default(), Vec::new());
                continue;
            }
            let sound = audio::of(&one.segment, &one.chunks)?;
            let of = Sounding::of(&sound, end_of(&one.chunks));
            let part = part_of(run, done_ms, of.length_ms, whole_ms);
            done_ms += of.length_ms;
            let made = all.hear(&part, app, &row, one, &of).await;
            of.clear(run, app).await;
            if let Some(pending) = made? {
                return Ok(Next::AwaitCall(pending));
            }
        }
        for step in [HEARD, TOLD] {
            run.progress(step, 1.0);
        }
        let Made { heard, people, told, failed, is_any_heard } = all;
        // Of a session of which nothing can be heard there is nothing to read.
        if let Some(failed) = failed.filter(|_| !is_any_heard) {
            return Err(failed);
        }
        let mut whole = Transcription::of(&heard);
        whole.told_apart = told;
        let order = whole.renumber_speakers();
        publish::transcript(run, app, &self.session, &whole, &people.in_order(&order)).await?;
        Ok(Next::Stage(Stage::Summarise))
    }
}

/// What is made of the segments.
struct Made {
    heard: Vec<Heard>,
    people: People,
    told: ToldApart,
    /// Why the first one of those that cannot be heard is not.
    failed: Option<JobError>,
    /// One of them was heard, be it silent.
    is_any_heard: bool,
}

impl Default for Made {
    fn default() -> Self {
        Self { heard: Vec::new(), people: People::default(), told: ToldApart::Yes, failed: None, is_any_heard: false }
    }
}

impl Made {
    /// Hears a segment, and tells its speakers apart. One that cannot be heard is a gap: the others are written down all the same.
    async fn hear(
        &mut self,
        run: &Run,
        app: &ScribeApp,
        row: &RecordingRow,
        one: Recorded,
        of: &Sounding<'_>,
    ) -> Result<Option<Pending>, JobError> {
        let heard = match hearing::hear(run, app, row, of).await {
            Ok(Called::Done(heard)) => Ok(heard),
            Ok(Called::Pending(pending)) => return Ok(Some(pending)),
            Err(error) if goes_on(run, &error) => return Err(error),
            Err(error) => Err(error),
        };
        let readable = hearing::look(run, app, of).await?;
        let Listened { mut transcript, made_by } = match heard {
            Ok(heard) => heard,
            Err(error) if !hearing::is_of_this_sound(&error, readable.as_ref()) => return Err(error),
            Err(error) => {
                let number = one.segment.number;
                tracing::warn!(job = %run.job_id(), segment = number, %error, "a segment is not written down");
                run.log(format!("part {} is not written down: {error}", number + 1));
                let lost = holes::unreadable(&one.chunks);
                self.add(one, Listened::default(), lost);
                self.failed.get_or_insert(error);
                return Ok(None);
            }
        };
        match tell_apart::ask(run, app, of, &transcript).await? {
            Called::Done(Told::Voices { voices, model }) => self.people.hear(&mut transcript, &voices, &model),
            Called::Done(Told::Nobody) => {}
            Called::Done(Told::Not(why)) => self.told = why,
            Called::Pending(pending) => return Ok(Some(pending)),
        }
        let readable = readable.unwrap_or_default();
        let lost = holes::lost(&one.segment, of.sound.media_type, &one.chunks, &readable);
        self.add(one, Listened { transcript, made_by }, lost);
        self.is_any_heard = true;
        Ok(None)
    }

    fn add(&mut self, Recorded { segment, chunks, until_ms }: Recorded, heard: Listened, lost: Vec<Lost>) {
        let Listened { transcript, made_by } = heard;
        self.heard.push(Heard { segment, chunks, until_ms, transcript, made_by, lost });
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

/// The run for a part of a sound: what is done of it counts as much as it is long.
#[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
fn part_of(run: &Run, from_ms: u64, length_ms: u64, whole_ms: u64) -> Run {
    let whole = whole_ms.max(1) as f64;
    run.part(from_ms as f64 / whole, length_ms as f64 / whole)
}

/// The job of a session that has ended, and how it is enqueued. [`scribe::set_job`] follows.
pub(super) fn job_of(owner: &OwnerId, id: &RecordingId) -> (TranscribeSession, EnqueueOptions) {
    let options = EnqueueOptions { subject: Some(id.to_string()), ..EnqueueOptions::of(owner) };
    (TranscribeSession { session: id.clone() }, options)
}
