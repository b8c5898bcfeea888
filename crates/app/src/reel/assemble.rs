//! Joins the scenes into one file, and publishes it once it opens.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_blobs::BlobHash;
use sluice_engine::{JobError, Next, Run};
use sluice_local::render::{self, AssembleSpec, Caption, Chapter, Part};
use sluice_store::{StoreError, Tx, reel};

use super::artefacts::{ChapterMark, Line, chapter_list, transcript};
use super::choices::CaptionsPlace;
use super::context::ReelApp;
use super::failure::{self, OrFail as _, OrRetry as _, unless_cancelled};
use super::stage::{Stage, superseded};
use super::storyboard::{self, Made, Scene};
use super::subject::{self, Subject, notify, result_of};

/// The files of a finished reel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// The key of the storyboard that it was made from.
    pub key: String,
    /// MP4.
    pub video: BlobHash,
    /// JPEG.
    pub poster: BlobHash,
    /// JPEG, the same in small; none for what was published before there were thumbnails.
    #[serde(default)]
    pub thumbnail: Option<BlobHash>,
    /// JSON, the outline of its sound; none as above.
    #[serde(default)]
    pub waveform: Option<BlobHash>,
    /// Captions.
    pub srt: BlobHash,
    /// Captions.
    pub vtt: BlobHash,
    /// Plain text.
    pub transcript: BlobHash,
    /// Plain text.
    pub chapters: BlobHash,
    /// Length in milliseconds.
    pub duration_ms: u32,
    /// Length of the MP4 in bytes.
    pub bytes: u64,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The program that rendered it.
    pub made_by: String,
    /// The transcript.
    pub lines: Vec<Line>,
    /// Whether a person changed the storyboard that it was made from.
    #[serde(default)]
    pub edited: bool,
    /// The chapters, in order, without gaps.
    #[serde(default)]
    pub marks: Vec<ChapterMark>,
}

/// Most bytes of a caption file.
const MOST_CAPTIONS: u64 = 16 * 1024 * 1024;
/// By then the title card has finished fading in.
const POSTER_MS: u32 = 1500;

pub(crate) async fn assemble(run: &Run, app: &ReelApp, subject: &Subject) -> Result<Next<Stage>, JobError> {
    if joined(run, app, subject).await?.is_none() {
        return Ok(Next::Stage(Stage::Scenes));
    }
    run.progress("assemble", 1.0);
    Ok(Next::Stage(Stage::Publish))
}

/// Publishes the video, once its file has been opened and has video and audio of the expected length.
pub(crate) async fn publish(run: &Run, app: &ReelApp, subject: &Subject) -> Result<Next<Stage>, JobError> {
    // A scene may have been edited meanwhile: then its parts are rendered first.
    let Some(value) = joined(run, app, subject).await? else { return Ok(Next::Stage(Stage::Scenes)) };
    let published: Published = serde_json::from_value(value).or_fail("bad_result")?;
    let media = &app.platform.media;
    let file = media.materialise(&published.video).await.or_retry()?;
    let checking = app.renderer.check(file.path(), published.duration_ms);
    Box::pin(unless_cancelled(run, checking)).await?.map_err(failure::render)?;
    for (hash, parse) in [(&published.srt, render::parse_srt as fn(&str) -> _), (&published.vtt, render::parse_vtt)] {
        let text = String::from_utf8(media.read(hash, MOST_CAPTIONS).await.or_retry()?).or_fail("bad_captions")?;
        let captions = parse(&text).or_fail("bad_captions")?;
        render::validate_captions(&captions).or_fail("bad_captions")?;
    }
    match run.write(async |tx| publish_if_current(tx, run, subject, &published).await).await? {
        PublishOutcome::Yes => {}
        // Changed since this stage began: the video would not match the current storyboard.
        PublishOutcome::Changed => return Ok(Next::Stage(Stage::Scenes)),
        PublishOutcome::Superseded => return Ok(superseded()),
    }
    run.progress("publish", 1.0);
    Ok(Next::Done(json!({ "video": published.video, "duration_ms": published.duration_ms })))
}

/// The outcome of publishing.
enum PublishOutcome {
    Yes,
    Changed,
    Superseded,
}

/// Publishes the video if it matches the storyboard in this transaction, and no newer job has taken over.
async fn publish_if_current(
    tx: &mut Tx,
    run: &Run,
    subject: &Subject,
    published: &Published,
) -> Result<PublishOutcome, StoreError> {
    let (owner, id) = (&subject.reel.owner, &subject.reel.id);
    let Some(now) = subject::load_in(tx, owner, id).await? else { return Ok(PublishOutcome::Superseded) };
    if now.reel.job_id != *run.job_id() {
        return Ok(PublishOutcome::Superseded);
    }
    if storyboard::assembly_key(&now.reel, &now.scenes)? != published.key {
        return Ok(PublishOutcome::Changed);
    }
    let edited = storyboard::is_edited(&now.reel, &now.scenes);
    reel::set_result(tx, owner, id, &json!(Published { edited, ..published.clone() })).await?;
    notify(tx, owner, id)?;
    Ok(PublishOutcome::Yes)
}

/// The assembled files, from the cache by their hash; none if a scene has no current parts.
async fn joined(run: &Run, app: &ReelApp, subject: &Subject) -> Result<Option<Value>, JobError> {
    let Some(parts) = subject.scenes.iter().map(Scene::current).collect::<Option<Vec<&Made>>>() else {
        return Ok(None);
    };
    let key = storyboard::assembly_key(&subject.reel, &subject.scenes)?;
    let make = async || join(run, app, subject, &parts, &key).await;
    result_of(run, app, &subject.reel, &key, "assemble", make).await.map(Some)
}

async fn join(run: &Run, app: &ReelApp, subject: &Subject, parts: &[&Made], key: &str) -> Result<Value, JobError> {
    let (reel, media) = (&subject.reel, &app.platform.media);
    let folder = media.work_folder(&run.lease().name()).await.or_retry()?;
    let timeline = timeline(&subject.scenes, parts);
    let srt = render::srt(&timeline.captions, reel.language);
    let vtt = render::vtt(&timeline.captions, reel.language);
    let srt_file = folder.join("captions.srt");
    tokio::fs::write(&srt_file, &srt).await.or_fail("disk")?;
    let mut files = Vec::with_capacity(parts.len());
    for made in parts {
        files.push((
            media.materialise(&made.clip).await.or_retry()?,
            media.materialise(&made.voice).await.or_retry()?,
            made.duration_ms,
        ));
    }
    let spec = AssembleSpec {
        parts: files
            .iter()
            .map(|(clip, voice, duration_ms)| Part {
                clip: clip.path().to_owned(),
                wav: Some(voice.path().to_owned()),
                duration_ms: *duration_ms,
            })
            .collect(),
        chapters: timeline
            .chapters
            .iter()
            .map(|mark| Chapter { title: mark.title.clone(), start_ms: mark.start_ms, end_ms: mark.end_ms })
            .collect(),
        title: reel.title.clone(),
        language: reel.language,
        // If captions are burned in, a player that also shows the track would show them twice.
        srt: (subject.choices.captions == CaptionsPlace::Beside).then_some(srt_file),
    };
    let out = folder.join("video.mp4");
    let video = unless_cancelled(run, app.renderer.assemble(&spec, &out)).await?.map_err(failure::render)?;
    let poster = folder.join("poster.jpg");
    app.renderer.poster(&out, POSTER_MS, &poster).await.map_err(failure::render)?;
    let thumbnail = folder.join("thumbnail.jpg");
    app.renderer.thumbnail(&poster, &thumbnail).await.map_err(failure::render)?;
    let waveform = unless_cancelled(run, app.renderer.waveform(&out)).await?.map_err(failure::render)?;
    let waveform = serde_json::to_vec(&waveform).or_fail("bad_waveform")?;
    let text = transcript(&reel.title, &timeline.chapters, &timeline.lines, reel.language);
    let (width, height) = subject.choices.shape.size();
    let kept = media.keep_file(out).await.or_retry()?;
    Ok(json!(Published {
        key: key.to_owned(),
        bytes: kept.bytes,
        video: kept.hash,
        poster: media.keep_file(poster).await.or_retry()?.hash,
        thumbnail: Some(media.keep_file(thumbnail).await.or_retry()?.hash),
        waveform: Some(media.keep_bytes(waveform).await.or_retry()?.hash),
        srt: media.keep_bytes(srt.into_bytes()).await.or_retry()?.hash,
        vtt: media.keep_bytes(vtt.into_bytes()).await.or_retry()?.hash,
        transcript: media.keep_bytes(text.into_bytes()).await.or_retry()?.hash,
        chapters: media.keep_bytes(chapter_list(&timeline.chapters).into_bytes()).await.or_retry()?.hash,
        duration_ms: video.ms,
        width,
        height,
        made_by: render::RENDERER.to_owned(),
        // Not part of the cached result: it is set on publishing.
        edited: false,
        lines: timeline.lines,
        marks: timeline.chapters,
    }))
}

/// The timing of the narration over the whole video.
struct Timeline {
    captions: Vec<Caption>,
    chapters: Vec<ChapterMark>,
    lines: Vec<Line>,
}

fn timeline(scenes: &[Scene], parts: &[&Made]) -> Timeline {
    let mut timeline = Timeline { captions: Vec::new(), chapters: Vec::new(), lines: Vec::new() };
    let mut start = 0;
    for (scene, made) in scenes.iter().zip(parts) {
        let end = start + made.duration_ms;
        let moved = made.captions.iter().map(|caption| Caption {
            start_ms: caption.start_ms + start,
            // What is said in an instant is shown for longer, but not into the next scene, whose captions begin there.
            end_ms: caption.end_ms.min(made.duration_ms) + start,
            text: caption.text.clone(),
        });
        timeline.captions.extend(moved);
        match timeline.chapters.last_mut().filter(|last| last.title == scene.script.heading) {
            Some(same) => same.end_ms = end,
            None => timeline.chapters.push(ChapterMark {
                start_ms: start,
                end_ms: end,
                title: scene.script.heading.clone(),
            }),
        }
        for (sentence, (from, to)) in scene.script.sentences.iter().zip(&made.sentences) {
            timeline.lines.push(Line {
                start_ms: start + from,
                end_ms: start + to,
                scene: scene.row.position,
                page: sentence.page,
                edited: scene.is_own(sentence),
                text: sentence.text.clone(),
            });
        }
        start = end;
    }
    timeline
}
