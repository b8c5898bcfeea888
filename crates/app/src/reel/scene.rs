//! The job that renders one scene: voice → presenter → captions → frames → clip.

mod face;
mod voice;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_blobs::{BlobHash, LocalFile, Stored};
use sluice_domain::speech::Speech;
use sluice_engine::{Called, Job, JobError, Next, Run};
use sluice_local::reading::PageView;
use sluice_local::render::{self, Caption, Clip, ClipSpec, Presenter, RenderError, Shown, Slide};
use sluice_store::reel;
use sluice_store::reel::{ReelId, SceneId};
use utoipa::ToSchema;

use super::artefacts::{page_label, printed_label};
use super::choices::{self, CaptionsPlace};
use super::context::ReelApp;
use super::failure::{self, OrFail as _, OrRetry as _, unless_cancelled};
use super::keys;
use super::note::{NotFilmed, NotFilmedCode, Presented};
use super::script::{SceneScript, SlideKind};
use super::shots::{self, Shot};
use super::storyboard::{self, Made, Scene};
use super::subject::{self, Subject, notify, result_of};
use crate::library;
use face::Face;

/// Renders a scene as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderScene {
    /// Its reel.
    pub reel: ReelId,
    /// The scene.
    pub scene: SceneId,
    /// The key that the scene had when this job was enqueued.
    pub key: String,
}

impl RenderScene {
    /// Whether a stored job of this kind was for this key.
    pub(crate) fn wants(payload: &str, key: &str) -> bool {
        serde_json::from_str::<Self>(payload).is_ok_and(|job| job.key == key)
    }
}

/// The named stages of [`RenderScene`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SceneStage)]
pub enum Stage {
    /// The text is spoken.
    Voice,
    /// A provider films its presenter, if there is to be one.
    Presenter,
    /// Captions are made from the word timings.
    Captions,
    /// The pages are rendered as images.
    Frames,
    /// Slide, presenter and captions are drawn and encoded.
    Clip,
}

impl Stage {
    /// From its stored name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        serde_json::from_value(Value::from(name)).ok()
    }
}

/// A spoken scene.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Spoken {
    sound: BlobHash,
    speech: Speech,
}

/// A page that a scene shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ShownPage {
    number: u32,
    /// The mark in the frame.
    label: String,
    image: BlobHash,
}

/// What is known about a page from reading.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct PageFacts {
    number: u32,
    width: f32,
    height: f32,
    quarter_turns: u8,
    printed_number: Option<String>,
}

/// The width of a page's image in pixels: enough for one of its columns to fill the frame.
const IMAGE_WIDTH: f32 = 1800.0;
/// Most pixels of a page's image: that of a very long page is narrower.
const IMAGE_PIXELS: f32 = 24_000_000.0;

impl PageFacts {
    fn image_width(&self) -> u32 {
        let affordable = (IMAGE_PIXELS * self.width.max(1.0) / self.height.max(1.0)).sqrt();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 16 to 1,800")]
        let width = IMAGE_WIDTH.min(affordable).max(16.0) as u32;
        width
    }
}

impl Job for RenderScene {
    const KIND: &'static str = "reel.scene";
    type Stage = Stage;
    type Context = ReelApp;

    fn first_stage() -> Stage {
        Stage::Voice
    }

    /// Speaks, draws and encodes: for machines with enough cores.
    fn pool() -> &'static str {
        "video"
    }

    async fn run(&self, stage: Stage, run: &Run, app: &ReelApp) -> Result<Next<Stage>, JobError> {
        let subject = subject::load(run, app, &self.reel).await?;
        let scene = subject.scenes.iter().find(|scene| scene.row.id == self.scene);
        let scene = scene.ok_or_else(|| JobError::fail("scene_deleted", "the scene was deleted"))?;
        let work = Work { run, app, subject: &subject, scene };
        match stage {
            Stage::Voice => {
                if let Some(pending) = work.order_voice().await? {
                    return Ok(Next::AwaitCall(pending));
                }
                work.voice().await?;
                Ok(Next::Stage(Stage::Presenter))
            }
            Stage::Presenter => match Box::pin(work.face()).await? {
                Called::Done(_) => Ok(Next::Stage(Stage::Captions)),
                Called::Pending(pending) => Ok(Next::AwaitCall(pending)),
            },
            Stage::Captions => {
                work.captions().await?;
                Ok(Next::Stage(Stage::Frames))
            }
            Stage::Frames => {
                work.pages().await?;
                Ok(Next::Stage(Stage::Clip))
            }
            Stage::Clip => work.clip().await,
        }
    }
}

/// The text as it is spoken: each sentence on a line of its own, so that it has its pause whatever it ends with. Each word
/// is at the byte that it has in the script's text, where captions and the camera look for it: a line break takes the place
/// of the space, and the empty line after a title stays.
fn one_sentence_a_line(script: &SceneScript) -> String {
    let mut lines = String::new();
    for sentence in &script.sentences {
        lines.push_str(&sentence.text);
        lines.extend(sentence.gap().chars().map(|_| '\n'));
    }
    lines.trim_end().to_owned()
}

/// What the stages share. Each requests the results of the previous ones, which are cached by their keys.
struct Work<'a> {
    run: &'a Run,
    app: &'a ReelApp,
    subject: &'a Subject,
    scene: &'a Scene,
}

impl Work<'_> {
    async fn captions(&self) -> Result<Vec<Caption>, JobError> {
        let spoken = self.voice().await?;
        let (reel, choices) = (&self.subject.reel, &self.subject.choices);
        let captions = render::captions(&self.scene.script.text(), &spoken.speech.words, reel.language, choices.shape);
        self.run.progress("captions", 1.0);
        Ok(captions)
    }

    /// The pages that the scene shows, with their images.
    async fn pages(&self) -> Result<Vec<ShownPage>, JobError> {
        let numbers = shots::pages_shown(&self.scene.script);
        let mut pages = Vec::with_capacity(numbers.len());
        if !numbers.is_empty() {
            for facts in self.page_facts(&numbers).await? {
                let language = self.subject.reel.language;
                let label = facts.printed_number.as_deref().map(|number| printed_label(number, language));
                pages.push(ShownPage {
                    number: facts.number,
                    label: label.unwrap_or_else(|| page_label(facts.number, language)),
                    image: self.page_image(&facts).await?,
                });
            }
        }
        self.run.progress("frames", 1.0);
        Ok(pages)
    }

    async fn page_facts(&self, numbers: &[u32]) -> Result<Vec<PageFacts>, JobError> {
        let key = keys::key("pages/2", &(&self.subject.document.text_blob, numbers)).or_fail("bad_key")?;
        let value = self
            .result(&key, "pages", async || {
                let reading = library::read_text(&self.app.platform, &self.subject.document);
                let document = reading.await.map_err(failure::ingest)?;
                let facts = numbers.iter().map(|number| {
                    let page = document.pages.iter().find(|page| page.number == *number);
                    // An A4 sheet, if the text is newer than the scene and has no such page.
                    let (width, height) = page.map_or((595.0, 842.0), |page| (page.width, page.height));
                    let quarter_turns = page.map_or(0, |page| page.quarter_turns);
                    let printed_number = page.and_then(|page| page.printed_number.clone());
                    PageFacts { number: *number, width, height, quarter_turns, printed_number }
                });
                Ok(json!(facts.collect::<Vec<_>>()))
            })
            .await?;
        serde_json::from_value(value).or_fail("bad_pages")
    }

    async fn page_image(&self, page: &PageFacts) -> Result<BlobHash, JobError> {
        let document = &self.subject.document.blob;
        let view = PageView { quarter_turns: page.quarter_turns, ..PageView::whole(page.number, page.image_width()) };
        let key = keys::key("page/2", &(document, view.page, view.quarter_turns, view.width_px)).or_fail("bad_key")?;
        let value = self
            .result(&key, "page", async || {
                let hash: BlobHash = document.parse().or_fail("bad_hash")?;
                let source = self.app.platform.media.materialise(&hash).await.or_retry()?;
                let file = self.folder().await?.join("page.png");
                let drawing = self.app.reader.draw(source.path(), &view, &file);
                unless_cancelled(self.run, drawing).await?.map_err(failure::reading)?;
                self.keep(file).await
            })
            .await?;
        let stored: Stored = serde_json::from_value(value).or_fail("bad_page")?;
        Ok(stored.hash)
    }

    async fn clip(&self) -> Result<Next<Stage>, JobError> {
        let spoken = self.voice().await?;
        let captions = self.captions().await?;
        let pages = self.pages().await?;
        let face = self.present_face().await?;
        let inputs = (render::RENDERER, &self.scene.key, &spoken.sound, &pages);
        let key = match &face {
            Face::Nobody | Face::Drawn(_) => keys::key("clip/4", &inputs),
            Face::Filmed { .. } | Face::Instead { .. } => keys::key("filmed/1", &(inputs, &face)),
        };
        let key = key.or_fail("bad_key")?;
        let value = self.result(&key, "clip", async || self.render(&spoken, &captions, &pages, &face).await).await?;
        let made: Made = serde_json::from_value(value.clone()).or_fail("bad_clip")?;
        let (scene, reel) = (self.scene.row.id.clone(), &self.subject.reel);
        self.run
            .write(async move |tx| {
                reel::set_scene_made(tx, &reel.owner, &scene, &value).await?;
                notify(tx, &reel.owner, &reel.id)
            })
            .await?;
        self.run.progress("clip", 1.0);
        Ok(Next::Done(json!({ "duration_ms": made.duration_ms })))
    }

    async fn render(
        &self,
        spoken: &Spoken,
        captions: &[Caption],
        pages: &[ShownPage],
        face: &Face,
    ) -> Result<Value, JobError> {
        let (choices, language) = (&self.subject.choices, self.subject.reel.language);
        let folder = self.folder().await?;
        let out = folder.join("clip.mp4");
        // As long as it is decoded.
        let film = match face {
            Face::Filmed { film, .. } => Some(self.app.platform.media.materialise(film).await.or_retry()?),
            Face::Nobody | Face::Drawn(_) | Face::Instead { .. } => None,
        };
        let film = film.as_ref().map(LocalFile::path);
        let mut images: BTreeMap<u32, (&str, LocalFile)> = BTreeMap::new();
        for page in pages {
            let image = self.app.platform.media.materialise(&page.image).await.or_retry()?;
            images.insert(page.number, (page.label.as_str(), image));
        }
        let shown_pages = images.iter().map(|(number, (label, image))| (*number, (*label, image.path()))).collect();
        let sentences = storyboard::sentence_times(&self.scene.script, &spoken.speech);
        let mut spec = ClipSpec {
            shape: choices.shape,
            language,
            look: seed(&self.subject.document.blob),
            slides: slides(&self.scene.script, &sentences, &shown_pages),
            presenter: match film {
                Some(film) => Some(Presenter::Filmed(film.to_owned())),
                None => face.drawn().map(|id| self.drawn(id, spoken)),
            },
            captions: match choices.captions {
                CaptionsPlace::Burned => captions.to_vec(),
                CaptionsPlace::Beside => Vec::new(),
            },
            duration_ms: spoken.speech.duration_ms() + PAUSE_MS,
        };
        let mut presented = face.presented();
        let clip = match self.encode(&spec, &out).await? {
            Err(RenderError::Film { detail }) => {
                self.run.log(format!("The film of the presenter cannot be shown: {detail}"));
                spec.presenter = choices::presenter_for(&choices.voice).map(|info| self.drawn(info.id, spoken));
                presented = Some(Presented::Drawn(NotFilmed { code: NotFilmedCode::Unusable, detail }));
                self.encode(&spec, &out).await?
            }
            rendered => rendered,
        };
        let clip = clip.map_err(failure::render)?;
        let still = folder.join("still.jpg");
        self.app.renderer.poster(&out, clip.ms / 2, &still).await.map_err(failure::render)?;
        let media = &self.app.platform.media;
        Ok(json!(Made {
            key: self.scene.key.clone(),
            clip: media.keep_file(out).await.or_retry()?.hash,
            voice: spoken.sound.clone(),
            still: media.keep_file(still).await.or_retry()?.hash,
            duration_ms: clip.ms,
            captions: captions.to_vec(),
            sentences,
            spoken_by: spoken.speech.spoken_by.clone(),
            presented,
        }))
    }

    fn drawn(&self, id: &str, spoken: &Spoken) -> Presenter {
        let (seed, phonemes) = (seed(&self.scene.key), spoken.speech.phonemes.clone());
        Presenter::Drawn { id: id.to_owned(), seed, phonemes }
    }

    /// Draws and encodes, unless the job is cancelled meanwhile.
    async fn encode(&self, spec: &ClipSpec, out: &Path) -> Result<Result<Clip, RenderError>, JobError> {
        let rendering = self.app.renderer.clip(spec, out, |done| self.run.progress("clip", f64::from(done)));
        unless_cancelled(self.run, rendering).await
    }

    /// A stored result that this reel uses; made again if bytes that it references are missing.
    async fn result<F>(&self, key: &str, kind: &str, make: F) -> Result<Value, JobError>
    where
        F: AsyncFnOnce() -> Result<Value, JobError>,
    {
        result_of(self.run, self.app, &self.subject.reel, key, kind, make).await
    }

    async fn folder(&self) -> Result<PathBuf, JobError> {
        self.app.platform.media.work_folder(&self.run.lease().name()).await.or_retry()
    }

    async fn keep(&self, file: PathBuf) -> Result<Value, JobError> {
        Ok(json!(self.app.platform.media.keep_file(file).await.or_retry()?))
    }
}

/// The slides of a scene whose sentences are said at these times; of each page, its label and its image are given.
fn slides(script: &SceneScript, times: &[(u32, u32)], pages: &BTreeMap<u32, (&str, &Path)>) -> Vec<Shown> {
    shots::shots(script, times).into_iter().map(|shot| shown(script, shot, pages)).collect()
}

fn shown(script: &SceneScript, shot: Shot, pages: &BTreeMap<u32, (&str, &Path)>) -> Shown {
    let slide = match shot.page.and_then(|page| pages.get(&page)) {
        Some((label, image)) => Slide::Page {
            image: (*image).to_owned(),
            label: Some((*label).to_owned()),
            heading: Some(script.heading.clone()),
            focus: shot.focus,
        },
        None if script.slide == SlideKind::Question => {
            let text = below_heading(&script.heading, &script.text());
            Slide::Question { kicker: script.heading.clone(), text }
        }
        // Only what is part of the scene's key: the result is shared by all identical scenes.
        None => Slide::Title { kicker: String::new(), title: script.heading.clone(), subtitle: String::new() },
    };
    Shown { from_ms: shot.from_ms, slide }
}

/// The text below a heading: without the heading and the colon that it begins with when it is spoken.
fn below_heading(heading: &str, text: &str) -> String {
    let rest = text.strip_prefix(heading).filter(|_| !heading.is_empty());
    let rest = rest.and_then(|rest| rest.trim_start().strip_prefix([':', '：'])).map(str::trim_start);
    let Some(rest) = rest.filter(|rest| !rest.is_empty()) else { return text.to_owned() };
    let Some((at, first)) = rest.char_indices().find(|(_, letter)| letter.is_alphanumeric()) else {
        return text.to_owned();
    };
    let (before, after) = (rest.get(..at).unwrap_or_default(), rest.get(at + first.len_utf8()..).unwrap_or_default());
    format!("{before}{}{after}", first.to_uppercase())
}

/// Silence after a scene, to separate it from the next one.
const PAUSE_MS: u32 = 450;

/// Small movements differ between scenes, but are the same whenever the same scene is rendered.
fn seed(key: &str) -> u64 {
    let hash = blake3::hash(key.as_bytes());
    u64::from_le_bytes(hash.as_bytes().first_chunk().copied().unwrap_or_default())
}

#[cfg(test)]
mod frames;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reel::script::{Sentence, SlideKind};

    #[test]
    fn a_spoken_word_is_at_the_byte_that_it_has_in_the_text() {
        let texts =
            ["How rivers work", "A river is never the same twice.", "It keeps its shape.", "كيف تعمل الأنهار", "نعم."];
        let sentence = |text: &&str| Sentence { text: (*text).to_owned(), page: Some(1), lines: Vec::new() };
        let sentences = texts.iter().map(sentence).collect();
        let script = SceneScript { slide: SlideKind::Title, heading: "How rivers work".to_owned(), sentences };
        let (spoken, text) = (one_sentence_a_line(&script), script.text());
        assert_eq!(spoken.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>(), texts);
        for sentence in texts {
            assert_eq!(spoken.find(sentence), text.find(sentence), "{sentence}");
        }
        assert_eq!(spoken.len(), text.len());
    }
}
