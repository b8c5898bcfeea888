//! `sluice doctor`: what works on this machine, and what is unavailable.

use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;
use sluice_local::embed::{EmbedSettings, Embedder};
use sluice_local::guard::Guard;
use sluice_local::models::{MEANING, Models, PHOTO_READING, Pair, SPEAKERS, SPEECH, VOICE_AR, VOICE_EN, pull_command};
use sluice_local::photo::PhotoReader;
use sluice_local::speakers::Speakers;
use sluice_local::speech::{Size, SpeechSettings, Transcriber};
use sluice_local::tools::{self, Need};
use sluice_local::translate::{TranslateSettings, Translator};
use sluice_local::voice::{VoiceSettings, Voices};
use sluice_store::{Database, Options, Store};

use super::{Failure, say};
use crate::config::{self, Config};
use crate::servers::{self, Server};
use crate::{cli, http};

/// A requirement of some feature.
#[derive(Serialize)]
struct Finding {
    name: String,
    /// Its version, or other evidence that it works; none if it is missing.
    version: Option<String>,
    /// Whether nothing works without it.
    required: bool,
    needed_for: String,
    without_it: String,
    /// How to install it if it is missing.
    install: String,
}

#[derive(Serialize)]
struct Report {
    version: &'static str,
    /// Whether everything required is available.
    ok: bool,
    findings: Vec<Finding>,
    /// Voices that can be used now.
    voices: Vec<String>,
    /// Processes that serve the data folder now.
    servers: Vec<Server>,
}

impl From<Need> for Finding {
    fn from(need: Need) -> Self {
        Self {
            name: need.name.to_owned(),
            version: need.version,
            required: need.required,
            needed_for: need.needed_for.to_owned(),
            without_it: need.without_it.to_owned(),
            install: format!("apt-get install {}", need.install),
        }
    }
}

pub(crate) async fn doctor(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let report = examine(config).await?;
    if as_json {
        say(&serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&report)?;
    }
    let missing: Vec<&str> = report.missing().map(|finding| finding.name.as_str()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        "something_missing",
        "Something that is required is missing",
        format!("missing: {}", missing.join(", ")),
    )
    .into())
}

impl Report {
    fn missing(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.required && finding.version.is_none())
    }
}

async fn examine(config: &Config) -> anyhow::Result<Report> {
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let data = config.data()?;
    let guard = Guard::new(executable.clone());
    let models = config.all_models()?;
    let beside = VoiceSettings::beside(executable.clone());
    let espeak = config.espeak.clone().unwrap_or_else(|| beside.espeak.clone());
    let folder = data_folder(&data);
    let mut findings: Vec<Finding> = tools::needs(&guard).await.into_iter().map(Finding::from).collect();
    findings.push(espeak_pipe(&espeak));
    // With an unusable folder, checking a database in it would only repeat the same problem.
    if folder.version.is_some() {
        findings.push(database(config).await?);
    }
    findings.push(folder);
    findings.extend(bucket(config, &data).await);
    findings.extend(voice_models(&models));
    findings.push(transcription(&guard, &models, &executable).await);
    findings.push(speakers(&guard, &models, &executable).await);
    findings.push(photographs(&guard, &models, &executable).await);
    findings.push(embedding(&guard, &models, &executable).await);
    findings.push(translation(&guard, &models, &executable).await);
    findings.push(page());
    let voices = Voices::new(guard, models, VoiceSettings { espeak, ..beside });
    let voices = voices.list().into_iter().filter(|voice| voice.installed).map(|voice| voice.id).collect();
    let servers = servers::of(&data).unwrap_or_default();
    let mut report = Report { version: env!("CARGO_PKG_VERSION"), ok: true, findings, voices, servers };
    let missing = report.missing().count();
    report.ok = missing == 0;
    Ok(report)
}

/// Whether files can be written there. A missing folder is created by the first command that needs it, so the nearest
/// existing ancestor must be writable.
fn data_folder(data: &Path) -> Finding {
    let existing = data.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let (version, install) = match tempfile::tempfile_in(existing) {
        Ok(_) if existing == data => (Some(data.display().to_string()), String::new()),
        Ok(_) => (Some(format!("{} (made when it is needed)", data.display())), String::new()),
        Err(error) => (None, format!("{}: {error}; choose another with --data", existing.display())),
    };
    Finding {
        name: "data folder".to_owned(),
        version,
        required: true,
        needed_for: "everything that is kept".to_owned(),
        without_it: "nothing can be started".to_owned(),
        install,
    }
}

async fn database(config: &Config) -> anyhow::Result<Finding> {
    let database = config.database()?;
    let place = config::describe(&database);
    let (version, install) = match &database {
        Database::Sqlite(file) if !file.exists() => (Some(format!("{place} (made when it is needed)")), String::new()),
        _ => match Store::open_with(&database, Options::default()).await {
            Ok(store) => {
                store.close().await;
                (Some(place), String::new())
            }
            Err(error) => (None, format!("{place}: {:#}", anyhow::Error::from(error))),
        },
    };
    Ok(Finding {
        name: "database".to_owned(),
        version,
        required: true,
        needed_for: "all jobs".to_owned(),
        without_it: "nothing can be started".to_owned(),
        install,
    })
}

/// Whether a test object can be written to the bucket and read back; none if media are in the data folder.
async fn bucket(config: &Config, data: &Path) -> Option<Finding> {
    let name = config.blobs.place.clone()?;
    let check = async {
        sluice_blobs::Blobs::open(data, &config.blobs.place()?)?.check().await?;
        Ok::<_, anyhow::Error>(())
    };
    let (version, install) = match check.await {
        Ok(()) => (Some(name), String::new()),
        Err(error) => (None, format!("{name}: {error:#}; see SLUICE_BLOBS and SLUICE_S3_…")),
    };
    Some(Finding {
        name: "media bucket".to_owned(),
        version,
        required: true,
        needed_for: "uploads and videos".to_owned(),
        without_it: "nothing can be kept".to_owned(),
        install,
    })
}

fn espeak_pipe(espeak: &Path) -> Finding {
    Finding {
        name: "sluice-espeak".to_owned(),
        version: espeak.is_file().then(|| espeak.display().to_string()),
        required: true,
        needed_for: "every voice".to_owned(),
        without_it: "nothing can be spoken".to_owned(),
        install: "cargo build --release -p sluice-espeak".to_owned(),
    }
}

/// The models of the voices.
fn voice_models(models: &Models) -> impl Iterator<Item = Finding> {
    [&VOICE_EN, &VOICE_AR].into_iter().map(|set| {
        let files = models.missing(&[set]);
        let missing: Vec<&str> = files.iter().map(|file| file.name).collect();
        let complete = || format!("complete in {}", models.folder().display());
        Finding {
            name: format!("models: {}", set.id),
            version: missing.is_empty().then(complete),
            required: false,
            needed_for: set.purpose.to_owned(),
            without_it: set.without_it.to_owned(),
            install: format!("make setup, or {} (missing: {})", pull_command(set, files), missing.join(", ")),
        }
    })
}

/// Whether speech can be transcribed: loads the models.
async fn transcription(guard: &Guard, models: &Models, executable: &Path) -> Finding {
    let transcriber = Transcriber::new(guard.clone(), models.clone(), SpeechSettings::of(executable.to_owned()));
    let works = transcriber.warm().await.map(|()| {
        let sizes = [Size::Base, Size::Small].into_iter().filter(|size| transcriber.has(*size));
        let names: Vec<_> = sizes.map(Size::name).collect();
        format!("{} by CTranslate2 {}", names.join(", "), Transcriber::version())
    });
    engine("speech to text", "transcripts of sound and video", SPEECH.without_it, works.map_err(anyhow::Error::from))
}

/// Whether speakers can be told apart: loads the models.
async fn speakers(guard: &Guard, models: &Models, executable: &Path) -> Finding {
    let speakers = Speakers::new(guard.clone(), models.clone(), executable.to_owned());
    let works = speakers.warm().await.map(|()| Speakers::model().to_owned());
    engine("speakers", "who says what in transcripts", SPEAKERS.without_it, works.map_err(anyhow::Error::from))
}

/// Whether photographs can be read: loads the models.
async fn photographs(guard: &Guard, models: &Models, executable: &Path) -> Finding {
    let reader = PhotoReader::new(guard.clone(), models.clone(), executable.to_owned());
    let works = reader.warm().await.map(|()| PhotoReader::model().to_string());
    engine("photographs", "the text on photographs", PHOTO_READING.without_it, works.map_err(anyhow::Error::from))
}

/// Whether texts can be embedded: loads the model.
async fn embedding(guard: &Guard, models: &Models, executable: &Path) -> Finding {
    let embedder = Embedder::new(guard.clone(), models.clone(), EmbedSettings::of(executable.to_owned()));
    let (model, version) = Embedder::model();
    let works = embedder.warm().await.map(|()| format!("{model} by ONNX Runtime {version}"));
    engine("embeddings", "search by meaning", MEANING.without_it, works.map_err(anyhow::Error::from))
}

/// Whether texts can be translated: loads each model that is installed.
async fn translation(guard: &Guard, models: &Models, executable: &Path) -> Finding {
    let translator = Translator::new(guard.clone(), models.clone(), TranslateSettings::of(executable.to_owned()));
    let load = async {
        let (installed, missing): (Vec<&Pair>, Vec<&Pair>) =
            translator.pairs().iter().partition(|pair| translator.check(pair.from, pair.to).is_ok());
        // Without any, the error of the first one says what to do.
        let loaded = if installed.is_empty() { &missing } else { &installed };
        for pair in loaded {
            translator.warm(pair.from, pair.to).await?;
        }
        let works = format!("{} by fxtranslate {}", translator.installed(), Translator::version());
        let lacking: Vec<String> = missing.iter().map(|pair| pull_command(&pair.set, pair.set.files)).collect();
        anyhow::Ok(if lacking.is_empty() { works } else { format!("{works}; not installed: {}", lacking.join(", ")) })
    };
    engine("translation", "text in another language", "nothing is translated on this machine", load.await)
}

/// An engine that works, with what, or the reason why it does not.
fn engine(name: &str, needed_for: &str, without_it: &str, works: anyhow::Result<String>) -> Finding {
    let (version, install) = match works {
        Ok(version) => (Some(version), String::new()),
        Err(error) => (None, format!("{error:#}")),
    };
    Finding {
        name: name.to_owned(),
        version,
        required: false,
        needed_for: needed_for.to_owned(),
        without_it: without_it.to_owned(),
        install,
    }
}

fn page() -> Finding {
    Finding {
        name: "web page".to_owned(),
        version: http::page_is_built().then(|| "in this binary".to_owned()),
        required: false,
        needed_for: "the browser".to_owned(),
        without_it: "only the API and the command line work".to_owned(),
        install: "npm ci && npm run build in web/, then cargo build --release".to_owned(),
    }
}

fn print(report: &Report) -> anyhow::Result<()> {
    for required in [true, false] {
        say(if required { "Required" } else { "\nOptional" })?;
        for finding in report.findings.iter().filter(|finding| finding.required == required) {
            print_finding(finding)?;
        }
    }
    let voices = if report.voices.is_empty() { "none".to_owned() } else { report.voices.join(", ") };
    say(&format!("\nVoices that can speak: {voices}"))?;
    match report.servers.as_slice() {
        [] => say("Servers on this data folder: none"),
        [one] => say(&format!("Servers on this data folder: {}", one.describe())),
        several => {
            say(&format!("Servers on this data folder: {}, which share its jobs", several.len()))?;
            several.iter().try_for_each(|server| cli::say(&format!("  {}", server.describe())))
        }
    }
}

fn print_finding(finding: &Finding) -> anyhow::Result<()> {
    let name = &finding.name;
    let Some(version) = &finding.version else {
        say(&format!("  missing  {name}: needed for {}; without it, {}", finding.needed_for, finding.without_it))?;
        return say(&format!("           to do: {}", finding.install));
    };
    say(&format!("  ok       {name}: {version}"))
}
