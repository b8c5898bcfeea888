//! Transcribes a segment, in parts if it is long: the result of each part is stored, so that an interruption costs at most one
//! part. Also finds out how much of the sound can be decoded.

use std::path::{Path, PathBuf};

use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{MadeBy, PartOf, Router, Transcribe, TranscribeRequest, Transcribing, Transcript, Wish};
use sluice_domain::language::LanguageCode;
use sluice_engine::{Called, JobError, Run};
use sluice_local::sound::{CUT_STEP_MS, Readable, cut, readable};
use sluice_local::speech::SpeechError;
use sluice_local::waveform::{self, WaveformError};
use sluice_store::scribe::RecordingRow;
use tokio::sync::OnceCell;

use super::audio::Joined;
use super::context::ScribeApp;
use super::sounds::{TRANSCRIPT_BYTES, join, keeping};
use crate::asking::goes_on;
use crate::routing;

/// The version of the transcription's results, a part of their key.
const VERSION: &str = "transcribe/1";
/// The version of the results of decoding, a part of their key.
const LOOK_VERSION: &str = "look/1";
/// A sound of more than this many parts is cut: a short remainder is not worth a part of its own.
const WORTH_CUTTING: (u64, u64) = (3, 2);
/// How far from the length of a part it may be cut, as a divisor of that length: an eighth on both sides.
const AROUND: u64 = 8;
/// The peak up to which a sound counts as silent: rounding alone produces as much.
const SILENT: u16 = 1;
/// The codes of errors that are about the sound, not about the engine.
const OF_THE_SOUND: [&str; 5] = ["not_media", "no_sound", "file_empty", "empty_file", "sound_too_short"];

/// The transcript of a segment, and the engine that made it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Listened {
    pub(super) transcript: Transcript,
    pub(super) made_by: Vec<MadeBy>,
}

/// The sound of a segment, with its files, which are made when they are needed.
pub(super) struct Sounding<'a> {
    pub(super) sound: &'a Joined,
    /// How long it is, in milliseconds.
    pub(super) length_ms: u64,
    file: OnceCell<PathBuf>,
    files: OnceCell<Vec<PathBuf>>,
}

/// The end of a part of a segment, in milliseconds, and whether there is any sound in it.
type Part = (u64, bool);

impl<'a> Sounding<'a> {
    pub(super) fn of(sound: &'a Joined, length_ms: u64) -> Self {
        Self { sound, length_ms, file: OnceCell::new(), files: OnceCell::new() }
    }

    /// The hash of its bytes, with everything else that determines the result.
    fn key(&self, version: &str, with: &serde_json::Value) -> String {
        let names: Vec<&str> = self.sound.parts.iter().map(|(hash, _)| hash.as_str()).collect();
        BlobHash::of(json!([version, with, self.sound.media_type, names]).to_string().as_bytes()).to_string()
    }

    /// The whole segment as a file.
    pub(super) async fn file(&self, run: &Run, app: &ScribeApp) -> Result<&Path, JobError> {
        self.file.get_or_try_init(|| join(run, app, self.sound)).await.map(PathBuf::as_path)
    }

    /// One of its parts as a file. All are cut in one pass, since the start of a part is exact only if everything before it is
    /// decoded.
    async fn part(&self, run: &Run, app: &ScribeApp, parts: &[Part], number: usize) -> Result<PathBuf, JobError> {
        let make = async || {
            let file = self.file(run, app).await?;
            let folder = file.with_extension("parts");
            tokio::fs::create_dir_all(&folder).await.map_err(|error| not_cut(&error.to_string()))?;
            let ends: Vec<u64> = parts.iter().map(|(end, _)| *end).collect();
            cut(&app.guard, file, &ends[..ends.len() - 1], &folder).await.map_err(failed)
        };
        let files = self.files.get_or_try_init(make).await?;
        files.get(number).cloned().ok_or_else(|| not_cut("a part is missing"))
    }

    /// Removes the file of a part that was transcribed.
    async fn remove(&self, number: usize) {
        if let Some(file) = self.files.get().and_then(|files| files.get(number)) {
            tokio::fs::remove_file(file).await.ok();
        }
    }

    /// Removes its files: a session may be as long as a day, and each poll of a pending call is an attempt of the job.
    pub(super) async fn clear(self, run: &Run, app: &ScribeApp) {
        if let Err(error) = app.platform.media.clear_work(&run.lease().name()).await {
            tracing::warn!(job = %run.job_id(), %error, "a sound stays in its folder for now");
        }
    }
}

/// Transcribes a segment.
pub(super) async fn hear(
    run: &Run,
    app: &ScribeApp,
    row: &RecordingRow,
    of: &Sounding<'_>,
) -> Result<Called<Listened>, JobError> {
    let parts = parts(run, app, of).await?;
    let language = row.language.clone();
    let mut request = TranscribeRequest {
        sound: PathBuf::from(&of.sound.name),
        duration_ms: of.length_ms,
        part_of: None,
        language: language.clone(),
        words: true,
        prompt: None,
    };
    let Some((last_ms, _)) = parts.last() else {
        let key = of.key(VERSION, &json!(language));
        let router = app.hearing.of(run.owner()).await?;
        if !routing::is_sent::<_, _, BlobHash>(run, &key, &router).await? {
            request.sound = of.file(run, app).await?.to_owned();
        }
        return ask(run, app, &key, &router, &request).await;
    };
    let whole_ms = of.length_ms.max(*last_ms);
    let mut whole = Listened::default();
    whole.transcript.language = language.clone().unwrap_or_default();
    let (mut starts_ms, mut heard) = (0, language);
    for (number, (end_ms, has_sound)) in parts.iter().enumerate() {
        let end_ms = if number + 1 == parts.len() { whole_ms } else { *end_ms };
        if *has_sound {
            let key = of.key(VERSION, &json!([heard, starts_ms, end_ms]));
            request.sound = "part.flac".into();
            request.duration_ms = end_ms - starts_ms;
            request.part_of = Some(PartOf { starts_ms, whole_ms, language: heard.clone() });
            let router = app.hearing.of(run.owner()).await?;
            if !routing::is_sent::<_, _, BlobHash>(run, &key, &router).await? {
                request.sound = of.part(run, app, &parts, number).await?;
            }
            let part = match ask(run, app, &key, &router, &request).await {
                Ok(Called::Done(part)) => part,
                Ok(Called::Pending(pending)) => return Ok(Called::Pending(pending)),
                // A part that cannot be decoded has no words; [`look`] finds out where sound is missing.
                Err(error) if !goes_on(run, &error) && OF_THE_SOUND.contains(&&*error.code) => Listened::default(),
                Err(error) => return Err(error),
            };
            of.remove(number).await;
            if heard.is_none() && !part.transcript.segments.is_empty() {
                heard = Some(part.transcript.language.clone()).filter(|language| !language.is_empty());
            }
            whole.add(part, starts_ms);
        }
        starts_ms = end_ms;
    }
    Ok(Called::Done(whole))
}

impl Listened {
    /// Appends the transcript of the part that begins then.
    fn add(&mut self, part: Self, starts_ms: u64) {
        let from = u32::try_from(starts_ms).unwrap_or(u32::MAX);
        let Transcript { language, segments, suppressed, unwritten } = part.transcript;
        let own = &mut self.transcript;
        if own.segments.is_empty() && (!segments.is_empty() || own.language.is_empty()) {
            own.language = language;
        }
        for mut segment in segments {
            shift(&mut segment.start_ms, &mut segment.end_ms, from);
            segment.words.iter_mut().for_each(|word| shift(&mut word.start_ms, &mut word.end_ms, from));
            // Speakers are numbered in each part by themselves.
            segment.speaker = None;
            own.segments.push(segment);
        }
        for mut text in suppressed {
            shift(&mut text.start_ms, &mut text.end_ms, from);
            own.suppressed.push(text);
        }
        for mut stretch in unwritten {
            shift(&mut stretch.start_ms, &mut stretch.end_ms, from);
            own.unwritten.push(stretch);
        }
        for made_by in part.made_by {
            if !self.made_by.contains(&made_by) {
                self.made_by.push(made_by);
            }
        }
    }
}

fn shift(start_ms: &mut u32, end_ms: &mut u32, from: u32) {
    *start_ms = start_ms.saturating_add(from);
    *end_ms = end_ms.saturating_add(from);
}

async fn ask(
    run: &Run,
    app: &ScribeApp,
    key: &str,
    router: &Router<Transcribing, dyn Transcribe>,
    request: &TranscribeRequest,
) -> Result<Called<Listened>, JobError> {
    let part = request.part_of.as_ref();
    let language = request.language.as_deref().or_else(|| part?.language.as_deref());
    let wish = Wish {
        language: language.and_then(LanguageCode::from_code),
        length: Some(part.map_or(request.duration_ms, |part| part.whole_ms)),
        part: part.map(|_| request.duration_ms),
        ..Wish::default()
    };
    let keep = keeping::<Transcript>(app.platform.media.clone());
    let made = match routing::ask(run, key, router, request, &wish, keep).await? {
        Called::Done(made) => made,
        Called::Pending(pending) => return Ok(Called::Pending(pending)),
    };
    let bytes = app.platform.media.read(&made.value, TRANSCRIPT_BYTES).await?;
    let transcript =
        serde_json::from_slice(&bytes).map_err(|error| JobError::fail("bad_transcript", error.to_string()))?;
    Ok(Called::Done(Listened { transcript, made_by: vec![made.made_by] }))
}

/// The parts of a long sound, which is cut where it is quiet; none of a short one, or of one whose amplitudes cannot be computed,
/// which is transcribed as a whole.
async fn parts(run: &Run, app: &ScribeApp, of: &Sounding<'_>) -> Result<Vec<Part>, JobError> {
    let (times, over) = WORTH_CUTTING;
    if of.length_ms <= app.part_ms.saturating_mul(times) / over {
        return Ok(Vec::new());
    }
    let key = of.key(LOOK_VERSION, &json!(["parts", app.part_ms]));
    let found = run.result_or(&key, "draw", async || {
        match waveform::amplitudes(&app.guard, of.file(run, app).await?, CUT_STEP_MS).await {
            Ok(peaks) => Ok(parted(&peaks, app.part_ms)),
            Err(WaveformError::NoSound) => Ok(Vec::new()),
            Err(error) if error.is_transient() => Err(JobError::retry(error.code(), error.to_string()).because(error)),
            // Not stored: the error changes once the missing program is installed.
            Err(error) => Err(JobError::fail(error.code(), error.to_string()).because(error)),
        }
    });
    without(run, "it is heard in one piece", found.await)
}

/// The parts of a sound with these peaks; none if it is too short for two.
fn parted(peaks: &[u16], part_ms: u64) -> Vec<Part> {
    let step = u64::from(CUT_STEP_MS);
    let cuts = quiet(peaks, part_ms);
    if cuts.is_empty() {
        return Vec::new();
    }
    let (mut parts, mut from) = (Vec::new(), 0);
    // The last step may be incomplete.
    let last = peaks.len() - 1;
    for at in cuts.into_iter().chain([peaks.len()]) {
        parts.push((at.min(last) as u64 * step, peaks[from..at].iter().any(|peak| *peak > SILENT)));
        from = at;
    }
    parts
}

/// The steps at which a sound is cut, about the length of a part apart: each is where the louder of the two adjacent steps is
/// quietest, within [`AROUND`].
fn quiet(peaks: &[u16], part_ms: u64) -> Vec<usize> {
    let step = u64::from(CUT_STEP_MS);
    let part = usize::try_from(part_ms / step).unwrap_or(usize::MAX).max(2);
    let around = (part / usize::try_from(AROUND).unwrap_or(1)).max(1);
    let loud = |at: usize| peaks.get(at - 1).max(peaks.get(at)).copied().unwrap_or(0);
    let (mut cuts, mut from) = (Vec::new(), 0);
    while peaks.len() - from > part + part / 2 {
        let wanted = from + part;
        let places = wanted - around..=wanted + around;
        let Some(at) = places.min_by_key(|at| (loud(*at), at.abs_diff(wanted))) else { break };
        cuts.push(at);
        from = at;
    }
    cuts
}

/// How much of a segment can be decoded; none if that is not known.
pub(super) async fn look(run: &Run, app: &ScribeApp, of: &Sounding<'_>) -> Result<Option<Readable>, JobError> {
    let key = of.key(LOOK_VERSION, &json!("stretches"));
    let found = run.result_or(&key, "look", async || {
        let Readable { stretches, is_damaged } =
            readable(&app.guard, of.file(run, app).await?).await.map_err(failed)?;
        Ok(Some((stretches.into_iter().map(|one| (one.start, one.end)).collect::<Vec<_>>(), is_damaged)))
    });
    let found = without(run, "what cannot be read of it is not marked", found.await)?;
    Ok(found.map(|(stretches, is_damaged)| Readable {
        stretches: stretches.into_iter().map(|(start, end)| start..end).collect(),
        is_damaged,
    }))
}

/// The default value where a result is optional and its error is final.
fn without<T: Default>(run: &Run, what: &str, found: Result<T, JobError>) -> Result<T, JobError> {
    match found {
        Err(error) if goes_on(run, &error) => Err(error),
        Err(error) => {
            tracing::warn!(job = %run.job_id(), %error, "{what}");
            run.log(format!("{what}: {error}"));
            Ok(T::default())
        }
        found => found,
    }
}

/// Whether an error is about this sound alone, so that the others of the session can still be transcribed. An error of the engine
/// or its machine may be transient, and the sound is needed until then.
pub(super) fn is_of_this_sound(error: &JobError, readable: Option<&Readable>) -> bool {
    OF_THE_SOUND.contains(&&*error.code) || readable.is_some_and(|readable| readable.stretches.is_empty())
}

fn failed(error: SpeechError) -> JobError {
    let (code, text) = (error.code(), error.to_string());
    let failed = if error.is_transient() { JobError::retry(code, text) } else { JobError::fail(code, text) };
    failed.because(error)
}

fn not_cut(why: &str) -> JobError {
    JobError::retry("media_folder", format!("the sound cannot be cut: {why}"))
}

#[cfg(test)]
mod tests {
    use sluice_capability::{Segment, Unwritten};

    use super::*;

    #[test]
    fn a_long_sound_is_cut_where_it_is_quiet_and_no_rest_is_short() {
        let step = u64::from(CUT_STEP_MS);
        let mut peaks = vec![90; 97];
        (peaks[37], peaks[38]) = (0, 1);
        // About every 40 steps: in the pause first, then where nothing is quieter.
        assert_eq!(quiet(&peaks, 40 * step), [38]);
        peaks.extend([90; 60]);
        assert_eq!(quiet(&peaks, 40 * step), [38, 78, 118]);
        assert_eq!(quiet(&peaks[..60], 40 * step), [0_usize; 0]);
        assert_eq!(quiet(&[], 40 * step), [0_usize; 0]);
    }

    #[test]
    fn a_part_in_which_nothing_sounds_is_known() {
        let step = u64::from(CUT_STEP_MS);
        let mut peaks = vec![90; 157];
        peaks[38..118].fill(SILENT);
        let parts = parted(&peaks, 40 * step);
        assert_eq!(parts, [(40 * step, true), (80 * step, false), (117 * step, false), (156 * step, true)]);
        assert_eq!(parted(&peaks[..60], 40 * step), [], "it is heard in one piece");
    }

    #[test]
    fn parts_are_on_the_time_line_of_the_whole() {
        let part = |text: &str, language: &str| {
            let segment =
                Segment { start_ms: 5, end_ms: 900, text: text.to_owned(), speaker: Some(1), words: Vec::new() };
            let unwritten = vec![Unwritten { start_ms: 1_000, end_ms: 2_500 }];
            let segments = if text.is_empty() { Vec::new() } else { vec![segment] };
            Listened {
                transcript: Transcript { language: language.to_owned(), segments, suppressed: Vec::new(), unwritten },
                made_by: vec![MadeBy { provider: "local".to_owned(), model: "m".to_owned(), version: String::new() }],
            }
        };
        let mut whole = Listened::default();
        whole.add(part("", ""), 0);
        whole.add(part("one", "de"), 10_000);
        whole.add(part("two", "de"), 20_000);
        let Transcript { language, segments, unwritten, .. } = whole.transcript;
        let times: Vec<_> = segments.iter().map(|one| (&*one.text, one.start_ms, one.end_ms, one.speaker)).collect();
        assert_eq!(times, [("one", 10_005, 10_900, None), ("two", 20_005, 20_900, None)]);
        assert_eq!((language.as_str(), unwritten[2].start_ms, whole.made_by.len()), ("de", 21_000, 1));
    }
}
