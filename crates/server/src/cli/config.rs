//! `sluice config`: what is set, where, and what is wrong with it.

use std::ffi::OsString;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Subcommand};
use serde_json::{Value, json};
use sluice_outbound::Client;

use super::{Cli, Failure, failure, say, serve};

use crate::config::problem::{Place, Problem};
use crate::config::reader::{Effective, Settings};
use crate::config::schema::{Kind, Setting, file_id, with_secret_files};
use crate::config::{Config, Serve};
use crate::telemetry;

/// With which keys a setting makes sense, as their beginnings.
const ALONGSIDE: [(&str, &[&str]); 6] = [
    ("database_url", &["database"]),
    ("role", &["database"]),
    ("place", &["s3", "place"]),
    ("listen", &["single_user"]),
    ("oidc_issuer", &["oidc"]),
    ("outbound_proxy", &["outbound"]),
];

/// What is shown of a secret.
const MASKED: &str = "********";

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Reads the file and the environment, and explains every error in them with its place.
    Check(Form),
    /// Shows the value of each setting and where it comes from. Secrets are masked.
    Show(Form),
    /// Lists all settings: key in the file, type, default, variable, meaning.
    List(Form),
}

#[derive(Debug, Args)]
pub(crate) struct Form {
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(mut settings: Settings, command: &ConfigCommand) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Check(form) => {
            check_together(&mut settings)?;
            check(&settings, form.json)
        }
        ConfigCommand::Show(form) => match failure(&settings) {
            Some(failure) => Err(failure.into()),
            None => show(&settings, form.json),
        },
        ConfigCommand::List(form) => list(&settings, form.json),
    }
}

/// The failure of a command that would use these settings, if there are errors in them.
pub(super) fn failure(settings: &Settings) -> Option<Failure> {
    if settings.errors.is_empty() {
        return None;
    }
    let said: Vec<String> = settings.errors.iter().map(ToString::to_string).collect();
    Some(invalid(said.join("\n")))
}

fn invalid(detail: String) -> Failure {
    Failure { exit: failure::USAGE, ..Failure::new("configuration_invalid", "The configuration is invalid", detail) }
}

/// What only all settings together show, as `sluice serve` refuses it. A value that was refused by itself counts as not given, and
/// nothing is said of what belongs with it.
fn check_together(settings: &mut Settings) -> anyhow::Result<()> {
    let command = settings.apply(with_secret_files(Cli::command()));
    let matches = command.try_get_matches_from(["sluice", "serve"].map(OsString::from))?;
    let config = Config::from_arg_matches(&matches)?;
    let inner = matches.subcommand_matches("serve").ok_or_else(|| anyhow::anyhow!("there is no command serve"))?;
    let options = Serve::from_arg_matches(inner)?;
    let mut refuse = |id: &str, result: anyhow::Result<()>| {
        let (Err(error), Some(effective)) = (result, settings.find(id)) else { return };
        let with_it = ALONGSIDE.iter().find(|(about, _)| *about == id).map_or(&[][..], |(_, keys)| *keys);
        let is_about = |key: &str| key == effective.setting.key || with_it.iter().any(|begin| key.starts_with(begin));
        if settings.errors.iter().any(|error| is_about(&error.key)) {
            return;
        }
        let place = effective.given.as_ref().map_or(Place::Default, |given| given.place.clone());
        let problem = Problem::new(place, &effective.setting.key, format!("{error:#}"));
        settings.errors.push(problem);
    };
    refuse("database_url", config.database().map(|_| ()));
    // Its message is that of the address, which is said already.
    refuse("role", if config.database().is_ok() { serve::check_role(&config, &options) } else { Ok(()) });
    refuse("place", config.blobs.place().map(|_| ()));
    refuse("listen", serve::check_listen(&options));
    refuse("oidc_issuer", options.oidc.settings().map(|_| ()));
    let client = Client::new(&config.outbound.settings()).map(|_| ()).map_err(anyhow::Error::from);
    let no_proxy = |error: anyhow::Error| anyhow::anyhow!("it is no address of a proxy: {}", error.root_cause());
    refuse("outbound_proxy", client.map_err(no_proxy));
    refuse("log", telemetry::filter(&config, true).map(|_| ()));
    Ok(())
}

fn check(settings: &Settings, as_json: bool) -> anyhow::Result<()> {
    let Settings { errors, warnings, .. } = settings;
    let file = settings.file.as_ref().map(|file| file.display().to_string());
    if as_json {
        let ok = errors.is_empty();
        say(&json!({ "ok": ok, "file": file, "errors": errors, "warnings": warnings }).to_string())?;
    } else {
        for error in errors {
            say(&format!("error: {error}"))?;
        }
        for warning in warnings {
            say(&format!("warning: {warning}"))?;
        }
    }
    let source = file.as_deref().unwrap_or("no configuration file");
    match errors.len() {
        0 if as_json => Ok(()),
        0 => say(&format!("the configuration is valid ({source})")),
        1 => Err(invalid(format!("the configuration has an error ({source})")).into()),
        several => Err(invalid(format!("the configuration has {several} errors ({source})")).into()),
    }
}

fn show(settings: &Settings, as_json: bool) -> anyhow::Result<()> {
    let shown = settings.all.iter().filter(|it| !it.setting.is_hidden() || it.given.is_some());
    if as_json {
        let all: Vec<Value> = shown.map(shown_as_json).collect();
        let file = settings.file.as_ref().map(|file| file.display().to_string());
        return say(&json!({ "file": file, "settings": all }).to_string());
    }
    let lines: Vec<[String; 3]> = shown.map(|it| [it.setting.key.clone(), text(it), origin(it)]).collect();
    let widest = |column: usize| {
        let widths = lines.iter().filter_map(|line| line.get(column)).map(|text| text.chars().count());
        widths.max().unwrap_or_default().min(40)
    };
    let (keys, values) = (widest(0), widest(1));
    for [key, value, origin] in &lines {
        say(&format!("{key:keys$}  {value:values$}  {origin}"))?;
    }
    Ok(())
}

fn text(it: &Effective) -> String {
    match &it.given {
        Some(_) if it.setting.is_secret() => MASKED.to_owned(),
        Some(given) => given.values.iter().map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(","),
        None => it.setting.default(),
    }
}

fn origin(it: &Effective) -> String {
    let place = it.given.as_ref().map_or_else(|| Place::Default.to_string(), |given| given.place.to_string());
    match &it.secret_file {
        Some(file) => format!("{place}, {}", file.display()),
        None => place,
    }
}

fn shown_as_json(it: &Effective) -> Value {
    let place = it.given.as_ref().map_or(&Place::Default, |given| &given.place);
    let values = it.given.as_ref().map(|given| given.values.iter().map(|value| value.to_string_lossy()));
    let value = values.map(|mut values| match it.setting.kind() {
        _ if it.setting.is_secret() => json!(MASKED),
        Kind::List => json!(values.collect::<Vec<_>>()),
        kind => typed(kind, &values.next().unwrap_or_default()),
    });
    let default = || typed(it.setting.kind(), &it.setting.default());
    json!({
        "key": it.setting.key,
        "value": value.unwrap_or_else(default),
        "secret": it.setting.is_secret(),
        "origin": place,
        "secret_file": it.secret_file.as_ref().map(|file| file.display().to_string()),
    })
}

/// A number and a truth value are themselves, everything else is text.
fn typed(kind: Kind, text: &str) -> Value {
    let parsed = match kind {
        Kind::Boolean => text.parse().ok().map(Value::Bool),
        Kind::Integer => text.parse::<u64>().ok().map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| json!(text))
}

fn list(settings: &Settings, as_json: bool) -> anyhow::Result<()> {
    let listed = settings.all.iter().map(|it| &it.setting).filter(|setting| !setting.is_hidden());
    if as_json {
        return say(&json!({ "settings": listed.map(listed_as_json).collect::<Vec<_>>() }).to_string());
    }
    for setting in listed {
        let kind = kind(setting);
        say(&format!("{} ({kind})\n    {}", setting.key, setting.doc()))?;
        say(&format!("    default: {}\n    environment: {}", setting.default(), setting.env))?;
        if setting.is_secret() {
            say(&format!("    in a file of its own: {}, {}_FILE", file_id(&setting.key), setting.env))?;
        }
    }
    Ok(())
}

fn kind(setting: &Setting) -> String {
    let choices = setting.choices();
    if choices.is_empty() { setting.kind().name().to_owned() } else { choices.join(" | ") }
}

fn listed_as_json(setting: &Setting) -> Value {
    let secret = setting.is_secret();
    json!({
        "key": setting.key,
        "type": setting.kind().name(),
        "choices": setting.choices(),
        "default": setting.default(),
        "env": setting.env,
        "option": format!("--{}", setting.option()),
        "secret": secret,
        "file_key": secret.then(|| file_id(&setting.key)),
        "file_env": secret.then(|| format!("{}_FILE", setting.env)),
        "doc": setting.doc(),
    })
}
