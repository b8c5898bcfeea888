//! What is wrong with the configuration, and where.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use serde::Serialize;

/// How alike two keys have to be for one to be suggested instead of the other.
const ALIKE: f64 = 0.7;

/// Something wrong, or unwise, in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    /// Where it was set.
    #[serde(flatten)]
    pub(crate) place: Place,
    /// The key as the file has it, the variable, or nothing if it is about the file itself.
    pub(crate) key: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What is expected instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<String>,
    /// The known name that is most like it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nearest: Option<String>,
}

impl Problem {
    pub(crate) fn new(place: Place, key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place, key: key.into(), message: message.into(), expected: None, nearest: None }
    }

    pub(crate) fn expected(self, expected: impl Into<String>) -> Self {
        Self { expected: Some(expected.into()), ..self }
    }

    pub(crate) fn nearest(self, nearest: Option<String>) -> Self {
        Self { nearest, ..self }
    }
}

/// `FILE:LINE:COLUMN: KEY: what is wrong; expected …; did you mean …?`
impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(formatter, "{}: ", self.key)?;
        }
        formatter.write_str(&self.message)?;
        if let Some(expected) = &self.expected {
            write!(formatter, "; expected {expected}")?;
        }
        if let Some(nearest) = &self.nearest {
            write!(formatter, "; did you mean {nearest}?")?;
        }
        Ok(())
    }
}

/// Where something was set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub(crate) enum Place {
    /// In the file.
    File {
        /// Its path.
        file: String,
        /// From 1; nothing if it is about the whole file.
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<usize>,
        /// From 1, in characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        column: Option<usize>,
    },
    /// In a variable of the environment.
    Environment {
        /// Its name.
        variable: String,
    },
    /// On the command line.
    CommandLine {
        /// The option.
        option: String,
    },
    /// Nowhere: the default.
    Default,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line: Some(line), column: Some(column) } => write!(formatter, "{file}:{line}:{column}"),
            Self::File { file, .. } => formatter.write_str(file),
            Self::Environment { variable } => write!(formatter, "environment variable {variable}"),
            Self::CommandLine { option } => write!(formatter, "option --{option}"),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// The text of a file, for the places in it.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// The place of the first of these bytes.
    pub(crate) fn at(&self, span: Option<Range<usize>>) -> Place {
        let file = self.path.display().to_string();
        let before = span.and_then(|span| self.text.get(..span.start.min(self.text.len())));
        let Some(before) = before else { return Place::File { file, line: None, column: None } };
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Place::File { file, line: Some(line), column: Some(column) }
    }
}

/// The known name that is most like `name`, if one is. `database_url` is as good as `database.url`.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let plain = |name: &str| name.to_lowercase().replace(['.', '-'], "_");
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let likeness = |known: &str| {
        let whole = strsim::normalized_damerau_levenshtein(&plain(name), &plain(known));
        // A key in the wrong table.
        let own = strsim::normalized_damerau_levenshtein(&last(name), &last(known)) - 0.1;
        whole.max(own)
    };
    let scored = known.into_iter().map(|known| (likeness(known), known)).filter(|(score, _)| *score >= ALIKE);
    scored.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, known)| known.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_in_lines_and_characters_from_one() {
        let text = "# ü\nzwölf = 1 # ä\n\n[x]\n";
        let source = Source { path: Path::new("a.toml"), text };
        let at = |words: &str| source.at(text.find(words).map(|start| start..start + 1)).to_string();
        assert_eq!((at("#").as_str(), at("zw").as_str(), at("=").as_str()), ("a.toml:1:1", "a.toml:2:1", "a.toml:2:7"));
        assert_eq!((at("[").as_str(), source.at(None).to_string().as_str()), ("a.toml:4:1", "a.toml"));
        assert_eq!(source.at(Some(999..1000)).to_string(), "a.toml:5:1");
    }

    #[test]
    fn the_nearest_name_is_like_it_or_there_is_none() {
        let known = ["database.url", "database.connections", "listen", "oidc.issuer"];
        for (name, expected) in [
            ("database.conections", Some("database.connections")),
            ("database_url", Some("database.url")),
            ("connections", Some("database.connections")),
            ("Listen", Some("listen")),
            ("oidc.isuer", Some("oidc.issuer")),
            ("weather", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known).as_deref(), expected, "{name}");
        }
    }
}
