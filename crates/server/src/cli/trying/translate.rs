//! `sluice try translate TEXT --to CODE`.

use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use sluice_capability::TranslateRequest;
use sluice_local::guard::Guard;
use sluice_local::translate::{TranslateError, TranslateSettings, Translator};

use super::text;
use crate::cli::{Failure, complain, say};
use crate::config::Config;

#[derive(Debug, Args)]
pub(crate) struct TranslateArguments {
    /// The text; "-" reads it from standard input.
    #[arg(value_name = "TEXT")]
    text: String,
    /// The language to translate it into, as an ISO 639-1 code ("pt").
    #[arg(long, value_name = "CODE")]
    to: String,
    /// The language that it is in; found out if it is not given.
    #[arg(long, value_name = "CODE")]
    from: Option<String>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct View {
    /// The models; none if the text was in the language already.
    model: Option<String>,
    /// The version of what runs them.
    version: &'static str,
    from: String,
    to: String,
    /// The language between, if there is no model for both.
    via: Option<&'static str>,
    /// Time without loading the models, unless the language had to be found out.
    seconds: f64,
    text: String,
}

pub(crate) async fn run(config: &Config, arguments: TranslateArguments) -> anyhow::Result<()> {
    let TranslateArguments { text, to, from, json } = arguments;
    let text = text::of(text)?;
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let guard = Guard::new(executable.clone());
    let translator = Translator::new(guard, config.all_models()?, TranslateSettings::of(executable));
    if let Some(from) = from.as_deref().filter(|from| *from != to) {
        translator.warm(from, &to).await.map_err(failure)?;
    }
    let request = TranslateRequest { texts: vec![text], from, to };
    let begun = Instant::now();
    let mut translated = translator.translate(&request, &|_| ()).await.map_err(failure)?;
    let seconds = begun.elapsed().as_secs_f64();
    let view = View {
        model: (!translated.route.is_empty()).then(|| translated.model()),
        version: Translator::version(),
        to: request.to,
        via: (translated.route.len() > 1).then(|| translated.route[0].to),
        seconds,
        text: translated.translation.texts.pop().unwrap_or_default(),
        from: translated.translation.from,
    };
    if json {
        return say(&serde_json::to_string_pretty(&view)?);
    }
    if view.model.is_none() {
        complain(&format!("the text is in {} already", view.from));
    }
    say(&view.text)
}

fn failure(error: TranslateError) -> anyhow::Error {
    let code = error.code();
    let chain = anyhow::Error::new(error);
    Failure::new(code, "It cannot be translated", format!("{chain:#}")).into()
}
