//! Reads the configuration file: its values, each with its place.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sluice_app::providers::config::{ProviderSettings, ProvidersConfig, Routes};
use sluice_domain::limits::Plans;
use sluice_local::models::ConfiguredPairs;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};

use super::mistakes::{self, Mistakes};
use super::problem::{Place, Problem, Source, nearest};
use super::schema::{Kind, Setting, file_id};
use super::words;

/// A table of the file that belongs to an app or a feature, and whose keys are no options, such as `[plans.NAME]`. If an option
/// has its name, the table is that option's value, as JSON.
pub struct OwnedTable {
    /// Its name.
    pub name: &'static str,
    /// Whether it has a table for each of several names, which are read one by one, so that each has its own error.
    pub by_name: bool,
    /// Reads it (or one of its tables) and forgets it: by [`readable`] of a type with `#[serde(deny_unknown_fields)]`.
    pub check: fn(Spanned<DeValue<'_>>) -> Result<(), Error>,
}

/// Every such table. [`Tables::get`] decodes their values.
pub const OWNED: &[OwnedTable] = &[
    OwnedTable { name: "plans", by_name: false, check: readable::<Plans> },
    OwnedTable { name: "providers", by_name: true, check: readable::<ProviderSettings> },
    OwnedTable { name: "route", by_name: false, check: readable::<Routes> },
    OwnedTable { name: "translation", by_name: false, check: readable::<ConfiguredPairs> },
];

/// Whether a value can be read as a `T`.
pub fn readable<T: DeserializeOwned>(value: Spanned<DeValue<'_>>) -> Result<(), Error> {
    T::deserialize(ValueDeserializer::from(value)).map(|_| ())
}

/// The tables of [`OWNED`] that the file has.
#[derive(Debug, Clone, Default)]
pub struct Tables(BTreeMap<String, toml::Value>);

impl Tables {
    /// A table, read; nothing if the file has none.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> anyhow::Result<Option<T>> {
        Ok(self.0.get(name).cloned().map(T::deserialize).transpose()?)
    }

    /// Models that translate.
    pub fn translation(&self) -> anyhow::Result<ConfiguredPairs> {
        Ok(self.get("translation")?.unwrap_or_default())
    }

    /// Providers and routes.
    pub fn providers(&self) -> anyhow::Result<ProvidersConfig> {
        let providers = self.get("providers")?.unwrap_or_default();
        Ok(ProvidersConfig { providers, routes: self.get("route")?.unwrap_or_default() })
    }
}

/// The values of one setting, and where they are.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) values: Vec<OsString>,
    pub(crate) place: Place,
}

/// The contents of a file.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// By key. A secret's file has the key `…_file`.
    pub(crate) given: BTreeMap<String, Given>,
    pub(crate) tables: Tables,
    /// The readable part of the tables that have mistakes, and the tables without mistakes.
    pub(crate) readable: Tables,
    /// The keys of tables that cannot be read at all: `route`, `providers.voices`.
    pub(crate) unreadable: Vec<String>,
    pub(crate) problems: Vec<Problem>,
}

/// Reads a file. A missing one is empty, unless it was named explicitly.
pub(crate) fn read(path: &Path, named: bool, settings: &[Setting], owned: &[OwnedTable]) -> Contents {
    let about = |message: String| Contents {
        problems: vec![Problem::new(Source { path, text: "" }.at(None), "", message)],
        ..Contents::default()
    };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => return Contents::default(),
        Err(error) => return about(format!("the file cannot be read: {error}")),
    };
    match String::from_utf8(bytes) {
        Ok(text) => parse(&Source { path, text: &text }, settings, owned),
        Err(error) => {
            let valid =
                String::from_utf8_lossy(error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default());
            let place = Source { path, text: &valid }.at(Some(valid.len()..valid.len()));
            let problem = Problem::new(place, "", "the file is not UTF-8").expected("text in UTF-8");
            Contents { problems: vec![problem], ..Contents::default() }
        }
    }
}

fn parse(source: &Source<'_>, settings: &[Setting], owned: &[OwnedTable]) -> Contents {
    let (table, errors) = DeTable::parse_recoverable(source.text);
    let mut reading = Reading { source, settings, owned, contents: Contents::default() };
    reading.table(table.get_ref());
    let mut contents = reading.contents;
    let syntax = errors.iter().map(|error| Problem::new(source.at(error.span()), "", error.message()));
    let syntax: Vec<Problem> = syntax.collect();
    // The rest of an unreadable line is not reported again.
    let line = |problem: &Problem| match &problem.place {
        Place::File { line, .. } => *line,
        _ => None,
    };
    contents.problems.retain(|problem| !syntax.iter().any(|error| line(error) == line(problem)));
    contents.problems.extend(syntax);
    contents.problems.sort_by(|one, other| one.place.cmp(&other.place));
    contents
}

struct Reading<'a> {
    source: &'a Source<'a>,
    settings: &'a [Setting],
    owned: &'a [OwnedTable],
    contents: Contents,
}

impl Reading<'_> {
    /// The file's own keys, and its tables.
    fn table(&mut self, table: &DeTable<'_>) {
        for (name, value) in table {
            if let Some(owned) = self.owned.iter().find(|owned| *name.get_ref() == owned.name) {
                self.owned(owned, value);
                continue;
            }
            let prefix = format!("{}.", name.get_ref());
            match value.get_ref().as_table() {
                Some(inner) if self.settings.iter().any(|setting| setting.key.starts_with(&prefix)) => {
                    for (inner, value) in inner {
                        self.key(&format!("{prefix}{}", inner.get_ref()), inner, value);
                    }
                }
                _ => self.key(name.get_ref(), name, value),
            }
        }
    }

    fn key(&mut self, key: &str, name: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) {
        let read = if let Some(setting) = self.settings.iter().find(|setting| setting.key == key) {
            self.values(setting, value)
        } else if self.settings.iter().any(|setting| setting.is_secret() && file_id(&setting.key) == key) {
            match value.get_ref() {
                DeValue::String(text) => Ok(vec![self.path(text).into()]),
                _ => Err(self.wrong(key, value, Kind::Path)),
            }
        } else {
            Err(self.unknown(key, name, value))
        };
        match read {
            Ok(values) => {
                let given = Given { values, place: self.source.at(Some(value.span())) };
                self.contents.given.insert(key.to_owned(), given);
            }
            Err(problem) => self.contents.problems.push(*problem),
        }
    }

    fn unknown(
        &self,
        key: &str,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Box<Problem> {
        let place = self.source.at(Some(name.span()));
        let tables = || self.settings.iter().filter_map(|setting| Some(setting.key.split_once('.')?.0));
        let owned = self.owned.iter().map(|owned| owned.name);
        if tables().any(|table| table == key) {
            let found = format!("found {}", value.get_ref().type_str());
            return Box::new(Problem::new(place, key, found).expected("a table"));
        }
        if value.get_ref().is_table() {
            return Box::new(Problem::new(place, key, "unknown table").nearest(nearest(key, tables().chain(owned))));
        }
        let files = self.settings.iter().filter(|setting| setting.is_secret()).map(|setting| file_id(&setting.key));
        let files: Vec<String> = files.collect();
        let known = self.settings.iter().map(|setting| setting.key.as_str()).chain(files.iter().map(String::as_str));
        Box::new(Problem::new(place, key, "unknown key").nearest(nearest(key, known)))
    }

    /// The values of a setting, in the form in which its option takes them.
    fn values(&self, setting: &Setting, value: &Spanned<DeValue<'_>>) -> Result<Vec<OsString>, Box<Problem>> {
        let kind = setting.kind();
        let wrong = || self.wrong(&setting.key, value, kind);
        let one = match (kind, value.get_ref()) {
            (Kind::List, DeValue::Array(items)) => {
                return items.iter().map(|item| self.item(setting, item)).collect();
            }
            (Kind::Boolean, DeValue::Boolean(is)) => is.to_string(),
            (Kind::Integer | Kind::Size, DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                number.map_err(|_| wrong())?.to_string()
            }
            (Kind::Text | Kind::Size, DeValue::String(text)) => text.to_string(),
            (Kind::Path, DeValue::String(text)) => {
                // An empty path is not resolved, so that it is refused.
                let path = if text.is_empty() { PathBuf::new() } else { self.path(text) };
                return Ok(vec![path.into()]);
            }
            _ => return Err(wrong()),
        };
        Ok(vec![one.into()])
    }

    fn item(&self, setting: &Setting, item: &Spanned<DeValue<'_>>) -> Result<OsString, Box<Problem>> {
        let expected = "a string without a comma";
        match item.get_ref() {
            DeValue::String(text) if !text.contains(',') => Ok(text.to_string().into()),
            other => {
                let found =
                    if other.is_str() { "found a comma".to_owned() } else { format!("found {}", other.type_str()) };
                let place = self.source.at(Some(item.span()));
                Err(Box::new(Problem::new(place, &setting.key, found).expected(expected)))
            }
        }
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, kind: Kind) -> Box<Problem> {
        let found = format!("found {}", value.get_ref().type_str());
        Box::new(Problem::new(self.source.at(Some(value.span())), key, found).expected(kind.expected()))
    }

    /// A path, relative to the file's folder.
    fn path(&self, text: &str) -> PathBuf {
        self.source.path.parent().unwrap_or(Path::new("")).join(text)
    }

    fn owned(&mut self, owned: &OwnedTable, value: &Spanned<DeValue<'_>>) {
        let before = self.contents.problems.len();
        let rest = match value.get_ref().as_table().filter(|_| owned.by_name) {
            Some(tables) => {
                let mut rest = toml::Table::new();
                for (name, table) in tables {
                    let read = self.read_owned(&format!("{}.{}", owned.name, name.get_ref()), owned, table);
                    rest.extend(read.map(|read| (name.get_ref().to_string(), read)));
                }
                Some(rest.into())
            }
            None => self.read_owned(owned.name, owned, value),
        };
        let Some(rest) = rest else { return };
        self.contents.readable.0.insert(owned.name.to_owned(), rest.clone());
        if self.contents.problems.len() > before {
            return;
        }
        // An option of the same name takes it as JSON, so that it is shown, and replaced, like any other value.
        let option = self.settings.iter().any(|setting| setting.key == owned.name);
        match serde_json::to_string(&rest) {
            Ok(json) if option => {
                let given = Given { values: vec![json.into()], place: self.source.at(Some(value.span())) };
                self.contents.given.insert(owned.name.to_owned(), given);
            }
            _ => drop(self.contents.tables.0.insert(owned.name.to_owned(), rest)),
        }
    }

    /// The readable part of a table; each mistake in it is reported.
    fn read_owned(&mut self, key: &str, owned: &OwnedTable, value: &Spanned<DeValue<'_>>) -> Option<toml::Value> {
        let Mistakes { errors, rest } = mistakes::find(value, owned.check);
        for error in errors {
            let span = error.span().or_else(|| Some(value.span()));
            self.contents.problems.push(words::problem(self.source.at(span), key, error.message()));
        }
        let read = rest.and_then(|rest| toml::Value::deserialize(ValueDeserializer::from(rest)).ok());
        if read.is_none() {
            self.contents.unreadable.push(key.to_owned());
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use sluice_app::providers::config::Served;
    use sluice_local::models::Models;

    use super::*;

    const HASH: &str = "d968735704c75e33c2e183b9241f14c0b2a560d01d88a2728e5c0119a4d7fb22";

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Plan {
        jobs: u32,
    }

    const FREE: OwnedTable = OwnedTable { name: "plans", by_name: true, check: readable::<Plan> };

    fn contents(text: &str) -> Contents {
        parse(&Source { path: Path::new("a.toml"), text }, &[], &[FREE])
    }

    #[test]
    fn a_feature_reads_a_table_of_its_own() {
        let read = contents("[plans.free]\njobs = 2\n[plans.paid]\njobs = 20\n");
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        let plans: BTreeMap<String, Plan> = read.tables.get("plans").unwrap().unwrap();
        assert_eq!(
            plans.into_iter().map(|(name, plan)| (name, plan.jobs)).collect::<Vec<_>>(),
            [("free".to_owned(), 2), ("paid".to_owned(), 20)]
        );
        assert!(contents("").tables.get::<Plan>("plans").unwrap().is_none());
    }

    #[test]
    fn each_mistake_in_such_a_table_has_its_place() {
        let read = contents("[plans.free]\njobs = \"two\"\n[plans.paid]\njobs = 20\ncolour = \"red\"\n[plan.x]\n");
        let said: Vec<String> = read.problems.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 3, "{said:#?}");
        assert!(said[0].starts_with("a.toml:2:8: plans.free: "), "{said:#?}");
        assert!(said[1].starts_with("a.toml:5:1: plans.paid: ") && said[1].contains("colour"), "{said:#?}");
        assert_eq!(said[2], "a.toml:6:2: plan: unknown table; did you mean plans?");
        assert!(read.tables.get::<toml::Value>("plans").unwrap().is_none());
    }

    #[test]
    fn providers_and_routes_are_tables() {
        let read = |text: &str| parse(&Source { path: Path::new("a.toml"), text }, &[], OWNED);
        let good = read(
            "[providers.voices]\nkind = \"elevenlabs\"\nmodels = { speak = \"eleven_flash\" }\n\
             [[route.speak]]\nprovider = \"voices\"\nlanguages = [\"en\"]\n[[route.speak]]\nprovider = \"local\"\n",
        );
        assert!(good.problems.is_empty(), "{:?}", good.problems);
        let config = good.tables.providers().unwrap();
        assert_eq!(
            (config.providers.len(), config.routes.of(Served::Speak).len(), config.check(&[])),
            (1, 2, Vec::new())
        );
        for (bad, place) in [
            ("[providers.a]\nkind = \"elevenlab\"\n", "a.toml:2:8: providers.a: "),
            ("[providers.a]\nkind = \"d-id\"\nkey = \"secret\"\n", "a.toml:3:1: providers.a: "),
            ("[[route.speak]]\nprovider = \"a\"\nlongest = -1\n", "a.toml:3:11: route: "),
            ("[[route.speak]]\nprovider = \"a\"\nlanguages = []\n", "a.toml:3:13: route: languages is empty"),
            ("[[route.sing]]\nprovider = \"a\"\n", "a.toml:1:9: route: "),
        ] {
            let said: Vec<String> = read(bad).problems.iter().map(ToString::to_string).collect();
            assert!(said.len() == 1 && said[0].starts_with(place), "{bad:?}: {said:#?}");
        }
        assert!(read("").tables.providers().unwrap().providers.is_empty());
    }

    #[test]
    fn pairs_of_languages_are_tables() {
        let read = |text: &str| parse(&Source { path: Path::new("a.toml"), text }, &[], OWNED);
        let pair = |name: &str, hash: &str| {
            format!(
                "[translation.{name}]\nbase = \"https://models.example.org/{name}\"\n\
                 model = {{ file = \"model.bin\", bytes = 17140836{hash} }}\n\
                 vocabulary = {{ file = \"vocab.spm\", bytes = 812781, sha256 = \"{HASH}\" }}\n"
            )
        };
        let with = format!(", sha256 = \"{HASH}\"");
        let good = read(&(pair("en-de", &with) + &pair("de-en", &with)));
        assert!(good.problems.is_empty(), "{:?}", good.problems);
        let models = Models::new("nowhere").with_pairs(&good.tables.translation().unwrap());
        assert!(models.set("translate-en-de").is_some() && models.set("translate-de-en").is_some());

        for (bad, place, said) in [
            (pair("en-en", &with), "a.toml:1:14: translation: ", "en is not translated into itself"),
            (pair("en-de", ""), "a.toml:3:9: translation: ", "sha256 is missing"),
            (pair("en-de", ", sha256 = \"d968\""), "a.toml:3:58: translation: ", "is no SHA-256"),
            (pair("en-de", &with).replace("https:", "ftp:"), "a.toml:2:8: translation: ", "is no address"),
            (pair("en-de", &with).replace("17140836", "0"), "a.toml:3:39: translation: ", "no length"),
            (pair("en-de", &with) + "colour = \"red\"\n", "a.toml:5:1: translation: ", "colour"),
        ] {
            let found: Vec<String> = read(&bad).problems.iter().map(ToString::to_string).collect();
            assert!(found.len() == 1 && found[0].starts_with(place) && found[0].contains(said), "{bad}: {found:#?}");
        }
        // A duplicate pair is invalid TOML.
        assert!(!read(&pair("en-de", &with).repeat(2)).problems.is_empty());
    }

    #[test]
    fn plans_are_tables() {
        let read = |text: &str| parse(&Source { path: Path::new("a.toml"), text }, &[], OWNED);
        let good =
            read("[plans.team]\nuser = { jobs_at_once = { hard = 4 } }\ntoken.requests = { hard = 9, seconds = 60 }\n");
        assert!(good.problems.is_empty(), "{:?}", good.problems);
        let plans: Plans = good.tables.get("plans").unwrap().unwrap();
        assert_eq!(plans.of("team").user.jobs_at_once.map(|cap| cap.hard), Some(4));
        assert!(plans.has(Plans::STANDARD) && plans.has(Plans::VISITOR), "beside the built-in ones");
        for (bad, place) in [
            ("[plans.team]\nuser = { jobs_at_once = { hard = 4, most = 5 } }\n", "a.toml:2:"),
            ("[plans.team]\nuser = { jobs = { hard = 4 } }\n", "a.toml:2:"),
            ("plans = \"{}\"\n", "a.toml:1:9"),
            ("workers = 1\n[plans.\"a team\"]\n", "a.toml:"),
        ] {
            let said: Vec<String> = read(bad).problems.iter().map(ToString::to_string).collect();
            assert!(said.iter().any(|line| line.starts_with(place) && line.contains("plans")), "{bad:?}: {said:#?}");
        }
    }
}
