//! `sluice doctor`: what this machine has, and what is lost without the rest.

use anyhow::{Context as _, bail};
use serde_json::json;
use sluice_local::guard::Guard;
use sluice_local::models::{FILES, Models};
use sluice_local::tools::{self, Need};
use sluice_local::voice::{VoiceSettings, Voices};

use super::say;
use crate::config::Config;
use crate::http;

struct Finding {
    name: String,
    version: Option<String>,
    needed_for: String,
    without_it: String,
    install: String,
}

impl From<Need> for Finding {
    fn from(need: Need) -> Self {
        Self {
            name: need.name.to_owned(),
            version: need.version,
            needed_for: need.needed_for.to_owned(),
            without_it: need.without_it.to_owned(),
            install: format!("apt-get install {}", need.install),
        }
    }
}

pub(crate) async fn doctor(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let guard = Guard::new(executable.clone());
    let models = Models::new(config.models.clone());
    let mut findings: Vec<Finding> = tools::needs(&guard).await.into_iter().map(Finding::from).collect();
    findings.extend(FILES.iter().map(|file| Finding {
        name: file.name.to_owned(),
        version: models.has(file).then(|| format!("{} MB", file.bytes.div_ceil(1_000_000))),
        needed_for: file.purpose.to_owned(),
        without_it: "English is spoken by espeak-ng, which sounds more mechanical".to_owned(),
        install: "make setup, or sluice models fetch".to_owned(),
    }));
    let beside = VoiceSettings::beside(executable);
    let espeak = config.espeak.clone().unwrap_or_else(|| beside.espeak.clone());
    findings.push(Finding {
        name: "sluice-espeak".to_owned(),
        version: espeak.is_file().then(|| espeak.display().to_string()),
        needed_for: "every voice".to_owned(),
        without_it: "nothing can be spoken".to_owned(),
        install: "cargo build --release -p sluice-espeak".to_owned(),
    });
    findings.push(Finding {
        name: "the page".to_owned(),
        version: http::page_is_built().then(|| "in this binary".to_owned()),
        needed_for: "the browser".to_owned(),
        without_it: "only the API and the command line work".to_owned(),
        install: "npm ci && npm run build in web/, then cargo build --release".to_owned(),
    });
    let voices = Voices::new(guard, models, VoiceSettings { espeak, ..beside });
    if as_json {
        let rows: Vec<_> = findings
            .iter()
            .map(|finding| {
                json!({
                    "name": finding.name, "version": finding.version, "needed_for": finding.needed_for,
                    "without_it": finding.without_it, "install": finding.install,
                })
            })
            .collect();
        say(&serde_json::to_string_pretty(&rows)?)?;
    } else {
        for finding in &findings {
            print(finding)?;
        }
        let ready: Vec<String> =
            voices.list().into_iter().filter(|voice| voice.installed).map(|voice| voice.id).collect();
        say(&format!("\nvoices that can speak: {}", ready.join(", ")))?;
    }
    let missing = findings.iter().filter(|finding| finding.version.is_none()).count();
    if missing > 0 {
        bail!("{missing} of {} are missing", findings.len());
    }
    Ok(())
}

fn print(finding: &Finding) -> anyhow::Result<()> {
    match &finding.version {
        Some(version) => say(&format!("ok       {:<34} {version}", finding.name)),
        None => say(&format!(
            "missing  {:<34} needed for {}; without it {}. To install: {}",
            finding.name, finding.needed_for, finding.without_it, finding.install
        )),
    }
}
