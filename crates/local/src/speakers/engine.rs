//! The warm child that tells speakers apart (`sluice __engine speakers …`), and its messages.

use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ort::session::Session;
use ort::value::Tensor;
use serde::{Deserialize, Serialize};

use super::Voiced;
use super::clusters::{self, Voice};
use super::filterbank::{BANDS, FilterBank};
use super::turns::{self, Stretch, Turn, VOICES, WINDOW};
use crate::child::serve::{serve, wrong_arguments};
use crate::guard::{Guard, GuardError};
use crate::models::{SPEAKER_TURNS, SPEAKER_WEIGHTS, checked, verified};
use crate::onnx::Onnx;
use crate::sound::{Part, SAMPLE_RATE, Sound, SoundError, Unhearable};

/// Name of the engine child that tells speakers apart.
pub(crate) const SUBCOMMAND: &str = "speakers";

/// The graph of CAM++ (Apache-2.0, 3D-Speaker), whose weights are in the publisher's own file.
const GRAPH: &[u8] = include_bytes!("../../models/campplus.graph.onnx");

/// Windows of one answer: a minute.
const WINDOWS: usize = 12;
/// From a window to the next: five seconds. Of each, the middle counts.
const STEP: usize = WINDOW / 2;
/// What is shorter has no embedding: a second.
const SHORTEST: usize = SAMPLE_RATE as usize;
/// What is longer is listened to in pieces: three seconds. The model of turns does not notice every change of voice.
const LONGEST: usize = 3 * SAMPLE_RATE as usize;

/// A request to the child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineRequest {
    /// Load the models.
    Warm,
    /// Open a sound. One that was open is closed.
    Begin { sound: PathBuf },
    /// Listen to the next minute.
    Next,
    /// Say who spoke when, and close the sound.
    Finish { count: Option<usize> },
}

/// The child's response.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineResponse {
    Warm,
    Begun,
    Heard { until_ms: u32, is_done: bool },
    Told(Voiced),
    Failed(Failure),
}

/// A failure as the child reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Failure {
    NotLoaded {
        message: String,
    },
    Empty,
    NoSound,
    NotMedia,
    NoDecoder,
    /// The child that had begun is gone, and this is another one.
    NotBegun,
    Failed {
        message: String,
    },
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Failed { message }
    }
}

impl From<SoundError> for Failure {
    fn from(error: SoundError) -> Self {
        match error {
            SoundError::Unhearable(Unhearable::Empty) => Self::Empty,
            SoundError::Unhearable(Unhearable::NoSound) => Self::NoSound,
            SoundError::Unhearable(Unhearable::NotMedia) => Self::NotMedia,
            SoundError::Failed(GuardError::Missing { .. }) => Self::NoDecoder,
            SoundError::Failed(error) => Self::Failed { message: error.to_string() },
            SoundError::Io(error) => Self::Failed { message: error.to_string() },
        }
    }
}

/// The files, and how many threads may work on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Files {
    pub(super) onnx: PathBuf,
    pub(super) segmentation: PathBuf,
    /// The folder of the weights of CAM++.
    pub(super) weights: PathBuf,
    pub(super) threads: u32,
}

/// The arguments after `__engine speakers`: this program, ONNX Runtime, model of turns, folder of the weights, threads.
pub(super) fn arguments(executable: PathBuf, files: Files) -> [OsString; 5] {
    let Files { onnx, segmentation, weights, threads } = files;
    [executable.into(), onnx.into(), segmentation.into(), weights.into(), threads.to_string().into()]
}

/// Answers requests on standard input until it is closed.
pub(crate) fn run_child(args: &[OsString]) -> ExitCode {
    let [executable, onnx, segmentation, weights, threads] = args else {
        return wrong_arguments(SUBCOMMAND, 5);
    };
    let files = Files {
        onnx: onnx.into(),
        segmentation: segmentation.into(),
        weights: weights.into(),
        threads: threads.to_str().and_then(|text| text.parse().ok()).unwrap_or(1),
    };
    let mut engine = Engine { guard: Guard::new(executable.into()), files, models: None, job: None };
    serve(SUBCOMMAND, |request| engine.respond(request))
}

struct Models {
    segmentation: Session,
    embedding: Session,
    filterbank: FilterBank,
}

impl Models {
    fn load(files: &Files) -> Result<Self, Failure> {
        let load = || {
            let onnx = Onnx::load(&files.onnx, usize::try_from(files.threads).unwrap_or(1))?;
            let model = checked(&SPEAKER_TURNS, &files.segmentation)?;
            // ONNX Runtime finds it in its folder by the name that the graph has for it.
            let weights = Path::new(SPEAKER_WEIGHTS.name).file_name().unwrap_or_default();
            verified(&SPEAKER_WEIGHTS, &files.weights.join(weights))?;
            let segmentation = onnx.session(&model).map_err(|error| error.to_string())?;
            let embedding = onnx.session_with_weights(GRAPH, &files.weights).map_err(|error| error.to_string())?;
            Ok(Self { segmentation, embedding, filterbank: FilterBank::new() })
        };
        load().map_err(|message: String| Failure::NotLoaded { message })
    }

    /// Who speaks in a window, of which the first `length` samples are sound.
    fn stretches(&mut self, window: Vec<f32>, length: usize) -> Result<Vec<Stretch>, String> {
        let said = |error: ort::Error| error.to_string();
        let input = Tensor::from_array(([1, 1, WINDOW], window)).map_err(said)?;
        let outputs = self.segmentation.run(ort::inputs![input]).map_err(said)?;
        let (_, scores) = outputs[0].try_extract_tensor::<f32>().map_err(said)?;
        Ok(turns::stretches(scores, length))
    }

    /// What a voice sounds like.
    fn embedding(&mut self, samples: &[f32]) -> Result<Vec<f32>, String> {
        let said = |error: ort::Error| error.to_string();
        let features = self.filterbank.features(samples)?;
        let input = Tensor::from_array(([1, features.len() / BANDS, BANDS], features)).map_err(said)?;
        let outputs = self.embedding.run(ort::inputs![input]).map_err(said)?;
        let (_, embedding) = outputs[0].try_extract_tensor::<f32>().map_err(said)?;
        let mut embedding = embedding.to_vec();
        if !embedding.iter().all(|value| value.is_finite()) {
            return Err("the model of voices gave no numbers; its weights may be damaged".to_owned());
        }
        clusters::normalise(&mut embedding);
        Ok(embedding)
    }
}

/// A stretch of the sound, with its voices by their place among all of them.
struct Said {
    start_ms: u32,
    end_ms: u32,
    /// Those with an embedding; a voice that is hardly heard has none.
    voices: Vec<Option<usize>>,
}

struct Job {
    sound: Sound,
    /// Samples that are read, from the start of the next window.
    rest: Vec<f32>,
    /// Samples before them.
    at: usize,
    /// Samples of which it is known who speaks in them.
    told: usize,
    windows: usize,
    voices: Vec<Voice>,
    parts: Vec<Said>,
}

impl Job {
    /// Listens to the next window, and tells who speaks up to where the one after it knows better: a voice that has just begun
    /// or is about to end is told apart worse. Returns whether there is another one.
    fn window(&mut self, models: &mut Models) -> Result<bool, Failure> {
        while self.rest.len() < WINDOW {
            let samples = self.sound.read()?;
            if samples.is_empty() {
                break;
            }
            self.rest.extend(samples);
        }
        let length = self.rest.len().min(WINDOW);
        let (at, is_last) = (self.at, length < WINDOW);
        let until = at + if is_last { length } else { WINDOW - (WINDOW - STEP) / 2 };
        if until <= self.told {
            return Ok(false);
        }
        let mut window = self.rest.get(..length).unwrap_or_default().to_vec();
        window.resize(WINDOW, 0.0);
        let told = self.told.saturating_sub(at)..until - at;
        self.tell(models, &window, length, &told)?;
        self.parts.sort_by_key(|part| part.start_ms);
        self.rest.drain(..STEP.min(length));
        (self.at, self.told, self.windows) = (at + STEP.min(length), until, self.windows + 1);
        Ok(!is_last)
    }

    /// Who speaks in a window of which the first `length` samples are sound, within the samples `told` of it.
    fn tell(&mut self, models: &mut Models, window: &[f32], length: usize, told: &Range<usize>) -> Result<(), Failure> {
        let at = self.at;
        let within = |samples: &Range<usize>| samples.start.max(told.start)..samples.end.min(told.end);
        let stretches = models.stretches(window.to_vec(), length)?;
        // Each voice of the window with where it is heard alone, and its place among all voices.
        let mut known: [Vec<(usize, usize)>; VOICES] = std::array::from_fn(|_| Vec::new());
        let mut alone = Vec::new();
        for Stretch { samples, voices } in &stretches {
            let [number] = voices else { continue };
            // By all of a piece, of which a part may be told by the window beside.
            for piece in pieces(samples).filter(|piece| !within(piece).is_empty()) {
                let place = if piece.len() >= SHORTEST {
                    let embedding = models.embedding(&window[piece.clone()])?;
                    let heard_ms = milliseconds(within(&piece).len());
                    self.voices.push(Voice { embedding, heard_ms, window: self.windows, number: *number });
                    known[*number].push((piece.start, self.voices.len() - 1));
                    Some(self.voices.len() - 1)
                } else {
                    None
                };
                alone.push((piece, *number, place));
            }
        }
        // What is too short for an embedding, and two voices at once: as they are heard nearest to it.
        let nearest = |number: usize, start: usize| {
            known[number].iter().min_by_key(|(at, _)| at.abs_diff(start)).map(|(_, place)| *place)
        };
        let said = |samples: &Range<usize>, voices| Said {
            start_ms: milliseconds(at + within(samples).start),
            end_ms: milliseconds(at + within(samples).end),
            voices,
        };
        for (piece, number, place) in alone {
            self.parts.push(said(&piece, vec![place.or_else(|| nearest(number, piece.start))]));
        }
        for Stretch { samples, voices } in stretches.iter().filter(|stretch| stretch.voices.len() > 1) {
            if !within(samples).is_empty() {
                self.parts.push(said(samples, voices.iter().map(|number| nearest(*number, samples.start)).collect()));
            }
        }
        Ok(())
    }

    fn finish(self, count: Option<usize>) -> Voiced {
        let people = clusters::people(&self.voices, count);
        let mut turns = Vec::new();
        let mut last = None;
        for part in &self.parts {
            for voice in &part.voices {
                // Who is hardly heard is taken for who spoke before.
                let Some(person) = voice.map(|voice| people[voice]).or(last) else { continue };
                last = Some(person);
                let speaker = u32::try_from(person).unwrap_or(u32::MAX);
                turns.push(Turn { start_ms: part.start_ms, end_ms: part.end_ms, speaker });
            }
        }
        turns.dedup();
        let (turns, order) = turns::whole(turns);
        let voice =
            |person: u32| clusters::centre(&self.voices, &people, usize::try_from(person).unwrap_or(usize::MAX));
        Voiced { turns, speakers: order.into_iter().map(voice).collect() }
    }
}

/// A stretch in pieces of the same length, none longer than [`LONGEST`].
fn pieces(samples: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let (start, length) = (samples.start, samples.len());
    let count = length.div_ceil(LONGEST).max(1);
    (0..count).map(move |at| start + at * length / count..start + (at + 1) * length / count)
}

fn milliseconds(samples: usize) -> u32 {
    let ms = samples as u64 * 1_000 / u64::from(SAMPLE_RATE);
    u32::try_from(ms).unwrap_or(u32::MAX)
}

struct Engine {
    guard: Guard,
    files: Files,
    models: Option<Models>,
    job: Option<Job>,
}

impl Engine {
    fn respond(&mut self, request: EngineRequest) -> EngineResponse {
        let done = match request {
            EngineRequest::Warm => self.models().map(|_| EngineResponse::Warm),
            EngineRequest::Begin { sound } => self.begin(&sound).map(|()| EngineResponse::Begun),
            EngineRequest::Next => self.next(),
            EngineRequest::Finish { count } => {
                self.job.take().map(|job| EngineResponse::Told(job.finish(count))).ok_or(Failure::NotBegun)
            }
        };
        done.unwrap_or_else(EngineResponse::Failed)
    }

    fn models(&mut self) -> Result<&mut Models, Failure> {
        let models = self.models.take().map_or_else(|| Models::load(&self.files), Ok)?;
        Ok(self.models.insert(models))
    }

    fn begin(&mut self, sound: &Path) -> Result<(), Failure> {
        self.models()?;
        let sound = Sound::open(&self.guard, sound, Part::default())?;
        let (voices, parts) = (Vec::new(), Vec::new());
        self.job = Some(Job { sound, rest: Vec::new(), at: 0, told: 0, windows: 0, voices, parts });
        Ok(())
    }

    /// A job that failed is closed.
    fn next(&mut self) -> Result<EngineResponse, Failure> {
        let mut job = self.job.take().ok_or(Failure::NotBegun)?;
        let models = self.models()?;
        let mut goes_on = true;
        for _ in 0..WINDOWS {
            goes_on = job.window(models)?;
            if !goes_on {
                break;
            }
        }
        let heard = EngineResponse::Heard { until_ms: milliseconds(job.told), is_done: !goes_on };
        self.job = Some(job);
        Ok(heard)
    }
}
