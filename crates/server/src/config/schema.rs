//! The settings that there are: every option with a variable of the environment, of the program and of `sluice serve`. The
//! option is the only place where a setting is described; its key in the file, its type and its text follow from it.

use std::any::TypeId;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

use super::problem::nearest;

/// Options that begin with one of these are in the table of that name: `--database-url` is `url` in `[database]`.
const TABLES: [&str; 4] = ["database", "s3", "outbound", "oidc"];

/// What is no setting: it says where the settings are.
const FILE_OPTION: &str = "config";

/// A setting.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// Its option.
    arg: Arg,
    /// Its key in the file: `database.url`.
    pub(crate) key: String,
    /// Its variable.
    pub(crate) env: String,
}

/// What a value is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Integer,
    /// Bytes, with or without a unit.
    Size,
    Path,
    Text,
    List,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Size => "size",
            Self::Path => "path",
            Self::Text => "string",
            Self::List => "list of strings",
        }
    }

    /// What is expected of a value in the file.
    pub(crate) const fn expected(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Integer => "an integer",
            Self::Size => "an integer, or a string with a unit such as \"20MiB\"",
            Self::Path | Self::Text => "a string",
            Self::List => "an array of strings",
        }
    }
}

/// Why a value is not allowed.
pub(crate) struct Refused {
    pub(crate) expected: String,
    pub(crate) nearest: Option<String>,
}

impl Setting {
    fn of(arg: &Arg) -> Option<Self> {
        let env = arg.get_env()?.to_str()?.to_owned();
        let name = arg.get_long()?.replace('-', "_");
        if name == FILE_OPTION {
            return None;
        }
        let split = |table: &&str| Some(format!("{table}.{}", name.strip_prefix(*table)?.strip_prefix('_')?));
        let key = TABLES.iter().find_map(split).unwrap_or(name);
        Some(Self { arg: arg.clone(), key, env })
    }

    pub(crate) fn id(&self) -> &str {
        self.arg.get_id().as_str()
    }

    /// The option, without hyphens in front.
    pub(crate) fn option(&self) -> &str {
        self.arg.get_long().unwrap_or_default()
    }

    /// Whether its value is never shown. Such a setting can also be in a file of its own.
    pub(crate) fn is_secret(&self) -> bool {
        self.arg.is_hide_env_values_set()
    }

    /// Whether `--help` leaves it out.
    pub(crate) fn is_hidden(&self) -> bool {
        self.arg.is_hide_set()
    }

    pub(crate) fn kind(&self) -> Kind {
        let holds = |id: TypeId| self.arg.get_value_parser().type_id() == id;
        let named = |name: &str| self.arg.get_value_names().is_some_and(|names| names.iter().any(|it| it == name));
        match self.arg.get_action() {
            ArgAction::SetTrue | ArgAction::SetFalse => Kind::Boolean,
            ArgAction::Append => Kind::List,
            _ if named("SIZE") => Kind::Size,
            _ if holds(TypeId::of::<PathBuf>()) => Kind::Path,
            _ if [TypeId::of::<u16>(), TypeId::of::<u32>(), TypeId::of::<u64>()].into_iter().any(holds) => {
                Kind::Integer
            }
            _ => Kind::Text,
        }
    }

    /// The values of which it has to be one, if they can be listed.
    pub(crate) fn choices(&self) -> Vec<String> {
        if self.kind() == Kind::Boolean {
            return Vec::new();
        }
        self.arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
    }

    /// What it is for, without its default.
    pub(crate) fn doc(&self) -> String {
        self.help().split_once(" [default: ").map_or_else(|| self.help(), |(doc, _)| doc.to_owned())
    }

    /// Its default, in words if no value says it.
    pub(crate) fn default(&self) -> String {
        let values: Vec<_> = self.arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        if !values.is_empty() {
            return values.join(",");
        }
        if self.kind() == Kind::Boolean {
            return "false".to_owned();
        }
        let help = self.help();
        let in_words = help.split_once(" [default: ").map(|(_, rest)| rest.trim_end_matches(['.', ']']).to_owned());
        in_words.unwrap_or_else(|| "none".to_owned())
    }

    fn help(&self) -> String {
        let help = self.arg.get_long_help().or(self.arg.get_help()).map(ToString::to_string).unwrap_or_default();
        help.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The form of its value, as `--help` names it: `ADDRESS:PORT`.
    fn value_name(&self) -> String {
        let names = self.arg.get_value_names().unwrap_or_default();
        names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Whether the option would take this value.
    pub(crate) fn check(&self, value: &OsStr) -> Result<(), Refused> {
        let arg = Arg::new("value").long("value").value_parser(self.arg.get_value_parser().clone());
        let mut argument = OsString::from("--value=");
        argument.push(value);
        let command = Command::new("check").no_binary_name(true).disable_help_flag(true).arg(arg);
        let Err(error) = command.try_get_matches_from([argument]) else { return Ok(()) };
        let choices = self.choices();
        if !choices.is_empty() {
            let nearest = nearest(&value.to_string_lossy(), choices.iter().map(String::as_str));
            return Err(Refused { expected: format!("one of {}", choices.join(", ")), nearest });
        }
        let said = std::error::Error::source(&error).map(ToString::to_string);
        let expected = match (said, error.kind(), error.get(ContextKind::InvalidValue)) {
            _ if self.kind() == Kind::Boolean => self.kind().expected().to_owned(),
            (_, ErrorKind::InvalidUtf8, _) => "text in UTF-8".to_owned(),
            (_, _, Some(ContextValue::String(value))) if value.is_empty() => "a value that is not empty".to_owned(),
            (Some(said), ..) if self.kind() == Kind::Integer => integer(&said),
            // What a parser of the standard library says is no expectation.
            (Some(said), ..) if said.starts_with("invalid ") => format!("{} ({said})", self.value_name()),
            (Some(said), ..) => said,
            (None, ..) => self.kind().expected().to_owned(),
        };
        Err(Refused { expected, nearest: None })
    }
}

/// What clap says of a number out of its range: `0 is not in 1..=1024`.
fn integer(said: &str) -> String {
    let range = said.rsplit_once(" is not in ").and_then(|(_, range)| range.split_once("..="));
    match range {
        Some((least, most)) if !least.is_empty() && !most.is_empty() => format!("an integer from {least} to {most}"),
        _ => format!("an integer in its range: {said}"),
    }
}

/// Every setting of the command: its own options, which every subcommand takes, and those of `serve`.
pub(crate) fn settings(command: &Command) -> Vec<Setting> {
    let serve = command.find_subcommand("serve").into_iter().flat_map(Command::get_arguments);
    let all: Vec<&Arg> = command.get_arguments().chain(serve).collect();
    let secrets = all.iter().filter(|arg| arg.is_hide_env_values_set());
    let files: Vec<String> = secrets.map(|arg| file_id(arg.get_id().as_str())).collect();
    let is_file = |arg: &Arg| files.iter().any(|file| arg.get_id().as_str() == file);
    all.into_iter().filter(|arg| !is_file(arg)).filter_map(Setting::of).collect()
}

/// The id of the option, or of the key, that names the file in which a secret is.
pub(crate) fn file_id(id: &str) -> String {
    format!("{id}_file")
}

/// The command with an option beside each secret that names the file in which it is.
pub(crate) fn with_secret_files(command: Command) -> Command {
    let files = |command: &Command| -> Vec<Arg> { command.get_arguments().filter_map(secret_file).collect() };
    let own = files(&command);
    command.args(own).mut_subcommand("serve", |serve| {
        let own = files(&serve);
        serve.args(own)
    })
}

fn secret_file(secret: &Arg) -> Option<Arg> {
    let (option, env) = (secret.get_long()?, secret.get_env()?.to_str()?);
    if !secret.is_hide_env_values_set() {
        return None;
    }
    let help =
        format!("File that contains the value of --{option}, which keeps it out of the process list [default: none]");
    let arg = Arg::new(file_id(secret.get_id().as_str()))
        .long(format!("{option}-file"))
        .env(format!("{env}_FILE"))
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .global(secret.is_global_set())
        .help(help);
    Some(match secret.get_help_heading() {
        Some(heading) => arg.help_heading(heading.to_owned()),
        None => arg,
    })
}

/// The command, its subcommands and theirs, with each option changed.
pub(crate) fn change_options(command: Command, change: &dyn Fn(Arg) -> Arg) -> Command {
    command.mut_args(change).mut_subcommands(|subcommand| change_options(subcommand, change))
}
