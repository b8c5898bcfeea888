//! Reads the configuration: command line before environment before file before default, all mistakes at once.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use sluice_app::providers::config::ConfigProblem;

use super::file::{self, Contents, Given, OWNED, Tables};
use super::mistakes::MISSING;
use super::problem::{Place, Problem, nearest};
use super::schema::{Kind, Setting, change_options, file_id, settings};
use crate::providers::price_problems;

/// The largest file that is accepted as a secret, in bytes.
const SECRET_BYTES: u64 = 64 * 1024;

/// The variable that names the file.
const FILE_VARIABLE: &str = "SLUICE_CONFIG";

/// Settings that require another one: (setting, what it requires), as ids.
const NEEDS: [(&str, &str); 7] = [
    ("oidc_name", "oidc_issuer"),
    ("oidc_client_id", "oidc_issuer"),
    ("oidc_client_secret", "oidc_client_id"),
    ("oidc_audiences", "oidc_issuer"),
    ("oidc_parties", "oidc_issuer"),
    ("s3_access_key_id", "s3_secret"),
    ("s3_secret", "s3_access_key_id"),
];

/// The variables of the environment, sorted by name. An empty one is not set.
#[derive(Debug)]
pub(crate) struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// That of this process.
    pub(crate) fn of_process() -> Self {
        Self(std::env::vars_os().filter(|(_, value)| !value.is_empty()).collect())
    }

    fn get(&self, name: &str) -> Option<&OsString> {
        self.0.get(OsStr::new(name))
    }
}

/// One setting as it applies.
#[derive(Debug)]
pub(crate) struct Effective {
    pub(crate) setting: Setting,
    /// None: the default applies.
    pub(crate) given: Option<Given>,
    /// The file from which a secret was read.
    pub(crate) secret_file: Option<PathBuf>,
    /// Whether it was set, even to a value that is not allowed.
    was_tried: bool,
}

/// The whole configuration.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The file that was read, if there is one.
    pub(crate) file: Option<PathBuf>,
    /// Every setting, in the order of `--help`.
    pub(crate) all: Vec<Effective>,
    /// The tables that are no settings.
    pub(crate) tables: Tables,
    pub(crate) errors: Vec<Problem>,
    pub(crate) warnings: Vec<Problem>,
}

impl Settings {
    /// Reads it. `command` has all options, `matches` is what was on the command line alone.
    pub(crate) fn read(command: &Command, matches: &ArgMatches, environment: &Environment) -> Self {
        let known = settings(command);
        let (invoked, matches) = innermost(command, matches);
        let (path, named) = match file_path(matches, environment) {
            Some((path, named)) => (Some(path), named),
            None => (None, false),
        };
        let contents = path.as_deref().map(|path| file::read(path, named, &known, OWNED)).unwrap_or_default();
        let Contents { given, tables, readable, unreadable, problems } = contents;
        let mut reading = Reading { invoked, matches, environment, given, errors: problems, warnings: Vec::new() };
        let all: Vec<Effective> = known.into_iter().map(|setting| reading.setting(setting)).collect();
        reading.unknown_variables(command, &all);
        let Reading { errors, warnings, .. } = reading;
        let file = path.filter(|path| path.exists());
        let mut read = Self { file, all, tables, errors, warnings };
        read.check_needs();
        read.check_tables(&readable, &unreadable);
        read
    }

    /// The command with these values as defaults of its settings, which then ignore the environment. Options that are not
    /// settings, such as the token of one command, still read it.
    pub(crate) fn apply(&self, command: Command) -> Command {
        let defaults: BTreeMap<&str, &Vec<OsString>> = self.all.iter().filter_map(Effective::as_default).collect();
        let known = variables_of(&self.all);
        change_options(command, &|arg| {
            let Some(env) = arg.get_env().and_then(OsStr::to_str) else { return arg };
            if !known.iter().any(|known| known == env) {
                return arg;
            }
            let values = defaults.get(env);
            let arg = arg.env(None::<&str>);
            match values {
                Some(values) => arg.default_values(values.iter().cloned()),
                None => arg,
            }
        })
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Effective> {
        self.all.iter().find(|effective| effective.setting.id() == id)
    }

    /// Checks references between tables, as far as these can be read.
    fn check_tables(&mut self, readable: &Tables, unreadable: &[String]) {
        let (Some(file), Ok(providers)) = (&self.file, readable.providers()) else { return };
        if unreadable.iter().any(|key| key == "providers") {
            return;
        }
        let place = Place::File { file: file.display().to_string(), line: None, column: None };
        let problem = |it: ConfigProblem| Problem::new(place.clone(), it.key, it.message);
        let mut unread: Vec<&str> = unreadable.iter().filter_map(|key| key.strip_prefix("providers.")).collect();
        // A route without a provider was reported already.
        unread.push(MISSING);
        self.errors.extend(providers.check(&unread).into_iter().chain(price_problems(&providers)).map(problem));
    }

    /// Checks which settings require or exclude each other.
    fn check_needs(&mut self) {
        let given = |id: &str| self.find(id).and_then(|it| Some((it, it.given.as_ref()?)));
        let mut errors = Vec::new();
        for (id, needed) in NEEDS {
            if let (Some((it, set)), Some(needed)) = (given(id), self.find(needed))
                && !needed.was_tried
            {
                let message = format!("it needs {} as well", needed.setting.key);
                errors.push(Problem::new(set.place.clone(), &it.setting.key, message));
            }
        }
        if let (Some((it, set)), Some((_, single))) = (given("public_url"), given("single_user"))
            && single.values.iter().any(|value| value == "true")
        {
            let message = "it cannot be together with single_user, which answers this machine's own names only";
            errors.push(Problem::new(set.place.clone(), &it.setting.key, message));
        }
        self.errors.append(&mut errors);
        self.errors.sort_by(|one, other| one.place.cmp(&other.place));
    }
}

impl Effective {
    /// Its variable and its values, unless they come from the command line, or there are none.
    fn as_default(&self) -> Option<(&str, &Vec<OsString>)> {
        let given = self.given.as_ref()?;
        // The value of a secret's file is read from the file even if the command line names it.
        let by_option = matches!(given.place, Place::CommandLine { .. }) && self.secret_file.is_none();
        (!by_option).then_some((self.setting.env.as_str(), &given.values))
    }
}

/// The last subcommand and its arguments, which include the global options.
fn innermost<'a>(command: &'a Command, matches: &'a ArgMatches) -> (&'a Command, &'a ArgMatches) {
    match matches.subcommand().and_then(|(name, inner)| Some((command.find_subcommand(name)?, inner))) {
        Some((command, inner)) => innermost(command, inner),
        None => (command, matches),
    }
}

/// The values that the command line gives an option.
fn on_command_line(matches: &ArgMatches, id: &str) -> Option<Vec<OsString>> {
    let there = matches.ids().any(|it| it.as_str() == id);
    if !there || matches.value_source(id) != Some(ValueSource::CommandLine) {
        return None;
    }
    Some(matches.get_raw(id)?.map(OsStr::to_owned).collect())
}

/// The file, and whether it was named explicitly: otherwise it may be missing.
fn file_path(matches: &ArgMatches, environment: &Environment) -> Option<(PathBuf, bool)> {
    let named = on_command_line(matches, "config").and_then(|values| values.into_iter().next());
    if let Some(named) = named.or_else(|| environment.get(FILE_VARIABLE).cloned()) {
        return Some((named.into(), true));
    }
    // A relative one would be another folder wherever the command is typed.
    let home = || Some(Path::new(environment.get("HOME")?)).filter(|home| home.is_absolute());
    let base = environment.get("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(home()?.join(".config")))?;
    Some((base.join("sluice").join("sluice.toml"), false))
}

struct Reading<'a> {
    /// The command that runs.
    invoked: &'a Command,
    matches: &'a ArgMatches,
    environment: &'a Environment,
    given: BTreeMap<String, Given>,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Reading<'_> {
    fn setting(&mut self, setting: Setting) -> Effective {
        let layers = [self.option(&setting), self.variable(&setting), self.key(&setting)];
        let was_tried = layers.iter().any(|(value, file)| value.is_some() || file.is_some());
        let mut effective = Effective { setting, given: None, secret_file: None, was_tried };
        for (value, file) in layers {
            let setting = &effective.setting;
            if let (Some(value), Some(_)) = (&value, &file) {
                let message = "it is given, and so is a file that contains it: leave one of them out";
                self.errors.push(Problem::new(value.place.clone(), &setting.key, message));
            }
            let value = value.or_else(|| self.secret_of(setting, file.as_ref()?));
            let Some(value) = value.filter(|value| self.check(setting, value)) else { continue };
            if effective.given.is_none() {
                effective.secret_file = file.and_then(|file| file.values.into_iter().next()).map(PathBuf::from);
                effective.given = Some(value);
            }
        }
        effective
    }

    fn option(&self, setting: &Setting) -> (Option<Given>, Option<Given>) {
        let given = |id: &str, option: String| {
            on_command_line(self.matches, id).map(|values| Given { values, place: Place::CommandLine { option } })
        };
        // A command may have an unrelated option of the same name, such as `sluice user set --role`.
        let is_another =
            |arg: &clap::Arg| arg.get_id().as_str() == setting.id() && arg.get_env() != Some(OsStr::new(&setting.env));
        if self.invoked.get_arguments().any(is_another) {
            return (None, None);
        }
        let option = setting.option();
        let file = setting.is_secret().then(|| given(&file_id(setting.id()), format!("{option}-file"))).flatten();
        (given(setting.id(), option.to_owned()), file)
    }

    fn variable(&self, setting: &Setting) -> (Option<Given>, Option<Given>) {
        let given = |name: String, list: bool| {
            let value = self.environment.get(&name)?;
            let values = match value.to_str().filter(|_| list) {
                Some(list) => list.split(',').map(OsString::from).collect(),
                None => vec![value.clone()],
            };
            Some(Given { values, place: Place::Environment { variable: name } })
        };
        let file = setting.is_secret().then(|| given(format!("{}_FILE", setting.env), false)).flatten();
        (given(setting.env.clone(), setting.kind() == Kind::List), file)
    }

    fn key(&mut self, setting: &Setting) -> (Option<Given>, Option<Given>) {
        (self.given.remove(&setting.key), self.given.remove(&file_id(&setting.key)))
    }

    /// A secret from a file of its own.
    fn secret_of(&mut self, setting: &Setting, named: &Given) -> Option<Given> {
        let path = PathBuf::from(named.values.first()?);
        let problem = |message: String| Problem::new(named.place.clone(), &setting.key, message);
        match read_secret(&path) {
            Ok((secret, open)) => {
                if open {
                    let message = format!("everybody on this machine can read {}: chmod o-r it", path.display());
                    self.warnings.push(problem(message));
                }
                Some(Given { values: vec![secret.into()], place: named.place.clone() })
            }
            Err(message) => {
                self.errors.push(problem(format!("cannot read {}: {message}", path.display())));
                None
            }
        }
    }

    /// Whether the values are allowed; each that is not is reported.
    fn check(&mut self, setting: &Setting, given: &Given) -> bool {
        let mut allowed = true;
        for value in &given.values {
            if let Err(refused) = setting.check(value) {
                allowed = false;
                let shown =
                    if setting.is_secret() { "this value".into() } else { format!("{:?}", value.to_string_lossy()) };
                let problem = Problem::new(given.place.clone(), &setting.key, format!("{shown} is not allowed"));
                self.errors.push(problem.expected(refused.expected).nearest(refused.nearest));
            }
        }
        allowed
    }

    /// These are warnings, not errors: a cluster may set variables such as `SLUICE_PORT` for its own purposes.
    fn unknown_variables(&mut self, command: &Command, all: &[Effective]) {
        let mut known = variables_of(all);
        known.push(FILE_VARIABLE.to_owned());
        option_variables(command, &mut known);
        let names = self.environment.0.keys().filter_map(|name| name.to_str());
        for name in names.filter(|name| name.starts_with("SLUICE_") && !known.iter().any(|known| known == name)) {
            let place = Place::Environment { variable: name.to_owned() };
            let nearest = nearest(name, known.iter().map(String::as_str));
            self.warnings.push(Problem::new(place, "", "no setting has this variable").nearest(nearest));
        }
    }
}

/// The variables of settings, and of the files of those that are secrets.
fn variables_of(all: &[Effective]) -> Vec<String> {
    let file = |setting: &Setting| setting.is_secret().then(|| format!("{}_FILE", setting.env));
    all.iter().flat_map(|Effective { setting, .. }| [Some(setting.env.clone()), file(setting)]).flatten().collect()
}

/// Adds the variables of every option, also of those that are no settings.
fn option_variables(command: &Command, known: &mut Vec<String>) {
    known.extend(command.get_arguments().filter_map(|arg| Some(arg.get_env()?.to_str()?.to_owned())));
    for subcommand in command.get_subcommands() {
        option_variables(subcommand, known);
    }
}

/// The secret in a file without the line break at its end, and whether others than its owner and group can read it.
fn read_secret(path: &Path) -> Result<(String, bool), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let metadata = file.metadata().map_err(|error| error.to_string())?;
    let mut secret = String::new();
    file.take(SECRET_BYTES + 1).read_to_string(&mut secret).map_err(|error| error.to_string())?;
    if secret.len() as u64 > SECRET_BYTES {
        return Err("it is too large for a secret".to_owned());
    }
    let length = secret.trim_end_matches(['\r', '\n']).len();
    secret.truncate(length);
    if secret.is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok((secret, metadata.is_file() && metadata.permissions().mode() & 0o004 != 0))
}
