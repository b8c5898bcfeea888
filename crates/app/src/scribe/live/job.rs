//! The job that transcribes a session while it is recorded: a stretch of each segment at a time, whenever chunks have arrived.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_capability::{ListenRequest, Remedy};
use sluice_domain::ids::OwnerId;
use sluice_engine::{EnqueueOptions, Job, JobError, Next, Run, Wake};
use sluice_store::scribe::{self, ChunkRow, RecordingId, RecordingRow, SegmentRow};
use sluice_store::{StoreError, Tx, events};

use super::passages::{Ear, Ears};
use super::stretch::{self, Plan};
use super::{LivePassage, SIGNAL};
use crate::routing;
use crate::scribe::audio;
use crate::scribe::clock;
use crate::scribe::context::ScribeApp;

/// The longest that it waits for a chunk: a session that receives nothing is ended before.
const LONGEST: Duration = Duration::from_hours(25);
/// Its priority over jobs that nobody waits for, in minutes.
const PRIORITY: i32 = -10;

/// Transcribes a session while it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HearSession {
    /// The session.
    pub session: RecordingId,
}

/// The only stage: its progress is stored in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Hears what has come.
    Hear,
}

/// The job of a session, and how it is enqueued. It is part of the recording, and in no list of jobs.
pub(super) fn of(owner: &OwnerId, id: &RecordingId) -> (HearSession, EnqueueOptions) {
    let options = EnqueueOptions { priority: PRIORITY, ..EnqueueOptions::of(owner) };
    (HearSession { session: id.clone() }, options)
}

/// A session as it is now.
struct Now {
    row: RecordingRow,
    ears: Ears,
    /// With the chunks of those that are not transcribed to their end.
    segments: Vec<(SegmentRow, Vec<ChunkRow>)>,
    /// The start of each segment, in milliseconds from that of the session.
    offsets: Vec<u64>,
}

/// The results of a run.
#[derive(Default)]
struct Heard {
    certain: Vec<LivePassage>,
    is_changed: bool,
    more: bool,
}

impl Job for HearSession {
    const KIND: &'static str = "scribe.hear";
    type Stage = Stage;
    type Context = ScribeApp;

    fn first_stage() -> Stage {
        Stage::Hear
    }

    /// The pool for machines with enough cores.
    fn pool() -> &'static str {
        "speech"
    }

    async fn run(&self, Stage::Hear: Stage, run: &Run, app: &ScribeApp) -> Result<Next<Stage>, JobError> {
        let now = run.read(async |tx: &mut Tx| self.load(tx, run.owner()).await).await?;
        let Some(now) = now.filter(|now| now.row.ended_at.is_none() && run.wake() != Some(&Wake::Deadline)) else {
            return Ok(Next::Done(json!({})));
        };
        let wait = Next::Wait { then: Stage::Hear, signal: SIGNAL.to_owned(), deadline: LONGEST, poll_every: None };
        if !now.row.transcribe {
            return Ok(wait);
        }
        let Now { row, mut ears, segments, offsets } = now;
        let mut heard = Heard::default();
        for ((segment, chunks), offset_ms) in segments.iter().zip(offsets) {
            let mut ear = ears.segments.remove(&segment.number).unwrap_or_default();
            ear.offset_ms = offset_ms;
            if !ear.is_done {
                let language = hear(run, app, &row, (segment, chunks), &mut ear, &mut heard).await?;
                ears.language = language.or(ears.language);
            }
            ears.segments.insert(segment.number, ear);
        }
        if heard.is_changed && !self.keep(run, &ears, heard.certain).await? {
            return Ok(Next::Done(json!({})));
        }
        Ok(if heard.more { Next::Snooze(Duration::ZERO) } else { wait })
    }
}

impl HearSession {
    async fn load(&self, tx: &mut Tx, owner: &OwnerId) -> Result<Option<Now>, StoreError> {
        let id = &self.session;
        let Some(row) = scribe::find(tx, owner, id).await? else { return Ok(None) };
        let Some(live) = scribe::live(tx, owner, id).await? else { return Ok(None) };
        let ears = Ears::of(&live.state);
        // As in the transcript, a segment that ended before anything was recorded does not count.
        let mut known = scribe::segments(tx, owner, id).await?;
        known.retain(|segment| segment.chunks != Some(0));
        let measured = clock::measured(tx, owner, id, &known).await?;
        let mut segments = Vec::new();
        for segment in known {
            let is_done = ears.segments.get(&segment.number).is_some_and(|ear| ear.is_done);
            let chunks = if is_done { Vec::new() } else { scribe::chunks(tx, owner, id, segment.number).await? };
            let chunks = clock::steady(&segment, chunks).chunks;
            segments.push((segment, chunks));
        }
        let until = |segment: &SegmentRow| measured.get(&segment.number).map_or(0, |of| of.until_ms);
        let offsets = clock::offsets(segments.iter().map(|(segment, _)| (segment.started_at, until(segment))));
        Ok(Some(Now { row, ears, segments, offsets }))
    }

    /// Stores the results, and publishes an event; false if the session is no longer transcribed.
    async fn keep(&self, run: &Run, ears: &Ears, certain: Vec<LivePassage>) -> Result<bool, JobError> {
        let unwritable = |error: serde_json::Error| JobError::fail("bad_live_state", error.to_string());
        let state = serde_json::to_value(ears).map_err(unwritable)?;
        let rows = certain
            .iter()
            .map(|passage| Ok(scribe::LivePassage { end_ms: passage.end_ms, passage: serde_json::to_value(passage)? }));
        let rows = rows.collect::<Result<Vec<_>, _>>().map_err(unwritable)?;
        let (id, heard_until_ms) = (&self.session, ears.heard_until_ms());
        let keep = run.write(async |tx: &mut Tx| {
            let kept = scribe::set_live(tx, run.owner(), id, &state, &rows).await?;
            if kept {
                let data = json!({ "session_id": id, "heard_until_ms": heard_until_ms });
                events::emit(tx, run.owner(), "scribe.heard", id.as_str(), &data)?;
            }
            Ok::<_, StoreError>(kept)
        });
        Ok(keep.await?)
    }
}

/// Transcribes the next stretch of a segment; returns the detected language.
async fn hear(
    run: &Run,
    app: &ScribeApp,
    row: &RecordingRow,
    (segment, chunks): (&SegmentRow, &[ChunkRow]),
    ear: &mut Ear,
    heard: &mut Heard,
) -> Result<Option<String>, JobError> {
    let number = segment.number;
    let (skip_to, until_ms, more) = match stretch::plan(segment, chunks, ear) {
        Plan::Wait => return Ok(None),
        Plan::Finish => {
            heard.certain.extend(ear.finish(number));
            heard.is_changed = true;
            return Ok(None);
        }
        Plan::Hear { skip_to, until_ms, more } => (skip_to, until_ms, more),
    };
    let from_ms = skip_to.unwrap_or(ear.from_ms);
    let media = &app.platform.media;
    let folder = media.work_folder(&run.lease().name()).await?;
    let sound = audio::of(segment, chunks)?;
    let stretch = stretch::write(media, &folder, &sound, chunks, from_ms, until_ms).await?;
    let request = ListenRequest {
        sound: stretch.file,
        starts_ms: stretch.starts_ms,
        until_ms,
        // An engine without state would start at the beginning of the sound.
        skip_to: skip_to.or(Some(from_ms).filter(|from| ear.state.is_none() && *from > 0)),
        language: row.language.clone(),
        state: ear.state.clone(),
    };
    let listened = app.listening.listen(&request).await;
    media.clear_work(&run.lease().name()).await?;
    heard.is_changed = true;
    heard.more |= more;
    match listened {
        Ok(mut listened) => {
            let language = listened.language.take();
            // A codec may round the length down; the missing milliseconds are not transcribed again on their own.
            listened.until_ms = listened.until_ms.max(until_ms);
            heard.certain.extend(ear.take(number, listened));
            Ok(language)
        }
        // The stretch cannot be decoded, or not yet: the job continues with the next one.
        Err(error) if error.remedy == Remedy::Fail => {
            run.log(format!("{until_ms} ms of segment {number}: {}", error.message));
            (ear.state, ear.from_ms, ear.heard_ms) = (None, until_ms, until_ms);
            Ok(None)
        }
        Err(error) => Err(routing::failed(error)),
    }
}
