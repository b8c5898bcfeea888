//! `sluice try analyse TEXT`.

use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use sluice_domain::study::{Analysis, Doubt, Field, Source, StudyLanguage};
use sluice_local::analyse::{AnalyseError, AnalyseRequest, Analyser};
use sluice_local::guard::Guard;
use sluice_local::models::{ModelFile, Models};
use sluice_local::translate::{TranslateSettings, Translator};

use super::text;
use crate::cli::{Failure, complain, say};
use crate::config::Config;

#[derive(Debug, Args)]
pub(crate) struct AnalyseArguments {
    /// The phrase; "-" reads it from standard input.
    #[arg(value_name = "TEXT")]
    text: String,
    /// The language that it is in (ru, ar, zh, es, ka); found out by its script if it is not given.
    #[arg(long, value_name = "CODE")]
    language: Option<StudyLanguage>,
    /// The language to translate it into, as an ISO 639-1 code.
    #[arg(long, value_name = "CODE", default_value = "en")]
    to: String,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct View {
    language: StudyLanguage,
    /// Time with reading the language pack.
    seconds: f64,
    #[serde(flatten)]
    analysis: Analysis,
}

pub(crate) async fn run(config: &Config, arguments: AnalyseArguments) -> anyhow::Result<()> {
    let AnalyseArguments { text, language, to, json } = arguments;
    let text = text::of(text)?;
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let models = Models::new(config.models()?);
    let analyser = Analyser::new(models.clone());
    let translator = Translator::new(Guard::new(executable.clone()), models, TranslateSettings::of(executable));
    let request = AnalyseRequest { text, language, translate_to: Some(to) };
    let begun = Instant::now();
    let analysed = analyser.analyse(&request, Some(&translator)).await.map_err(failure)?;
    let seconds = begun.elapsed().as_secs_f64();
    let language = analysed.language;
    let view = View { language, seconds, analysis: analysed.analysis };
    if json {
        return say(&serde_json::to_string_pretty(&view)?);
    }
    let missing: Vec<&str> = analyser.missing(language).into_iter().map(|file: &ModelFile| file.name).collect();
    if !missing.is_empty() {
        let pack = language.facts().pack;
        complain(&format!("{} missing: `sluice models pull {pack}` brings the dictionaries", missing.join(", ")));
    }
    print(&view)
}

fn print(view: &View) -> anyhow::Result<()> {
    let Analysis { transliteration, marked: _, translation, grammar, vocabulary } = &view.analysis;
    say(&format!("{}, {:.1} s", view.language.facts().english_name, view.seconds))?;
    for (name, field) in [("transliteration", transliteration), ("translation", translation)] {
        if let Some(field) = field {
            say(&format!("{name}: {}", line(field)))?;
        }
    }
    for note in grammar {
        say(&format!("grammar: {}", line(&note.text)))?;
    }
    for word in vocabulary {
        say(&word.word)?;
        for (name, field) in word.fields() {
            say(&format!("  {name}: {}", line(field)))?;
        }
    }
    Ok(())
}

/// "tea, tea plant [cc-cedict 2025-10-02; doubtful: several senses]"
fn line(field: &Field) -> String {
    let source = match &field.source {
        Some(Source::Rules { name }) => format!("rules {name}"),
        Some(Source::Pack { name, version } | Source::Engine { name, version }) => format!("{name} {version}"),
        Some(Source::Model { provider, name, version }) => format!("{provider} {name} {version}").trim_end().to_owned(),
        Some(Source::Person) => "a person".to_owned(),
        None => String::new(),
    };
    match field.doubt {
        Doubt::Sure => format!("{} [{source}]", field.text),
        Doubt::Doubtful { reason } => {
            let texts: Vec<&str> = [&field.text].into_iter().chain(&field.alternatives).map(String::as_str).collect();
            format!("{} [{source}; doubtful: {reason}]", texts.join(" | "))
        }
        Doubt::NeedsProvider { reason } => format!("– [needs a provider: {reason}]"),
    }
}

fn failure(error: AnalyseError) -> anyhow::Error {
    let code = error.code();
    let option = if matches!(error, AnalyseError::UnknownLanguage { .. }) { " (`--language`)" } else { "" };
    let chain = anyhow::Error::new(error);
    Failure::new(code, "It cannot be analysed", format!("{chain:#}{option}")).into()
}

#[cfg(test)]
mod tests {
    use sluice_domain::study::Reason;

    use super::*;

    #[test]
    fn a_line_says_what_made_a_field_and_what_is_doubtful() {
        let pack = Source::Pack { name: "cc-cedict".to_owned(), version: "2025-10-02".to_owned() };
        let tea = Field::doubtful("tea", pack.clone(), Reason::SeveralSenses).or(vec!["tea plant".to_owned()]);
        assert_eq!(line(&tea), "tea | tea plant [cc-cedict 2025-10-02; doubtful: several senses]");
        assert_eq!(line(&Field::sure("bank", pack)), "bank [cc-cedict 2025-10-02]");
        assert_eq!(line(&Field::needs_provider(Reason::PackMissing)), "– [needs a provider: pack missing]");
    }
}
