//! Engines that do what a test says: a voice that speaks a word in 60 ms, a reader whose answers are planned, and the
//! program that draws and encodes, each step of which can be made to fail or to wait. Without a plan the reader and the
//! program are the real ones, so that what comes out is a real, and short, video.

use std::any::Any;
use std::collections::VecDeque;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sluice_app::app::App;
use sluice_app::module::Module;
use sluice_app::providers::Routes;
use sluice_app::reel::ReelApp;
use sluice_capability::{
    Answer, Begun, CapabilityError, Complete, Context, Does, Doing, Present, Profile, ReadRequest, Reading, Route,
    Router, Speak, SpeakRequest, Speaking, VoiceInfo, When,
};
use sluice_domain::document::Document;
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;
use sluice_domain::speech::{Speech, WordTiming};
use sluice_local::guard::Guard;
use sluice_local::reading::{Reader, ReadingLimits};
use sluice_local::render::Renderer;
use sluice_server::apps::{APPS, Common, ServerApp};
use sluice_server::http::Api;
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;

use crate::model::FakeModel;
use crate::studio::FakeStudio;
use crate::support::sluice;

/// Longest that a test waits for an engine to be asked.
const PATIENCE: Duration = Duration::from_mins(2);

/// All of them, and Reel on top of them.
pub(crate) struct Fakes {
    pub(crate) voice: Arc<FakeVoice>,
    pub(crate) model: Arc<FakeModel>,
    /// Films presenters.
    pub(crate) studio: Arc<FakeStudio>,
    /// Follows it in the routes, and is closed.
    pub(crate) annex: Arc<FakeStudio>,
    pub(crate) reader: Arc<FakeReader>,
    pub(crate) tools: Tools,
}

impl Fakes {
    pub(crate) fn new() -> Self {
        let tools = Tools::new();
        let reader = FakeReader {
            profile: profile(),
            plan: Mutex::default(),
            asked: Mutex::default(),
            real: Reader::new(Guard::new(sluice()), ReadingLimits { max_pages: 20, ..ReadingLimits::DEFAULT }),
        };
        let voice = FakeVoice {
            profile: profile(),
            plan: Mutex::default(),
            said: watch::Sender::default(),
            held: watch::Sender::default(),
        };
        let model = Arc::new(FakeModel::new());
        let (studio, annex) = (Arc::new(FakeStudio::open("studio")), Arc::new(FakeStudio::closed("annex")));
        Self { voice: Arc::new(voice), model, studio, annex, reader: Arc::new(reader), tools }
    }

    /// Puts the reader in its place, which is beside the apps.
    pub(crate) fn install(&self, app: &mut App) {
        app.library.reading = Router::only(Arc::clone(&self.reader) as Arc<dyn sluice_capability::Read>);
    }
}

impl ServerApp for Fakes {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let real = APPS[0].open(common)?;
        let real: &dyn Any = &*real;
        let mut reel = real.downcast_ref::<ReelApp>().unwrap().clone();
        reel.speaking = Routes::only(Router::only(Arc::clone(&self.voice) as Arc<dyn Speak>));
        reel.completing = Routes::only(Router::only(Arc::clone(&self.model) as Arc<dyn Complete>));
        let studios = [&self.studio, &self.annex]
            .map(|studio| Route { implementation: Arc::clone(studio) as Arc<dyn Present>, when: When::default() });
        reel.presenting = Routes::only(Router::new(studios));
        reel.renderer = Renderer::new(self.tools.program());
        reel.reader = Reader::new(Guard::new(self.tools.program()), ReadingLimits::DEFAULT);
        Ok(Arc::new(reel))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        APPS[0].routes()
    }
}

fn profile() -> Profile {
    Profile { provider: "test".to_owned(), is_local: true, languages: Vec::new() }
}

/// How an engine fails.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    /// For good.
    Fail(&'static str),
    /// For now.
    Retry(&'static str),
    /// It rests for so long, and says so.
    PutOff(Duration),
    /// It takes the work and answers later, which nobody waits for.
    Later,
}

impl Trouble {
    pub(crate) fn answer<T>(self) -> Result<Begun<T>, CapabilityError> {
        let message = "the engine of this test was told to fail";
        match self {
            Self::Fail(code) => Err(CapabilityError::fail(code, message)),
            Self::Retry(code) => Err(CapabilityError::retry(code, message)),
            Self::PutOff(after) => Err(CapabilityError::put_off(Some(after), "engine_rests", message)),
            Self::Later => Ok(Begun::Accepted { provider_id: "later".to_owned(), poll_after: Duration::from_secs(1) }),
        }
    }
}

/// Speaks English and Arabic, a word in [`MS_PER_WORD`].
pub(crate) struct FakeVoice {
    profile: Profile,
    plan: Mutex<VecDeque<Trouble>>,
    said: watch::Sender<Vec<String>>,
    held: watch::Sender<bool>,
}

const MS_PER_WORD: u32 = 60;
const RATE: u32 = 8_000;

impl FakeVoice {
    /// The next that is asked for fails like this; after it, the next.
    pub(crate) fn plan(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.plan.lock().unwrap().extend(troubles);
    }

    /// What was planned and has not come is not planned any more.
    pub(crate) fn forget_plan(&self) {
        self.plan.lock().unwrap().clear();
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.said.borrow().len()
    }

    /// From now on it says nothing until it is let go, or is held no more.
    pub(crate) fn hold(&self, yes: bool) {
        self.held.send_replace(yes);
    }

    /// Returns once it was asked more often than `before`.
    pub(crate) async fn until_asked(&self, before: usize) {
        let mut said = self.said.subscribe();
        let asked = said.wait_for(|said| said.len() > before);
        tokio::time::timeout(PATIENCE, asked).await.expect("it was never asked").unwrap();
    }
}

impl Does<Speaking> for FakeVoice {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &SpeakRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a SpeakRequest, _: Context<'a>) -> Doing<'a, Begun<Speech>> {
        Box::pin(async move {
            self.said.send_modify(|said| said.push(request.text.clone()));
            self.held.subscribe().wait_for(|held| !held).await.unwrap();
            let trouble = self.plan.lock().unwrap().pop_front();
            if let Some(trouble) = trouble {
                return trouble.answer();
            }
            let speech = spoken(&request.text);
            std::fs::write(&request.out, wave(&format!("{} {}", request.voice, request.text), speech.samples)).unwrap();
            Ok(Begun::Done(Answer::local(speech, "test voice", "1")))
        })
    }
}

impl Speak for FakeVoice {
    fn voices(&self) -> Vec<VoiceInfo> {
        let voice = |id: &str, language: Language, installed| VoiceInfo {
            id: id.to_owned(),
            language: language.into(),
            name: id.to_owned(),
            engine: "test",
            licence: "CC0".to_owned(),
            installed,
        };
        vec![
            voice("test:absent", Language::ENGLISH, false),
            voice("test:en", Language::ENGLISH, true),
            voice("test:other", Language::ENGLISH, true),
            voice("test:ar", Language::ARABIC, true),
            voice("test:de", Language::from_code("de").unwrap(), false),
        ]
    }
}

fn spoken(text: &str) -> Speech {
    let mut words = Vec::new();
    let mut at = 0;
    for (number, word) in (0..).zip(text.split_whitespace()) {
        let start = at + text[at..].find(word).unwrap();
        at = start + word.len();
        let byte = |place: usize| u32::try_from(place).unwrap();
        let start_ms = number * MS_PER_WORD;
        words.push(WordTiming {
            start_byte: byte(start),
            end_byte: byte(at),
            start_ms,
            end_ms: start_ms + MS_PER_WORD,
        });
    }
    let samples = u64::from(words.last().map_or(0, |word| word.end_ms) * RATE / 1000);
    Speech { sample_rate: RATE, samples, words, phonemes: Vec::new(), spoken_by: "test voice 1".to_owned() }
}

/// A quiet tone as a WAVE file: one channel, 16 bit. It begins with what is said and by whom, so that nothing else
/// sounds like it.
fn wave(text: &str, samples: u64) -> Vec<u8> {
    let samples = u32::try_from(samples).unwrap();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + 2 * samples).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(RATE.to_le_bytes());
    file.extend((2 * RATE).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend((2 * samples).to_le_bytes());
    let tone = (0..).map(|n| if n % 40 < 20 { 2000_i16 } else { -2000 });
    let sound = text.bytes().map(|byte| 8 * i16::from(byte)).chain(tone).take(samples as usize);
    file.extend(sound.flat_map(i16::to_le_bytes));
    file
}

/// Gives the answers that were planned, then what the real reader says.
pub(crate) struct FakeReader {
    profile: Profile,
    plan: Mutex<VecDeque<Result<Begun<Document>, CapabilityError>>>,
    asked: Mutex<Vec<bool>>,
    real: Reader,
}

impl FakeReader {
    pub(crate) fn fail(&self, error: impl Into<CapabilityError>) {
        self.plan.lock().unwrap().push_back(Err(error.into()));
    }

    pub(crate) fn trouble(&self, trouble: Trouble) {
        self.plan.lock().unwrap().push_back(trouble.answer());
    }

    pub(crate) fn give(&self, document: Document) {
        let answer = Answer::local(document, "test reader", "1");
        self.plan.lock().unwrap().push_back(Ok(Begun::Done(answer)));
    }

    /// For each time it was asked, whether to read the pages as pictures.
    pub(crate) fn asked(&self) -> Vec<bool> {
        self.asked.lock().unwrap().clone()
    }
}

impl Does<Reading> for FakeReader {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &ReadRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a ReadRequest, context: Context<'a>) -> Doing<'a, Begun<Document>> {
        self.asked.lock().unwrap().push(request.as_pictures);
        match self.plan.lock().unwrap().pop_front() {
            Some(answer) => Box::pin(async { answer }),
            None => self.real.begin(request, context),
        }
    }
}

/// The program that draws and encodes, with what is in its way. Its steps are `page` (a page's picture), `frames`,
/// `still`, `assemble`, `probe` and `decode`.
pub(crate) struct Tools {
    folder: tempfile::TempDir,
}

impl Tools {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // A link to a file that is never written: one that was just written may still be open in another child.
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/app/sluice-with-faults.sh");
        symlink(script, folder.path().join("sluice")).unwrap();
        symlink(sluice(), folder.path().join("real")).unwrap();
        Self { folder }
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("sluice")
    }

    fn put(&self, name: &str, text: &str) {
        // Whoever looks sees the whole of it.
        let whole = self.folder.path().join(format!("{name}.new"));
        std::fs::write(&whole, text).unwrap();
        std::fs::rename(whole, self.folder.path().join(name)).unwrap();
    }

    /// From now on a step runs these shell commands first.
    pub(crate) fn always(&self, step: &str, commands: &str) {
        self.put(&format!("{step}.always"), commands);
    }

    /// The next time, and no other, a step runs these shell commands first.
    pub(crate) fn once(&self, step: &str, commands: &str) {
        self.put(&format!("{step}.once"), commands);
    }

    /// A step waits from now on, until it is mended.
    pub(crate) fn hold(&self, step: &str) {
        self.always(step, &format!("while [ -e \"$here/{step}.always\" ]; do sleep 0.05; done"));
    }

    /// Whether something is always in a step's way.
    pub(crate) fn is_planned(&self, step: &str) -> bool {
        self.folder.path().join(format!("{step}.always")).exists()
    }

    /// A step is as it should be again.
    pub(crate) fn mend(&self, step: &str) {
        std::fs::remove_file(self.folder.path().join(format!("{step}.always"))).unwrap();
    }

    /// How often a step was asked for.
    pub(crate) fn asked(&self, step: &str) -> usize {
        let asked = std::fs::read_to_string(self.folder.path().join("asked")).unwrap_or_default();
        asked.lines().filter(|line| *line == step).count()
    }

    /// Returns once a step was asked for more often than `before`.
    pub(crate) async fn until_asked(&self, step: &str, before: usize) {
        let asked = async {
            while self.asked(step) <= before {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.expect("it was never asked for");
    }
}

/// Shell commands for a step that ends with these words on standard error.
pub(crate) fn ends_with(words: &str) -> String {
    format!("echo '{words}' >&2; exit 1")
}

/// Shell commands for the process that draws, which reports a failure of this kind.
pub(crate) fn reports(kind: &str) -> String {
    format!(
        "cat >\"$here/order.$$\"; echo '{{\"failed\":{{\"kind\":\"{kind}\",\"detail\":\"as planned\",\"path\":\"/a.png\"}}}}'; exit 0"
    )
}
